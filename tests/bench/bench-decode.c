/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-decode"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#include "scan/code.h"
#include "scan/decoder.h"
#include "scan/picture.h"
#include "series.h"
#include "test-pictures.h"

/* Decoding: the seeded hard set, walls without a code, and folders of photographs, each against zbar as it comes. */

#define PICTURES_EACH 20 /* of each of the 28 conditions: 560 frames */
#define PICTURES_EACH_QUICK 3
#define WALLS 60
#define VIDEO_TURNS 3 /* what the decoder does with video frames, one after another */
#define ISSUED_MS G_GINT64_CONSTANT (1772427123000)

typedef struct {
  guint exact, wrong, missed;
  SlSeries *series;
} Tally;

typedef struct {
  SlDecoder *decoder;
  zbar_image_scanner_t *zbar;
  guint pictures_each;
} Bench;

static void
tally_clear (Tally *tally)
{
  g_clear_pointer (&tally->series, sl_series_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tally, tally_clear)

/* Counts what was read in a picture: wrong is a text, but not the picture's. */
static void
count (Tally *tally, GPtrArray *texts, const char *expected, gint64 started_us)
{
  if (tally->series == NULL)
    tally->series = sl_series_new ();
  sl_series_add (tally->series, g_get_monotonic_time () - started_us);
  if (texts->len == 0)
    tally->missed++;
  else if (expected != NULL && g_ptr_array_find_with_equal_func (texts, expected, g_str_equal, NULL))
    tally->exact++;
  else
    tally->wrong++;
}

static char *
describe (const Tally *tally)
{
  guint n = tally->exact + tally->wrong + tally->missed;
  g_autofree char *times = tally->series != NULL ? sl_series_to_string (tally->series) : g_strdup ("n 0");

  return g_strdup_printf ("exact %u (%.1f %%), wrong %u, missed %u  %s", tally->exact,
                          n > 0 ? 100.0 * tally->exact / n : 0.0, tally->wrong, tally->missed, times);
}

/* zbar without anything around it: QR codes only, else it is slower and finds bar codes in wallpaper. */
static zbar_image_scanner_t *
plain_zbar_new (void)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  return scanner;
}

static GPtrArray *
decode_plain (Bench *bench, const SlFrame *frame)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  zbar_image_t *image = zbar_image_create ();

  g_assert (frame->stride_bytes == frame->width);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, frame->width, frame->height);
  zbar_image_set_data (image, frame->data, (gsize) frame->width * frame->height, NULL);
  (void) zbar_scan_image (bench->zbar, image);
  for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
       symbol = zbar_symbol_next (symbol))
    g_ptr_array_add (texts, g_strndup (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol)));
  zbar_image_destroy (image);
  return texts;
}

static char *
make_pass (guint index)
{
  SlCode code = {
    .kind = SL_CODE_MEMBER_PASS, .serial = index, .issued_ms = ISSUED_MS, .expires_ms = ISSUED_MS + 31536000000
  };
  g_auto (SlSignKey) key = { 0 };
  guint8 seed[32] = { 7 };

  for (guint i = 0; i < SL_ID_BYTES; i++)
    code.subject_id.bytes[i] = (guint8) ((index * 2654435761u + i * 40503u) >> 11);
  if (!sl_sign_key_from_seed (seed, &key))
    g_error ("no key");
  return sl_code_encode (&code, &key);
}

/* As video: the turns in which the decoder looks at frames of one scene; ends with the turn that reads. */
static void
count_turns (Bench *bench, const SlFrame *frame, const char *expected, Tally *first, Tally *turns)
{
  gint64 started_us = g_get_monotonic_time ();
  g_autoptr (GPtrArray) texts = NULL;

  for (guint turn = 0; turn < VIDEO_TURNS && (texts == NULL || texts->len == 0); turn++)
    {
      g_clear_pointer (&texts, g_ptr_array_unref);
      texts = sl_decoder_decode_pass (bench->decoder, frame, turn);
      if (turn == 0)
        count (first, texts, expected, started_us);
    }
  count (turns, texts, expected, started_us);
}

static void
print_line (const char *what, const Tally *ours, const char *peer_name, const Tally *peer)
{
  g_autofree char *our_text = describe (ours);
  g_autofree char *peer_text = peer != NULL ? describe (peer) : NULL;

  g_print ("decode  %s: %s%s%s%s%s\n", what, our_text, peer != NULL ? " | " : "", peer != NULL ? peer_name : "",
           peer != NULL ? ": " : "", peer != NULL ? peer_text : "");
}

