/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-around"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/incident.h"
#include "engine/note.h"
#include "engine/program.h"

/* Who did it: a staff member's id, or the words for those who have none. */
static json_t *
actor_to_json (const SlId *actor)
{
  const char *word = sl_actor_word (actor);
  return word != NULL ? json_string (word) : sl_json_id (actor);
}

/* --- programs --- */

static const SlColumn exercise_columns[] = {
  { "name", N_ ("Exercise"), SL_SHOW_TEXT, NULL },
  { "sets", N_ ("Sets"), SL_SHOW_TEXT, NULL },
  { "reps", N_ ("Repetitions"), SL_SHOW_TEXT, NULL },
  { "load", N_ ("Load"), SL_SHOW_TEXT, NULL },
  { "note", N_ ("Note"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn progress_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "exercise", N_ ("Exercise"), SL_SHOW_TEXT, NULL },
  { "sets", N_ ("Sets"), SL_SHOW_TEXT, NULL },
  { "reps", N_ ("Repetitions"), SL_SHOW_TEXT, NULL },
  { "load", N_ ("Load"), SL_SHOW_TEXT, NULL },
  { "note", N_ ("Note"), SL_SHOW_TEXT, NULL },
  { "by", N_ ("By"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn program_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "instructor", N_ ("Instructor"), SL_SHOW_TEXT, NULL },
  { "active", N_ ("Active"), SL_SHOW_TEXT, NULL },
  { "created", N_ ("Since"), SL_SHOW_TIME, NULL },
  { "notes", N_ ("Notes"), SL_SHOW_TEXT, NULL },
  { "exercises", N_ ("Exercises"), SL_SHOW_ITEMS, exercise_columns },
  { "progress", N_ ("Progress"), SL_SHOW_ITEMS, progress_columns },
  SL_COLUMNS_END
};

static json_t *
count_to_json (gint64 count)
{
  return count > 0 ? json_integer (count) : json_null ();
}

static void
set_exercise (json_t *json, const char *name_key, const SlExercise *exercise)
{
  json_object_set_new (json, name_key, sl_json_text (exercise != NULL ? exercise->name : NULL));
  json_object_set_new (json, "sets", count_to_json (exercise != NULL ? exercise->sets : 0));
  json_object_set_new (json, "reps", count_to_json (exercise != NULL ? exercise->reps : 0));
  json_object_set_new (json, "load", sl_json_text (exercise != NULL ? exercise->load : NULL));
  json_object_set_new (json, "note", sl_json_text (exercise != NULL ? exercise->note : NULL));
}

static json_t *
program_to_json (SlCli *cli, const SlProgram *program)
{
  json_t *exercises = json_array (), *progress = program->progress != NULL ? json_array () : NULL;
  for (guint i = 0; i < program->exercises->len; i++)
    {
      json_t *one = json_object ();
      set_exercise (one, "name", program->exercises->pdata[i]);
      json_array_append_new (exercises, one);
    }
  for (guint i = 0; progress != NULL && i < program->progress->len; i++)
    {
      const SlProgress *done = program->progress->pdata[i];
      json_t *one = json_pack ("{s:o, s:o}", "id", sl_json_id (&done->id), "at", sl_json_time (cli, done->at_ms, NULL));
      set_exercise (one, "exercise", done->done);
      json_object_set_new (one, "by", actor_to_json (&done->actor));
      json_array_append_new (progress, one);
    }
  json_t *json = json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&program->id), "member",
                            sl_json_id (&program->member_id), "name", sl_json_text (program->name), "instructor",
                            sl_json_id (&program->instructor_id), "active", sl_json_bool (program->active), "created",
                            sl_json_time (cli, program->created_ms, NULL), "notes", sl_json_text (program->notes),
                            "exercises", exercises);
  if (progress != NULL)
    json_object_set_new (json, "progress", progress);
  return json;
}

