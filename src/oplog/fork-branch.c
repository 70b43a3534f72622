/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fork-branch"

#include "oplog/fork-private.h"

#include <string.h>

/* The histories of one device as a tree of hashes. One way through it stands in the device's chain and counts; the rest
 * lies in local_branch. Which way is a function of the tree alone, so that it is the same on every device that holds
 * the same operations: src/oplog/README.md "Forks". */

static guint
hash_hash (gconstpointer key)
{
  guint value;
  memcpy (&value, key, sizeof value); /* it is a hash already */
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, SL_HASH_BYTES) == 0;
}

static void
node_free (gpointer data)
{
  SlBranchNode *node = data;
  g_clear_pointer (&node->bytes, g_bytes_unref);
  g_free (node);
}

static gboolean
read_hash (SlRows *rows, int column, SlHash *out)
{
  gsize length;
  const void *data = sl_rows_blob (rows, column, &length);
  if (data == NULL || length != SL_HASH_BYTES)
    return FALSE;
  memcpy (out->bytes, data, SL_HASH_BYTES);
  return TRUE;
}

/* sl_branch_load: (transfer full) (nullable) (element-type SlHash SlBranchNode): what is kept of replica, without
 * bytes. Takes nodes that are not stored, too; keys lie in the nodes. */
GHashTable *
sl_branch_load (SlOplog *log, const SlId *replica, GError **error)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new_full (hash_hash, hash_equal, NULL, node_free);
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, previous FROM local_branch WHERE replica = ? ORDER BY seq", "d", replica);
  while (sl_rows_next (rows))
    {
      SlBranchNode *node = g_new0 (SlBranchNode, 1);
      node->seq = (guint64) sl_rows_int (rows, 0);
      node->stored = TRUE;
      (void) read_hash (rows, 1, &node->hash); /* the table checks their lengths */
      (void) read_hash (rows, 2, &node->previous);
      g_hash_table_replace (nodes, &node->hash, node);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&nodes) : NULL;
}

/* sl_branch_insert: keeps an operation that is vouched for and does not count. */
gboolean
sl_branch_insert (SlOplog *log, const SlId *replica, const SlBranchNode *node, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_branch (replica, seq, hash, previous, bytes) VALUES (?, ?, ?, ?, ?) ON "
                        "CONFLICT DO NOTHING",
                        "dibbg", replica, (gint64) node->seq, node->hash.bytes, (gsize) SL_HASH_BYTES,
                        node->previous.bytes, (gsize) SL_HASH_BYTES, node->bytes);
}

/* sl_branch_store_head: keeps a verified signature of another history. */
gboolean
sl_branch_store_head (SlOplog *log, const SlId *replica, const SlIncomingHead *head, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_branch_head (replica, seq, hash, signature) VALUES (?, ?, ?, ?) ON CONFLICT "
                        "DO NOTHING",
                        "dibb", replica, (gint64) head->seq, head->hash.bytes, (gsize) SL_HASH_BYTES, head->signature,
                        (gsize) SL_SIGNATURE_BYTES);
}

/* --- the proof --- */

