/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hub-loop"

#include <string.h>

#include "agent/hub-loop.h"
#include "agent/peer-private.h"
#include "core/datetime.h"
#include "engine/sync-status.h"
#include "hub-fixture.h"

/* The agent's loop with a real hub behind a real socket; whether the hub speaks by itself, and what the clocks say, is
 * the test's. */

#define PATIENCE_S 60 /* far beyond anything here: a hang is a failure */
#define NEVER_MS (G_GINT64_CONSTANT (1000) * SL_HOUR_MS)

typedef struct {
  HubWorld world;
  HubDevice device;
  /* the hub's thread */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SlPeerServer *server;
  gint streams, exchanges; /* atomic: begun; asked for */
  /* the agent's */
  SlAgentProgram program;
  gint asking;
  gint64 events_us;        /* with the lock */
  GMutex lock;
  SlHubLoop *hub_loop;
} Place;

static SlSyncAnswer *
answer (const SlSyncRequest *request, const char *from, gpointer user_data)
{
  Place *place = user_data;
  SlId tenant, replica;
  guint64 head;
  if (strcmp (request->path, "/v1/events") != 0)
    {
      g_atomic_int_inc (&place->exchanges);
      return sl_hub_handle (place->world.hub, request, from);
    }
  SlSyncAnswer *refused = sl_hub_check_events (place->world.hub, request, from, &tenant, &replica, &head);
  if (refused != NULL)
    return refused;
  sl_peer_server_news (place->server, head); /* a hub says first of all where the log stands */
  g_atomic_int_inc (&place->streams);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  return sl_sync_answer_new ("text/event-stream", nothing);
}

static gpointer
serve (gpointer user_data)
{
  Place *place = user_data;
  g_main_context_push_thread_default (place->context);
  g_main_loop_run (place->loop);
  g_clear_pointer (&place->server, sl_peer_server_free);
  g_main_context_pop_thread_default (place->context);
  return NULL;
}

static gint64
events_clock (gpointer user_data)
{
  Place *place = user_data;
  g_mutex_lock (&place->lock);
  gint64 now_us = place->events_us;
  g_mutex_unlock (&place->lock);
  return now_us;
}

static void
move_events_clock (Place *place, gint64 seconds)
{
  g_mutex_lock (&place->lock);
  place->events_us += seconds * G_USEC_PER_SEC;
  g_mutex_unlock (&place->lock);
}

static gboolean
still_wanted (gpointer user_data)
{
  return TRUE;
}

static void
pair_with_hub (Place *place)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlAgent) agent = sl_agent_new (place->device.engine, &place->world.world.base);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", sl_peer_server_get_port (place->server));
  SlHubLink link = { .url = url, .account = place->device.tenant, .replica = place->device.hub_replica,
                     .epoch = place->device.epoch, .cursor = place->device.cursor };
  memcpy (link.public_key, place->device.hub_key, SL_SIGN_PUBLIC_BYTES);
  gboolean set = sl_agent_set_hub (agent, &link, &failure);
  g_assert_no_error (failure);
  g_assert_true (set);
}

static void
place_open (Place *place, gint64 beat_ms)
{
  g_autoptr (GError) failure = NULL;
  SlPeerLimits limits = sl_peer_limits;
  *place = (Place){ .context = g_main_context_new () };
  g_mutex_init (&place->lock);
  hub_world_open (&place->world, 5);
  hub_device_init (&place->device, &place->world);
  hub_device_found (&place->device);
  limits.beat_ms = beat_ms;
  place->server = sl_peer_server_new_limited (&limits, "127.0.0.1", 0, place->context, answer, place, &failure);
  g_assert_no_error (failure);
  pair_with_hub (place);
  place->loop = g_main_loop_new (place->context, FALSE);
  place->thread = g_thread_new ("hub", serve, place);
  place->program = (SlAgentProgram){ .data_dir = place->device.dir->path, .world = &place->world.world.base,
                                     .interval_ms = SL_HOUR_MS, /* nothing but the stream says how the hub is */
                                     .neighbours = sl_neighbours_new (), .pace = sl_pace_new (),
                                     .asking = &place->asking };
  place->hub_loop = sl_hub_loop_new (&place->program, place->device.engine, still_wanted, NULL);
  sl_hub_loop_set_events_clock (place->hub_loop, events_clock, place);
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
place_close (Place *place)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  sl_hub_loop_free (place->hub_loop);
  g_source_set_callback (source, quit, place->loop, NULL);
  g_source_attach (source, place->context);
  g_thread_join (place->thread);
  g_main_loop_unref (place->loop);
  g_main_context_unref (place->context);
  sl_neighbours_free (place->program.neighbours);
  sl_pace_free (place->program.pace);
  hub_device_close (&place->device);
  hub_world_close (&place->world);
  g_mutex_clear (&place->lock);
}

/* --- what is waited for --- */

typedef gboolean (*Condition) (Place *place);

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until (Place *place, Condition condition)
{
  g_autoptr (GTimer) timer = g_timer_new ();
  guint id = g_timeout_add (5, look_again, NULL);
  while (!condition (place))
    {
      g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, PATIENCE_S);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (id);
}

