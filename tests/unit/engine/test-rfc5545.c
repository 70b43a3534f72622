/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/recurrence.h"

#include <libical/ical.h>
#include <string.h>

#include "core/datetime.h"
#include "core/error.h"

/* The examples of RFC 5545 section 3.8.5.3 that repeat by days or longer, all at 09:00 in New York, and what follows
 * from the text where it gives no example. */

typedef struct {
  const char *start, *rule;
  const char *until; /* (nullable): of those that go on for ever, how far the example is listed */
  const char *days;  /* "1997-09:2,4-6 1997-10:1" */
} Example;

#define TUESDAY "1997-09-02"
static const Example examples[] = {
  { TUESDAY, "FREQ=DAILY;COUNT=10", NULL, "1997-09:2-11" },
  { TUESDAY, "FREQ=DAILY;UNTIL=19971224T000000Z", NULL, "1997-09:2-30 1997-10:1-31 1997-11:1-30 1997-12:1-23" },
  { TUESDAY, "FREQ=DAILY;INTERVAL=2", "1997-12-04",
    "1997-09:2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 1997-10:2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 "
    "1997-11:1,3,5,7,9,11,13,15,17,19,21,23,25,27,29 1997-12:1,3" },
  { TUESDAY, "FREQ=DAILY;INTERVAL=10;COUNT=5", NULL, "1997-09:2,12,22 1997-10:2,12" },
  { "1998-01-01", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", NULL,
    "1998-01:1-31 1999-01:1-31 2000-01:1-31" },
  { "1998-01-01", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", NULL, "1998-01:1-31 1999-01:1-31 2000-01:1-31" },
  { TUESDAY, "FREQ=WEEKLY;COUNT=10", NULL, "1997-09:2,9,16,23,30 1997-10:7,14,21,28 1997-11:4" },
  { TUESDAY, "FREQ=WEEKLY;UNTIL=19971224T000000Z", NULL,
    "1997-09:2,9,16,23,30 1997-10:7,14,21,28 1997-11:4,11,18,25 1997-12:2,9,16,23" },
  { TUESDAY, "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1998-02-20",
    "1997-09:2,16,30 1997-10:14,28 1997-11:11,25 1997-12:9,23 1998-01:6,20 1998-02:3,17" },
  { TUESDAY, "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", NULL,
    "1997-09:2,4,9,11,16,18,23,25,30 1997-10:2" },
  { TUESDAY, "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", NULL, "1997-09:2,4,9,11,16,18,23,25,30 1997-10:2" },
  { "1997-09-01", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR", NULL,
    "1997-09:1,3,5,15,17,19,29 1997-10:1,3,13,15,17,27,29,31 1997-11:10,12,14,24,26,28 1997-12:8,10,12,22" },
  { TUESDAY, "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", NULL, "1997-09:2,4,16,18,30 1997-10:2,14,16" },
  { "1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", NULL,
    "1997-09:5 1997-10:3 1997-11:7 1997-12:5 1998-01:2 1998-02:6 1998-03:6 1998-04:3 1998-05:1 1998-06:5" },
  { "1997-09-05", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", NULL, "1997-09:5 1997-10:3 1997-11:7 1997-12:5" },
  { "1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", NULL,
    "1997-09:7,28 1997-11:2,30 1998-01:4,25 1998-03:1,29 1998-05:3,31" },
  { "1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", NULL,
    "1997-09:22 1997-10:20 1997-11:17 1997-12:22 1998-01:19 1998-02:16" },
  { "1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", "1998-02-28",
    "1997-09:28 1997-10:29 1997-11:28 1997-12:29 1998-01:29 1998-02:26" },
  { TUESDAY, "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", NULL,
    "1997-09:2,15 1997-10:2,15 1997-11:2,15 1997-12:2,15 1998-01:2,15" },
  { "1997-09-30", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", NULL,
    "1997-09:30 1997-10:1,31 1997-11:1,30 1997-12:1,31 1998-01:1,31 1998-02:1" },
  { "1997-09-10", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", NULL,
    "1997-09:10-15 1999-03:10-13" },
  { TUESDAY, "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1998-03-31",
    "1997-09:2,9,16,23,30 1997-11:4,11,18,25 1998-01:6,13,20,27 1998-03:3,10,17,24,31" },
  { "1997-06-10", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", NULL,
    "1997-06:10 1997-07:10 1998-06:10 1998-07:10 1999-06:10 1999-07:10 2000-06:10 2000-07:10 2001-06:10 2001-07:10" },
  { "1997-03-10", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", NULL,
    "1997-03:10 1999-01:10 1999-02:10 1999-03:10 2001-01:10 2001-02:10 2001-03:10 2003-01:10 2003-02:10 2003-03:10" },
  { "1997-01-01", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", NULL,
    "1997-01:1 1997-04:10 1997-07:19 2000-01:1 2000-04:9 2000-07:18 2003-01:1 2003-04:10 2003-07:19 2006-01:1" },
  { "1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1999-12-31", "1997-05:19 1998-05:18 1999-05:17" },
  { "1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1999-12-31", "1997-05:12 1998-05:11 1999-05:17" },
  { "1997-03-13", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1999-12-31",
    "1997-03:13,20,27 1998-03:5,12,19,26 1999-03:4,11,18,25" },
  { "1997-06-05", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1999-12-31",
    "1997-06:5,12,19,26 1997-07:3,10,17,24,31 1997-08:7,14,21,28 1998-06:4,11,18,25 1998-07:2,9,16,23,30 "
    "1998-08:6,13,20,27 1999-06:3,10,17,24 1999-07:1,8,15,22,29 1999-08:5,12,19,26" },
  { TUESDAY, "EXDATE;TZID=America/New_York:19970902T090000\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2000-12-31",
    "1998-02:13 1998-03:13 1998-11:13 1999-08:13 2000-10:13" },
  { "1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1998-06-30",
    "1997-09:13 1997-10:11 1997-11:8 1997-12:13 1998-01:10 1998-02:7 1998-03:7 1998-04:11 1998-05:9 1998-06:13" },
  { "1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "2004-12-31",
    "1996-11:5 2000-11:7 2004-11:2" },
  { "1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", NULL, "1997-09:4 1997-10:7 1997-11:6" },
  { "1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1998-03-31",
    "1997-09:29 1997-10:30 1997-11:27 1997-12:30 1998-01:29 1998-02:26 1998-03:30" },
  { "1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", NULL, "1997-08:5,10,19,24" },
  { "1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", NULL, "1997-08:5,17,19,31" },
  { "2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", NULL, "2007-01:15,30 2007-02:15 2007-03:15,30" },
};

/* Where the text alone says what is so. */
static const Example consequences[] = {
  /* BYMONTH limits a week before BYSETPOS counts in it. */
  { "2026-03-02", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3", NULL, "2026-03:6,13,20" },
  { "2026-05-01", "FREQ=WEEKLY;BYMONTH=5;BYDAY=WE,TH,FR;BYSETPOS=1;COUNT=3", NULL, "2026-05:1,6,13" },
  /* Month ends: the 31st is left out where there is none; the last day is -1. */
  { "2026-01-31", "FREQ=MONTHLY;COUNT=5", NULL, "2026-01:31 2026-03:31 2026-05:31 2026-07:31 2026-08:31" },
  { "2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", NULL, "2026-01:31 2026-02:28 2026-03:31" },
  { "2026-02-28", "FREQ=DAILY;BYMONTHDAY=-1;COUNT=3", NULL, "2026-02:28 2026-03:31 2026-04:30" },
  { "2026-01-30", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;COUNT=3", NULL, "2026-01:30 2026-02:28 2026-03:30" },
  /* A day that two parts name is one day. */
  { "2027-01-01", "FREQ=MONTHLY;BYMONTHDAY=1,-31,2;BYSETPOS=2;COUNT=2", NULL, "2027-01:2 2027-02:2" },
  /* Leap day: every fourth year, or the last of February. */
  { "2024-02-29", "FREQ=YEARLY;COUNT=3", NULL, "2024-02:29 2028-02:29 2032-02:29" },
  { "2024-02-29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3", NULL, "2024-02:29 2025-02:28 2026-02:28" },
  { "2024-12-31", "FREQ=YEARLY;BYYEARDAY=366;COUNT=2", NULL, "2024-12:31 2028-12:31" },
  { "2028-02-28", "FREQ=DAILY;COUNT=3", NULL, "2028-02:28,29 2028-03:1" },
  /* Over the end of the year, and its weeks. */
  { "2026-12-30", "FREQ=DAILY;COUNT=4", NULL, "2026-12:30,31 2027-01:1,2" },
  { "2026-12-28", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=4", NULL, "2026-12:28 2027-01:3,11,17" },
  { "2024-12-30", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3", NULL, "2024-12:30 2025-12:29 2027-01:4" },
  { "2026-12-28", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;COUNT=2", NULL, "2026-12:28 2032-12:27" },
  { "2026-06-25", "FREQ=YEARLY;BYMONTHDAY=25;COUNT=3", NULL, "2026-06:25 2026-07:25 2026-08:25" },
  /* A start that does not match is none; nor is what lies before it in its period. */
  { "2026-03-05", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3", NULL, "2026-03:9,11,16" },
  { "2026-03-05", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=3", NULL, "2026-03:6,16,20" },
  { "2026-03-15", "FREQ=MONTHLY;BYDAY=1MO;COUNT=2", NULL, "2026-04:6 2026-05:4" },
  { "2026-03-15", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=3;COUNT=2", NULL, "2026-03:16 2026-04:20" },
  /* Exceptions by moment, by date and by list; COUNT counts what they take away; RDATE adds; case and form. */
  { "2026-03-02", "FREQ=DAILY;COUNT=5 EXDATE:20260303T090000,20260304T140000Z", NULL, "2026-03:2,5,6" },
  { "2026-03-02", "rrule:freq=daily;count=5\r\nexdate;value=date:20260303\r\nexdate:20260305T140000z\r\n", NULL,
    "2026-03:2,4,6" },
  { "2026-03-02", "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:2026-03-03\nRDATE;VALUE=DATE:20260310\nRDATE:20260304T090000", NULL,
    "2026-03:2,4,10" },
  { "2026-03-02", "RRULE:FREQ=WEEKLY;\n BYDAY=MO,\n FR;COUNT=3", NULL, "2026-03:2,6,9" },
  { "2026-03-02", "FREQ=DAILY;COUNT=2\nEXDATE:20260402T090000", NULL, "2026-03:2,3" },
};

static void
append_days (GString *out, const char *month)
{
  g_auto (GStrv) halves = g_strsplit (month, ":", 2);
  g_auto (GStrv) days = g_strsplit (halves[1], ",", -1);
  for (guint i = 0; days[i] != NULL; i++)
    {
      const char *dash = strchr (days[i], '-');
      int first = atoi (days[i]), last = dash != NULL ? atoi (dash + 1) : first;
      for (int day = first; day <= last; day++)
        g_string_append_printf (out, "%s-%02dT09:00 ", halves[0], day);
    }
}

static void
check_example (const Example *example)
{
  g_autoptr (GTimeZone) zone = sl_time_zone_new ("America/New_York", NULL);
  g_autofree char *start = g_strconcat (example->start, "T09:00", NULL);
  g_autofree char *until = g_strconcat (example->until != NULL ? example->until : "2099-01-01", "T23:59", NULL);
  g_autoptr (GString) wanted = g_string_new (NULL), got = g_string_new (NULL);
  g_auto (GStrv) months = g_strsplit (example->days, " ", -1);
  g_autoptr (GError) failure = NULL;
  gint64 start_ms, until_ms;
  for (guint i = 0; months[i] != NULL; i++)
    append_days (wanted, months[i]);
  g_assert_true (sl_time_parse (start, zone, &start_ms, NULL) && sl_time_parse (until, zone, &until_ms, NULL));
  g_autoptr (GArray) starts =
    sl_recurrence_expand (example->rule, start_ms, example->until != NULL ? until_ms : 0, zone, &failure);
  g_assert_no_error (failure);
  for (guint i = 0; i < starts->len; i++)
    {
      g_autofree char *one = sl_time_format_local (g_array_index (starts, gint64, i), zone, "%Y-%m-%dT%H:%M ");
      g_string_append (got, one);
    }
  g_test_message ("%s from %s", example->rule, example->start);
  g_assert_cmpstr (got->str, ==, wanted->str);
}

static void
every_example_of_the_rfc (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    check_example (&examples[i]);
}

static void
what_the_rfc_says_without_an_example (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (consequences); i++)
    check_example (&consequences[i]);
}

/* libical's own iterator, on the shapes of rules on which it follows the RFC. */
static void
days_are_libicals_where_libical_is_right (void)
{
  static const char *const rules[] = {
    "FREQ=DAILY", "FREQ=DAILY;BYMONTH=3,4,11", "FREQ=DAILY;BYDAY=MO,SA",
    "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO;WKST=SU",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
    "FREQ=MONTHLY;BYMONTHDAY=2,-1", "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1", "FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=2,28",
    "FREQ=YEARLY;BYDAY=9MO,-3FR",
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  gint64 start_ms;
  g_assert_true (sl_time_parse ("2026-03-02T09:00", zone, &start_ms, NULL)); /* a Monday that all of them name */
  for (guint i = 0; i < G_N_ELEMENTS (rules) * 7; i++)
    {
      g_autofree char *rule = g_strdup_printf ("%s;INTERVAL=%d", rules[i / 7], 1 + (int) (i % 7));
      g_autofree char *counted = g_strconcat (rule, ";COUNT=20", NULL);
      g_autoptr (GArray) starts = sl_recurrence_expand (counted, start_ms, 0, zone, NULL);
      icalrecur_iterator *iterator =
        icalrecur_iterator_new (icalrecurrencetype_from_string (rule), icaltime_from_string ("20260302T090000"));
      g_test_message ("%s", rule);
      for (guint j = 0; starts != NULL && j < starts->len; j++)
        {
          struct icaltimetype next = icalrecur_iterator_next (iterator);
          g_assert_cmpint (g_array_index (starts, gint64, j), ==, (gint64) icaltime_as_timet (next) * 1000);
        }
      icalrecur_iterator_free (iterator);
      g_assert_true (starts != NULL && starts->len == 20);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/rfc5545/every-example-of-the-rfc", every_example_of_the_rfc);
  g_test_add_func ("/sl/rfc5545/what-the-rfc-says-without-an-example", what_the_rfc_says_without_an_example);
  g_test_add_func ("/sl/rfc5545/days-are-libicals-where-libical-is-right", days_are_libicals_where_libical_is_right);
  return g_test_run ();
}
