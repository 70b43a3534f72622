/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-parq"

#include "engine/parq.h"

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/policy.h"

/**
 * sl_parq_free:
 * @parq: (nullable) (transfer full): answers
 */
void
sl_parq_free (SlParq *parq)
{
  if (parq == NULL)
    return;
  g_free (parq->answers);
  g_free (parq);
}

/* sl_parq_valid_until: see the header. */
gboolean
sl_parq_valid_until (SlEngine *engine, gint64 answered_ms, const SlId *location, const SlId *service, gint64 *out_ms,
                     GError **error)
{
  gint64 months;
  if (!sl_policy_int (engine, location, service, SL_POLICY_PARQ_MONTHS, &months, error))
    return FALSE;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (answered_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, engine->zone) : NULL;
  g_autoptr (GDateTime) end = local != NULL ? g_date_time_add_months (local, (int) months) : NULL;
  *out_ms = end != NULL ? g_date_time_to_unix (end) * 1000 : answered_ms;
  return TRUE;
}

/**
 * sl_parq_check:
 * @engine: the engine
 * @member: who wants to come
 * @service: to what
 * @location: where
 * @now_ms: the moment of the question, UTC ms
 * @refusal: (out): parq_needed (answered_ms where they were answered too long ago)
 * @error: return location
 *
 * That the health questions are answered where the service asks for it. Takes no lock.
 *
 * Returns: %TRUE: so they are, or need not be; %FALSE: refused, or failed where @refusal is none
 */
gboolean
sl_parq_check (SlEngine *engine, const SlMember *member, const SlId *service, const SlId *location, gint64 now_ms,
               SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && service != NULL && refusal != NULL, FALSE);

  gint64 needed, until_ms = 0;
  if (!sl_store_query_int (engine->store, 0, &needed, error, "SELECT parq FROM service WHERE id = ?", "d", service))
    return FALSE;
  if (needed == 0)
    return TRUE;
  if (member->parq_ms != 0 && !sl_parq_valid_until (engine, member->parq_ms, location, service, &until_ms, error))
    return FALSE;
  if (now_ms < until_ms)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_PARQ_NEEDED);
  if (member->parq_ms != 0)
    sl_refusal_set_int (refusal, "answered_ms", member->parq_ms);
  return FALSE;
}

/* Members say for themselves how they are, at a screen that knows who they are; for others the desk takes it down. */
static gboolean
may_answer (SlEngine *engine, const SlActor *actor, const SlMember *member, SlRefusal *refusal)
{
  gboolean own = sl_id_equal (&actor->id, &member->id) || sl_id_equal (&actor->id, &sl_actor_device);

  if (actor->role == SL_ROLE_MEMBER)
    return sl_actor_may_with_own (actor, SL_ACTION_VIEW_OWN, &engine->location, own, refusal);
  return sl_actor_may (actor, SL_ACTION_EDIT_MEMBER, &engine->location, refusal);
}

/**
 * sl_parq_answer:
 * @engine: the engine
 * @actor: who takes them down: the desk, or members of themselves
 * @member: whose
 * @answers: what was answered, in whatever form; at most %SL_PARQ_MAX_BYTES; sealed
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Replaces what was answered before; counts from now.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, also where the key to the member's data has not come here;
 * %SL_ERROR_BAD_INPUT
 */
gboolean
sl_parq_answer (SlEngine *engine, const SlActor *actor, const SlId *member, const char *answers,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && answers != NULL && out_refusal != NULL,
                        FALSE);

  g_autofree char *clean = sl_text_clean ("the answers", answers, SL_PARQ_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  if (*clean == '\0')
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the answers are empty");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL)
    return sl_command_fail (engine);
  if (!may_answer (engine, actor, found, out_refusal) || sl_member_refuse_erased (found, out_refusal))
    return sl_command_refuse (engine, actor, "parq answer", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  sl_fields_set_text (fields, "parq", clean);
  sl_fields_set_int (fields, "parq_ms", sl_engine_now_ms (engine));
  if (!sl_op_edit (engine->log, &found->id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
read_answers (SlEngine *engine, const SlId *id, SlParq *parq, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT parq FROM member WHERE id = ?", "d", id);
  if (sl_rows_next (rows))
    {
      gsize length;
      const void *sealed = sl_rows_blob (rows, 0, &length);
      parq->answers = sealed != NULL ? sl_oplog_unseal_field (engine->log, id, "parq", sealed, length) : NULL;
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_parq_show:
 * @engine: the engine
 * @actor: who wants to know; members: of themselves, instructors: of their own members
 * @member: whose
 * @out_parq: (out) (transfer full): %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Until when they count is by the policy of this device's location. Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_parq_show (SlEngine *engine, const SlActor *actor, const SlId *member, SlParq **out_parq, SlRefusal *out_refusal,
              GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && out_parq != NULL && out_refusal != NULL,
                        FALSE);

  g_autoptr (SlParq) parq = g_new0 (SlParq, 1);
  *out_parq = NULL;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL)
    return FALSE;
  if (!sl_member_may_view (engine, actor, member, NULL, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE && sl_query_refuse (engine, actor, "parq show", out_refusal);
  parq->member_id = found->id;
  parq->answered_ms = found->erased ? 0 : found->parq_ms;
  if (parq->answered_ms != 0
      && (!read_answers (engine, &found->id, parq, error)
          || !sl_parq_valid_until (engine, parq->answered_ms, &engine->location, NULL, &parq->valid_until_ms, error)))
    return FALSE;
  parq->valid = sl_engine_now_ms (engine) < parq->valid_until_ms;
  *out_parq = g_steal_pointer (&parq);
  return TRUE;
}
