/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-camera-view"

#include "camera-view.h"

#define CORNER_RADIUS_PX 16
/* The frame to aim at: a square of this share of the shorter side, drawn as four corners. */
#define FRAME_SHARE 0.62
#define FRAME_ARM_SHARE 0.17 /* of the square's side */
#define FRAME_RADIUS_PX 24
#define FRAME_LINE_PX 8
#define FRAME_EDGE_PX 4      /* a dark edge around the line: it shows on a white wall too */
#define MINIMUM_PX 240

struct _SlCameraView {
  GtkWidget parent_instance;

  GdkTexture *texture; /* (nullable): no picture yet */
  gboolean is_mirrored;
};

G_DEFINE_FINAL_TYPE (SlCameraView, sl_camera_view, GTK_TYPE_WIDGET)

/* The picture covers the place: what is left over at two sides is cut off. */
static void
snapshot_picture (SlCameraView *self, GtkSnapshot *snapshot, double width, double height)
{
  double picture_width = gdk_texture_get_width (self->texture);
  double picture_height = gdk_texture_get_height (self->texture);
  double scale = MAX (width / picture_width, height / picture_height);
  graphene_rect_t bounds;

  picture_width *= scale;
  picture_height *= scale;
  graphene_rect_init (&bounds, (width - picture_width) / 2, (height - picture_height) / 2, picture_width,
                      picture_height);
  gtk_snapshot_save (snapshot);
  if (self->is_mirrored)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
  gtk_snapshot_restore (snapshot);
}

/* One corner of the frame; (x, y) is its outer point, (dx, dy) points inwards. */
static void
trace_corner (cairo_t *cr, double x, double y, double dx, double dy, double arm)
{
  double radius = MIN (FRAME_RADIUS_PX, arm / 2);

  cairo_move_to (cr, x, y + dy * arm);
  cairo_line_to (cr, x, y + dy * radius);
  cairo_curve_to (cr, x, y + dy * radius * 0.45, x + dx * radius * 0.45, y, x + dx * radius, y);
  cairo_line_to (cr, x + dx * arm, y);
}

static void
snapshot_frame (GtkSnapshot *snapshot, double width, double height)
{
  double side = MIN (width, height) * FRAME_SHARE;
  double arm = side * FRAME_ARM_SHARE;
  double left = (width - side) / 2, top = (height - side) / 2;
  double margin = FRAME_LINE_PX + FRAME_EDGE_PX;
  graphene_rect_t bounds;

  graphene_rect_init (&bounds, left - margin, top - margin, side + 2 * margin, side + 2 * margin);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  trace_corner (cr, left, top, 1, 1, arm);
  trace_corner (cr, left + side, top, -1, 1, arm);
  trace_corner (cr, left, top + side, 1, -1, arm);
  trace_corner (cr, left + side, top + side, -1, -1, arm);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.45);
  cairo_set_line_width (cr, FRAME_LINE_PX + FRAME_EDGE_PX);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, FRAME_LINE_PX);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
sl_camera_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SlCameraView *self = SL_CAMERA_VIEW (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  GskRoundedRect clip;

  if (width <= 0 || height <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&clip, &GRAPHENE_RECT_INIT (0, 0, width, height), CORNER_RADIUS_PX);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  if (self->texture != NULL)
    {
      snapshot_picture (self, snapshot, width, height);
      snapshot_frame (snapshot, width, height);
    }
  gtk_snapshot_pop (snapshot);
}

static void
sl_camera_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = MINIMUM_PX;
  *minimum_baseline = *natural_baseline = -1;
}

static void
sl_camera_view_dispose (GObject *object)
{
  g_clear_object (&SL_CAMERA_VIEW (object)->texture);
  G_OBJECT_CLASS (sl_camera_view_parent_class)->dispose (object);
}

static void
sl_camera_view_class_init (SlCameraViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_camera_view_dispose;
  widget_class->snapshot = sl_camera_view_snapshot;
  widget_class->measure = sl_camera_view_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "camera");
}

static void
sl_camera_view_init (SlCameraView *self)
{
}

/**
 * sl_camera_view_set_texture:
 * @self: a view
 * @texture: (nullable): the newest picture; %NULL shows none
 *
 * Shows a picture.
 */
void
sl_camera_view_set_texture (SlCameraView *self, GdkTexture *texture)
{
  g_return_if_fail (SL_IS_CAMERA_VIEW (self));
  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sl_camera_view_set_mirrored:
 * @self: a view
 * @mirrored: whether to swap left and right
 *
 * A camera above the screen is shown like a mirror: people aim the way they know from their bathroom.
 */
void
sl_camera_view_set_mirrored (SlCameraView *self, gboolean mirrored)
{
  g_return_if_fail (SL_IS_CAMERA_VIEW (self));
  if (self->is_mirrored == mirrored)
    return;
  self->is_mirrored = mirrored;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
