/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Tabs and what they open: beside each other, or the tabs above. The first is shown until another is.
 * Signal: "shown" (const char *name): somebody's tap, too */
#define SL_TYPE_SIDE_TABS (sl_side_tabs_get_type ())
G_DECLARE_FINAL_TYPE (SlSideTabs, sl_side_tabs, SL, SIDE_TABS, GtkBox)

GtkWidget *sl_side_tabs_new (const char *label, guint upright_in_a_row);
void sl_side_tabs_add (SlSideTabs *self, const char *name, const char *label, GtkWidget *child);
void sl_side_tabs_show (SlSideTabs *self, const char *name);
void sl_side_tabs_set_upright (SlSideTabs *self, gboolean is_upright);
