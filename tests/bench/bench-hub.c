/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-hub"

#include <gio/gio.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/log-store.h"
#include "series.h"
#include "test-postgresql.h"

/* What the log stores take: segments of 50 operations each, by eight threads at once over a hundred organisations, in
 * one process and in two. Beside it the same threads with one plain INSERT a segment, each on a connection of its own:
 * what the disk and the server give at all. A worker process does one run and gives its durations back. */

#define THREADS 8
#define TENANTS 100
#define SEGMENT_BYTES 4000 /* 50 operations */
#define SQLITE_WAIT_MS 60000

typedef struct {
  const char *where;      /* a log store's place */
  gboolean plain;         /* one INSERT each instead */
  guint thread;           /* of all processes' threads */
  gint64 end_us;
  SlLogStore *store;
  GPtrArray *tenants;
  GArray *durations_us;   /* gint64 */
} Worker;

static GBytes *
new_segment (GRand *rand)
{
  guint32 *words = g_malloc (SEGMENT_BYTES);
  for (guint i = 0; i < SEGMENT_BYTES / sizeof *words; i++)
    words[i] = g_rand_int (rand);
  return g_bytes_new_take (words, SEGMENT_BYTES);
}

/* --- what is measured --- */

static void
append_one (Worker *worker, guint round, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  guint n_mine = (worker->tenants->len - worker->thread + THREADS - 1) / THREADS;
  SlTenant *tenant = worker->tenants->pdata[worker->thread + THREADS * (round % n_mine)];
  SlEntry entry = { .kind = SL_ENTRY_SEGMENT,
                    .replica = tenant->id,
                    .first_seq = 50 * tenant->head + 1,
                    .last_seq = 50 * (tenant->head + 1),
                    .bytes = bytes };
  gboolean appended;
  if (!sl_log_store_append (worker->store, &tenant->id, tenant->head, &entry, 1, &appended, &tenant->head, &error)
      || !appended)
    g_error ("appending: %s", error != NULL ? error->message : "somebody else did");
}

static void
append_until_end (Worker *worker)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (worker->thread);
  for (guint round = 0; g_get_monotonic_time () < worker->end_us; round++)
    {
      g_autoptr (GBytes) bytes = new_segment (rand);
      gint64 begin_us = g_get_monotonic_time ();
      append_one (worker, round, bytes);
      gint64 duration_us = g_get_monotonic_time () - begin_us;
      g_array_append_val (worker->durations_us, duration_us);
    }
}

/* --- beside it --- */

static sqlite3 *
open_plain_sqlite (const char *where)
{
  g_autofree char *path = g_build_filename (where + strlen ("sqlite:"), "plain.db", NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, SQLITE_WAIT_MS);
  int rc = sqlite3_exec (db,
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                         "CREATE TABLE IF NOT EXISTS segment (id INTEGER PRIMARY KEY, bytes BLOB)",
                         NULL, NULL, NULL);
  g_assert_cmpint (rc, ==, SQLITE_OK);
  return db;
}

static void
insert_in_sqlite (Worker *worker)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (worker->thread);
  sqlite3 *db = open_plain_sqlite (worker->where);
  sqlite3_stmt *stmt = NULL;
  g_assert_cmpint (sqlite3_prepare_v2 (db, "INSERT INTO segment (bytes) VALUES (?1)", -1, &stmt, NULL), ==, SQLITE_OK);
  while (g_get_monotonic_time () < worker->end_us)
    {
      g_autoptr (GBytes) bytes = new_segment (rand);
      gint64 begin_us = g_get_monotonic_time ();
      sqlite3_bind_blob (stmt, 1, g_bytes_get_data (bytes, NULL), SEGMENT_BYTES, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_DONE);
      sqlite3_reset (stmt);
      gint64 duration_us = g_get_monotonic_time () - begin_us;
      g_array_append_val (worker->durations_us, duration_us);
    }
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

