/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-lan-answer"

#include "agent/lan.h"
#include "agent/peer-server.h"
#include "agent/watch.h"
#include "agent/worker.h"
#include "oplog/oplog.h"

/* Answers neighbours. This thread asks nobody, so that two desks that ask each other at once both get their answers. */

typedef struct {
  SlPeerServer *server;
  SlLan *lan;
  SlWatch *watch;
  guint64 told;            /* operations held when neighbours were told last */
} LanAnswer;

static SlSyncAnswer *
on_request (const SlSyncRequest *request, const char *from, gpointer user_data)
{
  SlWorker *worker = user_data;
  return sl_agent_answer (worker->agent, request);
}

static void
on_neighbour (const SlNeighbour *neighbour, gpointer user_data)
{
  SlWorker *worker = user_data;
  sl_neighbours_set (worker->program->neighbours, &neighbour->replica, (const char *const *) neighbour->urls);
}

/* Whoever listens hears that there is more than before. */
static gboolean
on_commit (gpointer user_data)
{
  SlWorker *worker = user_data;
  LanAnswer *self = worker->data;
  guint64 held = 0;
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (worker->engine), NULL);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    held += g_array_index (chains, SlChainInfo, i).head_seq;
  if (held == self->told)
    return FALSE;
  self->told = held;
  sl_peer_server_news (self->server, held);
  return TRUE;
}

static gboolean
setup (SlWorker *worker, GError **error)
{
  const SlAgentProgram *program = worker->program;
  LanAnswer *self = worker->data = g_new0 (LanAnswer, 1);
  SlId organisation, replica;
  if (!program->lan)
    return TRUE;
  self->server = sl_peer_server_new (program->lan_address, program->lan_port, worker->context, on_request, worker,
                                     error);
  if (self->server == NULL)
    return FALSE;
  sl_engine_get_organisation (worker->engine, &organisation);
  sl_engine_get_replica (worker->engine, &replica);
  g_info ("neighbours are answered on port %u", sl_peer_server_get_port (self->server));
  self->lan = sl_lan_new (&organisation, &replica, sl_peer_server_get_port (self->server), worker->context,
                          on_neighbour, worker);
  self->watch = sl_watch_new (program->data_dir, worker->context, on_commit, worker);
  return TRUE;
}

static void
teardown (SlWorker *worker)
{
  LanAnswer *self = worker->data;
  if (self == NULL)
    return;
  g_clear_pointer (&self->watch, sl_watch_free);
  g_clear_pointer (&self->lan, sl_lan_free);
  g_clear_pointer (&self->server, sl_peer_server_free);
  g_clear_pointer (&worker->data, g_free);
}

const SlWorkerClass sl_lan_answer_class = { setup, teardown };
