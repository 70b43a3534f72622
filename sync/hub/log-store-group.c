/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store-group"

#include "hub/log-store-group.h"

struct _SlLogGroup
{
  GMutex mutex;
  GQueue waiting; /* SlLogJob, not owned */
  guint lanes, busy;
  SlLogGroupFunc func;
  gpointer user_data;
};

/**
 * sl_log_group_new:
 * @lanes: how many turns may go on at the same time, 1 or more
 * @func: does the jobs of a turn, on the thread of one that waits; must live as long as the group
 * @user_data: for @func
 *
 * Returns: (transfer full): a group
 */
SlLogGroup *
sl_log_group_new (guint lanes, SlLogGroupFunc func, gpointer user_data)
{
  SlLogGroup *group = g_new0 (SlLogGroup, 1);
  g_mutex_init (&group->mutex);
  g_queue_init (&group->waiting);
  group->lanes = lanes;
  group->func = func;
  group->user_data = user_data;
  return group;
}

/**
 * sl_log_group_free:
 * @group: (nullable) (transfer full): a group in which nobody waits
 */
void
sl_log_group_free (SlLogGroup *group)
{
  if (group == NULL)
    return;
  g_assert (g_queue_is_empty (&group->waiting) && group->busy == 0);
  g_mutex_clear (&group->mutex);
  g_free (group);
}

/* As many as fit in a turn; at least one. */
static guint
take_turn (SlLogGroup *group, SlLogJob **jobs)
{
  guint n_jobs = 0;
  gsize bytes = 0;
  while (n_jobs < SL_LOG_GROUP_JOBS)
    {
      SlLogJob *job = g_queue_peek_head (&group->waiting);
      if (job == NULL || (n_jobs > 0 && bytes + job->bytes > SL_LOG_GROUP_BYTES))
        break;
      g_queue_pop_head (&group->waiting);
      job->taken = TRUE;
      bytes += job->bytes;
      jobs[n_jobs++] = job;
    }
  return n_jobs;
}

/* Those of the turn may go, and the first of those who came meanwhile does the next. */
static void
end_turn (SlLogGroup *group, SlLogJob **jobs, guint n_jobs)
{
  for (guint i = 0; i < n_jobs; i++)
    {
      jobs[i]->done = TRUE;
      g_cond_signal (&jobs[i]->cond);
    }
  SlLogJob *next = g_queue_peek_head (&group->waiting);
  if (next != NULL)
    g_cond_signal (&next->cond);
}

/**
 * sl_log_group_run:
 * @group: a group
 * @job: what is to be done; the same memory must stay until this returns
 *
 * Has @job done, by this thread or by another that is at it. Blocks. Any thread.
 */
void
sl_log_group_run (SlLogGroup *group, SlLogJob *job)
{
  job->taken = job->done = FALSE;
  g_cond_init (&job->cond);
  g_mutex_lock (&group->mutex);
  g_queue_push_tail (&group->waiting, job);
  while (!job->done)
    {
      if (job->taken || group->busy == group->lanes)
        {
          g_cond_wait (&job->cond, &group->mutex);
          continue;
        }
      SlLogJob *jobs[SL_LOG_GROUP_JOBS];
      guint n_jobs = take_turn (group, jobs);
      group->busy++;
      g_mutex_unlock (&group->mutex);
      group->func (jobs, n_jobs, group->user_data);
      g_mutex_lock (&group->mutex);
      group->busy--;
      end_turn (group, jobs, n_jobs);
    }
  g_mutex_unlock (&group->mutex);
  g_cond_clear (&job->cond);
}
