/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-serve"

#include "hub/program.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/error.h"
#include "core/small-file.h"
#include "engine/template.h"
#include "hub/address.h"
#include "hub/notifier.h"
#include "hub/server.h"
#include "hub/work.h"

#define OTHER_FILES 512               /* descriptors that are no connections: databases, replicas, the store's own */
#define PEM_MAX_BYTES (256 * 1024)
#define WORKERS_MAX 256
#define WATCHDOG_PARTS 2              /* pings in the time that systemd waits for one */
#define STOP_WORK_MS (5 * 1000)
#define STOP_NOTIFYING_MS (10 * 1000)  /* half of it for a program that has a message, to deliver it */

typedef struct {
  SlProgram *program;
  SlEventLog *log;
  SlServerConfig config;
  char *cert, *key;
  SlServer *server;
  SlWork *work;
  SlNotifier *notifier;               /* (nullable) */
  GMainLoop *loop;
  GThread *watchdog;                  /* (nullable) */
  GMutex mutex;
  GCond cond;
  gboolean ending;                    /* under mutex: for the watchdog */
  guint signals;
  guint64 store_failures;             /* atomic */
} Serve;

static const SlServerRoute routes[] = {
  { "/v1/sync", "POST", SL_ROUTE_ANSWER, SL_SYNC_BODY_MAX_BYTES, FALSE },
  { "/v1/rights", "POST", SL_ROUTE_ANSWER, SL_SYNC_BODY_MAX_BYTES, FALSE },
  { "/v1/events", "GET", SL_ROUTE_EVENTS, 0, FALSE },
  { "/v1/snapshot", "GET", SL_ROUTE_ANSWER, 0, FALSE },
  { "/v1/pair", "POST", SL_ROUTE_ANSWER, SL_SYNC_JSON_MAX_BYTES, FALSE },
  { "/v1/found", "POST", SL_ROUTE_ANSWER, SL_SYNC_FOUND_MAX_BYTES, TRUE, TRUE },
  { "/health", "GET", SL_ROUTE_HEALTH, 0, FALSE },
  { "/metrics", "GET", SL_ROUTE_METRICS, 0, FALSE },
};

/* --- what the server asks --- */

static SlSyncAnswer *
counted (Serve *serve, SlSyncAnswer *answer)
{
  if (answer != NULL && (answer->code == SL_SYNC_STORAGE || answer->code == SL_SYNC_BUSY))
    (void) __atomic_add_fetch (&serve->store_failures, 1, __ATOMIC_RELAXED);
  return answer;
}

static SlSyncAnswer *
handle (gpointer user_data, const SlSyncRequest *request, const char *from)
{
  Serve *serve = user_data;
  return counted (serve, sl_hub_handle (serve->program->hub, request, from));
}

static SlSyncAnswer *
check_first (gpointer user_data, const SlSyncRequest *request, const char *from)
{
  Serve *serve = user_data;
  return counted (serve, sl_hub_check_first (serve->program->hub, request, from));
}

static SlSyncAnswer *
check_events (gpointer user_data, const SlSyncRequest *request, const char *from, SlId *out_tenant, SlId *out_replica,
              guint64 *out_head)
{
  Serve *serve = user_data;
  return counted (serve, sl_hub_check_events (serve->program->hub, request, from, out_tenant, out_replica, out_head));
}

static gboolean
check_store (gpointer user_data, GError **error)
{
  Serve *serve = user_data;
  if (sl_log_store_check (serve->program->store, error))
    return TRUE;
  (void) __atomic_add_fetch (&serve->store_failures, 1, __ATOMIC_RELAXED);
  return FALSE;
}

static char *
more_metrics (gpointer user_data)
{
  Serve *serve = user_data;
  g_autofree char *hub = sl_hub_metrics (serve->program->hub);
  return g_strdup_printf ("# HELP studioloop_hub_info The program and its store.\n# TYPE studioloop_hub_info gauge\n"
                          "studioloop_hub_info{version=\"%s\",store=\"%s\"} 1\n"
                          "# HELP studioloop_hub_store_failures_total Requests and checks that the store failed.\n"
                          "# TYPE studioloop_hub_store_failures_total counter\n"
                          "studioloop_hub_store_failures_total %" G_GUINT64_FORMAT "\n"
                          "# HELP studioloop_hub_work_failures_total Times that work on replicas failed.\n"
                          "# TYPE studioloop_hub_work_failures_total counter\n"
                          "studioloop_hub_work_failures_total %" G_GUINT64_FORMAT "\n%s",
                          SL_VERSION, sl_log_store_name (serve->program->store),
                          __atomic_load_n (&serve->store_failures, __ATOMIC_RELAXED), sl_work_failures (serve->work),
                          hub != NULL ? hub : "");
}

