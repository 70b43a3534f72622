/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-receipt"

#include "engine/receipt.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/engine-private.h"
#include "engine/invoice.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/payment.h"

#define HUNDRED 100
#define SERIES_LETTERS 4 /* of a device, before the number: sl_invoice_number() */

/**
 * sl_receipt_free:
 * @receipt: (nullable) (transfer full): a receipt
 */
void
sl_receipt_free (SlReceipt *receipt)
{
  if (receipt == NULL)
    return;
  g_clear_pointer (&receipt->document, sl_document_free);
  g_free (receipt);
}

/* --- who sells, and who buys --- */

static gboolean
set_supplier (SlEngine *engine, const SlId *location_id, SlDocument *document, GError **error)
{
  g_auto (SlInvoiceDetails) details = { 0 };
  g_autoptr (SlLocation) location = NULL;
  const char *name = sl_engine_studio_name (engine);
  if (!sl_invoice_details_get (engine, &details, error))
    return FALSE;
  if (details.address == NULL && !sl_id_is_none (location_id))
    location = sl_location_get (engine, location_id, NULL); /* not known here yet: without an address */
  if (details.legal_name != NULL)
    name = details.legal_name;
  sl_document_set_supplier (document, name != NULL ? name : "",
                            details.address != NULL ? details.address : location != NULL ? location->address : NULL,
                            details.vat_number);
  if (details.registration != NULL)
    sl_document_add_note (document, details.registration);
  if (details.note != NULL)
    sl_document_add_note (document, details.note);
  return TRUE;
}

/* "Name; address, in one part or several; VAT 4012345678" */
static void
set_invoice_to (SlDocument *document, const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ";\n", -1);
  g_autoptr (GString) address = g_string_new (NULL);
  const char *vat_number = NULL;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_strstrip (parts[i]);
      if (i == 0 || *parts[i] == '\0')
        continue;
      if (g_ascii_strncasecmp (parts[i], "VAT ", 4) == 0)
        vat_number = g_strchug (parts[i] + 4);
      else
        g_string_append_printf (address, "%s%s", address->len > 0 ? ", " : "", parts[i]);
    }
  sl_document_set_recipient (document, parts[0], address->len > 0 ? address->str : NULL, vat_number);
}

/* Whom the member's invoices are for, else the member. Nobody who is erased. */
static gboolean
set_recipient (SlEngine *engine, const SlId *id, SlDocument *document, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  if (sl_id_is_none (id))
    return TRUE;
  g_autoptr (SlMember) member = sl_member_find (engine, id, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (member == NULL || member->erased)
    return TRUE;
  if (member->invoice_to != NULL)
    set_invoice_to (document, member->invoice_to);
  else if (member->first != NULL && member->last != NULL)
    {
      g_autofree char *name = g_strdup_printf ("%s %s", member->first, member->last);
      sl_document_set_recipient (document, name, NULL, NULL);
    }
  return TRUE;
}

static SlReceipt *
receipt_new (SlEngine *engine, SlReceiptKind kind, const SlId *id, const SlId *location, const char *currency,
             gint64 at_ms, GError **error)
{
  SlDocumentKind document_kind = kind == SL_RECEIPT_REFUND ? SL_DOCUMENT_CREDIT_NOTE : SL_DOCUMENT_RECEIPT;
  g_autoptr (GTimeZone) zone = sl_id_is_none (location) ? g_time_zone_ref (sl_engine_time_zone (engine))
                                                        : sl_location_zone (engine, location, error);
  if (zone == NULL)
    return NULL;
  g_autoptr (SlReceipt) receipt = g_new0 (SlReceipt, 1);
  receipt->kind = kind;
  receipt->id = *id;
  receipt->document = sl_document_new (document_kind, currency, zone, at_ms);
  return set_supplier (engine, location, receipt->document, error) ? g_steal_pointer (&receipt) : NULL;
}

/* --- sales --- */

typedef struct {
  gint64 permille, amount_cents, vat_cents;
} Rate;

/* (transfer full) (element-type Rate): in the order in which they appear. */
static GArray *
list_rates (const SlSaleRecord *sale)
{
  GArray *rates = g_array_new (FALSE, FALSE, sizeof (Rate));
  for (guint i = 0; i < sale->lines->len; i++)
    {
      const SlSaleLine *line = &g_array_index (sale->lines, SlSaleLine, i);
      gint64 amount = line->quantity * line->unit_cents, vat = sl_vat_included (amount, line->vat_permille);
      guint at = 0;
      while (at < rates->len && g_array_index (rates, Rate, at).permille != line->vat_permille)
        at++;
      if (at == rates->len)
        g_array_append_val (rates, ((Rate){ .permille = line->vat_permille }));
      g_array_index (rates, Rate, at).amount_cents += amount;
      g_array_index (rates, Rate, at).vat_cents += vat;
    }
  return rates;
}

/* What has been paid; what is pending, owed or failed is due. A voucher is named by its id: its code is money. */
static void
add_payment (SlDocument *document, const SlPayment *payment)
{
  char text[SL_ID_TEXT_BYTES];
  gboolean change = payment->tendered_cents > payment->amount_cents;
  const char *reference = sl_id_is_none (&payment->voucher_id) ? payment->reference
                                                               : sl_id_format (&payment->voucher_id, text);
  if (g_strcmp0 (payment->method, "account") == 0 || payment->status == SL_PAYMENT_PENDING
      || payment->status == SL_PAYMENT_FAILED)
    return;
  sl_document_add_payment (document, payment->method, payment->amount_cents,
                           change ? payment->tendered_cents : SL_DOCUMENT_NONE,
                           change ? payment->tendered_cents - payment->amount_cents : SL_DOCUMENT_NONE, reference);
}

static gboolean
add_vouchers (SlEngine *engine, const SlId *sale, SlDocument *document, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT id FROM voucher WHERE sale_id = ? ORDER BY id", "d",
                                            sale);
  while (sl_rows_next (rows))
    {
      char text[SL_ID_TEXT_BYTES];
      SlId id;
      sl_rows_id (rows, 0, &id);
      sl_document_add_fact (document, _ ("Voucher"), sl_id_format (&id, text));
    }
  return sl_rows_finish (rows, error);
}

