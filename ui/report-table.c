/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-table"

#include "report-table.h"

#include "parts.h"

#define TEXT_CHARS_MAX 30 /* longer names take another line */
#define HEAD_CHARS_MIN 10 /* heads may be so wide over narrow figures */
#define NUMBER_KEY "sl-report-row"

struct _SlReportTable {
  GtkBox parent_instance;

  SlTableData *data;
  gboolean opens;       /* some row does */
  GPtrArray *widths;    /* (element-type GtkSizeGroup): a column each */
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

  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), is_figure (self, column) ? 1 : 0);
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  gtk_label_set_justify (GTK_LABEL (label), is_figure (self, column) ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
  return label;
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

static void
set_text (GtkWidget *label, const char *text, glong chars)
{
  g_autofree char *lines = break_lines (text != NULL ? text : "", chars);

  gtk_label_set_label (GTK_LABEL (label), lines);
}

/* What is given to a row, the heads and the sums alike, so that all stand under one another. */
static void
put_cell (SlReportTable *self, GtkWidget *row, guint column, GtkWidget *cell)
{
  gtk_widget_set_hexpand (cell, column == 0);
  gtk_size_group_add_widget (self->widths->pdata[column], cell);
  gtk_box_append (GTK_BOX (row), cell);
}

static const char *
longest_of (SlReportTable *self, guint column)
{
  const char *longest = self->data->total != NULL ? self->data->total[column] : "";
  glong length = g_utf8_strlen (longest, -1);

  for (guint i = 0; i < self->data->rows->len; i++)
    {
      const char *text = ((const SlTableRow *) self->data->rows->pdata[i])->cells[column];
      glong n = text != NULL ? g_utf8_strlen (text, -1) : 0;

      if (n > length)
        {
          longest = text;
          length = n;
        }
    }
  return longest;
}

/* A head is as wide as the widest of its column, also where that is out of sight: nothing moves while it scrolls. */
static GtkWidget *
head_new (SlReportTable *self, guint column)
{
  GtkWidget *head = gtk_stack_new (), *title = cell_new (self, column, "report-head");
  GtkWidget *widest = cell_new (self, column, is_figure (self, column) ? "report-cell num" : "report-cell");
  const char *longest = longest_of (self, column);

  gtk_stack_set_hhomogeneous (GTK_STACK (head), TRUE);
  gtk_stack_set_vhomogeneous (GTK_STACK (head), FALSE);
  set_text (title, self->data->titles->pdata[column], MAX (g_utf8_strlen (longest, -1), HEAD_CHARS_MIN));
  set_text (widest, longest, TEXT_CHARS_MAX);
  gtk_stack_add_child (GTK_STACK (head), title);
  gtk_stack_add_child (GTK_STACK (head), widest);
  gtk_widget_set_valign (head, GTK_ALIGN_END);
  return head;
}

static GtkWidget *
heads_new (SlReportTable *self)
{
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "report-row report-heads", 0);

  for (guint i = 0; i < self->data->n_columns; i++)
    put_cell (self, row, i, head_new (self, i));
  return row;
}

static GtkWidget *
total_new (SlReportTable *self)
{
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "report-row report-total", 0);

  for (guint i = 0; i < self->data->n_columns; i++)
    {
      GtkWidget *cell = cell_new (self, i, "report-cell num");

      gtk_label_set_label (GTK_LABEL (cell), self->data->total[i]);
      put_cell (self, row, i, cell);
    }
  return row;
}

/* --- rows --- */

static void
on_row_clicked (GtkButton *button, SlReportTable *self)
{
  g_signal_emit (self, signals[SIGNAL_ROW_OPENED], 0,
                 GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), NUMBER_KEY)));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SlReportTable *self)
{
  GtkWidget *row = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "report-row", 0);

  for (guint i = 0; i < self->data->n_columns; i++)
    {
      GtkWidget *cell = cell_new (self, i, is_figure (self, i) ? "report-cell num" : "report-cell");

      if (i == 0 && self->opens)
        {
          GtkWidget *button = gtk_button_new ();

          gtk_button_set_child (GTK_BUTTON (button), cell);
          gtk_widget_add_css_class (button, "report-open");
          g_signal_connect (button, "clicked", G_CALLBACK (on_row_clicked), self);
          cell = button;
        }
      put_cell (self, row, i, cell);
    }
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
      GtkWidget *label = GTK_IS_BUTTON (cell) ? gtk_button_get_child (GTK_BUTTON (cell)) : cell;

      set_text (label, row->cells[column], TEXT_CHARS_MAX);
      if (label == cell)
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
  g_ptr_array_unref (self->widths);
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
  self->widths = g_ptr_array_new_with_free_func (g_object_unref);
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
  for (guint i = 0; i < data->n_columns; i++)
    g_ptr_array_add (self->widths, gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL));
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
