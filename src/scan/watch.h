/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

/* Which video frames are worth a look: src/scan/README.md "When to look". */
#define SL_WATCH_COLUMNS 40
#define SL_WATCH_ROWS 24
#define SL_WATCH_SETTLE_MS 2000 /* full rate this long after the last change: a still code may need each pass twice */
#define SL_WATCH_STILL_MS 500   /* then one pass each half second */

typedef struct {
  guint8 cells[SL_WATCH_ROWS * SL_WATCH_COLUMNS]; /* brightness when the picture last changed */
  int width, height;
  gint64 changed_ms, looked_ms;
  gboolean started, is_still;
  guint turn, good_turn;
  gboolean has_good_turn, try_good_turn;
} SlWatch;

gboolean sl_watch_wants (SlWatch *watch, const SlFrame *frame, gint64 now_ms, guint *out_turn);
void sl_watch_note (SlWatch *watch, guint turn, gboolean found);
