/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-export-more"

/* What an export has beside the rows that an import takes: what is arranged, what has happened, what is set. */
#include "engine/export-private.h"

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/credits.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/package-renewal.h"
#include "engine/plan.h"
#include "engine/policy.h"
#include "engine/request.h"
#include "engine/service.h"
#include "engine/standing.h"

static void
add_day (SlExport *out, gint64 day)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text
    = day != SL_NUMBER_NONE ? sl_time_format_local (day * SL_DAY_MS, utc, "%Y-%m-%d") : NULL;
  sl_export_add (out, text);
}

static void
add_minute (SlExport *out, int minute)
{
  g_autofree char *text = sl_minute_format (minute);
  sl_export_add (out, text);
}

/* sl_export_availability: blocks in force, by instructor, weekday and hour. */
gboolean
sl_export_availability (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) blocks
    = sl_export_names_load (out, FALSE, error) ? sl_availability_list (out->engine, NULL, NULL, error) : NULL;
  for (guint i = 0; blocks != NULL && i < blocks->len; i++)
    {
      const SlAvailability *block = blocks->pdata[i];
      sl_export_add_named (out, &block->staff_id);
      sl_export_add_named (out, &block->location_id);
      sl_export_add (out, sl_weekday_name (block->weekday));
      add_minute (out, block->from_minute);
      add_minute (out, block->to_minute);
      sl_export_add_bool (out, block->bookable);
      add_day (out, block->from_day);
      add_day (out, block->until_day);
      sl_export_add_id (out, &block->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return blocks != NULL;
}

static gboolean
add_request (SlExport *out, const SlRequest *request, GError **error)
{
  GTimeZone *zone = sl_export_zone (out, &request->location_id);
  g_autoptr (GString) times = g_string_new (NULL);
  for (guint i = 0; i < request->times->len; i++)
    {
      g_autofree char *text = sl_time_format (g_array_index (request->times, gint64, i), zone);
      g_string_append_printf (times, "%s%s", i > 0 ? SL_EXPORT_LIST_SEPARATOR : "", text);
    }
  sl_export_add_member (out, &request->member_id);
  sl_export_add_named (out, &request->instructor_id);
  sl_export_add_named (out, &request->service_id);
  sl_export_add_named (out, &request->location_id);
  sl_export_add (out, times->str);
  sl_export_add (out, sl_request_state_name (request->state));
  sl_export_add_time (out, request->made_ms, zone);
  sl_export_add_time (out, request->expires_ms, zone);
  sl_export_add_member_names (out, &request->member_id);
  sl_export_add_id (out, &request->session_id);
  sl_export_add_id (out, &request->booking_id);
  sl_export_add_id (out, &request->id);
  return sl_export_end_row (out, error);
}

/* sl_export_requests: the newest first; of erased ones nobody is told. */
gboolean
sl_export_requests (SlExport *out, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) requests = NULL;
  const SlRequestFilter all = { 0 };
  if (!sl_export_names_load (out, TRUE, error)
      || !sl_request_list (out->engine, out->actor, &all, &requests, &refusal, error))
    return FALSE;
  for (guint i = 0; requests != NULL && i < requests->len; i++)
    {
      const SlRequest *request = requests->pdata[i];
      if (!sl_export_member_is_erased (out, &request->member_id) && !add_request (out, request, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_standing (SlExport *out, const SlStanding *standing, GError **error)
{
  GTimeZone *zone = sl_export_zone (out, &standing->location_id);
  sl_export_add_member (out, &standing->member_id);
  sl_export_add_named (out, &standing->service_id);
  sl_export_add_named (out, &standing->location_id);
  sl_export_add (out, sl_weekday_name (standing->weekday));
  add_minute (out, standing->minute);
  sl_export_add_time (out, standing->from_ms, zone);
  sl_export_add_time (out, standing->until_ms, zone);
  sl_export_add_int (out, standing->spots);
  sl_export_add_bool (out, standing->active);
  sl_export_add_member_names (out, &standing->member_id);
  sl_export_add_id (out, &standing->device_id);
  sl_export_add_id (out, &standing->id);
  return sl_export_end_row (out, error);
}

/* sl_export_standing: those that are over, too. */
gboolean
sl_export_standing (SlExport *out, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_export_names_load (out, TRUE, error)
      || !sl_standing_list (out->engine, out->actor, NULL, TRUE, &list, &refusal, error))
    return FALSE;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlStanding *standing = list->pdata[i];
      if (!sl_export_member_is_erased (out, &standing->member_id) && !add_standing (out, standing, error))
        return FALSE;
    }
  return TRUE;
}

/* sl_export_plans: by name. */
gboolean
sl_export_plans (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) plans
    = sl_export_names_load (out, FALSE, error) ? sl_plan_list (out->engine, error) : NULL;
  for (guint i = 0; plans != NULL && i < plans->len; i++)
    {
      const SlPlan *plan = plans->pdata[i];
      sl_export_add (out, plan->name);
      sl_export_add (out, plan->kind);
      sl_export_add (out, plan->period);
      sl_export_add_int (out, plan->price_cents);
      sl_export_add_int (out, plan->joining_cents);
      sl_export_add_int (out, plan->credits_hundredths);
      sl_export_add_named_list (out, plan->services);
      sl_export_add (out, plan->access_hours);
      sl_export_add_bool (out, plan->open_gym);
      sl_export_add_bool (out, plan->active);
      sl_export_add_id (out, &plan->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return plans != NULL;
}

static gboolean
add_memberships_of (SlExport *out, const SlMember *member, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (out->engine);
  g_autoptr (GPtrArray) list
    = sl_membership_list (out->engine, &member->id, sl_engine_now_ms (out->engine), error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlMembership *one = list->pdata[i];
      sl_export_add_member (out, &member->id);
      sl_export_add (out, one->plan_name);
      sl_export_add_time (out, one->from_ms, zone);
      sl_export_add_time (out, one->until_ms, zone);
      sl_export_add (out, sl_membership_status_name (one->status));
      sl_export_add_time (out, one->frozen_from_ms, zone);
      sl_export_add_time (out, one->frozen_until_ms, zone);
      sl_export_add_time (out, one->paid_until_ms, zone);
      sl_export_add (out, one->collect);
      if (one->price_cents != SL_NUMBER_NONE)
        sl_export_add_int (out, one->price_cents);
      else
        sl_export_add (out, NULL);
      sl_export_add (out, member->first);
      sl_export_add (out, member->last);
      sl_export_add_id (out, &one->plan_id);
      sl_export_add_id (out, &one->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return list != NULL;
}

static gboolean
add_renewals_of (SlExport *out, const SlMember *member, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (out->engine);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_package_renewal_list (out->engine, out->actor, &member->id, &list, &refusal, error))
    return FALSE;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlPackageRenewal *one = list->pdata[i];
      sl_export_add_member (out, &member->id);
      sl_export_add (out, one->package_name);
      sl_export_add (out, sl_package_renewal_state_name (one->state));
      sl_export_add (out, one->collect);
      sl_export_add_time (out, one->made_ms, zone);
      sl_export_add_int (out, one->cycle);
      sl_export_add_int (out, one->due_cents);
      sl_export_add_time (out, one->asked_ms, zone);
      sl_export_add (out, member->first);
      sl_export_add (out, member->last);
      sl_export_add_id (out, &one->package_id);
      sl_export_add_id (out, &one->sale_id);
      sl_export_add_id (out, &one->device_id);
      sl_export_add_id (out, &one->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_entries_of (SlExport *out, const SlMember *member, GError **error)
{
  GTimeZone *zone = sl_engine_time_zone (out->engine);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlCredits) credits = NULL;
  if (!sl_credits_show (out->engine, out->actor, &member->id, &credits, &refusal, error))
    return FALSE;
  for (guint i = 0; credits != NULL && i < credits->entries->len; i++)
    {
      const SlCreditEntry *entry = credits->entries->pdata[i];
      sl_export_add_member (out, &member->id);
      sl_export_add_time (out, entry->at_ms, zone);
      sl_export_add (out, sl_entry_kind_name (entry->kind));
      sl_export_add_int (out, entry->amount_hundredths);
      sl_export_add_int (out, entry->forfeited_hundredths);
      sl_export_add (out, entry->reason);
      sl_export_add (out, member->first);
      sl_export_add (out, member->last);
      sl_export_add_id (out, &entry->booking_id);
      sl_export_add_id (out, &entry->lot_id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
for_each_member (SlExport *out, gboolean (*add) (SlExport *out, const SlMember *member, GError **error),
                 GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) members = NULL;
  if (!sl_export_names_load (out, TRUE, error)
      || !sl_member_list (out->engine, out->actor, NULL, 0, &members, &refusal, error))
    return FALSE;
  for (guint i = 0; members != NULL && i < members->len; i++)
    if (!add (out, members->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* sl_export_memberships: of each member, by name, the latest first. */
gboolean
sl_export_memberships (SlExport *out, GError **error)
{
  return for_each_member (out, add_memberships_of, error);
}

/* sl_export_renewals: packages that each member buys again by themselves, by name, those that were stopped, too. */
gboolean
sl_export_renewals (SlExport *out, GError **error)
{
  return for_each_member (out, add_renewals_of, error);
}

/* sl_export_entries: how each member's credits came and went, the oldest first. */
gboolean
sl_export_entries (SlExport *out, GError **error)
{
  return for_each_member (out, add_entries_of, error);
}

static gboolean
add_visit (SlExport *out, SlRows *rows, GError **error)
{
  SlId member, session, location, booking, id;
  sl_rows_id (rows, 0, &member);
  sl_rows_id (rows, 1, &session);
  sl_rows_id (rows, 2, &location);
  sl_rows_id (rows, 3, &booking);
  sl_rows_id (rows, 4, &id);
  GTimeZone *zone = sl_export_zone (out, &location);
  if (sl_export_member_is_erased (out, &member))
    member = sl_id_none;
  sl_export_add_member (out, &member);
  sl_export_add_time (out, sl_rows_int (rows, 5), zone);
  sl_export_add_time (out, sl_rows_int (rows, 6), zone);
  sl_export_add_named (out, &location);
  sl_export_add_bool (out, sl_rows_int (rows, 7) != 0);
  sl_export_add_bool (out, sl_rows_int (rows, 8) != 0);
  sl_export_add_member_names (out, &member);
  sl_export_add_id (out, &session);
  sl_export_add_id (out, &booking);
  sl_export_add_id (out, &id);
  return sl_export_end_row (out, error);
}

/* sl_export_visits: every time that somebody came in, also without a session, and what was taken back. */
gboolean
sl_export_visits (SlExport *out, GError **error)
{
  gboolean good = sl_export_names_load (out, TRUE, error);
  if (!good)
    return FALSE;
  g_autoptr (SlRows) rows
    = sl_store_query (out->engine->store,
                      "SELECT coalesce (k.member_id, c.member_id), coalesce (k.session_id, c.session_id), "
                      "coalesce (k.location_id, s.location_id), k.booking_id, k.id, k.at_ms, k.left_ms, "
                      "k.late, k.undone FROM checkin k LEFT JOIN claim c ON c.id = k.booking_id "
                      "LEFT JOIN session s ON s.id = coalesce (k.session_id, c.session_id) "
                      "WHERE k.hlc IS NOT NULL ORDER BY k.at_ms, k.id",
                      "");
  while (good && sl_rows_next (rows))
    good = add_visit (out, rows, error);
  return good && sl_rows_finish (rows, error);
}

static gboolean
add_policy (SlExport *out, SlPolicy policy, const SlId *location, const SlId *service, SlPolicyScope wanted,
            GError **error)
{
  g_autofree char *value = NULL;
  SlPolicyScope scope;
  if (!sl_policy_look_up (out->engine, location, service, policy, &value, &scope, error))
    return FALSE;
  if (scope != wanted)
    return TRUE;
  sl_export_add (out, sl_policy_name (policy));
  sl_export_add (out, value);
  sl_export_add (out, sl_policy_scope_name (scope));
  sl_export_add_named (out, location != NULL ? location : &sl_id_none);
  sl_export_add_named (out, service != NULL ? service : &sl_id_none);
  return sl_export_end_row (out, error);
}

/* sl_export_policies: for the studio all that count, then what locations and services have of their own. */
gboolean
sl_export_policies (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) locations
    = sl_export_names_load (out, FALSE, error) ? sl_location_list (out->engine, error) : NULL;
  g_autoptr (GPtrArray) services = locations != NULL ? sl_service_list (out->engine, error) : NULL;
  gboolean good = services != NULL;
  for (SlPolicy policy = 0; good && policy < SL_POLICY_LAST; policy++)
    {
      good = add_policy (out, policy, NULL, NULL, SL_POLICY_SCOPE_DEFAULT, error)
             && add_policy (out, policy, NULL, NULL, SL_POLICY_SCOPE_ORGANISATION, error);
      for (guint i = 0; good && i < locations->len; i++)
        good = add_policy (out, policy, &((const SlLocation *) locations->pdata[i])->id, NULL,
                           SL_POLICY_SCOPE_LOCATION, error);
      for (guint i = 0; good && i < services->len; i++)
        good = add_policy (out, policy, NULL, &((const SlService *) services->pdata[i])->id, SL_POLICY_SCOPE_SERVICE,
                           error);
    }
  return good;
}
