/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-print-runner"

#include "print-runner.h"

#include "engine/print-queue.h"
#include "printing/printing.h"

/* Counted: a run that is under way when its runner goes still holds it. */
typedef struct {
  char *data_dir;
  SlWorld *world;
  GCancellable *stop;
  GMutex lock;
  GCond ended;
  guint running;          /* under lock: 0 or 1 */
} Press;

struct _SlPrintRunner {
  SlDoor *door;
  Press *press;
  GCancellable *closed;   /* answers that come too late */
  guint open;             /* jobs that waited at the last look */
  gboolean is_counting, is_running, is_stale;
  guint retry_s;          /* 0: nothing is being waited for */
  guint retry_id;
};

/* What the engine is asked: how many jobs are not done. */
typedef struct {
  SlPrintRunner *runner;
  GCancellable *closed;
  guint open;
} Count;

static void
press_clear (gpointer data)
{
  Press *press = data;

  g_mutex_clear (&press->lock);
  g_cond_clear (&press->ended);
  g_object_unref (press->stop);
  g_free (press->data_dir);
}

static void
press_release (gpointer press)
{
  g_atomic_rc_box_release_full (press, press_clear);
}

/* --- on a thread of its own --- */

static gboolean
print_all (Press *press, SlPrintCounts *counts, GError **error)
{
  SlPrinterTimes times = SL_PRINTER_TIMES;
  SlEngine *engine = sl_engine_open (press->data_dir, press->world, error);
  gboolean done;

  if (engine == NULL)
    return FALSE;
  times.stop = press->stop;
  done = sl_printing_run (engine, &times, counts, error);
  sl_engine_close (engine);
  return done;
}

static void
run_press (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Press *press = data;
  SlPrintCounts *counts = g_new0 (SlPrintCounts, 1);
  GError *error = NULL;

  if (print_all (press, counts, &error))
    g_task_return_pointer (task, counts, g_free);
  else
    {
      g_free (counts);
      g_task_return_error (task, error);
    }
  g_mutex_lock (&press->lock);
  press->running = 0;
  g_cond_broadcast (&press->ended);
  g_mutex_unlock (&press->lock);
}

/* --- on the owner's --- */

static void look (SlPrintRunner *self);

static gboolean
on_retry (gpointer user_data)
{
  SlPrintRunner *self = user_data;

  self->retry_id = 0;
  self->open = 0; /* as if all of it were new */
  look (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_printer (SlPrintRunner *self)
{
  self->retry_s = self->retry_s == 0 ? SL_PRINT_RETRY_S : MIN (self->retry_s * 2, SL_PRINT_RETRY_MAX_S);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  self->retry_id = g_timeout_add_seconds (self->retry_s, on_retry, self);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree SlPrintCounts *counts = g_task_propagate_pointer (G_TASK (result), &error);
  GCancellable *closed = g_task_get_cancellable (G_TASK (result));
  SlPrintRunner *self = user_data;

  if (g_cancellable_is_cancelled (closed))
    return; /* and self with it */
  self->is_running = FALSE;
  if (counts == NULL)
    g_warning ("What waits for the printer could not be printed: %s", error->message);
  if (counts == NULL || counts->waiting > 0)
    {
      self->open = counts != NULL ? counts->waiting : self->open;
      wait_for_printer (self);
    }
  else
    {
      self->open = self->retry_s = 0;
      g_clear_handle_id (&self->retry_id, g_source_remove);
    }
  if (self->is_stale)
    look (self);
}

static void
start (SlPrintRunner *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->closed, on_run, self);

  self->is_running = TRUE;
  self->press->running = 1;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self->press), press_release);
  g_task_run_in_thread (task, run_press);
}

static gboolean
count_open (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Count *count = data;
  g_autoptr (GPtrArray) jobs = sl_print_queue_list (engine, FALSE, error);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      SlPrintState state = ((const SlPrintJob *) jobs->pdata[i])->state;

      count->open += state == SL_PRINT_WAITING || state == SL_PRINT_SENDING;
    }
  return jobs != NULL;
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Count *count = user_data;
  SlPrintRunner *self = count->runner;
  g_autoptr (GCancellable) closed = count->closed;
  guint open = count->open;
  gboolean known = sl_door_run_finish (SL_DOOR (source), result, NULL); /* a door that is shut says so itself */

  g_free (count);
  if (g_cancellable_is_cancelled (closed))
    return;
  self->is_counting = FALSE;
  if (self->is_stale)
    {
      look (self);
      return;
    }
  if (!known)
    return;
  /* A printer that was not ready is not asked again at each change in the studio, but for what is new. */
  if (open > 0 && (self->retry_id == 0 || open > self->open))
    start (self);
  self->open = open;
}

/* Whether anything waits. One look at a time, and none during a run: what comes meanwhile is looked for afterwards. */
static void
look (SlPrintRunner *self)
{
  Count *count;

  self->is_stale = self->is_counting || self->is_running;
  if (self->is_stale || sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  self->is_counting = TRUE;
  count = g_new0 (Count, 1);
  *count = (Count) { .runner = self, .closed = g_object_ref (self->closed) };
  sl_door_run_async (self->door, count_open, count, NULL, NULL, on_counted, count);
}

static void
on_door (SlDoor *door, SlPrintRunner *self)
{
  look (self);
}

/**
 * sl_print_runner_new:
 * @door: whose data directory it is
 * @world: clock and random; must outlive the runner
 *
 * Returns: (transfer full): what prints from now on
 */
SlPrintRunner *
sl_print_runner_new (SlDoor *door, SlWorld *world)
{
  SlPrintRunner *self = g_new0 (SlPrintRunner, 1);

  g_return_val_if_fail (SL_IS_DOOR (door) && world != NULL, self);
  self->door = g_object_ref (door);
  self->closed = g_cancellable_new ();
  self->press = g_atomic_rc_box_new0 (Press);
  g_mutex_init (&self->press->lock);
  g_cond_init (&self->press->ended);
  self->press->data_dir = g_strdup (sl_door_get_data_dir (door));
  self->press->world = world;
  self->press->stop = g_cancellable_new ();
  g_signal_connect (door, "state-changed", G_CALLBACK (on_door), self);
  g_signal_connect (door, "board-changed", G_CALLBACK (on_door), self);
  look (self);
  return self;
}

static gboolean
wait_for_end (Press *press)
{
  gint64 end_us = g_get_monotonic_time () + SL_PRINT_END_MS * G_GINT64_CONSTANT (1000);
  gboolean has_ended;

  g_mutex_lock (&press->lock);
  while (press->running > 0 && g_cond_wait_until (&press->ended, &press->lock, end_us))
    ;
  has_ended = press->running == 0;
  g_mutex_unlock (&press->lock);
  return has_ended;
}

/**
 * sl_print_runner_free:
 * @self: (nullable) (transfer full): a runner
 *
 * Ends it. What is being sent is given a moment, and then left: the next runner asks the printer what became of it.
 */
void
sl_print_runner_free (SlPrintRunner *self)
{
  Press *press;

  if (self == NULL)
    return;
  press = self->press;
  g_cancellable_cancel (self->closed);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->door, self);
  if (!wait_for_end (press))
    {
      g_cancellable_cancel (press->stop);
      (void) wait_for_end (press);
    }
  press_release (press);
  g_object_unref (self->closed);
  g_object_unref (self->door);
  g_free (self);
}
