/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-agent"

#include <string.h>

#include "core/error.h"
#include "engine/clock.h"
#include "engine/device.h"
#include "engine/sync-status.h"
#include "oplog/wire.h"
#include "two-agents.h"

static void
assert_same (Two *two)
{
  g_autofree char *a = desk_state (&two->a), *b = desk_state (&two->b);
  g_assert_cmpstr (a, ==, b);
}

static void
expect_refused (Two *two, SlSyncCode code)
{
  g_auto (SlAgentResult) result = { 0 };
  two_exchange (two, &result);
  g_assert_cmpstr (sl_sync_code_name (result.refused), ==, sl_sync_code_name (code));
  g_assert_cmpuint (result.pulled, ==, 0);
}

static void
test_two_desks_come_to_one_state (Two *two, gconstpointer data)
{
  SlId thandi = desk_member (&two->a, "Thandi");
  SlId session = desk_free_class (&two->a, MORNING + HOURS (3), 10);
  two_settle (two);
  assert_same (two);
  SlId sipho = desk_member (&two->b, "Sipho");
  desk_cancel_session (&two->b, &session);
  two_settle (two);
  assert_same (two);
  g_assert_true (sl_oplog_has_member_key (sl_engine_get_log (two->b.engine), &thandi));
  g_assert_true (sl_oplog_has_member_key (sl_engine_get_log (two->a.engine), &sipho));
}

static void
test_counts_what_went_over (Two *two, gconstpointer data)
{
  two_settle (two);
  desk_member (&two->a, "Thandi");
  desk_member (&two->b, "Sipho");
  g_auto (SlAgentResult) result = { 0 }, again = { 0 };
  two_exchange (two, &result);
  g_assert_cmpuint (result.pushed, ==, 1);
  g_assert_cmpuint (result.pulled, ==, 1);
  g_assert_cmpuint (result.waiting, ==, 0);
  g_assert_false (result.more);
  two_exchange (two, &again);
  g_assert_cmpuint (again.pushed, ==, 0);
  g_assert_cmpuint (again.pulled, ==, 0);
}

static void
test_nothing_is_lost_on_a_cut_line (Two *two, gconstpointer data)
{
  SlTransport transport = line_transport (&two->line);
  SlId a = desk_replica (&two->a);
  two_settle (two);
  desk_member (&two->a, "Thandi");
  desk_member (&two->b, "Sipho");
  for (guint i = 0; i < 4; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_autoptr (GError) failure = NULL;
      two->line.cut = i % 2 == 0;
      two->line.lost_answer = i % 2 == 1;
      g_assert_false (sl_agent_exchange_peer (two->agent_b, &a, &transport, NULL, &result, &failure));
      g_assert_error (failure, SL_ERROR, SL_ERROR_OFFLINE);
    }
  two->line.cut = two->line.lost_answer = FALSE;
  two_settle (two);
  assert_same (two);
}

static void
test_pulls_although_the_push_is_refused (Two *two, gconstpointer data)
{
  two_settle (two);
  g_autofree char *long_name = g_strnfill (60, 'x');
  desk_member (&two->a, "Thandi");
  for (guint i = 0; i < 40; i++)
    desk_member (&two->b, long_name);
  two->line.largest_bytes = 1500;
  g_auto (SlAgentResult) result = { 0 };
  two_exchange (two, &result);
  g_assert_cmpstr (sl_sync_code_name (result.refused), ==, "too_large");
  g_assert_cmpuint (result.pulled, ==, 1);
  g_assert_cmpuint (result.pushed, ==, 0);
  two->line.largest_bytes = 0;
  two_settle (two);
  assert_same (two);
}

static void
test_takes_no_changed_answer (Two *two, gconstpointer data)
{
  two_settle (two);
  desk_member (&two->a, "Thandi");
  g_autofree char *before = desk_state (&two->b);
  two->line.change = TRUE;
  g_auto (SlAgentResult) result = { 0 };
  two_exchange (two, &result);
  g_assert_cmpint (result.refused, !=, SL_SYNC_OK);
  g_assert_cmpuint (result.pulled, ==, 0);
  g_autofree char *after = desk_state (&two->b);
  g_assert_cmpstr (after, ==, before);
}

static void
test_a_wrong_clock_is_measured_and_still_exchanges (Two *two, gconstpointer data)
{
  two_settle (two);
  two->b.world.now_ms += MINUTES (10);
  two->line.way_ms = 40;
  desk_member (&two->a, "Thandi");
  two->line.requests = 0;
  g_auto (SlAgentResult) first = { 0 }, second = { 0 };
  two_exchange (two, &first);
  g_assert_cmpstr (sl_sync_code_name (first.refused), ==, "ok");
  g_assert_cmpuint (two->line.requests, ==, 2); /* signed again once */
  g_assert_cmpint (ABS (first.offset_ms + MINUTES (10)), <=, 40);
  g_assert_cmpuint (first.pulled, ==, 1);
  two_exchange (two, &second);
  g_assert_cmpuint (two->line.requests, ==, 3); /* it knows now */
}

