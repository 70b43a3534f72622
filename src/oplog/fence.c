/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fence"

#include "oplog/fork-private.h"

/* A revoked device's operations count up to its cut: the highest one that a revocation names or that a standing
 * operation's author had seen. Whose sight counts is fixed by the revocation itself: the devices that its author knew.
 * All of them are waited for before the cut becomes final, so nobody who counts can have seen more than what is final;
 * who does not count may have, finds out, and rebuilds. src/oplog/README.md "Fences". */

static void
revocation_clear (gpointer data)
{
  g_free (((SlRevocation *) data)->reason);
}

static void
fence_free (gpointer data)
{
  SlFence *fence = data;
  g_array_unref (fence->revocations);
  g_free (fence);
}

/* sl_fences_forget: what is known of fences may no longer be so. */
void
sl_fences_forget (SlOplog *log)
{
  g_clear_pointer (&log->fences, g_ptr_array_unref);
  sl_forks_forget (log);
}

/* sl_fence_find: see the header. */
SlFence *
sl_fence_find (SlOplog *log, const SlId *replica)
{
  for (guint i = 0; i < log->fences->len; i++)
    {
      SlFence *fence = log->fences->pdata[i];
      if (sl_id_equal (&fence->replica, replica))
        return fence;
    }
  return NULL;
}

/* sl_seen_total: how many operations of of the author by had seen when it wrote operation up_to_seq, which is applied
 * or held as its next one. */
gboolean
sl_seen_total (SlOplog *log, const SlId *by, guint64 up_to_seq, const SlId *of, guint64 *out, GError **error)
{
  const SlChain *author = sl_chain_find (log, by), *seen = sl_chain_find (log, of);
  gint64 total = 0;
  *out = 0;
  if (author == NULL || seen == NULL)
    return TRUE;
  if (!sl_store_query_int (
          log->store, 0, &total, error,
          "SELECT total FROM local_seen WHERE of_ix = ? AND ix = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", "iii",
          seen->ix, author->ix, (gint64) MIN (up_to_seq, author->applied_seq + 1)))
    return FALSE;
  *out = (guint64) total;
  return TRUE;
}

/* sl_fence_knows: whether the author of a revocation had seen anything of replica when it wrote it. */
gboolean
sl_fence_knows (SlOplog *log, const SlRevocation *revocation, const SlId *replica, gboolean *out, GError **error)
{
  guint64 total;
  *out = TRUE;
  if (sl_id_equal (&revocation->author, replica))
    return TRUE;
  if (!sl_seen_total (log, &revocation->author, revocation->author_seq, replica, &total, error))
    return FALSE;
  *out = total > 0;
  return TRUE;
}

/* sl_fence_own_revocation: the last one by author. */
const SlRevocation *
sl_fence_own_revocation (const SlFence *fence, const SlId *author)
{
  const SlRevocation *last = NULL;
  for (guint i = 0; i < fence->revocations->len; i++)
    {
      const SlRevocation *one = &g_array_index (fence->revocations, SlRevocation, i);
      if (sl_id_equal (&one->author, author) && (last == NULL || one->author_seq > last->author_seq))
        last = one;
    }
  return last;
}

/* sl_fence_is_counted: whether what replica had seen of a fenced device counts: the successor's revocation says so
 * alone where there is one, since it waits for exactly those; else everybody's must. */
gboolean
sl_fence_is_counted (SlOplog *log, const SlFence *fence, const SlId *replica, gboolean *out, GError **error)
{
  const SlRevocation *decisive = sl_fence_own_revocation (fence, &fence->successor);
  *out = FALSE;
  if (SL_RULE_IS_OFF (log, SL_RULE_SEEN_EXTENDS))
    return TRUE;
  if (decisive != NULL)
    return sl_fence_knows (log, decisive, replica, out, error);
  for (guint i = 0; i < fence->revocations->len; i++)
    {
      if (!sl_fence_knows (log, &g_array_index (fence->revocations, SlRevocation, i), replica, out, error))
        return FALSE;
      if (!*out)
        return TRUE;
    }
  return TRUE;
}

