/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-picture"

#include "scan/picture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "scan/code-picture.h"

#define TEXT "SL1SOMETHING"

typedef struct {
  char *dir, *path;
  SlDecoder *decoder;
} File;

static void
set_up (File *file, gconstpointer data)
{
  file->dir = g_dir_make_tmp ("sl-picture-XXXXXX", NULL);
  file->path = g_build_filename (file->dir, "picture", NULL);
  file->decoder = sl_decoder_new ();
}

static void
tear_down (File *file, gconstpointer data)
{
  (void) g_remove (file->path);
  g_assert_cmpint (g_rmdir (file->dir), ==, 0);
  g_free (file->dir);
  g_free (file->path);
  sl_decoder_free (file->decoder);
}

static void
assert_refused (File *file, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = sl_scan_file (file->decoder, file->path, &error);

  g_assert_null (texts);
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (error->message, file->path));
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_names_what_is_no_picture (File *file, gconstpointer data)
{
  assert_refused (file, "cannot be read");
  g_assert_true (g_file_set_contents (file->path, "", 0, NULL));
  assert_refused (file, "empty");
  g_assert_true (g_file_set_contents (file->path, "this is no picture", -1, NULL));
  assert_refused (file, "not a picture");
  g_assert_cmpint (g_remove (file->path), ==, 0);
  g_assert_cmpint (g_mkdir (file->path, 0700), ==, 0);
  assert_refused (file, "not a file");
  g_assert_cmpint (g_remove (file->path), ==, 0);
  g_assert_cmpint (mkfifo (file->path, 0600), ==, 0);
  assert_refused (file, "not a file"); /* and does not wait for a writer */
}

static void
test_survives_cut_picture (File *file, gconstpointer data)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (sl_code_picture_save_png (TEXT, 8, file->path, NULL));
  g_assert_true (g_file_get_contents (file->path, &contents, &length, NULL));
  g_assert_true (g_file_set_contents (file->path, contents, 20, NULL)); /* within the header */
  assert_refused (file, "not a picture");
  for (gsize cut = 21; cut < length; cut += 7)
    {
      g_autoptr (GPtrArray) texts = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (file->path, contents, (gssize) cut, NULL));
      texts = sl_scan_file (file->decoder, file->path, &error);
      g_assert_true ((texts == NULL) == (error != NULL));
      if (texts != NULL && texts->len > 0) /* enough of it was there */
        g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, TEXT);
    }
}

static void
test_refuses_bomb_by_header (File *file, gconstpointer data)
{
  /* The header of a PNG of 60,000 × 60,000 pixels, which would take 10 GB. */
  static const guint8 bomb[] = { 0x89, 'P',  'N',  'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 'I',  'H',  'D',  'R', 0,
                                 0,    0xea, 0x60, 0,   0,    0xea, 0x60, 8,    2, 0, 0, 0,  0x73, 0x2b, 0x26, 0x71 };
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  const char *bmp = "BM";
  guint8 header[54] = { 0 };

  g_byte_array_append (contents, bomb, sizeof bomb);
  g_assert_true (g_file_set_contents (file->path, (const char *) contents->data, contents->len, NULL));
  assert_refused (file, "");

  memcpy (header, bmp, 2);
  header[10] = 54;
  header[14] = 40;
  header[18] = 0x60; /* 60,000 × 60,000, 24 bits */
  header[19] = 0xea;
  header[22] = 0x60;
  header[23] = 0xea;
  header[26] = 1;
  header[28] = 24;
  g_assert_true (g_file_set_contents (file->path, (const char *) header, sizeof header, NULL));
  assert_refused (file, "60000 × 60000");
}

static void
test_refuses_huge_file (File *file, gconstpointer data)
{
  g_assert_true (g_file_set_contents (file->path, "x", 1, NULL));
  g_assert_cmpint (truncate (file->path, SL_PICTURE_FILE_MAX_BYTES + 1), ==, 0);
  assert_refused (file, "32 MiB");
}

static void
test_takes_transparent_for_white (File *file, gconstpointer data)
{
  g_autoptr (GdkPixbuf) code = sl_code_picture (TEXT, 8, NULL);
  g_autoptr (GdkPixbuf) clear = gdk_pixbuf_add_alpha (code, TRUE, 255, 255, 255);
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gdk_pixbuf_save (clear, file->path, "png", &error, NULL));
  texts = sl_scan_file (file->decoder, file->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, TEXT);
}

static void
test_reads_jpeg_of_many_pixels (File *file, gconstpointer data)
{
  g_autoptr (GdkPixbuf) code = sl_code_picture (TEXT, 30, NULL);
  g_autoptr (GdkPixbuf) photo = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 4000, 3000);
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_fill (photo, 0x8899aaff);
  gdk_pixbuf_copy_area (code, 0, 0, gdk_pixbuf_get_width (code), gdk_pixbuf_get_height (code), photo, 1500, 900);
  g_assert_true (gdk_pixbuf_save (photo, file->path, "jpeg", &error, "quality", "60", NULL));
  texts = sl_scan_file (file->decoder, file->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, TEXT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/sl/picture/" path, File, NULL, set_up, function, tear_down)
  ADD ("names-what-is-no-picture", test_names_what_is_no_picture);
  ADD ("survives-a-cut-picture", test_survives_cut_picture);
  ADD ("refuses-a-bomb-by-its-header", test_refuses_bomb_by_header);
  ADD ("refuses-a-huge-file", test_refuses_huge_file);
  ADD ("takes-transparent-for-white", test_takes_transparent_for_white);
  ADD ("reads-a-jpeg-of-many-pixels", test_reads_jpeg_of_many_pixels);
  return g_test_run ();
}
