/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-server"

#include <string.h>
#include <unistd.h>

#include "server-fixture.h"

#define POST_HEAD "POST /v1/sync HTTP/1.1\r\nHost: h\r\n"

static void
answers_and_keeps_the_connection (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  for (int i = 0; i < 3; i++)
    {
      client_send (fd, POST_HEAD "Content-Length: 5\r\n\r\nhello");
      g_autoptr (Reply) reply = client_read (fd);
      g_assert_nonnull (reply);
      g_assert_cmpint (reply->status, ==, 200);
      g_assert_true (g_str_has_prefix (reply->body, "5 2cf24dba5fb0a30e"));
      g_assert_nonnull (strstr (reply->head, "no-store"));
    }
  client_send (fd, POST_HEAD "Content-Length: 6\r\n\r\nrefuse");
  g_autoptr (Reply) refused = client_read (fd);
  g_assert_cmpint (refused->status, ==, 429);
  g_autofree char *lower = g_ascii_strdown (refused->head, -1);
  g_assert_nonnull (strstr (lower, "retry-after: 7"));
  client_send (fd, POST_HEAD "Content-Length: 5\r\n\r\nhello");
  g_autoptr (Reply) after = client_read (fd);
  g_assert_cmpint (after->status, ==, 200);
  close (fd);
  g_assert_cmpuint (sl_server_metrics_count (sl_server_metrics (fixture->server), ROUTE_SYNC, SL_SYNC_OK), ==, 4);
}

static void
takes_requests_in_one_piece (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Content-Length: 3\r\n\r\none" POST_HEAD "Content-Length: 4\r\n\r\ntwo!");
  g_autoptr (Reply) one = client_read (fd);
  g_autoptr (Reply) two = client_read (fd);
  g_assert_true (g_str_has_prefix (one->body, "3 "));
  g_assert_true (g_str_has_prefix (two->body, "4 "));
  close (fd);
}

static void
takes_a_body_without_length (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, POST_HEAD "\r\n", 200, NULL);   /* no length: no body */
  g_autoptr (Reply) chunked = client_ask (fixture, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n"
                                                             "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  g_assert_cmpint (chunked->status, ==, 200);
  g_assert_true (g_str_has_prefix (chunked->body, "5 2cf24dba5fb0a30e"));
}

static void
says_when_a_body_may_come (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  g_autoptr (Reply) go_on = client_read (fd);
  g_assert_cmpint (go_on->status, ==, 100);
  client_send (fd, "hello");
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_cmpint (reply->status, ==, 200);
  close (fd);
  /* What would be refused is refused before it is sent. */
  client_expect (fixture, POST_HEAD "Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n", 413, "too_large");
}

static void
refuses_what_is_too_large_and_says_so (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  g_autofree char *body = g_strnfill (2 * 1000 * 1000, 'x');
  g_autofree char *declared = g_strconcat (POST_HEAD "Content-Length: 2000000\r\n\r\n", body, NULL);
  client_expect (fixture, declared, 413, "too_large");
  g_autofree char *chunked = g_strconcat (POST_HEAD "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n", body,
                                          "\r\n0\r\n\r\n", NULL);
  client_expect (fixture, chunked, 413, "too_large");
  client_expect (fixture, POST_HEAD "Content-Length: 4000000000\r\n\r\n", 413, "too_large");
  client_expect (fixture, "GET /v1/events HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", 400, "bad_request");
  SlServerMetrics *metrics = sl_server_metrics (fixture->server);
  g_assert_cmpuint (sl_server_metrics_count (metrics, ROUTE_SYNC, SL_SYNC_TOO_LARGE), ==, 3);
  /* One who never stops is not read for ever. */
  int fd = client_connect (fixture, NULL);
  client_send (fd, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
  for (int i = 0; i < 40; i++)
    client_send_bytes (fd, body, 1000 * 1000);
  g_assert_true (client_is_ended (fd));
  close (fd);
  g_assert_cmpuint (sl_server_metrics_count (metrics, ROUTE_SYNC, SL_SYNC_TOO_LARGE), ==, 4);
}

static void
refuses_requests_whose_end_is_unclear (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, POST_HEAD "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400, NULL);
  client_expect (fixture, POST_HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, NULL);
  client_expect (fixture, POST_HEAD "Transfer-Encoding: gzip\r\n\r\nhello", 400, NULL);
  client_expect (fixture, POST_HEAD "Content-Length: five\r\n\r\nhello", 400, NULL);
  client_expect (fixture, POST_HEAD "Content-Length: -5\r\n\r\nhello", 400, NULL);
  client_expect (fixture, POST_HEAD "Content-Length: 99999999999999999999\r\n\r\nhello", 413, NULL);
}

static void
refuses_malformed_headers (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, POST_HEAD "Signature: a\r\nsignature: b\r\n\r\n", 400, "bad_request");
  g_autoptr (GString) many = g_string_new (POST_HEAD);
  for (int i = 0; i < 70; i++)
    g_string_append_printf (many, "X-%d: y\r\n", i);
  g_string_append (many, "\r\n");
  client_expect (fixture, many->str, 400, "bad_request");
  g_autofree char *long_value = g_strnfill (100 * 1000, 'x');
  g_autofree char *large = g_strconcat (POST_HEAD "X: ", long_value, "\r\n\r\n", NULL);
  client_expect (fixture, large, 431, NULL);
  client_expect (fixture, "POST /v1/sync HTTP/1.1\r\n\r\n", 400, NULL);   /* without Host */
  int fd = client_connect (fixture, NULL);
  client_send (fd, "\x16\x03\x01\x02 this is no HTTP\r\n\r\n");
  g_assert_true (client_is_ended (fd));
  close (fd);
  g_autofree char *metrics = fixture_metrics (fixture);
  g_assert_nonnull (strstr (metrics, "requests_total{path=\"other\",code=\"too_large\"} 1"));
}

