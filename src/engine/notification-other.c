/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notification-other"

#include "engine/notification-private.h"

#include "core/datetime.h"
#include "engine/credits-private.h"
#include "engine/credits.h"
#include "engine/policy.h"

/* What follows from credits, requests and entries without a booking. */

#define SPENT "AND c.confirm_hlc >= ?3 AND c.confirm_hlc < ?4 AND c.credits_hundredths > 0 "
/* Of everybody by the moments, of one member by what is theirs (+: not by the moments). */
enum { QUERY_LOTS, QUERY_SPENT, QUERY_SPENT_BY, QUERY_REQUESTS, QUERY_ENTRIES };
const char *const sl_notification_other_queries[] = {
  [QUERY_LOTS] = "SELECT l.id, l.member_id, l.expires_ms FROM lot l WHERE ?3 IS NULL AND l.expires_ms > ?1 "
                 "AND l.expires_ms < ?2 AND " SL_SQL_LOT_LEFT " > 0 "
                 "UNION ALL SELECT l.id, l.member_id, l.expires_ms FROM lot l "
                 "WHERE l.member_id IN " SL_SQL_SAME_MEMBER ("?3") " AND +l.expires_ms > ?1 AND +l.expires_ms < ?2 "
                 "AND " SL_SQL_LOT_LEFT " > 0",
  [QUERY_SPENT] = "SELECT DISTINCT c.member_id FROM location l CROSS JOIN session s ON s.location_id = l.id "
                  "CROSS JOIN claim c ON c.session_id = s.id WHERE ?5 IS NULL AND s.start_ms >= ?1 AND s.start_ms < ?2 "
                  SPENT
                  "UNION ALL SELECT DISTINCT c.member_id FROM claim c CROSS JOIN session s ON s.id = c.session_id "
                  "CROSS JOIN location l ON l.id = s.location_id WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?5")
                  " AND s.start_ms >= ?1 AND s.start_ms < ?2 " SPENT,
  [QUERY_SPENT_BY] = "SELECT c.confirm_hlc, coalesce (c.credits_hundredths, 0) + coalesce (c.settled_hundredths, 0), "
                     "coalesce (c.release_percent, 0) FROM claim c WHERE c.member_id IN " SL_SQL_SAME_MEMBER ("?1")
                     " AND c.confirm_hlc >= ?2 ORDER BY c.confirm_hlc DESC",
  [QUERY_REQUESTS] = "SELECT q.id, q.member_id, q.made_ms, q.state, q.booking_id IS NOT NULL, q.clocks, c.confirm_hlc "
                     "FROM request q LEFT JOIN claim c ON c.id = q.booking_id WHERE q.made_ms >= ?1 AND q.made_ms < ?2 "
                     "AND q.created_hlc IS NOT NULL "
                     "AND (?3 IS NULL OR q.member_id IN " SL_SQL_SAME_MEMBER ("?3") ")",
  [QUERY_ENTRIES] = "SELECT k.id, k.member_id, k.at_ms FROM location l CROSS JOIN checkin k ON k.location_id = l.id "
                    "WHERE k.at_ms >= ?1 AND k.at_ms < ?2 AND k.undone = 0 AND k.hlc IS NOT NULL "
                    "AND k.booking_id IS NULL AND k.member_id IS NOT NULL "
                    "AND (?3 IS NULL OR k.member_id IN " SL_SQL_SAME_MEMBER ("?3") ")",
  NULL
};

typedef struct {
  SlId id, member_id;
  gint64 at_ms;
} Thing;

/* Takes the rows: an id, a member, a moment. (element-type Thing) */
static GArray *
read_things (SlRows *taken, GError **error)
{
  g_autoptr (SlRows) rows = taken;
  g_autoptr (GArray) things = g_array_new (FALSE, FALSE, sizeof (Thing));

  while (sl_rows_next (rows))
    {
      Thing thing = { .at_ms = sl_rows_int (rows, 2) };

      sl_rows_id (rows, 0, &thing.id);
      sl_rows_id (rows, 1, &thing.member_id);
      g_array_append_val (things, thing);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&things) : NULL;
}

/* A policy as it is where the member is at home, else in the organisation: the same on every device. */
static gboolean
policy_for (SlNotifying *self, const SlId *member, SlPolicy policy, gint64 *out, GError **error)
{
  const SlId *home = sl_notifying_home (self, member, error);

  return home != NULL
         && sl_policy_int (self->engine, sl_id_is_none (home) ? NULL : home, NULL, policy, out, error);
}

static gboolean
add_expiring (SlNotifying *self, GError **error)
{
  gint64 days;
  g_autoptr (GArray) lots = NULL;

  if (!sl_notifying_widest (self->engine, SL_POLICY_CREDITS_WARN_DAYS, &days, error))
    return FALSE;
  lots = read_things (sl_store_query (self->engine->store, sl_notification_other_queries[QUERY_LOTS], "iid",
                                      self->from_ms, self->to_ms + days * SL_DAY_MS, self->member),
                      error);
  for (guint i = 0; lots != NULL && i < lots->len; i++)
    {
      const Thing *lot = &g_array_index (lots, Thing, i);

      if (!policy_for (self, &lot->member_id, SL_POLICY_CREDITS_WARN_DAYS, &days, error))
        return FALSE;
      if (days > 0
          && !sl_notifying_add (self, SL_NOTIFICATION_CREDITS_EXPIRING, &lot->member_id, &lot->id,
                                lot->at_ms - days * SL_DAY_MS, error))
        return FALSE;
    }
  return lots != NULL;
}

