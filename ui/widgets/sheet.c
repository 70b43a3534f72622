/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sheet"

#include "sheet.h"

#define HOST_KEY "sl-sheet-host"

struct _SlSheet {
  GtkBox parent_instance;

  GtkLabel *title_label;
  GtkScrolledWindow *scroller;
  GtkLabel *said_label;
  GtkBox *actions;
  GtkWidget *focus_before; /* (nullable), weak */
};

enum { SIGNAL_CLOSED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSheet, sl_sheet, GTK_TYPE_BOX)

static GtkWidget *
find_host (GtkWidget *widget)
{
  while (widget != NULL && g_object_get_data (G_OBJECT (widget), HOST_KEY) == NULL)
    widget = gtk_widget_get_parent (widget);
  return widget;
}

static guint
count_sheets (GtkWidget *host)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (host); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += SL_IS_SHEET (child);
  return n;
}

/* What is under a sheet is seen and not touched; only the topmost sheet is. */
static void
set_reachable (GtkWidget *host)
{
  guint left = count_sheets (host);
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (host); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      gboolean reachable = left == 0 || (SL_IS_SHEET (child) && left == 1);

      left -= SL_IS_SHEET (child);
      gtk_widget_set_can_target (child, reachable);
      gtk_widget_set_can_focus (child, reachable);
    }
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, SlSheet *self)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  sl_sheet_close (self);
  return GDK_EVENT_STOP;
}

static void
sl_sheet_dispose (GObject *object)
{
  g_clear_weak_pointer (&SL_SHEET (object)->focus_before);
  G_OBJECT_CLASS (sl_sheet_parent_class)->dispose (object);
}

static void
sl_sheet_class_init (SlSheetClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_sheet_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_DIALOG);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
sl_sheet_init (SlSheet *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (GTK_WIDGET (self), "sheet");
  gtk_widget_add_css_class (card, "sheet-card");
  gtk_widget_set_halign (card, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (card, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (card, TRUE);
  gtk_widget_set_vexpand (card, TRUE);
  gtk_box_append (GTK_BOX (self), card);

  self->title_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->title_label, 0);
  gtk_label_set_wrap (self->title_label, TRUE);
  gtk_label_set_max_width_chars (self->title_label, 36);
  gtk_widget_add_css_class (GTK_WIDGET (self->title_label), "title");
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->title_label));

  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (self->scroller, TRUE);
  gtk_scrolled_window_set_propagate_natural_width (self->scroller, TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->scroller), TRUE);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->scroller));

  self->said_label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "xalign", 0.0, "wrap",
                                   TRUE, "visible", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->said_label), "body");
  gtk_widget_add_css_class (GTK_WIDGET (self->said_label), "wrong");
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->said_label));

  self->actions = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_box_set_homogeneous (self->actions, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->actions), "sheet-actions");
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->actions));

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * sl_sheet_new:
 * @title: what is asked, in the language of the moment
 *
 * Returns: (transfer floating): a sheet without anything in it
 */
SlSheet *
sl_sheet_new (const char *title)
{
  SlSheet *self = g_object_new (SL_TYPE_SHEET, NULL);

  sl_sheet_set_title (self, title);
  return self;
}

/**
 * sl_sheet_set_title:
 * @self: a sheet
 * @title: what is asked
 */
void
sl_sheet_set_title (SlSheet *self, const char *title)
{
  g_return_if_fail (SL_IS_SHEET (self) && title != NULL);
  gtk_label_set_text (self->title_label, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_MODAL, TRUE, -1);
}

/**
 * sl_sheet_set_child:
 * @self: a sheet
 * @child: what stands between title and actions; it scrolls where there is no room
 */
void
sl_sheet_set_child (SlSheet *self, GtkWidget *child)
{
  g_return_if_fail (SL_IS_SHEET (self) && GTK_IS_WIDGET (child));
  gtk_scrolled_window_set_child (self->scroller, child);
}

/**
 * sl_sheet_add_action:
 * @self: a sheet
 * @label: what it does, as a verb
 * @style: "main", "danger", or "" for a quiet one
 * @callback: (nullable): as of "clicked"; %NULL: it closes the sheet
 * @user_data: for @callback
 *
 * Adds a button, to the right of those before.
 *
 * Returns: (transfer none): the button
 */
