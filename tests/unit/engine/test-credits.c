/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/credits.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/sale.h"
#include "expect.h"
#include "oplog/money.h"

#define START (MORNING + DAYS (3))

/* A member's credits, after it was checked that entries, lots and the balance of lists agree. */
static SlCredits *
credits_of (Desk *desk, const SlId *member)
{
  SlCredits *credits = NULL;
  gint64 of_entries = 0, of_lots = 0;
  done (sl_credits_show (desk->engine, &desk->owner, member, &credits, &refusal, &failure));
  for (guint i = 0; i < credits->entries->len; i++)
    of_entries += ((SlCreditEntry *) credits->entries->pdata[i])->amount_hundredths;
  for (guint i = 0; i < credits->lots->len; i++)
    of_lots += g_array_index (credits->lots, SlCreditLot, i).left_hundredths;
  g_assert_cmpint (of_entries, ==, credits->balance_hundredths);
  g_assert_cmpint (of_lots, ==, credits->balance_hundredths);
  g_assert_cmpint (desk_balance (desk, member), ==, credits->balance_hundredths);
  return credits;
}

/* "purchase+100 spend-100": the entries in their order. */
static char *
ledger (Desk *desk, const SlId *member)
{
  g_autoptr (SlCredits) credits = credits_of (desk, member);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < credits->entries->len; i++)
    {
      const SlCreditEntry *entry = credits->entries->pdata[i];
      g_string_append_printf (text, "%s%s%+d", i > 0 ? " " : "", sl_entry_kind_name (entry->kind),
                              (int) entry->amount_hundredths);
      if (entry->forfeited_hundredths != 0)
        g_string_append_printf (text, "(%d)", (int) entry->forfeited_hundredths);
    }
  return g_string_free (text, FALSE);
}

#define assert_ledger(member, wanted) \
  G_STMT_START \
  { \
    g_autofree char *text = ledger (desk, member); \
    g_assert_cmpstr (text, ==, wanted); \
  } \
  G_STMT_END

static const char *
plan (Desk *desk, const SlId *member, gint64 amount, GArray **out_spends)
{
  g_autofree SlSpend *spends = NULL;
  guint n_spends;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (
    sl_credits_plan_spend (desk->engine, member, amount, desk->world.now_ms, &spends, &n_spends, &refusal, &failure));
  g_assert_no_error (failure);
  *out_spends = g_array_new (FALSE, FALSE, sizeof (SlSpend));
  if (n_spends > 0)
    g_array_append_vals (*out_spends, spends, n_spends);
  return sl_refusal_name (refusal.code);
}

static void
assert_spend (GArray *spends, guint place, const SlId *lot, gint64 amount)
{
  g_assert_cmpuint (place, <, spends->len);
  g_assert_true (sl_id_equal (&g_array_index (spends, SlSpend, place).lot_id, lot));
  g_assert_cmpint (g_array_index (spends, SlSpend, place).amount_hundredths, ==, amount);
}

static void
what_expires_first_is_spent_first (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), late, soon;
  gint64 balance;
  done (sl_credits_adjust (desk->engine, &desk->owner, &member, 500, "welcome", &balance, &refusal,
                           &failure)); /* never expires */
  late = desk_credits (desk, &member, 300, 90);
  soon = desk_credits (desk, &member, 120, 20);
  g_autoptr (GArray) some = NULL, more = NULL, none = NULL, too_much = NULL, all = NULL;
  g_assert_cmpstr (plan (desk, &member, 100, &some), ==, "ok");
  g_assert_cmpuint (some->len, ==, 1);
  assert_spend (some, 0, &soon, 100);
  g_assert_cmpstr (plan (desk, &member, 450, &more), ==, "ok");
  g_assert_cmpuint (more->len, ==, 3);
  assert_spend (more, 0, &soon, 120);
  assert_spend (more, 1, &late, 300);
  g_assert_cmpstr (plan (desk, &member, 0, &none), ==, "ok");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (plan (desk, &member, 920, &all), ==, "ok");
  g_assert_cmpstr (plan (desk, &member, 921, &too_much), ==, "insufficient_credits");
}

static void
what_has_expired_is_not_spent (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One");
  desk_credits (desk, &member, 100, 10);
  g_autoptr (GArray) last = NULL, gone = NULL;
  desk->world.now_ms = MORNING + DAYS (10) - 1;
  g_assert_cmpstr (plan (desk, &member, 100, &last), ==, "ok");
  assert_ledger (&member, "purchase+100");
  desk->world.now_ms = MORNING + DAYS (10);
  g_assert_cmpstr (plan (desk, &member, 100, &gone), ==, "insufficient_credits");
  assert_ledger (&member, "purchase+100 expire-100");
  desk_run_due (desk);
  assert_ledger (&member, "purchase+100 expire-100"); /* told the same before and after it is written off */
}

