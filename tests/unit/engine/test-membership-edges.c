/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/engine-private.h"
#include "engine/refund.h"

/* The edges of what memberships cost: the last moment of a period and the one after it, what is paid in part or late,
 * and what was given back. */

typedef struct {
  SlId member, id;
} Sold;

static Sold
sold (Desk *desk, const char *kind, const char *period, const char *collect)
{
  SlId plan = plan_of (desk, kind, period, 0, g_str_equal (kind, "credits") ? 800 : 0);
  Sold one = { .member = desk_member (desk, "Thandi") };
  one.id = sell (desk, &one.member, &plan, "cash", collect);
  return one;
}

static gint64
count_of (Desk *desk, const char *sql)
{
  gint64 n;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &n, &error, sql, ""));
  return n;
}

static gint64
latest_from (Desk *desk)
{
  return count_of (desk, "SELECT max (from_ms) FROM sale_line");
}

/* The end is not in the period: a run at that moment finds it over, and charges from then on. */
static void
a_period_is_over_at_its_end (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", "eft");
  desk->world.now_ms = local (desk, "2026-05-02T00:00") - 1;
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_assert_cmpint (latest_from (desk), ==, local (desk, "2026-04-02T00:00"));
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-04-02T00:00"));
}

static void
at_its_end_the_next_one_begins_then (Desk *desk, gconstpointer data)
{
  (void) sold (desk, "unlimited", "monthly", "eft");
  desk->world.now_ms = local (desk, "2026-05-02T00:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_assert_cmpint (latest_from (desk), ==, desk->world.now_ms);
}

/* What is paid at the very end of its time counts from then on; a moment before, for its time. */
static void
paid_at_its_end_it_counts_from_then_on (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", "eft");
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  desk_run_due (desk);
  desk->world.now_ms = local (desk, "2026-05-02T00:00");
  settle_last (desk, &one.member, SL_OUTCOME_PAID);
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-06-01T00:00"));
}

static void
paid_before_its_end_it_counts_for_its_time (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", "eft");
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  desk_run_due (desk);
  desk->world.now_ms = local (desk, "2026-05-02T00:00") - 1;
  settle_last (desk, &one.member, SL_OUTCOME_PAID);
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-05-02T00:00"));
}

/* On account it was theirs all the time, whenever the debt is paid. */
static void
a_debt_that_is_paid_late_moves_nothing (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", "account");
  SlSaleParams card = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  SlSale taken;
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_autoptr (GPtrArray) list = payments_of (desk, &one.member);
  SlId sale = ((const SlPayment *) list->pdata[0])->sale_id;
  done (sl_membership_cancel_when_paid_up (desk->engine, &desk->owner, &one.id, &refusal, &failure));
  desk->world.now_ms = local (desk, "2026-06-20T06:00");
  done (sl_payment_take (desk->engine, &desk->owner, &sale, &card, &taken, &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-05-02T00:00"));
}

static void
a_freeze_after_the_end_adds_nothing (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", NULL);
  gint64 due = paid_until (desk, &one.id);
  done (sl_membership_freeze (desk->engine, &desk->owner, &one.id, due, due + DAYS (10), &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &one.id), ==, due);
  done (sl_membership_unfreeze (desk->engine, &desk->owner, &one.id, &refusal, &failure));
  done (sl_membership_freeze (desk->engine, &desk->owner, &one.id, due - 1, due + DAYS (10) - 1, &refusal, &failure));
  g_assert_cmpint (paid_until (desk, &one.id), ==, due + DAYS (10));
}

/* What was given back is nobody's debt: the time is sold anew, for all that it costs. */
static void
what_was_given_back_is_sold_anew (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", NULL);
  SlSaleParams cash = { .method = "cash", .amount_cents = SL_NUMBER_NONE };
  g_autoptr (GPtrArray) list = payments_of (desk, &one.member);
  const SlPayment *paid = list->pdata[0];
  const SlRefundParams back = { .payment_id = paid->id, .amount_cents = SL_NUMBER_NONE, .reason = "moves away" };
  SlRefundResult result;
  SlSale again;
  done (sl_refund (desk->engine, &desk->owner, &back, &result, &refusal, &failure));
  done (sl_membership_pay (desk->engine, &desk->owner, &one.id, &cash, &again, &refusal, &failure));
  g_assert_false (sl_id_equal (&again.sale_id, &paid->sale_id));
  g_assert_cmpint (again.amount_cents, ==, PRICE_CENTS);
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-04-02T00:00"));
}

static void
the_desk_asks_for_what_is_not_paid_yet (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", "eft");
  SlSaleParams part = { .method = "cash", .amount_cents = 20000 };
  SlSaleParams rest = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  SlSale taken, last;
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  desk_run_due (desk);
  settle_last (desk, &one.member, SL_OUTCOME_FAILED);
  g_autoptr (GPtrArray) list = payments_of (desk, &one.member);
  done (sl_payment_take (desk->engine, &desk->owner, &((const SlPayment *) list->pdata[0])->sale_id, &part, &taken,
                         &refusal, &failure));
  done (sl_membership_pay (desk->engine, &desk->owner, &one.id, &rest, &last, &refusal, &failure));
  g_assert_cmpint (last.amount_cents, ==, PRICE_CENTS - 20000);
  g_assert_cmpint (last.due_cents, ==, 0);
  g_assert_cmpint (paid_until (desk, &one.id), ==, local (desk, "2026-05-02T00:00"));
}

static void
member_blocked_when_the_next_period_is_paid (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "unlimited", "monthly", NULL);
  desk_block (desk, &one.member);
  g_assert_cmpstr (pay_membership (desk, &one.id, "cash"), ==, "member_blocked");
}

static void
no_line_for_a_joining_fee_of_nothing (Desk *desk, gconstpointer data)
{
  (void) sold (desk, "unlimited", "monthly", NULL);
  g_assert_cmpint (count_of (desk, "SELECT count (*) FROM sale_line"), ==, 1);
}

/* A month that nobody was there for has passed with its credits, at its last moment too. */
static void
a_month_that_is_over_gets_no_credits (Desk *desk, gconstpointer data)
{
  Sold one = sold (desk, "credits", "annual", NULL);
  desk->world.now_ms = local (desk, "2026-05-02T00:00");
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 1);
  g_assert_cmpint (count_of (desk, "SELECT count (*) FROM lot WHERE membership_id IS NOT NULL"), ==, 2);
  g_assert_cmpint (desk_balance (desk, &one.member), ==, 800);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/membership/" name, func)
  ADD ("a-period-is-over-at-its-end", a_period_is_over_at_its_end);
  ADD ("at-its-end-the-next-one-begins-then", at_its_end_the_next_one_begins_then);
  ADD ("paid-at-its-end-it-counts-from-then-on", paid_at_its_end_it_counts_from_then_on);
  ADD ("paid-before-its-end-it-counts-for-its-time", paid_before_its_end_it_counts_for_its_time);
  ADD ("a-debt-that-is-paid-late-moves-nothing", a_debt_that_is_paid_late_moves_nothing);
  ADD ("a-freeze-after-the-end-adds-nothing", a_freeze_after_the_end_adds_nothing);
  ADD ("what-was-given-back-is-sold-anew", what_was_given_back_is_sold_anew);
  ADD ("the-desk-asks-for-what-is-not-paid-yet", the_desk_asks_for_what_is_not_paid_yet);
  ADD ("member-blocked-when-the-next-period-is-paid", member_blocked_when_the_next_period_is_paid);
  ADD ("no-line-for-a-joining-fee-of-nothing", no_line_for_a_joining_fee_of_nothing);
  ADD ("a-month-that-is-over-gets-no-credits", a_month_that_is_over_gets_no_credits);
  return g_test_run ();
}
