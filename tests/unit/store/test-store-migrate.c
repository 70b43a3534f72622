/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

static const SlMigration good[] = {
  { "001-one.sql", "-- the first\nCREATE TABLE one (id INTEGER PRIMARY KEY) STRICT; INSERT INTO one VALUES (1);" },
  { "002-two.sql",
  "CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT;\n\nINSERT INTO two SELECT id FROM one;\n-- end\n" },
  { "003-nothing.sql", "-- nothing\n" },
};

static SlStore *
open_at (SlTempDir *dir, SlStoreFlags flags, const SlMigration *steps, guint n_steps)
{
  g_autoptr (GError) error = NULL;
  SlStore *store = sl_store_open_with (dir->path, flags, steps, n_steps, &error);
  g_assert_no_error (error);
  return store;
}

static void
a_new_file_takes_all_steps (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (SlStore) store = open_at (dir, SL_STORE_CREATE, good, 3);
  g_assert_cmpint (fixture_int (store, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM two"), ==, 1);
}

static void
an_older_file_takes_the_missing_steps (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  sl_store_close (open_at (dir, SL_STORE_CREATE, good, 1));
  g_autoptr (SlStore) store = open_at (dir, SL_STORE_OPEN, good, 3);
  g_assert_cmpint (fixture_int (store, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM one"), ==, 1);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM two"), ==, 1);
}

static void
an_older_file_is_upgraded_before_it_is_read (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  sl_store_close (open_at (dir, SL_STORE_CREATE, good, 1));
  g_autoptr (SlStore) store = open_at (dir, SL_STORE_READ_ONLY, good, 2);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM two"), ==, 1);
  g_assert_false (sl_store_begin (store, NULL));
}

static void
a_failed_step_changes_nothing (void)
{
  static const SlMigration bad[] = {
    { "001-one.sql", "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT; INSERT INTO one VALUES (1);" },
    { "002-two.sql", "CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT; INSERT INTO two VALUES (1);" },
    { "003-bad.sql", "DELETE FROM one; INSERT INTO two VALUES (1);" } };
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) error = NULL;
  sl_store_close (open_at (dir, SL_STORE_CREATE, bad, 1));
  g_assert_null (sl_store_open_with (dir->path, SL_STORE_OPEN, bad, 3, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "003-bad.sql"));
  g_autoptr (SlStore) store = open_at (dir, SL_STORE_OPEN, bad, 1);
  g_assert_cmpint (fixture_int (store, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM one"), ==, 1);
  g_assert_cmpint (fixture_int (store, "SELECT count(*) FROM sqlite_schema WHERE name = 'two'"), ==, 0);
}

static void
a_failed_first_step_leaves_an_empty_file (void)
{
  static const SlMigration bad[]
      = { { "001-bad.sql", "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT; CREATE NONSENSE" } };
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GError) error = NULL;
  g_assert_null (sl_store_open_with (dir->path, SL_STORE_CREATE, bad, 1, &error));
  g_clear_error (&error);
  g_assert_null (sl_store_open_with (dir->path, SL_STORE_OPEN, good, 1, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NO_STUDIO);
  sl_store_close (open_at (dir, SL_STORE_CREATE, good, 3));
}

static void
a_newer_file_is_refused_and_untouched (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  sl_store_close (open_at (dir, SL_STORE_CREATE, good, 3));
  static const SlStoreFlags flags[] = { SL_STORE_OPEN, SL_STORE_CREATE, SL_STORE_READ_ONLY };
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_store_open_with (dir->path, flags[i], good, 2, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
    }
  g_autoptr (SlStore) store = open_at (dir, SL_STORE_OPEN, good, 3);
  g_assert_cmpint (fixture_int (store, "PRAGMA user_version"), ==, 3);
}

static void
the_steps_of_this_release_are_numbered_without_a_gap (void)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) steps = sl_store_known_migrations (keep);
  g_assert_cmpuint (steps->len, >, 0);
  for (guint i = 0; i < steps->len; i++)
    {
      SlMigration *step = &g_array_index (steps, SlMigration, i);
      g_autofree char *number = g_strdup_printf ("%03u-", i + 1);
      g_assert_true (g_str_has_prefix (step->name, number));
      g_assert_true (g_str_has_suffix (step->name, ".sql"));
      g_assert_nonnull (step->sql);
    }
}

#define CHECKINS 300

/* Step 9 makes the table of check-ins anew: a file of the release before it holds the same afterwards, is searched by
 * the same indexes, and an erasure still takes the reasons. */
static void
check_ins_survive_their_new_table (void)
{
  static const char columns[] = "id, booking_id, session_id, member_id, location_id, spots, at_ms, late, flag, reason, "
                                "hlc, replica, actor, undone, undo_reason, undo_hlc, undo_replica";
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) all = sl_store_known_migrations (keep);
  g_autoptr (GError) error = NULL;
  const SlMigration *steps = (const SlMigration *) (void *) all->data;
  SlStore *before = open_at (dir, SL_STORE_CREATE, steps, 8);
  g_autofree char *rows = g_strdup_printf ("SELECT count (*) FROM was w JOIN (SELECT %s FROM checkin) k USING (id) "
                                           "WHERE (%s) IS (SELECT %s FROM was v WHERE v.id = w.id)",
                                           columns, "k.booking_id, k.member_id, k.at_ms, k.reason, k.undone, k.actor",
                                           "booking_id, member_id, at_ms, reason, undone, actor");
  g_assert_true (sl_store_begin (before, &error));
  g_assert_true (sl_store_exec (before, &error,
                                "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                                "INSERT INTO checkin (id, booking_id, member_id, at_ms, flag, reason, hlc, replica, "
                                "actor, undone) SELECT randomblob (16), iif (i % 3, randomblob (16), NULL), "
                                "iif (i % 5, zeroblob (16), NULL), 1000 - i, i % 4, iif (i % 2, x'01', NULL), i, "
                                "randomblob (16), randomblob (16), i % 7 = 0 FROM n",
                                "i", (gint64) CHECKINS));
  g_assert_true (sl_store_exec (before, &error, "CREATE TABLE was AS SELECT * FROM checkin", ""));
  g_assert_true (sl_store_commit (before, &error));
  g_assert_no_error (error);
  sl_store_close (before);

  g_autoptr (SlStore) store = open_at (dir, SL_STORE_OPEN, steps, all->len);
  g_assert_cmpint (fixture_int (store, "SELECT count (*) FROM checkin"), ==, CHECKINS);
  g_assert_cmpint (fixture_int (store, rows), ==, CHECKINS);
  g_assert_cmpint (fixture_int (store, "SELECT count (*) FROM sqlite_schema WHERE type = 'index' AND name IN "
                                       "('checkin_booking', 'checkin_member', 'checkin_session', 'checkin_flagged')"),
                   ==, 4);
  g_assert_true (sl_store_begin (store, &error));
  g_assert_true (sl_store_exec (store, &error,
                                "INSERT INTO erased (member_id, hlc, replica, seq) "
                                "VALUES (zeroblob (16), 1, zeroblob (16), 1)",
                                ""));
  g_assert_true (sl_store_commit (store, &error));
  g_assert_cmpint (fixture_int (store, "SELECT count (*) FROM checkin "
                                       "WHERE member_id = zeroblob (16) AND reason IS NOT NULL"),
                   ==, 0);
  g_assert_cmpint (fixture_int (store, "SELECT count (*) FROM checkin WHERE reason IS NOT NULL"), >, 0);
}

static gpointer
open_in_thread (gpointer data)
{
  SlTempDir *dir = data;
  SlStore *store = open_at (dir, SL_STORE_CREATE, good, 3);
  gint64 *count = g_new (gint64, 1);
  *count = fixture_int (store, "SELECT count(*) FROM two");
  sl_store_close (store);
  return count;
}

static void
many_who_make_it_at_once_make_one (void)
{
  for (guint round = 0; round < 10; round++)
    {
      g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
      GThread *threads[4];
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("maker", open_in_thread, dir);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        {
          g_autofree gint64 *count = g_thread_join (threads[i]);
          g_assert_cmpint (*count, ==, 1);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/store-migrate/" path, func)
  ADD ("a-new-file-takes-all-steps", a_new_file_takes_all_steps);
  ADD ("an-older-file-takes-the-missing-steps", an_older_file_takes_the_missing_steps);
  ADD ("an-older-file-is-upgraded-before-it-is-read", an_older_file_is_upgraded_before_it_is_read);
  ADD ("a-failed-step-changes-nothing", a_failed_step_changes_nothing);
  ADD ("a-failed-first-step-leaves-an-empty-file", a_failed_first_step_leaves_an_empty_file);
  ADD ("a-newer-file-is-refused-and-untouched", a_newer_file_is_refused_and_untouched);
  ADD ("the-steps-of-this-release-are-numbered-without-a-gap", the_steps_of_this_release_are_numbered_without_a_gap);
  ADD ("check-ins-survive-their-new-table", check_ins_survive_their_new_table);
  ADD ("many-who-make-it-at-once-make-one", many_who_make_it_at_once_make_one);
  return g_test_run ();
}
