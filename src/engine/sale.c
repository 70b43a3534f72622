/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sale"

#include "engine/sale.h"

#include <string.h>

#include "core/datetime.h"
#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/member-private.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/package-renewal.h"
#include "engine/policy.h"
#include "engine/voucher.h"
#include "engine/print-queue.h"
#include "oplog/money.h"

#define NAME_MAX_BYTES 120
#define QUANTITY_MAX 1000
#define METHOD_SEPARATOR ':' /* of "voucher:CODE", where a method is one word */

/**
 * sl_sale_clear:
 * @sale: to be emptied; the struct itself is the caller's
 */
void
sl_sale_clear (SlSale *sale)
{
  g_clear_pointer (&sale->voucher_code, g_free);
}

static gboolean
read_vat_permille (SlEngine *engine, gint64 *out_permille, GError **error)
{
  return sl_store_query_int (engine->store, 0, out_permille, error,
                             "SELECT vat_permille FROM organisation WHERE id = ?", "d",
                             sl_oplog_get_organisation (engine->log));
}

/**
 * sl_sale_check_pays:
 * @engine: the engine, inside a command
 * @params: how it is paid: one way, or several
 * @total_cents: what it costs
 * @out: (out caller-allocates): for sl_sale_write()
 * @refusal: (out): as sl_takings_check()
 * @error: return location
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_sale_check_pays (SlEngine *engine, const SlSaleParams *params, gint64 total_cents, SlTakings *out,
                    SlRefusal *refusal, GError **error)
{
  SlPay one = { .method = params->method,
                .amount_cents = params->amount_cents,
                .tendered_cents = params->tendered_cents,
                .reference = params->reference,
                .voucher_code = params->voucher_code };
  SlTakingsRules rules = { .total_cents = total_cents, .part = params->part, .anyway = params->anyway };
  gboolean several = params->pays != NULL;
  return sl_takings_check (engine, several ? params->pays : &one, several ? params->n_pays : 1, &rules, out, refusal,
                           error);
}

/* Where this device has a printer the receipt waits for it from the same moment on. */
static gboolean
queue_receipt (SlEngine *engine, const SlId *sale, const SlId *member, GError **error)
{
  SlId job;
  SlPrintRequest request = { .kind = SL_PRINT_RECEIPT, .subject_id = *sale, .member_id = *member };
  return sl_print_queue_add (engine, &request, &job, error);
}

