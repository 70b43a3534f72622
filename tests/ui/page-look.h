/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#define LOOK_TARGET_PX 48 /* for a thumb at a wall; WCAG 2.2 asks for 44 */

/* For tests that look at pages: waiting until one is drawn, its picture, larger text; and whether all words are whole,
 * all that can be tapped is large enough and has a name, and nothing stands out of the window but what scrolls. */
void look_draw (GtkWidget *window, guint n);
void look_settle (GtkWidget *window);
void look_shoot (GtkWidget *window, const char *dir /* (nullable): no picture */, const char *name);
void look_set_text_size (int percent);
void look_check (GtkWidget *window, const char *where);
void look_fault (const char *format, ...) G_GNUC_PRINTF (1, 2);
