/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include <string.h>

#include "engine/cash-up.h"
#include "engine/engine-private.h"
#include "engine/package.h"
#include "engine/rights.h"
#include "engine/till.h"
#include "engine/voucher.h"

/* The edges of the rules of money, one at a time: what is just allowed, and what just is not. */

static const char *
try_sell (Desk *desk, const SlSaleParams *params, gint64 price_cents, gint64 quantity, SlSale *out)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  if (!sl_sale_other (desk->engine, &desk->owner, params, "Mat", price_cents, quantity, out, &refusal, &failure))
    {
      g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
      return "bad_input";
    }
  return sl_refusal_name (refusal.code);
}

static const char *
try_take (Desk *desk, const SlId *sale, const SlSaleParams *params, SlSale *out)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_payment_take (desk->engine, &desk->owner, sale, params, out, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

/* --- ways of paying --- */

static void
cash_to_the_cent_gives_no_change (Desk *desk, gconstpointer data)
{
  SlPay pays[] = { { .method = "cash", .amount_cents = 1000, .tendered_cents = 1500 },
                   { .method = "cash", .amount_cents = 2000, .tendered_cents = 2100 },
                   { .method = "cash", .amount_cents = 3000, .tendered_cents = 3000 } };
  SlSaleParams params = { .pays = pays, .n_pays = 3 };
  SlSale sale;
  g_assert_cmpstr (try_sell (desk, &params, 6000, 1, &sale), ==, "ok");
  g_assert_cmpint (sale.change_cents, ==, 600);
  pays[2].tendered_cents = 2999;
  g_assert_cmpstr (try_sell (desk, &params, 6000, 1, &sale), ==, "amount_mismatch");
}

static void
eight_ways_and_no_more (Desk *desk, gconstpointer data)
{
  SlPay pays[SL_SALE_TAKINGS_MAX + 1];
  SlSaleParams params = { .pays = pays, .n_pays = SL_SALE_TAKINGS_MAX };
  SlSale sale;
  for (guint i = 0; i < G_N_ELEMENTS (pays); i++)
    pays[i] = (SlPay){ .method = "cash", .amount_cents = 100 };
  g_assert_cmpstr (try_sell (desk, &params, 800, 1, &sale), ==, "ok");
  params.n_pays++;
  g_assert_cmpstr (try_sell (desk, &params, 900, 1, &sale), ==, "bad_input");
}

static void
a_promised_transfer_is_pending_what_comes_online_is_paid (Desk *desk, gconstpointer data)
{
  SlPay pay = { .method = "eft", .amount_cents = SL_NUMBER_NONE, .pending = TRUE };
  SlSaleParams params = { .pays = &pay, .n_pays = 1 };
  SlSale sale;
  g_assert_cmpstr (try_sell (desk, &params, 500, 1, &sale), ==, "ok");
  g_assert_cmpstr (sale.status, ==, "pending");
  g_assert_cmpint (sale.due_cents, ==, 500);
  pay.pending = FALSE;
  g_assert_cmpstr (try_sell (desk, &params, 500, 1, &sale), ==, "ok");
  g_assert_cmpstr (sale.status, ==, "paid");
  g_assert_cmpstr (money_sell (desk, 500, "online").status, ==, "paid");
  g_assert_cmpstr (money_sell (desk, 500, "qr").status, ==, "pending");
  g_assert_cmpstr (money_sell (desk, 500, "account").status, ==, "pending");
}

/* A number stands for itself in each way of paying, for thirty days. */
static void
a_slip_is_one_of_its_way (Desk *desk, gconstpointer data)
{
  SlSaleParams card = money_by ("card"), eft = money_by ("eft");
  SlSale sale;
  card.reference = eft.reference = "0042";
  g_assert_cmpstr (try_sell (desk, &card, 500, 1, &sale), ==, "ok");
  g_assert_cmpstr (try_sell (desk, &eft, 500, 1, &sale), ==, "ok");
  g_assert_cmpstr (try_sell (desk, &card, 500, 1, &sale), ==, "possible_duplicate");
  desk->world.now_ms += DAYS (SL_SLIP_DAYS) - 1;
  g_assert_cmpstr (try_sell (desk, &card, 500, 1, &sale), ==, "possible_duplicate");
  desk->world.now_ms++;
  g_assert_cmpstr (try_sell (desk, &card, 500, 1, &sale), ==, "ok");
}

/* --- what is sold --- */

static void
a_thousand_of_a_thing_and_no_more (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("card");
  SlSale sale;
  g_assert_cmpstr (try_sell (desk, &params, 100, 1000, &sale), ==, "ok");
  g_assert_cmpint (sale.amount_cents, ==, 100000);
  g_assert_cmpstr (try_sell (desk, &params, 100, 1001, &sale), ==, "bad_input");
  g_assert_cmpstr (try_sell (desk, &params, 100, 0, &sale), ==, "bad_input");
}

static void
wrong_state_for_a_package_that_is_sold_no_more (Desk *desk, gconstpointer data)
{
  SlPackageParams edit;
  SlSaleParams params = money_by ("card");
  SlId member = desk_member (desk, "Thandi"), package;
  SlSale sale;
  sl_package_params_init (&edit);
  edit.name = "Ten";
  edit.credits_hundredths = 1000;
  edit.price_cents = 90000;
  edit.valid_days = 30;
  done (sl_package_create (desk->engine, &desk->owner, &edit, &package, &refusal, &failure));
  sl_package_params_init (&edit);
  edit.active = -1;
  done (sl_package_edit (desk->engine, &desk->owner, &package, &edit, &refusal, &failure));
  params.member_id = member;
  params.package_id = package;
  refused ("wrong_state", sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static void
member_blocked_over_the_counter_too (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("card");
  SlSale sale;
  params.member_id = desk_member (desk, "Thandi");
  desk_block (desk, &params.member_id);
  g_assert_cmpstr (try_sell (desk, &params, 500, 1, &sale), ==, "member_blocked");
  refused ("member_blocked",
           sl_sale_voucher (desk->engine, &desk->owner, &params, 500, &sale, &refusal, &failure));
}

static void
a_voucher_is_worth_something_for_three_years (Desk *desk, gconstpointer data)
{
  SlSaleParams params = money_by ("cash");
  SlSale none;
  fails (SL_ERROR_BAD_INPUT, sl_sale_voucher (desk->engine, &desk->owner, &params, 0, &none, &refusal, &failure));
  g_auto (SlSale) sold = money_voucher (desk, 1);
  g_assert_cmpint (sold.expires_ms, ==, MORNING + DAYS (3 * 365 + 1)); /* 2028 is a leap year */
  desk->world.now_ms = sold.expires_ms - 1;
  params = money_by ("voucher");
  params.voucher_code = sold.voucher_code;
  g_assert_cmpstr (try_sell (desk, &params, 1, 1, &none), ==, "ok");
}

/* --- what is due --- */

static void
what_is_pending_is_not_asked_for_again (Desk *desk, gconstpointer data)
{
  SlSaleParams picture = money_by ("qr"), rest = money_by ("card");
  SlSale sale, more;
  picture.amount_cents = 4000;
  picture.part = TRUE;
  g_assert_cmpstr (try_sell (desk, &picture, 10000, 1, &sale), ==, "ok");
  g_assert_cmpint (sale.due_cents, ==, 10000);
  rest.amount_cents = 6001;
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &rest, &more), ==, "amount_mismatch");
  picture.amount_cents = 1000;
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &picture, &more), ==, "ok");
  g_assert_cmpint (more.due_cents, ==, 10000);
  rest.amount_cents = SL_NUMBER_NONE;
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &rest, &more), ==, "ok");
  g_assert_cmpint (more.amount_cents, ==, 5000);
  g_assert_cmpint (more.due_cents, ==, 5000);
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &rest, &more), ==, "wrong_state");
  money_settle (desk, &sale.payment_id, SL_OUTCOME_FAILED);
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &rest, &more), ==, "ok");
  g_assert_cmpint (more.amount_cents, ==, 4000);
}

