/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin"

#include "engine/checkin.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/checkin-code.h"
#include "engine/checkin-private.h"
#include "engine/checkin-window.h"
#include "engine/hours.h"
#include "engine/member.h"
#include "engine/policy.h"

#define REASON_MAX_BYTES 500 /* a few sentences */

static const char *const flag_names[] = {
  [SL_CHECKIN_FLAG_NONE] = NULL,
  [SL_CHECKIN_FLAG_UNKNOWN_MEMBER] = "unknown_member",
  [SL_CHECKIN_FLAG_UNKNOWN_BOOKING] = "unknown_booking",
  [SL_CHECKIN_FLAG_OVERRIDE] = "override",
};

static gboolean
name_is_for_staff (SlDoor *door)
{
  if (door->actor->role != SL_ROLE_MEMBER)
    return TRUE;
  return sl_refuse (&door->refusal, SL_REFUSAL_NOT_ALLOWED);
}

/* The code of a booking that gave way to another one of the same member opens for that one. */
static gboolean
follow_kept (SlDoor *door, GError **error)
{
  SlClaim other;
  gboolean found;
  SlId kept;

  if (!door->claim.released || (door->claim.release_why & SL_RELEASE_DUPLICATE) == 0)
    return TRUE;
  if (!sl_claim_find_kept (door->engine, &door->claim.id, &kept, error))
    return FALSE;
  if (sl_id_is_none (&kept))
    return TRUE;
  if (!sl_claim_find_by_id (door->engine, &kept, door->now_ms, &other, &found, error))
    return FALSE;
  if (found)
    door->claim = other;
  return TRUE;
}

/* Check 1 and what it says: a pass names a member, a booking or guest code a booking. */
static gboolean
take_code (SlDoor *door, GError **error)
{
  SlCode code;
  gboolean found;

  if (!sl_checkin_read_code (door->engine, door->request->code, &code, &door->refusal, error))
    return FALSE;
  door->by_code = TRUE;
  if (code.kind == SL_CODE_MEMBER_PASS)
    {
      door->member_id = code.subject_id;
      return sl_checkin_check_pass (door->engine, &code, door->now_ms, &door->refusal, error);
    }

  if (!sl_claim_find_booking (door->engine, &code.subject_id, door->now_ms, &door->claim, &found, error))
    return FALSE;
  if (found && code.kind == SL_CODE_BOOKING && !follow_kept (door, error))
    return FALSE;
  door->asked_bits = code.kind == SL_CODE_GUEST ? 1u << (code.spot % SL_SPOTS_MAX) : 0;
  /* A claim without its session says neither where nor when: as good as unknown. */
  door->has_claim = found && door->claim.session_known;
  if (found)
    door->member_id = door->claim.member_id;
  if (!door->has_claim)
    door->unknown_booking_id = code.subject_id;
  return sl_checkin_check_booking_code (&code, door->has_claim, door->claim.end_ms, door->now_ms, &door->refusal);
}

static gboolean
take_named_booking (SlDoor *door, GError **error)
{
  if (!name_is_for_staff (door)
      || !sl_claim_get_booking (door->engine, &door->request->booking_id, door->now_ms, &door->claim, error))
    return FALSE;
  if (!door->claim.session_known)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "the booking's session has not arrived at this device yet");
      return FALSE;
    }
  door->has_claim = TRUE;
  door->member_id = door->claim.member_id;
  return TRUE;
}

/* Who or what is at the door. A member who gave phone and PIN has been proved before the transaction. */
static gboolean
identify (SlDoor *door, GError **error)
{
  const SlCheckinRequest *request = door->request;

  if (!sl_actor_may (door->actor, SL_ACTION_CHECK_IN, &door->location_id, &door->refusal))
    return FALSE;
  if (request->code != NULL)
    return take_code (door, error);
  if (!sl_id_is_none (&request->booking_id))
    return take_named_booking (door, error);
  if (request->phone != NULL)
    return TRUE;
  door->member_id = request->member_id;
  return name_is_for_staff (door);
}

/* Check 2. A member named by staff has to be known; one whose genuine code was shown need not be. */
static gboolean
check_member (SlDoor *door, GError **error)
{
  char text[SL_ID_TEXT_BYTES];

  if (sl_id_is_none (&door->member_id))
    return TRUE;
  if (!sl_member_brief_load (door->engine, &door->member_id, &door->member, error))
    return FALSE;
  if (door->member.known)
    return door->member.active
           || sl_refuse (&door->refusal, door->member.erased ? SL_REFUSAL_MEMBER_ERASED : SL_REFUSAL_MEMBER_BLOCKED);
  if (door->by_code || door->has_claim)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no member %s", sl_id_format (&door->member_id, text));
  return FALSE;
}

