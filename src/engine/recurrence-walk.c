/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-recurrence-walk"

#include "engine/recurrence-rule.h"

/* The days of a rule, period by period, by the table of RFC 5545 section 3.3.10: a day of the period belongs to the
 * set when every BY part says so, and BYSETPOS picks from the set.
 *
 * libical reads the rules. Its iterator (3.0.16) is not used for the days, since it differs from the RFC: BYSETPOS is
 * passed over in DAILY and WEEKLY rules, and counts days twice that two parts name; negative BYMONTHDAYs are passed
 * over in DAILY ones; a start that does not match moves WEEKLY rules of an INTERVAL by a week; YEARLY ones with
 * BYMONTHDAY alone stay in one month, and some with BYWEEKNO are refused. Where it agrees with the RFC a test holds
 * both side by side. */

#define DAYS_OF_WEEK 7
#define THURSDAY 3          /* 1970-01-01 was one; Monday is 0 */
#define JULIAN_1970 719163  /* of 1970-01-01, as GDate counts */
#define WEEK_ONE_DAYS 4     /* of a year that week 1 has at least: ISO 8601 */

static gint64
day_of (int year, int month, int day)
{
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return (gint64) g_date_get_julian (&date) - JULIAN_1970;
}

static void
date_of (gint64 day, GDate *out)
{
  g_date_clear (out, 1);
  g_date_set_julian (out, (guint32) (day + JULIAN_1970));
}

static int
weekday_of (gint64 day)
{
  return (int) ((day + THURSDAY) % DAYS_OF_WEEK);
}

/* Days back from a day to the beginning of its week. */
static int
days_into_week (const struct icalrecurrencetype *rule, gint64 day)
{
  int first = ((int) rule->week_start + 5) % DAYS_OF_WEEK; /* libical: Sunday is 1 */
  return (weekday_of (day) - first + DAYS_OF_WEEK) % DAYS_OF_WEEK;
}

/* Where week 1 of a year begins. */
static gint64
first_week (const struct icalrecurrencetype *rule, int year)
{
  gint64 new_year = day_of (year, 1, 1);
  int into = days_into_week (rule, new_year);
  return new_year - into + (into <= DAYS_OF_WEEK - WEEK_ONE_DAYS ? 0 : DAYS_OF_WEEK);
}

