/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-clock"

#include "core/clock.h"

#include <sodium.h>

static gint64
system_now_ms (SlWorld *world)
{
  return g_get_real_time () / 1000;
}

static void
system_random_bytes (SlWorld *world, void *buffer, gsize length)
{
  randombytes_buf (buffer, length);
}

/**
 * sl_world_system:
 *
 * The world as it is: the system's clock, asked anew each time, and libsodium's random generator, which wants
 * sl_crypto_init() before its first use. Any thread.
 *
 * Returns: (transfer none): a static, immutable world
 */
SlWorld *
sl_world_system (void)
{
  static SlWorld world = { .now_ms = system_now_ms, .random_bytes = system_random_bytes };
  return &world;
}

/**
 * sl_hlc_next:
 * @last_hlc: the highest tick of this device so far; 0 for none
 * @now_ms: its wall clock, UTC milliseconds
 *
 * The tick of the next operation: the wall clock with the counter at zero, or one more than the last tick where the
 * clock stands still or went back. The counter has no end of its own: it runs over into the milliseconds. Callers
 * refuse ticks from outside that lie beyond %SL_TIME_MAX_MS before they come here, so @last_hlc cannot be at the end of
 * its range.
 *
 * Returns: a tick greater than @last_hlc
 */
gint64
sl_hlc_next (gint64 last_hlc, gint64 now_ms)
{
  g_assert (last_hlc < G_MAXINT64);
  return MAX (last_hlc + 1, sl_hlc_from_ms (now_ms));
}

/**
 * sl_hlc_to_ms:
 * @hlc: a tick
 *
 * Returns: the UTC milliseconds of @hlc, without its counter (rounded towards the past)
 */
gint64
sl_hlc_to_ms (gint64 hlc)
{
  return hlc >> SL_HLC_COUNTER_BITS;
}

/**
 * sl_hlc_from_ms:
 * @ms: UTC milliseconds
 *
 * A time that a tick cannot hold (a clock some million years off) gives the first or last tick that there is.
 *
 * Returns: the first tick of the millisecond @ms
 */
gint64
sl_hlc_from_ms (gint64 ms)
{
  const gint64 ticks_per_ms = G_GINT64_CONSTANT (1) << SL_HLC_COUNTER_BITS;
  return CLAMP (ms, G_MININT64 / ticks_per_ms, G_MAXINT64 / ticks_per_ms) * ticks_per_ms;
}
