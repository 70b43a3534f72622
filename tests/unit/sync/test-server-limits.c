/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-server-limits"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server-fixture.h"

#define POST_HEAD "POST /v1/sync HTTP/1.1\r\nHost: h\r\n"
#define HELD POST_HEAD "Content-Length: 4\r\n\r\nwait"
#define ORG "6f1c0d6e-4c1a-8d1f-9b3a-0a1b2c3d4e5f"
#define OTHER_ORG "7f1c0d6e-4c1a-8d1f-9b3a-0a1b2c3d4e5f"
#define LISTEN(org) "GET /v1/events HTTP/1.1\r\nHost: h\r\nStudioloop-Org: " org "\r\n\r\n"
#define SOON_MS 300        /* so short that a test need not wait, long enough for any machine's own requests */
#define SLOW_CLIENTS 50

/* --- time --- */

static void
gives_slow_headers_up (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.headers_ms = SOON_MS;
  fixture_start (fixture);
  int fds[SLOW_CLIENTS];
  for (int i = 0; i < SLOW_CLIENTS; i++)
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], "POST /v1/sy");
    }
  client_expect (fixture, POST_HEAD "Content-Length: 2\r\n\r\nhi", 200, NULL);   /* others are served meanwhile */
  for (int i = 0; i < SLOW_CLIENTS; i++)
    {
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 408);
      g_assert_nonnull (strstr (reply->body, "\"too_slow\""));
      g_assert_true (client_is_ended (fds[i]));
      close (fds[i]);
    }
  g_autofree char *metrics = fixture_metrics (fixture);
  g_assert_nonnull (strstr (metrics, "connections_dropped_total{reason=\"slow\"} 50\n"));
  g_assert_nonnull (strstr (metrics, "requests_total{path=\"other\",code=\"too_slow\"} 50\n"));
}

/* A byte now and then keeps no connection open: the whole of the headers has a time, not the silence between them. */
static void
gives_headers_up_that_drip (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.headers_ms = SOON_MS;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "X: ");
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  for (int i = 0; poll (&wait, 1, 10) == 0; i++)   /* until the server says something */
    {
      client_send (fd, "y");
      g_assert_cmpint (i, <, 6000);
    }
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 408);
  g_assert_true (client_is_ended (fd));
  close (fd);
}

static void
gives_a_slow_body_up (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.body_grace_ms = SOON_MS;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Content-Length: 1000\r\n\r\nhalf");
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 408);
  g_assert_true (client_is_ended (fd));
  close (fd);
  g_assert_true (fixture_stop (fixture));   /* so that the end of the request has been counted */
  g_autofree char *log = fixture_log (fixture);
  g_assert_nonnull (strstr (log, "\"path\":\"/v1/sync\",\"code\":\"too_slow\",\"status\":408"));
}

static void
gives_up_who_does_not_read (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.answer_grace_ms = SOON_MS;
  fixture->config.limits.lowest_bytes_per_s = G_GINT64_CONSTANT (1) << 32;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Content-Length: 3\r\n\r\nbig");
  g_assert_true (client_read_until (fd, "HTTP/1.1 200 OK\r\n"));
  for (;;)   /* reads nothing until the server has given it up */
    {
      g_autofree char *metrics = fixture_metrics (fixture);
      if (strstr (metrics, "connections_dropped_total{reason=\"slow\"} 1\n") != NULL)
        break;
    }
  g_assert_true (client_is_ended (fd));
  close (fd);
}

static void
ends_idle_connections (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.idle_ms = SOON_MS;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Content-Length: 2\r\n\r\nhi");
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_cmpint (reply->status, ==, 200);
  char byte;
  g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 0);   /* ended without a word */
  close (fd);
}

static void
waits_for_its_own_work (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  SlServerLimits *limits = &fixture->config.limits;
  limits->headers_ms = limits->idle_ms = limits->body_grace_ms = 50;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, HELD);
  fixture_wait_held (fixture, 1);
  int idle = client_connect (fixture, NULL);
  g_assert_true (client_is_ended (idle));   /* so the time of the others is up by now */
  close (idle);
  fixture_let_go (fixture);
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 200);
  close (fd);
}

/* --- numbers --- */

static void
is_not_stopped_by_slow_work (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.workers = 2;
  fixture->config.limits.waiting = 2;
  fixture_start (fixture);
  int fds[4];
  for (int i = 0; i < 4; i++)
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], HELD);
      if (i < 2)
        fixture_wait_held (fixture, i + 1);
    }
  SlServerGauges gauges = { 0 };
  while (gauges.waiting != 2)
    sl_server_gauges (fixture->server, &gauges);
  g_assert_cmpuint (gauges.running, ==, 2);
  client_expect (fixture, HELD, 503, "busy");             /* no place to wait: told at once */
  client_expect (fixture, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  fixture_let_go (fixture);
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_cmpint (reply->status, ==, 200);
      close (fds[i]);
    }
}