static void
run_hard_set (Bench *bench, int width, int height)
{
  g_auto (Tally) file = { 0 }, first = { 0 }, turns = { 0 }, plain = { 0 };
  g_autoptr (GString) table = g_string_new (NULL);
  guint frames = bench->pictures_each * SL_TEST_PICTURE_CONDITIONS;
  g_autofree char *name = g_strdup_printf ("hard set %d×%d, %u frames", width, height, frames);
  g_autofree char *first_name = g_strconcat (name, ", one pass", NULL);
  g_autofree char *turns_name = g_strconcat (name, ", passes in turn", NULL);

  for (guint condition = 0; condition < SL_TEST_PICTURE_CONDITIONS; condition++)
    {
      guint ours_before = file.exact, plain_before = plain.exact;

      for (guint i = 0; i < bench->pictures_each; i++)
        {
          g_autofree char *text = make_pass (condition * 1000 + i);
          g_autofree guint8 *pixels = sl_test_picture_new (text, condition, i, width, height);
          SlFrame frame = { pixels, width, height, width };
          gint64 started_us = g_get_monotonic_time ();
          g_autoptr (GPtrArray) texts = sl_decoder_decode_full (bench->decoder, &frame);
          g_autoptr (GPtrArray) plain_texts = NULL;

          count (&file, texts, text, started_us);
          started_us = g_get_monotonic_time ();
          plain_texts = decode_plain (bench, &frame);
          count (&plain, plain_texts, text, started_us);
          count_turns (bench, &frame, text, &first, &turns);
        }
      g_string_append_printf (table, "%s%s %u/%u", table->len > 0 ? ", " : "",
                              sl_test_picture_condition_name (condition), file.exact - ours_before,
                              plain.exact - plain_before);
    }
  print_line (name, &file, "plain zbar", &plain);
  print_line (first_name, &first, "", NULL);
  print_line (turns_name, &turns, "", NULL);
  g_print ("decode    of %u each, ours/plain: %s\n", bench->pictures_each, table->str);
}

static void
run_walls (Bench *bench, int width, int height)
{
  Tally passes[VIDEO_TURNS] = { { 0 } };
  g_auto (Tally) plain = { 0 };

  for (guint i = 0; i < WALLS; i++)
    {
      g_autofree guint8 *pixels = sl_test_picture_new_without_code (i, width, height);
      SlFrame frame = { pixels, width, height, width };
      gint64 started_us = g_get_monotonic_time ();
      g_autoptr (GPtrArray) plain_texts = decode_plain (bench, &frame);

      count (&plain, plain_texts, NULL, started_us);
      for (guint turn = 0; turn < VIDEO_TURNS; turn++)
        {
          g_autoptr (GPtrArray) texts = NULL;

          started_us = g_get_monotonic_time ();
          texts = sl_decoder_decode_pass (bench->decoder, &frame, turn);
          count (&passes[turn], texts, NULL, started_us);
        }
    }
  for (guint turn = 0; turn < VIDEO_TURNS; turn++)
    {
      g_autofree char *name = g_strdup_printf ("no code %d×%d, %d frames, pass %u", width, height, WALLS, turn);

      print_line (name, &passes[turn], "plain zbar", &plain);
      tally_clear (&passes[turn]);
    }
}

/* The text beside a picture: N.txt in UTF-8, or N.bin, whose bytes are the text's in UTF-8 or Latin-1. */
static char *
load_text (const char *path, gboolean *out_is_binary)
{
  g_autofree char *stem = g_strndup (path, (gsize) (strrchr (path, '.') - path));
  g_autofree char *text_path = g_strconcat (stem, ".txt", NULL);
  g_autofree char *bytes_path = g_strconcat (stem, ".bin", NULL);
  char *text = NULL;

  *out_is_binary = FALSE;
  if (g_file_get_contents (text_path, &text, NULL, NULL))
    return text;
  *out_is_binary = g_file_get_contents (bytes_path, &text, NULL, NULL);
  return text;
}

