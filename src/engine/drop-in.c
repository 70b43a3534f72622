/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-drop-in"

#include "engine/drop-in.h"

#include "engine/sale.h"

static const char *const methods[] = { "cash", "card", "eft", "qr", "voucher", "account", NULL };

/**
 * sl_drop_in_pay:
 * @member_id: who pays
 * @amount_cents: the whole price, VAT included, in the studio's currency
 * @method: cash, card, eft, qr, voucher or account; on account it is still owed
 * @out_payment_id: (out caller-allocates): the payment, with the next receipt number of this device
 *
 * Records the payment of a drop-in visit, inside the command that books it. Engine thread only.
 *
 * Returns: %FALSE with @error: %SL_ERROR_BAD_INPUT for another method, or storage failed: roll back
 */
gboolean
sl_drop_in_pay (SlEngine *engine, const SlId *member_id, gint64 amount_cents, const char *method, SlId *out_payment_id,
                GError **error)
{
  const SlId *replica = sl_oplog_get_replica (engine->log);
  SlPaymentParams payment = { .member_id = *member_id, .amount_cents = amount_cents, .method = method };
  gint64 vat_permille;

  if (!g_strv_contains (methods, method))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "a payment is made by cash, card, eft, qr, voucher or on account");
      return FALSE;
    }
  if (!sl_store_query_int (engine->store, 0, &payment.receipt, error,
                           "SELECT coalesce (max (receipt), 0) + 1 FROM payment WHERE replica = ?", "d", replica)
      || !sl_store_query_int (engine->store, 0, &vat_permille, error,
                              "SELECT coalesce (vat_permille, 0) FROM organisation WHERE id = ?", "d",
                              sl_oplog_get_organisation (engine->log)))
    return FALSE;
  payment.vat_cents = sl_sale_vat_included (amount_cents, vat_permille);
  payment.currency = sl_engine_currency (engine);
  payment.status = g_str_equal (method, "account") ? "pending" : "paid";
  return sl_op_payment (engine->log, &payment, out_payment_id, error);
}
