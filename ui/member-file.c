/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-file"

#include "member-file.h"

#include "list-row.h"

#include <glib/gi18n-lib.h>

struct _SlMemberFile {
  SlShapeBin parent_instance;

  GtkBox *head;
  GtkLabel *name_label, *states_label, *contact_label, *credits_label, *next_label;
  GtkBox *tab_row, *tabs;
  GtkStack *stack;
  GtkToggleButton *buttons[SL_MEMBER_TAB_LAST];
  GtkWidget *scrollers[SL_MEMBER_TAB_LAST];
  GtkBox *lists[SL_MEMBER_TAB_LAST];
};

static const char *const tab_words[] = {
  [SL_MEMBER_TAB_BOOKINGS] = N_ ("Bookings"),
  [SL_MEMBER_TAB_MONEY] = N_ ("Credits and payments"),
  [SL_MEMBER_TAB_NOTES] = N_ ("Notes"),
  /* Translators: the tab with a member's answers to the health questions */
  [SL_MEMBER_TAB_HEALTH] = N_ ("Health"),
  [SL_MEMBER_TAB_PROGRAMS] = N_ ("Programs"),
};
G_STATIC_ASSERT (G_N_ELEMENTS (tab_words) == SL_MEMBER_TAB_LAST);

G_DEFINE_FINAL_TYPE (SlMemberFile, sl_member_file, SL_TYPE_SHAPE_BIN)

static void
on_tab_toggled (SlMemberFile *self)
{
  for (SlMemberTab tab = 0; tab < SL_MEMBER_TAB_LAST; tab++)
    if (self->buttons[tab] != NULL && gtk_toggle_button_get_active (self->buttons[tab]))
      gtk_stack_set_visible_child (self->stack, self->scrollers[tab]);
}

static void
add_tab (SlMemberFile *self, SlMemberTab tab)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *label = gtk_label_new (_(tab_words[tab]));
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "tab");
  gtk_box_append (self->tabs, button);
  gtk_widget_add_css_class (list, "list");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_stack_add_child (self->stack, scroller);
  self->buttons[tab] = GTK_TOGGLE_BUTTON (button);
  self->lists[tab] = GTK_BOX (list);
  self->scrollers[tab] = scroller;
  gtk_toggle_button_set_group (self->buttons[tab], tab > 0 ? self->buttons[0] : NULL);
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_tab_toggled), self);
}

static void
sl_member_file_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlMemberFile *self = SL_MEMBER_FILE (bin);

  GtkOrientation orientation = shape == SL_SHAPE_PORTRAIT ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->head), orientation);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->tab_row), orientation);
}

static void
sl_member_file_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_MEMBER_FILE);
  G_OBJECT_CLASS (sl_member_file_parent_class)->dispose (object);
}

static void
sl_member_file_class_init (SlMemberFileClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_member_file_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_member_file_shape_changed;
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/member-file.ui");
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, head);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, name_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, states_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, contact_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, credits_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, next_label);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, tab_row);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, tabs);
  gtk_widget_class_bind_template_child (widget_class, SlMemberFile, stack);
}

static void
sl_member_file_init (SlMemberFile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (SlMemberTab tab = 0; tab < SL_MEMBER_TAB_LAST; tab++)
    add_tab (self, tab);
  sl_member_file_show_tab (self, SL_MEMBER_TAB_BOOKINGS);
}

/**
 * sl_member_file_new:
 *
 * Returns: (transfer floating): a page that shows nobody yet
 */
GtkWidget *
sl_member_file_new (void)
{
  return g_object_new (SL_TYPE_MEMBER_FILE, NULL);
}

/**
 * sl_member_file_set_head:
 * @self: a page
 * @head: who it is
 */
void
sl_member_file_set_head (SlMemberFile *self, const SlMemberHead *head)
{
  g_autofree char *credits = NULL;

  g_return_if_fail (SL_IS_MEMBER_FILE (self) && head != NULL);
  gtk_label_set_label (self->name_label, head->name);
  gtk_label_set_label (self->states_label, head->states != NULL ? head->states : "");
  gtk_widget_set_visible (GTK_WIDGET (self->states_label), head->states != NULL && *head->states != '\0');
  gtk_label_set_label (self->contact_label, head->contact != NULL ? head->contact : "");
  gtk_widget_set_visible (GTK_WIDGET (self->contact_label), head->contact != NULL && *head->contact != '\0');
  credits = head->plan != NULL ? g_strdup_printf ("%s · %s", head->credits, head->plan) : g_strdup (head->credits);
  gtk_label_set_label (self->credits_label, credits);
  gtk_label_set_label (self->next_label, head->next);
}

/**
 * sl_member_file_clear_tab:
 * @self: a page
 * @tab: which of its lists
 *
 * Empties it. Filled again before the next frame, it stays scrolled to where it was.
 */
void
sl_member_file_clear_tab (SlMemberFile *self, SlMemberTab tab)
{
  g_return_if_fail (SL_IS_MEMBER_FILE (self) && tab < SL_MEMBER_TAB_LAST);
  sl_list_clear (self->lists[tab]);
}

/**
 * sl_member_file_add:
 * @self: a page
 * @tab: which of its lists
 * @row: (transfer floating): what goes to its end
 */
void
sl_member_file_add (SlMemberFile *self, SlMemberTab tab, GtkWidget *row)
{
  g_return_if_fail (SL_IS_MEMBER_FILE (self) && tab < SL_MEMBER_TAB_LAST);
  gtk_box_append (self->lists[tab], row);
}

/**
 * sl_member_file_set_tab_visible:
 * @self: a page
 * @tab: which
 * @visible: whether whoever is there may see it
 */
void
sl_member_file_set_tab_visible (SlMemberFile *self, SlMemberTab tab, gboolean visible)
{
  g_return_if_fail (SL_IS_MEMBER_FILE (self) && tab < SL_MEMBER_TAB_LAST);
  gtk_widget_set_visible (GTK_WIDGET (self->buttons[tab]), visible);
  if (!visible && gtk_toggle_button_get_active (self->buttons[tab]))
    sl_member_file_show_tab (self, SL_MEMBER_TAB_BOOKINGS);
}

/**
 * sl_member_file_show_tab:
 * @self: a page
 * @tab: which
 */
void
sl_member_file_show_tab (SlMemberFile *self, SlMemberTab tab)
{
  g_return_if_fail (SL_IS_MEMBER_FILE (self) && tab < SL_MEMBER_TAB_LAST);
  gtk_toggle_button_set_active (self->buttons[tab], TRUE);
  on_tab_toggled (self);
}
