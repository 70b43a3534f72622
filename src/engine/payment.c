/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-payment"

#include "engine/payment.h"

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/member-private.h"
#include "engine/member.h"
#include "engine/package-renewal.h"

#define REFERENCE_MAX_BYTES 120

static const char *const status_names[] = {
  [SL_PAYMENT_PENDING] = "pending",         [SL_PAYMENT_PAID] = "paid",
  [SL_PAYMENT_FAILED] = "failed",           [SL_PAYMENT_REFUNDED] = "refunded",
  [SL_PAYMENT_PART_REFUNDED] = "part_refunded", [SL_PAYMENT_DISPUTED] = "disputed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == SL_PAYMENT_LAST);

/**
 * sl_payment_status_name:
 * @status: a status
 *
 * Returns: (transfer none): its word, which scripts rely on
 */
const char *
sl_payment_status_name (SlPaymentStatus status)
{
  g_return_val_if_fail (status < SL_PAYMENT_LAST, "");

  return status_names[status];
}

/**
 * sl_payment_free:
 * @payment: (nullable) (transfer full): a payment
 */
void
sl_payment_free (SlPayment *payment)
{
  if (payment == NULL)
    return;
  g_free (payment->method);
  g_free (payment->currency);
  g_free (payment->reference);
  g_free (payment);
}

/**
 * sl_sale_record_free:
 * @record: (nullable) (transfer full): a sale
 */
void
sl_sale_record_free (SlSaleRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->currency);
  for (guint i = 0; record->lines != NULL && i < record->lines->len; i++)
    g_free ((char *) g_array_index (record->lines, SlSaleLine, i).name);
  g_clear_pointer (&record->lines, g_array_unref);
  g_clear_pointer (&record->payments, g_ptr_array_unref);
  g_free (record);
}

/* The last four: whether it was said to be paid, to have failed, to be in dispute and no more, and what was given
 * back. */
#define COLUMNS \
  "SELECT p.id, p.sale_id, p.member_id, p.location_id, p.till_id, p.voucher_id, p.replica, p.actor, p.method, " \
  "p.currency, p.reference, p.amount_cents, p.tendered_cents, p.receipt, p.at_ms, p.status, " \
  "EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 2), " \
  "EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 1), " \
  "(SELECT o.outcome FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome IN (3, 4) " \
  "ORDER BY o.hlc DESC, o.replica DESC LIMIT 1), " \
  "coalesce ((SELECT sum (r.amount_cents) FROM refund r WHERE r.payment_id = p.id), 0) FROM payment p "

static SlPaymentStatus
judge (const SlPayment *payment, gboolean was_paid, gboolean said_paid, gboolean failed, gint64 dispute)
{
  if (payment->refunded_cents > 0)
    return payment->refunded_cents >= payment->amount_cents ? SL_PAYMENT_REFUNDED : SL_PAYMENT_PART_REFUNDED;
  if (dispute == SL_OUTCOME_DISPUTED)
    return SL_PAYMENT_DISPUTED;
  /* Whoever disputed it had heard that it was paid. */
  if (was_paid || said_paid || dispute != 0)
    return SL_PAYMENT_PAID;
  return failed ? SL_PAYMENT_FAILED : SL_PAYMENT_PENDING;
}

static SlPayment *
read_payment (SlRows *rows)
{
  SlPayment *payment = g_new0 (SlPayment, 1);
  SlId *const ids[] = { &payment->id,      &payment->sale_id,    &payment->member_id, &payment->location_id,
                        &payment->till_id, &payment->voucher_id, &payment->replica,   &payment->actor };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    sl_rows_id (rows, (int) i, ids[i]);
  payment->method = sl_rows_dup_text (rows, 8);
  payment->currency = sl_rows_dup_text (rows, 9);
  payment->reference = sl_rows_dup_text (rows, 10);
  payment->amount_cents = sl_rows_int (rows, 11);
  payment->tendered_cents = sl_rows_int (rows, 12);
  payment->receipt = sl_rows_int (rows, 13);
  payment->at_ms = sl_rows_int (rows, 14);
  payment->refunded_cents = sl_rows_int (rows, 19);
  payment->status = judge (payment, g_strcmp0 (sl_rows_text (rows, 15), "paid") == 0, sl_rows_int (rows, 16) != 0,
                           sl_rows_int (rows, 17) != 0, sl_rows_int (rows, 18));
  return payment;
}

