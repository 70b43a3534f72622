/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-devices"

#include "core/datetime.h"
#include "engine/attention-private.h"
#include "oplog/conflict.h"
#include "oplog/fence.h"
#include "oplog/fork.h"

/* Devices, and operations of theirs that are not applied. Much of it is what this device alone sees. */

#define WAITING_LONG_MS SL_DAY_MS /* what comes in two parts comes on one stick, or within a day */
#define BOOKINGS_TOLD_MAX 50      /* of one device's operations for review: more than anybody looks at in one list */
#define STORED_READ_MAX 5000      /* operations read for them */

/* A further stretch of a device's operations makes a further conflict. */
static void
decide_up_to (SlAttentionItem *item, const SlId *replica, guint64 seq)
{
  SlId place;

  sl_id_derive (replica, seq, 0, &place);
  sl_attention_item_decide (item, "replica", replica);
  sl_attention_item_decide (item, "operation", &place);
}

static gboolean
tell_name (SlAttention *self, SlAttentionItem *item, const SlId *replica, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, "SELECT name FROM device WHERE id = ?", "d", replica);

  if (sl_rows_next (rows))
    item->device = sl_rows_dup_text (rows, 0);
  return sl_rows_finish (rows, error);
}

static gboolean
add_of_device (SlAttention *self, SlAttentionItem *item, const SlId *replica, GError **error)
{
  if (tell_name (self, item, replica, error))
    return sl_attention_add (self, item, error);
  sl_attention_item_free (item);
  return FALSE;
}

/* Which bookings operations that are not applied would have made: people have to make up for them. Takes what was
 * stored. */
static gboolean
tell_bookings (SlAttentionItem *item, GArray *taken)
{
  g_autoptr (GArray) stored = taken;

  for (guint i = 0, told = 0; stored != NULL && i < stored->len && told < BOOKINGS_TOLD_MAX; i++)
    {
      const SlStoredOperation *one = &g_array_index (stored, SlStoredOperation, i);

      if (sl_id_is_none (&one->made))
        continue;
      sl_attention_item_tell (item, "booking", &one->made);
      sl_attention_item_tell (item, "session", &one->session);
      sl_attention_item_tell (item, "member", &one->member);
      told++;
    }
  return stored != NULL;
}

/* --- revoked ones --- */

static gboolean
add_waiting_revocation (SlAttention *self, const SlFenceInfo *fence, GError **error)
{
  SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_REVOCATION_WAITS, fence->at_ms);

  sl_attention_item_decide (item, "replica", &fence->replica);
  sl_attention_item_tell (item, "successor", &fence->successor);
  for (guint i = 0; i < fence->waiting_for->len; i++)
    sl_attention_item_tell (item, "waiting_for", &g_array_index (fence->waiting_for, SlId, i));
  item->count = fence->waiting_for->len;
  item->reason = g_strdup (fence->reason);
  return add_of_device (self, item, &fence->replica, error);
}

static gboolean
add_review (SlAttention *self, const SlFenceInfo *fence, GError **error)
{
  SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_HELD_FOR_REVIEW, fence->at_ms);

  decide_up_to (item, &fence->replica, fence->cut + fence->held);
  item->count = (gint64) fence->held;
  item->reason = g_strdup (fence->reason);
  if (tell_bookings (item, sl_stored_operations (self->engine->log, &fence->replica, fence->cut, STORED_READ_MAX,
                                                 error)))
    return add_of_device (self, item, &fence->replica, error);
  sl_attention_item_free (item);
  return FALSE;
}

static gboolean
add_fences (SlAttention *self, GError **error)
{
  g_autoptr (GPtrArray) fences = sl_fence_list (self->engine->log, error);

  for (guint i = 0; fences != NULL && i < fences->len; i++)
    {
      const SlFenceInfo *fence = fences->pdata[i];

      if ((!fence->final && !add_waiting_revocation (self, fence, error))
          || (fence->held > 0 && !add_review (self, fence, error)))
        return FALSE;
    }
  return fences != NULL;
}

