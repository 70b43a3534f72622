/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A question, and its answers as buttons in as many rows as they need. One of them is down, or of a question that has
 * several, any number, with a tick. Signal: "chosen" */
#define SL_TYPE_CHOICE_FLOW (sl_choice_flow_get_type ())
G_DECLARE_FINAL_TYPE (SlChoiceFlow, sl_choice_flow, SL, CHOICE_FLOW, GtkBox)

GtkWidget *sl_choice_flow_new (const char *question, guint most_in_a_row);
GtkWidget *sl_choice_flow_new_several (const char *question, guint most_in_a_row);
void sl_choice_flow_add (SlChoiceFlow *self, const char *value, const char *label);
gboolean sl_choice_flow_choose (SlChoiceFlow *self, const char *value);
const char *sl_choice_flow_get_chosen (SlChoiceFlow *self); /* (nullable): of one that has not several */
gboolean sl_choice_flow_is_chosen (SlChoiceFlow *self, const char *value);
