/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-engine-rights"

#include "engine/rights.h"

#include "engine/claim-queries.h"
#include "engine/days.h"
#include "engine/device.h"
#include "oplog/money.h"

/**
 * sl_rights_spare:
 * @session: a session
 * @out_free: (out): free rights held here; below zero: a debt of this device
 * @out_spare: (out): what of them may be sold or given away: less what other devices owe, who come first; below zero:
 * so many more have to come back here before anything may
 *
 * Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_rights_spare (SlEngine *engine, const SlId *session, gint64 *out_free, gint64 *out_spare, GError **error)
{
  const SlId *own = sl_oplog_get_replica (engine->log);
  g_autoptr (GArray) debts = NULL;

  if (!sl_rights_free (engine->log, session, own, out_free, error)
      || !sl_rights_debts (engine->log, session, &debts, error))
    return FALSE;
  *out_spare = *out_free;
  for (guint i = 0; i < debts->len; i++)
    {
      const SlRightsDebt *debt = &g_array_index (debts, SlRightsDebt, i);

      if (!sl_id_equal (&debt->replica, own))
        *out_spare -= debt->spots;
    }
  return TRUE;
}

/**
 * sl_rights_check_receiver:
 * @to: a device's id
 * @out_refusal: (out): device_revoked
 *
 * Returns: %FALSE with @error: %SL_ERROR_NOT_FOUND where no admitted device has the id, %SL_ERROR_BAD_INPUT for this
 * device itself
 */
gboolean
sl_rights_check_receiver (SlEngine *engine, const SlId *to, SlRefusal *out_refusal, GError **error)
{
  g_auto (SlActor) owner = { 0 };
  g_autoptr (GPtrArray) devices = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  sl_actor_init_owner (&owner);
  if (!sl_device_list (engine, &owner, &devices, &refusal, error))
    return FALSE;
  for (guint i = 0; i < devices->len; i++)
    {
      const SlDevice *device = g_ptr_array_index (devices, i);

      if (!device->admitted || !sl_id_equal (&device->id, to))
        continue;
      if (device->own)
        {
          g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "to: another device than this one");
          return FALSE;
        }
      if (device->revoked)
        {
          sl_refuse (out_refusal, SL_REFUSAL_DEVICE_REVOKED);
          sl_refusal_set_text (out_refusal, "reason", "to: a device that was revoked");
        }
      return TRUE;
    }
  g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no admitted device has this id");
  return FALSE;
}

/* Begins a command that gives something to a device. FALSE: decided (*out_decided) or failed. */
static gboolean
begin_move (SlEngine *engine, const SlActor *actor, const SlId *to, gboolean *out_decided, SlRefusal *out_refusal,
            GError **error)
{
  *out_decided = FALSE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal)
      && !sl_rights_check_receiver (engine, to, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code == SL_REFUSAL_NONE)
    return TRUE;
  *out_decided = sl_command_refuse (engine, actor, "rights move", out_refusal, error);
  return FALSE;
}

/* A claim goes with its right: only where its keeper is not in debt, which would go along, and not where the claim
 * itself owes credits, or did: its keeper settles that (src/oplog/README.md "Rights"). */
