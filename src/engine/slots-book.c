/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-slots-book"

#include "engine/slots-private.h"

#include "core/datetime.h"
#include "engine/days.h"
#include "engine/joint.h"
#include "engine/location.h"
#include "engine/policy.h"
#include "engine/staff.h"

/* sl_slot_plan_clear: empties it; the struct itself is the caller's. */
void
sl_slot_plan_clear (SlSlotPlan *plan)
{
  sl_booking_case_clear (&plan->of);
  g_clear_pointer (&plan->vacated, g_array_unref);
}

static gboolean
refuse_why (SlRefusal *refusal, SlRefusalCode code, const char *why)
{
  sl_refuse (refusal, code);
  sl_refusal_set_text (refusal, "why", why);
  return FALSE;
}

static gboolean
bad_input (GError **error, const char *reason)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, reason);
  return FALSE;
}

/* sl_slot_instructor: see the header. */
gboolean
sl_slot_instructor (const SlService *service, const SlId *named, SlId *out, GError **error)
{
  *out = sl_id_is_none (named) ? service->instructor_id : *named;
  return !sl_id_is_none (out) || bad_input (error, "an instructor is needed: the service has none of its own");
}

/* sl_slot_offered: see the header. */
gboolean
sl_slot_offered (const SlService *service, const SlId *location, GError **error)
{
  return sl_service_is_offered_at (service, location)
         || bad_input (error, "the service is not offered at this location");
}

/* sl_slot_case: see the header. */
gboolean
sl_slot_case (SlEngine *engine, const SlActor *actor, SlSession *session, const SlId *member_id, int spots,
              SlBookingCase *out, GError **error)
{
  g_auto (SlBookingCase) of = { .actor = actor, .by_staff = actor->role != SL_ROLE_MEMBER,
                                .now_ms = sl_engine_now_ms (engine), .spots = spots, .session = session };
  of.service = sl_service_get (engine, &session->service_id, error);
  of.member = of.service != NULL ? sl_member_get (engine, member_id, error) : NULL;
  if (of.member == NULL)
    return FALSE;
  *out = of;
  of = (SlBookingCase){ 0 };
  return TRUE;
}

/* Where it is to be: as asked for, where the room is, or here. */
static gboolean
find_place (SlEngine *engine, const SlSlotRequest *request, SlId *out, GError **error)
{
  *out = sl_id_is_none (&request->location_id) ? engine->location : request->location_id;
  if (sl_id_is_none (&request->room_id))
    {
      g_autoptr (SlLocation) location = sl_location_get (engine, out, error);
      return location != NULL;
    }
  g_autoptr (SlRoom) room = sl_room_get (engine, &request->room_id, error);
  if (room == NULL)
    return FALSE;
  if (!sl_id_is_none (&request->location_id) && !sl_id_equal (&request->location_id, &room->location_id))
    return bad_input (error, "the room is at another location");
  *out = room->location_id;
  return TRUE;
}

/* The session that it would be. */
static SlSession *
plan_session (SlEngine *engine, const SlSlotRequest *request, GError **error)
{
  g_autoptr (SlSession) planned = g_new0 (SlSession, 1);
  if (request->start_ms < SL_TIME_MIN_MS || request->start_ms >= SL_TIME_MAX_MS)
    {
      (void) bad_input (error, "the start is not between the years 2000 and 2099");
      return NULL;
    }
  g_autoptr (SlService) service = sl_slot_service (engine, &request->service_id, error);
  if (service == NULL || !find_place (engine, request, &planned->location_id, error)
      || !sl_slot_offered (service, &planned->location_id, error)
      || !sl_slot_instructor (service, &request->instructor_id, &planned->instructor_id, error))
    return NULL;
  planned->service_id = service->id;
  planned->room_id = request->room_id;
  planned->start_ms = request->start_ms;
  planned->end_ms = request->start_ms + service->duration_min * SL_MINUTE_MS;
  planned->published = TRUE;
  planned->state = SL_SESSION_PUBLISHED;
  return g_steal_pointer (&planned);
}

