/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;
  char *name;
  gint64 credits_hundredths, price_cents, valid_days /* 0: for ever */;
  gboolean active;
} SlPackage;
void sl_package_free (SlPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPackage, sl_package_free)

gboolean sl_package_add (SlEngine *engine, const SlActor *actor, const char *name, gint64 credits_hundredths,
                         gint64 price_cents, gint64 valid_days, SlId *out_id, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_package_list (SlEngine *engine,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlPackage), by name */
SlPackage *sl_package_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;  /* NOT_FOUND */
