/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-sync"

#include "hub-fixture.h"

#include <string.h>

#include "../engine/desk-fixture.h"
#include "core/error.h"
#include "hub/hub-private.h"
#include "oplog/snapshot.h"

typedef struct {
  HubWorld world;
  HubDevice a;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_world_open (&fixture->world, 1);
  hub_device_init (&fixture->a, &fixture->world);
  hub_device_found (&fixture->a);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_close (&fixture->a);
  hub_world_close (&fixture->world);
}

static SlHash
head_in_log (Fixture *fixture, const SlId *replica, guint64 *out_seq)
{
  g_autoptr (GError) failure = NULL;
  guint64 head;
  SlHash hash = { { 0 } };
  g_autoptr (GArray) heads = sl_log_store_heads (fixture->world.store, &fixture->a.tenant, &head, &failure);
  g_assert_no_error (failure);
  *out_seq = 0;
  for (guint i = 0; i < heads->len; i++)
    if (sl_id_equal (&g_array_index (heads, SlEntry, i).replica, replica))
      {
        *out_seq = g_array_index (heads, SlEntry, i).last_seq;
        hash = g_array_index (heads, SlEntry, i).head;
      }
  return hash;
}

/* What one desk writes another one reads, names too. */
static void
carries_from_desk_to_desk (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  (void) data;
  hub_device_sync (&fixture->a);
  g_assert_true (sl_engine_has_hub (fixture->a.engine));
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  hub_device_sync (&fixture->a); /* now it knows b, and seals its keys for it */
  hub_device_add_member (&fixture->a, "Sipho");
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  hub_device_sync (&fixture->a);
  g_assert_cmpuint (hub_device_members (&b), ==, 2);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  g_assert_true (hub_devices_equal (&fixture->a, &b));
  hub_device_close (&b);
}

/* What an answer acknowledges is in the store, whoever opens it next. */
static void
what_is_acknowledged_is_stored (Fixture *fixture, gconstpointer data)
{
  guint64 seq;
  (void) data;
  hub_device_sync (&fixture->a);
  for (guint i = 0; i < 5; i++)
    {
      hub_device_add_member (&fixture->a, "Thandi");
      hub_device_sync (&fixture->a);
      hub_world_restart (&fixture->world, i % 2 == 0);
      SlHash hash = head_in_log (fixture, &fixture->a.replica, &seq);
      SlHash ours = hub_device_hash (&fixture->a, seq);
      g_assert_cmpuint (seq, ==, hub_device_seq (&fixture->a, &fixture->a.replica));
      g_assert_cmpuint (seq, ==, *(guint64 *) g_hash_table_lookup (fixture->a.hub_has, &fixture->a.replica));
      g_assert_true (sl_hash_equal (&hash, &ours));
    }
}

/* The replica is a copy of the log: made again it says the same, down to the last bit, and has the keys. */
static void
a_replica_is_made_again_from_the_log (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  (void) data;
  hub_device_sync (&fixture->a); /* it hears of the hub, and seals its keys for it from now on */
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_world_restart (&fixture->world, TRUE);
  hub_world_work (&fixture->world);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "replicas_rebuilt_total"), ==, 1);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant); /* from what the new replica has */
  g_assert_cmpuint (hub_device_members (&b), ==, 1);
  hub_device_close (&b);
}

/* Two processes on one store, by turns: neither loses what the other took, and their one device writes no number
 * twice. */
static void
two_processes_serve_one_log (Fixture *fixture, gconstpointer data)
{
  HubDevice b, c;
  g_autoptr (GError) failure = NULL;
  (void) data;
  g_autofree char *replicas = sl_temp_dir_file (fixture->world.dir, "replicas-of-another");
  SlHub *one = fixture->world.hub, *other = sl_hub_new (fixture->world.store, replicas, &fixture->world.world.base,
                                                        &failure);
  g_assert_no_error (failure);
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  fixture->world.hub = other;
  hub_device_pair (&c, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&c);
  for (guint i = 0; i < 6; i++)
    {
      HubDevice *devices[] = { &fixture->a, &b, &c };
      for (guint j = 0; j < 3; j++)
        {
          fixture->world.hub = (i + j) % 2 == 0 ? one : other;
          hub_device_add_member (devices[j], "Anele");
          hub_device_sync (devices[j]);
        }
      fixture->world.world.now_ms += 61000;
      fixture->world.hub = one;
      hub_world_work (&fixture->world);
      fixture->world.hub = other;
      hub_world_work (&fixture->world);
    }
  for (guint i = 0; i < 3; i++)
    {
      hub_device_sync (&fixture->a);
      hub_device_sync (&b);
      hub_device_sync (&c);
    }
  g_assert_cmpuint (hub_device_members (&fixture->a), ==, 18);
  g_assert_cmpuint (hub_device_members (&c), ==, 18);
  g_assert_true (hub_devices_equal (&fixture->a, &b));
  g_assert_true (hub_devices_equal (&fixture->a, &c));
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 0);
  fixture->world.hub = one;
  sl_hub_free (other);
  hub_device_close (&b);
  hub_device_close (&c);
}

