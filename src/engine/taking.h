/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/money.h"

/* How people pay: src/engine/README.md "Money". */
typedef struct {
  const char *method;       /* cash, card, eft, qr, online, voucher, account */
  gint64 amount_cents;      /* SL_NUMBER_NONE: all that is left to pay */
  gint64 tendered_cents;    /* cash as handed over; 0: just so much */
  const char *reference;    /* (nullable): the slip's, the transfer's; of a voucher without a code: its code */
  const char *voucher_code; /* (nullable) */
  gboolean pending;         /* not seen yet: a transfer that was promised */
} SlPay;

/* What SlPay come to: ready for the log. */
typedef struct {
  GArray *list;      /* of SlTaking */
  GPtrArray *texts;  /* that they point to */
  SlId till_id;      /* none: the device's day */
  gint64 sum_cents, change_cents, pending_cents;
} SlTakings;
void sl_takings_clear (SlTakings *takings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlTakings, sl_takings_clear)

#define SL_SLIP_DAYS 30 /* terminals count their slips anew sooner or later */

/* What a slip, a method or a voucher is refused for; anyway: the same slip again is knowingly given. */
typedef struct {
  gint64 total_cents;
  gboolean part;   /* less than that will do */
  gboolean anyway;
} SlTakingsRules;

/* Inside a command. Refusals: amount_mismatch (price_cents, paid_cents), till_closed, voucher_invalid, no_rights
 * (voucher, device, missing_cents), possible_duplicate (payment). FALSE: refused, or failed where nothing is:
 * BAD_INPUT. */
gboolean sl_takings_check (SlEngine *engine, const SlPay *pays, guint n_pays, const SlTakingsRules *rules,
                           SlTakings *out, SlRefusal *refusal, GError **error);
gboolean sl_taking_is_method (const char *method, GError **error); /* BAD_INPUT */
