/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sync-status"

#include "engine/sync-status.h"

#include "core/datetime.h"
#include "core/error.h"
#include "engine/clock.h"
#include "engine/engine-private.h"
#include "oplog/fence.h"

#define CLOCK_RIGHT_MS (2 * SL_MINUTE_MS) /* a clock that is off by less is right: stamps may be ahead by as much */
#define CONFIRM_EVERY_MS SL_HOUR_MS       /* a confirmation is a commit: a clock does not go wrong more often */
#define CORRECT_EVERY_MS SL_MINUTE_MS     /* what is still ahead after a correction may have to stay so */

/**
 * sl_sync_health_clear:
 * @health: (nullable): what sl_sync_health_read() filled, also one that is all zero
 */
void
sl_sync_health_clear (SlSyncHealth *health)
{
  if (health == NULL)
    return;
  g_clear_pointer (&health->url, g_free);
  g_clear_pointer (&health->refused, g_free);
}

static gboolean
read_hub (SlEngine *engine, SlSyncHealth *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT url, replica, epoch FROM local_hub", "");
  if (sl_rows_next (rows))
    {
      out->paired = TRUE;
      out->url = sl_rows_dup_text (rows, 0);
      sl_rows_id (rows, 1, &out->hub);
      sl_rows_id (rows, 2, &out->epoch);
    }
  return sl_rows_finish (rows, error);
}

/* The clock may have been set since: neither far before nor far behind. */
static gboolean
is_lately (gint64 then_ms, gint64 now_ms)
{
  return then_ms != 0 && ABS (now_ms - then_ms) <= SL_ONLINE_MS;
}

static gboolean
read_contact (SlEngine *engine, SlSyncHealth *out, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store, "SELECT hub_ms, refused, refused_ms, offset_ms FROM local_contact", "");
  if (sl_rows_next (rows))
    {
      out->contact_ms = sl_rows_int (rows, 0);
      out->refused = sl_rows_dup_text (rows, 1);
      out->refused_ms = sl_rows_int (rows, 2);
      out->has_offset = !sl_rows_is_null (rows, 3);
      out->offset_ms = sl_rows_int (rows, 3);
    }
  out->online = out->paired && is_lately (out->contact_ms, now_ms);
  out->clock_wrong = out->has_offset && ABS (out->offset_ms) > CLOCK_RIGHT_MS;
  return sl_rows_finish (rows, error);
}

