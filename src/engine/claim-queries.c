/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-claim-queries"

#include "engine/claim-queries.h"

#include "engine/checkin-window.h"

/* Rows of these columns become an SlClaim in read_claim(): the order is one. A claim of which only a later part is
 * known (created_hlc null) is left out everywhere: it is not a booking that we have heard of yet. */
#define CLAIM_COLUMNS \
  "SELECT c.id, coalesce (c.booking_id, c.id), c.session_id, c.member_id, c.creator, coalesce (c.keeper, c.creator)," \
  " c.actor, c.type, c.channel, c.spots, c.released_spots, c.created_hlc, c.held_until_ms, c.confirm_hlc," \
  " coalesce (c.confirm_replica, c.creator), c.price_cents, c.credits_hundredths, c.release_percent, c.release_why," \
  " c.release_hlc, c.release_replica, c.owed_hundredths, c.settled_hundredths," \
  " s.created_hlc, s.cancelled, s.service_id, s.location_id, s.instructor_id," \
  " s.start_ms, s.end_ms, EXISTS (SELECT 1 FROM duplicate d WHERE d.kept_id = c.id) "
#define FROM_CLAIM "FROM claim c LEFT JOIN session s ON s.id = c.session_id "
/* A place in a queue that an offer has taken on (256: SL_RELEASE_OFFERED) is that offer from then on. */
#define IS_KNOWN "c.created_hlc IS NOT NULL AND (c.release_why & 256) = 0 "

enum {
  AT_ID, AT_BOOKING, AT_SESSION, AT_MEMBER, AT_CREATOR, AT_KEEPER,
  AT_ACTOR, AT_TYPE, AT_CHANNEL, AT_SPOTS, AT_RELEASED_SPOTS, AT_CREATED, AT_HELD_UNTIL, AT_CONFIRM,
  AT_CONFIRM_REPLICA, AT_PRICE, AT_CREDITS, AT_RELEASE_PERCENT, AT_RELEASE_WHY,
  AT_RELEASE, AT_RELEASE_REPLICA, AT_OWED, AT_SETTLED, AT_SESSION_CREATED, AT_SESSION_CANCELLED, AT_SERVICE,
  AT_LOCATION, AT_INSTRUCTOR,
  AT_START, AT_END, AT_STANDS_FOR_OTHERS
};

/**
 * sl_spots_mask:
 * @spots: how many spots a claim was made for
 *
 * Returns: a bit for each of them
 */
guint32
sl_spots_mask (int spots)
{
  if (spots >= SL_SPOTS_MAX)
    return G_MAXUINT32;
  return spots <= 0 ? 0 : (1u << spots) - 1;
}

static void
read_claim (SlRows *rows, SlClaim *out)
{
  *out = (SlClaim){ 0 };
  sl_rows_id (rows, AT_ID, &out->id);
  sl_rows_id (rows, AT_BOOKING, &out->booking_id);
  sl_rows_id (rows, AT_SESSION, &out->session_id);
  sl_rows_id (rows, AT_MEMBER, &out->member_id);
  sl_rows_id (rows, AT_CREATOR, &out->creator);
  sl_rows_id (rows, AT_KEEPER, &out->keeper);
  sl_rows_id (rows, AT_ACTOR, &out->made_by);
  out->type = (SlClaimType) sl_rows_int (rows, AT_TYPE);
  out->channel = (SlChannel) sl_rows_int (rows, AT_CHANNEL);
  out->spots = (int) sl_rows_int (rows, AT_SPOTS);
  out->spot_bits = sl_spots_mask (out->spots) & ~(guint32) sl_rows_int (rows, AT_RELEASED_SPOTS);
  out->created_ms = sl_hlc_to_ms (sl_rows_int (rows, AT_CREATED));
  out->held_until_ms = sl_rows_int (rows, AT_HELD_UNTIL);
  out->confirmed = !sl_rows_is_null (rows, AT_CONFIRM);
  out->confirm_ms = sl_hlc_to_ms (sl_rows_int (rows, AT_CONFIRM));
  sl_rows_id (rows, AT_CONFIRM_REPLICA, &out->confirm_replica);
  out->price_cents = sl_rows_is_null (rows, AT_PRICE) ? -1 : sl_rows_int (rows, AT_PRICE);
  out->credits_hundredths = sl_rows_int (rows, AT_CREDITS) + sl_rows_int (rows, AT_SETTLED);
  out->owed_hundredths = sl_rows_is_null (rows, AT_SETTLED) ? sl_rows_int (rows, AT_OWED) : 0;
  out->on_trust = !sl_rows_is_null (rows, AT_OWED);
  out->released = !sl_rows_is_null (rows, AT_RELEASE_PERCENT);
  out->release_percent = (int) sl_rows_int (rows, AT_RELEASE_PERCENT);
  out->release_why = (guint) sl_rows_int (rows, AT_RELEASE_WHY);
  out->release_ms = sl_hlc_to_ms (sl_rows_int (rows, AT_RELEASE));
  sl_rows_id (rows, AT_RELEASE_REPLICA, &out->release_replica);
  out->session_known = !sl_rows_is_null (rows, AT_SESSION_CREATED);
  out->session_cancelled = sl_rows_int (rows, AT_SESSION_CANCELLED) != 0;
  sl_rows_id (rows, AT_SERVICE, &out->service_id);
  sl_rows_id (rows, AT_LOCATION, &out->location_id);
  sl_rows_id (rows, AT_INSTRUCTOR, &out->instructor_id);
  out->start_ms = sl_rows_int (rows, AT_START);
  out->end_ms = sl_rows_int (rows, AT_END);
  out->stands_for_others = sl_rows_int (rows, AT_STANDS_FOR_OTHERS) != 0;
}

