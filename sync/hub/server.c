/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-server"

#include "hub/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "hub/address.h"
#include "hub/server-private.h"

/* Of a connection, within the library: the first line, all headers and the answer's headers. Ours have some 1,500
 * bytes, proxies add some hundreds; 10,000 idle connections touch little of theirs. */
#define CONNECTION_MEMORY_BYTES (16 * 1024)
#define TICK_MS 200           /* how exact deadlines are */
#define ABANDON_MS 1000       /* what was given up needs this long to be sent and closed */
#define LIBRARY_LOG_MAX 512
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/**
 * sl_server_limits_init:
 * @limits: (out caller-allocates):
 *
 * The limits that a hub has unless it is told otherwise.
 */
void
sl_server_limits_init (SlServerLimits *limits)
{
  *limits = (SlServerLimits) {
    .headers_ms = 15 * 1000,            /* ten round trips of a satellite line */
    .idle_ms = 75 * 1000,               /* an agent that polls by the minute keeps its connection */
    .body_grace_ms = 20 * 1000,
    .answer_grace_ms = 60 * 1000,
    .lowest_bytes_per_s = 2 * 1024,     /* EDGE at its worst; slower lines time out at the agent, too */
    .stream_ms = G_GINT64_CONSTANT (4) * 60 * 60 * 1000,
    .comment_ms = 25 * 1000,            /* below the 30 s after which some mobile networks forget a connection */
    .stop_ms = 10 * 1000,
    .connections = 16384,
    .connections_per_address = 256,     /* a building behind one address: 60 desks with 4 connections each */
    .streams = 12288,
    .streams_per_device = 2,            /* the one in use, and one that is only not known to be dead */
    .waiting = 512,                     /* some seconds of work: who is sent away comes again sooner */
    .workers = 8,
    .threads = 2,
    .body_memory_bytes = G_GINT64_CONSTANT (256) << 20,
    .answer_memory_bytes = G_GINT64_CONSTANT (512) << 20, /* 128 first fills at a time */
    .files = 4,
  };
}

/* --- what the library tells --- */

static enum MHD_Result
on_accept (void *user_data, const struct sockaddr *address, socklen_t length)
{
  SlServer *server = user_data;
  return sl_connections_may_come (server->connections, address) ? MHD_YES : MHD_NO;
}

static void
on_connection (void *user_data, struct MHD_Connection *connection, void **socket_context,
               enum MHD_ConnectionNotificationCode what)
{
  SlServer *server = user_data;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED)
    {
      g_clear_pointer ((SlConnection **) socket_context, sl_connections_remove);
      return;
    }
  int fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  *socket_context = sl_connections_add (server->connections, fd, info != NULL ? info->client_addr : NULL);
}

/* What is no HTTP the library answers itself, and says so only here: counted by the status that it sent. */
static void G_GNUC_PRINTF (2, 0)
on_library_log (void *user_data, const char *format, va_list args)
{
  SlServer *server = user_data;
  char text[LIBRARY_LOG_MAX];
  (void) vsnprintf (text, sizeof text, format, args);
  const char *code = strstr (text, "HTTP response code is ");
  if (code != NULL)
    {
      int status = atoi (code + strlen ("HTTP response code is "));
      gboolean large = status == MHD_HTTP_CONTENT_TOO_LARGE || status == MHD_HTTP_URI_TOO_LONG ||
                       status == MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
      SlSyncCode as = large ? SL_SYNC_TOO_LARGE : status == MHD_HTTP_INTERNAL_SERVER_ERROR ? SL_SYNC_BUSY
                                                                                           : SL_SYNC_BAD_REQUEST;
      sl_server_metrics_request (server->metrics, G_MAXUINT, as, 0, 0, 0);
      sl_server_metrics_dropped (server->metrics, SL_DROPPED_MALFORMED);
    }
  if (sl_event_log_wants (server->log, SL_EVENT_DEBUG))
    {
      g_autofree char *valid = g_utf8_make_valid (g_strchomp (text), -1);
      sl_event_log_write (server->log, SL_EVENT_DEBUG, "http", json_pack ("{ss}", "text", valid));
    }
}

