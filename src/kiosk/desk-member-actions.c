/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-actions"

#include "desk-member.h"
#include "desk-member-private.h"
#include "desk-merge.h"
#include "desk-pass.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>

/* What can be done on a member's page: each asks once, saying what will happen. */

static GtkWidget *
page_of (SlDeskMemberPage *self)
{
  return GTK_WIDGET (self->page);
}

/* --- the head --- */

static void
on_back (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_open (self->desk, SL_DESK_MEMBERS, NULL);
}

static void
on_check_in (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_ask_do (self->desk, page_of (self), sl_desk_deed_new (SL_DESK_CHECK_IN, &self->id));
}

static void
on_book (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_open (self->desk, SL_DESK_WALK_IN, &self->id);
}

static void
on_sell (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_open (self->desk, SL_DESK_SELL, &self->id);
}

static void
on_pass (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  g_autofree char *name = NULL;

  if (self->data == NULL)
    return;
  name = sl_record_words_name (self->data->member);
  sl_desk_pass_ask (self->desk, page_of (self), &self->id, name);
}

static void
on_more (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  gboolean banned = self->data != NULL && g_strcmp0 (self->data->member->status, "banned") == 0;
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_autofree char *name = NULL;

  if (self->data == NULL)
    return;
  name = sl_record_words_name (self->data->member);
  gtk_box_append (GTK_BOX (list), sl_action_button_new (_("Messages"), "", "member.messages", NULL));
  gtk_box_append (GTK_BOX (list), sl_action_button_new (_("Edit details"), "", "member.edit", NULL));
  gtk_box_append (GTK_BOX (list), sl_action_button_new (_("PIN for the door"), "", "member.set-pin", NULL));
  gtk_box_append (GTK_BOX (list), sl_action_button_new (_("Write a note"), "", "member.add-note", NULL));
  if (self->data->may_finance)
    /* Translators: a button on a member's page: to make two records of one person one */
    gtk_box_append (GTK_BOX (list), sl_action_button_new (_("Written down twice?"), "", "member.merge", NULL));
  gtk_box_append (GTK_BOX (list), banned
                  ? sl_action_button_new (_("Unblock"), "", "member.unblock", NULL)
                  : sl_action_button_new (_("Block"), "danger", "member.block", NULL));
  gtk_widget_insert_action_group (list, "member", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, page_of (self), name, list);
}

/* --- who they are --- */

static void
on_merge (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_merge_ask (self->desk, page_of (self), &self->id);
}

static void
on_edit (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  if (self->data != NULL)
    sl_desk_member_ask_details (self->desk, page_of (self), self->data->member);
}

static SlDeskDeed *
make_pin (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_SET_MEMBER_PIN, id);

  deed->text = sl_form_get (form, "pin");
  return deed;
}

static void
on_set_pin (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlForm *form = sl_form_new ();
  GtkEntry *entry;

  sl_form_add_words (form, _("Four to six digits, for the door when they have no code with them. Turn the screen to "
                             "the member. Empty: no PIN."));
  entry = sl_form_add_entry (form, "pin", _("PIN"), GTK_INPUT_PURPOSE_PIN, NULL);
  gtk_entry_set_visibility (entry, FALSE);
  sl_desk_ask (self->desk, page_of (self), &(SlDeskQuestion) { .title = _("PIN for the door"), .form = form,
               .label = _("Save"), .style = "main", .make = make_pin, .id = self->id });
}

static void
on_block (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_ask_reason (self->desk, page_of (self), _("Block this member?"),
                      _("They cannot book or check in until somebody unblocks them. Bookings that they have stay."),
                      _("Block"), SL_DESK_BLOCK_MEMBER, &self->id);
}

static void
on_unblock (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_ask_reason (self->desk, page_of (self), _("Unblock this member?"), _("They can book and check in again."),
                      _("Unblock"), SL_DESK_UNBLOCK_MEMBER, &self->id);
}

static void
on_add_note (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;

  sl_desk_ask_note (self->desk, page_of (self), NULL, &self->id, NULL);
}

static void
on_answer_parq (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  sl_desk_parq_ask (user_data);
}

static void
on_messages (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  sl_desk_messages_ask (user_data);
}

static void
on_told (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_ask_do (self->desk, page_of (self), sl_desk_deed_new (SL_DESK_NOTE_TOLD, &id));
}

static void
on_add_progress (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  sl_desk_programs_ask (user_data, g_variant_get_string (target, NULL));
}

/* --- bookings --- */

