/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "grid.h"

/* Around the code this much is read as well: blur carries light over its edge. */
#define SL_MODULES_MARGIN 3
#define SL_MODULES_WIDTH_MAX (SL_LAYOUT_SIDE_MAX + 2 * SL_MODULES_MARGIN)

/* A code's modules, read through a grid. */
typedef struct {
  int side, width;                                          /* width: with the margin on both sides */
  float light[SL_MODULES_WIDTH_MAX * SL_MODULES_WIDTH_MAX]; /* against the surroundings: about -1 dark, 1 light */
  float value[SL_MODULES_WIDTH_MAX * SL_MODULES_WIDTH_MAX]; /* -1 dark, 1 light, by the last guess */
} SlModules;

void sl_modules_sample (SlModules *modules, const SlGrid *grid, const SlGridLevel *levels, guint level_count,
                        float module_px, gboolean is_inverted);
void sl_modules_guess (SlModules *modules, const SlLayout *layout);
void sl_modules_sharpen (SlModules *modules, const SlLayout *layout, int radius);
void sl_modules_draw (const SlModules *modules, const SlLayout *layout, SlPlane *out_plane);