static gboolean
answer_program (SlCli *cli, const SlId *id, GError **error)
{
  g_autoptr (SlProgram) program = NULL;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_program_show (cli->engine, &cli->actor, id, &program, &cli->refusal, error))
    return FALSE;
  if (program != NULL)
    cli->answer = program_to_json (cli, program);
  return TRUE;
}

#define PROGRAM_OPTIONS \
  { "instructor", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whose program it is (of an instructor: their own)") }, \
  { "exercise", SL_CLI_LIST, FALSE, N_ ("TEXT"), N_ ("“Squat: 3x10 @ 60 kg”, one after the other") }, \
  { "notes", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what else there is to say") }

static const SlCliOption program_add_options[] = {
  { "member", SL_CLI_TEXT, TRUE, N_ ("ID"), N_ ("for whom") },
  { "name", SL_CLI_TEXT, TRUE, N_ ("NAME"), N_ ("what it is called") },
  PROGRAM_OPTIONS,
  SL_CLI_OPTIONS_END
};

static const SlCliOption program_edit_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what it is called") },
  PROGRAM_OPTIONS,
  { "active", SL_CLI_TEXT, FALSE, N_ ("YES-OR-NO"), N_ ("whether it is still followed") },
  SL_CLI_OPTIONS_END
};

/* exercises: what params then points into. */
static gboolean
read_program_params (SlCli *cli, GPtrArray *exercises, SlId *instructor, SlProgramParams *out, GError **error)
{
  const SlCliCall *call = cli->call;
  GPtrArray *texts = sl_cli_list (call, "exercise");
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      SlExercise *exercise = sl_exercise_parse (texts->pdata[i], error);
      if (exercise == NULL)
        {
          g_prefix_error (error, "--exercise: ");
          return FALSE;
        }
      g_ptr_array_add (exercises, exercise);
    }
  out->name = sl_cli_text (call, "name");
  out->notes = sl_cli_text (call, "notes");
  out->exercises = exercises->len > 0 ? (SlExercise *const *) exercises->pdata : NULL;
  out->n_exercises = exercises->len;
  if (!sl_cli_option_id (cli, "instructor", SL_THING_STAFF, instructor, error))
    return FALSE;
  out->instructor = sl_cli_has (call, "instructor") ? instructor : NULL;
  return sl_cli_yes_or_no (call, "active", &out->active, error);
}

static gboolean
run_program_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) exercises = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_exercise_free);
  SlProgramParams params = { 0 };
  SlId member, instructor, id;
  params.member = &member;
  return sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
         && read_program_params (cli, exercises, &instructor, &params, error)
         && sl_program_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error)
         && answer_program (cli, &id, error);
}

static gboolean
run_program_edit (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) exercises = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_exercise_free);
  SlProgramParams params = { 0 };
  SlId instructor, id;
  return sl_cli_argument_id (cli, 0, SL_THING_PROGRAM, &id, error)
         && read_program_params (cli, exercises, &instructor, &params, error)
         && sl_program_edit (cli->engine, &cli->actor, &id, &params, &cli->refusal, error)
         && answer_program (cli, &id, error);
}

static gboolean
run_program_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_PROGRAM, &id, error) && answer_program (cli, &id, error);
}

