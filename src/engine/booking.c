/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-booking"

#include "engine/booking.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/booking-policy.h"
#include "engine/policy.h"
#include "engine/sale.h"
#include "engine/waitlist.h"
#include "scan/code.h"

#define GUEST_NAME_MAX_BYTES 120 /* a full name in any script; all guests of a booking fit one operation easily */
#define REASON_MAX_BYTES 500     /* a few sentences */

/* What one command carries from its checks to its operations. */
typedef struct {
  SlBookingCase of;
  SlRoomPlan room;
  SlPayPlan pay;
  GStrv guests;        /* (nullable): cleaned */
  char *reason, *note; /* (nullable): cleaned */
} SlBookingWork;

static void
sl_booking_work_clear (SlBookingWork *work)
{
  sl_booking_case_clear (&work->of);
  sl_room_plan_clear (&work->room);
  sl_pay_plan_clear (&work->pay);
  g_clear_pointer (&work->guests, g_strfreev);
  g_clear_pointer (&work->reason, g_free);
  g_clear_pointer (&work->note, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlBookingWork, sl_booking_work_clear)

/**
 * sl_booking_result_clear:
 * @result: to be emptied; the struct itself is the caller's
 */
void
sl_booking_result_clear (SlBookingResult *result)
{
  g_clear_pointer (&result->code, g_free);
}

/* Texts from people, cleaned; an override without a reason is refused. */
static gboolean
take_texts (const SlBookingRequest *request, SlBookingWork *work, SlRefusal *refusal, GError **error)
{
  guint n_guests = request->guests != NULL ? g_strv_length ((GStrv) request->guests) : 0;

  if (request->spots < 1)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a booking has at least one spot");
      return FALSE;
    }
  if (request->note != NULL && (work->note = sl_text_clean ("note", request->note, REASON_MAX_BYTES, error)) == NULL)
    return FALSE;
  if (request->override_reason != NULL)
    {
      work->reason = sl_text_clean ("reason", request->override_reason, REASON_MAX_BYTES, error);
      if (work->reason == NULL)
        return FALSE;
      if (*work->reason == '\0')
        return sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
    }
  work->guests = g_new0 (char *, n_guests + 1);
  for (guint i = 0; i < n_guests; i++)
    {
      work->guests[i] = sl_text_clean ("guest", request->guests[i], GUEST_NAME_MAX_BYTES, error);
      if (work->guests[i] == NULL)
        return FALSE;
      if (*work->guests[i] == '\0')
        {
          sl_refuse (refusal, SL_REFUSAL_GUEST_NAMES_NEEDED);
          sl_refusal_set_int (refusal, "needed", request->spots - 1);
          sl_refusal_set_int (refusal, "given", i);
          return FALSE;
        }
    }
  return TRUE;
}

/* The checks of a hold or a booking, in the order of src/engine/README.md, until it is asked whether there is room. */
static gboolean
check_who_and_when (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, gboolean hold,
                    SlBookingWork *work, SlRefusal *refusal, GError **error)
{
  SlBookingCase *of = &work->of;

  return take_texts (request, work, refusal, error)
         && sl_booking_case_load (engine, actor, &request->session_id, &request->member_id, request->spots, of, error)
         && sl_booking_check_who_and_when (engine, of, g_strv_length (work->guests), !hold, refusal, error)
         && (!hold || sl_booking_check_rate (engine, of, refusal, error));
}

static gboolean
check_room_and_pay (SlEngine *engine, const SlBookingRequest *request, gboolean hold, SlBookingWork *work,
                    SlRefusal *refusal, GError **error)
{
  work->of.pays = request->pays;
  return sl_booking_check_room (engine, &work->of, hold ? NULL : work->reason, &work->room, refusal, error)
         && (hold || sl_booking_check_paid (engine, &work->of, request->payment_method, &work->pay, refusal, error));
}

/* Without room whoever wants to wait joins the queue; from the start on there is none. */
static gboolean
may_wait (SlEngine *engine, const SlBookingRequest *request, const SlBookingWork *work, const SlRefusal *refusal)
{
  if (engine->can_ask && refusal->code == SL_REFUSAL_SPOTS_ELSEWHERE)
    return FALSE; /* whoever can ask for the spots need not wait for them */
  return request->join_waitlist && work->of.session != NULL && work->of.now_ms < work->of.session->start_ms
         && (refusal->code == SL_REFUSAL_CLASS_FULL || refusal->code == SL_REFUSAL_SPOTS_ELSEWHERE);
}

