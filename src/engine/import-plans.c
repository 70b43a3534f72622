/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-plans"

#include "engine/import-private.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/membership.h"
#include "engine/plan.h"
#include "engine/sale.h"

/* --- plans --- */

static const SlImportColumn plan_columns[] = {
  { "name", SL_IMPORT_NEEDED },      { "kind", SL_IMPORT_NEEDED },    { "period", SL_IMPORT_NEEDED },
  { "price", SL_IMPORT_NEEDED },     { "joining", SL_IMPORT_READ },   { "credits", SL_IMPORT_READ },
  { "services", SL_IMPORT_READ },    { "access_hours", SL_IMPORT_READ }, { "open_gym", SL_IMPORT_READ },
  { "active", SL_IMPORT_READ },      { "currency", SL_IMPORT_READ },  { "id", SL_IMPORT_FOR_EYES },
  { NULL },
};

static gboolean
load_names (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, FALSE, error);
}

/* One that is no longer sold comes too: there may be memberships of it. */
static gboolean
take_plan (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  SlPlanParams params, edit;
  int active;
  const char *currency = sl_import_cell (run->import, row, "currency");
  sl_plan_params_init (&params);
  sl_plan_params_init (&edit);
  params.name = sl_import_cell (run->import, row, "name");
  params.kind = sl_import_cell (run->import, row, "kind");
  params.period = sl_import_cell (run->import, row, "period");
  params.access_hours = sl_import_cell (run->import, row, "access_hours");
  g_autoptr (GArray) services = sl_import_find_list (run, row, "services", SL_NAMED_SERVICE, error);
  if (services == NULL || !sl_import_int (run, row, "price", SL_NUMBER_NONE, &params.price_cents, error)
      || !sl_import_int (run, row, "joining", SL_NUMBER_NONE, &params.joining_cents, error)
      || !sl_import_int (run, row, "credits", SL_NUMBER_NONE, &params.credits_hundredths, error)
      || !sl_import_yes_or_no (run, row, "open_gym", &params.open_gym, error)
      || !sl_import_yes_or_no (run, row, "active", &active, error))
    return FALSE;
  params.services = (const SlId *) (gconstpointer) services->data;
  params.n_services = services->len;
  edit.active = -1;
  if (currency != NULL && !sl_sale_check_currency (run->engine, currency, refusal))
    return TRUE;
  return sl_plan_add (run->engine, run->actor, &params, &row->made, refusal, error)
         && (active >= 0 || refusal->code != SL_REFUSAL_NONE
             || sl_plan_edit (run->engine, run->actor, &row->made, &edit, refusal, error));
}

const SlImportType sl_import_plans = {
  .word = "plans",
  .columns = plan_columns,
  .action = SL_ACTION_EDIT_CATALOGUE,
  .load = load_names,
  .take = take_plan,
};

/* --- memberships --- */

static const SlImportColumn membership_columns[] = {
  { "member", SL_IMPORT_NEEDED },    { "plan", SL_IMPORT_NEEDED },         { "from", SL_IMPORT_READ },
  { "until", SL_IMPORT_READ },       { "status", SL_IMPORT_READ },         { "frozen_from", SL_IMPORT_READ },
  { "frozen_until", SL_IMPORT_READ }, { "due", SL_IMPORT_READ },           { "collect", SL_IMPORT_READ },
  { "price", SL_IMPORT_READ },       { "first", SL_IMPORT_READ },          { "last", SL_IMPORT_READ },
  { "plan_id", SL_IMPORT_FOR_EYES }, { "id", SL_IMPORT_FOR_EYES },         { NULL },
};

typedef struct {
  SlMembershipParams params;
  gint64 frozen_from_ms, frozen_until_ms, price_cents;
  const char *collect; /* (nullable) */
} Membership;

static gboolean
load_members (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, TRUE, error);
}