/**
 * sl_sale_write:
 * @engine: the engine, inside a command that has checked everything
 * @member: (nullable): who buys
 * @lines: what; their VAT is filled in
 * @n_lines: how many
 * @takings: how it is paid
 * @out: the sale's part of it is filled in
 * @error: return location
 *
 * A voucher has no VAT yet: it is what it buys that has.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sale_write (SlEngine *engine, const SlId *member, SlSaleLine *lines, guint n_lines, const SlTakings *takings,
               SlSale *out, GError **error)
{
  gint64 permille;
  SlId payments[SL_SALE_TAKINGS_MAX] = { sl_id_none };
  if (!read_vat_permille (engine, &permille, error) || !sl_oplog_next_receipt (engine->log, &out->receipt, error))
    return FALSE;
  out->amount_cents = out->vat_cents = 0;
  for (guint i = 0; i < n_lines; i++)
    {
      lines[i].vat_permille = lines[i].what == SL_SALE_VOUCHER ? 0 : permille;
      out->amount_cents += lines[i].quantity * lines[i].unit_cents;
      out->vat_cents += sl_vat_included (lines[i].quantity * lines[i].unit_cents, lines[i].vat_permille);
    }
  SlSaleParts parts = { .member_id = member != NULL ? *member : sl_id_none,
                        .location_id = engine->location,
                        .till_id = takings->till_id,
                        .currency = sl_engine_currency (engine),
                        .receipt = out->receipt,
                        .lines = lines,
                        .n_lines = n_lines,
                        .takings = (const SlTaking *) (const void *) takings->list->data,
                        .n_takings = takings->list->len };
  if (!sl_op_sale (engine->log, &parts, &out->sale_id, payments, error)
      || !queue_receipt (engine, &out->sale_id, &parts.member_id, error))
    return FALSE;
  out->payment_id = parts.n_takings > 0 ? payments[0] : sl_id_none;
  out->status = parts.n_takings > 0 ? parts.takings[0].status : NULL;
  out->change_cents = takings->change_cents;
  out->due_cents = out->amount_cents - takings->sum_cents + takings->pending_cents;
  return TRUE;
}

/**
 * sl_sale_check_drop_in:
 * @engine: the engine, inside the command that books
 * @method: how it is paid: a word, or "voucher:CODE", "card:SLIP"
 * @price_cents: what it costs, 0 or more
 * @out: (out caller-allocates): for sl_sale_take_drop_in()
 * @refusal: (out): as sl_takings_check()
 * @error: return location
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_sale_check_drop_in (SlEngine *engine, const char *method, gint64 price_cents, SlTakings *out, SlRefusal *refusal,
                       GError **error)
{
  const char *separator = strchr (method, METHOD_SEPARATOR);
  g_autofree char *word = separator != NULL ? g_strndup (method, separator - method) : g_strdup (method);
  SlPay pay = { .method = g_intern_string (sl_taking_is_method (word, error) ? word : ""),
                .amount_cents = SL_NUMBER_NONE,
                .reference = separator != NULL ? separator + 1 : NULL };
  SlTakingsRules rules = { .total_cents = price_cents };
  if (*pay.method == '\0')
    {
      *out = (SlTakings){ NULL };
      return FALSE;
    }
  return sl_takings_check (engine, &pay, 1, &rules, out, refusal, error);
}

/**
 * sl_sale_take_drop_in:
 * @engine: the engine, inside the command that books
 * @drop_in: what is paid for and by whom
 * @takings: how, as it was checked
 * @out_payment_id: (out): the payment
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sale_take_drop_in (SlEngine *engine, const SlDropIn *drop_in, const SlTakings *takings, SlId *out_payment_id,
                      GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth > 0 && drop_in != NULL && out_payment_id != NULL, FALSE);

  SlSale sale = { 0 };
  SlSaleLine line = { .what = SL_SALE_DROP_IN, .thing_id = drop_in->booking_id, .name = drop_in->name, .quantity = 1,
                      .unit_cents = drop_in->price_cents };
  if (!sl_sale_write (engine, &drop_in->member_id, &line, 1, takings, &sale, error))
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

/**
 * sl_sale_check_currency:
 * @engine: the engine
 * @currency: (nullable): what somebody named beside an amount, three letters in any case; %NULL: nothing
 * @refusal: (out): wrong_currency (currency: the studio's)
 *
 * Returns: whether it is the studio's own: nothing is ever converted
 */
gboolean
sl_sale_check_currency (SlEngine *engine, const char *currency, SlRefusal *refusal)
{
  if (currency == NULL || g_ascii_strcasecmp (currency, sl_engine_currency (engine)) == 0)
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_WRONG_CURRENCY);
  sl_refusal_set_text (refusal, "currency", sl_engine_currency (engine));
  return FALSE;
}

/**
 * sl_sale_pays_by:
 * @params: how somebody pays
 * @method: a way of paying
 *
 * Returns: whether it is one of theirs
 */
gboolean
sl_sale_pays_by (const SlSaleParams *params, const char *method)
{
  for (guint i = 0; params->pays != NULL && i < params->n_pays; i++)
    if (g_strcmp0 (params->pays[i].method, method) == 0)
      return TRUE;
  return params->pays == NULL && g_strcmp0 (params->method, method) == 0;
}

/**
 * sl_sale_check_buyer:
 * @member: who buys
 * @refusal: (out): member_erased, member_blocked
 *
 * Returns: whether they may
 */
gboolean
sl_sale_check_buyer (const SlMember *member, SlRefusal *refusal)
{
  if (sl_member_refuse_erased (member, refusal))
    return FALSE;
  if (g_strcmp0 (member->status, SL_MEMBER_BANNED) == 0)
    sl_refuse (refusal, SL_REFUSAL_MEMBER_BLOCKED);
  return refusal->code == SL_REFUSAL_NONE;
}

