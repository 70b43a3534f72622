/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"

/* The days of instructors and rooms: one device plans each of them, so that two desks that cannot hear one another
 * never plan somebody twice. src/engine/README.md "Schedule". */

typedef enum { SL_DAYS_OF_INSTRUCTOR, SL_DAYS_OF_ROOM } SlDaysOf;

gint64 sl_day_of (gint64 ms, GTimeZone *zone);          /* the local date, since 1970 */
char *sl_day_format (gint64 day);                       /* YYYY-MM-DD */
gint64 sl_day_parse (const char *text, GError **error); /* -1: BAD_INPUT */

/* That this device plans all days that [start_ms, end_ms) touches, of who (none: nothing to plan). Refusal: no_rights
 * (instructor or room, date, holder). */
gboolean sl_days_check (SlEngine *engine, SlDaysOf of, const SlId *who, const SlId *location, gint64 start_ms,
                        gint64 end_ms, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
