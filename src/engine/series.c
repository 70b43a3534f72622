/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-series"

#include "engine/series.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/schedule-private.h"

/* Changing a session of a rule and those that follow it. Each is edited for itself, so bookings stay with it; what was
 * edited of one alone is left as it is, and what has begun does not change. All or nothing: everything is planned and
 * checked, against one another too, before the first is written. */

#define REASON_MAX_BYTES 400

typedef struct {
  SlSession *was;       /* borrowed from sessions */
  SlSession planned;    /* names are borrowed */
  gboolean begun;       /* in the way of others, and not changed itself */
} Occurrence;

typedef struct {
  const SlSessionParams *params;
  const char *notes;          /* (nullable) */
  const SlSession *first;
  GTimeZone *zone;
  gint64 days, time_of_day_ms; /* a new start: by how many days, and at what time */
  GPtrArray *sessions;        /* (element-type SlSession) */
  GArray *occurrences;        /* (element-type Occurrence) of those that are not cancelled */
} Series;

static void
series_clear (Series *series)
{
  g_clear_pointer (&series->zone, g_time_zone_unref);
  g_clear_pointer (&series->sessions, g_ptr_array_unref);
  g_clear_pointer (&series->occurrences, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Series, series_clear)

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session's %s", reason);
  return FALSE;
}

/**
 * sl_series_bits:
 * @params: what an edit names
 *
 * Returns: the same as bits of by_hand
 */
gint64
sl_series_bits (const SlSessionParams *params)
{
  g_return_val_if_fail (params != NULL, 0);

  return (params->start_ms != SL_NUMBER_NONE ? SL_BY_HAND_START : 0)
         | (params->instructor != NULL ? SL_BY_HAND_INSTRUCTOR : 0) | (params->room != NULL ? SL_BY_HAND_ROOM : 0)
         | (params->notes != NULL ? SL_BY_HAND_NOTES : 0)
         | (params->capacity != SL_NUMBER_NONE ? SL_BY_HAND_CAPACITY : 0);
}

/* What the edit changes of one: all of the one that was named, of the others what is not theirs alone. */
static gint64
bits_for (const Series *series, const SlSession *session)
{
  gint64 bits = sl_series_bits (series->params);
  return sl_id_equal (&session->id, &series->first->id) ? bits : bits & ~session->by_hand;
}

static gboolean
plan_one (const Series *series, const SlSession *session, SlSession *out, GError **error)
{
  gint64 bits = bits_for (series, session);
  *out = *session;
  if (bits & SL_BY_HAND_INSTRUCTOR)
    out->instructor_id = *series->params->instructor;
  if (bits & SL_BY_HAND_ROOM)
    out->room_id = *series->params->room;
  if (!(bits & SL_BY_HAND_START))
    return TRUE;
  if (sl_id_equal (&session->id, &series->first->id))
    out->start_ms = series->params->start_ms;
  else
    out->start_ms = sl_time_from_local ((sl_day_of (session->start_ms, series->zone) + series->days) * SL_DAY_MS
                                          + series->time_of_day_ms,
                                        series->zone);
  out->end_ms = out->start_ms + (session->end_ms - session->start_ms);
  return (out->start_ms >= SL_TIME_MIN_MS && out->start_ms < SL_TIME_MAX_MS)
         || bad_input (error, "start is not in the years 1990 to 2099");
}

/* The sessions of the rule from the first one's date on, and what the edit makes of them. */
static gboolean
plan_all (SlEngine *engine, const SlSession *first, Series *out, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine), start_ms = out->params->start_ms;
  out->first = first;
  out->zone = sl_location_zone (engine, &first->location_id, error);
  out->sessions = out->zone != NULL ? sl_session_list_rule (engine, &first->rule_id, first->rule_day, error) : NULL;
  out->occurrences = g_array_new (FALSE, TRUE, sizeof (Occurrence));
  if (out->sessions == NULL)
    return FALSE;
  if (start_ms != SL_NUMBER_NONE)
    {
      gint64 from = first->by_hand & SL_BY_HAND_START ? first->rule_day : sl_day_of (first->start_ms, out->zone);
      gint64 to = sl_day_of (start_ms, out->zone);
      out->days = to - from;
      out->time_of_day_ms = sl_time_to_local (start_ms, out->zone) - to * SL_DAY_MS;
    }
  for (guint i = 0; i < out->sessions->len; i++)
    {
      Occurrence one = { .was = out->sessions->pdata[i] };
      if (one.was->cancelled)
        continue;
      one.begun = one.was->start_ms <= now_ms;
      one.planned = *one.was;
      if (!one.begun && !plan_one (out, one.was, &one.planned, error))
        return FALSE;
      g_array_append_val (out->occurrences, one);
    }
  return TRUE;
}

static gboolean
is_replanned (const Occurrence *one)
{
  return one->was->start_ms != one->planned.start_ms
         || !sl_id_equal (&one->was->instructor_id, &one->planned.instructor_id)
         || !sl_id_equal (&one->was->room_id, &one->planned.room_id);
}

