/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sync-write"

#include "oplog/sync-write.h"

#include <string.h>

#include "oplog/fork-private.h"
#include "oplog/snapshot-exchange.h"

/* A log as a stream: header, what stands behind it, a snapshot where the reader needs one, keys, chains. */

typedef struct {
  SlOplog *log;
  SlStreamWriter *writer;
  const SlWireHow *how;
  SlLogWritten *out;
  GHashTable *cut;     /* (nullable) SlId* → guint64*: what a fresh snapshot folds does not go a second time */
  GHashTable *visited; /* of SlId, in chains */
  guint64 bytes;       /* of operations */
  guint64 box_bytes;
  gboolean full; /* of operations */
} Writing;

/* sl_log_written_clear: */
void
sl_log_written_clear (SlLogWritten *written)
{
  if (written != NULL)
    g_clear_pointer (&written->given, g_array_unref);
}

static guint64
seq_in (GHashTable *vector, const SlId *replica)
{
  const guint64 *seq = vector != NULL ? g_hash_table_lookup (vector, replica) : NULL;
  return seq != NULL ? *seq : 0;
}

/* --- what went this way before --- */

static gboolean
read_given (Writing *self, SlGivenWhat what, const SlId *about, gint64 *out, GError **error)
{
  *out = 0;
  return self->how->via == NULL || self->how->all_keys
         || sl_store_query_int (self->log->store, 0, out, error,
                                "SELECT given FROM local_given WHERE via = ? AND what = ? AND about = ?", "did",
                                self->how->via, (gint64) what, about);
}

static void
note_given (Writing *self, SlGivenWhat what, const SlId *about, gint64 pending)
{
  SlGiven one = { .what = what, .about = *about, .pending = pending };
  if (self->how->via != NULL)
    g_array_append_val (self->out->given, one);
}

/* --- chains --- */

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
write_segment (Writing *self, const SlChain *chain, const Head *previous, const Head *head, Head *out_end,
               GError **error)
{
  guint64 last = MIN (head->seq, previous->seq + SL_SEGMENT_MAX_OPERATIONS);
  g_auto (SlSegment) segment = { .replica = chain->replica,
                                 .first_seq = previous->seq + 1,
                                 .previous = previous->hash,
                                 .operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                                 .head = head->hash,
                                 .is_signed = last == head->seq };
  if (!read_operations (self->log, chain, &segment, last, error))
    return FALSE;
  for (guint i = 0; i < segment.operations->len; i++)
    self->bytes += g_bytes_get_size (segment.operations->pdata[i]);
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
  return sl_stream_writer_segment (self->writer, &segment, error);
}

/* As few segments as can be: each to the furthest signature within its limit. Where enough is written it ends behind a
 * signature: what waits for one would be the same again when the reader asks for more. */
static gboolean
write_segments (Writing *self, const SlChain *chain, guint64 since, GError **error)
{
  g_autoptr (GArray) heads = read_heads (self->log, chain, since, error);
  if (heads == NULL)
    return FALSE;
  Head at = g_array_index (heads, Head, 0);
  gboolean at_signature = TRUE;
  for (guint i = 1; i < heads->len;)
    {
      guint next = i;
      if (at_signature && self->how->max_bytes > 0 && self->bytes >= self->how->max_bytes)
        {
          self->full = TRUE;
          return TRUE;
        }
      while (next + 1 < heads->len && g_array_index (heads, Head, next + 1).seq <= at.seq + SL_SEGMENT_MAX_OPERATIONS)
        next++;
      const Head *head = &g_array_index (heads, Head, next);
      Head end;
      if (!write_segment (self, chain, &at, head, &end, error))
        return FALSE;
      self->out->written.operations += end.seq - at.seq;
      at = end;
      at_signature = at.seq == head->seq;
      i = at_signature ? next + 1 : next;
    }
  return TRUE;
}

/* What is here of a cloned device's histories; whatever comes makes it more. */
static gboolean
measure_branches (SlOplog *log, const SlChain *chain, gint64 *out, GError **error)
{
  gint64 operations, heads;
  if (!sl_store_query_int (log->store, 0, &operations, error, "SELECT count (*) FROM local_branch WHERE replica = ?",
                           "d", &chain->replica)
      || !sl_store_query_int (log->store, 0, &heads, error, "SELECT count (*) FROM local_branch_head WHERE replica = ?",
                              "d", &chain->replica))
    return FALSE;
  *out = (gint64) chain->head_seq + operations + heads;
  return TRUE;
}

/* Whatever the reader has: of a cloned device's histories it may have another. Behind all that counts. */
static gboolean
write_branches (Writing *self, const SlChain *chain, GError **error)
{
  g_autoptr (GPtrArray) segments = sl_fork_segments (self->log, &chain->replica, error);
  for (guint i = 0; segments != NULL && i < segments->len; i++)
    if (!sl_stream_writer_segment (self->writer, segments->pdata[i], error))
      return FALSE;
  return segments != NULL;
}

static gboolean
write_forked (Writing *self, const SlChain *chain, guint64 since, GError **error)
{
  gint64 given, held;
  if (!read_given (self, SL_GIVEN_BRANCHES, &chain->replica, &given, error)
      || !measure_branches (self->log, chain, &held, error))
    return FALSE;
  if (given >= held)
    return TRUE;
  if (!write_segments (self, chain, since, error) || self->full)
    return self->full;
  note_given (self, SL_GIVEN_BRANCHES, &chain->replica, held);
  return write_branches (self, chain, error);
}

