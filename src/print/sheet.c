/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sheet"

#include "print/sheet.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ADDRESS_LINES_MAX 5     /* an address of one line is set a part a line, up to so many */
#define QR_WIDTH 104.0          /* 37 mm: a telephone reads it from half a metre */
#define BAND 10.0               /* by which the total's band is wider than its words */

static const SlStyle studio_style = { 14, PANGO_WEIGHT_BOLD, SL_INK, 1.3, 0 };
static const SlStyle title_style = { 21, PANGO_WEIGHT_SEMIBOLD, SL_ACCENT, 1.2, -0.3 };
static const SlStyle subtitle_style = { 10, PANGO_WEIGHT_NORMAL, SL_QUIET, 1.4, 0 };
static const SlStyle small_style = { 8.5, PANGO_WEIGHT_NORMAL, SL_QUIET, 1.5, 0 };
static const SlStyle label_style = { 7.5, PANGO_WEIGHT_SEMIBOLD, SL_QUIET, 1.7, 0.2 };
static const SlStyle body_style = { 9.5, PANGO_WEIGHT_NORMAL, SL_INK, 1.5, 0 };
static const SlStyle strong_style = { 9.5, PANGO_WEIGHT_SEMIBOLD, SL_INK, 1.5, 0 };
static const SlStyle quiet_style = { 9.5, PANGO_WEIGHT_NORMAL, SL_QUIET, 1.5, 0 };
static const SlStyle total_style = { 13, PANGO_WEIGHT_BOLD, SL_INK, 1.3, 0 };
static const SlStyle heading_style = { 11.5, PANGO_WEIGHT_SEMIBOLD, SL_INK, 1.4, 0 };
static const SlStyle foot_style = { 7.5, PANGO_WEIGHT_NORMAL, SL_QUIET, 1.4, 0 };
static const SlStyle running_style = { 8.5, PANGO_WEIGHT_SEMIBOLD, SL_INK, 1.4, 0 };

static gboolean
is_report (const SlSheet *sheet)
{
  return sheet->document->kind == SL_DOCUMENT_REPORT || sheet->document->kind == SL_DOCUMENT_CASH_UP;
}

static void
set_at (SlSheet *sheet, const SlStyle *style, const char *text, double x, double width, SlAlign align)
{
  SlFlowCell cell = { style, text, x, width, align };
  sl_flow_row (&sheet->flow, &cell, 1);
}

/* Two columns of blocks side by side; one below the other where a page is too short for that. */
typedef void (*SetBlock) (SlSheet *sheet, double x, double width);

static double
measure (SlSheet *sheet, SetBlock block, double x, double width)
{
  SlFlow *flow = &sheet->flow;
  cairo_t *cr = flow->cr;
  double y = flow->y;
  flow->cr = NULL;
  flow->in_head = TRUE;
  block (sheet, x, width);
  double height = flow->y - y;
  flow->in_head = FALSE;
  flow->cr = cr;
  flow->y = y;
  return height;
}

static void
set_beside (SlSheet *sheet, SetBlock left, SetBlock right, double left_part)
{
  SlFlow *flow = &sheet->flow;
  double left_width = flow->width * left_part - 12, right_x = flow->width * left_part + 12;
  double height = MAX (measure (sheet, left, 0, left_width),
                       measure (sheet, right, right_x, flow->width - right_x));
  if (height > flow->bottom - flow->top - 40)
    {
      left (sheet, 0, flow->width);
      right (sheet, 0, flow->width);
      return;
    }
  sl_flow_need (flow, height);
  double y = flow->y;
  flow->in_head = TRUE;
  left (sheet, 0, left_width);
  flow->y = y;
  right (sheet, right_x, flow->width - right_x);
  flow->in_head = FALSE;
  flow->y = y + height;
}

static gboolean
is_postal_code (const char *part)
{
  return *part != '\0' && strspn (part, "0123456789 ") == strlen (part);
}

