/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-day"

#include "oplog/fence.h"
#include "oplog/rights-cache.h"

/* The days of instructors and rooms: one device plans each of them, so that nobody is planned twice by devices that
 * cannot hear one another. All days are their maker's, until it passes one on. */

#define HOP_MAX G_MAXINT32

typedef struct {
  SlId holder; /* none: the instructor or room is not known here */
  gint64 hop;
} DayState;

static gboolean
read_day (SlOplog *log, const SlId *thing, gint64 day, DayState *out, GError **error)
{
  g_autoptr (SlRows) rows =
      sl_store_query (log->store,
                      "SELECT coalesce (r.replica, m.replica), coalesce (r.hop, 0) FROM (SELECT ?1 AS id) t LEFT JOIN "
                      "day_right r ON r.thing_id = t.id AND r.day = ?2 LEFT JOIN day_mint m ON m.thing_id = t.id",
                      "di", thing, day);
  *out = (DayState){ 0 };
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &out->holder);
      out->hop = sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

/* sl_days_mint: with the creation of an instructor or a room: all its days are its author's. */
gboolean
sl_days_mint (SlOplog *log, const SlId *thing, const SlOperation *operation, GError **error)
{
  return sl_store_exec (log->store, error, "INSERT INTO day_mint (thing_id, replica) VALUES (?, ?)", "dd", thing,
                        &operation->replica);
}

/**
 * sl_day_holder:
 * @log: a log
 * @thing: a staff member or a room
 * @day: since 1970
 * @out: (out): the device that plans it, or goes on for the one that did; none: it is not known here who made it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_day_holder (SlOplog *log, const SlId *thing, gint64 day, SlId *out, GError **error)
{
  DayState state;
  if (!read_day (log, thing, day, &state, error))
    return FALSE;
  *out = state.holder;
  return sl_id_is_none (&state.holder)
         || (sl_chains_load (log, error) && sl_fence_root (log, &state.holder, out, error));
}

/**
 * sl_op_day_move:
 * @log: inside a transaction
 * @thing: a staff member or a room
 * @day: since 1970; the caller has checked that this device holds it, and that it is free
 * @to: the device that shall plan it
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_day_move (SlOplog *log, const SlId *thing, gint64 day, const SlId *to, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  DayState state;
  if (!read_day (log, thing, day, &state, error))
    return FALSE;
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_int (body, day);
  sl_cbor_put_id (body, to);
  sl_cbor_put_int (body, state.hop + 1);
  return sl_oplog_emit (log, SL_KIND_DAY_MOVE, thing, body, NULL, error);
}

/* sl_apply_day_move: entity: the staff member or room; [day, to, hop]: by its holder alone, the highest hop counts. */
gboolean
sl_apply_day_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 day, hop;
  SlId to;
  DayState state;
  gboolean is_holder;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 3, &length)
      || !sl_cbor_get_int (body, 0, SL_DAY_MAX, &day) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, HOP_MAX, &hop) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!read_day (log, &operation->entity, day, &state, error)
      || !sl_rights_is_heir (log, &state.holder, &operation->replica, &is_holder, error))
    return FALSE;
  if ((!is_holder || hop != state.hop + 1) && !SL_RULE_IS_OFF (log, SL_RULE_HOLD_UNJUSTIFIED))
    return sl_apply_hold (log, "no_rights");
  return sl_store_exec (log->store, error,
                        "INSERT INTO day_right (thing_id, day, replica, hop) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
                        "SET replica = excluded.replica, hop = excluded.hop WHERE (hop, replica) < (excluded.hop, "
                        "excluded.replica)",
                        "didi", &operation->entity, day, &to, hop);
}
