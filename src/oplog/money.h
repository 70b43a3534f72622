/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Sales, payments, refunds, vouchers, tills: src/oplog/README.md "Money". All of it are sets with ids; what may be
 * given back of a payment, and what is left on a voucher, are rights. Amounts are cents of the sale's currency, VAT in
 * them. Every function here that begins with sl_op_ is called inside a transaction; FALSE: failure, roll back. */

#define SL_SALE_LINES_MAX 64
#define SL_SALE_TAKINGS_MAX 8
#define SL_QUANTITY_MAX 100000 /* of one thing on a line */
#define SL_MONEY_MAX_CENTS (G_GINT64_CONSTANT (1) << 50) /* of one amount: sums of millions of them fit 63 bits */

/* What a line of a sale is for. Numbers are for ever. */
typedef enum {
  SL_SALE_PACKAGE = 1, /* thing: the package */
  SL_SALE_PLAN = 2,    /* thing: the membership; from, until: the time that is paid for */
  SL_SALE_JOINING = 3, /* thing: the membership */
  SL_SALE_DROP_IN = 4, /* thing: the booking */
  SL_SALE_VOUCHER = 5, /* no VAT yet: it falls due when the voucher is used */
  SL_SALE_FEE = 6,     /* thing: the booking, or none */
  SL_SALE_OTHER = 7
} SlSaleWhat;

typedef struct {
  SlSaleWhat what;
  SlId thing_id; /* none: nothing that the studio knows */
  const char *name; /* as it stands on the invoice, whatever it is called later */
  gint64 quantity, unit_cents /* may be below zero: a discount */, vat_permille;
  gint64 from_ms, until_ms; /* 0: no time */
} SlSaleLine;

/* One way in which some of it was paid at once. */
typedef struct {
  const char *method;    /* cash, card, eft, qr, online, voucher, account */
  const char *status;    /* paid, pending */
  const char *reference; /* (nullable): slip, transfer */
  gint64 amount_cents, tendered_cents /* cash as handed over; 0: just so much */;
  SlId voucher_id; /* none: by no voucher */
} SlTaking;

typedef struct {
  SlId member_id /* none: nobody known */, location_id, till_id /* none: the device's day */;
  const char *currency;
  gint64 receipt; /* the next of this device's series: sl_oplog_next_receipt() */
  const SlSaleLine *lines;
  guint n_lines;
  const SlTaking *takings;
  guint n_takings;
} SlSaleParts;

gint64 sl_vat_included (gint64 amount_cents, gint64 vat_permille);
gint64 sl_money_part (gint64 of, gint64 part, gint64 whole);
gboolean sl_oplog_next_receipt (SlOplog *log, gint64 *out_receipt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* out_payments (nullable): n_takings ids */
gboolean sl_op_sale (SlOplog *log, const SlSaleParts *params, SlId *out_id, SlId *out_payments,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* More money for a sale made before, or for none (sale none: paid into the member's account). */
typedef struct {
  SlId sale_id, member_id, location_id, till_id;
  const char *currency;
  gint64 receipt;
  SlTaking taking;
} SlPaymentParts;
gboolean sl_op_payment_take (SlOplog *log, const SlPaymentParts *params, SlId *out_id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What has become of a payment. Paid wins over failed, whichever comes first; a dispute takes nothing away. */
typedef enum {
  SL_OUTCOME_FAILED = 1,
  SL_OUTCOME_PAID = 2,
  SL_OUTCOME_DISPUTED = 3,
  SL_OUTCOME_DISPUTE_OVER = 4
} SlOutcome;
gboolean sl_op_payment_outcome (SlOplog *log, const SlId *payment, SlOutcome outcome, const char *reference,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Money given back, with its credit note; by method account: a debt that is let go. */
typedef struct {
  SlId payment_id, location_id, till_id;
  gint64 amount_cents /* above zero; the caller has checked that it is held here */, vat_cents, receipt;
  const char *method; /* (nullable): as it was paid. voucher: back onto the voucher that it was paid by */
  const char *reason; /* (nullable) sealed */
} SlRefundParts;
gboolean sl_op_payment_refund (SlOplog *log, const SlRefundParts *parts, SlId *out_id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A voucher: so many cents of credit at its issuer. Whoever shows its code may use it; only a hash of that is kept. */
#define SL_VOUCHER_HASH_BYTES 16
typedef struct {
  SlId sale_id /* that sold it; none: given */, member_id;
  gint64 amount_cents, expires_ms /* 0: never */;
  guint8 code_hash[SL_VOUCHER_HASH_BYTES];
} SlVoucherParts;
gboolean sl_op_voucher_issue (SlOplog *log, const SlVoucherParts *parts, SlId *out_id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes what is left of it, or some of that, away: sold by mistake, its price given back. */
gboolean sl_op_voucher_void (SlOplog *log, const SlId *voucher, gint64 amount_cents, const char *reason,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a device may still give back of a payment, or take from a voucher, with what it has taken over; 0: nothing, or
 * not known here. */
gboolean sl_money_held (SlOplog *log, const SlId *thing, const SlId *replica, gint64 *out_cents,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_money_list_holders (SlOplog *log, const SlId *thing, GArray **out /* of SlMoneyHolder, richest first */,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef struct {
  SlId replica;
  gint64 cents;
} SlMoneyHolder;
gboolean sl_op_money_move (SlOplog *log, const SlId *thing, const SlId *to, gint64 amount_cents,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A till: opened and closed at one device. Of several closings the earliest stands. */
gboolean sl_op_till_open (SlOplog *log, const SlId *location, const char *name, gint64 float_cents, SlId *out_id,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_till_cash (SlOplog *log, const SlId *till, gint64 difference_cents, const char *reason, SlId *out_id,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* cash put in, or (below zero) taken out */
gboolean sl_op_till_close (SlOplog *log, const SlId *till, gint64 counted_cents, const char *note,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A period's credits of a membership: a lot that nothing was paid for by itself. Its device alone grants them. */
typedef struct {
  SlId membership_id, member_id;
  gint64 from_ms, until_ms; /* the period */
  gint64 credits_hundredths, expires_ms;
} SlGrantParts;
gboolean sl_op_lot_grant (SlOplog *log, const SlGrantParts *parts, SlId *out_lot,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
