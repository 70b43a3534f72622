/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-take"

#include "hub/hub-private.h"

#include <string.h>

#include "core/error.h"

/* What a device pushes. A segment goes into the log when it is signed by a device that is known, and follows what the
 * log has of that device; what was taken is what the answer's vector says. Whatever is not plain waits until the
 * replica has been asked: a repetition, another history of a cloned device, or the first operations of a new one. */

typedef enum {
  NEW,      /* not looked at, or by nobody known */
  UNSIGNED, /* good if what follows it is */
  GOOD,     /* its device signed it */
  ASIDE,    /* the same, and it is another history */
  DONE,     /* taken, repeated or refused */
} Verdict;

typedef struct {
  SlSegment *segment; /* not owned */
  Verdict verdict;
  gboolean ask;       /* the replica has to say what it is */
} Candidate;

typedef struct {
  SlHubCall *call;
  SlHubTenant *tenant;
  SlHubBody *body;
  GArray *candidates; /* of Candidate */
  GHashTable *heads;  /* SlId* → SlHubChain*: ends of chains with what this append adds */
  gboolean boxes_done, own_is_ahead;
} Taking;

static guint64
last_of (const SlSegment *segment)
{
  return segment->first_seq + segment->operations->len - 1;
}

static void
refuse (Taking *self, Candidate *candidate, SlHubCounter counter)
{
  candidate->verdict = DONE;
  sl_hub_count (self->call->hub, counter, 1);
}

/* h (seq), for seq from first_seq − 1 to the last. */
static void
hash_at (const SlSegment *segment, guint64 seq, SlHash *out)
{
  *out = segment->previous;
  for (guint64 at = segment->first_seq; at <= seq; at++)
    {
      gsize length;
      const void *data = g_bytes_get_data (segment->operations->pdata[at - segment->first_seq], &length);
      SlHash previous = *out;
      sl_chain_next (&segment->replica, at, &previous, data, length, out);
    }
}

/* --- signatures: outside of any lock --- */

static gboolean
find_key (Taking *self, const SlId *replica, guint8 out[SL_SIGN_PUBLIC_BYTES])
{
  g_mutex_lock (&self->tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (self->tenant, replica);
  gboolean known = chain != NULL && chain->has_key;
  if (known)
    memcpy (out, chain->public_key, SL_SIGN_PUBLIC_BYTES);
  g_mutex_unlock (&self->tenant->lock);
  return known;
}

/* Those right before a signed one, that it vouches for: it follows their hash. */
static void
vouch_for_unsigned (Taking *self, guint at)
{
  const SlSegment *next = g_array_index (self->candidates, Candidate, at).segment;
  for (; at > 0; at--)
    {
      Candidate *before = &g_array_index (self->candidates, Candidate, at - 1);
      if (before->verdict != UNSIGNED || !sl_id_equal (&before->segment->replica, &next->replica)
          || last_of (before->segment) + 1 != next->first_seq
          || !sl_hash_equal (&before->segment->head, &next->previous))
        return;
      before->verdict = GOOD;
      next = before->segment;
    }
}

static void
check_signatures (Taking *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (self->candidates, Candidate, i);
      const SlSegment *segment = candidate->segment;
      guint8 key[SL_SIGN_PUBLIC_BYTES];
      SlHash head;
      if (candidate->verdict != NEW || !find_key (self, &segment->replica, key))
        continue;
      if (!segment->is_signed)
        {
          hash_at (segment, last_of (segment), &head);
          if (sl_hash_equal (&head, &segment->head))
            candidate->verdict = UNSIGNED;
          else
            refuse (self, candidate, SL_HUB_SEGMENT_BAD_SIGNATURE);
        }
      else if (sl_segment_check (&self->call->organisation, segment, key))
        {
          candidate->verdict = GOOD;
          vouch_for_unsigned (self, i);
        }
      else
        refuse (self, candidate, SL_HUB_SEGMENT_BAD_SIGNATURE);
    }
}

/* --- one append: under the lock --- */

/* Where a chain ends with what was put before it into this append. */
static SlHubChain *
end_of (Taking *self, const SlId *replica)
{
  SlHubChain *end = g_hash_table_lookup (self->heads, replica);
  const SlHubChain *chain = sl_hub_tenant_chain (self->tenant, replica);
  if (end != NULL)
    return end;
  end = g_new0 (SlHubChain, 1);
  if (chain != NULL)
    *end = *chain;
  end->replica = *replica;
  g_hash_table_insert (self->heads, &end->replica, end);
  return end;
}

