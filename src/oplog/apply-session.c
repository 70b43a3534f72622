/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-session"

#include "oplog/rights-cache.h"

/* Sessions: reference data, and the counter of their spots. Rights are minted once, by the creation, at its author; a
 * change of capacity adds to or burns its author's own; a move is its holder's. So nobody's operation lessens what
 * another may spend. */

#define CAPACITY_MAX 100000 /* people in one room: far above any, far below an overflow of sums */
#define REASON_MAX 4096

/* sl_session_right_add: to what replica holds of the session's spots. */
gboolean
sl_session_right_add (SlOplog *log, const SlId *session, const SlId *replica, gint64 spots, gint64 burned,
                      GError **error)
{
  sl_rights_cache_add (log, session, replica, spots);
  return sl_store_exec (log->store, error,
                        "INSERT INTO session_right (session_id, replica, spots, burned) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT DO UPDATE SET spots = spots + excluded.spots, burned = burned + excluded.burned",
                        "ddii", session, replica, spots, burned);
}

/* sl_session_capacity_add: mints spots at replica, or burns its own. */
gboolean
sl_session_capacity_add (SlOplog *log, const SlId *session, const SlId *replica, gint64 difference, GError **error)
{
  return sl_store_exec (log->store, error,
                        "INSERT INTO session (id, capacity) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET capacity = "
                        "capacity + excluded.capacity",
                        "di", session, difference)
         && sl_session_right_add (log, session, replica, difference, MAX (-difference, 0), error);
}

/**
 * sl_op_session_create:
 * @log: inside a transaction
 * @fields: of the session
 * @capacity: spots, all minted at this device
 * @out_id: (out caller-allocates): its id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_session_create (SlOplog *log, SlFields *fields, int capacity, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (capacity >= 0 && capacity <= CAPACITY_MAX, FALSE);
  sl_oplog_next_id (log, out_id);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, capacity);
  return sl_fields_put (log, fields, out_id, body, error)
         && sl_oplog_emit (log, SL_KIND_SESSION_CREATE, NULL, body, NULL, error);
}

/* sl_apply_session_create: [capacity, fields]. */
gboolean
sl_apply_session_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 capacity;
  SlId id;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length)
      || !sl_cbor_get_int (body, 0, CAPACITY_MAX, &capacity))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_reference_merge (log, SL_ENTITY_SESSION, &id, operation, TRUE, body, error)
         && sl_session_capacity_add (log, &id, &operation->replica, capacity, error);
}

/**
 * sl_op_session_capacity:
 * @log: inside a transaction
 * @session: which
 * @difference: spots to mint (above zero) or to burn of this device's own free ones
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_session_capacity (SlOplog *log, const SlId *session, int difference, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (difference >= -CAPACITY_MAX && difference <= CAPACITY_MAX, FALSE);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_int (body, difference);
  return sl_oplog_emit (log, SL_KIND_SESSION_CAPACITY, session, body, NULL, error);
}

/* sl_apply_session_capacity: [difference]: concurrent ones add up. */
gboolean
sl_apply_session_capacity (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 difference;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !sl_cbor_get_int (body, -CAPACITY_MAX, CAPACITY_MAX, &difference) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_session_capacity_add (log, &operation->entity, &operation->replica, difference, error);
}

/**
 * sl_op_session_cancel:
 * @log: inside a transaction
 * @session: which
 * @reason: (nullable): for people
 * @error: return location
 *
 * Final: nothing brings a cancelled session back. Its claims are released by their keepers.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_session_cancel (SlOplog *log, const SlId *session, const char *reason, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_text (body, reason);
  return sl_oplog_emit (log, SL_KIND_SESSION_CANCEL, session, body, NULL, error);
}

/* sl_apply_session_cancel: [reason]: of several the earliest is told. */
gboolean
sl_apply_session_cancel (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  g_autofree char *reason = NULL;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !sl_cbor_get_text (body, REASON_MAX, &reason) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (
      log->store, error,
      "INSERT INTO session (id, cancelled, cancel_hlc, cancel_reason) VALUES (?, 1, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET cancelled = 1,"
      " cancel_reason = CASE WHEN cancel_hlc IS NULL"
      "   OR (excluded.cancel_hlc, coalesce (excluded.cancel_reason, '')) < (cancel_hlc, coalesce (cancel_reason, ''))"
      "   THEN excluded.cancel_reason ELSE cancel_reason END,"
      " cancel_hlc = min (coalesce (cancel_hlc, excluded.cancel_hlc), excluded.cancel_hlc)",
      "dit", &operation->entity, operation->hlc, reason);
}

/**
 * sl_op_session_move:
 * @log: inside a transaction
 * @session: which
 * @to: the device that shall hold the spots
 * @spots: how many of this device's free ones; the caller has checked that it has them
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_session_move (SlOplog *log, const SlId *session, const SlId *to, int spots, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (spots > 0, FALSE);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_id (body, to);
  sl_cbor_put_int (body, spots);
  return sl_oplog_emit (log, SL_KIND_SESSION_MOVE, session, body, NULL, error);
}

/* sl_apply_session_move: [to, spots]: of its author's free ones. */
gboolean
sl_apply_session_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId to;
  gint64 spots;
  gboolean covered = TRUE;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, CAPACITY_MAX, &spots) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_SPOTS, &operation->entity, spots, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  return sl_session_right_add (log, &operation->entity, &operation->replica, -spots, 0, error)
         && sl_session_right_add (log, &operation->entity, &to, spots, 0, error);
}
