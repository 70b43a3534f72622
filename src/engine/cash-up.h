/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/till.h"
#include "print/document.h"

/* What a till, or a device's day without one, has taken: src/engine/README.md "Books". */

/* cash, card, eft, qr, online, voucher, account, and what this program has no word for, in this order. */
#define SL_CASH_UP_METHODS 8

typedef struct {
  const char *method;       /* "other": the last */
  gint64 sales, sales_cents;       /* taken with a sale */
  gint64 payments, payments_cents; /* taken later */
  gint64 refunds, refunds_cents;
  gint64 pending, pending_cents;   /* not seen yet: in none of the above */
} SlCashUpRow;

typedef struct {
  SlTill *till;             /* (nullable): a day without one */
  SlId replica;
  gint64 from_ms, until_ms; /* of the day, or when the till was opened and closed (0: open) */
  SlCashUpRow rows[SL_CASH_UP_METHODS];
  gint64 put_in_cents;      /* below zero: taken out */
  gint64 expected_cents;    /* cash */
  gint64 vouchers_sold, vouchers_sold_cents, vouchers_used_cents;
  gint64 account_given_cents, account_paid_cents; /* put on account; paid of what was on account */
  gint64 vat_cents;         /* of what was sold, less that of what was given back */
} SlCashUp;
void sl_cash_up_free (SlCashUp *cash_up);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCashUp, sl_cash_up_free)

/* Which: a till; or a device (none: this one) and a day there, as 2026-03-01 (NULL: today), without a till. */
typedef struct {
  SlId till_id, replica;
  const char *date;
} SlCashUpParams;

/* Refusals: not_allowed. BAD_INPUT: a date; NOT_FOUND: a till, a device. Takes no lock. */
gboolean sl_cash_up (SlEngine *engine, const SlActor *actor, const SlCashUpParams *params, SlCashUp **out,
                     SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As it is printed. */
SlDocument *sl_cash_up_to_document (SlEngine *engine, const SlCashUp *cash_up,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For other queries of the engine, which have asked who wants to know. NOT_FOUND. Takings: with nothing of vouchers,
 * accounts and VAT. */
SlCashUp *sl_cash_up_of_till (SlEngine *engine, const SlId *till, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlCashUp *sl_cash_up_takings_of_till (SlEngine *engine, const SlId *till, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlCashUp *sl_cash_up_takings_of_day (SlEngine *engine, const SlId *replica, gint64 from_ms, gint64 until_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
