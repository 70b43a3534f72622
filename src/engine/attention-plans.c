/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-plans"

#include "core/datetime.h"
#include "engine/attention-private.h"
#include "engine/membership-private.h"
#include "engine/package-renewal.h"
#include "engine/payment.h"

/* Memberships and what is owed. */

#define PENDING_MS (7 * SL_DAY_MS)  /* a transfer that has not come by then will not come by itself */
#define OWED_MS (30 * SL_DAY_MS)    /* a month on account */
#define KEPT_MS (SL_ATTENTION_KEPT_DAYS * SL_DAY_MS)

/* A sale that somebody has paid, owes or is asked for, and that was not given back. */
#define IS_LIVE(sale) \
  "(" sale ".total_cents > 0 AND EXISTS (SELECT 1 FROM payment p WHERE p.sale_id = " sale ".id " \
  "AND (p.status = 'paid' OR p.method = 'account' " \
  "OR EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 2) " \
  "OR NOT EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 1))) " \
  "AND coalesce ((SELECT sum (r.amount_cents) FROM refund r JOIN payment p ON p.id = r.payment_id " \
  "WHERE p.sale_id = " sale ".id), 0) < " sale ".total_cents)"

/* Two sales; looked at last, when there are two: not each sale by itself, as SQLite would. */
#define BOTH_LIVE "AND CASE WHEN o.id IS NOT NULL THEN " IS_LIVE ("n") " AND " IS_LIVE ("o") " END"

/* Each that follows names its index: for the order that is asked for SQLite would read the whole table. */

/* Two sales for one time of one membership, by devices that had not heard of one another. */
#define CHARGED_TWICE \
  "SELECT o.id, n.id, b.thing_id, n.member_id, n.at_ms, n.total_cents FROM sale n INDEXED BY sale_at " \
  "CROSS JOIN sale_line b ON b.sale_id = n.id AND b.what = 2 " \
  "CROSS JOIN sale_line a ON a.thing_id = b.thing_id AND a.what = 2 " \
  "AND a.sale_id <> b.sale_id AND a.from_ms < b.until_ms AND b.from_ms < a.until_ms CROSS JOIN sale o " \
  "ON o.id = a.sale_id WHERE n.at_ms > ? " \
  "AND (o.hlc < n.hlc OR (o.hlc = n.hlc AND o.id < n.id)) " BOTH_LIVE " ORDER BY n.id, o.id"

/* The same of two memberships of one plan that a member was sold at two desks apart. One that was cancelled before the
 * other began leaves its own time to that. */
#define SOLD_TWICE \
  "SELECT o.id, n.id, y.id, n.member_id, n.at_ms, n.total_cents FROM sale n INDEXED BY sale_at " \
  "CROSS JOIN sale_line b ON b.sale_id = n.id AND b.what = 2 CROSS JOIN membership y ON y.id = b.thing_id " \
  "CROSS JOIN membership x ON x.member_id = y.member_id AND x.plan_id = y.plan_id AND x.id <> y.id " \
  "CROSS JOIN sale_line a ON a.thing_id = x.id AND a.what = 2 AND a.from_ms < b.until_ms AND b.from_ms < a.until_ms " \
  "AND (x.until_ms IS NULL OR max (a.from_ms, b.from_ms) < x.until_ms) " \
  "AND (y.until_ms IS NULL OR max (a.from_ms, b.from_ms) < y.until_ms) CROSS JOIN sale o " \
  "ON o.id = a.sale_id WHERE n.at_ms > ? " \
  "AND (o.hlc < n.hlc OR (o.hlc = n.hlc AND o.id < n.id)) " BOTH_LIVE " ORDER BY n.id, o.id"

/* The same of a package that renews: two sales of one cycle. */
#define PACKAGE_TWICE \
  "SELECT o.id, n.id, b.renewal_id, n.member_id, n.at_ms, n.total_cents FROM sale n INDEXED BY sale_at " \
  "CROSS JOIN renewal_charge b ON b.sale_id = n.id " \
  "CROSS JOIN renewal_charge a ON a.renewal_id = b.renewal_id AND a.cycle = b.cycle " \
  "AND a.sale_id <> b.sale_id CROSS JOIN sale o ON o.id = a.sale_id WHERE n.at_ms > ? " \
  "AND (o.hlc < n.hlc OR (o.hlc = n.hlc AND o.id < n.id)) " BOTH_LIVE " ORDER BY n.id, o.id"

