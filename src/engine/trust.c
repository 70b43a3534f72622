/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-trust"

#include "engine/trust.h"

#include "engine/credits-private.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/policy.h"
#include "oplog/fence.h"
#include "oplog/rules-off.h"

/* Claims that owe: nothing of it where they were given back in full. */
#define IS_OWED \
  "c.owed_hundredths IS NOT NULL AND c.settle_hlc IS NULL AND coalesce (c.release_percent, 0) < 100 " \
  "AND c.created_hlc IS NOT NULL "

/**
 * sl_trust_check:
 * @location_id: where the booking is
 * @member_id: whose credits
 * @needed_hundredths: what it costs
 * @out_owed_hundredths: (out): what it will owe, where that is trusted
 * @inout_refusal: credits_elsewhere on the way in; empty where it is trusted, else trust_used (visits) or as it was
 *
 * Whether a booking may owe credits that other devices hold: where they cannot be asked for, the location's policy
 * trust_visits allows it, and the member does not owe that many visits yet.
 *
 * Returns: %TRUE: trusted; %FALSE: refused, or with @error when storage failed
 */
gboolean
sl_trust_check (SlEngine *engine, const SlId *location_id, const SlId *member_id, gint64 needed_hundredths,
                gint64 *out_owed_hundredths, SlRefusal *inout_refusal, GError **error)
{
  gint64 most, owed;

  if (!sl_policy_int (engine, location_id, NULL, SL_POLICY_TRUST_VISITS, &most, error)
      || !sl_store_query_int (engine->store, 0, &owed, error,
                              "SELECT count (*) FROM claim c WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
                              " AND " IS_OWED, "d", member_id))
    return FALSE;
  if (most == 0 || engine->can_ask)
    return FALSE;
  if (owed >= most)
    {
      inout_refusal->code = SL_REFUSAL_TRUST_USED;
      sl_refusal_set_int (inout_refusal, "visits", owed);
      return FALSE;
    }
  sl_refusal_clear (inout_refusal);
  *out_owed_hundredths = needed_hundredths;
  return TRUE;
}

/**
 * sl_trust_owed_here:
 * @member_id: a member
 * @out_hundredths: (out): what they owe for bookings on trust which this device keeps, and will pay
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_trust_owed_here (SlEngine *engine, const SlId *member_id, gint64 *out_hundredths, GError **error)
{
  return sl_store_query_int (engine->store, 0, out_hundredths, error,
                             "SELECT coalesce (sum (c.owed_hundredths), 0) FROM claim c "
                             "WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1") " AND " IS_OWED
                             "AND coalesce (c.keeper, c.creator) IN " SL_SQL_HEIRS ("?2"),
                             "dd", member_id, sl_oplog_get_replica (engine->log));
}

/**
 * sl_trust_owed:
 * @member_id: a member
 * @out_hundredths: (out): what they owe for bookings on trust, whoever keeps them
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_trust_owed (SlEngine *engine, const SlId *member_id, gint64 *out_hundredths, GError **error)
{
  return sl_store_query_int (engine->store, 0, out_hundredths, error,
                             "SELECT coalesce (sum (c.owed_hundredths), 0) FROM claim c "
                             "WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1") " AND " IS_OWED, "d", member_id);
}

/* It is paid by lots that were valid when it was booked: however late the devices hear of one another, the member had
 * those credits then. */
typedef struct {
  SlId claim_id, member_id, keeper, location_id;
  gint64 owed_hundredths, booked_ms;
} Debt;

static GArray *
read_debts (SlEngine *engine, GError **error)
{
  g_autoptr (GArray) debts = g_array_new (FALSE, FALSE, sizeof (Debt));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT c.id, c.member_id, coalesce (c.keeper, c.creator), c.owed_hundredths, "
      "coalesce (c.confirm_hlc, c.created_hlc), s.location_id FROM claim c INDEXED BY claim_owed "
      "LEFT JOIN session s ON s.id = c.session_id "
      "WHERE " IS_OWED "ORDER BY c.created_hlc, c.id",
      "");

  while (sl_rows_next (rows))
    {
      Debt debt = { .owed_hundredths = sl_rows_int (rows, 3), .booked_ms = sl_hlc_to_ms (sl_rows_int (rows, 4)) };

      sl_rows_id (rows, 0, &debt.claim_id);
      sl_rows_id (rows, 1, &debt.member_id);
      sl_rows_id (rows, 2, &debt.keeper);
      sl_rows_id (rows, 5, &debt.location_id);
      g_array_append_val (debts, debt);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&debts) : NULL;
}

