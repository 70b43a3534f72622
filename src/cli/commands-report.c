/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-report"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "core/datetime.h"
#include "engine/print-report.h"
#include "print/render.h"

/* --- from a report to JSON --- */

static json_t *
cell_to_json (SlCli *cli, const SlReport *report, guint column, const SlReportCell *cell)
{
  SlReportKind kind = report->columns[column].kind;
  if (kind == SL_REPORT_TEXT || kind == SL_REPORT_WORD)
    return sl_json_text (cell->text);
  if (cell->number == SL_NUMBER_NONE)
    return json_null ();
  if (kind == SL_REPORT_TIME)
    return sl_json_time (cli, cell->number, report->zone);
  if (kind != SL_REPORT_DATE)
    return json_integer (cell->number);
  g_autofree char *day = sl_report_day_text (cell->number);
  return json_string (day);
}

static json_t *
row_to_json (SlCli *cli, const SlReport *report, const SlReportRow *row)
{
  json_t *json = json_object ();
  for (guint c = 0; c < report->n_columns; c++)
    json_object_set_new (json, report->columns[c].name, cell_to_json (cli, report, c, &row->cells[c]));
  if (!sl_id_is_none (&row->id))
    json_object_set_new (json, "id", sl_json_id (&row->id));
  return json;
}

static json_t *
columns_to_json (const SlReport *report)
{
  json_t *columns = json_array ();
  for (guint c = 0; c < report->n_columns; c++)
    json_array_append_new (columns,
                           json_pack ("{s:s, s:s, s:s}", "name", report->columns[c].name, "title",
                                      report->columns[c].title, "kind",
                                      sl_report_kind_name (report->columns[c].kind)));
  return columns;
}

static json_t *
day_to_json (gint64 day)
{
  g_autofree char *text = day != SL_NUMBER_NONE ? sl_report_day_text (day) : NULL;
  return sl_json_text (text);
}

static json_t *
report_to_json (SlCli *cli, const SlReport *report)
{
  json_t *items = json_array (), *notes = json_array ();
  for (guint i = 0; i < report->rows->len; i++)
    json_array_append_new (items, row_to_json (cli, report, report->rows->pdata[i]));
  for (guint i = 0; i < report->notes->len; i++)
    json_array_append_new (notes, json_string (report->notes->pdata[i]));
  return json_pack ("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "report",
                    sl_report_word (report->name), "title", sl_report_title (report->name), "by",
                    sl_json_text (report->by), "from", day_to_json (report->from_day), "to",
                    day_to_json (report->to_day), "location", sl_json_text (report->place), "about",
                    sl_json_text (report->about), "currency", report->currency, "columns", columns_to_json (report),
                    "items", items, "total",
                    report->total != NULL ? row_to_json (cli, report, report->total) : json_null (), "notes", notes);
}

/* --- from JSON to the screen --- */

static char *
cell_of_json (const json_t *value, SlReportKind kind)
{
  if (json_is_integer (value))
    return sl_report_number_text (kind, json_integer_value (value), NULL);
  const char *text = json_string_value (value);
  if (text == NULL)
    return g_strdup ("");
  if (kind == SL_REPORT_WORD)
    return g_strdup (_(sl_report_word_text (text)));
  char *shown = g_strdup (text);
  if (kind == SL_REPORT_TIME && strlen (shown) > 16) /* "2026-03-01T07:00:00+02:00" */
    {
      shown[16] = '\0';
      shown[10] = ' ';
    }
  return shown;
}

static SlReportKind
kind_of_column (const json_t *columns, guint number)
{
  SlReportKind kind = SL_REPORT_TEXT;
  const json_t *column = json_array_get (columns, number);
  (void) sl_report_kind_parse (json_string_value (json_object_get (column, "kind")), &kind);
  return kind;
}

static void
add_line (GPtrArray *lines, const json_t *columns, const json_t *row, gboolean is_total)
{
  guint n = (guint) json_array_size (columns);
  char **cells = g_new0 (char *, n + 1);
  for (guint c = 0; c < n; c++)
    {
      const json_t *column = json_array_get (columns, c);
      const char *name = json_string_value (json_object_get (column, "name"));
      cells[c] = is_total && c == 0 ? g_strdup (_("Total"))
                                    : cell_of_json (json_object_get (row, name), kind_of_column (columns, c));
    }
  g_ptr_array_add (lines, cells);
}

/* "Revenue by day, 2026-03-01 to 2026-03-31, Sea Point (ZAR)" */
static void
append_heading (GString *out, const json_t *answer)
{
  const char *by = json_string_value (json_object_get (answer, "by"));
  const char *from = json_string_value (json_object_get (answer, "from"));
  const char *place = json_string_value (json_object_get (answer, "location"));
  const char *about = json_string_value (json_object_get (answer, "about"));
  g_string_append (out, _(json_string_value (json_object_get (answer, "title"))));
  if (about != NULL)
    g_string_append_printf (out, ": %s", about);
  if (by != NULL)
    g_string_append_printf (out, ", %s", _(sl_report_way_text (by)));
  if (from != NULL)
    g_string_append_printf (out, ", %s – %s", from, json_string_value (json_object_get (answer, "to")));
  if (place != NULL)
    g_string_append_printf (out, ", %s", place);
  g_string_append_printf (out, " (%s)\n", json_string_value (json_object_get (answer, "currency")));
}

