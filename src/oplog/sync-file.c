/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sync-file"

#include "oplog/sync-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "oplog/fork-private.h"
#include "oplog/receive.h"
#include "oplog/snapshot-exchange.h"

#define BULK_OPERATIONS 50000 /* from here on their rows outgrow the cache of one connection */

/* --- writing --- */

typedef struct {
  guint64 seq;
  SlHash hash;
  guint8 signature[SL_SIGNATURE_BYTES];
} Head;

static gboolean
read_fixed (SlRows *rows, int column, void *out, gsize length)
{
  gsize found;
  const void *data = sl_rows_blob (rows, column, &found);
  if (data == NULL || found != length)
    return FALSE;
  memcpy (out, data, length);
  return TRUE;
}

/* The signed heads of a chain, the first of which is where the reader is: at or before since. */
static GArray *
read_heads (SlOplog *log, const SlChain *chain, guint64 since, GError **error)
{
  g_autoptr (GArray) heads = g_array_new (FALSE, TRUE, sizeof (Head));
  Head start = { 0 };
  sl_chain_start (&log->identity.organisation, &chain->replica, &start.hash);
  if (chain->pruned_seq > 0) /* what is folded goes as a snapshot */
    start = (Head){ .seq = chain->pruned_seq, .hash = chain->pruned_hash };
  since = MAX (since, chain->pruned_seq);
  g_array_append_val (heads, start);
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, signature FROM local_head WHERE ix = ? AND seq >= (SELECT coalesce (max (seq), 0) "
                  "FROM local_head WHERE ix = ? AND seq <= ?) ORDER BY seq",
      "iii", chain->ix, chain->ix, (gint64) MIN (since, SL_SEQ_MAX));
  while (sl_rows_next (rows))
    {
      Head head = { .seq = (guint64) sl_rows_int (rows, 0) };
      if (!read_fixed (rows, 1, head.hash.bytes, SL_HASH_BYTES)
          || !read_fixed (rows, 2, head.signature, SL_SIGNATURE_BYTES))
        continue;
      if (head.seq < start.seq)
        continue;
      if (head.seq <= since)
        g_array_set_size (heads, 0);
      g_array_append_val (heads, head);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&heads) : NULL;
}

static gboolean
read_operations (SlOplog *log, const SlChain *chain, SlSegment *out, guint64 last, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos >= ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, out->first_seq), SL_OP_POS (chain->ix, last));
  while (sl_rows_next (rows))
    g_ptr_array_add (out->operations, sl_rows_dup_blob (rows, 0));
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (out->operations->len == last - out->first_seq + 1)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "operations of chain %" G_GINT64_FORMAT " are missing", chain->ix);
  return FALSE;
}

/* One segment behind previous, to head where that is near enough. Gives where it ends. */
static gboolean
write_segment (SlOplog *log, SlStreamWriter *writer, const SlChain *chain, const Head *previous, const Head *head,
               Head *out_end, GError **error)
{
  guint64 last = MIN (head->seq, previous->seq + SL_SEGMENT_MAX_OPERATIONS);
  g_auto (SlSegment) segment = { .replica = chain->replica,
                                 .first_seq = previous->seq + 1,
                                 .previous = previous->hash,
                                 .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                                 .head = head->hash,
                                 .is_signed = last == head->seq };
  if (!read_operations (log, chain, &segment, last, error))
    return FALSE;
  if (segment.is_signed)
    memcpy (segment.signature, head->signature, SL_SIGNATURE_BYTES);
  else
    for (guint i = 0; i < segment.operations->len; i++)
      {
        gsize length;
        const void *data = g_bytes_get_data (segment.operations->pdata[i], &length);
        SlHash before = i == 0 ? segment.previous : segment.head;
        sl_chain_next (&chain->replica, segment.first_seq + i, &before, data, length, &segment.head);
      }
  *out_end = (Head){ .seq = last, .hash = segment.head };
  return sl_stream_writer_segment (writer, &segment, error);
}

