/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include "engine/engine-private.h"
#include "oplog/exchange.h"

/* What a sale by these ways of paying answers, and the refusal's name. */
static const char *
try_pays (Desk *desk, const SlPay *pays, guint n_pays, gint64 price_cents, gboolean part, SlSale *out)
{
  SlSaleParams params = { .pays = pays, .n_pays = n_pays, .part = part };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (
    sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price_cents, 1, out, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
cash_gives_change (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("cash");
  SlSale sale;
  params.tendered_cents = 20000;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 6250, 3, &sale, &refusal, &failure));
  g_assert_cmpint (sale.amount_cents, ==, 18750);
  g_assert_cmpint (sale.vat_cents, ==, 2446);
  g_assert_cmpint (sale.change_cents, ==, 1250);
  g_assert_cmpint (sale.due_cents, ==, 0);
  params.tendered_cents = 18749;
  refused ("amount_mismatch",
           sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 6250, 3, &sale, &refusal, &failure));
}

static void
several_ways_make_one_sale (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) voucher = money_voucher (desk, 3000);
  SlPay pays[] = { { .method = "cash", .amount_cents = 2000 },
                   { .method = "voucher", .amount_cents = 1000, .voucher_code = voucher.voucher_code },
                   { .method = "voucher", .amount_cents = 1500, .reference = voucher.voucher_code },
                   { .method = "card", .amount_cents = SL_NUMBER_NONE, .reference = "0042" } };
  SlSale sale;
  g_assert_cmpstr (try_pays (desk, pays, 4, 10000, FALSE, &sale), ==, "ok");
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpuint (record->payments->len, ==, 3); /* of the voucher one, for both */
  g_assert_cmpint (money_paid_by (record, "voucher")->amount_cents, ==, 2500);
  g_assert_cmpint (money_paid_by (record, "card")->amount_cents, ==, 5500);
  g_assert_cmpint (record->paid_cents, ==, 10000);
  pays[1].amount_cents = 400;
  pays[2].amount_cents = 200; /* 500 are left */
  pays[3].reference = NULL;
  g_assert_cmpstr (try_pays (desk, pays, 4, 10000, FALSE, &sale), ==, "voucher_invalid");
  money_verify (desk);
}

static void
amount_mismatch_for_too_little_or_too_much (Desk *desk, gconstpointer data)
{
  SlPay pays[] = { { .method = "cash", .amount_cents = 2000 }, { .method = "card", .amount_cents = 7999 } };
  SlSale sale;
  g_assert_cmpstr (try_pays (desk, pays, 2, 10000, FALSE, &sale), ==, "amount_mismatch");
  pays[1].amount_cents = 8001;
  g_assert_cmpstr (try_pays (desk, pays, 2, 10000, FALSE, &sale), ==, "amount_mismatch");
  g_assert_cmpstr (try_pays (desk, pays, 2, 10000, TRUE, &sale), ==, "amount_mismatch");
  pays[0].amount_cents = 0;
  g_assert_cmpstr (try_pays (desk, pays, 1, 10000, TRUE, &sale), ==, "amount_mismatch");
  g_assert_cmpint (money_sell (desk, 100, "cash").receipt, ==, 1); /* refused sales take no number */
}

static void
absurd_amounts_are_bad_input (Desk *desk, gconstpointer data)
{
  const gint64 absurd[] = { -1, SL_MONEY_MAX_CENTS + 1, G_MAXINT64, G_MININT64 + 1 };
  SlSaleParams params = money_by ("card");
  SlSale sale;
  for (guint i = 0; i < G_N_ELEMENTS (absurd); i++)
    {
      SlSaleParams wrong = params;
      fails (SL_ERROR_BAD_INPUT,
             sl_sale_other (desk->engine, &desk->owner, &params, "Mat", absurd[i], 1, &sale, &refusal, &failure));
      fails (SL_ERROR_BAD_INPUT,
             sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 1, absurd[i], &sale, &refusal, &failure));
      fails (SL_ERROR_BAD_INPUT,
             sl_sale_voucher (desk->engine, &desk->owner, &params, absurd[i], &sale, &refusal, &failure));
      wrong.amount_cents = absurd[i];
      fails (SL_ERROR_BAD_INPUT,
             sl_sale_other (desk->engine, &desk->owner, &wrong, "Mat", 100, 1, &sale, &refusal, &failure));
      wrong = money_by ("cash");
      wrong.tendered_cents = absurd[i];
      fails (SL_ERROR_BAD_INPUT,
             sl_sale_other (desk->engine, &desk->owner, &wrong, "Mat", 100, 1, &sale, &refusal, &failure));
    }
  fails (SL_ERROR_BAD_INPUT, sl_sale_other (desk->engine, &desk->owner, &params, "", 1, 1, &sale, &refusal, &failure));
  g_assert_cmpint (money_sell (desk, SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX, "card").receipt, ==, 1);
  money_verify (desk);
}

