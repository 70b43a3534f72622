/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-date-words"

#include "date-words.h"

#include "text-fill.h"

#include <glib/gi18n-lib.h>

/* The names come from our own catalogues, not from the system's locales: a language must be complete on a machine
 * that has only C.UTF-8. */

static const char *
weekday_name (int weekday)
{
  static const char *const names[] = {
    NULL,
    /* Translators: short names of the days of the week, as in "Tue 3 March" */
    NC_ ("short weekday", "Mon"), NC_ ("short weekday", "Tue"), NC_ ("short weekday", "Wed"),
    NC_ ("short weekday", "Thu"), NC_ ("short weekday", "Fri"), NC_ ("short weekday", "Sat"),
    NC_ ("short weekday", "Sun"),
  };

  g_assert (weekday >= 1 && weekday <= 7);
  return g_dpgettext2 (GETTEXT_PACKAGE, "short weekday", names[weekday]);
}

static const char *
month_name (int month)
{
  static const char *const names[] = {
    NULL,
    /* Translators: names of the months, as in "Tue 3 March" */
    NC_ ("month", "January"), NC_ ("month", "February"), NC_ ("month", "March"), NC_ ("month", "April"),
    NC_ ("month", "May"), NC_ ("month", "June"), NC_ ("month", "July"), NC_ ("month", "August"),
    NC_ ("month", "September"), NC_ ("month", "October"), NC_ ("month", "November"), NC_ ("month", "December"),
  };

  g_assert (month >= 1 && month <= 12);
  return g_dpgettext2 (GETTEXT_PACKAGE, "month", names[month]);
}

static GDateTime *
local_time (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);

  return utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

/**
 * sl_date_words_time:
 * @ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer full): the time of day, "06:52"; empty for a time beyond the calendar
 */
char *
sl_date_words_time (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = local_time (ms, zone);

  return local != NULL ? g_date_time_format (local, "%H:%M") : g_strdup ("");
}

/**
 * sl_date_words_day:
 * @ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer full): the day, "Tue 3 March"; empty for a time beyond the calendar
 */
char *
sl_date_words_day (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = local_time (ms, zone);

  if (local == NULL)
    return g_strdup ("");
  g_autofree char *day = g_strdup_printf ("%d", g_date_time_get_day_of_month (local));
  /* Translators: a date, as in "Tue 3 March" */
  return sl_text_fill (_("{weekday} {day} {month}"), "weekday", weekday_name (g_date_time_get_day_of_week (local)),
                       "day", day, "month", month_name (g_date_time_get_month (local)), NULL);
}

/**
 * sl_date_words_date:
 * @ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer full): the day of a far year, "3 March 2026"; empty for a time beyond the calendar
 */
char *
sl_date_words_date (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = local_time (ms, zone);

  if (local == NULL)
    return g_strdup ("");
  g_autofree char *day = g_strdup_printf ("%d", g_date_time_get_day_of_month (local));
  g_autofree char *month = sl_date_words_month (ms, zone);
  /* Translators: a date, as in "3 March 2026"; {month} is "March 2026" */
  return sl_text_fill (_("{day} {month}"), "day", day, "month", month, NULL);
}

/**
 * sl_date_words_month:
 * @ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer full): the month, "March 2026"; empty for a time beyond the calendar
 */
char *
sl_date_words_month (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = local_time (ms, zone);

  if (local == NULL)
    return g_strdup ("");
  g_autofree char *year = g_strdup_printf ("%d", g_date_time_get_year (local));
  /* Translators: a month, as in "March 2026" */
  return sl_text_fill (_("{month} {year}"), "month", month_name (g_date_time_get_month (local)), "year", year, NULL);
}

/**
 * sl_date_words_same_day:
 * @a_ms: UTC milliseconds
 * @b_ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: whether both fall on one local day
 */
gboolean
sl_date_words_same_day (gint64 a_ms, gint64 b_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) a = local_time (a_ms, zone);
  g_autoptr (GDateTime) b = local_time (b_ms, zone);

  return a != NULL && b != NULL && g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

/**
 * sl_date_words_day_from:
 * @ms: UTC milliseconds
 * @now_ms: UTC milliseconds of the moment
 * @zone: the studio's zone
 *
 * Returns: (transfer full): "Today", "Tomorrow" or the day
 */
char *
sl_date_words_day_from (gint64 ms, gint64 now_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) now = local_time (now_ms, zone);
  g_autoptr (GDateTime) next = now != NULL ? g_date_time_add_days (now, 1) : NULL;

  if (sl_date_words_same_day (ms, now_ms, zone))
    return g_strdup (_("Today"));
  if (next != NULL && sl_date_words_same_day (ms, g_date_time_to_unix (next) * 1000, zone))
    return g_strdup (_("Tomorrow"));
  return sl_date_words_day (ms, zone);
}
