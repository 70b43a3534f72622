/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan-fixture.h"

#include "engine/attention.h"
#include "engine/engine-private.h"
#include "oplog/money.h"

/* Five years of renewals: no period is charged twice, none is left out, whenever run-due comes. */

#define YEARS 5

typedef struct { gint64 from_ms, until_ms; } Line;

/* What was sold of a membership, in the order of time. */
static GArray *
lines_of (Desk *desk, const SlId *id)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_autoptr (GError) error = NULL;
  g_autoptr (SlRows) rows = sl_store_query (desk->engine->store,
                                            "SELECT from_ms, until_ms FROM sale_line WHERE thing_id = ? AND what = 2 "
                                            "ORDER BY from_ms",
                                            "d", id);
  while (sl_rows_next (rows))
    {
      Line line = { sl_rows_int (rows, 0), sl_rows_int (rows, 1) };
      g_array_append_val (lines, line);
    }
  g_assert_true (sl_rows_finish (rows, &error));
  return lines;
}

static gint64
count (Desk *desk, const char *sql)
{
  gint64 n;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (desk->engine->store, 0, &n, &error, sql, ""));
  return n;
}

/* Each begins where the last has ended, at midnight, on the first day's day of the month or the last there is. */
static void
check_calendar (Desk *desk, const SlId *id, int day, int months, guint at_least)
{
  g_autoptr (GArray) lines = lines_of (desk, id);
  g_assert_cmpuint (lines->len, >=, at_least);
  for (guint i = 0; i < lines->len; i++)
    {
      const Line *line = &g_array_index (lines, Line, i);
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (line->until_ms / 1000);
      g_autoptr (GDateTime) until = g_date_time_to_timezone (utc, sl_engine_time_zone (desk->engine));
      int last = g_date_get_days_in_month (g_date_time_get_month (until), g_date_time_get_year (until));
      g_assert_cmpint (g_date_time_get_day_of_month (until), ==, MIN (day, last));
      g_assert_cmpint (g_date_time_get_hour (until), ==, 0);
      g_assert_cmpint (g_date_time_get_minute (until), ==, 0);
      if (i == 0)
        continue;
      g_assert_cmpint (line->from_ms, ==, g_array_index (lines, Line, i - 1).until_ms);
      g_autoptr (GDateTime) utc_from = g_date_time_new_from_unix_utc (line->from_ms / 1000);
      g_autoptr (GDateTime) begun = g_date_time_to_timezone (utc_from, sl_engine_time_zone (desk->engine));
      gint64 length = g_date_time_get_year (until) * 12 + g_date_time_get_month (until)
                      - g_date_time_get_year (begun) * 12 - g_date_time_get_month (begun);
      g_assert_cmpint (length, ==, months);
    }
}

/* Everything that is asked for is paid. */
static void
pay_all (Desk *desk)
{
  g_autoptr (GPtrArray) list = payments_of (desk, NULL);
  for (guint i = 0; i < list->len; i++)
    settle (desk, &((const SlPayment *) list->pdata[i])->id, SL_OUTCOME_PAID);
}

static void
five_years_in (const char *timezone, const char *start)
{
  Desk desk;
  desk_open_in (&desk, timezone, MORNING);
  desk.world.now_ms = local (&desk, start);
  SlId month = plan_of (&desk, "unlimited", "monthly", 0, 0), year = plan_of (&desk, "unlimited", "annual", 0, 0);
  SlId account_member = desk_member (&desk, "Thandi"), eft_member = desk_member (&desk, "Sipho");
  SlId annual_member = desk_member (&desk, "Lerato");
  SlId account = sell (&desk, &account_member, &month, "cash", "account");
  SlId eft = sell (&desk, &eft_member, &month, "cash", "eft");
  SlId annual = sell (&desk, &annual_member, &year, "cash", "card");
  int day = atoi (start + 8);
  gint64 end = desk.world.now_ms + DAYS (YEARS * 365 + 30);
  for (; desk.world.now_ms < end; desk.world.now_ms += DAYS (1))
    {
      desk_run_due (&desk);
      pay_all (&desk);
      g_assert_cmpstr (status_now (&desk, &eft), ==, "active");
      g_assert_cmpstr (status_now (&desk, &annual), ==, "active");
    }
  check_calendar (&desk, &account, day, 1, YEARS * 12 + 1);
  check_calendar (&desk, &eft, day, 1, YEARS * 12 + 1);
  check_calendar (&desk, &annual, day, 12, YEARS + 1);
  g_assert_cmpint (paid_until (&desk, &account), ==, paid_until (&desk, &eft));
  desk_close (&desk, NULL);
}

