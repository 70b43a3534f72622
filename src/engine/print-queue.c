/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-print-queue"

#include "engine/print-queue.h"

#include "core/error.h"
#include "engine/print-queue-private.h"

static const char *const kind_names[SL_PRINT_LAST] = { "receipt", "test", "drawer", "cash_up", "report" };
static const char *const state_names[SL_PRINT_STATE_LAST]
  = { "waiting", "sending", "printed", "uncertain", "failed", "cancelled" };

/**
 * sl_print_kind_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its stable name
 */
const char *
sl_print_kind_name (SlPrintKind kind)
{
  g_return_val_if_fail (kind < SL_PRINT_LAST, NULL);

  return kind_names[kind];
}

/**
 * sl_print_state_name:
 * @state: a state
 *
 * Returns: (transfer none): its stable name
 */
const char *
sl_print_state_name (SlPrintState state)
{
  g_return_val_if_fail (state < SL_PRINT_STATE_LAST, NULL);

  return state_names[state];
}

static guint
find_name (const char *const *names, guint n_names, const char *name)
{
  guint i = 0;
  while (i < n_names && g_strcmp0 (names[i], name) != 0)
    i++;
  return i;
}

/**
 * sl_print_job_free:
 * @job: (transfer full): a job
 */
void
sl_print_job_free (SlPrintJob *job)
{
  g_free (job->printer);
  g_free (job->problem);
  g_free (job->words);
  g_free (job);
}

#define JOB_COLUMNS                                                                                                    \
  "id, printer, kind, subject_id, member_id, copy, state, attempts, counter, problem, made_ms, changed_ms, words "     \
  "FROM local_print "

static SlPrintJob *
read_job (SlRows *rows)
{
  SlPrintJob *job = g_new0 (SlPrintJob, 1);
  sl_rows_id (rows, 0, &job->id);
  job->printer = sl_rows_dup_text (rows, 1);
  job->kind = find_name (kind_names, SL_PRINT_LAST, sl_rows_text (rows, 2));
  sl_rows_id (rows, 3, &job->subject_id);
  sl_rows_id (rows, 4, &job->member_id);
  job->copy = sl_rows_int (rows, 5) != 0;
  job->state = find_name (state_names, SL_PRINT_STATE_LAST, sl_rows_text (rows, 6));
  job->attempts = sl_rows_int (rows, 7);
  job->counter = sl_rows_is_null (rows, 8) ? SL_NUMBER_NONE : sl_rows_int (rows, 8);
  job->problem = sl_rows_dup_text (rows, 9);
  job->made_ms = sl_rows_int (rows, 10);
  job->changed_ms = sl_rows_int (rows, 11);
  job->words = sl_rows_dup_text (rows, 12);
  return job;
}

static GPtrArray *
read_jobs (SlRows *rows, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_print_job_free);
  while (sl_rows_next (rows))
    {
      g_autoptr (SlPrintJob) job = read_job (rows);
      if (job->kind < SL_PRINT_LAST && job->state < SL_PRINT_STATE_LAST)
        g_ptr_array_add (jobs, g_steal_pointer (&job));
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&jobs) : NULL;
}

/* sl_print_read: see the header. */
GPtrArray *
sl_print_read (SlEngine *engine, const char *printer, SlPrintState state, GError **error)
{
  SlId replica;
  sl_engine_get_replica (engine, &replica);
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT " JOB_COLUMNS "WHERE replica = ? AND state = ? AND (?3 IS NULL OR printer = ?3) "
                      "ORDER BY n",
                      "dtt", &replica, state_names[state], printer);
  return read_jobs (rows, error);
}

/* sl_print_mark: see the header. A job that is gone meanwhile, its member erased, is gone. */
gboolean
sl_print_mark (SlEngine *engine, const SlId *id, SlPrintState state, gint64 counter, const char *problem,
               GError **error)
{
  if (!sl_print_begin (engine, error))
    return FALSE;
  const SlValue values[] = { { 't', .text = state_names[state] },
                             { 't', .text = problem },
                             { 'i', .integer = sl_engine_now_ms (engine) },
                             { counter == SL_NUMBER_NONE ? 'n' : 'i', .integer = counter },
                             { 'd', .id = id } };
  gboolean done = sl_store_exec_values (engine->store, error,
                                        "UPDATE local_print SET state = ?1, "
                                        "attempts = attempts + (?1 = 'sending' AND state <> ?1), problem = ?2, "
                                        "changed_ms = ?3, counter = ?4 WHERE id = ?5",
                                        values, G_N_ELEMENTS (values));
  return sl_print_end (engine, done, error);
}

/* The job by which it was asked for before; none: it was not, or it is to be a copy. */
static gboolean
find_job (SlEngine *engine, const SlPrintRequest *request, SlId *out_id, GError **error)
{
  *out_id = sl_id_none;
  if (request->copy || sl_id_is_none (&request->subject_id))
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT id FROM local_print WHERE kind = ? AND subject_id = ? AND copy = 0 AND state <> 'cancelled'",
    "td", kind_names[request->kind], &request->subject_id);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out_id);
  return sl_rows_finish (rows, error);
}

