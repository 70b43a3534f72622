/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-membership"

#include "engine/membership.h"

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/hours.h"
#include "engine/id-list.h"
#include "engine/location.h"
#include "engine/member-private.h"
#include "engine/member.h"
#include "engine/membership-private.h"
#include "engine/plan.h"


#define COLUMNS \
  "SELECT s.id, s.member_id, s.plan_id, p.name, s.from_ms, s.until_ms, s.frozen_from_ms, s.frozen_until_ms, " \
  "s.due_ms, s.status, p.kind, p.open_gym, p.services, p.access_hours, s.collect, s.price_cents, p.price_cents, " \
  "p.credits_hundredths, p.period, s.device_id, s.created_hlc FROM membership s " \
  "LEFT JOIN plan p ON p.id = s.plan_id "

static const char *const status_names[] = {
  [SL_MEMBERSHIP_NOT_STARTED] = "not_started", [SL_MEMBERSHIP_ACTIVE] = "active",
  [SL_MEMBERSHIP_FROZEN] = "frozen",           [SL_MEMBERSHIP_PAYMENT_DUE] = "payment_due",
  [SL_MEMBERSHIP_CANCELLED] = "cancelled",     [SL_MEMBERSHIP_EXPIRED] = "expired",
};
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == SL_MEMBERSHIP_LAST);

/* Which of several counts: the first of these. */
static const guint ranks[] = {
  [SL_MEMBERSHIP_ACTIVE] = 0,    [SL_MEMBERSHIP_PAYMENT_DUE] = 1, [SL_MEMBERSHIP_FROZEN] = 2,
  [SL_MEMBERSHIP_NOT_STARTED] = 3, [SL_MEMBERSHIP_CANCELLED] = 4, [SL_MEMBERSHIP_EXPIRED] = 4,
};
G_STATIC_ASSERT (G_N_ELEMENTS (ranks) == SL_MEMBERSHIP_LAST);

/**
 * sl_membership_status_name:
 * @status: of a membership
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_membership_status_name (SlMembershipStatus status)
{
  g_return_val_if_fail (status < SL_MEMBERSHIP_LAST, "");

  return status_names[status];
}

/**
 * sl_membership_free:
 * @membership: (nullable) (transfer full): a membership
 */
void
sl_membership_free (SlMembership *membership)
{
  if (membership == NULL)
    return;
  g_free (membership->plan_name);
  g_free (membership->access_hours);
  g_clear_pointer (&membership->services, g_array_unref);
  g_free (membership);
}

/**
 * sl_membership_judge:
 * @membership: as it was read; its status is not looked at
 * @at_ms: a moment, UTC ms
 *
 * The one function in which a membership's status comes about. Beginnings are included, ends are not. Any thread.
 *
 * Returns: the status at that moment
 */
SlMembershipStatus
sl_membership_judge (const SlMembership *membership, gint64 at_ms)
{
  gboolean over = membership->until_ms != 0 && at_ms >= membership->until_ms;
  gboolean rests = membership->frozen_from_ms != 0 && at_ms >= membership->frozen_from_ms
                   && (membership->frozen_until_ms == 0 || at_ms < membership->frozen_until_ms);
  if (membership->cancelled && (over || membership->until_ms == 0))
    return SL_MEMBERSHIP_CANCELLED;
  if (over || membership->expired)
    return SL_MEMBERSHIP_EXPIRED;
  if (at_ms < membership->from_ms)
    return SL_MEMBERSHIP_NOT_STARTED;
  if (rests || membership->frozen)
    return SL_MEMBERSHIP_FROZEN;
  gint64 grace_ms = sl_membership_grace_from_ms (membership);
  if (grace_ms != 0 && at_ms >= grace_ms + membership->grace_ms)
    return SL_MEMBERSHIP_FROZEN;
  return membership->payment_due || (grace_ms != 0 && at_ms >= grace_ms) ? SL_MEMBERSHIP_PAYMENT_DUE
                                                                         : SL_MEMBERSHIP_ACTIVE;
}

/**
 * sl_membership_grace_from_ms:
 * @membership: as it was read
 *
 * What is collected is tried for a time first, in which the member comes in as ever: until the last try was said to
 * have failed, at most for as long as the tries take, whether anybody was there to make them or not. What goes on
 * account is never waited for: it is a debt. Any thread.
 *
 * Returns: when staff are to ask for the payment, UTC ms; 0: never
 */
gint64
sl_membership_grace_from_ms (const SlMembership *membership)
{
  gint64 end_ms = membership->paid_until_ms;
  if (end_ms == 0 || g_strcmp0 (membership->collect, SL_COLLECT_ACCOUNT) == 0)
    return 0;
  if (membership->failed_ms == 0)
    return end_ms + membership->tries_ms;
  return CLAMP (membership->failed_ms, end_ms, end_ms + membership->tries_ms);
}

/**
 * sl_membership_stops_ms:
 * @membership: as it was read
 *
 * Any thread.
 *
 * Returns: when it rests for want of payment, UTC ms; 0: never
 */
