/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-usual"

#include "engine/report-private.h"

/* Today beside the same weekdays before it. A session counts from its start on, by the clock on its wall: what has not
 * begun today is held against nothing that had. */

static const SlReportColumn columns[] = {
  { "day", N_ ("Day"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
  { "sessions", N_ ("Sessions by this time"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "by_now", N_ ("People by this time"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  { "all_day", N_ ("People all day"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
};
enum { DAY, SESSIONS, BY_NOW, ALL_DAY };

typedef struct {
  gint64 now_ms, sessions, by_now, all_day;
} Count;

/* Whether the clock there had come as far on that day as it has today. */
static gboolean
is_by_now (const Count *count, const SlReportPlace *place, gint64 at_ms)
{
  gint64 now = sl_time_to_local (count->now_ms, place->zone), then = sl_time_to_local (at_ms, place->zone);
  return then % SL_DAY_MS <= now % SL_DAY_MS;
}

static void
count_session (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  Count *count = data;
  SlReportTally tally = { 0 };
  sl_report_tally_session (&tally, session, claims, walk_ins);
  count->all_day += tally.came;
  if (!is_by_now (count, session->place, session->start_ms))
    return;
  count->sessions += tally.sessions;
  count->by_now += tally.came;
}

static void
count_entry (const SlReportPlace *place, const SlId *member, gint64 day, gint64 at_ms, gpointer data)
{
  Count *count = data;
  count->all_day++;
  count->by_now += is_by_now (count, place, at_ms);
}

/* sl_report_usual: today first, then a week before, and so on. */
gboolean
sl_report_usual (SlReportRun *run, GError **error)
{
  sl_report_set_columns (run->report, columns, G_N_ELEMENTS (columns));
  for (int week = 0; week <= SL_REPORT_USUAL_WEEKS; week++)
    {
      gint64 day = run->today - 7 * week;
      Count count = { .now_ms = run->now_ms };
      if (!sl_report_scan (run, day, day, count_session, &count, error)
          || !sl_report_entries (run, day, day, count_entry, &count, error))
        return FALSE;
      SlReportRow *row = sl_report_add_row (run->report, NULL);
      sl_report_put (row, DAY, day);
      sl_report_put (row, SESSIONS, count.sessions);
      sl_report_put (row, BY_NOW, count.by_now);
      if (week > 0)
        sl_report_put (row, ALL_DAY, count.all_day);
    }
  sl_report_note (run->report, N_ ("A class counts from its start on. Usual is the mean of the days before today on "
                                   "which anybody came."));
  sl_report_finish (run->report, FALSE);
  return TRUE;
}

/**
 * sl_report_usual_sum_up:
 * @report: of %SL_REPORT_USUAL
 * @out: (out): what it comes to
 *
 * Days on which nobody came are no usual ones: the studio was closed, or not there yet.
 */
void
sl_report_usual_sum_up (const SlReport *report, SlReportUsual *out)
{
  g_return_if_fail (report != NULL && report->name == SL_REPORT_USUAL && out != NULL);

  gint64 people = 0;
  *out = (SlReportUsual){ .usual_hundredths = SL_NUMBER_NONE };
  for (guint i = 0; i < report->rows->len; i++)
    {
      const SlReportRow *row = report->rows->pdata[i];
      if (i == 0)
        {
          out->day = row->cells[DAY].number;
          out->today = row->cells[BY_NOW].number;
          continue;
        }
      if (row->cells[ALL_DAY].number == 0)
        continue;
      people += row->cells[BY_NOW].number;
      out->days++;
    }
  if (out->days > 0)
    out->usual_hundredths = (people * 100 + out->days / 2) / out->days;
}
