/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "hub/event-log.h"
#include "hub/server-metrics.h"
#include "protocol/message.h"

/* HTTP/1.1 for requests and answers as values: sync/README.md "The front". It knows paths and limits, not what requests
 * mean: that is the handler's. Connections are served by a few threads that never wait; handlers run on workers. */
typedef struct _SlServer SlServer;

typedef enum {
  SL_ROUTE_ANSWER,   /* handle() */
  SL_ROUTE_EVENTS,   /* check_events(), then a stream of news */
  SL_ROUTE_HEALTH,   /* check_store(), as JSON */
  SL_ROUTE_METRICS,  /* the server's counters and those of metrics(), for whom the configuration names */
} SlRouteKind;

typedef struct {
  const char *path;
  const char *method;      /* "GET" or "POST" */
  SlRouteKind kind;
  gint64 body_max_bytes;   /* 0: no body */
  gboolean to_file;        /* large bodies are kept on disk: the request's bytes are the file's, mapped */
  gboolean checks_first;   /* check_first() before anything of a body is taken */
} SlServerRoute;

/* All on workers, several at a time. */
typedef struct {
  const SlServerRoute *routes;
  guint n_routes;
  /* Never NULL. from: for limits of askers that nobody knows */
  SlSyncAnswer *(*handle) (gpointer user_data, const SlSyncRequest *request, const char *from);
  /* By its headers alone. NULL: the body may come; else what handle() would say */
  SlSyncAnswer *(*check_first) (gpointer user_data, const SlSyncRequest *request, const char *from);
  /* NULL: a stream, of the news of out_tenant */
  SlSyncAnswer *(*check_events) (gpointer user_data, const SlSyncRequest *request, const char *from, SlId *out_tenant,
                                 SlId *out_replica, guint64 *out_head);
  gboolean (*check_store) (gpointer user_data, GError **error);
  char *(*metrics) (gpointer user_data);   /* (nullable) (transfer full): more of Prometheus' lines */
  gpointer user_data;
} SlServerHandler;

/* All are reached by honest devices on bad lines only. */
typedef struct {
  gint64 headers_ms;             /* from the connection, or the first line, to the last header */
  gint64 idle_ms;                /* between requests */
  gint64 body_grace_ms, answer_grace_ms; /* beyond what the bytes take at the lowest rate */
  gint64 lowest_bytes_per_s;
  gint64 stream_ms;              /* then a device comes again: nothing hangs for ever */
  gint64 comment_ms;
  gint64 stop_ms;                /* what runs may finish */
  guint connections, connections_per_address;
  guint streams, streams_per_device;
  guint waiting;                 /* requests that wait for a worker */
  guint workers, threads;
  gint64 body_memory_bytes;      /* of all requests together */
  gint64 answer_memory_bytes;    /* of all answers to POST that are not read yet; what GET gives lies in files */
  guint files;                   /* bodies on disk at a time */
} SlServerLimits;
void sl_server_limits_init (SlServerLimits *limits);

typedef struct {
  const char *listen;            /* HOST:PORT */
  const char *cert_pem, *key_pem; /* (nullable): contents of both files: TLS */
  const char *spool_dir;         /* for bodies on disk */
  GPtrArray *proxies;            /* (nullable) (element-type GInetAddressMask): whose X-Forwarded-For counts */
  GPtrArray *metrics_for;        /* (nullable) (element-type GInetAddressMask): who sees counters, besides this host */
  SlServerLimits limits;
} SlServerConfig;

/* handler's struct is copied, its routes and all of config are kept by reference until the server is freed. */
SlServer *sl_server_start (const SlServerConfig *config, const SlServerHandler *handler, SlEventLog *log,
                           SlWorld *world, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint16 sl_server_port (const SlServer *server);
/* Any thread. The log of tenant has grown to head. */
void sl_server_news (SlServer *server, const SlId *tenant, guint64 head);
GArray *sl_server_listening (SlServer *server);   /* of SlId: tenants of whom a device listens */
SlServerMetrics *sl_server_metrics (SlServer *server);
void sl_server_gauges (SlServer *server, SlServerGauges *out);
/* No new connections; what runs finishes; streams end. FALSE: something still runs after stop_ms: the server must
 * not be freed, and the process should end. */
gboolean sl_server_stop (SlServer *server) G_GNUC_WARN_UNUSED_RESULT;
void sl_server_free (SlServer *server);
