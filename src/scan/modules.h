/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "grid.h"

/* A code's modules, read through a grid. */
typedef struct {
  int side;
  float light[SL_LAYOUT_SIDE_MAX * SL_LAYOUT_SIDE_MAX]; /* against the surroundings: about -1 dark, 1 light */
  gint8 guess[SL_LAYOUT_SIDE_MAX * SL_LAYOUT_SIDE_MAX]; /* -1 dark, 1 light */
} SlModules;

void sl_modules_sample (SlModules *modules, const SlGrid *grid, const SlGridLevel *levels, guint level_count, gboolean is_inverted);
void sl_modules_guess (SlModules *modules, const SlLayout *layout);
void sl_modules_equalise (SlModules *modules, const SlLayout *layout, int radius);
void sl_modules_draw (const SlModules *modules, const SlLayout *layout, SlPlane *out_plane);
