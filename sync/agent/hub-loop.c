/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-loop"

#include "agent/hub-loop.h"

#include "agent/backoff.h"
#include "agent/events-curl.h"
#include "agent/pace.h"
#include "agent/pair.h"
#include "agent/watch.h"
#include "core/error.h"
#include "engine/exchange.h"
#include "engine/sync-status.h"

#define UPKEEP_MS (60 * 1000)
#define UPKEEP_SOON_MS 20     /* after an exchange that brought something, when what else has come was taken too */
#define TURN_ROUNDS_MAX 8     /* of one turn of the loop: signals and the watchdog come in between */
#define UNPAIRED_LOOK_MS (10 * 1000)
#define HEARING_INTERVALS 6   /* while news come by themselves the hub is asked less often: mobile data is dear */
/* News of an end of the log that this device has read beyond are older than its last exchange, or of another log: the
 * next ones tell. */
#define OLD_NEWS_MS 1000
/* What a command was given is news too, and is told before its answer comes: such news wait for that, but no longer
 * than a command does (SL_CLIENT_FETCH_MS). */
#define ASKING_LOOK_MS 2
#define ASKING_WAIT_US (2 * G_USEC_PER_SEC)

struct _SlHubLoop {
  const SlAgentProgram *program;
  SlEngine *engine;
  SlAgent *agent;
  SlCurlTickFunc still_wanted;
  gpointer tick_data;
  SlWatch *watch;
  GNetworkMonitor *network;
  gulong network_handler;
  guint exchange_id, upkeep_id, events_id, news_id;
  gint64 exchange_at_us;   /* when exchange_id fires */
  gint64 version;          /* of the data, when it was looked at last */
  SlBackoff backoff, events_backoff;
  /* of the hub that is paired */
  char *url;               /* (nullable) */
  SlCurl *curl;
  SlEvents *events;
  SlEventsClock events_clock; /* (nullable) */
  gpointer events_clock_data;
  gboolean events_asked;   /* connecting, or connected */
  gboolean hears;          /* connected: news come by themselves */
  guint64 cursor;
  guint64 heard;           /* by the last news, where the log ends */
  gint64 heard_us;         /* when they came */
  gboolean failing;
  gint64 failed_until_us;  /* back-off: what this device writes meanwhile waits too */
  gint64 paced_until_us;   /* the same, so that the hub is not asked too often */
};

static void schedule_exchange (SlHubLoop *self, gint64 wait_ms);
static void schedule_upkeep (SlHubLoop *self, gint64 wait_ms);
static void schedule_events (SlHubLoop *self, gint64 wait_ms);

static void
forget_hub (SlHubLoop *self)
{
  g_clear_pointer (&self->events, sl_events_free);
  g_clear_pointer (&self->curl, sl_curl_free);
  g_clear_pointer (&self->url, g_free);
  self->events_asked = self->hears = FALSE;
}

/* What it failed for is over: nobody waits for the end of a back-off. */
static void
hurry (SlHubLoop *self)
{
  self->failed_until_us = 0;
  sl_backoff_reset (&self->backoff);
  schedule_exchange (self, 0);
}

/* --- news --- */

static gboolean
is_asking (const SlHubLoop *self)
{
  return self->program->asking != NULL && g_atomic_int_get (self->program->asking) > 0
         && g_get_monotonic_time () - self->heard_us < ASKING_WAIT_US;
}

/* How far the log was read, by another thread or process too. */
static guint64
read_cursor (SlHubLoop *self)
{
  g_auto (SlHubLink) link = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean paired;
  if (sl_agent_hub (self->agent, &link, &paired, &failure) && paired)
    return link.cursor;
  return self->cursor;
}

/* By now what was heard may have come with an exchange of our own. */
static gboolean
on_news_due (gpointer user_data)
{
  SlHubLoop *self = user_data;
  if (is_asking (self))
    {
      self->news_id = g_timeout_add (ASKING_LOOK_MS, on_news_due, self);
      return G_SOURCE_REMOVE;
    }
  self->news_id = 0;
  self->cursor = read_cursor (self);
  if (self->heard != self->cursor)
    schedule_exchange (self, 0);
  return G_SOURCE_REMOVE;
}

