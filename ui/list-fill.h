/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#define SL_LIST_FILL_AT_ONCE 4    /* most of what is seen of a list */
#define SL_LIST_FILL_EACH_FRAME 3 /* with their place found and drawn, a fraction of a frame */

/* How the rows of a list are made. name: the thing that a row is about, one row each; shows: all that is read on it.
 * A row keeps its widget, its place on the screen and the focus as long as both stay what they are. */
typedef struct {
  char *(*name) (gpointer item, gpointer user_data);      /* (transfer full) */
  char *(*shows) (gpointer item, gpointer user_data);     /* (transfer full) */
  GtkWidget *(*make) (gpointer item, gpointer user_data); /* (transfer floating) */
} SlListRows;

guint sl_list_fill (GtkBox *list, GPtrArray *items, const SlListRows *rows, gpointer user_data);
guint sl_list_fill_from (GtkBox *list, GPtrArray *items, guint from, const SlListRows *rows, gpointer user_data);
