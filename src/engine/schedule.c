/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule"

#include "engine/schedule-private.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/claim-queries.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/service.h"
#include "engine/staff.h"

#define NOTES_MAX_BYTES 1000
#define REASON_MAX_BYTES 400
/**
 * sl_session_params_init:
 * @params: (out caller-allocates): nothing named
 */
void
sl_session_params_init (SlSessionParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (SlSessionParams) { .start_ms = SL_NUMBER_NONE, .capacity = SL_NUMBER_NONE };
}

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session's %s", reason);
  return FALSE;
}

static gboolean
check_numbers (const SlSessionParams *params, GError **error)
{
  if (params->start_ms != SL_NUMBER_NONE && (params->start_ms < SL_TIME_MIN_MS || params->start_ms > SL_TIME_MAX_MS))
    return bad_input (error, "start is not between the years 2000 and 2100");
  if (params->capacity == SL_NUMBER_NONE || (params->capacity >= 0 && params->capacity <= SL_CAPACITY_MAX))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session's capacity is a number from 0 to %d", SL_CAPACITY_MAX);
  return FALSE;
}

static gboolean
clean_notes (const char *notes, char **out, GError **error)
{
  if (notes == NULL)
    return TRUE;
  *out = sl_text_clean ("the session's notes", notes, NOTES_MAX_BYTES, error);
  return *out != NULL;
}

/* A room of the session's location. */
static gboolean
check_room (SlEngine *engine, const SlId *room_id, const SlId *location, GError **error)
{
  if (room_id == NULL || sl_id_is_none (room_id))
    return TRUE;
  g_autoptr (SlRoom) room = sl_room_get (engine, room_id, error);
  if (room == NULL)
    return FALSE;
  return sl_id_equal (&room->location_id, location) || bad_input (error, "room is at another location");
}

