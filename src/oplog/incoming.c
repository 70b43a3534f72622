/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-incoming"

#include "oplog/fork-private.h"

#include <string.h>

static void
candidates_free (gpointer data)
{
  SlPlaceCandidates *place = data;
  g_ptr_array_unref (place->bytes);
  g_free (place);
}

static void
chain_free (gpointer data)
{
  SlIncomingChain *chain = data;
  g_hash_table_unref (chain->places);
  g_array_unref (chain->heads);
  g_free (chain);
}

static void
bytes_free (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

/* sl_incoming_new: nothing has come in yet. */
SlIncoming *
sl_incoming_new (void)
{
  SlIncoming *incoming = g_new0 (SlIncoming, 1);
  incoming->chains = g_ptr_array_new_with_free_func (chain_free);
  incoming->by_replica = g_hash_table_new (sl_id_hash, sl_id_equal);
  incoming->boxes = g_ptr_array_new_with_free_func (bytes_free);
  incoming->branches = g_ptr_array_new_with_free_func (bytes_free);
  incoming->refused = g_ptr_array_new_with_free_func (bytes_free);
  incoming->quarantined = g_array_new (FALSE, FALSE, sizeof (SlQuarantined));
  return incoming;
}

/* sl_incoming_free: */
void
sl_incoming_free (SlIncoming *incoming)
{
  g_hash_table_unref (incoming->by_replica);
  g_ptr_array_unref (incoming->chains);
  g_ptr_array_unref (incoming->boxes);
  g_ptr_array_unref (incoming->branches);
  g_ptr_array_unref (incoming->refused);
  g_array_unref (incoming->quarantined);
  if (incoming->snapshot != NULL)
    (void) fclose (incoming->snapshot);
  g_free (incoming);
}

static SlIncomingChain *
open_chain (SlIncoming *incoming, const SlId *replica)
{
  SlIncomingChain *chain = g_hash_table_lookup (incoming->by_replica, replica);
  if (chain != NULL)
    return chain;
  chain = g_new0 (SlIncomingChain, 1);
  chain->replica = *replica;
  chain->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, candidates_free);
  chain->heads = g_array_new (FALSE, FALSE, sizeof (SlIncomingHead));
  chain->settle_due = TRUE;
  g_ptr_array_add (incoming->chains, chain);
  g_hash_table_insert (incoming->by_replica, &chain->replica, chain);
  return chain;
}

static SlPlaceCandidates *
find_place (SlIncomingChain *chain, guint64 seq)
{
  return g_hash_table_lookup (chain->places, &seq);
}

/* sl_incoming_note_chain: something of this device is in the file. */
void
sl_incoming_note_chain (SlIncoming *incoming, const SlId *replica, guint64 first_seq)
{
  SlIncomingChain *chain = open_chain (incoming, replica);
  if (chain->first_seq == 0 || first_seq < chain->first_seq)
    chain->first_seq = first_seq;
}

/* sl_incoming_add_operation: another candidate for its place; the newest is tried first. */
void
sl_incoming_add_operation (SlIncoming *incoming, const SlId *replica, guint64 seq, GBytes *bytes, const SlHash *hash,
                           gboolean from_file)
{
  SlIncomingChain *chain = open_chain (incoming, replica);
  SlPlaceCandidates *place = find_place (chain, seq);
  chain->settle_due = TRUE;
  if (from_file)
    sl_incoming_note_chain (incoming, replica, seq);
  if (place == NULL)
    {
      place = g_new0 (SlPlaceCandidates, 1);
      place->bytes = g_ptr_array_new_with_free_func (bytes_free);
      g_hash_table_insert (chain->places, g_memdup2 (&seq, sizeof seq), place);
    }
  for (guint i = 0; i < place->bytes->len; i++)
    if (g_bytes_equal (place->bytes->pdata[i], bytes))
      return;
  if (place->bytes->len >= SL_CANDIDATES_MAX)
    return;
  g_ptr_array_add (place->bytes, g_bytes_ref (bytes));
  if (hash != NULL)
    {
      place->hash = *hash;
      place->has_hash = TRUE;
    }
}

