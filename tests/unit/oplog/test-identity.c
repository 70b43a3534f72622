/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/fence.h"

typedef struct {
  Device device;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->device, &f->location);
  make_member (&f->device, "Thandi", &f->member);
  make_session (&f->device, &f->location, 3, &f->session);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->device);
}

static void
copy_file (const char *from_dir, const char *to_dir, const char *name)
{
  g_autofree char *from = g_build_filename (from_dir, name, NULL), *to = g_build_filename (to_dir, name, NULL);
  g_autofree char *text = NULL;
  gsize length;
  if (g_file_get_contents (from, &text, &length, NULL))
    g_assert_true (g_file_set_contents (to, text, (gssize) length, NULL));
}

static void
copy_database (const char *from, const char *to)
{
  copy_file (from, to, SL_STORE_FILE);
  copy_file (from, to, SL_STORE_FILE "-wal");
}

static gint64
own_free (Fixture *f, Device *device)
{
  gint64 spots;
  g_assert_true (sl_rights_free (device->log, &f->session, sl_oplog_get_replica (device->log), &spots, NULL));
  return spots;
}

static void
test_goes_on (Fixture *f, gconstpointer data)
{
  SlId claim, before = *sl_oplog_get_replica (f->device.log);
  device_close (&f->device);
  device_open (&f->device);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  g_assert_true (sl_id_equal (&before, sl_oplog_get_replica (f->device.log)));
  g_assert_cmpint (own_free (f, &f->device), ==, 2);
}

/* A power cut may lose the last moment of the mark, never of the database. */
static void
test_mark_behind (Fixture *f, gconstpointer data)
{
  SlId claim, before = *sl_oplog_get_replica (f->device.log);
  g_autoptr (SlTempDir) keep = sl_temp_dir_new ();
  copy_file (f->device.dir, keep->path, "mark");
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  device_close (&f->device);
  copy_file (keep->path, f->device.dir, "mark");
  device_open (&f->device);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  g_assert_true (sl_id_equal (&before, sl_oplog_get_replica (f->device.log)));
}

static void
test_old_database (Fixture *f, gconstpointer data)
{
  SlId claim, second, before = *sl_oplog_get_replica (f->device.log);
  g_autoptr (SlTempDir) keep = sl_temp_dir_new ();
  copy_database (f->device.dir, keep->path);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  device_close (&f->device);
  g_autofree char *shm = device_path (&f->device, SL_STORE_FILE "-shm");
  (void) g_unlink (shm);
  copy_database (keep->path, f->device.dir);
  device_open (&f->device);
  g_assert_true (sl_id_equal (&before, sl_oplog_get_replica (f->device.log))); /* reading changes nothing */
  make_member (&f->device, "Pieter", &second);
  g_assert_false (sl_id_equal (&before, sl_oplog_get_replica (f->device.log)));
  g_assert_cmpint (own_free (f, &f->device), ==, 0);
  assert_verified (&f->device);
  device_close (&f->device); /* and it stays that device */
  device_open (&f->device);
  SlId now = *sl_oplog_get_replica (f->device.log);
  make_member (&f->device, "Sipho", &second);
  g_assert_true (sl_id_equal (&now, sl_oplog_get_replica (f->device.log)));
}

static void
put_back (Fixture *f, const char *kept)
{
  device_close (&f->device);
  g_autofree char *shm = device_path (&f->device, SL_STORE_FILE "-shm");
  (void) g_unlink (shm);
  copy_database (kept, f->device.dir);
  device_open (&f->device);
}

/* … and once the program has come up again, the database cannot be put back behind what the mark had lost. */
static void
test_mark_is_made_good (Fixture *f, gconstpointer data)
{
  SlId claim, second, before = *sl_oplog_get_replica (f->device.log);
  g_autoptr (SlTempDir) mark = sl_temp_dir_new (), keep = sl_temp_dir_new ();
  copy_file (f->device.dir, mark->path, "mark");
  make_member (&f->device, "Sipho", &second);
  copy_database (f->device.dir, keep->path);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  device_close (&f->device);
  copy_file (mark->path, f->device.dir, "mark");
  device_open (&f->device); /* writes nothing */
  put_back (f, keep->path);
  make_member (&f->device, "Pieter", &second);
  g_assert_false (sl_id_equal (&before, sl_oplog_get_replica (f->device.log)));
  assert_verified (&f->device);
}

