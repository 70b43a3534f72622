/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-capacity-bar"

#include "capacity-bar.h"

#define HEIGHT_PX 12
#define WIDTH_MIN_PX 48
/* Of the widget's own colour: who is in has all of it. */
#define BOOKED_ALPHA 0.45
#define FREE_ALPHA 0.14

struct _SlCapacityBar {
  GtkWidget parent_instance;
  int in, booked, capacity;
};

G_DEFINE_FINAL_TYPE (SlCapacityBar, sl_capacity_bar, GTK_TYPE_WIDGET)

static void
draw_part (GtkSnapshot *snapshot, const GdkRGBA *color, double alpha, float width, float height)
{
  GdkRGBA shade = *color;

  shade.alpha *= alpha;
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static void
sl_capacity_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SlCapacityBar *self = SL_CAPACITY_BAR (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int whole = MAX (MAX (self->capacity, self->booked), 1);
  GskRoundedRect outline;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  draw_part (snapshot, &color, FREE_ALPHA, width, height);
  draw_part (snapshot, &color, BOOKED_ALPHA, width * self->booked / whole, height);
  draw_part (snapshot, &color, 1, width * MIN (self->in, whole) / whole, height);
  gtk_snapshot_pop (snapshot);
}

static void
sl_capacity_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN_PX : HEIGHT_PX;
  *minimum_baseline = *natural_baseline = -1;
}

static void
sl_capacity_bar_class_init (SlCapacityBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sl_capacity_bar_snapshot;
  widget_class->measure = sl_capacity_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "capacity");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sl_capacity_bar_init (SlCapacityBar *self)
{
}

/**
 * sl_capacity_bar_set:
 * @self: a bar
 * @in: people who are in
 * @booked: people who have a place, those who are in too
 * @capacity: places
 *
 * More booked than there are places fills all of it.
 */
void
sl_capacity_bar_set (SlCapacityBar *self, int in, int booked, int capacity)
{
  g_return_if_fail (SL_IS_CAPACITY_BAR (self));
  if (self->in == in && self->booked == booked && self->capacity == capacity)
    return;
  self->in = in;
  self->booked = booked;
  self->capacity = capacity;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
