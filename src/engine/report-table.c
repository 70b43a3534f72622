/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-table"

#include "engine/report-private.h"

static void
row_free (SlReportRow *row)
{
  if (row == NULL)
    return;
  for (guint i = 0; i < row->n_cells; i++)
    g_free (row->cells[i].text);
  g_free (row->cells);
  g_free (row);
}

static SlReportRow *
row_new (const SlReport *report)
{
  SlReportRow *row = g_new0 (SlReportRow, 1);
  row->n_cells = report->n_columns;
  row->cells = g_new0 (SlReportCell, report->n_columns);
  for (guint i = 0; i < row->n_cells; i++)
    row->cells[i].number = SL_NUMBER_NONE;
  return row;
}

/**
 * sl_report_free:
 * @report: (nullable) (transfer full): a report
 */
void
sl_report_free (SlReport *report)
{
  if (report == NULL)
    return;
  for (guint i = 0; i < report->rows->len; i++)
    row_free (report->rows->pdata[i]);
  g_ptr_array_unref (report->rows);
  g_ptr_array_unref (report->notes);
  row_free (report->total);
  g_free (report->place);
  g_free (report->about);
  g_free (report->currency);
  g_clear_pointer (&report->zone, g_time_zone_unref);
  g_free (report);
}

/* sl_report_set_columns: before the first row. */
void
sl_report_set_columns (SlReport *report, const SlReportColumn *columns, guint n_columns)
{
  report->columns = columns;
  report->n_columns = n_columns;
}

/* sl_report_add_row: sums begin at 0, all else with nothing. (transfer none) */
SlReportRow *
sl_report_add_row (SlReport *report, const SlId *id)
{
  SlReportRow *row = row_new (report);
  row->id = id != NULL ? *id : sl_id_none;
  g_ptr_array_add (report->rows, row);
  return row;
}

/* sl_report_put: see the header. */
void
sl_report_put (SlReportRow *row, guint column, gint64 number)
{
  row->cells[column].number = number;
}

/* sl_report_put_text: see the header. */
void
sl_report_put_text (SlReportRow *row, guint column, const char *text)
{
  g_free (row->cells[column].text);
  row->cells[column].text = g_strdup (text);
}

/* sl_report_put_word: place: among the other words of the column, for sorting. */
void
sl_report_put_word (SlReportRow *row, guint column, const char *word, gint64 place)
{
  sl_report_put_text (row, column, word);
  sl_report_put (row, column, place);
}

/* sl_report_note: each once. */
void
sl_report_note (SlReport *report, const char *note)
{
  if (!g_ptr_array_find (report->notes, note, NULL))
    g_ptr_array_add (report->notes, (char *) note);
}

/* --- sorting --- */

typedef struct {
  const SlReport *report;
  const int *keys;
} Order;

/* What is nothing comes last. */
static int
compare_texts (const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return a == b ? 0 : a == NULL ? 1 : -1;
  return g_utf8_collate (a, b);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const SlReportRow *one = *(SlReportRow *const *) a, *other = *(SlReportRow *const *) b;
  const Order *order = data;
  for (const int *key = order->keys; *key != 0; key++)
    {
      guint column = (guint) ABS (*key) - 1;
      const SlReportCell *x = &one->cells[column], *y = &other->cells[column];
      int result = order->report->columns[column].kind == SL_REPORT_TEXT ? compare_texts (x->text, y->text)
                   : x->number != y->number                              ? (x->number < y->number ? -1 : 1)
                                                                         : 0;
      if (result != 0)
        return *key < 0 ? -result : result;
    }
  return sl_id_compare (&one->id, &other->id);
}

/* sl_report_sort: what is the same by all keys stands by its id. */
void
sl_report_sort (SlReport *report, const int *keys)
{
  Order order = { report, keys };
  g_ptr_array_sort_with_data (report->rows, compare_rows, &order);
}

/* --- sums --- */

/* To the nearest thousandth, halves up; of nothing there is no part. */
static gint64
part_permille (const SlReportRow *row, const SlReportColumn *column)
{
  gint64 part = row->cells[column->part].number, whole = row->cells[column->whole].number;
  if (part == SL_NUMBER_NONE || whole == SL_NUMBER_NONE)
    return SL_NUMBER_NONE;
  whole += column->rest > 0 ? row->cells[column->rest].number : 0;
  return whole > 0 ? (2000 * part + whole) / (2 * whole) : SL_NUMBER_NONE;
}

static void
fill_percents (const SlReport *report, SlReportRow *row)
{
  for (guint c = 0; c < report->n_columns; c++)
    if (report->columns[c].kind == SL_REPORT_PERCENT)
      row->cells[c].number = part_permille (row, &report->columns[c]);
}

/* sl_report_finish: see the header. */
void
sl_report_finish (SlReport *report, gboolean with_total)
{
  for (guint i = 0; i < report->rows->len; i++)
    fill_percents (report, report->rows->pdata[i]);
  if (!with_total || report->rows->len == 0)
    return;
  report->total = row_new (report);
  for (guint c = 0; c < report->n_columns; c++)
    for (guint i = 0; report->columns[c].adds && i < report->rows->len; i++)
      {
        gint64 number = ((const SlReportRow *) report->rows->pdata[i])->cells[c].number;
        gint64 *sum = &report->total->cells[c].number;
        if (number != SL_NUMBER_NONE)
          *sum = (*sum != SL_NUMBER_NONE ? *sum : 0) + number;
      }
  fill_percents (report, report->total);
}
