/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-receive"

#include "oplog/receive.h"

#include <string.h>

#include "oplog/fork-private.h"
#include "oplog/snapshot-exchange.h"

/* Operations of others are stored and applied in batches, a transaction each, and the writer lock is let go between
 * two: whoever waits for it comes first. A crash leaves whole batches; what was not taken yet comes with the next
 * import. */

typedef struct {
  SlOplog *log;
  SlIncoming *incoming;
  const SlReceiveHow *how;
  SlImportResult *out;
  guint64 appended; /* in this transaction */
} Receiver;

/* sl_receive_batch: how many a transaction, where so many are expected. */
guint
sl_receive_batch (guint64 operations)
{
  return operations > SL_RECEIVE_BULK ? SL_RECEIVE_BULK : SL_RECEIVE_LIVE;
}

static gboolean
load_waiting (SlOplog *log, SlIncoming *incoming, GError **error)
{
  SlId replica;
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT replica, seq, bytes FROM local_waiting", "");
  while (sl_rows_next (rows))
    {
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 2);
      sl_rows_id (rows, 0, &replica);
      sl_incoming_add_operation (incoming, &replica, (guint64) sl_rows_int (rows, 1), bytes, NULL, FALSE);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  g_autoptr (SlRows) heads =
      sl_store_query (log->store, "SELECT replica, seq, hash, signature FROM local_waiting_head", "");
  while (sl_rows_next (heads))
    {
      gsize length, signature_length;
      SlHash hash;
      const void *data = sl_rows_blob (heads, 2, &length);
      const guint8 *signature = sl_rows_blob (heads, 3, &signature_length);
      sl_rows_id (heads, 0, &replica);
      if (data == NULL || length != SL_HASH_BYTES || signature == NULL || signature_length != SL_SIGNATURE_BYTES)
        continue;
      memcpy (hash.bytes, data, SL_HASH_BYTES);
      sl_incoming_add_head (incoming, &replica, (guint64) sl_rows_int (heads, 1), &hash, signature);
    }
  return sl_rows_finish (heads, error);
}

/* --- applying --- */

static guint64
count_applied (SlOplog *log)
{
  guint64 count = 0;
  for (guint i = 0; i < log->chains->len; i++)
    count += ((SlChain *) log->chains->pdata[i])->applied_seq;
  return count;
}

/* What a device wrote after it was taken away must not apply because it lay before the revocation in one file. */
static gboolean
apply_revocations (SlOplog *log, GError **error)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      if (chain->revokes && !sl_apply_chain (log, chain, chain->head_seq, error))
        return FALSE;
      chain->revokes = chain->revokes && chain->applied_seq < chain->head_seq;
    }
  return TRUE;
}

/* Every stored operation of every chain that may apply, until nothing moves or so many are done: one that has just come
 * may let those of others apply. */
static gboolean
apply_some (SlOplog *log, guint64 budget, gboolean *out_more, GError **error)
{
  guint64 start = count_applied (log), before;
  *out_more = FALSE;
  if (!apply_revocations (log, error))
    return FALSE;
  do
    {
      before = count_applied (log);
      for (guint i = 0; i < log->chains->len; i++)
        {
          SlChain *chain = log->chains->pdata[i];
          guint64 room = budget - MIN (budget, count_applied (log) - start);
          *out_more = room == 0;
          if (room == 0)
            return TRUE;
          if (!sl_apply_chain (log, chain, MIN (chain->head_seq, chain->applied_seq + MIN (room, SL_SEQ_MAX)), error))
            return FALSE;
        }
  } while (count_applied (log) > before);
  return TRUE;
}

/* sl_apply_held: everything, in the open transaction. */
gboolean
sl_apply_held (SlOplog *log, GError **error)
{
  gboolean more;
  return apply_some (log, G_MAXUINT64, &more, error);
}

/* --- batches --- */

static gboolean
begin (Receiver *self, GError **error)
{
  self->appended = 0;
  return self->how->guest_key != NULL ? sl_oplog_begin_bare (self->log, error)
                                      : sl_oplog_begin_to_receive (self->log, error);
}

