/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-chain"

#include "oplog/rights-cache.h"

#include <string.h>

static void
chain_free (gpointer data)
{
  SlChain *chain = data;
  g_clear_pointer (&chain->refs, g_array_unref);
  g_clear_pointer (&chain->recent, g_ptr_array_unref);
  g_free (chain->stopped);
  g_free (chain);
}

static gboolean
read_bytes (SlRows *rows, int column, void *out, gsize length)
{
  gsize found;
  const void *data = sl_rows_blob (rows, column, &found);
  if (data == NULL || found != length)
    return FALSE;
  memcpy (out, data, length);
  return TRUE;
}

static SlChain *
read_chain (SlRows *rows)
{
  SlChain *chain = g_new0 (SlChain, 1);
  chain->ix = sl_rows_int (rows, 0);
  sl_rows_id (rows, 1, &chain->replica);
  chain->has_key = read_bytes (rows, 2, chain->public_key, SL_SIGN_PUBLIC_BYTES);
  chain->has_invitation = read_bytes (rows, 3, chain->invitation, SL_SIGN_PUBLIC_BYTES);
  sl_rows_id (rows, 4, &chain->predecessor);
  chain->head_seq = (guint64) sl_rows_int (rows, 5);
  (void) read_bytes (rows, 6, chain->head_hash.bytes, SL_HASH_BYTES); /* the table checks its length */
  chain->head_hlc = sl_rows_int (rows, 7);
  chain->applied_seq = (guint64) sl_rows_int (rows, 8);
  chain->applied_hlc = sl_rows_int (rows, 9);
  chain->seen_seq = (guint64) sl_rows_int (rows, 10);
  chain->stopped = sl_rows_dup_text (rows, 11);
  chain->pruned_seq = (guint64) sl_rows_int (rows, 12);
  (void) read_bytes (rows, 13, chain->pruned_hash.bytes, SL_HASH_BYTES);
  chain->pruned_hlc = sl_rows_int (rows, 14);
  chain->pruned_refs = (guint) sl_rows_int (rows, 15);
  return chain;
}

/* sl_chains_forget: what is in memory may not be what is on disk (a rollback, another process). */
void
sl_chains_forget (SlOplog *log)
{
  g_clear_pointer (&log->chains, g_ptr_array_unref);
  log->own = NULL;
  log->chains_version = -1;
  sl_fences_forget (log);
  sl_rights_cache_forget (log);
  g_clear_pointer (&log->touched, g_hash_table_unref);
  sl_corrections_forget (log);
}

/* sl_chains_load: heads of all chains, read again where another process has committed since. */
gboolean
sl_chains_load (SlOplog *log, GError **error)
{
  gint64 version = sl_store_data_version (log->store);
  if (log->chains != NULL && version == log->chains_version)
    return TRUE;
  sl_chains_forget (log);
  log->chains = g_ptr_array_new_with_free_func (chain_free);
  log->clock_hlc = 0;
  g_autoptr (SlRows) rows = sl_store_query (log->store,
                                            "SELECT c.ix, replica, public_key, invitation, predecessor, head_seq, "
                                            "head_hash, head_hlc, applied_seq, applied_hlc, seen_seq, stopped,"
                                            " p.seq, p.hash, p.hlc, p.refs"
                                            " FROM local_chain c LEFT JOIN local_pruned p ON p.ix = c.ix ORDER BY c.ix",
                                            "");
  while (sl_rows_next (rows))
    {
      SlChain *chain = read_chain (rows);
      g_ptr_array_add (log->chains, chain);
      log->clock_hlc = MAX (log->clock_hlc, chain->applied_hlc);
      if (sl_id_equal (&chain->replica, &log->identity.replica))
        log->own = chain;
    }
  if (!sl_rows_finish (rows, error) || !sl_state_sum_load (log, error) || !sl_erasures_note (log, error))
    {
      sl_chains_forget (log);
      return FALSE;
    }
  log->chains_version = version;
  return TRUE;
}

#define RECENT_MAX 8192    /* operations that are kept in memory between storing and applying them */
#define READ_AHEAD_MAX 256 /* stored ones that are read at once to be applied */

static void
forget_recent (SlChain *chain)
{
  g_clear_pointer (&chain->recent, g_ptr_array_unref);
}

static gboolean
store_refs (SlOplog *log, SlChain *chain, GError **error)
{
  for (; chain->refs != NULL && chain->refs_stored < chain->refs->len; chain->refs_stored++)
    if (!sl_store_exec (log->store, error, "INSERT INTO local_chain_ref (ix, number, id) VALUES (?, ?, ?)", "iid",
                        chain->ix, (gint64) chain->refs_stored, &g_array_index (chain->refs, SlId, chain->refs_stored)))
      return FALSE;
  return TRUE;
}

