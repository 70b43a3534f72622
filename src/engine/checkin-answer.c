/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-answer"

#include "core/datetime.h"
#include "engine/checkin-private.h"
#include "engine/checkin-window.h"

#define CHOICES_MAX 6             /* as many as the door's page can show as buttons */
#define WALK_IN_MAX_MS SL_DAY_MS /* a check-in closes so long after the start at most: checkin_closes_minutes */

/**
 * sl_checkin_choice_free:
 * @choice: (nullable) (transfer full): to be freed
 */
void
sl_checkin_choice_free (SlCheckinChoice *choice)
{
  if (choice == NULL)
    return;
  g_free (choice->class_name);
  g_free (choice->room_name);
  g_free (choice);
}

/**
 * sl_checkin_answer_free:
 * @answer: (nullable) (transfer full): to be freed
 */
void
sl_checkin_answer_free (SlCheckinAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->flag);
  g_free (answer->first_name);
  g_free (answer->short_name);
  g_free (answer->class_name);
  g_free (answer->room_name);
  g_free (answer->location_name);
  g_free (answer->hours_text);
  g_free (answer->reason);
  g_free (answer->staff_name);
  g_free (answer->checked_in_at);
  g_clear_pointer (&answer->choices, g_ptr_array_unref);
  g_free (answer);
}

/**
 * sl_door_clear:
 * @door: to be emptied; the struct itself is the caller's
 */
void
sl_door_clear (SlDoor *door)
{
  sl_member_brief_clear (&door->member);
  sl_refusal_clear (&door->refusal);
  sl_refusal_clear (&door->finding);
  g_clear_pointer (&door->reason, g_free);
  g_clear_pointer (&door->plan_hours, g_free);
  g_clear_pointer (&door->answer, sl_checkin_answer_free);
}

/**
 * sl_door_stand:
 * @door: with its engine and its request
 * @now_ms: the moment by which all of it is judged, UTC ms
 *
 * Says where and when the door stands.
 */
void
sl_door_stand (SlDoor *door, gint64 now_ms)
{
  sl_engine_get_location (door->engine, &door->location_id);
  door->zone = sl_engine_time_zone (door->engine);
  door->now_ms = now_ms;
  door->day_start_ms = sl_time_day_start (now_ms, door->zone);
  door->day_end_ms = sl_time_next_day_start (now_ms, door->zone);
  door->session_id = sl_id_is_none (&door->request->book_session_id) ? door->request->session_id
                                                                      : door->request->book_session_id;
}

/* Spots left over all devices, by the clock of the moment; never below 0. */
static gboolean
count_spots_left (SlDoor *door, const SlId *session_id, int *out_left, GError **error)
{
  SlSessionCount count;
  g_autoptr (GArray) lapsed = NULL;
  gint64 left;

  if (!sl_rights_count (door->engine->log, session_id, &count, error))
    return FALSE;
  lapsed = sl_claims_lapsed_in (door->engine, session_id, door->now_ms, error);
  if (lapsed == NULL)
    return FALSE;
  left = count.capacity - count.confirmed - count.unconfirmed;
  for (guint i = 0; i < lapsed->len; i++)
    left += g_array_index (lapsed, SlLapsedClaim, i).spots;
  *out_left = (int) CLAMP (left, 0, G_MAXINT);
  return TRUE;
}

static gboolean
read_names (SlDoor *door, const SlId *session_id, char **out_class, char **out_room, char **out_location,
            GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      door->engine->store,
      "SELECT v.name, r.name, l.name FROM session s LEFT JOIN service v ON v.id = s.service_id "
      "LEFT JOIN room r ON r.id = s.room_id LEFT JOIN location l ON l.id = s.location_id WHERE s.id = ?",
      "d", session_id);

  if (sl_rows_next (rows))
    {
      *out_class = sl_rows_dup_text (rows, 0);
      *out_room = sl_rows_dup_text (rows, 1);
      if (out_location != NULL)
        *out_location = sl_rows_dup_text (rows, 2);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_door_describe:
 * @door: decided
 *
 * Fills the answer with what is known of the member and the session, whatever the decision.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_door_describe (SlDoor *door, GError **error)
{
  SlCheckinAnswer *answer = door->answer;
  const SlClaim *claim = &door->claim;

  answer->member_id = door->member_id;
  answer->first_name = g_strdup (door->member.first);
  answer->short_name = sl_member_brief_short_name (&door->member);
  answer->booking_id = door->unknown_booking_id;
  answer->spots_left = -1;
  if (!door->has_claim)
    return TRUE;
  answer->booking_id = claim->booking_id;
  answer->session_id = claim->session_id;
  if (!claim->session_known)
    return TRUE;
  answer->start_ms = claim->start_ms;
  answer->end_ms = claim->end_ms;
  answer->opens_ms = claim->opens_ms;
  answer->closes_ms = claim->closes_ms;
  return count_spots_left (door, &claim->session_id, &answer->spots_left, error)
         && read_names (door, &claim->session_id, &answer->class_name, &answer->room_name, &answer->location_name,
                        error);
}

/* Takes the choice. */
static gboolean
add_choice (SlDoor *door, SlCheckinChoice *choice, GError **error)
{
  if (door->answer->choices == NULL)
    door->answer->choices = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_checkin_choice_free);
  g_ptr_array_add (door->answer->choices, choice);
  return read_names (door, &choice->session_id, &choice->class_name, &choice->room_name, NULL, error);
}

