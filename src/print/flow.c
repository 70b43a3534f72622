/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-flow"

#include "print/flow.h"

#define ROUNDING 0.25         /* points */
#define TEXT_LINE_HEIGHT 1.35 /* of the letters' size, where a style does not say */

/**
 * sl_flow_init:
 * @flow: (out caller-allocates): a flow; its lengths are to be set next
 * @context: of its texts
 */
void
sl_flow_init (SlFlow *flow, PangoContext *context)
{
  *flow = (SlFlow){ .context = g_object_ref (context), .bottom = G_MAXDOUBLE };
  flow->lengths = g_array_new (FALSE, FALSE, sizeof (double));
}

/**
 * sl_flow_clear:
 * @flow: a flow
 */
void
sl_flow_clear (SlFlow *flow)
{
  g_clear_object (&flow->context);
  g_clear_pointer (&flow->lengths, g_array_unref);
  g_clear_error (&flow->error);
}

/**
 * sl_flow_begin:
 * @flow: a flow
 * @cr: (nullable): where to draw, after the same was measured; %NULL: measure
 */
void
sl_flow_begin (SlFlow *flow, cairo_t *cr)
{
  flow->n_pages = cr != NULL ? flow->lengths->len : 0;
  if (cr == NULL)
    g_array_set_size (flow->lengths, 0);
  flow->cr = cr;
  flow->page = 1;
  flow->y = flow->top;
}

/**
 * sl_flow_end:
 * @flow: a flow
 *
 * Ends the last page: its feet, its length.
 */
void
sl_flow_end (SlFlow *flow)
{
  if (flow->cr == NULL)
    g_array_append_val (flow->lengths, flow->y);
  flow->in_head = TRUE;
  if (flow->end_page != NULL)
    flow->end_page (flow);
  flow->in_head = FALSE;
}

/**
 * sl_flow_break:
 * @flow: a flow
 */
void
sl_flow_break (SlFlow *flow)
{
  sl_flow_end (flow);
  if (flow->cr != NULL)
    cairo_show_page (flow->cr);
  flow->page++;
  flow->y = flow->top;
  flow->in_head = TRUE;
  if (flow->begin_page != NULL)
    flow->begin_page (flow);
  flow->in_head = FALSE;
}

/**
 * sl_flow_need:
 * @flow: a flow
 * @height: of what should stand together
 */
void
sl_flow_need (SlFlow *flow, double height)
{
  if (!flow->in_head && flow->y > flow->top && flow->y + height > flow->bottom
      && height <= flow->bottom - flow->top)
    sl_flow_break (flow);
}

static PangoAttrList *
attributes_of (const SlStyle *style)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  /* Figures of one width, so that amounts stand below one another. */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1, calt=0"));
  if (style->tracking != 0)
    pango_attr_list_insert (attributes, pango_attr_letter_spacing_new ((int) (style->tracking * PANGO_SCALE)));
  return attributes;
}

/**
 * sl_flow_layout:
 * @flow: a flow
 * @style: how it looks
 * @text: UTF-8
 * @width: where to break its lines, in words where that is possible and within them where not; below 0: nowhere
 *
 * Returns: (transfer full): the text, laid out; a letter that no font has is noted as the flow's error
 */
PangoLayout *
sl_flow_layout (SlFlow *flow, const SlStyle *style, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (flow->context);
  PangoFontDescription *font = sl_fonts_describe (style->size, style->weight);
  PangoAttrList *attributes = attributes_of (style);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, width < 0 ? -1 : (int) (width * PANGO_SCALE));
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (font);
  pango_attr_list_unref (attributes);
  if (flow->error == NULL)
    (void) sl_fonts_check (layout, &flow->error);
  return layout;
}

/**
 * sl_flow_natural_width:
 * @flow: a flow
 * @style: how it looks
 * @text: UTF-8
 *
 * Returns: what it needs to stand on one line
 */
double
sl_flow_natural_width (SlFlow *flow, const SlStyle *style, const char *text)
{
  g_autoptr (PangoLayout) layout = sl_flow_layout (flow, style, text, -1);
  PangoRectangle logical;
  pango_layout_get_extents (layout, NULL, &logical);
  /* A little more than it is: the layout that is made to this width must not break by rounding. */
  return (double) logical.width / PANGO_SCALE + ROUNDING + style->tracking;
}

static void
set_colour (cairo_t *cr, SlColour colour)
{
  cairo_set_source_rgb (cr, (colour >> 16) / 255.0, ((colour >> 8) & 0xff) / 255.0, (colour & 0xff) / 255.0);
}

/**
 * sl_flow_fill:
 * @flow: a flow
 * @x: from its left
 * @y: on the page
 * @width: of a rectangle
 * @height: of it
 * @colour: that it is filled with
 */
