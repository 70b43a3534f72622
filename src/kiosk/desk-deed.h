/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/member.h"
#include "engine/payment.h"
#include "engine/program.h"

/* One thing that reception does to a member, a booking, a payment or a membership, and what is said of it. */
typedef enum {
  SL_DESK_CHECK_IN,       /* id: a member; other: the session, or none; flag: book it on the way in; text: late */
  SL_DESK_UNDO_CHECK_IN,  /* id: a booking; text: why */
  SL_DESK_CANCEL_BOOKING, /* id: a booking; text: why, or none; flag: give everything back */
  SL_DESK_MOVE_BOOKING,   /* id: a booking; other: the session */
  SL_DESK_ADD_MEMBER,     /* form */
  SL_DESK_EDIT_MEMBER,    /* id; form */
  SL_DESK_SET_MEMBER_PIN, /* id; text: the PIN, "" for none */
  SL_DESK_BLOCK_MEMBER,   /* id; text: why */
  SL_DESK_UNBLOCK_MEMBER, /* id; text: why */
  SL_DESK_MERGE_MEMBERS,  /* id: goes into other */
  SL_DESK_FREEZE_PLAN,    /* id: a membership; number: until when, 0: until further notice */
  SL_DESK_UNFREEZE_PLAN,
  SL_DESK_END_PLAN,       /* at the end of what is paid */
  SL_DESK_REFUND,         /* id: a payment; number: cents; text: why; flag: what it bought stays */
  SL_DESK_SETTLE_PAYMENT, /* id: a payment; number: an SlOutcome */
  SL_DESK_ADD_NOTE,       /* id: a member, or none; other: a session, or none; text */
  SL_DESK_ADD_PROGRESS,   /* id: a program; exercise: what was done */
  SL_DESK_NOTE_TOLD,      /* id: a notification: somebody of reception has told it */
  SL_DESK_ANSWER_PARQ,    /* id: a member; text: the answers */
  SL_DESK_SETTLE_ITEM,    /* id: of "Needs attention"; text: why */
  SL_DESK_REFUND_SALE,    /* id: a sale, or a payment; text: why: all that is left of what was paid first; other: the
                             same sold again, of which this desk may give back that one instead; none */
  SL_DESK_ADJUST_CREDITS, /* id: a member; number: hundredths; text: why */
  SL_DESK_RECORD_VISIT,   /* id: a booking; text: why it is entered late */
  SL_DESK_STOP_RENEWAL,   /* id: a package's */
  SL_DESK_SAY_PRINT,      /* id: a print job; number: an SlPrintWord */
  SL_DESK_REVOKE_DEVICE,  /* id: a device; text: why */
  SL_DESK_DEED_LAST
} SlDeskDeedKind;

/* What of a member is written down on a form; NULL: not asked for. */
typedef struct {
  char *first, *last, *phone, *email, *birth_date, *emergency, *notes, *permission, *invoice_to;
} SlDeskMemberForm;

typedef struct {
  SlDeskDeedKind kind;
  SlId id, other;
  SlId item;              /* of "Needs attention": settled with it, for the reason in text; none */
  char *text;             /* (nullable) */
  gint64 number;
  gboolean flag, anyway;
  SlDeskMemberForm form;
  SlExercise *exercise;   /* (nullable) */
} SlDeskDeed;

/* What came of it. */
typedef struct {
  SlDeskDeedKind kind;
  SlId id;                  /* of what was made or done to; of a check-in: the member */
  gint64 hundredths, cents; /* given back */
  SlCheckinAnswer *answer;  /* (nullable): of a check-in */
} SlDeskDeedResult;

SlDeskDeed *sl_desk_deed_new (SlDeskDeedKind kind, const SlId *id);
void sl_desk_deed_free (SlDeskDeed *deed);
void sl_desk_deed_run (SlDesk *desk, GObject *owner, SlDeskDeed *deed, SlDeskDone done);
char *sl_desk_deed_words (SlDesk *desk, const SlDeskDeedResult *result);
