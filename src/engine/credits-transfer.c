/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-credits-transfer"

#include "engine/credits.h"

#include "core/text.h"
#include "engine/credits-private.h"
#include "engine/member.h"

#define REASON_MAX_BYTES 400

static gboolean
check_amount (gint64 amount_hundredths, GError **error)
{
  if (amount_hundredths > 0 && amount_hundredths <= SL_ADJUST_MAX_HUNDREDTHS)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the amount is 0 or less, or more than a million credits");
  return FALSE;
}

/* Each part keeps its end and what package it is of. */
static gboolean
write_transfer (SlEngine *engine, const SlId *member, const SlId *to, const SlSpend *spends, guint n_spends,
                const char *reason, GError **error)
{
  g_autoptr (GArray) lots = sl_credits_lots (engine, member, error);
  if (lots == NULL)
    return FALSE;
  for (guint i = 0; i < n_spends; i++)
    for (guint j = 0; j < lots->len; j++)
      {
        const SlLot *lot = &g_array_index (lots, SlLot, j);
        SlId given;
        if (!sl_id_equal (&lot->id, &spends[i].lot_id))
          continue;
        SlTransferParams params = { .lot_id = lot->id, .to_member_id = *to, .package_id = lot->package_id,
                                    .amount_hundredths = spends[i].amount_hundredths, .expires_ms = lot->expires_ms,
                                    .reason = reason };
        if (!sl_op_lot_transfer (engine->log, &params, &given, error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
check_people (const SlMember *member, const SlMember *to, GError **error)
{
  if (!sl_id_equal (&member->id, &to->id))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the credits are that member's already");
  return FALSE;
}

/**
 * sl_credits_transfer:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @member: whose credits
 * @to: who gets them; somebody else
 * @amount_hundredths: how much, above 0
 * @reason: (nullable): why, for people; kept sealed with the giver
 * @out_balance_hundredths: (out): the giver's afterwards
 * @out_to_balance_hundredths: (out): the receiver's
 * @out_refusal: (out): not_allowed, reason_required, member_erased, and those of sl_credits_plan_spend()
 * @error: return location
 *
 * Gives of the lots that would be spent first, of what this device holds. What is given ends when it would have ended,
 * and counts where it counted; it is held here.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_credits_transfer (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *to,
                     gint64 amount_hundredths, const char *reason, gint64 *out_balance_hundredths,
                     gint64 *out_to_balance_hundredths, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && member != NULL && to != NULL && out_refusal != NULL, FALSE);
  g_return_val_if_fail (out_balance_hundredths != NULL && out_to_balance_hundredths != NULL, FALSE);

  g_autofree SlSpend *spends = NULL;
  guint n_spends = 0;
  *out_balance_hundredths = *out_to_balance_hundredths = 0;
  g_autofree char *clean = sl_text_clean ("the reason", reason != NULL ? reason : "", REASON_MAX_BYTES, error);
  if (clean == NULL || !check_amount (amount_hundredths, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) from = sl_member_get (engine, member, error);
  g_autoptr (SlMember) receiver = from != NULL ? sl_member_get (engine, to, error) : NULL;
  if (receiver == NULL || !check_people (from, receiver, error))
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER_FINANCE, &engine->location, out_refusal)
      && !sl_member_refuse_erased (from, out_refusal) && !sl_member_refuse_erased (receiver, out_refusal)
      && *clean == '\0')
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  if (out_refusal->code == SL_REFUSAL_NONE
      && !sl_credits_plan_spend (engine, &from->id, amount_hundredths, sl_engine_now_ms (engine), &spends, &n_spends,
                                 out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "credits transfer", out_refusal, error);
  if (!write_transfer (engine, &from->id, &receiver->id, spends, n_spends, clean, error)
      || !sl_credits_balance (engine, &from->id, out_balance_hundredths, error)
      || !sl_credits_balance (engine, &receiver->id, out_to_balance_hundredths, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
