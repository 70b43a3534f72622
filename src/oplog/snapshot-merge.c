/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-merge"

#include "oplog/snapshot-private.h"

/* What merging needs beside the rows: stamps and names of the chains, what later programs wrote, what authors had seen.
 * The state hash does not cover it; this hash does, so that a snapshot can lie about neither. */

/* Each row: its columns, whatever their types, in the query's order. */
static gboolean
add_rows (SlHasher *hasher, SlRows *rows, guint n_columns, GError **error)
{
  guint64 count = 0;
  for (; sl_rows_next (rows); count++)
    for (guint i = 0; i < n_columns; i++)
      {
        gsize length;
        const void *blob = sl_rows_blob (rows, (int) i, &length); /* a number as its digits */
        sl_hasher_add_sized (hasher, blob != NULL ? blob : "", length);
      }
  sl_hasher_add_u64 (hasher, count);
  return sl_rows_finish (rows, error);
}

static gboolean
add_chain (SlHasher *hasher, SlOplog *state, SlChain *chain, GError **error)
{
  gint64 first = SL_OP_POS (chain->ix, 0), end = SL_OP_POS (chain->ix + 1, 0);
  if (!sl_chain_load_refs (state, chain, error))
    return FALSE;
  sl_hasher_add (hasher, chain->replica.bytes, SL_ID_BYTES);
  sl_hasher_add_u64 (hasher, chain->applied_seq);
  sl_hasher_add_u64 (hasher, (guint64) chain->applied_hlc);
  sl_hasher_add_u64 (hasher, chain->refs->len);
  for (guint i = SL_REF_FIRST; i < chain->refs->len; i++)
    sl_hasher_add (hasher, g_array_index (chain->refs, SlId, i).bytes, SL_ID_BYTES);
  g_autoptr (SlRows) parked = sl_store_query (
      state->store, "SELECT pos - ?1, kind, hlc, actor FROM local_parked WHERE pos > ?1 AND pos < ?2 ORDER BY pos",
      "ii", first, end);
  if (!add_rows (hasher, parked, 4, error))
    return FALSE;
  g_autoptr (SlRows) fields = sl_store_query (state->store,
                                              "SELECT pos - ?1, entity, id, hlc, fields FROM local_parked_field WHERE "
                                              "pos > ?1 AND pos < ?2 ORDER BY pos, entity, id",
                                              "ii", first, end);
  if (!add_rows (hasher, fields, 5, error))
    return FALSE;
  g_autoptr (SlRows) seen = sl_store_query (state->store,
                                            "SELECT c.replica, s.seq, s.total FROM local_seen s JOIN local_chain c ON "
                                            "c.ix = s.of_ix WHERE s.ix = ? AND s.seq <= ? ORDER BY c.replica, s.seq",
                                            "ii", chain->ix, (gint64) chain->applied_seq);
  return add_rows (hasher, seen, 3, error);
}

static int
compare_chains (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (&(*(SlChain *const *) a)->replica, &(*(SlChain *const *) b)->replica);
}

/* sl_snapshot_merge_hash: of state, as it is applied. */
gboolean
sl_snapshot_merge_hash (SlOplog *state, SlHash *out, GError **error)
{
  SlHasher hasher;
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (state->chains, NULL, NULL);
  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_chains);
  sl_hasher_init (&hasher, "studioloop snapshot merge v1");
  for (guint i = 0; i < sorted->len; i++)
    {
      SlChain *chain = sorted->pdata[i];
      if (chain->applied_seq > 0 && !add_chain (&hasher, state, chain, error))
        return FALSE;
    }
  sl_hasher_finish (&hasher, out);
  return TRUE;
}

/* sl_snapshot_has_parked: whether state waits for a later program: another one's may be the same and look different. */
gboolean
sl_snapshot_has_parked (SlOplog *state, gboolean *out, GError **error)
{
  gint64 parked;
  if (!sl_store_query_int (state->store, 0, &parked, error,
                           "SELECT EXISTS (SELECT 1 FROM local_parked) OR EXISTS (SELECT 1 FROM local_parked_field)",
                           ""))
    return FALSE;
  *out = parked != 0;
  return TRUE;
}

/* sl_snapshot_statement: what its signer says that the operations come to, in one hash. */
void
sl_snapshot_statement (const SlHash *state, const SlHash *merge, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop snapshot statement v1");
  sl_hasher_add (&hasher, state->bytes, SL_HASH_BYTES);
  sl_hasher_add (&hasher, merge->bytes, SL_HASH_BYTES);
  sl_hasher_finish (&hasher, out);
}
