/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-receipt"

#include "engine/receipt.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/invoice.h"
#include "engine/member.h"
#include "engine/payment.h"
#include "engine/refund.h"
#include "engine/sale.h"
#include "expect.h"

static void
register_studio (Desk *desk)
{
  const SlInvoiceDetails details = { .legal_name = (char *) "Sea Point Movement (Pty) Ltd",
                                     .vat_number = (char *) "4012345678",
                                     .address = (char *) "1 Main Road, Sea Point",
                                     .note = (char *) "Thank you" };
  done (sl_invoice_details_edit (desk->engine, &desk->owner, &details, &refusal, &failure));
}

static void
sell (Desk *desk, const SlId *member, const char *method, gint64 price_cents, SlSale *out)
{
  const SlSaleParams params = { .member_id = *member, .method = method, .amount_cents = SL_NUMBER_NONE };
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", price_cents, 1, out, &refusal, &failure));
}

static SlReceipt *
receipt_of (Desk *desk, const SlId *id)
{
  SlReceipt *receipt = NULL;
  done (sl_receipt_document (desk->engine, &desk->owner, id, &receipt, &refusal, &failure));
  return receipt;
}

static void
give_back (Desk *desk, const SlId *payment, gint64 cents, SlRefundResult *out)
{
  const SlRefundParams params = { .payment_id = *payment, .amount_cents = cents, .reason = "torn" };
  done (sl_refund (desk->engine, &desk->owner, &params, out, &refusal, &failure));
}

static void
a_sale_is_a_tax_invoice_of_a_registered_studio (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sale = { 0 };
  register_studio (desk);
  sell (desk, &sl_id_none, "card", 1150, &sale);
  g_autoptr (SlReceipt) receipt = receipt_of (desk, &sale.sale_id), same = receipt_of (desk, &sale.payment_id);
  const SlDocument *document = receipt->document;
  const SlDocumentVat *vat = document->vat->pdata[0];
  char text[SL_ID_TEXT_BYTES];
  g_autofree char *device = g_ascii_strup (sl_id_format (sl_oplog_get_replica (desk->engine->log), text), 4);
  g_autofree char *number = g_strdup_printf ("%s-000001", device);
  g_assert_cmpint (document->kind, ==, SL_DOCUMENT_TAX_INVOICE);
  g_assert_cmpuint (receipt->lacks, ==, 0);
  g_assert_cmpstr (document->number, ==, number);
  g_assert_cmpstr (document->supplier.name, ==, "Sea Point Movement (Pty) Ltd");
  g_assert_cmpstr (document->supplier.address, ==, "1 Main Road, Sea Point");
  g_assert_cmpstr (document->notes->pdata[0], ==, "Thank you");
  g_assert_cmpint (vat->vat_permille, ==, 150);
  g_assert_cmpint (vat->net_cents, ==, 1000);
  g_assert_cmpint (vat->vat_cents, ==, 150);
  g_assert_cmpint (document->total_cents, ==, 1150);
  g_assert_null (document->recipient.name);
  g_assert_cmpstr (same->document->number, ==, number);
}

static void
a_sale_of_a_studio_without_a_vat_number_is_a_receipt (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sale = { 0 };
  sell (desk, &sl_id_none, "cash", 1150, &sale);
  g_autoptr (SlReceipt) receipt = receipt_of (desk, &sale.sale_id);
  g_assert_cmpint (receipt->document->kind, ==, SL_DOCUMENT_RECEIPT);
  g_assert_true ((receipt->lacks & SL_DOCUMENT_LACKS_SUPPLIER_VAT_NUMBER) != 0);
}

