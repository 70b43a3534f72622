/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store-fixture"

#include "store-fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static const SlMigration steps[]
    = { { "001-note.sql", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT;" } };

SlStore *
fixture_open (SlTempDir *dir, SlStoreFlags flags)
{
  g_autoptr (GError) error = NULL;
  SlStore *store = sl_store_open_with (dir->path, flags, steps, G_N_ELEMENTS (steps), &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

SlStore *
fixture_create (SlTempDir *dir)
{
  return fixture_open (dir, SL_STORE_CREATE);
}

void
fixture_add (SlStore *store, gint64 id, const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean added = sl_store_exec (store, &error, "INSERT INTO note (id, text) VALUES (?1, ?2)", "it", id, text);
  g_assert_no_error (error);
  g_assert_true (added);
}

void
fixture_commit (SlStore *store, gint64 id)
{
  g_autoptr (GError) error = NULL;
  gboolean begun = sl_store_begin (store, &error);
  g_assert_no_error (error);
  g_assert_true (begun);
  fixture_add (store, id, "durable");
  gboolean committed = sl_store_commit (store, &error);
  g_assert_no_error (error);
  g_assert_true (committed);
}

gint64
fixture_int (SlStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;
  gboolean answered = sl_store_query_int (store, -1, &value, &error, sql, "");
  g_assert_no_error (error);
  g_assert_true (answered);
  return value;
}

gint64
fixture_count (SlStore *store)
{
  return fixture_int (store, "SELECT count(*) FROM note");
}

static void
give_away (const char *path, mode_t mode)
{
  g_assert_cmpint (chmod (path, mode), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
}

void
fixture_chown_all (SlTempDir *dir, mode_t dir_mode, mode_t file_mode)
{
  g_autoptr (GDir) names = g_dir_open (dir->path, 0, NULL);
  for (const char *name = g_dir_read_name (names); name != NULL; name = g_dir_read_name (names))
    {
      g_autofree char *path = sl_temp_dir_file (dir, name);
      give_away (path, file_mode);
    }
  give_away (dir->path, dir_mode);
}

char *
fixture_helper_path (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL); /* the helper is built beside the tests */
  g_autofree char *dir = g_path_get_dirname (program);
  return g_build_filename (dir, "store-helper", NULL);
}

char *
fixture_run_helper (const char * const *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (argv, fixture_helper_path ());
  for (; *args != NULL; args++)
    g_ptr_array_add (argv, g_strdup (*args));
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) helper
      = g_subprocess_newv ((const char * const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  char *output = NULL;
  g_subprocess_communicate_utf8 (helper, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (helper));
  return g_strchomp (output);
}
