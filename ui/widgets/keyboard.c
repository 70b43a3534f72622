/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-keyboard"

#include "keyboard.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Keys with more than one letter are acts. */
#define KEY_SHIFT "shift"
#define KEY_ERASE "erase"
#define KEY_DONE "done"
#define KEY_SPACE "space"
#define KEY_LETTERS "letters"
#define KEY_MARKS "marks"   /* letters with diacritics */
#define KEY_NUMBERS "numbers"

#define ROWS_MAX 4

typedef enum { LAYOUT_LETTERS, LAYOUT_MARKS, LAYOUT_NUMBERS, LAYOUT_DIGITS, LAYOUT_PHONE, LAYOUT_LAST } Layout;

/* Separated by spaces. Marks: what Afrikaans, Sepedi, Tshivenda and the names of people who came here are written
 * with. */
static const char *const layouts[LAYOUT_LAST][ROWS_MAX] = {
  [LAYOUT_LETTERS] = { "q w e r t y u i o p", "a s d f g h j k l '", "shift z x c v b n m - erase",
                       "numbers marks space . @ done" },
  [LAYOUT_MARKS] = { "á à â ä ã é è ê ë š", "í î ï ì ó ò ô ö õ ž", "shift ú û ü ù ý ç ñ ŋ erase",
                     "letters ḓ ḽ ṋ ṱ ṅ space done" },
  [LAYOUT_NUMBERS] = { "1 2 3 4 5 6 7 8 9 0", "! # % & ( ) / : ; ?", "+ = * \" , _ € £ R erase",
                       "letters marks space . @ done" },
  [LAYOUT_DIGITS] = { "1 2 3", "4 5 6", "7 8 9", "erase 0 done" },
  [LAYOUT_PHONE] = { "1 2 3", "4 5 6", "7 8 9 +", "erase 0 done" },
};

struct _SlKeyboard {
  GtkBox parent_instance;

  GtkStack *stack;
  GtkWindow *window;   /* (nullable), weak */
  GtkText *text;       /* (nullable), weak: where it types */
  gboolean is_shifted;
};

G_DEFINE_FINAL_TYPE (SlKeyboard, sl_keyboard, GTK_TYPE_BOX)

static void
show_layout (SlKeyboard *self, Layout layout)
{
  char name[8];

  g_snprintf (name, sizeof name, "%d", layout);
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
put_away (SlKeyboard *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static Layout
layout_for (GtkText *text)
{
  switch (gtk_text_get_input_purpose (text))
    {
    case GTK_INPUT_PURPOSE_DIGITS:
    case GTK_INPUT_PURPOSE_PIN:
      return LAYOUT_DIGITS;
    case GTK_INPUT_PURPOSE_PHONE:
      return LAYOUT_PHONE;
    case GTK_INPUT_PURPOSE_NUMBER:
      return LAYOUT_NUMBERS;
    default:
      return LAYOUT_LETTERS;
    }
}

/* The keys' letters follow the shift. */
static void
show_case (SlKeyboard *self, GtkWidget *widget)
{
  const char *key = g_object_get_data (G_OBJECT (widget), "key");

  if (key != NULL && g_utf8_strlen (key, -1) == 1)
    {
      g_autofree char *label = self->is_shifted ? g_utf8_strup (key, -1) : g_strdup (key);

      gtk_button_set_label (GTK_BUTTON (widget), label);
      return;
    }
  if (key != NULL && g_str_equal (key, KEY_SHIFT))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (widget), self->is_shifted);
  if (!GTK_IS_BUTTON (widget))
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
         child = gtk_widget_get_next_sibling (child))
      show_case (self, child);
}

static void
set_shifted (SlKeyboard *self, gboolean shifted)
{
  if (self->is_shifted == shifted)
    return;
  self->is_shifted = shifted;
  show_case (self, GTK_WIDGET (self->stack));
}

/* At the beginning of a name, and of each of its words. */
static void
shift_for_names (SlKeyboard *self)
{
  const char *typed;
  int at;

  if (self->text == NULL || gtk_text_get_input_purpose (self->text) != GTK_INPUT_PURPOSE_NAME)
    return;
  typed = gtk_editable_get_text (GTK_EDITABLE (self->text));
  at = gtk_editable_get_position (GTK_EDITABLE (self->text));
  set_shifted (self, at == 0 || g_utf8_get_char (g_utf8_offset_to_pointer (typed, at - 1)) == ' ');
}

static void
type_text (SlKeyboard *self, const char *letters)
{
  int at;

  gtk_editable_delete_selection (GTK_EDITABLE (self->text));
  at = gtk_editable_get_position (GTK_EDITABLE (self->text));
  gtk_editable_insert_text (GTK_EDITABLE (self->text), letters, -1, &at);
  gtk_editable_set_position (GTK_EDITABLE (self->text), at);
  set_shifted (self, FALSE);
  shift_for_names (self);
}

