/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-columns"

#include "report-columns.h"

struct _SlReportColumns {
  GtkLayoutManager parent_instance;

  SlReportColumns *heads; /* (nullable): in a row below them */
  GPtrArray *cells;       /* in the heads (element-type GPtrArray): a column's (element-type GtkWidget) */
  int *widths_px;
};

G_DEFINE_FINAL_TYPE (SlReportColumns, sl_report_columns, GTK_TYPE_LAYOUT_MANAGER)

static SlReportColumns *
heads_of (SlReportColumns *self)
{
  return self->heads != NULL ? self->heads : self;
}

static int
sum_up (SlReportColumns *heads)
{
  int sum = 0;

  for (guint i = 0; i < heads->cells->len; i++)
    sum += heads->widths_px[i];
  return sum;
}

static void
measure_columns (SlReportColumns *heads)
{
  for (guint i = 0; i < heads->cells->len; i++)
    {
      const GPtrArray *cells = heads->cells->pdata[i];

      heads->widths_px[i] = 0;
      for (guint j = 0; j < cells->len; j++)
        {
          int natural;

          gtk_widget_measure (cells->pdata[j], GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
          heads->widths_px[i] = MAX (heads->widths_px[i], natural);
        }
    }
}

/* The toolkit remembers what the heads have answered, until one of their texts has another size. */
static int
measure_width (SlReportColumns *self)
{
  GtkWidget *heads;

  if (self->heads == NULL)
    measure_columns (self);
  else if ((heads = gtk_layout_manager_get_widget (GTK_LAYOUT_MANAGER (self->heads))) != NULL)
    gtk_widget_measure (heads, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  return sum_up (heads_of (self));
}

static int
measure_height (GtkWidget *row)
{
  int height = 0;

  for (GtkWidget *cell = gtk_widget_get_first_child (row); cell != NULL; cell = gtk_widget_get_next_sibling (cell))
    if (gtk_widget_get_child_visible (cell))
      {
        int natural;

        gtk_widget_measure (cell, GTK_ORIENTATION_VERTICAL, -1, NULL, &natural, NULL, NULL);
        height = MAX (height, natural);
      }
  return height;
}

static void
sl_report_columns_measure (GtkLayoutManager *manager, GtkWidget *row, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? measure_width (SL_REPORT_COLUMNS (manager))
             : measure_height (row);
  *natural = *minimum;
  *minimum_baseline = *natural_baseline = -1;
}

/* No text in it is broken anew at another width. */
static GtkSizeRequestMode
sl_report_columns_get_request_mode (GtkLayoutManager *manager, GtkWidget *row)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
sl_report_columns_allocate (GtkLayoutManager *manager, GtkWidget *row, int width, int height, int baseline)
{
  const SlReportColumns *heads = heads_of (SL_REPORT_COLUMNS (manager));
  int x = 0, left_over = MAX (width - measure_width (SL_REPORT_COLUMNS (manager)), 0);
  guint i = 0;

  for (GtkWidget *cell = gtk_widget_get_first_child (row); cell != NULL; cell = gtk_widget_get_next_sibling (cell))
    if (gtk_widget_get_child_visible (cell) && i < heads->cells->len)
      {
        int cell_width = heads->widths_px[i] + (i == 0 ? left_over : 0);

        gtk_widget_size_allocate (cell, &(GtkAllocation) { x, 0, cell_width, height }, -1);
        x += cell_width;
        i++;
      }
}

static void
sl_report_columns_dispose (GObject *object)
{
  SlReportColumns *self = SL_REPORT_COLUMNS (object);

  g_clear_object (&self->heads);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  G_OBJECT_CLASS (sl_report_columns_parent_class)->dispose (object);
}

static void
sl_report_columns_finalize (GObject *object)
{
  g_free (SL_REPORT_COLUMNS (object)->widths_px);
  G_OBJECT_CLASS (sl_report_columns_parent_class)->finalize (object);
}

static void
sl_report_columns_class_init (SlReportColumnsClass *class)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_report_columns_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_report_columns_finalize;
  manager_class->get_request_mode = sl_report_columns_get_request_mode;
  manager_class->measure = sl_report_columns_measure;
  manager_class->allocate = sl_report_columns_allocate;
}

static void
sl_report_columns_init (SlReportColumns *self)
{
}

static void
array_unref (gpointer array)
{
  g_ptr_array_unref (array);
}

/**
 * sl_report_columns_new:
 * @n_columns: how many there are
 *
 * Returns: (transfer full): a layout for the row of heads, whose first children that are shown stand in the columns
 */
SlReportColumns *
sl_report_columns_new (guint n_columns)
{
  SlReportColumns *self = g_object_new (SL_TYPE_REPORT_COLUMNS, NULL);

  self->widths_px = g_new0 (int, n_columns);
  self->cells = g_ptr_array_new_with_free_func (array_unref);
  for (guint i = 0; i < n_columns; i++)
    g_ptr_array_add (self->cells, g_ptr_array_new_with_free_func (g_object_unref));
  return self;
}

/**
 * sl_report_columns_new_below:
 * @heads: of sl_report_columns_new()
 *
 * Returns: (transfer full): a layout for a row below the heads
 */
SlReportColumns *
sl_report_columns_new_below (SlReportColumns *heads)
{
  SlReportColumns *self;

  g_return_val_if_fail (SL_IS_REPORT_COLUMNS (heads) && heads->heads == NULL, NULL);
  self = g_object_new (SL_TYPE_REPORT_COLUMNS, NULL);
  self->heads = g_object_ref (heads);
  return self;
}

/**
 * sl_report_columns_add:
 * @heads: of sl_report_columns_new()
 * @column: a column
 * @cell: what the column is at least as wide as; in the heads, or with the same style as there
 */
void
sl_report_columns_add (SlReportColumns *heads, guint column, GtkWidget *cell)
{
  g_return_if_fail (SL_IS_REPORT_COLUMNS (heads) && heads->heads == NULL && column < heads->cells->len);
  g_ptr_array_add (heads->cells->pdata[column], g_object_ref_sink (cell));
}
