/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-page"

#include "desk-page.h"

#include "text-fill.h"
#include "text-size.h"
#include "widgets/sheet.h"
#include "widgets/state-box.h"

#include <glib/gi18n-lib.h>

#define SECTIONS_IN_A_ROW 5 /* upright: more have long words over each other */

struct _SlDeskPage {
  SlShapeBin parent_instance;

  GtkStack *cover;
  SlPinPage *pin;
  GtkOverlay *work;      /* sheets lie over it, and the PIN page over them */
  GtkLabel *place_label;
  GtkBox *head, *head_line;
  SlStateBox *states;
  GtkOrientable *corner;
  GtkLabel *clock_label;
  GtkButton *person_button;
  GtkBox *middle;
  GtkScrolledWindow *rail_scroller;
  GtkGrid *rail;
  GtkStack *sections;
  GtkRevealer *said_revealer;
  GtkBox *said_box;
  GtkImage *said_icon;
  GtkLabel *said_label;

  guint said_id;
};

enum { SIGNAL_SECTION_WANTED, SIGNAL_LOCK_WANTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlDeskPage, sl_desk_page, SL_TYPE_SHAPE_BIN)

/* A button of the rail, with what changes of it. */
static GtkWidget *
find_button (SlDeskPage *self, const char *name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->rail)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (g_object_get_data (G_OBJECT (child), "section"), name) == 0)
      return child;
  return NULL;
}

static void
on_section (GtkToggleButton *button, SlDeskPage *self)
{
  if (gtk_toggle_button_get_active (button))
    g_signal_emit (self, signals[SIGNAL_SECTION_WANTED], 0, g_object_get_data (G_OBJECT (button), "section"));
}

static void
on_person (GtkButton *button, SlDeskPage *self)
{
  g_signal_emit (self, signals[SIGNAL_LOCK_WANTED], 0);
}

/* What stands beside the words stays where it is while they take more lines. */
static void
hold (SlDeskPage *self, GtkWidget *widget)
{
  gboolean open = sl_state_box_is_open (self->states);
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (widget, GTK_WIDGET (self->head_line), &bounds))
    return;
  gtk_widget_set_margin_top (widget, open ? (int) bounds.origin.y : 0);
  gtk_widget_set_valign (widget, open ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
}

static void
on_states_toggled (SlStateBox *states, SlDeskPage *self)
{
  hold (self, GTK_WIDGET (self->place_label));
  hold (self, GTK_WIDGET (self->corner));
}

static gboolean
on_said_long_enough (gpointer user_data)
{
  SlDeskPage *self = user_data;

  self->said_id = 0;
  gtk_revealer_set_reveal_child (self->said_revealer, FALSE);
  return G_SOURCE_REMOVE;
}

/* Words and badges alone, closer together, where large text has a small screen: all sections are to be in sight. */
static void
set_dense (SlDeskPage *self, gboolean dense)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->rail)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (g_object_get_data (G_OBJECT (child), "icon"), !dense);
  if (dense)
    gtk_widget_add_css_class (GTK_WIDGET (self->rail), "dense");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->rail), "dense");
}

/* One below the other; upright in a row, or in two of the same length. */
static void
arrange_rail (SlDeskPage *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->rail));
  gboolean upright = sl_shape_bin_get_shape (SL_SHAPE_BIN (self)) == SL_SHAPE_PORTRAIT;
  gboolean large = sl_text_size_get () > SL_TEXT_SIZE_MIN_PERCENT;
  int n = 0, place = 0, in_a_row;

  set_dense (self, large && sl_shape_bin_get_shape (SL_SHAPE_BIN (self)) == SL_SHAPE_COMPACT);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->rail)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += gtk_widget_get_visible (child);
  in_a_row = !upright ? 1 : n > SECTIONS_IN_A_ROW ? (n + 1) / 2 : MAX (n, 1);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->rail)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_object_set (gtk_layout_manager_get_layout_child (layout, child), "column", place % in_a_row, "row",
                    place / in_a_row, NULL);
      place += gtk_widget_get_visible (child);
    }
}

/* In the head's one line, in two of their own; upright, where that line is too short for them, below it. */
static void
arrange_states (SlDeskPage *self)
{
  gboolean upright = sl_shape_bin_get_shape (SL_SHAPE_BIN (self)) == SL_SHAPE_PORTRAIT;
  GtkWidget *states = GTK_WIDGET (self->states);
  GtkBox *box = upright ? self->head : self->head_line, *was = GTK_BOX (gtk_widget_get_parent (states));

  sl_state_box_set_lines (self->states, upright && sl_text_size_get () == SL_TEXT_SIZE_MIN_PERCENT ? 1 : 2);
  gtk_widget_set_hexpand (GTK_WIDGET (self->place_label), upright);
  if (box == was)
    return;
  g_object_ref (states);
  gtk_box_remove (was, states);
  gtk_box_insert_child_after (box, states, upright ? GTK_WIDGET (self->head_line) : GTK_WIDGET (self->place_label));
  g_object_unref (states);
}

