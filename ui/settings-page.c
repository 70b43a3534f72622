/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-settings-page"

#include "settings-page.h"

#include "parts.h"
#include "side-tabs.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define VALUE_KEY "sl-settings-value"
#define CAMERA_HEIGHT_PX 280
#define PORTRAIT_CAMERA_HEIGHT_PX 480
#define PORTRAIT_TABS_IN_A_ROW 4
#define YES "true"
#define NO "false"

/* A row of buttons of which one is down. */
typedef struct {
  SlSettingsPage *page;    /* (nullable): it is not told */
  GtkWidget *flow;
  const char *group, *key; /* of the file of settings */
  const char *question;    /* in the language of the page */
  char *chosen;            /* (nullable) */
} Choice;

enum {
  CAMERA, MIRROR, SCANNER, PAPER, CUT, DRAWER, SOUNDS, THEME, TEXT, LANGUAGE, LIGHT, DAY, NIGHT, DAY_FROM, NIGHT_FROM,
  N_CHOICES
};

struct _SlSettingsPage {
  SlShapeBin parent_instance;

  Choice choices[N_CHOICES];
  gboolean is_showing; /* what changes is not somebody's choice */
  gboolean is_printer_filled;
  SlSideTabs *tabs;
  GtkWidget *camera_columns, *remove_button, *test_button, *light_choice, *light_box;
  SlCameraCard *card;
  GtkLabel *camera_read, *scanner_read, *scanner_state, *printer_state, *light_note, *sample_headline, *sample_detail;
  GtkEntry *target_entry, *link_entry;
  char *link; /* (nullable): as it is, whatever is being typed */
};

enum {
  SIGNAL_CHOSEN, SIGNAL_PRINTER_CHOSEN, SIGNAL_PRINTER_REMOVED, SIGNAL_PAY_LINK_CHOSEN, SIGNAL_PRINT_WANTED,
  SIGNAL_SOUND_WANTED, SIGNAL_LIGHT_WANTED, SIGNAL_SAMPLE_WANTED, SIGNAL_LEAVE_WANTED, SIGNAL_TAB_SHOWN, N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSettingsPage, sl_settings_page, SL_TYPE_SHAPE_BIN)

/* --- one of several --- */

static void
on_toggled (GtkToggleButton *button, Choice *choice)
{
  const char *value = g_object_get_data (G_OBJECT (button), VALUE_KEY);

  if (!gtk_toggle_button_get_active (button))
    return;
  g_free (choice->chosen);
  choice->chosen = g_strdup (value);
  if (!choice->page->is_showing && choice->group != NULL)
    g_signal_emit (choice->page, signals[SIGNAL_CHOSEN], 0, choice->group, choice->key, choice->chosen);
}

static void
add_item (Choice *choice, GtkToggleButton **first, const char *value, const char *label)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *text = sl_parts_label (label, "num");
  g_autofree char *name = g_strdup_printf ("%s: %s", choice->question, label);

  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (text), 0.5f);
  gtk_button_set_child (GTK_BUTTON (button), text);
  gtk_widget_add_css_class (button, "choice-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), VALUE_KEY, g_strdup (value), g_free);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), *first);
  if (*first == NULL)
    *first = GTK_TOGGLE_BUTTON (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_strcmp0 (value, choice->chosen) == 0);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), choice);
  sl_parts_flow_add (choice->flow, button);
}

static GtkWidget *
first_button (Choice *choice)
{
  GtkWidget *child = gtk_widget_get_first_child (choice->flow);

  return child != NULL ? gtk_widget_get_first_child (child) : NULL;
}

static GtkWidget *
next_button (GtkWidget *button)
{
  GtkWidget *child = gtk_widget_get_next_sibling (gtk_widget_get_parent (button));

  return child != NULL ? gtk_widget_get_first_child (child) : NULL;
}

