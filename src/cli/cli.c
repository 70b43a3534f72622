/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cli"

#include "cli/cli.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "engine/staff.h"

#define DEFAULT_DATA_DIR "/var/lib/studioloop"
#define EXIT_DONE 0
#define EXIT_USAGE 2   /* the other exit statuses stand in the engine's table of codes */

static const SlCliCommand * const tables[] = {
  sl_cli_studio_commands, sl_cli_people_commands, sl_cli_service_commands, sl_cli_schedule_commands,
  sl_cli_money_commands, sl_cli_pay_commands, sl_cli_till_commands, sl_cli_plan_commands, sl_cli_renewal_commands,
  sl_cli_parq_commands, sl_cli_privacy_commands,
  sl_cli_booking_commands,
  sl_cli_door_commands, sl_cli_log_commands, sl_cli_rights_commands, sl_cli_sync_commands,
  sl_cli_attention_commands, sl_cli_clock_commands, sl_cli_one_to_one_commands, sl_cli_import_commands,
  sl_cli_notification_commands, sl_cli_hub_commands, sl_cli_report_commands, sl_cli_around_commands,
  sl_cli_audit_commands, sl_cli_print_commands, sl_cli_receipt_commands,
  NULL
};

/* --- from what happened to one JSON object and an exit status --- */

/* A detail of a refusal: times, whose names end in _ms, become RFC 3339 under the name without it. */
static void
add_detail (SlCli *cli, json_t *error, const char *key, GVariant *value)
{
  g_autofree char *name = g_strdup (key);
  if (json_object_get (error, name) != NULL)
    return;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) && g_str_has_suffix (name, "_ms"))
    {
      name[strlen (name) - strlen ("_ms")] = '\0';
      json_object_set_new (error, name, sl_json_time (cli, g_variant_get_int64 (value), NULL));
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    json_object_set_new (error, name, json_integer (g_variant_get_int64 (value)));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    json_object_set_new (error, name, sl_json_text (g_variant_get_string (value, NULL)));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    json_object_set_new (error, name, sl_json_bool (g_variant_get_boolean (value)));
}

/* verify has run to its end: not the same as a database that cannot be read. */
#define VERIFY_MESSAGE N_ ("The check has found problems.")
#define VERIFY_HINT                                                                                                    \
  N_ ("Each is named. Where it is about a device, attention says what to do; where the file is damaged, restore the "  \
      "newest backup.")

static json_t *
error_object (const SlCodeInfo *info)
{
  json_t *error = json_object ();
  json_object_set_new (error, "code", json_string (info->code));
  json_object_set_new (error, "message", json_string (info->message));
  json_object_set_new (error, "hint", json_string (info->hint));
  return error;
}

/**
 * sl_cli_refusal_to_json:
 * @refusal: a refusal that has a code
 *
 * Returns: (transfer full): code, message, hint and details, as every refused command prints them
 */
json_t *
sl_cli_refusal_to_json (SlCli *cli, const SlRefusal *refusal)
{
  json_t *error = error_object (sl_refusal_info (refusal->code));
  g_autoptr (GVariant) details = sl_refusal_dup_details (refusal);
  if (details == NULL)
    return error;
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_variant_iter_init (&iter, details);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      add_detail (cli, error, key, value);
      g_variant_unref (value);
    }
  return error;
}

/* A file that a command reads and that is not there is bad input: not_found is said of the studio's own things. What
 * GLib itself
 * says of a file is put in our words. */
static SlErrorCode
error_code (SlCli *cli, const GError *error)
{
  if (g_error_matches (error, SL_ERROR, SL_ERROR_NOT_FOUND) && cli->file != NULL)
    return SL_ERROR_BAD_INPUT;
  if (error->domain == SL_ERROR)
    return error->code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    return SL_ERROR_DISK_FULL;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_PERM) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ROFS))
    return SL_ERROR_READ_ONLY;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR) ||
      g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR))
    return SL_ERROR_BAD_INPUT;
  return SL_ERROR_STORAGE;
}

