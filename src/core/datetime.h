/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SL_MINUTE_MS (G_GINT64_CONSTANT (60) * 1000)
#define SL_HOUR_MS (60 * SL_MINUTE_MS)
#define SL_DAY_MS (24 * SL_HOUR_MS)
/* Times outside these years are bad input everywhere. */
#define SL_TIME_MIN_MS G_GINT64_CONSTANT (946684800000)   /* 2000-01-01T00:00:00Z */
#define SL_TIME_MAX_MS G_GINT64_CONSTANT (4102444800000)  /* 2100-01-01T00:00:00Z */

/* RFC 3339 text to UTC ms; without an offset it is local time in zone. Also accepts "YYYY-MM-DDTHH:MM" and a blank
 * instead of T. */
gboolean sl_time_parse (const char *text, GTimeZone *zone, gint64 *out_ms, GError **error);
char *sl_time_format (gint64 ms, GTimeZone *zone);                       /* RFC 3339 with the zone's offset */
char *sl_time_format_local (gint64 ms, GTimeZone *zone, const char *format); /* g_date_time_format */
gint64 sl_time_day_start (gint64 ms, GTimeZone *zone);                   /* local midnight that began ms's day */
gint64 sl_time_next_day_start (gint64 ms, GTimeZone *zone);
GTimeZone *sl_time_zone_new (const char *iana_name, GError **error);     /* BAD_INPUT for an unknown name */