/* As few segments as can be: each to the furthest signature within its limit. */
static gboolean
write_chain (SlOplog *log, SlStreamWriter *writer, const SlChain *chain, guint64 since, guint64 *inout_count,
             GError **error)
{
  g_autoptr (GArray) heads = read_heads (log, chain, since, error);
  if (heads == NULL)
    return FALSE;
  Head at = g_array_index (heads, Head, 0);
  for (guint i = 1; i < heads->len;)
    {
      guint next = i;
      while (next + 1 < heads->len && g_array_index (heads, Head, next + 1).seq <= at.seq + SL_SEGMENT_MAX_OPERATIONS)
        next++;
      const Head *head = &g_array_index (heads, Head, next);
      Head end;
      if (!write_segment (log, writer, chain, &at, head, &end, error))
        return FALSE;
      *inout_count += end.seq - at.seq;
      at = end;
      i = at.seq == head->seq ? next + 1 : next;
    }
  return TRUE;
}

/* Whatever the reader has: of a cloned device's histories it may have another. */
static gboolean
write_branches (SlOplog *log, SlStreamWriter *writer, const SlChain *chain, GError **error)
{
  gboolean forked;
  if (!sl_fork_is_known (log, &chain->replica, &forked, error) || !forked)
    return !forked;
  g_autoptr (GPtrArray) segments = sl_fork_segments (log, &chain->replica, error);
  for (guint i = 0; segments != NULL && i < segments->len; i++)
    if (!sl_stream_writer_segment (writer, segments->pdata[i], error))
      return FALSE;
  return segments != NULL;
}

/* Whoever may read: admitted, and not taken away. */
static gboolean
write_keys (SlOplog *log, SlStreamWriter *writer, const SlChain *chain, GError **error)
{
  gboolean admitted, revoked;
  g_autoptr (GError) local_error = NULL;
  if (chain == log->own || !chain->has_key)
    return TRUE;
  if (!sl_chain_admitted (log, chain, &admitted, error)
      || !sl_fence_is_revoked (log, &chain->replica, &revoked, error))
    return FALSE;
  if (!admitted || revoked)
    return TRUE;
  g_autoptr (GBytes) box = sl_keyring_bundle (log, chain->public_key, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  return box == NULL || sl_stream_writer_box (writer, &chain->replica, box, error);
}

static gboolean
write_piece (gpointer user_data, guint number, const void *data, gsize length, GError **error)
{
  return sl_stream_writer_piece (user_data, number, data, length, error);
}

static gboolean
write_header (SlOplog *log, SlStreamWriter *writer, GError **error)
{
  g_auto (SlStreamHeader) header = { .organisation = log->identity.organisation,
                                     .by = log->identity.replica,
                                     .vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry)) };
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      SlVectorEntry entry = { .replica = chain->replica, .seq = chain->head_seq, .hash = chain->head_hash };
      if (chain->head_seq > 0)
        g_array_append_val (header.vector, entry);
    }
  return sl_stream_writer_header (writer, &header, error);
}

static guint64
seq_in (GHashTable *vector, const SlId *replica)
{
  const guint64 *seq = vector != NULL ? g_hash_table_lookup (vector, replica) : NULL;
  return seq != NULL ? *seq : 0;
}

