/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-prune"

#include "oplog/prune.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/datetime.h"
#include "oplog/fork-private.h"
#include "oplog/snapshot-private.h"

#define DELETE_BATCH 20000 /* operations a transaction: the desk's own commands come in between */

/* A device whose word is waited for. */
static gboolean
is_sound (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  gboolean revoked;
  *out = FALSE;
  if (!chain->has_key)
    return TRUE;
  if (!sl_fence_is_revoked (log, &chain->replica, &revoked, error))
    return FALSE;
  return revoked || sl_chain_admitted (log, chain, out, error);
}

/* Who joins by it begins with what its author had when it was written. */
static gboolean
lower_to_invitations (SlOplog *log, const SlChain *chain, guint64 *inout, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT replica, seq FROM admission a WHERE expires_ms > ? AND NOT EXISTS (SELECT 1 FROM local_chain c WHERE "
      "c.invitation = a.invitation)",
      "i", log->world->now_ms (log->world));
  while (sl_rows_next (rows))
    {
      SlId author;
      guint64 seq = (guint64) sl_rows_int (rows, 1), total = seq;
      sl_rows_id (rows, 0, &author);
      if (!sl_id_equal (&author, &chain->replica) && !sl_seen_total (log, &author, seq, &chain->replica, &total, error))
        return FALSE;
      *inout = MIN (*inout, total);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
acknowledged (SlOplog *log, const SlChain *chain, guint64 *out, GError **error)
{
  *out = chain->applied_seq;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *by = log->chains->pdata[i];
      gboolean sound;
      guint64 total;
      if (by == chain || by == log->own)
        continue;
      if (!is_sound (log, by, &sound, error))
        return FALSE;
      if (!sound)
        continue;
      if (!sl_seen_total (log, &by->replica, by->applied_seq, &chain->replica, &total, error))
        return FALSE;
      *out = MIN (*out, total);
    }
  return lower_to_invitations (log, chain, out, error);
}

/* Two histories of a device, or an end that is not final yet: nothing of it is folded before everybody agrees on it. */
static gboolean
is_disputed (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  gboolean forked;
  if (!sl_fences_load (log, error) || !sl_fork_is_known (log, &chain->replica, &forked, error))
    return FALSE;
  const SlFence *fence = sl_fence_find (log, &chain->replica);
  *out = (forked || fence != NULL) && (fence == NULL || !fence->final);
  return TRUE;
}

/* Operations that a correction is about stay as long as it, which is applied to all of them or to none. */
static gboolean
lower_to_corrections (SlOplog *log, const SlChain *chain, guint64 *inout, GError **error)
{
  for (gint64 from = 1; from > 0;)
    {
      if (!sl_store_query_int (log->store, 0, &from, error,
                               "SELECT min (from_seq) FROM correction WHERE replica = ? AND seq > ? AND from_seq <= ?",
                               "dii", &chain->replica, (gint64) *inout, (gint64) *inout))
        return FALSE;
      if (from > 0)
        *inout = (guint64) from - 1;
    }
  return TRUE;
}

/* What has a later stamp is young. One clock alone may be far ahead, ours too: it is as late as all of those say whose
 * word is waited for. */
static gboolean
youth_begins (SlOplog *log, gint64 *out_hlc, GError **error)
{
  *out_hlc = sl_hlc_from_ms (log->world->now_ms (log->world));
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      gboolean sound;
      if (!is_sound (log, chain, &sound, error))
        return FALSE;
      if (sound && chain != log->own)
        *out_hlc = MIN (*out_hlc, chain->applied_hlc);
    }
  *out_hlc -= sl_hlc_from_ms (log->fold_age_ms);
  return TRUE;
}

/* Its author may still correct the stamps of what is younger than limit. The last operation that is old enough, counted
 * from the end: a correction has let the stamps go back. */
