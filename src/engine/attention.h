/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What devices did apart from one another and people should look at: src/engine/README.md "Needs attention". */
typedef enum {
  /* bookings */
  SL_ATTENTION_DROPPED_DUPLICATE,
  SL_ATTENTION_ATTENDED_AFTER_CANCELLING,
  SL_ATTENTION_ATTENDED_AND_NO_SHOW,
  SL_ATTENTION_OVERRIDE,
  SL_ATTENTION_CREDITS_OWED,
  SL_ATTENTION_PAID_TWICE,
  SL_ATTENTION_KEY_USED_TWICE,
  SL_ATTENTION_UNKNOWN_MEMBER,
  SL_ATTENTION_UNKNOWN_BOOKING,
  /* timetable, credits, members */
  SL_ATTENTION_INSTRUCTOR_TWICE,
  SL_ATTENTION_ROOM_TWICE,
  SL_ATTENTION_CAPACITY_CHANGED,
  SL_ATTENTION_SPOTS_OWED,
  SL_ATTENTION_REFUND_EXPIRED,
  SL_ATTENTION_SAME_PHONE,
  SL_ATTENTION_REQUEST_EXPIRED,
  SL_ATTENTION_PARQ_EXPIRING,
  /* memberships and what is owed */
  SL_ATTENTION_CHARGED_TWICE,
  SL_ATTENTION_GRANTED_TWICE,
  SL_ATTENTION_PAYMENT_FAILED,
  SL_ATTENTION_MEMBERSHIP_UNPAID,
  SL_ATTENTION_PACKAGE_UNPAID,
  SL_ATTENTION_PAYMENT_PENDING,
  /* paper, of this device alone */
  SL_ATTENTION_PRINT_UNCERTAIN,
  SL_ATTENTION_PRINT_FAILED,
  /* devices */
  SL_ATTENTION_REVOCATION_WAITS,
  SL_ATTENTION_HELD_FOR_REVIEW,
  SL_ATTENTION_DEVICE_COPIED,
  SL_ATTENTION_INVITATION_TWICE,
  SL_ATTENTION_NOT_ADMITTED,
  SL_ATTENTION_NO_RIGHTS,
  SL_ATTENTION_CHAIN_STOPPED,
  SL_ATTENTION_FORK,
  SL_ATTENTION_QUARANTINED,
  SL_ATTENTION_WAITING_LONG,
  SL_ATTENTION_DEVICE_SILENT,
  SL_ATTENTION_CLOCK_AHEAD,
  SL_ATTENTION_LAST
} SlAttentionKind;
const char *sl_attention_name (SlAttentionKind kind);    /* the word for the outside: "same_phone" */
const char *sl_attention_message (SlAttentionKind kind); /* English, marked for translation */
const char *sl_attention_hint (SlAttentionKind kind);    /* what to do */

/* What an item is about: "booking", "kept", "session", "member", "payment", "lot", "staff", "room", "replica",
 * "waiting_for", "request", "thing", "sale", "membership", "print". */
typedef struct {
  const char *role;
  SlId id;
  gboolean decides; /* it makes the conflict what it is; else it is only told */
} SlAttentionSubject;

typedef struct {
  SlId id; /* the same on every device that sees this conflict */
  SlAttentionKind kind;
  gint64 at_ms;     /* when it came about; of a session: its start */
  GArray *subjects; /* (element-type SlAttentionSubject) */
  gint64 count;     /* operations, spots, hundredths, cents or seconds, by the kind; SL_NUMBER_NONE */
  char *device;     /* (nullable): name of the device, or the printer, that it is about */
  char *reason;     /* (nullable): why it was revoked, its operations refused, or not printed */
  SlId member_id;   /* none: about nobody */
  char *member;     /* (nullable): "Thandi N." */
} SlAttentionItem;
void sl_attention_item_free (SlAttentionItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlAttentionItem, sl_attention_item_free)

/* The newest first, without what people have settled. Refusals: not_allowed. Devices are for who may manage them. */
gboolean sl_attention_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_items, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A person has dealt with it: on every device it is no longer listed. text: an item's id or the beginning of one.
 * Refusals: not_allowed, reason_required. Failures: NOT_FOUND, AMBIGUOUS_ID. */
gboolean sl_attention_settle (SlEngine *engine, const SlActor *actor, const char *text, const char *reason,
                              SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
