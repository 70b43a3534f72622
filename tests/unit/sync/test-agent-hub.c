/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-agent-hub"

#include <string.h>

#include "agent/agent-private.h"
#include "core/error.h"
#include "engine/clock.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/sync-status.h"
#include "two-agents.h"

/* A hub as small as can be: desk a's log, with an epoch and a cursor; b is paired with it. */
typedef struct {
  Two two;
  SlId epoch;
  guint64 cursor;          /* what its next answer says */
  SlSyncCode refuse;       /* SL_SYNC_OK: answers */
  gboolean offline, sign_with_b, deaf;
  Desk *impostor;          /* (nullable): answers in its place, as itself */
  GArray *asked;           /* of SlExchangeItem without asks: what it was asked, in order */
  GArray *pushed;          /* of guint64: operations in those */
} Hub;

static SlSyncAnswer *
answer_as_hub (Hub *hub, const SlSyncRequest *request)
{
  SlOplog *log = sl_engine_get_log (hub->impostor != NULL ? hub->impostor->engine : hub->two.a.engine);
  g_auto (SlWireHead) head = { 0 };
  g_auto (SlExchangeItem) asked = { 0 };
  g_auto (SlImportResult) taken = { 0 };
  SlWireWritten written;
  g_assert_true (sl_wire_look (request->body, G_MAXUINT32, &head, NULL));
  g_assert_true (sl_exchange_item_decode (head.exchange, FALSE, &asked, NULL));
  g_clear_pointer (&asked.asks, g_array_unref);
  g_array_append_val (hub->asked, asked);
  g_array_append_val (hub->pushed, head.operations);
  g_assert_true (hub->deaf || sl_wire_take (log, request->body, &taken, NULL));
  SlExchangeItem item = { .cursor = hub->cursor, .epoch = hub->epoch, .time_ms = hub->two.a.world.now_ms,
                          .version_lowest = SL_SYNC_VERSION, .version = SL_SYNC_VERSION };
  g_autoptr (GBytes) bytes = sl_exchange_item_encode (&item, TRUE);
  g_autoptr (GHashTable) since = sl_wire_since (log, &head.header, NULL);
  SlWireHow how = { .since = since, .reader = &head.header.by, .exchange = bytes };
  g_autoptr (GBytes) body = sl_wire_write (log, &how, &written, NULL);
  g_assert_nonnull (body);
  return sl_sync_answer_new (SL_SYNC_STREAM_TYPE, body);
}

static gboolean
send_to_hub (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  Hub *hub = user_data;
  SlSyncSigner signer;
  SlSyncClaimed claimed;
  if (hub->offline)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "nobody is there");
      return FALSE;
    }
  g_assert_cmpint (sl_sync_request_read (request, &claimed), ==, SL_SYNC_OK);
  gint64 off_ms = claimed.created_ms - hub->two.a.world.now_ms;
  SlSyncCode code = hub->refuse != SL_SYNC_OK ? hub->refuse : ABS (off_ms) > MINUTES (2) ? SL_SYNC_CLOCK_SKEW : 0;
  *out_answer = code != SL_SYNC_OK ? sl_sync_answer_new_error (code, NULL, 7) : answer_as_hub (hub, request);
  g_autoptr (SlAgent) other
      = hub->impostor != NULL ? sl_agent_new (hub->impostor->engine, &hub->impostor->world.base) : NULL;
  sl_agent_signer (other != NULL ? other : hub->sign_with_b ? hub->two.agent_b : hub->two.agent_a, &signer);
  sl_sync_sign_answer (*out_answer, request, &signer, hub->two.a.world.now_ms);
  return TRUE;
}

static void
hub_open (Hub *hub, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  two_open (&hub->two, NULL);
  hub->asked = g_array_new (FALSE, FALSE, sizeof (SlExchangeItem));
  hub->pushed = g_array_new (FALSE, FALSE, sizeof (guint64));
  sl_id_random (&hub->two.a.world.base, &hub->epoch);
  hub->cursor = 17;
  SlHubLink link = { .url = (char *) "https://hub.example", .replica = desk_replica (&hub->two.a), .cursor = 5 };
  memcpy (link.public_key, sl_oplog_get_public_key (sl_engine_get_log (hub->two.a.engine)), SL_SIGN_PUBLIC_BYTES);
  g_assert_true (sl_agent_set_hub (hub->two.agent_b, &link, &failure));
  g_assert_no_error (failure);
}

