/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-hostile"

#include "hub-fixture.h"

#include "../engine/desk-fixture.h"
#include "core/error.h"

/* A broken or lying device of the studio: what the hub keeps of it, and what the others are spared. */
typedef struct {
  HubWorld world;
  HubDevice a, b; /* both sound so far, and equal */
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_world_open (&fixture->world, 2);
  hub_device_init (&fixture->a, &fixture->world);
  hub_device_found (&fixture->a);
  hub_device_sync (&fixture->a);
  hub_device_pair (&fixture->b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&fixture->b);
  hub_device_sync (&fixture->a);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_close (&fixture->a);
  hub_device_close (&fixture->b);
  hub_world_close (&fixture->world);
}

static guint64
log_head (Fixture *fixture)
{
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &fixture->a.tenant);
  return row->head;
}

/* What is pushed is answered as any exchange, and leaves no trace in the log. */
static void
leaves_nothing (Fixture *fixture, HubLie *lie, const char *metric)
{
  guint64 head = log_head (fixture), counted = hub_world_metric (&fixture->world, metric);
  g_autoptr (SlCborWriter) content = sl_cbor_writer_new ();
  sl_cbor_begin_array (content, 0);
  lie->content = content;
  if (lie->kind == 0)
    lie->kind = SL_KIND_DEVICE_SEEN;
  g_autoptr (GBytes) body = hub_device_lie (&fixture->b, lie);
  HubHow how = { .body = body };
  g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->b, &how)), ==, "ok");
  g_assert_cmpuint (log_head (fixture), ==, head);
  g_assert_cmpuint (hub_world_metric (&fixture->world, metric), ==, counted + 1);
}

static void
takes_nothing_unsigned (Fixture *fixture, gconstpointer data)
{
  (void) data;
  leaves_nothing (fixture, &(HubLie){ .is_unsigned = TRUE }, "segments_total{result=\"unsigned\"}");
}

static void
takes_nothing_badly_signed (Fixture *fixture, gconstpointer data)
{
  (void) data;
  leaves_nothing (fixture, &(HubLie){ .bad_signature = TRUE }, "segments_total{result=\"bad_signature\"}");
}

static void
takes_nothing_behind_a_gap (Fixture *fixture, gconstpointer data)
{
  (void) data;
  leaves_nothing (fixture, &(HubLie){ .skip = 3 }, "segments_total{result=\"gap\"}");
  leaves_nothing (fixture, &(HubLie){ .skip = SL_SEQ_MAX - 100000 }, "segments_total{result=\"gap\"}");
}

static void
takes_nothing_in_the_name_of_another (Fixture *fixture, gconstpointer data)
{
  (void) data;
  leaves_nothing (fixture, &(HubLie){ .as = &fixture->a.replica }, "segments_total{result=\"bad_signature\"}");
  leaves_nothing (fixture, &(HubLie){ .as = &fixture->a.hub_replica }, "segments_total{result=\"bad_signature\"}");
}

static void
takes_nothing_of_a_stranger (Fixture *fixture, gconstpointer data)
{
  SlId stranger;
  (void) data;
  sl_id_random (&fixture->world.world.base, &stranger);
  leaves_nothing (fixture, &(HubLie){ .as = &stranger }, "segments_total{result=\"unknown_device\"}");
}

static void
repeats_change_nothing (Fixture *fixture, gconstpointer data)
{
  HubHow how = { .from_nothing = TRUE };
  (void) data;
  hub_device_add_member (&fixture->a, "Thandi");
  g_autoptr (GBytes) body = hub_device_body (&fixture->a, &how);
  how.body = body;
  g_autoptr (SlSyncAnswer) first = hub_device_ask (&fixture->a, &how);
  guint64 head = log_head (fixture);
  g_autoptr (SlSyncAnswer) second = hub_device_ask (&fixture->a, &how);
  hub_device_take (&fixture->a, second);
  g_assert_cmpuint (log_head (fixture), ==, head);
  g_assert_cmpuint (*(guint64 *) g_hash_table_lookup (fixture->a.hub_has, &fixture->a.replica), ==,
                    hub_device_seq (&fixture->a, &fixture->a.replica));
  hub_world_restart (&fixture->world, FALSE);
  g_autoptr (SlSyncAnswer) third = hub_device_ask (&fixture->a, &how);
  g_assert_cmpint (third->code, ==, SL_SYNC_OK);
}

