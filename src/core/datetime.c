/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-datetime"

#include "core/datetime.h"

#include <string.h>

#include "core/error.h"

#define SECOND_MS G_GINT64_CONSTANT (1000)
#define DAY_SECONDS G_GINT64_CONSTANT (86400)
#define ZONE_NAME_MAX_BYTES 64 /* the longest IANA name has 32 */
/* What GDateTime can hold with any offset, a day away from either end of its years 1 to 9999. */
#define DATE_MIN_SECONDS G_GINT64_CONSTANT (-62135510400)
#define DATE_MAX_SECONDS G_GINT64_CONSTANT (253402214400)

static gint64
floor_seconds (gint64 ms)
{
  gint64 seconds = ms / SECOND_MS;
  return ms % SECOND_MS < 0 ? seconds - 1 : seconds;
}

static gint64
offset_seconds (GTimeZone *zone, gint64 utc_seconds)
{
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_seconds);
  return interval < 0 ? 0 : g_time_zone_get_offset (zone, interval);
}

/* The offset before and after whatever change happens within a day of a local time; no zone changes twice in two
 * days. */
static void
offsets_around (GTimeZone *zone, gint64 local_seconds, gint64 *out_before, gint64 *out_after)
{
  *out_before = offset_seconds (zone, local_seconds - DAY_SECONDS);
  *out_after = offset_seconds (zone, local_seconds + DAY_SECONDS);
}

/* RFC 5545 section 3.3.5: a local time that comes twice is the first of the two, one that is left out is told with the
 * offset before the gap. Where clocks go from 02:00 to 03:00, 02:30 is the moment that they call 03:30. */
static gint64
local_to_utc (GTimeZone *zone, gint64 local_seconds)
{
  gint64 before, after;
  offsets_around (zone, local_seconds, &before, &after);
  gboolean before_holds = offset_seconds (zone, local_seconds - before) == before;
  gboolean after_holds = offset_seconds (zone, local_seconds - after) == after;
  return local_seconds - (after_holds && !before_holds ? after : before);
}

static GDateTime *
date_time_new (gint64 ms, GTimeZone *zone)
{
  gint64 seconds = CLAMP (floor_seconds (ms), DATE_MIN_SECONDS, DATE_MAX_SECONDS);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  return zone != NULL ? g_date_time_to_timezone (utc, zone) : g_steal_pointer (&utc);
}

/* Midnight of the day that ms falls in, days later, as if local time were UTC. */
static gint64
local_midnight_seconds (gint64 ms, GTimeZone *zone, int days)
{
  g_autoptr (GDateTime) local = date_time_new (ms, zone);
  g_autoptr (GDateTime) midnight = g_date_time_new_utc (g_date_time_get_year (local), g_date_time_get_month (local),
                                                        g_date_time_get_day_of_month (local), 0, 0, 0);
  return g_date_time_to_unix (midnight) + days * DAY_SECONDS;
}

/* Reads exactly so many digits. */
static gboolean
take_number (const char **at, int digits, int min, int max, int *out)
{
  int value = 0;
  for (int i = 0; i < digits; i++)
    {
      if (!g_ascii_isdigit ((*at)[i]))
        return FALSE;
      value = value * 10 + g_ascii_digit_value ((*at)[i]);
    }
  if (value < min || value > max)
    return FALSE;
  *at += digits;
  *out = value;
  return TRUE;
}

static gboolean
take_char (const char **at, const char *any_of)
{
  if (**at == '\0' || strchr (any_of, **at) == NULL)
    return FALSE;
  (*at)++;
  return TRUE;
}

/* ".250" and the like: milliseconds, finer parts cut off. */
static gboolean
take_fraction (const char **at, int *out_ms)
{
  int scale = 100;
  *out_ms = 0;
  if (!take_char (at, "."))
    return TRUE;
  if (!g_ascii_isdigit (**at))
    return FALSE;
  for (; g_ascii_isdigit (**at); (*at)++, scale /= 10)
    *out_ms += scale * g_ascii_digit_value (**at);
  return TRUE;
}

/* "Z", "+02:00", or nothing. */
static gboolean
take_offset (const char **at, gboolean *out_given, gint64 *out_seconds)
{
  *out_given = TRUE;
  *out_seconds = 0;
  if (take_char (at, "Zz"))
    return TRUE;
  int hours, minutes;
  gboolean west = **at == '-';
  if (!take_char (at, "+-"))
    {
      *out_given = FALSE;
      return TRUE;
    }
  if (!take_number (at, 2, 0, 23, &hours) || !take_char (at, ":") || !take_number (at, 2, 0, 59, &minutes))
    return FALSE;
  *out_seconds = (hours * 60 + minutes) * (west ? -60 : 60);
  return TRUE;
}

