/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-schedule-jobs"

#include "desk-schedule-jobs.h"

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/location.h"
#include "engine/recurrence.h"
#include "engine/roster.h"
#include "engine/series.h"
#include "engine/service.h"

#define WEEK_DAYS 7

static gint64
local_day (gint64 ms, GTimeZone *zone)
{
  gint64 local_ms = sl_time_to_local (ms, zone);

  return (local_ms - (((local_ms % SL_DAY_MS) + SL_DAY_MS) % SL_DAY_MS)) / SL_DAY_MS;
}

static int
local_minute (gint64 ms, GTimeZone *zone)
{
  return (int) ((sl_time_to_local (ms, zone) - local_day (ms, zone) * SL_DAY_MS) / SL_MINUTE_MS);
}

/* --- a week --- */

static SlScheduleSession *
session_of (SlEngine *engine, const SlActor *actor, SlSession *from, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (engine);
  SlScheduleSession *session;
  SlSessionCounts counts;
  g_auto (SlRefusal) refusal = { 0 };

  if (!sl_session_counts (engine, &from->id, &counts, error))
    return NULL;
  session = g_new0 (SlScheduleSession, 1);
  *session = (SlScheduleSession) {
    .id = from->id,
    .service_id = from->service_id,
    .room_id = from->room_id,
    .instructor_id = from->instructor_id,
    .name = g_steal_pointer (&from->service_name),
    .room = g_steal_pointer (&from->room_name),
    .instructor = g_steal_pointer (&from->instructor_name),
    .start_ms = from->start_ms,
    .end_ms = from->end_ms,
    .day = local_day (from->start_ms, zone),
    .minute = local_minute (from->start_ms, zone),
    .capacity = counts.capacity,
    .booked = counts.confirmed + counts.held + counts.override_spots,
    .waiting = counts.waitlisted,
    .state = from->state,
    .may_change = sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &from->location_id,
                                         sl_id_equal (&from->instructor_id, &actor->id), &refusal),
  };
  return session;
}

static void
add_choice (GPtrArray *choices, const SlId *id, const char *name)
{
  SlScheduleChoice *choice = g_new0 (SlScheduleChoice, 1);

  choice->id = *id;
  choice->name = g_strdup (name);
  g_ptr_array_add (choices, choice);
}

static gboolean
read_services (SlEngine *engine, const SlId *location, SlScheduleWeek *week, GError **error)
{
  g_autoptr (GPtrArray) services = sl_service_list (engine, error);

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const SlService *service = services->pdata[i];
      SlScheduleChoice *choice;

      if (!service->active || !sl_service_is_offered_at (service, location))
        continue;
      add_choice (week->services, &service->id, service->name);
      choice = week->services->pdata[week->services->len - 1];
      choice->duration_min = service->duration_min;
      choice->capacity = service->capacity;
      choice->instructor_id = service->instructor_id;
    }
  return services != NULL;
}

static gboolean
read_rooms (SlEngine *engine, const SlId *location, SlScheduleWeek *week, GError **error)
{
  g_autoptr (GPtrArray) rooms = sl_room_list (engine, location, error);

  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    if (((const SlRoom *) rooms->pdata[i])->active)
      add_choice (week->rooms, &((const SlRoom *) rooms->pdata[i])->id, ((const SlRoom *) rooms->pdata[i])->name);
  return rooms != NULL;
}

static gboolean
works_at (const SlStaff *staff, const SlId *location)
{
  for (guint i = 0; staff->locations != NULL && i < staff->locations->len; i++)
    if (sl_id_equal (&g_array_index (staff->locations, SlId, i), location))
      return TRUE;
  return staff->locations == NULL;
}

