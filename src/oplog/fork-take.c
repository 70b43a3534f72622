/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fork-take"

#include "oplog/fork-private.h"

#include <string.h>

/* What comes in for places that the log has filled with something else: where the device's own signature stands over
 * it, it is another history of that device, and is kept; else somebody changed it on the way. */

#define LIVE_MAX 8 /* histories that are looked at beside each other; more at one number are left for another import */

/* sl_fork_note_and_tell: keeps the proof; names the fork once, and again where more of it has come. */
gboolean
sl_fork_note_and_tell (SlOplog *log, SlIncoming *incoming, SlChain *chain, gboolean has_grown, GError **error)
{
  gboolean is_new;
  if (!sl_fork_note (log, chain, &is_new, error))
    return FALSE;
  if (has_grown)
    sl_forks_forget (log);
  if (!sl_forks_load (log, error))
    return FALSE;
  const SlFork *fork = sl_fork_find (log, &chain->replica);
  if ((is_new || has_grown) && fork != NULL)
    sl_incoming_refuse (incoming, &chain->replica, fork->first_seq, "fork", NULL);
  return TRUE;
}

static gboolean
is_stored_in_chain (SlOplog *log, const SlChain *chain, guint64 seq, GBytes *bytes, gboolean *out, GError **error)
{
  g_autoptr (GBytes) stored = NULL;
  *out = FALSE;
  if (seq > chain->head_seq || seq <= chain->pruned_seq)
    return TRUE;
  if (!sl_chain_read_operation (log, chain, seq, &stored, error))
    return FALSE;
  *out = g_bytes_equal (stored, bytes);
  return TRUE;
}

/* --- a segment: it says itself what it follows --- */

/* How many of the segment's operations stand in the chain just so; out_attached: whether the first follows anything
 * that is known. Where the chain is folded it is compared at the end of that; a history that leaves it before cannot be
 * followed any more. */
static gboolean
count_common (SlOplog *log, const SlChain *chain, const SlSegment *segment, const GArray *hashes, GHashTable *nodes,
              guint *out_common, gboolean *out_attached, GError **error)
{
  SlHash before;
  guint from = 0;
  *out_common = 0;
  *out_attached = g_hash_table_contains (nodes, &segment->previous);
  if (*out_attached || segment->first_seq > chain->head_seq + 1)
    return TRUE;
  if (segment->first_seq <= chain->pruned_seq)
    {
      from = (guint) MIN (chain->pruned_seq - segment->first_seq + 1, hashes->len);
      *out_attached = segment->first_seq + from - 1 == chain->pruned_seq
                      && sl_hash_equal (&g_array_index (hashes, SlHash, from - 1), &chain->pruned_hash);
      *out_common = *out_attached ? from : 0;
    }
  else if (sl_chain_hash_at (log, chain, segment->first_seq - 1, &before, error))
    *out_attached = sl_hash_equal (&before, &segment->previous);
  else
    return FALSE;
  for (guint i = from; *out_attached && i < segment->operations->len; i++)
    {
      gboolean same;
      if (!is_stored_in_chain (log, chain, segment->first_seq + i, segment->operations->pdata[i], &same, error))
        return FALSE;
      if (!same)
        break;
      *out_common = i + 1;
    }
  return TRUE;
}

/* sl_fork_take_segment: hashes: the hash after each of its operations. out_taken: FALSE: it is no other history, as far
 * as can be told. */
