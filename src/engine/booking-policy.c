/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-booking-policy"

#include "engine/booking-policy.h"

#include "core/datetime.h"
#include "engine/checkin-window.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/membership.h"
#include "engine/parq.h"
#include "engine/policy.h"
#include "engine/price.h"
#include "engine/rights.h"
#include "engine/sale.h"
#include "engine/trust.h"
#include "engine/waitlist.h"

/**
 * sl_booking_case_clear:
 * @booking: to be emptied; the struct itself is the caller's
 */
void
sl_booking_case_clear (SlBookingCase *booking)
{
  g_clear_pointer (&booking->session, sl_session_free);
  g_clear_pointer (&booking->service, sl_service_free);
  g_clear_pointer (&booking->member, sl_member_free);
}

/**
 * sl_booking_case_load:
 * @actor: (transfer none): who books; must outlive @out
 * @spots: people, at least 1
 * @out: (out caller-allocates): all that the checks look at
 *
 * Reads what a booking is about and takes the moment by which it is judged, once. Inside a command's transaction.
 *
 * Returns: %FALSE with @error: %SL_ERROR_NOT_FOUND for a session or member not heard of, or storage failed
 */
gboolean
sl_booking_case_load (SlEngine *engine, const SlActor *actor, const SlId *session_id, const SlId *member_id, int spots,
                      SlBookingCase *out, GError **error)
{
  g_auto (SlBookingCase) booking = { 0 };

  booking.actor = actor;
  booking.by_staff = actor->role != SL_ROLE_MEMBER;
  booking.now_ms = sl_engine_now_ms (engine);
  booking.spots = spots;
  booking.session = sl_session_get (engine, session_id, error);
  if (booking.session == NULL)
    return FALSE;
  booking.service = sl_service_get (engine, &booking.session->service_id, error);
  if (booking.service == NULL)
    return FALSE;
  booking.member = sl_member_get (engine, member_id, error);
  if (booking.member == NULL)
    return FALSE;
  *out = booking;
  booking = (SlBookingCase){ 0 };
  return TRUE;
}

static gboolean
refuse_why (SlRefusal *refusal, SlRefusalCode code, const char *why)
{
  sl_refuse (refusal, code);
  sl_refusal_set_text (refusal, "why", why);
  return FALSE;
}

/* A member books for herself, where the service lets members book; a VIP also where it does not, and who is restricted
 * goes to the desk. */
static gboolean
check_member_books (const SlBookingCase *booking, gboolean mode_allows, SlRefusal *refusal)
{
  gboolean is_self = sl_id_equal (&booking->actor->id, &booking->member->id)
                     || sl_id_equal (&booking->actor->id, &sl_actor_device);

  if (!sl_actor_may (booking->actor, SL_ACTION_BOOK_SELF, &booking->session->location_id, refusal))
    return FALSE;
  if (!is_self)
    return refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "another_member");
  if (g_strcmp0 (booking->member->permission, "restricted") == 0)
    return refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "restricted");
  if (!mode_allows)
    return refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "booking_mode");
  return TRUE;
}

/**
 * sl_booking_check_actor:
 *
 * Check 1: the actor may do it. Refusal: not_allowed (why: "another_member", "restricted" or "booking_mode" where it is
 * that).
 *
 * Returns: %TRUE: may
 */
gboolean
sl_booking_check_actor (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  SlBookingMode mode = booking->service->mode;
  gboolean vip = g_strcmp0 (booking->member->permission, "vip") == 0;

  if (booking->actor->role == SL_ROLE_MEMBER)
    return check_member_books (booking, vip || mode == SL_MODE_SELF || mode == SL_MODE_MIXED, refusal);
  if (booking->actor->role == SL_ROLE_INSTRUCTOR)
    {
      if (!sl_actor_may (booking->actor, SL_ACTION_BOOK_FOR_MEMBER, &booking->session->location_id, refusal))
        return FALSE;
      return vip || mode == SL_MODE_INSTRUCTOR || mode == SL_MODE_MIXED
             || refuse_why (refusal, SL_REFUSAL_NOT_ALLOWED, "booking_mode");
    }
  return sl_actor_may (booking->actor, SL_ACTION_BOOK_FOR_MEMBER, &booking->session->location_id, refusal);
}

