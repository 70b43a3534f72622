/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/payment.h"

/* Money given back: src/engine/README.md "Money". */
typedef struct {
  SlId payment_id;
  gint64 amount_cents; /* SL_NUMBER_NONE: all that is left of it */
  const char *method;  /* (nullable): as it was paid */
  const char *reason;
  gboolean keep_credits; /* what it had bought stays with the member */
} SlRefundParams;
typedef struct {
  SlId refund_id;
  gint64 receipt /* its credit note's number */, amount_cents, vat_cents;
  gint64 credits_hundredths; /* taken back */
} SlRefundResult;

/* Refusals: not_allowed, reason_required, wrong_state (status: not paid), refund_over_payment (left_cents),
 * refund_over_limit (limit_cents; a manager's PIN), no_rights (payment, device, missing_cents), till_closed,
 * credits_elsewhere, voucher_invalid (a voucher that it bought is used). */
gboolean sl_refund (SlEngine *engine, const SlActor *actor, const SlRefundParams *params, SlRefundResult *out,
                    SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of two that one thing was sold or charged by; other: none, there is one. A membership that goes with it ends. */
gboolean sl_refund_one_of (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlId *other,
                           const char *reason, SlRefundResult *out, SlRefusal *out_refusal,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
