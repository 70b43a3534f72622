/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cancel"

#include "engine/cancel.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/booking-policy.h"
#include "engine/policy.h"
#include "engine/waitlist.h"

#define REASON_MAX_BYTES 500 /* a few sentences */

static gboolean
check_state (const SlClaim *claim, gint64 now_ms, SlRefusal *refusal)
{
  /* Whether run-due has marked it yet or not, an absence means that the start is past. */
  gboolean started = claim->session_known && now_ms >= claim->start_ms;

  if (started && (claim->status == SL_BOOKING_CONFIRMED || claim->status == SL_BOOKING_NO_SHOW))
    {
      sl_refuse (refusal, SL_REFUSAL_CANCEL_CLOSED);
      sl_refusal_set_int (refusal, "start_ms", claim->start_ms);
      return FALSE;
    }
  if (sl_booking_may_become (claim->status, SL_BOOKING_CANCELLED))
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", sl_booking_status_name (claim->status));
  return FALSE;
}

/**
 * sl_cancel_percent:
 * @start_ms: of the session, UTC ms
 * @now_ms: when it is cancelled, UTC ms
 *
 * What the policy cancel_tiers gives back. Exactly so many hours before the start still count as that many.
 *
 * Returns: 0 to 100; -1 with @error when storage failed
 */
int
sl_cancel_percent (SlEngine *engine, const SlId *location_id, const SlId *service_id, gint64 start_ms, gint64 now_ms,
                   GError **error)
{
  g_autoptr (GArray) tiers = sl_policy_cancel_tiers (engine, location_id, service_id, error);

  if (tiers == NULL)
    return -1;
  for (guint i = 0; i < tiers->len; i++)
    {
      const SlCancelTier *tier = &g_array_index (tiers, SlCancelTier, i);

      if (start_ms - now_ms >= tier->from_hours * SL_HOUR_MS)
        return tier->percent;
    }
  return 0;
}

/* How the claim is given up: a hold is let go, a booking goes under the policy. */
static gboolean
decide (SlEngine *engine, const SlClaim *claim, gint64 now_ms, SlReleaseWhy *out_why, SlCancelResult *out,
        GError **error)
{
  *out = (SlCancelResult){ .booking_id = claim->booking_id, .status = SL_BOOKING_CANCELLED, .percent = 100 };
  *out_why = SL_RELEASE_LET_GO;
  if (!claim->confirmed)
    return TRUE;
  if (!claim->session_known)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "the booking's session has not arrived at this device yet");
      return FALSE;
    }
  out->percent = sl_cancel_percent (engine, &claim->location_id, &claim->service_id, claim->start_ms, now_ms, error);
  if (out->percent < 0)
    return FALSE;
  *out_why = out->percent > 0 ? SL_RELEASE_CANCELLED : SL_RELEASE_LATE_CANCELLED;
  out->status = out->percent > 0 ? SL_BOOKING_CANCELLED : SL_BOOKING_LATE_CANCELLED;
  out->refunded_hundredths = sl_refund_part (0, claim->credits_hundredths, out->percent);
  return TRUE;
}

/* Everything comes back, whatever the policy says. */
static gboolean
check_waived (const SlActor *actor, const SlClaim *claim, const char *reason, SlReleaseWhy *inout_why,
              SlCancelResult *inout, SlRefusal *refusal)
{
  if (!claim->confirmed || inout->percent == 100)
    return TRUE;
  if (!sl_actor_may (actor, SL_ACTION_WAIVE_FEE, &claim->location_id, refusal))
    return FALSE;
  if (reason == NULL || *reason == '\0')
    return sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
  *inout_why = SL_RELEASE_CANCELLED;
  inout->status = SL_BOOKING_CANCELLED;
  inout->percent = 100;
  inout->refunded_hundredths = claim->credits_hundredths;
  return TRUE;
}

static gboolean
cancel (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason, gboolean waive,
        SlCancelResult *out, SlRefusal *refusal, GError **error)
{
  g_autofree char *clean = NULL;
  SlCancelResult result;
  SlReleaseWhy why;
  SlClaim claim;
  gint64 now_ms, offered = 0;

  if (reason != NULL && (clean = sl_text_clean ("reason", reason, REASON_MAX_BYTES, error)) == NULL)
    return FALSE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  now_ms = sl_engine_now_ms (engine);
  if (!sl_claim_get_booking (engine, booking_id, now_ms, &claim, error)
      || !sl_booking_check_may_cancel (actor, &claim, refusal) || !check_state (&claim, now_ms, refusal)
      || !decide (engine, &claim, now_ms, &why, &result, error)
      || (waive && !check_waived (actor, &claim, clean, &why, &result, refusal)))
    return sl_booking_decline (engine, actor, "cancel", refusal, error);

  if (!sl_op_release (engine->log, &claim.id, why, result.percent, clean != NULL && *clean != '\0' ? clean : NULL,
                      error)
      || !sl_waitlist_promote (engine, &claim.session_id, now_ms, &offered, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out = result;
  return TRUE;
}

/**
 * sl_booking_cancel:
 * @booking_id: a booking; a hold, an offer or a place in the queue is let go
 * @reason: (nullable): kept with it, sealed
 * @out: (out caller-allocates): what it became and what comes back, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, cancel_closed (start_ms), wrong_state (status)
 *
 * Cancels under the policy of the session. What comes back is part of the release and goes to the lots that it was
 * spent from. The release is final and done at any device; the spot's right returns to the claim's keeper, which
 * offers it to the first in line in the same transaction where it is this device. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT or storage): nothing was
 * written
 */
gboolean
sl_booking_cancel (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                   SlCancelResult *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return cancel (engine, actor, booking_id, reason, FALSE, out, out_refusal, error);
}

/**
 * sl_booking_cancel_waived:
 * @actor: a manager, or with one's PIN at the same screen
 * @reason: (nullable): why; must say something where the policy keeps a part
 * @out_refusal: (out caller-allocates): those of sl_booking_cancel(), approval_required, reason_required
 *
 * As sl_booking_cancel(), with everything back, whatever the policy says. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error: nothing was written
 */
gboolean
sl_booking_cancel_waived (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                          SlCancelResult *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out != NULL && out_refusal != NULL,
                        FALSE);

  return cancel (engine, actor, booking_id, reason, TRUE, out, out_refusal, error);
}
