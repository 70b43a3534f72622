/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-placement"

#include "engine/placement.h"

#include "core/datetime.h"
#include "engine/claim-queries.h"
#include "engine/credits-private.h"
#include "engine/placement-private.h"
#include "engine/policy.h"
#include "engine/resolver.h"
#include "engine/rights.h"
#include "engine/run-due.h"
#include "engine/trust.h"
#include "engine/waitlist.h"

/* Each device moves only what it holds, by what it has heard. What keeps two of them from passing spots to and fro for
 * ever: to the door device goes what brings the reserve about that was never there, and from then on all; to the hub
 * goes what is beyond the reserve, and only while the door is far; the hub gives back nothing else. */

#define VISIT_HUNDREDTHS 100        /* where no service costs credits */
#define OPENS_MAX_HOURS (400 * 24)  /* whatever a policy says: no year of sessions is looked through each minute */

/* --- who stands where --- */

/* sl_places_new: as of now, inside a transaction or not. */
SlPlaces *
sl_places_new (SlEngine *engine, GError **error)
{
  g_autoptr (SlPlaces) places = g_new0 (SlPlaces, 1);

  places->engine = engine;
  places->enrolled = sl_device_enrolled (engine, error);
  if (places->enrolled == NULL)
    return NULL;
  places->hub = sl_enrolled_hub (places->enrolled);
  return g_steal_pointer (&places);
}

/* sl_places_free: (nullable). */
void
sl_places_free (SlPlaces *places)
{
  if (places == NULL)
    return;
  g_clear_pointer (&places->enrolled, g_array_unref);
  g_free (places);
}

/* sl_places_find: see the header. */
const SlEnrolled *
sl_places_find (SlPlaces *places, const SlId *device)
{
  for (guint i = 0; i < places->enrolled->len; i++)
    if (sl_id_equal (&g_array_index (places->enrolled, SlEnrolled, i).id, device))
      return &g_array_index (places->enrolled, SlEnrolled, i);
  return NULL;
}

/* What was ever put there, bookings made of it included: a reserve that walk-ins have used is not filled again. */
static gboolean
placed_at (SlEngine *engine, const SlId *session, const SlId *device, gint64 *out, GError **error)
{
  return sl_store_query_int (engine->store, 0, out, error,
                             "SELECT coalesce (sum (spots), 0) FROM session_right WHERE session_id = ?1 AND replica IN "
                             SL_SQL_HEIRS ("?2"), "dd", session, device);
}

/* sl_places_door_need: see the header. */
gboolean
sl_places_door_need (SlPlaces *places, const SlId *session, const SlId *location, const SlId *service, SlDoorNeed *out,
                     GError **error)
{
  SlId named = sl_id_none;
  gint64 placed;

  *out = (SlDoorNeed){ 0 };
  g_autoptr (SlRows) rows = sl_store_query (
      places->engine->store,
      "SELECT (SELECT door_device_id FROM location WHERE id = ?1), max (0, min (capacity, coalesce ((SELECT reserve "
      "FROM service WHERE id = ?2), 0))) FROM session WHERE id = ?3",
      "ddd", location, service, session);
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &named);
      out->reserve = sl_rows_int (rows, 1);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  out->door = sl_enrolled_door (places->enrolled, location, &named);
  if (out->door == NULL)
    return TRUE;
  if (!placed_at (places->engine, session, &out->door->id, &placed, error))
    return FALSE;
  out->missing = MAX (out->reserve - placed, 0);
  return TRUE;
}

/* --- sessions --- */

typedef struct {
  SlId id, location_id, service_id;
  gint64 start_ms;
} Place;

typedef struct {
  SlEngine *engine;
  SlPlaces *places;
  SlReachFunc reaches; /* (nullable): everybody */
  gpointer reaches_data;
  gint64 now_ms;
  gboolean emits;      /* else it only looks whether there is something to do */
  gint64 left;         /* operations that this transaction may still take */
  gboolean due;        /* there is, or was, something to do */
  SlPlacementCounts counts;
} Run;

static gboolean
reaches (Run *run, const SlId *device)
{
  return run->reaches == NULL || run->reaches (run->reaches_data, device);
}

