/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"
#include "done-view.h"
#include "pay-view.h"

#include "engine/payment.h"
#include "engine/sale.h"

/* Taking money, for the sections that sell. */

/* How somebody pays, as the engine has it; its own memory. */
typedef struct {
  SlSaleParams params;
  SlPay pays[SL_SALE_TAKINGS_MAX];
  GPtrArray *texts;
} SlDeskPay;
SlDeskPay *sl_desk_pay_new (SlPayView *view, gboolean anyway);
void sl_desk_pay_free (SlDeskPay *pay);

/* What came of a sale. */
typedef struct {
  SlId sale_id, pending_id /* the payment that nobody has seen yet; none: none */;
  char *receipt;
  gint64 total_cents, change_cents, pending_cents, due_cents;
  char *pending_method; /* (nullable) */
  char *pay_code;       /* (nullable): what a telephone reads to pay what is pending */
} SlDeskPaid;
void sl_desk_paid_clear (SlDeskPaid *paid);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDeskPaid, sl_desk_paid_clear)
gboolean sl_desk_paid_load (SlEngine *engine, const SlId *sale, SlDeskPaid *out, GError **error); /* engine's thread */
/* Whether there is a code to pay by, whenever the view comes into sight. */
void sl_desk_pay_watch (SlDesk *desk, SlPayView *view);
void sl_desk_paid_show (const SlDeskPaid *paid, const char *currency, SlDoneView *view, SlDone *done);

/* again: sl_desk_pay_new() with anyway, where the person at the desk says so. TRUE: the refusal is dealt with. */
typedef void (*SlDeskPayAgain) (gpointer page, gboolean anyway);
gboolean sl_desk_pay_refused (SlDesk *desk, SlPayView *view, const SlRefusal *refusal, SlDeskPayAgain again,
                              gpointer page);

/* Jobs that the sections share. */
void sl_desk_pay_print (SlDesk *desk, GObject *owner, const SlId *sale, gboolean again);
void sl_desk_pay_settle (SlDesk *desk, SlDoneView *view, const SlId *payment, gboolean has_come);
GdkTexture *sl_desk_code_texture (const char *text); /* (transfer full) (nullable) */
