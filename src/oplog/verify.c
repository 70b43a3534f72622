/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-verify"

#include "oplog/conflict.h"
#include "oplog/fork-private.h"
#include "oplog/rights-cache.h"
#include "oplog/snapshot-private.h"

#include <string.h>

/* Every check of the log and what was made of it. Problems are sentences for support; nothing is repaired here. */

static void add_problem (SlVerifyResult *out, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void
add_problem (SlVerifyResult *out, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_ptr_array_add (out->problems, g_strdup_vprintf (format, args));
  va_end (args);
}

/**
 * sl_verify_result_clear:
 * @result: (nullable): what a check filled
 */
void
sl_verify_result_clear (SlVerifyResult *result)
{
  if (result == NULL)
    return;
  g_clear_pointer (&result->problems, g_ptr_array_unref);
  g_clear_pointer (&result->quarantined, g_array_unref);
}

static gboolean
check_file (SlOplog *log, SlVerifyResult *out, GError **error)
{
  g_autoptr (GPtrArray) problems = sl_store_integrity_problems (log->store, error);
  if (problems == NULL)
    return FALSE;
  for (guint i = 0; i < problems->len; i++)
    add_problem (out, "database file: %s", (const char *) problems->pdata[i]);
  return TRUE;
}

/* The signed heads of a chain, walked along with its operations. */
typedef struct {
  SlRows *rows;
  gboolean more;
} Heads;

static void
check_heads_at (SlOplog *log, const SlChain *chain, Heads *heads, guint64 seq, const SlHash *hash, SlVerifyResult *out)
{
  char text[SL_ID_TEXT_BYTES];
  while (heads->more && (guint64) sl_rows_int (heads->rows, 0) <= seq)
    {
      gsize length, signature_length;
      const void *stored = sl_rows_blob (heads->rows, 1, &length);
      const guint8 *signature = sl_rows_blob (heads->rows, 2, &signature_length);
      if (length != SL_HASH_BYTES || signature_length != SL_SIGNATURE_BYTES
          || memcmp (stored, hash->bytes, SL_HASH_BYTES) != 0
          || !sl_head_verify (chain->public_key, &log->identity.organisation, &chain->replica, seq, hash, signature))
        add_problem (out, "chain %s: the signature at operation %" G_GUINT64_FORMAT " does not hold (bad_signature)",
                     sl_id_format (&chain->replica, text), seq);
      heads->more = sl_rows_next (heads->rows);
    }
}

static gboolean
check_chain (SlOplog *log, const SlChain *chain, SlVerifyResult *out, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  guint64 seq = 0;
  SlHash hash;
  SlId expected;
  sl_id_format (&chain->replica, text);
  if (chain->has_key)
    {
      sl_replica_from_key (chain->public_key, &expected);
      if (!sl_id_equal (&expected, &chain->replica))
        add_problem (out, "chain %s: its key is another device's", text);
    }
  sl_chain_start (&log->identity.organisation, &chain->replica, &hash);
  if (chain->pruned_seq > 0)
    {
      seq = chain->pruned_seq;
      hash = chain->pruned_hash;
    }
  g_autoptr (SlRows) head_rows =
      sl_store_query (log->store, "SELECT seq, hash, signature FROM local_head WHERE ix = ? AND seq >= ? ORDER BY seq",
                      "ii", chain->ix, (gint64) seq);
  Heads heads = { .rows = head_rows, .more = sl_rows_next (head_rows) };
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT pos, bytes FROM local_op WHERE pos > ? AND pos < ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, seq), SL_OP_POS (chain->ix + 1, 0));
  if (seq > 0)
    check_heads_at (log, chain, &heads, seq, &hash, out);
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *bytes = sl_rows_blob (rows, 1, &length);
      SlHash previous = hash;
      if (sl_rows_int (rows, 0) != SL_OP_POS (chain->ix, ++seq))
        {
          add_problem (out, "chain %s: operation %" G_GUINT64_FORMAT " is missing", text, seq);
          return TRUE;
        }
      sl_chain_next (&chain->replica, seq, &previous, bytes, length, &hash);
      check_heads_at (log, chain, &heads, seq, &hash, out);
      out->operations++;
    }
  if (!sl_rows_finish (rows, error) || !sl_rows_finish (head_rows, error))
    return FALSE;
  if (seq != chain->head_seq || !sl_hash_equal (&hash, &chain->head_hash))
    add_problem (out, "chain %s: its operations do not lead to its head at %" G_GUINT64_FORMAT, text, chain->head_seq);
  return TRUE;
}

