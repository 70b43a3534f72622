/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-pay"

#include "cli/commands-pay.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/credits.h"
#include "engine/payment.h"
#include "engine/renewal.h"
#include "engine/refund.h"
#include "engine/voucher.h"

#include "cli/values.h"

/* Selling, paying, giving back, vouchers. */

static gboolean
wrong_words (const char *message, GError **error)
{
  g_set_error_literal (error, SL_CLI_ERROR, SL_CLI_ERROR_USAGE, message);
  return FALSE;
}

/* --- how it is paid --- */

/* METHOD[:CENTS[:REFERENCE]] */
static gboolean
read_pay (const char *text, SlPay *out, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  *out = (SlPay){ .method = g_intern_string (parts[0] != NULL ? parts[0] : ""), .amount_cents = SL_NUMBER_NONE };
  if (parts[0] == NULL)
    return TRUE; /* an empty word is no way of paying, as any other that is none */
  if (parts[1] != NULL && parts[2] != NULL)
    out->reference = text + strlen (parts[0]) + 1 + strlen (parts[1]) + 1;
  return parts[1] == NULL || *parts[1] == '\0' || sl_cli_read_int ("pay", parts[1], &out->amount_cents, error);
}

/* sl_cli_check_pays: see the header. */
gboolean
sl_cli_check_pays (const SlCliCall *call, GError **error)
{
  GPtrArray *list = sl_cli_list (call, "pay");
  if ((list != NULL) == sl_cli_has (call, "method"))
    return wrong_words ("either --method, or --pay for each way in which it is paid", error);
  return list == NULL || list->len <= SL_SALE_TAKINGS_MAX || wrong_words ("paid in too many ways at once", error);
}

/* sl_cli_read_pays: see the header. */
gboolean
sl_cli_read_pays (const SlCliCall *call, SlSaleParams *params, SlPay pays[SL_SALE_TAKINGS_MAX], GError **error)
{
  GPtrArray *list = sl_cli_list (call, "pay");
  params->method = sl_cli_text (call, "method");
  params->amount_cents = sl_cli_int (call, "amount", SL_NUMBER_NONE);
  params->tendered_cents = sl_cli_int (call, "tendered", 0);
  params->reference = sl_cli_text (call, "reference");
  params->voucher_code = sl_cli_text (call, "voucher");
  params->currency = sl_cli_text (call, "currency");
  params->part = sl_cli_has (call, "part");
  params->anyway = sl_cli_has (call, "anyway");
  if (list == NULL)
    return TRUE;
  for (guint i = 0; i < list->len; i++)
    if (!read_pay (list->pdata[i], &pays[i], error))
      return FALSE;
  params->pays = pays;
  params->n_pays = list->len;
  return TRUE;
}

/* sl_cli_sale_to_json: see the header. */
json_t *
sl_cli_sale_to_json (SlCli *cli, const SlSale *sale)
{
  const SlId *id = sl_id_is_none (&sale->payment_id) ? &sale->sale_id : &sale->payment_id;
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "id",
                    sl_json_id (id),
                    "payment", sl_json_id (&sale->payment_id), "sale", sl_json_id (&sale->sale_id), "lot",
                    sl_json_id (&sale->lot_id), "voucher", sl_json_id (&sale->voucher_id), "membership",
                    sl_json_id (&sale->membership_id), "renewal", sl_json_id (&sale->renewal_id),
                    "receipt", (json_int_t) sale->receipt, "amount",
                    (json_int_t) sale->amount_cents, "vat", (json_int_t) sale->vat_cents, "change",
                    (json_int_t) sale->change_cents, "due", (json_int_t) sale->due_cents, "status",
                    sl_json_text (sale->status), "code", sl_json_text (sale->voucher_code), "expires",
                    sl_json_time (cli, sale->expires_ms, NULL));
}

