/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Columns that the rows of a table share, each row with a layout of its own: their widths are measured once, with the
 * heads, and again when text has another size; no row is asked for its. The first column takes what is left. */
#define SL_TYPE_REPORT_COLUMNS (sl_report_columns_get_type ())
G_DECLARE_FINAL_TYPE (SlReportColumns, sl_report_columns, SL, REPORT_COLUMNS, GtkLayoutManager)

SlReportColumns *sl_report_columns_new (guint n_columns);                /* of the heads */
SlReportColumns *sl_report_columns_new_below (SlReportColumns *heads);   /* of a row below them */
void sl_report_columns_add (SlReportColumns *heads, guint column, GtkWidget *cell);