/* The rooms name the line of a file that is wrong in their message: "line 4: …". */
static gint64
line_in_message (const char *message)
{
  const char *at = strstr (message, "line ");
  return at != NULL ? g_ascii_strtoll (at + strlen ("line "), NULL, 10) : 0;
}

static void
add_place (SlCli *cli, json_t *error, const char *message)
{
  gint64 line = line_in_message (message);
  json_object_set_new (error, "file", sl_json_text (cli->file));
  if (line > 0)
    json_object_set_new (error, "line", json_integer (line));
}

static json_t *
bad_rows_to_json (SlCli *cli)
{
  json_t *error = error_object (sl_error_info (SL_ERROR_BAD_INPUT));
  json_object_set_new (error, "reason", sl_json_text (cli->bad_rows));
  add_place (cli, error, cli->bad_rows);
  return error;
}

static json_t *
failure_to_json (SlCli *cli, const GError *failure)
{
  SlErrorCode code = error_code (cli, failure);
  json_t *error = error_object (sl_error_info (code));
  json_object_set_new (error, "reason", sl_json_text (failure->message));
  if (code == SL_ERROR_BAD_INPUT && cli->file != NULL)
    add_place (cli, error, failure->message);
  return error;
}

/* The answer as one line of JSON. */
static GBytes *
compose (SlCli *cli, const GError *failure, int *out_status)
{
  json_t *answer = failure == NULL && cli->answer != NULL ? json_incref (cli->answer) : json_object ();
  *out_status = EXIT_DONE;
  if (failure != NULL)
    {
      *out_status = sl_error_info (error_code (cli, failure))->exit_status;
      json_object_set_new (answer, "error", failure_to_json (cli, failure));
    }
  else if (cli->refusal.code != SL_REFUSAL_NONE)
    {
      *out_status = sl_refusal_info (cli->refusal.code)->exit_status;
      json_object_set_new (answer, "error", sl_cli_refusal_to_json (cli, &cli->refusal));
    }
  else if (cli->bad_rows != NULL)
    {
      *out_status = sl_error_info (SL_ERROR_BAD_INPUT)->exit_status;
      json_object_set_new (answer, "error", bad_rows_to_json (cli));
    }
  else if (cli->found_corrupt)
    {
      *out_status = sl_error_info (SL_ERROR_CORRUPT)->exit_status;
      json_t *error = error_object (sl_error_info (SL_ERROR_CORRUPT));
      json_object_set_new (error, "message", json_string (VERIFY_MESSAGE));
      json_object_set_new (error, "hint", json_string (VERIFY_HINT));
      json_object_set_new (answer, "error", error);
    }
  char *text = json_dumps (answer, JSON_COMPACT);
  json_decref (answer);
  g_assert (text != NULL);   /* every text in it is UTF-8: values.c */
  GBytes *bytes = g_bytes_new (text, strlen (text));
  free (text);
  return bytes;
}

/* --- keys --- */

/* Looks the key up. TRUE with *out_answer: answered before, or refused. TRUE without: the command runs now, inside a
 * transaction. */
