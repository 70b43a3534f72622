/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-server-fixture"

#include "server-fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/error.h"

#define PATIENCE_S 60   /* far beyond anything here: a hang is a failure, not a wait for ever */
#define NOW_MS G_GINT64_CONSTANT (1772424000000)

static const SlServerRoute routes[N_ROUTES] = {
  [ROUTE_SYNC] = { "/v1/sync", "POST", SL_ROUTE_ANSWER, SYNC_MAX_BYTES, FALSE },
  [ROUTE_FOUND] = { "/v1/found", "POST", SL_ROUTE_ANSWER, FOUND_MAX_BYTES, TRUE, TRUE },
  [ROUTE_EVENTS] = { "/v1/events", "GET", SL_ROUTE_EVENTS, 0, FALSE },
  [ROUTE_HEALTH] = { "/health", "GET", SL_ROUTE_HEALTH, 0, FALSE },
  [ROUTE_METRICS] = { "/metrics", "GET", SL_ROUTE_METRICS, 0, FALSE },
};

static void
hold (Fixture *fixture)
{
  g_mutex_lock (&fixture->mutex);
  fixture->held++;
  g_cond_broadcast (&fixture->cond);
  while (!fixture->let_go)
    g_cond_wait (&fixture->cond, &fixture->mutex);
  fixture->held--;
  g_cond_broadcast (&fixture->cond);
  g_mutex_unlock (&fixture->mutex);
}

/* A body that asks for something gets it; any other comes back as its length and sum. */
static SlSyncAnswer *
handle (gpointer user_data, const SlSyncRequest *request, const char *from)
{
  Fixture *fixture = user_data;
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);
  g_mutex_lock (&fixture->mutex);
  g_free (fixture->from);
  fixture->from = g_strdup (from);
  g_mutex_unlock (&fixture->mutex);
  if (length >= 4 && memcmp (data, "wait", 4) == 0)
    hold (fixture);
  if (length == 6 && memcmp (data, "refuse", 6) == 0)
    return sl_sync_answer_new_error (SL_SYNC_TOO_MANY, "Not so often.", 7);
  if (length == 3 && memcmp (data, "big", 3) == 0)
    {
      g_autoptr (GBytes) big = g_bytes_new_take (g_malloc0 (BIG_ANSWER_BYTES), BIG_ANSWER_BYTES);
      return sl_sync_answer_new ("application/octet-stream", big);
    }
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, request->body);
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT " %s", length, sum);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  return sl_sync_answer_new ("text/plain", body);
}

/* Who has no code may not be known; who has a wrong one is. */
static SlSyncAnswer *
check_first (gpointer user_data, const SlSyncRequest *request, const char *from)
{
  g_assert_cmpuint (g_bytes_get_size (request->body), ==, 0);
  g_assert_cmpstr (from, !=, "");
  const char *code = g_hash_table_lookup (request->headers, "studioloop-code");
  if (g_strcmp0 (code, "often") == 0)
    return sl_sync_answer_new_error (SL_SYNC_TOO_MANY, "Not so often.", 7);
  return g_strcmp0 (code, "wrong") == 0 ? sl_sync_answer_new_error (SL_SYNC_CODE_INVALID, "No such code.", 0) : NULL;
}

/* Whose news: the header says so. */
static SlSyncAnswer *
check_events (gpointer user_data, const SlSyncRequest *request, const char *from, SlId *out_tenant, SlId *out_replica,
              guint64 *out_head)
{
  const char *org = g_hash_table_lookup (request->headers, "studioloop-org");
  const char *key = g_hash_table_lookup (request->headers, "studioloop-key");
  if (org == NULL || !sl_id_parse (org, out_tenant))
    return sl_sync_answer_new_error (SL_SYNC_UNSIGNED, "Who is it?", 0);
  *out_replica = *out_tenant;
  if (key != NULL)
    out_replica->bytes[0] = *key;
  *out_head = 5;
  return NULL;
}

static gboolean
check_store (gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;
  if (!fixture->store_is_well)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_STORAGE, "the disk said no");
  return fixture->store_is_well;
}

static char *
more_metrics (gpointer user_data)
{
  return g_strdup ("more_metrics 1\n");
}

Fixture *
fixture_new (void)
{
  Fixture *fixture = g_new0 (Fixture, 1);
  sl_fake_world_init (&fixture->world, NOW_MS, 1);
  g_mutex_init (&fixture->mutex);
  g_cond_init (&fixture->cond);
  fixture->store_is_well = TRUE;
  fixture->dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (fixture->dir, "log");
  fixture->log_fd = open (path, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (fixture->log_fd, >=, 0);
  fixture->log = sl_event_log_new (fixture->log_fd, SL_EVENT_DEBUG, &fixture->world.base);
  fixture->config = (SlServerConfig) { .listen = "127.0.0.1:0", .spool_dir = fixture->dir->path };
  sl_server_limits_init (&fixture->config.limits);
  return fixture;
}

void
fixture_start (Fixture *fixture)
{
  const SlServerHandler handler = { .routes = routes, .n_routes = N_ROUTES, .handle = handle,
                                    .check_first = check_first, .check_events = check_events,
                                    .check_store = check_store, .metrics = more_metrics,
                                    .user_data = fixture };
  g_autoptr (GError) error = NULL;
  fixture->server = sl_server_start (&fixture->config, &handler, fixture->log, &fixture->world.base, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sl_server_port (fixture->server), !=, 0);
}

gboolean
fixture_stop (Fixture *fixture)
{
  if (!sl_server_stop (fixture->server))
    return FALSE;
  g_clear_pointer (&fixture->server, sl_server_free);
  return TRUE;
}

void
fixture_free (Fixture *fixture)
{
  if (fixture->server != NULL)
    {
      fixture_let_go (fixture);
      g_assert_true (fixture_stop (fixture));
    }
  sl_event_log_free (fixture->log);
  close (fixture->log_fd);
  sl_temp_dir_free (fixture->dir);
  g_free (fixture->from);
  g_mutex_clear (&fixture->mutex);
  g_cond_clear (&fixture->cond);
  g_free (fixture);
}

void
fixture_wait_held (Fixture *fixture, guint count)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  g_mutex_lock (&fixture->mutex);
  while (fixture->held != count)
    g_assert_true (g_cond_wait_until (&fixture->cond, &fixture->mutex, end_us));
  g_mutex_unlock (&fixture->mutex);
}

