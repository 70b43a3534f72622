/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-page-look"

#include "page-look.h"

/* A page's shape follows its first size, so it takes two frames until all stands where it stays; and some to spare. */
#define FRAMES 4

static void
count_frame (GdkFrameClock *clock, guint *frames)
{
  (*frames)++;
}

/* look_settle: until all is laid out and drawn. */
void
look_settle (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  guint frames = 0;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &frames);

  for (guint before = 0; frames < FRAMES;)
    {
      gtk_widget_queue_draw (window);
      for (before = frames; frames == before;)
        g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handler_disconnect (clock, id);
}

/* look_shoot: leaves DIR/NAME.png as the window is. */
void
look_shoot (GtkWidget *window, const char *dir, const char *name)
{
  int width = gtk_widget_get_width (window), height = gtk_widget_get_height (window);
  g_autofree char *file = NULL, *path = NULL;
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot;

  if (dir == NULL)
    return;
  file = g_strdup_printf ("%s.png", name);
  path = g_build_filename (dir, file, NULL);
  paintable = gtk_widget_paintable_new (window);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static gboolean
scale_size (const GMatchInfo *match, GString *out, gpointer user_data)
{
  g_autofree char *number = g_match_info_fetch (match, 1);

  g_string_append_printf (out, "font-size: %dpx", (int) g_ascii_strtoll (number, NULL, 10) * *(int *) user_data / 100);
  return FALSE;
}

/* look_set_text_size: the style sheet with each size of text that much larger, until the next time. */
void
look_set_text_size (int percent)
{
  static GtkCssProvider *larger;
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/za/studioloop/kiosk/style.css", G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                      NULL);
  g_autoptr (GRegex) sizes = g_regex_new ("font-size: (\\d+)px", 0, 0, NULL);
  g_autofree char *style = NULL;

  if (larger != NULL)
    gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (larger));
  g_clear_object (&larger);
  if (percent == 100)
    return;
  style = g_regex_replace_eval (sizes, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), 0, 0,
                                scale_size, &percent, NULL);
  larger = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (larger, style, -1);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (larger),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER + 1);
}
