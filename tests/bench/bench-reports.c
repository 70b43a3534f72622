/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-reports"

#include "bench-engine.h"

#include <glib/gstdio.h>

#include "engine/export-csv.h"
#include "engine/report.h"

/* Every report on its usual days and on a year of them, and how fast rows go to CSV files. */

#define TIMES 3 /* some seconds each on a loaded machine */
#define TIMES_QUICK 2
#define YEAR_FROM "2025-03-03" /* up to the day on which the data ends */
#define YEAR_TO "2026-03-02"
#define MIB (1024.0 * 1024.0)

static SlReport *
make (SlDesk *desk, SlReportName name, const char *by, gboolean year, const SlId *member)
{
  const SlReportParams params = { .name = name,
                                  .by = by,
                                  .from = year ? YEAR_FROM : NULL,
                                  .to = year ? YEAR_TO : NULL,
                                  .member = member };
  SlReport *report = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_bench_must (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &error), &refusal, &error);
  return report;
}

static void
measure (SlDesk *desk, SlReportName name, const char *by, gboolean year, const SlId *member, guint count)
{
  g_autoptr (SlSeries) wall = sl_series_new (), busy = sl_series_new ();
  guint rows = 0;
  for (guint i = 0; i < count; i++)
    {
      SlMoment started = sl_bench_now ();
      g_autoptr (SlReport) report = make (desk, name, by, year, member);
      SlMoment took = sl_bench_since (started);
      sl_series_add (wall, took.wall_us);
      sl_series_add (busy, took.busy_us);
      rows = report->rows->len;
    }
  g_autofree char *what = g_strdup_printf ("report %s%s%s%s", sl_report_word (name), by != NULL ? " by " : "",
                                           by != NULL ? by : "", year ? ", a year" : "");
  g_autofree char *line = sl_series_to_string (wall);
  g_print ("%-40s [%-5s]  %s; processor p50 %.2f ms, least %.2f ms; %u rows  | aim < 1 s\n", what, desk->name, line,
           sl_series_get_ms (busy, 0.5), sl_series_get_ms (busy, 0), rows);
}

static void
measure_each (SlDesk *desk, guint count)
{
  SlId member;
  g_autoptr (GError) error = NULL;
  g_autoptr (SlReport) members = make (desk, SL_REPORT_ATTENDANCE, "member", FALSE, NULL);
  g_assert (members->rows->len > 0);
  member = ((const SlReportRow *) members->rows->pdata[0])->id;
  for (SlReportName name = 0; name < SL_REPORT_LAST; name++)
    {
      const char *const *ways = sl_report_ways (name);
      const SlId *whose = name == SL_REPORT_MEMBER ? &member : NULL;
      for (guint i = 0; i == 0 || ways[i] != NULL; i++)
        {
          measure (desk, name, ways[i], FALSE, whose, count);
          if (name != SL_REPORT_TODAY)
            measure (desk, name, ways[i], TRUE, whose, count);
          if (ways[i] == NULL)
            break;
        }
    }
}

static const char *
plain (const char *text)
{
  return text;
}

static void
tell_rate (SlDesk *desk, const char *what, guint64 rows, const char *file, SlMoment took)
{
  GStatBuf info;
  sl_bench_must (g_stat (file, &info) == 0, NULL, NULL);
  g_print ("%-34s [%-5s]  %" G_GUINT64_FORMAT " rows, %.1f MiB in %.2f s (processor %.2f s): %.0f rows/s\n", what,
           desk->name, rows, info.st_size / MIB, (double) took.wall_us / G_USEC_PER_SEC,
           (double) took.busy_us / G_USEC_PER_SEC, (double) rows * G_USEC_PER_SEC / MAX (took.wall_us, 1));
  (void) g_remove (file);
}

static void
measure_csv (SlDesk *desk)
{
  g_autofree char *file = g_build_filename (desk->dir, "report.csv", NULL);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  guint64 rows;
  SlMoment started = sl_bench_now ();
  g_autoptr (SlReport) report = make (desk, SL_REPORT_ATTENDANCE, "member", TRUE, NULL);
  sl_bench_must (sl_report_write_csv (report, file, plain, &error), NULL, &error);
  tell_rate (desk, "CSV of a year's attendance", report->rows->len, file, sl_bench_since (started));
  started = sl_bench_now ();
  sl_bench_must (sl_export_csv (desk->engine, &desk->owner, SL_EXPORT_BOOKINGS, file, &rows, &refusal, &error),
                 &refusal, &error);
  tell_rate (desk, "CSV of all bookings", rows, file, sl_bench_since (started));
  started = sl_bench_now ();
  sl_bench_must (sl_export_csv (desk->engine, &desk->owner, SL_EXPORT_VISITS, file, &rows, &refusal, &error), &refusal,
                 &error);
  tell_rate (desk, "CSV of all visits", rows, file, sl_bench_since (started));
}

/* sl_bench_reports: with nothing else going on. */
void
sl_bench_reports (SlDesk *desk, gboolean quick)
{
  measure_each (desk, quick ? TIMES_QUICK : TIMES);
  measure_csv (desk);
}