/* R5 000,01 names the customer: s 20(4); up to R5 000,00 it need not: s 20(5). */
static void
a_large_sale_asks_for_the_customers_address (Desk *desk, gconstpointer data)
{
  const SlMemberParams params = { .invoice_to = "Acme Ltd; 2 Long Street; Cape Town; VAT 4098765432" };
  g_auto (SlSale) small = { 0 }, large = { 0 }, named = { 0 };
  SlId member = desk_member (desk, "Thandi");
  register_studio (desk);
  sell (desk, &member, "card", 500000, &small);
  sell (desk, &member, "card", 500001, &large);
  g_autoptr (SlReceipt) first = receipt_of (desk, &small.sale_id), second = receipt_of (desk, &large.sale_id);
  g_assert_cmpint (first->document->kind, ==, SL_DOCUMENT_TAX_INVOICE);
  g_assert_null (first->document->recipient.address);
  g_assert_cmpint (second->document->kind, ==, SL_DOCUMENT_RECEIPT);
  g_assert_cmpuint (second->lacks, ==, SL_DOCUMENT_LACKS_RECIPIENT_ADDRESS);
  done (sl_member_edit (desk->engine, &desk->owner, &member, &params, FALSE, &refusal, &failure));
  g_autoptr (SlReceipt) third = receipt_of (desk, &large.sale_id);
  const SlDocumentParty *to = &third->document->recipient;
  g_assert_cmpint (third->document->kind, ==, SL_DOCUMENT_TAX_INVOICE);
  g_assert_cmpstr (to->name, ==, "Acme Ltd");
  g_assert_cmpstr (to->address, ==, "2 Long Street, Cape Town");
  g_assert_cmpstr (to->vat_number, ==, "4098765432");
}

static void
a_credit_note_names_its_invoice (Desk *desk, gconstpointer data)
{
  const SlMemberParams params = { .invoice_to = "Acme Ltd; 2 Long Street" };
  g_auto (SlSale) sale = { 0 };
  SlRefundResult back;
  SlId member = desk_member (desk, "Thandi");
  register_studio (desk);
  done (sl_member_edit (desk->engine, &desk->owner, &member, &params, FALSE, &refusal, &failure));
  sell (desk, &member, "card", 1150, &sale);
  give_back (desk, &sale.payment_id, 575, &back);
  g_autoptr (SlReceipt) invoice = receipt_of (desk, &sale.sale_id), note = receipt_of (desk, &back.refund_id);
  const SlDocumentVat *vat = note->document->vat->pdata[0];
  g_assert_cmpint (note->document->kind, ==, SL_DOCUMENT_CREDIT_NOTE);
  g_assert_cmpstr (note->document->corrects, ==, invoice->document->number);
  g_assert_cmpstr (note->document->reason, ==, "torn");
  g_assert_true (g_str_has_suffix (note->document->number, "-000002"));
  g_assert_cmpint (note->document->total_cents, ==, 575);
  g_assert_cmpint (vat->vat_cents, ==, 75);
  g_assert_cmpuint (note->lacks, ==, 0);
}

static void
a_later_payment_names_its_invoice_and_what_is_due (Desk *desk, gconstpointer data)
{
  SlSaleParams part = { .method = "cash", .amount_cents = 400, .tendered_cents = 500, .part = TRUE };
  SlSaleParams rest = { .method = "card", .amount_cents = 250 };
  g_auto (SlSale) sale = { 0 }, more = { 0 };
  register_studio (desk);
  done (sl_sale_other (desk->engine, &desk->owner, &part, "Mat", 1150, 1, &sale, &refusal, &failure));
  g_autoptr (SlReceipt) before = receipt_of (desk, &sale.sale_id);
  const SlDocumentPayment *cash = before->document->payments->pdata[0];
  g_assert_cmpint (before->document->due_cents, ==, 750);
  g_assert_cmpint (cash->change_cents, ==, 100);
  done (sl_payment_take (desk->engine, &desk->owner, &sale.sale_id, &rest, &more, &refusal, &failure));
  g_autoptr (SlReceipt) later = receipt_of (desk, &more.payment_id);
  const SlDocumentLine *line = later->document->lines->pdata[0];
  g_assert_cmpint (later->document->kind, ==, SL_DOCUMENT_RECEIPT);
  g_assert_cmpint (later->document->total_cents, ==, 250);
  g_assert_cmpint (later->document->due_cents, ==, 500);
  g_assert_nonnull (strstr (line->description, before->document->number));
}

static void
a_voucher_is_named_by_its_id_and_no_tax_invoice (Desk *desk, gconstpointer data)
{
  const SlSaleParams params = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };
  char text[SL_ID_TEXT_BYTES];
  register_studio (desk);
  done (sl_sale_voucher (desk->engine, &desk->owner, &params, 5000, &sale, &refusal, &failure));
  g_autoptr (SlReceipt) receipt = receipt_of (desk, &sale.sale_id);
  gboolean named = FALSE;
  for (guint i = 0; i < receipt->document->facts->len; i++)
    {
      const SlDocumentFact *fact = receipt->document->facts->pdata[i];
      named = named || g_str_equal (fact->value, sl_id_format (&sale.voucher_id, text));
      g_assert_null (strstr (fact->value, sale.voucher_code));
    }
  g_assert_true (named);
  g_assert_cmpint (receipt->document->kind, ==, SL_DOCUMENT_RECEIPT);
  g_assert_cmpuint (receipt->lacks, ==, 0);
}

