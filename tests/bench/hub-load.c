/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-load"

#include "hub-load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http-line.h"
#include "plain-server.h"

#define PLAIN_BYTES 4096
#define ASKED_MAX 50 /* of one device in a run: a hub answers 60 at once */

/* --- servers --- */

LoadServer *
load_server_new (const char *const *argv, const char *log)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  LoadServer *server = g_new0 (LoadServer, 1);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  server->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server->process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  const char *port = line != NULL ? strstr (line, "\"port\":") : NULL;
  if (port == NULL)
    g_error ("%s does not serve: see %s", argv[0], log);
  server->port = (guint16) atoi (port + strlen ("\"port\":"));
  return server;
}

void
load_server_free (LoadServer *server)
{
  (void) g_output_stream_close (g_subprocess_get_stdin_pipe (server->process), NULL, NULL);
  g_subprocess_send_signal (server->process, SIGTERM);
  (void) g_subprocess_wait (server->process, NULL, NULL);
  g_object_unref (server->process);
  g_free (server);
}

gint64
load_server_rss_kib (LoadServer *server)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (server->process));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  const char *rss = strstr (text, "VmRSS:");
  return rss != NULL ? g_ascii_strtoll (rss + strlen ("VmRSS:"), NULL, 10) : 0;
}

/* Fields 14 and 15 of proc(5)'s stat, behind the name that may hold anything. */
static double
read_cpu_ms (const char *path, gboolean *out_replicas)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL)) /* the thread has ended */
    return 0;
  *out_replicas = strstr (text, "(sl-work)") != NULL;
  const char *behind = strrchr (text, ')');
  g_auto (GStrv) fields = g_strsplit (behind != NULL ? behind + 2 : "", " ", 15);
  if (g_strv_length (fields) < 14)
    return 0;
  guint64 ticks = g_ascii_strtoull (fields[11], NULL, 10) + g_ascii_strtoull (fields[12], NULL, 10);
  return 1000.0 * (double) ticks / (double) sysconf (_SC_CLK_TCK);
}

void
load_server_cpu_ms (LoadServer *server, double *out_all, double *out_replicas)
{
  const char *id = g_subprocess_get_identifier (server->process);
  g_autofree char *all = g_strdup_printf ("/proc/%s/stat", id), *tasks = g_strdup_printf ("/proc/%s/task", id);
  g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
  gboolean of_replicas;
  *out_all = read_cpu_ms (all, &of_replicas);
  *out_replicas = 0;
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (tasks, name, "stat", NULL);
      double ms = read_cpu_ms (path, &of_replicas);
      *out_replicas += of_replicas ? ms : 0;
    }
}

/* --- clients --- */

typedef struct {
  const LoadHow *how;
  guint number;
  gint64 begin_us, end_us;
  GPtrArray *devices;    /* of CrowdDevice, not owned */
  GRand *chance;
  HttpLine *line;
  GArray *durations_us;  /* of gint64 */
  guint refused;
} Client;

static int
post (HttpLine *line, CrowdDevice *device, GBytes *body, GBytes **out_answer, gint64 *out_sent_us,
      gint64 *out_answered_us)
{
  g_autoptr (GBytes) request = crowd_write_request (device, "POST", "/v1/sync", body);
  *out_sent_us = g_get_monotonic_time ();
  http_line_send (line, request);
  int status = http_line_read (line, out_answer);
  *out_answered_us = g_get_monotonic_time ();
  device->asked++;
  return status;
}

static gboolean
push (Client *client, CrowdDevice *device)
{
  g_autoptr (GBytes) segment = crowd_write_segment (device, client->chance);
  gint64 sent_us, answered_us;
  int status;
  do /* a hub that is busy takes the same ones the next time */
    {
      g_autoptr (GBytes) body = crowd_write_push (device, segment);
      g_autoptr (GBytes) answer = NULL;
      status = post (client->line, device, body, &answer, &sent_us, &answered_us);
      if (status == 200 && !crowd_take_answer (device, answer))
        g_error ("what was pushed is not acknowledged");
      client->refused += status != 200;
      if (status != 200 && client->refused < 4)
        g_message ("refused: %d %.*s", status, (int) g_bytes_get_size (answer),
                   (const char *) g_bytes_get_data (answer, NULL));
    }
  while (status != 200 && device->asked < ASKED_MAX && answered_us < client->end_us);
  gint64 duration_us = answered_us - sent_us;
  if (status == 200)
    g_array_append_val (client->durations_us, duration_us);
  return status == 200;
}