/* Selling a voucher is no supply yet: VAT Act 89 of 1991, s 10(18). */
static gboolean
has_supplies (const SlSaleRecord *sale)
{
  for (guint i = 0; i < sale->lines->len; i++)
    if (g_array_index (sale->lines, SlSaleLine, i).what != SL_SALE_VOUCHER)
      return TRUE;
  return FALSE;
}

static SlReceipt *
make_sale (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (SlReceipt) receipt = g_new0 (SlReceipt, 1);
  g_autoptr (SlSaleRecord) sale = sl_sale_get (engine, id, error);
  if (sale == NULL || (receipt->document = sl_invoice_of_sale (engine, id, error)) == NULL)
    return NULL;
  receipt->kind = SL_RECEIPT_SALE;
  receipt->id = *id;
  receipt->member_id = sale->member_id;
  receipt->vat_cents = sale->vat_cents;
  if (!add_vouchers (engine, id, receipt->document, error)
      || !set_recipient (engine, &sale->member_id, receipt->document, error))
    return NULL;
  receipt->document->kind = SL_DOCUMENT_TAX_INVOICE;
  if (has_supplies (sale))
    receipt->lacks = sl_document_lacks (receipt->document);
  if (receipt->lacks != 0 || !has_supplies (sale))
    receipt->document->kind = SL_DOCUMENT_RECEIPT;
  return g_steal_pointer (&receipt);
}

/* --- later payments --- */

