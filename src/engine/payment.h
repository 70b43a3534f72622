/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sale.h"

/* What was paid and what is owed: src/engine/README.md "Money". A payment's status is stored nowhere: it follows from
 * how it was taken, its outcomes and its refunds. */
typedef enum {
  SL_PAYMENT_PENDING,
  SL_PAYMENT_PAID,
  SL_PAYMENT_FAILED,
  SL_PAYMENT_REFUNDED,
  SL_PAYMENT_PART_REFUNDED,
  SL_PAYMENT_DISPUTED,
  SL_PAYMENT_LAST
} SlPaymentStatus;
const char *sl_payment_status_name (SlPaymentStatus status);

typedef struct {
  SlId id, sale_id /* none: into an account */, member_id, location_id, till_id, voucher_id, replica, actor;
  char *method, *currency, *reference /* (nullable) */;
  gint64 amount_cents, tendered_cents, refunded_cents, receipt, at_ms;
  gint64 refundable_cents; /* at all devices, as known here */
  gint64 held_cents;       /* of it here */
  SlPaymentStatus status;
} SlPayment;
void sl_payment_free (SlPayment *payment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPayment, sl_payment_free)
SlPayment *sl_payment_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */

/* A sale with all that belongs to it. */
typedef struct {
  SlId id, member_id, location_id, till_id, replica, actor;
  char *currency;
  gint64 receipt, total_cents, vat_cents, at_ms;
  gint64 paid_cents, refunded_cents, pending_cents, owed_cents /* on account */;
  gint64 due_cents;  /* what nobody has paid yet, pending and owed included */
  GArray *lines;     /* of SlSaleLine; names belong to the record */
  GPtrArray *payments; /* of SlPayment, in their order */
} SlSaleRecord;
void sl_sale_record_free (SlSaleRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSaleRecord, sl_sale_record_free)
SlSaleRecord *sl_sale_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */

/* Paid wins over pending and over failed. Inside a transaction or not; for other queries of the engine. */
gboolean sl_payment_list_of_sale (SlEngine *engine, const SlId *sale, GPtrArray **out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlPayment) */

/* More of what a sale costs: params' way of paying; SL_NUMBER_NONE: all that is due. Refusals: not_allowed, wrong_state
 * (nothing is due), and those of a sale's payment. */
gboolean sl_payment_take (SlEngine *engine, const SlActor *actor, const SlId *sale, const SlSaleParams *params,
                          SlSale *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What has become of one that was pending. Refusals: not_allowed, wrong_state (status). */
gboolean sl_payment_settle (SlEngine *engine, const SlActor *actor, const SlId *payment, SlOutcome outcome,
                            const char *reference, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlPayment): of a member, or all that are pending (member NULL), the latest first. Refusals:
 * not_allowed. */
gboolean sl_payment_list (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