static void
a_debt_is_owed_less_what_is_pending_of_it (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "account"), more;
  SlSaleParams picture = money_by ("qr");
  picture.amount_cents = 2000;
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &picture, &more), ==, "ok");
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (record->owed_cents, ==, 3000);
  g_assert_cmpint (record->pending_cents, ==, 2000);
  g_assert_cmpint (record->due_cents, ==, 5000);
}

/* What was let go is owed no more, and the rest is. */
static void
a_debt_is_let_go_in_part (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "account"), more;
  SlSaleParams card = money_by ("card");
  money_refund (desk, &sale.payment_id, 2000);
  g_autoptr (SlPayment) debt = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (debt->refundable_cents, ==, 3000);
  card.amount_cents = 1000;
  g_assert_cmpstr (try_take (desk, &sale.sale_id, &card, &more), ==, "ok");
  g_autoptr (SlPayment) less = money_payment (desk, &sale.payment_id);
  g_assert_cmpint (less->refundable_cents, ==, 2000);
  SlRefundParams too_much = money_back (&sale.payment_id, 2001);
  SlRefundResult result;
  refused ("refund_over_payment", sl_refund (desk->engine, &desk->owner, &too_much, &result, &refusal, &failure));
  g_assert_cmpint (money_refund (desk, &sale.payment_id, SL_NUMBER_NONE).amount_cents, ==, 2000);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (record->due_cents, ==, 0);
  money_verify (desk);
}

