/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>

#include "agent/peer-server.h"

/* Inside the peer server. The library's thread calls from its loop, the context's thread answers, the janitor's ends
 * what takes too long; the server's mutex stands between them. It may be held while a connection is suspended or
 * resumed. */

/* A test makes the times short. */
typedef struct {
  guint idle_s;
  gint64 request_ms, answer_ms, beat_ms;
  guint requests_per_minute; /* per address */
} SlPeerLimits;
extern const SlPeerLimits sl_peer_limits;

/* A connection, from accepted to closed. */
typedef struct {
  int fd;
  char *from;
  gint64 deadline_us; /* monotonic: it is shut then; 0: it waits for us */
} SlPeerVisit;

typedef struct _SlPeerCall SlPeerCall;
typedef struct _SlPeerStream SlPeerStream;

struct _SlPeerServer {
  struct MHD_Daemon *daemon;
  guint16 port;
  SlPeerLimits limits;
  GMainContext *context;
  SlPeerAnswerFunc answer;
  gpointer user_data;
  SlRateLimit *rate;
  GThread *janitor;
  GMutex mutex;         /* everything below */
  GCond stop;
  gboolean stopping;
  GHashTable *visits;   /* set of SlPeerVisit */
  GHashTable *waiting;  /* set of SlPeerCall: suspended until answered */
  GHashTable *streams;  /* SlId* (within the stream) → SlPeerStream: open ones */
  guint n_streams;      /* with those that are ending */
  gsize body_bytes;     /* in memory, of all requests */
  guint64 head;
  gint64 next_beat_us;
};

SlPeerServer *sl_peer_server_new_limited (const SlPeerLimits *limits, const char *address, guint16 port,
                                          GMainContext *context, SlPeerAnswerFunc answer, gpointer user_data,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlPeerVisit *sl_peer_visit_of (struct MHD_Connection *connection); /* (nullable) */
void sl_peer_visit_set_deadline (SlPeerServer *server, SlPeerVisit *visit, gint64 after_ms); /* 0: none */

/* peer-call.c: the library's callbacks */
enum MHD_Result sl_peer_call_handle (void *server, struct MHD_Connection *connection, const char *path,
                                     const char *method, const char *version, const char *data, size_t *data_size,
                                     void **call);
void sl_peer_call_completed (void *server, struct MHD_Connection *connection, void **call,
                             enum MHD_RequestTerminationCode why);
/* With the mutex held: those that wait since before then are answered busy. */
void sl_peer_calls_give_up (SlPeerServer *server, gint64 since_before_us);

/* peer-stream.c */
struct MHD_Response *sl_peer_stream_open (SlPeerServer *server, struct MHD_Connection *connection,
                                          const SlId *replica); /* NULL: there are too many */
/* With the mutex held. */
void sl_peer_streams_wake (SlPeerServer *server, gboolean beat);
void sl_peer_streams_end (SlPeerServer *server);
