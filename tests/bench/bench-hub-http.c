/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-hub-http"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "hub-listeners.h"
#include "hub-load.h"
#include "plain-server.h"
#include "test-postgresql.h"

/* A hub as devices see it, on loopback: real studioloop-hub processes, many studios, pushes of 50 operations each with
 * all that belongs to a request: signatures, nonces, the log, what is new for the asker, the replica behind. Beside it
 * a request of as many bytes that the same HTTP front puts into the same database with one INSERT. The limits are those
 * of every hub; there are devices enough to stay within them. */

#define STUDIOS 50
#define DEVICES 6                /* of a studio, that push */
#define CLIENTS 16
#define STREAMS 2000
#define STREAMS_PER_DEVICE 2
#define SLOW 200                 /* clients that send a byte now and then */
#define PACED_PER_SECOND 50.0    /* a second in which 50 studios are busy */
#define NEWS 20
#define FILES_MIN (2 * STREAMS)

typedef struct {
  const char *program, *self; /* studioloop-hub; this program, as the peer */
  char *dir, *log;
  double seconds;
} Bench;

static LoadServer *
start_hub (const Bench *bench, const char *where, const char *replicas)
{
  const char *const argv[] = { bench->program, "--json", "serve", "--listen", "127.0.0.1:0", "--store", where,
                               "--replicas", replicas, "--connections-per-address", "8192", NULL };
  return load_server_new (argv, bench->log);
}

static char *
rate_of (const LoadResult *result)
{
  g_autofree char *text = sl_series_to_string (result->series);
  g_autofree char *refused = result->refused > 0 ? g_strdup_printf ("  refused %u", result->refused) : g_strdup ("");
  return g_strdup_printf ("%s  %.0f/s%s", text, sl_series_get_count (result->series) / result->seconds, refused);
}

/* What requests take of the processors; where others work on the machine, that says more than how many there were. */
static char *
cpu_of (const LoadHow *how, const double *before, const LoadResult *result)
{
  double all = -before[0], replicas = -before[1], n = MAX (sl_series_get_count (result->series), 1);
  for (guint i = 0; i < how->n_servers; i++)
    {
      double server_all, server_replicas;
      load_server_cpu_ms (how->servers[i], &server_all, &server_replicas);
      all += server_all;
      replicas += server_replicas;
    }
  return replicas > 0 ? g_strdup_printf ("processor %.2f ms and %.2f ms for replicas", (all - replicas) / n,
                                         replicas / n)
                      : g_strdup_printf ("processor %.2f ms", all / n);
}

static char *
run_load (const LoadHow *how)
{
  LoadResult result;
  double before[2] = { 0, 0 };
  for (guint i = 0; i < how->n_servers; i++)
    {
      double all, replicas;
      load_server_cpu_ms (how->servers[i], &all, &replicas);
      before[0] += all;
      before[1] += replicas;
    }
  load_run (how, &result);
  g_autofree char *rate = rate_of (&result), *cpu = cpu_of (how, before, &result);
  load_result_clear (&result);
  return g_strdup_printf ("%s  %s", rate, cpu);
}

static char *
measure_plain (const Bench *bench, const char *where)
{
  const char *const argv[] = { bench->self, "plain", where, NULL };
  LoadServer *server = load_server_new (argv, bench->log);
  const LoadHow how = { .servers = { server }, .n_servers = 1, .n_clients = CLIENTS, .seconds = bench->seconds };
  char *text = run_load (&how);
  load_server_free (server);
  return text;
}

static void
measure_pushes (const Bench *bench, const char *name, const char *where, Crowd *crowd, guint n_hubs, const char *plain)
{
  LoadHow how = { .crowd = crowd, .n_servers = n_hubs, .n_clients = CLIENTS, .seconds = bench->seconds };
  for (guint i = 0; i < n_hubs; i++)
    {
      g_autofree char *replicas = g_strdup_printf ("%s/%s-replicas-%u", bench->dir, name, i);
      how.servers[i] = start_hub (bench, where, replicas);
    }
  load_warm_up (&how);
  g_autofree char *text = run_load (&how);
  for (guint i = 0; i < n_hubs; i++)
    load_server_free (how.servers[i]);
  printf ("hub sync  %-10s  %u process%s, %u clients, %u studios, %u operations a request  %s | "
          "plain INSERT a request  %s\n",
          name, n_hubs, n_hubs == 1 ? "" : "es", CLIENTS, STUDIOS, CROWD_OPERATIONS, text, plain);
  (void) fflush (stdout);
}

/* --- streams --- */

static char *
measure_paced (const Bench *bench, Crowd *crowd, LoadServer *hub)
{
  const LoadHow how = { .crowd = crowd, .servers = { hub }, .n_servers = 1, .n_clients = CLIENTS,
                        .seconds = bench->seconds, .per_second = PACED_PER_SECOND };
  return run_load (&how);
}

