/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-money-fixture"

#include "money-fixture.h"

#include "oplog/exchange.h"

/* money_by: params for all of a price by one method. */
SlSaleParams
money_by (const char *method)
{
  return (SlSaleParams){ .method = method, .amount_cents = SL_NUMBER_NONE };
}

/* money_sell: one thing. */
SlSale
money_sell (Desk *desk, gint64 price_cents, const char *method)
{
  SlSaleParams params = money_by (method);
  SlSale sale;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price_cents, 1, &sale, &refusal, &failure));
  return sale;
}

/* money_voucher: sold for cash, to nobody. */
SlSale
money_voucher (Desk *desk, gint64 value_cents)
{
  SlSaleParams params = money_by ("cash");
  SlSale sale;
  done (sl_sale_voucher (desk->engine, &desk->owner, &params, value_cents, &sale, &refusal, &failure));
  return sale;
}

/* money_payment: (transfer full). */
SlPayment *
money_payment (Desk *desk, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  SlPayment *payment = sl_payment_get (desk->engine, id, &failure);
  g_assert_no_error (failure);
  return payment;
}

/* money_sale: (transfer full). */
SlSaleRecord *
money_sale (Desk *desk, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  SlSaleRecord *record = sl_sale_get (desk->engine, id, &failure);
  g_assert_no_error (failure);
  return record;
}

/* money_paid_by: which of its payments. */
SlPayment *
money_paid_by (SlSaleRecord *record, const char *method)
{
  for (guint i = 0; i < record->payments->len; i++)
    if (g_strcmp0 (((SlPayment *) record->payments->pdata[i])->method, method) == 0)
      return record->payments->pdata[i];
  g_assert_not_reached ();
}

/* money_back: with a reason. */
SlRefundParams
money_back (const SlId *payment, gint64 amount_cents)
{
  return (SlRefundParams){ .payment_id = *payment, .amount_cents = amount_cents, .reason = "ill" };
}

/* money_refund: by the owner. */
SlRefundResult
money_refund (Desk *desk, const SlId *payment, gint64 amount_cents)
{
  SlRefundParams params = money_back (payment, amount_cents);
  SlRefundResult result;
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  return result;
}

/* money_settle: without a reference. */
void
money_settle (Desk *desk, const SlId *payment, SlOutcome outcome)
{
  done (sl_payment_settle (desk->engine, &desk->owner, payment, outcome, NULL, &refusal, &failure));
}

/* money_carry: afterwards both have everything. */
void
money_carry (Desk *one, Desk *other)
{
  desk_carry_log (one, other);
  desk_carry_log (other, one);
}

/* money_second_desk: of the same studio, which both know of. */
void
money_second_desk (Desk *second, Desk *desk)
{
  *second = (Desk){ NULL };
  desk_join (second, desk, "Second");
  money_carry (second, desk);
}

/* money_device: its id. */
SlId
money_device (Desk *desk)
{
  SlId id;
  sl_engine_get_replica (desk->engine, &id);
  return id;
}

/* money_verify: every check of the log. */
void
money_verify (Desk *desk)
{
  SlVerifyResult result;
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_oplog_verify (sl_engine_get_log (desk->engine), &result, &failure));
  g_assert_no_error (failure);
  for (guint i = 0; i < result.problems->len; i++)
    g_test_message ("%s", (const char *) result.problems->pdata[i]);
  g_assert_cmpuint (result.problems->len, ==, 0);
  sl_verify_result_clear (&result);
}