static gboolean
offers (Choice *choice, const SlSettingsItem *items, guint n_items)
{
  GtkWidget *button = first_button (choice);

  for (guint i = 0; i < n_items; i++, button = next_button (button))
    if (button == NULL || g_strcmp0 (g_object_get_data (G_OBJECT (button), VALUE_KEY), items[i].value) != 0)
      return FALSE;
  return button == NULL;
}

/* Offers these, with one of them down. What is there already stays, and keeps the focus. */
static void
show_choice (SlSettingsPage *self, guint which, const SlSettingsItem *items, guint n_items, const char *chosen)
{
  Choice *choice = &self->choices[which];
  GtkToggleButton *first = NULL;
  gboolean was_showing = self->is_showing;

  self->is_showing = TRUE;
  g_free (choice->chosen);
  choice->chosen = g_strdup (chosen);
  if (!offers (choice, items, n_items))
    {
      sl_parts_clear (choice->flow);
      for (guint i = 0; i < n_items; i++)
        add_item (choice, &first, items[i].value, items[i].label);
    }
  for (GtkWidget *button = first_button (choice); button != NULL; button = next_button (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                  g_strcmp0 (g_object_get_data (G_OBJECT (button), VALUE_KEY), chosen) == 0);
  self->is_showing = was_showing;
}

static void
show_yes_no (SlSettingsPage *self, guint which, gboolean is_so)
{
  const SlSettingsItem items[] = { { YES, C_ ("answer", "Yes") }, { NO, C_ ("answer", "No") } };

  show_choice (self, which, items, G_N_ELEMENTS (items), is_so ? YES : NO);
}

/* Numbers, with the one that is chosen wherever it is among them. words: of one number, (transfer full) */
static void
show_numbers (SlSettingsPage *self, guint which, const int *numbers, guint n_numbers, int chosen,
              char *(*words) (int number), char *(*value) (int number))
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (SlSettingsItem));
  g_autofree char *chosen_value = value (chosen);
  gboolean has_chosen = FALSE;

  for (guint i = 0; i <= n_numbers; i++)
    {
      int next = i < n_numbers ? numbers[i] : G_MAXINT;

      for (int turn = 0; turn < 2; turn++)
        {
          /* The chosen one goes before the first that is larger. */
          int number = turn == 0 ? chosen : next;
          SlSettingsItem item;

          if (turn == 0 && (has_chosen || chosen > next || chosen == next))
            continue;
          if (turn == 1 && next == G_MAXINT)
            continue;
          has_chosen |= number == chosen;
          item = (SlSettingsItem) { value (number), words (number) };
          g_ptr_array_add (texts, (gpointer) item.value);
          g_ptr_array_add (texts, (gpointer) item.label);
          g_array_append_val (items, item);
        }
    }
  show_choice (self, which, (const SlSettingsItem *) items->data, items->len, chosen_value);
}

static char *
percent_words (int percent)
{
  return g_strdup_printf ("%d %%", percent);
}

static char *
number_value (int number)
{
  return g_strdup_printf ("%d", number);
}

static char *
time_value (int minute)
{
  return g_strdup_printf ("%02d:%02d", minute / 60, minute % 60);
}

/* --- what is tapped --- */

static void
on_tab (SlSettingsPage *self, const char *name)
{
  gtk_label_set_label (self->camera_read, _("Hold any code before it."));
  gtk_label_set_label (self->scanner_read, _("Scan something."));
  g_signal_emit (self, signals[SIGNAL_TAB_SHOWN], 0, name);
}

static void
on_printer (GtkButton *button, SlSettingsPage *self)
{
  g_autofree char *target = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->target_entry))));

  if (*target != '\0')
    g_signal_emit (self, signals[SIGNAL_PRINTER_CHOSEN], 0, target, self->choices[PAPER].chosen,
                   g_strcmp0 (self->choices[CUT].chosen, YES) == 0,
                   g_strcmp0 (self->choices[DRAWER].chosen, YES) == 0);
}