/* Of several that have come only the last counts: it is looked at when no more wait. */
static void
take_news (SlHubLoop *self, guint64 head)
{
  self->heard = head;
  self->heard_us = g_get_monotonic_time ();
  g_clear_handle_id (&self->news_id, g_source_remove);
  if (head > self->cursor)
    self->news_id = g_idle_add (on_news_due, self);
  else if (head < self->cursor)
    self->news_id = g_timeout_add (OLD_NEWS_MS, on_news_due, self);
}

/* It has said that it is there, without being asked. */
static void
note_alive (SlHubLoop *self)
{
  const SlSyncContact contact = { .answered = TRUE };
  g_autoptr (GError) failure = NULL;
  if (self->failing)
    return;
  if (!sl_sync_contact_note (self->engine, &contact, &failure))
    g_debug ("noting that the hub is there: %s", failure->message);
}

static void
on_event (SlEventsKind kind, guint64 head, gpointer user_data)
{
  SlHubLoop *self = user_data;
  switch (kind)
    {
    case SL_EVENTS_OPEN:
      self->hears = TRUE;
      note_alive (self);
      sl_backoff_reset (&self->events_backoff);
      if (self->failing)
        hurry (self);
      break;
    case SL_EVENTS_NEWS:
      take_news (self, head);
      break;
    case SL_EVENTS_ALIVE:
      note_alive (self);
      break;
    case SL_EVENTS_CLOSED:
      self->events_asked = self->hears = FALSE;
      schedule_exchange (self, self->program->interval_ms);
      schedule_events (self, sl_backoff_next_ms (&self->events_backoff, self->program->world));
      break;
    }
}

static gboolean
on_events_due (gpointer user_data)
{
  SlHubLoop *self = user_data;
  g_autoptr (GError) failure = NULL;
  self->events_id = 0;
  if (self->events == NULL || self->events_asked || self->failing)
    return G_SOURCE_REMOVE;
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("GET", "/v1/events", NULL);
  if (!sl_agent_sign_for_hub (self->agent, request, &failure))
    {
      g_message ("listening for news: %s", failure->message);
      return G_SOURCE_REMOVE;
    }
  self->events_asked = TRUE;
  sl_events_connect (self->events, g_steal_pointer (&request));
  return G_SOURCE_REMOVE;
}

static void
schedule_events (SlHubLoop *self, gint64 wait_ms)
{
  if (self->events_id == 0)
    self->events_id = g_timeout_add ((guint) wait_ms, on_events_due, self);
}

/* --- exchange --- */

/* TRUE: there is a hub, and a connection to it. */
static gboolean
find_hub (SlHubLoop *self, GError **error)
{
  g_auto (SlHubLink) link = { 0 };
  gboolean paired;
  if (!sl_agent_hub (self->agent, &link, &paired, error))
    return FALSE;
  if (!paired || g_strcmp0 (link.url, self->url) != 0)
    forget_hub (self);
  if (!paired || self->curl != NULL)
    return paired;
  g_autofree char *ca_file = g_build_filename (self->program->data_dir, SL_HUB_CA_FILE, NULL);
  const SlCurlWhere where = { link.url, link.own_ca ? ca_file : NULL, link.pins };
  self->url = g_strdup (link.url);
  self->curl = sl_curl_new_for_hub (self->program->data_dir, &link);
  sl_curl_set_tick (self->curl, self->still_wanted, self->tick_data);
  self->events = sl_events_new (&where, NULL, on_event, self);
  sl_events_set_clock (self->events, self->events_clock, self->events_clock_data);
  return TRUE;
}

static void
back_off (SlHubLoop *self, const char *message, gint64 at_least_ms)
{
  gint64 wait_ms = MAX (sl_backoff_next_ms (&self->backoff, self->program->world), at_least_ms);
  if (!self->failing)
    g_message ("the hub: %s", message);
  self->failing = TRUE;
  self->failed_until_us = g_get_monotonic_time () + wait_ms * 1000;
  schedule_exchange (self, wait_ms);
}

