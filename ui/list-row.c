/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-list-row"

#include "list-row.h"

#include "widgets/tall-bin.h"

#define BUTTONS_KEY "sl-list-row-buttons"
#define COUNT_KEY "sl-list-row-count"
#define BUTTONS_BESIDE 2 /* more go below the words, which would have no room */
#define CHARS_MIN 8      /* a row is never so narrow; for less, each letter on a line would be tried */

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
row_label_new (const char *text, const char *css_class)
{
  GtkWidget *label = label_new (text, css_class);

  gtk_label_set_width_chars (GTK_LABEL (label), CHARS_MIN);
  return label;
}

static GtkWidget *
content_new (const SlListRowWords *words)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *bin = sl_tall_bin_new (texts); /* in a row, each text would be asked how wide it is at each height */

  gtk_widget_set_hexpand (bin, TRUE);
  gtk_widget_set_valign (bin, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), row_label_new (words->title, "row-title"));
  if (words->detail != NULL && *words->detail != '\0')
    gtk_box_append (GTK_BOX (texts), row_label_new (words->detail, "row-detail"));
  gtk_box_append (GTK_BOX (line), bin);
  if (words->state != NULL && *words->state != '\0')
    {
      GtkWidget *chip = label_new (words->state, "chip");
      gboolean is_below = words->figure != NULL && *words->figure != '\0'; /* beside that, words would have no room */

      gtk_label_set_wrap (GTK_LABEL (chip), FALSE); /* the text beside it gives way */
      gtk_widget_set_halign (chip, is_below ? GTK_ALIGN_START : GTK_ALIGN_FILL);
      gtk_widget_set_valign (chip, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (is_below ? texts : line), chip);
    }
  if (words->figure != NULL && *words->figure != '\0')
    {
      GtkWidget *figure = label_new (words->figure, "row-figure");

      gtk_label_set_xalign (GTK_LABEL (figure), 1);
      gtk_label_set_wrap (GTK_LABEL (figure), FALSE);
      gtk_box_append (GTK_BOX (line), figure);
    }
  return line;
}

/**
 * sl_list_row_words_to_string:
 * @words: what a row says
 *
 * Returns: (transfer full): the same of any row that reads alike
 */
char *
sl_list_row_words_to_string (const SlListRowWords *words)
{
  g_return_val_if_fail (words != NULL && words->title != NULL, g_strdup (""));
  return g_strjoin ("\x1f", words->title, words->detail != NULL ? words->detail : "",
                    words->state != NULL ? words->state : "", words->figure != NULL ? words->figure : "", NULL);
}

/**
 * sl_list_row_new:
 * @words: what it says
 *
 * Returns: (transfer floating): a row that is looked at
 */
GtkWidget *
sl_list_row_new (const SlListRowWords *words)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);

  g_return_val_if_fail (words != NULL && words->title != NULL, row);
  gtk_widget_add_css_class (row, "list-row");
  gtk_box_append (GTK_BOX (row), content_new (words));
  return row;
}

/**
 * sl_list_row_new_tapped:
 * @words: what it says
 * @action: a detailed name of an action above it
 * @target: its target, text
 *
 * Returns: (transfer floating): a row that is one button
 */
GtkWidget *
sl_list_row_new_tapped (const SlListRowWords *words, const char *action, const char *target)
{
  GtkWidget *row = gtk_button_new ();

  g_return_val_if_fail (words != NULL && words->title != NULL && action != NULL && target != NULL, row);
  gtk_widget_add_css_class (row, "row");
  gtk_button_set_child (GTK_BUTTON (row), content_new (words));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words->title, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), action);
  return row;
}

/**
 * sl_action_button_new:
 * @label: what it does
 * @style: "main", "danger" or ""
 * @action: the name of an action above it
 * @target: (nullable): its target, text
 *
 * Returns: (transfer floating): a button of the kit whose label wraps
 */
GtkWidget *
sl_action_button_new (const char *label, const char *style, const char *action, const char *target)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *text = gtk_label_new (label);

  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (text), GTK_NATURAL_WRAP_NONE); /* on one line where there is room */
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), text);
  gtk_widget_add_css_class (button, "action");
  if (*style != '\0')
    gtk_widget_add_css_class (button, style);
  if (target != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

/**
 * sl_list_row_add_button:
 * @row: of sl_list_row_new()
 * @label: what it does
 * @style: "main", "danger" or ""
 * @action: the name of an action above it
 * @target: its target, text
 *
 * Returns: (transfer none): the button, to the right of those before
 */
GtkWidget *
sl_list_row_add_button (GtkWidget *row, const char *label, const char *style, const char *action, const char *target)
{
  GtkWidget *button = sl_action_button_new (label, style, action, target);
  GtkWidget *buttons = g_object_get_data (G_OBJECT (row), BUTTONS_KEY);
  guint count = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), COUNT_KEY));

  if (buttons == NULL)
    {
      buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
      gtk_widget_set_valign (buttons, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (row), buttons);
      g_object_set_data (G_OBJECT (row), BUTTONS_KEY, buttons);
    }
  gtk_widget_add_css_class (button, "small");
  gtk_box_append (GTK_BOX (buttons), button);
  if (++count > BUTTONS_BESIDE)
    {
      gtk_orientable_set_orientation (GTK_ORIENTABLE (row), GTK_ORIENTATION_VERTICAL);
      gtk_widget_set_halign (buttons, GTK_ALIGN_END);
    }
  /* Beside the text it is the text that gives way. */
  for (GtkWidget *each = gtk_widget_get_first_child (buttons); each != NULL; each = gtk_widget_get_next_sibling (each))
    gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (each))), count > BUTTONS_BESIDE);
  g_object_set_data (G_OBJECT (row), COUNT_KEY, GUINT_TO_POINTER (count));
  return button;
}

/**
 * sl_list_heading_new:
 * @text: what the rows below are
 *
 * Returns: (transfer floating): a heading between rows
 */
GtkWidget *
sl_list_heading_new (const char *text)
{
  GtkWidget *label = label_new (text, "list-heading");

  return label;
}

/**
 * sl_list_note_new:
 * @text: a sentence
 *
 * Returns: (transfer floating): a quiet line between rows
 */
GtkWidget *
sl_list_note_new (const char *text)
{
  GtkWidget *label = label_new (text, "list-note");

  gtk_label_set_max_width_chars (GTK_LABEL (label), 50); /* it asks for no more in a sheet, and takes what there is */
  gtk_widget_add_css_class (label, "quiet");
  return label;
}

/**
 * sl_list_clear:
 * @list: a box
 *
 * Takes all out of it.
 */
void
sl_list_clear (GtkBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_box_remove (list, child);
}