/* Instructors change their own sessions only; this makes one. */
static gboolean
check_whose (const SlBookingCase *of, SlRefusal *refusal)
{
  return of->actor->role != SL_ROLE_INSTRUCTOR || sl_id_equal (&of->actor->id, &of->session->instructor_id)
         || refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "another_instructor");
}

/* Members take one of the slots; staff any stretch of what is available. */
static gboolean
check_blocks (SlEngine *engine, const SlBookingCase *of, SlRefusal *refusal, GError **error)
{
  SlSlotCover cover;
  if (!sl_slot_cover (engine, of->session, &cover, error))
    return FALSE;
  if (of->by_staff ? cover.within : cover.a_slot)
    return TRUE;
  if (!of->by_staff && cover.for_staff)
    return refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "block");
  return sl_refuse (refusal, SL_REFUSAL_OUTSIDE_AVAILABILITY);
}

static gboolean
check_instructor (SlEngine *engine, const SlBookingCase *of, SlRefusal *refusal, GError **error)
{
  g_autoptr (SlStaff) staff = sl_staff_get (engine, &of->session->instructor_id, error);
  if (staff == NULL)
    return FALSE;
  return staff->active || sl_refuse (refusal, SL_REFUSAL_STAFF_INACTIVE);
}

static gboolean
check_not_begun (const SlBookingCase *of, SlRefusal *refusal)
{
  if (of->now_ms < of->session->start_ms)
    return TRUE;
  refuse_why (refusal, SL_REFUSAL_SESSION_NOT_OPEN, "started");
  sl_refusal_set_int (refusal, "start_ms", of->session->start_ms);
  return FALSE;
}

/* Only vacated ones are: of the others there is none when this is asked. */
static gboolean
is_in_the_way (const SlTaken *one, const SlSession *planned)
{
  return one->start_ms < planned->end_ms && one->end_ms > planned->start_ms
         && (sl_id_equal (&one->instructor_id, &planned->instructor_id)
             || (!sl_id_is_none (&planned->room_id) && sl_id_equal (&one->room_id, &planned->room_id)));
}

/* Instructor and room are free, and their days are this device's to plan. */
static gboolean
check_free (SlEngine *engine, SlSlotPlan *plan, SlRefusal *refusal, GError **error)
{
  const SlSession *planned = plan->of.session;
  gint64 buffer_min;
  if (!sl_policy_int (engine, &planned->location_id, &planned->service_id, SL_POLICY_BUFFER_MINUTES, &buffer_min,
                      error))
    return FALSE;
  gint64 buffer_ms = buffer_min * SL_MINUTE_MS;
  g_autoptr (GArray) taken = sl_slot_taken (engine, planned->start_ms - buffer_ms, planned->end_ms + buffer_ms, error);
  if (taken == NULL)
    return FALSE;
  SlRefusalCode code;
  const SlTaken *other = sl_slot_conflict (taken, planned, buffer_ms, &code);
  if (other != NULL)
    {
      char text[SL_ID_TEXT_BYTES];
      sl_refuse (refusal, code);
      sl_refusal_set_text (refusal, "session", sl_id_format (&other->id, text));
      return FALSE;
    }
  plan->vacated = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < taken->len; i++)
    if (is_in_the_way (&g_array_index (taken, SlTaken, i), planned))
      g_array_append_val (plan->vacated, g_array_index (taken, SlTaken, i).id);
  return sl_days_check (engine, SL_DAYS_OF_INSTRUCTOR, &planned->instructor_id, &planned->location_id,
                        planned->start_ms, planned->end_ms, refusal, error)
         && sl_days_check (engine, SL_DAYS_OF_ROOM, &planned->room_id, &planned->location_id, planned->start_ms,
                           planned->end_ms, refusal, error)
         && refusal->code == SL_REFUSAL_NONE;
}

/* sl_slot_plan_make: see the header. The checks of a booking in their order, with those of the session in the place of
 * the room. */