/* As many bytes as are wanted at a time. */
static void
gives_a_long_log_in_parts (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  HubHow how = { .with_key = TRUE, .max_bytes = 2000 };
  guint rounds = 0;
  (void) data;
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  for (guint i = 0; i < 40; i++)
    {
      hub_device_add_member (&fixture->a, "Thandi");
      hub_device_sync (&fixture->a);
    }
  do
    {
      g_autoptr (SlSyncAnswer) answer = hub_device_ask (&b, &how);
      g_assert_cmpuint (g_bytes_get_size (answer->body), <, 4000);
      hub_device_take (&b, answer);
      fixture->world.world.now_ms += 1000;
      rounds++;
    }
  while (b.more);
  g_assert_cmpuint (rounds, >, 3);
  g_assert_cmpuint (hub_device_seq (&b, &fixture->a.replica), ==, hub_device_seq (&fixture->a, &fixture->a.replica));
  hub_device_close (&b);
}

/* A device that has lost what it had read gets it again, although its cursor is at the end. */
static void
gives_again_what_a_device_lacks (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  (void) data;
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &fixture->a.tenant);
  b.cursor = row->head;
  hub_device_sync (&b);
  g_assert_cmpuint (hub_device_seq (&b, &fixture->a.replica), ==, hub_device_seq (&fixture->a, &fixture->a.replica));
  g_assert_cmpuint (hub_world_metric (&fixture->world, "refills_total"), ==, 1);
  hub_device_close (&b);
}

/* All keys, for who has lost them. */
static void
seals_all_keys_for_who_asks (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  HubHow how = { .want_keys = TRUE };
  (void) data;
  hub_device_sync (&fixture->a);
  hub_device_join (&b, &fixture->a);
  hub_device_add_member (&fixture->a, "Thandi"); /* b is not known to a yet: no key for it */
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  g_assert_cmpuint (hub_device_members (&b), ==, 0);
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&b, &how);
  hub_device_take (&b, answer);
  g_assert_cmpuint (hub_device_members (&b), ==, 1);
  hub_device_close (&b);
}

/* Spots that the hub's device holds go to who asks for them. */
static void
gives_what_it_holds (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  Desk desk = { .engine = fixture->a.engine, .owner = fixture->a.owner, .world = fixture->world.world };
  g_auto (SlRefusal) refusal = { 0 };
  (void) data;
  sl_engine_get_location (desk.engine, &desk.location);
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  hub_device_sync (&fixture->a);
  SlId session = desk_free_class (&desk, fixture->world.world.now_ms + DAYS (1), 6);
  gboolean moved = sl_exchange_move_rights (fixture->a.engine, &fixture->a.owner, &session, &fixture->a.hub_replica, 6,
                                            &refusal, NULL);
  g_assert_true (moved);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  g_autoptr (GArray) asks = g_array_new (FALSE, TRUE, sizeof (SlAsk));
  SlAsk ask = { .kind = SL_ASK_SPOTS, .id = session, .amount = 2 };
  g_array_append_val (asks, ask);
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&b, &(HubHow){ .asks = asks });
  hub_device_take (&b, answer);
  g_assert_cmpuint (b.given->len, ==, 1);
  g_assert_cmpint (g_array_index (b.given, SlAsk, 0).amount, ==, 2);
  gint64 free_spots;
  g_assert_true (sl_rights_free (sl_engine_get_log (b.engine), &session, &b.replica, &free_spots, NULL));
  g_assert_cmpint (free_spots, ==, 2); /* the operations that give them came with the answer */
  hub_device_close (&b);
}

