/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-till"

#include "engine/till.h"

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/policy.h"
#include "oplog/money.h"

#define NAME_MAX_BYTES 120
#define REASON_MAX_BYTES 500

/**
 * sl_till_free:
 * @till: (nullable) (transfer full): a till
 */
void
sl_till_free (SlTill *till)
{
  if (till == NULL)
    return;
  g_free (till->name);
  g_free (till->note);
  g_free (till);
}

/* Cash that was paid into it or out of it. A payment that is pending is none yet, and cash never is. */
static gboolean
count_cash (SlEngine *engine, SlTill *till, GError **error)
{
  if (!sl_store_query_int (engine->store, 0, &till->cash_taken_cents, error,
                           "SELECT coalesce (sum (amount_cents), 0) FROM payment WHERE till_id = ? AND method = 'cash'",
                           "d", &till->id)
      || !sl_store_query_int (engine->store, 0, &till->cash_refunded_cents, error,
                              "SELECT coalesce (sum (r.amount_cents), 0) FROM refund r LEFT JOIN payment p ON p.id = "
                              "r.payment_id WHERE r.till_id = ? AND coalesce (r.method, p.method) = 'cash'",
                              "d", &till->id)
      || !sl_store_query_int (engine->store, 0, &till->put_in_cents, error,
                              "SELECT coalesce (sum (difference_cents), 0) FROM till_cash WHERE till_id = ?", "d",
                              &till->id))
    return FALSE;
  till->expected_cents
    = till->float_cents + till->cash_taken_cents - till->cash_refunded_cents + till->put_in_cents;
  till->difference_cents = till->closed_ms != 0 ? till->counted_cents - till->expected_cents : 0;
  return TRUE;
}

#define COLUMNS \
  "SELECT id, replica, location_id, actor, close_actor, name, opened_ms, closed_ms, float_cents, counted_cents, note " \
  "FROM till "

static gboolean
read_till (SlEngine *engine, SlRows *rows, SlTill **out, GError **error)
{
  g_autoptr (SlTill) till = NULL;
  if (sl_rows_next (rows))
    {
      till = g_new0 (SlTill, 1);
      sl_rows_id (rows, 0, &till->id);
      sl_rows_id (rows, 1, &till->replica);
      sl_rows_id (rows, 2, &till->location_id);
      sl_rows_id (rows, 3, &till->opened_by);
      sl_rows_id (rows, 4, &till->closed_by);
      till->name = sl_rows_dup_text (rows, 5);
      till->opened_ms = sl_rows_int (rows, 6);
      till->closed_ms = sl_rows_int (rows, 7);
      till->float_cents = sl_rows_int (rows, 8);
      till->counted_cents = sl_rows_int (rows, 9);
      gsize length;
      const void *note = sl_rows_blob (rows, 10, &length);
      till->note = note != NULL ? sl_oplog_unseal_note (engine->log, NULL, note, length) : NULL;
    }
  if (!sl_rows_finish (rows, error) || (till != NULL && !count_cash (engine, till, error)))
    return FALSE;
  *out = g_steal_pointer (&till);
  return TRUE;
}

/**
 * sl_till_get:
 * @engine: the engine
 * @id: the till
 * @out: (out) (transfer full): as it stands now
 * @error: return location
 *
 * For other queries of the engine, which have asked who wants to know.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, also where its opening has not come here yet
 */
gboolean
sl_till_get (SlEngine *engine, const SlId *id, SlTill **out, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out != NULL, FALSE);

  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ? AND opened_ms IS NOT NULL", "d", id);
  if (!read_till (engine, rows, out, error))
    return FALSE;
  if (*out == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such till");
  return *out != NULL;
}

/**
 * sl_till_current:
 * @engine: the engine
 * @out_id: (out caller-allocates): this device's open till; none: it has none
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_till_current (SlEngine *engine, SlId *out_id, GError **error)
{
  g_return_val_if_fail (engine != NULL && out_id != NULL, FALSE);

  *out_id = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id FROM till WHERE replica = ? AND closed_ms IS NULL "
                                            "ORDER BY hlc DESC LIMIT 1",
                                            "d", sl_oplog_get_replica (engine->log));
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, out_id);
  return sl_rows_finish (rows, error);
}

/**
 * sl_till_for_cash:
 * @engine: the engine
 * @out_id: (out caller-allocates): this device's open till; none: the device's day
 * @refusal: (out): till_closed, where this location demands one
 * @error: return location
 *
 * Returns: %FALSE: refused, or failed where @refusal has no code
 */
gboolean
sl_till_for_cash (SlEngine *engine, SlId *out_id, SlRefusal *refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && out_id != NULL && refusal != NULL, FALSE);

  gboolean needed;
  if (!sl_till_current (engine, out_id, error)
      || !sl_policy_bool (engine, &engine->location, NULL, SL_POLICY_TILL_NEEDED, &needed, error))
    return FALSE;
  if (!needed || !sl_id_is_none (out_id))
    return TRUE;
  sl_refuse (refusal, SL_REFUSAL_TILL_CLOSED);
  return FALSE;
}