static PGconn *
open_plain_postgresql (const char *where)
{
  PGconn *conn = PQconnectdb (where);
  g_assert_cmpint (PQstatus (conn), ==, CONNECTION_OK);
  return conn;
}

static void
insert_in_postgresql (Worker *worker)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (worker->thread);
  PGconn *conn = open_plain_postgresql (worker->where);
  const int length = SEGMENT_BYTES, binary = 1;
  PQclear (PQprepare (conn, "plain", "INSERT INTO plain_segment (bytes) VALUES ($1)", 0, NULL));
  while (g_get_monotonic_time () < worker->end_us)
    {
      g_autoptr (GBytes) bytes = new_segment (rand);
      const char *value = g_bytes_get_data (bytes, NULL);
      gint64 begin_us = g_get_monotonic_time ();
      PGresult *result = PQexecPrepared (conn, "plain", 1, &value, &length, &binary, 1);
      g_assert_cmpint (PQresultStatus (result), ==, PGRES_COMMAND_OK);
      PQclear (result);
      gint64 duration_us = g_get_monotonic_time () - begin_us;
      g_array_append_val (worker->durations_us, duration_us);
    }
  PQfinish (conn);
}

static void
make_plain_table (const char *where)
{
  if (g_str_has_prefix (where, "sqlite:"))
    {
      sqlite3_close (open_plain_sqlite (where));
      return;
    }
  PGconn *conn = open_plain_postgresql (where);
  PGresult *result = PQexec (conn, "CREATE TABLE plain_segment (id bigserial PRIMARY KEY, bytes bytea NOT NULL)");
  g_assert_cmpint (PQresultStatus (result), ==, PGRES_COMMAND_OK);
  PQclear (result);
  PQfinish (conn);
}

/* --- a worker process --- */

static gpointer
run_thread (gpointer data)
{
  Worker *worker = data;
  if (!worker->plain)
    append_until_end (worker);
  else if (g_str_has_prefix (worker->where, "sqlite:"))
    insert_in_sqlite (worker);
  else
    insert_in_postgresql (worker);
  return NULL;
}

/* worker WHERE plain|store FIRST-THREAD THREADS SECONDS: says "ready", waits for a line, gives a duration a line. */
static int
run_worker (char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SlLogStore) store = sl_log_store_open (words[0], sl_world_system (), &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) tenants = sl_log_store_tenants (store, &error);
  g_assert_no_error (error);
  guint first = (guint) atoi (words[2]), n_threads = (guint) atoi (words[3]);
  Worker workers[THREADS];
  GThread *threads[THREADS];
  char line[8];
  printf ("ready\n");
  (void) fflush (stdout);
  if (fgets (line, sizeof line, stdin) == NULL)
    return 1;
  gint64 end_us = g_get_monotonic_time () + atoi (words[4]) * G_USEC_PER_SEC;
  for (guint i = 0; i < n_threads; i++)
    {
      workers[i] = (Worker){ .where = words[0], .plain = g_str_equal (words[1], "plain"), .thread = first + i,
                             .end_us = end_us, .store = store, .tenants = tenants,
                             .durations_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
      threads[i] = g_thread_new ("worker", run_thread, &workers[i]);
    }
  for (guint i = 0; i < n_threads; i++)
    {
      (void) g_thread_join (threads[i]);
      for (guint j = 0; j < workers[i].durations_us->len; j++)
        printf ("%" G_GINT64_FORMAT "\n", g_array_index (workers[i].durations_us, gint64, j));
      g_array_unref (workers[i].durations_us);
    }
  return 0;
}

/* --- the runs --- */

static GSubprocess *
start_worker (const char *where, const char *what, guint first, guint n_threads, const char *seconds)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first_text = g_strdup_printf ("%u", first), *threads_text = g_strdup_printf ("%u", n_threads);
  GSubprocess *process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe",
                          "worker", where, what, first_text, threads_text, seconds, NULL);
  g_assert_no_error (error);
  return process;
}

