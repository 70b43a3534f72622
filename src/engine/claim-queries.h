/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking-state.h"
#include "engine/engine-private.h"

/* Inside the engine room only: bookings as the rules see them, each with its session, its check-in window, who of it is
 * in, and its state at the moment asked about. Every query here is bounded by one booking, one session, or the sessions
 * of a few days; none grows with the years. */

/* No session is longer: how far back a session may have begun that is still going on. */
#define SL_SESSION_LONGEST_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

typedef struct {
  SlId id, booking_id, session_id, member_id;
  SlId creator, keeper; /* devices */
  SlId made_by;         /* actor */
  SlClaimType type;
  SlChannel channel;
  int spots;         /* as made */
  guint32 spot_bits; /* those of its spots that are not released */
  gint64 created_ms, held_until_ms;
  gboolean confirmed;
  gint64 confirm_ms;
  SlId confirm_replica;
  gint64 price_cents, credits_hundredths; /* credits: those of a settlement too */
  gint64 owed_hundredths;                 /* on trust, not settled yet */
  gboolean on_trust;                      /* it owes, or did */
  gboolean released;
  int release_percent;
  guint release_why;
  gint64 release_ms;
  SlId release_replica;

  gboolean session_known, session_cancelled;
  SlId service_id, location_id, instructor_id;
  gint64 start_ms, end_ms;
  gint64 opens_ms, closes_ms; /* the check-in window, closes_ms included; 0 where the session is not known */

  guint32 bits_in;    /* whose check-in stands, also of spots that the claim no longer has */
  gint64 first_in_ms; /* 0: nobody is in */
  SlId in_replica;    /* the device of the first check-in */
  gboolean late;      /* the first one came after the start */
  gboolean stands_for_others; /* another claim was dropped as its duplicate */
  guint flags;        /* of all that stand: a bit 1 << SlCheckinFlag each */

  SlBookingStatus status;
} SlClaim;

guint32 sl_spots_mask (int spots);
gboolean sl_claim_find_booking (SlEngine *engine, const SlId *booking_id, gint64 now_ms, SlClaim *out,
                                gboolean *out_found, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_claim_get_booking (SlEngine *engine, const SlId *booking_id, gint64 now_ms, SlClaim *out, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_claim_find_by_id (SlEngine *engine, const SlId *claim_id, gint64 now_ms, SlClaim *out, gboolean *out_found,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_claim_find_kept (SlEngine *engine, const SlId *claim_id, SlId *out_kept,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
GArray *sl_claim_checkins (SlEngine *engine, const SlClaim *claim, GError **error); /* (element-type SlId) */
GArray *sl_claims_of_session (SlEngine *engine, const SlId *session_id, gint64 now_ms, GError **error);
GArray *sl_claims_of_member_in (SlEngine *engine, const SlId *member_id, const SlId *session_id, gint64 now_ms,
                                GError **error);
GArray *sl_claims_of_member_between (SlEngine *engine, const SlId *member_id, const SlId *location_id, gint64 after_ms,
                                     gint64 before_ms, gint64 now_ms, GError **error);
GArray *sl_claims_of_member_latest (SlEngine *engine, const SlId *member_id, guint limit, gint64 now_ms,
                                    GError **error);
gboolean sl_claims_count_recent_holds (SlEngine *engine, const SlId *member_id, gint64 until_from_ms,
                                       gint64 until_to_ms, gint64 *out_count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Holds and offers of a session that have run out and are not tidied up. */
typedef struct {
  SlId id;
  SlId keeper;
  int spots;
} SlLapsedClaim;
GArray *sl_claims_lapsed_in (SlEngine *engine, const SlId *session_id, gint64 now_ms, GError **error);
