/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/credits.h"
#include "engine/engine-private.h"

/* Inside the engine room only. */

/* A lot of a member as it stands. */
typedef struct {
  SlId id;
  gint64 credits_hundredths, left_hundredths;  /* as minted; over all devices */
  gint64 expires_ms;                           /* 0: never */
  gint64 hlc;                                  /* when it was made */
  gboolean bought;                             /* by a package or a payment; else given */
} SlLot;

/* All lots of a member, in the order of spending: what expires first, then what never does, older before newer.
 * (element-type SlLot) */
GArray *sl_credits_lots (SlEngine *engine, const SlId *member, GError **error);
gboolean sl_lot_is_valid (const SlLot *lot, gint64 now_ms);