/* The text's own clock reading as if it were UTC, and its offset where it has one. */
static gboolean
read_text (const char *text, gint64 *out_local_seconds, int *out_ms, gboolean *out_has_offset, gint64 *out_offset)
{
  const char *at = text;
  int year, month, day, hour, minute, second = 0;
  *out_ms = 0;
  if (!take_number (&at, 4, 1, 9999, &year) || !take_char (&at, "-") || !take_number (&at, 2, 1, 12, &month)
      || !take_char (&at, "-") || !take_number (&at, 2, 1, 31, &day) || !take_char (&at, "Tt ")
      || !take_number (&at, 2, 0, 23, &hour) || !take_char (&at, ":") || !take_number (&at, 2, 0, 59, &minute))
    return FALSE;
  if (take_char (&at, ":") && (!take_number (&at, 2, 0, 59, &second) || !take_fraction (&at, out_ms)))
    return FALSE;
  if (!take_offset (&at, out_has_offset, out_offset) || *at != '\0')
    return FALSE;
  g_autoptr (GDateTime) local = g_date_time_new_utc (year, month, day, hour, minute, second);
  if (local == NULL) /* the 31st of February */
    return FALSE;
  *out_local_seconds = g_date_time_to_unix (local);
  return TRUE;
}

/**
 * sl_time_parse:
 * @text: text from outside
 * @zone: (nullable): what a time without an offset is local to; %NULL for UTC
 * @out_ms: (out): UTC milliseconds, from %SL_TIME_MIN_MS to before %SL_TIME_MAX_MS; untouched on failure
 * @error: return location
 *
 * Reads RFC 3339 ("2026-03-01T07:00:00+02:00", "…Z"), also without seconds, with a blank for the T, with any number of
 * decimals (kept to the millisecond), and without an offset. A local time that comes twice when clocks go back is the
 * first of the two; one that clocks jump over counts on from before the jump, so that 02:30 becomes 03:30 (RFC 5545
 * section 3.3.5, which recurrences follow too). A leap second is refused.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT for any other text, and for years outside 1990 to 2099
 */
gboolean
sl_time_parse (const char *text, GTimeZone *zone, gint64 *out_ms, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (out_ms != NULL, FALSE);

  gint64 local_seconds, offset;
  int ms;
  gboolean has_offset;
  if (!read_text (text, &local_seconds, &ms, &has_offset, &offset))
    {
      g_autofree char *shown = g_utf8_make_valid (text, (gssize) strnlen (text, ZONE_NAME_MAX_BYTES));
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "“%s” is not a time like 2026-03-01T07:00 or 2026-03-01T07:00:00+02:00", shown);
      return FALSE;
    }
  gint64 utc_seconds = local_seconds - offset;
  if (!has_offset && zone != NULL)
    utc_seconds = local_to_utc (zone, local_seconds);
  gint64 utc_ms = utc_seconds * SECOND_MS + ms;
  if (utc_ms < SL_TIME_MIN_MS || utc_ms >= SL_TIME_MAX_MS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the time %s is not in the years 1990 to 2099", text);
      return FALSE;
    }
  *out_ms = utc_ms;
  return TRUE;
}

/**
 * sl_time_to_local:
 * @ms: UTC milliseconds
 * @zone: (nullable): the zone whose clock is read; %NULL for UTC
 *
 * Returns: what the clock there shows, as milliseconds since 1970-01-01T00:00 by that clock
 */
gint64
sl_time_to_local (gint64 ms, GTimeZone *zone)
{
  return zone != NULL ? ms + offset_seconds (zone, floor_seconds (ms)) * SECOND_MS : ms;
}

/**
 * sl_time_from_local:
 * @local_ms: what a clock shows, as sl_time_to_local() gives it
 * @zone: (nullable): the zone of the clock; %NULL for UTC
 *
 * A time that comes twice is the first of the two, one that clocks jump over counts on from before the jump (RFC 5545
 * section 3.3.5).
 *
 * Returns: UTC milliseconds
 */
gint64
sl_time_from_local (gint64 local_ms, GTimeZone *zone)
{
  gint64 seconds = floor_seconds (local_ms);
  return zone != NULL ? local_ms - seconds * SECOND_MS + local_to_utc (zone, seconds) * SECOND_MS : local_ms;
}

