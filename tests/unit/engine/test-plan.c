/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/period.h"

/* Selling a plan: what is written, and what it is refused for. */

static const char *
try_sell (Desk *desk, const SlActor *actor, const SlPlanSaleParams *params)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlSale) sale = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_sale_plan (desk->engine, actor, params, &sale, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}

static void
a_sale_has_the_period_and_the_joining_fee (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 15000, 0);
  SlPlanSaleParams params = plan_sale (&member, &plan, "cash", "eft");
  g_auto (SlSale) sale = { 0 };
  g_autoptr (GError) error = NULL;
  done (sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  g_assert_cmpint (sale.amount_cents, ==, PRICE_CENTS + 15000);
  g_assert_cmpint (sale.due_cents, ==, 0);
  g_autoptr (SlSaleRecord) record = sl_sale_get (desk->engine, &sale.sale_id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (record->lines->len, ==, 2);
  const SlSaleLine *period = &g_array_index (record->lines, SlSaleLine, 0);
  g_assert_cmpint (period->what, ==, SL_SALE_PLAN);
  g_assert_true (sl_id_equal (&period->thing_id, &sale.membership_id));
  g_assert_cmpint (period->from_ms, ==, MORNING);
  g_assert_cmpint (period->until_ms, ==, local (desk, "2026-04-02T00:00"));
  g_assert_cmpint (g_array_index (record->lines, SlSaleLine, 1).what, ==, SL_SALE_JOINING);
  g_autoptr (SlMembership) membership = get (desk, &sale.membership_id);
  g_assert_cmpstr (membership->collect, ==, "eft");
  g_assert_cmpint (membership->paid_until_ms, ==, period->until_ms);
  g_assert_cmpint (membership->status, ==, SL_MEMBERSHIP_ACTIVE);
}

static void
credits_come_with_it (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "credits", "monthly", 0, 800);
  sell (desk, &member, &plan, "cash", NULL);
  g_assert_cmpint (desk_balance (desk, &member), ==, 800);
  desk->world.now_ms = local (desk, "2026-04-02T00:00") - 1;
  g_assert_cmpint (desk_balance (desk, &member), ==, 800);
  desk->world.now_ms++;
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static void
credits_wait_for_the_money (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "credits", "monthly", 0, 800);
  sell (desk, &member, &plan, "qr", NULL);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 1);
  g_assert_cmpint (desk_balance (desk, &member), ==, 800);
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 0);
}

static void
credits_may_be_carried (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "credits", "monthly", 0, 800);
  desk_policy (desk, "plan_credits_carry", "1");
  sell (desk, &member, &plan, "cash", "account");
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  desk_run_due (desk);
  g_assert_cmpint (desk_balance (desk, &member), ==, 1600);
  desk->world.now_ms = local (desk, "2026-05-02T06:00");
  desk_run_due (desk);
  g_assert_cmpint (desk_balance (desk, &member), ==, 1600);
}

static void
an_agreed_price_needs_who_may_agree (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlPlanSaleParams params = plan_sale (&member, &plan, "cash", NULL);
  g_auto (SlActor) desk_staff_member = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &desk_staff_member);
  params.price_cents = 100;
  g_assert_cmpstr (try_sell (desk, &desk_staff_member, &params), ==, "not_allowed");
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "ok");
  SlId other = desk_member (desk, "Sipho");
  params = plan_sale (&other, &plan, "cash", NULL);
  g_assert_cmpstr (try_sell (desk, &desk_staff_member, &params), ==, "ok");
}