static gboolean
check_amount (gint64 cents, GError **error)
{
  if (cents >= 0 && cents <= SL_MONEY_MAX_CENTS)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an amount is not below 0, and not absurd");
  return FALSE;
}

/* Cleans a text that may be left out; FALSE: bad input. */
static gboolean
clean_text (const char *what, const char *text, gsize max_bytes, char **out, GError **error)
{
  *out = text != NULL && *text != '\0' ? sl_text_clean (what, text, max_bytes, error) : NULL;
  return text == NULL || *text == '\0' || *out != NULL;
}

/**
 * sl_till_open:
 * @engine: the engine
 * @actor: who opens it
 * @name: (nullable): what people call it
 * @float_cents: the cash that is in it
 * @out_id: (out caller-allocates): the till
 * @out_refusal: (out): not_allowed, till_open (till)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_till_open (SlEngine *engine, const SlActor *actor, const char *name, gint64 float_cents, SlId *out_id,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_id != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = NULL;
  char text[SL_ID_TEXT_BYTES];
  SlId open;
  if (!check_amount (float_cents, error) || !clean_text ("the name", name, NAME_MAX_BYTES, &clean, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_till_current (engine, &open, error))
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal) && !sl_id_is_none (&open))
    {
      sl_refuse (out_refusal, SL_REFUSAL_TILL_OPEN);
      sl_refusal_set_text (out_refusal, "till", sl_id_format (&open, text));
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "till open", out_refusal, error);
  if (!sl_op_till_open (engine->log, &engine->location, clean, float_cents, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* The open till of this device, where the actor may use it: else the refusal. FALSE on failure. */
static gboolean
check_open (SlEngine *engine, const SlActor *actor, SlId *out_id, SlRefusal *refusal, GError **error)
{
  if (!sl_till_current (engine, out_id, error))
    return FALSE;
  if (sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, refusal) && sl_id_is_none (out_id))
    sl_refuse (refusal, SL_REFUSAL_TILL_CLOSED);
  return TRUE;
}

/**
 * sl_till_cash:
 * @engine: the engine
 * @actor: who does it
 * @difference_cents: put into this device's open till; below zero: taken out
 * @reason: what for
 * @out_refusal: (out): not_allowed, till_closed, reason_required
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_till_cash (SlEngine *engine, const SlActor *actor, gint64 difference_cents, const char *reason,
              SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = NULL;
  SlId till, id;
  if (difference_cents == 0 || difference_cents < -SL_MONEY_MAX_CENTS || difference_cents > SL_MONEY_MAX_CENTS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an amount is not 0, and not absurd");
      return FALSE;
    }
  if (!clean_text ("the reason", reason, REASON_MAX_BYTES, &clean, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_open (engine, actor, &till, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code == SL_REFUSAL_NONE && clean == NULL)
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "till cash", out_refusal, error);
  if (!sl_op_till_cash (engine->log, &till, difference_cents, clean, &id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_till_close:
 * @engine: the engine
 * @actor: who has counted
 * @counted_cents: the cash that is in it
 * @note: (nullable): about the difference
 * @out_till: (out) (transfer full): as it is closed
 * @out_refusal: (out): not_allowed, till_closed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_till_close (SlEngine *engine, const SlActor *actor, gint64 counted_cents, const char *note, SlTill **out_till,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_till != NULL && out_refusal != NULL, FALSE);

  g_autofree char *clean = NULL;
  SlId till;
  *out_till = NULL;
  if (!check_amount (counted_cents, error) || !clean_text ("the note", note, REASON_MAX_BYTES, &clean, error)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_open (engine, actor, &till, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "till close", out_refusal, error);
  if (!sl_op_till_close (engine->log, &till, counted_cents, clean, error)
      || !sl_till_get (engine, &till, out_till, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_till_show:
 * @engine: the engine
 * @actor: who asks
 * @id: (nullable): which; %NULL: this device's open one, else the one it closed last
 * @out_till: (out) (transfer full): the till
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_till_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlTill **out_till, SlRefusal *out_refusal,
              GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_till != NULL && out_refusal != NULL, FALSE);

  SlId last = sl_id_none;
  *out_till = NULL;
  if (!sl_actor_may (actor, SL_ACTION_TAKE_PAYMENT, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "till show", out_refusal);
  if (id != NULL)
    return sl_till_get (engine, id, out_till, error);
  g_autoptr (SlRows) rows = sl_store_query (engine->store,
                                            "SELECT id FROM till WHERE replica = ? ORDER BY closed_ms IS NULL DESC, "
                                            "hlc DESC LIMIT 1",
                                            "d", sl_oplog_get_replica (engine->log));
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &last);
  return sl_rows_finish (rows, error) && sl_till_get (engine, &last, out_till, error);
}