static void
hub_close (Hub *hub, gconstpointer data)
{
  g_array_unref (hub->asked);
  g_array_unref (hub->pushed);
  two_close (&hub->two, NULL);
}
#define hub_test(path, func) g_test_add (path, Hub, NULL, hub_open, func, hub_close)

static SlSyncCode
ask (Hub *hub, SlAgentResult *out)
{
  SlTransport transport = { .send = send_to_hub, .user_data = hub };
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_agent_exchange (hub->two.agent_b, &transport, NULL, out, &failure));
  g_assert_no_error (failure);
  return out->refused;
}

static void
settle (Hub *hub)
{
  gboolean more = TRUE;
  for (guint i = 0; more; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_assert_cmpuint (i, <, 20);
      g_assert_cmpstr (sl_sync_code_name (ask (hub, &result)), ==, "ok");
      more = result.more;
    }
}

static const SlExchangeItem *
last_asked (Hub *hub)
{
  g_assert_cmpuint (hub->asked->len, >, 0);
  return &g_array_index (hub->asked, SlExchangeItem, hub->asked->len - 1);
}

static guint64
last_pushed (Hub *hub)
{
  return g_array_index (hub->pushed, guint64, hub->pushed->len - 1);
}

static void
health (Hub *hub, SlSyncHealth *out)
{
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_sync_health_read (hub->two.b.engine, out, &failure));
  g_assert_no_error (failure);
}

static void
test_begins_where_pairing_left_off_and_goes_on (Hub *hub, gconstpointer data)
{
  g_auto (SlAgentResult) result = { 0 };
  ask (hub, &result);
  g_assert_cmpuint (last_asked (hub)->cursor, ==, 5);
  settle (hub);
  g_assert_cmpuint (last_asked (hub)->cursor, ==, 17);
  g_assert_true (sl_id_equal (&last_asked (hub)->epoch, &hub->epoch));
}

static void
test_goes_on_after_it_was_started_again (Hub *hub, gconstpointer data)
{
  settle (hub);
  sl_agent_free (hub->two.agent_b);
  hub->two.agent_b = sl_agent_new (hub->two.b.engine, &hub->two.b.world.base);
  desk_member (&hub->two.b, "Sipho");
  settle (hub);
  g_assert_cmpuint (last_asked (hub)->cursor, ==, 17);
  g_assert_cmpuint (last_pushed (hub), ==, 1); /* and not all that it holds */
}

static void
test_news_is_what_the_hub_has_not_said_to_hold (Hub *hub, gconstpointer data)
{
  gboolean news;
  settle (hub);
  g_assert_true (sl_agent_has_news (hub->two.agent_b, &news, NULL));
  g_assert_false (news);
  desk_member (&hub->two.b, "Sipho");
  g_assert_true (sl_agent_has_news (hub->two.agent_b, &news, NULL));
  g_assert_true (news);
  settle (hub);
  g_assert_true (sl_agent_has_news (hub->two.agent_b, &news, NULL));
  g_assert_false (news);
}

static void
test_a_new_epoch_is_offered_everything (Hub *hub, gconstpointer data)
{
  settle (hub);
  sl_id_random (&hub->two.a.world.base, &hub->epoch);
  hub->cursor = 3;
  settle (hub);
  g_assert_cmpuint (last_asked (hub)->cursor, ==, 3);
  g_assert_true (sl_id_equal (&last_asked (hub)->epoch, &hub->epoch));
  g_auto (SlSyncHealth) state = { 0 };
  health (hub, &state);
  g_assert_true (sl_id_equal (&state.epoch, &hub->epoch));
}

static void
test_brings_others_operations_only_now_and_then (Hub *hub, gconstpointer data)
{
  Desk third = { 0 };
  settle (hub);
  desk_join (&third, &hub->two.a, "Desk three");
  desk_member (&third, "Lerato");
  desk_carry_log (&third, &hub->two.b);
  settle (hub);
  g_autofree char *early = desk_state (&hub->two.a), *wanted = desk_state (&hub->two.b);
  g_assert_cmpstr (early, !=, wanted); /* the third one will most likely bring it itself */
  hub->two.a.world.now_ms += MINUTES (11);
  hub->two.b.world.now_ms += MINUTES (11);
  settle (hub);
  g_autofree char *late = desk_state (&hub->two.a);
  g_assert_cmpstr (late, ==, wanted);
  desk_close (&third, NULL);
}

