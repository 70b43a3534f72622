/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-plan"

#include "engine/plan.h"

#include "core/text.h"
#include "engine/catalogue.h"
#include "engine/engine-private.h"
#include "engine/hours.h"
#include "engine/id-list.h"
#include "engine/service.h"

#define HOURS_MAX_BYTES 400
#define COLUMNS \
  "SELECT id, name, kind, period, price_cents, joining_cents, credits_hundredths, services, access_hours, open_gym, " \
  "active FROM plan "

static const char *const kinds[] = { "unlimited", "credits", NULL };
static const char *const periods[] = { "monthly", "annual", NULL };

/**
 * sl_plan_free:
 * @plan: (nullable) (transfer full): a plan
 */
void
sl_plan_free (SlPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->name);
  g_free (plan->kind);
  g_free (plan->period);
  g_free (plan->access_hours);
  g_clear_pointer (&plan->services, g_array_unref);
  g_free (plan);
}

/**
 * sl_plan_params_init:
 * @params: (out caller-allocates): nothing named
 */
void
sl_plan_params_init (SlPlanParams *params)
{
  g_return_if_fail (params != NULL);

  *params = (SlPlanParams){ .price_cents = SL_NUMBER_NONE,
                            .joining_cents = SL_NUMBER_NONE,
                            .credits_hundredths = SL_NUMBER_NONE };
}

static SlPlan *
read_plan (SlRows *rows)
{
  SlPlan *plan = g_new0 (SlPlan, 1);
  sl_rows_id (rows, 0, &plan->id);
  plan->name = sl_rows_dup_text (rows, 1);
  plan->kind = sl_rows_dup_text (rows, 2);
  plan->period = sl_rows_dup_text (rows, 3);
  plan->price_cents = sl_rows_int (rows, 4);
  plan->joining_cents = sl_rows_int (rows, 5);
  plan->credits_hundredths = sl_rows_int (rows, 6);
  plan->services = sl_id_list_read (rows, 7);
  plan->access_hours = sl_rows_dup_text (rows, 8);
  plan->open_gym = sl_rows_int (rows, 9) != 0;
  plan->active = sl_rows_is_null (rows, 10) || sl_rows_int (rows, 10) != 0;
  return plan;
}

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

static gboolean
set_hours (SlFields *fields, const char *hours, GError **error)
{
  if (hours == NULL)
    return TRUE;
  g_autofree char *clean = sl_text_clean ("the plan's access hours", hours, HOURS_MAX_BYTES, error);
  if (clean == NULL)
    return FALSE;
  g_autoptr (SlHours) parsed = *clean != '\0' ? sl_hours_parse (clean, error) : NULL;
  if (*clean != '\0' && parsed == NULL)
    return FALSE;
  sl_fields_set_text (fields, "access_hours", *clean != '\0' ? clean : NULL);
  return TRUE;
}

static gboolean
set_services (SlEngine *engine, SlFields *fields, const SlPlanParams *params, GError **error)
{
  if (params->n_services > SL_ID_LIST_MAX)
    return bad_input (error, "the plan covers too many services to name: let it cover all");
  for (guint i = 0; i < params->n_services; i++)
    {
      g_autoptr (SlService) service = sl_service_get (engine, &params->services[i], error);
      if (service == NULL)
        return FALSE;
    }
  g_autoptr (GBytes) services = sl_id_list_pack (params->services, params->n_services);
  if (params->all_services || params->n_services > 0)
    sl_fields_set_bytes (fields, "services", services);
  return TRUE;
}

