/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-decoder"

#include "scan/decoder.h"

#include <qrencode.h>
#include <string.h>

#include "scan/code-picture.h"
#include "test-pictures.h"

#define WIDTH 640
#define HEIGHT 480
#define TEXT_FORMAT                                                                                                    \
  "SL1%02uABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"            \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567AB"

static GPtrArray *
decode (const guint8 *pixels, int width, int height)
{
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  SlFrame frame = { pixels, width, height, width };

  return sl_decoder_decode_full (decoder, &frame);
}

static void
test_reads_condition (gconstpointer data)
{
  guint condition = GPOINTER_TO_UINT (data), read = 0;
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();

  for (guint seed = 0; seed < 3; seed++)
    {
      g_autofree char *text = g_strdup_printf (TEXT_FORMAT, condition);
      g_autofree guint8 *pixels = sl_test_picture_new (text, condition, seed, WIDTH, HEIGHT);
      SlFrame frame = { pixels, WIDTH, HEIGHT, WIDTH };
      g_autoptr (GPtrArray) texts = sl_decoder_decode_full (decoder, &frame);

      for (guint i = 0; i < texts->len; i++)
        g_assert_cmpstr (g_ptr_array_index (texts, i), ==, text);
      read += texts->len;
    }
  g_assert_cmpuint (read, >=, 1); /* how many of each in all: tests/bench */
}

/* As a video: some pass reads what the first does not. */
static void
test_passes_take_turns (void)
{
  g_autofree char *text = g_strdup_printf (TEXT_FORMAT, 1u);
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  guint read_first = 0, read_in_turn = 0;

  for (guint condition = 0; condition < SL_TEST_PICTURE_CONDITIONS; condition++)
    {
      g_autofree guint8 *pixels = sl_test_picture_new (text, condition, 7, WIDTH, HEIGHT);
      SlFrame frame = { pixels, WIDTH, HEIGHT, WIDTH };
      gboolean read = FALSE;

      for (guint turn = 0; turn < 3 && !read; turn++)
        {
          g_autoptr (GPtrArray) texts = sl_decoder_decode_pass (decoder, &frame, turn);

          read = texts->len > 0;
          read_first += read && turn == 0;
        }
      read_in_turn += read;
    }
  g_assert_cmpuint (read_first, >, SL_TEST_PICTURE_CONDITIONS / 2);
  g_assert_cmpuint (read_in_turn, >, read_first);
}

static void
test_finds_nothing_where_nothing_is (void)
{
  for (guint seed = 0; seed < 6; seed++)
    {
      g_autofree guint8 *pixels = sl_test_picture_new_without_code (seed, WIDTH, HEIGHT);
      g_autoptr (GPtrArray) texts = decode (pixels, WIDTH, HEIGHT);

      g_assert_cmpuint (texts->len, ==, 0);
    }
}

static void
test_takes_any_size (void)
{
  g_autofree guint8 *pixels = g_malloc0 (400 * 400);
  static const int sizes[] = { 1, 2, 3, 20, 21, 22, 39, 40, 41, 43, 79, 80, 81, 100, 163, 400 };

  for (guint i = 0; i < 400 * 400; i++)
    pixels[i] = (guint8) ((i * 2654435761u) >> 24);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
      {
        g_autoptr (GPtrArray) texts = decode (pixels, sizes[i], sizes[k]);

        g_assert_cmpuint (texts->len, ==, 0);
      }
}

/* Puts a code at a place of a picture. */
static void
paste (guint8 *pixels, int width, const char *text, int module_px, int left, int top, gboolean inverted)
{
  g_autoptr (GdkPixbuf) code = sl_code_picture (text, module_px, NULL);
  int side = gdk_pixbuf_get_width (code), stride = gdk_pixbuf_get_rowstride (code);
  const guint8 *from = gdk_pixbuf_read_pixels (code);

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      pixels[(top + y) * width + left + x] = inverted ? 255 - from[y * stride + 3 * x] : from[y * stride + 3 * x];
}

