/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* The queue of a full session: src/engine/README.md "Waitlist". A place in it is a claim without rights; an offer takes
 * it on, under the same booking. Joining is sl_booking_book() with join_waitlist. */

typedef struct {
  SlId booking_id, member_id;
  SlId keeper;       /* the device that makes the offer */
  int spots;
  gint64 joined_ms;
  gboolean eligible; /* not blocked, not gone */
  char *member_name; /* (nullable) */
} SlWaiting;

/* Those who wait, first come first served. Refusal: not_allowed. */
gboolean sl_waitlist_list (SlEngine *engine, const SlActor *actor, const SlId *session_id, GPtrArray **out_items,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, not_waitlisted (status). */
gboolean sl_waitlist_leave (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 1: the first; 0: not in the queue. */
gboolean sl_waitlist_position (SlEngine *engine, const SlId *session_id, const SlId *booking_id, gint64 *out_position,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the rules. */
gboolean sl_waitlist_count (SlEngine *engine, const SlId *session_id, gint64 *out_count,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is left of free_spots for somebody who does not wait. */
gboolean sl_waitlist_take_promised (SlEngine *engine, const SlId *session_id, gint64 *inout_free,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Inside a command, after what may have freed a spot: offers it to the first in line. *inout_offered counts. */
gboolean sl_waitlist_promote (SlEngine *engine, const SlId *session_id, gint64 now_ms, gint64 *inout_offered,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As what falls due, for one session and in a command of its own. */
gboolean sl_waitlist_settle (SlEngine *engine, const SlActor *actor, const SlId *session_id, gint64 *inout_offered,
                             gint64 *inout_expired, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_waitlist_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_offered, gint64 *inout_expired,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
