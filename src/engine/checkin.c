/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin"

#include "engine/checkin.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/badge.h"
#include "engine/checkin-code.h"
#include "engine/checkin-private.h"
#include "engine/checkin-window.h"
#include "engine/joint.h"
#include "engine/member-merge.h"
#include "engine/member-proof.h"
#include "engine/member.h"

#define REASON_MAX_BYTES 500 /* a few sentences */

static const char *const flag_names[] = {
  [SL_CHECKIN_FLAG_NONE] = NULL,
  [SL_CHECKIN_FLAG_UNKNOWN_MEMBER] = "unknown_member",
  [SL_CHECKIN_FLAG_UNKNOWN_BOOKING] = "unknown_booking",
  [SL_CHECKIN_FLAG_OVERRIDE] = "override",
  [SL_CHECKIN_FLAG_OPEN_GYM] = "open_gym",
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

/* A badge lets nobody in. Whom it picks is told, for a screen that can ask for the PIN. */
static gboolean
tell_badge (SlDoor *door, const SlCode *code, GError **error)
{
  g_autoptr (SlStaff) staff = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  if (code->kind != SL_CODE_STAFF_BADGE)
    return TRUE;
  if (!sl_badge_holder (door->engine, code, door->now_ms, &staff, &refusal, &failure) && failure != NULL
      && !g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (staff != NULL)
    {
      door->answer->staff_id = staff->id;
      door->answer->staff_name = g_strdup (staff->name);
    }
  return TRUE;
}

/* Check 1 and what it says: a pass names a member, a booking or guest code a booking. */
static gboolean
take_code (SlDoor *door, GError **error)
{
  SlCode code;
  gboolean found;

  if (!sl_checkin_read_code (door->engine, door->request->code, &code, &door->refusal, error))
    {
      if (door->refusal.code == SL_REFUSAL_WRONG_CODE_KIND && !tell_badge (door, &code, error))
        sl_refusal_clear (&door->refusal);
      return FALSE;
    }
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

/* Check 2. A member named by staff has to be known; one whose genuine code was shown need not be. Whose record was made
 * one with another goes by that one. */
static gboolean
check_member (SlDoor *door, GError **error)
{
  char text[SL_ID_TEXT_BYTES];

  if (sl_id_is_none (&door->member_id))
    return TRUE;
  if (!sl_member_brief_load (door->engine, &door->member_id, &door->member, error))
    return FALSE;
  door->member_id = door->member.id;
  if (door->member.known)
    return door->member.active
           || sl_refuse (&door->refusal, door->member.erased ? SL_REFUSAL_MEMBER_ERASED : SL_REFUSAL_MEMBER_BLOCKED);
  if (door->by_code || door->has_claim)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no member %s", sl_id_format (&door->member_id, text));
  return FALSE;
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
  if (door->now_ms > claim->closes_ms && door->reason == NULL)
    return sl_refuse (&door->refusal, SL_REFUSAL_TOO_LATE);
  if (door->now_ms > claim->closes_ms || door->after_all)
    {
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

/* Check 6 of who comes in by a plan, without a session. */
static gboolean
enter_gym (SlDoor *door, SlCheckinParams *params, GError **error)
{
  if (!sl_door_check_not_inside (door, error))
    return FALSE;
  params->flag = SL_CHECKIN_FLAG_OPEN_GYM;
  params->member_id = door->member_id;
  params->location_id = door->location_id;
  door->answer->spots = 1;
  return TRUE;
}

/* Looks for a member's booking here. What speaks against one is said only after the checks that come before it. */
static gboolean
find_booking (SlDoor *door, GError **error)
{
  if (sl_door_pick_booking (door, error))
    return TRUE;
  if (door->refusal.code == SL_REFUSAL_NONE)
    return FALSE;
  door->finding = door->refusal;
  door->refusal = (SlRefusal){ 0 };
  return TRUE;
}

/* Checks 5 to 7. */
static gboolean
enter (SlDoor *door, gboolean named, SlCheckinParams *params, GError **error)
{
  if (door->open_gym)
    return enter_gym (door, params, error);
  if (named)
    return sl_door_check_named_booking (door, error) && check_booking (door, params, error);
  if (door->finding.code == SL_REFUSAL_NONE)
    return check_booking (door, params, error);
  if (door->finding.code == SL_REFUSAL_NO_BOOKING && door->by_code && !door->member.known)
    return admit_unknown (door, params, error);
  if (door->finding.code == SL_REFUSAL_NO_BOOKING && !sl_id_is_none (&door->request->book_session_id))
    return sl_door_book (door, error) && check_booking (door, params, error);
  door->refusal = door->finding;
  door->finding = (SlRefusal){ 0 };
  return FALSE;
}

/* All checks in the order of src/engine/README.md. TRUE: params say what to record. */
static gboolean
decide (SlDoor *door, SlCheckinParams *params, GError **error)
{
  gboolean named;

  if (door->reason != NULL && *door->reason == '\0')
    return sl_refuse (&door->refusal, SL_REFUSAL_REASON_REQUIRED);
  if (!identify (door, error) || !check_member (door, error))
    return FALSE;
  if (!sl_id_is_none (&door->unknown_booking_id))
    return sl_door_check_hours (door, error) && admit_unknown (door, params, error);
  named = door->has_claim;
  if (!named && !find_booking (door, error))
    return FALSE;
  return sl_door_check_membership (door, error) && sl_door_check_hours (door, error)
         && enter (door, named, params, error);
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
  answer->position = sl_refusal_get_int (refusal, "position", 0);
  if (refusal->code == SL_REFUSAL_TOO_EARLY)
    sl_refusal_set_int (refusal, "opens_ms", answer->opens_ms);
  if (refusal->code == SL_REFUSAL_TOO_LATE)
    sl_refusal_set_int (refusal, "closes_ms", answer->closes_ms);
}

/* Inside a transaction: decides, records, and describes what was decided. A refusal is in door->refusal. */
static gboolean
act (SlDoor *door, GError **error)
{
  SlCheckinAnswer *answer = door->answer;
  SlCheckinParams params = { 0 };

  if (!decide (door, &params, error))
    {
      if (door->refusal.code == SL_REFUSAL_NONE || !sl_door_describe (door, error)
          || (door->refusal.code == SL_REFUSAL_NO_BOOKING && !sl_door_add_bookable_choices (door, error)))
        return FALSE;
      tell_refusal (door);
      return TRUE;
    }
  if (!sl_op_checkin (door->engine->log, &params, &answer->checkin_id, error) || !sl_door_describe (door, error))
    return FALSE;
  answer->flag = g_strdup (flag_names[params.flag]);
  answer->at_ms = door->now_ms;
  answer->late = params.late;
  return TRUE;
}

/* In a transaction of its own. */
static gboolean
run (SlDoor *door, GError **error)
{
  if (!sl_command_begin (door->engine, door->actor, error))
    return FALSE;
  sl_door_stand (door, sl_engine_now_ms (door->engine));
  if (!act (door, error))
    return sl_command_fail (door->engine);
  return door->refusal.code != SL_REFUSAL_NONE
             ? sl_command_refuse (door->engine, door->actor, "checkin", &door->refusal, error)
             : sl_command_commit (door->engine, error);
}

/* The same, with a booking made on the way: both or neither. */
static gboolean
run_with_booking (SlDoor *door, GError **error)
{
  SlJoint joint;
  gboolean done;

  if (!sl_joint_begin (&joint, door->engine, door->actor, "checkin", error))
    return FALSE;
  sl_door_stand (door, sl_engine_now_ms (door->engine));
  done = act (door, error);
  if (done && door->refusal.code == SL_REFUSAL_NONE)
    return sl_joint_commit (&joint, error);
  if (!done)
    sl_refusal_clear (&door->refusal);
  return sl_joint_decline (&joint, &door->refusal, error);
}

/* Somebody who typed a phone number proves who they are before the transaction: a PIN takes its time, and wrong tries
 * count. */
static gboolean
prove_member (SlDoor *door, GError **error)
{
  const SlCheckinRequest *request = door->request;

  if (door->engine->depth > 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a check-in by phone takes no key");
      return FALSE;
    }
  if (!sl_member_prove (door->engine, request->phone, request->member_pin, request->birth_date, &door->member_id,
                        &door->refusal, error))
    return FALSE;
  if (door->refusal.code == SL_REFUSAL_NONE)
    return TRUE;
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
  if (request->birth_date != NULL && !sl_member_is_birth_date (request->birth_date))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the birth date is written YYYY-MM-DD");
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
  if (!take_request (&door, error))
    return FALSE;
  if (request->code == NULL && request->phone != NULL && sl_id_is_none (&request->booking_id)
      && !prove_member (&door, error))
    return FALSE;
  if (door.refusal.code == SL_REFUSAL_NONE
      && !(sl_id_is_none (&request->book_session_id) ? run (&door, error) : run_with_booking (&door, error)))
    return FALSE;
  *out_answer = g_steal_pointer (&door.answer);
  return TRUE;
}

/* One booking of a batch, inside its transaction. */
static gboolean
act_on_one (SlEngine *engine, const SlCheckinRequest *request, gint64 now_ms, GPtrArray *answers, GError **error)
{
  g_auto (SlDoor) door = { .engine = engine, .request = request, .actor = request->actor };

  door.answer = g_new0 (SlCheckinAnswer, 1);
  if (!take_request (&door, error))
    return FALSE;
  sl_door_stand (&door, now_ms);
  if (!act (&door, error))
    return FALSE;
  if (door.refusal.code != SL_REFUSAL_NONE)
    (void) sl_query_refuse (engine, door.actor, "checkin", &door.refusal);
  g_ptr_array_add (answers, g_steal_pointer (&door.answer));
  return TRUE;
}

/**
 * sl_checkin_batch:
 * @actor: staff
 * @booking_ids: (array length=n_bookings): who came; one that is named twice is in already the second time
 * @n_bookings: 1 to %SL_CHECKIN_BATCH_MAX
 * @override_reason: (nullable): for those who are too late, or had cancelled
 * @out_answers: (out) (transfer full) (element-type SlCheckinAnswer): one for each, in their order
 *
 * Checks in from the roster: each booking is decided as sl_checkin() does, at one moment, and all that are let in are
 * recorded in one transaction with one sync. A refusal of one is its answer and keeps nobody else out. Engine thread
 * only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nobody was
 * checked in
 */
gboolean
sl_checkin_batch (SlEngine *engine, const SlActor *actor, const SlId *booking_ids, guint n_bookings,
                  const char *override_reason, GPtrArray **out_answers, GError **error)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_checkin_answer_free);
  gint64 now_ms;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_ids != NULL && out_answers != NULL, FALSE);

  *out_answers = NULL;
  if (n_bookings == 0 || n_bookings > SL_CHECKIN_BATCH_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "1 to %d bookings are checked in at once",
                   SL_CHECKIN_BATCH_MAX);
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  now_ms = sl_engine_now_ms (engine);
  for (guint i = 0; i < n_bookings; i++)
    {
      SlCheckinRequest request = { .booking_id = booking_ids[i], .override_reason = override_reason, .actor = actor };

      if (!act_on_one (engine, &request, now_ms, answers, error))
        return sl_command_fail (engine);
    }
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out_answers = g_steal_pointer (&answers);
  return TRUE;
}