static void
wrong_state_for_saying_that_a_debt_was_paid (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "account");
  for (int outcome = SL_OUTCOME_FAILED; outcome <= SL_OUTCOME_DISPUTE_OVER; outcome++)
    refused ("wrong_state", sl_payment_settle (desk->engine, &desk->owner, &sale.payment_id, (SlOutcome) outcome,
                                               NULL, &refusal, &failure));
}

/* Each way out of each state. */
static void
outcomes_fit_what_they_are_of (Desk *desk, gconstpointer data)
{
  static const struct {
    SlOutcome before[3], outcome;
    const char *answer;
  } cases[] = {
    { { 0 }, SL_OUTCOME_FAILED, "ok" },
    { { 0 }, SL_OUTCOME_PAID, "ok" },
    { { 0 }, SL_OUTCOME_DISPUTED, "wrong_state" },
    { { 0 }, SL_OUTCOME_DISPUTE_OVER, "wrong_state" },
    { { SL_OUTCOME_FAILED, 0 }, SL_OUTCOME_FAILED, "wrong_state" },
    { { SL_OUTCOME_FAILED, 0 }, SL_OUTCOME_PAID, "ok" }, /* it came after all */
    { { SL_OUTCOME_FAILED, 0 }, SL_OUTCOME_DISPUTED, "wrong_state" },
    { { SL_OUTCOME_PAID, 0 }, SL_OUTCOME_FAILED, "wrong_state" },
    { { SL_OUTCOME_PAID, 0 }, SL_OUTCOME_PAID, "wrong_state" },
    { { SL_OUTCOME_PAID, 0 }, SL_OUTCOME_DISPUTED, "ok" },
    { { SL_OUTCOME_PAID, SL_OUTCOME_DISPUTED, 0 }, SL_OUTCOME_DISPUTED, "wrong_state" },
    { { SL_OUTCOME_PAID, SL_OUTCOME_DISPUTED, 0 }, SL_OUTCOME_FAILED, "wrong_state" },
    { { SL_OUTCOME_PAID, SL_OUTCOME_DISPUTED, 0 }, SL_OUTCOME_DISPUTE_OVER, "ok" },
    { { SL_OUTCOME_PAID, SL_OUTCOME_DISPUTED, SL_OUTCOME_DISPUTE_OVER }, SL_OUTCOME_DISPUTED, "ok" },
    { { SL_OUTCOME_PAID, SL_OUTCOME_DISPUTED, SL_OUTCOME_DISPUTE_OVER }, SL_OUTCOME_DISPUTE_OVER, "wrong_state" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) failure = NULL;
      SlSale sale = money_sell (desk, 500, "qr");
      for (guint k = 0; k < 3 && cases[i].before[k] != 0; k++)
        money_settle (desk, &sale.payment_id, cases[i].before[k]);
      g_assert_true (sl_payment_settle (desk->engine, &desk->owner, &sale.payment_id, cases[i].outcome, NULL,
                                        &refusal, &failure));
      if (g_strcmp0 (sl_refusal_name (refusal.code), cases[i].answer) != 0)
        g_error ("case %u: %s, not %s", i, sl_refusal_name (refusal.code), cases[i].answer);
    }
}

/* --- what is given back --- */

static void
onto_an_account_goes_nothing (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 5000, "card"), owed = money_sell (desk, 5000, "account");
  SlRefundParams back = money_back (&sale.payment_id, 100), let_go = money_back (&owed.payment_id, 100);
  SlRefundResult result;
  back.method = "account";
  fails (SL_ERROR_BAD_INPUT, sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  let_go.method = "cash";
  fails (SL_ERROR_BAD_INPUT, sl_refund (desk->engine, &desk->owner, &let_go, &result, &refusal, &failure));
  back.method = "card";
  let_go.method = "account";
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  done (sl_refund (desk->engine, &desk->owner, &let_go, &result, &refusal, &failure));
}

