/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-book"

#include "engine/booking.h"
#include "engine/checkin-private.h"
#include "engine/checkin-window.h"
#include "engine/schedule.h"

/* What the answer says of the session, before there is a booking of it. */
static gboolean
look_at_session (SlDoor *door, gboolean *out_cancelled, GError **error)
{
  g_autoptr (SlSession) session = sl_session_get (door->engine, &door->session_id, error);
  SlClaim *claim = &door->claim;

  if (session == NULL)
    return FALSE;
  *claim = (SlClaim){ .session_id = session->id,
                      .service_id = session->service_id,
                      .location_id = session->location_id,
                      .member_id = door->member_id,
                      .start_ms = session->start_ms,
                      .end_ms = session->end_ms,
                      .session_known = TRUE };
  door->has_claim = TRUE;
  *out_cancelled = session->cancelled;
  return sl_checkin_window (door->engine, &session->location_id, &session->service_id, session->start_ms,
                            &claim->opens_ms, &claim->closes_ms, error);
}

/**
 * sl_door_book:
 * @door: with a member who has no booking of the session that is asked for; inside a joint command
 *
 * Books a free spot on the way in. That the door is open for the session is seen first: nothing is booked that could
 * not be entered. Refusals: other_location, session_cancelled, too_early, too_late, and those of a booking.
 *
 * Returns: %TRUE: the booking is in door->claim; %FALSE: refused, or with @error failed
 */
gboolean
sl_door_book (SlDoor *door, GError **error)
{
  SlBookingRequest request = { .member_id = door->member_id,
                               .session_id = door->session_id,
                               .spots = 1,
                               .payment_method = door->request->payment_method };
  g_auto (SlBookingResult) booked = { 0 };
  gboolean cancelled;

  if (!look_at_session (door, &cancelled, error))
    return FALSE;
  if (!sl_id_equal (&door->claim.location_id, &door->location_id))
    return sl_refuse (&door->refusal, SL_REFUSAL_OTHER_LOCATION);
  if (cancelled)
    return sl_refuse (&door->refusal, SL_REFUSAL_SESSION_CANCELLED);
  if (door->now_ms < door->claim.opens_ms)
    return sl_refuse (&door->refusal, SL_REFUSAL_TOO_EARLY);
  if (door->now_ms > door->claim.closes_ms)
    return sl_refuse (&door->refusal, SL_REFUSAL_TOO_LATE);
  if (!sl_booking_book (door->engine, door->actor, &request, &booked, &door->refusal, error)
      || door->refusal.code != SL_REFUSAL_NONE)
    return FALSE;
  door->answer->booked = TRUE;
  return sl_claim_get_booking (door->engine, &booked.booking_id, door->now_ms, &door->claim, error);
}