static void
bounds_the_memory_of_bodies (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.body_memory_bytes = 100000;
  fixture_start (fixture);
  g_autofree char *most = g_strnfill (60000, 'x');
  int first = client_connect (fixture, NULL);
  client_send (first, POST_HEAD "Content-Length: 60001\r\n\r\n");
  client_send (first, most);
  SlServerGauges gauges = { 0 };
  while (gauges.body_bytes != 60000)
    sl_server_gauges (fixture->server, &gauges);
  g_autofree char *second = g_strconcat (POST_HEAD "Content-Length: 60000\r\n\r\n", most, NULL);
  client_expect (fixture, second, 503, "busy");
  client_send (first, "x");
  g_autoptr (Reply) reply = client_read (first);
  g_assert_cmpint (reply->status, ==, 200);
  close (first);
  client_expect (fixture, second, 200, NULL);
}

static void
bounds_the_memory_of_answers (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.answer_memory_bytes = BIG_ANSWER_BYTES;
  fixture_start (fixture);
  int deaf = client_connect (fixture, NULL);
  client_send (deaf, POST_HEAD "Content-Length: 3\r\n\r\nbig");
  g_assert_true (client_read_until (deaf, "HTTP/1.1 200 OK\r\n"));
  client_expect (fixture, POST_HEAD "Content-Length: 3\r\n\r\nbig", 503, "busy");
  client_expect (fixture, POST_HEAD "Content-Length: 2\r\n\r\nhi", 200, NULL);
  close (deaf);
  int status = 503;
  while (status == 503)   /* until the server has noticed that the deaf one has gone */
    {
      g_autoptr (Reply) reply = client_ask (fixture, POST_HEAD "Content-Length: 3\r\n\r\nbig");
      status = reply->status;
    }
  g_assert_cmpint (status, ==, 200);
}

static void
limits_connections_of_an_address (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.connections_per_address = 3;
  fixture_start (fixture);
  int fds[4];
  for (int i = 0; i < 3; i++)
    {
      fds[i] = client_connect (fixture, "127.0.0.2");
      client_send (fds[i], POST_HEAD "Content-Length: 2\r\n\r\nhi");
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_cmpint (reply->status, ==, 200);
    }
  fds[3] = client_connect (fixture, "127.0.0.2");
  g_assert_true (client_is_ended (fds[3]));
  client_expect (fixture, POST_HEAD "Content-Length: 2\r\n\r\nhi", 200, NULL);   /* of another address */
  g_autofree char *metrics = fixture_metrics (fixture);
  g_assert_nonnull (strstr (metrics, "connections_dropped_total{reason=\"address\"} 1\n"));
  for (int i = 0; i < 4; i++)
    close (fds[i]);
}

static void
limits_connections (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.connections = 3;
  fixture_start (fixture);
  int fds[3];
  for (int i = 0; i < 3; i++)
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], POST_HEAD "Content-Length: 2\r\n\r\nhi");
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_cmpint (reply->status, ==, 200);
    }
  int more = client_connect (fixture, NULL);
  g_assert_true (client_is_ended (more));
  close (more);
  close (fds[0]);
  SlServerGauges gauges = { .connections = 3 };
  while (gauges.connections == 3)
    sl_server_gauges (fixture->server, &gauges);
  client_expect (fixture, POST_HEAD "Content-Length: 2\r\n\r\nhi", 200, NULL);   /* there is room again */
  close (fds[1]);
  close (fds[2]);
}

/* Where nearly all places are taken, those who ask nothing go sooner than they may otherwise. */
static void
ends_idle_connections_sooner_in_a_crowd (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.connections = 4;
  fixture->config.limits.idle_ms = 3600 * 1000;
  fixture_start (fixture);
  int fds[4];
  for (int i = 0; i < 4; i++)
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], POST_HEAD "Content-Length: 2\r\n\r\nhi");
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_cmpint (reply->status, ==, 200);
    }
  g_assert_true (client_is_ended (fds[0]));
  for (int i = 0; i < 4; i++)
    close (fds[i]);
}

/* --- streams --- */

static void
parse_id (const char *text, SlId *out)
{
  g_assert_true (sl_id_parse (text, out));
}

