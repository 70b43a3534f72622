/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "report-table.h"
#include "widgets/shape-bin.h"

/* A page of answers, each with the report behind it.
 *
 * Signals: "card" (guint card) · "period" (SlReportsPeriod) · "back", "way", "place", "save", "print": of the report
 * that is shown · "row" (guint number): what is behind a row of it. Rows that list reports bring their actions. */
#define SL_TYPE_REPORTS_PAGE (sl_reports_page_get_type ())
G_DECLARE_FINAL_TYPE (SlReportsPage, sl_reports_page, SL, REPORTS_PAGE, SlShapeBin)

typedef enum {
  SL_REPORTS_TODAY,
  SL_REPORTS_WEEK,       /* from Monday to today; the others to today as well */
  SL_REPORTS_MONTH,
  SL_REPORTS_LAST_MONTH, /* all of it */
  SL_REPORTS_YEAR,
  SL_REPORTS_USUAL,      /* the days that the report takes by itself */
  SL_REPORTS_PERIOD_LAST
} SlReportsPeriod;

/* One figure in words and a line of why. */
typedef struct {
  const char *title, *figure, *why;
} SlReportsAnswer;

GtkWidget *sl_reports_page_new (void);

void sl_reports_page_show_overview (SlReportsPage *self);
gboolean sl_reports_page_is_overview (SlReportsPage *self);
void sl_reports_page_set_card (SlReportsPage *self, guint card, const SlReportsAnswer *answer);
void sl_reports_page_hide_cards (SlReportsPage *self);
void sl_reports_page_clear_list (SlReportsPage *self);
void sl_reports_page_add_row (SlReportsPage *self, GtkWidget *row);

void sl_reports_page_show_report (SlReportsPage *self, const char *title);
void sl_reports_page_set_reading (SlReportsPage *self);
void sl_reports_page_set_said (SlReportsPage *self, const char *text);
void sl_reports_page_set_report (SlReportsPage *self, const char *subtitle, SlTableData *table, const char *notes);
void sl_reports_page_set_period (SlReportsPage *self, SlReportsPeriod period, const char *usual);
void sl_reports_page_hide_periods (SlReportsPage *self);
void sl_reports_page_set_way (SlReportsPage *self, const char *label);
void sl_reports_page_set_place (SlReportsPage *self, const char *label);
void sl_reports_page_set_can_print (SlReportsPage *self, gboolean can_print);