static void
wrong_currency_is_not_converted (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("card");
  SlSale sale = money_sell (desk, 5000, "account"), paid;
  params.currency = "USD";
  refused ("wrong_currency",
           sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
  refused ("wrong_currency",
           sl_sale_voucher (desk->engine, &desk->owner, &params, 100, &sale, &refusal, &failure));
  sale = money_sell (desk, 5000, "account");
  refused ("wrong_currency",
           sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &paid, &refusal, &failure));
  params.currency = "zar";
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &paid, &refusal, &failure));
}

static void
possible_duplicate_for_a_slip_that_was_used (Desk *desk, gconstpointer data)
{
  SlPay pays[] = { { .method = "card", .amount_cents = 50, .reference = "0042" },
                   { .method = "card", .amount_cents = SL_NUMBER_NONE, .reference = "0042" } };
  SlSaleParams params = money_by ("card");
  SlSale sale;
  g_assert_cmpstr (try_pays (desk, pays, 2, 100, FALSE, &sale), ==, "possible_duplicate"); /* in one breath */
  pays[1].method = "eft"; /* another series */
  g_assert_cmpstr (try_pays (desk, pays, 2, 100, FALSE, &sale), ==, "ok");
  params.reference = "0042";
  refused ("possible_duplicate",
           sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
  params.anyway = TRUE;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
  params.anyway = FALSE;
  desk->world.now_ms += DAYS (SL_SLIP_DAYS) + 1;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 100, 1, &sale, &refusal, &failure));
}

static void
not_allowed_for_who_takes_no_money (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_FINANCE };
  SlSale owed = money_sell (desk, 5000, "account"), sale;
  SlSaleParams params = money_by ("card");
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      SlActor actor;
      GPtrArray *list = NULL;
      desk_staff (desk, roles[i], &actor);
      refused ("not_allowed",
               sl_sale_other (desk->engine, &actor, &params, "Mat", 100, 1, &sale, &refusal, &failure));
      refused ("not_allowed", sl_sale_voucher (desk->engine, &actor, &params, 100, &sale, &refusal, &failure));
      refused ("not_allowed",
               sl_payment_take (desk->engine, &actor, &owed.sale_id, &params, &sale, &refusal, &failure));
      refused ("not_allowed", sl_payment_settle (desk->engine, &actor, &owed.payment_id, SL_OUTCOME_PAID, NULL,
                                                 &refusal, &failure));
      refused ("not_allowed", sl_payment_list (desk->engine, &actor, NULL, &list, &refusal, &failure));
      g_assert_null (list);
    }
}

static void
the_rest_of_a_part_is_paid_later (Desk *desk, gconstpointer data)
{
  SlPay first = { .method = "card", .amount_cents = 4000 };
  SlSaleParams rest = money_by ("cash");
  SlSale sale, more;
  g_assert_cmpstr (try_pays (desk, &first, 1, 10000, TRUE, &sale), ==, "ok");
  g_assert_cmpint (sale.due_cents, ==, 6000);
  rest.amount_cents = 6001;
  refused ("amount_mismatch",
           sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &rest, &more, &refusal, &failure));
  rest.amount_cents = 2500;
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &rest, &more, &refusal, &failure));
  g_assert_cmpint (more.receipt, ==, sale.receipt + 1);
  g_assert_cmpint (more.due_cents, ==, 3500);
  rest.amount_cents = SL_NUMBER_NONE;
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &rest, &more, &refusal, &failure));
  g_assert_cmpint (more.amount_cents, ==, 3500);
  g_assert_cmpint (more.due_cents, ==, 0);
  refused ("wrong_state",
           sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &rest, &more, &refusal, &failure));
  money_verify (desk);
}

static void
wrong_state_where_all_that_is_due_is_pending (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "qr"), more;
  SlSaleParams params = money_by ("cash");
  refused ("wrong_state",
           sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &more, &refusal, &failure));
  money_settle (desk, &sale.payment_id, SL_OUTCOME_FAILED);
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &more, &refusal, &failure));
  g_assert_cmpint (more.due_cents, ==, 0);
}

