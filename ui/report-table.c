/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-table"

#include "report-table.h"

#include "parts.h"
#include "report-columns.h"

#define TEXT_CHARS_MAX 30 /* longer names take another line */
#define HEAD_CHARS_MIN 10 /* heads may be so wide over narrow figures */
#define WIDEST_MAX 3      /* that look the widest of a column are measured */
#define NUMBER_KEY "sl-report-row"

struct _SlReportTable {
  GtkBox parent_instance;

  SlTableData *data;
  gboolean opens;       /* some row does */
  SlReportColumns *columns;
};

enum { SIGNAL_ROW_OPENED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlReportTable, sl_report_table, GTK_TYPE_BOX)

static void
row_free (gpointer data)
{
  g_strfreev (((SlTableRow *) data)->cells);
  g_free (data);
}

/**
 * sl_table_data_new:
 *
 * Returns: (transfer full): a table without columns
 */
SlTableData *
sl_table_data_new (void)
{
  SlTableData *data = g_new0 (SlTableData, 1);

  data->titles = g_ptr_array_new_with_free_func (g_free);
  data->figures = g_array_new (FALSE, FALSE, sizeof (gboolean));
  data->rows = g_ptr_array_new_with_free_func (row_free);
  return data;
}

/**
 * sl_table_data_free:
 * @data: (nullable) (transfer full): a table
 */
void
sl_table_data_free (SlTableData *data)
{
  if (data == NULL)
    return;
  g_ptr_array_unref (data->titles);
  g_array_unref (data->figures);
  g_ptr_array_unref (data->rows);
  g_strfreev (data->total);
  g_free (data);
}

/**
 * sl_table_data_add_column:
 * @data: a table without rows
 * @title: what stands over it
 * @is_figure: whether its texts are figures
 */
void
sl_table_data_add_column (SlTableData *data, const char *title, gboolean is_figure)
{
  g_return_if_fail (data != NULL && title != NULL && data->rows->len == 0);
  g_ptr_array_add (data->titles, g_strdup (title));
  g_array_append_val (data->figures, is_figure);
  data->n_columns++;
}

/**
 * sl_table_data_add_row:
 * @data: a table
 * @opens: whether there is something behind it
 *
 * Returns: (transfer none): a place for its texts, each column's (transfer full)
 */
char **
sl_table_data_add_row (SlTableData *data, gboolean opens)
{
  SlTableRow *row = g_new0 (SlTableRow, 1);

  g_return_val_if_fail (data != NULL, NULL);
  row->cells = g_new0 (char *, data->n_columns + 1);
  row->opens = opens;
  g_ptr_array_add (data->rows, row);
  return row->cells;
}

static gboolean
is_figure (SlReportTable *self, guint column)
{
  return g_array_index (self->data->figures, gboolean, column);
}

/* --- cells --- */

static GtkWidget *
cell_new (SlReportTable *self, guint column, const char *classes)
{
  GtkWidget *label = sl_parts_label (NULL, classes);

  gtk_label_set_xalign (GTK_LABEL (label), is_figure (self, column) ? 1 : 0);
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  gtk_label_set_justify (GTK_LABEL (label), is_figure (self, column) ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
  return label;
}

static void
on_row_clicked (GtkButton *button, SlReportTable *self)
{
  g_signal_emit (self, signals[SIGNAL_ROW_OPENED], 0,
                 GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), NUMBER_KEY)));
}

/* A row's: the first one is tapped where rows open. */
static GtkWidget *
row_cell_new (SlReportTable *self, guint column)
{
  GtkWidget *cell = cell_new (self, column, is_figure (self, column) ? "report-cell num" : "report-cell"), *button;

  if (column > 0 || !self->opens)
    return cell;
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), cell);
  gtk_widget_add_css_class (button, "report-open");
  g_signal_connect (button, "clicked", G_CALLBACK (on_row_clicked), self);
  return button;
}

/* Lines of so many letters where there are blanks. By hand: what wraps by itself has another width for each height, and
 * the columns would not stand under one another. */
static char *
break_lines (const char *text, glong chars)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GString) lines = g_string_new (NULL);
  glong in_line = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      glong n = g_utf8_strlen (words[i], -1);
      gboolean fits = i == 0 || in_line + 1 + n <= chars;

      if (i > 0)
        g_string_append_c (lines, fits ? ' ' : '\n');
      g_string_append (lines, words[i]);
      in_line = fits && i > 0 ? in_line + 1 + n : n;
    }
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

