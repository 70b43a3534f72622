/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "list-fill.h"
#include "widgets/shape-bin.h"

/* What people should look at. Actions: those of the rows that are put into it. */
#define SL_TYPE_ATTENTION_PAGE (sl_attention_page_get_type ())
G_DECLARE_FINAL_TYPE (SlAttentionPage, sl_attention_page, SL, ATTENTION_PAGE, SlShapeBin)

GtkWidget *sl_attention_page_new (void);
void sl_attention_page_set_items (SlAttentionPage *self, GPtrArray *items, const SlListRows *rows, gpointer user_data);
void sl_attention_page_set_count (SlAttentionPage *self, guint count);