/* Takes the rows: check-ins of the booking that stand. */
static gboolean
add_attendance (SlRows *taken, SlClaim *claim, GError **error)
{
  g_autoptr (SlRows) rows = taken;

  while (sl_rows_next (rows))
    {
      guint32 bits = (guint32) sl_rows_int (rows, 0);

      claim->bits_in |= bits != 0 ? bits : sl_spots_mask (claim->spots);
      claim->flags |= 1u << CLAMP (sl_rows_int (rows, 4), 0, 31);
      if (claim->first_in_ms != 0)
        continue;
      claim->first_in_ms = sl_rows_int (rows, 1);
      sl_rows_id (rows, 2, &claim->in_replica);
      claim->late = sl_rows_int (rows, 3) != 0;
    }
  return sl_rows_finish (rows, error);
}

/* Check-ins of bookings that gave way to a claim (?1), and of those that had given way to them. */
#define OF_DROPPED \
  "WITH RECURSIVE dropped (id) AS (SELECT claim_id FROM duplicate WHERE kept_id = ?1 " \
  "UNION SELECT d.claim_id FROM dropped g CROSS JOIN duplicate d ON d.kept_id = g.id) "
#define FROM_DROPPED \
  "FROM dropped g CROSS JOIN claim o ON o.id = g.id " \
  "CROSS JOIN checkin k ON k.booking_id = coalesce (o.booking_id, o.id) " \
  "WHERE k.undone = 0 AND k.hlc IS NOT NULL ORDER BY k.hlc, k.replica"

/* Who of the booking is in. A member who came in by a booking that gave way to another is in by the other: the fact
 * stands, and is one person. */
static gboolean
read_attendance (SlEngine *engine, SlClaim *claim, GError **error)
{
  SlId kept = sl_id_none;

  if ((claim->release_why & SL_RELEASE_DUPLICATE) != 0 && !sl_claim_find_kept (engine, &claim->id, &kept, error))
    return FALSE;
  if (!sl_id_is_none (&kept))
    return TRUE;
  if (!add_attendance (sl_store_query (engine->store,
                                       "SELECT spots, at_ms, replica, late, flag FROM checkin WHERE booking_id = ? "
                                       "AND undone = 0 AND hlc IS NOT NULL ORDER BY hlc, replica",
                                       "d", &claim->booking_id),
                       claim, error))
    return FALSE;
  return !claim->stands_for_others
         || add_attendance (sl_store_query (engine->store,
                                            OF_DROPPED
                                            "SELECT k.spots, k.at_ms, k.replica, k.late, k.flag " FROM_DROPPED,
                                            "d", &claim->id),
                            claim, error);
}

