/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-raw-sqlite"

#include "raw-sqlite.h"

#include <sqlite3.h>
#include <string.h>

#define ID_BYTES 16

struct _SlRawSqlite {
  sqlite3 *db;
  sqlite3_stmt *begin, *commit;
  GPtrArray *inserts, *updates;   /* (element-type sqlite3_stmt) */
  guint8 *row;
  gsize row_bytes;
  gint64 next;
  GRand *chance;
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

/* A log that grows at its end, as the first; every other insert goes into a table of its own by a random id. */
static void
add_insert (SlRawSqlite *raw, guint number)
{
  g_autofree char *make = number == 0
    ? g_strdup ("CREATE TABLE log (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    : g_strdup_printf ("CREATE TABLE fact_%u (id BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID", number);
  g_autofree char *insert = number == 0 ? g_strdup ("INSERT INTO log (id, body) VALUES (?1, ?2)")
                                        : g_strdup_printf ("INSERT INTO fact_%u (id, body) VALUES (?1, ?2)", number);

  must (raw->db, sqlite3_exec (raw->db, make, NULL, NULL, NULL));
  g_ptr_array_add (raw->inserts, prepare (raw->db, insert));
}

/* A table of one row that is written over. */
static void
add_update (SlRawSqlite *raw, guint number)
{
  g_autofree char *make = g_strdup_printf ("CREATE TABLE state_%u (id INTEGER PRIMARY KEY, body BLOB) STRICT;"
                                           "INSERT INTO state_%u (id) VALUES (1)", number, number);
  g_autofree char *update = g_strdup_printf ("UPDATE state_%u SET body = ?2 WHERE id = 1", number);

  must (raw->db, sqlite3_exec (raw->db, make, NULL, NULL, NULL));
  g_ptr_array_add (raw->updates, prepare (raw->db, update));
}

/**
 * sl_raw_sqlite_open:
 * @dir: where its file goes: the same disk as ours
 * @inserts: rows that each commit adds, at least one
 * @updates: rows that each commit writes over
 * @row_bytes: size of each
 *
 * The settings are those of our store, for both commit with one sync each: WAL, synchronous FULL, no checkpoint by
 * itself. Each row lies in a table of its own, as in any application that knows what it is about.
 *
 * Returns: (transfer full): the peer
 */
SlRawSqlite *
sl_raw_sqlite_open (const char *dir, guint inserts, guint updates, gsize row_bytes)
{
  SlRawSqlite *raw = g_new0 (SlRawSqlite, 1);
  g_autofree char *path = g_build_filename (dir, "raw.db", NULL);

  must (NULL, sqlite3_open_v2 (path, &raw->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
  must (raw->db, sqlite3_exec (raw->db,
                               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA mmap_size = 0;",
                               NULL, NULL, NULL));
  raw->inserts = g_ptr_array_new_with_free_func ((GDestroyNotify) sqlite3_finalize);
  raw->updates = g_ptr_array_new_with_free_func ((GDestroyNotify) sqlite3_finalize);
  for (guint i = 0; i < inserts; i++)
    add_insert (raw, i);
  for (guint i = 0; i < updates; i++)
    add_update (raw, i);
  raw->begin = prepare (raw->db, "BEGIN IMMEDIATE");
  raw->commit = prepare (raw->db, "COMMIT");
  raw->row_bytes = row_bytes;
  raw->row = g_malloc (row_bytes);
  memset (raw->row, 0x5a, row_bytes);
  raw->chance = g_rand_new_with_seed (1);
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
  sqlite3_finalize (raw->commit);
  g_ptr_array_unref (raw->inserts);
  g_ptr_array_unref (raw->updates);
  sqlite3_close (raw->db);
  g_rand_free (raw->chance);
  g_free (raw->row);
  g_free (raw);
}

static void
insert (SlRawSqlite *raw, guint number)
{
  sqlite3_stmt *statement = g_ptr_array_index (raw->inserts, number);
  guint32 id[ID_BYTES / sizeof (guint32)];

  for (guint i = 0; i < G_N_ELEMENTS (id); i++)
    id[i] = g_rand_int (raw->chance);
  if (number == 0)
    must (raw->db, sqlite3_bind_int64 (statement, 1, ++raw->next));
  else
    must (raw->db, sqlite3_bind_blob (statement, 1, id, sizeof id, SQLITE_TRANSIENT));
  must (raw->db, sqlite3_bind_blob64 (statement, 2, raw->row, raw->row_bytes, SQLITE_STATIC));
  step (raw->db, statement);
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
  for (guint i = 0; i < raw->inserts->len; i++)
    insert (raw, i);
  for (guint i = 0; i < raw->updates->len; i++)
    {
      sqlite3_stmt *statement = g_ptr_array_index (raw->updates, i);

      raw->row[0]++;   /* what does not change is not written */
      must (raw->db, sqlite3_bind_blob64 (statement, 2, raw->row, raw->row_bytes, SQLITE_STATIC));
      step (raw->db, statement);
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