/* Whose work it is first, then all others: in a small studio everybody teaches. An instructor plans themselves. */
static gboolean
read_instructors (SlEngine *engine, const SlActor *actor, const SlId *location, SlScheduleWeek *week,
                  SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) staff = NULL;

  if (!sl_staff_list (engine, actor, &staff, out_refusal, error))
    return FALSE;
  for (int others = 0; staff != NULL && others <= 1; others++)
    for (guint i = 0; i < staff->len; i++)
      {
        const SlStaff *one = staff->pdata[i];

        if (one->active && works_at (one, location) && (one->role != SL_ROLE_INSTRUCTOR) == others
            && (!week->own || sl_id_equal (&one->id, &actor->id)))
          add_choice (week->instructors, &one->id, one->name);
      }
  return TRUE;
}

static gboolean
read_sessions (SlEngine *engine, const SlActor *actor, const SlId *location, SlScheduleWeek *week, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (engine);
  gint64 from_ms = sl_time_from_local (week->first_day * SL_DAY_MS, zone);
  gint64 to_ms = sl_time_from_local ((week->first_day + WEEK_DAYS) * SL_DAY_MS, zone);
  g_autoptr (GPtrArray) sessions = sl_session_list (engine, location, from_ms, to_ms, error);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      SlSession *from = sessions->pdata[i];
      SlScheduleSession *session;

      if (week->own && !sl_id_equal (&from->instructor_id, &actor->id))
        continue;
      session = session_of (engine, actor, from, error);
      if (session == NULL)
        return FALSE;
      g_ptr_array_add (week->sessions, session);
    }
  return sessions != NULL;
}

/**
 * sl_schedule_read:
 *
 * A week at this device's location, and what a class can be made of; an instructor's: with their own classes alone.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_schedule_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                  SlRefusal *out_refusal, GError **error)
{
  const int *step = request;
  GTimeZone *zone = sl_engine_time_zone (engine);
  SlScheduleWeek *week = sl_schedule_week_new ();
  g_auto (SlRefusal) may_not = { 0 };
  SlId location;
  gboolean done;

  sl_engine_get_location (engine, &location);
  week->now_ms = sl_engine_now_ms (engine);
  week->today = local_day (week->now_ms, zone);
  week->minute = local_minute (week->now_ms, zone);
  week->first_day = week->today - (sl_weekday_of (week->today) - 1) + (gint64) *step * WEEK_DAYS;
  week->own = actor->role == SL_ROLE_INSTRUCTOR;
  week->may_add = sl_actor_may_with_own (actor, SL_ACTION_CHANGE_SCHEDULE, &location, TRUE, &may_not);
  done = read_sessions (engine, actor, &location, week, error) && read_services (engine, &location, week, error)
         && read_rooms (engine, &location, week, error)
         && read_instructors (engine, actor, &location, week, out_refusal, error);
  if (!done || out_refusal->code != SL_REFUSAL_NONE)
    sl_schedule_week_unref (week);
  else
    *out_result = week;
  return done;
}

/* --- one class --- */

/**
 * sl_schedule_look_free:
 * @look: (nullable) (transfer full): to be freed
 */
void
sl_schedule_look_free (gpointer look)
{
  if (look == NULL)
    return;
  sl_schedule_session_free (((SlScheduleLook *) look)->session);
  g_free (look);
}