static void
a_debt_is_paid_when_its_sale_is (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "account"), more;
  SlSaleParams params = money_by ("account"), part = money_by ("eft");
  SlPay again = { .method = "account", .amount_cents = SL_NUMBER_NONE };
  g_assert_cmpint (sale.due_cents, ==, 5000);
  fails (SL_ERROR_BAD_INPUT,
         sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &more, &refusal, &failure));
  params = (SlSaleParams){ .pays = &again, .n_pays = 1 };
  fails (SL_ERROR_BAD_INPUT,
         sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &more, &refusal, &failure));
  part.amount_cents = 2000;
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &part, &more, &refusal, &failure));
  g_autoptr (SlPayment) debt = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (debt->status, ==, SL_PAYMENT_PENDING);
  g_assert_cmpint (debt->refundable_cents, ==, 3000);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (record->owed_cents, ==, 3000);
  part.amount_cents = SL_NUMBER_NONE;
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &part, &more, &refusal, &failure));
  g_autoptr (SlPayment) paid = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (paid->status, ==, SL_PAYMENT_PAID);
  g_assert_cmpint (paid->refundable_cents, ==, 0);
  g_autoptr (SlSaleRecord) after = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (after->owed_cents, ==, 0);
}

static void
a_picture_is_paid_when_somebody_has_seen_the_money (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSale sale = money_sell (desk, 5000, "qr");
  GPtrArray *pending = NULL;
  g_assert_cmpstr (sale.status, ==, "pending");
  g_assert_cmpint (sale.due_cents, ==, 5000);
  money_second_desk (&second, desk);
  done (sl_payment_list (second.engine, &second.owner, NULL, &pending, &refusal, &failure));
  g_assert_cmpuint (pending->len, ==, 1);
  g_ptr_array_unref (pending);
  SlRefundParams back = money_back (&sale.payment_id, 1000);
  SlRefundResult result;
  refused ("wrong_state", sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  money_settle (&second, &sale.payment_id, SL_OUTCOME_PAID);
  refused ("wrong_state", sl_payment_settle (second.engine, &second.owner, &sale.payment_id, SL_OUTCOME_FAILED, NULL,
                                             &refusal, &failure));
  refused ("no_rights", sl_refund (second.engine, &second.owner, &back, &result, &refusal, &failure));
  money_carry (&second, desk);
  g_assert_cmpint (money_refund (desk, &sale.payment_id, 1000).amount_cents, ==, 1000);
  money_verify (desk);
  money_carry (desk, &second);
  money_verify (&second);
  desk_close (&second, NULL);
}

static void
paid_wins_over_failed_whoever_says_it_first (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSale sale = money_sell (desk, 5000, "qr");
  money_second_desk (&second, desk);
  money_settle (desk, &sale.payment_id, SL_OUTCOME_FAILED);
  money_settle (&second, &sale.payment_id, SL_OUTCOME_PAID);
  money_carry (&second, desk);
  Desk *const both[] = { desk, &second };
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SlPayment) payment = money_payment (both[i], &sale.payment_id);
      g_assert_cmpint (payment->status, ==, SL_PAYMENT_PAID);
      g_assert_cmpint (payment->refundable_cents, ==, 5000);
    }
  desk_close (&second, NULL);
}

static void
disputes_come_and_go (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "card");
  refused ("wrong_state", sl_payment_settle (desk->engine, &desk->owner, &sale.payment_id, SL_OUTCOME_DISPUTE_OVER,
                                             NULL, &refusal, &failure));
  money_settle (desk, &sale.payment_id, SL_OUTCOME_DISPUTED);
  g_autoptr (SlPayment) disputed = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (disputed->status, ==, SL_PAYMENT_DISPUTED);
  g_assert_cmpint (disputed->refundable_cents, ==, 5000);
  money_settle (desk, &sale.payment_id, SL_OUTCOME_DISPUTE_OVER);
  g_autoptr (SlPayment) over = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (over->status, ==, SL_PAYMENT_PAID);
}

static void
numbers_have_no_gap_over_sales_payments_and_refunds (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("cash");
  for (gint64 i = 0; i < 5; i++)
    {
      SlSale sale = money_sell (desk, 5000, "account"), more;
      g_assert_cmpint (sale.receipt, ==, 3 * i + 1);
      done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &more, &refusal, &failure));
      g_assert_cmpint (more.receipt, ==, 3 * i + 2);
      g_assert_cmpint (money_refund (desk, &more.payment_id, SL_NUMBER_NONE).receipt, ==, 3 * i + 3);
    }
  money_verify (desk);
}