gboolean
sl_fork_take_segment (SlOplog *log, SlIncoming *incoming, SlChain *chain, const SlSegment *segment,
                      const GArray *hashes, gboolean *out_taken, GError **error)
{
  guint common;
  gboolean attached, has_grown = FALSE;
  SlIncomingHead head = { .hash = segment->head, .seq = segment->first_seq + segment->operations->len - 1 };
  *out_taken = FALSE;
  if (!segment->is_signed)
    return TRUE;
  memcpy (head.signature, segment->signature, SL_SIGNATURE_BYTES);
  g_autoptr (GHashTable) nodes = sl_branch_load (log, &segment->replica, error);
  if (nodes == NULL || !count_common (log, chain, segment, hashes, nodes, &common, &attached, error))
    return FALSE;
  if (!attached || common == segment->operations->len || segment->first_seq + common == chain->head_seq + 1
      || !sl_head_verify (chain->public_key, &log->identity.organisation, &chain->replica, head.seq, &head.hash,
                          head.signature))
    return TRUE;
  *out_taken = TRUE;
  for (guint i = common; i < segment->operations->len; i++)
    {
      SlBranchNode node = { .seq = segment->first_seq + i,
                            .previous = i == 0 ? segment->previous : g_array_index (hashes, SlHash, i - 1),
                            .hash = g_array_index (hashes, SlHash, i),
                            .bytes = segment->operations->pdata[i] };
      if (g_hash_table_contains (nodes, &node.hash))
        continue;
      has_grown = TRUE;
      if (!sl_branch_insert (log, &segment->replica, &node, error))
        return FALSE;
    }
  return sl_branch_store_head (log, &segment->replica, &head, error)
         && sl_fork_note_and_tell (log, incoming, chain, has_grown, error);
}

/* --- single operations: what follows what is found by trying --- */

typedef struct {
  SlOplog *log;
  SlIncomingChain *incoming;
  SlChain *chain;
  GHashTable *nodes;     /* SlHash* → SlBranchNode*: stored ones, and those tried */
  GPtrArray *live, *next; /* of SlBranchNode, in nodes: of the number before, and of this one */
  GPtrArray *by_seq;     /* of SlBranchNode: stored ones */
  guint by_seq_at;
  guint64 main_seq;      /* main_hash is the chain's there; G_MAXUINT64: not known yet */
  SlHash main_hash;
  GPtrArray *places, *settled; /* in step: candidates that are known now */
} Walk;

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->nodes, g_hash_table_unref);
  g_clear_pointer (&walk->live, g_ptr_array_unref);
  g_clear_pointer (&walk->next, g_ptr_array_unref);
  g_clear_pointer (&walk->by_seq, g_ptr_array_unref);
  g_clear_pointer (&walk->places, g_ptr_array_unref);
  g_clear_pointer (&walk->settled, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  guint64 one = (*(SlBranchNode *const *) a)->seq, other = (*(SlBranchNode *const *) b)->seq;
  return (one > other) - (one < other);
}