static void
on_key (GtkButton *button, SlKeyboard *self)
{
  const char *key = g_object_get_data (G_OBJECT (button), "key");

  if (self->text == NULL)
    put_away (self);
  else if (g_str_equal (key, KEY_SHIFT))
    set_shifted (self, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  else if (g_str_equal (key, KEY_ERASE))
    g_signal_emit_by_name (self->text, "backspace");
  else if (g_str_equal (key, KEY_SPACE))
    type_text (self, " ");
  else if (g_str_equal (key, KEY_LETTERS))
    show_layout (self, LAYOUT_LETTERS);
  else if (g_str_equal (key, KEY_MARKS))
    show_layout (self, LAYOUT_MARKS);
  else if (g_str_equal (key, KEY_NUMBERS))
    show_layout (self, LAYOUT_NUMBERS);
  else if (g_str_equal (key, KEY_DONE))
    {
      put_away (self);
      g_signal_emit_by_name (self->text, "activate");
    }
  else
    type_text (self, gtk_button_get_label (button));
}

static void
set_words (GtkWidget *button, const char *label, const char *spoken)
{
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "wide");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static GtkWidget *
key_new (SlKeyboard *self, const char *key)
{
  gboolean shifts = g_str_equal (key, KEY_SHIFT);
  GtkWidget *button = shifts ? gtk_toggle_button_new () : gtk_button_new ();

  gtk_button_set_label (GTK_BUTTON (button), key);
  if (shifts)
    set_words (button, "⇧", _("Capital letters"));
  else if (g_str_equal (key, KEY_ERASE))
    set_words (button, "⌫", _("Erase"));
  else if (g_str_equal (key, KEY_DONE))
    /* Translators: the key of the keyboard on the screen that puts it away */
    set_words (button, _("Done"), _("Done"));
  else if (g_str_equal (key, KEY_SPACE))
    set_words (button, " ", _("Space"));
  else if (g_str_equal (key, KEY_LETTERS))
    set_words (button, "abc", _("Letters"));
  else if (g_str_equal (key, KEY_MARKS))
    set_words (button, "áêï", _("Letters with accents"));
  else if (g_str_equal (key, KEY_NUMBERS))
    set_words (button, "123", _("Numbers and signs"));
  g_object_set_data_full (G_OBJECT (button), "key", g_strdup (key), g_free);
  gtk_widget_set_focusable (button, FALSE); /* the field keeps the focus */
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect (button, "clicked", G_CALLBACK (on_key), self);
  return button;
}

static GtkWidget *
layout_new (SlKeyboard *self, Layout layout)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  for (guint row = 0; row < ROWS_MAX; row++)
    {
      g_auto (GStrv) keys = g_strsplit (layouts[layout][row], " ", -1);
      GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

      gtk_box_set_homogeneous (GTK_BOX (line), TRUE);
      gtk_widget_add_css_class (line, "keyboard-row");
      for (char **key = keys; *key != NULL; key++)
        gtk_box_append (GTK_BOX (line), key_new (self, *key));
      gtk_box_append (GTK_BOX (box), line);
    }
  return box;
}

static void
on_text_gone (gpointer user_data, GObject *text)
{
  SlKeyboard *self = user_data;

  self->text = NULL;
  put_away (self);
}

static void
set_text (SlKeyboard *self, GtkText *text)
{
  if (self->text == text)
    return;
  if (self->text != NULL)
    g_object_weak_unref (G_OBJECT (self->text), on_text_gone, self);
  self->text = text;
  if (text != NULL)
    g_object_weak_ref (G_OBJECT (text), on_text_gone, self);
}

static void
on_focus_changed (GtkWindow *window, GParamSpec *pspec, SlKeyboard *self)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  set_text (self, GTK_IS_TEXT (focus) ? GTK_TEXT (focus) : NULL);
  if (self->text == NULL)
    put_away (self);
  else if (gtk_widget_get_visible (GTK_WIDGET (self)))
    show_layout (self, layout_for (self->text));
}

/* A finger on a field asks for keys; a field that has the focus by itself does not. */
static void
on_touched (GtkGestureClick *click, int presses, double x, double y, SlKeyboard *self)
{
  GtkWidget *window = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click));
  GtkWidget *at = gtk_widget_pick (window, x, y, GTK_PICK_DEFAULT);

  if (self->text == NULL || at == NULL)
    return;
  if (at != GTK_WIDGET (self->text) && !gtk_widget_is_ancestor (at, GTK_WIDGET (self->text))
      && at != gtk_widget_get_parent (GTK_WIDGET (self->text)))
    return;
  if (!gtk_editable_get_editable (GTK_EDITABLE (self->text)))
    return;
  show_layout (self, layout_for (self->text));
  shift_for_names (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static gboolean
on_real_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, SlKeyboard *self)
{
  put_away (self);
  return GDK_EVENT_PROPAGATE;
}

static void
sl_keyboard_dispose (GObject *object)
{
  SlKeyboard *self = SL_KEYBOARD (object);

  set_text (self, NULL);
  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  g_clear_weak_pointer (&self->window);
  G_OBJECT_CLASS (sl_keyboard_parent_class)->dispose (object);
}

static void
sl_keyboard_class_init (SlKeyboardClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_keyboard_dispose;
}

static void
sl_keyboard_init (SlKeyboard *self)
{
  char name[8];

  gtk_widget_add_css_class (GTK_WIDGET (self), "keyboard");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Keyboard"), -1);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->stack), TRUE);
  for (guint layout = 0; layout < LAYOUT_LAST; layout++)
    {
      g_snprintf (name, sizeof name, "%u", layout);
      gtk_stack_add_named (self->stack, layout_new (self, layout), name);
    }
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->stack));
}

/**
 * sl_keyboard_new:
 *
 * Returns: (transfer floating): keys that are put away, in the language of the moment
 */
GtkWidget *
sl_keyboard_new (void)
{
  return g_object_new (SL_TYPE_KEYBOARD, NULL);
}

/**
 * sl_keyboard_watch:
 * @self: keys somewhere in @window
 * @window: whose fields they type into
 */
void
sl_keyboard_watch (SlKeyboard *self, GtkWindow *window)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_return_if_fail (SL_IS_KEYBOARD (self) && GTK_IS_WINDOW (window));
  g_set_weak_pointer (&self->window, window);
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (on_focus_changed), self);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "released", G_CALLBACK (on_touched), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (click));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_real_key), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  on_focus_changed (window, NULL, self);
}
