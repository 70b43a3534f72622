/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-membership-money"

#include "engine/membership-private.h"

#include <stdlib.h>
#include <string.h>

#include "core/datetime.h"
#include "engine/period.h"
#include "engine/policy.h"
#include "oplog/money.h"

/* Until when a membership is paid: derived from what was sold and what was paid of it, never written down. */

#define MONTHS_PER_YEAR 12

/* A row for each payment of each sale; what ends last first, so that a reader may stop at the first that is granted. */
#define PERIODS \
  "SELECT l.sale_id, l.from_ms, l.until_ms, s.at_ms, s.total_cents, p.amount_cents, p.method, p.status, p.at_ms, " \
  "(SELECT min (o.at_ms) FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 2), " \
  "(SELECT min (o.at_ms) FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 1), " \
  "coalesce ((SELECT sum (r.amount_cents) FROM refund r WHERE r.payment_id = p.id), 0) " \
  "FROM sale_line l JOIN sale s ON s.id = l.sale_id LEFT JOIN payment p ON p.sale_id = s.id " \
  "WHERE l.thing_id = ? AND l.what = 2 AND l.from_ms IS NOT NULL AND l.until_ms > l.from_ms " \
  "ORDER BY l.until_ms DESC, l.from_ms, l.sale_id, l.line, p.at_ms, p.id"

/* sl_dunning_read: see the header. Where the question is asked, as of all policies. */
gboolean
sl_dunning_read (SlEngine *engine, SlDunning *out, GError **error)
{
  gint64 days, grace;
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_DUNNING_TRIES, &out->tries, error)
      || !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_DUNNING_DAYS, &days, error)
      || !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_GRACE_DAYS, &grace, error))
    return FALSE;
  out->tries_ms = out->tries * days * SL_DAY_MS;
  out->grace_ms = grace * SL_DAY_MS;
  return TRUE;
}

/* sl_membership_zone: see the header. A device or location that nothing is known of yet: this device's calendar. */
GTimeZone *
sl_membership_zone (SlEngine *engine, const SlMembership *membership, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT l.timezone FROM device d JOIN location l ON l.id = d.location_id "
                                            "WHERE d.id = ? AND l.timezone IS NOT NULL",
                                            "d", &membership->device_id);
  g_autofree char *name = sl_rows_next (rows) ? sl_rows_dup_text (rows, 0) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  return name != NULL ? sl_time_zone_new (name, error) : g_time_zone_ref (engine->zone);
}

static void
add_payment (SlPaidPeriod *period, SlRows *rows)
{
  gint64 amount = sl_rows_int (rows, 5), at_ms = sl_rows_int (rows, 8);
  gboolean account = g_strcmp0 (sl_rows_text (rows, 6), SL_COLLECT_ACCOUNT) == 0;
  gboolean paid = g_strcmp0 (sl_rows_text (rows, 7), "paid") == 0;
  period->refunded_cents += sl_rows_int (rows, 11);
  if (account)
    {
      period->account_cents += amount;
      return;
    }
  period->asked++;
  period->asked_ms = MAX (period->asked_ms, at_ms);
  if (paid || !sl_rows_is_null (rows, 9))
    {
      period->paid_cents += amount;
      period->paid_ms = MAX (period->paid_ms, paid ? at_ms : sl_rows_int (rows, 9));
    }
  else if (!sl_rows_is_null (rows, 10))
    {
      if (period->failed < SL_DUNNING_TRIES_MAX)
        period->failed_ms[period->failed] = sl_rows_int (rows, 10);
      period->failed++;
    }
  else
    period->pending_cents += amount;
}

/* Who pays in the time that was sold has paid for that time. What was asked for in its time and is paid only when that
 * is over counts from the payment on: the member was shut out meanwhile. */
