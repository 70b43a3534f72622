/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fence-due"

#include "oplog/fork-private.h"
#include "oplog/incoming.h"

/* What a revocation makes due: everybody says what they had applied, then one device takes over. */

typedef gboolean (*ChainFunc) (SlOplog *log, const SlChain *chain, gboolean *out, GError **error);

/* A device whose word is waited for: admitted, and nothing revokes it. */
static gboolean
is_sound (SlOplog *log, const SlChain *chain, gboolean *out, GError **error)
{
  guint64 limit;
  *out = FALSE;
  if (!chain->has_key || sl_fence_find (log, &chain->replica) != NULL)
    return TRUE;
  if (!sl_fence_limit (log, chain, &limit, error))
    return FALSE;
  return limit != G_MAXUINT64 || sl_fence_admission_stands (log, chain, out, error);
}

static gboolean
has_acknowledged (SlOplog *log, const SlId *replica, guint64 applied, gboolean *out, GError **error)
{
  *out = TRUE;
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      for (guint j = 0; !fence->final && j < fence->revocations->len; j++)
        {
          const SlRevocation *one = &g_array_index (fence->revocations, SlRevocation, j);
          guint64 seen;
          if (sl_id_equal (&one->author, replica))
            continue;
          if (!sl_seen_total (log, replica, applied, &one->author, &seen, error))
            return FALSE;
          if (seen >= one->author_seq)
            continue;
          *out = FALSE;
          return TRUE;
        }
    }
  return TRUE;
}

/* Invitations that may still be used by somebody nobody has heard of. */
static gboolean
add_open_invitations (SlOplog *log, GArray *inout_ids, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT DISTINCT invitation FROM admission a WHERE expires_ms > ? AND NOT EXISTS (SELECT 1 FROM local_chain c "
      "WHERE c.invitation = a.invitation)",
      "i", log->world->now_ms (log->world));
  while (sl_rows_next (rows))
    {
      gsize length;
      const guint8 *key = sl_rows_blob (rows, 0, &length);
      SlId id;
      if (key == NULL || length != SL_SIGN_PUBLIC_BYTES)
        continue;
      sl_replica_from_key (key, &id);
      g_array_append_val (inout_ids, id);
    }
  return sl_rows_finish (rows, error);
}

/* sl_fence_missing: devices (and open invitations) whose acknowledgement of the outstanding revocations has not come.
 */
gboolean
sl_fence_missing (SlOplog *log, GArray *inout_ids, GError **error)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      gboolean sound, acknowledged;
      if (!is_sound (log, chain, &sound, error))
        return FALSE;
      if (!sound)
        continue;
      if (!has_acknowledged (log, &chain->replica, chain->applied_seq, &acknowledged, error))
        return FALSE;
      if (!acknowledged)
        g_array_append_val (inout_ids, chain->replica);
    }
  return add_open_invitations (log, inout_ids, error);
}

static gboolean
acknowledge (SlOplog *log, SlFenceDone *out, GError **error)
{
  gboolean acknowledged;
  if (!has_acknowledged (log, &log->own->replica, log->own->applied_seq, &acknowledged, error))
    return FALSE;
  if (acknowledged)
    return TRUE;
  out->acknowledged++;
  return sl_op_device_seen (log, error) && sl_fences_load (log, error);
}

/* Whether our own revocation of it says that we take over, and was written in knowledge of everybody who is sound now.
 */
static gboolean
knows_everybody (SlOplog *log, const SlRevocation *own, gboolean *out, GError **error)
{
  *out = own != NULL && sl_id_equal (&own->successor, &log->own->replica);
  for (guint i = 0; *out && i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      gboolean sound;
      if (!is_sound (log, chain, &sound, error))
        return FALSE;
      if (sound && chain->applied_seq > 0 && !sl_fence_knows (log, own, &chain->replica, out, error))
        return FALSE;
    }
  return TRUE;
}

