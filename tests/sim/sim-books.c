/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-books"

#include <string.h>

#include "core/cbor.h"
#include "engine/ledger.h"
#include "engine/membership.h"
#include "oplog/money.h"
#include "sim-oracle.h"

/* The oracle's part that is about money: payments, what was given back, vouchers, receipts, and what all of that comes
 * to by each way of paying. */

#define WORD_MAX 32
#define TEXT_MAX 512
#define LEDGER_END (G_MAXINT64 / 4) /* of all time, wrong clocks' too */

static OracleMoney *
money_at (SimOracle *oracle, guint index)
{
  return &g_array_index (oracle->money, OracleMoney, index);
}

static const OracleChain *
chain_at (SimOracle *oracle, guint index)
{
  return oracle->chains->pdata[index];
}

static const char *
name_of (SimOracle *oracle, guint index)
{
  return sim_name (sim_oracle_id (oracle, ORACLE_MONEY, index));
}

/* sim_oracle_money: see the header. */
const GArray *
sim_oracle_money (SimOracle *oracle)
{
  return oracle->ids[ORACLE_MONEY];
}

/* --- reading bodies --- */

static gboolean
skip_items (SlCborReader *body, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!sl_cbor_skip (body, NULL, NULL))
      return FALSE;
  return TRUE;
}

static OracleWay
way_of (const char *method)
{
  static const char *const ways[ORACLE_WAYS] = { "cash", "card", "eft", "qr", "online" };
  for (guint i = 0; i < ORACLE_WAYS; i++)
    if (g_strcmp0 (method, ways[i]) == 0)
      return (OracleWay) i;
  return ORACLE_NO_WAY;
}

/* [method, amount, status, reference, cash handed over, voucher] */
static gboolean
get_taking (SimOracle *oracle, SlCborReader *body, const SlId *payment, OracleOp *op)
{
  gsize length;
  OraclePaid taking = { .payment = sim_oracle_index (oracle, ORACLE_MONEY, payment) };
  g_autofree char *method = NULL, *status = NULL, *reference = NULL;
  gint64 tendered;
  SlId voucher;
  if (!sl_cbor_get_array (body, 3, 6, &length) || !sl_cbor_get_text (body, WORD_MAX, &method)
      || !sl_cbor_get_int (body, 1, G_MAXINT64, &taking.amount) || !sl_cbor_get_text (body, WORD_MAX, &status)
      || (length > 3 && !sl_cbor_get_text (body, TEXT_MAX, &reference))
      || (length > 4 && !sl_cbor_get_int (body, 0, G_MAXINT64, &tendered))
      || (length > 5 && !sl_cbor_get_id (body, &voucher)))
    return FALSE;
  taking.voucher = length > 5 ? sim_oracle_index (oracle, ORACLE_MONEY, &voucher) + 1 : 0;
  taking.way = way_of (method);
  taking.on_account = g_strcmp0 (method, "account") == 0;
  taking.at_once = g_strcmp0 (status, "paid") == 0;
  g_array_append_val (op->takings, taking);
  return TRUE;
}

/* [currency, receipt, clock behind, location, member, till, lines, takings] */
static gboolean
get_sale (SimOracle *oracle, const SlOperation *operation, OracleOp *op, SlCborReader *body)
{
  gsize length, takings;
  if (!sl_cbor_get_array (body, 8, 8, &length) || !skip_items (body, 1)
      || !sl_cbor_get_int (body, 1, G_MAXINT64, &op->receipt) || !skip_items (body, 5)
      || !sl_cbor_get_array (body, 0, SL_SALE_TAKINGS_MAX, &takings))
    return FALSE;
  for (guint i = 0; i < takings; i++)
    {
      SlId payment;
      sl_id_derive (&operation->replica, operation->seq, 1 + i, &payment);
      if (!get_taking (oracle, body, &payment, op))
        return FALSE;
    }
  return TRUE;
}

