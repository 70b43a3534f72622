/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/pg.h"

/* Connections for many threads, made as they are needed and again when the server was away. */
typedef struct _SlPgPool SlPgPool;

/* A small machine's PostgreSQL takes 100; a hub's threads wait for it less than they work themselves. */
#define SL_PG_POOL_CONNECTIONS 8

/* statements: must live as long as the pool */
SlPgPool *sl_pg_pool_new (const char *uri, const SlPgStatement *statements, guint n_statements);
void sl_pg_pool_free (SlPgPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPgPool, sl_pg_pool_free)

/* Works on a connection. Is called once more on a fresh one when the first turned out to be broken: so whatever it does
 * can be done twice. */
typedef gboolean (*SlPgFunc) (SlPg *pg, gpointer data, GError **error);
gboolean sl_pg_pool_run (SlPgPool *pool, SlPgFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The commonest work: one statement. */
PGresult *sl_pg_pool_query (SlPgPool *pool, const char *name, const SlPgParams *params,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
