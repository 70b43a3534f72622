/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-call"

#include "engine/call.h"

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/member-brief.h"
#include "oplog/around.h"

G_STATIC_ASSERT (SL_CALL_MINUTES * SL_MINUTE_MS == SL_CALL_LASTS_MS);

/**
 * sl_call_free:
 * @call: (transfer full): a call
 */
void
sl_call_free (SlCall *call)
{
  g_free (call->who);
  g_free (call);
}

static SlRefusalCode
find_code (const char *name)
{
  for (SlRefusalCode code = SL_REFUSAL_NONE; code < SL_REFUSAL_LAST; code++)
    if (g_strcmp0 (sl_refusal_name (code), name) == 0)
      return code;
  return SL_REFUSAL_NONE; /* of a later release */
}

/**
 * sl_call_add:
 * @engine: the engine
 * @actor: who: the device, for somebody at its screen
 * @why: what the door has said to them
 * @member_id: (nullable): who it is
 * @out_id: (out): the call
 * @error: of the store
 *
 * Somebody at the members' side of this device wants reception. Engine thread only, not inside a command.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_call_add (SlEngine *engine, const SlActor *actor, SlRefusalCode why, const SlId *member_id, SlId *out_id,
             GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && why < SL_REFUSAL_LAST && out_id != NULL, FALSE);

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_op_call (engine->log, &engine->location, member_id, sl_refusal_name (why), out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
name_caller (SlEngine *engine, SlCall *call, GError **error)
{
  g_auto (SlMemberBrief) member = { 0 };
  if (sl_id_is_none (&call->member_id))
    return TRUE;
  if (!sl_member_brief_load (engine, &call->member_id, &member, error))
    return FALSE;
  call->member_id = member.id;
  call->who = sl_member_brief_short_name (&member);
  return TRUE;
}

/**
 * sl_call_list:
 * @engine: the engine
 * @error: of the store
 *
 * Whoever calls again waits once, and who is not known is one person: of each the last call counts.
 *
 * Returns: (transfer full) (nullable) (element-type SlCall): who still waits where this device is, the last one first
 */
GPtrArray *
sl_call_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_call_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id, at_ms, why, member_id FROM local_call c "
    "WHERE at_ms BETWEEN ?1 AND ?2 AND location_id IS ?3 AND NOT taken AND NOT EXISTS "
    "(SELECT 1 FROM local_call later WHERE later.location_id IS ?3 AND later.member_id IS c.member_id "
    "AND later.at_ms BETWEEN ?1 AND ?2 AND (later.at_ms, later.id) > (c.at_ms, c.id)) "
    "ORDER BY at_ms DESC, id DESC LIMIT ?4",
    "iidi", now_ms - SL_CALL_LASTS_MS, now_ms + SL_CALL_LASTS_MS, &engine->location, (gint64) SL_CALLS_MAX);
  while (sl_rows_next (rows))
    {
      SlCall *call = g_new0 (SlCall, 1);
      sl_rows_id (rows, 0, &call->id);
      call->at_ms = sl_rows_int (rows, 1);
      call->why = find_code (sl_rows_text (rows, 2));
      sl_rows_id (rows, 3, &call->member_id);
      g_ptr_array_add (calls, call);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < calls->len; i++)
    if (!name_caller (engine, calls->pdata[i], error))
      return NULL;
  return g_steal_pointer (&calls);
}

/* Also where another desk has been quicker: that is said once. */
static gboolean
find_untaken (SlEngine *engine, const SlId *id, gboolean *out_found, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, "SELECT 1 FROM local_call WHERE id = ? AND NOT taken", "d", id);
  *out_found = sl_rows_next (rows);
  return sl_rows_finish (rows, error);
}

/**
 * sl_call_take:
 * @engine: the engine
 * @actor: who sees to them; whoever works at the desk may
 * @id: of a call; one that has gone is no matter
 * @error: of the store
 *
 * For every desk that shows it. Engine thread only, not inside a command.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_call_take (SlEngine *engine, const SlActor *actor, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL, FALSE);

  gboolean found;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!find_untaken (engine, id, &found, error) || (found && !sl_op_call_take (engine->log, id, error)))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