/* A status says only whether there is anything to do: what runs is judged by its times. */
static gboolean
read_status (SlImportRun *run, const SlImportRow *row, GError **error)
{
  const char *word = sl_import_cell (run->import, row, "status");
  run->skips = g_strcmp0 (word, sl_membership_status_name (SL_MEMBERSHIP_CANCELLED)) == 0
               || g_strcmp0 (word, sl_membership_status_name (SL_MEMBERSHIP_EXPIRED)) == 0;
  for (guint i = 0; word != NULL && i < SL_MEMBERSHIP_LAST; i++)
    if (g_str_equal (word, sl_membership_status_name (i)))
      return TRUE;
  if (word != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                 "status: not_started, active, frozen, payment_due, cancelled or expired");
  return word == NULL;
}

/* A bare date is its first moment. */
static gboolean
read_beginning (SlImportRun *run, const SlImportRow *row, const char *column, gint64 *out_ms, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (run->engine);
  const char *cell = sl_import_cell (run->import, row, column);
  gboolean is_date = cell != NULL && strlen (cell) == strlen ("2026-03-01");
  g_autofree char *midnight = is_date ? g_strconcat (cell, "T00:00", NULL) : NULL;
  return (midnight != NULL && sl_time_parse (midnight, zone, out_ms, NULL))
         || sl_import_time (run, row, column, zone, FALSE, out_ms, error);
}

static gboolean
read_membership (SlImportRun *run, const SlImportRow *row, Membership *out, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (run->engine);
  SlMembershipParams *params = &out->params;
  *out = (Membership){ .params = { .brought = TRUE }, .collect = sl_import_cell (run->import, row, "collect") };
  return sl_import_find_member (run, row, &params->member_id, error)
         && sl_import_find (run, row, "plan", SL_NAMED_PLAN, NULL, &params->plan_id, error)
         && read_beginning (run, row, "from", &params->from_ms, error)
         && sl_import_time (run, row, "until", zone, TRUE, &params->until_ms, error)
         && sl_import_time (run, row, "due", zone, TRUE, &params->paid_until_ms, error)
         && read_beginning (run, row, "frozen_from", &out->frozen_from_ms, error)
         && sl_import_time (run, row, "frozen_until", zone, TRUE, &out->frozen_until_ms, error)
         && sl_import_int (run, row, "price", SL_NUMBER_NONE, &out->price_cents, error);
}

/* One that rests, or is to: what is paid is meant as the row says it, whatever the rest adds. A rest that is over has
 * added what it did. */
static gboolean
freeze (SlImportRun *run, const SlImportRow *row, const Membership *membership, SlRefusal *refusal, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (run->engine), paid_ms = membership->params.paid_until_ms;
  if (membership->frozen_from_ms == 0
      || (membership->frozen_until_ms != 0 && membership->frozen_until_ms <= now_ms))
    return TRUE;
  return sl_membership_freeze (run->engine, run->actor, &row->made, membership->frozen_from_ms,
                               membership->frozen_until_ms, refusal, error)
         && (refusal->code != SL_REFUSAL_NONE || paid_ms == 0
             || sl_membership_paid (run->engine, run->actor, &row->made, paid_ms, refusal, error));
}

static gboolean
take_membership (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  Membership membership;
  if (!read_status (run, row, error))
    return FALSE;
  if (run->skips)
    return TRUE;
  if (!read_membership (run, row, &membership, error)
      || !sl_membership_start (run->engine, run->actor, &membership.params, &row->made, refusal, error))
    return FALSE;
  if (refusal->code == SL_REFUSAL_NONE && (membership.collect != NULL || membership.price_cents != SL_NUMBER_NONE)
      && !sl_membership_edit (run->engine, run->actor, &row->made, membership.collect, membership.price_cents, refusal,
                              error))
    return FALSE;
  return refusal->code != SL_REFUSAL_NONE || freeze (run, row, &membership, refusal, error);
}

const SlImportType sl_import_memberships = {
  .word = "memberships",
  .columns = membership_columns,
  .action = SL_ACTION_EDIT_MEMBER_FINANCE,
  .load = load_members,
  .take = take_membership,
};
