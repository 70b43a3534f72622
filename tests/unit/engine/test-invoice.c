/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/invoice.h"

#include <string.h>

#include "core/error.h"
#include "desk-fixture.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/print-queue.h"
#include "engine/sale.h"

static void
set_details (Desk *desk, const SlInvoiceDetails *details)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_true (sl_invoice_details_edit (desk->engine, &desk->owner, details, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
}

/* Two mats for cash: R 172,50, of which R 22,50 VAT. */
static SlId
sell (Desk *desk, const SlId *member, const char *method)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlSaleParams params = { .member_id = member != NULL ? *member : sl_id_none,
                          .method = method,
                          .amount_cents = SL_NUMBER_NONE,
                          .tendered_cents = g_str_equal (method, "cash") ? 20000 : 0 };
  g_assert_true (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 8625, 2, &sale, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return sale.sale_id;
}

static SlDocument *
invoice (Desk *desk, const SlId *sale)
{
  g_autoptr (GError) error = NULL;
  SlDocument *document = sl_invoice_of_sale (desk->engine, sale, &error);
  g_assert_no_error (error);
  return document;
}

static void
without_a_vat_number_it_is_a_receipt (Desk *desk, gconstpointer data)
{
  SlId sale = sell (desk, NULL, "cash");
  g_autoptr (SlDocument) document = invoice (desk, &sale);
  g_assert_cmpint (document->kind, ==, SL_DOCUMENT_RECEIPT);
  g_assert_cmpuint (document->vat->len, ==, 0);
  g_assert_cmpint (document->total_cents, ==, 17250);
  g_assert_cmpint (document->due_cents, ==, 0);
  g_assert_null (document->recipient.name);
  const SlDocumentPayment *cash = document->payments->pdata[0];
  g_assert_cmpint (cash->amount_cents, ==, 17250);
  g_assert_cmpint (cash->given_cents, ==, 20000);
  g_assert_cmpint (cash->change_cents, ==, 2750);
}

static void
with_one_it_is_a_valid_tax_invoice (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlId sale = sell (desk, &member, "card");
  set_details (desk, &(SlInvoiceDetails){ .vat_number = (char *) "4123456789", .address = (char *) "1 Loop Street" });
  g_autoptr (SlDocument) document = invoice (desk, &sale);
  g_assert_cmpint (document->kind, ==, SL_DOCUMENT_TAX_INVOICE);
  g_assert_cmpuint (sl_document_lacks (document), ==, 0);
  g_assert_true (g_str_has_prefix (document->recipient.name, "Thandi"));
  const SlDocumentLine *line = document->lines->pdata[0];
  const SlDocumentVat *vat = document->vat->pdata[0];
  g_assert_cmpint (line->quantity_hundredths, ==, 200);
  g_assert_cmpint (vat->vat_permille, ==, 150);
  g_assert_cmpint (vat->vat_cents, ==, 2250);
  g_assert_cmpint (vat->net_cents, ==, 15000);
  /* the series' name and its number */
  g_assert_true (g_regex_match_simple ("^[0-9A-F]{4}-[0-9]{6}$", document->number, 0, 0));
  g_assert_cmpstr (document->number + 4, ==, "-000001");
}

static void
numbers_have_no_gaps (Desk *desk, gconstpointer data)
{
  for (int i = 1; i <= 3; i++)
    {
      g_autofree char *end = g_strdup_printf ("-%06d", i);
      SlId sale = sell (desk, NULL, "cash");
      g_autoptr (SlDocument) document = invoice (desk, &sale);
      g_assert_true (g_str_has_suffix (document->number, end));
    }
}

static void
what_is_due_has_a_code_to_pay_by (Desk *desk, gconstpointer data)
{
  SlId pending = sell (desk, NULL, "qr"), paid = sell (desk, NULL, "cash");
  set_details (desk, &(SlInvoiceDetails){ .pay_link = (char *) "https://pay.example/m?r={reference}&c={cents}" });
  g_autoptr (SlDocument) open = invoice (desk, &pending);
  g_autoptr (SlDocument) closed = invoice (desk, &paid);
  g_autofree char *text = g_strdup_printf ("https://pay.example/m?r=%s&c=17250", open->number);
  g_assert_cmpstr (open->qr_text, ==, text);
  g_assert_cmpint (open->due_cents, ==, 17250);
  g_assert_cmpuint (open->payments->len, ==, 0);
  g_assert_null (closed->qr_text);
}

static void
an_erased_buyer_is_not_named (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  guint released;
  SlId member = desk_member (desk, "Thandi");
  SlId sale = sell (desk, &member, "cash");
  g_assert_true (sl_member_erase (desk->engine, &desk->owner, &member, "asked for it", &released, &refusal, &error));
  g_autoptr (SlDocument) document = invoice (desk, &sale);
  g_assert_null (document->recipient.name);
  g_assert_cmpint (document->total_cents, ==, 17250);
}

static void
details_stay_go_and_are_checked (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 }, refused = { 0 };
  g_auto (SlInvoiceDetails) details = { 0 };
  g_auto (SlActor) receptionist = { 0 };
  set_details (desk, &(SlInvoiceDetails){ .legal_name = (char *) " Loop (Pty) Ltd ", .note = (char *) "Dankie" });
  set_details (desk, &(SlInvoiceDetails){ .note = (char *) "" });
  g_assert_true (sl_invoice_details_get (desk->engine, &details, &error));
  g_assert_cmpstr (details.legal_name, ==, "Loop (Pty) Ltd");
  g_assert_null (details.note);
  static const SlInvoiceDetails bad[] = { { .vat_number = (char *) "4123;" },
                                          { .pay_link = (char *) "https://pay.example/{cents}" },
                                          { .legal_name = (char *) "a\nb" } };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (sl_invoice_details_edit (desk->engine, &desk->owner, &bad[i], &refusal, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_clear_error (&error);
    }
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &receptionist);
  g_assert_true (sl_invoice_details_edit (desk->engine, &receptionist, &(SlInvoiceDetails){ .note = (char *) "x" },
                                          &refused, &error));
  g_assert_cmpstr (sl_refusal_name (refused.code), ==, "not_allowed");
}

static void
a_sale_puts_its_receipt_into_the_queue (Desk *desk, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlPrinter printer = { (char *) "desk", (char *) "tcp:printer", (char *) "80", TRUE, FALSE, FALSE, TRUE };
  (void) sell (desk, NULL, "cash"); /* before there is a printer */
  g_assert_true (sl_printer_set (desk->engine, &desk->owner, &printer, &refusal, &error));
  SlId sale = sell (desk, NULL, "cash");
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (desk->engine, FALSE, &error);
  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_true (sl_id_equal (&((SlPrintJob *) jobs->pdata[0])->subject_id, &sale));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/invoice/without-a-vat-number-it-is-a-receipt", without_a_vat_number_it_is_a_receipt);
  desk_test ("/sl/invoice/with-one-it-is-a-valid-tax-invoice", with_one_it_is_a_valid_tax_invoice);
  desk_test ("/sl/invoice/numbers-have-no-gaps", numbers_have_no_gaps);
  desk_test ("/sl/invoice/what-is-due-has-a-code-to-pay-by", what_is_due_has_a_code_to_pay_by);
  desk_test ("/sl/invoice/an-erased-buyer-is-not-named", an_erased_buyer_is_not_named);
  desk_test ("/sl/invoice/details-stay-go-and-are-checked", details_stay_go_and_are_checked);
  desk_test ("/sl/invoice/a-sale-puts-its-receipt-into-the-queue", a_sale_puts_its_receipt_into_the_queue);
  return g_test_run ();
}