/* The furthest head of one history at or behind number from. */
static gboolean
read_last_head (SlRows *taken, SlIncomingHead *out, gboolean *out_found, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  *out_found = FALSE;
  if (sl_rows_next (rows))
    {
      gsize length;
      const void *signature = sl_rows_blob (rows, 2, &length);
      *out_found = read_hash (rows, 1, &out->hash) && length == SL_SIGNATURE_BYTES;
      out->seq = (guint64) sl_rows_int (rows, 0);
      if (*out_found)
        memcpy (out->signature, signature, SL_SIGNATURE_BYTES);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
store_proof (SlOplog *log, const SlId *replica, gint64 first_seq, const SlIncomingHead *one,
             const SlIncomingHead *other, GError **error)
{
  gboolean swap = memcmp (one->hash.bytes, other->hash.bytes, SL_HASH_BYTES) > 0;
  const SlIncomingHead *a = swap ? other : one, *b = swap ? one : other;
  sl_forks_forget (log);
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_fork (replica, first_seq, seq_a, hash_a, signature_a, seq_b, hash_b, "
                        "signature_b, found_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "diibbibbi", replica, first_seq, (gint64) a->seq, a->hash.bytes, (gsize) SL_HASH_BYTES,
                        a->signature, (gsize) SL_SIGNATURE_BYTES, (gint64) b->seq, b->hash.bytes,
                        (gsize) SL_HASH_BYTES, b->signature, (gsize) SL_SIGNATURE_BYTES,
                        log->world->now_ms (log->world));
}

/* sl_fork_note: see the header. */
gboolean
sl_fork_note (SlOplog *log, SlChain *chain, gboolean *out_new, GError **error)
{
  gint64 known, first_seq;
  gboolean has_ours, has_other;
  SlIncomingHead ours, other;
  *out_new = FALSE;
  if (!sl_store_query_int (log->store, 0, &known, error, "SELECT count (*) FROM local_fork WHERE replica = ?", "d",
                           &chain->replica)
      || !sl_store_query_int (log->store, 0, &first_seq, error,
                              "SELECT coalesce ((SELECT min (seq) FROM local_branch WHERE replica = ?1), (SELECT min "
                              "(seq) FROM local_branch_head WHERE replica = ?1))",
                              "d", &chain->replica))
    return FALSE;
  if (known > 0 || first_seq == 0)
    return TRUE;
  if (chain == log->own && !sl_chain_sign_head (log, error))
    return FALSE;
  if (!read_last_head (sl_store_query (log->store,
                                       "SELECT seq, hash, signature FROM local_head WHERE ix = ? AND seq >= ? ORDER BY "
                                       "seq DESC LIMIT 1",
                                       "ii", chain->ix, first_seq),
                       &ours, &has_ours, error)
      || !read_last_head (sl_store_query (log->store,
                                          "SELECT seq, hash, signature FROM local_branch_head WHERE replica = ? ORDER "
                                          "BY seq DESC LIMIT 1",
                                          "d", &chain->replica),
                          &other, &has_other, error))
    return FALSE;
  *out_new = has_ours && has_other;
  return !*out_new || store_proof (log, &chain->replica, first_seq, &ours, &other, error);
}

/* --- the way that counts --- */

/* Moves everything of chain behind number after to local_branch. */
static gboolean
cut_off (SlOplog *log, SlChain *chain, guint64 after, GError **error)
{
  SlHash hash;
  guint64 seq = after;
  if (!sl_chain_hash_at (log, chain, after, &hash, error))
    return FALSE;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
                      SL_OP_POS (chain->ix, after), SL_OP_POS (chain->ix, chain->head_seq));
  while (sl_rows_next (rows))
    {
      SlBranchNode node = { .seq = ++seq, .previous = hash, .bytes = sl_rows_dup_blob (rows, 0) };
      g_autoptr (GBytes) bytes = node.bytes;
      gsize length;
      const void *data = g_bytes_get_data (bytes, &length);
      sl_chain_next (&chain->replica, seq, &node.previous, data, length, &hash);
      node.hash = hash;
      if (!sl_branch_insert (log, &chain->replica, &node, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error)
         && sl_store_exec (log->store, error,
                           "INSERT OR IGNORE INTO local_branch_head (replica, seq, hash, signature) SELECT ?, seq, "
                           "hash, signature FROM local_head WHERE ix = ? AND seq > ?",
                           "dii", &chain->replica, chain->ix, (gint64) after)
         && sl_store_exec (log->store, error, "DELETE FROM local_head WHERE ix = ? AND seq > ?", "ii", chain->ix,
                           (gint64) after)
         && sl_store_exec (log->store, error, "DELETE FROM local_op WHERE pos > ? AND pos <= ?", "ii",
                           SL_OP_POS (chain->ix, after), SL_OP_POS (chain->ix, chain->head_seq));
}

/* Makes node the next operation of chain. */
static gboolean
put_in_place (SlOplog *log, SlChain *chain, const SlBranchNode *node, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT bytes FROM local_branch WHERE replica = ? AND seq = ? AND hash = ?", "dib",
                      &chain->replica, (gint64) node->seq, node->hash.bytes, (gsize) SL_HASH_BYTES);
  bytes = sl_rows_next (rows) ? sl_rows_dup_blob (rows, 0) : NULL;
  if (!sl_rows_finish (rows, error))
    return FALSE;
  g_return_val_if_fail (bytes != NULL && node->seq == chain->head_seq + 1, FALSE);
  return sl_chain_append (log, chain, bytes, &node->hash, error)
         && sl_store_exec (log->store, error,
                           "INSERT OR IGNORE INTO local_head (ix, seq, hash, signature) SELECT ?1, seq, hash, "
                           "signature FROM local_branch_head WHERE replica = ?2 AND seq = ?3 AND hash = ?4",
                           "idib", chain->ix, &chain->replica, (gint64) node->seq, node->hash.bytes,
                           (gsize) SL_HASH_BYTES)
         && sl_store_exec (log->store, error,
                           "DELETE FROM local_branch_head WHERE replica = ? AND seq = ? AND hash = ?", "dib",
                           &chain->replica, (gint64) node->seq, node->hash.bytes, (gsize) SL_HASH_BYTES)
         && sl_store_exec (log->store, error, "DELETE FROM local_branch WHERE replica = ? AND seq = ? AND hash = ?",
                           "dib", &chain->replica, (gint64) node->seq, node->hash.bytes, (gsize) SL_HASH_BYTES);
}

typedef struct {
  SlOplog *log;
  SlChain *chain;
  const SlFork *fork;
  GHashTable *nodes;
  GHashTable *next;  /* SlHash* of an operation → SlBranchNode* with the smallest hash of those behind it */
  GArray *path;      /* of SlBranchNode*: what shall stand in the chain behind number after */
  guint64 after;
} Follow;

static void
index_next (Follow *self)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SlBranchNode *node = value, *other = g_hash_table_lookup (self->next, &node->previous);
      if (other == NULL || memcmp (node->hash.bytes, other->hash.bytes, SL_HASH_BYTES) < 0)
        g_hash_table_replace (self->next, &node->previous, node);
    }
}

