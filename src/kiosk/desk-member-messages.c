/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-messages"

#include "desk-member-private.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "engine/notification-send.h"

#include <glib/gi18n-lib.h>

/* What a member has been told or is to be told, in the words that they get. What has not gone out can be said over the
 * counter or the phone, and is then not sent by the hub any more. */

#define DAYS 14      /* of which reception may be asked */
#define MESSAGES_MAX 20

typedef struct {
  SlId id;
  char *subject, *text;
  gint64 at_ms;        /* when it went out, or was due */
  int sent;            /* as of SlNotification */
  const char *channel; /* (nullable) interned */
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_free (message->subject);
  g_free (message->text);
  g_free (message);
}

/* --- on the engine's thread --- */

/* By "push" there is an address for everybody: what is wanted is the words. What is gone has none. */
static gboolean
add_message (SlEngine *engine, const SlNotification *item, GPtrArray *out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMessage) words = sl_message_new (engine, item, "push", &failure);
  Message *message;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (words == NULL)
    return TRUE;
  message = g_new0 (Message, 1);
  message->id = item->id;
  message->subject = g_steal_pointer (&words->subject);
  message->text = g_steal_pointer (&words->text);
  message->at_ms = item->sent != 0 ? item->sent_ms : item->due_ms;
  message->sent = item->sent;
  message->channel = item->sent_channel;
  g_ptr_array_add (out, message);
  return TRUE;
}

/* request: the member; result: GPtrArray of Message, the latest first */
static gboolean
load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  gint64 to_ms = sl_engine_now_ms (engine) + SL_MINUTE_MS; /* what is due this very moment is due */
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (message_free);

  if (!sl_notifications_list (engine, actor, to_ms - DAYS * SL_DAY_MS, to_ms, request, &items, out_refusal, error))
    return FALSE;
  for (guint i = items != NULL ? items->len : 0; i-- > 0 && messages->len < MESSAGES_MAX;)
    if (!add_message (engine, items->pdata[i], messages, error))
      return FALSE;
  if (items != NULL)
    *out_result = g_steal_pointer (&messages);
  return TRUE;
}

/* --- on the desk's thread --- */

static const char *
channel_words (const char *channel)
{
  if (g_strcmp0 (channel, "whatsapp") == 0)
    return "WhatsApp";
  if (g_strcmp0 (channel, "sms") == 0)
    return "SMS";
  return g_strcmp0 (channel, "email") == 0 ? _("E-mail") : "";
}

static GtkWidget *
row_of (SlDeskMemberPage *self, const Message *message)
{
  g_autofree char *id = sl_id_to_string (&message->id);
  g_autofree char *when = sl_record_words_when (message->at_ms, sl_desk_get_now_ms (self->desk),
                                                sl_desk_get_zone (self->desk));
  g_autofree char *signs = sl_text_join (" · ", when, channel_words (message->channel), NULL);
  g_autofree char *detail = g_strdup_printf ("%s\n%s", message->text, signs);
  /* Translators: the state of a message to a member: nobody has told them yet */
  const char *state = message->sent == 0 ? _("Not sent yet") : message->sent == SL_SENT_SENT ? _("Sent")
                      : _("Given up");
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) { message->subject, detail, state, NULL });

  if (message->sent == 0)
    /* Translators: a button beside a message that has not gone out: reception has told the member, here or on the
     * phone */
    sl_list_row_add_button (row, _("I told them"), "", "member.told", id);
  return row;
}

static void
on_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskMemberPage *self = g_object_get_data (owner, "sl-desk-member");
  const GPtrArray *messages = result;
  GtkWidget *list;

  if (messages == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  for (guint i = 0; i < messages->len; i++)
    gtk_box_append (GTK_BOX (list), row_of (self, messages->pdata[i]));
  if (messages->len == 0)
    gtk_box_append (GTK_BOX (list), sl_list_note_new (_("Nothing in the last 14 days.")));
  gtk_widget_insert_action_group (list, "member", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, GTK_WIDGET (self->page), _("Messages"), list);
}

/* sl_desk_messages_ask: shows them over the page. */
void
sl_desk_messages_ask (SlDeskMemberPage *self)
{
  sl_desk_run (self->desk, G_OBJECT (self->page), &(SlDeskJob) { .work = load, .request = sl_id_copy (&self->id),
               .free_request = g_free, .free_result = (GDestroyNotify) g_ptr_array_unref, .done = on_loaded });
}
