/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-renewal"

#include "engine/renewal.h"

#include "core/datetime.h"
#include "engine/credits-private.h"
#include "engine/dunning.h"
#include "engine/member-private.h"
#include "engine/membership-private.h"
#include "engine/period.h"
#include "engine/policy.h"
#include "engine/resolver.h"
#include "engine/run-due.h"

/* Each membership is renewed by one device. What is due is judged by what was sold and by the clock, and again inside
 * the transaction that writes it, so a run may come late, twice or in two programs at once. */

#define MONTHS_PER_YEAR 12
#define LONGEST_MONTH_MS (32 * SL_DAY_MS) /* with a clock set back in it */
#define OPERATIONS_OF_ONE 8       /* that a membership usually takes */
#define PERIODS_AT_ONCE 60        /* of one membership in one run: five years of months that nobody was there for */
#define GRANTED_TWICE "granted twice"

typedef struct {
  SlEngine *engine;
  SlDunning dunning;
  gint64 days_ms; /* between two tries */
  gint64 now_ms;
  gboolean write; /* else it is only looked whether there is something to do */
  gboolean found;
  SlRenewals done;
} Run;

static gboolean
rests (const SlMembership *membership, gint64 now_ms)
{
  return membership->frozen_from_ms != 0 && now_ms >= membership->frozen_from_ms
         && (membership->frozen_until_ms == 0 || now_ms < membership->frozen_until_ms);
}

/* --- credits --- */

/* What of a period is looked at. */
typedef struct {
  GTimeZone *zone;
  gint64 carry;         /* months that credits outlive theirs */
  gint64 until_ms;      /* its end, with what a freeze has added */
  gint64 not_before_ms; /* months that began earlier came with their credits from elsewhere */
  gboolean said, write; /* said: nobody has sold it here */
} Granting;

/* How many months of the time that was paid have their credits, and whether the month that begins then has. */
static gboolean
count_grants (SlEngine *engine, const SlMembership *membership, const SlPaidPeriod *period, gint64 until_ms,
              gint64 month_ms, gint64 *out_months, gboolean *out_has, GError **error)
{
  gint64 has;
  if (!sl_store_query_int (engine->store, 0, out_months, error,
                           "SELECT count(*) FROM lot WHERE membership_id = ? AND period_from_ms >= ? "
                           "AND period_from_ms < ?",
                           "dii", &membership->id, period->from_ms, until_ms)
      || !sl_store_query_int (engine->store, 0, &has, error,
                              "SELECT EXISTS (SELECT 1 FROM lot WHERE membership_id = ? AND period_from_ms <= ? "
                              "AND period_until_ms > ?)",
                              "dii", &membership->id, month_ms, month_ms))
    return FALSE;
  *out_has = has != 0;
  return TRUE;
}

static gboolean
grant_month (SlEngine *engine, const SlMembership *membership, gint64 from_ms, gint64 until_ms, gint64 expires_ms,
             GError **error)
{
  SlId lot;
  const SlGrantParts parts = { .membership_id = membership->id, .member_id = membership->member_id,
                               .from_ms = from_ms, .until_ms = until_ms,
                               .credits_hundredths = membership->credits_hundredths, .expires_ms = expires_ms };
  return sl_op_lot_grant (engine->log, &parts, &lot, error);
}

/* The month of paid time that is running: as many of them get credits as were paid for, also where a freeze makes the
 * time longer. Months that nobody was there for have passed with their credits. */