static gboolean
is_own (Run *run, const SlEnrolled *device)
{
  return device != NULL && sl_id_equal (&device->id, sl_oplog_get_replica (run->engine->log));
}

static gboolean
move_spots (Run *run, const SlId *session, const SlEnrolled *to, gint64 spots, gint64 *inout_spare, gint64 *count,
            GError **error)
{
  if (spots <= 0 || run->left <= 0)
    return TRUE;
  run->due = TRUE;
  *inout_spare -= spots;
  if (!run->emits)
    return TRUE;
  run->left--;
  *count += spots;
  return sl_op_session_move (run->engine->log, session, &to->id, (int) spots, error);
}

/* Who is in needs no keeper any more; what has lapsed is run-due's. */
static gboolean
is_to_move (const SlClaim *claim)
{
  return !claim->on_trust
         && (claim->status == SL_BOOKING_HELD || claim->status == SL_BOOKING_OFFERED
             || claim->status == SL_BOOKING_CONFIRMED || claim->status == SL_BOOKING_WAITLISTED);
}

static gboolean
move_claims (Run *run, const SlId *session, const SlEnrolled *to, GError **error)
{
  g_autoptr (GArray) claims = sl_claims_of_session (run->engine, session, run->now_ms, error);

  for (guint i = 0; claims != NULL && i < claims->len && run->left > 0; i++)
    {
      const SlClaim *claim = &g_array_index (claims, SlClaim, i);
      gboolean here;

      if (!is_to_move (claim))
        continue;
      if (!sl_resolver_is_kept_here (run->engine, &claim->keeper, &here, error))
        return FALSE;
      if (!here)
        continue;
      run->due = TRUE;
      if (!run->emits)
        return TRUE;
      run->left--;
      run->counts.claims_to_door++;
      if (!sl_op_claim_move (run->engine->log, &claim->id, &to->id, error))
        return FALSE;
    }
  return claims != NULL;
}

/* Far from the start. Where somebody waits, what is free is the queue's: the waitlist passes it on. */
static gboolean
place_early (Run *run, const Place *place, const SlDoorNeed *need, gint64 spare, gboolean quiet, GError **error)
{
  gboolean is_door = is_own (run, need->door);
  gint64 waiting;

  if (spare <= 0)
    return TRUE;
  if (!sl_waitlist_count (run->engine, &place->id, &waiting, error))
    return FALSE;
  if (waiting > 0)
    return TRUE;
  if (need->door != NULL && !is_door && reaches (run, &need->door->id)
      && !move_spots (run, &place->id, need->door, MIN (spare, need->missing), &spare, &run->counts.spots_to_door,
                      error))
    return FALSE;
  if (quiet || is_own (run, run->places->hub) || !reaches (run, &run->places->hub->id))
    return TRUE;
  return move_spots (run, &place->id, run->places->hub, spare - (is_door ? need->reserve : 0), &spare,
                     &run->counts.spots_to_hub, error);
}

static gboolean
place_session (Run *run, const Place *place, GError **error)
{
  gint64 until_start_ms = place->start_ms - run->now_ms, held, spare;
  SlDoorNeed need;

  if (!sl_places_door_need (run->places, &place->id, &place->location_id, &place->service_id, &need, error)
      || !sl_rights_spare (run->engine, &place->id, &held, &spare, error))
    return FALSE;
  if (until_start_ms > SL_PLACEMENT_DOOR_MS || need.door == NULL)
    return place_early (run, place, &need, spare,
                        need.door != NULL && until_start_ms <= SL_PLACEMENT_DOOR_MS + SL_PLACEMENT_QUIET_MS, error);
  if (is_own (run, need.door) || !reaches (run, &need.door->id) || held < 0)
    return TRUE; /* who owes keeps its bookings until it has paid */
  return move_claims (run, &place->id, need.door, error)
         && move_spots (run, &place->id, need.door, spare, &spare, &run->counts.spots_to_door, error);
}

