/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pass"

#include "engine/pass.h"

#include "core/crypto.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/member-private.h"
#include "engine/policy.h"
#include "scan/code.h"

#define SECOND_MS G_GINT64_CONSTANT (1000)
/* Of a member's passes the last one issued counts; two issued apart at one moment are told apart alike everywhere. */
#define NEWEST_FIRST "ORDER BY hlc DESC, replica DESC, id DESC "

/**
 * sl_pass_free:
 * @pass: (nullable) (transfer full): a pass
 */
void
sl_pass_free (SlPass *pass)
{
  if (pass == NULL)
    return;
  g_free (pass->code);
  g_free (pass);
}

/* The text of the code: what is on the record, signed. */
static char *
make_code (SlEngine *engine, const SlPass *pass, GError **error)
{
  g_auto (SlSignKey) key = { 0 };
  SlCode code = { .kind = SL_CODE_MEMBER_PASS,
                  .subject_id = pass->member_id,
                  .serial = pass->serial,
                  .issued_ms = pass->issued_ms,
                  .expires_ms = pass->expires_ms };
  if (!sl_oplog_issuing_key (engine->log, &key, error))
    return NULL;
  sl_code_set_organisation (&code, sl_oplog_get_organisation (engine->log));
  return sl_code_encode (&code, &key);
}

/* Whole seconds: the code holds no finer ones. */
static gint64
months_later (SlEngine *engine, gint64 from_ms, gint64 months)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (from_ms / SECOND_MS);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, engine->zone) : NULL;
  g_autoptr (GDateTime) later = local != NULL ? g_date_time_add_months (local, (int) months) : NULL;
  return later != NULL ? g_date_time_to_unix (later) * SECOND_MS : from_ms;
}

/* Passes that other records of the member had are revoked as their own is: by a later one, which nobody gets. */
static gboolean
revoke_of_merged (SlEngine *engine, const SlMember *member, const SlPass *pass, GError **error)
{
  for (guint i = 0; member->merged != NULL && i < member->merged->len; i++)
    {
      const SlId *other = &g_array_index (member->merged, SlId, i);
      gint64 any;
      guint32 serial;
      SlId id;
      if (!sl_store_query_int (engine->store, 0, &any, error,
                               "SELECT EXISTS (SELECT 1 FROM pass WHERE member_id = ? AND expires_ms > ?)", "di", other,
                               pass->issued_ms)
          || (any != 0
              && !sl_op_pass_issue (engine->log, other, pass->issued_ms, pass->expires_ms, &id, &serial, error)))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_pass_issue:
 * @engine: the engine
 * @actor: who; whoever may edit members
 * @member: whose
 * @out_pass: (out) (transfer full): the pass with its code; %NULL when refused
 * @out_refusal: (out): not_allowed, member_blocked
 * @error: return location
 *
 * The member's pass from before no longer opens anything.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_pass_issue (SlEngine *engine, const SlActor *actor, const SlId *member, SlPass **out_pass, SlRefusal *out_refusal,
               GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && out_pass != NULL && out_refusal != NULL,
                        FALSE);

  gint64 months;
  g_autoptr (SlPass) pass = g_new0 (SlPass, 1);
  *out_pass = NULL;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL || !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_PASS_MONTHS, &months, error))
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER, &engine->location, out_refusal)
      && !sl_member_refuse_erased (found, out_refusal) && g_strcmp0 (found->status, SL_MEMBER_BANNED) == 0)
    sl_refuse (out_refusal, SL_REFUSAL_MEMBER_BLOCKED);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "member pass", out_refusal, error);
  pass->member_id = found->id;
  pass->issued_ms = sl_engine_now_ms (engine) / SECOND_MS * SECOND_MS;
  pass->expires_ms = months_later (engine, pass->issued_ms, months);
  if (!revoke_of_merged (engine, found, pass, error)
      || !sl_op_pass_issue (engine->log, &found->id, pass->issued_ms, pass->expires_ms, &pass->id, &pass->serial, error)
      || !(pass->code = make_code (engine, pass, error)))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out_pass = g_steal_pointer (&pass);
  return TRUE;
}

/**
 * sl_pass_current:
 * @engine: the engine
 * @member: whose
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (nullable) (transfer full): the pass that counts, expired or not, with its code; %NULL without error where
 * none was issued
 */
SlPass *
sl_pass_current (SlEngine *engine, const SlId *member, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL, NULL);

  g_autoptr (SlPass) pass = NULL;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id, serial, issued_ms, expires_ms, member_id FROM pass WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1")
    " " NEWEST_FIRST "LIMIT 1",
    "d", member);
  if (sl_rows_next (rows))
    {
      pass = g_new0 (SlPass, 1);
      sl_rows_id (rows, 0, &pass->id);
      sl_rows_id (rows, 4, &pass->member_id);
      pass->serial = (guint32) sl_rows_int (rows, 1);
      pass->issued_ms = sl_rows_int (rows, 2);
      pass->expires_ms = sl_rows_int (rows, 3);
    }
  if (!sl_rows_finish (rows, error) || (pass != NULL && !(pass->code = make_code (engine, pass, error))))
    return NULL;
  return g_steal_pointer (&pass);
}

/**
 * sl_pass_standing:
 * @engine: the engine
 * @member: whose, by the code
 * @serial: of the code
 * @issued_ms: of the code: tells apart passes that carry one serial by chance
 * @out_standing: (out): what this device knows of it
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pass_standing (SlEngine *engine, const SlId *member, guint32 serial, gint64 issued_ms, SlPassStanding *out_standing,
                  GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && out_standing != NULL, FALSE);

  gboolean newest = TRUE, later_known = FALSE;
  *out_standing = SL_PASS_UNKNOWN;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT serial, issued_ms FROM pass WHERE member_id = ? " NEWEST_FIRST, "d", member);
  for (; *out_standing == SL_PASS_UNKNOWN && sl_rows_next (rows); newest = FALSE)
    {
      if (sl_rows_int (rows, 0) == (gint64) serial && sl_rows_int (rows, 1) == issued_ms)
        *out_standing = newest ? SL_PASS_CURRENT : SL_PASS_REVOKED;
      later_known = later_known || sl_rows_int (rows, 1) > issued_ms;
    }
  if (*out_standing == SL_PASS_UNKNOWN && later_known) /* its record has not come here, but that of a later one has */
    *out_standing = SL_PASS_REVOKED;
  return sl_rows_finish (rows, error);
}