/* Lots that gave way and of which something was spent before they did. */
#define GRANTED_TWICE \
  "SELECT l.id, f.id, l.membership_id, l.member_id, l.hlc, l.credits_hundredths - coalesce ((SELECT sum " \
  "(b.amount_hundredths) FROM lot_burn b WHERE b.lot_id = l.id), 0) FROM lot l INDEXED BY lot_membership JOIN lot f " \
  "ON f.membership_id = l.membership_id AND f.period_from_ms < l.period_until_ms " \
  "AND f.period_until_ms > l.period_from_ms AND (f.hlc < l.hlc OR (f.hlc = l.hlc AND f.id < l.id)) " \
  "WHERE l.expires_ms > ? AND l.membership_id IS NOT NULL AND EXISTS (SELECT 1 FROM claim_spend s " \
  "JOIN claim c ON c.id = s.claim_id WHERE s.lot_id = l.id AND coalesce (c.release_percent, 0) < 100) ORDER BY l.id"

/* Promised and not seen; on account and not paid. */
#define PENDING \
  "SELECT p.id, p.sale_id, p.member_id, p.at_ms, p.amount_cents FROM payment p INDEXED BY payment_pending " \
  "WHERE p.status = 'pending' AND p.at_ms > ? AND p.at_ms <= CASE p.method WHEN 'account' THEN ? ELSE ? END " \
  "AND NOT EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome IN (1, 2)) " \
  "AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id AND r.amount_cents >= p.amount_cents) " \
  "AND (p.method <> 'account' OR coalesce ((SELECT sum (q.amount_cents) FROM payment q " \
  "WHERE q.sale_id = p.sale_id AND q.method <> 'account' AND (q.status = 'paid' " \
  "OR EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = q.id AND o.outcome = 2))), " \
  "0) < (SELECT s.total_cents FROM sale s WHERE s.id = p.sale_id)) ORDER BY p.id"

static gboolean
add_charged_twice (SlAttention *self, const char *sql, const char *what, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, sql, "i", self->now_ms - KEPT_MS);
  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_CHARGED_TWICE, sl_rows_int (rows, 4));
      const char *const roles[] = { "sale", "sale", what, "member" };
      SlId id;
      for (int i = 0; i < 4; i++)
        {
          sl_rows_id (rows, i, &id);
          (i < 2 ? sl_attention_item_decide : sl_attention_item_tell) (item, roles[i], &id);
        }
      item->count = sl_rows_int (rows, 5);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_granted_twice (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, GRANTED_TWICE, "i", self->now_ms - KEPT_MS);
  while (sl_rows_next (rows))
    {
      SlAttentionItem *item
        = sl_attention_item_new (SL_ATTENTION_GRANTED_TWICE, sl_hlc_to_ms (sl_rows_int (rows, 4)));
      static const char *const roles[] = { "lot", "kept", "membership", "member" };
      SlId id;
      for (int i = 0; i < 4; i++)
        {
          sl_rows_id (rows, i, &id);
          (i == 0 ? sl_attention_item_decide : sl_attention_item_tell) (item, roles[i], &id);
        }
      item->count = sl_rows_int (rows, 5);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_pending (SlAttention *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->engine->store, PENDING, "iii", self->now_ms - KEPT_MS,
                                            self->now_ms - OWED_MS, self->now_ms - PENDING_MS);
  while (sl_rows_next (rows))
    {
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PAYMENT_PENDING, sl_rows_int (rows, 3));
      static const char *const roles[] = { "payment", "sale", "member" };
      SlId id;
      for (int i = 0; i < 3; i++)
        {
          sl_rows_id (rows, i, &id);
          (i == 0 ? sl_attention_item_decide : sl_attention_item_tell) (item, roles[i], &id);
        }
      item->count = sl_rows_int (rows, 4);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* Whose payment is waited for at reception, or who rests for want of one: once for each time that it is due. */
static gboolean
add_unpaid (SlAttention *self, const SlMembership *membership, GError **error)
{
  gint64 stops_ms = sl_membership_stops_ms (membership);
  gboolean stopped = membership->status == SL_MEMBERSHIP_FROZEN && stops_ms != 0 && self->now_ms >= stops_ms;
  if ((membership->status != SL_MEMBERSHIP_PAYMENT_DUE && !stopped) || self->now_ms >= stops_ms + KEPT_MS)
    return TRUE;
  g_autoptr (GArray) periods = sl_membership_periods (self->engine, membership, TRUE, error);
  if (periods == NULL)
    return FALSE;
  SlAttentionItem *item
    = sl_attention_item_new (SL_ATTENTION_MEMBERSHIP_UNPAID, sl_membership_grace_from_ms (membership));
  sl_attention_item_decide (item, "membership", &membership->id);
  if (periods->len > 0)
    sl_attention_item_decide (item, "sale", &g_array_index (periods, SlPaidPeriod, 0).sale_id);
  sl_attention_item_tell (item, "member", &membership->member_id);
  item->count = sl_membership_price (membership);
  return sl_attention_add (self, item, error);
}

/* A try that has failed, as long as the period has not been paid in another way. */
static gboolean
add_failed (SlAttention *self, const SlMembershipEvent *event, GError **error)
{
  g_autoptr (SlMembership) membership = sl_membership_get (self->engine, &event->membership_id, NULL);
  if (event->kind != SL_MEMBERSHIP_PAYMENT_FAILED || membership == NULL
      || membership->status == SL_MEMBERSHIP_CANCELLED || membership->status == SL_MEMBERSHIP_EXPIRED
      || membership->paid_until_ms == 0 || membership->paid_until_ms > self->now_ms)
    return TRUE;
  SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PAYMENT_FAILED, event->at_ms);
  sl_attention_item_decide (item, "payment", &event->payment_id);
  sl_attention_item_tell (item, "membership", &event->membership_id);
  sl_attention_item_tell (item, "member", &event->member_id);
  return sl_attention_add (self, item, error);
}

