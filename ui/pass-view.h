/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A code to be photographed, or read by a banking app: on white whatever the theme, with a line on what it is for. */
#define SL_TYPE_PASS_VIEW (sl_pass_view_get_type ())
G_DECLARE_FINAL_TYPE (SlPassView, sl_pass_view, SL, PASS_VIEW, GtkBox)

GtkWidget *sl_pass_view_new (void);
void sl_pass_view_set_code (SlPassView *self, GdkTexture *code, const char *note);
