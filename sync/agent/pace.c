/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pace"

#include "agent/pace.h"

#define MINUTE_MS (60 * 1000)
#define EACH_MS (MINUTE_MS / SL_PACE_REQUESTS_PER_MINUTE)
#define DEBT_MAX_MS MINUTE_MS /* what those that did not wait may take in advance */

/* As the hub counts (protocol/rate-limit.c), but those that do not wait are counted too. */
struct _SlPace
{
  GMutex mutex;
  gint64 made_good_ms; /* when all that was taken will have been made good */
};

/**
 * sl_pace_new:
 *
 * Returns: (transfer full): the pace of one device at its hub; nothing has been asked yet
 */
SlPace *
sl_pace_new (void)
{
  SlPace *pace = g_new0 (SlPace, 1);
  g_mutex_init (&pace->mutex);
  return pace;
}

/**
 * sl_pace_free:
 * @pace: (nullable) (transfer full): no thread uses it any more
 */
void
sl_pace_free (SlPace *pace)
{
  if (pace == NULL)
    return;
  g_mutex_clear (&pace->mutex);
  g_free (pace);
}

/**
 * sl_pace_take:
 * @pace: the pace
 * @now_ms: now
 *
 * Before a request that can wait. After a quiet minute as many as a minute has go at once, then one after the other.
 *
 * Returns: 0: it may go now, and is counted; else after how many milliseconds to ask again, not counted
 */
gint64
sl_pace_take (SlPace *pace, gint64 now_ms)
{
  g_return_val_if_fail (pace != NULL, 0);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pace->mutex);
  gint64 then_ms = MAX (pace->made_good_ms, now_ms) + EACH_MS;
  if (then_ms > now_ms + MINUTE_MS)
    return then_ms - now_ms - MINUTE_MS;
  pace->made_good_ms = then_ms;
  return 0;
}

/**
 * sl_pace_count:
 * @pace: the pace
 * @now_ms: now
 *
 * Before a request for which a person waits: it goes, and the others wait the longer for it.
 */
void
sl_pace_count (SlPace *pace, gint64 now_ms)
{
  g_return_if_fail (pace != NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pace->mutex);
  pace->made_good_ms = MIN (MAX (pace->made_good_ms, now_ms) + EACH_MS, now_ms + MINUTE_MS + DEBT_MAX_MS);
}
