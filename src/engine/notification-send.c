/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification-send"

#include "engine/notification-send.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/around.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/notification-private.h"
#include "engine/template.h"

#define FRESH_MS (2 * SL_DAY_MS) /* whatever is older is news to nobody */
#define BACK_OFF_FIRST_MS SL_MINUTE_MS
#define BACK_OFF_FACTOR 4 /* 1, 4, 16, 64 minutes, then four hours each */
#define BACK_OFF_MAX_MS (4 * SL_HOUR_MS)

/* How long after it was due something is still worth telling. */
static gint64
fresh_ms (SlNotificationKind kind)
{
  switch (kind)
    {
    case SL_NOTIFICATION_REMINDER_1H:
    case SL_NOTIFICATION_CHECKIN_RECEIPT:
    case SL_NOTIFICATION_SPOT_OFFERED:
      return SL_HOUR_MS;
    case SL_NOTIFICATION_REMINDER_24H:
      return 23 * SL_HOUR_MS; /* then the other one has told it */
    default:
      return FRESH_MS;
    }
}

/* sl_opt_out_has: see the header. */
gboolean
sl_opt_out_has (const char *opt_out, const char *word)
{
  g_auto (GStrv) words = NULL;
  if (opt_out == NULL || *opt_out == '\0')
    return FALSE;
  words = g_strsplit (opt_out, " ", -1);
  return g_strv_contains ((const char *const *) words, word);
}

/* --- trying --- */

typedef struct {
  gint64 attempts, next_ms;
} Tried;

static gboolean
read_tried (SlEngine *engine, const SlId *id, Tried *out, GError **error)
{
  *out = (Tried){ 0 };
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT attempts, next_ms FROM local_outbox WHERE id = ?", "d", id);
  if (sl_rows_next (rows))
    *out = (Tried){ sl_rows_int (rows, 0), sl_rows_int (rows, 1) };
  return sl_rows_finish (rows, error);
}

static gint64
back_off_ms (gint64 attempts)
{
  gint64 wait_ms = BACK_OFF_FIRST_MS;
  for (gint64 i = 1; i < attempts && wait_ms < BACK_OFF_MAX_MS; i++)
    wait_ms *= BACK_OFF_FACTOR;
  return MIN (wait_ms, BACK_OFF_MAX_MS);
}

/* On the disk before it is tried: a power cut in between makes it late, and not sent at every start again. */
static gboolean
note_try (SlEngine *engine, const SlId *id, gint64 attempts, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  if (!sl_store_begin (engine->store, error))
    return FALSE;
  if (sl_store_exec (engine->store, error,
                     "INSERT OR REPLACE INTO local_outbox (id, attempts, next_ms) VALUES (?, ?, ?)", "dii", id,
                     attempts, now_ms + back_off_ms (attempts))
      && sl_store_exec (engine->store, error, "DELETE FROM local_outbox WHERE next_ms < ?", "i",
                        now_ms - 2 * FRESH_MS))
    return sl_store_commit (engine->store, error);
  sl_store_rollback (engine->store);
  return FALSE;
}

static gboolean
note_outcome (SlEngine *engine, const SlActor *actor, const SlNotification *item, const char *channel,
              SlSentOutcome outcome, GError **error)
{
  SlSentParts parts = { .id = item->id, .member_id = item->member_id, .channel = channel, .outcome = outcome,
                        .kind = sl_notification_kind_name (item->kind) };
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_op_notification_sent (engine->log, &parts, error)
      || !sl_store_exec (engine->store, error, "DELETE FROM local_outbox WHERE id = ?", "d", &item->id))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* Their own wish first, then the usual order, without what they do not want or what cannot be sent by. Nothing is
 * pushed to who has not asked for it: not everybody has our program. (element-type utf8), none owned */
