/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long paper takes: a receipt of three lines with a code, the first of a process (which finds its fonts) and the
 * next; and a report of a thousand rows. One line each: what, n, p50, p99, max | the aim. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "print/payment-code.h"
#include "print/render.h"
#include "series.h"

#define RECEIPTS 200
#define REPORTS 5
#define REPORT_ROWS 1000

static SlDocument *
receipt (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  SlDocument *document = sl_document_new (SL_DOCUMENT_TAX_INVOICE, "ZAR", zone, G_GINT64_CONSTANT (1772445600000));
  g_autofree char *code
    = sl_payment_code_text (SL_PAYMENT_CODE_SNAPSCAN, "ab12CDef", 5000, "A7F3-000123", NULL);
  sl_document_set_supplier (document, "Studio Loop", "12 Regent Road, Sea Point, Cape Town, 8005", "4123456789");
  sl_document_set_recipient (document, "Tshepišo Mahlangu", "31 Kloof Nek Road, Cape Town, 8001", NULL);
  sl_document_set_number (document, "A7F3-000123");
  for (int i = 0; i < 3; i++)
    sl_document_add_line (document, "Ten classes, valid for 90 days", 100, 138000, 138000, 150);
  sl_document_add_vat (document, 150, 360000, 54000);
  sl_document_add_payment (document, "card", 409000, SL_DOCUMENT_NONE, SL_DOCUMENT_NONE, "004521");
  sl_document_set_total (document, 414000, 5000);
  sl_document_set_qr (document, code, "Scan to pay");
  return document;
}

static SlDocument *
report (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  SlDocument *document = sl_document_new (SL_DOCUMENT_REPORT, "ZAR", zone, G_GINT64_CONSTANT (1772445600000));
  sl_document_set_title (document, "Revenue", "February 2026");
  SlDocumentTable *table = sl_document_add_table (document, NULL);
  sl_document_table_add_column (table, "Day", SL_COLUMN_DATE);
  sl_document_table_add_column (table, "Class", SL_COLUMN_TEXT);
  sl_document_table_add_column (table, "Seats", SL_COLUMN_NUMBER);
  sl_document_table_add_column (table, "Filled", SL_COLUMN_PERMILLE);
  sl_document_table_add_column (table, "Revenue", SL_COLUMN_MONEY);
  for (int row = 0; row < REPORT_ROWS; row++)
    {
      sl_document_table_add_number (table, G_GINT64_CONSTANT (1772445600000) + row * G_GINT64_CONSTANT (86400000));
      sl_document_table_add_text (table, "Reformer Pilates");
      sl_document_table_add_number (table, 12);
      sl_document_table_add_number (table, 835);
      sl_document_table_add_number (table, 123450 + row);
    }
  return document;
}

typedef enum { PDF_A4, PDF_ROLL, DOTS, KINDS } Kind;

static void
make (const SlDocument *document, Kind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = kind == DOTS ? sl_document_to_escpos (document, SL_PAPER_ROLL_80,
                                                                   &(SlEscPosOptions){ .cut = TRUE }, &error)
                                          : sl_document_to_pdf (document, kind == PDF_A4 ? SL_PAPER_A4
                                                                                         : SL_PAPER_ROLL_80, &error);
  if (bytes == NULL)
    {
      g_printerr ("bench-print: %s\n", error->message);
      exit (1);
    }
}

static void
measure (const char *what, const SlDocument *document, Kind kind, guint n, const char *aim)
{
  g_autoptr (SlSeries) series = sl_series_new ();
  for (guint i = 0; i < n; i++)
    {
      gint64 start_us = g_get_monotonic_time ();
      make (document, kind);
      sl_series_add (series, g_get_monotonic_time () - start_us);
    }
  g_autofree char *line = sl_series_to_string (series);
  g_print ("%s  %s | %s\n", what, line, aim);
}

int
main (int argc, char **argv)
{
  guint part = argc > 1 && g_str_equal (argv[1], "--quick") ? 10 : 1;
  g_autoptr (SlDocument) sale = receipt (), rows = report ();
  measure ("print: receipt, PDF, A4, the first of a process", sale, PDF_A4, 1, "aim 50 ms");
  measure ("print: receipt, PDF, A4", sale, PDF_A4, RECEIPTS / part, "aim 50 ms");
  measure ("print: receipt, PDF, 80 mm", sale, PDF_ROLL, RECEIPTS / part, "aim 50 ms");
  measure ("print: receipt, printer's dots, 80 mm", sale, DOTS, RECEIPTS / part, "aim 50 ms");
  measure ("print: report of 1000 rows, PDF", rows, PDF_A4, MAX (REPORTS / part, 1), "aim 1 s");
  return 0;
}
