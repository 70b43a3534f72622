/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Small pieces that the pages of reception are put together from. All widgets are (transfer floating), their texts
 * wrap, and classes are style classes with blanks between them. */
GtkWidget *sl_parts_box (GtkOrientation orientation, const char *classes, int spacing);
GtkWidget *sl_parts_label (const char *text, const char *classes);
GtkWidget *sl_parts_button (const char *label, const char *classes);
GtkWidget *sl_parts_row (const char *title, const char *detail, const char *side); /* detail, side (nullable) */
GtkWidget *sl_parts_field (const char *label, GtkInputPurpose purpose, GtkEntry **out_entry);
GtkWidget *sl_parts_flow (guint most_in_a_row);
void sl_parts_flow_add (GtkWidget *flow, GtkWidget *child);
GtkWidget *sl_parts_scroll (GtkWidget *child);
void sl_parts_clear (GtkWidget *box);
void sl_parts_select_only (GtkWidget *box, GtkWidget *row); /* row (nullable) */
void sl_parts_set_class (GtkWidget *widget, const char *css_class, gboolean wanted);

/* "150", "150.50", "R 1 150,5": TRUE with cents of it, 0 or more; no floating point. */
gboolean sl_parts_parse_money (const char *text, gint64 *out_cents);
char *sl_parts_format_plain (gint64 cents); /* (transfer full): "150.00", as fields have it */
