/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/hours.h"

#include "core/error.h"

/* 2026-03-02 is a Monday; Johannesburg is two hours ahead. */
static gboolean
open_at (const char *text, const char *when)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GTimeZone) zone = sl_time_zone_new ("Africa/Johannesburg", NULL);
  g_autoptr (SlHours) hours = sl_hours_parse (text, &failure);
  gint64 at_ms;
  g_assert_no_error (failure);
  g_assert_true (sl_time_parse (when, zone, &at_ms, &failure));
  return sl_hours_open_at (hours, at_ms, zone);
}

static void
always_and_never (void)
{
  g_assert_true (open_at ("always", "2026-03-02T03:00"));
  g_assert_true (open_at (" Always ", "2026-03-08T23:59"));
  g_assert_false (open_at ("never", "2026-03-02T12:00"));
}

static void
spans_begin_inside_and_end_outside (void)
{
  const char *text = "Mon-Fri 05:00-21:00; Sat,Sun 07:00-13:00";
  g_assert_false (open_at (text, "2026-03-02T04:59:59"));
  g_assert_true (open_at (text, "2026-03-02T05:00"));
  g_assert_true (open_at (text, "2026-03-06T20:59:59"));
  g_assert_false (open_at (text, "2026-03-06T21:00"));
  g_assert_false (open_at (text, "2026-03-07T06:00"));
  g_assert_true (open_at (text, "2026-03-08T12:59"));
  g_assert_false (open_at (text, "2026-03-08T13:00"));
}

static void
spans_run_past_midnight_and_past_the_week (void)
{
  g_assert_true (open_at ("fri 20:00-02:00", "2026-03-07T01:30"));
  g_assert_false (open_at ("fri 20:00-02:00", "2026-03-07T02:00"));
  g_assert_true (open_at ("Sun 22:00-04:00", "2026-03-02T03:00"));
  g_assert_true (open_at ("Fri-Mon 10:00-11:00", "2026-03-08T10:30"));
  g_assert_false (open_at ("Fri-Mon 10:00-11:00", "2026-03-04T10:30"));
  g_assert_true (open_at ("Mon 00:00-24:00", "2026-03-02T23:59"));
  g_assert_false (open_at ("Mon 00:00-24:00", "2026-03-03T00:00"));
  g_assert_true (open_at ("Mon 06:00-12:00, 14:00-20:00", "2026-03-02T14:00"));
  g_assert_false (open_at ("Mon 06:00-12:00, 14:00-20:00", "2026-03-02T13:00"));
}

static void
bad_input_for_what_are_no_hours (void)
{
  const char *const wrong[] = { "",
                                "Mon",
                                "Mon 5:00-21:00",
                                "Mon 05:00",
                                "Mon 05:00-25:00",
                                "Mon 05:60-06:00",
                                "Mon 24:00-02:00",
                                "Funday 05:00-06:00",
                                "Mon 05:00-06:00;",
                                "Mon 05:00-06:00 Tue 05:00-06:00",
                                "Mon- 05:00-06:00",
                                "always 05:00",
                                "Mon 05:00-06:00,",
                                "\xff\xfe" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_test_message ("%u", i);
      g_assert_null (sl_hours_parse (wrong[i], &failure));
      g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  g_autofree char *long_text = g_strnfill (5000, 'M');
  g_assert_null (sl_hours_parse (long_text, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/hours/always-and-never", always_and_never);
  g_test_add_func ("/sl/hours/spans-begin-inside-and-end-outside", spans_begin_inside_and_end_outside);
  g_test_add_func ("/sl/hours/spans-run-past-midnight-and-past-the-week", spans_run_past_midnight_and_past_the_week);
  g_test_add_func ("/sl/hours/bad-input-for-what-are-no-hours", bad_input_for_what_are_no_hours);
  return g_test_run ();
}
