/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money-fixture.h"

#include "engine/credits.h"
#include "engine/package.h"
#include "engine/staff.h"
#include "engine/voucher.h"

static SlSale
sell_package (Desk *desk, const SlId *member, gint64 credits, gint64 price, const SlPay *pays, guint n_pays)
{
  SlSaleParams params = { .member_id = *member, .method = "card", .amount_cents = SL_NUMBER_NONE, .pays = pays,
                          .n_pays = n_pays };
  SlSale sale;
  done (sl_package_add (desk->engine, &desk->owner, "Ten", credits, price, 60, &params.package_id, &refusal,
                        &failure));
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  return sale;
}

static void
parts_give_back_just_the_vat (Desk *desk, gconstpointer data)
{
  const gint64 parts[] = { 1, 3333, 2499, 4167 };
  gint64 vat = 0, given = 0;
  SlSale sale = money_sell (desk, 10000, "card");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      SlRefundResult result = money_refund (desk, &sale.payment_id, parts[i]);
      vat += result.vat_cents;
      given += result.amount_cents;
      g_autoptr (SlPayment) payment = money_payment (desk, &sale.payment_id);
      g_assert_cmpint (payment->status, ==, i < 3 ? SL_PAYMENT_PART_REFUNDED : SL_PAYMENT_REFUNDED);
      g_assert_cmpint (payment->refundable_cents, ==, 10000 - given);
    }
  g_assert_cmpint (given, ==, 10000);
  g_assert_cmpint (vat, ==, sale.vat_cents);
  money_verify (desk);
}

static void
refund_over_payment_for_more_than_is_left (Desk *desk, gconstpointer data)
{
  const gint64 wrong[] = { 0, -1, 7001, G_MAXINT64 };
  SlSale sale = money_sell (desk, 10000, "card");
  SlRefundResult result;
  money_refund (desk, &sale.payment_id, 3000);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      SlRefundParams params = money_back (&sale.payment_id, wrong[i]);
      refused ("refund_over_payment", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
    }
  g_assert_cmpint (money_refund (desk, &sale.payment_id, SL_NUMBER_NONE).amount_cents, ==, 7000);
  SlRefundParams params = money_back (&sale.payment_id, SL_NUMBER_NONE);
  refused ("refund_over_payment", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
}

/* In small steps the limit is the same. */
static void
refund_over_limit_needs_a_manager_beside_them (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 90000, "card");
  SlRefundParams params = money_back (&sale.payment_id, 50001);
  SlActor desk_person, manager, other;
  SlRefundResult result;
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &desk_person);
  desk_staff (desk, SL_ROLE_MANAGER, &manager);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &other);
  refused ("refund_over_limit", sl_refund (desk->engine, &desk_person, &params, &result, &refusal, &failure));
  params.amount_cents = 50000;
  done (sl_refund (desk->engine, &desk_person, &params, &result, &refusal, &failure));
  params.amount_cents = 1;
  refused ("refund_over_limit", sl_refund (desk->engine, &desk_person, &params, &result, &refusal, &failure));
  done (sl_staff_approve (desk->engine, &desk_person, &manager.id, "482916", &refusal, &failure));
  done (sl_refund (desk->engine, &desk_person, &params, &result, &refusal, &failure));
  sl_actor_clear (&desk_person);
  done (sl_refund (desk->engine, &manager, &params, &result, &refusal, &failure));
}

static void
not_allowed_for_who_gives_no_money_back (Desk *desk, gconstpointer data)
{
  static const SlRole roles[] = { SL_ROLE_INSTRUCTOR, SL_ROLE_FINANCE };
  SlSale sale = money_sell (desk, 100, "card");
  SlRefundParams params = money_back (&sale.payment_id, 1);
  SlRefundResult result;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      SlActor actor;
      desk_staff (desk, roles[i], &actor);
      refused ("not_allowed", sl_refund (desk->engine, &actor, &params, &result, &refusal, &failure));
    }
}

