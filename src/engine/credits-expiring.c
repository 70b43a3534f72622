/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-credits-expiring"

#include "engine/credits.h"

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/policy.h"

#define DAYS_MAX 3660 /* ten years: as long as a package lasts at most */

/**
 * sl_expiring_lot_free:
 * @lot: (nullable) (transfer full): one of sl_credits_expiring()
 */
void
sl_expiring_lot_free (SlExpiringLot *lot)
{
  if (lot == NULL)
    return;
  g_free (lot->first);
  g_free (lot->last);
  g_free (lot->phone);
  g_free (lot);
}

static GPtrArray *
read_lots (SlEngine *engine, gint64 days, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) lots = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_expiring_lot_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id, member_id, expires_ms FROM lot WHERE expires_ms > ? AND expires_ms <= ? ORDER BY expires_ms, id", "ii",
    now_ms, now_ms + days * SL_DAY_MS);
  while (sl_rows_next (rows))
    {
      SlExpiringLot *lot = g_new0 (SlExpiringLot, 1);
      sl_rows_id (rows, 0, &lot->lot_id);
      sl_rows_id (rows, 1, &lot->member_id);
      lot->expires_ms = sl_rows_int (rows, 2);
      g_ptr_array_add (lots, lot);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&lots) : NULL;
}

/* Fills in what is left and whose it is. out_told: whether it is for this actor to see. */
static gboolean
describe (SlEngine *engine, const SlActor *actor, SlExpiringLot *lot, gboolean *out_told, GError **error)
{
  gboolean own = TRUE;
  *out_told = FALSE;
  if (!sl_lot_left (engine->log, &lot->lot_id, &lot->left_hundredths, error))
    return FALSE;
  if (lot->left_hundredths <= 0)
    return TRUE;
  if (sl_actor_scope (actor, SL_ACTION_VIEW_MEMBERS) == SL_SCOPE_OWN
      && !sl_member_is_own (engine, &actor->id, &lot->member_id, &own, error))
    return FALSE;
  if (!own)
    return TRUE;
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMember) member = sl_member_find (engine, &lot->member_id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  *out_told = member != NULL && !member->erased;
  if (!*out_told)
    return TRUE;
  lot->member_id = member->id;
  lot->first = g_strdup (member->first);
  lot->last = g_strdup (member->last);
  lot->phone = g_strdup (member->phone);
  return TRUE;
}

/**
 * sl_credits_expiring:
 * @engine: the engine
 * @actor: who wants to know; instructors: of their own members
 * @days: from now, 0 to ten years; %SL_NUMBER_NONE: the policy credits_warn_days
 * @out_lots: (out) (transfer full) (element-type SlExpiringLot): lots with something left that end within that time,
 * the soonest first; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_credits_expiring (SlEngine *engine, const SlActor *actor, gint64 days, GPtrArray **out_lots, SlRefusal *out_refusal,
                     GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_lots != NULL && out_refusal != NULL, FALSE);

  *out_lots = NULL;
  if (days != SL_NUMBER_NONE && (days < 0 || days > DAYS_MAX))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the days are a number from 0 to %d", DAYS_MAX);
      return FALSE;
    }
  if (!sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, TRUE, out_refusal))
    return sl_query_refuse (engine, actor, "credits expiring", out_refusal);
  if (days == SL_NUMBER_NONE
      && !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_CREDITS_WARN_DAYS, &days, error))
    return FALSE;
  g_autoptr (GPtrArray) lots = read_lots (engine, days, error);
  for (guint i = 0; lots != NULL && i < lots->len;)
    {
      gboolean told;
      if (!describe (engine, actor, lots->pdata[i], &told, error))
        return FALSE;
      if (told)
        i++;
      else
        g_ptr_array_remove_index (lots, i);
    }
  *out_lots = g_steal_pointer (&lots);
  return *out_lots != NULL;
}
