/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-till"

#include "oplog/money.h"
#include "oplog/oplog-private.h"

#include "core/datetime.h"

/* Tills: README.md "Money". A till is a set of facts: opened, cash put in and taken out, closed. */

#define NAME_MAX_BYTES 120
#define SEALED_NOTE_MAX 8192

static gint64
behind_ms (SlOplog *log)
{
  return sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world);
}

/* For people, about nobody that is known: under the organisation's key. text (nullable): none. */
static gboolean
put_note (SlOplog *log, SlCborWriter *body, const char *text, GError **error)
{
  if (text == NULL)
    return TRUE;
  g_autoptr (GBytes) sealed = sl_seal_note (log, &sl_id_none, text, error);
  if (sealed == NULL)
    return FALSE;
  sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return TRUE;
}

static gboolean
get_note (SlCborReader *body, const guint8 **out, gsize *out_length)
{
  return sl_cbor_get_bytes (body, SEALED_NOTE_MAX, out, out_length);
}

static gboolean
get_behind (SlCborReader *body, gint64 *out)
{
  return sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, out);
}

/**
 * sl_op_till_open:
 * @log: inside a transaction
 * @location: where it stands
 * @name: (nullable): what people call it
 * @float_cents: the cash in it, 0 or more
 * @out_id: (out caller-allocates): the till's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_till_open (SlOplog *log, const SlId *location, const char *name, gint64 float_cents, SlId *out_id,
                 GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (float_cents >= 0 && float_cents <= SL_MONEY_MAX_CENTS, FALSE);
  sl_cbor_begin_array (body, name != NULL ? 4 : 3);
  sl_cbor_put_id (body, location);
  sl_cbor_put_int (body, float_cents);
  sl_cbor_put_int (body, behind_ms (log));
  if (name != NULL)
    sl_cbor_put_text (body, name);
  return sl_oplog_emit (log, SL_KIND_TILL_OPEN, NULL, body, out_id, error);
}

/* sl_apply_till_open: [location, float, clock behind, name]. Its closing may be here already. */
gboolean
sl_apply_till_open (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 cents, behind;
  g_autofree char *name = NULL;
  SlId id, location;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 4, &length)
      || !sl_cbor_get_id_or_null (body, &location) || !sl_cbor_get_int (body, 0, SL_MONEY_MAX_CENTS, &cents)
      || !get_behind (body, &behind) || (length > 3 && !sl_cbor_get_text (body, NAME_MAX_BYTES, &name))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO till (id, location_id, name, float_cents, opened_ms, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET location_id = "
                        "excluded.location_id, name = excluded.name, float_cents = excluded.float_cents, opened_ms = "
                        "excluded.opened_ms, hlc = excluded.hlc, replica = excluded.replica, actor = excluded.actor",
                        "ddtiiidd", &id, &location, name, cents, sl_apply_wall_ms (operation, behind), operation->hlc,
                        &operation->replica, &operation->actor);
}

/**
 * sl_op_till_cash:
 * @log: inside a transaction
 * @till: which
 * @difference_cents: put in; below zero: taken out; not 0
 * @reason: (nullable): for people; sealed with the organisation's key
 * @out_id: (out caller-allocates): its id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_till_cash (SlOplog *log, const SlId *till, gint64 difference_cents, const char *reason, SlId *out_id,
                 GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (difference_cents != 0 && ABS (difference_cents) <= SL_MONEY_MAX_CENTS, FALSE);
  sl_cbor_begin_array (body, reason != NULL ? 3 : 2);
  sl_cbor_put_int (body, difference_cents);
  sl_cbor_put_int (body, behind_ms (log));
  return put_note (log, body, reason, error) && sl_oplog_emit (log, SL_KIND_TILL_CASH, till, body, out_id, error);
}

/* sl_apply_till_cash: entity: the till; [difference, clock behind, reason]. */
gboolean
sl_apply_till_cash (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 difference, behind;
  const guint8 *reason = NULL;
  gsize reason_length = 0;
  SlId id;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 3, &length)
      || !sl_cbor_get_int (body, -SL_MONEY_MAX_CENTS, SL_MONEY_MAX_CENTS, &difference) || difference == 0
      || !get_behind (body, &behind) || (length > 2 && !get_note (body, &reason, &reason_length))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO till_cash (id, till_id, difference_cents, reason, at_ms, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "ddibiidd", &id, &operation->entity, difference, reason, reason_length,
                        sl_apply_wall_ms (operation, behind),
                        operation->hlc, &operation->replica, &operation->actor);
}

/**
 * sl_op_till_close:
 * @log: inside a transaction
 * @till: which
 * @counted_cents: the cash found in it, 0 or more
 * @note: (nullable): for people; sealed with the organisation's key
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_till_close (SlOplog *log, const SlId *till, gint64 counted_cents, const char *note, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (counted_cents >= 0 && counted_cents <= SL_MONEY_MAX_CENTS, FALSE);
  sl_cbor_begin_array (body, note != NULL ? 3 : 2);
  sl_cbor_put_int (body, counted_cents);
  sl_cbor_put_int (body, behind_ms (log));
  return put_note (log, body, note, error) && sl_oplog_emit (log, SL_KIND_TILL_CLOSE, till, body, NULL, error);
}

/* sl_apply_till_close: entity: the till; [counted, clock behind, note]. The earliest stands. */
gboolean
sl_apply_till_close (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 counted, behind;
  const guint8 *note = NULL;
  gsize note_length = 0;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 3, &length)
      || !sl_cbor_get_int (body, 0, SL_MONEY_MAX_CENTS, &counted) || !get_behind (body, &behind)
      || (length > 2 && !get_note (body, &note, &note_length)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  return sl_store_exec (log->store, error,
                        "INSERT INTO till (id, counted_cents, note, closed_ms, close_hlc, close_replica, close_actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET counted_cents = "
                        "excluded.counted_cents, note = excluded.note, closed_ms = excluded.closed_ms, close_hlc = "
                        "excluded.close_hlc, close_replica = excluded.close_replica, close_actor = "
                        "excluded.close_actor WHERE close_hlc IS NULL OR (excluded.close_hlc, excluded.close_replica) "
                        "< (close_hlc, close_replica)",
                        "dibiidd", &operation->entity, counted, note, note_length, sl_apply_wall_ms (operation, behind),
                        operation->hlc, &operation->replica, &operation->actor);
}