/* Whether the file claims to hold more of our own chain than we do. Until that is settled nothing is written to it. */
static gboolean
own_is_claimed (Receiver *self)
{
  const SlChain *own = self->log->own;
  return own != NULL && !self->log->follower && self->incoming->own_claimed > own->head_seq;
}

/* What every batch ends with, inside its transaction. A follower has its say at the end of all. */
static gboolean
end_of_batch (Receiver *self, GError **error)
{
  if (self->log->follower)
    return sl_fork_follow (self->log, error);
  return own_is_claimed (self) || self->incoming->own_came
         || (sl_fork_follow (self->log, error) && sl_fence_after_import (self->log, error));
}

/* Between two batches the lock is free: who queues for it gets it before us. */
static gboolean
next_batch (Receiver *self, GError **error)
{
  if (!end_of_batch (self, error) || !sl_oplog_commit (self->log, error))
    return FALSE;
  if (sl_store_wal_bytes (self->log->store) > SL_RECEIVE_WAL_MAX_BYTES
      && !sl_store_checkpoint (self->log->store, error))
    return FALSE;
  return begin (self, error);
}

static gboolean
apply_in_batches (Receiver *self, GError **error)
{
  gboolean more;
  for (;;)
    {
      if (!apply_some (self->log, self->how->batch, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!next_batch (self, error))
        return FALSE;
    }
}

/* A batch is full, or the desk waits for its turn. What a follower has applied when it learns that a device was taken
 * away must be the same in each process of it: so it applies in the order of the log that it follows. */
static gboolean
close_if_full (Receiver *self, GError **error)
{
  guint batch = self->how->batch;
  if (self->log->follower && !sl_apply_held (self->log, error))
    return FALSE;
  gboolean full = self->appended >= batch;
  if (!full && batch != SL_RECEIVE_ALL)
    full = self->appended >= SL_RECEIVE_LIVE && sl_store_is_awaited (self->log->store);
  return !full || (apply_in_batches (self, error) && next_batch (self, error));
}

/* Who has not heard yet that we go on for a copied or restored device seals keys to that one. */
static gboolean
is_for_us (SlOplog *log, const SlId *box_for)
{
  return sl_id_equal (box_for, &log->identity.replica)
         || (log->identity.has_predecessor && sl_id_equal (box_for, &log->identity.predecessor));
}

static gboolean
take_stream (Receiver *self, GError **error)
{
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      guint64 before = self->out->new_operations;
      if (!sl_stream_reader_next (self->how->stream, &item, error))
        return FALSE;
      if (item.type == SL_ITEM_END)
        return TRUE;
      if (item.type == SL_ITEM_BOX && is_for_us (self->log, &item.box_for))
        g_ptr_array_add (self->incoming->boxes, g_bytes_ref (item.box));
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      if (!sl_receive_segment (self->log, self->incoming, &item.segment, &self->out->new_operations, error))
        return FALSE;
      self->appended += self->out->new_operations - before;
      if (!close_if_full (self, error))
        return FALSE;
    }
}

static gboolean
take_chain (Receiver *self, SlIncomingChain *chain, GError **error)
{
  guint64 before;
  do
    {
      guint64 room = MAX (self->how->batch - MIN (self->appended, self->how->batch), 1);
      before = self->out->new_operations;
      if (!sl_incoming_extend (self->log, self->incoming, chain, room, &self->out->new_operations, error))
        return FALSE;
      self->appended += self->out->new_operations - before;
      if (!close_if_full (self, error))
        return FALSE;
  } while (self->out->new_operations > before);
  return TRUE;
}

/* A device may join by an operation that another's makes valid, and go on for one that comes later in the file: until
 * nothing moves. */
