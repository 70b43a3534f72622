/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-report-wide"

#include "engine/report.h"

#include <string.h>

#include "desk-fixture.h"
#include "engine/checkin.h"
#include "expect.h"

/* A report of most of a studio's sessions reads all check-ins at once, one of a few looks each up: the same figures.
 * And what was booked between the bookings of a day is read past, be it little or much. */

#define DAYS_AHEAD 30 /* a session on each of so many later days makes the first two days few among all */

static const char *
plain (const char *text)
{
  return text;
}

/* Who came and who did not: two of two spots, one of two, one whose check-in was undone, none, one that cancelled. */
static void
live (Desk *desk)
{
  static const char *const guest[] = { "Naledi", NULL };
  SlId monday = desk_free_class (desk, MORNING + HOURS (1), 12);
  SlId tuesday = desk_free_class (desk, MORNING + DAYS (1), 12);
  SlId thandi = desk_member (desk, "Thandi"), pieter = desk_member (desk, "Pieter"), zoe = desk_member (desk, "Zoë");
  SlId both = desk_book_spots (desk, &thandi, &monday, guest), half = desk_book_spots (desk, &pieter, &monday, guest);
  SlId undone = desk_book (desk, &zoe, &monday), gone = desk_book (desk, &zoe, &tuesday);
  (void) desk_book (desk, &pieter, &tuesday);
  SlCancelResult cancelled;
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &gone, &cancelled), ==, "ok");
  g_autofree char *code = desk_booking_code (desk, &half, 1);
  desk->world.now_ms = MORNING + MINUTES (50);
  g_assert_cmpstr (desk_checkin_booking (desk, &both, NULL), ==, "ok");
  g_assert_cmpstr (desk_scan_result (desk, code), ==, "ok");
  g_assert_cmpstr (desk_checkin_booking (desk, &undone, NULL), ==, "ok");
  SlBookingStatus status;
  done (sl_checkin_undo (desk->engine, &desk->owner, &undone, "a slip", &status, &refusal, &failure));
  desk->world.now_ms = MORNING + DAYS (2);
}

/* Every cell of every row, and the sum. */
static char *
text_between (Desk *desk, SlReportName name, const char *by, const char *from, const char *to)
{
  const SlReportParams params = { .name = name, .by = by, .from = from, .to = to };
  g_autoptr (SlReport) report = NULL;
  GString *text = g_string_new (NULL);
  done (sl_report_run (desk->engine, &desk->owner, &params, &report, &refusal, &failure));
  for (guint i = 0; i <= report->rows->len; i++)
    {
      const SlReportRow *row = i < report->rows->len ? report->rows->pdata[i] : report->total;
      for (guint c = 0; row != NULL && c < report->n_columns; c++)
        {
          g_autofree char *cell = sl_report_cell_text (report, row, c, plain);
          g_string_append_printf (text, "%s|", cell);
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static char *
text_of (Desk *desk, SlReportName name, const char *by)
{
  return text_between (desk, name, by, "2026-03-02", "2026-03-03");
}

static void
few_of_many_say_the_same (Desk *desk, gconstpointer data)
{
  static const struct {
    SlReportName name;
    const char *by;
  } reports[] = { { SL_REPORT_ATTENDANCE, "member" }, { SL_REPORT_UTILISATION, "weekday" },
                  { SL_REPORT_POPULAR, NULL }, { SL_REPORT_LOCATIONS, NULL } };
  char *wide[G_N_ELEMENTS (reports)];
  live (desk);
  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    wide[i] = text_of (desk, reports[i].name, reports[i].by);
  /* bookings, attended, no-shows, late, cancelled, ahead */
  g_assert_cmpstr (wide[0], ==,
                   "Pieter Nkosi|2|1|1|0|0|0|50.0|50.0|\n"
                   "Thandi Nkosi|1|1|0|0|0|0|100.0|0.0|\n"
                   "Zoë Nkosi|2|0|1|0|1|0|0.0|100.0|\n"
                   "Total|5|2|2|0|1|0|50.0|50.0|\n");
  for (int day = 3; day < 3 + DAYS_AHEAD; day++)
    (void) desk_free_class (desk, MORNING + DAYS (day), 12);
  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      g_autofree char *few = text_of (desk, reports[i].name, reports[i].by);
      g_assert_cmpstr (few, ==, wide[i]);
      g_free (wide[i]);
    }
}

static void
bookings_of_other_days_lie_between (Desk *desk, gconstpointer data)
{
  static const char *const names[] = { "Thandi", "Pieter", "Zoë", "Naledi", "Sipho", "Lindiwe", "Kagiso" };
  static const char of_day[] = "MTMTTTTTTM"; /* whose turn it is to be booked: Monday's class or Tuesday's */
  SlId members[G_N_ELEMENTS (names)];
  SlId monday = desk_free_class (desk, MORNING + HOURS (1), 12);
  SlId tuesday = desk_free_class (desk, MORNING + DAYS (1), 12);
  guint on_monday = 0, on_tuesday = 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    members[i] = desk_member (desk, names[i]);
  for (guint i = 0; of_day[i] != '\0'; i++)
    (void) desk_book (desk, &members[of_day[i] == 'M' ? on_monday++ : on_tuesday++],
                      of_day[i] == 'M' ? &monday : &tuesday);
  g_autofree char *first = text_between (desk, SL_REPORT_ATTENDANCE, "class", "2026-03-02", "2026-03-02");
  g_autofree char *second = text_between (desk, SL_REPORT_ATTENDANCE, "class", "2026-03-03", "2026-03-03");
  g_autofree char *both = text_of (desk, SL_REPORT_ATTENDANCE, "class");
  g_assert_nonnull (strstr (first, "\nTotal|3|0|0|0|0|3|"));
  g_assert_nonnull (strstr (second, "\nTotal|7|0|0|0|0|7|"));
  g_assert_nonnull (strstr (both, "\nTotal|10|0|0|0|0|10|"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/report-wide/few-sessions-of-many-say-the-same", few_of_many_say_the_same);
  desk_test ("/sl/report-wide/bookings-of-other-days-lie-between", bookings_of_other_days_lie_between);
  return g_test_run ();
}
