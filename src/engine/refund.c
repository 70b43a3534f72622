/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-refund"

#include "engine/refund.h"

#include "core/text.h"
#include "engine/credits.h"
#include "engine/engine-private.h"
#include "engine/policy.h"
#include "engine/till.h"
#include "engine/voucher.h"
#include "oplog/money.h"

#define REASON_MAX_BYTES 500

/* What goes with the money: credits and vouchers that it had bought. */
typedef struct {
  SlId lot_id, voucher_id;
  gint64 credits_hundredths, voucher_cents;
} TakenBack;

typedef struct {
  SlPayment *payment;
  SlSaleRecord *sale; /* (nullable): money paid into an account */
  gint64 amount, vat;
  const char *method;
  SlId till;
  GArray *taken; /* of TakenBack */
} Work;

static void
work_clear (Work *work)
{
  g_clear_pointer (&work->payment, sl_payment_free);
  g_clear_pointer (&work->sale, sl_sale_record_free);
  g_clear_pointer (&work->taken, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/* --- the rules, in their order; each FALSE: refused, or failed where nothing is --- */

static gboolean
check_state (const Work *work, SlRefusal *refusal)
{
  gboolean account = g_strcmp0 (work->payment->method, "account") == 0;
  gboolean settled = account && work->sale != NULL && work->sale->due_cents <= 0;
  gboolean unpaid = work->payment->status == SL_PAYMENT_PENDING || work->payment->status == SL_PAYMENT_FAILED;
  if (settled || (!account && unpaid))
    {
      sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
      sl_refusal_set_text (refusal, "status", settled ? "paid" : sl_payment_status_name (work->payment->status));
    }
  return refusal->code == SL_REFUSAL_NONE;
}

static gboolean
check_amount (Work *work, SlRefusal *refusal)
{
  gint64 left = work->payment->refundable_cents; /* of a debt: as far as it is still owed */
  if (work->amount == SL_NUMBER_NONE)
    work->amount = left;
  if (work->amount <= 0 || work->amount > left)
    {
      sl_refuse (refusal, SL_REFUSAL_REFUND_OVER_PAYMENT);
      sl_refusal_set_int (refusal, "left_cents", left);
    }
  return refusal->code == SL_REFUSAL_NONE;
}

/* What was given back of the payment before counts too: a limit is not passed in small steps. */
static gboolean
check_limit (SlEngine *engine, const SlActor *actor, const Work *work, SlRefusal *refusal, GError **error)
{
  gint64 limit;
  SlRefusal no = { 0 };
  if (!sl_policy_int (engine, &engine->location, NULL, SL_POLICY_REFUND_LIMIT_CENTS, &limit, error))
    return FALSE;
  if (work->payment->refunded_cents + work->amount <= limit
      || sl_command_may (engine, actor, SL_ACTION_REFUND_OVER_LIMIT, &engine->location, &no))
    return TRUE;
  if (no.code == SL_REFUSAL_APPROVAL_REQUIRED)
    {
      sl_refuse (refusal, SL_REFUSAL_REFUND_OVER_LIMIT);
      sl_refusal_set_int (refusal, "limit_cents", limit);
    }
  else
    *refusal = no;
  return FALSE;
}

static gboolean
check_held (SlEngine *engine, const Work *work, SlRefusal *refusal, GError **error)
{
  g_autoptr (GArray) holders = NULL;
  char text[SL_ID_TEXT_BYTES];
  if (work->payment->held_cents >= work->amount)
    return TRUE;
  if (!sl_money_list_holders (engine->log, &work->payment->id, &holders, error))
    return FALSE;
  sl_refuse (refusal, SL_REFUSAL_NO_RIGHTS);
  sl_refusal_set_text (refusal, "payment", sl_id_format (&work->payment->id, text));
  sl_refusal_set_int (refusal, "missing_cents", work->amount - work->payment->held_cents);
  for (guint i = 0; i < holders->len; i++)
    {
      const SlMoneyHolder *one = &g_array_index (holders, SlMoneyHolder, i);
      if (sl_id_equal (&one->replica, sl_oplog_get_replica (engine->log)))
        continue;
      sl_refusal_set_text (refusal, "device", sl_id_format (&one->replica, text));
      break;
    }
  return FALSE;
}

/* What is given back of the price: what was paid twice goes first, and takes nothing with it. */
static gint64
of_price (const Work *work, gint64 refunded_cents)
{
  gint64 twice = MAX (0, -work->sale->due_cents);
  return CLAMP (refunded_cents - twice, 0, work->sale->total_cents);
}

/* Rounded once over all refunds of a sale, so that together they give back just the whole. */
static gint64
share_of (const Work *work, gint64 whole)
{
  const SlSaleRecord *sale = work->sale;
  return sl_money_part (whole, of_price (work, sale->refunded_cents + work->amount), sale->total_cents)
         - sl_money_part (whole, of_price (work, sale->refunded_cents), sale->total_cents);
}

/* As many of the credits as of the money, as far as they are left. */
static gboolean
take_lot (SlEngine *engine, const Work *work, const SlId *lot, gint64 credits, SlRefusal *refusal, GError **error)
{
  gint64 left, here, part = share_of (work, credits);
  char text[SL_ID_TEXT_BYTES];
  if (!sl_lot_left (engine->log, lot, &left, error)
      || !sl_lot_free (engine->log, lot, sl_oplog_get_replica (engine->log), &here, error))
    return FALSE;
  TakenBack one = { .lot_id = *lot, .credits_hundredths = CLAMP (left, 0, part) };
  if (one.credits_hundredths > here)
    {
      sl_refuse (refusal, SL_REFUSAL_CREDITS_ELSEWHERE);
      sl_refusal_set_text (refusal, "member", sl_id_format (&work->sale->member_id, text));
      sl_refusal_set_int (refusal, "needed_hundredths", one.credits_hundredths);
      sl_refusal_set_int (refusal, "held_hundredths", here);
      return FALSE;
    }
  if (one.credits_hundredths > 0)
    g_array_append_val (work->taken, one);
  return TRUE;
}

static gboolean
check_lots (SlEngine *engine, const Work *work, SlRefusal *refusal, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT id, credits_hundredths FROM lot WHERE sale_id = ? AND from_lot_id IS NULL", "d",
    &work->sale->id);
  while (sl_rows_next (rows))
    {
      SlId lot;
      sl_rows_id (rows, 0, &lot);
      if (!take_lot (engine, work, &lot, sl_rows_int (rows, 1), refusal, error))
        return FALSE;
    }
  return sl_rows_finish (rows, error);
}

/* A voucher that has been used is not given back, nor in part what was used of it. */
static gboolean
check_vouchers (SlEngine *engine, const Work *work, SlRefusal *refusal, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT id, amount_cents FROM voucher WHERE sale_id = ?",
                                            "d", &work->sale->id);
  while (sl_rows_next (rows))
    {
      TakenBack one = { .lot_id = sl_id_none };
      sl_rows_id (rows, 0, &one.voucher_id);
      one.voucher_cents = share_of (work, sl_rows_int (rows, 1));
      if (one.voucher_cents == 0)
        continue;
      if (!sl_voucher_check_left (engine, &one.voucher_id, one.voucher_cents, refusal, error))
        return FALSE;
      g_array_append_val (work->taken, one);
    }
  return sl_rows_finish (rows, error);
}

