/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/datetime.h"

#include "core/error.h"

static GTimeZone *
zone (const char *name)
{
  g_autoptr (GError) error = NULL;
  GTimeZone *found = sl_time_zone_new (name, &error);
  g_assert_no_error (error);
  return found;
}

/* What text means in zone_name (NULL: UTC), shown in UTC. */
static void
assert_means (const char *text, const char *zone_name, const char *utc)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimeZone) local = zone_name != NULL ? zone (zone_name) : NULL;
  gint64 ms;
  gboolean parsed = sl_time_parse (text, local, &ms, &error);
  g_assert_no_error (error);
  g_assert_true (parsed);
  g_autofree char *shown = sl_time_format (ms, NULL);
  g_assert_cmpstr (shown, ==, utc);
}

static gint64
at (const char *utc)
{
  gint64 ms;
  g_assert_true (sl_time_parse (utc, NULL, &ms, NULL));
  return ms;
}

static void
reads_rfc_3339 (void)
{
  assert_means ("2026-03-01T07:00:00+02:00", NULL, "2026-03-01T05:00:00Z");
  assert_means ("2026-03-01T07:00:00+02:00", "America/New_York", "2026-03-01T05:00:00Z");
  assert_means ("2026-03-01t07:00:00z", NULL, "2026-03-01T07:00:00Z");
  assert_means ("2026-03-01T00:30:00-09:30", NULL, "2026-03-01T10:00:00Z");
  assert_means ("2028-02-29T00:00:00Z", NULL, "2028-02-29T00:00:00Z");
  g_assert_cmpint (at ("2026-03-01T07:00:00.250Z") - at ("2026-03-01T07:00:00Z"), ==, 250);
  g_assert_cmpint (at ("2026-03-01T07:00:00.9999999Z") - at ("2026-03-01T07:00:00Z"), ==, 999);
  g_assert_cmpint (at ("1990-01-01T00:00:00Z"), ==, SL_TIME_MIN_MS);
}

static void
reads_local_times_in_the_zone (void)
{
  assert_means ("2026-03-01T07:00", "Africa/Johannesburg", "2026-03-01T05:00:00Z");
  assert_means ("2026-03-01 07:00", "Africa/Johannesburg", "2026-03-01T05:00:00Z");
  assert_means ("2026-07-01 07:00:30", "Europe/Amsterdam", "2026-07-01T05:00:30Z");
  assert_means ("2026-01-01 07:00:30", "Europe/Amsterdam", "2026-01-01T06:00:30Z");
  assert_means ("2026-03-01 07:00", NULL, "2026-03-01T07:00:00Z");
}

static void
a_time_that_comes_twice_is_the_first (void)
{
  assert_means ("2026-10-25T02:30", "Europe/Amsterdam", "2026-10-25T00:30:00Z");
  assert_means ("2026-10-25T01:59", "Europe/Amsterdam", "2026-10-24T23:59:00Z");
  assert_means ("2026-10-25T03:00", "Europe/Amsterdam", "2026-10-25T02:00:00Z");
  assert_means ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00Z");
}

static void
a_time_that_is_left_out_counts_on (void)
{
  assert_means ("2026-03-29T02:30", "Europe/Amsterdam", "2026-03-29T01:30:00Z"); /* 03:30 there */
  assert_means ("2026-03-29T01:59", "Europe/Amsterdam", "2026-03-29T00:59:00Z");
  assert_means ("2026-03-29T03:00", "Europe/Amsterdam", "2026-03-29T01:00:00Z");
  assert_means ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00Z");
}