/* From any thread of the store's. Of a log whose end nobody knows, devices are told to come and look. */
static void
on_news (const SlId *tenant, guint64 head, gpointer user_data)
{
  Serve *serve = user_data;
  sl_work_add (serve->work, tenant);
  if (!sl_id_is_none (tenant))
    {
      sl_server_news (serve->server, tenant, head);
      return;
    }
  g_autoptr (GArray) listening = sl_server_listening (serve->server);
  for (guint i = 0; i < listening->len; i++)
    sl_server_news (serve->server, &g_array_index (listening, SlId, i), 0);
}

/* --- settings --- */

static gboolean
in_range (const char *name, int value, int most, GError **error)
{
  if (value >= 0 && value <= most)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--%s: %d is not from 1 to %d", name, value, most);
  return FALSE;
}

/* As many connections as the system lets us have. */
static void
raise_file_limit (Serve *serve)
{
  SlServerLimits *limits = &serve->config.limits;
  struct rlimit files;
  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &files);
  guint64 room = files.rlim_max == RLIM_INFINITY ? G_MAXUINT : files.rlim_max;
  room = room > 2 * OTHER_FILES ? room - OTHER_FILES : room / 2;
  if (limits->connections > room)
    {
      limits->connections = room;
      sl_event_log_write (serve->log, SL_EVENT_WARNING, "few_files",
                          json_pack ("{sI}", "connections", (json_int_t) room));
    }
  limits->streams = MIN (limits->streams, limits->connections / 4 * 3);   /* the rest is for requests */
}

static gboolean
take_limits (Serve *serve, GError **error)
{
  const SlProgramOptions *options = &serve->program->options;
  SlServerLimits *limits = &serve->config.limits;
  sl_server_limits_init (limits);
  if (!in_range ("connections", options->connections, G_MAXINT / 64, error) ||
      !in_range ("connections-per-address", options->connections_per_address, G_MAXINT / 64, error) ||
      !in_range ("workers", options->workers, WORKERS_MAX, error))
    return FALSE;
  limits->threads = CLAMP (g_get_num_processors (), 2, 8);
  limits->workers = options->workers != 0 ? options->workers : MAX (limits->workers, 2 * g_get_num_processors ());
  if (options->connections != 0)
    {
      limits->connections = options->connections;
      limits->streams = options->connections;
    }
  if (options->connections_per_address != 0)
    limits->connections_per_address = options->connections_per_address;
  raise_file_limit (serve);
  return TRUE;
}

static gboolean
take_masks (char **texts, GPtrArray *masks, GError **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      GInetAddressMask *mask = sl_address_mask (texts[i], error);
      if (mask == NULL)
        return FALSE;
      g_ptr_array_add (masks, mask);
    }
  return TRUE;
}

static gboolean
take_addresses (Serve *serve, GError **error)
{
  SlProgramOptions *options = &serve->program->options;
  serve->config.proxies = g_ptr_array_new_with_free_func (g_object_unref);
  serve->config.metrics_for = g_ptr_array_new_with_free_func (g_object_unref);
  char *here[] = { "127.0.0.0/8", "::1", NULL };
  return (!options->behind_proxy || take_masks (here, serve->config.proxies, error)) &&
         take_masks (options->proxies, serve->config.proxies, error) &&
         take_masks (options->metrics_for, serve->config.metrics_for, error);
}

/* A program that is not there, or a channel that there is not, is found before members wait for it. */
static gboolean
check_notify (const SlProgramOptions *options, GError **error)
{
  g_autofree char *found = options->notify != NULL ? g_find_program_in_path (options->notify) : NULL;
  for (guint i = 0; options->notify_channels != NULL && options->notify_channels[i] != NULL; i++)
    if (!g_strv_contains (sl_template_channels, options->notify_channels[i]))
      {
        g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                             "--notify-channel is one of whatsapp, sms, email, push");
        return FALSE;
      }
  if (options->notify == NULL && options->notify_channels != NULL)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--notify-channel goes with --notify");
  else if (options->notify != NULL && found == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--notify: %s is no program", options->notify);
  else
    return TRUE;
  return FALSE;
}

