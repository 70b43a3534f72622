/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-plain-merge"

#include "plain-merge.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define ID_BYTES 16
#define LOG_BYTES 64 /* an operation of ours, on average */
#define START_MS G_GINT64_CONSTANT (1772409600000)

/* The columns that ours has and fills, by a random id each; no other index, no clocks, no signature, no hash. */
static const char schema[] =
    "CREATE TABLE log (pos INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE member (id BLOB PRIMARY KEY, hlc INTEGER, status TEXT, language TEXT, marketing INTEGER) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE session (id BLOB PRIMARY KEY, hlc INTEGER, start_ms INTEGER, end_ms INTEGER, notes TEXT) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE claim (id BLOB PRIMARY KEY, session_id BLOB, member_id BLOB, creator BLOB, type INTEGER, spots "
    "INTEGER, hlc INTEGER, actor BLOB, price_cents INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE TABLE checkin (id BLOB PRIMARY KEY, booking_id BLOB, at_ms INTEGER, hlc INTEGER, replica BLOB, actor BLOB) "
    "STRICT, WITHOUT ROWID";

typedef struct {
  sqlite3 *db;
  sqlite3_stmt *log, *member, *session, *claim, *checkin;
  GRand *chance;
  gint64 pos;
} Plain;

/* A bench has nobody to tell: what fails ends it. */
static void
must (sqlite3 *db, int rc)
{
  if (rc != SQLITE_OK && rc != SQLITE_DONE)
    g_error ("plain SQLite: %s", sqlite3_errmsg (db));
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  must (db, sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
  return stmt;
}

static void
run (Plain *plain, const char *sql)
{
  must (plain->db, sqlite3_exec (plain->db, sql, NULL, NULL, NULL));
}

static void
plain_open (Plain *plain, const char *dir, gint64 cache_kib)
{
  g_autofree char *path = g_build_filename (dir, "plain.db", NULL);
  g_autofree char *pragmas = g_strdup_printf ("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = "
                                              "0; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -%" G_GINT64_FORMAT,
                                              cache_kib);
  must (NULL, sqlite3_open_v2 (path, &plain->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
  run (plain, pragmas);
  run (plain, schema);
  plain->chance = g_rand_new_with_seed (7);
  plain->log = prepare (plain->db, "INSERT INTO log VALUES (?, ?)");
  plain->member = prepare (plain->db, "INSERT INTO member VALUES (?, ?, 'active', 'en', 1)");
  plain->session = prepare (plain->db, "INSERT INTO session VALUES (?, ?, ?, ?, 'bring a mat')");
  plain->claim = prepare (plain->db, "INSERT INTO claim VALUES (?, ?, ?, ?, 2, 1, ?, NULL, NULL)");
  plain->checkin = prepare (plain->db, "INSERT INTO checkin VALUES (?, ?, ?, ?, ?, NULL)");
}

static void
plain_close (Plain *plain, const char *dir)
{
  sqlite3_stmt *all[] = { plain->log, plain->member, plain->session, plain->claim, plain->checkin };
  const char *const names[] = { "plain.db", "plain.db-wal", "plain.db-shm" };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    sqlite3_finalize (all[i]);
  sqlite3_close (plain->db);
  g_rand_free (plain->chance);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (dir, names[i], NULL);
      (void) g_unlink (path);
    }
}

static void
step (Plain *plain, sqlite3_stmt *stmt)
{
  must (plain->db, sqlite3_step (stmt));
  must (plain->db, sqlite3_reset (stmt));
}

static void
bind_id (Plain *plain, sqlite3_stmt *stmt, int index)
{
  guint32 id[ID_BYTES / sizeof (guint32)];
  for (guint i = 0; i < G_N_ELEMENTS (id); i++)
    id[i] = g_rand_int (plain->chance);
  must (plain->db, sqlite3_bind_blob (stmt, index, id, sizeof id, SQLITE_TRANSIENT));
}

/* ids: which parameters are ids; the others are numbers. */
static void
insert (Plain *plain, sqlite3_stmt *stmt, const char *ids)
{
  guint8 bytes[LOG_BYTES];
  for (int i = 0; ids[i] != '\0'; i++)
    if (ids[i] == 'd')
      bind_id (plain, stmt, i + 1);
    else
      must (plain->db, sqlite3_bind_int64 (stmt, i + 1, START_MS + plain->pos));
  step (plain, stmt);
  memset (bytes, (int) plain->pos, sizeof bytes);
  must (plain->db, sqlite3_bind_int64 (plain->log, 1, ++plain->pos));
  must (plain->db, sqlite3_bind_blob (plain->log, 2, bytes, sizeof bytes, SQLITE_STATIC));
  step (plain, plain->log);
}

/**
 * sl_plain_merge_rate:
 * @dir: where its file goes: the same disk as ours
 * @rows: how many of each
 * @cache_kib: page cache, as ours
 *
 * Inserts them in one transaction that is on disk at its end.
 *
 * Returns: rows a second, each with its log row
 */
double
sl_plain_merge_rate (const char *dir, const SlPlainRows *rows, gint64 cache_kib)
{
  Plain plain = { 0 };
  guint total = rows->members + rows->sessions + rows->bookings + rows->checkins;
  plain_open (&plain, dir, cache_kib);
  gint64 start_us = g_get_monotonic_time ();
  run (&plain, "BEGIN IMMEDIATE");
  for (guint i = 0; i < rows->members; i++)
    insert (&plain, plain.member, "di");
  for (guint i = 0; i < rows->sessions; i++)
    insert (&plain, plain.session, "diii");
  for (guint i = 0; i < rows->bookings; i++)
    insert (&plain, plain.claim, "ddddi");
  for (guint i = 0; i < rows->checkins; i++)
    insert (&plain, plain.checkin, "ddiid");
  run (&plain, "COMMIT");
  double seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  plain_close (&plain, dir);
  return total / seconds;
}

/**
 * sl_plain_commit_rate:
 * @dir: where its file goes
 * @commits: how many
 * @cache_kib: page cache, as ours
 *
 * One claim and its log row in each transaction.
 *
 * Returns: commits a second
 */
double
sl_plain_commit_rate (const char *dir, guint commits, gint64 cache_kib)
{
  Plain plain = { 0 };
  plain_open (&plain, dir, cache_kib);
  gint64 start_us = g_get_monotonic_time ();
  for (guint i = 0; i < commits; i++)
    {
      run (&plain, "BEGIN IMMEDIATE");
      insert (&plain, plain.claim, "ddddi");
      run (&plain, "COMMIT");
    }
  double seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  plain_close (&plain, dir);
  return commits / seconds;
}
