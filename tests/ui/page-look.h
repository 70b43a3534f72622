/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* For tests that look at pages: waiting until one is drawn, its picture, larger text. */
void look_settle (GtkWidget *window);
void look_shoot (GtkWidget *window, const char *dir /* (nullable): no picture */, const char *name);
void look_set_text_size (int percent);