/* [amount, VAT in it, receipt, clock behind, location, till, method, reason] */
static gboolean
get_refund (SlCborReader *body, OracleOp *op)
{
  gsize length;
  g_autofree char *method = NULL;
  if (!sl_cbor_get_array (body, 7, 8, &length) || !sl_cbor_get_int (body, 1, G_MAXINT64, &op->a)
      || !skip_items (body, 1) || !sl_cbor_get_int (body, 1, G_MAXINT64, &op->receipt) || !skip_items (body, 3)
      || !sl_cbor_get_text (body, WORD_MAX, &method))
    return FALSE;
  op->way = way_of (method);
  op->as_paid = method == NULL;
  op->b = g_strcmp0 (method, "voucher") == 0;
  return TRUE;
}

/* [to, cents] */
static gboolean
get_move (SimOracle *oracle, SlCborReader *body, OracleOp *op)
{
  gsize length;
  SlId to;
  if (!sl_cbor_get_array (body, 2, 2, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, G_MAXINT64, &op->a))
    return FALSE;
  op->to = sim_oracle_index (oracle, ORACLE_CHAIN, &to);
  return TRUE;
}

/* sim_books_read: what an operation says of money; TRUE where it says nothing. */
gboolean
sim_books_read (SimOracle *oracle, const SlOperation *operation, const SlId *made, OracleOp *op, SlCborReader *body)
{
  gsize length;
  switch (op->kind)
    {
    case SL_KIND_SALE:
      op->takings = g_array_new (FALSE, FALSE, sizeof (OraclePaid));
      return get_sale (oracle, operation, op, body);
    case SL_KIND_PAYMENT_TAKE:
      op->takings = g_array_new (FALSE, FALSE, sizeof (OraclePaid));
      return sl_cbor_get_array (body, 7, 7, &length) && skip_items (body, 1)
             && sl_cbor_get_int (body, 1, G_MAXINT64, &op->receipt) && skip_items (body, 4)
             && get_taking (oracle, body, made, op);
    case SL_KIND_REFUND:
      op->entity = sim_oracle_index (oracle, ORACLE_MONEY, &operation->entity);
      return get_refund (body, op);
    case SL_KIND_PAYMENT_OUTCOME:
      op->entity = sim_oracle_index (oracle, ORACLE_MONEY, &operation->entity);
      return sl_cbor_get_array (body, 2, 3, &length) && sl_cbor_get_int (body, 1, G_MAXUINT8, &op->a);
    case SL_KIND_MONEY_MOVE:
      op->entity = sim_oracle_index (oracle, ORACLE_MONEY, &operation->entity);
      return get_move (oracle, body, op);
    case SL_KIND_VOUCHER_ISSUE:
      op->entity = sim_oracle_index (oracle, ORACLE_MONEY, made);
      return sl_cbor_get_array (body, 6, 6, &length) && sl_cbor_get_int (body, 1, G_MAXINT64, &op->a);
    case SL_KIND_VOUCHER_VOID:
      op->entity = sim_oracle_index (oracle, ORACLE_MONEY, &operation->entity);
      return sl_cbor_get_array (body, 2, 3, &length) && sl_cbor_get_int (body, 1, G_MAXINT64, &op->a);
    default:
      return TRUE;
    }
}

/* sim_books_trace: what it says of money, for people. */
void
sim_books_trace (SimOracle *oracle, const OracleOp *op, GString *out)
{
  for (guint i = 0; op->takings != NULL && i < op->takings->len; i++)
    {
      const OraclePaid *one = &g_array_index (op->takings, OraclePaid, i);
      g_string_append_printf (out, " [payment %s %d%s]", name_of (oracle, one->payment), (int) one->amount,
                              one->at_once ? "" : one->on_account ? " on account" : " pending");
    }
  if (op->kind == SL_KIND_REFUND || op->kind == SL_KIND_PAYMENT_OUTCOME || op->kind == SL_KIND_MONEY_MOVE
      || op->kind == SL_KIND_VOUCHER_ISSUE || op->kind == SL_KIND_VOUCHER_VOID)
    g_string_append_printf (out, " %s %d", name_of (oracle, op->entity), (int) op->a);
}

/* --- what it makes --- */

