/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-raw-sqlite"

#include "raw-sqlite.h"

#include <sqlite3.h>
#include <string.h>

struct _SlRawSqlite {
  sqlite3 *db;
  sqlite3_stmt *begin, *insert, *commit;
  guint rows;
  guint8 *row;
  gsize row_bytes;
  gint64 next;
};

/* A bench has nobody to tell: what fails ends it. */
static void
must (sqlite3 *db, int rc)
{
  if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW)
    g_error ("raw SQLite: %s", sqlite3_errmsg (db));
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  must (db, sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static void
step (sqlite3 *db, sqlite3_stmt *statement)
{
  must (db, sqlite3_step (statement));
  must (db, sqlite3_reset (statement));
}

/**
 * sl_raw_sqlite_open:
 * @dir: where its file goes: the same disk as ours
 * @rows: rows that each commit writes
 * @row_bytes: size of each
 *
 * The settings are those of our store, for both commit with one sync each: WAL, synchronous FULL, no checkpoint by
 * itself. Rows are appended in the order of an integer key, which is SQLite's fastest way.
 *
 * Returns: (transfer full): the peer
 */
SlRawSqlite *
sl_raw_sqlite_open (const char *dir, guint rows, gsize row_bytes)
{
  SlRawSqlite *raw = g_new0 (SlRawSqlite, 1);
  g_autofree char *path = g_build_filename (dir, "raw.db", NULL);

  must (NULL, sqlite3_open_v2 (path, &raw->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
  must (raw->db, sqlite3_exec (raw->db,
                               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA mmap_size = 0;"
                               "CREATE TABLE fact (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
                               NULL, NULL, NULL));
  raw->begin = prepare (raw->db, "BEGIN IMMEDIATE");
  raw->insert = prepare (raw->db, "INSERT INTO fact (id, body) VALUES (?1, ?2)");
  raw->commit = prepare (raw->db, "COMMIT");
  raw->rows = rows;
  raw->row_bytes = row_bytes;
  raw->row = g_malloc (row_bytes);
  memset (raw->row, 0x5a, row_bytes);
  return raw;
}

/**
 * sl_raw_sqlite_close:
 * @raw: (nullable) (transfer full): the peer
 */
void
sl_raw_sqlite_close (SlRawSqlite *raw)
{
  if (raw == NULL)
    return;
  sqlite3_finalize (raw->begin);
  sqlite3_finalize (raw->insert);
  sqlite3_finalize (raw->commit);
  sqlite3_close (raw->db);
  g_free (raw->row);
  g_free (raw);
}

/**
 * sl_raw_sqlite_commit:
 * @raw: the peer
 *
 * Writes the rows in one transaction, which is on disk when this returns.
 *
 * Returns: how long it took, in microseconds
 */
gint64
sl_raw_sqlite_commit (SlRawSqlite *raw)
{
  gint64 started_us = g_get_monotonic_time ();

  step (raw->db, raw->begin);
  for (guint i = 0; i < raw->rows; i++)
    {
      must (raw->db, sqlite3_bind_int64 (raw->insert, 1, ++raw->next));
      must (raw->db, sqlite3_bind_blob64 (raw->insert, 2, raw->row, raw->row_bytes, SQLITE_STATIC));
      step (raw->db, raw->insert);
    }
  step (raw->db, raw->commit);
  return g_get_monotonic_time () - started_us;
}

/**
 * sl_raw_sqlite_checkpoint:
 * @raw: the peer
 *
 * Folds its log into its file, as our store does when nobody waits.
 */
void
sl_raw_sqlite_checkpoint (SlRawSqlite *raw)
{
  must (raw->db, sqlite3_wal_checkpoint_v2 (raw->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}