/* sl_incoming_add_head: a signature that may vouch for what is before it. */
void
sl_incoming_add_head (SlIncoming *incoming, const SlId *replica, guint64 seq, const SlHash *hash,
                      const guint8 *signature)
{
  SlIncomingHead head = { .hash = *hash, .seq = seq };
  SlIncomingChain *chain = open_chain (incoming, replica);
  memcpy (head.signature, signature, SL_SIGNATURE_BYTES);
  chain->settle_due = TRUE;
  g_array_append_val (chain->heads, head);
}

/* sl_incoming_refuse: for ever, with its reason (a code). */
void
sl_incoming_refuse (SlIncoming *incoming, const SlId *replica, guint64 seq, const char *reason, GBytes *bytes)
{
  SlQuarantined one = { .replica = *replica, .seq = seq, .reason = reason };
  for (guint i = 0; i < incoming->quarantined->len; i++)
    {
      const SlQuarantined *other = &g_array_index (incoming->quarantined, SlQuarantined, i);
      if (other->seq == seq && sl_id_equal (&other->replica, replica))
        return;
    }
  (void) open_chain (incoming, replica);
  g_array_append_val (incoming->quarantined, one);
  g_ptr_array_add (incoming->refused, bytes != NULL ? g_bytes_ref (bytes) : NULL);
}

/* --- extending a chain --- */

/* One way through the places behind a head: which candidate at each, and the hashes that follow. */
typedef struct {
  guint64 first;    /* seq of the first */
  GPtrArray *bytes; /* (element-type GBytes) unowned */
  GArray *hashes;   /* of SlHash */
  guint64 vouched;  /* last seq under a valid signature; first − 1: none */
} Way;