/**
 * sl_booking_check_spots:
 * @n_guests: names given
 * @names_needed: %FALSE where the way in has no place for names (a hold may come without any)
 *
 * That the booking is of a size we take and its guests are named. Refusals: too_many_spots (max), guest_names_needed
 * (needed, given).
 *
 * Returns: %TRUE: so it is
 */
gboolean
sl_booking_check_spots (SlEngine *engine, const SlBookingCase *booking, guint n_guests, gboolean names_needed,
                        SlRefusal *refusal, GError **error)
{
  gint64 most;

  if (!sl_policy_int (engine, &booking->session->location_id, &booking->service->id, SL_POLICY_BOOKING_SPOTS_MAX, &most,
                      error))
    return FALSE;
  most = MIN (most, SL_SPOTS_MAX);
  if (booking->spots > most)
    {
      sl_refuse (refusal, SL_REFUSAL_TOO_MANY_SPOTS);
      sl_refusal_set_int (refusal, "max", most);
      return FALSE;
    }
  if ((int) n_guests != booking->spots - 1 && (names_needed || n_guests > 0))
    {
      sl_refuse (refusal, SL_REFUSAL_GUEST_NAMES_NEEDED);
      sl_refusal_set_int (refusal, "needed", booking->spots - 1);
      sl_refusal_set_int (refusal, "given", n_guests);
      return FALSE;
    }
  return TRUE;
}

/**
 * sl_booking_check_session:
 *
 * Check 2: the session is published and not started; staff still take walk-ins until check-in closes. Refusals:
 * session_cancelled, session_not_open, service_inactive.
 *
 * Returns: %TRUE: open
 */
gboolean
sl_booking_check_session (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  const SlSession *session = booking->session;
  gint64 opens_ms, closes_ms;

  if (session->cancelled)
    return sl_refuse (refusal, SL_REFUSAL_SESSION_CANCELLED);
  if (!session->published)
    return refuse_why (refusal, SL_REFUSAL_SESSION_NOT_OPEN, "draft");
  if (!booking->service->active)
    return sl_refuse (refusal, SL_REFUSAL_SERVICE_INACTIVE);
  if (booking->now_ms < session->start_ms)
    return TRUE;
  if (!sl_checkin_window (engine, &session->location_id, &session->service_id, session->start_ms, &opens_ms, &closes_ms,
                          error))
    return FALSE;
  if (booking->by_staff && booking->now_ms <= closes_ms && booking->now_ms < session->end_ms)
    return TRUE;
  refuse_why (refusal, SL_REFUSAL_SESSION_NOT_OPEN, "started");
  sl_refusal_set_int (refusal, "start_ms", session->start_ms);
  return FALSE;
}

/**
 * sl_booking_check_window:
 *
 * Check 3: booking has opened. Refusal: booking_window_closed (opens_ms).
 *
 * Returns: %TRUE: it has
 */
gboolean
sl_booking_check_window (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  const SlSession *session = booking->session;
  gint64 hours, opens_ms;

  if (!sl_policy_int (engine, &session->location_id, &session->service_id, SL_POLICY_BOOKING_OPENS_HOURS, &hours,
                      error))
    return FALSE;
  opens_ms = session->start_ms - hours * SL_HOUR_MS;
  if (booking->now_ms >= opens_ms)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_BOOKING_WINDOW_CLOSED);
  sl_refusal_set_int (refusal, "opens_ms", opens_ms);
  return FALSE;
}

/**
 * sl_booking_check_member:
 *
 * Check 4: the member is active, and has answered the health questions where the service asks for it. Refusals:
 * member_erased, member_blocked (status), parq_needed (answered_ms).
 *
 * Returns: %TRUE: active
 */
gboolean
sl_booking_check_member (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  if (g_strcmp0 (booking->member->status, "active") == 0)
    return sl_parq_check (engine, booking->member, &booking->service->id, &booking->session->location_id,
                          booking->now_ms, refusal, error);
  if (sl_member_refuse_erased (booking->member, refusal))
    return FALSE;
  sl_refuse (refusal, SL_REFUSAL_MEMBER_BLOCKED);
  sl_refusal_set_text (refusal, "status", booking->member->status);
  return FALSE;
}

