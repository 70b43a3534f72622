/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-attendance"

#include "engine/report-private.h"

#include "engine/availability.h"
#include "engine/claim-queries.h"
#include "engine/member.h"

/* What became of bookings: attendance, and one member's. A booking counts on the day on which its session starts, once,
 * however many people it is for. */

/* A slot of the week as the key of a table of counts: its minute. */
static void
slot_key (int weekday, int minute, SlId *out)
{
  guint32 place = (guint32) (weekday * 24 * 60 + minute);
  *out = sl_id_none;
  out->bytes[0] = 1; /* no slot is no id */
  for (int i = 0; i < 4; i++)
    out->bytes[SL_ID_BYTES - 1 - i] = (guint8) (place >> (8 * i));
}

static int
slot_of_key (const SlId *key)
{
  guint32 place = 0;
  for (int i = SL_ID_BYTES - 4; i < SL_ID_BYTES; i++)
    place = place << 8 | key->bytes[i];
  return (int) place;
}

/* sl_report_tally_of: the counts for a key; made where there are none yet. */
SlReportTally *
sl_report_tally_of (GHashTable *tallies, const SlId *key)
{
  SlReportTally *tally = g_hash_table_lookup (tallies, key);
  if (tally == NULL)
    {
      tally = g_new0 (SlReportTally, 1);
      g_hash_table_insert (tallies, sl_id_copy (key), tally);
    }
  return tally;
}

/* sl_report_session_key: what a session counts for. */
void
sl_report_session_key (const SlReportSession *session, const char *by, SlId *out)
{
  int weekday = sl_report_weekday (session->day);
  if (g_str_equal (by, "class"))
    *out = session->service_id;
  else if (g_str_equal (by, "instructor"))
    *out = session->instructor_id;
  else if (g_str_equal (by, "slot"))
    slot_key (weekday, session->minute, out);
  else if (g_str_equal (by, "weekday"))
    slot_key (weekday, 0, out);
  else
    slot_key (0, session->minute / 60 * 60, out);
}

/* sl_report_put_slot: the weekday and the time of a slot, from the first column on. */
void
sl_report_put_slot (SlReportRow *row, const SlId *key, int weekday_column, int time_column)
{
  int slot = slot_of_key (key), weekday = slot / (24 * 60);
  if (weekday_column >= 0)
    sl_report_put_word (row, (guint) weekday_column, sl_weekday_name (weekday + 1), weekday);
  if (time_column < 0)
    return;
  g_autofree char *time = sl_minute_format (slot % (24 * 60));
  sl_report_put_text (row, (guint) time_column, time);
}

