/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-upkeep"

#include "agent/agent-private.h"

#include "engine/fold.h"
#include "engine/placement.h"
#include "engine/run-due.h"
#include "engine/sync-status.h"

#define META_FETCH "agent_fetch_ms" /* in local_meta: when a command last asked for rights of others */

/**
 * sl_agent_note_fetch:
 * @agent: an agent, of any thread of the program
 * @error: return location
 *
 * To be called before others are asked for rights on behalf of a command. Without it the agent, hearing of what they
 * gave before the command is run once more, would place it where it came from. Without a sync of its own.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_note_fetch (SlAgent *agent, GError **error)
{
  g_return_val_if_fail (agent != NULL, FALSE);

  SlStore *store = sl_oplog_get_store (agent->log);
  if (!sl_store_begin_relaxed (store, error))
    return FALSE;
  if (sl_store_exec (store, error,
                     "INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
                     "excluded.value",
                     "ti", META_FETCH, agent->world->now_ms (agent->world))
      && sl_store_commit (store, error))
    return TRUE;
  sl_store_rollback (store);
  return FALSE;
}

/* A clock that was set back does not count: then nobody knows how long ago it was. */
static gboolean
is_fetched_for (SlAgent *agent, gboolean *out, GError **error)
{
  gint64 at_ms, now_ms = agent->world->now_ms (agent->world);
  if (!sl_store_query_int (sl_oplog_get_store (agent->log), G_MININT64 / 2, &at_ms, error,
                           "SELECT value FROM local_meta WHERE key = ?", "t", META_FETCH))
    return FALSE;
  *out = at_ms <= now_ms && now_ms - at_ms < SL_AGENT_FETCHED_MS;
  return TRUE;
}

static gboolean
is_near (gpointer user_data, const SlId *device)
{
  SlAgent *agent = user_data;
  gboolean near = FALSE;
  return sl_sync_is_near (agent->engine, device, &near, NULL) && near;
}

/* With the hub there every device hears of what it is given; without it only those on the LAN do. */
static gboolean
place_rights (SlAgent *agent, GError **error)
{
  g_auto (SlSyncHealth) health = { 0 };
  SlPlacementCounts counts;
  gboolean wanted;
  if (!is_fetched_for (agent, &wanted, error) || !sl_sync_health_read (agent->engine, &health, error))
    return FALSE;
  if (wanted)
    return TRUE;
  if (health.online)
    return sl_placement_run (agent->engine, &counts, error);
  return health.neighbours == 0 || sl_placement_run_reaching (agent->engine, is_near, agent, &counts, error);
}

/**
 * sl_agent_upkeep:
 * @agent: an agent
 * @error: return location
 *
 * What is due of this device when nobody waits: what the clock has made due, rights to where they
 * should lie, a grown write-ahead log into the database, at night and where it is worth it the log's folding. Each is
 * safe to do late, twice, or beside another program that does it. Takes the writer lock in turns with the desk's own
 * commands. Not inside a command.
 *
 * Returns: %FALSE on failure; what was done before it stays done
 */
gboolean
sl_agent_upkeep (SlAgent *agent, GError **error)
{
  SlDueCounts counts;
  g_return_val_if_fail (agent != NULL, FALSE);

  if (!sl_run_due (agent->engine, &counts, error) || !place_rights (agent, error))
    return FALSE;
  sl_engine_settle (agent->engine);
  return sl_fold_if_due (agent->engine, error) && sl_engine_idle (agent->engine, error);
}
