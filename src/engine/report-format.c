/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-format"

#include "engine/report-private.h"

#include "core/csv.h"
#include "core/text.h"

/* How a report's cells are written, the same on the screen, in CSV and on paper: plain figures that a spreadsheet
 * reads, with a point and two decimals for money. The currency stands once, by the report's title. */

#define FILE_MODE 0600 /* there are names in it */

/* The words of cells as people read them. */
static const struct {
  const char *word, *text;
} words[] = {
  { "mon", N_ ("Monday") },
  { "tue", N_ ("Tuesday") },
  { "wed", N_ ("Wednesday") },
  { "thu", N_ ("Thursday") },
  { "fri", N_ ("Friday") },
  { "sat", N_ ("Saturday") },
  { "sun", N_ ("Sunday") },
  { "published", N_ ("open") },
  { "in_progress", N_ ("in progress") },
  { "completed", N_ ("over") },
  { "cancelled", N_ ("cancelled") },
  { "holds", N_ ("Spots held") },
  { "holds_confirmed", N_ ("… and booked") },
  { "holds_open", N_ ("… and still held") },
  { "holds_lapsed", N_ ("… and lapsed") },
  { "holds_let_go", N_ ("… and let go") },
  { "booked_at_once", N_ ("Booked at once") },
  { "waited", N_ ("Waited") },
  { "waited_offered", N_ ("… and were offered a spot") },
  { "offers", N_ ("Spots offered") },
  { "offers_taken", N_ ("… and taken") },
  { "offers_open", N_ ("… and still open") },
  { "offers_lapsed", N_ ("… and lapsed") },
  { "offers_declined", N_ ("… and declined") },
  { "package", N_ ("Package") },
  { "plan", N_ ("Plan") },
  { "joining", N_ ("Joining fee") },
  { "drop_in", N_ ("Drop-in") },
  { "voucher", N_ ("Voucher") },
  { "fee", N_ ("Fee") },
  { "other", N_ ("Other") },
  { "cash", N_ ("Cash") },
  { "card", N_ ("Card") },
  { "eft", N_ ("Bank transfer") },
  { "qr", N_ ("Phone") },
  { "online", N_ ("Online") },
  { "account", N_ ("On account") },
  { "lots_expired", N_ ("Credits that ran out") },
};

/* What each row may be of. */
static const struct {
  const char *way, *text;
} ways[] = {
  { "class", N_ ("by class") },   { "member", N_ ("by member") },   { "slot", N_ ("by slot of the week") },
  { "hour", N_ ("by hour") },     { "weekday", N_ ("by weekday") }, { "instructor", N_ ("by instructor") },
  { "day", N_ ("by day") },       { "month", N_ ("by month") },     { "method", N_ ("by method of payment") },
};

/**
 * sl_report_way_text:
 * @way: one of sl_report_ways()
 *
 * Returns: (transfer none): what people read instead, in English, marked for translation
 */
const char *
sl_report_way_text (const char *way)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (ways[i].way, way))
      return ways[i].text;
  return way;
}

/**
 * sl_report_word_text:
 * @word: the word of a cell
 *
 * Returns: (transfer none): what people read instead, in English, marked for translation
 */
const char *
sl_report_word_text (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].text;
  return word;
}

/* With so many decimals, and a point before them. */
static char *
decimal (gint64 number, guint64 unit, int places)
{
  guint64 amount = number < 0 ? -(guint64) number : (guint64) number;
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, number < 0 ? "-" : "", amount / unit,
                          places, amount % unit);
}

static const char *const kind_names[] = {
  [SL_REPORT_TEXT] = "text",       [SL_REPORT_WORD] = "word",           [SL_REPORT_COUNT] = "count",
  [SL_REPORT_PERCENT] = "permille", [SL_REPORT_MONEY] = "cents",        [SL_REPORT_HUNDREDTHS] = "hundredths",
  [SL_REPORT_MINUTES] = "minutes", [SL_REPORT_TIME] = "time",           [SL_REPORT_DATE] = "date",
};

/**
 * sl_report_kind_name:
 * @kind: what a column holds
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_report_kind_name (SlReportKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_names), "");

  return kind_names[kind];
}

/**
 * sl_report_kind_parse:
 * @name: an outside name
 * @out: (out): the kind
 *
 * Returns: %FALSE where there is no such kind
 */