/* Whether the list is empty or names value, counted from the front or, below zero, from the end. */
static gboolean
allows (const short *list, guint size, int value, int from_end)
{
  for (guint i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
    if (list[i] == value || list[i] == from_end)
      return TRUE;
  return size == 0 || list[0] == ICAL_RECURRENCE_ARRAY_MAX;
}
#define ALLOWS(list, value, from_end) allows (list, G_N_ELEMENTS (list), value, from_end)
#define IS_EMPTY(list) ((list)[0] == ICAL_RECURRENCE_ARRAY_MAX)

/* MO, or 2MO and -1MO of the month, or of the year where no month is named. */
static gboolean
allows_weekday (const struct icalrecurrencetype *rule, gint64 day, int place, int length)
{
  int libical = (weekday_of (day) + 1) % DAYS_OF_WEEK + 1;
  int nth = (place - 1) / DAYS_OF_WEEK + 1, nth_from_end = -((length - place) / DAYS_OF_WEEK + 1);
  for (guint i = 0; i < G_N_ELEMENTS (rule->by_day) && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
    {
      int position = icalrecurrencetype_day_position (rule->by_day[i]);
      if ((int) icalrecurrencetype_day_day_of_week (rule->by_day[i]) == libical
          && (position == 0 || position == nth || position == nth_from_end))
        return TRUE;
    }
  return IS_EMPTY (rule->by_day);
}

static gboolean
allows_day (const struct icalrecurrencetype *rule, gint64 day)
{
  GDate date;
  date_of (day, &date);
  int month_day = g_date_get_day (&date), month = (int) g_date_get_month (&date), year = g_date_get_year (&date);
  int year_day = (int) g_date_get_day_of_year (&date), year_days = g_date_is_leap_year ((GDateYear) year) ? 366 : 365;
  int month_days = g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
  gboolean of_year = rule->freq == ICAL_YEARLY_RECURRENCE && IS_EMPTY (rule->by_month);
  return ALLOWS (rule->by_month, month, month) && ALLOWS (rule->by_month_day, month_day, month_day - month_days - 1)
         && ALLOWS (rule->by_year_day, year_day, year_day - year_days - 1)
         && allows_weekday (rule, day, of_year ? year_day : month_day, of_year ? year_days : month_days);
}

/* What a rule leaves open is DTSTART's. */
static void
take_from_start (struct icalrecurrencetype *rule, gint64 first_day)
{
  GDate date;
  date_of (first_day, &date);
  gboolean has_days = !IS_EMPTY (rule->by_day) || !IS_EMPTY (rule->by_month_day) || !IS_EMPTY (rule->by_year_day);
  short weekday = (short) ((weekday_of (first_day) + 1) % DAYS_OF_WEEK + 1);
  gboolean yearly = rule->freq == ICAL_YEARLY_RECURRENCE, by_week = yearly && !IS_EMPTY (rule->by_week_no);
  if ((rule->freq == ICAL_WEEKLY_RECURRENCE && IS_EMPTY (rule->by_day)) || (by_week && !has_days))
    {
      rule->by_day[0] = weekday;
      rule->by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
    }
  else if ((yearly && !by_week && !has_days) || (rule->freq == ICAL_MONTHLY_RECURRENCE && !has_days))
    {
      rule->by_month_day[0] = (short) g_date_get_day (&date);
      rule->by_month_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
      if (yearly && IS_EMPTY (rule->by_month))
        {
          rule->by_month[0] = (short) g_date_get_month (&date);
          rule->by_month[1] = ICAL_RECURRENCE_ARRAY_MAX;
        }
    }
}

/* sl_rule_walk_init: first_day: DTSTART's local date; last_day: none after it. Clear it afterwards. */
void
sl_rule_walk_init (SlRuleWalk *walk, const struct icalrecurrencetype *rule, gint64 first_day, gint64 last_day)
{
  *walk = (SlRuleWalk) { .rule = *rule, .first_day = first_day, .last_day = last_day,
                         .days = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  take_from_start (&walk->rule, first_day);
}

/* sl_rule_walk_clear: frees what it holds. */
void
sl_rule_walk_clear (SlRuleWalk *walk)
{
  g_clear_pointer (&walk->days, g_array_unref);
}

/* The next period: from its first day to before its end. With BYWEEKNO a year is its weeks. */
static void
next_period (SlRuleWalk *walk, gint64 *out_from, gint64 *out_end)
{
  GDate first;
  gint64 steps = walk->step++ * walk->rule.interval;
  date_of (walk->first_day, &first);
  gint64 months = g_date_get_year (&first) * 12 + (int) g_date_get_month (&first) - 1 + steps;
  int year = g_date_get_year (&first) + (int) steps;
  switch ((int) walk->rule.freq)
    {
    case ICAL_DAILY_RECURRENCE:
      *out_from = walk->first_day + steps;
      *out_end = *out_from + 1;
      break;
    case ICAL_WEEKLY_RECURRENCE:
      *out_from = walk->first_day - days_into_week (&walk->rule, walk->first_day) + DAYS_OF_WEEK * steps;
      *out_end = *out_from + DAYS_OF_WEEK;
      break;
    case ICAL_MONTHLY_RECURRENCE:
      *out_from = day_of ((int) (months / 12), (int) (months % 12) + 1, 1);
      months++;
      *out_end = day_of ((int) (months / 12), (int) (months % 12) + 1, 1);
      break;
    default:
      *out_from = IS_EMPTY (walk->rule.by_week_no) ? day_of (year, 1, 1) : first_week (&walk->rule, year);
      *out_end = IS_EMPTY (walk->rule.by_week_no) ? day_of (year + 1, 1, 1) : first_week (&walk->rule, year + 1);
    }
}

/* Keeps of the period's set what BYSETPOS names, and of that what DTSTART has begun. */
static void
pick (SlRuleWalk *walk)
{
  const short *positions = walk->rule.by_set_pos;
  int length = (int) walk->days->len;
  guint kept = 0;
  for (int i = 0; i < length; i++)
    {
      gint64 day = g_array_index (walk->days, gint64, i);
      if (day >= walk->first_day && allows (positions, G_N_ELEMENTS (walk->rule.by_set_pos), i + 1, i - length))
        g_array_index (walk->days, gint64, kept++) = day;
    }
  g_array_set_size (walk->days, kept);
}

/* Fills in the days of the next period; FALSE: it lies behind the last day. */
static gboolean
fill (SlRuleWalk *walk)
{
  gint64 from, end;
  next_period (walk, &from, &end);
  if (from > walk->last_day)
    return FALSE;
  g_array_set_size (walk->days, 0);
  walk->next = 0;
  int weeks = (int) ((end - from) / DAYS_OF_WEEK);
  gboolean by_week = !IS_EMPTY (walk->rule.by_week_no);
  for (gint64 day = from; day < end; day++)
    {
      int week = (int) ((day - from) / DAYS_OF_WEEK);
      if ((!by_week || ALLOWS (walk->rule.by_week_no, week + 1, week - weeks)) && allows_day (&walk->rule, day))
        g_array_append_val (walk->days, day);
    }
  pick (walk);
  return TRUE;
}

/* sl_rule_walk_next: the next day that the rule means, DTSTART's if it matches; FALSE: none to the last day. */
gboolean
sl_rule_walk_next (SlRuleWalk *walk, gint64 *out_day)
{
  while (walk->next == walk->days->len)
    if (!fill (walk))
      return FALSE;
  *out_day = g_array_index (walk->days, gint64, walk->next++);
  return *out_day <= walk->last_day;
}