static void
test_online_while_the_hub_answers (Hub *hub, gconstpointer data)
{
  g_auto (SlSyncHealth) never = { 0 }, now = { 0 }, later = { 0 };
  health (hub, &never);
  g_assert_true (never.paired);
  g_assert_false (never.online);
  settle (hub);
  health (hub, &now);
  g_assert_true (now.online);
  g_assert_null (now.refused);
  hub->two.b.world.now_ms += MINUTES (1) + 1;
  health (hub, &later);
  g_assert_false (later.online);
  g_assert_cmpint (later.contact_ms, ==, now.contact_ms);
}

static void
test_a_refusal_is_kept_until_the_hub_answers (Hub *hub, gconstpointer data)
{
  g_auto (SlSyncHealth) refused = { 0 }, again = { 0 };
  g_auto (SlAgentResult) result = { 0 };
  hub->refuse = SL_SYNC_TOO_MANY;
  g_assert_cmpstr (sl_sync_code_name (ask (hub, &result)), ==, "too_many");
  g_assert_cmpint (result.retry_after_ms, ==, 7000);
  health (hub, &refused);
  g_assert_cmpstr (refused.refused, ==, "too_many");
  g_assert_true (refused.online); /* it answered, if not as hoped */
  hub->refuse = SL_SYNC_OK;
  settle (hub);
  health (hub, &again);
  g_assert_null (again.refused);
}

