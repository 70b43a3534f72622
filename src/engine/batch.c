/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-batch"

#include "engine/batch.h"

#include "engine/engine-private.h"

/**
 * sl_batch_begin:
 * @engine: the engine, not inside a plain command
 * @actor: who gives all the commands
 * @error: return location
 *
 * Takes the writer lock. The commands that follow, by the same actor, run in one transaction until sl_batch_commit() or
 * sl_batch_abandon(). It is the transaction of a keyed command without a key; inside one, or inside another batch, it
 * is a part of that.
 *
 * Returns: %FALSE on failure; nothing is open then
 */
gboolean
sl_batch_begin (SlEngine *engine, const SlActor *actor, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL, FALSE);
  g_return_val_if_fail (engine->depth == 0 || engine->keyed_words != NULL, FALSE);

  if (engine->depth > 0)
    return sl_command_begin (engine, actor, error);
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
  g_return_val_if_fail (engine != NULL && engine->depth > 0 && !engine->keyed_failed, FALSE);

  if (engine->depth > 1)
    return sl_command_commit (engine, error);
  end_batch (engine);
  return sl_oplog_commit (engine->log, error);
}

/**
 * sl_batch_abandon:
 * @engine: inside a batch
 *
 * Takes back what its commands did. As a part of something larger that has written anything, it spoils all of that:
 * only abandoning or restarting is left there.
 */
void
sl_batch_abandon (SlEngine *engine)
{
  g_return_if_fail (engine != NULL && engine->keyed_words != NULL);

  if (engine->depth > 1)
    {
      engine->depth--;
      engine->keyed_failed = engine->keyed_failed || sl_oplog_emitted (engine->log) > 0;
      return;
    }
  end_batch (engine);
  sl_oplog_rollback (engine->log);
}

/**
 * sl_batch_forgive:
 * @engine: inside a batch or a keyed command, between its commands
 *
 * After a command that has failed without having written anything: the commands before it stand, others may follow.
 */
void
sl_batch_forgive (SlEngine *engine)
{
  g_return_if_fail (engine != NULL && engine->keyed_words != NULL && engine->depth == 1);

  engine->keyed_failed = FALSE;
}