static gboolean
extend_cut (SlOplog *log, SlFence *fence, GError **error)
{
  for (guint i = 0; i < fence->revocations->len; i++)
    fence->cut = MAX (fence->cut, g_array_index (fence->revocations, SlRevocation, i).cut);
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 total;
      gboolean counted;
      if (chain->applied_seq == 0 || sl_id_equal (&chain->replica, &fence->replica))
        continue;
      if (!sl_seen_total (log, &chain->replica, chain->applied_seq + 1, &fence->replica, &total, error))
        return FALSE;
      if (total <= fence->cut)
        continue;
      if (!sl_fence_is_counted (log, fence, &chain->replica, &counted, error))
        return FALSE;
      if (counted)
        fence->cut = total;
    }
  return TRUE;
}

static SlFence *
open_fence (SlOplog *log, const SlId *replica)
{
  SlFence *fence = sl_fence_find (log, replica);
  if (fence != NULL)
    return fence;
  fence = g_new0 (SlFence, 1);
  fence->replica = *replica;
  fence->revocations = g_array_new (FALSE, FALSE, sizeof (SlRevocation));
  g_array_set_clear_func (fence->revocations, revocation_clear);
  g_ptr_array_add (log->fences, fence);
  return fence;
}

static gboolean
read_revocations (SlOplog *log, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT replica, author, author_seq, hlc, actor, cut, reborn, successor, reason FROM revocation ORDER BY hlc, "
      "author, author_seq",
      "");
  while (sl_rows_next (rows))
    {
      SlRevocation one = { .author_seq = (guint64) sl_rows_int (rows, 2),
                           .hlc = sl_rows_int (rows, 3),
                           .cut = (guint64) sl_rows_int (rows, 5),
                           .reborn = sl_rows_int (rows, 6) != 0,
                           .reason = sl_rows_dup_text (rows, 8) };
      SlId replica;
      sl_rows_id (rows, 0, &replica);
      sl_rows_id (rows, 1, &one.author);
      sl_rows_id (rows, 4, &one.actor);
      sl_rows_id (rows, 7, &one.successor);
      g_array_append_val (open_fence (log, &replica)->revocations, one);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
read_reclaims (SlOplog *log, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT replica, cut, successor FROM reclaim", "");
  while (sl_rows_next (rows))
    {
      SlId replica;
      sl_rows_id (rows, 0, &replica);
      SlFence *fence = open_fence (log, &replica);
      fence->final = TRUE;
      fence->cut = (guint64) sl_rows_int (rows, 1);
      sl_rows_id (rows, 2, &fence->successor);
    }
  return sl_rows_finish (rows, error);
}

/* The founder goes before all others; between others their ids decide: only that all see it alike matters. */
static gboolean
goes_before (SlOplog *log, const SlId *replica, const SlId *other)
{
  const SlChain *chain = sl_chain_find (log, replica), *others = sl_chain_find (log, other);
  if (chain != NULL && sl_chain_is_founder (log, chain))
    return TRUE;
  return (others == NULL || !sl_chain_is_founder (log, others)) && sl_id_compare (replica, other) < 0;
}

/* Who takes whom away: by an applied revocation, or by one that is stored beyond its author's cut. */
typedef struct {
  SlId author, whom;
  guint64 seq, cut; /* its number in its author's chain, and how much of whom it leaves */
  gboolean stored;
  gboolean is_void;
} Taking;

static void
add_applied (const SlFence *fence, GArray *takings)
{
  for (guint i = 0; i < fence->revocations->len; i++)
    {
      const SlRevocation *one = &g_array_index (fence->revocations, SlRevocation, i);
      Taking taking = { .author = one->author, .whom = fence->replica, .seq = one->author_seq, .cut = one->cut };
      if (!one->reborn)
        g_array_append_val (takings, taking);
    }
}

static void
add_stored (const SlFence *fence, guint64 seq, GBytes *bytes, GArray *takings)
{
  g_auto (SlOperation) operation = { 0 };
  SlCborReader body;
  gsize length;
  gint64 cut;
  if (!sl_operation_decode_again (bytes, &fence->replica, seq, 1, &sl_id_none, &operation)
      || operation.kind != SL_KIND_DEVICE_REVOKE)
    return;
  sl_cbor_reader_init (&body, operation.body, operation.body_length);
  if (!sl_cbor_get_array (&body, 4, 5, &length) || !sl_cbor_get_int (&body, 0, G_MAXINT64, &cut))
    return;
  Taking taking = {
    .author = fence->replica, .whom = operation.entity, .seq = seq, .cut = (guint64) cut, .stored = TRUE
  };
  g_array_append_val (takings, taking);
}

static gboolean
read_stored (SlOplog *log, const SlFence *fence, GArray *takings, GError **error)
{
  static const guint8 revokes[] = { 0x18, SL_KIND_DEVICE_REVOKE }; /* the kind, behind the head of the array */
  const SlChain *chain = sl_chain_find (log, &fence->replica);
  if (chain == NULL || chain->head_seq <= fence->cut)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT pos, bytes FROM local_op WHERE pos > ? AND pos <= ? AND substr (bytes, 2, 2) = ? ORDER BY pos", "iib",
      SL_OP_POS (chain->ix, fence->cut), SL_OP_POS (chain->ix, chain->head_seq), revokes, sizeof revokes);
  while (sl_rows_next (rows))
    {
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 1);
      add_stored (fence, (guint64) (sl_rows_int (rows, 0) - SL_OP_POS (chain->ix, 0)), bytes, takings);
    }
  return sl_rows_finish (rows, error);
}

