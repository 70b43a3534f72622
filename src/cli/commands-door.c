/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-door"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/checkin.h"
#include "engine/occupancy.h"
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
  { "booking", SL_CLI_LIST, FALSE, N_ ("ID"), N_ ("by the booking; several are checked in together") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("by the member") },
  { "phone", SL_CLI_TEXT, FALSE, N_ ("PHONE"),
    N_ ("by the member's phone number, with --member-pin or --birth-date") },
  { "member-pin", SL_CLI_TEXT, FALSE, N_ ("PIN"), N_ ("the member's own PIN") },
  { "birth-date", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("or the day they were born, as 1990-12-31") },
  { "session", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("which one, where several are open") },
  { "book", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("book a free spot of it where they have no booking") },
  { "pay", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("take the drop-in price by cash, card, eft, qr, voucher or account") },
  { "override", SL_CLI_TEXT, FALSE, N_ ("REASON"), N_ ("let them in although it is too late, or was cancelled") },
  SL_CLI_OPTIONS_END
};

static gboolean
wrong_words (GError **error, const char *message)
{
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, message);
  return FALSE;
}

static gboolean
check_checkin_words (const SlCliCall *call, GError **error)
{
  static const char * const ways[] = { "code", "image", "booking", "member", "phone" };
  GPtrArray *bookings = sl_cli_list (call, "booking");
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    n += sl_cli_has (call, ways[i]);
  if (n != 1)
    return wrong_words (error, "one of --code, --image, --booking, --member and --phone is needed");
  if (sl_cli_has (call, "phone") != (sl_cli_has (call, "member-pin") || sl_cli_has (call, "birth-date"))
      || (sl_cli_has (call, "member-pin") && sl_cli_has (call, "birth-date")))
    return wrong_words (error, "--phone and one of --member-pin and --birth-date go together");
  if (sl_cli_has (call, "book") && (bookings != NULL || sl_cli_has (call, "session")))
    return wrong_words (error, "--book names the session, for somebody who has no booking");
  if (sl_cli_has (call, "pay") && !sl_cli_has (call, "book"))
    return wrong_words (error, "--pay goes with --book");
  if (bookings != NULL && bookings->len > 1 && sl_cli_has (call, "session"))
    return wrong_words (error, "--session goes with one --booking");
  return TRUE;
}

static const SlColumn choice_columns[] = {
  { "session", N_ ("Session"), SL_SHOW_TEXT, NULL },
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "opens", N_ ("Check-in from"), SL_SHOW_TIME, NULL },
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
      json_array_append_new (array, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}",
                                               "session", sl_json_id (&choice->session_id),
                                               "booking", sl_json_id (&choice->booking_id),
                                               "class", sl_json_text (choice->class_name),
                                               "room", sl_json_text (choice->room_name),
                                               "start", sl_json_time (cli, choice->start_ms, NULL),
                                               "end", sl_json_time (cli, choice->end_ms, NULL),
                                               "opens", sl_json_time (cli, choice->opens_ms, NULL),
                                               "free", choice->spots_left));
    }
  return array;
}

/* What a refused check-in adds to its code. */
static void
refuse_checkin (SlRefusal *refusal, const SlCheckinAnswer *answer)
{
  char staff[SL_ID_TEXT_BYTES];
  const struct { const char *key; gint64 ms; } times[] = {
    { "opens_ms", answer->opens_ms }, { "closes_ms", answer->closes_ms }, { "until_ms", answer->locked_until_ms },
    { "start_ms", answer->start_ms }, { "at_ms", answer->at_ms },
  };
  (void) sl_refuse (refusal, answer->result);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (times[i].ms != 0)
      sl_refusal_set_int (refusal, times[i].key, times[i].ms);
  sl_refusal_set_text (refusal, "reason", answer->reason);
  sl_refusal_set_text (refusal, "class", answer->class_name);
  sl_refusal_set_text (refusal, "location", answer->location_name);
  sl_refusal_set_text (refusal, "hours", answer->hours_text);
  sl_refusal_set_text (refusal, "desk", answer->checked_in_at);
  if (!sl_id_is_none (&answer->staff_id))
    sl_refusal_set_text (refusal, "staff", sl_id_format (&answer->staff_id, staff));
}