#define PAY_OPTIONS \
  { "method", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("cash, card, eft, qr, online, voucher or account") }, \
  { "pay", SL_CLI_LIST, FALSE, N_ ("WORD[:CENTS[:REFERENCE]]"), N_ ("one of several ways in which it is paid") }, \
  { "tendered", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("cash as it was handed over (just so much)") }, \
  { "reference", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("the slip's or the bank's number") }, \
  { "voucher", SL_CLI_TEXT, FALSE, N_ ("CODE"), N_ ("the voucher that pays") }, \
  { "currency", SL_CLI_TEXT, FALSE, N_ ("CODE"), N_ ("of the amount: the studio's own") }, \
  { "anyway", SL_CLI_FLAG, FALSE, NULL, N_ ("also where a slip's number was used before") }

/* --- selling --- */

static const SlCliOption sell_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("who buys") },
  { "package", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("a package of credits") },
  { "plan", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("a plan: its first period, and what joining costs") },
  { "from", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("when the plan begins (now)") },
  { "collect", SL_CLI_TEXT, FALSE, N_ ("WORD"),
    N_ ("how what comes next is paid: account, eft, card or online (a plan: at the desk; a package: not renewed)") },
  { "voucher-value", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("a voucher of so much") },
  { "item", SL_CLI_TEXT, FALSE, N_ ("NAME"), N_ ("anything else") },
  { "price", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("of one of it, with VAT; of a plan: as it was agreed") },
  { "quantity", SL_CLI_INT, FALSE, N_ ("N"), N_ ("how many (1)") },
  { "amount", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what was taken (the price)") },
  PAY_OPTIONS,
  { "part", SL_CLI_FLAG, FALSE, NULL, N_ ("the rest is paid later") },
  SL_CLI_OPTIONS_END
};

