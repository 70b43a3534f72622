/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-isolation"

#include "hub-fixture.h"

#include <string.h>

/* Two studios at one hub: every way from one into the other. */
typedef struct {
  HubWorld world;
  HubDevice ours, theirs;
  guint64 their_head;
} Fixture;

static guint64
head_of (Fixture *fixture, HubDevice *device)
{
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &device->tenant);
  return row->head;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_world_open (&fixture->world, 3);
  hub_device_init (&fixture->ours, &fixture->world);
  hub_device_found (&fixture->ours);
  hub_device_init (&fixture->theirs, &fixture->world);
  hub_device_found (&fixture->theirs);
  hub_device_add_member (&fixture->theirs, "Private");
  hub_device_sync (&fixture->ours);
  hub_device_sync (&fixture->theirs);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->ours);
  hub_device_sync (&fixture->theirs);
  fixture->their_head = head_of (fixture, &fixture->theirs);
}

/* Whatever was tried: nothing of ours came into their log. */
static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_assert_cmpuint (head_of (fixture, &fixture->theirs), ==, fixture->their_head);
  hub_device_close (&fixture->ours);
  hub_device_close (&fixture->theirs);
  hub_world_close (&fixture->world);
}

static void
assert_code (Fixture *fixture, const HubHow *how, const char *code)
{
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&fixture->ours, how);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, code);
  fixture->world.world.now_ms += 1000;
}

static void
a_foreign_studio_in_the_signature (Fixture *fixture, gconstpointer data)
{
  SlId nobody;
  (void) data;
  sl_id_random (&fixture->world.world.base, &nobody);
  assert_code (fixture, &(HubHow){ .organisation = &fixture->theirs.tenant }, "unknown_device");
  assert_code (fixture, &(HubHow){ .organisation = &fixture->theirs.organisation }, "unknown_device");
  /* with our key, as somebody who has just joined would */
  assert_code (
      fixture, &(HubHow){ .organisation = &fixture->theirs.organisation, .with_key = TRUE, .from_nothing = TRUE },
      "foreign_organisation");
  assert_code (fixture, &(HubHow){ .organisation = &nobody }, "foreign_organisation");
}

static void
a_stranger_with_a_body_of_theirs (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autoptr (GBytes) body
      = hub_device_wrap (&fixture->ours, NULL, &fixture->theirs.organisation, &fixture->theirs.replica);
  assert_code (fixture,
               &(HubHow){ .organisation = &fixture->theirs.organisation, .with_key = TRUE, .body = body },
               "unknown_device");
  /* our chain under their name: its first operation founded another studio */
  HubHow how = { .from_nothing = TRUE };
  g_autoptr (GBytes) chain = hub_device_body (&fixture->ours, &how);
  SlStreamBytes source = { .stream = chain };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      if (item.type == SL_ITEM_END)
        break;
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      g_autoptr (GBytes) under = hub_device_wrap (&fixture->ours, &item.segment, &fixture->theirs.organisation, NULL);
      assert_code (fixture, &(HubHow){ .organisation = &fixture->theirs.organisation, .with_key = TRUE, .body = under },
                   "unknown_device");
    }
}

static void
their_operations_in_our_body (Fixture *fixture, gconstpointer data)
{
  HubHow how = { .from_nothing = TRUE };
  guint64 head = head_of (fixture, &fixture->ours);
  (void) data;
  g_autoptr (GBytes) whole = hub_device_body (&fixture->theirs, &how);
  assert_code (fixture, &(HubHow){ .body = whole }, "foreign_organisation");
  SlStreamBytes source = { .stream = whole };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, NULL));
      if (item.type == SL_ITEM_END)
        break;
      if (item.type != SL_ITEM_SEGMENT)
        continue;
      g_autoptr (GBytes) body = hub_device_wrap (&fixture->ours, &item.segment, NULL, NULL);
      assert_code (fixture, &(HubHow){ .body = body }, "ok");
    }
  g_assert_cmpuint (head_of (fixture, &fixture->ours), ==, head);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "segments_total{result=\"unknown_device\"}"), >, 0);
}

static void
a_box_for_a_device_of_theirs (Fixture *fixture, gconstpointer data)
{
  guint64 head = head_of (fixture, &fixture->ours);
  (void) data;
  g_autoptr (GBytes) body = hub_device_wrap (&fixture->ours, NULL, NULL, &fixture->theirs.replica);
  assert_code (fixture, &(HubHow){ .body = body }, "ok");
  g_assert_cmpuint (head_of (fixture, &fixture->ours), ==, head);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "boxes_total{result=\"refused\"}"), ==, 1);
}