/* A device that goes on for another is known once that one is: so that comes first. */
static gboolean
write_chain (Writing *self, const SlChain *chain, GError **error)
{
  SlOplog *log = self->log;
  const SlChain *before = NULL;
  gboolean forked;
  if (self->full || !g_hash_table_add (self->visited, (gpointer) &chain->replica))
    return TRUE;
  if (!self->how->own_only && !sl_id_is_none (&chain->predecessor))
    before = sl_chain_find (log, &chain->predecessor);
  if (before != NULL && !write_chain (self, before, error))
    return FALSE;
  if (self->full)
    return TRUE;
  guint64 since = seq_in (self->how->since, &chain->replica), folded = seq_in (self->cut, &chain->replica);
  self->out->written.folded += folded;
  if (!sl_fork_is_known (log, &chain->replica, &forked, error))
    return FALSE;
  since = MAX (sl_fork_since (log, &chain->replica, since), folded);
  return forked ? write_forked (self, chain, since, error) : write_segments (self, chain, since, error);
}

/* Our own first: what only we hold. */
static gboolean
write_chains (Writing *self, GError **error)
{
  SlOplog *log = self->log;
  if (log->own != NULL && !write_chain (self, log->own, error))
    return FALSE;
  for (guint i = 0; i < log->chains->len && !self->how->own_only; i++)
    if (!write_chain (self, log->chains->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* --- keys --- */

/* Whoever may read: admitted, and not taken away. */
static gboolean
may_read (Writing *self, const SlChain *chain, gboolean *out, GError **error)
{
  gboolean admitted, revoked;
  *out = FALSE;
  if (chain == self->log->own || !chain->has_key)
    return TRUE;
  if (!self->how->own_only && self->how->reader != NULL && !sl_id_equal (self->how->reader, &chain->replica))
    return TRUE;
  if (!sl_chain_admitted (self->log, chain, &admitted, error)
      || !sl_fence_is_revoked (self->log, &chain->replica, &revoked, error))
    return FALSE;
  *out = admitted && !revoked;
  return TRUE;
}

/* What came by this way does not go back, but to who has not been given anything yet. The first boxes that a studio
 * gives are many and large: they are cut like operations, where it is remembered who has got one. */
static gboolean
write_box (Writing *self, const SlChain *chain, gint64 last, GError **error)
{
  SlKeyringPart part = { .up_to = last };
  g_autoptr (GError) failure = NULL;
  gboolean reads;
  if (!may_read (self, chain, &reads, error) || !reads)
    return !reads;
  if (!read_given (self, SL_GIVEN_KEYS, &chain->replica, &part.after, error))
    return FALSE;
  if (part.after >= last)
    return TRUE;
  if (self->how->via != NULL && self->how->max_bytes > 0 && self->box_bytes >= self->how->max_bytes)
    {
      self->out->more = TRUE;
      return TRUE;
    }
  part.not_from = part.after > 0 ? self->how->via : NULL;
  g_autoptr (GBytes) box = sl_keyring_bundle (self->log, chain->public_key, &part, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  note_given (self, SL_GIVEN_KEYS, &chain->replica, last);
  self->box_bytes += box != NULL ? g_bytes_get_size (box) : 0;
  return box == NULL || sl_stream_writer_box (self->writer, &chain->replica, box, error);
}

static gboolean
write_keys (Writing *self, GError **error)
{
  SlOplog *log = self->log;
  gint64 last;
  if (!sl_store_query_int (log->store, 0, &last, error, "SELECT max (number) FROM local_keyring", ""))
    return FALSE;
  for (guint i = 0; i < log->chains->len; i++)
    if (!write_box (self, log->chains->pdata[i], last, error))
      return FALSE;
  return TRUE;
}

/* --- all of it --- */

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

static gboolean
write_all (Writing *self, guint64 fresh_from, GError **error)
{
  const SlWireHow *how = self->how;
  if (!write_header (self->log, self->writer, error)
      || (how->exchange != NULL && !sl_stream_writer_item (self->writer, how->exchange, error)))
    return FALSE;
  if (!how->own_only
      && !sl_snapshot_give (self->log, how->since, fresh_from, write_piece, self->writer, &self->cut, error))
    return FALSE;
  if (!write_keys (self, error) || !write_chains (self, error))
    return FALSE;
  self->out->more |= self->full;
  return sl_stream_writer_finish (self->writer, error);
}

/* sl_log_write: see the header. */
gboolean
sl_log_write (SlOplog *log, SlStreamWriter *writer, const SlWireHow *how, guint64 fresh_from, SlLogWritten *out,
              GError **error)
{
  Writing self = { .log = log, .writer = writer, .how = how, .out = out };
  *out = (SlLogWritten){ .given = g_array_new (FALSE, FALSE, sizeof (SlGiven)) };
  self.visited = g_hash_table_new (sl_id_hash, sl_id_equal);
  gboolean written = write_all (&self, fresh_from, error);
  g_hash_table_unref (self.visited);
  g_clear_pointer (&self.cut, g_hash_table_unref);
  out->written.bytes = sl_stream_writer_bytes (writer);
  return written;
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
  const SlWireHow how = { .since = since };
  g_auto (SlLogWritten) written = { { 0 } };
  gboolean done = sl_log_write (log, writer, &how, 0, &written, error);
  *out = written.written;
  return done;
}