/* Whether somebody takes a device, or one that it goes on for, away. */
static gboolean
is_taken (SlOplog *log, const SlChain *chain, const GArray *takings)
{
  guint hops = 0;
  for (const SlChain *at = chain; at != NULL && hops <= log->chains->len; hops++)
    {
      if (sl_fence_find (log, &at->replica) != NULL)
        return TRUE;
      for (guint j = 0; j < takings->len; j++)
        if (sl_id_equal (&g_array_index (takings, Taking, j).whom, &at->replica))
          return TRUE;
      at = sl_id_is_none (&at->predecessor) ? NULL : sl_chain_find (log, &at->predecessor);
    }
  return FALSE;
}

/* Whether somebody is left whom nobody has taken away: what they hear first decides. */
static gboolean
has_arbiter (SlOplog *log, const GArray *takings)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      if (chain->has_key && chain->applied_seq > 0 && !is_taken (log, chain, takings))
        return TRUE;
    }
  return FALSE;
}

static int
compare_takings (gconstpointer a, gconstpointer b, gpointer log)
{
  const Taking *one = a, *other = b;
  if (sl_id_equal (&one->author, &other->author))
    return (one->seq > other->seq) - (one->seq < other->seq);
  return goes_before (log, &one->author, &other->author) ? -1 : 1;
}

/* In the order of their authors: one that goes before is not undone by whom it has taken away. */
static void
find_void (SlOplog *log, GArray *takings)
{
  g_array_sort_with_data (takings, compare_takings, log);
  for (guint i = 0; i < takings->len; i++)
    {
      Taking *one = &g_array_index (takings, Taking, i);
      const SlFence *fence = sl_fence_find (log, &one->author);
      for (guint j = 0; j < i && !one->is_void; j++)
        {
          const Taking *before = &g_array_index (takings, Taking, j);
          one->is_void = !before->is_void && sl_id_equal (&before->whom, &one->author)
                         && one->seq > MAX (before->cut, fence != NULL ? fence->cut : 0);
        }
    }
}

/* Where all that takes us away is void, we go back behind it (sl_fence_after_import ()). Whoever took us over in vain
 * and is gone itself stays with what it made of that: nothing of it counts. */
static void
honour (SlOplog *log, SlFence *fence, const GArray *takings)
{
  gboolean own = log->own != NULL && sl_id_equal (&log->own->replica, &fence->replica);
  gboolean in_vain = TRUE, taken = FALSE;
  guint64 last = 0;
  for (guint i = 0; i < takings->len; i++)
    {
      const Taking *one = &g_array_index (takings, Taking, i);
      if (one->stored && !one->is_void && sl_id_equal (&one->author, &fence->replica))
        last = MAX (last, one->seq);
      if (!one->stored && sl_id_equal (&one->whom, &fence->replica))
        {
          taken = TRUE;
          in_vain = in_vain && one->is_void;
        }
    }
  if ((own && taken) || last > fence->cut)
    fence->final = fence->final && !in_vain;
  fence->cut = MAX (fence->cut, last);
}

