/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-days"

#include "engine/days.h"

#include <stdio.h>
#include <string.h>

#include "core/datetime.h"

#define JULIAN_1970 719163 /* of 1970-01-01, as GDate counts */

/**
 * sl_day_of:
 * @ms: a moment, UTC ms
 * @zone: whose date
 *
 * Returns: the local date as days since 1970
 */
gint64
sl_day_of (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  int year, month, day;
  GDate date;
  g_date_time_get_ymd (local, &year, &month, &day);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return (gint64) g_date_get_julian (&date) - JULIAN_1970;
}

/**
 * sl_day_format:
 * @day: since 1970
 *
 * Returns: (transfer full): YYYY-MM-DD
 */
char *
sl_day_format (gint64 day)
{
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + JULIAN_1970));
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

/**
 * sl_day_parse:
 * @text: YYYY-MM-DD
 * @error: return location: BAD_INPUT
 *
 * Returns: the day since 1970, -1 for what is no date
 */
gint64
sl_day_parse (const char *text, GError **error)
{
  guint year, month, day;
  char rest;
  GDate date;
  if (strlen (text) == strlen ("YYYY-MM-DD") && sscanf (text, "%4u-%2u-%2u%c", &year, &month, &day, &rest) == 3
      && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year) && year >= 1990 && year < 2100)
    {
      g_date_clear (&date, 1);
      g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
      return (gint64) g_date_get_julian (&date) - JULIAN_1970;
    }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "not a date like 2026-03-02 between 1990 and 2099: %.20s", text);
  return -1;
}

/* A room's days are its location's. An instructor may teach at locations of several zones: what a session takes is
 * every date that it touches in any of them, so that two sessions at one time always have a date in common. */
static gboolean
read_zones (SlEngine *engine, SlDaysOf of, const SlId *location, GPtrArray *zones, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (engine->store,
                      "SELECT DISTINCT timezone FROM location WHERE timezone IS NOT NULL AND (?1 IS NULL OR id = ?1)",
                      "d", of == SL_DAYS_OF_ROOM ? location : NULL);
  while (sl_rows_next (rows))
    {
      GTimeZone *zone = sl_time_zone_new (sl_rows_text (rows, 0), NULL); /* one that this system lacks: the others do */
      if (zone != NULL)
        g_ptr_array_add (zones, zone);
    }
  return sl_rows_finish (rows, error);
}

static void
refuse_day (SlDaysOf of, const SlId *who, gint64 day, const SlId *holder, SlRefusal *out_refusal)
{
  char text[SL_ID_TEXT_BYTES];
  g_autofree char *date = sl_day_format (day);
  sl_refuse (out_refusal, SL_REFUSAL_NO_RIGHTS);
  sl_refusal_set_text (out_refusal, of == SL_DAYS_OF_ROOM ? "room" : "instructor", sl_id_format (who, text));
  sl_refusal_set_text (out_refusal, "date", date);
  sl_refusal_set_text (out_refusal, "holder", sl_id_format (holder, text));
}

/* sl_days_check: see the header. Who made somebody that nobody has told us of is not known: then nobody plans them. */
gboolean
sl_days_check (SlEngine *engine, SlDaysOf of, const SlId *who, const SlId *location, gint64 start_ms, gint64 end_ms,
               SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) zones = g_ptr_array_new_with_free_func ((GDestroyNotify) g_time_zone_unref);
  if (sl_id_is_none (who) || out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (!read_zones (engine, of, location, zones, error))
    return FALSE;
  for (guint i = 0; i < zones->len; i++)
    {
      gint64 last = sl_day_of (MAX (end_ms - 1, start_ms), zones->pdata[i]);
      for (gint64 day = sl_day_of (start_ms, zones->pdata[i]); day <= last; day++)
        {
          SlId holder;
          if (!sl_day_holder (engine->log, who, day, &holder, error))
            return FALSE;
          if (sl_id_equal (&holder, sl_oplog_get_replica (engine->log)))
            continue;
          refuse_day (of, who, day, &holder, out_refusal);
          return TRUE;
        }
    }
  return TRUE;
}
