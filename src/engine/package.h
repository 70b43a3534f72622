/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;
  char *name;
  gint64 credits_hundredths, price_cents, valid_days /* 0: for ever */;
  GArray *locations;       /* (nullable) (element-type SlId): where its credits may be spent; NULL: everywhere */
  gint64 per_member;       /* at most so many for each member; 0: any number */
  gboolean new_only;       /* for members who have bought nothing yet */
  gboolean renews;         /* bought again by itself when it is used up or over */
  gboolean active;         /* sold */
} SlPackage;
void sl_package_free (SlPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPackage, sl_package_free)

/* What to set; NULL and SL_NUMBER_NONE: not named. create: name, credits, price and days must be;
 * sl_package_params_init() first. */
typedef struct {
  const char *name;
  gint64 credits_hundredths, price_cents, valid_days, per_member;
  const SlId *locations;
  guint n_locations;
  gboolean everywhere;           /* edit: at all locations again */
  int new_only, renews, active;  /* 0: not named, 1: yes, -1: no */
} SlPackageParams;
void sl_package_params_init (SlPackageParams *params);

gboolean sl_package_create (SlEngine *engine, const SlActor *actor, const SlPackageParams *params, SlId *out_id,
                            SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One without any limits. */
gboolean sl_package_add (SlEngine *engine, const SlActor *actor, const char *name, gint64 credits_hundredths,
                         gint64 price_cents, gint64 valid_days, SlId *out_id, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_package_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlPackageParams *params,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_package_list (SlEngine *engine,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlPackage), by name */
SlPackage *sl_package_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;  /* NOT_FOUND */
/* For a sale: limit_reached (limit: per_member or new_only; max). FALSE: refused, or failed where nothing is. */
gboolean sl_package_check_limits (SlEngine *engine, const SlPackage *package, const SlId *member, SlRefusal *refusal,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
