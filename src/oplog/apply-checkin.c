/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-checkin"

#include "oplog/oplog-private.h"

#include "core/datetime.h"

/* Attendance is a fact, apart from claims: never dropped, undone only by name. */

#define CLOCK_BEHIND_MAX_MS SL_CLOCKS_APART_MAX_MS
#define SEALED_NOTE_MAX 8192
#define FLAG_MAX 255

static gboolean
sealed_reason (SlOplog *log, const SlId *member, const char *reason, GBytes **out, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  *out = sl_seal_note (log, member, reason, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Whose key a reason is sealed with: erasing the member takes it along. */
static gboolean
find_member (SlOplog *log, const SlCheckinParams *params, SlId *out, GError **error)
{
  *out = params->member_id;
  if (!sl_id_is_none (out) || params->reason == NULL)
    return TRUE;
  g_autoptr (SlRows) rows =
      sl_store_query (log->store, "SELECT member_id FROM claim WHERE id = ?", "d", &params->booking_id);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out);
  return sl_rows_finish (rows, error);
}

static void
put_blob (SlCborWriter *body, GBytes *bytes)
{
  if (bytes == NULL)
    sl_cbor_put_null (body);
  else
    sl_cbor_put_bytes (body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/**
 * sl_op_checkin:
 * @log: inside a transaction
 * @params: who came, to what
 * @out_id: (out caller-allocates): the check-in's id
 * @error: return location
 *
 * The time recorded is this device's clock; where that is behind the operation clock, by how much is written too.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_checkin (SlOplog *log, const SlCheckinParams *params, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) reason = NULL;
  gint64 behind_ms = sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world);
  SlId member;
  if (!find_member (log, params, &member, error) || !sealed_reason (log, &member, params->reason, &reason, error))
    return FALSE;
  guint tail = reason != NULL                          ? 4
               : !sl_id_is_none (&params->location_id) ? 3
               : !sl_id_is_none (&params->member_id)   ? 2
               : !sl_id_is_none (&params->session_id)  ? 1
                                                       : 0;
  sl_cbor_begin_array (body, 4 + tail);
  sl_cbor_put_int (body, behind_ms);
  sl_cbor_put_int (body, params->late ? 1 : 0);
  sl_cbor_put_int (body, params->flag);
  sl_cbor_put_int (body, params->spot_bits);
  if (tail > 0)
    sl_cbor_put_id (body, &params->session_id);
  if (tail > 1)
    sl_cbor_put_id (body, &params->member_id);
  if (tail > 2)
    sl_cbor_put_id (body, &params->location_id);
  if (tail > 3)
    put_blob (body, reason);
  return sl_oplog_emit (log, SL_KIND_CHECKIN, &params->booking_id, body, out_id, error);
}

typedef struct {
  gint64 behind_ms, late, flag, spots;
  SlId session, member, location;
  GBytes *reason;
} CheckinPart;

static gboolean
get_checkin (SlCborReader *body, CheckinPart *out)
{
  gsize length, blob_length;
  const guint8 *blob;
  if (!sl_cbor_get_array (body, 4, 8, &length)
      || !sl_cbor_get_int (body, -CLOCK_BEHIND_MAX_MS, CLOCK_BEHIND_MAX_MS, &out->behind_ms)
      || !sl_cbor_get_int (body, 0, 1, &out->late) || !sl_cbor_get_int (body, 0, FLAG_MAX, &out->flag)
      || !sl_cbor_get_int (body, 0, G_MAXUINT32, &out->spots)
      || (length > 4 && !sl_cbor_get_id_or_null (body, &out->session))
      || (length > 5 && !sl_cbor_get_id_or_null (body, &out->member))
      || (length > 6 && !sl_cbor_get_id_or_null (body, &out->location)))
    return FALSE;
  if (length > 7)
    {
      if (!sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &blob, &blob_length))
        return FALSE;
      out->reason = g_bytes_new (blob, blob_length);
    }
  return sl_cbor_at_end (body);
}

/* Whole; where an undoing came before, beside it. */
static gboolean
write_checkin (SlOplog *log, const SlValue *values, guint n_values, GError **error)
{
  return sl_store_exec_values (
             log->store, error,
             "INSERT INTO checkin (id, booking_id, session_id, member_id, location_id, spots, at_ms, late, "
             "flag, reason, hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) "
             "DO NOTHING",
             values, n_values)
         && (sl_store_changes (log->store) > 0
             || sl_store_exec_values (
                 log->store, error,
                 "UPDATE checkin SET booking_id = ?2, session_id = ?3, member_id = ?4, location_id = ?5, spots = ?6, "
                 "at_ms = ?7, late = ?8, flag = ?9, reason = ?10, hlc = ?11, replica = ?12, actor = ?13 WHERE id = ?1",
                 values, n_values));
}

/* sl_apply_checkin: entity: the booking; [clock behind, late, flag, spots, session, member, location, reason]. */
gboolean
sl_apply_checkin (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  CheckinPart part = { 0 };
  gboolean sound = get_checkin (body, &part);
  g_autoptr (GBytes) reason = part.reason;
  SlId id;
  if (!sound)
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &operation->entity },
    { .type = 'd', .id = &part.session },
    { .type = 'd', .id = &part.member },
    { .type = 'd', .id = &part.location },
    { .type = 'i', .integer = part.spots },
    { .type = 'i', .integer = sl_apply_wall_ms (operation, part.behind_ms) },
    { .type = 'i', .integer = part.late },
    { .type = 'i', .integer = part.flag },
    { .type = 'g', .bytes = reason },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return write_checkin (log, values, G_N_ELEMENTS (values), error) && sl_erase_absorb_checkin (log, &id, error);
}

/**
 * sl_op_checkin_undo:
 * @log: inside a transaction
 * @checkin: which
 * @reason: (nullable): for people; sealed
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_checkin_undo (SlOplog *log, const SlId *checkin, const char *reason, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) sealed = NULL;
  SlId member = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (log->store,
                                            "SELECT coalesce (k.member_id, c.member_id) FROM checkin k LEFT JOIN claim "
                                            "c ON c.id = k.booking_id WHERE k.id = ?",
                                            "d", checkin);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &member);
  if (!sl_rows_finish (rows, error) || !sealed_reason (log, &member, reason, &sealed, error))
    return FALSE;
  sl_cbor_begin_array (body, 1);
  put_blob (body, sealed);
  return sl_oplog_emit (log, SL_KIND_CHECKIN_UNDO, checkin, body, NULL, error);
}

/* sl_apply_checkin_undo: entity: the check-in; [reason]; of several the earliest is told. */
gboolean
sl_apply_checkin_undo (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, blob_length;
  const guint8 *blob = NULL;
  SlCborItem item;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || (sl_cbor_peek (body) == SL_CBOR_NULL ? !sl_cbor_next (body, &item)
                                              : !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &blob, &blob_length))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO checkin (id, undone, undo_reason, undo_hlc, undo_replica) VALUES (?, 1, ?, ?, ?)"
                        " ON CONFLICT (id) DO UPDATE SET undone = 1,"
                        " undo_reason = CASE WHEN undo_hlc IS NULL OR (excluded.undo_hlc, excluded.undo_replica) < "
                        "(undo_hlc, undo_replica)"
                        "   THEN excluded.undo_reason ELSE undo_reason END,"
                        " undo_replica = CASE WHEN undo_hlc IS NULL OR (excluded.undo_hlc, excluded.undo_replica) < "
                        "(undo_hlc, undo_replica)"
                        "   THEN excluded.undo_replica ELSE undo_replica END,"
                        " undo_hlc = min (coalesce (undo_hlc, excluded.undo_hlc), excluded.undo_hlc)",
                        "dbid", &operation->entity, blob, blob == NULL ? (gsize) 0 : blob_length, operation->hlc,
                        &operation->replica)
         && sl_erase_absorb_checkin (log, &operation->entity, error);
}

