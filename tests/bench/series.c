/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-series"

#include "series.h"

struct _SlSeries {
  GArray *durations_us;
  gboolean sorted;
};

/**
 * sl_series_new:
 *
 * Returns: (transfer full): an empty series
 */
SlSeries *
sl_series_new (void)
{
  SlSeries *series = g_new0 (SlSeries, 1);

  series->durations_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  return series;
}

/**
 * sl_series_free:
 * @series: (nullable) (transfer full): a series
 */
void
sl_series_free (SlSeries *series)
{
  if (series == NULL)
    return;
  g_array_unref (series->durations_us);
  g_free (series);
}

/**
 * sl_series_add:
 * @series: a series
 * @duration_us: how long it took this time, in microseconds
 */
void
sl_series_add (SlSeries *series, gint64 duration_us)
{
  g_array_append_val (series->durations_us, duration_us);
  series->sorted = FALSE;
}

/**
 * sl_series_get_count:
 * @series: a series
 *
 * Returns: how many times it was done
 */
guint
sl_series_get_count (SlSeries *series)
{
  return series->durations_us->len;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/**
 * sl_series_get_ms:
 * @series: a series
 * @share: which part of the times were at most this long, 0 to 1 (nearest rank)
 *
 * Returns: that duration in milliseconds; 0 for an empty series
 */
double
sl_series_get_ms (SlSeries *series, double share)
{
  guint count = series->durations_us->len, rank;

  if (count == 0)
    return 0;
  if (!series->sorted)
    g_array_sort (series->durations_us, compare);
  series->sorted = TRUE;
  rank = (guint) (share * count + 0.999999);
  return g_array_index (series->durations_us, gint64, CLAMP (rank, 1, count) - 1) / 1000.0;
}

/**
 * sl_series_get_rate:
 * @series: a series
 *
 * Returns: how often in a second, one after another; 0 for an empty series
 */
double
sl_series_get_rate (SlSeries *series)
{
  gint64 sum_us = 0;

  for (guint i = 0; i < series->durations_us->len; i++)
    sum_us += g_array_index (series->durations_us, gint64, i);
  return sum_us > 0 ? series->durations_us->len * 1e6 / sum_us : 0;
}

/**
 * sl_series_to_string:
 * @series: a series
 *
 * Returns: (transfer full): count, median, 99th of a hundred and longest
 */
char *
sl_series_to_string (SlSeries *series)
{
  return g_strdup_printf ("n %u  p50 %.2f ms  p99 %.2f ms  max %.2f ms", sl_series_get_count (series),
                          sl_series_get_ms (series, 0.5), sl_series_get_ms (series, 0.99),
                          sl_series_get_ms (series, 1));
}
