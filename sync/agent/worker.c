/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-worker"

#include "agent/worker.h"

#include <signal.h>
#include <unistd.h>

#include "core/error.h"

/**
 * sl_failure_is_final:
 * @error: what went wrong
 *
 * Returns: whether the data can no longer be relied on by this process: it ends, and is started anew
 */
gboolean
sl_failure_is_final (const GError *error)
{
  return g_error_matches (error, SL_ERROR, SL_ERROR_STORAGE) || g_error_matches (error, SL_ERROR, SL_ERROR_CORRUPT)
         || g_error_matches (error, SL_ERROR, SL_ERROR_TOO_NEW)
         || g_error_matches (error, SL_ERROR, SL_ERROR_NO_STUDIO);
}

/**
 * sl_agent_program_fail:
 * @error: why
 *
 * Ends the program as a signal from outside would. Any thread.
 */
void
sl_agent_program_fail (const GError *error)
{
  g_warning ("%s: ending, to be started anew", error->message);
  (void) kill (getpid (), SIGUSR1);
}

static gpointer
run (gpointer user_data)
{
  SlWorker *self = user_data;
  g_autoptr (GError) failure = NULL;
  g_main_context_push_thread_default (self->context);
  self->engine = sl_engine_open (self->program->data_dir, self->program->world, &failure);
  if (self->engine != NULL)
    self->agent = sl_agent_new (self->engine, self->program->world);
  if (self->engine != NULL && self->class->setup (self, &failure))
    g_main_loop_run (self->loop);
  else
    sl_agent_program_fail (failure);
  self->class->teardown (self);
  g_clear_pointer (&self->agent, sl_agent_free);
  g_clear_pointer (&self->engine, sl_engine_close);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * sl_worker_start:
 * @program: what it works for; must outlive it
 * @name: of the thread
 * @class: what it does
 *
 * Returns: (transfer full): the thread
 */
SlWorker *
sl_worker_start (const SlAgentProgram *program, const char *name, const SlWorkerClass *class)
{
  SlWorker *self = g_new0 (SlWorker, 1);
  self->program = program;
  self->class = class;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new (name, run, self);
  return self;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * sl_worker_stop:
 * @worker: (nullable) (transfer full): a thread
 *
 * Ends it after what it is at, and waits.
 */
void
sl_worker_stop (SlWorker *worker)
{
  if (worker == NULL)
    return;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, on_quit, worker->loop, NULL);
  g_source_attach (source, worker->context);
  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
}