static GPtrArray *
channels_for (const SlNotification *item, const SlSendParams *params, const char *opt_out)
{
  GPtrArray *channels = g_ptr_array_new ();
  if (item->channel != NULL && g_strv_contains (sl_template_channels, item->channel))
    g_ptr_array_add (channels, (char *) item->channel);
  for (guint i = 0; sl_template_channels[i] != NULL; i++)
    if (g_strcmp0 (sl_template_channels[i], item->channel) != 0 && !g_str_equal (sl_template_channels[i], "push"))
      g_ptr_array_add (channels, (char *) sl_template_channels[i]);
  for (guint i = channels->len; i > 0; i--)
    if (sl_opt_out_has (opt_out, channels->pdata[i - 1])
        || (params->channels != NULL && !g_strv_contains (params->channels, channels->pdata[i - 1])))
      g_ptr_array_remove_index (channels, i - 1);
  return channels;
}

static gboolean
read_opt_out (SlEngine *engine, const SlId *member, char **out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT opt_out FROM member WHERE id = ?", "d", member);
  *out = sl_rows_next (rows) ? sl_rows_dup_text (rows, 0) : NULL;
  return sl_rows_finish (rows, error);
}

/**
 * sl_outgoing_clear:
 * @outgoing: to be emptied, with the plain text in it; the struct itself is the caller's
 */
void
sl_outgoing_clear (SlOutgoing *outgoing)
{
  g_clear_pointer (&outgoing->messages, g_ptr_array_unref);
}

/**
 * sl_outgoing_begin:
 * @engine: the engine, outside of any command
 * @item: of sl_notifications_collect(); must outlive @out
 * @params: which channels can be sent by
 * @out: (out caller-allocates): what to send; sl_outgoing_clear() it
 * @error: return location
 *
 * Notes the try, where there is something to send. Somebody else may have sent it meanwhile: then there is nothing.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_outgoing_begin (SlEngine *engine, const SlNotification *item, const SlSendParams *params, SlOutgoing *out,
                   GError **error)
{
  g_return_val_if_fail (engine != NULL && item != NULL && params != NULL && out != NULL, FALSE);

  g_autofree char *opt_out = NULL;
  gint64 sent;
  Tried tried;
  *out = (SlOutgoing){ .item = item, .messages = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_message_free) };
  if (!sl_store_query_int (engine->store, 0, &sent, error,
                           "SELECT EXISTS (SELECT 1 FROM notification_sent WHERE id = ?)", "d", &item->id)
      || !read_tried (engine, &item->id, &tried, error)
      || !read_opt_out (engine, &item->member_id, &opt_out, error))
    return FALSE;
  out->attempts = tried.attempts + 1;
  g_autoptr (GPtrArray) channels = channels_for (item, params, opt_out);
  for (guint i = 0; !sent && i < channels->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      SlMessage *message = sl_message_new (engine, item, channels->pdata[i], &failure);
      if (failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (message != NULL)
        g_ptr_array_add (out->messages, message);
    }
  return out->messages->len == 0 || note_try (engine, &item->id, out->attempts, error);
}

/**
 * sl_outgoing_send:
 * @outgoing: begun
 * @sender: takes one message and says what became of it
 * @user_data: for @sender
 *
 * By the first channel that takes it. Needs no engine; any thread.
 *
 * Returns: what became of it; %SL_SENDER_NOT_THERE also where there is nothing to send
 */
SlSenderAnswer
sl_outgoing_send (SlOutgoing *outgoing, SlSenderFunc sender, gpointer user_data)
{
  g_return_val_if_fail (outgoing != NULL && sender != NULL, SL_SENDER_LATER);

  SlSenderAnswer answer = SL_SENDER_NOT_THERE;
  for (guint i = 0; i < outgoing->messages->len && answer == SL_SENDER_NOT_THERE; i++)
    {
      const SlMessage *message = outgoing->messages->pdata[i];
      outgoing->channel = g_intern_string (message->channel);
      answer = sender (user_data, message);
    }
  return answer;
}

/**
 * sl_outgoing_end:
 * @engine: the engine, outside of any command
 * @actor: who sends
 * @outgoing: sent
 * @answer: what became of it
 * @inout: one of the counts goes up
 * @error: return location
 *
 * Returns: %FALSE on failure: nothing was said or counted, and it may be called again
 */
