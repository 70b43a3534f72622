/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule"

#include "engine/schedule.h"

#include "engine/claim-queries.h"
#include "engine/engine-private.h"

#define COLUMNS \
  "SELECT s.id, s.service_id, s.location_id, s.room_id, s.instructor_id, s.start_ms, s.end_ms, s.published, " \
  "s.cancelled, " \
  "s.notes, v.name, l.name, r.name, i.name, s.rule_id, s.rule_day, s.by_hand " \
  "FROM session s LEFT JOIN service v ON v.id = s.service_id " \
  "LEFT JOIN location l ON l.id = s.location_id LEFT JOIN room r ON r.id = s.room_id LEFT JOIN staff i ON i.id = " \
  "s.instructor_id "

static const char *const state_names[] = {
  [SL_SESSION_DRAFT] = "draft", [SL_SESSION_PUBLISHED] = "published", [SL_SESSION_IN_PROGRESS] = "in_progress",
  [SL_SESSION_COMPLETED] = "completed", [SL_SESSION_CANCELLED] = "cancelled",
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == SL_SESSION_LAST);

/**
 * sl_session_state_name:
 * @state: a state
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_session_state_name (SlSessionState state)
{
  g_return_val_if_fail (state < SL_SESSION_LAST, "");

  return state_names[state];
}

/**
 * sl_session_free:
 * @session: (nullable) (transfer full): a session
 */
void
sl_session_free (SlSession *session)
{
  if (session == NULL)
    return;
  g_free (session->service_name);
  g_free (session->location_name);
  g_free (session->room_name);
  g_free (session->instructor_name);
  g_free (session->notes);
  g_free (session);
}

/* What a session is at a moment follows from its row and the clock; nothing has to be written for it to begin or to
 * end. */
static SlSessionState
derive_state (const SlSession *session, gint64 now_ms)
{
  if (session->cancelled)
    return SL_SESSION_CANCELLED;
  if (!session->published)
    return SL_SESSION_DRAFT;
  if (now_ms < session->start_ms)
    return SL_SESSION_PUBLISHED;
  return now_ms < session->end_ms ? SL_SESSION_IN_PROGRESS : SL_SESSION_COMPLETED;
}

static SlSession *
read_session (SlEngine *engine, SlRows *rows)
{
  SlSession *session = g_new0 (SlSession, 1);
  sl_rows_id (rows, 0, &session->id);
  sl_rows_id (rows, 1, &session->service_id);
  sl_rows_id (rows, 2, &session->location_id);
  sl_rows_id (rows, 3, &session->room_id);
  sl_rows_id (rows, 4, &session->instructor_id);
  session->start_ms = sl_rows_int (rows, 5);
  session->end_ms = sl_rows_int (rows, 6);
  session->published = sl_rows_int (rows, 7) != 0;
  session->cancelled = sl_rows_int (rows, 8) != 0;
  gsize length;
  const void *notes = sl_rows_blob (rows, 9, &length);
  session->notes = notes != NULL ? sl_oplog_unseal_note (engine->log, NULL, notes, length) : NULL;
  session->service_name = sl_rows_dup_text (rows, 10);
  session->location_name = sl_rows_dup_text (rows, 11);
  session->room_name = sl_rows_dup_text (rows, 12);
  session->instructor_name = sl_rows_dup_text (rows, 13);
  sl_rows_id (rows, 14, &session->rule_id);
  session->rule_day = sl_rows_int (rows, 15);
  session->by_hand = sl_rows_int (rows, 16);
  session->state = derive_state (session, sl_engine_now_ms (engine));
  return session;
}

/**
 * sl_session_find:
 * @engine: the engine
 * @id: the session
 * @error: return location
 *
 * Returns: (nullable) (transfer full): the session, %NULL without error where it was not heard of here
 */