static void
crumbs_in_many_lots_are_left_for_the_largest (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One");
  g_autoptr (GArray) small = NULL, large = NULL, beyond = NULL;
  for (guint i = 0; i < SL_SPENDS_MAX + 4; i++)
    desk_credits (desk, &member, i < SL_SPENDS_MAX + 2 ? 1 : 50, 20 + i);
  g_assert_cmpstr (plan (desk, &member, SL_SPENDS_MAX, &small), ==, "ok");
  g_assert_cmpuint (small->len, ==, SL_SPENDS_MAX);
  g_assert_cmpstr (plan (desk, &member, 100, &large), ==, "ok");
  g_assert_cmpuint (large->len, <=, SL_SPENDS_MAX);
  g_assert_cmpstr (plan (desk, &member, 100 + SL_SPENDS_MAX, &beyond), ==, "insufficient_credits");
}

static void
credits_elsewhere_when_another_device_holds_them (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId member = desk_member (desk, "One");
  gint64 balance;
  desk_credits (desk, &member, 300, 30);
  desk_join (&second, desk, "Door");
  g_autoptr (GArray) some = NULL, more = NULL;
  g_assert_cmpint (desk_balance (&second, &member), ==, 300);
  g_assert_cmpstr (plan (&second, &member, 100, &some), ==, "credits_elsewhere");
  g_assert_cmpstr (plan (&second, &member, 301, &more), ==, "insufficient_credits");
  refused ("credits_elsewhere", sl_credits_adjust (second.engine, &second.owner, &member, -100, "typed wrong", &balance,
                                                   &refusal, &failure));
  desk_close (&second, NULL);
}

static void
the_ledger_tells_spends_refunds_and_forfeits (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 75, 5, 60), member = desk_member (desk, "One");
  SlId sessions[] = { desk_session (desk, &service, START), desk_session (desk, &service, START + HOURS (2)) };
  desk_credits (desk, &member, 50, 20);
  desk->world.now_ms += 1000;
  desk_credits (desk, &member, 100, 40);
  desk->world.now_ms += 1000;
  SlId first = desk_book (desk, &member, &sessions[0]), second = desk_book (desk, &member, &sessions[1]);
  assert_ledger (&member, "purchase+50 purchase+100 spend-50 spend-25 spend-75");
  desk->world.now_ms = START - HOURS (13); /* half comes back: 38 of 75, to the lots that it came from */
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &first, NULL), ==, "ok");
  g_assert_cmpint (desk_balance (desk, &member), ==, 38);
  g_autoptr (SlCredits) after = credits_of (desk, &member);
  g_assert_cmpuint (after->lots->len, ==, 2);
  g_assert_cmpint (g_array_index (after->lots, SlCreditLot, 0).left_hundredths, ==, 25);
  g_assert_cmpint (g_array_index (after->lots, SlCreditLot, 1).left_hundredths, ==, 13);
  desk->world.now_ms = START + HOURS (1);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &second, NULL), ==, "ok");
  g_autofree char *text = ledger (desk, &member);
  g_assert_nonnull (strstr (text, "refund+25"));
  g_assert_nonnull (strstr (text, "forfeit+0(25)"));
  g_assert_nonnull (strstr (text, "forfeit+0(12)"));
  g_assert_nonnull (strstr (text, "forfeit+0(75)"));
}

static void
what_was_forfeited_is_not_when_they_came_after_all (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 5, 60), member = desk_member (desk, "One");
  SlId session = desk_session (desk, &service, START);
  desk_credits (desk, &member, 100, 20);
  desk->world.now_ms += 1000;
  SlId booking = desk_book (desk, &member, &session);
  desk->world.now_ms = START + MINUTES (30);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  assert_ledger (&member, "purchase+100 spend-100 forfeit+0(100)");
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, "was in the other room"), ==, "ok");
  assert_ledger (&member, "purchase+100 spend-100 forfeit+0(100) adjust+0(-100)");
}

