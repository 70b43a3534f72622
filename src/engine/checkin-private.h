/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/checkin.h"
#include "engine/claim-queries.h"
#include "engine/member-brief.h"

/* One decision at the door, from the request to the answer. Inside the check-in files only. */
typedef struct {
  SlEngine *engine;
  const SlCheckinRequest *request;
  const SlActor *actor;
  gint64 now_ms;                   /* the moment by which all of it is judged */
  SlId location_id;                /* where the door is */
  GTimeZone *zone;                 /* its zone */
  gint64 day_start_ms, day_end_ms; /* the local day there */
  gboolean by_code;                /* a genuine code: what it names may be unknown here */
  char *reason;                    /* (nullable): an override's, cleaned */
  SlId session_id;                 /* that was asked for, or none */

  SlId member_id; /* none: not known who */
  SlMemberBrief member;
  SlClaim claim; /* the booking that decides */
  gboolean has_claim;
  guint32 asked_bits;      /* a guest code's spot; 0: all of the booking */
  SlId unknown_booking_id; /* a genuine code's booking that this device has not heard of */
  SlRefusal finding;       /* what speaks against a booking here; said when it is its turn, check 5 */
  gboolean after_all;      /* the booking was cancelled, and staff record that they came all the same */
  gboolean open_gym;       /* in by a plan, without a booking */
  char *plan_hours;        /* (nullable): of a plan that the entry depends on, now outside of them */

  SlRefusal refusal;
  SlCheckinAnswer *answer;
} SlDoor;
void sl_door_clear (SlDoor *door);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDoor, sl_door_clear)

void sl_door_stand (SlDoor *door, gint64 now_ms);

/* checkin-find.c: which booking. FALSE: refused in door->refusal, or error. */
gboolean sl_door_pick_booking (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_door_check_named_booking (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint32 sl_door_missing_bits (const SlDoor *door, const SlClaim *claim);
/* An earlier scan of a code that names somebody or something unknown here. */
gboolean sl_door_check_unknown_again (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* checkin-access.c: what a membership lets in, and when. */
gboolean sl_door_check_membership (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_door_check_hours (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_door_check_not_inside (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* checkin-book.c: a free spot on the way in. */
gboolean sl_door_book (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* checkin-answer.c: what the door shows. */
gboolean sl_door_describe (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_door_add_claim_choices (SlDoor *door, GPtrArray *claims, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlClaim) */
gboolean sl_door_add_bookable_choices (SlDoor *door, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_door_refuse_already_in (SlDoor *door, gint64 at_ms, const SlId *replica, GError **error); /* gives FALSE */