/* What of a sale nobody has paid yet, pending and owed included: add_up() without its payments. */
static gboolean
read_due (SlEngine *engine, const SlId *sale, gint64 *out, GError **error)
{
  return sl_store_query_int (
    engine->store, 0, out, error,
    "SELECT s.total_cents - (SELECT coalesce (sum (p.amount_cents), 0) FROM payment p WHERE p.sale_id = s.id "
    "AND p.method <> 'account' AND (p.status = 'paid' OR EXISTS "
    "(SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = ?2))) - "
    "(SELECT coalesce (sum (r.amount_cents), 0) FROM payment p CROSS JOIN refund r ON r.payment_id = p.id "
    "WHERE p.sale_id = s.id AND p.method = 'account') FROM sale s WHERE s.id = ?1",
    "di", sale, (gint64) SL_OUTCOME_PAID);
}

/* A debt is paid when its sale is, and is let go as far as that is not. */
static gboolean
judge_debt (SlEngine *engine, SlPayment *payment, GError **error)
{
  gint64 due;
  if (g_strcmp0 (payment->method, "account") != 0 || sl_id_is_none (&payment->sale_id))
    return TRUE;
  if (!read_due (engine, &payment->sale_id, &due, error))
    return FALSE;
  payment->refundable_cents = CLAMP (due, 0, payment->refundable_cents);
  if (due <= 0 && payment->status == SL_PAYMENT_PENDING)
    payment->status = SL_PAYMENT_PAID;
  return TRUE;
}

static gboolean
count_refundable (SlEngine *engine, SlPayment *payment, GError **error)
{
  g_autoptr (GArray) holders = NULL;
  if (!sl_money_list_holders (engine->log, &payment->id, &holders, error)
      || !sl_money_held (engine->log, &payment->id, sl_oplog_get_replica (engine->log), &payment->held_cents, error))
    return FALSE;
  for (guint i = 0; i < holders->len; i++)
    payment->refundable_cents += g_array_index (holders, SlMoneyHolder, i).cents;
  return judge_debt (engine, payment, error);
}