/* --- two of one --- */

/* A directory that was found at another place goes on as a device of its own; nobody has said that the original is
 * gone. */
static gboolean
add_copies (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT d.id, d.predecessor, d.created_hlc, d.name FROM device d WHERE d.predecessor IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.replica IN (d.predecessor, d.id))",
      "");

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item =
          sl_attention_item_new (SL_ATTENTION_DEVICE_COPIED, sl_hlc_to_ms (sl_rows_int (rows, 2)));
      SlId replica, original;

      sl_rows_id (rows, 0, &replica);
      sl_rows_id (rows, 1, &original);
      sl_attention_item_decide (item, "replica", &replica);
      sl_attention_item_decide (item, "original", &original);
      item->device = sl_rows_dup_text (rows, 3);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_twins (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT a.id, b.id, max (a.created_hlc, b.created_hlc) FROM device a CROSS JOIN device b "
      "ON b.invitation = a.invitation AND b.id > a.id WHERE a.invitation IS NOT NULL "
      "AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.replica IN (a.id, b.id))",
      "");

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item =
          sl_attention_item_new (SL_ATTENTION_INVITATION_TWICE, sl_hlc_to_ms (sl_rows_int (rows, 2)));
      SlId id;

      for (int i = 0; i < 2; i++)
        {
          sl_rows_id (rows, i, &id);
          sl_attention_item_decide (item, "replica", &id);
        }
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* Of two histories one counts; what the other one says is for people. */
static gboolean
add_forks (SlAttention *self, GError **error)
{
  g_autoptr (GArray) forks = sl_fork_list (self->engine->log, error);

  for (guint i = 0; forks != NULL && i < forks->len; i++)
    {
      const SlForkInfo *fork = &g_array_index (forks, SlForkInfo, i);
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_FORK, fork->at_ms);

      sl_attention_item_decide (item, "replica", &fork->replica);
      item->count = (gint64) fork->others;
      if (!tell_bookings (item, sl_fork_operations (self->engine->log, &fork->replica, STORED_READ_MAX, error)))
        {
          sl_attention_item_free (item);
          return FALSE;
        }
      if (!add_of_device (self, item, &fork->replica, error))
        return FALSE;
    }
  return forks != NULL;
}

/* --- what is not applied --- */

static gboolean
add_held (SlAttention *self, const SlChainState *chain, SlAttentionKind kind, guint64 up_to, GError **error)
{
  SlAttentionItem *item = sl_attention_item_new (kind, chain->last_ms);

  decide_up_to (item, &chain->replica, chain->applied_seq + 1);
  item->count = (gint64) (up_to - chain->applied_seq);
  if (tell_bookings (item, sl_stored_operations (self->engine->log, &chain->replica, chain->applied_seq,
                                                 STORED_READ_MAX, error)))
    return add_of_device (self, item, &chain->replica, error);
  sl_attention_item_free (item);
  return FALSE;
}

/* It goes on for one that people have taken away, and nothing of it will count. */
static gboolean
add_beyond (SlAttention *self, const SlChainState *chain, GError **error)
{
  gboolean revoked;

  if (chain->head_seq <= MAX (chain->applied_seq, chain->will_apply_seq))
    return TRUE;
  if (!sl_fence_is_revoked (self->engine->log, &chain->replica, &revoked, error))
    return FALSE;
  return revoked || add_held (self, chain, SL_ATTENTION_HELD_FOR_REVIEW, chain->head_seq, error);
}

static gboolean
add_silent (SlAttention *self, const SlChainState *chain, GError **error)
{
  gboolean revoked;
  SlAttentionItem *item;

  if (!sl_fence_is_revoked (self->engine->log, &chain->replica, &revoked, error))
    return FALSE;
  if (revoked || chain->last_ms == 0 || chain->last_ms > self->now_ms - SL_ATTENTION_SILENT_DAYS * SL_DAY_MS)
    return TRUE;
  item = sl_attention_item_new (SL_ATTENTION_DEVICE_SILENT, chain->last_ms);
  decide_up_to (item, &chain->replica, chain->head_seq);
  return add_of_device (self, item, &chain->replica, error);
}

