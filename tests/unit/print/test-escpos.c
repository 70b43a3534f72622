/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print/render.h"

#include <string.h>

#include "core/error.h"
#include "sample-document.h"
#include "scan/decoder.h"

/* What a printer does with the bytes: dots, and the rest of the commands by name. */
typedef struct {
  gsize row_bytes;
  GByteArray *dots;
  GString *commands;
} Paper;

static void
paper_clear (Paper *paper)
{
  g_byte_array_unref (paper->dots);
  g_string_free (paper->commands, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Paper, paper_clear)

/* A whole reader of the few commands that may come: anything else ends the test. */
static void
print (Paper *paper, GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes), at = 0;
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  paper->dots = g_byte_array_new ();
  paper->commands = g_string_new (NULL);
  while (at < length)
    {
      if (length - at >= 8 && memcmp (data + at, "\x1dv0", 4) == 0)
        {
          gsize row_bytes = data[at + 4] + 256 * data[at + 5], rows = data[at + 6] + 256 * data[at + 7];
          g_assert_cmpuint (at + 8 + row_bytes * rows, <=, length);
          g_assert_true (paper->row_bytes == 0 || paper->row_bytes == row_bytes);
          paper->row_bytes = row_bytes;
          g_byte_array_append (paper->dots, data + at + 8, (guint) (row_bytes * rows));
          at += 8 + row_bytes * rows;
          continue;
        }
      static const struct { const char *bytes; gsize length; const char *name; } commands[] = {
        { "\x1b@", 2, "start " }, { "\x1bp\0\x32\xfa", 5, "drawer " }, { "\x1b" "d\x03", 3, "feed " },
        { "\x1dVB\0", 4, "cut " },
      };
      guint i = 0;
      while (i < G_N_ELEMENTS (commands)
             && (length - at < commands[i].length || memcmp (data + at, commands[i].bytes, commands[i].length) != 0))
        i++;
      g_assert_cmpuint (i, <, G_N_ELEMENTS (commands));
      g_string_append (paper->commands, commands[i].name);
      at += commands[i].length;
    }
}

static void
render (const SlDocument *document, SlPaper width, SlEscPosOptions options, Paper *paper)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sl_document_to_escpos (document, width, &options, &error);
  g_assert_no_error (error);
  print (paper, bytes);
}

static gboolean
is_dark (const Paper *paper, gsize column, gsize row)
{
  return (paper->dots->data[row * paper->row_bytes + column / 8] & (0x80 >> (column % 8))) != 0;
}

static void
fills_the_head_of_each_printer (void)
{
  g_autoptr (SlDocument) document = sample_invoice (2);
  g_auto (Paper) wide = { 0 }, narrow = { 0 };
  render (document, SL_PAPER_ROLL_80, (SlEscPosOptions){ 0 }, &wide);
  render (document, SL_PAPER_ROLL_58, (SlEscPosOptions){ 0 }, &narrow);
  g_assert_cmpuint (wide.row_bytes, ==, 72);
  g_assert_cmpuint (narrow.row_bytes, ==, 48);
  g_assert_cmpuint (wide.dots->len / 72, >, 600);
  g_assert_cmpuint (narrow.dots->len / 48, >, 600);
}

static void
cuts_and_opens_the_drawer_when_asked (void)
{
  g_autoptr (SlDocument) document = sample_invoice (1);
  g_auto (Paper) plain = { 0 }, full = { 0 }, drawer = { 0 };
  g_autoptr (GBytes) alone = sl_escpos_drawer ();
  render (document, SL_PAPER_ROLL_80, (SlEscPosOptions){ 0 }, &plain);
  render (document, SL_PAPER_ROLL_80, (SlEscPosOptions){ .cut = TRUE, .drawer = TRUE }, &full);
  print (&drawer, alone);
  g_assert_cmpstr (plain.commands->str, ==, "start feed ");
  g_assert_cmpstr (full.commands->str, ==, "start drawer feed cut ");
  g_assert_cmpstr (drawer.commands->str, ==, "start drawer ");
  g_assert_cmpuint (drawer.dots->len, ==, 0);
}

