/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/payment.h"
#include "engine/plan.h"
#include "engine/renewal.h"
#include "expect.h"

/* Plans that are sold, for the tests of them. */

#define PRICE_CENTS 120000

static inline gint64
local (Desk *desk, const char *text)
{
  gint64 ms;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_time_parse (text, sl_engine_time_zone (desk->engine), &ms, &error));
  return ms;
}

static inline SlId
plan_of (Desk *desk, const char *kind, const char *period, gint64 joining_cents, gint64 credits_hundredths)
{
  SlPlanParams params;
  SlId id;
  sl_plan_params_init (&params);
  params.name = "Everything";
  params.kind = kind;
  params.period = period;
  params.price_cents = PRICE_CENTS;
  params.joining_cents = joining_cents;
  if (credits_hundredths > 0)
    params.credits_hundredths = credits_hundredths;
  done (sl_plan_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static inline SlPlanSaleParams
plan_sale (const SlId *member, const SlId *plan, const char *method, const char *collect)
{
  return (SlPlanSaleParams){ .pay = { .member_id = *member, .method = method, .amount_cents = SL_NUMBER_NONE },
                             .plan_id = *plan,
                             .price_cents = SL_NUMBER_NONE,
                             .collect = collect };
}

static inline SlId
sell (Desk *desk, const SlId *member, const SlId *plan, const char *method, const char *collect)
{
  SlPlanSaleParams params = plan_sale (member, plan, method, collect);
  g_auto (SlSale) sale = { 0 };
  done (sl_sale_plan (desk->engine, &desk->owner, &params, &sale, &refusal, &failure));
  return sale.membership_id;
}

static inline SlMembership *
get (Desk *desk, const SlId *id)
{
  g_autoptr (GError) error = NULL;
  SlMembership *membership = sl_membership_get (desk->engine, id, &error);
  g_assert_no_error (error);
  return membership;
}

static inline const char *
status_now (Desk *desk, const SlId *id)
{
  g_autoptr (SlMembership) membership = get (desk, id);
  return sl_membership_status_name (membership->status);
}

static inline const char *
status_at (Desk *desk, const SlId *id, gint64 at_ms)
{
  g_autoptr (SlMembership) membership = get (desk, id);
  return sl_membership_status_name (sl_membership_judge (membership, at_ms));
}

static inline gint64
paid_until (Desk *desk, const SlId *id)
{
  g_autoptr (SlMembership) membership = get (desk, id);
  return membership->paid_until_ms;
}

/* The payments of a member, the latest first. */
static inline GPtrArray *
payments_of (Desk *desk, const SlId *member)
{
  GPtrArray *list = NULL;
  done (sl_payment_list (desk->engine, &desk->owner, member, &list, &refusal, &failure));
  return list;
}

static inline void
settle (Desk *desk, const SlId *payment, SlOutcome outcome)
{
  done (sl_payment_settle (desk->engine, &desk->owner, payment, outcome, NULL, &refusal, &failure));
}

static inline void
settle_last (Desk *desk, const SlId *member, SlOutcome outcome)
{
  g_autoptr (GPtrArray) list = payments_of (desk, member);
  settle (desk, &((const SlPayment *) list->pdata[0])->id, outcome);
}

static inline const char *
pay_membership (Desk *desk, const SlId *id, const char *method)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlSale) sale = { 0 };
  g_autoptr (GError) error = NULL;
  SlSaleParams params = { .method = method, .amount_cents = SL_NUMBER_NONE };
  g_assert_true (sl_membership_pay (desk->engine, &desk->owner, id, &params, &sale, &refusal, &error));
  g_assert_no_error (error);
  return sl_refusal_name (refusal.code);
}
