/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification-money"

#include "engine/notification-private.h"

#include "core/datetime.h"
#include "engine/membership.h"

/* What follows from becoming a member, from memberships, and from money. */

#define WARN_MS (7 * SL_DAY_MS) /* before a membership ends: as for credits */

#define MINE(column) "AND (?3 IS NULL OR " column " IN " SL_SQL_SAME_MEMBER ("?3") ")"
#define IS_RECEIPT "AND p.status = 'paid' AND p.method <> 'account' AND p.member_id IS NOT NULL "
enum { QUERY_MEMBERS, QUERY_FROZEN, QUERY_PAID, QUERY_SETTLED, QUERY_REFUNDED, QUERY_FAILED };
/* Each gives what it is about, whose it is, and when it came about; payments on account are debts, and no receipt.
 * Payments are many: of one member they are found by whose they are, not by their moments (+). */
const char *const sl_notification_money_queries[] = {
  [QUERY_MEMBERS] = "SELECT m.id, m.id, m.created_hlc FROM member m WHERE m.created_hlc >= ?1 AND m.created_hlc < ?2 "
                    "AND m.merged_into IS NULL " MINE ("m.id"),
  [QUERY_FROZEN] = "SELECT s.id, s.member_id, s.frozen_from_ms FROM membership s WHERE s.frozen_from_ms >= ?1 "
                   "AND s.frozen_from_ms < ?2 AND s.member_id IS NOT NULL " MINE ("s.member_id"),
  [QUERY_PAID] = "SELECT p.id, p.member_id, p.at_ms FROM payment p WHERE ?3 IS NULL AND p.at_ms >= ?1 AND p.at_ms < ?2 "
                 IS_RECEIPT "UNION ALL SELECT p.id, p.member_id, p.at_ms FROM payment p WHERE p.member_id IN "
                 SL_SQL_SAME_MEMBER ("?3") " AND +p.at_ms >= ?1 AND +p.at_ms < ?2 " IS_RECEIPT,
  [QUERY_SETTLED] = "SELECT p.id, p.member_id, min (o.at_ms) FROM payment_outcome o CROSS JOIN payment p "
                    "ON p.id = o.payment_id WHERE o.at_ms >= ?1 AND o.at_ms < ?2 AND o.outcome = 2 "
                    "AND p.status <> 'paid' AND p.member_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
                    "payment_outcome e WHERE e.payment_id = p.id AND e.outcome = 2 AND e.at_ms < ?1) "
                    MINE ("p.member_id")
                    " GROUP BY p.id",
  [QUERY_REFUNDED] = "SELECT r.id, p.member_id, r.at_ms FROM refund r CROSS JOIN payment p ON p.id = r.payment_id "
                     "WHERE r.at_ms >= ?1 AND r.at_ms < ?2 AND p.member_id IS NOT NULL "
                     "AND coalesce (r.method, p.method) <> 'account' " MINE ("p.member_id"),
  [QUERY_FAILED] = "SELECT p.id, p.member_id, min (o.at_ms) FROM payment_outcome o CROSS JOIN payment p "
                   "ON p.id = o.payment_id WHERE o.at_ms >= ?1 AND o.at_ms < ?2 AND o.outcome = 1 "
                   "AND p.member_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payment_outcome e "
                   "WHERE e.payment_id = p.id AND (e.outcome = 2 OR e.at_ms < ?1)) " MINE ("p.member_id")
                   " GROUP BY p.id",
  NULL
};

typedef struct {
  SlId id, member_id;
  gint64 at;
} Thing;

/* Those that came about between from and to; stamps are turned into ms. */
static gboolean
add_things (SlNotifying *self, guint query, gint64 from, gint64 to, gboolean stamps,
            SlNotificationKind kind, GError **error)
{
  g_autoptr (GArray) things = g_array_new (FALSE, FALSE, sizeof (Thing));
  g_autoptr (SlRows) rows
      = sl_store_query (self->engine->store, sl_notification_money_queries[query], "iid", from, to, self->member);
  while (sl_rows_next (rows))
    {
      Thing one = { .at = sl_rows_int (rows, 2) };
      sl_rows_id (rows, 0, &one.id);
      sl_rows_id (rows, 1, &one.member_id);
      g_array_append_val (things, one);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < things->len; i++)
    {
      const Thing *one = &g_array_index (things, Thing, i);
      gint64 at_ms = stamps ? sl_hlc_to_ms (one->at) : one->at;
      if (!sl_notifying_add (self, kind, &one->member_id, &one->id, at_ms, error))
        return FALSE;
    }
  return TRUE;
}

/* What is still to come is told when it has. */
static gint64
up_to_now (const SlNotifying *self)
{
  return MIN (self->to_ms, self->now_ms + SL_MINUTE_MS);
}

/* What follows from the terms of memberships: that one ends in a week, that one rests for want of payment. */
static gboolean
add_events (SlNotifying *self, GError **error)
{
  g_autoptr (GArray) events = sl_membership_events (self->engine, self->member, self->from_ms, self->to_ms + WARN_MS,
                                                    error);
  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const SlMembershipEvent *one = &g_array_index (events, SlMembershipEvent, i);
      gboolean ending = one->kind == SL_MEMBERSHIP_ENDING;
      gint64 due_ms = ending ? one->at_ms - WARN_MS : one->at_ms;
      if (one->kind != SL_MEMBERSHIP_PAYMENT_FAILED && (ending || due_ms < up_to_now (self))
          && !sl_notifying_add (self, ending ? SL_NOTIFICATION_MEMBERSHIP_ENDING : SL_NOTIFICATION_MEMBERSHIP_FROZEN,
                                &one->member_id, &one->membership_id, due_ms, error))
        return FALSE;
    }
  return events != NULL;
}

/* sl_notifying_add_members: who has become a member, whose membership ends soon or rests. */
gboolean
sl_notifying_add_members (SlNotifying *self, GError **error)
{
  return add_things (self, QUERY_MEMBERS, sl_hlc_from_ms (self->from_ms), sl_hlc_from_ms (self->to_ms), TRUE,
                     SL_NOTIFICATION_WELCOME, error)
         && add_events (self, error)
         && add_things (self, QUERY_FROZEN, self->from_ms, up_to_now (self), FALSE, SL_NOTIFICATION_MEMBERSHIP_FROZEN,
                        error);
}

/* sl_notifying_add_money: what was paid, given back, and did not go through. */
gboolean
sl_notifying_add_money (SlNotifying *self, GError **error)
{
  return add_things (self, QUERY_PAID, self->from_ms, self->to_ms, FALSE, SL_NOTIFICATION_PAYMENT_RECEIPT, error)
         && add_things (self, QUERY_SETTLED, self->from_ms, self->to_ms, FALSE, SL_NOTIFICATION_PAYMENT_RECEIPT,
                        error)
         && add_things (self, QUERY_REFUNDED, self->from_ms, self->to_ms, FALSE, SL_NOTIFICATION_REFUND, error)
         && add_things (self, QUERY_FAILED, self->from_ms, self->to_ms, FALSE, SL_NOTIFICATION_PAYMENT_FAILED,
                        error);
}