/* Two histories of one device go to everybody, who all find the same. */
static void
keeps_both_histories_of_a_clone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SlCborWriter) content = sl_cbor_writer_new ();
  (void) data;
  hub_device_add_member (&fixture->b, "Sipho");
  sl_cbor_begin_array (content, 0);
  HubLie lie = { .kind = SL_KIND_DEVICE_SEEN, .content = content, .back = 1 };
  g_autoptr (GBytes) body = hub_device_lie (&fixture->b, &lie);
  hub_device_sync (&fixture->b);
  HubHow how = { .body = body };
  g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->b, &how)), ==, "ok");
  g_assert_cmpuint (hub_world_metric (&fixture->world, "segments_total{result=\"fork\"}"), ==, 1);
  guint64 head = log_head (fixture);
  (void) hub_device_refused (&fixture->b, &how);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "segments_total{result=\"fork\"}"), ==, 1);
  hub_world_work (&fixture->world);
  g_assert_cmpuint (log_head (fixture), >, head); /* the hub has told of it */
  g_assert_cmpint (hub_device_refused (&fixture->b, &how), ==, SL_SYNC_DEVICE_REVOKED);
  hub_device_sync (&fixture->a);
  hub_world_restart (&fixture->world, TRUE);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  g_autoptr (GPtrArray) devices = sl_hub_devices (fixture->world.hub, &fixture->a.tenant, NULL);
  g_assert_nonnull (devices);
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = devices->pdata[i];
      g_assert_cmpint (device->revoked, ==, sl_id_equal (&device->id, &fixture->b.replica));
    }
}

/* Spots that it does not hold: the chain waits, here and everywhere, and nothing else does. */
static void
holds_who_spends_what_it_has_not (Fixture *fixture, gconstpointer data)
{
  Desk desk = { .engine = fixture->a.engine, .owner = fixture->a.owner };
  (void) data;
  sl_engine_get_location (desk.engine, &desk.location);
  desk.world = fixture->world.world;
  SlId session = desk_free_class (&desk, HUB_MORNING + DAYS (1), 4);
  hub_device_sync (&fixture->a);
  hub_device_sync (&fixture->b);
  g_autoptr (SlCborWriter) content = sl_cbor_writer_new ();
  sl_cbor_begin_array (content, 2);
  sl_cbor_put_id (content, &fixture->a.replica);
  sl_cbor_put_int (content, 3);
  HubLie lie = { .kind = SL_KIND_SESSION_MOVE, .entity = &session, .content = content };
  g_autoptr (GBytes) body = hub_device_lie (&fixture->b, &lie);
  guint64 before = hub_device_seq (&fixture->a, &fixture->b.replica);
  HubHow how = { .body = body };
  g_assert_cmpint (hub_device_refused (&fixture->b, &how), ==, SL_SYNC_OK);
  hub_world_work (&fixture->world);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "quarantined_total{reason=\"no_rights\"}"), >, 0);
  hub_device_add_member (&fixture->a, "Lerato");
  hub_device_sync (&fixture->a);
  g_assert_cmpuint (hub_device_seq (&fixture->a, &fixture->b.replica), ==, before);
  g_autoptr (GPtrArray) devices = sl_hub_devices (fixture->world.hub, &fixture->a.tenant, NULL);
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = devices->pdata[i];
      if (sl_id_equal (&device->id, &fixture->b.replica))
        g_assert_cmpuint (device->applied_seq, <, device->head_seq);
      else
        g_assert_cmpuint (device->applied_seq, ==, device->head_seq);
    }
}

/* A later program's kind goes to everybody. */
static void
passes_on_what_it_does_not_know (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SlCborWriter) content = sl_cbor_writer_new ();
  (void) data;
  sl_cbor_begin_array (content, 0);
  HubLie lie = { .kind = 4000, .content = content, .count = 3 };
  g_autoptr (GBytes) body = hub_device_lie (&fixture->b, &lie);
  guint64 before = hub_device_seq (&fixture->a, &fixture->b.replica);
  HubHow how = { .body = body };
  g_assert_cmpint (hub_device_refused (&fixture->b, &how), ==, SL_SYNC_OK);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  g_assert_cmpuint (hub_device_seq (&fixture->a, &fixture->b.replica), ==, before + 3);
}

