/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-package"

#include "engine/package.h"

#include "engine/catalogue.h"
#include "engine/engine-private.h"
#include "engine/id-list.h"
#include "engine/location.h"

#define PRICE_MAX_CENTS G_GINT64_CONSTANT (10000000000)        /* a hundred million rand */
#define DAYS_MAX 3660                                          /* ten years */
#define PER_MEMBER_MAX 1000                                    /* more is no limit */
#define COLUMNS \
  "SELECT id, name, credits_hundredths, price_cents, valid_days, active, locations, per_member, new_only, renews " \
  "FROM package "

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
  g_clear_pointer (&package->locations, g_array_unref);
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
  package->locations = sl_id_list_read (rows, 6);
  package->per_member = sl_rows_int (rows, 7);
  package->new_only = sl_rows_int (rows, 8) != 0;
  package->renews = sl_rows_int (rows, 9) != 0;
  return package;
}

/**
 * sl_package_params_init:
 * @params: (out caller-allocates): nothing named
 */
void
sl_package_params_init (SlPackageParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (SlPackageParams){ .credits_hundredths = SL_NUMBER_NONE,
                               .price_cents = SL_NUMBER_NONE,
                               .valid_days = SL_NUMBER_NONE,
                               .per_member = SL_NUMBER_NONE };
}

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

static gboolean
set_locations (SlEngine *engine, SlFields *fields, const SlPackageParams *params, GError **error)
{
  if (params->n_locations > SL_ID_LIST_MAX)
    return bad_input (error, "the package names too many locations: let it count everywhere");
  for (guint i = 0; i < params->n_locations; i++)
    {
      g_autoptr (SlLocation) location = sl_location_get (engine, &params->locations[i], error);
      if (location == NULL)
        return FALSE;
    }
  g_autoptr (GBytes) locations = sl_id_list_pack (params->locations, params->n_locations);
  if (params->everywhere || params->n_locations > 0)
    sl_fields_set_bytes (fields, "locations", locations);
  return TRUE;
}

static gboolean
fill (SlEngine *engine, SlFields *fields, const SlPackageParams *params, GError **error)
{
  if (!sl_catalogue_set_name (fields, "the package's name", params->name, error)
      || !sl_catalogue_set_number (fields, "credits_hundredths", "the package's credits are",
                                   params->credits_hundredths, 1, SL_CATALOGUE_CREDITS_MAX_HUNDREDTHS, error)
      || !sl_catalogue_set_number (fields, "price_cents", "the package's cents are", params->price_cents, 0,
                                   PRICE_MAX_CENTS, error)
      || !sl_catalogue_set_number (fields, "valid_days", "the package's days are", params->valid_days, 1, DAYS_MAX,
                                   error)
      || !sl_catalogue_set_number (fields, "per_member", "the package's numbers for each member are",
                                   params->per_member, 0, PER_MEMBER_MAX, error)
      || !set_locations (engine, fields, params, error))
    return FALSE;
  if (params->new_only != 0)
    sl_fields_set_int (fields, "new_only", params->new_only > 0);
  if (params->renews != 0)
    sl_fields_set_int (fields, "renews", params->renews > 0);
  if (params->active != 0)
    sl_fields_set_int (fields, "active", params->active > 0);
  return TRUE;
}

/**
 * sl_package_create:
 * @engine: the engine
 * @actor: who
 * @params: name, credits (at least 1 hundredth), price (VAT included; may be 0) and days (from the sale, at least 1)
 * have to be named; spent everywhere, sold to everybody any number of times and not renewing are the defaults
 * @out_id: (out): the new package
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT, %SL_ERROR_NOT_FOUND for a location
 */
gboolean
sl_package_create (SlEngine *engine, const SlActor *actor, const SlPackageParams *params, SlId *out_id,
                   SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PACKAGE);
  SlPackageParams whole = *params;
  if (params->name == NULL || params->credits_hundredths == SL_NUMBER_NONE || params->price_cents == SL_NUMBER_NONE
      || params->valid_days == SL_NUMBER_NONE)
    return bad_input (error, "a package needs a name, credits, a price and days");
  whole.active = 1;
  return fill (engine, fields, &whole, error)
         && sl_catalogue_add (engine, actor, "package add", fields, out_id, out_refusal, error);
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
 * As sl_package_create(), for one without any limits.
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_package_add (SlEngine *engine, const SlActor *actor, const char *name, gint64 credits_hundredths, gint64 price_cents,
                gint64 valid_days, SlId *out_id, SlRefusal *out_refusal, GError **error)
{
  SlPackageParams params;
  g_return_val_if_fail (name != NULL, FALSE);

  sl_package_params_init (&params);
  params.name = name;
  params.credits_hundredths = credits_hundredths;
  params.price_cents = price_cents;
  params.valid_days = valid_days;
  return sl_package_create (engine, actor, &params, out_id, out_refusal, error);
}

/**
 * sl_package_edit:
 * @engine: the engine
 * @actor: who
 * @id: the package
 * @params: what is not named stays as it is
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Credits that were sold keep their number and their end; where they may be spent goes by the package as it is.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_package_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlPackageParams *params,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PACKAGE);
  if (!fill (engine, fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlPackage) package = sl_package_get (engine, id, error);
  if (package == NULL)
    return sl_command_fail (engine);
  return sl_catalogue_edit (engine, actor, "package edit", id, fields, out_refusal, error);
}

static gboolean
refuse_limit (SlRefusal *refusal, const char *limit, gint64 max)
{
  sl_refuse (refusal, SL_REFUSAL_LIMIT_REACHED);
  sl_refusal_set_text (refusal, "limit", limit);
  sl_refusal_set_int (refusal, "max", max);
  return FALSE;
}

/**
 * sl_package_check_limits:
 * @engine: the engine
 * @package: what is to be sold
 * @member: to whom, by any of their records
 * @refusal: (out): limit_reached (limit: "per_member" or "new_only", max)
 * @error: return location
 *
 * As far as this device knows; what two desks have sold apart stands. New is who has bought no package and no plan: a
 * drop-in visit makes nobody an old member. Credits that were given, or came from another member, were not bought.
 *
 * Returns: %TRUE: it may be sold; %FALSE: refused, or failed where @refusal is none
 */
gboolean
sl_package_check_limits (SlEngine *engine, const SlPackage *package, const SlId *member, SlRefusal *refusal,
                         GError **error)
{
  g_return_val_if_fail (engine != NULL && package != NULL && member != NULL && refusal != NULL, FALSE);

  gint64 same = 0, others = 0;
  if (package->per_member == 0 && !package->new_only)
    return TRUE;
  if (!sl_store_query_int (engine->store, 0, &same, error,
                           "SELECT count (*) FROM lot WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1")
                           " AND package_id = ?2 AND from_lot_id IS NULL",
                           "dd", member, &package->id)
      || !sl_store_query_int (engine->store, 0, &others, error,
                              "SELECT EXISTS (SELECT 1 FROM lot WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1")
                              " AND package_id <> ?2 AND from_lot_id IS NULL) "
                              "OR EXISTS (SELECT 1 FROM membership WHERE member_id IN " SL_SQL_SAME_MEMBER ("?1") ")",
                              "dd", member, &package->id))
    return FALSE;
  if (package->per_member != 0 && same >= package->per_member)
    return refuse_limit (refusal, "per_member", package->per_member);
  /* Of an offer that a member may buy several of, the first does not end being new to the next. */
  if (package->new_only && (others != 0 || (same != 0 && package->per_member == 0)))
    return refuse_limit (refusal, "new_only", package->per_member != 0 ? package->per_member : 1);
  return TRUE;
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
