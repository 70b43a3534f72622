/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-tall-bin"

#include "tall-bin.h"

struct _SlTallBin {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SlTallBin, sl_tall_bin, GTK_TYPE_WIDGET)

static GtkWidget *
child_of (GtkWidget *bin)
{
  GtkWidget *child = gtk_widget_get_first_child (bin);

  return child != NULL && gtk_widget_should_layout (child) ? child : NULL;
}

static void
sl_tall_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *child = child_of (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1; /* its width never follows from its height */
  else if (for_size < 0)
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &for_size, NULL, NULL);
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
sl_tall_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = child_of (widget);

  if (child != NULL)
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static GtkSizeRequestMode
sl_tall_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sl_tall_bin_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  if (child != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sl_tall_bin_parent_class)->dispose (object);
}

static void
sl_tall_bin_class_init (SlTallBinClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_tall_bin_dispose;
  widget_class->measure = sl_tall_bin_measure;
  widget_class->size_allocate = sl_tall_bin_size_allocate;
  widget_class->get_request_mode = sl_tall_bin_get_request_mode;
}

static void
sl_tall_bin_init (SlTallBin *self)
{
}

/**
 * sl_tall_bin_new:
 * @child: (transfer floating): what scrolls
 *
 * Returns: (transfer floating): as tall as it is
 */
GtkWidget *
sl_tall_bin_new (GtkWidget *child)
{
  GtkWidget *self = g_object_new (SL_TYPE_TALL_BIN, NULL);

  gtk_widget_set_parent (child, self);
  return self;
}
