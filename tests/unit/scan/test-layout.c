/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-layout"

#include "scan/layout.h"

#include <qrencode.h>

#define QRENCODE_FUNCTION 0x80 /* qrencode.h: modules that are not data */
#define QRENCODE_FORMAT 0x04   /* format information, which differs from code to code */

static void
test_agrees_with_qrencode (void)
{
  for (int version = 1; version <= SL_LAYOUT_VERSION_MAX; version++)
    {
      g_autoptr (SlLayout) layout = sl_layout_new (version);
      QRcode *qr = QRcode_encodeString ("A", version, QR_ECLEVEL_L, QR_MODE_8, 1);

      g_assert_nonnull (qr);
      g_assert_cmpint (layout->side, ==, qr->width);
      for (int i = 0; i < qr->width * qr->width; i++)
        {
          gboolean is_fixed = (qr->data[i] & QRENCODE_FUNCTION) != 0 && (qr->data[i] & QRENCODE_FORMAT) == 0;

          if (layout->modules[i] == SL_LAYOUT_DATA)
            g_assert_false (is_fixed);
          else
            {
              g_assert_true (is_fixed);
              g_assert_cmpint (layout->modules[i] == SL_LAYOUT_DARK, ==, (qr->data[i] & 1) != 0);
            }
        }
      QRcode_free (qr);
    }
}

static void
test_points_are_the_fixed_modules (void)
{
  g_autoptr (SlLayout) layout = sl_layout_new (7);
  guint fixed = 0;

  for (int i = 0; i < layout->side * layout->side; i++)
    fixed += layout->modules[i] != SL_LAYOUT_DATA;
  g_assert_cmpuint (layout->count, ==, fixed);
  g_assert_cmpuint (layout->count - layout->far_count, ==, 3 * 64); /* finders and separators */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/layout/agrees-with-qrencode-in-all-versions", test_agrees_with_qrencode);
  g_test_add_func ("/sl/layout/points-are-the-fixed-modules", test_points_are_the_fixed_modules);
  return g_test_run ();
}
