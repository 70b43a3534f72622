/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-watch"

#include "watch.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES_PER_CELL 6      /* a side: 36 pixels make a mean in which sensor noise is a sixth */
#define CELL_CHANGED_LEVELS 6   /* of 255: sensor noise of 7 levels moves a cell's mean by 1.7 from frame to frame */
#define CELLS_CHANGED_MIN 8     /* of 960: a far code covers 25 and more */

static void
measure (const SlFrame *frame, guint8 cells[SL_WATCH_ROWS * SL_WATCH_COLUMNS])
{
  const int across = SL_WATCH_COLUMNS * SAMPLES_PER_CELL, down = SL_WATCH_ROWS * SAMPLES_PER_CELL;

  for (int row = 0; row < SL_WATCH_ROWS; row++)
    for (int column = 0; column < SL_WATCH_COLUMNS; column++)
      {
        int sum = 0;

        for (int i = 0; i < SAMPLES_PER_CELL * SAMPLES_PER_CELL; i++)
          {
            int x = (column * SAMPLES_PER_CELL + i % SAMPLES_PER_CELL) * frame->width / across;
            int y = (row * SAMPLES_PER_CELL + i / SAMPLES_PER_CELL) * frame->height / down;

            sum += frame->data[(gsize) y * frame->stride_bytes + x];
          }
        cells[row * SL_WATCH_COLUMNS + column] = (guint8) (sum / (SAMPLES_PER_CELL * SAMPLES_PER_CELL));
      }
}

static gboolean
has_changed (const SlWatch *watch, const SlFrame *frame, const guint8 cells[SL_WATCH_ROWS * SL_WATCH_COLUMNS])
{
  int changed = 0;

  if (!watch->started || frame->width != watch->width || frame->height != watch->height)
    return TRUE;
  for (guint i = 0; i < SL_WATCH_ROWS * SL_WATCH_COLUMNS; i++)
    changed += abs (cells[i] - watch->cells[i]) >= CELL_CHANGED_LEVELS;
  return changed >= CELLS_CHANGED_MIN;
}

/**
 * sl_watch_wants:
 * @watch: zeroed at first; one per stream of frames
 * @frame: the newest frame
 * @now_ms: monotonic time
 * @out_turn: (out): the pass to try, for sl_decoder_decode_pass()
 *
 * Decides whether a frame is decoded: each one while the picture changes and a while after, else one each half second.
 * Costs 35,000 pixel reads. In a still picture the pass that last found something has every other turn.
 *
 * Returns: %TRUE when the frame is to be decoded; tell sl_watch_note() the outcome
 */
gboolean
sl_watch_wants (SlWatch *watch, const SlFrame *frame, gint64 now_ms, guint *out_turn)
{
  guint8 cells[SL_WATCH_ROWS * SL_WATCH_COLUMNS];

  g_return_val_if_fail (watch != NULL && frame != NULL && out_turn != NULL, FALSE);

  measure (frame, cells);
  if (has_changed (watch, frame, cells))
    {
      memcpy (watch->cells, cells, sizeof cells);
      if (watch->is_still || !watch->started)
        watch->turn = 0;
      watch->width = frame->width;
      watch->height = frame->height;
      watch->changed_ms = now_ms;
      watch->started = TRUE;
    }
  watch->is_still = now_ms - watch->changed_ms > SL_WATCH_SETTLE_MS;
  if (watch->is_still && now_ms - watch->looked_ms < SL_WATCH_STILL_MS)
    return FALSE;
  watch->looked_ms = now_ms;
  watch->try_good_turn = watch->has_good_turn && !watch->try_good_turn;
  *out_turn = watch->try_good_turn ? watch->good_turn : watch->turn++;
  return TRUE;
}

/**
 * sl_watch_note:
 * @watch: a watch
 * @turn: as sl_watch_wants() gave it
 * @found: whether that pass found a code
 *
 * Remembers which pass reads the code now in sight.
 */
void
sl_watch_note (SlWatch *watch, guint turn, gboolean found)
{
  g_return_if_fail (watch != NULL);

  if (found)
    {
      watch->good_turn = turn;
      watch->has_good_turn = TRUE;
    }
  else if (watch->has_good_turn && turn == watch->good_turn)
    watch->has_good_turn = FALSE;
}