static json_t *
checkin_to_json (SlCli *cli, const SlCheckinAnswer *answer)
{
  json_t *said = json_pack ("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "result", sl_refusal_name (answer->result),
                           "flag", sl_json_text (answer->flag), "member", sl_json_id (&answer->member_id),
                           "booking", sl_json_id (&answer->booking_id), "session", sl_json_id (&answer->session_id),
                           "late", sl_json_bool (answer->late), "at", sl_json_time (cli, answer->at_ms, NULL),
                           "checkin", sl_json_id (&answer->checkin_id));
  json_object_set_new (said, "first", sl_json_text (answer->first_name));
  json_object_set_new (said, "name", sl_json_text (answer->short_name));
  json_object_set_new (said, "class", sl_json_text (answer->class_name));
  json_object_set_new (said, "room", sl_json_text (answer->room_name));
  json_object_set_new (said, "start", sl_json_time (cli, answer->start_ms, NULL));
  json_object_set_new (said, "end", sl_json_time (cli, answer->end_ms, NULL));
  json_object_set_new (said, "opens", sl_json_time (cli, answer->opens_ms, NULL));
  json_object_set_new (said, "closes", sl_json_time (cli, answer->closes_ms, NULL));
  json_object_set_new (said, "late_min", json_integer (answer->late_min));
  json_object_set_new (said, "spots", json_integer (answer->spots));
  json_object_set_new (said, "spots_left", answer->spots_left < 0
                       ? json_null () : json_integer (answer->spots_left));
  if (answer->choices != NULL)
    json_object_set_new (said, "choices", choices_to_json (cli, answer->choices));
  if (answer->booked)
    json_object_set_new (said, "booked", json_true ());
  return said;
}

static void
answer_checkin (SlCli *cli, const SlCheckinAnswer *answer)
{
  cli->answer = checkin_to_json (cli, answer);
  if (answer->result != SL_REFUSAL_NONE)
    refuse_checkin (&cli->refusal, answer);
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

/* Several from the roster: each has its result, and a refused one its error too. Where nobody was let in the command is
 * refused, by the first one's code. */
static void
answer_batch (SlCli *cli, GPtrArray *answers)
{
  json_t *items = json_array ();
  guint n_in = 0;

  for (guint i = 0; i < answers->len; i++)
    {
      const SlCheckinAnswer *answer = g_ptr_array_index (answers, i);
      json_t *item = checkin_to_json (cli, answer);
      g_auto (SlRefusal) refusal = { 0 };
      if (answer->result == SL_REFUSAL_NONE)
        n_in++;
      else
        {
          refuse_checkin (&refusal, answer);
          json_object_set_new (item, "error", sl_cli_refusal_to_json (cli, &refusal));
        }
      json_array_append_new (items, item);
    }
  cli->answer = json_pack ("{s:o, s:o, s:o}", "items", items, "checked_in", sl_json_count (n_in),
                           "refused", sl_json_count (answers->len - n_in));
  if (n_in > 0)
    return;
  const SlCheckinAnswer *first = g_ptr_array_index (answers, 0);
  json_object_set_new (cli->answer, "result", json_string (sl_refusal_name (first->result)));
  refuse_checkin (&cli->refusal, first);
}

static gboolean
checkin_batch (SlCli *cli, GPtrArray *texts, const char *override_reason, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (GPtrArray) answers = NULL;

  for (guint i = 0; i < texts->len; i++)
    {
      SlId id;
      if (!sl_engine_resolve_id (cli->engine, SL_THING_BOOKING, g_ptr_array_index (texts, i), &id, error))
        {
          g_prefix_error (error, "--booking: ");
          return FALSE;
        }
      g_array_append_val (ids, id);
    }
  if (!sl_checkin_batch (cli->engine, &cli->actor, (const SlId *) ids->data, ids->len, override_reason, &answers,
                         error))
    return FALSE;
  answer_batch (cli, answers);
  return TRUE;
}

static gboolean
run_checkin (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlCheckinRequest request = {
    .code = sl_cli_text (call, "code"), .phone = sl_cli_text (call, "phone"),
    .member_pin = sl_cli_text (call, "member-pin"), .birth_date = sl_cli_text (call, "birth-date"),
    .payment_method = sl_cli_text (call, "pay"), .override_reason = sl_cli_text (call, "override"),
    .actor = &cli->actor,
  };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  const char *image = sl_cli_text (call, "image");
  GPtrArray *bookings = sl_cli_list (call, "booking");
  if (bookings != NULL && bookings->len > 1)
    return checkin_batch (cli, bookings, request.override_reason, error);
  if (!sl_cli_option_id (cli, "booking", SL_THING_BOOKING, &request.booking_id, error) ||
      !sl_cli_option_id (cli, "member", SL_THING_MEMBER, &request.member_id, error) ||
      !sl_cli_option_id (cli, "session", SL_THING_SESSION, &request.session_id, error) ||
      !sl_cli_option_id (cli, "book", SL_THING_SESSION, &request.book_session_id, error) ||
      (image != NULL ? !checkin_image (cli, &request, image, &answer, error)
                     : !sl_checkin (cli->engine, &request, &answer, error)))
    return FALSE;
  answer_checkin (cli, answer);
  return TRUE;
}

/* --- leaving --- */

/* A booking's id or a member's: what one is the other is not. */
static gboolean
run_leave (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GError) no_booking = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlId booking = sl_id_none, member = sl_id_none;
  if (!sl_cli_argument_id (cli, 0, SL_THING_BOOKING, &booking, &no_booking))
    {
      booking = sl_id_none;
      if (!g_error_matches (no_booking, SL_ERROR, SL_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&no_booking));
          return FALSE;
        }
      if (!sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error))
        return FALSE;
    }
  if (!sl_checkin_leave (cli->engine, &cli->actor, &booking, &member, &answer, error))
    return FALSE;
  answer_checkin (cli, answer);
  return TRUE;
}