/**
 * sl_door_add_claim_choices:
 * @claims: (element-type SlClaim): bookings that are all open now
 *
 * Which of several bookings it is, for the member to say.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_door_add_claim_choices (SlDoor *door, GPtrArray *claims, GError **error)
{
  for (guint i = 0; i < claims->len; i++)
    {
      const SlClaim *claim = claims->pdata[i];
      SlCheckinChoice choice = { .session_id = claim->session_id, .booking_id = claim->booking_id,
                                 .start_ms = claim->start_ms, .end_ms = claim->end_ms, .opens_ms = claim->opens_ms };

      if (!count_spots_left (door, &claim->session_id, &choice.spots_left, error)
          || !add_choice (door, g_memdup2 (&choice, sizeof choice), error))
        return FALSE;
    }
  return TRUE;
}

/* Not begun; staff take walk-ins until check-in closes. */
static gboolean
may_still_enter (const SlDoor *door, gint64 start_ms, gint64 end_ms, gint64 closes_ms)
{
  return start_ms > door->now_ms
         || (door->actor->role != SL_ROLE_MEMBER && door->now_ms <= closes_ms && door->now_ms < end_ms);
}

/**
 * sl_door_add_bookable_choices:
 *
 * What somebody without a booking could still book here today: published, not begun (for staff: check-in not closed),
 * with a free spot, soonest first.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_door_add_bookable_choices (SlDoor *door, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      door->engine->store,
      "SELECT id, start_ms, end_ms, service_id FROM session WHERE location_id = ? AND start_ms > ? AND start_ms < ? "
      "AND published = 1 AND cancelled = 0 AND created_hlc IS NOT NULL ORDER BY start_ms, id",
      "dii", &door->location_id, door->now_ms - WALK_IN_MAX_MS, door->day_end_ms);
  guint found = 0;

  while (found < CHOICES_MAX && sl_rows_next (rows))
    {
      SlCheckinChoice choice = { .start_ms = sl_rows_int (rows, 1), .end_ms = sl_rows_int (rows, 2) };
      SlId service_id;
      gint64 closes_ms;

      sl_rows_id (rows, 0, &choice.session_id);
      sl_rows_id (rows, 3, &service_id);
      if (!sl_checkin_window (door->engine, &door->location_id, &service_id, choice.start_ms, &choice.opens_ms,
                              &closes_ms, error))
        return FALSE;
      if (!may_still_enter (door, choice.start_ms, choice.end_ms, closes_ms))
        continue;
      if (!count_spots_left (door, &choice.session_id, &choice.spots_left, error))
        return FALSE;
      if (choice.spots_left == 0)
        continue;
      if (!add_choice (door, g_memdup2 (&choice, sizeof choice), error))
        return FALSE;
      found++;
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_door_refuse_already_in:
 * @at_ms: when it was recorded, UTC ms
 * @replica: the device that recorded it
 *
 * Refuses already_checked_in, with the time and the name of the desk.
 *
 * Returns: %FALSE, with @error where storage failed
 */
gboolean
sl_door_refuse_already_in (SlDoor *door, gint64 at_ms, const SlId *replica, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (door->engine->store, "SELECT name FROM device WHERE id = ?", "d", replica);

  if (sl_rows_next (rows))
    door->answer->checked_in_at = sl_rows_dup_text (rows, 0);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  door->answer->at_ms = at_ms;
  sl_refuse (&door->refusal, SL_REFUSAL_ALREADY_CHECKED_IN);
  sl_refusal_set_int (&door->refusal, "at_ms", at_ms);
  return FALSE;
}
