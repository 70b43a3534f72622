/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-agent-parts"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/agent-private.h"
#include "agent/backoff.h"
#include "agent/events-curl.h"
#include "agent/neighbours.h"
#include "agent/pair.h"
#include "agent/transport-curl.h"
#include "agent/watch.h"
#include "client/client.h"
#include "client/socket.h"
#include "core/error.h"
#include "fake-world.h"
#include "temp-dir.h"

/* --- back-off --- */

static void
test_backs_off_longer_each_time_and_never_beyond_a_minute (void)
{
  SlFakeWorld world;
  gint64 longest_ms = 0;
  sl_fake_world_init (&world, 0, 7);
  for (guint run = 0; run < 200; run++)
    {
      SlBackoff backoff = { 0 };
      for (guint i = 0; i < 40; i++)
        {
          gint64 wait_ms = sl_backoff_next_ms (&backoff, &world.base);
          gint64 limit_ms = MIN ((gint64) SL_BACKOFF_FIRST_MS << MIN (i, 10), (gint64) SL_BACKOFF_MAX_MS);
          g_assert_cmpint (wait_ms, >=, SL_BACKOFF_FIRST_MS / 10);
          g_assert_cmpint (wait_ms, <=, limit_ms + SL_BACKOFF_FIRST_MS / 10);
          longest_ms = MAX (longest_ms, wait_ms);
        }
      sl_backoff_reset (&backoff);
      g_assert_cmpint (sl_backoff_next_ms (&backoff, &world.base), <=, SL_BACKOFF_FIRST_MS * 2);
    }
  g_assert_cmpint (longest_ms, >, SL_BACKOFF_MAX_MS / 2);
}

static void
test_two_devices_do_not_come_back_together (void)
{
  SlFakeWorld one, other;
  SlBackoff a = { 0 }, b = { 0 };
  guint same = 0;
  sl_fake_world_init (&one, 0, 1);
  sl_fake_world_init (&other, 0, 2);
  for (guint i = 0; i < 20; i++)
    same += sl_backoff_next_ms (&a, &one.base) == sl_backoff_next_ms (&b, &other.base);
  g_assert_cmpuint (same, <, 3);
}

/* --- the other clock --- */

static void
test_the_quickest_answer_says_most_of_a_clock (void)
{
  SlAgentClock clock = { 0 };
  gint64 offset_ms;
  g_assert_false (sl_agent_clock_offset (&clock, &offset_ms));
  sl_agent_clock_add (&clock, 1000, 5000, 8000); /* 4 s on the way: 5000, give or take 2 s */
  g_assert_true (sl_agent_clock_offset (&clock, &offset_ms));
  g_assert_cmpint (offset_ms, ==, 5000);
  sl_agent_clock_add (&clock, 10000, 10040, 16020);
  g_assert_true (sl_agent_clock_offset (&clock, &offset_ms));
  g_assert_cmpint (offset_ms, ==, 6000);
  sl_agent_clock_add (&clock, 20000, 23000, 26000); /* slower: it says less */
  g_assert_true (sl_agent_clock_offset (&clock, &offset_ms));
  g_assert_cmpint (offset_ms, ==, 6000);
}

static void
test_a_clock_that_was_set_is_believed_at_once (void)
{
  SlAgentClock clock = { 0 };
  gint64 offset_ms;
  for (gint64 at_ms = 0; at_ms < 100000; at_ms += 10000)
    sl_agent_clock_add (&clock, at_ms, at_ms + 20, at_ms + 10);
  sl_agent_clock_add (&clock, 200000, 200500, 200250 + 3600000);
  g_assert_true (sl_agent_clock_offset (&clock, &offset_ms));
  g_assert_cmpint (offset_ms, ==, 3600000);
}

static void
test_drift_replaces_what_was_measured_long_ago (void)
{
  SlAgentClock clock = { 0 };
  gint64 offset_ms;
  sl_agent_clock_add (&clock, 0, 2, 1);
  for (guint i = 1; i <= SL_AGENT_SAMPLES; i++)
    sl_agent_clock_add (&clock, i * 1000, i * 1000 + 100, i * 1000 + 50 + 700);
  g_assert_true (sl_agent_clock_offset (&clock, &offset_ms));
  g_assert_cmpint (offset_ms, ==, 700);
}

/* --- addresses and pins --- */

