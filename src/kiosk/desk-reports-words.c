/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-reports-words"

#include "desk-reports-words.h"

#include "date-words.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/availability.h"

#include <glib/gi18n-lib.h>

#define HERE_NAMED_MAX 2 /* classes that are named: the rest is in the report */

static const char *
translate (const char *text)
{
  return dgettext (GETTEXT_PACKAGE, text);
}

/* sentence: with {n} in it. */
static char *
count_words (const char *sentence, gint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, n);

  return sl_text_fill (sentence, "n", number, NULL);
}

/* --- answers --- */

/**
 * sl_card_title:
 * @card: an answer
 *
 * Returns: (transfer none): the question
 */
const char *
sl_card_title (SlCard card)
{
  static const char *const titles[] = {
    /* Translators: titles of cards on the manager's page; below each stands one figure */
    [SL_CARD_HERE] = N_ ("Here now"),
    [SL_CARD_USUAL] = N_ ("Today against usual"),
    [SL_CARD_MONEY] = N_ ("Money this week"),
    [SL_CARD_CLASSES] = N_ ("Classes of the last 30 days"),
    [SL_CARD_LOSING] = N_ ("Members we are losing"),
    [SL_CARD_ATTENTION] = N_ ("Needs attention"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == SL_CARD_LAST);

  g_return_val_if_fail (card < SL_CARD_LAST, "");
  return translate (titles[card]);
}

static void
here_words (const SlOccupancy *here, char **out_figure, char **out_why)
{
  g_autoptr (GString) why = g_string_new (NULL);

  if (here->people == 0)
    {
      *out_figure = g_strdup (_("Nobody"));
      *out_why = g_strdup (_("No one is checked in at this moment."));
      return;
    }
  *out_figure = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} person", "{n} people", here->people), here->people);
  for (guint i = 0; i < here->sessions->len && i < HERE_NAMED_MAX; i++)
    {
      const SlOccupancySession *session = here->sessions->pdata[i];
      const char *name = session->class_name != NULL ? session->class_name
                         : sl_id_is_none (&session->session_id) ? _("Open gym") : _("A class");

      g_string_append_printf (why, "%s%s %d", i > 0 ? " · " : "", name, session->people);
    }
  if (here->sessions->len > HERE_NAMED_MAX)
    g_string_append (why, " · …");
  *out_why = g_string_free (g_steal_pointer (&why), FALSE);
}

static void
usual_words (const SlReport *report, char **out_figure, char **out_why)
{
  SlReportUsual usual;

  sl_report_usual_sum_up (report, &usual);
  const char *weekday = translate (sl_report_word_text (sl_weekday_name ((int) ((usual.day % 7 + 7 + 3) % 7) + 1)));
  g_autofree char *people = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} person by now", "{n} people by now",
                                                                usual.today), usual.today);

  if (usual.days == 0)
    {
      *out_figure = g_steal_pointer (&people);
      *out_why = sl_text_fill (_("There is no usual {weekday} to go by yet."), "weekday", weekday, NULL);
      return;
    }
  gint64 difference = usual.today * 100 - usual.usual_hundredths;
  gint64 whole = (ABS (difference) + 50) / 100;
  g_autofree char *mean = sl_credits_format ((usual.usual_hundredths + 5) / 10 * 10);

  if (whole == 0)
    *out_figure = g_strdup (_("As usual"));
  else if (difference > 0)
    *out_figure = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} more than usual", "{n} more than usual", whole),
                               whole);
  else
    *out_figure = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} fewer than usual", "{n} fewer than usual", whole),
                               whole);
  /* Translators: {people} is "12 people by now", {weekday} "Tuesday" */
  *out_why = sl_text_fill (_("{people}; a usual {weekday} has {mean}."), "people", people, "weekday", weekday, "mean",
                           mean, NULL);
}

static void
money_words (const SlCardFound *found, const char *currency, char **out_figure, char **out_why)
{
  gint64 difference = found->cents - found->before_cents;
  g_autofree char *amount = sl_money_format (ABS (difference), currency);

  *out_figure = sl_money_format (found->cents, currency);
  if (difference == 0)
    *out_why = g_strdup (_("As much as last week by this day."));
  else if (difference > 0)
    *out_why = sl_text_fill (_("{amount} more than last week by this day."), "amount", amount, NULL);
  else
    *out_why = sl_text_fill (_("{amount} less than last week by this day."), "amount", amount, NULL);
}