static void
set_other_booking (SlRefusal *refusal, const SlClaim *claim)
{
  char text[SL_ID_TEXT_BYTES];

  sl_refusal_set_text (refusal, "booking", sl_id_format (&claim->booking_id, text));
  sl_refusal_set_text (refusal, "session", sl_id_format (&claim->session_id, text));
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  sl_refusal_set_int (refusal, "start_ms", claim->start_ms);
  sl_refusal_set_int (refusal, "end_ms", claim->end_ms);
}

static gboolean
is_own (const SlBookingCase *booking, const SlClaim *other)
{
  return !sl_id_is_none (&booking->own_booking) && sl_id_equal (&other->booking_id, &booking->own_booking);
}

/**
 * sl_booking_check_not_booked:
 *
 * Check 5, first half: no live booking and no place in the queue of the session, and no live booking in one that
 * overlaps it; sessions that only touch do not.
 * Refusals: already_booked, member_busy (booking, session, status, start_ms, end_ms of the other one).
 *
 * Returns: %TRUE: free
 */
gboolean
sl_booking_check_not_booked (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  const SlSession *session = booking->session;
  g_autoptr (GArray) same = sl_claims_of_member_in (engine, &booking->member->id, &session->id, booking->now_ms, error);
  g_autoptr (GArray) near = NULL;

  if (same == NULL)
    return FALSE;
  for (guint i = 0; i < same->len; i++)
    {
      const SlClaim *other = &g_array_index (same, SlClaim, i);

      if (is_own (booking, other)
          || (other->status != SL_BOOKING_WAITLISTED && !sl_booking_status_is_live (other->status)))
        continue;
      sl_refuse (refusal, SL_REFUSAL_ALREADY_BOOKED);
      set_other_booking (refusal, other);
      return FALSE;
    }

  near = sl_claims_of_member_between (engine, &booking->member->id, NULL, session->start_ms, session->end_ms,
                                      booking->now_ms, error);
  if (near == NULL)
    return FALSE;
  for (guint i = 0; i < near->len; i++)
    {
      const SlClaim *other = &g_array_index (near, SlClaim, i);

      /* One that is over keeps nobody busy, though its hour may overlap that of a session still open to walk-ins. */
      if (is_own (booking, other) || !sl_booking_status_is_live (other->status)
          || other->status == SL_BOOKING_COMPLETED)
        continue;
      sl_refuse (refusal, SL_REFUSAL_MEMBER_BUSY);
      set_other_booking (refusal, other);
      return FALSE;
    }
  return TRUE;
}

/**
 * sl_booking_check_rate:
 *
 * Check 5, second half, for holds: not too many in the last minute, whoever made them for the member and whatever
 * became of them; a clock that was set back by up to a minute forgets none. Refusal: rate_limited (max).
 *
 * Returns: %TRUE: not too many
 */
gboolean
sl_booking_check_rate (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
{
  gint64 most, hold_min, count, until_ms;

  if (!sl_policy_int (engine, &booking->session->location_id, &booking->service->id, SL_POLICY_HOLDS_PER_MINUTE,
                      &most, error)
      || !sl_policy_int (engine, &booking->session->location_id, &booking->service->id, SL_POLICY_HOLD_MINUTES,
                         &hold_min, error))
    return FALSE;
  until_ms = booking->now_ms + hold_min * SL_MINUTE_MS;
  if (!sl_claims_count_recent_holds (engine, &booking->member->id, until_ms - SL_MINUTE_MS, until_ms + SL_MINUTE_MS,
                                     &count, error))
    return FALSE;
  if (count < most)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_RATE_LIMITED);
  sl_refusal_set_int (refusal, "max", most);
  return FALSE;
}

/**
 * sl_booking_check_who_and_when:
 * @n_guests: names given
 * @names_needed: %FALSE where the way in has no place for names
 *
 * The checks 1 to 5 in their order, but for the rate of holds: the first that fails is the answer.
 *
 * Returns: %TRUE: what is left to ask is room and payment
 */
