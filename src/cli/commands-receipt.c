/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-receipt"

#include <glib/gi18n-lib.h>

#include "cli/commands-print.h"
#include "cli/values.h"
#include "core/error.h"
#include "engine/invoice.h"
#include "engine/print-queue.h"
#include "engine/receipt.h"
#include "print/render.h"

/* What a sale says on paper. */

static const SlCliOption receipt_options[] = {
  { "pdf", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write it as PDF") },
  { "escpos", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write what a receipt printer would be sent") },
  { "paper", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("a4, 80 or 58 (a4; 80 with --escpos)") },
  { "print", SL_CLI_FLAG, FALSE, NULL, N_ ("put it into the printer's queue; once") },
  { "copy", SL_CLI_FLAG, FALSE, NULL, N_ ("once more, and it says so") },
  SL_CLI_OPTIONS_END
};
static const SlColumn line_columns[] = {
  { "description", N_ ("What"), SL_SHOW_TEXT, NULL },    { "quantity", N_ ("How many"), SL_SHOW_CREDITS, NULL },
  { "price", N_ ("Price"), SL_SHOW_MONEY, NULL },        { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  SL_COLUMNS_END
};
static const SlColumn payment_columns[] = {
  { "method", N_ ("How"), SL_SHOW_TEXT, NULL },          { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  { "tendered", N_ ("Handed over"), SL_SHOW_MONEY, NULL }, { "change", N_ ("Change"), SL_SHOW_MONEY, NULL },
  { "reference", N_ ("Reference"), SL_SHOW_TEXT, NULL }, SL_COLUMNS_END
};
static const SlColumn receipt_columns[] = {
  { "number", N_ ("Number"), SL_SHOW_TEXT, NULL },   { "title", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "corrects", N_ ("Corrects"), SL_SHOW_TEXT, NULL },
  { "date", N_ ("Date"), SL_SHOW_TIME, NULL },       { "total", N_ ("Total"), SL_SHOW_MONEY, NULL },
  { "vat", N_ ("VAT in it"), SL_SHOW_MONEY, NULL },  { "due", N_ ("Still to pay"), SL_SHOW_MONEY, NULL },
  { "lacks", N_ ("Lacks"), SL_SHOW_TEXT, NULL },     { "pdf", N_ ("File"), SL_SHOW_TEXT, NULL },
  { "escpos", N_ ("File"), SL_SHOW_TEXT, NULL },     { "print", N_ ("Print job"), SL_SHOW_TEXT, NULL },
  { "lines", N_ ("Lines"), SL_SHOW_ITEMS, line_columns },
  { "payments", N_ ("Payments"), SL_SHOW_ITEMS, payment_columns }, SL_COLUMNS_END
};

/* Of a sale, a payment or a refund. */
static gboolean
find_id (SlCli *cli, SlId *out, GError **error)
{
  static const SlThing things[] = { SL_THING_SALE, SL_THING_PAYMENT, SL_THING_REFUND };
  for (guint i = 0; i + 1 < G_N_ELEMENTS (things); i++)
    {
      g_autoptr (GError) failure = NULL;
      if (sl_cli_argument_id (cli, 0, things[i], out, &failure))
        return TRUE;
      if (g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return sl_cli_argument_id (cli, 0, things[G_N_ELEMENTS (things) - 1], out, error);
}

static json_t *
number_or_null (gint64 number)
{
  return number != SL_DOCUMENT_NONE ? json_integer (number) : json_null ();
}

static json_t *
lines_to_json (const SlDocument *document)
{
  json_t *lines = json_array ();
  for (guint i = 0; i < document->lines->len; i++)
    {
      const SlDocumentLine *line = document->lines->pdata[i];
      json_array_append_new (lines, json_pack ("{s:s, s:o, s:o, s:I, s:o}", "description", line->description,
                                               "quantity", number_or_null (line->quantity_hundredths), "price",
                                               number_or_null (line->unit_price_cents), "amount",
                                               (json_int_t) line->amount_cents, "vat_permille",
                                               number_or_null (line->vat_permille)));
    }
  return lines;
}

static json_t *
payments_to_json (const SlDocument *document)
{
  json_t *payments = json_array ();
  for (guint i = 0; i < document->payments->len; i++)
    {
      const SlDocumentPayment *payment = document->payments->pdata[i];
      json_array_append_new (payments, json_pack ("{s:s, s:I, s:o, s:o, s:o}", "method", payment->method, "amount",
                                                  (json_int_t) payment->amount_cents, "tendered",
                                                  number_or_null (payment->given_cents), "change",
                                                  number_or_null (payment->change_cents), "reference",
                                                  sl_json_text (payment->reference)));
    }
  return payments;
}

static json_t *
receipt_to_json (SlCli *cli, const SlReceipt *receipt)
{
  const SlDocument *document = receipt->document;
  g_autoptr (GPtrArray) lacks = sl_document_lacks_words (receipt->lacks);
  g_autofree char *title = sl_document_title (document);
  return json_pack ("{s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "id", sl_json_id (&receipt->id),
                    "number", sl_json_text (document->number), "title", title, "corrects",
                    sl_json_text (document->corrects), "date", sl_json_time (cli, document->date_ms, document->zone),
                    "total", (json_int_t) document->total_cents, "vat", (json_int_t) receipt->vat_cents, "due",
                    number_or_null (document->due_cents), "lacks", sl_json_texts (lacks), "lines",
                    lines_to_json (document), "payments", payments_to_json (document));
}

static gboolean
put_into_queue (SlCli *cli, const SlCliCall *call, const SlReceipt *receipt, GError **error)
{
  SlPrintRequest request = { .kind = SL_PRINT_RECEIPT,
                             .subject_id = receipt->id,
                             .member_id = receipt->member_id,
                             .copy = sl_cli_has (call, "copy") };
  SlId job;
  g_autoptr (SlPrinter) printer = sl_printer_get (cli->engine, NULL, error);
  if (printer == NULL || !sl_print_queue_add (cli->engine, &request, &job, error))
    return FALSE;
  json_object_set_new (cli->answer, "print", sl_json_id (&job));
  return TRUE;
}

/* Ready for a printer: it cuts, and leaves the drawer alone. */
static gboolean
write_files (const SlCliCall *call, const SlDocument *document, GError **error)
{
  const char *pdf = sl_cli_text (call, "pdf"), *escpos = sl_cli_text (call, "escpos");
  const SlEscPosOptions options = { .cut = TRUE };
  SlPaper page = SL_PAPER_A4, roll = SL_PAPER_ROLL_80;
  if (sl_cli_has (call, "paper") && sl_paper_parse (sl_cli_text (call, "paper"), &page))
    roll = page;
  return (pdf == NULL || sl_document_save_pdf (document, page, pdf, error))
         && (escpos == NULL || sl_document_save_escpos (document, roll, &options, escpos, error));
}

static gboolean
check_receipt_words (const SlCliCall *call, GError **error)
{
  SlPaper paper = SL_PAPER_ROLL_80;
  if (!sl_cli_check_paper (call, error))
    return FALSE;
  if (!sl_cli_has (call, "escpos") || !sl_cli_has (call, "paper")
      || (sl_paper_parse (sl_cli_text (call, "paper"), &paper) && paper != SL_PAPER_A4))
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--escpos is for a roll: --paper 80 or 58");
  return FALSE;
}

static gboolean
run_receipt (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *pdf = sl_cli_text (call, "pdf"), *escpos = sl_cli_text (call, "escpos");
  SlId id;
  g_autoptr (SlReceipt) receipt = NULL;
  if (!sl_cli_check_output (pdf, error) || !sl_cli_check_output (escpos, error) || !find_id (cli, &id, error)
      || !sl_receipt_document (cli->engine, &cli->actor, &id, &receipt, &cli->refusal, error))
    return FALSE;
  if (receipt == NULL)
    return TRUE;
  receipt->document->copy = sl_cli_has (call, "copy");
  if (!write_files (call, receipt->document, error))
    return FALSE;
  cli->answer = receipt_to_json (cli, receipt);
  json_object_set_new (cli->answer, "pdf", sl_json_text (pdf));
  json_object_set_new (cli->answer, "escpos", sl_json_text (escpos));
  return !sl_cli_has (call, "print") || put_into_queue (cli, call, receipt, error);
}

static const SlCliOption settings_options[] = {
  { "legal-name", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("who sells, where that is not the studio's name") },
  { "vat-number", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("with it a receipt is a tax invoice") },
  { "registration", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("of the company") },
  { "address", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("where that is not the location's") },
  { "note", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("at the end of each invoice") },
  { "pay-link", SL_CLI_TEXT, FALSE, N_ ("URL"),
    N_ ("what a code to pay by says, with {reference} and {cents} or {amount}") },
  SL_CLI_OPTIONS_END
};
static const SlColumn settings_columns[] = {
  { "legal_name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "vat_number", N_ ("VAT number"), SL_SHOW_TEXT, NULL },
  { "registration", N_ ("Registration"), SL_SHOW_TEXT, NULL },
  { "address", N_ ("Address"), SL_SHOW_TEXT, NULL },
  { "note", N_ ("Note"), SL_SHOW_TEXT, NULL },
  { "pay_link", N_ ("Code to pay by"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_invoice_settings (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlInvoiceDetails said = { .legal_name = (char *) sl_cli_text (call, "legal-name"),
                            .vat_number = (char *) sl_cli_text (call, "vat-number"),
                            .registration = (char *) sl_cli_text (call, "registration"),
                            .address = (char *) sl_cli_text (call, "address"),
                            .note = (char *) sl_cli_text (call, "note"),
                            .pay_link = (char *) sl_cli_text (call, "pay-link") };
  g_auto (SlInvoiceDetails) details = { 0 };
  if (g_hash_table_size (call->values) > 0
      && !sl_invoice_details_edit (cli->engine, &cli->actor, &said, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_invoice_details_get (cli->engine, &details, error))
    return FALSE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o}", "legal_name", sl_json_text (details.legal_name),
                           "vat_number", sl_json_text (details.vat_number), "registration",
                           sl_json_text (details.registration), "address", sl_json_text (details.address), "note",
                           sl_json_text (details.note), "pay_link", sl_json_text (details.pay_link));
  return TRUE;
}

const SlCliCommand sl_cli_receipt_commands[] = {
  { "receipt", N_ ("show a receipt, tax invoice or credit note, write it, print it"),
    N_ ("ID is a sale's, a payment's or a refund's. What a tax invoice lacks to be valid is named."), "ID",
    SL_CLI_AROUND, run_receipt, receipt_options, receipt_columns, .check = check_receipt_words },
  { "invoice settings", N_ ("show or change what stands on every invoice"),
    N_ ("What is not named stays; an empty text takes it away."), NULL, SL_CLI_IN_STUDIO, run_invoice_settings,
    settings_options, settings_columns },
  { NULL }
};