static void
test_reads_every_code_of_a_picture (void)
{
  g_autofree guint8 *pixels = g_malloc (WIDTH * HEIGHT);
  g_autoptr (GPtrArray) texts = NULL;
  static const char *const expected[] = { "upper left", "inverted", "lower" };

  memset (pixels, 140, WIDTH * HEIGHT);
  paste (pixels, WIDTH, expected[0], 5, 20, 20, FALSE);
  paste (pixels, WIDTH, expected[1], 6, 380, 10, TRUE);
  paste (pixels, WIDTH, expected[2], 3, 200, 300, FALSE);
  texts = decode (pixels, WIDTH, HEIGHT);

  g_assert_cmpuint (texts->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (g_ptr_array_find_with_equal_func (texts, expected[i], g_str_equal, NULL));
}

static void
test_reads_one_pixel_a_module (void)
{
  g_autofree guint8 *pixels = g_malloc (100 * 100);
  g_autoptr (GPtrArray) texts = NULL;

  memset (pixels, 255, 100 * 100);
  paste (pixels, 100, "tiny", 1, 30, 40, FALSE);
  texts = decode (pixels, 100, 100);

  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, "tiny");
}

static GPtrArray *
decode_bytes (const void *data, int length)
{
  QRcode *qr = QRcode_encodeData (length, data, 0, QR_ECLEVEL_M);
  int side = (qr->width + 8) * 4;
  g_autofree guint8 *pixels = g_malloc ((gsize) side * (gsize) side);

  memset (pixels, 255, (gsize) side * (gsize) side);
  for (int y = 0; y < qr->width * 4; y++)
    for (int x = 0; x < qr->width * 4; x++)
      if (qr->data[y / 4 * qr->width + x / 4] & 1)
        pixels[(y + 16) * side + x + 16] = 0;
  QRcode_free (qr);
  return decode (pixels, side, side);
}

static void
test_texts_are_utf8 (void)
{
  static const struct {
    const char *bytes, *text;
  } cases[] = {
    { "plain", "plain" },
    { "Thándi Nkosi – ✓", "Thándi Nkosi – ✓" },
    { "MECARD:N:測試;;", "MECARD:N:測試;;" }, /* not Big5 */
    { "\xc3\xde\xbb\xde\xb2\xdd"
      "QR",
      "ﾃﾞｻﾞｲﾝQR" },                           /* Shift-JIS katakana */
    { "\x8d\xa1\x93\x78\x82\xcc", "今度の" }, /* Shift-JIS */
    { "caf\xe9 cr\xe8me", "café crème" },     /* Latin-1 */
  };
  static const char with_nul[] = "half\0other half";

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) texts = decode_bytes (cases[i].bytes, (int) strlen (cases[i].bytes));

      g_assert_cmpuint (texts->len, ==, 1);
      g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, cases[i].text);
    }
  {
    g_autoptr (GPtrArray) texts = decode_bytes (with_nul, sizeof with_nul - 1);

    g_assert_cmpuint (texts->len, ==, 0); /* never a part of a text */
  }
}

static void
test_respects_stride (void)
{
  g_autofree guint8 *pixels = g_malloc (300 * 300);
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  g_autoptr (GPtrArray) texts = NULL;
  SlFrame frame = { pixels, 261, 250, 300 };

  memset (pixels, 255, 300 * 300);
  paste (pixels, 300, "stride", 7, 11, 9, FALSE);
  texts = sl_decoder_decode_full (decoder, &frame);
  g_assert_cmpuint (texts->len, ==, 1);
}

/* Figures can be compared from machine to machine only if their pictures are the same. */
static void
test_pictures_are_the_same_everywhere (void)
{
  g_autofree guint8 *pixels = sl_test_picture_new ("SL1", 26, 1, 160, 120);
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, pixels, 160 * 120);

  g_assert_cmpstr (sum, ==, "6d29a0d6d808650e4afdd91d884310f619c388bea659f45c25fee26dbd35ef08");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < SL_TEST_PICTURE_CONDITIONS; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sl/decoder/reads-a-pass-that-is/%s", sl_test_picture_condition_name (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_reads_condition);
    }
  g_test_add_func ("/sl/decoder/passes-take-turns-on-video", test_passes_take_turns);
  g_test_add_func ("/sl/decoder/finds-nothing-where-nothing-is", test_finds_nothing_where_nothing_is);
  g_test_add_func ("/sl/decoder/takes-any-size", test_takes_any_size);
  g_test_add_func ("/sl/decoder/reads-every-code-of-a-picture", test_reads_every_code_of_a_picture);
  g_test_add_func ("/sl/decoder/reads-one-pixel-a-module", test_reads_one_pixel_a_module);
  g_test_add_func ("/sl/decoder/gives-valid-utf-8", test_texts_are_utf8);
  g_test_add_func ("/sl/decoder/respects-the-stride", test_respects_stride);
  g_test_add_func ("/sl/decoder/test-pictures-are-the-same-everywhere", test_pictures_are_the_same_everywhere);
  return g_test_run ();
}
