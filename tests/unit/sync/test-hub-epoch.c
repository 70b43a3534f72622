/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-epoch"

#include "hub-fixture.h"

#include <string.h>

#include "core/datetime.h"
#include "oplog/prune.h"

/* A hub that has lost the end of its log: an old backup of its store, or a standby that lagged. */
typedef struct {
  HubWorld world;
  HubDevice a, b;
  char *backup;
} Fixture;

static void
copy_dir (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;
  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (source, &contents, &length, NULL));
      g_assert_true (g_file_set_contents (target, contents, (gssize) length, NULL));
    }
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_world_open (&fixture->world, 5);
  hub_device_init (&fixture->a, &fixture->world);
  hub_device_found (&fixture->a);
  hub_device_sync (&fixture->a);
  hub_device_pair (&fixture->b, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&fixture->b);
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  fixture->backup = sl_temp_dir_file (fixture->world.dir, "backup");
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  (void) data;
  hub_device_close (&fixture->a);
  hub_device_close (&fixture->b);
  hub_world_close (&fixture->world);
  g_free (fixture->backup);
}

static const char *
log_dir (Fixture *fixture)
{
  return fixture->world.where + strlen ("sqlite:");
}

/* The store as it was goes beside it, while nobody has it open. */
static void
back_up (Fixture *fixture)
{
  g_clear_pointer (&fixture->world.hub, sl_hub_free);
  g_clear_pointer (&fixture->world.store, sl_log_store_close);
  copy_dir (log_dir (fixture), fixture->backup);
  hub_world_restart (&fixture->world, FALSE);
}

static void
lose (Fixture *fixture, gboolean replicas_too)
{
  g_free (fixture->world.where);
  fixture->world.where = g_strconcat ("sqlite:", fixture->backup, NULL);
  hub_world_restart (&fixture->world, replicas_too);
}

static void
settle (Fixture *fixture)
{
  HubHow all = { .all = TRUE, .with_key = TRUE };
  for (guint i = 0; i < 4; i++)
    {
      HubDevice *devices[] = { &fixture->a, &fixture->b };
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (SlSyncAnswer) answer = hub_device_ask (devices[j], &all);
          hub_device_take (devices[j], answer);
          fixture->world.world.now_ms += 2000;
          hub_device_sync (devices[j]);
        }
      fixture->world.world.now_ms += 60000;
      hub_world_work (&fixture->world);
    }
}

/* Everything is back, the hub is another device, and its old one is taken away. */
static void
assert_refilled (Fixture *fixture, const SlId *old_epoch, const SlId *old_replica)
{
  g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &fixture->a.tenant);
  g_assert_false (sl_id_equal (&row->epoch, old_epoch));
  g_assert_false (sl_id_equal (&row->replica, old_replica));
  g_assert_true (sl_id_equal (&fixture->a.epoch, &row->epoch));
  g_assert_true (hub_devices_equal (&fixture->a, &fixture->b));
  g_assert_true (sl_engine_has_hub (fixture->a.engine));
  g_autoptr (GPtrArray) devices = sl_hub_devices (fixture->world.hub, &row->id, NULL);
  g_assert_nonnull (devices);
  gboolean seen = FALSE;
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = devices->pdata[i];
      g_assert_cmpint (device->revoked, ==, sl_id_equal (&device->id, old_replica));
      seen = seen || sl_id_equal (&device->id, &row->replica);
      g_assert_cmpuint (device->head_seq, ==, hub_device_seq (&fixture->a, &device->id));
    }
  g_assert_true (seen);
}

/* What the hub itself wrote is missing from its log: a device brings it. */
static void
own_operations_that_others_hold (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId epoch = fixture->a.epoch, replica = fixture->a.hub_replica;
  back_up (fixture);
  HubDevice c;
  hub_device_pair (&c, &fixture->world, &fixture->a.tenant); /* the hub writes an admission */
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_device_sync (&fixture->b);
  lose (fixture, TRUE);
  /* cursors that are not beyond the end: only the operations tell */
  fixture->a.cursor = fixture->b.cursor = 1;
  settle (fixture);
  assert_refilled (fixture, &epoch, &replica);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 1);
  hub_device_close (&c);
}

