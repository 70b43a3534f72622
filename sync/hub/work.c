/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-work"

#include "hub/work.h"

#include "core/error.h"

#define THREADS 2               /* so that one organisation's first fill does not keep the others waiting */
#define SWEEP_MS (5 * 1000)     /* what became due without news: the hub itself decides how often it really looks */
#define AFTER_FAILURE_MS 1000   /* a store that fails is not asked as fast as it can say no */

struct _SlWork {
  SlHub *hub;
  SlEventLog *log;
  GThread *threads[THREADS];
  GMutex mutex;
  GCond cond;
  GQueue pending;               /* of SlId, each once */
  GHashTable *is_pending;       /* (element-type SlId) */
  GHashTable *is_busy;          /* (element-type SlId): a thread is at it */
  gboolean sweeping, stopping;
  gint64 sweep_us;              /* when the next look at all is due */
  guint alive;
  guint64 failures;
};

/* The next organisation that has news and that no other thread is at. With the mutex. */
static SlId *
take_pending (SlWork *work)
{
  for (GList *at = work->pending.head; at != NULL; at = at->next)
    {
      SlId *id = at->data;
      if (g_hash_table_contains (work->is_busy, id))
        continue;
      g_queue_delete_link (&work->pending, at);
      g_hash_table_remove (work->is_pending, id);
      g_hash_table_add (work->is_busy, id);
      return id;
    }
  return NULL;
}

/* With the mutex, which is given back while it runs. tenant: (nullable): all */
static void
run (SlWork *work, const SlId *tenant)
{
  g_mutex_unlock (&work->mutex);
  g_autoptr (GError) error = NULL;
  gboolean done = sl_hub_work (work->hub, tenant, &error);
  if (!done)
    sl_event_log_failure (work->log, "work_failed", error);
  g_mutex_lock (&work->mutex);
  if (done)
    return;
  work->failures++;
  gint64 end_us = g_get_monotonic_time () + AFTER_FAILURE_MS * 1000;
  while (!work->stopping && g_cond_wait_until (&work->cond, &work->mutex, end_us))
    ;
}

static gpointer
work_on (gpointer user_data)
{
  SlWork *work = user_data;
  g_mutex_lock (&work->mutex);
  while (!work->stopping)
    {
      SlId *tenant = take_pending (work);
      if (tenant != NULL)
        {
          run (work, tenant);
          g_hash_table_remove (work->is_busy, tenant);   /* frees it */
          g_cond_broadcast (&work->cond);
        }
      else if (!work->sweeping && g_get_monotonic_time () >= work->sweep_us)
        {
          work->sweeping = TRUE;
          run (work, NULL);
          work->sweeping = FALSE;
          work->sweep_us = g_get_monotonic_time () + SWEEP_MS * 1000;
        }
      else if (work->sweeping)
        g_cond_wait (&work->cond, &work->mutex);
      else
        (void) g_cond_wait_until (&work->cond, &work->mutex, work->sweep_us);
    }
  work->alive--;
  g_cond_broadcast (&work->cond);
  g_mutex_unlock (&work->mutex);
  return NULL;
}

/**
 * sl_work_new:
 * @hub: kept by reference
 * @log: for what fails; likewise
 *
 * Starts the threads; they look at all organisations at once.
 *
 * Returns: (transfer full): to be ended with sl_work_stop()
 */
SlWork *
sl_work_new (SlHub *hub, SlEventLog *log)
{
  SlWork *work = g_new0 (SlWork, 1);
  *work = (SlWork) { .hub = hub, .log = log, .alive = THREADS };
  g_mutex_init (&work->mutex);
  g_cond_init (&work->cond);
  g_queue_init (&work->pending);
  work->is_pending = g_hash_table_new (sl_id_hash, sl_id_equal);
  work->is_busy = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  for (guint i = 0; i < THREADS; i++)
    work->threads[i] = g_thread_new ("sl-work", work_on, work);
  return work;
}

/**
 * sl_work_add:
 * @tenant: whose log has grown; none: nobody knows whose
 *
 * Soon, once however often it is said before that. Any thread; never waits for work.
 */
void
sl_work_add (SlWork *work, const SlId *tenant)
{
  g_mutex_lock (&work->mutex);
  if (sl_id_is_none (tenant))
    work->sweep_us = 0;
  else if (!g_hash_table_contains (work->is_pending, tenant))
    {
      SlId *id = sl_id_copy (tenant);
      g_hash_table_add (work->is_pending, id);
      g_queue_push_tail (&work->pending, id);
    }
  g_cond_broadcast (&work->cond);
  g_mutex_unlock (&work->mutex);
}

/**
 * sl_work_failures:
 *
 * Returns: how often work failed since the beginning; any thread
 */
guint64
sl_work_failures (SlWork *work)
{
  g_mutex_lock (&work->mutex);
  guint64 failures = work->failures;
  g_mutex_unlock (&work->mutex);
  return failures;
}

/**
 * sl_work_stop:
 * @wait_ms: what is begun may take so long
 *
 * Begins nothing more. What is added from now on is not done.
 *
 * Returns: %FALSE when a thread still runs: the process should end
 */
gboolean
sl_work_stop (SlWork *work, gint64 wait_ms)
{
  gint64 end_us = g_get_monotonic_time () + wait_ms * 1000;
  g_mutex_lock (&work->mutex);
  work->stopping = TRUE;
  g_cond_broadcast (&work->cond);
  while (work->alive > 0 && g_cond_wait_until (&work->cond, &work->mutex, end_us))
    ;
  gboolean ended = work->alive == 0;
  g_mutex_unlock (&work->mutex);
  if (!ended)
    return FALSE;
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (work->threads[i]);
  return TRUE;
}

/**
 * sl_work_free:
 * @work: (nullable): stopped
 *
 * Frees it, and what was added in vain.
 */
void
sl_work_free (SlWork *work)
{
  if (work == NULL)
    return;
  g_assert (work->alive == 0);
  g_queue_clear_full (&work->pending, g_free);
  g_hash_table_unref (work->is_pending);
  g_hash_table_unref (work->is_busy);
  g_mutex_clear (&work->mutex);
  g_cond_clear (&work->cond);
  g_free (work);
}