static gboolean
share (const SlId *a, const SlId *b)
{
  return !sl_id_is_none (a) && sl_id_equal (a, b);
}

/* Two of the series at once with one instructor or in one room: one of them keeps an edit of its own. */
static void
check_among (const Series *series, guint i, SlRefusal *refusal)
{
  const Occurrence *one = &g_array_index (series->occurrences, Occurrence, i);
  for (guint j = 0; j < series->occurrences->len && refusal->code == SL_REFUSAL_NONE; j++)
    {
      const SlSession *other = &g_array_index (series->occurrences, Occurrence, j).planned;
      char text[SL_ID_TEXT_BYTES];
      if (j == i || other->start_ms >= one->planned.end_ms || other->end_ms <= one->planned.start_ms)
        continue;
      if (share (&one->planned.instructor_id, &other->instructor_id))
        sl_refuse (refusal, SL_REFUSAL_INSTRUCTOR_BUSY);
      else if (share (&one->planned.room_id, &other->room_id))
        sl_refuse (refusal, SL_REFUSAL_ROOM_BUSY);
      if (refusal->code != SL_REFUSAL_NONE)
        sl_refusal_set_text (refusal, "session", sl_id_format (&other->id, text));
    }
}

static gboolean
may_change (const SlActor *actor, const SlSession *session, SlRefusal *refusal)
{
  gboolean own = sl_id_equal (&session->instructor_id, &actor->id);
  return sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &session->location_id, own, refusal);
}