/* Paths are compared as they came: what is escaped in them is no path of ours. */
static size_t
leave_escaped (void *user_data, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

/* --- beginning --- */

static gpointer
tick (gpointer user_data)
{
  SlServer *server = user_data;
  g_mutex_lock (&server->mutex);
  while (!server->ticker_ends)
    {
      g_mutex_unlock (&server->mutex);
      (void) sl_connections_cut_late (server->connections);
      sl_events_tick (server->events);
      g_mutex_lock (&server->mutex);
      gint64 next_us = g_get_monotonic_time () + TICK_MS * 1000;
      while (!server->ticker_ends && g_cond_wait_until (&server->cond, &server->mutex, next_us))
        ;   /* a call ended */
    }
  g_mutex_unlock (&server->mutex);
  return NULL;
}

static struct MHD_Daemon *
start_daemon (SlServer *server, int fd)
{
  const SlServerLimits *limits = &server->config.limits;
  struct MHD_OptionItem tls[] = {
    { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) server->config.cert_pem },
    { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) server->config.key_pem },
    { MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES },
    { MHD_OPTION_END, 0, NULL }
  };
  struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };
  gboolean with_tls = server->config.cert_pem != NULL;
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                   (with_tls ? MHD_USE_TLS : 0);
  /* The library shares its limit out among its threads; ours counts for all, so no thread may come to its own first. */
  unsigned most = (limits->connections + 1) * limits->threads;
  return MHD_start_daemon (flags, 0, on_accept, server, sl_server_on_request, server,
                           MHD_OPTION_EXTERNAL_LOGGER, on_library_log, server,
                           MHD_OPTION_LISTEN_SOCKET, fd,
                           MHD_OPTION_THREAD_POOL_SIZE, (unsigned) limits->threads,
                           MHD_OPTION_CONNECTION_LIMIT, most,
                           MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY_BYTES,
                           MHD_OPTION_CONNECTION_TIMEOUT, (unsigned) 0,
                           MHD_OPTION_STRICT_FOR_CLIENT, 1,
                           MHD_OPTION_NOTIFY_COMPLETED, sl_server_on_ended, server,
                           MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                           MHD_OPTION_URI_LOG_CALLBACK, sl_server_on_first_line, server,
                           MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
                           MHD_OPTION_ARRAY, with_tls ? tls : plain,
                           MHD_OPTION_END);
}

static SlServer *
server_new (const SlServerConfig *config, const SlServerHandler *handler, SlEventLog *log, SlWorld *world)
{
  SlServer *server = g_new0 (SlServer, 1);
  *server = (SlServer) { .config = *config, .handler = *handler, .log = log, .world = world };
  g_mutex_init (&server->mutex);
  g_cond_init (&server->cond);
  g_queue_init (&server->calls);
  g_autofree const char **paths = g_new0 (const char *, handler->n_routes + 1);
  for (guint i = 0; i < handler->n_routes; i++)
    paths[i] = handler->routes[i].path;
  server->metrics = sl_server_metrics_new (paths, handler->n_routes);
  server->connections = sl_connections_new (&server->config, server->metrics, log);
  server->events = sl_events_new (&server->config.limits, server->metrics);
  return server;
}

/**
 * sl_server_start:
 * @config: copied; what it points to must outlive the server
 * @handler: copied, likewise
 * @log: for one line per request, and what goes wrong
 *
 * Opens the socket and serves it on threads of its own from now on.
 *
 * Returns: (transfer full): to be ended with sl_server_stop() and sl_server_free(); %NULL with %SL_ERROR_BAD_INPUT (the
 * address, or certificate and key are none), %SL_ERROR_OFFLINE (the address cannot be had) or %SL_ERROR_STORAGE
 */
