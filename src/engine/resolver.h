/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What a merge has made due, of what this device keeps: src/engine/README.md "Repair". */
typedef struct {
  gint64 duplicates;        /* bookings of one member in one session that gave way to another */
  gint64 sessions_released; /* claims of cancelled sessions given back in full */
} SlRepairs;
gboolean sl_resolver_run (SlEngine *engine, const SlActor *actor, SlRepairs *out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_resolver_pay_debts (SlEngine *engine, const SlActor *actor, gint64 *inout_paid,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether keeper's claims are this device's to act on: its own, or those of a device that it has taken over from. */
gboolean sl_resolver_is_kept_here (SlEngine *engine, const SlId *keeper, gboolean *out,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