/* What a device writes after it was taken away stays for people to review; it gets nothing. */
static void
keeps_what_a_revoked_device_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) failure = NULL;
  HubHow how = { .with_key = TRUE };
  (void) data;
  gboolean done
      = sl_hub_revoke (fixture->world.hub, &fixture->a.tenant, &fixture->b.replica, "stolen", &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  guint64 cut = hub_device_seq (&fixture->a, &fixture->b.replica);
  hub_device_add_member (&fixture->b, "Nobody");
  g_autoptr (SlSyncAnswer) answer = hub_device_ask (&fixture->b, &how);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "device_revoked");
  g_assert_cmpuint (hub_world_metric (&fixture->world, "segments_total{result=\"revoked\"}"), ==, 1);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->a);
  g_assert_cmpuint (hub_device_seq (&fixture->a, &fixture->b.replica), ==, cut);
  g_assert_false (sl_hub_revoke (fixture->world.hub, &fixture->a.tenant, &fixture->a.hub_replica, "no", &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_HUB_REFUSED);
}

/* Any bytes at all. */
static void
survives_bodies_that_are_none (Fixture *fixture, gconstpointer data)
{
  HubHow sound = { .from_nothing = TRUE };
  g_autoptr (GBytes) body = hub_device_body (&fixture->a, &sound);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (body, &length);
  guint64 head = log_head (fixture);
  (void) data;
  for (guint i = 0; i < 40; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (bytes, length);
      gsize cut = i % 2 == 0 ? length : length * i / 40;
      changed[(length - 1) * i / 40] ^= (guint8) (1 + i);
      g_autoptr (GBytes) broken = g_bytes_new (changed, cut);
      HubHow how = { .body = broken };
      g_assert_cmpstr (sl_sync_code_name (hub_device_refused (&fixture->a, &how)), ==, "bad_request");
      fixture->world.world.now_ms += 2000;
    }
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_assert_cmpint (hub_device_refused (&fixture->a, &(HubHow){ .body = nothing }), ==, SL_SYNC_BAD_REQUEST);
  g_autofree guint8 *large = g_malloc0 (SL_SYNC_BODY_MAX_BYTES + 1);
  g_autoptr (GBytes) too_large = g_bytes_new (large, SL_SYNC_BODY_MAX_BYTES + 1);
  g_assert_cmpint (hub_device_refused (&fixture->a, &(HubHow){ .body = too_large }), ==, SL_SYNC_TOO_LARGE);
  g_assert_cmpuint (log_head (fixture), ==, head);
}

#define hub_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/hub-hostile/takes-nothing-unsigned", takes_nothing_unsigned);
  hub_test ("/sl/hub-hostile/takes-nothing-badly-signed", takes_nothing_badly_signed);
  hub_test ("/sl/hub-hostile/takes-nothing-behind-a-gap", takes_nothing_behind_a_gap);
  hub_test ("/sl/hub-hostile/takes-nothing-in-the-name-of-another", takes_nothing_in_the_name_of_another);
  hub_test ("/sl/hub-hostile/takes-nothing-of-a-stranger", takes_nothing_of_a_stranger);
  hub_test ("/sl/hub-hostile/repeats-change-nothing", repeats_change_nothing);
  hub_test ("/sl/hub-hostile/keeps-both-histories-of-a-clone", keeps_both_histories_of_a_clone);
  hub_test ("/sl/hub-hostile/holds-who-spends-what-it-has-not", holds_who_spends_what_it_has_not);
  hub_test ("/sl/hub-hostile/passes-on-what-it-does-not-know", passes_on_what_it_does_not_know);
  hub_test ("/sl/hub-hostile/keeps-what-a-revoked-device-writes", keeps_what_a_revoked_device_writes);
  hub_test ("/sl/hub-hostile/survives-bodies-that-are-none", survives_bodies_that_are_none);
  return g_test_run ();
}
