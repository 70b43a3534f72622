/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-sell-jobs"

#include "desk-sell-jobs.h"

#include "desk-pass.h"

#include "core/error.h"
#include "engine/invoice.h"
#include "engine/membership.h"
#include "engine/package.h"
#include "engine/plan.h"
#include "engine/renewal.h"

static void
thing_free (gpointer data)
{
  g_free (((SlSellThing *) data)->name);
  g_free (data);
}

/* sl_sell_free_things: (transfer full): a #GPtrArray */
void
sl_sell_free_things (gpointer things)
{
  g_ptr_array_unref (things);
}

static SlSellThing *
add_thing (GPtrArray *things, const SlId *id, const char *name, gint64 price_cents)
{
  SlSellThing *thing = g_new0 (SlSellThing, 1);

  *thing = (SlSellThing) { .id = *id, .name = g_strdup (name), .price_cents = price_cents };
  g_ptr_array_add (things, thing);
  return thing;
}

static gboolean
add_packages (SlEngine *engine, GPtrArray *things, GError **error)
{
  g_autoptr (GPtrArray) packages = sl_package_list (engine, error);

  for (guint i = 0; packages != NULL && i < packages->len; i++)
    {
      const SlPackage *package = packages->pdata[i];
      SlSellThing *thing;

      if (!package->active)
        continue;
      thing = add_thing (things, &package->id, package->name, package->price_cents);
      thing->credits_hundredths = package->credits_hundredths;
      thing->valid_days = package->valid_days;
    }
  return packages != NULL;
}

static gboolean
add_plans (SlEngine *engine, GPtrArray *things, GError **error)
{
  g_autoptr (GPtrArray) plans = sl_plan_list (engine, error);

  for (guint i = 0; plans != NULL && i < plans->len; i++)
    {
      const SlPlan *plan = plans->pdata[i];
      SlSellThing *thing;

      if (!plan->active)
        continue;
      thing = add_thing (things, &plan->id, plan->name, plan->price_cents + plan->joining_cents);
      thing->joining_cents = plan->joining_cents;
      thing->annual = g_strcmp0 (plan->period, "annual") == 0;
    }
  return plans != NULL;
}

/* A plan whose time has come, or that somebody is here for: what is paid for it is not among the sales, too. */
static gboolean
add_membership (SlEngine *engine, const SlMembership *membership, const SlId *wanted, GPtrArray *things, GError **error)
{
  gint64 cents;
  SlSellThing *thing;
  gboolean is_over = membership->status == SL_MEMBERSHIP_CANCELLED || membership->status == SL_MEMBERSHIP_EXPIRED;

  if (is_over || membership->paid_until_ms == 0
      || (membership->status != SL_MEMBERSHIP_PAYMENT_DUE && !sl_id_equal (&membership->id, wanted)))
    return TRUE;
  if (!sl_membership_due (engine, membership, &cents, error))
    return FALSE;
  thing = add_thing (things, &membership->id, membership->plan_name != NULL ? membership->plan_name : "", cents);
  thing->is_membership = TRUE;
  thing->at_ms = membership->paid_until_ms;
  return TRUE;
}

