/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-scan"

#include "engine/report-private.h"

#include "engine/checkin-window.h"
#include "engine/claim-queries.h"

/* One walk through the sessions of some days, by the index of places and starts, each with its claims (report-claims.c)
 * and who came by them: a year of a million bookings in well under a second (tests/bench). What a booking is follows
 * from sl_booking_status(), as everywhere; where more than one claim or a duplicate has to do with it, from
 * sl_claim_find_booking() itself. */

typedef struct {
  SlReportRun *run;
  SlReportSessionFunc func;
  gpointer data;
  gboolean claims_only; /* nobody asks who came */
  GArray *sessions;     /* (element-type SlReportSession): of all places, by start */
  GHashTable *walk_ins; /* SlId of a session → GArray of SlReportWalkIn */
  SlReportNumbers *in;  /* (nullable): spots that are in, by booking: sl_report_numbers_find() */
} Scan;

enum {
  AT_SESSION, AT_SERVICE, AT_ROOM, AT_INSTRUCTOR, AT_START, AT_END, AT_CAPACITY, AT_CANCELLED, AT_PUBLISHED
};
#define SESSIONS \
  "SELECT id, service_id, room_id, instructor_id, start_ms, end_ms, capacity, cancelled, published FROM session " \
  "WHERE location_id = ? AND start_ms >= ? AND start_ms < ? AND created_hlc IS NOT NULL ORDER BY start_ms, id"

#define ALL_IN \
  "SELECT booking_id, spots FROM checkin WHERE booking_id IS NOT NULL AND undone = 0 AND hlc IS NOT NULL " \
  "ORDER BY booking_id"
#define WIDE_PART 12 /* from the twelfth part of all sessions on all check-ins cost less than as many look-ups */
#define PART_SESSIONS 4096 /* that are in memory with their claims at a time: with seventeen each some 8 MB */

/* sl_report_is_held: see the header. */
gboolean
sl_report_is_held (const SlReportSession *session)
{
  return session->published && !session->cancelled;
}

/* Check-in closes so long after each start of a service at a place: asked once. closes: SlId of a service → gint64 */
static gboolean
find_closes (SlReportRun *run, GHashTable *closes, SlReportSession *session, GError **error)
{
  const gint64 *known = g_hash_table_lookup (closes, &session->service_id);
  gint64 opens_ms;
  if (known == NULL)
    {
      gint64 *after = g_new (gint64, 1);
      if (!sl_checkin_window (run->engine, &session->place->id, &session->service_id, 0, &opens_ms, after, error))
        {
          g_free (after);
          return FALSE;
        }
      g_hash_table_insert (closes, sl_id_copy (&session->service_id), after);
      known = after;
    }
  session->closes_ms = session->start_ms + *known;
  return TRUE;
}

static void
read_session (SlRows *rows, const SlReportPlace *place, SlReportSession *session)
{
  sl_rows_id (rows, AT_SESSION, &session->id);
  sl_rows_id (rows, AT_SERVICE, &session->service_id);
  sl_rows_id (rows, AT_ROOM, &session->room_id);
  sl_rows_id (rows, AT_INSTRUCTOR, &session->instructor_id);
  session->place = place;
  session->start_ms = sl_rows_int (rows, AT_START);
  session->end_ms = sl_rows_int (rows, AT_END);
  session->capacity = sl_rows_int (rows, AT_CAPACITY);
  session->cancelled = sl_rows_int (rows, AT_CANCELLED) != 0;
  session->published = sl_rows_int (rows, AT_PUBLISHED) != 0;
  gint64 local_ms = sl_time_to_local (session->start_ms, place->zone);
  session->day = sl_report_local_day (session->start_ms, place->zone);
  session->minute = (int) ((local_ms - session->day * SL_DAY_MS) / SL_MINUTE_MS);
}

static void
judge (SlReportRun *run, const SlReportSession *session, SlReportClaim *claim)
{
  SlBookingFacts facts = {
    .confirmed = claim->confirmed,
    .held_until_ms = claim->held_until_ms,
    .is_offer = claim->type == SL_CLAIM_OFFER,
    .is_waiting = claim->type == SL_CLAIM_WAITING,
    .released = claim->released,
    .release_why = claim->release_why,
    .attended = claim->bits_in != 0,
    .session_known = TRUE,
    .session_cancelled = session->cancelled,
    .session_start_ms = session->start_ms,
    .session_end_ms = session->end_ms,
    .checkin_closes_ms = session->closes_ms,
  };
  claim->status = sl_booking_status (&facts, run->now_ms);
}