static void
knows_paths_and_methods (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  client_expect (fixture, "GET /v1/sync/ HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  client_expect (fixture, "GET /%6detrics HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  client_expect (fixture, "GET /health/../metrics HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  client_expect (fixture, "BREW /coffee HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nmilk", 404, "not_found");
  client_expect (fixture, "POST /v1/sync?a=b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_request");
  const char *methods[] = { "GET", "PUT", "DELETE", "TRACE", "BREW" };
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s /v1/sync HTTP/1.1\r\nHost: h\r\n\r\n", methods[i]);
      g_autoptr (Reply) reply = client_ask (fixture, text);
      g_assert_cmpint (reply->status, ==, 405);
      g_assert_nonnull (strstr (reply->head, "Allow: POST, OPTIONS\r\n"));
    }
  g_autoptr (Reply) options = client_ask (fixture, "OPTIONS /health HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpint (options->status, ==, 204);
  g_assert_nonnull (strstr (options->head, "Allow: GET, HEAD, OPTIONS\r\n"));
  int fd = client_connect (fixture, NULL);
  client_send (fd, "HEAD /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  g_assert_true (client_read_until (fd, "HTTP/1.1 200 OK\r\n"));
  g_assert_true (client_read_until (fd, "\r\n\r\n"));
  char byte;
  g_assert_cmpint (read (fd, &byte, 1), ==, 0);   /* and no body */
  close (fd);
}

static void
keeps_large_bodies_on_disk (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.body_memory_bytes = 2 * 1024 * 1024;
  fixture_start (fixture);
  const gsize length = FOUND_MAX_BYTES;
  g_autofree char *body = g_malloc (length);
  for (gsize i = 0; i < length; i++)
    body[i] = (char) (i * 7 + i / 251);
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) body, length);
  g_autofree char *wanted = g_strdup_printf ("%" G_GSIZE_FORMAT " %s", length, sum);
  int fd = client_connect (fixture, NULL);
  client_send (fd, "POST /v1/found HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n");
  client_send_bytes (fd, body, length);
  g_autoptr (Reply) reply = client_read (fd);
  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->body, ==, wanted);
  close (fd);
  SlServerGauges gauges;
  sl_server_gauges (fixture->server, &gauges);
  g_assert_cmpint (gauges.body_bytes, ==, 0);
}

#define FOUND_HEAD "POST /v1/found HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n"

/* Whose code is nobody's has no byte of its body kept, and hears why nevertheless. */
static void
looks_at_the_code_before_the_body (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->config.limits.files = 0; /* whoever came so far would be told `busy` */
  fixture_start (fixture);
  client_expect (fixture, FOUND_HEAD "Studioloop-Code: wrong\r\nExpect: 100-continue\r\n\r\n", 403, "code_invalid");
  client_expect (fixture, "POST /v1/found HTTP/1.1\r\nHost: h\r\nStudioloop-Code: wrong\r\nContent-Length: "
                 "8000000000\r\n\r\n", 413, "too_large");
  g_autofree char *body = g_strnfill (FOUND_MAX_BYTES, 'x');
  g_autofree char *sent = g_strconcat (FOUND_HEAD "Studioloop-Code: wrong\r\n\r\n", body, NULL);
  client_expect (fixture, sent, 403, "code_invalid");
  client_expect (fixture, FOUND_HEAD "Studioloop-Code: often\r\nExpect: 100-continue\r\n\r\n", 429, "too_many");
  client_expect (fixture, FOUND_HEAD "Studioloop-Code: right\r\nExpect: 100-continue\r\n\r\n", 503, "busy");
  SlServerGauges gauges;
  sl_server_gauges (fixture->server, &gauges);
  g_assert_cmpint (gauges.body_bytes, ==, 0);
}

