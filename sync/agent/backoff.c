/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-backoff"

#include "agent/backoff.h"

/**
 * sl_backoff_reset:
 * @backoff: what failed before
 *
 * It has worked: the next failure is the first.
 */
void
sl_backoff_reset (SlBackoff *backoff)
{
  backoff->failures = 0;
}

/**
 * sl_backoff_next_ms:
 * @backoff: what has failed once more
 * @world: chance
 *
 * Full jitter: any time up to twice the last limit, but not at once.
 *
 * Returns: how long to wait
 */
gint64
sl_backoff_next_ms (SlBackoff *backoff, SlWorld *world)
{
  guint32 random;
  gint64 limit_ms = MIN ((gint64) SL_BACKOFF_FIRST_MS << MIN (backoff->failures, 16), (gint64) SL_BACKOFF_MAX_MS);
  world->random_bytes (world, &random, sizeof random);
  backoff->failures++;
  return SL_BACKOFF_FIRST_MS / 10 + (gint64) (((guint64) random * (guint64) limit_ms) >> 32);
}