static gboolean
check_claim (SlEngine *engine, const SlClaim *claim, SlRefusal *out_refusal, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  gboolean here;
  gint64 free_spots, spare;

  if (!sl_oplog_is_kept_here (engine->log, &claim->keeper, &here, error)
      || !sl_rights_spare (engine, &claim->session_id, &free_spots, &spare, error))
    return FALSE;
  if (!sl_booking_status_is_live (claim->status))
    {
      sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (out_refusal, "status", sl_booking_status_name (claim->status));
    }
  else if (claim->on_trust)
    {
      sl_refuse (out_refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (out_refusal, "status", "on_trust");
    }
  else if (!here || free_spots < 0)
    {
      sl_refuse (out_refusal, SL_REFUSAL_NO_RIGHTS);
      sl_refusal_set_text (out_refusal, "keeper", sl_id_format (&claim->keeper, text));
    }
  return TRUE;
}

/**
 * sl_rights_move_booking:
 * @booking: a booking that this device keeps
 * @to: an admitted device, which shall keep it
 * @out_refusal: (out): not_allowed; device_revoked; wrong_state (status): it is over, or on_trust; no_rights (keeper):
 * another device keeps it, or this one owes spots of the session
 *
 * The booking's spots and what it spent go with it as rights, in one operation: what is released later comes back to
 * the new keeper. Engine thread only.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_rights_move_booking (SlEngine *engine, const SlActor *actor, const SlId *booking, const SlId *to,
                        SlRefusal *out_refusal, GError **error)
{
  SlClaim claim;
  gboolean decided;

  g_return_val_if_fail (engine != NULL && actor != NULL && booking != NULL && to != NULL && out_refusal != NULL, FALSE);

  if (!begin_move (engine, actor, to, &decided, out_refusal, error))
    return decided;
  if (!sl_claim_get_booking (engine, booking, sl_engine_now_ms (engine), &claim, error)
      || !check_claim (engine, &claim, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "rights move", out_refusal, error);
  if (!sl_op_claim_move (engine->log, &claim.id, to, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
is_money (SlEngine *engine, const SlId *thing, GError **error)
{
  gint64 found;

  if (!sl_store_query_int (engine->store, 0, &found, error,
                           "SELECT EXISTS (SELECT 1 FROM payment WHERE id = ?1) "
                           "OR EXISTS (SELECT 1 FROM voucher WHERE id = ?1)",
                           "d", thing))
    return FALSE;
  if (found == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such payment or voucher");
  return found != 0;
}

/**
 * sl_rights_move_money:
 * @thing: a payment, of which the other device shall be able to give back money, or a voucher, for it to be used there
 * @amount_cents: above 0
 * @to: an admitted device
 * @out_refusal: (out): not_allowed; device_revoked; no_rights (held_cents): this device has not as much of it
 *
 * Engine thread only.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_rights_move_money (SlEngine *engine, const SlActor *actor, const SlId *thing, gint64 amount_cents, const SlId *to,
                      SlRefusal *out_refusal, GError **error)
{
  gboolean decided;
  gint64 held;

  g_return_val_if_fail (engine != NULL && actor != NULL && thing != NULL && to != NULL && out_refusal != NULL, FALSE);

  if (amount_cents <= 0 || amount_cents > SL_MONEY_MAX_CENTS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an amount is above 0, and not absurd");
      return FALSE;
    }
  if (!begin_move (engine, actor, to, &decided, out_refusal, error))
    return decided;
  if (!is_money (engine, thing, error)
      || !sl_money_held (engine->log, thing, sl_oplog_get_replica (engine->log), &held, error))
    return sl_command_fail (engine);
  if (held < amount_cents)
    {
      sl_refuse (out_refusal, SL_REFUSAL_NO_RIGHTS);
      sl_refusal_set_int (out_refusal, "held_cents", held);
      return sl_command_refuse (engine, actor, "rights move", out_refusal, error);
    }
  if (!sl_op_money_move (engine->log, thing, to, amount_cents, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
check_days (SlEngine *engine, const SlId *who, GArray *days, SlRefusal *out_refusal, GError **error)
{
  char text[SL_ID_TEXT_BYTES];

  for (guint i = 0; i < days->len && out_refusal->code == SL_REFUSAL_NONE; i++)
    {
      SlId holder;

      if (!sl_day_holder (engine->log, who, g_array_index (days, gint64, i), &holder, error))
        return FALSE;
      if (sl_id_equal (&holder, sl_oplog_get_replica (engine->log)))
        continue;
      g_autofree char *date = sl_day_format (g_array_index (days, gint64, i));
      sl_refuse (out_refusal, SL_REFUSAL_NO_RIGHTS);
      sl_refusal_set_text (out_refusal, "date", date);
      sl_refusal_set_text (out_refusal, "holder", sl_id_format (&holder, text));
    }
  return TRUE;
}

/**
 * sl_rights_move_days:
 * @who: a staff member or a room
 * @days: (element-type gint64): since 1970, all of them or none
 * @to: an admitted device, which shall plan them
 * @out_refusal: (out): not_allowed; device_revoked; no_rights (date, holder): another device plans that day
 *
 * What is planned on these days stays; from now on the other device changes it. Engine thread only.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_rights_move_days (SlEngine *engine, const SlActor *actor, const SlId *who, GArray *days, const SlId *to,
                     SlRefusal *out_refusal, GError **error)
{
  gboolean decided;

  g_return_val_if_fail (engine != NULL && actor != NULL && who != NULL && days != NULL && to != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);

  if (!begin_move (engine, actor, to, &decided, out_refusal, error))
    return decided;
  if (!check_days (engine, who, days, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "rights move", out_refusal, error);
  for (guint i = 0; i < days->len; i++)
    {
      gboolean again = FALSE;

      for (guint j = 0; j < i; j++)
        again = again || g_array_index (days, gint64, j) == g_array_index (days, gint64, i);
      if (!again && !sl_op_day_move (engine->log, who, g_array_index (days, gint64, i), to, error))
        return sl_command_fail (engine);
    }
  return sl_command_commit (engine, error);
}
