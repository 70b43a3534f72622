/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-exchange"

#include "oplog/snapshot-exchange.h"

#include <errno.h>
#include <unistd.h>

/* Snapshots on their way, in pieces inside of other files: src/oplog/README.md "Snapshots and pruning". */

/* sl_snapshot_pieces: gives source piece by piece. */
gboolean
sl_snapshot_pieces (SlSnapshotSource *source, SlSnapshotPieceFunc func, gpointer user_data, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (SL_SNAPSHOT_PIECE_BYTES);
  if (!source->rewind (source, error))
    return FALSE;
  for (guint number = 0;; number++)
    {
      gsize length = 0;
      for (gssize got = 1; got > 0 && length < SL_SNAPSHOT_PIECE_BYTES; length += (gsize) MAX (got, 0))
        if ((got = source->read (source, buffer + length, SL_SNAPSHOT_PIECE_BYTES - length, error)) < 0)
          return FALSE;
      if (length == 0)
        return TRUE;
      if (!func (user_data, number, buffer, length, error))
        return FALSE;
    }
}

/* sl_snapshot_needed: whether a reader who has since lacks what is folded here. */
gboolean
sl_snapshot_needed (SlOplog *log, GHashTable *since)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      const guint64 *seq = since != NULL ? g_hash_table_lookup (since, &chain->replica) : NULL;
      if (chain->pruned_seq > (seq != NULL ? *seq : 0))
        return TRUE;
    }
  return FALSE;
}

static guint64
count_operations (SlOplog *log)
{
  guint64 count = 0;
  for (guint i = 0; i < log->chains->len; i++)
    count += ((SlChain *) log->chains->pdata[i])->applied_seq - ((SlChain *) log->chains->pdata[i])->pruned_seq;
  return count;
}

static GHashTable *
cut_of (const SlSnapshotInfo *info)
{
  GHashTable *cut = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  for (guint i = 0; i < info->chains->len; i++)
    {
      const SlSnapshotChain *chain = &g_array_index (info->chains, SlSnapshotChain, i);
      g_hash_table_insert (cut, sl_id_copy (&chain->replica),
                           g_memdup2 (&chain->applied_seq, sizeof chain->applied_seq));
    }
  return cut;
}

static gboolean
give_fresh (SlOplog *log, guint64 fresh_from, SlSnapshotPieceFunc func, gpointer user_data, GHashTable **out_cut,
            GError **error)
{
  g_auto (SlSnapshotInfo) info = { 0 };
  SlSnapshotFile source;
  FILE *file = sl_snapshot_temporary (log, error);
  if (file == NULL)
    return FALSE;
  gboolean given = sl_snapshot_make (log, fresh_from, file, &info, error);
  sl_snapshot_file_init (&source, file);
  if (given && info.chains != NULL)
    {
      *out_cut = cut_of (&info);
      given = sl_snapshot_pieces (&source.base, func, user_data, error);
    }
  (void) fclose (file);
  return given;
}

/* sl_snapshot_give: what a reader who has since needs of a snapshot, if anything. One is made where it folds at least
 * fresh_from operations more than what is folded here (0: none is); *out_cut (transfer full) (nullable)
 * (element-type SlId guint64): up to where its rows go then. It holds all operations beyond. In a read snapshot, our
 * own head signed. */
gboolean
sl_snapshot_give (SlOplog *log, GHashTable *since, guint64 fresh_from, SlSnapshotPieceFunc func, gpointer user_data,
                  GHashTable **out_cut, GError **error)
{
  g_auto (SlSnapshotKept) kept = { { NULL } };
  gboolean found;
  *out_cut = NULL;
  if (fresh_from > 0 && count_operations (log) >= fresh_from
      && !give_fresh (log, fresh_from, func, user_data, out_cut, error))
    return FALSE;
  if (*out_cut != NULL || !sl_snapshot_needed (log, since))
    return TRUE;
  if (!sl_snapshot_base_open (log, &kept, &found, error))
    return FALSE;
  if (found)
    return sl_snapshot_pieces (&kept.base, func, user_data, error);
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the snapshot that this log rests on is gone");
  return FALSE;
}

/* sl_incoming_add_piece: pieces come in any order. */
gboolean
sl_incoming_add_piece (SlIncoming *incoming, guint number, const void *data, gsize length, GError **error)
{
  if (incoming->snapshot == NULL)
    incoming->snapshot = tmpfile ();
  if (length > SL_SNAPSHOT_PIECE_BYTES || number >= SL_SNAPSHOT_PIECES_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a piece of a snapshot is too long");
      return FALSE;
    }
  if (incoming->snapshot != NULL
      && pwrite (fileno (incoming->snapshot), data, length, (off_t) number * SL_SNAPSHOT_PIECE_BYTES)
             == (gssize) length)
    return TRUE;
  g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "keeping a snapshot: %s",
               g_strerror (errno));
  return FALSE;
}

/* sl_incoming_take_snapshot: where one came, before anything else of what came. One that does not hold is named and
 * holds nothing else up, but for a new device (bare), which has nothing else. Inside no transaction. */
gboolean
sl_incoming_take_snapshot (SlOplog *log, SlIncoming *incoming, gboolean bare, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlSnapshotFile source;
  gboolean loaded;
  SlId signer = sl_id_none;
  if (incoming->snapshot == NULL)
    return TRUE;
  guint64 own_before = log->own != NULL ? log->own->head_seq : 0;
  sl_snapshot_file_init (&source, incoming->snapshot);
  if (sl_snapshot_take_alone (log, &source.base, bare, &loaded, &signer, &failure))
    {
      incoming->own_came = log->own != NULL && own_before > 0 && log->own->head_seq > own_before;
      return TRUE;
    }
  if (bare
      || (!g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT)
          && !g_error_matches (failure, SL_ERROR, SL_ERROR_TOO_NEW)))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  sl_incoming_refuse (incoming, &signer, 0, "bad_snapshot", NULL);
  return TRUE;
}