/* An address of one line, a part a line; the postal code stays with its town. */
static char *
address_lines (const char *address)
{
  if (strchr (address, '\n') != NULL)
    return g_strdup (address);
  g_auto (GStrv) parts = g_strsplit (address, ", ", -1);
  g_autoptr (GString) lines = g_string_new (NULL);
  if (g_strv_length (parts) > ADDRESS_LINES_MAX)
    return g_strdup (address);
  for (guint i = 0; parts[i] != NULL; i++)
    g_string_append_printf (lines, "%s%s", i == 0 ? "" : is_postal_code (parts[i]) ? ", " : "\n", parts[i]);
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static void
set_party (SlSheet *sheet, const SlDocumentParty *party, double x, double width, SlAlign align)
{
  if (party->address != NULL && *party->address != '\0')
    {
      g_autofree char *lines = address_lines (party->address);
      set_at (sheet, &small_style, lines, x, width, align);
    }
  if (party->vat_number != NULL && *party->vat_number != '\0')
    {
      g_autofree char *number = g_strdup_printf (_ ("VAT no. %s"), party->vat_number);
      set_at (sheet, &small_style, number, x, width, align);
    }
}

static void
set_supplier (SlSheet *sheet, double x, double width)
{
  const SlDocumentParty *supplier = &sheet->document->supplier;
  SlAlign align = is_report (sheet) ? SL_ALIGN_RIGHT : SL_ALIGN_LEFT;
  if (supplier->name != NULL)
    set_at (sheet, &studio_style, supplier->name, x, width, align);
  sheet->flow.y += 2;
  set_party (sheet, supplier, x, width, align);
}

static void
set_title (SlSheet *sheet, double x, double width)
{
  const SlDocument *document = sheet->document;
  SlAlign align = is_report (sheet) ? SL_ALIGN_LEFT : SL_ALIGN_RIGHT;
  set_at (sheet, &title_style, sheet->title, x, width, align);
  sheet->flow.y += 2;
  if (document->subtitle != NULL)
    set_at (sheet, &subtitle_style, document->subtitle, x, width, align);
  if (document->copy)
    set_at (sheet, &subtitle_style, _ ("Copy"), x, width, align);
}

static void
set_recipient (SlSheet *sheet, double x, double width)
{
  const SlDocumentParty *recipient = &sheet->document->recipient;
  if (recipient->name == NULL || *recipient->name == '\0')
    return;
  set_at (sheet, &label_style, _ ("Billed to"), x, width, SL_ALIGN_LEFT);
  set_at (sheet, &strong_style, recipient->name, x, width, SL_ALIGN_LEFT);
  set_party (sheet, recipient, x, width, SL_ALIGN_LEFT);
}

static void
set_fact (SlSheet *sheet, const char *label, const char *value, double x, double width)
{
  double label_width = width * 0.4;
  SlFlowCell cells[] = { { &quiet_style, label, x, label_width - 8, SL_ALIGN_LEFT },
                         { &body_style, value, x + label_width, width - label_width, SL_ALIGN_RIGHT } };
  sl_flow_row (&sheet->flow, cells, G_N_ELEMENTS (cells));
}

static void
set_facts (SlSheet *sheet, double x, double width)
{
  const SlDocument *document = sheet->document;
  g_autofree char *date = is_report (sheet) ? sl_document_time (document->date_ms, document->zone)
                                            : sl_document_date (document->date_ms, document->zone);
  if (document->number != NULL)
    set_fact (sheet, _ ("Number"), document->number, x, width);
  set_fact (sheet, is_report (sheet) ? _ ("Made") : _ ("Date"), date, x, width);
  if (document->corrects != NULL)
    set_fact (sheet, _ ("Corrects"), document->corrects, x, width);
  if (document->reason != NULL)
    set_fact (sheet, _ ("Reason"), document->reason, x, width);
  for (guint i = 0; i < document->facts->len; i++)
    {
      const SlDocumentFact *fact = document->facts->pdata[i];
      set_fact (sheet, fact->label, fact->value, x, width);
    }
}

static void
set_sum (SlSheet *sheet, const SlStyle *style, const char *label, gint64 cents, double x, double width)
{
  g_autofree char *amount = sl_document_money (cents, sheet->document->currency);
  double amount_width = MIN (sl_flow_natural_width (&sheet->flow, style, amount), width * 0.7);
  SlFlowCell cells[] = { { style, label, x, width - amount_width - 10, SL_ALIGN_LEFT },
                         { style, amount, x + width - amount_width, amount_width, SL_ALIGN_RIGHT } };
  sl_flow_row (&sheet->flow, cells, G_N_ELEMENTS (cells));
}

static void
set_vat (SlSheet *sheet, double x, double width)
{
  const SlDocument *document = sheet->document;
  gint64 net_cents = 0;
  for (guint i = 0; i < document->vat->len; i++)
    net_cents += ((SlDocumentVat *) document->vat->pdata[i])->net_cents;
  if (document->vat->len > 0)
    set_sum (sheet, &quiet_style, _ ("Total excluding VAT"), net_cents, x, width);
  for (guint i = 0; i < document->vat->len; i++)
    {
      const SlDocumentVat *vat = document->vat->pdata[i];
      g_autofree char *rate = sl_document_percent (vat->vat_permille, document->currency);
      g_autofree char *net = sl_document_money (vat->net_cents, document->currency);
      /* Translators: a rate and the amount that it is of: VAT 15 % of R 100,00 */
      g_autofree char *label = document->vat->len == 1 ? g_strdup_printf (_ ("VAT %s"), rate)
                                                       : g_strdup_printf (_ ("VAT %s of %s"), rate, net);
      set_sum (sheet, &quiet_style, label, vat->vat_cents, x, width);
    }
}

static void
set_payment (SlSheet *sheet, const SlDocumentPayment *payment, double x, double width)
{
  const char *method = sl_document_method_words (payment->method);
  g_autofree char *label = payment->reference != NULL && *payment->reference != '\0'
                               ? g_strdup_printf ("%s · %s", method, payment->reference)
                               : g_strdup (method);
  set_sum (sheet, &body_style, label, payment->amount_cents, x, width);
  if (payment->given_cents != SL_DOCUMENT_NONE)
    set_sum (sheet, &quiet_style, _ ("Given"), payment->given_cents, x, width);
  if (payment->change_cents != SL_DOCUMENT_NONE)
    set_sum (sheet, &quiet_style, _ ("Change"), payment->change_cents, x, width);
}

static void
set_total (SlSheet *sheet, double x, double width)
{
  SlFlow *flow = &sheet->flow;
  const char *label = sheet->document->kind == SL_DOCUMENT_CREDIT_NOTE ? _ ("Total credited") : _ ("Total");
  sl_flow_need (flow, 44);
  flow->y += 4;
  double y = flow->y;
  cairo_t *cr = flow->cr;
  flow->cr = NULL; /* the band lies below the words: measure them first */
  set_sum (sheet, &total_style, label, sheet->document->total_cents, x, width);
  flow->cr = cr;
  sl_flow_fill (flow, x - BAND, y, width + 2 * BAND, flow->y - y + 14, SL_ACCENT_SOFT);
  flow->y = y + 7;
  set_sum (sheet, &total_style, label, sheet->document->total_cents, x, width);
  flow->y += 7 + 6;
}

static void
set_totals (SlSheet *sheet, double x, double width)
{
  const SlDocument *document = sheet->document;
  set_vat (sheet, x, width);
  if (document->total_cents != SL_DOCUMENT_NONE)
    set_total (sheet, x, width);
  for (guint i = 0; i < document->payments->len; i++)
    set_payment (sheet, document->payments->pdata[i], x, width);
  if (document->due_cents == SL_DOCUMENT_NONE || document->kind == SL_DOCUMENT_CREDIT_NOTE)
    return;
  sheet->flow.y += 4;
  if (document->due_cents == 0)
    set_at (sheet, &strong_style, _ ("Paid in full"), x, width, SL_ALIGN_LEFT);
  else
    set_sum (sheet, &strong_style, _ ("Amount due"), document->due_cents, x, width);
}

static void
set_qr (SlSheet *sheet, double x, double width)
{
  SlFlow *flow = &sheet->flow;
  if (sheet->qr == NULL)
    return;
  double side = MIN (QR_WIDTH, width);
  sl_flow_need (flow, side + 24);
  /* The quiet zone stands out over the margin: the code itself is in line with the text. */
  sl_qr_draw (sheet->qr, flow, x - side * 4 / sheet->qr->side, flow->y, side);
  flow->y += side;
  if (sheet->document->qr_caption != NULL)
    set_at (sheet, &small_style, sheet->document->qr_caption, x, MIN (width, 1.7 * side), SL_ALIGN_LEFT);
}

static void
set_lines (SlSheet *sheet)
{
  const SlDocument *document = sheet->document;
  if (document->lines->len > 0)
    {
      g_autoptr (SlRuled) ruled = sl_ruled_of_lines (document);
      sl_ruled_measure (ruled, &sheet->flow);
      sl_ruled_fit (ruled, sheet->flow.width);
      sl_ruled_set (ruled, &sheet->flow, &sheet->ruled);
      sheet->flow.y += 12;
    }
  if (document->total_cents != SL_DOCUMENT_NONE || document->payments->len > 0 || sheet->qr != NULL)
    {
      set_beside (sheet, set_qr, set_totals, 0.5);
      sheet->flow.y += 18;
    }
}

static void
set_tables (SlSheet *sheet)
{
  SlFlow *flow = &sheet->flow;
  for (guint i = 0; i < sheet->document->tables->len; i++)
    {
      const SlDocumentTable *table = sheet->document->tables->pdata[i];
      if (table->columns->len == 0)
        continue;
      g_autoptr (SlRuled) ruled = sl_ruled_of_table (sheet->document, table);
      sl_ruled_measure (ruled, flow);
      sl_ruled_fit (ruled, flow->width);
      sl_flow_need (flow, 90);
      if (table->title != NULL)
        {
          sl_flow_text (flow, &heading_style, table->title, SL_ALIGN_LEFT);
          flow->y += 6;
        }
      sl_ruled_set (ruled, flow, &sheet->ruled);
      if (ruled->n_rows == 0)
        {
          flow->y += 6;
          sl_flow_text (flow, &small_style, _ ("Nothing to show."), SL_ALIGN_LEFT);
        }
      flow->y += 20;
    }
}

/**
 * sl_sheet_set:
 * @sheet: a sheet whose flow has begun
 *
 * Sets the whole document once: to measure or to draw.
 */
void
sl_sheet_set (SlSheet *sheet)
{
  SlFlow *flow = &sheet->flow;
  sl_flow_fill (flow, 0, flow->y, 28, 3, SL_ACCENT);
  flow->y += 14;
  if (is_report (sheet))
    set_beside (sheet, set_title, set_supplier, 0.6);
  else
    set_beside (sheet, set_supplier, set_title, 0.55);
  flow->y += 18;
  set_beside (sheet, set_recipient, set_facts, 0.5);
  flow->y += 24;
  set_lines (sheet);
  set_tables (sheet);
  for (guint i = 0; i < sheet->document->notes->len; i++)
    {
      sl_flow_text (flow, &small_style, sheet->document->notes->pdata[i], SL_ALIGN_LEFT);
      flow->y += 5;
    }
  sl_flow_end (flow);
}

static char *
running_title (const SlDocument *document, const char *title)
{
  return document->number != NULL ? g_strdup_printf ("%s %s", title, document->number) : g_strdup (title);
}

static void
begin_page (SlFlow *flow)
{
  SlSheet *sheet = flow->user_data;
  const char *name = sheet->document->supplier.name;
  g_autofree char *title = running_title (sheet->document, sheet->title);
  SlFlowCell cells[] = { { &running_style, name != NULL ? name : "", 0, flow->width / 2 - 6, SL_ALIGN_LEFT },
                         { &foot_style, title, flow->width / 2 + 6, flow->width / 2 - 6, SL_ALIGN_RIGHT } };
  sl_flow_row (flow, cells, G_N_ELEMENTS (cells));
  flow->y += 14;
  if (sheet->ruled != NULL)
    sl_ruled_set_head (sheet->ruled, flow);
}

static void
end_page (SlFlow *flow)
{
  if (flow->n_pages <= 1)
    return;
  double y = flow->y;
  /* Translators: page number of all pages */
  g_autofree char *number = g_strdup_printf (_ ("Page %u of %u"), flow->page, flow->n_pages);
  flow->y = flow->bottom + 18;
  sl_flow_text (flow, &foot_style, number, SL_ALIGN_RIGHT);
  flow->y = y;
}

static gboolean
is_wide (SlSheet *sheet, double width)
{
  for (guint i = 0; i < sheet->document->tables->len; i++)
    {
      g_autoptr (SlRuled) ruled = sl_ruled_of_table (sheet->document, sheet->document->tables->pdata[i]);
      sl_ruled_measure (ruled, &sheet->flow);
      if (sl_ruled_is_wide (ruled, width))
        return TRUE;
    }
  return FALSE;
}

/**
 * sl_print_sheet_new:
 * @document: what stands on it; outlives the sheet
 * @context: from sl_fonts_context()
 * @error: %SL_ERROR_BAD_INPUT: its code's text is too long
 *
 * Returns: (transfer full) (nullable): A4, upright or, for wide tables, across
 */
SlSheet *
sl_print_sheet_new (const SlDocument *document, PangoContext *context, GError **error)
{
  g_autoptr (SlQr) qr = NULL;
  if (document->qr_text != NULL && (qr = sl_qr_new (document->qr_text, error)) == NULL)
    return NULL;
  SlSheet *sheet = g_new0 (SlSheet, 1);
  SlFlow *flow = &sheet->flow;
  sl_flow_init (flow, context);
  sheet->document = document;
  sheet->title = sl_document_title (document);
  sheet->qr = g_steal_pointer (&qr);
  gboolean across = is_wide (sheet, SL_SHEET_SHORT - 2 * SL_SHEET_SIDE);
  sheet->page_width = across ? SL_SHEET_LONG : SL_SHEET_SHORT;
  sheet->page_height = across ? SL_SHEET_SHORT : SL_SHEET_LONG;
  flow->left = SL_SHEET_SIDE;
  flow->width = sheet->page_width - 2 * SL_SHEET_SIDE;
  flow->top = SL_SHEET_TOP;
  flow->bottom = sheet->page_height - SL_SHEET_BOTTOM;
  flow->begin_page = begin_page;
  flow->end_page = end_page;
  flow->user_data = sheet;
  return sheet;
}

/**
 * sl_sheet_free:
 * @sheet: (transfer full): a sheet
 */
void
sl_sheet_free (SlSheet *sheet)
{
  sl_flow_clear (&sheet->flow);
  g_clear_pointer (&sheet->qr, sl_qr_free);
  g_free (sheet->title);
  g_free (sheet);
}