static gboolean
check_queue (SlEngine *engine, const SlBookingWork *work, gint64 *out_position, SlRefusal *refusal, GError **error)
{
  gint64 most, waiting;

  if (!sl_policy_int (engine, &work->of.session->location_id, &work->of.service->id, SL_POLICY_WAITLIST_MAX, &most,
                      error)
      || !sl_waitlist_count (engine, &work->of.session->id, &waiting, error))
    return FALSE;
  *out_position = waiting + 1;
  if (waiting < most)
    return TRUE;
  sl_refusal_clear (refusal);
  sl_refuse (refusal, SL_REFUSAL_LIMIT_REACHED);
  sl_refusal_set_int (refusal, "max", most);
  return FALSE;
}

static SlChannel
channel_of (const SlActor *actor, SlChannel asked)
{
  if (asked != 0)
    return asked;
  if (actor->role == SL_ROLE_MEMBER)
    return SL_CHANNEL_KIOSK;
  return actor->role == SL_ROLE_INSTRUCTOR ? SL_CHANNEL_INSTRUCTOR : SL_CHANNEL_DESK;
}

/* Why it stands beside the capacity, and what else was noted. */
static char *
note_of (const SlBookingWork *work)
{
  if (!work->room.beside_capacity)
    return g_strdup (work->note);
  return work->note != NULL ? g_strconcat (work->reason, " · ", work->note, NULL) : g_strdup (work->reason);
}

static gboolean
emit_claim (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, gboolean hold,
            gint64 held_until_ms, const SlBookingWork *work, SlBookingResult *out, GError **error)
{
  g_autofree char *note = note_of (work);
  SlClaimParams claim = {
    .session_id = request->session_id,
    .member_id = work->of.member->id,
    .type = hold                         ? SL_CLAIM_HOLD
            : work->room.beside_capacity ? SL_CLAIM_OVERRIDE
                                         : SL_CLAIM_BOOKING,
    .channel = channel_of (actor, request->channel),
    .spots = request->spots,
    .held_until_ms = held_until_ms,
    .guests = work->guests[0] != NULL ? (const char *const *) work->guests : NULL,
    .note = note,
  };
  SlConfirmParams confirm = {
    .price_cents = work->pay.price_cents,
    .spends = work->pay.spends,
    .n_spends = work->pay.n_spends,
  };

  for (guint i = 0; work->room.lapsed != NULL && i < work->room.lapsed->len; i++)
    if (!sl_op_release (engine->log, &g_array_index (work->room.lapsed, SlId, i), SL_RELEASE_EXPIRED, 100, NULL, error))
      return FALSE;
  if (hold)
    return sl_op_claim (engine->log, &claim, &out->booking_id, error);
  SlDropIn drop_in = { .member_id = work->of.member->id, .name = work->of.service->name,
                       .price_cents = work->pay.price_cents };
  if (!sl_op_book (engine->log, &claim, &confirm, &out->booking_id, error))
    return FALSE;
  drop_in.booking_id = out->booking_id;
  return (work->pay.price_cents <= 0
          || sl_sale_take_drop_in (engine, &drop_in, &work->pay.takings, &out->payment_id, error))
         && (work->pay.owed_hundredths == 0
             || sl_op_claim_trust (engine->log, &out->booking_id, work->pay.owed_hundredths, error));
}

static void
fill_result (const SlBookingWork *work, SlBookingStatus status, SlBookingResult *out)
{
  out->session_id = work->of.session->id;
  out->member_id = work->of.member->id;
  out->status = status;
  out->spots = work->of.spots;
  out->spent_hundredths = work->pay.spent_hundredths;
  out->price_cents = work->pay.price_cents;
  out->override = work->room.beside_capacity;
  out->owed_hundredths = work->pay.owed_hundredths;
}

