/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"
#include "engine/notification.h"

/* One reading of the queue: what it is asked for, and what has been found. */
typedef struct {
  SlEngine *engine;
  gint64 from_ms, to_ms, now_ms;
  const SlId *member; /* (nullable) */
  GPtrArray *items;   /* (element-type SlNotification) */
  GHashTable *ids;    /* of the items: what is derived twice is one */
  GHashTable *people; /* (element-type SlId Person): by record */
} SlNotifying;

/* Adds it where it is due in the window, and its member is to be told. */
gboolean sl_notifying_add (SlNotifying *self, SlNotificationKind kind, const SlId *member, const SlId *subject,
                           gint64 due_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where the member is at home, for policies; NULL: nowhere. */
const SlId *sl_notifying_home (SlNotifying *self, const SlId *member, GError **error);

gboolean sl_notifying_add_claims (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_session (SlNotifying *self, const SlId *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_credits (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_requests (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_entries (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_members (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_notifying_add_money (SlNotifying *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a kind or a channel is among what a member does not want (nullable). */
gboolean sl_opt_out_has (const char *opt_out, const char *word);

/* Sessions and requests are looked at that far from the window. No booking is made so far ahead, unless a policy says
 * so: that counts then. */
#define SL_NOTIFYING_REACH_MS (62 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))
/* The highest number that a policy has anywhere. */
gboolean sl_notifying_widest (SlEngine *engine, int policy, gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All queries over many rows, so that a test can ask how each is answered. */
extern const char *const sl_notification_claim_queries[];  /* NULL-terminated, as the next one */
extern const char *const sl_notification_other_queries[];
extern const char *const sl_notification_money_queries[];