/**
 * sl_time_format:
 * @ms: UTC milliseconds; a time outside the years 1 to 9999 is shown as the nearest that can be
 * @zone: (nullable): the zone to tell it in; %NULL for UTC, written "Z"
 *
 * Returns: (transfer full): RFC 3339 with the zone's offset, to the whole second (cut, not rounded), in every locale
 *   the same
 */
char *
sl_time_format (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) local = date_time_new (ms, zone);
  int minutes = (int) (g_date_time_get_utc_offset (local) / G_TIME_SPAN_MINUTE);
  g_autofree char *offset = zone == NULL ? g_strdup ("Z")
                                         : g_strdup_printf ("%c%02d:%02d", minutes < 0 ? '-' : '+', ABS (minutes) / 60,
                                                            ABS (minutes) % 60);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d%s", g_date_time_get_year (local),
                          g_date_time_get_month (local), g_date_time_get_day_of_month (local),
                          g_date_time_get_hour (local), g_date_time_get_minute (local), g_date_time_get_second (local),
                          offset);
}

/**
 * sl_time_format_local:
 * @ms: UTC milliseconds
 * @zone: (nullable): the zone to tell it in; %NULL for UTC
 * @format: a g_date_time_format() format of the program
 *
 * For people: follows the locale.
 *
 * Returns: (transfer full): the text; empty when the locale cannot write it
 */
char *
sl_time_format_local (gint64 ms, GTimeZone *zone, const char *format)
{
  g_autoptr (GDateTime) local = date_time_new (ms, zone);
  char *text = g_date_time_format (local, format);
  return text != NULL ? text : g_strdup ("");
}

/**
 * sl_time_day_start:
 * @ms: UTC milliseconds
 * @zone: (nullable): the zone whose day is meant; %NULL for UTC
 *
 * Where clocks jump over midnight (as in Cairo) the day begins where they land; where midnight comes twice, with the
 * first.
 *
 * Returns: UTC milliseconds of the beginning of the local day that @ms falls in; never after @ms
 */
gint64
sl_time_day_start (gint64 ms, GTimeZone *zone)
{
  gint64 midnight = local_midnight_seconds (ms, zone, 0);
  return (zone != NULL ? local_to_utc (zone, midnight) : midnight) * SECOND_MS;
}

/**
 * sl_time_next_day_start:
 * @ms: UTC milliseconds
 * @zone: (nullable): the zone whose day is meant; %NULL for UTC
 *
 * Days are not always 24 hours long: use this, not the addition of %SL_DAY_MS, to step over local days.
 *
 * Returns: UTC milliseconds of the beginning of the local day after the one of @ms; always after @ms
 */
gint64
sl_time_next_day_start (gint64 ms, GTimeZone *zone)
{
  gint64 midnight = local_midnight_seconds (ms, zone, 1);
  if (zone == NULL)
    return midnight * SECOND_MS;
  gint64 start_ms = local_to_utc (zone, midnight) * SECOND_MS;
  if (start_ms > ms)
    return start_ms;
  /* Clocks went back over midnight (St. John's did, until 2011): after the first one it is the day before again. */
  gint64 before, after;
  offsets_around (zone, midnight, &before, &after);
  return (midnight - after) * SECOND_MS;
}

static gboolean
zone_name_is_sane (const char *name)
{
  if (!g_ascii_isalpha (*name) || strlen (name) > ZONE_NAME_MAX_BYTES)
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("/_+-", *at) == NULL)
      return FALSE;
  return g_str_equal (name, "UTC") || strchr (name, '/') != NULL;
}

/**
 * sl_time_zone_new:
 * @iana_name: a name from outside: "UTC" or an area and place of the time zone database, like "Africa/Johannesburg"
 * @error: return location
 *
 * GLib would also take offsets, rules and file names as zones; these are refused.
 *
 * Returns: (transfer full): the zone; %NULL with %SL_ERROR_BAD_INPUT for an unknown name
 */
GTimeZone *
sl_time_zone_new (const char *iana_name, GError **error)
{
  g_return_val_if_fail (iana_name != NULL, NULL);

  GTimeZone *zone = zone_name_is_sane (iana_name) ? g_time_zone_new_identifier (iana_name) : NULL;
  if (zone == NULL)
    {
      g_autofree char *shown = g_utf8_make_valid (iana_name, (gssize) strnlen (iana_name, ZONE_NAME_MAX_BYTES));
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "“%s” is not the name of a time zone like Africa/Johannesburg",
                   shown);
    }
  return zone;
}