static void
adjustments_need_a_reason_and_a_manager (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), nobody = { { 9 } };
  SlActor reception;
  gint64 balance;
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_credits (desk, &member, 100, 30);
  refused ("not_allowed",
           sl_credits_adjust (desk->engine, &reception, &member, 50, "gift", &balance, &refusal, &failure));
  refused ("reason_required",
           sl_credits_adjust (desk->engine, &desk->owner, &member, 50, " ", &balance, &refusal, &failure));
  refused ("reason_required",
           sl_credits_adjust (desk->engine, &desk->owner, &member, 50, NULL, &balance, &refusal, &failure));
  done (
    sl_credits_adjust (desk->engine, &desk->owner, &member, 50, "the shower was cold", &balance, &refusal, &failure));
  g_assert_cmpint (balance, ==, 150);
  desk->world.now_ms += 1000;
  done (sl_credits_adjust (desk->engine, &desk->owner, &member, -120, "typed wrong", &balance, &refusal, &failure));
  g_assert_cmpint (balance, ==, 30);
  assert_ledger (&member, "purchase+100 adjust+50 adjust-100 adjust-20");
  g_autoptr (SlCredits) credits = credits_of (desk, &member);
  g_assert_cmpstr (((SlCreditEntry *) credits->entries->pdata[1])->reason, ==, "the shower was cold");
  refused ("insufficient_credits",
           sl_credits_adjust (desk->engine, &desk->owner, &member, -31, "x", &balance, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_credits_adjust (desk->engine, &desk->owner, &member, 0, "x", &balance, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_credits_adjust (desk->engine, &desk->owner, &member, G_MININT64, "x", &balance, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_credits_adjust (desk->engine, &desk->owner, &nobody, 1, "x", &balance, &refusal, &failure));
}

static void
not_allowed_to_look_at_credits (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One");
  SlActor instructor;
  SlCredits *credits = NULL;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  refused ("not_allowed", sl_credits_show (desk->engine, &instructor, &member, &credits, &refusal, &failure));
  g_assert_null (credits);
}

static SlSaleParams
a_sale (Desk *desk, const SlId *member, gint64 price_cents)
{
  SlSaleParams params = { .member_id = *member, .method = "card", .amount_cents = SL_NUMBER_NONE };
  done (
    sl_package_add (desk->engine, &desk->owner, "Ten", 1000, price_cents, 60, &params.package_id, &refusal, &failure));
  return params;
}

static void
a_sale_is_a_payment_and_a_lot_with_the_next_receipt (Desk *desk, gconstpointer data)
{
  static const char *const methods[] = { "cash", "card", "eft", "online", "qr", "account" };
  SlId member = desk_member (desk, "One");
  SlSaleParams params = a_sale (desk, &member, 95000);
  SlSale sale;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      params.method = methods[i];
      params.amount_cents = i % 2 ? 95000 : SL_NUMBER_NONE;
      done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
      g_assert_cmpint (sale.receipt, ==, i + 1);
      g_assert_cmpint (sale.amount_cents, ==, 95000);
      g_assert_cmpint (sale.vat_cents, ==, 12391);
      g_assert_cmpstr (sale.status, ==, i >= 4 ? "pending" : "paid");
      g_assert_cmpint (sale.expires_ms, ==, MORNING + DAYS (60));
    }
  g_assert_cmpint (desk_balance (desk, &member), ==, 6000);
}

static void
each_device_numbers_its_own_receipts (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId member = desk_member (desk, "One");
  SlSaleParams params = a_sale (desk, &member, 95000);
  SlSale sale;
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  desk_join (&second, desk, "Door");
  done (sl_sale_package (second.engine, &second.owner, &params, &sale, &refusal, &failure));
  g_assert_cmpint (sale.receipt, ==, 1);
  desk_carry_log (&second, desk);
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  g_assert_cmpint (sale.receipt, ==, 2);
  desk_close (&second, NULL);
}

static void
refused_sales_take_no_receipt (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One");
  SlSaleParams params = a_sale (desk, &member, 95000), wrong = params;
  SlActor finance;
  SlSale sale;
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  wrong.amount_cents = 94999;
  refused ("amount_mismatch", sl_sale_package (desk->engine, &desk->owner, &wrong, &sale, &refusal, &failure));
  refused ("not_allowed", sl_sale_package (desk->engine, &finance, &params, &sale, &refusal, &failure));
  wrong = params;
  wrong.method = "cheque";
  fails (SL_ERROR_BAD_INPUT, sl_sale_package (desk->engine, &desk->owner, &wrong, &sale, &refusal, &failure));
  wrong = params;
  wrong.package_id = member;
  fails (SL_ERROR_NOT_FOUND, sl_sale_package (desk->engine, &desk->owner, &wrong, &sale, &refusal, &failure));
  desk_block (desk, &member);
  refused ("member_blocked", sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  SlId other = desk_member (desk, "Two");
  params.member_id = other;
  done (sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  g_assert_cmpint (sale.receipt, ==, 1);
}

static void
wrong_state_for_a_package_no_longer_sold (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One");
  SlSaleParams params = a_sale (desk, &member, 95000);
  SlSale sale;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PACKAGE);
  sl_fields_set_int (fields, "active", 0);
  g_assert_true (sl_oplog_begin (desk->engine->log, &desk->owner.id, NULL));
  g_assert_true (sl_op_edit (desk->engine->log, &params.package_id, fields, NULL));
  g_assert_true (sl_oplog_commit (desk->engine->log, NULL));
  refused ("wrong_state", sl_sale_package (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
}

static void
vat_rounds_halves_up (void)
{
  g_assert_cmpint (sl_vat_included (11500, 150), ==, 1500);
  g_assert_cmpint (sl_vat_included (0, 150), ==, 0);
  g_assert_cmpint (sl_vat_included (1, 150), ==, 0);
  g_assert_cmpint (sl_vat_included (4, 150), ==, 1);   /* 0.52 */
  g_assert_cmpint (sl_vat_included (3, 200), ==, 1);   /* exactly half a cent */
  g_assert_cmpint (sl_vat_included (95000, 0), ==, 0);
}

static void
a_new_pass_revokes_the_old_one (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), nobody = { { 9 } };
  SlActor finance;
  SlPass *first = NULL, *second = NULL, *none = NULL;
  SlPassStanding standing;
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  g_assert_null (sl_pass_current (desk->engine, &member, NULL));
  done (sl_pass_issue (desk->engine, &desk->owner, &member, &first, &refusal, &failure));
  g_autoptr (GDateTime) year_later = g_date_time_new_from_iso8601 ("2027-03-02T06:00:00+02:00", NULL);
  g_assert_cmpint (first->expires_ms, ==, g_date_time_to_unix (year_later) * 1000);
  done (sl_pass_issue (desk->engine, &desk->owner, &member, &second, &refusal, &failure)); /* within the same second */
  g_assert_cmpstr (first->code, !=, second->code);
  g_assert_true (sl_pass_standing (desk->engine, &member, first->serial, first->issued_ms, &standing, NULL));
  g_assert_cmpint (standing, ==, SL_PASS_REVOKED);
  g_assert_true (sl_pass_standing (desk->engine, &member, second->serial, second->issued_ms, &standing, NULL));
  g_assert_cmpint (standing, ==, SL_PASS_CURRENT);
  g_assert_true (sl_pass_standing (desk->engine, &member, 12345, second->issued_ms + 1000, &standing, NULL));
  g_assert_cmpint (standing, ==, SL_PASS_UNKNOWN);
  g_assert_true (sl_pass_standing (desk->engine, &member, 12345, second->issued_ms - 1000, &standing, NULL));
  g_assert_cmpint (standing, ==, SL_PASS_REVOKED); /* older than one that is known */
  g_autoptr (SlPass) current = sl_pass_current (desk->engine, &member, NULL);
  g_assert_cmpstr (current->code, ==, second->code);
  refused ("not_allowed", sl_pass_issue (desk->engine, &finance, &member, &none, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_pass_issue (desk->engine, &desk->owner, &nobody, &none, &refusal, &failure));
  desk_block (desk, &member);
  refused ("member_blocked", sl_pass_issue (desk->engine, &desk->owner, &member, &none, &refusal, &failure));
  sl_pass_free (first);
  sl_pass_free (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/credits/what-expires-first-is-spent-first", what_expires_first_is_spent_first);
  desk_test ("/sl/credits/what-has-expired-is-not-spent", what_has_expired_is_not_spent);
  desk_test ("/sl/credits/crumbs-in-many-lots-are-left-for-the-largest", crumbs_in_many_lots_are_left_for_the_largest);
  desk_test ("/sl/credits/credits-elsewhere-when-another-device-holds-them",
             credits_elsewhere_when_another_device_holds_them);
  desk_test ("/sl/credits/the-ledger-tells-spends-refunds-and-forfeits", the_ledger_tells_spends_refunds_and_forfeits);
  desk_test ("/sl/credits/what-was-forfeited-is-not-when-they-came-after-all",
             what_was_forfeited_is_not_when_they_came_after_all);
  desk_test ("/sl/credits/adjustments-need-a-reason-and-a-manager", adjustments_need_a_reason_and_a_manager);
  desk_test ("/sl/credits/not-allowed-to-look", not_allowed_to_look_at_credits);
  desk_test ("/sl/sale/is-a-payment-and-a-lot-with-the-next-receipt",
             a_sale_is_a_payment_and_a_lot_with_the_next_receipt);
  desk_test ("/sl/sale/each-device-numbers-its-own-receipts", each_device_numbers_its_own_receipts);
  desk_test ("/sl/sale/refused-sales-take-no-receipt", refused_sales_take_no_receipt);
  desk_test ("/sl/sale/wrong-state-for-a-package-no-longer-sold", wrong_state_for_a_package_no_longer_sold);
  g_test_add_func ("/sl/sale/vat-rounds-halves-up", vat_rounds_halves_up);
  desk_test ("/sl/pass/a-new-one-revokes-the-old-one", a_new_pass_revokes_the_old_one);
  return g_test_run ();
}
