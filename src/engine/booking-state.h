/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The states of a booking and the only ways between them: src/engine/README.md "Booking". */
typedef enum {
  SL_BOOKING_HELD,
  SL_BOOKING_CONFIRMED,
  SL_BOOKING_CHECKED_IN,
  SL_BOOKING_COMPLETED,
  SL_BOOKING_WAITLISTED,
  SL_BOOKING_OFFERED,
  SL_BOOKING_CANCELLED,
  SL_BOOKING_LATE_CANCELLED,
  SL_BOOKING_EXPIRED,
  SL_BOOKING_NO_SHOW,
  SL_BOOKING_STATUS_LAST
} SlBookingStatus;

const char *sl_booking_status_name (SlBookingStatus status);
gboolean sl_booking_may_become (SlBookingStatus from, SlBookingStatus to);
gboolean sl_booking_status_is_live (SlBookingStatus status);

/* What a status follows from. Times UTC ms. */
typedef struct {
  gboolean confirmed;
  gint64 held_until_ms; /* of a hold or an offer that is not confirmed */
  gboolean is_offer;
  gboolean is_waiting; /* a place in the queue */
  gboolean released;
  guint release_why; /* bits of SlReleaseWhy */
  gboolean attended; /* a check-in of it stands */
  gboolean session_known, session_cancelled;
  gint64 session_start_ms, session_end_ms, checkin_closes_ms;
} SlBookingFacts;
SlBookingStatus sl_booking_status (const SlBookingFacts *facts, gint64 now_ms);
