/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-work"

#include "member-work.h"

#include "core/datetime.h"
#include "engine/booking-view.h"
#include "engine/member-proof.h"
#include "engine/member.h"
#include "engine/parq.h"
#include "engine/pass.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/waitlist.h"

#include <string.h>

/* All that is private here goes so: not one free()d copy keeps it. */
static void
wipe (char **text)
{
  volatile char *bytes = *text;

  if (bytes == NULL)
    return;
  for (gsize i = strlen (*text); i > 0; i--)
    bytes[i - 1] = '\0';
  g_clear_pointer (text, g_free);
}

/**
 * sl_member_proof_clear:
 * @proof: to be wiped and emptied
 */
void
sl_member_proof_clear (SlMemberProof *proof)
{
  wipe (&proof->code);
  wipe (&proof->phone);
  wipe (&proof->pin);
  wipe (&proof->birth_date);
}

/**
 * sl_member_proof_copy:
 * @proof: who somebody is
 * @out: (out caller-allocates): the same
 */
void
sl_member_proof_copy (const SlMemberProof *proof, SlMemberProof *out)
{
  *out = (SlMemberProof) { g_strdup (proof->code), g_strdup (proof->phone), g_strdup (proof->pin),
                           g_strdup (proof->birth_date) };
}

/**
 * sl_member_proof_is_given:
 * @proof: who somebody is
 *
 * Returns: whether anything was read or typed
 */
gboolean
sl_member_proof_is_given (const SlMemberProof *proof)
{
  return proof->code != NULL || proof->phone != NULL;
}

/**
 * sl_member_request_free:
 * @request: (nullable) (transfer full): to be freed, with all that it has been told
 */
void
sl_member_request_free (SlMemberRequest *request)
{
  if (request == NULL)
    return;
  sl_member_proof_clear (&request->proof);
  wipe (&request->answers);
  wipe (&request->short_name);
  wipe (&request->pass);
  sl_refusal_clear (&request->refusal);
  g_clear_pointer (&request->checkin, sl_checkin_answer_free);
  sl_booking_result_clear (&request->booked);
  sl_session_offer_free (request->offer);
  g_clear_pointer (&request->sessions, g_ptr_array_unref);
  g_clear_pointer (&request->bookings, g_ptr_array_unref);
  g_free (request);
}

/* Whoever has been proved before is; else by what was read or typed. FALSE: refused, or failed with error. */
static gboolean
prove (SlEngine *engine, SlMemberRequest *request, GError **error)
{
  gboolean done;

  if (!sl_id_is_none (&request->member))
    return TRUE;
  if (request->proof.code != NULL)
    done = sl_member_prove_pass (engine, request->proof.code, &request->member, &request->refusal, error);
  else
    done = sl_member_prove (engine, request->proof.phone, request->proof.pin, request->proof.birth_date,
                            &request->member, &request->refusal, error);
  return done && request->refusal.code == SL_REFUSAL_NONE;
}

/* What a function answers that could not go on: a refusal is an answer. */
static gboolean
stopped (const SlMemberRequest *request)
{
  return request->refusal.code != SL_REFUSAL_NONE;
}

/* "Thandi N." */
static char *
short_name_of (const SlMember *member)
{
  g_autofree char *initial = NULL;

  if (member->first == NULL || member->last == NULL || *member->last == '\0')
    return g_strdup (member->first);
  initial = g_utf8_substring (member->last, 0, 1);
  return g_strdup_printf ("%s %s.", member->first, initial);
}

/* Classes */

static SlSessionOffer *
offer_of (SlEngine *engine, const SlSession *session, const SlService *service, GError **error)
{
  SlSessionCounts counts;
  SlSessionOffer *offer;

  if (!sl_session_counts (engine, &session->id, &counts, error))
    return NULL;
  offer = g_new0 (SlSessionOffer, 1);
  offer->session_id = session->id;
  offer->class_name = g_strdup (session->service_name != NULL ? session->service_name : "");
  offer->room_name = g_strdup (session->room_name);
  offer->instructor_name = g_strdup (session->instructor_name);
  offer->type = g_strdup (service->type);
  offer->start_ms = session->start_ms;
  offer->end_ms = session->end_ms;
  /* Free spots that are promised to those who wait are not for who comes now. */
  offer->free = MAX (counts.free - counts.waitlisted, 0);
  offer->waitlisted = counts.waitlisted;
  offer->credits_hundredths = service->credits_hundredths;
  return offer;
}