static void
way_clear (Way *way)
{
  g_clear_pointer (&way->bytes, g_ptr_array_unref);
  g_clear_pointer (&way->hashes, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Way, way_clear)

/* choice picks among several candidates, as digits of a number whose base differs from place to place. Gives the number
 * of ways. limit: how far to look. */
static guint
walk (const SlChain *known, SlIncomingChain *chain, guint choice, guint64 limit, Way *out)
{
  SlHash hash = known->head_hash;
  guint ways = 1;
  out->first = known->head_seq + 1;
  out->bytes = g_ptr_array_new ();
  out->hashes = g_array_new (FALSE, FALSE, sizeof (SlHash));
  out->vouched = known->head_seq;
  for (guint64 seq = out->first; out->bytes->len < limit; seq++)
    {
      SlPlaceCandidates *place = find_place (chain, seq);
      if (place == NULL || place->bytes->len == 0)
        return ways;
      guint n = place->bytes->len;
      GBytes *bytes = place->bytes->pdata[choice % n];
      choice /= n;
      ways = MIN (ways * n, SL_COMBINATIONS_MAX);
      SlHash previous = hash;
      sl_chain_next (&known->replica, seq, &previous, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &hash);
      g_ptr_array_add (out->bytes, bytes);
      g_array_append_val (out->hashes, hash);
    }
  return ways;
}

static const SlHash *
hash_on_way (const Way *way, guint64 seq)
{
  if (seq < way->first || seq >= way->first + way->hashes->len)
    return NULL;
  return &g_array_index (way->hashes, SlHash, seq - way->first);
}

static gboolean
head_holds (SlOplog *log, const SlChain *known, const SlIncomingHead *head)
{
  return sl_head_verify (known->public_key, &log->identity.organisation, &known->replica, head->seq, &head->hash,
                         head->signature);
}

static void
find_vouched (SlOplog *log, const SlChain *known, SlIncomingChain *chain, Way *way)
{
  for (guint i = 0; i < chain->heads->len; i++)
    {
      const SlIncomingHead *head = &g_array_index (chain->heads, SlIncomingHead, i);
      const SlHash *hash = hash_on_way (way, head->seq);
      if (head->seq > way->vouched && hash != NULL && sl_hash_equal (hash, &head->hash)
          && head_holds (log, known, head))
        way->vouched = head->seq;
    }
}

/* The way that a signature vouches for furthest. */
static void
find_best_way (SlOplog *log, const SlChain *known, SlIncomingChain *chain, guint64 limit, Way *best)
{
  guint ways = walk (known, chain, 0, limit, best);
  find_vouched (log, known, chain, best);
  for (guint choice = 1; choice < ways && best->vouched < best->first + best->bytes->len - 1; choice++)
    {
      g_auto (Way) way = { 0 };
      (void) walk (known, chain, choice, limit, &way);
      find_vouched (log, known, chain, &way);
      if (way.vouched > best->vouched)
        {
          Way swap = *best;
          *best = way;
          way = swap;
        }
    }
}

static gboolean
append_way (SlOplog *log, SlChain *known, SlIncomingChain *chain, const Way *way, guint64 *inout_new, GError **error)
{
  for (guint64 seq = way->first; seq <= way->vouched; seq++)
    {
      if (!sl_chain_append (log, known, way->bytes->pdata[seq - way->first], hash_on_way (way, seq), error))
        return FALSE;
      (*inout_new)++;
    }
  for (guint i = chain->heads->len; i > 0; i--)
    {
      const SlIncomingHead *head = &g_array_index (chain->heads, SlIncomingHead, i - 1);
      const SlHash *hash = head->seq <= way->vouched ? hash_on_way (way, head->seq) : NULL;
      if (hash == NULL || !sl_hash_equal (hash, &head->hash) || !head_holds (log, known, head))
        continue;
      if (!sl_chain_store_head (log, known, head->seq, hash, head->signature, error))
        return FALSE;
      g_array_remove_index_fast (chain->heads, i - 1);
    }
  for (guint64 seq = way->first; seq <= way->vouched;
       seq++) /* other candidates of these places are settled on the next round */
    if (find_place (chain, seq)->bytes->len == 1)
      g_hash_table_remove (chain->places, &seq);
    else
      chain->settle_due = TRUE;
  return TRUE;
}

/* A signature that is the device's own stands over other bytes than these: something here was changed on the way. The
 * hashes that the file states tell which; without them it is the first that is not vouched for. */
static guint64
name_changed (SlIncomingChain *chain, const Way *way, guint64 up_to)
{
  for (guint64 seq = way->vouched + 1; seq <= up_to; seq++)
    {
      const SlPlaceCandidates *place = find_place (chain, seq);
      if (place != NULL && place->has_hash && !sl_hash_equal (&place->hash, hash_on_way (way, seq)))
        return seq;
    }
  return way->vouched + 1;
}

static void
refuse_changed (SlOplog *log, const SlChain *known, SlIncoming *incoming, SlIncomingChain *chain, const Way *way)
{
  for (guint i = chain->heads->len; i > 0; i--)
    {
      const SlIncomingHead *head = &g_array_index (chain->heads, SlIncomingHead, i - 1);
      if (head->seq <= way->vouched || hash_on_way (way, head->seq) == NULL)
        continue;
      if (!head_holds (log, known, head))
        {
          sl_incoming_refuse (incoming, &chain->replica, head->seq, "bad_signature", NULL);
          g_array_remove_index_fast (chain->heads, i - 1);
          continue;
        }
      guint64 seq = name_changed (chain, way, head->seq);
      SlPlaceCandidates *place = find_place (chain, seq);
      GBytes *bytes = way->bytes->pdata[seq - way->first];
      sl_incoming_refuse (incoming, &chain->replica, seq, "bad_signature", bytes);
      g_ptr_array_remove (place->bytes, bytes);
      return;
    }
}

/* Bytes for a place that the log has filled: the same again leaves it. out: others are left, or signatures of
 * others. */
static gboolean
find_difference (SlOplog *log, SlIncomingChain *chain, const SlChain *known, gboolean *out, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;
  *out = FALSE;
  g_hash_table_iter_init (&iter, chain->places);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint64 seq = *(guint64 *) key;
      SlPlaceCandidates *place = value;
      g_autoptr (GBytes) stored = NULL;
      if (seq > known->head_seq)
        continue;
      if (seq <= known->pruned_seq) /* folded: everybody had it */
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      if (!sl_chain_read_operation (log, known, seq, &stored, error))
        return FALSE;
      for (guint i = place->bytes->len; i > 0; i--)
        if (g_bytes_equal (stored, place->bytes->pdata[i - 1]))
          g_ptr_array_remove_index (place->bytes, i - 1);
      *out |= place->bytes->len > 0;
      if (place->bytes->len == 0)
        g_hash_table_iter_remove (&iter);
    }
  for (guint i = chain->heads->len; i > 0; i--)
    {
      const SlIncomingHead *head = &g_array_index (chain->heads, SlIncomingHead, i - 1);
      SlHash ours;
      gboolean folded;
      if (head->seq > known->head_seq)
        continue;
      if (!sl_chain_hash_if_kept (log, known, head->seq, &ours, &folded, error))
        return FALSE;
      if (folded || sl_hash_equal (&ours, &head->hash))
        g_array_remove_index_fast (chain->heads, i - 1);
      else
        *out = TRUE;
    }
  return TRUE;
}

