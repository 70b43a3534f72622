/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pin-page"

#include "pin-page.h"

#include "parts.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAD_COLUMNS 3

struct _SlPinPage {
  SlShapeBin parent_instance;

  GtkLabel *title_label;
  GtkLabel *why_label;
  GtkLabel *waiting_label;
  GtkLabel *state_label;
  GtkButton *leave_button;
  GtkBox *columns;
  GtkFlowBox *people;
  GtkLabel *dots_label;
  GtkGrid *pad;
  GtkLabel *said_label;

  char pin[SL_PIN_PAGE_DIGITS_MAX + 1];
  SlId picked;          /* none: nobody */
  GtkWidget *enter;
  gboolean is_busy;
};

enum { SIGNAL_ENTERED, SIGNAL_LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlPinPage, sl_pin_page, SL_TYPE_SHAPE_BIN)

static void
show_pin (SlPinPage *self)
{
  g_autoptr (GString) dots = g_string_new (NULL);
  gsize n = strlen (self->pin);
  g_autofree char *number = g_strdup_printf ("%" G_GSIZE_FORMAT, n);
  g_autofree char *spoken = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} digit typed", "{n} digits typed", n),
                                          "n", number, NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append (dots, "•");
  gtk_label_set_text (self->dots_label, dots->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dots_label), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_sensitive (self->enter, n > 0 && !sl_id_is_none (&self->picked) && !self->is_busy);
}

static void
forget_pin (SlPinPage *self)
{
  memset (self->pin, 0, sizeof self->pin);
  show_pin (self);
}

static void
type_digit (SlPinPage *self, char digit)
{
  gsize n = strlen (self->pin);

  if (self->is_busy || n >= SL_PIN_PAGE_DIGITS_MAX)
    return;
  self->pin[n] = digit;
  gtk_label_set_text (self->said_label, "");
  show_pin (self);
}

static void
erase_digit (SlPinPage *self)
{
  gsize n = strlen (self->pin);

  if (self->is_busy || n == 0)
    return;
  self->pin[n - 1] = '\0';
  show_pin (self);
}

static void
enter (SlPinPage *self)
{
  g_autofree char *pin = NULL;

  if (self->is_busy || self->pin[0] == '\0' || sl_id_is_none (&self->picked))
    return;
  pin = g_strdup (self->pin);
  forget_pin (self);
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0, &self->picked, pin);
  memset (pin, 0, strlen (pin));
}

static void
on_digit (GtkButton *button, SlPinPage *self)
{
  type_digit (self, *gtk_button_get_label (button));
}

static void
on_erase (GtkButton *button, SlPinPage *self)
{
  erase_digit (self);
}

static void
on_enter (GtkButton *button, SlPinPage *self)
{
  enter (self);
}

static void
on_leave (GtkButton *button, SlPinPage *self)
{
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

static gboolean
on_key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, SlPinPage *self)
{
  gunichar typed = gdk_keyval_to_unicode (key);

  if (typed >= '0' && typed <= '9')
    type_digit (self, (char) typed);
  else if (key == GDK_KEY_BackSpace)
    erase_digit (self);
  else if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    enter (self);
  else if (key == GDK_KEY_Escape)
    g_signal_emit (self, signals[SIGNAL_LEFT], 0);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
show_picked (SlPinPage *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->people));

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));
      const SlId *id = g_object_get_data (G_OBJECT (button), "person");

      sl_parts_set_class (button, "selected", sl_id_equal (id, &self->picked));
      gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_PRESSED,
                                   sl_id_equal (id, &self->picked) ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                                                   : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
    }
  show_pin (self);
}

static void
on_person (GtkButton *button, SlPinPage *self)
{
  self->picked = *(const SlId *) g_object_get_data (G_OBJECT (button), "person");
  gtk_label_set_text (self->said_label, "");
  forget_pin (self);
  show_picked (self);
}

static GtkWidget *
add_key (SlPinPage *self, const char *label, int place, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_focus_on_click (button, FALSE);
  g_signal_connect (button, "clicked", callback, self);
  gtk_grid_attach (self->pad, button, place % PAD_COLUMNS, place / PAD_COLUMNS, 1, 1);
  return button;
}