static void
judge (SlClaim *claim, gint64 now_ms)
{
  SlBookingFacts facts = {
    .confirmed = claim->confirmed,
    .held_until_ms = claim->held_until_ms,
    .is_offer = claim->type == SL_CLAIM_OFFER,
    .is_waiting = claim->type == SL_CLAIM_WAITING,
    .released = claim->released || claim->spot_bits == 0,
    .release_why = claim->released ? claim->release_why : SL_RELEASE_CANCELLED,
    .attended = claim->bits_in != 0,
    .session_known = claim->session_known,
    .session_cancelled = claim->session_cancelled,
    .session_start_ms = claim->start_ms,
    .session_end_ms = claim->end_ms,
    .checkin_closes_ms = claim->closes_ms,
  };

  claim->status = sl_booking_status (&facts, now_ms);
}

/* Reads all rows, then fills in what other tables say. Takes the rows. */
static GArray *
collect (SlEngine *engine, SlRows *taken, gint64 now_ms, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GArray) claims = g_array_new (FALSE, FALSE, sizeof (SlClaim));

  while (sl_rows_next (rows))
    {
      SlClaim claim;

      read_claim (rows, &claim);
      g_array_append_val (claims, claim);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;

  for (guint i = 0; i < claims->len; i++)
    {
      SlClaim *claim = &g_array_index (claims, SlClaim, i);
      SlClaim *before = i > 0 ? &g_array_index (claims, SlClaim, i - 1) : NULL;

      if (before != NULL && sl_id_equal (&before->session_id, &claim->session_id))
        {
          claim->opens_ms = before->opens_ms;
          claim->closes_ms = before->closes_ms;
        }
      else if (claim->session_known
               && !sl_checkin_window (engine, &claim->location_id, &claim->service_id, claim->start_ms,
                                      &claim->opens_ms, &claim->closes_ms, error))
        return NULL;
      if (!read_attendance (engine, claim, error))
        return NULL;
      judge (claim, now_ms);
    }
  return g_steal_pointer (&claims);
}

/**
 * sl_claim_find_booking:
 * @booking_id: a booking
 * @now_ms: the moment at which it is judged, UTC ms
 * @out: (out caller-allocates): its standing claim: the live one, else the earliest
 * @out_found: (out): %FALSE: not heard of here (yet)
 *
 * Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_claim_find_booking (SlEngine *engine, const SlId *booking_id, gint64 now_ms, SlClaim *out, gboolean *out_found,
                       GError **error)
{
  g_autoptr (GArray) claims = collect (engine,
                                       sl_store_query (engine->store,
                                                       CLAIM_COLUMNS FROM_CLAIM
                                                       "WHERE c.id = ?1 AND c.booking_id IS NULL AND " IS_KNOWN
                                                       "UNION ALL " CLAIM_COLUMNS FROM_CLAIM
                                                       "WHERE c.booking_id = ?1 AND " IS_KNOWN "ORDER BY 12, 5",
                                                       "d", booking_id),
                                       now_ms, error);

  *out_found = FALSE;
  if (claims == NULL)
    return FALSE;
  for (guint i = 0; i < claims->len; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);

      if (!*out_found || (out->released && !claim->released))
        *out = *claim;
      *out_found = TRUE;
    }
  return TRUE;
}

/**
 * sl_claim_get_booking:
 *
 * As sl_claim_find_booking(), for an id that a person named: one that is not heard of is the failure
 * %SL_ERROR_NOT_FOUND.
 *
 * Returns: %FALSE with @error: not found, or storage failed
 */
gboolean
sl_claim_get_booking (SlEngine *engine, const SlId *booking_id, gint64 now_ms, SlClaim *out, GError **error)
{
  gboolean found;
  char text[SL_ID_TEXT_BYTES];

  if (!sl_claim_find_booking (engine, booking_id, now_ms, out, &found, error))
    return FALSE;
  if (found)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no booking %s", sl_id_format (booking_id, text));
  return FALSE;
}

/**
 * sl_claim_find_by_id:
 * @out_found: (out): %FALSE: not heard of here (yet)
 *
 * One claim by its own id.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_claim_find_by_id (SlEngine *engine, const SlId *claim_id, gint64 now_ms, SlClaim *out, gboolean *out_found,
                     GError **error)
{
  g_autoptr (GArray) claims = collect (
      engine, sl_store_query (engine->store, CLAIM_COLUMNS FROM_CLAIM "WHERE c.id = ? AND " IS_KNOWN, "d", claim_id),
      now_ms, error);

  if (claims == NULL)
    return FALSE;
  *out_found = claims->len > 0;
  if (*out_found)
    *out = g_array_index (claims, SlClaim, 0);
  return TRUE;
}

/**
 * sl_claims_of_session:
 *
 * Every claim on a session that is known here, released ones too, as they were made.
 *
 * Returns: (transfer full) (element-type SlClaim): %NULL with @error when storage failed
 */