/* --- who is in --- */

static const SlCliOption occupancy_options[] = {
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (here)") },
  SL_CLI_OPTIONS_END
};

static const SlColumn inside_columns[] = {
  { "class", N_ ("Class"), SL_SHOW_TEXT, NULL },
  { "start", N_ ("Start"), SL_SHOW_TIME, NULL },
  { "end", N_ ("End"), SL_SHOW_TIME, NULL },
  { "room", N_ ("Room"), SL_SHOW_TEXT, NULL },
  { "people", N_ ("People"), SL_SHOW_TEXT, NULL },
  { "session", N_ ("Session"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn occupancy_columns[] = {
  { "name", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "occupancy", N_ ("People"), SL_SHOW_TEXT, NULL },
  { "sessions", N_ ("Sessions"), SL_SHOW_ITEMS, inside_columns },
  SL_COLUMNS_END
};

static gboolean
run_occupancy (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlOccupancy) occupancy = NULL;
  SlId location;
  if (!sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error) ||
      !sl_occupancy_count (cli->engine, &cli->actor, &location, &occupancy, &cli->refusal, error))
    return FALSE;
  if (occupancy == NULL)
    return TRUE;
  json_t *sessions = json_array ();
  for (guint i = 0; i < occupancy->sessions->len; i++)
    {
      const SlOccupancySession *session = g_ptr_array_index (occupancy->sessions, i);
      json_array_append_new (sessions, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:i}",
                                                  "session", sl_json_id (&session->session_id),
                                                  "class", sl_json_text (session->class_name),
                                                  "room", sl_json_text (session->room_name),
                                                  "start", sl_json_time (cli, session->start_ms, NULL),
                                                  "end", sl_json_time (cli, session->end_ms, NULL),
                                                  "people", session->people));
    }
  cli->answer = json_pack ("{s:o, s:o, s:i, s:o}", "location", sl_json_id (&occupancy->location_id),
                           "name", sl_json_text (occupancy->location_name), "occupancy", occupancy->people,
                           "sessions", sessions);
  return TRUE;
}

const SlCliCommand sl_cli_door_commands[] = {
  { "checkin", N_ ("check somebody in"),
    N_ ("By a code, a picture of one, bookings, a member, or a phone number with the member's PIN or birth date. The\n"
        "answer is on disk when it is printed. With --book both the booking and the check-in are made, or neither."),
    NULL, SL_CLI_IN_STUDIO, run_checkin, checkin_options, checkin_columns, "phone", check_checkin_words },
  { "leave", N_ ("record that somebody has gone"), NULL, "BOOKING|MEMBER", SL_CLI_IN_STUDIO, run_leave, NULL,
    checkin_columns },
  { "occupancy", N_ ("count who is checked in and not out, by session"), NULL, NULL, SL_CLI_IN_STUDIO, run_occupancy,
    occupancy_options, occupancy_columns },
  { "scan", N_ ("read the codes in pictures, as the door does; needs no studio"), NULL, "FILE…", SL_CLI_ALONE,
    run_scan, NULL,
    scan_columns },
  { NULL }
};
