/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-pay.h"
#include "sell-page.h"

#include "engine/member.h"

/* What the engine does for a sale: the work of the section's jobs. */

/* Something that is sold, or a sale that is not all paid. */
typedef struct {
  SlId id;
  char *name;               /* DUE: the receipt's number */
  gint64 price_cents;       /* PLAN: the first period and the joining fee; DUE: what is due */
  gint64 joining_cents, credits_hundredths, valid_days /* 0: for ever */, at_ms;
  gboolean annual;
  gboolean is_membership;   /* DUE: a period of it is paid; at_ms: until when it is paid so far */
} SlSellThing;

typedef struct {
  SlSellKind kind;
  SlId member;              /* none: nobody's */
  SlId membership;          /* DUE: this one as well, also ahead of its time; none: none */
} SlSellWanted;             /* freed with g_free() */
gboolean sl_sell_load_things (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                              SlRefusal *out_refusal, GError **error); /* (element-type SlSellThing) */
void sl_sell_free_things (gpointer things);

/* Who buys, and what they are here to pay. */
typedef struct {
  SlMember *member;
  SlId membership;          /* none: they buy something */
} SlSellBuyer;
void sl_sell_buyer_free (gpointer buyer);
gboolean sl_sell_load_buyer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                             SlRefusal *out_refusal, GError **error); /* request: SlId of a member or a membership */

typedef struct {
  SlSellKind kind;
  SlId member, thing;
  gboolean is_membership;   /* the thing is one */
  char *name;
  gint64 price_cents, quantity; /* VOUCHER, OTHER */
  SlDeskPay *pay;
} SlSellOrder;
void sl_sell_order_free (gpointer order);

typedef struct {
  SlDeskPaid paid;
  char *voucher_code; /* (nullable) */
  char *pass;         /* (nullable): the code of one that was made for them, who had none */
} SlSold;
void sl_sold_free (gpointer sold);
gboolean sl_sell_do (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                     SlRefusal *out_refusal, GError **error);