static SlDeskDeed *
make_cancel (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *back = sl_form_get (form, "back");
  g_autofree char *reason = sl_form_get (form, "reason");
  SlDeskDeed *deed;

  if (g_str_equal (back, "all") && *reason == '\0')
    {
      *out_missing = g_strdup (_("A reason is needed; it is kept with who did it."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_CANCEL_BOOKING, id);
  deed->flag = g_str_equal (back, "all");
  deed->text = *reason != '\0' ? g_steal_pointer (&reason) : NULL;
  return deed;
}

/* "1.5 credits come back", by the policy; of money, what is to be given back by hand. */
static char *
words_of_giving_up (SlDeskMemberPage *self, const SlDeskGivingUp *giving)
{
  gint64 spent = giving->booking->spent_hundredths, price = giving->booking->price_cents;
  gint64 back = spent - spent * (100 - giving->percent) / 100; /* odd hundredths round up */
  g_autofree char *credits = sl_record_words_credits (back);
  g_autofree char *money = sl_money_format (price - price * (100 - giving->percent) / 100,
                                            sl_desk_get_currency (self->desk));

  if (giving->booking->status != SL_BOOKING_CONFIRMED)
    return g_strdup (_("Nothing was taken for it yet."));
  if (price > 0 && giving->percent > 0)
    return sl_text_fill (_("By the policy {money} of what was paid is to be given back: under Credits and payments."),
                         "money", money, NULL);
  if (back > 0)
    return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{credits} comes back.", "{credits} come back.",
                                      back == 100 ? 1 : 2), "credits", credits, NULL);
  if (spent > 0 || price > 0)
    return g_strdup (_("It is too late by the policy: nothing comes back."));
  return g_strdup (_("It cost nothing, so nothing comes back."));
}

static char *
title_of_giving_up (SlDeskMemberPage *self, const SlDeskGivingUp *giving, const char *sentence)
{
  g_autofree char *when = sl_record_words_when (giving->booking->start_ms, sl_desk_get_now_ms (self->desk),
                                                sl_desk_get_zone (self->desk));

  return sl_text_fill (sentence, "class", giving->booking->class_name != NULL ? giving->booking->class_name : "",
                       "when", when, NULL);
}

static SlDeskMemberPage *
self_of (GObject *owner)
{
  return g_object_get_data (owner, "sl-desk-member");
}

static void
on_cancel_known (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskMemberPage *self = self_of (owner);
  const SlDeskGivingUp *giving = result;
  SlForm *form;
  g_autofree char *words = NULL, *title = NULL;

  if (giving == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  form = sl_form_new ();
  words = words_of_giving_up (self, giving);
  title = title_of_giving_up (self, giving, _("Cancel {class}, {when}?"));
  sl_form_add_words (form, words);
  if (giving->percent < 100 && giving->booking->spent_hundredths > 0 && self->data != NULL && self->data->may_waive)
    {
      const SlFormChoice choices[] = { { "policy", _("By the policy") }, { "all", _("Give everything back") } };

      sl_form_add_choice (form, "back", _("What comes back"), choices, G_N_ELEMENTS (choices), "policy");
    }
  sl_form_add_entry (form, "reason", _("Reason"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (self->desk, page_of (self), &(SlDeskQuestion) { .title = title, .form = form, .label = _("Cancel it"),
               .style = "danger", .make = make_cancel, .id = giving->booking->id });
}

static void
on_cancel_booking (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_giving_up_load (self->desk, G_OBJECT (self->page), &id, FALSE, on_cancel_known);
}

static void
on_session_picked (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  const char *text = g_variant_get_string (target, NULL);
  g_auto (GStrv) ids = g_strsplit (text, " ", 2);
  SlDeskDeed *deed;
  SlId booking, session;

  if (g_strv_length (ids) != 2 || !sl_id_parse (ids[0], &booking) || !sl_id_parse (ids[1], &session))
    return;
  deed = sl_desk_deed_new (SL_DESK_MOVE_BOOKING, &booking);
  deed->other = session;
  sl_desk_ask_do (self->desk, page_of (self), deed);
}

static void
add_session (SlDeskMemberPage *self, GtkBox *list, const SlDeskGivingUp *giving, const SlDeskFreeSession *free_session)
{
  const SlSession *session = free_session->session;
  g_autofree char *booking_id = sl_id_to_string (&giving->booking->id);
  g_autofree char *session_id = sl_id_to_string (&session->id);
  g_autofree char *both = g_strdup_printf ("%s %s", booking_id, session_id);
  g_autofree char *when = sl_record_words_when (session->start_ms, sl_desk_get_now_ms (self->desk),
                                                sl_desk_get_zone (self->desk));
  g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, free_session->free);
  g_autofree char *free_words = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} free", "{n} free",
                                                           (gulong) free_session->free), "n", n, NULL);
  g_autofree char *detail = sl_text_join (" · ", when,
                                          session->instructor_name != NULL ? session->instructor_name : "", NULL);

  gtk_box_append (list, sl_list_row_new_tapped (&(SlListRowWords) { session->service_name != NULL
                  ? session->service_name : "", detail, NULL, free_words }, "member.session-picked", both));
}

