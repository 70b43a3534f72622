/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-wire-hub"

#include "oplog/wire.h"

#include <string.h>

#include "oplog/fence-private.h"
#include "oplog/oplog-private.h"

/* What a hub asks of its device's log beside what every agent does: sync/README.md "The hub". */

/**
 * sl_oplog_get_seed:
 * @log: a log
 * @out_seed: (out): of this device's key: a secret, for a hub that keeps its devices' keys in its own store
 */
void
sl_oplog_get_seed (SlOplog *log, guint8 out_seed[SL_SEED_BYTES])
{
  memcpy (out_seed, log->identity.key.secret_key, SL_SEED_BYTES); /* its first half is the seed */
}

static gboolean
check_first (SlOplog *log, const SlId *replica, GBytes *first, guint8 out_key[SL_SIGN_PUBLIC_BYTES],
             gboolean *out_admitted, GError **error)
{
  SlChain chain = { .replica = *replica };
  if (!sl_chains_load (log, error))
    return FALSE;
  if (!sl_chain_take_first (log, &chain, first))
    return TRUE;
  memcpy (out_key, chain.public_key, SL_SIGN_PUBLIC_BYTES);
  return sl_chain_admitted (log, &chain, out_admitted, error);
}

/**
 * sl_oplog_check_first:
 * @log: a log
 * @replica: a device of which nothing need be known
 * @first: its first operation
 * @out_key: (out): its public key, where it is admitted
 * @out_admitted: (out): whether its chain would be one of this studio: it founded it, joined by an invitation that is
 * known here, or goes on for a device that is
 * @error: return location
 *
 * For whoever stores nothing of strangers.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_check_first (SlOplog *log, const SlId *replica, GBytes *first, guint8 out_key[SL_SIGN_PUBLIC_BYTES],
                      gboolean *out_admitted, GError **error)
{
  *out_admitted = FALSE;
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  gboolean checked = check_first (log, replica, first, out_key, out_admitted, error);
  sl_store_end_read (log->store);
  return checked;
}

static gboolean
holds (SlOplog *log, const SlId *replica, guint64 seq, const SlHash *hash, gboolean *out, GError **error)
{
  gint64 branches;
  SlHash ours;
  gboolean folded = FALSE;
  if (!sl_chains_load (log, error)
      || !sl_store_query_int (log->store, 0, &branches, error,
                              "SELECT count (*) FROM local_branch WHERE replica = ? AND seq = ? AND hash = ?", "dib",
                              replica, (gint64) seq, hash->bytes, (gsize) SL_HASH_BYTES))
    return FALSE;
  const SlChain *chain = sl_chain_find (log, replica);
  *out = branches > 0;
  if (*out || chain == NULL || seq == 0 || seq > chain->head_seq)
    return TRUE;
  if (!sl_chain_hash_if_kept (log, chain, seq, &ours, &folded, error))
    return FALSE;
  *out = !folded && sl_hash_equal (&ours, hash);
  return TRUE;
}

/**
 * sl_oplog_holds:
 * @log: a log
 * @replica: a device
 * @seq: a number of its operations
 * @hash: what h(@seq) is said to be
 * @out: (out): whether a history of the device with just this is stored here, the one that counts or another
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_holds (SlOplog *log, const SlId *replica, guint64 seq, const SlHash *hash, gboolean *out, GError **error)
{
  *out = FALSE;
  if (!sl_store_begin_read (log->store, error))
    return FALSE;
  gboolean read = holds (log, replica, seq, hash, out, error);
  sl_store_end_read (log->store);
  return read;
}

/**
 * sl_oplog_keys_for:
 * @log: a log
 * @public_key: a device's, which the caller knows to be one that may have them; also this device's own
 * @error: return location
 *
 * Returns: (transfer full) (nullable): every key held here, in a box that only that device opens; %NULL without error
 * where there are none
 */
GBytes *
sl_oplog_keys_for (SlOplog *log, const guint8 public_key[SL_SIGN_PUBLIC_BYTES], GError **error)
{
  if (!sl_store_begin_read (log->store, error))
    return NULL;
  GBytes *box = sl_keyring_bundle (log, public_key, NULL, error);
  sl_store_end_read (log->store);
  return box;
}

/**
 * sl_oplog_erasures:
 * @log: a log
 * @out: (out): how many members are erased, as far as is applied here: where it has grown, boxes of keys that were
 * sealed before are to go
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_erasures (SlOplog *log, gint64 *out, GError **error)
{
  return sl_store_query_int (log->store, 0, out, error, "SELECT count (*) FROM erased", "");
}

static guint64
count_unseen (SlOplog *log)
{
  guint64 count = 0;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      if (chain != log->own)
        count += chain->applied_seq - MIN (chain->applied_seq, chain->seen_seq);
    }
  return count;
}

/**
 * sl_oplog_acknowledge:
 * @log: a log, no transaction open
 * @min_operations: fewer of others than this need no word
 * @error: return location: as sl_oplog_begin() and sl_oplog_commit()
 *
 * Says what this device has applied of others, for a device that writes seldom: what nobody has acknowledged cannot be
 * folded (src/oplog/README.md "Snapshots and pruning").
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_acknowledge (SlOplog *log, guint64 min_operations, GError **error)
{
  if (!sl_chains_load (log, error))
    return FALSE;
  if (count_unseen (log) < min_operations)
    return TRUE;
  if (!sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  if (sl_op_device_seen (log, error) && sl_oplog_commit (log, error))
    return TRUE;
  sl_oplog_rollback (log);
  return FALSE;
}