static gboolean
compare_tables (SlOplog *log, SlOplog *scratch, SlVerifyResult *out, GError **error)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (log->store, error);
  if (tables == NULL)
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    {
      SlStateSum here, rebuilt;
      if (!sl_state_sum_scan (log->store, tables->pdata[i], &here, error)
          || !sl_state_sum_scan (scratch->store, tables->pdata[i], &rebuilt, error))
        return FALSE;
      if (!sl_state_sum_equal (&here, &rebuilt))
        add_problem (out, "table %s is not what the log makes", (const char *) tables->pdata[i]);
    }
  return TRUE;
}

/* The same operations apply from the log alone: what is applied here is justified by what is applied here. */
static gboolean
compare_applied (SlOplog *log, SlOplog *scratch, SlVerifyResult *out)
{
  char text[SL_ID_TEXT_BYTES];
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *here = log->chains->pdata[i], *there = sl_chain_find (scratch, &here->replica);
      if (there == NULL || there->applied_seq != here->applied_seq)
        add_problem (out, "chain %s: operation %" G_GUINT64_FORMAT " is applied and nothing justifies it (no_rights)",
                     sl_id_format (&here->replica, text), (there != NULL ? there->applied_seq : 0) + 1);
    }
  return TRUE;
}

/* The tables once more, from the log alone. */
static gboolean
check_tables (SlOplog *log, SlVerifyResult *out, GError **error)
{
  g_auto (SlScratch) scratch = { NULL };
  g_autoptr (GError) failure = NULL;
  if (sl_scratch_build (log, NULL, TRUE, &scratch, &failure))
    {
      gint64 waiting, unknown;
      if (!sl_store_query_int (log->store, 0, &waiting, error, "SELECT count (*) FROM local_parked", "")
          || !sl_store_query_int (scratch.store, 0, &unknown, error, "SELECT count (*) FROM local_parked", "")
          || !compare_applied (log, scratch.log, out))
        return FALSE;
      /* A later program has applied here what this one does not know: only that one can make the tables again. */
      return unknown > waiting || compare_tables (log, scratch.log, out, error);
    }
  if (!g_error_matches (failure, SL_ERROR, SL_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  add_problem (out, "the log does not make the tables: %s", failure->message);
  return TRUE;
}

static gboolean
check_sum (SlOplog *log, SlVerifyResult *out, GError **error)
{
  SlStateSum scanned;
  if (!sl_state_sum_scan (log->store, NULL, &scanned, error) || !sl_state_sum_load (log, error))
    return FALSE;
  if (!sl_state_sum_equal (&scanned, &log->sum))
    add_problem (out, "the running state hash is not that of the rows");
  return TRUE;
}

/* --- what others wrote and does not count --- */

/* Once for each device and reason: the first of it. */
static void
add_quarantined (SlVerifyResult *out, const SlId *replica, guint64 seq, const char *reason)
{
  SlQuarantined one = { .replica = *replica, .seq = seq, .reason = g_intern_string (reason) };
  for (guint i = 0; i < out->quarantined->len; i++)
    {
      const SlQuarantined *other = &g_array_index (out->quarantined, SlQuarantined, i);
      if (sl_id_equal (&other->replica, replica) && other->reason == one.reason)
        return;
    }
  g_array_append_val (out->quarantined, one);
}

static gboolean
list_unapplied (SlOplog *log, SlVerifyResult *out, GError **error)
{
  g_autoptr (GArray) states = sl_chain_states (log, error);
  for (guint i = 0; states != NULL && i < states->len; i++)
    {
      const SlChainState *state = &g_array_index (states, SlChainState, i);
      guint64 next = state->applied_seq + 1;
      if (state->stopped)
        add_quarantined (out, &state->replica, next, "malformed");
      else if (state->head_seq >= next && !state->admitted)
        add_quarantined (out, &state->replica, next, "not_admitted");
      else if (state->will_apply_seq >= next)
        add_quarantined (out, &state->replica, next, "no_rights");
    }
  return states != NULL;
}

static gboolean
list_fences (SlOplog *log, SlVerifyResult *out, GError **error)
{
  g_autoptr (GPtrArray) fences = sl_fence_list (log, error);
  g_autoptr (GArray) forks = fences != NULL ? sl_fork_list (log, error) : NULL;
  for (guint i = 0; forks != NULL && i < fences->len; i++)
    {
      const SlFenceInfo *fence = fences->pdata[i];
      if (fence->held > 0)
        add_quarantined (out, &fence->replica, fence->cut + 1, "revoked");
    }
  for (guint i = 0; forks != NULL && i < forks->len; i++)
    {
      const SlForkInfo *fork = &g_array_index (forks, SlForkInfo, i);
      if (fork->others > 0)
        add_quarantined (out, &fork->replica, fork->first_seq, "fork");
    }
  return forks != NULL;
}

/* What was refused and has not come as its device signed it since. */
static gboolean
list_refused (SlOplog *log, SlVerifyResult *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT q.replica, min (q.seq), q.reason FROM local_quarantine q WHERE q.reason NOT IN ('fork', 'revoked') AND "
      "(q.seq = 0 OR NOT EXISTS (SELECT 1 FROM local_chain c WHERE c.replica = q.replica AND c.head_seq >= q.seq)) "
      "GROUP BY q.replica, q.reason ORDER BY q.replica, q.reason",
      "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      sl_rows_id (rows, 0, &replica);
      add_quarantined (out, &replica, (guint64) sl_rows_int (rows, 1), sl_rows_text (rows, 2));
    }
  return sl_rows_finish (rows, error);
}

static gboolean
check_all (SlOplog *log, SlVerifyResult *out, GError **error)
{
  if (!sl_chains_load (log, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    if (!check_chain (log, log->chains->pdata[i], out, error))
      return FALSE;
  return sl_fork_check (log, out->problems, error) && check_sum (log, out, error)
         && sl_rights_check (log, out->problems, error) && sl_receipts_check (log, out->problems, error)
         && check_tables (log, out, error) && sl_snapshot_verify (log, out->problems, error)
         && list_unapplied (log, out, error) && list_fences (log, out, error) && list_refused (log, out, error);
}

/**
 * sl_oplog_verify:
 * @log: a log, no transaction open
 * @out: (out caller-allocates): clear with sl_verify_result_clear(); no problems: all is sound
 * @error: return location
 *
 * Checks the file, every hash and signature, the rights and lots, the series of receipts, and the tables against
 * a rebuild from the log. Other
 * processes may go on; it judges one snapshot.
 *
 * Returns: %FALSE when the check itself failed
 */
gboolean
sl_oplog_verify (SlOplog *log, SlVerifyResult *out, GError **error)
{
  *out = (SlVerifyResult){ .problems = g_ptr_array_new_with_free_func (g_free),
                           .quarantined = g_array_new (FALSE, FALSE, sizeof (SlQuarantined)) };
  if (!check_file (log, out, error))
    return FALSE;
  if (out->problems->len > 0)
    return TRUE; /* what a damaged file says is worth nothing */
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  sl_chains_forget (log);
  gboolean checked = check_all (log, out, error);
  sl_store_end_read (log->store);
  return checked;
}

/**
 * sl_oplog_chains:
 * @log: a log
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlChainInfo): every device of which anything is known
 */
GArray *
sl_oplog_chains (SlOplog *log, GError **error)
{
  g_autoptr (GArray) infos = g_array_new (FALSE, TRUE, sizeof (SlChainInfo));
  if (!sl_chains_load (log, error))
    return NULL;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      SlChainInfo info = { .replica = chain->replica,
                           .head_seq = chain->head_seq,
                           .applied_seq = chain->applied_seq,
                           .own = chain == log->own };
      if (!sl_chain_admitted (log, chain, &info.admitted, error))
        return NULL;
      g_array_append_val (infos, info);
    }
  return g_steal_pointer (&infos);
}