gboolean
sl_outgoing_end (SlEngine *engine, const SlActor *actor, const SlOutgoing *outgoing, SlSenderAnswer answer,
                 SlSendCounts *inout, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && outgoing != NULL && inout != NULL, FALSE);

  gboolean taken = answer == SL_SENDER_TAKEN;
  if (outgoing->channel == NULL)
    {
      inout->unreachable++; /* they may get an address while it is still worth telling */
      return TRUE;
    }
  if (answer == SL_SENDER_LATER && outgoing->attempts < SL_SEND_TRIES)
    {
      inout->later++;
      return TRUE;
    }
  if (!note_outcome (engine, actor, outgoing->item, outgoing->channel, taken ? SL_SENT_SENT : SL_SENT_GIVEN_UP, error))
    return FALSE;
  if (taken)
    inout->sent++;
  else
    inout->given_up++;
  return TRUE;
}

/* Due, still worth telling, not sent, and not to be tried later. */
static gboolean
is_to_send (SlEngine *engine, const SlNotification *item, gint64 now_ms, gboolean *out, GError **error)
{
  Tried tried;
  *out = FALSE;
  if (item->sent != 0 || item->due_ms + fresh_ms (item->kind) <= now_ms)
    return TRUE;
  if (!read_tried (engine, &item->id, &tried, error))
    return FALSE;
  *out = tried.next_ms <= now_ms;
  return TRUE;
}

/**
 * sl_notifications_collect:
 * @engine: the engine
 * @actor: who sends
 * @params: what
 * @out_items: (out) (transfer full) (element-type SlNotification): what is to be sent now, the earliest first; %NULL
 * when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_notifications_collect (SlEngine *engine, const SlActor *actor, const SlSendParams *params, GPtrArray **out_items,
                          SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL, FALSE);
  g_return_val_if_fail (out_items != NULL && out_refusal != NULL, FALSE);

  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) items = NULL;
  guint kept = 0;
  *out_items = NULL;
  if (!sl_actor_may (actor, SL_ACTION_SEND_NOTIFICATIONS, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "notifications send", out_refusal);
  /* Stamps may be a little ahead of the clock. */
  if (!sl_notifications_list (engine, actor, MAX (now_ms - FRESH_MS, params->since_ms), now_ms + SL_MINUTE_MS, NULL,
                              &items, out_refusal, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      gboolean to_send;
      if (!is_to_send (engine, items->pdata[i], now_ms, &to_send, error))
        return FALSE;
      if (!to_send || (params->limit != 0 && kept >= params->limit))
        continue;
      gpointer item = items->pdata[kept];
      items->pdata[kept++] = items->pdata[i];
      items->pdata[i] = item;
    }
  if (items != NULL)
    g_ptr_array_set_size (items, (int) kept);
  *out_items = g_steal_pointer (&items);
  return TRUE;
}

/**
 * sl_notifications_send:
 * @engine: the engine, outside of any command
 * @actor: who sends
 * @params: what
 * @sender: takes one message and says what became of it; called outside of any transaction
 * @user_data: for @sender
 * @out: (out caller-allocates): how many of each
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Everything that is due, fresh and not sent yet, the earliest first. Each try is on the disk before it is made, and
 * what was taken is said by an operation behind it; a power cut in between sends the message once more under its id.
 * Studios send from one place: another one hears of what was sent with the log.
 *
 * Returns: %FALSE on failure; what was sent before it stays so
 */