static gboolean
lower_to_age (SlOplog *log, const SlChain *chain, gint64 limit, guint64 *inout, GError **error)
{
  gint64 hlc = chain->applied_hlc;
  guint64 seq = chain->applied_seq;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos DESC", "ii",
                      SL_OP_POS (chain->ix, chain->pruned_seq), SL_OP_POS (chain->ix, chain->applied_seq));
  for (; seq > chain->pruned_seq && hlc > limit && sl_rows_next (rows); seq--)
    {
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 0);
      gint64 difference;
      if (!sl_operation_peek_difference (bytes, &difference))
        break; /* not applied: the log is damaged, and verify says so */
      hlc -= difference;
    }
  *inout = MIN (*inout, seq);
  return sl_rows_finish (rows, error);
}

/* How far of chain may be folded. */
static gboolean
foldable (SlOplog *log, const SlChain *chain, gint64 youth_hlc, guint64 *out, GError **error)
{
  gboolean disputed;
  *out = chain->applied_seq;
  if (SL_RULE_IS_OFF (log, SL_RULE_PRUNE_WAITS))
    return TRUE;
  if (!is_disputed (log, chain, &disputed, error))
    return FALSE;
  if (disputed)
    *out = 0;
  else if (!acknowledged (log, chain, out, error) || !lower_to_age (log, chain, youth_hlc, out, error)
           || !lower_to_corrections (log, chain, out, error))
    return FALSE;
  *out = MAX (*out, chain->pruned_seq);
  return TRUE;
}

/* sl_ack_vector: (transfer full) (element-type SlId guint64): how far every admitted device, and every open invitation,
 * is known to have applied each chain, of what is old enough and beyond dispute. */
gboolean
sl_ack_vector (SlOplog *log, GHashTable **out, GError **error)
{
  g_autoptr (GHashTable) vector = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  gint64 youth_hlc;
  if (!youth_begins (log, &youth_hlc, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 seq;
      if (!foldable (log, chain, youth_hlc, &seq, error))
        return FALSE;
      g_hash_table_insert (vector, sl_id_copy (&chain->replica), g_memdup2 (&seq, sizeof seq));
    }
  *out = g_steal_pointer (&vector);
  return TRUE;
}

/* Nobody lags: the tables as they are will do. */
static gboolean
is_all (SlOplog *log, GHashTable *vector)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const guint64 *seq = g_hash_table_lookup (vector, &chain->replica);
      if (chain->applied_seq > (seq != NULL ? *seq : 0))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (gpointer user_data, const void *data, gsize length, GError **error)
{
  if (fwrite (data, 1, length, user_data) == length)
    return TRUE;
  g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "writing a snapshot: %s",
               g_strerror (errno));
  return FALSE;
}

/* Of the state that everybody has acknowledged. Inside a read transaction. */
static gboolean
make (SlOplog *log, GHashTable *vector, FILE *file, SlSnapshotInfo *out, GError **error)
{
  g_auto (SlScratch) scratch = { NULL };
  gboolean all = is_all (log, vector);
  return (all || sl_scratch_build (log, vector, TRUE, &scratch, error))
         && sl_snapshot_write (log, all ? log : scratch.log, write_file, file, out, error)
         && (fflush (file) == 0 || write_file (file, "", 1, error));
}

/* sl_snapshot_make: see the header. */
gboolean
sl_snapshot_make (SlOplog *log, guint64 min_operations, FILE *file, SlSnapshotInfo *out, GError **error)
{
  g_autoptr (GHashTable) vector = NULL;
  guint64 operations = 0;
  *out = (SlSnapshotInfo){ 0 };
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  gboolean made = sl_chains_load (log, error) && sl_state_sum_load (log, error) && sl_ack_vector (log, &vector, error);
  for (guint i = 0; made && i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const guint64 *seq = g_hash_table_lookup (vector, &chain->replica);
      operations += *seq > chain->pruned_seq ? *seq - chain->pruned_seq : 0;
    }
  if (made && operations >= MAX (min_operations, 1))
    made = make (log, vector, file, out, error);
  sl_store_end_read (log->store);
  return made;
}

/* Our own head is signed, so that the snapshot holds a chain that everybody can check. */
static gboolean
sign (SlOplog *log, GError **error)
{
  if (!sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  if (sl_chain_sign_head (log, error))
    return sl_oplog_commit (log, error);
  sl_oplog_rollback (log);
  return FALSE;
}

/* A file without a name in the data directory. */
static FILE *
open_nameless (SlOplog *log, GError **error)
{
  g_autofree char *path = g_build_filename (sl_store_get_dir (log->store), "snapshot.XXXXXX", NULL);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  FILE *file = fd >= 0 ? fdopen (fd, "w+") : NULL;
  if (fd >= 0)
    (void) g_unlink (path);
  if (file == NULL)
    g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "making a snapshot: %s",
                 g_strerror (errno));
  return file;
}

