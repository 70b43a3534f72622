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
  SL_POLICY_LAST
} SlPolicy;

typedef enum { SL_POLICY_KIND_NUMBER, SL_POLICY_KIND_TIERS, SL_POLICY_KIND_HOURS } SlPolicyKind;

/* location, service (nullable): where the question is asked. */
gboolean sl_policy_int (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, gint64 *out_value,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_policy_text (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (transfer full) */

const char *sl_policy_name (SlPolicy policy);
gboolean sl_policy_parse (const char *name, SlPolicy *out_policy);     /* FALSE: no such policy */
/* scope: the organisation's, a location's or a service's id; none: the organisation. value NULL: back to the less
 * specific one. */
gboolean sl_policy_set (SlEngine *engine, const SlActor *actor, const SlId *scope, SlPolicy policy, const char *value,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a cancellation gives back, by how long before the start it comes. */
typedef struct { gint64 from_hours; int percent; } SlCancelTier;
GArray *sl_policy_cancel_tiers (SlEngine *engine, const SlId *location, const SlId *service, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlCancelTier), longest first */
