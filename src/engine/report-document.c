/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-document"

#include "engine/report-private.h"

/* A report as a document: the cells are the texts that stand everywhere (report-format.c), figures to the right. */

static gboolean
is_figure (SlReportKind kind)
{
  return kind != SL_REPORT_TEXT && kind != SL_REPORT_WORD && kind != SL_REPORT_TIME && kind != SL_REPORT_DATE;
}

/**
 * sl_report_subtitle:
 * @report: the report
 * @translate: for words
 *
 * Returns: (transfer full): what it is of: "by day, 2026-03-01 – 2026-03-31, Sea Point (ZAR)"
 */
char *
sl_report_subtitle (const SlReport *report, SlReportTranslate translate)
{
  g_return_val_if_fail (report != NULL && translate != NULL, NULL);

  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  if (report->about != NULL)
    g_ptr_array_add (parts, g_strdup (report->about));
  if (report->by != NULL)
    g_ptr_array_add (parts, g_strdup (translate (sl_report_way_text (report->by))));
  if (report->from_day != SL_NUMBER_NONE)
    {
      g_autofree char *from = sl_report_day_text (report->from_day), *to = sl_report_day_text (report->to_day);
      g_ptr_array_add (parts, g_strconcat (from, " – ", to, NULL));
    }
  if (report->place != NULL)
    g_ptr_array_add (parts, g_strdup (report->place));
  g_ptr_array_add (parts, NULL);
  g_autofree char *joined = g_strjoinv (", ", (char **) parts->pdata);
  return *joined != '\0' ? g_strdup_printf ("%s (%s)", joined, report->currency) : g_strdup (report->currency);
}

static void
add_row (SlDocumentTable *table, const SlReport *report, const SlReportRow *row, SlReportTranslate translate)
{
  for (guint c = 0; c < report->n_columns; c++)
    {
      g_autofree char *cell = sl_report_cell_text (report, row, c, translate);
      sl_document_table_add_text (table, cell);
    }
}

/**
 * sl_report_to_document:
 * @engine: the engine
 * @report: the report
 * @translate: for words
 *
 * Returns: (transfer full): the report as it is printed: the same rows and cells, of this moment
 */
SlDocument *
sl_report_to_document (SlEngine *engine, const SlReport *report, SlReportTranslate translate)
{
  g_return_val_if_fail (engine != NULL && report != NULL && translate != NULL, NULL);

  SlDocument *document
    = sl_document_new (SL_DOCUMENT_REPORT, report->currency, report->zone, sl_engine_now_ms (engine));
  g_autofree char *subtitle = sl_report_subtitle (report, translate);
  const char *studio = sl_engine_studio_name (engine);
  sl_document_set_title (document, translate (sl_report_title (report->name)), subtitle);
  if (studio != NULL)
    sl_document_set_supplier (document, studio, NULL, NULL);
  SlDocumentTable *table = sl_document_add_table (document, NULL);
  for (guint c = 0; c < report->n_columns; c++)
    sl_document_table_add_column (table, translate (report->columns[c].title),
                                  is_figure (report->columns[c].kind) ? SL_COLUMN_NUMBER : SL_COLUMN_TEXT);
  for (guint i = 0; i < report->rows->len; i++)
    add_row (table, report, report->rows->pdata[i], translate);
  if (report->total != NULL)
    {
      add_row (table, report, report->total, translate);
      sl_document_table_mark_total (table);
    }
  for (guint i = 0; i < report->notes->len; i++)
    sl_document_add_note (document, translate (report->notes->pdata[i]));
  return document;
}
