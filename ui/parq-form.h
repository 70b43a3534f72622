/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The health questions, each with yes and no. Signal "changed": sl_parq_form_is_complete() may say something else. */
#define SL_TYPE_PARQ_FORM (sl_parq_form_get_type ())
G_DECLARE_FINAL_TYPE (SlParqForm, sl_parq_form, SL, PARQ_FORM, GtkBox)

GtkWidget *sl_parq_form_new (void);
gboolean sl_parq_form_is_complete (SlParqForm *self);
gboolean sl_parq_form_has_yes (SlParqForm *self);
char *sl_parq_form_get_answers (SlParqForm *self); /* (transfer full): JSON, {"heart":"no",…} */
const char *sl_parq_form_get_question (const char *key); /* (nullable) */