static void
count_photo (Bench *bench, const char *path, Tally *ours, Tally *plain, guint *more)
{
  gboolean is_binary;
  g_autofree char *text = load_text (path, &is_binary);
  g_auto (SlPlane) plane = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) plain_texts = NULL;
  SlFrame frame;
  gint64 started_us;
  guint wrong_before = ours->wrong;

  if (!sl_picture_load (path, &plane, &error))
    {
      g_print ("decode    %s\n", error->message);
      return;
    }
  frame = sl_plane_frame (&plane);
  started_us = g_get_monotonic_time ();
  texts = sl_decoder_decode_full (bench->decoder, &frame);
  if (is_binary && !g_utf8_validate (text, -1, NULL))
    {
      char *utf8 = g_convert (text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);

      g_free (text);
      text = utf8;
    }
  count (ours, texts, text, started_us);
  *more += texts->len > 1 ? texts->len - 1 : 0;
  if (ours->wrong > wrong_before)
    g_print ("decode    %s says \"%s\"%s%s%s\n", path, (const char *) g_ptr_array_index (texts, 0),
             text != NULL ? ", not \"" : "", text != NULL ? text : "", text != NULL ? "\"" : "");
  started_us = g_get_monotonic_time ();
  plain_texts = decode_plain (bench, &frame);
  count (plain, plain_texts, text, started_us);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_photo (const char *name)
{
  return g_str_has_suffix (name, ".png") || g_str_has_suffix (name, ".jpg") || g_str_has_suffix (name, ".jpeg");
}

/* Lists a folder's pictures and folders. */
static void
list_folder (const char *path, GPtrArray *photos, GPtrArray *folders)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        g_ptr_array_add (folders, g_steal_pointer (&child));
      else if (is_photo (name))
        g_ptr_array_add (photos, g_steal_pointer (&child));
    }
  g_ptr_array_sort (photos, compare_paths);
  g_ptr_array_sort (folders, compare_paths);
}

static void
add_up (Tally *all, const Tally *part)
{
  all->exact += part->exact;
  all->wrong += part->wrong;
  all->missed += part->missed;
}

static void
run_photos (Bench *bench, const char *path, Tally *all, Tally *all_plain)
{
  g_autoptr (GPtrArray) photos = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_auto (Tally) ours = { 0 }, plain = { 0 };
  g_autofree char *name = NULL;
  gboolean has_texts = FALSE;
  guint more = 0;

  list_folder (path, photos, folders);
  for (guint i = 0; i < photos->len; i++)
    {
      gboolean is_binary;
      g_autofree char *text = load_text (g_ptr_array_index (photos, i), &is_binary);

      has_texts = has_texts || text != NULL;
      count_photo (bench, g_ptr_array_index (photos, i), &ours, &plain, &more);
    }
  name = g_strdup_printf ("%s, %u photographs%s", path, photos->len,
                          has_texts ? "" : " without a code (all must be missed)");
  if (photos->len > 0)
    print_line (name, &ours, "plain zbar", &plain);
  if (more > 0)
    g_print ("decode    %u further codes in these photographs\n", more);
  if (has_texts)
    {
      add_up (all, &ours);
      add_up (all_plain, &plain);
    }
  for (guint i = 0; i < folders->len; i++)
    run_photos (bench, g_ptr_array_index (folders, i), all, all_plain);
}

int
main (int argc, char **argv)
{
  g_autofree char *photos = NULL;
  gboolean quick = FALSE;
  const GOptionEntry entries[] = {
    { "photos", 0, 0, G_OPTION_ARG_FILENAME, &photos, "A folder of photographs of codes with their texts", "DIR" },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "Fewer of everything", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Bench bench = { 0 };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !sl_crypto_init (&error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  bench.decoder = sl_decoder_new ();
  bench.zbar = plain_zbar_new ();
  bench.pictures_each = quick ? PICTURES_EACH_QUICK : PICTURES_EACH;
  run_hard_set (&bench, 640, 480);
  run_hard_set (&bench, 1280, 720);
  run_walls (&bench, 1280, 720);
  if (photos != NULL)
    {
      g_auto (Tally) all = { 0 }, plain = { 0 };

      run_photos (&bench, photos, &all, &plain);
      g_print ("decode  all photographs with a text: exact %u of %u, wrong %u | plain zbar: exact %u, wrong %u\n",
               all.exact, all.exact + all.wrong + all.missed, all.wrong, plain.exact, plain.wrong);
    }
  zbar_image_scanner_destroy (bench.zbar);
  sl_decoder_free (bench.decoder);
  return EXIT_SUCCESS;
}