/* sl_snapshot_temporary: see the header. */
FILE *
sl_snapshot_temporary (SlOplog *log, GError **error)
{
  return open_nameless (log, error);
}

static gboolean
cut (SlOplog *log, const SlSnapshotInfo *info, GError **error)
{
  for (guint i = 0; i < info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (info->chains, SlSnapshotChain, i);
      SlChain *chain = sl_chain_find (log, &what->replica);
      if (chain == NULL || chain->pruned_seq > what->applied_seq || chain->applied_seq < what->applied_seq)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log was folded by another program at the same time");
          return FALSE;
        }
      if (what->applied_seq == 0)
        continue;
      chain->pruned_seq = what->applied_seq;
      chain->pruned_hash = what->applied_hash;
      chain->pruned_hlc = what->applied_hlc;
      chain->pruned_refs = what->refs;
      if (!sl_store_exec (log->store, error,
                          "INSERT OR REPLACE INTO local_pruned (ix, seq, hash, hlc, refs) VALUES (?, ?, ?, ?, ?)",
                          "iibii", chain->ix, (gint64) what->applied_seq, what->applied_hash.bytes,
                          (gsize) SL_HASH_BYTES, what->applied_hlc, (gint64) what->refs)
          || !sl_store_exec (log->store, error,
                             "DELETE FROM local_head WHERE ix = ?1 AND seq < (SELECT max (seq) FROM local_head WHERE "
                             "ix = ?1 AND seq <= ?2)",
                             "ii", chain->ix, (gint64) what->applied_seq))
        return FALSE;
    }
  return TRUE;
}

/* The rows are the rest of the fold: a power cut in between only leaves some bytes for the next time. First operations
 * stay (they say who a device is), and what is parked. */
static gboolean
drop_batch (SlOplog *log, gint64 ix, guint64 from, guint64 to, GError **error)
{
  if (!sl_store_begin (log->store, error))
    return FALSE;
  if (sl_store_exec (log->store, error,
                     "DELETE FROM local_op WHERE pos > ? AND pos <= ? AND pos NOT IN (SELECT pos FROM local_parked)",
                     "ii", SL_OP_POS (ix, MAX (from, 1)), SL_OP_POS (ix, to)))
    return sl_store_commit (log->store, error);
  sl_store_rollback (log->store);
  return FALSE;
}

