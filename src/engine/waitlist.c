/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-waitlist"

#include "engine/waitlist.h"

#include "core/datetime.h"
#include "engine/booking-policy.h"
#include "engine/member-brief.h"
#include "engine/policy.h"
#include "engine/rights.h"
#include "engine/run-due.h"
#include "oplog/fence.h"
#include "oplog/rules-off.h"

static void
waiting_free (gpointer data)
{
  SlWaiting *waiting = data;

  g_free (waiting->member_name);
  g_free (waiting);
}

/* Everybody who waits, in their order: the operation clock's. */
static GPtrArray *
read_queue (SlEngine *engine, const SlId *session_id, GError **error)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new_with_free_func (waiting_free);
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT c.id, c.member_id, coalesce (c.keeper, c.creator), c.spots, c.created_hlc, "
      "NOT EXISTS (SELECT 1 FROM member m WHERE m.id = c.member_id AND m.status IN ('inactive', 'banned')) "
      "AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = c.member_id) "
      "FROM claim c WHERE c.session_id = ? AND c.type = 5 AND c.release_why = 0 AND c.created_hlc IS NOT NULL "
      "ORDER BY c.created_hlc, c.creator, c.created_seq",
      "d", session_id);

  while (sl_rows_next (rows))
    {
      SlWaiting *waiting = g_new0 (SlWaiting, 1);

      sl_rows_id (rows, 0, &waiting->booking_id);
      sl_rows_id (rows, 1, &waiting->member_id);
      sl_rows_id (rows, 2, &waiting->keeper);
      waiting->spots = (int) sl_rows_int (rows, 3);
      waiting->joined_ms = sl_hlc_to_ms (sl_rows_int (rows, 4));
      waiting->eligible = sl_rows_int (rows, 5) != 0;
      g_ptr_array_add (queue, waiting);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&queue) : NULL;
}

/* Whether its queue still moves: offers end at the start. */
static gboolean
is_open (const SlSession *session, gint64 now_ms)
{
  return session != NULL && session->published && !session->cancelled && now_ms < session->start_ms;
}

/* Near the start offers are short, and nothing is kept for people at another desk any more. */
static gboolean
is_near (SlEngine *engine, const SlSession *session, gint64 now_ms, gboolean *out, GError **error)
{
  gint64 within_h;

  if (!sl_policy_int (engine, &session->location_id, &session->service_id, SL_POLICY_OFFER_SHORT_WITHIN_HOURS,
                      &within_h, error))
    return FALSE;
  *out = session->start_ms - now_ms <= within_h * SL_HOUR_MS;
  return TRUE;
}

/**
 * sl_waitlist_count:
 * @session_id: a session
 * @out_count: (out): how many bookings wait, whatever the clock says
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_count (SlEngine *engine, const SlId *session_id, gint64 *out_count, GError **error)
{
  return sl_store_query_int (engine->store, 0, out_count, error,
                             "SELECT count (*) FROM claim WHERE session_id = ? AND type = 5 AND release_why = 0 "
                             "AND created_hlc IS NOT NULL",
                             "d", session_id);
}

/**
 * sl_waitlist_position:
 * @session_id: a session
 * @booking_id: a booking that may be in its queue
 * @out_position: (out): 1: the first in line; 0: it does not wait
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_position (SlEngine *engine, const SlId *session_id, const SlId *booking_id, gint64 *out_position,
                      GError **error)
{
  return sl_store_query_int (
      engine->store, 0, out_position, error,
      "SELECT count (*) FROM claim me CROSS JOIN claim c ON c.session_id = ?1 AND c.type = 5 AND c.release_why = 0 "
      "AND c.created_hlc IS NOT NULL "
      "AND (c.created_hlc, c.creator, c.created_seq) <= (me.created_hlc, me.creator, me.created_seq) "
      "WHERE me.id = ?2 AND me.type = 5 AND me.release_why = 0 AND me.session_id = ?1",
      "dd", session_id, booking_id);
}

/**
 * sl_waitlist_take_promised:
 * @session_id: a session
 * @inout_free: free spots over all devices, by the clock of the moment: less what those who wait will be offered
 *
 * A spot that is free is the queue's before it is anybody else's, whether or not anything has offered it yet. A party
 * that needs more than there is lets the next one pass. Near the start only those count who joined at this device; from
 * the start on nobody waits any more.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_take_promised (SlEngine *engine, const SlId *session_id, gint64 *inout_free, GError **error)
{
  g_autoptr (SlSession) session = NULL;
  g_autoptr (GPtrArray) queue = NULL;
  g_autoptr (GError) failure = NULL;
  gint64 waiting;
  gboolean near;

  if (*inout_free <= 0)
    return TRUE;
  if (!sl_waitlist_count (engine, session_id, &waiting, error))
    return FALSE;
  if (waiting == 0)
    return TRUE;
  session = sl_session_find (engine, session_id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!is_open (session, sl_engine_now_ms (engine)))
    return TRUE;
  if (!is_near (engine, session, sl_engine_now_ms (engine), &near, error))
    return FALSE;
  queue = read_queue (engine, session_id, error);
  for (guint i = 0; queue != NULL && i < queue->len; i++)
    {
      const SlWaiting *one = g_ptr_array_index (queue, i);
      gboolean here;

      if (!sl_oplog_is_kept_here (engine->log, &one->keeper, &here, error))
        return FALSE;
      if (one->eligible && (here || !near) && one->spots <= *inout_free)
        *inout_free -= one->spots;
    }
  return queue != NULL;
}

/* --- offering --- */

