/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fork"

#include "oplog/fork-private.h"

#include <string.h>

/* What is known of devices with two histories, for the other rooms and for people. src/oplog/README.md "Forks". */

/* sl_forks_forget: what is known of forks may no longer be so. */
void
sl_forks_forget (SlOplog *log)
{
  g_clear_pointer (&log->forks, g_ptr_array_unref);
}

/* sl_fork_find: see the header. */
SlFork *
sl_fork_find (SlOplog *log, const SlId *replica)
{
  for (guint i = 0; i < log->forks->len; i++)
    {
      SlFork *fork = log->forks->pdata[i];
      if (sl_id_equal (&fork->replica, replica))
        return fork;
    }
  return NULL;
}

/* sl_fork_is_known: whether replica has two histories, as far as is known here. */
gboolean
sl_fork_is_known (SlOplog *log, const SlId *replica, gboolean *out, GError **error)
{
  if (!sl_forks_load (log, error))
    return FALSE;
  *out = sl_fork_find (log, replica) != NULL;
  return TRUE;
}

static gboolean
read_forks (SlOplog *log, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT r.replica, l.first_seq, (SELECT min (seq) FROM local_branch b WHERE b.replica = r.replica), "
      "l.replica IS NOT NULL, EXISTS (SELECT 1 FROM fork f WHERE f.replica = r.replica)"
      " FROM (SELECT replica FROM local_fork UNION SELECT replica FROM fork UNION SELECT replica FROM local_branch) r"
      " LEFT JOIN local_fork l ON l.replica = r.replica ORDER BY r.replica",
      "");
  while (sl_rows_next (rows))
    {
      SlFork *fork = g_new0 (SlFork, 1);
      sl_rows_id (rows, 0, &fork->replica);
      fork->has_branch = !sl_rows_is_null (rows, 2);
      fork->first_seq = (guint64) sl_rows_int (rows, fork->has_branch ? 2 : 1);
      fork->has_proof = sl_rows_int (rows, 3) != 0;
      fork->fenced = sl_rows_int (rows, 4) != 0;
      g_ptr_array_add (log->forks, fork);
    }
  return sl_rows_finish (rows, error);
}

/* A final cut names its history for ever. Before that a revocation by people does: who holds a stolen machine could
 * otherwise replace all that it had ever done. */
static gboolean
read_target (SlOplog *log, SlFork *fork, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT cut, cut_hash FROM (SELECT 0 AS rank, cut, cut_hash, hlc, successor AS author, author_seq FROM reclaim "
      "WHERE replica = ?1 UNION ALL SELECT 1, cut, cut_hash, hlc, author, author_seq FROM revocation WHERE replica = "
      "?1 AND reborn = 0) WHERE cut_hash IS NOT NULL AND cut > 0 ORDER BY rank, hlc, author, author_seq LIMIT 1",
      "d", &fork->replica);
  if (sl_rows_next (rows))
    {
      gsize length;
      const void *hash = sl_rows_blob (rows, 1, &length);
      fork->has_target = length == SL_HASH_BYTES;
      fork->target_seq = (guint64) sl_rows_int (rows, 0);
      if (fork->has_target)
        memcpy (fork->target_hash.bytes, hash, SL_HASH_BYTES);
    }
  return sl_rows_finish (rows, error);
}

/* sl_forks_load: cheap where there are none. */
gboolean
sl_forks_load (SlOplog *log, GError **error)
{
  if (log->forks != NULL)
    return TRUE;
  log->forks = g_ptr_array_new_with_free_func (g_free);
  gboolean loaded = read_forks (log, error);
  for (guint i = 0; loaded && i < log->forks->len; i++)
    loaded = read_target (log, log->forks->pdata[i], error);
  if (!loaded)
    sl_forks_forget (log);
  return loaded;
}

/* sl_fork_final_cut: see the header. The numbers that others had seen may be another history's. */
guint64
sl_fork_final_cut (SlOplog *log, const SlFence *fence)
{
  const SlChain *chain = sl_chain_find (log, &fence->replica);
  if (log->forks == NULL || sl_fork_find (log, &fence->replica) == NULL || chain == NULL)
    return fence->cut;
  return MIN (fence->cut, chain->head_seq);
}

/* sl_fork_is_astray: whether the history that counts has not come here yet. After sl_fork_follow(). */
gboolean
sl_fork_is_astray (SlOplog *log, const SlId *replica)
{
  const SlFork *fork = log->forks != NULL ? sl_fork_find (log, replica) : NULL;
  return fork != NULL && fork->astray;
}