static gboolean
load_offer (SlEngine *engine, SlMemberRequest *request, GError **error)
{
  g_autoptr (SlSession) session = sl_session_get (engine, &request->session, error);
  g_autoptr (SlService) service = session != NULL ? sl_service_get (engine, &session->service_id, error) : NULL;

  if (service == NULL)
    return FALSE;
  request->offer = offer_of (engine, session, service, error);
  return request->offer != NULL;
}

static const SlService *
find_service (GPtrArray *services, const SlId *id)
{
  for (guint i = 0; i < services->len; i++)
    if (sl_id_equal (&((const SlService *) services->pdata[i])->id, id))
      return services->pdata[i];
  return NULL;
}

/**
 * sl_member_work_sessions:
 *
 * The classes here that members may book themselves, not begun, soonest first.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_sessions (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) services = sl_service_list (engine, error);
  g_autoptr (GPtrArray) sessions = NULL;
  SlId here;

  sl_engine_get_location (engine, &here);
  if (services != NULL)
    sessions = sl_session_list (engine, &here, now_ms + 1, now_ms + SL_MEMBER_DAYS_AHEAD * SL_DAY_MS, error);
  if (sessions == NULL)
    return FALSE;
  request->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_session_offer_free);
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      const SlService *service = find_service (services, &session->service_id);
      SlSessionOffer *offer;

      if (session->state != SL_SESSION_PUBLISHED || service == NULL || !service->active
          || (service->mode != SL_MODE_SELF && service->mode != SL_MODE_MIXED))
        continue;
      offer = offer_of (engine, session, service, error);
      if (offer == NULL)
        return FALSE;
      g_ptr_array_add (request->sessions, offer);
    }
  return TRUE;
}

/* Without a proof: who they are is known. */
static gboolean
book_now (SlEngine *engine, SlMemberRequest *request, gboolean *out_wrote, GError **error)
{
  SlBookingRequest booking = { .member_id = request->member, .session_id = request->session, .spots = 1,
                               .join_waitlist = request->join_waitlist };
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  if (!sl_booking_book (engine, &device, &booking, &request->booked, &request->refusal, error))
    return FALSE;
  *out_wrote = !stopped (request);
  return TRUE;
}

/**
 * sl_member_work_book:
 *
 * Books request->session, or joins its queue. A session that is full, or was taken in the meantime, is a refusal.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_book (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;

  if (!load_offer (engine, request, error))
    return FALSE;
  if (!prove (engine, request, error))
    return stopped (request);
  return book_now (engine, request, out_wrote, error);
}

/* Check-in */

static SlCheckinRequest
door_request (const SlMemberRequest *request)
{
  return (SlCheckinRequest) { .code = request->proof.code, .phone = request->proof.phone,
                              .member_pin = request->proof.pin, .birth_date = request->proof.birth_date };
}

