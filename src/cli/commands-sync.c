/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-sync"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/exchange.h"
#include "engine/fold.h"

/* Exchange with the other devices of the studio. */

/* What every answer of these commands says. There is no hub yet, so nobody is online or not. */
static gboolean
answer_status (SlCli *cli, json_t *answer, gboolean totals, GError **error)
{
  SlSyncStatus status;
  if (!sl_exchange_sync_status (cli->engine, &status, error))
    {
      json_decref (answer);
      return FALSE;
    }
  json_object_set_new (answer, "org", sl_json_id (&status.organisation));
  json_object_set_new (answer, "replica", sl_json_id (&status.replica));
  if (totals)
    {
      json_object_set_new (answer, "pushed", sl_json_count (status.pushed));
      json_object_set_new (answer, "pulled", sl_json_count (status.pulled));
    }
  json_object_set_new (answer, "pending", sl_json_count (status.pending));
  json_object_set_new (answer, "online", json_null ());
  json_object_set_new (answer, "last", sl_json_time (cli, status.last_ms, NULL));
  cli->answer = answer;
  return TRUE;
}

#define STATUS_COLUMNS                                                                                                 \
  { "pushed", N_ ("Sent"), SL_SHOW_TEXT, NULL }, { "pulled", N_ ("Received"), SL_SHOW_TEXT, NULL },                    \
    { "pending", N_ ("Not known to be held elsewhere yet"), SL_SHOW_TEXT, NULL },                                      \
    { "last", N_ ("Last exchange"), SL_SHOW_TEXT, NULL }, SL_COLUMNS_END

static const SlColumn status_columns[] = {
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL }, { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL }, STATUS_COLUMNS
};

static gboolean
run_sync_status (SlCli *cli, const SlCliCall *call, GError **error)
{
  return answer_status (cli, json_object (), TRUE, error);
}

static const SlCliOption export_options[] = {
  { "since", SL_CLI_TEXT, FALSE, N_ ("FILE"),
    N_ ("only what is not in the vector that state-hash printed into this file") },
  { "snapshot", SL_CLI_FLAG, FALSE, NULL,
    N_ ("the state instead of what every device has had for a month: for one that has little of it") },
  SL_CLI_OPTIONS_END
};

static const SlColumn export_columns[] = {
  { "operations", N_ ("Operations"), SL_SHOW_TEXT, NULL },
  { "folded", N_ ("Operations in a snapshot"), SL_SHOW_TEXT, NULL },
  { "file", N_ ("File"), SL_SHOW_TEXT, NULL },
  STATUS_COLUMNS
};

static gboolean
check_export_words (const SlCliCall *call, GError **error)
{
  if (!sl_cli_has (call, "since") || !sl_cli_has (call, "snapshot"))
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--since and --snapshot exclude one another");
  return FALSE;
}

static gboolean
run_sync_export (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *file = sl_cli_argument (call, 0), *since_file = sl_cli_text (call, "since");
  g_autoptr (GHashTable) since = NULL;
  SlSyncWritten written = { 0 };
  cli->file = since_file;
  gboolean snapshot = sl_cli_has (call, "snapshot");
  if (!sl_cli_check_output (file, error))
    return FALSE;
  if (since_file != NULL && (since = sl_exchange_read_vector (since_file, error)) == NULL)
    return FALSE;
  if (snapshot ? !sl_fold_export (cli->engine, &cli->actor, file, &written, &cli->refusal, error)
               : !sl_exchange_sync_export (cli->engine, &cli->actor, file, since, &written, &cli->refusal, error))
    return FALSE;
  return cli->refusal.code != SL_REFUSAL_NONE
         || answer_status (cli,
                           json_pack ("{s:o, s:o, s:o, s:o, s:i}", "operations", sl_json_count (written.operations),
                                      "folded", sl_json_count (written.folded), "file", sl_json_text (file), "pushed",
                                      sl_json_count (written.operations), "pulled", 0),
                           FALSE, error);
}

