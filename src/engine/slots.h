/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/availability.h"
#include "engine/booking.h"

/* One-to-one sessions: which times of an instructor are free, and booking one. src/engine/README.md "One-to-one". */

typedef struct {
  const SlId *service;                      /* of the kind one_to_one */
  gint64 day;                               /* since 1970: the local date of each location */
  const SlId *instructor, *location, *room; /* (nullable): all; with a room only where that is free, too */
  gboolean for_members;                     /* only what members may book themselves */
} SlSlotQuery;

typedef struct {
  SlId instructor_id, location_id;
  char *instructor_name, *location_name; /* (nullable) */
  gint64 start_ms, end_ms;
  gboolean bookable;     /* by members themselves */
  gboolean planned_here; /* this device plans the instructor's day: here it can be booked */
} SlSlot;
void sl_slot_free (SlSlot *slot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSlot, sl_slot_free)

/* (element-type SlSlot): by start. Refusals: service_inactive. */
gboolean sl_slot_list (SlEngine *engine, const SlActor *actor, const SlSlotQuery *query, GPtrArray **out_slots,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  SlId member_id, service_id;
  SlId instructor_id; /* none: the service's own */
  SlId location_id;   /* none: the room's, else this device's */
  SlId room_id;       /* none: no room needed */
  gint64 start_ms;
  const char *payment_method; /* (nullable): pay the drop-in price by this instead of credits */
  const char *note;           /* (nullable) */
} SlSlotRequest;
/* A session for one, published, and its confirmed booking, in one transaction. Refusals: outside_availability,
 * instructor_busy, room_busy, no_rights, staff_inactive, and those of sl_booking_book(). */
gboolean sl_slot_book (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request, SlBookingResult *out,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