static const SlCliOption program_list_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only this member's") },
  { "all", SL_CLI_FLAG, FALSE, NULL, N_ ("also those that are over") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_program_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  SlId member;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_program_list (cli->engine, &cli->actor, sl_id_is_none (&member) ? NULL : &member,
                           sl_cli_has (call, "all"), &list, &cli->refusal, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, program_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static const SlCliOption progress_options[] = {
  { "exercise", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("what was done, as “Squat: 3x8 @ 65 kg”") },
  { "note", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("how it went") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_program_progress (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId program, id;
  g_autoptr (SlExercise) done = sl_exercise_parse (sl_cli_text (call, "exercise"), error);
  if (done == NULL)
    {
      g_prefix_error (error, "--exercise: ");
      return FALSE;
    }
  done->note = g_strdup (sl_cli_text (call, "note"));
  if (!sl_cli_argument_id (cli, 0, SL_THING_PROGRAM, &program, error)
      || !sl_program_add_progress (cli->engine, &cli->actor, &program, done, &id, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o}", "id", sl_json_id (&id), "program", sl_json_id (&program));
  return TRUE;
}

/* --- incidents --- */

static const SlColumn closing_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "by", N_ ("By"), SL_SHOW_TEXT, NULL },
  { "resolution", N_ ("What was done"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn incident_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  { "happened", N_ ("When"), SL_SHOW_TIME, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "location", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "by", N_ ("Written down by"), SL_SHOW_TEXT, NULL },
  { "text", N_ ("What happened"), SL_SHOW_TEXT, NULL },
  { "closings", N_ ("Closed"), SL_SHOW_ITEMS, closing_columns },
  SL_COLUMNS_END
};

static json_t *
incident_to_json (SlCli *cli, const SlIncident *incident)
{
  json_t *closings = json_array ();
  for (guint i = 0; i < incident->closings->len; i++)
    {
      const SlIncidentClosing *one = incident->closings->pdata[i];
      json_array_append_new (closings, json_pack ("{s:o, s:o, s:o}", "at", sl_json_time (cli, one->at_ms, NULL), "by",
                                                  actor_to_json (&one->actor), "resolution",
                                                  sl_json_text (one->resolution)));
    }
  return json_pack ("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&incident->id), "happened",
                    sl_json_time (cli, incident->happened_ms, NULL), "kind", incident->kind, "status",
                    incident->closings->len > 0 ? "closed" : "open", "member", sl_json_id (&incident->member_id),
                    "location", sl_json_id (&incident->location_id), "at", sl_json_time (cli, incident->at_ms, NULL),
                    "by", actor_to_json (&incident->actor), "text", sl_json_text (incident->text), "closings",
                    closings);
}

static gboolean
answer_incident (SlCli *cli, const SlId *id, GError **error)
{
  g_autoptr (SlIncident) incident = NULL;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_incident_show (cli->engine, &cli->actor, id, &incident, &cli->refusal, error))
    return FALSE;
  if (incident != NULL)
    cli->answer = incident_to_json (cli, incident);
  return TRUE;
}

static const SlCliOption incident_add_options[] = {
  { "kind", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("equipment, injury or complaint") },
  { "text", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("what happened") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whom it is about (nobody)") },
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where (here)") },
  { "at", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("when (now)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_incident_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlIncidentParams params = { .kind = sl_cli_text (call, "kind"), .text = sl_cli_text (call, "text") };
  SlId member, location, id;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error)
      || !sl_cli_option_time (cli, "at", 0, &params.happened_ms, error))
    return FALSE;
  params.member = sl_id_is_none (&member) ? NULL : &member;
  params.location = sl_id_is_none (&location) ? NULL : &location;
  return sl_incident_add (cli->engine, &cli->actor, &params, &id, &cli->refusal, error)
         && answer_incident (cli, &id, error);
}

static const SlCliOption incident_close_options[] = {
  { "resolution", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("what was done about it; needed") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_incident_close (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_INCIDENT, &id, error)
         && sl_incident_close (cli->engine, &cli->actor, &id, sl_cli_text (call, "resolution"), &cli->refusal, error)
         && answer_incident (cli, &id, error);
}

static gboolean
run_incident_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_INCIDENT, &id, error) && answer_incident (cli, &id, error);
}

static const SlCliOption incident_list_options[] = {
  { "open", SL_CLI_FLAG, FALSE, NULL, N_ ("only those that nobody has closed") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only those about this member") },
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("that happened from then on (any)") },
  { "to", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("that happened before then (any)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_incident_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlIncidentFilter filter = { .open_only = sl_cli_has (call, "open") };
  g_autoptr (GPtrArray) list = NULL;
  SlId member;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_cli_option_time (cli, "from", 0, &filter.from_ms, error)
      || !sl_cli_option_time (cli, "to", 0, &filter.to_ms, error))
    return FALSE;
  filter.member = sl_id_is_none (&member) ? NULL : &member;
  if (!sl_incident_list (cli->engine, &cli->actor, &filter, &list, &cli->refusal, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, incident_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

/* --- notes --- */

static const SlColumn note_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "by", N_ ("By"), SL_SHOW_TEXT, NULL },
  { "member", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "session", N_ ("Session"), SL_SHOW_TEXT, NULL },
  { "text", N_ ("Note"), SL_SHOW_TEXT, NULL },
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
read_note_subject (SlCli *cli, SlId *member, SlId *session, GError **error)
{
  return sl_cli_option_id (cli, "member", SL_THING_MEMBER, member, error)
         && sl_cli_option_id (cli, "session", SL_THING_SESSION, session, error);
}

static const SlCliOption note_add_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("on this member") },
  { "session", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("to this session") },
  { "text", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("the note") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_note_add (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member, session, id;
  if (!read_note_subject (cli, &member, &session, error)
      || !sl_note_add (cli->engine, &cli->actor, sl_id_is_none (&member) ? NULL : &member,
                       sl_id_is_none (&session) ? NULL : &session, sl_cli_text (call, "text"), &id, &cli->refusal,
                       error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o, s:o}", "id", sl_json_id (&id), "member", sl_json_id (&member), "session",
                             sl_json_id (&session));
  return TRUE;
}

static const SlCliOption note_list_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("on this member") },
  { "session", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("to this session") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_note_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  SlId member, session;
  if (!read_note_subject (cli, &member, &session, error)
      || !sl_note_list (cli->engine, &cli->actor, sl_id_is_none (&member) ? NULL : &member,
                        sl_id_is_none (&session) ? NULL : &session, &list, &cli->refusal, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    {
      const SlNote *note = list->pdata[i];
      json_array_append_new (items, json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&note->id), "at",
                                               sl_json_time (cli, note->at_ms, NULL), "by",
                                               actor_to_json (&note->actor), "member", sl_json_id (&note->member_id),
                                               "session", sl_json_id (&note->session_id), "text",
                                               sl_json_text (note->text)));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

const SlCliCommand sl_cli_around_commands[] = {
  { "program add", N_ ("work out a program for a member"),
    N_ ("Its texts are kept sealed and go with the member's data."),
    NULL, SL_CLI_IN_STUDIO, run_program_add, program_add_options, program_columns },
  { "program edit", N_ ("change a program; what is not named stays"), N_ ("Exercises are replaced all together."), "ID",
    SL_CLI_IN_STUDIO, run_program_edit, program_edit_options, program_columns },
  { "program show", N_ ("show a program and what was done of it"), NULL, "ID", SL_CLI_IN_STUDIO, run_program_show, NULL,
    program_columns },
  { "program list", N_ ("list programs"), NULL, NULL, SL_CLI_IN_STUDIO, run_program_list, program_list_options,
    program_columns },
  { "program progress", N_ ("write down what a member did of a program"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_program_progress, progress_options, NULL },
  { "incident add", N_ ("write down what went wrong"),
    N_ ("About a member it is kept sealed and goes with their data."),
    NULL, SL_CLI_IN_STUDIO, run_incident_add, incident_add_options, incident_columns },
  { "incident close", N_ ("say what was done about an incident"), NULL, "ID", SL_CLI_IN_STUDIO, run_incident_close,
    incident_close_options, incident_columns },
  { "incident show", N_ ("show an incident"), NULL, "ID", SL_CLI_IN_STUDIO, run_incident_show, NULL,
    incident_columns },
  { "incident list", N_ ("list what went wrong"), NULL, NULL, SL_CLI_IN_STUDIO, run_incident_list,
    incident_list_options, incident_columns },
  { "note add", N_ ("write a note on a member, to a session, or both"), NULL, NULL, SL_CLI_IN_STUDIO, run_note_add,
    note_add_options, NULL },
  { "note list", N_ ("list the notes on a member or to a session"), NULL, NULL, SL_CLI_IN_STUDIO, run_note_list,
    note_list_options, note_columns },
  { NULL }
};
