/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "plane.h"

/* A frame without its light: each pixel against its surroundings, in units of their contrast. 128 is as bright as the
 * surroundings; dark modules come out near 64 and light ones near 192, in sun and in shade. */
#define SL_SOFT_MIDDLE 128
#define SL_SOFT_UNIT 64 /* one mean deviation */

typedef struct {
  SlPlane plane;
  SlPlane deviation;   /* scratch */
  gint16 *difference;  /* scratch */
  guint16 *columns;
  guint32 *sums;
  gsize pixels, width; /* for which there is scratch */
} SlSoft;

void sl_soft_clear (SlSoft *soft);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSoft, sl_soft_clear)
void sl_soft_compute (SlSoft *soft, const SlFrame *frame, int radius_px);