SlSession *
sl_session_find (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE s.id = ?", "d", id);
  g_autoptr (SlSession) session = sl_rows_next (rows) ? read_session (engine, rows) : NULL;
  return sl_rows_finish (rows, error) ? g_steal_pointer (&session) : NULL;
}

/**
 * sl_session_get:
 * @engine: the engine
 * @id: the session
 * @error: return location
 *
 * Returns: (transfer full): the session; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlSession *
sl_session_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (GError) failure = NULL;
  SlSession *session = sl_session_find (engine, id, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (session == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such session");
  return session;
}

/* Spots of holds and offers whose time is over, and what run-due has to do about the session. */
typedef struct { gint64 lapsed, lapsed_here, due; } Overdue;

static gboolean
count_overdue (SlEngine *engine, const SlId *id, Overdue *out, GError **error)
{
  *out = (Overdue) { 0 };
  g_autoptr (GArray) lapsed = sl_claims_lapsed_in (engine, id, sl_engine_now_ms (engine), error);
  if (lapsed == NULL)
    return FALSE;
  for (guint i = 0; i < lapsed->len; i++)
    {
      const SlLapsedClaim *claim = &g_array_index (lapsed, SlLapsedClaim, i);
      gboolean here;
      if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error))
        return FALSE;
      out->lapsed += claim->spots;
      out->lapsed_here += here ? claim->spots : 0;
    }
  gint64 of_cancelled;
  if (!sl_store_query_int (engine->store, 0, &of_cancelled, error,
                           "SELECT count (*) FROM claim c JOIN session s ON s.id = c.session_id "
                           "WHERE s.id = ? AND s.cancelled <> 0 AND c.release_why = 0",
                           "d", id))
    return FALSE;
  out->due = of_cancelled > 0 ? of_cancelled : (gint64) lapsed->len;
  return TRUE;
}

/* Who is in by a booking that was released, or by one that nothing here knows. Of one that gave way to another they are
 * in by the other. */
static gboolean
count_in_without_spot (SlEngine *engine, const SlId *id, gint64 *out, GError **error)
{
  guint32 in = 0;
  SlId last = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT c.id, c.spots, k.spots FROM claim c CROSS JOIN checkin k ON k.booking_id = coalesce (c.booking_id, c.id) "
    "WHERE c.session_id = ? AND c.type <> 5 AND c.release_why <> 0 AND (c.release_why & ?) = 0 AND k.undone = 0 "
    "AND k.hlc IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM claim l WHERE l.booking_id = k.booking_id AND l.release_why = 0) ORDER BY c.id",
    "di", id, (gint64) SL_RELEASE_DUPLICATE);
  *out = 0;
  while (sl_rows_next (rows))
    {
      SlId claim;
      guint32 bits = (guint32) sl_rows_int (rows, 2);
      sl_rows_id (rows, 0, &claim);
      if (!sl_id_equal (&claim, &last))
        {
          *out += __builtin_popcount (in);
          in = 0;
        }
      last = claim;
      in |= bits != 0 ? bits : sl_spots_mask ((int) sl_rows_int (rows, 1));
    }
  *out += __builtin_popcount (in);
  gint64 strangers;
  if (!sl_rows_finish (rows, error)
      || !sl_store_query_int (engine->store, 0, &strangers, error,
                              "SELECT count (*) FROM checkin k WHERE k.session_id = ? AND k.undone = 0 "
                              "AND k.hlc IS NOT NULL AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.id = k.booking_id "
                              "AND c.created_hlc IS NOT NULL)",
                              "d", id))
    return FALSE;
  *out += strangers;
  return TRUE;
}

/* Who waits; from the start on nobody does. */
static gboolean
count_waiting (SlEngine *engine, const SlId *id, gint64 *out, GError **error)
{
  return sl_store_query_int (engine->store, 0, out, error,
                             "SELECT count (*) FROM claim c JOIN session s ON s.id = c.session_id WHERE "
                             "c.session_id = ? AND c.type = 5 AND c.release_why = 0 AND c.created_hlc IS NOT NULL "
                             "AND s.cancelled = 0 AND s.start_ms > ?",
                             "di", id, sl_engine_now_ms (engine));
}