/**
 * sl_op_checkin_leave:
 * @log: inside a transaction
 * @checkin: who leaves, by how they came
 * @error: return location
 *
 * The time recorded is this device's clock, as for sl_op_checkin().
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_checkin_leave (SlOplog *log, const SlId *checkin, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  gint64 behind_ms = sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world);
  sl_cbor_begin_array (body, 1);
  sl_cbor_put_int (body, behind_ms);
  return sl_oplog_emit (log, SL_KIND_CHECKIN_LEAVE, checkin, body, NULL, error);
}

/* sl_apply_checkin_leave: entity: the check-in; [clock behind]; of several the earliest is told. */
gboolean
sl_apply_checkin_leave (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 behind_ms;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 1, 1, &length)
      || !sl_cbor_get_int (body, -CLOCK_BEHIND_MAX_MS, CLOCK_BEHIND_MAX_MS, &behind_ms) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO checkin (id, left_ms, left_hlc, left_replica) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (id) DO UPDATE SET left_ms = excluded.left_ms, left_hlc = excluded.left_hlc,"
                        " left_replica = excluded.left_replica WHERE left_hlc IS NULL"
                        " OR (excluded.left_hlc, excluded.left_replica) < (left_hlc, left_replica)",
                        "diid", &operation->entity, sl_apply_wall_ms (operation, behind_ms), operation->hlc,
                        &operation->replica);
}