/* (nullable): of a sale that is not known here yet, or of none. */
static SlSaleRecord *
find_sale (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  SlSaleRecord *sale = sl_id_is_none (id) ? NULL : sl_sale_get (engine, id, &local_error);
  if (local_error != NULL && !g_error_matches (local_error, SL_ERROR, SL_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return sale;
}

static SlReceipt *
make_payment (SlEngine *engine, const SlPayment *payment, const SlSaleRecord *sale, GError **error)
{
  g_autoptr (SlReceipt) receipt = receipt_new (engine, SL_RECEIPT_PAYMENT, &payment->id, &payment->location_id,
                                               payment->currency, payment->at_ms, error);
  if (receipt == NULL)
    return NULL;
  g_autofree char *number = sl_invoice_number (&payment->replica, payment->receipt);
  g_autofree char *invoice = sale != NULL ? sl_invoice_number (&sale->replica, sale->receipt) : NULL;
  g_autofree char *what = invoice != NULL ? g_strdup_printf (_ ("Payment for %s"), invoice)
                                          : g_strdup (_ ("Payment on account"));
  receipt->member_id = payment->member_id;
  sl_document_set_number (receipt->document, number);
  sl_document_add_line (receipt->document, what, SL_DOCUMENT_NONE, SL_DOCUMENT_NONE, payment->amount_cents,
                        SL_DOCUMENT_NONE);
  add_payment (receipt->document, payment);
  sl_document_set_total (receipt->document, payment->amount_cents,
                         sale != NULL ? sale->due_cents : SL_DOCUMENT_NONE);
  return set_recipient (engine, &payment->member_id, receipt->document, error) ? g_steal_pointer (&receipt)
                                                                                    : NULL;
}

/* --- refunds --- */

typedef struct {
  SlId id, payment_id, location_id, replica;
  gint64 amount_cents, vat_cents, receipt, at_ms;
  char *method, *reason; /* (nullable) */
} Refund;

static void
refund_clear (Refund *refund)
{
  g_free (refund->method);
  g_free (refund->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refund, refund_clear)

static gboolean
read_refund (SlEngine *engine, const SlId *id, Refund *out, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT r.payment_id, r.location_id, r.replica, r.amount_cents, r.vat_cents, r.receipt, r.at_ms, "
                      "coalesce (r.method, p.method), r.reason, p.member_id FROM refund r LEFT JOIN payment p "
                      "ON p.id = r.payment_id WHERE r.id = ?",
                      "d", id);
  gboolean found = sl_rows_next (rows);
  if (found)
    {
      SlId member;
      gsize length;
      const void *sealed = sl_rows_blob (rows, 8, &length);
      out->id = *id;
      sl_rows_id (rows, 0, &out->payment_id);
      sl_rows_id (rows, 1, &out->location_id);
      sl_rows_id (rows, 2, &out->replica);
      sl_rows_id (rows, 9, &member);
      out->amount_cents = sl_rows_int (rows, 3);
      out->vat_cents = sl_rows_int (rows, 4);
      out->receipt = sl_rows_int (rows, 5);
      out->at_ms = sl_rows_int (rows, 6);
      out->method = sl_rows_dup_text (rows, 7);
      out->reason = sealed != NULL ? sl_oplog_unseal_note (engine->log, &member, sealed, length) : NULL;
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such sale, payment or refund");
  return found;
}

/* cents × refunded / total, of amounts that may not fit 64 bits when they are multiplied. */
static gint64
part_of (gint64 cents, const Refund *refund, gint64 total_cents)
{
  return total_cents != 0 ? (gint64) ((__int128) cents * refund->amount_cents / total_cents) : 0;
}

/* As much of each rate as of the sale; the last takes what rounding leaves, so that the sums are the refund's. */
static void
add_credits (SlDocument *document, const SlSaleRecord *sale, const Refund *refund, const char *what)
{
  g_autoptr (GArray) rates = list_rates (sale);
  gint64 amount_left = refund->amount_cents, vat_left = refund->vat_cents;
  for (guint i = 0; i < rates->len; i++)
    {
      const Rate *rate = &g_array_index (rates, Rate, i);
      gboolean last = i + 1 == rates->len;
      gint64 amount = last ? amount_left : part_of (rate->amount_cents, refund, sale->total_cents);
      gint64 vat = last ? vat_left : part_of (rate->vat_cents, refund, sale->total_cents);
      amount_left -= amount;
      vat_left -= vat;
      sl_document_add_line (document, what, HUNDRED, amount, amount, rate->permille);
      sl_document_add_vat (document, rate->permille, amount - vat, vat);
    }
}

static SlReceipt *
make_refund (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_auto (Refund) refund = { 0 };
  if (!read_refund (engine, id, &refund, error))
    return NULL;
  g_autoptr (SlPayment) payment = sl_payment_get (engine, &refund.payment_id, error);
  if (payment == NULL)
    return NULL;
  g_autoptr (SlSaleRecord) sale = find_sale (engine, &payment->sale_id, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  g_autoptr (SlReceipt) receipt = receipt_new (engine, SL_RECEIPT_REFUND, id, &refund.location_id, payment->currency,
                                               refund.at_ms, error);
  if (receipt == NULL)
    return NULL;
  g_autofree char *number = sl_invoice_number (&refund.replica, refund.receipt);
  g_autofree char *invoice = sale != NULL ? sl_invoice_number (&sale->replica, sale->receipt)
                                          : sl_invoice_number (&payment->replica, payment->receipt);
  g_autofree char *what = g_strdup_printf (_ ("Given back on %s"), invoice);
  receipt->member_id = payment->member_id;
  receipt->vat_cents = refund.vat_cents;
  sl_document_set_number (receipt->document, number);
  sl_document_set_corrects (receipt->document, invoice, refund.reason);
  if (sale != NULL)
    add_credits (receipt->document, sale, &refund, what);
  else
    sl_document_add_line (receipt->document, what, HUNDRED, refund.amount_cents, refund.amount_cents,
                          SL_DOCUMENT_NONE);
  if (refund.method != NULL)
    sl_document_add_payment (receipt->document, refund.method, refund.amount_cents, SL_DOCUMENT_NONE,
                             SL_DOCUMENT_NONE, NULL);
  sl_document_set_total (receipt->document, refund.amount_cents, SL_DOCUMENT_NONE);
  if (!set_recipient (engine, &payment->member_id, receipt->document, error))
    return NULL;
  receipt->lacks = sl_document_lacks (receipt->document);
  return g_steal_pointer (&receipt);
}

/* --- whichever it is --- */

static SlReceipt *
make_of_payment (SlEngine *engine, const SlPayment *payment, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (SlSaleRecord) sale = find_sale (engine, &payment->sale_id, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (sale != NULL && sl_id_equal (&sale->replica, &payment->replica) && sale->receipt == payment->receipt)
    return make_sale (engine, &sale->id, error);
  return make_payment (engine, payment, sale, error);
}

static SlReceipt *
make (SlEngine *engine, const SlId *id, GError **error)
{
  gint64 is_sale, is_payment;
  if (!sl_store_query_int (engine->store, 0, &is_sale, error, "SELECT count (*) FROM sale WHERE id = ?", "d", id)
      || !sl_store_query_int (engine->store, 0, &is_payment, error, "SELECT count (*) FROM payment WHERE id = ?", "d",
                              id))
    return NULL;
  if (is_sale != 0)
    return make_sale (engine, id, error);
  if (is_payment == 0)
    return make_refund (engine, id, error);
  g_autoptr (SlPayment) payment = sl_payment_get (engine, id, error);
  return payment != NULL ? make_of_payment (engine, payment, error) : NULL;
}

/**
 * sl_receipt_document:
 * @engine: the engine
 * @actor: who asks
 * @id: a sale, a payment or a refund
 * @out: (out) (transfer full): what is handed to whoever paid
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * The same whenever it is asked for, but for what has been paid and who has been erased since. Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_receipt_document (SlEngine *engine, const SlActor *actor, const SlId *id, SlReceipt **out, SlRefusal *out_refusal,
                     GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "receipt", out_refusal);
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  *out = make (engine, id, error);
  sl_store_end_read (engine->store);
  return *out != NULL;
}

/**
 * sl_receipt_find:
 * @engine: the engine
 * @series: (nullable): the device's letters that stand before the number, in any case; %NULL: any device's
 * @number: the number
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlReceiptFound): sales and refunds with this number on a paper of theirs, the
 *   latest first
 */
GArray *
sl_receipt_find (SlEngine *engine, const char *series, gint64 number, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (SlReceiptFound));
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT id, replica, at_ms, 0 FROM sale WHERE receipt = ?1 UNION "
    "SELECT s.id, p.replica, s.at_ms, 0 FROM payment p JOIN sale s ON s.id = p.sale_id WHERE p.receipt = ?1 UNION "
    "SELECT id, replica, at_ms, 1 FROM refund WHERE receipt = ?1 ORDER BY 3 DESC, 1",
    "i", number);
  SlId last = sl_id_none;
  while (sl_rows_next (rows))
    {
      SlReceiptFound found = { .kind = sl_rows_int (rows, 3) != 0 ? SL_RECEIPT_REFUND : SL_RECEIPT_SALE };
      SlId replica;
      char text[SL_ID_TEXT_BYTES];
      sl_rows_id (rows, 0, &found.id);
      sl_rows_id (rows, 1, &replica);
      if ((series != NULL && g_ascii_strncasecmp (sl_id_format (&replica, text), series, SERIES_LETTERS) != 0)
          || sl_id_equal (&found.id, &last))
        continue;
      last = found.id;
      g_array_append_val (list, found);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&list) : NULL;
}
