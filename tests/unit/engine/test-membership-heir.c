/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/engine-private.h"
#include "oplog/exchange.h"

/* Who renews a membership and grants its credits when the device that it belongs to is gone: nobody while that is not
 * decided, then the one that has taken over, and each month once. */

#define RUNS 4 /* of run-due at both, with what they hear of each other: a take-over needs two */

typedef struct {
  Desk two, three;
  SlId member, plan, membership;
} Studio;

/* What lies beyond a cut is told as revoked: it came all the same. */
static void
carry (Desk *from, Desk *to)
{
  g_autofree char *file = sl_temp_dir_file (from->dir, "carried.log");
  g_auto (SlImportResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  SlExportResult exported;
  g_assert_true (sl_oplog_export (sl_engine_get_log (from->engine), file, NULL, FALSE, &exported, &error));
  g_assert_no_error (error);
  g_assert_true (sl_oplog_import (sl_engine_get_log (to->engine), file, &result, &error));
  g_assert_no_error (error);
}

/* A plan of credits, on account, that the second desk has sold, and a third that has heard of it. */
static void
studio_open (Studio *studio, Desk *desk)
{
  *studio = (Studio){ .plan = plan_of (desk, "credits", "monthly", 0, 800), .member = desk_member (desk, "Thandi") };
  desk_join (&studio->two, desk, "two");
  desk_join (&studio->three, desk, "three");
  carry (desk, &studio->two);
  studio->membership = sell (&studio->two, &studio->member, &studio->plan, "cash", "account");
  carry (&studio->two, desk);
  carry (&studio->three, desk);
  carry (desk, &studio->two);
  carry (desk, &studio->three);
}

static void
studio_close (Studio *studio)
{
  desk_close (&studio->two, NULL);
  desk_close (&studio->three, NULL);
}

static void
set_time (Studio *studio, Desk *desk, gint64 now_ms)
{
  desk->world.now_ms = studio->two.world.now_ms = studio->three.world.now_ms = now_ms;
}

static void
add_counts (SlDueCounts *sum, SlDueCounts counts)
{
  sum->renewals += counts.renewals;
  sum->plan_credits += counts.plan_credits;
}

/* Until nothing more comes of it. */
static SlDueCounts
run_both (Studio *studio, Desk *desk)
{
  SlDueCounts sum = { 0 };
  for (guint i = 0; i < RUNS; i++)
    {
      add_counts (&sum, desk_run_due (desk));
      carry (desk, &studio->three);
      add_counts (&sum, desk_run_due (&studio->three));
      carry (&studio->three, desk);
    }
  return sum;
}

static gint64
lots (Desk *desk)
{
  gint64 n;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &n, &error,
                                     "SELECT count (*) FROM lot WHERE membership_id IS NOT NULL", ""));
  return n;
}

static void
assert_sound (Desk *desk)
{
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_true (sl_oplog_verify (sl_engine_get_log (desk->engine), &result, NULL));
  g_assert_cmpuint (result.problems->len, ==, 0);
}

static void
nobody_does_until_it_is_decided (Desk *desk, gconstpointer data)
{
  Studio studio;
  studio_open (&studio, desk);
  set_time (&studio, desk, local (desk, "2026-04-02T00:00"));
  /* It is silent: nobody acts for it. */
  SlDueCounts counts = run_both (&studio, desk);
  g_assert_cmpint (counts.renewals + counts.plan_credits, ==, 0);
  /* It is taken away, and the third desk has not heard of that. */
  desk_take_away (desk, &studio.two);
  counts = desk_run_due (desk);
  add_counts (&counts, desk_run_due (desk));
  g_assert_cmpint (counts.renewals + counts.plan_credits, ==, 0);
  g_assert_cmpint (lots (desk), ==, 1);
  studio_close (&studio);
}

static void
the_heir_renews_and_grants_each_month_once (Desk *desk, gconstpointer data)
{
  Studio studio;
  studio_open (&studio, desk);
  set_time (&studio, desk, local (desk, "2026-04-02T00:00"));
  desk_take_away (desk, &studio.two);
  SlDueCounts april = run_both (&studio, desk);
  g_assert_cmpint (april.renewals, ==, 1);
  g_assert_cmpint (april.plan_credits, ==, 1);
  g_assert_cmpint (desk_balance (desk, &studio.member), ==, 800);
  set_time (&studio, desk, local (desk, "2026-05-02T00:00"));
  SlDueCounts may = run_both (&studio, desk);
  g_assert_cmpint (may.renewals, ==, 1);
  g_assert_cmpint (may.plan_credits, ==, 1);
  g_assert_cmpint (lots (desk), ==, 3);
  g_assert_cmpint (lots (&studio.three), ==, 3);
  g_assert_cmpint (desk_balance (&studio.three, &studio.member), ==, 800);
  assert_sound (desk);
  assert_sound (&studio.three);
  studio_close (&studio);
}