static gboolean
walk_begin (Walk *walk, GError **error)
{
  GHashTableIter iter;
  gpointer node;
  walk->nodes = sl_branch_load (walk->log, &walk->chain->replica, error);
  if (walk->nodes == NULL)
    return FALSE;
  walk->live = g_ptr_array_new ();
  walk->next = g_ptr_array_new ();
  walk->by_seq = g_ptr_array_new ();
  walk->places = g_ptr_array_new ();
  walk->settled = g_ptr_array_new ();
  walk->main_seq = G_MAXUINT64;
  g_hash_table_iter_init (&iter, walk->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    g_ptr_array_add (walk->by_seq, node);
  g_ptr_array_sort (walk->by_seq, compare_seq);
  return TRUE;
}

/* The chain's hash at seq, which only grows from call to call: one pass over what lies between. */
static gboolean
advance_main (Walk *walk, guint64 seq, GError **error)
{
  if (walk->main_seq > seq || seq - walk->main_seq > SL_SEGMENT_MAX_OPERATIONS)
    {
      walk->main_seq = seq;
      return sl_chain_hash_at (walk->log, walk->chain, seq, &walk->main_hash, error);
    }
  while (walk->main_seq < seq)
    {
      g_autoptr (GBytes) bytes = NULL;
      SlHash previous = walk->main_hash;
      gsize length;
      if (!sl_chain_read_operation (walk->log, walk->chain, walk->main_seq + 1, &bytes, error))
        return FALSE;
      const void *data = g_bytes_get_data (bytes, &length);
      sl_chain_next (&walk->chain->replica, ++walk->main_seq, &previous, data, length, &walk->main_hash);
    }
  return TRUE;
}

/* bytes behind previous at seq. What is known already goes on by itself. */
static void
try_one (Walk *walk, guint64 seq, const SlHash *previous, SlPlaceCandidates *place, GBytes *bytes,
         gboolean *inout_exact)
{
  SlHash hash;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  sl_chain_next (&walk->chain->replica, seq, previous, data, length, &hash);
  gboolean exact = place != NULL && place->has_hash && sl_hash_equal (&hash, &place->hash);
  const SlBranchNode *known = g_hash_table_lookup (walk->nodes, &hash);
  if (known != NULL)
    {
      if (place != NULL && known->stored)
        {
          g_ptr_array_add (walk->places, place);
          g_ptr_array_add (walk->settled, bytes);
        }
      return;
    }
  if ((*inout_exact && !exact) || (walk->next->len >= LIVE_MAX && !exact))
    return;
  if (exact && !*inout_exact)
    g_ptr_array_set_size (walk->next, 0); /* what the file says is right: no need to guess */
  *inout_exact |= exact;
  SlBranchNode *node = g_new0 (SlBranchNode, 1);
  *node = (SlBranchNode){ .seq = seq, .previous = *previous, .hash = hash, .bytes = g_bytes_ref (bytes) };
  g_hash_table_replace (walk->nodes, &node->hash, node);
  g_ptr_array_add (walk->next, node);
}

static gboolean
try_place (Walk *walk, guint64 seq, GError **error)
{
  SlPlaceCandidates *place = g_hash_table_lookup (walk->incoming->places, &seq);
  g_autoptr (GBytes) stored = NULL;
  gboolean exact = FALSE;
  g_ptr_array_set_size (walk->next, 0);
  if (seq <= walk->chain->head_seq && seq > walk->chain->pruned_seq
      && !sl_chain_read_operation (walk->log, walk->chain, seq, &stored, error))
    return FALSE;
  for (guint i = 0; i < walk->live->len; i++)
    {
      const SlBranchNode *before = walk->live->pdata[i];
      for (guint j = 0; place != NULL && j < place->bytes->len; j++)
        try_one (walk, seq, &before->hash, place, place->bytes->pdata[j], &exact);
      if (stored != NULL) /* two histories may say the same at one number */
        try_one (walk, seq, &before->hash, NULL, stored, &exact);
    }
  if (place == NULL || stored == NULL || (!place->has_hash && walk->live->len > 0))
    return TRUE;
  if (!advance_main (walk, seq - 1, error))
    return FALSE;
  for (guint j = 0; j < place->bytes->len; j++)
    if (!g_bytes_equal (stored, place->bytes->pdata[j]))
      try_one (walk, seq, &walk->main_hash, place, place->bytes->pdata[j], &exact);
  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 one = *(const guint64 *) a, other = *(const guint64 *) b;
  return (one > other) - (one < other);
}

/* The numbers that something has come for, in their order. */
static GArray *
list_numbers (const SlIncomingChain *chain)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, chain->places);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_val (numbers, *(guint64 *) key);
  g_array_sort (numbers, compare_numbers);
  return numbers;
}

static void
add_stored (Walk *walk, guint64 seq)
{
  for (; walk->by_seq_at < walk->by_seq->len; walk->by_seq_at++)
    {
      SlBranchNode *node = walk->by_seq->pdata[walk->by_seq_at];
      if (node->seq > seq)
        return;
      if (node->seq == seq)
        g_ptr_array_insert (walk->live, 0, node); /* before what is only tried */
    }
}

/* Along the numbers that something has come for; through gaps, and behind them, as far as the chain goes: two histories
 * may say the same there. */
static gboolean
walk_places (Walk *walk, GError **error)
{
  g_autoptr (GArray) numbers = list_numbers (walk->incoming);
  guint at = 0;
  for (guint64 seq = 1; at < numbers->len || walk->live->len > 0; seq++)
    {
      while (at < numbers->len && g_array_index (numbers, guint64, at) < seq)
        at++;
      if (walk->live->len == 0 && at == numbers->len)
        return TRUE;
      if (walk->live->len == 0)
        seq = g_array_index (numbers, guint64, at);
      add_stored (walk, seq - 1);
      if (!try_place (walk, seq, error))
        return FALSE;
      GPtrArray *swap = walk->live;
      walk->live = walk->next;
      walk->next = swap;
    }
  return TRUE;
}