static void
test_takes_addresses_of_hubs (void)
{
  static const struct { const char *typed, *clean; } cases[] = {
    { "https://hub.example", "https://hub.example" },
    { "https://hub.example/", "https://hub.example" },
    { "https://hub.example:8443/studio/", "https://hub.example:8443/studio" },
    { "http://127.0.0.1:8440", "http://127.0.0.1:8440" },
    { "http://[::1]:8440/", "http://[::1]:8440" },
    { "http://localhost", "http://localhost" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_autofree char *clean = sl_curl_clean_url (cases[i].typed, FALSE, &failure);
      g_assert_no_error (failure);
      g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

static void
test_refuses_what_is_no_address_of_a_hub (void)
{
  static const char *const cases[] = { "", "hub", "ftp://127.0.0.1", "file:///etc/passwd", "https://a:b@hub.example",
                                       "https://hub.example/?x=1", "https://hub.example/#x", "http://hub.example",
                                       "http://10.0.0.1", "http://127.0.0.1.evil.example", "https://", "https:// x" };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) failure = NULL;
      g_autofree char *clean = sl_curl_clean_url (cases[i], FALSE, &failure);
      g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_null (clean);
    }
  g_autofree char *said_so = sl_curl_clean_url ("http://10.0.0.1", TRUE, NULL);
  g_assert_cmpstr (said_so, ==, "http://10.0.0.1");
}

static void
test_pins_are_hashes (void)
{
#define PIN "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
  g_assert_true (sl_curl_pins_are_sound (PIN));
  g_assert_true (sl_curl_pins_are_sound (PIN ";" PIN));
  g_assert_false (sl_curl_pins_are_sound (""));
  g_assert_false (sl_curl_pins_are_sound (PIN ";"));
  g_assert_false (sl_curl_pins_are_sound ("sha256//short="));
  g_assert_false (sl_curl_pins_are_sound ("/etc/hub.pem"));
}

/* --- the event stream --- */

static guint64
read_stream (const char *text)
{
  SlEventLine state = { 0 };
  guint64 head, last = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (sl_event_line (&state, lines[i], &head))
      last = last * 100 + head;
  return last;
}

static void
test_reads_news_from_a_stream (void)
{
  g_assert_cmpuint (read_stream (": hello\n\nevent: news\ndata: 17\n\n"), ==, 17);
  g_assert_cmpuint (read_stream ("event:news\ndata:4\n\n: beat\n\nevent: news\ndata: 5\n\n"), ==, 405);
  g_assert_cmpuint (read_stream ("event: other\ndata: 17\n\n"), ==, 0);
  g_assert_cmpuint (read_stream ("data: 17\n\n"), ==, 0);
  g_assert_cmpuint (read_stream ("event: news\ndata: x\n\n"), ==, 0);
  g_assert_cmpuint (read_stream ("event: news\ndata: 99999999999999999999\n\n"), ==, 0);
  g_assert_cmpuint (read_stream ("event: news\ndata: 17"), ==, 0); /* it goes on */
}

/* --- the socket's lines --- */

static void
test_lines_come_as_they_went (void)
{
  SlClientRequest request = { .n_asks = 2, .timeout_ms = 1500 }, got;
  SlClientReply reply = { .pushed = 3, .pulled = 4, .given = TRUE, .error = SL_ERROR_OFFLINE }, back;
  request.asks[0] = (SlAsk){ .kind = SL_ASK_SPOTS, .id = { { 1, 2, 3 } }, .amount = 2 };
  request.asks[1] = (SlAsk){ .kind = SL_ASK_CREDITS, .id = { { 9 } }, .amount = 150 };
  g_strlcpy (reply.message, "no \"answer\"\n", sizeof reply.message);
  g_autofree char *line = sl_client_request_write (&request), *answer = sl_client_reply_write (&reply);
  g_assert_true (g_str_has_suffix (line, "\n") && strchr (line, '\n') == line + strlen (line) - 1);
  g_assert_true (g_str_has_suffix (answer, "\n") && strchr (answer, '\n') == answer + strlen (answer) - 1);
  g_assert_true (sl_client_request_read (line, &got));
  g_assert_false (got.sync);
  g_assert_cmpuint (got.n_asks, ==, 2);
  g_assert_cmpint (got.asks[1].amount, ==, 150);
  g_assert_true (sl_id_equal (&got.asks[0].id, &request.asks[0].id));
  g_assert_true (sl_client_reply_read (answer, &back));
  g_assert_cmpuint (back.pulled, ==, 4);
  g_assert_true (back.given);
  g_assert_cmpint (back.error, ==, SL_ERROR_OFFLINE);
  g_assert_cmpstr (back.message, ==, reply.message);
}

static void
test_lines_that_are_none_are_refused (void)
{
  static const char *const requests[]
      = { "", "[]", "{}", "{\"do\":\"fetch\"}", "{\"do\":\"eat\",\"timeout_ms\":5}",
          "{\"do\":\"sync\",\"timeout_ms\":0}",
          "{\"do\":\"sync\",\"timeout_ms\":99999999999}", "{\"do\":\"fetch\",\"timeout_ms\":5,\"asks\":[[1,\"x\",1]]}",
          "{\"do\":\"fetch\",\"timeout_ms\":5,\"asks\":[[77,\"00000000-0000-8000-8000-000000000001\",1]]}",
          "{\"do\":\"fetch\",\"timeout_ms\":5,\"asks\":[[1,\"00000000-0000-8000-8000-000000000001\",-1]]}",
          "{\"do\":\"fetch\",\"do\":\"sync\",\"timeout_ms\":5}" };
  static const char *const replies[] = { "", "null", "{}", "{\"error\":\"x\"}", "{\"error\":-2}", "{\"error\":1000}" };
  SlClientRequest request;
  SlClientReply reply;
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    g_assert_false (sl_client_request_read (requests[i], &request));
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    g_assert_false (sl_client_reply_read (replies[i], &reply));
}

/* What one end of a socket reads where the other one sends this and, perhaps, no more. Nothing is waited for. */
static gboolean
receives (const char *sent, gboolean ends, GString *line)
{
  int ends_of[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_of), ==, 0);
  g_assert_true (sl_client_line_send (ends_of[0], sent, g_get_monotonic_time ()));
  if (ends)
    g_assert_cmpint (shutdown (ends_of[0], SHUT_WR), ==, 0);
  gboolean got = sl_client_line_receive (ends_of[1], line, 0);
  (void) close (ends_of[0]);
  (void) close (ends_of[1]);
  return got;
}

