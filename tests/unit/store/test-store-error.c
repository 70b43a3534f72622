/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <errno.h>

#include "trace-vfs.h"

static void
every_code_of_sqlite_says_what_to_do (void)
{
  static const struct { int code, system_errno; SlErrorCode expected; } cases[] = {
    { SQLITE_FULL, 0, SL_ERROR_DISK_FULL }, { SQLITE_IOERR_WRITE, ENOSPC, SL_ERROR_DISK_FULL },
    { SQLITE_IOERR_WRITE, EDQUOT, SL_ERROR_DISK_FULL }, { SQLITE_IOERR_SHMSIZE, ENOSPC, SL_ERROR_DISK_FULL },
    { SQLITE_CANTOPEN, ENOSPC, SL_ERROR_DISK_FULL }, { SQLITE_IOERR_FSYNC, ENOSPC, SL_ERROR_STORAGE },
    { SQLITE_IOERR_FSYNC, EIO, SL_ERROR_STORAGE }, { SQLITE_IOERR_DIR_FSYNC, EACCES, SL_ERROR_STORAGE },
    { SQLITE_IOERR_READ, EIO, SL_ERROR_STORAGE }, { SQLITE_IOERR_SHORT_READ, 0, SL_ERROR_STORAGE },
    { SQLITE_IOERR_CORRUPTFS, 0, SL_ERROR_CORRUPT }, { SQLITE_IOERR_DATA, 0, SL_ERROR_CORRUPT },
    { SQLITE_CORRUPT, 0, SL_ERROR_CORRUPT }, { SQLITE_CORRUPT_INDEX, 0, SL_ERROR_CORRUPT },
    { SQLITE_NOTADB, 0, SL_ERROR_CORRUPT },
    { SQLITE_CONSTRAINT_UNIQUE, 0, SL_ERROR_CORRUPT }, { SQLITE_CONSTRAINT_DATATYPE, 0, SL_ERROR_CORRUPT },
    { SQLITE_ERROR, 0, SL_ERROR_CORRUPT }, { SQLITE_READONLY, 0, SL_ERROR_READ_ONLY },
    { SQLITE_READONLY_CANTINIT, 0, SL_ERROR_READ_ONLY }, { SQLITE_READONLY_DBMOVED, 0, SL_ERROR_STORAGE },
    { SQLITE_PERM, 0, SL_ERROR_READ_ONLY }, { SQLITE_CANTOPEN, EROFS, SL_ERROR_READ_ONLY },
    { SQLITE_CANTOPEN, EACCES, SL_ERROR_READ_ONLY },
    { SQLITE_CANTOPEN, ENOENT, SL_ERROR_STORAGE }, { SQLITE_CANTOPEN, EMFILE, SL_ERROR_STORAGE },
    { SQLITE_BUSY, 0, SL_ERROR_BUSY },
    { SQLITE_BUSY_SNAPSHOT, 0, SL_ERROR_BUSY }, { SQLITE_LOCKED, 0, SL_ERROR_BUSY },
    { SQLITE_PROTOCOL, 0, SL_ERROR_BUSY },
    { SQLITE_NOMEM, 0, SL_ERROR_STORAGE }, { SQLITE_INTERRUPT, 0, SL_ERROR_STORAGE },
    { SQLITE_TOOBIG, 0, SL_ERROR_STORAGE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sl_store_code_of_sqlite (cases[i].code, cases[i].system_errno), ==, cases[i].expected);
}

static char *
reserve_path (SlTempDir *dir)
{
  return sl_temp_dir_file (dir, SL_STORE_RESERVE_FILE);
}

/* A transaction of several pages that the disk is too full for; where it stops is not the point. */
static void
write_until_full (SlStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (3000, 'x');
  gboolean fine = sl_store_begin (store, &error);
  for (gint64 id = 100; fine && id < 150; id++)
    fine = sl_store_exec (store, &error, "INSERT INTO note (id, text) VALUES (?1, ?2)", "it", id, text);
  if (fine)
    fine = sl_store_commit (store, &error);
  else
    sl_store_rollback (store);
  g_assert_false (fine);
  g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
  g_assert_false (sl_store_in_transaction (store));
}

static void
a_full_disk_writes_nothing_and_frees_the_reserve (void)
{
  for (guint after = 0; after < 12; after++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
      g_autoptr (SlStore) store = fixture_create (dir);
      g_autofree char *reserve = reserve_path (dir);
      fixture_commit (store, 1);
      g_assert_true (g_file_test (reserve, G_FILE_TEST_EXISTS));
      if (after % 2 == 0)
        sl_trace_vfs_fail (disk, SL_TRACE_WRITE, SL_TRACE_ANY_FILE, after, SQLITE_FULL, ENOSPC, TRUE);
      else
        sl_trace_vfs_fail (disk, SL_TRACE_WRITE, SL_TRACE_ANY_FILE, after, SQLITE_IOERR_WRITE, EDQUOT, TRUE);
      write_until_full (store);
      g_assert_false (g_file_test (reserve, G_FILE_TEST_EXISTS));
      g_assert_cmpint (fixture_count (store), ==, 1);

      sl_trace_vfs_heal (disk);
      fixture_commit (store, 2);
      g_assert_cmpint (fixture_count (store), ==, 2);
      g_assert_true (sl_store_checkpoint (store, NULL));
      g_assert_true (g_file_test (reserve, G_FILE_TEST_EXISTS)); /* there is room again */
    }
}

/* SQLite rolls the transaction back by itself then. What follows must not become a transaction of its own. */
static void
after_a_full_disk_the_transaction_is_gone (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 1, "a");
  /* A cache of 10 pages spills to the log while the transaction is open. */
  g_assert_cmpint (sqlite3_exec (sl_store_get_db (store), "PRAGMA cache_size = 10", NULL, NULL, NULL), ==, SQLITE_OK);
  sl_trace_vfs_fail (disk, SL_TRACE_WRITE, SL_TRACE_ANY_FILE, 0, SQLITE_FULL, ENOSPC, FALSE);
  g_autofree char *text = g_strnfill (3000, 'x');
  gint64 id = 2;
  while (id < 1000 && sl_store_exec (store, &error, "INSERT INTO note (id, text) VALUES (?1, ?2)", "it", id, text))
    id++;
  g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
  g_clear_error (&error);
  g_assert_false (sl_store_exec (store, &error, "INSERT INTO note (id, text) VALUES (5000, 'alone')", ""));
  g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
  g_clear_error (&error);
  gint64 value;
  g_assert_false (sl_store_query_int (store, 0, &value, &error, "SELECT count(*) FROM note", ""));
  g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
  g_clear_error (&error);
  g_assert_false (sl_store_commit (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
  g_assert_cmpint (fixture_count (store), ==, 0);
  fixture_commit (store, 1);
}

static void
assert_poisoned (SlStore *store)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sl_store_begin (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (sl_store_begin_read (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (sl_store_checkpoint (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_clear_error (&error);
  gint64 value;
  g_assert_false (sl_store_query_int (store, 0, &value, &error, "SELECT 1", ""));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_cmpint (sl_store_data_version (store), ==, -1);
}

static void
a_failed_sync_of_a_commit_ends_the_use_of_the_store (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  fixture_commit (store, 1);
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 2, "a");
  sl_trace_vfs_fail (disk, SL_TRACE_SYNC, SL_TRACE_WAL, 0, SQLITE_IOERR_FSYNC, EIO, FALSE);
  sl_trace_vfs_reset_counts (disk);
  g_assert_false (sl_store_commit (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_WAL), ==, 1); /* not tried again */
  assert_poisoned (store);
  g_assert_cmpuint (sl_trace_vfs_count (disk, SL_TRACE_SYNC, SL_TRACE_ANY_FILE), ==, 1);
  g_autofree char *lock_path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE);
  g_autoptr (SlStoreLock) lock = sl_store_lock_new (lock_path, NULL);
  g_assert_true (sl_store_lock_acquire (lock, 0, NULL)); /* others can go on */
}

static void
a_failed_sync_of_a_checkpoint_ends_the_use_of_the_store (void)
{
  static const SlTraceFile files[] = { SL_TRACE_WAL, SL_TRACE_DB };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
      g_autoptr (SlStore) store = fixture_create (dir);
      g_autoptr (GError) error = NULL;
      fixture_commit (store, 1);
      sl_trace_vfs_fail (disk, SL_TRACE_SYNC, files[i], 0, SQLITE_IOERR_FSYNC, EIO, FALSE);
      g_assert_false (sl_store_checkpoint (store, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
      assert_poisoned (store);
      g_autoptr (SlStore) next = fixture_open (dir, SL_STORE_OPEN); /* the next process */
      g_assert_cmpint (fixture_count (next), ==, 1);
    }
}

static void
a_failed_write_of_a_commit_can_be_tried_again (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 1, "a");
  sl_trace_vfs_fail (disk, SL_TRACE_WRITE, SL_TRACE_WAL, 0, SQLITE_IOERR_WRITE, EIO, FALSE);
  g_assert_false (sl_store_commit (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_cmpint (fixture_count (store), ==, 0);
  fixture_commit (store, 1);
}

static void
a_full_disk_at_the_making_leaves_nothing_half (void)
{
  for (guint after = 0; after < 40; after++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      g_autoptr (SlTraceVfs) disk = sl_trace_vfs_new (SL_TRACE_PLAIN);
      g_autoptr (GError) error = NULL;
      sl_trace_vfs_fail (disk, SL_TRACE_WRITE, SL_TRACE_ANY_FILE, after, SQLITE_FULL, ENOSPC, TRUE);
      {
        g_autoptr (SlStore) store = sl_store_open (dir->path, SL_STORE_CREATE, &error);
        if (store == NULL)
          g_assert_error (error, SL_ERROR, SL_ERROR_DISK_FULL);
      }
      sl_trace_vfs_heal (disk);
      g_autoptr (SlStore) again = sl_store_open (dir->path, SL_STORE_CREATE, NULL);
      g_assert_nonnull (again);
      g_assert_true (sl_store_quick_check (again, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-error/" path, func)
  ADD ("every-code-of-sqlite-says-what-to-do", every_code_of_sqlite_says_what_to_do);
  ADD ("a-full-disk-writes-nothing-and-frees-the-reserve", a_full_disk_writes_nothing_and_frees_the_reserve);
  ADD ("after-a-full-disk-the-transaction-is-gone", after_a_full_disk_the_transaction_is_gone);
  ADD ("a-failed-sync-of-a-commit-ends-the-use-of-the-store", a_failed_sync_of_a_commit_ends_the_use_of_the_store);
  ADD ("a-failed-sync-of-a-checkpoint-ends-the-use-of-the-store",
       a_failed_sync_of_a_checkpoint_ends_the_use_of_the_store);
  ADD ("a-failed-write-of-a-commit-can-be-tried-again", a_failed_write_of_a_commit_can_be_tried_again);
  ADD ("a-full-disk-at-the-making-leaves-nothing-half", a_full_disk_at_the_making_leaves_nothing_half);
  return g_test_run ();
}
