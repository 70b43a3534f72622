/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-report-claims"

#include "engine/report-private.h"

#include "engine/claim-queries.h"

/* The claims of many sessions and who came by them, read as the tables lie. A session's claims stand where they were
 * written, between those of other sessions: to look up each of them takes a page for every one, and more time than all
 * that is then done with it. So an index alone says first which rows there are, and then they are read in their order,
 * neighbours by one statement. Who came is looked up in the order of its index, too. */

#define ROWS_BETWEEN 4 /* to pass over so many rows that nobody asked for costs less than one more statement */

typedef struct {
  gint64 row;
  guint session;
} Place;

typedef struct {
  guint from, to; /* of claims: the next one goes to to */
} Group;

struct _SlReportClaims
{
  SlReportRun *run;
  GArray *places; /* (element-type Place) */
  GArray *groups; /* (element-type Group): of each session */
  GArray *claims; /* (element-type SlReportClaim): one group after the other */
};

enum {
  AT_ROW, AT_CLAIM, AT_BOOKING, AT_MEMBER, AT_TYPE, AT_SPOTS, AT_RELEASED_SPOTS, AT_HELD_UNTIL, AT_CONFIRMED,
  AT_CREDITS, AT_PERCENT, AT_WHY
};
#define CLAIMS \
  "SELECT rowid, id, booking_id, member_id, type, spots, released_spots, held_until_ms, confirm_hlc IS NOT NULL, " \
  "coalesce (credits_hundredths, 0) + coalesce (settled_hundredths, 0), release_percent, release_why " \
  "FROM claim WHERE rowid BETWEEN ? AND ? AND created_hlc IS NOT NULL ORDER BY rowid"
#define CHECKINS "SELECT spots FROM checkin WHERE booking_id = ? AND undone = 0 AND hlc IS NOT NULL"

/* sl_report_claims_new: (transfer full): of no session yet. */
SlReportClaims *
sl_report_claims_new (SlReportRun *run)
{
  SlReportClaims *claims = g_new0 (SlReportClaims, 1);
  claims->run = run;
  claims->places = g_array_new (FALSE, FALSE, sizeof (Place));
  claims->groups = g_array_new (FALSE, TRUE, sizeof (Group));
  claims->claims = g_array_new (FALSE, TRUE, sizeof (SlReportClaim));
  return claims;
}

/* sl_report_claims_free: (nullable) */
void
sl_report_claims_free (SlReportClaims *claims)
{
  if (claims == NULL)
    return;
  g_array_unref (claims->places);
  g_array_unref (claims->groups);
  g_array_unref (claims->claims);
  g_free (claims);
}

static gboolean
find_rows (SlReportClaims *claims, const SlId *session, guint number, GError **error)
{
  Group *group = &g_array_index (claims->groups, Group, number);
  g_autoptr (SlRows) rows
    = sl_store_query (claims->run->engine->store, "SELECT rowid FROM claim WHERE session_id = ?", "d", session);
  group->from = group->to = claims->places->len;
  while (sl_rows_next (rows))
    {
      Place place = { sl_rows_int (rows, 0), number };
      g_array_append_val (claims->places, place);
    }
  return sl_rows_finish (rows, error);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return sl_id_compare (&(*(const SlReportSession *const *) a)->id, &(*(const SlReportSession *const *) b)->id);
}

/* In the order of the index, too. */
static gboolean
find_all_rows (SlReportClaims *claims, const SlReportSession *sessions, guint n_sessions, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (n_sessions);
  for (guint i = 0; i < n_sessions; i++)
    g_ptr_array_add (sorted, (gpointer) &sessions[i]);
  g_ptr_array_sort (sorted, compare_ids);
  for (guint i = 0; i < n_sessions; i++)
    {
      const SlReportSession *session = sorted->pdata[i];
      if (!find_rows (claims, &session->id, (guint) (session - sessions), error))
        return FALSE;
    }
  return TRUE;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Place *) a)->row, y = ((const Place *) b)->row;
  return x < y ? -1 : x > y;
}

