/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-state-sum"
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "oplog/oplog-private.h"

#include <string.h>

/* The hash of the merged state: the sum, modulo 2^256, of one BLAKE2b-256 per row of every replicated table. A sum can
 * be kept up row by row whatever the order. SQLite's preupdate hook sees every row that any statement touches, so no
 * write can be forgotten. */

#define LOCAL_PREFIX "local_"

static gboolean
is_replicated (const char *table)
{
  return !g_str_has_prefix (table, LOCAL_PREFIX) && !g_str_has_prefix (table, "sqlite_");
}

static void
sum_add (SlStateSum *sum, const SlHash *hash)
{
  unsigned __int128 carry = 0;
  for (guint i = 0; i < 4; i++)
    {
      guint64 limb;
      memcpy (&limb, hash->bytes + 8 * i, 8);
      carry += (unsigned __int128) sum->limbs[i] + GUINT64_FROM_LE (limb);
      sum->limbs[i] = (guint64) carry;
      carry >>= 64;
    }
}

static void
sum_subtract (SlStateSum *sum, const SlHash *hash)
{
  guint64 borrow = 0;
  for (guint i = 0; i < 4; i++)
    {
      guint64 limb;
      memcpy (&limb, hash->bytes + 8 * i, 8);
      limb = GUINT64_FROM_LE (limb);
      guint64 before = sum->limbs[i];
      guint64 once = before - limb;
      sum->limbs[i] = once - borrow;
      borrow = (before < limb) | (once < borrow);
    }
}

/* A row's bytes are gathered and hashed in few large steps: most rows are some 200 bytes in a dozen values. */
typedef struct {
  SlHasher hasher;
  gsize used;
  guint8 bytes[512];
} RowHasher;

static void
row_flush (RowHasher *row)
{
  sl_hasher_add (&row->hasher, row->bytes, row->used);
  row->used = 0;
}

static void
row_add (RowHasher *row, const void *data, gsize length)
{
  if (length > sizeof row->bytes - row->used)
    row_flush (row);
  if (length > sizeof row->bytes)
    {
      sl_hasher_add (&row->hasher, data, length);
      return;
    }
  memcpy (row->bytes + row->used, data, length);
  row->used += length;
}

static void
row_add_u64 (RowHasher *row, guint64 value)
{
  guint64 big = GUINT64_TO_BE (value);
  row_add (row, &big, sizeof big);
}

/* A value with its type: an integer 1 and a text "1" are not the same row. */
static void
hash_value (RowHasher *row, sqlite3_value *value)
{
  guint8 type = (guint8) sqlite3_value_type (value);
  row_add (row, &type, 1);
  if (type == SQLITE_INTEGER)
    row_add_u64 (row, (guint64) sqlite3_value_int64 (value));
  else if (type != SQLITE_NULL)
    {
      const void *data = sqlite3_value_blob (value);
      gsize length = (gsize) sqlite3_value_bytes (value);
      row_add_u64 (row, length);
      row_add (row, data != NULL ? data : "", length);
    }
}

static void
begin_row (RowHasher *row, const char *table)
{
  gsize length = strlen (table);
  sl_hasher_init (&row->hasher, "studioloop row v1");
  row->used = 0;
  row_add_u64 (row, length);
  row_add (row, table, length);
}

static void
finish_row (RowHasher *row, SlHash *out)
{
  row_flush (row);
  sl_hasher_finish (&row->hasher, out);
}

typedef int (*ValueFunc) (sqlite3 *db, int column, sqlite3_value **out);

static void
hash_hook_row (sqlite3 *db, const char *table, ValueFunc get, SlHash *out)
{
  RowHasher hasher;
  int columns = sqlite3_preupdate_count (db);
  begin_row (&hasher, table);
  for (int i = 0; i < columns; i++)
    {
      sqlite3_value *value = NULL;
      int rc = get (db, i, &value);
      g_assert (rc == SQLITE_OK && value != NULL);
      hash_value (&hasher, value);
    }
  finish_row (&hasher, out);
}

static void
on_preupdate (void *data, sqlite3 *db, int operation, const char *schema, const char *table, sqlite3_int64 old_rowid,
              sqlite3_int64 new_rowid)
{
  SlOplog *log = data;
  SlHash hash;
  if (!is_replicated (table))
    return;
  if (operation != SQLITE_INSERT)
    {
      hash_hook_row (db, table, sqlite3_preupdate_old, &hash);
      sum_subtract (&log->sum, &hash);
    }
  if (operation != SQLITE_DELETE)
    {
      hash_hook_row (db, table, sqlite3_preupdate_new, &hash);
      sum_add (&log->sum, &hash);
    }
  log->sum_dirty = TRUE;
}