/* Check 4: the location's hours. */
static gboolean
check_hours (SlDoor *door, GError **error)
{
  g_autofree char *text = sl_policy_text (door->engine, &door->location_id, NULL, SL_POLICY_ACCESS_HOURS, error);
  g_autoptr (SlHours) hours = NULL;

  if (text == NULL)
    return FALSE;
  hours = sl_hours_parse (text, error);
  if (hours == NULL)
    return FALSE;
  if (sl_hours_open_at (hours, door->now_ms, door->zone))
    return TRUE;
  door->answer->hours_text = g_steal_pointer (&text);
  return sl_refuse (&door->refusal, SL_REFUSAL_OUTSIDE_ACCESS_HOURS);
}

/* Checks 6 and 7 of a booking that is known here. */
static gboolean
check_booking (SlDoor *door, SlCheckinParams *params, GError **error)
{
  const SlClaim *claim = &door->claim;
  guint32 missing = sl_door_missing_bits (door, claim);

  if (missing == 0)
    return sl_door_refuse_already_in (door, claim->first_in_ms, &claim->in_replica, error);
  if (door->now_ms < claim->opens_ms)
    return sl_refuse (&door->refusal, SL_REFUSAL_TOO_EARLY);
  if (door->now_ms > claim->closes_ms)
    {
      if (door->reason == NULL)
        return sl_refuse (&door->refusal, SL_REFUSAL_TOO_LATE);
      if (!sl_actor_may (door->actor, SL_ACTION_OVERRIDE_LATE, &claim->location_id, &door->refusal))
        return FALSE;
      params->flag = SL_CHECKIN_FLAG_OVERRIDE;
      params->reason = door->reason;
      params->member_id = claim->member_id; /* the reason is sealed with the member's key */
    }
  else if (!door->member.known)
    params->flag = SL_CHECKIN_FLAG_UNKNOWN_MEMBER;
  params->booking_id = claim->booking_id;
  params->spot_bits = missing == sl_spots_mask (claim->spots) ? 0 : missing;
  params->late = sl_checkin_is_late (claim->start_ms, door->now_ms, &door->answer->late_min);
  door->answer->spots = __builtin_popcount (missing);
  return TRUE;
}

/* A genuine code of ours that names what this device has not heard of: in, and flagged for people to confirm. */
static gboolean
admit_unknown (SlDoor *door, SlCheckinParams *params, GError **error)
{
  if (!sl_door_check_unknown_again (door, error))
    return FALSE;
  params->location_id = door->location_id;
  params->spot_bits = door->asked_bits;
  door->answer->spots = 1;
  if (sl_id_is_none (&door->unknown_booking_id))
    {
      params->flag = SL_CHECKIN_FLAG_UNKNOWN_MEMBER;
      params->member_id = door->member_id;
      return TRUE;
    }
  params->flag = SL_CHECKIN_FLAG_UNKNOWN_BOOKING;
  params->booking_id = door->unknown_booking_id;
  return TRUE;
}

/* All checks in the order of src/engine/README.md. TRUE: params say what to record. */
static gboolean
decide (SlDoor *door, SlCheckinParams *params, GError **error)
{
  if (door->reason != NULL && *door->reason == '\0')
    return sl_refuse (&door->refusal, SL_REFUSAL_REASON_REQUIRED);
  if (!identify (door, error) || !check_member (door, error) || !check_hours (door, error))
    return FALSE;
  if (!sl_id_is_none (&door->unknown_booking_id))
    return admit_unknown (door, params, error);
  if (door->has_claim)
    return sl_door_check_named_booking (door, error) && check_booking (door, params, error);
  if (sl_door_pick_booking (door, error))
    return check_booking (door, params, error);
  if (door->refusal.code != SL_REFUSAL_NO_BOOKING || door->member.known || !door->by_code)
    return FALSE;
  sl_refusal_clear (&door->refusal);
  return admit_unknown (door, params, error);
}

/* What a refusal says beside its code, in the answer and in the note. */
static void
tell_refusal (SlDoor *door)
{
  SlCheckinAnswer *answer = door->answer;
  SlRefusal *refusal = &door->refusal;

  answer->result = refusal->code;
  answer->reason = g_strdup (sl_refusal_get_text (refusal, "reason"));
  answer->locked_until_ms = sl_refusal_get_int (refusal, "until_ms", 0);
  if (refusal->code == SL_REFUSAL_TOO_EARLY)
    sl_refusal_set_int (refusal, "opens_ms", answer->opens_ms);
  if (refusal->code == SL_REFUSAL_TOO_LATE)
    sl_refusal_set_int (refusal, "closes_ms", answer->closes_ms);
}

