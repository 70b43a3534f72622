/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
assert_open_fails (const char *dir, SlStoreFlags flags, SlErrorCode code)
{
  g_autoptr (GError) error = NULL;
  SlStore *store = sl_store_open (dir, flags, &error);
  g_assert_null (store);
  g_assert_error (error, SL_ERROR, (int) code);
}

static void
flip_bytes (const char *path, gsize offset, gsize length)
{
  g_autofree char *contents = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpuint (offset + length, <=, size);
  for (gsize i = offset; i < offset + length; i++)
    contents[i] = (char) (contents[i] ^ 0x5a);
  g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
}

/* A studio with many notes, all of it in the database file itself; returns the file's path. */
static char *
make_large (SlTempDir *dir)
{
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (500, 'x');
  g_assert_true (sl_store_begin (store, &error));
  for (gint64 i = 0; i < 2000; i++)
    fixture_add (store, i, text);
  g_assert_true (sl_store_commit (store, &error));
  g_assert_true (sl_store_checkpoint (store, &error));
  return sl_temp_dir_file (dir, SL_STORE_FILE);
}

static void
a_new_studio_has_the_schema_of_this_release (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) error = NULL;
  g_assert_false (sl_store_exists (dir->path));
  g_autoptr (SlStore) store = sl_store_open (dir->path, SL_STORE_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (sl_store_exists (dir->path));
  g_assert_cmpstr (sl_store_get_dir (store), ==, dir->path);
  g_assert_cmpint (fixture_int (store, "PRAGMA application_id"), ==, SL_STORE_APPLICATION_ID);
  g_assert_cmpint (fixture_int (store, "PRAGMA user_version"), >, 0);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM sqlite_schema"), >, 0);
  g_autoptr (SlStore) again = sl_store_open (dir->path, SL_STORE_OPEN, &error);
  g_assert_no_error (error);
}

static void
the_connection_is_set_up_as_designed (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlRows) mode = sl_store_query (store, "SELECT journal_mode FROM pragma_journal_mode", "");
  g_assert_true (sl_rows_next (mode));
  g_assert_cmpstr (sl_rows_text (mode, 0), ==, "wal");
  g_assert_true (sl_rows_finish (mode, NULL));
  g_assert_cmpint (fixture_int (store, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (fixture_int (store, "PRAGMA mmap_size"), ==, 0);
  g_assert_cmpint (fixture_int (store, "PRAGMA trusted_schema"), ==, 0);
  g_assert_cmpint (fixture_int (store, "PRAGMA cell_size_check"), ==, 1);
  g_assert_cmpint (fixture_int (store, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (fixture_int (store, "PRAGMA foreign_keys"), ==, 0);
  g_assert_cmpint (fixture_int (store, "PRAGMA temp_store"), ==, 2);
  g_assert_cmpint (fixture_int (store, "PRAGMA wal_autocheckpoint"), ==, 0);

  int on = -1;
  static const struct { int flag, expected; } flags[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 }, { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      sqlite3_db_config (sl_store_get_db (store), flags[i].flag, -1, &on);
      g_assert_cmpint (on, ==, flags[i].expected);
    }
}

static void
files_are_for_their_owner_alone (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  static const char * const names[]
      = { SL_STORE_FILE, SL_STORE_FILE "-wal", SL_STORE_FILE "-shm", SL_STORE_LOCK_FILE, SL_STORE_RESERVE_FILE };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = sl_temp_dir_file (dir, names[i]);
      struct stat info;
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_autoptr (SlStore) again = fixture_open (dir, SL_STORE_OPEN);
  struct stat info;
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
no_studio_is_told_as_such (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *missing = sl_temp_dir_file (dir, "missing");
  assert_open_fails (missing, SL_STORE_OPEN, SL_ERROR_NO_STUDIO);
  assert_open_fails (missing, SL_STORE_CREATE, SL_ERROR_NO_STUDIO);
  assert_open_fails (missing, SL_STORE_READ_ONLY, SL_ERROR_NO_STUDIO);
  assert_open_fails (dir->path, SL_STORE_OPEN, SL_ERROR_NO_STUDIO);
  assert_open_fails (dir->path, SL_STORE_READ_ONLY, SL_ERROR_NO_STUDIO);
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS)); /* asking made nothing */

  g_assert_true (g_file_set_contents (path, "", 0, NULL)); /* its maker died */
  assert_open_fails (dir->path, SL_STORE_OPEN, SL_ERROR_NO_STUDIO);
  assert_open_fails (dir->path, SL_STORE_READ_ONLY, SL_ERROR_NO_STUDIO);
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
}

static void
a_file_that_is_no_database_is_corrupt_and_untouched (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE), *text = g_strnfill (5000, 'q'), *after = NULL;
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_open_fails (dir->path, SL_STORE_OPEN, SL_ERROR_CORRUPT);
  assert_open_fails (dir->path, SL_STORE_CREATE, SL_ERROR_CORRUPT);
  assert_open_fails (dir->path, SL_STORE_READ_ONLY, SL_ERROR_CORRUPT);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text);
}

