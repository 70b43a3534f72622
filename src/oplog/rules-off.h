/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Negative controls: each rule of the merge can be left out of the real code, so that the simulation shows that its
 * checker finds what the rule prevents. No program sets any of them. */
typedef enum {
  SL_RULE_HOLD_UNJUSTIFIED,  /* spends that nothing applied justifies wait */
  SL_RULE_ONLY_KEEPER,       /* only its keeper confirms or moves a claim */
  SL_RULE_FENCE,             /* what lies beyond a revoked device's cut is not applied */
  SL_RULE_SEEN_EXTENDS,      /* what the author of a standing operation had seen stands too */
  SL_RULE_WITNESS,           /* who has applied more than a cut says so */
  SL_RULE_RECLAIM_WAITS,     /* for everybody's acknowledgement */
  SL_RULE_RECLAIM_COMPLETE,  /* only once the fenced chain is applied up to its cut */
  SL_RULE_REBIRTH,           /* a copy or old backup goes on as a new device */
  SL_RULE_ADMISSION,         /* only admitted devices' operations apply */
  SL_RULE_RESOLVER_KEEPER,   /* only a claim's keeper, or who goes on for it, drops it as a duplicate */
  SL_RULE_DUPLICATE_ORDER,   /* which of two is kept follows from what never changes again */
  SL_RULE_RESOLVER_WAITS,    /* for unapplied operations that involve what it would repair */
  SL_RULE_FORK_FOLLOW,       /* of a cloned device's histories one counts, the same everywhere */
  SL_RULE_FORK_REBIRTH,      /* whoever learns that it was cloned goes on as a new device */
  SL_RULE_ROLLED_BACK,       /* a program older than its own chain writes nothing */
  SL_RULE_SNAPSHOT_PENDING,  /* a snapshot carries what was stored and not applied */
  SL_RULE_PRUNE_WAITS,       /* only what everybody has acknowledged is folded */
  SL_RULE_CORRECT_APPLIED,   /* a clock's correction also reaches what was applied before it came */
  SL_RULE_CANCELLED_FREED,  /* claims of a cancelled session that are learnt of later are given back, too */
  SL_RULE_OFFER_TURN,       /* a place is offered to the first in line */
  SL_RULE_SETTLE_KEEPER,    /* only its keeper pays what a claim owes */
  SL_RULE_ACK_VECTOR,       /* what was sent is held there only where the answer's vector says so */
  SL_RULE_PAID_ONCE,        /* what may be given back of a payment is minted by the first word that it was paid alone */
  SL_RULE_LAST
} SlRule;
#define SL_RULE_IS_OFF(log, rule) (((log)->rules_off >> (rule) & 1) != 0)

void sl_oplog_set_rules_off (SlOplog *log, guint64 bits);
gboolean sl_oplog_rule_is_off (SlOplog *log, SlRule rule); /* for the rooms above, which do not see into a log */
