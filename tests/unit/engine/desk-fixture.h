/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/datetime.h"
#include "engine/booking-view.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/roster.h"
#include "engine/run-due.h"
#include "fake-world.h"
#include "temp-dir.h"

/* A desk of a studio in Johannesburg (UTC+2, no summer time) for the tests of booking and of the door: a data
 * directory, an engine on it and a clock that the test moves. A helper whose command is refused or fails ends the
 * test. */

/* A Monday, 06:00 at the studio. */
#define MORNING G_GINT64_CONSTANT (1772424000000)
#define MINUTES(n) ((n) * SL_MINUTE_MS)
#define HOURS(n) ((n) * SL_HOUR_MS)
#define DAYS(n) ((n) * SL_DAY_MS)

typedef struct
{
  SlTempDir *dir;
  SlFakeWorld world;
  SlEngine *engine;
  SlActor owner;
  SlId location;
} Desk;

void desk_open (Desk *desk, gconstpointer data);
void desk_open_seeded (Desk *desk, guint64 seed);
void desk_open_in (Desk *desk, const char *timezone, gint64 now_ms);
void desk_close (Desk *desk, gconstpointer data);
void desk_open_engine (Desk *desk); /* again, on its directory */
/* A second device of the same studio, with all that the first one has written so far and no key yet of what comes. */
void desk_join (Desk *desk, Desk *founder, const char *name);
void desk_join_at (Desk *desk, Desk *founder, const char *name, const SlId *location);
void desk_carry_log (Desk *from, Desk *to);
void desk_take_away (Desk *by, Desk *lost); /* as one that was stolen */
#define desk_test(path, func) g_test_add (path, Desk, NULL, desk_open, func, desk_close)

SlId desk_member (Desk *desk, const char *first);
SlId desk_service (Desk *desk, gint64 credits_hundredths, gint64 capacity, gint64 duration_min);
SlId desk_session (Desk *desk, const SlId *service, gint64 start_ms);
SlId desk_free_class (Desk *desk, gint64 start_ms, gint64 capacity); /* an hour long, costs nothing */
SlId desk_credits (Desk *desk, const SlId *member, gint64 hundredths, gint64 valid_days);
void desk_staff (Desk *desk, SlRole role, SlActor *out);
gint64 desk_balance (Desk *desk, const SlId *member);
char *desk_pass (Desk *desk, const SlId *member);
void desk_block (Desk *desk, const SlId *member);
void desk_policy (Desk *desk, const char *name, const char *value);
void desk_cancel_session (Desk *desk, const SlId *session);
SlId desk_other_location (Desk *desk, const char *name);

/* Commands by the owner unless an actor is given; each "try" gives the refusal's code by name, "ok" when done. */
SlId desk_book (Desk *desk, const SlId *member, const SlId *session);
SlId desk_book_spots (Desk *desk, const SlId *member, const SlId *session, const char *const *guests);
char *desk_booking_code (Desk *desk, const SlId *booking, guint spot);
const char *desk_try_request (Desk *desk, const SlActor *actor, const SlBookingRequest *request,
                              SlRefusal *out_refusal);
const char *desk_try_book (Desk *desk, const SlId *member, const SlId *session);
const char *desk_try_hold (Desk *desk, const SlId *member, const SlId *session, SlId *out_hold);
const char *desk_try_confirm (Desk *desk, const SlId *hold);
const char *desk_try_cancel (Desk *desk, const SlActor *actor, const SlId *booking, SlCancelResult *out);
const char *desk_status (Desk *desk, const SlId *booking);
gint64 desk_refunded (Desk *desk, const SlId *booking);
SlDueCounts desk_run_due (Desk *desk);
gint64 desk_operations (Desk *desk); /* of this device's chain */
gint64 desk_free_spots (Desk *desk, const SlId *session);

/* At the door. */
SlCheckinAnswer *desk_checkin (Desk *desk, const SlCheckinRequest *request);
SlCheckinAnswer *desk_scan (Desk *desk, const char *code);
const char *desk_scan_result (Desk *desk, const char *code);
const char *desk_checkin_booking (Desk *desk, const SlId *booking, const char *override_reason);
