/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-ruled"

#include "print/sheet.h"

#include <glib/gi18n-lib.h>

#define GAP 14.0              /* between columns */
#define TEXT_MIN 58.0         /* the narrowest column of text before words are broken within: a long name's half */
#define TEXT_MAX 240.0        /* what a column of text asks for at most: longer ones take several lines */
#define SHRINK_STEPS 24       /* halves: to less than a dot */
#define WIDE_BY 1.25          /* beyond this hardly a text stays on one line */
#define TOTAL_LINE 0.6        /* thickness of the line above a sum */

/* Which of a line's columns are shown: those that any line says something of. */
typedef enum { LINE_WHAT, LINE_QUANTITY, LINE_PRICE, LINE_RATE, LINE_AMOUNT, LINE_LAST } LineColumn;

typedef struct {
  SlRuled ruled;
  LineColumn shown[LINE_LAST];
} LinesRuled;

static gboolean
line_says (const SlDocument *document, LineColumn column)
{
  for (guint i = 0; i < document->lines->len; i++)
    {
      const SlDocumentLine *line = document->lines->pdata[i];
      if ((column == LINE_QUANTITY && line->quantity_hundredths != SL_DOCUMENT_NONE)
          || (column == LINE_PRICE && line->unit_price_cents != SL_DOCUMENT_NONE)
          || (column == LINE_RATE && line->vat_permille != SL_DOCUMENT_NONE))
        return TRUE;
    }
  return column == LINE_WHAT || column == LINE_AMOUNT;
}

static char *
number_or_nothing (gint64 number, const char *currency, char *(*write) (gint64, const char *))
{
  return number == SL_DOCUMENT_NONE ? g_strdup ("") : write (number, currency);
}

static char *
line_text (const SlRuled *ruled, guint row, guint column)
{
  const SlDocumentLine *line = ruled->document->lines->pdata[row];
  const char *currency = ruled->document->currency;
  switch (((const LinesRuled *) ruled)->shown[column])
    {
    case LINE_QUANTITY:
      return number_or_nothing (line->quantity_hundredths, currency, sl_document_quantity);
    case LINE_PRICE:
      return number_or_nothing (line->unit_price_cents, currency, sl_document_money);
    case LINE_RATE:
      return number_or_nothing (line->vat_permille, currency, sl_document_percent);
    case LINE_AMOUNT:
      return sl_document_money (line->amount_cents, currency);
    case LINE_WHAT:
    default:
      return g_strdup (line->description);
    }
}

static gboolean
line_is_total (const SlRuled *ruled, guint row)
{
  return FALSE;
}

/**
 * sl_ruled_of_lines:
 * @document: whose lines
 *
 * Returns: (transfer full): a table of what was sold
 */
SlRuled *
sl_ruled_of_lines (const SlDocument *document)
{
  static const char *const heads[LINE_LAST] = { N_ ("Description"), N_ ("Quantity"), N_ ("Unit price"), N_ ("VAT"),
                                                N_ ("Amount") };
  LinesRuled *lines = g_new0 (LinesRuled, 1);
  SlRuled *ruled = &lines->ruled;
  *ruled = (SlRuled){ .document = document,
                    .text = line_text,
                    .is_total = line_is_total,
                    .n_rows = document->lines->len,
                    .columns = g_new0 (SlRuledColumn, LINE_LAST),
                    .head_style = { 7.5, PANGO_WEIGHT_SEMIBOLD, SL_QUIET, 1.4, 0.2 },
                    .style = { 9.5, PANGO_WEIGHT_NORMAL, SL_INK, 1.4, 0 },
                    .strong = { 9.5, PANGO_WEIGHT_SEMIBOLD, SL_INK, 1.4, 0 },
                    .padding = 6 };
  for (LineColumn column = LINE_WHAT; column < LINE_LAST; column++)
    if (line_says (document, column))
      {
        lines->shown[ruled->n_columns] = column;
        ruled->columns[ruled->n_columns++] = (SlRuledColumn){ .head = _ (heads[column]),
                                                              .right = column != LINE_WHAT,
                                                              .flexible = column == LINE_WHAT };
      }
  return ruled;
}

static char *
table_text (const SlRuled *ruled, guint row, guint column)
{
  return sl_document_cell_text (ruled->document, ruled->rows, row, column);
}

static gboolean
table_is_total (const SlRuled *ruled, guint row)
{
  return g_hash_table_contains (((const SlDocumentTable *) ruled->rows)->totals, GUINT_TO_POINTER (row));
}

