/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/membership.h"
#include "engine/sale.h"

/* Selling plans and what follows from it: src/engine/README.md "Plans". */
typedef struct {
  SlSaleParams pay;       /* whose, and how it is paid; package_id is not looked at */
  SlId plan_id;
  gint64 from_ms;         /* 0: now */
  gint64 price_cents;     /* of a period, as agreed; SL_NUMBER_NONE: the plan's */
  const char *collect;    /* (nullable): account, eft, card, online: how the next periods are paid; NULL: at the desk */
} SlPlanSaleParams;
/* A membership, the joining fee, the first period and the first month's credits. Refusals: not_allowed, member_erased,
 * member_blocked, wrong_state (not sold, or overlaps), and those of a sale's payment. */
gboolean sl_sale_plan (SlEngine *engine, const SlActor *actor, const SlPlanSaleParams *params, SlSale *out_sale,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is due of a membership, or else its next period. Refusals: not_allowed, wrong_state (status: over, or nothing
 * will be due), member_erased, member_blocked, and those of a sale's payment. */
gboolean sl_membership_pay (SlEngine *engine, const SlActor *actor, const SlId *id, const SlSaleParams *params,
                            SlSale *out_sale, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What it would take: of what was charged and has not come, else of the next period. */
gboolean sl_membership_due (SlEngine *engine, const SlMembership *membership, gint64 *out_cents,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What run-due does about memberships that are this device's, or of a device that it has taken over from. */
typedef struct {
  gint64 charged; /* "renewals": periods sold */
  gint64 tried;   /* "renewal_tries": payments asked for again, and tries written off as failed */
  gint64 granted; /* "plan_credits": months' credits granted */
  gint64 burned;  /* "plan_credits_twice": lots granted twice of which this device held something */
} SlRenewals;
gboolean sl_renewal_run_due (SlEngine *engine, const SlActor *actor, SlRenewals *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
