/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <errno.h>

/**
 * sl_store_code_of_errno:
 * @system_errno: what a system call of the store failed with
 *
 * Returns: the failure that callers can act on
 */
SlErrorCode
sl_store_code_of_errno (int system_errno)
{
  switch (system_errno)
    {
    case ENOSPC:
    case EDQUOT:
      return SL_ERROR_DISK_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
      return SL_ERROR_READ_ONLY;
    case ENOENT:
    case ENOTDIR:
      return SL_ERROR_NO_STUDIO;
    default:
      return SL_ERROR_STORAGE;
    }
}

static gboolean
is_sync_failure (int extended_code)
{
  return extended_code == SQLITE_IOERR_FSYNC || extended_code == SQLITE_IOERR_DIR_FSYNC;
}

/**
 * sl_store_code_of_sqlite:
 * @extended_code: an extended result code of SQLite, not a success
 * @system_errno: sqlite3_system_errno() where the code is of the kind that has one
 *
 * The one place where SQLite's codes become ours. A sync that failed is a %SL_ERROR_STORAGE whatever its errno: what is
 * on the disk is not known then. A statement that does not fit the schema, or breaks a constraint, means that the file
 * is not what this program made of it: the statements are constants of the program and tried by its tests.
 *
 * Returns: the failure that callers can act on
 */
SlErrorCode
sl_store_code_of_sqlite (int extended_code, int system_errno)
{
  if (is_sync_failure (extended_code))
    return SL_ERROR_STORAGE;
  if (extended_code == SQLITE_IOERR_CORRUPTFS || extended_code == SQLITE_IOERR_DATA)
    return SL_ERROR_CORRUPT;
  if (extended_code == SQLITE_READONLY_DBMOVED)
    return SL_ERROR_STORAGE;
  switch (extended_code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
      return SL_ERROR_CORRUPT;
    case SQLITE_FULL:
      return SL_ERROR_DISK_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return SL_ERROR_READ_ONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return SL_ERROR_BUSY;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      {
        SlErrorCode code = sl_store_code_of_errno (system_errno);
        return code == SL_ERROR_NO_STUDIO ? SL_ERROR_STORAGE : code;
      }
    default:
      return SL_ERROR_STORAGE;
    }
}

/* The errno behind the connection's last error. SQLite notes it for errors within a statement, but not within COMMIT;
 * there the files know it. Only the full disk matters so much. */
static int
find_errno (sqlite3 *db)
{
  sqlite3_file *log = NULL;
  int in_log = 0, in_file = 0;
  if (sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL
      && log->pMethods != NULL)
    (void) log->pMethods->xFileControl (log, SQLITE_FCNTL_LAST_ERRNO, &in_log);
  (void) sqlite3_file_control (db, "main", SQLITE_FCNTL_LAST_ERRNO, &in_file);
  if (in_log == ENOSPC || in_log == EDQUOT)
    return in_log;
  if (in_file == ENOSPC || in_file == EDQUOT)
    return in_file;
  return sqlite3_system_errno (db);
}

/**
 * sl_store_set_errno_error:
 * @error: return location
 * @system_errno: what a system call failed with
 * @doing: "opening"
 * @path: on what
 */
void
sl_store_set_errno_error (GError **error, int system_errno, const char *doing, const char *path)
{
  g_set_error (error, SL_ERROR, sl_store_code_of_errno (system_errno), "%s %s: %s", doing, path,
               g_strerror (system_errno));
}

/**
 * sl_store_set_sqlite_error:
 * @store: a store whose last call into SQLite failed
 * @error: return location
 * @doing: what was tried, for the message
 *
 * Tells the connection's last error and draws the consequences: a failed sync ends the use of this store, a full disk
 * gives the reserve free, and a transaction that SQLite has rolled back by itself cannot be gone on with.
 */
void
sl_store_set_sqlite_error (SlStore *store, GError **error, const char *doing)
{
  int code = sqlite3_extended_errcode (store->db);
  int system_errno = (code & 0xff) == SQLITE_IOERR ? find_errno (store->db) : sqlite3_system_errno (store->db);
  g_autoptr (GError) failure = g_error_new (SL_ERROR, (int) sl_store_code_of_sqlite (code, system_errno), "%s: %s (%d)",
                                            doing, sqlite3_errmsg (store->db), code);
  if (is_sync_failure (code) && store->poison == NULL)
    store->poison = g_error_copy (failure);
  if (failure->code == SL_ERROR_DISK_FULL && !store->read_only)
    sl_store_release_reserve (store);
  if (store->writing && sqlite3_get_autocommit (store->db) && store->lost == NULL)
    store->lost = g_error_copy (failure);
  g_propagate_error (error, g_steal_pointer (&failure));
}

/**
 * sl_store_check:
 * @store: a store
 * @error: return location
 *
 * Stands before whatever reads or writes.
 *
 * Returns: %FALSE with %SL_ERROR_STORAGE after a failed sync, and with the reason of the roll-back where SQLite has
 *   already rolled the open transaction back (else the next statement would be a transaction of its own, without the
 *   writer lock)
 */
gboolean
sl_store_check (SlStore *store, GError **error)
{
  if (store->poison != NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "the disk failed before, this program must be started again: %s",
                   store->poison->message);
      return FALSE;
    }
  if (store->lost != NULL)
    {
      g_propagate_error (error, g_error_copy (store->lost));
      return FALSE;
    }
  return TRUE;
}