static gboolean
add_memberships (SlEngine *engine, const SlActor *actor, const SlSellWanted *wanted, GPtrArray *things,
                 SlRefusal *refusal, GError **error)
{
  g_autoptr (GPtrArray) memberships = NULL;

  if (!sl_membership_show (engine, actor, &wanted->member, &memberships, refusal, error))
    return FALSE;
  for (guint i = 0; memberships != NULL && i < memberships->len; i++)
    if (!add_membership (engine, memberships->pdata[i], &wanted->membership, things, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_among (const GPtrArray *things, const SlId *id)
{
  for (guint i = 0; i < things->len; i++)
    if (sl_id_equal (&((SlSellThing *) things->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static gboolean
pays_for_any (const SlSaleRecord *record, const GPtrArray *things)
{
  for (guint i = 0; i < record->lines->len; i++)
    if (is_among (things, &g_array_index (record->lines, SlSaleLine, i).thing_id))
      return TRUE;
  return FALSE;
}

/* Plans that are due, and sales of a member of which something was paid or put on account, and not all. */
static gboolean
add_due (SlEngine *engine, const SlActor *actor, const SlSellWanted *wanted, GPtrArray *things, SlRefusal *refusal,
         GError **error)
{
  g_autoptr (GPtrArray) payments = NULL;

  if (sl_id_is_none (&wanted->member))
    return TRUE;
  if (!add_memberships (engine, actor, wanted, things, refusal, error))
    return FALSE;
  if (refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_payment_list (engine, actor, &wanted->member, &payments, refusal, error))
    return FALSE;
  for (guint i = 0; payments != NULL && i < payments->len; i++)
    {
      const SlPayment *payment = payments->pdata[i];
      g_autoptr (SlSaleRecord) record = NULL;
      g_autofree char *number = NULL;

      if (sl_id_is_none (&payment->sale_id) || is_among (things, &payment->sale_id))
        continue;
      record = sl_sale_get (engine, &payment->sale_id, error);
      if (record == NULL)
        return FALSE;
      if (record->due_cents - record->pending_cents <= 0 || pays_for_any (record, things))
        continue;
      number = sl_invoice_number (&record->replica, record->receipt);
      add_thing (things, &record->id, number, record->due_cents - record->pending_cents)->at_ms = record->at_ms;
    }
  return TRUE;
}

/* sl_sell_load_things: a #SlDeskWork. */
gboolean
sl_sell_load_things (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                     SlRefusal *out_refusal, GError **error)
{
  const SlSellWanted *wanted = request;
  GPtrArray *things = g_ptr_array_new_with_free_func (thing_free);

  *out_result = things;
  if (wanted->kind == SL_SELL_PACKAGE)
    return add_packages (engine, things, error);
  if (wanted->kind == SL_SELL_PLAN)
    return add_plans (engine, things, error);
  return wanted->kind != SL_SELL_DUE || add_due (engine, actor, wanted, things, out_refusal, error);
}

/* sl_sell_buyer_free: (transfer full) */
void
sl_sell_buyer_free (gpointer data)
{
  g_clear_pointer (&((SlSellBuyer *) data)->member, sl_member_free);
  g_free (data);
}

/* sl_sell_load_buyer: a #SlDeskWork. */
gboolean
sl_sell_load_buyer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                    SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMembership) membership = sl_membership_get (engine, request, &failure);
  SlSellBuyer *buyer = g_new0 (SlSellBuyer, 1);

  *out_result = buyer;
  if (membership == NULL && !g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (membership != NULL)
    buyer->membership = membership->id;
  return sl_member_show (engine, actor, membership != NULL ? &membership->member_id : request, &buyer->member,
                         out_refusal, error);
}

/* sl_sell_order_free: (transfer full) */
void
sl_sell_order_free (gpointer data)
{
  SlSellOrder *order = data;

  g_free (order->name);
  sl_desk_pay_free (order->pay);
  g_free (order);
}

/* sl_sold_free: (transfer full) */
void
sl_sold_free (gpointer data)
{
  SlSold *sold = data;

  sl_desk_paid_clear (&sold->paid);
  g_free (sold->voucher_code);
  g_free (sold->pass);
  g_free (sold);
}

static gboolean
sell (SlEngine *engine, const SlActor *actor, const SlSellOrder *order, SlSale *sale, SlRefusal *refusal,
      GError **error)
{
  SlSaleParams params = order->pay->params;
  SlPlanSaleParams plan;

  params.member_id = order->member;
  switch (order->kind)
    {
    case SL_SELL_PACKAGE:
      params.package_id = order->thing;
      return sl_sale_package (engine, actor, &params, sale, refusal, error);
    case SL_SELL_PLAN:
      plan = (SlPlanSaleParams) { .pay = params, .plan_id = order->thing, .price_cents = SL_NUMBER_NONE };
      return sl_sale_plan (engine, actor, &plan, sale, refusal, error);
    case SL_SELL_VOUCHER:
      return sl_sale_voucher (engine, actor, &params, order->price_cents, sale, refusal, error);
    case SL_SELL_OTHER:
      return sl_sale_other (engine, actor, &params, order->name, order->price_cents, order->quantity, sale, refusal,
                            error);
    default:
      if (order->is_membership)
        return sl_membership_pay (engine, actor, &order->thing, &params, sale, refusal, error);
      return sl_payment_take (engine, actor, &order->thing, &params, sale, refusal, error);
    }
}

/* What lets them in at the door, for who has nothing yet that does. A pass that cannot be given undoes no sale. */
static gboolean
give_pass (SlEngine *engine, const SlActor *actor, const SlSellOrder *order, SlSold *sold, GError **error)
{
  g_autoptr (SlPass) pass = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  gboolean is_new = FALSE;

  if ((order->kind != SL_SELL_PACKAGE && order->kind != SL_SELL_PLAN && !order->is_membership)
      || sl_actor_scope (actor, SL_ACTION_EDIT_MEMBER) != SL_SCOPE_ALL)
    return TRUE;
  if (!sl_desk_pass_give (engine, actor, &order->member, &pass, &is_new, &refusal, error))
    return FALSE;
  sold->pass = pass != NULL && is_new ? g_strdup (pass->code) : NULL;
  return TRUE;
}

/* sl_sell_do: a #SlDeskWork. */
gboolean
sl_sell_do (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
            GError **error)
{
  const SlSellOrder *order = request;
  SlSold *sold = g_new0 (SlSold, 1);
  g_auto (SlSale) sale = { 0 };

  *out_result = sold;
  if (!sell (engine, actor, order, &sale, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  sold->voucher_code = g_steal_pointer (&sale.voucher_code);
  if (!give_pass (engine, actor, order, sold, error)
      || !sl_desk_paid_load (engine, order->kind == SL_SELL_DUE && !order->is_membership ? &order->thing
                                                                                         : &sale.sale_id,
                             &sold->paid, error))
    return FALSE;
  sold->paid.change_cents = sale.change_cents; /* of now: a part may have been paid before */
  return TRUE;
}