/* (transfer full) (element-type SlPayment): of a query; NULL on failure. */
static GPtrArray *
read_all (SlEngine *engine, SlRows *rows, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_payment_free);
  while (sl_rows_next (rows))
    g_ptr_array_add (list, read_payment (rows));
  if (!sl_rows_finish (rows, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    if (!count_refundable (engine, list->pdata[i], error))
      return NULL;
  return g_steal_pointer (&list);
}

/**
 * sl_payment_get:
 * @engine: the engine
 * @id: the payment
 * @error: return location
 *
 * Returns: (transfer full): as it stands now; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlPayment *
sl_payment_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE p.id = ?", "d", id);
  g_autoptr (GPtrArray) list = read_all (engine, rows, error);
  if (list != NULL && list->len == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such payment");
  return list != NULL && list->len > 0 ? g_ptr_array_steal_index (list, 0) : NULL;
}

/**
 * sl_payment_list_of_sale:
 * @engine: the engine
 * @sale: the sale
 * @out: (out) (transfer full) (element-type SlPayment): in the order in which they were taken; what was
 * taken at once in any
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_payment_list_of_sale (SlEngine *engine, const SlId *sale, GPtrArray **out, GError **error)
{
  g_return_val_if_fail (engine != NULL && sale != NULL && out != NULL, FALSE);

  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, COLUMNS "WHERE p.sale_id = ? ORDER BY p.hlc, p.replica, p.id", "d", sale);
  *out = read_all (engine, rows, error);
  return *out != NULL;
}

static gboolean
read_lines (SlEngine *engine, SlSaleRecord *record, GError **error)
{
  record->lines = g_array_new (FALSE, TRUE, sizeof (SlSaleLine));
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT what, thing_id, name, quantity, unit_cents, vat_permille, from_ms, until_ms FROM "
                      "sale_line WHERE sale_id = ? ORDER BY line",
                      "d", &record->id);
  while (sl_rows_next (rows))
    {
      SlSaleLine line = { .what = (SlSaleWhat) sl_rows_int (rows, 0),
                          .name = sl_rows_dup_text (rows, 2),
                          .quantity = sl_rows_int (rows, 3),
                          .unit_cents = sl_rows_int (rows, 4),
                          .vat_permille = sl_rows_int (rows, 5),
                          .from_ms = sl_rows_int (rows, 6),
                          .until_ms = sl_rows_int (rows, 7) };
      sl_rows_id (rows, 1, &line.thing_id);
      g_array_append_val (record->lines, line);
    }
  return sl_rows_finish (rows, error);
}

/* What is owed on account is no payment: it is what has still to be paid. Money given back takes as much off the price
 * (a credit note), so it leaves nothing due. A debt that was let go is a refund of what was owed. */
static void
add_up (SlSaleRecord *record)
{
  gint64 let_go = 0;
  for (guint i = 0; i < record->payments->len; i++)
    {
      const SlPayment *payment = record->payments->pdata[i];
      gboolean account = g_strcmp0 (payment->method, "account") == 0;
      record->refunded_cents += payment->refunded_cents;
      if (account)
        let_go += payment->refunded_cents;
      if (account)
        record->owed_cents += payment->amount_cents - payment->refunded_cents;
      else if (payment->status == SL_PAYMENT_PENDING)
        record->pending_cents += payment->amount_cents;
      else if (payment->status != SL_PAYMENT_FAILED)
        record->paid_cents += payment->amount_cents;
    }
  record->due_cents = record->total_cents - record->paid_cents - let_go;
  record->owed_cents = CLAMP (record->due_cents - record->pending_cents, 0, record->owed_cents);
}

/**
 * sl_sale_get:
 * @engine: the engine
 * @id: the sale
 * @error: return location
 *
 * Returns: (transfer full): with its lines and payments, as it stands now; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlSaleRecord *
sl_sale_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlSaleRecord) record = NULL;
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT id, member_id, location_id, till_id, replica, actor, currency, receipt, total_cents, "
                      "vat_cents, at_ms FROM sale WHERE id = ?",
                      "d", id);
  if (sl_rows_next (rows))
    {
      record = g_new0 (SlSaleRecord, 1);
      SlId *const ids[] = { &record->id,      &record->member_id, &record->location_id,
                            &record->till_id, &record->replica,   &record->actor };
      for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        sl_rows_id (rows, (int) i, ids[i]);
      record->currency = sl_rows_dup_text (rows, 6);
      record->receipt = sl_rows_int (rows, 7);
      record->total_cents = sl_rows_int (rows, 8);
      record->vat_cents = sl_rows_int (rows, 9);
      record->at_ms = sl_rows_int (rows, 10);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (record == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such sale");
      return NULL;
    }
  if (!read_lines (engine, record, error) || !sl_payment_list_of_sale (engine, id, &record->payments, error))
    return NULL;
  add_up (record);
  return g_steal_pointer (&record);
}

static gboolean
refuse_state (SlRefusal *refusal, const char *status)
{
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", status);
  return FALSE;
}

static gboolean
write_take (SlEngine *engine, const SlSaleRecord *sale, const SlTakings *takings, SlSale *out, GError **error)
{
  for (guint i = 0; i < takings->list->len; i++)
    {
      SlId id;
      SlPaymentParts parts = { .sale_id = sale->id, .member_id = sale->member_id, .location_id = engine->location,
                               .till_id = takings->till_id, .currency = sale->currency,
                               .taking = g_array_index (takings->list, SlTaking, i) };
      if (!sl_oplog_next_receipt (engine->log, &parts.receipt, error)
          || !sl_op_payment_take (engine->log, &parts, &id, error))
        return FALSE;
      if (i == 0)
        *out = (SlSale){ .sale_id = sale->id, .payment_id = id, .receipt = parts.receipt,
                         .status = parts.taking.status };
    }
  out->amount_cents = takings->sum_cents;
  out->change_cents = takings->change_cents;
  out->due_cents = sale->due_cents - takings->sum_cents + takings->pending_cents;
  return TRUE;
}

/**
 * sl_payment_take:
 * @engine: the engine
 * @actor: who takes it
 * @sale: for which sale
 * @params: how it is paid; amounts not named are all that is due
 * @out: (out caller-allocates): the first payment, its receipt and what is due still
 * @out_refusal: (out): not_allowed, wrong_state (nothing is due, or what is due is pending), wrong_currency,
 * amount_mismatch (price_cents: what is due), till_closed, voucher_invalid, no_rights, possible_duplicate
 * @error: return location
 *
 * Paying what was owed on account is the same: the debt is what is due. Nothing new goes on account.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_payment_take (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlSaleParams *params, SlSale *out,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && sale != NULL && params != NULL, FALSE);
  g_return_val_if_fail (out != NULL && out_refusal != NULL, FALSE);

  g_auto (SlTakings) takings = { NULL };
  SlSaleParams partly = *params;
  partly.part = TRUE;
  *out = (SlSale){ 0 };
  if (sl_sale_pays_by (params, "account"))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "what is due is paid in another way than on account");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlSaleRecord) record = sl_sale_get (engine, sale, error);
  if (record == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal)
      && record->due_cents <= record->pending_cents)
    refuse_state (out_refusal, record->due_cents <= 0 ? "paid" : "pending");
  if (out_refusal->code == SL_REFUSAL_NONE && sl_sale_check_currency (engine, params->currency, out_refusal)
      && sl_sale_check_pays (engine, &partly, record->due_cents - record->pending_cents, &takings, out_refusal, error))
    return write_take (engine, record, &takings, out, error)
             && sl_package_renewal_grant_paid (engine, sale, error)
             ? sl_command_commit (engine, error)
             : sl_command_fail (engine);
  return out_refusal->code != SL_REFUSAL_NONE ? sl_command_refuse (engine, actor, "pay", out_refusal, error)
                                              : sl_command_fail (engine);
}

/* Pending ones come to an end one way or the other; a failed one may turn out to be paid; only what was paid is in
 * dispute. */
static gboolean
fits (const SlPayment *payment, SlOutcome outcome)
{
  if (g_strcmp0 (payment->method, "account") == 0)
    return FALSE;
  switch (outcome)
    {
    case SL_OUTCOME_PAID:
      return payment->status == SL_PAYMENT_PENDING || payment->status == SL_PAYMENT_FAILED;
    case SL_OUTCOME_FAILED:
      return payment->status == SL_PAYMENT_PENDING;
    case SL_OUTCOME_DISPUTED:
      return payment->status == SL_PAYMENT_PAID;
    case SL_OUTCOME_DISPUTE_OVER:
      return payment->status == SL_PAYMENT_DISPUTED;
    default:
      return FALSE;
    }
}

/**
 * sl_payment_settle:
 * @engine: the engine
 * @actor: who says so
 * @payment: which
 * @outcome: what has become of it
 * @reference: (nullable): the bank's or the provider's
 * @out_refusal: (out): not_allowed, wrong_state (status)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_payment_settle (SlEngine *engine, const SlActor *actor, const SlId *payment, SlOutcome outcome,
                   const char *reference, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && payment != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = NULL;
  if ((reference != NULL
       && (clean = sl_text_clean ("the reference", reference, REFERENCE_MAX_BYTES, error)) == NULL)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlPayment) record = sl_payment_get (engine, payment, error);
  if (record == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal) && !fits (record, outcome))
    refuse_state (out_refusal, sl_payment_status_name (record->status));
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "payment settle", out_refusal, error);
  if (!sl_op_payment_outcome (engine->log, payment, outcome, clean, error)
      || !sl_package_renewal_grant_paid (engine, &record->sale_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_payment_list:
 * @engine: the engine
 * @actor: who asks
 * @member: (nullable): whose, by any of their records; %NULL: all that are pending
 * @out: (out) (transfer full) (element-type SlPayment): the latest first
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_payment_list (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out, SlRefusal *out_refusal,
                 GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "payment list", out_refusal);
  g_autoptr (SlRows) rows
    = member != NULL
        ? sl_store_query (engine->store,
                          COLUMNS "WHERE p.member_id IN " SL_SQL_SAME_MEMBER ("?1") " ORDER BY p.at_ms DESC, p.id", "d",
                          member)
        : sl_store_query (engine->store,
                          COLUMNS "WHERE p.status = 'pending' AND p.method <> 'account' AND NOT EXISTS (SELECT 1 FROM "
                                  "payment_outcome o WHERE o.payment_id = p.id AND o.outcome IN (1, 2)) "
                                  "ORDER BY p.at_ms DESC, p.id",
                          "");
  *out = read_all (engine, rows, error);
  return *out != NULL;
}
