/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A number, or what it stands for, that thumbs make larger and smaller. Signal: "changed" */
#define SL_TYPE_STEPPER (sl_stepper_get_type ())
G_DECLARE_FINAL_TYPE (SlStepper, sl_stepper, SL, STEPPER, GtkBox)

/* What the number stands for, in the language of the moment; (transfer full). */
typedef char *(*SlStepperWords) (gint64 value, gpointer data);

GtkWidget *sl_stepper_new (const char *label, gint64 min, gint64 max, gint64 value);
void sl_stepper_add_step (SlStepper *self, gint64 by, const char *label);
void sl_stepper_set_words (SlStepper *self, SlStepperWords words, gpointer data);
void sl_stepper_set_value (SlStepper *self, gint64 value);
gint64 sl_stepper_get_value (SlStepper *self);
