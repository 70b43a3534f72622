/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/message.h"

#include <string.h>

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static SlSyncAnswer *
receive (int status, const char *body)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_autoptr (GBytes) bytes = bytes_of (body);
  return sl_sync_answer_new_received (status, headers, bytes);
}

static void
each_code_has_its_name_and_status (void)
{
  static const struct { SlSyncCode code; const char *name; int status; } expected[] = {
    { SL_SYNC_OK, "ok", 200 },
    { SL_SYNC_BAD_REQUEST, "bad_request", 400 },
    { SL_SYNC_UNSIGNED, "unsigned", 401 },
    { SL_SYNC_BAD_SIGNATURE, "bad_signature", 401 },
    { SL_SYNC_CLOCK_SKEW, "clock_skew", 401 },
    { SL_SYNC_REPLAYED, "replayed", 409 },
    { SL_SYNC_UNKNOWN_DEVICE, "unknown_device", 403 },
    { SL_SYNC_DEVICE_REVOKED, "device_revoked", 403 },
    { SL_SYNC_FOREIGN_ORGANISATION, "foreign_organisation", 403 },
    { SL_SYNC_CODE_INVALID, "code_invalid", 403 },
    { SL_SYNC_ALREADY_FOUNDED, "already_founded", 409 },
    { SL_SYNC_NOT_FOUNDED, "not_founded", 409 },
    { SL_SYNC_NOT_FOUND, "not_found", 404 },
    { SL_SYNC_WRONG_METHOD, "wrong_method", 405 },
    { SL_SYNC_TOO_LARGE, "too_large", 413 },
    { SL_SYNC_TOO_SLOW, "too_slow", 408 },
    { SL_SYNC_TOO_MANY, "too_many", 429 },
    { SL_SYNC_WRONG_VERSION, "wrong_version", 426 },
    { SL_SYNC_BUSY, "busy", 503 },
    { SL_SYNC_STORAGE, "storage", 507 },
  };
  g_assert_cmpint (G_N_ELEMENTS (expected), ==, SL_SYNC_CODE_LAST);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpstr (sl_sync_code_name (expected[i].code), ==, expected[i].name);
      g_assert_cmpint (sl_sync_code_status (expected[i].code), ==, expected[i].status);
      g_assert_cmpint (sl_sync_code_from_name (expected[i].name), ==, expected[i].code);
    }
  g_assert_cmpint (sl_sync_code_from_name ("BUSY"), ==, SL_SYNC_CODE_LAST);
  g_assert_cmpint (sl_sync_code_from_name (NULL), ==, SL_SYNC_CODE_LAST);
}

static void
errors_come_through_with_code_message_and_wait (void)
{
  for (SlSyncCode code = SL_SYNC_OK + 1; code < SL_SYNC_CODE_LAST; code++)
    {
      g_autoptr (SlSyncAnswer) sent = sl_sync_answer_new_error (code, "not \"now\"", 7);
      g_autoptr (SlSyncAnswer) got = sl_sync_answer_new_received (sent->status, sent->headers, sent->body);
      g_autofree char *message = sl_sync_answer_dup_message (got);
      g_assert_cmpint (got->code, ==, code);
      g_assert_cmpint (got->status, ==, sl_sync_code_status (code));
      g_assert_cmpstr (message, ==, "not \"now\"");
      g_assert_cmpint (sl_sync_answer_retry_after_ms (got), ==, 7000);
    }
}

static void
an_error_body_is_json_of_one_form (void)
{
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new_error (SL_SYNC_BUSY, "a moment\n", 0);
  g_autoptr (GBytes) expected = bytes_of ("{\"error\":{\"code\":\"busy\",\"message\":\"a moment\\n\"}}");
  g_assert_true (g_bytes_equal (answer->body, expected));
  g_assert_cmpstr (g_hash_table_lookup (answer->headers, "content-type"), ==, "application/json");
  g_assert_null (g_hash_table_lookup (answer->headers, "retry-after"));
  g_autofree char *message = sl_sync_answer_dup_message (answer);
  g_assert_cmpstr (message, ==, "a moment "); /* nothing that could break a log line */
}

