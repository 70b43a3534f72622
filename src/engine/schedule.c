/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule"

#include "engine/schedule-private.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/claim-queries.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/series.h"
#include "engine/service.h"
#include "engine/waitlist.h"

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

static SlId
id_or (const SlId *named, const SlId *otherwise)
{
  return named != NULL ? *named : *otherwise;
}

/* What the session will be, by what is named and by its service, and who has to be asked for it. */
static gboolean
plan_new (SlEngine *engine, const SlSessionParams *params, SlService *service, SlSession *out_planned,
          gint64 *out_capacity, GError **error)
{
  out_planned->service_id = service->id;
  out_planned->location_id = id_or (params->location, &engine->location);
  out_planned->instructor_id = id_or (params->instructor, &service->instructor_id);
  out_planned->room_id = id_or (params->room, &sl_id_none);
  out_planned->start_ms = params->start_ms;
  out_planned->end_ms = params->start_ms + service->duration_min * SL_MINUTE_MS;
  *out_capacity = params->capacity != SL_NUMBER_NONE ? params->capacity : service->capacity;
  g_autoptr (SlLocation) location = sl_location_get (engine, &out_planned->location_id, error);
  if (location == NULL)
    return FALSE;
  return sl_service_is_offered_at (service, &location->id)
         || bad_input (error, "service is not offered at this location");
}

static gboolean
check_new (SlEngine *engine, const SlService *service, const SlSession *planned, SlRefusal *out_refusal,
           GError **error)
{
  if (!service->active)
    sl_refuse (out_refusal, SL_REFUSAL_SERVICE_INACTIVE);
  return sl_plan_check_room (engine, &planned->room_id, &planned->location_id, error)
         && sl_plan_check_instructor (engine, &planned->instructor_id, out_refusal, error)
         && sl_plan_check_overlaps (engine, planned, NULL, 0, out_refusal, error)
         && sl_plan_check_days (engine, planned, out_refusal, error);
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
 * @params: service and start have to be named; location: this device's, capacity and instructor: the service's, are the
 * defaults
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
  if (!sl_plan_check_numbers (params, error) || !sl_plan_clean_notes (params->notes, &notes, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlService) service = sl_service_get (engine, params->service, error);
  if (service == NULL || !plan_new (engine, params, service, &planned, &capacity, error))
    return sl_command_fail (engine);
  gboolean own = sl_id_equal (&planned.instructor_id, &actor->id);
  if (!sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &planned.location_id, own, out_refusal))
    return sl_command_refuse (engine, actor, "session add", out_refusal, error);
  if (!check_new (engine, service, &planned, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "session add", out_refusal, error);
  g_autoptr (SlFields) fields = fields_of (&planned, params, rule == NULL, notes);
  if (rule != NULL ? !write_occurrence (engine, &planned, fields, (int) capacity, rule, out_id, error)
                   : !sl_op_session_create (engine->log, fields, (int) capacity, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* sl_session_begin_change: see the header. */
SlSession *
sl_session_begin_change (SlEngine *engine, const SlActor *actor, SlSessionDeed deed, const SlId *id,
                         gboolean *out_decided, SlRefusal *out_refusal, GError **error)
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
  if (sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &session->location_id, own, out_refusal)
      && sl_session_deed_fits (deed, session->state, out_refusal))
    return g_steal_pointer (&session);
  *out_decided = sl_command_refuse (engine, actor, sl_session_deed_name (deed), out_refusal, error);
  return NULL;
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
  if (count.capacity == capacity)
    return TRUE;
  gint64 offered = 0;
  return sl_op_session_capacity (engine->log, id, (int) (capacity - count.capacity), error)
         && sl_waitlist_promote (engine, id, sl_engine_now_ms (engine), &offered, error);
}

/* sl_session_write_capacity: see the header. */
gboolean
sl_session_write_capacity (SlEngine *engine, const SlId *id, gint64 capacity, GError **error)
{
  return change_capacity (engine, id, capacity, error);
}

/* An occurrence of a rule remembers what was edited of it alone. */
static void
mark_by_hand (const SlSession *session, gint64 bits, SlFields *fields)
{
  if (!sl_id_is_none (&session->rule_id) && (session->by_hand | bits) != session->by_hand)
    sl_fields_set_int (fields, "by_hand", session->by_hand | bits);
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
  /* Bookings have been judged by the start that was: absences, and whose time in the queue is over. */
  if (params->start_ms != SL_NUMBER_NONE && params->start_ms != session->start_ms
      && session->state == SL_SESSION_IN_PROGRESS)
    {
      sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (out_refusal, "state", sl_session_state_name (session->state));
      return TRUE;
    }
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
  return sl_plan_check_room (engine, params->room, &session->location_id, error)
         && sl_plan_check_instructor (engine, params->instructor, out_refusal, error)
         && sl_plan_check_overlaps (engine, &planned, NULL, 0, out_refusal, error)
         && (!replanned
             || (sl_plan_check_days (engine, session, out_refusal, error)
                 && sl_plan_check_days (engine, &planned, out_refusal, error)));
}

/**
 * sl_session_edit:
 * @engine: the engine
 * @actor: who; instructors may edit their own
 * @id: the session
 * @params: what is not named stays; its service and its location cannot be changed
 * @out_refusal: (out): not_allowed, session_cancelled, wrong_state (completed; begun, for another start),
 * staff_inactive, instructor_busy, room_busy, no_rights (another device plans the day)
 * @error: return location
 *
 * A new start keeps the length. Bookings stay with the session; whose members are elsewhere at the new time,
 * sl_session_clashes() tells. Of an occurrence of a rule, what is edited here is not changed with the others later.
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
  if (!sl_plan_check_numbers (params, error) || !sl_plan_clean_notes (params->notes, &notes, error))
    return FALSE;
  if (notes != NULL)
    sl_fields_set_text (fields, "notes", *notes != '\0' ? notes : NULL);
  g_autoptr (SlSession) session =
    sl_session_begin_change (engine, actor, SL_SESSION_DO_EDIT, id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (!plan_edit (engine, params, session, fields, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "session edit", out_refusal, error);
  mark_by_hand (session, sl_series_bits (params), fields);
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
  g_autoptr (SlSession) session =
    sl_session_begin_change (engine, actor, SL_SESSION_DO_PUBLISH, id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (!session->published && session->end_ms <= sl_engine_now_ms (engine))
    {
      sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (out_refusal, "state", sl_session_state_name (session->state));
      return sl_command_refuse (engine, actor, "session publish", out_refusal, error);
    }
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  if (!session->published)
    sl_fields_set_int (fields, "published", 1);
  return write_edit (engine, id, fields, error);
}

/* Claims of the session that still stand and that this device keeps, or took over, with what they are by the clock;
 * those of people who did not come, too: they stood to the end. (element-type SlClaim) */
static GArray *
kept_claims (SlEngine *engine, const SlId *session, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_session (engine, session, sl_engine_now_ms (engine), error);
  for (guint i = claims != NULL ? claims->len : 0; i > 0; i--)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i - 1);
      gboolean here;
      if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error))
        return NULL;
      if (!here || (claim->release_why & ~(guint) SL_RELEASE_NO_SHOW) != 0)
        g_array_remove_index (claims, i - 1);
    }
  return g_steal_pointer (&claims);
}

