/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-money"

#include "merge-commands.h"

#include "core/datetime.h"
#include "oplog/money.h"

/* Sales, payments, what becomes of them, refunds, vouchers, tills and the credits of plans. */

#define COMMAND(name) MERGE_COMMAND (, name)
#define LOTS_MAX 12
#define TILLS_MAX 6
#define THINGS_MAX 24 /* payments and vouchers */

static gint64
held_of (MergeDevice *device, const SlId *thing)
{
  GError *error = NULL;
  gint64 cents = 0;
  if (!sl_money_held (device->d.log, thing, merge_me (device), &cents, &error))
    g_error ("device %u cannot tell what it holds: %s", device->index, error->message);
  return cents;
}

/* A voucher that this device holds something of, or none. */
static SlId
pick_voucher (MergeWorld *world, MergeDevice *device, guint32 r)
{
  for (guint i = 0; i < world->payments->len; i++)
    {
      const SlId *thing = merge_pick (world->payments, r + i);
      if (merge_ask (device, "SELECT count (*) FROM voucher WHERE id = ?", thing) > 0 && held_of (device, thing) > 0)
        return *thing;
    }
  return sl_id_none;
}

/* A till that somebody has opened or will have; none at first. */
static SlId
pick_till (MergeWorld *world, guint32 r)
{
  return world->tills->len > 0 ? *merge_pick (world->tills, r) : sl_id_none;
}

static SlTaking
draw_taking (MergeWorld *world, MergeDevice *device, const guint32 *r, gint64 cents)
{
  static const char *const methods[] = { "cash", "card", "qr", "account" };
  SlTaking taking = { .method = methods[r[2] % G_N_ELEMENTS (methods)],
                      .status = r[2] % 5 == 0 || r[2] % 4 > 1 ? "pending" : "paid",
                      .reference = r[3] % 3 == 0 ? "000417" : NULL,
                      .amount_cents = cents,
                      .tendered_cents = r[2] % 4 == 0 ? cents + 50 : 0 };
  SlId voucher = r[3] % 4 == 0 ? pick_voucher (world, device, r[1]) : sl_id_none;
  if (sl_id_is_none (&voucher))
    return taking;
  return (SlTaking){ .method = "voucher", .status = "paid", .voucher_id = voucher,
                     .amount_cents = MIN (cents, held_of (device, &voucher)) };
}

COMMAND (payment)
{
  SlPaymentParts parts = { .member_id = *merge_pick (world->members, r[0]), .currency = "ZAR",
                           .till_id = pick_till (world, r[3]),
                           .taking = draw_taking (world, device, r, 100 * (1 + r[1] % 9)) };
  SlId id;
  return world->payments->len >= THINGS_MAX
         || (sl_oplog_next_receipt (device->d.log, &parts.receipt, error)
             && merge_made (world->payments, &id, sl_op_payment_take (device->d.log, &parts, &id, error)));
}

COMMAND (sale)
{
  SlSaleLine lines[] = { { .what = SL_SALE_PACKAGE, .name = "Ten", .quantity = 1 + r[0] % 2, .unit_cents = 1150,
                           .vat_permille = 150 },
                         { .what = SL_SALE_PLAN, .name = "Month", .quantity = 1, .unit_cents = -100, .from_ms = 1000,
                           .until_ms = 2000 } };
  SlTaking taking = draw_taking (world, device, r, 700);
  SlSaleParts parts = { .member_id = *merge_pick (world->members, r[1]), .location_id = world->location,
                        .till_id = pick_till (world, r[0]), .currency = "ZAR", .lines = lines,
                        .n_lines = 1 + r[1] % 2, .takings = &taking, .n_takings = r[0] % 5 > 0 };
  SlId id, payment;
  if (world->payments->len >= THINGS_MAX)
    return TRUE;
  if (!sl_oplog_next_receipt (device->d.log, &parts.receipt, error)
      || !sl_op_sale (device->d.log, &parts, &id, &payment, error))
    return FALSE;
  if (parts.n_takings > 0)
    g_array_append_val (world->payments, payment);
  return TRUE;
}

/* Of a payment that may not have come here yet. */
COMMAND (outcome)
{
  return world->payments->len == 0
         || sl_op_payment_outcome (device->d.log, merge_pick (world->payments, r[0]), 1 + r[1] % 4,
                                   r[2] % 2 ? "bank 7" : NULL, error);
}

COMMAND (refund)
{
  SlRefundParts parts = { .amount_cents = 50 * (1 + r[1] % 6), .vat_cents = 5, .till_id = pick_till (world, r[3]),
                          .method = r[2] % 3 == 0 ? "cash" : NULL, .reason = r[2] % 2 ? "ill" : NULL };
  SlId id;
  if (world->payments->len == 0)
    return TRUE;
  parts.payment_id = *merge_pick (world->payments, r[0]);
  return held_of (device, &parts.payment_id) < parts.amount_cents
         || (sl_oplog_next_receipt (device->d.log, &parts.receipt, error)
             && sl_op_payment_refund (device->d.log, &parts, &id, error));
}

COMMAND (money_move)
{
  const SlId *thing = world->payments->len > 0 ? merge_pick (world->payments, r[0]) : NULL;
  gint64 cents = thing != NULL ? MIN (held_of (device, thing), 30 * (1 + r[1] % 20)) : 0;
  return cents <= 0
         || sl_op_money_move (device->d.log, thing, merge_somebody (world, device, r[2]), cents, error);
}

COMMAND (voucher)
{
  SlVoucherParts parts = { .amount_cents = 100 * (1 + r[0] % 9), .expires_ms = r[1] % 2 ? 4000000000000 : 0,
                           .member_id = r[2] % 2 ? *merge_pick (world->members, r[2]) : sl_id_none,
                           .code_hash = { r[3] & 0xff, 1, 2 } };
  SlId voucher = pick_voucher (world, device, r[1]), id;
  if (r[3] % 2 == 0 && !sl_id_is_none (&voucher))
    return sl_op_voucher_void (device->d.log, &voucher, MIN (held_of (device, &voucher), 70),
                               r[1] % 2 ? "lost" : NULL, error);
  return world->payments->len >= THINGS_MAX
         || merge_made (world->payments, &id, sl_op_voucher_issue (device->d.log, &parts, &id, error));
}

/* Closed by anybody, also twice. */
COMMAND (till)
{
  SlId till = pick_till (world, r[1]), id;
  if (r[0] % 3 == 0 || sl_id_is_none (&till))
    return world->tills->len >= TILLS_MAX
           || merge_made (world->tills, &id,
                          sl_op_till_open (device->d.log, &world->location, r[2] % 2 ? "Front" : NULL, r[1] % 900,
                                           &id, error));
  return r[0] % 3 == 1 ? sl_op_till_cash (device->d.log, &till, r[2] % 2 ? 500 : -300, r[3] % 2 ? "bank" : NULL, &id,
                                          error)
                       : sl_op_till_close (device->d.log, &till, r[2] % 900, r[3] % 2 ? "all there" : NULL, error);
}

COMMAND (grant)
{
  const SlId *membership = world->things->len > 0 ? merge_pick (world->things, r[1]) : &world->location;
  SlGrantParts parts = { .membership_id = *membership, .member_id = *merge_pick (world->members, r[0]),
                         .from_ms = 1000 * (1 + r[2] % 3), .until_ms = 9000, .credits_hundredths = 400,
                         .expires_ms = r[3] % 2 ? 4000000000000 : 0 };
  SlId id;
  return world->lots->len >= LOTS_MAX
         || merge_made (world->lots, &id, sl_op_lot_grant (device->d.log, &parts, &id, error));
}
