/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include "engine/ask.h"
#include "engine/rights.h"
#include "engine/voucher.h"

static const char *
try_pay (Desk *desk, const char *code, gint64 price_cents, SlRefusal *refusal)
{
  SlSaleParams params = money_by ("voucher");
  SlSale sale;
  g_autoptr (GError) failure = NULL;
  params.voucher_code = code;
  sl_refusal_clear (refusal);
  g_assert_true (
    sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price_cents, 1, &sale, refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal->code);
}

static gint64
left_at (Desk *desk, const SlId *id, gint64 *out_held)
{
  SlVoucher voucher;
  g_assert_true (sl_voucher_get (desk->engine, id, &voucher, NULL));
  *out_held = voucher.held_cents;
  return voucher.left_cents;
}

static void
pays_until_it_is_used (Desk *desk, gconstpointer data)
{
  g_auto (SlRefusal) no = { 0 };
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  g_autofree char *typed = g_ascii_strdown (sold.voucher_code, -1);
  SlVoucher voucher;
  g_assert_cmpint (sold.vat_cents, ==, 0); /* it is what it buys that has */
  g_assert_cmpstr (try_pay (desk, typed, 3000, &no), ==, "ok");
  done (sl_voucher_show (desk->engine, &desk->owner, typed, &voucher, &refusal, &failure));
  g_assert_cmpint (voucher.left_cents, ==, 2000);
  g_assert_cmpstr (try_pay (desk, sold.voucher_code, 2000, &no), ==, "ok");
  g_assert_cmpstr (try_pay (desk, sold.voucher_code, 1, &no), ==, "voucher_invalid");
  g_assert_cmpint (sl_refusal_get_int (&no, "left_cents", -1), ==, 0);
  money_verify (desk);
}

static void
voucher_invalid_when_unknown_or_expired (Desk *desk, gconstpointer data)
{
  g_auto (SlRefusal) no = { 0 };
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  SlVoucher voucher;
  g_assert_cmpstr (try_pay (desk, "AAAAA-BBBBB", 1, &no), ==, "voucher_invalid");
  g_assert_cmpstr (try_pay (desk, NULL, 1, &no), ==, "voucher_invalid");
  g_assert_cmpstr (try_pay (desk, "", 1, &no), ==, "voucher_invalid");
  g_autofree char *longer = g_strconcat (sold.voucher_code, "A", NULL);
  g_assert_cmpstr (try_pay (desk, longer, 1, &no), ==, "voucher_invalid");
  fails (SL_ERROR_NOT_FOUND,
         sl_voucher_show (desk->engine, &desk->owner, "nothing", &voucher, &refusal, &failure));
  desk->world.now_ms = sold.expires_ms;
  g_assert_cmpstr (try_pay (desk, sold.voucher_code, 1, &no), ==, "voucher_invalid");
  g_assert_cmpint (sl_refusal_get_int (&no, "left_cents", -1), ==, 0);
  desk_policy (desk, "voucher_months", "0");
  g_auto (SlSale) for_ever = money_voucher (desk, 5000);
  g_assert_cmpint (for_ever.expires_ms, ==, 0);
}

static void
is_bought_with_money_and_at_once (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  SlPay pays[] = { { .method = "cash", .amount_cents = 10 },
                   { .method = "voucher", .amount_cents = SL_NUMBER_NONE, .voucher_code = sold.voucher_code } };
  SlSaleParams params = { .pays = pays, .n_pays = 2 }, part = money_by ("cash");
  SlSale sale;
  fails (SL_ERROR_BAD_INPUT,
         sl_sale_voucher (desk->engine, &desk->owner, &params, 100, &sale, &refusal, &failure));
  pays[1].method = "account";
  fails (SL_ERROR_BAD_INPUT,
         sl_sale_voucher (desk->engine, &desk->owner, &params, 100, &sale, &refusal, &failure));
  part.part = TRUE;
  part.amount_cents = 50;
  fails (SL_ERROR_BAD_INPUT, sl_sale_voucher (desk->engine, &desk->owner, &part, 100, &sale, &refusal, &failure));
}

static void
not_allowed_to_look_at_one (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  SlActor instructor;
  SlVoucher voucher;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  refused ("not_allowed",
           sl_voucher_show (desk->engine, &instructor, sold.voucher_code, &voucher, &refusal, &failure));
}

static void
no_rights_elsewhere_until_it_is_moved (Desk *desk, gconstpointer data)
{
  Desk second;
  g_auto (SlRefusal) no = { 0 };
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  gint64 held;
  money_second_desk (&second, desk);
  SlId there = money_device (&second), nobody = { { 5 } };
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 3000, &no), ==, "no_rights");
  g_assert_cmpint (sl_refusal_get_int (&no, "missing_cents", 0), ==, 3000);
  refused ("no_rights", sl_rights_move_money (desk->engine, &desk->owner, &sold.voucher_id, 5001, &there, &refusal,
                                              &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_rights_move_money (desk->engine, &desk->owner, &sold.voucher_id, 0, &there, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_rights_move_money (desk->engine, &desk->owner, &nobody, 1, &there, &refusal, &failure));
  done (sl_rights_move_money (desk->engine, &desk->owner, &sold.voucher_id, 3500, &there, &refusal, &failure));
  money_carry (desk, &second);
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 3000, &no), ==, "ok");
  g_assert_cmpstr (try_pay (desk, sold.voucher_code, 1500, &no), ==, "ok");
  g_assert_cmpstr (try_pay (desk, sold.voucher_code, 1, &no), ==, "no_rights");
  money_carry (desk, &second);
  g_assert_cmpint (left_at (desk, &sold.voucher_id, &held), ==, 500);
  g_assert_cmpint (left_at (&second, &sold.voucher_id, &held), ==, 500);
  g_assert_cmpint (held, ==, 500);
  money_verify (desk);
  money_verify (&second);
  desk_close (&second, NULL);
}

