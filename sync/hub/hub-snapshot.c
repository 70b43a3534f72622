/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-snapshot"

#include "hub/hub-private.h"

#include "core/datetime.h"
#include "core/error.h"
#include "oplog/snapshot.h"

/* A signed snapshot beside the replica, for whoever has little of the log: src/oplog/README.md "Snapshots". */

#define SNAPSHOT_FILE "snapshot"
#define SNAPSHOT_AFTER_MS SL_DAY_MS
#define SNAPSHOT_SOON_MS SL_HOUR_MS /* where the tail is long */
#define SNAPSHOT_TAIL_MAX 200000 /* operations since the last one: reading them takes a device some ten seconds */
#define TIME_KEY "hub_snapshot_ms"
#define COUNT_KEY "hub_snapshot_operations"
#define TYPE "application/vnd.studioloop.snapshot"

static char *
snapshot_path (SlHubTenant *tenant)
{
  SlStore *store = sl_oplog_get_store (sl_engine_get_log (tenant->engine));
  return g_build_filename (sl_store_get_dir (store), SNAPSHOT_FILE, NULL);
}

static gboolean
count_operations (SlHubTenant *tenant, gint64 *out, GError **error)
{
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (tenant->engine), error);
  *out = 0;
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    *out += (gint64) g_array_index (chains, SlChainInfo, i).applied_seq;
  return chains != NULL;
}

static gboolean
read_meta (SlHubTenant *tenant, const char *key, gint64 *out, GError **error)
{
  return sl_store_query_int (sl_oplog_get_store (sl_engine_get_log (tenant->engine)), 0, out, error,
                             "SELECT value FROM local_meta WHERE key = ?", "t", key);
}

static gboolean
note_made (SlHubTenant *tenant, gint64 now_ms, gint64 operations, GError **error)
{
  SlStore *store = sl_oplog_get_store (sl_engine_get_log (tenant->engine));
  if (!sl_store_begin_relaxed (store, error))
    return FALSE;
  if (sl_store_exec (store, error,
                     "INSERT INTO local_meta (key, value) VALUES (?, ?), (?, ?) ON CONFLICT (key) DO UPDATE SET value "
                     "= excluded.value",
                     "titi", TIME_KEY, now_ms, COUNT_KEY, operations)
      && sl_store_commit (store, error))
    return TRUE;
  sl_store_rollback (store);
  return FALSE;
}

/**
 * sl_hub_snapshot_upkeep:
 * @tenant: its replica_lock held, its replica open
 * @error: return location
 *
 * Makes a new snapshot once a day where enough has come since, and sooner where much has. Nothing is made that a
 * device would not be quicker without.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_snapshot_upkeep (SlHubTenant *tenant, GError **error)
{
  g_auto (SlSnapshotInfo) info = { 0 };
  g_autoptr (GError) failure = NULL;
  gint64 now_ms = tenant->hub->world->now_ms (tenant->hub->world), made_ms, before, operations;
  if (!read_meta (tenant, TIME_KEY, &made_ms, error) || !read_meta (tenant, COUNT_KEY, &before, error)
      || !count_operations (tenant, &operations, error))
    return FALSE;
  gint64 tail = operations - before;
  gint64 wait_ms = tail < SNAPSHOT_TAIL_MAX ? SNAPSHOT_AFTER_MS : SNAPSHOT_SOON_MS;
  if (tail < SL_SNAPSHOT_INVITE_OPERATIONS || ABS (now_ms - made_ms) < wait_ms)
    return TRUE;
  g_autofree char *path = snapshot_path (tenant);
  if (sl_oplog_snapshot (sl_engine_get_log (tenant->engine), path, &info, &failure))
    sl_hub_count (tenant->hub, SL_HUB_SNAPSHOTS, 1);
  else if (g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    operations = before; /* not everybody has acknowledged anything yet: it is tried again */
  else
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return note_made (tenant, now_ms, operations, error);
}

/**
 * sl_hub_snapshot:
 * @call: a request of a device of the studio
 * @error: return location
 *
 * Returns: (transfer full): the latest snapshot, mapped; NOT_FOUND where there is none; %NULL on failure
 */
SlSyncAnswer *
sl_hub_snapshot (SlHubCall *call, GError **error)
{
  g_mutex_lock (&call->tenant->replica_lock);
  gboolean opened = sl_hub_replica_open (call->tenant, error);
  g_autofree char *path = opened ? snapshot_path (call->tenant) : NULL;
  g_mutex_unlock (&call->tenant->replica_lock);
  if (!opened)
    return NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  if (file == NULL)
    return sl_sync_answer_new_error (SL_SYNC_NOT_FOUND, "there is no snapshot: read the log", 0);
  g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (file);
  return sl_sync_answer_new (TYPE, bytes);
}
