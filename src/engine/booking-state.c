/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-booking-state"

#include "engine/booking-state.h"

#include "oplog/oplog.h"

static const char *const status_names[] = {
  [SL_BOOKING_HELD] = "held",
  [SL_BOOKING_CONFIRMED] = "confirmed",
  [SL_BOOKING_CHECKED_IN] = "checked_in",
  [SL_BOOKING_COMPLETED] = "completed",
  [SL_BOOKING_WAITLISTED] = "waitlisted",
  [SL_BOOKING_OFFERED] = "offered",
  [SL_BOOKING_CANCELLED] = "cancelled",
  [SL_BOOKING_LATE_CANCELLED] = "late_cancelled",
  [SL_BOOKING_EXPIRED] = "expired",
  [SL_BOOKING_NO_SHOW] = "no_show",
};
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == SL_BOOKING_STATUS_LAST);

#define TO(status) (1u << SL_BOOKING_##status)

/* The state machine: for each state, where it may go. The ways from no_show and the cancelled ones to checked_in are
 * facts of attendance: somebody came after all, and no spot is taken back. */
static const guint ways[] = {
  [SL_BOOKING_HELD] = TO (CONFIRMED) | TO (EXPIRED) | TO (CANCELLED),
  [SL_BOOKING_CONFIRMED] = TO (CHECKED_IN) | TO (CANCELLED) | TO (LATE_CANCELLED) | TO (NO_SHOW),
  [SL_BOOKING_CHECKED_IN] = TO (COMPLETED) | TO (CONFIRMED),
  [SL_BOOKING_COMPLETED] = 0,
  [SL_BOOKING_WAITLISTED] = TO (OFFERED) | TO (CANCELLED) | TO (EXPIRED),
  [SL_BOOKING_OFFERED] = TO (CONFIRMED) | TO (EXPIRED) | TO (CANCELLED),
  [SL_BOOKING_CANCELLED] = TO (CHECKED_IN),
  [SL_BOOKING_LATE_CANCELLED] = TO (CHECKED_IN),
  [SL_BOOKING_EXPIRED] = 0,
  [SL_BOOKING_NO_SHOW] = TO (CHECKED_IN),
};
G_STATIC_ASSERT (G_N_ELEMENTS (ways) == SL_BOOKING_STATUS_LAST);

/* A claim may have been released for several reasons by devices that did not know of one another. The first of these
 * that holds is its state: in the order of what is best for the member, as the refund is too. */
static const struct {
  guint why;
  SlBookingStatus status;
} released[] = {
  { SL_RELEASE_SESSION_CANCELLED, SL_BOOKING_CANCELLED },
  { SL_RELEASE_CANCELLED, SL_BOOKING_CANCELLED },
  { SL_RELEASE_RESCHEDULED, SL_BOOKING_CANCELLED },
  { SL_RELEASE_DUPLICATE, SL_BOOKING_CANCELLED },
  { SL_RELEASE_LET_GO, SL_BOOKING_CANCELLED },
  { SL_RELEASE_LATE_CANCELLED, SL_BOOKING_LATE_CANCELLED },
  { SL_RELEASE_EXPIRED, SL_BOOKING_EXPIRED },
  { SL_RELEASE_NO_SHOW, SL_BOOKING_NO_SHOW },
  { SL_RELEASE_OFFERED, SL_BOOKING_OFFERED }, /* the offer, under the same booking, says what became of it */
};

/**
 * sl_booking_status_name:
 * @status: a state
 *
 * Returns: (transfer none): its stable word for the outside: "held", "confirmed", …
 */
const char *
sl_booking_status_name (SlBookingStatus status)
{
  g_return_val_if_fail (status >= 0 && status < SL_BOOKING_STATUS_LAST, NULL);

  return status_names[status];
}

/**
 * sl_booking_may_become:
 * @from: the state that a booking is in
 * @to: another one
 *
 * The state machine of bookings: every command that changes one asks here first. Source: src/engine/README.md.
 *
 * Returns: whether there is a way between them
 */
gboolean
sl_booking_may_become (SlBookingStatus from, SlBookingStatus to)
{
  g_return_val_if_fail (from >= 0 && from < SL_BOOKING_STATUS_LAST, FALSE);
  g_return_val_if_fail (to >= 0 && to < SL_BOOKING_STATUS_LAST, FALSE);

  return (ways[from] & (1u << to)) != 0;
}

/**
 * sl_booking_status_is_live:
 * @status: a state
 *
 * Returns: whether a booking in that state has, or had until the session's end, a place in it
 */
gboolean
sl_booking_status_is_live (SlBookingStatus status)
{
  return status == SL_BOOKING_HELD || status == SL_BOOKING_OFFERED || status == SL_BOOKING_CONFIRMED
         || status == SL_BOOKING_CHECKED_IN || status == SL_BOOKING_COMPLETED;
}

static SlBookingStatus
status_of_release (guint release_why)
{
  for (guint i = 0; i < G_N_ELEMENTS (released); i++)
    if (release_why & released[i].why)
      return released[i].status;
  return SL_BOOKING_CANCELLED; /* a reason of a later release: gone all the same */
}

/**
 * sl_booking_status:
 * @facts: what is recorded of the booking and its session
 * @now_ms: the moment of the command, UTC ms
 *
 * The one place in which a booking's state comes about. It is judged by the clock of the moment: a hold past its end, a
 * booking whose check-in has closed and one whose session is cancelled are what they are before anything has tidied
 * them up. A hold ends at held_until_ms itself, an offer there or at the start, a place in the queue at the start;
 * check-in is open until and including checkin_closes_ms, and no longer than the session.
 *
 * Returns: the state
 */
SlBookingStatus
sl_booking_status (const SlBookingFacts *facts, gint64 now_ms)
{
  g_return_val_if_fail (facts != NULL, SL_BOOKING_EXPIRED);

  if (facts->attended)
    return facts->session_known && now_ms >= facts->session_end_ms ? SL_BOOKING_COMPLETED : SL_BOOKING_CHECKED_IN;
  if (facts->released)
    return status_of_release (facts->release_why);
  if (facts->session_cancelled)
    return SL_BOOKING_CANCELLED;
  if (facts->confirmed)
    return facts->session_known && (now_ms > facts->checkin_closes_ms || now_ms >= facts->session_end_ms)
               ? SL_BOOKING_NO_SHOW
               : SL_BOOKING_CONFIRMED;
  if (facts->is_waiting)
    return facts->session_known && now_ms >= facts->session_start_ms ? SL_BOOKING_EXPIRED : SL_BOOKING_WAITLISTED;
  if (now_ms >= facts->held_until_ms
      || (facts->is_offer && facts->session_known && now_ms >= facts->session_start_ms))
    return SL_BOOKING_EXPIRED;
  return facts->is_offer ? SL_BOOKING_OFFERED : SL_BOOKING_HELD;
}
