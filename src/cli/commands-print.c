/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-print"

#include "cli/commands-print.h"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "core/error.h"
#include "print/printer.h"
#include "printing/printing.h"

/* Receipts, and the printers that they come out of. */

/* sl_cli_check_paper: see the header. */
gboolean
sl_cli_check_paper (const SlCliCall *call, GError **error)
{
  SlPaper paper;
  const char *word = sl_cli_text (call, "paper");
  if (word == NULL || sl_paper_parse (word, &paper))
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--paper is 80, 58 or a4");
  return FALSE;
}

/* --- printers --- */

static const SlCliOption printer_set_options[] = {
  { "at", SL_CLI_TEXT, FALSE, N_ ("PLACE"), N_ ("tcp:HOST[:PORT], a device like /dev/usb/lp0, or dir:DIRECTORY") },
  { "paper", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("80 or 58 (mm, a receipt printer), or a4 (80)") },
  { "cut", SL_CLI_TEXT, FALSE, N_ ("YES/NO"), N_ ("whether it cuts the paper (yes)") },
  { "drawer", SL_CLI_TEXT, FALSE, N_ ("YES/NO"), N_ ("whether a cash drawer hangs on it (no)") },
  { "shared", SL_CLI_TEXT, FALSE, N_ ("YES/NO"), N_ ("whether other devices print on it, too (no)") },
  { "receipts", SL_CLI_FLAG, FALSE, NULL, N_ ("receipts go to this one") },
  SL_CLI_OPTIONS_END
};

static const SlColumn printer_items[] = {
  { "name", N_ ("Printer"), SL_SHOW_TEXT, NULL },     { "at", N_ ("Place"), SL_SHOW_TEXT, NULL },
  { "paper", N_ ("Paper"), SL_SHOW_TEXT, NULL },      { "cut", N_ ("Cuts"), SL_SHOW_TEXT, NULL },
  { "drawer", N_ ("Cash drawer"), SL_SHOW_TEXT, NULL }, { "shared", N_ ("Shared"), SL_SHOW_TEXT, NULL },
  { "receipts", N_ ("Receipts"), SL_SHOW_TEXT, NULL }, SL_COLUMNS_END
};
static const SlColumn printer_list_columns[] = { { "items", NULL, SL_SHOW_ITEMS, printer_items }, SL_COLUMNS_END };

static json_t *
printer_to_json (const SlPrinter *printer)
{
  return json_pack ("{s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "name", printer->name, "at",
                    sl_json_text (printer->target), "paper", printer->paper, "cut", sl_json_bool (printer->cut),
                    "drawer", sl_json_bool (printer->drawer), "shared", sl_json_bool (printer->shared), "receipts",
                    sl_json_bool (printer->receipts));
}

static gboolean
answer_printer (SlCli *cli, const char *name, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPrinter) printer = sl_printer_get (cli->engine, name, error);
  if (printer == NULL)
    return FALSE;
  cli->answer = printer_to_json (printer);
  return TRUE;
}

static gboolean
read_yes_or_no (const SlCliCall *call, const char *option, gboolean *value, GError **error)
{
  int said;
  if (!sl_cli_yes_or_no (call, option, &said, error))
    return FALSE;
  *value = said != 0 ? said > 0 : *value;
  return TRUE;
}

