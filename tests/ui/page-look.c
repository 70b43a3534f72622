/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-page-look"

#include "page-look.h"

#include "text-size.h"
#include "widget-search.h"

/* A page's shape follows its first size, so it takes two frames until all stands where it stays; and some to spare. */
#define FRAMES 4

static void
count_frame (GdkFrameClock *clock, guint *frames)
{
  (*frames)++;
}

/* look_draw: lets the window draw itself this often. */
void
look_draw (GtkWidget *window, guint n)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  guint frames = 0;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &frames);

  for (guint before = 0; frames < n;)
    {
      gtk_widget_queue_draw (window);
      for (before = frames; frames == before;)
        g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handler_disconnect (clock, id);
}

/* look_settle: until all is laid out and drawn. */
void
look_settle (GtkWidget *window)
{
  look_draw (window, FRAMES);
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

/* look_fault: fails the test, which goes on: one run tells all that is wrong. */
void
look_fault (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("%s", text);
  g_test_fail ();
}

/* look_set_text_size: all texts that much larger, as the product makes them, until the next time. */
void
look_set_text_size (int percent)
{
  sl_text_size_use (percent);
}

/* A wide table, under a bar that says so. */
static gboolean
scrolls_across (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      GtkPolicyType across = GTK_POLICY_NEVER;

      if (GTK_IS_SCROLLED_WINDOW (widget))
        gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &across, NULL);
      if (across != GTK_POLICY_NEVER)
        return TRUE;
    }
  return FALSE;
}

/* Inside the window from left to right, and upright too, but for what scrolls. */
static void
check_inside (GtkWidget *window, GtkWidget *widget, const char *what, const char *where)
{
  gboolean scrolls = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW) != NULL;
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, window, &bounds));
  if ((!scrolls_across (widget)
       && (bounds.origin.x < -1 || bounds.origin.x + bounds.size.width > gtk_widget_get_width (window) + 1))
      || (!scrolls && bounds.origin.y + bounds.size.height > gtk_widget_get_height (window) + 1))
    look_fault ("%s: stands out: %s (%.0f %.0f %.0f×%.0f)", where, what, bounds.origin.x, bounds.origin.y,
                bounds.size.width, bounds.size.height);
}

static void
check_label (GtkWidget *window, GtkWidget *label, const char *where)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (pango_layout_is_ellipsized (layout) || width > gtk_widget_get_width (label) + 1
      || height > gtk_widget_get_height (label) + 1)
    look_fault ("%s: cut off: %s (%d×%d in %d×%d)", where, text, width, height, gtk_widget_get_width (label),
                gtk_widget_get_height (label));
  check_inside (window, label, text, where);
}

static gboolean
has_words (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0';
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return (GTK_IS_BUTTON (widget) && widget_search (widget, SEARCH_ALL, has_words, NULL) != NULL)
         || gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* A button or a field. */
static void
check_target (GtkWidget *window, GtkWidget *target, const char *where)
{
  int width = gtk_widget_get_allocated_width (target), height = gtk_widget_get_allocated_height (target);
  const char *type = G_OBJECT_TYPE_NAME (target);

  if (width < LOOK_TARGET_PX || height < LOOK_TARGET_PX)
    look_fault ("%s: a %s of %d by %d", where, type, width, height);
  if (!is_named (target))
    look_fault ("%s: a %s without a name", where, type);
  check_inside (window, target, type, where);
}

static void
check_widget (GtkWidget *window, GtkWidget *widget, const char *where)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    check_label (window, widget, where);
  if (GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget))
    check_target (window, widget, where);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_widget (window, child, where);
}

/* look_check: fails the test where something is cut off, stands out, is too small to tap, or has no name. */
void
look_check (GtkWidget *window, const char *where)
{
  check_widget (window, window, where);
}