static void
an_invoice_outlives_an_erased_member (Desk *desk, gconstpointer data)
{
  const SlMemberParams params = { .invoice_to = "Thandi Nkosi; 2 Long Street" };
  g_auto (SlSale) sale = { 0 };
  guint released;
  SlId member = desk_member (desk, "Thandi");
  register_studio (desk);
  done (sl_member_edit (desk->engine, &desk->owner, &member, &params, FALSE, &refusal, &failure));
  sell (desk, &member, "card", 1150, &sale);
  done (sl_member_erase (desk->engine, &desk->owner, &member, "asked for it", &released, &refusal, &failure));
  g_autoptr (SlReceipt) receipt = receipt_of (desk, &sale.sale_id);
  g_assert_cmpint (receipt->document->kind, ==, SL_DOCUMENT_TAX_INVOICE);
  g_assert_cmpint (receipt->document->total_cents, ==, 1150);
  g_assert_null (receipt->document->recipient.name);
}

static void
what_is_no_receipt_is_not_found (Desk *desk, gconstpointer data)
{
  g_auto (SlActor) instructor = { 0 };
  g_auto (SlSale) sale = { 0 };
  SlReceipt *receipt = NULL;
  const SlId nothing = { { 9 } };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  sell (desk, &sl_id_none, "card", 1150, &sale);
  fails (SL_ERROR_NOT_FOUND, sl_receipt_document (desk->engine, &desk->owner, &nothing, &receipt, &refusal, &failure));
  refused ("not_allowed",
           sl_receipt_document (desk->engine, &instructor, &sale.sale_id, &receipt, &refusal, &failure));
}

/* What is pending or has failed is not paid, and cash to the cent gives no change. */
static void
only_what_was_paid_stands_on_it (Desk *desk, gconstpointer data)
{
  SlPay pays[] = { { .method = "cash", .amount_cents = 400, .tendered_cents = 400 },
                   { .method = "qr", .amount_cents = SL_NUMBER_NONE } };
  const SlSaleParams params = { .pays = pays, .n_pays = 2 };
  g_auto (SlSale) sale = { 0 };
  SlId picture = sl_id_none;
  g_autoptr (GError) error = NULL;
  done (sl_sale_other (desk->engine, &desk->owner, &params, "Mat", 1150, 1, &sale, &refusal, &failure));
  g_autoptr (SlSaleRecord) record = sl_sale_get (desk->engine, &sale.sale_id, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < record->payments->len; i++)
    if (g_str_equal (((const SlPayment *) record->payments->pdata[i])->method, "qr"))
      picture = ((const SlPayment *) record->payments->pdata[i])->id;
  for (int said = 0; said <= SL_OUTCOME_PAID; said++)
    {
      if (said != 0)
        done (sl_payment_settle (desk->engine, &desk->owner, &picture, (SlOutcome) said, NULL, &refusal, &failure));
      g_autoptr (SlReceipt) receipt = receipt_of (desk, &sale.sale_id);
      const SlDocumentPayment *first = receipt->document->payments->pdata[0];
      g_assert_cmpuint (receipt->document->payments->len, ==, said == SL_OUTCOME_PAID ? 2 : 1);
      g_assert_cmpint (receipt->document->due_cents, ==, said == SL_OUTCOME_PAID ? 0 : 750);
      g_assert_true (said == SL_OUTCOME_PAID || first->change_cents == SL_DOCUMENT_NONE);
    }
}