GArray *
sl_claims_of_session (SlEngine *engine, const SlId *session_id, gint64 now_ms, GError **error)
{
  return collect (engine,
                  sl_store_query (engine->store,
                                  CLAIM_COLUMNS FROM_CLAIM "WHERE c.session_id = ? AND " IS_KNOWN
                                                           "ORDER BY c.created_hlc, c.creator",
                                  "d", session_id),
                  now_ms, error);
}

/**
 * sl_claims_of_member_in:
 *
 * A member's claims on one session, as they were made.
 *
 * Returns: (transfer full) (element-type SlClaim): %NULL with @error when storage failed
 */
GArray *
sl_claims_of_member_in (SlEngine *engine, const SlId *member_id, const SlId *session_id, gint64 now_ms, GError **error)
{
  return collect (engine,
                  sl_store_query (engine->store,
                                  CLAIM_COLUMNS FROM_CLAIM
                                  "WHERE c.session_id = ?2 AND c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
                                  " AND " IS_KNOWN "ORDER BY c.created_hlc, c.creator",
                                  "dd", member_id, session_id),
                  now_ms, error);
}

/**
 * sl_claims_of_member_between:
 * @location_id: (nullable): where; %NULL: at every location
 * @after_ms: ends after here, UTC ms …
 * @before_ms: … and starts before here
 *
 * A member's claims on the sessions that touch a stretch of time, by start. Looks the member up in each of those
 * sessions, so that its cost follows from the timetable and not from how long the member has been coming.
 *
 * Returns: (transfer full) (element-type SlClaim): %NULL with @error when storage failed
 */
GArray *
sl_claims_of_member_between (SlEngine *engine, const SlId *member_id, const SlId *location_id, gint64 after_ms,
                             gint64 before_ms, gint64 now_ms, GError **error)
{
  gint64 from_ms = after_ms - SL_SESSION_LONGEST_MS;

  if (location_id != NULL)
    return collect (
        engine,
        sl_store_query (
            engine->store,
            CLAIM_COLUMNS
            "FROM session s CROSS JOIN claim c ON c.session_id = s.id AND c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
            " WHERE s.location_id = ?2 AND s.start_ms >= ?3 AND s.start_ms < ?4 AND s.end_ms > ?5 AND " IS_KNOWN
            "ORDER BY s.start_ms, s.id, c.created_hlc, c.creator",
            "ddiii", member_id, location_id, from_ms, before_ms, after_ms),
        now_ms, error);
  return collect (engine,
                  sl_store_query (engine->store,
                                  CLAIM_COLUMNS
                                  "FROM location l CROSS JOIN session s ON s.location_id = l.id "
                                  "CROSS JOIN claim c ON c.session_id = s.id AND c.member_id IN "
                                  SL_SQL_SAME_MEMBER ("?1")
                                  " WHERE s.start_ms >= ?2 AND s.start_ms < ?3 AND s.end_ms > ?4 AND " IS_KNOWN
                                  "ORDER BY s.start_ms, s.id, c.created_hlc, c.creator",
                                  "diii", member_id, from_ms, before_ms, after_ms),
                  now_ms, error);
}

/**
 * sl_claims_of_member_latest:
 * @limit: at most so many
 *
 * A member's claims for a screen, those on the latest sessions first. Reads all claims of the member.
 *
 * Returns: (transfer full) (element-type SlClaim): %NULL with @error when storage failed
 */
GArray *
sl_claims_of_member_latest (SlEngine *engine, const SlId *member_id, guint limit, gint64 now_ms, GError **error)
{
  return collect (engine,
                  sl_store_query (engine->store,
                                  CLAIM_COLUMNS FROM_CLAIM
                                  "WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1") " AND " IS_KNOWN
                                  "ORDER BY s.start_ms DESC, s.id, c.created_hlc DESC LIMIT ?2",
                                  "di", member_id, (gint64) limit),
                  now_ms, error);
}

