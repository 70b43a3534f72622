/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-stage"

#include "stage.h"

#include "language.h"
#include "page-look.h"
#include "widget-search.h"

#include <adwaita.h>

#define PATIENCE_S 60 /* for a condition: a busy machine is no fault */

/* stage_open: the display, the languages, and the kiosk's own style sheets and icons. */
void
stage_open (int *argc, char ***argv)
{
  static AdwApplication *application;

  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  gtk_test_init (argc, argv, NULL);
  /* An AdwApplication loads the style sheets and icons of its resource path. */
  application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/za/studioloop/kiosk", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
}

/* stage_present: a window of that size with it, laid out and drawn. */
GtkWidget *
stage_present (GtkWidget *page, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  while (gtk_widget_get_width (page) == 0)
    g_main_context_iteration (NULL, TRUE);
  look_settle (window);
  /* A page finds its shape at its first size, which may have been too wide for it until then. */
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  look_settle (window);
  return window;
}

GtkWidget *
stage_find_class (GtkWidget *widget, const char *css_class)
{
  return widget_search (widget, SEARCH_ALL, widget_has_class, css_class);
}

/* What can be read now, for a test that waits in vain. */
static void
tell_labels (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_printerr ("  %s\n", gtk_label_get_label (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tell_labels (child);
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* stage_wait: until it is so; a minute in vain ends the test. text: for the message. */
void
stage_wait (GtkWidget *window, StageIsSo is_so, gpointer owner, const char *text)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint waker = g_timeout_add (20, wake, NULL);

  while (!is_so (owner, text))
    {
      if (g_get_monotonic_time () > until_us)
        {
          if (window != NULL)
            tell_labels (window);
          g_error ("waited in vain for: %s", text);
        }
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (waker);
}
