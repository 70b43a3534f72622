/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Named fields below one another, two in a line where they are short, or four in a wide form. What was filled in is
 * asked for by name. */
#define SL_TYPE_FORM (sl_form_get_type ())
G_DECLARE_FINAL_TYPE (SlForm, sl_form, SL, FORM, GtkGrid)

typedef struct { const char *value, *label; } SlFormChoice;

SlForm *sl_form_new (void);
SlForm *sl_form_new_wide (void);
GtkEntry *sl_form_add_entry (SlForm *self, const char *name, const char *label, GtkInputPurpose purpose,
                             const char *text);
void sl_form_add_choice (SlForm *self, const char *name, const char *label, const SlFormChoice *choices,
                         guint n_choices, const char *chosen);
void sl_form_add_words (SlForm *self, const char *text);
void sl_form_add_wide (SlForm *self, GtkWidget *widget);
void sl_form_add_pair (SlForm *self, GtkWidget *widget);
char *sl_form_get (SlForm *self, const char *name);