/* As much of each rate as of the sale; the parts come to what was given back, to the cent. */
static void
a_credit_note_has_its_part_of_each_rate (Desk *desk, gconstpointer data)
{
  const SlSaleLine lines[]
    = { { .what = SL_SALE_OTHER, .name = "Mat", .quantity = 1, .unit_cents = 333, .vat_permille = 150 },
        { .what = SL_SALE_OTHER, .name = "Book", .quantity = 1, .unit_cents = 667, .vat_permille = 0 },
        { .what = SL_SALE_OTHER, .name = "Towel", .quantity = 1, .unit_cents = 100, .vat_permille = 150 } };
  const SlTaking card = { .method = "card", .status = "paid", .amount_cents = 1100 };
  const SlSaleParts parts = { .location_id = desk->location, .currency = "ZAR", .receipt = 1, .lines = lines,
                              .n_lines = 3, .takings = &card, .n_takings = 1 };
  SlId sale, payment;
  g_autoptr (GError) error = NULL;
  SlRefundResult back;
  g_assert_true (sl_command_begin (desk->engine, &desk->owner, &error));
  g_assert_true (sl_op_sale (desk->engine->log, &parts, &sale, &payment, &error));
  g_assert_true (sl_command_commit (desk->engine, &error));
  give_back (desk, &payment, 499, &back);
  g_autoptr (SlReceipt) note = receipt_of (desk, &back.refund_id);
  const SlDocumentVat *standard = note->document->vat->pdata[0], *zero = note->document->vat->pdata[1];
  g_assert_cmpuint (note->document->vat->len, ==, 2);
  g_assert_cmpuint (note->document->lines->len, ==, 2);
  g_assert_cmpint (standard->vat_permille, ==, 150);
  g_assert_cmpint (standard->net_cents + standard->vat_cents, ==, 196); /* 433 × 499 ÷ 1100, rounded down */
  g_assert_cmpint (standard->vat_cents + zero->vat_cents, ==, back.vat_cents);
  g_assert_cmpint (zero->vat_permille, ==, 0);
  g_assert_cmpint (zero->net_cents + zero->vat_cents, ==, 499 - 196);
}

static void
assert_found (Desk *desk, const char *series, gint64 number, const SlId *id, SlReceiptKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) list = sl_receipt_find (desk->engine, series, number, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, id != NULL ? 1 : 0);
  if (id == NULL)
    return;
  g_assert_true (sl_id_equal (&g_array_index (list, SlReceiptFound, 0).id, id));
  g_assert_cmpint (g_array_index (list, SlReceiptFound, 0).kind, ==, kind);
}

static void
whatever_has_a_number_is_found_by_it (Desk *desk, gconstpointer data)
{
  g_auto (SlSale) sale = { 0 };
  SlRefundResult back;
  char device[SL_ID_TEXT_BYTES];
  sell (desk, &sl_id_none, "card", 1150, &sale);
  give_back (desk, &sale.payment_id, 150, &back);
  sl_id_format (sl_oplog_get_replica (desk->engine->log), device);
  device[4] = '\0';
  assert_found (desk, NULL, sale.receipt, &sale.sale_id, SL_RECEIPT_SALE);
  assert_found (desk, device, back.receipt, &back.refund_id, SL_RECEIPT_REFUND);
  assert_found (desk, g_str_has_prefix (device, "0") ? "1111" : "0000", back.receipt, NULL, SL_RECEIPT_REFUND);
  assert_found (desk, NULL, back.receipt + 1, NULL, SL_RECEIPT_REFUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/receipt/a-sale-is-a-tax-invoice-of-a-registered-studio",
             a_sale_is_a_tax_invoice_of_a_registered_studio);
  desk_test ("/sl/receipt/a-sale-of-a-studio-without-a-vat-number-is-a-receipt",
             a_sale_of_a_studio_without_a_vat_number_is_a_receipt);
  desk_test ("/sl/receipt/a-large-sale-asks-for-the-customers-address", a_large_sale_asks_for_the_customers_address);
  desk_test ("/sl/receipt/a-credit-note-names-its-invoice", a_credit_note_names_its_invoice);
  desk_test ("/sl/receipt/a-later-payment-names-its-invoice-and-what-is-due",
             a_later_payment_names_its_invoice_and_what_is_due);
  desk_test ("/sl/receipt/a-voucher-is-named-by-its-id-and-no-tax-invoice",
             a_voucher_is_named_by_its_id_and_no_tax_invoice);
  desk_test ("/sl/receipt/an-invoice-outlives-an-erased-member", an_invoice_outlives_an_erased_member);
  desk_test ("/sl/receipt/only-what-was-paid-stands-on-it", only_what_was_paid_stands_on_it);
  desk_test ("/sl/receipt/a-credit-note-has-its-part-of-each-rate", a_credit_note_has_its_part_of_each_rate);
  desk_test ("/sl/receipt/whatever-has-a-number-is-found-by-it", whatever_has_a_number_is_found_by_it);
  desk_test ("/sl/receipt/what-is-no-receipt-is-not-found", what_is_no_receipt_is_not_found);
  return g_test_run ();
}