/**
 * sl_member_work_check_in:
 *
 * Lets somebody in by what was read or typed. With request->session, and no booking of it: books it on the way in;
 * where its door is not open yet, for later.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_check_in (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  SlCheckinRequest door = door_request (request);

  door.book_session_id = request->session;
  if (!sl_checkin (engine, &door, &request->checkin, error))
    return FALSE;
  request->member = request->checkin->member_id;
  *out_wrote = request->checkin->result == SL_REFUSAL_NONE;
  if (sl_id_is_none (&request->session) || request->checkin->result != SL_REFUSAL_TOO_EARLY
      || !sl_id_is_none (&request->checkin->booking_id))
    return TRUE;
  g_clear_pointer (&request->checkin, sl_checkin_answer_free);
  return load_offer (engine, request, error) && book_now (engine, request, out_wrote, error);
}

/**
 * sl_member_work_check_in_chosen:
 *
 * Lets somebody in by their booking of request->session: which of several it is.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_check_in_chosen (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  SlCheckinRequest door = door_request (request);

  door.session_id = request->session;
  if (!sl_checkin (engine, &door, &request->checkin, error))
    return FALSE;
  request->member = request->checkin->member_id;
  *out_wrote = request->checkin->result == SL_REFUSAL_NONE;
  return TRUE;
}

/**
 * sl_member_work_check_in_booked:
 *
 * Lets a member in by request->booking, which is theirs.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_check_in_booked (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_autofree char *code = NULL;

  if (!sl_booking_code (engine, &request->booking, 0, &code, error))
    return FALSE;
  SlCheckinRequest door = { .code = code };
  if (!sl_checkin (engine, &door, &request->checkin, error))
    return FALSE;
  *out_wrote = request->checkin->result == SL_REFUSAL_NONE;
  return TRUE;
}

/* Their own */

static gboolean
is_ahead (const SlBookingView *view, gint64 now_ms)
{
  return view->end_ms > now_ms
         && (view->status == SL_BOOKING_CONFIRMED || view->status == SL_BOOKING_CHECKED_IN
             || view->status == SL_BOOKING_WAITLISTED || view->status == SL_BOOKING_OFFERED
             || view->status == SL_BOOKING_HELD);
}

static SlMemberBooking *
booking_of (SlEngine *engine, const SlBookingView *view, gint64 now_ms, GError **error)
{
  g_autoptr (SlSession) session = sl_session_get (engine, &view->session_id, error);
  SlMemberBooking *booking;
  SlId here;
  int percent;

  if (session == NULL)
    return NULL;
  percent = sl_cancel_percent (engine, &session->location_id, &session->service_id, session->start_ms, now_ms, error);
  if (percent < 0)
    return NULL;
  sl_engine_get_location (engine, &here);
  booking = g_new0 (SlMemberBooking, 1);
  booking->booking_id = view->id;
  booking->session_id = view->session_id;
  booking->class_name = g_strdup (view->class_name);
  booking->room_name = g_strdup (session->room_name);
  booking->instructor_name = g_strdup (session->instructor_name);
  if (!sl_id_equal (&session->location_id, &here))
    booking->location_name = g_strdup (session->location_name);
  booking->start_ms = view->start_ms;
  booking->end_ms = view->end_ms;
  booking->status = view->status;
  booking->position = view->position;
  booking->expires_ms = view->expires_ms;
  booking->spent_hundredths = view->spent_hundredths - view->refunded_hundredths;
  booking->back_hundredths = sl_refund_part (0, booking->spent_hundredths, percent);
  return booking;
}

/* Offers want an answer; the rest by time. */
static int
compare_bookings (gconstpointer a, gconstpointer b)
{
  const SlMemberBooking *x = *(SlMemberBooking *const *) a, *y = *(SlMemberBooking *const *) b;

  if ((x->status == SL_BOOKING_OFFERED) != (y->status == SL_BOOKING_OFFERED))
    return x->status == SL_BOOKING_OFFERED ? -1 : 1;
  if (x->start_ms != y->start_ms)
    return x->start_ms < y->start_ms ? -1 : 1;
  return sl_id_compare (&x->booking_id, &y->booking_id);
}

static gboolean
load_bookings (SlEngine *engine, SlMemberRequest *request, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) views = sl_booking_list_of_member (engine, &request->member, SL_MEMBER_BOOKINGS_MAX, error);

  if (views == NULL)
    return FALSE;
  request->bookings = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_member_booking_free);
  for (guint i = 0; i < views->len; i++)
    {
      SlMemberBooking *booking;

      if (!is_ahead (views->pdata[i], now_ms))
        continue;
      booking = booking_of (engine, views->pdata[i], now_ms, error);
      if (booking == NULL)
        return FALSE;
      g_ptr_array_add (request->bookings, booking);
    }
  g_ptr_array_sort (request->bookings, compare_bookings);
  return TRUE;
}

