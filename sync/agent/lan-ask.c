/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-lan-ask"

#include "agent/backoff.h"
#include "agent/neighbours.h"
#include "agent/watch.h"
#include "agent/worker.h"
#include "core/error.h"
#include "oplog/oplog.h"

/* Exchanges with every neighbour: at once when this device has written, else every few seconds. */

#define EVERY_MS 10000         /* they come by themselves when they have news; this is for what both have missed */
#define LOOK_MS 1000           /* who is due, who is new */
#define RETRY_MAX_MS 5000      /* trying again costs next to nothing on a LAN */
#define REQUEST_MS 10000       /* of one request on a LAN */
#define ROUNDS_MAX 200         /* of one turn: the others are served in between */

typedef struct {
  SlId replica;
  GStrv urls;
  SlNeighbourLine *line;
  SlBackoff backoff;
  gint64 due_us;
  gboolean failing, refused; /* refused: it is there, and what comes next may be what it lacked */
} Neighbour;

typedef struct {
  GHashTable *known;       /* SlId* → Neighbour* */
  SlWatch *watch;
  GSource *timer;
  guint64 held;
} LanAsk;

static void
neighbour_free (Neighbour *one)
{
  sl_neighbour_line_free (one->line);
  g_strfreev (one->urls);
  g_free (one);
}

static void
tell_failure (Neighbour *one, const char *message)
{
  char text[SL_ID_TEXT_BYTES];
  if (!one->failing)
    g_message ("neighbour %s: %s", sl_id_format (&one->replica, text), message);
  one->failing = TRUE;
}

/* It did not answer: visiting it once more may cost the time in which others wait for news. */
static gboolean
is_away (const Neighbour *one)
{
  return one->failing && !one->refused;
}

/* FALSE: this process must end. */
static gboolean
visit (SlWorker *worker, Neighbour *one)
{
  SlTransport transport = sl_neighbour_line_transport (one->line);
  gboolean more = TRUE;
  sl_neighbour_line_set_tries (one->line, is_away (one) ? 1 : G_MAXUINT);
  for (guint i = 0; more && i < ROUNDS_MAX; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_autoptr (GError) failure = NULL;
      gboolean done = sl_agent_exchange_peer (worker->agent, &one->replica, &transport, NULL, &result, &failure);
      sl_neighbours_note (worker->program->neighbours, &one->replica, done);
      if (!done && sl_failure_is_final (failure))
        {
          sl_agent_program_fail (failure);
          return FALSE;
        }
      if (!done || result.refused != SL_SYNC_OK)
        {
          tell_failure (one, !done ? failure->message : sl_sync_code_name (result.refused));
          gint64 wait_ms = MIN (sl_backoff_next_ms (&one->backoff, worker->program->world), RETRY_MAX_MS);
          one->refused = done;
          one->due_us = g_get_monotonic_time () + 1000 * MAX (wait_ms, result.retry_after_ms);
          return TRUE;
        }
      more = result.more;
    }
  one->failing = one->refused = FALSE;
  sl_backoff_reset (&one->backoff);
  one->due_us = more ? 0 : g_get_monotonic_time () + EVERY_MS * G_GINT64_CONSTANT (1000);
  return TRUE;
}

static void
learn (SlWorker *worker, LanAsk *self)
{
  g_autoptr (GArray) list = sl_neighbours_list (worker->program->neighbours);
  GHashTableIter iter;
  gpointer value;
  for (guint i = 0; i < list->len; i++)
    {
      const SlId *replica = &g_array_index (list, SlId, i);
      g_auto (GStrv) urls = sl_neighbours_urls (worker->program->neighbours, replica);
      Neighbour *one = g_hash_table_lookup (self->known, replica);
      if (one != NULL && g_strv_equal ((const char *const *) one->urls, (const char *const *) urls))
        continue;
      one = g_new0 (Neighbour, 1);
      one->replica = *replica;
      one->line = sl_neighbour_line_new ((const char *const *) urls, REQUEST_MS);
      one->urls = g_steal_pointer (&urls);
      g_hash_table_replace (self->known, &one->replica, one);
    }
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!g_array_binary_search (list, &((Neighbour *) value)->replica, (GCompareFunc) sl_id_compare, NULL))
      g_hash_table_iter_remove (&iter);
}

/* FALSE: this process must end. */
static gboolean
visit_due (SlWorker *worker)
{
  LanAsk *self = worker->data;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!is_away (value) && ((Neighbour *) value)->due_us <= g_get_monotonic_time () && !visit (worker, value))
      return FALSE;
  return TRUE;
}

/* (nullable): of those who are away the one whose turn it is. */
static Neighbour *
find_away (LanAsk *self)
{
  Neighbour *first = NULL;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_away (value) && ((Neighbour *) value)->due_us <= g_get_monotonic_time ()
        && (first == NULL || ((Neighbour *) value)->due_us < first->due_us))
      first = value;
  return first;
}

/* One a look of those who are away, behind all others: each may take SL_LAN_CONNECT_MS. */
static gboolean
on_look (gpointer user_data)
{
  SlWorker *worker = user_data;
  learn (worker, worker->data);
  gboolean lives = visit_due (worker);
  Neighbour *away = lives ? find_away (worker->data) : NULL;
  if (away != NULL)
    lives = visit (worker, away);
  return lives ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Something new is held, of this device or by way of the hub: those who are there hear of it. */
static gboolean
on_commit (gpointer user_data)
{
  SlWorker *worker = user_data;
  LanAsk *self = worker->data;
  guint64 held = 0;
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GArray) chains = sl_oplog_chains (sl_engine_get_log (worker->engine), NULL);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    held += g_array_index (chains, SlChainInfo, i).head_seq;
  if (held == self->held)
    return FALSE;
  self->held = held;
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!is_away (value))
      ((Neighbour *) value)->due_us = 0;
  learn (worker, self);
  (void) visit_due (worker);
  return TRUE;
}

static gboolean
setup (SlWorker *worker, GError **error)
{
  LanAsk *self = worker->data = g_new0 (LanAsk, 1);
  self->known = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, (GDestroyNotify) neighbour_free);
  self->watch = sl_watch_new (worker->program->data_dir, worker->context, on_commit, worker);
  self->timer = g_timeout_source_new (LOOK_MS);
  g_source_set_callback (self->timer, on_look, worker, NULL);
  g_source_attach (self->timer, worker->context);
  return TRUE;
}

static void
teardown (SlWorker *worker)
{
  LanAsk *self = worker->data;
  if (self == NULL)
    return;
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  sl_watch_free (self->watch);
  g_hash_table_unref (self->known);
  g_clear_pointer (&worker->data, g_free);
}

const SlWorkerClass sl_lan_ask_class = { setup, teardown };
