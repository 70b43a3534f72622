/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-engine-clock"

#include "engine/clock.h"

#include "engine/engine-private.h"

/* No clock that was ever set says less: 2025-01-01T00:00:00Z, before the first release. A machine whose battery is
 * empty begins in 1970, or on the day on which its firmware was built. */
#define EARLIEST_MS G_GINT64_CONSTANT (1735689600000)

static const char *const doubt_names[] = {
  [SL_CLOCK_TRUSTED] = "trusted",
  [SL_CLOCK_BEHIND] = "behind",
  [SL_CLOCK_IMPOSSIBLE] = "impossible",
};
G_STATIC_ASSERT (G_N_ELEMENTS (doubt_names) == SL_CLOCK_DOUBT_LAST);

/**
 * sl_clock_doubt_name:
 * @doubt: why a clock is not trusted
 *
 * Returns: (transfer none): its word
 */
const char *
sl_clock_doubt_name (SlClockDoubt doubt)
{
  g_return_val_if_fail (doubt < SL_CLOCK_DOUBT_LAST, NULL);
  return doubt_names[doubt];
}

static void
judge (SlEngine *engine, const SlStampState *stamps, SlClockState *out)
{
  *out = (SlClockState){ .now_ms = sl_engine_now_ms (engine),
                         .highest_ms = MAX (stamps->stamp_ms, stamps->confirmed_ms),
                         .confirmed_ms = stamps->confirmed_ms };
  out->ahead_ms = stamps->stamp_ms - out->now_ms;
  if (out->now_ms < EARLIEST_MS)
    out->doubt = SL_CLOCK_IMPOSSIBLE;
  else if (out->highest_ms - out->now_ms > stamps->max_ahead_ms)
    out->doubt = SL_CLOCK_BEHIND;
}

/**
 * sl_clock_show:
 * @engine: the engine
 * @out: (out caller-allocates): what is known of this device's clock
 * @error: return location
 *
 * Takes no lock. A clock that is ahead and has always been so cannot be told from here: the other devices see it.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_clock_show (SlEngine *engine, SlClockState *out, GError **error)
{
  SlStampState stamps;
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  if (!sl_oplog_stamp_state (engine->log, &stamps, error))
    return FALSE;
  judge (engine, &stamps, out);
  return TRUE;
}

/* Whether stamps are so far ahead of a clock that is right that they have to be corrected, and by how much. */
static gboolean
correct_if_ahead (SlEngine *engine, gint64 offset_ms, gint64 since_ms, SlClockConfirmed *out, GError **error)
{
  SlStampState stamps;
  SlClockState state;
  if (!sl_oplog_stamp_state (engine->log, &stamps, error))
    return FALSE;
  judge (engine, &stamps, &state);
  if (state.ahead_ms <= stamps.max_ahead_ms)
    return TRUE;
  out->offset_ms = offset_ms > 0 ? offset_ms : state.ahead_ms;
  return sl_oplog_find_stretch (engine->log, out->offset_ms, since_ms, &out->from_seq, &out->operations, error)
         && (out->operations == 0 || sl_op_clock_correct (engine->log, out->from_seq, out->offset_ms, error));
}

/**
 * sl_clock_confirm:
 * @engine: the engine
 * @actor: who looked at the clock and says that it is right now
 * @offset_ms: by how much it was ahead before; 0: as far as this device's last stamp is ahead of it still
 * @since_ms: since when, as the wrong clock told it; 0: not known
 * @out: (out caller-allocates): what was corrected
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Where this device's stamps are more than two minutes ahead, they are corrected, for everybody, and it goes on at the
 * right time. The tables are made anew from the log: seconds for a large one.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for an offset that is none, or a clock that nobody has set
 */
gboolean
sl_clock_confirm (SlEngine *engine, const SlActor *actor, gint64 offset_ms, gint64 since_ms, SlClockConfirmed *out,
                  SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = (SlClockConfirmed){ 0 };
  if (offset_ms < 0 || offset_ms > SL_CLOCK_OFFSET_MAX_MS)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the offset is below zero, or more than 100 years");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, "clock confirm", out_refusal, error);
  if (sl_engine_now_ms (engine) < EARLIEST_MS)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "this machine's clock was never set: set it first");
      return sl_command_fail (engine);
    }
  if (!correct_if_ahead (engine, offset_ms, since_ms, out, error) || !sl_oplog_note_confirmed (engine->log, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
