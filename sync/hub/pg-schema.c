/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pg-schema"

#include "hub/pg-schema.h"

#include "core/error.h"
#include "hub-schema.h"

#include <stdlib.h>
#include <string.h>

#define MIGRATIONS_PATH "/za/studioloop/hub/postgresql/"
#define MIGRATE_TIMEOUT_MS (10 * 60 * 1000) /* a later step may write a large table anew, and others wait for it */
#define LOCK_KEY "6003117284130803010"     /* any number that is always the same: advisory locks have no names */

static gboolean
exec (SlPg *pg, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = sl_pg_exec (pg, sql, error);
  return result != NULL;
}

/* 0: an empty database. */
static gboolean
read_version (SlPg *pg, guint *out_version, GError **error)
{
  *out_version = 0;
  g_autoptr (PGresult) table = sl_pg_exec (pg, "SELECT to_regclass ('hub_schema') IS NOT NULL", error);
  if (table == NULL)
    return FALSE;
  if (!g_str_equal (PQgetvalue (table, 0, 0), "t"))
    return TRUE;
  g_autoptr (PGresult) version = sl_pg_exec (pg, "SELECT coalesce (max (version), 0) FROM hub_schema", error);
  if (version == NULL)
    return FALSE;
  *out_version = (guint) strtoul (PQgetvalue (version, 0, 0), NULL, 10);
  return TRUE;
}

/* The steps' names in the program, in their order. */
static char **
steps_new (void)
{
  GResource *resource = sl_hub_schema_get_resource ();
  char **names = g_resource_enumerate_children (resource, MIGRATIONS_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (names != NULL);
  for (guint i = 1; names[i] != NULL; i++)
    for (guint j = i; j > 0 && strcmp (names[j - 1], names[j]) > 0; j--)
      {
        char *name = names[j];
        names[j] = names[j - 1];
        names[j - 1] = name;
      }
  return names;
}

static gboolean
run_step (SlPg *pg, const char *name, guint version, GError **error)
{
  g_autofree char *path = g_strconcat (MIGRATIONS_PATH, name, NULL);
  g_autofree char *mark = g_strdup_printf ("INSERT INTO hub_schema (version) VALUES (%u)", version);
  g_autoptr (GBytes) sql
      = g_resource_lookup_data (sl_hub_schema_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (sql != NULL);
  if (exec (pg, g_bytes_get_data (sql, NULL), error) && exec (pg, mark, error)) /* a zero byte is behind the data */
    return TRUE;
  g_prefix_error (error, "schema step %s: ", name);
  return FALSE;
}

static gboolean
run_steps (SlPg *pg, GError **error)
{
  g_auto (GStrv) names = steps_new ();
  guint version, n_steps = g_strv_length (names);
  if (!read_version (pg, &version, error))
    return FALSE;
  if (version > n_steps)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "the database has version %u, this release knows up to %u",
                   version, n_steps);
      return FALSE;
    }
  if (version == 0 && !exec (pg, "CREATE TABLE IF NOT EXISTS hub_schema (version integer PRIMARY KEY)", error))
    return FALSE;
  for (guint i = version; i < n_steps; i++)
    if (!run_step (pg, names[i], i + 1, error))
      return FALSE;
  return TRUE;
}

/**
 * sl_pg_schema_migrate:
 * @uri: libpq's connection URI
 * @error: return location
 *
 * Takes all steps that the database lacks, in one transaction, under a lock that others wait for.
 *
 * Returns: %FALSE with %SL_ERROR_TOO_NEW, %SL_ERROR_BUSY (no server), %SL_ERROR_STORAGE (no right to make tables), …;
 *   nothing is changed then
 */
gboolean
sl_pg_schema_migrate (const char *uri, GError **error)
{
  g_autoptr (SlPg) pg = sl_pg_connect (uri, MIGRATE_TIMEOUT_MS, NULL, 0, error);
  if (pg == NULL)
    return FALSE;
  /* The lock goes with the transaction. */
  return exec (pg, "SET lock_timeout = 0; BEGIN; SELECT pg_advisory_xact_lock (" LOCK_KEY ")", error)
         && run_steps (pg, error) && exec (pg, "COMMIT", error);
}
