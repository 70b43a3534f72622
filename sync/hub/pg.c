/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pg"

#include "hub/pg.h"

#include "core/error.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

struct _SlPg
{
  PGconn *conn;
  gint64 wait_ms;
  gboolean broken;
};

static gboolean
has_prefix (const char *state, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix (state, *prefixes))
      return TRUE;
  return FALSE;
}

/* PostgreSQL's appendix "Error Codes". Unique: two did the same at once, and the next try sees it. A standby (25006) is
 * where the primary was a moment ago. */
static SlErrorCode
code_of_state (const char *state)
{
  static const char *const away[] = { "08", "57", "55P03", "40", "23505", "25006", "25P03", "53", NULL };
  static const char *const damaged[] = { "XX001", "XX002", "22", "23", "42", NULL };

  if (state == NULL || state[0] == '\0') /* libpq's own: the connection */
    return SL_ERROR_BUSY;
  if (g_str_equal (state, "53100"))
    return SL_ERROR_DISK_FULL;
  if (g_str_equal (state, "42501")) /* the operator gave us too few rights */
    return SL_ERROR_STORAGE;
  if (has_prefix (state, away))
    return SL_ERROR_BUSY;
  return has_prefix (state, damaged) ? SL_ERROR_CORRUPT : SL_ERROR_STORAGE;
}

/* Never a detail or a hint: they quote rows. */
static void
set_error (SlPg *self, const PGresult *result, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *primary = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  g_autofree char *message = g_strdup (primary != NULL ? primary : PQerrorMessage (self->conn));
  g_strdelimit (g_strchomp (message), "\n\t", ' ');
  if (PQstatus (self->conn) != CONNECTION_OK || g_strcmp0 (state, "25006") == 0)
    self->broken = TRUE;
  g_set_error (error, SL_ERROR, (int) code_of_state (state), "PostgreSQL: %s (%s)", message,
               state != NULL ? state : "no connection");
}

static gboolean
set_silent (SlPg *self, GError **error)
{
  self->broken = TRUE; /* its answer would be taken for another's */
  g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "PostgreSQL did not answer within %" G_GINT64_FORMAT " ms",
               self->wait_ms);
  return FALSE;
}

/* Sends what is to be sent and takes what comes, until there is an answer. Taking while sending: else both sides could
 * wait for the other to read. */
static gboolean
wait_for_answer (SlPg *self, gint64 end_us, GError **error)
{
  for (;;)
    {
      int unsent = PQflush (self->conn);
      if (unsent < 0)
        return set_error (self, NULL, error), FALSE;
      if (unsent == 0 && !PQisBusy (self->conn))
        return TRUE;
      gint64 left_ms = (end_us - g_get_monotonic_time ()) / 1000;
      if (left_ms <= 0)
        return set_silent (self, error);
      struct pollfd poll_fd
          = { .fd = PQsocket (self->conn), .events = (short) (POLLIN | (unsent > 0 ? POLLOUT : 0)) };
      int ready = poll (&poll_fd, 1, (int) MIN (left_ms, G_MAXINT));
      if (ready < 0 && errno != EINTR)
        return set_silent (self, error);
      if (ready > 0 && poll_fd.revents & ~POLLOUT && PQconsumeInput (self->conn) != 1)
        return set_error (self, NULL, error), FALSE;
    }
}

/* The next result; NULL without error at the end of a statement's results. */
static gboolean
next_result (SlPg *self, gint64 end_us, PGresult **out, GError **error)
{
  *out = NULL;
  if (!wait_for_answer (self, end_us, error))
    return FALSE;
  *out = PQgetResult (self->conn);
  return TRUE;
}

static gint64
end_of_wait (SlPg *self)
{
  return g_get_monotonic_time () + self->wait_ms * 1000;
}

