/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hours"

#include "engine/hours.h"

#include <string.h>

#include "core/error.h"

#define DAY_MINUTES (24 * 60)
#define WEEK_MINUTES (7 * DAY_MINUTES)
#define HOURS_TEXT_MAX_BYTES 512   /* a span for each day and its night, written out, is under 300 */

struct _SlHours {
  guint8 open[WEEK_MINUTES / 8];   /* a bit per minute of the week, from Monday 00:00 local time */
};

static const char *const day_names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static gboolean
bad_hours (const char *text, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               "hours are \"always\", \"never\" or \"Mon-Fri 05:00-21:00; Sat,Sun 07:00-13:00\", not \"%s\"", text);
  return FALSE;
}

static void
skip_blanks (const char **at)
{
  while (**at == ' ' || **at == '\t')
    (*at)++;
}

static gboolean
read_day (const char **at, int *out_day)
{
  for (int i = 0; i < 7; i++)
    if (g_ascii_strncasecmp (*at, day_names[i], 3) == 0)
      {
        *at += 3;
        *out_day = i;
        return TRUE;
      }
  return FALSE;
}

/* "Mon-Fri,Sun" as a bit per day. A range may run over the end of the week. */
static gboolean
read_days (const char **at, guint *out_days)
{
  *out_days = 0;
  for (;;)
    {
      int first, last;
      if (!read_day (at, &first))
        return FALSE;
      last = first;
      if (**at == '-')
        {
          (*at)++;
          if (!read_day (at, &last))
            return FALSE;
        }
      for (int day = first;; day = (day + 1) % 7)
        {
          *out_days |= 1u << day;
          if (day == last)
            break;
        }
      if (**at != ',')
        return TRUE;
      (*at)++;
      skip_blanks (at);
    }
}

/* "07:30" as minutes; 24:00 is the end of the day. */
static gboolean
read_minute (const char **at, int *out_minute)
{
  const char *s = *at;
  if (!g_ascii_isdigit (s[0]) || !g_ascii_isdigit (s[1]) || s[2] != ':' || !g_ascii_isdigit (s[3])
      || !g_ascii_isdigit (s[4]))
    return FALSE;
  int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
  if (minute > 59 || hour > 24 || (hour == 24 && minute != 0))
    return FALSE;
  *at += 5;
  *out_minute = hour * 60 + minute;
  return TRUE;
}

static void
open_span (SlHours *self, int day, int from, int to)
{
  int length = to > from ? to - from : to + DAY_MINUTES - from;
  for (int i = 0; i < length; i++)
    {
      int minute = (day * DAY_MINUTES + from + i) % WEEK_MINUTES;
      self->open[minute / 8] |= (guint8) (1u << (minute % 8));
    }
}

/* "Mon-Fri 05:00-12:00,14:00-21:00" */
static gboolean
read_rule (SlHours *self, const char **at)
{
  guint days;
  if (!read_days (at, &days))
    return FALSE;
  skip_blanks (at);
  for (;;)
    {
      int from, to;
      if (!read_minute (at, &from) || *(*at)++ != '-' || !read_minute (at, &to) || from == DAY_MINUTES)
        return FALSE;
      for (int day = 0; day < 7; day++)
        if (days & (1u << day))
          open_span (self, day, from, to);
      skip_blanks (at);
      if (**at != ',')
        return TRUE;
      (*at)++;
      skip_blanks (at);
    }
}

/**
 * sl_hours_parse:
 * @text: hours as people write them, see the header
 * @error: return location
 *
 * Returns: (transfer full): the hours, or %NULL with %SL_ERROR_BAD_INPUT
 */
SlHours *
sl_hours_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  g_autoptr (SlHours) self = g_new0 (SlHours, 1);
  if (strlen (text) > HOURS_TEXT_MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    return bad_hours ("…", error), NULL;
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  if (g_ascii_strcasecmp (trimmed, "never") == 0)
    return g_steal_pointer (&self);
  if (g_ascii_strcasecmp (trimmed, "always") == 0)
    {
      memset (self->open, 0xff, sizeof self->open);
      return g_steal_pointer (&self);
    }
  const char *at = trimmed;
  for (;;)
    {
      if (!read_rule (self, &at))
        return bad_hours (trimmed, error), NULL;
      skip_blanks (&at);
      if (*at == '\0')
        return g_steal_pointer (&self);
      if (*at++ != ';')
        return bad_hours (trimmed, error), NULL;
      skip_blanks (&at);
    }
}

/**
 * sl_hours_free:
 * @hours: (nullable) (transfer full): the hours
 */
void
sl_hours_free (SlHours *hours)
{
  g_free (hours);
}

/**
 * sl_hours_open_at:
 * @hours: the hours
 * @at_ms: a moment, UTC ms
 * @zone: the zone whose clock on the wall they mean
 *
 * Beginnings are inside, ends are outside.
 *
 * Returns: whether it is open then
 */
gboolean
sl_hours_open_at (const SlHours *hours, gint64 at_ms, GTimeZone *zone)
{
  g_return_val_if_fail (hours != NULL && zone != NULL, FALSE);

  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  if (local == NULL)
    return FALSE;
  int minute = (g_date_time_get_day_of_week (local) - 1) * DAY_MINUTES + g_date_time_get_hour (local) * 60
               + g_date_time_get_minute (local);
  return (hours->open[minute / 8] & (1u << (minute % 8))) != 0;
}
