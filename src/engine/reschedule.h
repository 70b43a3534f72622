/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking.h"

/* Cancelling one booking and making another as one: src/engine/README.md "Booking". */
typedef struct {
  SlBookingResult made;       /* the new booking; sl_booking_result_clear() it */
  SlId was;                   /* the old one */
  int percent;                /* of it that the policy gave back */
  gint64 refunded_hundredths; /* credits back in their lots, before the new booking took its own */
} SlRescheduleResult;

/* Both happen or neither. payment_method (nullable). Refusals: those of cancelling and of booking; amount_mismatch
 * (price_cents, paid_cents): it was paid with money and the other session costs something else. */
gboolean sl_booking_reschedule (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const SlId *to_session,
                                const char *payment_method, SlRescheduleResult *out, SlRefusal *out_refusal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