static void
takes_the_body_of_a_good_code (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  int fd = client_connect (fixture, NULL);
  for (guint i = 0; i < 2; i++)
    {
      client_send (fd, "POST /v1/found HTTP/1.1\r\nHost: h\r\nStudioloop-Code: right\r\nExpect: 100-continue\r\n"
                       "Content-Length: 5\r\n\r\n");
      g_autoptr (Reply) go_on = client_read (fd);
      g_assert_cmpint (go_on->status, ==, 100);
      client_send (fd, "hello");
      g_autoptr (Reply) reply = client_read (fd);
      g_assert_cmpint (reply->status, ==, 200);
    }
  close (fd);
  client_expect (fixture, "POST /v1/found HTTP/1.1\r\nHost: h\r\nStudioloop-Code: right\r\nTransfer-Encoding: chunked"
                          "\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, NULL);
  client_expect (fixture, "POST /v1/found HTTP/1.1\r\nHost: h\r\nStudioloop-Code: right\r\nTransfer-Encoding: chunked"
                          "\r\n\r\n0\r\n\r\n", 200, NULL);
}

static void
says_how_it_is (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, "GET /health HTTP/1.1\r\nHost: h\r\n\r\n", 200, NULL);
  g_autofree char *metrics = fixture_metrics (fixture);
  g_assert_nonnull (strstr (metrics, "\nstudioloop_hub_requests_total{path=\"/health\",code=\"ok\"} 1\n"));
  g_assert_nonnull (strstr (metrics, "\nstudioloop_hub_request_seconds_bucket{path=\"/health\",le=\"+Inf\"} 1\n"));
  g_assert_nonnull (strstr (metrics, "\nmore_metrics 1\n"));
  g_autofree char *log = fixture_log (fixture);
  g_assert_true (g_str_has_prefix (log, "{\"time\":\"2026-03-02T04:00:00.000Z\",\"level\":\"debug\","
                                        "\"event\":\"request\",\"path\":\"/health\",\"code\":\"ok\",\"status\":200,"));
}

static void
says_when_its_store_fails (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture->store_is_well = FALSE;
  fixture_start (fixture);
  client_expect (fixture, "GET /health HTTP/1.1\r\nHost: h\r\n\r\n", 503, "busy");
  g_autofree char *log = fixture_log (fixture);
  g_assert_nonnull (strstr (log, "\"event\":\"store_failing\""));
}

static void
logs_nothing_about_who_asks (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  fixture_start (fixture);
  client_expect (fixture, "POST /v1/thandi@example.org HTTP/1.1\r\nHost: h\r\nUser-Agent: Thandi\r\n\r\n", 404, NULL);
  client_expect (fixture, POST_HEAD "Studioloop-Org: 6f1c0d6e-4c1a-8d1f-9b3a-0a1b2c3d4e5f\r\n"
                                    "Studioloop-Code: ABCD-EFGH\r\nContent-Length: 6\r\n\r\nThandi", 200, NULL);
  g_autofree char *log = fixture_log (fixture);
  g_autofree char *metrics = fixture_metrics (fixture);
  g_autofree char *both = g_strconcat (log, metrics, NULL);
  g_assert_nonnull (strstr (log, "\"org\":\"6f1c0d6e\""));
  for (const char * const *no = (const char *[]) { "handi", "127.0.0", "ABCD", "4c1a", NULL }; *no != NULL; no++)
    g_assert_null (strstr (both, *no));
}

