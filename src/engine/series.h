/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/schedule.h"

/* What repeats by a rule, from one of its sessions on. */

/* Bits of a session's by_hand: what was edited of it alone, and so is not changed with the others of its rule. */
#define SL_BY_HAND_START 1
#define SL_BY_HAND_INSTRUCTOR 2
#define SL_BY_HAND_ROOM 4
#define SL_BY_HAND_NOTES 8
#define SL_BY_HAND_CAPACITY 16
gint64 sl_series_bits (const SlSessionParams *params);

/* Refusals: those of sl_session_edit(), of whichever session: nothing is changed then.
 * out_ids: (element-type SlId) (transfer full): those that were changed; NULL when refused */
gboolean sl_session_edit_following (SlEngine *engine, const SlActor *actor, const SlId *id,
                                    const SlSessionParams *params, GArray **out_ids, SlRefusal *out_refusal,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: those of sl_session_cancel(). out_ids: as above, those that were cancelled. */
gboolean sl_session_cancel_following (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                                      GArray **out_ids, guint *out_released, SlRefusal *out_refusal,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bookings of a session whose member is booked into another one at that time: moving it does not ask them. */
typedef struct { SlId booking_id, member_id, other_booking_id, other_session_id; } SlSessionClash;
GArray *sl_session_clashes (SlEngine *engine, const SlId *id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlSessionClash) */