static void
tell_news (Crowd *crowd, LoadServer *hub, Listeners *listeners)
{
  g_autoptr (SlSeries) from_push = sl_series_new (), from_answer = sl_series_new ();
  guint reached = 0;
  for (guint i = 0; i < NEWS; i++)
    {
      CrowdStudio *studio = crowd->studios->pdata[i % crowd->studios->len];
      gint64 sent_us, answered_us;
      listeners_expect (listeners, studio);
      load_push_once (crowd, &studio->founder, hub, &sent_us, &answered_us);
      gint64 last_us = listeners_wait (listeners, studio->founder.cursor, &reached);
      sl_series_add (from_push, last_us - sent_us);
      sl_series_add (from_answer, MAX (last_us - answered_us, 0));
    }
  g_autofree char *push_text = sl_series_to_string (from_push), *answer_text = sl_series_to_string (from_answer);
  printf ("hub news  to all %u streams of a studio, from sending the push  %s; from its answer  %s\n", reached,
          push_text, answer_text);
}

static void
measure_streams (const Bench *bench, const char *name, const char *where, Crowd *crowd)
{
  g_autofree char *replicas = g_strdup_printf ("%s/%s-replicas-0", bench->dir, name);
  LoadServer *hub = start_hub (bench, where, replicas);
  const LoadHow warm = { .crowd = crowd, .servers = { hub }, .n_servers = 1, .n_clients = CLIENTS };
  load_warm_up (&warm);
  g_autofree char *alone = measure_paced (bench, crowd, hub);
  listeners_join (crowd, hub, STREAMS / STREAMS_PER_DEVICE / STUDIOS);
  gint64 before_kib = load_server_rss_kib (hub), begin_us = g_get_monotonic_time ();
  g_autoptr (Listeners) listeners = listeners_new (crowd, hub, STREAMS / STUDIOS, STREAMS_PER_DEVICE);
  double took_s = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  gint64 after_kib = load_server_rss_kib (hub);
  guint n_streams = listeners_count (listeners);
  printf ("hub streams  %u connected in %.1f s  resident %.1f MiB before, %.1f MiB with them: %.1f KiB each\n",
          n_streams, took_s, (double) before_kib / 1024, (double) after_kib / 1024,
          (double) (after_kib - before_kib) / n_streams);
  (void) fflush (stdout);
  tell_news (crowd, hub, listeners);
  g_autoptr (SlowClients) slow = slow_clients_new (hub, SLOW);
  listeners_drain (listeners);
  g_autofree char *among = measure_paced (bench, crowd, hub);
  printf ("hub sync  %-10s  %.0f requests a second among %u streams and %u slow clients  %s | without them  %s\n", name,
          PACED_PER_SECOND, n_streams, SLOW, among, alone);
  (void) fflush (stdout);
  listeners_stop (listeners);
  slow_clients_stop (slow);
  load_server_free (hub);
}

static void
measure (const Bench *bench, const char *name, const char *where, gboolean with_streams)
{
  g_autofree char *replicas = g_strdup_printf ("%s/%s-replicas-0", bench->dir, name);
  g_autofree char *place = g_strdup_printf ("%s/%s-founders", bench->dir, name);
  Crowd *crowd = crowd_new (where, replicas, place, STUDIOS, DEVICES);
  g_autofree char *plain = measure_plain (bench, where);
  for (guint n_hubs = 1; n_hubs <= 2; n_hubs++)
    measure_pushes (bench, name, where, crowd, n_hubs, plain);
  if (with_streams)
    measure_streams (bench, name, where, crowd);
  crowd_free (crowd);
}

static void
raise_file_limit (void)
{
  struct rlimit files;
  if (getrlimit (RLIMIT_NOFILE, &files) != 0 || files.rlim_max < FILES_MIN)
    g_error ("2,000 streams need some %d open files", FILES_MIN);
  files.rlim_cur = files.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &files);
}

int
main (int argc, char **argv)
{
  if (!sl_crypto_init (NULL))
    return 1;
  if (argc == 3 && g_str_equal (argv[1], "plain"))
    return plain_server_run (argv[2]);
  gboolean quick = argc > 1 && g_str_equal (argv[1], "--quick");
  if (argc != (quick ? 4 : 3))
    {
      (void) fprintf (stderr, "usage: bench-hub-http [--quick] STUDIOLOOP-HUB DIR\n");
      return 2;
    }
  g_setenv ("TMPDIR", argv[argc - 1], TRUE); /* before anything asks for it */
  raise_file_limit ();
  Bench bench = { .program = argv[argc - 2], .self = "/proc/self/exe",
                  .dir = g_dir_make_tmp ("bench-http-XXXXXX", NULL),
                  .seconds = quick ? 2 : 5 };
  bench.log = g_build_filename (bench.dir, "servers.log", NULL);
  g_autofree char *sqlite = g_strconcat ("sqlite:", bench.dir, NULL);
  measure (&bench, "sqlite", sqlite, TRUE);
  g_autoptr (SlTestPostgresql) server = sl_test_postgresql_new ();
  g_autofree char *postgresql = sl_test_postgresql_database (server, "hub");
  measure (&bench, "postgresql", postgresql, FALSE);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", bench.dir);
  g_free (bench.dir);
  g_free (bench.log);
  return g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL) ? 0 : 1;
}
