/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-debounce"

#include "scan/debounce.h"

static void
test_same_code_is_one_scan (void)
{
  g_auto (SlScanDebounce) debounce = { 0 };

  g_assert_true (sl_scan_debounce_accept (&debounce, "A", 0));
  g_assert_false (sl_scan_debounce_accept (&debounce, "A", 1));
  g_assert_false (sl_scan_debounce_accept (&debounce, "A", 5000));
  g_assert_true (sl_scan_debounce_accept (&debounce, "A", 10000));
}

static void
test_code_left_lying_is_one_scan (void)
{
  g_auto (SlScanDebounce) debounce = { 0 };

  g_assert_true (sl_scan_debounce_accept (&debounce, "A", 0));
  for (gint64 now_ms = 500; now_ms < 60000; now_ms += 500)
    g_assert_false (sl_scan_debounce_accept (&debounce, "A", now_ms));
}

static void
test_other_code_is_another_scan (void)
{
  g_auto (SlScanDebounce) debounce = { 0 };

  g_assert_true (sl_scan_debounce_accept (&debounce, "A", 0));
  g_assert_true (sl_scan_debounce_accept (&debounce, "B", 100));
  g_assert_false (sl_scan_debounce_accept (&debounce, "A", 200));
  g_assert_false (sl_scan_debounce_accept (&debounce, "B", 300));
}

static void
test_forgets_the_oldest (void)
{
  g_auto (SlScanDebounce) debounce = { 0 };
  char text[] = "0";

  for (guint i = 0; i <= SL_SCAN_REMEMBERED_CODES; i++)
    {
      text[0] = (char) ('0' + i);
      g_assert_true (sl_scan_debounce_accept (&debounce, text, i));
    }
  g_assert_false (sl_scan_debounce_accept (&debounce, "1", 100));
  g_assert_true (sl_scan_debounce_accept (&debounce, "0", 101));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/debounce/the-same-code-within-5-s-is-one-scan", test_same_code_is_one_scan);
  g_test_add_func ("/sl/debounce/a-code-left-lying-is-one-scan", test_code_left_lying_is_one_scan);
  g_test_add_func ("/sl/debounce/another-code-is-another-scan", test_other_code_is_another_scan);
  g_test_add_func ("/sl/debounce/forgets-the-code-seen-longest-ago", test_forgets_the_oldest);
  return g_test_run ();
}