static gboolean
fill (SlEngine *engine, SlFields *fields, const SlPlanParams *params, GError **error)
{
  if (params->kind != NULL && !g_strv_contains (kinds, params->kind))
    return bad_input (error, "the plan's kind is one of unlimited, credits");
  if (params->period != NULL && !g_strv_contains (periods, params->period))
    return bad_input (error, "the plan's period is one of monthly, annual");
  if (!sl_catalogue_set_name (fields, "the plan's name", params->name, error)
      || !set_hours (fields, params->access_hours, error) || !set_services (engine, fields, params, error)
      || !sl_catalogue_set_number (fields, "price_cents", "the plan's price_cents is", params->price_cents, 0,
                                   SL_PLAN_PRICE_MAX_CENTS, error)
      || !sl_catalogue_set_number (fields, "joining_cents", "the plan's joining_cents is", params->joining_cents, 0,
                                   SL_PLAN_PRICE_MAX_CENTS, error)
      || !sl_catalogue_set_number (fields, "credits_hundredths", "the plan's credits_hundredths is",
                                   params->credits_hundredths, 0, SL_CATALOGUE_CREDITS_MAX_HUNDREDTHS, error))
    return FALSE;
  if (params->kind != NULL)
    sl_fields_set_text (fields, "kind", params->kind);
  if (params->period != NULL)
    sl_fields_set_text (fields, "period", params->period);
  if (params->open_gym != 0)
    sl_fields_set_int (fields, "open_gym", params->open_gym > 0);
  if (params->active != 0)
    sl_fields_set_int (fields, "active", params->active > 0);
  return TRUE;
}

/* A plan of credits has some, one without limit none. */
static gboolean
check_credits (const char *kind, gint64 credits_hundredths, GError **error)
{
  gboolean of_credits = g_strcmp0 (kind, "credits") == 0;
  if (of_credits && (credits_hundredths == SL_NUMBER_NONE || credits_hundredths == 0))
    return bad_input (error, "a plan of credits needs to say how many a month");
  if (!of_credits && credits_hundredths != SL_NUMBER_NONE && credits_hundredths != 0)
    return bad_input (error, "an unlimited plan counts no credits");
  return TRUE;
}

/**
 * sl_plan_add:
 * @engine: the engine
 * @actor: who
 * @params: name, kind, period and price have to be named; without a joining fee, for all services at all hours and not
 * for the open gym are the defaults
 * @out_id: (out): the new plan
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT, %SL_ERROR_NOT_FOUND for a service
 */
gboolean
sl_plan_add (SlEngine *engine, const SlActor *actor, const SlPlanParams *params, SlId *out_id, SlRefusal *out_refusal,
             GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PLAN);
  SlPlanParams whole = *params;
  if (params->name == NULL || params->kind == NULL || params->period == NULL || params->price_cents == SL_NUMBER_NONE)
    return bad_input (error, "a plan needs a name, a kind, a period and a price");
  whole.active = 1;
  return fill (engine, fields, &whole, error) && check_credits (params->kind, params->credits_hundredths, error)
         && sl_catalogue_add (engine, actor, "plan add", fields, out_id, out_refusal, error);
}

/**
 * sl_plan_edit:
 * @engine: the engine
 * @actor: who
 * @id: the plan
 * @params: what is not named stays as it is
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Memberships of the plan follow it: what it covers and when it lets in are asked at the moment. A plan that is not
 * active is sold no more; memberships of it go on.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_plan_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlPlanParams *params,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PLAN);
  if (!fill (engine, fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlPlan) plan = sl_plan_get (engine, id, error);
  if (plan == NULL
      || !check_credits (params->kind != NULL ? params->kind : plan->kind,
                         params->credits_hundredths != SL_NUMBER_NONE ? params->credits_hundredths
                                                                      : plan->credits_hundredths,
                         error))
    return sl_command_fail (engine);
  return sl_catalogue_edit (engine, actor, "plan edit", id, fields, out_refusal, error);
}

/**
 * sl_plan_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlPlan): all, inactive ones too, by name; %NULL on failure
 */
GPtrArray *
sl_plan_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_plan_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "ORDER BY name, id", "");
  while (sl_rows_next (rows))
    g_ptr_array_add (plans, read_plan (rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&plans) : NULL;
}

/**
 * sl_plan_get:
 * @engine: the engine
 * @id: the plan
 * @error: return location
 *
 * Returns: (transfer full): the plan; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlPlan *
sl_plan_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlPlan) plan = sl_rows_next (rows) ? read_plan (rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (plan == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such plan");
  return g_steal_pointer (&plan);
}