static gboolean
insert_job (SlEngine *engine, const SlPrintRequest *request, const char *printer, SlId *out_id, GError **error)
{
  SlId id, replica;
  gint64 now_ms = sl_engine_now_ms (engine);
  sl_id_random (engine->world, &id);
  sl_engine_get_replica (engine, &replica);
  if (!sl_store_exec (engine->store, error,
                      "DELETE FROM local_print WHERE state IN ('printed', 'cancelled') AND changed_ms < ?", "i",
                      now_ms - SL_PRINT_KEPT_MS)
      || !sl_store_exec (engine->store, error,
                         "INSERT INTO local_print (id, replica, printer, kind, subject_id, member_id, copy, state, "
                         "made_ms, changed_ms, words) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?8, ?8, ?9)",
                         "ddttddiit", &id, &replica, printer, kind_names[request->kind], &request->subject_id,
                         &request->member_id, (gint64) request->copy, now_ms, request->words))
    return FALSE;
  if (sl_store_changes (engine->store) > 0)
    *out_id = id;
  return TRUE;
}

/**
 * sl_print_queue_add:
 * @engine: the engine
 * @request: what is to be printed
 * @out_id: (out): its job; none: this device has no printer, or the member is erased
 * @error: %SL_ERROR_NOT_FOUND: no such printer; or of the store
 *
 * Notes that it is wanted; nothing is made or sent. Inside a command it is part of that: a sale that fails leaves no
 * receipt behind. However often it is asked for, it becomes one piece of paper, unless it is to be a copy. A receipt
 * that was asked for so long ago that it is no longer listed would be printed once more: those are copies.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_print_queue_add (SlEngine *engine, const SlPrintRequest *request, SlId *out_id, GError **error)
{
  g_return_val_if_fail (engine != NULL && request != NULL && request->kind < SL_PRINT_LAST && out_id != NULL, FALSE);

  g_autoptr (GError) failure = NULL;
  g_autoptr (SlPrinter) printer = sl_printer_get (engine, request->printer, &failure);
  *out_id = sl_id_none;
  if (printer == NULL && request->printer == NULL && g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    return TRUE;
  if (printer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!sl_print_begin (engine, error))
    return FALSE;
  gboolean done = find_job (engine, request, out_id, error)
                  && (!sl_id_is_none (out_id) || insert_job (engine, request, printer->name, out_id, error));
  return sl_print_end (engine, done, error);
}

/**
 * sl_print_queue_list:
 * @engine: the engine
 * @all: those that are printed or cancelled, too
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlPrintJob): what this device prints, oldest first
 */
GPtrArray *
sl_print_queue_list (SlEngine *engine, gboolean all, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  SlId replica;
  sl_engine_get_replica (engine, &replica);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT " JOB_COLUMNS "WHERE replica = ? AND (? OR state NOT IN ('printed', 'cancelled')) ORDER BY n", "di",
    &replica, (gint64) all);
  return read_jobs (rows, error);
}

/**
 * sl_print_queue_get:
 * @engine: the engine
 * @id: of a job
 * @error: %SL_ERROR_NOT_FOUND, or of the store
 *
 * Returns: (transfer full) (nullable): the job
 */
SlPrintJob *
sl_print_queue_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT " JOB_COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (GPtrArray) jobs = read_jobs (rows, error);
  if (jobs == NULL)
    return NULL;
  if (jobs->len > 0)
    return g_ptr_array_steal_index (jobs, 0);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no such print job");
  return NULL;
}

static gboolean
may_say (SlPrintState state, SlPrintWord word)
{
  switch (word)
    {
    case SL_PRINT_AGAIN:
      return state == SL_PRINT_UNCERTAIN || state == SL_PRINT_FAILED || state == SL_PRINT_CANCELLED;
    case SL_PRINT_CAME_OUT:
      return state == SL_PRINT_UNCERTAIN;
    case SL_PRINT_DROP:
    default:
      return state == SL_PRINT_WAITING || state == SL_PRINT_UNCERTAIN || state == SL_PRINT_FAILED;
    }
}

static gboolean
say (SlEngine *engine, const SlId *id, SlPrintWord word, SlRefusal *refusal, GError **error)
{
  static const SlPrintState states[] = { [SL_PRINT_AGAIN] = SL_PRINT_WAITING,
                                         [SL_PRINT_CAME_OUT] = SL_PRINT_PRINTED,
                                         [SL_PRINT_DROP] = SL_PRINT_CANCELLED };
  g_autoptr (SlPrintJob) job = sl_print_queue_get (engine, id, error);
  if (job == NULL)
    return FALSE;
  SlPrintRequest same
    = { .kind = job->kind, .subject_id = job->subject_id, .member_id = job->member_id, .copy = job->copy };
  SlId other = sl_id_none;
  if (job->state == SL_PRINT_CANCELLED && !find_job (engine, &same, &other, error))
    return FALSE;
  if (may_say (job->state, word) && sl_id_is_none (&other))
    return sl_print_mark (engine, id, states[word], SL_NUMBER_NONE, NULL, error);
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", state_names[job->state]);
  return TRUE;
}

/**
 * sl_print_queue_say:
 * @engine: the engine
 * @actor: who has looked
 * @id: of a job
 * @word: what they say of it
 * @out_refusal: (out): not_allowed, wrong_state
 * @error: %SL_ERROR_NOT_FOUND, or of the store
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_print_queue_say (SlEngine *engine, const SlActor *actor, const SlId *id, SlPrintWord word, SlRefusal *out_refusal,
                    GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return engine->depth > 0 || sl_command_note (engine, actor, "print", out_refusal, error);
  return say (engine, id, word, out_refusal, error);
}