gint64
sl_membership_stops_ms (const SlMembership *membership)
{
  gint64 grace_ms = sl_membership_grace_from_ms (membership);
  return grace_ms != 0 ? grace_ms + membership->grace_ms : 0;
}

static SlMembership *
read_membership (SlRows *rows)
{
  SlMembership *membership = g_new0 (SlMembership, 1);
  const char *status = sl_rows_text (rows, 9);
  membership->cancelled = g_strcmp0 (status, SL_MEMBERSHIP_SAID_CANCELLED) == 0;
  membership->payment_due = g_strcmp0 (status, SL_MEMBERSHIP_SAID_PAYMENT_DUE) == 0;
  membership->frozen = g_strcmp0 (status, SL_MEMBERSHIP_SAID_FROZEN) == 0;
  membership->expired = g_strcmp0 (status, SL_MEMBERSHIP_SAID_EXPIRED) == 0;
  sl_rows_id (rows, 0, &membership->id);
  sl_rows_id (rows, 1, &membership->member_id);
  sl_rows_id (rows, 2, &membership->plan_id);
  membership->plan_name = sl_rows_dup_text (rows, 3);
  membership->from_ms = sl_rows_int (rows, 4);
  membership->until_ms = sl_rows_int (rows, 5);
  membership->frozen_from_ms = sl_rows_int (rows, 6);
  membership->frozen_until_ms = sl_rows_int (rows, 7);
  membership->due_ms = sl_rows_int (rows, 8);
  membership->unlimited = g_strcmp0 (sl_rows_text (rows, 10), "unlimited") == 0;
  membership->open_gym = sl_rows_int (rows, 11) != 0;
  membership->services = sl_id_list_read (rows, 12);
  membership->access_hours = sl_rows_dup_text (rows, 13);
  membership->collect = sl_rows_is_null (rows, 14) ? NULL : g_intern_string (sl_rows_text (rows, 14));
  membership->price_cents = sl_rows_is_null (rows, 15) ? SL_NUMBER_NONE : sl_rows_int (rows, 15);
  membership->plan_price_cents = sl_rows_int (rows, 16);
  membership->credits_hundredths = g_strcmp0 (sl_rows_text (rows, 10), "credits") == 0 ? sl_rows_int (rows, 17) : 0;
  membership->annual = g_strcmp0 (sl_rows_text (rows, 18), "annual") == 0;
  sl_rows_id (rows, 19, &membership->device_id);
  membership->made_ms = sl_hlc_to_ms (sl_rows_int (rows, 20));
  return membership;
}

/* Takes the rows: (transfer full) (element-type SlMembership), judged at a moment; NULL on failure. */
static GPtrArray *
read_all (SlEngine *engine, SlRows *taken, gint64 at_ms, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_membership_free);
  SlDunning dunning;
  while (sl_rows_next (rows))
    g_ptr_array_add (list, read_membership (rows));
  if (!sl_rows_finish (rows, error) || (list->len > 0 && !sl_dunning_read (engine, &dunning, error)))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      SlMembership *membership = list->pdata[i];
      if (!sl_membership_read_money (engine, &dunning, membership, error))
        return NULL;
      membership->status = sl_membership_judge (membership, at_ms);
    }
  return g_steal_pointer (&list);
}

/**
 * sl_membership_list:
 * @engine: the engine
 * @member: whose, by any of their records
 * @at_ms: the moment that they are judged by, UTC ms
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlMembership): the one that began last first; %NULL on failure
 */
GPtrArray *
sl_membership_list (SlEngine *engine, const SlId *member, gint64 at_ms, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL, NULL);

  return read_all (engine,
                   sl_store_query (engine->store,
                                   COLUMNS "WHERE s.member_id IN " SL_SQL_SAME_MEMBER ("?1")
                                           " AND s.created_hlc IS NOT NULL ORDER BY s.from_ms DESC, s.id",
                                   "d", member),
                   at_ms, error);
}

/**
 * sl_membership_list_running:
 * @engine: the engine
 * @at_ms: the moment that they are judged by, UTC ms
 * @ending_ms: those that end before are left out
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlMembership): everybody's, by their ids; %NULL on failure
 */
GPtrArray *
sl_membership_list_running (SlEngine *engine, gint64 at_ms, gint64 ending_ms, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  return read_all (engine,
                   sl_store_query (engine->store,
                                   COLUMNS "WHERE s.created_hlc IS NOT NULL AND coalesce (s.status, '') <> 'expired' "
                                           "AND (s.until_ms IS NULL OR s.until_ms >= ?) ORDER BY s.id",
                                   "i", ending_ms),
                   at_ms, error);
}

