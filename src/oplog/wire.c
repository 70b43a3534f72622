/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-wire"

#include "oplog/wire.h"

#include <string.h>

#include "oplog/exchange.h"
#include "oplog/fence.h"
#include "oplog/sync-write.h"

/* What programs that exchange over a network need of the log: src/oplog/README.md "Over a network". */

/**
 * sl_oplog_get_public_key:
 * @log: a log
 *
 * Returns: (transfer none): %SL_SIGN_PUBLIC_BYTES: this device's key, of which its id is a hash; another one once a
 * copy has become a new device
 */
const guint8 *
sl_oplog_get_public_key (SlOplog *log)
{
  return log->identity.key.public_key;
}

/**
 * sl_oplog_sign:
 * @log: a log
 * @message: what the device vouches for, more than %SL_HASH_BYTES long: whatever the log itself signs is one hash, so
 * that neither can be taken for the other
 * @length: bytes
 * @out_signature: (out): Ed25519
 */
void
sl_oplog_sign (SlOplog *log, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  g_return_if_fail (length > SL_HASH_BYTES);
  sl_sign (&log->identity.key, message, length, out_signature);
}

static gboolean
read_standing (SlOplog *log, const SlId *replica, SlDeviceStanding *out, GError **error)
{
  if (!sl_chains_load (log, error))
    return FALSE;
  const SlChain *chain = sl_chain_find (log, replica);
  if (chain == NULL || !chain->has_key)
    return TRUE;
  out->known = TRUE;
  memcpy (out->public_key, chain->public_key, SL_SIGN_PUBLIC_BYTES);
  return sl_chain_admitted (log, chain, &out->admitted, error)
         && sl_fence_is_revoked (log, replica, &out->revoked, error);
}

/**
 * sl_oplog_device_standing:
 * @log: a log
 * @replica: a device
 * @out: (out caller-allocates): who it is, as far as is applied here. Not known: its first operation has not come
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_device_standing (SlOplog *log, const SlId *replica, SlDeviceStanding *out, GError **error)
{
  *out = (SlDeviceStanding){ 0 };
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  gboolean read = read_standing (log, replica, out, error);
  sl_store_end_read (log->store);
  return read;
}

/**
 * sl_segment_check:
 * @organisation: whose log
 * @segment: what a device wrote
 * @public_key: that device's
 *
 * Whether a segment's operations follow one another to its head, and the head's signature is the device's. What it
 * begins behind is the caller's to compare. Needs no log; any thread.
 *
 * Returns: %FALSE where it is not signed, or was changed
 */
gboolean
sl_segment_check (const SlId *organisation, const SlSegment *segment, const guint8 public_key[SL_SIGN_PUBLIC_BYTES])
{
  SlHash hash = segment->previous;
  if (!segment->is_signed || segment->first_seq == 0 || segment->operations->len == 0)
    return FALSE;
  for (guint i = 0; i < segment->operations->len; i++)
    {
      gsize length;
      const void *data = g_bytes_get_data (segment->operations->pdata[i], &length);
      SlHash previous = hash;
      sl_chain_next (&segment->replica, segment->first_seq + i, &previous, data, length, &hash);
    }
  guint64 last = segment->first_seq + segment->operations->len - 1;
  return sl_hash_equal (&hash, &segment->head)
         && sl_head_verify (public_key, organisation, &segment->replica, last, &segment->head, segment->signature);
}

/* --- writing --- */

/* Whoever writes every few seconds takes the writer lock only where there is something to sign. */
static gboolean
sign_if_needed (SlOplog *log, GError **error)
{
  gint64 signed_seq;
  if (!sl_chains_load (log, error))
    return FALSE;
  if (log->own == NULL || log->is_copy)
    return sl_export_sign (log, error);
  if (!sl_store_query_int (log->store, 0, &signed_seq, error, "SELECT max (seq) FROM local_head WHERE ix = ?", "i",
                           log->own->ix))
    return FALSE;
  return (guint64) signed_seq == log->own->head_seq || sl_export_sign (log, error);
}