/* Each try that has failed, while it is waited for; and that nothing is asked for any more. */
static gboolean
add_renewal (SlAttention *self, const SlPackageRenewal *renewal, GError **error)
{
  g_autoptr (GPtrArray) payments = NULL;
  if (!sl_payment_list_of_sale (self->engine, &renewal->sale_id, &payments, error))
    return FALSE;
  for (guint i = 0; i < payments->len; i++)
    {
      const SlPayment *payment = payments->pdata[i];
      if (payment->status != SL_PAYMENT_FAILED)
        continue;
      SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PAYMENT_FAILED, payment->at_ms);
      sl_attention_item_decide (item, "payment", &payment->id);
      sl_attention_item_tell (item, "renewal", &renewal->id);
      sl_attention_item_tell (item, "member", &renewal->member_id);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  if (renewal->state != SL_PACKAGE_RENEWAL_UNPAID)
    return TRUE;
  SlAttentionItem *item = sl_attention_item_new (SL_ATTENTION_PACKAGE_UNPAID, renewal->asked_ms);
  sl_attention_item_decide (item, "renewal", &renewal->id);
  sl_attention_item_decide (item, "sale", &renewal->sale_id);
  sl_attention_item_tell (item, "member", &renewal->member_id);
  item->count = renewal->due_cents;
  return sl_attention_add (self, item, error);
}

static gboolean
add_renewals (SlAttention *self, GError **error)
{
  g_autoptr (GPtrArray) list = sl_package_renewal_list_open (self->engine, error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlPackageRenewal *renewal = list->pdata[i];
      gboolean waits = renewal->state == SL_PACKAGE_RENEWAL_ASKED || renewal->state == SL_PACKAGE_RENEWAL_UNPAID;
      if (waits && renewal->asked_ms > self->now_ms - KEPT_MS && !add_renewal (self, renewal, error))
        return FALSE;
    }
  return list != NULL;
}

/* sl_attention_of_plans: see the header. */
gboolean
sl_attention_of_plans (SlAttention *self, GError **error)
{
  g_autoptr (GPtrArray) list = sl_membership_list_running (self->engine, self->now_ms, self->now_ms, error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (!add_unpaid (self, list->pdata[i], error))
      return FALSE;
  g_autoptr (GArray) events
    = list != NULL ? sl_membership_events (self->engine, NULL, self->now_ms - KEPT_MS, self->now_ms + 1, error) : NULL;
  for (guint i = 0; events != NULL && i < events->len; i++)
    if (!add_failed (self, &g_array_index (events, SlMembershipEvent, i), error))
      return FALSE;
  return events != NULL && add_pending (self, error)
         && add_charged_twice (self, CHARGED_TWICE, "membership", error)
         && add_charged_twice (self, SOLD_TWICE, "membership", error)
         && add_charged_twice (self, PACKAGE_TWICE, "renewal", error) && add_granted_twice (self, error)
         && add_renewals (self, error);
}
