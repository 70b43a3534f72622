/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-load"

#include "desk-today-private.h"

#include "desk-member-data.h"

#include "core/datetime.h"
#include "core/error.h"
#include "engine/member.h"
#include "engine/note.h"
#include "engine/roster.h"
#include "engine/schedule.h"
#include "engine/waitlist.h"

#define MEMBERS_MAX 8 /* whoever is not among them types another letter */
#define NOTES_MAX 10 /* of a session: the latest */

/* On the engine's thread. */

static char *
join_names (GPtrArray *names)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) names->pdata[i]);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static SlTodayPerson *
person_of (SlRosterItem *item)
{
  SlTodayPerson *person = g_new0 (SlTodayPerson, 1);

  *person = (SlTodayPerson) {
    .booking_id = item->booking_id,
    .member_id = item->member_id,
    .name = g_steal_pointer (&item->member_name),
    .guests = join_names (item->guests),
    .status = item->status,
    .spots = item->spots,
    .spots_in = item->spots_in,
    .checked_in_ms = item->checked_in_ms,
    .expires_ms = item->expires_ms,
    .came_late = item->late,
    .beside = item->override,
    .marks = (item->owed_hundredths > 0 ? SL_TODAY_MARK_UNPAID : 0) | (item->needs_parq ? SL_TODAY_MARK_PARQ : 0)
             | (item->unknown ? SL_TODAY_MARK_UNKNOWN : 0),
  };
  return person;
}

static SlTodayPerson *
waiting_person (SlWaiting *waiting, int position)
{
  SlTodayPerson *person = g_new0 (SlTodayPerson, 1);

  *person = (SlTodayPerson) { .booking_id = waiting->booking_id,
                              .member_id = waiting->member_id,
                              .name = g_steal_pointer (&waiting->member_name),
                              .status = SL_BOOKING_WAITLISTED,
                              .spots = waiting->spots,
                              .position = position };
  return person;
}

/* Those who have a place, by name as the roster gives them; then who was offered one; then the queue, which is not
 * on the roster. */
static void
add_people (GPtrArray *items, GPtrArray *queue, SlTodaySession *session)
{
  for (int offered = 0; offered <= 1; offered++)
    for (guint i = 0; i < items->len; i++)
      if ((((SlRosterItem *) items->pdata[i])->status == SL_BOOKING_OFFERED) == offered)
        sl_today_session_add (session, person_of (items->pdata[i]));
  for (guint i = 0; queue != NULL && i < queue->len; i++)
    sl_today_session_add (session, waiting_person (queue->pdata[i], (int) i + 1));
}

static gboolean
read_people (SlEngine *engine, const SlActor *actor, SlTodaySession *session, gint64 waitlisted,
             SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) queue = NULL;

  if (!sl_roster_list (engine, actor, &session->id, FALSE, &items, out_refusal, error))
    return FALSE;
  if (out_refusal->code == SL_REFUSAL_NONE && waitlisted > 0
      && !sl_waitlist_list (engine, actor, &session->id, &queue, out_refusal, error))
    return FALSE;
  if (out_refusal->code == SL_REFUSAL_NONE)
    add_people (items, queue, session);
  return TRUE;
}

static const char *
name_in (const SlTodaySession *session, const SlId *member)
{
  for (guint i = 0; i < session->people->len; i++)
    {
      const SlTodayPerson *person = session->people->pdata[i];

      if (sl_id_equal (&person->member_id, member))
        return person->name;
    }
  return NULL;
}

static gboolean
read_notes (SlEngine *engine, const SlActor *actor, SlTodaySession *session, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) notes = NULL;

  if (!session->may_note)
    return TRUE;
  if (!sl_note_list (engine, actor, NULL, &session->id, &notes, out_refusal, error))
    return FALSE;
  for (guint i = 0; notes != NULL && i < MIN (notes->len, NOTES_MAX); i++)
    {
      SlNote *from = notes->pdata[i];
      SlTodayNote *note = g_new0 (SlTodayNote, 1);

      g_ptr_array_add (session->notes, note);
      note->text = g_steal_pointer (&from->text);
      note->at_ms = from->at_ms;
      note->about = sl_id_is_none (&from->member_id) ? NULL : g_strdup (name_in (session, &from->member_id));
      if (!sl_desk_read_staff_name (engine, &from->actor, &note->who, error))
        return FALSE;
    }
  return TRUE;
}

