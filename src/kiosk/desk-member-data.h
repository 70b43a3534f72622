/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/booking-view.h"
#include "engine/credits.h"
#include "engine/member.h"
#include "engine/membership.h"
#include "engine/note.h"
#include "engine/parq.h"
#include "engine/payment.h"
#include "engine/program.h"
#include "engine/schedule.h"

/* All of one member that their page shows to whoever has signed in, of one moment. What they may not see is NULL. */
#define SL_DESK_BOOKINGS_MAX 40 /* the latest: more is for a report */
#define SL_DESK_ENTRIES_MAX 40

typedef struct {
  SlId location;
  SlMember *member;
  GPtrArray *bookings;    /* (element-type SlBookingView): the latest session first */
  SlCredits *credits;     /* (nullable) */
  GPtrArray *payments;    /* (nullable) (element-type SlPayment) */
  GPtrArray *memberships; /* (nullable) (element-type SlMembership) */
  GPtrArray *notes;       /* (nullable) (element-type SlNote) */
  GHashTable *names;      /* SlId → utf8: who wrote them, and progress */
  SlParq *parq;           /* (nullable) */
  GPtrArray *programs;    /* (nullable) (element-type SlProgram): with their progress */
  gboolean may_edit, may_finance, may_check_in, may_book, may_cancel, may_sell, may_refund, may_waive, may_note,
    may_train, may_tell;
} SlDeskMemberData;

/* The result of a load, kept for longer than its callback. */
SlDeskMemberData *sl_desk_member_data_ref (SlDeskMemberData *self);
void sl_desk_member_data_unref (SlDeskMemberData *self);

/* On the engine's thread: whose id that is among the staff; out (transfer full) (nullable): nobody known here. */
gboolean sl_desk_read_staff_name (SlEngine *engine, const SlId *staff, char **out, GError **error);
void sl_desk_member_load (SlDesk *desk, GObject *owner, const SlId *member, SlDeskDone done);
gboolean sl_desk_booking_is_ahead (const SlBookingView *booking, gint64 now_ms);

/* What giving a booking up would bring back, and where it could go instead. */
typedef struct {
  SlBookingView *booking;
  int percent;
  GPtrArray *sessions;    /* (element-type SlDeskFreeSession): of the same class first, then by start */
} SlDeskGivingUp;
typedef struct {
  SlSession *session;
  gint64 free;
} SlDeskFreeSession;
#define SL_DESK_MOVE_DAYS 14
#define SL_DESK_MOVE_MAX 12
void sl_desk_giving_up_load (SlDesk *desk, GObject *owner, const SlId *booking, gboolean with_sessions,
                             SlDeskDone done);