static gboolean
grant_period (SlEngine *engine, const SlMembership *membership, const SlPaidPeriod *period, const Granting *how,
              gint64 *inout_granted, GError **error)
{
  GTimeZone *zone = how->zone;
  gint64 now_ms = sl_engine_now_ms (engine), until_ms = how->until_ms, months;
  gint64 anchor_ms = sl_period_index (membership->from_ms, period->from_ms, zone) >= 0 ? membership->from_ms
                                                                                       : period->from_ms;
  gint64 first = sl_period_index (anchor_ms, period->from_ms, zone);
  gint64 worth = period->sold_until_ms - period->sold_from_ms > LONGEST_MONTH_MS ? MONTHS_PER_YEAR : 1;
  for (gint64 n = 0; sl_period_at (anchor_ms, first + n, zone) < MIN (until_ms, now_ms + 1); n++)
    {
      gint64 from_ms = sl_period_at (anchor_ms, first + n, zone);
      gint64 end_ms = sl_period_at (anchor_ms, first + n + 1, zone);
      gint64 expires_ms = sl_period_at (anchor_ms, first + n + 1 + how->carry, zone);
      gboolean has;
      if (expires_ms <= now_ms || from_ms < how->not_before_ms)
        continue;
      if (!count_grants (engine, membership, period, until_ms, from_ms, &months, &has, error))
        return FALSE;
      if (has || (!how->said && months >= worth))
        continue;
      ++*inout_granted;
      if (!how->write)
        return TRUE;
      if (!grant_month (engine, membership, from_ms, end_ms, expires_ms, error))
        return FALSE;
    }
  return TRUE;
}

/* sl_membership_grant: see the header. Nothing is granted while it is frozen or over. */
gboolean
sl_membership_grant (SlEngine *engine, const SlMembership *membership, gboolean write, gint64 *inout_granted,
                     GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine), carry;
  if (membership->credits_hundredths <= 0 || now_ms < membership->from_ms || rests (membership, now_ms)
      || membership->status == SL_MEMBERSHIP_CANCELLED || membership->status == SL_MEMBERSHIP_EXPIRED)
    return TRUE;
  g_autoptr (GTimeZone) zone = sl_membership_zone (engine, membership, error);
  g_autoptr (GArray) periods = zone != NULL ? sl_membership_periods (engine, membership, FALSE, error) : NULL;
  if (periods == NULL
      || !sl_policy_int (engine, &engine->location, NULL, SL_POLICY_PLAN_CREDITS_CARRY, &carry, error))
    return FALSE;
  Granting how = { .zone = zone, .carry = carry, .write = write, .until_ms = membership->paid_until_ms };
  const SlPaidPeriod said = { .from_ms = membership->from_ms, .until_ms = membership->due_ms, .granted = TRUE };
  if (periods->len == 0 && membership->due_ms != 0)
    {
      how.said = TRUE;
      how.not_before_ms = membership->made_ms + 1;
      return grant_period (engine, membership, &said, &how, inout_granted, error);
    }
  for (guint i = 0; i < periods->len; i++)
    {
      const SlPaidPeriod *period = &g_array_index (periods, SlPaidPeriod, i);
      if (!period->granted)
        continue;
      how.until_ms = MAX (how.until_ms, period->until_ms);
      if (period->from_ms <= now_ms && how.until_ms + carry * LONGEST_MONTH_MS > now_ms
          && !grant_period (engine, membership, period, &how, inout_granted, error))
        return FALSE;
      how.until_ms = 0; /* a freeze has made the last of them longer, none before it */
    }
  return TRUE;
}

/* --- charges --- */

static gboolean
ask (Run *run, const SlMembership *membership, const SlPaidPeriod *open, GError **error)
{
  run->found = TRUE;
  run->done.tried++;
  return !run->write
         || sl_dunning_ask (run->engine, &open->sale_id, &membership->member_id, membership->collect,
                            open->total_cents - open->paid_cents, error);
}

/* A try that nobody has said anything of has failed once its time is over. */
static gboolean
write_off (Run *run, const SlPaidPeriod *open, GError **error)
{
  gint64 count = 0;
  if (!sl_dunning_write_off (run->engine, &open->sale_id, run->write, &count, error))
    return FALSE;
  run->found = run->found || count > 0;
  run->done.tried += count;
  return TRUE;
}

static gboolean
try_again (Run *run, const SlMembership *membership, const SlPaidPeriod *open, GError **error)
{
  if (run->now_ms < open->asked_ms + run->days_ms)
    return TRUE;
  return write_off (run, open, error)
         && (open->asked >= run->dunning.tries || open->paid_cents >= open->total_cents
             || ask (run, membership, open, error));
}