static void
reason_required_to_give_money_back (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 100, "card");
  SlRefundParams params = money_back (&sale.payment_id, 1);
  SlRefundResult result;
  params.reason = "";
  refused ("reason_required", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  params.reason = NULL;
  refused ("reason_required", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
}

static void
wrong_state_for_what_was_not_paid (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 100, "qr");
  SlRefundParams params = money_back (&sale.payment_id, 1);
  SlId nobody = { { 7 } };
  SlRefundResult result;
  refused ("wrong_state", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  money_settle (desk, &sale.payment_id, SL_OUTCOME_FAILED);
  refused ("wrong_state", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  money_settle (desk, &sale.payment_id, SL_OUTCOME_PAID);
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  params.payment_id = nobody;
  fails (SL_ERROR_NOT_FOUND, sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
}

static void
no_rights_for_a_payment_of_another_device (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSale sale = money_sell (desk, 10000, "card");
  SlRefundParams params = money_back (&sale.payment_id, 4000);
  SlRefundResult result;
  money_second_desk (&second, desk);
  g_auto (SlRefusal) no = { 0 };
  g_assert_true (sl_refund (second.engine, &second.owner, &params, &result, &no, NULL));
  g_assert_cmpstr (sl_refusal_name (no.code), ==, "no_rights");
  g_assert_cmpint (sl_refusal_get_int (&no, "missing_cents", 0), ==, 4000);
  money_refund (desk, &sale.payment_id, 9000);
  money_carry (desk, &second);
  refused ("refund_over_payment", sl_refund (second.engine, &second.owner, &params, &result, &refusal, &failure));
  desk_close (&second, NULL);
}

static void
till_closed_where_cash_needs_one (Desk *desk, gconstpointer data)
{
  SlSale sale = money_sell (desk, 10000, "cash");
  SlRefundParams params = money_back (&sale.payment_id, 4000);
  SlRefundResult result;
  desk_policy (desk, "till_needed", "yes");
  refused ("till_closed", sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  params.method = "eft";
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
}

/* Split over two payments, and no hundredth more or less. */
static void
credits_go_with_the_money (Desk *desk, gconstpointer data)
{
  const SlPay pays[] = { { .method = "cash", .amount_cents = 3333 }, { .method = "card", .amount_cents = 6667 } };
  SlId member = desk_member (desk, "One");
  SlSale sale = sell_package (desk, &member, 1000, 10000, pays, 2);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  SlPayment *card = money_paid_by (record, "card");
  g_assert_cmpint (money_refund (desk, &money_paid_by (record, "cash")->id, SL_NUMBER_NONE).credits_hundredths, ==,
                   333);
  g_assert_cmpint (desk_balance (desk, &member), ==, 667);
  g_assert_cmpint (money_refund (desk, &card->id, 1).credits_hundredths, ==, 0);
  g_assert_cmpint (money_refund (desk, &card->id, SL_NUMBER_NONE).credits_hundredths, ==, 667);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static void
credits_stay_where_they_were_used_or_are_to_stay (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 700, 5, 60);
  SlId session = desk_session (desk, &service, MORNING + DAYS (2));
  SlSale sale = sell_package (desk, &member, 1000, 10000, NULL, 0);
  SlRefundParams params = money_back (&sale.payment_id, 2000);
  SlRefundResult result;
  params.keep_credits = TRUE;
  done (sl_refund (desk->engine, &desk->owner, &params, &result, &refusal, &failure));
  g_assert_cmpint (result.credits_hundredths, ==, 0);
  desk_book (desk, &member, &session);
  g_assert_cmpint (money_refund (desk, &sale.payment_id, 8000).credits_hundredths, ==, 300);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static void
a_debt_is_let_go_as_far_as_it_is_owed (Desk *desk, gconstpointer data)
{
  SlSaleParams later = money_by ("cash");
  SlSale sale = money_sell (desk, 10000, "account"), more;
  SlRefundParams cash = money_back (&sale.payment_id, 1000);
  SlRefundResult result;
  cash.method = "cash"; /* nobody has paid it */
  fails (SL_ERROR_BAD_INPUT, sl_refund (desk->engine, &desk->owner, &cash, &result, &refusal, &failure));
  later.amount_cents = 6000;
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &later, &more, &refusal, &failure));
  SlRefundParams all = money_back (&sale.payment_id, 4001);
  refused ("refund_over_payment", sl_refund (desk->engine, &desk->owner, &all, &result, &refusal, &failure));
  g_assert_cmpint (money_refund (desk, &sale.payment_id, SL_NUMBER_NONE).amount_cents, ==, 4000);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (record->due_cents, ==, 0);
  g_assert_cmpint (record->owed_cents, ==, 0);
  refused ("wrong_state", sl_refund (desk->engine, &desk->owner, &all, &result, &refusal, &failure));
}

/* At two desks, before they heard of one another. */
static void
what_was_paid_twice_goes_first_and_takes_nothing_with_it (Desk *desk, gconstpointer data)
{
  Desk second;
  SlSaleParams params = money_by ("cash");
  SlSale sale = money_sell (desk, 10000, "account"), here, there;
  money_second_desk (&second, desk);
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &params, &here, &refusal, &failure));
  done (sl_payment_take (second.engine, &second.owner, &sale.sale_id, &params, &there, &refusal, &failure));
  money_carry (&second, desk);
  g_autoptr (SlSaleRecord) record = money_sale (desk, &sale.sale_id);
  g_assert_cmpint (record->due_cents, ==, -10000);
  g_assert_cmpint (money_refund (&second, &there.payment_id, SL_NUMBER_NONE).vat_cents, ==, 0);
  money_carry (&second, desk);
  g_assert_cmpint (money_refund (desk, &here.payment_id, SL_NUMBER_NONE).vat_cents, ==, sale.vat_cents);
  money_verify (desk);
  desk_close (&second, NULL);
}

static void
onto_a_voucher_goes_what_it_had_paid (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) voucher = money_voucher (desk, 5000);
  SlSaleParams params = money_by ("voucher");
  SlSale card = money_sell (desk, 100, "card"), sale;
  SlRefundResult result;
  SlVoucher left;
  params.voucher_code = voucher.voucher_code;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 3000, 1, &sale, &refusal, &failure));
  SlRefundParams back = money_back (&sale.payment_id, 1000), wrong = money_back (&card.payment_id, 100);
  back.method = "voucher";
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  g_assert_true (sl_voucher_get (desk->engine, &voucher.voucher_id, &left, NULL));
  g_assert_cmpint (left.left_cents, ==, 3000);
  back.method = "cash";
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  g_assert_true (sl_voucher_get (desk->engine, &voucher.voucher_id, &left, NULL));
  g_assert_cmpint (left.left_cents, ==, 3000);
  wrong.method = "voucher";
  fails (SL_ERROR_BAD_INPUT, sl_refund (desk->engine, &desk->owner, &wrong, &result, &refusal, &failure));
  wrong.method = "cheque";
  fails (SL_ERROR_BAD_INPUT, sl_refund (desk->engine, &desk->owner, &wrong, &result, &refusal, &failure));
  money_verify (desk);
}