/* A booking with several claims is what its standing one is. */
static gboolean
judge_exactly (SlReportRun *run, SlReportClaim *claim, GError **error)
{
  SlClaim standing;
  gboolean found;
  if (!sl_claim_find_booking (run->engine, &claim->booking_id, run->now_ms, &standing, &found, error))
    return FALSE;
  claim->stands = found && sl_id_equal (&standing.id, &claim->id);
  if (!claim->stands)
    return TRUE;
  claim->bits_in = standing.bits_in;
  claim->status = standing.status;
  return TRUE;
}

/* Whether another claim of the session is of the same booking. */
static gboolean
is_alone (GArray *claims, guint number)
{
  const SlId *booking = &g_array_index (claims, SlReportClaim, number).booking_id;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *other = &g_array_index (claims, SlReportClaim, i);
      if (i != number && (other->release_why & SL_RELEASE_OFFERED) == 0 && sl_id_equal (&other->booking_id, booking))
        return FALSE;
    }
  return TRUE;
}

/* Whether a booking of the session may have more than one claim: a later one has another id than its booking. */
static gboolean
has_seconds (GArray *claims)
{
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      if (!sl_id_equal (&claim->id, &claim->booking_id))
        return TRUE;
    }
  return FALSE;
}

static gboolean
judge_all (SlReportRun *run, const SlReportSession *session, GArray *claims, GError **error)
{
  gboolean seconds = has_seconds (claims), any_kept = g_hash_table_size (run->kept) > 0;
  for (guint i = 0; i < claims->len; i++)
    {
      SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      if ((claim->release_why & (SL_RELEASE_OFFERED | SL_RELEASE_DUPLICATE)) != 0)
        continue;
      claim->stands = TRUE;
      judge (run, session, claim);
      gboolean stands_for_others = any_kept && g_hash_table_contains (run->kept, &claim->id);
      if ((stands_for_others || (seconds && !is_alone (claims, i))) && !judge_exactly (run, claim, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_part (Scan *scan, SlReportClaims *part, guint from, guint n, GError **error)
{
  if (!sl_report_claims_read (part, &g_array_index (scan->sessions, SlReportSession, from), n, error))
    return FALSE;
  if (scan->in != NULL)
    sl_report_claims_match (part, scan->in);
  return scan->claims_only || scan->in != NULL || sl_report_claims_look_up (part, error);
}

static gboolean
scan_sessions (Scan *scan, GError **error)
{
  g_autoptr (SlReportClaims) part = sl_report_claims_new (scan->run);
  g_autoptr (GArray) claims = g_array_new (FALSE, FALSE, sizeof (SlReportClaim));
  for (guint from = 0, n; from < scan->sessions->len; from += n)
    {
      n = MIN (scan->sessions->len - from, PART_SESSIONS);
      if (!read_part (scan, part, from, n, error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        {
          const SlReportSession *session = &g_array_index (scan->sessions, SlReportSession, from + i);
          sl_report_claims_of (part, i, claims);
          if (!scan->claims_only && !judge_all (scan->run, session, claims, error))
            return FALSE;
          scan->func (session, claims, g_hash_table_lookup (scan->walk_ins, &session->id), scan->data);
        }
    }
  return TRUE;
}

/* People who are recorded as in by a booking that nothing here knows, or by none. */
static gboolean
load_walk_ins (Scan *scan, const SlReportPlace *place, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    scan->run->engine->store,
    "SELECT s.id, k.member_id, k.at_ms FROM session s CROSS JOIN checkin k ON k.session_id = s.id "
    "WHERE s.location_id = ? AND s.start_ms >= ? AND s.start_ms < ? AND k.undone = 0 AND k.hlc IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.id = k.booking_id AND c.created_hlc IS NOT NULL)",
    "dii", &place->id, from_ms, to_ms);
  while (sl_rows_next (rows))
    {
      SlId session, member;
      SlReportWalkIn walk_in = { .at_ms = sl_rows_int (rows, 2) };
      sl_rows_id (rows, 0, &session);
      sl_rows_id (rows, 1, &member);
      sl_report_root (scan->run, &member, &walk_in.member_id);
      GArray *list = g_hash_table_lookup (scan->walk_ins, &session);
      if (list == NULL)
        {
          list = g_array_new (FALSE, FALSE, sizeof (SlReportWalkIn));
          g_hash_table_insert (scan->walk_ins, sl_id_copy (&session), list);
        }
      g_array_append_val (list, walk_in);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
load_sessions (Scan *scan, const SlReportPlace *place, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_autoptr (GHashTable) closes = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  g_autoptr (SlRows) rows
    = sl_store_query (scan->run->engine->store, SESSIONS, "dii", &place->id, from_ms, to_ms);
  while (sl_rows_next (rows))
    {
      SlReportSession session = { 0 };
      read_session (rows, place, &session);
      if (!find_closes (scan->run, closes, &session, error))
        return FALSE;
      g_array_append_val (scan->sessions, session);
    }
  return sl_rows_finish (rows, error);
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const SlReportSession *) a)->start_ms, y = ((const SlReportSession *) b)->start_ms;
  return x < y ? -1 : x > y;
}

/* By start whatever the place: those that are held at the same time were booked at the same time. */
static gboolean
load_places (Scan *scan, gint64 from_day, gint64 to_day, GError **error)
{
  for (guint i = 0; i < scan->run->places->len; i++)
    {
      const SlReportPlace *place = scan->run->places->pdata[i];
      gint64 from_ms = sl_report_day_ms (from_day, place->zone), to_ms = sl_report_day_ms (to_day + 1, place->zone);
      if (!load_sessions (scan, place, from_ms, to_ms, error)
          || (!scan->claims_only && !load_walk_ins (scan, place, from_ms, to_ms, error)))
        return FALSE;
    }
  g_array_sort (scan->sessions, compare_starts);
  return TRUE;
}

/* Reads all check-ins where the days have so many of all sessions that it is worth it. */
static gboolean
prepare_wide (Scan *scan, GError **error)
{
  gint64 all;
  if (!sl_store_query_int (scan->run->engine->store, 0, &all, error, "SELECT count (*) FROM session", ""))
    return FALSE;
  if (scan->sessions->len == 0 || (gint64) scan->sessions->len * WIDE_PART < all)
    return TRUE;
  scan->in = sl_report_numbers_load (scan->run, ALL_IN, error);
  return scan->in != NULL;
}

static gboolean
scan_all (Scan *scan, gint64 from_day, gint64 to_day, GError **error)
{
  g_autoptr (GHashTable) walk_ins
    = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, (GDestroyNotify) g_array_unref);
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (SlReportSession));
  scan->walk_ins = walk_ins;
  scan->sessions = sessions;
  gboolean done = load_places (scan, from_day, to_day, error)
                  && (scan->claims_only || prepare_wide (scan, error)) && scan_sessions (scan, error);
  g_clear_pointer (&scan->in, sl_report_numbers_free);
  return done;
}

/**
 * sl_report_scan:
 * @from_day: the first local day of each place …
 * @to_day: … and the last one, on which sessions start
 * @func: for each session; its arrays are good until it returns
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_report_scan (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportSessionFunc func, gpointer data,
                GError **error)
{
  Scan scan = { .run = run, .func = func, .data = data };
  return scan_all (&scan, from_day, to_day, error);
}

/* sl_report_scan_claims: the same without who came: bits_in, status and stands say nothing then. */
gboolean
sl_report_scan_claims (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportSessionFunc func, gpointer data,
                       GError **error)
{
  Scan scan = { .run = run, .func = func, .data = data, .claims_only = TRUE };
  return scan_all (&scan, from_day, to_day, error);
}

/* --- who was there --- */

/* sl_report_entries: without a session: to the open gym, or by a code that names what is not known here. */
gboolean
sl_report_entries (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportVisitFunc func, gpointer data,
                   GError **error)
{
  for (guint i = 0; i < run->places->len; i++)
    {
      const SlReportPlace *place = run->places->pdata[i];
      g_autoptr (SlRows) rows = sl_store_query (
        run->engine->store,
        "SELECT k.member_id, k.at_ms FROM checkin k WHERE k.location_id = ? AND k.at_ms >= ? AND k.at_ms < ? "
        "AND k.undone = 0 AND k.hlc IS NOT NULL AND k.session_id IS NULL AND (k.booking_id IS NULL OR NOT EXISTS "
        "(SELECT 1 FROM claim c WHERE c.id = k.booking_id AND c.created_hlc IS NOT NULL))",
        "dii", &place->id, sl_report_day_ms (from_day, place->zone), sl_report_day_ms (to_day + 1, place->zone));
      while (sl_rows_next (rows))
        {
          SlId member, root;
          sl_rows_id (rows, 0, &member);
          sl_report_root (run, &member, &root);
          func (place, &root, sl_report_local_day (sl_rows_int (rows, 1), place->zone), sl_rows_int (rows, 1), data);
        }
      if (!sl_rows_finish (rows, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct {
  SlReportVisitFunc func;
  gpointer data;
} Visits;

static void
visit_session (const SlReportSession *session, GArray *claims, GArray *walk_ins, gpointer data)
{
  const Visits *visits = data;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      if (claim->stands && claim->bits_in != 0)
        visits->func (session->place, &claim->member_id, session->day, session->start_ms, visits->data);
    }
  for (guint i = 0; walk_ins != NULL && i < walk_ins->len; i++)
    visits->func (session->place, &g_array_index (walk_ins, SlReportWalkIn, i).member_id, session->day,
                  session->start_ms, visits->data);
}

/* sl_report_visits: of a session on the day on which it starts. */
gboolean
sl_report_visits (SlReportRun *run, gint64 from_day, gint64 to_day, SlReportVisitFunc func, gpointer data,
                  GError **error)
{
  Visits visits = { func, data };
  return sl_report_scan (run, from_day, to_day, visit_session, &visits, error)
         && sl_report_entries (run, from_day, to_day, func, data, error);
}

/* --- counting --- */

/* sl_report_tally_claim: what the studio itself has cancelled is nobody's absence and nobody's cancelling. */
void
sl_report_tally_claim (SlReportTally *tally, const SlReportClaim *claim)
{
  gboolean came = claim->status == SL_BOOKING_CHECKED_IN || claim->status == SL_BOOKING_COMPLETED;
  if (!claim->stands || (!claim->confirmed && !came))
    return;
  tally->bookings++;
  tally->attended += came;
  tally->absent += claim->status == SL_BOOKING_NO_SHOW;
  tally->late_cancelled += claim->status == SL_BOOKING_LATE_CANCELLED;
  tally->cancelled += claim->status == SL_BOOKING_CANCELLED || claim->status == SL_BOOKING_EXPIRED;
  tally->ahead += claim->status == SL_BOOKING_CONFIRMED;
}

/* A seat is taken by whoever did not give it back, absent ones too: at most as many as there are, since a place that
 * was given on is one place. */
static void
tally_seats (SlReportTally *tally, const SlReportSession *session, GArray *claims)
{
  gint64 taken = 0;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlReportClaim *claim = &g_array_index (claims, SlReportClaim, i);
      gboolean has_place = claim->status == SL_BOOKING_CHECKED_IN || claim->status == SL_BOOKING_COMPLETED
                           || claim->status == SL_BOOKING_CONFIRMED || claim->status == SL_BOOKING_NO_SHOW;
      if (claim->type == SL_CLAIM_WAITING)
        tally->waited++;
      if (!claim->stands)
        continue;
      tally->came += __builtin_popcount (claim->bits_in);
      if (has_place && claim->type == SL_CLAIM_OVERRIDE)
        tally->beside += claim->seats;
      else if (has_place)
        taken += claim->seats;
    }
  tally->taken += MIN (taken, MAX (session->capacity, 0));
}

/* sl_report_tally_session: only what was held counts. */
void
sl_report_tally_session (SlReportTally *tally, const SlReportSession *session, GArray *claims, GArray *walk_ins)
{
  if (!sl_report_is_held (session))
    return;
  tally->sessions++;
  tally->offered += MAX (session->capacity, 0);
  tally->came += walk_ins != NULL ? walk_ins->len : 0;
  tally_seats (tally, session, claims);
  for (guint i = 0; i < claims->len; i++)
    sl_report_tally_claim (tally, &g_array_index (claims, SlReportClaim, i));
}
