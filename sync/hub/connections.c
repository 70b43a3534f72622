/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-connections"

#include "hub/connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "hub/address.h"

#define UNACKNOWLEDGED_MS (60 * 1000) /* a device whose power went: nothing of ours arrives there any more */
#define CROWDED_NUMERATOR 3           /* from three quarters on, idle connections go sooner: others need their place */
#define CROWDED_DENOMINATOR 4
#define CROWDED_IDLE_MS (2 * 1000)

struct _SlConnection {
  SlConnections *all;
  GList link;              /* in all->list */
  int fd;
  char *key;               /* for the limit per address; NULL: a proxy, without one */
  GInetAddress *peer;
  SlPhase phase;
  gint64 since_us, bytes;
  gboolean cut;
};

struct _SlConnections {
  const SlServerConfig *config;
  SlServerMetrics *metrics;
  SlEventLog *log;
  GMutex mutex;            /* of all below, and of every connection's phase: fds are shut under it alone */
  GQueue list;
  GHashTable *per_key;     /* (element-type utf8 uint) */
};

/**
 * sl_connections_new:
 * @config: kept by reference
 *
 * Returns: (transfer full): to be freed with sl_connections_free() when no connection is left
 */
SlConnections *
sl_connections_new (const SlServerConfig *config, SlServerMetrics *metrics, SlEventLog *log)
{
  SlConnections *connections = g_new0 (SlConnections, 1);
  *connections = (SlConnections) { .config = config, .metrics = metrics, .log = log };
  g_mutex_init (&connections->mutex);
  g_queue_init (&connections->list);
  connections->per_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return connections;
}

/**
 * sl_connections_free:
 * @connections: (nullable):
 *
 * Frees the table. There must be no connection left.
 */
void
sl_connections_free (SlConnections *connections)
{
  if (connections == NULL)
    return;
  g_assert (connections->list.length == 0);
  g_hash_table_unref (connections->per_key);
  g_mutex_clear (&connections->mutex);
  g_free (connections);
}

/* A proxy stands for many: its own limits count. */
static char *
limited_key (SlConnections *connections, GInetAddress *peer)
{
  return sl_address_in (connections->config->proxies, peer) ? NULL : sl_address_key (peer);
}

/**
 * sl_connections_may_come:
 * @address: of a connection that was just accepted
 *
 * Returns: whether it is within the limits; if not, it was counted as dropped. Any thread.
 */
gboolean
sl_connections_may_come (SlConnections *connections, const struct sockaddr *address)
{
  const SlServerLimits *limits = &connections->config->limits;
  g_autoptr (GInetAddress) peer = sl_address_from_socket (address);
  g_autofree char *key = limited_key (connections, peer);
  g_mutex_lock (&connections->mutex);
  gboolean full = connections->list.length >= limits->connections;
  gboolean many = key != NULL && GPOINTER_TO_UINT (g_hash_table_lookup (connections->per_key, key)) >=
                                   limits->connections_per_address;
  g_mutex_unlock (&connections->mutex);
  if (full || many)
    sl_server_metrics_dropped (connections->metrics, full ? SL_DROPPED_FULL : SL_DROPPED_ADDRESS);
  return !full && !many;
}

/**
 * sl_connections_add:
 * @fd: the connection's socket, which stays open until after sl_connections_remove()
 * @address: (nullable): of the peer
 *
 * A new connection: it has until the limit to send its first headers. Any thread.
 *
 * Returns: (transfer none): the table's, until sl_connections_remove()
 */