/* cell: of cell_new() or row_cell_new() */
static void
set_text (GtkWidget *cell, const char *text, glong chars)
{
  GtkWidget *label = GTK_IS_BUTTON (cell) ? gtk_button_get_child (GTK_BUTTON (cell)) : cell;
  g_autofree char *lines = break_lines (text != NULL ? text : "", chars);

  gtk_label_set_label (GTK_LABEL (label), lines);
}

/* --- widths --- */

/* How wide texts are, letter by letter: enough to tell which of thousands are worth measuring. */
typedef struct {
  PangoLayout *layout;
  GHashTable *widths; /* (element-type gunichar int) */
} Ruler;

static int
letter_width (Ruler *ruler, gunichar letter)
{
  gpointer width;
  char text[6];
  int measured;

  if (g_unichar_isdigit (letter))
    letter = '0'; /* figures are all of one width */
  if (g_hash_table_lookup_extended (ruler->widths, GUINT_TO_POINTER (letter), NULL, &width))
    return GPOINTER_TO_INT (width);
  pango_layout_set_text (ruler->layout, text, g_unichar_to_utf8 (letter, text));
  pango_layout_get_size (ruler->layout, &measured, NULL);
  g_hash_table_insert (ruler->widths, GUINT_TO_POINTER (letter), GINT_TO_POINTER (measured));
  return measured;
}

/* Of the widest line. */
static int
text_width (Ruler *ruler, const char *text)
{
  g_autofree char *lines = break_lines (text != NULL ? text : "", TEXT_CHARS_MAX);
  int line = 0, widest = 0;

  for (const char *at = lines; *at != '\0'; at = g_utf8_next_char (at))
    {
      line = *at == '\n' ? 0 : line + letter_width (ruler, g_utf8_get_char (at));
      widest = MAX (widest, line);
    }
  return widest;
}

/* The texts of a column that look the widest, the widest first; less than so many: %NULL. */
static void
find_widest (SlReportTable *self, Ruler *ruler, guint column, const char *texts[WIDEST_MAX])
{
  int widths[WIDEST_MAX] = { 0 };

  for (guint i = 0; i < self->data->rows->len; i++)
    {
      const char *text = ((const SlTableRow *) self->data->rows->pdata[i])->cells[column];
      int width = text_width (ruler, text);

      for (guint j = 0; j < WIDEST_MAX && width > 0; j++)
        if (width > widths[j])
          {
            const char *narrower = texts[j];
            int narrower_width = widths[j];

            texts[j] = text;
            widths[j] = width;
            text = narrower;
            width = narrower_width;
          }
    }
}

/* A column is as wide as the widest of its texts, also where that is out of sight: nothing moves while it scrolls. */
static void
add_widest (SlReportTable *self, GtkWidget *heads, Ruler *ruler, guint column)
{
  const char *texts[WIDEST_MAX] = { NULL };

  find_widest (self, ruler, column, texts);
  for (guint i = 0; i < WIDEST_MAX && texts[i] != NULL; i++)
    {
      GtkWidget *cell = row_cell_new (self, column);

      set_text (cell, texts[i], TEXT_CHARS_MAX);
      gtk_box_append (GTK_BOX (heads), cell);
      gtk_widget_set_child_visible (cell, FALSE);
      gtk_accessible_update_state (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
      sl_report_columns_add (self->columns, column, cell);
    }
}

static glong
count_chars (const char *text)
{
  return text != NULL ? g_utf8_strlen (text, -1) : 0;
}

static glong
longest_of (SlReportTable *self, guint column)
{
  glong longest = self->data->total != NULL ? count_chars (self->data->total[column]) : 0;

  for (guint i = 0; i < self->data->rows->len; i++)
    longest = MAX (longest, count_chars (((const SlTableRow *) self->data->rows->pdata[i])->cells[column]));
  return longest;
}

/* --- heads and sums --- */

static GtkWidget *
heads_new (SlReportTable *self)
{
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "report-row report-heads", 0);
  g_autoptr (GtkWidget) cell = g_object_ref_sink (cell_new (self, 0, "report-cell"));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (cell, NULL);
  g_autoptr (GHashTable) widths = g_hash_table_new (NULL, NULL);
  Ruler ruler = { layout, widths };

  for (guint i = 0; i < self->data->n_columns; i++)
    {
      GtkWidget *title = cell_new (self, i, "report-head");

      set_text (title, self->data->titles->pdata[i], MAX (longest_of (self, i), HEAD_CHARS_MIN));
      gtk_widget_set_valign (title, GTK_ALIGN_END);
      gtk_box_append (GTK_BOX (row), title);
      sl_report_columns_add (self->columns, i, title);
    }
  for (guint i = 0; i < self->data->n_columns; i++)
    add_widest (self, row, &ruler, i);
  gtk_widget_set_layout_manager (row, GTK_LAYOUT_MANAGER (g_object_ref (self->columns)));
  return row;
}

