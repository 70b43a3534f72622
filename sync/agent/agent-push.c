/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-push"

#include "agent/agent-private.h"

#include "core/datetime.h"

/* So often everything of others that the hub may lack is offered to it: it has nearly all of that from themselves. */
#define FULL_EVERY_MS (10 * SL_MINUTE_MS)

/**
 * sl_since_get:
 * @since: (nullable) (element-type SlId guint64): what somebody holds
 * @replica: a device
 *
 * Returns: how many of its operations; 0: none
 */
guint64
sl_since_get (GHashTable *since, const SlId *replica)
{
  const guint64 *seq = since != NULL ? g_hash_table_lookup (since, replica) : NULL;
  return seq != NULL ? *seq : 0;
}

static void
since_put (GHashTable *since, const SlId *replica, guint64 seq)
{
  guint64 *value = g_new (guint64, 1);
  *value = seq;
  g_hash_table_replace (since, sl_id_copy (replica), value);
}

/**
 * sl_agent_full_is_due:
 * @agent: an agent
 * @peer: whom it talks to
 *
 * Returns: whether to look at what it lacks of others' operations. Neighbours are near and may have nobody else.
 */
gboolean
sl_agent_full_is_due (SlAgent *agent, const SlPeer *peer)
{
  gint64 now_ms = agent->world->now_ms (agent->world);
  return !peer->is_hub || peer->full_ms == 0 || ABS (now_ms - peer->full_ms) >= FULL_EVERY_MS;
}

/**
 * sl_agent_lack:
 * @agent: an agent
 * @peer: somebody who has said what they hold
 * @out: (out caller-allocates): what of it is not all that is held here
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_lack (SlAgent *agent, const SlPeer *peer, SlLack *out, GError **error)
{
  *out = (SlLack){ 0 };
  g_autoptr (GArray) chains = sl_oplog_chains (agent->log, error);
  if (chains == NULL)
    return FALSE;
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->head_seq <= sl_since_get (peer->since, &chain->replica))
        continue;
      if (chain->own)
        out->own = TRUE;
      else if (!g_hash_table_contains (peer->stuck, &chain->replica))
        {
          if (!out->others)
            out->first = chain->replica;
          out->others = TRUE;
        }
    }
  return TRUE;
}

/* What not to send: what it has, what it does not take, or everything. Of others nothing before it has said what it
 * holds. */
static GHashTable *
make_since (SlAgent *agent, const SlPeer *peer, gboolean nothing, gboolean first, GError **error)
{
  const SlId *own = sl_oplog_get_replica (agent->log);
  g_autoptr (GHashTable) since = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  g_autoptr (GArray) chains = sl_oplog_chains (agent->log, error);
  if (chains == NULL)
    return NULL;
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      gboolean kept_back = nothing || g_hash_table_contains (peer->stuck, &chain->replica)
                           || (peer->since == NULL && !chain->own);
      since_put (since, &chain->replica,
                 kept_back ? chain->head_seq : sl_since_get (peer->since, &chain->replica));
    }
  if (peer->since == NULL && !nothing && !first)
    since_put (since, own, peer->own_seq);
  return g_steal_pointer (&since);
}

static GBytes *
write_item (SlAgent *agent, const SlPeer *peer, const GArray *asks, gboolean want_keys)
{
  SlExchangeItem item = { .cursor = peer->cursor,
                          .epoch = peer->epoch,
                          .flags = want_keys ? SL_EXCHANGE_WANT_KEYS : 0,
                          .max_bytes = MIN (4 * peer->push_bytes, (guint64) SL_SYNC_ANSWER_MAX_BYTES),
                          .asks = asks != NULL && asks->len > 0 ? (GArray *) asks : NULL,
                          .request = asks != NULL && asks->len > 0 ? peer->asking_request : sl_id_none,
                          .version_lowest = SL_SYNC_VERSION_LOWEST,
                          .version = SL_SYNC_VERSION };
  return sl_exchange_item_encode (&item, FALSE);
}

/**
 * sl_agent_write_push:
 * @agent: an agent
 * @peer: whom it is for
 * @asks: (nullable) (element-type SlAsk): what is wanted of it
 * @nothing: only ask and pull
 * @out: (out caller-allocates): what is in it
 * @error: return location
 *
 * Writes the body of a request: operations of this device behind what the other one holds, and where it is time and it
 * has said what it holds also those of others.
 *
 * Returns: (transfer full): the body; %NULL on failure
 */
GBytes *
sl_agent_write_push (SlAgent *agent, SlPeer *peer, const GArray *asks, gboolean nothing, SlPush *out, GError **error)
{
  SlLack lack = { 0 };
  *out = (SlPush){ .nothing = nothing, .own_only = TRUE, .own = *sl_oplog_get_replica (agent->log) };
  out->first = !sl_id_equal (&out->own, &peer->own_replica);
  if (peer->since != NULL && !nothing)
    {
      if (!sl_agent_lack (agent, peer, &lack, error))
        return NULL;
      out->own_only = !lack.others || !sl_agent_full_is_due (agent, peer);
    }
  g_autoptr (GHashTable) since = make_since (agent, peer, nothing, out->first, error);
  if (since == NULL)
    return NULL;
  g_autoptr (GBytes) item = write_item (agent, peer, asks, out->first && peer->is_hub);
  /* A hub hands keys on to all devices, a neighbour keeps its own. This device's own box is nobody's: no keys. */
  SlWireHow how = { .since = since,
                    .reader = nothing ? &out->own : peer->is_hub ? NULL : &peer->replica,
                    .own_only = out->own_only && peer->is_hub && !nothing,
                    .max_bytes = peer->push_bytes,
                    .exchange = item,
                    .via = &peer->replica,
                    .all_keys = out->first && peer->is_hub && !nothing };
  return sl_wire_write (agent->log, &how, &out->written, error);
}