static void
on_printer_removed (GtkButton *button, SlSettingsPage *self)
{
  self->is_printer_filled = FALSE;
  g_signal_emit (self, signals[SIGNAL_PRINTER_REMOVED], 0);
}

static void
on_pay_link (GtkButton *button, SlSettingsPage *self)
{
  g_autofree char *link = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->link_entry))));

  g_signal_emit (self, signals[SIGNAL_PAY_LINK_CHOSEN], 0, link);
}

static void
on_print (GtkButton *button, SlSettingsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PRINT_WANTED], 0);
}

static void
on_sound (GtkButton *button, SlSettingsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SOUND_WANTED], 0, g_object_get_data (G_OBJECT (button), VALUE_KEY));
}

static void
on_light (GtkButton *button, SlSettingsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_LIGHT_WANTED], 0,
                 g_strcmp0 (g_object_get_data (G_OBJECT (button), VALUE_KEY), YES) == 0);
}

static void
on_sample (GtkButton *button, SlSettingsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SAMPLE_WANTED], 0);
}

static void
on_leave (GtkButton *button, SlSettingsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_LEAVE_WANTED], 0);
}

/* --- the page --- */

static void
arrange (SlSettingsPage *self, SlShape shape)
{
  gboolean is_upright = shape == SL_SHAPE_PORTRAIT;
  GtkOrientation orientation = is_upright ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  sl_side_tabs_set_upright (self->tabs, is_upright);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->camera_columns), orientation);
  gtk_box_set_homogeneous (GTK_BOX (self->camera_columns), !is_upright);
  gtk_widget_set_size_request (GTK_WIDGET (self->card), -1, is_upright ? PORTRAIT_CAMERA_HEIGHT_PX : CAMERA_HEIGHT_PX);
}

static void
sl_settings_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  arrange (SL_SETTINGS_PAGE (bin), shape);
}

static void
sl_settings_page_finalize (GObject *object)
{
  for (guint i = 0; i < N_CHOICES; i++)
    g_free (SL_SETTINGS_PAGE (object)->choices[i].chosen);
  g_free (SL_SETTINGS_PAGE (object)->link);
  G_OBJECT_CLASS (sl_settings_page_parent_class)->finalize (object);
}