/* What a fresh snapshot folds does not go a second time. */
static gboolean
write_all (SlOplog *log, SlStreamWriter *writer, GHashTable *since, guint64 fresh_from, SlSyncWritten *out,
           GError **error)
{
  g_autoptr (GHashTable) cut = NULL;
  *out = (SlSyncWritten){ 0 };
  if (!write_header (log, writer, error)
      || !sl_snapshot_give (log, since, fresh_from, write_piece, writer, &cut, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 folded = seq_in (cut, &chain->replica);
      guint64 seq = MAX (sl_fork_since (log, &chain->replica, seq_in (since, &chain->replica)), folded);
      out->folded += folded;
      if (!write_keys (log, writer, chain, error) || !write_chain (log, writer, chain, seq, &out->operations, error)
          || !write_branches (log, writer, chain, error))
        return FALSE;
    }
  if (!sl_stream_writer_finish (writer, error))
    return FALSE;
  out->bytes = sl_stream_writer_bytes (writer);
  return TRUE;
}

/**
 * sl_sync_write:
 * @log: a log, in a read snapshot, whose own head is signed
 * @writer: a new writer
 * @since: (nullable) (element-type SlId guint64): what the reader has already
 * @out: (out caller-allocates): how much was written
 * @error: return location
 *
 * Writes a whole stream: every operation held under a signature, of every device, and the keys in a box for each device
 * that may have them. Of what the reader has, at most one segment is written again.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_write (SlOplog *log, SlStreamWriter *writer, GHashTable *since, SlSyncWritten *out, GError **error)
{
  return write_all (log, writer, since, 0, out, error);
}

typedef struct {
  GHashTable *since;
  guint64 fresh_from;
  SlSyncWritten *out;
} Export;

static gboolean
write_to_file (gpointer user_data, const void *data, gsize length, GError **error)
{
  if (fwrite (data, 1, length, user_data) == length)
    return TRUE;
  g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "writing the export: %s",
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_stream (SlOplog *log, FILE *file, gpointer user_data, GError **error)
{
  Export *export = user_data;
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (write_to_file, file);
  return write_all (log, writer, export->since, export->fresh_from, export->out, error);
}

/* For people: a directory that cannot be written has no such time. */
static void
note_written (SlOplog *log)
{
  if (!sl_store_begin_relaxed (log->store, NULL))
    return;
  if (!sl_store_exec (log->store, NULL,
                      "INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
                      "excluded.value",
                      "ti", SL_META_SYNC_LAST, log->world->now_ms (log->world))
      || !sl_store_commit (log->store, NULL))
    sl_store_rollback (log->store);
}

/**
 * sl_sync_export:
 * @log: a log, no transaction open
 * @file: where to; replaced in one step
 * @since: (nullable) (element-type SlId guint64): what the reader has already
 * @out: (out caller-allocates): how much was written
 * @error: return location
 *
 * Returns: %FALSE on failure: @file is as it was
 */
gboolean
sl_sync_export (SlOplog *log, const char *file, GHashTable *since, SlSyncWritten *out, GError **error)
{
  Export export = { .since = since, .out = out };
  *out = (SlSyncWritten){ 0 };
  if (!sl_export_file (log, file, write_stream, &export, error))
    return FALSE;
  note_written (log);
  return TRUE;
}

/**
 * sl_sync_export_snapshot:
 * @log: a log, no transaction open
 * @file: where to; replaced in one step
 * @out: (out caller-allocates): how much was written
 * @error: return location
 *
 * As sl_sync_export() for a reader who has nothing or little: the state as of what everybody has acknowledged, and the
 * operations since. Where nothing can be folded yet, all operations.
 *
 * Returns: %FALSE on failure: @file is as it was
 */
gboolean
sl_sync_export_snapshot (SlOplog *log, const char *file, SlSyncWritten *out, GError **error)
{
  Export export = { .fresh_from = 1, .out = out };
  *out = (SlSyncWritten){ 0 };
  if (!sl_export_file (log, file, write_stream, &export, error))
    return FALSE;
  note_written (log);
  return TRUE;
}

/* --- taking --- */

static gssize
read_from_file (gpointer user_data, void *data, gsize length, GError **error)
{
  int fd = GPOINTER_TO_INT (user_data);
  gssize got;
  do
    got = read (fd, data, length);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s", g_strerror (errno));
  return got;
}

static void
note_header (SlOplog *log, SlIncoming *incoming, const SlStreamHeader *header)
{
  incoming->organisation = header->organisation;
  for (guint i = 0; i < header->vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (header->vector, SlVectorEntry, i);
      if (sl_id_equal (&entry->replica, &log->identity.replica))
        incoming->own_held = *entry;
    }
}

/* Reads the file once to its end, so that nothing of a damaged one is taken; and looks what it is about. */
static gboolean
look_through (SlOplog *log, SlIncoming *incoming, int fd, GError **error)
{
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_from_file, GINT_TO_POINTER (fd));
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      const SlSegment *segment = &item.segment;
      if (!sl_stream_reader_next (reader, &item, error))
        return FALSE;
      if (item.type == SL_ITEM_END)
        return TRUE;
      if (item.type == SL_ITEM_HEADER)
        note_header (log, incoming, &item.header);
      if (item.type == SL_ITEM_SNAPSHOT
          && !sl_incoming_add_piece (incoming, item.piece_number, g_bytes_get_data (item.piece, NULL),
                                     g_bytes_get_size (item.piece), error))
        return FALSE;
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      incoming->operations += segment->operations->len;
      sl_incoming_note_chain (incoming, &segment->replica, segment->first_seq);
      if (sl_id_equal (&segment->replica, &log->identity.replica))
        incoming->own_claimed = MAX (incoming->own_claimed, segment->first_seq + segment->operations->len - 1);
    }
}

