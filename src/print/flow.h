/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/fonts.h"

/* Inside the print room only: text that flows down a page and on to the next. A document is set twice by the same code:
 * first without drawing, to know how many pages there are and how long they become, then for good. Lengths are points.
 * A failure stops nothing; the first one is kept and is to be looked at in the end. */

typedef enum { SL_ALIGN_LEFT, SL_ALIGN_CENTRE, SL_ALIGN_RIGHT } SlAlign;
typedef guint32 SlColour;   /* 0xrrggbb */
typedef struct {
  double size;              /* points */
  PangoWeight weight;
  SlColour colour;
  double leading;           /* a line's height by the letters' size */
  double tracking;          /* between letters, points */
} SlStyle;

typedef struct _SlFlow SlFlow;
struct _SlFlow {
  cairo_t *cr;              /* (nullable): NULL: measuring */
  PangoContext *context;
  double left, width;       /* what is set stands between these */
  double top, bottom;       /* of each page */
  double y;
  double dot;               /* codes are made of whole multiples of this; 0: of any length */
  guint page, n_pages;      /* page from 1; n_pages 0 while measuring */
  GArray *lengths;          /* (element-type double): where each page ended, as far as it is measured */
  void (*end_page) (SlFlow *flow);   /* (nullable): feet */
  void (*begin_page) (SlFlow *flow); /* (nullable): heads of all pages but the first */
  gpointer user_data;
  gboolean in_head;         /* a head or foot is being set: nothing breaks */
  GError *error;            /* (nullable): the first failure */
};

void sl_flow_init (SlFlow *flow, PangoContext *context);
void sl_flow_clear (SlFlow *flow);
/* Before each of the two times. cr (nullable): NULL to measure */
void sl_flow_begin (SlFlow *flow, cairo_t *cr);
void sl_flow_end (SlFlow *flow);                    /* the last page */
void sl_flow_break (SlFlow *flow);                  /* on to the next page */
/* The same where less than this is left, and a page would hold it. */
void sl_flow_need (SlFlow *flow, double height);

/* (transfer full): width below 0: as wide as it is */
PangoLayout *sl_flow_layout (SlFlow *flow, const SlStyle *style, const char *text, double width);
double sl_flow_natural_width (SlFlow *flow, const SlStyle *style, const char *text);
void sl_flow_fill (SlFlow *flow, double x, double y, double width, double height, SlColour colour);

/* Texts side by side. Where they take several lines a row may go on on the next page. */
typedef struct {
  const SlStyle *style;
  const char *text;
  double x, width;          /* x from the flow's left */
  SlAlign align;
} SlFlowCell;
void sl_flow_row (SlFlow *flow, const SlFlowCell *cells, guint n_cells);
/* With so much above and below it on the same page, and a line (0: none) over its width at the top. */
void sl_flow_padded_row (SlFlow *flow, const SlFlowCell *cells, guint n_cells, double padding, double line,
                         SlColour line_colour);
/* One text over the whole width. */
void sl_flow_text (SlFlow *flow, const SlStyle *style, const char *text, SlAlign align);
