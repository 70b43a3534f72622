/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-use"

#include "engine/report-private.h"

/* How full it was: utilisation, popular classes, locations side by side. Seats offered are the capacity of what was
 * held; a seat is taken by whoever did not give it back, absent ones too. */

#define SUM(name, title) { name, title, SL_REPORT_COUNT, TRUE, 0, 0, 0 }
#define SEATS(n) \
  SUM ("sessions", N_ ("Sessions")), SUM ("offered", N_ ("Seats offered")), SUM ("taken", N_ ("Seats taken")), \
    SUM ("beside", N_ ("Beside the capacity")), SUM ("came", N_ ("People who came")), \
  { "utilisation_permille", N_ ("Utilisation %"), SL_REPORT_PERCENT, FALSE, (n) + 2, (n) + 1, 0 }
#define TEXT(name, title) { name, title, SL_REPORT_TEXT, FALSE, 0, 0, 0 }
#define WEEKDAY { "weekday", N_ ("Weekday"), SL_REPORT_WORD, FALSE, 0, 0, 0 }

static const SlReportColumn hour_columns[] = { TEXT ("hour", N_ ("Hour")), SEATS (1) };
static const SlReportColumn weekday_columns[] = { WEEKDAY, SEATS (1) };
static const SlReportColumn class_columns[] = { TEXT ("class", N_ ("Class")), SEATS (1) };
static const SlReportColumn slot_columns[] = { WEEKDAY, TEXT ("time", N_ ("Time")), SEATS (2) };

static const struct {
  const char *way;
  const SlReportColumn *columns;
  guint n_columns;
  int weekday, time; /* columns; -1: none */
} ways[] = {
  { "hour", hour_columns, G_N_ELEMENTS (hour_columns), -1, 0 },
  { "weekday", weekday_columns, G_N_ELEMENTS (weekday_columns), 0, -1 },
  { "slot", slot_columns, G_N_ELEMENTS (slot_columns), 0, 1 },
  { "class", class_columns, G_N_ELEMENTS (class_columns), -1, -1 },
};

typedef struct {
  const char *by;
  GHashTable *tallies;
} Counting;

static void
count_session (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  const Counting *counting = data;
  SlId key;
  if (!sl_report_is_held (session))
    return;
  sl_report_session_key (session, counting->by, &key);
  sl_report_tally_session (sl_report_tally_of (counting->tallies, &key), session, claims, walk_ins);
}

static void
put_seats (SlReportRow *row, guint from, const SlReportTally *tally)
{
  sl_report_put (row, from, tally->sessions);
  sl_report_put (row, from + 1, tally->offered);
  sl_report_put (row, from + 2, tally->taken);
  sl_report_put (row, from + 3, tally->beside);
  sl_report_put (row, from + 4, tally->came);
}

/* sl_report_utilisation: by the local hour at which sessions start, by weekday, by both, or by class. */
gboolean
sl_report_utilisation (SlReportRun *run, GError **error)
{
  static const int by_first[] = { 1, 0 }, by_two[] = { 1, 2, 0 };
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  Counting counting = { run->report->by, tallies };
  GHashTableIter iter;
  gpointer key, value;
  guint way = 0;
  while (!g_str_equal (ways[way].way, run->report->by))
    way++;
  gboolean classes = ways[way].weekday < 0 && ways[way].time < 0;
  sl_report_set_columns (run->report, ways[way].columns, ways[way].n_columns);
  if (!sl_report_scan (run, run->report->from_day, run->report->to_day, count_session, &counting, error))
    return FALSE;
  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SlReportRow *row = sl_report_add_row (run->report, classes ? key : NULL);
      if (classes)
        sl_report_put_text (row, 0, sl_report_name_of (run, key));
      else
        sl_report_put_slot (row, key, ways[way].weekday, ways[way].time);
      put_seats (row, ways[way].time == 1 ? 2 : 1, value);
    }
  sl_report_sort (run->report, ways[way].time == 1 ? by_two : by_first);
  sl_report_note (run->report, N_ ("No-shows take their seat; a seat that was given on is one seat."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}

/* --- popular classes --- */

static const SlReportColumn popular_columns[] = {
  TEXT ("class", N_ ("Class")),
  SUM ("sessions", N_ ("Sessions")),
  SUM ("taken", N_ ("Seats taken")),
  SUM ("came", N_ ("People who came")),
  SUM ("waited", N_ ("Waited")),
  SUM ("offered", N_ ("Seats offered")),
  { "utilisation_permille", N_ ("Utilisation %"), SL_REPORT_PERCENT, FALSE, 2, 5, 0 },
};

/* sl_report_popular: the classes that most seats were taken in first. */
gboolean
sl_report_popular (SlReportRun *run, GError **error)
{
  static const int by_taken[] = { -3, -7, 1, 0 };
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  Counting counting = { "class", tallies };
  GHashTableIter iter;
  gpointer key, value;
  sl_report_set_columns (run->report, popular_columns, G_N_ELEMENTS (popular_columns));
  if (!sl_report_scan (run, run->report->from_day, run->report->to_day, count_session, &counting, error))
    return FALSE;
  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const SlReportTally *tally = value;
      SlReportRow *row = sl_report_add_row (run->report, key);
      sl_report_put_text (row, 0, sl_report_name_of (run, key));
      sl_report_put (row, 1, tally->sessions);
      sl_report_put (row, 2, tally->taken);
      sl_report_put (row, 3, tally->came);
      sl_report_put (row, 4, tally->waited);
      sl_report_put (row, 5, tally->offered);
    }
  sl_report_finish (run->report, TRUE);
  sl_report_sort (run->report, by_taken);
  return TRUE;
}

