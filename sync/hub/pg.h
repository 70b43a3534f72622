/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libpq-fe.h>

#include "core/id.h"

/* One connection to PostgreSQL that never waits for ever, its prepared statements with binary values, and what its
 * errors mean to us. A connection belongs to one thread at a time. */
typedef struct _SlPg SlPg;

typedef struct { const char *name, *sql; } SlPgStatement;

#define SL_PG_STATEMENT_TIMEOUT_MS 10000 /* the server gives up … */
#define SL_PG_LOCK_TIMEOUT_MS 5000       /* … on what another transaction holds … */
#define SL_PG_WAIT_MS 15000              /* … and we on a server that says nothing at all */

/* statements: (array length=n_statements): prepared at once */
SlPg *sl_pg_connect (const char *uri, gint64 statement_timeout_ms, const SlPgStatement *statements, guint n_statements,
                     GError **error);
void sl_pg_close (SlPg *pg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPg, sl_pg_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)
PGconn *sl_pg_get_conn (SlPg *pg);
gboolean sl_pg_is_broken (SlPg *pg); /* nothing more comes of it: close it */

/* Parameters of one statement; what is added must live until it was sent, arrays are copied. */
#define SL_PG_PARAMS_MAX 10
typedef struct {
  int n;
  const char *values[SL_PG_PARAMS_MAX];
  int lengths[SL_PG_PARAMS_MAX];
  guint64 numbers[SL_PG_PARAMS_MAX]; /* big-endian */
  GByteArray *arrays[SL_PG_PARAMS_MAX];
} SlPgParams;
void sl_pg_params_clear (SlPgParams *params);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlPgParams, sl_pg_params_clear)
void sl_pg_add_int (SlPgParams *params, gint64 value);
void sl_pg_add_bytes (SlPgParams *params, const void *bytes, gsize length); /* also text, and uuids */
void sl_pg_add_id (SlPgParams *params, const SlId *id); /* none, NULL: null */
/* An array's head; then each element by sl_pg_add_element(), n times. */
typedef enum { SL_PG_BYTEA = 17, SL_PG_INT8 = 20, SL_PG_UUID = 2950 } SlPgType; /* pg_type.oid, fixed */
void sl_pg_add_array (SlPgParams *params, SlPgType type, guint n, gsize bytes);
void sl_pg_add_element (SlPgParams *params, const void *bytes, gsize length);
void sl_pg_add_element_int (SlPgParams *params, gint64 value);

/* Rows or nothing, of a statement prepared by that name. NULL with BUSY (not there, or it took too long), DISK_FULL,
 * CORRUPT, STORAGE. */
PGresult *sl_pg_run (SlPg *pg, const char *name, const SlPgParams *params, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Statements in plain text, no rows of interest: the last result. */
PGresult *sl_pg_exec (SlPg *pg, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of them in one transaction and one round trip, results in their order; NULL: none happened, or, with BUSY,
 * perhaps all. (element-type PGresult) */
GPtrArray *sl_pg_run_together (SlPg *pg, const char *name, const SlPgParams *params, guint n_params,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

gint64 sl_pg_int (const PGresult *result, int row, int column);  /* int2, int4, int8; null: 0 */
void sl_pg_id (const PGresult *result, int row, int column, SlId *out); /* null: none */
gboolean sl_pg_fixed (const PGresult *result, int row, int column, void *out, gsize length, GError **error);