static void
an_error_may_quote_what_is_no_text (void)
{
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, "\xff\xfe", 0);
  g_autofree char *message = sl_sync_answer_dup_message (answer);
  g_assert_cmpstr (message, ==, "\357\277\275\357\277\275");
  g_autofree char *long_text = g_strnfill (100000, 'a');
  g_autoptr (SlSyncAnswer) long_answer = sl_sync_answer_new_error (SL_SYNC_BAD_REQUEST, long_text, 0);
  g_autofree char *cut = sl_sync_answer_dup_message (long_answer);
  g_assert_cmpuint (strlen (cut), ==, SL_SYNC_MESSAGE_MAX_BYTES);
}

static void
what_stands_between_speaks_by_status (void)
{
  static const struct { int status; const char *body; SlSyncCode code; } examples[] = {
    { 502, "<html>Bad Gateway</html>", SL_SYNC_BUSY },
    { 503, "", SL_SYNC_BUSY },
    { 504, "{}", SL_SYNC_BUSY },
    { 404, "nginx", SL_SYNC_NOT_FOUND },
    { 405, "", SL_SYNC_WRONG_METHOD },
    { 408, "", SL_SYNC_TOO_SLOW },
    { 413, "", SL_SYNC_TOO_LARGE },
    { 429, "[]", SL_SYNC_TOO_MANY },
    { 403, "{\"error\":\"no\"}", SL_SYNC_BAD_REQUEST },
    { 301, "", SL_SYNC_BAD_REQUEST },
    { 0, "", SL_SYNC_BAD_REQUEST },
    { 200, "x", SL_SYNC_OK },
    { 403, "{\"error\":{\"code\":\"device_revoked\"}}", SL_SYNC_DEVICE_REVOKED },
    { 403, "{\"error\":{\"code\":\"device_revoked\"},\"error\":{}}", SL_SYNC_BAD_REQUEST },
    { 403, "{\"error\":{\"code\":[]}}", SL_SYNC_BAD_REQUEST },
    { 503, "{\"error\":{\"code\":\"device_revoked\"}}", SL_SYNC_BUSY }, /* a code belongs to its status */
    { 404, "{\"error\":{\"code\":\"ok\"}}", SL_SYNC_NOT_FOUND },
    { 418, "{\"error\":{\"code\":\"of_tomorrow\"}}", SL_SYNC_BAD_REQUEST },
  };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (SlSyncAnswer) answer = receive (examples[i].status, examples[i].body);
      g_test_message ("%d %s", examples[i].status, examples[i].body);
      g_assert_cmpint (answer->code, ==, examples[i].code);
      g_autofree char *message = sl_sync_answer_dup_message (answer);
      g_assert_null (message);
    }
}

static void
a_huge_error_body_is_not_read (void)
{
  g_autofree char *blanks = g_strnfill (SL_SYNC_JSON_MAX_BYTES, ' ');
  g_autofree char *body = g_strconcat ("{\"error\":{\"code\":\"busy\"}}", blanks, NULL);
  g_autoptr (SlSyncAnswer) answer = receive (503, body);
  g_assert_cmpint (answer->code, ==, SL_SYNC_BUSY);
  g_autofree char *deep = g_strnfill (SL_SYNC_JSON_MAX_BYTES, '[');
  g_autoptr (SlSyncAnswer) nested = receive (400, deep);
  g_assert_cmpint (nested->code, ==, SL_SYNC_BAD_REQUEST);
}

static gint64
wait_said (const char *value)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_assert_true (sl_sync_headers_add (headers, "Retry-After", value));
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new_received (503, headers, NULL);
  return sl_sync_answer_retry_after_ms (answer);
}

static void
a_wait_is_never_longer_than_a_day (void)
{
  g_assert_cmpint (wait_said ("0"), ==, 0);
  g_assert_cmpint (wait_said ("30"), ==, 30000);
  g_assert_cmpint (wait_said ("86401"), ==, 86400000);
  g_assert_cmpint (wait_said ("9223372036854775807"), ==, 86400000);
  g_assert_cmpint (wait_said ("9223372036854775808"), ==, 0);
  g_assert_cmpint (wait_said ("-1"), ==, 0);
  g_assert_cmpint (wait_said ("Wed, 21 Oct 2026 07:28:00 GMT"), ==, 0);
  g_autoptr (SlSyncAnswer) ours = sl_sync_answer_new_error (SL_SYNC_BUSY, NULL, G_MAXINT64);
  g_assert_cmpint (sl_sync_answer_retry_after_ms (ours), ==, 86400000);
}