SlConnection *
sl_connections_add (SlConnections *connections, int fd, const struct sockaddr *address)
{
  const unsigned unacknowledged_ms = UNACKNOWLEDGED_MS;
  (void) setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
  SlConnection *connection = g_new0 (SlConnection, 1);
  *connection = (SlConnection) { .all = connections, .fd = fd, .peer = sl_address_from_socket (address),
                                 .phase = SL_PHASE_HEADERS, .since_us = g_get_monotonic_time () };
  connection->key = limited_key (connections, connection->peer);
  connection->link.data = connection;
  g_mutex_lock (&connections->mutex);
  g_queue_push_tail_link (&connections->list, &connection->link);
  if (connection->key != NULL)
    {
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (connections->per_key, connection->key));
      g_hash_table_insert (connections->per_key, g_strdup (connection->key), GUINT_TO_POINTER (count + 1));
    }
  g_mutex_unlock (&connections->mutex);
  sl_server_metrics_connection (connections->metrics);
  return connection;
}

/**
 * sl_connections_remove:
 * @connection: (transfer full): whose socket is about to be closed
 *
 * Any thread.
 */
void
sl_connections_remove (SlConnection *connection)
{
  SlConnections *connections = connection->all;
  g_mutex_lock (&connections->mutex);
  g_queue_unlink (&connections->list, &connection->link);
  if (connection->key != NULL)
    {
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (connections->per_key, connection->key));
      if (count > 1)
        g_hash_table_insert (connections->per_key, g_strdup (connection->key), GUINT_TO_POINTER (count - 1));
      else
        g_hash_table_remove (connections->per_key, connection->key);
    }
  g_mutex_unlock (&connections->mutex);
  g_clear_object (&connection->peer);
  g_free (connection->key);
  g_free (connection);
}

/**
 * sl_connections_count:
 *
 * Returns: how many connections are open; any thread
 */
guint
sl_connections_count (SlConnections *connections)
{
  g_mutex_lock (&connections->mutex);
  guint count = connections->list.length;
  g_mutex_unlock (&connections->mutex);
  return count;
}

/**
 * sl_connection_peer:
 *
 * Returns: (nullable) (transfer none): who is connected
 */
GInetAddress *
sl_connection_peer (const SlConnection *connection)
{
  return connection->peer;
}

/**
 * sl_connection_is_cut:
 *
 * Returns: whether its time was up
 */
gboolean
sl_connection_is_cut (const SlConnection *connection)
{
  g_mutex_lock (&connection->all->mutex);
  gboolean is_cut = connection->cut;
  g_mutex_unlock (&connection->all->mutex);
  return is_cut;
}

/**
 * sl_connection_enter:
 * @bytes: of the answer, for %SL_PHASE_ANSWER; else 0
 *
 * The connection begins something else: its time for that begins.
 */
void
sl_connection_enter (SlConnection *connection, SlPhase phase, gint64 bytes)
{
  g_mutex_lock (&connection->all->mutex);
  connection->phase = phase;
  connection->since_us = g_get_monotonic_time ();
  connection->bytes = bytes;
  g_mutex_unlock (&connection->all->mutex);
}

/**
 * sl_connection_enter_headers:
 *
 * The first line of a request has come. For a connection's first request the time runs since it was opened.
 */
void
sl_connection_enter_headers (SlConnection *connection)
{
  g_mutex_lock (&connection->all->mutex);
  if (connection->phase == SL_PHASE_IDLE)
    {
      connection->phase = SL_PHASE_HEADERS;
      connection->since_us = g_get_monotonic_time ();
    }
  g_mutex_unlock (&connection->all->mutex);
}

/**
 * sl_connection_progress:
 * @bytes: more that arrived of a body
 *
 * Each byte of a body buys the time that it takes at the lowest rate.
 */
void
sl_connection_progress (SlConnection *connection, gint64 bytes)
{
  g_mutex_lock (&connection->all->mutex);
  connection->bytes += bytes;
  g_mutex_unlock (&connection->all->mutex);
}