static gboolean
judge_period (SlEngine *engine, const SlMembership *membership, SlPaidPeriod *period, GError **error)
{
  period->granted = period->paid_cents + period->account_cents >= period->total_cents
                    && (period->total_cents == 0 || period->refunded_cents < period->total_cents);
  period->from_ms = period->sold_from_ms;
  period->until_ms = period->sold_until_ms;
  if (!period->granted || period->account_cents > 0 || period->at_ms >= period->sold_until_ms
      || period->paid_ms < period->sold_until_ms)
    return TRUE;
  g_autoptr (GTimeZone) zone = sl_membership_zone (engine, membership, error);
  if (zone == NULL)
    return FALSE;
  period->from_ms = period->paid_ms;
  period->until_ms = sl_period_days_later (period->paid_ms, period->sold_from_ms, period->sold_until_ms, zone);
  return TRUE;
}

static gboolean
is_same (const SlPaidPeriod *period, SlRows *rows)
{
  SlId sale;
  sl_rows_id (rows, 0, &sale);
  return sl_id_equal (&sale, &period->sale_id) && period->sold_from_ms == sl_rows_int (rows, 1)
         && period->sold_until_ms == sl_rows_int (rows, 2);
}

static void
begin_period (SlPaidPeriod *period, SlRows *rows)
{
  *period = (SlPaidPeriod){ .sold_from_ms = sl_rows_int (rows, 1), .sold_until_ms = sl_rows_int (rows, 2),
                            .at_ms = sl_rows_int (rows, 3), .total_cents = sl_rows_int (rows, 4) };
  sl_rows_id (rows, 0, &period->sale_id);
}

/* sl_membership_periods: see the header. */
GArray *
sl_membership_periods (SlEngine *engine, const SlMembership *membership, gboolean enough, GError **error)
{
  g_autoptr (GArray) periods = g_array_new (FALSE, TRUE, sizeof (SlPaidPeriod));
  g_autoptr (SlRows) rows = sl_store_query (engine->store, PERIODS, "d", &membership->id);
  SlPaidPeriod period;
  gboolean has = FALSE, stop = FALSE;
  while (!stop && sl_rows_next (rows))
    {
      if (has && !is_same (&period, rows))
        {
          if (!judge_period (engine, membership, &period, error))
            return NULL;
          g_array_append_val (periods, period);
          stop = enough && period.granted;
          has = FALSE;
        }
      if (!has && !stop)
        begin_period (&period, rows);
      has = !stop;
      if (has && !sl_rows_is_null (rows, 5))
        add_payment (&period, rows);
    }
  if (!sl_rows_finish (rows, error) || (has && !judge_period (engine, membership, &period, error)))
    return NULL;
  if (has)
    g_array_append_val (periods, period);
  return g_steal_pointer (&periods);
}

/* A freeze that begins inside paid time lengthens it by as long as it lasts. */
static gint64
lengthen (const SlMembership *membership, gint64 from_ms, gint64 until_ms)
{
  gboolean inside = membership->frozen_from_ms != 0 && from_ms <= membership->frozen_from_ms
                    && membership->frozen_from_ms < until_ms;
  return inside && membership->frozen_until_ms > membership->frozen_from_ms
           ? until_ms + membership->frozen_until_ms - membership->frozen_from_ms
           : until_ms;
}

static gint64
paid_until (const SlMembership *membership, const GArray *periods, gboolean with_freeze)
{
  gint64 until_ms = with_freeze && membership->due_ms != 0 ? lengthen (membership, 0, membership->due_ms)
                                                           : membership->due_ms;
  for (guint i = 0; i < periods->len; i++)
    {
      const SlPaidPeriod *period = &g_array_index (periods, SlPaidPeriod, i);
      gint64 end_ms = with_freeze ? lengthen (membership, period->from_ms, period->until_ms) : period->until_ms;
      if (period->granted)
        until_ms = MAX (until_ms, end_ms);
    }
  /* Sold, and nothing of it paid yet: due from the first day. */
  return until_ms == 0 && periods->len > 0 ? membership->from_ms : until_ms;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *one = a, *other = b;
  return *one < *other ? -1 : *one > *other;
}