static void
a_directory_in_its_place_is_corrupt (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_open_fails (dir->path, SL_STORE_CREATE, SL_ERROR_CORRUPT);
}

static void
a_foreign_database_is_corrupt_and_untouched (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE), *before = NULL, *after = NULL;
  sqlite3 *db;
  gsize size_before, size_after;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE album (title TEXT); PRAGMA user_version = 1", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));
  assert_open_fails (dir->path, SL_STORE_OPEN, SL_ERROR_CORRUPT);
  assert_open_fails (dir->path, SL_STORE_CREATE, SL_ERROR_CORRUPT);
  assert_open_fails (dir->path, SL_STORE_READ_ONLY, SL_ERROR_CORRUPT);
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);
}

static void
a_garbled_header_is_corrupt (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = make_large (dir);
  flip_bytes (path, 0, 100);
  assert_open_fails (dir->path, SL_STORE_OPEN, SL_ERROR_CORRUPT);
}

static void
a_torn_page_is_found (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = make_large (dir);
  g_autoptr (GError) error = NULL;
  {
    g_autoptr (SlStore) sound = fixture_open (dir, SL_STORE_OPEN);
    g_assert_true (sl_store_quick_check (sound, &error));
    g_autoptr (GPtrArray) problems = sl_store_integrity_problems (sound, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (problems->len, ==, 0);
  }
  flip_bytes (path, 50 * 4096, 4096);
  g_autoptr (SlStore) store = fixture_open (dir, SL_STORE_OPEN);
  g_assert_false (sl_store_quick_check (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
  g_clear_error (&error);
  g_autoptr (GPtrArray) problems = sl_store_integrity_problems (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, >, 0);
  gint64 value;
  g_assert_false (sl_store_query_int (store, 0, &value, &error, "SELECT sum(length(text)) FROM note", ""));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
}

static void
a_cut_off_file_is_found (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *path = make_large (dir), *contents = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (path, contents, (gssize) size / 2, NULL));
  g_autoptr (SlStore) store = sl_store_open (dir->path, SL_STORE_READ_ONLY, &error);
  if (store != NULL)
    g_assert_false (sl_store_quick_check (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
}

static void
what_is_rolled_back_never_was (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_in_transaction (store));
  fixture_add (store, 1, "a");
  g_assert_cmpint (fixture_count (store), ==, 1);
  sl_store_rollback (store);
  g_assert_false (sl_store_in_transaction (store));
  g_assert_cmpint (fixture_count (store), ==, 0);
  sl_store_rollback (store);
  fixture_commit (store, 1);
  g_assert_cmpint (fixture_count (store), ==, 1);
}

/* For those who do not know of the writer lock: an operator's sqlite3 shell. */
static void
a_transaction_holds_sqlites_own_lock_from_its_beginning (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autofree char *path = sl_temp_dir_file (dir, SL_STORE_FILE);
  sqlite3 *shell;
  g_assert_cmpint (sqlite3_open (path, &shell), ==, SQLITE_OK);
  g_assert_true (sl_store_begin (store, NULL));
  g_assert_cmpint (sqlite3_exec (shell, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_BUSY);
  sl_store_rollback (store);
  g_assert_cmpint (sqlite3_exec (shell, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (shell);
}

static void
closing_rolls_back (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  SlStore *first = fixture_create (dir);
  g_assert_true (sl_store_begin (first, NULL));
  fixture_add (first, 1, "a");
  sl_store_close (first);
  g_autoptr (SlStore) store = fixture_open (dir, SL_STORE_OPEN);
  g_assert_cmpint (fixture_count (store), ==, 0);
  fixture_commit (store, 2); /* the writer lock was let go */
}

static void
data_version_tells_of_others_commits (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlStore) other = fixture_open (dir, SL_STORE_OPEN);
  gint64 version = sl_store_data_version (store);
  g_assert_cmpint (version, >=, 0);
  fixture_commit (store, 1);
  g_assert_cmpint (sl_store_data_version (store), ==, version);
  fixture_commit (other, 2);
  g_assert_cmpint (sl_store_data_version (store), !=, version);
}

static void
a_read_snapshot_stays_while_others_commit (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autoptr (SlStore) other = fixture_open (dir, SL_STORE_OPEN);
  fixture_commit (store, 1);
  g_assert_true (sl_store_begin_read (other, NULL));
  fixture_commit (store, 2);
  g_assert_cmpint (fixture_count (other), ==, 1);
  g_assert_true (sl_store_begin_read (other, NULL));
  sl_store_end_read (other);
  g_assert_cmpint (fixture_count (other), ==, 1);
  g_assert_true (sl_store_begin (store, NULL)); /* an open write transaction stops no reader */
  fixture_add (store, 3, "open");
  g_assert_cmpint (fixture_count (other), ==, 1);
  g_assert_true (sl_store_commit (store, NULL));
  sl_store_end_read (other);
  g_assert_cmpint (fixture_count (other), ==, 3);
  fixture_commit (other, 4);
}

static void
a_read_snapshot_within_a_transaction_is_part_of_it (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 1, "a");
  g_assert_true (sl_store_begin_read (store, NULL));
  g_assert_cmpint (fixture_count (store), ==, 1);
  sl_store_end_read (store);
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpint (fixture_count (store), ==, 1);
}

typedef struct {
  guint calls;
  SlStoreLock *lock;
  gboolean fail;
} Hook;

static gboolean
note_commit (SlStore *store, gpointer user_data, GError **error)
{
  Hook *hook = user_data;
  hook->calls++;
  g_assert_false (sl_store_lock_acquire (hook->lock, 0, NULL));
  g_assert_cmpint (fixture_count (store), >, 0);
  if (hook->fail)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "no mark");
  return !hook->fail;
}

static void
the_hook_runs_after_the_commit_and_under_the_lock (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  g_autofree char *lock_path = sl_temp_dir_file (dir, SL_STORE_LOCK_FILE);
  g_autoptr (SlStoreLock) lock = sl_store_lock_new (lock_path, NULL);
  g_autoptr (GError) error = NULL;
  Hook hook = { 0, lock, FALSE };
  sl_store_set_after_commit (store, note_commit, &hook);
  fixture_commit (store, 1);
  g_assert_cmpuint (hook.calls, ==, 1);
  g_assert_true (sl_store_begin_relaxed (store, NULL));
  fixture_add (store, 2, "relaxed");
  g_assert_true (sl_store_commit (store, NULL));
  g_assert_cmpuint (hook.calls, ==, 1);
  g_assert_true (sl_store_begin (store, NULL));
  sl_store_rollback (store);
  g_assert_cmpuint (hook.calls, ==, 1);

  hook.fail = TRUE;
  g_assert_true (sl_store_begin (store, NULL));
  fixture_add (store, 3, "a");
  g_assert_false (sl_store_commit (store, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_cmpint (fixture_count (store), ==, 3); /* the commit stands */
  g_assert_true (sl_store_lock_acquire (lock, 0, NULL));
}

static void
a_reader_cannot_write (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = fixture_create (dir);
  fixture_commit (store, 1);
  g_autoptr (SlStore) reader = fixture_open (dir, SL_STORE_READ_ONLY);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (fixture_count (reader), ==, 1);
  g_assert_false (sl_store_begin (reader, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (sl_store_checkpoint (reader, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_READ_ONLY);
  fixture_commit (store, 2);
  g_assert_cmpint (fixture_count (reader), ==, 2);
}

static void
assert_helper_says (const char *command, SlTempDir *dir, const char *expected)
{
  const char *args[] = { command, dir->path, NULL };
  g_autofree char *said = fixture_run_helper (args);
  g_assert_cmpstr (said, ==, expected);
}

static void
a_read_only_directory_can_be_read (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *read_only = g_strdup_printf ("%d", SL_ERROR_READ_ONLY);
  SlStore *store = fixture_create (dir);
  fixture_commit (store, 1);
  fixture_commit (store, 2);
  sl_store_close (store);
  fixture_chown_all (dir, 0500, 0400); /* with all that is in the log */
  assert_helper_says ("read", dir, "2 notes, read only");
  assert_helper_says ("write", dir, read_only);
}

static void
a_read_only_copy_without_a_log_can_be_read (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *read_only = g_strdup_printf ("%d", SL_ERROR_READ_ONLY);
  static const char * const companions[]
      = { SL_STORE_FILE "-wal", SL_STORE_FILE "-shm", SL_STORE_LOCK_FILE, SL_STORE_RESERVE_FILE };
  SlStore *store = fixture_create (dir);
  fixture_commit (store, 1);
  g_assert_true (sl_store_checkpoint (store, NULL));
  sl_store_close (store);
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *path = sl_temp_dir_file (dir, companions[i]);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  fixture_chown_all (dir, 0500, 0400);
  assert_helper_says ("read", dir, "1 notes, read only");
  assert_helper_says ("write", dir, read_only);
}

static void
a_log_that_cannot_be_read_is_not_passed_over (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autofree char *shm = sl_temp_dir_file (dir, SL_STORE_FILE "-shm");
  SlStore *store = fixture_create (dir);
  g_assert_true (sl_store_checkpoint (store, NULL));
  fixture_commit (store, 1); /* in the log only */
  sl_store_close (store);
  g_assert_cmpint (g_unlink (shm), ==, 0);
  fixture_chown_all (dir, 0500, 0400);
  const char *args[] = { "read", dir->path, NULL };
  g_autofree char *said = fixture_run_helper (args);
  g_autofree char *read_only = g_strdup_printf ("%d", SL_ERROR_READ_ONLY);
  g_assert_cmpstr (said, ==, read_only); /* and not "0 notes" */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store/" path, func)
  ADD ("a-new-studio-has-the-schema-of-this-release", a_new_studio_has_the_schema_of_this_release);
  ADD ("the-connection-is-set-up-as-designed", the_connection_is_set_up_as_designed);
  ADD ("files-are-for-their-owner-alone", files_are_for_their_owner_alone);
  ADD ("no-studio-is-told-as-such", no_studio_is_told_as_such);
  ADD ("a-file-that-is-no-database-is-corrupt-and-untouched", a_file_that_is_no_database_is_corrupt_and_untouched);
  ADD ("a-directory-in-its-place-is-corrupt", a_directory_in_its_place_is_corrupt);
  ADD ("a-foreign-database-is-corrupt-and-untouched", a_foreign_database_is_corrupt_and_untouched);
  ADD ("a-garbled-header-is-corrupt", a_garbled_header_is_corrupt);
  ADD ("a-torn-page-is-found", a_torn_page_is_found);
  ADD ("a-cut-off-file-is-found", a_cut_off_file_is_found);
  ADD ("what-is-rolled-back-never-was", what_is_rolled_back_never_was);
  ADD ("a-transaction-holds-sqlites-own-lock-from-its-beginning",
       a_transaction_holds_sqlites_own_lock_from_its_beginning);
  ADD ("closing-rolls-back", closing_rolls_back);
  ADD ("data-version-tells-of-others-commits", data_version_tells_of_others_commits);
  ADD ("a-read-snapshot-stays-while-others-commit", a_read_snapshot_stays_while_others_commit);
  ADD ("a-read-snapshot-within-a-transaction-is-part-of-it", a_read_snapshot_within_a_transaction_is_part_of_it);
  ADD ("the-hook-runs-after-the-commit-and-under-the-lock", the_hook_runs_after_the_commit_and_under_the_lock);
  ADD ("a-reader-cannot-write", a_reader_cannot_write);
  ADD ("a-read-only-directory-can-be-read", a_read_only_directory_can_be_read);
  ADD ("a-read-only-copy-without-a-log-can-be-read", a_read_only_copy_without_a_log_can_be_read);
  ADD ("a-log-that-cannot-be-read-is-not-passed-over", a_log_that_cannot_be_read_is_not_passed_over);
  return g_test_run ();
}
