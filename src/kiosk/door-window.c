/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-door-window"

#include "door-window.h"

#include "widgets/keyboard.h"

#define POINTER_SHOWN_MS 3000 /* a mouse that is used is seen; a touch screen shows no arrow */
#define WINDOWED_WIDTH_PX 1280
#define WINDOWED_HEIGHT_PX 800

struct _SlDoorWindow {
  AdwApplicationWindow parent_instance;

  GtkStack *stack;
  SlCheckinPage *start;
  SlAnswerView *answer;
  SlNoticePage *notice;
  SlPairPage *pair;
  SlDeskPage *desk;
  GtkWidget *member;  /* (nullable): the owner's, an SlShapeBin; stays when the others are rebuilt */
  GtkWidget *first;   /* (nullable): likewise */
  GtkBox *box;
  SlKeyboard *keyboard;
  SlDoorShows shown;
  gboolean is_locked;
  guint pointer_id;
};

G_DEFINE_FINAL_TYPE (SlDoorWindow, sl_door_window, ADW_TYPE_APPLICATION_WINDOW)

static GtkWidget *
page_of (SlDoorWindow *self, SlDoorShows shown)
{
  switch (shown)
    {
    case SL_DOOR_SHOWS_ANSWER:
      return GTK_WIDGET (self->answer);
    case SL_DOOR_SHOWS_NOTICE:
      return GTK_WIDGET (self->notice);
    case SL_DOOR_SHOWS_PAIR:
      return GTK_WIDGET (self->pair);
    case SL_DOOR_SHOWS_DESK:
      return GTK_WIDGET (self->desk);
    case SL_DOOR_SHOWS_MEMBER:
      return self->member;
    case SL_DOOR_SHOWS_FIRST:
      return self->first;
    case SL_DOOR_SHOWS_START:
    default:
      return GTK_WIDGET (self->start);
    }
}

static gboolean
on_pointer_rested (gpointer user_data)
{
  SlDoorWindow *self = user_data;

  self->pointer_id = 0;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "none");
  return G_SOURCE_REMOVE;
}

static void
on_pointer_moved (GtkEventControllerMotion *motion, double x, double y, SlDoorWindow *self)
{
  if (self->pointer_id == 0)
    gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  g_clear_handle_id (&self->pointer_id, g_source_remove);
  self->pointer_id = g_timeout_add (POINTER_SHOWN_MS, on_pointer_rested, self);
}

/* A bar code scanner that types as a keyboard, and whoever plugs one in: the door has nothing to type into, and a key
 * must never press what a finger did not. But a device that is not paired yet is told the hub's code that way, its
 * first start asks for names, and reception writes them. */
static gboolean
on_key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, SlDoorWindow *self)
{
  switch (self->shown)
    {
    case SL_DOOR_SHOWS_PAIR:
    case SL_DOOR_SHOWS_FIRST:
    case SL_DOOR_SHOWS_DESK:
      return GDK_EVENT_PROPAGATE;
    default:
      return GDK_EVENT_STOP;
    }
}

static gboolean
sl_door_window_close_request (GtkWindow *window)
{
  if (SL_DOOR_WINDOW (window)->is_locked)
    return GDK_EVENT_STOP;
  return GTK_WINDOW_CLASS (sl_door_window_parent_class)->close_request (window);
}

/* Ctrl+Shift+I and Ctrl+Shift+D end here: in GTK 4.8 they emit this signal, whose own handler opens the inspector
 * unless a setting of the desktop forbids it. */
static gboolean
sl_door_window_enable_debugging (GtkWindow *window, gboolean toggle)
{
  return GDK_EVENT_STOP;
}

static void
sl_door_window_dispose (GObject *object)
{
  g_clear_handle_id (&SL_DOOR_WINDOW (object)->pointer_id, g_source_remove);
  G_OBJECT_CLASS (sl_door_window_parent_class)->dispose (object);
}

static void
sl_door_window_class_init (SlDoorWindowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_door_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = sl_door_window_close_request;
  GTK_WINDOW_CLASS (class)->enable_debugging = sl_door_window_enable_debugging;
}

static void
sl_door_window_init (SlDoorWindow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->stack = GTK_STACK (gtk_stack_new ());
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  /* As large as the page in sight needs: keys below it have room where another page would leave none. */
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (self->box, GTK_WIDGET (self->stack));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), GTK_WIDGET (self->box));
  g_signal_connect (motion, "motion", G_CALLBACK (on_pointer_moved), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  sl_door_window_rebuild (self);
}

/* Without a window manager nothing becomes full-screen, so the window has the screen's size anyway. */
static void
fill_screen (SlDoorWindow *self)
{
  GListModel *monitors = gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle place = { 0, 0, WINDOWED_WIDTH_PX, WINDOWED_HEIGHT_PX };

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &place);
  gtk_window_set_default_size (GTK_WINDOW (self), place.width, place.height);
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  gtk_window_fullscreen (GTK_WINDOW (self));
}

static void
lock (SlDoorWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->is_locked = TRUE;
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_css_class (GTK_WIDGET (self), "locked");
  gtk_window_set_deletable (GTK_WINDOW (self), FALSE);
  fill_screen (self);
}