/* Instead of a refusal for want of room. */
static gboolean
join_queue (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, const SlBookingWork *work,
            SlBookingResult *out, SlRefusal *refusal, GError **error)
{
  SlClaimParams claim = {
    .session_id = request->session_id,
    .member_id = work->of.member->id,
    .type = SL_CLAIM_WAITING,
    .channel = channel_of (actor, request->channel),
    .spots = request->spots,
    .guests = work->guests[0] != NULL ? (const char *const *) work->guests : NULL,
    .note = work->note,
  };
  SlBookingResult made = { 0 };
  gint64 offered = 0;

  if (!check_queue (engine, work, &made.position, refusal, error))
    return sl_booking_decline (engine, actor, "book", refusal, error);
  sl_refusal_clear (refusal);
  /* A spot may be free and somebody before them, whom it does not fit. */
  if (!sl_op_waitlist_join (engine->log, &claim, &made.booking_id, error)
      || !sl_waitlist_promote (engine, &request->session_id, work->of.now_ms, &offered, error)
      || !sl_waitlist_position (engine, &request->session_id, &made.booking_id, &made.position, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  fill_result (work, made.position > 0 ? SL_BOOKING_WAITLISTED : SL_BOOKING_OFFERED, &made);
  made.price_cents = -1;
  *out = made;
  return TRUE;
}

static gboolean
make (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, gboolean hold, SlBookingResult *out,
      SlRefusal *refusal, GError **error)
{
  const char *command = hold ? "hold" : "book";
  g_auto (SlBookingWork) work = { .pay.price_cents = -1 };
  g_auto (SlBookingResult) made = { 0 };
  gint64 hold_min = 0;

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_who_and_when (engine, actor, request, hold, &work, refusal, error)
      || !check_room_and_pay (engine, request, hold, &work, refusal, error))
    return !hold && may_wait (engine, request, &work, refusal)
               ? join_queue (engine, actor, request, &work, out, refusal, error)
               : sl_booking_decline (engine, actor, command, refusal, error);
  if (hold
      && !sl_policy_int (engine, &work.of.session->location_id, &work.of.service->id, SL_POLICY_HOLD_MINUTES, &hold_min,
                         error))
    return sl_command_fail (engine);
  made.expires_ms = hold ? work.of.now_ms + hold_min * SL_MINUTE_MS : 0;
  if (!emit_claim (engine, actor, request, hold, made.expires_ms, &work, &made, error)
      || (!hold && !sl_booking_code (engine, &made.booking_id, 0, &made.code, error)))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  fill_result (&work, hold ? SL_BOOKING_HELD : SL_BOOKING_CONFIRMED, &made);
  *out = made;
  made = (SlBookingResult){ 0 };
  return TRUE;
}

/**
 * sl_booking_hold:
 * @actor: who holds, for themselves or for the member
 * @request: what; guests may be left out, override_reason and payment_method are not looked at
 * @out: (out caller-allocates): the hold and when it ends, when not refused
 * @out_refusal: (out caller-allocates): why not: those of the checks 1 to 6, rate_limited, too_many_spots,
 * guest_names_needed
 *
 * Takes spots for the policy's hold_minutes; the hold ends by itself. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_booking_hold (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, SlBookingResult *out,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && request != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return make (engine, actor, request, TRUE, out, out_refusal, error);
}

/**
 * sl_booking_book:
 * @actor: who books, for themselves or for the member
 * @request: what
 * @out: (out caller-allocates): the confirmed booking with its code, when not refused
 * @out_refusal: (out caller-allocates): why not: those of the checks 1 to 7, too_many_spots, guest_names_needed,
 * reason_required, approval_required
 *
 * Hold and confirmation in one step: the spots, the credits or the payment, all in one transaction. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_booking_book (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, SlBookingResult *out,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && request != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return make (engine, actor, request, FALSE, out, out_refusal, error);
}

/* Whether a held booking may go on to the state asked for: it has not run out, and nothing else has become of it. */
static gboolean
check_held (const SlClaim *claim, SlBookingStatus to, SlRefusal *refusal)
{
  if (claim->status == SL_BOOKING_HELD && sl_booking_may_become (claim->status, to))
    return TRUE;
  if (claim->status == SL_BOOKING_EXPIRED && claim->type == SL_CLAIM_HOLD)
    {
      sl_refuse (refusal, SL_REFUSAL_HOLD_EXPIRED);
      sl_refusal_set_int (refusal, "expired_ms", claim->held_until_ms);
      return FALSE;
    }
  if (claim->session_cancelled && !claim->confirmed)
    return sl_refuse (refusal, SL_REFUSAL_SESSION_CANCELLED);
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

/* Only the keeper of a claim confirms it: two devices could pay for it twice. */
static gboolean
check_keeper (SlEngine *engine, const SlClaim *claim, SlRefusal *refusal, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  gboolean here;

  if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error))
    return FALSE;
  if (here)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_NO_RIGHTS);
  sl_refusal_set_text (refusal, "keeper", sl_id_format (&claim->keeper, text));
  sl_refusal_set_text (refusal, "booking", sl_id_format (&claim->booking_id, text));
  return FALSE;
}

