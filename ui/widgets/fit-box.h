/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A column that shows as many of its children as fit whole, from the top; there is no scrolling at a door. */
#define SL_TYPE_FIT_BOX (sl_fit_box_get_type ())
G_DECLARE_FINAL_TYPE (SlFitBox, sl_fit_box, SL, FIT_BOX, GtkWidget)

void sl_fit_box_append (SlFitBox *self, GtkWidget *child);
void sl_fit_box_clear (SlFitBox *self);