static void
a_cent_of_vat_goes_back_too (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 8, "cash");
  g_assert_cmpint (sale.vat_cents, ==, 1);
  g_assert_cmpint (money_refund (desk, &sale.payment_id, 7).vat_cents, ==, 0);
  g_assert_cmpint (money_refund (desk, &sale.payment_id, 1).vat_cents, ==, 1);
}

/* The price was paid at two desks apart: one of them gives it back, and the voucher stays. */
static void
a_voucher_stays_that_was_paid_twice (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSaleParams picture = money_by ("qr"), card = money_by ("card");
  g_auto (SlSale) sold = { 0 };
  SlSale here, there;
  SlVoucher left;
  done (sl_sale_voucher (desk->engine, &desk->owner, &picture, 5000, &sold, &refusal, &failure));
  money_settle (desk, &sold.payment_id, SL_OUTCOME_FAILED);
  money_second_desk (&second, desk);
  g_assert_cmpstr (try_take (desk, &sold.sale_id, &card, &here), ==, "ok");
  g_assert_cmpstr (try_take (&second, &sold.sale_id, &card, &there), ==, "ok");
  money_carry (&second, desk);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sold.sale_id);
  g_assert_cmpint (record->due_cents, ==, -5000);
  g_assert_cmpint (money_refund (desk, &here.payment_id, 5000).vat_cents, ==, 0);
  g_assert_true (sl_voucher_get (desk->engine, &sold.voucher_id, &left, NULL));
  g_assert_cmpint (left.left_cents, ==, 5000);
  money_verify (desk);
  desk_close (&second, NULL);
}

static SlSale
sell_package (Desk *desk, const SlId *member)
{
  SlPackageParams package;
  SlSaleParams params = money_by ("card");
  SlSale sale;
  sl_package_params_init (&package);
  package.name = "Ten";
  package.credits_hundredths = 1000;
  package.price_cents = 90000;
  package.valid_days = 30;
  params.member_id = *member;
  done (sl_package_create (desk->engine, &desk->owner, &package, &params.package_id, &refusal, &failure));
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  return sale;
}

static void
credits_elsewhere_where_they_lie_at_another_desk (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member = desk_member (desk, "Thandi");
  SlSale sale = sell_package (desk, &member);
  SlRefundParams back = money_back (&sale.payment_id, 9001);
  SlRefundResult result;
  g_autoptr (GError) error = NULL;
  money_second_desk (&second, desk);
  SlId there = money_device (&second);
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_lot_move (desk->engine->log, &sale.lot_id, &there, 900, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
  back.amount_cents = 18000; /* of 1000 credits 200, and 100 are here */
  refused ("credits_elsewhere", sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  back.amount_cents = 9000;
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  g_assert_cmpint (result.credits_hundredths, ==, 100);
  back.keep_credits = TRUE;
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &member), ==, 900);
  desk_close (&second, NULL);
}

/* Whoever has something of it, but the desk that asks. */
static void
no_rights_names_another_desk (Desk *desk, gconstpointer data)
{
  Desk second;
  g_auto (SlSale) voucher = money_voucher (desk, 5000);
  SlSale sale = money_sell (desk, 10000, "card"), none;
  SlRefundParams back = money_back (&sale.payment_id, 6001);
  SlSaleParams by_voucher = money_by ("voucher");
  SlRefundResult result;
  char there_text[SL_ID_TEXT_BYTES];
  money_second_desk (&second, desk);
  SlId there = money_device (&second);
  sl_id_format (&there, there_text);
  done (sl_rights_move_money (desk->engine, &desk->owner, &sale.payment_id, 4000, &there, &refusal, &failure));
  done (sl_rights_move_money (desk->engine, &desk->owner, &voucher.voucher_id, 1000, &there, &refusal, &failure));
  by_voucher.voucher_code = voucher.voucher_code;
  for (guint i = 0; i < 2; i++)
    {
      g_auto (SlRefusal) no = { 0 };
      g_assert_true (i == 0 ? sl_refund (desk->engine, &desk->owner, &back, &result, &no, NULL)
                            : sl_sale_other (desk->engine, &desk->owner, &by_voucher, "Mat", 4001, 1, &none, &no,
                                             NULL));
      g_assert_cmpstr (sl_refusal_name (no.code), ==, "no_rights");
      g_assert_cmpint (sl_refusal_get_int (&no, "missing_cents", 0), ==, 1);
      g_assert_cmpstr (sl_refusal_get_text (&no, "device"), ==, there_text);
    }
  desk_close (&second, NULL);
}

