/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-notifications"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "core/datetime.h"
#include "engine/notification-send.h"
#include "engine/template.h"
#include "sender/sender.h"

static const SlCliOption notification_options[] = {
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("due from then on (a day ago)") },
  { "to", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("due before then (up to now)") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this member's") },
  { "unsent", SL_CLI_FLAG, FALSE, NULL, N_ ("only what nobody has sent yet") },
  SL_CLI_OPTIONS_END
};

static const SlColumn notification_columns[] = {
  { "due", N_ ("Due"), SL_SHOW_TIME, NULL },
  { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "subject", N_ ("About"), SL_SHOW_TEXT, NULL },
  { "channel", N_ ("Told by"), SL_SHOW_TEXT, NULL },
  { "marketing", N_ ("Marketing"), SL_SHOW_TEXT, NULL },
  { "sent", N_ ("Sent"), SL_SHOW_TIME, NULL },
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
item_to_json (SlCli *cli, const SlNotification *item)
{
  const char *outcome = item->sent == SL_SENT_SENT ? "sent" : item->sent == SL_SENT_GIVEN_UP ? "given_up" : NULL;
  return json_pack ("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&item->id), "kind",
                    sl_notification_kind_name (item->kind), "member", sl_json_id (&item->member_id), "subject",
                    sl_json_id (&item->subject_id), "due", sl_json_time (cli, item->due_ms, NULL), "channel",
                    sl_json_text (item->channel), "marketing", sl_json_bool (item->marketing), "outcome",
                    sl_json_text (outcome), "sent", sl_json_time (cli, item->sent_ms, NULL), "sent_by",
                    sl_json_text (item->sent_channel));
}

static gboolean
run_notifications (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  gint64 now_ms = sl_engine_now_ms (cli->engine), from_ms, to_ms;
  SlId member;

  /* What is due this very moment is due; stamps may be a little ahead of the clock. */
  if (!sl_cli_option_time (cli, "to", now_ms + SL_MINUTE_MS, &to_ms, error)
      || !sl_cli_option_time (cli, "from", MIN (now_ms, to_ms) - SL_DAY_MS, &from_ms, error)
      || !sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_notifications_list (cli->engine, &cli->actor, from_ms, to_ms, sl_id_is_none (&member) ? NULL : &member,
                                 &list, &cli->refusal, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    if (((SlNotification *) list->pdata[i])->sent == 0 || !sl_cli_has (call, "unsent"))
      json_array_append_new (items, item_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- sending --- */

static const SlCliOption send_options[] = {
  { "command", SL_CLI_TEXT, TRUE, N_ ("PROGRAM"), N_ ("gets each message as JSON on its standard input") },
  { "channel", SL_CLI_LIST, FALSE, N_ ("WORD"), N_ ("that it can send by: whatsapp, sms, email, push (all)") },
  { "since", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("nothing that was due before (two days ago)") },
  { "limit", SL_CLI_INT, FALSE, N_ ("N"), N_ ("so many at most (all)") },
  SL_CLI_OPTIONS_END
};

static const SlColumn send_columns[] = {
  { "sent", N_ ("Sent"), SL_SHOW_TEXT, NULL },
  { "later", N_ ("To be tried again"), SL_SHOW_TEXT, NULL },
  { "given_up", N_ ("Given up"), SL_SHOW_TEXT, NULL },
  { "unreachable", N_ ("Without an address"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* (transfer full) (nullable) (element-type utf8), none owned: NULL-terminated; NULL: all, or the error */
static GPtrArray *
read_channels (const SlCliCall *call, GError **error)
{
  GPtrArray *words = sl_cli_list (call, "channel");
  g_autoptr (GPtrArray) channels = g_ptr_array_new ();
  for (guint i = 0; words != NULL && i < words->len; i++)
    {
      if (!g_strv_contains (sl_template_channels, words->pdata[i]))
        {
          g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                               "--channel is one of whatsapp, sms, email, push");
          return NULL;
        }
      g_ptr_array_add (channels, words->pdata[i]);
    }
  g_ptr_array_add (channels, NULL);
  return g_steal_pointer (&channels);
}

static gboolean
run_send (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlSenderProgram sender = { .program = sl_cli_text (call, "command"), .zone = sl_engine_time_zone (cli->engine),
                             .organisation = *sl_oplog_get_organisation (sl_engine_get_log (cli->engine)) };
  SlSendParams params = { 0 };
  SlSendCounts counts;
  gint64 limit = sl_cli_int (call, "limit", 0);
  g_autoptr (GPtrArray) channels = read_channels (call, error);
  if (channels == NULL || !sl_cli_option_time (cli, "since", 0, &params.since_ms, error))
    return FALSE;
  if (limit < 0 || limit > G_MAXINT32 || (limit == 0 && sl_cli_has (call, "limit")))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--limit is a number above 0");
      return FALSE;
    }
  params.limit = (guint) limit;
  params.channels = channels->len > 1 ? (const char *const *) channels->pdata : NULL;
  gboolean sent = sl_notifications_send (cli->engine, &cli->actor, &params, sl_sender_program, &sender, &counts,
                                         &cli->refusal, error);
  if (sender.problem != NULL)
    g_printerr ("studioloop: %s: %s\n", sender.program, sender.problem->message);
  g_clear_error (&sender.problem);
  if (!sent)
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:I, s:I, s:I, s:I}", "sent", (json_int_t) counts.sent, "later",
                             (json_int_t) counts.later, "given_up", (json_int_t) counts.given_up, "unreachable",
                             (json_int_t) counts.unreachable);
  return TRUE;
}

static const SlCliOption sent_options[] = {
  { "channel", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("how it was told: whatsapp, sms, email, push") },
  { "given-up", SL_CLI_FLAG, FALSE, NULL, N_ ("it could not be told, and shall not be tried again") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_sent (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlSentOutcome outcome = sl_cli_has (call, "given-up") ? SL_SENT_GIVEN_UP : SL_SENT_SENT;
  gint64 noted = 0;
  for (guint i = 0; i < call->arguments->len && cli->refusal.code == SL_REFUSAL_NONE; i++)
    {
      SlId id;
      if (!sl_id_parse (call->arguments->pdata[i], &id))
        {
          g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a notification is named by its whole id");
          return FALSE;
        }
      if (!sl_notifications_note_sent (cli->engine, &cli->actor, &id, sl_cli_text (call, "channel"), outcome,
                                       &cli->refusal, error))
        return FALSE;
      noted++;
    }
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:I}", "noted", (json_int_t) noted);
  return TRUE;
}

static const SlCliOption opt_out_options[] = {
  { "no", SL_CLI_LIST, FALSE, N_ ("WORD"), N_ ("a kind or a channel that they do not want: reminder_1h, sms") },
  { "yes", SL_CLI_LIST, FALSE, N_ ("WORD"), N_ ("one that they want again") },
  SL_CLI_OPTIONS_END
};

/* (transfer full), none owned: NULL-terminated */
static GPtrArray *
terminated (GPtrArray *words)
{
  GPtrArray *all = g_ptr_array_new ();
  for (guint i = 0; words != NULL && i < words->len; i++)
    g_ptr_array_add (all, words->pdata[i]);
  g_ptr_array_add (all, NULL);
  return all;
}

static gboolean
run_opt_out (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) no = terminated (sl_cli_list (call, "no")), yes = terminated (sl_cli_list (call, "yes"));
  g_autofree char *all = NULL;
  SlId member;
  if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error)
      || !sl_notifications_opt_out (cli->engine, &cli->actor, &member, (const char *const *) no->pdata,
                                    (const char *const *) yes->pdata, &all, &cli->refusal, error))
    return FALSE;
  if (all == NULL)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (all, " ", -1);
  json_t *items = json_array ();
  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    json_array_append_new (items, json_string (words[i]));
  cli->answer = json_pack ("{s:o, s:o}", "member", sl_json_id (&member), "no", items);
  return TRUE;
}

/* --- words --- */

static const SlColumn template_columns[] = {
  { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "language", N_ ("Language"), SL_SHOW_TEXT, NULL },
  { "channel", N_ ("Told by"), SL_SHOW_TEXT, NULL },
  { "own", N_ ("The studio's own"), SL_SHOW_TEXT, NULL },
  { "subject", N_ ("Subject"), SL_SHOW_TEXT, NULL },
  { "text", N_ ("Text"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

#define WHICH_OPTIONS \
  { "language", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("en, af, zu, xh or st") }, \
  { "channel", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("for this channel alone (all)") }

static const SlCliOption template_show_options[] = { WHICH_OPTIONS, SL_CLI_OPTIONS_END };
static const SlCliOption template_set_options[] = {
  WHICH_OPTIONS,
  { "subject", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("of e-mails and what is pushed (the standard one)") },
  { "text", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("with {first}, {class} … (the standard one)") },
  SL_CLI_OPTIONS_END
};

static json_t *
template_to_json (const SlTemplate *one)
{
  return json_pack ("{s:s, s:s, s:o, s:o, s:o, s:o}", "kind", sl_notification_kind_name (one->kind), "language",
                    one->language, "channel", sl_json_text (one->channel), "subject", sl_json_text (one->subject),
                    "text", sl_json_text (one->text), "own", sl_json_bool (one->own));
}

static gboolean
read_kind (const SlCliCall *call, SlNotificationKind *out, GError **error)
{
  if (sl_notification_kind_parse (sl_cli_argument (call, 0), out))
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "that is no kind of notification: template list names all");
  return FALSE;
}

static gboolean
answer_template (SlCli *cli, SlNotificationKind kind, GError **error)
{
  const char *language = sl_cli_text (cli->call, "language"), *channel = sl_cli_text (cli->call, "channel");
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!g_strv_contains (sl_template_languages, language)
      || (channel != NULL && !g_strv_contains (sl_template_channels, channel)))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                           "the language is one of en, af, zu, xh, st; the channel of whatsapp, sms, email, push");
      return FALSE;
    }
  g_autoptr (SlTemplate) one = sl_template_get (cli->engine, kind, language, channel, error);
  if (one == NULL)
    return FALSE;
  cli->answer = template_to_json (one);
  return TRUE;
}

static gboolean
run_template_set (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlNotificationKind kind;
  return read_kind (call, &kind, error)
         && sl_template_set (cli->engine, &cli->actor, kind, sl_cli_text (call, "language"),
                             sl_cli_text (call, "channel"), sl_cli_text (call, "subject"), sl_cli_text (call, "text"),
                             &cli->refusal, error)
         && answer_template (cli, kind, error);
}

static gboolean
run_template_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlNotificationKind kind;
  return read_kind (call, &kind, error) && answer_template (cli, kind, error);
}