static void
month_ends (void)
{
  five_years_in ("Africa/Johannesburg", "2027-01-31T17:45");
}

static void
a_leap_day (void)
{
  five_years_in ("Africa/Johannesburg", "2028-02-29T00:00");
}

static void
clocks_that_change (void)
{
  five_years_in ("America/New_York", "2027-03-14T12:00");
}

/* Run every day, after weeks without power, twice, and by two programs: it comes to the same. */
static void
whenever_it_runs (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &month, "cash", "account");
  desk->world.now_ms = local (desk, "2026-09-20T11:00"); /* nobody was there for months */
  g_autoptr (GError) error = NULL;
  g_autoptr (SlEngine) other = sl_engine_open (desk->dir->path, &desk->world.base, &error);
  g_assert_no_error (error);
  SlDueCounts counts;
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 6);
  g_assert_true (sl_run_due (other, &counts, &error));
  g_assert_cmpint (counts.renewals, ==, 0);
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
  check_calendar (desk, &id, 2, 1, 7);
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-10-02T00:00"));
}

/* A first payment that never came goes on account once that is agreed, with all that has passed since, in one run. */
static void
what_goes_on_account_late_is_charged_at_once (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &month, "qr", "account");
  desk->world.now_ms = local (desk, "2026-05-20T11:00");
  SlDueCounts first = desk_run_due (desk), again = desk_run_due (desk);
  g_assert_cmpint (first.renewal_tries, ==, 2); /* one is written off, one is a debt */
  g_assert_cmpint (first.renewals, ==, 2);
  g_assert_cmpint (again.renewals + again.renewal_tries, ==, 0);
  check_calendar (desk, &id, 2, 1, 3);
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-06-02T00:00"));
}

/* Who was shut out because nobody was there to collect is not charged for that time. */
static void
time_without_power_is_not_charged_to_who_was_shut_out (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &month, "cash", "eft");
  desk->world.now_ms = local (desk, "2026-09-20T11:00");
  g_assert_cmpstr (status_now (desk, &id), ==, "frozen");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  g_autoptr (GArray) lines = lines_of (desk, &id);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpint (g_array_index (lines, Line, 1).from_ms, ==, desk->world.now_ms);
  pay_all (desk);
  g_assert_cmpstr (status_now (desk, &id), ==, "active");
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2026-10-20T00:00"));
}

/* A late run inside the period charges the period as it is. */
static void
a_late_run_charges_the_same_period (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &month, "cash", "eft");
  desk->world.now_ms = local (desk, "2026-04-29T11:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1);
  check_calendar (desk, &id, 2, 1, 2);
}

static void
credits_of_a_year_come_by_the_month (Desk *desk, gconstpointer data)
{
  SlId year = plan_of (desk, "credits", "annual", 0, 800), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &year, "cash", "account");
  gint64 end = MORNING + DAYS (YEARS * 365);
  for (; desk->world.now_ms < end; desk->world.now_ms += DAYS (1))
    {
      desk_run_due (desk);
      g_assert_cmpint (desk_balance (desk, &member), ==, 800);
    }
  g_assert_cmpint (count (desk, "SELECT count(*) FROM lot WHERE membership_id IS NOT NULL"), ==, YEARS * 12);
  g_assert_cmpint (count (desk, "SELECT count(DISTINCT period_from_ms) FROM lot WHERE membership_id IS NOT NULL"), ==,
                   YEARS * 12);
  check_calendar (desk, &id, 2, 12, YEARS);
}

