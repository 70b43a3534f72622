/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"

/* Somebody is at the door: src/engine/README.md "Check-in". The engine decides and records in one call; what it
 * answers is on disk when the call returns. */

typedef struct {
  SlId session_id, booking_id;
  char *class_name, *room_name;
  gint64 start_ms, end_ms;
  gint64 opens_ms; /* from when check-in is open */
  int spots_left;
} SlCheckinChoice;
void sl_checkin_choice_free (SlCheckinChoice *choice);

typedef struct {
  SlRefusalCode result; /* NONE: in */
  char *flag;           /* (nullable) "unknown_member", "unknown_booking", "override": in, but staff should look;
                           "open_gym": in by a plan, without a session */
  SlId checkin_id, member_id, booking_id, session_id; /* none where there is none */
  char *first_name;                                   /* (nullable) */
  char *short_name;                                   /* (nullable) "Thandi N.": all that the member side may show */
  char *class_name, *room_name;                       /* (nullable) */
  char *location_name;                                /* (nullable) other_location: where the booking is */
  char *hours_text; /* (nullable) outside_access_hours: the location's or the plan's */
  gboolean hours_of_place; /* it is the location's */
  SlId staff_id;    /* wrong_code_kind: a staff badge that is good: whom it picks on a PIN pad; else none */
  char *staff_name; /* (nullable) */
  char *reason;               /* (nullable) bad_code: shape, alphabet, version, signature, unknown_key */
  gint64 start_ms, end_ms;    /* of the session, 0 where there is none */
  gint64 at_ms;               /* when recorded; already_checked_in: when it was */
  gint64 opens_ms, closes_ms; /* the check-in window */
  gboolean late;
  int late_min;
  gboolean booked;        /* the booking was made by this answer */
  int spots;              /* people admitted by this answer; of a leaving: who left */
  int spots_left;         /* -1: not known */
  gint64 locked_until_ms; /* pin_locked */
  gint64 position;        /* class_full, spots_elsewhere: the place in the queue that would be theirs; else 0 */
  char *checked_in_at;    /* (nullable) already_checked_in: name of the desk */
  GPtrArray *choices;     /* (nullable) (element-type SlCheckinChoice): choose_session; no_booking: bookable sessions */
} SlCheckinAnswer;
void sl_checkin_answer_free (SlCheckinAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCheckinAnswer, sl_checkin_answer_free)

/* Any of the ways to come in. A booking or a member by id is for staff. */
typedef struct {
  const char *code;               /* text of a scanned code, or NULL */
  SlId booking_id, member_id;     /* or one of these */
  const char *phone;              /* or this, and one of the two below */
  const char *member_pin, *birth_date; /* birth_date: YYYY-MM-DD */
  SlId session_id;                /* the choice among several, or none */
  SlId book_session_id;           /* none, or: book a free spot of this session where there is no booking of it */
  const char *payment_method;     /* (nullable): with it: pay the drop-in price so; NULL: take credits */
  const char *override_reason;    /* (nullable) staff only: admit although too late; "" is refused reason_required */
  const SlActor *actor;           /* (nullable): NULL is the device itself, a member at the kiosk */
} SlCheckinRequest;

/* FALSE with error: storage failed, nothing is recorded. Refusals are answers. */
gboolean sl_checkin (SlEngine *engine, const SlCheckinRequest *request, SlCheckinAnswer **out_answer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Several bookings at once, from the roster: each with its answer, in their order; those that are not refused are
 * recorded together. out_answers: (element-type SlCheckinAnswer) (transfer full). Staff. */
#define SL_CHECKIN_BATCH_MAX 500 /* more than any room holds */
gboolean sl_checkin_batch (SlEngine *engine, const SlActor *actor, const SlId *booking_ids, guint n_bookings,
                           const char *override_reason, GPtrArray **out_answers,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody has gone; by the booking or by the member, the other none. Refusals: not_allowed, not_checked_in. */
gboolean sl_checkin_leave (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const SlId *member_id,
                           SlCheckinAnswer **out_answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes back that somebody came: every check-in of the booking that stands. Staff, with a reason. */
gboolean sl_checkin_undo (SlEngine *engine, const SlActor *actor, const SlId *booking_id, const char *reason,
                          SlBookingStatus *out_status, SlRefusal *out_refusal, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same of somebody who came without a booking, by the check-in's own id: until their time is over. */
gboolean sl_checkin_undo_entry (SlEngine *engine, const SlActor *actor, const SlId *checkin_id, const char *reason,
                                SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
