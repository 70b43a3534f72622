/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-joint"

#include "engine/joint.h"

#include "engine/batch.h"

/**
 * sl_joint_begin:
 * @out: (out caller-allocates): the command
 * @engine: the engine; may be inside a keyed command or a batch, of the same actor
 * @actor: (transfer none): who gives it; outlives @out
 * @command: (transfer none): the word under which a refusal is noted
 * @error: return location
 *
 * Takes the writer lock where nobody has taken it.
 *
 * Returns: %FALSE on failure; nothing is open then
 */
gboolean
sl_joint_begin (SlJoint *out, SlEngine *engine, const SlActor *actor, const char *command, GError **error)
{
  g_return_val_if_fail (out != NULL && engine != NULL && actor != NULL && command != NULL, FALSE);

  *out = (SlJoint){ .engine = engine, .actor = actor, .command = command, .own = engine->depth == 0 };
  if (out->own && !sl_batch_begin (engine, actor, error))
    return FALSE;
  out->emitted = sl_oplog_emitted (engine->log);
  return TRUE;
}

/**
 * sl_joint_commit:
 * @joint: begun, and nothing of it refused or failed
 * @error: return location
 *
 * Returns: %FALSE on failure: nothing was done
 */
gboolean
sl_joint_commit (SlJoint *joint, GError **error)
{
  g_return_val_if_fail (joint != NULL, FALSE);

  return !joint->own || sl_batch_commit (joint->engine, error);
}

/**
 * sl_joint_decline:
 * @joint: begun
 * @refusal: why not; without a code: something has failed, and @error is set already
 * @error: return location
 *
 * Takes all of it back and notes the refusal. Inside a keyed command the checks come before the first operation, as in
 * every command; where a part says no after them nonetheless, because a moment has passed between, the command fails
 * as busy and may be given again.
 *
 * Returns: what the command returns: %TRUE when it is decided
 */
gboolean
sl_joint_decline (SlJoint *joint, const SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (joint != NULL && refusal != NULL, FALSE);

  SlEngine *engine = joint->engine;
  gboolean emitted = sl_oplog_emitted (engine->log) != joint->emitted;
  if (joint->own)
    {
      sl_batch_abandon (engine);
      return refusal->code != SL_REFUSAL_NONE
             && sl_command_note (engine, joint->actor, joint->command, refusal, error);
    }
  if (refusal->code != SL_REFUSAL_NONE && !emitted)
    return sl_command_begin (engine, joint->actor, error)
           && sl_command_refuse (engine, joint->actor, joint->command, refusal, error);
  engine->keyed_failed = TRUE;
  if (refusal->code != SL_REFUSAL_NONE)
    g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "its time came while it was being done (%s): try again",
                 sl_refusal_name (refusal->code));
  return FALSE;
}
