/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-log"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "cli/values.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/run-due.h"
#include "engine/studio.h"

/* --- upkeep and checks --- */

static const SlColumn due_columns[] = {
  { "expired_holds", N_ ("Holds expired"), SL_SHOW_TEXT, NULL },
  { "cancelled_sessions", N_ ("Bookings of cancelled sessions given back"), SL_SHOW_TEXT, NULL },
  { "erased_members", N_ ("Bookings of erased members given back"), SL_SHOW_TEXT, NULL },
  { "no_shows", N_ ("No-shows"), SL_SHOW_TEXT, NULL },
  { "expired_credits", N_ ("Lots of credits expired"), SL_SHOW_TEXT, NULL },
  { "duplicates", N_ ("Double bookings dropped"), SL_SHOW_TEXT, NULL },
  { "debts_paid", N_ ("Spots passed to devices that owe some"), SL_SHOW_TEXT, NULL },
  { "offered", N_ ("Spots offered to those who waited"), SL_SHOW_TEXT, NULL },
  { "expired_waiting", N_ ("Waited until the start"), SL_SHOW_TEXT, NULL },
  { "trust_settled", N_ ("Bookings on trust paid"), SL_SHOW_TEXT, NULL },
  { "trust_passed", N_ ("Bookings on trust given credits"), SL_SHOW_TEXT, NULL },
  { "acknowledged", N_ ("Revocations acknowledged"), SL_SHOW_TEXT, NULL },
  { "reclaimed", N_ ("Devices taken over from"), SL_SHOW_TEXT, NULL },
  { "renewals", N_ ("Memberships renewed"), SL_SHOW_TEXT, NULL },
  { "renewal_tries", N_ ("Payments of memberships and packages tried again or given up"), SL_SHOW_TEXT, NULL },
  { "plan_credits", N_ ("Plans' credits granted or taken back"), SL_SHOW_TEXT, NULL },
  { "package_renewals", N_ ("Packages renewed"), SL_SHOW_TEXT, NULL },
  { "package_credits", N_ ("Credits of packages that were paid"), SL_SHOW_TEXT, NULL },
  { "standing", N_ ("Standing bookings made"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_run_due (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlDueCounts counts = { 0 };
  if (!sl_run_due (cli->engine, &counts, error))
    return FALSE;
  cli->answer = json_pack ("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                           "expired_holds", (json_int_t) counts.holds_expired,
                           "cancelled_sessions", (json_int_t) counts.sessions_released,
                           "erased_members", (json_int_t) counts.erased_members,
                           "no_shows", (json_int_t) counts.no_shows,
                           "expired_credits", (json_int_t) counts.lots_expired,
                           "duplicates", (json_int_t) counts.duplicates,
                           "debts_paid", (json_int_t) counts.debts_paid,
                           "acknowledged", (json_int_t) counts.acknowledged,
                           "reclaimed", (json_int_t) counts.reclaimed);
  json_object_set_new (cli->answer, "renewals", json_integer (counts.renewals));
  json_object_set_new (cli->answer, "renewal_tries", json_integer (counts.renewal_tries));
  json_object_set_new (cli->answer, "plan_credits", json_integer (counts.plan_credits));
  json_object_set_new (cli->answer, "package_renewals", json_integer (counts.package_renewals));
  json_object_set_new (cli->answer, "package_credits", json_integer (counts.package_credits));
  json_object_set_new (cli->answer, "standing", json_integer (counts.standing_booked));
  json_object_set_new (cli->answer, "offered", json_integer (counts.offered));
  json_object_set_new (cli->answer, "expired_waiting", json_integer (counts.queue_expired));
  json_object_set_new (cli->answer, "trust_settled", json_integer (counts.trust_settled));
  json_object_set_new (cli->answer, "trust_passed", json_integer (counts.trust_passed));
  return TRUE;
}

static const SlColumn code_columns[] = {
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  { "exit", N_ ("Exit status"), SL_SHOW_TEXT, NULL },
  { "message", N_ ("Meaning"), SL_SHOW_TEXT, NULL },
  { "hint", N_ ("What to do"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* Scripts get the one English text, people theirs. */
static void
append_code (json_t *items, const SlCodeInfo *info, gboolean for_scripts)
{
  json_array_append_new (items, json_pack ("{s:s, s:i, s:s, s:s}", "code", info->code, "exit", info->exit_status,
                                           "message", for_scripts ? info->message : _ (info->message),
                                           "hint", for_scripts ? info->hint : _ (info->hint)));
}

static gboolean
run_codes (SlCli *cli, const SlCliCall *call, GError **error)
{
  json_t *items = json_array ();
  for (SlRefusalCode code = SL_REFUSAL_NONE + 1; code < SL_REFUSAL_LAST; code++)
    append_code (items, sl_refusal_info (code), call->json);
  for (SlErrorCode code = 0; code < SL_ERROR_REVOKED; code++) /* that one is among the refusals */
    append_code (items, sl_error_info (code), call->json);
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static const SlColumn state_columns[] = {
  { "hash", N_ ("State hash"), SL_SHOW_TEXT, NULL },
  { "vector", N_ ("Operations applied"), SL_SHOW_TEXT, NULL },
  { "unapplied", N_ ("Stored, not applied"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static char *
hash_to_text (const SlHash *hash)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < sizeof hash->bytes; i++)
    g_string_append_printf (text, "%02x", hash->bytes[i]);
  return g_string_free (text, FALSE);
}

static gboolean
run_state_hash (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlHash hash;
  g_autoptr (GArray) chains = NULL;
  if (!sl_exchange_state (cli->engine, &hash, &chains, error))
    return FALSE;
  json_t *vector = json_object (), *unapplied = json_object ();
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      char replica[SL_ID_TEXT_BYTES];
      sl_id_format (&chain->replica, replica);
      if (chain->applied_seq > 0)
        json_object_set_new (vector, replica, sl_json_count (chain->applied_seq));
      if (chain->head_seq > chain->applied_seq)
        json_object_set_new (unapplied, replica, sl_json_count (chain->head_seq - chain->applied_seq));
    }
  g_autofree char *text = hash_to_text (&hash);
  cli->answer = json_pack ("{s:s, s:o, s:o}", "hash", text, "vector", vector, "unapplied", unapplied);
  return TRUE;
}

static const SlColumn quarantine_columns[] = {
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "seq", N_ ("Number"), SL_SHOW_TEXT, NULL },
  { "reason", N_ ("Reason"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn verify_columns[] = {
  { "ok", N_ ("All is well"), SL_SHOW_TEXT, NULL },
  { "operations", N_ ("Operations checked"), SL_SHOW_TEXT, NULL },
  { "problems", N_ ("Problems"), SL_SHOW_TEXT, NULL },
  { "quarantined", N_ ("What others wrote that does not count"), SL_SHOW_ITEMS, quarantine_columns },
  SL_COLUMNS_END
};

static gboolean
run_verify (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlVerifyResult result = { 0 };
  if (!sl_exchange_verify (cli->engine, &result, error))
    return FALSE;
  cli->found_corrupt = result.problems != NULL && result.problems->len > 0;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o}", "ok", sl_json_bool (!cli->found_corrupt),
                           "problems", sl_json_texts (result.problems),
                           "operations", sl_json_count (result.operations),
                           "quarantined", sl_json_quarantined (result.quarantined));
  sl_verify_result_clear (&result);
  return TRUE;
}

/* --- exchange by file --- */

static const SlCliOption export_options[] = {
  { "since", SL_CLI_TEXT, FALSE, N_ ("FILE"),
    N_ ("only what is not in the vector that state-hash printed into this file") },
  { "personal", SL_CLI_FLAG, FALSE, NULL, N_ ("personal fields too, for people to read") },
  SL_CLI_OPTIONS_END
};

static const SlColumn export_columns[] = {
  { "operations", N_ ("Operations"), SL_SHOW_TEXT, NULL },
  { "file", N_ ("File"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_oplog_export (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *file = sl_cli_argument (call, 0), *since_file = sl_cli_text (call, "since");
  g_autoptr (GHashTable) since = NULL;
  SlExportResult result = { 0 };
  cli->file = since_file;
  if (!sl_cli_check_output (file, error))
    return FALSE;
  if (since_file != NULL && (since = sl_exchange_read_vector (since_file, error)) == NULL)
    return FALSE;
  if (!sl_exchange_export (cli->engine, &cli->actor, file, since, sl_cli_has (call, "personal"), &result,
                           &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o}", "operations", sl_json_count (result.operations),
                             "file", sl_json_text (file));
  return TRUE;
}

static const SlColumn import_columns[] = {
  { "operations", N_ ("Operations in the file"), SL_SHOW_TEXT, NULL },
  { "new", N_ ("New"), SL_SHOW_TEXT, NULL },
  { "waiting", N_ ("Waiting for others"), SL_SHOW_TEXT, NULL },
  { "quarantined", N_ ("Not taken"), SL_SHOW_ITEMS, quarantine_columns },
  SL_COLUMNS_END
};

static gboolean
run_oplog_import (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlImportResult result = { 0 };
  cli->file = sl_cli_argument (call, 0);
  if (!sl_exchange_import (cli->engine, &cli->actor, cli->file, &result, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o}", "operations", sl_json_count (result.operations),
                           "new", sl_json_count (result.new_operations), "waiting", sl_json_count (result.waiting),
                           "quarantined", sl_json_quarantined (result.quarantined));
  sl_import_result_clear (&result);
  return TRUE;
}

/* --- devices --- */

static const SlCliOption invite_options[] = {
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("where the new device will stand (this device's location)") },
  SL_CLI_OPTIONS_END
};

static const SlColumn invite_columns[] = {
  { "file", N_ ("Invitation"), SL_SHOW_TEXT, NULL },
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL },
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_device_invite (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId location, organisation, replica;
  const char *file = sl_cli_argument (call, 0);
  if (!sl_cli_check_output (file, error) || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error) ||
      !sl_device_invite (cli->engine, &cli->actor, file, sl_id_is_none (&location) ? NULL : &location, &cli->refusal,
                         error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  sl_engine_get_organisation (cli->engine, &organisation);
  sl_engine_get_replica (cli->engine, &replica);
  cli->answer = json_pack ("{s:o, s:o, s:o}", "org", sl_json_id (&organisation), "replica", sl_json_id (&replica),
                           "file", sl_json_text (file));
  return TRUE;
}

static const SlCliOption join_options[] = {
  { "name", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("what people call this device (the machine's name)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_device_join (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId organisation, replica;
  cli->file = sl_cli_argument (call, 0);
  if (!sl_studio_join (cli->data_dir, cli->world, cli->file, sl_cli_text (call, "name"), &organisation, &replica,
                       &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o}", "org", sl_json_id (&organisation), "replica", sl_json_id (&replica));
  return TRUE;
}

static const SlColumn device_columns[] = {
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "name", N_ ("Name"), SL_SHOW_TEXT, NULL },
  { "location_name", N_ ("Location"), SL_SHOW_TEXT, NULL },
  { "role", N_ ("Role"), SL_SHOW_TEXT, NULL },
  { "own", N_ ("This one"), SL_SHOW_TEXT, NULL },
  { "state", N_ ("State"), SL_SHOW_TEXT, NULL },
  { "applied", N_ ("Operations applied"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const char *
device_state (const SlDevice *device)
{
  return device->taken_over ? "taken_over" : device->revoked ? "revoked" : device->admitted ? "active" : "unknown";
}

static json_t *
device_json (const SlDevice *device)
{
  json_t *json = json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "replica", sl_json_id (&device->id),
                            "name", sl_json_text (device->name), "location", sl_json_id (&device->location_id),
                            "location_name", sl_json_text (device->location_name), "role",
                            sl_json_text (device->role), "own", sl_json_bool (device->own),
                            "admitted", sl_json_bool (device->admitted), "state", device_state (device), "stored",
                            sl_json_count (device->head_seq), "applied", sl_json_count (device->applied_seq));
  if (device->revoked)
    {
      json_object_set_new (json, "cut", sl_json_count (device->cut));
      json_object_set_new (json, "successor", sl_json_id (&device->successor));
      json_object_set_new (json, "waiting_for", sl_json_count (device->waiting_for));
    }
  return json;
}

static gboolean
run_device_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  if (!sl_device_list (cli->engine, &cli->actor, &devices, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = g_ptr_array_index (devices, i);
      json_array_append_new (items, device_json (device));
    }
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static const SlCliOption revoke_options[] = {
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("why: lost, stolen, burnt, replaced") },
  SL_CLI_OPTIONS_END
};

static const SlColumn revoke_columns[] = {
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "state", N_ ("State"), SL_SHOW_TEXT, NULL },
  { "successor", N_ ("Takes over"), SL_SHOW_TEXT, NULL },
  { "waiting_for", N_ ("Devices to hear from"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_device_revoke (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId replica;
  SlDevice *device = NULL;
  if (!sl_cli_argument_id (cli, 0, SL_THING_REPLICA, &replica, error)
      || !sl_device_revoke (cli->engine, &cli->actor, &replica, sl_cli_text (call, "reason"), &device, &cli->refusal,
                            error))
    return FALSE;
  if (device != NULL)
    cli->answer = device_json (device);
  sl_device_free (device);
  return TRUE;
}

/* --- backups --- */

static const SlColumn backup_columns[] = {
  { "file", N_ ("Backup"), SL_SHOW_TEXT, NULL },
  { "bytes", N_ ("Bytes"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_backup (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *file = sl_cli_argument (call, 0);
  if (!sl_cli_check_output (file, error) || !sl_exchange_backup (cli->engine, &cli->actor, file, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  GStatBuf written;
  gint64 bytes = g_stat (file, &written) == 0 ? written.st_size : 0;
  cli->answer = json_pack ("{s:o, s:I}", "file", sl_json_text (file), "bytes", (json_int_t) bytes);
  return TRUE;
}

static const SlCliOption restore_options[] = {
  { "phrase", SL_CLI_TEXT, FALSE, N_ ("WORDS"),
    N_ ("the recovery phrase ($STUDIOLOOP_RECOVERY), where the backup was made by another device") },
  SL_CLI_OPTIONS_END
};

static const SlColumn restore_columns[] = {
  { "aside", N_ ("Old database set aside as"), SL_SHOW_TEXT, NULL },
  { "replica", N_ ("This device is now"), SL_SHOW_TEXT, NULL },
  { "was", N_ ("It was"), SL_SHOW_TEXT, NULL },
  { "made", N_ ("Backup made"), SL_SHOW_TIME, NULL },
  { "operations", N_ ("Operations in it"), SL_SHOW_TEXT, NULL },
  { "replaced", N_ ("Revoked, since it lived here"), SL_SHOW_TEXT, NULL },
  { "missing", N_ ("Operations that lay here and are not in it"), SL_SHOW_TEXT, NULL },
  { "missing_file", N_ ("They are in"), SL_SHOW_TEXT, NULL },
  { "hint", N_ ("What to do"), SL_SHOW_WORDS, NULL },
  SL_COLUMNS_END
};

/* What is lost, and what brings it back. */
static const char *
restore_hint (const SlRestoreResult *restored)
{
  if (restored->missing > 0)
    return N_ ("Exchange logs with the other devices first: what they hold comes back. Then oplog import the file "
               "named: what only this directory held is kept there, for review in attention.");
  return restored->is_read ? N_ ("Exchange logs with the other devices: what they hold comes back.")
                           : N_ ("Exchange logs with the other devices: what they hold comes back. What was done after "
                                 "the backup and never exchanged is lost: do it again.");
}

static gboolean
run_restore (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlRestoreResult restored = { 0 };
  const char *named = sl_cli_text (call, "phrase");
  const char *phrase = named != NULL ? named : g_getenv ("STUDIOLOOP_RECOVERY");
  cli->file = sl_cli_argument (call, 0);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc (); /* no engine is open that knows where this is */
  gboolean done = sl_exchange_restore (cli->data_dir, cli->world, cli->file, phrase, &restored, error);
  if (done)
    cli->answer = json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "aside", sl_json_text (restored.aside),
                             "replica", sl_json_id (&restored.replica), "was", sl_json_id (&restored.was), "made",
                             sl_json_time (cli, restored.made_ms, utc), "operations",
                             sl_json_count (restored.operations), "replaced", sl_json_id (&restored.replaced),
                             "missing", restored.is_read ? sl_json_count (restored.missing) : json_null (),
                             "missing_file", sl_json_text (restored.missing_file), "hint", restore_hint (&restored));
  sl_restore_result_clear (&restored);
  return done;
}

const SlCliCommand sl_cli_log_commands[] = {
  { "run-due", N_ ("write what the clock has made due"),
    N_ ("Expired holds, no-shows, bookings of cancelled sessions, expired credits: of what this device keeps. Safe\n"
        "to call late, twice, anywhere."),
    NULL, SL_CLI_AROUND, run_run_due, NULL, due_columns },
  { "codes", N_ ("list every refusal and error code"), NULL, NULL, SL_CLI_ALONE, run_codes, NULL, code_columns },
  { "state-hash", N_ ("hash the merged state, to compare devices"), NULL, NULL, SL_CLI_AROUND, run_state_hash, NULL,
    state_columns },
  { "verify", N_ ("check the whole data directory"),
    N_ ("The file, the chains and their signatures, rights and credits, and the tables rebuilt from the log and\n"
        "compared. What is wrong is named; the exit status is 6 then. What other devices wrote that does not count\n"
        "is named too, and is no fault of this directory."),
    NULL, SL_CLI_AROUND, run_verify, NULL, verify_columns },
  { "oplog export", N_ ("write all operations held, as JSON lines"),
    N_ ("Personal fields stay sealed unless they are asked for."), "FILE",
    SL_CLI_AROUND, run_oplog_export, export_options, export_columns },
  { "oplog import", N_ ("take operations that another device exported"),
    N_ ("Lines and files may come in any order. What waits for others or is quarantined is counted, and no error."),
    "FILE",
    SL_CLI_AROUND, run_oplog_import, NULL, import_columns },
  { "device invite", N_ ("write an invitation for one more device"),
    N_ ("Whoever holds the file can join once within 24 h: hand it over like a key."), "FILE", SL_CLI_AROUND,
    run_device_invite,
    invite_options, invite_columns },
  { "device join", N_ ("make an empty data directory a device of the studio that invited it"), NULL, "FILE",
    SL_CLI_FOUNDS,
    run_device_join, join_options, invite_columns },
  { "device list", N_ ("list the studio's devices"), NULL, NULL, SL_CLI_IN_STUDIO, run_device_list, NULL,
    device_columns },
  { "device revoke", N_ ("take a device away for good"),
    N_ ("For one that is lost, stolen or burnt. What others had heard of it stands. What it holds passes on once\n"
        "every other device has acknowledged: exchange logs and let each do run-due."),
    "REPLICA", SL_CLI_IN_STUDIO, run_device_revoke, revoke_options, revoke_columns },
  { "backup", N_ ("write a backup, sealed to the recovery phrase and this device"), NULL, "FILE", SL_CLI_AROUND,
    run_backup, NULL,
    backup_columns },
  { "restore", N_ ("go on from a backup, as a new device"),
    N_ ("The file is read before anything is touched; the old database is set aside, not deleted."), "FILE",
    SL_CLI_FOUNDS, run_restore,
    restore_options, restore_columns },
  { NULL }
};