/**
 * sl_report_popular_sum_up:
 * @report: of %SL_REPORT_POPULAR
 * @out: (out): which classes run empty, and which overflow
 */
void
sl_report_popular_sum_up (const SlReport *report, SlReportPopular *out)
{
  g_return_if_fail (report != NULL && report->name == SL_REPORT_POPULAR && out != NULL);

  *out = (SlReportPopular){ .classes = report->rows->len };
  for (guint i = 0; i < report->rows->len; i++)
    {
      const SlReportRow *row = report->rows->pdata[i];
      gint64 waited = row->cells[4].number, permille = row->cells[6].number;
      if (waited > 0)
        {
          out->overflowing++;
          if (waited > out->fullest_waited)
            {
              out->fullest = row->cells[0].text;
              out->fullest_waited = waited;
            }
        }
      else if (permille != SL_NUMBER_NONE && permille < SL_REPORT_EMPTY_PERMILLE)
        {
          if (out->empty++ == 0 || permille < out->emptiest_permille)
            {
              out->emptiest = row->cells[0].text;
              out->emptiest_permille = permille;
            }
        }
    }
}

/* --- locations --- */

static const SlReportColumn location_columns[] = {
  TEXT ("location", N_ ("Location")),
  SUM ("sessions", N_ ("Sessions")),
  SUM ("cancelled_sessions", N_ ("Cancelled sessions")),
  SUM ("offered", N_ ("Seats offered")),
  SUM ("taken", N_ ("Seats taken")),
  { "utilisation_permille", N_ ("Utilisation %"), SL_REPORT_PERCENT, FALSE, 4, 3, 0 },
  SUM ("came", N_ ("People who came")),
  { "members", N_ ("Members who came"), SL_REPORT_COUNT, FALSE, 0, 0, 0 },
  SUM ("attended", N_ ("Attended")),
  SUM ("no_shows", N_ ("No-shows")),
  { "no_show_permille", N_ ("No-shows %"), SL_REPORT_PERCENT, FALSE, 9, 8, 9 },
  SUM ("open_gym", N_ ("Open gym")),
  { "revenue_cents", N_ ("Revenue with VAT"), SL_REPORT_MONEY, TRUE, 0, 0, 0 },
};

typedef struct {
  SlReportTally tally;
  gint64 cancelled_sessions, entries;
  GHashTable *members;
} AtPlace;

static AtPlace *
at_place (GHashTable *places, const SlReportPlace *place)
{
  return g_hash_table_lookup (places, &place->id);
}

static void
at_place_free (gpointer data)
{
  AtPlace *place = data;
  g_hash_table_unref (place->members);
  g_free (place);
}

static void
meet (AtPlace *place, const SlId *member)
{
  if (!sl_id_is_none (member) && !g_hash_table_contains (place->members, member))
    g_hash_table_add (place->members, sl_id_copy (member));
}

static void
count_at_place (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  AtPlace *place = at_place (data, session->place);
  place->cancelled_sessions += session->cancelled;
  sl_report_tally_session (&place->tally, session, claims, walk_ins);
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      if (claim->stands && claim->bits_in != 0)
        meet (place, &claim->member_id);
    }
  for (guint i = 0; walk_ins != NULL && i < walk_ins->len; i++)
    meet (place, &g_array_index (walk_ins, SlReportWalkIn, i).member_id);
}

static void
count_entry (const SlReportPlace *where, const SlId *member, gint64 day, gint64 at_ms, gpointer data)
{
  AtPlace *place = at_place (data, where);
  place->entries++;
  meet (place, member);
}

static void
add_location (SlReportRun *run, const SlReportPlace *where, const AtPlace *place, GHashTable *revenue)
{
  char text[SL_ID_TEXT_BYTES];
  const gint64 *cents = g_hash_table_lookup (revenue, sl_id_format (&where->id, text));
  SlReportRow *row = sl_report_add_row (run->report, &where->id);
  const SlReportTally *tally = &place->tally;
  sl_report_put_text (row, 0, where->name);
  sl_report_put (row, 1, tally->sessions);
  sl_report_put (row, 2, place->cancelled_sessions);
  sl_report_put (row, 3, tally->offered);
  sl_report_put (row, 4, tally->taken);
  sl_report_put (row, 6, tally->came);
  sl_report_put (row, 7, g_hash_table_size (place->members));
  sl_report_put (row, 8, tally->attended);
  sl_report_put (row, 9, tally->absent);
  sl_report_put (row, 11, place->entries);
  sl_report_put (row, 12, cents != NULL ? *cents : 0);
}

/* sl_report_locations: all of them, also where nothing was on. */
gboolean
sl_report_locations (SlReportRun *run, GError **error)
{
  static const int by_name[] = { 1, 0 };
  g_autoptr (GHashTable) places = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, at_place_free);
  g_autoptr (GHashTable) revenue = NULL;
  sl_report_set_columns (run->report, location_columns, G_N_ELEMENTS (location_columns));
  for (guint i = 0; i < run->places->len; i++)
    {
      AtPlace *place = g_new0 (AtPlace, 1);
      place->members = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
      g_hash_table_insert (places, &((SlReportPlace *) run->places->pdata[i])->id, place);
    }
  if (!sl_report_scan (run, run->report->from_day, run->report->to_day, count_at_place, places, error)
      || !sl_report_entries (run, run->report->from_day, run->report->to_day, count_entry, places, error)
      || !sl_report_revenue_at (run, &revenue, error))
    return FALSE;
  for (guint i = 0; i < run->places->len; i++)
    add_location (run, run->places->pdata[i], at_place (places, run->places->pdata[i]), revenue);
  sl_report_sort (run->report, by_name);
  sl_report_note (run->report, N_ ("Who came to two locations is a member at both."));
  sl_report_finish (run->report, TRUE);
  return TRUE;
}
