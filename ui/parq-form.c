/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-parq-form"

#include "parq-form.h"

#include <glib/gi18n-lib.h>

/* What a studio has to know before somebody trains; in our own words. The keys are in what is kept: never changed. */
static const struct { const char *key, *question; } questions[] = {
  { "heart", N_("Has a doctor ever found something with your heart, or high blood pressure?") },
  { "chest_pain", N_("Do you feel pain in your chest, at rest or when you move?") },
  { "dizziness", N_("Have you lost your balance from dizziness, or fainted, in the last year?") },
  { "condition", N_("Have you another illness that does not go away, such as asthma or diabetes?") },
  { "medicine", N_("Do you take medicine for any of these?") },
  { "joints", N_("Has a bone, a joint or a muscle been hurt that training could make worse?") },
  { "pregnant", N_("Are you pregnant, or have you given birth in the last six months?") },
  { "supervision", N_("Has a doctor said that you should train only under supervision?") },
};

struct _SlParqForm {
  GtkBox parent_instance;

  GtkToggleButton *yes[G_N_ELEMENTS (questions)];
  GtkToggleButton *no[G_N_ELEMENTS (questions)];
};

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlParqForm, sl_parq_form, GTK_TYPE_BOX)

static void
on_toggled (GtkToggleButton *button, SlParqForm *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
sl_parq_form_class_init (SlParqFormClass *class)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static GtkToggleButton *
add_answer (SlParqForm *self, GtkWidget *row, const char *label, const char *question)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", label, question);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "filter");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_append (GTK_BOX (row), button);
  return GTK_TOGGLE_BUTTON (button);
}

static void
sl_parq_form_init (SlParqForm *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "member-list");
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
      GtkWidget *label = gtk_label_new (_(questions[i].question));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_widget_add_css_class (row, "card");
      gtk_box_append (GTK_BOX (row), label);
      self->no[i] = add_answer (self, row, C_("answer", "No"), _(questions[i].question));
      self->yes[i] = add_answer (self, row, C_("answer", "Yes"), _(questions[i].question));
      gtk_toggle_button_set_group (self->yes[i], self->no[i]);
      gtk_box_append (GTK_BOX (self), row);
    }
}

/**
 * sl_parq_form_new:
 *
 * Returns: (transfer floating): a form without any answer
 */
GtkWidget *
sl_parq_form_new (void)
{
  return g_object_new (SL_TYPE_PARQ_FORM, NULL);
}

/**
 * sl_parq_form_is_complete:
 * @self: a form
 *
 * Returns: whether every question has been answered
 */
gboolean
sl_parq_form_is_complete (SlParqForm *self)
{
  g_return_val_if_fail (SL_IS_PARQ_FORM (self), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    if (!gtk_toggle_button_get_active (self->yes[i]) && !gtk_toggle_button_get_active (self->no[i]))
      return FALSE;
  return TRUE;
}

/**
 * sl_parq_form_has_yes:
 * @self: a form
 *
 * Returns: whether there is something that whoever trains them has to know
 */
gboolean
sl_parq_form_has_yes (SlParqForm *self)
{
  g_return_val_if_fail (SL_IS_PARQ_FORM (self), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    if (gtk_toggle_button_get_active (self->yes[i]))
      return TRUE;
  return FALSE;
}

/**
 * sl_parq_form_get_answers:
 * @self: a complete form
 *
 * Returns: (transfer full): the answers as a JSON object, a word for each question
 */
char *
sl_parq_form_get_answers (SlParqForm *self)
{
  GString *text = g_string_new ("{");

  g_return_val_if_fail (SL_IS_PARQ_FORM (self), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    g_string_append_printf (text, "%s\"%s\":\"%s\"", i > 0 ? "," : "", questions[i].key,
                            gtk_toggle_button_get_active (self->yes[i]) ? "yes" : "no");
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

/**
 * sl_parq_form_get_question:
 * @key: of an answer that was kept
 *
 * Returns: (transfer none) (nullable): the question in the language of the moment; %NULL where it is none of ours
 */
const char *
sl_parq_form_get_question (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    if (g_str_equal (questions[i].key, key))
      return _(questions[i].question);
  return NULL;
}
