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
      else if (sl_rows_int (rows, 2) == SL_CLAIM_WAITING)
        continue;
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

/* What lowering capacities has burned at a device and those that it goes on for: how far below nothing it may be. */
static gboolean
burned_by (SlOplog *log, const SlId *session, const SlId *root, gint64 *out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT replica, burned FROM session_right WHERE session_id = ?", "d", session);
  *out = 0;
  while (sl_rows_next (rows))
    {
      SlId replica;
      gboolean is_heir;
      sl_rows_id (rows, 0, &replica);
      if (!sl_rights_is_heir (log, &replica, root, &is_heir, error))
        return FALSE;
      *out += is_heir ? sl_rows_int (rows, 1) : 0;
    }
  return sl_rows_finish (rows, error);
}

/* (transfer full) (element-type SlRightsDebt): what each device holds, with what it has taken over; NULL on failure. */
static GArray *
count_by_root (SlOplog *log, SlRightsKind kind, const SlId *thing, GError **error)
{
  g_autoptr (GArray) holdings = sl_rights_count_holdings (log, kind, thing, error);
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (SlRightsDebt));
  return holdings != NULL && sum_by_root (log, holdings, sums, error) ? g_steal_pointer (&sums) : NULL;
}

static gboolean
check_thing (SlOplog *log, SlRightsKind kind, const SlId *thing, GPtrArray *problems, GError **error)
{
  char text[SL_ID_TEXT_BYTES], device[SL_ID_TEXT_BYTES];
  g_autoptr (GArray) sums = count_by_root (log, kind, thing, error);
  for (guint i = 0; sums != NULL && i < sums->len; i++)
    {
      const SlRightsDebt *one = &g_array_index (sums, SlRightsDebt, i);
      gint64 burned = 0;
      if (one->spots >= 0)
        continue;
      if (kind == SL_RIGHTS_SPOTS && !burned_by (log, thing, &one->replica, &burned, error))
        return FALSE;
      sl_id_format (thing, text);
      sl_id_format (&one->replica, device);
      if (kind == SL_RIGHTS_CREDITS)
        g_ptr_array_add (problems,
                         g_strdup_printf ("lot %s of credits: device %s has spent %" G_GINT64_FORMAT
                                          " hundredths more than it held",
                                          text, device, -one->spots));
      else if (kind == SL_RIGHTS_MONEY)
        g_ptr_array_add (problems, g_strdup_printf ("money %s: device %s has given back %" G_GINT64_FORMAT
                                                    " cents more than it held",
                                                    text, device, -one->spots));
      else if (one->spots < -burned)
        g_ptr_array_add (problems, g_strdup_printf ("session %s: device %s has given away %" G_GINT64_FORMAT
                                                    " more spots than it held",
                                                    text, device, -one->spots - burned));
    }
  return sums != NULL;
}

static gboolean
check_things (SlOplog *log, SlRightsKind kind, const char *sql, GPtrArray *problems, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, sql, "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      if (!check_thing (log, kind, &id, problems, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_rights_check:
 * @log: a log
 * @problems: (element-type utf8): gets a sentence for each thing of which a device has given away more than it held
 * @error: return location
 *
 * By lowering a capacity a device may go into debt, and nothing else may. Counts every session, lot, payment and
 * voucher.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_rights_check (SlOplog *log, GPtrArray *problems, GError **error)
{
  return check_things (log, SL_RIGHTS_SPOTS,
                       "SELECT session_id FROM session_right UNION SELECT session_id FROM claim "
                       "WHERE session_id IS NOT NULL",
                       problems, error)
         && check_things (log, SL_RIGHTS_CREDITS, "SELECT DISTINCT lot_id FROM lot_right", problems, error)
         && check_things (log, SL_RIGHTS_MONEY, "SELECT DISTINCT thing_id FROM money_right", problems, error);
}