/* The rules of a sale, the first that fails is the answer. FALSE: refused, or failed. */
static gboolean
check_package (SlEngine *engine, const SlMember *member, const SlPackage *package, const SlSaleParams *params,
               SlTakings *takings, SlRefusal *refusal, GError **error)
{
  if (sl_member_refuse_erased (member, refusal))
    return FALSE;
  if (!package->active)
    {
      sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
      return FALSE;
    }
  return sl_sale_check_buyer (member, refusal)
         && (params->collect == NULL || sl_package_renewal_check (package, refusal))
         && sl_sale_check_currency (engine, params->currency, refusal)
         && sl_sale_check_pays (engine, params, package->price_cents, takings, refusal, error)
         && sl_package_check_limits (engine, package, &member->id, refusal, error);
}

/**
 * sl_sale_write_lot:
 * @engine: the engine, inside a command
 * @member: whose
 * @package: which was sold, as it is now
 * @sale: the sale
 * @out_lot: (out caller-allocates): the lot
 * @out_expires_ms: (out): its end, by the calendar from now on; 0: never
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_sale_write_lot (SlEngine *engine, const SlId *member, const SlPackage *package, const SlId *sale, SlId *out_lot,
                   gint64 *out_expires_ms, GError **error)
{
  *out_expires_ms = package->valid_days > 0 ? days_later (engine, package->valid_days) : 0;
  SlLotParams lot = { .member_id = *member, .package_id = package->id, .sale_id = *sale,
                      .credits_hundredths = package->credits_hundredths, .expires_ms = *out_expires_ms };
  return sl_op_lot_create (engine->log, &lot, out_lot, error);
}

static gboolean
write_package (SlEngine *engine, const SlId *member, const SlPackage *package, const char *collect,
               const SlTakings *takings, SlSale *out, GError **error)
{
  SlSaleLine line = { .what = SL_SALE_PACKAGE, .thing_id = package->id, .name = package->name, .quantity = 1,
                      .unit_cents = package->price_cents };
  return sl_sale_write (engine, member, &line, 1, takings, out, error)
         && sl_sale_write_lot (engine, member, package, &out->sale_id, &out->lot_id, &out->expires_ms, error)
         && (collect == NULL
             || sl_package_renewal_write (engine, member, &package->id, &out->sale_id, collect, &out->renewal_id,
                                          error));
}

/* After the checks of a sale: it is refused, or has failed. */
static gboolean
end_unsold (SlEngine *engine, const SlActor *actor, SlRefusal *refusal, GError **error)
{
  return refusal->code != SL_REFUSAL_NONE ? sl_command_refuse (engine, actor, "sell", refusal, error)
                                          : sl_command_fail (engine);
}

/* Whether the words of a sale make sense, before any lock. */
static gboolean
check_words (const SlSaleParams *params, GError **error)
{
  if (params->pays == NULL)
    return sl_taking_is_method (params->method, error);
  for (guint i = 0; i < params->n_pays; i++)
    if (!sl_taking_is_method (params->pays[i].method, error))
      return FALSE;
  return TRUE;
}

/**
 * sl_sale_package:
 * @engine: the engine
 * @actor: who sells
 * @params: what to whom, how it is paid, and whether it is bought again by itself
 * @out_sale: (out caller-allocates): payment, lot and receipt number of this device's series
 * @out_refusal: (out): not_allowed, wrong_state (no longer sold, or status: does_not_renew), member_blocked,
 * wrong_currency, amount_mismatch (price_cents), till_closed, voucher_invalid, no_rights, possible_duplicate,
 * limit_reached (limit, max)
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

  g_auto (SlTakings) takings = { NULL };
  *out_sale = (SlSale) { 0 };
  if (!check_words (params, error) || (params->collect != NULL && !sl_membership_is_collect (params->collect, error))
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, &params->member_id, error);
  g_autoptr (SlPackage) package = member != NULL ? sl_package_get (engine, &params->package_id, error) : NULL;
  if (package == NULL)
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal)
      || !check_package (engine, member, package, params, &takings, out_refusal, error))
    return end_unsold (engine, actor, out_refusal, error);
  if (!write_package (engine, &member->id, package, params->collect, &takings, out_sale, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* Who buys, where somebody is named: NULL without an error where nobody is. */
static SlMember *
get_buyer (SlEngine *engine, const SlSaleParams *params, GError **error)
{
  return sl_id_is_none (&params->member_id) ? NULL : sl_member_get (engine, &params->member_id, error);
}