static void
add_from (GArray *entries, const SlSegment *segment, const SlHubChain *end)
{
  SlSegment rest = *segment;
  if (segment->first_seq == end->head_seq + 1)
    {
      sl_hub_add_segment (entries, SL_ENTRY_SEGMENT, segment);
      return;
    }
  rest.first_seq = end->head_seq + 1;
  rest.previous = end->head_hash;
  g_autoptr (GPtrArray) operations = g_ptr_array_new (); /* borrowed */
  for (guint64 seq = rest.first_seq; seq <= last_of (segment); seq++)
    g_ptr_array_add (operations, segment->operations->pdata[seq - segment->first_seq]);
  rest.operations = operations;
  sl_hub_add_segment (entries, SL_ENTRY_SEGMENT, &rest);
}

/* Whether a device that was taken away has left enough for review. */
static gboolean
is_beyond_review (const SlHubChain *end, const SlSegment *segment)
{
  return end->revoked && last_of (segment) > end->cut && last_of (segment) - end->cut > SL_HUB_REVIEW_MAX;
}

/* TRUE: it is in entries, or does not go there. */
static void
place_segment (Taking *self, Candidate *candidate, GArray *entries)
{
  const SlSegment *segment = candidate->segment;
  SlHubChain *end = end_of (self, &segment->replica);
  guint64 last = last_of (segment);
  gboolean is_own = sl_id_equal (&segment->replica, &self->call->hub_replica);
  SlHash before;
  if (is_own && last > end->head_seq)
    self->own_is_ahead = TRUE; /* nobody else has our key: we wrote this, and have lost it */
  if (is_beyond_review (end, segment))
    {
      refuse (self, candidate, SL_HUB_SEGMENT_REVIEW_FULL);
      return;
    }
  if (candidate->verdict == ASIDE)
    {
      sl_hub_add_segment (entries, SL_ENTRY_ASIDE, segment);
      return;
    }
  if (last == end->head_seq && sl_hash_equal (&segment->head, &end->head_hash))
    {
      refuse (self, candidate, SL_HUB_SEGMENTS_REPEATED);
      return;
    }
  candidate->ask = last <= end->head_seq || segment->first_seq > end->head_seq + 1;
  if (!candidate->ask && end->head_seq > 0)
    {
      hash_at (segment, end->head_seq, &before);
      candidate->ask = !sl_hash_equal (&before, &end->head_hash);
    }
  if (candidate->ask)
    return;
  add_from (entries, segment, end);
  end->head_seq = last;
  end->head_hash = segment->head;
}

static void
box_hash (const SlStreamItem *box, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop hub box v1");
  sl_hasher_add (&hasher, box->box_for.bytes, SL_ID_BYTES);
  sl_hasher_add_sized (&hasher, g_bytes_get_data (box->box, NULL), g_bytes_get_size (box->box));
  sl_hasher_finish (&hasher, out);
}

/* Keys, from a device of the studio for a device of the studio. */
static void
place_boxes (Taking *self, GArray *entries, GArray *hashes)
{
  const SlHubChain *from = sl_hub_tenant_chain (self->tenant, &self->call->claimed.replica);
  if (self->boxes_done || from == NULL || !from->admitted || from->revoked)
    return;
  for (guint i = 0; i < self->body->boxes->len; i++)
    {
      const SlStreamItem *box = self->body->boxes->pdata[i];
      const SlHubChain *to = sl_hub_tenant_chain (self->tenant, &box->box_for);
      SlHash hash;
      box_hash (box, &hash);
      if (to == NULL || !to->admitted || to->revoked)
        sl_hub_count (self->call->hub, SL_HUB_BOXES_REFUSED, 1);
      else if (!g_hash_table_contains (self->tenant->taken, &hash))
        {
          sl_hub_add_box (entries, &box->box_for, box->box);
          g_array_append_val (hashes, hash);
        }
    }
}

static void
remember (SlHubTenant *tenant, const SlHash *hash)
{
  if (g_hash_table_size (tenant->taken) >= SL_HUB_TAKEN_REMEMBERED)
    g_hash_table_remove_all (tenant->taken);
  g_hash_table_add (tenant->taken, g_memdup2 (hash, sizeof *hash));
}

