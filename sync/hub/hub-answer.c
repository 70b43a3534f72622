/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-answer"

#include "hub/hub-private.h"

#include <string.h>

#include "core/error.h"

/* What a device gets: what lies behind its cursor and it does not have, the keys that are for it, and how far the log
 * goes. Nothing but the log is read, so that two hub processes answer the same. */

#define SCAN_MAX_BYTES (64 * 1024 * 1024) /* of entries that the asker has already, in one request */

typedef struct {
  SlHubCall *call;
  const SlHubBody *body;
  GHashTable *has;      /* SlId* → SlVectorEntry* (not owned): as the asker says */
  GPtrArray *items;     /* of GBytes */
  GHashTable *sent;     /* SlId* → guint64*: up to where with these it has a device's operations */
  guint64 bytes, max_bytes;
  guint64 cursor;
  gboolean more;
  gboolean in_snapshot;  /* the last entry was a piece of one: all of it goes in one answer */
  gboolean base_asked, lacks_base;
} Answer;

static guint64
seq_of (const Answer *self, const SlId *replica)
{
  const SlVectorEntry *entry = g_hash_table_lookup (self->has, replica);
  return entry != NULL ? entry->seq : 0;
}

/* Whether the asker lacks nothing of this entry. Of a device with two histories a number says nothing. */
static gboolean
is_held (const Answer *self, const SlEntry *entry, gboolean forked)
{
  const SlVectorEntry *has = g_hash_table_lookup (self->has, &entry->replica);
  if (entry->kind != SL_ENTRY_SEGMENT || has == NULL || forked || entry->last_seq > has->seq)
    return FALSE;
  return entry->last_seq < has->seq || sl_hash_equal (&entry->head, &has->hash);
}

static gboolean
is_forked (Answer *self, const SlId *replica)
{
  g_mutex_lock (&self->call->tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (self->call->tenant, replica);
  gboolean forked = chain != NULL && chain->forked;
  g_mutex_unlock (&self->call->tenant->lock);
  return forked;
}

/* Its own operations go to a device only where it lacks some: then it is an old copy of itself, and must learn it. */
static gboolean
has_all_of_its_own (Answer *self)
{
  SlHubTenant *tenant = self->call->tenant;
  const SlId *asker = &self->call->claimed.replica;
  const SlVectorEntry *has = g_hash_table_lookup (self->has, asker);
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, asker);
  gboolean all = chain == NULL || (!chain->forked && has != NULL && has->seq >= chain->head_seq);
  if (all && chain != NULL && has->seq == chain->head_seq)
    all = sl_hash_equal (&has->hash, &chain->head_hash);
  g_mutex_unlock (&tenant->lock);
  return all;
}

/* Whether the asker lacks something that is folded into the snapshot with which the log begins: the replica knows. */
static gboolean
look_at_base (Answer *self, GError **error)
{
  SlHubTenant *tenant = self->call->tenant;
  if (self->base_asked)
    return TRUE;
  if (!sl_hub_replica_lock (tenant, error))
    return FALSE;
  gboolean done = sl_hub_replica_catch_up (tenant, error);
  g_autoptr (GArray) base = done ? sl_hub_replica_base (tenant, error) : NULL;
  g_mutex_unlock (&tenant->replica_lock);
  for (guint i = 0; base != NULL && i < base->len; i++)
    {
      const SlChainInfo *folded = &g_array_index (base, SlChainInfo, i);
      self->lacks_base = self->lacks_base || seq_of (self, &folded->replica) < folded->head_seq;
    }
  self->base_asked = base != NULL;
  return base != NULL;
}

/* Whether it goes to the asker. */
static gboolean
consider (Answer *self, const SlEntry *entry, gboolean *out, GError **error)
{
  self->in_snapshot = entry->kind == SL_ENTRY_PIECE;
  if (self->in_snapshot && !look_at_base (self, error))
    return FALSE;
  *out = self->in_snapshot ? self->lacks_base : !is_held (self, entry, is_forked (self, &entry->replica));
  return TRUE;
}