static void
on_move_known (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskMemberPage *self = self_of (owner);
  const SlDeskGivingUp *giving = result;
  GtkWidget *list;
  g_autofree char *words = NULL, *title = NULL;

  if (giving == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  words = words_of_giving_up (self, giving);
  title = title_of_giving_up (self, giving, _("Move {class}, {when} to?"));
  gtk_box_append (GTK_BOX (list), sl_list_note_new (words));
  for (guint i = 0; i < giving->sessions->len; i++)
    add_session (self, GTK_BOX (list), giving, g_ptr_array_index (giving->sessions, i));
  if (giving->sessions->len == 0)
    gtk_box_append (GTK_BOX (list), sl_list_note_new (_("No class has room in the next 14 days.")));
  gtk_widget_insert_action_group (list, "member", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, page_of (self), title, list);
}

static void
on_move_booking (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_giving_up_load (self->desk, G_OBJECT (self->page), &id, TRUE, on_move_known);
}

static void
on_undo_check_in (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_ask_reason (self->desk, page_of (self), _("Undo the check-in?"),
                        _("They are no longer in, and can check in again."), _("Undo check-in"), SL_DESK_UNDO_CHECK_IN,
                        &id);
}

/* sl_desk_member_add_actions: all of them; which may be done is said by sl_desk_member_enable_actions(). */
void
sl_desk_member_add_actions (SlDeskMemberPage *self)
{
  const GActionEntry entries[] = {
    { "back", on_back, NULL, NULL, NULL, { 0 } },
    { "check-in", on_check_in, NULL, NULL, NULL, { 0 } },
    { "book", on_book, NULL, NULL, NULL, { 0 } },
    { "sell", on_sell, NULL, NULL, NULL, { 0 } },
    { "pass", on_pass, NULL, NULL, NULL, { 0 } },
    { "more", on_more, NULL, NULL, NULL, { 0 } },
    { "edit", on_edit, NULL, NULL, NULL, { 0 } },
    { "set-pin", on_set_pin, NULL, NULL, NULL, { 0 } },
    { "block", on_block, NULL, NULL, NULL, { 0 } },
    { "unblock", on_unblock, NULL, NULL, NULL, { 0 } },
    { "merge", on_merge, NULL, NULL, NULL, { 0 } },
    { "add-note", on_add_note, NULL, NULL, NULL, { 0 } },
    { "answer-parq", on_answer_parq, NULL, NULL, NULL, { 0 } },
    { "messages", on_messages, NULL, NULL, NULL, { 0 } },
    { "told", on_told, "s", NULL, NULL, { 0 } },
    { "add-progress", on_add_progress, "s", NULL, NULL, { 0 } },
    { "cancel-booking", on_cancel_booking, "s", NULL, NULL, { 0 } },
    { "move-booking", on_move_booking, "s", NULL, NULL, { 0 } },
    { "session-picked", on_session_picked, "s", NULL, NULL, { 0 } },
    { "undo-check-in", on_undo_check_in, "s", NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  sl_desk_member_add_money_actions (self);
}

static void
enable (SlDeskMemberPage *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* sl_desk_member_enable_actions: what whoever has signed in may do to who is shown. */
void
sl_desk_member_enable_actions (SlDeskMemberPage *self)
{
  const SlDeskMemberData *data = self->data;
  gboolean there = data != NULL && !data->member->erased;

  enable (self, "check-in", there && data->may_check_in);
  enable (self, "book", there && data->may_book);
  enable (self, "sell", there && data->may_sell);
  enable (self, "pass", there && data->may_edit);
  enable (self, "more", there && (data->may_edit || data->may_note));
  enable (self, "edit", there && data->may_edit);
  enable (self, "set-pin", there && data->may_edit);
  enable (self, "block", there && data->may_edit);
  enable (self, "unblock", there && data->may_edit);
  enable (self, "merge", there && data->may_finance);
  enable (self, "add-note", there && data->may_note);
  enable (self, "answer-parq", there && data->may_edit);
  enable (self, "messages", there && data->may_tell);
  enable (self, "told", there && data->may_tell);
  enable (self, "add-progress", there && data->may_train);
}