static gboolean
take_tls (Serve *serve, GError **error)
{
  const SlProgramOptions *options = &serve->program->options;
  gsize length;
  if (options->tls_cert == NULL && options->tls_key == NULL)
    return TRUE;
  if (options->tls_cert == NULL || options->tls_key == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--tls-cert and --tls-key belong together");
      return FALSE;
    }
  serve->cert = sl_small_file_read (options->tls_cert, PEM_MAX_BYTES, &length, error);
  serve->key = serve->cert != NULL ? sl_small_file_read (options->tls_key, PEM_MAX_BYTES, &length, error) : NULL;
  serve->config.cert_pem = serve->cert;
  serve->config.key_pem = serve->key;
  return serve->key != NULL;
}

/* Libraries' complaints, in the same form as all else. */
static GLogWriterOutput
write_library_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = "", *text = "";
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
    else if (g_str_equal (fields[i].key, "MESSAGE"))
      text = fields[i].value;
  SlEventLevel as = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0 ? SL_EVENT_ERROR
                    : (level & G_LOG_LEVEL_WARNING) != 0                      ? SL_EVENT_WARNING
                                                                              : SL_EVENT_DEBUG;
  g_autofree char *cut = g_strndup (text, SL_EVENT_TEXT_MAX_BYTES);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);
  sl_event_log_write (user_data, as, "library", json_pack ("{ss,ss}", "domain", domain, "text", valid));
  return G_LOG_WRITER_HANDLED;
}

static gboolean
open_log (Serve *serve, GError **error)
{
  static const char * const names[] = { "debug", "info", "warning", "error" };
  const char *wanted = serve->program->options.log != NULL ? serve->program->options.log : "info";
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], wanted))
      serve->log = sl_event_log_new (STDERR_FILENO, (SlEventLevel) i, serve->program->world);
  if (serve->log == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--log: '%.40s' is no level", wanted);
      return FALSE;
    }
  /* It can be set only once, and libraries may say something until the very end: this one is never freed. */
  g_log_set_writer_func (write_library_log, sl_event_log_new (STDERR_FILENO, SL_EVENT_WARNING, serve->program->world),
                         NULL);
  return TRUE;
}

/* --- running --- */

/* systemd is told that all is well only when the store said so: a hub that cannot reach it is begun anew. */
static gpointer
watch (gpointer user_data)
{
  Serve *serve = user_data;
  guint64 usec = 0;
  if (sd_watchdog_enabled (0, &usec) <= 0)
    return NULL;
  g_mutex_lock (&serve->mutex);
  while (!serve->ending)
    {
      g_mutex_unlock (&serve->mutex);
      g_autoptr (GError) error = NULL;
      if (check_store (serve, &error))
        (void) sd_notify (0, "WATCHDOG=1");
      else
        sl_event_log_failure (serve->log, "store_failing", error);
      g_mutex_lock (&serve->mutex);
      gint64 next_us = g_get_monotonic_time () + (gint64) (usec / WATCHDOG_PARTS);
      while (!serve->ending && g_cond_wait_until (&serve->cond, &serve->mutex, next_us))
        ;
    }
  g_mutex_unlock (&serve->mutex);
  return NULL;
}

static gboolean
on_signal (gpointer user_data)
{
  Serve *serve = user_data;
  serve->signals++;
  if (serve->loop != NULL)
    g_main_loop_quit (serve->loop);
  return G_SOURCE_CONTINUE;
}

/* Programs that started us read where we are; port 0 is known only now. */
static gboolean
say_where (Serve *serve, GError **error)
{
  const char *where = serve->config.listen;
  int host_length = strrchr (where, ':') - where;
  const char *scheme = serve->cert != NULL ? "https" : "http";
  guint port = sl_server_port (serve->server);
  g_autofree char *url = g_strdup_printf ("%s://%.*s:%u", scheme, host_length, where, port);
  int written = serve->program->options.json ? printf ("{\"listening\":\"%s\",\"port\":%u}\n", url, port)
                                             : printf ("listening on %s\n", url);
  if (written > 0 && fflush (stdout) == 0)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_STORAGE, "where it listens could not be written");
  return FALSE;
}