/* sl_fork_since: see the header. */
guint64
sl_fork_since (SlOplog *log, const SlId *replica, guint64 since)
{
  const SlFork *fork = sl_forks_load (log, NULL) ? sl_fork_find (log, replica) : NULL;
  if (fork == NULL)
    return since;
  return fork->has_branch ? MIN (since, fork->first_seq - 1) : 0;
}

/* --- telling everybody --- */

typedef struct {
  gint64 seq;
  SlHash hash;
  guint8 signature[SL_SIGNATURE_BYTES];
} Head;

static gboolean
get_fixed (SlCborReader *body, void *out, gsize expected)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_bytes (body, expected, &data, &length) || length != expected)
    return FALSE;
  memcpy (out, data, expected);
  return TRUE;
}

static gboolean
get_head (SlCborReader *body, Head *out)
{
  return sl_cbor_get_int (body, 1, SL_SEQ_MAX, &out->seq) && get_fixed (body, out->hash.bytes, SL_HASH_BYTES)
         && get_fixed (body, out->signature, SL_SIGNATURE_BYTES);
}

static void
put_head (SlCborWriter *body, const Head *head)
{
  sl_cbor_put_int (body, head->seq);
  sl_cbor_put_bytes (body, head->hash.bytes, SL_HASH_BYTES);
  sl_cbor_put_bytes (body, head->signature, SL_SIGNATURE_BYTES);
}

static gboolean
head_holds (SlOplog *log, const SlChain *chain, const Head *head)
{
  return sl_head_verify (chain->public_key, &log->identity.organisation, &chain->replica, (guint64) head->seq,
                         &head->hash, head->signature);
}

/* sl_apply_device_fork: entity: the device; [number, hash, signature, number, hash, signature, cut, successor]: two
 * heads that it has signed, the smaller hash first; then as in a revocation. Two heads of different numbers prove a
 * fork only to those who hold the operations: its author could as well have revoked the device. Waits for the device's
 * key. */
gboolean
sl_apply_device_fork (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  Head a, b;
  gsize length;
  gint64 cut;
  SlId successor;
  if (sl_id_is_none (&operation->entity) || sl_id_equal (&operation->entity, &operation->replica)
      || !sl_cbor_get_array (body, 8, 8, &length) || !get_head (body, &a) || !get_head (body, &b)
      || !sl_cbor_get_int (body, 0, SL_SEQ_MAX, &cut) || !sl_cbor_get_id (body, &successor) || !sl_cbor_at_end (body)
      || memcmp (a.hash.bytes, b.hash.bytes, SL_HASH_BYTES) >= 0)
    return sl_malformed (operation, error);
  const SlChain *chain = sl_chain_find (log, &operation->entity);
  if (chain == NULL || !chain->has_key)
    return sl_apply_hold (log, "unknown_device");
  if (!head_holds (log, chain, &a) || !head_holds (log, chain, &b))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO fork (replica, author, author_seq, hlc, seq_a, hash_a, signature_a, seq_b, "
                        "hash_b, signature_b) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "ddiiibbibb", &operation->entity, &operation->replica, (gint64) operation->seq,
                        operation->signed_hlc, a.seq, a.hash.bytes, (gsize) SL_HASH_BYTES, a.signature,
                        (gsize) SL_SIGNATURE_BYTES, b.seq, b.hash.bytes, (gsize) SL_HASH_BYTES, b.signature,
                        (gsize) SL_SIGNATURE_BYTES)
         && sl_revocation_put (log, operation, cut, NULL, SL_REBORN_FORKED, &successor, NULL, error);
}

static gboolean
read_proof (SlOplog *log, const SlId *replica, Head *a, Head *b, GError **error)
{
  gboolean found = FALSE;
  Head *const heads[] = { a, b };
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq_a, hash_a, signature_a, seq_b, hash_b, signature_b FROM local_fork WHERE replica = ?",
      "d", replica);
  if (sl_rows_next (rows))
    {
      found = TRUE;
      for (int i = 0; i < 2 && found; i++)
        {
          gsize length, signature_length;
          const void *hash = sl_rows_blob (rows, 3 * i + 1, &length);
          const void *signature = sl_rows_blob (rows, 3 * i + 2, &signature_length);
          found = length == SL_HASH_BYTES && signature_length == SL_SIGNATURE_BYTES;
          if (!found)
            break;
          heads[i]->seq = sl_rows_int (rows, 3 * i);
          memcpy (heads[i]->hash.bytes, hash, SL_HASH_BYTES);
          memcpy (heads[i]->signature, signature, SL_SIGNATURE_BYTES);
        }
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the proof of a fork is damaged");
  return found;
}

