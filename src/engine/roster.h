/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/booking-state.h"

typedef struct {
  SlId booking_id;   /* none: in without a booking that is known here */
  SlId member_id;    /* none where it is not known here */
  char *member_name; /* (nullable) "Thandi Nkosi" */
  GPtrArray *guests; /* (nullable) (element-type utf8) */
  SlBookingStatus status;
  gboolean late;        /* checked in after the start */
  gboolean override;    /* booked beside the capacity */
  int spots, spots_in;  /* people, and how many of them are in */
  gint64 checked_in_ms; /* first check-in that stands; 0: none */
  gint64 expires_ms;    /* of a hold; else 0 */
  gint64 owed_hundredths; /* on trust, not settled yet */
  gboolean needs_parq;  /* expected, and the class asks for health questions that they have not answered of late */
  gboolean unknown;     /* let in by a code whose member or booking this device had not heard of */
} SlRosterItem;
void sl_roster_item_free (SlRosterItem *item);

/* Who is expected, in, or did not come, by name; with_gone: also cancelled and expired bookings.
 * out_items: (element-type SlRosterItem) (transfer full), NULL when refused. Takes no lock. */
gboolean sl_roster_list (SlEngine *engine, const SlActor *actor, const SlId *session_id, gboolean with_gone,
                         GPtrArray **out_items, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