static gboolean
is_online (Place *place)
{
  g_auto (SlSyncHealth) health = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean read = sl_sync_health_read (place->device.engine, &health, &failure);
  g_assert_no_error (failure);
  g_assert_true (read);
  return health.online;
}

static gboolean
hears (Place *place)
{
  return sl_hub_loop_hears (place->hub_loop);
}

/* The stream is open, and what there was to say is said. */
static gboolean
is_settled (Place *place)
{
  g_autoptr (SlAgent) agent = sl_agent_new (place->device.engine, &place->world.world.base);
  gboolean news = TRUE;
  return hears (place) && sl_agent_has_news (agent, &news, NULL) && !news && !g_main_context_pending (NULL);
}

/* Whatever came just before, it is too long ago. */
static gboolean
has_given_up (Place *place)
{
  if (hears (place))
    move_events_clock (place, SL_EVENTS_SILENCE_S + 1);
  return !hears (place);
}

static void
test_a_stream_that_falls_silent_is_noticed_and_opened_anew (void)
{
  Place place;
  place_open (&place, NEVER_MS);
  wait_until (&place, is_settled);
  g_assert_true (is_online (&place));
  g_assert_cmpint (g_atomic_int_get (&place.streams), ==, 1);

  place.world.world.now_ms += SL_ONLINE_MS + 1;
  wait_until (&place, has_given_up);
  g_assert_false (is_online (&place)); /* the screens say so, and nothing that was heard of old hides it */

  wait_until (&place, hears);
  g_assert_cmpint (g_atomic_int_get (&place.streams), ==, 2);
  g_assert_true (is_online (&place));
  place_close (&place);
}

static void
test_a_hub_that_says_only_that_it_is_there_is_there (void)
{
  Place place;
  place_open (&place, 50);
  wait_until (&place, is_settled);
  for (guint minute = 0; minute < 3; minute++)
    {
      place.world.world.now_ms += SL_ONLINE_MS + 1;
      wait_until (&place, is_online);
    }
  g_assert_cmpint (g_atomic_int_get (&place.streams), ==, 1);
  place_close (&place);
}

/* Another device writes, and the hub tells of it. */
static void
write_elsewhere (Place *place, HubDevice *other, const char *name)
{
  (void) hub_device_add_member (other, name);
  hub_device_sync (other);
  sl_peer_server_news (place->server, other->cursor);
}

/* What another thread asks on behalf of a command. */
static void
exchange_for_a_command (Place *place)
{
  g_autoptr (GError) failure = NULL;
  g_auto (SlAgentResult) result = { 0 };
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", sl_peer_server_get_port (place->server));
  const SlCurlWhere where = { .url = url };
  g_autoptr (SlCurl) curl = sl_curl_new (&where);
  SlTransport transport = sl_curl_transport (curl);
  g_autoptr (SlAgent) agent = sl_agent_new (place->device.engine, &place->world.world.base);
  gboolean done = sl_agent_exchange (agent, &transport, NULL, &result, &failure);
  g_assert_no_error (failure);
  g_assert_true (done);
  g_assert_cmpint (result.refused, ==, SL_SYNC_OK);
}

static gboolean
knows_both (Place *place)
{
  return hub_device_members (&place->device) == 2;
}

static void
test_news_of_what_a_command_was_given_cost_nothing (void)
{
  Place place;
  HubDevice other;
  place_open (&place, 50);
  hub_device_pair (&other, &place.world, &place.device.tenant);
  hub_device_sync (&other);
  wait_until (&place, is_settled);
  exchange_for_a_command (&place); /* now it has all that pairing wrote */
  gint before = g_atomic_int_get (&place.exchanges);

  g_atomic_int_set (&place.asking, 1);
  write_elsewhere (&place, &other, "Thandi"); /* told before the answer is there */
  place.world.world.now_ms += SL_ONLINE_MS + 1;
  wait_until (&place, is_online); /* a sign of life that came behind the news */
  g_assert_cmpint (g_atomic_int_get (&place.exchanges), ==, before);
  exchange_for_a_command (&place);
  g_atomic_int_set (&place.asking, 0);
  place.world.world.now_ms += SL_ONLINE_MS + 1;
  wait_until (&place, is_online);
  wait_until (&place, is_settled);

  write_elsewhere (&place, &other, "Sipho"); /* nobody asks for it: it is pulled */
  wait_until (&place, knows_both);
  g_assert_cmpint (g_atomic_int_get (&place.exchanges), ==, before + 2);
  hub_device_close (&other);
  place_close (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/sl/hub-loop/" path, func)
  TEST ("a-stream-that-falls-silent-is-noticed-and-opened-anew",
        test_a_stream_that_falls_silent_is_noticed_and_opened_anew);
  TEST ("news-of-what-a-command-was-given-cost-nothing", test_news_of_what_a_command_was_given_cost_nothing);
  TEST ("a-hub-that-says-only-that-it-is-there-is-there", test_a_hub_that_says_only_that_it_is_there_is_there);
  return g_test_run ();
}
