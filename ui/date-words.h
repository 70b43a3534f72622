/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Times and dates as people at the door read them, in the language of the moment. All are (transfer full). */
char *sl_date_words_time (gint64 ms, GTimeZone *zone);                    /* 06:52 */
char *sl_date_words_day (gint64 ms, GTimeZone *zone);                     /* Tue 3 March */
char *sl_date_words_date (gint64 ms, GTimeZone *zone);                    /* 3 March 2026 */
char *sl_date_words_month (gint64 ms, GTimeZone *zone);                   /* March 2026 */
char *sl_date_words_day_from (gint64 ms, gint64 now_ms, GTimeZone *zone); /* Today, Tomorrow, Tue 3 March */
gboolean sl_date_words_same_day (gint64 a_ms, gint64 b_ms, GTimeZone *zone);