static void
read_claim (SlReportRun *run, SlRows *rows, SlReportClaim *claim)
{
  SlId member;
  sl_rows_id (rows, AT_CLAIM, &claim->id);
  sl_rows_id (rows, AT_BOOKING, &claim->booking_id);
  if (sl_id_is_none (&claim->booking_id))
    claim->booking_id = claim->id;
  sl_rows_id (rows, AT_MEMBER, &member);
  sl_report_root (run, &member, &claim->member_id);
  claim->type = (SlClaimType) sl_rows_int (rows, AT_TYPE);
  claim->spots = (int) sl_rows_int (rows, AT_SPOTS);
  claim->seats = __builtin_popcount (sl_spots_mask (claim->spots) & ~(guint32) sl_rows_int (rows, AT_RELEASED_SPOTS));
  gboolean gone = claim->seats == 0, let_go = !sl_rows_is_null (rows, AT_PERCENT);
  claim->confirmed = sl_rows_int (rows, AT_CONFIRMED) != 0;
  claim->released = let_go || gone;
  claim->release_why = gone && !let_go ? SL_RELEASE_CANCELLED : (guint) sl_rows_int (rows, AT_WHY);
  claim->release_percent = (int) sl_rows_int (rows, AT_PERCENT);
  claim->credits_hundredths = sl_rows_int (rows, AT_CREDITS);
  claim->held_until_ms = sl_rows_int (rows, AT_HELD_UNTIL);
}

/* From the place at on those that lie next to one another. */
static gboolean
read_neighbours (SlReportClaims *claims, guint *at, GError **error)
{
  const Place *places = (const Place *) claims->places->data;
  guint end = *at + 1;
  while (end < claims->places->len && places[end].row <= places[end - 1].row + 1 + ROWS_BETWEEN)
    end++;
  g_autoptr (SlRows) rows
    = sl_store_query (claims->run->engine->store, CLAIMS, "ii", places[*at].row, places[end - 1].row);
  while (sl_rows_next (rows))
    {
      gint64 row = sl_rows_int (rows, AT_ROW);
      while (places[*at].row < row) /* not beyond the last one: there the rows end */
        ++*at;
      if (places[*at].row > row)
        continue;
      Group *group = &g_array_index (claims->groups, Group, places[*at].session);
      read_claim (claims->run, rows, &g_array_index (claims->claims, SlReportClaim, group->to++));
    }
  *at = end;
  return sl_rows_finish (rows, error);
}

/* sl_report_claims_read: of these sessions, in place of what it has held; who came is asked for after. */
gboolean
sl_report_claims_read (SlReportClaims *claims, const SlReportSession *sessions, guint n_sessions, GError **error)
{
  g_array_set_size (claims->places, 0);
  g_array_set_size (claims->claims, 0);
  g_array_set_size (claims->groups, n_sessions);
  if (!find_all_rows (claims, sessions, n_sessions, error))
    return FALSE;
  g_array_sort (claims->places, compare_places);
  g_array_set_size (claims->claims, claims->places->len);
  for (guint at = 0; at < claims->places->len;)
    if (!read_neighbours (claims, &at, error))
      return FALSE;
  return TRUE;
}

/* bits 0: all of its spots */
static void
add_checkin (SlReportClaim *claim, guint32 bits)
{
  claim->bits_in |= bits != 0 ? bits : sl_spots_mask (claim->spots);
}

/* sl_report_claims_match: who came, where all check-ins have been read. */
void
sl_report_claims_match (SlReportClaims *claims, const SlReportNumbers *checkins)
{
  for (guint i = 0; i < claims->claims->len; i++)
    {
      SlReportClaim *claim = &g_array_index (claims->claims, SlReportClaim, i);
      guint32 bits;
      for (guint at = sl_report_numbers_find (checkins, &claim->booking_id);
           sl_report_numbers_at (checkins, at, &claim->booking_id, &bits); at++)
        add_checkin (claim, bits);
    }
}

static int
compare_bookings (gconstpointer a, gconstpointer b)
{
  const SlReportClaim *x = *(SlReportClaim *const *) a, *y = *(SlReportClaim *const *) b;
  return sl_id_compare (&x->booking_id, &y->booking_id);
}

/* sl_report_claims_look_up: who came, each looked up. */
gboolean
sl_report_claims_look_up (SlReportClaims *claims, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (claims->claims->len);
  for (guint i = 0; i < claims->claims->len; i++)
    g_ptr_array_add (sorted, &g_array_index (claims->claims, SlReportClaim, i));
  g_ptr_array_sort (sorted, compare_bookings);
  for (guint i = 0; i < sorted->len; i++)
    {
      SlReportClaim *claim = sorted->pdata[i];
      g_autoptr (SlRows) rows = sl_store_query (claims->run->engine->store, CHECKINS, "d", &claim->booking_id);
      while (sl_rows_next (rows))
        add_checkin (claim, (guint32) sl_rows_int (rows, 0));
      if (!sl_rows_finish (rows, error))
        return FALSE;
    }
  return TRUE;
}

/* sl_report_claims_of: those of a session, by its number among those that were read, in place of what out has held. */
void
sl_report_claims_of (const SlReportClaims *claims, guint session, GArray *out)
{
  const Group *group = &g_array_index (claims->groups, Group, session);
  g_array_set_size (out, 0);
  g_array_append_vals (out, &g_array_index (claims->claims, SlReportClaim, group->from), group->to - group->from);
}
