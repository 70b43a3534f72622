/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "hub-crowd.h"
#include "series.h"

#define LOAD_CLIENTS_MAX 64

/* A program that serves: studioloop-hub, or the peer. */
typedef struct {
  GSubprocess *process;
  guint16 port;
} LoadServer;
LoadServer *load_server_new (const char *const *argv, const char *log);
void load_server_free (LoadServer *server); /* asks it to end, and waits */
gint64 load_server_rss_kib (LoadServer *server);
/* Processor time so far: of all its threads; of those that bring replicas up to their logs. */
void load_server_cpu_ms (LoadServer *server, double *out_all, double *out_replicas);

/* Clients, each on a thread and a connection of its own, one request behind the other. */
typedef struct {
  Crowd *crowd;             /* (nullable): pushes of its devices; NULL: the peer's requests */
  LoadServer *servers[2];
  guint n_servers, n_clients;
  double seconds;
  double per_second;        /* all clients together; 0: as fast as it goes */
} LoadHow;
typedef struct {
  SlSeries *series;         /* of requests that were answered well */
  double seconds;
  guint refused;
} LoadResult;
void load_warm_up (const LoadHow *how); /* every device asks once: its hub knows it then */
void load_run (const LoadHow *how, LoadResult *out);
void load_result_clear (LoadResult *result);
/* One push, begun and answered: when, on the clock that does not go back. */
void load_push_once (Crowd *crowd, CrowdDevice *device, LoadServer *server, gint64 *out_sent_us,
                     gint64 *out_answered_us);