static void
refusals_by_name (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlPlanSaleParams params = plan_sale (&member, &plan, "cash", NULL);
  params.pay.amount_cents = 1;
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "amount_mismatch");
  params.pay.amount_cents = SL_NUMBER_NONE;
  params.pay.currency = "USD";
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "wrong_currency");
  params.pay.currency = NULL;
  desk_policy (desk, "till_needed", "yes");
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "till_closed");
  desk_policy (desk, "till_needed", "no");
  params.pay.method = "voucher";
  params.pay.voucher_code = "NONE";
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "voucher_invalid");
  params.pay.method = "cash";
  g_auto (SlActor) instructor = { 0 };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  g_assert_cmpstr (try_sell (desk, &instructor, &params), ==, "not_allowed");
  gint64 operations = desk_operations (desk);
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "ok");
  g_assert_cmpint (desk_operations (desk), >, operations);
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "wrong_state"); /* they have it */
  SlId blocked = desk_member (desk, "Sipho");
  desk_block (desk, &blocked);
  params = plan_sale (&blocked, &plan, "cash", NULL);
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "member_blocked");
  SlPlanParams edit;
  sl_plan_params_init (&edit);
  edit.active = -1;
  done (sl_plan_edit (desk->engine, &desk->owner, &plan, &edit, &refusal, &failure));
  SlId other = desk_member (desk, "Lerato");
  params = plan_sale (&other, &plan, "cash", NULL);
  g_assert_cmpstr (try_sell (desk, &desk->owner, &params), ==, "wrong_state"); /* sold no more */
}

static void
bad_words (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlPlanSaleParams params = plan_sale (&member, &plan, "cash", "cheque");
  g_auto (SlSale) sale = { 0 };
  fails (SL_ERROR_BAD_INPUT, sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  params = plan_sale (&member, &plan, "shells", NULL);
  fails (SL_ERROR_BAD_INPUT, sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  params = plan_sale (&member, &plan, "cash", NULL);
  params.price_cents = -1;
  fails (SL_ERROR_BAD_INPUT, sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  params.price_cents = SL_NUMBER_NONE;
  params.from_ms = MORNING + DAYS (400);
  fails (SL_ERROR_BAD_INPUT, sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  params.from_ms = 0;
  params.plan_id = member;
  fails (SL_ERROR_NOT_FOUND, sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  SlId id = sell (desk, &member, &plan, "cash", NULL);
  fails (SL_ERROR_BAD_INPUT,
         sl_membership_edit (desk->engine, &desk->owner, &id, "cheque", SL_NUMBER_NONE, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_membership_edit (desk->engine, &desk->owner, &id, NULL, SL_NUMBER_NONE, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_membership_edit (desk->engine, &desk->owner, &id, NULL, -1, &refusal, &failure));
}

static void
paying_is_refused_where_nothing_will_be_due (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0), free_one;
  SlId id = sell (desk, &member, &plan, "cash", NULL), other = desk_member (desk, "Sipho");
  SlMembershipParams params = { .member_id = other, .plan_id = plan };
  done (sl_membership_start (desk->engine, &desk->owner, &params, &free_one, &refusal, &failure));
  g_assert_cmpstr (pay_membership (desk, &free_one, "cash"), ==, "wrong_state");
  g_assert_cmpstr (pay_membership (desk, &id, "cash"), ==, "ok"); /* ahead of its time */
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-05-02T00:00"));
  done (sl_membership_cancel_when_paid_up (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (pay_membership (desk, &id, "cash"), ==, "wrong_state");
  g_assert_cmpstr (status_at (desk, &id, local (desk, "2026-05-02T00:00") - 1), ==, "active");
  g_assert_cmpstr (status_at (desk, &id, local (desk, "2026-05-02T00:00")), ==, "cancelled");
  desk->world.now_ms = local (desk, "2026-05-03T00:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
}

static void
a_freeze_makes_paid_time_longer (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlId id = sell (desk, &member, &plan, "cash", "eft");
  gint64 due = paid_until (desk, &id);
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, MORNING + DAYS (5), MORNING + DAYS (15), &refusal,
                              &failure));
  g_assert_cmpint (paid_until (desk, &id), ==, due + DAYS (10));
  desk->world.now_ms = MORNING + DAYS (8);
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &id), ==, due + DAYS (3));
  /* until further notice: nothing is charged, and what was left is left */
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, 0, 0, &refusal, &failure));
  desk->world.now_ms += DAYS (100);
  g_assert_cmpstr (status_now (desk, &id), ==, "frozen");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  g_assert_cmpint (paid_until (desk, &id), ==, due + DAYS (103));
  desk->world.now_ms = due + DAYS (103);
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
}

static void
a_freeze_that_never_began_adds_nothing (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlId id = sell (desk, &member, &plan, "cash", NULL);
  gint64 due = paid_until (desk, &id);
  for (int i = 0; i < 2; i++)
    done (sl_membership_freeze (desk->engine, &desk->owner, &id, MORNING + DAYS (5), MORNING + DAYS (15), &refusal,
                                &failure));
  g_assert_cmpint (paid_until (desk, &id), ==, due + DAYS (10));
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &id), ==, due);
}

/* What staff say is meant as they say it. */
static void
what_is_said_to_be_paid_is_not_made_longer (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = plan_of (desk, "unlimited", "monthly", 0, 0);
  SlId id = sell (desk, &member, &plan, "cash", NULL);
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, MORNING + DAYS (5), MORNING + DAYS (15), &refusal,
                              &failure));
  done (sl_membership_paid (desk->engine, &desk->owner, &id, MORNING + DAYS (90), &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &id), ==, MORNING + DAYS (90));
}