/* Where nobody who was named can take over, one of all who can does. */
static gboolean
is_first_sound (SlOplog *log, gboolean *out, GError **error)
{
  *out = TRUE;
  for (guint i = 0; i < log->chains->len && *out; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      gboolean sound;
      if (!is_sound (log, chain, &sound, error))
        return FALSE;
      *out = !sound || sl_id_compare (&chain->replica, &log->own->replica) >= 0;
    }
  return TRUE;
}

/* Who takes over revokes too, where it does not yet or where somebody has become known since: whose sight counts is
 * then exactly who is waited for. */
static gboolean
revoke_in_knowledge (SlOplog *log, GError **error)
{
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      gboolean everybody, first = FALSE;
      if (fence->final)
        continue;
      if (sl_id_is_none (&fence->successor) && !is_first_sound (log, &first, error))
        return FALSE;
      if (!first && !sl_id_equal (&fence->successor, &log->own->replica))
        continue;
      if (!knows_everybody (log, sl_fence_own_revocation (fence, &log->own->replica), &everybody, error))
        return FALSE;
      if (everybody)
        continue;
      SlId replica = fence->replica;
      gboolean reborn = fence->revocations->len > 0 && g_array_index (fence->revocations, SlRevocation, 0).reborn;
      if (!sl_op_device_revoke (log, &replica, reborn, NULL, error) || !sl_fences_load (log, error))
        return FALSE;
      i = G_MAXUINT; /* from the beginning: the list is a new one */
    }
  return TRUE;
}

/* Whether every outstanding fence is applied here up to its cut, and nothing stored here is of an unknown kind. */
static gboolean
is_complete (SlOplog *log, gboolean *out, GError **error)
{
  gint64 parked;
  *out = FALSE;
  if (!sl_store_query_int (log->store, 0, &parked, error, "SELECT count (*) FROM local_parked", ""))
    return FALSE;
  if (parked > 0)
    return TRUE;
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      const SlChain *chain = sl_chain_find (log, &fence->replica);
      if (!fence->final
          && ((chain != NULL ? chain->applied_seq : 0) != sl_fork_final_cut (log, fence)
              || sl_fork_is_astray (log, &fence->replica)))
        return TRUE;
    }
  *out = TRUE;
  return TRUE;
}

static gboolean
take_over (SlOplog *log, SlFenceDone *out, GError **error)
{
  g_autoptr (GPtrArray) mine = g_ptr_array_new ();
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (SlId));
  gboolean complete;
  if (!revoke_in_knowledge (log, error))
    return FALSE;
  for (guint i = 0; i < log->fences->len; i++)
    {
      SlFence *fence = log->fences->pdata[i];
      if (!fence->final && sl_id_equal (&fence->successor, &log->own->replica))
        g_ptr_array_add (mine, fence);
    }
  if (mine->len == 0)
    return TRUE;
  if (!is_complete (log, &complete, error) || !sl_fence_missing (log, missing, error))
    return FALSE;
  if ((!complete && !SL_RULE_IS_OFF (log, SL_RULE_RECLAIM_COMPLETE))
      || (missing->len > 0 && !SL_RULE_IS_OFF (log, SL_RULE_RECLAIM_WAITS)))
    return TRUE;
  out->reclaimed += mine->len;
  return sl_op_rights_reclaim (log, mine, error);
}

/**
 * sl_fence_settle:
 * @log: inside a transaction
 * @out: (out caller-allocates): how much was written
 * @error: return location
 *
 * Acknowledges revocations that this device has merged, and takes over from devices where this is the one to do so and
 * everybody has acknowledged. Nothing is written twice.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_fence_settle (SlOplog *log, SlFenceDone *out, GError **error)
{
  gboolean sound;
  *out = (SlFenceDone){ 0 };
  if (!sl_fences_load (log, error) || !sl_forks_load (log, error))
    return FALSE;
  if ((log->fences->len == 0 && log->forks->len == 0) || log->own == NULL)
    return TRUE;
  if (!is_sound (log, log->own, &sound, error))
    return FALSE;
  if (!sound)
    return TRUE;
  gint64 emitted = log->emitted;
  if (!sl_fork_settle (log, error) || !sl_fences_load (log, error))
    return FALSE;
  out->forks = log->emitted - emitted;
  if (log->own->applied_seq < log->own->head_seq)
    return TRUE; /* what is gone with another's other history has taken ours along: a new device goes on */
  return log->fences->len == 0 || (acknowledge (log, out, error) && take_over (log, out, error));
}