/**
 * sl_session_counts:
 * @engine: the engine
 * @id: the session
 * @out_counts: (out caller-allocates): as of this moment: what has lapsed counts as gone, tidied up or not
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_session_counts (SlEngine *engine, const SlId *id, SlSessionCounts *out_counts, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out_counts != NULL, FALSE);

  SlSessionCount count;
  Overdue overdue;
  gint64 rights, in_without_spot, waiting;
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  gboolean read = sl_rights_count (engine->log, id, &count, error)
                  && sl_rights_free (engine->log, id, sl_oplog_get_replica (engine->log), &rights, error)
                  && count_overdue (engine, id, &overdue, error)
                  && count_in_without_spot (engine, id, &in_without_spot, error)
                  && count_waiting (engine, id, &waiting, error);
  sl_store_end_read (engine->store);
  if (!read)
    return FALSE;
  gint64 held = count.unconfirmed - overdue.lapsed;
  *out_counts = (SlSessionCounts) { .capacity = count.capacity, .confirmed = count.confirmed, .held = held,
                                    .waitlisted = waiting,
                                    .override_spots = count.override_spots, .in_without_spot = in_without_spot,
                                    .free = MAX (0, count.capacity - count.confirmed - held),
                                    .rights = rights + overdue.lapsed_here, .due = overdue.due };
  return TRUE;
}

/* Every location that sessions name, known here or not, each found by a step in the index: then the years before and
 * after are not walked through. */
#define PLACES \
  "WITH RECURSIVE place (id) AS (SELECT min (location_id) FROM session UNION ALL SELECT (SELECT min (location_id) " \
  "FROM session WHERE location_id > place.id) FROM place WHERE place.id IS NOT NULL) "

/**
 * sl_session_list:
 * @engine: the engine
 * @location: (nullable): only there; %NULL: everywhere
 * @from_ms: earliest start, UTC ms
 * @to_ms: starts before this
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlSession): by start, drafts and cancelled ones too; %NULL on failure
 */
GPtrArray *
sl_session_list (SlEngine *engine, const SlId *location, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_session_free);
  g_autoptr (SlRows) rows =
    location != NULL
      ? sl_store_query (engine->store,
                        COLUMNS
                        "WHERE s.location_id = ? AND s.start_ms >= ? AND s.start_ms < ? ORDER BY s.start_ms, s.id",
                        "dii", location, from_ms, to_ms)
      : sl_store_query (engine->store,
                        PLACES COLUMNS
                        "WHERE s.location_id IN (SELECT id FROM place) AND s.start_ms >= ? AND s.start_ms < ? "
                        "ORDER BY s.start_ms, s.id",
                        "ii", from_ms, to_ms);
  while (sl_rows_next (rows))
    g_ptr_array_add (sessions, read_session (engine, rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&sessions) : NULL;
}

/**
 * sl_session_list_rule:
 * @engine: the engine
 * @rule: a recurrence
 * @from_day: its first date, days since 1970
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full) (element-type SlSession): by the dates of the rule, cancelled ones too; %NULL on failure
 */
GPtrArray *
sl_session_list_rule (SlEngine *engine, const SlId *rule, gint64 from_day, GError **error)
{
  g_return_val_if_fail (engine != NULL && rule != NULL, NULL);

  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_session_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, COLUMNS "WHERE s.rule_id = ? AND s.rule_day >= ? ORDER BY s.rule_day, s.id", "di", rule, from_day);
  while (sl_rows_next (rows))
    g_ptr_array_add (sessions, read_session (engine, rows));
  return sl_rows_finish (rows, error) ? g_steal_pointer (&sessions) : NULL;
}