/**
 * sl_ruled_of_table:
 * @document: whose table
 * @table: with one column or more
 *
 * Returns: (transfer full): a table of a report
 */
SlRuled *
sl_ruled_of_table (const SlDocument *document, const SlDocumentTable *table)
{
  SlRuled *ruled = g_new0 (SlRuled, 1);
  *ruled = (SlRuled){ .document = document,
                    .rows = table,
                    .text = table_text,
                    .is_total = table_is_total,
                    .n_rows = sl_document_table_n_rows (table),
                    .n_columns = table->columns->len,
                    .columns = g_new0 (SlRuledColumn, table->columns->len),
                    .head_style = { 7.5, PANGO_WEIGHT_SEMIBOLD, SL_QUIET, 1.4, 0.2 },
                    .style = { 8.5, PANGO_WEIGHT_NORMAL, SL_INK, 1.4, 0 },
                    .strong = { 8.5, PANGO_WEIGHT_BOLD, SL_INK, 1.4, 0 },
                    .padding = 3.5 };
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      const SlDocumentColumn *column = table->columns->pdata[i];
      gboolean left
        = column->type == SL_COLUMN_TEXT || column->type == SL_COLUMN_TIME || column->type == SL_COLUMN_DATE;
      ruled->columns[i]
        = (SlRuledColumn){ .head = column->head, .right = !left, .flexible = column->type == SL_COLUMN_TEXT };
    }
  return ruled;
}

/**
 * sl_ruled_free:
 * @ruled: (transfer full): a table
 */
void
sl_ruled_free (SlRuled *ruled)
{
  g_free (ruled->columns);
  g_free (ruled);
}

/* The widest text of a column, by its letters: measuring each would take as long as setting it. */
static double
column_width (const SlRuled *ruled, guint column, SlFlow *flow)
{
  g_autofree char *longest = NULL, *total = NULL;
  glong most = -1, most_total = -1;
  for (guint row = 0; row < ruled->n_rows; row++)
    {
      gboolean is_total = ruled->is_total (ruled, row);
      g_autofree char *text = ruled->text (ruled, row, column);
      glong length = g_utf8_strlen (text, -1);
      if (length > (is_total ? most_total : most))
        {
          *(is_total ? &most_total : &most) = length;
          char **place = is_total ? &total : &longest;
          g_free (*place);
          *place = g_steal_pointer (&text);
        }
    }
  double width = longest != NULL ? sl_flow_natural_width (flow, &ruled->style, longest) : 0;
  return MAX (width, total != NULL ? sl_flow_natural_width (flow, &ruled->strong, total) : 0);
}

/**
 * sl_ruled_measure:
 * @ruled: a table
 * @flow: with the fonts
 *
 * Finds what each column would like to have.
 */
void
sl_ruled_measure (SlRuled *ruled, SlFlow *flow)
{
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      SlRuledColumn *column = &ruled->columns[i];
      column->natural = MAX (column_width (ruled, i, flow),
                             sl_flow_natural_width (flow, &ruled->head_style, column->head));
      if (column->flexible)
        column->natural = MIN (column->natural, TEXT_MAX);
    }
}

/* The width of all when no column of text is wider than most. */
static double
width_with (const SlRuled *ruled, double most)
{
  double width = 0;
  for (guint i = 0; i < ruled->n_columns; i++)
    width += ruled->columns[i].flexible ? MIN (ruled->columns[i].natural, most) : ruled->columns[i].natural;
  return width;
}

/**
 * sl_ruled_natural_width:
 * @ruled: a measured table
 *
 * Returns: the width at which hardly a cell takes two lines
 */
double
sl_ruled_natural_width (const SlRuled *ruled)
{
  double width = GAP * MAX (ruled->n_columns, 1) - GAP;
  for (guint i = 0; i < ruled->n_columns; i++)
    width += ruled->columns[i].natural;
  return width;
}

/**
 * sl_ruled_is_wide:
 * @ruled: a measured table
 * @width: that there is
 *
 * Returns: whether numbers would be broken at this width, or many texts
 */
gboolean
sl_ruled_is_wide (const SlRuled *ruled, double width)
{
  double gaps = GAP * MAX (ruled->n_columns, 1) - GAP;
  return width_with (ruled, TEXT_MIN) + gaps > width || sl_ruled_natural_width (ruled) > width * WIDE_BY;
}

