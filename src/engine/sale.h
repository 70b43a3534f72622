/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/taking.h"

/* Selling: what it is, and how it is paid, in one transaction. src/engine/README.md "Money". */
typedef struct {
  SlId member_id, package_id;
  const char *method;          /* cash, card, eft, qr, online, voucher, account; NULL: by pays */
  gint64 amount_cents;         /* SL_NUMBER_NONE: the price */
  gint64 tendered_cents;       /* cash as handed over; 0: just so much */
  const char *reference;       /* (nullable) the terminal's or the bank's */
  const char *voucher_code;    /* (nullable) */
  const SlPay *pays;           /* (nullable): several ways at once, instead */
  guint n_pays;
  gboolean part;               /* the rest is paid later */
  gboolean anyway;             /* the same slip again */
  const char *currency;        /* (nullable) of the amount: the studio's */
  const char *collect;         /* (nullable) of a package that renews: bought again by itself, and paid so */
} SlSaleParams;
typedef struct {
  SlId sale_id, payment_id /* the first; none: nothing was paid */, lot_id, voucher_id, membership_id,
    renewal_id;
  gint64 receipt, amount_cents, vat_cents, expires_ms /* 0: never */;
  gint64 change_cents, due_cents /* still to pay, pending and owed included */;
  const char *status;          /* of the first payment: paid, pending; NULL: none */
  char *voucher_code;          /* (nullable): of a voucher that was sold */
} SlSale;
void sl_sale_clear (SlSale *sale);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSale, sl_sale_clear)

/* Refusals: not_allowed, member_blocked, wrong_currency (currency), amount_mismatch (price_cents), wrong_state (a
 * package no longer sold), limit_reached, till_closed, voucher_invalid, no_rights, possible_duplicate. A package is
 * sold everywhere; where its credits may be spent is another matter. */
gboolean sl_sale_package (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, SlSale *out_sale,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A voucher of so much. package_id is not looked at; member none: for whoever shows it. */
gboolean sl_sale_voucher (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, gint64 value_cents,
                          SlSale *out_sale, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Anything else over the counter, with VAT in its price. */
gboolean sl_sale_other (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, const char *name,
                        gint64 price_cents, gint64 quantity, SlSale *out_sale, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- for other commands of the engine --- */

/* FALSE fills refusal with wrong_currency. currency (nullable): the studio's. */
gboolean sl_sale_check_currency (SlEngine *engine, const char *currency, SlRefusal *refusal);
/* Whether one of the ways in which it is paid is this. */
gboolean sl_sale_pays_by (const SlSaleParams *params, const char *method);
/* Who buys, if anybody is named: not erased, not banned. FALSE: refused. */
gboolean sl_sale_check_buyer (const SlMember *member, SlRefusal *refusal);
/* How it is paid, in the words of params. FALSE: refused, or failed where nothing is. */
gboolean sl_sale_check_pays (SlEngine *engine, const SlSaleParams *params, gint64 total_cents, SlTakings *out,
                             SlRefusal *refusal, GError **error);
/* What is sold; VAT is the studio's, none of vouchers. member (nullable). Inside a command that has checked it. */
gboolean sl_sale_write (SlEngine *engine, const SlId *member, SlSaleLine *lines, guint n_lines,
                        const SlTakings *takings, SlSale *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The credits of a package that was sold. Inside a command. */
gboolean sl_sale_write_lot (SlEngine *engine, const SlId *member, const SlPackage *package, const SlId *sale,
                            SlId *out_lot, gint64 *out_expires_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A drop-in payment as part of a booking: checked before its first operation, written after it. */
typedef struct {
  SlId member_id, booking_id;
  const char *name; /* on the invoice */
  gint64 price_cents;
} SlDropIn;
gboolean sl_sale_check_drop_in (SlEngine *engine, const char *method, gint64 price_cents, SlTakings *out,
                                SlRefusal *refusal, GError **error);
gboolean sl_sale_take_drop_in (SlEngine *engine, const SlDropIn *drop_in, const SlTakings *takings,
                               SlId *out_payment_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
