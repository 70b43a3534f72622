/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* When the door has time for what nobody waits for. */

#define SL_UPKEEP_QUIET_MS 5000   /* without a request: then there is time */
#define SL_UPKEEP_DUE_MS 60000    /* between two looks at what the clock has made due */
#define SL_UPKEEP_LATEST_MS 90000 /* then also between two requests: a desk that somebody uses is never quiet */

typedef enum { SL_UPKEEP_NOTHING, SL_UPKEEP_DUE, SL_UPKEEP_STORE } SlUpkeep;

/* Monotonic, of the last request and of what was done last. */
typedef struct {
  gint64 asked_us, due_us, store_us;
} SlUpkeepTimes;

void sl_upkeep_begin (SlUpkeepTimes *times, gint64 now_us);
SlUpkeep sl_upkeep_next (SlUpkeepTimes *times, gint64 now_us);
