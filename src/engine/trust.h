/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Bookings on trust: the member has the credits, and the devices that hold them cannot be reached:
 * src/engine/README.md "Trust". Inside the engine room. */
gboolean sl_trust_check (SlEngine *engine, const SlId *location_id, const SlId *member_id, gint64 needed_hundredths,
                         gint64 *out_owed_hundredths, SlRefusal *inout_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of a member: what bookings owe that this device keeps, and what any owes. */
gboolean sl_trust_owed_here (SlEngine *engine, const SlId *member_id, gint64 *out_hundredths,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_trust_owed (SlEngine *engine, const SlId *member_id, gint64 *out_hundredths,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_trust_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_settled, gint64 *inout_passed,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