/* Devices that take each other away, in twos or in a ring, would leave several studios, each of them sound in its own
 * eyes, where nobody is left to decide. Then one goes before the other: what it wrote up to its last revocation counts
 * all the same, and who has taken over from it in vain, waiting for nobody, has not. */
static gboolean
honour_revocations (SlOplog *log, GError **error)
{
  g_autoptr (GArray) takings = g_array_new (FALSE, FALSE, sizeof (Taking));
  for (guint i = 0; i < log->fences->len; i++)
    if (!read_stored (log, log->fences->pdata[i], takings, error))
      return FALSE;
  if (takings->len == 0)
    return TRUE;
  for (guint i = 0; i < log->fences->len; i++)
    add_applied (log->fences->pdata[i], takings);
  if (has_arbiter (log, takings))
    return TRUE;
  find_void (log, takings);
  for (guint i = 0; i < log->fences->len; i++)
    honour (log, log->fences->pdata[i], takings);
  return TRUE;
}

/* Who shall take over from one that is itself to be taken over from; none where that leads nowhere. */
static SlId
follow_successors (SlOplog *log, const SlId *named)
{
  SlId at = *named;
  for (guint hops = 0; hops <= log->fences->len; hops++)
    {
      const SlFence *fence = sl_fence_find (log, &at);
      if (fence == NULL || sl_id_is_none (&at))
        return at;
      at = fence->final ? fence->successor : g_array_index (fence->revocations, SlRevocation, 0).successor;
    }
  return sl_id_none;
}

/* The first revocation whose named successor is still there, or is succeeded by somebody, decides who takes over. */
static void
choose_successor (SlOplog *log, SlFence *fence)
{
  for (guint i = 0; i < fence->revocations->len && sl_id_is_none (&fence->successor); i++)
    {
      const SlRevocation *one = &g_array_index (fence->revocations, SlRevocation, i);
      if (sl_fence_find (log, &one->successor) == NULL)
        fence->successor = one->successor;
    }
  for (guint i = 0; i < fence->revocations->len && sl_id_is_none (&fence->successor); i++)
    fence->successor = follow_successors (log, &g_array_index (fence->revocations, SlRevocation, i).successor);
}

/* Whoever goes on for one that was taken away may be a thief, and takes over from nobody: somebody else who was named
 * does, or nobody yet. */
static gboolean
pass_over_doubtful (SlOplog *log, SlFence *fence, GError **error)
{
  const SlChain *chain = sl_chain_find (log, &fence->successor);
  guint64 limit = G_MAXUINT64;
  if (fence->final || chain == NULL || !sl_fence_limit (log, chain, &limit, error))
    return fence->final || chain == NULL;
  if (limit == G_MAXUINT64)
    return TRUE;
  fence->successor = sl_id_none;
  for (guint i = 0; i < fence->revocations->len && sl_id_is_none (&fence->successor); i++)
    {
      const SlId *named = &g_array_index (fence->revocations, SlRevocation, i).successor;
      chain = sl_chain_find (log, named);
      if (chain == NULL || sl_fence_find (log, named) != NULL)
        continue;
      if (!sl_fence_limit (log, chain, &limit, error))
        return FALSE;
      if (limit == G_MAXUINT64)
        fence->successor = *named;
    }
  fence->cut = 0;
  return extend_cut (log, fence, error);
}

/* sl_fences_load: from the applied operations; cheap where nothing is revoked. */
gboolean
sl_fences_load (SlOplog *log, GError **error)
{
  if (log->fences != NULL)
    return TRUE;
  log->fences = g_ptr_array_new_with_free_func (fence_free);
  gboolean loaded = read_revocations (log, error) && read_reclaims (log, error);
  for (guint i = 0; loaded && i < log->fences->len; i++)
    {
      SlFence *fence = log->fences->pdata[i];
      if (!fence->final)
        {
          choose_successor (log, fence);
          loaded = extend_cut (log, fence, error);
        }
    }
  for (guint i = 0; loaded && i < log->fences->len; i++)
    loaded = pass_over_doubtful (log, log->fences->pdata[i], error);
  loaded = loaded && honour_revocations (log, error);
  if (!loaded)
    sl_fences_forget (log);
  return loaded;
}

