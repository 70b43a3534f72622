/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-upkeep"

#include "upkeep.h"

#define US(ms) ((gint64) (ms) * 1000)

/**
 * sl_upkeep_begin:
 * @times: (out caller-allocates): of a door
 * @now_us: monotonic: it opens
 *
 * What is due is looked at as soon as there is time: the door may have been off for days.
 */
void
sl_upkeep_begin (SlUpkeepTimes *times, gint64 now_us)
{
  *times = (SlUpkeepTimes){ .asked_us = now_us, .due_us = now_us - US (SL_UPKEEP_DUE_MS), .store_us = now_us };
}

/**
 * sl_upkeep_next:
 * @times: of a door; what is returned counts as done
 * @now_us: monotonic, between two requests
 *
 * Returns: what there is time for now: once it has been quiet, or where that has been waited for too long
 */
SlUpkeep
sl_upkeep_next (SlUpkeepTimes *times, gint64 now_us)
{
  gboolean quiet = now_us - times->asked_us >= US (SL_UPKEEP_QUIET_MS);

  if (now_us - times->due_us >= US (quiet ? SL_UPKEEP_DUE_MS : SL_UPKEEP_LATEST_MS))
    {
      times->due_us = now_us;
      return SL_UPKEEP_DUE;
    }
  if (now_us - times->store_us >= US (quiet ? SL_UPKEEP_QUIET_MS : SL_UPKEEP_LATEST_MS))
    {
      times->store_us = now_us;
      return SL_UPKEEP_STORE;
    }
  return SL_UPKEEP_NOTHING;
}