void
sl_flow_fill (SlFlow *flow, double x, double y, double width, double height, SlColour colour)
{
  if (flow->cr == NULL)
    return;
  set_colour (flow->cr, colour);
  cairo_rectangle (flow->cr, flow->left + x, y, width, height);
  cairo_fill (flow->cr);
}

/* A line's height: the style's, or what letters of a taller font need. */
static double
line_height (const SlStyle *style, PangoLayoutLine *line)
{
  PangoRectangle logical;
  double wanted = style->size * (style->leading > 0 ? style->leading : TEXT_LINE_HEIGHT);
  pango_layout_line_get_extents (line, NULL, &logical);
  return MAX (wanted, (double) logical.height / PANGO_SCALE);
}

static void
draw_line (SlFlow *flow, const SlFlowCell *cell, PangoLayoutLine *line, double height)
{
  PangoRectangle logical;
  if (flow->cr == NULL)
    return;
  pango_layout_line_get_extents (line, NULL, &logical);
  double rest = cell->width - (double) logical.width / PANGO_SCALE;
  double x = flow->left + cell->x;
  if (cell->align == SL_ALIGN_RIGHT)
    x += rest;
  else if (cell->align == SL_ALIGN_CENTRE)
    x += rest / 2;
  double above = (height - (double) logical.height / PANGO_SCALE) / 2 - (double) logical.y / PANGO_SCALE;
  set_colour (flow->cr, cell->style->colour);
  cairo_move_to (flow->cr, x, flow->y + above);
  pango_cairo_show_layout_line (flow->cr, line);
}

static GPtrArray *
lay_out (SlFlow *flow, const SlFlowCell *cells, guint n_cells)
{
  GPtrArray *layouts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_cells; i++)
    g_ptr_array_add (layouts, sl_flow_layout (flow, cells[i].style, cells[i].text, cells[i].width));
  return layouts;
}

/* Of the nth lines of all cells the highest; 0: none has so many. */
static double
slice_height (GPtrArray *layouts, const SlFlowCell *cells, int place)
{
  double height = 0;
  for (guint i = 0; i < layouts->len; i++)
    {
      PangoLayoutLine *line = pango_layout_get_line_readonly (layouts->pdata[i], place);
      if (line != NULL && *cells[i].text != '\0')
        height = MAX (height, line_height (cells[i].style, line));
    }
  return height;
}

static double
total_height (GPtrArray *layouts, const SlFlowCell *cells)
{
  double total = 0, height;
  for (int place = 0; (height = slice_height (layouts, cells, place)) > 0; place++)
    total += height;
  return total;
}

/**
 * sl_flow_padded_row:
 * @flow: a flow
 * @cells: texts side by side; an empty one takes no height
 * @n_cells: their number
 * @padding: above and below them
 * @line: thickness of a line at the top; 0: none
 * @line_colour: its colour
 *
 * Sets them, first lines beside one another. A row that does not fit goes to the next page as a whole, and over several
 * where no page holds it.
 */
void
sl_flow_padded_row (SlFlow *flow, const SlFlowCell *cells, guint n_cells, double padding, double line,
                    SlColour line_colour)
{
  g_autoptr (GPtrArray) layouts = lay_out (flow, cells, n_cells);
  double height;
  sl_flow_need (flow, total_height (layouts, cells) + 2 * padding);
  if (line > 0)
    sl_flow_fill (flow, 0, flow->y - line, flow->width, line, line_colour);
  flow->y += padding;
  for (int place = 0; (height = slice_height (layouts, cells, place)) > 0; place++)
    {
      if (!flow->in_head && flow->y + height > flow->bottom && flow->y > flow->top)
        sl_flow_break (flow);
      for (guint i = 0; i < n_cells; i++)
        {
          PangoLayoutLine *text_line = pango_layout_get_line_readonly (layouts->pdata[i], place);
          if (text_line != NULL)
            draw_line (flow, &cells[i], text_line, height);
        }
      flow->y += height;
    }
  flow->y += padding;
}

/**
 * sl_flow_row:
 * @flow: a flow
 * @cells: texts side by side; an empty one takes no height
 * @n_cells: their number
 *
 * The same without anything around it.
 */
void
sl_flow_row (SlFlow *flow, const SlFlowCell *cells, guint n_cells)
{
  sl_flow_padded_row (flow, cells, n_cells, 0, 0, 0);
}

/**
 * sl_flow_text:
 * @flow: a flow
 * @style: how it looks
 * @text: UTF-8, of several lines or paragraphs
 * @align: of its lines
 */
void
sl_flow_text (SlFlow *flow, const SlStyle *style, const char *text, SlAlign align)
{
  SlFlowCell cell = { style, text, 0, flow->width, align };
  sl_flow_row (flow, &cell, 1);
}
