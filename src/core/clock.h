/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where time and chance come from. The programs use the system's; tests and the simulation bring their own. */
typedef struct _SlWorld SlWorld;
struct _SlWorld {
  gint64 (*now_ms) (SlWorld *world);                                  /* UTC milliseconds since 1970 */
  void (*random_bytes) (SlWorld *world, void *buffer, gsize length);
};

SlWorld *sl_world_system (void); /* static: the system's clock and libsodium's random */

/* Hybrid logical clock: (milliseconds << SL_HLC_COUNTER_BITS) | counter. The counter overflows into the
 * milliseconds. Ticks of one device rise strictly, whatever its wall clock does. */
#define SL_HLC_COUNTER_BITS 8
gint64 sl_hlc_next (gint64 last_hlc, gint64 now_ms);
gint64 sl_hlc_to_ms (gint64 hlc);
gint64 sl_hlc_from_ms (gint64 ms);