/* The asker has read entries that are not there: the log has lost its end. The answer is of the epoch that begins. */
static gboolean
begin_again (Answer *self, GError **error)
{
  SlHubTenant *tenant = self->call->tenant;
  self->cursor = 0;
  self->more = TRUE;
  if (!sl_hub_replica_lock (tenant, error))
    return FALSE;
  gboolean done = sl_hub_epoch_doubt (tenant, error) && sl_hub_replica_catch_up (tenant, error);
  g_mutex_unlock (&tenant->replica_lock);
  sl_hub_call_identify (self->call);
  return done;
}

/* What was read to its end says where the log ends: what is remembered of it may be of a log that was longer once. */
static gboolean
check_end (Answer *self, guint64 asked, GError **error)
{
  SlHubTenant *tenant = self->call->tenant;
  if (self->more)
    return TRUE;
  g_mutex_lock (&tenant->lock);
  gboolean done = self->cursor >= tenant->head || sl_hub_tenant_refresh (tenant, error);
  gboolean beyond = done && asked > self->cursor; /* what is remembered may be older: another process has appended */
  g_mutex_unlock (&tenant->lock);
  return done && (!beyond || begin_again (self, error));
}

static void
note_sent (Answer *self, const SlEntry *entry)
{
  const guint64 *before = g_hash_table_lookup (self->sent, &entry->replica);
  if (entry->kind == SL_ENTRY_SEGMENT && (before == NULL || *before < entry->last_seq))
    g_hash_table_replace (self->sent, sl_id_copy (&entry->replica),
                          g_memdup2 (&entry->last_seq, sizeof entry->last_seq));
}

static gboolean
collect (Answer *self, GError **error)
{
  const SlId *asker = &self->call->claimed.replica;
  const SlId *not_of = has_all_of_its_own (self) ? asker : NULL;
  guint64 scanned = 0, asked;
  self->more = TRUE;
  while (self->more && (self->in_snapshot || (self->bytes < self->max_bytes && scanned < SCAN_MAX_BYTES)))
    {
      guint64 room = self->max_bytes - MIN (self->bytes, self->max_bytes);
      asked = self->cursor;
      g_autoptr (GArray) entries
          = sl_log_store_read (self->call->hub->store, &self->call->tenant->id, self->cursor, asker, not_of,
                               room, &self->cursor, &self->more, error);
      if (entries == NULL || !check_end (self, asked, error))
        return FALSE;
      for (guint i = 0; i < entries->len; i++)
        {
          const SlEntry *entry = &g_array_index (entries, SlEntry, i);
          gsize length = g_bytes_get_size (entry->bytes);
          gboolean goes;
          scanned += length;
          if (!consider (self, entry, &goes, error))
            return FALSE;
          if (!goes)
            continue;
          self->bytes += length;
          g_ptr_array_add (self->items, g_bytes_ref (entry->bytes));
          note_sent (self, entry);
        }
    }
  return TRUE;
}

/* What the asker would have with this answer. */
static gboolean
is_complete (Answer *self)
{
  GHashTableIter iter;
  SlHubChain *chain;
  g_hash_table_iter_init (&iter, self->call->tenant->chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    {
      const guint64 *seq = g_hash_table_lookup (self->sent, &chain->replica);
      if (MAX (seq_of (self, &chain->replica), seq != NULL ? *seq : 0) < chain->head_seq)
        return FALSE;
    }
  return TRUE;
}

/* At the end of the log something may still be missing: entries were lost and came again at other places. From the
 * beginning then, but not all the time: a device may have stopped taking a chain. */
static void
send_again_if_lacking (Answer *self, guint64 from)
{
  SlHubTenant *tenant = self->call->tenant;
  if (self->more || from == 0)
    return;
  g_mutex_lock (&tenant->lock);
  SlHubChain *asker = sl_hub_tenant_chain (tenant, &self->call->claimed.replica);
  gboolean again = self->cursor >= tenant->head && asker != NULL && !is_complete (self)
                   && (asker->refilled_ms == 0
                       || ABS (self->call->now_ms - asker->refilled_ms) >= SL_HUB_REFILL_AFTER_MS);
  if (again)
    asker->refilled_ms = self->call->now_ms;
  g_mutex_unlock (&tenant->lock);
  if (!again)
    return;
  sl_hub_count (self->call->hub, SL_HUB_REFILLS, 1);
  self->cursor = 0;
  self->more = TRUE;
}

static void
fill_header (Answer *self, SlStreamHeader *header)
{
  GHashTableIter iter;
  SlHubChain *chain;
  header->organisation = self->call->organisation;
  header->by = self->call->hub_replica;
  header->vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry));
  g_mutex_lock (&self->call->tenant->lock);
  g_hash_table_iter_init (&iter, self->call->tenant->chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    {
      SlVectorEntry entry = { .replica = chain->replica, .seq = chain->head_seq, .hash = chain->head_hash };
      if (chain->head_seq > 0)
        g_array_append_val (header->vector, entry);
    }
  g_mutex_unlock (&self->call->tenant->lock);
}

