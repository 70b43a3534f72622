/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A few words each on how something stands, the most pressing first, in as many lines as they are given. Those that
 * have no room there wait behind a button that says how many there are in all; it opens the box, over nothing.
 * Signal: "toggled": it was opened or shut */
#define SL_TYPE_STATE_BOX (sl_state_box_get_type ())
G_DECLARE_FINAL_TYPE (SlStateBox, sl_state_box, SL, STATE_BOX, GtkWidget)

void sl_state_box_set_lines (SlStateBox *self, guint lines);
void sl_state_box_add (SlStateBox *self, const char *words, gboolean wrong);
void sl_state_box_clear (SlStateBox *self);
gboolean sl_state_box_is_open (SlStateBox *self);
void sl_state_box_shut (SlStateBox *self);
