/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-escpos"

#include "print/render.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "print/roll.h"

/* Epson's ESC/POS command reference. Text goes as dots: no code page holds the letters of all of South Africa's
 * languages, and printers differ in which they have. */
#define BAND_ROWS 240    /* of one raster command: printers with small memories take so many */
#define DARK_BELOW 150   /* of 255: letters keep their thin strokes, and their eyes */

static const guint8 start[] = { 0x1b, '@' };                          /* ESC @: as switched on */
static const guint8 drawer[] = { 0x1b, 'p', 0, 50, 250 };             /* ESC p: pin 2, 100 ms on, 500 ms off */
static const guint8 feed[] = { 0x1b, 'd', 3 };                        /* ESC d: lines, past the tear-off edge */
static const guint8 feed_and_cut[] = { 0x1d, 'V', 66, 0 };            /* GS V B: feed to the knife, cut */

/* A row of the picture as bits, dark is 1, and whether any is. */
static gboolean
pack_row (const guint8 *pixels, int width, guint8 *out)
{
  gboolean dark = FALSE;
  memset (out, 0, (gsize) width / 8);
  for (int x = 0; x < width; x++)
    {
      guint32 pixel;
      memcpy (&pixel, pixels + 4 * (gsize) x, sizeof pixel);
      if (((pixel >> 8) & 0xff) >= DARK_BELOW)
        continue;
      out[x / 8] |= 0x80 >> (x % 8);
      dark = TRUE;
    }
  return dark;
}

/* Printers obey some commands the moment they arrive, also within a picture: DLE EOT, DLE ENQ (forget what you hold)
 * and DLE DC4 (open the drawer, switch off). Where dots would spell one, one dot more does not. */
static void
defuse (guint8 *bits, gsize length)
{
  for (gsize i = 0; i + 1 < length; i++)
    if (bits[i] == 0x10 && (bits[i + 1] == 0x04 || bits[i + 1] == 0x05 || bits[i + 1] == 0x14))
      bits[i] = 0x18;
}

/* GS v 0: rows of dots. Empty ones at the end are left away: paper is fed before the cut. */
static void
append_picture (GByteArray *out, cairo_surface_t *surface, gboolean last)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface), used = last ? 0 : height;
  gsize row_bytes = (gsize) width / 8;
  g_autofree guint8 *bits = g_malloc (row_bytes * (gsize) MAX (height, 1));
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  for (int row = 0; row < height; row++)
    if (pack_row (pixels + (gsize) row * stride, width, bits + row_bytes * (gsize) row))
      used = MAX (used, row + 1);
  defuse (bits, row_bytes * (gsize) used);
  for (int row = 0; row < used; row += BAND_ROWS)
    {
      int rows = MIN (BAND_ROWS, used - row);
      guint8 command[] = { 0x1d, 'v', '0', 0, row_bytes & 0xff, (guint8) (row_bytes >> 8), rows & 0xff,
                           (guint8) (rows >> 8) };
      g_byte_array_append (out, command, sizeof command);
      g_byte_array_append (out, bits + row_bytes * (gsize) row, (guint) row_bytes * rows);
    }
}

typedef struct {
  SlRoll *roll;
  GByteArray *out;
  int dots;
  cairo_surface_t *surface; /* (nullable): the piece that is being drawn */
} Head;

/* White paper as long as a piece. */
static void
begin_piece (Head *head, double length)
{
  int rows = MAX ((int) ceil (length / SL_ROLL_DOT), 1);
  head->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, head->dots, rows);
  cairo_t *cr = cairo_create (head->surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, 1 / SL_ROLL_DOT, 1 / SL_ROLL_DOT);
  head->roll->flow.cr = cr;
}

static void
end_piece (Head *head, gboolean last)
{
  g_clear_pointer (&head->roll->flow.cr, cairo_destroy);
  cairo_surface_flush (head->surface);
  append_picture (head->out, head->surface, last);
  g_clear_pointer (&head->surface, cairo_surface_destroy);
}

static void
next_piece (gpointer data, double length)
{
  end_piece (data, FALSE);
  begin_piece (data, length);
}

static void
draw_roll (SlRoll *roll, SlPaper paper, GByteArray *out, GError **error)
{
  SlFlow *flow = &roll->flow;
  Head head = { .roll = roll, .out = out, .dots = sl_roll_dots (paper) };
  sl_flow_begin (flow, NULL);
  sl_roll_set (roll);
  if (flow->error != NULL)
    return g_propagate_error (error, g_steal_pointer (&flow->error));
  roll->next_piece = next_piece;
  roll->next_piece_data = &head;
  begin_piece (&head, g_array_index (flow->lengths, double, 0));
  sl_flow_begin (flow, flow->cr);
  sl_roll_set (roll);
  end_piece (&head, TRUE);
}

/**
 * sl_document_to_escpos:
 * @document: what it says
 * @paper: %SL_PAPER_ROLL_80 or %SL_PAPER_ROLL_58
 * @options: what else the printer is to do
 * @error: as of sl_document_to_pdf()
 *
 * What an ESC/POS printer takes. Everything is dots, so that every letter is right on every printer.
 *
 * Returns: (transfer full) (nullable): bytes for it
 */
GBytes *
sl_document_to_escpos (const SlDocument *document, SlPaper paper, const SlEscPosOptions *options, GError **error)
{
  g_return_val_if_fail (document != NULL && options != NULL && paper != SL_PAPER_A4, NULL);

  g_autoptr (GError) failure = NULL;
  g_autoptr (PangoContext) context = sl_fonts_context (error);
  if (context == NULL)
    return NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_byte_array_append (out, start, sizeof start);
  if (options->drawer)
    g_byte_array_append (out, drawer, sizeof drawer);
  g_autoptr (SlRoll) roll = sl_roll_new (document, paper, context, &failure);
  if (roll != NULL)
    draw_roll (roll, paper, out, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  g_byte_array_append (out, feed, sizeof feed);
  if (options->cut)
    g_byte_array_append (out, feed_and_cut, sizeof feed_and_cut);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * sl_escpos_drawer:
 *
 * Returns: (transfer full): bytes that open the cash drawer and print nothing
 */
GBytes *
sl_escpos_drawer (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_byte_array_append (out, start, sizeof start);
  g_byte_array_append (out, drawer, sizeof drawer);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
