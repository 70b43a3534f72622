/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-cash-up"

#include "engine/cash-up.h"

#include "core/datetime.h"
#include "engine/days.h"
#include "engine/engine-private.h"
#include "engine/location.h"

/* In the order of the rows; whatever else is written goes to the last. */
static const char *const methods[SL_CASH_UP_METHODS]
  = { "cash", "card", "eft", "qr", "online", "voucher", "account", "other" };
#define METHOD_ACCOUNT 6
#define METHOD_VOUCHER 5

/* Of a till (?1), or of a device (?2) in [?3, ?4) without one: by the index of moments, not by that of devices (+). */
#define IN_SCOPE(record) \
  "(" record ".till_id = ?1 OR (?1 IS NULL AND " record ".till_id IS NULL AND +" record ".replica = ?2 AND " record \
  ".at_ms >= ?3 AND " record ".at_ms < ?4))"
#define SCOPE(cash_up) \
  "ddii", (cash_up)->till != NULL ? &(cash_up)->till->id : NULL, &(cash_up)->replica, (cash_up)->from_ms, \
    (cash_up)->until_ms
/* It has been seen: at once, or somebody said so; whoever disputed it had heard of it. */
#define IS_PAID \
  "(p.status = 'paid' OR p.method = 'account' OR EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id " \
  "AND o.outcome IN (2, 3, 4)))"
#define HAS_FAILED \
  "EXISTS (SELECT 1 FROM payment_outcome o WHERE o.payment_id = p.id AND o.outcome = 1)"

/**
 * sl_cash_up_free:
 * @cash_up: (nullable) (transfer full): a cash-up
 */
void
sl_cash_up_free (SlCashUp *cash_up)
{
  if (cash_up == NULL)
    return;
  g_clear_pointer (&cash_up->till, sl_till_free);
  g_free (cash_up);
}

static SlCashUpRow *
row_of (SlCashUp *cash_up, const char *method)
{
  for (guint i = 0; i < SL_CASH_UP_METHODS - 1; i++)
    if (g_strcmp0 (methods[i], method) == 0)
      return &cash_up->rows[i];
  return &cash_up->rows[SL_CASH_UP_METHODS - 1];
}