static void
months_are_counted_from_the_first_day (Desk *desk, gconstpointer data)
{
  GTimeZone *zone = sl_engine_time_zone (desk->engine);
  gint64 anchor = local (desk, "2027-01-31T14:30");
  g_assert_cmpint (sl_period_at (anchor, 0, zone), ==, anchor);
  g_assert_cmpint (sl_period_at (anchor, 1, zone), ==, local (desk, "2027-02-28T00:00"));
  g_assert_cmpint (sl_period_at (anchor, 2, zone), ==, local (desk, "2027-03-31T00:00"));
  g_assert_cmpint (sl_period_at (anchor, 13, zone), ==, local (desk, "2028-02-29T00:00"));
  g_assert_cmpint (sl_period_index (anchor, local (desk, "2028-02-29T00:00"), zone), ==, 13);
  g_assert_cmpint (sl_period_index (anchor, local (desk, "2028-02-28T00:00"), zone), ==, -1);
  gint64 leap = local (desk, "2028-02-29T00:00");
  g_assert_cmpint (sl_period_at (leap, 12, zone), ==, local (desk, "2029-02-28T00:00"));
  g_assert_cmpint (sl_period_at (leap, 48, zone), ==, local (desk, "2032-02-29T00:00"));
  g_assert_cmpint (sl_period_at (anchor, 12 * 100, zone), ==, SL_TIME_MAX_MS);
  gint64 until = local (desk, "2027-02-28T00:00");
  gint64 later = sl_period_days_later (local (desk, "2027-06-10T09:00"), anchor, until, zone);
  g_assert_cmpint (later, ==, local (desk, "2027-07-08T00:00"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/plan/a-sale-has-the-period-and-the-joining-fee", a_sale_has_the_period_and_the_joining_fee);
  desk_test ("/sl/plan/credits-come-with-it", credits_come_with_it);
  desk_test ("/sl/plan/credits-wait-for-the-money", credits_wait_for_the_money);
  desk_test ("/sl/plan/credits-may-be-carried", credits_may_be_carried);
  desk_test ("/sl/plan/an-agreed-price-needs-who-may-agree", an_agreed_price_needs_who_may_agree);
  desk_test ("/sl/plan/refusals-by-name", refusals_by_name);
  desk_test ("/sl/plan/refuses-bad-words", bad_words);
  desk_test ("/sl/plan/paying-is-refused-where-nothing-will-be-due", paying_is_refused_where_nothing_will_be_due);
  desk_test ("/sl/plan/a-freeze-makes-paid-time-longer", a_freeze_makes_paid_time_longer);
  desk_test ("/sl/plan/a-freeze-that-never-began-adds-nothing", a_freeze_that_never_began_adds_nothing);
  desk_test ("/sl/plan/what-is-said-to-be-paid-is-not-made-longer", what_is_said_to_be_paid_is_not_made_longer);
  desk_test ("/sl/plan/months-are-counted-from-the-first-day", months_are_counted_from_the_first_day);
  return g_test_run ();
}
