/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-nightly"

#include "engine/nightly.h"
#include "agent/worker.h"

/* Checks all that this device holds, and writes backups: minutes, in which nothing else may wait for this thread. */

#define LOOK_S 60

static gboolean
on_look (gpointer user_data)
{
  SlWorker *worker = user_data;
  g_autoptr (GError) failure = NULL;
  g_atomic_int_set (&worker->busy, TRUE);
  gboolean done = sl_nightly_if_due (worker->engine, &failure);
  g_atomic_int_set (&worker->busy, FALSE);
  if (done)
    return G_SOURCE_CONTINUE;
  g_warning ("the nightly check: %s", failure->message);
  if (sl_failure_is_final (failure))
    sl_agent_program_fail (failure);
  return G_SOURCE_CONTINUE;
}

static gboolean
setup (SlWorker *worker, GError **error)
{
  GSource *timer = worker->data = g_timeout_source_new_seconds (LOOK_S);
  g_source_set_callback (timer, on_look, worker, NULL);
  g_source_attach (timer, worker->context);
  return TRUE;
}

static void
teardown (SlWorker *worker)
{
  GSource *timer = g_steal_pointer (&worker->data);
  if (timer == NULL)
    return;
  g_source_destroy (timer);
  g_source_unref (timer);
}

const SlWorkerClass sl_nightly_class = { setup, teardown };