static void
insert (Client *client)
{
  guint32 bytes[PLAIN_BYTES / sizeof (guint32)];
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    bytes[i] = g_rand_int (client->chance);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf ("POST " PLAIN_PATH " HTTP/1.1\r\nHost: localhost\r\n"
                                           "Content-Length: %u\r\n\r\n",
                                           PLAIN_BYTES);
  g_byte_array_append (text, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (text, (const guint8 *) bytes, sizeof bytes);
  g_autoptr (GBytes) request = g_byte_array_free_to_bytes (g_steal_pointer (&text));
  g_autoptr (GBytes) answer = NULL;
  gint64 sent_us = g_get_monotonic_time ();
  http_line_send (client->line, request);
  int status = http_line_read (client->line, &answer);
  gint64 duration_us = g_get_monotonic_time () - sent_us;
  if (status == 200)
    g_array_append_val (client->durations_us, duration_us);
  client->refused += status != 200;
}

static gpointer
run_client (gpointer data)
{
  Client *client = data;
  const LoadHow *how = client->how;
  for (guint round = 0; g_get_monotonic_time () < client->end_us; round++)
    {
      if (how->per_second > 0)
        {
          double turn = round + (double) client->number / how->n_clients;
          gint64 at_us = client->begin_us + (gint64) (turn * how->n_clients / how->per_second * G_USEC_PER_SEC);
          if (at_us >= client->end_us)
            break;
          g_usleep ((gulong) MAX (at_us - g_get_monotonic_time (), 0));
        }
      if (how->crowd == NULL)
        {
          insert (client);
          continue;
        }
      CrowdDevice *device = client->devices->pdata[round % client->devices->len];
      if (device->asked >= ASKED_MAX)
        break; /* all have asked as often as they may */
      (void) push (client, device);
    }
  return NULL;
}

/* Devices of a studio go to different clients, and so to different servers. */
static void
client_init (Client *client, const LoadHow *how, guint number)
{
  *client = (Client){ .how = how, .number = number, .devices = g_ptr_array_new (),
                      .chance = g_rand_new_with_seed ((guint32) g_random_int ()),
                      .line = http_line_new (how->servers[number % how->n_servers]->port),
                      .durations_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  for (guint i = 0, at = 0; how->crowd != NULL && i < how->crowd->studios->len; i++)
    {
      const CrowdStudio *studio = how->crowd->studios->pdata[i];
      for (guint j = 0; j < studio->devices->len; j++, at++)
        if (at % how->n_clients == number)
          g_ptr_array_add (client->devices, studio->devices->pdata[j]);
    }
}

static void
client_clear (Client *client)
{
  g_ptr_array_unref (client->devices);
  g_rand_free (client->chance);
  http_line_free (client->line);
  g_array_unref (client->durations_us);
}

static gpointer
warm_up_client (gpointer data)
{
  Client *client = data;
  for (guint i = 0; i < client->devices->len; i++)
    {
      CrowdDevice *device = client->devices->pdata[i];
      g_autoptr (GBytes) body = crowd_write_push (device, NULL);
      g_autoptr (GBytes) answer = NULL;
      gint64 sent_us, answered_us;
      int status = post (client->line, device, body, &answer, &sent_us, &answered_us);
      if (status != 200 || !crowd_take_answer (device, answer))
        g_error ("the first request: %d %.*s", status, (int) g_bytes_get_size (answer),
                 (const char *) g_bytes_get_data (answer, NULL));
      device->asked = 1;
    }
  return NULL;
}

static void
run_all (Client *clients, guint n_clients, GThreadFunc func)
{
  GThread *threads[LOAD_CLIENTS_MAX];
  for (guint i = 0; i < n_clients; i++)
    threads[i] = g_thread_new ("client", func, &clients[i]);
  for (guint i = 0; i < n_clients; i++)
    (void) g_thread_join (threads[i]);
}

void
load_warm_up (const LoadHow *how)
{
  Client clients[LOAD_CLIENTS_MAX];
  for (guint i = 0; i < how->n_clients; i++)
    client_init (&clients[i], how, i);
  run_all (clients, how->n_clients, warm_up_client);
  for (guint i = 0; i < how->n_clients; i++)
    client_clear (&clients[i]);
}

void
load_run (const LoadHow *how, LoadResult *out)
{
  Client clients[LOAD_CLIENTS_MAX];
  *out = (LoadResult){ .series = sl_series_new () };
  for (guint i = 0; i < how->n_clients; i++)
    client_init (&clients[i], how, i);
  gint64 begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < how->n_clients; i++)
    {
      clients[i].begin_us = begin_us;
      clients[i].end_us = begin_us + (gint64) (how->seconds * G_USEC_PER_SEC);
    }
  run_all (clients, how->n_clients, run_client);
  out->seconds = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  for (guint i = 0; i < how->n_clients; i++)
    {
      for (guint j = 0; j < clients[i].durations_us->len; j++)
        sl_series_add (out->series, g_array_index (clients[i].durations_us, gint64, j));
      out->refused += clients[i].refused;
      client_clear (&clients[i]);
    }
}

void
load_result_clear (LoadResult *result)
{
  g_clear_pointer (&result->series, sl_series_free);
}

void
load_push_once (Crowd *crowd, CrowdDevice *device, LoadServer *server, gint64 *out_sent_us, gint64 *out_answered_us)
{
  g_autoptr (HttpLine) line = http_line_new (server->port);
  g_autoptr (GBytes) segment = crowd_write_segment (device, crowd->chance);
  g_autoptr (GBytes) body = crowd_write_push (device, segment);
  g_autoptr (GBytes) answer = NULL;
  int status = post (line, device, body, &answer, out_sent_us, out_answered_us);
  if (status != 200 || !crowd_take_answer (device, answer))
    g_error ("a push: %d", status);
}
