/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sync-main"

#include <curl/curl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "agent/hub-loop.h"
#include "agent/lock.h"
#include "core/crypto.h"
#include "core/error.h"
#include "engine/sync-status.h"

#define DEFAULT_DATA_DIR "/var/lib/studioloop"
#define INTERVAL_DEFAULT_S 50      /* below the minute within which a hub must have answered to be there */
#define INTERVAL_MAX_S 3600
#define NO_STUDIO_LOOK_MS 5000     /* until somebody sets one up */
#define GRACE_MS (20 * 1000)       /* a request that is under way when the end is asked for may take so long */
#define STATUS_MS 5000
#define EXIT_FAILED 6              /* as the command line says it: storage */
#define EXIT_USAGE 2

typedef struct {
  SlAgentProgram program;
  GMainLoop *loop;
  SlEngine *engine;
  SlHubLoop *hub;
  SlWorker *answers, *asks, *nightly, *serves;
  int lock_fd, signal_fd;
  gint asking;
  guint64 watchdog_us;
  gint64 watchdog_at_us, stop_at_us;
  gboolean failed;
} Main;

/* --- the watchdog: fed only while the database answers --- */

static void
feed_watchdog (Main *self)
{
  gint64 now_us = g_get_monotonic_time ();
  g_auto (SlSyncHealth) health = { 0 };
  if (self->watchdog_us == 0 || now_us < self->watchdog_at_us)
    return;
  if (!sl_sync_health_read (self->engine, &health, NULL))
    return;
  self->watchdog_at_us = now_us + (gint64) self->watchdog_us / 4;
  (void) sd_notify (FALSE, "WATCHDOG=1");
}

static gboolean
take_signals (Main *self)
{
  struct signalfd_siginfo info;
  while (read (self->signal_fd, &info, sizeof info) == sizeof info)
    {
      self->failed |= info.ssi_signo == SIGUSR1;
      if (self->stop_at_us == 0)
        self->stop_at_us = g_get_monotonic_time ();
      (void) sd_notify (FALSE, "STOPPING=1");
    }
  if (self->stop_at_us != 0)
    g_main_loop_quit (self->loop); /* also where a tick has read them, whose loop hears of them no more */
  return self->stop_at_us != 0;
}

static gboolean
on_signal (int fd, GIOCondition condition, gpointer user_data)
{
  (void) take_signals (user_data);
  return G_SOURCE_CONTINUE;
}

/* While a request waits, the loop does not run. */
static gboolean
on_tick (gpointer user_data)
{
  Main *self = user_data;
  feed_watchdog (self);
  return !take_signals (self) || g_get_monotonic_time () - self->stop_at_us < GRACE_MS * G_GINT64_CONSTANT (1000);
}

static gboolean
on_status (gpointer user_data)
{
  Main *self = user_data;
  g_autofree char *status = sl_hub_loop_status (self->hub);
  feed_watchdog (self);
  (void) sd_notifyf (FALSE, "STATUS=%s", status);
  return G_SOURCE_CONTINUE;
}

/* --- beginning and end --- */

/* Blocked before any thread is made, so that all of them leave signals to the descriptor. */
static int
open_signals (void)
{
  sigset_t set;
  (void) sigemptyset (&set);
  (void) sigaddset (&set, SIGTERM);
  (void) sigaddset (&set, SIGINT);
  (void) sigaddset (&set, SIGUSR1);
  (void) pthread_sigmask (SIG_BLOCK, &set, NULL);
  (void) signal (SIGPIPE, SIG_IGN);
  return signalfd (-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* FALSE: it cannot be done, or the end was asked for. */
static gboolean
open_studio (Main *self, GError **error)
{
  gboolean told = FALSE;
  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      self->engine = sl_engine_open (self->program.data_dir, self->program.world, &failure);
      if (self->engine != NULL)
        return TRUE;
      if (!g_error_matches (failure, SL_ERROR, SL_ERROR_NO_STUDIO))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!told)
        (void) sd_notify (FALSE, "READY=1\nSTATUS=no studio yet");
      told = TRUE;
      struct timespec wait = { .tv_sec = NO_STUDIO_LOOK_MS / 1000 };
      sigset_t set;
      (void) sigemptyset (&set);
      (void) sigaddset (&set, SIGTERM);
      (void) sigaddset (&set, SIGINT);
      if (self->watchdog_us != 0)
        (void) sd_notify (FALSE, "WATCHDOG=1");
      if (sigtimedwait (&set, NULL, &wait) > 0)
        return FALSE;
    }
}

static gboolean
run (Main *self, GError **error)
{
  if (!open_studio (self, error))
    return *error == NULL;
  if (!sl_agent_lock (self->program.data_dir, &self->lock_fd, error))
    return FALSE;
  if (self->lock_fd < 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "another agent works in %s", self->program.data_dir);
      return FALSE;
    }
  self->loop = g_main_loop_new (NULL, FALSE);
  self->hub = sl_hub_loop_new (&self->program, self->engine, on_tick, self);
  self->serves = sl_worker_start (&self->program, "serve", &sl_serve_class);
  if (self->program.lan)
    self->answers = sl_worker_start (&self->program, "lan-answer", &sl_lan_answer_class);
  self->asks = sl_worker_start (&self->program, "lan-ask", &sl_lan_ask_class);
  self->nightly = sl_worker_start (&self->program, "nightly", &sl_nightly_class);
  g_unix_fd_add (self->signal_fd, G_IO_IN, on_signal, self);
  guint status_ms = self->watchdog_us != 0 ? (guint) MIN (self->watchdog_us / 4000, STATUS_MS) : STATUS_MS;
  g_timeout_add (MAX (status_ms, 100), on_status, self);
  (void) sd_notify (FALSE, "READY=1");
  g_main_loop_run (self->loop);
  return TRUE;
}

