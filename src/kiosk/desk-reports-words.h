/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-reports-jobs.h"

#include "report-table.h"
#include "reports-page.h"

/* What the manager's page says, in the language of the moment. */

const char *sl_card_title (SlCard card);
/* Of what was found: one figure in words, and a line of why. Both (out) (transfer full). */
void sl_card_words (const SlCardFound *found, const char *currency, char **out_figure, char **out_why);

const char *sl_report_words_about (SlReportName name); /* a line for the list of reports */
char *sl_report_words_cell (const SlReport *report, const SlReportRow *row, guint column, gint64 now_ms);
SlTableData *sl_report_words_table (const SlReport *report, gint64 now_ms, gboolean opens);
char *sl_report_words_subtitle (const SlReport *report, gint64 now_ms, GTimeZone *zone);
char *sl_report_words_notes (const SlReport *report);
char *sl_report_words_way (const char *way); /* "By class" */

/* The days of a choice, as reports take them; USUAL: none. Both (out) (transfer full) (nullable). */
void sl_reports_period_days (SlReportsPeriod period, gint64 now_ms, GTimeZone *zone, char **out_from, char **out_to);
/* Which choice a report's days are; usual: (out) (transfer full) (nullable): what they are called, where none is. */
SlReportsPeriod sl_reports_period_of (const SlReport *report, gint64 now_ms, GTimeZone *zone, char **out_usual);