gboolean
sl_booking_check_who_and_when (SlEngine *engine, const SlBookingCase *booking, guint n_guests, gboolean names_needed,
                               SlRefusal *refusal, GError **error)
{
  return sl_booking_check_actor (engine, booking, refusal, error)
         && sl_booking_check_spots (engine, booking, n_guests, names_needed, refusal, error)
         && sl_booking_check_session (engine, booking, refusal, error)
         && sl_booking_check_window (engine, booking, refusal, error)
         && sl_booking_check_member (engine, booking, refusal, error)
         && sl_booking_check_not_booked (engine, booking, refusal, error);
}

/**
 * sl_room_plan_clear:
 * @plan: to be emptied; the struct itself is the caller's
 */
void
sl_room_plan_clear (SlRoomPlan *plan)
{
  g_clear_pointer (&plan->lapsed, g_array_unref);
}

/* Lapsed holds that this device keeps, as many as free the rights that are missing; *out_enough: they are not too few.
 */
static gboolean
plan_lapsed (SlEngine *engine, const GArray *lapsed, gint64 missing, SlRoomPlan *plan, gboolean *out_enough,
             GError **error)
{
  if (missing > 0)
    plan->lapsed = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < lapsed->len && missing > 0; i++)
    {
      const SlLapsedClaim *claim = &g_array_index (lapsed, SlLapsedClaim, i);
      gboolean here;

      if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error))
        return FALSE;
      if (!here)
        continue;
      g_array_append_val (plan->lapsed, claim->id);
      missing -= claim->spots;
    }
  *out_enough = missing <= 0;
  return TRUE;
}

/* missing: what this device would have to get of what is free elsewhere. */
static gboolean
refuse_room (const SlBookingCase *booking, const SlSessionCount *count, gint64 free_spots, gint64 missing,
             gint64 waiting, SlRefusal *refusal)
{
  gboolean elsewhere = free_spots >= booking->spots;
  char text[SL_ID_TEXT_BYTES];

  sl_refuse (refusal, elsewhere ? SL_REFUSAL_SPOTS_ELSEWHERE : SL_REFUSAL_CLASS_FULL);
  if (elsewhere)
    {
      sl_refusal_set_text (refusal, "session", sl_id_format (&booking->session->id, text));
      sl_refusal_set_int (refusal, "missing", missing);
    }
  sl_refusal_set_int (refusal, "capacity", count->capacity);
  sl_refusal_set_int (refusal, "free", MAX (free_spots, 0));
  sl_refusal_set_int (refusal, "position", waiting + 1);
  return FALSE;
}

/* From the start on nobody waits any more, written down or not. */
static gboolean
count_waiting (SlEngine *engine, const SlBookingCase *booking, gint64 *out, GError **error)
{
  *out = 0;
  return booking->now_ms >= booking->session->start_ms
         || sl_waitlist_count (engine, &booking->session->id, out, error);
}

/**
 * sl_booking_check_room:
 * @override_reason: (nullable): book beside the capacity when there is no room
 * @out_plan: (out caller-allocates): what to do to get the spots
 *
 * Check 6: the spots asked for are free over all devices, by the clock of the moment, and this device holds the rights
 * to them: it books against free rights of its own alone, so that the sum over all devices never exceeds the capacity.
 * What other devices owe comes first: it is theirs, and run-due passes it on; so do those who wait, as far as a free
 * spot will be offered to them. Holds past their end that this one keeps
 * are released first, as many as are needed. Refusals: class_full (capacity, free,
 * position in the waitlist), spots_elsewhere (the same, session, missing: spots that would have to come here), and
 * those of the override: reason_required, not_allowed, approval_required.
 *
 * Returns: %TRUE: there is room, or it is overridden
 */
