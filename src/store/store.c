/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* For every connection. FULL, since NORMAL acknowledges what is not on the disk; no memory map, since an I/O error in
 * one is a signal; the rest distrusts the file. */
#define CONNECTION_PRAGMAS                                                                                             \
  "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; "         \
  "PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -" G_STRINGIFY (SL_STORE_CACHE_KIB) ";"

static SlStore *
store_new (const char *dir, const SlStoreKind *kind, gboolean read_only)
{
  SlStore *self = g_new0 (SlStore, 1);
  self->dir = g_canonicalize_filename (dir, NULL); /* the process may change its directory */
  self->path = g_build_filename (self->dir, kind->file, NULL);
  self->application_id = kind->application_id;
  self->read_only = read_only;
  self->statements = sl_store_statements_new ();
  self->places = g_new0 (SlStatementPlace, SL_STORE_PLACES);
  return self;
}

/* An empty file that only its owner can read: SQLite gives its companions the same mode. */
static gboolean
create_file (SlStore *self, GError **error)
{
  int fd = open (self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) /* another process was quicker */
    return TRUE;
  if (fd < 0)
    {
      sl_store_set_errno_error (error, errno, "creating", self->path);
      return FALSE;
    }
  close (fd);
  return sl_store_sync_path (self->dir, error);
}

/* Finds the file or makes it, before SQLite would with a mode and errors of its own. */
static gboolean
find_file (SlStore *self, SlStoreFlags flags, GError **error)
{
  struct stat info;
  if (stat (self->path, &info) != 0)
    {
      if (errno == ENOENT && flags & SL_STORE_CREATE && !self->read_only)
        return create_file (self, error);
      sl_store_set_errno_error (error, errno, "opening", self->path);
      return FALSE;
    }
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "%s is not a file", self->path);
      return FALSE;
    }
  if (info.st_mode & 077 && !self->read_only)
    (void) chmod (self->path, 0600); /* copied here by hand; where it is not ours to change, opening it will tell */
  return TRUE;
}

static gboolean
set_flag (SlStore *self, int flag, int on)
{
  int now = -1;
  return sqlite3_db_config (self->db, flag, on, &now) == SQLITE_OK && now == on;
}

static void
disconnect (SlStore *self)
{
  sl_store_forget_statements (self);
  int rc = sqlite3_close (self->db);
  g_assert (rc == SQLITE_OK); /* BUSY: somebody's statement is still open */
  self->db = NULL;
}

/* Opens the file. With immutable SQLite takes it that nobody changes it, and needs none of its companions. */
static gboolean
connect_file (SlStore *self, gboolean immutable, GError **error)
{
  g_autofree char *uri = immutable ? g_filename_to_uri (self->path, NULL, NULL) : NULL;
  g_autofree char *immutable_uri = uri != NULL ? g_strconcat (uri, "?immutable=1", NULL) : NULL;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (immutable ? SQLITE_OPEN_URI : 0)
              | (self->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  int rc = sqlite3_open_v2 (immutable ? immutable_uri : self->path, &self->db, flags, NULL);
  if (self->db == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "opening %s: %s", self->path, sqlite3_errstr (rc));
      return FALSE;
    }
  if (rc == SQLITE_OK)
    {
      sqlite3_busy_timeout (self->db, SL_STORE_BUSY_TIMEOUT_MS);
      sqlite3_wal_autocheckpoint (self->db, 0);
      gboolean guarded
          = set_flag (self, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1) && set_flag (self, SQLITE_DBCONFIG_DEFENSIVE, 1)
            && set_flag (self, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0) && set_flag (self, SQLITE_DBCONFIG_DQS_DML, 0)
            && set_flag (self, SQLITE_DBCONFIG_DQS_DDL, 0) && set_flag (self, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
      g_assert (guarded); /* a SQLite without these is not the one that this was built for */
      rc = sqlite3_exec (self->db, CONNECTION_PRAGMAS, NULL, NULL, NULL);
    }
  if (rc == SQLITE_OK)
    return TRUE;
  sl_store_set_sqlite_error (self, error, self->path);
  disconnect (self);
  return FALSE;
}

/* What the file says that it is, from one state of it: another process may be making it. A file of zero length, or one
 * whose maker died before its first commit, is empty. */
static gboolean
identify (SlStore *self, guint n_steps, gboolean *out_empty, guint *out_version, GError **error)
{
  gint64 application, version, objects;
  if (!sl_store_begin_read (self, error))
    return FALSE;
  gboolean read = sl_store_query_int (self, 0, &application, error, "PRAGMA application_id", "")
                  && sl_store_query_int (self, 0, &version, error, "PRAGMA user_version", "")
                  && sl_store_query_int (self, 0, &objects, error, "SELECT count(*) FROM sqlite_schema", "");
  sl_store_end_read (self);
  if (!read)
    return FALSE;
  *out_empty = application == 0 && version == 0 && objects == 0;
  *out_version = (guint) version;
  if (!*out_empty && (application != self->application_id || version < 1))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "%s is a database, but not one of this program", self->path);
      return FALSE;
    }
  if (version > n_steps)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "%s has version %u, this release knows up to %u", self->path,
                   (guint) version, n_steps);
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_no_studio (SlStore *self, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_NO_STUDIO, "%s is empty", self->path);
  return FALSE;
}