/* sl_chains_store: heads that moved in this transaction, and the running state sum. */
gboolean
sl_chains_store (SlOplog *log, GError **error)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      forget_recent (chain);
      if (!chain->dirty)
        continue;
      if (!sl_store_exec (log->store, error,
                          "UPDATE local_chain SET public_key = ?, invitation = ?, predecessor = ?, head_seq = ?, "
                          "head_hash = ?, head_hlc = ?,"
                          " applied_seq = ?, applied_hlc = ?, seen_seq = ?, stopped = ? WHERE ix = ?",
                          "bbdibiiiiti", chain->has_key ? chain->public_key : NULL, (gsize) SL_SIGN_PUBLIC_BYTES,
                          chain->has_invitation ? chain->invitation : NULL, (gsize) SL_SIGN_PUBLIC_BYTES,
                          &chain->predecessor, (gint64) chain->head_seq, chain->head_hash.bytes, (gsize) SL_HASH_BYTES,
                          chain->head_hlc, (gint64) chain->applied_seq, chain->applied_hlc, (gint64) chain->seen_seq,
                          chain->stopped, chain->ix)
          || !store_refs (log, chain, error))
        return FALSE;
      chain->dirty = FALSE;
    }
  return sl_state_sum_store (log, error);
}

/* sl_chain_find: (transfer none) (nullable): the chain of replica, where anything of it is known. */
SlChain *
sl_chain_find (SlOplog *log, const SlId *replica)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      if (sl_id_equal (&chain->replica, replica))
        return chain;
    }
  return NULL;
}

static gint64
next_ix (SlOplog *log)
{
  gint64 ix = 0;
  for (guint i = 0; i < log->chains->len; i++)
    ix = MAX (ix, ((SlChain *) log->chains->pdata[i])->ix);
  return ix + 1;
}

/* sl_chain_add: (transfer none): a new, empty chain; its row is made at once. NULL: the row could not be written (the
 * transaction's next statement says why). */
SlChain *
sl_chain_add (SlOplog *log, const SlId *replica)
{
  SlChain *chain = g_new0 (SlChain, 1);
  chain->ix = next_ix (log);
  chain->replica = *replica;
  sl_chain_start (&log->identity.organisation, replica, &chain->head_hash);
  chain->refs = sl_refs_new ();
  if (!sl_store_exec (log->store, NULL, "INSERT INTO local_chain (ix, replica, head_hash) VALUES (?, ?, ?)", "idb",
                      chain->ix, replica, chain->head_hash.bytes, (gsize) SL_HASH_BYTES))
    {
      chain_free (chain);
      return NULL;
    }
  chain->refs_stored = SL_REF_FIRST; /* the first two are the same in every chain and not stored */
  g_ptr_array_add (log->chains, chain);
  if (sl_id_equal (replica, &log->identity.replica))
    log->own = chain;
  return chain;
}

/* sl_chain_load_refs: the table of ids as of the chain's head. */
gboolean
sl_chain_load_refs (SlOplog *log, SlChain *chain, GError **error)
{
  if (chain->refs != NULL)
    return TRUE;
  g_autoptr (GArray) refs = sl_refs_new ();
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT id FROM local_chain_ref WHERE ix = ? ORDER BY number", "i", chain->ix);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (refs, id);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  chain->refs_stored = refs->len;
  chain->refs = g_steal_pointer (&refs);
  return TRUE;
}

static void
open_recent (SlChain *chain, guint64 first)
{
  forget_recent (chain);
  chain->recent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  chain->recent_first = first;
}

/* What others wrote is applied right after it was stored. */
static void
remember (SlOplog *log, SlChain *chain, GBytes *bytes)
{
  if (chain == log->own)
    return;
  if (chain->recent == NULL && chain->applied_seq + 1 == chain->head_seq)
    open_recent (chain, chain->head_seq);
  if (chain->recent != NULL && chain->recent->len < RECENT_MAX
      && chain->recent_first + chain->recent->len == chain->head_seq)
    g_ptr_array_add (chain->recent, g_bytes_ref (bytes));
}

/* A revocation, by its first bytes: the head of the array, and the kind in two. */
static gboolean
may_revoke (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  return length > 3 && data[1] == 0x18 && (data[2] == SL_KIND_DEVICE_REVOKE || data[2] == SL_KIND_DEVICE_FORK);
}

/* The row of the operation after the head is written already. */
static void
move_head (SlOplog *log, SlChain *chain, GBytes *bytes, const SlHash *hash)
{
  chain->head_seq++;
  chain->head_hash = *hash;
  if (may_revoke (bytes))
    {
      chain->revokes = TRUE;
      sl_fences_forget (log); /* it may count although its author was revoked itself */
    }
  chain->dirty = TRUE;
  remember (log, chain, bytes);
}