/* FALSE: a thread is at something that nobody waits for; its engine is whole whenever it is cut off. */
static gboolean
end (Main *self)
{
  sl_worker_stop (self->serves);
  sl_worker_stop (self->asks);
  sl_worker_stop (self->answers);
  g_clear_pointer (&self->hub, sl_hub_loop_free);
  if (self->nightly != NULL && g_atomic_int_get (&self->nightly->busy))
    return FALSE;
  sl_worker_stop (self->nightly);
  g_clear_pointer (&self->engine, sl_engine_close);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->program.neighbours, sl_neighbours_free);
  g_clear_pointer (&self->program.pace, sl_pace_free);
  if (self->lock_fd >= 0)
    (void) close (self->lock_fd);
  (void) close (self->signal_fd);
  return TRUE;
}

/* --- words --- */

typedef struct {
  char *data, *lan_address;
  int interval_s, lan_port;
  gboolean no_lan, version;
  char **neighbours;
} Words;

static void
words_clear (Words *words)
{
  g_free (words->data);
  g_free (words->lan_address);
  g_strfreev (words->neighbours);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

/* Where a network tells nothing by itself: REPLICA=URL. */
static gboolean
add_neighbours (SlNeighbours *neighbours, char **words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      const char *equals = strchr (words[i], '=');
      g_autofree char *id = equals != NULL ? g_strndup (words[i], equals - words[i]) : NULL;
      g_autofree char *url = equals != NULL ? sl_curl_clean_url (equals + 1, TRUE, NULL) : NULL;
      const char *const urls[] = { url, NULL };
      SlId replica;
      if (url == NULL || !sl_id_parse (id, &replica))
        return FALSE;
      sl_neighbours_set (neighbours, &replica, urls);
    }
  return TRUE;
}

static gboolean
parse (int argc, char **argv, Words *out, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &out->data, "the data directory ($STUDIOLOOP_DATA)", "DIR" },
    { "interval", 0, 0, G_OPTION_ARG_INT, &out->interval_s, "ask the hub at least every so many seconds (50)", "S" },
    { "no-lan", 0, 0, G_OPTION_ARG_NONE, &out->no_lan, "neither look for neighbours nor answer them", NULL },
    { "lan-address", 0, 0, G_OPTION_ARG_STRING, &out->lan_address, "answer neighbours only here", "ADDRESS" },
    { "lan-port", 0, 0, G_OPTION_ARG_INT, &out->lan_port, "and at this port (any)", "PORT" },
    { "neighbour", 0, 0, G_OPTION_ARG_STRING_ARRAY, &out->neighbours, "one that no network tells of", "REPLICA=URL" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &out->version, "print the version", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- exchange with the hub and with neighbours");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc == 1 && out->interval_s >= 1 && out->interval_s <= INTERVAL_MAX_S && out->lan_port >= 0
      && out->lan_port <= G_MAXUINT16)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "studioloop-sync --help says what may be said");
  return FALSE;
}

static int
run_program (const Words *words)
{
  const char *given = words->data != NULL ? words->data : g_getenv ("STUDIOLOOP_DATA");
  const char *named = given != NULL && *given != '\0' ? given : DEFAULT_DATA_DIR;
  g_autofree char *data_dir = g_canonicalize_filename (named, NULL);
  g_autoptr (GError) failure = NULL;
  Main self = { .lock_fd = -1, .signal_fd = open_signals () };
  self.program = (SlAgentProgram){ .data_dir = data_dir, .world = sl_world_system (),
                                   .interval_ms = words->interval_s * G_GINT64_CONSTANT (1000),
                                   .lan = !words->no_lan, .lan_address = words->lan_address,
                                   .lan_port = (guint16) words->lan_port, .neighbours = sl_neighbours_new (),
                                   .pace = sl_pace_new () };
  self.program.asking = &self.asking;
  int status = EXIT_USAGE;
  (void) sd_watchdog_enabled (FALSE, &self.watchdog_us);
  if (!add_neighbours (self.program.neighbours, words->neighbours))
    fprintf (stderr, "studioloop-sync: --neighbour: REPLICA=URL\n");
  else
    status = run (&self, &failure) && !self.failed ? EXIT_SUCCESS : EXIT_FAILED;
  if (failure != NULL)
    fprintf (stderr, "studioloop-sync: %s\n", failure->message);
  if (!end (&self))
    _exit (status);
  return status;
}

int
main (int argc, char **argv)
{
  g_auto (Words) words = { .interval_s = INTERVAL_DEFAULT_S };
  g_autoptr (GError) failure = NULL;
  if (!parse (argc, argv, &words, &failure))
    {
      fprintf (stderr, "studioloop-sync: %s\n", failure->message);
      return EXIT_USAGE;
    }
  if (words.version)
    {
      printf ("studioloop-sync " SL_VERSION "\n");
      return EXIT_SUCCESS;
    }
  if (curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK || !sl_crypto_init (&failure))
    {
      fprintf (stderr, "studioloop-sync: %s\n", failure != NULL ? failure->message : "libcurl does not start");
      return EXIT_FAILED;
    }
  int status = run_program (&words);
  curl_global_cleanup ();
  return status;
}
