/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* A row of reception's lists: what it is, what there is to say of it, a word for its state, a figure, and what can be
 * done, as actions (GtkActionable) whose target names what the row is about. */
typedef struct {
  const char *title;
  const char *detail; /* (nullable) */
  const char *state;  /* (nullable) */
  const char *figure; /* (nullable) */
} SlListRowWords;

char *sl_list_row_words_to_string (const SlListRowWords *words); /* (transfer full): two rows that read alike */
GtkWidget *sl_list_row_new (const SlListRowWords *words);
GtkWidget *sl_list_row_new_tapped (const SlListRowWords *words, const char *action, const char *target);
GtkWidget *sl_list_row_add_button (GtkWidget *row, const char *label, const char *style, const char *action,
                                   const char *target);
GtkWidget *sl_list_heading_new (const char *text);
GtkWidget *sl_list_note_new (const char *text);
GtkWidget *sl_action_button_new (const char *label, const char *style, const char *action, const char *target);
void sl_list_clear (GtkBox *list);