SlServer *
sl_server_start (const SlServerConfig *config, const SlServerHandler *handler, SlEventLog *log, SlWorld *world,
                 GError **error)
{
  g_return_val_if_fail (config != NULL && handler != NULL && log != NULL && world != NULL, NULL);
  guint16 port;
  int fd = sl_address_listen (config->listen, &port, error);
  if (fd < 0)
    return NULL;
  SlServer *server = server_new (config, handler, log, world);
  server->port = port;
  server->pool = g_thread_pool_new (sl_server_run_call, server, config->limits.workers, TRUE, error);
  if (server->pool != NULL)
    server->daemon = start_daemon (server, fd);
  if (server->daemon == NULL)
    {
      if (server->pool != NULL)
        g_set_error (error, SL_ERROR, config->cert_pem != NULL ? SL_ERROR_BAD_INPUT : SL_ERROR_STORAGE,
                     config->cert_pem != NULL ? "certificate and key are not a pair that TLS can use"
                                              : "the HTTP library does not start");
      close (fd);
      sl_server_free (server);
      return NULL;
    }
  server->ticker = g_thread_new ("sl-server-tick", tick, server);
  return server;
}

/**
 * sl_server_port:
 *
 * Returns: the port that is listened on
 */
guint16
sl_server_port (const SlServer *server)
{
  return server->port;
}

/**
 * sl_server_news:
 * @head: how far the log of @tenant has grown; 0: unknown
 *
 * Tells every device of @tenant that listens. Any thread.
 */
void
sl_server_news (SlServer *server, const SlId *tenant, guint64 head)
{
  (void) sl_events_tell (server->events, tenant, head);
}

/**
 * sl_server_listening:
 *
 * Returns: (transfer full) (element-type SlId): tenants of whom a device listens; any thread
 */
GArray *
sl_server_listening (SlServer *server)
{
  return sl_events_tenants (server->events);
}

/**
 * sl_server_metrics:
 *
 * Returns: (transfer none): its counters
 */
SlServerMetrics *
sl_server_metrics (SlServer *server)
{
  return server->metrics;
}

/**
 * sl_server_gauges:
 * @out: (out caller-allocates):
 *
 * How much there is of everything at this moment. Any thread.
 */
void
sl_server_gauges (SlServer *server, SlServerGauges *out)
{
  out->connections = sl_connections_count (server->connections);
  out->streams = sl_events_count (server->events);
  g_mutex_lock (&server->mutex);
  out->waiting = server->waiting;
  out->running = server->running;
  out->body_bytes = server->body_bytes;
  g_mutex_unlock (&server->mutex);
}

/* --- ending --- */

/* With the mutex: until no call is left, or the time is up. */
static gboolean
wait_for_calls (SlServer *server, gint64 ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;
  while (server->calls.length > 0 && g_cond_wait_until (&server->cond, &server->mutex, end_us))
    ;
  return server->calls.length == 0;
}

/**
 * sl_server_stop:
 *
 * Takes no more connections and no more requests, lets what runs come to its end within the limit, ends all streams,
 * then closes what is left. Not on a thread of the server's; once.
 *
 * Returns: %FALSE when a worker still runs: the server must not be freed, and the process should end
 */
gboolean
sl_server_stop (SlServer *server)
{
  g_mutex_lock (&server->mutex);
  server->stopping = TRUE;
  g_mutex_unlock (&server->mutex);
  MHD_socket fd = MHD_quiesce_daemon (server->daemon);
  if (fd != MHD_INVALID_SOCKET)
    close (fd);
  sl_events_close_all (server->events);
  g_mutex_lock (&server->mutex);
  if (!wait_for_calls (server, server->config.limits.stop_ms))
    {
      sl_server_abandon_calls (server);
      (void) wait_for_calls (server, ABANDON_MS);
    }
  guint running = server->running;
  server->ticker_ends = TRUE;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->mutex);
  g_clear_pointer (&server->ticker, g_thread_join);
  if (running > 0)
    {
      sl_event_log_write (server->log, SL_EVENT_WARNING, "abandoned", json_pack ("{si}", "requests", (int) running));
      return FALSE;
    }
  g_clear_pointer (&server->daemon, MHD_stop_daemon);
  return TRUE;
}

/**
 * sl_server_free:
 * @server: (nullable): stopped, or not started
 *
 * Frees what is left.
 */
void
sl_server_free (SlServer *server)
{
  if (server == NULL)
    return;
  g_assert (server->daemon == NULL);
  if (server->pool != NULL)
    g_thread_pool_free (server->pool, FALSE, TRUE);
  sl_events_free (server->events);
  sl_connections_free (server->connections);
  sl_server_metrics_free (server->metrics);
  g_mutex_clear (&server->mutex);
  g_cond_clear (&server->cond);
  g_free (server);
}
