/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What a table shows: texts, as they are read. */
typedef struct {
  char **cells;
  gboolean opens;    /* there is something behind it */
} SlTableRow;

typedef struct {
  guint n_columns;
  GPtrArray *titles; /* (element-type utf8) */
  GArray *figures;   /* (element-type gboolean): whether a column's texts stand to the right */
  GPtrArray *rows;   /* (element-type SlTableRow) */
  char **total;      /* (nullable): the sums, below all */
} SlTableData;
SlTableData *sl_table_data_new (void);
void sl_table_data_add_column (SlTableData *data, const char *title, gboolean is_figure);
char **sl_table_data_add_row (SlTableData *data, gboolean opens);
void sl_table_data_free (SlTableData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTableData, sl_table_data_free)

/* A table that scrolls under its heads; only the rows in sight are widgets, so it may be as long as a year. Signals:
 * "row-opened" (guint number) */
#define SL_TYPE_REPORT_TABLE (sl_report_table_get_type ())
G_DECLARE_FINAL_TYPE (SlReportTable, sl_report_table, SL, REPORT_TABLE, GtkBox)

GtkWidget *sl_report_table_new (SlTableData *data);
