/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <stdlib.h>
#include <string.h>

#include "migrations.h"

#define MIGRATIONS_PATH "/za/studioloop/migrations/"

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * sl_store_known_migrations:
 * @keep: (element-type GBytes): gets what the result points into; must outlive it
 *
 * The schema steps that this release was built with: data/migrations/NNN-name.sql, numbered from 001 without a gap.
 *
 * Returns: (transfer full) (element-type SlMigration): the steps in their order; the first makes version 1
 */
GArray *
sl_store_known_migrations (GPtrArray *keep)
{
  return sl_store_migrations_in (sl_migrations_get_resource (), MIGRATIONS_PATH, keep);
}

/**
 * sl_store_migrations_in:
 * @resource: what the program was built with
 * @path: a folder in it with files NNN-name.sql, numbered from 001 without a gap; ends in a slash
 * @keep: (element-type GBytes): gets what the result points into; must outlive it
 *
 * Returns: (transfer full) (element-type SlMigration): the steps in their order; the first makes version 1
 */
GArray *
sl_store_migrations_in (GResource *resource, const char *path, GPtrArray *keep)
{
  g_auto (GStrv) names = g_resource_enumerate_children (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  guint n_names = names != NULL ? g_strv_length (names) : 0;
  qsort (names, n_names, sizeof *names, compare_names);
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (SlMigration));
  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *file = g_strconcat (path, names[i], NULL);
      GBytes *sql = g_resource_lookup_data (resource, file, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      GBytes *name = g_bytes_new (names[i], strlen (names[i]) + 1);
      g_assert (sql != NULL && strtoul (names[i], NULL, 10) == i + 1);
      g_ptr_array_add (keep, sql);
      g_ptr_array_add (keep, name);
      /* A resource's data has a zero byte after it. */
      SlMigration step = { g_bytes_get_data (name, NULL), g_bytes_get_data (sql, NULL) };
      g_array_append_val (steps, step);
    }
  return steps;
}

static gboolean
run_steps (SlStore *self, const SlMigration *steps, guint n_steps, GError **error)
{
  gint64 version;
  /* Read again under the lock: another process may just have done it. */
  if (!sl_store_query_int (self, 0, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  for (guint i = (guint) version; i < n_steps; i++)
    if (!sl_store_exec_script (self, steps[i].sql, error))
      {
        g_prefix_error (error, "schema step %s: ", steps[i].name);
        return FALSE;
      }
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %u; PRAGMA user_version = %u;",
                                           self->application_id, MAX (n_steps, (guint) version));
  return sl_store_run (self, mark, error);
}

/**
 * sl_store_migrate:
 * @store: a writable store, not in a transaction
 * @steps: (array length=n_steps): the schema steps
 * @n_steps: their number
 * @error: return location
 *
 * Takes all steps that the file lacks and writes its version, in one write transaction.
 *
 * Returns: %FALSE when one failed, and nothing is changed then
 */
gboolean
sl_store_migrate (SlStore *store, const SlMigration *steps, guint n_steps, GError **error)
{
  if (!sl_store_begin (store, error))
    return FALSE;
  if (run_steps (store, steps, n_steps, error))
    return sl_store_commit (store, error);
  sl_store_rollback (store);
  return FALSE;
}
