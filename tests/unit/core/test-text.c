/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"

#include <string.h>

#include "core/error.h"

static void
assert_clean (const char *raw, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sl_text_clean ("first name", raw, 40, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_unclean (const char *raw, gsize max_bytes)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sl_text_clean ("first name", raw, max_bytes, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_true (g_str_has_prefix (error->message, "first name "));
}

static void
is_trimmed_and_composed (void)
{
  assert_clean ("  Thandi \t\n", "Thandi");
  assert_clean ("\xc2\xa0Zoe\xcc\x88\xe3\x80\x80", "Zo\xc3\xab");
  assert_clean ("van der Merwe", "van der Merwe");
  assert_clean ("", "");
  assert_clean (" \t ", "");
  assert_clean ("\xe2\x80\x8b", ""); /* a zero-width space */
  assert_clean ("\xe2\x80\x8b \xef\xbb\xbf\xe2\x80\x8d", "");
  assert_clean ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"); /* a text is a text: what writes CSV must guard itself */
  assert_clean ("\xd9\x86\xe2\x80\x8c\xd9\x87", "\xd9\x86\xe2\x80\x8c\xd9\x87");
}

static void
refuses_controls_and_direction_marks (void)
{
  assert_unclean ("a\tb", 40);
  assert_unclean ("a\nb", 40);
  assert_unclean ("a\x1b[31mb", 40);
  assert_unclean ("a\x7f" "b", 40);
  assert_unclean ("a\xc2\x85" "b", 40);
  assert_unclean ("a\xe2\x80\xa8" "b", 40);
  assert_unclean ("a\xe2\x80\xae" "b", 40);
  assert_unclean ("a\xe2\x81\xa6" "b", 40);
}

static void
refuses_what_is_not_utf_8 (void)
{
  assert_unclean ("\xff", 40);
  assert_unclean ("Zo\xc3", 40);
  assert_unclean ("\xed\xa0\x80", 40);
}

static void
length_counts_bytes_of_the_result (void)
{
  g_autofree char *fits = sl_text_clean ("first name", "  abcd  ", 4, NULL);
  g_assert_cmpstr (fits, ==, "abcd");
  g_autofree char *composed = sl_text_clean ("first name", "Zoe\xcc\x88", 4, NULL);
  g_assert_cmpstr (composed, ==, "Zo\xc3\xab");
  assert_unclean ("abcde", 4);
  assert_unclean ("ab\xc3\xab\xc3\xab", 5);
  g_autofree char *accents = g_malloc (2000001);
  for (gsize i = 0; i < 2000000; i += 2)
    memcpy (accents + i, i % 4 == 0 ? "\xcc\x88" : "\xcc\xa3", 2);
  accents[2000000] = '\0';
  assert_unclean (accents, 200); /* would take hours to put in order */
}

static void
search_form_has_no_case_accents_or_double_blanks (void)
{
  static const struct { const char *text, *folded; } examples[] = {
    { "Zoë", "zoe" }, { "  JANSE   van\tRensburg ", "janse van rensburg" }, { "STRASSE", "strasse" },
    { "Straße", "strasse" },
    { "Ångström", "angstrom" }, { "İstanbul", "istanbul" }, { "ﬁt", "fit" }, { "", "" }, { "a\xff", "a\xef\xbf\xbd" } };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *folded = sl_text_fold (examples[i].text);
      g_assert_cmpstr (folded, ==, examples[i].folded);
      g_autofree char *again = sl_text_fold (folded);
      g_assert_cmpstr (again, ==, folded);
    }
}

static void
phones_become_one_number (void)
{
  static const char * const same[] = {
    "082 123 4567", "0821234567", "+27 82 123 4567", "+27821234567", "0027-82-123-4567", "+27 (0)82 123 4567",
    "(082) 123.4567",
    "\xe2\x80\xaa+27 82\xc2\xa0" "123\xe2\x80\x91" "4567\xe2\x80\xac", " 082/1234567 " };
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *phone = sl_phone_normalise (same[i], "27", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (phone, ==, "+27821234567");
    }
  g_autofree char *rome = sl_phone_normalise ("+39 06 1234567", "27", NULL);
  g_assert_cmpstr (rome, ==, "+39061234567");
}

static void
refuses_what_cannot_be_a_phone (void)
{
  static const char * const bad[] = {
    "", "0", "+", "00", "821234567", "082 12", "+1234567890123456", "082x1234567", "+0821234567", "27+821234567",
    "++27821234567",
    "082 123 4567 ext 3", "call me", "\xff", "0000821234567", "٠٨٢١٢٣٤٥٦٧",
    "0821234567                                                                  " };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_phone_normalise (bad[i], "27", &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

static void
money_has_its_sign_and_two_decimals (void)
{
  static const struct { gint64 cents; const char *currency, *text; } examples[] = {
    { 15000, "ZAR", "R150.00" }, { 5, "ZAR", "R0.05" }, { -50, "ZAR", "-R0.50" }, { 0, "EUR", "€0.00" },
    { 99999, "ZAR", "R999.99" }, { 100000, "ZAR", "R1\u00a0000.00" },
    { -1234567890, "ZAR", "-R12\u00a0345\u00a0678.90" },
    { 1234550, "KES", "KSh12,345.50" }, { 12345, "XOF", "XOF 123.45" }, { 1234500, "XOF", "XOF 12\u00a0345.00" },
    { -12345, "XOF", "-XOF 123.45" }, { G_MININT64, "USD", "-$92,233,720,368,547,758.08" } };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *text = sl_money_format (examples[i].cents, examples[i].currency);
      g_assert_cmpstr (text, ==, examples[i].text);
    }
}

static void
credits_have_no_more_decimals_than_needed (void)
{
  static const struct { gint64 hundredths; const char *text; } examples[] = {
    { 300, "3" }, { 250, "2.5" }, { -25, "-0.25" }, { 5, "0.05" }, { 0, "0" }, { -100, "-1" },
    { G_MININT64, "-92233720368547758.08" } };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *text = sl_credits_format (examples[i].hundredths);
      g_assert_cmpstr (text, ==, examples[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/text/" path, func)
  ADD ("is-trimmed-and-composed", is_trimmed_and_composed);
  ADD ("refuses-controls-and-direction-marks", refuses_controls_and_direction_marks);
  ADD ("refuses-what-is-not-utf-8", refuses_what_is_not_utf_8);
  ADD ("length-counts-bytes-of-the-result", length_counts_bytes_of_the_result);
  ADD ("search-form-has-no-case-accents-or-double-blanks", search_form_has_no_case_accents_or_double_blanks);
  ADD ("phones-become-one-number", phones_become_one_number);
  ADD ("refuses-what-cannot-be-a-phone", refuses_what_cannot_be_a_phone);
  ADD ("money-has-its-sign-and-two-decimals", money_has_its_sign_and_two_decimals);
  ADD ("credits-have-no-more-decimals-than-needed", credits_have_no_more_decimals_than_needed);
  return g_test_run ();
}
