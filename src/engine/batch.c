/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-batch"

#include "engine/batch.h"

#include "engine/engine-private.h"

/**
 * sl_batch_begin:
 * @engine: the engine, not inside a command
 * @actor: who gives all the commands
 * @error: return location
 *
 * Takes the writer lock. The commands that follow, by the same actor, run in one transaction until sl_batch_commit() or
 * sl_batch_abandon(). It is the transaction of a keyed command without a key.
 *
 * Returns: %FALSE on failure; nothing is open then
 */
gboolean
sl_batch_begin (SlEngine *engine, const SlActor *actor, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && engine->depth == 0, FALSE);

  if (!sl_command_open_log (engine, actor, error))
    return FALSE;
  engine->depth = 1;
  engine->keyed_words = g_bytes_new_static ("", 0);
  engine->keyed_actor = actor->id;
  return TRUE;
}

static void
end_batch (SlEngine *engine)
{
  engine->depth = 0;
  engine->keyed_failed = FALSE;
  g_clear_pointer (&engine->keyed_words, g_bytes_unref);
}

/**
 * sl_batch_commit:
 * @engine: inside a batch, none of whose commands has failed
 * @error: return location
 *
 * Commits all of it; returns after the sync.
 *
 * Returns: %FALSE on failure: nothing was done, the batch is over
 */
gboolean
sl_batch_commit (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 1 && !engine->keyed_failed, FALSE);

  end_batch (engine);
  return sl_oplog_commit (engine->log, error);
}

/**
 * sl_batch_abandon:
 * @engine: inside a batch
 *
 * Takes back what its commands did.
 */
void
sl_batch_abandon (SlEngine *engine)
{
  g_return_if_fail (engine != NULL && engine->keyed_words != NULL);

  end_batch (engine);
  sl_oplog_rollback (engine->log);
}
