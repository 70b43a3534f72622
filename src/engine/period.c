/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-period"

#include "engine/period.h"

#include "core/datetime.h"

#define MONTHS_PER_YEAR 12

typedef struct {
  gint64 months; /* since the year 0 */
  gint64 day;
} CalendarDay;

static CalendarDay
day_of (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_utc (sl_time_to_local (ms, zone) / 1000);
  return (CalendarDay){ g_date_time_get_year (local) * MONTHS_PER_YEAR + g_date_time_get_month (local) - 1,
                        g_date_time_get_day_of_month (local) };
}

/**
 * sl_period_at:
 * @anchor_ms: when the first period began, UTC ms
 * @months: 0 or more
 * @zone: whose calendar
 *
 * Always counted from the first day, so that a short month shortens no other: 31 January, 28 February, 31 March.
 *
 * Returns: the anchor for 0; else the beginning of the day so many months later, or of the last day of a month that is
 * too short for it; never beyond %SL_TIME_MAX_MS
 */
gint64
sl_period_at (gint64 anchor_ms, gint64 months, GTimeZone *zone)
{
  g_return_val_if_fail (months >= 0, anchor_ms);

  if (months == 0)
    return anchor_ms;
  CalendarDay day = day_of (anchor_ms, zone);
  day.months += months;
  int year = (int) (day.months / MONTHS_PER_YEAR), month = (int) (day.months % MONTHS_PER_YEAR) + 1;
  if (year >= 2100)
    return SL_TIME_MAX_MS;
  int last = g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
  g_autoptr (GDateTime) midnight = g_date_time_new_utc (year, month, MIN ((int) day.day, last), 0, 0, 0);
  return sl_time_from_local (g_date_time_to_unix (midnight) * 1000, zone);
}

/**
 * sl_period_index:
 * @anchor_ms: when the first period began, UTC ms
 * @at_ms: a moment, UTC ms
 * @zone: whose calendar
 *
 * Returns: the number of months for which sl_period_at() gives just this moment; -1: there is none
 */
gint64
sl_period_index (gint64 anchor_ms, gint64 at_ms, GTimeZone *zone)
{
  gint64 months = day_of (at_ms, zone).months - day_of (anchor_ms, zone).months;
  return months >= 0 && sl_period_at (anchor_ms, months, zone) == at_ms ? months : -1;
}

static gint64
local_midnight (gint64 ms, GTimeZone *zone)
{
  return sl_time_to_local (sl_time_day_start (ms, zone), zone) / SL_DAY_MS * SL_DAY_MS;
}

/**
 * sl_period_days_later:
 * @at_ms: from when, UTC ms
 * @from_ms: begin of the time that is measured
 * @until_ms: its end
 * @zone: whose calendar
 *
 * Returns: the beginning of the day that is as many days after that of @at_ms as @until_ms is after @from_ms
 */
gint64
sl_period_days_later (gint64 at_ms, gint64 from_ms, gint64 until_ms, GTimeZone *zone)
{
  gint64 length_ms = local_midnight (until_ms, zone) - local_midnight (from_ms, zone);
  return sl_time_from_local (local_midnight (at_ms, zone) + length_ms, zone);
}
