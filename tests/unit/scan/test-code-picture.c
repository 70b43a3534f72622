/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-code-picture"

#include "scan/code-picture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/error.h"
#include "scan/picture.h"

#define TEXT "SL1SOMETHING"

static gboolean
is_white (GdkPixbuf *picture, int x, int y)
{
  return gdk_pixbuf_read_pixels (picture)[y * gdk_pixbuf_get_rowstride (picture) + 3 * x] == 255;
}

static void
test_has_quiet_zone_and_modules (void)
{
  g_autoptr (GdkPixbuf) picture = sl_code_picture (TEXT, 8, NULL);
  int side = gdk_pixbuf_get_width (picture);

  g_assert_cmpint (side, ==, (21 + 8) * 8);
  g_assert_cmpint (gdk_pixbuf_get_height (picture), ==, side);
  for (int i = 0; i < side; i++)
    {
      g_assert_true (is_white (picture, i, 31));
      g_assert_true (is_white (picture, 31, i));
      g_assert_true (is_white (picture, i, side - 32));
      g_assert_true (is_white (picture, side - 32, i));
    }
  g_assert_false (is_white (picture, 32, 32)); /* a finder's corner, 8 pixels wide */
  g_assert_false (is_white (picture, 39, 39));
  g_assert_true (is_white (picture, 40, 40));
}

static void
test_files_say_the_text (gconstpointer data)
{
  const char *name = data;
  g_autofree char *dir = g_dir_make_tmp ("sl-picture-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GError) error = NULL;

  if (g_str_has_suffix (name, ".png"))
    g_assert_true (sl_code_picture_save_png (TEXT, 1, path, &error));
  else
    g_assert_true (sl_code_picture_save_svg (TEXT, path, &error));
  g_assert_no_error (error);
  texts = sl_scan_file (decoder, path, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, TEXT);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_refuses_what_does_not_fit (void)
{
  g_autofree char *text = g_strnfill (5000, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_null (sl_code_picture (text, 8, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
test_says_that_file_cannot_be_written (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sl_code_picture_save_svg (TEXT, "/no/such/folder/code.svg", &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "/no/such/folder/code.svg"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/code-picture/has-its-quiet-zone-and-modules", test_has_quiet_zone_and_modules);
  g_test_add_data_func ("/sl/code-picture/png-says-the-text", "code.png", test_files_say_the_text);
  g_test_add_data_func ("/sl/code-picture/svg-says-the-text", "code.svg", test_files_say_the_text);
  g_test_add_func ("/sl/code-picture/refuses-what-does-not-fit", test_refuses_what_does_not_fit);
  g_test_add_func ("/sl/code-picture/says-that-the-file-cannot-be-written", test_says_that_file_cannot_be_written);
  return g_test_run ();
}