/* When the last of the tries has failed, where somebody has said so; 0: not yet. */
static gint64
all_failed_ms (const SlPaidPeriod *open, gint64 tries)
{
  if (open == NULL || open->failed < tries)
    return 0;
  gint64 times[SL_DUNNING_TRIES_MAX];
  guint n = MIN (open->failed, SL_DUNNING_TRIES_MAX);
  memcpy (times, open->failed_ms, n * sizeof *times);
  qsort (times, n, sizeof *times, compare_times);
  return times[MIN ((guint) tries, n) - 1];
}

/* sl_membership_read_money: see the header. */
gboolean
sl_membership_read_money (SlEngine *engine, const SlDunning *dunning, SlMembership *membership, GError **error)
{
  g_autoptr (GArray) periods = sl_membership_periods (engine, membership, TRUE, error);
  if (periods == NULL)
    return FALSE;
  membership->paid_until_ms = paid_until (membership, periods, TRUE);
  membership->paid_before_freeze_ms = paid_until (membership, periods, FALSE);
  membership->tries_ms = membership->collect != NULL ? dunning->tries_ms : 0;
  membership->grace_ms = dunning->grace_ms;
  membership->failed_ms = all_failed_ms (sl_membership_find_open (membership, periods), dunning->tries);
  return TRUE;
}

/* sl_membership_find_open: see the header. What was given back is nobody's debt. */
const SlPaidPeriod *
sl_membership_find_open (const SlMembership *membership, const GArray *periods)
{
  const SlPaidPeriod *open = NULL;
  for (guint i = 0; i < periods->len; i++)
    {
      const SlPaidPeriod *period = &g_array_index (periods, SlPaidPeriod, i);
      if (!period->granted && period->refunded_cents == 0 && period->sold_until_ms > membership->paid_until_ms
          && (open == NULL || period->sold_from_ms < open->sold_from_ms))
        open = period;
    }
  return open;
}

/* Where the calendar of a membership begins that is paid until then: its first day, unless a late payment, a freeze or
 * a moved end has begun a new count. */
static gint64
find_anchor (const SlMembership *membership, const GArray *periods, GTimeZone *zone)
{
  gint64 anchor_ms = membership->paid_until_ms;
  if (sl_period_index (membership->from_ms, anchor_ms, zone) >= 0)
    return membership->from_ms;
  for (guint i = 0; i < periods->len; i++) /* the latest first, so the chain is followed in one go */
    {
      const SlPaidPeriod *period = &g_array_index (periods, SlPaidPeriod, i);
      if (period->granted && period->until_ms == anchor_ms)
        anchor_ms = period->from_ms;
    }
  return sl_period_index (anchor_ms, membership->paid_until_ms, zone) >= 0 ? anchor_ms : membership->paid_until_ms;
}

/* sl_membership_next_period: see the header. */
gboolean
sl_membership_next_period (SlEngine *engine, const SlMembership *membership, gint64 now_ms, gint64 *out_from_ms,
                           gint64 *out_until_ms, GError **error)
{
  g_autoptr (GTimeZone) zone = sl_membership_zone (engine, membership, error);
  g_autoptr (GArray) periods = zone != NULL ? sl_membership_periods (engine, membership, FALSE, error) : NULL;
  if (periods == NULL)
    return FALSE;
  gint64 months = membership->annual ? MONTHS_PER_YEAR : 1, anchor_ms = find_anchor (membership, periods, zone);
  *out_from_ms = membership->paid_until_ms;
  *out_until_ms
    = sl_period_at (anchor_ms, sl_period_index (anchor_ms, membership->paid_until_ms, zone) + months, zone);
  if (*out_until_ms > now_ms || g_strcmp0 (membership->collect, SL_COLLECT_ACCOUNT) == 0)
    return TRUE;
  *out_from_ms = now_ms;
  *out_until_ms = sl_period_at (now_ms, months, zone);
  return TRUE;
}

/* sl_membership_price: of a period: as it was agreed, else the plan's. */
gint64
sl_membership_price (const SlMembership *membership)
{
  return membership->price_cents != SL_NUMBER_NONE ? membership->price_cents : membership->plan_price_cents;
}