/* They are in the log. */
static void
note_taken (Taking *self, const GArray *entries, const GArray *hashes)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (self->candidates, Candidate, i);
      SlHubChain *chain = sl_hub_tenant_chain (self->tenant, &candidate->segment->replica);
      if (candidate->verdict == ASIDE)
        {
          remember (self->tenant, &candidate->segment->head);
          chain->asides++;
        }
      if ((candidate->verdict != GOOD && candidate->verdict != ASIDE) || candidate->ask)
        continue;
      if (candidate->verdict == ASIDE)
        sl_hub_count (self->call->hub, SL_HUB_SEGMENT_FORK, 1);
      if (chain->revoked)
        sl_hub_count (self->call->hub, SL_HUB_SEGMENT_REVOKED, 1);
      sl_hub_count (self->call->hub, SL_HUB_SEGMENTS_TAKEN, 1);
      sl_hub_count (self->call->hub, SL_HUB_OPERATIONS_TAKEN, candidate->segment->operations->len);
      candidate->verdict = DONE;
    }
  for (guint i = 0; i < hashes->len; i++)
    remember (self->tenant, &g_array_index (hashes, SlHash, i));
  sl_hub_count (self->call->hub, SL_HUB_BOXES_TAKEN, hashes->len);
  const SlHubChain *from = sl_hub_tenant_chain (self->tenant, &self->call->claimed.replica);
  self->boxes_done = from != NULL && from->admitted;
}

static gboolean
append_once (Taking *self, gboolean *out_done, GError **error)
{
  g_autoptr (GArray) entries = sl_hub_entries_new ();
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, sizeof (SlHash));
  g_hash_table_remove_all (self->heads);
  self->own_is_ahead = FALSE;
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (self->candidates, Candidate, i);
      candidate->ask = FALSE;
      if (candidate->verdict == GOOD || candidate->verdict == ASIDE)
        place_segment (self, candidate, entries);
    }
  place_boxes (self, entries, hashes);
  *out_done = TRUE;
  if (entries->len > 0 && !sl_hub_tenant_append (self->tenant, entries, out_done, error))
    return FALSE;
  if (*out_done)
    note_taken (self, entries, hashes);
  return TRUE;
}

static gboolean
append_all (Taking *self, GError **error)
{
  gboolean done = FALSE, appended = TRUE;
  g_mutex_lock (&self->tenant->lock);
  for (guint i = 0; appended && !done && i < SL_HUB_TRIES; i++)
    appended = append_once (self, &done, error);
  g_mutex_unlock (&self->tenant->lock);
  if (appended && !done)
    g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log grows too fast");
  return appended && done;
}

/* --- what is not plain: with the replica --- */

/* A signed segment that does not follow what the log has: held already, another history, or behind a gap. */
static gboolean
judge (Taking *self, Candidate *candidate, GError **error)
{
  SlOplog *log = sl_engine_get_log (self->tenant->engine);
  const SlSegment *segment = candidate->segment;
  gboolean held, attached = segment->first_seq == 1;
  if (!sl_oplog_holds (log, &segment->replica, last_of (segment), &segment->head, &held, error)
      || (!held && !attached
          && !sl_oplog_holds (log, &segment->replica, segment->first_seq - 1, &segment->previous, &attached, error)))
    return FALSE;
  g_mutex_lock (&self->tenant->lock);
  const SlHubChain *chain = sl_hub_tenant_chain (self->tenant, &segment->replica);
  held = held || g_hash_table_contains (self->tenant->taken, &segment->head);
  gboolean may_be_plain = chain != NULL && segment->first_seq == chain->head_seq + 1
                          && sl_hash_equal (&segment->previous, &chain->head_hash);
  gboolean full = chain != NULL && chain->asides >= SL_HUB_ASIDES_MAX;
  g_mutex_unlock (&self->tenant->lock);
  if (may_be_plain)
    return TRUE; /* the log has grown to where it follows */
  if (held)
    refuse (self, candidate, SL_HUB_SEGMENTS_REPEATED);
  else if (!attached)
    refuse (self, candidate, SL_HUB_SEGMENT_GAP);
  else if (full || !segment->is_signed)
    refuse (self, candidate, full ? SL_HUB_SEGMENT_REVIEW_FULL : SL_HUB_SEGMENT_UNSIGNED);
  else
    candidate->verdict = ASIDE;
  return TRUE;
}