static gboolean
put_given (SlOplog *log, const SlId *via, const SlGiven *one, gint64 ticket, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_given (via, what, about, pending, ticket) VALUES (?, ?, ?, ?, ?)"
                        " ON CONFLICT (via, what, about) DO UPDATE SET pending = excluded.pending, ticket = "
                        "excluded.ticket",
                        "didii", via, (gint64) one->what, &one->about, one->pending, ticket);
}

/* What is on its way counts once the answer is there. 0: nothing is new, or it cannot be noted, and goes once more. */
static gint64
note_pending (SlOplog *log, const SlId *via, const GArray *given)
{
  g_autoptr (GError) failure = NULL;
  gint64 ticket;
  if (given->len == 0)
    return 0;
  gboolean noted = sl_store_begin_relaxed (log->store, &failure)
                   && sl_store_query_int (log->store, 0, &ticket, &failure,
                                          "SELECT coalesce (max (ticket), 0) + 1 FROM local_given", "");
  for (guint i = 0; noted && i < given->len; i++)
    noted = put_given (log, via, &g_array_index (given, SlGiven, i), ticket, &failure);
  if (noted && sl_store_commit (log->store, &failure))
    return ticket;
  g_debug ("keys go once more the same way: %s", failure->message);
  sl_store_rollback (log->store);
  return 0;
}

static gboolean
write_stream (SlOplog *log, const SlWireHow *how, SlLogWritten *written, GByteArray *out, GError **error)
{
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  gboolean done = sl_chains_load (log, error) && sl_log_write (log, writer, how, 0, written, error);
  sl_store_end_read (log->store);
  return done;
}

/**
 * sl_wire_write:
 * @log: a log, no transaction open
 * @how: what of it, for whom
 * @out: (out caller-allocates): how much it is, and whether it is all
 * @error: return location
 *
 * A stream in memory. The own chain comes first, a device's chain before that of who goes on for it; where max_bytes
 * ends it, the reader can take all that is in it and has come further.
 *
 * Returns: (transfer full) (nullable): the stream
 */
GBytes *
sl_wire_write (SlOplog *log, const SlWireHow *how, SlWireWritten *out, GError **error)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_auto (SlLogWritten) written = { { 0 } };
  *out = (SlWireWritten){ { 0 } };
  if (!sign_if_needed (log, error) || !write_stream (log, how, &written, stream, error))
    return NULL;
  *out = (SlWireWritten){ .written = written.written, .more = written.more };
  if (how->via != NULL)
    out->keys_up_to = note_pending (log, how->via, written.given);
  return g_byte_array_free_to_bytes (g_steal_pointer (&stream));
}

/**
 * sl_wire_note_keys:
 * @log: a log, no transaction open
 * @via: through whom sl_wire_write() wrote
 * @keys_up_to: what it gave; 0 does nothing
 * @error: return location
 *
 * The other side has taken the stream: its keys, and both histories of cloned devices, do not go this way again. Where
 * this is never called they go once more.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_wire_note_keys (SlOplog *log, const SlId *via, gint64 keys_up_to, GError **error)
{
  if (keys_up_to == 0)
    return TRUE;
  if (!sl_store_begin_relaxed (log->store, error))
    return FALSE;
  if (sl_store_exec (log->store, error, "UPDATE local_given SET given = pending WHERE via = ? AND ticket = ?", "di",
                     via, keys_up_to)
      && sl_store_commit (log->store, error))
    return TRUE;
  sl_store_rollback (log->store);
  return FALSE;
}

/* --- reading --- */

/**
 * sl_wire_head_clear:
 * @head: (nullable): what sl_wire_look() filled
 *
 * Frees what the head owns.
 */
void
sl_wire_head_clear (SlWireHead *head)
{
  if (head == NULL)
    return;
  sl_stream_header_clear (&head->header);
  g_clear_pointer (&head->exchange, g_bytes_unref);
}

static gboolean
look (SlStreamReader *reader, SlWireHead *out, GError **error)
{
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      if (!sl_stream_reader_next (reader, &item, error))
        return FALSE;
      if (item.type == SL_ITEM_END)
        return TRUE;
      if (item.type == SL_ITEM_SEGMENT)
        out->operations += item.segment.operations->len;
      if (item.type == SL_ITEM_HEADER) /* exactly one: the reader sees to that */
        {
          out->header = item.header;
          item.header.vector = NULL;
        }
      if (item.type == SL_ITEM_EXCHANGE && out->exchange != NULL)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a stream has two exchange items");
          return FALSE;
        }
      if (item.type == SL_ITEM_EXCHANGE)
        out->exchange = g_steal_pointer (&item.exchange);
    }
}

