/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "agent/peer-private.h"
#include "core/crypto.h"
#include "core/error.h"
#include "fake-world.h"
#include "oplog/operation.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC) /* what does not come by then never comes */

/* A device that answers on the thread of the test, and another that asks. */
typedef struct {
  SlFakeWorld world;
  SlSignKey key;
  SlSyncSigner asker;
  SlId organisation;
  SlPeerLimits limits;
  SlPeerServer *server;
  GThread *thread;
  guint answered;
  char *last_body, *last_from;
} Desk;

static void
sign_with (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

static SlSyncAnswer *
answer (const SlSyncRequest *request, const char *from, gpointer user_data)
{
  Desk *desk = user_data;
  g_assert_true (g_thread_self () == desk->thread);
  desk->answered++;
  g_free (desk->last_body);
  g_free (desk->last_from);
  desk->last_body = g_strndup (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  desk->last_from = g_strdup (from);
  g_autoptr (GBytes) body = g_bytes_new ("well", 4);
  return sl_sync_answer_new (SL_SYNC_STREAM_TYPE, body);
}

static void
start (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  desk->server = sl_peer_server_new_limited (&desk->limits, "127.0.0.1", 0, NULL, answer, desk, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sl_peer_server_get_port (desk->server), >, 0);
}

static void
set_up (Desk *desk, gconstpointer unused)
{
  sl_fake_world_init (&desk->world, G_GINT64_CONSTANT (1893499200000), 5);
  sl_sign_key_new (&desk->world.base, &desk->key);
  memcpy (desk->asker.public_key, desk->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_replica_from_key (desk->key.public_key, &desk->asker.replica);
  desk->asker.sign = sign_with;
  desk->asker.user_data = &desk->key;
  sl_id_random (&desk->world.base, &desk->organisation);
  desk->limits = sl_peer_limits;
  desk->thread = g_thread_self ();
}

static void
tear_down (Desk *desk, gconstpointer unused)
{
  sl_peer_server_free (desk->server);
  g_free (desk->last_body);
  g_free (desk->last_from);
}

static GSocketConnection *
call_up (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", sl_peer_server_get_port (desk->server), NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* FALSE: the other end has closed. */
static gboolean
say (GSocketConnection *connection, const char *text, gsize length)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  while (length > 0)
    {
      gssize sent = g_socket_send (socket, text, length, NULL, NULL);
      if (sent <= 0)
        return FALSE;
      text += sent;
      length -= (gsize) sent;
    }
  return TRUE;
}

/* Hears until text comes, or NULL: until the end; the test's thread answers meanwhile. FALSE: it ended before. */
static gboolean
hear_until (GSocketConnection *connection, const char *text, GString *heard)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  while (text == NULL || strstr (heard->str, text) == NULL)
    {
      char buffer[4096];
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      if (!g_socket_condition_timed_wait (socket, G_IO_IN, 2000, NULL, NULL))
        continue;
      gssize got = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
      if (got <= 0)
        return text == NULL;
      g_string_append_len (heard, buffer, got);
    }
  return TRUE;
}

static int
status_of (const GString *heard)
{
  return g_str_has_prefix (heard->str, "HTTP/1.1 ") ? atoi (heard->str + strlen ("HTTP/1.1 ")) : 0;
}

/* Says the text and gives the status of what comes back; 0: nothing does. */
static int
ask (Desk *desk, const char *text, gsize length)
{
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  (void) say (connection, text, length);
  (void) hear_until (connection, "\r\n\r\n", heard);
  return status_of (heard);
}

static GString *
request_text (Desk *desk, const char *method, const char *path, const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (SlSyncRequest) request = sl_sync_request_new (method, path, bytes);
  sl_sync_sign_request (request, &desk->asker, &desk->organisation, &desk->world.base, desk->world.now_ms, TRUE);
  GString *text = g_string_new (NULL);
  g_string_printf (text, "%s %s HTTP/1.1\r\nHost: desk\r\nContent-Length: %zu\r\n", method, path, strlen (body));
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%s: %s\r\n", (char *) name, (char *) value);
  g_string_append_printf (text, "\r\n%s", body);
  return text;
}

static int
ask_signed (Desk *desk, const char *method, const char *path, const char *body)
{
  g_autoptr (GString) text = request_text (desk, method, path, body);
  return ask (desk, text->str, text->len);
}

static void
a_signed_request_is_answered_by_the_device (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GSocketConnection) connection = call_up (desk);
  for (guint i = 0; i < 3; i++) /* on one connection */
    {
      g_autoptr (GString) text = request_text (desk, "POST", "/v1/sync", "hello");
      g_autoptr (GString) heard = g_string_new (NULL);
      g_assert_true (say (connection, text->str, text->len));
      g_assert_true (hear_until (connection, "\r\n\r\nwell", heard));
      g_assert_cmpint (status_of (heard), ==, 200);
      g_assert_nonnull (strstr (heard->str, SL_SYNC_STREAM_TYPE));
      g_assert_cmpstr (desk->last_body, ==, "hello");
      g_assert_cmpstr (desk->last_from, ==, "127.0.0.1");
    }
  g_assert_cmpint (ask_signed (desk, "POST", "/v1/rights", ""), ==, 200);
  g_assert_cmpuint (desk->answered, ==, 4);
}

static void
what_is_malformed_does_not_reach_the_device (Desk *desk, gconstpointer unused)
{
  static const struct { const char *text; int status; } examples[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
    { "GET /v1/snapshot HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
    { "POST /v1/%73ync HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404 },
    { "GET /v1/sync HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
    { "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405 },
    { "POST /v1/sync?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400 },
    { "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 401 },
    { "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nSignature: a\r\nSignature: a\r\n\r\n", 400 },
    { "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nSignature: a\r\nSignature-Input: b\r\n\r\n", 400 },
    { "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 8388609\r\n\r\n", 413 },
    { "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n", 413 },
    { "GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n", 401 },
  };
  start (desk);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_test_message ("%s", examples[i].text);
      g_assert_cmpint (ask (desk, examples[i].text, strlen (examples[i].text)), ==, examples[i].status);
    }
  (void) ask (desk, "\0\1\2\r\n\r\n", 7);
  (void) ask (desk, "POST /v1/sync HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 46);
  g_assert_cmpuint (desk->answered, ==, 0);
  g_assert_cmpint (ask_signed (desk, "POST", "/v1/sync", "still"), ==, 200);
}

static void
headers_without_an_end_are_refused (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GString) text = g_string_new ("POST /v1/sync HTTP/1.1\r\nHost: a\r\n");
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "X-%u: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", i);
  int status = ask (desk, text->str, text->len);
  g_assert_true (status == 431 || status == 0); /* the library says so, or has closed while we still spoke */
  g_assert_cmpint (ask_signed (desk, "POST", "/v1/sync", "still"), ==, 200);
}

static void
a_body_that_grows_too_large_is_refused (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autofree char *piece = g_strnfill (65536, 'a');
  const char *head = "POST /v1/sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  g_assert_true (say (connection, head, strlen (head)));
  for (guint i = 0; i < SL_SYNC_BODY_MAX_BYTES / 65536 + 1; i++)
    g_assert_true (say (connection, "10000\r\n", 7) && say (connection, piece, 65536) && say (connection, "\r\n", 2));
  g_assert_true (say (connection, "0\r\n\r\n", 5));
  g_assert_true (hear_until (connection, "\r\n\r\n", heard));
  g_assert_cmpint (status_of (heard), ==, 413);
  g_assert_cmpuint (desk->answered, ==, 0);
}

static GSocketConnection *
listen_to (Desk *desk, GString *heard)
{
  g_autoptr (GString) text = request_text (desk, "GET", "/v1/events", "");
  GSocketConnection *connection = call_up (desk);
  g_assert_true (say (connection, text->str, text->len));
  g_assert_true (hear_until (connection, ":\n\n", heard));
  g_assert_cmpint (status_of (heard), ==, 200);
  g_assert_nonnull (strstr (heard->str, "text/event-stream"));
  return connection;
}

static void
listeners_hear_of_news (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GSocketConnection) connection = listen_to (desk, heard);
  g_assert_cmpuint (sl_peer_server_count_streams (desk->server), ==, 1);
  g_assert_null (strstr (heard->str, "news"));
  for (guint64 head = 41; head < 44; head++)
    {
      g_autofree char *event = g_strdup_printf ("event: news\ndata: %" G_GUINT64_FORMAT "\n\n", head);
      sl_peer_server_news (desk->server, head);
      g_assert_true (hear_until (connection, event, heard));
    }
}

static void
who_listens_later_hears_where_the_log_stands (Desk *desk, gconstpointer unused)
{
  start (desk);
  sl_peer_server_news (desk->server, 7);
  g_autoptr (GString) text = request_text (desk, "GET", "/v1/events", "");
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_assert_true (say (connection, text->str, text->len));
  g_assert_true (hear_until (connection, "event: news\ndata: 7\n\n", heard));
}

static void
a_device_listens_once (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GString) first = g_string_new (NULL), second = g_string_new (NULL);
  g_autoptr (GSocketConnection) older = listen_to (desk, first);
  g_autoptr (GSocketConnection) newer = listen_to (desk, second);
  g_assert_true (hear_until (older, "\r\n0\r\n\r\n", first)); /* the last chunk */
  sl_peer_server_news (desk->server, 3);
  g_assert_true (hear_until (newer, "data: 3\n", second));
  g_assert_cmpuint (sl_peer_server_count_streams (desk->server), ==, 1);
}

static void
a_stream_is_kept_alive_by_comments (Desk *desk, gconstpointer unused)
{
  desk->limits.beat_ms = 1;
  desk->limits.request_ms = 300; /* does not end a stream */
  start (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GSocketConnection) connection = listen_to (desk, heard);
  for (guint i = 0; i < 4; i++)
    {
      g_string_truncate (heard, 0);
      g_assert_true (hear_until (connection, ":\n\n", heard));
    }
}

static void
who_drips_is_shut_out_while_others_are_served (Desk *desk, gconstpointer unused)
{
  desk->limits.request_ms = 300;
  start (desk);
  g_autoptr (GSocketConnection) connection = call_up (desk);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  g_assert_true (say (connection, "POST /v1/sync HTTP/1.1\r\nX: ", 27));
  while (say (connection, "a", 1)) /* busily, and never at an end */
    {
      g_assert_cmpint (ask_signed (desk, "POST", "/v1/sync", "quick"), ==, 200);
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }
  g_assert_cmpuint (desk->answered, >, 0);
}

static void
who_says_nothing_is_shut_out (Desk *desk, gconstpointer unused)
{
  desk->limits.idle_s = 1;
  start (desk);
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_assert_true (hear_until (connection, NULL, heard));
  g_assert_cmpuint (heard->len, ==, 0);
}

static void
one_address_has_so_many_connections (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < SL_PEER_CONNECTIONS_PER_ADDRESS_MAX; i++)
    {
      g_autoptr (GString) text = request_text (desk, "POST", "/v1/sync", "held");
      g_autoptr (GString) heard = g_string_new (NULL);
      GSocketConnection *connection = call_up (desk);
      g_ptr_array_add (held, connection);
      g_assert_true (say (connection, text->str, text->len));
      g_assert_true (hear_until (connection, "\r\n\r\nwell", heard));
    }
  g_assert_cmpint (ask_signed (desk, "POST", "/v1/sync", "one more"), ==, 0);
  g_ptr_array_set_size (held, 0);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  while (ask_signed (desk, "POST", "/v1/sync", "again") != 200)
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
}

static void
too_many_requests_of_one_address_wait (Desk *desk, gconstpointer unused)
{
  desk->limits.requests_per_minute = 3;
  start (desk);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (ask_signed (desk, "POST", "/v1/sync", "x"), ==, 200);
  g_autoptr (GString) text = request_text (desk, "POST", "/v1/sync", "x");
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_assert_true (say (connection, text->str, text->len));
  g_assert_true (hear_until (connection, "too_many", heard));
  g_assert_cmpint (status_of (heard), ==, 429);
  g_assert_nonnull (strstr (heard->str, "retry-after: "));
  g_assert_cmpuint (desk->answered, ==, 3);
}

/* Hears without letting the device's thread do anything. */
static void
hear_alone (GSocketConnection *connection, GString *heard)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  while (strstr (heard->str, "}}") == NULL)
    {
      char buffer[4096];
      g_assert_true (g_socket_condition_timed_wait (socket, G_IO_IN, PATIENCE_US, NULL, NULL));
      gssize got = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
      g_assert_cmpint (got, >, 0);
      g_string_append_len (heard, buffer, got);
    }
}

static void
a_busy_device_says_so (Desk *desk, gconstpointer unused)
{
  desk->limits.answer_ms = 1;
  start (desk);
  g_autoptr (GString) text = request_text (desk, "POST", "/v1/sync", "x");
  g_autoptr (GSocketConnection) connection = call_up (desk);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_assert_true (say (connection, text->str, text->len));
  hear_alone (connection, heard);
  g_assert_cmpint (status_of (heard), ==, 503);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (desk->answered, ==, 0); /* nobody waits for it any more */
}

static void
it_ends_while_others_wait_and_listen (Desk *desk, gconstpointer unused)
{
  start (desk);
  g_autoptr (GString) heard = g_string_new (NULL), waited = g_string_new (NULL);
  g_autoptr (GSocketConnection) listening = listen_to (desk, heard);
  g_autoptr (GSocketConnection) waiting = call_up (desk);
  g_autoptr (GString) text = request_text (desk, "POST", "/v1/sync", "x");
  g_assert_true (say (waiting, text->str, text->len));
  g_autoptr (GSocketConnection) speaking = call_up (desk);
  g_assert_true (say (speaking, "POST /v1/sy", 11));
  guint before = desk->answered;
  g_clear_pointer (&desk->server, sl_peer_server_free);
  g_assert_true (hear_until (listening, NULL, heard));
  g_assert_true (hear_until (waiting, NULL, waited));
  g_assert_cmpuint (desk->answered, ==, before);
}

static void
an_address_that_is_not_there_is_an_error (Desk *desk, gconstpointer unused)
{
  g_autoptr (GError) error = NULL, other = NULL, taken = NULL;
  g_assert_null (sl_peer_server_new ("192.0.2.1", 0, NULL, answer, desk, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_OFFLINE);
  g_assert_null (sl_peer_server_new ("nowhere", 0, NULL, answer, desk, &other));
  g_assert_error (other, SL_ERROR, SL_ERROR_BAD_INPUT);
  start (desk);
  guint16 port = sl_peer_server_get_port (desk->server);
  g_assert_null (sl_peer_server_new ("127.0.0.1", port, NULL, answer, desk, &taken));
  g_assert_error (taken, SL_ERROR, SL_ERROR_OFFLINE);
}

#define ADD(path, function) g_test_add ("/sl/peer-server/" path, Desk, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (&error));
  ADD ("a-signed-request-is-answered-by-the-device", a_signed_request_is_answered_by_the_device);
  ADD ("what-is-malformed-does-not-reach-the-device", what_is_malformed_does_not_reach_the_device);
  ADD ("headers-without-an-end-are-refused", headers_without_an_end_are_refused);
  ADD ("a-body-that-grows-too-large-is-refused", a_body_that_grows_too_large_is_refused);
  ADD ("listeners-hear-of-news", listeners_hear_of_news);
  ADD ("who-listens-later-hears-where-the-log-stands", who_listens_later_hears_where_the_log_stands);
  ADD ("a-device-listens-once", a_device_listens_once);
  ADD ("a-stream-is-kept-alive-by-comments", a_stream_is_kept_alive_by_comments);
  ADD ("who-drips-is-shut-out-while-others-are-served", who_drips_is_shut_out_while_others_are_served);
  ADD ("who-says-nothing-is-shut-out", who_says_nothing_is_shut_out);
  ADD ("one-address-has-so-many-connections", one_address_has_so_many_connections);
  ADD ("too-many-requests-of-one-address-wait", too_many_requests_of_one_address_wait);
  ADD ("a-busy-device-says-so", a_busy_device_says_so);
  ADD ("it-ends-while-others-wait-and-listen", it_ends_while_others_wait_and_listen);
  ADD ("an-address-that-is-not-there-is-an-error", an_address_that_is_not_there_is_an_error);
  return g_test_run ();
}
