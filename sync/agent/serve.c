/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-serve"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/neighbours.h"
#include "agent/pair.h"
#include "agent/worker.h"
#include "client/client.h"
#include "client/socket.h"
#include "core/error.h"
#include "engine/sync-status.h"

/* DIR/agent.sock: commands of this machine that lack what others hold, and `sync now`. One after the other: each waits
 * for the network no longer than its asker does. */

#define BACKLOG 16
#define LAN_SHARE_MS SL_LAN_CONNECT_MS /* of the asker's time: kept for neighbours while the hub is asked first */
#define LINE_WAIT_MS 1000  /* for the asker's one line: it is written in one go */

typedef struct {
  int fd;
  GSource *source;
  SlCurl *curl;            /* (nullable): to the hub at url */
  char *url;
} Serve;

/* --- asking --- */

static gint64
left_ms (gint64 until_us)
{
  return (until_us - g_get_monotonic_time ()) / 1000;
}

static gboolean
find_hub (SlWorker *worker, gboolean *out_paired, GError **error)
{
  Serve *self = worker->data;
  g_auto (SlHubLink) link = { 0 };
  if (!sl_agent_hub (worker->agent, &link, out_paired, error))
    return FALSE;
  if (!*out_paired || g_strcmp0 (link.url, self->url) == 0)
    return TRUE;
  g_clear_pointer (&self->curl, sl_curl_free);
  g_free (self->url);
  self->url = g_strdup (link.url);
  self->curl = sl_curl_new_for_hub (worker->program->data_dir, &link);
  return TRUE;
}

/* Somebody waits for it: it is counted, and never put off. Until it is over, news may be what it brings. */
static gboolean
exchange (SlWorker *worker, const GArray *asks, SlAgentResult *out, GError **error)
{
  Serve *self = worker->data;
  SlTransport transport = sl_curl_transport (self->curl);
  sl_pace_count (worker->program->pace, g_get_monotonic_time () / 1000);
  g_atomic_int_inc (worker->program->asking);
  gboolean done = sl_agent_exchange (worker->agent, &transport, asks, out, error);
  g_atomic_int_add (worker->program->asking, -1);
  return done;
}

static gboolean
any_given (const SlAgentResult *result)
{
  for (guint i = 0; result->answers != NULL && i < result->answers->len; i++)
    if (g_array_index (result->answers, SlAsk, i).amount > 0)
      return TRUE;
  return FALSE;
}

static gboolean
ask_hub (SlWorker *worker, const GArray *asks, gint64 wait_ms, gboolean *out_given, GError **error)
{
  Serve *self = worker->data;
  gboolean paired;
  g_auto (SlAgentResult) result = { 0 };
  if (!find_hub (worker, &paired, error) || !paired || wait_ms <= 0)
    return error == NULL || *error == NULL;
  sl_curl_set_limits (self->curl, wait_ms, 0);
  if (!exchange (worker, asks, &result, error))
    return FALSE;
  *out_given = any_given (&result);
  return TRUE;
}

static gboolean
ask_neighbour (SlWorker *worker, const SlId *replica, const GArray *asks, gint64 wait_ms, gboolean *out_given,
               GError **error)
{
  g_auto (GStrv) urls = sl_neighbours_urls (worker->program->neighbours, replica);
  g_auto (SlAgentResult) result = { 0 };
  if (urls[0] == NULL || wait_ms <= 0)
    return TRUE;
  g_autoptr (SlNeighbourLine) line = sl_neighbour_line_new ((const char *const *) urls, wait_ms);
  SlTransport transport = sl_neighbour_line_transport (line);
  gboolean answered = sl_agent_exchange_peer (worker->agent, replica, &transport, asks, &result, error);
  sl_neighbours_note (worker->program->neighbours, replica, answered);
  if (!answered)
    return FALSE;
  *out_given = any_given (&result);
  return TRUE;
}

/* Those of the studio that are on the LAN, who answered last time first. */
static GArray *
sort_near (SlWorker *worker, const GArray *holders)
{
  GArray *near = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint turn = 0; turn < 2; turn++)
    for (guint i = 0; i < holders->len; i++)
      {
        const SlId *replica = &g_array_index (holders, SlId, i);
        g_auto (GStrv) urls = sl_neighbours_urls (worker->program->neighbours, replica);
        if (urls[0] != NULL && sl_neighbours_is_silent (worker->program->neighbours, replica) == (turn == 1))
          g_array_append_vals (near, replica, 1);
      }
  return near;
}

/* The richest first: whoever has most gives it with the least asking. While others are left each gets half of the time:
 * one that takes the question and never answers does not use it up. */
