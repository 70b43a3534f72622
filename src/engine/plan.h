/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

#define SL_PLAN_PRICE_MAX_CENTS G_GINT64_CONSTANT (10000000000) /* a hundred million rand */

/* What a membership is of. */
typedef struct {
  SlId id;
  char *name, *kind /* unlimited, credits */, *period /* monthly, annual */;
  gint64 price_cents, joining_cents, credits_hundredths; /* credits: a month's, of a plan of that kind */
  GArray *services;   /* (nullable) (element-type SlId): what it covers; NULL: all */
  char *access_hours; /* (nullable): hours.h; NULL: always */
  gboolean open_gym;  /* its members come in without a booking */
  gboolean active;
} SlPlan;
void sl_plan_free (SlPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPlan, sl_plan_free)

/* What to set; NULL and SL_NUMBER_NONE: not named. add: name, kind, period and price must be; sl_plan_params_init()
 * first. */
typedef struct {
  const char *name, *kind, *period;
  gint64 price_cents, joining_cents, credits_hundredths;
  const SlId *services;
  guint n_services;
  gboolean all_services;    /* edit: covers everything again */
  const char *access_hours; /* "": always */
  int open_gym, active;     /* 0: not named, 1: yes, -1: no */
} SlPlanParams;
void sl_plan_params_init (SlPlanParams *params);

gboolean sl_plan_add (SlEngine *engine, const SlActor *actor, const SlPlanParams *params, SlId *out_id,
                      SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_plan_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlPlanParams *params,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlPlan), by name */
GPtrArray *sl_plan_list (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlPlan *sl_plan_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
