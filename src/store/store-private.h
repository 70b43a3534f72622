/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include "core/error.h"

/* Within src/store and its tests only. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* The writer lock (store-lock.c). */
typedef struct _SlStoreLock SlStoreLock;
SlStoreLock *sl_store_lock_new (const char *path, GError **error);
void sl_store_lock_free (SlStoreLock *lock);
gboolean sl_store_lock_acquire (SlStoreLock *lock, gint64 wait_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_store_lock_release (SlStoreLock *lock);
gboolean sl_store_lock_is_awaited (SlStoreLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStoreLock, sl_store_lock_free)

/* Writers queue at the writer lock, not here. This is for what else may hold SQLite's own locks for a moment: another
 * process's recovery of the log after a crash, and an operator's sqlite3 shell. */
#define SL_STORE_BUSY_TIMEOUT_MS 2000

#define SL_STORE_PLACES 1024 /* a power of two, some times the statements of the program */
typedef struct { const char *at; gpointer statement; } SlStatementPlace;

struct _SlStore
{
  char *dir, *path;
  guint32 application_id;
  gboolean read_only;
  sqlite3 *db;
  SlStoreLock *lock;         /* NULL when read_only */
  gboolean writing, relaxed; /* in a write transaction, one without a sync of its own */
  guint read_depth;          /* sl_store_begin_read() without its end yet */
  guint open_rows;
  GHashTable *statements;    /* owned SQL text → owned Statement, see store-rows.c */
  SlStatementPlace *places;  /* where a text lies → its Statement: finds it without hashing the text */
  GError *poison;            /* a sync failed: nothing works any more */
  GError *lost;              /* why SQLite itself rolled the open transaction back */
  SlStoreCommitFunc after_commit;
  gpointer after_commit_data;
};

/* Failures (store-error.c). */
SlErrorCode sl_store_code_of_sqlite (int extended_code, int system_errno);
SlErrorCode sl_store_code_of_errno (int system_errno);
void sl_store_set_errno_error (GError **error, int system_errno, const char *doing, const char *path);
/* the connection's last error; judges it */
void sl_store_set_sqlite_error (SlStore *store, GError **error, const char *doing);
gboolean sl_store_check (SlStore *store, GError **error);

/* Parts of opening (store-migrate.c). */
typedef struct { const char *name, *sql; } SlMigration; /* the step to version 1, 2, 3 … */
typedef struct {
  const char *file;
  guint32 application_id;
  const SlMigration *steps;
  guint n_steps; /* which is the version of this release */
} SlStoreKind;
SlStore *sl_store_open_kind (const char *dir, SlStoreFlags flags, const SlStoreKind *kind,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlStore *sl_store_open_with (const char *dir, SlStoreFlags flags, const SlMigration *steps, guint n_steps,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_store_migrate (SlStore *store, const SlMigration *steps, guint n_steps,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *sl_store_known_migrations (GPtrArray *keep); /* SlMigration; keep holds what they point to */
GArray *sl_store_migrations_in (GResource *resource, const char *path, GPtrArray *keep);

GHashTable *sl_store_statements_new (void);
void sl_store_forget_statements (SlStore *store);
/* uncached, unguarded */
gboolean sl_store_run (SlStore *store, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The reserve and the like (store-maintain.c). */
gboolean sl_store_sync_path (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_store_make_reserve (SlStore *store);
void sl_store_release_reserve (SlStore *store);
