/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another process for the tests of the store:
 *   store-helper fill DIR FIRST COUNT    commits COUNT notes from id FIRST on, a checkpoint after every 7th
 *   store-helper read DIR                the number of notes, read as somebody who is not root
 *   store-helper write DIR               opens for writing as somebody who is not root: "ok" or the error's code
 *   store-helper lock FILE MS            queues for a lock: "taken" or the error's code
 *   store-helper hold DIR                begins a transaction, says "held", waits for its input to end */
#include "store/store-private.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOBODY 65534

static const SlMigration steps[]
    = { { "001-note.sql", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT;" } };

static SlStore *
open_store (const char *dir, SlStoreFlags flags, GError **error)
{
  return sl_store_open_with (dir, flags, steps, G_N_ELEMENTS (steps), error);
}

static int
say_error (const GError *error)
{
  g_printerr ("%s\n", error->message);
  g_print ("%d\n", error->code);
  return 0;
}

static gboolean
fill (const char *dir, gint64 first, gint64 count, GError **error)
{
  g_autoptr (SlStore) store = open_store (dir, SL_STORE_OPEN, error);
  if (store == NULL)
    return FALSE;
  for (gint64 i = 0; i < count; i++)
    {
      if (!sl_store_begin (store, error)
          || !sl_store_exec (store, error, "INSERT INTO note (id, text) VALUES (?1, ?2)", "it", first + i, "filled")
          || !sl_store_commit (store, error))
        return FALSE;
      if (i % 7 == 6 && !sl_store_checkpoint (store, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
become_nobody (void)
{
  return geteuid () != 0 || (setgroups (0, NULL) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0
                             && setresuid (NOBODY, NOBODY, NOBODY) == 0);
}

static int
read_notes (const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlStore) store = open_store (dir, SL_STORE_READ_ONLY, &error);
  gint64 count;
  if (store == NULL || !sl_store_query_int (store, -1, &count, &error, "SELECT count(*) FROM note", ""))
    return say_error (error);
  g_print ("%d notes", (int) count);
  if (sl_store_begin (store, &error) || !g_error_matches (error, SL_ERROR, SL_ERROR_READ_ONLY))
    return EXIT_FAILURE;
  g_print (", read only\n");
  return EXIT_SUCCESS;
}

static int
write_note (const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlStore) store = open_store (dir, SL_STORE_OPEN, &error);
  if (store == NULL)
    return say_error (error);
  g_print ("ok\n");
  return EXIT_SUCCESS;
}

static int
take_lock (const char *path, gint64 wait_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlStoreLock) lock = sl_store_lock_new (path, &error);
  if (lock == NULL || !sl_store_lock_acquire (lock, wait_ms, &error))
    return say_error (error);
  g_print ("taken\n");
  return EXIT_SUCCESS;
}

static int
hold (const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlStore) store = open_store (dir, SL_STORE_OPEN, &error);
  if (store == NULL || !sl_store_begin (store, &error))
    return say_error (error);
  g_print ("held\n");
  fflush (stdout);
  while (getchar () != EOF)
    continue;
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *command = argc > 2 ? argv[1] : "";
  if (g_str_equal (command, "fill") && argc == 5)
    {
      if (fill (argv[2], g_ascii_strtoll (argv[3], NULL, 10), g_ascii_strtoll (argv[4], NULL, 10), &error))
        return EXIT_SUCCESS;
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  if (g_str_equal (command, "lock") && argc == 4)
    return take_lock (argv[2], g_ascii_strtoll (argv[3], NULL, 10));
  if (g_str_equal (command, "hold"))
    return hold (argv[2]);
  if (!become_nobody ())
    return EXIT_FAILURE;
  if (g_str_equal (command, "read"))
    return read_notes (argv[2]);
  if (g_str_equal (command, "write"))
    return write_note (argv[2]);
  return EXIT_FAILURE;
}