static gboolean
take_file (SlOplog *log, int fd, guint batch, SlImportResult *out, GError **error)
{
  g_autoptr (SlIncoming) incoming = sl_incoming_new ();
  if (!look_through (log, incoming, fd, error))
    return FALSE;
  if (!sl_id_equal (&incoming->organisation, &log->identity.organisation))
    return sl_receive_foreign (incoming, out);
  if (lseek (fd, 0, SEEK_SET) != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s", g_strerror (errno));
      return FALSE;
    }
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_from_file, GINT_TO_POINTER (fd));
  const SlReceiveHow how = { .stream = reader, .batch = batch != 0 ? batch : sl_receive_batch (incoming->operations) };
  if (incoming->operations < BULK_OPERATIONS)
    return sl_receive (log, incoming, &how, out, error);
  sl_store_set_bulk (log->store, TRUE);
  gboolean taken = sl_receive (log, incoming, &how, out, error);
  sl_store_set_bulk (log->store, FALSE);
  return taken;
}

/**
 * sl_sync_take:
 * @log: a log, no transaction open
 * @file: what sl_sync_export() wrote on any device of the organisation
 * @batch: operations a transaction; 0: chosen by what the file holds
 * @out: (out caller-allocates): clear with sl_import_result_clear()
 * @error: return location
 *
 * sl_sync_import() with a choice.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_take (SlOplog *log, const char *file, guint batch, SlImportResult *out, GError **error)
{
  *out = (SlImportResult){ 0 };
  int fd = open (file, O_RDONLY | O_CLOEXEC);
  gboolean taken = fd >= 0;
  if (fd < 0)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s", g_strerror (errno));
  else
    {
      taken = take_file (log, fd, batch, out, error);
      (void) close (fd);
    }
  if (!taken)
    g_prefix_error (error, "%s: ", file);
  return taken;
}

/**
 * sl_sync_import:
 * @log: a log, no transaction open
 * @file: what sl_sync_export() wrote on any device of the organisation
 * @out: (out caller-allocates): clear with sl_import_result_clear()
 * @error: return location: BAD_INPUT for a file that is none, damaged or cut short: nothing is taken then
 *
 * Takes what is new and vouched for by its device, in batches of %SL_RECEIVE_LIVE or, of large files, %SL_RECEIVE_BULK
 * operations. Files may come in any order and more than once.
 *
 * Returns: %FALSE on failure: whole batches taken before it stay, the rest comes when the file is imported again
 */
gboolean
sl_sync_import (SlOplog *log, const char *file, SlImportResult *out, GError **error)
{
  return sl_sync_take (log, file, 0, out, error);
}

/**
 * sl_sync_state:
 * @log: a log
 * @out: (out caller-allocates): how far exchange has come, as this device knows
 * @error: return location
 *
 * Another device is known to hold an own operation when it says so in its log, or in a stream that shows the hash.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_state (SlOplog *log, SlSyncState *out, GError **error)
{
  gint64 pushed, seen;
  *out = (SlSyncState){ 0 };
  if (!sl_chains_load (log, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    if (log->chains->pdata[i] != log->own)
      out->pulled += ((SlChain *) log->chains->pdata[i])->head_seq;
  if (!sl_store_query_int (log->store, 0, &out->last_ms, error, "SELECT value FROM local_meta WHERE key = ?", "t",
                           SL_META_SYNC_LAST))
    return FALSE;
  if (log->own == NULL)
    return TRUE;
  if (!sl_store_query_int (log->store, 0, &pushed, error, "SELECT value FROM local_meta WHERE key = ?", "t",
                           SL_META_SYNC_PUSHED)
      || !sl_store_query_int (log->store, 0, &seen, error, "SELECT max (total) FROM local_seen WHERE of_ix = ?", "i",
                              log->own->ix))
    return FALSE;
  out->pushed = pushed >> 40 == log->own->ix ? (guint64) (pushed & SL_SEQ_MAX) : 0;
  out->pushed = MIN (MAX (out->pushed, (guint64) seen), log->own->head_seq);
  out->pending = log->own->head_seq - out->pushed;
  return TRUE;
}
