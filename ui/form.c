/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-form"

#include "form.h"

#define CHOICE_KEY "sl-form-choice"

struct _SlForm {
  GtkGrid parent_instance;

  GHashTable *fields; /* name → GtkEntry, or the GtkBox of a choice's buttons */
  int columns, row, column;
};

G_DEFINE_FINAL_TYPE (SlForm, sl_form, GTK_TYPE_GRID)

static void
sl_form_dispose (GObject *object)
{
  g_clear_pointer (&SL_FORM (object)->fields, g_hash_table_unref);
  G_OBJECT_CLASS (sl_form_parent_class)->dispose (object);
}

static void
sl_form_class_init (SlFormClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_form_dispose;
}

static void
sl_form_init (SlForm *self)
{
  self->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->columns = 2;
  gtk_grid_set_column_homogeneous (GTK_GRID (self), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self), 16);
  gtk_grid_set_row_spacing (GTK_GRID (self), 16);
  gtk_widget_add_css_class (GTK_WIDGET (self), "form");
}

/**
 * sl_form_new:
 *
 * Returns: (transfer floating): a form without fields, of two columns
 */
SlForm *
sl_form_new (void)
{
  return g_object_new (SL_TYPE_FORM, NULL);
}

/**
 * sl_form_new_wide:
 *
 * For a screen that is wide and not high.
 *
 * Returns: (transfer floating): a form without fields, of four columns
 */
SlForm *
sl_form_new_wide (void)
{
  SlForm *self = sl_form_new ();

  self->columns = 4;
  return self;
}

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Behind what stands in the row, if there is room for so many columns. */
static void
attach (SlForm *self, GtkWidget *widget, int columns)
{
  if (self->column + columns > self->columns)
    {
      self->column = 0;
      self->row++;
    }
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_grid_attach (GTK_GRID (self), widget, self->column, self->row, columns, 1);
  self->column += columns;
}

/**
 * sl_form_add_entry:
 * @self: a form
 * @name: by which it is asked for
 * @label: what is to be typed
 * @purpose: which keys it takes
 * @text: (nullable): what stands there
 *
 * Free text goes over two columns, all else over one.
 *
 * Returns: (transfer none): the field
 */
GtkEntry *
sl_form_add_entry (SlForm *self, const char *name, const char *label, GtkInputPurpose purpose, const char *text)
{
  GtkWidget *field = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *entry = gtk_entry_new ();

  g_return_val_if_fail (SL_IS_FORM (self) && name != NULL && label != NULL, GTK_ENTRY (entry));
  gtk_box_append (GTK_BOX (field), label_new (label, "field-label"));
  gtk_widget_add_css_class (entry, "field");
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), purpose);
  gtk_editable_set_text (GTK_EDITABLE (entry), text != NULL ? text : "");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_box_append (GTK_BOX (field), entry);
  gtk_widget_set_valign (field, GTK_ALIGN_END); /* level with one beside it whose label takes two lines */
  attach (self, field, purpose == GTK_INPUT_PURPOSE_FREE_FORM ? 2 : 1);
  g_hash_table_insert (self->fields, g_strdup (name), entry);
  return GTK_ENTRY (entry);
}

/**
 * sl_form_add_choice:
 * @self: a form
 * @name: by which it is asked for
 * @label: (nullable): the question
 * @choices: the answers
 * @n_choices: how many
 * @chosen: (nullable): which of their values is chosen; %NULL: none is
 */
void
sl_form_add_choice (SlForm *self, const char *name, const char *label, const SlFormChoice *choices, guint n_choices,
                    const char *chosen)
{
  GtkWidget *field = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkToggleButton *first = NULL;

  g_return_if_fail (SL_IS_FORM (self) && name != NULL && choices != NULL);
  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  for (guint i = 0; i < n_choices; i++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      GtkWidget *text = gtk_label_new (choices[i].label);
      g_autofree char *full = g_strdup_printf ("%s: %s", label != NULL ? label : "", choices[i].label);

      gtk_label_set_wrap (GTK_LABEL (text), TRUE);
      gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
      gtk_button_set_child (GTK_BUTTON (button), text);
      gtk_widget_add_css_class (button, "choice-button");
      g_object_set_data_full (G_OBJECT (button), CHOICE_KEY, g_strdup (choices[i].value), g_free);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_strcmp0 (chosen, choices[i].value) == 0);
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      label != NULL ? full : choices[i].label, -1);
      if (first == NULL)
        first = GTK_TOGGLE_BUTTON (button);
      gtk_box_append (GTK_BOX (buttons), button);
    }
  if (label != NULL)
    gtk_box_append (GTK_BOX (field), label_new (label, "field-label"));
  gtk_box_append (GTK_BOX (field), buttons);
  attach (self, field, self->columns);
  g_hash_table_insert (self->fields, g_strdup (name), buttons);
}

/**
 * sl_form_add_words:
 * @self: a form
 * @text: a sentence
 */
void
sl_form_add_words (SlForm *self, const char *text)
{
  GtkWidget *label = label_new (text, "body");

  g_return_if_fail (SL_IS_FORM (self));
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  attach (self, label, self->columns);
}

/**
 * sl_form_add_wide:
 * @self: a form
 * @widget: (transfer floating): anything, over the whole width
 */
void
sl_form_add_wide (SlForm *self, GtkWidget *widget)
{
  g_return_if_fail (SL_IS_FORM (self) && GTK_IS_WIDGET (widget));
  attach (self, widget, self->columns);
}

/**
 * sl_form_add_pair:
 * @self: a form
 * @widget: (transfer floating): anything, over two columns
 */
void
sl_form_add_pair (SlForm *self, GtkWidget *widget)
{
  g_return_if_fail (SL_IS_FORM (self) && GTK_IS_WIDGET (widget));
  gtk_widget_set_valign (widget, GTK_ALIGN_END); /* as fields are */
  attach (self, widget, 2);
}

/**
 * sl_form_get:
 * @self: a form
 * @name: of a field
 *
 * Returns: (transfer full): what was typed, without blanks around it, or the value that was chosen; "" for none
 */
char *
sl_form_get (SlForm *self, const char *name)
{
  GtkWidget *field;

  g_return_val_if_fail (SL_IS_FORM (self), g_strdup (""));
  field = g_hash_table_lookup (self->fields, name);
  if (field == NULL)
    return g_strdup ("");
  if (GTK_IS_ENTRY (field))
    return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (field))));
  for (GtkWidget *button = gtk_widget_get_first_child (field); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)))
      return g_strdup (g_object_get_data (G_OBJECT (button), CHOICE_KEY));
  return g_strdup ("");
}
