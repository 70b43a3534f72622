/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/document.h"

#include <string.h>

#include "core/datetime.h"
#include "core/error.h"

#define NOON G_GINT64_CONSTANT (1772445600000) /* 2 March 2026, 12:00 in Johannesburg */
#define NB "\xc2\xa0"

static SlDocument *
new_document (SlDocumentKind kind)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Africa/Johannesburg");
  return sl_document_new (kind, "ZAR", zone, NOON);
}

/* Lacks nothing: over the limit of an abridged invoice, so that the recipient counts. */
static SlDocument *
full_invoice (SlDocumentKind kind)
{
  SlDocument *document = new_document (kind);
  sl_document_set_supplier (document, "Studio Loop", "12 Long Street, Cape Town", "4123456789");
  sl_document_set_recipient (document, "Nandi Travel", "3 Loop Street, Cape Town", "4987654321");
  sl_document_set_number (document, "A7F3-000123");
  sl_document_add_line (document, "Annual plan", 100, 575000, 575000, 150);
  sl_document_add_vat (document, 150, 500000, 75000);
  sl_document_set_total (document, 575000, 0);
  if (kind == SL_DOCUMENT_CREDIT_NOTE)
    sl_document_set_corrects (document, "A7F3-000100", "cancelled");
  return document;
}

static void
assert_money (gint64 cents, const char *currency, const char *expected)
{
  g_autofree char *text = sl_document_money (cents, currency);
  g_assert_cmpstr (text, ==, expected);
}

static void
money_is_written_as_at_home (void)
{
  assert_money (123450, "ZAR", "R" NB "1" NB "234,50");
  assert_money (0, "ZAR", "R" NB "0,00");
  assert_money (-50, "ZAR", "-R" NB "0,50");
  assert_money (99999999, "ZAR", "R" NB "999" NB "999,99");
  assert_money (100000000, "ZAR", "R" NB "1" NB "000" NB "000,00");
  assert_money (G_MININT64 + 1, "ZAR", "-R" NB "92" NB "233" NB "720" NB "368" NB "547" NB "758,07");
  assert_money (123450, "USD", "$1,234.50");
  assert_money (123450, "EUR", "€" NB "1" NB "234,50");
  assert_money (123450, "KES", "KES" NB "1" NB "234.50");
}

static void
numbers_follow_the_currency (void)
{
  g_autofree char *whole = sl_document_percent (150, "ZAR");
  g_autofree char *half = sl_document_percent (-835, "ZAR");
  g_autofree char *dollars = sl_document_percent (835, "USD");
  g_autofree char *quantity = sl_document_quantity (123450, "ZAR");
  g_autofree char *quarter = sl_document_quantity (-25, "ZAR");
  g_assert_cmpstr (whole, ==, "15" NB "%");
  g_assert_cmpstr (half, ==, "-83,5" NB "%");
  g_assert_cmpstr (dollars, ==, "83.5" NB "%");
  g_assert_cmpstr (quantity, ==, "1" NB "234,5");
  g_assert_cmpstr (quarter, ==, "-0,25");
}

static void
times_are_the_places_own (void)
{
  g_autoptr (SlDocument) document = new_document (SL_DOCUMENT_RECEIPT);
  g_autofree char *date = sl_document_date (NOON, document->zone);
  g_autofree char *time = sl_document_time (NOON, document->zone);
  g_autofree char *late = sl_document_date (NOON + 11 * SL_HOUR_MS, document->zone);
  g_autofree char *next = sl_document_date (NOON + 12 * SL_HOUR_MS, document->zone);
  g_assert_cmpstr (date, ==, "2 March 2026");
  g_assert_cmpstr (time, ==, "2 March 2026, 12:00");
  g_assert_cmpstr (late, ==, "2 March 2026");
  g_assert_cmpstr (next, ==, "3 March 2026");
}