/* As a telephone sees the paper: each dot some pixels, and white around. */
static void
assert_code_reads (const Paper *paper, const char *text)
{
  gsize scale = 2, border = 20, columns = paper->row_bytes * 8, rows = paper->dots->len / paper->row_bytes;
  gsize width = columns * scale + 2 * border, height = rows * scale + 2 * border;
  g_autofree guint8 *grey = g_malloc (width * height);
  memset (grey, 255, width * height);
  for (gsize y = 0; y < rows * scale; y++)
    for (gsize x = 0; x < columns * scale; x++)
      if (is_dark (paper, x / scale, y / scale))
        grey[(y + border) * width + x + border] = 0;
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  SlFrame frame = { .data = grey, .width = (int) width, .height = (int) height, .stride_bytes = (int) width };
  g_autoptr (GPtrArray) texts = sl_decoder_decode_full (decoder, &frame);
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_cmpstr (texts->pdata[0], ==, text);
}

static void
codes_are_read_from_the_dots (void)
{
  static const char text[] = "https://pos.snapscan.io/qr/ab12CD?id=A7F3-000123&amount=17250&strict=true";
  g_autoptr (SlDocument) document = sample_invoice (1);
  sl_document_set_qr (document, text, "Scan to pay");
  for (SlPaper width = SL_PAPER_ROLL_80; width <= SL_PAPER_ROLL_58; width++)
    {
      g_auto (Paper) paper = { 0 };
      render (document, width, (SlEscPosOptions){ 0 }, &paper);
      assert_code_reads (&paper, text);
    }
}

static void
long_rolls_go_on_without_a_seam (void)
{
  g_autoptr (SlDocument) document = sample_report (700, 2);
  g_auto (Paper) paper = { 0 };
  render (document, SL_PAPER_ROLL_80, (SlEscPosOptions){ .cut = TRUE }, &paper);
  g_assert_cmpstr (paper.commands->str, ==, "start feed cut ");
  gsize rows = paper.dots->len / paper.row_bytes, empty = 0, longest = 0;
  for (gsize row = 0; row < rows; row++)
    {
      gboolean dark = FALSE;
      for (gsize i = 0; i < paper.row_bytes; i++)
        dark = dark || paper.dots->data[row * paper.row_bytes + i] != 0;
      empty = dark ? 0 : empty + 1;
      longest = MAX (longest, empty);
    }
  g_assert_cmpuint (rows, >, 9000); /* longer than one piece */
  g_assert_cmpuint (longest, <, 80); /* a centimetre */
}

/* A printer obeys these at once, wherever they stand: DLE DC4 opens the drawer, DLE ENQ throws its buffer away. */
static void
dots_never_spell_a_command (void)
{
  g_autoptr (SlDocument) document = sample_report (700, 2);
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *note = g_strdup_printf ("%u iIlL1|!.,:;'`-_ %x", i * 7919, i * 104729);
      sl_document_add_note (document, note);
    }
  g_autoptr (GBytes) bytes
    = sl_document_to_escpos (document, SL_PAPER_ROLL_58, &(SlEscPosOptions){ .cut = TRUE }, &error);
  gsize length = g_bytes_get_size (bytes);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  guint dashes = 0;
  for (gsize i = 0; i + 1 < length; i++)
    {
      dashes += data[i] == 0x10;
      g_assert_false (data[i] == 0x10 && (data[i + 1] == 0x04 || data[i + 1] == 0x05 || data[i + 1] == 0x14));
    }
  g_assert_cmpuint (dashes, >, 0); /* dots at the critical place are common */
}

static void
the_same_document_makes_the_same_dots (void)
{
  g_autoptr (SlDocument) document = sample_invoice (3);
  g_autoptr (GBytes) first
    = sl_document_to_escpos (document, SL_PAPER_ROLL_80, &(SlEscPosOptions){ .cut = TRUE }, NULL);
  g_autoptr (GBytes) second
    = sl_document_to_escpos (document, SL_PAPER_ROLL_80, &(SlEscPosOptions){ .cut = TRUE }, NULL);
  g_assert_true (g_bytes_equal (first, second));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/escpos/fills-the-head-of-each-printer", fills_the_head_of_each_printer);
  g_test_add_func ("/sl/escpos/cuts-and-opens-the-drawer-when-asked", cuts_and_opens_the_drawer_when_asked);
  g_test_add_func ("/sl/escpos/codes-are-read-from-the-dots", codes_are_read_from_the_dots);
  g_test_add_func ("/sl/escpos/long-rolls-go-on-without-a-seam", long_rolls_go_on_without_a_seam);
  g_test_add_func ("/sl/escpos/dots-never-spell-a-command", dots_never_spell_a_command);
  g_test_add_func ("/sl/escpos/the-same-document-makes-the-same-dots", the_same_document_makes_the_same_dots);
  return g_test_run ();
}