/* How long an offer stands: shorter where the start is near, and never beyond it. */
static gboolean
offer_ends (SlEngine *engine, const SlSession *session, gint64 now_ms, gint64 *out_ms, GError **error)
{
  gint64 minutes;
  gboolean near;

  if (!is_near (engine, session, now_ms, &near, error)
      || !sl_policy_int (engine, &session->location_id, &session->service_id,
                         near ? SL_POLICY_OFFER_SHORT_MINUTES : SL_POLICY_OFFER_MINUTES, &minutes, error))
    return FALSE;
  *out_ms = MIN (now_ms + minutes * SL_MINUTE_MS, session->start_ms);
  return TRUE;
}

/* The names that the place in the queue was taken with go along. */
static gboolean
read_guests (SlEngine *engine, const SlWaiting *waiting, GPtrArray **out, SlChannel *out_channel, GError **error)
{
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT guests, channel FROM claim WHERE id = ?", "d", &waiting->booking_id);
  const void *sealed;
  gsize length;

  *out = NULL;
  *out_channel = SL_CHANNEL_DESK;
  if (sl_rows_next (rows))
    {
      if ((sealed = sl_rows_blob (rows, 0, &length)) != NULL)
        *out = sl_oplog_unseal_guests (engine->log, &waiting->member_id, sealed, length);
      *out_channel = (SlChannel) sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

/* The offer holds the spots under the same booking; the place in the queue ends with it. */
static gboolean
offer (SlEngine *engine, const SlSession *session, const SlWaiting *waiting, gint64 now_ms, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  SlClaimParams claim = { .session_id = session->id,
                          .member_id = waiting->member_id,
                          .booking_id = waiting->booking_id,
                          .type = SL_CLAIM_OFFER,
                          .spots = waiting->spots };
  SlId made;

  if (!read_guests (engine, waiting, &names, &claim.channel, error)
      || !offer_ends (engine, session, now_ms, &claim.held_until_ms, error))
    return FALSE;
  if (names != NULL && names->len > 0)
    {
      g_ptr_array_add (names, NULL);
      claim.guests = (const char *const *) names->pdata;
    }
  return sl_op_claim (engine->log, &claim, &made, error)
         && sl_op_release (engine->log, &waiting->booking_id, SL_RELEASE_OFFERED, 100, NULL, error);
}

/* Holds and offers past their end are gone, and what they held is there to be offered. */
static gboolean
release_lapsed (SlEngine *engine, const SlId *session_id, gint64 now_ms, GError **error)
{
  g_autoptr (GArray) lapsed = sl_claims_lapsed_in (engine, session_id, now_ms, error);

  for (guint i = 0; lapsed != NULL && i < lapsed->len; i++)
    {
      const SlLapsedClaim *claim = &g_array_index (lapsed, SlLapsedClaim, i);
      gboolean here;

      if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error)
          || (here && !sl_op_release (engine->log, &claim->id, SL_RELEASE_EXPIRED, 100, NULL, error)))
        return FALSE;
    }
  return lapsed != NULL;
}

/* Spots that another device needs for those who wait there, beyond what it is known to have. */
static gboolean
needed_at (SlEngine *engine, const SlId *session_id, GPtrArray *queue, guint first, gint64 *out, GError **error)
{
  const SlWaiting *one = g_ptr_array_index (queue, first);
  gint64 there;

  if (!sl_rights_free (engine->log, session_id, &one->keeper, &there, error))
    return FALSE;
  *out = -MAX (there, 0);
  for (guint i = first; i < queue->len; i++)
    {
      const SlWaiting *other = g_ptr_array_index (queue, i);

      if (other->eligible && sl_id_equal (&other->keeper, &one->keeper))
        *out += other->spots;
    }
  return TRUE;
}

/* Who of those who still wait will get some of the spots that are free over all devices: nobody else stays eligible.
 * All devices that know the same come to the same, so that no two of them pass their spots to one another for ever.
 * Takes from *inout_spare what this device keeps for its own. */