/* All keys, for a device that has none or lost them. */
static gboolean
write_keys (Answer *self, SlStreamWriter *writer, GError **error)
{
  SlHubTenant *tenant = self->call->tenant;
  g_autoptr (GBytes) box = NULL;
  g_autoptr (GError) failure = NULL;
  guint8 key[SL_SIGN_PUBLIC_BYTES];
  if (!(self->body->item.flags & SL_EXCHANGE_WANT_KEYS))
    return TRUE;
  g_mutex_lock (&tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (tenant, &self->call->claimed.replica);
  gboolean may = chain != NULL && chain->has_key && chain->admitted && !chain->revoked;
  if (may)
    memcpy (key, chain->public_key, sizeof key);
  g_mutex_unlock (&tenant->lock);
  if (!may)
    return TRUE;
  if (!sl_hub_replica_lock (tenant, error))
    return FALSE;
  if (sl_hub_replica_catch_up (tenant, &failure))
    box = sl_oplog_keys_for (sl_engine_get_log (tenant->engine), key, &failure);
  g_mutex_unlock (&tenant->replica_lock);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return box == NULL || sl_stream_writer_box (writer, &self->call->claimed.replica, box, error);
}

static GBytes *
write_answer (Answer *self, GArray *asks, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  g_auto (SlStreamHeader) header = { 0 };
  SlExchangeItem item = { .cursor = self->cursor,
                          .epoch = self->call->epoch,
                          .flags = self->more ? SL_EXCHANGE_MORE : 0,
                          .time_ms = self->call->now_ms,
                          .asks = asks };
  item.version = sl_sync_version_choose (self->body->item.version_lowest, self->body->item.version);
  item.version_lowest = item.version;
  g_autoptr (GBytes) exchange = sl_exchange_item_encode (&item, TRUE);
  fill_header (self, &header);
  if (!sl_stream_writer_header (writer, &header, error) || !sl_stream_writer_item (writer, exchange, error)
      || !write_keys (self, writer, error))
    return NULL;
  for (guint i = 0; i < self->items->len; i++)
    if (!sl_stream_writer_item (writer, self->items->pdata[i], error))
      return NULL;
  if (!sl_stream_writer_finish (writer, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * sl_hub_answer_stream:
 * @call: a request of a device of the studio
 * @body: what it said
 * @asks: (nullable) (element-type SlAsk): what was given
 * @error: return location
 *
 * Returns: (transfer full): the stream; %NULL on failure
 */
GBytes *
sl_hub_answer_stream (SlHubCall *call, const SlHubBody *body, GArray *asks, GError **error)
{
  guint64 wanted = body->item.max_bytes;
  Answer self = { .call = call,
                  .body = body,
                  .max_bytes = wanted > 0 ? MIN (wanted, SL_SYNC_ANSWER_MAX_BYTES) : SL_SYNC_ANSWER_MAX_BYTES };
  self.has = g_hash_table_new (sl_id_hash, sl_id_equal);
  self.items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self.sent = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  for (guint i = 0; i < body->header.vector->len; i++)
    {
      SlVectorEntry *entry = &g_array_index (body->header.vector, SlVectorEntry, i);
      g_hash_table_replace (self.has, &entry->replica, entry);
    }
  GBytes *answer = NULL;
  guint64 from = sl_id_equal (&body->item.epoch, &call->epoch) ? body->item.cursor : 0; /* another epoch, another log */
  self.cursor = from;
  if (collect (&self, error))
    {
      send_again_if_lacking (&self, from);
      answer = write_answer (&self, asks, error);
    }
  g_hash_table_unref (self.has);
  g_ptr_array_unref (self.items);
  g_hash_table_unref (self.sent);
  return answer;
}