/* Segments a second. */
static double
run (const char *where, const char *what, guint n_processes, const char *seconds, SlSeries *series)
{
  GSubprocess *processes[2];
  GDataInputStream *answers[2];
  for (guint i = 0; i < n_processes; i++)
    {
      processes[i]
          = start_worker (where, what, i * THREADS / n_processes, THREADS / n_processes, seconds);
      answers[i] = g_data_input_stream_new (g_subprocess_get_stdout_pipe (processes[i]));
      g_free (g_data_input_stream_read_line (answers[i], NULL, NULL, NULL));
    }
  for (guint i = 0; i < n_processes; i++)
    {
      GOutputStream *commands = g_subprocess_get_stdin_pipe (processes[i]);
      g_assert_true (g_output_stream_write_all (commands, "go\n", 3, NULL, NULL, NULL));
    }
  for (guint i = 0; i < n_processes; i++)
    {
      for (char *line = g_data_input_stream_read_line (answers[i], NULL, NULL, NULL); line != NULL;
           line = g_data_input_stream_read_line (answers[i], NULL, NULL, NULL))
        {
          sl_series_add (series, g_ascii_strtoll (line, NULL, 10));
          g_free (line);
        }
      g_assert_true (g_subprocess_wait_check (processes[i], NULL, NULL));
      g_object_unref (answers[i]);
      g_object_unref (processes[i]);
    }
  return sl_series_get_count (series) / g_ascii_strtod (seconds, NULL);
}

static void
measure (const char *where, const char *seconds)
{
  g_autoptr (GError) error = NULL;
  SlLogStore *store = sl_log_store_open (where, sl_world_system (), &error);
  g_assert_no_error (error);
  const char *name = sl_log_store_name (store);
  for (guint i = 0; i < TENANTS; i++)
    {
      g_autofree char *title = g_strdup_printf ("Studio %03u", i);
      SlId id;
      g_assert_true (sl_log_store_add_tenant (store, title, &id, NULL));
    }
  sl_log_store_close (store);
  make_plain_table (where);
  g_autoptr (SlSeries) plain = sl_series_new ();
  double plain_rate = run (where, "plain", 1, seconds, plain);
  g_autofree char *plain_text = sl_series_to_string (plain);
  for (guint n_processes = 1; n_processes <= 2; n_processes++)
    {
      g_autoptr (SlSeries) series = sl_series_new ();
      double rate = run (where, "store", n_processes, seconds, series);
      g_autofree char *text = sl_series_to_string (series);
      printf ("hub append  %-10s  %u process%s, %u threads, %u organisations, 50 operations  %s  %.0f/s | "
              "plain INSERT  %s  %.0f/s\n",
              name, n_processes, n_processes == 1 ? "" : "es", THREADS, TENANTS, text, rate, plain_text, plain_rate);
      (void) fflush (stdout);
    }
}

int
main (int argc, char **argv)
{
  if (!sl_crypto_init (NULL))
    return 1;
  if (argc == 7 && g_str_equal (argv[1], "worker"))
    return run_worker (argv + 2);
  gboolean quick = argc > 1 && g_str_equal (argv[1], "--quick");
  if (argc != (quick ? 3 : 2))
    {
      (void) fprintf (stderr, "usage: bench-hub [--quick] DIR\n");
      return 2;
    }
  g_setenv ("TMPDIR", argv[argc - 1], TRUE); /* before anything asks for it */
  g_autofree char *dir = g_dir_make_tmp ("bench-hub-XXXXXX", NULL);
  g_autofree char *sqlite = g_strconcat ("sqlite:", dir, NULL);
  g_autoptr (SlTestPostgresql) server = sl_test_postgresql_new ();
  g_autofree char *postgresql = sl_test_postgresql_database (server, "hub");
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", dir);
  measure (sqlite, quick ? "1" : "5");
  measure (postgresql, quick ? "1" : "5");
  return g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL) ? 0 : 1;
}