#define OUTCOMES(n) \
  { "bookings", N_ ("Bookings"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "attended", N_ ("Attended"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "no_shows", N_ ("No-shows"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "late_cancelled", N_ ("Cancelled late"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "cancelled", N_ ("Cancelled"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "ahead", N_ ("Ahead"), SL_REPORT_COUNT, TRUE, 0, 0, 0 }, \
  { "attendance_permille", N_ ("Attendance %"), SL_REPORT_PERCENT, FALSE, (n) + 1, (n) + 1, (n) + 2 }, \
  { "no_show_permille", N_ ("No-shows %"), SL_REPORT_PERCENT, FALSE, (n) + 2, (n) + 1, (n) + 2 }

static const SlReportColumn by_class_columns[] = {
  { "class", N_ ("Class"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (1),
};
static const SlReportColumn by_member_columns[] = {
  { "member", N_ ("Member"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (1),
};
static const SlReportColumn by_slot_columns[] = {
  { "weekday", N_ ("Weekday"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
  { "time", N_ ("Time"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (2),
};

static void
put_outcomes (SlReportRow *row, guint from, const SlReportTally *tally)
{
  sl_report_put (row, from, tally->bookings);
  sl_report_put (row, from + 1, tally->attended);
  sl_report_put (row, from + 2, tally->absent);
  sl_report_put (row, from + 3, tally->late_cancelled);
  sl_report_put (row, from + 4, tally->cancelled);
  sl_report_put (row, from + 5, tally->ahead);
}

typedef struct {
  const char *by;
  GHashTable *tallies;
} Counting;

static void
count_session (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  const Counting *counting = data;
  gboolean by_member = g_str_equal (counting->by, "member");
  SlId key = sl_id_none;
  if (!sl_report_is_held (session))
    return;
  if (!by_member)
    sl_report_session_key (session, counting->by, &key);
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      SlReportTally one = { 0 };
      sl_report_tally_claim (&one, claim);
      if (one.bookings > 0)
        sl_report_tally_claim (sl_report_tally_of (counting->tallies, by_member ? &claim->member_id : &key), claim);
    }
}

static void
add_tally (SlReportTally *into, const SlReportTally *from)
{
  into->bookings += from->bookings;
  into->attended += from->attended;
  into->absent += from->absent;
  into->late_cancelled += from->late_cancelled;
  into->cancelled += from->cancelled;
  into->ahead += from->ahead;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (a, b);
}

/* Members by name; those who were erased are one row that names nobody. */
static gboolean
add_members (SlReportRun *run, GHashTable *tallies, GError **error)
{
  SlReportTally erased = { 0 };
  g_autoptr (GList) ids = g_list_sort (g_hash_table_get_keys (tallies), compare_ids); /* as members lie in the store */
  for (const GList *id = ids; id != NULL; id = id->next)
    {
      const SlReportTally *tally = g_hash_table_lookup (tallies, id->data);
      g_autofree char *name = NULL;
      gboolean is_erased;
      if (!sl_report_member_name (run, id->data, &name, &is_erased, error))
        return FALSE;
      if (is_erased)
        {
          add_tally (&erased, tally);
          continue;
        }
      SlReportRow *row = sl_report_add_row (run->report, id->data);
      sl_report_put_text (row, 0, name);
      put_outcomes (row, 1, tally);
    }
  if (erased.bookings == 0)
    return TRUE;
  put_outcomes (sl_report_add_row (run->report, NULL), 1, &erased);
  sl_report_note (run->report, N_ ("The row without a name is of members who have been erased, together."));
  return TRUE;
}

static void
add_things (SlReportRun *run, GHashTable *tallies)
{
  gboolean slots = g_str_equal (run->report->by, "slot");
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, tallies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SlReportRow *row = sl_report_add_row (run->report, slots ? NULL : key);
      if (slots)
        sl_report_put_slot (row, key, 0, 1);
      else
        sl_report_put_text (row, 0, sl_report_name_of (run, key));
      put_outcomes (row, slots ? 2 : 1, value);
    }
}

#define HOW_TO_READ \
  N_ ("The percentages are of the bookings that were attended or were no-shows. What the studio cancelled is left out.")

/* sl_report_attendance: by class and by slot of the week; members with most visits first. */
gboolean
sl_report_attendance (SlReportRun *run, GError **error)
{
  static const int by_name[] = { 1, 0 }, by_slot[] = { 1, 2, 0 }, by_visits[] = { -3, 1, 0 };
  g_autoptr (GHashTable) tallies = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  Counting counting = { run->report->by, tallies };
  gboolean members = g_str_equal (run->report->by, "member"), slots = g_str_equal (run->report->by, "slot");
  if (members)
    sl_report_set_columns (run->report, by_member_columns, G_N_ELEMENTS (by_member_columns));
  else if (slots)
    sl_report_set_columns (run->report, by_slot_columns, G_N_ELEMENTS (by_slot_columns));
  else
    sl_report_set_columns (run->report, by_class_columns, G_N_ELEMENTS (by_class_columns));
  if (!sl_report_scan (run, run->report->from_day, run->report->to_day, count_session, &counting, error))
    return FALSE;
  if (members && !add_members (run, tallies, error))
    return FALSE;
  if (!members)
    add_things (run, tallies);
  sl_report_sort (run->report, members ? by_visits : slots ? by_slot : by_name);
  sl_report_note (run->report, HOW_TO_READ);
  sl_report_finish (run->report, TRUE);
  return TRUE;
}

/* --- one member --- */

static const SlReportColumn member_class_columns[] = {
  { "class", N_ ("Class"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (1),
  { "last", N_ ("Last visit"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
};
static const SlReportColumn member_instructor_columns[] = {
  { "instructor", N_ ("Instructor"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (1),
  { "last", N_ ("Last visit"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
};
static const SlReportColumn member_slot_columns[] = {
  { "weekday", N_ ("Weekday"), SL_REPORT_WORD, FALSE, 0, 0, 0 },
  { "time", N_ ("Time"), SL_REPORT_TEXT, FALSE, 0, 0, 0 },
  OUTCOMES (2),
  { "last", N_ ("Last visit"), SL_REPORT_DATE, FALSE, 0, 0, 0 },
};

typedef struct {
  SlReportTally tally;
  gint64 last_day; /* of a visit; SL_NUMBER_NONE */
} Favourite;

static void
count_of_member (SlReportRun *run, const SlReportPlace *place, const SlClaim *claim, GHashTable *favourites)
{
  SlReportSession session = { .service_id = claim->service_id, .instructor_id = claim->instructor_id };
  SlReportClaim counted = { .confirmed = claim->confirmed, .status = claim->status, .stands = TRUE };
  gint64 local_ms = sl_time_to_local (claim->start_ms, place->zone);
  SlId key;
  session.day = sl_report_local_day (claim->start_ms, place->zone);
  session.minute = (int) ((local_ms - session.day * SL_DAY_MS) / SL_MINUTE_MS);
  sl_report_session_key (&session, run->report->by, &key);
  Favourite *favourite = g_hash_table_lookup (favourites, &key);
  if (favourite == NULL)
    {
      favourite = g_new0 (Favourite, 1);
      favourite->last_day = SL_NUMBER_NONE;
      g_hash_table_insert (favourites, sl_id_copy (&key), favourite);
    }
  gint64 visits = favourite->tally.attended;
  sl_report_tally_claim (&favourite->tally, &counted);
  if (favourite->tally.attended > visits)
    favourite->last_day = MAX (favourite->last_day, session.day);
}

/* The bookings of a member there, each by its standing claim. */
static gboolean
count_member_at (SlReportRun *run, const SlReportPlace *place, GHashTable *favourites, GError **error)
{
  gint64 from_ms = sl_report_day_ms (run->report->from_day, place->zone);
  gint64 to_ms = sl_report_day_ms (run->report->to_day + 1, place->zone);
  g_autoptr (GHashTable) seen = g_hash_table_new (sl_id_hash, sl_id_equal);
  g_autoptr (GArray) claims = sl_claims_of_member_between (run->engine, run->params->member, &place->id, from_ms,
                                                           to_ms, run->now_ms, error);
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    {
      SlClaim *claim = &g_array_index (claims, SlClaim, i);
      SlClaim standing;
      gboolean found;
      if (claim->start_ms < from_ms || claim->session_cancelled || (claim->release_why & SL_RELEASE_DUPLICATE) != 0
          || !g_hash_table_add (seen, &claim->booking_id))
        continue;
      if (!sl_claim_find_booking (run->engine, &claim->booking_id, run->now_ms, &standing, &found, error))
        return FALSE;
      count_of_member (run, place, found ? &standing : claim, favourites);
    }
  return claims != NULL;
}

static void
add_favourites (SlReportRun *run, GHashTable *favourites)
{
  gboolean slots = g_str_equal (run->report->by, "slot");
  guint n = slots ? 2 : 1;
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, favourites);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Favourite *favourite = value;
      if (favourite->tally.bookings == 0)
        continue;
      SlReportRow *row = sl_report_add_row (run->report, slots ? NULL : key);
      if (slots)
        sl_report_put_slot (row, key, 0, 1);
      else
        sl_report_put_text (row, 0, sl_report_name_of (run, key));
      put_outcomes (row, n, &favourite->tally);
      sl_report_put (row, n + 8, favourite->last_day);
    }
}

/* sl_report_member: the sum is their rate, the first rows are their favourites. */
gboolean
sl_report_member (SlReportRun *run, GError **error)
{
  static const int by_visits[] = { -3, -2, 1, 0 }, slots_by_visits[] = { -4, -3, 1, 2, 0 };
  g_autoptr (GHashTable) favourites = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  g_autoptr (SlMember) member = sl_member_get (run->engine, run->params->member, error);
  gboolean slots = g_str_equal (run->report->by, "slot");
  if (member == NULL)
    return FALSE;
  if (!member->erased && member->first != NULL)
    run->report->about = g_strjoin (" ", member->first, member->last, NULL);
  if (slots)
    sl_report_set_columns (run->report, member_slot_columns, G_N_ELEMENTS (member_slot_columns));
  else if (g_str_equal (run->report->by, "instructor"))
    sl_report_set_columns (run->report, member_instructor_columns, G_N_ELEMENTS (member_instructor_columns));
  else
    sl_report_set_columns (run->report, member_class_columns, G_N_ELEMENTS (member_class_columns));
  for (guint i = 0; i < run->places->len; i++)
    if (!count_member_at (run, run->places->pdata[i], favourites, error))
      return FALSE;
  add_favourites (run, favourites);
  sl_report_sort (run->report, slots ? slots_by_visits : by_visits);
  sl_report_note (run->report, HOW_TO_READ);
  sl_report_finish (run->report, TRUE);
  return TRUE;
}
