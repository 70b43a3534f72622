/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-print-run"

#include "engine/print-queue.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#include "core/error.h"
#include "engine/print-queue-private.h"
#include "print/problem.h"

#define CUT_OFF N_ ("it was cut off while it was sent")

typedef struct {
  SlEngine *engine;
  SlPrintPort *port;
  const SlPrinter *printer;
  const SlPrintJob *job;
  SlPrintCounts *counts;
  gboolean begun;
  gint64 counter;     /* of the printer, as the job began */
  GError *failure;    /* (nullable): of the store, while the port was at work */
} Run;

/**
 * sl_print_lock:
 * @dir: the data directory
 * @name: of a printer
 * @error: of the directory
 *
 * One at a time for each printer, over all processes: whoever finds a job that is being sent and holds this lock knows
 * that its sender is dead. The kernel lets go of it whatever ends the process.
 *
 * Returns: to be closed; -1: somebody else has it, or @error
 */
int
sl_print_lock (const char *dir, const char *name, GError **error)
{
  g_return_val_if_fail (dir != NULL && name != NULL, -1);

  g_autofree char *file = g_strdup_printf ("printer-%s.lock", name);
  g_autofree char *path = g_build_filename (dir, file, NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int reason = errno;
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "cannot open %s: %s", path, g_strerror (reason));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  (void) g_close (fd, NULL);
  return -1;
}

/* The job is on its way from here on: on disk, before the printer has its first byte. */
static gboolean
begin_job (gpointer data, gint64 counter)
{
  Run *run = data;
  run->counter = counter;
  run->begun = run->failure == NULL
               && sl_print_mark (run->engine, &run->job->id, SL_PRINT_SENDING, counter, NULL, &run->failure);
  return run->begun;
}

static gboolean
settle (Run *run, SlPrintEnd end, const char *problem, GError **error)
{
  const SlId *id = &run->job->id;
  switch (end)
    {
    case SL_PRINT_DONE:
      run->counts->printed++;
      return sl_print_mark (run->engine, id, SL_PRINT_PRINTED, SL_NUMBER_NONE, NULL, error);
    case SL_PRINT_NOT_BEGUN:
      return sl_print_mark (run->engine, id, SL_PRINT_WAITING, SL_NUMBER_NONE, problem, error);
    case SL_PRINT_CUT_OFF:
    default:
      run->counts->uncertain++;
      return sl_print_mark (run->engine, id, SL_PRINT_UNCERTAIN, SL_NUMBER_NONE, problem != NULL ? problem : CUT_OFF,
                            error);
    }
}

/* What its sender did not live to tell. out_reached FALSE: the printer cannot be asked now. */
static gboolean
recover (Run *run, gboolean *out_reached, GError **error)
{
  g_autoptr (GPtrArray) jobs = sl_print_read (run->engine, run->printer->name, SL_PRINT_SENDING, error);
  *out_reached = TRUE;
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      SlPrintEnd end = SL_PRINT_CUT_OFF;
      run->job = jobs->pdata[i];
      if (!run->port->ask (run->port, run->printer, run->job, &end))
        {
          *out_reached = FALSE;
          return TRUE;
        }
      if (!settle (run, end, end == SL_PRINT_DONE ? NULL : CUT_OFF, error))
        return FALSE;
    }
  return jobs != NULL;
}