static gboolean
check_all (SlEngine *engine, const SlActor *actor, const Series *series, SlRefusal *refusal, GError **error)
{
  const SlSession *first = series->first;
  if (!sl_plan_check_room (engine, series->params->room, &first->location_id, error)
      || !sl_plan_check_instructor (engine, series->params->instructor, refusal, error))
    return FALSE;
  for (guint i = 0; i < series->occurrences->len && refusal->code == SL_REFUSAL_NONE; i++)
    {
      const Occurrence *one = &g_array_index (series->occurrences, Occurrence, i);
      if (one->begun || !may_change (actor, one->was, refusal) || !is_replanned (one))
        continue;
      check_among (series, i, refusal);
      if (!sl_plan_check_overlaps (engine, &one->planned, &first->rule_id, first->rule_day, refusal, error)
          || !sl_plan_check_days (engine, one->was, refusal, error)
          || !sl_plan_check_days (engine, &one->planned, refusal, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_one (SlEngine *engine, const Series *series, const Occurrence *one, gboolean *out_changed, GError **error)
{
  const SlSession *planned = &one->planned, *was = one->was;
  gint64 bits = bits_for (series, was), by_hand = was->by_hand & ~bits;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  if (was->start_ms != planned->start_ms)
    {
      sl_fields_set_int (fields, "start_ms", planned->start_ms);
      sl_fields_set_int (fields, "end_ms", planned->end_ms);
    }
  if (!sl_id_equal (&was->instructor_id, &planned->instructor_id))
    sl_fields_set_id (fields, "instructor_id", &planned->instructor_id);
  if (!sl_id_equal (&was->room_id, &planned->room_id))
    sl_fields_set_id (fields, "room_id", &planned->room_id);
  if ((bits & SL_BY_HAND_NOTES) && g_strcmp0 (was->notes != NULL ? was->notes : "", series->notes) != 0)
    sl_fields_set_text (fields, "notes", *series->notes != '\0' ? series->notes : NULL);
  if (by_hand != was->by_hand) /* it goes with the others again */
    sl_fields_set_int (fields, "by_hand", by_hand);
  *out_changed = !sl_fields_is_empty (fields) || (bits & SL_BY_HAND_CAPACITY) != 0;
  return (sl_fields_is_empty (fields) || sl_op_edit (engine->log, &was->id, fields, error))
         && (!(bits & SL_BY_HAND_CAPACITY)
             || sl_session_write_capacity (engine, &was->id, series->params->capacity, error));
}

static GArray *
write_all (SlEngine *engine, const Series *series, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < series->occurrences->len; i++)
    {
      const Occurrence *one = &g_array_index (series->occurrences, Occurrence, i);
      gboolean changed = FALSE;
      if (!one->begun && !write_one (engine, series, one, &changed, error))
        return NULL;
      if (changed)
        g_array_append_val (ids, one->was->id);
    }
  return g_steal_pointer (&ids);
}

/* As sl_session_begin_change(), for a session that a rule has made. */
static SlSession *
begin_series (SlEngine *engine, const SlActor *actor, SlSessionDeed deed, const SlId *id, gboolean *out_decided,
              SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlSession) first = sl_session_begin_change (engine, actor, deed, id, out_decided, out_refusal, error);
  if (first == NULL || !sl_id_is_none (&first->rule_id))
    return g_steal_pointer (&first);
  (void) bad_input (error, "rule: it has none, no other follows it");
  sl_command_fail (engine);
  return NULL;
}

/**
 * sl_session_edit_following:
 * @engine: the engine
 * @actor: who; instructors may edit their own: all of them have to be
 * @id: a session that a rule has made, not begun
 * @params: what is not named stays; its service and its location cannot be changed
 * @out_ids: (out) (transfer full) (element-type SlId): the sessions that were changed, by their dates; %NULL when
 * refused
 * @out_refusal: (out): the first refusal of any of them: as sl_session_edit(), wrong_state also for one that has begun
 * @error: return location
 *
 * Changes it and those of its rule that come after it: not what is cancelled or has begun, and of each not what was
 * edited of it alone. A new start moves the others by as many days, to the same time of the location's day. All or
 * nothing.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT, also where the session has no rule
 */
gboolean
sl_session_edit_following (SlEngine *engine, const SlActor *actor, const SlId *id, const SlSessionParams *params,
                           GArray **out_ids, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL, FALSE);
  g_return_val_if_fail (out_ids != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  g_autofree char *notes = NULL;
  *out_ids = NULL;
  if (params->service != NULL || params->location != NULL)
    return bad_input (error, "service and location cannot be changed: cancel it and add another");
  if (!sl_plan_check_numbers (params, error) || !sl_plan_clean_notes (params->notes, &notes, error))
    return FALSE;
  g_autoptr (SlSession) first =
    begin_series (engine, actor, SL_SESSION_DO_EDIT_FOLLOWING, id, &decided, out_refusal, error);
  if (first == NULL)
    return decided;
  g_auto (Series) series = { .params = params, .notes = notes };
  if (!plan_all (engine, first, &series, error) || !check_all (engine, actor, &series, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "session edit", out_refusal, error);
  g_autoptr (GArray) ids = write_all (engine, &series, error);
  if (ids == NULL)
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out_ids = g_steal_pointer (&ids);
  return TRUE;
}

/**
 * sl_session_cancel_following:
 * @engine: the engine
 * @actor: who; instructors may cancel their own: all of them have to be
 * @id: a session that a rule has made, not over
 * @reason: (nullable): why
 * @out_ids: (out) (transfer full) (element-type SlId): the sessions that were cancelled, by their dates; %NULL when
 * refused
 * @out_released: (out): bookings and holds that were let go here
 * @out_refusal: (out): as sl_session_cancel()
 * @error: return location
 *
 * Cancels it and those of its rule that come after it and are not over, what was edited by hand too. All or nothing.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT, also where the session has no rule
 */
gboolean
sl_session_cancel_following (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                             GArray **out_ids, guint *out_released, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_ids != NULL, FALSE);
  g_return_val_if_fail (out_released != NULL && out_refusal != NULL, FALSE);

  gboolean decided;
  *out_ids = NULL;
  *out_released = 0;
  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  g_autoptr (SlSession) first = begin_series (engine, actor, SL_SESSION_DO_CANCEL, id, &decided, out_refusal, error);
  if (first == NULL)
    return decided;
  g_autoptr (GPtrArray) sessions = sl_session_list_rule (engine, &first->rule_id, first->rule_day, error);
  if (sessions == NULL)
    return sl_command_fail (engine);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *one = sessions->pdata[i];
      if (one->state == SL_SESSION_CANCELLED || one->state == SL_SESSION_COMPLETED)
        continue;
      if (!may_change (actor, one, out_refusal))
        return sl_command_refuse (engine, actor, "session cancel", out_refusal, error);
      g_array_append_val (ids, one->id);
    }
  for (guint i = 0; i < ids->len; i++)
    if (!sl_session_write_cancel (engine, &g_array_index (ids, SlId, i), clean, out_released, error))
      return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out_ids = g_steal_pointer (&ids);
  return TRUE;
}

/**
 * sl_session_clashes:
 * @engine: the engine
 * @id: a session
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlSessionClash): its bookings whose members have another booking in a session
 *   at that time; %NULL on failure
 */
GArray *
sl_session_clashes (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (GArray) clashes = g_array_new (FALSE, FALSE, sizeof (SlSessionClash));
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT coalesce (c.booking_id, c.id), c.member_id, coalesce (o.booking_id, o.id), o.session_id FROM session s "
    "CROSS JOIN claim c ON c.session_id = s.id CROSS JOIN claim o ON o.member_id = c.member_id "
    "CROSS JOIN session t ON t.id = o.session_id "
    "WHERE s.id = ? AND s.cancelled = 0 AND c.release_why = 0 AND c.confirm_hlc IS NOT NULL AND o.session_id <> s.id "
    "AND o.release_why = 0 AND o.confirm_hlc IS NOT NULL AND t.cancelled = 0 AND t.start_ms < s.end_ms "
    "AND t.end_ms > s.start_ms ORDER BY c.id, o.id",
    "d", id);
  while (sl_rows_next (rows))
    {
      SlSessionClash clash;
      sl_rows_id (rows, 0, &clash.booking_id);
      sl_rows_id (rows, 1, &clash.member_id);
      sl_rows_id (rows, 2, &clash.other_booking_id);
      sl_rows_id (rows, 3, &clash.other_session_id);
      g_array_append_val (clashes, clash);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&clashes) : NULL;
}