static void
each_column_writes_its_unit (void)
{
  static const struct { SlColumnType type; gint64 number; const char *text; } cells[] = {
    { SL_COLUMN_NUMBER, 12345, "12" NB "345" },
    { SL_COLUMN_HUNDREDTHS, 250, "2,5" },
    { SL_COLUMN_MONEY, -123450, "-R" NB "1" NB "234,50" },
    { SL_COLUMN_PERMILLE, 1000, "100" NB "%" },
    { SL_COLUMN_TIME, NOON, "2026-03-02" NB "12:00" },
    { SL_COLUMN_DATE, NOON, "2026-03-02" },
    { SL_COLUMN_MINUTES, 1505, "25:05" },
    { SL_COLUMN_MONEY, SL_DOCUMENT_NONE, "" },
  };
  g_autoptr (SlDocument) document = new_document (SL_DOCUMENT_REPORT);
  SlDocumentTable *table = sl_document_add_table (document, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    sl_document_table_add_column (table, "Column", cells[i].type);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    sl_document_table_add_number (table, cells[i].number);
  sl_document_table_add_text (table, "Total");
  sl_document_table_mark_total (table);
  g_assert_cmpuint (sl_document_table_n_rows (table), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      g_autofree char *text = sl_document_cell_text (document, table, 0, i);
      g_assert_cmpstr (text, ==, cells[i].text);
    }
  g_autofree char *total = sl_document_cell_text (document, table, 1, 0);
  g_autofree char *missing = sl_document_cell_text (document, table, 1, 7);
  g_assert_cmpstr (total, ==, "Total");
  g_assert_cmpstr (missing, ==, "");
  g_assert_true (g_hash_table_contains (table->totals, GUINT_TO_POINTER (1)));
  g_assert_false (g_hash_table_contains (table->totals, GUINT_TO_POINTER (0)));
}

static void
text_is_made_fit_to_be_set (void)
{
  g_autoptr (SlDocument) document = new_document (SL_DOCUMENT_RECEIPT);
  sl_document_set_supplier (document, "A\x1b[31mB\tC", "one\r\ntwo", NULL);
  sl_document_add_note (document, "bad \xff byte");
  g_assert_cmpstr (document->supplier.name, ==, "A[31mB C");
  g_assert_cmpstr (document->supplier.address, ==, "one\ntwo");
  g_assert_cmpstr (g_ptr_array_index (document->notes, 0), ==, "bad \xef\xbf\xbd byte");
}

static void
a_full_invoice_lacks_nothing (void)
{
  for (SlDocumentKind kind = SL_DOCUMENT_TAX_INVOICE; kind <= SL_DOCUMENT_REPORT; kind++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SlDocument) document = full_invoice (kind);
      g_assert_cmpuint (sl_document_lacks (document), ==, 0);
      g_assert_true (sl_document_check (document, &error));
      g_assert_no_error (error);
    }
}

static void
clear_text (char **text)
{
  g_clear_pointer (text, g_free);
}

static void
lack (SlDocument *document, SlDocumentLacks what)
{
  SlDocumentLine *line = document->lines->pdata[0];
  SlDocumentVat *vat = document->vat->pdata[0];
  switch (what)
    {
    case SL_DOCUMENT_LACKS_SUPPLIER_NAME: return clear_text (&document->supplier.name);
    case SL_DOCUMENT_LACKS_SUPPLIER_ADDRESS: return clear_text (&document->supplier.address);
    case SL_DOCUMENT_LACKS_SUPPLIER_VAT_NUMBER: return clear_text (&document->supplier.vat_number);
    case SL_DOCUMENT_LACKS_RECIPIENT_NAME: return clear_text (&document->recipient.name);
    case SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS: return clear_text (&document->recipient.address);
    case SL_DOCUMENT_LACKS_RECIPIENT_VAT_NUMBER: return clear_text (&document->recipient.vat_number);
    case SL_DOCUMENT_LACKS_NUMBER: return clear_text (&document->number);
    case SL_DOCUMENT_LACKS_DESCRIPTION: return clear_text (&line->description);
    case SL_DOCUMENT_LACKS_CORRECTED: return clear_text (&document->corrects);
    case SL_DOCUMENT_LACKS_REASON: return clear_text (&document->reason);
    case SL_DOCUMENT_LACKS_TITLE: return sl_document_set_title (document, "Receipt", NULL);
    case SL_DOCUMENT_LACKS_DATE: document->date_ms = 0; return;
    case SL_DOCUMENT_LACKS_QUANTITY: line->quantity_hundredths = SL_DOCUMENT_NONE; return;
    case SL_DOCUMENT_LACKS_VALUE: line->amount_cents--; return;
    case SL_DOCUMENT_LACKS_VAT_RATE: vat->vat_permille = 140; return;
    case SL_DOCUMENT_LACKS_VAT_AMOUNT: vat->vat_cents--; return;
    case SL_DOCUMENT_LACKS_TOTAL: document->total_cents = SL_DOCUMENT_NONE; return;
    default: g_assert_not_reached ();
    }
}

