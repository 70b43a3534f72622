/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-shape-bin"

#include "shape-bin.h"

/* A page's frame: holds one child and tells the page whether it has a wide, a small or an upright screen. */

/* From this height on, large type fits beside six sessions. */
#define ROOMY_HEIGHT_MIN_PX 960

typedef struct {
  GtkWidget *child;
  SlShape shape;
  SlShape wanted_shape;
  guint idle_id;
} SlShapeBinPrivate;

static const char *const shape_classes[] = {
  [SL_SHAPE_ROOMY] = "roomy",
  [SL_SHAPE_COMPACT] = "compact",
  [SL_SHAPE_PORTRAIT] = "portrait",
};
G_STATIC_ASSERT (G_N_ELEMENTS (shape_classes) == SL_SHAPE_LAST);

enum { PROP_CHILD = 1, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_TYPE_WITH_PRIVATE (SlShapeBin, sl_shape_bin, GTK_TYPE_WIDGET)

static SlShape
shape_of_size (int width, int height)
{
  if (height > width)
    return SL_SHAPE_PORTRAIT;
  return height >= ROOMY_HEIGHT_MIN_PX ? SL_SHAPE_ROOMY : SL_SHAPE_COMPACT;
}

static gboolean
on_idle (gpointer user_data)
{
  SlShapeBin *self = user_data;
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (self);

  priv->idle_id = 0;
  sl_shape_bin_set_shape (self, priv->wanted_shape);
  return G_SOURCE_REMOVE;
}

static void
sl_shape_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SlShapeBin *self = SL_SHAPE_BIN (widget);
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (self);

  if (priv->child != NULL && gtk_widget_should_layout (priv->child))
    gtk_widget_allocate (priv->child, width, height, baseline, NULL);
  priv->wanted_shape = shape_of_size (width, height);
  /* Not from here: children must not change their size requests while they are being given a size. */
  if (priv->wanted_shape != priv->shape && priv->idle_id == 0)
    priv->idle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_idle, self, NULL);
}

static void
sl_shape_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (SL_SHAPE_BIN (widget));

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1; /* its width never follows from its height: to look for it, each text would be broken many times */
  if (priv->child != NULL && gtk_widget_should_layout (priv->child))
    gtk_widget_measure (priv->child, orientation, for_size, minimum, natural, NULL, NULL);
}

static GtkSizeRequestMode
sl_shape_bin_get_request_mode (GtkWidget *widget)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (SL_SHAPE_BIN (widget));

  return priv->child != NULL ? gtk_widget_get_request_mode (priv->child) : GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
sl_shape_bin_dispose (GObject *object)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (SL_SHAPE_BIN (object));
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_handle_id (&priv->idle_id, g_source_remove);
  priv->child = NULL;
  if (child != NULL) /* a template that is disposed of takes a child with a name along */
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sl_shape_bin_parent_class)->dispose (object);
}

static void
sl_shape_bin_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (SL_SHAPE_BIN (object));

  g_assert (property_id == PROP_CHILD);
  g_value_set_object (value, priv->child);
}

static void
sl_shape_bin_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  g_assert (property_id == PROP_CHILD);
  sl_shape_bin_set_child (SL_SHAPE_BIN (object), g_value_get_object (value));
}

static void
sl_shape_bin_class_init (SlShapeBinClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sl_shape_bin_dispose;
  object_class->get_property = sl_shape_bin_get_property;
  object_class->set_property = sl_shape_bin_set_property;
  widget_class->size_allocate = sl_shape_bin_size_allocate;
  widget_class->measure = sl_shape_bin_measure;
  widget_class->get_request_mode = sl_shape_bin_get_request_mode;

  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_set_css_name (widget_class, "page");
}

static void
sl_shape_bin_init (SlShapeBin *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), shape_classes[SL_SHAPE_ROOMY]);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * sl_shape_bin_get_shape:
 * @self: a page
 *
 * Returns: the shape of the screen that it fills
 */
SlShape
sl_shape_bin_get_shape (SlShapeBin *self)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (self);

  g_return_val_if_fail (SL_IS_SHAPE_BIN (self), SL_SHAPE_ROOMY);
  return priv->shape;
}

/**
 * sl_shape_bin_set_shape:
 * @self: a page
 * @shape: what it should fit itself to
 *
 * Fits the page before its first size is known, e.g. to the shape of the page that it replaces. With its next size it
 * looks for itself again.
 */
void
sl_shape_bin_set_shape (SlShapeBin *self, SlShape shape)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (self);

  g_return_if_fail (SL_IS_SHAPE_BIN (self));
  g_return_if_fail (shape >= 0 && shape < SL_SHAPE_LAST);
  if (shape == priv->shape)
    return;
  gtk_widget_remove_css_class (GTK_WIDGET (self), shape_classes[priv->shape]);
  priv->shape = shape;
  gtk_widget_add_css_class (GTK_WIDGET (self), shape_classes[shape]);
  if (SL_SHAPE_BIN_GET_CLASS (self)->shape_changed != NULL)
    SL_SHAPE_BIN_GET_CLASS (self)->shape_changed (self, shape);
}

/**
 * sl_shape_bin_set_child:
 * @self: a page
 * @child: (nullable): what fills it
 *
 * Replaces the child.
 */
void
sl_shape_bin_set_child (SlShapeBin *self, GtkWidget *child)
{
  SlShapeBinPrivate *priv = sl_shape_bin_get_instance_private (self);

  g_return_if_fail (SL_IS_SHAPE_BIN (self));
  g_return_if_fail (child == NULL || gtk_widget_get_parent (child) == NULL);
  g_clear_pointer (&priv->child, gtk_widget_unparent);
  priv->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD]);
}
