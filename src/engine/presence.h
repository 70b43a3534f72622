/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/claim-queries.h"

/* Who is in and has not gone. Inside the engine room only. */

/* A check-in that stands and of which nobody has said that they left. */
typedef struct {
  SlId checkin_id;
  SlId who;      /* the member, else the booking, else the check-in: two records of one person are one person */
  gint64 at_ms;
} SlPresence;

/* How long somebody counts, by a location's policies. */
typedef struct {
  GTimeZone *zone;
  gboolean leaving_recorded;
  gint64 open_gym_ms;
} SlStay;
void sl_stay_clear (SlStay *stay);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlStay, sl_stay_clear)
gboolean sl_stay_load (SlEngine *engine, const SlId *location_id, SlStay *out,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_stay_until (const SlStay *stay, gint64 usual_ms);

/* Of a booking. out_people: of its spots, how many are in and have not left. (element-type SlPresence) */
GArray *sl_presence_of_claim (SlEngine *engine, const SlClaim *claim, int *out_people, GError **error);
/* Of those who came without a session known here; member_id (nullable): all. (element-type SlPresence) */
GArray *sl_presence_of_entries (SlEngine *engine, const SlId *location_id, const SlId *member_id, gint64 after_ms,
                                GError **error);