static gboolean
begin (Serve *serve, GError **error)
{
  const SlServerHandler handler = { .routes = routes, .n_routes = G_N_ELEMENTS (routes), .handle = handle,
                                    .check_first = check_first, .check_events = check_events,
                                    .check_store = check_store, .metrics = more_metrics, .user_data = serve };
  serve->config.listen = serve->program->options.listen != NULL ? serve->program->options.listen : SL_PROGRAM_LISTEN;
  serve->config.spool_dir = serve->program->options.replicas;
  serve->work = sl_work_new (serve->program->hub, serve->log);
  serve->server = sl_server_start (&serve->config, &handler, serve->log, serve->program->world, error);
  if (serve->server == NULL)
    return FALSE;
  sl_log_store_set_news (serve->program->store, on_news, serve);
  serve->watchdog = g_thread_new ("sl-watchdog", watch, serve);
  if (serve->program->options.notify != NULL)
    serve->notifier = sl_notifier_new (serve->program->hub, serve->log, serve->program->options.notify,
                                       (const char *const *) serve->program->options.notify_channels);
  return say_where (serve, error);
}

/* Ends all in the order in which one uses the other. What hangs is left behind: the store is whole at any moment. */
static void
end (Serve *serve)
{
  (void) sd_notify (0, "STOPPING=1");
  sl_event_log_write (serve->log, SL_EVENT_INFO, "stopping", NULL);
  gboolean stopped = serve->server == NULL || sl_server_stop (serve->server);
  g_mutex_lock (&serve->mutex);
  serve->ending = TRUE;
  g_cond_broadcast (&serve->cond);
  g_mutex_unlock (&serve->mutex);
  stopped = sl_notifier_stop (serve->notifier, STOP_NOTIFYING_MS) && stopped;
  stopped = sl_work_stop (serve->work, STOP_WORK_MS) && stopped;
  sl_event_log_write (serve->log, SL_EVENT_INFO, "stopped", json_pack ("{sb}", "clean", stopped));
  if (!stopped)
    _exit (0);
  g_clear_pointer (&serve->watchdog, g_thread_join);
  g_clear_pointer (&serve->notifier, sl_notifier_free);
  /* News may come until the store is closed. */
  g_clear_pointer (&serve->program->hub, sl_hub_free);
  g_clear_pointer (&serve->program->store, sl_log_store_close);
  g_clear_pointer (&serve->server, sl_server_free);
  g_clear_pointer (&serve->work, sl_work_free);
}

static void
serve_clear (Serve *serve)
{
  g_clear_pointer (&serve->config.proxies, g_ptr_array_unref);
  g_clear_pointer (&serve->config.metrics_for, g_ptr_array_unref);
  g_clear_pointer (&serve->log, sl_event_log_free);
  g_clear_pointer (&serve->cert, g_free);
  g_clear_pointer (&serve->key, g_free);
  g_clear_pointer (&serve->loop, g_main_loop_unref);
  g_mutex_clear (&serve->mutex);
  g_cond_clear (&serve->cond);
}

static gboolean
run (Serve *serve, GError **error)
{
  guint term = g_unix_signal_add (SIGTERM, on_signal, serve), interrupt = g_unix_signal_add (SIGINT, on_signal, serve);
  gboolean begun = begin (serve, error);
  if (begun)
    {
      sl_event_log_write (serve->log, SL_EVENT_INFO, "listening",
                          json_pack ("{si,ss}", "port", (int) sl_server_port (serve->server), "store",
                                     sl_log_store_name (serve->program->store)));
      (void) sd_notify (0, "READY=1");
      if (serve->signals == 0)
        g_main_loop_run (serve->loop);
    }
  end (serve);
  g_source_remove (term);
  g_source_remove (interrupt);
  return begun;
}

/**
 * sl_program_serve:
 *
 * `serve`: until SIGTERM or SIGINT. Prints where it listens, once it does.
 *
 * Returns: %TRUE after a signal; %FALSE with %SL_ERROR_BAD_INPUT (settings), %SL_ERROR_OFFLINE (the address cannot be
 * had) or the store's errors
 */
gboolean
sl_program_serve (SlProgram *program, GError **error)
{
  Serve serve = { .program = program };
  g_mutex_init (&serve.mutex);
  g_cond_init (&serve.cond);
  serve.loop = g_main_loop_new (NULL, FALSE);
  (void) signal (SIGPIPE, SIG_IGN);
  gboolean served = open_log (&serve, error) && take_limits (&serve, error) && take_addresses (&serve, error) &&
                    check_notify (&program->options, error) && take_tls (&serve, error) &&
                    sl_program_open (program, error) && run (&serve, error);
  serve_clear (&serve);
  return served;
}
