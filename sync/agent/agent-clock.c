/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-clock"

#include "agent/agent-private.h"

/**
 * sl_agent_clock_reset:
 * @clock: what was measured
 *
 * Forgets it: a clock was set.
 */
void
sl_agent_clock_reset (SlAgentClock *clock)
{
  clock->count = clock->next = 0;
}

/**
 * sl_agent_clock_add:
 * @clock: what was measured
 * @sent_ms: by our clock
 * @received_ms: by our clock
 * @theirs_ms: what the other clock said in between, signed
 *
 * The answer was made at some moment between sending and receiving, so the middle is wrong by half of the way at most.
 * A sample that no way can explain beside the others means that one of the clocks was set: it stands alone then.
 */
void
sl_agent_clock_add (SlAgentClock *clock, gint64 sent_ms, gint64 received_ms, gint64 theirs_ms)
{
  gint64 round_trip_ms = MAX (received_ms - sent_ms, 0);
  gint64 offset_ms = theirs_ms - (sent_ms + round_trip_ms / 2), before_ms;
  if (sl_agent_clock_offset (clock, &before_ms) && ABS (offset_ms - before_ms) > SL_SYNC_WINDOW_MS / 4 + round_trip_ms)
    sl_agent_clock_reset (clock);
  clock->samples[clock->next].offset_ms = offset_ms;
  clock->samples[clock->next].round_trip_ms = round_trip_ms;
  clock->next = (clock->next + 1) % SL_AGENT_SAMPLES;
  clock->count = MIN (clock->count + 1, SL_AGENT_SAMPLES);
}

/**
 * sl_agent_clock_offset:
 * @clock: what was measured
 * @out_ms: (out): the other clock less ours; 0 where nothing was measured
 *
 * Returns: whether anything was measured
 */
gboolean
sl_agent_clock_offset (const SlAgentClock *clock, gint64 *out_ms)
{
  gint64 best_ms = G_MAXINT64;
  *out_ms = 0;
  for (guint i = 0; i < clock->count; i++)
    if (clock->samples[i].round_trip_ms < best_ms)
      {
        best_ms = clock->samples[i].round_trip_ms;
        *out_ms = clock->samples[i].offset_ms;
      }
  return clock->count > 0;
}
