/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-package"

#include "engine/package.h"

#include "core/text.h"
#include "engine/engine-private.h"

#define NAME_MAX_BYTES 120
#define CREDITS_MAX_HUNDREDTHS \
  G_GINT64_CONSTANT (100000000) /* a million credits: beyond any price list, far below overflow */
#define PRICE_MAX_CENTS G_GINT64_CONSTANT (10000000000)        /* a hundred million rand */
#define DAYS_MAX 3660                                          /* ten years */
#define COLUMNS "SELECT id, name, credits_hundredths, price_cents, valid_days, active FROM package "

/**
 * sl_package_free:
 * @package: (nullable) (transfer full): a package
 */
void
sl_package_free (SlPackage *package)
{
  if (package == NULL)
    return;
  g_free (package->name);
  g_free (package);
}

static SlPackage *
read_package (SlRows *rows)
{
  SlPackage *package = g_new0 (SlPackage, 1);
  sl_rows_id (rows, 0, &package->id);
  package->name = sl_rows_dup_text (rows, 1);
  package->credits_hundredths = sl_rows_int (rows, 2);
  package->price_cents = sl_rows_int (rows, 3);
  package->valid_days = sl_rows_int (rows, 4);
  package->active = sl_rows_is_null (rows, 5) || sl_rows_int (rows, 5) != 0;
  return package;
}

static gboolean
check_number (const char *field, gint64 value, gint64 min, gint64 max, GError **error)
{
  if (value >= min && value <= max)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
               "the package's %s are a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, field, min, max);
  return FALSE;
}

/**
 * sl_package_add:
 * @engine: the engine
 * @actor: who
 * @name: what it is called
 * @credits_hundredths: what it holds; at least 1
 * @price_cents: what it costs, VAT included; may be 0
 * @valid_days: how long its credits may be spent, from the sale; at least 1
 * @out_id: (out): the new package
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_package_add (SlEngine *engine, const SlActor *actor, const char *name, gint64 credits_hundredths, gint64 price_cents,
                gint64 valid_days, SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && name != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_autofree char *clean = sl_text_clean ("the package's name", name, NAME_MAX_BYTES, error);
  if (clean == NULL || !check_number ("credits", credits_hundredths, 1, CREDITS_MAX_HUNDREDTHS, error)
      || !check_number ("cents", price_cents, 0, PRICE_MAX_CENTS, error)
      || !check_number ("days", valid_days, 1, DAYS_MAX, error))
    return FALSE;
  if (*clean == '\0')
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the package's name is empty");
      return FALSE;
    }
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, NULL, out_refusal))
    return sl_command_refuse (engine, actor, "package add", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PACKAGE);
  sl_fields_set_text (fields, "name", clean);
  sl_fields_set_int (fields, "credits_hundredths", credits_hundredths);
  sl_fields_set_int (fields, "price_cents", price_cents);
  sl_fields_set_int (fields, "valid_days", valid_days);
  sl_fields_set_int (fields, "active", 1);
  if (!sl_op_create (engine->log, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_package_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlPackage): all, by name; %NULL on failure
 */
GPtrArray *
sl_package_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) packages = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_package_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "ORDER BY name, id", "");
  while (sl_rows_next (rows))
    g_ptr_array_add (packages, read_package (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&packages) : NULL;
}

/**
 * sl_package_get:
 * @engine: the engine
 * @id: the package
 * @error: return location
 *
 * Returns: (transfer full): the package; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlPackage *
sl_package_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlPackage) package = sl_rows_next (rows) ? read_package (rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (package == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such package");
  return g_steal_pointer (&package);
}
