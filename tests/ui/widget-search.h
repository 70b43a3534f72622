/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Where a test looks for a widget: in root itself, and in all that is in it. */
typedef enum {
  SEARCH_ALL,     /* what is hidden too */
  SEARCH_VISIBLE, /* neither what is hidden nor what is in it */
  SEARCH_ON_TOP,  /* only what is on the screen, and what lies on top first */
} SearchScope;

typedef gboolean (*WidgetMatches) (GtkWidget *widget, gconstpointer what);

/* (nullable): the first that does */
GtkWidget *widget_search (GtkWidget *root, SearchScope scope, WidgetMatches matches, gconstpointer what);
GtkWidget *widget_search_type (GtkWidget *root, GType type); /* (nullable): of what is visible */

/* What to look for. */
gboolean widget_has_class (GtkWidget *widget, gconstpointer css_class);
gboolean widget_says (GtkWidget *widget, gconstpointer text);      /* a label with just this text */
gboolean widget_says_part (GtkWidget *widget, gconstpointer part); /* a label that has this in it */