static void
sl_settings_page_class_init (SlSettingsPageClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_settings_page_shape_changed;
  G_OBJECT_CLASS (class)->finalize = sl_settings_page_finalize;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                         G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_PRINTER_CHOSEN] = g_signal_new ("printer-chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN,
                                                 G_TYPE_BOOLEAN);
  signals[SIGNAL_PRINTER_REMOVED] = g_signal_new ("printer-removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 0);
  signals[SIGNAL_PAY_LINK_CHOSEN] = g_signal_new ("pay-link-chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_PRINT_WANTED] = g_signal_new ("print-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 0);
  signals[SIGNAL_SOUND_WANTED] = g_signal_new ("sound-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LIGHT_WANTED] = g_signal_new ("light-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_SAMPLE_WANTED] = g_signal_new ("sample-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 0);
  signals[SIGNAL_LEAVE_WANTED] = g_signal_new ("leave-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 0);
  signals[SIGNAL_TAB_SHOWN] = g_signal_new ("tab-shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                            G_TYPE_STRING);
}

static void
add_question (SlSettingsPage *self, GtkWidget *box, guint which, const char *question, guint most_in_a_row,
              const char *group, const char *key)
{
  self->choices[which] = (Choice) { .page = self, .flow = sl_parts_flow (most_in_a_row), .group = group, .key = key,
                                    .question = question };
  gtk_box_append (GTK_BOX (box), sl_parts_label (question, "field-label"));
}

/* A question and its answers, in a card of its own or at the end of one. */
static void
add_choice (SlSettingsPage *self, GtkWidget *box, guint which, const char *question, guint most_in_a_row,
            const char *group, const char *key)
{
  add_question (self, box, which, question, most_in_a_row, group, key);
  gtk_box_append (GTK_BOX (box), self->choices[which].flow);
}

static GtkWidget *
make_button (const char *label, const char *classes, const char *value, GCallback callback, SlSettingsPage *self)
{
  GtkWidget *button = sl_parts_button (label, classes);

  g_object_set_data_full (G_OBJECT (button), VALUE_KEY, g_strdup (value), g_free);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
add_button (GtkWidget *flow, const char *label, const char *classes, const char *value, GCallback callback,
            SlSettingsPage *self)
{
  GtkWidget *button = make_button (label, classes, value, callback, self);

  sl_parts_flow_add (flow, button);
  return button;
}

/* The answers of the question that was added last, and beside them a button that tries what is chosen. */
static void
add_tried (SlSettingsPage *self, GtkWidget *box, guint which, const char *label, const char *value, GCallback callback)
{
  Choice *choice = &self->choices[which];
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  GtkWidget *button = make_button (label, "", value, callback, self);
  g_autofree char *name = g_strdup_printf ("%s: %s", choice->question, label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_hexpand (choice->flow, TRUE);
  gtk_box_append (GTK_BOX (row), choice->flow);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (box), row);
}

/* The place for a thing: a tab, and its card. */
static GtkWidget *
add_tab (SlSettingsPage *self, const char *name, const char *label)
{
  GtkWidget *card = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card settings-card", 12);

  gtk_widget_set_valign (card, GTK_ALIGN_START);
  sl_side_tabs_add (self->tabs, name, label, card);
  return card;
}

static void
make_camera (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings */
  GtkWidget *card = add_tab (self, "camera", _("Camera"));
  GtkWidget *left = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *right = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);

  self->camera_columns = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  add_choice (self, left, CAMERA, _("Which camera reads the codes"), 1, "camera", "source");
  add_choice (self, left, MIRROR, _("Show its picture like a mirror"), 2, "camera", "mirror");
  self->card = g_object_new (SL_TYPE_CAMERA_CARD, NULL);
  self->camera_read = GTK_LABEL (sl_parts_label (_("Hold any code before it."), "row-title settings-read"));
  gtk_box_append (GTK_BOX (right), GTK_WIDGET (self->card));
  gtk_box_append (GTK_BOX (right), GTK_WIDGET (self->camera_read));
  gtk_box_append (GTK_BOX (self->camera_columns), left);
  gtk_box_append (GTK_BOX (self->camera_columns), right);
  gtk_box_append (GTK_BOX (card), self->camera_columns);
}

static void
make_scanner (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings: the hand scanner */
  GtkWidget *card = add_tab (self, "scanner", _("Scanner"));

  add_choice (self, card, SCANNER, _("Which scanner is used"), 1, "scanner", "source");
  self->scanner_state = GTK_LABEL (sl_parts_label (_("! The scanner is not there. It is tried again by itself."),
                                                   "body wrong"));
  self->scanner_read = GTK_LABEL (sl_parts_label (_("Scan something."), "row-title settings-read"));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->scanner_state));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->scanner_read));
}