static gboolean
begin_keyed (SlCli *cli, GBytes **out_answer, int *out_status, GError **error)
{
  g_autofree char *words = sl_cli_canonical (cli->call);
  g_auto (SlAnswer) before = { 0 };
  if (!sl_keyed_begin (cli->engine, &cli->actor, cli->call->key, words, &before, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    *out_answer = compose (cli, NULL, out_status);
  else if (before.answer != NULL)
    {
      *out_answer = g_steal_pointer (&before.answer);
      *out_status = before.exit_status;
    }
  return TRUE;
}

/* --- what other devices hold --- */

/* Whether a refusal may be answered by asking: an agent runs, and the command is one that is refused as a whole. */
static gboolean
can_ask (SlCli *cli)
{
  return cli->fetcher != NULL && cli->engine != NULL && cli->call->command->needs == SL_CLI_IN_STUDIO
         && !sl_cli_has (cli->call, "dry-run") && cli->fetcher->is_there (cli->fetcher->user_data, cli->data_dir);
}

/* As if it had not run. */
static void
forget_run (SlCli *cli)
{
  sl_refusal_clear (&cli->refusal);
  g_clear_pointer (&cli->answer, json_decref);
  g_clear_pointer (&cli->bad_rows, g_free);
  cli->found_corrupt = FALSE;
}

/* Fetches what the refusal says is elsewhere, within what is left of the time. */
static gboolean
fetch (SlCli *cli, const SlAsk *ask, gint64 until_us)
{
  gint64 left_ms = (until_us - g_get_monotonic_time ()) / 1000;
  return left_ms > 0 && cli->fetcher->fetch (cli->fetcher->user_data, cli->data_dir, ask, left_ms);
}

/* Runs the command; where others hold what it lacks, fetches that and runs it once more. Between two runs no
 * transaction is open: with a key it is begun anew, and *out_answer is set where somebody else has answered meanwhile.
 * The last run makes do with what is here. */
static gboolean
run_asking (SlCli *cli, gboolean keyed, GBytes **out_answer, int *out_status, GError **error)
{
  gboolean asks = can_ask (cli);
  gint64 until_us = g_get_monotonic_time () + SL_CLI_FETCH_MS * G_GINT64_CONSTANT (1000);
  SlAsk ask, before = { 0 };
  for (guint fetches = 0;; fetches++)
    {
      if (cli->engine != NULL)
        sl_engine_set_can_ask (cli->engine, asks);
      if (!cli->call->command->run (cli, cli->call, error))
        return FALSE;
      if (!asks || !sl_ask_from_refusal (&cli->refusal, &ask))
        return TRUE;
      if (keyed)
        sl_keyed_abandon (cli->engine);
      asks = fetches < SL_CLI_FETCHES_MAX && !sl_ask_equal (&ask, &before) && fetch (cli, &ask, until_us);
      before = ask;
      forget_run (cli);
      if (keyed && (!begin_keyed (cli, out_answer, out_status, error) || *out_answer != NULL))
        return *out_answer != NULL;
    }
}

static gboolean
run_inside (SlCli *cli, GBytes **out_answer, int *out_status, GError **error)
{
  if (!run_asking (cli, TRUE, out_answer, out_status, error))
    {
      sl_keyed_abandon (cli->engine);
      return FALSE;
    }
  if (*out_answer != NULL)
    return TRUE;
  g_autoptr (GBytes) answer = compose (cli, NULL, out_status);
  if (!sl_keyed_finish (cli->engine, *out_status, answer, error))
    return FALSE;
  *out_answer = g_steal_pointer (&answer);
  return TRUE;
}

/* Where the command has transactions of its own, or is what makes the studio: its answer is kept right after it. Of
 * two at once with one
 * key the first answer stands for both. */
static gboolean
run_around (SlCli *cli, GBytes **out_answer, int *out_status, GError **error)
{
  if (cli->engine != NULL)
    sl_keyed_abandon (cli->engine);
  if (cli->call->command->needs == SL_CLI_FOUNDS)   /* what was there is not in the way of what comes */
    g_clear_pointer (&cli->engine, sl_engine_close);
  if (!run_asking (cli, FALSE, out_answer, out_status, error))
    return FALSE;
  g_autoptr (GBytes) answer = compose (cli, NULL, out_status);
  int status = *out_status;
  if (cli->engine == NULL && (cli->engine = sl_engine_open (cli->data_dir, cli->world, NULL)) == NULL)
    {
      *out_answer = g_steal_pointer (&answer);   /* refused, and there is no studio to keep it in */
      return TRUE;
    }
  if (!begin_keyed (cli, out_answer, out_status, error))
    return FALSE;
  if (*out_answer != NULL)
    return TRUE;
  *out_status = status;
  if (!sl_keyed_finish (cli->engine, status, answer, error))
    return FALSE;
  *out_answer = g_steal_pointer (&answer);
  return TRUE;
}

/* What the command prepares it prepares outside of the key's transaction, which is begun again after it. */
static gboolean
prepare_anew (SlCli *cli, GBytes **out_answer, int *out_status, GError **error)
{
  sl_keyed_abandon (cli->engine);
  return cli->call->command->prepare (cli, cli->call, error) && begin_keyed (cli, out_answer, out_status, error);
}

static gboolean
run_keyed (SlCli *cli, GBytes **out_answer, int *out_status, GError **error)
{
  const SlCliCommand *command = cli->call->command;
  gboolean around = command->needs == SL_CLI_AROUND || command->needs == SL_CLI_FOUNDS ||
                    (command->around_with != NULL && sl_cli_has (cli->call, command->around_with));
  if (*cli->call->key == '\0')
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--key: an empty key is none");
      return FALSE;
    }
  if (cli->engine != NULL && !begin_keyed (cli, out_answer, out_status, error))
    return FALSE;
  if (*out_answer != NULL)
    return TRUE;
  if (command->prepare != NULL && !prepare_anew (cli, out_answer, out_status, error))
    return FALSE;
  if (*out_answer != NULL)
    return TRUE;
  return around ? run_around (cli, out_answer, out_status, error) : run_inside (cli, out_answer, out_status, error);
}

/* --- one command --- */

/**
 * sl_cli_find_actor:
 * @cli: with a studio open
 * @error: return location
 *
 * Fills the actor: an owner, or the person of --staff where the PIN is theirs.
 *
 * Returns: %FALSE on failure; %TRUE with a refusal where it is not
 */
gboolean
sl_cli_find_actor (SlCli *cli, GError **error)
{
  sl_actor_init_owner (&cli->actor);
  if (cli->call->staff == NULL)
    return TRUE;
  SlId staff;
  if (!sl_engine_resolve_id (cli->engine, SL_THING_STAFF, cli->call->staff, &staff, error))
    return FALSE;
  const char *pin = cli->call->pin != NULL ? cli->call->pin : g_getenv ("STUDIOLOOP_PIN");
  return sl_staff_authenticate (cli->engine, &staff, pin != NULL ? pin : "", &cli->actor, &cli->refusal, error);
}

/* TRUE with refusal NONE: whoever was named beside the actor has proved to be there. */
static gboolean
find_approver (SlCli *cli, GError **error)
{
  if (cli->call->approver == NULL || cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  SlId staff;
  if (!sl_engine_resolve_id (cli->engine, SL_THING_STAFF, cli->call->approver, &staff, error))
    return FALSE;
  const char *pin = cli->call->approver_pin != NULL ? cli->call->approver_pin : g_getenv ("STUDIOLOOP_APPROVER_PIN");
  return sl_staff_approve (cli->engine, &cli->actor, &staff, pin != NULL ? pin : "", &cli->refusal, error);
}

/* Opens what the command needs. TRUE with refusal NONE: it may run. */
static gboolean
prepare (SlCli *cli, GError **error)
{
  sl_actor_init_owner (&cli->actor);
  switch (cli->call->command->needs)
    {
    case SL_CLI_ALONE:
      return TRUE;
    case SL_CLI_FOUNDS:
      if (cli->call->key != NULL)   /* the answer of a first time is in the studio that it made */
        cli->engine = sl_engine_open (cli->data_dir, cli->world, NULL);
      return TRUE;
    case SL_CLI_IN_STUDIO:
    case SL_CLI_AROUND:
      cli->engine = sl_engine_open (cli->data_dir, cli->world, error);
      return cli->engine != NULL && sl_cli_find_actor (cli, error) && find_approver (cli, error);
    }
  g_return_val_if_reached (FALSE);
}

static GBytes *
run_command (SlCli *cli, int *out_status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  if (prepare (cli, &error) && cli->refusal.code == SL_REFUSAL_NONE)
    {
      if (cli->call->key != NULL && cli->call->command->needs != SL_CLI_ALONE)
        (void) run_keyed (cli, &answer, out_status, &error);
      else if (cli->call->command->prepare == NULL || cli->call->command->prepare (cli, cli->call, &error))
        (void) run_asking (cli, FALSE, &answer, out_status, &error);
    }
  return answer != NULL ? g_steal_pointer (&answer) : compose (cli, error, out_status);
}

/* --- the streams --- */

static void
print_for_people (SlCli *cli, GBytes *answer, GString *out, GString *err)
{
  gsize length;
  const char *text = g_bytes_get_data (answer, &length);
  g_autoptr (json_t) object = json_loadb (text, length, 0, NULL);
  g_return_if_fail (json_is_object (object));
  json_t *error = json_object_get (object, "error");
  json_t *items = json_object_get (object, "items");
  if (error != NULL && items == NULL && json_object_get (object, "problems") == NULL
      && json_object_get (object, "refused") == NULL)
    {
      sl_show_error (error, err);
      return;
    }
  const char *currency = cli->engine != NULL ? sl_engine_currency (cli->engine) : NULL;
  if (error == NULL && cli->call->command->show != NULL)
    cli->call->command->show (object, out);
  else
    sl_show_answer (cli->call->command->columns, object, currency, out);
  if (error != NULL)
    sl_show_error (error, err);
}

static void
print_answer (SlCli *cli, GBytes *answer, GString *out, GString *err)
{
  if (!cli->call->json)
    {
      print_for_people (cli, answer, out, err);
      return;
    }
  g_string_append_len (out, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  g_string_append_c (out, '\n');
}

static int
say_wrong_words (const SlCliCall *call, const GError *error, GString *err)
{
  g_string_append (err, "studioloop: ");
  sl_show_append_safe (err, error->message);
  g_string_append_c (err, '\n');
  sl_help_usage (tables, call, err);
  return EXIT_USAGE;
}

/**
 * sl_cli_main_asking:
 * @argv: the words, the program's name first
 * @world: clock and random
 * @fetcher: (nullable): asks other devices for what a command lacks
 * @out: what goes to standard output: the answer
 * @err: what goes to standard error: what is wrong
 *
 * Runs one command. The same answer is made for people and for programs: people's is a rendering of the JSON.
 *
 * Returns: the exit status
 */
int
sl_cli_main_asking (int argc, const char * const *argv, SlWorld *world, const SlCliFetcher *fetcher, GString *out,
                    GString *err)
{
  g_auto (SlCliCall) call = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean read = sl_cli_parse (tables, argc, argv, &call, &error);
  if (!read && error->domain == SL_CLI_ERROR)
    return say_wrong_words (&call, error, err);
  if (call.version)
    g_string_append (out, "studioloop " SL_VERSION "\n");
  else if (call.help)
    sl_help_full (tables, &call, out);
  if (call.version || call.help)
    return EXIT_DONE;

  const char *data_dir = call.data != NULL ? call.data : g_getenv ("STUDIOLOOP_DATA");
  SlCli cli = { .call = &call, .world = world, .fetcher = fetcher,
                .data_dir = data_dir != NULL && *data_dir != '\0' ? data_dir : DEFAULT_DATA_DIR };
  int status;
  g_autoptr (GBytes) answer = read ? run_command (&cli, &status) : compose (&cli, error, &status);
  print_answer (&cli, answer, out, err);
  sl_refusal_clear (&cli.refusal);
  sl_actor_clear (&cli.actor);
  g_clear_pointer (&cli.answer, json_decref);
  g_clear_pointer (&cli.bad_rows, g_free);
  g_clear_pointer (&cli.prepared, cli.prepared_free);
  g_clear_pointer (&cli.engine, sl_engine_close);
  return status;
}

/**
 * sl_cli_main:
 *
 * As sl_cli_main_asking(), where nobody can ask.
 *
 * Returns: the exit status
 */
int
sl_cli_main (int argc, const char * const *argv, SlWorld *world, GString *out, GString *err)
{
  return sl_cli_main_asking (argc, argv, world, NULL, out, err);
}