/* A new printer, or what is known of one that changes. */
static SlPrinter *
start_printer (SlCli *cli, const char *name, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlPrinter *printer = sl_printer_get (cli->engine, name, &failure);
  if (printer != NULL)
    return printer;
  if (!g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  printer = g_new0 (SlPrinter, 1);
  printer->name = g_strdup (name);
  printer->target = g_strdup ("");
  printer->paper = g_strdup (sl_paper_word (SL_PAPER_ROLL_80));
  printer->cut = TRUE;
  return printer;
}

static gboolean
run_printer_set (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *name = sl_cli_argument (call, 0);
  const char *paper = sl_cli_text (call, "paper");
  g_autoptr (SlPrinter) printer = start_printer (cli, name, error);
  if (printer == NULL)
    return FALSE;
  if (!read_yes_or_no (call, "cut", &printer->cut, error)
      || !read_yes_or_no (call, "drawer", &printer->drawer, error)
      || !read_yes_or_no (call, "shared", &printer->shared, error))
    return FALSE;
  if (sl_cli_has (call, "at"))
    {
      g_free (printer->target);
      printer->target = g_strdup (sl_cli_text (call, "at"));
    }
  if (paper != NULL)
    {
      g_free (printer->paper);
      printer->paper = g_ascii_strdown (paper, -1);
    }
  printer->receipts = printer->receipts || sl_cli_has (call, "receipts");
  return sl_printer_target_check (printer->target, error)
         && sl_printer_set (cli->engine, &cli->actor, printer, &cli->refusal, error)
         && answer_printer (cli, name, error);
}

static gboolean
run_printer_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = sl_printer_list (cli->engine, error);
  if (list == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, printer_to_json (list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
run_printer_remove (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *name = sl_cli_argument (call, 0);
  if (!sl_printer_remove (cli->engine, &cli->actor, name, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:s}", "name", name);
  return TRUE;
}

/* --- the queue --- */

static const SlColumn job_columns[] = {
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },           { "kind", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "subject", N_ ("Of"), SL_SHOW_TEXT, NULL },      { "printer", N_ ("Printer"), SL_SHOW_TEXT, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },   { "attempts", N_ ("Attempts"), SL_SHOW_TEXT, NULL },
  { "problem", N_ ("Problem"), SL_SHOW_TEXT, NULL }, { "made", N_ ("Since"), SL_SHOW_TIME, NULL },
  SL_COLUMNS_END
};
static const SlColumn job_list_columns[] = { { "items", NULL, SL_SHOW_ITEMS, job_columns }, SL_COLUMNS_END };

static json_t *
job_to_json (SlCli *cli, const SlPrintJob *job)
{
  return json_pack ("{s:o, s:s, s:o, s:s, s:o, s:s, s:I, s:o, s:o, s:o}", "id", sl_json_id (&job->id), "kind",
                    sl_print_kind_name (job->kind), "subject", sl_json_id (&job->subject_id), "printer", job->printer,
                    "copy", sl_json_bool (job->copy), "status", sl_print_state_name (job->state), "attempts",
                    (json_int_t) job->attempts, "problem", sl_json_text (job->problem), "made",
                    sl_json_time (cli, job->made_ms, NULL), "changed", sl_json_time (cli, job->changed_ms, NULL));
}

static gboolean
answer_job (SlCli *cli, const SlId *id, GError **error)
{
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPrintJob) job = sl_print_queue_get (cli->engine, id, error);
  if (job == NULL)
    return FALSE;
  cli->answer = job_to_json (cli, job);
  return TRUE;
}

/* Into the queue; with no printer there is nobody who would ever print it. */
static gboolean
queue (SlCli *cli, const SlPrintRequest *request, GError **error)
{
  SlId id;
  if (!sl_actor_may (&cli->actor, SL_ACTION_TAKE_PAYMENT, NULL, &cli->refusal))
    return TRUE;
  g_autoptr (SlPrinter) printer = sl_printer_get (cli->engine, request->printer, error);
  return printer != NULL && sl_print_queue_add (cli->engine, request, &id, error)
         && (sl_id_is_none (&id) || answer_job (cli, &id, error));
}

static gboolean
run_printer_test (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPrintRequest request = { .kind = SL_PRINT_TEST, .printer = sl_cli_argument (call, 0) };
  return queue (cli, &request, error);
}

static gboolean
run_printer_drawer (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPrintRequest request = { .kind = SL_PRINT_DRAWER, .printer = sl_cli_argument (call, 0) };
  return queue (cli, &request, error);
}

static const SlCliOption print_list_options[] = {
  { "all", SL_CLI_FLAG, FALSE, NULL, N_ ("those that are printed or cancelled, too") }, SL_CLI_OPTIONS_END
};

static gboolean
run_print_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = sl_print_queue_list (cli->engine, sl_cli_has (call, "all"), error);
  if (list == NULL)
    return FALSE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, job_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static gboolean
say (SlCli *cli, SlPrintWord word, GError **error)
{
  SlId id;
  return sl_cli_argument_id (cli, 0, SL_THING_PRINT, &id, error)
         && sl_print_queue_say (cli->engine, &cli->actor, &id, word, &cli->refusal, error)
         && answer_job (cli, &id, error);
}

static gboolean
run_print_retry (SlCli *cli, const SlCliCall *call, GError **error)
{
  return say (cli, SL_PRINT_AGAIN, error);
}

static gboolean
run_print_done (SlCli *cli, const SlCliCall *call, GError **error)
{
  return say (cli, SL_PRINT_CAME_OUT, error);
}

static gboolean
run_print_cancel (SlCli *cli, const SlCliCall *call, GError **error)
{
  return say (cli, SL_PRINT_DROP, error);
}

/* --- running it --- */

#define WAIT_SECONDS_MAX 600
static const SlCliOption print_run_options[] = {
  { "wait", SL_CLI_INT, FALSE, N_ ("SECONDS"), N_ ("for a printer that takes nothing (30)") }, SL_CLI_OPTIONS_END
};
static const SlColumn print_run_columns[] = {
  { "printed", N_ ("Printed"), SL_SHOW_TEXT, NULL },     { "waiting", N_ ("Waiting"), SL_SHOW_TEXT, NULL },
  { "uncertain", N_ ("Uncertain"), SL_SHOW_TEXT, NULL }, { "failed", N_ ("Failed"), SL_SHOW_TEXT, NULL },
  { "busy", N_ ("Printers at work"), SL_SHOW_TEXT, NULL }, SL_COLUMNS_END
};

static gboolean
check_wait (const SlCliCall *call, GError **error)
{
  gint64 seconds = sl_cli_int (call, "wait", 1);
  if (seconds >= 1 && seconds <= WAIT_SECONDS_MAX)
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--wait is 1 to 600 seconds");
  return FALSE;
}

static gboolean
run_print_run (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlPrinterTimes times = SL_PRINTER_TIMES;
  gint64 wait_seconds = sl_cli_int (call, "wait", times.stall_ms / 1000);
  SlPrintCounts counts;
  if (!sl_actor_may (&cli->actor, SL_ACTION_TAKE_PAYMENT, NULL, &cli->refusal))
    return TRUE;
  times.stall_ms = (int) wait_seconds * 1000;
  if (!sl_printing_run (cli->engine, &times, &counts, error))
    return FALSE;
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o, s:o}", "printed", sl_json_count (counts.printed), "waiting",
                           sl_json_count (counts.waiting), "uncertain", sl_json_count (counts.uncertain), "failed",
                           sl_json_count (counts.failed), "busy", sl_json_count (counts.busy));
  return TRUE;
}