static gboolean
check_counter (SlEngine *engine, const SlActor *actor, const SlMember *member, const SlSaleParams *params,
               gint64 total_cents, SlTakings *takings, SlRefusal *refusal, GError **error)
{
  return sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, refusal)
         && (member == NULL || sl_sale_check_buyer (member, refusal))
         && sl_sale_check_currency (engine, params->currency, refusal)
         && sl_sale_check_pays (engine, params, total_cents, takings, refusal, error);
}

static gint64
voucher_end (SlEngine *engine, gint64 months)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, engine->zone) : NULL;
  g_autoptr (GDateTime) later = local != NULL ? g_date_time_add_months (local, (int) months) : NULL;
  return later != NULL && months > 0 ? g_date_time_to_unix (later) * 1000 : 0;
}

/**
 * sl_sale_voucher:
 * @engine: the engine
 * @actor: who sells
 * @params: how it is paid, and for whom it is, if for anybody
 * @value_cents: what it is good for and costs, above 0
 * @out_sale: (out caller-allocates): with its code, which is kept nowhere; sl_sale_clear() it
 * @out_refusal: (out): not_allowed, member_blocked, wrong_currency, amount_mismatch, till_closed, possible_duplicate
 * @error: return location
 *
 * Good for the policy voucher_months. A voucher does not pay for a voucher, and none is sold on account or in part.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_sale_voucher (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, gint64 value_cents,
                 SlSale *out_sale, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_sale != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (SlTakings) takings = { NULL };
  g_autoptr (GError) local_error = NULL;
  gint64 months;
  *out_sale = (SlSale){ 0 };
  if (!check_words (params, error))
    return FALSE;
  if (value_cents <= 0 || value_cents > SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX || params->part
      || sl_sale_pays_by (params, "voucher") || sl_sale_pays_by (params, "account"))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a voucher is worth something, and paid for with money");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = get_buyer (engine, params, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return sl_command_fail (engine);
    }
  if (!check_counter (engine, actor, member, params, value_cents, &takings, out_refusal, error))
    return end_unsold (engine, actor, out_refusal, error);
  const SlId *buyer = member != NULL ? &member->id : NULL;
  SlSaleLine line = { .what = SL_SALE_VOUCHER, .name = "Voucher", .quantity = 1, .unit_cents = value_cents };
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_VOUCHER_MONTHS, &months, error)
      || !sl_sale_write (engine, buyer, &line, 1, &takings, out_sale, error)
      || !sl_voucher_issue (engine, &out_sale->sale_id, buyer, value_cents, voucher_end (engine, months),
                            &out_sale->voucher_id, &out_sale->voucher_code, error))
    return sl_command_fail (engine);
  out_sale->expires_ms = voucher_end (engine, months);
  return sl_command_commit (engine, error);
}

/**
 * sl_sale_other:
 * @engine: the engine
 * @actor: who sells
 * @params: how it is paid, and by whom, if by anybody who is known
 * @name: what it is, for the invoice
 * @price_cents: of one, with VAT in it, 0 or more
 * @quantity: 1 or more
 * @out_sale: (out caller-allocates): payment and receipt number
 * @out_refusal: (out): as sl_sale_package(), but for what is about packages
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_sale_other (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, const char *name,
               gint64 price_cents, gint64 quantity, SlSale *out_sale, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_sale != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (SlTakings) takings = { NULL };
  g_autoptr (GError) local_error = NULL;
  *out_sale = (SlSale){ 0 };
  g_autofree char *clean = sl_text_clean ("the name", name, NAME_MAX_BYTES, error);
  if (clean == NULL || !check_words (params, error))
    return FALSE;
  if (*clean == '\0' || price_cents < 0 || price_cents > SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX || quantity < 1
      || quantity > QUANTITY_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "a thing has a name, a price is not below 0, a quantity is from 1 to %d", QUANTITY_MAX);
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = get_buyer (engine, params, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return sl_command_fail (engine);
    }
  if (!check_counter (engine, actor, member, params, price_cents * quantity, &takings, out_refusal, error))
    return end_unsold (engine, actor, out_refusal, error);
  SlSaleLine line = { .what = SL_SALE_OTHER, .name = clean, .quantity = quantity, .unit_cents = price_cents };
  if (!sl_sale_write (engine, member != NULL ? &member->id : NULL, &line, 1, &takings, out_sale, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
