/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"
#include "engine/sale.h"
#include "oplog/oplog.h"

/* Booking, holding, confirming: src/engine/README.md "Booking". A booking's id is its (first) claim's id. */

typedef struct {
  SlId member_id, session_id;
  int spots;                   /* the member's own and the guests'; at least 1 */
  const char *const *guests;   /* (nullable) NULL-terminated: names of the others, spots - 1 of them */
  const char *override_reason; /* (nullable): book beside the capacity if need be; "" is refused */
  const char *payment_method;  /* (nullable): pay the drop-in price by this instead of credits */
  const SlSaleParams *pays;    /* (nullable): the same with cash as handed over, a slip, several ways; who and what in
                                  it are not looked at */
  const char *note;            /* (nullable) */
  gboolean join_waitlist;      /* book only: join the queue where there is no room */
  SlChannel channel;           /* 0: kiosk for the device and members, instructor for instructors, else desk */
} SlBookingRequest;

typedef struct {
  SlId booking_id, session_id, member_id;
  SlBookingStatus status;
  int spots;
  gint64 expires_ms;       /* of a hold; else 0 */
  gint64 spent_hundredths; /* credits taken */
  gint64 price_cents;      /* sold at; -1: by credits or free */
  SlId payment_id;         /* none without a payment */
  gboolean override;       /* beside the capacity */
  gint64 owed_hundredths;  /* on trust: credits that other devices hold */
  gint64 position;         /* in the queue: 1 is the first; 0: not in it */
  char *code;              /* (nullable): text of the booking's code, once confirmed */
} SlBookingResult;
void sl_booking_result_clear (SlBookingResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlBookingResult, sl_booking_result_clear)

gboolean sl_booking_hold (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, SlBookingResult *out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_confirm (SlEngine *engine, const SlActor *actor, const SlId *hold_id, const char *payment_method,
                             SlBookingResult *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_release (SlEngine *engine, const SlActor *actor, const SlId *hold_id, SlBookingResult *out,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_book (SlEngine *engine, const SlActor *actor, const SlBookingRequest *request, SlBookingResult *out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A place in the queue that was offered a spot. Refusals: not_allowed, not_offered (status), offer_lapsed (lapsed_ms),
 * session_cancelled, wrong_state (status), no_rights (keeper), those of the checks 4, 5 and 7: the offer stands. */
gboolean sl_offer_accept (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *payment_method,
                          SlBookingResult *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_offer_decline (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlBookingResult *out,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A code's text for the door: spot 0 is the whole booking (kind booking), 1 … spots - 1 one guest (kind guest). */
gboolean sl_booking_code (SlEngine *engine, const SlId *booking_id, guint spot, char **out_text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
