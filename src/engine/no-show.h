/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"

/* People who were booked and have not come: src/engine/README.md "Booking". */

/* From the start on. Refusals: not_allowed, wrong_state (status). */
gboolean sl_no_show_mark (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* They came after all. Refusals: not_allowed, reason_required, not_undoable (status). */
gboolean sl_no_show_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                          SlBookingStatus *out_status, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes back what was done last at the door: a check-in, or an absence. */
gboolean sl_booking_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                          SlBookingStatus *out_status, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How often the member has stayed away of late, and whether that makes a pattern for staff to speak about. */
gboolean sl_no_show_count (SlEngine *engine, const SlId *member_id, gint64 *out_count, gboolean *out_pattern,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