/* What has come for places that the log has filled is known, or another history of a cloned device, or was changed on
 * the way. */
static gboolean
settle_known (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, SlChain *known, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;
  gboolean differs, forked;
  if (!chain->settle_due)
    return TRUE;
  chain->settle_due = FALSE;
  if (!find_difference (log, chain, known, &differs, error)
      || !sl_fork_is_known (log, &chain->replica, &forked, error)
      || ((differs || forked) && !sl_fork_take_candidates (log, incoming, chain, known, error)))
    return FALSE;
  if (!differs)
    return TRUE;
  g_hash_table_iter_init (&iter, chain->places);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint64 seq = *(guint64 *) key;
      SlPlaceCandidates *place = value;
      if (seq > known->head_seq)
        continue;
      for (guint i = 0; i < place->bytes->len; i++)
        sl_incoming_refuse (incoming, &chain->replica, seq, "bad_signature", place->bytes->pdata[i]);
      g_hash_table_iter_remove (&iter);
    }
  for (guint i = chain->heads->len; i > 0; i--)
    if (g_array_index (chain->heads, SlIncomingHead, i - 1).seq <= known->head_seq)
      g_array_remove_index_fast (chain->heads, i - 1); /* its signature does not hold */
  return TRUE;
}

/* sl_chain_meet: a device that is not known yet shows who it is by its first operation. (nullable) */
SlChain *
sl_chain_meet (SlOplog *log, const SlId *replica, GBytes *first)
{
  SlChain probe = { .replica = *replica };
  if (!sl_chain_take_first (log, &probe, first))
    return NULL;
  SlChain *known = sl_chain_find (log, replica); /* others may have named it before */
  if (known == NULL)
    known = sl_chain_add (log, replica);
  if (known != NULL)
    (void) sl_chain_take_first (log, known, first);
  return known;
}

static SlChain *
meet (SlOplog *log, SlIncomingChain *chain)
{
  const SlPlaceCandidates *place = find_place (chain, 1);
  SlChain *known = NULL;
  for (guint i = 0; place != NULL && known == NULL && i < place->bytes->len; i++)
    known = sl_chain_meet (log, &chain->replica, place->bytes->pdata[i]);
  return known;
}

/* sl_incoming_extend: see the header. */
gboolean
sl_incoming_extend (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, guint64 limit, guint64 *inout_new,
                    GError **error)
{
  SlChain *known = sl_chain_find (log, &chain->replica);
  g_auto (Way) way = { 0 };
  if (known == NULL || !known->has_key)
    known = meet (log, chain);
  if (known == NULL || !known->has_key)
    return TRUE; /* its first operation has not come, or does not hold: told when the rest is kept */
  if (!settle_known (log, incoming, chain, known, error))
    return FALSE;
  find_best_way (log, known, chain, limit, &way);
  if (way.vouched < way.first && way.bytes->len == limit) /* the next signature stands further behind */
    {
      way_clear (&way);
      find_best_way (log, known, chain, G_MAXUINT64, &way);
    }
  if (way.bytes->len == 0)
    return TRUE;
  if (way.vouched >= way.first && !append_way (log, known, chain, &way, inout_new, error))
    return FALSE;
  refuse_changed (log, known, incoming, chain, &way);
  return TRUE;
}

/* --- what is left --- */