/**
 * sl_member_work_home:
 *
 * Who it is, what they have booked, and whether a health form counts.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_home (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_autoptr (SlMember) member = NULL;
  g_autoptr (SlParq) parq = NULL;
  SlActor themselves = { .role = SL_ROLE_MEMBER };

  if (!prove (engine, request, error))
    return stopped (request);
  member = sl_member_get (engine, &request->member, error);
  if (member == NULL)
    return FALSE;
  themselves.id = member->id;
  request->short_name = short_name_of (member);
  if (!sl_parq_show (engine, &themselves, &member->id, &parq, &request->refusal, error))
    return FALSE;
  if (stopped (request))
    return TRUE;
  request->needs_health_form = !parq->valid;
  return load_bookings (engine, request, error);
}

/* What could not be done because the studio has called the class off meanwhile: that is the answer then. */
static gboolean
tell_called_off (SlEngine *engine, SlMemberRequest *request, GError **error)
{
  g_autoptr (SlSession) session = sl_session_get (engine, &request->session, error);

  if (session == NULL)
    return FALSE;
  if (!session->cancelled)
    return TRUE;
  sl_refusal_clear (&request->refusal);
  request->refusal.code = SL_REFUSAL_SESSION_CANCELLED;
  return request->offer != NULL || load_offer (engine, request, error);
}

/* How a command about a booking of theirs has gone. */
static gboolean
finish_own (SlEngine *engine, SlMemberRequest *request, gboolean *out_wrote, GError **error)
{
  *out_wrote = !stopped (request);
  return *out_wrote || tell_called_off (engine, request, error);
}

/**
 * sl_member_work_cancel:
 *
 * Gives up request->booking under the policy.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_cancel (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  if (!sl_booking_cancel (engine, &device, &request->booking, NULL, &request->cancelled, &request->refusal, error))
    return FALSE;
  return finish_own (engine, request, out_wrote, error);
}

/**
 * sl_member_work_leave_queue:
 *
 * Waits no longer.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_leave_queue (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  if (!sl_waitlist_leave (engine, &device, &request->booking, &request->refusal, error))
    return FALSE;
  return finish_own (engine, request, out_wrote, error);
}

/**
 * sl_member_work_accept:
 *
 * Takes the spot that is offered. A refusal leaves the offer standing, but for offer_lapsed.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_accept (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  if (!load_offer (engine, request, error)
      || !sl_offer_accept (engine, &device, &request->booking, NULL, &request->booked, &request->refusal, error))
    return FALSE;
  return finish_own (engine, request, out_wrote, error);
}

/**
 * sl_member_work_decline:
 *
 * Lets the offered spot go to the next.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_decline (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_auto (SlActor) device = { 0 };
  g_auto (SlBookingResult) result = { 0 };

  sl_actor_init_device (&device);
  if (!sl_offer_decline (engine, &device, &request->booking, &result, &request->refusal, error))
    return FALSE;
  return finish_own (engine, request, out_wrote, error);
}

/**
 * sl_member_work_pass:
 *
 * Finds the pass that counts now, if there is one.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_pass (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlPass) pass = sl_pass_current (engine, &request->member, &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (pass != NULL && pass->expires_ms > sl_engine_now_ms (engine))
    {
      request->pass = g_strdup (pass->code);
      request->pass_expires_ms = pass->expires_ms;
    }
  return TRUE;
}

/**
 * sl_member_work_health:
 *
 * Keeps the answers to the health questions.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_member_work_health (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  SlMemberRequest *request = data;
  g_auto (SlActor) device = { 0 };

  if (!prove (engine, request, error))
    return stopped (request);
  sl_actor_init_device (&device);
  if (!sl_parq_answer (engine, &device, &request->member, request->answers, &request->refusal, error))
    return FALSE;
  *out_wrote = !stopped (request);
  return TRUE;
}