static void
what_is_given_back_is_on_it_at_that_desk (Desk *desk, gconstpointer data)
{
  Desk second;
  g_auto (SlRefusal) no = { 0 };
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  SlSaleParams params = money_by ("voucher");
  gint64 held;
  SlSale sale;
  params.voucher_code = sold.voucher_code;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 5000, 1, &sale, &refusal, &failure));
  money_second_desk (&second, desk);
  SlId there = money_device (&second);
  done (sl_rights_move_money (desk->engine, &desk->owner, &sale.payment_id, 2000, &there, &refusal, &failure));
  money_carry (desk, &second);
  money_refund (&second, &sale.payment_id, 2000);
  g_assert_cmpint (left_at (&second, &sold.voucher_id, &held), ==, 2000);
  g_assert_cmpint (held, ==, 2000);
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 2000, &no), ==, "ok");
  money_carry (&second, desk);
  money_verify (desk);
  desk_close (&second, NULL);
}

/* What was asked for, as it was given. */
static gint64
ask_for (Desk *holder, Desk *asker, const SlRefusal *refusal)
{
  SlId id = money_device (asker);
  SlAsk wanted;
  g_assert_true (sl_ask_from_refusal (refusal, &wanted));
  g_assert_cmpint (wanted.kind, ==, SL_ASK_MONEY);
  g_autoptr (GArray) holders = sl_ask_holders (asker->engine, &wanted, NULL);
  SlId holder_id = money_device (holder);
  g_assert_cmpuint (holders->len, ==, 1);
  g_assert_true (sl_id_equal (&g_array_index (holders, SlId, 0), &holder_id));
  g_assert_true (sl_ask_grant (holder->engine, &id, &wanted, 1, NULL));
  money_carry (holder, asker);
  return wanted.amount;
}

static void
asking_brings_what_is_left_of_one (Desk *desk, gconstpointer data)
{
  Desk second;
  g_auto (SlRefusal) no = { 0 };
  g_auto (SlSale) sold = money_voucher (desk, 5000);
  money_second_desk (&second, desk);
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 3000, &no), ==, "no_rights");
  g_assert_cmpint (ask_for (desk, &second, &no), ==, 3000);
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 3000, &no), ==, "ok");
  g_assert_cmpstr (try_pay (&second, sold.voucher_code, 2000, &no), ==, "no_rights");
  SlAsk more = { SL_ASK_MONEY, sold.voucher_id, 1000000 };
  SlId there = money_device (&second);
  g_assert_true (sl_ask_grant (desk->engine, &there, &more, 1, NULL));
  g_assert_cmpint (more.amount, ==, 2000); /* all that there is */
  desk_close (&second, NULL);
}

static void
asking_brings_what_may_be_given_back (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSale sale = money_sell (desk, 10000, "card");
  SlRefundParams params = money_back (&sale.payment_id, 4000);
  SlRefundResult result;
  g_auto (SlRefusal) first = { 0 };
  money_second_desk (&second, desk);
  g_assert_true (sl_refund (second.engine, &second.owner, &params, &result, &first, NULL));
  g_assert_cmpint (ask_for (desk, &second, &first), ==, 4000);
  done (sl_refund (second.engine, &second.owner, &params, &result, &refusal, &failure));
  SlRefundParams rest = money_back (&sale.payment_id, 6001);
  refused ("no_rights", sl_refund (desk->engine, &desk->owner, &rest, &result, &refusal, &failure));
  money_carry (&second, desk);
  refused ("refund_over_payment", sl_refund (desk->engine, &desk->owner, &rest, &result, &refusal, &failure));
  money_refund (desk, &sale.payment_id, 6000);
  money_verify (desk);
  desk_close (&second, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/voucher/" name, func)
  ADD ("pays-until-it-is-used", pays_until_it_is_used);
  ADD ("voucher-invalid-when-unknown-or-expired", voucher_invalid_when_unknown_or_expired);
  ADD ("is-bought-with-money-and-at-once", is_bought_with_money_and_at_once);
  ADD ("not-allowed-to-look-at-one", not_allowed_to_look_at_one);
  ADD ("no-rights-elsewhere-until-it-is-moved", no_rights_elsewhere_until_it_is_moved);
  ADD ("what-is-given-back-is-on-it-at-that-desk", what_is_given_back_is_on_it_at_that_desk);
  ADD ("asking-brings-what-is-left-of-one", asking_brings_what_is_left_of_one);
  ADD ("asking-brings-what-may-be-given-back", asking_brings_what_may_be_given_back);
  return g_test_run ();
}