static gboolean
allot (SlEngine *engine, const SlId *session_id, GPtrArray *queue, gint64 *inout_spare, GError **error)
{
  SlSessionCount count;
  gint64 left;

  if (!sl_rights_count (engine->log, session_id, &count, error))
    return FALSE;
  left = count.capacity - count.confirmed - count.unconfirmed;
  for (guint i = 0; i < queue->len; i++)
    {
      SlWaiting *one = g_ptr_array_index (queue, i);
      gboolean here, revoked = FALSE;

      if (!sl_oplog_is_kept_here (engine->log, &one->keeper, &here, error)
          || (!here && !sl_fence_is_revoked (engine->log, &one->keeper, &revoked, error)))
        return FALSE;
      one->eligible = one->eligible && !revoked && one->spots <= left;
      left -= one->eligible ? one->spots : 0;
      *inout_spare -= one->eligible && here ? one->spots : 0;
    }
  return TRUE;
}

/* A device offers only to those who joined at it, since they can accept there. What its own will not get, right and
 * turn go to the devices of those who wait elsewhere: the first in line first. */
static gboolean
pass_on (SlEngine *engine, const SlId *session_id, GPtrArray *queue, gint64 spare, GError **error)
{
  if (spare > 0 && !allot (engine, session_id, queue, &spare, error))
    return FALSE;
  for (guint i = 0; i < queue->len && spare > 0; i++)
    {
      const SlWaiting *one = g_ptr_array_index (queue, i);
      gboolean seen = !one->eligible, here;
      gint64 needed;

      for (guint j = 0; j < i && !seen; j++)
        seen = sl_id_equal (&((SlWaiting *) queue->pdata[j])->keeper, &one->keeper);
      if (seen)
        continue;
      if (!sl_oplog_is_kept_here (engine->log, &one->keeper, &here, error))
        return FALSE;
      if (here)
        continue;
      if (!needed_at (engine, session_id, queue, i, &needed, error))
        return FALSE;
      needed = MIN (needed, spare);
      if (needed <= 0)
        continue;
      spare -= needed;
      if (!sl_op_session_move (engine->log, session_id, &one->keeper, (int) needed, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_waitlist_promote:
 * @session_id: a session of which a spot may have become free
 * @now_ms: the moment of the command, UTC ms
 * @inout_offered: goes up by the offers made
 *
 * Inside a command, with what frees the spot: offers what this device has to spare to the first in line whom it fits,
 * for the policy's offer_minutes (offer_short_minutes near the start), never beyond the start. Costs one look-up where
 * nobody waits. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_promote (SlEngine *engine, const SlId *session_id, gint64 now_ms, gint64 *inout_offered, GError **error)
{
  g_autoptr (SlSession) session = NULL;
  g_autoptr (GPtrArray) queue = read_queue (engine, session_id, error);
  g_autoptr (GError) failure = NULL;
  gint64 rights, spare;

  if (queue == NULL || queue->len == 0)
    return queue != NULL;
  session = sl_session_find (engine, session_id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!is_open (session, now_ms))
    return TRUE;
  if (!release_lapsed (engine, session_id, now_ms, error)
      || !sl_rights_spare (engine, session_id, &rights, &spare, error))
    return FALSE;
  for (guint i = 0; i < queue->len && spare > 0; i++)
    {
      gboolean in_turn = !sl_oplog_rule_is_off (engine->log, SL_RULE_OFFER_TURN);
      SlWaiting *waiting = g_ptr_array_index (queue, in_turn ? i : queue->len - 1 - i);
      gboolean here;

      if (!waiting->eligible || waiting->spots > spare)
        continue;
      if (!sl_oplog_is_kept_here (engine->log, &waiting->keeper, &here, error))
        return FALSE;
      if (!here)
        continue;
      if (!offer (engine, session, waiting, now_ms, error))
        return FALSE;
      waiting->eligible = FALSE; /* it waits no more */
      spare -= waiting->spots;
      ++*inout_offered;
    }
  gboolean near;
  if (!is_near (engine, session, now_ms, &near, error))
    return FALSE;
  return near || pass_on (engine, session_id, queue, spare, error);
}

/* --- for people --- */

/**
 * sl_waitlist_list:
 * @actor: who asks: the desk, an instructor of their own session
 * @session_id: which session
 * @out_items: (out) (transfer full) (element-type SlWaiting): first come first served, also after the start; %NULL when
 * refused
 * @out_refusal: (out caller-allocates): not_allowed
 *
 * Takes no lock. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage)
 */
gboolean
sl_waitlist_list (SlEngine *engine, const SlActor *actor, const SlId *session_id, GPtrArray **out_items,
                  SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlSession) session = NULL;
  g_autoptr (GPtrArray) queue = NULL;

  g_return_val_if_fail (engine != NULL && actor != NULL && session_id != NULL && out_items != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);

  *out_items = NULL;
  session = sl_session_get (engine, session_id, error);
  if (session == NULL)
    return FALSE;
  if (!sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &session->location_id,
                              sl_id_equal (&session->instructor_id, &actor->id), out_refusal))
    return sl_query_refuse (engine, actor, "waitlist list", out_refusal);
  queue = read_queue (engine, session_id, error);
  for (guint i = 0; queue != NULL && i < queue->len; i++)
    {
      SlWaiting *waiting = g_ptr_array_index (queue, i);
      g_auto (SlMemberBrief) member = { 0 };

      if (!sl_member_brief_load (engine, &waiting->member_id, &member, error))
        return FALSE;
      waiting->member_name = sl_member_brief_full_name (&member);
    }
  if (queue == NULL)
    return FALSE;
  *out_items = g_steal_pointer (&queue);
  return TRUE;
}

/**
 * sl_waitlist_leave:
 * @actor: the member, or staff who may cancel
 * @booking_id: a place in a queue
 * @out_refusal: (out caller-allocates): not_allowed, not_waitlisted (status)
 *
 * Final, and possible at any device. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND or storage): nothing was written
 */
gboolean
sl_waitlist_leave (SlEngine *engine, const SlActor *actor, const SlId *booking_id, SlRefusal *out_refusal,
                   GError **error)
{
  SlClaim claim;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking_id != NULL && out_refusal != NULL, FALSE);

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_claim_get_booking (engine, booking_id, sl_engine_now_ms (engine), &claim, error)
      || !sl_booking_check_may_cancel (actor, &claim, out_refusal))
    return sl_booking_decline (engine, actor, "waitlist leave", out_refusal, error);
  if (claim.status != SL_BOOKING_WAITLISTED)
    {
      sl_refuse (out_refusal, SL_REFUSAL_NOT_WAITLISTED);
      sl_refusal_set_text (out_refusal, "status", sl_booking_status_name (claim.status));
      return sl_command_refuse (engine, actor, "waitlist leave", out_refusal, error);
    }
  return sl_op_release (engine->log, &claim.id, SL_RELEASE_LET_GO, 100, NULL, error)
             ? sl_command_commit (engine, error)
             : sl_command_fail (engine);
}