/* Everything back, to those too who have not come: the studio's own cancellation always refunds in full. What had run
 * out has run out, as if it had been written. */
static gboolean
release_cancelled (SlEngine *engine, const SlClaim *claim, GError **error)
{
  if (claim->status == SL_BOOKING_EXPIRED)
    return sl_op_release (engine->log, &claim->id, SL_RELEASE_EXPIRED, 100, NULL, error);
  return sl_op_release (engine->log, &claim->id, SL_RELEASE_SESSION_CANCELLED, 100, NULL, error);
}

/* sl_session_write_cancel: with everything back for what this device keeps. out_released: (inout): added to. */
gboolean
sl_session_write_cancel (SlEngine *engine, const SlId *id, const char *reason, guint *out_released, GError **error)
{
  g_autoptr (GArray) claims = kept_claims (engine, id, error);
  if (claims == NULL || !sl_op_session_cancel (engine->log, id, *reason != '\0' ? reason : NULL, error))
    return FALSE;
  for (guint i = 0; i < claims->len; i++)
    if (!release_cancelled (engine, &g_array_index (claims, SlClaim, i), error))
      return FALSE;
  *out_released += claims->len;
  return TRUE;
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
  g_autoptr (SlSession) session =
    sl_session_begin_change (engine, actor, SL_SESSION_DO_CANCEL, id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  if (!sl_session_write_cancel (engine, id, clean, out_released, error))
    return sl_command_fail (engine);
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
  g_autoptr (SlSession) session =
    sl_session_begin_change (engine, actor, SL_SESSION_DO_COMPLETE, id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
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
  if (!sl_plan_check_numbers (&params, error))
    return FALSE;
  g_autoptr (SlSession) session =
    sl_session_begin_change (engine, actor, SL_SESSION_DO_CAPACITY, id, &decided, out_refusal, error);
  if (session == NULL)
    return decided;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  mark_by_hand (session, SL_BY_HAND_CAPACITY, fields);
  if (!change_capacity (engine, id, capacity, error))
    return sl_command_fail (engine);
  return write_edit (engine, id, fields, error);
}