static void
make_printer (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings: what prints receipts */
  GtkWidget *card = add_tab (self, "printer", _("Printer"));
  GtkWidget *buttons = sl_parts_flow (3);
  const SlSettingsItem papers[] = { { "80", _("Roll, 80 mm") }, { "58", _("Roll, 58 mm") }, { "a4", _("A4 sheets") } };

  gtk_box_append (GTK_BOX (card), sl_parts_field (_("Where the printer for receipts is"), GTK_INPUT_PURPOSE_URL,
                                                  &self->target_entry));
  gtk_box_append (GTK_BOX (card),
                  sl_parts_label (_("On the network: tcp:192.168.1.50. By cable: /dev/usb/lp0. "
                                    "Into a folder: dir:/home/desk/receipts."), "row-detail"));
  add_choice (self, card, PAPER, _("Paper"), 3, NULL, NULL);
  add_choice (self, card, CUT, _("It cuts the paper"), 2, NULL, NULL);
  add_choice (self, card, DRAWER, _("A cash drawer hangs on it"), 2, NULL, NULL);
  show_choice (self, PAPER, papers, G_N_ELEMENTS (papers), "80");
  show_yes_no (self, CUT, TRUE);
  show_yes_no (self, DRAWER, FALSE);
  self->printer_state = GTK_LABEL (sl_parts_label (NULL, "body num settings-read"));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->printer_state));
  add_button (buttons, _("Use this printer"), "main", NULL, G_CALLBACK (on_printer), self);
  self->test_button = add_button (buttons, _("Print a test page"), "", NULL, G_CALLBACK (on_print), self);
  self->remove_button = add_button (buttons, _("Use no printer"), "danger", NULL, G_CALLBACK (on_printer_removed),
                                    self);
  gtk_box_append (GTK_BOX (card), buttons);
}

static void
make_payments (SlSettingsPage *self)
{
  GtkWidget *card = add_tab (self, "payments", _("Payments"));
  GtkWidget *buttons = sl_parts_flow (3);

  gtk_box_append (GTK_BOX (card), sl_parts_field (_("Link to pay by, at every desk of the studio"),
                                                  GTK_INPUT_PURPOSE_URL, &self->link_entry));
  gtk_box_append (GTK_BOX (card),
                  /* Translators: {reference}, {cents} and {amount} are typed like this into the link: do not translate
                   * them */
                  sl_parts_label (_("Whoever pays by QR code reads it from the screen with SnapScan, Zapper or their "
                                    "bank's app. The provider says what it is. {reference} stands in it for the number "
                                    "of the receipt, {cents} or {amount} for the money. Empty: no code is shown."),
                                  "row-detail"));
  add_button (buttons, _("Use this link"), "main", NULL, G_CALLBACK (on_pay_link), self);
  gtk_box_append (GTK_BOX (card), buttons);
}

static void
make_sounds (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings */
  GtkWidget *card = add_tab (self, "sounds", _("Sounds"));
  GtkWidget *buttons = sl_parts_flow (3);

  add_choice (self, card, SOUNDS, _("Answers at the door are heard"), 2, "ui", "sounds");
  gtk_box_append (GTK_BOX (card), sl_parts_label (_("Listen to one"), "field-label"));
  /* Translators: the sound of an answer at the door: somebody is checked in */
  add_button (buttons, _("Welcome"), "", "ok", G_CALLBACK (on_sound), self);
  /* Translators: the sound of an answer at the door: somebody can put it right here */
  add_button (buttons, _("Please see reception"), "", "attention", G_CALLBACK (on_sound), self);
  /* Translators: the sound of an answer at the door: not today */
  add_button (buttons, _("Refused"), "", "refusal", G_CALLBACK (on_sound), self);
  gtk_box_append (GTK_BOX (card), buttons);
}

static void
make_looks (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings: its colours, its size of text, its language */
  GtkWidget *card = add_tab (self, "screen", _("Screen"));

  add_choice (self, card, TEXT, _("Size of all text"), 4, "ui", "text_percent");
  add_choice (self, card, THEME, _("Colours"), 3, "ui", "theme");
  add_question (self, card, LANGUAGE, _("The door speaks"), 3, "ui", "language");
  self->sample_headline = GTK_LABEL (sl_parts_label (NULL, "heading settings-read"));
  self->sample_detail = GTK_LABEL (sl_parts_label (NULL, "body num"));
  gtk_widget_set_visible (GTK_WIDGET (self->sample_headline), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->sample_detail), FALSE);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->sample_headline));
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->sample_detail));
  /* Translators: a button: shows a few words in the language that the door speaks */
  add_tried (self, card, LANGUAGE, _("Show a sample"), NULL, G_CALLBACK (on_sample));
}