/**
 * sl_membership_get:
 * @engine: the engine
 * @id: the membership
 * @error: return location
 *
 * Returns: (transfer full): the membership as of this moment; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlMembership *
sl_membership_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (GPtrArray) list
    = read_all (engine,
                sl_store_query (engine->store, COLUMNS "WHERE s.id = ? AND s.created_hlc IS NOT NULL", "d", id),
                sl_engine_now_ms (engine), error);
  if (list != NULL && list->len == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such membership");
  return list != NULL && list->len > 0 ? g_ptr_array_steal_index (list, 0) : NULL;
}

/**
 * sl_membership_current:
 * @engine: the engine
 * @member: whose, by any of their records
 * @now_ms: the moment, UTC ms
 * @out_membership: (out) (transfer full) (nullable): the one that counts: an active one before one whose payment is
 * due, then a frozen one, one that has not begun, one that is over; of as good ones that which lets into the open gym,
 * then that which began last. %NULL where there never was one
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_membership_current (SlEngine *engine, const SlId *member, gint64 now_ms, SlMembership **out_membership,
                       GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && out_membership != NULL, FALSE);

  g_autoptr (GPtrArray) list = sl_membership_list (engine, member, now_ms, error);
  guint best = 0;
  *out_membership = NULL;
  if (list == NULL)
    return FALSE;
  for (guint i = 1; i < list->len; i++)
    {
      const SlMembership *one = list->pdata[i], *so_far = list->pdata[best];
      if (ranks[one->status] < ranks[so_far->status]
          || (ranks[one->status] == ranks[so_far->status] && one->open_gym && !so_far->open_gym))
        best = i;
    }
  if (list->len > 0)
    *out_membership = g_ptr_array_steal_index (list, best);
  return TRUE;
}

/* Whether it runs at a moment ahead. Where somebody collects, what comes will be paid as it was until now. */
static gboolean
will_run (const SlMembership *membership, gint64 start_ms)
{
  SlMembership paid = *membership;
  if (membership->status == SL_MEMBERSHIP_PAYMENT_DUE)
    return FALSE;
  if (sl_membership_judge (membership, start_ms) == SL_MEMBERSHIP_ACTIVE)
    return TRUE;
  paid.paid_until_ms = 0;
  return membership->collect != NULL
         && (membership->status == SL_MEMBERSHIP_ACTIVE || membership->status == SL_MEMBERSHIP_NOT_STARTED)
         && sl_membership_judge (&paid, start_ms) == SL_MEMBERSHIP_ACTIVE;
}

/* Whether the plan is for the service, and its hours for the start. */
static gboolean
is_for (SlEngine *engine, const SlMembership *membership, const SlId *service, const SlId *location, gint64 start_ms,
        gboolean *out_is, GError **error)
{
  *out_is = sl_id_list_has (membership->services, service);
  if (!*out_is || membership->access_hours == NULL)
    return TRUE;
  g_autoptr (SlLocation) place = sl_location_get (engine, location, error);
  g_autoptr (GTimeZone) zone = place != NULL ? sl_time_zone_new (place->timezone, error) : NULL;
  g_autoptr (SlHours) hours = zone != NULL ? sl_hours_parse (membership->access_hours, error) : NULL;
  if (hours == NULL)
    return FALSE;
  *out_is = sl_hours_open_at (hours, start_ms, zone);
  return TRUE;
}

/**
 * sl_membership_covers:
 * @engine: the engine
 * @member: whose, by any of their records
 * @service: what is visited
 * @location: where
 * @start_ms: when it starts, UTC ms
 * @now_ms: the moment of the question, UTC ms
 * @out_covered: (out): whether an unlimited plan pays for it
 * @error: return location
 *
 * A plan pays for a visit at whose start it runs, that its services and hours allow, and for which nothing is due now.
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_membership_covers (SlEngine *engine, const SlId *member, const SlId *service, const SlId *location,
                      gint64 start_ms, gint64 now_ms, SlCovered *out_covered, GError **error)
{
  g_return_val_if_fail (engine != NULL && member != NULL && service != NULL && location != NULL && out_covered != NULL,
                        FALSE);

  g_autoptr (GPtrArray) list = sl_membership_list (engine, member, now_ms, error);
  *out_covered = SL_COVERED_NO_PLAN;
  for (guint i = 0; list != NULL && i < list->len && *out_covered != SL_COVERED_BY_PLAN; i++)
    {
      const SlMembership *one = list->pdata[i];
      gboolean is;
      if (!one->unlimited || !will_run (one, start_ms))
        continue;
      if (!is_for (engine, one, service, location, start_ms, &is, error))
        return FALSE;
      *out_covered = is ? SL_COVERED_BY_PLAN : SL_COVERED_NOT_IT;
    }
  return list != NULL;
}

/**
 * sl_membership_show:
 * @engine: the engine
 * @actor: who wants to know; members: of themselves, instructors: of their own members
 * @member: whose, by any of their records
 * @out_memberships: (out) (transfer full) (element-type SlMembership): as of this moment, the one that began last
 * first; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_membership_show (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out_memberships,
                    SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && out_memberships != NULL
                          && out_refusal != NULL,
                        FALSE);

  *out_memberships = NULL;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL)
    return FALSE;
  if (!sl_member_may_view (engine, actor, member, NULL, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE && sl_query_refuse (engine, actor, "membership show", out_refusal);
  *out_memberships = sl_membership_list (engine, member, sl_engine_now_ms (engine), error);
  return *out_memberships != NULL;
}
