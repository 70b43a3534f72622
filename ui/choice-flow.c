/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-choice-flow"

#include "choice-flow.h"

#include "parts.h"

#define VALUE_KEY "sl-choice-flow-value"
/* What scrolls asks for the height of a flow at its narrowest: no narrower than this. */
#define FEWEST_IN_A_ROW 2
#define LABEL_CHARS_MIN 10

struct _SlChoiceFlow {
  GtkBox parent_instance;

  char *question;
  GtkWidget *flow;
  GtkToggleButton *first; /* (nullable) */
  const char *chosen;     /* (nullable): the button's */
  gboolean is_several;
};

enum { SIGNAL_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlChoiceFlow, sl_choice_flow, GTK_TYPE_BOX)

static void
on_toggled (GtkToggleButton *button, SlChoiceFlow *self)
{
  if (!gtk_toggle_button_get_active (button) && !self->is_several)
    return;
  self->chosen = g_object_get_data (G_OBJECT (button), VALUE_KEY);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
sl_choice_flow_finalize (GObject *object)
{
  g_free (SL_CHOICE_FLOW (object)->question);
  G_OBJECT_CLASS (sl_choice_flow_parent_class)->finalize (object);
}

static void
sl_choice_flow_class_init (SlChoiceFlowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_choice_flow_finalize;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
sl_choice_flow_init (SlChoiceFlow *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
}

/**
 * sl_choice_flow_new:
 * @question: what is asked
 * @most_in_a_row: how many answers stand beside each other where there is room
 *
 * Returns: (transfer floating): a question without answers, and none chosen
 */
GtkWidget *
sl_choice_flow_new (const char *question, guint most_in_a_row)
{
  SlChoiceFlow *self = g_object_new (SL_TYPE_CHOICE_FLOW, NULL);

  self->question = g_strdup (question);
  self->flow = sl_parts_flow (most_in_a_row);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->flow), MIN (FEWEST_IN_A_ROW, most_in_a_row));
  gtk_box_append (GTK_BOX (self), sl_parts_label (question, "field-label"));
  gtk_box_append (GTK_BOX (self), self->flow);
  return GTK_WIDGET (self);
}

/**
 * sl_choice_flow_new_several:
 * @question: what is asked
 * @most_in_a_row: how many answers stand beside each other where there is room
 *
 * Returns: (transfer floating): a question without answers, of which any number can be chosen
 */
GtkWidget *
sl_choice_flow_new_several (const char *question, guint most_in_a_row)
{
  GtkWidget *self = sl_choice_flow_new (question, most_in_a_row);

  SL_CHOICE_FLOW (self)->is_several = TRUE;
  return self;
}

static void
on_ticked (GtkToggleButton *button, GtkWidget *tick)
{
  gtk_widget_set_opacity (tick, gtk_toggle_button_get_active (button) ? 1 : 0);
}

/* One alone stands out among the others; of several it is not to be seen which colour means yes. */
static GtkWidget *
with_tick (GtkWidget *button, GtkWidget *text)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 8);
  GtkWidget *tick = sl_parts_label ("✓", "");

  on_ticked (GTK_TOGGLE_BUTTON (button), tick);
  g_signal_connect (button, "toggled", G_CALLBACK (on_ticked), tick);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), tick);
  gtk_box_append (GTK_BOX (box), text);
  return box;
}

/**
 * sl_choice_flow_add:
 * @self: a question
 * @value: what the program calls the answer
 * @label: what people call it
 */
void
sl_choice_flow_add (SlChoiceFlow *self, const char *value, const char *label)
{
  GtkWidget *button = gtk_toggle_button_new (), *text = sl_parts_label (label, "num");
  g_autofree char *spoken = NULL;

  g_return_if_fail (SL_IS_CHOICE_FLOW (self) && value != NULL && label != NULL);
  spoken = g_strdup_printf ("%s: %s", self->question, label);
  gtk_label_set_width_chars (GTK_LABEL (text), LABEL_CHARS_MIN);
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (text), 0.5f);
  gtk_button_set_child (GTK_BUTTON (button), self->is_several ? with_tick (button, text) : text);
  gtk_widget_add_css_class (button, "choice-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), VALUE_KEY, g_strdup (value), g_free);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), self->first);
  if (self->first == NULL && !self->is_several)
    self->first = GTK_TOGGLE_BUTTON (button);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  sl_parts_flow_add (self->flow, button);
}

static GtkToggleButton *
find_button (SlChoiceFlow *self, const char *value)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->flow); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = gtk_widget_get_first_child (child);

      if (g_strcmp0 (g_object_get_data (G_OBJECT (button), VALUE_KEY), value) == 0)
        return GTK_TOGGLE_BUTTON (button);
    }
  return NULL;
}

/**
 * sl_choice_flow_choose:
 * @self: a question
 * @value: an answer
 *
 * Returns: whether it is one of them; nothing is changed where it is not
 */
gboolean
sl_choice_flow_choose (SlChoiceFlow *self, const char *value)
{
  GtkToggleButton *button;

  g_return_val_if_fail (SL_IS_CHOICE_FLOW (self), FALSE);
  button = find_button (self, value);
  if (button != NULL)
    gtk_toggle_button_set_active (button, TRUE);
  return button != NULL;
}

/**
 * sl_choice_flow_is_chosen:
 * @self: a question
 * @value: an answer
 *
 * Returns: whether it is chosen, besides others or alone
 */
gboolean
sl_choice_flow_is_chosen (SlChoiceFlow *self, const char *value)
{
  GtkToggleButton *button;

  g_return_val_if_fail (SL_IS_CHOICE_FLOW (self), FALSE);
  button = find_button (self, value);
  return button != NULL && gtk_toggle_button_get_active (button);
}

/**
 * sl_choice_flow_get_chosen:
 * @self: a question
 *
 * Returns: (transfer none) (nullable): the answer
 */
const char *
sl_choice_flow_get_chosen (SlChoiceFlow *self)
{
  g_return_val_if_fail (SL_IS_CHOICE_FLOW (self), NULL);
  return self->chosen;
}
