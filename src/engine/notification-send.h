/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/notification.h"
#include "oplog/around.h"

/* Sending what members are to be told: README.md "Sending". */

/* One message, as a sender gets it. What is personal is filled in here and nowhere kept. */
typedef struct {
  SlId id;                      /* the same at every try: whoever delivers can tell a second one by it */
  SlNotificationKind kind;
  SlId member_id;
  const char *channel, *language;
  char *to;                     /* a phone number, an e-mail address; of push: the member's id */
  char *subject, *text;
  char *code;                   /* (nullable): a booking's, to be drawn */
  gboolean marketing;
  gint64 due_ms;
} SlMessage;
void sl_message_free (SlMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlMessage, sl_message_free)
/* (nullable) without error: nothing to tell any more, or nowhere to tell it by that channel. */
SlMessage *sl_message_new (SlEngine *engine, const SlNotification *item, const char *channel,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  SL_SENDER_TAKEN,
  SL_SENDER_LATER,              /* it could not be reached, or said nothing that is understood: again later */
  SL_SENDER_NOT_THERE           /* this address will never do: the next channel */
} SlSenderAnswer;
typedef SlSenderAnswer (*SlSenderFunc) (gpointer user_data, const SlMessage *message);

typedef struct {
  gint64 since_ms;              /* 0: as far back as something is still worth telling: two days */
  guint limit;                  /* 0: all */
  const char *const *channels;  /* (nullable): only these can be sent by */
} SlSendParams;
typedef struct {
  gint64 sent, later, given_up, unreachable;
} SlSendCounts;
#define SL_SEND_TRIES 8 /* with back-off from a minute to four hours: some eleven hours in all */

/* Refusals: not_allowed. */
gboolean sl_notifications_send (SlEngine *engine, const SlActor *actor, const SlSendParams *params,
                                SlSenderFunc sender, gpointer user_data, SlSendCounts *out, SlRefusal *out_refusal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same in steps, for who must not keep an engine while a program runs: what is to be sent now; then for each its
 * messages, the sending, and what became of it. Refusals of collect: not_allowed. */
typedef struct {
  const SlNotification *item;
  gint64 attempts;              /* with this one */
  GPtrArray *messages;          /* (element-type SlMessage): by channel, those first that they would rather have; empty:
                                 * nobody is there to be told, or nothing to tell any more */
  const char *channel;          /* (nullable) interned: the last that was tried */
} SlOutgoing;
void sl_outgoing_clear (SlOutgoing *outgoing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlOutgoing, sl_outgoing_clear)
gboolean sl_notifications_collect (SlEngine *engine, const SlActor *actor, const SlSendParams *params,
                                   GPtrArray **out_items /* of SlNotification */, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_outgoing_begin (SlEngine *engine, const SlNotification *item, const SlSendParams *params, SlOutgoing *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlSenderAnswer sl_outgoing_send (SlOutgoing *outgoing, SlSenderFunc sender, gpointer user_data);
gboolean sl_outgoing_end (SlEngine *engine, const SlActor *actor, const SlOutgoing *outgoing, SlSenderAnswer answer,
                          SlSendCounts *inout, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What somebody has told in another way. NOT_FOUND: no notification of the last SL_NOTIFICATIONS_DAYS_MAX days. */
gboolean sl_notifications_note_sent (SlEngine *engine, const SlActor *actor, const SlId *id, const char *channel,
                                     SlSentOutcome outcome, SlRefusal *out_refusal,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Kinds and channels that a member does not want. add, remove (nullable): words; *out (transfer full): all of them. */
gboolean sl_notifications_opt_out (SlEngine *engine, const SlActor *actor, const SlId *member,
                                   const char *const *add, const char *const *remove, char **out,
                                   SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
