/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "done-view.h"
#include "page-item.h"
#include "pay-view.h"
#include "widgets/shape-bin.h"

#include "core/id.h"

/* Selling: to whom, what, how it is paid.
 *
 * Signals: "search" (text) · "buyer" (const SlId *): none: at the counter · "kind" (SlSellKind): its things are wanted
 * "thing" (guint): one of them · "typed": what is typed of a voucher or of anything else is another
 * "make": they are to be made where there are none · "start-again" */
#define SL_TYPE_SELL_PAGE (sl_sell_page_get_type ())
G_DECLARE_FINAL_TYPE (SlSellPage, sl_sell_page, SL, SELL_PAGE, SlShapeBin)

typedef enum {
  SL_SELL_PACKAGE, SL_SELL_PLAN, SL_SELL_VOUCHER, SL_SELL_OTHER, SL_SELL_DUE, SL_SELL_KIND_LAST
} SlSellKind;

GtkWidget *sl_sell_page_new (void);
void sl_sell_page_set_people (SlSellPage *self, GPtrArray *items);
void sl_sell_page_set_buyer (SlSellPage *self, const char *name); /* (nullable): somebody at the counter */
void sl_sell_page_ask_buyer (SlSellPage *self);
void sl_sell_page_set_things (SlSellPage *self, SlSellKind kind, GPtrArray *items, const char *none);
void sl_sell_page_offer_make (SlSellPage *self, const char *label); /* (nullable): not to this person */
void sl_sell_page_select_thing (SlSellPage *self, guint index);
void sl_sell_page_show_kind (SlSellPage *self, SlSellKind kind);
gboolean sl_sell_page_get_typed (SlSellPage *self, char **out_name, gint64 *out_cents, gint64 *out_quantity);
void sl_sell_page_show_done (SlSellPage *self, gboolean is_done);
void sl_sell_page_clear (SlSellPage *self);
SlPayView *sl_sell_page_get_pay (SlSellPage *self);   /* (transfer none) */
SlDoneView *sl_sell_page_get_done (SlSellPage *self); /* (transfer none) */