static void
test_without_a_hub_there_is_nobody_to_ask (Hub *hub, gconstpointer data)
{
  SlTransport transport = { .send = send_to_hub, .user_data = hub };
  g_auto (SlAgentResult) result = { 0 };
  g_autoptr (GError) failure = NULL;
  g_assert_false (sl_agent_exchange (hub->two.agent_a, &transport, NULL, &result, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
test_an_answer_of_somebody_else_is_not_taken (Hub *hub, gconstpointer data)
{
  g_auto (SlAgentResult) result = { 0 };
  settle (hub);
  desk_member (&hub->two.a, "Thandi");
  hub->sign_with_b = TRUE;
  hub->cursor = 99;
  g_assert_cmpstr (sl_sync_code_name (ask (hub, &result)), ==, "bad_signature");
  g_assert_cmpuint (result.pulled, ==, 0);
  hub->sign_with_b = FALSE;
  hub->cursor = 18;
  settle (hub);
  for (guint i = 0; i < hub->asked->len; i++)
    g_assert_cmpuint (g_array_index (hub->asked, SlExchangeItem, i).cursor, !=, 99);
}

static void
test_a_right_clock_is_confirmed (Hub *hub, gconstpointer data)
{
  SlClockState state;
  settle (hub);
  g_assert_true (sl_clock_show (hub->two.b.engine, &state, NULL));
  g_assert_cmpint (state.confirmed_ms, ==, hub->two.b.world.now_ms);
  g_assert_cmpint (state.doubt, ==, SL_CLOCK_TRUSTED);
}

static void
test_stamps_of_a_clock_that_was_ahead_are_corrected (Hub *hub, gconstpointer data)
{
  SlClockState state;
  g_auto (SlSyncHealth) wrong = { 0 }, right = { 0 };
  settle (hub);
  hub->two.b.world.now_ms += HOURS (3); /* somebody has set it wrong */
  desk_member (&hub->two.b, "Sipho");
  settle (hub);
  health (hub, &wrong);
  g_assert_true (wrong.clock_wrong);
  g_assert_cmpint (wrong.offset_ms, ==, -HOURS (3));
  hub->two.b.world.now_ms -= HOURS (3); /* and right again */
  g_assert_true (sl_clock_show (hub->two.b.engine, &state, NULL));
  g_assert_cmpint (state.doubt, ==, SL_CLOCK_BEHIND);
  settle (hub);
  health (hub, &right);
  g_assert_false (right.clock_wrong);
  g_assert_true (sl_clock_show (hub->two.b.engine, &state, NULL));
  g_assert_cmpint (state.doubt, ==, SL_CLOCK_TRUSTED);
  settle (hub); /* the correction is an operation as any other */
  g_autofree char *a = desk_state (&hub->two.a), *b = desk_state (&hub->two.b);
  g_assert_cmpstr (a, ==, b);
}

/* A chain that the hub does not take is no reason to ask for ever, nor to forget it. */
static void
test_what_the_hub_does_not_take_is_left_for_later (Hub *hub, gconstpointer data)
{
  Desk third = { 0 };
  settle (hub);
  desk_join (&third, &hub->two.a, "Desk three");
  desk_member (&third, "Lerato");
  desk_carry_log (&third, &hub->two.b);
  hub->deaf = TRUE;
  desk_member (&hub->two.b, "Sipho");
  hub->two.a.world.now_ms += MINUTES (11);
  hub->two.b.world.now_ms += MINUTES (11);
  settle (hub); /* ends */
  hub->deaf = FALSE;
  settle (hub); /* at once what is ours, */
  gboolean news;
  g_assert_true (sl_agent_has_news (hub->two.agent_b, &news, NULL));
  g_assert_false (news);
  hub->two.a.world.now_ms += MINUTES (11);
  hub->two.b.world.now_ms += MINUTES (11);
  settle (hub); /* and some time what is not */
  g_autofree char *a = desk_state (&hub->two.a), *b = desk_state (&hub->two.b);
  g_assert_cmpstr (a, ==, b);
  desk_close (&third, NULL);
}

/* As after a loss of its data: a new epoch, a new device, which the old one's key vouches for. */
static void
test_follows_a_hub_that_goes_on_under_a_new_key (Hub *hub, gconstpointer data)
{
  g_autofree char *file = sl_temp_dir_file (hub->two.b.dir, "hub.backup");
  SlRestoreResult restored = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlHubLink) link = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean paired;
  Desk *a = &hub->two.a;
  settle (hub);
  g_assert_true (sl_exchange_backup (a->engine, &a->owner, file, &refusal, &failure));
  sl_agent_free (hub->two.agent_a);
  sl_engine_close (a->engine);
  g_assert_true (sl_exchange_restore (a->dir->path, &a->world.base, file, NULL, &restored, &failure));
  sl_restore_result_clear (&restored);
  a->engine = sl_engine_open (a->dir->path, &a->world.base, &failure);
  g_assert_no_error (failure);
  hub->two.agent_a = hub->two.line.to = sl_agent_new (a->engine, &a->world.base);
  desk_member (a, "Thandi");
  desk_member (&hub->two.b, "Sipho");
  sl_id_random (&a->world.base, &hub->epoch);
  settle (hub);
  g_assert_true (sl_agent_hub (hub->two.agent_b, &link, &paired, &failure));
  SlId now = desk_replica (a);
  g_assert_true (sl_id_equal (&link.replica, &now));
  g_assert_true (sl_id_equal (&link.epoch, &hub->epoch));
  g_autofree char *one = desk_state (a), *other = desk_state (&hub->two.b);
  g_assert_cmpstr (one, ==, other);
}

static void
test_another_device_of_the_studio_is_not_the_hub (Hub *hub, gconstpointer data)
{
  Desk third = { 0 };
  g_auto (SlHubLink) link = { 0 };
  g_auto (SlAgentResult) result = { 0 };
  gboolean paired;
  settle (hub);
  desk_join (&third, &hub->two.a, "Desk three");
  desk_carry_log (&hub->two.a, &hub->two.b);
  desk_member (&third, "Lerato");
  hub->impostor = &third;
  g_assert_cmpstr (sl_sync_code_name (ask (hub, &result)), ==, "bad_signature");
  g_assert_true (sl_agent_hub (hub->two.agent_b, &link, &paired, NULL));
  SlId a = desk_replica (&hub->two.a);
  g_assert_true (sl_id_equal (&link.replica, &a));
  hub->impostor = NULL;
  settle (hub);
  desk_close (&third, NULL);
}

static void
test_offline_is_told_and_nothing_is_noted (Hub *hub, gconstpointer data)
{
  SlTransport transport = { .send = send_to_hub, .user_data = hub };
  g_auto (SlAgentResult) result = { 0 };
  g_autoptr (GError) failure = NULL;
  g_auto (SlSyncHealth) state = { 0 };
  hub->offline = TRUE;
  g_assert_false (sl_agent_exchange (hub->two.agent_b, &transport, NULL, &result, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_OFFLINE);
  health (hub, &state);
  g_assert_cmpint (state.contact_ms, ==, 0);
}

static void
test_upkeep_does_what_is_due (Hub *hub, gconstpointer data)
{
  SlId session = desk_free_class (&hub->two.b, MORNING + HOURS (1), 4), hold;
  SlId member = desk_member (&hub->two.b, "Sipho");
  g_autoptr (GError) failure = NULL;
  g_assert_cmpstr (desk_try_hold (&hub->two.b, &member, &session, &hold), ==, "ok");
  hub->two.b.world.now_ms += MINUTES (30);
  gint64 before = desk_operations (&hub->two.b);
  g_assert_true (sl_agent_upkeep (hub->two.agent_b, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (desk_operations (&hub->two.b), ==, before + 1);
  g_assert_cmpstr (desk_status (&hub->two.b, &hold), ==, "expired");
  g_assert_true (sl_agent_upkeep (hub->two.agent_b, &failure));
  g_assert_cmpint (desk_operations (&hub->two.b), ==, before + 1);
}

static void
test_what_a_command_fetches_stays_until_it_has_used_it (Hub *hub, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_device_become_hub (hub->two.a.engine, &failure));
  (void) desk_free_class (&hub->two.b, MORNING + HOURS (40), 4);
  settle (hub);
  gint64 before = desk_operations (&hub->two.b);
  g_assert_true (sl_agent_note_fetch (hub->two.agent_b, &failure));
  g_assert_true (sl_agent_upkeep (hub->two.agent_b, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (desk_operations (&hub->two.b), ==, before);
  hub->two.b.world.now_ms += SL_AGENT_FETCHED_MS;
  g_assert_true (sl_agent_upkeep (hub->two.agent_b, &failure));
  g_assert_cmpint (desk_operations (&hub->two.b), >, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/agent-hub/what-a-command-fetches-stays-until-it-has-used-it",
            test_what_a_command_fetches_stays_until_it_has_used_it);
  hub_test ("/sl/agent-hub/begins-where-pairing-left-off-and-goes-on", test_begins_where_pairing_left_off_and_goes_on);
  hub_test ("/sl/agent-hub/goes-on-after-it-was-started-again", test_goes_on_after_it_was_started_again);
  hub_test ("/sl/agent-hub/news-is-what-the-hub-has-not-said-to-hold", test_news_is_what_the_hub_has_not_said_to_hold);
  hub_test ("/sl/agent-hub/a-new-epoch-is-offered-everything", test_a_new_epoch_is_offered_everything);
  hub_test ("/sl/agent-hub/brings-others-operations-only-now-and-then",
            test_brings_others_operations_only_now_and_then);
  hub_test ("/sl/agent-hub/online-while-the-hub-answers", test_online_while_the_hub_answers);
  hub_test ("/sl/agent-hub/a-refusal-is-kept-until-the-hub-answers", test_a_refusal_is_kept_until_the_hub_answers);
  hub_test ("/sl/agent-hub/without-a-hub-there-is-nobody-to-ask", test_without_a_hub_there_is_nobody_to_ask);
  hub_test ("/sl/agent-hub/an-answer-of-somebody-else-is-not-taken", test_an_answer_of_somebody_else_is_not_taken);
  hub_test ("/sl/agent-hub/a-right-clock-is-confirmed", test_a_right_clock_is_confirmed);
  hub_test ("/sl/agent-hub/stamps-of-a-clock-that-was-ahead-are-corrected",
            test_stamps_of_a_clock_that_was_ahead_are_corrected);
  hub_test ("/sl/agent-hub/what-the-hub-does-not-take-is-left-for-later",
            test_what_the_hub_does_not_take_is_left_for_later);
  hub_test ("/sl/agent-hub/follows-a-hub-that-goes-on-under-a-new-key",
            test_follows_a_hub_that_goes_on_under_a_new_key);
  hub_test ("/sl/agent-hub/another-device-of-the-studio-is-not-the-hub",
            test_another_device_of_the_studio_is_not_the_hub);
  hub_test ("/sl/agent-hub/offline-is-told-and-nothing-is-noted", test_offline_is_told_and_nothing_is_noted);
  hub_test ("/sl/agent-hub/upkeep-does-what-is-due", test_upkeep_does_what_is_due);
  return g_test_run ();
}
