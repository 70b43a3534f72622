/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-no-show"

#include "engine/no-show.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/booking-policy.h"
#include "engine/checkin.h"
#include "engine/engine-private.h"
#include "engine/policy.h"
#include "engine/rights.h"

#define REASON_MAX_BYTES 500 /* a few sentences */

static gboolean
refuse_status (const SlClaim *claim, SlRefusalCode code, SlRefusal *refusal)
{
  sl_refuse (refusal, code);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

/* Whether it is marked by the clock alone or not at all yet; before the start nobody has stayed away. */
static gboolean
check_absent (const SlClaim *claim, gint64 now_ms, SlRefusal *refusal)
{
  gboolean open = claim->status == SL_BOOKING_CONFIRMED
                  && sl_booking_may_become (claim->status, SL_BOOKING_NO_SHOW);

  if (claim->session_known && now_ms >= claim->start_ms && !claim->released
      && (open || claim->status == SL_BOOKING_NO_SHOW))
    return TRUE;
  return refuse_status (claim, SL_REFUSAL_WRONG_STATE, refusal);
}

/**
 * sl_no_show_mark:
 * @booking_id: a booking nobody of whom has come
 * @out_refusal: (out caller-allocates): not_allowed, wrong_state (status): not begun, in already, or over
 *
 * From the start on; all that was paid is forfeited, and the place is there for a walk-in. Once check-in has closed it
 * comes about by itself. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_no_show_mark (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlRefusal *out_refusal,
                 GError **error)
{
  gint64 now_ms;
  SlClaim claim;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out_refusal != NULL, FALSE);

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error)
      || !sl_actor_may_with_own (actor, SL_ACTION_CANCEL_ANY, &claim.location_id,
                                 sl_id_equal (&claim.instructor_id, &actor->id), out_refusal)
      || !check_absent (&claim, now_ms, out_refusal))
    return sl_booking_decline (engine, actor, "no-show", out_refusal, error);
  return sl_op_release (engine->log, &claim.id, SL_RELEASE_NO_SHOW, 0, NULL, error)
             ? sl_command_commit (engine, error)
             : sl_command_fail (engine);
}

/* --- they came after all --- */

/* Before the end they take a place again, if this device has one to give: else they stand beside the capacity, as every
 * attendance without a claim does. What was forfeited has paid for it. */
static gboolean
take_place (SlEngine *engine, const SlClaim *claim, gint64 now_ms, GError **error)
{
  gint64 rights, spare;
  SlId made;
  SlConfirmParams paid = { .price_cents = -1 };
  SlClaimParams again = { .session_id = claim->session_id,
                          .member_id = claim->member_id,
                          .booking_id = claim->booking_id,
                          .type = SL_CLAIM_BOOKING,
                          .channel = claim->channel,
                          .spots = claim->spots };

  if (!claim->released || !claim->session_known || now_ms >= claim->end_ms)
    return TRUE;
  if (!sl_rights_spare (engine, &claim->session_id, &rights, &spare, error))
    return FALSE;
  return spare < claim->spots || sl_op_book (engine->log, &again, &paid, &made, error);
}

static gboolean
check_undoable (const SlActor *actor, const SlClaim *claim, const char *reason, SlRefusal *refusal)
{
  if (!sl_actor_may (actor, SL_ACTION_OVERRIDE_LATE, &claim->location_id, refusal))
    return FALSE;
  if (*reason == '\0')
    return sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
  if (claim->status == SL_BOOKING_NO_SHOW && sl_booking_may_become (claim->status, SL_BOOKING_CHECKED_IN))
    return TRUE;
  return refuse_status (claim, SL_REFUSAL_NOT_UNDOABLE, refusal);
}

/* Whoever has been booked again, as a walk-in say, is there by that booking: one visit is recorded once. */
static gboolean
check_not_there_otherwise (SlEngine *engine, const SlClaim *claim, gint64 now_ms, SlRefusal *refusal, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_member_in (engine, &claim->member_id, &claim->session_id, now_ms, error);

  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      const SlClaim *other = &g_array_index (claims, SlClaim, i);

      if (!sl_id_equal (&other->booking_id, &claim->booking_id) && sl_booking_status_is_live (other->status))
        return refuse_status (claim, SL_REFUSAL_NOT_UNDOABLE, refusal);
    }
  return claims != NULL;
}