static void
classes_words (const SlReport *report, char **out_figure, char **out_why)
{
  SlReportPopular sum;
  g_autofree char *empty = NULL, *over = NULL, *emptiest = NULL, *fullest = NULL;

  sl_report_popular_sum_up (report, &sum);
  if (sum.empty > 0)
    {
      g_autofree char *percent = sl_report_number_text (SL_REPORT_PERCENT, sum.emptiest_permille, report->zone);

      empty = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} runs empty", "{n} run empty", sum.empty), sum.empty);
      /* xgettext:no-c-format */
      emptiest = sl_text_fill (_("{class}: {percent} % of its seats taken."), "class",
                               sum.emptiest != NULL ? sum.emptiest : _("A class"), "percent", percent, NULL);
    }
  if (sum.overflowing > 0)
    {
      g_autofree char *waited = g_strdup_printf ("%" G_GINT64_FORMAT, sum.fullest_waited);

      over = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} overflows", "{n} overflow", sum.overflowing),
                          sum.overflowing);
      /* Translators: {n} people were on the waitlists of a class */
      fullest = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{class}: {n} waited for a place.",
                                           "{class}: {n} waited for a place.", sum.fullest_waited),
                              "class", sum.fullest != NULL ? sum.fullest : _("A class"), "n", waited, NULL);
    }
  *out_figure = sl_text_join (", ", empty != NULL ? empty : "", over != NULL ? over : "", NULL);
  *out_why = sl_text_join (" ", emptiest != NULL ? emptiest : "", fullest != NULL ? fullest : "", NULL);
  if (**out_figure != '\0')
    return;
  g_free (*out_figure);
  g_free (*out_why);
  *out_figure = g_strdup (sum.classes > 0 ? _("None is empty") : _("No classes"));
  *out_why = g_strdup (sum.classes > 0 ? _("And nobody waited in vain.") : _("None were held in these days."));
}

static void
losing_words (const SlReport *report, char **out_figure, char **out_why)
{
  const SlReportRow *row = report->rows->len > 0 ? report->rows->pdata[0] : NULL;

  if (row == NULL)
    {
      *out_figure = g_strdup (_("Nobody"));
      *out_why = g_strdup (_("Whoever came every week still comes."));
      return;
    }
  g_autofree char *days = g_strdup_printf ("%" G_GINT64_FORMAT, row->cells[3].number);
  *out_figure = count_words (g_dngettext (GETTEXT_PACKAGE, "{n} member", "{n} members", report->rows->len),
                             report->rows->len);
  *out_why = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{name} came every week, and not for {n} day.",
                                        "{name} came every week, and not for {n} days.", row->cells[3].number),
                           "name", row->cells[0].text != NULL ? row->cells[0].text : _("Somebody"), "n", days, NULL);
}

/**
 * sl_card_words:
 * @found: what was found
 * @currency: the studio's
 * @out_figure: (out) (transfer full): one figure in words
 * @out_why: (out) (transfer full): a line of why
 */
void
sl_card_words (const SlCardFound *found, const char *currency, char **out_figure, char **out_why)
{
  g_return_if_fail (found != NULL && currency != NULL && out_figure != NULL && out_why != NULL);

  switch (found->card)
    {
    case SL_CARD_HERE:
      here_words (found->here, out_figure, out_why);
      break;
    case SL_CARD_USUAL:
      usual_words (found->report, out_figure, out_why);
      break;
    case SL_CARD_MONEY:
      money_words (found, currency, out_figure, out_why);
      break;
    case SL_CARD_CLASSES:
      classes_words (found->report, out_figure, out_why);
      break;
    case SL_CARD_LOSING:
      losing_words (found->report, out_figure, out_why);
      break;
    case SL_CARD_ATTENTION:
    case SL_CARD_LAST:
    default:
      *out_figure = found->count > 0
                      ? count_words (g_dngettext (GETTEXT_PACKAGE, "{n} thing", "{n} things", found->count),
                                     found->count)
                      : g_strdup (_("Nothing"));
      *out_why = g_strdup (found->count > 0 ? translate (sl_attention_message (found->first)) : _("All is in order."));
    }
}

/* --- reports --- */

/**
 * sl_report_words_about:
 * @name: a report
 *
 * Returns: (transfer none): what it tells
 */