/* Inside the transaction: decides, records, and describes what was decided. */
static gboolean
run (SlDoor *door, GError **error)
{
  SlCheckinAnswer *answer = door->answer;
  SlCheckinParams params = { 0 };

  if (!decide (door, &params, error))
    {
      if (door->refusal.code == SL_REFUSAL_NONE || !sl_door_describe (door, error)
          || (door->refusal.code == SL_REFUSAL_NO_BOOKING && !sl_door_add_bookable_choices (door, error)))
        return sl_command_fail (door->engine);
      tell_refusal (door);
      return sl_command_refuse (door->engine, door->actor, "checkin", &door->refusal, error);
    }
  if (!sl_op_checkin (door->engine->log, &params, &answer->checkin_id, error) || !sl_door_describe (door, error))
    return sl_command_fail (door->engine);
  answer->flag = g_strdup (flag_names[params.flag]);
  answer->at_ms = door->now_ms;
  answer->late = params.late;
  return sl_command_commit (door->engine, error);
}

/* Phone and PIN say who it is. This comes before the transaction: a PIN takes its time, and wrong ones count. A number
 * that nobody has, and one whose member has no PIN, are answered like a wrong PIN. */
static gboolean
prove_member (SlDoor *door, GError **error)
{
  const SlCheckinRequest *request = door->request;
  g_autoptr (GArray) ids = NULL;

  if (door->engine->depth > 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a check-in by phone and PIN takes no key");
      return FALSE;
    }
  ids = sl_member_ids_by_phone (door->engine, request->phone, error);
  if (ids == NULL)
    return FALSE;
  sl_refuse (&door->refusal, SL_REFUSAL_PIN_WRONG);
  for (guint i = 0; i < ids->len; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      g_auto (SlRefusal) refusal = { 0 };

      if (!sl_member_check_pin (door->engine, id, request->member_pin != NULL ? request->member_pin : "", &refusal,
                                error))
        return FALSE;
      if (refusal.code != SL_REFUSAL_NONE)
        {
          sl_refusal_clear (&door->refusal);
          door->refusal = refusal;
          refusal = (SlRefusal){ 0 };
          continue;
        }
      sl_refusal_clear (&door->refusal);
      door->member_id = *id;
      return TRUE;
    }
  tell_refusal (door);
  return sl_command_note (door->engine, door->actor, "checkin", &door->refusal, error);
}

/* The request is one of its kinds. */
static gboolean
take_request (SlDoor *door, GError **error)
{
  const SlCheckinRequest *request = door->request;

  if (request->code == NULL && request->phone == NULL && sl_id_is_none (&request->booking_id)
      && sl_id_is_none (&request->member_id))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a check-in names a code, a booking, a member or a phone");
      return FALSE;
    }
  if (request->override_reason == NULL)
    return TRUE;
  door->reason = sl_text_clean ("reason", request->override_reason, REASON_MAX_BYTES, error);
  return door->reason != NULL;
}

/**
 * sl_checkin:
 * @request: who is at the door, and how they say so
 * @out_answer: (out) (transfer full): in, or the refusal, with all that the door shows
 *
 * Decides at the door and records it in one transaction; what is answered is on disk. The checks and their order:
 * src/engine/README.md "Check-in"; the first that fails is the answer. All is judged by one moment. A refusal writes no
 * operation and is noted. A check-in costs look-ups by index alone, whatever the history. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error: %SL_ERROR_NOT_FOUND for a booking or member that staff named and
 * that is not known, %SL_ERROR_BAD_INPUT, or storage: nothing is recorded
 */
gboolean
sl_checkin (SlEngine *engine, const SlCheckinRequest *request, SlCheckinAnswer **out_answer, GError **error)
{
  g_auto (SlDoor) door = { .engine = engine, .request = request };
  g_auto (SlActor) device = { 0 };

  g_return_val_if_fail (engine != NULL && request != NULL && out_answer != NULL, FALSE);

  *out_answer = NULL;
  sl_actor_init_device (&device);
  door.actor = request->actor != NULL ? request->actor : &device;
  door.answer = g_new0 (SlCheckinAnswer, 1);
  sl_engine_get_location (engine, &door.location_id);
  door.zone = sl_engine_time_zone (engine);
  if (!take_request (&door, error))
    return FALSE;
  if (request->code == NULL && request->phone != NULL && sl_id_is_none (&request->booking_id)
      && !prove_member (&door, error))
    return FALSE;
  if (door.refusal.code == SL_REFUSAL_NONE)
    {
      if (!sl_command_begin (engine, door.actor, error))
        return FALSE;
      door.now_ms = sl_engine_now_ms (engine);
      door.day_start_ms = sl_time_day_start (door.now_ms, door.zone);
      door.day_end_ms = sl_time_next_day_start (door.now_ms, door.zone);
      if (!run (&door, error))
        return FALSE;
    }
  *out_answer = g_steal_pointer (&door.answer);
  return TRUE;
}