static void
assert_lacks (SlDocumentKind kind, SlDocumentLacks what)
{
  g_autoptr (SlDocument) document = full_invoice (kind);
  g_autoptr (GError) error = NULL;
  lack (document, what);
  g_assert_cmpuint (sl_document_lacks (document), ==, what);
  g_assert_false (sl_document_check (document, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_autoptr (GPtrArray) words = sl_document_lacks_words (what);
  g_assert_cmpuint (words->len, ==, 1);
  g_assert_nonnull (strstr (error->message, words->pdata[0]));
}

static void
each_thing_that_an_invoice_lacks_is_named (void)
{
  for (guint what = SL_DOCUMENT_LACKS_SUPPLIER_NAME; what <= SL_DOCUMENT_LACKS_TITLE; what <<= 1)
    {
      if (what != SL_DOCUMENT_LACKS_CORRECTED && what != SL_DOCUMENT_LACKS_REASON)
        assert_lacks (SL_DOCUMENT_TAX_INVOICE, what);
      assert_lacks (SL_DOCUMENT_CREDIT_NOTE, what);
    }
}

static void
up_to_r5000_nobody_need_be_named (void)
{
  for (gint64 cents = SL_DOCUMENT_ABRIDGED_MAX_CENTS; cents <= SL_DOCUMENT_ABRIDGED_MAX_CENTS + 1; cents++)
    {
      g_autoptr (SlDocument) document = new_document (SL_DOCUMENT_TAX_INVOICE);
      sl_document_set_supplier (document, "Studio Loop", "12 Long Street", "4123456789");
      sl_document_set_number (document, "A7F3-000124");
      sl_document_add_line (document, "Ten classes", 100, cents, cents, SL_DOCUMENT_NONE);
      sl_document_add_vat (document, 150, cents - 65217, 65217);
      sl_document_set_total (document, cents, 0);
      g_assert_cmpuint (sl_document_lacks (document), ==, cents == SL_DOCUMENT_ABRIDGED_MAX_CENTS ? 0
                        : SL_DOCUMENT_LACKS_RECIPIENT_NAME | SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS);
      /* who is no vendor has no number */
      sl_document_set_recipient (document, "Sipho Dlamini", "1 Main Road", NULL);
      g_assert_cmpuint (sl_document_lacks (document), ==, 0);
    }
}

static void
titles_keep_the_words_of_the_act (void)
{
  g_autoptr (SlDocument) invoice = full_invoice (SL_DOCUMENT_TAX_INVOICE);
  g_autofree char *own = sl_document_title (invoice);
  g_assert_cmpstr (own, ==, "Tax invoice");
  sl_document_set_title (invoice, "TAX INVOICE (copy)", NULL);
  g_assert_cmpuint (sl_document_lacks (invoice), ==, 0);
  g_assert_cmpstr (sl_document_method_words ("eft"), ==, "EFT");
  g_assert_cmpstr (sl_document_method_words ("Gift from Thandi"), ==, "Gift from Thandi");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/document/money-is-written-as-at-home", money_is_written_as_at_home);
  g_test_add_func ("/sl/document/numbers-follow-the-currency", numbers_follow_the_currency);
  g_test_add_func ("/sl/document/times-are-the-places-own", times_are_the_places_own);
  g_test_add_func ("/sl/document/each-column-writes-its-unit", each_column_writes_its_unit);
  g_test_add_func ("/sl/document/text-is-made-fit-to-be-set", text_is_made_fit_to_be_set);
  g_test_add_func ("/sl/document/a-full-invoice-lacks-nothing", a_full_invoice_lacks_nothing);
  g_test_add_func ("/sl/document/each-thing-that-an-invoice-lacks-is-named", each_thing_that_an_invoice_lacks_is_named);
  g_test_add_func ("/sl/document/up-to-r5000-nobody-need-be-named", up_to_r5000_nobody_need_be_named);
  g_test_add_func ("/sl/document/titles-keep-the-words-of-the-act", titles_keep_the_words_of_the_act);
  return g_test_run ();
}