static gboolean
count_payments (SlEngine *engine, SlCashUp *cash_up, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT p.method, " IS_PAID " AS seen, s.id IS NOT NULL AS with_sale, count (*), "
                      "sum (p.amount_cents) FROM payment p LEFT JOIN sale s ON s.id = p.sale_id "
                      "AND s.replica = p.replica AND s.receipt = p.receipt WHERE " IN_SCOPE ("p")
                      " AND (" IS_PAID " OR NOT " HAS_FAILED ") "
                      "GROUP BY 1, 2, 3",
                      SCOPE (cash_up));
  while (sl_rows_next (rows))
    {
      SlCashUpRow *row = row_of (cash_up, sl_rows_text (rows, 0));
      gboolean seen = sl_rows_int (rows, 1) != 0, with_sale = sl_rows_int (rows, 2) != 0;
      gint64 *count = !seen ? &row->pending : with_sale ? &row->sales : &row->payments;
      gint64 *cents = !seen ? &row->pending_cents : with_sale ? &row->sales_cents : &row->payments_cents;
      *count += sl_rows_int (rows, 3);
      *cents += sl_rows_int (rows, 4);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
count_refunds (SlEngine *engine, SlCashUp *cash_up, GError **error)
{
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT coalesce (r.method, p.method), count (*), sum (r.amount_cents) FROM refund r LEFT JOIN "
                      "payment p ON p.id = r.payment_id WHERE " IN_SCOPE ("r") " GROUP BY 1",
                      SCOPE (cash_up));
  while (sl_rows_next (rows))
    {
      SlCashUpRow *row = row_of (cash_up, sl_rows_text (rows, 0));
      row->refunds += sl_rows_int (rows, 1);
      row->refunds_cents += sl_rows_int (rows, 2);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
count_rest (SlEngine *engine, SlCashUp *cash_up, GError **error)
{
  gint64 vat_back;
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store,
                      "SELECT count (*), coalesce (sum (v.amount_cents), 0) FROM voucher v "
                      "JOIN sale s ON s.id = v.sale_id WHERE " IN_SCOPE ("s"),
                      SCOPE (cash_up));
  if (sl_rows_next (rows))
    {
      cash_up->vouchers_sold = sl_rows_int (rows, 0);
      cash_up->vouchers_sold_cents = sl_rows_int (rows, 1);
    }
  if (!sl_rows_finish (rows, error)
      || !sl_store_query_int (engine->store, 0, &cash_up->vat_cents, error,
                              "SELECT coalesce (sum (s.vat_cents), 0) FROM sale s WHERE " IN_SCOPE ("s"),
                              SCOPE (cash_up))
      || !sl_store_query_int (engine->store, 0, &vat_back, error,
                              "SELECT coalesce (sum (r.vat_cents), 0) FROM refund r WHERE " IN_SCOPE ("r"),
                              SCOPE (cash_up))
      || !sl_store_query_int (engine->store, 0, &cash_up->account_paid_cents, error,
                              "SELECT coalesce (sum (p.amount_cents), 0) FROM payment p WHERE " IN_SCOPE ("p")
                              " AND p.method <> 'account' AND " IS_PAID " AND EXISTS (SELECT 1 FROM payment a JOIN "
                              "sale s ON s.id = a.sale_id WHERE a.sale_id = p.sale_id AND a.method = 'account' AND "
                              "(p.replica <> s.replica OR p.receipt <> s.receipt))",
                              SCOPE (cash_up)))
    return FALSE;
  cash_up->vat_cents -= vat_back;
  cash_up->account_given_cents = cash_up->rows[METHOD_ACCOUNT].sales_cents;
  cash_up->vouchers_used_cents
    = cash_up->rows[METHOD_VOUCHER].sales_cents + cash_up->rows[METHOD_VOUCHER].payments_cents;
  return TRUE;
}

/* Fills in what was taken and what cash there should be. */
static gboolean
count_takings (SlEngine *engine, SlCashUp *cash_up, GError **error)
{
  for (guint i = 0; i < SL_CASH_UP_METHODS; i++)
    cash_up->rows[i].method = methods[i];
  if (!count_payments (engine, cash_up, error) || !count_refunds (engine, cash_up, error))
    return FALSE;
  const SlCashUpRow *cash = &cash_up->rows[0];
  cash_up->expected_cents = cash->sales_cents + cash->payments_cents - cash->refunds_cents;
  if (cash_up->till != NULL)
    {
      cash_up->put_in_cents = cash_up->till->put_in_cents;
      cash_up->expected_cents += cash_up->till->float_cents + cash_up->put_in_cents;
    }
  return TRUE;
}

/* Fills in all figures of what is named. */
static gboolean
count_all (SlEngine *engine, SlCashUp *cash_up, GError **error)
{
  return count_takings (engine, cash_up, error) && count_rest (engine, cash_up, error);
}

/**
 * sl_cash_up_takings_of_till:
 * @engine: the engine
 * @till: a till
 * @error: return location
 *
 * As sl_cash_up_of_till(), with nothing of vouchers, accounts and VAT: for what asks of many.
 *
 * Returns: (transfer full): its figures; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlCashUp *
sl_cash_up_takings_of_till (SlEngine *engine, const SlId *till, GError **error)
{
  g_return_val_if_fail (engine != NULL && till != NULL, NULL);

  g_autoptr (SlCashUp) cash_up = g_new0 (SlCashUp, 1);
  if (!sl_till_get (engine, till, &cash_up->till, error))
    return NULL;
  cash_up->replica = cash_up->till->replica;
  cash_up->from_ms = cash_up->till->opened_ms;
  cash_up->until_ms = cash_up->till->closed_ms;
  return count_takings (engine, cash_up, error) ? g_steal_pointer (&cash_up) : NULL;
}

/**
 * sl_cash_up_of_till:
 * @engine: the engine
 * @till: a till
 * @error: return location
 *
 * What was taken while it was open, as far as it is known to have been paid by now.
 *
 * Returns: (transfer full): its figures; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlCashUp *
sl_cash_up_of_till (SlEngine *engine, const SlId *till, GError **error)
{
  g_autoptr (SlCashUp) cash_up = sl_cash_up_takings_of_till (engine, till, error);
  return cash_up != NULL && count_rest (engine, cash_up, error) ? g_steal_pointer (&cash_up) : NULL;
}

/**
 * sl_cash_up_takings_of_day:
 * @engine: the engine
 * @replica: a device
 * @from_ms: from here, UTC ms …
 * @until_ms: … to before here
 * @error: return location
 *
 * What it took without a till, with nothing of vouchers, accounts and VAT.
 *
 * Returns: (transfer full): its figures; %NULL on failure
 */
SlCashUp *
sl_cash_up_takings_of_day (SlEngine *engine, const SlId *replica, gint64 from_ms, gint64 until_ms, GError **error)
{
  g_return_val_if_fail (engine != NULL && replica != NULL, NULL);

  g_autoptr (SlCashUp) cash_up = g_new0 (SlCashUp, 1);
  cash_up->replica = *replica;
  cash_up->from_ms = from_ms;
  cash_up->until_ms = until_ms;
  return count_takings (engine, cash_up, error) ? g_steal_pointer (&cash_up) : NULL;
}

/* The local day of a device, by the clock of its location. */
static gboolean
find_day (SlEngine *engine, const SlCashUpParams *params, SlCashUp *cash_up, GError **error)
{
  SlId location = sl_id_none;
  gboolean known = FALSE;
  cash_up->replica = sl_id_is_none (&params->replica) ? *sl_oplog_get_replica (engine->log) : params->replica;
  g_autoptr (SlRows) rows
    = sl_store_query (engine->store, "SELECT location_id FROM device WHERE id = ?", "d", &cash_up->replica);
  if ((known = sl_rows_next (rows)))
    sl_rows_id (rows, 0, &location);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (!known)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such device");
      return FALSE;
    }
  g_autoptr (GTimeZone) zone = sl_location_zone (engine, sl_id_is_none (&location) ? &engine->location : &location,
                                                 error);
  if (zone == NULL)
    return FALSE;
  gint64 day = params->date != NULL ? sl_day_parse (params->date, error) : sl_day_of (sl_engine_now_ms (engine), zone);
  if (params->date != NULL && day < 0)
    return FALSE;
  cash_up->from_ms = sl_time_from_local (day * SL_DAY_MS, zone);
  cash_up->until_ms = sl_time_from_local ((day + 1) * SL_DAY_MS, zone);
  return TRUE;
}

/**
 * sl_cash_up:
 * @engine: the engine
 * @actor: who asks
 * @params: a till, or a device's day
 * @out: (out) (transfer full): its figures
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_cash_up (SlEngine *engine, const SlActor *actor, const SlCashUpParams *params, SlCashUp **out,
            SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "cash-up", out_refusal);
  if (!sl_store_begin_read (engine->store, error))
    return FALSE;
  g_autoptr (SlCashUp) cash_up = NULL;
  if (!sl_id_is_none (&params->till_id))
    cash_up = sl_cash_up_of_till (engine, &params->till_id, error);
  else
    {
      cash_up = g_new0 (SlCashUp, 1);
      if (!find_day (engine, params, cash_up, error) || !count_all (engine, cash_up, error))
        g_clear_pointer (&cash_up, sl_cash_up_free);
    }
  sl_store_end_read (engine->store);
  *out = g_steal_pointer (&cash_up);
  return *out != NULL;
}
