/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "answer-view.h"
#include "member-page.h"
#include "member-side.h"
#include "member-words.h"
#include "member-work.h"
#include "phone-pad.h"

/* Inside the member's side only: member-side.c has its life, its clock and its answers, member-steps.c its pages. */

typedef enum {
  STEP_NONE,
  STEP_IDENTIFY,
  STEP_SESSIONS,
  STEP_SESSION,
  STEP_HOME,
  STEP_BOOKING,
  STEP_CANCEL,
  STEP_PASS,
  STEP_HEALTH,
  STEP_ANSWER,
} SlMemberStep;

/* What is to be done once it is known who it is. */
typedef enum { PURPOSE_CHECK_IN, PURPOSE_HOME, PURPOSE_BOOK, PURPOSE_HEALTH } SlMemberPurpose;

struct _SlMemberSide {
  GObject parent_instance;

  SlDoor *door;
  SlWorld *world;
  GtkWidget *widget;     /* an SlShapeBin with the stack */
  GtkStack *stack;
  GtkWidget *shown;      /* (nullable): the page in the stack */
  SlPhonePad *pad;       /* (nullable): of the page that is shown */
  SlCameraShown camera;
  char *state;           /* (nullable): how things stand, in words */
  gboolean state_is_wrong;

  SlMemberStep step;
  SlMemberPurpose purpose;
  gboolean is_busy;
  guint generation;      /* another one: what comes back is nobody's any more */
  gint64 touched_ms;     /* by the world's clock */
  guint tick_id;

  /* about the member: all of it gone when they are */
  SlMemberProof proof;
  SlId member;           /* none: not known yet */
  char *short_name;      /* (nullable) */
  SlRefusalCode said;    /* the last answer, to whom: for reception, if they ask for it */
  char *said_to;         /* (nullable) */
  SlId said_to_id;
  gboolean came_home;    /* by their own bookings, and back to them */
  gboolean needs_health_form;
  gboolean tells_instructor; /* of what the form says: with the answer that comes next */
  SlId session, booking; /* what it is about */
  gboolean join_waitlist;
  GPtrArray *sessions;   /* (nullable) (element-type SlSessionOffer) */
  GPtrArray *bookings;   /* (nullable) (element-type SlMemberBooking) */
};

typedef void (*SlMemberDone) (SlMemberSide *self, SlMemberRequest *request);

gint64 sl_member_side_now_ms (SlMemberSide *self);
GTimeZone *sl_member_side_zone (SlMemberSide *self); /* (transfer full) */
SlMemberRequest *sl_member_side_request (SlMemberSide *self);
void sl_member_side_run (SlMemberSide *self, SlDoorWork work, SlMemberRequest *request, SlMemberDone done);
void sl_member_side_show_page (SlMemberSide *self, SlMemberStep step, GtkWidget *page);
void sl_member_side_show_refusal (SlMemberSide *self, const SlRefusal *refusal, const SlSessionOffer *offer);
void sl_member_side_show_checkin (SlMemberSide *self, const SlCheckinAnswer *answer);
void sl_member_side_show_deed (SlMemberSide *self, SlMemberDeed deed, const SlMemberFacts *facts);
gboolean sl_member_side_try_again (SlMemberSide *self, SlRefusalCode code);
void sl_member_side_finish (SlMemberSide *self);
void sl_member_side_check_in (SlMemberSide *self, const SlId *book_session);
void sl_member_side_book (SlMemberSide *self);

/* member-steps.c */
void sl_member_step_identify (SlMemberSide *self, SlMemberPurpose purpose);
void sl_member_step_sessions (SlMemberSide *self);
void sl_member_step_session (SlMemberSide *self);
void sl_member_step_home (SlMemberSide *self);
void sl_member_step_health (SlMemberSide *self);
void sl_member_step_proved (SlMemberSide *self); /* goes on with what it was for */
