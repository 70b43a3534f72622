/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Durations of one thing done many times, told in one line. */
typedef struct _SlSeries SlSeries;

SlSeries *sl_series_new (void);
void sl_series_free (SlSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSeries, sl_series_free)
void sl_series_add (SlSeries *series, gint64 duration_us);
guint sl_series_get_count (SlSeries *series);
double sl_series_get_ms (SlSeries *series, double share);   /* share 0.5: the median; 1: the longest */
double sl_series_get_rate (SlSeries *series);               /* per second, were they done one after another */
char *sl_series_to_string (SlSeries *series);               /* "n 500  p50 1.2 ms  p99 3.4 ms  max 5.6 ms" */
