/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-staff"

#include "engine/report-private.h"

#include "engine/schedule.h"

/* What is on today, and what those who teach have done. */

/* --- today --- */

static const SlReportColumn today_columns[] = {
  { "start", N_ ("Start"), SL_REPORT_TIME, FALSE, 0, 0, 0 },
  { "class", N_ ("Class"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "location", N_ ("Location"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "room", N_ ("Room"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "instructor", N_ ("Instructor"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "state", N_ ("State"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
  { "capacity", N_ ("Capacity"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "confirmed", N_ ("Booked"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "came", N_ ("Came"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "held", N_ ("Held"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "waitlisted", N_ ("Waiting"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "free", N_ ("Free"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
};

typedef struct {
  SlReportRun *run;
  GHashTable *came; /* SlId of a session → people */
} Today;

/* sl_report_scan() has them by place; what began the day before may go on over midnight. */
static void
count_people (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  gint64 came = walk_ins != NULL ? walk_ins->len : 0;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      came += claim->stands ? __builtin_popcount (claim->bits_in) : 0;
    }
  g_hash_table_insert (data, sl_id_copy (&session->id), g_memdup2 (&came, sizeof came));
}

static gboolean
add_today (SlReportRun *run, const SlSession *session, GHashTable *came, GError **error)
{
  const gint64 *people = g_hash_table_lookup (came, &session->id);
  SlSessionCounts counts;
  if (!sl_session_counts (run->engine, &session->id, &counts, error))
    return FALSE;
  SlReportRow *row = sl_report_add_row (run->report, &session->id);
  sl_report_put (row, 0, session->start_ms);
  sl_report_put_text (row, 1, session->service_name);
  sl_report_put_text (row, 2, session->location_name);
  sl_report_put_text (row, 3, session->room_name);
  sl_report_put_text (row, 4, session->instructor_name);
  sl_report_put_word (row, 5, sl_session_state_name (session->state), session->state);
  if (session->cancelled)
    return TRUE;
  sl_report_put (row, 6, counts.capacity);
  sl_report_put (row, 7, counts.confirmed);
  sl_report_put (row, 8, people != NULL ? *people : 0);
  sl_report_put (row, 9, counts.held);
  sl_report_put (row, 10, counts.waitlisted);
  sl_report_put (row, 11, counts.free);
  return TRUE;
}

static gboolean
add_today_at (SlReportRun *run, const SlReportPlace *place, GHashTable *came, GError **error)
{
  gint64 day = sl_report_local_day (run->now_ms, place->zone);
  gint64 from_ms = sl_report_day_ms (day, place->zone);
  g_autoptr (GPtrArray) sessions = sl_session_list (run->engine, &place->id, sl_report_day_ms (day - 1, place->zone),
                                                    sl_report_day_ms (day + 1, place->zone), error);
  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      if (session->end_ms > from_ms && session->state != SL_SESSION_DRAFT && !add_today (run, session, came, error))
        return FALSE;
    }
  return sessions != NULL;
}

/* sl_report_today: all that touches the local day, by start; places and who is in as of this moment. */
gboolean
sl_report_today (SlReportRun *run, GError **error)
{
  static const int by_start[] = { 1, 3, 2, 0 };
  g_autoptr (GHashTable) came = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  sl_report_set_columns (run->report, today_columns, G_N_ELEMENTS (today_columns));
  /* A day more on either side: it is not the same day everywhere. */
  if (!sl_report_scan (run, run->today - 2, run->today + 1, count_people, came, error))
    return FALSE;
  for (guint i = 0; i < run->places->len; i++)
    if (!add_today_at (run, run->places->pdata[i], came, error))
      return FALSE;
  sl_report_sort (run->report, by_start);
  sl_report_finish (run->report, TRUE);
  return TRUE;
}

/* --- instructors --- */

static const SlReportColumn instructor_columns[] = {
  { "instructor", N_ ("Instructor"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  { "sessions", N_ ("Sessions"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "minutes", N_ ("Hours"), SL_REPORT_MINUTES, TRUE, 0, 0, 0 },
  { "came", N_ ("People who came"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "attended", N_ ("Attended"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "no_shows", N_ ("No-shows"), SL_REPORT_COUNT, TRUE, 0, 0, 0 },
  { "no_show_permille", N_ ("No-shows %"), SL_REPORT_PERCENT, FALSE, 5, 4, 5 },
  { "pay_sessions_cents", N_ ("Pay by session"), SL_REPORT_MONEY, TRUE, 0, 0, 0 },
  { "pay_hours_cents", N_ ("Pay by hour"), SL_REPORT_MONEY, TRUE, 0, 0, 0 },
  { "pay_heads_cents", N_ ("Pay by head"), SL_REPORT_MONEY, TRUE, 0, 0, 0 },
  { "pay_cents", N_ ("Pay"), SL_REPORT_MONEY, TRUE, 0, 0, 0 },
};

typedef struct {
  SlReportTally tally;
  gint64 minutes;
} Taught;

typedef struct {
  gint64 now_ms;
  const SlId *only;  /* (nullable) */
  GHashTable *taught;/* SlId → Taught */
} Teaching;

static Taught *
taught_by (GHashTable *taught, const SlId *instructor)
{
  Taught *one = g_hash_table_lookup (taught, instructor);
  if (one == NULL)
    {
      one = g_new0 (Taught, 1);
      g_hash_table_insert (taught, sl_id_copy (instructor), one);
    }
  return one;
}

/* What was held and is over. */
static void
count_teaching (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  const Teaching *teaching = data;
  if (!sl_report_is_held (session) || session->end_ms > teaching->now_ms
      || (teaching->only != NULL && !sl_id_equal (&session->instructor_id, teaching->only)))
    return;
  Taught *one = taught_by (teaching->taught, &session->instructor_id);
  sl_report_tally_session (&one->tally, session, claims, walk_ins);
  one->minutes += (session->end_ms - session->start_ms) / SL_MINUTE_MS;
}

/* By the rates as they are now. The minutes of all sessions together are rounded to a cent, halves up. */
static gboolean
put_pay (SlReportRun *run, SlReportRow *row, const SlId *instructor, const Taught *one, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    run->engine->store,
    "SELECT coalesce (rate_session_cents, 0), coalesce (rate_hour_cents, 0), coalesce (rate_head_cents, 0) "
    "FROM staff WHERE id = ?",
    "d", instructor);
  gint64 by_session = 0, by_hour = 0, by_head = 0;
  if (sl_rows_next (rows))
    {
      by_session = sl_rows_int (rows, 0) * one->tally.sessions;
      by_hour = (2 * sl_rows_int (rows, 1) * one->minutes + 60) / 120;
      by_head = sl_rows_int (rows, 2) * one->tally.came;
    }
  sl_report_put (row, 7, by_session);
  sl_report_put (row, 8, by_hour);
  sl_report_put (row, 9, by_head);
  sl_report_put (row, 10, by_session + by_hour + by_head);
  return sl_rows_finish (rows, error);
}

static gboolean
add_taught (SlReportRun *run, const SlId *instructor, const Taught *one, GError **error)
{
  SlReportRow *row = sl_report_add_row (run->report, instructor);
  sl_report_put_text (row, 0, sl_report_name_of (run, instructor));
  sl_report_put (row, 1, one->tally.sessions);
  sl_report_put (row, 2, one->minutes);
  sl_report_put (row, 3, one->tally.came);
  sl_report_put (row, 4, one->tally.attended);
  sl_report_put (row, 5, one->tally.absent);
  return put_pay (run, row, instructor, one, error);
}

/* sl_report_instructors: instructors see themselves, also where they have taught nothing. */
gboolean
sl_report_instructors (SlReportRun *run, GError **error)
{
  static const int by_name[] = { 1, 0 };
  g_autoptr (GHashTable) taught = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  Teaching teaching = { run->now_ms, run->own ? &run->actor->id : NULL, taught };
  GHashTableIter iter;
  gpointer key, value;
  sl_report_set_columns (run->report, instructor_columns, G_N_ELEMENTS (instructor_columns));
  if (!sl_report_scan (run, run->report->from_day, run->report->to_day, count_teaching, &teaching, error))
    return FALSE;
  if (run->own)
    (void) taught_by (taught, &run->actor->id);
  g_hash_table_iter_init (&iter, taught);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!add_taught (run, key, value, error))
      return FALSE;
  sl_report_sort (run->report, by_name);
  sl_report_note (run->report, N_ ("Sessions that were held and are over, paid by the rates as they are now."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}
