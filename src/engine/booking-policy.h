/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking.h"
#include "engine/claim-queries.h"
#include "engine/credits.h"
#include "engine/member.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/taking.h"

/* The checks of a booking, one function each, in their order: src/engine/README.md "Booking". Inside the engine room
 * only. Each gives FALSE either with the refusal filled in or with the error set. They read, they do not emit. */

typedef struct {
  const SlActor *actor;
  gboolean by_staff;
  gint64 now_ms; /* the moment by which the whole command is judged */
  int spots;
  SlSession *session;
  SlService *service;
  SlMember *member;
  SlId own_booking; /* none, or the booking that this is about: it is in nobody's way */
  SlComesBack comes_back; /* what giving up own_booking brings back */
  const SlSaleParams *pays; /* (nullable): how the drop-in price is paid, instead of a method */
} SlBookingCase;
void sl_booking_case_clear (SlBookingCase *booking);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlBookingCase, sl_booking_case_clear)
gboolean sl_booking_case_load (SlEngine *engine, const SlActor *actor, const SlId *session_id, const SlId *member_id,
                               int spots, SlBookingCase *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_booking_check_actor (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_spots (SlEngine *engine, const SlBookingCase *booking, guint n_guests, gboolean names_needed,
                                 SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_session (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_window (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_member (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_not_booked (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_rate (SlEngine *engine, const SlBookingCase *booking, SlRefusal *refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The checks 1 to 5 in their order, but for the rate of holds. */
gboolean sl_booking_check_who_and_when (SlEngine *engine, const SlBookingCase *booking, guint n_guests,
                                        gboolean names_needed, SlRefusal *refusal,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a claim gets its spots. */
typedef struct {
  gboolean beside_capacity; /* an override's: uses no right */
  GArray *lapsed;           /* (nullable) (element-type SlId): holds kept here that are to be released first */
} SlRoomPlan;
void sl_room_plan_clear (SlRoomPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlRoomPlan, sl_room_plan_clear)
gboolean sl_booking_check_room (SlEngine *engine, const SlBookingCase *booking, const char *override_reason,
                                SlRoomPlan *out_plan, SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How it is paid. */
typedef struct {
  gint64 price_cents; /* of a drop-in sale; -1: by credits, or free */
  gint64 spent_hundredths;
  gint64 owed_hundredths; /* on trust: other devices hold the credits */
  SlSpend *spends;
  guint n_spends;
  SlTakings takings;  /* of a drop-in sale */
} SlPayPlan;
void sl_pay_plan_clear (SlPayPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlPayPlan, sl_pay_plan_clear)
gboolean sl_booking_price (SlEngine *engine, const SlBookingCase *booking, gint64 spots, gboolean with_member,
                           gint64 *out_cents, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_booking_check_paid (SlEngine *engine, const SlBookingCase *booking, const char *payment_method,
                                SlPayPlan *out_plan, SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members cancel their own bookings, instructors those of their own sessions, the desk any at its locations. */
gboolean sl_booking_check_may_cancel (const SlActor *actor, const SlClaim *claim, SlRefusal *refusal);

/* Ends a command that a check has stopped: notes the refusal, or rolls back after a failure. */
gboolean sl_booking_decline (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
