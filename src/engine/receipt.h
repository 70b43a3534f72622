/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "print/document.h"

/* What is handed to people about their money: src/engine/README.md "Receipts". */

typedef enum {
  SL_RECEIPT_SALE,    /* a tax invoice where nothing lacks that the law asks for, else a receipt */
  SL_RECEIPT_PAYMENT, /* money for an invoice of before */
  SL_RECEIPT_REFUND   /* a credit note */
} SlReceiptKind;

typedef struct {
  SlReceiptKind kind;
  SlId id;              /* of the sale, the payment or the refund */
  SlId member_id;       /* none: nobody's */
  gint64 vat_cents;
  guint lacks;          /* of SlDocumentLacks: why it is no tax invoice, or no valid credit note */
  SlDocument *document; /* its copy is for whoever prints it to set */
} SlReceipt;
void sl_receipt_free (SlReceipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlReceipt, sl_receipt_free)

/* id: a sale, a payment (one that was taken with its sale gives the sale's) or a refund. NOT_FOUND. Refusals:
 * not_allowed. */
gboolean sl_receipt_document (SlEngine *engine, const SlActor *actor, const SlId *id, SlReceipt **out,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By the number on a paper, or on that of a later payment: the sale that it is of, or the refund; the latest first.
 * series (nullable): the four letters before the number, in any case; NULL: of every device. */
typedef struct {
  SlReceiptKind kind;   /* SL_RECEIPT_SALE or SL_RECEIPT_REFUND */
  SlId id;
} SlReceiptFound;
GArray *sl_receipt_find (SlEngine *engine, const char *series, gint64 number,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlReceiptFound) */