static gboolean
run_template_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = sl_template_list (cli->engine, error);
  if (list == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, template_to_json (list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_notification_commands[] = {
  { "notifications", N_ ("list what members are to be told"),
    N_ ("Reminders and expiring credits are listed ahead, all else once it has come about. Each has the same id\n"
        "on every device, and is sent once."),
    NULL, SL_CLI_IN_STUDIO, run_notifications, notification_options, notification_columns },
  { "notifications send", N_ ("send what is due and nobody has sent yet"),
    N_ ("PROGRAM is run for each message: exit status 0 says that it was taken, 67 that the address will never\n"
        "do, all else that it is to be tried again later. A studio sends from one place."),
    NULL, SL_CLI_AROUND, run_send, send_options, send_columns },
  { "notifications sent", N_ ("say that somebody has told it"), NULL, "ID…", SL_CLI_IN_STUDIO, run_sent, sent_options,
    NULL },
  { "notification opt-out", N_ ("say what a member does not want to be told, or how"), NULL, "MEMBER",
    SL_CLI_IN_STUDIO, run_opt_out, opt_out_options, NULL },
  { "notification template set", N_ ("put the studio's own words in place of the standard ones"),
    N_ ("What is not given is the standard one again. Placeholders that the kind does not have, or lacks, are named."),
    "KIND", SL_CLI_IN_STUDIO, run_template_set, template_set_options, template_columns },
  { "notification template show", N_ ("show the words of a kind"), NULL, "KIND", SL_CLI_IN_STUDIO, run_template_show,
    template_show_options, template_columns },
  { "notification template list", N_ ("list all words in which members are told"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_template_list, NULL, template_columns },
  { NULL }
};
