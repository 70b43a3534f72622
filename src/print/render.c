/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-render"

#include "print/render.h"

#include <cairo-pdf.h>

#include "core/error.h"
#include "print/roll.h"
#include "print/sheet.h"

#define CREATOR "StudioLoop Front Desk"
#define ROLL_MARGIN 14.0 /* above and below what stands on a roll, as the printer's cutter leaves it */

static const struct { const char *word; SlPaper paper; } papers[] = {
  { "a4", SL_PAPER_A4 }, { "80", SL_PAPER_ROLL_80 }, { "58", SL_PAPER_ROLL_58 },
};

/**
 * sl_paper_parse:
 * @word: "a4", "80" or "58"
 * @out_paper: (out): the paper
 *
 * Returns: whether there is such paper
 */
gboolean
sl_paper_parse (const char *word, SlPaper *out_paper)
{
  g_return_val_if_fail (word != NULL && out_paper != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    if (g_ascii_strcasecmp (word, papers[i].word) == 0)
      {
        *out_paper = papers[i].paper;
        return TRUE;
      }
  return FALSE;
}

/**
 * sl_paper_word:
 * @paper: paper
 *
 * Returns: (transfer none): its word
 */
const char *
sl_paper_word (SlPaper paper)
{
  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    if (papers[i].paper == paper)
      return papers[i].word;
  return papers[0].word;
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Whatever else the clock says: the same document makes the same file. */
static void
describe (cairo_surface_t *surface, const SlDocument *document, const char *title)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (document->date_ms / 1000);
  g_autofree char *created = utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_autofree char *full
    = document->number != NULL ? g_strdup_printf ("%s %s", title, document->number) : g_strdup (title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, full);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, CREATOR);
  if (document->supplier.name != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_AUTHOR, document->supplier.name);
  if (created != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

static void
draw_sheet (SlSheet *sheet, GByteArray *out, GError **error)
{
  SlFlow *flow = &sheet->flow;
  sl_flow_begin (flow, NULL);
  sl_sheet_set (sheet);
  if (flow->error != NULL)
    return g_propagate_error (error, g_steal_pointer (&flow->error));
  cairo_surface_t *surface
    = cairo_pdf_surface_create_for_stream (append, out, sheet->page_width, sheet->page_height);
  cairo_t *cr = cairo_create (surface);
  describe (surface, sheet->document, sheet->title);
  sl_flow_begin (flow, cr);
  sl_sheet_set (sheet);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "cannot make the PDF: %s",
                 cairo_status_to_string (cairo_surface_status (surface)));
  cairo_surface_destroy (surface);
}

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  double width;
} RollPages;

static void
next_page (gpointer data, double length)
{
  RollPages *pages = data;
  cairo_pdf_surface_set_size (pages->surface, pages->width, length + 2 * ROLL_MARGIN);
}

static void
draw_roll (SlRoll *roll, SlPaper paper, GByteArray *out, GError **error)
{
  SlFlow *flow = &roll->flow;
  double width = sl_roll_paper_width (paper);
  sl_flow_begin (flow, NULL);
  sl_roll_set (roll);
  if (flow->error != NULL)
    return g_propagate_error (error, g_steal_pointer (&flow->error));
  double length = g_array_index (flow->lengths, double, 0);
  RollPages pages = { .width = width };
  pages.surface = cairo_pdf_surface_create_for_stream (append, out, width, length + 2 * ROLL_MARGIN);
  pages.cr = cairo_create (pages.surface);
  describe (pages.surface, roll->document, roll->title);
  cairo_translate (pages.cr, (width - flow->width) / 2, ROLL_MARGIN);
  roll->next_piece = next_page;
  roll->next_piece_data = &pages;
  sl_flow_begin (flow, pages.cr);
  sl_roll_set (roll);
  cairo_destroy (pages.cr);
  cairo_surface_finish (pages.surface);
  if (cairo_surface_status (pages.surface) != CAIRO_STATUS_SUCCESS)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "cannot make the PDF: %s",
                 cairo_status_to_string (cairo_surface_status (pages.surface)));
  cairo_surface_destroy (pages.surface);
}

/**
 * sl_document_to_pdf:
 * @document: what it says
 * @paper: its pages
 * @error: %SL_ERROR_NOT_FOUND: no fonts, or none that has one of its letters; %SL_ERROR_BAD_INPUT: its code's text is
 * too long
 *
 * The same document, fonts and language make the same bytes. Its text can be searched and copied. One thread at a time:
 * fonts and language are the process's.
 *
 * Returns: (transfer full) (nullable): a PDF
 */
GBytes *
sl_document_to_pdf (const SlDocument *document, SlPaper paper, GError **error)
{
  g_return_val_if_fail (document != NULL, NULL);

  g_autoptr (GError) failure = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (PangoContext) context = sl_fonts_context (error);
  if (context == NULL)
    return NULL;
  if (paper == SL_PAPER_A4)
    {
      g_autoptr (SlSheet) sheet = sl_print_sheet_new (document, context, &failure);
      if (sheet != NULL)
        draw_sheet (sheet, out, &failure);
    }
  else
    {
      g_autoptr (SlRoll) roll = sl_roll_new (document, paper, context, &failure);
      if (roll != NULL)
        draw_roll (roll, paper, out, &failure);
    }
  if (failure == NULL)
    return g_byte_array_free_to_bytes (g_steal_pointer (&out));
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Takes the bytes; NULL: error is set already. */
static gboolean
save (GBytes *taken, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = taken;
  g_autoptr (GError) failed = NULL;
  if (bytes == NULL)
    return FALSE;
  if (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &failed))
    return TRUE;
  g_set_error (error, SL_ERROR,
               g_error_matches (failed, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE,
               "cannot write %s: %s", path, failed->message);
  return FALSE;
}

/**
 * sl_document_save_pdf:
 * @document: what it says
 * @paper: its pages
 * @path: file to write; an older one is replaced at once, or not at all
 * @error: as of sl_document_to_pdf(); %SL_ERROR_STORAGE or %SL_ERROR_DISK_FULL for the file
 *
 * Returns: %TRUE when the file is there
 */
gboolean
sl_document_save_pdf (const SlDocument *document, SlPaper paper, const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return save (sl_document_to_pdf (document, paper, error), path, error);
}

/**
 * sl_document_save_escpos:
 * @document: what it says
 * @paper: a roll
 * @options: cut, drawer
 * @path: file to write; an older one is replaced at once, or not at all
 * @error: as of sl_document_to_escpos(); %SL_ERROR_STORAGE or %SL_ERROR_DISK_FULL for the file
 *
 * Returns: %TRUE when the file is there: what a receipt printer would be sent
 */
gboolean
sl_document_save_escpos (const SlDocument *document, SlPaper paper, const SlEscPosOptions *options, const char *path,
                         GError **error)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return save (sl_document_to_escpos (document, paper, options, error), path, error);
}
