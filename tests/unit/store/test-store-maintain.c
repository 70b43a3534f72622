/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "trace-vfs.h"

static void
a_checkpoint_empties_the_log (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlStore) other = fixture_open (dir, SL_STORE_OPEN);
  fixture_commit (store, 1);
  g_assert_cmpint (sl_store_wal_bytes (store), >, 0);
  g_assert_true (sl_store_checkpoint (store, NULL));
  g_assert_cmpint (sl_store_wal_bytes (store), ==, 0);
  g_assert_cmpint (fixture_count (other), ==, 1);
  fixture_commit (other, 2);
  g_assert_cmpint (fixture_count (store), ==, 2);
}

static void
a_checkpoint_leaves_what_a_reader_needs (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlStore) reader = fixture_open (dir, SL_STORE_READ_ONLY);
  fixture_commit (store, 1);
  g_assert_true (sl_store_begin_read (reader, NULL));
  g_assert_cmpint (fixture_count (reader), ==, 1);
  fixture_commit (store, 2);
  g_assert_true (sl_store_checkpoint (store, NULL));
  g_assert_cmpuint (sl_trace_vfs_count_sleeps (disk), ==, 0); /* did not wait for it */
  g_assert_cmpint (sl_store_wal_bytes (store), >, 0);
  g_assert_cmpint (fixture_count (reader), ==, 1);
  sl_store_end_read (reader);
  g_assert_cmpint (fixture_count (reader), ==, 2);
  g_assert_true (sl_store_checkpoint (store, NULL));
  g_assert_cmpint (sl_store_wal_bytes (store), ==, 0);
}

static void
only_a_large_log_is_worth_it_on_the_way_out (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  gint64 small = sl_store_wal_bytes (store);
  g_assert_true (sl_store_checkpoint_if_large (store, NULL));
  g_assert_cmpint (sl_store_wal_bytes (store), ==, small);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, "INSERT INTO note (id, text) VALUES (2, hex(zeroblob(2500000)))", ""));
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpint (sl_store_wal_bytes (store), >, SL_STORE_CHECKPOINT_BYTES);
  g_assert_true (sl_store_checkpoint_if_large (store, NULL));
  g_assert_cmpint (sl_store_wal_bytes (store), ==, 0);
}

static void
nothing_moves_the_log_by_itself (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE);
  struct stat before, after;
  SlStore *store = fixture_create (dir);
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  g_assert_true (sl_store_begin (store, NULL));
  /* > 1000 pages */
  g_assert_true (sl_store_exec (store, NULL, "INSERT INTO note (id, text) VALUES (2, hex(zeroblob(3000000)))", ""));
  g_assert_true (sl_store_commit (store, NULL));
  fixture_commit (store, 3);
  gint64 log_bytes = sl_store_wal_bytes (store);
  sl_store_close (store);
  g_autoptr (SlStore) again = fixture_open (dir, SL_STORE_OPEN);
  g_assert_cmpint (sl_store_wal_bytes (again), ==, log_bytes);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpint (after.st_size, ==, before.st_size);
  g_assert_cmpint (fixture_count (again), ==, 2);
}

static void
a_backup_is_a_whole_studio (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new (), copy_dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlStore) writer = fixture_open (dir, SL_STORE_OPEN);
  g_autofree char *copy = sl_temp_dir_file (copy_dir, SL_STORE_FILE);
  g_autoptr (GError) error = NULL;
  fixture_commit (store, 1);
  g_assert_true (sl_store_begin (writer, NULL)); /* does not disturb it */
  fixture_add (writer, 2, "open");
  g_assert_true (sl_store_backup_to (store, copy, &error));
  g_assert_no_error (error);
  g_assert_true (sl_store_commit (writer, NULL));
  struct stat info;
  g_assert_cmpint (g_stat (copy, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  g_autoptr (SlStore) restored = fixture_open (copy_dir, SL_STORE_OPEN);
  g_assert_cmpint (fixture_count (restored), ==, 1);
  g_assert_true (sl_store_quick_check (restored, NULL));
  fixture_commit (restored, 2);
  g_assert_cmpint (sl_store_wal_bytes (restored), >, 0);
}

static void
a_backup_overwrites_nothing (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autofree char *copy = sl_temp_dir_file (dir, "copy"), *contents = NULL;
  g_autofree char *nowhere = sl_temp_dir_file (dir, "no/copy");
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (copy, "mine", -1, NULL));
  g_assert_false (sl_store_backup_to (store, copy, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (copy, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "mine");
  g_assert_false (sl_store_backup_to (store, nowhere, &error));
  g_assert_nonnull (error);
  fixture_commit (store, 1);
}

static void
the_reserve_holds_its_blocks (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_RESERVE_FILE);
  {
    g_autoptr (SlStore) store = fixture_create (dir);
    struct stat info;
    g_assert_cmpint (g_stat (path, &info), ==, 0);
    g_assert_cmpint (info.st_size, ==, SL_STORE_RESERVE_BYTES);
    g_assert_cmpint (info.st_blocks * 512, >=, SL_STORE_RESERVE_BYTES); /* not a hole */
  }
  g_assert_true (g_file_set_contents (path, "cut", -1, NULL)); /* its maker died */
  g_autoptr (SlStore) store = fixture_open (dir, SL_STORE_OPEN);
  struct stat info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, SL_STORE_RESERVE_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-maintain/" path, func)
  ADD ("a-checkpoint-empties-the-log", a_checkpoint_empties_the_log);
  ADD ("a-checkpoint-leaves-what-a-reader-needs", a_checkpoint_leaves_what_a_reader_needs);
  ADD ("only-a-large-log-is-worth-it-on-the-way-out", only_a_large_log_is_worth_it_on_the_way_out);
  ADD ("nothing-moves-the-log-by-itself", nothing_moves_the_log_by_itself);
  ADD ("a-backup-is-a-whole-studio", a_backup_is_a_whole_studio);
  ADD ("a-backup-overwrites-nothing", a_backup_overwrites_nothing);
  ADD ("the-reserve-holds-its-blocks", the_reserve_holds_its_blocks);
  return g_test_run ();
}
