/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A card over a page, in place of a dialog: nothing at a front desk opens a window. What is under it can be seen and
 * not be touched. Signals: "closed" */
#define SL_TYPE_SHEET (sl_sheet_get_type ())
G_DECLARE_FINAL_TYPE (SlSheet, sl_sheet, SL, SHEET, GtkBox)

SlSheet *sl_sheet_new (const char *title);
void sl_sheet_set_title (SlSheet *self, const char *title);
void sl_sheet_set_child (SlSheet *self, GtkWidget *child);
GtkWidget *sl_sheet_add_action (SlSheet *self, const char *label, const char *style, GCallback callback,
                                gpointer user_data);
void sl_sheet_say (SlSheet *self, const char *text);
void sl_sheet_present (SlSheet *self, GtkWidget *over);
void sl_sheet_close (SlSheet *self);

GtkWidget *sl_sheet_host_new (GtkWidget *page);
void sl_sheet_host_init (GtkOverlay *host);
void sl_sheet_host_close_all (GtkOverlay *host);
