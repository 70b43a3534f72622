/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schedule-data.h"
#include "widgets/shape-bin.h"

/* A week of classes: seven columns by the hour, and a list by day where that is too narrow.
 *
 * Signals: "week-wanted" (int step): 0: this week · "new-wanted" (gint64 day, int minute) · "picked" (const SlId *)
 * "moved" (const SlId *, gint64 day, int hour): dragged to there */
#define SL_TYPE_SCHEDULE_PAGE (sl_schedule_page_get_type ())
G_DECLARE_FINAL_TYPE (SlSchedulePage, sl_schedule_page, SL, SCHEDULE_PAGE, SlShapeBin)

GtkWidget *sl_schedule_page_new (void);
void sl_schedule_page_set_week (SlSchedulePage *self, SlScheduleWeek *week, GTimeZone *zone);
SlScheduleWeek *sl_schedule_page_get_week (SlSchedulePage *self); /* (nullable) (transfer none) */
char *sl_schedule_day_words (gint64 day);
