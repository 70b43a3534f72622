/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-membership-sale"

#include "engine/renewal.h"

#include "core/datetime.h"
#include "engine/dunning.h"
#include "engine/membership-private.h"
#include "engine/period.h"
#include "engine/resolver.h"

/* Selling a plan, and the periods after the first at the desk. */

#define FROM_AWAY_MS (366 * SL_DAY_MS) /* how far from now a membership that is sold begins */
#define JOINING_NAME "Joining fee"
#define MONTHS_PER_YEAR 12

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

static gboolean
check_pays (const SlSaleParams *params, GError **error)
{
  if (params->pays == NULL)
    return sl_taking_is_method (params->method, error);
  for (guint i = 0; i < params->n_pays; i++)
    if (!sl_taking_is_method (params->pays[i].method, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_words (const SlPlanSaleParams *params, gint64 from_ms, gint64 now_ms, GError **error)
{
  if (params->price_cents != SL_NUMBER_NONE
      && (params->price_cents < 0 || params->price_cents > SL_PLAN_PRICE_MAX_CENTS))
    return bad_input (error, "a price is not below 0, and not absurd");
  if (ABS (from_ms - now_ms) > FROM_AWAY_MS)
    return bad_input (error, "a membership that is sold begins at most a year from now");
  return (params->collect == NULL || sl_membership_is_collect (params->collect, error))
         && check_pays (&params->pay, error);
}

/* After the checks: refused, or failed. */
static gboolean
end_unsold (SlEngine *engine, const SlActor *actor, const char *command, SlRefusal *refusal, GError **error)
{
  return refusal->code != SL_REFUSAL_NONE ? sl_command_refuse (engine, actor, command, refusal, error)
                                          : sl_command_fail (engine);
}

/* The plan's price is anybody's to take who takes payments; another one is agreed by who may change what members have.
 * FALSE: refused, or failed. */
static gboolean
check_sale (SlEngine *engine, const SlActor *actor, const SlMember *member, const SlPlan *plan,
            const SlMembershipParams *times, const SlPlanSaleParams *params, SlTakings *takings, SlRefusal *refusal,
            GError **error)
{
  gboolean agreed = params->price_cents != SL_NUMBER_NONE;
  gint64 price_cents = agreed ? params->price_cents : plan->price_cents;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, refusal)
      || (agreed && !sl_command_may (engine, actor, SL_ACTION_EDIT_MEMBER_FINANCE, &engine->location, refusal)))
    return FALSE;
  return sl_membership_check_start (engine, member, plan, times, refusal, error) && refusal->code == SL_REFUSAL_NONE
         && sl_sale_check_currency (engine, params->pay.currency, refusal)
         && sl_sale_check_pays (engine, &params->pay, price_cents + plan->joining_cents, takings, refusal, error);
}

static gboolean
write_first (SlEngine *engine, const SlMembership *membership, const SlPlan *plan, gint64 price_cents,
             const SlTakings *takings, SlSale *out, GError **error)
{
  gint64 months = membership->annual ? MONTHS_PER_YEAR : 1;
  SlSaleLine lines[] = {
    { .what = SL_SALE_PLAN, .thing_id = membership->id, .name = plan->name, .quantity = 1, .unit_cents = price_cents,
      .from_ms = membership->from_ms, .until_ms = sl_period_at (membership->from_ms, months, engine->zone) },
    { .what = SL_SALE_JOINING, .thing_id = membership->id, .name = JOINING_NAME, .quantity = 1,
      .unit_cents = plan->joining_cents },
  };
  return sl_sale_write (engine, &membership->member_id, lines, plan->joining_cents > 0 ? 2 : 1, takings, out, error);
}

/* Where this is the device to do so: elsewhere the membership's own does it once it hears of the payment. */
static gboolean
grant_here (SlEngine *engine, const SlId *id, GError **error)
{
  gboolean own;
  gint64 granted = 0;
  g_autoptr (SlMembership) membership = sl_membership_get (engine, id, error);
  return membership != NULL && sl_resolver_is_kept_here (engine, &membership->device_id, &own, error)
         && (!own || sl_membership_grant (engine, membership, TRUE, &granted, error));
}

/**
 * sl_sale_plan:
 * @engine: the engine
 * @actor: who sells
 * @params: which plan, from when, for how much, how it is paid and how it will be
 * @out_sale: (out caller-allocates): the sale, its first payment and the membership
 * @out_refusal: (out): not_allowed, member_erased, member_blocked, wrong_state (the plan is sold no more; or the member
 * has one of it at that time: membership, status), wrong_currency, amount_mismatch, till_closed, voucher_invalid,
 * no_rights, possible_duplicate
 * @error: return location
 *
 * One transaction: a membership, which this device will renew, a sale of the first period and of the plan's joining fee
 * where it has one, and the credits of the first month of a plan of credits, where it is paid or on account.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_sale_plan (SlEngine *engine, const SlActor *actor, const SlPlanSaleParams *params, SlSale *out_sale,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_sale != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (SlTakings) takings = { NULL };
  gint64 now_ms = sl_engine_now_ms (engine);
  SlMembershipParams times = { .from_ms = params->from_ms != 0 ? params->from_ms : now_ms };
  *out_sale = (SlSale){ 0 };
  if (!check_words (params, times.from_ms, now_ms, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, &params->pay.member_id, error);
  g_autoptr (SlPlan) plan = member != NULL ? sl_plan_get (engine, &params->plan_id, error) : NULL;
  if (plan == NULL)
    return sl_command_fail (engine);
  if (!check_sale (engine, actor, member, plan, &times, params, &takings, out_refusal, error))
    return end_unsold (engine, actor, "sell", out_refusal, error);
  const SlMembershipParts parts = { .times = &times, .member_id = &member->id, .plan_id = &plan->id,
                                    .collect = params->collect, .price_cents = params->price_cents };
  SlMembership made = { .member_id = member->id, .from_ms = times.from_ms,
                        .annual = g_strcmp0 (plan->period, "annual") == 0 };
  gint64 price_cents = params->price_cents != SL_NUMBER_NONE ? params->price_cents : plan->price_cents;
  if (!sl_membership_write (engine, &parts, &made.id, error)
      || !write_first (engine, &made, plan, price_cents, &takings, out_sale, error)
      || !grant_here (engine, &made.id, error))
    return sl_command_fail (engine);
  out_sale->membership_id = made.id;
  return sl_command_commit (engine, error);
}

/* --- the next period --- */

static gboolean
pay_open (SlEngine *engine, const SlMembership *membership, const SlPaidPeriod *open, const SlTakings *takings,
          SlSale *out, GError **error)
{
  gint64 due_cents = open->total_cents - open->paid_cents, count = 0;
  /* What is asked for and has not come is asked for no more: it is paid now in another way. */
  if (!sl_dunning_write_off (engine, &open->sale_id, TRUE, &count, error))
    return FALSE;
  out->sale_id = open->sale_id;
  for (guint i = 0; i < takings->list->len; i++)
    {
      SlId id;
      SlPaymentParts parts = { .sale_id = open->sale_id, .member_id = membership->member_id,
                               .location_id = engine->location, .till_id = takings->till_id,
                               .currency = sl_engine_currency (engine),
                               .taking = g_array_index (takings->list, SlTaking, i) };
      if (!sl_oplog_next_receipt (engine->log, &parts.receipt, error)
          || !sl_op_payment_take (engine->log, &parts, &id, error))
        return FALSE;
      if (i == 0)
        {
          out->payment_id = id;
          out->receipt = parts.receipt;
          out->status = parts.taking.status;
        }
    }
  out->amount_cents = takings->sum_cents;
  out->change_cents = takings->change_cents;
  out->due_cents = due_cents - takings->sum_cents + takings->pending_cents;
  return TRUE;
}

static gboolean
pay_next (SlEngine *engine, const SlMembership *membership, const SlTakings *takings, SlSale *out, GError **error)
{
  SlSaleLine line = { .what = SL_SALE_PLAN, .thing_id = membership->id,
                      .name = membership->plan_name != NULL ? membership->plan_name : "", .quantity = 1,
                      .unit_cents = sl_membership_price (membership) };
  return sl_membership_next_period (engine, membership, sl_engine_now_ms (engine), &line.from_ms, &line.until_ms, error)
         && sl_sale_write (engine, &membership->member_id, &line, 1, takings, out, error);
}

static gint64
due_of (const SlMembership *membership, const SlPaidPeriod *open)
{
  return open != NULL ? open->total_cents - open->paid_cents : sl_membership_price (membership);
}

/**
 * sl_membership_due:
 * @engine: the engine
 * @membership: of whom anything may be due
 * @out_cents: (out): what sl_membership_pay() would take
 * @error: return location
 *
 * Whether it may be paid at all is another matter. Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_membership_due (SlEngine *engine, const SlMembership *membership, gint64 *out_cents, GError **error)
{
  g_return_val_if_fail (engine != NULL && membership != NULL && out_cents != NULL, FALSE);

  g_autoptr (GArray) periods = sl_membership_periods (engine, membership, TRUE, error);
  if (periods == NULL)
    return FALSE;
  *out_cents = due_of (membership, sl_membership_find_open (membership, periods));
  return TRUE;
}

/* Whether there is anything to pay. FALSE: refused, or failed. */
static gboolean
check_payable (SlEngine *engine, const SlActor *actor, const SlMembership *membership, SlRefusal *refusal,
               GError **error)
{
  gboolean ends = membership->until_ms != 0 && membership->paid_until_ms >= membership->until_ms;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, refusal))
    return FALSE;
  if (membership->status == SL_MEMBERSHIP_CANCELLED || membership->status == SL_MEMBERSHIP_EXPIRED
      || membership->paid_until_ms == 0 || ends)
    {
      sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (refusal, "status", sl_membership_status_name (membership->status));
      return FALSE;
    }
  g_autoptr (SlMember) member = sl_member_get (engine, &membership->member_id, error);
  return member != NULL && sl_sale_check_buyer (member, refusal);
}