static void
believes_proxies_alone (void)
{
  g_autoptr (GPtrArray) proxies = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (proxies, sl_address_mask ("127.0.0.1", NULL));
  g_ptr_array_add (proxies, sl_address_mask ("10.0.0.0/8", NULL));
  const struct { const char *peer, *forwarded, *asker; } cases[] = {
    { "127.0.0.1", NULL, "127.0.0.1" },
    { "127.0.0.1", "203.0.113.7", "203.0.113.7" },
    { "127.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7" },              /* what a stranger wrote */
    { "127.0.0.1", "6.6.6.6, 203.0.113.7, 10.1.2.3", "203.0.113.7" },    /* two proxies of ours */
    { "127.0.0.1", "203.0.113.7:4711", "203.0.113.7" },
    { "127.0.0.1", "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64" },
    { "127.0.0.1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64" },
    { "127.0.0.1", "unknown", "127.0.0.1" },
    { "127.0.0.1", "6.6.6.6, nobody, 10.1.2.3", "10.1.2.3" },
    { "203.0.113.9", "203.0.113.7", "203.0.113.9" },                     /* no proxy */
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (cases[i].peer);
      g_autoptr (GInetAddress) asker = sl_address_asker (peer, cases[i].forwarded, proxies);
      g_autofree char *key = sl_address_key (asker);
      g_assert_cmpstr (key, ==, cases[i].asker);
    }
}

static void
tells_the_handler_for_whom_a_proxy_asks (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  const char *text = POST_HEAD "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";
  fixture_start (fixture);
  client_expect (fixture, text, 200, NULL);
  g_assert_cmpstr (fixture->from, ==, "127.0.0.1");
  g_assert_true (fixture_stop (fixture));
  fixture->config.proxies = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (fixture->config.proxies, sl_address_mask ("127.0.0.0/8", NULL));
  fixture_start (fixture);
  client_expect (fixture, text, 200, NULL);
  g_assert_cmpstr (fixture->from, ==, "203.0.113.7");
  /* Whom a proxy asks for sees no counters, though the proxy is this machine. */
  client_expect (fixture, "GET /metrics HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n", 404, "not_found");
  g_assert_true (fixture_stop (fixture));
  g_ptr_array_unref (fixture->config.proxies);
}

static void
refuses_addresses_that_are_none (void)
{
  for (const char * const *where = (const char *[]) { "", "8440", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", ":80",
                                                      "127.0.0.1:8x", "::1:80", "127.0.0.1:080808", NULL };
       *where != NULL; where++)
    {
      guint16 port;
      g_autoptr (GError) error = NULL;
      g_assert_cmpint (sl_address_listen (*where, &port, &error), ==, -1);
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  guint16 port, again;
  g_autoptr (GError) error = NULL;
  int fd = sl_address_listen ("127.0.0.1:0", &port, &error);
  g_assert_no_error (error);
  g_autofree char *taken = g_strdup_printf ("127.0.0.1:%u", port);
  g_assert_cmpint (sl_address_listen (taken, &again, &error), ==, -1);
  g_assert_error (error, SL_ERROR, SL_ERROR_OFFLINE);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/server/answers-and-keeps-the-connection", answers_and_keeps_the_connection);
  g_test_add_func ("/sl/server/takes-requests-that-come-in-one-piece", takes_requests_in_one_piece);
  g_test_add_func ("/sl/server/takes-a-body-without-length", takes_a_body_without_length);
  g_test_add_func ("/sl/server/says-when-a-body-may-come", says_when_a_body_may_come);
  g_test_add_func ("/sl/server/refuses-what-is-too-large-and-says-so", refuses_what_is_too_large_and_says_so);
  g_test_add_func ("/sl/server/refuses-requests-whose-end-is-unclear", refuses_requests_whose_end_is_unclear);
  g_test_add_func ("/sl/server/refuses-malformed-headers", refuses_malformed_headers);
  g_test_add_func ("/sl/server/knows-paths-and-methods", knows_paths_and_methods);
  g_test_add_func ("/sl/server/keeps-large-bodies-on-disk", keeps_large_bodies_on_disk);
  g_test_add_func ("/sl/server/looks-at-the-code-before-the-body", looks_at_the_code_before_the_body);
  g_test_add_func ("/sl/server/takes-the-body-of-a-good-code", takes_the_body_of_a_good_code);
  g_test_add_func ("/sl/server/says-how-it-is", says_how_it_is);
  g_test_add_func ("/sl/server/says-when-its-store-fails", says_when_its_store_fails);
  g_test_add_func ("/sl/server/logs-nothing-about-who-asks", logs_nothing_about_who_asks);
  g_test_add_func ("/sl/server/believes-proxies-alone", believes_proxies_alone);
  g_test_add_func ("/sl/server/tells-the-handler-for-whom-a-proxy-asks", tells_the_handler_for_whom_a_proxy_asks);
  g_test_add_func ("/sl/server/refuses-addresses-that-are-none", refuses_addresses_that_are_none);
  return g_test_run ();
}