static void
fold_takings (SimOracle *oracle, guint author, const OracleOp *op)
{
  for (guint i = 0; i < op->takings->len; i++)
    {
      const OraclePaid *taking = &g_array_index (op->takings, OraclePaid, i);
      OracleMoney *payment = money_at (oracle, taking->payment);
      payment->taken = TRUE;
      payment->taker = author;
      payment->amount = taking->amount;
      payment->hlc = op->read_hlc;
      payment->voucher = taking->voucher;
      payment->way = taking->way;
      payment->on_account = taking->on_account;
      payment->at_once = taking->at_once;
      if (taking->voucher == 0)
        continue;
      money_at (oracle, taking->voucher - 1)->held[author] -= taking->amount;
      money_at (oracle, taking->voucher - 1)->spent += taking->amount;
    }
}

static void
fold_op (SimOracle *oracle, guint author, const OracleOp *op)
{
  switch (op->kind)
    {
    case SL_KIND_SALE:
    case SL_KIND_PAYMENT_TAKE:
      fold_takings (oracle, author, op);
      break;
    case SL_KIND_PAYMENT_OUTCOME:
      money_at (oracle, op->entity)->said_paid |= op->a == SL_OUTCOME_PAID;
      break;
    case SL_KIND_MONEY_MOVE:
      money_at (oracle, op->entity)->held[author] -= op->a;
      money_at (oracle, op->entity)->held[op->to] += op->a;
      break;
    case SL_KIND_VOUCHER_ISSUE:
      money_at (oracle, op->entity)->minted += op->a;
      money_at (oracle, op->entity)->held[author] += op->a;
      break;
    case SL_KIND_VOUCHER_VOID:
    case SL_KIND_REFUND:
      money_at (oracle, op->entity)->spent += op->a;
      money_at (oracle, op->entity)->held[author] -= op->a;
      break;
    default:
      break;
    }
}

/* Of what it was paid by, which may have been said on another device. */
static void
fold_refund (SimOracle *oracle, guint author, const OracleOp *op)
{
  const OracleMoney *payment = money_at (oracle, op->entity);
  OracleWay way = op->as_paid ? payment->way : op->way;
  if (way < ORACLE_WAYS)
    oracle->taken[way] -= op->a;
  if (payment->voucher == 0 || !(op->as_paid || op->b))
    return;
  money_at (oracle, payment->voucher - 1)->minted += op->a;
  money_at (oracle, payment->voucher - 1)->held[author] += op->a;
}

/* What was seen, or is owed, may be given back by who took it. */
static void
mint (SimOracle *oracle, OracleMoney *payment)
{
  gboolean seen = payment->at_once || payment->said_paid;
  if (payment->taken && (seen || payment->on_account))
    {
      payment->minted += payment->amount;
      payment->held[payment->taker] += payment->amount;
    }
  if (payment->taken && seen && payment->way < ORACLE_WAYS)
    oracle->taken[payment->way] += payment->amount;
}

/* sim_books_fold: of all that stands. */
void
sim_books_fold (SimOracle *oracle)
{
  memset (oracle->taken, 0, sizeof oracle->taken);
  for (guint i = 0; i < oracle->chains->len; i++)
    for (guint j = 0; j < chain_at (oracle, i)->ops->len && j < chain_at (oracle, i)->limit; j++)
      fold_op (oracle, i, chain_at (oracle, i)->ops->pdata[j]);
  for (guint i = 0; i < oracle->money->len; i++)
    mint (oracle, money_at (oracle, i));
  for (guint i = 0; i < oracle->chains->len; i++)
    for (guint j = 0; j < chain_at (oracle, i)->ops->len && j < chain_at (oracle, i)->limit; j++)
      {
        const OracleOp *op = chain_at (oracle, i)->ops->pdata[j];
        if (op->kind == SL_KIND_REFUND)
          fold_refund (oracle, i, op);
      }
}

/* --- the checks --- */

static void
count_held (SimOracle *oracle, guint index, gint64 out[ORACLE_CHAINS_MAX])
{
  memset (out, 0, sizeof (gint64) * ORACLE_CHAINS_MAX);
  for (guint i = 0; i < oracle->chains->len; i++)
    out[sim_oracle_root (oracle, i)] += money_at (oracle, index)->held[i];
}

