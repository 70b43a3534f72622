/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "protocol/message.h"

/* Where neighbours knock: HTTP for /v1/sync, /v1/rights and /v1/events, answered by a callback on the thread of a
 * context while the connection waits. sync/README.md "Neighbours". */
#define SL_PEER_CONNECTIONS_MAX 128
#define SL_PEER_CONNECTIONS_PER_ADDRESS_MAX 8 /* a neighbour has three */
#define SL_PEER_STREAMS_MAX 64       /* event streams, one a device */
#define SL_PEER_IDLE_S 10            /* without a byte in either direction; event streams are fed */
#define SL_PEER_REQUEST_MS (60 * 1000) /* a whole request has come by then, however busily it drips */
#define SL_PEER_ANSWER_MS (30 * 1000)  /* the callback's turn comes by then, or the answer is busy */

/* Never NULL; (transfer full). For /v1/events an answer with status 200 opens the stream; its body is not sent. from:
 * an address without a port. */
typedef SlSyncAnswer *(*SlPeerAnswerFunc) (const SlSyncRequest *request, const char *from, gpointer user_data);

typedef struct _SlPeerServer SlPeerServer;
/* address: NULL: all interfaces; port: 0: by the kernel. context: NULL: the default one. OFFLINE where the address is
 * not to be had. */
SlPeerServer *sl_peer_server_new (const char *address, guint16 port, GMainContext *context, SlPeerAnswerFunc answer,
                                  gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_peer_server_free (SlPeerServer *server); /* on the context's thread; ends every connection */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPeerServer, sl_peer_server_free)
guint16 sl_peer_server_get_port (SlPeerServer *server);
/* The log has grown to head: every event stream hears of it. Any thread. */
void sl_peer_server_news (SlPeerServer *server, guint64 head);
guint sl_peer_server_count_streams (SlPeerServer *server);
