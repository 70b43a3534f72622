/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-dunning"

#include "engine/dunning.h"

#include "engine/membership-private.h"
#include "engine/payment.h"
#include "oplog/money.h"

/* sl_dunning_ask: see the header. The number is one of this device's own series. */
gboolean
sl_dunning_ask (SlEngine *engine, const SlId *sale, const SlId *member, const char *collect, gint64 amount_cents,
                GError **error)
{
  SlId id;
  SlPaymentParts parts = { .sale_id = *sale, .member_id = *member, .location_id = engine->location,
                           .currency = sl_engine_currency (engine),
                           .taking = { .method = collect, .status = "pending", .amount_cents = amount_cents } };
  return sl_oplog_next_receipt (engine->log, &parts.receipt, error)
         && sl_op_payment_take (engine->log, &parts, &id, error);
}

/* sl_dunning_write_off: see the header. A debt on account is no try. */
gboolean
sl_dunning_write_off (SlEngine *engine, const SlId *sale, gboolean write, gint64 *inout_count, GError **error)
{
  g_autoptr (GPtrArray) payments = NULL;
  if (!sl_payment_list_of_sale (engine, sale, &payments, error))
    return FALSE;
  for (guint i = 0; i < payments->len; i++)
    {
      const SlPayment *payment = payments->pdata[i];
      if (payment->status != SL_PAYMENT_PENDING || g_strcmp0 (payment->method, SL_COLLECT_ACCOUNT) == 0)
        continue;
      ++*inout_count;
      if (write && !sl_op_payment_outcome (engine->log, &payment->id, SL_OUTCOME_FAILED, NULL, error))
        return FALSE;
    }
  return TRUE;
}
