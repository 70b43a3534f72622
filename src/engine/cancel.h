/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"

/* Cancelling under the policy of the session: src/engine/README.md "Booking". */
typedef struct {
  SlId booking_id;
  SlBookingStatus status;     /* cancelled or late_cancelled */
  int percent;                /* that the policy gives back */
  gint64 refunded_hundredths; /* credits back in their lots */
} SlCancelResult;

/* A held booking is let go. reason (nullable). Done anywhere, also where the booking is kept by another device. */
gboolean sl_booking_cancel (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                            SlCancelResult *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything comes back, with a manager's word and a reason. */
gboolean sl_booking_cancel_waived (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                                   SlCancelResult *out, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What cancelling at now would give back, in percent; -1 with error when storage failed. For asking before doing. */
int sl_cancel_percent (SlEngine *engine, const SlId *location_id, const SlId *service_id, gint64 start_ms,
                       gint64 now_ms, GError **error);
