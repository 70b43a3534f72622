/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "page-item.h"
#include "widgets/shape-bin.h"

#include "core/id.h"

/* The till: what was taken today, cash, receipts, money given back.
 *
 * Signals: "open" (gint64 float) · "cash" (gint64 difference, reason) · "close" (gint64 counted, note)
 * "refund" (const SlId *payment, gint64 cents, reason) · "receipt" (const SlId *id): is wanted, of a sale or of money
 * given back
 * "search": sl_till_page_get_search() is another · "print" (const SlId *receipt)
 * "settle" (const SlId *payment, gboolean has_come) */
#define SL_TYPE_TILL_PAGE (sl_till_page_get_type ())
G_DECLARE_FINAL_TYPE (SlTillPage, sl_till_page, SL, TILL_PAGE, SlShapeBin)

typedef struct {
  gboolean is_open;
  gint64 float_cents, taken_cents, refunded_cents, put_in_cents, expected_cents;
  const char *since;    /* (nullable): when it was opened */
  const char *currency;
} SlTillState;

GtkWidget *sl_till_page_new (void);
void sl_till_page_set_state (SlTillPage *self, const SlTillState *state);
void sl_till_page_set_takings (SlTillPage *self, GPtrArray *items, const char *total);
void sl_till_page_set_pending (SlTillPage *self, GPtrArray *items);
const char *sl_till_page_get_search (SlTillPage *self); /* "": today's receipts */
void sl_till_page_clear_search (SlTillPage *self);
void sl_till_page_set_receipts (SlTillPage *self, GPtrArray *items, gboolean are_found);
void sl_till_page_show_receipt (SlTillPage *self, const SlId *receipt, const char *title, const char *text,
                                GPtrArray *payments);
void sl_till_page_close_sheet (SlTillPage *self);