static void
show_report (const json_t *answer, GString *out)
{
  const json_t *columns = json_object_get (answer, "columns"), *total = json_object_get (answer, "total");
  guint n = (guint) json_array_size (columns);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree gboolean *right = g_new0 (gboolean, n);
  char **titles = g_new0 (char *, n + 1);
  gsize i;
  json_t *value;
  for (guint c = 0; c < n; c++)
    {
      SlReportKind kind = kind_of_column (columns, c);
      right[c] = kind != SL_REPORT_TEXT && kind != SL_REPORT_WORD && kind != SL_REPORT_DATE && kind != SL_REPORT_TIME;
      titles[c] = g_strdup (_(json_string_value (json_object_get (json_array_get (columns, c), "title"))));
    }
  g_ptr_array_add (lines, titles);
  json_array_foreach (json_object_get (answer, "items"), i, value)
    add_line (lines, columns, value, FALSE);
  if (json_is_object (total))
    add_line (lines, columns, total, TRUE);
  append_heading (out, answer);
  if (json_array_size (json_object_get (answer, "items")) == 0)
    g_string_append_printf (out, "%s\n", _("None."));
  else
    sl_show_append_table (lines, n, right, "", out);
  json_array_foreach (json_object_get (answer, "notes"), i, value)
    g_string_append_printf (out, "%s\n", _(json_string_value (value)));
}

/* --- the commands --- */

static const char *
translate (const char *text)
{
  return _(text);
}

#define REPORT_OPTIONS \
  { "from", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("the first day, as 2026-03-01") }, \
  { "to", SL_CLI_TEXT, FALSE, N_ ("DATE"), N_ ("the last day, which is included (today)") }, \
  { "location", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("only there") }, \
  { "by", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("what each row is of: the manual page lists the words") }, \
  { "csv", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the rows for spreadsheets") }, \
  { "pdf", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write the rows to be printed") }, \
  { "print", SL_CLI_FLAG, FALSE, NULL, N_ ("put it into the printer's queue, as of when it is printed") }, \
  { "printer", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("with --print: which (the one for receipts)") }, \
  SL_CLI_OPTIONS_END
static const SlCliOption report_options[] = { REPORT_OPTIONS };

static gboolean
save_pdf (SlCli *cli, const SlReport *report, const char *file, GError **error)
{
  g_autoptr (SlDocument) document = sl_report_to_document (cli->engine, report, translate);
  return sl_document_save_pdf (document, SL_PAPER_A4, file, error);
}

static gboolean
put_into_queue (SlCli *cli, const SlReport *report, const SlReportParams *params, GError **error)
{
  SlId job;
  if (!sl_print_report_add (cli->engine, &cli->actor, report, params, sl_cli_text (cli->call, "printer"), &job, error))
    return FALSE;
  json_object_set_new (cli->answer, "print", sl_json_id (&job));
  return TRUE;
}

static gboolean
run_one (SlCli *cli, const SlCliCall *call, SlReportName name, const SlId *member, GError **error)
{
  const char *csv = sl_cli_text (call, "csv"), *pdf = sl_cli_text (call, "pdf");
  SlId location;
  g_autoptr (SlReport) report = NULL;
  if (!sl_cli_check_output (csv, error) || !sl_cli_check_output (pdf, error)
      || !sl_cli_option_id (cli, "location", SL_THING_LOCATION, &location, error))
    return FALSE;
  const SlReportParams params = { .name = name,
                                  .by = sl_cli_text (call, "by"),
                                  .from = sl_cli_text (call, "from"),
                                  .to = sl_cli_text (call, "to"),
                                  .location = sl_id_is_none (&location) ? NULL : &location,
                                  .member = member };
  if (!sl_report_run (cli->engine, &cli->actor, &params, &report, &cli->refusal, error))
    return FALSE;
  if (report == NULL)
    return TRUE;
  if (csv != NULL && !sl_report_write_csv (report, csv, translate, error))
    return FALSE;
  if (pdf != NULL && !save_pdf (cli, report, pdf, error))
    return FALSE;
  cli->answer = report_to_json (cli, report);
  if (csv != NULL)
    json_object_set_new (cli->answer, "csv", sl_json_text (csv));
  if (pdf != NULL)
    json_object_set_new (cli->answer, "pdf", sl_json_text (pdf));
  return !sl_cli_has (call, "print") || put_into_queue (cli, report, &params, error);
}

static gboolean
run_report (SlCli *cli, const SlCliCall *call, GError **error)
{
  const char *word = sl_cli_argument (call, 0);
  SlReportName name;
  g_autoptr (GString) known = g_string_new (NULL);
  if (sl_report_parse (word, &name) && name != SL_REPORT_MEMBER)
    return run_one (cli, call, name, NULL, error);
  for (SlReportName i = 0; i < SL_REPORT_LAST; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", sl_report_word (i));
  g_autofree char *shown = g_utf8_make_valid (word, (gssize) strnlen (word, SL_CLI_QUOTE_CHARS));
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "there is no report “%s”; there are %s", shown, known->str);
  return FALSE;
}

static gboolean
run_report_member (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId member;
  return sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &member, error)
         && run_one (cli, call, SL_REPORT_MEMBER, &member, error);
}

static gboolean
check_words (const SlCliCall *call, GError **error)
{
  if (sl_cli_has (call, "print") || !sl_cli_has (call, "printer"))
    return TRUE;
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, "--printer goes with --print");
  return FALSE;
}

#define REPORTS \
  N_ ("NAME is today, usual, attendance, utilisation, revenue, credits, instructors, popular, at-risk, retention,\n" \
      "locations, funnel or cash-up. Days are those of each location by its own clock.")

const SlCliCommand sl_cli_report_commands[] = {
  { "report", N_ ("what the studio wants to know of itself"), REPORTS, "NAME", SL_CLI_IN_STUDIO, run_report,
    report_options, .check = check_words, .show = show_report },
  { "report member", N_ ("a member's attendance and favourites"), NULL, "MEMBER", SL_CLI_IN_STUDIO, run_report_member,
    report_options, .check = check_words, .show = show_report },
  { NULL }
};
