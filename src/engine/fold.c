/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fold"

#include "engine/fold.h"

#include "core/datetime.h"
#include "engine/engine-private.h"

/* By itself a device looks once a night whether there is enough to be folded: it takes up to a minute. */
#define TRIED_KEY "fold_tried_ms"
#define TRY_EVERY_MS (20 * SL_HOUR_MS)
#define NIGHT_FROM_HOUR 2
#define NIGHT_TO_HOUR 5

/* TRUE: they may. FALSE: out_refusal says that they may not, and it is noted. */
static gboolean
may (SlEngine *engine, const SlActor *actor, const char *command, SlRefusal *out_refusal)
{
  if (sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return TRUE;
  (void) sl_query_refuse (engine, actor, command, out_refusal);
  return FALSE;
}

/**
 * sl_folded_clear:
 * @folded: (nullable): what sl_fold_log() filled
 */
void
sl_folded_clear (SlFolded *folded)
{
  if (folded != NULL)
    g_clear_pointer (&folded->silent, g_array_unref);
}

static gboolean
count_kept (SlEngine *engine, guint64 *out, GError **error)
{
  gint64 kept;
  if (!sl_store_query_int (engine->store, 0, &kept, error, "SELECT count (*) FROM local_op", ""))
    return FALSE;
  *out = (guint64) kept;
  return TRUE;
}

/**
 * sl_fold_log:
 * @engine: the engine, not inside a command
 * @actor: who asks
 * @out: (out caller-allocates): what was folded and who holds it up; clear with sl_folded_clear()
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Folds what every device has acknowledged and what is old enough into a signed snapshot in the database, and gives the
 * space back. Writes no operation, and the state stays what it is. Takes seconds to a minute, with the engine thread.
 *
 * Returns: %FALSE on failure: nothing is lost
 */
gboolean
sl_fold_log (SlEngine *engine, const SlActor *actor, SlFolded *out, SlRefusal *out_refusal, GError **error)
{
  SlPruneResult result;
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  *out = (SlFolded) { 0 };
  if (!may (engine, actor, "oplog fold", out_refusal))
    return TRUE;
  if (!sl_oplog_prune (engine->log, 1, &result, error) || !count_kept (engine, &out->kept, error))
    return FALSE;
  out->operations = result.operations;
  out->snapshot_bytes = result.snapshot_bytes;
  out->silent = sl_oplog_silent_devices (engine->log, error);
  return out->silent != NULL;
}

/**
 * sl_fold_export:
 * @engine: the engine, not inside a command
 * @actor: who asks
 * @file: where to; what is there is replaced only by a whole file
 * @out: (out caller-allocates): how much
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * As sl_exchange_sync_export(), for a device that has nothing or little of the log.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_fold_export (SlEngine *engine, const SlActor *actor, const char *file, SlSyncWritten *out, SlRefusal *out_refusal,
                GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0, FALSE);

  *out = (SlSyncWritten) { 0 };
  return !may (engine, actor, "sync export", out_refusal) || sl_sync_export_snapshot (engine->log, file, out, error);
}

static gboolean
is_night (SlEngine *engine, gint64 now_ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, sl_engine_time_zone (engine)) : NULL;
  int hour = local != NULL ? g_date_time_get_hour (local) : 0;
  return hour >= NIGHT_FROM_HOUR && hour < NIGHT_TO_HOUR;
}

/* Without a sync of its own: trying twice does no harm. */
static gboolean
note_tried (SlEngine *engine, gint64 now_ms, GError **error)
{
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (sl_store_exec (engine->store, error,
                     "INSERT INTO local_meta (key, value) VALUES (?, ?) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     "ti", TRIED_KEY, now_ms)
      && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

/**
 * sl_fold_if_due:
 * @engine: the engine, not inside a command
 * @error: return location
 *
 * For the program that keeps a device in order: folds, between two and five at night by the location's time and once a
 * night, where at least %SL_PRUNE_MIN_OPERATIONS can be folded. Engine thread, up to a minute.
 *
 * Returns: %FALSE on failure: nothing is lost
 */
gboolean
sl_fold_if_due (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine), tried_ms;
  SlPruneResult result;
  if (!is_night (engine, now_ms))
    return TRUE;
  if (!sl_store_query_int (engine->store, 0, &tried_ms, error, "SELECT value FROM local_meta WHERE key = ?", "t",
                           TRIED_KEY))
    return FALSE;
  if (tried_ms != 0 && ABS (now_ms - tried_ms) < TRY_EVERY_MS)
    return TRUE;
  return note_tried (engine, now_ms, error)
         && sl_oplog_prune (engine->log, SL_PRUNE_MIN_OPERATIONS, &result, error);
}