static void
headers_are_found_in_any_case (void)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_assert_true (sl_sync_headers_add (headers, "CONTENT-Type", "text/plain"));
  g_assert_cmpstr (g_hash_table_lookup (headers, "content-type"), ==, "text/plain");
}

static void
a_header_for_the_second_time_is_refused (void)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_assert_true (sl_sync_headers_add (headers, "Signature", "sl=:a:"));
  g_assert_false (sl_sync_headers_add (headers, "signature", "sl=:a:"));
  g_assert_cmpstr (g_hash_table_lookup (headers, "signature"), ==, "sl=:a:");
}

static void
no_line_break_gets_into_a_header (void)
{
  static const char *const bad[] = { "a\r\nStudioloop-Org: b", "a\nb", "a\rb", "\t", "a\x7f", "a\x01", "\xc3\xa4" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GHashTable) headers = sl_sync_headers_new ();
      g_assert_false (sl_sync_headers_add (headers, "Studioloop-Org", bad[i]));
      g_assert_cmpuint (g_hash_table_size (headers), ==, 0);
    }
}

static void
overlong_headers_are_refused (void)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_autofree char *longest = g_strnfill (SL_SYNC_HEADER_MAX_BYTES, 'a');
  g_autofree char *longer = g_strnfill (SL_SYNC_HEADER_MAX_BYTES + 1, 'a');
  g_assert_true (sl_sync_headers_add (headers, "signature", longest));
  g_assert_false (sl_sync_headers_add (headers, "studioloop-key", longer));
  g_assert_false (sl_sync_headers_add (headers, "studioloop-key", NULL));
}

static void
headers_of_others_take_no_memory (void)
{
  g_autoptr (GHashTable) headers = sl_sync_headers_new ();
  g_autofree char *huge = g_strnfill (1000000, 'a');
  g_assert_true (sl_sync_headers_add (headers, "X-Forwarded-For", huge));
  g_assert_true (sl_sync_headers_add (headers, "X-Forwarded-For", "a\r\nb"));
  g_assert_true (sl_sync_headers_add (headers, huge, "a"));
  g_assert_true (sl_sync_headers_add (headers, "", ""));
  g_assert_true (sl_sync_headers_add (headers, NULL, NULL));
  g_assert_cmpuint (g_hash_table_size (headers), ==, 0);
}

static void
the_highest_version_in_common_is_spoken (void)
{
  g_assert_cmpuint (sl_sync_version_choose (1, 1), ==, 1);
  g_assert_cmpuint (sl_sync_version_choose (1, 9), ==, SL_SYNC_VERSION);
  g_assert_cmpuint (sl_sync_version_choose (SL_SYNC_VERSION + 1, SL_SYNC_VERSION + 2), ==, 0);
  g_assert_cmpuint (sl_sync_version_choose (0, 0), ==, 0);
  g_assert_cmpuint (sl_sync_version_choose (9, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/message/each-code-has-its-name-and-status", each_code_has_its_name_and_status);
  g_test_add_func ("/sl/message/errors-come-through-with-code-message-and-wait",
                   errors_come_through_with_code_message_and_wait);
  g_test_add_func ("/sl/message/an-error-body-is-json-of-one-form", an_error_body_is_json_of_one_form);
  g_test_add_func ("/sl/message/an-error-may-quote-what-is-no-text", an_error_may_quote_what_is_no_text);
  g_test_add_func ("/sl/message/what-stands-between-speaks-by-status", what_stands_between_speaks_by_status);
  g_test_add_func ("/sl/message/a-huge-error-body-is-not-read", a_huge_error_body_is_not_read);
  g_test_add_func ("/sl/message/a-wait-is-never-longer-than-a-day", a_wait_is_never_longer_than_a_day);
  g_test_add_func ("/sl/message/headers-are-found-in-any-case", headers_are_found_in_any_case);
  g_test_add_func ("/sl/message/a-header-for-the-second-time-is-refused", a_header_for_the_second_time_is_refused);
  g_test_add_func ("/sl/message/no-line-break-gets-into-a-header", no_line_break_gets_into_a_header);
  g_test_add_func ("/sl/message/overlong-headers-are-refused", overlong_headers_are_refused);
  g_test_add_func ("/sl/message/headers-of-others-take-no-memory", headers_of_others_take_no_memory);
  g_test_add_func ("/sl/message/the-highest-version-in-common-is-spoken", the_highest_version_in_common_is_spoken);
  return g_test_run ();
}