static gboolean
has_passed_final (SlOplog *log)
{
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      const SlChain *chain = sl_chain_find (log, &fence->replica);
      if (fence->final && chain != NULL && chain->applied_seq > fence->cut)
        return TRUE;
    }
  return FALSE;
}

/* Whether all that takes this device away lies beyond a cut. */
static gboolean
is_taken_in_vain (SlOplog *log)
{
  const SlFence *own = sl_fence_find (log, &log->own->replica);
  gboolean in_vain = FALSE;
  for (guint i = 0; own != NULL && i < own->revocations->len; i++)
    if (own->final || !sl_fence_is_void (log, &g_array_index (own->revocations, SlRevocation, i)))
      return FALSE;
  for (guint i = 0; i < log->fences->len && !in_vain; i++)
    in_vain = sl_fence_takes_us_beyond (log, log->fences->pdata[i]);
  return in_vain;
}

/* Whether this device has applied more than what counts so far of one that goes on for one that was taken away, and has
 * not said so. */
static gboolean
has_witnessed_rebirth (SlOplog *log, gboolean *out, GError **error)
{
  *out = FALSE;
  for (guint i = 0; i < log->chains->len && !*out; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      guint64 limit, told;
      if (chain == log->own || sl_id_is_none (&chain->predecessor))
        continue;
      if (!sl_fence_limit (log, chain, &limit, error))
        return FALSE;
      if (sl_fence_find (log, &chain->replica) != NULL || chain->applied_seq <= limit)
        continue;
      if (!sl_seen_total (log, &log->own->replica, log->own->applied_seq, &chain->replica, &told, error))
        return FALSE;
      *out = told < chain->applied_seq;
    }
  return TRUE;
}

/* sl_fence_after_import: see the header. */
gboolean
sl_fence_after_import (SlOplog *log, GError **error)
{
  gboolean sound, counted, told = FALSE;
  if (!sl_fences_load (log, error))
    return FALSE;
  if (log->fences->len == 0 || log->own == NULL || log->own->applied_seq == 0
      || log->own->applied_seq < log->own->head_seq)
    return TRUE;
  /* Also where it is this device that was taken away: it shows what counts. */
  if (is_taken_in_vain (log) || has_passed_final (log))
    return sl_oplog_rebuild (log, error);
  if (!is_sound (log, log->own, &sound, error) || !sound)
    return sound == FALSE;
  if (!SL_RULE_IS_OFF (log, SL_RULE_WITNESS)
      && (!has_witnessed_rebirth (log, &told, error)
          || (told && (!sl_op_device_seen (log, error) || !sl_fences_load (log, error)))))
    return FALSE;
  for (guint i = 0; i < log->fences->len; i++)
    {
      const SlFence *fence = log->fences->pdata[i];
      const SlChain *chain = sl_chain_find (log, &fence->replica);
      if (chain == NULL || chain->applied_seq <= fence->cut)
        continue;
      if (!sl_fence_is_counted (log, fence, &log->own->replica, &counted, error))
        return FALSE;
      if (!counted || told || SL_RULE_IS_OFF (log, SL_RULE_WITNESS))
        continue;
      told = TRUE; /* one says it for all */
      if (!sl_op_device_seen (log, error) || !sl_fences_load (log, error))
        return FALSE;
      i = G_MAXUINT;
    }
  return !told || sl_apply_held (log, error);
}