static void
read_rights (const SlActor *actor, const SlSession *from, SlTodaySession *session)
{
  gboolean own = sl_id_equal (&from->instructor_id, &actor->id);
  const struct {
    SlAction action;
    gboolean *may;
  } asked[] = {
    { SL_ACTION_CHECK_IN, &session->may_check_in },
    { SL_ACTION_OVERRIDE_LATE, &session->may_undo },
    { SL_ACTION_CANCEL_ANY, &session->may_cancel },
    { SL_ACTION_CHANGE_SCHEDULE, &session->may_change },
    { SL_ACTION_BOOK_FOR_MEMBER, &session->may_book },
    { SL_ACTION_WRITE_NOTES, &session->may_note },
  };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_auto (SlRefusal) refusal = { 0 };

      *asked[i].may = sl_actor_may_with_own (actor, asked[i].action, &from->location_id, own, &refusal);
    }
}

static SlTodaySession *
session_of (SlSession *from, const SlSessionCounts *counts, gint64 now_ms)
{
  SlTodaySession *session = sl_today_session_new ();

  session->id = from->id;
  session->name = g_steal_pointer (&from->service_name);
  session->room = g_steal_pointer (&from->room_name);
  session->instructor = g_steal_pointer (&from->instructor_name);
  session->start_ms = from->start_ms;
  session->end_ms = from->end_ms;
  session->cancelled = from->state == SL_SESSION_CANCELLED;
  session->draft = from->state == SL_SESSION_DRAFT;
  session->begun = now_ms >= from->start_ms;
  session->over = from->state == SL_SESSION_COMPLETED;
  session->capacity = (int) counts->capacity;
  session->booked = (int) (counts->confirmed + counts->held + counts->override_spots + counts->in_without_spot);
  return session;
}

static gboolean
read_session (SlEngine *engine, const SlActor *actor, SlSession *from, gint64 now_ms, SlToday *today,
              SlRefusal *out_refusal, GError **error)
{
  SlSessionCounts counts;
  SlTodaySession *session;

  if (!sl_session_counts (engine, &from->id, &counts, error))
    return FALSE;
  session = session_of (from, &counts, now_ms);
  read_rights (actor, from, session);
  g_ptr_array_add (today->sessions, session);
  return read_people (engine, actor, session, counts.waitlisted, out_refusal, error)
         && (out_refusal->code != SL_REFUSAL_NONE || read_notes (engine, actor, session, out_refusal, error));
}

static gboolean
find_day (SlEngine *engine, const SlTodayWanted *wanted, gint64 now_ms, gint64 *out_ms, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (engine);
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlSession) session = NULL;

  *out_ms = sl_time_to_local (sl_time_day_start (now_ms, zone), zone) + wanted->day * SL_DAY_MS;
  *out_ms = sl_time_from_local (*out_ms, zone);
  if (sl_id_is_none (&wanted->session))
    return TRUE;
  session = sl_session_get (engine, &wanted->session, &failure);
  if (session != NULL)
    *out_ms = sl_time_day_start (session->start_ms, zone);
  else if (!g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

/**
 * sl_desk_today_read:
 *
 * A day of this device's location, with everybody; an instructor's: with their own sessions alone.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_desk_today_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                    SlRefusal *out_refusal, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (engine);
  g_autoptr (SlToday) today = sl_today_new ();
  g_autoptr (GPtrArray) sessions = NULL;
  SlId location;

  sl_engine_get_location (engine, &location);
  today->now_ms = sl_engine_now_ms (engine);
  today->own = actor->role == SL_ROLE_INSTRUCTOR;
  if (!find_day (engine, request, today->now_ms, &today->day_ms, error))
    return FALSE;
  sessions = sl_session_list (engine, &location, today->day_ms, sl_time_next_day_start (today->day_ms, zone), error);
  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    {
      SlSession *session = sessions->pdata[i];

      if (today->own && !sl_id_equal (&session->instructor_id, &actor->id))
        continue;
      if (!read_session (engine, actor, session, today->now_ms, today, out_refusal, error))
        return FALSE;
      if (out_refusal->code != SL_REFUSAL_NONE)
        return TRUE;
    }
  *out_result = g_steal_pointer (&today);
  return TRUE;
}

/**
 * sl_desk_today_search:
 *
 * Members by the beginnings of their names, or digits of their phone numbers.
 *
 * Returns: %TRUE when decided
 */
gboolean
sl_desk_today_search (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                      SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) members = NULL;
  GPtrArray *found;

  if (!sl_member_list (engine, actor, request, MEMBERS_MAX, &members, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_today_member_free);
  for (guint i = 0; i < members->len; i++)
    {
      const SlMember *member = members->pdata[i];
      SlTodayMember *one = g_new0 (SlTodayMember, 1);

      one->id = member->id;
      one->name = g_strjoin (" ", member->first != NULL ? member->first : "", member->last, NULL);
      one->detail = g_strdup (member->phone);
      g_ptr_array_add (found, one);
    }
  *out_result = found;
  return TRUE;
}