static void
note_told (SlChain *of, guint64 total)
{
  of->dirty |= total > of->seen_seq;
  of->seen_seq = MAX (of->seen_seq, total);
}

/* sl_fence_note_seen: what the author of an operation that was just applied, or is held, had seen. */
gboolean
sl_fence_note_seen (SlOplog *log, const SlOperation *operation, GError **error)
{
  const SlChain *author = sl_chain_find (log, &operation->replica);
  for (guint i = 0; operation->seen != NULL && i < operation->seen->len; i++)
    {
      const SlSeen *one = &g_array_index (operation->seen, SlSeen, i);
      SlChain *of = sl_chain_find (log, &one->replica);
      gint64 before;
      if (of == NULL && (of = sl_chain_add (log, &one->replica)) == NULL)
        continue;
      if (!sl_store_query_int (log->store, 0, &before, error,
                               "SELECT total FROM local_seen WHERE of_ix = ? AND ix = ? AND seq < ? ORDER BY seq DESC "
                               "LIMIT 1",
                               "iii", of->ix, author->ix, (gint64) operation->seq)
          || !sl_store_exec (log->store, error,
                             "INSERT OR REPLACE INTO local_seen (of_ix, ix, seq, total) VALUES (?, ?, ?, ?)", "iiii",
                             of->ix, author->ix, (gint64) operation->seq, before + (gint64) one->growth))
        return FALSE;
      if (log->follower && author == log->own) /* another process has said it for this device */
        note_told (of, (guint64) before + one->growth);
      const SlFence *fence = log->fences != NULL ? sl_fence_find (log, &one->replica) : NULL;
      if (fence != NULL && !fence->final && (guint64) before + one->growth > fence->cut)
        sl_fences_forget (log); /* its cut may lie higher now */
    }
  return TRUE;
}

/* sl_fence_is_void: whether the author of a revocation had been taken away itself, as far as is known. */
gboolean
sl_fence_is_void (SlOplog *log, const SlRevocation *revocation)
{
  const SlFence *author = sl_fence_find (log, &revocation->author);
  return author != NULL && revocation->author_seq > author->cut;
}

/* A device that goes on for one that somebody took away: only where the one who took it away knew of it, or those who
 * count have seen it. Else whoever holds a stolen machine could go on with it. */
static gboolean
limit_of_rebirth (SlOplog *log, const SlChain *chain, guint64 *inout, GError **error)
{
  guint hops = 0;
  for (const SlChain *old = sl_chain_find (log, &chain->predecessor); old != NULL && hops <= log->chains->len;
       old = sl_chain_find (log, &old->predecessor), hops++)
    {
      const SlFence *fence = sl_fence_find (log, &old->replica);
      for (guint i = 0; fence != NULL && i < fence->revocations->len; i++)
        {
          const SlRevocation *one = &g_array_index (fence->revocations, SlRevocation, i);
          gboolean known;
          guint64 seen = 0;
          if (one->reborn || sl_fence_is_void (log, one))
            continue;
          if (!sl_fence_knows (log, one, &chain->replica, &known, error))
            return FALSE;
          for (guint j = 0; !known && j < log->chains->len; j++)
            {
              const SlChain *by = log->chains->pdata[j];
              guint64 total = 0;
              gboolean counted = FALSE;
              if (by == chain || by->applied_seq == 0)
                continue;
              if (!sl_fence_is_counted (log, fence, &by->replica, &counted, error)
                  || (counted
                      && !sl_seen_total (log, &by->replica, by->applied_seq + 1, &chain->replica, &total, error)))
                return FALSE;
              seen = MAX (seen, total);
            }
          if (!known)
            *inout = MIN (*inout, seen);
        }
      if (sl_id_is_none (&old->predecessor))
        break;
    }
  return TRUE;
}