static void
a_cursor_beyond_the_end (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId epoch = fixture->a.epoch, replica = fixture->a.hub_replica;
  back_up (fixture);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_device_sync (&fixture->b);
  lose (fixture, TRUE);
  settle (fixture);
  assert_refilled (fixture, &epoch, &replica);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 1);
}

/* The database failed over to a standby that lagged, and the hub's processes lived on. */
static void
a_replica_that_is_ahead (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId epoch = fixture->a.epoch, replica = fixture->a.hub_replica;
  back_up (fixture);
  hub_device_add_member (&fixture->a, "Thandi");
  hub_device_sync (&fixture->a);
  hub_world_work (&fixture->world);
  hub_device_sync (&fixture->b);
  lose (fixture, FALSE);
  hub_world_work (&fixture->world);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 1);
  settle (fixture);
  assert_refilled (fixture, &epoch, &replica);
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 1);
}

/* Who makes up cursors cannot keep the hub busy with it. */
static void
one_doubt_in_ten_minutes (Fixture *fixture, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < 5; i++)
    {
      HubHow how = { 0 };
      g_autoptr (SlTenant) row = hub_world_row (&fixture->world, &fixture->a.tenant);
      fixture->a.epoch = row->epoch;
      fixture->a.cursor = 1000000;
      g_assert_cmpint (hub_device_refused (&fixture->a, &how), ==, SL_SYNC_OK);
      fixture->world.world.now_ms += 10000;
    }
  g_assert_cmpuint (hub_world_metric (&fixture->world, "epochs_total"), ==, 1);
}

/* A process that ended between changing the row and writing as the new device. */
static void
goes_on_where_it_ended (Fixture *fixture, gconstpointer data)
{
  HubHow how = { 0 };
  (void) data;
  SlId epoch = fixture->a.epoch, replica = fixture->a.hub_replica;
  fixture->a.cursor = 1000000;
  g_assert_cmpint (hub_device_refused (&fixture->a, &how), ==, SL_SYNC_OK);
  hub_world_restart (&fixture->world, TRUE);
  fixture->a.cursor = 0;
  settle (fixture);
  assert_refilled (fixture, &epoch, &replica);
}

static void
pair_again (Fixture *fixture)
{
  g_autofree char *code = hub_world_code (&fixture->world, &fixture->a.tenant);
  g_autoptr (GBytes) invitation = hub_device_invitation (&fixture->a);
  g_autoptr (SlSyncAnswer) answer = hub_device_found_with (&fixture->a, invitation, code);
  g_assert_cmpstr (sl_sync_code_name (answer->code), ==, "ok");
  SlId hub = fixture->a.hub_replica;
  g_autoptr (SlSyncAnswer) again = hub_device_found_with (&fixture->a, invitation, code); /* the answer got lost */
  g_assert_cmpstr (sl_sync_code_name (again->code), ==, "ok");
  g_assert_true (sl_id_equal (&hub, &fixture->a.hub_replica));
  fixture->b.hub_replica = fixture->a.hub_replica;
  fixture->b.epoch = fixture->a.epoch;
  fixture->b.cursor = fixture->a.cursor = 0;
  memcpy (fixture->b.hub_key, fixture->a.hub_key, SL_SIGN_PUBLIC_BYTES);
}

/* The hub was put back to before an epoch: its key of then was given up, and its devices know the heir. Paired again,
 * by a code of the same account, it is a device of the studio once more. */
