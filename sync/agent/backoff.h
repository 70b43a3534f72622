/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/clock.h"

/* How long to wait before trying again: twice as long each time, and any moment within that, so that a studio's devices
 * do not all come back at once. */
#define SL_BACKOFF_FIRST_MS 1000
#define SL_BACKOFF_MAX_MS (60 * 1000)

typedef struct { guint failures; } SlBackoff;
void sl_backoff_reset (SlBackoff *backoff);
gint64 sl_backoff_next_ms (SlBackoff *backoff, SlWorld *world);