void
fixture_let_go (Fixture *fixture)
{
  g_mutex_lock (&fixture->mutex);
  fixture->let_go = TRUE;
  g_cond_broadcast (&fixture->cond);
  g_mutex_unlock (&fixture->mutex);
}

char *
fixture_metrics (Fixture *fixture)
{
  g_autoptr (Reply) reply = client_ask (fixture, "GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 200);
  return g_steal_pointer (&reply->body);
}

char *
fixture_log (Fixture *fixture)
{
  g_autofree char *path = sl_temp_dir_file (fixture->dir, "log");
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

void
reply_free (Reply *reply)
{
  g_free (reply->head);
  g_free (reply->body);
  g_free (reply);
}

int
client_connect (Fixture *fixture, const char *from)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), ==, 0);
  struct sockaddr_in address = { .sin_family = AF_INET };
  if (from != NULL)
    {
      g_assert_cmpint (inet_pton (AF_INET, from, &address.sin_addr), ==, 1);
      g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
    }
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  address.sin_port = htons (sl_server_port (fixture->server));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* A server that has ended the connection is for client_read() to notice. */
void
client_send_bytes (int fd, const void *data, gsize length)
{
  for (const char *at = data; length > 0;)
    {
      gssize n = send (fd, at, length, MSG_NOSIGNAL);
      if (n <= 0)
        return;
      at += n;
      length -= n;
    }
}

void
client_send (int fd, const char *text)
{
  client_send_bytes (fd, text, strlen (text));
}

/* 0: the end. Nothing here waits for so long that a read may run out of patience. */
static gsize
read_some (int fd, char *buffer, gsize length)
{
  gssize n;
  do
    n = recv (fd, buffer, length, 0);
  while (n < 0 && errno == EINTR);
  g_assert_true (n >= 0 || errno == ECONNRESET || errno == EPIPE);
  return MAX (n, 0);
}

gboolean
client_read_until (int fd, const char *text)
{
  g_autoptr (GString) got = g_string_new (NULL);
  char byte;
  while (!g_str_has_suffix (got->str, text))
    {
      if (read_some (fd, &byte, 1) == 0)
        return FALSE;
      g_string_append_c (got, byte);
    }
  return TRUE;
}

static gboolean
read_head (int fd, GString *head)
{
  char byte;
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (read_some (fd, &byte, 1) == 0)
        return FALSE;
      g_string_append_c (head, byte);
    }
  return TRUE;
}

Reply *
client_read (int fd)
{
  g_autoptr (GString) head = g_string_new (NULL);
  if (!read_head (fd, head))
    return NULL;
  Reply *reply = g_new0 (Reply, 1);
  reply->status = atoi (head->str + strlen ("HTTP/1.1 "));
  g_autofree char *lower = g_ascii_strdown (head->str, -1);
  const char *length = strstr (lower, "content-length: ");
  reply->length = length != NULL ? g_ascii_strtoull (length + strlen ("content-length: "), NULL, 10) : 0;
  reply->body = g_malloc0 (reply->length + 1);
  for (gsize at = 0; at < reply->length;)
    {
      gsize n = read_some (fd, reply->body + at, reply->length - at);
      if (n == 0)
        {
          reply->head = NULL;
          reply_free (reply);
          return NULL;
        }
      at += n;
    }
  reply->head = g_strdup (head->str);
  return reply;
}

gboolean
client_is_ended (int fd)
{
  char buffer[4096];
  while (read_some (fd, buffer, sizeof buffer) > 0)
    ;
  return TRUE;
}

Reply *
client_ask (Fixture *fixture, const char *text)
{
  int fd = client_connect (fixture, NULL);
  client_send (fd, text);
  Reply *reply = client_read (fd);
  close (fd);
  return reply;
}

void
client_expect (Fixture *fixture, const char *text, int status, const char *code)
{
  g_autoptr (Reply) reply = client_ask (fixture, text);
  g_assert_nonnull (reply);
  if (reply->status != status)
    g_test_message ("%s: %s", text, reply->head);
  g_assert_cmpint (reply->status, ==, status);
  g_autofree char *wanted = code != NULL ? g_strdup_printf ("\"code\":\"%s\"", code) : g_strdup ("");
  if (strstr (reply->body, wanted) == NULL)
    g_error ("%s: %s is not in %s", text, wanted, reply->body);
}