static gint64
spots_of (HubDevice *device, const SlId *session)
{
  gint64 spots;
  g_assert_true (sl_rights_free (sl_engine_get_log (device->engine), session, &device->replica, &spots, NULL));
  return spots;
}

static gint64
ask_for_spots (HubDevice *device, const SlId *session, guint8 number, gboolean hears)
{
  SlId request = { { number } };
  SlAsk ask = { .kind = SL_ASK_SPOTS, .id = *session, .amount = 2 };
  g_autoptr (GArray) asks = g_array_new (FALSE, TRUE, sizeof (SlAsk));
  g_array_append_val (asks, ask);
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (device, &(HubHow){ .asks = asks, .request = &request });
  device->world->world.now_ms += 1000;
  if (!hears)
    return 0;
  hub_device_take (device, answer);
  return g_array_index (device->given, SlAsk, 0).amount;
}

/* The answer got lost, and the device asks again: it gets what it would have got, from another process too. */
static void
gives_once_what_is_asked_for_again (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  Desk desk = { .engine = fixture->a.engine, .owner = fixture->a.owner, .world = fixture->world.world };
  g_auto (SlRefusal) refusal = { 0 };
  (void) data;
  sl_engine_get_location (desk.engine, &desk.location);
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  hub_device_sync (&fixture->a);
  SlId session = desk_free_class (&desk, fixture->world.world.now_ms + DAYS (1), 9);
  g_assert_true (sl_exchange_move_rights (fixture->a.engine, &fixture->a.owner, &session, &fixture->a.hub_replica, 9,
                                          &refusal, NULL));
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  (void) ask_for_spots (&b, &session, 1, FALSE);
  g_assert_cmpint (ask_for_spots (&b, &session, 1, TRUE), ==, 2);
  g_assert_cmpint (spots_of (&b, &session), ==, 2);
  (void) ask_for_spots (&b, &session, 2, FALSE);
  hub_world_restart (&fixture->world, FALSE);
  g_assert_cmpint (ask_for_spots (&b, &session, 2, TRUE), ==, 0); /* it does not know what was given … */
  g_assert_cmpint (spots_of (&b, &session), ==, 4);               /* … which has come all the same */
  g_assert_cmpint (ask_for_spots (&b, &session, 3, TRUE), ==, 2);
  g_assert_cmpint (spots_of (&b, &session), ==, 6);
  hub_device_close (&b);
}

/* Near the start all spots go to the door, which is the studio's first device; not while it is off. */
static void
gives_a_door_that_it_hears_what_is_for_it (Fixture *fixture, gconstpointer data)
{
  HubDevice *door = &fixture->a;
  Desk desk = { .engine = door->engine, .owner = door->owner, .world = fixture->world.world };
  gint64 *now_ms = &fixture->world.world.now_ms;
  g_auto (SlRefusal) refusal = { 0 };
  (void) data;
  sl_engine_get_location (desk.engine, &desk.location);
  hub_device_sync (door);
  SlId session = desk_free_class (&desk, *now_ms + HOURS (2), 6);
  g_assert_true (sl_exchange_move_rights (door->engine, &door->owner, &session, &door->hub_replica, 6, &refusal, NULL));
  hub_device_sync (door);
  hub_world_work (&fixture->world);
  hub_device_sync (door);
  g_assert_cmpint (spots_of (door, &session), ==, 0);
  *now_ms += MINUTES (100);
  hub_world_work (&fixture->world);
  hub_device_sync (door); /* off until now: nothing was written for it */
  g_assert_cmpint (spots_of (door, &session), ==, 0);
  *now_ms += MINUTES (2);
  hub_world_work (&fixture->world);
  hub_device_sync (door);
  g_assert_cmpint (spots_of (door, &session), ==, 6);
}