/* What it had granted before it went stands, and is not granted again. */
static void
what_was_granted_before_is_not_granted_again (Desk *desk, gconstpointer data)
{
  Studio studio;
  studio_open (&studio, desk);
  set_time (&studio, desk, local (desk, "2026-04-02T00:00"));
  g_assert_cmpint (desk_run_due (&studio.two).plan_credits, ==, 1);
  carry (&studio.two, desk);
  desk_take_away (desk, &studio.two);
  SlDueCounts april = run_both (&studio, desk);
  g_assert_cmpint (april.renewals + april.plan_credits, ==, 0);
  g_assert_cmpint (desk_balance (desk, &studio.member), ==, 800);
  g_assert_cmpint (lots (desk), ==, 2);
  studio_close (&studio);
}

/* Whoever has the stolen machine goes on with it: that does not count, wherever it is heard of. */
static void
what_it_grants_after_it_was_taken_away_does_not_count (Desk *desk, gconstpointer data)
{
  Studio studio;
  studio_open (&studio, desk);
  set_time (&studio, desk, local (desk, "2026-04-02T00:00"));
  desk_take_away (desk, &studio.two);
  g_assert_cmpint (desk_run_due (&studio.two).plan_credits, ==, 1);
  g_assert_cmpint (run_both (&studio, desk).plan_credits, ==, 1);
  carry (&studio.two, desk);
  carry (&studio.two, &studio.three);
  g_assert_cmpint (run_both (&studio, desk).plan_credits, ==, 0);
  g_assert_cmpint (lots (desk), ==, 2);
  g_assert_cmpint (desk_balance (desk, &studio.member), ==, 800);
  g_assert_cmpint (desk_balance (&studio.three, &studio.member), ==, 800);
  carry (desk, &studio.two); /* it learns of it */
  g_assert_cmpint (lots (&studio.two), ==, 2);
  g_assert_cmpint (desk_balance (&studio.two, &studio.member), ==, 800);
  assert_sound (desk);
  assert_sound (&studio.two);
  studio_close (&studio);
}

/* Paid at another desk, the credits come from the membership's own device: the heir, once it is one. */
static void
paid_elsewhere_the_heir_grants (Desk *desk, gconstpointer data)
{
  Studio studio;
  studio_open (&studio, desk);
  set_time (&studio, desk, local (desk, "2026-04-01T12:00"));
  g_assert_cmpstr (pay_membership (&studio.three, &studio.membership, "cash"), ==, "ok");
  g_assert_cmpint (lots (&studio.three), ==, 1);
  carry (&studio.three, desk);
  set_time (&studio, desk, local (desk, "2026-04-02T00:00"));
  g_assert_cmpint (desk_run_due (&studio.three).plan_credits, ==, 0);
  desk_take_away (desk, &studio.two);
  SlDueCounts april = run_both (&studio, desk);
  g_assert_cmpint (april.renewals, ==, 0); /* it was paid */
  g_assert_cmpint (april.plan_credits, ==, 1);
  set_time (&studio, desk, local (desk, "2026-04-20T00:00"));
  g_assert_cmpstr (pay_membership (desk, &studio.membership, "cash"), ==, "ok");
  g_assert_cmpint (lots (desk), ==, 2); /* May has not begun */
  set_time (&studio, desk, local (desk, "2026-05-02T00:00"));
  g_assert_cmpint (run_both (&studio, desk).plan_credits, ==, 1);
  studio_close (&studio);
}

/* --- what a try asks for --- */

static void
a_try_asks_for_what_is_not_paid_yet (Desk *desk, gconstpointer data)
{
  SlId plan = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &plan, "cash", "eft");
  SlSaleParams part = { .method = "cash", .amount_cents = 20000 };
  SlSale taken;
  desk->world.now_ms = local (desk, "2026-04-02T06:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_autoptr (GPtrArray) first = payments_of (desk, &member);
  const SlPayment *asked = first->pdata[0];
  g_assert_cmpint (asked->amount_cents, ==, PRICE_CENTS);
  settle (desk, &asked->id, SL_OUTCOME_FAILED);
  done (sl_payment_take (desk->engine, &desk->owner, &asked->sale_id, &part, &taken, &refusal, &failure));
  desk->world.now_ms += DAYS (3);
  g_assert_cmpint (desk_run_due (desk).renewal_tries, ==, 1);
  g_autoptr (GPtrArray) second = payments_of (desk, &member);
  g_assert_cmpint (((const SlPayment *) second->pdata[0])->amount_cents, ==, PRICE_CENTS - 20000);
  settle_last (desk, &member, SL_OUTCOME_PAID);
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-05-02T00:00"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/membership/" name, func)
  ADD ("nobody-renews-for-a-device-until-it-is-decided", nobody_does_until_it_is_decided);
  ADD ("the-heir-renews-and-grants-each-month-once", the_heir_renews_and_grants_each_month_once);
  ADD ("the-heir-grants-nothing-again", what_was_granted_before_is_not_granted_again);
  ADD ("what-a-stolen-device-grants-does-not-count", what_it_grants_after_it_was_taken_away_does_not_count);
  ADD ("paid-elsewhere-the-heir-grants", paid_elsewhere_the_heir_grants);
  ADD ("a-try-asks-for-what-is-not-paid-yet", a_try_asks_for_what_is_not_paid_yet);
  return g_test_run ();
}