static gboolean
emit_fork (SlOplog *log, const SlId *replica, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  const SlChain *chain = sl_chain_find (log, replica);
  Head a, b;
  SlId successor;
  if (!read_proof (log, replica, &a, &b, error) || !sl_fence_name_successor (log, replica, &successor, error))
    return FALSE;
  sl_cbor_begin_array (body, 8);
  put_head (body, &a);
  put_head (body, &b);
  sl_cbor_put_int (body, chain != NULL ? (gint64) chain->applied_seq : 0);
  sl_cbor_put_id (body, &successor);
  return sl_oplog_emit (log, SL_KIND_DEVICE_FORK, replica, body, NULL, error);
}

/* sl_fork_settle: see the header. Whoever has found a fork says so, unless somebody has. */
gboolean
sl_fork_settle (SlOplog *log, GError **error)
{
  if (!sl_forks_load (log, error))
    return FALSE;
  if (log->forks->len == 0)
    return TRUE;
  if (!sl_fork_follow (log, error) || !sl_forks_load (log, error))
    return FALSE;
  for (guint i = 0; i < log->forks->len; i++)
    {
      const SlFork *fork = log->forks->pdata[i];
      SlId replica = fork->replica;
      if (fork->fenced || !fork->has_proof || sl_id_equal (&replica, &log->own->replica))
        continue;
      if (!emit_fork (log, &replica, error) || !sl_fences_load (log, error) || !sl_forks_load (log, error))
        return FALSE;
    }
  return TRUE;
}

/* --- for people --- */

/**
 * sl_fork_list:
 * @log: a log
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlForkInfo): every device of which two histories are known
 */
GArray *
sl_fork_list (SlOplog *log, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlForkInfo));
  if (!sl_chains_load (log, error) || !sl_forks_load (log, error))
    return NULL;
  for (guint i = 0; i < log->forks->len; i++)
    {
      const SlFork *fork = log->forks->pdata[i];
      SlForkInfo info = { .replica = fork->replica, .first_seq = fork->first_seq, .fenced = fork->fenced };
      gint64 hlc, found_ms, others;
      if (!sl_store_query_int (log->store, 0, &others, error, "SELECT count (*) FROM local_branch WHERE replica = ?",
                               "d", &fork->replica)
          || !sl_store_query_int (log->store, 0, &hlc, error, "SELECT min (hlc) FROM fork WHERE replica = ?", "d",
                                  &fork->replica)
          || !sl_store_query_int (log->store, 0, &found_ms, error,
                                  "SELECT found_ms FROM local_fork WHERE replica = ?", "d", &fork->replica))
        return NULL;
      info.others = (guint64) others;
      info.at_ms = fork->fenced ? sl_hlc_to_ms (hlc) : found_ms;
      g_array_append_val (list, info);
    }
  return g_steal_pointer (&list);
}

static gboolean
check_branch (SlOplog *log, const SlChain *chain, GPtrArray *problems, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, previous, bytes FROM local_branch WHERE replica = ? ORDER BY seq", "d",
      &chain->replica);
  while (sl_rows_next (rows))
    {
      gsize length;
      SlHash previous, hash;
      const void *stored = sl_rows_blob (rows, 1, &length);
      memcpy (previous.bytes, sl_rows_blob (rows, 2, &length), SL_HASH_BYTES); /* the table checks both lengths */
      const void *bytes = sl_rows_blob (rows, 3, &length);
      sl_chain_next (&chain->replica, (guint64) sl_rows_int (rows, 0), &previous, bytes, length, &hash);
      if (memcmp (hash.bytes, stored, SL_HASH_BYTES) != 0)
        g_ptr_array_add (problems,
                         g_strdup_printf ("chain %s: operation %" G_GINT64_FORMAT " of its other history was changed",
                                          sl_id_format (&chain->replica, text), sl_rows_int (rows, 0)));
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  g_autoptr (SlRows) heads = sl_store_query (
      log->store, "SELECT seq, hash, signature FROM local_branch_head WHERE replica = ?", "d", &chain->replica);
  while (sl_rows_next (heads))
    {
      gsize length;
      Head head = { .seq = sl_rows_int (heads, 0) };
      memcpy (head.hash.bytes, sl_rows_blob (heads, 1, &length), SL_HASH_BYTES);
      memcpy (head.signature, sl_rows_blob (heads, 2, &length), SL_SIGNATURE_BYTES);
      if (!head_holds (log, chain, &head))
        g_ptr_array_add (problems, g_strdup_printf ("chain %s: the signature at operation %" G_GINT64_FORMAT
                                                    " of its other history does not hold (bad_signature)",
                                                    sl_id_format (&chain->replica, text), head.seq));
    }
  return sl_rows_finish (heads, error);
}