/* A sale with a number of its author's own choice. */
static void
write_sale (Desk *desk, gint64 receipt)
{
  SlSaleLine line = { .what = SL_SALE_OTHER, .name = "Mat", .quantity = 1, .unit_cents = 100 };
  SlSaleParts parts = { .currency = "ZAR", .receipt = receipt, .lines = &line, .n_lines = 1 };
  SlId id;
  g_assert_true (sl_oplog_begin (desk->engine->log, &desk->owner.id, NULL));
  g_assert_true (sl_op_sale (desk->engine->log, &parts, &id, NULL, NULL));
  g_assert_true (sl_oplog_commit (desk->engine->log, NULL));
}

static void
expect_problem (Desk *desk, const char *words)
{
  SlVerifyResult result;
  g_assert_true (sl_oplog_verify (desk->engine->log, &result, NULL));
  g_assert_cmpuint (result.problems->len, ==, 1);
  g_assert_nonnull (strstr (result.problems->pdata[0], words));
  sl_verify_result_clear (&result);
}

static void
verify_names_a_number_that_is_missing (Desk *desk, gconstpointer data)
{
  money_sell (desk, 100, "cash");
  write_sale (desk, 4);
  expect_problem (desk, "receipt 2 is missing");
}

static void
verify_names_a_number_that_is_there_twice (Desk *desk, gconstpointer data)
{
  money_sell (desk, 100, "cash");
  money_sell (desk, 100, "cash");
  write_sale (desk, 2);
  expect_problem (desk, "receipt 2 is there twice");
}

/* Of a large amount the product would not fit 63 bits. */
static void
parts_are_rounded_down (void)
{
  g_assert_cmpint (sl_money_part (100, 1, 3), ==, 33);
  g_assert_cmpint (sl_money_part (0, 1, 3), ==, 0);
  g_assert_cmpint (sl_money_part (7, 3, 3), ==, 7);
  g_assert_cmpint (sl_money_part (SL_MONEY_MAX_CENTS, SL_MONEY_MAX_CENTS / 2, SL_MONEY_MAX_CENTS), ==,
                   SL_MONEY_MAX_CENTS / 2);
  g_assert_cmpint (sl_money_part (SL_MONEY_MAX_CENTS - 1, SL_MONEY_MAX_CENTS - 2, SL_MONEY_MAX_CENTS - 1), ==,
                   SL_MONEY_MAX_CENTS - 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/sale/cash-gives-change", cash_gives_change);
  desk_test ("/sl/sale/several-ways-make-one-sale", several_ways_make_one_sale);
  desk_test ("/sl/sale/amount-mismatch-for-too-little-or-too-much", amount_mismatch_for_too_little_or_too_much);
  desk_test ("/sl/sale/absurd-amounts-are-bad-input", absurd_amounts_are_bad_input);
  desk_test ("/sl/sale/wrong-currency-is-not-converted", wrong_currency_is_not_converted);
  desk_test ("/sl/sale/possible-duplicate-for-a-slip-that-was-used", possible_duplicate_for_a_slip_that_was_used);
  desk_test ("/sl/sale/not-allowed-for-who-takes-no-money", not_allowed_for_who_takes_no_money);
  desk_test ("/sl/payment/the-rest-of-a-part-is-paid-later", the_rest_of_a_part_is_paid_later);
  desk_test ("/sl/payment/wrong-state-where-all-that-is-due-is-pending", wrong_state_where_all_that_is_due_is_pending);
  desk_test ("/sl/payment/a-debt-is-paid-when-its-sale-is", a_debt_is_paid_when_its_sale_is);
  desk_test ("/sl/payment/a-picture-is-paid-when-somebody-has-seen-the-money",
             a_picture_is_paid_when_somebody_has_seen_the_money);
  desk_test ("/sl/payment/paid-wins-over-failed-whoever-says-it-first", paid_wins_over_failed_whoever_says_it_first);
  desk_test ("/sl/payment/disputes-come-and-go", disputes_come_and_go);
  desk_test ("/sl/receipt/numbers-have-no-gap-over-sales-payments-and-refunds",
             numbers_have_no_gap_over_sales_payments_and_refunds);
  desk_test ("/sl/receipt/verify-names-a-number-that-is-missing", verify_names_a_number_that_is_missing);
  desk_test ("/sl/receipt/verify-names-a-number-that-is-there-twice", verify_names_a_number_that_is_there_twice);
  g_test_add_func ("/sl/sale/parts-are-rounded-down", parts_are_rounded_down);
  return g_test_run ();
}
