/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-log-store-disk"

#include "fake-world.h"
#include "log-store-fixture.h"
#include "temp-dir.h"
#include "trace-vfs.h"

#include "core/error.h"
#include "hub/log-file.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

/* The log store in a file, on a disk that fails. */

typedef struct {
  SlTempDir *dir;
  char *where;
  SlFakeWorld world;
} Place;

static void
place_init (Place *place)
{
  place->dir = sl_temp_dir_new ();
  place->where = g_strconcat ("sqlite:", place->dir->path, NULL);
  sl_fake_world_init (&place->world, FIXTURE_NOW_MS, 1);
}

static void
place_clear (Place *place)
{
  sl_temp_dir_free (place->dir);
  g_free (place->where);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static SlLogStore *
open_store (Place *place)
{
  g_autoptr (GError) error = NULL;
  SlLogStore *store = sl_log_store_open (place->where, &place->world.base, &error);
  g_assert_no_error (error);
  return store;
}

static void
refuse (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entry, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean appended;
  guint64 head;
  g_assert_false (sl_log_store_append (store, tenant, expected, entry, 1, &appended, &head, &error));
  g_assert_error (error, SL_ERROR, code);
}

static void
says_that_the_disk_is_full (void)
{
  g_autoptr (SlTraceVfs) vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_auto (Place) place = { 0 };
  place_init (&place);
  g_autoptr (SlLogStore) store = open_store (&place);
  SlId tenant = fixture_tenant (store, "One");
  SlEntry entry = fixture_entry (1, 1, 101);
  fixture_append (store, &tenant, 0, &entry, 1);
  sl_trace_vfs_fail (vfs, SL_TRACE_WRITE, SL_TRACE_WAL, 1, SQLITE_FULL, ENOSPC, TRUE);
  refuse (store, &tenant, 1, &entry, SL_ERROR_DISK_FULL);
  refuse (store, &tenant, 1, &entry, SL_ERROR_DISK_FULL);
  g_autoptr (GArray) before = fixture_read_all (store, &tenant, 1000);
  g_assert_cmpuint (before->len, ==, 1);
  sl_trace_vfs_heal (vfs);
  fixture_append (store, &tenant, 1, &entry, 1);
  sl_entry_clear (&entry);
}

static void
works_no_more_after_a_failed_sync (void)
{
  g_autoptr (SlTraceVfs) vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_auto (Place) place = { 0 };
  place_init (&place);
  g_autoptr (SlLogStore) store = open_store (&place);
  SlId tenant = fixture_tenant (store, "One");
  SlEntry entry = fixture_entry (1, 1, 101);
  sl_trace_vfs_fail (vfs, SL_TRACE_SYNC, SL_TRACE_ANY_FILE, 0, SQLITE_IOERR_FSYNC, EIO, FALSE);
  refuse (store, &tenant, 0, &entry, SL_ERROR_STORAGE);
  refuse (store, &tenant, 0, &entry, SL_ERROR_STORAGE); /* what the kernel dropped cannot be synced again */
  sl_entry_clear (&entry);
}

/* Holds the first sync up until the others have come. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean armed, held, go;
} Gate;

static void
hold_first_sync (SlTraceOp op, SlTraceFile file, gboolean after, gpointer user_data)
{
  Gate *gate = user_data;
  if (op != SL_TRACE_SYNC || after)
    return;
  g_mutex_lock (&gate->mutex);
  if (gate->armed)
    {
      gate->armed = FALSE;
      gate->held = TRUE;
      g_cond_broadcast (&gate->cond);
      while (!gate->go)
        g_cond_wait (&gate->cond, &gate->mutex);
    }
  g_mutex_unlock (&gate->mutex);
}

typedef struct {
  SlLogStore *store;
  SlId tenant;
  gint *started;
} Adder;

static gpointer
append_one (gpointer data)
{
  Adder *adder = data;
  SlEntry entry = fixture_entry (1, 1, 101);
  g_atomic_int_inc (adder->started);
  fixture_append (adder->store, &adder->tenant, 0, &entry, 1);
  sl_entry_clear (&entry);
  return NULL;
}

static void
shares_a_sync_among_those_who_wait (void)
{
  g_autoptr (SlTraceVfs) vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_auto (Place) place = { 0 };
  Gate gate = { 0 };
  Adder adders[20];
  GThread *threads[20];
  gint started = 0;
  place_init (&place);
  g_autoptr (SlLogStore) store = open_store (&place);
  for (guint i = 0; i < 20; i++)
    adders[i] = (Adder){ store, fixture_tenant (store, "Many"), &started };
  sl_trace_vfs_set_hook (vfs, hold_first_sync, &gate);
  sl_trace_vfs_reset_counts (vfs);
  gate.armed = TRUE;
  threads[0] = g_thread_new ("adder", append_one, &adders[0]);
  g_mutex_lock (&gate.mutex);
  while (!gate.held)
    g_cond_wait (&gate.cond, &gate.mutex);
  g_mutex_unlock (&gate.mutex);
  for (guint i = 1; i < 20; i++)
    threads[i] = g_thread_new ("adder", append_one, &adders[i]);
  while (g_atomic_int_get (&started) < 20)
    g_thread_yield ();
  g_mutex_lock (&gate.mutex);
  gate.go = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  for (guint i = 0; i < 20; i++)
    (void) g_thread_join (threads[i]);
  g_assert_cmpuint (sl_trace_vfs_count (vfs, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), >=, 2);
  g_assert_cmpuint (sl_trace_vfs_count (vfs, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), <, 20);
  g_clear_pointer (&store, sl_log_store_close);
}

static void
loses_nothing_in_a_power_cut (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (guint after = 0; after < 60; after += 3)
    {
      g_autoptr (SlTraceVfs) vfs = sl_trace_vfs_new (SL_TRACE_REMEMBER);
      g_auto (Place) place = { 0 };
      guint64 acknowledged = 0;
      gboolean appended = TRUE;
      place_init (&place);
      SlLogStore *store = open_store (&place);
      SlId tenant = fixture_tenant (store, "One");
      sl_trace_vfs_cut_power (vfs, after);
      for (guint64 seq = 1; appended && seq <= 20; seq++)
        {
          SlEntry entry = fixture_entry (1, seq, 100 + seq % 50);
          guint64 head;
          appended = sl_log_store_append (store, &tenant, seq - 1, &entry, 1, &appended, &head, NULL) && appended;
          acknowledged += appended ? 1 : 0;
          sl_entry_clear (&entry);
        }
      sl_log_store_close (store);
      sl_trace_vfs_restore_power (vfs, (SlTraceLoss) (after % 3), rand);
      g_autoptr (SlLogStore) again = open_store (&place);
      g_autoptr (SlTenant) found = sl_log_store_find_tenant (again, &tenant, NULL);
      g_assert_cmpuint (found->head, >=, acknowledged);
      g_assert_cmpuint (found->head, <=, acknowledged + 1);
      fixture_check_log (again, &tenant, 1, (guint) found->head);
    }
}

static void
refuses_a_studio_s_database (void)
{
  g_auto (Place) place = { 0 };
  g_auto (Place) desk = { 0 };
  g_autoptr (GError) error = NULL;
  place_init (&place);
  place_init (&desk);
  g_autofree char *file = g_build_filename (place.dir->path, SL_LOG_FILE, NULL);
  g_autofree char *studio = g_build_filename (desk.dir->path, SL_STORE_FILE, NULL);
  SlStore *store = sl_store_open (desk.dir->path, SL_STORE_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (sl_store_checkpoint (store, NULL));
  sl_store_close (store);
  sl_log_store_close (open_store (&desk)); /* beside one another: each its own file */
  g_assert_cmpint (rename (studio, file), ==, 0);
  g_assert_null (sl_log_store_open (place.where, &place.world.base, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  g_test_add_func ("/sl/log-store-disk/disk-full-says-that-the-disk-is-full", says_that_the_disk_is_full);
  g_test_add_func ("/sl/log-store-disk/storage-works-no-more-after-a-failed-sync", works_no_more_after_a_failed_sync);
  g_test_add_func ("/sl/log-store-disk/shares-a-sync-among-those-who-wait", shares_a_sync_among_those_who_wait);
  g_test_add_func ("/sl/log-store-disk/loses-nothing-in-a-power-cut", loses_nothing_in_a_power_cut);
  g_test_add_func ("/sl/log-store-disk/corrupt-refuses-a-studio-s-database", refuses_a_studio_s_database);
  return g_test_run ();
}