static gboolean
add_chain (SlAttention *self, const SlChainState *chain, GError **error)
{
  if (chain->stopped)
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_CHAIN_STOPPED, chain->last_ms);

      decide_up_to (item, &chain->replica, chain->applied_seq + 1);
      item->count = (gint64) (chain->head_seq - chain->applied_seq);
      return add_of_device (self, item, &chain->replica, error);
    }
  if (chain->own)
    return TRUE;
  if (!chain->admitted)
    return chain->head_seq == 0 || add_held (self, chain, SL_ATTENTION_NOT_ADMITTED, chain->head_seq, error);
  if (chain->will_apply_seq > chain->applied_seq
      && !add_held (self, chain, SL_ATTENTION_NO_RIGHTS, chain->will_apply_seq, error))
    return FALSE;
  return add_beyond (self, chain, error) && add_silent (self, chain, error);
}

static gboolean
add_chains (SlAttention *self, GError **error)
{
  g_autoptr (GArray) chains = sl_chain_states (self->engine->log, error);

  for (guint i = 0; chains != NULL && i < chains->len; i++)
    if (!add_chain (self, &g_array_index (chains, SlChainState, i), error))
      return FALSE;
  return chains != NULL;
}

/* --- what was not taken --- */

/* Forks and what a revoked device has written are told above. What has come since as its device signed it needs nobody.
 * The last of what was refused makes the conflict: more of it is another one. */
static gboolean
add_quarantined (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store,
      "SELECT q.replica, q.reason, count (*), max (q.received_ms), max (q.seq) FROM local_quarantine q "
      "WHERE q.reason NOT IN ('fork', 'revoked') AND (q.reason <> 'malformed' OR NOT EXISTS "
      "(SELECT 1 FROM local_chain c WHERE c.replica = q.replica AND c.stopped IS NOT NULL)) "
      "AND (q.seq = 0 OR NOT EXISTS (SELECT 1 FROM local_chain c WHERE c.replica = q.replica AND c.head_seq >= q.seq)) "
      "GROUP BY q.replica, q.reason",
      "");

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_QUARANTINED, sl_rows_int (rows, 3));
      SlId replica;

      sl_rows_id (rows, 0, &replica);
      decide_up_to (item, &replica, (guint64) sl_rows_int (rows, 4));
      item->count = sl_rows_int (rows, 2);
      item->reason = sl_rows_dup_text (rows, 1);
      if (!add_of_device (self, item, &replica, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_waiting (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store,
                                            "SELECT replica, count (*), min (received_ms), min (seq) "
                                            "FROM local_waiting GROUP BY replica HAVING min (received_ms) < ?",
                                            "i", self->now_ms - WAITING_LONG_MS);

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_WAITING_LONG, sl_rows_int (rows, 2));
      SlId replica;

      sl_rows_id (rows, 0, &replica);
      decide_up_to (item, &replica, (guint64) sl_rows_int (rows, 3));
      item->count = sl_rows_int (rows, 1);
      if (!add_of_device (self, item, &replica, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_clocks (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      self->engine->store, "SELECT replica, seq, ahead_ms, noted_ms FROM local_clock_ahead", "");

  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_CLOCK_AHEAD, sl_rows_int (rows, 3));
      SlId replica;

      sl_rows_id (rows, 0, &replica);
      decide_up_to (item, &replica, (guint64) sl_rows_int (rows, 1));
      item->count = sl_rows_int (rows, 2) / 1000;
      if (!add_of_device (self, item, &replica, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* sl_attention_of_devices: what is about devices and their logs. */
gboolean
sl_attention_of_devices (SlAttention *self, GError **error)
{
  return add_fences (self, error) && add_copies (self, error) && add_twins (self, error) && add_forks (self, error)
         && add_chains (self, error)
         && add_quarantined (self, error) && add_waiting (self, error) && add_clocks (self, error);
}
