/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-membership-events"

#include "engine/membership-private.h"

#include "core/datetime.h"

/* What members are to be told of: moments that follow from what was sold, paid and said. */

static void
add_event (GArray *events, SlMembershipEventKind kind, const SlMembership *membership, gint64 at_ms, gint64 from_ms,
           gint64 to_ms)
{
  SlMembershipEvent event = { .kind = kind, .membership_id = membership->id, .member_id = membership->member_id,
                              .at_ms = at_ms };
  if (at_ms != 0 && at_ms >= from_ms && at_ms < to_ms)
    g_array_append_val (events, event);
}

/* Where nobody collects, what is paid ends unless the member comes and pays. */
static gint64
end_of (const SlMembership *membership)
{
  gint64 until_ms = membership->until_ms, paid_ms = membership->collect == NULL ? membership->paid_until_ms : 0;
  return until_ms == 0 || (paid_ms != 0 && paid_ms < until_ms) ? paid_ms : until_ms;
}

static void
add_of (GArray *events, const SlMembership *membership, gint64 from_ms, gint64 to_ms)
{
  gint64 stops_ms = sl_membership_stops_ms (membership);
  add_event (events, SL_MEMBERSHIP_ENDING, membership, end_of (membership), from_ms, to_ms);
  if (stops_ms != 0 && sl_membership_judge (membership, stops_ms) == SL_MEMBERSHIP_FROZEN)
    add_event (events, SL_MEMBERSHIP_STOPPED, membership, stops_ms, from_ms, to_ms);
}

/* Tries that somebody, or the next try, has said to have failed, and that nobody said to be paid after all. */
static gboolean
add_failed (SlEngine *engine, const SlId *member, gint64 from_ms, gint64 to_ms, GArray *events, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT DISTINCT l.thing_id, p.member_id, p.id, o.at_ms FROM payment_outcome o "
      "JOIN payment p ON p.id = o.payment_id "
      "JOIN sale_line l ON l.sale_id = p.sale_id WHERE o.outcome = 1 AND o.at_ms >= ?1 AND o.at_ms < ?2 AND l.what = 2 "
      "AND p.status = 'pending' AND p.member_id IS NOT NULL "
      "AND (?3 IS NULL OR p.member_id IN " SL_SQL_SAME_MEMBER ("?3") ") "
      "AND NOT EXISTS (SELECT 1 FROM payment_outcome q WHERE q.payment_id = p.id AND q.outcome = 2) "
      "ORDER BY o.at_ms, p.id",
      "iid", from_ms, to_ms, member);
  while (sl_rows_next (rows))
    {
      SlMembershipEvent event = { .kind = SL_MEMBERSHIP_PAYMENT_FAILED, .at_ms = sl_rows_int (rows, 3) };
      sl_rows_id (rows, 0, &event.membership_id);
      sl_rows_id (rows, 1, &event.member_id);
      sl_rows_id (rows, 2, &event.payment_id);
      g_array_append_val (events, event);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_membership_events:
 * @engine: the engine
 * @member: (nullable): whose, by any of their records; %NULL: everybody's
 * @from_ms: from here on, UTC ms
 * @to_ms: before here
 * @error: return location
 *
 * Takes no lock. Moments of one membership that a later payment has moved are not among them any more.
 *
 * Returns: (transfer full) (element-type SlMembershipEvent): in no order; %NULL on failure
 */
GArray *
sl_membership_events (SlEngine *engine, const SlId *member, gint64 from_ms, gint64 to_ms, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (SlMembershipEvent));
  g_autoptr (GPtrArray) list = member != NULL
                                 ? sl_membership_list (engine, member, sl_engine_now_ms (engine), error)
                                 : sl_membership_list_running (engine, sl_engine_now_ms (engine), from_ms, error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    add_of (events, list->pdata[i], from_ms, to_ms);
  return list != NULL && add_failed (engine, member, from_ms, to_ms, events, error) ? g_steal_pointer (&events) : NULL;
}
