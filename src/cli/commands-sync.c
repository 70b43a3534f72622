/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-sync"

#include <glib/gi18n-lib.h>

#include <unistd.h>

#include "agent/lock.h"
#include "agent/pair.h"
#include "cli/values.h"
#include "client/client.h"
#include "core/error.h"
#include "engine/exchange.h"
#include "engine/fold.h"
#include "engine/nightly.h"
#include "engine/sync-status.h"

/* Exchange with the other devices of the studio. */

#define NOW_WAIT_MS (2 * 60 * 1000)      /* for an agent that is at it: a long push over a slow line */
#define NOW_LOCK_MS (10 * 1000)          /* for another one that begins or ends */
#define NOW_LOCK_POLL_US (50 * 1000)
#define NOW_ROUNDS_MAX 10000             /* of one call, some 40 GB: there is not always more */

/* A hub that was put back to before an epoch signs with a key that was given up, and nobody listens to it again by
 * themselves: sync/README.md. (nullable) (transfer none): what people can do. */
static const char *
way_out (const char *refused)
{
  return g_strcmp0 (refused, "bad_signature") == 0
           ? N_ ("The hub is not the one that was paired, or one that was put back and given up: at each desk "
                 "'pair URL CODE --again', with codes of the same account.")
           : NULL;
}

/* How this device and its hub get on; online is null where there is none. */
static void
add_health (SlCli *cli, json_t *answer, const SlSyncHealth *health)
{
  json_object_set_new (answer, "online", health->paired ? sl_json_bool (health->online) : json_null ());
  json_object_set_new (answer, "hub", sl_json_text (health->url));
  json_object_set_new (answer, "epoch", sl_json_id (&health->epoch));
  json_object_set_new (answer, "hub_replica", sl_json_id (&health->hub));
  json_object_set_new (answer, "contact", sl_json_time (cli, health->contact_ms, NULL));
  json_object_set_new (answer, "refused", sl_json_text (health->refused));
  json_object_set_new (answer, "way_out", sl_json_text (way_out (health->refused)));
  json_object_set_new (answer, "clock_offset_ms",
                       health->has_offset ? json_integer ((json_int_t) health->offset_ms) : json_null ());
  json_object_set_new (answer, "neighbours", json_integer (health->neighbours));
}

/* What this device does for itself at night: sync/README.md "The agent". */
static gboolean
add_nightly (SlCli *cli, json_t *answer, GError **error)
{
  SlNightly nightly;
  if (!sl_nightly_read (cli->engine, &nightly, error))
    return FALSE;
  json_object_set_new (answer, "verified", sl_json_time (cli, nightly.verified_ms, NULL));
  json_object_set_new (answer, "problems",
                       nightly.verified_ms != 0 ? json_integer ((json_int_t) nightly.problems) : json_null ());
  json_object_set_new (answer, "backup", sl_json_time (cli, nightly.backup_ms, NULL));
  json_object_set_new (answer, "backup_failed", sl_json_bool (nightly.backup_failed));
  return TRUE;
}

/* What every answer of these commands says. */
static gboolean
answer_status (SlCli *cli, json_t *answer, gboolean totals, GError **error)
{
  SlSyncStatus status;
  g_auto (SlSyncHealth) health = { 0 };
  if (!sl_exchange_sync_status (cli->engine, &status, error) || !sl_sync_health_read (cli->engine, &health, error)
      || (totals && !add_nightly (cli, answer, error)))
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
  add_health (cli, answer, &health);
  json_object_set_new (answer, "last", sl_json_time (cli, MAX (status.last_ms, health.contact_ms), NULL));
  cli->answer = answer;
  return TRUE;
}

