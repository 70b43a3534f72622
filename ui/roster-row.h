/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "today-data.h"

/* One person of a session's roster. Signals: "ticked": the tick, which means what the person's state lets it mean ·
 * "picked": the rest of the row: what else can be done */
#define SL_TYPE_ROSTER_ROW (sl_roster_row_get_type ())
G_DECLARE_FINAL_TYPE (SlRosterRow, sl_roster_row, SL, ROSTER_ROW, GtkBox)

GtkWidget *sl_roster_row_new (void);
void sl_roster_row_set (SlRosterRow *self, const SlTodaySession *session, const SlTodayPerson *person,
                        gboolean with_session, GTimeZone *zone);
const SlId *sl_roster_row_get_booking (SlRosterRow *self);

/* How it stands with somebody, in words; (transfer full) */
char *sl_roster_row_status (const SlTodaySession *session, const SlTodayPerson *person, GTimeZone *zone);
const char *sl_roster_row_name (const SlTodayPerson *person); /* (transfer none): a word where the name is not known */
char *sl_roster_row_short_name (const SlTodayPerson *person); /* "Thandi N." */
