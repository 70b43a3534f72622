/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "hub/connections.h"
#include "hub/events.h"
#include "hub/server.h"

typedef struct _SlCall SlCall;

struct _SlServer {
  SlServerConfig config;
  SlServerHandler handler;
  SlEventLog *log;
  SlWorld *world;
  SlServerMetrics *metrics;
  SlConnections *connections;
  SlEvents *events;
  struct MHD_Daemon *daemon;
  guint16 port;
  GThreadPool *pool;       /* of SlCall */
  GThread *ticker;

  GMutex mutex;            /* of all below, and of a call's state while a worker has it; taken before events' */
  GCond cond;              /* a call ended; the ticker is to end */
  GQueue calls;            /* of SlCall that have not ended */
  guint waiting, running, files;
  gint64 body_bytes, answer_bytes;
  gboolean stopping, ticker_ends;
  gboolean checking;       /* the store, for /health */
  gboolean store_is_well;
  gint64 checked_us;       /* 0: never */
};

/* libmicrohttpd's callbacks for requests: server-call.c */
enum MHD_Result sl_server_on_request (void *user_data, struct MHD_Connection *connection, const char *url,
                                      const char *method, const char *version, const char *upload_data,
                                      size_t *upload_size, void **call_data);
void sl_server_on_ended (void *user_data, struct MHD_Connection *connection, void **call_data,
                         enum MHD_RequestTerminationCode how);
void *sl_server_on_first_line (void *user_data, const char *uri, struct MHD_Connection *connection);
void sl_server_run_call (gpointer call, gpointer server); /* on a worker */
void sl_server_abandon_calls (SlServer *server);          /* with its mutex */

/* What the workers answer: server-answer.c */
SlSyncAnswer *sl_server_answer_health (SlServer *server);
SlSyncAnswer *sl_server_answer_metrics (SlServer *server, GInetAddress *asker);
struct MHD_Response *sl_server_response_new (SlServer *server, const SlSyncAnswer *answer, const SlServerRoute *route);
