/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-refund"

#include "oplog/money.h"
#include "oplog/rights-cache.h"
#include "oplog/rules-off.h"

#include "core/datetime.h"

/* What has become of payments, and money given back: README.md "Money". What may be given back of a payment is a right,
 * first of the device that took it, so that two devices never give back more than was paid. */

#define WORD_MAX 32
#define REFERENCE_MAX 256
#define SEALED_NOTE_MAX 8192
#define METHOD_VOUCHER "voucher"

/**
 * sl_op_payment_outcome:
 * @log: inside a transaction
 * @payment: which
 * @outcome: what has become of it
 * @reference: (nullable): the bank's or the provider's
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_payment_outcome (SlOplog *log, const SlId *payment, SlOutcome outcome, const char *reference, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  sl_cbor_begin_array (body, reference != NULL ? 3 : 2);
  sl_cbor_put_int (body, outcome);
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
  if (reference != NULL)
    sl_cbor_put_text (body, reference);
  return sl_oplog_emit (log, SL_KIND_PAYMENT_OUTCOME, payment, body, NULL, error);
}

/* The first word that a pending payment was paid: from now on it may be given back by who took it. A payment that is
 * not known yet sees to it when it comes. */
static gboolean
mint_first_paid (SlOplog *log, const SlId *payment, GError **error)
{
  SlId taker = sl_id_none;
  gint64 amount = 0;
  g_autoptr (SlRows) rows
    = sl_store_query (log->store,
                      "SELECT replica, amount_cents FROM payment WHERE id = ?1 AND status <> 'paid' "
                      "AND method <> 'account' AND (?3 OR NOT EXISTS "
                      "(SELECT 1 FROM payment_outcome WHERE payment_id = ?1 AND outcome = ?2))",
                      "dii", payment, (gint64) SL_OUTCOME_PAID, (gint64) SL_RULE_IS_OFF (log, SL_RULE_PAID_ONCE));
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &taker);
      amount = sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error)
         && (sl_id_is_none (&taker) || sl_money_right_add (log, payment, &taker, amount, error));
}

/* sl_apply_payment_outcome: entity: the payment; [outcome, clock behind, reference]. */
gboolean
sl_apply_payment_outcome (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 outcome, behind_ms;
  g_autofree char *reference = NULL;
  SlId id;
  if (sl_id_is_none (&operation->entity) || !sl_cbor_get_array (body, 2, 3, &length)
      || !sl_cbor_get_int (body, 1, G_MAXUINT8, &outcome)
      || !sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, &behind_ms)
      || (length > 2 && !sl_cbor_get_text (body, REFERENCE_MAX, &reference)) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if (outcome == SL_OUTCOME_PAID && !mint_first_paid (log, &operation->entity, error))
    return FALSE;
  sl_apply_made_id (operation, 0, &id);
  return sl_store_exec (log->store, error,
                        "INSERT INTO payment_outcome (id, payment_id, outcome, reference, at_ms, hlc, replica, actor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "dditiidd", &id, &operation->entity, outcome, reference,
                        sl_apply_wall_ms (operation, behind_ms), operation->hlc, &operation->replica,
                        &operation->actor);
}

