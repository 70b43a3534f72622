/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roll"

#include "print/roll.h"

#include <glib/gi18n-lib.h>

#include "print/sheet.h"

#define BLACK 0x000000
#define QR_WIDTH 128.0      /* 45 mm, where the paper has it */
#define POINTS_PER_MM (72.0 / 25.4)

/* Strokes thinner than a dot vanish on a roll: nothing here is lighter than medium. */
static const SlStyle studio_style = { 13, PANGO_WEIGHT_BOLD, BLACK, 1.25, 0 };
static const SlStyle title_style = { 12, PANGO_WEIGHT_BOLD, BLACK, 1.3, 0 };
static const SlStyle small_style = { 8, PANGO_WEIGHT_MEDIUM, BLACK, 1.3, 0 };
static const SlStyle body_style = { 8.5, PANGO_WEIGHT_MEDIUM, BLACK, 1.35, 0 };
static const SlStyle strong_style = { 9, PANGO_WEIGHT_BOLD, BLACK, 1.35, 0 };
static const SlStyle total_style = { 14, PANGO_WEIGHT_BOLD, BLACK, 1.3, 0 };

static void
rule (SlRoll *roll, double thickness_dots)
{
  SlFlow *flow = &roll->flow;
  flow->y += 5;
  sl_flow_fill (flow, 0, flow->y, flow->width, thickness_dots * SL_ROLL_DOT, BLACK);
  flow->y += 5 + thickness_dots * SL_ROLL_DOT;
}

/* Words to the left, a number or a short text to the right; below one another where both are long. */
static void
set_pair (SlRoll *roll, const SlStyle *style, const char *label, const char *value)
{
  SlFlow *flow = &roll->flow;
  double value_width = sl_flow_natural_width (flow, style, value);
  double label_width = sl_flow_natural_width (flow, style, label);
  if (label_width + value_width + 6 > flow->width && value_width > flow->width * 0.6)
    {
      sl_flow_text (flow, style, label, SL_ALIGN_LEFT);
      sl_flow_text (flow, style, value, SL_ALIGN_RIGHT);
      return;
    }
  SlFlowCell cells[] = { { style, label, 0, flow->width - value_width - 6, SL_ALIGN_LEFT },
                         { style, value, flow->width - value_width, value_width, SL_ALIGN_RIGHT } };
  sl_flow_row (flow, cells, G_N_ELEMENTS (cells));
}

static void
set_sum (SlRoll *roll, const SlStyle *style, const char *label, gint64 cents)
{
  g_autofree char *amount = sl_document_money (cents, roll->document->currency);
  set_pair (roll, style, label, amount);
}

static gboolean
has_text (const char *text)
{
  return text != NULL && *text != '\0';
}

static void
set_vat_number (SlRoll *roll, const SlDocumentParty *party, SlAlign align)
{
  if (!has_text (party->vat_number))
    return;
  g_autofree char *number = g_strdup_printf (_ ("VAT no. %s"), party->vat_number);
  sl_flow_text (&roll->flow, &small_style, number, align);
}

static void
set_head (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  SlFlow *flow = &roll->flow;
  if (has_text (document->supplier.name))
    sl_flow_text (flow, &studio_style, document->supplier.name, SL_ALIGN_CENTRE);
  if (has_text (document->supplier.address))
    sl_flow_text (flow, &small_style, document->supplier.address, SL_ALIGN_CENTRE);
  set_vat_number (roll, &document->supplier, SL_ALIGN_CENTRE);
  flow->y += 7;
  sl_flow_text (flow, &title_style, roll->title, SL_ALIGN_CENTRE);
  if (has_text (document->subtitle))
    sl_flow_text (flow, &small_style, document->subtitle, SL_ALIGN_CENTRE);
  if (document->copy)
    sl_flow_text (flow, &strong_style, _ ("Copy"), SL_ALIGN_CENTRE);
  rule (roll, 1);
}

static void
set_facts (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  g_autofree char *time = sl_document_time (document->date_ms, document->zone);
  if (document->number != NULL)
    set_pair (roll, &body_style, _ ("Number"), document->number);
  set_pair (roll, &body_style, _ ("Date"), time);
  if (document->corrects != NULL)
    set_pair (roll, &body_style, _ ("Corrects"), document->corrects);
  if (document->reason != NULL)
    set_pair (roll, &body_style, _ ("Reason"), document->reason);
  for (guint i = 0; i < document->facts->len; i++)
    {
      const SlDocumentFact *fact = document->facts->pdata[i];
      set_pair (roll, &body_style, fact->label, fact->value);
    }
  if (!has_text (document->recipient.name))
    return;
  set_pair (roll, &body_style, _ ("Billed to"), document->recipient.name);
  if (has_text (document->recipient.address))
    sl_flow_text (&roll->flow, &small_style, document->recipient.address, SL_ALIGN_RIGHT);
  set_vat_number (roll, &document->recipient, SL_ALIGN_RIGHT);
}

