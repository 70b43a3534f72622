/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-fence"

#include <string.h>

#include "oplog/fork-private.h"

/* Operations about devices that are no longer devices: src/oplog/README.md "Fences". */

#define REASON_MAX 4096
#define RECLAIM_MAX 256 /* devices taken over from in one operation */

/* sl_fence_name_successor: the steward; where it is the one that goes, or is gone, whoever says so. */
gboolean
sl_fence_name_successor (SlOplog *log, const SlId *replica, SlId *out, GError **error)
{
  gboolean revoked;
  if (!sl_fence_steward (log, out, error) || !sl_fence_is_revoked (log, out, &revoked, error))
    return FALSE;
  if (revoked || sl_id_is_none (out) || sl_id_equal (out, replica))
    *out = log->own->replica;
  return TRUE;
}

/**
 * sl_op_device_revoke:
 * @log: inside a transaction
 * @replica: the device that no longer is one; not this one
 * @reborn: it goes on as this device: a restored backup; else somebody took it away
 * @reason: (nullable): for people
 * @error: return location
 *
 * From now on nothing more of it is applied here. What it holds is frozen until everybody has said what they had
 * applied; then it passes on (sl_fence_settle()).
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_device_revoke (SlOplog *log, const SlId *replica, gboolean reborn, const char *reason, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  const SlChain *chain = sl_chain_find (log, replica);
  SlId successor;
  SlHash hash;
  g_return_val_if_fail (!sl_id_equal (replica, &log->own->replica), FALSE);
  if (!sl_fence_name_successor (log, replica, &successor, error)
      || (chain != NULL && chain->applied_seq > 0 && !sl_chain_hash_at (log, chain, chain->applied_seq, &hash, error)))
    return FALSE;
  sl_cbor_begin_array (body, reason != NULL ? 5 : 4);
  sl_cbor_put_int (body, chain != NULL ? (gint64) chain->applied_seq : 0);
  if (chain != NULL && chain->applied_seq > 0)
    sl_cbor_put_bytes (body, hash.bytes, SL_HASH_BYTES);
  else
    sl_cbor_put_null (body);
  sl_cbor_put_int (body, reborn ? 1 : 0);
  sl_cbor_put_id (body, &successor);
  if (reason != NULL)
    sl_cbor_put_text (body, reason);
  return sl_oplog_emit (log, SL_KIND_DEVICE_REVOKE, replica, body, NULL, error);
}

static gboolean
get_hash_or_null (SlCborReader *body, gboolean *out_has, SlHash *out)
{
  const guint8 *data;
  gsize length;
  SlCborItem item;
  *out_has = sl_cbor_peek (body) != SL_CBOR_NULL;
  if (!*out_has)
    return sl_cbor_next (body, &item);
  if (!sl_cbor_get_bytes (body, SL_HASH_BYTES, &data, &length) || length != SL_HASH_BYTES)
    return FALSE;
  memcpy (out->bytes, data, SL_HASH_BYTES);
  return TRUE;
}

/* sl_revocation_put: that operation takes its entity away. The only writer of the table; hash and reason nullable. */
gboolean
sl_revocation_put (SlOplog *log, const SlOperation *operation, gint64 cut, const SlHash *hash, gint64 reborn,
                   const SlId *successor, const char *reason, GError **error)
{
  sl_fences_forget (log);
  return sl_store_exec (log->store, error,
                        "INSERT INTO revocation (replica, author, author_seq, hlc, actor, cut, cut_hash, reborn, "
                        "successor, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "ddiidibidt", &operation->entity, &operation->replica, (gint64) operation->seq,
                        operation->signed_hlc, &operation->actor, cut, hash != NULL ? hash->bytes : NULL,
                        (gsize) SL_HASH_BYTES, reborn, successor, reason);
}

/* sl_apply_device_revoke: entity: the device; [cut, hash at it, reborn, successor, reason]. */
gboolean
sl_apply_device_revoke (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 cut, reborn;
  gboolean has_hash;
  SlHash hash;
  SlId successor;
  g_autofree char *reason = NULL;
  if (sl_id_is_none (&operation->entity) || sl_id_equal (&operation->entity, &operation->replica)
      || !sl_cbor_get_array (body, 4, 5, &length) || !sl_cbor_get_int (body, 0, G_MAXINT64, &cut)
      || !get_hash_or_null (body, &has_hash, &hash) || !sl_cbor_get_int (body, 0, 1, &reborn)
      || !sl_cbor_get_id (body, &successor) || (length > 4 && !sl_cbor_get_text (body, REASON_MAX, &reason))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_revocation_put (log, operation, cut, has_hash ? &hash : NULL, reborn, &successor, reason, error);
}

/* sl_apply_device_seen: []: all that it says is in its seen. */
gboolean
sl_apply_device_seen (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 0, 0, &length) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return TRUE;
}

/* sl_op_device_seen: acknowledges what was merged, without doing anything. */
gboolean
sl_op_device_seen (SlOplog *log, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 0);
  return sl_oplog_emit (log, SL_KIND_DEVICE_SEEN, NULL, body, NULL, error);
}