gboolean
sl_booking_check_room (SlEngine *engine, const SlBookingCase *booking, const char *override_reason,
                       SlRoomPlan *out_plan, SlRefusal *refusal, GError **error)
{
  const SlId *session_id = &booking->session->id;
  g_auto (SlRoomPlan) plan = { 0 };
  g_autoptr (GArray) lapsed = NULL;
  SlSessionCount count;
  gint64 rights, spare, free_spots, waiting;
  gboolean enough = FALSE;

  if (!sl_rights_count (engine->log, session_id, &count, error)
      || !sl_rights_spare (engine, session_id, &rights, &spare, error))
    return FALSE;
  lapsed = sl_claims_lapsed_in (engine, session_id, booking->now_ms, error);
  if (lapsed == NULL)
    return FALSE;
  free_spots = count.capacity - count.confirmed - count.unconfirmed;
  for (guint i = 0; i < lapsed->len; i++)
    free_spots += g_array_index (lapsed, SlLapsedClaim, i).spots;
  if (!sl_waitlist_take_promised (engine, session_id, &free_spots, error))
    return FALSE;

  if (free_spots >= booking->spots
      && !plan_lapsed (engine, lapsed, booking->spots - spare, &plan, &enough, error))
    return FALSE;
  if (enough)
    {
      *out_plan = plan;
      plan = (SlRoomPlan){ 0 };
      return TRUE;
    }
  if (override_reason == NULL || (engine->can_ask && free_spots >= booking->spots))
    return count_waiting (engine, booking, &waiting, error)
           && refuse_room (booking, &count, free_spots, booking->spots - spare, waiting, refusal);
  if (!sl_command_may (engine, booking->actor, SL_ACTION_OVERRIDE_CAPACITY, &booking->session->location_id, refusal))
    return FALSE;
  *out_plan = (SlRoomPlan){ .beside_capacity = TRUE };
  return TRUE;
}

/**
 * sl_pay_plan_clear:
 * @plan: to be emptied; the struct itself is the caller's
 */
void
sl_pay_plan_clear (SlPayPlan *plan)
{
  g_clear_pointer (&plan->spends, g_free);
  sl_takings_clear (&plan->takings);
}

static gboolean
refuse_credits (gint64 needed, gint64 price_cents, SlRefusal *refusal)
{
  sl_refuse (refusal, SL_REFUSAL_INSUFFICIENT_CREDITS);
  sl_refusal_set_int (refusal, "needed_hundredths", needed);
  if (price_cents >= 0)
    sl_refusal_set_int (refusal, "price_cents", price_cents);
  return FALSE;
}

/**
 * sl_booking_price:
 * @engine: the engine
 * @booking: what is booked, by whom and when
 * @spots: how many are paid for
 * @with_member: the member's own is one of them
 * @out_cents: (out): what they cost as a drop-in; below 0: they are not sold for money
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_booking_price (SlEngine *engine, const SlBookingCase *booking, gint64 spots, gboolean with_member,
                  gint64 *out_cents, GError **error)
{
  SlPriceCase of = { .service = booking->service,
                     .location_id = booking->session->location_id,
                     .member_id = booking->member->id,
                     .start_ms = booking->session->start_ms,
                     .now_ms = booking->now_ms };
  if (!sl_price_of_spots (engine, &of, spots, with_member, out_cents, error))
    return FALSE;
  if (*out_cents == SL_NUMBER_NONE)
    *out_cents = -1;
  return TRUE;
}

/**
 * sl_booking_check_paid:
 * @payment_method: (nullable): sell the drop-in price by this method; %NULL: take credits
 * @out_plan: (out caller-allocates): which lots pay, or the price
 *
 * Check 7: it is paid. A service without a price has no drop-in sale; one that costs neither credits nor money is free.
 * An unlimited plan pays for the member's own spot. not_covered: they have nothing but a plan that is not for this.
 * Refusals: insufficient_credits (needed_hundredths, balance_hundredths, price_cents where money would do),
 * credits_elsewhere, trust_used (src/engine/trust.c), and not_allowed where the actor may not take money.
 *
 * Returns: %TRUE: paid, or free
 */
