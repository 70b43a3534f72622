/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/credits.h"
#include "engine/engine-private.h"

/* Inside the engine room only. */

#define SL_ADJUST_MAX_HUNDREDTHS G_GINT64_CONSTANT (100000000) /* a million credits: a slip of the finger beyond */

/* A lot of a member as it stands. */
typedef struct {
  SlId id, member_id, package_id;              /* whose, of all records of one person; package: none: of none */
  gint64 credits_hundredths, left_hundredths;  /* as minted; over all devices */
  gint64 expires_ms;                           /* 0: never */
  gint64 hlc;                                  /* when it was made */
  gboolean bought;                             /* by a package or a payment; else given */
  gboolean transferred;                        /* by another member, of whatever it was */
} SlLot;

/* All lots of a member, in the order of spending: what expires first, then what never does, older before newer.
 * (element-type SlLot) */
GArray *sl_credits_lots (SlEngine *engine, const SlId *member, GError **error);
/* Of them those that the clock still lets be spent: what has expired over the years is not looked at. */
GArray *sl_credits_valid_lots (SlEngine *engine, const SlId *member, gint64 now_ms, GError **error);
/* In SQL: hundredths left over all devices in the lot l; the refund in it is sl_refund_part()'s. */
#define SL_SQL_LOT_LEFT \
  "(coalesce ((SELECT sum (r.credits_hundredths) FROM lot_right r WHERE r.lot_id = l.id), 0) - " \
  "coalesce ((SELECT sum (s.amount_hundredths - (((s.before_hundredths + s.amount_hundredths) * coalesce " \
  "(c.release_percent, 0) + 99) / 100 - (s.before_hundredths * coalesce (c.release_percent, 0) + 99) / 100)) " \
  "FROM claim_spend s JOIN claim c ON c.id = s.claim_id WHERE s.lot_id = l.id), 0))"
gboolean sl_lot_is_valid (const SlLot *lot, gint64 now_ms);
/* location (nullable): anywhere. */
gboolean sl_lot_counts_at (SlEngine *engine, const SlLot *lot, const SlId *location, gboolean *out_counts,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
