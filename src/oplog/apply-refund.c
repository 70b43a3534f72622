/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-refund"

#include "core/datetime.h"
#include "oplog/rights-cache.h"

/* Money given back. What may be given back of a payment is a right of the device that took it, so that two devices
 * never give back more than was paid. */

#define AMOUNT_MAX (G_GINT64_CONSTANT (1) << 50)
#define WORD_MAX 32
#define SEALED_NOTE_MAX 8192
#define CLOCK_BEHIND_MAX_MS (G_GINT64_CONSTANT (100) * 366 * SL_DAY_MS)

/**
 * sl_payment_refundable:
 * @log: a log
 * @payment: which
 * @replica: whose
 * @out_cents: (out): what that device may still give back of it; 0: it was not paid, or another device took it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_payment_refundable (SlOplog *log, const SlId *payment, const SlId *replica, gint64 *out_cents, GError **error)
{
  gint64 refunded;
  SlId taker = sl_id_none;
  gboolean is_heir = FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT replica, amount_cents FROM payment WHERE id = ? AND status = 'paid'", "d", payment);
  *out_cents = 0;
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &taker);
      *out_cents = sl_rows_int (rows, 1);
    }
  if (!sl_rows_finish (rows, error)
      || !sl_store_query_int (log->store, 0, &refunded, error,
                              "SELECT sum (amount_cents) FROM refund WHERE payment_id = ?", "d", payment)
      || (!sl_id_is_none (&taker) && !sl_rights_is_heir (log, &taker, replica, &is_heir, error)))
    return FALSE;
  *out_cents = is_heir ? *out_cents - refunded : 0;
  return TRUE;
}

static gboolean
member_of_payment (SlOplog *log, const SlId *payment, SlId *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT member_id FROM payment WHERE id = ?", "d", payment);
  *out = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out);
  return sl_rows_finish (rows, error);
}

/**
 * sl_op_payment_refund:
 * @log: inside a transaction
 * @payment: which
 * @amount_cents: above zero; the caller has checked that this device may give it back
 * @method: (nullable): how, where not as it was paid
 * @reason: (nullable): for people; sealed
 * @out_id: (out caller-allocates): the refund's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_payment_refund (SlOplog *log, const SlId *payment, gint64 amount_cents, const char *method, const char *reason,
                      SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) local_error = NULL;
  SlId member;
  g_return_val_if_fail (amount_cents > 0, FALSE);
  if (!member_of_payment (log, payment, &member, error))
    return FALSE;
  g_autoptr (GBytes) sealed = sl_seal_note (log, &member, reason, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  sl_cbor_begin_array (body, sealed != NULL ? 4 : 3);
  sl_cbor_put_int (body, amount_cents);
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
  sl_cbor_put_text (body, method);
  if (sealed != NULL)
    sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return sl_oplog_emit (log, SL_KIND_PAYMENT_REFUND, payment, body, out_id, error);
}

/* sl_apply_payment_refund: entity: the payment; [amount, clock behind, method or null, reason]: of what its author took
 * and has not given back. */
gboolean
sl_apply_payment_refund (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length, reason_length = 0;
  gint64 amount, behind_ms, refundable;
  const guint8 *reason = NULL;
  g_autofree char *method = NULL;
  SlId id;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 3, 4, &length)
      || !sl_cbor_get_int (body, 1, AMOUNT_MAX, &amount)
      || !sl_cbor_get_int (body, -CLOCK_BEHIND_MAX_MS, CLOCK_BEHIND_MAX_MS, &behind_ms)
      || !sl_cbor_get_text (body, WORD_MAX, &method)
      || (length > 3 && !sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &reason, &reason_length)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (!sl_payment_refundable (log, &operation->entity, &operation->replica, &refundable, error))
    return FALSE;
  if (refundable < amount && !SL_RULE_IS_OFF (log, SL_RULE_HOLD_UNJUSTIFIED))
    return sl_apply_hold (log, "no_rights");
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO refund (id, payment_id, amount_cents, method, reason, at_ms, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "dditbiidd", &id, &operation->entity, amount, method, reason, reason_length,
                        sl_apply_wall_ms (operation, behind_ms), operation->hlc, &operation->replica,
                        &operation->actor);
}
