/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rights"

#include "oplog/oplog-private.h"

/* What a device may spend: minted, moved in, less moved out and burned, less what the claims that it keeps use. No
 * other device's operation lessens it: everything here rests on that. */

/* A claim's keeper: who got it last, else its author; one whose creation is not known yet is kept by whoever confirmed
 * it. */
#define KEEPER "coalesce (c.keeper, c.creator, c.confirm_replica)"

static gint64
live_spots (SlRows *rows)
{
  gint64 spots = sl_rows_int (rows, 0);
  guint32 all = spots >= 32 ? G_MAXUINT32 : (1u << spots) - 1;
  return spots - __builtin_popcount ((guint32) sl_rows_int (rows, 1) & all);
}

/**
 * sl_rights_free:
 * @log: a log
 * @session: which
 * @replica: whose
 * @out_spots: (out): free rights held there; below zero: a debt from a lowered capacity
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_rights_free (SlOplog *log, const SlId *session, const SlId *replica, gint64 *out_spots, GError **error)
{
  if (!sl_store_query_int (log->store, 0, out_spots, error,
                           "SELECT spots FROM session_right WHERE session_id = ? AND replica = ?", "dd", session,
                           replica))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (log->store,
                                            "SELECT c.spots, c.released_spots FROM claim c WHERE c.session_id = ? AND "
                                            "c.release_why = 0 AND c.type <> ? AND " KEEPER " = ?",
                                            "did", session, (gint64) SL_CLAIM_OVERRIDE, replica);
  while (sl_rows_next (rows))
    *out_spots -= live_spots (rows);
  return sl_rows_finish (rows, error);
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
      gint64 spots = live_spots (rows);
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

static gboolean
subtract_spends (SlOplog *log, const SlId *lot, const SlId *replica, gint64 *inout, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store,
                      "SELECT s.before_hundredths, s.amount_hundredths, coalesce (c.release_percent, 0) FROM "
                      "claim_spend s JOIN claim c ON c.id = s.claim_id"
                      " WHERE s.lot_id = ?1 AND (?2 IS NULL OR " KEEPER " = ?2)",
                      "dd", lot, replica);
  while (sl_rows_next (rows))
    {
      gint64 amount = sl_rows_int (rows, 1);
      *inout -= amount - sl_refund_part (sl_rows_int (rows, 0), amount, (int) sl_rows_int (rows, 2));
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_lot_free:
 * @log: a log
 * @lot: which
 * @replica: whose
 * @out_hundredths: (out): credits of the lot that the device may spend
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_lot_free (SlOplog *log, const SlId *lot, const SlId *replica, gint64 *out_hundredths, GError **error)
{
  return sl_store_query_int (log->store, 0, out_hundredths, error,
                             "SELECT credits_hundredths FROM lot_right WHERE lot_id = ? AND replica = ?", "dd", lot,
                             replica)
         && subtract_spends (log, lot, replica, out_hundredths, error);
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
  return sl_store_query_int (log->store, 0, out_hundredths, error,
                             "SELECT sum (credits_hundredths) FROM lot_right WHERE lot_id = ?", "d", lot)
         && subtract_spends (log, lot, NULL, out_hundredths, error);
}