/* A device of which nothing is in the log yet. */
static gboolean
meet (Taking *self, Candidate *candidate, GError **error)
{
  const SlSegment *segment = candidate->segment;
  guint8 key[SL_SIGN_PUBLIC_BYTES];
  gboolean admitted;
  if (segment->first_seq != 1 || find_key (self, &segment->replica, key))
    return TRUE;
  if (!sl_oplog_check_first (sl_engine_get_log (self->tenant->engine), &segment->replica,
                             segment->operations->pdata[0], key, &admitted, error))
    return FALSE;
  if (!admitted)
    return TRUE;
  g_mutex_lock (&self->tenant->lock);
  SlHubChain *chain = sl_hub_tenant_add_chain (self->tenant, &segment->replica);
  chain->has_key = TRUE; /* admitted is for the replica to say, once it has applied this */
  memcpy (chain->public_key, key, SL_SIGN_PUBLIC_BYTES);
  g_mutex_unlock (&self->tenant->lock);
  sl_hub_count (self->call->hub, SL_HUB_STRANGERS_TAKEN, 1);
  return TRUE;
}

static gboolean
ask_replica (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  Taking *self = user_data;
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (self->candidates, Candidate, i);
      if (candidate->verdict == GOOD && candidate->ask && !judge (self, candidate, error))
        return FALSE;
      if (candidate->verdict == NEW && !meet (self, candidate, error))
        return FALSE;
    }
  return TRUE;
}

static guint
count_open (Taking *self)
{
  guint open = 0;
  for (guint i = 0; i < self->candidates->len; i++)
    open += g_array_index (self->candidates, Candidate, i).verdict != DONE;
  return open;
}

static gboolean
ask_and_append (Taking *self, GError **error)
{
  if (!sl_hub_replica_lock (self->tenant, error))
    return FALSE;
  gboolean asked = sl_hub_replica_do (self->tenant, ask_replica, self, error);
  g_mutex_unlock (&self->tenant->replica_lock);
  if (!asked)
    return FALSE;
  check_signatures (self);
  return append_all (self, error);
}

/* What is left was not vouched for, or is of nobody. */
static void
refuse_rest (Taking *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (self->candidates, Candidate, i);
      if (candidate->verdict != DONE)
        refuse (self, candidate,
                candidate->verdict == NEW        ? SL_HUB_SEGMENT_UNKNOWN_DEVICE
                : candidate->verdict == UNSIGNED ? SL_HUB_SEGMENT_UNSIGNED
                                                 : SL_HUB_SEGMENT_GAP);
    }
}

static gboolean
take (Taking *self, GError **error)
{
  guint open;
  check_signatures (self);
  if (!append_all (self, error))
    return FALSE;
  /* One may admit the next: as long as something moves. */
  do
    {
      open = count_open (self);
      if (open > 0 && !ask_and_append (self, error))
        return FALSE;
  } while (open > 0 && count_open (self) < open);
  if (self->call->stranger && !self->boxes_done && !ask_and_append (self, error))
    return FALSE; /* its keys, now that it is known */
  refuse_rest (self);
  if (!self->own_is_ahead)
    return TRUE;
  if (!sl_hub_replica_lock (self->tenant, error))
    return FALSE;
  gboolean done = sl_hub_epoch_next (self->tenant, error) && sl_hub_replica_catch_up (self->tenant, error);
  g_mutex_unlock (&self->tenant->replica_lock);
  return done;
}

/**
 * sl_hub_take:
 * @call: a request whose signature holds, of an organisation that is remembered
 * @body: what it brings
 * @error: return location: the hub's own; nothing in @body makes one
 *
 * What is taken is durable when this returns.
 *
 * Returns: %FALSE on failure: some may have been taken
 */
gboolean
sl_hub_take (SlHubCall *call, SlHubBody *body, GError **error)
{
  Taking self = { .call = call, .tenant = call->tenant, .body = body };
  self.candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  self.heads = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, g_free);
  for (guint i = 0; i < body->segments->len; i++)
    {
      Candidate candidate = { .segment = body->segments->pdata[i] };
      g_array_append_val (self.candidates, candidate);
    }
  gboolean done = take (&self, error);
  g_array_unref (self.candidates);
  g_hash_table_unref (self.heads);
  return done;
}