/* sl_fence_limit: up to which number operations of chain may be applied, as far as is known now. */
gboolean
sl_fence_limit (SlOplog *log, const SlChain *chain, guint64 *out, GError **error)
{
  *out = G_MAXUINT64;
  if (log->pinned != NULL)
    {
      const guint64 *pinned = g_hash_table_lookup (log->pinned, &chain->replica);
      *out = pinned != NULL ? *pinned : G_MAXUINT64;
      return TRUE;
    }
  if (SL_RULE_IS_OFF (log, SL_RULE_FENCE))
    return TRUE;
  if (!sl_fences_load (log, error))
    return FALSE;
  if (log->fences->len == 0)
    return TRUE;
  const SlFence *fence = sl_fence_find (log, &chain->replica);
  if (fence != NULL)
    *out = fence->cut;
  return sl_id_is_none (&chain->predecessor) || limit_of_rebirth (log, chain, out, error);
}

/**
 * sl_fence_is_revoked:
 * @log: a log
 * @replica: a device
 * @out: (out): whether an applied operation revokes it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_fence_is_revoked (SlOplog *log, const SlId *replica, gboolean *out, GError **error)
{
  if (!sl_chains_load (log, error) || !sl_fences_load (log, error))
    return FALSE;
  *out = sl_fence_find (log, replica) != NULL;
  return TRUE;
}

static SlId
root_of (SlOplog *log, const SlId *replica)
{
  SlId at = *replica;
  for (guint hops = 0; hops <= log->fences->len; hops++)
    {
      const SlFence *fence = sl_fence_find (log, &at);
      if (fence == NULL || !fence->final)
        break;
      at = fence->successor;
    }
  return at;
}

/**
 * sl_fence_root:
 * @log: a log
 * @replica: a device
 * @out: (out): who holds its rights and keeps its claims now: itself where nobody has taken over
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_fence_root (SlOplog *log, const SlId *replica, SlId *out, GError **error)
{
  if (!sl_fences_load (log, error))
    return FALSE;
  *out = root_of (log, replica);
  return TRUE;
}

/**
 * sl_fence_heirs:
 * @log: a log
 * @replica: a device
 * @out: (out) (transfer full) (element-type SlId): it, and every device that it has taken over from; nobody where
 *   another one has taken over from it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_fence_heirs (SlOplog *log, const SlId *replica, GArray **out, GError **error)
{
  if (!sl_fences_load (log, error))
    return FALSE;
  *out = g_array_new (FALSE, FALSE, sizeof (SlId));
  const SlFence *own = sl_fence_find (log, replica);
  if (own != NULL && own->final)
    return TRUE;
  g_array_append_val (*out, *replica);
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      SlId root = root_of (log, &fence->replica);
      if (fence->final && sl_id_equal (&root, replica) && !sl_id_equal (&fence->replica, replica))
        g_array_append_val (*out, fence->replica);
    }
  return TRUE;
}

/**
 * sl_fence_steward:
 * @log: a log
 * @out: (out): the device that takes over from revoked ones: the founder, or whoever has taken over from it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_fence_steward (SlOplog *log, SlId *out, GError **error)
{
  if (!sl_chains_load (log, error) || !sl_fences_load (log, error))
    return FALSE;
  *out = sl_id_none;
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      if (sl_chain_is_founder (log, chain))
        *out = root_of (log, &chain->replica);
    }
  return TRUE;
}

/* sl_fence_takes_us_beyond: whether a fenced device has taken this one away, or the one that it goes on for, only
 * beyond its own cut. This one has written nothing since, so that it can go back behind that. */
gboolean
sl_fence_takes_us_beyond (SlOplog *log, const SlFence *fence)
{
  guint hops = 0;
  for (const SlChain *at = log->own; at != NULL && hops <= log->chains->len; hops++)
    {
      const SlFence *taken = sl_fence_find (log, &at->replica);
      for (guint i = 0; taken != NULL && i < taken->revocations->len; i++)
        {
          const SlRevocation *one = &g_array_index (taken->revocations, SlRevocation, i);
          if (!one->reborn && sl_id_equal (&one->author, &fence->replica) && one->author_seq > fence->cut)
            return TRUE;
        }
      at = sl_id_is_none (&at->predecessor) ? NULL : sl_chain_find (log, &at->predecessor);
    }
  return FALSE;
}