/**
 * sl_membership_pay:
 * @engine: the engine
 * @actor: who takes it
 * @id: the membership
 * @params: how it is paid; member and package are not looked at
 * @out_sale: (out caller-allocates): the sale with its first payment
 * @out_refusal: (out): not_allowed, wrong_state (status: it is over, ends with what is paid, or nothing will be due),
 * member_erased, member_blocked, wrong_currency, amount_mismatch (price_cents: what is due), till_closed,
 * voucher_invalid, no_rights, possible_duplicate
 * @error: return location
 *
 * Pays what was charged and has not come, in place of it; where nothing was charged it sells the next period, also
 * ahead of its time. At any device; credits of the month follow at the membership's own.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_membership_pay (SlEngine *engine, const SlActor *actor, const SlId *id, const SlSaleParams *params, SlSale *out_sale,
                   SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL, FALSE);
  g_return_val_if_fail (out_sale != NULL && out_refusal != NULL, FALSE);

  g_auto (SlTakings) takings = { NULL };
  *out_sale = (SlSale){ 0 };
  if (!check_pays (params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMembership) membership = sl_membership_get (engine, id, error);
  g_autoptr (GArray) periods = membership != NULL ? sl_membership_periods (engine, membership, TRUE, error) : NULL;
  if (periods == NULL)
    return sl_command_fail (engine);
  const SlPaidPeriod *open = sl_membership_find_open (membership, periods);
  if (!check_payable (engine, actor, membership, out_refusal, error)
      || !sl_sale_check_currency (engine, params->currency, out_refusal)
      || !sl_sale_check_pays (engine, params, due_of (membership, open), &takings, out_refusal, error))
    return end_unsold (engine, actor, "membership pay", out_refusal, error);
  if (open != NULL ? !pay_open (engine, membership, open, &takings, out_sale, error)
                   : !pay_next (engine, membership, &takings, out_sale, error))
    return sl_command_fail (engine);
  out_sale->membership_id = *id;
  return grant_here (engine, id, error) ? sl_command_commit (engine, error) : sl_command_fail (engine);
}