/* A discount makes a line's VAT fall below zero, never a sale's. */
static void
reckon_vat (Work *work)
{
  if (work->sale != NULL && work->sale->total_cents > 0 && work->sale->vat_cents > 0)
    work->vat = share_of (work, work->sale->vat_cents);
}

static gboolean
check_all (SlEngine *engine, const SlActor *actor, const SlRefundParams *params, const char *reason, Work *work,
           SlRefusal *refusal, GError **error)
{
  if (!sl_command_may (engine, actor, SL_ACTION_REFUND_MONEY, &engine->location, refusal))
    return FALSE;
  if (reason == NULL)
    {
      sl_refuse (refusal, SL_REFUSAL_REASON_REQUIRED);
      return FALSE;
    }
  if (!check_state (work, refusal) || !check_amount (work, refusal)
      || !check_limit (engine, actor, work, refusal, error) || !check_held (engine, work, refusal, error))
    return FALSE;
  gboolean cash = g_strcmp0 (work->method, "cash") == 0;
  if (cash ? !sl_till_for_cash (engine, &work->till, refusal, error) : !sl_till_current (engine, &work->till, error))
    return FALSE;
  reckon_vat (work);
  return work->sale == NULL || work->sale->total_cents == 0
         || (check_vouchers (engine, work, refusal, error)
             && (params->keep_credits || check_lots (engine, work, refusal, error)));
}