static gboolean
keep_chain (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain, guint64 *out_waiting, GError **error)
{
  SlChain *known = sl_chain_find (log, &chain->replica);
  gint64 now_ms = log->world->now_ms (log->world);
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, chain->places);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint64 seq = *(guint64 *) key;
      SlPlaceCandidates *place = value;
      if ((known != NULL && seq <= known->head_seq) || place->bytes->len == 0)
        continue;
      (*out_waiting)++;
      for (guint i = 0; i < place->bytes->len; i++)
        {
          SlHasher hasher;
          SlHash digest;
          GBytes *bytes = place->bytes->pdata[i];
          sl_hasher_init (&hasher, "studioloop quarantine v1");
          sl_hasher_add (&hasher, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
          sl_hasher_finish (&hasher, &digest);
          if (!sl_store_exec (log->store, error,
                              "INSERT INTO local_waiting (replica, seq, digest, bytes, received_ms) VALUES (?, ?, ?, "
                              "?, ?) ON CONFLICT DO NOTHING",
                              "dibgi", &chain->replica, (gint64) seq, digest.bytes, (gsize) 16, bytes, now_ms))
            return FALSE;
        }
    }
  for (guint i = 0; i < chain->heads->len; i++)
    {
      const SlIncomingHead *head = &g_array_index (chain->heads, SlIncomingHead, i);
      if (known != NULL && head->seq <= known->head_seq)
        continue;
      if (!sl_store_exec (log->store, error,
                          "INSERT INTO local_waiting_head (replica, seq, hash, signature) VALUES (?, ?, ?, ?) ON "
                          "CONFLICT DO NOTHING",
                          "dibb", &chain->replica, (gint64) head->seq, head->hash.bytes, (gsize) SL_HASH_BYTES,
                          head->signature, (gsize) SL_SIGNATURE_BYTES))
        return FALSE;
    }
  return TRUE;
}

/* A first operation that is there and shows nobody: unless it goes on for a device that may still come. */
static gboolean
waits_for_predecessor (SlIncomingChain *chain, GBytes *bytes)
{
  g_autoptr (GArray) refs = sl_refs_new ();
  g_auto (SlOperation) operation = { 0 };
  return sl_operation_decode (bytes, &chain->replica, 1, 0, refs, &operation)
         && operation.kind == SL_KIND_DEVICE_REBIRTH;
}

static void
refuse_unknown (SlOplog *log, SlIncoming *incoming, SlIncomingChain *chain)
{
  SlPlaceCandidates *place = find_place (chain, 1);
  const SlChain *known = sl_chain_find (log, &chain->replica);
  if ((known != NULL && known->has_key) || place == NULL)
    return;
  for (guint i = place->bytes->len; i > 0; i--)
    {
      GBytes *bytes = place->bytes->pdata[i - 1];
      SlHash start, hash;
      if (waits_for_predecessor (chain, bytes))
        continue;
      sl_chain_start (&log->identity.organisation, &chain->replica, &start);
      sl_chain_next (&chain->replica, 1, &start, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &hash);
      gboolean changed = place->has_hash && !sl_hash_equal (&hash, &place->hash);
      sl_incoming_refuse (incoming, &chain->replica, 1, changed ? "bad_signature" : "unknown_device", bytes);
      g_ptr_array_remove_index (place->bytes, i - 1);
    }
}

/* A snapshot that nobody has signed is no device's: under the id of nobody. */
static gboolean
keep_quarantined (SlOplog *log, SlIncoming *incoming, GError **error)
{
  gint64 now_ms = log->world->now_ms (log->world);
  for (guint i = 0; i < incoming->quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (incoming->quarantined, SlQuarantined, i);
      GBytes *bytes = incoming->refused->pdata[i];
      SlHasher hasher;
      SlHash digest;
      sl_hasher_init (&hasher, "studioloop quarantine v1");
      if (bytes != NULL)
        sl_hasher_add (&hasher, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      sl_hasher_finish (&hasher, &digest);
      if (!sl_store_exec (log->store, error,
                          "INSERT INTO local_quarantine (replica, seq, reason, digest, bytes, received_ms) VALUES (?, "
                          "?, ?, ?, ?, ?)"
                          " ON CONFLICT DO NOTHING",
                          "bitbgi", one->replica.bytes, (gsize) SL_ID_BYTES, (gint64) one->seq, one->reason,
                          digest.bytes, (gsize) 16, bytes, now_ms))
        return FALSE;
    }
  return TRUE;
}

/* sl_incoming_keep_rest: see the header. */
gboolean
sl_incoming_keep_rest (SlOplog *log, SlIncoming *incoming, guint64 *out_waiting, GError **error)
{
  *out_waiting = 0;
  if (!sl_store_exec (log->store, error, "DELETE FROM local_waiting", "")
      || !sl_store_exec (log->store, error, "DELETE FROM local_waiting_head", ""))
    return FALSE;
  for (guint i = 0; i < incoming->chains->len; i++)
    {
      refuse_unknown (log, incoming, incoming->chains->pdata[i]);
      if (!keep_chain (log, incoming, incoming->chains->pdata[i], out_waiting, error))
        return FALSE;
    }
  return keep_quarantined (log, incoming, error);
}