/* Runs a pragma that answers with the journal mode. */
static gboolean
is_wal (SlStore *self, const char *pragma, gboolean *out_is_wal, GError **error)
{
  sqlite3_stmt *prepared = NULL;
  int rc = sqlite3_prepare_v2 (self->db, pragma, -1, &prepared, NULL);
  g_autoptr (sqlite3_stmt) stmt = prepared;
  if (rc != SQLITE_OK || sqlite3_step (stmt) != SQLITE_ROW)
    {
      sl_store_set_sqlite_error (self, error, pragma);
      return FALSE;
    }
  *out_is_wal = g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "wal") == 0;
  return TRUE;
}

/* The journal mode is a property of the file, but one that a copy made by VACUUM INTO has lost. */
static gboolean
ensure_wal (SlStore *self, GError **error)
{
  gboolean wal;
  if (!is_wal (self, "PRAGMA journal_mode", &wal, error))
    return FALSE;
  if (wal)
    return TRUE;
  if (!sl_store_lock_acquire (self->lock, SL_STORE_LOCK_WAIT_MS, error))
    return FALSE;
  gboolean asked = is_wal (self, "PRAGMA journal_mode = WAL", &wal, error);
  sl_store_lock_release (self->lock);
  if (asked && !wal)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s cannot have a write-ahead log here", self->path);
  return asked && wal;
}

static gboolean
open_writable (SlStore *self, SlStoreFlags flags, const SlMigration *steps, guint n_steps, GError **error)
{
  g_autofree char *lock_path = g_build_filename (self->dir, SL_STORE_LOCK_FILE, NULL);
  gboolean empty;
  guint version;
  self->lock = sl_store_lock_new (lock_path, error);
  if (self->lock == NULL || !connect_file (self, FALSE, error))
    return FALSE;
  if (sqlite3_db_readonly (self->db, "main") != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "%s cannot be written", self->path);
      return FALSE;
    }
  if (!identify (self, n_steps, &empty, &version, error))
    return FALSE;
  if (empty && !(flags & SL_STORE_CREATE))
    return set_no_studio (self, error);
  if (!ensure_wal (self, error) || (version < n_steps && !sl_store_migrate (self, steps, n_steps, error)))
    return FALSE;
  sl_store_make_reserve (self);
  return TRUE;
}

/* A WAL database wants to write its -shm file even for reading. Where it cannot, it still reads the WAL by itself if
 * the files are there. Where there is no WAL content (a backup, a read-only medium), and only there, the file is taken
 * as one that nobody changes; with content it would be an old state. */
static gboolean
open_read_only (SlStore *self, guint n_steps, gboolean *out_empty, guint *out_version, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (connect_file (self, FALSE, &failure) && identify (self, n_steps, out_empty, out_version, &failure))
    return TRUE;
  gboolean companions_fail = failure->code == SL_ERROR_READ_ONLY || failure->code == SL_ERROR_STORAGE;
  if (!companions_fail || g_access (self->dir, W_OK) == 0)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (sl_store_wal_bytes (self) > 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY,
                   "the latest changes cannot be read in a directory that cannot be written: %s", failure->message);
      return FALSE;
    }
  if (self->db != NULL)
    disconnect (self);
  return connect_file (self, TRUE, error) && identify (self, n_steps, out_empty, out_version, error);
}

/* An older file is brought up to date by a writable store first: queries know only one schema. */
static gboolean
upgrade_first (const char *dir, const SlStoreKind *kind, GError **error)
{
  g_autoptr (SlStore) writable = sl_store_open_kind (dir, SL_STORE_OPEN, kind, error);
  if (writable == NULL)
    g_prefix_error (error, "the database must be upgraded first: ");
  return writable != NULL;
}

/**
 * sl_store_open_with:
 * @dir: a data directory
 * @flags: how
 * @steps: (array length=n_steps): the schema steps, for version 1 and up
 * @n_steps: their number, which is the version of this release
 * @error: return location
 *
 * sl_store_open() with other schema steps than the program's, for tests.
 *
 * Returns: (transfer full) (nullable): the store
 */
SlStore *
sl_store_open_with (const char *dir, SlStoreFlags flags, const SlMigration *steps, guint n_steps, GError **error)
{
  SlStoreKind kind = { SL_STORE_FILE, SL_STORE_APPLICATION_ID, steps, n_steps };
  return sl_store_open_kind (dir, flags, &kind, error);
}

/**
 * sl_store_open_kind:
 * @dir: a data directory
 * @flags: how
 * @kind: which database in it; copied
 * @error: return location
 *
 * sl_store_open() of any kind of database.
 *
 * Returns: (transfer full) (nullable): the store
 */