static const SlColumn sell_columns[] = {
  { "receipt", N_ ("Receipt"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  { "vat", N_ ("VAT in it"), SL_SHOW_MONEY, NULL },
  { "change", N_ ("Change"), SL_SHOW_MONEY, NULL },
  { "due", N_ ("Still to pay"), SL_SHOW_MONEY, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "payment", N_ ("Payment"), SL_SHOW_TEXT, NULL },
  { "sale", N_ ("Sale"), SL_SHOW_TEXT, NULL },
  { "lot", N_ ("Credits' lot"), SL_SHOW_TEXT, NULL },
  { "membership", N_ ("Membership"), SL_SHOW_TEXT, NULL },
  { "renewal", N_ ("Renewal"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Voucher's code"), SL_SHOW_TEXT, NULL },
  { "expires", N_ ("Expires"), SL_SHOW_TIME, NULL },
  { "balance", N_ ("Credits"), SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static gboolean
sell_plan (SlCli *cli, const SlCliCall *call, const SlSaleParams *pay, SlSale *out, GError **error)
{
  SlPlanSaleParams params = { .pay = *pay,
                              .price_cents = sl_cli_int (call, "price", SL_NUMBER_NONE),
                              .collect = sl_cli_text (call, "collect") };
  return sl_cli_option_id (cli, "plan", SL_THING_PLAN, &params.plan_id, error)
         && sl_cli_option_time (cli, "from", 0, &params.from_ms, error)
         && sl_sale_plan (cli->engine, &cli->actor, &params, out, &cli->refusal, error);
}

static gboolean
sell (SlCli *cli, const SlCliCall *call, SlSaleParams *params, SlSale *out, GError **error)
{
  params->collect = sl_cli_text (call, "collect");
  if (sl_cli_has (call, "package"))
    return sl_cli_option_id (cli, "package", SL_THING_PACKAGE, &params->package_id, error)
           && sl_sale_package (cli->engine, &cli->actor, params, out, &cli->refusal, error);
  if (sl_cli_has (call, "plan"))
    return sell_plan (cli, call, params, out, error);
  if (sl_cli_has (call, "voucher-value"))
    return sl_sale_voucher (cli->engine, &cli->actor, params, sl_cli_int (call, "voucher-value", 0), out,
                            &cli->refusal, error);
  return sl_sale_other (cli->engine, &cli->actor, params, sl_cli_text (call, "item"), sl_cli_int (call, "price", -1),
                        sl_cli_int (call, "quantity", 1), out, &cli->refusal, error);
}

static gboolean
check_sell_words (const SlCliCall *call, GError **error)
{
  gboolean plan = sl_cli_has (call, "plan"), package = sl_cli_has (call, "package"), item = sl_cli_has (call, "item");
  if (plan + package + item + sl_cli_has (call, "voucher-value") != 1)
    return wrong_words ("one of --package, --plan, --voucher-value and --item", error);
  if ((package || plan) && !sl_cli_has (call, "member"))
    return wrong_words ("--member says who has it then", error);
  if (!plan && item != sl_cli_has (call, "price"))
    return wrong_words ("--item goes with --price", error);
  if (!plan && sl_cli_has (call, "from"))
    return wrong_words ("--from goes with --plan", error);
  if (!plan && !package && sl_cli_has (call, "collect"))
    return wrong_words ("--collect goes with --plan or --package", error);
  return sl_cli_check_pays (call, error);
}

static gboolean
run_sell (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_auto (SlSale) sale = { 0 };
  SlSaleParams params = { 0 };
  SlPay pays[SL_SALE_TAKINGS_MAX];
  gint64 balance;
  if (!sl_cli_read_pays (call, &params, pays, error)
      || !sl_cli_option_id (cli, "member", SL_THING_MEMBER, &params.member_id, error)
      || !sell (cli, call, &params, &sale, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  cli->answer = sl_cli_sale_to_json (cli, &sale);
  if (sl_id_is_none (&params.member_id))
    return TRUE;
  if (!sl_credits_balance (cli->engine, &params.member_id, &balance, error))
    return FALSE;
  json_object_set_new (cli->answer, "balance", json_integer (balance));
  return TRUE;
}

static const SlCliOption pay_options[] = {
  { "amount", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("how much (all that is due)") },
  PAY_OPTIONS,
  SL_CLI_OPTIONS_END
};

static gboolean
run_pay (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_auto (SlSale) sale = { 0 };
  SlSaleParams params = { 0 };
  SlPay pays[SL_SALE_TAKINGS_MAX];
  SlId id;
  if (!sl_cli_read_pays (call, &params, pays, error) || !sl_cli_argument_id (cli, 0, SL_THING_SALE, &id, error)
      || !sl_payment_take (cli->engine, &cli->actor, &id, &params, &sale, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = sl_cli_sale_to_json (cli, &sale);
  return TRUE;
}

static const SlCliOption membership_pay_options[] = {
  { "amount", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("what was taken (all that is due)") },
  PAY_OPTIONS,
  { "part", SL_CLI_FLAG, FALSE, NULL, N_ ("the rest is paid later") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_membership_pay (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_auto (SlSale) sale = { 0 };
  SlSaleParams params = { 0 };
  SlPay pays[SL_SALE_TAKINGS_MAX];
  SlId id;
  if (!sl_cli_read_pays (call, &params, pays, error) || !sl_cli_argument_id (cli, 0, SL_THING_MEMBERSHIP, &id, error)
      || !sl_membership_pay (cli->engine, &cli->actor, &id, &params, &sale, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = sl_cli_sale_to_json (cli, &sale);
  return TRUE;
}

/* --- payments and sales --- */

static json_t *
payment_to_json (SlCli *cli, const SlPayment *payment)
{
  return json_pack ("{s:o, s:o, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:s, s:I, s:o, s:o}", "id",
                    sl_json_id (&payment->id), "sale", sl_json_id (&payment->sale_id), "member",
                    sl_json_id (&payment->member_id), "method", payment->method, "status",
                    sl_payment_status_name (payment->status), "amount", (json_int_t) payment->amount_cents,
                    "refunded", (json_int_t) payment->refunded_cents, "refundable",
                    (json_int_t) payment->refundable_cents, "held", (json_int_t) payment->held_cents, "reference",
                    sl_json_text (payment->reference), "currency", payment->currency, "receipt",
                    (json_int_t) payment->receipt, "at", sl_json_time (cli, payment->at_ms, NULL), "device",
                    sl_json_id (&payment->replica));
}

static json_t *
payments_to_json (SlCli *cli, const GPtrArray *payments)
{
  json_t *items = json_array ();
  for (guint i = 0; i < payments->len; i++)
    json_array_append_new (items, payment_to_json (cli, payments->pdata[i]));
  return items;
}

static const SlColumn payment_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "method", N_ ("How"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  { "status", N_ ("Status"), SL_SHOW_TEXT, NULL },
  { "refundable", N_ ("Can be given back"), SL_SHOW_MONEY, NULL },
  { "reference", N_ ("Reference"), SL_SHOW_TEXT, NULL },
  { "receipt", N_ ("Receipt"), SL_SHOW_TEXT, NULL },
  { "id", N_ ("Payment"), SL_SHOW_TEXT, NULL },
  { "sale", N_ ("Sale"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlCliOption list_options[] = {
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("whose (all that are pending)") },
  SL_CLI_OPTIONS_END
};

static gboolean
run_payment_list (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) payments = NULL;
  SlId member;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &member, error)
      || !sl_payment_list (cli->engine, &cli->actor, sl_id_is_none (&member) ? NULL : &member, &payments,
                           &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o}", "items", payments_to_json (cli, payments));
  return TRUE;
}

static const SlCliOption settle_options[] = {
  { "outcome", SL_CLI_TEXT, TRUE, N_ ("WORD"), N_ ("paid, failed, disputed or dispute_over") },
  { "reference", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("the bank's or the provider's number") },
  SL_CLI_OPTIONS_END
};

static gboolean
read_outcome (const char *word, SlOutcome *out, GError **error)
{
  static const char *const words[] = { [SL_OUTCOME_FAILED] = "failed",
                                       [SL_OUTCOME_PAID] = "paid",
                                       [SL_OUTCOME_DISPUTED] = "disputed",
                                       [SL_OUTCOME_DISPUTE_OVER] = "dispute_over" };
  for (guint i = SL_OUTCOME_FAILED; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i], word) == 0)
      {
        *out = (SlOutcome) i;
        return TRUE;
      }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an outcome is paid, failed, disputed or dispute_over");
  return FALSE;
}

static gboolean
run_payment_settle (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  SlOutcome outcome;
  if (!read_outcome (sl_cli_text (call, "outcome"), &outcome, error)
      || !sl_cli_argument_id (cli, 0, SL_THING_PAYMENT, &id, error)
      || !sl_payment_settle (cli->engine, &cli->actor, &id, outcome, sl_cli_text (call, "reference"), &cli->refusal,
                             error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  g_autoptr (SlPayment) payment = sl_payment_get (cli->engine, &id, error);
  if (payment == NULL)
    return FALSE;
  cli->answer = payment_to_json (cli, payment);
  return TRUE;
}

/* --- refunds --- */

static const SlCliOption refund_options[] = {
  { "amount", SL_CLI_INT, FALSE, N_ ("CENTS"), N_ ("how much (all that is left of it)") },
  { "method", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("how (as it was paid)") },
  { "reason", SL_CLI_TEXT, FALSE, N_ ("TEXT"), N_ ("why") },
  { "keep-credits", SL_CLI_FLAG, FALSE, NULL, N_ ("leave the member what it had bought") },
  SL_CLI_OPTIONS_END
};

static const SlColumn refund_columns[] = {
  { "receipt", N_ ("Credit note"), SL_SHOW_TEXT, NULL },
  { "amount", N_ ("Amount"), SL_SHOW_MONEY, NULL },
  { "vat", N_ ("VAT in it"), SL_SHOW_MONEY, NULL },
  { "credits", N_ ("Credits taken back"), SL_SHOW_CREDITS, NULL },
  { "id", N_ ("Refund"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_refund (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlRefundParams params = { .amount_cents = sl_cli_int (call, "amount", SL_NUMBER_NONE),
                            .method = sl_cli_text (call, "method"),
                            .reason = sl_cli_text (call, "reason"),
                            .keep_credits = sl_cli_has (call, "keep-credits") };
  SlRefundResult result;
  if (!sl_cli_argument_id (cli, 0, SL_THING_PAYMENT, &params.payment_id, error)
      || !sl_refund (cli->engine, &cli->actor, &params, &result, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:o, s:I, s:I, s:I, s:I}", "id", sl_json_id (&result.refund_id), "payment",
                             sl_json_id (&params.payment_id), "receipt", (json_int_t) result.receipt, "amount",
                             (json_int_t) result.amount_cents, "vat", (json_int_t) result.vat_cents, "credits",
                             (json_int_t) result.credits_hundredths);
  return TRUE;
}

/* --- vouchers --- */

static const SlColumn voucher_columns[] = {
  { "left", N_ ("Left"), SL_SHOW_MONEY, NULL },
  { "held", N_ ("Of it here"), SL_SHOW_MONEY, NULL },
  { "amount", N_ ("Sold for"), SL_SHOW_MONEY, NULL },
  { "expires", N_ ("Expires"), SL_SHOW_TIME, NULL },
  { "id", N_ ("Voucher"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_voucher_show (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlVoucher voucher;
  if (!sl_voucher_show (cli->engine, &cli->actor, sl_cli_argument (call, 0), &voucher, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "id", sl_json_id (&voucher.id), "amount",
                             (json_int_t) voucher.amount_cents, "left", (json_int_t) voucher.left_cents, "held",
                             (json_int_t) voucher.held_cents, "member", sl_json_id (&voucher.member_id), "issued",
                             sl_json_time (cli, voucher.issued_ms, NULL), "expires",
                             sl_json_time (cli, voucher.expires_ms, NULL), "expired",
                             sl_json_bool (voucher.expired));
  return TRUE;
}

const SlCliCommand sl_cli_pay_commands[] = {
  { "sell", N_ ("sell a package, a plan, a voucher or anything else"),
    N_ ("Takes what is paid at once and gives a number of this device's receipts. With --part the rest is due, and "
        "paid with `pay`."),
    NULL, SL_CLI_IN_STUDIO, run_sell, sell_options, sell_columns, NULL, check_sell_words },
  { "pay", N_ ("take money for a sale that is not paid yet"), NULL, "SALE", SL_CLI_IN_STUDIO, run_pay, pay_options,
    sell_columns, NULL, sl_cli_check_pays },
  { "membership pay", N_ ("take what is due of a membership, or sell its next period"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_membership_pay, membership_pay_options, sell_columns, NULL, sl_cli_check_pays },
  { "payment list", N_ ("list a member's payments, or all that are pending"), NULL, NULL, SL_CLI_IN_STUDIO,
    run_payment_list, list_options, payment_columns },
  { "payment settle", N_ ("say what has become of a payment"), NULL, "PAYMENT", SL_CLI_IN_STUDIO, run_payment_settle,
    settle_options, payment_columns },
  { "refund", N_ ("give money back"),
    N_ ("As much of the credits that it had bought goes too, as far as they are left. Above the policy "
        "refund_limit_cents a receptionist needs a manager's PIN (--approver)."),
    "PAYMENT", SL_CLI_IN_STUDIO, run_refund, refund_options, refund_columns },
  { "voucher show", N_ ("show what is left on a voucher"), NULL, "CODE", SL_CLI_IN_STUDIO, run_voucher_show, NULL,
    voucher_columns },
  { NULL }
};