/* The same image again: what it wrote as another device in between must not be written a second time. */
static void
test_put_back_twice (Fixture *f, gconstpointer data)
{
  SlId first, second, third, before = *sl_oplog_get_replica (f->device.log);
  g_autoptr (SlTempDir) keep = sl_temp_dir_new ();
  g_autofree char *path = device_path (&f->device, "export");
  g_auto (SlImportResult) result = { 0 };
  copy_database (f->device.dir, keep->path);
  make_member (&f->device, "Pieter", &first);
  put_back (f, keep->path);
  make_member (&f->device, "Sipho", &second);
  SlId once = *sl_oplog_get_replica (f->device.log);
  device_export (&f->device, path);
  put_back (f, keep->path);
  make_member (&f->device, "Lerato", &third);
  SlId twice = *sl_oplog_get_replica (f->device.log);
  g_assert_false (sl_id_equal (&once, &before));
  g_assert_false (sl_id_equal (&twice, &once));
  /* What it was in between is no longer a device; what it wrote is kept for review. */
  device_import (&f->device, path, &result);
  for (guint i = 0; i < result.quarantined->len; i++)
    g_assert_cmpstr (g_array_index (result.quarantined, SlQuarantined, i).reason, ==, "revoked");
  gboolean revoked;
  g_assert_true (sl_fence_is_revoked (f->device.log, &once, &revoked, NULL));
  g_assert_true (revoked);
  assert_verified (&f->device);
}

static void
test_copied_directory (Fixture *f, gconstpointer data)
{
  Device copy = { .temporary = sl_temp_dir_new () };
  SlId member, claim;
  g_autofree char *path = NULL;
  g_auto (SlImportResult) result = { 0 };
  copy.dir = copy.temporary->path;
  sl_fake_world_init (&copy.world, f->device.world.now_ms, 77);
  device_close (&f->device);
  copy_database (f->device.dir, copy.dir);
  copy_file (f->device.dir, copy.dir, "identity");
  copy_file (f->device.dir, copy.dir, "mark");
  device_open (&f->device);
  device_open (&copy);
  make_member (&copy, "Lerato", &member);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  g_assert_false (sl_id_equal (sl_oplog_get_replica (copy.log), sl_oplog_get_replica (f->device.log)));
  g_assert_cmpint (own_free (f, &copy), ==, 0);
  g_assert_cmpint (own_free (f, &f->device), ==, 2);
  device_give (&copy, &f->device); /* its first operation is signed by the old key: it needs nobody's admission */
  device_give (&f->device, &copy);
  assert_same_state (&copy, &f->device);
  g_autoptr (SlRows) rows = sl_store_query (copy.store, "SELECT first FROM member WHERE id = ?", "d", &f->member);
  gsize length;
  g_assert_true (sl_rows_next (rows));
  const void *sealed = sl_rows_blob (rows, 0, &length);
  g_autofree char *name = sl_oplog_unseal_field (copy.log, &f->member, "first", sealed, length);
  g_assert_cmpstr (name, ==, "Thandi");
  g_clear_pointer (&rows, sl_rows_free);
  device_clear (&copy);
}