static void
make_light (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings: how bright the screen is */
  GtkWidget *card = add_tab (self, "light", _("Brightness"));
  /* Translators: a button beside percents: for a few seconds the screen is that bright */
  const char *try = _("Try it");

  self->light_note = GTK_LABEL (sl_parts_label (NULL, "body"));
  self->light_choice = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  self->light_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  add_choice (self, self->light_choice, LIGHT, _("Follows the time of day"), 2, "light", "managed");
  add_question (self, self->light_box, DAY, _("By day"), 5, "light", "day");
  add_tried (self, self->light_box, DAY, try, NO, G_CALLBACK (on_light));
  add_choice (self, self->light_box, DAY_FROM, _("The day begins at"), 6, "light", "day_from");
  add_question (self, self->light_box, NIGHT, _("By night"), 5, "light", "night");
  add_tried (self, self->light_box, NIGHT, try, YES, G_CALLBACK (on_light));
  add_choice (self, self->light_box, NIGHT_FROM, _("The night begins at"), 6, "light", "night_from");
  gtk_box_append (GTK_BOX (self->light_choice), self->light_box);
  gtk_box_append (GTK_BOX (card), self->light_choice);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->light_note));
}

static void
make_leave (SlSettingsPage *self)
{
  /* Translators: a tab of a device's settings: ending the program */
  GtkWidget *card = add_tab (self, "leave", _("Leave"));
  GtkWidget *buttons = sl_parts_flow (1);

  gtk_box_append (GTK_BOX (card),
                  sl_parts_label (_("Ends this program. Nobody can check in here until it is started again; "
                                    "nothing that was recorded is lost. It takes a manager's PIN."), "body"));
  add_button (buttons, _("Leave the desk program"), "danger", NULL, G_CALLBACK (on_leave), self);
  gtk_box_append (GTK_BOX (card), buttons);
}

static void
sl_settings_page_init (SlSettingsPage *self)
{
  GtkWidget *body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "section-body", 16);

  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  self->tabs = SL_SIDE_TABS (sl_side_tabs_new (_("Settings for this device"), PORTRAIT_TABS_IN_A_ROW));
  gtk_box_append (GTK_BOX (body), sl_parts_label (_("Settings for this device"), "title"));
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->tabs));
  make_camera (self);
  make_scanner (self);
  make_printer (self);
  make_payments (self);
  make_sounds (self);
  make_looks (self);
  make_light (self);
  make_leave (self);
  arrange (self, SL_SHAPE_ROOMY);
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), body);
  g_signal_connect_swapped (self->tabs, "shown", G_CALLBACK (on_tab), self);
}

/**
 * sl_settings_page_new:
 *
 * Returns: (transfer floating): a page that shows nothing yet
 */
GtkWidget *
sl_settings_page_new (void)
{
  return g_object_new (SL_TYPE_SETTINGS_PAGE, NULL);
}

/**
 * sl_settings_page_show_tab:
 * @self: a page
 * @name: "camera", "scanner", "printer", "payments", "sounds", "screen", "light" or "leave"
 */
void
sl_settings_page_show_tab (SlSettingsPage *self, const char *name)
{
  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  sl_side_tabs_show (self->tabs, name);
}

/**
 * sl_settings_page_is_trying:
 * @self: a page
 * @scanner: the scanner; else the camera
 *
 * Returns: whether somebody looks at what it reads
 */
gboolean
sl_settings_page_is_trying (SlSettingsPage *self, gboolean scanner)
{
  g_return_val_if_fail (SL_IS_SETTINGS_PAGE (self), FALSE);
  return gtk_widget_get_mapped (scanner ? GTK_WIDGET (self->scanner_read) : GTK_WIDGET (self->camera_read));
}

