/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-reschedule"

#include "engine/reschedule.h"

#include "core/datetime.h"
#include "engine/booking-policy.h"
#include "engine/cancel.h"
#include "engine/sale.h"
#include "engine/waitlist.h"

/* What the command carries from its checks to its operations. */
typedef struct {
  SlClaim old;
  SlBookingCase of; /* the new booking */
  SlRoomPlan room;
  SlPayPlan pay;
  GPtrArray *guests; /* (nullable) (element-type utf8): the old booking's, with a NULL at the end */
  int percent;
} Work;

static void
work_clear (Work *work)
{
  sl_booking_case_clear (&work->of);
  sl_room_plan_clear (&work->room);
  sl_pay_plan_clear (&work->pay);
  g_clear_pointer (&work->guests, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static gboolean
check_old (const SlActor *actor, const SlClaim *claim, gint64 now_ms, SlRefusal *refusal)
{
  if (!sl_booking_check_may_cancel (actor, claim, refusal))
    return FALSE;
  if (claim->session_known && now_ms >= claim->start_ms
      && (claim->status == SL_BOOKING_CONFIRMED || claim->status == SL_BOOKING_NO_SHOW))
    {
      sl_refuse (refusal, SL_REFUSAL_CANCEL_CLOSED);
      sl_refusal_set_int (refusal, "start_ms", claim->start_ms);
      return FALSE;
    }
  if (claim->status == SL_BOOKING_CONFIRMED && claim->session_known)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

static gboolean
read_guests (SlEngine *engine, Work *work, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT guests FROM claim WHERE id = ?", "d", &work->old.id);
  const void *sealed;
  gsize length;

  if (sl_rows_next (rows) && (sealed = sl_rows_blob (rows, 0, &length)) != NULL)
    work->guests = sl_oplog_unseal_guests (engine->log, &work->old.member_id, sealed, length);
  if (work->guests != NULL)
    g_ptr_array_add (work->guests, NULL);
  return sl_rows_finish (rows, error);
}

/* Money that was paid for the old booking stays with the new one where that costs as much and the policy gives all of
 * it back; where nothing comes back the new one is paid as any. Anything else is for giving money back. */
static gboolean
check_paid (SlEngine *engine, Work *work, const char *payment_method, SlRefusal *refusal, GError **error)
{
  gint64 price;
  gboolean here;

  if (!sl_booking_price (engine, &work->of, work->of.spots, TRUE, &price, error))
    return FALSE;
  if (work->old.price_cents > 0 && work->percent > 0)
    {
      if (work->percent == 100 && price == work->old.price_cents && payment_method == NULL)
        {
          work->pay.price_cents = price;
          return TRUE;
        }
      sl_refuse (refusal, SL_REFUSAL_AMOUNT_MISMATCH);
      sl_refusal_set_int (refusal, "paid_cents", work->old.price_cents);
      sl_refusal_set_int (refusal, "price_cents", price);
      return FALSE;
    }
  if (!sl_oplog_is_kept_here (engine->log, &work->old.keeper, &here, error))
    return FALSE;
  work->of.comes_back = (SlComesBack){ .claim = &work->old.id, .percent = work->percent, .elsewhere = !here };
  return sl_booking_check_paid (engine, &work->of, payment_method, &work->pay, refusal, error);
}

static gboolean
check_all (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const SlId *to_session,
           const char *payment_method, Work *work, SlRefusal *refusal, GError **error)
{
  SlBookingCase *of = &work->of;
  gint64 now_ms = sl_engine_now_ms (engine);

  if (!sl_claim_get_booking (engine, booking_id, now_ms, &work->old, error)
      || !check_old (actor, &work->old, now_ms, refusal)
      || !sl_booking_case_load (engine, actor, to_session, &work->old.member_id,
                                __builtin_popcount (work->old.spot_bits), of, error))
    return FALSE;
  if (sl_id_equal (to_session, &work->old.session_id))
    return sl_refuse (refusal, SL_REFUSAL_ALREADY_BOOKED);
  of->own_booking = work->old.booking_id;
  work->percent = sl_cancel_percent (engine, &work->old.location_id, &work->old.service_id, work->old.start_ms, now_ms,
                                     error);
  return work->percent >= 0
         && sl_booking_check_who_and_when (engine, of, (guint) of->spots - 1, TRUE, refusal, error)
         && sl_booking_check_room (engine, of, NULL, &work->room, refusal, error)
         && check_paid (engine, work, payment_method, refusal, error) && read_guests (engine, work, error);
}

static gboolean
emit_new (SlEngine *engine, Work *work, const char *payment_method, SlBookingResult *out, GError **error)
{
  SlClaimParams claim = { .session_id = work->of.session->id,
                          .member_id = work->old.member_id,
                          .type = SL_CLAIM_BOOKING,
                          .channel = work->old.channel,
                          .spots = work->of.spots,
                          .guests = work->guests != NULL ? (const char *const *) work->guests->pdata : NULL };
  SlConfirmParams confirm = { .price_cents = work->pay.price_cents,
                              .spends = work->pay.spends,
                              .n_spends = work->pay.n_spends };

  for (guint i = 0; work->room.lapsed != NULL && i < work->room.lapsed->len; i++)
    if (!sl_op_release (engine->log, &g_array_index (work->room.lapsed, SlId, i), SL_RELEASE_EXPIRED, 100, NULL, error))
      return FALSE;
  SlDropIn drop_in = { .member_id = work->old.member_id, .name = work->of.service->name,
                       .price_cents = work->pay.price_cents };
  if (!sl_op_book (engine->log, &claim, &confirm, &out->booking_id, error))
    return FALSE;
  drop_in.booking_id = out->booking_id;
  return (payment_method == NULL || work->pay.price_cents <= 0
          || sl_sale_take_drop_in (engine, &drop_in, &work->pay.takings, &out->payment_id, error))
         && (work->pay.owed_hundredths == 0
             || sl_op_claim_trust (engine->log, &out->booking_id, work->pay.owed_hundredths, error))
         && sl_booking_code (engine, &out->booking_id, 0, &out->code, error);
}

/* The old one goes first, since what it gives back may pay for the new one. */
static gboolean
emit_all (SlEngine *engine, Work *work, const char *payment_method, SlRescheduleResult *out, GError **error)
{
  gint64 offered = 0;
  SlReleaseWhy why = work->percent > 0 ? SL_RELEASE_RESCHEDULED : SL_RELEASE_LATE_CANCELLED;

  if (!sl_op_release (engine->log, &work->old.id, why, work->percent, NULL, error)
      || !emit_new (engine, work, payment_method, &out->made, error)
      || !sl_waitlist_promote (engine, &work->old.session_id, work->of.now_ms, &offered, error))
    return FALSE;
  out->was = work->old.booking_id;
  out->percent = work->percent;
  out->refunded_hundredths = sl_refund_part (0, work->old.credits_hundredths, work->percent);
  out->made.session_id = work->of.session->id;
  out->made.member_id = work->old.member_id;
  out->made.status = SL_BOOKING_CONFIRMED;
  out->made.spots = work->of.spots;
  out->made.spent_hundredths = work->pay.spent_hundredths;
  out->made.price_cents = work->pay.price_cents;
  out->made.owed_hundredths = work->pay.owed_hundredths;
  return TRUE;
}

/**
 * sl_booking_reschedule:
 * @actor: who may cancel the one and book the other
 * @booking_id: a confirmed booking whose session has not begun
 * @to_session: where it goes
 * @payment_method: (nullable): sell the drop-in price by this method; %NULL: take credits, or keep the money paid
 * @out: (out caller-allocates): the new booking and what the old one gave back, when not refused
 * @out_refusal: (out caller-allocates): cancel_closed (start_ms), wrong_state (status) of the old one; those of the
 * checks 1 to 7 of the new one, in which the old one stands in nobody's way; amount_mismatch (price_cents, paid_cents)
 *
 * Cancelling under the old booking's policy and booking, in one transaction: both happen or neither. The credits that
 * come back may pay for the new booking where this device keeps the old one; elsewhere what is held here pays. Engine
 * thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_booking_reschedule (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const SlId *to_session,
                       const char *payment_method, SlRescheduleResult *out, SlRefusal *out_refusal, GError **error)
{
  g_auto (Work) work = { .pay.price_cents = -1 };
  SlRescheduleResult result = { 0 };

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && to_session != NULL, FALSE);
  g_return_val_if_fail (out != NULL && out_refusal != NULL, FALSE);

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_all (engine, actor, booking_id, to_session, payment_method, &work, out_refusal, error))
    return sl_booking_decline (engine, actor, "reschedule", out_refusal, error);
  gboolean written = emit_all (engine, &work, payment_method, &result, error);
  if (written ? sl_command_commit (engine, error) : sl_command_fail (engine))
    {
      *out = result;
      return TRUE;
    }
  sl_booking_result_clear (&result.made);
  return FALSE;
}
