/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-window"

#include "engine/checkin-window.h"

#include "core/datetime.h"
#include "engine/policy.h"

/**
 * sl_checkin_window:
 * @location_id: where the session is
 * @service_id: what it is of
 * @start_ms: when it starts, UTC ms
 * @out_opens_ms: (out): from here, included, …
 * @out_closes_ms: (out): … to here, included, it takes check-ins
 *
 * The policies checkin_opens_minutes and checkin_closes_minutes, applied. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_checkin_window (SlEngine *engine, const SlId *location_id, const SlId *service_id, gint64 start_ms,
                   gint64 *out_opens_ms, gint64 *out_closes_ms, GError **error)
{
  gint64 opens_min, closes_min;

  if (!sl_policy_int (engine, location_id, service_id, SL_POLICY_CHECKIN_OPENS_MINUTES, &opens_min, error)
      || !sl_policy_int (engine, location_id, service_id, SL_POLICY_CHECKIN_CLOSES_MINUTES, &closes_min, error))
    return FALSE;
  *out_opens_ms = start_ms - opens_min * SL_MINUTE_MS;
  *out_closes_ms = start_ms + closes_min * SL_MINUTE_MS;
  return TRUE;
}

/**
 * sl_checkin_is_late:
 * @start_ms: when the session starts, UTC ms
 * @at_ms: when somebody is at the door, UTC ms
 * @out_late_min: (out): minutes since the start, begun ones count; 0 when not late
 *
 * At the start itself nobody is late.
 *
 * Returns: whether they are
 */
gboolean
sl_checkin_is_late (gint64 start_ms, gint64 at_ms, int *out_late_min)
{
  gint64 after_ms = at_ms - start_ms;

  *out_late_min = after_ms > 0 ? (int) ((after_ms + SL_MINUTE_MS - 1) / SL_MINUTE_MS) : 0;
  return after_ms > 0;
}
