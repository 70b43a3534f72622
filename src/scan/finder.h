/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plane.h"

/* A finder pattern: the square within a square in three corners of each QR code. */
typedef struct {
  float x, y;           /* its middle, in pixels; (0.5, 0.5) is the middle of the first */
  float module_px;      /* size of a module along the axes */
  float rows_px;        /* height of the rows that showed it, summed over all scales */
  gboolean is_inverted; /* light on dark */
} SlFinder;

/* As many as one picture may show: more is texture. */
#define SL_FINDERS_MAX 160

guint sl_finder_scan (const SlPlane *soft, float scale, int row_step, SlFinder finders[SL_FINDERS_MAX], guint count);
