/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rebuild"

#include <string.h>

#include "oplog/fence-private.h"
#include "oplog/incoming.h"
#include "oplog/rights-cache.h"
#include "oplog/snapshot-private.h"

/* The replicated tables once more from the log: after an upgrade that reads more out of old operations, and where this
 * device has applied what turned out not to count. */

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
         && sl_store_exec (log->store, error, "DELETE FROM local_chain_ref", "");
}

/* What counts of fenced chains is decided already; and nobody else is applied further than before. */
static gboolean
pin_limits (SlOplog *log, GError **error)
{
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
      g_hash_table_insert (pinned, sl_id_copy (&chain->replica), g_memdup2 (&limit, sizeof limit));
    }
  log->pinned = pinned;
  return TRUE;
}

/* sl_oplog_rebuild: see the header. Ids, keys and what waits stay as they are. */
gboolean
sl_oplog_rebuild (SlOplog *log, GError **error)
{
  g_return_val_if_fail (sl_store_in_transaction (log->store) && log->pinned == NULL, FALSE);
  if (!pin_limits (log, error))
    return FALSE;
  gboolean built = sl_tables_clear (log, error) && sl_snapshot_base_load (log, log, error) && sl_apply_held (log, error);
  g_clear_pointer (&log->pinned, g_hash_table_unref);
  sl_fences_forget (log);
  return built && sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = 'rebuild'", "");
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
  if (due != 0 && !current) /* what it folds cannot be read again: the step of the schema has brought the rows up to date */
    return sl_store_exec (log->store, error, "DELETE FROM local_meta WHERE key = 'rebuild'", "");
  return due == 0 || sl_oplog_rebuild (log, error);
}