/* Whose place goes: who is booked, or holds a place, or waits for one. */
static gboolean
count_bookings (SlEngine *engine, const SlActor *actor, const SlId *session, guint *out, SlRefusal *out_refusal,
                GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  SlSessionCounts counts;

  if (!sl_session_counts (engine, session, &counts, error)
      || !sl_roster_list (engine, actor, session, FALSE, &items, out_refusal, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    *out += sl_id_is_none (&((const SlRosterItem *) items->pdata[i])->booking_id) ? 0 : 1;
  *out += (guint) counts.waitlisted;
  return TRUE;
}

/* Those of the rule that an edit of this one and the following would change, too. */
static gboolean
look_further (SlEngine *engine, const SlActor *actor, const SlSession *session, gboolean counts, SlScheduleLook *look,
              SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) sessions = NULL;

  if (sl_id_is_none (&session->rule_id))
    return TRUE;
  sessions = sl_session_list_rule (engine, &session->rule_id, session->rule_day, error);
  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len && out_refusal->code == SL_REFUSAL_NONE; i++)
    {
      const SlSession *other = sessions->pdata[i];

      if (sl_id_equal (&other->id, &session->id)
          || (other->state != SL_SESSION_DRAFT && other->state != SL_SESSION_PUBLISHED))
        continue;
      look->following++;
      if (counts && !count_bookings (engine, actor, &other->id, &look->bookings_following, out_refusal, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_schedule_look:
 *
 * One class as it is now, and what hangs on it.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_schedule_look (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                  SlRefusal *out_refusal, GError **error)
{
  const SlScheduleLookWanted *wanted = request;
  g_autoptr (SlSession) session = sl_session_get (engine, &wanted->session, error);
  SlScheduleLook *look;
  gboolean done;

  if (session == NULL)
    return FALSE;
  look = g_new0 (SlScheduleLook, 1);
  done = (!wanted->counts
          || count_bookings (engine, actor, &wanted->session, &look->bookings, out_refusal, error))
         && look_further (engine, actor, session, wanted->counts, look, out_refusal, error)
         && (look->session = session_of (engine, actor, session, error)) != NULL;
  if (!done || out_refusal->code != SL_REFUSAL_NONE)
    sl_schedule_look_free (look);
  else
    *out_result = look;
  return done;
}

/* --- saving --- */

/**
 * sl_schedule_saved_free:
 * @saved: (nullable) (transfer full): to be freed
 */
void
sl_schedule_saved_free (gpointer saved)
{
  if (saved == NULL)
    return;
  g_free (((SlScheduleSaved *) saved)->name);
  g_free (saved);
}

/**
 * sl_schedule_fields_changed:
 * @from: a plan
 * @to: a plan
 *
 * Returns: bits of #SlScheduleField: in what they differ
 */
guint
sl_schedule_fields_changed (const SlSchedulePlan *from, const SlSchedulePlan *to)
{
  return (from->day != to->day || from->minute != to->minute ? SL_SCHEDULE_START : 0)
         | (sl_id_equal (&from->instructor_id, &to->instructor_id) ? 0 : SL_SCHEDULE_INSTRUCTOR)
         | (sl_id_equal (&from->room_id, &to->room_id) ? 0 : SL_SCHEDULE_ROOM)
         | (from->capacity != to->capacity ? SL_SCHEDULE_PLACES : 0);
}

static gboolean
add (SlEngine *engine, const SlActor *actor, const SlSchedulePlan *plan, SlSessionParams *params, GArray **out_ids,
     SlRefusal *out_refusal, GError **error)
{
  g_autofree char *rule = g_strdup_printf ("FREQ=WEEKLY;COUNT=%d", plan->weeks + 1);
  SlId id;

  params->service = &plan->service_id;
  params->draft = plan->draft;
  if (plan->weeks > 0)
    return sl_session_add_by_rule (engine, actor, params, rule, 0, out_ids, out_refusal, error);
  if (!sl_session_add (engine, actor, params, &id, out_refusal, error))
    return FALSE;
  *out_ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (*out_ids, id);
  return TRUE;
}

static gboolean
edit (SlEngine *engine, const SlActor *actor, const SlScheduleSave *save, const SlSessionParams *params,
      GArray **out_ids, SlRefusal *out_refusal, GError **error)
{
  if (save->following)
    return sl_session_edit_following (engine, actor, &save->session, params, out_ids, out_refusal, error);
  if (!sl_session_edit (engine, actor, &save->session, params, out_refusal, error))
    return FALSE;
  *out_ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (*out_ids, save->session);
  return TRUE;
}

/* Which class is in the way: people look for it by its name. */
static gboolean
name_other (SlEngine *engine, SlRefusal *refusal, GError **error)
{
  const char *text = sl_refusal_get_text (refusal, "session");
  g_autoptr (SlSession) other = NULL;
  g_autoptr (GError) failure = NULL;
  SlId id;

  if (text == NULL || !sl_id_parse (text, &id))
    return TRUE;
  other = sl_session_find (engine, &id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (other == NULL)
    return TRUE;
  sl_refusal_set_text (refusal, "class", other->service_name != NULL ? other->service_name : "");
  sl_refusal_set_int (refusal, "start_ms", other->start_ms);
  return TRUE;
}

static gboolean
tell (SlEngine *engine, GArray *ids, gboolean counts_clashes, SlScheduleSaved *saved, GError **error)
{
  saved->sessions = ids->len;
  for (guint i = 0; i < ids->len; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      g_autoptr (SlSession) session = i == 0 ? sl_session_get (engine, id, error) : NULL;
      g_autoptr (GArray) clashes = NULL;

      if (i == 0 && session == NULL)
        return FALSE;
      if (i == 0)
        {
          saved->name = g_strdup (session->service_name);
          saved->start_ms = session->start_ms;
        }
      if (!counts_clashes)
        continue;
      clashes = sl_session_clashes (engine, id, error);
      if (clashes == NULL)
        return FALSE;
      saved->clashes += clashes->len;
    }
  return TRUE;
}

/**
 * sl_schedule_save:
 *
 * Makes a class, and one each week after it, or changes one and those that follow it.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_schedule_save (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                  SlRefusal *out_refusal, GError **error)
{
  const SlScheduleSave *save = request;
  const SlSchedulePlan *plan = &save->plan;
  gboolean is_new = sl_id_is_none (&save->session);
  guint fields = is_new ? G_MAXUINT : save->fields;
  g_autoptr (GArray) ids = NULL;
  SlSessionParams params;
  SlScheduleSaved *saved;
  gboolean decided;

  sl_session_params_init (&params);
  if (fields & SL_SCHEDULE_START)
    params.start_ms = sl_time_from_local (plan->day * SL_DAY_MS + plan->minute * SL_MINUTE_MS,
                                          sl_engine_time_zone (engine));
  if (fields & SL_SCHEDULE_INSTRUCTOR)
    params.instructor = &plan->instructor_id;
  if (fields & SL_SCHEDULE_ROOM)
    params.room = &plan->room_id;
  if (fields & SL_SCHEDULE_PLACES)
    params.capacity = plan->capacity;
  decided = is_new ? add (engine, actor, plan, &params, &ids, out_refusal, error)
                   : edit (engine, actor, save, &params, &ids, out_refusal, error);
  if (!decided)
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return name_other (engine, out_refusal, error);
  saved = g_new0 (SlScheduleSaved, 1);
  if (!tell (engine, ids, (fields & SL_SCHEDULE_START) != 0 && !is_new, saved, error))
    {
      sl_schedule_saved_free (saved);
      return FALSE;
    }
  *out_result = saved;
  return TRUE;
}

/* --- cancelling, publishing --- */

/**
 * sl_schedule_cancel_free:
 * @cancel: (nullable) (transfer full): to be freed
 */
void
sl_schedule_cancel_free (gpointer cancel)
{
  if (cancel == NULL)
    return;
  g_free (((SlScheduleCancel *) cancel)->reason);
  g_free (cancel);
}

/**
 * sl_schedule_cancel:
 *
 * Cancels a class, and those that follow it, with everything back.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_schedule_cancel (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                    SlRefusal *out_refusal, GError **error)
{
  const SlScheduleCancel *cancel = request;
  g_autoptr (GArray) ids = NULL;
  guint released = 0, sessions = 1;
  gboolean decided;

  if (cancel->following)
    decided = sl_session_cancel_following (engine, actor, &cancel->session, cancel->reason, &ids, &released,
                                           out_refusal, error);
  else
    decided = sl_session_cancel (engine, actor, &cancel->session, cancel->reason, &released, out_refusal, error);
  if (!decided || out_refusal->code != SL_REFUSAL_NONE)
    return decided;
  if (ids != NULL)
    sessions = ids->len;
  *out_result = g_memdup2 (&sessions, sizeof sessions);
  return TRUE;
}

/**
 * sl_schedule_publish:
 *
 * Opens a draft for booking.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_schedule_publish (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                     SlRefusal *out_refusal, GError **error)
{
  return sl_session_publish (engine, actor, request, out_refusal, error);
}