static gboolean
is_in_chain (Follow *self, guint64 seq, const SlHash *hash, gboolean *out, GError **error)
{
  SlHash ours;
  gboolean folded;
  *out = FALSE;
  if (seq > self->chain->head_seq)
    return TRUE;
  if (!sl_chain_hash_if_kept (self->log, self->chain, seq, &ours, &folded, error))
    return FALSE;
  *out = !folded && sl_hash_equal (&ours, hash);
  return TRUE;
}

/* The way to the history that somebody with the right to do so has named. out_astray: it has not come. */
static gboolean
find_target (Follow *self, gboolean *out_astray, GError **error)
{
  SlBranchNode *node;
  gboolean found;
  if (!is_in_chain (self, self->fork->target_seq, &self->fork->target_hash, &found, error))
    return FALSE;
  *out_astray = FALSE;
  if (found)
    return TRUE;
  node = g_hash_table_lookup (self->nodes, &self->fork->target_hash);
  for (; node != NULL; node = g_hash_table_lookup (self->nodes, &node->previous))
    {
      g_array_prepend_val (self->path, node);
      if (!is_in_chain (self, node->seq - 1, &node->previous, &found, error))
        return FALSE;
      if (!found)
        continue;
      self->after = node->seq - 1;
      return TRUE;
    }
  g_array_set_size (self->path, 0);
  *out_astray = TRUE;
  return TRUE;
}

/* The first place, not before what has been named, where another operation than the chain's has the smaller hash. */
static gboolean
find_smaller (Follow *self, GError **error)
{
  guint64 from = self->fork->has_target ? self->fork->target_seq : 0;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->next);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SlBranchNode *node = value;
      SlHash ours;
      gboolean found;
      if (node->seq <= MAX (from, self->chain->pruned_seq) || node->seq > self->chain->head_seq
          || (self->path->len > 0 && node->seq > self->after)
          || g_hash_table_contains (self->nodes, &node->previous))
        continue;
      if (!is_in_chain (self, node->seq - 1, &node->previous, &found, error)
          || !sl_chain_hash_at (self->log, self->chain, node->seq, &ours, error))
        return FALSE;
      if (!found || memcmp (node->hash.bytes, ours.bytes, SL_HASH_BYTES) > 0)
        continue;
      g_array_set_size (self->path, 0);
      g_array_append_val (self->path, node);
      self->after = node->seq - 1;
    }
  return TRUE;
}

/* From the end of the way on, always the smaller hash. */
static void
extend_path (Follow *self)
{
  const SlHash *tip = &self->chain->head_hash;
  if (self->path->len > 0)
    tip = &g_array_index (self->path, SlBranchNode *, self->path->len - 1)->hash;
  for (SlBranchNode *node = g_hash_table_lookup (self->next, tip); node != NULL;
       node = g_hash_table_lookup (self->next, &node->hash))
    g_array_append_val (self->path, node);
}

static gboolean
find_path (Follow *self, gboolean *out_astray, GError **error)
{
  *out_astray = FALSE;
  self->after = self->chain->head_seq;
  index_next (self);
  if (self->fork->has_target && !find_target (self, out_astray, error))
    return FALSE;
  if (*out_astray)
    return TRUE; /* what is here does not count, but nothing better is here */
  if (self->path->len == 0 && !find_smaller (self, error))
    return FALSE;
  extend_path (self);
  return TRUE;
}

