/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/server.h"

/* The connections of a server: how many there are, of whom, and until when each has time for what it does.
 * libmicrohttpd itself only knows silence; these deadlines are total times, so a byte now and then keeps nothing
 * open. */
typedef struct _SlConnections SlConnections;
typedef struct _SlConnection SlConnection;
struct sockaddr;

typedef enum {
  SL_PHASE_HEADERS,   /* of the first request, or behind a first line */
  SL_PHASE_IDLE,      /* between requests */
  SL_PHASE_BODY,
  SL_PHASE_WORK,      /* ours to hurry */
  SL_PHASE_ANSWER,
  SL_PHASE_STREAM,
} SlPhase;

SlConnections *sl_connections_new (const SlServerConfig *config, SlServerMetrics *metrics, SlEventLog *log);
void sl_connections_free (SlConnections *connections);
gboolean sl_connections_may_come (SlConnections *connections, const struct sockaddr *address);
SlConnection *sl_connections_add (SlConnections *connections, int fd, const struct sockaddr *address);
void sl_connections_remove (SlConnection *connection);
guint sl_connections_count (SlConnections *connections);

GInetAddress *sl_connection_peer (const SlConnection *connection); /* (nullable) (transfer none) */
/* bytes: received of a body, or to be sent of an answer, so far known */
void sl_connection_enter (SlConnection *connection, SlPhase phase, gint64 bytes);
void sl_connection_enter_headers (SlConnection *connection); /* of another request than the first */
void sl_connection_progress (SlConnection *connection, gint64 bytes);
gboolean sl_connection_is_cut (const SlConnection *connection);
/* Answers without the library, where that can no more: in the middle of a body. The connection is of no use after. */
void sl_connection_break (SlConnection *connection, SlSyncCode code, const char *message);
/* Ends connections whose time is up. Returns how many there are. */
guint sl_connections_cut_late (SlConnections *connections);