GtkWidget *
sl_sheet_add_action (SlSheet *self, const char *label, const char *style, GCallback callback, gpointer user_data)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkWidget *text = gtk_button_get_child (GTK_BUTTON (button));

  g_return_val_if_fail (SL_IS_SHEET (self), button);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (button, "action");
  if (*style != '\0')
    gtk_widget_add_css_class (button, style);
  if (callback != NULL)
    g_signal_connect (button, "clicked", callback, user_data);
  else
    g_signal_connect_swapped (button, "clicked", G_CALLBACK (sl_sheet_close), self);
  gtk_box_append (self->actions, button);
  return button;
}

/**
 * sl_sheet_say:
 * @self: a sheet
 * @text: (nullable): why its question was not answered; %NULL: nothing
 *
 * Says it above the actions, in sight wherever the rest has been scrolled to.
 */
void
sl_sheet_say (SlSheet *self, const char *text)
{
  g_return_if_fail (SL_IS_SHEET (self));
  gtk_label_set_label (self->said_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->said_label), text != NULL);
}

/**
 * sl_sheet_present:
 * @self: (transfer floating): a sheet that is not shown
 * @over: any widget of the page that it is to cover
 *
 * Shows it over the whole page, which is out of reach until it is closed. The host keeps it meanwhile.
 */
void
sl_sheet_present (SlSheet *self, GtkWidget *over)
{
  GtkWidget *host = find_host (over);
  GtkRoot *root = gtk_widget_get_root (over);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  g_return_if_fail (SL_IS_SHEET (self));
  g_return_if_fail (host != NULL);
  g_set_weak_pointer (&self->focus_before, focus);
  gtk_overlay_add_overlay (GTK_OVERLAY (host), GTK_WIDGET (self));
  set_reachable (host);
  if (gtk_widget_get_mapped (host)) /* else the keys are for the page that is seen in its place */
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

/**
 * sl_sheet_close:
 * @self: a sheet
 *
 * Takes it away and gives the focus back to where it was. Twice is fine.
 */
void
sl_sheet_close (SlSheet *self)
{
  GtkWidget *host;
  g_autoptr (SlSheet) keep = g_object_ref (self);

  g_return_if_fail (SL_IS_SHEET (self));
  host = gtk_widget_get_parent (GTK_WIDGET (self));
  if (host == NULL)
    return;
  gtk_overlay_remove_overlay (GTK_OVERLAY (host), GTK_WIDGET (self));
  set_reachable (host);
  if (self->focus_before != NULL && gtk_widget_get_mapped (self->focus_before))
    gtk_widget_grab_focus (self->focus_before);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/**
 * sl_sheet_host_new:
 * @page: a page
 *
 * Returns: (transfer floating): a widget that shows @page, and sheets over it
 */
GtkWidget *
sl_sheet_host_new (GtkWidget *page)
{
  GtkWidget *host = gtk_overlay_new ();

  gtk_overlay_set_child (GTK_OVERLAY (host), page);
  sl_sheet_host_init (GTK_OVERLAY (host));
  return host;
}

/**
 * sl_sheet_host_init:
 * @host: an overlay of a page
 *
 * Has it show sheets over that page.
 */
void
sl_sheet_host_init (GtkOverlay *host)
{
  g_return_if_fail (GTK_IS_OVERLAY (host));
  g_object_set_data (G_OBJECT (host), HOST_KEY, host);
}

/**
 * sl_sheet_host_close_all:
 * @host: of sl_sheet_host_init()
 *
 * Closes every sheet, the topmost first: whoever is there no longer answers what they ask.
 */
void
sl_sheet_host_close_all (GtkOverlay *host)
{
  GtkWidget *child, *below;

  g_return_if_fail (GTK_IS_OVERLAY (host));
  for (child = gtk_widget_get_last_child (GTK_WIDGET (host)); child != NULL; child = below)
    {
      below = gtk_widget_get_prev_sibling (child);
      if (SL_IS_SHEET (child))
        sl_sheet_close (SL_SHEET (child));
    }
}
