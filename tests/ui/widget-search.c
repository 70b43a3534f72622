/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-widget-search"

#include "widget-search.h"

#include <string.h>

static gboolean
is_in (GtkWidget *widget, SearchScope scope)
{
  switch (scope)
    {
    case SEARCH_VISIBLE:
      return gtk_widget_get_visible (widget);
    case SEARCH_ON_TOP:
      return gtk_widget_get_mapped (widget);
    case SEARCH_ALL:
    default:
      return TRUE;
    }
}

GtkWidget *
widget_search (GtkWidget *root, SearchScope scope, WidgetMatches matches, gconstpointer what)
{
  gboolean last_first = scope == SEARCH_ON_TOP;
  GtkWidget *child, *found = NULL;

  if (!is_in (root, scope))
    return NULL;
  if (matches (root, what))
    return root;
  child = last_first ? gtk_widget_get_last_child (root) : gtk_widget_get_first_child (root);
  while (child != NULL && (found = widget_search (child, scope, matches, what)) == NULL)
    child = last_first ? gtk_widget_get_prev_sibling (child) : gtk_widget_get_next_sibling (child);
  return found;
}

static gboolean
is_of_type (GtkWidget *widget, gconstpointer type)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, *(const GType *) type);
}

GtkWidget *
widget_search_type (GtkWidget *root, GType type)
{
  return widget_search (root, SEARCH_VISIBLE, is_of_type, &type);
}

gboolean
widget_has_class (GtkWidget *widget, gconstpointer css_class)
{
  return gtk_widget_has_css_class (widget, css_class);
}

gboolean
widget_says (GtkWidget *widget, gconstpointer text)
{
  return GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

gboolean
widget_says_part (GtkWidget *widget, gconstpointer part)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL;
}
