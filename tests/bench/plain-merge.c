/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-plain-merge"

#include "plain-merge.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define ID_BYTES 16
#define LOG_BYTES 64 /* an operation of ours, on average */
#define START_MS G_GINT64_CONSTANT (1772409600000)

#define MEMBERS 1000 /* that are there before, and edited */
#define SESSIONS 400

static const char log_table[] = "CREATE TABLE log (pos INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT";
/* Bare: by a random id each; no index beside it. */
static const char bare_tables[] =
    "CREATE TABLE member (id BLOB PRIMARY KEY, hlc INTEGER, status TEXT, language TEXT, marketing INTEGER) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE session (id BLOB PRIMARY KEY, hlc INTEGER, start_ms INTEGER, end_ms INTEGER, notes TEXT) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE claim (id BLOB PRIMARY KEY, session_id BLOB, member_id BLOB, creator BLOB, type INTEGER, spots "
    "INTEGER, hlc INTEGER, actor BLOB, price_cents INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE TABLE checkin (id BLOB PRIMARY KEY, booking_id BLOB, at_ms INTEGER, hlc INTEGER, replica BLOB, actor BLOB) "
    "STRICT, WITHOUT ROWID";

/* What is done, by bare rows or in an application's tables: d an id, i a number. */
typedef struct {
  const char *sql, *types;
} Statement;
typedef struct {
  Statement member, session, claim, checkin;
} Statements;
static const Statements bare = {
  { "INSERT INTO member VALUES (?, ?, 'active', 'en', 1)", "di" },
  { "INSERT INTO session VALUES (?, ?, ?, ?, 'bring a mat')", "diii" },
  { "INSERT INTO claim VALUES (?, ?, ?, ?, 2, 1, ?, NULL, NULL)", "ddddi" },
  { "INSERT INTO checkin VALUES (?, ?, ?, ?, ?, NULL)", "ddiid" },
};
static const Statements application = {
  { "UPDATE member SET language = 'en', marketing = ?2 WHERE id = ?1", "mi" },
  { "UPDATE session SET notes = 'bring a mat', end_ms = ?2 WHERE id = ?1", "si" },
  { "INSERT INTO claim (id, session_id, member_id, creator, type, spots, created_hlc, created_seq, channel, actor, "
    "confirm_hlc, credits_hundredths) VALUES (?, ?, ?, ?, 2, 1, ?, ?, 2, ?, ?, 0)",
    "dsmriidi" },
  { "INSERT INTO checkin (id, booking_id, spots, at_ms, late, flag, hlc, replica, actor) VALUES (?, ?, 0, ?, 0, 0, ?, "
    "?, ?)",
    "ddiird" },
};

