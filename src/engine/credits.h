/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/oplog.h"

/* A member's credits: lots, what is left of them, and the ledger that people read. All derived from lots, claims and
 * burns. */
typedef struct { SlId id; gint64 left_hundredths, expires_ms /* 0: never */; } SlCreditLot;

typedef enum {
  SL_ENTRY_PURCHASE,
  SL_ENTRY_SPEND,
  SL_ENTRY_REFUND,
  SL_ENTRY_FORFEIT,
  SL_ENTRY_EXPIRE,
  SL_ENTRY_TRANSFER,
  SL_ENTRY_ADJUST,
  SL_ENTRY_LAST
} SlEntryKind;
const char *sl_entry_kind_name (SlEntryKind kind);

typedef struct {
  SlEntryKind kind;
  gint64 amount_hundredths;    /* what it adds to the balance; a forfeit adds nothing, the spend has taken it */
  gint64 forfeited_hundredths; /* what is not coming back; below zero, of an adjust: they came after all */
  gint64 at_ms;
  SlId lot_id, booking_id;     /* booking: none where there is none */
  char *reason;                /* (nullable) */
  gint64 stamp, place;         /* order entries of one moment */
} SlCreditEntry;

typedef struct {
  gint64 balance_hundredths;   /* valid now, over all devices; the sum of the entries */
  GArray *lots;                /* (element-type SlCreditLot): valid, with something left, in the order of spending */
  GPtrArray *entries;          /* (element-type SlCreditEntry): oldest first */
} SlCredits;
void sl_credits_free (SlCredits *credits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCredits, sl_credits_free)

gboolean sl_credits_show (SlEngine *engine, const SlActor *actor, const SlId *member, SlCredits **out_credits,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_credits_balance (SlEngine *engine, const SlId *member, gint64 *out_hundredths,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, reason_required, insufficient_credits, credits_elsewhere. */
gboolean sl_credits_adjust (SlEngine *engine, const SlActor *actor, const SlId *member, gint64 amount_hundredths,
                            const char *reason, gint64 *out_balance_hundredths, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Credits of one member for another, with their end. Refusals: not_allowed, reason_required, member_erased,
 * insufficient_credits, credits_elsewhere. */
gboolean sl_credits_transfer (SlEngine *engine, const SlActor *actor, const SlId *member, const SlId *to,
                              gint64 amount_hundredths, const char *reason, gint64 *out_balance_hundredths,
                              gint64 *out_to_balance_hundredths, SlRefusal *out_refusal,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What ends soon. */
typedef struct {
  SlId lot_id, member_id;
  char *first, *last, *phone; /* (nullable) */
  gint64 left_hundredths, expires_ms;
} SlExpiringLot;
void sl_expiring_lot_free (SlExpiringLot *lot);
/* days: from now; SL_NUMBER_NONE: the policy credits_warn_days. (element-type SlExpiringLot), the soonest first;
 * instructors see those of their own members. Refusals: not_allowed. */
gboolean sl_credits_expiring (SlEngine *engine, const SlActor *actor, gint64 days, GPtrArray **out_lots,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* claim (nullable): a booking of the member that is being given up in the same transaction: what percent of it give
 * back to its lots may be spent too, where this device keeps it. */
typedef struct {
  const SlId *claim;
  int percent;
  gboolean elsewhere; /* to another device: theirs, but not for this one to spend */
} SlComesBack;
/* location (nullable): where it is spent: a package may count at some alone. Refusal beside those below: not_covered
 * (credits that count elsewhere would do: other_hundredths). */
gboolean sl_credits_plan_spend_with (SlEngine *engine, const SlId *member, gint64 amount_hundredths, gint64 now_ms,
                                     const SlId *location, const SlComesBack *comes_back, SlSpend **out_spends,
                                     guint *out_n_spends,
                                     SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Which lots pay for amount at now: those that expire first, only what this device holds. TRUE with refusal NONE:
 * *out_spends (free with g_free, NULL where amount is 0) in the order of spending. Refusals: insufficient_credits
 * (needed_hundredths, balance_hundredths), credits_elsewhere. Inside a command, before it emits. */
gboolean sl_credits_plan_spend (SlEngine *engine, const SlId *member, gint64 amount_hundredths, gint64 now_ms,
                                SlSpend **out_spends, guint *out_n_spends, SlRefusal *out_refusal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