/* A code opens one account, whoever types it. */
static void
their_pairing_code (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->theirs.tenant);
  (void) data;
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->ours);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (&fixture->ours, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "already_founded");
  /* and a studio that has an account gets no second one */
  SlId second;
  g_assert_true (sl_hub_add_tenant (fixture->world.hub, "Second", &second, NULL));
  g_autofree char *fresh = hub_world_code (&fixture->world, &second);
  g_autoptr (GBytes) again = hub_device_invitation (&fixture->ours);
  g_autoptr (SlSyncAnswer) refused = hub_device_found_with (&fixture->ours, again, fresh);
  g_assert_cmpstr (sl_sync_code_name (refused->code), ==, "already_founded");
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &second);
  g_assert_true (sl_id_is_none (&row->organisation));
  g_assert_cmpuint (row->head, ==, 0);
}

static void
their_ids_in_asks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) asks = g_array_new (FALSE, TRUE, sizeof (SlAsk));
  const SlId ids[] = { fixture->theirs.organisation, fixture->theirs.replica,
                       hub_device_add_member (&fixture->theirs, "Secret") };
  (void) data;
  for (guint kind = SL_ASK_SPOTS; kind < SL_ASK_LAST; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
      {
        SlAsk ask = { .kind = kind, .id = ids[i], .amount = 1 };
        g_array_append_val (asks, ask);
      }
  HubHow how = { .asks = asks };
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&fixture->ours, &how);
  hub_device_take (&fixture->ours, answer);
  g_assert_cmpuint (fixture->ours.given->len, ==, asks->len);
  for (guint i = 0; i < asks->len; i++)
    g_assert_cmpint (g_array_index (fixture->ours.given, SlAsk, i).amount, ==, 0);
}

/* A cursor and an epoch of theirs give us ours from the beginning. */
static void
their_cursor_and_epoch (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId epoch = fixture->ours.epoch;
  fixture->ours.cursor = fixture->theirs.cursor;
  fixture->ours.epoch = fixture->theirs.epoch;
  hub_device_sync (&fixture->ours);
  g_assert_true (sl_id_equal (&fixture->ours.epoch, &epoch));
  g_assert_cmpuint (hub_device_seq (&fixture->ours, &fixture->theirs.replica), ==, 0);
  g_assert_cmpuint (hub_device_members (&fixture->ours), ==, 0);
}

/* The news of another studio. */
static void
their_events (Fixture *fixture, gconstpointer data)
{
  SlId tenant, replica;
  guint64 head;
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("GET", "/v1/events", NULL);
  SlOplog *log = sl_engine_get_log (fixture->ours.engine);
  (void) data;
  hub_device_sign (&fixture->ours, request, &fixture->theirs.organisation);
  g_autoptr (SlSyncAnswer) refused
      = sl_hub_check_events (fixture->world.hub, request, "192.0.2.1", &tenant, &replica, &head);
  g_assert_nonnull (refused);
  g_assert_cmpstr (sl_sync_code_name (refused->code), ==, "unknown_device");
  hub_device_sign (&fixture->ours, request, &fixture->ours.organisation);
  g_assert_null (sl_hub_check_events (fixture->world.hub, request, "192.0.2.1", &tenant, &replica, &head));
  g_assert_true (sl_id_equal (&tenant, &fixture->ours.tenant));
  g_assert_true (sl_id_equal (&replica, sl_oplog_get_replica (log)));
}

/* A device of both: one key in two studios would be one id. What it says in one is not heard in the other. */
static void
a_request_replayed_at_the_other_studio (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/sync", NULL);
  hub_device_sign (&fixture->ours, request, &fixture->ours.organisation);
  g_autofree char *theirs = sl_id_to_string (&fixture->theirs.organisation);
  g_hash_table_replace (request->headers, g_strdup ("studioloop-org"), g_strdup (theirs));
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "unknown_device");
}

static void
their_devices_are_not_ours_to_revoke (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  (void) data;
  g_assert_false (
      sl_hub_revoke (fixture->world.hub, &fixture->ours.tenant, &fixture->theirs.replica, "mistake", &failure));
  g_assert_nonnull (failure);
}

#define hub_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/hub-isolation/a-foreign-studio-in-the-signature", a_foreign_studio_in_the_signature);
  hub_test ("/sl/hub-isolation/a-stranger-with-a-body-of-theirs", a_stranger_with_a_body_of_theirs);
  hub_test ("/sl/hub-isolation/their-operations-in-our-body", their_operations_in_our_body);
  hub_test ("/sl/hub-isolation/a-box-for-a-device-of-theirs", a_box_for_a_device_of_theirs);
  hub_test ("/sl/hub-isolation/their-pairing-code", their_pairing_code);
  hub_test ("/sl/hub-isolation/their-ids-in-asks", their_ids_in_asks);
  hub_test ("/sl/hub-isolation/their-cursor-and-epoch", their_cursor_and_epoch);
  hub_test ("/sl/hub-isolation/their-events", their_events);
  hub_test ("/sl/hub-isolation/a-request-replayed-at-the-other-studio", a_request_replayed_at_the_other_studio);
  hub_test ("/sl/hub-isolation/their-devices-are-not-ours-to-revoke", their_devices_are_not_ours_to_revoke);
  return g_test_run ();
}