static GtkWidget *
row_new (SlReportTable *self, const char *classes)
{
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, classes, 0);

  gtk_widget_set_layout_manager (row, GTK_LAYOUT_MANAGER (sl_report_columns_new_below (self->columns)));
  return row;
}

static GtkWidget *
total_new (SlReportTable *self)
{
  GtkWidget *row = row_new (self, "report-row report-total");

  for (guint i = 0; i < self->data->n_columns; i++)
    {
      GtkWidget *cell = cell_new (self, i, "report-cell num");

      gtk_label_set_label (GTK_LABEL (cell), self->data->total[i]);
      gtk_box_append (GTK_BOX (row), cell);
      sl_report_columns_add (self->columns, i, cell);
    }
  return row;
}

/* --- rows --- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SlReportTable *self)
{
  GtkWidget *row = row_new (self, "report-row");

  for (guint i = 0; i < self->data->n_columns; i++)
    gtk_box_append (GTK_BOX (row), row_cell_new (self, i));
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SlReportTable *self)
{
  guint number = gtk_list_item_get_position (item), column = 0;
  const SlTableRow *row = self->data->rows->pdata[number];

  for (GtkWidget *cell = gtk_widget_get_first_child (gtk_list_item_get_child (item)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell), column++)
    {
      set_text (cell, row->cells[column], TEXT_CHARS_MAX);
      if (!GTK_IS_BUTTON (cell))
        continue;
      g_object_set_data (G_OBJECT (cell), NUMBER_KEY, GUINT_TO_POINTER (number));
      gtk_widget_set_sensitive (cell, row->opens);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, row->cells[0], -1);
    }
}

static GtkWidget *
list_new (SlReportTable *self)
{
  GtkStringList *places = gtk_string_list_new (NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *list, *scroller;

  /* The list tells a row its place, and that is all that a row needs. */
  for (guint i = 0; i < self->data->rows->len; i++)
    gtk_string_list_append (places, "");
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (places))), factory);
  gtk_widget_add_css_class (list, "report-list");
  scroller = sl_parts_scroll (list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE); /* sums follow a few rows */
  gtk_widget_set_vexpand (scroller, FALSE);
  return scroller;
}

static void
sl_report_table_dispose (GObject *object)
{
  SlReportTable *self = SL_REPORT_TABLE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  G_OBJECT_CLASS (sl_report_table_parent_class)->dispose (object);
}

static void
sl_report_table_finalize (GObject *object)
{
  SlReportTable *self = SL_REPORT_TABLE (object);

  sl_table_data_free (self->data);
  g_clear_object (&self->columns);
  G_OBJECT_CLASS (sl_report_table_parent_class)->finalize (object);
}

static void
sl_report_table_class_init (SlReportTableClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_report_table_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_report_table_finalize;
  signals[SIGNAL_ROW_OPENED] = g_signal_new ("row-opened", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
sl_report_table_init (SlReportTable *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "report-table");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
}

/**
 * sl_report_table_new:
 * @data: (transfer full): what it shows
 *
 * Returns: (transfer floating): a table
 */
GtkWidget *
sl_report_table_new (SlTableData *data)
{
  SlReportTable *self;
  GtkWidget *content = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0), *across = gtk_scrolled_window_new ();

  g_return_val_if_fail (data != NULL, NULL);
  self = g_object_new (SL_TYPE_REPORT_TABLE, NULL);
  self->data = data;
  self->columns = sl_report_columns_new (data->n_columns);
  for (guint i = 0; i < data->rows->len; i++)
    self->opens |= ((const SlTableRow *) data->rows->pdata[i])->opens;
  gtk_box_append (GTK_BOX (content), heads_new (self));
  gtk_box_append (GTK_BOX (content), list_new (self));
  if (data->total != NULL)
    gtk_box_append (GTK_BOX (content), total_new (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (across), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (across), content);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (across), TRUE);
  gtk_widget_set_hexpand (across, TRUE);
  gtk_box_append (GTK_BOX (self), across);
  return GTK_WIDGET (self);
}