static gboolean
drop_bytes (SlOplog *log, const SlSnapshotInfo *info, GError **error)
{
  for (guint i = 0; i < info->chains->len; i++)
    {
      const SlSnapshotChain *what = &g_array_index (info->chains, SlSnapshotChain, i);
      const SlChain *chain = sl_chain_find (log, &what->replica);
      gint64 first, ix = chain->ix;
      if (!sl_store_query_int (log->store, 0, &first, error,
                               "SELECT min (pos) FROM local_op WHERE pos > ? AND pos <= ?", "ii", SL_OP_POS (ix, 1),
                               SL_OP_POS (ix, what->applied_seq)))
        return FALSE;
      for (guint64 from = first > 0 ? (guint64) (first - SL_OP_POS (ix, 0)) - 1 : what->applied_seq;
           from < what->applied_seq; from += DELETE_BATCH)
        if (!drop_batch (log, ix, from, MIN (from + DELETE_BATCH, what->applied_seq), error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
fold (SlOplog *log, FILE *file, const SlSnapshotInfo *info, GError **error)
{
  SlSnapshotFile source;
  sl_snapshot_file_init (&source, file);
  if (!sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  if (!cut (log, info, error) || !sl_snapshot_keep (log, &source.base, info, SL_SNAPSHOT_OWN, error)
      || !sl_oplog_commit (log, error))
    {
      sl_oplog_rollback (log);
      return FALSE;
    }
  return drop_bytes (log, info, error);
}

static gboolean
prune_into (SlOplog *log, guint64 min_operations, FILE *file, SlPruneResult *out, GError **error)
{
  g_auto (SlSnapshotInfo) info = { 0 };
  guint64 before = 0;
  if (!sl_snapshot_make (log, min_operations, file, &info, error))
    return FALSE;
  if (info.chains == NULL)
    return TRUE; /* not worth it */
  for (guint i = 0; i < log->chains->len; i++)
    before += ((SlChain *) log->chains->pdata[i])->pruned_seq;
  out->operations = info.operations - before;
  out->snapshot_bytes = info.bytes;
  return fold (log, file, &info, error) && sl_store_vacuum (log->store, error);
}

/**
 * sl_oplog_prune:
 * @log: a log, no transaction open
 * @min_operations: fold only where at least so many can be: %SL_PRUNE_MIN_OPERATIONS by itself, 1 where a person asks
 * @out: (out caller-allocates): what was folded
 * @error: return location
 *
 * Folds the operations that everybody has acknowledged into a signed snapshot in the database, drops their bytes and
 * gives the space back. Their effects stay, and so does all that later operations rest on. Takes seconds to a minute;
 * others go on meanwhile.
 *
 * Returns: %FALSE on failure: what was folded stays folded, nothing is lost
 */
gboolean
sl_oplog_prune (SlOplog *log, guint64 min_operations, SlPruneResult *out, GError **error)
{
  gint64 keep_all;
  *out = (SlPruneResult){ 0 };
  if (!sl_store_query_int (log->store, 0, &keep_all, error, "SELECT value FROM local_meta WHERE key = 'keep_all'", ""))
    return FALSE;
  if (keep_all != 0)
    return TRUE;
  if (!sign (log, error))
    return FALSE;
  FILE *file = open_nameless (log, error);
  gboolean pruned = file != NULL && prune_into (log, min_operations, file, out, error);
  if (file != NULL)
    (void) fclose (file);
  return pruned;
}

/**
 * sl_oplog_set_keep_all:
 * @log: a log, no transaction open
 * @keep_all: whether this device keeps every operation, as a hub does
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_set_keep_all (SlOplog *log, gboolean keep_all, GError **error)
{
  if (!sl_store_begin (log->store, error))
    return FALSE;
  if (sl_store_exec (log->store, error,
                     "INSERT INTO local_meta (key, value) VALUES ('keep_all', ?) ON CONFLICT (key) DO UPDATE SET value "
                     "= excluded.value",
                     "i", (gint64) (keep_all ? 1 : 0)))
    return sl_store_commit (log->store, error);
  sl_store_rollback (log->store);
  return FALSE;
}

/**
 * sl_oplog_set_fold_age:
 * @log: a log
 * @fold_age_ms: younger operations are not folded
 * @clock_reach_ms: older stamps are not corrected; less than @fold_age_ms
 *
 * For tests and the simulation alone.
 */
void
sl_oplog_set_fold_age (SlOplog *log, gint64 fold_age_ms, gint64 clock_reach_ms)
{
  log->fold_age_ms = fold_age_ms;
  log->clock_reach_ms = clock_reach_ms;
}

/**
 * sl_oplog_silent_devices:
 * @log: a log
 * @error: return location
 *
 * Who keeps everybody from folding, and should perhaps be revoked.
 *
 * Returns: (transfer full) (nullable) (element-type SlSilent): devices of which nothing has come for 30 days
 */
GArray *
sl_oplog_silent_devices (SlOplog *log, GError **error)
{
  g_autoptr (GArray) silent = g_array_new (FALSE, FALSE, sizeof (SlSilent));
  gint64 since_ms = log->world->now_ms (log->world) - SL_SILENT_DAYS * SL_DAY_MS;
  if (!sl_chains_load (log, error))
    return NULL;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      SlSilent one = { .replica = chain->replica, .last_ms = sl_hlc_to_ms (chain->applied_hlc) };
      gboolean sound;
      if (chain == log->own || one.last_ms >= since_ms)
        continue;
      if (!is_sound (log, chain, &sound, error))
        return NULL;
      if (sound)
        g_array_append_val (silent, one);
    }
  return g_steal_pointer (&silent);
}
