/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule"

#include "engine/schedule-private.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/claim-queries.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/staff.h"

/* What has to hold of a session as it is planned, whether it is new or changed. */

#define NOTES_MAX_BYTES 1000

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session's %s", reason);
  return FALSE;
}

/* sl_plan_check_numbers: start and capacity within their limits. */
gboolean
sl_plan_check_numbers (const SlSessionParams *params, GError **error)
{
  if (params->start_ms != SL_NUMBER_NONE && (params->start_ms < SL_TIME_MIN_MS || params->start_ms >= SL_TIME_MAX_MS))
    return bad_input (error, "start is not in the years 1990 to 2099");
  if (params->capacity == SL_NUMBER_NONE || (params->capacity >= 0 && params->capacity <= SL_CAPACITY_MAX))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session's capacity is a number from 0 to %d", SL_CAPACITY_MAX);
  return FALSE;
}

/* sl_plan_clean_notes: out: (nullable) (transfer full): NULL where none are named. */
gboolean
sl_plan_clean_notes (const char *notes, char **out, GError **error)
{
  if (notes == NULL)
    return TRUE;
  *out = sl_text_clean ("the session's notes", notes, NOTES_MAX_BYTES, error);
  return *out != NULL;
}

/* sl_plan_check_room: a room of the session's location that is in use. */
gboolean
sl_plan_check_room (SlEngine *engine, const SlId *room_id, const SlId *location, GError **error)
{
  if (room_id == NULL || sl_id_is_none (room_id))
    return TRUE;
  g_autoptr (SlRoom) room = sl_room_get (engine, room_id, error);
  if (room == NULL)
    return FALSE;
  if (!sl_id_equal (&room->location_id, location))
    return bad_input (error, "room is at another location");
  return room->active || bad_input (error, "room is no longer used");
}

/* sl_plan_check_instructor: somebody who is active. Refusals: staff_inactive. */
gboolean
sl_plan_check_instructor (SlEngine *engine, const SlId *instructor, SlRefusal *out_refusal, GError **error)
{
  if (instructor == NULL || sl_id_is_none (instructor) || out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlStaff) staff = sl_staff_get (engine, instructor, error);
  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    sl_refuse (out_refusal, SL_REFUSAL_STAFF_INACTIVE);
  return TRUE;
}

/* Finds another session that overlaps and has the same instructor or room. */
static gboolean
find_overlap (SlEngine *engine, const char *sql, const SlId *who, const SlSession *planned, const SlId *but_rule,
              gint64 from_day, SlRefusalCode code, SlRefusal *out_refusal, GError **error)
{
  SlId other;
  char text[SL_ID_TEXT_BYTES];
  if (sl_id_is_none (who) || out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, sql, "diiiddi", who,
                                            planned->start_ms - SL_SESSION_LONGEST_MS, planned->end_ms,
                                            planned->start_ms, &planned->id, but_rule, from_day);
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &other);
      sl_refuse (out_refusal, code);
      sl_refusal_set_text (out_refusal, "session", sl_id_format (&other, text));
    }
  return sl_rows_finish (rows, error);
}

/* Nobody teaches two sessions at once, no room holds two. Going by location keeps both within a day of the index. */
#define OVERLAPS \
  "AND location_id IN (SELECT id FROM location) AND start_ms BETWEEN ?2 AND ?3 - 1 AND end_ms > ?4 AND cancelled = 0 " \
  "AND (?5 IS NULL OR id <> ?5) AND (?6 IS NULL OR rule_id IS NOT ?6 OR rule_day < ?7) ORDER BY start_ms LIMIT 1"

/* sl_plan_check_overlaps: see the header. Refusals: instructor_busy, room_busy (session). */
gboolean
sl_plan_check_overlaps (SlEngine *engine, const SlSession *planned, const SlId *but_rule, gint64 from_day,
                        SlRefusal *out_refusal, GError **error)
{
  return find_overlap (engine, "SELECT id FROM session WHERE instructor_id = ?1 " OVERLAPS, &planned->instructor_id,
                       planned, but_rule, from_day, SL_REFUSAL_INSTRUCTOR_BUSY, out_refusal, error)
         && find_overlap (engine, "SELECT id FROM session WHERE room_id = ?1 " OVERLAPS, &planned->room_id, planned,
                          but_rule, from_day, SL_REFUSAL_ROOM_BUSY, out_refusal, error);
}

/* sl_plan_check_days: this device plans the days of its instructor and of its room. Refusals: no_rights. */
gboolean
sl_plan_check_days (SlEngine *engine, const SlSession *session, SlRefusal *out_refusal, GError **error)
{
  return sl_days_check (engine, SL_DAYS_OF_INSTRUCTOR, &session->instructor_id, &session->location_id,
                        session->start_ms, session->end_ms, out_refusal, error)
         && sl_days_check (engine, SL_DAYS_OF_ROOM, &session->room_id, &session->location_id, session->start_ms,
                           session->end_ms, out_refusal, error);
}
