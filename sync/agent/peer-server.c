/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-peer-server"

#include "agent/peer-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/peer-private.h"
#include "core/error.h"

#define HEAD_MAX_BYTES (16 * 1024)   /* of a request's headers, and as much again for an answer's; ours have some 800 */
#define BACKLOG 64
#define JANITOR_US (G_USEC_PER_SEC / 4) /* how often it looks */
#define BEAT_MS (25 * 1000)             /* sync/README.md "Paths" */
#define REQUESTS_PER_MINUTE 1200        /* of an address: a busy desk's bookings and check-ins, each told at once */
#define UNACKNOWLEDGED_MS (60 * 1000)   /* a listener whose machine died is forgotten by then */

const SlPeerLimits sl_peer_limits = {
  .idle_s = SL_PEER_IDLE_S, .request_ms = SL_PEER_REQUEST_MS, .answer_ms = SL_PEER_ANSWER_MS, .beat_ms = BEAT_MS,
  .requests_per_minute = REQUESTS_PER_MINUTE
};

static void
visit_free (gpointer data)
{
  SlPeerVisit *visit = data;
  g_free (visit->from);
  g_free (visit);
}

/* An IPv4 address is written as one, whatever socket it came to. */
static char *
describe_address (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == NULL || info->client_addr == NULL)
    return g_strdup ("");
  gsize size = info->client_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (info->client_addr, size);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
on_connection (void *data, struct MHD_Connection *connection, void **socket_context,
               enum MHD_ConnectionNotificationCode what)
{
  SlPeerServer *server = data;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED)
    {
      g_mutex_lock (&server->mutex);
      g_hash_table_remove (server->visits, *socket_context);
      g_mutex_unlock (&server->mutex);
      *socket_context = NULL;
      return;
    }
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  SlPeerVisit *visit = g_new0 (SlPeerVisit, 1);
  visit->fd = info != NULL ? info->connect_fd : -1;
  visit->from = describe_address (connection);
  visit->deadline_us = g_get_monotonic_time () + server->limits.request_ms * 1000;
  unsigned int unacknowledged_ms = UNACKNOWLEDGED_MS;
  (void) setsockopt (visit->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
  g_mutex_lock (&server->mutex);
  g_hash_table_add (server->visits, visit);
  g_mutex_unlock (&server->mutex);
  *socket_context = visit;
}

/**
 * sl_peer_visit_of:
 * @connection: a connection
 *
 * Returns: (transfer none) (nullable): what is kept of it
 */
SlPeerVisit *
sl_peer_visit_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info != NULL ? info->socket_context : NULL;
}

/**
 * sl_peer_visit_set_deadline:
 * @server: the server
 * @visit: (nullable): a connection
 * @after_ms: so long from now it may go on; 0: for as long as it likes
 */
void
sl_peer_visit_set_deadline (SlPeerServer *server, SlPeerVisit *visit, gint64 after_ms)
{
  if (visit == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  visit->deadline_us = after_ms > 0 ? g_get_monotonic_time () + after_ms * 1000 : 0;
}

/* With the mutex held, so that no connection is closed meanwhile. The library sees the end of it and closes. */
static void
shut_late_visits (SlPeerServer *server, gint64 now_us)
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, server->visits);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      SlPeerVisit *visit = key;
      if (visit->deadline_us == 0 || visit->deadline_us > now_us || visit->fd < 0)
        continue;
      visit->deadline_us = 0;
      (void) shutdown (visit->fd, SHUT_RDWR); /* it may be gone by itself */
    }
}

/* Its own thread: the context's may be at work for long. */
static gpointer
keep_order (gpointer data)
{
  SlPeerServer *server = data;
  g_mutex_lock (&server->mutex);
  while (!server->stopping)
    {
      gint64 now_us = g_get_monotonic_time ();
      shut_late_visits (server, now_us);
      sl_peer_calls_give_up (server, now_us - server->limits.answer_ms * 1000);
      if (now_us >= server->next_beat_us)
        {
          sl_peer_streams_wake (server, TRUE);
          server->next_beat_us = now_us + server->limits.beat_ms * 1000;
        }
      (void) g_cond_wait_until (&server->stop, &server->mutex, now_us + JANITOR_US);
    }
  g_mutex_unlock (&server->mutex);
  return NULL;
}

static GSocket *
listen_on (GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    (void) g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, !g_inet_address_get_is_any (address), NULL);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, where, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* All interfaces are those of IPv6, which takes IPv4 too; a machine may have none of it. */
static GSocket *
open_socket (const char *text, guint16 port, GError **error)
{
  g_autoptr (GError) first = NULL;
  if (text != NULL)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
      if (address != NULL)
        return listen_on (address, port, error);
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "not an address: %s", text);
      return NULL;
    }
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GInetAddress) any_ipv4 = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  GSocket *socket = listen_on (any, port, &first);
  return socket != NULL ? socket : listen_on (any_ipv4, port, error);
}

static void
log_line (void *data, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_debug ("%s", g_strchomp (text));
}