static void
test_receives_a_line_however_long_it_may_be_and_no_longer (void)
{
  const gsize lengths[] = { 0, 1, 1023, 1024, 1025, SL_CLIENT_LINE_MAX_BYTES };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GString) line = g_string_new (NULL);
      g_autofree char *text = g_strnfill (lengths[i], 'x'), *sent = g_strconcat (text, "\n", NULL);
      g_assert_true (receives (sent, FALSE, line));
      g_assert_cmpstr (line->str, ==, text);
    }
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *text = g_strnfill (SL_CLIENT_LINE_MAX_BYTES + 1, 'x'), *sent = g_strconcat (text, "\n", NULL);
  g_assert_false (receives (sent, FALSE, line));
}

static void
test_waits_no_longer_for_a_line_than_it_is_told (void)
{
  g_autoptr (GString) half = g_string_new (NULL), none = g_string_new (NULL), cut = g_string_new (NULL);
  g_assert_false (receives ("half", FALSE, half));
  g_assert_false (receives ("", FALSE, none));
  g_assert_false (receives ("cut", TRUE, cut));
}

static void
test_gives_up_sending_to_whom_nobody_reads (void)
{
  int ends_of[2];
  g_autofree char *much = g_strnfill (16 * 1024 * 1024, 'x');
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_of), ==, 0); /* one that blocks */
  g_assert_false (sl_client_line_send (ends_of[0], much, g_get_monotonic_time ()));
  (void) close (ends_of[0]);
  (void) close (ends_of[1]);
}

static void
test_offline_where_no_agent_runs (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) failure = NULL;
  guint64 pushed, pulled;
  g_assert_false (sl_client_sync_now (dir->path, 100, &pushed, &pulled, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_OFFLINE);
  g_assert_false (sl_client_agent_listens (dir->path));
  g_assert_false (sl_client_agent_listens ("/nowhere/at/all"));
}

/* --- neighbours --- */

static void
test_a_silent_neighbour_is_one_until_it_answers_or_moves (void)
{
  const SlId one = { { 1 } }, other = { { 2 } };
  const char *const here[] = { "http://10.0.0.2:4711", NULL }, *const there[] = { "http://10.0.0.3:4711", NULL };
  g_autoptr (SlNeighbours) near = sl_neighbours_new ();
  sl_neighbours_note (near, &one, FALSE); /* nobody's */
  sl_neighbours_set (near, &one, here);
  sl_neighbours_set (near, &other, here);
  g_assert_false (sl_neighbours_is_silent (near, &one));
  sl_neighbours_note (near, &one, FALSE);
  sl_neighbours_note (near, &other, TRUE);
  g_assert_true (sl_neighbours_is_silent (near, &one));
  g_assert_false (sl_neighbours_is_silent (near, &other));
  sl_neighbours_note (near, &one, TRUE);
  g_assert_false (sl_neighbours_is_silent (near, &one));
  sl_neighbours_note (near, &one, FALSE);
  sl_neighbours_set (near, &one, there);
  g_assert_false (sl_neighbours_is_silent (near, &one));
}