static void
check_thing (SimWorld *world, guint index)
{
  SimOracle *oracle = world->oracle;
  const OracleMoney *state = money_at (oracle, index);
  gint64 held[ORACLE_CHAINS_MAX], total = 0;
  count_held (oracle, index, held);
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      total += held[i];
      if (held[i] < 0)
        sim_violate (world, "money %s: device %s has given %" G_GINT64_FORMAT " cents more than it had",
                     name_of (oracle, index), sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, i)), -held[i]);
    }
  if (state->spent > state->minted)
    sim_violate (world, "money %s: %" G_GINT64_FORMAT " cents given of %" G_GINT64_FORMAT, name_of (oracle, index),
                 state->spent, state->minted);
  if (total + state->spent != state->minted)
    sim_violate (world, "money %s: cents are not conserved: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                 name_of (oracle, index), total + state->spent, state->minted);
}

/* Each device's receipts are 1, 2, 3 … in its own order. */
static void
check_receipts (SimWorld *world, const OracleChain *chain)
{
  gint64 last = 0;
  for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
    {
      gint64 receipt = ((const OracleOp *) chain->ops->pdata[j])->receipt;
      if (receipt != 0 && receipt != ++last)
        sim_violate (world, "receipts of %s: number %" G_GINT64_FORMAT " where %" G_GINT64_FORMAT " is next",
                     sim_name (&chain->replica), receipt, last);
    }
}

/* sim_books_check: of all that stands: nothing is given back or used twice, over all devices. */
void
sim_books_check (SimWorld *world)
{
  for (guint i = 0; i < world->oracle->money->len; i++)
    check_thing (world, i);
  for (guint i = 0; i < world->oracle->chains->len; i++)
    check_receipts (world, chain_at (world->oracle, i));
}

/* sim_books_check_device: what it believes that it may give is never more than the truth. */
void
sim_books_check_device (SimWorld *world, SimDevice *device, guint own)
{
  SimOracle *oracle = world->oracle;
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < oracle->money->len && world->violation == NULL; i++)
    {
      gint64 believed, held[ORACLE_CHAINS_MAX];
      count_held (oracle, i, held);
      if (!sl_money_held (sim_log (device), sim_oracle_id (oracle, ORACLE_MONEY, i), &device->replica, &believed,
                          &error))
        sim_violate (world, "device %u: %s", device->index, error->message);
      else if (believed > held[own] || believed < 0)
        sim_violate (world, "money %s: device %u believes that it may give %" G_GINT64_FORMAT
                     " cents, the truth is %" G_GINT64_FORMAT,
                     name_of (oracle, i), device->index, believed, held[own]);
    }
}

static gboolean
check_row (SimWorld *world, SimDevice *device, guint index, GError **error)
{
  SimOracle *oracle = world->oracle;
  const OracleMoney *state = money_at (oracle, index);
  const SlId *id = sim_oracle_id (oracle, ORACLE_MONEY, index);
  SlStore *store = sl_oplog_get_store (sim_log (device));
  gint64 amount, hlc, given, held[ORACLE_CHAINS_MAX];
  if (!sl_store_query_int (store, 0, &amount, error, "SELECT amount_cents FROM payment WHERE id = ?", "d", id)
      || !sl_store_query_int (store, 0, &hlc, error, "SELECT hlc FROM payment WHERE id = ?", "d", id)
      || !sl_store_query_int (store, 0, &given, error,
                              "SELECT coalesce ((SELECT sum (amount_cents) FROM refund WHERE payment_id = ?1), 0) "
                              "+ coalesce ((SELECT sum (amount_cents) FROM payment WHERE voucher_id = ?1), 0) "
                              "+ coalesce ((SELECT sum (amount_cents) FROM voucher_void WHERE voucher_id = ?1), 0)",
                              "d", id))
    return FALSE;
  if (amount != state->amount || hlc != state->hlc || given != state->spent)
    sim_violate (world, "device %u: money %s is not what the operations make: %" G_GINT64_FORMAT " cents of %"
                 G_GINT64_FORMAT ", %" G_GINT64_FORMAT " given of %" G_GINT64_FORMAT ", stamp %" G_GINT64_FORMAT
                 " of %" G_GINT64_FORMAT, device->index, sim_name (id), amount, state->amount, given, state->spent,
                 hlc, state->hlc);
  count_held (oracle, index, held);
  g_autoptr (GArray) holders = NULL;
  if (!sl_money_list_holders (sim_log (device), id, &holders, error))
    return FALSE;
  for (guint i = 0; i < holders->len; i++)
    {
      const SlMoneyHolder *holder = &g_array_index (holders, SlMoneyHolder, i);
      held[sim_oracle_index (oracle, ORACLE_CHAIN, &holder->replica)] -= holder->cents;
    }
  for (guint i = 0; i < oracle->chains->len; i++)
    if (held[i] != 0)
      sim_violate (world, "device %u: of money %s %s holds %" G_GINT64_FORMAT " less than the operations make",
                   device->index, sim_name (id), sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, i)), held[i]);
  return TRUE;
}

