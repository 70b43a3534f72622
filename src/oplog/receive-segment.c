/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-receive-segment"

#include "oplog/receive.h"

#include "oplog/fork-private.h"

/* Nearly all segments follow what their chain ends with, or are known: those need one pass of hashes and one signature,
 * and nothing kept. All others go the way of single operations, where gaps, changes and forks are told apart. */

static guint64
last_of (const SlSegment *segment)
{
  return segment->first_seq + segment->operations->len - 1;
}

/* The hash after each operation. FALSE: the segment does not hold together. */
static gboolean
hash_segment (const SlSegment *segment, GArray *out)
{
  SlHash hash = segment->previous;
  for (guint i = 0; i < segment->operations->len; i++)
    {
      gsize length;
      const void *data = g_bytes_get_data (segment->operations->pdata[i], &length);
      SlHash previous = hash;
      sl_chain_next (&segment->replica, segment->first_seq + i, &previous, data, length, &hash);
      g_array_append_val (out, hash);
    }
  return sl_hash_equal (&hash, &segment->head);
}

static void
keep_candidates (SlIncoming *incoming, const SlSegment *segment)
{
  for (guint i = 0; i < segment->operations->len; i++)
    sl_incoming_add_operation (incoming, &segment->replica, segment->first_seq + i, segment->operations->pdata[i], NULL,
                               TRUE);
  if (segment->is_signed)
    sl_incoming_add_head (incoming, &segment->replica, last_of (segment), &segment->head, segment->signature);
}

/* All of it is in the log: its last hash is ours, and covers every byte before. */
static gboolean
is_known (SlOplog *log, const SlChain *known, const SlSegment *segment, gboolean *out, GError **error)
{
  SlHash ours;
  *out = FALSE;
  if (last_of (segment) > known->head_seq)
    return TRUE;
  gboolean folded;
  if (!sl_chain_hash_if_kept (log, known, last_of (segment), &ours, &folded, error))
    return FALSE;
  *out = folded || sl_hash_equal (&ours, &segment->head);
  return TRUE;
}

static gboolean
signature_holds (SlOplog *log, const SlChain *known, const SlSegment *segment)
{
  return !segment->is_signed
         || sl_head_verify (known->public_key, &log->identity.organisation, &known->replica, last_of (segment),
                            &segment->head, segment->signature);
}

/* Whether it is signed, begins at or before the end of our chain, and goes on where that ends. */
static gboolean
follows (const SlChain *known, const SlSegment *segment, GArray *hashes)
{
  if (!segment->is_signed || segment->first_seq > known->head_seq + 1 || last_of (segment) <= known->head_seq)
    return FALSE;
  const SlHash *at_head = segment->first_seq == known->head_seq + 1
                            ? &segment->previous
                            : &g_array_index (hashes, SlHash, known->head_seq - segment->first_seq);
  return sl_hash_equal (at_head, &known->head_hash);
}

static gboolean
append (SlOplog *log, SlChain *known, const SlSegment *segment, GArray *hashes, guint64 *inout_new, GError **error)
{
  guint first = (guint) (known->head_seq + 1 - segment->first_seq), n = segment->operations->len - first;
  if (!sl_chain_append_all (log, known, (GBytes *const *) segment->operations->pdata + first,
                            &g_array_index (hashes, SlHash, first), n, error))
    return FALSE;
  *inout_new += n;
  return sl_chain_store_head (log, known, last_of (segment), &segment->head, segment->signature, error);
}

/* The chain of a device that is not known yet is begun by its first operation. */
static SlChain *
find_chain (SlOplog *log, const SlSegment *segment)
{
  SlChain *known = sl_chain_find (log, &segment->replica);
  if ((known == NULL || !known->has_key) && segment->first_seq == 1)
    known = sl_chain_meet (log, &segment->replica, segment->operations->pdata[0]);
  return known != NULL && known->has_key ? known : NULL;
}

/* It was changed on the way, nobody can say where: it is named by its first operation, and nothing of it is kept. */
static gboolean
refuse (SlIncoming *incoming, const SlSegment *segment)
{
  sl_incoming_refuse (incoming, &segment->replica, segment->first_seq, "bad_signature", segment->operations->pdata[0]);
  return TRUE;
}

/* sl_receive_segment: see the header. Our own chain is left for the end: what others hold of it and we lack makes us
 * somebody else, but for a follower. */
gboolean
sl_receive_segment (SlOplog *log, SlIncoming *incoming, const SlSegment *segment, guint64 *inout_new, GError **error)
{
  SlChain *known = find_chain (log, segment);
  g_autoptr (GArray) hashes =
      g_array_sized_new (FALSE, FALSE, sizeof (SlHash), segment->operations->len);
  gboolean done = FALSE;
  if (!hash_segment (segment, hashes))
    return refuse (incoming, segment);
  if (known != NULL)
    {
      if (!is_known (log, known, segment, &done, error))
        return FALSE;
      if (!done && !signature_holds (log, known, segment))
        return refuse (incoming, segment);
      if (!done && (known != log->own || log->follower) && follows (known, segment, hashes))
        return append (log, known, segment, hashes, inout_new, error);
      if (!done && !sl_fork_take_segment (log, incoming, known, segment, hashes, &done, error))
        return FALSE;
    }
  if (!done)
    keep_candidates (incoming, segment);
  return TRUE;
}
