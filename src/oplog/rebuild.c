/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rebuild"

#include <string.h>

#include "oplog/fence-private.h"
#include "oplog/fork-private.h"
#include "oplog/incoming.h"
#include "oplog/rights-cache.h"
#include "oplog/snapshot-private.h"

/* The replicated tables once more from the log: after an upgrade that reads more out of old operations, and where this
 * device has applied what turned out not to count. */

/* The first finds the corrections of clocks, the second reads with them; more only where that lets more apply. */
#define PASSES_MAX 4

static void
rewind_chain (SlChain *chain)
{
  g_clear_pointer (&chain->refs, g_array_unref);
  chain->refs = sl_refs_new ();
  chain->refs_stored = SL_REF_FIRST;
  chain->applied_seq = 0;
  chain->applied_hlc = 0;
  chain->dirty = TRUE;
}

/* sl_tables_clear: no row, and no operation applied. Inside a transaction. */
gboolean
sl_tables_clear (SlOplog *log, GError **error)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (log->store, error);
  if (tables == NULL)
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM \"%s\"", (const char *) tables->pdata[i]);
      if (!sl_store_exec (log->store, error, sql, ""))
        return FALSE;
    }
  memset (&log->sum, 0, sizeof log->sum);
  log->sum_dirty = TRUE;
  sl_fences_forget (log);
  sl_rights_cache_forget (log);
  for (guint i = 0; i < log->chains->len; i++)
    rewind_chain (log->chains->pdata[i]);
  return sl_store_exec (log->store, error, "DELETE FROM local_seen", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_parked", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_parked_field", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_mark", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_written", "")
         && sl_store_exec (log->store, error, "DELETE FROM local_chain_ref", "");
}

/* What counts of fenced chains is decided already; and nobody else is applied further than before. */
static gboolean
pin_limits (SlOplog *log, GError **error)
{
  if (!sl_fences_load (log, error) || !sl_forks_load (log, error))
    return FALSE;
  GHashTable *pinned = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 limit;
      if (!sl_fence_limit (log, chain, &limit, error))
        {
          g_hash_table_unref (pinned);
          return FALSE;
        }
      const SlFence *fence = sl_fence_find (log, &chain->replica);
      if (fence != NULL && !fence->final && sl_fork_find (log, &chain->replica) == NULL
          && !sl_fence_takes_us_beyond (log, fence))
        limit = MAX (limit, chain->applied_seq); /* nothing is un-applied before a cut is final */
      g_hash_table_insert (pinned, sl_id_copy (&chain->replica), g_memdup2 (&limit, sizeof limit));
    }
  log->pinned = pinned;
  return TRUE;
}

static gboolean
rebuild_once (SlOplog *log, GError **error)
{
  if (!sl_corrections_load (log, error) || !pin_limits (log, error))
    return FALSE;
  log->correct_due = FALSE;
  gboolean built =
      sl_tables_clear (log, error) && sl_snapshot_base_load (log, log, error) && sl_apply_held (log, error);
  g_clear_pointer (&log->pinned, g_hash_table_unref);
  sl_fences_forget (log);
  return built;
}

/* sl_oplog_rebuild: see the header. Ids, keys and what waits stay as they are. Once more where a correction of a clock
 * was met only on the way, after what it corrects. */
gboolean
sl_oplog_rebuild (SlOplog *log, GError **error)
{
  gboolean settled = FALSE;
  g_return_val_if_fail (sl_store_in_transaction (log->store) && log->pinned == NULL, FALSE);
  for (guint pass = 0; pass < PASSES_MAX && !settled; pass++)
    if (!rebuild_once (log, error) || !sl_corrections_settled (log, &settled, error))
      return FALSE;
  sl_clock_recount (log, TRUE);
  if (settled)
    return sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = 'rebuild'", "");
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the log does not come to one state");
  return FALSE;
}

/* sl_oplog_rebuild_if_due: after a step of the schema that says so. */
gboolean
sl_oplog_rebuild_if_due (SlOplog *log, GError **error)
{
  gint64 due;
  gboolean current;
  if (!log->rebuild_due)
    return TRUE;
  if (!sl_store_query_int (log->store, 0, &due, error, "SELECT value FROM local_meta WHERE key = 'rebuild'", ""))
    return FALSE;
  log->rebuild_due = FALSE;
  if (due != 0 && !sl_snapshot_base_is_current (log, &current, error))
    return FALSE;
  if (due != 0 && !current) /* what it folds cannot be read again: the schema's step has brought the rows up to date */
    return sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = 'rebuild'", "");
  return due == 0 || sl_oplog_rebuild (log, error);
}