static void
test_answers_only_devices_of_its_studio (Two *two, gconstpointer data)
{
  Two other = { 0 };
  SlId a = desk_replica (&two->a);
  two_settle (two);
  two_open_seeded (&other, 2);
  SlTransport transport = line_transport (&two->line);
  g_auto (SlAgentResult) result = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_agent_exchange_peer (other.agent_b, &a, &transport, NULL, &result, &failure));
  g_assert_cmpstr (sl_sync_code_name (result.refused), ==, "unknown_device"); /* it does not even ask */
  two_settle (&other);
  other.line.to = two->agent_a; /* and where somebody answers in a friend's place, it asks and is refused */
  other.line.answerer = &two->a.world;
  expect_refused (&other, SL_SYNC_FOREIGN_ORGANISATION);
  two_close (&other, NULL);
}

static void
test_refuses_the_same_request_twice (Two *two, gconstpointer data)
{
  two_settle (two);
  g_autoptr (SlSyncAnswer) again = sl_agent_answer (two->agent_a, two->line.last);
  g_assert_cmpstr (sl_sync_code_name (again->code), ==, "replayed");
  two->a.world.now_ms += MINUTES (5);
  g_autoptr (SlSyncAnswer) late = sl_agent_answer (two->agent_a, two->line.last);
  g_assert_cmpstr (sl_sync_code_name (late->code), ==, "clock_skew");
}

static void
test_refuses_what_nobody_signed (Two *two, gconstpointer data)
{
  two_settle (two);
  g_autoptr (SlSyncRequest) bare = sl_sync_request_new ("POST", "/v1/sync", two->line.last->body);
  g_autoptr (SlSyncAnswer) unsigned_one = sl_agent_answer (two->agent_a, bare);
  g_assert_cmpstr (sl_sync_code_name (unsigned_one->code), ==, "unsigned");
  g_autoptr (SlSyncRequest) elsewhere = sl_sync_request_new ("POST", "/v1/pair", two->line.last->body);
  g_autoptr (SlSyncAnswer) no_such = sl_agent_answer (two->agent_a, elsewhere);
  g_assert_cmpstr (sl_sync_code_name (no_such->code), ==, "not_found");
}

static void
test_a_revoked_device_gets_nothing (Two *two, gconstpointer data)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  SlDevice *device = NULL;
  SlId b = desk_replica (&two->b);
  two_settle (two);
  g_assert_true (sl_device_revoke (two->a.engine, &two->a.owner, &b, "lost", &device, &refusal, &failure));
  g_assert_no_error (failure);
  sl_device_free (device);
  desk_member (&two->a, "Thandi");
  expect_refused (two, SL_SYNC_DEVICE_REVOKED);
}

static void
test_a_stranger_is_taken_only_with_an_invitation (Two *two, gconstpointer data)
{
  two->a.world.now_ms += DAYS (2); /* the invitation's time is over */
  two->b.world.now_ms += DAYS (2);
  expect_refused (two, SL_SYNC_UNKNOWN_DEVICE);
}

static void
test_brings_what_a_third_desk_wrote (Two *two, gconstpointer data)
{
  Desk third = { 0 };
  two_settle (two);
  desk_join (&third, &two->a, "Desk three");
  desk_member (&third, "Lerato");
  desk_carry_log (&third, &two->b);
  two_settle (two);
  assert_same (two);
  g_autofree char *a = desk_state (&two->a), *c = desk_state (&third);
  g_assert_cmpstr (a, ==, c);
  desk_close (&third, NULL);
}

static void
test_news_says_whether_it_may_listen (Two *two, gconstpointer data)
{
  two_settle (two);
  SlHubLink link = { .url = (char *) "http://127.0.0.1:1", .replica = desk_replica (&two->a) };
  memcpy (link.public_key, sl_oplog_get_public_key (sl_engine_get_log (two->a.engine)), SL_SIGN_PUBLIC_BYTES);
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_agent_set_hub (two->agent_b, &link, &failure));
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("GET", "/v1/events", NULL);
  g_assert_true (sl_agent_sign_for_hub (two->agent_b, request, &failure));
  g_assert_no_error (failure);
  g_autoptr (SlSyncAnswer) answer = sl_agent_answer (two->agent_a, request);
  g_assert_cmpint (answer->status, ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  two_test ("/sl/agent/two-desks-come-to-one-state", test_two_desks_come_to_one_state);
  two_test ("/sl/agent/counts-what-went-over", test_counts_what_went_over);
  two_test ("/sl/agent/nothing-is-lost-on-a-cut-line", test_nothing_is_lost_on_a_cut_line);
  two_test ("/sl/agent/pulls-although-the-push-is-refused", test_pulls_although_the_push_is_refused);
  two_test ("/sl/agent/takes-no-changed-answer", test_takes_no_changed_answer);
  two_test ("/sl/agent/a-wrong-clock-is-measured-and-still-exchanges",
            test_a_wrong_clock_is_measured_and_still_exchanges);
  two_test ("/sl/agent/answers-only-devices-of-its-studio", test_answers_only_devices_of_its_studio);
  two_test ("/sl/agent/refuses-the-same-request-twice", test_refuses_the_same_request_twice);
  two_test ("/sl/agent/refuses-what-nobody-signed", test_refuses_what_nobody_signed);
  two_test ("/sl/agent/a-revoked-device-gets-nothing", test_a_revoked_device_gets_nothing);
  two_test ("/sl/agent/a-stranger-is-taken-only-with-an-invitation", test_a_stranger_is_taken_only_with_an_invitation);
  two_test ("/sl/agent/brings-what-a-third-desk-wrote", test_brings_what_a_third_desk_wrote);
  two_test ("/sl/agent/news-says-whether-it-may-listen", test_news_says_whether_it_may_listen);
  return g_test_run ();
}