static gboolean
read_payment (SlOplog *log, const SlId *payment, SlId *out_member, SlId *out_voucher, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (log->store, "SELECT member_id, voucher_id FROM payment WHERE id = ?", "d", payment);
  *out_member = *out_voucher = sl_id_none;
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, out_member);
      sl_rows_id (rows, 1, out_voucher);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_op_payment_refund:
 * @log: inside a transaction
 * @parts: how much of which payment; the caller has checked that this device may give it back
 * @out_id: (out caller-allocates): the refund's id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_payment_refund (SlOplog *log, const SlRefundParts *parts, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) local_error = NULL;
  SlId member, voucher;
  g_return_val_if_fail (parts->amount_cents > 0 && ABS (parts->vat_cents) <= parts->amount_cents, FALSE);
  if (!read_payment (log, &parts->payment_id, &member, &voucher, error))
    return FALSE;
  g_autoptr (GBytes) sealed = sl_seal_note (log, &member, parts->reason, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  sl_cbor_begin_array (body, sealed != NULL ? 8 : 7);
  sl_cbor_put_int (body, parts->amount_cents);
  sl_cbor_put_int (body, parts->vat_cents);
  sl_cbor_put_int (body, parts->receipt);
  sl_cbor_put_int (body, sl_hlc_to_ms (sl_oplog_stamp (log)) - log->world->now_ms (log->world));
  sl_cbor_put_id (body, &parts->location_id);
  sl_cbor_put_id (body, &parts->till_id);
  sl_cbor_put_text (body, parts->method);
  if (sealed != NULL)
    sl_cbor_put_bytes (body, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return sl_oplog_emit (log, SL_KIND_REFUND, &parts->payment_id, body, out_id, error);
}

typedef struct {
  gint64 amount, vat, receipt, behind_ms;
  SlId location, till;
  char *method;
  GBytes *reason;
} Refund;

static void
refund_clear (Refund *refund)
{
  g_free (refund->method);
  g_clear_pointer (&refund->reason, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refund, refund_clear)

static gboolean
get_refund (SlCborReader *body, Refund *out)
{
  gsize length, reason_length;
  const guint8 *reason;
  if (!sl_cbor_get_array (body, 7, 8, &length) || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &out->amount)
      || !sl_cbor_get_int (body, -out->amount, out->amount, &out->vat)
      || !sl_cbor_get_int (body, 1, SL_MONEY_MAX_CENTS, &out->receipt)
      || !sl_cbor_get_int (body, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, &out->behind_ms)
      || !sl_cbor_get_id_or_null (body, &out->location) || !sl_cbor_get_id_or_null (body, &out->till)
      || !sl_cbor_get_text (body, WORD_MAX, &out->method))
    return FALSE;
  if (length > 7)
    {
      if (!sl_cbor_get_bytes (body, SEALED_NOTE_MAX, &reason, &reason_length))
        return FALSE;
      out->reason = g_bytes_new (reason, reason_length);
    }
  return sl_cbor_at_end (body);
}

static gboolean
insert_refund (SlOplog *log, const SlOperation *operation, const Refund *refund, GError **error)
{
  SlId id;
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 'd', .id = &operation->entity },
    { .type = 'd', .id = &refund->location },
    { .type = 'd', .id = &refund->till },
    { .type = 'i', .integer = refund->amount },
    { .type = 'i', .integer = refund->vat },
    { .type = 't', .text = refund->method },
    { .type = 'g', .bytes = refund->reason },
    { .type = 'i', .integer = refund->receipt },
    { .type = 'i', .integer = sl_apply_wall_ms (operation, refund->behind_ms) },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO refund (id, payment_id, location_id, till_id, amount_cents, vat_cents, "
                               "method, reason, receipt, at_ms, hlc, replica, actor) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values));
}

/* sl_apply_refund: entity: the payment; [amount, VAT in it, receipt, clock behind, location, till, method or null,
 * reason]: of what its author may give back. By voucher it is on that voucher again, at its author. */
gboolean
sl_apply_refund (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (Refund) refund = { 0 };
  gboolean covered = TRUE;
  SlId member, voucher;
  if (sl_id_is_none (&operation->entity) || !get_refund (body, &refund))
    return sl_malformed (operation, error);
  if (!sl_rights_cover (log, operation, SL_RIGHTS_MONEY, &operation->entity, refund.amount, &covered, error))
    return FALSE;
  if (!covered)
    return sl_apply_hold (log, "no_rights");
  if (!read_payment (log, &operation->entity, &member, &voucher, error)
      || !sl_money_right_add (log, &operation->entity, &operation->replica, -refund.amount, error))
    return FALSE;
  gboolean onto_voucher = !sl_id_is_none (&voucher)
                          && (refund.method == NULL || g_str_equal (refund.method, METHOD_VOUCHER));
  return (!onto_voucher || sl_money_right_add (log, &voucher, &operation->replica, refund.amount, error))
         && insert_refund (log, operation, &refund, error);
}
