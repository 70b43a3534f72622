/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "studio-data.h"
#include "widgets/shape-bin.h"

/* What a studio is made of, a list for each kind. A row and the button above it set off "studio.open" (the id) and
 * "studio.new", actions of whoever shows the page. Signal: "kind-shown" (guint SlStudioKind): somebody's tap, too */
#define SL_TYPE_STUDIO_PAGE (sl_studio_page_get_type ())
G_DECLARE_FINAL_TYPE (SlStudioPage, sl_studio_page, SL, STUDIO_PAGE, SlShapeBin)

/* What a row says; see SlListRowWords. */
typedef struct {
  SlId id;
  char *title, *detail, *state, *figure; /* (nullable) after title */
} SlStudioRow;
void sl_studio_row_free (gpointer row);

GtkWidget *sl_studio_page_new (void);
void sl_studio_page_show_kind (SlStudioPage *self, SlStudioKind kind);
SlStudioKind sl_studio_page_get_kind (SlStudioPage *self);
void sl_studio_page_set_rows (SlStudioPage *self, SlStudioKind kind, GPtrArray *rows);
const char *sl_studio_new_words (SlStudioKind kind);
const char *sl_studio_none_words (SlStudioKind kind);