/**
 * sl_no_show_undo:
 * @actor: staff who may override
 * @booking_id: a booking that is marked absent
 * @reason: (nullable): why; must say something
 * @out_status: (out): checked in, or completed
 * @out_refusal: (out caller-allocates): not_allowed, reason_required, not_undoable (status)
 *
 * Records that they came. Before the session's end they get a place again where this device has a free one; what was
 * forfeited has paid for the visit. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_no_show_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                 SlBookingStatus *out_status, SlRefusal *out_refusal, GError **error)
{
  g_autofree char *clean = NULL;
  gint64 now_ms;
  SlClaim claim;
  SlId made;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out_status != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);

  clean = sl_text_clean ("reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error)
      || !check_undoable (actor, &claim, clean, out_refusal)
      || !check_not_there_otherwise (engine, &claim, now_ms, out_refusal, error))
    return sl_booking_decline (engine, actor, "undo", out_refusal, error);

  SlCheckinParams came = { .booking_id = claim.booking_id,
                           .late = now_ms > claim.start_ms,
                           .flag = SL_CHECKIN_FLAG_OVERRIDE,
                           .reason = clean };
  if (!take_place (engine, &claim, now_ms, error) || !sl_op_checkin (engine->log, &came, &made, error)
      || !sl_claim_get_booking (engine, booking_id, now_ms, &claim, error))
    return sl_command_fail (engine);
  *out_status = claim.status;
  return sl_command_commit (engine, error);
}

/**
 * sl_booking_undo:
 * @booking_id: a booking that is checked in, or marked absent
 * @reason: (nullable): why; must say something
 * @out_status: (out): what it is then
 * @out_refusal: (out caller-allocates): not_allowed, reason_required, not_undoable (status)
 *
 * sl_checkin_undo() or sl_no_show_undo(), by what the booking is. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error: nothing was written
 */
gboolean
sl_booking_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                 SlBookingStatus *out_status, SlRefusal *out_refusal, GError **error)
{
  SlClaim claim;
  gboolean found;

  g_return_val_if_fail (engine != NULL && booking_id != NULL, FALSE);

  if (!sl_claim_find_booking (engine, booking_id, sl_engine_now_ms (engine), &claim, &found, error))
    return FALSE;
  if (found && claim.status == SL_BOOKING_NO_SHOW)
    return sl_no_show_undo (engine, actor, booking_id, reason, out_status, out_refusal, error);
  return sl_checkin_undo (engine, actor, booking_id, reason, out_status, out_refusal, error);
}

/**
 * sl_no_show_count:
 * @member_id: whom
 * @out_count: (out): bookings of the last no_show_pattern_days for which they stayed away
 * @out_pattern: (out): at least no_show_pattern_count
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_no_show_count (SlEngine *engine, const SlId *member_id, gint64 *out_count, gboolean *out_pattern, GError **error)
{
  gint64 days, most, now_ms;
  g_autoptr (GArray) claims = NULL;

  g_return_val_if_fail (engine != NULL && member_id != NULL && out_count != NULL && out_pattern != NULL, FALSE);

  now_ms = sl_engine_now_ms (engine);
  *out_count = 0;
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_NO_SHOW_PATTERN_DAYS, &days, error)
      || !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_NO_SHOW_PATTERN_COUNT, &most, error))
    return FALSE;
  claims = sl_claims_of_member_between (engine, member_id, NULL, now_ms - days * SL_DAY_MS, now_ms, now_ms, error);
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    *out_count += g_array_index (claims, SlClaim, i).status == SL_BOOKING_NO_SHOW ? 1 : 0;
  *out_pattern = *out_count >= most;
  return claims != NULL;
}