/* What looks alike is read alike: a code is typed from paper. */
static void
a_code_is_read_as_people_write_it (Desk *desk, gconstpointer data)
{
  static const char pairs[][2] = { { 'O', '0' }, { 'I', '1' }, { 'B', '8' } };
  gboolean seen[G_N_ELEMENTS (pairs)] = { FALSE };
  guint n_seen = 0;
  for (guint i = 0; i < 200 && n_seen < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (SlSale) sold = money_voucher (desk, 100);
      SlVoucher found;
      g_autofree char *typed = g_ascii_strdown (sold.voucher_code, -1);
      for (guint k = 0; k < G_N_ELEMENTS (pairs); k++)
        {
          char *at = strchr (typed, g_ascii_tolower (pairs[k][0]));
          if (at == NULL)
            continue;
          *at = pairs[k][1];
          n_seen += !seen[k];
          seen[k] = TRUE;
        }
      g_strdelimit (typed, "-", ' ');
      done (sl_voucher_show (desk->engine, &desk->owner, typed, &found, &refusal, &failure));
      g_assert_true (sl_id_equal (&found.id, &sold.voucher_id));
    }
  g_assert_cmpuint (n_seen, ==, G_N_ELEMENTS (pairs));
}

/* --- tills and days --- */

static void
money_goes_back_the_way_that_it_goes (Desk *desk, gconstpointer data)
{
  g_autoptr (SlTill) till = NULL;
  g_autoptr (SlCashUp) cash_up = NULL;
  SlSale card = money_sell (desk, 10000, "card"), cash = money_sell (desk, 5000, "cash");
  SlRefundParams back = money_back (&card.payment_id, 3000), other = money_back (&cash.payment_id, 700);
  SlRefundResult result;
  SlId id;
  done (sl_till_open (desk->engine, &desk->owner, NULL, 20000, &id, &refusal, &failure));
  back.method = "cash";
  other.method = "card";
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  done (sl_refund (desk->engine, &desk->owner, &other, &result, &refusal, &failure));
  done (sl_till_show (desk->engine, &desk->owner, NULL, &till, &refusal, &failure));
  g_assert_cmpint (till->cash_refunded_cents, ==, 3000);
  g_assert_cmpint (till->expected_cents, ==, 17000);
  const SlCashUpParams of_till = { .till_id = id };
  done (sl_cash_up (desk->engine, &desk->owner, &of_till, &cash_up, &refusal, &failure));
  g_assert_cmpint (cash_up->rows[0].refunds_cents, ==, 3000);
  g_assert_cmpint (cash_up->rows[1].refunds_cents, ==, 700);
  g_assert_cmpint (cash_up->expected_cents, ==, 17000);
  money_verify (desk);
}

static void
a_till_expects_what_was_paid_later_and_put_in (Desk *desk, gconstpointer data)
{
  SlSale owed = money_sell (desk, 5000, "account"), paid, failed;
  SlSaleParams cash = money_by ("cash"), by_voucher = money_by ("voucher");
  g_auto (SlSale) voucher = money_voucher (desk, 2000);
  g_autoptr (SlCashUp) cash_up = NULL;
  SlId id;
  done (sl_till_open (desk->engine, &desk->owner, NULL, 1000, &id, &refusal, &failure));
  cash.amount_cents = 3000;
  by_voucher.voucher_code = voucher.voucher_code;
  g_assert_cmpstr (try_take (desk, &owed.sale_id, &cash, &paid), ==, "ok");
  g_assert_cmpstr (try_take (desk, &owed.sale_id, &by_voucher, &paid), ==, "ok");
  done (sl_till_cash (desk->engine, &desk->owner, 400, "coins", &refusal, &failure));
  failed = money_sell (desk, 900, "qr");
  money_settle (desk, &failed.payment_id, SL_OUTCOME_FAILED);
  const SlCashUpParams of_till = { .till_id = id };
  done (sl_cash_up (desk->engine, &desk->owner, &of_till, &cash_up, &refusal, &failure));
  g_assert_cmpint (cash_up->rows[0].payments_cents, ==, 3000);
  g_assert_cmpint (cash_up->rows[3].pending_cents, ==, 0);
  g_assert_cmpint (cash_up->rows[3].pending, ==, 0);
  g_assert_cmpint (cash_up->vouchers_used_cents, ==, 2000);
  g_assert_cmpint (cash_up->vouchers_sold_cents, ==, 0); /* before it was opened */
  g_assert_cmpint (cash_up->account_paid_cents, ==, 5000);
  g_assert_cmpint (cash_up->expected_cents, ==, 4400);
  money_verify (desk);
}