/* What the books say of each way of paying is what was paid less what was given back. */
static gboolean
check_sums (SimWorld *world, SimDevice *device, GError **error)
{
  static const SlAccount accounts[ORACLE_WAYS] = { SL_ACCOUNT_CASH, SL_ACCOUNT_CARD, SL_ACCOUNT_EFT, SL_ACCOUNT_QR,
                                                   SL_ACCOUNT_ONLINE };
  gint64 cents[SL_ACCOUNT_LAST], all = 0;
  if (!sl_ledger_sum (device->engine, 0, LEDGER_END, NULL, cents, error))
    return FALSE;
  for (guint i = 0; i < SL_ACCOUNT_LAST; i++)
    all += cents[i];
  if (all != 0)
    sim_violate (world, "device %u: its books are out by %" G_GINT64_FORMAT " cents", device->index, all);
  cents[SL_ACCOUNT_CASH] += cents[SL_ACCOUNT_CASH_MOVED] + cents[SL_ACCOUNT_CASH_DIFFERENCE];
  for (guint i = 0; i < ORACLE_WAYS; i++)
    if (cents[accounts[i]] != world->oracle->taken[i])
      sim_violate (world, "device %u: by the books %" G_GINT64_FORMAT " cents came by %s, and by the operations %"
                   G_GINT64_FORMAT, device->index, cents[accounts[i]], sl_account_name (accounts[i]),
                   world->oracle->taken[i]);
  return TRUE;
}

/* sim_books_check_end: a healed device's payments, vouchers and books against the operations of all. */
gboolean
sim_books_check_end (SimWorld *world, SimDevice *device, GError **error)
{
  for (guint i = 0; i < world->oracle->money->len && world->violation == NULL; i++)
    if (!check_row (world, device, i, error))
      return FALSE;
  return world->violation != NULL || check_sums (world, device, error);
}

/* sim_books_check_ledger: every cent in payments, receipts, tills and revenue agrees, whatever of the others' has come
 * to this device. */
void
sim_books_check_ledger (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  if (world->violation != NULL)
    return;
  if (!sl_ledger_check (device->engine, 0, LEDGER_END, problems, &error))
    sim_violate (world, "device %u: its books cannot be read: %s", device->index, error->message);
  else if (problems->len > 0)
    sim_violate (world, "books: device %u: %s", device->index, (const char *) problems->pdata[0]);
}

/* sim_books_describe: (transfer full): the sum of each account, and of each membership what it is and until when it is
 * paid. */
char *
sim_books_describe (SimWorld *world, SimDevice *device)
{
  GString *out = g_string_new (NULL);
  gint64 cents[SL_ACCOUNT_LAST] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) memberships = NULL;
  if (!sl_ledger_sum (device->engine, 0, LEDGER_END, NULL, cents, &error)
      || (memberships = sl_membership_list_running (device->engine, world->now_ms, 0, &error)) == NULL)
    sim_violate (world, "device %u: its books cannot be read: %s", device->index, error->message);
  for (guint i = 0; i < SL_ACCOUNT_LAST; i++)
    if (cents[i] != 0)
      g_string_append_printf (out, "%s %" G_GINT64_FORMAT " ", sl_account_name ((SlAccount) i), cents[i]);
  for (guint i = 0; memberships != NULL && i < memberships->len; i++)
    {
      const SlMembership *one = memberships->pdata[i];
      g_string_append_printf (out, "%s %s until %" G_GINT64_FORMAT " ", sim_name (&one->id),
                              sl_membership_status_name (one->status), one->paid_until_ms);
    }
  return g_string_free (out, FALSE);
}