/* "2 × R 150,00", "0 %": what stands below a line's description; empty where that says nothing new. */
static char *
line_detail (const SlDocument *document, const SlDocumentLine *line)
{
  g_autoptr (GString) detail = g_string_new (NULL);
  if (line->quantity_hundredths != SL_DOCUMENT_NONE)
    {
      g_autofree char *quantity = sl_document_quantity (line->quantity_hundredths, document->currency);
      g_string_append (detail, quantity);
    }
  if (line->unit_price_cents != SL_DOCUMENT_NONE)
    {
      g_autofree char *price = sl_document_money (line->unit_price_cents, document->currency);
      g_string_append_printf (detail, "%s%s", detail->len > 0 ? " × " : "", price);
    }
  if (line->vat_permille != SL_DOCUMENT_NONE && document->vat->len > 1)
    {
      g_autofree char *rate = sl_document_percent (line->vat_permille, document->currency);
      g_string_append_printf (detail, "%s", detail->len > 0 ? "  ·  " : "");
      g_string_append_printf (detail, _ ("VAT %s"), rate);
    }
  return g_string_free (g_steal_pointer (&detail), FALSE);
}

static void
set_line (SlRoll *roll, const SlDocumentLine *line)
{
  g_autofree char *detail = line_detail (roll->document, line);
  if (*detail == '\0')
    {
      set_sum (roll, &body_style, line->description, line->amount_cents);
      return;
    }
  g_autofree char *amount = sl_document_money (line->amount_cents, roll->document->currency);
  sl_flow_text (&roll->flow, &strong_style, line->description, SL_ALIGN_LEFT);
  set_pair (roll, &body_style, detail, amount);
  roll->flow.y += 3;
}

static void
set_vat (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  gint64 net_cents = 0;
  for (guint i = 0; i < document->vat->len; i++)
    net_cents += ((SlDocumentVat *) document->vat->pdata[i])->net_cents;
  if (document->vat->len > 0)
    set_sum (roll, &body_style, _ ("Total excluding VAT"), net_cents);
  for (guint i = 0; i < document->vat->len; i++)
    {
      const SlDocumentVat *vat = document->vat->pdata[i];
      g_autofree char *rate = sl_document_percent (vat->vat_permille, document->currency);
      g_autofree char *net = sl_document_money (vat->net_cents, document->currency);
      g_autofree char *label = document->vat->len == 1 ? g_strdup_printf (_ ("VAT %s"), rate)
                                                       : g_strdup_printf (_ ("VAT %s of %s"), rate, net);
      set_sum (roll, &body_style, label, vat->vat_cents);
    }
}

static void
set_payments (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  for (guint i = 0; i < document->payments->len; i++)
    {
      const SlDocumentPayment *payment = document->payments->pdata[i];
      const char *method = sl_document_method_words (payment->method);
      g_autofree char *label
        = has_text (payment->reference) ? g_strdup_printf ("%s · %s", method, payment->reference) : g_strdup (method);
      set_sum (roll, &body_style, label, payment->amount_cents);
      if (payment->given_cents != SL_DOCUMENT_NONE)
        set_sum (roll, &body_style, _ ("Given"), payment->given_cents);
      if (payment->change_cents != SL_DOCUMENT_NONE)
        set_sum (roll, &body_style, _ ("Change"), payment->change_cents);
    }
  if (document->due_cents == SL_DOCUMENT_NONE || document->kind == SL_DOCUMENT_CREDIT_NOTE)
    return;
  if (document->due_cents == 0)
    sl_flow_text (&roll->flow, &strong_style, _ ("Paid in full"), SL_ALIGN_LEFT);
  else
    set_sum (roll, &strong_style, _ ("Amount due"), document->due_cents);
}

static void
set_sale (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  for (guint i = 0; i < document->lines->len; i++)
    {
      if (i == 0)
        rule (roll, 1);
      set_line (roll, document->lines->pdata[i]);
    }
  if (document->total_cents != SL_DOCUMENT_NONE)
    {
      rule (roll, 1);
      set_vat (roll);
      set_sum (roll, &total_style, document->kind == SL_DOCUMENT_CREDIT_NOTE ? _ ("Total credited") : _ ("Total"),
               document->total_cents);
      rule (roll, 2);
    }
  set_payments (roll);
}

static void
set_qr (SlRoll *roll)
{
  SlFlow *flow = &roll->flow;
  if (roll->qr == NULL)
    return;
  double width = sl_qr_width (roll->qr, MIN (QR_WIDTH, flow->width), flow->dot);
  sl_flow_need (flow, width);
  sl_qr_draw (roll->qr, flow, (flow->width - width) / 2, flow->y, width + flow->dot / 2);
  flow->y += width;
  if (has_text (roll->document->qr_caption))
    sl_flow_text (flow, &small_style, roll->document->qr_caption, SL_ALIGN_CENTRE);
}