gboolean
sl_slot_plan_make (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request, gboolean within_blocks,
                   SlSlotPlan *out, SlRefusal *refusal, GError **error)
{
  g_auto (SlPayPlan) pay = { 0 };
  SlSession *planned = plan_session (engine, request, error);
  return planned != NULL && sl_slot_case (engine, actor, planned, &request->member_id, 1, &out->of, error)
         && sl_booking_check_actor (engine, &out->of, refusal, error) && check_whose (&out->of, refusal)
         && (!within_blocks || check_blocks (engine, &out->of, refusal, error))
         && check_instructor (engine, &out->of, refusal, error) && check_not_begun (&out->of, refusal)
         && sl_booking_check_session (engine, &out->of, refusal, error)
         && sl_booking_check_window (engine, &out->of, refusal, error)
         && sl_booking_check_member (engine, &out->of, refusal, error)
         && sl_booking_check_not_booked (engine, &out->of, refusal, error) && check_free (engine, out, refusal, error)
         && sl_booking_check_paid (engine, &out->of, request->payment_method, &pay, refusal, error);
}

/* sl_slot_plan_write: see the header. Whoever may take the slot need not be one who plans sessions: what they may was
 * checked with the plan. */
gboolean
sl_slot_plan_write (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request, const SlSlotPlan *plan,
                    SlBookingResult *out, SlRefusal *refusal, GError **error)
{
  const SlSession *planned = plan->of.session;
  SlActor planner = { .id = actor->id, .role = SL_ROLE_OWNER };
  SlBookingRequest booking = { .member_id = request->member_id, .spots = 1,
                               .payment_method = request->payment_method, .note = request->note };
  SlSessionParams params;
  for (guint i = 0; i < plan->vacated->len; i++)
    {
      guint released;
      if (!sl_session_cancel (engine, &planner, &g_array_index (plan->vacated, SlId, i), NULL, &released, refusal,
                              error)
          || refusal->code != SL_REFUSAL_NONE)
        return FALSE;
    }
  sl_session_params_init (&params);
  params.service = &planned->service_id;
  params.location = &planned->location_id;
  params.instructor = &planned->instructor_id;
  params.room = &planned->room_id;
  params.start_ms = planned->start_ms;
  params.capacity = 1;
  return sl_session_add (engine, &planner, &params, &booking.session_id, refusal, error)
         && refusal->code == SL_REFUSAL_NONE && sl_booking_book (engine, actor, &booking, out, refusal, error)
         && refusal->code == SL_REFUSAL_NONE;
}

/**
 * sl_slot_book:
 * @engine: the engine; may be inside a keyed command of the actor
 * @actor: who books, for themselves or for the member; instructors into their own time
 * @request: what; inside a block of the instructor's availability: for members one of its slots
 * @out: (out caller-allocates): the confirmed booking, when not refused
 * @out_refusal: (out): not_allowed (why: also "block", "another_instructor"), outside_availability, instructor_busy and
 * room_busy (session), no_rights (another device plans that day), staff_inactive, and those of sl_booking_book()
 * @error: return location
 *
 * Makes a published session for one and books the member into it, in one transaction: both or neither. A session in the
 * way that everybody has cancelled is cancelled with it.
 *
 * Returns: %TRUE when decided; %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT, %SL_ERROR_BUSY
 */
gboolean
sl_slot_book (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request, SlBookingResult *out,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && request != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  SlJoint joint;
  g_auto (SlSlotPlan) plan = { 0 };
  g_auto (SlBookingResult) made = { 0 };
  if (!sl_joint_begin (&joint, engine, actor, "slot book", error))
    return FALSE;
  if (!sl_slot_plan_make (engine, actor, request, TRUE, &plan, out_refusal, error)
      || !sl_slot_plan_write (engine, actor, request, &plan, &made, out_refusal, error))
    return sl_joint_decline (&joint, out_refusal, error);
  if (!sl_joint_commit (&joint, error))
    return FALSE;
  *out = made;
  made = (SlBookingResult){ 0 };
  return TRUE;
}
