/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-plain-server"

#include "plain-server.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hub/server.h"

#define SQLITE_WAIT_MS 60000
#define BODY_MAX_BYTES 65536

typedef struct {
  sqlite3 *db;
  sqlite3_stmt *stmt;
  PGconn *conn;
} Connection;

typedef struct {
  const char *where;
  GPrivate connection; /* of Connection: each worker its own */
} Plain;

static Connection *
connect_sqlite (const char *where)
{
  Connection *connection = g_new0 (Connection, 1);
  g_autofree char *path = g_build_filename (where + strlen ("sqlite:"), "plain.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &connection->db), ==, SQLITE_OK);
  sqlite3_busy_timeout (connection->db, SQLITE_WAIT_MS);
  int rc = sqlite3_exec (connection->db,
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                         "CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, bytes BLOB)",
                         NULL, NULL, NULL);
  g_assert_cmpint (rc, ==, SQLITE_OK);
  rc = sqlite3_prepare_v2 (connection->db, "INSERT INTO plain (bytes) VALUES (?1)", -1, &connection->stmt, NULL);
  g_assert_cmpint (rc, ==, SQLITE_OK);
  return connection;
}

static Connection *
connect_postgresql (const char *where)
{
  Connection *connection = g_new0 (Connection, 1);
  connection->conn = PQconnectdb (where);
  g_assert_cmpint (PQstatus (connection->conn), ==, CONNECTION_OK);
  PQclear (PQprepare (connection->conn, "plain", "INSERT INTO plain (bytes) VALUES ($1)", 0, NULL));
  return connection;
}

static void
make_table (const char *where)
{
  if (g_str_has_prefix (where, "sqlite:"))
    {
      Connection *connection = connect_sqlite (where);
      sqlite3_finalize (connection->stmt);
      sqlite3_close (connection->db);
      g_free (connection);
      return;
    }
  PGconn *conn = PQconnectdb (where);
  PQclear (PQexec (conn, "CREATE TABLE IF NOT EXISTS plain (id bigserial PRIMARY KEY, bytes bytea NOT NULL)"));
  PQfinish (conn);
}

static SlSyncAnswer *
insert (gpointer user_data, const SlSyncRequest *request, const char *from)
{
  Plain *plain = user_data;
  Connection *connection = g_private_get (&plain->connection);
  gsize size;
  const char *data = g_bytes_get_data (request->body, &size);
  if (connection == NULL)
    {
      connection = g_str_has_prefix (plain->where, "sqlite:") ? connect_sqlite (plain->where)
                                                              : connect_postgresql (plain->where);
      g_private_set (&plain->connection, connection);
    }
  if (connection->db != NULL)
    {
      sqlite3_bind_blob (connection->stmt, 1, data, (int) size, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (connection->stmt), ==, SQLITE_DONE);
      sqlite3_reset (connection->stmt);
    }
  else
    {
      const int length = (int) size, binary = 1;
      PGresult *result = PQexecPrepared (connection->conn, "plain", 1, &data, &length, &binary, 1);
      g_assert_cmpint (PQresultStatus (result), ==, PGRES_COMMAND_OK);
      PQclear (result);
    }
  g_autoptr (GBytes) done = g_bytes_new_static ("done", 4);
  return sl_sync_answer_new ("text/plain", done);
}

int
plain_server_run (const char *where)
{
  static const SlServerRoute routes[] = { { PLAIN_PATH, "POST", SL_ROUTE_ANSWER, BODY_MAX_BYTES, FALSE } };
  g_autoptr (GError) error = NULL;
  Plain plain = { .where = where };
  const SlServerHandler handler = { .routes = routes, .n_routes = 1, .handle = insert, .user_data = &plain };
  SlServerConfig config = { .listen = "127.0.0.1:0", .spool_dir = g_get_tmp_dir () };
  g_autoptr (SlEventLog) log = sl_event_log_new (STDERR_FILENO, SL_EVENT_INFO, sl_world_system ());
  char end[8];
  make_table (where);
  sl_server_limits_init (&config.limits); /* threads and workers as studioloop-hub has */
  config.limits.threads = CLAMP (g_get_num_processors (), 2, 8);
  config.limits.workers = MAX (config.limits.workers, 2 * g_get_num_processors ());
  SlServer *server = sl_server_start (&config, &handler, log, sl_world_system (), &error);
  g_assert_no_error (error);
  printf ("{\"port\":%u}\n", sl_server_port (server));
  (void) fflush (stdout);
  while (fgets (end, sizeof end, stdin) != NULL)
    ;
  if (sl_server_stop (server))
    sl_server_free (server);
  return 0;
}
