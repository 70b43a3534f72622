/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-hub"

#include "agent/agent-private.h"

#include <string.h>

#include "core/error.h"

/* The table local_hub: data/migrations/015-agent.sql. */

#define HEIRS_MAX 64 /* devices one after the other for which a hub goes on: each is a loss of its data */

/**
 * sl_hub_link_clear:
 * @link: (nullable): what sl_agent_hub() filled, also one that is all zero
 */
void
sl_hub_link_clear (SlHubLink *link)
{
  if (link == NULL)
    return;
  g_clear_pointer (&link->url, g_free);
  g_clear_pointer (&link->pins, g_free);
}

static gboolean
take_key (SlRows *rows, int column, guint8 out[SL_SIGN_PUBLIC_BYTES])
{
  gsize length;
  const void *key = sl_rows_blob (rows, column, &length);
  if (key == NULL || length != SL_SIGN_PUBLIC_BYTES)
    return FALSE;
  memcpy (out, key, SL_SIGN_PUBLIC_BYTES);
  return TRUE;
}

/**
 * sl_agent_hub:
 * @agent: an agent
 * @out: (out caller-allocates): the hub; clear with sl_hub_link_clear()
 * @out_paired: (out): whether there is one
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_hub (SlAgent *agent, SlHubLink *out, gboolean *out_paired, GError **error)
{
  g_return_val_if_fail (agent != NULL && out != NULL && out_paired != NULL, FALSE);

  *out = (SlHubLink){ 0 };
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (agent->log),
      "SELECT url, account, replica, public_key, epoch, pins, own_ca, plain, cursor FROM local_hub", "");
  *out_paired = sl_rows_next (rows) && take_key (rows, 3, out->public_key);
  if (*out_paired)
    {
      out->url = sl_rows_dup_text (rows, 0);
      sl_rows_id (rows, 1, &out->account);
      sl_rows_id (rows, 2, &out->replica);
      sl_rows_id (rows, 4, &out->epoch);
      out->pins = sl_rows_dup_text (rows, 5);
      out->own_ca = sl_rows_int (rows, 6) != 0;
      out->plain = sl_rows_int (rows, 7) != 0;
      out->cursor = (guint64) sl_rows_int (rows, 8);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
write_link (SlStore *store, const SlHubLink *link, GError **error)
{
  return sl_store_exec (
      store, error,
      "INSERT OR REPLACE INTO local_hub (one, url, account, replica, public_key, epoch, pins, own_ca, plain, cursor) "
      "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "tddbdtiii", link->url, &link->account, &link->replica, link->public_key, (gsize) SL_SIGN_PUBLIC_BYTES,
      &link->epoch, link->pins, (gint64) link->own_ca, (gint64) link->plain, (gint64) link->cursor);
}

/**
 * sl_agent_set_hub:
 * @agent: an agent
 * @link: the hub
 * @error: return location
 *
 * Pairs this device with it. What is known of a hub before is forgotten: everything is compared from the beginning.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_set_hub (SlAgent *agent, const SlHubLink *link, GError **error)
{
  g_return_val_if_fail (agent != NULL && link != NULL && link->url != NULL, FALSE);

  SlStore *store = sl_oplog_get_store (agent->log);
  if (!sl_store_begin (store, error))
    return FALSE;
  if (!write_link (store, link, error) || !sl_store_commit (store, error))
    {
      sl_store_rollback (store);
      return FALSE;
    }
  g_clear_pointer (&agent->hub, sl_peer_free);
  return TRUE;
}

/* Another process may have paired anew: what was learnt of the hub before does not count then. */
static void
take_row (SlAgent *agent, SlRows *rows)
{
  SlId replica, epoch;
  sl_rows_id (rows, 0, &replica);
  sl_rows_id (rows, 2, &epoch);
  if (agent->hub == NULL || !sl_id_equal (&agent->hub->replica, &replica)
      || (agent->hub->since != NULL && !sl_id_equal (&agent->hub->epoch, &epoch)))
    {
      g_clear_pointer (&agent->hub, sl_peer_free);
      agent->hub = sl_peer_new (&replica, TRUE);
    }
  SlPeer *hub = agent->hub;
  hub->row_replica = replica;
  hub->epoch = epoch;
  hub->cursor = (guint64) sl_rows_int (rows, 3);
  sl_rows_id (rows, 4, &hub->own_replica);
  hub->own_seq = (guint64) sl_rows_int (rows, 5);
  hub->full_ms = sl_rows_int (rows, 6);
}

/**
 * sl_agent_load_hub:
 * @agent: an agent
 * @out_paired: (out): whether there is a hub
 * @error: return location
 *
 * Reads what is kept of the hub into its peer.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_load_hub (SlAgent *agent, gboolean *out_paired, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (sl_oplog_get_store (agent->log),
                      "SELECT replica, public_key, epoch, cursor, own_replica, own_seq, full_ms FROM local_hub", "");
  guint8 key[SL_SIGN_PUBLIC_BYTES];
  *out_paired = sl_rows_next (rows) && take_key (rows, 1, key);
  if (*out_paired)
    {
      take_row (agent, rows);
      memcpy (agent->hub->public_key, key, sizeof key);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_agent_save_hub:
 * @agent: an agent
 * @peer: its hub
 * @error: return location
 *
 * Keeps how far they have come. Without a sync of its own: whatever a power cut takes of it is asked for again, and
 * what was taken of the log is on disk before. Where another process has paired anew meanwhile, nothing is kept.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_save_hub (SlAgent *agent, const SlPeer *peer, GError **error)
{
  SlStore *store = sl_oplog_get_store (agent->log);
  if (!sl_store_begin_relaxed (store, error))
    return FALSE;
  if (sl_store_exec (store, error,
                     "UPDATE local_hub SET replica = ?, public_key = ?, epoch = ?, cursor = ?, own_replica = ?, "
                     "own_seq = ?, full_ms = ? WHERE replica = ?",
                     "dbdidiid", &peer->replica, peer->public_key,
                     (gsize) SL_SIGN_PUBLIC_BYTES, &peer->epoch, (gint64) peer->cursor, &peer->own_replica,
                     (gint64) peer->own_seq, peer->full_ms, &peer->row_replica)
      && sl_store_commit (store, error))
    return TRUE;
  sl_store_rollback (store);
  return FALSE;
}

/**
 * sl_agent_is_heir:
 * @agent: an agent
 * @was: the hub's device as it was paired
 * @now: a device that says that it is the hub now
 * @out: (out): whether the log shows that: its first operation is signed by the device before, which is itself or goes
 * on for the one that was paired
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_is_heir (SlAgent *agent, const SlId *was, const SlId *now, gboolean *out, GError **error)
{
  SlId at = *now;
  *out = FALSE;
  for (guint i = 0; i < HEIRS_MAX && !*out && !sl_id_is_none (&at); i++)
    {
      g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (agent->log),
                                                "SELECT predecessor FROM device WHERE id = ?", "d", &at);
      at = sl_id_none;
      if (sl_rows_next (rows))
        sl_rows_id (rows, 0, &at);
      if (!sl_rows_finish (rows, error))
        return FALSE;
      *out = sl_id_equal (&at, was);
    }
  return TRUE;
}