/* A debt where it goes on account, else the first try. */
static gboolean
charge (Run *run, const SlMembership *membership, GError **error)
{
  SlSale sale = { 0 };
  SlSaleLine line = { .what = SL_SALE_PLAN, .thing_id = membership->id,
                      .name = membership->plan_name != NULL ? membership->plan_name : "", .quantity = 1,
                      .unit_cents = sl_membership_price (membership) };
  SlTaking taking = { .method = membership->collect, .status = "pending", .amount_cents = line.unit_cents };
  g_auto (SlTakings) takings = { .list = g_array_new (FALSE, FALSE, sizeof taking) };
  if (taking.amount_cents > 0)
    g_array_append_val (takings.list, taking);
  takings.sum_cents = takings.pending_cents = taking.amount_cents;
  run->found = TRUE;
  run->done.charged++;
  return !run->write
         || (sl_membership_next_period (run->engine, membership, run->now_ms, &line.from_ms, &line.until_ms, error)
             && sl_sale_write (run->engine, &membership->member_id, &line, 1, &takings, &sale, error));
}

/* Whether the next period is to be charged: one whose time has come, of a member who may still buy. */
static gboolean
is_due (Run *run, const SlMembership *membership, gboolean *out_due, GError **error)
{
  SlRefusal refusal = { 0 };
  gint64 end_ms = membership->paid_until_ms;
  *out_due = FALSE;
  if (membership->collect == NULL || end_ms == 0 || run->now_ms < end_ms || run->now_ms < membership->from_ms
      || (membership->until_ms != 0 && (end_ms >= membership->until_ms || run->now_ms >= membership->until_ms))
      || membership->status == SL_MEMBERSHIP_CANCELLED || membership->status == SL_MEMBERSHIP_EXPIRED
      || membership->frozen || rests (membership, run->now_ms))
    return TRUE;
  g_autoptr (SlMember) member = sl_member_get (run->engine, &membership->member_id, error);
  if (member == NULL)
    return FALSE;
  *out_due = sl_sale_check_buyer (member, &refusal);
  sl_refusal_clear (&refusal);
  return TRUE;
}

/* One step of one membership: TRUE with out_more where another may follow. */
static gboolean
renew_once (Run *run, const SlId *id, gboolean *out_more, GError **error)
{
  gboolean due;
  *out_more = FALSE;
  g_autoptr (SlMembership) membership = sl_membership_get (run->engine, id, error);
  if (membership == NULL || !is_due (run, membership, &due, error))
    return FALSE;
  if (due)
    {
      g_autoptr (GArray) periods = sl_membership_periods (run->engine, membership, TRUE, error);
      if (periods == NULL)
        return FALSE;
      const SlPaidPeriod *open = sl_membership_find_open (membership, periods);
      gint64 tried = run->done.tried;
      if (open != NULL ? !try_again (run, membership, open, error) : !charge (run, membership, error))
        return FALSE;
      /* What has gone on account is owed, and the period after it may have passed as well. */
      *out_more = run->write
                  && (open == NULL
                      || (run->done.tried > tried && g_strcmp0 (membership->collect, SL_COLLECT_ACCOUNT) == 0));
      return TRUE;
    }
  gint64 granted = 0;
  if (!sl_membership_grant (run->engine, membership, run->write, &granted, error))
    return FALSE;
  run->found = run->found || granted > 0;
  run->done.granted += granted;
  return TRUE;
}

static gboolean
renew (Run *run, const SlId *id, GError **error)
{
  gboolean more = TRUE;
  for (guint i = 0; more && i < PERIODS_AT_ONCE; i++)
    if (!renew_once (run, id, &more, error))
      return FALSE;
  return TRUE;
}

/* --- granted twice --- */

/* Of lots for one time of one membership the first stands; the others' holders take back what they still hold. */
static gboolean
take_back (Run *run, const SlId *lot, GError **error)
{
  gint64 held;
  if (!sl_lot_free (run->engine->log, lot, sl_oplog_get_replica (run->engine->log), &held, error))
    return FALSE;
  if (held <= 0)
    return TRUE;
  run->found = TRUE;
  run->done.burned++;
  return !run->write || sl_op_lot_burn (run->engine->log, lot, SL_BURN_ADJUST, held, GRANTED_TWICE, error);
}

