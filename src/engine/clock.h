/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* This device's clock, as far as it can be judged here: src/engine/README.md "The clock". An untrusted one is shown and
 * refuses nothing. */
typedef enum {
  SL_CLOCK_TRUSTED,
  SL_CLOCK_BEHIND,     /* it says less than it has said before: it stands wrong, or it stood ahead */
  SL_CLOCK_IMPOSSIBLE, /* before this program was made: nobody has set it */
  SL_CLOCK_DOUBT_LAST
} SlClockDoubt;
const char *sl_clock_doubt_name (SlClockDoubt doubt);

typedef struct {
  gint64 now_ms;       /* what the clock says */
  gint64 highest_ms;   /* the highest time ever seen here: of the last operation, or confirmed */
  gint64 ahead_ms;     /* how far this device's last stamp is ahead of the clock; below zero: behind it */
  gint64 confirmed_ms; /* when somebody last confirmed it; 0: never */
  SlClockDoubt doubt;
} SlClockState;
gboolean sl_clock_show (SlEngine *engine, SlClockState *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  gint64 offset_ms; /* by how much stamps were corrected; 0: none had to be */
  guint64 from_seq; /* this device's first operation whose stamp was */
  guint64 operations;
} SlClockConfirmed;
gboolean sl_clock_confirm (SlEngine *engine, const SlActor *actor, gint64 offset_ms, gint64 since_ms,
                           SlClockConfirmed *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