static gboolean
invitation_stands (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  g_autoptr (GArray) admissions = g_array_new (FALSE, FALSE, sizeof (SlSeen)); /* of whom, and which operation */
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT replica, seq FROM admission WHERE invitation = ?", "b",
                                            chain->invitation, (gsize) SL_SIGN_PUBLIC_BYTES);
  *out = FALSE;
  while (sl_rows_next (rows))
    {
      SlSeen one = { .growth = (guint64) sl_rows_int (rows, 1) };
      sl_rows_id (rows, 0, &one.replica);
      g_array_append_val (admissions, one);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < admissions->len && !*out; i++)
    {
      const SlSeen *one = &g_array_index (admissions, SlSeen, i);
      const SlChain *author = sl_chain_find (log, &one->replica);
      guint64 limit = 0;
      if (author != NULL && !sl_fence_limit (log, author, &limit, error))
        return FALSE;
      *out = one->growth <= limit;
    }
  return TRUE;
}

/* sl_fence_admission_stands: as sl_chain_admitted(), where this device may have applied more than what counts. */
gboolean
sl_fence_admission_stands (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  guint hops = 0;
  *out = FALSE;
  for (const SlChain *at = chain; at != NULL && hops <= log->chains->len && !*out; hops++)
    {
      *out = sl_chain_is_founder (log, at);
      if (!*out && at->has_invitation && !invitation_stands (log, at, out, error))
        return FALSE;
      at = sl_id_is_none (&at->predecessor) ? NULL : sl_chain_find (log, &at->predecessor);
    }
  return TRUE;
}

/**
 * sl_fence_check_standing:
 * @log: a log
 * @error: return location: REVOKED
 *
 * Returns: whether this device belongs to the studio, as far as it knows, so that what it writes will count
 */
gboolean
sl_fence_check_standing (SlOplog *log, GError **error)
{
  gboolean admitted = TRUE;
  guint64 limit;
  if (log->own == NULL)
    return TRUE;
  if (!sl_fence_limit (log, log->own, &limit, error) || !sl_fence_admission_stands (log, log->own, &admitted, error))
    return FALSE;
  if (admitted && limit == G_MAXUINT64)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_REVOKED,
                       "this device no longer belongs to the studio: what it writes would not count");
  return FALSE;
}

/**
 * sl_fence_info_free:
 * @info: (nullable) (transfer full): what sl_fence_list() told
 */
void
sl_fence_info_free (SlFenceInfo *info)
{
  if (info == NULL)
    return;
  g_clear_pointer (&info->waiting_for, g_array_unref);
  g_free (info->reason);
  g_free (info);
}

static SlFenceInfo *
describe (SlOplog *log, const SlFence *fence, GError **error)
{
  SlFenceInfo *info = g_new0 (SlFenceInfo, 1);
  const SlChain *chain = sl_chain_find (log, &fence->replica);
  info->replica = fence->replica;
  info->successor = fence->successor;
  info->final = fence->final;
  info->cut = fence->cut;
  info->held = chain != NULL && chain->head_seq > fence->cut ? chain->head_seq - fence->cut : 0;
  info->waiting_for = g_array_new (FALSE, FALSE, sizeof (SlId));
  if (fence->revocations->len > 0)
    {
      const SlRevocation *first = &g_array_index (fence->revocations, SlRevocation, 0);
      info->author = first->author;
      info->at_ms = sl_hlc_to_ms (first->hlc);
      info->reborn = first->reborn;
      info->reason = g_strdup (first->reason);
    }
  if (fence->final || sl_fence_missing (log, info->waiting_for, error))
    return info;
  sl_fence_info_free (info);
  return NULL;
}

/**
 * sl_fence_list:
 * @log: a log
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlFenceInfo): every revoked device
 */
GPtrArray *
sl_fence_list (SlOplog *log, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_fence_info_free);
  if (!sl_chains_load (log, error) || !sl_fences_load (log, error))
    return NULL;
  for (guint i = 0; i < log->fences->len; i++)
    {
      SlFenceInfo *info = describe (log, log->fences->pdata[i], error);
      if (info == NULL)
        return NULL;
      g_ptr_array_add (list, info);
    }
  return g_steal_pointer (&list);
}