/* After an erasure nothing in the store opens the member's fields. */
static void
forgets_keys_of_who_was_erased (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  guint64 last;
  gboolean more;
  guint released;
  (void) data;
  hub_device_sync (&fixture->a);
  SlId member = hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_add_member (&fixture->a, "Sipho");
  hub_device_sync (&fixture->a);
  g_autoptr (SlTenant) before = hub_world_row (&fixture->world, &fixture->a.tenant);
  gboolean erased = sl_member_erase (fixture->a.engine, &fixture->a.owner, &member, "asked for it", &released, &refusal,
                                     &failure);
  g_assert_no_error (failure);
  g_assert_true (erased);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  g_autoptr (GArray) entries = sl_log_store_read (fixture->world.store, &fixture->a.tenant, 0, NULL, NULL,
                                                  G_MAXUINT32, &last, &more, &failure);
  g_assert_no_error (failure);
  guint boxes = 0;
  for (guint i = 0; i < entries->len; i++)
    {
      const SlEntry *entry = &g_array_index (entries, SlEntry, i);
      boxes += entry->kind == SL_ENTRY_BOX;
      g_assert_true (entry->kind != SL_ENTRY_BOX || entry->number > before->head);
    }
  g_assert_cmpuint (boxes, ==, 2); /* of the hub and of the desk */
  hub_world_work (&fixture->world);
  g_autoptr (SlTenant) after = hub_world_row (&fixture->world, &fixture->a.tenant);
  g_assert_cmpuint (after->head, ==, last); /* once */
  hub_world_restart (&fixture->world, TRUE);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  g_assert_cmpuint (hub_device_members (&b), ==, 1);
  hub_device_close (&b);
}

static void
a_request_is_good_once_and_now (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_sync (&fixture->a);
  g_autoptr (GBytes) body = hub_device_body (&fixture->a, &(HubHow){ 0 });
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/sync", body);
  hub_device_sign (&fixture->a, request, &fixture->a.tenant);
  g_autoptr (SlSyncAnswer) first = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  g_assert_cmpint (first->code, ==, SL_SYNC_OK);
  g_autoptr (SlSyncAnswer) second = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  g_assert_cmpstr (sl_sync_code_name (second->code), ==, "replayed");
  hub_world_restart (&fixture->world, FALSE); /* another process */
  g_autoptr (SlSyncAnswer) third = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  g_assert_cmpstr (sl_sync_code_name (third->code), !=, "ok");
  fixture->a.offset_ms = -SL_SYNC_WINDOW_MS - 1000;
  g_autoptr (SlSyncRequest) late = sl_sync_request_new ("POST", "/v1/sync", body);
  hub_device_sign (&fixture->a, late, &fixture->a.tenant);
  g_autoptr (SlSyncAnswer) skewed = sl_hub_handle (fixture->world.hub, late, "192.0.2.1");
  gint64 time_ms;
  g_assert_cmpstr (sl_sync_code_name (skewed->code), ==, "clock_skew");
  g_assert_cmpint (sl_sync_answer_check (skewed, late, fixture->a.hub_key, &time_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (time_ms, ==, fixture->world.world.now_ms);
}

static void
each_device_has_its_limit (Fixture *fixture, gconstpointer data)
{
  HubDevice b;
  guint refused = 0;
  (void) data;
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  for (guint i = 0; i < SL_HUB_REQUESTS_PER_MINUTE + 20; i++)
    refused += hub_device_refused (&fixture->a, &(HubHow){ 0 }) == SL_SYNC_TOO_MANY;
  g_assert_cmpuint (refused, >=, 18);
  g_assert_cmpint (hub_device_refused (&b, &(HubHow){ 0 }), ==, SL_SYNC_OK);
  fixture->world.world.now_ms += 60000;
  g_assert_cmpint (hub_device_refused (&fixture->a, &(HubHow){ 0 }), ==, SL_SYNC_OK);
  hub_device_close (&b);
}

static void
knows_its_paths (Fixture *fixture, gconstpointer data)
{
  const struct { const char *method, *path, *code; } tries[] = {
    { "GET", "/v1/sync", "wrong_method" },   { "POST", "/v1/snapshot", "wrong_method" },
    { "GET", "/v1/secrets", "not_found" },   { "POST", "/v1/sync", "unsigned" },
    { "GET", "/v1/snapshot", "unsigned" },   { "POST", "/v1/pair", "bad_request" },
    { "POST", "/v1/found", "code_invalid" },
  };
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (SlSyncRequest) request = sl_sync_request_new (tries[i].method, tries[i].path, NULL);
      g_autoptr (SlSyncAnswer) answer = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
      g_assert_cmpstr (sl_sync_code_name (answer->code), ==, tries[i].code);
    }
  g_autoptr (SlSyncRequest) snapshot = sl_sync_request_new ("GET", "/v1/snapshot", NULL);
  hub_world_work (&fixture->world);
  hub_device_sign (&fixture->a, snapshot, &fixture->a.tenant);
  g_autoptr (SlSyncAnswer) none = sl_hub_handle (fixture->world.hub, snapshot, "192.0.2.1");
  g_assert_cmpstr (sl_sync_code_name (none->code), ==, "not_found");
}

/* Once all have acknowledged a long log, there is a snapshot of it for devices of the studio. */
static void
makes_a_snapshot_of_a_long_log (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  SlOplog *log = sl_engine_get_log (fixture->a.engine);
  (void) data;
  hub_device_sync (&fixture->a);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, &failure));
  for (guint i = 0; i < SL_SNAPSHOT_INVITE_OPERATIONS; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ROOM);
      SlId id;
      sl_fields_set_text (fields, "name", "Studio 1");
      g_assert_true (sl_op_create (log, fields, &id, &failure));
    }
  g_assert_true (sl_oplog_commit (log, &failure));
  hub_device_sync (&fixture->a);
  fixture->world.world.now_ms += DAYS (60);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  hub_device_add_member (&fixture->a, "Sipho"); /* it has seen what the hub acknowledged */
  hub_device_sync (&fixture->a);
  fixture->world.world.now_ms += DAYS (2);
  hub_world_work (&fixture->world);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "snapshots_total"), ==, 1);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("GET", "/v1/snapshot", NULL);
  hub_device_sign (&fixture->a, request, &fixture->a.tenant);
  g_autoptr (SlSyncAnswer) answer = sl_hub_handle (fixture->world.hub, request, "192.0.2.1");
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  g_assert_cmpint (memcmp (g_bytes_get_data (answer->body, NULL), "SLSNAPSHOT1", 11), ==, 0);
  HubDevice b;
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  g_assert_cmpuint (hub_device_seq (&b, &fixture->a.replica), ==, hub_device_seq (&fixture->a, &fixture->a.replica));
  hub_device_close (&b);
}