static void
sl_desk_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlDeskPage *self = SL_DESK_PAGE (bin);
  gboolean upright = shape == SL_SHAPE_PORTRAIT;
  gboolean has_room = shape == SL_SHAPE_ROOMY || sl_text_size_get () == SL_TEXT_SIZE_MIN_PERCENT;

  arrange_rail (self);
  arrange_states (self);
  /* Where there is little room the words on how things stand have it. */
  gtk_orientable_set_orientation (self->corner, has_room ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_label_set_natural_wrap_mode (self->place_label, has_room ? GTK_NATURAL_WRAP_NONE : GTK_NATURAL_WRAP_INHERIT);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->middle), upright ? GTK_ORIENTATION_VERTICAL
                                                                         : GTK_ORIENTATION_HORIZONTAL);
  /* Upright, a thumb rests at the bottom. */
  gtk_box_reorder_child_after (self->middle, GTK_WIDGET (self->rail_scroller),
                               upright ? GTK_WIDGET (self->sections) : NULL);
  gtk_scrolled_window_set_policy (self->rail_scroller, upright ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER,
                                  upright ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->pin), shape);
}

static void
sl_desk_page_dispose (GObject *object)
{
  g_clear_handle_id (&SL_DESK_PAGE (object)->said_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_DESK_PAGE);
  G_OBJECT_CLASS (sl_desk_page_parent_class)->dispose (object);
}

static void
sl_desk_page_class_init (SlDeskPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_desk_page_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_desk_page_shape_changed;
  signals[SIGNAL_SECTION_WANTED] = g_signal_new ("section-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LOCK_WANTED] = g_signal_new ("lock-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                              NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (SL_TYPE_PIN_PAGE);
  g_type_ensure (SL_TYPE_STATE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/desk-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, cover);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, pin);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, work);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, place_label);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, head);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, head_line);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, states);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, corner);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, clock_label);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, person_button);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, middle);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, rail_scroller);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, rail);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, sections);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, said_revealer);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, said_box);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, said_icon);
  gtk_widget_class_bind_template_child (widget_class, SlDeskPage, said_label);
  gtk_widget_class_bind_template_callback (widget_class, on_person);
  gtk_widget_class_bind_template_callback (widget_class, on_states_toggled);
}

static void
sl_desk_page_init (SlDeskPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sl_sheet_host_init (self->work);
  sl_desk_page_shape_changed (SL_SHAPE_BIN (self), SL_SHAPE_ROOMY);
}

/**
 * sl_desk_page_new:
 *
 * Returns: (transfer floating): a frame without sections, where nobody has signed in
 */
GtkWidget *
sl_desk_page_new (void)
{
  return g_object_new (SL_TYPE_DESK_PAGE, NULL);
}

/**
 * sl_desk_page_get_pin:
 * @self: a frame
 *
 * Returns: (transfer none): its PIN page
 */
SlPinPage *
sl_desk_page_get_pin (SlDeskPage *self)
{
  g_return_val_if_fail (SL_IS_DESK_PAGE (self), NULL);
  return self->pin;
}

/**
 * sl_desk_page_add_section:
 * @self: a frame
 * @name: what the program calls it
 * @title: what people call it
 * @icon: the name of an icon
 * @section: (transfer floating): its page
 */
void
sl_desk_page_add_section (SlDeskPage *self, const char *name, const char *title, const char *icon, GtkWidget *section)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *badge = gtk_label_new (NULL);
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self->rail));

  g_return_if_fail (SL_IS_DESK_PAGE (self));
  gtk_widget_set_halign (top, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (top), image);
  gtk_widget_add_css_class (badge, "desk-badge");
  gtk_widget_set_visible (badge, FALSE);
  gtk_box_append (GTK_BOX (top), badge);
  gtk_box_append (GTK_BOX (box), top);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "desk-section");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (button), "section", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (button), "title", g_strdup (title), g_free);
  g_object_set_data (G_OBJECT (button), "icon", image);
  g_object_set_data (G_OBJECT (button), "badge", badge);
  if (first != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
  g_signal_connect (button, "toggled", G_CALLBACK (on_section), self);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_grid_attach (self->rail, button, 0, 0, 1, 1);
  arrange_rail (self);
  gtk_stack_add_named (self->sections, section, name);
}

/**
 * sl_desk_page_show_section:
 * @self: a frame
 * @name: of a section
 */
