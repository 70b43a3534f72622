/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-pace"

#include "agent/pace.h"
#include "hub/hub.h"

#define MINUTE_MS (60 * 1000)
#define BEGIN_MS 5000 /* a machine that has just started: its clock that does not go back has hardly begun */

/* A desk that has something to say at each of these times, every so many ms, and exchanges as its agent does: at once,
 * or when the pace lets it. What is said while an exchange waits goes with it. */
typedef struct {
  guint exchanges, refused; /* refused: told off by the hub */
  gint64 longest_wait_ms;
} Day;

static Day
run_desk (gint64 every_ms, gint64 length_ms, gint64 also_every_ms)
{
  Day day = { 0 };
  g_autoptr (SlPace) pace = sl_pace_new ();
  g_autoptr (SlRateLimit) hub = sl_rate_limit_new (SL_HUB_REQUESTS_PER_MINUTE, MINUTE_MS);
  gint64 said_ms = -1, not_before_ms = 0;
  for (gint64 now_ms = BEGIN_MS; now_ms < BEGIN_MS + length_ms; now_ms++)
    {
      if (also_every_ms > 0 && now_ms % also_every_ms == 0) /* a person asks for something: without waiting */
        {
          sl_pace_count (pace, now_ms);
          day.refused += !sl_rate_limit_take (hub, "desk", now_ms, NULL);
        }
      if (said_ms < 0 && now_ms % every_ms == 0)
        said_ms = now_ms;
      if (said_ms < 0 || now_ms < not_before_ms)
        continue;
      gint64 wait_ms = sl_pace_take (pace, now_ms);
      not_before_ms = now_ms + wait_ms;
      if (wait_ms > 0)
        continue;
      day.exchanges++;
      day.refused += !sl_rate_limit_take (hub, "desk", now_ms, NULL);
      day.longest_wait_ms = MAX (day.longest_wait_ms, now_ms - said_ms);
      said_ms = -1;
    }
  return day;
}

static void
test_nobody_waits_below_fifty_a_minute (void)
{
  Day day = run_desk (MINUTE_MS / 50, 10 * MINUTE_MS, 0);
  g_assert_cmpint (day.longest_wait_ms, ==, 0);
  g_assert_cmpuint (day.exchanges, ==, 500);
  g_assert_cmpuint (day.refused, ==, 0);
}

static void
test_the_first_after_a_quiet_time_go_at_once (void)
{
  g_autoptr (SlPace) pace = sl_pace_new ();
  for (guint turn = 0; turn < 3; turn++)
    {
      gint64 now_ms = BEGIN_MS + turn * 2 * MINUTE_MS;
      for (guint i = 0; i < SL_PACE_REQUESTS_PER_MINUTE; i++)
        g_assert_cmpint (sl_pace_take (pace, now_ms), ==, 0);
      g_assert_cmpint (sl_pace_take (pace, now_ms), >, 0);
      g_assert_cmpint (sl_pace_take (pace, now_ms), <=, MINUTE_MS / SL_PACE_REQUESTS_PER_MINUTE);
    }
}

static void
test_a_busy_desk_is_never_told_off (void)
{
  for (gint64 every_ms = 1; every_ms <= 1000; every_ms *= 10)
    {
      Day day = run_desk (every_ms, 5 * MINUTE_MS, 0);
      g_assert_cmpuint (day.refused, ==, 0);
      g_assert_cmpuint (day.exchanges, >, 200);
      g_assert_cmpint (day.longest_wait_ms, <=, MINUTE_MS / SL_PACE_REQUESTS_PER_MINUTE);
    }
}

static void
test_people_who_do_not_wait_are_counted_too (void)
{
  Day day = run_desk (100, 5 * MINUTE_MS, 3000);
  g_assert_cmpuint (day.refused, ==, 0);
}

static void
test_a_wait_that_was_kept_is_enough (void)
{
  g_autoptr (SlPace) pace = sl_pace_new ();
  gint64 now_ms = BEGIN_MS;
  for (guint i = 0; i < 200; i++)
    {
      gint64 wait_ms = sl_pace_take (pace, now_ms);
      if (wait_ms == 0)
        continue;
      now_ms += wait_ms;
      g_assert_cmpint (sl_pace_take (pace, now_ms), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/pace/nobody-waits-below-fifty-a-minute", test_nobody_waits_below_fifty_a_minute);
  g_test_add_func ("/sl/pace/the-first-after-a-quiet-time-go-at-once", test_the_first_after_a_quiet_time_go_at_once);
  g_test_add_func ("/sl/pace/a-busy-desk-is-never-told-off", test_a_busy_desk_is_never_told_off);
  g_test_add_func ("/sl/pace/people-who-do-not-wait-are-counted-too", test_people_who_do_not_wait_are_counted_too);
  g_test_add_func ("/sl/pace/a-wait-that-was-kept-is-enough", test_a_wait_that_was_kept_is_enough);
  return g_test_run ();
}
