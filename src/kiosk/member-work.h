/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "member-cards.h"
#include "session-picker.h"

/* What the member's side has the engine do: one request with its answer, worked on by the functions below, which are
 * for sl_door_run_async() and so for the engine's thread. */

/* Who somebody is: a pass that was read, or what was typed; none of them: nobody has said. Wiped when it goes. */
typedef struct {
  char *code, *phone, *pin, *birth_date;
} SlMemberProof;
void sl_member_proof_clear (SlMemberProof *proof);
void sl_member_proof_copy (const SlMemberProof *proof, SlMemberProof *out);
gboolean sl_member_proof_is_given (const SlMemberProof *proof);

typedef struct {
  /* asked */
  SlMemberProof proof;
  SlId member;            /* who has been proved before; none: by the proof */
  SlId session, booking;  /* what it is about; none where it is about neither */
  gboolean join_waitlist;
  char *answers;          /* (nullable) of the health questions */

  /* answered: the refusal first; where there is one the rest is only what is known of the session */
  SlRefusal refusal;
  SlCheckinAnswer *checkin;  /* (nullable): of a check-in, a refusal's too */
  SlBookingResult booked;    /* booking_id none: nothing was booked */
  SlCancelResult cancelled;
  SlSessionOffer *offer;     /* (nullable): the session that it was about */
  char *short_name;          /* (nullable) "Thandi N." */
  GPtrArray *sessions;       /* (nullable) (element-type SlSessionOffer) */
  GPtrArray *bookings;       /* (nullable) (element-type SlMemberBooking) */
  gboolean needs_health_form; /* none that counts */
  char *pass;                /* (nullable): text of the code that counts */
  gint64 pass_expires_ms;
} SlMemberRequest;
void sl_member_request_free (SlMemberRequest *request);

#define SL_MEMBER_DAYS_AHEAD 7    /* of classes to choose from: as far as bookings open by default */
#define SL_MEMBER_BOOKINGS_MAX 60 /* looked at for those ahead; a class each day of two months */

gboolean sl_member_work_check_in (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_check_in_chosen (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_check_in_booked (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_sessions (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_book (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_home (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_cancel (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_leave_queue (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_accept (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_decline (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_pass (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
gboolean sl_member_work_health (SlEngine *engine, gpointer request, gboolean *out_wrote, GError **error);