/* out_ready FALSE: the printer does not print now, so the others wait. */
static gboolean
print_one (Run *run, gboolean *out_ready, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (GBytes) bytes = run->port->make (run->port, run->engine, run->job, run->printer, &failure);
  *out_ready = TRUE;
  if (bytes == NULL)
    {
      g_autofree char *why = sl_print_problem_new (N_ ("it could not be made"), failure->message);
      run->counts->failed++;
      return sl_print_mark (run->engine, &run->job->id, SL_PRINT_FAILED, SL_NUMBER_NONE, why, error);
    }
  run->begun = FALSE;
  run->counter = SL_NUMBER_NONE;
  SlPrintEnd end = run->port->print (run->port, run->printer, run->job, bytes, begin_job, run, &problem);
  if (run->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&run->failure));
      return FALSE;
    }
  *out_ready = end == SL_PRINT_DONE;
  if (end == SL_PRINT_CUT_OFF && !run->begun)
    end = SL_PRINT_NOT_BEGUN;
  if (end == SL_PRINT_CUT_OFF && run->counter != SL_NUMBER_NONE) /* it can say, once it is back */
    return sl_print_mark (run->engine, &run->job->id, SL_PRINT_SENDING, run->counter, problem, error);
  return settle (run, end, problem, error);
}

static gboolean
run_printer (Run *run, GError **error)
{
  gboolean ready;
  if (!recover (run, &ready, error))
    return FALSE;
  g_autoptr (GPtrArray) jobs = sl_print_read (run->engine, run->printer->name, SL_PRINT_WAITING, error);
  for (guint i = 0; ready && jobs != NULL && i < jobs->len; i++)
    {
      run->job = jobs->pdata[i];
      if (!print_one (run, &ready, error))
        return FALSE;
    }
  return jobs != NULL;
}

/* Of a backup that was restored: its receipts were printed by the device that it is of. */
static gboolean
drop_others (SlEngine *engine, GError **error)
{
  SlId replica;
  gint64 others;
  sl_engine_get_replica (engine, &replica);
  if (!sl_store_query_int (engine->store, 0, &others, error, "SELECT count (*) FROM local_print WHERE replica <> ?",
                           "d", &replica))
    return FALSE;
  if (others == 0)
    return TRUE;
  return sl_print_begin (engine, error)
         && sl_print_end (engine,
                          sl_store_exec (engine->store, error, "DELETE FROM local_print WHERE replica <> ?", "d",
                                         &replica),
                          error);
}

static gboolean
count_open (SlEngine *engine, SlPrintCounts *counts, GError **error)
{
  g_autoptr (GPtrArray) waiting = sl_print_read (engine, NULL, SL_PRINT_WAITING, error);
  g_autoptr (GPtrArray) sending = waiting != NULL ? sl_print_read (engine, NULL, SL_PRINT_SENDING, error) : NULL;
  if (sending == NULL)
    return FALSE;
  counts->waiting = waiting->len + sending->len;
  return TRUE;
}

/**
 * sl_print_queue_run:
 * @engine: the engine, not inside a command
 * @port: that makes, sends and asks
 * @out: (out): what came of it
 * @error: of the store
 *
 * Prints all that waits. A job is noted as being sent, on disk, before its first byte leaves, and as printed when the
 * printer has taken all of it. Whoever dies between the two leaves a job that the next run asks the printer about;
 * where that cannot say, the job becomes uncertain and is not sent again before a person has looked. A printer that is
 * not ready keeps its jobs waiting and others not. No transaction is open while a printer is spoken to.
 *
 * Returns: %FALSE on failure; a printer that does not print is none
 */
gboolean
sl_print_queue_run (SlEngine *engine, SlPrintPort *port, SlPrintCounts *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0 && port != NULL && out != NULL, FALSE);

  *out = (SlPrintCounts){ 0 };
  g_autoptr (GPtrArray) printers = drop_others (engine, error) ? sl_printer_list (engine, error) : NULL;
  for (guint i = 0; printers != NULL && i < printers->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      Run run = { .engine = engine, .port = port, .printer = printers->pdata[i], .counts = out };
      int lock = sl_print_lock (engine->dir, run.printer->name, &failure);
      gboolean done = lock >= 0 ? run_printer (&run, &failure) : failure == NULL;
      if (lock >= 0)
        (void) g_close (lock, NULL);
      else
        out->busy++;
      if (!done)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  return printers != NULL && count_open (engine, out, error);
}
