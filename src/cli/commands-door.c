/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-door"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/checkin.h"
#include "scan/picture.h"

/* --- scan --- */

static const SlColumn scan_columns[] = {
  { "file", N_ ("File"), SL_SHOW_TEXT, NULL },
  { "texts", N_ ("Codes"), SL_SHOW_TEXT, NULL },
  { "ms", N_ ("ms"), SL_SHOW_TEXT, NULL },
  { "error", N_ ("Problem"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_scan (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  json_t *items = json_array ();
  for (guint i = 0; i < call->arguments->len; i++)
    {
      const char *file = sl_cli_argument (call, i);
      g_autoptr (GError) problem = NULL;
      gint64 begun_us = g_get_monotonic_time ();
      g_autoptr (GPtrArray) texts = sl_scan_file (decoder, file, &problem);
      gint64 ms = (g_get_monotonic_time () - begun_us) / 1000;
      json_array_append_new (items, json_pack ("{s:o, s:o, s:I, s:o}", "file", sl_json_text (file),
                                               "texts", sl_json_texts (texts),
                                               "ms", (json_int_t) MAX (ms, 0),
                                               "error", sl_json_text (problem != NULL ? problem->message : NULL)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- check-in --- */

static const SlCliOption checkin_options[] = {
  { "code", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("by the text of a pass or a booking's code") },
  { "image", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("by a picture of one; every code in it is tried") },
  { "booking", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("by the booking") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("by the member") },
  { "phone", SL_CLI_TEXT, FALSE, N_ ("PHONE"), N_ ("by the member's phone number, with --member-pin") },
  { "member-pin", SL_CLI_TEXT, FALSE, N_ ("PIN"), N_ ("the member's own PIN") },
  { "session", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("which one, where several are open") },
  { "override", SL_CLI_TEXT, FALSE, N_ ("REASON"), N_ ("let them in although it is too late") },
  SL_CLI_OPTIONS_END
};

static gboolean
check_checkin_words (const SlCliCall *call, GError **error)
{
  static const char * const ways[] = { "code", "image", "booking", "member", "phone" };
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    n += sl_cli_has (call, ways[i]);
  if (n != 1)
    {
      g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE,
                           "one of --code, --image, --booking, --member and --phone is needed");
      return FALSE;
    }
  if (sl_cli_has (call, "phone") != sl_cli_has (call, "member-pin"))
    {
      g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--phone and --member-pin go together");
      return FALSE;
    }
  return TRUE;
}

static const SlColumn choice_columns[] = {
  { "session", N_ ("Session"), SL_SHOW_TEXT, NULL },
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "room", N_ ("Room"), SL_SHOW_TEXT, NULL },
  { "free", N_ ("Free"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn checkin_columns[] = {
  { "result", N_ ("Result"), SL_SHOW_TEXT, NULL },
  { "flag", N_ ("Look at"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "room", N_ ("Room"), SL_SHOW_TEXT, NULL },
  { "spots", N_ ("People"), SL_SHOW_TEXT, NULL },
  { "late", N_ ("Late"), SL_SHOW_TEXT, NULL },
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "choices", N_ ("Sessions"), SL_SHOW_ITEMS, choice_columns },
  SL_COLUMNS_END
};

static json_t *
choices_to_json (SlCli *cli, GPtrArray *choices)
{
  json_t *array = json_array ();
  for (guint i = 0; i < choices->len; i++)
    {
      const SlCheckinChoice *choice = g_ptr_array_index (choices, i);
      json_array_append_new (array, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:i}",
                                               "session", sl_json_id (&choice->session_id),
                                               "booking", sl_json_id (&choice->booking_id),
                                               "class", sl_json_text (choice->class_name),
                                               "room", sl_json_text (choice->room_name),
                                               "start", sl_json_time (cli, choice->start_ms, NULL),
                                               "end", sl_json_time (cli, choice->end_ms, NULL),
                                               "free", choice->spots_left));
    }
  return array;
}

/* What a refused check-in adds to its code. */
static void
refuse_checkin (SlCli *cli, const SlCheckinAnswer *answer)
{
  const struct { const char *key; gint64 ms; } times[] = {
    { "opens_ms", answer->opens_ms }, { "closes_ms", answer->closes_ms }, { "until_ms", answer->locked_until_ms },
    { "start_ms", answer->start_ms }, { "at_ms", answer->at_ms },
  };
  (void) sl_refuse (&cli->refusal, answer->result);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (times[i].ms != 0)
      sl_refusal_set_int (&cli->refusal, times[i].key, times[i].ms);
  sl_refusal_set_text (&cli->refusal, "reason", answer->reason);
  sl_refusal_set_text (&cli->refusal, "class", answer->class_name);
  sl_refusal_set_text (&cli->refusal, "location", answer->location_name);
  sl_refusal_set_text (&cli->refusal, "hours", answer->hours_text);
  sl_refusal_set_text (&cli->refusal, "desk", answer->checked_in_at);
}

static void
answer_checkin (SlCli *cli, const SlCheckinAnswer *answer)
{
  cli->answer = json_pack ("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "result", sl_refusal_name (answer->result),
                           "flag", sl_json_text (answer->flag), "member", sl_json_id (&answer->member_id),
                           "booking", sl_json_id (&answer->booking_id), "session", sl_json_id (&answer->session_id),
                           "late", sl_json_bool (answer->late), "at", sl_json_time (cli, answer->at_ms, NULL),
                           "checkin", sl_json_id (&answer->checkin_id));
  json_object_set_new (cli->answer, "first", sl_json_text (answer->first_name));
  json_object_set_new (cli->answer, "name", sl_json_text (answer->short_name));
  json_object_set_new (cli->answer, "class", sl_json_text (answer->class_name));
  json_object_set_new (cli->answer, "room", sl_json_text (answer->room_name));
  json_object_set_new (cli->answer, "start", sl_json_time (cli, answer->start_ms, NULL));
  json_object_set_new (cli->answer, "end", sl_json_time (cli, answer->end_ms, NULL));
  json_object_set_new (cli->answer, "opens", sl_json_time (cli, answer->opens_ms, NULL));
  json_object_set_new (cli->answer, "closes", sl_json_time (cli, answer->closes_ms, NULL));
  json_object_set_new (cli->answer, "late_min", json_integer (answer->late_min));
  json_object_set_new (cli->answer, "spots", json_integer (answer->spots));
  json_object_set_new (cli->answer, "spots_left", answer->spots_left < 0
                       ? json_null () : json_integer (answer->spots_left));
  if (answer->choices != NULL)
    json_object_set_new (cli->answer, "choices", choices_to_json (cli, answer->choices));
  if (answer->result != SL_REFUSAL_NONE)
    refuse_checkin (cli, answer);
}

/* Of the codes in one picture the one that says most stands: somebody else's code beside ours says little. */
static guint
says (const SlCheckinAnswer *answer)
{
  switch (answer->result)
    {
    case SL_REFUSAL_BAD_CODE: return 0;
    case SL_REFUSAL_FOREIGN_CODE: return 1;
    case SL_REFUSAL_WRONG_CODE_KIND: return 2;
    default: return 3;
    }
}

/* Tries the codes of a picture until one lets somebody in. */
static gboolean
checkin_image (SlCli *cli, SlCheckinRequest *request, const char *file, SlCheckinAnswer **out_answer, GError **error)
{
  g_autoptr (SlDecoder) decoder = sl_decoder_new ();
  cli->file = file;
  g_autoptr (GPtrArray) texts = sl_scan_file (decoder, file, error);
  if (texts == NULL)
    return FALSE;
  cli->file = NULL;   /* it was read: what goes wrong from here on is not its fault */
  if (texts->len == 0)
    g_ptr_array_add (texts, g_strdup (""));   /* no code in it: the door says so of an empty one */
  for (guint i = 0; i < texts->len; i++)
    {
      g_autoptr (SlCheckinAnswer) answer = NULL;
      request->code = g_ptr_array_index (texts, i);
      if (!sl_checkin (cli->engine, request, &answer, error))
        return FALSE;
      gboolean in = answer->result == SL_REFUSAL_NONE;
      if (in || *out_answer == NULL || says (answer) > says (*out_answer))
        {
          g_clear_pointer (out_answer, sl_checkin_answer_free);
          *out_answer = g_steal_pointer (&answer);
        }
      if (in)
        break;
    }
  return TRUE;
}

static gboolean
run_checkin (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlCheckinRequest request = {
    .code = sl_cli_text (call, "code"), .phone = sl_cli_text (call, "phone"),
    .member_pin = sl_cli_text (call, "member-pin"),
    .override_reason = sl_cli_text (call, "override"), .actor = &cli->actor,
  };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  const char *image = sl_cli_text (call, "image");
  if (!sl_cli_option_id (cli, "booking", SL_THING_BOOKING, &request.booking_id, error) ||
      !sl_cli_option_id (cli, "member", SL_THING_MEMBER, &request.member_id, error) ||
      !sl_cli_option_id (cli, "session", SL_THING_SESSION, &request.session_id, error) ||
      (image != NULL ? !checkin_image (cli, &request, image, &answer, error)
                     : !sl_checkin (cli->engine, &request, &answer, error)))
    return FALSE;
  answer_checkin (cli, answer);
  return TRUE;
}

const SlCliCommand sl_cli_door_commands[] = {
  { "checkin", N_ ("check somebody in"),
    N_ ("By a code, a picture of one, a booking, a member, or a phone number with the member's PIN. The answer is on\n"
        "disk when it is printed."),
    NULL, SL_CLI_IN_STUDIO, run_checkin, checkin_options, checkin_columns, "member-pin", check_checkin_words },
  { "scan", N_ ("read the codes in pictures, as the door does; needs no studio"), NULL, "FILE…", SL_CLI_ALONE,
    run_scan, NULL,
    scan_columns },
  { NULL }
};
