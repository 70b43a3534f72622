/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-invoice"

#include "engine/invoice.h"

#include <string.h>

#include "core/error.h"
#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/payment.h"
#include "oplog/money.h"
#include "print/payment-code.h"

#define NAME_MAX_BYTES 200
#define NUMBER_MAX_BYTES 40
#define ADDRESS_MAX_BYTES 400
#define NOTE_MAX_BYTES 1000

/**
 * sl_invoice_details_clear:
 * @details: what stands on invoices
 */
void
sl_invoice_details_clear (SlInvoiceDetails *details)
{
  g_free (details->legal_name);
  g_free (details->vat_number);
  g_free (details->registration);
  g_free (details->address);
  g_free (details->note);
  g_free (details->pay_link);
  *details = (SlInvoiceDetails){ 0 };
}

static char *
text_or_null (SlRows *rows, int column)
{
  const char *text = sl_rows_text (rows, column);
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/**
 * sl_invoice_details_get:
 * @engine: the engine
 * @out: (out caller-allocates): what stands on invoices; clear it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_invoice_details_get (SlEngine *engine, SlInvoiceDetails *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  *out = (SlInvoiceDetails){ 0 };
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT legal_name, vat_number, registration, address, invoice_note, pay_link FROM organisation WHERE id = ?", "d",
    sl_oplog_get_organisation (engine->log));
  if (sl_rows_next (rows))
    {
      out->legal_name = text_or_null (rows, 0);
      out->vat_number = text_or_null (rows, 1);
      out->registration = text_or_null (rows, 2);
      out->address = text_or_null (rows, 3);
      out->note = text_or_null (rows, 4);
      out->pay_link = text_or_null (rows, 5);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
fill (SlFields *fields, const char *name, const char *field, const char *value, gsize max_bytes, GError **error)
{
  if (value == NULL)
    return TRUE;
  g_autofree char *text = sl_text_clean (name, value, max_bytes, error);
  if (text != NULL)
    sl_fields_set_text (fields, field, text);
  return text != NULL;
}

/* South African numbers have ten digits and begin with 4 (SARS); other countries' have letters, too. */
static gboolean
check_vat_number (const char *number, GError **error)
{
  if (number == NULL || strspn (number, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- ")
                            == strlen (number))
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a VAT number is made of digits and letters");
  return FALSE;
}

static gboolean
fill_all (SlFields *fields, const SlInvoiceDetails *details, GError **error)
{
  gboolean has_link = details->pay_link != NULL && *details->pay_link != '\0';
  return check_vat_number (details->vat_number, error)
         && (!has_link || sl_payment_code_check_template (details->pay_link, NULL, error))
         && fill (fields, "legal name", "legal_name", details->legal_name, NAME_MAX_BYTES, error)
         && fill (fields, "VAT number", "vat_number", details->vat_number, NUMBER_MAX_BYTES, error)
         && fill (fields, "registration", "registration", details->registration, NUMBER_MAX_BYTES, error)
         && fill (fields, "address", "address", details->address, ADDRESS_MAX_BYTES, error)
         && fill (fields, "note", "invoice_note", details->note, NOTE_MAX_BYTES, error)
         && fill (fields, "payment code", "pay_link", details->pay_link, SL_PAYMENT_CODE_TEMPLATE_MAX_BYTES, error);
}

/**
 * sl_invoice_details_edit:
 * @engine: the engine
 * @actor: who gives the command
 * @details: what is to change; %NULL stays, "" takes away
 * @out_refusal: (out): not_allowed
 * @error: %SL_ERROR_BAD_INPUT, or of the store
 *
 * Invoices that are printed again show what holds then.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_invoice_details_edit (SlEngine *engine, const SlActor *actor, const SlInvoiceDetails *details,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && details != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ORGANISATION);
  if (!fill_all (fields, details, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, NULL, out_refusal))
    return sl_command_refuse (engine, actor, "invoice settings", out_refusal, error);
  if (!sl_fields_is_empty (fields)
      && !sl_op_edit (engine->log, sl_oplog_get_organisation (engine->log), fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_invoice_number:
 * @replica: whose series it is of
 * @receipt: its number there
 *
 * Returns: (transfer full): as it is printed
 */
char *
sl_invoice_number (const SlId *replica, gint64 receipt)
{
  char text[SL_ID_TEXT_BYTES];
  g_autofree char *series = g_ascii_strup (sl_id_format (replica, text), 4);
  return g_strdup_printf ("%s-%06" G_GINT64_FORMAT, series, receipt);
}

static gboolean
set_supplier (SlEngine *engine, SlDocument *document, const SlSaleRecord *sale, const SlInvoiceDetails *details,
              GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlLocation) location = sl_location_get (engine, &sale->location_id, &failure);
  if (location == NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  const char *address = details->address != NULL ? details->address : location != NULL ? location->address : NULL;
  const char *name = details->legal_name != NULL ? details->legal_name : sl_engine_studio_name (engine);
  sl_document_set_supplier (document, name != NULL ? name : "", address, details->vat_number);
  return TRUE;
}

/* Whoever is erased, or whose key is not here, is not named. */
static gboolean
set_recipient (SlEngine *engine, SlDocument *document, const SlSaleRecord *sale, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (sl_id_is_none (&sale->member_id))
    return TRUE;
  g_autoptr (SlMember) member = sl_member_get (engine, &sale->member_id, &failure);
  if (member == NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (member == NULL || member->first == NULL)
    return TRUE;
  g_autofree char *name
    = g_strstrip (g_strconcat (member->first, " ", member->last != NULL ? member->last : "", NULL));
  sl_document_set_recipient (document, name, NULL, NULL);
  return TRUE;
}

/* The VAT of each line was rounded when it was sold: what stands for a rate is their sum. */
static void
add_lines (SlDocument *document, const SlSaleRecord *sale, gboolean says_vat)
{
  for (guint i = 0; i < sale->lines->len; i++)
    {
      const SlSaleLine *line = &g_array_index (sale->lines, SlSaleLine, i);
      sl_document_add_line (document, line->name, line->quantity * 100, line->unit_cents,
                            line->quantity * line->unit_cents, says_vat ? line->vat_permille : SL_DOCUMENT_NONE);
    }
  for (guint i = 0; i < sale->lines->len && says_vat; i++)
    {
      gint64 permille = g_array_index (sale->lines, SlSaleLine, i).vat_permille, net_cents = 0, vat_cents = 0;
      gboolean before = FALSE;
      for (guint j = 0; j < sale->lines->len; j++)
        {
          const SlSaleLine *line = &g_array_index (sale->lines, SlSaleLine, j);
          gint64 amount_cents = line->quantity * line->unit_cents;
          before = before || (j < i && line->vat_permille == permille);
          vat_cents += line->vat_permille == permille ? sl_vat_included (amount_cents, permille) : 0;
          net_cents += line->vat_permille == permille ? amount_cents - sl_vat_included (amount_cents, permille) : 0;
        }
      if (!before)
        sl_document_add_vat (document, permille, net_cents, vat_cents);
    }
}

static void
add_payments (SlDocument *document, const SlSaleRecord *sale)
{
  for (guint i = 0; i < sale->payments->len; i++)
    {
      const SlPayment *payment = sale->payments->pdata[i];
      gboolean change = payment->tendered_cents > payment->amount_cents;
      if (payment->status == SL_PAYMENT_PENDING || payment->status == SL_PAYMENT_FAILED)
        continue;
      sl_document_add_payment (document, payment->method, payment->amount_cents,
                               change ? payment->tendered_cents : SL_DOCUMENT_NONE,
                               change ? payment->tendered_cents - payment->amount_cents : SL_DOCUMENT_NONE,
                               payment->reference);
    }
}

static gboolean
add_code (SlDocument *document, const SlSaleRecord *sale, const SlInvoiceDetails *details, GError **error)
{
  if (details->pay_link == NULL || sale->due_cents <= 0 || sale->due_cents > SL_PAYMENT_CODE_MAX_CENTS)
    return TRUE;
  g_autofree char *text = sl_payment_code_text (details->pay_link, NULL, sale->due_cents, document->number, error);
  if (text != NULL)
    sl_document_set_qr (document, text, NULL);
  return text != NULL;
}

/**
 * sl_invoice_of_sale:
 * @engine: the engine
 * @sale: a sale
 * @error: %SL_ERROR_NOT_FOUND, or of the store
 *
 * A tax invoice where the studio has a VAT number, else a receipt; with a code to pay by where something is due and the
 * studio takes payments so. sl_document_lacks() says whether it is valid.
 *
 * Returns: (transfer full) (nullable): what the sale says on paper, as it stands now
 */
SlDocument *
sl_invoice_of_sale (SlEngine *engine, const SlId *sale, GError **error)
{
  g_return_val_if_fail (engine != NULL && sale != NULL, NULL);

  g_auto (SlInvoiceDetails) details = { 0 };
  g_autoptr (SlSaleRecord) record = sl_sale_get (engine, sale, error);
  if (record == NULL || !sl_invoice_details_get (engine, &details, error))
    return NULL;
  g_autoptr (GTimeZone) zone = sl_location_zone (engine, &record->location_id, error);
  if (zone == NULL)
    return NULL;
  gboolean says_vat = details.vat_number != NULL;
  g_autofree char *number = sl_invoice_number (&record->replica, record->receipt);
  g_autoptr (SlDocument) document = sl_document_new (says_vat ? SL_DOCUMENT_TAX_INVOICE : SL_DOCUMENT_RECEIPT,
                                                     record->currency, zone, record->at_ms);
  sl_document_set_number (document, number);
  if (!set_supplier (engine, document, record, &details, error) || !set_recipient (engine, document, record, error))
    return NULL;
  add_lines (document, record, says_vat);
  add_payments (document, record);
  sl_document_set_total (document, record->total_cents, record->due_cents);
  if (details.registration != NULL)
    sl_document_add_note (document, details.registration);
  if (details.note != NULL)
    sl_document_add_note (document, details.note);
  return add_code (document, record, &details, error) ? g_steal_pointer (&document) : NULL;
}