/**
 * sl_wire_look:
 * @stream: from anybody
 * @max_bytes: unpacked
 * @out: (out caller-allocates): clear with sl_wire_head_clear(), whatever is returned
 * @error: return location: BAD_INPUT says what is wrong with the stream, TOO_NEW
 *
 * Reads a stream to its end, taking nothing. Needs no log; any thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_wire_look (GBytes *stream, guint64 max_bytes, SlWireHead *out, GError **error)
{
  SlStreamBytes source = { .stream = stream };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  sl_stream_reader_limit (reader, max_bytes);
  *out = (SlWireHead){ { .vector = NULL } };
  return look (reader, out, error);
}

static gboolean
rewind_bytes (gpointer user_data, GError **error)
{
  (void) error;
  ((SlStreamBytes *) user_data)->at = 0;
  return TRUE;
}

/**
 * sl_wire_take:
 * @log: a log, no transaction open
 * @stream: what sl_wire_write() wrote on any device of the organisation
 * @out: (out caller-allocates): clear with sl_import_result_clear()
 * @error: return location: BAD_INPUT, TOO_NEW: nothing is taken then
 *
 * sl_sync_import() from memory.
 *
 * Returns: %FALSE on failure: whole batches taken before it stay, the rest comes when the stream is taken again
 */
gboolean
sl_wire_take (SlOplog *log, GBytes *stream, SlImportResult *out, GError **error)
{
  SlStreamBytes bytes = { .stream = stream };
  const SlSyncSource source = { .read = sl_stream_read_bytes, .rewind = rewind_bytes, .user_data = &bytes };
  return sl_sync_take_from (log, &source, 0, out, error);
}

/* How much of our copy of a chain somebody has who says how far theirs goes. Of another history it may be nothing. */
static gboolean
compare_entry (SlOplog *log, const SlVectorEntry *entry, guint64 *out, GError **error)
{
  const SlChain *chain = sl_chain_find (log, &entry->replica);
  gboolean folded = FALSE;
  SlHash ours;
  *out = 0;
  if (chain == NULL || entry->seq == 0)
    return TRUE;
  *out = MIN (entry->seq, chain->head_seq);
  if (entry->seq > chain->head_seq)
    return TRUE;
  if (entry->seq == chain->head_seq)
    ours = chain->head_hash;
  else if (!sl_chain_hash_if_kept (log, chain, entry->seq, &ours, &folded, error))
    return FALSE;
  if (!folded && !sl_hash_equal (&ours, &entry->hash))
    *out = 0;
  return TRUE;
}

static GHashTable *
compare_vector (SlOplog *log, const SlStreamHeader *header, GError **error)
{
  g_autoptr (GHashTable) since = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  if (!sl_chains_load (log, error))
    return NULL;
  for (guint i = 0; header->vector != NULL && i < header->vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (header->vector, SlVectorEntry, i);
      guint64 seq;
      if (!compare_entry (log, entry, &seq, error))
        return NULL;
      if (seq > 0)
        g_hash_table_replace (since, sl_id_copy (&entry->replica), g_memdup2 (&seq, sizeof seq));
    }
  return g_steal_pointer (&since);
}

/**
 * sl_wire_since:
 * @log: a log
 * @header: what a writer says that it holds
 * @error: return location
 *
 * Where its hash is not ours the writer holds another history, or nothing: it gets the whole chain, and both sides see.
 *
 * Returns: (transfer full) (nullable) (element-type SlId guint64): for %SlWireHow
 */
GHashTable *
sl_wire_since (SlOplog *log, const SlStreamHeader *header, GError **error)
{
  if (!sl_store_begin_read (log->store, error))
    return NULL;
  GHashTable *since = compare_vector (log, header, error);
  sl_store_end_read (log->store);
  return since;
}