static gboolean
ask_neighbours (SlWorker *worker, const GArray *asks, gint64 until_us, gboolean *out_given, GError **error)
{
  g_autoptr (GArray) holders = sl_ask_holders (worker->engine, &g_array_index (asks, SlAsk, 0), error);
  if (holders == NULL)
    return FALSE;
  g_autoptr (GArray) near = sort_near (worker, holders);
  for (guint i = 0; i < near->len && !*out_given && left_ms (until_us) > 0; i++)
    {
      g_autoptr (GError) failure = NULL;
      gint64 wait_ms = left_ms (until_us) / (i + 1 < near->len ? 2 : 1);
      if (!ask_neighbour (worker, &g_array_index (near, SlId, i), asks, wait_ms, out_given, &failure)
          && sl_failure_is_final (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  return TRUE;
}

/* A hub that went away a moment ago must not take the time of those who are near. */
static gint64
hub_wait_ms (SlWorker *worker, gboolean first, gint64 until_us)
{
  g_autoptr (GArray) near = sl_neighbours_list (worker->program->neighbours);
  return left_ms (until_us) - (first && near->len > 0 ? LAN_SHARE_MS : 0);
}

/* The hub knows most, but where it has not been heard of lately waiting for it would use up the time. */
static gboolean
fetch (SlWorker *worker, const SlClientRequest *request, gint64 until_us, gboolean *out_given, GError **error)
{
  g_auto (SlSyncHealth) health = { 0 };
  g_autoptr (GArray) asks = g_array_new (FALSE, FALSE, sizeof (SlAsk));
  g_array_append_vals (asks, request->asks, request->n_asks);
  *out_given = FALSE;
  if (asks->len == 0)
    return TRUE;
  if (!sl_agent_note_fetch (worker->agent, error) || !sl_sync_health_read (worker->engine, &health, error))
    return FALSE;
  for (guint turn = 0; turn < 2 && !*out_given; turn++)
    {
      g_autoptr (GError) failure = NULL;
      gboolean hub = (turn == 0) == health.online;
      gboolean asked = hub ? ask_hub (worker, asks, hub_wait_ms (worker, turn == 0, until_us), out_given, &failure)
                           : ask_neighbours (worker, asks, until_us, out_given, &failure);
      if (!asked && sl_failure_is_final (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
sync_now (SlWorker *worker, gint64 until_us, SlClientReply *reply, GError **error)
{
  Serve *self = worker->data;
  gboolean paired, more = TRUE;
  if (!find_hub (worker, &paired, error))
    return FALSE;
  if (!paired)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "this studio is paired with no hub");
      return FALSE;
    }
  while (more && left_ms (until_us) > 0)
    {
      g_auto (SlAgentResult) result = { 0 };
      sl_curl_set_limits (self->curl, left_ms (until_us), 0);
      if (!exchange (worker, NULL, &result, error))
        return FALSE;
      reply->pushed += result.pushed;
      reply->pulled += result.pulled;
      more = result.more;
      if (result.refused == SL_SYNC_OK)
        continue;
      sl_set_refused (error, result.refused, NULL);
      return FALSE;
    }
  return TRUE;
}

/* --- the socket --- */

static void
answer (SlWorker *worker, int fd)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;
  SlClientRequest request;
  SlClientReply reply = { .error = -1 };
  gint64 line_until_us = g_get_monotonic_time () + LINE_WAIT_MS * G_GINT64_CONSTANT (1000);
  if (!sl_client_line_receive (fd, line, line_until_us) || !sl_client_request_read (line->str, &request))
    return;
  gint64 until_us = g_get_monotonic_time () + request.timeout_ms * 1000;
  gboolean done = request.sync ? sync_now (worker, until_us, &reply, &failure)
                               : fetch (worker, &request, until_us, &reply.given, &failure);
  if (!done)
    {
      reply.error = failure->domain == SL_ERROR ? failure->code : SL_ERROR_STORAGE;
      g_strlcpy (reply.message, failure->message, sizeof reply.message);
    }
  g_autofree char *text = sl_client_reply_write (&reply);
  (void) sl_client_line_send (fd, text, g_get_monotonic_time ()); /* whoever has gone needs no answer */
  if (!done && sl_failure_is_final (failure))
    sl_agent_program_fail (failure);
}

static gboolean
on_asked (int listening, GIOCondition condition, gpointer user_data)
{
  int fd = accept4 (listening, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0)
    return G_SOURCE_CONTINUE;
  answer (user_data, fd);
  (void) close (fd);
  return G_SOURCE_CONTINUE;
}

/* Whoever may write the data directory may ask; the lock of the agent says that an older socket is nobody's. */
static int
listen_at (const char *data_dir, GError **error)
{
  struct sockaddr_un address;
  int dir_fd, fd = -1;
  if (sl_client_address (data_dir, &address, &dir_fd))
    {
      (void) unlinkat (dir_fd, SL_CLIENT_SOCKET, 0);
      fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      if (fd >= 0
          && (fchmod (fd, 0600) != 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0
              || fchmodat (dir_fd, SL_CLIENT_SOCKET, 0600, 0) != 0 || listen (fd, BACKLOG) != 0))
        {
          (void) close (fd);
          fd = -1;
        }
      (void) close (dir_fd);
    }
  if (fd < 0)
    g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "%s in %s: %s", SL_CLIENT_SOCKET, data_dir, g_strerror (errno));
  return fd;
}

static gboolean
setup (SlWorker *worker, GError **error)
{
  Serve *self = worker->data = g_new0 (Serve, 1);
  self->fd = listen_at (worker->program->data_dir, error);
  if (self->fd < 0)
    return FALSE;
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->source, (GSourceFunc) (void (*) (void)) on_asked, worker, NULL);
  g_source_attach (self->source, worker->context);
  return TRUE;
}

static void
teardown (SlWorker *worker)
{
  Serve *self = worker->data;
  g_autofree char *path = g_build_filename (worker->program->data_dir, SL_CLIENT_SOCKET, NULL);
  if (self == NULL)
    return;
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
      (void) unlink (path);
    }
  if (self->fd >= 0)
    (void) close (self->fd);
  sl_curl_free (self->curl);
  g_free (self->url);
  g_clear_pointer (&worker->data, g_free);
}

const SlWorkerClass sl_serve_class = { setup, teardown };
