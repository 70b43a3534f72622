/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-parts"

#include "parts.h"

#include "text-fill.h"
#include "widgets/tall-bin.h"

#define ROW_CHARS_MIN 8
#define WHOLE_DIGITS_MAX 9 /* more money than any till holds */

static void
add_classes (GtkWidget *widget, const char *classes)
{
  g_auto (GStrv) words = g_strsplit (classes, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      gtk_widget_add_css_class (widget, words[i]);
}

/**
 * sl_parts_box:
 * @orientation: how its children follow each other
 * @classes: style classes, "" for none
 * @spacing: pixels between them
 *
 * Returns: (transfer floating): an empty box
 */
GtkWidget *
sl_parts_box (GtkOrientation orientation, const char *classes, int spacing)
{
  GtkWidget *box = gtk_box_new (orientation, spacing);

  add_classes (box, classes);
  return box;
}

/**
 * sl_parts_label:
 * @text: (nullable): what it says
 * @classes: style classes, "" for none
 *
 * Returns: (transfer floating): a label that wraps
 */
GtkWidget *
sl_parts_label (const char *text, const char *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  add_classes (label, classes);
  return label;
}

/**
 * sl_parts_button:
 * @label: what it does, as a verb
 * @classes: "main", "danger" and the like, "" for a quiet one
 *
 * Returns: (transfer floating): a large button
 */
GtkWidget *
sl_parts_button (const char *label, const char *classes)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkWidget *text = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (text), GTK_NATURAL_WRAP_NONE); /* where there is room, one line */
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (button, "action");
  add_classes (button, classes);
  return button;
}

/* A row is never so narrow. For less, each letter on a line would be tried: milliseconds for a sentence. */
static GtkWidget *
row_label (const char *text, const char *classes)
{
  GtkWidget *label = sl_parts_label (text, classes);

  gtk_label_set_width_chars (GTK_LABEL (label), ROW_CHARS_MIN);
  return label;
}

/**
 * sl_parts_row:
 * @title: what it is
 * @detail: (nullable): a quiet line below
 * @side: (nullable): a word or an amount to the right
 *
 * Returns: (transfer floating): a button that is a whole row, and says all of it to who cannot see it
 */
GtkWidget *
sl_parts_row (const char *title, const char *detail, const char *side)
{
  GtkWidget *row = gtk_button_new ();
  GtkWidget *across = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *spoken = sl_text_join (", ", title, detail != NULL ? detail : "", side != NULL ? side : "", NULL);

  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), row_label (title, "row-title"));
  if (detail != NULL && *detail != '\0')
    gtk_box_append (GTK_BOX (words), row_label (detail, "row-detail quiet num"));
  gtk_box_append (GTK_BOX (across), words);
  if (side != NULL && *side != '\0')
    {
      GtkWidget *label = sl_parts_label (side, "row-side num");

      gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      gtk_box_append (GTK_BOX (across), label);
    }
  gtk_button_set_child (GTK_BUTTON (row), across);
  gtk_widget_add_css_class (row, "row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

/**
 * sl_parts_field:
 * @label: what is to be typed
 * @purpose: which keys come up
 * @out_entry: (out) (transfer none): the field itself
 *
 * Returns: (transfer floating): the field with its label above
 */
GtkWidget *
sl_parts_field (const char *label, GtkInputPurpose purpose, GtkEntry **out_entry)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_input_purpose (GTK_ENTRY (entry), purpose);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_widget_add_css_class (entry, "field");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_box_append (GTK_BOX (box), sl_parts_label (label, "quiet"));
  gtk_box_append (GTK_BOX (box), entry);
  *out_entry = GTK_ENTRY (entry);
  return box;
}

/**
 * sl_parts_flow:
 * @most_in_a_row: how many stand beside each other where there is room
 *
 * Returns: (transfer floating): a place for buttons of one size, in as many rows as they need
 */
GtkWidget *
sl_parts_flow (guint most_in_a_row)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 1);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), most_in_a_row);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_widget_add_css_class (flow, "flow");
  return flow;
}

/**
 * sl_parts_flow_add:
 * @flow: of sl_parts_flow()
 * @child: a button
 *
 * Adds it at the end; only the button takes the focus.
 */
void
sl_parts_flow_add (GtkWidget *flow, GtkWidget *child)
{
  gtk_flow_box_append (GTK_FLOW_BOX (flow), child);
  gtk_widget_set_focusable (gtk_widget_get_parent (child), FALSE);
  g_object_bind_property (child, "visible", gtk_widget_get_parent (child), "visible", G_BINDING_SYNC_CREATE);
}

/**
 * sl_parts_scroll:
 * @child: what may be longer than its place
 *
 * Returns: (transfer floating): a place that scrolls up and down, and takes the room that there is
 */
GtkWidget *
sl_parts_scroll (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_IS_SCROLLABLE (child) ? child
                                                                 : sl_tall_bin_new (child));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_set_hexpand (scroller, TRUE);
  return scroller;
}

/**
 * sl_parts_clear:
 * @box: a #GtkBox, or of sl_parts_flow()
 *
 * Takes all out of it.
 */
void
sl_parts_clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    if (GTK_IS_FLOW_BOX (box))
      gtk_flow_box_remove (GTK_FLOW_BOX (box), child);
    else
      gtk_box_remove (GTK_BOX (box), child);
}

/**
 * sl_parts_set_class:
 * @widget: any
 * @css_class: a style class
 * @wanted: whether it has it from now on
 */
void
sl_parts_set_class (GtkWidget *widget, const char *css_class, gboolean wanted)
{
  if (wanted)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

/**
 * sl_parts_select_only:
 * @box: with rows
 * @row: (nullable): the one that is picked
 *
 * Marks a row, and no other.
 */
void
sl_parts_select_only (GtkWidget *box, GtkWidget *row)
{
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_BUTTON (child))
      sl_parts_set_class (child, "selected", child == row);
}

/**
 * sl_parts_parse_money:
 * @text: as somebody typed it: digits with blanks between, a sign of the currency before, cents behind "." or ","
 * @out_cents: (out): 0 or more
 *
 * Returns: whether it is an amount
 */
gboolean
sl_parts_parse_money (const char *text, gint64 *out_cents)
{
  gint64 whole = 0, cents = 0;
  int n_whole = 0, n_cents = -1;

  g_return_val_if_fail (text != NULL && out_cents != NULL, FALSE);
  while (*text == ' ' || g_ascii_isalpha (*text))
    text++;
  for (; *text != '\0'; text++)
    {
      if (*text == ' ')
        continue;
      if ((*text == '.' || *text == ',') && n_cents < 0)
        n_cents = 0;
      else if (!g_ascii_isdigit (*text))
        return FALSE;
      else if (n_cents < 0)
        whole = ++n_whole <= WHOLE_DIGITS_MAX ? whole * 10 + (*text - '0') : whole;
      else
        cents = ++n_cents <= 2 ? cents * 10 + (*text - '0') : cents;
    }
  if (n_whole > WHOLE_DIGITS_MAX || n_cents > 2 || n_whole + MAX (n_cents, 0) == 0)
    return FALSE;
  *out_cents = whole * 100 + (n_cents == 1 ? cents * 10 : cents);
  return TRUE;
}

/**
 * sl_parts_format_plain:
 * @cents: 0 or more
 *
 * Returns: (transfer full): "150.00": without a sign of the currency, as a field has it
 */
char *
sl_parts_format_plain (gint64 cents)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%02u", cents / 100, (guint) (cents % 100));
}
