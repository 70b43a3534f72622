/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "today-data.h"
#include "widgets/shape-bin.h"

/* Reception's home: the sessions of a day, and who comes to one of them. Signals:
 * "day-wanted" (int): −1 the day before, 1 the day after, 0 today
 * "person-ticked", "person-picked" (const SlId *booking)
 * "member-picked", "member-comes" (const SlId *member)
 * "batch-wanted", "session-wanted", "note-wanted", "walk-in-wanted": of the session that is picked
 * "undo-wanted" · "search" (const char *text): typed, maybe not to its end · "entered" (const char *text) */
#define SL_TYPE_TODAY_PAGE (sl_today_page_get_type ())
G_DECLARE_FINAL_TYPE (SlTodayPage, sl_today_page, SL, TODAY_PAGE, SlShapeBin)

GtkWidget *sl_today_page_new (void);
void sl_today_page_set_today (SlTodayPage *self, SlToday *today, GTimeZone *zone);
SlToday *sl_today_page_get_today (SlTodayPage *self);           /* (transfer none) (nullable) */
void sl_today_page_select (SlTodayPage *self, const SlId *session);
SlTodaySession *sl_today_page_get_selected (SlTodayPage *self); /* (transfer none) (nullable) */
void sl_today_page_set_members (SlTodayPage *self, GPtrArray *members);
void sl_today_page_clear_calls (SlTodayPage *self);
void sl_today_page_add_call (SlTodayPage *self, GtkWidget *row);
void sl_today_page_show_undo (SlTodayPage *self, const char *text); /* text (nullable): it is over */
const char *sl_today_page_get_search (SlTodayPage *self);
void sl_today_page_clear_search (SlTodayPage *self);
const SlTodayPerson *sl_today_page_get_only_expected (SlTodayPage *self); /* (transfer none) (nullable) */