static gboolean
read_neighbours (SlEngine *engine, SlSyncHealth *out, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT heard_ms FROM local_neighbour", "");
  while (sl_rows_next (rows))
    {
      gint64 heard_ms = sl_rows_int (rows, 0);
      out->neighbours += is_lately (heard_ms, now_ms);
      out->neighbour_ms = MAX (out->neighbour_ms, heard_ms);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_sync_standing_read:
 * @engine: the engine
 * @out: (out caller-allocates): which of the studio's devices were taken away
 * @error: return location
 *
 * Says nothing of which and why: for that there is sl_device_list(), for those who may. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_standing_read (SlEngine *engine, SlSyncStanding *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) fences = NULL;
  SlId own;
  *out = (SlSyncStanding){ 0 };
  out->own_revoked = !sl_fence_check_standing (engine->log, &failure);
  if (out->own_revoked && !g_error_matches (failure, SL_ERROR, SL_ERROR_REVOKED))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  sl_engine_get_replica (engine, &own);
  fences = sl_fence_list (engine->log, error);
  for (guint i = 0; fences != NULL && i < fences->len; i++)
    {
      const SlFenceInfo *fence = fences->pdata[i];
      gboolean is_news = !fence->final || fence->at_ms > sl_engine_now_ms (engine) - SL_SYNC_REVOKED_TOLD_MS;
      out->others_revoked += is_news && !fence->reborn && !sl_id_equal (&fence->replica, &own);
    }
  return fences != NULL;
}

/**
 * sl_sync_is_near:
 * @engine: the engine
 * @device: another device
 * @out: (out): whether it has answered on the LAN lately
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_is_near (SlEngine *engine, const SlId *device, gboolean *out, GError **error)
{
  gint64 heard_ms;
  g_return_val_if_fail (engine != NULL && device != NULL && out != NULL, FALSE);

  if (!sl_store_query_int (engine->store, 0, &heard_ms, error, "SELECT heard_ms FROM local_neighbour WHERE replica = ?",
                           "d", device))
    return FALSE;
  *out = is_lately (heard_ms, sl_engine_now_ms (engine));
  return TRUE;
}

/**
 * sl_sync_health_read:
 * @engine: the engine
 * @out: (out caller-allocates): how this device and its hub get on; clear with sl_sync_health_clear()
 * @error: return location
 *
 * Takes no lock. Engine thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_health_read (SlEngine *engine, SlSyncHealth *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  *out = (SlSyncHealth){ 0 };
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean done = read_hub (engine, out, error) && read_contact (engine, out, error)
                  && read_neighbours (engine, out, error);
  sl_store_end_read (engine->store);
  if (!done)
    sl_sync_health_clear (out);
  return done;
}

static gboolean
write_contact (SlEngine *engine, const SlSyncContact *contact, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  if (!sl_id_is_none (&contact->neighbour))
    return !contact->answered
           || sl_store_exec (engine->store, error,
                             "INSERT INTO local_neighbour (replica, heard_ms) VALUES (?, ?) "
                             "ON CONFLICT (replica) DO UPDATE SET heard_ms = excluded.heard_ms",
                             "di", &contact->neighbour, now_ms);
  if (!sl_store_exec (engine->store, error, "INSERT INTO local_contact (one) VALUES (1) ON CONFLICT (one) DO NOTHING",
                      ""))
    return FALSE;
  if (contact->answered
      && !sl_store_exec (engine->store, error, "UPDATE local_contact SET hub_ms = ?", "i", now_ms))
    return FALSE;
  if (contact->has_offset
      && !sl_store_exec (engine->store, error, "UPDATE local_contact SET offset_ms = ?, offset_at_ms = ?", "ii",
                         contact->offset_ms, now_ms))
    return FALSE;
  if (contact->refused == NULL && !contact->answered)
    return TRUE;
  return contact->refused == NULL
             ? sl_store_exec (engine->store, error, "UPDATE local_contact SET refused = NULL, refused_ms = NULL", "")
             : sl_store_exec (engine->store, error, "UPDATE local_contact SET refused = ?, refused_ms = ?", "ti",
                              contact->refused, now_ms);
}

/**
 * sl_sync_contact_note:
 * @engine: the engine, not inside a command
 * @contact: what came of asking
 * @error: return location
 *
 * Keeps it for screens. Without a sync of its own. Engine thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_contact_note (SlEngine *engine, const SlSyncContact *contact, GError **error)
{
  g_return_val_if_fail (engine != NULL && contact != NULL && engine->depth == 0, FALSE);

  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (write_contact (engine, contact, error) && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

/* Ahead of the hub: whatever is stamped until somebody sets the clock has to be corrected by as much. */
static gboolean
note_ahead (SlEngine *engine, gint64 ahead_ms, GError **error)
{
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (sl_store_exec (engine->store, error,
                     "INSERT INTO local_contact (one, ahead_ms) VALUES (1, ?) "
                     "ON CONFLICT (one) DO UPDATE SET ahead_ms = excluded.ahead_ms",
                     "i", ahead_ms)
      && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

static gboolean
confirm (SlEngine *engine, gint64 ahead_ms, GError **error)
{
  SlClockConfirmed confirmed;
  g_auto (SlRefusal) refusal = { 0 };
  SlActor actor = { .id = sl_actor_device, .role = SL_ROLE_OWNER }; /* the hub's word is as good as a manager's */
  if (!sl_clock_confirm (engine, &actor, ahead_ms, 0, &confirmed, &refusal, error))
    return FALSE;
  if (confirmed.operations > 0)
    g_message ("this clock was ahead by %" G_GINT64_FORMAT " s: %" G_GUINT64_FORMAT " operations are corrected",
               confirmed.offset_ms / 1000, confirmed.operations);
  return ahead_ms == 0 || note_ahead (engine, 0, error);
}

/**
 * sl_sync_clock_judge:
 * @engine: the engine, not inside a command
 * @offset_ms: the hub's clock less this device's, as the hub has signed it
 * @error: return location
 *
 * Where the clock is right it is noted as confirmed, once an hour, and stamps that are ahead of it, from before it was
 * set, are corrected for everybody: src/engine/clock.h. Where it is ahead that is remembered for then. Engine thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sync_clock_judge (SlEngine *engine, gint64 offset_ms, GError **error)
{
  SlClockState state;
  gint64 ahead_ms;
  g_return_val_if_fail (engine != NULL && engine->depth == 0, FALSE);

  if (!sl_store_query_int (engine->store, 0, &ahead_ms, error, "SELECT ahead_ms FROM local_contact", "")
      || !sl_clock_show (engine, &state, error))
    return FALSE;
  if (offset_ms < -CLOCK_RIGHT_MS)
    {
      gint64 now_ahead_ms = MIN (-offset_ms, SL_CLOCK_OFFSET_MAX_MS);
      return now_ahead_ms <= ahead_ms || note_ahead (engine, now_ahead_ms, error);
    }
  if (offset_ms > CLOCK_RIGHT_MS || state.doubt == SL_CLOCK_IMPOSSIBLE)
    return TRUE;
  gint64 since_ms = state.confirmed_ms != 0 ? ABS (state.now_ms - state.confirmed_ms) : G_MAXINT64;
  gboolean ahead = state.ahead_ms > CLOCK_RIGHT_MS;
  if (ahead_ms == 0 && since_ms < (ahead ? CORRECT_EVERY_MS : CONFIRM_EVERY_MS))
    return TRUE;
  return confirm (engine, ahead_ms, error);
}
