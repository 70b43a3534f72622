/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-fit-box"

#include "fit-box.h"

#define SPACING_PX 8

struct _SlFitBox {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SlFitBox, sl_fit_box, GTK_TYPE_WIDGET)

static void
sl_fit_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  int y = 0;
  gboolean fits = TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_height;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &child_height, NULL, NULL);
      fits = fits && y + child_height <= height;
      gtk_widget_set_child_visible (child, fits);
      if (fits)
        gtk_widget_size_allocate (child, &(GtkAllocation) { 0, y, width, child_height }, -1);
      y += child_height + SPACING_PX;
    }
}

static void
sl_fit_box_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  gboolean is_first = TRUE;

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      /* A column's height follows from its width, never the other way: children share no height. */
      gtk_widget_measure (child, orientation, orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size,
                          &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
      else
        {
          /* The first is always worth showing; the others take what is left. */
          if (is_first)
            *minimum = child_minimum;
          *natural += child_natural + (is_first ? 0 : SPACING_PX);
        }
      is_first = FALSE;
    }
  *natural = MAX (*natural, *minimum);
}

static GtkSizeRequestMode
sl_fit_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sl_fit_box_dispose (GObject *object)
{
  sl_fit_box_clear (SL_FIT_BOX (object));
  G_OBJECT_CLASS (sl_fit_box_parent_class)->dispose (object);
}

static void
sl_fit_box_class_init (SlFitBoxClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_fit_box_dispose;
  widget_class->size_allocate = sl_fit_box_size_allocate;
  widget_class->measure = sl_fit_box_measure;
  widget_class->get_request_mode = sl_fit_box_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
sl_fit_box_init (SlFitBox *self)
{
}

/**
 * sl_fit_box_append:
 * @self: a column
 * @child: a widget without a parent
 *
 * Adds a child at the bottom.
 */
void
sl_fit_box_append (SlFitBox *self, GtkWidget *child)
{
  g_return_if_fail (SL_IS_FIT_BOX (self));
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}

/**
 * sl_fit_box_clear:
 * @self: a column
 *
 * Removes all children.
 */
void
sl_fit_box_clear (SlFitBox *self)
{
  GtkWidget *child;

  g_return_if_fail (SL_IS_FIT_BOX (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}
