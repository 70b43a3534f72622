/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample-document.h"

SlDocument *
sample_document (SlDocumentKind kind)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  return sl_document_new (kind, "ZAR", zone, SAMPLE_NOON);
}

SlDocument *
sample_invoice (guint n_lines)
{
  SlDocument *document = sample_document (SL_DOCUMENT_TAX_INVOICE);
  gint64 total_cents = 0;
  sl_document_set_supplier (document, "Studio Loop", "12 Long Street, Cape Town, 8001", "4123456789");
  sl_document_set_recipient (document, "Tshepišo Mokoena", "3 Loop Street, Cape Town, 8001", NULL);
  sl_document_set_number (document, "A7F3-000123");
  sl_document_add_fact (document, "Served by", "Zoë van der Merwe");
  for (guint i = 0; i < n_lines; i++)
    {
      sl_document_add_line (document, "Ten classes", 200, 11500, 23000, 150);
      total_cents += 23000;
    }
  sl_document_add_vat (document, 150, total_cents * 100 / 115, total_cents - total_cents * 100 / 115);
  sl_document_add_payment (document, "cash", total_cents, total_cents + 5000, 5000, NULL);
  sl_document_set_total (document, total_cents, 0);
  return document;
}

SlDocument *
sample_report (guint n_rows, guint n_columns)
{
  SlDocument *document = sample_document (SL_DOCUMENT_REPORT);
  SlDocumentTable *table = sl_document_add_table (document, "Takings");
  sl_document_set_title (document, "Revenue", "February 2026");
  sl_document_table_add_column (table, "Class", SL_COLUMN_TEXT);
  for (guint i = 1; i < n_columns; i++)
    sl_document_table_add_column (table, "Revenue", SL_COLUMN_MONEY);
  for (guint row = 0; row < n_rows; row++)
    {
      g_autofree char *name = g_strdup_printf ("Class%u", row);
      sl_document_table_add_text (table, name);
      for (guint i = 1; i < n_columns; i++)
        sl_document_table_add_number (table, 100000 + row);
    }
  sl_document_table_add_text (table, "Sum");
  for (guint i = 1; i < n_columns; i++)
    sl_document_table_add_number (table, 99999999);
  sl_document_table_mark_total (table);
  return document;
}
