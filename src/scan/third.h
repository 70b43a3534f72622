/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "grid.h"

/* Two finders of a code are seen and the third is not (glare, a thumb, noise): where it must be, and whether it is. */
#define SL_THIRD_MAX 6

typedef struct {
  SlFinder finders[3]; /* upper left, upper right, lower left */
  float score;
} SlThird;

guint sl_third_find (const SlGridLevel *levels, guint level_count, const SlFinder *one, const SlFinder *other,
                     guint *searches_left, SlThird out_thirds[SL_THIRD_MAX]);
