/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking.h"

/* A member in a weekly session until a date: src/engine/README.md "One-to-one". */

/* One date of it, as of the moment that was asked about. */
typedef struct {
  gint64 start_ms;
  SlId session_id;        /* none: there is no such session */
  SlId booking_id;        /* none: not booked */
  SlBookingStatus status; /* of the booking */
  SlRefusalCode code;     /* why it is not booked; NONE: run-due will */
  gboolean no_session;    /* nothing is planned at that time */
} SlStandingDate;

typedef struct {
  SlId id, member_id, service_id, location_id, device_id;
  char *member_name, *service_name, *location_name; /* (nullable) */
  int weekday, minute, spots;
  gint64 from_ms, until_ms; /* starts in [from, until) */
  gboolean active;          /* not ended by a person; its dates may be over */
  gboolean made_here;       /* this device makes the bookings */
  GArray *dates;            /* (element-type SlStandingDate): ahead, as far as they are due */
} SlStanding;
void sl_standing_free (SlStanding *standing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStanding, sl_standing_free)

typedef struct {
  SlId member_id, service_id;
  SlId location_id;           /* none: this device's */
  int weekday, minute, spots; /* minute of the local day */
  gint64 from_day, until_day; /* since 1970, both included; from SL_NUMBER_NONE: today */
} SlStandingParams;

gboolean sl_standing_add (SlEngine *engine, const SlActor *actor, const SlStandingParams *params, SlId *out_id,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was booked by it stays booked. */
gboolean sl_standing_end (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlStanding); member (nullable): everybody's. ended: those that are over, too. Refusals: not_allowed. */
gboolean sl_standing_list (SlEngine *engine, const SlActor *actor, const SlId *member, gboolean ended, GPtrArray **out,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Part of run-due: makes the bookings that are due of those made here. Adds to *inout_count how many. */
gboolean sl_standing_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_count,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