/**
 * sl_claims_count_recent_holds:
 * @until_from_ms: holds that end after here, UTC ms …
 * @until_to_ms: … until and including here
 *
 * How many holds were made for a member in a stretch of time, told by when they end: that is the wall clock they were
 * made by, whatever the operation clock says. Released and confirmed ones count.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_claims_count_recent_holds (SlEngine *engine, const SlId *member_id, gint64 until_from_ms, gint64 until_to_ms,
                              gint64 *out_count, GError **error)
{
  return sl_store_query_int (
      engine->store, 0, out_count, error,
      "SELECT count (*) FROM claim c WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
      " AND c.type = 1 AND c.held_until_ms > ?2 AND c.held_until_ms <= ?3",
      "dii", member_id, until_from_ms, until_to_ms);
}

/**
 * sl_claims_lapsed_in:
 *
 * Holds and offers of a session that are past their end at @now_ms and not yet released: gone for every rule, while
 * their rights still lie with them until their keeper releases them. The earliest first.
 *
 * Returns: (transfer full) (element-type SlLapsedClaim): %NULL with @error when storage failed
 */
GArray *
sl_claims_lapsed_in (SlEngine *engine, const SlId *session_id, gint64 now_ms, GError **error)
{
  g_autoptr (GArray) lapsed = g_array_new (FALSE, FALSE, sizeof (SlLapsedClaim));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT c.id, coalesce (c.keeper, c.creator), c.spots, c.released_spots FROM claim c "
      "WHERE c.session_id = ?1 AND " IS_KNOWN
      "AND c.confirm_hlc IS NULL AND c.release_percent IS NULL AND (c.held_until_ms <= ?2 OR (c.type = 3 "
      "AND EXISTS (SELECT 1 FROM session s WHERE s.id = c.session_id AND s.start_ms <= ?2))) "
      "ORDER BY c.held_until_ms, c.id",
      "di", session_id, now_ms);

  while (sl_rows_next (rows))
    {
      SlLapsedClaim claim;
      guint32 bits = sl_spots_mask ((int) sl_rows_int (rows, 2)) & ~(guint32) sl_rows_int (rows, 3);

      sl_rows_id (rows, 0, &claim.id);
      sl_rows_id (rows, 1, &claim.keeper);
      claim.spots = __builtin_popcount (bits);
      g_array_append_val (lapsed, claim);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  return g_steal_pointer (&lapsed);
}

/**
 * sl_claim_find_kept:
 * @claim_id: a claim that was dropped as a duplicate
 * @out_kept: (out): the claim for which it was dropped in the end; none: it is not known here, or all of them were
 * dropped for one another
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_claim_find_kept (SlEngine *engine, const SlId *claim_id, SlId *out_kept, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "WITH RECURSIVE kept (id) AS (SELECT kept_id FROM duplicate WHERE claim_id = ?1 "
      "UNION SELECT d.kept_id FROM kept k CROSS JOIN duplicate d ON d.claim_id = k.id) "
      "SELECT c.id FROM kept k CROSS JOIN claim c ON c.id = k.id "
      "WHERE c.created_hlc IS NOT NULL AND (c.release_why & ?2) = 0 ORDER BY c.id LIMIT 1",
      "di", claim_id, (gint64) SL_RELEASE_DUPLICATE);

  *out_kept = sl_id_none;
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out_kept);
  return sl_rows_finish (rows, error);
}

/**
 * sl_claim_checkins:
 * @claim: a booking
 *
 * The check-ins that stand for it: its own, and those of bookings that gave way to it.
 *
 * Returns: (transfer full) (element-type SlId): %NULL with @error when storage failed
 */
GArray *
sl_claim_checkins (SlEngine *engine, const SlClaim *claim, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));

  for (guint part = 0; part < 2; part++)
    {
      g_autoptr (SlRows) rows = part == 0
                                  ? sl_store_query (engine->store,
                                                    "SELECT id FROM checkin WHERE booking_id = ? AND undone = 0 "
                                                    "AND hlc IS NOT NULL ORDER BY hlc, replica",
                                                    "d", &claim->booking_id)
                                  : sl_store_query (engine->store, OF_DROPPED "SELECT k.id " FROM_DROPPED, "d",
                                                    &claim->id);

      while (sl_rows_next (rows))
        {
          SlId id;

          sl_rows_id (rows, 0, &id);
          g_array_append_val (ids, id);
        }
      if (!sl_rows_finish (rows, error))
        return NULL;
    }
  return g_steal_pointer (&ids);
}
