/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The reserve is made again only where the disk has room for work beside it; else it would take back at once the very
 * space that it was given up for. */
#define RESERVE_ROOM_BYTES (G_GUINT64_CONSTANT (4) * SL_STORE_RESERVE_BYTES)
#define PROBLEMS_MAX 100 /* a list for people; a damaged file could give millions */

static char *
reserve_path (SlStore *self)
{
  return g_build_filename (self->dir, SL_STORE_RESERVE_FILE, NULL);
}

static gboolean
has_room (const char *dir)
{
  struct statvfs info;
  return statvfs (dir, &info) == 0 && (guint64) info.f_bavail * info.f_frsize >= RESERVE_ROOM_BYTES;
}

/**
 * sl_store_make_reserve:
 * @store: a writable store
 *
 * Makes the reserve file, with its blocks, where there is none and the disk has room. That it cannot is no failure:
 * work goes on.
 */
void
sl_store_make_reserve (SlStore *store)
{
  g_autofree char *path = reserve_path (store);
  struct stat info;
  if ((stat (path, &info) == 0 && info.st_size >= SL_STORE_RESERVE_BYTES) || !has_room (store->dir))
    return;
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return;
  if (posix_fallocate (fd, 0, SL_STORE_RESERVE_BYTES) != 0)
    (void) g_unlink (path);
  close (fd);
}

/**
 * sl_store_release_reserve:
 * @store: a writable store that found the disk full
 *
 * Gives the reserve's blocks back, so that the next attempts, and whoever makes room, can work.
 */
void
sl_store_release_reserve (SlStore *store)
{
  g_autofree char *path = reserve_path (store);
  (void) g_unlink (path); /* not there: given up before */
}

/**
 * sl_store_data_version:
 * @store: a store
 *
 * Returns: a number that is another one than before when another connection has committed in between; -1 on failure
 */
gint64
sl_store_data_version (SlStore *store)
{
  gint64 version;
  g_return_val_if_fail (store != NULL, -1);
  return sl_store_query_int (store, -1, &version, NULL, "PRAGMA data_version", "") ? version : -1;
}

/**
 * sl_store_wal_bytes:
 * @store: a store
 *
 * Returns: the length of the write-ahead log's file; 0 where there is none
 */
gint64
sl_store_wal_bytes (SlStore *store)
{
  g_return_val_if_fail (store != NULL, 0);

  g_autofree char *path = g_strconcat (store->path, "-wal", NULL);
  struct stat info;
  return stat (path, &info) == 0 ? (gint64) info.st_size : 0;
}

/**
 * sl_store_checkpoint:
 * @store: a writable store, not in a transaction and without open rows
 * @error: return location
 *
 * Moves the log into the database under the writer lock, and empties the log's file where no reader still needs it.
 * Neither waits for readers nor makes them wait: what they still need stays for the next time, and that is no failure.
 * Blocks the thread.
 *
 * Returns: %FALSE with %SL_ERROR_BUSY when the writer lock did not come, %SL_ERROR_DISK_FULL, %SL_ERROR_STORAGE …; no
 *   commit is lost in any case
 */
gboolean
sl_store_checkpoint (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_assert (!store->writing && store->read_depth == 0 && store->open_rows == 0);

  if (!sl_store_check (store, error))
    return FALSE;
  if (store->read_only)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "%s was opened for reading", store->path);
      return FALSE;
    }
  if (!sl_store_lock_acquire (store->lock, SL_STORE_LOCK_WAIT_MS, error))
    return FALSE;
  /* Without a busy handler it does what readers allow and says BUSY about the rest. */
  sqlite3_busy_timeout (store->db, 0);
  int rc = sqlite3_wal_checkpoint_v2 (store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  sqlite3_busy_timeout (store->db, SL_STORE_BUSY_TIMEOUT_MS);
  gboolean done = rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY;
  if (!done)
    sl_store_set_sqlite_error (store, error, "moving the log into the database");
  sl_store_lock_release (store->lock);
  if (done)
    sl_store_make_reserve (store);
  return done;
}

/**
 * sl_store_checkpoint_if_large:
 * @store: a writable store, not in a transaction and without open rows
 * @error: return location
 *
 * For a program on its way out: sl_store_checkpoint() where the log is longer than %SL_STORE_CHECKPOINT_BYTES.
 *
 * Returns: as sl_store_checkpoint(); %TRUE when there was nothing to do
 */
gboolean
sl_store_checkpoint_if_large (SlStore *store, GError **error)
{
  return sl_store_wal_bytes (store) <= SL_STORE_CHECKPOINT_BYTES || sl_store_checkpoint (store, error);
}

/**
 * sl_store_set_bulk:
 * @store: a store
 * @bulk: whether a great part of the database is about to be written
 *
 * Ids are hashes: rows go to all places of an index, and what the cache does not hold is read and written for each.
 * Inside a transaction or not; memory is taken as it is needed and given back afterwards. Where it fails, the work only
 * takes longer.
 */
void
sl_store_set_bulk (SlStore *store, gboolean bulk)
{
  g_autoptr (GError) failure = NULL;
  if (!sl_store_exec (store, &failure,
                      bulk ? "PRAGMA cache_size = -" G_STRINGIFY (SL_STORE_BULK_CACHE_KIB)
                           : "PRAGMA cache_size = -" G_STRINGIFY (SL_STORE_CACHE_KIB),
                      ""))
    g_debug ("the cache stays as it is: %s", failure->message);
}

