/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fake-world.h"
#include "hub/address.h"
#include "hub/server.h"
#include "temp-dir.h"

/* A server with a handler of the test's, and clients on plain sockets. The handler answers what it got; a body that
 * begins with "wait" is held until the test lets it go. */
typedef struct {
  SlServer *server;        /* NULL after fixture_stop() */
  SlServerConfig config;   /* change it before fixture_start() */
  SlFakeWorld world;
  SlEventLog *log;
  SlTempDir *dir;
  int log_fd;              /* of a file that fixture_log() reads */
  gboolean store_is_well;
  GMutex mutex;
  GCond cond;
  guint held;              /* requests that wait */
  gboolean let_go;
  char *from;              /* of the last request */
} Fixture;

Fixture *fixture_new (void);
void fixture_start (Fixture *fixture);
gboolean fixture_stop (Fixture *fixture);
void fixture_free (Fixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)
void fixture_wait_held (Fixture *fixture, guint count);
void fixture_let_go (Fixture *fixture);
char *fixture_metrics (Fixture *fixture);
char *fixture_log (Fixture *fixture);

/* Routes, by their place. */
enum { ROUTE_SYNC, ROUTE_FOUND, ROUTE_EVENTS, ROUTE_HEALTH, ROUTE_METRICS, N_ROUTES };
#define SYNC_MAX_BYTES 100000
#define FOUND_MAX_BYTES (8 * 1024 * 1024)
#define BIG_ANSWER_BYTES (32 * 1024 * 1024)  /* more than socket buffers hold */

typedef struct { int status; char *head, *body; gsize length; } Reply;
void reply_free (Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

int client_connect (Fixture *fixture, const char *from /* (nullable) */);
void client_send (int fd, const char *text);
void client_send_bytes (int fd, const void *data, gsize length);
Reply *client_read (int fd);      /* NULL: the connection ended first */
gboolean client_read_until (int fd, const char *text); /* FALSE: it ended first */
gboolean client_is_ended (int fd); /* waits for the end, reading what comes before it */
Reply *client_ask (Fixture *fixture, const char *text); /* a connection of its own */
void client_expect (Fixture *fixture, const char *text, int status, const char *code /* (nullable) */);
