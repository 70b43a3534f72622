/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/recurrence.h"

#include <string.h>

#include "desk-fixture.h"
#include "expect.h"

static char *
expand (const char *rrule, const char *start, const char *until, const char *zone_name)
{
  g_autoptr (GTimeZone) zone = sl_time_zone_new (zone_name, NULL);
  g_autoptr (GError) failure = NULL;
  gint64 start_ms, until_ms = 0;
  g_assert_true (sl_time_parse (start, zone, &start_ms, NULL));
  g_assert_true (until == NULL || sl_time_parse (until, zone, &until_ms, NULL));
  g_autoptr (GArray) starts = sl_recurrence_expand (rrule, start_ms, until_ms, zone, &failure);
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_no_error (failure);
  for (guint i = 0; i < starts->len; i++)
    {
      g_autofree char *one = sl_time_format (g_array_index (starts, gint64, i), zone);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
a_weekly_class_keeps_its_hour_over_a_clock_change (void)
{
  g_autofree char *text = expand ("FREQ=WEEKLY;COUNT=3", "2026-03-23T07:00", NULL, "Europe/London");
  g_assert_cmpstr (text, ==, "2026-03-23T07:00:00+00:00 2026-03-30T07:00:00+01:00 2026-04-06T07:00:00+01:00");
}

static void
weekdays_and_intervals_are_followed (void)
{
  g_autofree char *days = expand ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4", "2026-03-02T18:30", NULL, "UTC");
  g_assert_cmpstr (
      days, ==,
      "2026-03-02T18:30:00+00:00 2026-03-04T18:30:00+00:00 2026-03-16T18:30:00+00:00 2026-03-18T18:30:00+00:00");
  g_autofree char *month = expand ("FREQ=MONTHLY;BYDAY=1SA;COUNT=2", "2026-03-07T09:00", NULL, "UTC");
  g_assert_cmpstr (month, ==, "2026-03-07T09:00:00+00:00 2026-04-04T09:00:00+00:00");
}

static void
an_end_is_a_moment_in_the_locations_zone (void)
{
  const char *two = "2026-03-02T07:00:00+02:00 2026-03-03T07:00:00+02:00";
  g_autofree char *option = expand ("FREQ=DAILY", "2026-03-02T07:00", "2026-03-03T07:00", "Africa/Johannesburg");
  g_assert_cmpstr (option, ==, two);
  g_autofree char *own = expand ("FREQ=DAILY;UNTIL=20260303T050000Z", "2026-03-02T07:00", NULL, "Africa/Johannesburg");
  g_assert_cmpstr (own, ==, two);
  g_autofree char *before =
      expand ("FREQ=DAILY;UNTIL=20260303T045959Z", "2026-03-02T07:00", NULL, "Africa/Johannesburg");
  g_assert_cmpstr (before, ==, "2026-03-02T07:00:00+02:00");
  g_autofree char *day = expand ("FREQ=DAILY;UNTIL=20260303", "2026-03-02T07:00", NULL, "Africa/Johannesburg");
  g_assert_cmpstr (day, ==, two);
  g_autofree char *earlier =
      expand ("FREQ=DAILY;COUNT=9", "2026-03-02T07:00", "2026-03-03T23:00", "Africa/Johannesburg");
  g_assert_cmpstr (earlier, ==, two);
}

static void
bad_input_for_what_is_no_rule_or_never_ends (void)
{
  static const char *const rules[] = {
    "",
    "often",
    "FREQ=",
    "FREQ=HOURLY;COUNT=2",
    "FREQ=SECONDLY;COUNT=2",
    "FREQ=DAILY",
    "FREQ=DAILY;COUNT=521",
    "FREQ=DAILY;UNTIL=20260301",
    "FREQ=DAILY;COUNT=2;BYHOUR=9",
    "FREQ=DAILY;COUNT=2\nX",
    "FREQ=DAILY;COUNT=2;COUNT=2",
    "FREQ=DAILY;COUNT=2;UNTIL=20260401",
    "FREQ=DAILY;COUNT=4294967298",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-1",
    "FREQ=DAILY;COUNT=2;INTERVAL=0",
    "FREQ=DAILY;COUNT=2;INTERVAL=2x",
    "FREQ=DAILY;COUNT=2;BYMONTH=13",
    "FREQ=DAILY;COUNT=2;BYMONTH=5L",
    "FREQ=DAILY;COUNT=2;BYDAY=2MO",
    "FREQ=DAILY;COUNT=2;BYSETPOS=1",
    "FREQ=DAILY;COUNT=2;BYYEARDAY=1",
    "FREQ=WEEKLY;COUNT=2;BYMONTHDAY=1",
    "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=32",
    "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=0",
    "FREQ=MONTHLY;COUNT=2;BYWEEKNO=1",
    "FREQ=MONTHLY;COUNT=2;BYDAY=XX",
    "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=30;BYMONTH=2",
    "FREQ=YEARLY;COUNT=2;BYWEEKNO=54",
    "FREQ=YEARLY;COUNT=2;BYWEEKNO=1;BYDAY=1MO",
    "FREQ=YEARLY;COUNT=100",
    "FREQ=YEARLY;COUNT=2;INTERVAL=32767;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;UNTIL=20260231",
    "FREQ=DAILY;COUNT=2;RSCALE=CHINESE",
    "FREQ=DAILY;COUNT=2;X-OWN=1",
    "FREQ=DAILY;COUNT=2 FREQ=DAILY;COUNT=2",
    "FREQ=DAILY;COUNT=2\nEXDATE:",
    "FREQ=DAILY;COUNT=2\nEXDATE:20260231",
    "FREQ=DAILY;COUNT=2\nEXDATE:20260303T25",
    "FREQ=DAILY;COUNT=2\nEXDATE;TZID=Nowhere/None:20260303T070000",
    "FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD:20260303T070000Z/PT1H",
    "FREQ=DAILY;COUNT=2\nRDATE:20260303T110000",
    "FREQ=DAILY;COUNT=2\nRDATE:20260103",
    "FREQ=DAILY;COUNT=2\nEXDATE:20260302,20260303",
    "FREQ=DAILY;COUNT=2\nEXRULE:FREQ=DAILY",
    "FREQ=DAILY;COUNT=2\nDTSTART:20260303",
    "EXDATE:20260303",
    "FREQ=DAILY;COUNT=2;BYDAY=\303\251",
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_test_message ("%s", rules[i]);
      g_assert_null (sl_recurrence_expand (rules[i], MORNING, 0, zone, &failure));
      g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  g_autofree char *endless = g_strnfill (5000, 'A');
  fails (SL_ERROR_BAD_INPUT, sl_recurrence_expand (endless, MORNING, 0, zone, &failure) != NULL);
}

static void
as_many_as_are_allowed_and_no_more (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GArray) starts = sl_recurrence_expand ("FREQ=DAILY;COUNT=520", MORNING, 0, zone, NULL);
  g_assert_cmpuint (starts->len, ==, SL_RECURRENCE_MAX);
}

static guint
count_sessions (Desk *desk)
{
  g_autoptr (GPtrArray) all = sl_session_list (desk->engine, NULL, MORNING, MORNING + DAYS (60), NULL);
  return all->len;
}

static void
a_rule_adds_all_its_sessions_or_none (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60);
  SlActor instructor;
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL, none = NULL;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.service = &service;
  params.instructor = &instructor.id;
  params.start_ms = MORNING + DAYS (9);
  done (
      sl_session_add_by_rule (desk->engine, &desk->owner, &params, "FREQ=DAILY;COUNT=2", 0, &ids, &refusal, &failure));
  g_assert_cmpuint (ids->len, ==, 2);
  g_assert_cmpuint (count_sessions (desk), ==, 2);

  gint64 before = desk_operations (desk);
  params.start_ms = MORNING + DAYS (2);
  refused ("instructor_busy", sl_session_add_by_rule (desk->engine, &desk->owner, &params, "FREQ=WEEKLY;COUNT=3", 0,
                                                      &none, &refusal, &failure));
  g_assert_null (none);
  g_assert_cmpuint (count_sessions (desk), ==, 2);
  g_assert_cmpint (desk_operations (desk), ==, before);
  sl_actor_clear (&instructor);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/recurrence/a-weekly-class-keeps-its-hour-over-a-clock-change",
                   a_weekly_class_keeps_its_hour_over_a_clock_change);
  g_test_add_func ("/sl/recurrence/weekdays-and-intervals-are-followed", weekdays_and_intervals_are_followed);
  g_test_add_func ("/sl/recurrence/an-end-is-a-moment-in-the-locations-zone", an_end_is_a_moment_in_the_locations_zone);
  g_test_add_func ("/sl/recurrence/bad-input-for-what-is-no-rule-or-never-ends",
                   bad_input_for_what_is_no_rule_or_never_ends);
  g_test_add_func ("/sl/recurrence/as-many-as-are-allowed-and-no-more", as_many_as_are_allowed_and_no_more);
  desk_test ("/sl/recurrence/a-rule-adds-all-its-sessions-or-none", a_rule_adds_all_its_sessions_or_none);
  return g_test_run ();
}