/* An answer past the library. Over TLS it would not be one: there the end of the connection has to say it all. */
static void
send_raw (SlConnection *connection, SlSyncCode code, const char *message)
{
  if (connection->all->config->cert_pem != NULL)
    return;
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new_error (code, message, 0);
  gsize length;
  const char *body = g_bytes_get_data (answer->body, &length);
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %d Refused\r\nContent-Type: application/json\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n%.*s",
                                           answer->status, length, (int) length, body);
  (void) send (connection->fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/**
 * sl_connection_break:
 * @code: of the refusal
 * @message: for people
 *
 * Says why and ends the connection's sending. Only on the thread that serves the connection, while nothing of an answer
 * was sent.
 */
void
sl_connection_break (SlConnection *connection, SlSyncCode code, const char *message)
{
  g_mutex_lock (&connection->all->mutex);
  if (!connection->cut)
    {
      connection->cut = TRUE;
      send_raw (connection, code, message);
      (void) shutdown (connection->fd, SHUT_WR);
    }
  g_mutex_unlock (&connection->all->mutex);
}

static gint64
bytes_ms (const SlServerLimits *limits, gint64 bytes)
{
  return bytes * 1000 / MAX (limits->lowest_bytes_per_s, 1);
}

/* How long a connection may be in its phase; -1: as long as it takes us. */
static gint64
allowed_ms (const SlConnection *connection, gboolean crowded)
{
  const SlServerLimits *limits = &connection->all->config->limits;
  switch (connection->phase)
    {
    case SL_PHASE_HEADERS:
      return limits->headers_ms;
    case SL_PHASE_IDLE:
      return crowded ? MIN (CROWDED_IDLE_MS, limits->idle_ms) : limits->idle_ms;
    case SL_PHASE_BODY:
      return limits->body_grace_ms + bytes_ms (limits, connection->bytes);
    case SL_PHASE_WORK:
      return -1;
    case SL_PHASE_ANSWER:
      return limits->answer_grace_ms + bytes_ms (limits, connection->bytes);
    case SL_PHASE_STREAM:   /* streams end by themselves; one whose reader does not read cannot */
      return limits->stream_ms + limits->answer_grace_ms;
    }
  g_return_val_if_reached (-1);
}

/* The library notices the end of a socket, and closes it itself: until then the number is this connection's. */
static void
cut (SlConnection *connection)
{
  connection->cut = TRUE;
  if (connection->phase == SL_PHASE_HEADERS || connection->phase == SL_PHASE_BODY)
    send_raw (connection, SL_SYNC_TOO_SLOW, "The request did not arrive in time.");
  if (connection->phase == SL_PHASE_HEADERS)   /* one in its body is counted with its path */
    sl_server_metrics_request (connection->all->metrics, G_MAXUINT, SL_SYNC_TOO_SLOW, 0, 0, 0);
  (void) shutdown (connection->fd, SHUT_RDWR);
  sl_server_metrics_dropped (connection->all->metrics,
                             connection->phase == SL_PHASE_IDLE ? SL_DROPPED_IDLE : SL_DROPPED_SLOW);
}

/**
 * sl_connections_cut_late:
 *
 * Ends every connection that had more time for what it does than it may have. One thread, now and then.
 *
 * Returns: how many connections there are
 */
guint
sl_connections_cut_late (SlConnections *connections)
{
  gint64 now_us = g_get_monotonic_time ();
  g_mutex_lock (&connections->mutex);
  guint count = connections->list.length, late = 0;
  gboolean crowded = (guint64) count * CROWDED_DENOMINATOR >
                     (guint64) connections->config->limits.connections * CROWDED_NUMERATOR;
  for (GList *at = connections->list.head; at != NULL; at = at->next)
    {
      SlConnection *connection = at->data;
      gint64 allowed = allowed_ms (connection, crowded);
      if (!connection->cut && allowed >= 0 && now_us - connection->since_us > allowed * 1000)
        {
          late += connection->phase != SL_PHASE_IDLE;
          cut (connection);
        }
    }
  g_mutex_unlock (&connections->mutex);
  if (late > 0)
    sl_event_log_write (connections->log, SL_EVENT_INFO, "too_slow", json_pack ("{si}", "connections", (int) late));
  return count;
}
