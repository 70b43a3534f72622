/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"

/* What a server counts, for Prometheus. Labels are paths of its own table and codes of the protocol, never
 * anything that came in: their number is fixed and nobody is named. Any thread. */
typedef struct _SlServerMetrics SlServerMetrics;

typedef enum {
  SL_DROPPED_FULL,       /* as many connections as there may be */
  SL_DROPPED_ADDRESS,    /* as many of one address */
  SL_DROPPED_SLOW,       /* headers, a body or the reading of an answer took too long */
  SL_DROPPED_IDLE,       /* nothing was asked for a while: ordinary */
  SL_DROPPED_MALFORMED,  /* no HTTP */
  SL_DROPPED_LAST
} SlDropped;

typedef struct {
  guint connections, streams, waiting, running;
  gint64 body_bytes;
} SlServerGauges;

SlServerMetrics *sl_server_metrics_new (const char *const *paths, guint n_paths); /* paths: copied */
void sl_server_metrics_free (SlServerMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlServerMetrics, sl_server_metrics_free)
/* path: a place in paths; n_paths or more: any other path */
void sl_server_metrics_request (SlServerMetrics *metrics, guint path, SlSyncCode code, gint64 duration_us,
                                gint64 in_bytes, gint64 out_bytes);
void sl_server_metrics_connection (SlServerMetrics *metrics);
void sl_server_metrics_dropped (SlServerMetrics *metrics, SlDropped why);
void sl_server_metrics_news (SlServerMetrics *metrics, guint streams);
void sl_server_metrics_append (SlServerMetrics *metrics, const SlServerGauges *gauges, GString *out);
guint64 sl_server_metrics_count (SlServerMetrics *metrics, guint path, SlSyncCode code); /* for tests */