static const SlColumn quarantine_columns[] = {
  { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "seq", N_ ("Number"), SL_SHOW_TEXT, NULL },
  { "reason", N_ ("Reason"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn import_columns[] = { { "operations", N_ ("Operations in the file"), SL_SHOW_TEXT, NULL },
                                           { "new", N_ ("New"), SL_SHOW_TEXT, NULL },
                                           { "waiting", N_ ("Waiting for others"), SL_SHOW_TEXT, NULL },
                                           { "quarantined", N_ ("Not taken"), SL_SHOW_ITEMS, quarantine_columns },
                                           STATUS_COLUMNS };

/* What was refused for ever while an earlier file was taken; what is held or beyond a cut is told by the last one. */
static void
keep_refused (GArray *refused, GArray *quarantined)
{
  for (guint i = 0; i < quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (quarantined, SlQuarantined, i);
      gboolean again = g_str_equal (one->reason, "no_rights") || g_str_equal (one->reason, "revoked");
      for (guint k = 0; k < refused->len && !again; k++)
        {
          const SlQuarantined *other = &g_array_index (refused, SlQuarantined, k);
          again = other->seq == one->seq && sl_id_equal (&other->replica, &one->replica);
        }
      if (!again)
        g_array_append_val (refused, *one);
    }
}

static gboolean
run_sync_import (SlCli *cli, const SlCliCall *call, GError **error)
{
  guint64 operations = 0, taken = 0;
  g_autoptr (GArray) refused = g_array_new (FALSE, FALSE, sizeof (SlQuarantined));
  g_auto (SlImportResult) result = { 0 };
  for (guint i = 0; sl_cli_argument (call, i) != NULL; i++)
    {
      if (result.quarantined != NULL)
        keep_refused (refused, result.quarantined);
      sl_import_result_clear (&result);
      cli->file = sl_cli_argument (call, i);
      if (!sl_exchange_sync_import (cli->engine, &cli->actor, cli->file, &result, &cli->refusal, error))
        return FALSE;
      if (cli->refusal.code != SL_REFUSAL_NONE)
        return TRUE;
      operations += result.operations;
      taken += result.new_operations;
    }
  keep_refused (result.quarantined, refused);
  return answer_status (cli,
                        json_pack ("{s:o, s:o, s:o, s:o, s:i, s:o}", "operations", sl_json_count (operations), "new",
                                   sl_json_count (taken), "waiting", sl_json_count (result.waiting), "quarantined",
                                   sl_json_quarantined (result.quarantined), "pushed", 0, "pulled",
                                   sl_json_count (taken)),
                        FALSE, error);
}

/* --- the length of the log --- */

static const SlColumn silent_columns[] = { { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
                                           { "last", N_ ("Last heard of"), SL_SHOW_TIME, NULL },
                                           SL_COLUMNS_END };

static const SlColumn fold_columns[] = { { "operations", N_ ("Folded"), SL_SHOW_TEXT, NULL },
                                         { "kept", N_ ("Operations in the log"), SL_SHOW_TEXT, NULL },
                                         { "bytes", N_ ("Bytes of the snapshot"), SL_SHOW_TEXT, NULL },
                                         { "silent", N_ ("Waiting for"), SL_SHOW_ITEMS, silent_columns },
                                         SL_COLUMNS_END };

static json_t *
silent_json (SlCli *cli, const GArray *silent)
{
  json_t *items = json_array ();
  for (guint i = 0; i < silent->len; i++)
    {
      const SlSilent *one = &g_array_index (silent, SlSilent, i);
      json_array_append_new (items, json_pack ("{s:o, s:o}", "replica", sl_json_id (&one->replica), "last",
                                               sl_json_time (cli, one->last_ms, NULL)));
    }
  return items;
}

static gboolean
run_oplog_fold (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlFolded folded;
  gboolean done = sl_fold_log (cli->engine, &cli->actor, &folded, &cli->refusal, error);
  if (done && cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o, s:o, s:o}", "operations", sl_json_count (folded.operations), "kept",
                             sl_json_count (folded.kept), "bytes", sl_json_count (folded.snapshot_bytes), "silent",
                             silent_json (cli, folded.silent));
  sl_folded_clear (&folded);
  return done;
}

const SlCliCommand sl_cli_sync_commands[] = {
  { "sync status", N_ ("show how far exchange with the other devices has come"), NULL, NULL, SL_CLI_AROUND,
    run_sync_status, NULL, status_columns },
  { "sync export", N_ ("write all operations held to a compact file, for a USB stick"),
    N_ ("Personal fields stay sealed; the keys go along in boxes that only the studio's devices open."), "FILE",
    SL_CLI_AROUND, run_sync_export, export_options, export_columns, NULL, check_export_words },
  { "sync import", N_ ("take such files from other devices"),
    N_ ("Files may come in any order, and again. What waits for others or is quarantined is counted, and no error."),
    "FILE…", SL_CLI_AROUND, run_sync_import, NULL, import_columns },
  { "oplog fold", N_ ("replace what every device has had for a month by a snapshot of the state"),
    N_ ("Gives disk space back; nothing that people see changes. Takes up to a minute: at night, once a month.\n"
        "A device that has not been heard of for 30 days keeps all others from folding: it is listed."),
    NULL, SL_CLI_AROUND, run_oplog_fold, NULL, fold_columns },
  { NULL }
};