static void
streams_news (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL), other = client_connect (fixture, NULL);
  client_send (fd, LISTEN (ORG));
  g_assert_true (client_read_until (fd, "Content-Type: text/event-stream\r\n"));
  g_assert_true (client_read_until (fd, "event: news\ndata: 5\n\n"));   /* where the log stands at the beginning */
  client_send (other, LISTEN (OTHER_ORG));
  g_assert_true (client_read_until (other, "event: news\ndata: 5\n\n"));
  SlId org, other_org;
  parse_id (ORG, &org);
  parse_id (OTHER_ORG, &other_org);
  for (guint64 head = 6; head < 20; head++)
    {
      g_autofree char *wanted = g_strdup_printf ("event: news\ndata: %" G_GUINT64_FORMAT "\n\n", head);
      sl_server_news (fixture->server, &org, head);
      g_assert_true (client_read_until (fd, wanted));
    }
  sl_server_news (fixture->server, &other_org, 77);
  g_assert_true (client_read_until (other, "\r\n"));   /* the end of its chunk before */
  char first[64] = "";
  gssize n = recv (other, first, sizeof first - 1, 0);
  g_assert_cmpint (n, >, 0);
  g_assert_nonnull (strstr (first, "data: 77"));       /* and nothing of the other's */
  SlServerGauges gauges;
  sl_server_gauges (fixture->server, &gauges);
  g_assert_cmpuint (gauges.streams, ==, 2);
  g_autoptr (GArray) listening = sl_server_listening (fixture->server);
  g_assert_cmpuint (listening->len, ==, 2);
  close (fd);
  close (other);
}

static void
tells_of_news_that_came_before_it_listened (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  SlId org;
  parse_id (ORG, &org);
  sl_server_news (fixture->server, &org, 9);   /* between the look into the store, which said 5, and the stream */
  int fd = client_connect (fixture, NULL);
  client_send (fd, LISTEN (ORG));
  g_assert_true (client_read_until (fd, "data: 9\n\n"));
  sl_server_news (fixture->server, &org, 4);   /* a store that lost its end */
  g_assert_true (client_read_until (fd, "data: 4\n\n"));
  sl_server_news (fixture->server, &org, 0);   /* whatever it was */
  g_assert_true (client_read_until (fd, "data: 4\n\n"));
  close (fd);
}

static void
keeps_streams_alive_and_ends_them (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.comment_ms = 100;
  fixture->config.limits.stream_ms = 1500;
  fixture->config.limits.idle_ms = 100;   /* is not for streams */
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, LISTEN (ORG));
  g_assert_true (client_read_until (fd, "\r\n:\n\n\r\n"));
  g_assert_true (client_is_ended (fd));
  close (fd);
  SlServerGauges gauges = { .streams = 1 };
  while (gauges.streams != 0)
    sl_server_gauges (fixture->server, &gauges);
}

static void
notices_listeners_that_have_gone (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.comment_ms = 50;
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, LISTEN (ORG));
  g_assert_true (client_read_until (fd, "data: 5\n\n"));
  close (fd);
  SlServerGauges gauges = { .streams = 1 };
  while (gauges.streams != 0)
    sl_server_gauges (fixture->server, &gauges);
}

static void
ends_the_oldest_stream_of_a_device (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fds[4];
  for (int i = 0; i < 4; i++)
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], i == 3 ? "GET /v1/events HTTP/1.1\r\nHost: h\r\nStudioloop-Key: z\r\nStudioloop-Org: " ORG
                                    "\r\n\r\n" : LISTEN (ORG));
      g_assert_true (client_read_until (fds[i], "data: 5\n\n"));
    }
  g_assert_true (client_read_until (fds[0], "\r\n0\r\n\r\n"));   /* in good order; the connection is kept */
  SlId org;
  parse_id (ORG, &org);
  sl_server_news (fixture->server, &org, 6);
  for (int i = 1; i < 4; i++)
    g_assert_true (client_read_until (fds[i], "data: 6\n\n"));
  for (int i = 0; i < 4; i++)
    close (fds[i]);
}

static void
refuses_streams_of_strangers_and_too_many (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.streams = 1;
  fixture_start (fixture);
  client_expect (fixture, "GET /v1/events HTTP/1.1\r\nHost: h\r\n\r\n", 401, "unsigned");
  int fd = client_connect (fixture, NULL);
  client_send (fd, LISTEN (ORG));
  g_assert_true (client_read_until (fd, "data: 5\n\n"));
  client_expect (fixture, LISTEN (OTHER_ORG), 503, "busy");
  close (fd);
}

/* --- the end --- */

static gpointer
stop (gpointer fixture)
{
  return GINT_TO_POINTER (fixture_stop (fixture));
}