/* sl_state_sum_attach: from now on every row written on this connection is counted. */
void
sl_state_sum_attach (SlOplog *log)
{
  (void) sqlite3_preupdate_hook (sl_store_get_db (log->store), on_preupdate, log);
}

/* sl_state_sum_detach: before the log goes away. */
void
sl_state_sum_detach (SlOplog *log)
{
  (void) sqlite3_preupdate_hook (sl_store_get_db (log->store), NULL, NULL);
}

/* sl_state_sum_load: the sum as of the last commit. */
gboolean
sl_state_sum_load (SlOplog *log, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT state_sum FROM local_chain WHERE ix = 1", "");
  gsize length = 0;
  const void *value = sl_rows_next (rows) ? sl_rows_blob (rows, 0, &length) : NULL;
  memset (&log->sum, 0, sizeof log->sum);
  if (value != NULL && length == sizeof log->sum)
    memcpy (&log->sum, value, sizeof log->sum);
  log->sum_dirty = FALSE;
  return sl_rows_finish (rows, error);
}

/* sl_state_sum_store: with the rows that it counts, in their transaction. */
gboolean
sl_state_sum_store (SlOplog *log, GError **error)
{
  if (!log->sum_dirty)
    return TRUE;
  log->sum_dirty = FALSE;
  return sl_store_exec (log->store, error, "UPDATE local_chain SET state_sum = ? WHERE ix = 1", "b", &log->sum,
                        (gsize) sizeof log->sum);
}

/* sl_replicated_tables: names, sorted. */
GPtrArray *
sl_replicated_tables (SlStore *store, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SlRows) rows =
      sl_store_query (store, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", "");
  while (sl_rows_next (rows))
    if (is_replicated (sl_rows_text (rows, 0)))
      g_ptr_array_add (tables, sl_rows_dup_text (rows, 0));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&tables) : NULL;
}

/* sl_state_sum_add_row: the row that stmt stands on, all columns of table. */
void
sl_state_sum_add_row (SlStateSum *sum, const char *table, sqlite3_stmt *stmt)
{
  RowHasher hasher;
  SlHash hash;
  begin_row (&hasher, table);
  for (int i = 0; i < sqlite3_column_count (stmt); i++)
    hash_value (&hasher, sqlite3_column_value (stmt, i));
  finish_row (&hasher, &hash);
  sum_add (sum, &hash);
}

static gboolean
scan_table (SlStore *store, const char *table, SlStateSum *sum, GError **error)
{
  sqlite3 *db = sl_store_get_db (store);
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\"", table);
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);
  while (rc == SQLITE_OK || rc == SQLITE_ROW)
    {
      rc = sqlite3_step (stmt);
      if (rc != SQLITE_ROW)
        break;
      sl_state_sum_add_row (sum, table, stmt);
    }
  if (rc != SQLITE_DONE)
    g_set_error (error, SL_ERROR, rc == SQLITE_CORRUPT ? SL_ERROR_CORRUPT : SL_ERROR_STORAGE, "reading %s: %s", table,
                 sqlite3_errmsg (db));
  (void) sqlite3_finalize (stmt);
  return rc == SQLITE_DONE;
}

/* sl_state_sum_scan: computed from the rows as they lie there; only_table (nullable) for one table alone. */
gboolean
sl_state_sum_scan (SlStore *store, const char *only_table, SlStateSum *out, GError **error)
{
  g_autoptr (GPtrArray) tables = sl_replicated_tables (store, error);
  memset (out, 0, sizeof *out);
  if (tables == NULL)
    return FALSE;
  for (guint i = 0; i < tables->len; i++)
    if ((only_table == NULL || g_str_equal (only_table, tables->pdata[i]))
        && !scan_table (store, tables->pdata[i], out, error))
      return FALSE;
  return TRUE;
}

/* sl_state_sum_to_hash: the bytes that people compare. */
void
sl_state_sum_to_hash (const SlStateSum *sum, SlHash *out)
{
  for (guint i = 0; i < 4; i++)
    {
      guint64 limb = GUINT64_TO_BE (sum->limbs[3 - i]);
      memcpy (out->bytes + 8 * i, &limb, 8);
    }
}

/* sl_state_sum_equal: the same rows. */
gboolean
sl_state_sum_equal (const SlStateSum *a, const SlStateSum *b)
{
  return memcmp (a->limbs, b->limbs, sizeof a->limbs) == 0;
}

/**
 * sl_oplog_state_hash:
 * @log: a log
 * @out: (out): the same where the same operations are applied
 * @error: return location
 *
 * Scans every replicated row.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_state_hash (SlOplog *log, SlHash *out, GError **error)
{
  SlStateSum sum;
  if (!sl_state_sum_scan (log->store, NULL, &sum, error))
    return FALSE;
  sl_state_sum_to_hash (&sum, out);
  return TRUE;
}