/* Twelve months are paid, so twelve are granted, whatever was frozen in between. */
static void
a_freeze_moves_months_of_credits (Desk *desk, gconstpointer data)
{
  SlId year = plan_of (desk, "credits", "annual", 0, 800), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &year, "cash", NULL);
  desk_run_due (desk);
  done (sl_membership_freeze (desk->engine, &desk->owner, &id, MORNING + DAYS (40), MORNING + DAYS (100), &refusal,
                              &failure));
  for (int i = 0; i < 500; i++, desk->world.now_ms += DAYS (1))
    desk_run_due (desk);
  g_assert_cmpint (count (desk, "SELECT count(*) FROM lot WHERE membership_id IS NOT NULL"), ==, 12);
  g_assert_cmpint (paid_until (desk, &id), ==, local (desk, "2027-03-02T00:00") + DAYS (60));
}

/* Who moved in with paid months is granted those that begin here. */
static void
moved_in_months_get_their_credits (Desk *desk, gconstpointer data)
{
  SlId plan = plan_of (desk, "credits", "monthly", 0, 800), member = desk_member (desk, "Thandi"), id;
  SlMembershipParams params = { .member_id = member, .plan_id = plan, .from_ms = local (desk, "2026-01-15T00:00"),
                                .paid_until_ms = local (desk, "2026-05-15T00:00") };
  done (sl_membership_start (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 0);
  for (; desk->world.now_ms < local (desk, "2026-06-20T00:00"); desk->world.now_ms += DAYS (1))
    desk_run_due (desk);
  g_assert_cmpint (count (desk, "SELECT count(*) FROM lot WHERE membership_id IS NOT NULL"), ==, 2);
}

static void
an_agreed_price_is_charged_on (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 5000, 0), member = desk_member (desk, "Thandi");
  SlPlanSaleParams params = plan_sale (&member, &month, "cash", "account");
  g_auto (SlSale) sale = { 0 };
  params.price_cents = 90000;
  done (sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  desk->world.now_ms = local (desk, "2026-04-02T00:00");
  desk_run_due (desk);
  g_autoptr (GPtrArray) list = payments_of (desk, &member);
  g_assert_cmpint (((const SlPayment *) list->pdata[0])->amount_cents, ==, 90000);
  done (sl_membership_edit (desk->engine, &desk->owner, &sale.membership_id, "desk", 0, &refusal, &failure));
  desk->world.now_ms = local (desk, "2026-05-02T00:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
  done (sl_membership_edit (desk->engine, &desk->owner, &sale.membership_id, "card", SL_NUMBER_NONE, &refusal,
                            &failure));
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 1); /* for nothing: nothing to wait for */
  g_assert_cmpint (paid_until (desk, &sale.membership_id), ==, local (desk, "2026-06-02T00:00"));
}

static void
nobody_is_charged_who_may_not_buy (Desk *desk, gconstpointer data)
{
  SlId month = plan_of (desk, "unlimited", "monthly", 0, 0), member = desk_member (desk, "Thandi");
  sell (desk, &member, &month, "cash", "account");
  desk_block (desk, &member);
  desk->world.now_ms = local (desk, "2026-06-02T00:00");
  g_assert_cmpint (desk_run_due (desk).renewals, ==, 0);
}

/* Only the membership's own device renews it and grants its credits. */
static void
other_devices_leave_it_alone (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId plan = plan_of (desk, "credits", "monthly", 0, 800), member = desk_member (desk, "Thandi");
  sell (desk, &member, &plan, "cash", "account");
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  second.world.now_ms = desk->world.now_ms = local (desk, "2026-04-02T00:00");
  SlDueCounts counts = desk_run_due (&second);
  g_assert_cmpint (counts.renewals + counts.plan_credits, ==, 0);
  counts = desk_run_due (desk);
  g_assert_cmpint (counts.renewals, ==, 1);
  g_assert_cmpint (counts.plan_credits, ==, 1);
  desk_close (&second, NULL);
}

/* As a copy does that has not yet heard that another goes on for it. */
static void
grant_again (Desk *desk, const SlId *membership, const SlId *member)
{
  g_autoptr (GError) error = NULL;
  SlId lot;
  const SlGrantParts parts = { .membership_id = *membership, .member_id = *member, .from_ms = MORNING,
                               .until_ms = local (desk, "2026-04-02T00:00"), .credits_hundredths = 800,
                               .expires_ms = local (desk, "2026-04-02T00:00") };
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_lot_grant (desk->engine->log, &parts, &lot, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
}

static void
granted_twice_the_first_stands (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId plan = plan_of (desk, "credits", "monthly", 0, 800), member = desk_member (desk, "Thandi");
  SlId id = sell (desk, &member, &plan, "cash", NULL);
  desk_join (&second, desk, "Second");
  desk_carry_log (desk, &second);
  second.world.now_ms = desk->world.now_ms = MORNING + HOURS (1);
  grant_again (&second, &id, &member);
  desk_carry_log (&second, desk);
  g_assert_cmpint (desk_balance (desk, &member), ==, 1600);
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 0); /* it holds nothing of the later one */
  g_assert_cmpint (desk_run_due (&second).plan_credits, ==, 1);
  g_assert_cmpint (desk_run_due (&second).plan_credits, ==, 0);
  desk_carry_log (&second, desk);
  g_assert_cmpint (desk_balance (desk, &member), ==, 800);
  g_assert_cmpint (desk_balance (&second, &member), ==, 800);
  desk_close (&second, NULL);
}

/* Both were spent before the devices met: nobody takes that back, people look at it. */
static void
granted_twice_and_spent_is_for_people (Desk *desk, gconstpointer data)
{
  SlId plan = plan_of (desk, "credits", "monthly", 0, 800), member = desk_member (desk, "Thandi");
  SlId service = desk_service (desk, 800, 5, 60), session = desk_session (desk, &service, MORNING + DAYS (1));
  SlId id = sell (desk, &member, &plan, "cash", NULL);
  g_autoptr (GPtrArray) items = NULL;
  desk->world.now_ms = MORNING + HOURS (1);
  grant_again (desk, &id, &member);
  desk_book (desk, &member, &session);
  desk->world.now_ms += HOURS (1);
  SlId other = desk_session (desk, &service, MORNING + DAYS (2));
  desk_book (desk, &member, &other);
  g_assert_cmpint (desk_run_due (desk).plan_credits, ==, 0);
  done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (sl_attention_name (((const SlAttentionItem *) items->pdata[0])->kind), ==, "granted_twice");
  g_assert_cmpint (((const SlAttentionItem *) items->pdata[0])->count, ==, 800);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/renewal/five-years-of-month-ends", month_ends);
  g_test_add_func ("/sl/renewal/five-years-from-a-leap-day", a_leap_day);
  g_test_add_func ("/sl/renewal/five-years-of-clocks-that-change", clocks_that_change);
  desk_test ("/sl/renewal/comes-to-the-same-whenever-it-runs", whenever_it_runs);
  desk_test ("/sl/renewal/what-goes-on-account-late-is-charged-at-once",
             what_goes_on_account_late_is_charged_at_once);
  desk_test ("/sl/renewal/time-without-power-is-not-charged-to-who-was-shut-out",
             time_without_power_is_not_charged_to_who_was_shut_out);
  desk_test ("/sl/renewal/a-late-run-charges-the-same-period", a_late_run_charges_the_same_period);
  desk_test ("/sl/renewal/credits-of-a-year-come-by-the-month", credits_of_a_year_come_by_the_month);
  desk_test ("/sl/renewal/a-freeze-moves-months-of-credits", a_freeze_moves_months_of_credits);
  desk_test ("/sl/renewal/moved-in-months-get-their-credits", moved_in_months_get_their_credits);
  desk_test ("/sl/renewal/an-agreed-price-is-charged-on", an_agreed_price_is_charged_on);
  desk_test ("/sl/renewal/nobody-is-charged-who-may-not-buy", nobody_is_charged_who_may_not_buy);
  desk_test ("/sl/renewal/other-devices-leave-it-alone", other_devices_leave_it_alone);
  desk_test ("/sl/renewal/granted-twice-the-first-stands", granted_twice_the_first_stands);
  desk_test ("/sl/renewal/granted-twice-and-spent-is-for-people", granted_twice_and_spent_is_for_people);
  return g_test_run ();
}
