/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pg-pool"

#include "hub/pg-pool.h"

#include "core/error.h"

struct _SlPgPool
{
  char *uri;
  const SlPgStatement *statements;
  guint n_statements;
  GMutex mutex;
  GCond cond;
  GPtrArray *idle; /* owned SlPg; the last one used is the next one lent */
  guint n_open;    /* lent ones too */
};

/**
 * sl_pg_pool_new:
 * @uri: libpq's connection URI
 * @statements: (array length=n_statements): prepared on each connection; must live as long as the pool
 * @n_statements: their number
 *
 * Returns: (transfer full): a pool, without a connection yet
 */
SlPgPool *
sl_pg_pool_new (const char *uri, const SlPgStatement *statements, guint n_statements)
{
  SlPgPool *pool = g_new0 (SlPgPool, 1);
  pool->uri = g_strdup (uri);
  pool->statements = statements;
  pool->n_statements = n_statements;
  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->cond);
  pool->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_pg_close);
  return pool;
}

/**
 * sl_pg_pool_free:
 * @pool: (nullable) (transfer full): a pool that nobody uses any more
 */
void
sl_pg_pool_free (SlPgPool *pool)
{
  if (pool == NULL)
    return;
  g_ptr_array_unref (pool->idle);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->cond);
  g_free (pool->uri); /* it may hold a password, but libpq has copies of it too */
  g_free (pool);
}

static void
give_up_place (SlPgPool *self)
{
  g_mutex_lock (&self->mutex);
  self->n_open--;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* An idle connection, or a place for a new one: *out NULL. */
static gboolean
take_place (SlPgPool *self, SlPg **out, GError **error)
{
  gint64 end_us = g_get_monotonic_time () + SL_PG_WAIT_MS * G_GINT64_CONSTANT (1000);
  gboolean in_time = TRUE, taken = TRUE;
  *out = NULL;
  g_mutex_lock (&self->mutex);
  while (in_time && self->idle->len == 0 && self->n_open == SL_PG_POOL_CONNECTIONS)
    in_time = g_cond_wait_until (&self->cond, &self->mutex, end_us);
  if (self->idle->len > 0)
    *out = g_ptr_array_steal_index (self->idle, self->idle->len - 1);
  else if (self->n_open < SL_PG_POOL_CONNECTIONS)
    self->n_open++;
  else
    taken = FALSE;
  g_mutex_unlock (&self->mutex);
  if (!taken)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BUSY, "all connections to PostgreSQL are taken");
  return taken;
}

static SlPg *
connect_in_place (SlPgPool *self, GError **error)
{
  SlPg *pg = sl_pg_connect (self->uri, SL_PG_STATEMENT_TIMEOUT_MS, self->statements, self->n_statements, error);
  if (pg == NULL)
    give_up_place (self);
  return pg;
}

static void
give_back (SlPgPool *self, SlPg *pg)
{
  if (sl_pg_is_broken (pg))
    {
      sl_pg_close (pg);
      give_up_place (self);
      return;
    }
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->idle, pg);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* One was found broken: those that lay beside it went with the same server. */
static void
drop_idle (SlPgPool *self)
{
  g_mutex_lock (&self->mutex);
  self->n_open -= self->idle->len;
  g_ptr_array_set_size (self->idle, 0);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/**
 * sl_pg_pool_run:
 * @pool: a pool
 * @func: (scope call): what to do on a connection
 * @data: for @func
 * @error: return location
 *
 * Blocks, for a connection and for what @func does. Any thread.
 *
 * Returns: what @func returned last; %FALSE with %SL_ERROR_BUSY where there is no connection
 */
gboolean
sl_pg_pool_run (SlPgPool *pool, SlPgFunc func, gpointer data, GError **error)
{
  SlPg *pg;
  g_autoptr (GError) failure = NULL;
  if (!take_place (pool, &pg, error))
    return FALSE;
  gboolean lay_idle = pg != NULL;
  if (pg == NULL && (pg = connect_in_place (pool, error)) == NULL)
    return FALSE;
  gboolean done = func (pg, data, &failure);
  if (!done && lay_idle && sl_pg_is_broken (pg))
    {
      drop_idle (pool);
      g_clear_error (&failure);
      sl_pg_close (pg);
      pg = connect_in_place (pool, error);
      if (pg == NULL)
        return FALSE;
      done = func (pg, data, &failure);
    }
  if (!done)
    g_propagate_error (error, g_steal_pointer (&failure));
  give_back (pool, pg);
  return done;
}

typedef struct {
  const char *name;
  const SlPgParams *params;
  PGresult *result;
} Query;

static gboolean
run_query (SlPg *pg, gpointer data, GError **error)
{
  Query *query = data;
  query->result = sl_pg_run (pg, query->name, query->params, error);
  return query->result != NULL;
}

/**
 * sl_pg_pool_query:
 * @pool: a pool
 * @name: one of its statements
 * @params: its parameters
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its binary rows; %NULL with the failure
 */
PGresult *
sl_pg_pool_query (SlPgPool *pool, const char *name, const SlPgParams *params, GError **error)
{
  Query query = { name, params, NULL };
  return sl_pg_pool_run (pool, run_query, &query, error) ? query.result : NULL;
}
