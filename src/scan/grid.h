/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finder.h"
#include "layout.h"
#include "plane.h"

/* Where each module of a code lies in a picture: a perspective view of a slightly bent sheet. */
typedef struct {
  int side; /* modules */
  float corners[4]
               [2]; /* in pixels: middles of the finders (upper left, upper right, lower left), and the fourth corner */
  float bend[4];    /* rise in the middle, in pixels: x and y along the rows, x and y along the columns */
} SlGrid;

/* A picture at half, quarter … size. scale: pixels of the original a pixel is wide. */
typedef struct {
  const SlPlane *plane;
  float scale;
} SlGridLevel;

/* Layouts of the versions that were needed so far. */
typedef struct {
  SlLayout *versions[SL_LAYOUT_VERSION_MAX + 1];
} SlLayouts;

void sl_layouts_clear (SlLayouts *layouts);
const SlLayout *sl_layouts_get (SlLayouts *layouts, int version);

typedef struct {
  float h[9];
  float bend[4];
  float origin, share; /* module coordinate to the corners' square */
} SlGridMap;

void sl_grid_map_init (SlGridMap *map, const SlGrid *grid, float scale);
void sl_grid_map_point (const SlGridMap *map, float u, float v, float *out_x, float *out_y);
float sl_plane_sample (const SlPlane *plane, float x, float y, float outside);

#define SL_GRID_GLANCE_MIN 0.2f
float sl_grid_glance (const SlGridLevel *levels, guint level_count, const SlFinder *const finders[3]);
float sl_grid_fit (SlLayouts *layouts, const SlGridLevel *levels, guint level_count, const SlFinder *const finders[3],
                   SlGrid *out_grid);