/* --- the run --- */

static GArray *
collect (SlEngine *engine, const char *sql, gint64 now_ms, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (engine->store, sql, "i", now_ms);
  while (sl_rows_next (rows))
    {
      SlId id, device;
      gboolean own;
      sl_rows_id (rows, 0, &id);
      sl_rows_id (rows, 1, &device);
      if (!sl_resolver_is_kept_here (engine, &device, &own, error))
        return NULL;
      if (own)
        g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/* Looks without the lock, and writes where there was something, in transactions between which the desk has its turn. */
static gboolean
work_through (Run *run, const SlActor *actor, const GArray *ids,
              gboolean (*func) (Run *run, const SlId *id, GError **error), GError **error)
{
  guint in_batch = 0;
  for (guint i = 0; i < ids->len; i++)
    {
      const SlId *id = &g_array_index (ids, SlId, i);
      Run look = *run;
      look.write = look.found = FALSE;
      if (!func (&look, id, error))
        return in_batch > 0 ? sl_command_fail (run->engine) : FALSE;
      if (!look.found)
        continue;
      if (in_batch == 0 && !sl_command_begin (run->engine, actor, error))
        return FALSE;
      run->write = TRUE;
      if (!func (run, id, error))
        return sl_command_fail (run->engine);
      if (++in_batch < SL_DUE_BATCH / OPERATIONS_OF_ONE)
        continue;
      in_batch = 0;
      if (!sl_command_commit (run->engine, error))
        return FALSE;
    }
  return in_batch == 0 || sl_command_commit (run->engine, error);
}

#define RENEWED \
  "SELECT s.id, s.device_id FROM membership s LEFT JOIN plan p ON p.id = s.plan_id WHERE s.created_hlc IS NOT NULL " \
  "AND (s.until_ms IS NULL OR s.until_ms > ?) AND coalesce (s.status, '') <> 'expired' " \
  "AND (s.collect IS NOT NULL OR p.kind = 'credits') ORDER BY s.id"
#define GRANTED_AGAIN \
  "SELECT l.id FROM lot l WHERE l.expires_ms > ? AND l.membership_id IS NOT NULL AND EXISTS (SELECT 1 FROM lot f " \
  "WHERE f.membership_id = l.membership_id AND f.period_from_ms < l.period_until_ms " \
  "AND f.period_until_ms > l.period_from_ms AND (f.hlc < l.hlc OR (f.hlc = l.hlc AND f.id < l.id))) ORDER BY l.id"

static GArray *
granted_again (SlEngine *engine, gint64 now_ms, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (engine->store, GRANTED_AGAIN, "i", now_ms);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * sl_renewal_run_due:
 * @engine: the engine
 * @actor: the device itself, or whoever's keyed command this is
 * @out: (out caller-allocates): what was written
 * @error: return location
 *
 * Charges what has become due of memberships that are collected, tries again what has not come, and grants the credits
 * of months that have begun: of this device's memberships and of those that it has taken over. Nothing waits for it: a
 * membership is judged by the clock. Safe to call late, twice, anywhere. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed; what was done before stays done
 */
gboolean
sl_renewal_run_due (SlEngine *engine, const SlActor *actor, SlRenewals *out, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL, FALSE);

  Run run = { .engine = engine, .now_ms = sl_engine_now_ms (engine) };
  *out = (SlRenewals){ 0 };
  if (!sl_dunning_read (engine, &run.dunning, error))
    return FALSE;
  run.days_ms = run.dunning.tries_ms / run.dunning.tries;
  g_autoptr (GArray) renewed = collect (engine, RENEWED, run.now_ms, error);
  g_autoptr (GArray) again = NULL;
  if (renewed == NULL || !work_through (&run, actor, renewed, renew, error)
      || (again = granted_again (engine, run.now_ms, error)) == NULL
      || !work_through (&run, actor, again, take_back, error))
    return FALSE;
  *out = run.done;
  return TRUE;
}
