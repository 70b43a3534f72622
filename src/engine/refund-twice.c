/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-engine"

#include "engine/refund.h"

#include "engine/batch.h"
#include "engine/membership.h"

static gboolean
refund_first (SlEngine *engine, const SlActor *actor, const SlId *sale, const char *reason, SlRefundResult *out,
              SlRefusal *refusal, GError **error)
{
  SlRefundParams params = { .payment_id = *sale, .amount_cents = SL_NUMBER_NONE, .reason = reason };
  g_autoptr (GPtrArray) payments = NULL;

  if (!sl_payment_list_of_sale (engine, sale, &payments, error))
    return FALSE;
  for (guint i = payments->len; i-- > 0;)
    if (((const SlPayment *) payments->pdata[i])->status == SL_PAYMENT_PAID)
      params.payment_id = ((const SlPayment *) payments->pdata[i])->id;
  return sl_refund (engine, actor, &params, out, refusal, error);
}

static gboolean
find_membership (SlEngine *engine, const SlId *sale, SlId *out, GError **error)
{
  g_autoptr (SlSaleRecord) record = NULL;

  *out = sl_id_none;
  if (sl_id_is_none (sale))
    return TRUE;
  record = sl_sale_get (engine, sale, error);
  for (guint i = 0; record != NULL && i < record->lines->len; i++)
    if (g_array_index (record->lines, SlSaleLine, i).what == SL_SALE_PLAN)
      *out = g_array_index (record->lines, SlSaleLine, i).thing_id;
  return record != NULL;
}

/* A plan that was sold twice is two memberships: without its money one of them would be asked for it again. One
 * membership that was charged twice stays. */
static gboolean
end_own_membership (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlId *kept, SlRefusal *refusal,
                    GError **error)
{
  SlId ended, stays;

  if (!find_membership (engine, sale, &ended, error) || !find_membership (engine, kept, &stays, error))
    return FALSE;
  return sl_id_is_none (&ended) || sl_id_is_none (&stays) || sl_id_equal (&ended, &stays)
         || sl_membership_cancel (engine, actor, &ended, 0, refusal, error);
}

static gboolean
refund_either (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlId *other, const char *reason,
               SlRefundResult *out, SlRefusal *refusal, GError **error)
{
  if (!refund_first (engine, actor, sale, reason, out, refusal, error))
    return FALSE;
  if (!sl_id_is_none (other)
      && (refusal->code == SL_REFUSAL_NO_RIGHTS || refusal->code == SL_REFUSAL_CREDITS_ELSEWHERE))
    {
      const SlId *refused = sale;

      sl_refusal_clear (refusal);
      sale = other;
      other = refused;
      if (!refund_first (engine, actor, sale, reason, out, refusal, error))
        return FALSE;
    }
  return refusal->code != SL_REFUSAL_NONE || end_own_membership (engine, actor, sale, other, refusal, error);
}

/**
 * sl_refund_one_of:
 * @engine: the engine
 * @actor: who gives it back
 * @sale: what may be given back
 * @other: what was sold, or charged for, a second time; none: there is one
 * @reason: why
 * @out: (out caller-allocates): what was given back
 * @out_refusal: (out caller-allocates): those of sl_refund() and sl_membership_cancel()
 * @error: return location
 *
 * What was sold twice over two desks is given back by either, and each can give back its own. Of a sale that was paid
 * in several ways, the first goes; whatever else there is to give back is still told then. One command: all or nothing.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_refund_one_of (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlId *other, const char *reason,
                  SlRefundResult *out, SlRefusal *out_refusal, GError **error)
{
  gboolean done;

  g_return_val_if_fail (engine != NULL && actor != NULL && sale != NULL && other != NULL && out != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);
  if (!sl_batch_begin (engine, actor, error))
    return FALSE;
  done = refund_either (engine, actor, sale, other, reason, out, out_refusal, error);
  if (done && out_refusal->code == SL_REFUSAL_NONE)
    return sl_batch_commit (engine, error);
  sl_batch_abandon (engine);
  return done;
}