static void
fill_pad (SlPinPage *self)
{
  static const char *const digits[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  GtkWidget *erase;

  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    add_key (self, digits[i], i, G_CALLBACK (on_digit));
  erase = add_key (self, "⌫", G_N_ELEMENTS (digits), G_CALLBACK (on_erase));
  /* Translators: for screen readers: takes the last digit away */
  gtk_accessible_update_property (GTK_ACCESSIBLE (erase), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Erase"), -1);
  add_key (self, "0", G_N_ELEMENTS (digits) + 1, G_CALLBACK (on_digit));
  /* Translators: the key of the PIN pad that ends it */
  self->enter = add_key (self, _("OK"), G_N_ELEMENTS (digits) + 2, G_CALLBACK (on_enter));
  gtk_widget_add_css_class (self->enter, "main");
}

static void
sl_pin_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (SL_PIN_PAGE (bin)->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
sl_pin_page_dispose (GObject *object)
{
  memset (SL_PIN_PAGE (object)->pin, 0, sizeof SL_PIN_PAGE (object)->pin);
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_PIN_PAGE);
  G_OBJECT_CLASS (sl_pin_page_parent_class)->dispose (object);
}

static void
sl_pin_page_class_init (SlPinPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_pin_page_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_pin_page_shape_changed;
  signals[SIGNAL_ENTERED] = g_signal_new ("entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[SIGNAL_LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/pin-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, why_label);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, leave_button);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, columns);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, people);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, dots_label);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, pad);
  gtk_widget_class_bind_template_child (widget_class, SlPinPage, said_label);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
}

static void
sl_pin_page_init (SlPinPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  fill_pad (self);
  show_pin (self);
}

/**
 * sl_pin_page_new:
 *
 * Returns: (transfer floating): a page where nobody is picked
 */
GtkWidget *
sl_pin_page_new (void)
{
  return g_object_new (SL_TYPE_PIN_PAGE, NULL);
}

/**
 * sl_pin_page_set_question:
 * @self: a page
 * @title: what is wanted
 * @why: (nullable): of what somebody is to allow
 * @leave: what leaving is called: "Back to check-in", "Not now"
 */
void
sl_pin_page_set_question (SlPinPage *self, const char *title, const char *why, const char *leave)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self) && title != NULL && leave != NULL);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->why_label, why != NULL ? why : "");
  gtk_widget_set_visible (GTK_WIDGET (self->why_label), why != NULL);
  gtk_button_set_label (self->leave_button, leave);
}

/**
 * sl_pin_page_clear_people:
 * @self: a page
 *
 * Nobody can be picked, until sl_pin_page_add_person().
 */
void
sl_pin_page_clear_people (SlPinPage *self)
{
  GtkWidget *child;

  g_return_if_fail (SL_IS_PIN_PAGE (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->people))) != NULL)
    gtk_flow_box_remove (self->people, child);
}

/**
 * sl_pin_page_add_person:
 * @self: a page
 * @id: who
 * @name: their name
 * @role: what they are here, in words
 */
void
sl_pin_page_add_person (SlPinPage *self, const SlId *id, const char *name, const char *role)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *labels[] = { gtk_label_new (name), gtk_label_new (role) };
  g_autofree char *spoken = g_strdup_printf ("%s, %s", name, role);

  g_return_if_fail (SL_IS_PIN_PAGE (self));
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gtk_label_set_xalign (GTK_LABEL (labels[i]), 0);
      gtk_label_set_wrap (GTK_LABEL (labels[i]), TRUE);
      gtk_box_append (GTK_BOX (words), labels[i]);
    }
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (labels[0], "person");
  gtk_widget_add_css_class (labels[1], "quiet");
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_add_css_class (button, "row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "person", g_memdup2 (id, sizeof *id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_person), self);
  gtk_flow_box_append (self->people, button);
  gtk_widget_set_focusable (gtk_widget_get_last_child (GTK_WIDGET (self->people)), FALSE);
  show_picked (self);
}

/**
 * sl_pin_page_pick:
 * @self: a page
 * @id: whom a badge, or the last time, stands for; sl_id_none: nobody
 */
void
sl_pin_page_pick (SlPinPage *self, const SlId *id)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self) && id != NULL);
  self->picked = *id;
  show_picked (self);
}

/**
 * sl_pin_page_set_waiting:
 * @self: a page
 * @text: (nullable): that somebody waits for whoever comes to the desk; %NULL: nobody
 *
 * For everybody to read, so it tells of nobody by name.
 */
void
sl_pin_page_set_waiting (SlPinPage *self, const char *text)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self));
  gtk_label_set_text (self->waiting_label, text != NULL ? text : "");
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->waiting_label)), text != NULL);
}

/**
 * sl_pin_page_set_state:
 * @self: a page
 * @words: how things stand, in the language of the moment
 * @wrong: whether somebody should see to it: said louder, and no more than that
 */
void
sl_pin_page_set_state (SlPinPage *self, const char *words, gboolean wrong)
{
  GtkWidget *mark;

  g_return_if_fail (SL_IS_PIN_PAGE (self) && words != NULL);
  mark = gtk_widget_get_parent (GTK_WIDGET (self->state_label));
  gtk_label_set_text (self->state_label, words);
  gtk_widget_set_visible (mark, *words != '\0');
  sl_parts_set_class (mark, "wrong", wrong);
}

/**
 * sl_pin_page_set_busy:
 * @self: a page
 * @busy: whether a PIN is being looked at
 */
void
sl_pin_page_set_busy (SlPinPage *self, gboolean busy)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self));
  self->is_busy = busy;
  show_pin (self);
}

/**
 * sl_pin_page_set_said:
 * @self: a page
 * @text: why the PIN does not open anything; "" for nothing
 */
void
sl_pin_page_set_said (SlPinPage *self, const char *text)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self) && text != NULL);
  gtk_label_set_text (self->said_label, text);
}

/**
 * sl_pin_page_clear:
 * @self: a page
 *
 * Forgets what was typed and who was picked.
 */
void
sl_pin_page_clear (SlPinPage *self)
{
  g_return_if_fail (SL_IS_PIN_PAGE (self));
  self->picked = sl_id_none;
  self->is_busy = FALSE;
  gtk_label_set_text (self->said_label, "");
  forget_pin (self);
  show_picked (self);
}
