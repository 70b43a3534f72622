/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"
#include "engine/booking-state.h"

/* What the page of the day shows: copied from the engine's answers, to be read on any thread. */

/* Why somebody at the desk should look at a person. */
typedef enum {
  SL_TODAY_MARK_LATE = 1 << 0,    /* it has begun, and they are not here */
  SL_TODAY_MARK_UNPAID = 1 << 1,  /* on trust */
  SL_TODAY_MARK_PARQ = 1 << 2,    /* the class asks for a health form that they have not filled in */
  SL_TODAY_MARK_UNKNOWN = 1 << 3, /* let in by a code that this device had not heard of */
} SlTodayMark;

typedef struct {
  SlId booking_id; /* none: in without a booking that is known here */
  SlId member_id;  /* none: not known here */
  char *name;      /* (nullable) */
  char *guests;    /* (nullable): "Ann, Ben" */
  SlBookingStatus status;
  int spots, spots_in, position; /* position: in the queue, 1 is the first; 0: not in it */
  gint64 checked_in_ms, expires_ms; /* 0: there is none */
  gboolean came_late, beside;    /* beside: beside the capacity */
  guint marks;                   /* of SlTodayMark */
} SlTodayPerson;

/* What somebody of the staff has written to a session. */
typedef struct {
  char *text;        /* (nullable): cannot be read on this device */
  char *who, *about; /* (nullable): about: the member whom it is about */
  gint64 at_ms;
} SlTodayNote;

typedef struct {
  SlId id;
  char *name, *room, *instructor; /* (nullable) */
  gint64 start_ms, end_ms;
  gboolean cancelled, draft, begun, over;
  int capacity, booked, in, waiting, expected; /* people; booked: in, expected and held; expected: still to come */
  int late, unpaid, parq, unknown;             /* people with that mark */
  /* what who has signed in may do with it */
  gboolean may_check_in, may_undo, may_cancel, may_change, may_book, may_note;
  GPtrArray *people; /* (element-type SlTodayPerson): by name; who waits comes last, the first of them first */
  GPtrArray *notes;  /* (element-type SlTodayNote): the latest first; of who may not read them: none */
} SlTodaySession;

/* One day. Counted, and changed by nobody once it is shown. */
typedef struct {
  gint64 day_ms, now_ms; /* the day's midnight; when it was read */
  gboolean own;          /* an instructor's own sessions only */
  GPtrArray *sessions;   /* (element-type SlTodaySession): by start */
} SlToday;

SlToday *sl_today_new (void);
SlToday *sl_today_ref (SlToday *today);
void sl_today_unref (SlToday *today);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlToday, sl_today_unref)

void sl_today_person_free (SlTodayPerson *person);
SlTodaySession *sl_today_session_new (void);
void sl_today_session_free (SlTodaySession *session);
void sl_today_session_add (SlTodaySession *session, SlTodayPerson *person);
void sl_today_note_free (SlTodayNote *note);
SlTodaySession *sl_today_find (const SlToday *today, const SlId *session_id); /* (nullable) */
SlTodayPerson *sl_today_find_person (const SlToday *today, const SlId *booking_id, SlTodaySession **out_session);

/* A member whom a search has found. */
typedef struct {
  SlId id;
  char *name, *detail; /* detail (nullable): a phone number */
} SlTodayMember;
void sl_today_member_free (SlTodayMember *member);
