/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A studio with years behind it, from a seed and through the log: every row follows from an operation that the rules
 * would have allowed. The clock walks; the end is SL_STUDIO_NOW_MS, with the sessions of that day and of the week after
 * it on sale. Half a studio is made by half as many of everything, time too: the timetable of a day is the same. */
#define SL_STUDIO_NOW_MS G_GINT64_CONSTANT (1772422200000) /* Monday 2026-03-02, 05:30 in Johannesburg: it opens */
#define SL_STUDIO_LOCATIONS 3

typedef struct {
  guint members, sessions, bookings; /* behind it: what is ahead comes on top */
} SlStudioSize;

/* What was made, ahead included. */
typedef struct {
  guint members, sessions, bookings, cancelled, no_shows, checkins, holds_lapsed, lots, payments, sessions_cancelled;
  guint days; /* that the clock walked */
} SlStudioMade;

/* dir: does not exist yet. What fails ends the program. */
void sl_studio_data_make (const char *dir, const SlStudioSize *size, guint32 seed, SlStudioMade *out);
