/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-leave"

#include "core/datetime.h"
#include "engine/checkin-private.h"
#include "engine/presence.h"

/* A next day's session may have opened its door this evening: the greatest value of checkin_opens_minutes. */
#define DOOR_OPENS_MAX_MS SL_DAY_MS

/* Who goes. */
typedef struct {
  SlDoor *door;
  SlStay stay;
  GArray *checkins; /* (element-type SlId): that end by it */
  int people;
} Leaving;

static void
leaving_clear (Leaving *leaving)
{
  sl_stay_clear (&leaving->stay);
  g_clear_pointer (&leaving->checkins, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Leaving, leaving_clear)

static void
take (Leaving *leaving, GArray *present)
{
  for (guint i = 0; i < present->len; i++)
    g_array_append_val (leaving->checkins, g_array_index (present, SlPresence, i).checkin_id);
}

/* Until the end of the day on which the session ended: somebody may well go late, but not next week. */
static gboolean
take_booking (Leaving *leaving, const SlClaim *claim, GError **error)
{
  int people;
  g_autoptr (GArray) present = sl_presence_of_claim (leaving->door->engine, claim, &people, error);

  if (present == NULL)
    return FALSE;
  if (people == 0
      || (claim->session_known
          && leaving->door->now_ms >= sl_time_next_day_start (claim->end_ms, leaving->stay.zone)))
    return TRUE;
  take (leaving, present);
  leaving->people += people;
  if (!leaving->door->has_claim)
    leaving->door->claim = *claim;
  leaving->door->has_claim = TRUE;
  return TRUE;
}

/* The bookings here today that the member is in by. */
static gboolean
take_bookings_of_member (Leaving *leaving, GError **error)
{
  SlDoor *door = leaving->door;
  g_autoptr (GArray) claims = sl_claims_of_member_between (door->engine, &door->member_id, &door->location_id,
                                                           door->day_start_ms, door->now_ms + DOOR_OPENS_MAX_MS,
                                                           door->now_ms, error);

  for (guint i = 0; claims != NULL && i < claims->len; i++)
    if (!take_booking (leaving, &g_array_index (claims, SlClaim, i), error))
      return FALSE;
  return claims != NULL;
}

/* And what the member came in by without one. */
static gboolean
take_entries_of_member (Leaving *leaving, GError **error)
{
  SlDoor *door = leaving->door;
  gint64 after_ms = MIN (door->day_start_ms - 1, door->now_ms - leaving->stay.open_gym_ms);
  g_autoptr (GArray) present = sl_presence_of_entries (door->engine, &door->location_id, &door->member_id, after_ms,
                                                       error);

  if (present == NULL)
    return FALSE;
  take (leaving, present);
  leaving->people += present->len > 0;
  return TRUE;
}

static gboolean
find_leaving (Leaving *leaving, GError **error)
{
  SlDoor *door = leaving->door;
  const SlCheckinRequest *request = door->request;
  SlClaim claim;

  if (!sl_id_is_none (&request->booking_id))
    {
      if (!sl_claim_get_booking (door->engine, &request->booking_id, door->now_ms, &claim, error))
        return FALSE;
      if (claim.session_known)
        door->location_id = claim.location_id;
      door->member_id = claim.member_id;
    }
  else
    door->member_id = request->member_id;
  if (door->actor->role == SL_ROLE_MEMBER)
    return sl_refuse (&door->refusal, SL_REFUSAL_NOT_ALLOWED);
  if (!sl_actor_may (door->actor, SL_ACTION_CHECK_IN, &door->location_id, &door->refusal)
      || !sl_stay_load (door->engine, &door->location_id, &leaving->stay, error)
      || !sl_member_brief_load (door->engine, &door->member_id, &door->member, error))
    return FALSE;
  if (!sl_id_is_none (&request->booking_id) ? !take_booking (leaving, &claim, error)
                                            : !take_bookings_of_member (leaving, error)
                                                  || !take_entries_of_member (leaving, error))
    return FALSE;
  return leaving->checkins->len > 0 || sl_refuse (&door->refusal, SL_REFUSAL_NOT_CHECKED_IN);
}

static gboolean
emit_leaving (Leaving *leaving, GError **error)
{
  for (guint i = 0; i < leaving->checkins->len; i++)
    if (!sl_op_checkin_leave (leaving->door->engine->log, &g_array_index (leaving->checkins, SlId, i), error))
      return FALSE;
  return TRUE;
}

/**
 * sl_checkin_leave:
 * @actor: staff who may check in there
 * @booking_id: whose people leave, or none
 * @member_id: or who leaves: by all that they came in by here today
 * @out_answer: (out) (transfer full): who left and when (at_ms, spots); or the refusal: not_allowed, not_checked_in
 *
 * Records that somebody has gone. Possible until the end of the day; twice is not_checked_in. What was attended stays.
 * Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error: %SL_ERROR_NOT_FOUND, or storage: nothing is recorded
 */
gboolean
sl_checkin_leave (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const SlId *member_id,
                  SlCheckinAnswer **out_answer, GError **error)
{
  SlCheckinRequest request = { .actor = actor };
  g_auto (SlDoor) door = { .engine = engine, .request = &request, .actor = actor };
  g_auto (Leaving) leaving = { .door = &door };

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && member_id != NULL, FALSE);
  g_return_val_if_fail (sl_id_is_none (booking_id) != sl_id_is_none (member_id) && out_answer != NULL, FALSE);

  *out_answer = NULL;
  request.booking_id = *booking_id;
  request.member_id = *member_id;
  door.answer = g_new0 (SlCheckinAnswer, 1);
  leaving.checkins = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  sl_door_stand (&door, sl_engine_now_ms (engine));
  if (!find_leaving (&leaving, error))
    {
      if (door.refusal.code == SL_REFUSAL_NONE || !sl_door_describe (&door, error))
        return sl_command_fail (engine);
      door.answer->result = door.refusal.code;
      if (!sl_command_refuse (engine, actor, "leave", &door.refusal, error))
        return FALSE;
    }
  else
    {
      if (!emit_leaving (&leaving, error) || !sl_door_describe (&door, error))
        return sl_command_fail (engine);
      door.answer->at_ms = door.now_ms;
      door.answer->spots = leaving.people;
      if (!sl_command_commit (engine, error))
        return FALSE;
    }
  *out_answer = g_steal_pointer (&door.answer);
  return TRUE;
}