/* Whether an offer may be taken up: it was made, it stands, and its time is not over. */
static gboolean
check_offered (const SlClaim *claim, SlBookingStatus to, SlRefusal *refusal)
{
  if (claim->status == SL_BOOKING_OFFERED && sl_booking_may_become (claim->status, to))
    return TRUE;
  if (claim->status == SL_BOOKING_EXPIRED && claim->type == SL_CLAIM_OFFER)
    {
      sl_refuse (refusal, SL_REFUSAL_OFFER_LAPSED);
      sl_refusal_set_int (refusal, "lapsed_ms", claim->held_until_ms);
      return FALSE;
    }
  if (claim->session_cancelled && !claim->confirmed)
    return sl_refuse (refusal, SL_REFUSAL_SESSION_CANCELLED);
  sl_refuse (refusal, claim->type == SL_CLAIM_OFFER ? SL_REFUSAL_WRONG_STATE : SL_REFUSAL_NOT_OFFERED);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

static gboolean
load_unconfirmed (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlClaim *claim, SlBookingWork *work,
                  SlRefusal *refusal, GError **error)
{
  if (!sl_claim_get_booking (engine, booking_id, sl_engine_now_ms (engine), claim, error)
      || !sl_booking_case_load (engine, actor, &claim->session_id, &claim->member_id, claim->spots, &work->of, error))
    return FALSE;
  work->of.own_booking = claim->booking_id;
  return sl_booking_check_actor (engine, &work->of, refusal, error);
}

static gboolean
check_confirm (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *payment_method,
               gboolean offer, SlClaim *claim, SlBookingWork *work, SlRefusal *refusal, GError **error)
{
  if (!load_unconfirmed (engine, actor, booking_id, claim, work, refusal, error))
    return FALSE;
  return (offer ? check_offered (claim, SL_BOOKING_CONFIRMED, refusal)
                : check_held (claim, SL_BOOKING_CONFIRMED, refusal))
         && check_keeper (engine, claim, refusal, error)
         && sl_booking_check_member (engine, &work->of, refusal, error)
         && (!offer || sl_booking_check_not_booked (engine, &work->of, refusal, error))
         && sl_booking_check_paid (engine, &work->of, payment_method, &work->pay, refusal, error);
}

static gboolean
confirm_claim (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *payment_method,
               gboolean offer, SlBookingResult *out, SlRefusal *refusal, GError **error)
{
  g_auto (SlBookingWork) work = { .pay.price_cents = -1 };
  g_auto (SlBookingResult) made = { 0 };
  SlClaim claim;

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_confirm (engine, actor, booking_id, payment_method, offer, &claim, &work, refusal, error))
    return sl_booking_decline (engine, actor, offer ? "offer accept" : "confirm", refusal, error);

  SlConfirmParams confirm = { .price_cents = work.pay.price_cents,
                              .spends = work.pay.spends,
                              .n_spends = work.pay.n_spends };
  made.booking_id = claim.booking_id;
  SlDropIn drop_in = { .member_id = claim.member_id, .booking_id = claim.booking_id, .name = work.of.service->name,
                       .price_cents = work.pay.price_cents };
  if (!sl_op_confirm (engine->log, &claim.id, &confirm, error)
      || (work.pay.price_cents > 0
          && !sl_sale_take_drop_in (engine, &drop_in, &work.pay.takings, &made.payment_id, error))
      || (work.pay.owed_hundredths > 0
          && !sl_op_claim_trust (engine->log, &claim.id, work.pay.owed_hundredths, error))
      || !sl_booking_code (engine, &claim.booking_id, 0, &made.code, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  fill_result (&work, SL_BOOKING_CONFIRMED, &made);
  *out = made;
  made = (SlBookingResult){ 0 };
  return TRUE;
}

/* Lets a hold or an offer go; what it held is the queue's next. */
static gboolean
let_go (SlEngine *engine, const SlActor *actor, const SlId *booking_id, gboolean offer, SlBookingResult *out,
        SlRefusal *refusal, GError **error)
{
  g_auto (SlBookingWork) work = { .pay.price_cents = -1 };
  SlClaim claim;
  gint64 offered = 0;

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!load_unconfirmed (engine, actor, booking_id, &claim, &work, refusal, error)
      || !(offer ? check_offered (&claim, SL_BOOKING_CANCELLED, refusal)
                 : check_held (&claim, SL_BOOKING_CANCELLED, refusal)))
    return sl_booking_decline (engine, actor, offer ? "offer decline" : "release", refusal, error);

  if (!sl_op_release (engine->log, &claim.id, SL_RELEASE_LET_GO, 100, NULL, error)
      || !sl_waitlist_promote (engine, &claim.session_id, work.of.now_ms, &offered, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out = (SlBookingResult){ .booking_id = claim.booking_id };
  fill_result (&work, SL_BOOKING_CANCELLED, out);
  return TRUE;
}

/**
 * sl_booking_confirm:
 * @hold_id: the hold, which is the booking's id
 * @payment_method: (nullable): sell the drop-in price by this method; %NULL: take credits
 * @out: (out caller-allocates): the confirmed booking with its code, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, hold_expired, session_cancelled, wrong_state (status), no_rights
 * (keeper: another device keeps the hold), and those of the checks 4 and 7; the hold stands
 *
 * Inside the hold, takes the credits and confirms, in one transaction. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_booking_confirm (SlEngine *engine, const SlActor *actor, const SlId *hold_id, const char *payment_method,
                    SlBookingResult *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && hold_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return confirm_claim (engine, actor, hold_id, payment_method, FALSE, out, out_refusal, error);
}

/**
 * sl_booking_release:
 * @hold_id: the hold, which is the booking's id
 * @out: (out caller-allocates): the booking, now cancelled, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, hold_expired, session_cancelled, wrong_state (status)
 *
 * Lets a hold go; allowed at any device, the right returns to its keeper. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_booking_release (SlEngine *engine, const SlActor *actor, const SlId *hold_id, SlBookingResult *out,
                    SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && hold_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return let_go (engine, actor, hold_id, FALSE, out, out_refusal, error);
}

/**
 * sl_offer_accept:
 * @booking_id: a booking that waited and was offered its spots
 * @payment_method: (nullable): sell the drop-in price by this method; %NULL: take credits
 * @out: (out caller-allocates): the confirmed booking with its code, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, not_offered (status), offer_lapsed (lapsed_ms), session_cancelled,
 * wrong_state (status), no_rights (keeper: another device made the offer), already_booked, member_busy, and those of
 * the checks 4 and 7; the offer stands
 *
 * Until its time is over, by the clock of the moment; an offer that is due, because another has lapsed, is made first.
 * Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_offer_accept (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *payment_method,
                 SlBookingResult *out, SlRefusal *out_refusal, GError **error)
{
  gint64 offered = 0, expired = 0;
  gboolean found;
  SlClaim claim;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  if (!sl_claim_find_booking (engine, booking_id, sl_engine_now_ms (engine), &claim, &found, error))
    return FALSE;
  if (found && claim.status == SL_BOOKING_WAITLISTED
      && !sl_waitlist_settle (engine, actor, &claim.session_id, &offered, &expired, error))
    return FALSE;
  return confirm_claim (engine, actor, booking_id, payment_method, TRUE, out, out_refusal, error);
}

/**
 * sl_offer_decline:
 * @booking_id: a booking that was offered its spots
 * @out: (out caller-allocates): the booking, now cancelled, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, not_offered (status), offer_lapsed (lapsed_ms), session_cancelled,
 * wrong_state (status)
 *
 * Allowed at any device; the spots go to the next in line by the offer's keeper. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_offer_decline (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlBookingResult *out,
                  SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return let_go (engine, actor, booking_id, TRUE, out, out_refusal, error);
}

/**
 * sl_booking_code:
 * @booking_id: a booking
 * @spot: 0: the whole booking's code; else one guest's, who is the booking's spot of that index
 * @out_text: (out) (transfer full): the code's text, for a QR code
 * @error: %SL_ERROR_NOT_FOUND: no such booking or spot; or storage
 *
 * Writes a code for the door, good until the session's end; the booking's record decides at the door, not the code.
 * Engine thread only.
 *
 * Returns: %FALSE with @error
 */
gboolean
sl_booking_code (SlEngine *engine, const SlId *booking_id, guint spot, char **out_text, GError **error)
{
  g_auto (SlSignKey) key = { 0 };
  SlCode code = { .kind = spot == 0 ? SL_CODE_BOOKING : SL_CODE_GUEST };
  gint64 now_ms = sl_engine_now_ms (engine);
  SlClaim claim;

  g_return_val_if_fail (out_text != NULL, FALSE);

  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error))
    return FALSE;
  if (spot >= SL_SPOTS_MAX || (claim.spot_bits & (spot == 0 ? G_MAXUINT32 : 1u << spot)) == 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "the booking has no spot %u", spot);
      return FALSE;
    }
  if (!sl_oplog_issuing_key (engine->log, &key, error))
    return FALSE;
  sl_code_set_organisation (&code, sl_oplog_get_organisation (engine->log));
  code.subject_id = claim.booking_id;
  code.issued_ms = CLAMP (now_ms, SL_TIME_MIN_MS, SL_TIME_MAX_MS);
  code.expires_ms = CLAMP (claim.end_ms, SL_TIME_MIN_MS, SL_TIME_MAX_MS);
  code.spot = (guint8) spot;
  *out_text = sl_code_encode (&code, &key);
  return TRUE;
}