/* A table that is wider than the roll: a row's cells below one another, with their heads. */
static void
set_stacked (SlRoll *roll, const SlDocumentTable *table)
{
  const SlDocument *document = roll->document;
  for (guint row = 0; row < sl_document_table_n_rows (table); row++)
    {
      for (guint i = 0; i < table->columns->len; i++)
        {
          const SlDocumentColumn *column = table->columns->pdata[i];
          g_autofree char *text = sl_document_cell_text (document, table, row, i);
          if (i == 0)
            sl_flow_text (&roll->flow, &strong_style, text, SL_ALIGN_LEFT);
          else if (*text != '\0')
            set_pair (roll, &body_style, column->head, text);
        }
      rule (roll, 1);
    }
}

static void
set_table (SlRoll *roll, const SlDocumentTable *table)
{
  SlFlow *flow = &roll->flow;
  g_autoptr (SlRuled) ruled = sl_ruled_of_table (roll->document, table);
  flow->y += 8;
  if (has_text (table->title))
    {
      sl_flow_text (flow, &strong_style, table->title, SL_ALIGN_LEFT);
      flow->y += 3;
    }
  ruled->head_style = small_style;
  ruled->style = body_style;
  ruled->strong = strong_style;
  ruled->padding = 2;
  sl_ruled_measure (ruled, flow);
  if (ruled->n_columns == 0 || sl_ruled_natural_width (ruled) > flow->width)
    {
      set_stacked (roll, table);
      return;
    }
  sl_ruled_fit (ruled, flow->width);
  sl_ruled_set (ruled, flow, NULL);
}

/**
 * sl_roll_set:
 * @roll: a roll whose flow has begun
 *
 * Sets the whole document once: to measure or to draw.
 */
void
sl_roll_set (SlRoll *roll)
{
  const SlDocument *document = roll->document;
  SlFlow *flow = &roll->flow;
  set_head (roll);
  set_facts (roll);
  set_sale (roll);
  set_qr (roll);
  for (guint i = 0; i < document->tables->len; i++)
    set_table (roll, document->tables->pdata[i]);
  for (guint i = 0; i < document->notes->len; i++)
    {
      flow->y += 7;
      sl_flow_text (flow, &small_style, document->notes->pdata[i], SL_ALIGN_CENTRE);
    }
  flow->y += 6;
  sl_flow_end (flow);
}

static void
begin_piece (SlFlow *flow)
{
  SlRoll *roll = flow->user_data;
  if (flow->cr != NULL && roll->next_piece != NULL)
    roll->next_piece (roll->next_piece_data, g_array_index (flow->lengths, double, flow->page - 1));
}

/**
 * sl_roll_dots:
 * @paper: a roll
 *
 * Returns: dots of a printer's head for it: 72 and 48 mm of 8 dots each
 */
int
sl_roll_dots (SlPaper paper)
{
  return paper == SL_PAPER_ROLL_58 ? 384 : 576;
}

/**
 * sl_roll_paper_width:
 * @paper: a roll
 *
 * Returns: the width of the paper in points
 */
double
sl_roll_paper_width (SlPaper paper)
{
  return (paper == SL_PAPER_ROLL_58 ? 58 : 80) * POINTS_PER_MM;
}

/**
 * sl_roll_new:
 * @document: what stands on it; outlives the roll
 * @paper: a roll
 * @context: from sl_fonts_context()
 * @error: %SL_ERROR_BAD_INPUT: its code's text is too long
 *
 * Returns: (transfer full) (nullable): as wide as the printer's head, without margins: whoever draws moves it
 */
SlRoll *
sl_roll_new (const SlDocument *document, SlPaper paper, PangoContext *context, GError **error)
{
  g_autoptr (SlQr) qr = NULL;
  if (document->qr_text != NULL && (qr = sl_qr_new (document->qr_text, error)) == NULL)
    return NULL;
  SlRoll *roll = g_new0 (SlRoll, 1);
  sl_flow_init (&roll->flow, context);
  roll->document = document;
  roll->title = sl_document_title (document);
  roll->qr = g_steal_pointer (&qr);
  roll->flow.width = sl_roll_dots (paper) * SL_ROLL_DOT;
  roll->flow.bottom = SL_ROLL_PAGE_MAX;
  roll->flow.dot = SL_ROLL_DOT;
  roll->flow.begin_page = begin_piece;
  roll->flow.user_data = roll;
  return roll;
}

/**
 * sl_roll_free:
 * @roll: (transfer full): a roll
 */
void
sl_roll_free (SlRoll *roll)
{
  sl_flow_clear (&roll->flow);
  g_clear_pointer (&roll->qr, sl_qr_free);
  g_free (roll->title);
  g_free (roll);
}