static void
succeeded (SlHubLoop *self, gboolean more)
{
  if (self->failing)
    g_message ("the hub answers again");
  self->failing = FALSE;
  self->failed_until_us = 0;
  sl_backoff_reset (&self->backoff);
  schedule_exchange (self, more ? 0 : self->program->interval_ms * (self->hears ? HEARING_INTERVALS : 1));
  if (!self->events_asked)
    schedule_events (self, 0);
}

/* FALSE: the hub would be asked too often; the exchange is put off. */
static gboolean
may_ask (SlHubLoop *self)
{
  gint64 now_us = g_get_monotonic_time (), wait_ms = sl_pace_take (self->program->pace, now_us / 1000);
  if (wait_ms == 0)
    return TRUE;
  self->paced_until_us = now_us + wait_ms * 1000;
  schedule_exchange (self, wait_ms);
  return FALSE;
}

/* One turn: as many requests as it takes, but for what is too much at once. */
static void
exchange (SlHubLoop *self)
{
  SlTransport transport = sl_curl_transport (self->curl);
  guint64 pulled = 0;
  gboolean more = may_ask (self);
  for (guint i = 0; more; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_autoptr (GError) failure = NULL;
      if (!sl_agent_exchange (self->agent, &transport, NULL, &result, &failure))
        {
          if (sl_failure_is_final (failure))
            sl_agent_program_fail (failure);
          back_off (self, failure->message, 0);
          return;
        }
      pulled += result.pulled;
      self->cursor = result.cursor != 0 ? result.cursor : self->cursor;
      if (result.refused != SL_SYNC_OK)
        {
          back_off (self, sl_sync_code_name (result.refused), result.retry_after_ms);
          break;
        }
      more = result.more && i + 1 < TURN_ROUNDS_MAX && may_ask (self);
      if (!more)
        succeeded (self, result.more);
    }
  if (pulled > 0)
    schedule_upkeep (self, UPKEEP_SOON_MS);
}

static gboolean
on_exchange_due (gpointer user_data)
{
  SlHubLoop *self = user_data;
  g_autoptr (GError) failure = NULL;
  self->exchange_id = 0;
  if (find_hub (self, &failure))
    exchange (self);
  else if (failure == NULL)
    schedule_exchange (self, UNPAIRED_LOOK_MS);
  else if (sl_failure_is_final (failure))
    sl_agent_program_fail (failure);
  else
    back_off (self, failure->message, 0);
  sl_engine_settle (self->engine);
  return G_SOURCE_REMOVE;
}

/* The earliest time that anybody has asked for, but not before the back-off is over and the pace allows it. */
static void
schedule_exchange (SlHubLoop *self, gint64 wait_ms)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 at_us = MAX (now_us + wait_ms * 1000, MAX (self->failed_until_us, self->paced_until_us));
  if (self->exchange_id != 0 && self->exchange_at_us <= at_us)
    return;
  g_clear_handle_id (&self->exchange_id, g_source_remove);
  self->exchange_at_us = at_us;
  self->exchange_id = g_timeout_add ((guint) ((at_us - now_us + 999) / 1000), on_exchange_due, self);
}

/* --- upkeep, commits, the link --- */

static gboolean
on_commit (gpointer user_data)
{
  SlHubLoop *self = user_data;
  gboolean news = FALSE;
  gint64 version = sl_engine_data_version (self->engine);
  g_autoptr (GError) failure = NULL;
  if (version == self->version)
    return FALSE;
  self->version = version;
  if (!sl_agent_has_news (self->agent, &news, &failure))
    g_debug ("looking what is new: %s", failure->message);
  if (news)
    schedule_exchange (self, 0);
  return TRUE;
}