SlStore *
sl_store_open_kind (const char *dir, SlStoreFlags flags, const SlStoreKind *kind, GError **error)
{
  g_autoptr (SlStore) self = store_new (dir, kind, (flags & SL_STORE_READ_ONLY) != 0);
  if (!find_file (self, flags, error))
    return NULL;
  if (!self->read_only)
    return open_writable (self, flags, kind->steps, kind->n_steps, error) ? g_steal_pointer (&self) : NULL;

  gboolean empty;
  guint version;
  if (!open_read_only (self, kind->n_steps, &empty, &version, error))
    return NULL;
  if (empty)
    return set_no_studio (self, error), NULL;
  if (version == kind->n_steps)
    return g_steal_pointer (&self);
  g_clear_pointer (&self, sl_store_close);
  return upgrade_first (dir, kind, error) ? sl_store_open_kind (dir, flags, kind, error) : NULL;
}

/**
 * sl_store_open_schema:
 * @dir: a directory
 * @flags: whether it may be made, whether it is only read
 * @schema: which database in it; not needed afterwards
 * @error: return location
 *
 * sl_store_open() for a database that is not a studio's, under the same rules: one writer lock over all processes,
 * durable commits, schema steps.
 *
 * Returns: (transfer full) (nullable): the store; failures as sl_store_open()
 */
SlStore *
sl_store_open_schema (const char *dir, SlStoreFlags flags, const SlStoreSchema *schema, GError **error)
{
  g_return_val_if_fail (dir != NULL && schema != NULL, NULL);

  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) steps = sl_store_migrations_in (schema->resource, schema->path, keep);
  SlStoreKind kind
      = { schema->file, schema->application_id, (const SlMigration *) (void *) steps->data, steps->len };
  return sl_store_open_kind (dir, flags, &kind, error);
}

/**
 * sl_store_open:
 * @dir: a data directory
 * @flags: whether it may be made, whether it is only read
 * @error: return location
 *
 * Opens the data directory's database, the only way to it. A writable store makes what is missing of the schema, in one
 * transaction under the writer lock, and the reserve where there is room for it. New files are for their owner alone
 * (0600). May be called on any thread, which the store then belongs to. Every program can have any number of stores
 * open.
 *
 * Returns: (transfer full) (nullable): the store, or %NULL with %SL_ERROR_NO_STUDIO (no directory, no file, or an empty
 *   one without %SL_STORE_CREATE), %SL_ERROR_READ_ONLY (not with %SL_STORE_READ_ONLY, but for an older file, or a
 *   read-only medium with a WAL that cannot be read without writing), %SL_ERROR_CORRUPT (damaged, or a database of
 *   something else: untouched then), %SL_ERROR_TOO_NEW, %SL_ERROR_DISK_FULL, %SL_ERROR_BUSY, %SL_ERROR_STORAGE
 */
SlStore *
sl_store_open (const char *dir, SlStoreFlags flags, GError **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) steps = sl_store_known_migrations (keep);
  return sl_store_open_with (dir, flags, (const SlMigration *) (void *) steps->data, steps->len, error);
}

/**
 * sl_store_close:
 * @store: (nullable) (transfer full): a store without open rows; what was not committed is rolled back
 *
 * No checkpoint happens here. Commits of a relaxed transaction that no durable one followed may be lost in a power cut.
 */
void
sl_store_close (SlStore *store)
{
  if (store == NULL)
    return;
  g_assert (store->open_rows == 0);
  if (store->db != NULL)
    {
      sl_store_rollback (store);
      disconnect (store);
    }
  g_clear_pointer (&store->lock, sl_store_lock_free);
  g_hash_table_unref (store->statements);
  g_free (store->places);
  g_clear_error (&store->poison);
  g_clear_error (&store->lost);
  g_free (store->path);
  g_free (store->dir);
  g_free (store);
}

/**
 * sl_store_exists:
 * @dir: a data directory
 *
 * Returns: whether it holds a database that is not empty; whether it can be opened is another question
 */
gboolean
sl_store_exists (const char *dir)
{
  g_return_val_if_fail (dir != NULL, FALSE);

  g_autofree char *path = g_build_filename (dir, SL_STORE_FILE, NULL);
  struct stat info;
  return stat (path, &info) == 0 && S_ISREG (info.st_mode) && info.st_size > 0;
}

/**
 * sl_store_get_db:
 * @store: a store
 *
 * For hooks that SQLite offers on a connection (update hooks, functions), never to run statements.
 *
 * Returns: (transfer none): the connection
 */
sqlite3 *
sl_store_get_db (SlStore *store)
{
  return store->db;
}

/**
 * sl_store_get_dir:
 * @store: a store
 *
 * Returns: (transfer none): the data directory's absolute path
 */
const char *
sl_store_get_dir (SlStore *store)
{
  return store->dir;
}
