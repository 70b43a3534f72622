/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "today-data.h"

/* The people of a session; with words to search for also those of the day's other sessions, and members. Signals:
 * "person-ticked", "person-picked" (const SlId *booking) · "member-picked", "member-comes" (const SlId *member): their
 * page is wanted, or they want to come in without a booking */
#define SL_TYPE_ROSTER_VIEW (sl_roster_view_get_type ())
G_DECLARE_FINAL_TYPE (SlRosterView, sl_roster_view, SL, ROSTER_VIEW, GtkBox)

GtkWidget *sl_roster_view_new (void);
void sl_roster_view_set (SlRosterView *self, SlToday *today, const SlId *session, const char *search, GTimeZone *zone);
void sl_roster_view_set_members (SlRosterView *self, GPtrArray *members);
const SlTodayPerson *sl_roster_view_get_only_expected (SlRosterView *self);