/* sl_fork_check: forks that nobody has been told of yet, and the bytes of what does not count. */
gboolean
sl_fork_check (SlOplog *log, GPtrArray *problems, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  if (!sl_forks_load (log, error))
    return FALSE;
  for (guint i = 0; i < log->forks->len; i++)
    {
      const SlFork *fork = log->forks->pdata[i];
      const SlChain *chain = sl_chain_find (log, &fork->replica);
      if (!fork->fenced)
        g_ptr_array_add (problems, g_strdup_printf ("device %s was cloned: it has two histories from operation "
                                                    "%" G_GUINT64_FORMAT " on (fork)",
                                                    sl_id_format (&fork->replica, text), fork->first_seq));
      if (chain != NULL && chain->has_key && !check_branch (log, chain, problems, error))
        return FALSE;
    }
  return TRUE;
}

/* --- what does not count, for review --- */

typedef struct {
  GArray *refs;
  gint64 hlc;
} Reading; /* where the reading of a history stands */

static void
reading_free (gpointer data)
{
  Reading *reading = data;
  g_array_unref (reading->refs);
  g_free (reading);
}

static guint
hash_hash (gconstpointer key)
{
  guint value;
  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SL_HASH_BYTES) == 0;
}

/* Where the part of the chain that is folded ends. */
static gboolean
read_folded (SlOplog *log, const SlChain *chain, Reading *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT id FROM local_chain_ref WHERE ix = ? AND number < ? ORDER BY number", "ii", chain->ix,
      (gint64) chain->pruned_refs);
  out->hlc = chain->pruned_hlc;
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (out->refs, id);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
read_chain_to (SlOplog *log, const SlChain *chain, guint64 last, Reading *out, GError **error)
{
  if (chain->pruned_seq > 0 && !read_folded (log, chain, out, error))
    return FALSE;
  for (guint64 seq = chain->pruned_seq + 1; seq <= last; seq++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_auto (SlOperation) operation = { 0 };
      if (!sl_chain_read_operation (log, chain, seq, &bytes, error))
        return FALSE;
      if (sl_operation_decode (bytes, &chain->replica, seq, out->hlc, out->refs, &operation))
        out->hlc = operation.hlc;
    }
  return TRUE;
}

static void
read_one (GBytes *bytes, const SlId *replica, guint64 seq, Reading *reading, GArray *list)
{
  g_auto (SlOperation) operation = { 0 };
  SlStoredOperation one = { .seq = seq };
  if (!sl_operation_decode (bytes, replica, seq, reading->hlc, reading->refs, &operation))
    return;
  reading->hlc = operation.hlc;
  sl_stored_operation_read (&operation, &one);
  g_array_append_val (list, one);
}

/**
 * sl_fork_operations:
 * @log: a log
 * @replica: a device with two histories
 * @max: how many at most
 * @error: return location
 *
 * What stands in the histories of @replica that do not count, for people who have to decide about it. What is malformed
 * is left out. Takes no lock.
 *
 * Returns: (transfer full) (nullable) (element-type SlStoredOperation): in the order of their numbers
 */
GArray *
sl_fork_operations (SlOplog *log, const SlId *replica, guint max, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlStoredOperation));
  g_autoptr (GHashTable) readings = g_hash_table_new_full (hash_hash, hash_equal, g_free, reading_free);
  if (!sl_chains_load (log, error))
    return NULL;
  const SlChain *chain = sl_chain_find (log, replica);
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, previous, bytes FROM local_branch WHERE replica = ? ORDER BY seq, hash", "d",
      replica);
  while (chain != NULL && list->len < max && sl_rows_next (rows))
    {
      gsize length;
      guint64 seq = (guint64) sl_rows_int (rows, 0);
      g_autofree void *hash = g_memdup2 (sl_rows_blob (rows, 1, &length), SL_HASH_BYTES);
      const Reading *before = g_hash_table_lookup (readings, sl_rows_blob (rows, 2, &length));
      Reading *reading = g_new0 (Reading, 1);
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 3);
      reading->refs = before != NULL ? g_array_copy (before->refs) : sl_refs_new ();
      reading->hlc = before != NULL ? before->hlc : 0;
      g_hash_table_replace (readings, g_steal_pointer (&hash), reading);
      if (before == NULL && !read_chain_to (log, chain, MIN (seq - 1, chain->head_seq), reading, error))
        return NULL;
      read_one (bytes, replica, seq, reading, list);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&list) : NULL;
}
