/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/document.h"
#include "print/qr.h"
#include "print/render.h"

/* Inside the print room only: a document on a roll, as thermal printers have them. Black, and of whole dots. */

#define SL_ROLL_DPI 203.0           /* 8 dots a millimetre: what receipt printers have */
#define SL_ROLL_DOT (72.0 / SL_ROLL_DPI)
#define SL_ROLL_PAGE_MAX 3000.0     /* a longer one is made in pieces, which follow without a cut */

typedef struct {
  SlFlow flow;                      /* its user data is the roll */
  const SlDocument *document;
  char *title;
  SlQr *qr;                         /* (nullable) */
  void (*next_piece) (gpointer data, double length); /* (nullable): after a piece was shown */
  gpointer next_piece_data;
} SlRoll;

int sl_roll_dots (SlPaper paper);        /* that the printer's head has */
double sl_roll_paper_width (SlPaper paper); /* of the paper, points */
SlRoll *sl_roll_new (const SlDocument *document, SlPaper paper, PangoContext *context, GError **error);
void sl_roll_free (SlRoll *roll);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRoll, sl_roll_free)
void sl_roll_set (SlRoll *roll);