static gboolean
on_upkeep_due (gpointer user_data)
{
  SlHubLoop *self = user_data;
  g_autoptr (GError) failure = NULL;
  self->upkeep_id = 0;
  if (!sl_agent_upkeep (self->agent, &failure))
    {
      g_warning ("upkeep: %s", failure->message);
      if (sl_failure_is_final (failure))
        sl_agent_program_fail (failure);
    }
  schedule_upkeep (self, UPKEEP_MS);
  self->version = -1; /* what this thread writes does not change it */
  (void) on_commit (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_upkeep (SlHubLoop *self, gint64 wait_ms)
{
  g_clear_handle_id (&self->upkeep_id, g_source_remove);
  self->upkeep_id = g_timeout_add ((guint) wait_ms, on_upkeep_due, self);
}

static void
on_network_changed (GNetworkMonitor *network, gboolean available, gpointer user_data)
{
  SlHubLoop *self = user_data;
  if (available)
    hurry (self);
}

/**
 * sl_hub_loop_new:
 * @program: must outlive it
 * @engine: (transfer none): of this thread; must outlive it
 * @still_wanted: called about once a second while a request waits; %FALSE gives the request up
 * @user_data: for it
 *
 * Returns: (transfer full): the loop's work: it begins when the default main context runs
 */
SlHubLoop *
sl_hub_loop_new (const SlAgentProgram *program, SlEngine *engine, SlCurlTickFunc still_wanted, gpointer user_data)
{
  SlHubLoop *self = g_new0 (SlHubLoop, 1);
  self->program = program;
  self->engine = engine;
  self->agent = sl_agent_new (engine, program->world);
  self->still_wanted = still_wanted;
  self->tick_data = user_data;
  self->watch = sl_watch_new (program->data_dir, NULL, on_commit, self);
  self->network = g_network_monitor_get_default ();
  self->network_handler = g_signal_connect (self->network, "network-changed", G_CALLBACK (on_network_changed), self);
  schedule_exchange (self, 0);
  schedule_upkeep (self, UPKEEP_SOON_MS);
  return self;
}

/**
 * sl_hub_loop_free:
 * @loop: (nullable) (transfer full): on its thread
 */
void
sl_hub_loop_free (SlHubLoop *loop)
{
  if (loop == NULL)
    return;
  g_signal_handler_disconnect (loop->network, loop->network_handler);
  g_clear_handle_id (&loop->exchange_id, g_source_remove);
  g_clear_handle_id (&loop->upkeep_id, g_source_remove);
  g_clear_handle_id (&loop->events_id, g_source_remove);
  g_clear_handle_id (&loop->news_id, g_source_remove);
  forget_hub (loop);
  sl_watch_free (loop->watch);
  sl_agent_free (loop->agent);
  g_free (loop);
}

/**
 * sl_hub_loop_set_events_clock:
 * @loop: a loop that has not run
 * @now_us: (nullable): as in sl_events_set_clock()
 * @user_data: for @now_us
 */
void
sl_hub_loop_set_events_clock (SlHubLoop *loop, SlEventsClock now_us, gpointer user_data)
{
  loop->events_clock = now_us;
  loop->events_clock_data = user_data;
}

/**
 * sl_hub_loop_hears:
 * @loop: the loop
 *
 * Returns: whether the hub tells news by itself
 */
gboolean
sl_hub_loop_hears (const SlHubLoop *loop)
{
  return loop->hears;
}

/**
 * sl_hub_loop_status:
 * @loop: the loop
 *
 * Returns: (transfer full): one line, without anything personal
 */
char *
sl_hub_loop_status (SlHubLoop *loop)
{
  g_auto (SlSyncHealth) health = { 0 };
  SlSyncStatus status;
  if (!sl_sync_health_read (loop->engine, &health, NULL) || !sl_exchange_sync_status (loop->engine, &status, NULL))
    return g_strdup ("the database cannot be read");
  const char *state = !health.paired          ? "no hub"
                      : health.refused != NULL ? health.refused
                      : health.online          ? "online"
                                               : "offline";
  return g_strdup_printf ("%s, %" G_GUINT64_FORMAT " to send, %u on the LAN%s", state, status.pending,
                          health.neighbours, health.clock_wrong ? ", clock wrong" : "");
}