/* Takes from the widest columns of text first, so that short ones stay on one line; then from all alike. */
static void
shrink (SlRuled *ruled, double width)
{
  double least = TEXT_MIN, most = TEXT_MAX;
  for (int i = 0; i < SHRINK_STEPS; i++)
    {
      double middle = (least + most) / 2;
      *(width_with (ruled, middle) > width ? &most : &least) = middle;
    }
  double all = width_with (ruled, least);
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      SlRuledColumn *column = &ruled->columns[i];
      column->width = (column->flexible ? MIN (column->natural, least) : column->natural) * MIN (width / all, 1);
    }
}

/* Gives rest to the columns of text, or else to the first. */
static void
grow (SlRuled *ruled, double rest)
{
  double texts = 0;
  for (guint i = 0; i < ruled->n_columns; i++)
    if (ruled->columns[i].flexible)
      texts += ruled->columns[i].width;
  for (guint i = 0; i < ruled->n_columns; i++)
    if (ruled->columns[i].flexible)
      ruled->columns[i].width += rest * ruled->columns[i].width / texts;
  if (texts == 0)
    ruled->columns[0].width += rest;
}

/**
 * sl_ruled_fit:
 * @ruled: a measured table
 * @width: to take exactly
 */
void
sl_ruled_fit (SlRuled *ruled, double width)
{
  double x = 0, gaps = GAP * MAX (ruled->n_columns, 1) - GAP, rest = width - sl_ruled_natural_width (ruled);
  for (guint i = 0; i < ruled->n_columns; i++)
    ruled->columns[i].width = ruled->columns[i].natural;
  if (rest < 0)
    shrink (ruled, width - gaps);
  else if (ruled->n_columns > 0)
    grow (ruled, rest);
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      ruled->columns[i].x = x;
      x += ruled->columns[i].width + GAP;
    }
}

/**
 * sl_ruled_set_head:
 * @ruled: a fitted table
 * @flow: where
 */
void
sl_ruled_set_head (const SlRuled *ruled, SlFlow *flow)
{
  g_autofree SlFlowCell *cells = g_new0 (SlFlowCell, ruled->n_columns);
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      const SlRuledColumn *column = &ruled->columns[i];
      cells[i] = (SlFlowCell){ &ruled->head_style, column->head, column->x, column->width,
                               column->right ? SL_ALIGN_RIGHT : SL_ALIGN_LEFT };
    }
  sl_flow_row (flow, cells, ruled->n_columns);
  flow->y += 4;
  sl_flow_fill (flow, 0, flow->y, flow->width, 0.9, SL_INK);
  flow->y += 0.9;
}

static void
set_row (const SlRuled *ruled, SlFlow *flow, guint row)
{
  g_autofree SlFlowCell *cells = g_new0 (SlFlowCell, ruled->n_columns);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gboolean is_total = ruled->is_total (ruled, row);
  for (guint i = 0; i < ruled->n_columns; i++)
    {
      const SlRuledColumn *column = &ruled->columns[i];
      g_ptr_array_add (texts, ruled->text (ruled, row, i));
      cells[i] = (SlFlowCell){ is_total ? &ruled->strong : &ruled->style, texts->pdata[i], column->x, column->width,
                               column->right ? SL_ALIGN_RIGHT : SL_ALIGN_LEFT };
    }
  sl_flow_padded_row (flow, cells, ruled->n_columns, ruled->padding, is_total ? TOTAL_LINE : 0, SL_INK);
  sl_flow_fill (flow, 0, flow->y - 0.5, flow->width, 0.5, SL_LINE);
}

/**
 * sl_ruled_set:
 * @ruled: a fitted table
 * @flow: where
 * @being_set: (nullable): told the table while it is set, for whoever begins pages: its heads stand again on each
 */
void
sl_ruled_set (const SlRuled *ruled, SlFlow *flow, const SlRuled **being_set)
{
  /* The heads never stand alone at a page's end. */
  sl_flow_need (flow, 3 * (ruled->style.size * ruled->style.leading + 2 * ruled->padding) + 20);
  flow->in_head = TRUE;
  sl_ruled_set_head (ruled, flow);
  flow->in_head = FALSE;
  if (being_set != NULL)
    *being_set = ruled;
  for (guint row = 0; row < ruled->n_rows; row++)
    set_row (ruled, flow, row);
  if (being_set != NULL)
    *being_set = NULL;
}