typedef struct {
  sqlite3 *db;
  const Statements *what;
  sqlite3_stmt *log, *member, *session, *claim, *checkin;
  guint8 members[MEMBERS][ID_BYTES], sessions[SESSIONS][ID_BYTES], replica[ID_BYTES];
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
fill (Plain *plain, guint8 id[ID_BYTES])
{
  guint32 words[ID_BYTES / sizeof (guint32)];
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = g_rand_int (plain->chance);
  memcpy (id, words, ID_BYTES);
}

static void
step (Plain *plain, sqlite3_stmt *stmt)
{
  must (plain->db, sqlite3_step (stmt));
  must (plain->db, sqlite3_reset (stmt));
}

static void
preload (Plain *plain, const char *sql, guint8 (*ids)[ID_BYTES], guint n)
{
  sqlite3_stmt *stmt = prepare (plain->db, sql);
  run (plain, "BEGIN");
  for (guint i = 0; i < n; i++)
    {
      fill (plain, ids[i]);
      must (plain->db, sqlite3_bind_blob (stmt, 1, ids[i], ID_BYTES, SQLITE_STATIC));
      step (plain, stmt);
    }
  run (plain, "COMMIT");
  sqlite3_finalize (stmt);
}

static void
plain_open (Plain *plain, const char *dir, const char *tables, gint64 cache_kib)
{
  g_autofree char *path = g_build_filename (dir, "plain.db", NULL);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  g_autofree char *pragmas =
      g_strdup_printf ("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0; "
                       "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -%" G_GINT64_FORMAT,
                       cache_kib);
  must (NULL, sqlite3_open_v2 (path, &plain->db, flags, NULL));
  run (plain, pragmas);
  run (plain, log_table);
  run (plain, tables != NULL ? tables : bare_tables);
  plain->what = tables != NULL ? &application : &bare;
  plain->chance = g_rand_new_with_seed (7);
  fill (plain, plain->replica);
  preload (plain, "INSERT INTO member (id, status) VALUES (?, 'active')", plain->members, MEMBERS);
  preload (plain, "INSERT INTO session (id, start_ms) VALUES (?, 1)", plain->sessions, SESSIONS);
  run (plain, "PRAGMA wal_checkpoint (TRUNCATE)");
  plain->log = prepare (plain->db, "INSERT INTO log VALUES (?, ?)");
  plain->member = prepare (plain->db, plain->what->member.sql);
  plain->session = prepare (plain->db, plain->what->session.sql);
  plain->claim = prepare (plain->db, plain->what->claim.sql);
  plain->checkin = prepare (plain->db, plain->what->checkin.sql);
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
bind (Plain *plain, sqlite3_stmt *stmt, int index, char type)
{
  guint8 fresh[ID_BYTES];
  const void *id = type == 'm'   ? plain->members[g_rand_int_range (plain->chance, 0, MEMBERS)]
                   : type == 's' ? plain->sessions[g_rand_int_range (plain->chance, 0, SESSIONS)]
                   : type == 'r' ? plain->replica
                                 : fresh;
  if (type == 'i')
    must (plain->db, sqlite3_bind_int64 (stmt, index, START_MS + plain->pos));
  else
    {
      if (id == fresh)
        fill (plain, fresh);
      must (plain->db, sqlite3_bind_blob (stmt, index, id, ID_BYTES, SQLITE_TRANSIENT));
    }
}

/* One row, and its log row. */
static void
write_row (Plain *plain, sqlite3_stmt *stmt, const char *types)
{
  guint8 bytes[LOG_BYTES];
  for (int i = 0; types[i] != '\0'; i++)
    bind (plain, stmt, i + 1, types[i]);
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
 * @tables: (nullable): an application's; %NULL: bare ones
 * @cache_kib: page cache, as ours
 *
 * Writes them in one transaction that is on disk at its end. Into an application's tables members and sessions are
 * edited, the others are new; into bare ones all are new.
 *
 * Returns: rows a second, each with its log row
 */
double
sl_plain_merge_rate (const char *dir, const SlPlainRows *rows, const char *tables, gint64 cache_kib)
{
  Plain plain = { 0 };
  guint total = rows->members + rows->sessions + rows->bookings + rows->checkins;
  plain_open (&plain, dir, tables, cache_kib);
  gint64 start_us = g_get_monotonic_time ();
  run (&plain, "BEGIN IMMEDIATE");
  for (guint i = 0; i < rows->members; i++)
    write_row (&plain, plain.member, plain.what->member.types);
  for (guint i = 0; i < rows->sessions; i++)
    write_row (&plain, plain.session, plain.what->session.types);
  for (guint i = 0; i < rows->bookings; i++)
    write_row (&plain, plain.claim, plain.what->claim.types);
  for (guint i = 0; i < rows->checkins; i++)
    write_row (&plain, plain.checkin, plain.what->checkin.types);
  run (&plain, "COMMIT");
  double seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  plain_close (&plain, dir);
  return total / seconds;
}

/**
 * sl_plain_commit_rate:
 * @dir: where its file goes
 * @commits: how many
 * @tables: (nullable): as above
 * @cache_kib: page cache, as ours
 *
 * One claim and its log row in each transaction.
 *
 * Returns: commits a second
 */
double
sl_plain_commit_rate (const char *dir, guint commits, const char *tables, gint64 cache_kib)
{
  Plain plain = { 0 };
  plain_open (&plain, dir, tables, cache_kib);
  gint64 start_us = g_get_monotonic_time ();
  for (guint i = 0; i < commits; i++)
    {
      run (&plain, "BEGIN IMMEDIATE");
      write_row (&plain, plain.claim, plain.what->claim.types);
      run (&plain, "COMMIT");
    }
  double seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  plain_close (&plain, dir);
  return commits / seconds;
}