gboolean
sl_notifications_send (SlEngine *engine, const SlActor *actor, const SlSendParams *params, SlSenderFunc sender,
                       gpointer user_data, SlSendCounts *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && sender != NULL, FALSE);
  g_return_val_if_fail (out != NULL && out_refusal != NULL, FALSE);

  g_autoptr (GPtrArray) items = NULL;
  *out = (SlSendCounts){ 0 };
  if (!sl_notifications_collect (engine, actor, params, &items, out_refusal, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      g_auto (SlOutgoing) outgoing = { NULL };
      if (!sl_outgoing_begin (engine, items->pdata[i], params, &outgoing, error))
        return FALSE;
      SlSenderAnswer answer = sl_outgoing_send (&outgoing, sender, user_data);
      if (!sl_outgoing_end (engine, actor, &outgoing, answer, out, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_notifications_note_sent:
 * @engine: the engine
 * @actor: who
 * @id: of a notification of the last %SL_NOTIFICATIONS_DAYS_MAX days
 * @channel: (nullable): how it was told
 * @outcome: sent, or given up
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT for a channel that is none
 */
gboolean
sl_notifications_note_sent (SlEngine *engine, const SlActor *actor, const SlId *id, const char *channel,
                            SlSentOutcome outcome, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_autoptr (GPtrArray) items = NULL;
  gint64 to_ms = sl_engine_now_ms (engine) + SL_MINUTE_MS;
  if (channel != NULL && !g_strv_contains (sl_template_channels, channel))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the channel is one of whatsapp, sms, email, push");
      return FALSE;
    }
  if (!sl_actor_may (actor, SL_ACTION_SEND_NOTIFICATIONS, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "notifications sent", out_refusal);
  if (!sl_notifications_list (engine, actor, to_ms - SL_NOTIFICATIONS_DAYS_MAX * SL_DAY_MS, to_ms, NULL, &items,
                              out_refusal, error))
    return FALSE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    if (sl_id_equal (&((SlNotification *) items->pdata[i])->id, id))
      return note_outcome (engine, actor, items->pdata[i], channel, outcome, error);
  if (items != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such notification in the last %d days",
                 SL_NOTIFICATIONS_DAYS_MAX);
  return items == NULL;
}

/* --- what members do not want --- */

static gboolean
check_words (const char *const *words, GError **error)
{
  SlNotificationKind kind;
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    if (!sl_notification_kind_parse (words[i], &kind) && !g_strv_contains (sl_template_channels, words[i]))
      {
        g_autofree char *valid = g_utf8_make_valid (words[i], -1);
        g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "“%s” is neither a kind of notification nor a channel",
                     valid);
        return FALSE;
      }
  return TRUE;
}

/* Sorted, each once: two desks that say the same write the same. */
static char *
change_words (const char *now, const char *const *add, const char *const *remove)
{
  g_autoptr (GTree) tree = g_tree_new_full ((GCompareDataFunc) strcmp, NULL, g_free, NULL);
  g_auto (GStrv) words = g_strsplit (now != NULL ? now : "", " ", -1);
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_tree_insert (tree, g_strdup (words[i]), "");
  for (guint i = 0; add != NULL && add[i] != NULL; i++)
    g_tree_insert (tree, g_strdup (add[i]), "");
  for (guint i = 0; remove != NULL && remove[i] != NULL; i++)
    g_tree_remove (tree, remove[i]);
  for (GTreeNode *node = g_tree_node_first (tree); node != NULL; node = g_tree_node_next (node))
    g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", (const char *) g_tree_node_key (node));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * sl_notifications_opt_out:
 * @engine: the engine
 * @actor: who; members: for themselves
 * @member: whose wish it is
 * @add: (nullable): kinds and channels that they do not want any more
 * @remove: (nullable): those that they want again
 * @out: (out) (transfer full): all that they do not want, with blanks between; %NULL when refused
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_notifications_opt_out (SlEngine *engine, const SlActor *actor, const SlId *member, const char *const *add,
                          const char *const *remove, char **out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && out != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  g_autofree char *now = NULL;
  gboolean allowed;
  *out = NULL;
  if (!check_words (add, error) || !check_words (remove, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) found = sl_member_get (engine, member, error);
  if (found == NULL
      || !sl_around_may (engine, actor, SL_ACTION_SEND_NOTIFICATIONS, &found->id, &engine->location, &allowed,
                         out_refusal, error)
      || !read_opt_out (engine, &found->id, &now, error))
    return sl_command_fail (engine);
  if (!allowed || sl_member_refuse_erased (found, out_refusal))
    return sl_command_refuse (engine, actor, "notification opt-out", out_refusal, error);
  g_autofree char *after = change_words (now, add, remove);
  sl_fields_set_text (fields, "opt_out", *after != '\0' ? after : NULL);
  if (g_strcmp0 (now != NULL ? now : "", after) != 0 && !sl_op_edit (engine->log, &found->id, fields, error))
    return sl_command_fail (engine);
  *out = g_steal_pointer (&after);
  return sl_command_commit (engine, error);
}
