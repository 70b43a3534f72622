/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* How full a session is: who is in, who is booked, and the places there are. For eyes only: words stand beside it. */
#define SL_TYPE_CAPACITY_BAR (sl_capacity_bar_get_type ())
G_DECLARE_FINAL_TYPE (SlCapacityBar, sl_capacity_bar, SL, CAPACITY_BAR, GtkWidget)

void sl_capacity_bar_set (SlCapacityBar *self, int in, int booked, int capacity);
