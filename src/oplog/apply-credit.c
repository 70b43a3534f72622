/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-credit"

#include "oplog/money.h"
#include "oplog/rights-cache.h"

#include <string.h>

#include "core/datetime.h"

/* Lots of credits and their rights. A lot is minted once, at its author; spends are part of claims
 * (apply-claim.c). */

#define AMOUNT_MAX (G_GINT64_CONSTANT (1) << 50)
#define SEALED_NOTE_MAX 8192

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

/* sl_lot_right_add: to what replica holds of the lot's credits. */
gboolean
sl_lot_right_add (SlOplog *log, const SlId *lot, const SlId *replica, gint64 amount, GError **error)
{
  sl_rights_cache_add (log, lot, replica, amount);
  return sl_store_exec (
      log->store, error,
      "INSERT INTO lot_right (lot_id, replica, credits_hundredths) VALUES (?, ?, ?)"
      " ON CONFLICT DO UPDATE SET credits_hundredths = credits_hundredths + excluded.credits_hundredths",
      "ddi", lot, replica, amount);
}

static void
put_sealed (SlCborWriter *body, GBytes *sealed)
{
  sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
}

static gboolean
get_sealed (SlCborReader *body, GBytes **out)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &data, &length))
    return FALSE;
  *out = g_bytes_new (data, length);
  return TRUE;
}

/**
 * sl_op_lot_create:
 * @log: inside a transaction
 * @params: whose, how many, until when
 * @out_id: (out caller-allocates): the lot's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_lot_create (SlOplog *log, const SlLotParams *params, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) reason = NULL;
  g_return_val_if_fail (
      params->credits_hundredths > 0 && params->credits_hundredths <= AMOUNT_MAX && params->expires_ms >= 0, FALSE);
  if (!sealed_reason (log, &params->member_id, params->reason, &reason, error))
    return FALSE;
  sl_cbor_begin_array (body, reason != NULL ? 6 : 5);
  sl_cbor_put_id (body, &params->member_id);
  sl_cbor_put_int (body, params->credits_hundredths);
  sl_cbor_put_int (body, params->expires_ms);
  sl_cbor_put_id (body, &params->package_id);
  sl_cbor_put_id (body, &params->sale_id);
  if (reason != NULL)
    put_sealed (body, reason);
  return sl_oplog_emit (log, SL_KIND_LOT_CREATE, NULL, body, out_id, error);
}

/* sl_apply_lot_create: [member, credits, expires (0: never), package, sale, reason]. */
gboolean
sl_apply_lot_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId id, member, package, sale;
  gint64 credits, expires_ms;
  g_autoptr (GBytes) reason = NULL;
  if (!sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 5, 6, &length) || !sl_cbor_get_id (body, &member)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &credits) || !sl_cbor_get_int (body, 0, G_MAXINT64, &expires_ms)
      || !sl_cbor_get_id_or_null (body, &package) || !sl_cbor_get_id_or_null (body, &sale)
      || (length > 5 && !get_sealed (body, &reason)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &member },
    { .type = 'd', .id = &package },
    { .type = 'd', .id = &sale },
    { .type = 'i', .integer = credits },
    { .type = expires_ms > 0 ? 'i' : 'n', .integer = expires_ms },
    { .type = 'g', .bytes = reason },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO lot (id, member_id, package_id, sale_id, credits_hundredths, "
                               "expires_ms, reason, hlc, replica, actor)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values))
         && sl_lot_right_add (log, &id, &operation->replica, credits, error);
}

/**
 * sl_op_lot_move:
 * @log: inside a transaction
 * @lot: which
 * @to: the device that shall hold them
 * @amount_hundredths: of this device's free ones; the caller has checked that it has them
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_lot_move (SlOplog *log, const SlId *lot, const SlId *to, gint64 amount_hundredths, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (amount_hundredths > 0, FALSE);
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_id (body, to);
  sl_cbor_put_int (body, amount_hundredths);
  return sl_oplog_emit (log, SL_KIND_LOT_MOVE, lot, body, NULL, error);
}

/* sl_apply_lot_move: [to, credits]: of its author's free ones. */
gboolean
sl_apply_lot_move (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId to;
  gint64 amount;
  gboolean covered = TRUE;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &amount) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &operation->entity, amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  return sl_lot_right_add (log, &operation->entity, &operation->replica, -amount, error)
         && sl_lot_right_add (log, &operation->entity, &to, amount, error);
}

