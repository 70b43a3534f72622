/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SL_MINUTE_MS (G_GINT64_CONSTANT (60) * 1000)
#define SL_HOUR_MS (60 * SL_MINUTE_MS)
#define SL_DAY_MS (24 * SL_HOUR_MS)
/* Times outside these years are bad input everywhere. Studios bring records of earlier years along. */
#define SL_TIME_MIN_MS G_GINT64_CONSTANT (631152000000)   /* 1990-01-01T00:00:00Z */
#define SL_TIME_MAX_MS G_GINT64_CONSTANT (4102444800000)  /* 2100-01-01T00:00:00Z */

/* RFC 3339 text to UTC ms; without an offset it is local time in zone. Also accepts "YYYY-MM-DDTHH:MM" and a blank
 * instead of T. */
gboolean sl_time_parse (const char *text, GTimeZone *zone, gint64 *out_ms, GError **error);
/* What the clock on the wall shows, as ms since 1970 by that clock; and the moment at which it shows that. */
gint64 sl_time_to_local (gint64 ms, GTimeZone *zone);
gint64 sl_time_from_local (gint64 local_ms, GTimeZone *zone);
char *sl_time_format (gint64 ms, GTimeZone *zone);                       /* RFC 3339 with the zone's offset */
char *sl_time_format_local (gint64 ms, GTimeZone *zone, const char *format); /* g_date_time_format */
gint64 sl_time_day_start (gint64 ms, GTimeZone *zone);                   /* local midnight that began ms's day */
gint64 sl_time_next_day_start (gint64 ms, GTimeZone *zone);
GTimeZone *sl_time_zone_new (const char *iana_name, GError **error);     /* BAD_INPUT for an unknown name */