/* The booking that took them below: going back from what is left now. */
static gboolean
add_low (SlNotifying *self, const SlId *member, GError **error)
{
  gint64 low, left;
  gint64 crossed_ms = 0;

  if (!policy_for (self, member, SL_POLICY_CREDITS_LOW_HUNDREDTHS, &low, error)
      || !sl_credits_balance (self->engine, member, &left, error))
    return FALSE;
  if (left >= low)
    return TRUE;
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, sl_notification_other_queries[QUERY_SPENT_BY], "di",
                                            member, sl_hlc_from_ms (self->from_ms));
  while (left < low && sl_rows_next (rows))
    {
      gint64 spent = sl_rows_int (rows, 1);

      left += spent - sl_refund_part (0, spent, (int) sl_rows_int (rows, 2));
      if (left >= low)
        crossed_ms = sl_hlc_to_ms (sl_rows_int (rows, 0));
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  return crossed_ms == 0 || sl_notifying_add (self, SL_NOTIFICATION_CREDITS_LOW, member, member, crossed_ms, error);
}

static gboolean
add_all_low (SlNotifying *self, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (SlId));
  gint64 opens_hours;

  if (!sl_notifying_widest (self->engine, SL_POLICY_BOOKING_OPENS_HOURS, &opens_hours, error))
    return FALSE;
  g_autoptr (SlRows) rows
      = sl_store_query (self->engine->store, sl_notification_other_queries[QUERY_SPENT], "iiiid",
                        self->from_ms - SL_DAY_MS,
                        self->to_ms + MAX (SL_NOTIFYING_REACH_MS, opens_hours * SL_HOUR_MS),
                        sl_hlc_from_ms (self->from_ms), sl_hlc_from_ms (self->to_ms), self->member);
  while (sl_rows_next (rows))
    {
      SlId member;

      sl_rows_id (rows, 0, &member);
      g_array_append_val (members, member);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!add_low (self, &g_array_index (members, SlId, i), error))
      return FALSE;
  return TRUE;
}

/* sl_notifying_add_credits: lots that are about to expire, balances that have become low. */
gboolean
sl_notifying_add_credits (SlNotifying *self, GError **error)
{
  return add_expiring (self, error) && add_all_low (self, error);
}

typedef struct {
  SlId id, member_id;
  gint64 made_ms, answered_ms;
  gboolean accepted, declined;
} Answer;

static void
read_answer (SlRows *rows, Answer *out)
{
  static const char *const answering[] = { "state", "booking_id", NULL };
  gsize length;
  const void *clocks = sl_rows_blob (rows, 5, &length);

  *out = (Answer){ .made_ms = sl_rows_int (rows, 2) };
  sl_rows_id (rows, 0, &out->id);
  sl_rows_id (rows, 1, &out->member_id);
  out->accepted = sl_rows_int (rows, 4) != 0;
  out->declined = !out->accepted && g_strcmp0 (sl_rows_text (rows, 3), "declined") == 0;
  out->answered_ms = sl_rows_is_null (rows, 6)
                         ? sl_fields_written_ms (SL_ENTITY_REQUEST, clocks, length, answering)
                         : sl_hlc_to_ms (sl_rows_int (rows, 6));
}

/* sl_notifying_add_requests: made, accepted (when the booking was made), declined. */
gboolean
sl_notifying_add_requests (SlNotifying *self, GError **error)
{
  g_autoptr (GArray) answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  g_autoptr (SlRows) rows
      = sl_store_query (self->engine->store, sl_notification_other_queries[QUERY_REQUESTS], "iid",
                        self->from_ms - SL_NOTIFYING_REACH_MS, self->to_ms, self->member);

  while (sl_rows_next (rows))
    {
      Answer answer;

      read_answer (rows, &answer);
      g_array_append_val (answers, answer);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < answers->len; i++)
    {
      const Answer *one = &g_array_index (answers, Answer, i);
      SlNotificationKind kind
          = one->accepted ? SL_NOTIFICATION_REQUEST_ACCEPTED : SL_NOTIFICATION_REQUEST_DECLINED;

      if (!sl_notifying_add (self, SL_NOTIFICATION_REQUEST_MADE, &one->member_id, &one->id, one->made_ms, error)
          || ((one->accepted || one->declined)
              && !sl_notifying_add (self, kind, &one->member_id, &one->id, one->answered_ms, error)))
        return FALSE;
    }
  return TRUE;
}

/* sl_notifying_add_entries: receipts of entries to the open gym. */
gboolean
sl_notifying_add_entries (SlNotifying *self, GError **error)
{
  g_autoptr (GArray) entries
      = read_things (sl_store_query (self->engine->store, sl_notification_other_queries[QUERY_ENTRIES], "iid",
                                     self->from_ms, self->to_ms, self->member),
                     error);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const Thing *entry = &g_array_index (entries, Thing, i);

      if (!sl_notifying_add (self, SL_NOTIFICATION_CHECKIN_RECEIPT, &entry->member_id, &entry->id, entry->at_ms,
                             error))
        return FALSE;
    }
  return entries != NULL;
}
