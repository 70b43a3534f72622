/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* A member's plan from–to. Its status is stored nowhere: it follows from what was said, sold and paid, and from the
 * clock of the moment: src/engine/README.md "Plans". */
#define SL_DUNNING_TRIES_MAX 12 /* of the policy dunning_tries */
typedef enum {
  SL_MEMBERSHIP_NOT_STARTED,
  SL_MEMBERSHIP_ACTIVE,
  SL_MEMBERSHIP_FROZEN,
  SL_MEMBERSHIP_PAYMENT_DUE,
  SL_MEMBERSHIP_CANCELLED, /* and over: until its end it goes on */
  SL_MEMBERSHIP_EXPIRED,
  SL_MEMBERSHIP_LAST
} SlMembershipStatus;
const char *sl_membership_status_name (SlMembershipStatus status);

typedef struct {
  SlId id, member_id, plan_id;
  char *plan_name;                          /* (nullable) */
  gint64 from_ms, until_ms;                 /* until 0: without an end */
  gint64 frozen_from_ms, frozen_until_ms;   /* from 0: not frozen; until 0: until further notice */
  gint64 due_ms;                            /* until when it is paid, as somebody has said; 0: nobody has */
  gint64 paid_until_ms;                     /* until when it is paid by all that is known; 0: nothing will be due */
  gint64 paid_before_freeze_ms;             /* the same, without what a freeze adds */
  gint64 failed_ms;                         /* when the last of the tries was said to have failed; 0: not */
  gint64 tries_ms, grace_ms;                /* how long from then on is tried, and then waited */
  const char *collect;                      /* (nullable) interned: account, eft, card, online; NULL: at the desk */
  gint64 price_cents;                       /* agreed; SL_NUMBER_NONE: the plan's */
  gint64 plan_price_cents, credits_hundredths; /* the plan's: a period's, a month's */
  gboolean annual;                          /* the plan's */
  gint64 made_ms;                           /* when it was written down */
  SlId device_id;                           /* whose it is to renew it and to grant its credits */
  gboolean cancelled;                       /* as somebody has said; it goes on until its end, where it has one */
  gboolean frozen, expired, payment_due;    /* as billing has said, whatever the times */
  gboolean unlimited, open_gym;             /* the plan's */
  GArray *services;                         /* (nullable) (element-type SlId): the plan's; NULL: all */
  char *access_hours;                       /* (nullable) the plan's */
  SlMembershipStatus status;                /* at the moment that was asked for */
} SlMembership;
void sl_membership_free (SlMembership *membership);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlMembership, sl_membership_free)
SlMembershipStatus sl_membership_judge (const SlMembership *membership, gint64 at_ms);
/* When the wait for a payment begins, and when it is over and the membership rests; 0: never, as things stand. */
gint64 sl_membership_grace_from_ms (const SlMembership *membership);
gint64 sl_membership_stops_ms (const SlMembership *membership);

typedef struct {
  SlId member_id, plan_id;
  gint64 from_ms;       /* 0: now */
  gint64 until_ms;      /* 0: without an end */
  gint64 paid_until_ms; /* 0: nothing will be due, unless a period is sold */
  gboolean brought;     /* from elsewhere, as it stands: also of a plan that is sold no more, or of who is blocked */
} SlMembershipParams;
/* Refusals of all: not_allowed; start also member_erased, member_blocked, wrong_state (plan not sold, or overlaps one
 * of that plan); the others wrong_state (status). */
gboolean sl_membership_start (SlEngine *engine, const SlActor *actor, const SlMembershipParams *params, SlId *out_id,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_membership_freeze (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 from_ms /* 0: now */,
                               gint64 until_ms /* 0: until further notice */, SlRefusal *out_refusal,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_membership_unfreeze (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_membership_cancel (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 at_ms /* 0: now */,
                               SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At the end of what is paid; where nothing will be due: now. */
gboolean sl_membership_cancel_when_paid_up (SlEngine *engine, const SlActor *actor, const SlId *id,
                                            SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How what comes is paid. collect (nullable): as it is; "desk": by nobody's doing. price: SL_NUMBER_NONE: as it is. */
gboolean sl_membership_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *collect,
                             gint64 price_cents, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: BAD_INPUT. */
gboolean sl_membership_is_collect (const char *word, GError **error);
gboolean sl_membership_paid (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 until_ms,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlMembership), the latest first. Refusals: not_allowed. */
gboolean sl_membership_show (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out_memberships,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the rules, without asking who wants to know. */
SlMembership *sl_membership_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_membership_list (SlEngine *engine, const SlId *member, gint64 at_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Everybody's that do not end before ending_ms. */
GPtrArray *sl_membership_list_running (SlEngine *engine, gint64 at_ms, gint64 ending_ms,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The one that counts at a moment; NULL without error: never had any. */
gboolean sl_membership_current (SlEngine *engine, const SlId *member, gint64 now_ms, SlMembership **out_membership,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a plan pays for a visit, and what there is to say where none does. */
typedef enum {
  SL_COVERED_NO_PLAN, /* none without limit that runs then */
  SL_COVERED_NOT_IT,  /* one runs, for other services or at other hours */
  SL_COVERED_BY_PLAN
} SlCovered;
gboolean sl_membership_covers (SlEngine *engine, const SlId *member, const SlId *service, const SlId *location,
                               gint64 start_ms, gint64 now_ms, SlCovered *out_covered,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What members are to be told of. ENDING: at_ms is the end of it, said or of what is paid where nobody collects, so ask
 * for a window as far ahead as the warning comes. STOPPED: it rests since then for want of payment. PAYMENT_FAILED: a
 * try has. Each once for each moment; the moments are facts, so every device comes to the same. */
typedef enum { SL_MEMBERSHIP_ENDING, SL_MEMBERSHIP_STOPPED, SL_MEMBERSHIP_PAYMENT_FAILED } SlMembershipEventKind;
typedef struct {
  SlMembershipEventKind kind;
  SlId membership_id, member_id;
  SlId payment_id; /* PAYMENT_FAILED; else none */
  gint64 at_ms;
} SlMembershipEvent;
/* From from_ms on and before to_ms; member (nullable): everybody's. (element-type SlMembershipEvent) */
GArray *sl_membership_events (SlEngine *engine, const SlId *member, gint64 from_ms, gint64 to_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