const char *
sl_report_words_about (SlReportName name)
{
  static const char *const about[] = {
    /* Translators: what a report tells, below its name in a list */
    [SL_REPORT_TODAY] = N_ ("Each class of today: booked, in, waiting"),
    [SL_REPORT_USUAL] = N_ ("People by this time, today and four weeks back"),
    [SL_REPORT_ATTENDANCE] = N_ ("Who came and who did not, by class, member or time"),
    [SL_REPORT_UTILISATION] = N_ ("Seats taken of seats offered"),
    [SL_REPORT_REVENUE] = N_ ("What was sold less what was given back"),
    [SL_REPORT_CREDITS] = N_ ("Sold, spent and run out"),
    [SL_REPORT_INSTRUCTORS] = N_ ("Hours, people and pay"),
    [SL_REPORT_POPULAR] = N_ ("Classes by seats taken, and who waited"),
    [SL_REPORT_AT_RISK] = N_ ("Who came every week and stays away"),
    [SL_REPORT_RETENTION] = N_ ("Who still comes one, two and three months later"),
    [SL_REPORT_LOCATIONS] = N_ ("Sessions, people and revenue of each"),
    [SL_REPORT_FUNNEL] = N_ ("What became of held and offered spots"),
    [SL_REPORT_CASH_UP] = N_ ("Each till: expected, counted, difference"),
    [SL_REPORT_MEMBER] = N_ ("One member’s classes and favourites"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (about) == SL_REPORT_LAST);

  g_return_val_if_fail (name < SL_REPORT_LAST, "");
  return translate (about[name]);
}

static int
year_of (gint64 ms, GTimeZone *zone)
{
  g_autofree char *year = sl_time_format_local (ms, zone, "%Y");

  return atoi (year);
}

/* "Mon 2 March", in other years than this one with the year. */
static char *
date_words (gint64 day, gint64 now_ms, GTimeZone *zone)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc (); /* a date has no zone */
  g_autofree char *text = sl_date_words_day (day * SL_DAY_MS, utc);
  int year = year_of (day * SL_DAY_MS, utc);

  return year == year_of (now_ms, zone) ? g_steal_pointer (&text) : g_strdup_printf ("%s %d", text, year);
}

/* "2026-03" or a date in it. */
static char *
month_words (const SlReportCell *cell)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text = cell->text != NULL ? g_strdup_printf ("%s-01T00:00", cell->text) : NULL;
  gint64 ms = cell->number != SL_NUMBER_NONE ? cell->number * SL_DAY_MS : 0;

  if (text != NULL && !sl_time_parse (text, utc, &ms, NULL))
    return g_strdup (cell->text);
  return sl_date_words_month (ms, utc);
}

/**
 * sl_report_words_cell:
 * @report: a report
 * @row: one of its rows, or its sums
 * @column: which cell
 * @now_ms: the moment
 *
 * The cell of paper and CSV, with money, dates and times as they are read here.
 *
 * Returns: (transfer full): its text; "" for nothing
 */
char *
sl_report_words_cell (const SlReport *report, const SlReportRow *row, guint column, gint64 now_ms)
{
  const SlReportCell *cell = &row->cells[column];
  gboolean has_number = cell->number != SL_NUMBER_NONE, is_title = row == report->total && column == 0;

  if (g_str_equal (report->columns[column].name, "month") && !is_title)
    return month_words (cell);
  switch (report->columns[column].kind)
    {
    case SL_REPORT_MONEY:
      if (has_number && !is_title)
        return sl_money_format (cell->number, report->currency);
      break;
    case SL_REPORT_DATE:
      if (has_number && !is_title)
        return date_words (cell->number, now_ms, report->zone);
      break;
    case SL_REPORT_TIME:
      if (has_number && !is_title)
        return sl_record_words_when (cell->number, now_ms, report->zone);
      break;
    case SL_REPORT_TEXT:
    case SL_REPORT_WORD:
    case SL_REPORT_COUNT:
    case SL_REPORT_PERCENT:
    case SL_REPORT_HUNDREDTHS:
    case SL_REPORT_MINUTES:
    default:
      break;
    }
  return sl_report_cell_text (report, row, column, translate);
}

static gboolean
is_figure (SlReportKind kind)
{
  return kind != SL_REPORT_TEXT && kind != SL_REPORT_WORD && kind != SL_REPORT_TIME && kind != SL_REPORT_DATE;
}

/**
 * sl_report_words_table:
 * @report: a report
 * @now_ms: the moment
 * @opens: whether there is something behind rows with an id
 *
 * Returns: (transfer full): its rows to be looked at
 */
SlTableData *
sl_report_words_table (const SlReport *report, gint64 now_ms, gboolean opens)
{
  SlTableData *data = sl_table_data_new ();

  for (guint c = 0; c < report->n_columns; c++)
    sl_table_data_add_column (data, translate (report->columns[c].title), is_figure (report->columns[c].kind));
  for (guint i = 0; i < report->rows->len; i++)
    {
      const SlReportRow *row = report->rows->pdata[i];
      char **cells = sl_table_data_add_row (data, opens && !sl_id_is_none (&row->id));

      for (guint c = 0; c < report->n_columns; c++)
        cells[c] = sl_report_words_cell (report, row, c, now_ms);
    }
  if (report->total == NULL)
    return data;
  data->total = g_new0 (char *, report->n_columns + 1);
  for (guint c = 0; c < report->n_columns; c++)
    data->total[c] = sl_report_words_cell (report, report->total, c, now_ms);
  return data;
}

/**
 * sl_report_words_subtitle:
 * @report: a report
 * @now_ms: the moment, at which it was read
 * @zone: of this place
 *
 * Returns: (transfer full): of whom, of which days and where it is, and of when
 */
