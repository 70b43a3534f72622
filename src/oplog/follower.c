/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-follower"

#include "oplog/wire.h"

#include <string.h>

#include "oplog/fence-private.h"

/* A device whose log lies elsewhere, and who may be several processes at once: src/oplog/README.md "Followers". What
 * they write stands in that log before it stands here, so its order is the one that all of them agree on. */

static gboolean
identity_from_seed (const guint8 seed[SL_SEED_BYTES], const SlId *organisation, SlIdentity *out, GError **error)
{
  *out = (SlIdentity){ .organisation = *organisation };
  if (!sl_sign_key_from_seed (seed, &out->key))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a device's seed makes no key");
      return FALSE;
    }
  sl_replica_from_key (out->key.public_key, &out->replica);
  return TRUE;
}

/* A replica that was made with another key of the same hub cannot open what it keeps. */
static gboolean
check_keyring (SlOplog *log, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT kind, id FROM local_keyring LIMIT 1", "");
  gboolean any = sl_rows_next (rows), found;
  g_auto (SlSealKey) key = { 0 };
  SlId id = sl_id_none;
  SlKeyringKind kind = any ? (SlKeyringKind) sl_rows_int (rows, 0) : SL_KEYRING_NOTES;
  if (any)
    sl_rows_id (rows, 1, &id);
  return sl_rows_finish (rows, error) && (!any || sl_keyring_get (log, kind, &id, &key, &found, error));
}

/**
 * sl_oplog_open_follower:
 * @store: an open store, new or of this device; must outlive the log
 * @world: clock and random; must outlive the log
 * @organisation: whose log it is
 * @seed: of the device's key
 * @error: return location: CORRUPT where the store was made with another key: throw it away; STORAGE
 *
 * Opens or makes the log of a device whose truth lies in another log. Take that in its order, sl_wire_take(), before
 * anything is written: until the device's own first operation has come, sl_oplog_begin() fails with NOT_FOUND.
 *
 * Returns: (transfer full) (nullable): the log
 */
SlOplog *
sl_oplog_open_follower (SlStore *store, SlWorld *world, const SlId *organisation, const guint8 seed[SL_SEED_BYTES],
                        GError **error)
{
  g_return_val_if_fail (store != NULL && world != NULL && organisation != NULL && seed != NULL, NULL);

  g_autoptr (SlOplog) log = sl_oplog_new_bare (store, world);
  log->follower = TRUE;
  log->rebuild_due = TRUE;
  if (!identity_from_seed (seed, organisation, &log->identity, error) || !sl_chains_load (log, error)
      || !check_keyring (log, error) || !sl_parked_look (log, error))
    return NULL;
  return g_steal_pointer (&log);
}

/**
 * sl_oplog_set_publish:
 * @log: a follower
 * @func: (nullable) (scope notified): writes into the log that it follows
 * @user_data: for @func; must live as long as the log, or until another is set
 *
 * Without one whatever writes fails with READ_ONLY at its commit.
 */
void
sl_oplog_set_publish (SlOplog *log, SlPublishFunc func, gpointer user_data)
{
  g_return_if_fail (log != NULL && log->follower);
  log->publish = func;
  log->publish_data = user_data;
}

/* Another process of this device may be a later release and have done what this one cannot count. */
static gboolean
check_own_kinds (SlOplog *log, GError **error)
{
  gint64 unknown;
  if (!sl_store_query_int (log->store, 0, &unknown, error,
                           "SELECT EXISTS (SELECT 1 FROM local_parked WHERE pos > ? AND pos <= ?)", "ii",
                           SL_OP_POS (log->own->ix, 0), SL_OP_POS (log->own->ix, log->own->head_seq)))
    return FALSE;
  if (unknown == 0)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "a later release writes for this device: this one can only read");
  return FALSE;
}

/* sl_follower_check: inside a transaction, before anything is written: whether this replica knows what its device has
 * done. NOT_FOUND: it has not read that far. */
gboolean
sl_follower_check (SlOplog *log, GError **error)
{
  if (log->own != NULL && log->own->head_seq > 0)
    return check_own_kinds (log, error);
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "this replica has not read its own device's operations yet");
  return FALSE;
}

static void
segment_free (gpointer data)
{
  sl_segment_clear (data);
  g_free (data);
}

static SlSegment *
open_segment (SlOplog *log, guint64 first, const SlHash *previous)
{
  SlSegment *segment = g_new0 (SlSegment, 1);
  segment->replica = log->own->replica;
  segment->first_seq = first;
  segment->previous = *previous;
  segment->head = *previous;
  segment->operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return segment;
}

static void
sign_segment (SlOplog *log, SlSegment *segment)
{
  segment->is_signed = TRUE;
  sl_head_sign (&log->identity.key, &log->identity.organisation, &segment->replica,
                segment->first_seq + segment->operations->len - 1, &segment->head, segment->signature);
}