#define PRINT_WORDS \
  N_ ("What was cut off, and nobody can say how far it came, waits for somebody who looks at the paper.")
const SlCliCommand sl_cli_print_commands[] = {
  { "printer set", N_ ("say where a printer of this device is"),
    N_ ("What is not named stays. The first printer is for receipts."), "NAME", SL_CLI_IN_STUDIO, run_printer_set,
    printer_set_options, printer_items, .check = sl_cli_check_paper },
  { "printer list", N_ ("list this device's printers"), NULL, NULL, SL_CLI_IN_STUDIO, run_printer_list, NULL,
    printer_list_columns },
  { "printer remove", N_ ("forget a printer, and what waits for it"), NULL, "NAME", SL_CLI_IN_STUDIO,
    run_printer_remove, NULL, NULL },
  { "printer test", N_ ("put a test page into the queue"), NULL, "[NAME]", SL_CLI_IN_STUDIO, run_printer_test, NULL,
    job_columns },
  { "printer drawer", N_ ("put the opening of the cash drawer into the queue"), NULL, "[NAME]", SL_CLI_IN_STUDIO,
    run_printer_drawer, NULL, job_columns },
  { "print list", N_ ("list what is to be printed"), NULL, NULL, SL_CLI_IN_STUDIO, run_print_list, print_list_options,
    job_list_columns },
  { "print run", N_ ("print what waits"), PRINT_WORDS, NULL, SL_CLI_AROUND, run_print_run, print_run_options,
    print_run_columns, .check = check_wait },
  { "print retry", N_ ("print something once more that did not come out"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_print_retry, NULL, job_columns },
  { "print done", N_ ("say that something uncertain came out"), NULL, "ID", SL_CLI_IN_STUDIO, run_print_done, NULL,
    job_columns },
  { "print cancel", N_ ("let something be that is not printed yet"), NULL, "ID", SL_CLI_IN_STUDIO, run_print_cancel,
    NULL, job_columns },
  { NULL }
};