static void
show_light (SlSettingsPage *self, const SlSettingsShown *shown)
{
  static const int percents[] = { 20, 40, 60, 80, 100 };
  static const int mornings[] = { 5 * 60, 6 * 60, 7 * 60, 8 * 60 };
  static const int evenings[] = { 17 * 60, 18 * 60, 19 * 60, 20 * 60, 21 * 60 };
  g_autofree char *problem = NULL;

  show_yes_no (self, LIGHT, shown->is_light_managed);
  show_numbers (self, DAY, percents, G_N_ELEMENTS (percents), shown->day_percent, percent_words, number_value);
  show_numbers (self, NIGHT, percents, G_N_ELEMENTS (percents), shown->night_percent, percent_words, number_value);
  show_numbers (self, DAY_FROM, mornings, G_N_ELEMENTS (mornings), shown->day_from_min, time_value, time_value);
  show_numbers (self, NIGHT_FROM, evenings, G_N_ELEMENTS (evenings), shown->night_from_min, time_value, time_value);
  gtk_widget_set_visible (self->light_choice, shown->has_light);
  gtk_widget_set_visible (self->light_box, shown->is_light_managed);
  if (!shown->has_light)
    gtk_label_set_label (self->light_note, _("The brightness of this screen cannot be set from here: "
                                             "use the buttons on the screen itself."));
  else if (shown->light_problem != NULL)
    {
      problem = sl_text_fill (_("! The brightness could not be set: {reason}"), "reason", shown->light_problem, NULL);
      gtk_label_set_label (self->light_note, problem);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->light_note), !shown->has_light || shown->light_problem != NULL);
}

/**
 * sl_settings_page_set_shown:
 * @self: a page
 * @shown: all but the printer
 */
void
sl_settings_page_set_shown (SlSettingsPage *self, const SlSettingsShown *shown)
{
  static const int sizes[] = { 100, 110, 125, 150 };
  /* Translators: the colours of the screen; Automatic: as the computer's desktop has them */
  const SlSettingsItem themes[] = { { "light", _("Light") }, { "dark", _("Dark") }, { "auto", _("Automatic") } };

  g_return_if_fail (SL_IS_SETTINGS_PAGE (self) && shown != NULL);
  show_choice (self, CAMERA, shown->cameras, shown->n_cameras, shown->camera);
  show_yes_no (self, MIRROR, shown->is_mirrored);
  show_choice (self, SCANNER, shown->scanners, shown->n_scanners, shown->scanner);
  show_yes_no (self, SOUNDS, shown->has_sounds);
  show_numbers (self, TEXT, sizes, G_N_ELEMENTS (sizes), shown->text_percent, percent_words, number_value);
  show_choice (self, THEME, themes, G_N_ELEMENTS (themes), shown->theme);
  show_choice (self, LANGUAGE, shown->languages, shown->n_languages, shown->language);
  show_light (self, shown);
}

/**
 * sl_settings_page_set_printer:
 * @self: a page
 * @printer: as it is; what somebody is typing is left
 */
void
sl_settings_page_set_printer (SlSettingsPage *self, const SlSettingsPrinter *printer)
{
  const SlSettingsItem papers[] = { { "80", _("Roll, 80 mm") }, { "58", _("Roll, 58 mm") }, { "a4", _("A4 sheets") } };
  g_autofree char *n = g_strdup_printf ("%u", printer->waiting);
  g_autofree char *words = NULL;

  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  if (!self->is_printer_filled)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->target_entry), printer->target != NULL ? printer->target : "");
      show_choice (self, PAPER, papers, G_N_ELEMENTS (papers), printer->paper);
      show_yes_no (self, CUT, printer->cut);
      show_yes_no (self, DRAWER, printer->drawer);
    }
  self->is_printer_filled = printer->target != NULL;
  gtk_widget_set_visible (self->remove_button, printer->target != NULL);
  gtk_widget_set_visible (self->test_button, printer->target != NULL);
  if (printer->target == NULL)
    words = g_strdup (_("This desk has no printer."));
  else if (printer->problem != NULL)
    words = sl_text_fill (_("! {n} waiting: the printer does not print ({reason})"), "n", n, "reason",
                          printer->problem, NULL);
  else if (printer->waiting > 0)
    words = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} page is on its way.", "{n} pages are on their way.",
                                       printer->waiting), "n", n, NULL);
  else
    words = g_strdup (_("✓ All is printed."));
  gtk_label_set_label (self->printer_state, words);
}

