/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sync-file"

#include "oplog/sync-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "oplog/receive.h"
#include "oplog/snapshot-exchange.h"
#include "oplog/sync-write.h"

#define BULK_OPERATIONS 50000 /* from here on their rows outgrow the cache of one connection */

/* --- writing --- */

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
  const SlWireHow how = { .since = export->since };
  g_auto (SlLogWritten) written = { { 0 } };
  if (!sl_log_write (log, writer, &how, export->fresh_from, &written, error))
    return FALSE;
  *export->out = written.written;
  return TRUE;
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

static gboolean
rewind_file (gpointer user_data, GError **error)
{
  if (lseek (GPOINTER_TO_INT (user_data), 0, SEEK_SET) == 0)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s", g_strerror (errno));
  return FALSE;
}

static void
note_header (SlOplog *log, SlIncoming *incoming, const SlStreamHeader *header)
{
  incoming->organisation = header->organisation;
  incoming->by = header->by;
  for (guint i = 0; i < header->vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (header->vector, SlVectorEntry, i);
      if (sl_id_equal (&entry->replica, &log->identity.replica))
        incoming->own_held = *entry;
    }
}

/* Reads the stream once to its end, so that nothing of a damaged one is taken; and looks what it is about. */
static gboolean
look_through (SlOplog *log, SlIncoming *incoming, const SlSyncSource *source, GError **error)
{
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (source->read, source->user_data);
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

/* sl_sync_take_from: as sl_sync_take(), from anywhere. */
gboolean
sl_sync_take_from (SlOplog *log, const SlSyncSource *source, guint batch, SlImportResult *out, GError **error)
{
  g_autoptr (SlIncoming) incoming = sl_incoming_new ();
  *out = (SlImportResult){ 0 };
  if (!look_through (log, incoming, source, error))
    return FALSE;
  if (!sl_id_equal (&incoming->organisation, &log->identity.organisation))
    return sl_receive_foreign (incoming, out);
  if (!source->rewind (source->user_data, error))
    return FALSE;
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (source->read, source->user_data);
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
      const SlSyncSource source = { .read = read_from_file, .rewind = rewind_file, .user_data = GINT_TO_POINTER (fd) };
      taken = sl_sync_take_from (log, &source, batch, out, error);
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
