/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* How somebody pays: one way, or several after each other. What was typed stays until sl_pay_view_reset().
 *
 * Signal: "pay": all of it is put together, see sl_pay_view_get_parts() */
#define SL_TYPE_PAY_VIEW (sl_pay_view_get_type ())
G_DECLARE_FINAL_TYPE (SlPayView, sl_pay_view, SL, PAY_VIEW, GtkBox)

typedef enum {
  SL_PAY_CASH, SL_PAY_CARD, SL_PAY_EFT, SL_PAY_QR, SL_PAY_VOUCHER, SL_PAY_ACCOUNT, SL_PAY_WAY_LAST
} SlPayWay;

typedef struct {
  SlPayWay way;
  gint64 amount_cents, tendered_cents; /* tendered: cash as handed over; else 0 */
  char *reference;                     /* (nullable): slip, transfer, the voucher's code */
  gboolean pending;                    /* a transfer that nobody has seen yet */
} SlPayPart;

GtkWidget *sl_pay_view_new (void);
void sl_pay_view_reset (SlPayView *self);
void sl_pay_view_set_total (SlPayView *self, gint64 total_cents, const char *currency);
void sl_pay_view_set_free (SlPayView *self, const char *text, const char *verb);
void sl_pay_view_set_ways (SlPayView *self, gboolean for_member, gboolean for_voucher);
void sl_pay_view_set_may_owe (SlPayView *self, gboolean may_owe);
void sl_pay_view_set_code_max (SlPayView *self, gint64 max_cents);
void sl_pay_view_set_busy (SlPayView *self, gboolean busy);
void sl_pay_view_limit_voucher (SlPayView *self, gint64 left_cents);
const GArray *sl_pay_view_get_parts (SlPayView *self, gboolean *out_part); /* (element-type SlPayPart) */
const char *sl_pay_way_method (SlPayWay way);                            /* "cash", as the engine has it */
const char *sl_pay_method_words (const char *method);                    /* "Cash", in the language of the moment */
