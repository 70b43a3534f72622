/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/plan.h"

/* Inside the engine room: what was sold of a membership, and what follows from it. */

/* What people or billing have said; all else follows from the times. */
#define SL_MEMBERSHIP_SAID_ACTIVE "active"
#define SL_MEMBERSHIP_SAID_CANCELLED "cancelled"
#define SL_MEMBERSHIP_SAID_FROZEN "frozen"
#define SL_MEMBERSHIP_SAID_EXPIRED "expired"
#define SL_MEMBERSHIP_SAID_PAYMENT_DUE "payment_due"

#define SL_COLLECT_ACCOUNT "account"

/* A period of a membership that was sold, with what has been paid for it. */
typedef struct {
  SlId sale_id;
  gint64 from_ms, until_ms;   /* the time that it counts for: as it was sold, or from a late payment on */
  gint64 sold_from_ms, sold_until_ms;
  gint64 at_ms;               /* when it was sold */
  gint64 total_cents;         /* of the whole sale, as all that follows */
  gint64 paid_cents, account_cents, refunded_cents, pending_cents;
  gint64 paid_ms;             /* when the last of it was paid; 0: none was */
  gint64 asked_ms;            /* when it was last asked for, by whatever way; 0: never */
  guint asked, failed;        /* how often, and how often in vain */
  gint64 failed_ms[SL_DUNNING_TRIES_MAX]; /* when, of the first ones */
  gboolean granted;           /* paid, or owed on account, and not given back */
} SlPaidPeriod;

/* How long is waited, where the question is asked. */
typedef struct { gint64 tries, tries_ms, grace_ms; } SlDunning;
gboolean sl_dunning_read (SlEngine *engine, SlDunning *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The calendar of the location of the device that the membership belongs to. (transfer full) */
GTimeZone *sl_membership_zone (SlEngine *engine, const SlMembership *membership, GError **error);
/* What was sold, what ends last first; enough: down to the last that is granted. (element-type SlPaidPeriod) */
GArray *sl_membership_periods (SlEngine *engine, const SlMembership *membership, gboolean enough, GError **error);
/* Fills in what follows from what was sold. */
gboolean sl_membership_read_money (SlEngine *engine, const SlDunning *dunning, SlMembership *membership,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of all that was sold, what nobody has paid yet and would lengthen what is paid: the first. NULL: none. */
const SlPaidPeriod *sl_membership_find_open (const SlMembership *membership, const GArray *periods);
/* The period that follows what is paid. On account each is charged; else one that has passed wholly is not. */
gboolean sl_membership_next_period (SlEngine *engine, const SlMembership *membership, gint64 now_ms,
                                    gint64 *out_from_ms, gint64 *out_until_ms,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_membership_price (const SlMembership *membership);

/* The rules of a beginning; FALSE on failure. */
gboolean sl_membership_check_start (SlEngine *engine, const SlMember *member, const SlPlan *plan,
                                    const SlMembershipParams *params, SlRefusal *refusal,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Inside a command, checked. collect (nullable), price SL_NUMBER_NONE: the plan's. */
typedef struct {
  const SlMembershipParams *times;
  const SlId *member_id, *plan_id;
  const char *collect;
  gint64 price_cents;
} SlMembershipParts;
gboolean sl_membership_write (SlEngine *engine, const SlMembershipParts *parts, SlId *out_id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Credits of the months that have begun and are paid: grants those that have not been, where write; else only counts.
 * Inside a command where write. */
gboolean sl_membership_grant (SlEngine *engine, const SlMembership *membership, gboolean write, gint64 *inout_granted,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