char *
sl_report_words_subtitle (const SlReport *report, gint64 now_ms, GTimeZone *zone)
{
  g_autofree char *days = NULL, *time = sl_date_words_time (now_ms, zone);
  g_autofree char *read = sl_text_fill (_("as of {time}"), "time", time, NULL);

  if (report->from_day != SL_NUMBER_NONE)
    {
      g_autofree char *from = date_words (report->from_day, now_ms, zone);
      g_autofree char *to = date_words (report->to_day, now_ms, zone);

      days = report->from_day == report->to_day ? g_steal_pointer (&from) : g_strdup_printf ("%s – %s", from, to);
    }
  return sl_text_join (" · ", report->about != NULL ? report->about : "", days != NULL ? days : "",
                       report->place != NULL ? report->place : "", read, NULL);
}

/**
 * sl_report_words_notes:
 * @report: a report
 *
 * Returns: (transfer full): how to read it; may be empty
 */
char *
sl_report_words_notes (const SlReport *report)
{
  g_autoptr (GString) notes = g_string_new (NULL);

  for (guint i = 0; i < report->notes->len; i++)
    g_string_append_printf (notes, "%s%s", i > 0 ? " " : "", translate (report->notes->pdata[i]));
  return g_string_free (g_steal_pointer (&notes), FALSE);
}

/**
 * sl_report_words_way:
 * @way: one of sl_report_ways()
 *
 * Returns: (transfer full): "By class"
 */
char *
sl_report_words_way (const char *way)
{
  const char *words = translate (sl_report_way_text (way));
  g_autofree char *first = g_utf8_substring (words, 0, 1), *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, g_utf8_next_char (words), NULL);
}

/* --- days --- */

static gint64
day_of (gint64 ms, GTimeZone *zone)
{
  return sl_time_to_local (ms, zone) / SL_DAY_MS; /* times are after 1990 */
}

static void
days_of (SlReportsPeriod period, gint64 today, gint64 *out_from, gint64 *out_to)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (today + 719163)); /* GDate counts from the first of January of year 1 */
  gint64 month = today - (g_date_get_day (&date) - 1), before;
  *out_from = *out_to = today;
  switch (period)
    {
    case SL_REPORTS_WEEK:
      *out_from = today - (g_date_get_weekday (&date) - 1);
      break;
    case SL_REPORTS_MONTH:
      *out_from = month;
      break;
    case SL_REPORTS_LAST_MONTH:
      before = month - 1;
      g_date_set_julian (&date, (guint32) (before + 719163));
      *out_from = before - (g_date_get_day (&date) - 1);
      *out_to = before;
      break;
    case SL_REPORTS_YEAR:
      *out_from = today - (g_date_get_day_of_year (&date) - 1);
      break;
    case SL_REPORTS_TODAY:
    case SL_REPORTS_USUAL:
    case SL_REPORTS_PERIOD_LAST:
    default:
      break;
    }
}

/**
 * sl_reports_period_days:
 * @period: a choice
 * @now_ms: the moment
 * @zone: of this place
 * @out_from: (out) (transfer full) (nullable): its first day, as reports take it; %NULL: as is usual
 * @out_to: (out) (transfer full) (nullable): its last day
 */
void
sl_reports_period_days (SlReportsPeriod period, gint64 now_ms, GTimeZone *zone, char **out_from, char **out_to)
{
  gint64 from, to;

  *out_from = *out_to = NULL;
  if (period == SL_REPORTS_USUAL)
    return;
  days_of (period, day_of (now_ms, zone), &from, &to);
  *out_from = sl_report_day_text (from);
  *out_to = sl_report_day_text (to);
}

/**
 * sl_reports_period_of:
 * @report: a report of some days
 * @now_ms: the moment
 * @zone: of this place
 * @out_usual: (out) (transfer full) (nullable): what its days are called, where they are none of the choices
 *
 * Returns: which choice its days are
 */
SlReportsPeriod
sl_reports_period_of (const SlReport *report, gint64 now_ms, GTimeZone *zone, char **out_usual)
{
  gint64 today = day_of (now_ms, zone), span = today - report->from_day + 1;

  *out_usual = NULL;
  for (guint i = 0; i < SL_REPORTS_USUAL; i++)
    {
      gint64 from, to;

      days_of ((SlReportsPeriod) i, today, &from, &to);
      if (from == report->from_day && to == report->to_day)
        return (SlReportsPeriod) i;
    }
  if (report->to_day == today)
    *out_usual = count_words (g_dngettext (GETTEXT_PACKAGE, "Last {n} day", "Last {n} days", span), span);
  else
    /* Translators: a report's own days, where nobody chose others */
    *out_usual = g_strdup (_("Usual days"));
  return SL_REPORTS_USUAL;
}