static void
test_backup (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = device_path (&f->device, "monday.backup");
  SlRestoreResult restored = { 0 };
  SlId claim, was = *sl_oplog_get_replica (f->device.log);
  g_assert_true (sl_oplog_backup (f->device.log, file, &error));
  g_assert_no_error (error);
  book (&f->device, &f->session, &f->member, NULL, 0, &claim);
  device_close (&f->device);
  g_assert_true (sl_oplog_restore (f->device.dir, &f->device.world.base, file, NULL, &restored, &error));
  g_assert_no_error (error);
  g_assert_true (sl_id_equal (&restored.was, &was));
  g_autofree char *aside = g_steal_pointer (&restored.aside);
  g_autofree char *old = g_build_filename (aside, SL_STORE_FILE, NULL);
  g_assert_true (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (restored.is_read);
  g_assert_cmpuint (restored.missing, ==, 1); /* the booking */
  g_assert_true (g_file_test (restored.missing_file, G_FILE_TEST_EXISTS));
  g_assert_true (sl_id_is_none (&restored.replaced));
  sl_restore_result_clear (&restored);
  device_open (&f->device);
  g_assert_true (sl_id_equal (&restored.replica, sl_oplog_get_replica (f->device.log)));
  g_assert_false (sl_id_equal (&restored.replica, &was));
  g_assert_cmpint (own_free (f, &f->device), ==, 0);
  assert_verified (&f->device);
}

/* The power goes while a copy becomes a device of its own: the identity is new, the database still the old device's. */
static void
test_backup_of_unfinished_copy (Fixture *f, gconstpointer data)
{
  Device copy = { .temporary = sl_temp_dir_new () };
  g_autoptr (GError) error = NULL;
  SlRestoreResult restored = { 0 };
  SlImportResult result = { 0 };
  copy.dir = copy.temporary->path;
  sl_fake_world_init (&copy.world, f->device.world.now_ms, 77);
  device_close (&f->device);
  copy_database (f->device.dir, copy.dir);
  copy_file (f->device.dir, copy.dir, "identity");
  copy_file (f->device.dir, copy.dir, "mark");
  device_open (&f->device);
  device_open (&copy);
  g_assert_true (sl_oplog_begin (copy.log, &sl_actor_owner, &error));
  sl_oplog_rollback (copy.log);
  device_close (&copy);
  device_open (&copy);
  g_autofree char *file = device_path (&copy, "copy.backup");
  g_autofree char *log = device_path (&copy, "copy.log");
  g_assert_true (sl_oplog_backup (copy.log, file, &error));
  g_assert_no_error (error);
  device_close (&copy);
  g_assert_true (sl_oplog_restore (copy.dir, &copy.world.base, file, NULL, &restored, &error));
  g_assert_no_error (error);
  sl_restore_result_clear (&restored);
  device_open (&copy);
  device_export (&copy, log); /* with the keys, which only a device that can open them passes on */
  device_import (&f->device, log, &result);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
  sl_import_result_clear (&result);
  device_give (&f->device, &copy);
  assert_same_state (&copy, &f->device);
  assert_verified (&copy);
  device_clear (&copy);
}

static void
test_recovery_phrase (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (f->device.log, &sl_actor_owner, &error));
  g_autofree char *phrase = sl_oplog_new_recovery_phrase (f->device.log, &error);
  g_assert_true (sl_oplog_commit (f->device.log, &error));
  g_autofree char *file = device_path (&f->device, "fire.backup");
  g_autoptr (SlTempDir) bare = sl_temp_dir_new ();
  SlRestoreResult restored = { 0 };
  g_assert_true (sl_oplog_backup (f->device.log, file, &error));
  g_assert_false (sl_oplog_restore (bare->path, &f->device.world.base, file, NULL, &restored, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (sl_oplog_restore (bare->path, &f->device.world.base, file, "AAAA-BBBB-CCCC", &restored, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_autofree char *low = g_ascii_strdown (phrase, -1);
  g_assert_true (sl_oplog_restore (bare->path, &f->device.world.base, file, low, &restored, &error));
  g_assert_no_error (error);
  sl_restore_result_clear (&restored);
}

static void
test_changed_backup (Fixture *f, gconstpointer data)
{
  g_autofree char *file = device_path (&f->device, "b");
  g_autofree char *text = NULL;
  gsize length;
  SlHash before, after;
  g_assert_true (sl_oplog_backup (f->device.log, file, NULL));
  g_assert_true (g_file_get_contents (file, &text, &length, NULL));
  device_hash (&f->device, &before);
  const gsize places[] = { 0, 12, 40, length / 2, length - 1 };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;
      SlRestoreResult restored = { 0 };
      text[places[i]] ^= 1;
      g_assert_true (g_file_set_contents (file, text, (gssize) length, NULL));
      text[places[i]] ^= 1;
      g_assert_false (sl_oplog_restore (f->device.dir, &f->device.world.base, file, NULL, &restored, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  g_assert_true (g_file_set_contents (file, text, (gssize) length / 2, NULL)); /* cut short */
  g_autoptr (GError) error = NULL;
  SlRestoreResult restored = { 0 };
  g_assert_false (sl_oplog_restore (f->device.dir, &f->device.world.base, file, NULL, &restored, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  device_hash (&f->device, &after);
  g_assert_true (sl_hash_equal (&before, &after));
}

/* Rows changed behind the program's back. */
static void
test_verify_notices (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  gboolean named = FALSE;
  g_assert_cmpint (
      sqlite3_exec (sl_store_get_db (f->device.store), "UPDATE session SET capacity = 4", NULL, NULL, NULL), ==,
      SQLITE_OK);
  g_assert_true (sl_oplog_verify (f->device.log, &result, &error));
  for (guint i = 0; i < result.problems->len; i++)
    named |= strstr (result.problems->pdata[i], "table session") != NULL;
  g_assert_true (named);
}

static void
test_verify_notices_log (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_cmpint (sqlite3_exec (sl_store_get_db (f->device.store),
                                 "UPDATE local_op SET bytes = x'00' WHERE pos = (SELECT max (pos) FROM local_op)", NULL,
                                 NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (sl_oplog_verify (f->device.log, &result, &error));
  g_assert_cmpuint (result.problems->len, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sl/identity/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("goes-on-after-a-restart", test_goes_on);
  ADD ("a-mark-that-is-behind-is-a-crash", test_mark_behind);
  ADD ("a-mark-that-was-lost-is-made-good-at-once", test_mark_is_made_good);
  ADD ("an-old-database-becomes-a-new-device", test_old_database);
  ADD ("an-old-database-put-back-twice-becomes-two", test_put_back_twice);
  ADD ("a-copied-directory-becomes-a-new-device", test_copied_directory);
  ADD ("a-backup-goes-on-as-a-new-device", test_backup);
  ADD ("a-backup-of-a-copy-that-a-power-cut-left-half-done-goes-on", test_backup_of_unfinished_copy);
  ADD ("the-recovery-phrase-opens-a-backup-elsewhere", test_recovery_phrase);
  ADD ("a-changed-backup-touches-nothing", test_changed_backup);
  ADD ("verify-notices-a-changed-row", test_verify_notices);
  ADD ("verify-notices-a-changed-operation", test_verify_notices_log);
  return g_test_run ();
}
