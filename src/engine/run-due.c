/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-run-due"

#include "engine/run-due.h"

#include "core/datetime.h"
#include "engine/claim-queries.h"
#include "engine/credits-private.h"
#include "engine/member-merge.h"
#include "engine/package-renewal.h"
#include "engine/renewal.h"
#include "engine/resolver.h"
#include "engine/standing.h"
#include "engine/trust.h"
#include "engine/waitlist.h"
#include "oplog/fence.h"

/* Up to when sessions and lots have been gone through, so that a run looks at the last days and not at the years. Kept
 * per data directory; where it is missing everything is looked at. */
#define MARK_SESSIONS "due_sessions_ms"
#define MARK_LOTS "due_lots_ms"

/* How far behind the mark a run looks again. Claims arrive from devices that were cut off, and a keeper may change. */
#define SESSIONS_OVERLAP_MS (7 * SL_DAY_MS)
/* A booking made far ahead may give credits back to a lot that has expired meanwhile; two months is far beyond any
 * booking window. */
#define LOTS_OVERLAP_MS (62 * SL_DAY_MS)
#define LOTS_LATELY_MS SL_DAY_MS /* before the mark, which is at most a day old then */

/* Decides again, inside the transaction, whether an id is due, and emits what it is due for. */
typedef gboolean (*DueFunc) (SlEngine *engine, const SlId *id, gint64 now_ms, gboolean *out_done, GError **error);

static gboolean
read_mark (SlEngine *engine, const char *key, gint64 *out_ms, GError **error)
{
  return sl_store_query_int (engine->store, SL_TIME_MIN_MS, out_ms, error, "SELECT value FROM local_meta WHERE key = ?",
                             "t", key);
}

/* Where to look from. A clock that was ahead for once has left a mark ahead: it must not hide what comes. */
static gint64
look_from (gint64 mark_ms, gint64 now_ms, gint64 overlap_ms)
{
  return MIN (mark_ms, now_ms) - overlap_ms;
}

/* Once a day is enough, since every run looks further back than that. */
static gboolean
is_mark_stale (gint64 mark_ms, gint64 now_ms)
{
  return ABS (now_ms - mark_ms) > SL_DAY_MS;
}

