/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What every test with a window needs. Whether something is so: of whom, and which text it is about. */
typedef gboolean (*StageIsSo) (gpointer owner, const char *text);

void stage_open (int *argc, char ***argv); /* as main() begins, after look_init() where there is one */
GtkWidget *stage_present (GtkWidget *page, int width, int height);
GtkWidget *stage_find_class (GtkWidget *widget, const char *css_class); /* (nullable) */
void stage_wait (GtkWidget *window /* (nullable) */, StageIsSo is_so, gpointer owner, const char *text);