/* --- several threads --- */

static GMutex random_lock;
static void (*unlocked_random) (SlWorld *world, void *buffer, gsize length);

static void
locked_random (SlWorld *world, void *buffer, gsize length)
{
  g_mutex_lock (&random_lock);
  unlocked_random (world, buffer, length);
  g_mutex_unlock (&random_lock);
}

static gpointer
write_and_sync (gpointer data)
{
  HubDevice *device = data;
  for (guint i = 0; i < 12; i++)
    {
      hub_device_add_member (device, "Anele");
      HubHow how = { 0 };
      g_autoptr (SlSyncAnswer) answer = hub_device_ask (device, &how);
      hub_device_take (device, answer);
    }
  return NULL;
}

static gpointer
work_on (gpointer data)
{
  HubWorld *world = data;
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) failure = NULL;
      gboolean done = sl_hub_work (world->hub, NULL, &failure);
      g_assert_true (done || g_error_matches (failure, SL_ERROR, SL_ERROR_BUSY));
    }
  return NULL;
}

static void
many_threads_ask_at_once (Fixture *fixture, gconstpointer data)
{
  HubDevice b, c;
  (void) data;
  hub_device_sync (&fixture->a);
  hub_device_pair (&b, &fixture->world, &fixture->a.tenant);
  hub_device_pair (&c, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&b);
  hub_device_sync (&c);
  hub_device_sync (&fixture->a);
  hub_device_sync (&b);
  unlocked_random = fixture->world.world.base.random_bytes;
  fixture->world.world.base.random_bytes = locked_random;
  fixture->world.world.now_ms += 60000;
  GThread *threads[] = { g_thread_new ("a", write_and_sync, &fixture->a), g_thread_new ("b", write_and_sync, &b),
                         g_thread_new ("c", write_and_sync, &c), g_thread_new ("work", work_on, &fixture->world) };
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fixture->world.world.now_ms += 60000;
  hub_world_work (&fixture->world);
  for (guint i = 0; i < 2; i++)
    {
      hub_device_sync (&fixture->a);
      hub_device_sync (&b);
      hub_device_sync (&c);
    }
  g_assert_true (hub_devices_equal (&fixture->a, &b));
  g_assert_true (hub_devices_equal (&fixture->a, &c));
  g_assert_cmpuint (hub_device_members (&b), ==, 36);
  hub_device_close (&b);
  hub_device_close (&c);
}