/**
 * sl_settings_page_set_pay_link:
 * @self: a page
 * @link: (nullable): where a code leads to that somebody pays by; what somebody is typing is left
 */
void
sl_settings_page_set_pay_link (SlSettingsPage *self, const char *link)
{
  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  if (g_strcmp0 (self->link, link) == 0)
    return;
  g_free (self->link);
  self->link = g_strdup (link);
  gtk_editable_set_text (GTK_EDITABLE (self->link_entry), link != NULL ? link : "");
}

/**
 * sl_settings_page_set_sample:
 * @self: a page
 * @headline: what the door would say, in its language
 * @detail: a day, a time and money in it
 */
void
sl_settings_page_set_sample (SlSettingsPage *self, const char *headline, const char *detail)
{
  g_return_if_fail (SL_IS_SETTINGS_PAGE (self) && headline != NULL && detail != NULL);
  gtk_label_set_label (self->sample_headline, headline);
  gtk_label_set_label (self->sample_detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->sample_headline), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->sample_detail), TRUE);
}

/**
 * sl_settings_page_has_sample:
 * @self: a page
 *
 * Returns: whether a sample is shown: it is to follow the language
 */
gboolean
sl_settings_page_has_sample (SlSettingsPage *self)
{
  g_return_val_if_fail (SL_IS_SETTINGS_PAGE (self), FALSE);
  return gtk_widget_get_visible (GTK_WIDGET (self->sample_headline));
}

/**
 * sl_settings_page_set_camera:
 * @self: a page
 * @shown: how the camera is
 */
void
sl_settings_page_set_camera (SlSettingsPage *self, SlCameraShown shown)
{
  const SlCameraWords words = { _("Is it plugged in? It is tried again by itself."), _("No camera"),
                                _("Codes are read by the scanner alone.") };

  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  sl_camera_card_set_shown (self->card, shown, &words);
  gtk_widget_set_visible (GTK_WIDGET (self->camera_read), shown != SL_CAMERA_SHOWN_NONE);
}

/**
 * sl_settings_page_set_picture:
 * @self: a page
 * @texture: the camera's newest picture
 * @mirrored: whether to show it like a mirror
 */
void
sl_settings_page_set_picture (SlSettingsPage *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  sl_camera_card_set_picture (self->card, texture, mirrored);
}

/**
 * sl_settings_page_set_scanner_missing:
 * @self: a page
 * @missing: whether there should be one and is not
 */
void
sl_settings_page_set_scanner_missing (SlSettingsPage *self, gboolean missing)
{
  g_return_if_fail (SL_IS_SETTINGS_PAGE (self));
  gtk_widget_set_visible (GTK_WIDGET (self->scanner_state), missing);
}

/**
 * sl_settings_page_set_read:
 * @self: a page
 * @by_scanner: else by the camera
 * @what: what was read, in words
 */
void
sl_settings_page_set_read (SlSettingsPage *self, gboolean by_scanner, const char *what)
{
  g_autofree char *words = NULL;

  g_return_if_fail (SL_IS_SETTINGS_PAGE (self) && what != NULL);
  words = sl_text_fill (_("✓ Read: {what}"), "what", what, NULL);
  gtk_label_set_label (by_scanner ? self->scanner_read : self->camera_read, words);
}
