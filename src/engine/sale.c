/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sale"

#include "engine/sale.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/member-private.h"
#include "engine/package.h"

#define REFERENCE_MAX_BYTES 120
#define STATUS_PAID "paid"
#define STATUS_PENDING "pending"

/* How people pay. What goes on account is owed until it is settled; everything else is money that was taken. */
static const struct { const char *word, *status;
} methods[] = {
  { "cash", STATUS_PAID }, { "card", STATUS_PAID },    { "eft", STATUS_PAID },
  { "qr", STATUS_PAID },   { "voucher", STATUS_PAID }, { "account", STATUS_PENDING },
};

static const char *
status_of_method (const char *method, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_strcmp0 (method, methods[i].word) == 0)
      return methods[i].status;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               "the method of payment is one of cash, card, eft, qr, voucher, account");
  return NULL;
}

/**
 * sl_sale_vat_included:
 * @amount_cents: a price with VAT in it, 0 or more
 * @vat_permille: the rate, 150 for 15 %; 0 or more
 *
 * Returns: the VAT in it, in cents, halves rounded up
 */
gint64
sl_sale_vat_included (gint64 amount_cents, gint64 vat_permille)
{
  g_return_val_if_fail (amount_cents >= 0 && vat_permille >= 0, 0);

  gint64 whole = 1000 + vat_permille;
  return (2 * amount_cents * vat_permille + whole) / (2 * whole);
}

/* The next number of this device's own series: without a gap, since it is taken inside the transaction that uses it. */
static gboolean
next_receipt (SlEngine *engine, gint64 *out_receipt, GError **error)
{
  if (!sl_store_query_int (engine->store, 0, out_receipt, error, "SELECT max (receipt) FROM payment WHERE replica = ?",
                           "d", sl_oplog_get_replica (engine->log)))
    return FALSE;
  (*out_receipt)++;
  return TRUE;
}

static gboolean
read_vat_permille (SlEngine *engine, gint64 *out_permille, GError **error)
{
  return sl_store_query_int (engine->store, 0, out_permille, error,
                             "SELECT vat_permille FROM organisation WHERE id = ?", "d",
                             sl_oplog_get_organisation (engine->log));
}

static gboolean
take_payment (SlEngine *engine, const SlId *member, gint64 amount_cents, const char *method, const char *reference,
              SlSale *out, GError **error)
{
  gint64 permille;
  out->status = status_of_method (method, error);
  out->amount_cents = amount_cents;
  if (out->status == NULL || !read_vat_permille (engine, &permille, error)
      || !next_receipt (engine, &out->receipt, error))
    return FALSE;
  out->vat_cents = sl_sale_vat_included (amount_cents, permille);
  SlPaymentParams params = { .member_id = *member,
                             .amount_cents = amount_cents,
                             .vat_cents = out->vat_cents,
                             .currency = sl_engine_currency (engine),
                             .method = method,
                             .status = out->status,
                             .reference = reference,
                             .receipt = out->receipt };
  return sl_op_payment (engine->log, &params, &out->payment_id, error);
}

/**
 * sl_sale_take_drop_in:
 * @engine: the engine, inside the command that books
 * @member: who pays
 * @price_cents: the drop-in price, which the command has checked
 * @method: how
 * @out_payment_id: (out): the payment
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for a method that is none; the command fails then
 */
gboolean
sl_sale_take_drop_in (SlEngine *engine, const SlId *member, gint64 price_cents, const char *method,
                      SlId *out_payment_id, GError **error)
{
  g_return_val_if_fail (
    engine != NULL && engine->depth > 0 && member != NULL && price_cents >= 0 && out_payment_id != NULL, FALSE);

  SlSale sale = { 0 };
  if (!take_payment (engine, member, price_cents, method, NULL, &sale, error))
    return FALSE;
  *out_payment_id = sale.payment_id;
  return TRUE;
}

/* The same time of the day, so many days later by the calendar of this device's location. */
static gint64
days_later (SlEngine *engine, gint64 days)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, engine->zone) : NULL;
  g_autoptr (GDateTime) later = local != NULL ? g_date_time_add_days (local, (int) days) : NULL;
  return later != NULL ? g_date_time_to_unix (later) * 1000 + now_ms % 1000 : now_ms + days * SL_DAY_MS;
}

/* The rules of a sale, the first that fails is the answer. */
static void
check_sale (const SlMember *member, const SlPackage *package, const SlSaleParams *params, SlRefusal *out_refusal)
{
  if (sl_member_refuse_erased (member, out_refusal))
    return;
  if (!package->active)
    sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
  else if (g_strcmp0 (member->status, SL_MEMBER_BANNED) == 0)
    sl_refuse (out_refusal, SL_REFUSAL_MEMBER_BLOCKED);
  else if (params->amount_cents != SL_NUMBER_NONE && params->amount_cents != package->price_cents)
    {
      sl_refuse (out_refusal, SL_REFUSAL_AMOUNT_MISMATCH);
      sl_refusal_set_int (out_refusal, "price_cents", package->price_cents);
    }
}

static gboolean
write_sale (SlEngine *engine, const SlSaleParams *params, const SlPackage *package, const char *reference, SlSale *out,
            GError **error)
{
  out->expires_ms = package->valid_days > 0 ? days_later (engine, package->valid_days) : 0;
  if (!take_payment (engine, &params->member_id, package->price_cents, params->method, reference, out, error))
    return FALSE;
  SlLotParams lot = { .member_id = params->member_id, .package_id = package->id, .payment_id = out->payment_id,
                      .credits_hundredths = package->credits_hundredths, .expires_ms = out->expires_ms };
  return sl_op_lot_create (engine->log, &lot, &out->lot_id, error);
}

/**
 * sl_sale_package:
 * @engine: the engine
 * @actor: who sells
 * @params: what to whom, and how it is paid
 * @out_sale: (out caller-allocates): payment, lot and receipt number of this device's series
 * @out_refusal: (out): not_allowed, wrong_state (no longer sold), member_blocked, amount_mismatch (price_cents)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_sale_package (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, SlSale *out_sale,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_sale != NULL && out_refusal != NULL,
                        FALSE);

  g_autofree char *reference = NULL;
  *out_sale = (SlSale) { 0 };
  if (status_of_method (params->method, error) == NULL)
    return FALSE;
  if (params->reference != NULL
      && (reference = sl_text_clean ("the reference", params->reference, REFERENCE_MAX_BYTES, error)) == NULL)
    return FALSE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, &params->member_id, error);
  g_autoptr (SlPackage) package = member != NULL ? sl_package_get (engine, &params->package_id, error) : NULL;
  if (package == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    check_sale (member, package, params, out_refusal);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "sell", out_refusal, error);
  if (!write_sale (engine, params, package, reference, out_sale, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