void
sl_desk_page_show_section (SlDeskPage *self, const char *name)
{
  GtkWidget *button = find_button (self, name);

  g_return_if_fail (SL_IS_DESK_PAGE (self));
  g_return_if_fail (button != NULL);
  gtk_stack_set_visible_child_name (self->sections, name);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

/**
 * sl_desk_page_get_section:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): the name of the section in sight
 */
const char *
sl_desk_page_get_section (SlDeskPage *self)
{
  g_return_val_if_fail (SL_IS_DESK_PAGE (self), NULL);
  return gtk_stack_get_visible_child_name (self->sections);
}

/**
 * sl_desk_page_set_section_visible:
 * @self: a frame
 * @name: of a section
 * @visible: whether who is there has anything to do in it
 */
void
sl_desk_page_set_section_visible (SlDeskPage *self, const char *name, gboolean visible)
{
  GtkWidget *button = find_button (self, name);

  g_return_if_fail (SL_IS_DESK_PAGE (self));
  g_return_if_fail (button != NULL);
  gtk_widget_set_visible (button, visible);
  arrange_rail (self);
}

/**
 * sl_desk_page_set_badge:
 * @self: a frame
 * @name: of a section
 * @count: of what waits there; 0: nothing
 */
void
sl_desk_page_set_badge (SlDeskPage *self, const char *name, guint count)
{
  GtkWidget *button = find_button (self, name);
  GtkLabel *badge;
  g_autofree char *text = g_strdup_printf ("%u", count);
  g_autofree char *spoken = NULL;
  const char *title;

  g_return_if_fail (SL_IS_DESK_PAGE (self));
  g_return_if_fail (button != NULL);
  badge = GTK_LABEL (g_object_get_data (G_OBJECT (button), "badge"));
  title = g_object_get_data (G_OBJECT (button), "title");
  gtk_label_set_text (badge, text);
  gtk_widget_set_visible (GTK_WIDGET (badge), count > 0);
  /* Translators: for screen readers: a section and how many things wait there, "Needs attention, 3" */
  spoken = count > 0 ? sl_text_fill (_("{section}, {count}"), "section", title, "count", text, NULL) : g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * sl_desk_page_set_locked:
 * @self: a frame
 * @locked: whether only the PIN page is seen
 */
void
sl_desk_page_set_locked (SlDeskPage *self, gboolean locked)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self));
  if (locked)
    sl_state_box_shut (self->states);
  gtk_stack_set_visible_child_name (self->cover, locked ? "pin" : "work");
}

/**
 * sl_desk_page_close_sheets:
 * @self: a frame
 *
 * Closes all that is asked over its sections.
 */
void
sl_desk_page_close_sheets (SlDeskPage *self)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self));
  sl_sheet_host_close_all (self->work);
}

/**
 * sl_desk_page_set_place:
 * @self: a frame
 * @place: the studio and where this is
 */
void
sl_desk_page_set_place (SlDeskPage *self, const char *place)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self) && place != NULL);
  gtk_label_set_text (self->place_label, place);
}

/**
 * sl_desk_page_set_clock:
 * @self: a frame
 * @time: of the moment, as people read it
 */
void
sl_desk_page_set_clock (SlDeskPage *self, const char *time)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self) && time != NULL);
  gtk_label_set_text (self->clock_label, time);
}

/**
 * sl_desk_page_set_person:
 * @self: a frame
 * @name: who has signed in
 */
void
sl_desk_page_set_person (SlDeskPage *self, const char *name)
{
  g_autofree char *spoken = NULL;

  g_return_if_fail (SL_IS_DESK_PAGE (self) && name != NULL);
  gtk_button_set_label (self->person_button, name);
  /* Translators: for screen readers: the button with the name of who has signed in */
  spoken = sl_text_fill (_("{name}: lock or switch"), "name", name, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->person_button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * sl_desk_page_clear_states:
 * @self: a frame
 */
void
sl_desk_page_clear_states (SlDeskPage *self)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self));
  sl_state_box_clear (self->states);
}

/**
 * sl_desk_page_add_state:
 * @self: a frame
 * @words: how something stands; what is more pressing comes first
 * @wrong: whether somebody should see to it
 */
void
sl_desk_page_add_state (SlDeskPage *self, const char *words, gboolean wrong)
{
  g_return_if_fail (SL_IS_DESK_PAGE (self) && words != NULL);
  sl_state_box_add (self->states, words, wrong);
}

/**
 * sl_desk_page_say:
 * @self: a frame
 * @tone: how it is meant
 * @text: what was done, or why not
 *
 * Shows it for %SL_DESK_SAID_MS, in the place of what was said before.
 */
void
sl_desk_page_say (SlDeskPage *self, SlDeskSays tone, const char *text)
{
  static const struct { const char *class, *icon; } looks[] = {
    [SL_DESK_SAYS_DONE] = { "done", "sl-in-symbolic" },
    [SL_DESK_SAYS_ATTENTION] = { "attention", "sl-attention-symbolic" },
    [SL_DESK_SAYS_REFUSED] = { "refused", "sl-refused-symbolic" },
  };

  g_return_if_fail (SL_IS_DESK_PAGE (self) && text != NULL && tone < G_N_ELEMENTS (looks));
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->said_box), looks[i].class);
  gtk_widget_add_css_class (GTK_WIDGET (self->said_box), looks[tone].class);
  gtk_image_set_from_icon_name (self->said_icon, looks[tone].icon);
  gtk_label_set_text (self->said_label, text);
  gtk_revealer_set_reveal_child (self->said_revealer, TRUE);
  g_clear_handle_id (&self->said_id, g_source_remove);
  self->said_id = g_timeout_add (SL_DESK_SAID_MS, on_said_long_enough, self);
}