/* What this transaction has written, as few signed segments as can be. */
static GPtrArray *
read_emitted (SlOplog *log, GError **error)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (segment_free);
  SlHash at = log->emitted_before;
  guint64 seq = log->own->head_seq - (guint64) log->emitted;
  SlSegment *segment = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
      SL_OP_POS (log->own->ix, seq), SL_OP_POS (log->own->ix, log->own->head_seq));
  while (sl_rows_next (rows))
    {
      GBytes *bytes = sl_rows_dup_blob (rows, 0);
      if (segment == NULL || segment->operations->len == SL_SEGMENT_MAX_OPERATIONS)
        {
          segment = open_segment (log, seq + 1, &at);
          g_ptr_array_add (segments, segment);
        }
      g_ptr_array_add (segment->operations, bytes);
      sl_chain_next (&segment->replica, ++seq, &at, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                     &segment->head);
      at = segment->head;
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  g_assert (segments->len > 0 && sl_hash_equal (&at, &log->own->head_hash)); /* emitted is what was emitted */
  for (guint i = 0; i < segments->len; i++)
    sign_segment (log, segments->pdata[i]);
  return g_steal_pointer (&segments);
}

/* sl_follower_publish: as the last thing before a commit. What is published and then not committed, since this process
 * ends, comes back with the log. */
gboolean
sl_follower_publish (SlOplog *log, GError **error)
{
  if (!log->follower || log->emitted == 0)
    return TRUE;
  if (log->publish == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "a replica writes only into the log that it follows");
      return FALSE;
    }
  g_autoptr (GPtrArray) segments = read_emitted (log, error);
  return segments != NULL && log->publish (log, segments, log->publish_data, error);
}

/* sl_follower_tell: after news was taken: what is due at once, in a transaction of its own, since in the middle of the
 * log nothing can be published. Where the log goes on already it is due again after the next news. */
gboolean
sl_follower_tell (SlOplog *log, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!sl_chains_load (log, error) || !sl_fences_load (log, error))
    return FALSE;
  if (log->fences->len == 0 || log->own == NULL || log->own->head_seq == 0)
    return TRUE;
  if (sl_oplog_begin (log, &sl_actor_device, &failure) && sl_fence_after_import (log, &failure)
      && sl_oplog_commit (log, &failure))
    return TRUE;
  sl_oplog_rollback (log);
  if (g_error_matches (failure, SL_ERROR, SL_ERROR_BUSY) || g_error_matches (failure, SL_ERROR, SL_ERROR_TOO_NEW)
      || g_error_matches (failure, SL_ERROR, SL_ERROR_READ_ONLY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* --- going on as a new device --- */

/* What each chain was seen of is what the new chain says. */
static gboolean
count_seen (SlOplog *log, GError **error)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      if (!sl_seen_total (log, &log->own->replica, log->own->applied_seq, &chain->replica, &chain->seen_seq, error))
        return FALSE;
      chain->dirty = TRUE;
    }
  return TRUE;
}

/* Another process has written its first operations already; only the keys are wrapped anew. */
static gboolean
adopt (SlOplog *log, SlChain *chain, GError **error)
{
  log->own = chain;
  return sl_keyring_rewrap (log, &log->identity.predecessor_key, error) && count_seen (log, error);
}

/* Inside a transaction. */
static gboolean
succeed (SlOplog *log, GError **error)
{
  SlChain *chain = sl_chain_find (log, &log->identity.replica);
  if (chain != NULL && chain->head_seq > 0)
    return adopt (log, chain, error);
  return sl_rebirth_begin (log, error);
}

static gboolean
begin_succeeding (SlOplog *log, GError **error)
{
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  log->actor = sl_actor_device;
  if (sl_follower_check (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}

/**
 * sl_oplog_follower_succeed:
 * @log: a follower, no transaction open, that has read the whole log
 * @seed: of the new device's key, kept by the caller before it calls
 * @error: return location: BUSY where the log has grown: read it and call again
 *
 * For a hub whose log has lost something: it goes on as a new device, whose first operation the old key signs and which
 * revokes the old one up to where this replica has applied it. What others hold of the old chain beyond that comes with
 * their exchanges, and counts as far as they had applied it. Where the new device's first operations stand in the log
 * already only its identity is taken, so that each process, and one that ended in between, comes to the same: open with
 * the old seed, read, call this. From then on open with the new seed.
 *
 * Returns: %FALSE on failure: it is still the old device
 */
gboolean
sl_oplog_follower_succeed (SlOplog *log, const guint8 seed[SL_SEED_BYTES], GError **error)
{
  g_auto (SlIdentity) next = { { { 0 } } };
  g_return_val_if_fail (log->follower && !sl_store_in_transaction (log->store), FALSE);
  if (!identity_from_seed (seed, &log->identity.organisation, &next, error))
    return FALSE;
  if (sl_id_equal (&next.replica, &log->identity.replica))
    return TRUE;
  next.has_predecessor = TRUE;
  next.predecessor = log->identity.replica;
  next.predecessor_key = log->identity.key;
  if (!begin_succeeding (log, error))
    return FALSE;
  SlIdentity old = log->identity;
  log->identity = next;
  if (succeed (log, error) && sl_oplog_commit (log, error))
    {
      next = old; /* wiped */
      return TRUE;
    }
  next = log->identity;
  log->identity = old; /* before anything is read again */
  sl_oplog_rollback (log);
  return FALSE;
}
