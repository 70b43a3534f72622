/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-import"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "engine/export-csv.h"
#include "engine/import.h"

static const SlCliOption member_options[] = {
  { "dry-run", SL_CLI_FLAG, FALSE, NULL, N_ ("write nothing; list every row that would be refused, and why") },
  { "anyway", SL_CLI_FLAG, FALSE, NULL, N_ ("although another member has this phone number") },
  SL_CLI_OPTIONS_END
};

static const SlCliOption import_options[] = {
  { "dry-run", SL_CLI_FLAG, FALSE, NULL, N_ ("write nothing; list every row that would be refused, and why") },
  SL_CLI_OPTIONS_END
};

static const SlColumn refused_columns[] = {
  { "line", N_ ("Line"), SL_SHOW_TEXT, NULL },
  { "reason", N_ ("Why"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn import_columns[] = {
  { "accepted", N_ ("Rows accepted"), SL_SHOW_TEXT, NULL },
  { "skipped", N_ ("Rows passed over"), SL_SHOW_TEXT, NULL },
  { "dry_run", N_ ("Dry run"), SL_SHOW_TEXT, NULL },
  { "encoding", N_ ("Read as"), SL_SHOW_TEXT, NULL },
  { "refused", N_ ("Rows refused"), SL_SHOW_ITEMS, refused_columns },
  SL_COLUMNS_END
};

/* The last word of the command says what is in the file. */
static SlImportKind
kind_of (const SlCliCall *call)
{
  SlImportKind kind = SL_IMPORT_MEMBERS;
  gboolean known = sl_import_kind_parse (strrchr (call->command->words, ' ') + 1, &kind);
  g_assert (known);
  return kind;
}

/* Reads the file, and hashes what is to be hashed, before anybody has to wait for the writer lock. */
static gboolean
prepare_import (SlCli *cli, const SlCliCall *call, GError **error)
{
  cli->file = sl_cli_argument (call, 0);
  cli->prepared = sl_import_open (cli->engine, kind_of (call), cli->file, error);
  cli->prepared_free = (GDestroyNotify) sl_import_free;
  return cli->prepared != NULL;
}

static json_t *
refused_to_json (const SlImportAnswer *answer)
{
  json_t *refused = json_array ();
  for (guint i = 0; i < answer->refused->len; i++)
    {
      const SlImportRefusal *one = answer->refused->pdata[i];
      json_t *item = json_pack ("{s:o, s:s, s:o}", "line", sl_json_count (one->line), "code", one->code, "reason",
                                sl_json_text (one->reason));
      if (one->other_line > 0)
        json_object_set_new (item, "other_line", sl_json_count (one->other_line));
      if (one->details != NULL)
        json_object_set_new (item, "details", sl_json_text (one->details));
      json_array_append_new (refused, item);
    }
  return refused;
}

/* Where rows are refused and it was meant, the whole is bad input: the first row stands for all, which are listed. */
static void
note_bad_rows (SlCli *cli, const SlImportAnswer *answer)
{
  const SlImportRefusal *first = answer->refused->pdata[0];
  cli->bad_rows = g_strdup_printf ("line %" G_GUINT64_FORMAT ": %s", first->line, first->reason);
}

static gboolean
run_import (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_auto (SlImportAnswer) answer = { 0 };
  gboolean dry_run = sl_cli_has (call, "dry-run");
  SlImportFlags flags = (dry_run ? SL_IMPORT_DRY_RUN : 0)
                        | (kind_of (call) == SL_IMPORT_MEMBERS && sl_cli_has (call, "anyway") ? SL_IMPORT_ANYWAY : 0);
  if (!sl_import_run (cli->engine, &cli->actor, cli->prepared, flags, &answer, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:s, s:o}", "accepted", sl_json_count (answer.accepted), "skipped",
                           sl_json_count (answer.skipped), "dry_run", sl_json_bool (dry_run), "encoding",
                           answer.encoding, "refused", refused_to_json (&answer));
  if (answer.refused->len > 0 && !dry_run)
    note_bad_rows (cli, &answer);
  return TRUE;
}

/* --- export --- */

static const SlColumn export_columns[] = {
  { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "rows", N_ ("Rows"), SL_SHOW_TEXT, NULL },
  { "file", N_ ("File"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
export_one (SlCli *cli, SlExportKind kind, const char *file, GError **error)
{
  guint64 rows;
  if (!sl_cli_check_output (file, error)
      || !sl_export_csv (cli->engine, &cli->actor, kind, file, &rows, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    json_array_append_new (json_object_get (cli->answer, "items"),
                           json_pack ("{s:s, s:o, s:o}", "kind", sl_export_kind_name (kind), "file",
                                      sl_json_text (file), "rows", sl_json_count (rows)));
  return TRUE;
}

static char *
file_in (const char *directory, SlExportKind kind)
{
  g_autofree char *name = g_strconcat (sl_export_kind_name (kind), ".csv", NULL);
  return g_build_filename (directory, name, NULL);
}

/* A directory gets a file of the kind's name; anything else is the file. */
static gboolean
run_export (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *where = sl_cli_argument (call, 0);
  SlExportKind kind = SL_EXPORT_MEMBERS;
  gboolean known = sl_export_kind_parse (strrchr (call->command->words, ' ') + 1, &kind);
  g_assert (known);
  g_autofree char *file = g_file_test (where, G_FILE_TEST_IS_DIR) ? file_in (where, kind) : g_strdup (where);
  cli->answer = json_pack ("{s:[]}", "items");
  if (!export_one (cli, kind, file, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    g_clear_pointer (&cli->answer, json_decref);
  return TRUE;
}

/* All kinds into one directory: whoever may not have one of them gets none. */
static gboolean
run_export_all (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *directory = sl_cli_argument (call, 0);
  for (int kind = 0; kind < SL_EXPORT_LAST; kind++)
    if (!sl_export_may (cli->engine, &cli->actor, kind, &cli->refusal))
      return TRUE;
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_autofree char *shown = g_utf8_make_valid (directory, -1);
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%s' is no directory, and none can be made", shown);
      return FALSE;
    }
  cli->answer = json_pack ("{s:[]}", "items");
  for (int kind = 0; kind < SL_EXPORT_LAST; kind++)
    {
      g_autofree char *file = file_in (directory, kind);
      if (!export_one (cli, kind, file, error))
        return FALSE;
    }
  return TRUE;
}

#define ALL_OR_NOTHING \
  N_ ("A CSV file with a line of column names: comma, semicolon or tab, UTF-8 or Windows-1252. All of it is taken,\n" \
      "or nothing where a row is refused; each such row is named. The manual page lists the columns.")

#define EXPORT \
  N_ ("FILE may be a directory. What a spreadsheet would take for a formula gets an apostrophe before it, which an\n" \
      "import takes off again.")

const SlCliCommand sl_cli_import_commands[] = {
  { "import members", N_ ("take members in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE", SL_CLI_IN_STUDIO,
    run_import, member_options, import_columns, .prepare = prepare_import },
  { "import schedule", N_ ("take sessions in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE", SL_CLI_IN_STUDIO,
    run_import, import_options, import_columns, .prepare = prepare_import },
  { "import packages", N_ ("take packages in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE", SL_CLI_IN_STUDIO,
    run_import, import_options, import_columns, .prepare = prepare_import },
  { "import plans", N_ ("take plans in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE", SL_CLI_IN_STUDIO,
    run_import, import_options, import_columns, .prepare = prepare_import },
  { "import memberships", N_ ("take memberships in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE",
    SL_CLI_IN_STUDIO, run_import, import_options, import_columns, .prepare = prepare_import },
  { "import credits", N_ ("take members' opening balances in from a CSV file, all or none"), ALL_OR_NOTHING, "FILE",
    SL_CLI_IN_STUDIO, run_import, import_options, import_columns, .prepare = prepare_import },
  { "import bookings", N_ ("take bookings to come in from a CSV file, all or none"),
    ALL_OR_NOTHING, "FILE", SL_CLI_IN_STUDIO, run_import, import_options, import_columns, .prepare = prepare_import },
  { "export members", N_ ("write the members to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export schedule", N_ ("write all sessions to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export packages", N_ ("write the packages to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export credits", N_ ("write what members have left to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export,
    NULL, export_columns },
  { "export bookings", N_ ("write all bookings to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export payments", N_ ("write all payments to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export services", N_ ("write the services to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export, NULL,
    export_columns },
  { "export places", N_ ("write locations and rooms to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO, run_export,
    NULL, export_columns },
  { "export staff", N_ ("write the staff, without their PINs, to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export availability", N_ ("write when instructors take one-to-one sessions to a CSV file"), EXPORT, "FILE",
    SL_CLI_IN_STUDIO, run_export, NULL, export_columns },
  { "export requests", N_ ("write the requests of members to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export standing", N_ ("write the standing bookings to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export plans", N_ ("write the plans to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export memberships", N_ ("write the memberships to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export entries", N_ ("write how credits came and went to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export visits", N_ ("write who came in when to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export policies", N_ ("write the policies that are set to a CSV file"), EXPORT, "FILE", SL_CLI_IN_STUDIO,
    run_export, NULL, export_columns },
  { "export renewals", N_ ("write the packages that members buy again by themselves to a CSV file"), EXPORT, "FILE",
    SL_CLI_IN_STUDIO, run_export, NULL, export_columns },
  { "export all", N_ ("write everything to CSV files in a directory"), NULL, "DIR", SL_CLI_IN_STUDIO, run_export_all,
    NULL, export_columns },
  { NULL }
};