static gboolean
take_candidates (Receiver *self, GError **error)
{
  guint64 before;
  do
    {
      before = self->out->new_operations;
      for (guint i = 0; i < self->incoming->chains->len; i++)
        {
          SlIncomingChain *chain = self->incoming->chains->pdata[i];
          gboolean is_own = !self->log->follower && sl_id_equal (&chain->replica, &self->log->identity.replica);
          if (!is_own && !take_chain (self, chain, error))
            return FALSE;
        }
  } while (self->out->new_operations > before);
  return TRUE;
}

/* Other histories of cloned devices, once what counts is there. A malformed one is a damaged line: the rest of the file
 * is worth no less. */
static gboolean
take_branches (Receiver *self, GError **error)
{
  for (guint i = 0; i < self->incoming->branches->len; i++)
    {
      g_auto (SlSegment) segment = { 0 };
      if (sl_segment_decode (self->incoming->branches->pdata[i], &segment, NULL)
          && !sl_receive_segment (self->log, self->incoming, &segment, &self->out->new_operations, error))
        return FALSE;
    }
  return TRUE;
}

/* Our own chain comes last and whole: a transaction must not end between what others hold of it. */
static gboolean
take_own (Receiver *self, GError **error)
{
  SlIncomingChain *chain = g_hash_table_lookup (self->incoming->by_replica, &self->log->identity.replica);
  guint64 before = self->out->new_operations;
  if (self->log->follower)
    return TRUE;
  if (chain != NULL
      && !sl_incoming_extend (self->log, self->incoming, chain, G_MAXUINT64, &self->out->new_operations, error))
    return FALSE;
  self->incoming->own_came |= self->out->new_operations > before;
  if (self->log->own != NULL && !self->incoming->own_came
      && !sl_fork_is_known (self->log, &self->log->own->replica, &self->incoming->own_came, error))
    return FALSE;
  if (!self->incoming->own_came)
    self->incoming->own_claimed = 0; /* it was not true */
  return TRUE;
}

/* --- the last batch --- */

static gboolean
open_boxes (Receiver *self, GError **error)
{
  const SlSignKey *guest_key = self->how->guest_key;
  const SlId *from = &self->incoming->by;
  SlOplog *log = self->log;
  for (guint i = 0; i < self->incoming->boxes->len; i++)
    {
      gsize length;
      const void *box = g_bytes_get_data (self->incoming->boxes->pdata[i], &length);
      gboolean opened;
      if (!sl_keyring_open_bundle (log, guest_key != NULL ? guest_key : &log->identity.key, box, length, from, &opened,
                                   error)
          || (!opened && guest_key == NULL && log->identity.has_predecessor
              && !sl_keyring_open_bundle (log, &log->identity.predecessor_key, box, length, from, &opened, error)))
        return FALSE;
    }
  return TRUE;
}

/* What is stored and not applied, for people: a chain that its own author wrote badly stays where it is, what lies
 * beyond a cut is quarantined for review, what nothing justifies yet is held and counts as waiting. */
static gboolean
tell_unapplied (Receiver *self, GError **error)
{
  for (guint i = 0; i < self->log->chains->len; i++)
    {
      const SlChain *chain = self->log->chains->pdata[i];
      guint64 limit;
      if (chain->stopped != NULL)
        {
          sl_incoming_refuse (self->incoming, &chain->replica, chain->applied_seq + 1, "malformed", NULL);
          continue;
        }
      if (chain->applied_seq == chain->head_seq)
        continue;
      if (!sl_fence_limit (self->log, chain, &limit, error))
        return FALSE;
      guint64 last = MIN (limit, chain->head_seq);
      self->out->waiting += last > chain->applied_seq ? last - chain->applied_seq : 0;
      if (chain->hold != NULL && chain->applied_seq < last)
        sl_incoming_refuse (self->incoming, &chain->replica, chain->applied_seq + 1, chain->hold, NULL);
      for (guint64 seq = MAX (last, chain->applied_seq) + 1;
           limit < chain->head_seq && seq <= MIN (chain->head_seq, limit + SL_RECEIVE_TELL_MAX); seq++)
        sl_incoming_refuse (self->incoming, &chain->replica, seq, "revoked", NULL);
    }
  return TRUE;
}