/**
 * sl_op_lot_burn:
 * @log: inside a transaction
 * @lot: which
 * @kind: why
 * @amount_hundredths: of this device's free ones; the caller has checked that it has them
 * @reason: (nullable): for people; sealed
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_lot_burn (SlOplog *log, const SlId *lot, SlBurnKind kind, gint64 amount_hundredths, const char *reason,
                GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) sealed = NULL;
  SlId member = sl_id_none;
  g_return_val_if_fail (amount_hundredths > 0, FALSE);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT member_id FROM lot WHERE id = ?", "d", lot);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &member);
  if (!sl_rows_finish (rows, error) || !sealed_reason (log, &member, reason, &sealed, error))
    return FALSE;
  sl_cbor_begin_array (body, sealed != NULL ? 3 : 2);
  sl_cbor_put_int (body, kind);
  sl_cbor_put_int (body, amount_hundredths);
  if (sealed != NULL)
    put_sealed (body, sealed);
  return sl_oplog_emit (log, SL_KIND_LOT_BURN, lot, body, NULL, error);
}

/* sl_apply_lot_burn: [kind, credits, reason]: its author's own. */
gboolean
sl_apply_lot_burn (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId id;
  gint64 kind, amount;
  gboolean covered = TRUE;
  g_autoptr (GBytes) reason = NULL;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 3, &length)
      || !sl_cbor_get_int (body, 1, 255, &kind) || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &amount)
      || (length > 2 && !get_sealed (body, &reason)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &operation->entity, amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO lot_burn (id, lot_id, kind, amount_hundredths, reason, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "ddiigidd", &id, &operation->entity, kind, amount, reason, operation->hlc, &operation->replica,
                        &operation->actor)
         && sl_lot_right_add (log, &operation->entity, &operation->replica, -amount, error);
}

/**
 * sl_op_lot_transfer:
 * @log: inside a transaction
 * @params: how many of this device's free credits of which lot go to whom; the caller has checked that it has them
 * @out_lot: (out caller-allocates): the receiver's lot
 * @error: return location
 *
 * One operation, so that nothing is ever taken and not given.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_lot_transfer (SlOplog *log, const SlTransferParams *params, SlId *out_lot, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GBytes) reason = NULL;
  SlId member = sl_id_none;
  g_return_val_if_fail (params->amount_hundredths > 0 && params->expires_ms >= 0, FALSE);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT member_id FROM lot WHERE id = ?", "d", &params->lot_id);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &member);
  if (!sl_rows_finish (rows, error) || !sealed_reason (log, &member, params->reason, &reason, error))
    return FALSE;
  sl_cbor_begin_array (body, reason != NULL ? 5 : 4);
  sl_cbor_put_id (body, &params->to_member_id);
  sl_cbor_put_int (body, params->amount_hundredths);
  sl_cbor_put_int (body, params->expires_ms);
  sl_cbor_put_id (body, &params->package_id);
  if (reason != NULL)
    put_sealed (body, reason);
  return sl_oplog_emit (log, SL_KIND_LOT_TRANSFER, &params->lot_id, body, out_lot, error);
}

/* sl_apply_lot_transfer: entity: the giver's lot; [member, credits, expires (0: never), package, reason]: its author's
 * own. Makes the receiver's lot, at its author too, and the burn beside it. */
gboolean
sl_apply_lot_transfer (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId id, burn, member, package;
  gint64 amount, expires_ms;
  gboolean covered = TRUE;
  g_autoptr (GBytes) reason = NULL;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 4, 5, &length) || !sl_cbor_get_id (body, &member)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &amount) || !sl_cbor_get_int (body, 0, G_MAXINT64, &expires_ms)
      || !sl_cbor_get_id_or_null (body, &package) || (length > 4 && !get_sealed (body, &reason))
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_CREDITS, &operation->entity, amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  sl_apply_made_id (operation, 1, &burn);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &member },
    { .type = 'd', .id = &package },
    { .type = 'd', .id = &operation->entity },
    { .type = 'i', .integer = amount },
    { .type = expires_ms > 0 ? 'i' : 'n', .integer = expires_ms },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO lot (id, member_id, package_id, from_lot_id, credits_hundredths, "
                               "expires_ms, hlc, replica, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values))
         && sl_store_exec (log->store, error,
                           "INSERT INTO lot_burn (id, lot_id, kind, amount_hundredths, reason, hlc, replica, actor) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                           "ddiigidd", &burn, &operation->entity, (gint64) SL_BURN_TRANSFER, amount, reason,
                           operation->hlc, &operation->replica, &operation->actor)
         && sl_lot_right_add (log, &operation->entity, &operation->replica, -amount, error)
         && sl_lot_right_add (log, &id, &operation->replica, amount, error);
}

