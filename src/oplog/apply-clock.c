/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-clock"

#include "oplog/oplog-private.h"

/* A device whose clock was ahead says so: the stamps of a stretch of its chain are read less an offset, by everybody
 * and whenever they come. What was applied with the stamps as they were signed is made once more from the log: a fold
 * that keeps only the winner of a field no longer knows who would have won (src/oplog/README.md "Time"). */

/* sl_corrections_forget: what is in memory may not be what is on disk. */
void
sl_corrections_forget (SlOplog *log)
{
  g_clear_pointer (&log->corrections, g_array_unref);
  log->correct_due = FALSE;
}

/* sl_corrections_load: those that are applied, read when needed. While the tables are made anew they stay as they were
 * before. */
gboolean
sl_corrections_load (SlOplog *log, GError **error)
{
  g_autoptr (GArray) corrections = g_array_new (FALSE, FALSE, sizeof (SlCorrection));
  if (log->corrections != NULL)
    return TRUE;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT replica, seq, from_seq, offset_ms FROM correction ORDER BY replica, seq", "");
  while (sl_rows_next (rows))
    {
      SlCorrection one = { .seq = (guint64) sl_rows_int (rows, 1),
                           .from_seq = (guint64) sl_rows_int (rows, 2),
                           .offset_ms = sl_rows_int (rows, 3) };
      sl_rows_id (rows, 0, &one.replica);
      g_array_append_val (corrections, one);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  log->corrections = g_steal_pointer (&corrections);
  return TRUE;
}

/* sl_corrected_hlc: how a stamp is read that was signed as signed_hlc. Where stretches overlap, their offsets add up:
 * that has no order. Never below the first stamp that there is. */
gint64
sl_corrected_hlc (SlOplog *log, const SlId *replica, guint64 seq, gint64 signed_hlc)
{
  gint64 hlc = signed_hlc;
  for (guint i = 0; i < log->corrections->len; i++)
    {
      const SlCorrection *one = &g_array_index (log->corrections, SlCorrection, i);
      if (seq >= one->from_seq && seq < one->seq && sl_id_equal (&one->replica, replica))
        hlc = MAX (hlc - sl_hlc_from_ms (one->offset_ms), 1);
    }
  return hlc;
}

/* sl_correct_operation: before it is applied. */
gboolean
sl_correct_operation (SlOplog *log, SlOperation *operation, GError **error)
{
  if (!sl_corrections_load (log, error))
    return FALSE;
  if (log->corrections->len > 0)
    operation->hlc = sl_corrected_hlc (log, &operation->replica, operation->seq, operation->signed_hlc);
  return TRUE;
}

/* sl_corrections_settled: whether what was applied since was read with all the corrections that are applied now, and
 * with no other. Where not, those are known now. */
gboolean
sl_corrections_settled (SlOplog *log, gboolean *out, GError **error)
{
  gint64 count;
  if (!sl_store_query_int (log->store, 0, &count, error, "SELECT count (*) FROM correction", ""))
    return FALSE;
  *out = !log->correct_due && log->corrections != NULL && log->corrections->len == count;
  if (*out)
    return TRUE;
  sl_corrections_forget (log);
  return sl_corrections_load (log, error);
}

/* sl_apply_wall_ms: the author's clock when it wrote a fact, behind_ms behind its stamp. Where it was further behind
 * than stamps ever run ahead of a clock, it had been set back already, and only the stamps were ahead. */
gint64
sl_apply_wall_ms (const SlOperation *operation, gint64 behind_ms)
{
  gint64 hlc = behind_ms > SL_CLOCK_AHEAD_MAX_MS ? operation->signed_hlc : operation->hlc;
  return sl_hlc_to_ms (hlc) - behind_ms;
}

/* sl_apply_moment_ms: a moment of the author's clock that an operation gives as the difference to its stamp. Before
 * the stamp can only lie what comes soon, told by a clock that had been set back already. */
gint64
sl_apply_moment_ms (const SlOperation *operation, gint64 difference_ms)
{
  return sl_hlc_to_ms (difference_ms < 0 ? operation->signed_hlc : operation->hlc) + difference_ms;
}

/* sl_clock_recount: the highest stamp of all chains but own, which may have gone down. The last operation applied of a
 * chain is never under a correction: those are only ever told after what they correct. */
void
sl_clock_recount (SlOplog *log, gboolean with_own)
{
  log->clock_hlc = 0;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      if (with_own || chain != log->own)
        log->clock_hlc = MAX (log->clock_hlc, chain->applied_hlc);
    }
}

/**
 * sl_op_clock_correct:
 * @log: inside a transaction; all of this device's operations are applied
 * @from_seq: this device's first operation whose stamp was ahead
 * @offset_ms: by how much, above zero
 * @error: return location
 *
 * From here on this device stamps by its clock again, below what it stamped before. The commit makes the tables anew
 * from the log, in everybody's copy: that takes as long as applying all of it did.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_clock_correct (SlOplog *log, guint64 from_seq, gint64 offset_ms, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (offset_ms > 0 && offset_ms <= SL_CLOCK_OFFSET_MAX_MS, FALSE);
  g_return_val_if_fail (from_seq > log->own->pruned_seq && from_seq <= log->own->head_seq, FALSE);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, (gint64) from_seq);
  sl_cbor_put_int (body, offset_ms);
  sl_clock_recount (log, FALSE);
  log->correcting_hlc = sl_hlc_from_ms (offset_ms);
  gboolean emitted = sl_oplog_emit (log, SL_KIND_CLOCK_CORRECT, NULL, body, NULL, error);
  log->correcting_hlc = 0;
  sl_clock_recount (log, TRUE);
  return emitted;
}

/* sl_apply_clock_correct: [from, offset]: of its author's own chain, up to this operation. */
gboolean
sl_apply_clock_correct (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 from_seq, offset_ms;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length)
      || !sl_cbor_get_int (body, 1, (gint64) operation->seq - 1, &from_seq)
      || !sl_cbor_get_int (body, 1, SL_CLOCK_OFFSET_MAX_MS, &offset_ms) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  const SlChain *chain = sl_chain_find (log, &operation->replica);
  if (chain != NULL && (guint64) from_seq <= chain->pruned_seq)
    return sl_apply_hold (log, "folded"); /* what it corrects cannot be read again: a newer snapshot brings it */
  if (!sl_corrections_load (log, error)
      || !sl_store_exec (log->store, error,
                         "INSERT INTO correction (replica, seq, from_seq, offset_ms, hlc, actor) VALUES (?, ?, ?, ?, "
                         "?, ?) ON CONFLICT DO NOTHING",
                         "diiiid", &operation->replica, (gint64) operation->seq, from_seq, offset_ms, operation->hlc,
                         &operation->actor)
      || !sl_store_exec (log->store, error,
                         "DELETE FROM local_clock_ahead WHERE replica = ? AND seq BETWEEN ? AND ?", "dii",
                         &operation->replica, from_seq, (gint64) operation->seq))
    return FALSE;
  for (guint i = 0; i < log->corrections->len; i++)
    {
      const SlCorrection *one = &g_array_index (log->corrections, SlCorrection, i);
      if (one->seq == operation->seq && sl_id_equal (&one->replica, &operation->replica))
        return TRUE; /* known before its operations were applied */
    }
  SlCorrection one = { operation->replica, operation->seq, (guint64) from_seq, offset_ms };
  g_array_append_val (log->corrections, one);
  log->correct_due = TRUE;
  return TRUE;
}
