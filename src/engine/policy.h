/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* The numbers of the rules: each has a default here; an owner or manager may set it for the organisation, a location or
 * a service, and the most specific one counts (service, location, organisation, default). Names and defaults: the table
 * in policy.c. */
typedef enum {
  SL_POLICY_HOLD_MINUTES,                /* hold_minutes */
  SL_POLICY_HOLDS_PER_MINUTE,            /* holds_per_minute */
  SL_POLICY_BOOKING_OPENS_HOURS,         /* booking_opens_hours: before the start */
  SL_POLICY_BOOKING_SPOTS_MAX,           /* booking_spots_max: spots of one booking */
  SL_POLICY_CANCEL_TIERS,                /* cancel_tiers: "24:100 12:50" (from hours before: percent back) */
  SL_POLICY_CHECKIN_OPENS_MINUTES,       /* checkin_opens_minutes: before the start */
  SL_POLICY_CHECKIN_CLOSES_MINUTES,      /* checkin_closes_minutes: after the start */
  SL_POLICY_ACCESS_HOURS,                /* access_hours: hours.h */
  SL_POLICY_PASS_MONTHS,                 /* pass_months */
  SL_POLICY_OFFER_MINUTES,               /* offer_minutes: how long a spot is on offer to the waitlist */
  SL_POLICY_OFFER_SHORT_MINUTES,         /* offer_short_minutes: near the start */
  SL_POLICY_OFFER_SHORT_WITHIN_HOURS,    /* offer_short_within_hours: what near is, 0: never */
  SL_POLICY_WAITLIST_MAX,                /* waitlist_max: places of a session's waitlist, 0: none */
  SL_POLICY_TRUST_VISITS,                /* trust_visits: unsettled ones of a member while cut off, 0: none */
  SL_POLICY_SLOT_MINUTES,                /* slot_minutes: availability is cut every so often */
  SL_POLICY_BUFFER_MINUTES,              /* buffer_minutes: of an instructor between two locations */
  SL_POLICY_REQUEST_HOURS,               /* request_hours: until a request expires */
  SL_POLICY_STANDING_DAYS_AHEAD,         /* standing_days_ahead: when a standing booking is made */
  SL_POLICY_OPEN_GYM_MINUTES,            /* open_gym_minutes: an entry without a session lapses after */
  SL_POLICY_RECORD_LEAVING,              /* record_leaving: whether people check out, too */
  SL_POLICY_NO_SHOW_PATTERN_COUNT,       /* no_show_pattern_count: so many absences … */
  SL_POLICY_NO_SHOW_PATTERN_DAYS,        /* no_show_pattern_days: … in so many days are a pattern */
  SL_POLICY_CREDITS_WARN_DAYS,           /* credits_warn_days: before a lot expires */
  SL_POLICY_CREDITS_LOW_HUNDREDTHS,      /* credits_low_hundredths: a balance below this is low, 0: never */
  SL_POLICY_PARQ_MONTHS,                 /* parq_months: validity of the health questions */
  SL_POLICY_OWN_MEMBER_DAYS,             /* own_member_days: an instructor's members, booked within so many days */
  SL_POLICY_REFUND_LIMIT_CENTS,          /* refund_limit_cents: above it a manager approves */
  SL_POLICY_TILL_NEEDED,                 /* till_needed: no cash without an open till */
  SL_POLICY_VOUCHER_MONTHS,              /* voucher_months: how long a voucher is good, 0: for ever */
  SL_POLICY_PEAK_HOURS,                  /* peak_hours: hours.h; when a session's peak price counts */
  SL_POLICY_AT_RISK_DAYS,                /* at_risk_days: who has not come for so long … */
  SL_POLICY_AT_RISK_WEEKS,               /* at_risk_weeks: … after so many weeks in each of which they came */
  SL_POLICY_DUNNING_TRIES,               /* dunning_tries: so often a membership's next period is collected … */
  SL_POLICY_DUNNING_DAYS,                /* dunning_days: … so long after one another … */
  SL_POLICY_GRACE_DAYS,                  /* grace_days: … and so long it is waited for at the desk */
  SL_POLICY_PLAN_CREDITS_CARRY,          /* plan_credits_carry: months that a plan's credits outlive theirs */
  SL_POLICY_LAST
} SlPolicy;

typedef enum { SL_POLICY_KIND_NUMBER, SL_POLICY_KIND_YES_NO, SL_POLICY_KIND_TIERS, SL_POLICY_KIND_HOURS } SlPolicyKind;

/* Where a value comes from, the less specific first. */
typedef enum {
  SL_POLICY_SCOPE_DEFAULT,
  SL_POLICY_SCOPE_ORGANISATION,
  SL_POLICY_SCOPE_LOCATION,
  SL_POLICY_SCOPE_SERVICE
} SlPolicyScope;

/* location, service (nullable): where the question is asked. */
gboolean sl_policy_int (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, gint64 *out_value,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_policy_bool (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy,
                         gboolean *out_value, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* kind YES_NO */
char *sl_policy_text (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (transfer full) */

/* As text, and which scope has set it. */
gboolean sl_policy_look_up (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy,
                            char **out_value, SlPolicyScope *out_scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *sl_policy_name (SlPolicy policy);
SlPolicyKind sl_policy_kind (SlPolicy policy);
const char *sl_policy_default (SlPolicy policy);
const char *sl_policy_scope_name (SlPolicyScope scope);                /* "default", "organisation", … */
gboolean sl_policy_parse (const char *name, SlPolicy *out_policy);     /* FALSE: no such policy */
/* scope: the organisation's, a location's or a service's id; none: the organisation. value NULL: back to the less
 * specific one. */
gboolean sl_policy_set (SlEngine *engine, const SlActor *actor, const SlId *scope, SlPolicy policy, const char *value,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a cancellation gives back, by how long before the start it comes. */
typedef struct { gint64 from_hours; int percent; } SlCancelTier;
GArray *sl_policy_cancel_tiers (SlEngine *engine, const SlId *location, const SlId *service, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlCancelTier), longest first */
