/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/payment-code.h"

#include <string.h>

#include "core/error.h"

static void
assert_bad (const char *template, const char *merchant, gint64 cents, const char *reference, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sl_payment_code_text (template, merchant, cents, reference, &error);
  g_assert_null (text);
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (error->message, words));
}

static void
snapscan_fixes_amount_and_reference (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sl_payment_code_text (SL_PAYMENT_CODE_SNAPSCAN, "ab12CD", 17250, "A7F3-000123", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "https://pos.snapscan.io/qr/ab12CD?id=A7F3-000123&amount=17250&strict=true");
}

static void
other_providers_have_templates (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text
    = sl_payment_code_text ("https://pay.example/{merchant}/{amount}?r={reference}", "m1", 5, "r1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "https://pay.example/m1/0.05?r=r1");
}

static void
an_address_may_hold_the_merchant (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text
    = sl_payment_code_text ("https://pay.example/m1?r={reference}&c={cents}", NULL, 5, "r1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "https://pay.example/m1?r=r1&c=5");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, NULL, 1, "r", "no other braces");
  assert_bad ("https://pay.example/m1/{cents}", NULL, 1, "r", "{reference}");
}

static void
a_reference_cannot_change_the_amount (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text
    = sl_payment_code_text (SL_PAYMENT_CODE_SNAPSCAN, "a/b?c", 100, "x&amount=1#{cents} é", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "https://pos.snapscan.io/qr/a%2Fb%3Fc?id=x%26amount%3D1%23%7Bcents%7D%20%C3%A9"
                             "&amount=100&strict=true");
}

static void
refuses_templates_with_missing_placeholders (void)
{
  assert_bad ("https://pay.example/{reference}/{cents}", "m", 1, "r", "needs {merchant}");
  assert_bad ("https://pay.example/{merchant}/{cents}", "m", 1, "r", "{reference}");
  assert_bad ("https://pay.example/{merchant}/{reference}", "m", 1, "r", "{cents} or {amount}");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN "&x={tip}", "m", 1, "r", "no other braces");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN "&x={cents", "m", 1, "r", "no other braces");
  assert_bad ("http://pay.example/{merchant}/{reference}/{cents}", "m", 1, "r", "https://");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN " ", "m", 1, "r", "blank");
  g_autofree char *many = g_strnfill (SL_PAYMENT_CODE_TEMPLATE_MAX_BYTES, 'a');
  g_autofree char *longer = g_strconcat (SL_PAYMENT_CODE_SNAPSCAN, many, NULL);
  assert_bad (longer, "m", 1, "r", "longer than 512");
}

static void
refuses_amounts_and_words_that_cannot_be (void)
{
  g_autofree char *many = g_strnfill (SL_PAYMENT_CODE_WORD_MAX_BYTES + 1, 'a');
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m", 0, "r", "above 0");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m", -1, "r", "above 0");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m", SL_PAYMENT_CODE_MAX_CENTS + 1, "r", "at most");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "", 1, "r", "merchant");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, many, 1, "r", "merchant");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m\xff", 1, "r", "merchant");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m", 1, "", "reference");
  assert_bad (SL_PAYMENT_CODE_SNAPSCAN, "m", 1, many, "reference");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/payment-code/snapscan-fixes-amount-and-reference", snapscan_fixes_amount_and_reference);
  g_test_add_func ("/sl/payment-code/other-providers-have-templates", other_providers_have_templates);
  g_test_add_func ("/sl/payment-code/an-address-may-hold-the-merchant", an_address_may_hold_the_merchant);
  g_test_add_func ("/sl/payment-code/a-reference-cannot-change-the-amount", a_reference_cannot_change_the_amount);
  g_test_add_func ("/sl/payment-code/refuses-templates-with-missing-placeholders",
                   refuses_templates_with_missing_placeholders);
  g_test_add_func ("/sl/payment-code/refuses-amounts-and-words-that-cannot-be",
                   refuses_amounts_and_words_that_cannot_be);
  return g_test_run ();
}
