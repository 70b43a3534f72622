/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rights"

#include "oplog/fence.h"
#include "oplog/rights-cache.h"

/* What a device may spend: minted, moved in, less moved out and burned, less what the claims that it keeps use. No
 * other device's operation lessens it: everything here rests on that. */

/**
 * sl_rights_free:
 * @log: a log
 * @session: which
 * @replica: whose
 * @out_spots: (out): free rights held there, with those of the devices that it goes on for; below zero: a debt from a
 * lowered capacity
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_rights_free (SlOplog *log, const SlId *session, const SlId *replica, gint64 *out_spots, GError **error)
{
  return sl_rights_held (log, SL_RIGHTS_SPOTS, session, replica, out_spots, error);
}

static int
compare_by_replica (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (&((const SlRightsDebt *) a)->replica, &((const SlRightsDebt *) b)->replica);
}

/* What each device that has not been taken over from holds, with what it has taken over. */
static gboolean
sum_by_root (SlOplog *log, const GArray *holdings, GArray *sums, GError **error)
{
  for (guint i = 0; i < holdings->len; i++)
    {
      const SlHolding *one = &g_array_index (holdings, SlHolding, i);
      SlRightsDebt sum = { .spots = one->free };
      guint at = 0;
      if (!sl_chains_load (log, error) || !sl_fence_root (log, &one->replica, &sum.replica, error))
        return FALSE;
      while (at < sums->len && !sl_id_equal (&g_array_index (sums, SlRightsDebt, at).replica, &sum.replica))
        at++;
      if (at < sums->len)
        g_array_index (sums, SlRightsDebt, at).spots += sum.spots;
      else
        g_array_append_val (sums, sum);
    }
  return TRUE;
}

/**
 * sl_rights_debts:
 * @log: a log
 * @session: which
 * @out: (out) (transfer full) (element-type SlRightsDebt): devices that hold less than nothing since they lowered the
 * capacity, by id; what they owe, above zero
 * @error: return location
 *
 * Whoever holds free rights of the session passes them on to these before giving any away.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_rights_debts (SlOplog *log, const SlId *session, GArray **out, GError **error)
{
  g_autoptr (GArray) holdings = sl_rights_count_holdings (log, SL_RIGHTS_SPOTS, session, error);
  g_autoptr (GArray) debts = g_array_new (FALSE, FALSE, sizeof (SlRightsDebt));
  if (holdings == NULL || !sum_by_root (log, holdings, debts, error))
    return FALSE;
  for (guint i = debts->len; i > 0; i--)
    {
      SlRightsDebt *one = &g_array_index (debts, SlRightsDebt, i - 1);
      one->spots = -one->spots;
      if (one->spots <= 0)
        g_array_remove_index (debts, i - 1);
    }
  g_array_sort (debts, compare_by_replica);
  *out = g_steal_pointer (&debts);
  return TRUE;
}

/**
 * sl_oplog_is_kept_here:
 * @log: a log
 * @keeper: a claim's
 * @out: (out): whether this device decides about it: it keeps it, or goes on for the device that does
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_is_kept_here (SlOplog *log, const SlId *keeper, gboolean *out, GError **error)
{
  return sl_rights_is_heir (log, keeper, sl_oplog_get_replica (log), out, error);
}

/**
 * sl_rights_count:
 * @log: a log
 * @session: which
 * @out: (out caller-allocates): capacity and what is taken of it, over all devices as far as known here
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_rights_count (SlOplog *log, const SlId *session, SlSessionCount *out, GError **error)
{
  *out = (SlSessionCount){ 0 };
  if (!sl_store_query_int (log->store, 0, &out->capacity, error, "SELECT capacity FROM session WHERE id = ?", "d",
                           session))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT spots, released_spots, type, confirm_hlc IS NOT NULL FROM claim WHERE session_id = ? AND release_why = 0",
      "d", session);
  while (sl_rows_next (rows))
    {
      gint64 spots = sl_live_spots (sl_rows_int (rows, 0), sl_rows_int (rows, 1));
      if (sl_rows_int (rows, 2) == SL_CLAIM_OVERRIDE)
        out->override_spots += spots;
      else if (sl_rows_int (rows, 3))
        out->confirmed += spots;
      else
        out->unconfirmed += spots;
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_refund_part:
 * @before_hundredths: what the lots before this one paid of the booking
 * @amount_hundredths: what this one paid
 * @percent: 0 to 100, of the whole
 *
 * Odd hundredths round up, once over the whole: the parts of all lots sum to the rounded whole.
 *
 * Returns: what goes back to this lot
 */
gint64
sl_refund_part (gint64 before_hundredths, gint64 amount_hundredths, int percent)
{
  gint64 before = (before_hundredths * percent + 99) / 100;
  gint64 with = ((before_hundredths + amount_hundredths) * percent + 99) / 100;
  return with - before;
}

/**
 * sl_lot_free:
 * @log: a log
 * @lot: which
 * @replica: whose
 * @out_hundredths: (out): credits of the lot that the device may spend, with those of the devices it goes on for
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_lot_free (SlOplog *log, const SlId *lot, const SlId *replica, gint64 *out_hundredths, GError **error)
{
  return sl_rights_held (log, SL_RIGHTS_CREDITS, lot, replica, out_hundredths, error);
}

/**
 * sl_lot_left:
 * @log: a log
 * @lot: which
 * @out_hundredths: (out): credits left in it over all devices
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_lot_left (SlOplog *log, const SlId *lot, gint64 *out_hundredths, GError **error)
{
  g_autoptr (GArray) holdings = sl_rights_count_holdings (log, SL_RIGHTS_CREDITS, lot, error);
  *out_hundredths = 0;
  for (guint i = 0; holdings != NULL && i < holdings->len; i++)
    *out_hundredths += g_array_index (holdings, SlHolding, i).free;
  return holdings != NULL;
}