/* sl_op_rights_reclaim: takes over from fences (element-type SlFence), whose cuts are final from now on. */
gboolean
sl_op_rights_reclaim (SlOplog *log, GPtrArray *fences, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  guint n = MIN (fences->len, RECLAIM_MAX);
  sl_cbor_begin_array (body, 3 * n);
  for (guint i = 0; i < n; i++)
    {
      const SlFence *fence = fences->pdata[i];
      const SlChain *chain = sl_chain_find (log, &fence->replica);
      guint64 cut = sl_fork_final_cut (log, fence);
      SlHash hash;
      sl_cbor_put_id (body, &fence->replica);
      sl_cbor_put_int (body, (gint64) cut);
      if (chain == NULL || cut == 0 || cut > chain->head_seq)
        sl_cbor_put_null (body);
      else if (sl_chain_hash_at (log, chain, cut, &hash, error))
        sl_cbor_put_bytes (body, hash.bytes, SL_HASH_BYTES);
      else
        return FALSE;
    }
  return sl_oplog_emit (log, SL_KIND_RIGHTS_RECLAIM, NULL, body, NULL, error);
}

typedef struct {
  SlId replica;
  gint64 cut;
  gboolean has_hash;
  SlHash hash;
} Taken;

static gboolean
get_taken (SlCborReader *body, GArray *out)
{
  gsize length;
  if (!sl_cbor_get_array (body, 3, 3 * RECLAIM_MAX, &length) || length % 3 != 0)
    return FALSE;
  for (gsize i = 0; i < length; i += 3)
    {
      Taken one = { 0 };
      if (!sl_cbor_get_id (body, &one.replica) || !sl_cbor_get_int (body, 0, G_MAXINT64, &one.cut)
          || !get_hash_or_null (body, &one.has_hash, &one.hash))
        return FALSE;
      g_array_append_val (out, one);
    }
  return sl_cbor_at_end (body);
}

/* Where the device was cloned, the history that the cut is about is here: it stands in its chain, or will be put there
 * when all that came with this operation has been applied. */
static gboolean
is_here (SlOplog *log, const SlChain *chain, const Taken *taken, gboolean *out, GError **error)
{
  guint64 cut = (guint64) taken->cut;
  gboolean forked, folded;
  gint64 kept;
  SlHash ours;
  *out = chain != NULL ? chain->applied_seq >= cut : cut == 0;
  if (chain == NULL || !taken->has_hash || log->scratch)
    return TRUE;
  if (!sl_fork_is_known (log, &chain->replica, &forked, error) || !forked)
    return !forked;
  if (chain->head_seq >= cut)
    {
      if (!sl_chain_hash_if_kept (log, chain, cut, &ours, &folded, error))
        return FALSE;
      if (!folded && sl_hash_equal (&ours, &taken->hash))
        return TRUE;
    }
  if (!sl_store_query_int (log->store, 0, &kept, error,
                           "SELECT count (*) FROM local_branch WHERE replica = ? AND seq = ? AND hash = ?", "dib",
                           &chain->replica, taken->cut, taken->hash.bytes, (gsize) SL_HASH_BYTES))
    return FALSE;
  *out = kept > 0;
  return TRUE;
}

/* Its author was named to take over, and what it counted on is applied here too. */
static gboolean
may_take (SlOplog *log, const SlOperation *operation, const Taken *taken, gboolean *out, GError **error)
{
  const SlFence *fence;
  gboolean here;
  *out = FALSE;
  if (!sl_fences_load (log, error)
      || !is_here (log, sl_chain_find (log, &taken->replica), taken, &here, error))
    return FALSE;
  fence = sl_fence_find (log, &taken->replica);
  for (guint i = 0; fence != NULL && i < fence->revocations->len; i++)
    if (sl_id_equal (&g_array_index (fence->revocations, SlRevocation, i).successor, &operation->replica))
      *out = here || SL_RULE_IS_OFF (log, SL_RULE_RECLAIM_COMPLETE);
  return TRUE;
}

/* sl_apply_rights_reclaim: [device, final cut, hash at it, …]: its author goes on for them. Waits until each is applied
 * here up to its cut, so that what it held is known. */
gboolean
sl_apply_rights_reclaim (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Taken));
  if (!sl_id_is_none (&operation->entity) || !get_taken (body, all))
    return sl_malformed (operation, error);
  for (guint i = 0; i < all->len; i++)
    {
      gboolean may;
      if (!may_take (log, operation, &g_array_index (all, Taken, i), &may, error))
        return FALSE;
      if (!may)
        return sl_apply_hold (log, "no_rights");
    }
  for (guint i = 0; i < all->len; i++)
    {
      const Taken *one = &g_array_index (all, Taken, i);
      if (!sl_store_exec (log->store, error,
                          "INSERT INTO reclaim (replica, cut, successor, hlc, author_seq, cut_hash) "
                          "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (replica) DO UPDATE SET cut = excluded.cut, "
                          "cut_hash = excluded.cut_hash, successor = excluded.successor, hlc = excluded.hlc, "
                          "author_seq = excluded.author_seq WHERE (excluded.hlc, excluded.successor) < "
                          "(hlc, successor)",
                          "didiib", &one->replica, one->cut, &operation->replica, operation->signed_hlc,
                          (gint64) operation->seq, one->has_hash ? one->hash.bytes : NULL, (gsize) SL_HASH_BYTES))
        return FALSE;
    }
  sl_fences_forget (log);
  return TRUE;
}