static gboolean
move_to_path (Follow *self, gboolean *inout_rewound, GError **error)
{
  SlChain *chain = self->chain;
  if (self->after < chain->head_seq)
    {
      if (!cut_off (self->log, chain, self->after, error)
          || !sl_chain_hash_at (self->log, chain, self->after, &chain->head_hash, error))
        return FALSE;
      chain->head_seq = self->after;
      chain->dirty = TRUE;
      g_clear_pointer (&chain->recent, g_ptr_array_unref);
      if (self->after <= chain->applied_seq)
        g_clear_pointer (&chain->stopped, g_free); /* it was what stood behind that had stopped it */
      *inout_rewound |= self->after < chain->applied_seq;
    }
  for (guint i = 0; i < self->path->len; i++)
    if (!put_in_place (self->log, chain, g_array_index (self->path, SlBranchNode *, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
follow_one (SlOplog *log, SlFork *fork, gboolean *inout_moved, gboolean *inout_rewound, GError **error)
{
  SlChain *chain = sl_chain_find (log, &fork->replica);
  if (chain == NULL || !chain->has_key || chain == log->own)
    return TRUE;
  g_autoptr (GHashTable) nodes = sl_branch_load (log, &fork->replica, error);
  g_autoptr (GHashTable) next = g_hash_table_new (hash_hash, hash_equal);
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (SlBranchNode *));
  Follow self = { .log = log, .chain = chain, .fork = fork, .nodes = nodes, .next = next, .path = path };
  if (nodes == NULL || !find_path (&self, &fork->astray, error))
    return FALSE;
  if (path->len == 0)
    return TRUE;
  *inout_moved = TRUE;
  return move_to_path (&self, inout_rewound, error);
}

/* sl_fork_follow: see the header. Our own chain stays as it is: as soon as it is known to be forked we are somebody
 * else. */
gboolean
sl_fork_follow (SlOplog *log, GError **error)
{
  gboolean moved = FALSE, rewound = FALSE;
  if (!sl_forks_load (log, error))
    return FALSE;
  if (log->forks->len == 0 || SL_RULE_IS_OFF (log, SL_RULE_FORK_FOLLOW))
    return TRUE;
  for (guint i = 0; i < log->forks->len; i++)
    {
      if (!follow_one (log, log->forks->pdata[i], &moved, &rewound, error))
        return FALSE;
      if (log->forks != NULL)
        continue;
      if (!sl_forks_load (log, error)) /* a revocation came into its place: what counts is asked once more */
        return FALSE;
      i = G_MAXUINT;
    }
  if (rewound)
    return sl_oplog_rebuild (log, error);
  return !moved || sl_apply_held (log, error);
}

/* --- forwarding --- */

static gboolean
load_heads (SlOplog *log, const SlId *replica, GHashTable *heads, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, signature FROM local_branch_head WHERE replica = ?", "d", replica);
  while (sl_rows_next (rows))
    {
      SlIncomingHead *head = g_new0 (SlIncomingHead, 1);
      gsize length;
      head->seq = (guint64) sl_rows_int (rows, 0);
      (void) read_hash (rows, 1, &head->hash); /* the table checks both lengths */
      memcpy (head->signature, sl_rows_blob (rows, 2, &length), SL_SIGNATURE_BYTES);
      g_hash_table_replace (heads, &head->hash, head);
    }
  return sl_rows_finish (rows, error);
}

static SlSegment *
begin_segment (const SlId *replica, const SlBranchNode *first)
{
  SlSegment *segment = g_new0 (SlSegment, 1);
  segment->replica = *replica;
  segment->first_seq = first->seq;
  segment->previous = first->previous;
  segment->operations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return segment;
}

static void
segment_free (gpointer segment)
{
  sl_segment_clear (segment);
  g_free (segment);
}

/* sl_fork_segments: see the header. Every head ends one, every operation behind which no other stands as well; a device
 * signs at every SL_SEGMENT_MAX_OPERATIONS-th, so none is longer. */
GPtrArray *
sl_fork_segments (SlOplog *log, const SlId *replica, GError **error)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (segment_free);
  g_autoptr (GHashTable) heads = g_hash_table_new_full (hash_hash, hash_equal, NULL, g_free);
  g_autoptr (GHashTable) open = g_hash_table_new_full (hash_hash, hash_equal, g_free, NULL); /* by their last hash */
  if (!load_heads (log, replica, heads, error))
    return NULL;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT seq, hash, previous, bytes FROM local_branch WHERE replica = ? ORDER BY seq, hash", "d",
      replica);
  while (sl_rows_next (rows))
    {
      SlBranchNode node = { .seq = (guint64) sl_rows_int (rows, 0) };
      (void) read_hash (rows, 1, &node.hash);
      (void) read_hash (rows, 2, &node.previous);
      SlSegment *segment = g_hash_table_lookup (open, &node.previous);
      if (segment == NULL || segment->operations->len >= SL_SEGMENT_MAX_OPERATIONS)
        {
          segment = begin_segment (replica, &node);
          g_ptr_array_add (segments, segment);
        }
      else
        (void) g_hash_table_remove (open, &node.previous);
      g_ptr_array_add (segment->operations, sl_rows_dup_blob (rows, 3));
      segment->head = node.hash;
      const SlIncomingHead *head = g_hash_table_lookup (heads, &node.hash);
      segment->is_signed = head != NULL;
      if (head != NULL)
        memcpy (segment->signature, head->signature, SL_SIGNATURE_BYTES);
      else
        g_hash_table_replace (open, g_memdup2 (&node.hash, sizeof node.hash), segment);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&segments) : NULL;
}