/**
 * sl_door_window_new:
 * @application: the application
 * @locked: whether it fills the screen and cannot be left
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWidget *
sl_door_window_new (AdwApplication *application, gboolean locked)
{
  SlDoorWindow *self = g_object_new (SL_TYPE_DOOR_WINDOW, "application", application, "title", "StudioLoop", NULL);

  if (locked)
    lock (self);
  else
    gtk_window_set_default_size (GTK_WINDOW (self), WINDOWED_WIDTH_PX, WINDOWED_HEIGHT_PX);
  return GTK_WIDGET (self);
}

/**
 * sl_door_window_rebuild:
 * @self: a window
 *
 * Replaces the pages by new, empty ones in the language of the moment and shows the start page. The owner connects and
 * fills them again.
 */
void
sl_door_window_rebuild (SlDoorWindow *self)
{
  SlShape shape = SL_SHAPE_ROOMY;

  g_return_if_fail (SL_IS_DOOR_WINDOW (self));
  if (self->start != NULL)
    {
      shape = sl_shape_bin_get_shape (SL_SHAPE_BIN (page_of (self, self->shown)));
      gtk_stack_remove (self->stack, GTK_WIDGET (self->start));
      gtk_stack_remove (self->stack, GTK_WIDGET (self->answer));
      gtk_stack_remove (self->stack, GTK_WIDGET (self->notice));
      gtk_stack_remove (self->stack, GTK_WIDGET (self->pair));
      gtk_stack_remove (self->stack, GTK_WIDGET (self->desk));
      gtk_box_remove (self->box, GTK_WIDGET (self->keyboard));
    }
  self->start = SL_CHECKIN_PAGE (sl_checkin_page_new ());
  self->answer = SL_ANSWER_VIEW (sl_answer_view_new ());
  self->notice = SL_NOTICE_PAGE (sl_notice_page_new ());
  self->pair = SL_PAIR_PAGE (sl_pair_page_new ());
  self->desk = SL_DESK_PAGE (sl_desk_page_new ());
  self->keyboard = SL_KEYBOARD (sl_keyboard_new ());
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->start), shape);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->answer), shape);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->notice), shape);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->pair), shape);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->desk), shape);
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->start));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->answer));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->notice));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->pair));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->desk));
  gtk_box_append (self->box, GTK_WIDGET (self->keyboard));
  sl_keyboard_watch (self->keyboard, GTK_WINDOW (self));
  sl_door_window_show (self, SL_DOOR_SHOWS_START);
}

/**
 * sl_door_window_show:
 * @self: a window
 * @page: which page
 *
 * Shows a page, at once: an answer that fades in is an answer that comes late. It takes the shape of the page before.
 */
void
sl_door_window_show (SlDoorWindow *self, SlDoorShows page)
{
  g_return_if_fail (SL_IS_DOOR_WINDOW (self));
  sl_shape_bin_set_shape (SL_SHAPE_BIN (page_of (self, page)),
                          sl_shape_bin_get_shape (SL_SHAPE_BIN (page_of (self, self->shown))));
  self->shown = page;
  gtk_stack_set_visible_child (self->stack, page_of (self, page));
}

/**
 * sl_door_window_get_shown:
 * @self: a window
 *
 * Returns: the page in sight
 */
SlDoorShows
sl_door_window_get_shown (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), SL_DOOR_SHOWS_START);
  return self->shown;
}

/**
 * sl_door_window_get_start:
 * @self: a window
 *
 * Returns: (transfer none): the start page, until the next sl_door_window_rebuild()
 */
SlCheckinPage *
sl_door_window_get_start (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), NULL);
  return self->start;
}

/**
 * sl_door_window_get_answer:
 * @self: a window
 *
 * Returns: (transfer none): the answer's page, until the next sl_door_window_rebuild()
 */
SlAnswerView *
sl_door_window_get_answer (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), NULL);
  return self->answer;
}

/**
 * sl_door_window_get_notice:
 * @self: a window
 *
 * Returns: (transfer none): the page for staff, until the next sl_door_window_rebuild()
 */
SlNoticePage *
sl_door_window_get_notice (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), NULL);
  return self->notice;
}

/**
 * sl_door_window_get_pair:
 * @self: a window
 *
 * Returns: (transfer none): the page that pairs, until the next sl_door_window_rebuild()
 */
SlPairPage *
sl_door_window_get_pair (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), NULL);
  return self->pair;
}

/**
 * sl_door_window_get_desk:
 * @self: a window
 *
 * Returns: (transfer none): reception, until the next sl_door_window_rebuild()
 */
SlDeskPage *
sl_door_window_get_desk (SlDoorWindow *self)
{
  g_return_val_if_fail (SL_IS_DOOR_WINDOW (self), NULL);
  return self->desk;
}

/**
 * sl_door_window_set_member:
 * @self: a window
 * @member: an #SlShapeBin: the member's side, which makes its own pages
 *
 * Adds it, once.
 */
void
sl_door_window_set_member (SlDoorWindow *self, GtkWidget *member)
{
  g_return_if_fail (SL_IS_DOOR_WINDOW (self) && SL_IS_SHAPE_BIN (member));
  g_return_if_fail (self->member == NULL);
  self->member = member;
  gtk_stack_add_child (self->stack, member);
}

/**
 * sl_door_window_set_first:
 * @self: a window
 * @first: an #SlShapeBin: the first start, which makes its own pages
 *
 * Adds it, once.
 */
void
sl_door_window_set_first (SlDoorWindow *self, GtkWidget *first)
{
  g_return_if_fail (SL_IS_DOOR_WINDOW (self) && SL_IS_SHAPE_BIN (first));
  g_return_if_fail (self->first == NULL);
  self->first = first;
  gtk_stack_add_child (self->stack, first);
}
