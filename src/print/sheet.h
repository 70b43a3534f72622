/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/document.h"
#include "print/qr.h"

/* Inside the print room only: a document on A4. */

#define SL_SHEET_SHORT 595.276 /* A4 is 210 × 297 mm */
#define SL_SHEET_LONG 841.890
#define SL_SHEET_SIDE 51.0     /* margins: 18 mm */
#define SL_SHEET_TOP 48.0
#define SL_SHEET_BOTTOM 62.0   /* with the feet */

#define SL_INK 0x23272e
#define SL_QUIET 0x5c616a
#define SL_LINE 0xdcdee3
#define SL_ACCENT 0x46509a
#define SL_ACCENT_SOFT 0xf1f1f9

typedef struct _SlRuled SlRuled;
typedef struct {
  SlFlow flow;             /* its user data is the sheet */
  const SlDocument *document;
  char *title;
  SlQr *qr;                /* (nullable) */
  double page_width, page_height;
  const SlRuled *ruled;      /* (nullable): being set: its heads stand on each page */
} SlSheet;

/* NULL with error: the code's text is too long. */
SlSheet *sl_print_sheet_new (const SlDocument *document, PangoContext *context, GError **error);
void sl_sheet_free (SlSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSheet, sl_sheet_free)
void sl_sheet_set (SlSheet *sheet);

/* A table: of what was sold, or of a report. */
typedef struct {
  const char *head;
  gboolean right;          /* numbers */
  gboolean flexible;       /* texts: may be narrower than they like to be */
  double natural, x, width;
} SlRuledColumn;
struct _SlRuled {
  const SlDocument *document;
  gconstpointer rows;                               /* what text() reads */
  char *(*text) (const SlRuled *ruled, guint row, guint column); /* (transfer full) */
  gboolean (*is_total) (const SlRuled *ruled, guint row);
  guint n_rows, n_columns;
  SlRuledColumn *columns;
  SlStyle head_style, style, strong;
  double padding;          /* above and below each row's text */
};
void sl_ruled_measure (SlRuled *ruled, SlFlow *flow);  /* natural widths */
double sl_ruled_natural_width (const SlRuled *ruled);
gboolean sl_ruled_is_wide (const SlRuled *ruled, double width);
void sl_ruled_fit (SlRuled *ruled, double width);
void sl_ruled_set (const SlRuled *ruled, SlFlow *flow, const SlRuled **being_set /* (nullable) */);
void sl_ruled_set_head (const SlRuled *ruled, SlFlow *flow);
/* Of a document's lines and of its tables; (transfer full) */
SlRuled *sl_ruled_of_lines (const SlDocument *document);
SlRuled *sl_ruled_of_table (const SlDocument *document, const SlDocumentTable *table);
void sl_ruled_free (SlRuled *ruled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRuled, sl_ruled_free)
