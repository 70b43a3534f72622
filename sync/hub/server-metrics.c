/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-server-metrics"

#include "hub/server-metrics.h"

/* From what memory answers in to what a studio's first fill takes; a decade in three steps, as Prometheus' own. */
static const gint64 bucket_us[] = {
  1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};
#define BUCKETS G_N_ELEMENTS (bucket_us)

typedef struct {
  guint64 codes[SL_SYNC_CODE_LAST];
  guint64 buckets[BUCKETS + 1]; /* the last: longer */
  guint64 count, sum_us;
  guint64 in_bytes, out_bytes;
} Path;

struct _SlServerMetrics {
  GMutex mutex;
  char **names;
  guint n_names;
  Path *paths;             /* one more than names: all others */
  guint64 connections, news;
  guint64 dropped[SL_DROPPED_LAST];
};

static const char * const dropped_names[] = {
  [SL_DROPPED_FULL] = "full", [SL_DROPPED_ADDRESS] = "address", [SL_DROPPED_SLOW] = "slow", [SL_DROPPED_IDLE] = "idle",
  [SL_DROPPED_MALFORMED] = "malformed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (dropped_names) == SL_DROPPED_LAST);

/**
 * sl_server_metrics_new:
 * @paths: (array length=n_paths): the paths that get lines of their own
 *
 * Returns: (transfer full): to be freed with sl_server_metrics_free()
 */
SlServerMetrics *
sl_server_metrics_new (const char *const *paths, guint n_paths)
{
  SlServerMetrics *metrics = g_new0 (SlServerMetrics, 1);
  g_mutex_init (&metrics->mutex);
  metrics->n_names = n_paths;
  metrics->names = g_new0 (char *, n_paths + 1);
  for (guint i = 0; i < n_paths; i++)
    metrics->names[i] = g_strdup (paths[i]);
  metrics->paths = g_new0 (Path, n_paths + 1);
  return metrics;
}

/**
 * sl_server_metrics_free:
 * @metrics: (nullable):
 *
 * Frees counters that no thread uses any more.
 */
void
sl_server_metrics_free (SlServerMetrics *metrics)
{
  if (metrics == NULL)
    return;
  g_strfreev (metrics->names);
  g_free (metrics->paths);
  g_mutex_clear (&metrics->mutex);
  g_free (metrics);
}

/**
 * sl_server_metrics_request:
 * @duration_us: from the end of the request's headers to the answer
 * @in_bytes: of its body
 * @out_bytes: of the answer's
 *
 * Counts a request that was answered.
 */
void
sl_server_metrics_request (SlServerMetrics *metrics, guint path, SlSyncCode code, gint64 duration_us, gint64 in_bytes,
                           gint64 out_bytes)
{
  g_return_if_fail (code < SL_SYNC_CODE_LAST);
  guint bucket = 0;
  while (bucket < BUCKETS && duration_us > bucket_us[bucket])
    bucket++;
  g_mutex_lock (&metrics->mutex);
  Path *of = &metrics->paths[MIN (path, metrics->n_names)];
  of->codes[code]++;
  of->buckets[bucket]++;
  of->count++;
  of->sum_us += MAX (duration_us, 0);
  of->in_bytes += in_bytes;
  of->out_bytes += out_bytes;
  g_mutex_unlock (&metrics->mutex);
}

/**
 * sl_server_metrics_connection:
 *
 * Counts a connection that was taken.
 */
void
sl_server_metrics_connection (SlServerMetrics *metrics)
{
  g_mutex_lock (&metrics->mutex);
  metrics->connections++;
  g_mutex_unlock (&metrics->mutex);
}

/**
 * sl_server_metrics_dropped:
 *
 * Counts a connection that the server ended or did not take.
 */
void
sl_server_metrics_dropped (SlServerMetrics *metrics, SlDropped why)
{
  g_return_if_fail (why < SL_DROPPED_LAST);
  g_mutex_lock (&metrics->mutex);
  metrics->dropped[why]++;
  g_mutex_unlock (&metrics->mutex);
}

/**
 * sl_server_metrics_news:
 * @streams: how many were told
 *
 * Counts news that went out.
 */
void
sl_server_metrics_news (SlServerMetrics *metrics, guint streams)
{
  g_mutex_lock (&metrics->mutex);
  metrics->news += streams;
  g_mutex_unlock (&metrics->mutex);
}

/**
 * sl_server_metrics_count:
 *
 * Returns: how many requests to @path were answered with @code
 */
guint64
sl_server_metrics_count (SlServerMetrics *metrics, guint path, SlSyncCode code)
{
  g_return_val_if_fail (code < SL_SYNC_CODE_LAST, 0);
  g_mutex_lock (&metrics->mutex);
  guint64 count = metrics->paths[MIN (path, metrics->n_names)].codes[code];
  g_mutex_unlock (&metrics->mutex);
  return count;
}

static void
append_head (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# HELP studioloop_hub_%s %s\n# TYPE studioloop_hub_%s %s\n", name, help, name, type);
}

static void
append_one (GString *out, const char *name, const char *type, const char *help, gint64 value)
{
  append_head (out, name, type, help);
  g_string_append_printf (out, "studioloop_hub_%s %" G_GINT64_FORMAT "\n", name, value);
}

/* Microseconds as the seconds that Prometheus wants, without floating point and whatever the locale. */
static void
append_seconds (GString *out, guint64 us)
{
  g_string_append_printf (out, "%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT, us / G_USEC_PER_SEC, us % G_USEC_PER_SEC);
}

static const char *
path_name (SlServerMetrics *metrics, guint path)
{
  return path < metrics->n_names ? metrics->names[path] : "other";
}

static void
append_histogram (GString *out, const char *name, const Path *path)
{
  guint64 so_far = 0;
  for (guint b = 0; b <= BUCKETS; b++)
    {
      so_far += path->buckets[b];
      g_string_append_printf (out, "studioloop_hub_request_seconds_bucket{path=\"%s\",le=\"", name);
      if (b < BUCKETS)
        append_seconds (out, bucket_us[b]);
      else
        g_string_append (out, "+Inf");
      g_string_append_printf (out, "\"} %" G_GUINT64_FORMAT "\n", so_far);
    }
  g_string_append_printf (out, "studioloop_hub_request_seconds_sum{path=\"%s\"} ", name);
  append_seconds (out, path->sum_us);
  g_string_append_printf (out, "\nstudioloop_hub_request_seconds_count{path=\"%s\"} %" G_GUINT64_FORMAT "\n", name,
                          path->count);
}

static void
append_requests (SlServerMetrics *metrics, GString *out)
{
  append_head (out, "requests_total", "counter", "Requests answered, by path and code.");
  for (guint p = 0; p <= metrics->n_names; p++)
    for (guint c = 0; c < SL_SYNC_CODE_LAST; c++)
      if (metrics->paths[p].codes[c] > 0)
        g_string_append_printf (out, "studioloop_hub_requests_total{path=\"%s\",code=\"%s\"} %" G_GUINT64_FORMAT "\n",
                                path_name (metrics, p), sl_sync_code_name (c), metrics->paths[p].codes[c]);
  append_head (out, "request_seconds", "histogram", "From the end of a request's headers to its answer.");
  for (guint p = 0; p <= metrics->n_names; p++)
    if (metrics->paths[p].count > 0)
      append_histogram (out, path_name (metrics, p), &metrics->paths[p]);
  append_head (out, "request_bytes_total", "counter", "Bytes of request bodies.");
  for (guint p = 0; p <= metrics->n_names; p++)
    g_string_append_printf (out, "studioloop_hub_request_bytes_total{path=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            path_name (metrics, p), metrics->paths[p].in_bytes);
  append_head (out, "answer_bytes_total", "counter", "Bytes of answers' bodies.");
  for (guint p = 0; p <= metrics->n_names; p++)
    g_string_append_printf (out, "studioloop_hub_answer_bytes_total{path=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            path_name (metrics, p), metrics->paths[p].out_bytes);
}

/**
 * sl_server_metrics_append:
 * @gauges: what there is at this moment
 *
 * Appends all counters in Prometheus' text format 0.0.4.
 */
void
sl_server_metrics_append (SlServerMetrics *metrics, const SlServerGauges *gauges, GString *out)
{
  append_one (out, "connections", "gauge", "Open connections.", gauges->connections);
  append_one (out, "streams", "gauge", "Devices that listen for news.", gauges->streams);
  append_one (out, "requests_waiting", "gauge", "Requests that wait for a worker.", gauges->waiting);
  append_one (out, "requests_running", "gauge", "Requests that a worker handles.", gauges->running);
  append_one (out, "body_bytes", "gauge", "Memory that bodies of requests take.", gauges->body_bytes);
  g_mutex_lock (&metrics->mutex);
  append_one (out, "connections_total", "counter", "Connections taken.", metrics->connections);
  append_one (out, "news_total", "counter", "News sent to streams.", metrics->news);
  append_head (out, "connections_dropped_total", "counter", "Connections not taken or ended, by reason.");
  for (guint i = 0; i < SL_DROPPED_LAST; i++)
    g_string_append_printf (out, "studioloop_hub_connections_dropped_total{reason=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            dropped_names[i], metrics->dropped[i]);
  append_requests (metrics, out);
  g_mutex_unlock (&metrics->mutex);
}
