/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-parq"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "core/small-file.h"
#include "engine/parq.h"

#define FILE_MAX_BYTES 65536 /* far more than answers may be: they are read whole */

static const SlCliOption answer_options[] = {
  { "answers", SL_CLI_TEXT, TRUE, N_ ("JSON-OR-FILE"), N_ ("one JSON object, question to answer, or a file of it") },
  SL_CLI_OPTIONS_END
};

static const SlColumn parq_columns[] = {
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "answered", N_ ("Answered"), SL_SHOW_TIME, NULL },
  { "valid_until", N_ ("Counts until"), SL_SHOW_TIME, NULL },
  { "valid", N_ ("Counts now"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--answers: %s", message);
  return FALSE;
}

/* The JSON itself begins with a brace; all else is a file's name. */
static gboolean
read_text (const char *word, char **out_text, GError **error)
{
  gsize length;
  if (*word == '{')
    {
      *out_text = g_strdup (word);
      return TRUE;
    }
  *out_text = sl_small_file_read (word, FILE_MAX_BYTES, &length, error);
  if (*out_text == NULL)
    {
      g_prefix_error (error, "--answers: ");
      return FALSE;
    }
  if (strlen (*out_text) == length)
    return TRUE;
  g_clear_pointer (out_text, g_free);
  return bad_input (error, "the file is no JSON object of answers");
}

/* (transfer full): the answers on one line, sorted by question; NULL with error. */
static char *
read_answers (const char *word, GError **error)
{
  g_autofree char *text = NULL;
  json_error_t problem;
  const char *question;
  json_t *value;
  if (!read_text (word, &text, error))
    return NULL;
  json_t *answers = json_loads (text, JSON_REJECT_DUPLICATES, &problem);
  gboolean sound = json_is_object (answers) && json_object_size (answers) > 0;
  if (sound)
    json_object_foreach (answers, question, value)
      sound = sound && *question != '\0' && (json_is_boolean (value) || json_is_string (value));
  char *dumped = sound ? json_dumps (answers, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  char *line = g_strdup (dumped);
  free (dumped);
  if (answers == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--answers: line %d: %s", problem.line, problem.text);
  else if (!sound)
    (void) bad_input (error, "one JSON object, each question with true, false or a text");
  json_decref (answers);
  return line;
}

static gboolean
answer_parq (SlCli *cli, const SlId *member, GError **error)
{
  g_autoptr (SlParq) parq = NULL;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_parq_show (cli->engine, &cli->actor, member, &parq, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *answers = parq->answers != NULL ? json_loads (parq->answers, 0, NULL) : NULL;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o, s:o}", "member", sl_json_id (&parq->member_id),
                           "answers", answers != NULL ? answers : sl_json_text (parq->answers),
                           "answered", sl_json_time (cli, parq->answered_ms, NULL),
                           "valid_until", sl_json_time (cli, parq->valid_until_ms, NULL),
                           "valid", sl_json_bool (parq->valid));
  return TRUE;
}

static gboolean
run_parq_answer (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  g_autofree char *answers = read_answers (sl_cli_text (call, "answers"), error);
  return answers != NULL && sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error) &&
         sl_parq_answer (cli->engine, &cli->actor, &member, answers, &cli->refusal, error) &&
         answer_parq (cli, &member, error);
}

static gboolean
run_parq_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error) && answer_parq (cli, &member, error);
}

const SlCliCommand sl_cli_parq_commands[] = {
  { "parq answer", N_ ("take down a member's answers to the health questions"),
    N_ ("They count for parq_months, are kept sealed, and go with the member's data."), "MEMBER", SL_CLI_IN_STUDIO,
    run_parq_answer, answer_options, parq_columns },
  { "parq show", N_ ("show a member's answers to the health questions"), NULL, "MEMBER", SL_CLI_IN_STUDIO,
    run_parq_show, NULL, parq_columns },
  { NULL }
};
