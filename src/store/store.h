/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "core/id.h"

/* The SQLite file of a data directory: the only code that opens it, begins a write transaction or checkpoints it. A
 * store belongs to the thread that uses it; open one per thread. Files: DIR/studioloop.db (with -wal, -shm),
 * DIR/store.lock (the writer lock), DIR/reserve (freed when the disk is full). After a failed sync every call fails
 * with SL_ERROR_STORAGE: the process must end, because what the kernel has dropped cannot be written again. */
#define SL_STORE_FILE "studioloop.db"
#define SL_STORE_LOCK_FILE "store.lock"
#define SL_STORE_RESERVE_FILE "reserve"
#define SL_STORE_RESERVE_BYTES (4 * 1024 * 1024)
#define SL_STORE_APPLICATION_ID 0x534c4644          /* "SLFD" */
#define SL_STORE_CHECKPOINT_BYTES (4 * 1024 * 1024) /* a WAL longer than this is worth a checkpoint */
#define SL_STORE_LOCK_WAIT_MS 15000
#define SL_STORE_CACHE_KIB 32768 /* pages of one connection: a batch of operations touches more than SQLite's 2 MB */

typedef struct _SlStore SlStore;

typedef enum {
  SL_STORE_OPEN = 0,
  SL_STORE_CREATE = 1 << 0,    /* make the file where there is none (the directory must exist) */
  SL_STORE_READ_ONLY = 1 << 1, /* queries only; works on a directory that cannot be written */
} SlStoreFlags;

SlStore *sl_store_open (const char *dir, SlStoreFlags flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A database of another program with rules of the same kind (a hub's log): another file, mark and schema. */
typedef struct {
  const char *file;            /* its name in the directory */
  guint32 application_id;
  GResource *resource;         /* holds the schema's steps … */
  const char *path;            /* … as PATH/NNN-name.sql, from 001 without a gap; ends in a slash */
} SlStoreSchema;
SlStore *sl_store_open_schema (const char *dir, SlStoreFlags flags, const SlStoreSchema *schema,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_store_close (SlStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStore, sl_store_close)
gboolean sl_store_exists (const char *dir);
sqlite3 *sl_store_get_db (SlStore *store);          /* for the rooms' hooks only */
const char *sl_store_get_dir (SlStore *store);

/* Write transactions: one at a time over all processes, by the writer lock. Commit returns after the sync. */
gboolean sl_store_begin (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_store_commit (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_store_rollback (SlStore *store);            /* also fine when nothing is open */
gboolean sl_store_in_transaction (SlStore *store);
gboolean sl_store_is_awaited (SlStore *store);       /* in a transaction: another writer queues for its end */
/* Called after a commit is on disk and before the writer lock is let go. FALSE with error makes the commit report that
 * failure. */
typedef gboolean (*SlStoreCommitFunc) (SlStore *store, gpointer user_data, GError **error);
void sl_store_set_after_commit (SlStore *store, SlStoreCommitFunc func, gpointer user_data);
/* A transaction without a sync of its own (refusal notes): its commit comes to the disk with the next durable one or a
 * checkpoint. SQLite fixes this at the beginning, so it is a kind of begin; sl_store_commit() ends it, without the
 * hook. */
gboolean sl_store_begin_relaxed (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A read snapshot over several queries. Never waits for writers. Nests; within a write transaction it is part of
 * that. */
gboolean sl_store_begin_read (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_store_end_read (SlStore *store);

gboolean sl_store_exec_script (SlStore *store, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Runs one statement, prepared once per text. types has a letter per parameter: i gint64 · t const char* (NULL: null) ·
 * d const SlId* (NULL or none: null) · b const void*, gsize (NULL: null) · g GBytes* (NULL: null) · n null. */
gboolean sl_store_exec (SlStore *store, GError **error, const char *sql, const char *types,
                        ...) G_GNUC_WARN_UNUSED_RESULT;
/* The same with the parameters in an array, for statements whose columns are chosen while running. */
typedef struct {
  char type;                  /* i t d g n, as above */
  union { gint64 integer; const char *text; const SlId *id; GBytes *bytes; };
} SlValue;
gboolean sl_store_exec_values (SlStore *store, GError **error, const char *sql, const SlValue *values,
                               guint n_values) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_store_changes (SlStore *store);           /* rows the last exec touched */

/* Rows of a query. A failure ends the rows and is told by sl_rows_finish():
 *   g_autoptr (SlRows) rows = sl_store_query (store, "SELECT …", "d", &id);
 *   while (sl_rows_next (rows)) …
 *   if (!sl_rows_finish (rows, error)) return FALSE; */
typedef struct _SlRows SlRows;
SlRows *sl_store_query (SlStore *store, const char *sql, const char *types, ...);
gboolean sl_rows_next (SlRows *rows);
gboolean sl_rows_finish (SlRows *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_rows_free (SlRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRows, sl_rows_free)
gint64 sl_rows_int (SlRows *rows, int column);      /* null gives 0 */
gboolean sl_rows_is_null (SlRows *rows, int column);
const char *sl_rows_text (SlRows *rows, int column);          /* (nullable), until the next row */
char *sl_rows_dup_text (SlRows *rows, int column);            /* (nullable) (transfer full) */
const void *sl_rows_blob (SlRows *rows, int column, gsize *out_length); /* (nullable), until the next row */
GBytes *sl_rows_dup_blob (SlRows *rows, int column);          /* (nullable) (transfer full) */
void sl_rows_id (SlRows *rows, int column, SlId *out);        /* null gives sl_id_none */
/* One integer of one row, fallback where there is none. */
gboolean sl_store_query_int (SlStore *store, gint64 fallback, gint64 *out, GError **error, const char *sql,
                             const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;

gint64 sl_store_data_version (SlStore *store);      /* changes when another connection has committed; -1 on failure */
#define SL_STORE_BULK_CACHE_KIB 262144 /* while a whole studio is read in: tables of a million operations */
void sl_store_set_bulk (SlStore *store, gboolean bulk);
gint64 sl_store_wal_bytes (SlStore *store);
/* under the writer lock; everything that readers allow */
gboolean sl_store_checkpoint (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_store_checkpoint_if_large (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* gives the space of deleted rows back, under the writer lock */
gboolean sl_store_vacuum (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* VACUUM INTO, synced; file must not exist */
gboolean sl_store_backup_to (SlStore *store, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_store_quick_check (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type utf8) (transfer full): empty when sound */
GPtrArray *sl_store_integrity_problems (SlStore *store, GError **error);
