/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "print/document.h"

/* Invoices: what a sale says on paper. src/print makes paper of it. */

/* What stands on every invoice of the studio; each (nullable). */
typedef struct {
  char *legal_name;     /* none: the studio's name */
  char *vat_number;     /* none: not registered for VAT, and invoices are receipts */
  char *registration, *address /* none: the location's */, *note;
  char *pay_link;       /* a code to pay by: src/print/payment-code.h, without {merchant} */
} SlInvoiceDetails;
void sl_invoice_details_clear (SlInvoiceDetails *details);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlInvoiceDetails, sl_invoice_details_clear)
gboolean sl_invoice_details_get (SlEngine *engine, SlInvoiceDetails *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is NULL stays, "" takes away. Refusals: not_allowed. BAD_INPUT. */
gboolean sl_invoice_details_edit (SlEngine *engine, const SlActor *actor, const SlInvoiceDetails *details,
                                  SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *sl_invoice_number (const SlId *replica, gint64 receipt); /* "A7F3-000123": the device's series, and its number */
/* NOT_FOUND: no such sale. */
SlDocument *sl_invoice_of_sale (SlEngine *engine, const SlId *sale, GError **error) G_GNUC_WARN_UNUSED_RESULT;