static gboolean
check_instructor (SlEngine *engine, const SlId *instructor, SlRefusal *out_refusal, GError **error)
{
  if (instructor == NULL || sl_id_is_none (instructor))
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
find_overlap (SlEngine *engine, const char *sql, const SlId *who, const SlSession *planned, SlRefusalCode code,
              SlRefusal *out_refusal, GError **error)
{
  SlId other;
  char text[SL_ID_TEXT_BYTES];
  if (sl_id_is_none (who) || out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, sql, "diiid", who, planned->start_ms - SL_SESSION_LONGEST_MS,
                                            planned->end_ms, planned->start_ms, &planned->id);
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
  "AND (?5 IS NULL OR id <> ?5) ORDER BY start_ms LIMIT 1"
static gboolean
check_overlaps (SlEngine *engine, const SlSession *planned, SlRefusal *out_refusal, GError **error)
{
  return find_overlap (engine, "SELECT id FROM session WHERE instructor_id = ?1 " OVERLAPS, &planned->instructor_id,
                       planned, SL_REFUSAL_INSTRUCTOR_BUSY, out_refusal, error)
         && find_overlap (engine, "SELECT id FROM session WHERE room_id = ?1 " OVERLAPS, &planned->room_id, planned,
                          SL_REFUSAL_ROOM_BUSY, out_refusal, error);
}

/* This device plans the days of a session's instructor and of its room. */
static gboolean
check_days (SlEngine *engine, const SlSession *session, SlRefusal *out_refusal, GError **error)
{
  return sl_days_check (engine, SL_DAYS_OF_INSTRUCTOR, &session->instructor_id, &session->location_id,
                        session->start_ms, session->end_ms, out_refusal, error)
         && sl_days_check (engine, SL_DAYS_OF_ROOM, &session->room_id, &session->location_id, session->start_ms,
                           session->end_ms, out_refusal, error);
}

static SlId
id_or (const SlId *named, const SlId *otherwise)
{
  return named != NULL ? *named : *otherwise;
}

/* Everything but the actor: what the session will be, or a refusal. */
static gboolean
plan_new (SlEngine *engine, const SlSessionParams *params, SlSession *out_planned, gint64 *out_capacity,
          SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlService) service = sl_service_get (engine, params->service, error);
  if (service == NULL)
    return FALSE;
  if (!service->active)
    sl_refuse (out_refusal, SL_REFUSAL_SERVICE_INACTIVE);
  out_planned->service_id = service->id;
  out_planned->location_id = id_or (params->location, &engine->location);
  out_planned->instructor_id = id_or (params->instructor, &sl_id_none);
  out_planned->room_id = id_or (params->room, &sl_id_none);
  out_planned->start_ms = params->start_ms;
  out_planned->end_ms = params->start_ms + service->duration_min * SL_MINUTE_MS;
  *out_capacity = params->capacity != SL_NUMBER_NONE ? params->capacity : service->capacity;
  g_autoptr (SlLocation) location = sl_location_get (engine, &out_planned->location_id, error);
  return location != NULL && check_room (engine, &out_planned->room_id, &out_planned->location_id, error)
         && (out_refusal->code != SL_REFUSAL_NONE
             || check_instructor (engine, &out_planned->instructor_id, out_refusal, error))
         && check_overlaps (engine, out_planned, out_refusal, error)
         && check_days (engine, out_planned, out_refusal, error);
}

static SlFields *
fields_of (const SlSession *planned, const SlSessionParams *params, gboolean timed, const char *notes)
{
  SlFields *fields = sl_fields_new (SL_ENTITY_SESSION);
  sl_fields_set_id (fields, "service_id", &planned->service_id);
  sl_fields_set_id (fields, "location_id", &planned->location_id);
  if (!sl_id_is_none (&planned->room_id))
    sl_fields_set_id (fields, "room_id", &planned->room_id);
  if (!sl_id_is_none (&planned->instructor_id))
    sl_fields_set_id (fields, "instructor_id", &planned->instructor_id);
  if (timed)
    {
      sl_fields_set_int (fields, "start_ms", planned->start_ms);
      sl_fields_set_int (fields, "end_ms", planned->end_ms);
    }
  sl_fields_set_int (fields, "published", !params->draft);
  if (notes != NULL)
    sl_fields_set_text (fields, "notes", *notes != '\0' ? notes : NULL);
  return fields;
}

/* The rule goes before its first occurrence. */
static gboolean
write_occurrence (SlEngine *engine, const SlSession *planned, const SlFields *fields, int capacity,
                  SlSessionRule *rule, SlId *out_id, GError **error)
{
  const SlRecurrenceParams params = { .rrule = rule->rrule,
                                      .zone = rule->zone_name,
                                      .start_ms = rule->start_ms,
                                      .until_ms = rule->until_ms,
                                      .length_ms = planned->end_ms - planned->start_ms,
                                      .capacity = capacity,
                                      .fields = fields };
  return (!sl_id_is_none (&rule->id) || sl_op_recurrence_create (engine->log, &params, &rule->id, error))
         && sl_op_session_occurrence (engine->log, &rule->id, sl_day_of (planned->start_ms, rule->zone),
                                      planned->start_ms, out_id, error);
}

/**
 * sl_session_add:
 * @engine: the engine
 * @actor: who; instructors may add their own
 * @params: service and start have to be named; location: this device's, capacity: the service's, are the defaults
 * @out_id: (out): the new session; its rights are minted here, at this device
 * @out_refusal: (out): not_allowed, service_inactive, staff_inactive, instructor_busy, room_busy (both with session),
 * no_rights (instructor or room, date, holder): another device plans that day
 * @error: return location
 *
 * The session lasts as long as its service says. It is published unless @params says that it is a draft.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_session_add (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, SlId *out_id,
                SlRefusal *out_refusal, GError **error)
{
  return sl_session_add_one (engine, actor, params, NULL, out_id, out_refusal, error);
}

/* sl_session_add_one: see the header. Fails and refuses as sl_session_add(). */
gboolean
sl_session_add_one (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, SlSessionRule *rule,
                    SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlSession planned = { 0 };
  gint64 capacity;
  g_autofree char *notes = NULL;
  if (params->service == NULL || params->start_ms == SL_NUMBER_NONE)
    return bad_input (error, "service and start are needed");
  if (!check_numbers (params, error) || !clean_notes (params->notes, &notes, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  SlId where = id_or (params->location, &engine->location);
  gboolean own = params->instructor != NULL && sl_id_equal (params->instructor, &actor->id);
  if (!sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &where, own, out_refusal))
    return sl_command_refuse (engine, actor, "session add", out_refusal, error);
  if (!plan_new (engine, params, &planned, &capacity, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "session add", out_refusal, error);
  g_autoptr (SlFields) fields = fields_of (&planned, params, rule == NULL, notes);
  if (rule != NULL ? !write_occurrence (engine, &planned, fields, (int) capacity, rule, out_id, error)
                   : !sl_op_session_create (engine->log, fields, (int) capacity, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* Begins a change of a session. NULL with *out_decided: refused, and noted; NULL without: failed. */
static SlSession *
begin_change (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id, gboolean *out_decided,
              SlRefusal *out_refusal, GError **error)
{
  *out_decided = FALSE;
  if (!sl_command_begin (engine, actor, error))
    return NULL;
  g_autoptr (SlSession) session = sl_session_get (engine, id, error);
  if (session == NULL)
    {
      sl_command_fail (engine);
      return NULL;
    }
  gboolean own = sl_id_equal (&session->instructor_id, &actor->id);
  if (sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &session->location_id, own, out_refusal))
    {
      if (!session->cancelled)
        return g_steal_pointer (&session);
      sl_refuse (out_refusal, SL_REFUSAL_SESSION_CANCELLED);
    }
  *out_decided = sl_command_refuse (engine, actor, command, out_refusal, error);
  return NULL;
}

static gboolean
refuse_state (SlEngine *engine, const SlActor *actor, const char *command, const SlSession *session,
              SlRefusal *out_refusal, GError **error)
{
  sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (out_refusal, "state", sl_session_state_name (session->state));
  return sl_command_refuse (engine, actor, command, out_refusal, error);
}

static gboolean
write_edit (SlEngine *engine, const SlId *id, SlFields *fields, GError **error)
{
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* Capacity is a counter: what is written is the difference to what is known here, so that changes made apart add up. */
static gboolean
change_capacity (SlEngine *engine, const SlId *id, gint64 capacity, GError **error)
{
  SlSessionCount count;
  if (!sl_rights_count (engine->log, id, &count, error))
    return FALSE;
  return count.capacity == capacity
         || sl_op_session_capacity (engine->log, id, (int) (capacity - count.capacity), error);
}

/* What an edit makes of a session, checked as a new one would be. Who plans the days that it leaves and those that it
 * takes changes its hours, instructor and room, and nobody else at the same time. */
static gboolean
plan_edit (SlEngine *engine, const SlSessionParams *params, const SlSession *session, SlFields *fields,
           SlRefusal *out_refusal, GError **error)
{
  SlSession planned = *session; /* names are borrowed, and not freed through it */
  gint64 length_ms = session->end_ms - session->start_ms;
  planned.instructor_id = id_or (params->instructor, &session->instructor_id);
  planned.room_id = id_or (params->room, &session->room_id);
  if (params->start_ms != SL_NUMBER_NONE)
    {
      planned.start_ms = params->start_ms;
      planned.end_ms = params->start_ms + length_ms;
      sl_fields_set_int (fields, "start_ms", planned.start_ms);
      sl_fields_set_int (fields, "end_ms", planned.end_ms);
    }
  if (params->instructor != NULL)
    sl_fields_set_id (fields, "instructor_id", params->instructor);
  if (params->room != NULL)
    sl_fields_set_id (fields, "room_id", params->room);
  gboolean replanned = params->start_ms != SL_NUMBER_NONE || params->instructor != NULL || params->room != NULL;
  return check_room (engine, params->room, &session->location_id, error)
         && check_instructor (engine, params->instructor, out_refusal, error)
         && check_overlaps (engine, &planned, out_refusal, error)
         && (!replanned
             || (check_days (engine, session, out_refusal, error)
                 && check_days (engine, &planned, out_refusal, error)));
}

/**
 * sl_session_edit:
 * @engine: the engine
 * @actor: who; instructors may edit their own
 * @id: the session
 * @params: what is not named stays; its service and its location cannot be changed
 * @out_refusal: (out): not_allowed, session_cancelled, wrong_state (completed), staff_inactive, instructor_busy,
 * room_busy, no_rights (another device plans the day)
 * @error: return location
 *
 * A new start keeps the length. Bookings stay with the session.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_session_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlSessionParams *params,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  g_autofree char *notes = NULL;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  if (params->service != NULL || params->location != NULL)
    return bad_input (error, "service and location cannot be changed: cancel it and add another");
  if (!check_numbers (params, error) || !clean_notes (params->notes, &notes, error))
    return FALSE;
  if (notes != NULL)
    sl_fields_set_text (fields, "notes", *notes != '\0' ? notes : NULL);
  g_autoptr (SlSession) session = begin_change (engine, actor, "session edit", id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (session->state == SL_SESSION_COMPLETED)
    return refuse_state (engine, actor, "session edit", session, out_refusal, error);
  if (!plan_edit (engine, params, session, fields, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "session edit", out_refusal, error);
  if (params->capacity != SL_NUMBER_NONE && !change_capacity (engine, id, params->capacity, error))
    return sl_command_fail (engine);
  return write_edit (engine, id, fields, error);
}

/**
 * sl_session_publish:
 * @engine: the engine
 * @actor: who
 * @id: the session; one that is published already stays so
 * @out_refusal: (out): not_allowed, session_cancelled, wrong_state (its time is over)
 * @error: return location
 *
 * Opens it for booking; the rights were minted when it was made.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_session_publish (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  g_autoptr (SlSession) session = begin_change (engine, actor, "session publish", id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (!session->published && session->end_ms <= sl_engine_now_ms (engine))
    return refuse_state (engine, actor, "session publish", session, out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  if (!session->published)
    sl_fields_set_int (fields, "published", 1);
  return write_edit (engine, id, fields, error);
}

/* Claims of the session that still stand and that this device keeps, or took over. (element-type SlId) */
static GArray *
kept_claims (SlEngine *engine, const SlId *session, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id FROM claim WHERE session_id = ?1 AND release_why = 0 AND coalesce (keeper, creator, confirm_replica) IN "
    SL_SQL_HEIRS ("?2") " ORDER BY created_hlc, id",
    "dd", session, sl_oplog_get_replica (engine->log));
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * sl_session_cancel:
 * @engine: the engine
 * @actor: who
 * @id: the session, not over
 * @reason: (nullable): why
 * @out_released: (out): bookings and holds that were let go here
 * @out_refusal: (out): not_allowed, session_cancelled (it is already), wrong_state (completed)
 * @error: return location
 *
 * Final. What this device keeps is released in the same transaction, with everything back; what other devices keep they
 * release themselves, when what is due is run there.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_session_cancel (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason, guint *out_released,
                   SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_released != NULL && out_refusal != NULL,
                        FALSE);

  gboolean decided;
  *out_released = 0;
  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  g_autoptr (SlSession) session = begin_change (engine, actor, "session cancel", id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (session->state == SL_SESSION_COMPLETED)
    return refuse_state (engine, actor, "session cancel", session, out_refusal, error);
  g_autoptr (GArray) claims = kept_claims (engine, id, error);
  if (claims == NULL || !sl_op_session_cancel (engine->log, id, *clean != '\0' ? clean : NULL, error))
    return sl_command_fail (engine);
  for (guint i = 0; i < claims->len; i++)
    if (!sl_op_release (engine->log, &g_array_index (claims, SlId, i), SL_RELEASE_SESSION_CANCELLED, 100, NULL, error))
      return sl_command_fail (engine);
  *out_released = claims->len;
  return sl_command_commit (engine, error);
}

/**
 * sl_session_complete:
 * @engine: the engine
 * @actor: who
 * @id: the session; one that is completed already stays so
 * @out_refusal: (out): not_allowed, session_cancelled, wrong_state (not begun)
 * @error: return location
 *
 * A session is completed at its end by itself; this ends it now.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_session_complete (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  g_autoptr (SlSession) session = begin_change (engine, actor, "session complete", id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (session->state == SL_SESSION_DRAFT || session->state == SL_SESSION_PUBLISHED)
    return refuse_state (engine, actor, "session complete", session, out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  if (session->state == SL_SESSION_IN_PROGRESS)
    sl_fields_set_int (fields, "end_ms", sl_engine_now_ms (engine));
  return write_edit (engine, id, fields, error);
}

/**
 * sl_session_set_capacity:
 * @engine: the engine
 * @actor: who
 * @id: the session, not over
 * @capacity: spots; below what is taken it becomes a debt that this device pays before it books again
 * @out_refusal: (out): not_allowed, session_cancelled, wrong_state (completed)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_session_set_capacity (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 capacity,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  SlSessionParams params;
  sl_session_params_init (&params);
  params.capacity = capacity;
  if (!check_numbers (&params, error))
    return FALSE;
  g_autoptr (SlSession) session = begin_change (engine, actor, "session capacity", id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (session->state == SL_SESSION_COMPLETED)
    return refuse_state (engine, actor, "session capacity", session, out_refusal, error);
  if (!change_capacity (engine, id, capacity, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