static void
voucher_invalid_when_a_used_one_is_to_be_given_back (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) voucher = money_voucher (desk, 5000);
  SlSaleParams params = money_by ("voucher");
  SlRefundParams all = money_back (&voucher.payment_id, 5000);
  SlRefundResult result;
  SlSale sale;
  SlVoucher left;
  params.voucher_code = voucher.voucher_code;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 3000, 1, &sale, &refusal, &failure));
  refused ("voucher_invalid", sl_refund (desk->engine, &desk->owner, &all, &result, &refusal, &failure));
  g_assert_cmpint (money_refund (desk, &voucher.payment_id, 2000).vat_cents, ==, 0);
  g_assert_true (sl_voucher_get (desk->engine, &voucher.voucher_id, &left, NULL));
  g_assert_cmpint (left.left_cents, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/refund/" name, func)
  ADD ("parts-give-back-just-the-vat", parts_give_back_just_the_vat);
  ADD ("refund-over-payment-for-more-than-is-left", refund_over_payment_for_more_than_is_left);
  ADD ("refund-over-limit-needs-a-manager-beside-them", refund_over_limit_needs_a_manager_beside_them);
  ADD ("not-allowed-for-who-gives-no-money-back", not_allowed_for_who_gives_no_money_back);
  ADD ("reason-required", reason_required_to_give_money_back);
  ADD ("wrong-state-for-what-was-not-paid", wrong_state_for_what_was_not_paid);
  ADD ("no-rights-for-a-payment-of-another-device", no_rights_for_a_payment_of_another_device);
  ADD ("till-closed-where-cash-needs-one", till_closed_where_cash_needs_one);
  ADD ("credits-go-with-the-money", credits_go_with_the_money);
  ADD ("credits-stay-where-they-were-used-or-are-to-stay", credits_stay_where_they_were_used_or_are_to_stay);
  ADD ("a-debt-is-let-go-as-far-as-it-is-owed", a_debt_is_let_go_as_far_as_it_is_owed);
  ADD ("what-was-paid-twice-goes-first-and-takes-nothing-with-it",
       what_was_paid_twice_goes_first_and_takes_nothing_with_it);
  ADD ("onto-a-voucher-goes-what-it-had-paid", onto_a_voucher_goes_what_it_had_paid);
  ADD ("voucher-invalid-when-a-used-one-is-to-be-given-back", voucher_invalid_when_a_used_one_is_to_be_given_back);
  return g_test_run ();
}
