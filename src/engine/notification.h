/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What members are to be told: src/engine/README.md "Notifications". A queue that is derived and stored nowhere. */
typedef enum {
  SL_NOTIFICATION_BOOKING_CONFIRMED,
  SL_NOTIFICATION_BOOKING_CANCELLED,
  SL_NOTIFICATION_REMINDER_24H,
  SL_NOTIFICATION_REMINDER_1H,
  SL_NOTIFICATION_WAITLIST_JOINED,
  SL_NOTIFICATION_SPOT_OFFERED,
  SL_NOTIFICATION_OFFER_LAPSED,
  SL_NOTIFICATION_SESSION_CHANGED,
  SL_NOTIFICATION_SESSION_CANCELLED,
  SL_NOTIFICATION_REQUEST_MADE,
  SL_NOTIFICATION_REQUEST_ACCEPTED,
  SL_NOTIFICATION_REQUEST_DECLINED,
  SL_NOTIFICATION_CHECKIN_RECEIPT,
  SL_NOTIFICATION_NO_SHOW,
  SL_NOTIFICATION_CREDITS_EXPIRING,
  SL_NOTIFICATION_CREDITS_LOW,
  SL_NOTIFICATION_WELCOME,
  SL_NOTIFICATION_MEMBERSHIP_ENDING,
  SL_NOTIFICATION_MEMBERSHIP_FROZEN,
  SL_NOTIFICATION_PAYMENT_RECEIPT,
  SL_NOTIFICATION_REFUND,
  SL_NOTIFICATION_PAYMENT_FAILED,
  SL_NOTIFICATION_LAST
} SlNotificationKind;
const char *sl_notification_kind_name (SlNotificationKind kind); /* "spot_offered" */

typedef struct {
  SlId id; /* the same on every device that derives it */
  SlNotificationKind kind;
  SlId member_id;      /* the record that they go by */
  SlId subject_id;     /* booking, session, request, lot, check-in, membership, payment or refund, by the kind; credits
                        * low and welcome: the member */
  gint64 due_ms;       /* UTC */
  const char *channel; /* (nullable) interned: how they want to be told */
  gboolean marketing;  /* only for those who agreed to it; others are not in the list */
  int sent;            /* 0: not yet; SL_SENT_SENT or SL_SENT_GIVEN_UP, on whichever device */
  const char *sent_channel; /* (nullable) interned */
  gint64 sent_ms;
} SlNotification;

/* More at once is nobody's queue, and would look at every class of it. */
#define SL_NOTIFICATIONS_DAYS_MAX 92

/* (element-type SlNotification): due from from_ms on and before to_ms, the earliest first. member (nullable):
 * everybody's. Refusals: not_allowed. */
gboolean sl_notifications_list (SlEngine *engine, const SlActor *actor, gint64 from_ms, gint64 to_ms,
                                const SlId *member, GPtrArray **out, SlRefusal *out_refusal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many people are told that a session was cancelled. */
gboolean sl_notifications_count_cancelled (SlEngine *engine, const SlId *session, gint64 *inout_people,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