/* --- commits of others --- */

typedef struct { GMainLoop *loop; guint calls, until; } Seen;

static gboolean
on_changed (gpointer user_data)
{
  Seen *seen = user_data;
  if (++seen->calls < seen->until)
    return FALSE;
  g_main_loop_quit (seen->loop);
  return TRUE;
}

static void
test_sees_a_write_and_looks_until_it_shows (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *file = sl_temp_dir_file (dir, "studioloop.db-wal");
  Seen seen = { .loop = loop, .until = 3 };
  g_autoptr (SlWatch) watch = sl_watch_new (dir->path, NULL, on_changed, &seen);
  g_assert_true (g_file_set_contents_full (file, "x", 1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_main_loop_run (loop);
  g_assert_cmpuint (seen.calls, ==, 3);
}

/* --- what a hub says instead of an answer --- */

static void
test_hub_refused_and_clock_skew_are_told_apart (void)
{
  g_autoptr (GError) refused = NULL, skewed = NULL, later = NULL;
  sl_set_refused (&refused, SL_SYNC_DEVICE_REVOKED, "taken away");
  g_assert_error (refused, SL_ERROR, SL_ERROR_HUB_REFUSED);
  g_assert_nonnull (strstr (refused->message, "taken away"));
  g_assert_true (g_str_has_prefix (refused->message, sl_sync_code_name (SL_SYNC_DEVICE_REVOKED)));
  sl_set_refused (&skewed, SL_SYNC_CLOCK_SKEW, NULL);
  g_assert_error (skewed, SL_ERROR, SL_ERROR_CLOCK_SKEW);
  sl_set_refused (&later, SL_SYNC_CODE_LAST, NULL); /* a later hub's */
  g_assert_error (later, SL_ERROR, SL_ERROR_HUB_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/sl/agent-parts/" path, func)
  TEST ("backs-off-longer-each-time-and-never-beyond-a-minute",
        test_backs_off_longer_each_time_and_never_beyond_a_minute);
  TEST ("two-devices-do-not-come-back-together", test_two_devices_do_not_come_back_together);
  TEST ("the-quickest-answer-says-most-of-a-clock", test_the_quickest_answer_says_most_of_a_clock);
  TEST ("a-clock-that-was-set-is-believed-at-once", test_a_clock_that_was_set_is_believed_at_once);
  TEST ("drift-replaces-what-was-measured-long-ago", test_drift_replaces_what_was_measured_long_ago);
  TEST ("takes-addresses-of-hubs", test_takes_addresses_of_hubs);
  TEST ("refuses-what-is-no-address-of-a-hub", test_refuses_what_is_no_address_of_a_hub);
  TEST ("hub_refused-and-clock_skew-are-told-apart", test_hub_refused_and_clock_skew_are_told_apart);
  TEST ("pins-are-hashes", test_pins_are_hashes);
  TEST ("reads-news-from-a-stream", test_reads_news_from_a_stream);
  TEST ("lines-come-as-they-went", test_lines_come_as_they_went);
  TEST ("lines-that-are-none-are-refused", test_lines_that_are_none_are_refused);
  TEST ("receives-a-line-however-long-it-may-be-and-no-longer",
        test_receives_a_line_however_long_it_may_be_and_no_longer);
  TEST ("waits-no-longer-for-a-line-than-it-is-told", test_waits_no_longer_for_a_line_than_it_is_told);
  TEST ("gives-up-sending-to-whom-nobody-reads", test_gives_up_sending_to_whom_nobody_reads);
  TEST ("offline-where-no-agent-runs", test_offline_where_no_agent_runs);
  TEST ("a-silent-neighbour-is-one-until-it-answers-or-moves",
        test_a_silent_neighbour_is_one_until_it_answers_or_moves);
  TEST ("sees-a-write-and-looks-until-it-shows", test_sees_a_write_and_looks_until_it_shows);
  return g_test_run ();
}