/* Until the server takes no connection any more. */
static void
wait_for_refusal (Fixture *fixture, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) },
                                 .sin_port = htons (port) };
  gboolean refused = FALSE;
  while (!refused)
    {
      int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      refused = connect (fd, (struct sockaddr *) &address, sizeof address) != 0;
      close (fd);
    }
}

static void
finishes_what_runs_and_stops (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.stop_ms = 60 * 1000;
  fixture_start (fixture);
  guint16 port = sl_server_port (fixture->server);
  int running = client_connect (fixture, NULL), stream = client_connect (fixture, NULL);
  int idle = client_connect (fixture, NULL);
  client_send (stream, LISTEN (ORG));
  g_assert_true (client_read_until (stream, "data: 5\n\n"));
  client_send (running, HELD);
  fixture_wait_held (fixture, 1);
  GThread *thread = g_thread_new ("stop", stop, fixture);
  wait_for_refusal (fixture, port);
  g_assert_true (client_read_until (stream, "\r\n0\r\n\r\n"));
  client_send (idle, HELD);   /* came in time, asks too late */
  g_autoptr (Reply) late = client_read (idle);
  g_assert_true (late == NULL || late->status == 503);
  fixture_let_go (fixture);
  g_autoptr (Reply) reply = client_read (running);
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->head, "Connection: close\r\n"));
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_true (client_is_ended (stream));
  close (running);
  close (stream);
  close (idle);
}

static void
does_not_wait_for_ever_to_stop (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.stop_ms = SOON_MS;
  fixture->config.limits.workers = 1;
  fixture_start (fixture);
  int fds[2];
  for (int i = 0; i < 2; i++)   /* one that runs, one that waits behind it */
    {
      fds[i] = client_connect (fixture, NULL);
      client_send (fds[i], HELD);
      if (i == 0)
        fixture_wait_held (fixture, 1);
    }
  SlServerGauges gauges = { 0 };
  while (gauges.waiting != 1)
    sl_server_gauges (fixture->server, &gauges);
  g_assert_false (sl_server_stop (fixture->server));
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (Reply) reply = client_read (fds[i]);
      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 503);
      close (fds[i]);
    }
  /* A process would end here; a test tidies up. */
  fixture_let_go (fixture);
  fixture_wait_held (fixture, 0);
  while (gauges.running > 0 || gauges.waiting > 0)
    sl_server_gauges (fixture->server, &gauges);
  g_assert_true (fixture_stop (fixture));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/server/gives-slow-headers-up", gives_slow_headers_up);
  g_test_add_func ("/sl/server/gives-headers-up-that-drip", gives_headers_up_that_drip);
  g_test_add_func ("/sl/server/gives-a-slow-body-up", gives_a_slow_body_up);
  g_test_add_func ("/sl/server/gives-up-who-does-not-read", gives_up_who_does_not_read);
  g_test_add_func ("/sl/server/ends-idle-connections", ends_idle_connections);
  g_test_add_func ("/sl/server/waits-for-its-own-work", waits_for_its_own_work);
  g_test_add_func ("/sl/server/is-not-stopped-by-slow-work", is_not_stopped_by_slow_work);
  g_test_add_func ("/sl/server/bounds-the-memory-of-bodies", bounds_the_memory_of_bodies);
  g_test_add_func ("/sl/server/bounds-the-memory-of-answers", bounds_the_memory_of_answers);
  g_test_add_func ("/sl/server/limits-connections-of-an-address", limits_connections_of_an_address);
  g_test_add_func ("/sl/server/limits-connections", limits_connections);
  g_test_add_func ("/sl/server/ends-idle-connections-sooner-in-a-crowd", ends_idle_connections_sooner_in_a_crowd);
  g_test_add_func ("/sl/events/streams-news", streams_news);
  g_test_add_func ("/sl/events/tells-of-news-that-came-before-it-listened", tells_of_news_that_came_before_it_listened);
  g_test_add_func ("/sl/events/keeps-streams-alive-and-ends-them", keeps_streams_alive_and_ends_them);
  g_test_add_func ("/sl/events/notices-listeners-that-have-gone", notices_listeners_that_have_gone);
  g_test_add_func ("/sl/events/ends-the-oldest-stream-of-a-device", ends_the_oldest_stream_of_a_device);
  g_test_add_func ("/sl/events/refuses-streams-of-strangers-and-too-many", refuses_streams_of_strangers_and_too_many);
  g_test_add_func ("/sl/server/finishes-what-runs-and-stops", finishes_what_runs_and_stops);
  g_test_add_func ("/sl/server/does-not-wait-for-ever-to-stop", does_not_wait_for_ever_to_stop);
  return g_test_run ();
}
