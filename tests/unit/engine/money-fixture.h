/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"
#include "engine/payment.h"
#include "engine/refund.h"
#include "engine/sale.h"
#include "expect.h"

/* Money at a desk. A helper whose command is refused or fails ends the test. */

SlSaleParams money_by (const char *method); /* all of it, at once */
/* Something over the counter, by nobody who is known. */
SlSale money_sell (Desk *desk, gint64 price_cents, const char *method);
SlSale money_voucher (Desk *desk, gint64 value_cents); /* sl_sale_clear() it */
SlPayment *money_payment (Desk *desk, const SlId *id);
SlSaleRecord *money_sale (Desk *desk, const SlId *id);
SlPayment *money_paid_by (SlSaleRecord *record, const char *method); /* (transfer none): the first; one must be */
SlRefundParams money_back (const SlId *payment, gint64 amount_cents);
SlRefundResult money_refund (Desk *desk, const SlId *payment, gint64 amount_cents);
void money_settle (Desk *desk, const SlId *payment, SlOutcome outcome);
void money_second_desk (Desk *second, Desk *desk);
void money_carry (Desk *one, Desk *other); /* there and back */
SlId money_device (Desk *desk);
/* No problem is found: rights, receipts, the tables from the log. */
void money_verify (Desk *desk);