/**
 * sl_store_vacuum:
 * @store: a writable store, not in a transaction and without open rows
 * @error: return location
 *
 * Writes the database anew without the space of what was deleted, under the writer lock, and then empties the log as
 * far as readers allow. Needs as much free disk as the database takes. Blocks the thread and every writer: seconds for
 * a large database.
 *
 * Returns: %FALSE on failure; nothing is lost
 */
gboolean
sl_store_vacuum (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_assert (!store->writing && store->read_depth == 0 && store->open_rows == 0);

  if (!sl_store_check (store, error))
    return FALSE;
  if (!sl_store_lock_acquire (store->lock, SL_STORE_LOCK_WAIT_MS, error))
    return FALSE;
  gboolean done = sl_store_run (store, "VACUUM", error);
  sl_store_lock_release (store->lock);
  return done && sl_store_checkpoint (store, error);
}

/**
 * sl_store_sync_path:
 * @path: a file or directory
 * @error: return location
 *
 * Returns: %FALSE when what was written to it, or the names in it, may not be on the disk
 */
gboolean
sl_store_sync_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  int failure = fd < 0 || fsync (fd) != 0 ? errno : 0;
  if (fd >= 0)
    close (fd);
  if (failure != 0)
    sl_store_set_errno_error (error, failure, "syncing", path);
  return failure == 0;
}

/* Its failures are the target's, which may be on another disk: they neither free the reserve nor condemn the store. */
static gboolean
vacuum_into (SlStore *self, const char *file, GError **error)
{
  sqlite3_stmt *prepared = NULL;
  int rc = sqlite3_prepare_v2 (self->db, "VACUUM INTO ?1", -1, &prepared, NULL);
  g_autoptr (sqlite3_stmt) stmt = prepared;
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text (stmt, 1, file, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (stmt);
  if (rc == SQLITE_DONE)
    return TRUE;
  g_set_error (error, SL_ERROR, (int) sl_store_code_of_sqlite (rc, sqlite3_system_errno (self->db)),
               "copying into %s: %s", file, sqlite3_errmsg (self->db));
  return FALSE;
}

/**
 * sl_store_backup_to:
 * @store: a store, not in a transaction and without open rows
 * @file: the copy; must not exist
 * @error: return location
 *
 * Writes a compact copy of one state of the database (VACUUM INTO), for its owner alone, and syncs it and its
 * directory. Writers go on meanwhile. Blocks the thread: seconds for a large database.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT when @file exists, else with the failure; @file is not there then
 */
gboolean
sl_store_backup_to (SlStore *store, const char *file, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_return_val_if_fail (file != NULL, FALSE);
  g_assert (!store->writing && store->read_depth == 0 && store->open_rows == 0);

  if (!sl_store_check (store, error))
    return FALSE;
  int fd = open (file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* SQLite takes an empty file as none */
  if (fd < 0 && errno == EEXIST)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s exists already", file);
      return FALSE;
    }
  if (fd < 0)
    {
      sl_store_set_errno_error (error, errno, "creating", file);
      return FALSE;
    }
  close (fd);
  g_autofree char *dir = g_path_get_dirname (file);
  if (vacuum_into (store, file, error) && sl_store_sync_path (file, error) && sl_store_sync_path (dir, error))
    return TRUE;
  (void) g_unlink (file); /* half a copy is worse than none */
  return FALSE;
}

/* The lines of PRAGMA quick_check or integrity_check, without their "ok". NULL with error when they did not all
 * come. */
static GPtrArray *
check_lines (SlStore *self, const char *pragma, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlRows) rows = sl_store_query (self, pragma, "");
  while (sl_rows_next (rows))
    {
      g_autofree char *line = g_utf8_make_valid (sl_rows_text (rows, 0), -1);
      if (!g_str_equal (line, "ok"))
        g_ptr_array_add (lines, g_steal_pointer (&line));
    }
  if (!sl_rows_finish (rows, &failure))
    {
      if (!g_error_matches (failure, SL_ERROR, SL_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_ptr_array_add (lines, g_strdup (failure->message)); /* too damaged even for the check: that is an answer */
    }
  return g_steal_pointer (&lines);
}

/**
 * sl_store_quick_check:
 * @store: a store
 * @error: return location
 *
 * Looks whether every page and row can be read and has its form; not whether indexes agree with their tables. For the
 * start of a program.
 *
 * Returns: %FALSE with %SL_ERROR_CORRUPT and the first problem, or the failure that kept it from looking
 */
gboolean
sl_store_quick_check (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);

  g_autoptr (GPtrArray) lines = check_lines (store, "PRAGMA quick_check (1)", error);
  if (lines == NULL)
    return FALSE;
  if (lines->len == 0)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "%s is damaged: %s", store->path, (const char *) lines->pdata[0]);
  return FALSE;
}

/**
 * sl_store_integrity_problems:
 * @store: a store
 * @error: return location
 *
 * The whole check, indexes too (PRAGMA integrity_check). Blocks the thread: it reads everything.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): up to 100 problems, none when the file is sound; %NULL with
 *   the failure that kept it from looking
 */
GPtrArray *
sl_store_integrity_problems (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, NULL);

  g_autofree char *pragma = g_strdup_printf ("PRAGMA integrity_check (%d)", PROBLEMS_MAX);
  return check_lines (store, pragma, error);
}