/* Without a sync of its own: a mark that is lost means looking at a few more days. */
static gboolean
write_mark (SlEngine *engine, const char *key, gint64 ms, GError **error)
{
  gboolean nested = engine->depth > 0;

  if (!nested && !sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (sl_store_exec (
          engine->store, error,
          "INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          "ti", key, ms)
      && (nested || sl_store_commit (engine->store, error)))
    return TRUE;
  if (!nested)
    sl_store_rollback (engine->store);
  return FALSE;
}

/* Takes the rows: an id each, and where keepers is set the keeper of a claim: others' are left out. */
static GArray *
collect_ids (SlEngine *engine, SlRows *taken, gboolean keepers, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  SlId keeper, last = sl_id_none;
  gboolean own = TRUE;

  while (sl_rows_next (rows))
    {
      SlId id;

      sl_rows_id (rows, 0, &id);
      if (keepers)
        sl_rows_id (rows, 1, &keeper);
      if (keepers && !sl_id_equal (&keeper, &last) && !sl_resolver_is_kept_here (engine, &keeper, &own, error))
        return NULL;
      if (keepers)
        last = keeper;
      if (own)
        g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

/* Works through ids in transactions of a batch each: the desk's own commands get their turn between two. */
static gboolean
work_through (SlEngine *engine, const SlActor *actor, GArray *ids, DueFunc func, gint64 *count, GError **error)
{
  for (guint at = 0; at < ids->len;)
    {
      gint64 now_ms, done = 0;

      if (!sl_command_begin (engine, actor, error))
        return FALSE;
      now_ms = sl_engine_now_ms (engine);
      for (guint in_batch = 0; at < ids->len && in_batch < SL_DUE_BATCH; at++, in_batch++)
        {
          gboolean did = FALSE;

          if (!func (engine, &g_array_index (ids, SlId, at), now_ms, &did, error))
            return sl_command_fail (engine);
          done += did ? 1 : 0;
        }
      if (!sl_command_commit (engine, error))
        return FALSE;
      *count += done;
    }
  return TRUE;
}

static gboolean
load_own (SlEngine *engine, const SlId *id, gint64 now_ms, SlClaim *out, gboolean *out_own, GError **error)
{
  if (!sl_claim_find_by_id (engine, id, now_ms, out, out_own, error))
    return FALSE;
  if (*out_own && out->released)
    *out_own = FALSE;
  return !*out_own || sl_resolver_is_kept_here (engine, &out->keeper, out_own, error);
}

/* The end of a hold or an offer: its keeper's operation, prompted by the clock. */
static gboolean
expire_claim (SlEngine *engine, const SlId *id, gint64 now_ms, gboolean *out_done, GError **error)
{
  SlClaim claim;
  gboolean own;

  if (!load_own (engine, id, now_ms, &claim, &own, error))
    return FALSE;
  if (!own || claim.confirmed || claim.status != SL_BOOKING_EXPIRED || claim.type == SL_CLAIM_WAITING)
    return TRUE;
  *out_done = TRUE;
  return sl_op_release (engine->log, id, SL_RELEASE_EXPIRED, 100, NULL, error);
}

/* Booked where the erasure had not been heard of: nobody will come. What counts is what stood when the member was
 * erased, so that it comes to the same however late it is looked at. */
static gboolean
release_erased (SlEngine *engine, const SlId *id, gint64 now_ms, gboolean *out_done, GError **error)
{
  SlClaim claim;
  gboolean own;
  gint64 erased_hlc, ends_ms;

  if (!load_own (engine, id, now_ms, &claim, &own, error))
    return FALSE;
  if (!own || !claim.session_known || claim.bits_in != 0)
    return TRUE;
  if (!sl_store_query_int (engine->store, G_MAXINT64, &erased_hlc, error, "SELECT hlc FROM erased WHERE member_id = ?",
                           "d", &claim.member_id))
    return FALSE;
  ends_ms = claim.confirmed || claim.type == SL_CLAIM_WAITING ? claim.start_ms
                                                              : MIN (claim.held_until_ms, claim.start_ms);
  if (ends_ms <= now_ms && sl_hlc_to_ms (erased_hlc) >= ends_ms)
    return TRUE;
  *out_done = TRUE;
  return sl_op_release (engine->log, id, claim.confirmed ? SL_RELEASE_CANCELLED : SL_RELEASE_LET_GO, 100, NULL, error);
}

/* Nobody of the booking has come and the door has closed. */
static gboolean
mark_no_show (SlEngine *engine, const SlId *id, gint64 now_ms, gboolean *out_done, GError **error)
{
  SlClaim claim;
  gboolean own;

  if (!load_own (engine, id, now_ms, &claim, &own, error))
    return FALSE;
  if (!own || !claim.confirmed || claim.status != SL_BOOKING_NO_SHOW)
    return TRUE;
  *out_done = TRUE;
  return sl_op_release (engine->log, id, SL_RELEASE_NO_SHOW, 0, NULL, error);
}

/* What this device holds of a lot ends with the lot; the other devices' shares are theirs to end. */
static gboolean
expire_lot (SlEngine *engine, const SlId *id, gint64 now_ms, gboolean *out_done, GError **error)
{
  gint64 expires_ms, share;

  if (!sl_store_query_int (engine->store, G_MAXINT64, &expires_ms, error,
                           "SELECT expires_ms FROM lot WHERE id = ? AND expires_ms IS NOT NULL", "d", id)
      || !sl_lot_free (engine->log, id, sl_oplog_get_replica (engine->log), &share, error))
    return FALSE;
  if (now_ms < expires_ms || share <= 0)
    return TRUE;
  *out_done = TRUE;
  return sl_op_lot_burn (engine->log, id, SL_BURN_EXPIRE, share, NULL, error);
}

static gboolean
due_holds (SlEngine *engine, const SlActor *actor, gint64 *count, GError **error)
{
  g_autoptr (GArray) ids = collect_ids (
      engine,
      sl_store_query (
          engine->store,
          "SELECT id, coalesce (keeper, creator) FROM claim WHERE confirm_hlc IS NULL AND release_percent IS NULL "
          "AND created_hlc IS NOT NULL AND held_until_ms IS NOT NULL AND (held_until_ms <= ?1 OR (type = 3 "
          "AND EXISTS (SELECT 1 FROM session s WHERE s.id = claim.session_id AND s.start_ms <= ?1))) "
          "ORDER BY held_until_ms, id",
          "i", sl_engine_now_ms (engine)),
      TRUE, error);

  return ids != NULL && work_through (engine, actor, ids, expire_claim, count, error);
}

/* What a merge has made due. */
static gboolean
due_repairs (SlEngine *engine, const SlActor *actor, SlDueCounts *out, GError **error)
{
  SlRepairs repairs;

  if (!sl_resolver_run (engine, actor, &repairs, error))
    return FALSE;
  out->sessions_released += repairs.sessions_released;
  out->duplicates += repairs.duplicates;
  return TRUE;
}

/* Sessions ahead and those since a little before the mark are looked through, however many people have gone over the
 * years. */
static gboolean
due_erased (SlEngine *engine, const SlActor *actor, gint64 *count, GError **error)
{
  gint64 any, mark_ms;
  g_autoptr (GArray) ids = NULL;

  if (!sl_store_query_int (engine->store, 0, &any, error, "SELECT EXISTS (SELECT 1 FROM erased)", "")
      || !read_mark (engine, MARK_SESSIONS, &mark_ms, error))
    return FALSE;
  if (!any)
    return TRUE;
  ids = collect_ids (
      engine,
      sl_store_query (
          engine->store,
          "SELECT c.id, coalesce (c.keeper, c.creator) FROM location l CROSS JOIN session s ON s.location_id = l.id "
          "CROSS JOIN claim c ON c.session_id = s.id JOIN erased e ON e.member_id = c.member_id "
          "WHERE s.start_ms > ? AND c.release_percent IS NULL AND c.created_hlc IS NOT NULL ORDER BY c.id",
          "i", look_from (mark_ms, sl_engine_now_ms (engine), SESSIONS_OVERLAP_MS)),
      TRUE, error);
  return ids != NULL && work_through (engine, actor, ids, release_erased, count, error);
}

/* Claims of sessions that have begun since a little before the mark, of which no check-in stands. Their window is
 * judged when each is worked on. The mark stays behind sessions whose door is still open. */
static gboolean
due_no_shows (SlEngine *engine, const SlActor *actor, gint64 *count, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GArray) ids = NULL;
  gint64 mark_ms;

  if (!read_mark (engine, MARK_SESSIONS, &mark_ms, error))
    return FALSE;
  ids = collect_ids (
      engine,
      sl_store_query (
          engine->store,
          "SELECT c.id, coalesce (c.keeper, c.creator) FROM location l CROSS JOIN session s ON s.location_id = l.id "
          "CROSS JOIN claim c ON c.session_id = s.id "
          "WHERE s.start_ms >= ? AND s.start_ms <= ? AND s.cancelled = 0 AND c.confirm_hlc IS NOT NULL "
          "AND c.release_percent IS NULL AND c.created_hlc IS NOT NULL "
          "AND NOT EXISTS (SELECT 1 FROM checkin k WHERE k.booking_id = coalesce (c.booking_id, c.id) "
          "AND k.undone = 0) "
          "ORDER BY s.start_ms, c.id",
          "ii", look_from (mark_ms, now_ms, SESSIONS_OVERLAP_MS), now_ms),
      TRUE, error);
  if (ids == NULL || !work_through (engine, actor, ids, mark_no_show, count, error))
    return FALSE;
  return !is_mark_stale (mark_ms, now_ms) || write_mark (engine, MARK_SESSIONS, now_ms, error);
}

/* Lots that have expired with something left: nearly all are used up or written off, and are left out before the lock
 * is taken. Once a day all of the last months; else those that have expired lately, and those that something went back
 * to: from bookings of the last days or ahead, since nobody cancels what is over. */
static SlRows *
query_lots (SlEngine *engine, gint64 mark_ms, gint64 now_ms)
{
  if (is_mark_stale (mark_ms, now_ms))
    return sl_store_query (engine->store,
                           "SELECT l.id FROM lot l WHERE l.expires_ms > ? AND l.expires_ms <= ? AND " SL_SQL_LOT_LEFT
                           " > 0 ORDER BY l.id",
                           "ii", look_from (mark_ms, now_ms, LOTS_OVERLAP_MS), now_ms);
  return sl_store_query (engine->store,
                         "SELECT l.id FROM lot l WHERE l.expires_ms > ?1 AND l.expires_ms <= ?3 AND " SL_SQL_LOT_LEFT
                         " > 0 "
                         "UNION SELECT l.id FROM location p CROSS JOIN session e ON e.location_id = p.id "
                         "CROSS JOIN claim k ON k.session_id = e.id CROSS JOIN claim_spend x ON x.claim_id = k.id "
                         "CROSS JOIN lot l ON l.id = x.lot_id WHERE e.start_ms >= ?2 AND k.release_percent > 0 "
                         "AND l.expires_ms <= ?3 AND " SL_SQL_LOT_LEFT " > 0 ORDER BY 1",
                         "iii", look_from (mark_ms, now_ms, LOTS_LATELY_MS),
                         look_from (mark_ms, now_ms, SESSIONS_OVERLAP_MS), now_ms);
}

static gboolean
due_lots (SlEngine *engine, const SlActor *actor, gint64 *count, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GArray) ids = NULL;
  gint64 mark_ms;

  if (!read_mark (engine, MARK_LOTS, &mark_ms, error))
    return FALSE;
  ids = collect_ids (engine, query_lots (engine, mark_ms, now_ms), FALSE, error);
  if (ids == NULL || !work_through (engine, actor, ids, expire_lot, count, error))
    return FALSE;
  return !is_mark_stale (mark_ms, now_ms) || write_mark (engine, MARK_LOTS, now_ms, error);
}

/* Devices that are no longer devices: acknowledged, and taken over from where this is the one to do so. Forks that were
 * found here and that nobody has told of yet. */
static gboolean
due_fences (SlEngine *engine, const SlActor *actor, SlDueCounts *out, GError **error)
{
  SlFenceDone done;
  gint64 open;
  if (!sl_store_query_int (engine->store, 0, &open, error,
                           "SELECT EXISTS (SELECT 1 FROM revocation WHERE replica NOT IN (SELECT replica FROM "
                           "reclaim)) OR EXISTS (SELECT 1 FROM local_fork WHERE replica NOT IN (SELECT replica FROM "
                           "fork))",
                           ""))
    return FALSE;
  if (!open)
    return TRUE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_fence_settle (engine->log, &done, error))
    return sl_command_fail (engine);
  out->acknowledged += done.acknowledged;
  out->reclaimed += done.reclaimed;
  return sl_command_commit (engine, error);
}

static gboolean
due_renewals (SlEngine *engine, const SlActor *actor, SlDueCounts *out, GError **error)
{
  SlRenewals done;
  if (!sl_renewal_run_due (engine, actor, &done, error))
    return FALSE;
  out->renewals += done.charged;
  out->renewal_tries += done.tried;
  out->plan_credits += done.granted + done.burned;
  SlPackageRenewals packages;
  if (!sl_package_renewal_run_due (engine, actor, &packages, error))
    return FALSE;
  out->package_renewals += packages.charged;
  out->renewal_tries += packages.tried;
  out->package_credits += packages.granted;
  return TRUE;
}

/**
 * sl_run_due:
 * @out: (out caller-allocates): how many of each kind were written
 *
 * Writes what the clock has made due on what this device keeps or holds: holds and offers past their end, claims of
 * cancelled sessions and of erased members (given back in full), absences once check-in has closed, the rest of
 * expired lots, and what memberships cost and grant next. Nothing else waits for it: every rule judges by the clock of
 * the moment. Safe to call late, twice, anywhere; what was done before a failure stays done. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_run_due (SlEngine *engine, SlDueCounts *out, GError **error)
{
  g_auto (SlActor) actor = { 0 };

  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  *out = (SlDueCounts){ 0 };
  sl_actor_init_device (&actor);
  if (engine->keyed_words != NULL)
    actor.id = engine->keyed_actor; /* a keyed command is one actor's */
  /* The order is part of the law: what says more about a claim than the clock does goes first, what frees spots before
   * what gives them away, and debts of credits are paid before lots are written off. */
  return due_fences (engine, &actor, out, error)
         && sl_member_merge_run_due (engine, &actor, &out->erased_members, error)
         && due_repairs (engine, &actor, out, error)
         && due_erased (engine, &actor, &out->erased_members, error)
         && due_holds (engine, &actor, &out->holds_expired, error)
         && due_no_shows (engine, &actor, &out->no_shows, error)
         && sl_resolver_pay_debts (engine, &actor, &out->debts_paid, error)
         && sl_waitlist_run_due (engine, &actor, &out->offered, &out->queue_expired, error)
         && sl_trust_run_due (engine, &actor, &out->trust_settled, &out->trust_passed, error)
         && due_lots (engine, &actor, &out->lots_expired, error)
         && due_renewals (engine, &actor, out, error)
         && sl_standing_run_due (engine, &actor, &out->standing_booked, error);
}