/**
 * sl_op_lot_grant:
 * @log: inside a transaction
 * @parts: whose, for which period of which membership, how many, until when
 * @out_lot: (out caller-allocates): the lot's id
 * @error: return location
 *
 * The caller has checked that this device is the one that grants them, and that it has not yet.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_lot_grant (SlOplog *log, const SlGrantParts *parts, SlId *out_lot, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (parts->credits_hundredths > 0 && parts->credits_hundredths <= AMOUNT_MAX, FALSE);
  g_return_val_if_fail (parts->expires_ms >= 0 && parts->from_ms > 0 && parts->until_ms > parts->from_ms, FALSE);
  sl_cbor_begin_array (body, 5);
  sl_cbor_put_id (body, &parts->member_id);
  sl_cbor_put_int (body, parts->credits_hundredths);
  sl_cbor_put_int (body, parts->expires_ms);
  sl_cbor_put_int (body, parts->from_ms);
  sl_cbor_put_int (body, parts->until_ms);
  return sl_oplog_emit (log, SL_KIND_LOT_GRANT, &parts->membership_id, body, out_lot, error);
}

/* sl_apply_lot_grant: entity: the membership; [member, credits, expires (0: never), period from, until]. */
gboolean
sl_apply_lot_grant (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  SlId id, member;
  gint64 credits, expires_ms, from_ms, until_ms;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 5, 5, &length) || !sl_cbor_get_id (body, &member)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &credits) || !sl_cbor_get_int (body, 0, G_MAXINT64, &expires_ms)
      || !sl_cbor_get_int (body, 1, G_MAXINT64, &from_ms) || !sl_cbor_get_int (body, from_ms + 1, G_MAXINT64, &until_ms)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &member },
    { .type = 'd', .id = &operation->entity },
    { .type = 'i', .integer = credits },
    { .type = expires_ms > 0 ? 'i' : 'n', .integer = expires_ms },
    { .type = 'i', .integer = from_ms },
    { .type = 'i', .integer = until_ms },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO lot (id, member_id, membership_id, credits_hundredths, expires_ms, "
                               "period_from_ms, period_until_ms, hlc, replica, actor) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values))
         && sl_lot_right_add (log, &id, &operation->replica, credits, error);
}

/**
 * sl_op_pass_issue:
 * @log: inside a transaction
 * @member: whose
 * @issued_ms: when
 * @expires_ms: until when
 * @out_id: (out caller-allocates): the pass's id
 * @out_serial: (out): its number within the member's, for the code
 * @error: return location
 *
 * Revokes every pass of the member that was issued before.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_pass_issue (SlOplog *log, const SlId *member, gint64 issued_ms, gint64 expires_ms, SlId *out_id,
                  guint32 *out_serial, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  guint32 serial;
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_int (body, issued_ms / 1000);
  sl_cbor_put_int (body, expires_ms / 1000);
  if (!sl_oplog_emit (log, SL_KIND_PASS_ISSUE, member, body, out_id, error))
    return FALSE;
  memcpy (&serial, out_id->bytes, sizeof serial);
  *out_serial = GUINT32_FROM_BE (serial);
  return TRUE;
}

/* sl_apply_pass_issue: entity: the member; [issued, expires] in seconds. The serial is the first four bytes of the
 * pass's id. */
gboolean
sl_apply_pass_issue (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 issued_s, expires_s;
  SlId id;
  guint32 serial;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 2, &length)
      || !sl_cbor_get_int (body, 0, G_MAXUINT32, &issued_s) || !sl_cbor_get_int (body, 0, G_MAXUINT32, &expires_s)
      || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  memcpy (&serial, id.bytes, sizeof serial);
  return sl_store_exec (
      log->store, error,
      "INSERT INTO pass (id, member_id, serial, issued_ms, expires_ms, hlc, replica) VALUES (?, ?, ?, ?, ?, ?, ?)",
      "ddiiiid", &id, &operation->entity, (gint64) GUINT32_FROM_BE (serial), issued_s * 1000, expires_s * 1000,
      operation->hlc, &operation->replica);
}