/* sl_chain_append: stores bytes behind the head, whose hash the caller has computed. The stamp and ids are taken over
 * by whoever decodes them. */
gboolean
sl_chain_append (SlOplog *log, SlChain *chain, GBytes *bytes, const SlHash *hash, GError **error)
{
  if (!sl_store_exec (log->store, error, "INSERT INTO local_op (pos, bytes) VALUES (?, ?)", "ig",
                      SL_OP_POS (chain->ix, chain->head_seq + 1), bytes))
    return FALSE;
  move_head (log, chain, bytes, hash);
  return TRUE;
}

#define FOUR_ROWS " (?, ?), (?, ?), (?, ?), (?, ?)"
#define APPEND_ROWS 16 /* of one statement: to begin and end one costs more than a row */

static gboolean
append_rows (SlOplog *log, SlChain *chain, GBytes *const *bytes, const SlHash *hashes, GError **error)
{
  SlValue values[2 * APPEND_ROWS];
  for (guint i = 0; i < APPEND_ROWS; i++)
    {
      values[2 * i] = (SlValue){ .type = 'i', .integer = SL_OP_POS (chain->ix, chain->head_seq + 1 + i) };
      values[2 * i + 1] = (SlValue){ .type = 'g', .bytes = bytes[i] };
    }
  if (!sl_store_exec_values (log->store, error,
                             "INSERT INTO local_op (pos, bytes) VALUES" FOUR_ROWS "," FOUR_ROWS "," FOUR_ROWS
                             "," FOUR_ROWS,
                             values, G_N_ELEMENTS (values)))
    return FALSE;
  for (guint i = 0; i < APPEND_ROWS; i++)
    move_head (log, chain, bytes[i], &hashes[i]);
  return TRUE;
}

/* sl_chain_append_all: sl_chain_append () of n operations, one after the other. */
gboolean
sl_chain_append_all (SlOplog *log, SlChain *chain, GBytes *const *bytes, const SlHash *hashes, guint n, GError **error)
{
  guint i = 0;
  for (; i + APPEND_ROWS <= n; i += APPEND_ROWS)
    if (!append_rows (log, chain, bytes + i, hashes + i, error))
      return FALSE;
  for (; i < n; i++)
    if (!sl_chain_append (log, chain, bytes[i], &hashes[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
read_ahead (SlOplog *log, SlChain *chain, guint64 seq, GError **error)
{
  open_recent (chain, seq);
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT pos, bytes FROM local_op WHERE pos >= ? AND pos < ? ORDER BY pos", "ii",
      SL_OP_POS (chain->ix, seq), SL_OP_POS (chain->ix, MIN (seq + READ_AHEAD_MAX, chain->head_seq + 1)));
  while (sl_rows_next (rows) && sl_rows_int (rows, 0) == SL_OP_POS (chain->ix, seq + chain->recent->len))
    g_ptr_array_add (chain->recent, sl_rows_dup_blob (rows, 1));
  return sl_rows_finish (rows, error);
}

/* sl_chain_next_operation: as sl_chain_read_operation(), for who goes through them in order. */
gboolean
sl_chain_next_operation (SlOplog *log, SlChain *chain, guint64 seq, GBytes **out, GError **error)
{
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      if (chain->recent != NULL && seq >= chain->recent_first && seq < chain->recent_first + chain->recent->len)
        {
          *out = g_bytes_ref (chain->recent->pdata[seq - chain->recent_first]);
          return TRUE;
        }
      if (attempt == 0 && !read_ahead (log, chain, seq, error))
        return FALSE;
    }
  return sl_chain_read_operation (log, chain, seq, out, error);
}

/* sl_chain_read_operation: out (transfer full). CORRUPT where the log lacks an operation that it counts. */
gboolean
sl_chain_read_operation (SlOplog *log, const SlChain *chain, guint64 seq, GBytes **out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos = ?", "i", SL_OP_POS (chain->ix, seq));
  *out = sl_rows_next (rows) ? sl_rows_dup_blob (rows, 0) : NULL;
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (*out != NULL)
    return TRUE;
  if (seq <= chain->pruned_seq)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "operation %" G_GUINT64_FORMAT " is folded into a snapshot", seq);
  else
    g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT,
               "operation %" G_GUINT64_FORMAT " of chain %" G_GINT64_FORMAT " is missing", seq, chain->ix);
  return FALSE;
}

/* sl_chain_hash_at: h(seq), computed from the last signed head before it (at most SL_SEGMENT_MAX_OPERATIONS steps in
 * our own chain). NOT_FOUND where that is folded into a snapshot and no head was kept there. */
