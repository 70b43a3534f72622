/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/cash-up.h"
#include "engine/payment.h"
#include "engine/receipt.h"

/* What the engine does for the till: the work of the section's jobs. */

#define SL_TILL_RECEIPTS_MAX 60 /* of a day at one desk: whoever looks for more has its number */

/* Which receipts are looked for: a number, with its device's letters before it or without, or a day. */
typedef struct {
  char *series;            /* (nullable): any device's */
  gint64 receipt;          /* 0: by day */
  gint64 from_ms, until_ms; /* both 0: nothing that can be looked for */
} SlTillWanted;
SlTillWanted *sl_till_wanted_new (const char *text, gint64 now_ms, GTimeZone *zone); /* (nullable): today's */
void sl_till_wanted_free (gpointer wanted);

/* What was handed to somebody: of a sale, or of money given back. */
typedef struct {
  SlId id;
  gint64 at_ms, cents;       /* below 0: given back */
  char *number, *what, *who; /* what was sold first, or what it was given back on; "": nothing, nobody */
} SlTillPaper;

typedef struct {
  SlCashUp *cash_up;
  GPtrArray *pending;   /* (element-type SlPayment) */
  GPtrArray *papers;    /* (element-type SlTillPaper), the latest first */
  gboolean is_found;    /* they were looked for; else today's */
} SlTillDay;
void sl_till_day_free (gpointer day);
gboolean sl_till_load_day (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error); /* request: (nullable) SlTillWanted */

/* One of them, to be looked at. */
typedef struct {
  SlReceipt *receipt;
  SlSaleRecord *sale;   /* (nullable): of a sale */
} SlTillReceipt;
void sl_till_receipt_free (gpointer receipt);
const char *sl_till_receipt_what (const SlReceipt *receipt); /* its first line; "": none */
gboolean sl_till_load_receipt (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                               SlRefusal *out_refusal, GError **error); /* request: SlId of a sale or a refund */

/* What is to be done; id, cents and text as it takes them. */
typedef enum { SL_TILL_OPEN, SL_TILL_CASH, SL_TILL_CLOSE, SL_TILL_REFUND, SL_TILL_SETTLE } SlTillDeed;
typedef struct {
  SlTillDeed deed;
  SlId id;
  gint64 cents;
  gboolean has_come;
  char *text;
} SlTillOrder;
SlTillOrder *sl_till_order_new (SlTillDeed deed, const SlId *id, gint64 cents, const char *text);
void sl_till_order_free (gpointer order);
typedef struct {
  SlTillDeed deed;
  gint64 cents; /* CLOSE: the difference; REFUND: what was given back */
} SlTillDone;   /* freed with g_free() */
gboolean sl_till_do (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                     SlRefusal *out_refusal, GError **error);