gboolean
sl_booking_check_paid (SlEngine *engine, const SlBookingCase *booking, const char *payment_method, SlPayPlan *out_plan,
                       SlRefusal *refusal, GError **error)
{
  const SlService *service = booking->service;
  gboolean is_free = service->credits_hundredths == 0 && service->price_cents <= 0 /* none is far below 0 */
                     && service->peak_price_cents <= 0;
  SlCovered covered = SL_COVERED_NO_PLAN;
  gint64 needed, price, to_pay;
  char text[SL_ID_TEXT_BYTES];

  *out_plan = (SlPayPlan){ .price_cents = -1 };
  if (is_free)
    return TRUE;
  if (!sl_membership_covers (engine, &booking->member->id, &service->id, &booking->session->location_id,
                             booking->session->start_ms, booking->now_ms, &covered, error))
    return FALSE;
  to_pay = booking->spots - (covered == SL_COVERED_BY_PLAN ? 1 : 0);
  if (to_pay == 0)
    return TRUE;
  needed = service->credits_hundredths * to_pay;
  if (!sl_booking_price (engine, booking, to_pay, to_pay == booking->spots, &price, error))
    return FALSE;
  if (needed == 0 && price <= 0) /* free at this hour, or for them */
    return TRUE;
  if (payment_method != NULL || booking->pays != NULL)
    {
      if (price < 0)
        return refuse_credits (needed, price, refusal);
      if (!sl_actor_may_with_own (booking->actor, SL_ACTION_TAKE_PAYMENT, &booking->session->location_id, TRUE,
                                  refusal)
          || !(booking->pays != NULL
                 ? sl_sale_check_pays (engine, booking->pays, price, &out_plan->takings, refusal, error)
                 : sl_sale_check_drop_in (engine, payment_method, price, &out_plan->takings, refusal, error)))
        return FALSE;
      out_plan->price_cents = price;
      return TRUE;
    }
  if (needed == 0)
    return refuse_credits (needed, price, refusal);
  if (!sl_credits_plan_spend_with (engine, &booking->member->id, needed, booking->now_ms,
                                   &booking->session->location_id, &booking->comes_back, &out_plan->spends,
                                   &out_plan->n_spends, refusal, error))
    return FALSE;
  if (refusal->code == SL_REFUSAL_CREDITS_ELSEWHERE && booking->comes_back.elsewhere
      && !sl_id_is_none (&booking->own_booking))
    sl_refusal_set_text (refusal, "booking", sl_id_format (&booking->own_booking, text));
  if (refusal->code == SL_REFUSAL_CREDITS_ELSEWHERE)
    return sl_trust_check (engine, &booking->session->location_id, &booking->member->id, needed,
                           &out_plan->owed_hundredths, refusal, error);
  if (refusal->code != SL_REFUSAL_NONE)
    {
      if (price >= 0 && refusal->code == SL_REFUSAL_INSUFFICIENT_CREDITS)
        sl_refusal_set_int (refusal, "price_cents", price);
      if (covered == SL_COVERED_NOT_IT && refusal->code == SL_REFUSAL_INSUFFICIENT_CREDITS
          && sl_refusal_get_int (refusal, "balance_hundredths", 0) <= 0)
        refusal->code = SL_REFUSAL_NOT_COVERED;
      return FALSE;
    }
  out_plan->spent_hundredths = needed;
  return TRUE;
}

/**
 * sl_booking_check_may_cancel:
 * @claim: a booking
 *
 * Members cancel their own bookings, instructors those of their own sessions, the desk any at its locations. Refusal:
 * not_allowed.
 *
 * Returns: %TRUE: the actor may give it up
 */
gboolean
sl_booking_check_may_cancel (const SlActor *actor, const SlClaim *claim, SlRefusal *refusal)
{
  gboolean own;

  if (actor->role == SL_ROLE_MEMBER)
    {
      own = sl_id_equal (&actor->id, &claim->member_id) || sl_id_equal (&actor->id, &sl_actor_device);
      return sl_actor_may (actor, own ? SL_ACTION_CANCEL_OWN : SL_ACTION_CANCEL_ANY, &claim->location_id, refusal);
    }
  own = sl_id_equal (&claim->instructor_id, &actor->id);
  return sl_actor_may_with_own (actor, SL_ACTION_CANCEL_ANY, &claim->location_id, own, refusal);
}

/**
 * sl_booking_decline:
 * @command: the word under which a refusal is noted
 * @refusal: as the check that said no has left it
 *
 * Ends a command that has been begun and has emitted nothing: with the refusal where there is one, else @error is set
 * already and all is rolled back.
 *
 * Returns: what the command returns
 */
gboolean
sl_booking_decline (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal,
                    GError **error)
{
  if (refusal->code == SL_REFUSAL_NONE)
    return sl_command_fail (engine);
  return sl_command_refuse (engine, actor, command, refusal, error);
}