/* Sessions that are open and not over, until some days before booking of any opens. */
static GArray *
read_sessions (Run *run, GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (Place));
  gint64 hours;

  if (!sl_store_query_int (run->engine->store, 0, &hours, error,
                           "SELECT max (coalesce (max (CAST (value AS INTEGER)), 0), ?2) FROM policy WHERE key = ?1",
                           "ti", sl_policy_name (SL_POLICY_BOOKING_OPENS_HOURS),
                           g_ascii_strtoll (sl_policy_default (SL_POLICY_BOOKING_OPENS_HOURS), NULL, 10)))
    return NULL;
  hours = CLAMP (hours, 0, OPENS_MAX_HOURS);
  g_autoptr (SlRows) rows = sl_store_query (
      run->engine->store,
      "SELECT s.id, s.location_id, s.service_id, s.start_ms FROM location l CROSS JOIN session s "
      "ON s.location_id = l.id WHERE s.start_ms > ?2 AND s.start_ms < ?3 AND s.end_ms > ?1 AND s.cancelled = 0 "
      "AND s.published = 1 ORDER BY s.start_ms, s.id",
      "iii", run->now_ms, run->now_ms - SL_SESSION_LONGEST_MS,
      run->now_ms + hours * SL_HOUR_MS + SL_PLACEMENT_AHEAD_MS);
  while (sl_rows_next (rows))
    {
      Place place = { .start_ms = sl_rows_int (rows, 3) };

      sl_rows_id (rows, 0, &place.id);
      sl_rows_id (rows, 1, &place.location_id);
      sl_rows_id (rows, 2, &place.service_id);
      g_array_append_val (sessions, place);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&sessions) : NULL;
}

/* --- credits --- */

typedef struct {
  SlId id, member_id;
} Lot;

static gboolean
read_visit (Run *run, gint64 *out, GError **error)
{
  if (!sl_store_query_int (run->engine->store, 0, out, error,
                           "SELECT max (credits_hundredths) FROM service WHERE coalesce (active, 1) <> 0", ""))
    return FALSE;
  *out = *out > 0 ? *out : VISIT_HUNDREDTHS;
  return TRUE;
}

/* Lots of which more than a visit's worth was put here. */
static GArray *
read_lots (Run *run, gint64 visit, GError **error)
{
  g_autoptr (GArray) lots = g_array_new (FALSE, FALSE, sizeof (Lot));
  g_autoptr (SlRows) rows = sl_store_query (
      run->engine->store,
      "SELECT l.id, l.member_id FROM lot l CROSS JOIN lot_right r ON r.lot_id = l.id WHERE l.expires_ms > ?2 "
      "AND r.credits_hundredths > ?3 AND r.replica IN " SL_SQL_HEIRS ("?1")
      " UNION SELECT l.id, l.member_id FROM lot l CROSS JOIN lot_right r ON r.lot_id = l.id WHERE l.expires_ms IS NULL "
      "AND r.credits_hundredths > ?3 AND r.replica IN " SL_SQL_HEIRS ("?1") " ORDER BY 1",
      "dii", sl_oplog_get_replica (run->engine->log), run->now_ms, visit);

  while (sl_rows_next (rows))
    {
      Lot lot;

      sl_rows_id (rows, 0, &lot.id);
      sl_rows_id (rows, 1, &lot.member_id);
      g_array_append_val (lots, lot);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&lots) : NULL;
}

/* What is owed for visits on trust goes to who keeps those first: run-due passes and settles it. */
static gboolean
place_lot (Run *run, const Lot *lot, gint64 visit, GError **error)
{
  gint64 held, owed;

  if (!sl_lot_free (run->engine->log, &lot->id, sl_oplog_get_replica (run->engine->log), &held, error))
    return FALSE;
  if (held <= visit || run->left <= 0)
    return TRUE;
  if (!sl_trust_owed (run->engine, &lot->member_id, &owed, error))
    return FALSE;
  if (owed > 0)
    return TRUE;
  run->due = TRUE;
  if (!run->emits)
    return TRUE;
  run->left--;
  run->counts.credits_to_hub += held - visit;
  return sl_op_lot_move (run->engine->log, &lot->id, &run->places->hub->id, held - visit, error);
}

/* --- all of it --- */