/* The keeper pays out of what it holds of the member's credits by now. */
static gboolean
settle (SlEngine *engine, const Debt *debt, gboolean *out_done, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autofree SlSpend *spends = NULL;
  guint n_spends = 0;

  if (!sl_credits_plan_spend_with (engine, &debt->member_id, debt->owed_hundredths, debt->booked_ms,
                                   &debt->location_id, NULL, &spends, &n_spends, &refusal, error))
    return FALSE;
  if (refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  *out_done = TRUE;
  return sl_op_claim_settle (engine->log, &debt->claim_id, spends, n_spends, error);
}

static gboolean
may_pay (SlEngine *engine, const Debt *debt, const SlLot *lot, gboolean *out_may, GError **error)
{
  *out_may = sl_lot_is_valid (lot, debt->booked_ms);
  return !*out_may || sl_lot_counts_at (engine, lot, &debt->location_id, out_may, error);
}

/* Whoever holds the member's credits passes the keeper what it lacks, as far as is known here. */
static gboolean
pass (SlEngine *engine, const Debt *debt, gboolean *out_done, GError **error)
{
  g_autoptr (GArray) lots = sl_credits_lots (engine, &debt->member_id, error);
  gint64 missing = debt->owed_hundredths, held;
  gboolean may;

  for (guint i = 0; lots != NULL && i < lots->len; i++)
    {
      const SlLot *lot = &g_array_index (lots, SlLot, i);

      if (!may_pay (engine, debt, lot, &may, error))
        return FALSE;
      if (!may)
        continue;
      if (!sl_lot_free (engine->log, &lot->id, &debt->keeper, &held, error))
        return FALSE;
      missing -= MAX (held, 0);
    }
  for (guint i = 0; lots != NULL && i < lots->len && missing > 0; i++)
    {
      const SlLot *lot = &g_array_index (lots, SlLot, i);

      if (!may_pay (engine, debt, lot, &may, error))
        return FALSE;
      if (!may)
        continue;
      if (!sl_lot_free (engine->log, &lot->id, sl_oplog_get_replica (engine->log), &held, error))
        return FALSE;
      held = MIN (held, missing);
      if (held <= 0)
        continue;
      missing -= held;
      *out_done = TRUE;
      if (!sl_op_lot_move (engine->log, &lot->id, &debt->keeper, held, error))
        return FALSE;
    }
  return lots != NULL;
}

static gboolean
work_on (SlEngine *engine, const Debt *debt, gint64 *inout_settled, gint64 *inout_passed, GError **error)
{
  gboolean here, gone, settled = FALSE, passed = FALSE;

  if (!sl_oplog_is_kept_here (engine->log, &debt->keeper, &here, error)
      || !sl_fence_is_revoked (engine->log, &debt->keeper, &gone, error))
    return FALSE;
  here = here || sl_oplog_rule_is_off (engine->log, SL_RULE_SETTLE_KEEPER);
  if (here ? !settle (engine, debt, &settled, error) : (!gone && !pass (engine, debt, &passed, error)))
    return FALSE;
  *inout_settled += settled ? 1 : 0;
  *inout_passed += passed ? 1 : 0;
  return TRUE;
}

/**
 * sl_trust_run_due:
 * @actor: the device
 * @inout_settled: goes up by the bookings that were paid
 * @inout_passed: goes up by the bookings whose keeper was given the member's credits
 *
 * Settles what is owed: the holder of the member's credits passes on what the keeper lacks, the keeper pays, out of
 * lots that were valid when it was booked. Before lots are written off. Safe to call late, twice, anywhere.
 * Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_trust_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_settled, gint64 *inout_passed, GError **error)
{
  gint64 any;

  if (!sl_store_query_int (engine->store, 0, &any, error,
                           "SELECT EXISTS (SELECT 1 FROM claim c INDEXED BY claim_owed WHERE " IS_OWED ")", ""))
    return FALSE;
  if (!any)
    return TRUE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (GArray) debts = read_debts (engine, error);

  for (guint i = 0; debts != NULL && i < debts->len; i++)
    if (!work_on (engine, &g_array_index (debts, Debt, i), inout_settled, inout_passed, error))
      return sl_command_fail (engine);
  return debts != NULL ? sl_command_commit (engine, error) : sl_command_fail (engine);
}
