/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Selling a package: the payment and the credits in one transaction. */
typedef struct {
  SlId member_id, package_id;
  const char *method;          /* cash, card, eft, qr, voucher, account */
  gint64 amount_cents;         /* SL_NUMBER_NONE: the price */
  const char *reference;       /* (nullable) the terminal's or the bank's */
} SlSaleParams;
typedef struct {
  SlId payment_id, lot_id;
  gint64 receipt, amount_cents, vat_cents, expires_ms /* 0: never */;
  const char *status;
} SlSale;

/* Refusals: not_allowed, member_blocked, amount_mismatch (price_cents), wrong_state (a package no longer sold). */
gboolean sl_sale_package (SlEngine *engine, const SlActor *actor, const SlSaleParams *params, SlSale *out_sale,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 sl_sale_vat_included (gint64 amount_cents, gint64 vat_permille);
/* A drop-in payment as part of a booking: inside its command, which has checked the price. FALSE: failure; BAD_INPUT:
 * no such method. */
gboolean sl_sale_take_drop_in (SlEngine *engine, const SlId *member, gint64 price_cents, const char *method,
                               SlId *out_payment_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