/* Who reads the store has no device of any studio; another secret opens nothing. */
static void
seeds_are_masked (Fixture *fixture, gconstpointer data)
{
  HubDevice other;
  g_autoptr (GError) failure = NULL;
  SlSignKey key;
  SlId replica;
  (void) data;
  sl_hub_set_secret (fixture->world.hub, "of the hub", 10);
  hub_device_init (&other, &fixture->world);
  hub_device_found (&other);
  hub_device_sync (&other);
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &other.tenant);
  g_assert_true (sl_sign_key_from_seed (row->seed, &key));
  sl_replica_from_key (key.public_key, &replica);
  g_assert_false (sl_id_equal (&replica, &row->replica));
  hub_world_restart (&fixture->world, TRUE);
  sl_hub_set_secret (fixture->world.hub, "of the hub", 10);
  hub_device_sync (&other);
  hub_world_restart (&fixture->world, TRUE);
  sl_hub_set_secret (fixture->world.hub, "of another", 10);
  g_assert_false (sl_hub_work (fixture->world.hub, &other.tenant, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_CORRUPT);
  hub_device_close (&other);
}

/* A replica that is made again from a long log: what needs it comes again later, all else goes on. */
static void
waits_for_no_replica_for_ever (Fixture *fixture, gconstpointer data)
{
  HubHow wants = { .want_keys = TRUE }, plain = { 0 };
  SlHubTenant *tenant;
  (void) data;
  g_assert_true (sl_hub_tenant_find (fixture->world.hub, &fixture->a.tenant, &tenant, NULL));
  hub_device_sync (&fixture->a);
  fixture->world.hub->replica_wait_ms = 0;
  g_mutex_lock (&tenant->replica_lock);
  g_test_expect_message ("sl-hub", G_LOG_LEVEL_WARNING, "/v1/sync: the hub's device is busy*");
  g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->a, &wants)), ==, "busy");
  g_test_assert_expected_messages ();
  hub_device_add_member (&fixture->a, "Thandi");
  g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->a, &plain)), ==, "ok");
  g_mutex_unlock (&tenant->replica_lock);
  g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->a, &wants)), ==, "ok");
}

#define hub_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/hub-sync/carries-from-desk-to-desk", carries_from_desk_to_desk);
  hub_test ("/sl/hub-sync/what-is-acknowledged-is-stored", what_is_acknowledged_is_stored);
  hub_test ("/sl/hub-sync/a-replica-is-made-again-from-the-log", a_replica_is_made_again_from_the_log);
  hub_test ("/sl/hub-sync/two-processes-serve-one-log", two_processes_serve_one_log);
  hub_test ("/sl/hub-sync/gives-a-long-log-in-parts", gives_a_long_log_in_parts);
  hub_test ("/sl/hub-sync/gives-again-what-a-device-lacks", gives_again_what_a_device_lacks);
  hub_test ("/sl/hub-sync/gives-once-what-is-asked-for-again", gives_once_what_is_asked_for_again);
  hub_test ("/sl/hub-sync/seals-all-keys-for-who-asks", seals_all_keys_for_who_asks);
  hub_test ("/sl/hub-sync/gives-what-it-holds", gives_what_it_holds);
  hub_test ("/sl/hub-sync/gives-a-door-that-it-hears-what-is-for-it", gives_a_door_that_it_hears_what_is_for_it);
  hub_test ("/sl/hub-sync/forgets-keys-of-who-was-erased", forgets_keys_of_who_was_erased);
  hub_test ("/sl/hub-sync/a-request-is-good-once-and-now", a_request_is_good_once_and_now);
  hub_test ("/sl/hub-sync/each-device-has-its-limit", each_device_has_its_limit);
  hub_test ("/sl/hub-sync/knows-its-paths", knows_its_paths);
  hub_test ("/sl/hub-sync/makes-a-snapshot-of-a-long-log", makes_a_snapshot_of_a_long_log);
  hub_test ("/sl/hub-sync/many-threads-ask-at-once", many_threads_ask_at_once);
  hub_test ("/sl/hub-sync/seeds-are-masked", seeds_are_masked);
  hub_test ("/sl/hub-sync/waits-for-no-replica-for-ever", waits_for_no_replica_for_ever);
  return g_test_run ();
}