static gboolean
put_meta (SlOplog *log, const char *key, gint64 value, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
                        "excluded.value",
                        "ti", key, value);
}

/* How much of our chain the writer of a stream holds, if the hash shows that it is true. */
static gboolean
note_stream (Receiver *self, GError **error)
{
  SlOplog *log = self->log;
  const SlVectorEntry *held = &self->incoming->own_held;
  gint64 before;
  gboolean folded;
  SlHash ours;
  if (self->how->stream == NULL || log->own == NULL)
    return TRUE;
  if (!put_meta (log, SL_META_SYNC_LAST, log->world->now_ms (log->world), error))
    return FALSE;
  if (held->seq == 0 || held->seq > log->own->head_seq || !sl_id_equal (&held->replica, &log->own->replica))
    return TRUE;
  if (!sl_store_query_int (log->store, 0, &before, error, "SELECT value FROM local_meta WHERE key = ?", "t",
                           SL_META_SYNC_PUSHED)
      || !sl_chain_hash_if_kept (log, log->own, held->seq, &ours, &folded, error))
    return FALSE;
  if (folded)
    return TRUE;
  gint64 now = SL_OP_POS (log->own->ix, held->seq);
  return !sl_hash_equal (&ours, &held->hash) || now <= before || put_meta (log, SL_META_SYNC_PUSHED, now, error);
}

static gboolean
finish (Receiver *self, GError **error)
{
  SlOplog *log = self->log;
  if (!take_own (self, error) || !sl_apply_held (log, error) || !end_of_batch (self, error)
      || !sl_incoming_keep_rest (log, self->incoming, &self->out->waiting, error) || !open_boxes (self, error)
      || !tell_unapplied (self, error) || !note_stream (self, error))
    return FALSE;
  self->out->operations = self->incoming->operations;
  self->out->quarantined = g_array_ref (self->incoming->quarantined);
  return sl_oplog_commit (log, error);
}

/* Somebody holds operations of this device that it lacks: it is an old copy of itself, and goes on as a new device at
 * once. */
static gboolean
become_new_if_behind (Receiver *self, GError **error)
{
  if (self->log->follower)
    return sl_follower_tell (self->log, error);
  if (!self->incoming->own_came || self->how->guest_key != NULL)
    return TRUE;
  self->log->is_copy = TRUE;
  return sl_oplog_begin (self->log, &sl_actor_device, error) && sl_fork_follow (self->log, error)
         && sl_fence_after_import (self->log, error)
         && sl_oplog_commit (self->log, error);
}

/* sl_receive: takes what has come in, and what the stream brings. FALSE on failure: whole batches before it stay. */
gboolean
sl_receive (SlOplog *log, SlIncoming *incoming, const SlReceiveHow *how, SlImportResult *out, GError **error)
{
  Receiver self = { .log = log, .incoming = incoming, .how = how, .out = out };
  *out = (SlImportResult){ 0 };
  if (sl_incoming_take_snapshot (log, incoming, how->guest_key != NULL, error) && begin (&self, error)
      && load_waiting (log, incoming, error) && (how->stream == NULL || take_stream (&self, error))
      && take_candidates (&self, error) && take_branches (&self, error) && apply_in_batches (&self, error)
      && finish (&self, error)
      && become_new_if_behind (&self, error))
    return TRUE;
  sl_oplog_rollback (log);
  sl_import_result_clear (out);
  return FALSE;
}

/* sl_receive_foreign: another organisation's: nothing is taken, and each chain is named. */
gboolean
sl_receive_foreign (SlIncoming *incoming, SlImportResult *out)
{
  *out = (SlImportResult){ .operations = incoming->operations };
  for (guint i = 0; i < incoming->chains->len; i++)
    {
      SlIncomingChain *chain = incoming->chains->pdata[i];
      SlQuarantined one = { .replica = chain->replica, .seq = chain->first_seq, .reason = "foreign_organisation" };
      g_array_append_val (incoming->quarantined, one);
    }
  out->quarantined = g_array_ref (incoming->quarantined);
  return TRUE;
}
