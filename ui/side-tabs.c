/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-side-tabs"

#include "side-tabs.h"

#include "parts.h"

#define NAME_KEY "sl-side-tabs-name"

struct _SlSideTabs {
  GtkBox parent_instance;

  GPtrArray *buttons; /* (element-type GtkToggleButton): the grid's */
  GtkGrid *grid;
  GtkStack *stack;
  guint in_a_row, upright_in_a_row;
};

enum { SIGNAL_SHOWN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSideTabs, sl_side_tabs, GTK_TYPE_BOX)

static void
on_toggled (GtkToggleButton *button, SlSideTabs *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), NAME_KEY);

  if (!gtk_toggle_button_get_active (button))
    return;
  gtk_stack_set_visible_child_name (self->stack, name);
  g_signal_emit (self, signals[SIGNAL_SHOWN], 0, name);
}

static void
attach (SlSideTabs *self, guint nth)
{
  gtk_grid_attach (self->grid, self->buttons->pdata[nth], (int) (nth % self->in_a_row), (int) (nth / self->in_a_row),
                   1, 1);
}

static void
sl_side_tabs_finalize (GObject *object)
{
  g_ptr_array_unref (SL_SIDE_TABS (object)->buttons);
  G_OBJECT_CLASS (sl_side_tabs_parent_class)->finalize (object);
}

static void
sl_side_tabs_class_init (SlSideTabsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_side_tabs_finalize;
  signals[SIGNAL_SHOWN] = g_signal_new ("shown", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sl_side_tabs_init (SlSideTabs *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 24);
  self->in_a_row = 1;
  self->buttons = g_ptr_array_new_with_free_func (g_object_unref);
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->grid), GTK_ALIGN_START);
  gtk_grid_set_column_homogeneous (self->grid, TRUE);
  gtk_grid_set_column_spacing (self->grid, 8);
  gtk_grid_set_row_spacing (self->grid, 4);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->stack));
}

/**
 * sl_side_tabs_new:
 * @label: what the tabs are together, for who cannot see them
 * @upright_in_a_row: how many stand beside each other, where they stand above what they open
 *
 * Returns: (transfer floating): without any tab yet
 */
GtkWidget *
sl_side_tabs_new (const char *label, guint upright_in_a_row)
{
  SlSideTabs *self = g_object_new (SL_TYPE_SIDE_TABS, NULL);

  self->upright_in_a_row = upright_in_a_row;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

/**
 * sl_side_tabs_add:
 * @self: tabs
 * @name: what the program calls it
 * @label: what stands on it
 * @child: (transfer floating): what it opens; it scrolls where there is no room
 */
void
sl_side_tabs_add (SlSideTabs *self, const char *name, const char *label, GtkWidget *child)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *text = sl_parts_label (label, "");

  g_return_if_fail (SL_IS_SIDE_TABS (self) && name != NULL);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD); /* never a letter to a line, which makes a tall tab */
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (text), 0.5f);
  gtk_button_set_child (GTK_BUTTON (button), text);
  gtk_widget_add_css_class (button, "tab");
  g_object_set_data_full (G_OBJECT (button), NAME_KEY, g_strdup (name), g_free);
  gtk_stack_add_named (self->stack, sl_parts_scroll (child), name);
  if (self->buttons->len > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), self->buttons->pdata[0]);
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_ptr_array_add (self->buttons, g_object_ref_sink (button));
  attach (self, self->buttons->len - 1);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
}

/**
 * sl_side_tabs_show:
 * @self: tabs
 * @name: of the one that is to be open
 */
void
sl_side_tabs_show (SlSideTabs *self, const char *name)
{
  g_return_if_fail (SL_IS_SIDE_TABS (self));
  for (guint i = 0; i < self->buttons->len; i++)
    if (g_strcmp0 (g_object_get_data (self->buttons->pdata[i], NAME_KEY), name) == 0)
      gtk_toggle_button_set_active (self->buttons->pdata[i], TRUE);
}

/**
 * sl_side_tabs_set_upright:
 * @self: tabs
 * @is_upright: whether they stand above what they open, and not beside it
 */
void
sl_side_tabs_set_upright (SlSideTabs *self, gboolean is_upright)
{
  g_return_if_fail (SL_IS_SIDE_TABS (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), is_upright ? GTK_ORIENTATION_VERTICAL
                                                         : GTK_ORIENTATION_HORIZONTAL);
  self->in_a_row = is_upright ? self->upright_in_a_row : 1;
  for (guint i = 0; i < self->buttons->len; i++)
    {
      gtk_grid_remove (self->grid, self->buttons->pdata[i]);
      attach (self, i);
    }
}