/* --- what falls due --- */

/* Places in queues of sessions that have begun end; their keeper writes it. */
static gboolean
expire_queue (SlEngine *engine, const SlId *session_id, gint64 *inout_expired, GError **error)
{
  g_autoptr (GPtrArray) queue = read_queue (engine, session_id, error);

  for (guint i = 0; queue != NULL && i < queue->len; i++)
    {
      const SlWaiting *waiting = g_ptr_array_index (queue, i);
      gboolean here;

      if (!sl_oplog_is_kept_here (engine->log, &waiting->keeper, &here, error))
        return FALSE;
      if (!here)
        continue;
      if (!sl_op_release (engine->log, &waiting->booking_id, SL_RELEASE_EXPIRED, 100, NULL, error))
        return FALSE;
      ++*inout_expired;
    }
  return queue != NULL;
}

/**
 * sl_waitlist_settle:
 * @actor: who, or the device
 * @session_id: a session
 * @inout_offered: goes up by the offers made
 * @inout_expired: goes up by the places that ended with the start
 *
 * What the clock has made due in the queue of one session, as a command of its own. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_settle (SlEngine *engine, const SlActor *actor, const SlId *session_id, gint64 *inout_offered,
                    gint64 *inout_expired, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine), expired = 0, offered = 0;
  g_autoptr (SlSession) session = NULL;
  g_autoptr (GError) failure = NULL;

  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  session = sl_session_find (engine, session_id, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return sl_command_fail (engine);
    }
  if (session != NULL && !session->cancelled && now_ms >= session->start_ms
          ? !expire_queue (engine, session_id, &expired, error)
          : !sl_waitlist_promote (engine, session_id, now_ms, &offered, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *inout_offered += offered;
  *inout_expired += expired;
  return TRUE;
}

/**
 * sl_waitlist_run_due:
 * @actor: the device
 * @inout_offered: goes up by the offers made
 * @inout_expired: goes up by the places that ended with the start of their session
 *
 * Goes through the sessions for which somebody waits. Safe to call late, twice, anywhere. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_waitlist_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_offered, gint64 *inout_expired,
                     GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT DISTINCT session_id FROM claim WHERE type = 5 AND release_why = 0 AND session_id IS NOT NULL "
      "ORDER BY session_id",
      "");

  while (sl_rows_next (rows))
    {
      SlId id;

      sl_rows_id (rows, 0, &id);
      g_array_append_val (sessions, id);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    if (!sl_waitlist_settle (engine, actor, &g_array_index (sessions, SlId, i), inout_offered, inout_expired, error))
      return FALSE;
  return TRUE;
}
