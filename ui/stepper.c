/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-stepper"

#include "stepper.h"

#include "parts.h"

#define STEP_KEY "sl-stepper-step"

struct _SlStepper {
  GtkBox parent_instance;

  char *name;
  gint64 min, max, value;
  SlStepperWords words; /* (nullable): the number itself */
  gpointer data;
  GtkLabel *value_label;
  GtkWidget *buttons;
};

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlStepper, sl_stepper, GTK_TYPE_BOX)

static gint64
step_of (GtkWidget *button)
{
  return *(gint64 *) g_object_get_data (G_OBJECT (button), STEP_KEY);
}

/* A step that leads nowhere cannot be taken; one that leads too far goes to the end. */
static void
show_value (SlStepper *self)
{
  g_autofree char *text = self->words != NULL ? self->words (self->value, self->data)
                                              : g_strdup_printf ("%" G_GINT64_FORMAT, self->value);

  gtk_label_set_label (self->value_label, text);
  for (GtkWidget *button = gtk_widget_get_first_child (self->buttons); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    gtk_widget_set_sensitive (button, step_of (button) < 0 ? self->value > self->min : self->value < self->max);
}

static void
on_step (GtkWidget *button, SlStepper *self)
{
  sl_stepper_set_value (self, self->value + step_of (button));
}

static void
sl_stepper_finalize (GObject *object)
{
  g_free (SL_STEPPER (object)->name);
  G_OBJECT_CLASS (sl_stepper_parent_class)->finalize (object);
}

static void
sl_stepper_class_init (SlStepperClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_stepper_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
sl_stepper_init (SlStepper *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
}

/**
 * sl_stepper_new:
 * @label: what the number is
 * @min: the least
 * @max: the most
 * @value: to begin with
 *
 * Returns: (transfer floating): a stepper without steps: sl_stepper_add_step()
 */
GtkWidget *
sl_stepper_new (const char *label, gint64 min, gint64 max, gint64 value)
{
  SlStepper *self = g_object_new (SL_TYPE_STEPPER, NULL);
  GtkWidget *words = sl_parts_label (NULL, "row-title num");

  self->name = g_strdup (label);
  self->min = min;
  self->max = max;
  self->value = CLAMP (value, min, max);
  self->value_label = GTK_LABEL (words);
  self->buttons = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 8);
  gtk_box_set_homogeneous (GTK_BOX (self->buttons), TRUE);
  gtk_box_append (GTK_BOX (self), sl_parts_label (label, "field-label"));
  gtk_box_append (GTK_BOX (self), words);
  gtk_box_append (GTK_BOX (self), self->buttons);
  show_value (self);
  return GTK_WIDGET (self);
}

/**
 * sl_stepper_add_step:
 * @self: a stepper
 * @by: what it adds; below zero: takes away
 * @label: the same in words, "+5"
 *
 * Adds a button, to the right of those before.
 */
void
sl_stepper_add_step (SlStepper *self, gint64 by, const char *label)
{
  GtkWidget *button = sl_parts_button (label, "small step");
  g_autofree char *spoken = NULL;

  g_return_if_fail (SL_IS_STEPPER (self) && by != 0);
  spoken = g_strdup_printf ("%s: %s", self->name, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), STEP_KEY, g_memdup2 (&by, sizeof by), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_step), self);
  gtk_box_append (GTK_BOX (self->buttons), button);
  show_value (self);
}

/**
 * sl_stepper_set_words:
 * @self: a stepper
 * @words: says what a number stands for
 * @data: for @words; outlives the stepper
 *
 * Says it anew, too, where what @words goes by has changed.
 */
void
sl_stepper_set_words (SlStepper *self, SlStepperWords words, gpointer data)
{
  g_return_if_fail (SL_IS_STEPPER (self));
  self->words = words;
  self->data = data;
  show_value (self);
}

/**
 * sl_stepper_set_value:
 * @self: a stepper
 * @value: is brought between the least and the most
 */
void
sl_stepper_set_value (SlStepper *self, gint64 value)
{
  g_return_if_fail (SL_IS_STEPPER (self));
  value = CLAMP (value, self->min, self->max);
  if (value == self->value)
    return;
  self->value = value;
  show_value (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * sl_stepper_get_value:
 * @self: a stepper
 *
 * Returns: the number
 */
gint64
sl_stepper_get_value (SlStepper *self)
{
  g_return_val_if_fail (SL_IS_STEPPER (self), 0);
  return self->value;
}