static void
the_open_till_is_shown_before_the_last_one (Desk *desk, gconstpointer data)
{
  g_autoptr (SlTill) closed = NULL, shown = NULL;
  SlId first, second;
  done (sl_till_open (desk->engine, &desk->owner, NULL, 0, &first, &refusal, &failure));
  done (sl_till_close (desk->engine, &desk->owner, 0, NULL, &closed, &refusal, &failure));
  desk->world.now_ms += HOURS (1);
  done (sl_till_open (desk->engine, &desk->owner, NULL, 100, &second, &refusal, &failure));
  done (sl_till_show (desk->engine, &desk->owner, NULL, &shown, &refusal, &failure));
  g_assert_true (sl_id_equal (&shown->id, &second));
}

/* By the clock of its place: 22:00 UTC is midnight. */
static void
a_day_ends_before_midnight (Desk *desk, gconstpointer data)
{
  const SlCashUpParams monday = { .date = "2026-03-02" }, tuesday = { .date = "2026-03-03" };
  g_autoptr (SlCashUp) first = NULL, second = NULL;
  desk->world.now_ms = MORNING + HOURS (18) - 1;
  money_sell (desk, 100, "cash");
  desk->world.now_ms++;
  money_sell (desk, 30, "cash");
  done (sl_cash_up (desk->engine, &desk->owner, &monday, &first, &refusal, &failure));
  done (sl_cash_up (desk->engine, &desk->owner, &tuesday, &second, &refusal, &failure));
  g_assert_cmpint (first->expected_cents, ==, 100);
  g_assert_cmpint (second->expected_cents, ==, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/money-rules/" name, func)
  ADD ("cash-to-the-cent-gives-no-change", cash_to_the_cent_gives_no_change);
  ADD ("eight-ways-and-no-more", eight_ways_and_no_more);
  ADD ("a-promised-transfer-is-pending-what-comes-online-is-paid",
       a_promised_transfer_is_pending_what_comes_online_is_paid);
  ADD ("a-slip-is-one-of-its-way", a_slip_is_one_of_its_way);
  ADD ("a-thousand-of-a-thing-and-no-more", a_thousand_of_a_thing_and_no_more);
  ADD ("wrong-state-for-a-package-that-is-sold-no-more", wrong_state_for_a_package_that_is_sold_no_more);
  ADD ("member-blocked-over-the-counter-too", member_blocked_over_the_counter_too);
  ADD ("a-voucher-is-worth-something-for-three-years", a_voucher_is_worth_something_for_three_years);
  ADD ("what-is-pending-is-not-asked-for-again", what_is_pending_is_not_asked_for_again);
  ADD ("a-debt-is-owed-less-what-is-pending-of-it", a_debt_is_owed_less_what_is_pending_of_it);
  ADD ("a-debt-is-let-go-in-part", a_debt_is_let_go_in_part);
  ADD ("wrong-state-for-saying-that-a-debt-was-paid", wrong_state_for_saying_that_a_debt_was_paid);
  ADD ("outcomes-fit-what-they-are-of", outcomes_fit_what_they_are_of);
  ADD ("onto-an-account-goes-nothing", onto_an_account_goes_nothing);
  ADD ("a-cent-of-vat-goes-back-too", a_cent_of_vat_goes_back_too);
  ADD ("a-voucher-stays-that-was-paid-twice", a_voucher_stays_that_was_paid_twice);
  ADD ("credits-elsewhere-where-they-lie-at-another-desk", credits_elsewhere_where_they_lie_at_another_desk);
  ADD ("no-rights-names-another-desk", no_rights_names_another_desk);
  ADD ("a-code-is-read-as-people-write-it", a_code_is_read_as_people_write_it);
  ADD ("money-goes-back-the-way-that-it-goes", money_goes_back_the_way_that_it_goes);
  ADD ("a-till-expects-what-was-paid-later-and-put-in", a_till_expects_what_was_paid_later_and_put_in);
  ADD ("the-open-till-is-shown-before-the-last-one", the_open_till_is_shown_before_the_last_one);
  ADD ("a-day-ends-before-midnight", a_day_ends_before_midnight);
  return g_test_run ();
}