static void
refuses_other_texts (void)
{
  static const char * const bad[] = {
    "", "now", "2026-03-01", "2026-03-01T", "2026-3-1T07:00", "2026-03-01T7:00", "2026-13-01T07:00", "2026-02-29T07:00",
    "2026-03-01T24:00", "2026-03-01T07:60", "2026-03-01T07:00:60", "2026-03-01T07:00:00+2:00",
    "2026-03-01T07:00:00+0200",
    "2026-03-01T07:00:00 +02:00", "2026-03-01T07:00:00+24:00", "2026-03-01T07:00:00.", "2026-03-01T07:00:00Zx",
    "2026-03-01T07:00x",
    " 2026-03-01T07:00", "2026-03-01T07:00 ", "2026-03-01T-7:00", "2026/03/01 07:00", "20260301T070000Z",
    "1989-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "\xff\xff",
    "2026-03-01T07:00:00\xe2\x88\x92" "02:00" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 ms = 42;
      g_assert_false (sl_time_parse (bad[i], NULL, &ms, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpint (ms, ==, 42);
    }
}

static void
writes_with_the_zones_offset (void)
{
  g_autoptr (GTimeZone) here = zone ("Africa/Johannesburg"), west = zone ("America/St_Johns");
  gint64 ms = at ("2026-03-01T05:00:00.999Z");
  g_autofree char *text = sl_time_format (ms, here), *west_text = sl_time_format (ms, west),
                  *utc = sl_time_format (ms, NULL);
  g_assert_cmpstr (text, ==, "2026-03-01T07:00:00+02:00");
  g_assert_cmpstr (west_text, ==, "2026-03-01T01:30:00-03:30");
  g_assert_cmpstr (utc, ==, "2026-03-01T05:00:00Z");
  g_autofree char *clock = sl_time_format_local (ms, here, "%H:%M");
  g_assert_cmpstr (clock, ==, "07:00");
  g_autofree char *before_1970 = sl_time_format (-1, NULL);
  g_assert_cmpstr (before_1970, ==, "1969-12-31T23:59:59Z");
}

static void
writes_any_number (void)
{
  g_autoptr (GTimeZone) here = zone ("Africa/Johannesburg");
  g_autofree char *last = sl_time_format (G_MAXINT64, here), *first = sl_time_format (G_MININT64, here);
  g_assert_true (g_str_has_prefix (last, "9999-"));
  g_assert_true (g_str_has_prefix (first, "0001-"));
}

static void
assert_day (const char *zone_name, const char *utc, const char *start, const char *next)
{
  g_autoptr (GTimeZone) local = zone_name != NULL ? zone (zone_name) : NULL;
  g_autofree char *got_start = sl_time_format (sl_time_day_start (at (utc), local), NULL);
  g_autofree char *got_next = sl_time_format (sl_time_next_day_start (at (utc), local), NULL);
  g_assert_cmpstr (got_start, ==, start);
  g_assert_cmpstr (got_next, ==, next);
}

static void
days_begin_at_local_midnight (void)
{
  assert_day (NULL, "2026-03-01T23:59:59.999Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
  assert_day ("Africa/Johannesburg", "2026-03-01T21:59:59Z", "2026-02-28T22:00:00Z", "2026-03-01T22:00:00Z");
  assert_day ("Africa/Johannesburg", "2026-03-01T22:00:00Z", "2026-03-01T22:00:00Z", "2026-03-02T22:00:00Z");
  assert_day ("Africa/Johannesburg", "2027-12-31T22:00:00Z", "2027-12-31T22:00:00Z", "2028-01-01T22:00:00Z");
}

static void
days_may_have_23_or_25_hours (void)
{
  assert_day ("Europe/Amsterdam", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
  assert_day ("Europe/Amsterdam", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
}

static void
a_day_without_midnight_begins_where_clocks_land (void)
{
  /* Cairo: on the 26th of April 2024, 00:00 became 01:00; on the 1st of November 2024 00:00 went back to 23:00. */
  assert_day ("Africa/Cairo", "2024-04-26T09:00:00Z", "2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z");
  assert_day ("Africa/Cairo", "2024-10-31T21:30:00Z", "2024-10-30T21:00:00Z", "2024-10-31T22:00:00Z");
}

static void
the_next_day_is_always_later (void)
{
  static const char * const zones[]
      = { "America/St_Johns", "America/Havana",      "Africa/Cairo",        "Asia/Beirut",
          "Europe/Amsterdam", "Australia/Lord_Howe", "Africa/Johannesburg", "America/Sao_Paulo" };
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (GTimeZone) local = zone (zones[i]);
      for (gint64 ms = at ("2006-01-01T00:00:00Z"); ms < at ("2008-01-01T00:00:00Z"); ms += 11 * SL_MINUTE_MS)
        {
          g_assert_cmpint (sl_time_day_start (ms, local), <=, ms);
          g_assert_cmpint (sl_time_next_day_start (ms, local), >, ms);
        }
    }
}

static void
knows_zones_by_their_iana_name_only (void)
{
  static const char * const bad[] = {
    "", "Mars/Olympus", "+02:00", "EST5EDT,M3.2.0,M11.1.0", "/etc/localtime", "../../../etc/localtime", "Africa/../UTC",
    "Africa/", "Africa", "localtime", "africa johannesburg", "Africa/Johannesburg\n", "\xff" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_time_zone_new (bad[i], &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  g_autoptr (GTimeZone) utc = zone ("UTC"), here = zone ("Africa/Johannesburg"),
                        deep = zone ("America/Argentina/Buenos_Aires");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/datetime/" path, func)
  ADD ("reads-rfc-3339", reads_rfc_3339);
  ADD ("reads-local-times-in-the-zone", reads_local_times_in_the_zone);
  ADD ("a-time-that-comes-twice-is-the-first", a_time_that_comes_twice_is_the_first);
  ADD ("a-time-that-is-left-out-counts-on", a_time_that_is_left_out_counts_on);
  ADD ("refuses-other-texts", refuses_other_texts);
  ADD ("writes-with-the-zones-offset", writes_with_the_zones_offset);
  ADD ("writes-any-number", writes_any_number);
  ADD ("days-begin-at-local-midnight", days_begin_at_local_midnight);
  ADD ("days-may-have-23-or-25-hours", days_may_have_23_or_25_hours);
  ADD ("a-day-without-midnight-begins-where-clocks-land", a_day_without_midnight_begins_where_clocks_land);
  ADD ("the-next-day-is-always-later", the_next_day_is_always_later);
  ADD ("knows-zones-by-their-iana-name-only", knows_zones_by_their_iana_name_only);
  return g_test_run ();
}