gboolean
sl_chain_hash_at (SlOplog *log, const SlChain *chain, guint64 seq, SlHash *out, GError **error)
{
  guint64 at = 0;
  sl_chain_start (&log->identity.organisation, &chain->replica, out);
  g_autoptr (SlRows) head = sl_store_query (
      log->store, "SELECT seq, hash FROM local_head WHERE ix = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", "ii",
      chain->ix, (gint64) seq);
  if (sl_rows_next (head) && read_bytes (head, 1, out->bytes, SL_HASH_BYTES))
    at = (guint64) sl_rows_int (head, 0);
  if (!sl_rows_finish (head, error))
    return FALSE;
  if (at < chain->pruned_seq && seq >= chain->pruned_seq)
    {
      at = chain->pruned_seq;
      *out = chain->pruned_hash;
    }
  if (at < seq && seq < chain->pruned_seq)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "operation %" G_GUINT64_FORMAT " is folded into a snapshot",
                   seq);
      return FALSE;
    }
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, at), SL_OP_POS (chain->ix, seq));
  while (sl_rows_next (rows))
    {
      gsize length;
      const void *bytes = sl_rows_blob (rows, 0, &length);
      SlHash previous = *out;
      sl_chain_next (&chain->replica, ++at, &previous, bytes, length, out);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (at == seq)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "chain %" G_GINT64_FORMAT " ends before operation %" G_GUINT64_FORMAT,
               chain->ix, seq);
  return FALSE;
}

/* sl_chain_hash_if_kept: h(seq), unless it is folded away: later hashes cover it. */
gboolean
sl_chain_hash_if_kept (SlOplog *log, const SlChain *chain, guint64 seq, SlHash *out, gboolean *out_folded,
                       GError **error)
{
  g_autoptr (GError) failure = NULL;
  *out_folded = FALSE;
  if (sl_chain_hash_at (log, chain, seq, out, &failure))
    return TRUE;
  *out_folded = g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
  if (!*out_folded)
    g_propagate_error (error, g_steal_pointer (&failure));
  return *out_folded;
}

/* sl_chain_store_head: keeps a verified signature for forwarding. */
gboolean
sl_chain_store_head (SlOplog *log, SlChain *chain, guint64 seq, const SlHash *hash, const guint8 *signature,
                     GError **error)
{
  return sl_store_exec (
      log->store, error, "INSERT INTO local_head (ix, seq, hash, signature) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      "iibb", chain->ix, (gint64) seq, hash->bytes, (gsize) SL_HASH_BYTES, signature, (gsize) SL_SIGNATURE_BYTES);
}

/* sl_chain_sign_head: signs our own head, so that it can travel. Nothing to do where that has been done. */
gboolean
sl_chain_sign_head (SlOplog *log, GError **error)
{
  SlChain *own = log->own;
  guint8 signature[SL_SIGNATURE_BYTES];
  gint64 signed_seq;
  if (own == NULL || own->head_seq == 0)
    return TRUE;
  if (!sl_store_query_int (log->store, 0, &signed_seq, error, "SELECT max (seq) FROM local_head WHERE ix = ?", "i",
                           own->ix))
    return FALSE;
  if ((guint64) signed_seq == own->head_seq)
    return TRUE;
  sl_head_sign (&log->identity.key, &log->identity.organisation, &own->replica, own->head_seq, &own->head_hash,
                signature);
  return sl_chain_store_head (log, own, own->head_seq, &own->head_hash, signature, error);
}

/* sl_chain_is_founder: whether its key made the organisation. */
gboolean
sl_chain_is_founder (SlOplog *log, const SlChain *chain)
{
  SlId organisation;
  if (!chain->has_key)
    return FALSE;
  sl_organisation_from_key (chain->public_key, &organisation);
  return sl_id_equal (&organisation, &log->identity.organisation);
}

/* sl_chain_admitted: whether operations of chain apply: it founded the organisation, joined by an invitation that an
 * admitted device wrote, or goes on for an admitted device whose key signed for it. */
gboolean
sl_chain_admitted (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  guint hops = 0;
  for (const SlChain *at = chain; at != NULL && hops <= log->chains->len; hops++)
    {
      gint64 invitations = 0;
      if (sl_chain_is_founder (log, at))
        {
          *out = TRUE;
          return TRUE;
        }
      if (at->has_invitation
          && !sl_store_query_int (log->store, 0, &invitations, error,
                                  "SELECT count (*) FROM admission WHERE invitation = ?", "b", at->invitation,
                                  (gsize) SL_SIGN_PUBLIC_BYTES))
        return FALSE;
      if (invitations > 0)
        {
          *out = TRUE;
          return TRUE;
        }
      at = sl_id_is_none (&at->predecessor) ? NULL : sl_chain_find (log, &at->predecessor);
    }
  *out = FALSE;
  return TRUE;
}