static void
a_key_that_was_given_up (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId first = fixture->a.hub_replica;
  back_up (fixture);
  fixture->a.cursor = 1000000;
  g_assert_cmpint (hub_device_refused (&fixture->a, &(HubHow){ 0 }), ==, SL_SYNC_OK); /* an epoch begins */
  fixture->a.cursor = 0;
  settle (fixture);
  SlId heir = fixture->a.hub_replica;
  g_assert_false (sl_id_equal (&heir, &first));
  lose (fixture, TRUE);
  pair_again (fixture);
  g_assert_false (sl_id_equal (&fixture->a.hub_replica, &first));
  g_assert_false (sl_id_equal (&fixture->a.hub_replica, &heir));
  hub_device_add_member (&fixture->b, "Sipho");
  settle (fixture);
  g_assert_true (hub_devices_equal (&fixture->a, &fixture->b));
  g_assert_cmpuint (hub_device_members (&fixture->a), ==, 1);
  HubDevice c;
  hub_device_pair (&c, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&c);
  g_assert_cmpuint (hub_device_members (&c), ==, 1);
  hub_device_close (&c);
}

/* What all desks have folded they can push to nobody: a hub that has lost it gets it by being paired again. */
static void
what_every_desk_has_folded (Fixture *fixture, gconstpointer data)
{
  SlPruneResult folded;
  (void) data;
  back_up (fixture);
  for (guint i = 0; i < 120; i++) /* as many as make the hub say that it has them */
    hub_device_add_member (&fixture->a, "Thandi");
  settle (fixture);
  fixture->world.world.now_ms += 60 * SL_DAY_MS;
  hub_device_add_member (&fixture->a, "Sipho");
  hub_device_add_member (&fixture->b, "Lerato");
  settle (fixture);
  fixture->world.world.now_ms += 2 * SL_DAY_MS;
  hub_world_work (&fixture->world);
  settle (fixture);
  g_assert_true (sl_oplog_prune (sl_engine_get_log (fixture->a.engine), 1, &folded, NULL));
  g_assert_cmpuint (folded.operations, >=, 120);
  g_assert_true (sl_oplog_prune (sl_engine_get_log (fixture->b.engine), 1, &folded, NULL));
  g_assert_cmpuint (folded.operations, >=, 120);
  lose (fixture, TRUE);
  SlId before = fixture->a.hub_replica;
  pair_again (fixture);
  g_assert_false (sl_id_equal (&fixture->a.hub_replica, &before));
  settle (fixture);
  g_assert_true (hub_devices_equal (&fixture->a, &fixture->b));
  HubDevice c;
  hub_device_pair (&c, &fixture->world, &fixture->a.tenant);
  hub_device_sync (&c);
  g_assert_cmpuint (hub_device_members (&c), ==, 122);
  hub_device_close (&c);
  hub_world_restart (&fixture->world, TRUE); /* its replica is made again from that log */
  settle (fixture);
  g_assert_true (hub_devices_equal (&fixture->a, &fixture->b));
}

/* Where the hub goes on nothing is taken anew. */
static void
pairing_again_for_nothing (Fixture *fixture, gconstpointer data)
{
  (void) data;
  SlId hub = fixture->a.hub_replica, epoch = fixture->a.epoch;
  pair_again (fixture);
  g_assert_true (sl_id_equal (&hub, &fixture->a.hub_replica));
  g_assert_true (sl_id_equal (&epoch, &fixture->a.epoch));
}

#define hub_test(path, func) g_test_add (path, Fixture, NULL, setup, func, teardown)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  hub_test ("/sl/hub-epoch/own-operations-that-others-hold", own_operations_that_others_hold);
  hub_test ("/sl/hub-epoch/a-cursor-beyond-the-end", a_cursor_beyond_the_end);
  hub_test ("/sl/hub-epoch/a-replica-that-is-ahead", a_replica_that_is_ahead);
  hub_test ("/sl/hub-epoch/one-doubt-in-ten-minutes", one_doubt_in_ten_minutes);
  hub_test ("/sl/hub-epoch/goes-on-where-it-ended", goes_on_where_it_ended);
  hub_test ("/sl/hub-epoch/a-key-that-was-given-up", a_key_that_was_given_up);
  hub_test ("/sl/hub-epoch/what-every-desk-has-folded", what_every_desk_has_folded);
  hub_test ("/sl/hub-epoch/pairing-again-for-nothing", pairing_again_for_nothing);
  return g_test_run ();
}
