/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* The books of a studio, by double entry: src/engine/README.md "Books". They are stored nowhere: each entry follows
 * from a record of money, the same on every device that knows it, and its legs come to zero. */

typedef enum {
  SL_ACCOUNT_CASH,          /* money: what has come in less what was given back */
  SL_ACCOUNT_CARD,
  SL_ACCOUNT_EFT,
  SL_ACCOUNT_QR,
  SL_ACCOUNT_ONLINE,
  SL_ACCOUNT_ELSEWHERE,     /* by a way that this program has no word for */
  SL_ACCOUNT_RECEIVABLE,    /* sold and not paid: on account, pending, due */
  SL_ACCOUNT_VOUCHERS,      /* owed to whoever shows them: below zero */
  SL_ACCOUNT_VAT,           /* owed to the state: below zero */
  SL_ACCOUNT_PACKAGES,      /* revenue, without VAT, by what was sold: below zero */
  SL_ACCOUNT_PLANS,
  SL_ACCOUNT_JOINING,
  SL_ACCOUNT_DROP_INS,
  SL_ACCOUNT_FEES,
  SL_ACCOUNT_OTHER,
  SL_ACCOUNT_REFUNDS,       /* what revenue is less by, without VAT */
  SL_ACCOUNT_GIVEN,         /* vouchers that nobody paid for */
  SL_ACCOUNT_VOIDED,        /* vouchers that were taken away: below zero */
  SL_ACCOUNT_CASH_MOVED,    /* put into tills (below zero) or taken out */
  SL_ACCOUNT_CASH_DIFFERENCE, /* counted more (below zero) or less than expected */
  SL_ACCOUNT_LAST
} SlAccount;
const char *sl_account_name (SlAccount account); /* for programs: stable */

typedef enum {
  SL_ENTRY_SALE = 1,
  SL_ENTRY_PAYMENT,         /* when it was paid, which may be after it was taken */
  SL_ENTRY_REFUND,
  SL_ENTRY_VOUCHER,         /* one that was given; sold ones are part of their sale */
  SL_ENTRY_VOUCHER_VOID,
  SL_ENTRY_TILL_CASH,
  SL_ENTRY_TILL_CLOSE       /* the difference found */
} SlEntryKind;

/* One line of an entry. cents: above zero to the debit of its account, below zero to its credit. */
typedef struct {
  gint64 at_ms;
  SlEntryKind kind;
  SlId id;                  /* of the sale, the payment … */
  SlId sale_id, till_id, location_id; /* none: of none */
  SlAccount account;
  gint64 cents;
} SlLedgerLeg;

/* [from_ms, until_ms). legs: (element-type SlLedgerLeg), by time, an entry's together. Outside a command or inside. */
gboolean sl_ledger_list (SlEngine *engine, gint64 from_ms, gint64 until_ms, GArray **out_legs,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_ledger_sum (SlEngine *engine, gint64 from_ms, gint64 until_ms, const SlId *location /* (nullable): all */,
                        gint64 out_cents[SL_ACCOUNT_LAST], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds a sentence for support to problems (element-type utf8) for whatever does not agree. */
gboolean sl_ledger_check (SlEngine *engine, gint64 from_ms, gint64 until_ms, GPtrArray *problems,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