static gboolean
write_all (SlEngine *engine, const SlRefundParams *params, const char *reason, const Work *work, SlRefundResult *out,
           GError **error)
{
  SlRefundParts parts = { .payment_id = work->payment->id, .location_id = engine->location, .till_id = work->till,
                          .amount_cents = work->amount, .vat_cents = work->vat, .method = params->method,
                          .reason = reason };
  if (!sl_oplog_next_receipt (engine->log, &parts.receipt, error)
      || !sl_op_payment_refund (engine->log, &parts, &out->refund_id, error))
    return FALSE;
  out->receipt = parts.receipt;
  out->amount_cents = work->amount;
  out->vat_cents = work->vat;
  for (guint i = 0; i < work->taken->len; i++)
    {
      const TakenBack *one = &g_array_index (work->taken, TakenBack, i);
      out->credits_hundredths += one->credits_hundredths;
      if (sl_id_is_none (&one->voucher_id)
            ? !sl_op_lot_burn (engine->log, &one->lot_id, SL_BURN_ADJUST, one->credits_hundredths, reason, error)
            : !sl_op_voucher_void (engine->log, &one->voucher_id, one->voucher_cents, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* (nullable): the ways in which money goes back. A debt is no money that could. */
static gboolean
check_method (const char *method, const SlPayment *payment, GError **error)
{
  if (method == NULL || g_strcmp0 (method, payment->method) == 0)
    return TRUE;
  if (!g_str_equal (method, "voucher") && !g_str_equal (method, "account") && !g_str_equal (payment->method, "account"))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "onto a voucher or an account goes back what was paid from it");
  return FALSE;
}

/**
 * sl_refund:
 * @engine: the engine
 * @actor: who gives it back; with an approver above the limit
 * @params: how much of which payment, and why
 * @out: (out caller-allocates): the credit note's number
 * @out_refusal: (out): not_allowed, reason_required, wrong_state, refund_over_payment, refund_over_limit, no_rights,
 * till_closed, voucher_invalid, credits_elsewhere
 * @error: return location
 *
 * As much of the credits that it had bought goes too as of the money, as far as they are left, unless they are to stay.
 * What was owed on account is let go. A voucher that was paid with gets it back.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_refund (SlEngine *engine, const SlActor *actor, const SlRefundParams *params, SlRefundResult *out,
           SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out != NULL && out_refusal != NULL, FALSE);

  g_autofree char *reason = NULL;
  g_auto (Work) work = { .amount = params->amount_cents, .taken = g_array_new (FALSE, FALSE, sizeof (TakenBack)) };
  *out = (SlRefundResult){ 0 };
  if ((params->method != NULL && !sl_taking_is_method (params->method, error))
      || (params->reason != NULL && *params->reason != '\0'
          && (reason = sl_text_clean ("the reason", params->reason, REASON_MAX_BYTES, error)) == NULL)
      || !sl_command_begin (engine, actor, error))
    return FALSE;
  work.payment = sl_payment_get (engine, &params->payment_id, error);
  if (work.payment == NULL
      || (!sl_id_is_none (&work.payment->sale_id)
          && (work.sale = sl_sale_get (engine, &work.payment->sale_id, error)) == NULL)
      || !check_method (params->method, work.payment, error))
    return sl_command_fail (engine);
  work.method = params->method != NULL ? params->method : work.payment->method;
  if (!check_all (engine, actor, params, reason, &work, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE ? sl_command_refuse (engine, actor, "refund", out_refusal, error)
                                                : sl_command_fail (engine);
  if (!write_all (engine, params, reason, &work, out, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