/* Paths are compared and signed as they came. */
static size_t
unescape_nothing (void *data, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

static gboolean
start_daemon (SlPeerServer *server, int fd)
{
  server->daemon = MHD_start_daemon (
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
      sl_peer_call_handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_CONNECTION_LIMIT, (unsigned int) SL_PEER_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
      (unsigned int) SL_PEER_CONNECTIONS_PER_ADDRESS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, server->limits.idle_s,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) (2 * HEAD_MAX_BYTES), MHD_OPTION_NOTIFY_CONNECTION, on_connection,
      server, MHD_OPTION_NOTIFY_COMPLETED, sl_peer_call_completed, server, MHD_OPTION_UNESCAPE_CALLBACK,
      unescape_nothing, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
  return server->daemon != NULL;
}

/* Where the server listens now, on a descriptor that the library takes over. -1: nowhere */
static int
listen_anywhere (SlPeerServer *server, const char *address, guint16 port, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GSocket) socket = open_socket (address, port, &why);
  g_autoptr (GSocketAddress) local = socket != NULL ? g_socket_get_local_address (socket, &why) : NULL;
  int fd = local != NULL ? dup (g_socket_get_fd (socket)) : -1;
  if (fd < 0)
    {
      gboolean is_ours = why != NULL && why->domain == SL_ERROR;
      g_set_error (error, SL_ERROR, is_ours ? why->code : SL_ERROR_OFFLINE, "neighbours cannot be listened to: %s",
                   why != NULL ? why->message : g_strerror (errno));
      return -1;
    }
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return fd;
}

/**
 * sl_peer_server_new_limited:
 * @limits: how long and how often
 * @address: as in sl_peer_server_new()
 * @port: likewise
 * @context: likewise
 * @answer: likewise
 * @user_data: likewise
 * @error: return location
 *
 * Returns: (transfer full) (nullable): as there
 */
SlPeerServer *
sl_peer_server_new_limited (const SlPeerLimits *limits, const char *address, guint16 port, GMainContext *context,
                            SlPeerAnswerFunc answer, gpointer user_data, GError **error)
{
  SlPeerServer *server = g_new0 (SlPeerServer, 1);
  g_mutex_init (&server->mutex);
  g_cond_init (&server->stop);
  server->limits = *limits;
  server->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  server->answer = answer;
  server->user_data = user_data;
  server->rate = sl_rate_limit_new (limits->requests_per_minute, 60 * 1000);
  server->visits = g_hash_table_new_full (NULL, NULL, visit_free, NULL);
  server->waiting = g_hash_table_new (NULL, NULL);
  server->streams = g_hash_table_new (sl_id_hash, sl_id_equal);
  server->next_beat_us = g_get_monotonic_time () + limits->beat_ms * 1000;
  int fd = listen_anywhere (server, address, port, error);
  if (fd >= 0 && start_daemon (server, fd))
    {
      server->janitor = g_thread_new ("peer-janitor", keep_order, server);
      return server;
    }
  if (fd >= 0)
    {
      (void) close (fd);
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "the HTTP server for neighbours cannot start");
    }
  sl_peer_server_free (server);
  return NULL;
}

/**
 * sl_peer_server_new:
 * @address: (nullable): a numeric address of this machine; %NULL: all interfaces, IPv6 and IPv4
 * @port: the port; 0: one that the kernel chooses
 * @context: (nullable): on whose thread @answer is called; %NULL: the default one. Two devices that ask each other at
 *   the same time must both answer: a thread that waits for a neighbour's answer must not be the one that answers,
 *   unless it runs this context while it waits
 * @answer: answers a request that is well-formed; its signature it checks itself
 * @user_data: for @answer
 * @error: return location
 *
 * Listens to neighbours, on threads of its own. Slow, many and silent clients are bounded by the limits in the header.
 *
 * Returns: (transfer full) (nullable): the server; %NULL with %SL_ERROR_OFFLINE when the address is not to be had, with
 *   %SL_ERROR_BAD_INPUT when it is none
 */
SlPeerServer *
sl_peer_server_new (const char *address, guint16 port, GMainContext *context, SlPeerAnswerFunc answer,
                    gpointer user_data, GError **error)
{
  g_return_val_if_fail (answer != NULL, NULL);
  return sl_peer_server_new_limited (&sl_peer_limits, address, port, context, answer, user_data, error);
}

/**
 * sl_peer_server_free:
 * @server: (nullable) (transfer full): the server
 *
 * Ends every connection: those that wait are answered busy. On the context's thread, not inside an answer.
 */
void
sl_peer_server_free (SlPeerServer *server)
{
  if (server == NULL)
    return;
  g_mutex_lock (&server->mutex);
  server->stopping = TRUE;
  g_cond_signal (&server->stop);
  sl_peer_calls_give_up (server, G_MAXINT64);
  sl_peer_streams_end (server);
  g_mutex_unlock (&server->mutex);
  g_clear_pointer (&server->janitor, g_thread_join);
  g_clear_pointer (&server->daemon, MHD_stop_daemon);
  g_hash_table_unref (server->visits);
  g_hash_table_unref (server->waiting);
  g_hash_table_unref (server->streams);
  sl_rate_limit_free (server->rate);
  g_main_context_unref (server->context);
  g_cond_clear (&server->stop);
  g_mutex_clear (&server->mutex);
  g_free (server);
}

/**
 * sl_peer_server_get_port:
 * @server: the server
 *
 * Returns: the port that it listens on
 */
guint16
sl_peer_server_get_port (SlPeerServer *server)
{
  g_return_val_if_fail (server != NULL, 0);
  return server->port;
}

/**
 * sl_peer_server_news:
 * @server: the server
 * @head: what this device's log has grown to, a number that only rises
 *
 * Tells every listener, and those that come later. News that come faster than a listener reads become one. Any thread.
 */
void
sl_peer_server_news (SlPeerServer *server, guint64 head)
{
  g_return_if_fail (server != NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  server->head = head;
  sl_peer_streams_wake (server, FALSE);
}

/**
 * sl_peer_server_count_streams:
 * @server: the server
 *
 * Returns: how many devices listen. Any thread
 */
guint
sl_peer_server_count_streams (SlPeerServer *server)
{
  g_return_val_if_fail (server != NULL, 0);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  return g_hash_table_size (server->streams);
}