gboolean
sl_report_kind_parse (const char *name, SlReportKind *out)
{
  g_return_val_if_fail (name != NULL && out != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_str_equal (name, kind_names[i]))
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sl_report_number_text:
 * @kind: what the number is
 * @number: it; %SL_NUMBER_NONE: nothing
 * @zone: (nullable): for times
 *
 * Returns: (transfer full): "12", "93.3" (of permille 933), "150.00", "2.5", "12:30", "2026-03-01 07:00", "2026-03-01";
 * "" for nothing
 */
char *
sl_report_number_text (SlReportKind kind, gint64 number, GTimeZone *zone)
{
  if (number == SL_NUMBER_NONE)
    return g_strdup ("");
  switch (kind)
    {
    case SL_REPORT_PERCENT:
      return decimal (number, 10, 1);
    case SL_REPORT_MONEY:
      return decimal (number, 100, 2);
    case SL_REPORT_HUNDREDTHS:
      return sl_credits_format (number);
    case SL_REPORT_MINUTES:
      return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d", number / 60, (int) (number % 60));
    case SL_REPORT_TIME:
      return sl_time_format_local (number, zone, "%Y-%m-%d %H:%M");
    case SL_REPORT_DATE:
      return sl_report_day_text (number);
    case SL_REPORT_COUNT:
    case SL_REPORT_TEXT:
    case SL_REPORT_WORD:
      return g_strdup_printf ("%" G_GINT64_FORMAT, number);
    }
  g_return_val_if_reached (NULL);
}

/**
 * sl_report_cell_text:
 * @report: the report
 * @row: one of its rows, or its sum
 * @column: which cell
 * @translate: for words, and for the sum's title
 *
 * Returns: (transfer full): the cell as it stands everywhere; "" for nothing
 */
char *
sl_report_cell_text (const SlReport *report, const SlReportRow *row, guint column, SlReportTranslate translate)
{
  g_return_val_if_fail (report != NULL && row != NULL && column < report->n_columns && translate != NULL, NULL);

  const SlReportCell *cell = &row->cells[column];
  SlReportKind kind = report->columns[column].kind;
  if (row == report->total && column == 0)
    return g_strdup (translate (N_ ("Total")));
  if (kind == SL_REPORT_WORD)
    return g_strdup (cell->text != NULL ? translate (sl_report_word_text (cell->text)) : "");
  if (kind == SL_REPORT_TEXT)
    return g_strdup (cell->text != NULL ? cell->text : "");
  return sl_report_number_text (kind, cell->number, report->zone);
}

static void
append_row (GString *out, const SlReport *report, const SlReportRow *row, SlReportTranslate translate)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  for (guint c = 0; c < report->n_columns; c++)
    g_ptr_array_add (cells, sl_report_cell_text (report, row, c, translate));
  sl_csv_append_row (out, (const char *const *) cells->pdata, cells->len);
}

/**
 * sl_report_write_csv:
 * @report: the report
 * @file: where to; an ordinary file that is there is replaced, in one step when the new one is whole
 * @translate: for words
 * @error: return location
 *
 * A line of the columns' names for programs, the rows, and the sum where there is one. What a spreadsheet would read as
 * a formula is guarded as exports are (core/csv.h). The file's mode is 0600.
 *
 * Returns: %FALSE on failure; what was there before is there still
 */
gboolean
sl_report_write_csv (const SlReport *report, const char *file, SlReportTranslate translate, GError **error)
{
  g_return_val_if_fail (report != NULL && file != NULL && translate != NULL, FALSE);

  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  for (guint c = 0; c < report->n_columns; c++)
    g_ptr_array_add (names, (char *) report->columns[c].name);
  sl_csv_append_row (out, (const char *const *) names->pdata, names->len);
  for (guint i = 0; i < report->rows->len; i++)
    append_row (out, report, report->rows->pdata[i], translate);
  if (report->total != NULL)
    append_row (out, report, report->total, translate);
  return g_file_set_contents_full (file, out->str, (gssize) out->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, error);
}
