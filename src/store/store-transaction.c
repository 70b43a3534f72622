/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

/* SQLite asks for the level outside of transactions and acts on it when the pragma is prepared. */
static gboolean
set_relaxed (SlStore *self, gboolean relaxed, GError **error)
{
  if (self->relaxed == relaxed)
    return TRUE;
  if (!sl_store_run (self, relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", error))
    return FALSE;
  self->relaxed = relaxed;
  return TRUE;
}

/* The transaction is over, one way or the other: back to durable commits, and the next writer's turn. */
static void
leave (SlStore *self)
{
  g_autoptr (GError) failure = NULL;
  self->writing = FALSE;
  g_clear_error (&self->lost);
  if (!set_relaxed (self, FALSE, &failure) && self->poison == NULL)
    self->poison = g_steal_pointer (&failure); /* it would go on to acknowledge what is not on the disk */
  sl_store_lock_release (self->lock);
}

static void
roll_back (SlStore *self)
{
  g_autoptr (GError) failure = NULL;
  if (sqlite3_get_autocommit (self->db)) /* SQLite did it already, on a full disk for one */
    return;
  if (!sl_store_run (self, "ROLLBACK", &failure) && self->poison == NULL)
    self->poison = g_steal_pointer (&failure); /* still inside the transaction: nothing can follow */
}

static gboolean
begin (SlStore *self, gboolean relaxed, GError **error)
{
  g_assert (!self->writing && self->read_depth == 0);
  g_assert (self->open_rows == 0); /* a write transaction cannot start on an old snapshot */
  if (!sl_store_check (self, error))
    return FALSE;
  if (self->read_only)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "%s was opened for reading", self->path);
      return FALSE;
    }
  if (!sl_store_lock_acquire (self->lock, SL_STORE_LOCK_WAIT_MS, error))
    return FALSE;
  if (set_relaxed (self, relaxed, error) && sl_store_run (self, "BEGIN IMMEDIATE", error))
    {
      self->writing = TRUE;
      return TRUE;
    }
  leave (self);
  return FALSE;
}

/**
 * sl_store_begin:
 * @store: a store, not in a transaction and without open rows
 * @error: return location
 *
 * Takes the writer lock, queueing for it up to %SL_STORE_LOCK_WAIT_MS, and begins a write transaction (BEGIN
 * IMMEDIATE). Blocks the thread. Everything from here to sl_store_commit() happens or does not.
 *
 * Returns: %FALSE with %SL_ERROR_BUSY, %SL_ERROR_READ_ONLY, %SL_ERROR_DISK_FULL or another failure; no transaction is
 *   open then
 */
gboolean
sl_store_begin (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  return begin (store, FALSE, error);
}

/**
 * sl_store_begin_relaxed:
 * @store: a store, not in a transaction and without open rows
 * @error: return location
 *
 * As sl_store_begin(), but its commit does not sync, and the after-commit hook is not called: a power cut may take it
 * back, the order of commits stays. The first commit after a checkpoint syncs the WAL's new header even so.
 *
 * Returns: as sl_store_begin()
 */
gboolean
sl_store_begin_relaxed (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  return begin (store, TRUE, error);
}

/**
 * sl_store_commit:
 * @store: a store in a write transaction
 * @error: return location
 *
 * Commits and returns after the sync: what it says is done is on the disk. Then the after-commit hook runs, and only
 * then is the writer lock let go. No transaction is open afterwards, whatever is returned.
 *
 * Returns: %FALSE when nothing was written (%SL_ERROR_DISK_FULL and others); when the sync failed (%SL_ERROR_STORAGE),
 *   where it may or may not be on the disk and the process must end; or with the hook's error, where the commit stands
 */
gboolean
sl_store_commit (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);
  g_assert (store->writing);

  if (!sl_store_check (store, error) || !sl_store_run (store, "COMMIT", error))
    {
      roll_back (store);
      leave (store);
      return FALSE;
    }
  gboolean noted = store->relaxed || store->after_commit == NULL
                   || store->after_commit (store, store->after_commit_data, error);
  leave (store);
  return noted;
}

/**
 * sl_store_rollback:
 * @store: a store
 *
 * Takes back what the open write transaction did and lets the writer lock go. Without a transaction it does nothing.
 */
void
sl_store_rollback (SlStore *store)
{
  g_return_if_fail (store != NULL);

  if (store->writing)
    {
      roll_back (store);
      leave (store);
    }
}

/**
 * sl_store_in_transaction:
 * @store: a store
 *
 * Returns: whether a write transaction is open
 */
gboolean
sl_store_in_transaction (SlStore *store)
{
  g_return_val_if_fail (store != NULL, FALSE);
  return store->writing;
}

/**
 * sl_store_is_awaited:
 * @store: a store
 *
 * For long work in many transactions: whether to end this one early. Who queues gets the lock before whoever held it
 * last can ask again.
 *
 * Returns: whether a write transaction is open here and another writer queues for its end
 */
gboolean
sl_store_is_awaited (SlStore *store)
{
  g_return_val_if_fail (store != NULL, FALSE);
  return store->writing && sl_store_lock_is_awaited (store->lock);
}

/**
 * sl_store_set_after_commit:
 * @store: a store
 * @func: (nullable) (scope notified): called after each durable commit, still under the writer lock; may query, not
 *   write
 * @user_data: for @func; must live as long as the store, or until another is set
 */
void
sl_store_set_after_commit (SlStore *store, SlStoreCommitFunc func, gpointer user_data)
{
  g_return_if_fail (store != NULL);
  store->after_commit = func;
  store->after_commit_data = user_data;
}

/**
 * sl_store_begin_read:
 * @store: a store
 * @error: return location
 *
 * Until sl_store_end_read() every query sees one and the same state, whatever others commit. Never waits for writers.
 * Calls nest; within a write transaction the state is the transaction's own.
 *
 * Returns: %FALSE on failure; sl_store_end_read() must not be called then
 */
gboolean
sl_store_begin_read (SlStore *store, GError **error)
{
  g_return_val_if_fail (store != NULL, FALSE);

  if (!sl_store_check (store, error))
    return FALSE;
  if (!store->writing && store->read_depth == 0)
    {
      gint64 version;
      /* BEGIN alone takes no snapshot yet; the first read does. */
      if (!sl_store_run (store, "BEGIN", error))
        return FALSE;
      if (!sl_store_query_int (store, 0, &version, error, "PRAGMA user_version", ""))
        {
          roll_back (store);
          return FALSE;
        }
    }
  store->read_depth++;
  return TRUE;
}

/**
 * sl_store_end_read:
 * @store: a store on which sl_store_begin_read() succeeded
 *
 * Ends the snapshot that the matching sl_store_begin_read() began.
 */
void
sl_store_end_read (SlStore *store)
{
  g_return_if_fail (store != NULL);
  g_assert (store->read_depth > 0);

  store->read_depth--;
  if (store->read_depth == 0 && !store->writing)
    roll_back (store);
}