static gboolean
place_all (Run *run, GError **error)
{
  const SlEnrolled *own = sl_places_find (run->places, sl_oplog_get_replica (run->engine->log));
  g_autoptr (GArray) sessions = NULL, lots = NULL;
  gint64 visit;

  if (own == NULL || !own->sound || run->places->hub == NULL)
    return TRUE;
  sessions = read_sessions (run, error);
  for (guint i = 0; sessions != NULL && i < sessions->len && run->left > 0 && (run->emits || !run->due); i++)
    if (!place_session (run, &g_array_index (sessions, Place, i), error))
      return FALSE;
  if (sessions == NULL || is_own (run, run->places->hub) || !reaches (run, &run->places->hub->id))
    return sessions != NULL;
  if (!read_visit (run, &visit, error) || (lots = read_lots (run, visit, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < lots->len && run->left > 0 && (run->emits || !run->due); i++)
    if (!place_lot (run, &g_array_index (lots, Lot, i), visit, error))
      return FALSE;
  return TRUE;
}

static gboolean
look (Run *run, GError **error)
{
  g_autoptr (SlPlaces) places = sl_places_new (run->engine, error);
  gboolean looked;

  run->places = places;
  run->now_ms = sl_engine_now_ms (run->engine);
  run->left = SL_DUE_BATCH;
  run->emits = run->due = FALSE;
  looked = places != NULL && place_all (run, error);
  run->places = NULL;
  return looked;
}

static gboolean
write_batch (Run *run, const SlActor *actor, GError **error)
{
  g_autoptr (SlPlaces) places = NULL;
  gboolean placed;

  if (!sl_command_begin (run->engine, actor, error))
    return FALSE;
  run->places = places = sl_places_new (run->engine, error);
  run->now_ms = sl_engine_now_ms (run->engine);
  run->left = SL_DUE_BATCH;
  run->emits = TRUE;
  run->due = FALSE;
  placed = places != NULL && place_all (run, error);
  run->places = NULL;
  if (!placed)
    return sl_command_fail (run->engine);
  return sl_command_commit (run->engine, error);
}

/**
 * sl_placement_run_reaching:
 * @engine: the engine, not inside a command
 * @reaches: (nullable) (scope call): whether a device can be reached by now; %NULL: all can
 * @user_data: for @reaches
 * @out: (out caller-allocates): what was moved
 * @error: return location
 *
 * As sl_placement_run(), by somebody who knows who has been heard of lately: nothing goes to a door device that is off,
 * or to a hub that is gone. Debts are paid all the same.
 *
 * Returns: %FALSE with @error when storage failed; what was moved before stays moved
 */
gboolean
sl_placement_run_reaching (SlEngine *engine, SlReachFunc reaches_device, gpointer user_data, SlPlacementCounts *out,
                           GError **error)
{
  Run run = { .engine = engine, .reaches = reaches_device, .reaches_data = user_data };
  g_auto (SlActor) actor = { 0 };
  gboolean done = TRUE;

  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  *out = (SlPlacementCounts){ 0 };
  sl_actor_init_device (&actor);
  if (!sl_engine_has_hub (engine))
    return TRUE;
  if (!sl_resolver_pay_debts (engine, &actor, &run.counts.debts_paid, error))
    return FALSE;
  while (done)
    {
      if (!(done = look (&run, error)) || !run.due)
        break;
      done = write_batch (&run, &actor, error);
      if (done && !run.due)
        break; /* somebody else has done it */
    }
  *out = run.counts;
  return done;
}

/**
 * sl_placement_run:
 * @engine: the engine, not inside a command
 * @out: (out caller-allocates): what was moved
 * @error: return location
 *
 * Moves what this device holds and may spare to where it should lie: spots to devices that owe some, the walk-in
 * reserve to the location's door device, the rest to the hub; from %SL_PLACEMENT_DOOR_MS before the start on all spots
 * and the keeping of claims to the door device; of each lot what is beyond a visit's worth to the hub. Nothing where
 * the studio has no hub. In transactions of at most %SL_DUE_BATCH operations; a second run finds nothing to do. Engine
 * thread only.
 *
 * Returns: %FALSE with @error when storage failed; what was moved before stays moved
 */
gboolean
sl_placement_run (SlEngine *engine, SlPlacementCounts *out, GError **error)
{
  return sl_placement_run_reaching (engine, NULL, NULL, out, error);
}