static gboolean
is_good (const PGresult *result)
{
  ExecStatusType status = PQresultStatus (result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* All results of what was sent; the last good one, or NULL with the first failure. */
static PGresult *
finish (SlPg *self, GError **error)
{
  g_autoptr (PGresult) last = NULL;
  g_autoptr (GError) failure = NULL;
  gint64 end_us = end_of_wait (self);
  for (;;)
    {
      PGresult *result;
      if (!next_result (self, end_us, &result, failure != NULL ? NULL : &failure))
        break;
      if (result == NULL)
        break;
      if (!is_good (result) && failure == NULL)
        set_error (self, result, &failure);
      g_clear_pointer (&last, PQclear);
      last = result;
    }
  if (failure == NULL)
    return g_steal_pointer (&last);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* In a pipeline: the one result of each statement. FALSE with the failure of the first that failed. */
static gboolean
take_pipeline_result (SlPg *self, gint64 end_us, PGresult **out, GError **error)
{
  PGresult *end = NULL;
  if (!next_result (self, end_us, out, error))
    return FALSE;
  if (*out == NULL)
    return set_silent (self, error);
  gboolean ended = next_result (self, end_us, &end, error);
  if (end != NULL)
    PQclear (end);
  return ended;
}

/* Reads up to the synchronisation point, so that the connection is ready again. */
static gboolean
end_pipeline (SlPg *self, gint64 end_us, GError **error)
{
  for (guint nulls = 0; nulls < 2;)
    {
      g_autoptr (PGresult) result = NULL;
      PGresult *next;
      if (!next_result (self, end_us, &next, error))
        return FALSE;
      result = next;
      nulls = result == NULL ? nulls + 1 : 0;
      if (PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        return PQexitPipelineMode (self->conn) == 1 || (set_error (self, NULL, error), FALSE);
    }
  return set_silent (self, error);
}

static gboolean
send_failed (SlPg *self, GError **error)
{
  set_error (self, NULL, error);
  self->broken = TRUE; /* half a pipeline is in it */
  return FALSE;
}

static const int binary_formats[SL_PG_PARAMS_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

static gboolean
send_prepared (SlPg *self, const char *name, const SlPgParams *params, GError **error)
{
  return PQsendQueryPrepared (self->conn, name, params->n, params->values, params->lengths, binary_formats, 1) == 1
         || send_failed (self, error);
}

static gboolean
send_text (SlPg *self, const char *sql, GError **error)
{
  return PQsendQueryParams (self->conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1 || send_failed (self, error);
}

/**
 * sl_pg_run:
 * @pg: a connection
 * @name: a statement that was prepared on it
 * @params: its parameters
 * @error: return location
 *
 * One statement, a transaction of its own. Blocks for at most %SL_PG_WAIT_MS (of a longer statement time, for that).
 *
 * Returns: (transfer full) (nullable): its rows, binary; %NULL with the failure
 */
PGresult *
sl_pg_run (SlPg *pg, const char *name, const SlPgParams *params, GError **error)
{
  return send_prepared (pg, name, params, error) ? finish (pg, error) : NULL;
}

/**
 * sl_pg_exec:
 * @pg: a connection
 * @sql: statements
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the last one's result, in text; %NULL with the failure
 */
PGresult *
sl_pg_exec (SlPg *pg, const char *sql, GError **error)
{
  if (PQsendQuery (pg->conn, sql) != 1)
    return send_failed (pg, error), NULL;
  return finish (pg, error);
}

/* The results of BEGIN, the statements and COMMIT. */
static gboolean
read_together (SlPg *self, guint n_params, GPtrArray *results, GError **error)
{
  gint64 end_us = end_of_wait (self);
  g_autoptr (GError) failure = NULL;
  for (guint i = 0; i < n_params + 2; i++)
    {
      PGresult *result;
      if (!take_pipeline_result (self, end_us, &result, failure != NULL ? NULL : &failure))
        {
          if (result != NULL)
            PQclear (result);
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!is_good (result) && failure == NULL)
        set_error (self, result, &failure);
      if (i > 0 && i <= n_params)
        g_ptr_array_add (results, result);
      else
        PQclear (result);
    }
  if (!end_pipeline (self, end_us, failure != NULL ? NULL : &failure) || failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return TRUE;
}

/**
 * sl_pg_run_together:
 * @pg: a connection
 * @name: a statement that was prepared on it
 * @params: (array length=n_params): of each run of it
 * @n_params: how often
 * @error: return location
 *
 * Runs it with each of the parameters, in one transaction and one round trip.
 *
 * Returns: (transfer full) (element-type PGresult) (nullable): the results; %NULL with the failure, and nothing was
 *   done then, or, where the connection broke, perhaps all
 */
GPtrArray *
sl_pg_run_together (SlPg *pg, const char *name, const SlPgParams *params, guint n_params, GError **error)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) PQclear);
  if (PQenterPipelineMode (pg->conn) != 1)
    return send_failed (pg, error), NULL;
  gboolean sent = send_text (pg, "BEGIN", error);
  for (guint i = 0; sent && i < n_params; i++)
    sent = send_prepared (pg, name, &params[i], error);
  if (!sent || !send_text (pg, "COMMIT", error))
    return NULL;
  if (PQpipelineSync (pg->conn) != 1)
    return send_failed (pg, error), NULL;
  if (read_together (pg, n_params, results, error))
    return g_steal_pointer (&results);
  if (!pg->broken && PQtransactionStatus (pg->conn) != PQTRANS_IDLE) /* COMMIT was skipped behind what failed */
    {
      g_autoptr (PGresult) rolled_back = sl_pg_exec (pg, "ROLLBACK", NULL);
      pg->broken = pg->broken || rolled_back == NULL;
    }
  return NULL;
}

/* --- connecting --- */

/* Before the URI, which may say otherwise. */
static PGconn *
open_connection (const char *uri)
{
  const char *const keywords[] = { "client_encoding", "connect_timeout", "keepalives_idle", "keepalives_interval",
                                   "keepalives_count", "tcp_user_timeout", "target_session_attrs",
                                   "fallback_application_name", "dbname", NULL };
  const char *const values[]
      = { "UTF8", "5", "30", "10", "3", "20000", "read-write", "studioloop-hub", uri, NULL };
  return PQconnectdbParams (keywords, values, 1);
}

/* What the server may be told to do faster it does not do faster for us: an answer means that it is on the disk. A
 * stricter setting of the operator's (remote_apply) stays. */
static gboolean
set_up_session (SlPg *self, gint64 statement_timeout_ms, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SET statement_timeout = %" G_GINT64_FORMAT "; SET lock_timeout = %d; "
      "SET idle_in_transaction_session_timeout = %d; SET default_transaction_isolation = 'read committed'; "
      "SELECT set_config ('synchronous_commit', 'on', false) "
      "WHERE current_setting ('synchronous_commit') IN ('off', 'local')",
      statement_timeout_ms, SL_PG_LOCK_TIMEOUT_MS, SL_PG_WAIT_MS);
  g_autoptr (PGresult) result = sl_pg_exec (self, sql, error);
  return result != NULL;
}

static gboolean
prepare_all (SlPg *self, const SlPgStatement *statements, guint n_statements, GError **error)
{
  for (guint i = 0; i < n_statements; i++)
    {
      if (PQsendPrepare (self->conn, statements[i].name, statements[i].sql, 0, NULL) != 1)
        return send_failed (self, error);
      g_autoptr (PGresult) result = finish (self, error);
      if (result == NULL)
        return FALSE;
    }
  return TRUE;
}

/* The server's notices are for its operator's log, and may quote what they are about. */
static void
drop_notice (void *arg, const PGresult *result)
{
}

/**
 * sl_pg_connect:
 * @uri: libpq's connection URI
 * @statement_timeout_ms: after how long the server gives up on a statement
 * @statements: (array length=n_statements): what to prepare
 * @n_statements: their number
 * @error: return location
 *
 * Connects to the server; of several in the URI to the one that can be written. Blocks for some seconds where it does
 * not answer.
 *
 * Returns: (transfer full) (nullable): the connection; %NULL with %SL_ERROR_BUSY where it is away or refuses us, which
 *   libpq does not tell apart; another failure where a statement does not fit the database
 */
SlPg *
sl_pg_connect (const char *uri, gint64 statement_timeout_ms, const SlPgStatement *statements, guint n_statements,
               GError **error)
{
  g_autoptr (SlPg) self = g_new0 (SlPg, 1);
  self->wait_ms = MAX (SL_PG_WAIT_MS, statement_timeout_ms + SL_PG_LOCK_TIMEOUT_MS);
  self->conn = open_connection (uri);
  if (self->conn == NULL || PQstatus (self->conn) != CONNECTION_OK || PQsetnonblocking (self->conn, 1) != 0)
    {
      set_error (self, NULL, error);
      return NULL;
    }
  (void) PQsetNoticeReceiver (self->conn, drop_notice, NULL);
  if (!set_up_session (self, statement_timeout_ms, error) || !prepare_all (self, statements, n_statements, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * sl_pg_close:
 * @pg: (nullable) (transfer full): a connection
 */
void
sl_pg_close (SlPg *pg)
{
  if (pg == NULL)
    return;
  PQfinish (pg->conn);
  g_free (pg);
}

/**
 * sl_pg_get_conn:
 * @pg: a connection
 *
 * Returns: (transfer none): libpq's own, for notifications
 */
PGconn *
sl_pg_get_conn (SlPg *pg)
{
  return pg->conn;
}

/**
 * sl_pg_is_broken:
 * @pg: a connection
 *
 * Returns: whether nothing can come of it any more
 */
gboolean
sl_pg_is_broken (SlPg *pg)
{
  return pg->broken || PQstatus (pg->conn) != CONNECTION_OK;
}
