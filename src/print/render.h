/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/document.h"

/* A document as bytes. Not thread safe with each other: fontconfig's and gettext's settings are the process's. */

typedef enum {
  SL_PAPER_A4,
  SL_PAPER_ROLL_80,  /* 80 mm wide, as long as it takes */
  SL_PAPER_ROLL_58,
} SlPaper;
gboolean sl_paper_parse (const char *word, SlPaper *out_paper); /* a4, 80, 58 */
const char *sl_paper_word (SlPaper paper);

/* NULL: BAD_INPUT where a letter has no font, or a text or code is too long. */
GBytes *sl_document_to_pdf (const SlDocument *document, SlPaper paper, GError **error);
gboolean sl_document_save_pdf (const SlDocument *document, SlPaper paper, const char *path, GError **error);

typedef struct {
  gboolean cut;       /* after the document */
  gboolean drawer;    /* open the cash drawer first */
} SlEscPosOptions;
/* For SL_PAPER_ROLL_80 and _58: what an ESC/POS printer of 203 dots an inch takes. */
GBytes *sl_document_to_escpos (const SlDocument *document, SlPaper paper, const SlEscPosOptions *options,
                               GError **error);
gboolean sl_document_save_escpos (const SlDocument *document, SlPaper paper, const SlEscPosOptions *options,
                                  const char *path, GError **error);
GBytes *sl_escpos_drawer (void); /* the drawer alone */