static gboolean
head_holds (Walk *walk, const SlIncomingHead *head)
{
  return sl_head_verify (walk->chain->public_key, &walk->log->identity.organisation, &walk->chain->replica, head->seq,
                         &head->hash, head->signature);
}

/* A signature over another history than the chain's at this number shows a fork, whatever else has come. */
static gboolean
differs_from_chain (Walk *walk, const SlIncomingHead *head, gboolean *out, GError **error)
{
  SlHash ours;
  gboolean folded;
  *out = FALSE;
  if (head->seq > walk->chain->head_seq)
    return TRUE;
  if (!sl_chain_hash_if_kept (walk->log, walk->chain, head->seq, &ours, &folded, error))
    return FALSE;
  *out = !folded && !sl_hash_equal (&ours, &head->hash);
  return TRUE;
}

static gboolean
take_heads (Walk *walk, gboolean *out_any, GError **error)
{
  GArray *heads = walk->incoming->heads;
  *out_any = FALSE;
  for (guint i = heads->len; i > 0; i--)
    {
      const SlIncomingHead *head = &g_array_index (heads, SlIncomingHead, i - 1);
      SlBranchNode *node = g_hash_table_lookup (walk->nodes, &head->hash);
      gboolean differs = node != NULL && node->seq == head->seq;
      if (!differs && !differs_from_chain (walk, head, &differs, error))
        return FALSE;
      if (!differs || !head_holds (walk, head))
        continue;
      for (; node != NULL && !node->stored && !node->vouched;
           node = g_hash_table_lookup (walk->nodes, &node->previous))
        node->vouched = TRUE;
      *out_any = TRUE;
      if (!sl_branch_store_head (walk->log, &walk->chain->replica, head, error))
        return FALSE;
      g_array_remove_index_fast (heads, i - 1);
    }
  return TRUE;
}

/* A candidate leaves its place once it is known where it belongs. */
static void
forget_candidate (SlPlaceCandidates *place, GBytes *bytes)
{
  for (guint i = 0; place != NULL && i < place->bytes->len; i++)
    if (g_bytes_equal (place->bytes->pdata[i], bytes))
      {
        g_ptr_array_remove_index (place->bytes, i);
        return;
      }
}

static gboolean
insert_vouched (Walk *walk, gboolean *out_grown, GError **error)
{
  GHashTableIter iter;
  gpointer value;
  *out_grown = FALSE;
  g_hash_table_iter_init (&iter, walk->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SlBranchNode *node = value;
      if (!node->vouched)
        continue;
      *out_grown = TRUE;
      if (!sl_branch_insert (walk->log, &walk->chain->replica, node, error))
        return FALSE;
      forget_candidate (g_hash_table_lookup (walk->incoming->places, &node->seq), node->bytes);
    }
  return TRUE;
}

/* sl_fork_take_candidates: see the header. */
gboolean
sl_fork_take_candidates (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, SlChain *known, GError **error)
{
  g_auto (Walk) walk = { .log = log, .incoming = chain, .chain = known };
  gboolean any, has_grown;
  if (!walk_begin (&walk, error) || !walk_places (&walk, error))
    return FALSE;
  if (!take_heads (&walk, &any, error) || !insert_vouched (&walk, &has_grown, error))
    return FALSE;
  for (guint i = 0; i < walk.settled->len; i++)
    {
      SlPlaceCandidates *place = walk.places->pdata[i];
      for (guint j = place->bytes->len; j > 0; j--)
        if (place->bytes->pdata[j - 1] == walk.settled->pdata[i])
          g_ptr_array_remove_index (place->bytes, j - 1);
    }
  return (!any && !has_grown) || sl_fork_note_and_tell (log, incoming, known, has_grown, error);
}