#define STATUS_COLUMNS                                                                                                 \
  { "pushed", N_ ("Sent"), SL_SHOW_TEXT, NULL }, { "pulled", N_ ("Received"), SL_SHOW_TEXT, NULL },                    \
    { "pending", N_ ("Not known to be held elsewhere yet"), SL_SHOW_TEXT, NULL },                                      \
    { "last", N_ ("Last exchange"), SL_SHOW_TEXT, NULL }, { "online", N_ ("Online"), SL_SHOW_TEXT, NULL },             \
    { "hub", N_ ("Hub"), SL_SHOW_TEXT, NULL }, { "refused", N_ ("The hub says no"), SL_SHOW_TEXT, NULL },              \
    { "way_out", N_ ("What to do"), SL_SHOW_WORDS, NULL },                                                             \
    { "clock_offset_ms", N_ ("The hub's clock less this one's, ms"), SL_SHOW_TEXT, NULL },                             \
    { "neighbours", N_ ("Devices on the LAN"), SL_SHOW_TEXT, NULL }, SL_COLUMNS_END

static const SlColumn status_columns[] = {
  { "org", N_ ("Studio"), SL_SHOW_TEXT, NULL }, { "replica", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "verified", N_ ("Checked at night"), SL_SHOW_TEXT, NULL }, { "problems", N_ ("Faults found"), SL_SHOW_TEXT, NULL },
  { "backup", N_ ("Backup on this machine"), SL_SHOW_TEXT, NULL },
  { "backup_failed", N_ ("The last backup failed"), SL_SHOW_TEXT, NULL }, STATUS_COLUMNS
};

static gboolean
run_sync_status (SlCli *cli, const SlCliCall *call, GError **error)
{
  return answer_status (cli, json_object (), TRUE, error);
}

/* --- now --- */

/* TRUE with a connection of its own: no agent runs. TRUE without: it does, and will do it. */
static gboolean
take_turn (SlCli *cli, int *out_lock, guint64 *pushed, guint64 *pulled, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + NOW_LOCK_MS * G_GINT64_CONSTANT (1000);
  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      if (!sl_agent_lock (cli->data_dir, out_lock, error))
        return FALSE;
      if (*out_lock >= 0 || sl_client_sync_now (cli->data_dir, NOW_WAIT_MS, pushed, pulled, &failure))
        return TRUE;
      if (!g_error_matches (failure, SL_ERROR, SL_ERROR_OFFLINE) || sl_client_agent_listens (cli->data_dir)
          || g_get_monotonic_time () > until_us)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      g_usleep (NOW_LOCK_POLL_US);
    }
}

static gboolean
exchange_all (SlAgent *agent, const SlTransport *transport, guint64 *pushed, guint64 *pulled, GError **error)
{
  gboolean more = TRUE;
  for (guint i = 0; more && i < NOW_ROUNDS_MAX; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      if (!sl_agent_exchange (agent, transport, NULL, &result, error))
        return FALSE;
      *pushed += result.pushed;
      *pulled += result.pulled;
      more = result.more;
      if (result.refused != SL_SYNC_OK)
        {
          sl_set_refused (error, result.refused, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
exchange_here (SlCli *cli, const SlHubLink *link, SlAgent *agent, guint64 *pushed, guint64 *pulled, GError **error)
{
  g_autoptr (SlCurl) curl = sl_curl_new_for_hub (cli->data_dir, link);
  SlTransport transport = sl_curl_transport (curl);
  return exchange_all (agent, &transport, pushed, pulled, error);
}

static gboolean
run_sync_now (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlAgent) agent = sl_agent_new (cli->engine, cli->world);
  g_auto (SlHubLink) link = { 0 };
  guint64 pushed = 0, pulled = 0;
  gboolean paired;
  int lock = -1;
  if (!sl_agent_hub (agent, &link, &paired, error))
    return FALSE;
  if (!paired)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "this studio is paired with no hub");
      return FALSE;
    }
  if (!take_turn (cli, &lock, &pushed, &pulled, error))
    return FALSE;
  gboolean done = lock < 0 || exchange_here (cli, &link, agent, &pushed, &pulled, error);
  if (lock >= 0)
    (void) close (lock);
  return done
         && answer_status (cli, json_pack ("{s:o, s:o}", "pushed", sl_json_count (pushed), "pulled",
                                           sl_json_count (pulled)),
                           FALSE, error);
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
  { "sync now", N_ ("exchange with the hub at once"),
    N_ ("Through the agent where one runs for this data directory."), NULL, SL_CLI_AROUND, run_sync_now, NULL,
    status_columns },
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
