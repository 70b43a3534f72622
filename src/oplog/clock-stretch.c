/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-clock-stretch"

#include "oplog/oplog-private.h"
#include "oplog/prune.h"

/* What this device knows of its own clock: its last stamp is the highest time that it has seen, and somebody may have
 * confirmed the clock. */

/**
 * sl_oplog_stamp_state:
 * @log: a log
 * @out: (out caller-allocates): the last stamp and the last confirmation
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_stamp_state (SlOplog *log, SlStampState *out, GError **error)
{
  *out = (SlStampState){ .max_ahead_ms = SL_CLOCK_AHEAD_MAX_MS };
  if (!sl_chains_load (log, error))
    return FALSE;
  if (log->own != NULL)
    out->stamp_ms = sl_hlc_to_ms (log->own->head_hlc);
  return sl_store_query_int (log->store, 0, &out->confirmed_ms, error,
                             "SELECT value FROM local_meta WHERE key = 'clock_confirmed_ms'", "");
}

/**
 * sl_oplog_note_confirmed:
 * @log: inside a transaction
 * @error: return location
 *
 * Somebody says that this device's clock is right now.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_oplog_note_confirmed (SlOplog *log, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_meta (key, value) VALUES ('clock_confirmed_ms', ?)"
                        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        "i", log->world->now_ms (log->world));
}

/**
 * sl_oplog_find_stretch:
 * @log: inside a transaction
 * @offset_ms: how far this device's clock was ahead
 * @since_ms: the stretch begins no later than with the first stamp at or after this; 0: as late as it can
 * @out_from_seq: (out): this device's first operation that was stamped by that clock
 * @out_operations: (out): how many were; 0: all of them are folded, and nothing can be corrected
 * @error: return location
 *
 * Looks back from the last operation for a step of the stamps that is larger than the offset: only there can stamps go
 * back by so much and still rise all along the chain. A clock that was put ahead has left such a step; the one found
 * may be a later pause, and what lies before it stays: it is in the past by now. So does what was stamped more than
 * %SL_CLOCK_REACH_DAYS ago.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_find_stretch (SlOplog *log, gint64 offset_ms, gint64 since_ms, guint64 *out_from_seq, guint64 *out_operations,
                       GError **error)
{
  const SlChain *own = log->own;
  gint64 step = sl_hlc_from_ms (offset_ms), since = since_ms > 0 ? sl_hlc_from_ms (since_ms) : G_MAXINT64;
  gint64 signed_hlc = own->head_hlc;
  gint64 reach = sl_hlc_from_ms (log->world->now_ms (log->world) - log->clock_reach_ms);
  guint64 seq = own->head_seq;
  if (!sl_corrections_load (log, error))
    return FALSE;
  for (; seq > own->pruned_seq + 1; seq--)
    {
      g_autoptr (GBytes) bytes = NULL;
      gint64 difference;
      if (!sl_chain_read_operation (log, own, seq, &bytes, error))
        return FALSE;
      if (!sl_operation_peek_difference (bytes, &difference))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "operation %" G_GUINT64_FORMAT " of our own is damaged", seq);
          return FALSE;
        }
      gint64 hlc = sl_corrected_hlc (log, &own->replica, seq, signed_hlc);
      signed_hlc -= difference;
      gint64 before = sl_corrected_hlc (log, &own->replica, seq - 1, signed_hlc);
      if ((hlc - before > step && before < since) || signed_hlc <= reach)
        break;
    }
  *out_from_seq = MAX (seq, own->pruned_seq + 1);
  *out_operations = own->head_seq + 1 - *out_from_seq;
  return TRUE;
}
