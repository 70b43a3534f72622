/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-call"

#include "engine/call.h"

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/member-brief.h"

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

/* The write is worth no sync: after a power cut whoever waited comes to the desk. */
static gboolean
end (SlEngine *engine, gboolean done, GError **error)
{
  if (done && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

/* A clock that was put back makes nobody wait for days. */
static gboolean
drop_old (SlEngine *engine, gint64 now_ms, GError **error)
{
  return sl_store_exec (engine->store, error, "DELETE FROM local_call WHERE at_ms NOT BETWEEN ? AND ?", "ii",
                        now_ms - SL_CALL_MINUTES * SL_MINUTE_MS, now_ms + SL_CALL_MINUTES * SL_MINUTE_MS);
}

/**
 * sl_call_add:
 * @engine: the engine
 * @why: what the door has said to them
 * @member_id: (nullable): who it is
 * @out_id: (out): the call
 * @error: of the store
 *
 * Somebody at the members' side wants reception. Engine thread only, not inside a command.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_call_add (SlEngine *engine, SlRefusalCode why, const SlId *member_id, SlId *out_id, GError **error)
{
  g_return_val_if_fail (engine != NULL && why < SL_REFUSAL_LAST && out_id != NULL, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  sl_id_random (engine->world, out_id);
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  gboolean done
    = drop_old (engine, now_ms, error)
      && sl_store_exec (engine->store, error, "DELETE FROM local_call WHERE member_id IS ?", "d", member_id)
      && sl_store_exec (engine->store, error, "INSERT INTO local_call (id, at_ms, why, member_id) VALUES (?, ?, ?, ?)",
                        "ditd", out_id, now_ms, sl_refusal_name (why), member_id)
      && sl_store_exec (engine->store, error,
                        "DELETE FROM local_call WHERE n NOT IN (SELECT n FROM local_call ORDER BY n DESC LIMIT ?)", "i",
                        (gint64) SL_CALLS_MAX);
  return end (engine, done, error);
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
 * Returns: (transfer full) (nullable) (element-type SlCall): who still waits, the last one first
 */
GPtrArray *
sl_call_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_call_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT id, at_ms, why, member_id FROM local_call WHERE at_ms BETWEEN ? AND ? ORDER BY n DESC", "ii",
    now_ms - SL_CALL_MINUTES * SL_MINUTE_MS, now_ms + SL_CALL_MINUTES * SL_MINUTE_MS);
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

/**
 * sl_call_take:
 * @engine: the engine
 * @id: of a call; one that has gone is no matter
 * @error: of the store
 *
 * Somebody sees to them, for every desk that shows it. Engine thread only, not inside a command.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_call_take (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, FALSE);

  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  return end (engine, sl_store_exec (engine->store, error, "DELETE FROM local_call WHERE id = ?", "d", id), error);
}
