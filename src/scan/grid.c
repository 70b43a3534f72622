/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-grid"

#include "grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "soft.h"

#define MIDDLE_MODULES 3.5f   /* from a code's edge to the middle of a finder */
#define MODULE_WANTED_PX 3.0f /* fine enough to tell modules apart, coarse enough to average noise away */
#define FOURTH_REACH 4        /* steps of a module searched around the guess of the fourth corner */
#define FOURTH_REACH_TILTED 8 /* … and where their sizes say that the code is much tilted */
#define TILTED_RATIO 1.3f
#define STEP_FIRST_MODULES 0.6f
#define STEP_LAST_MODULES 0.04f
#define SCORE_WORTH_REFINING 0.12f
#define SIDE_GUESS_MIN 15.0f /* version 1 has 21, version 40 has 177; tilted ones seem smaller or larger */
#define SIDE_GUESS_MAX 190.0f
#define FINDERS_TIE 0.25f
#define FOURTH_TIE 0.7f
#define VERSIONS_FITTED 3
#define UNLIKELY -9.0f
#define POINTS_MAX 500      /* of a layout that are looked at; a version 7 code has 436 */
#define PARAMETERS 12       /* four corners and the bend, two coordinates each */
#define SIDE_RATIO_MAX 4.0f /* one side four times as long as the other: seen at 75° */

/* What a fit works on. */
typedef struct {
  const SlPlane *plane;
  float scale;
  const SlLayout *layout;
  float module_px; /* of the plane */
  float sign;      /* -1: light on dark */
} Fit;

/**
 * sl_layouts_clear:
 * @layouts: layouts, or zeros
 *
 * Frees what was made so far.
 */
void
sl_layouts_clear (SlLayouts *layouts)
{
  for (guint i = 0; i <= SL_LAYOUT_VERSION_MAX; i++)
    g_clear_pointer (&layouts->versions[i], sl_layout_free);
}

/**
 * sl_layouts_get:
 * @layouts: layouts made so far
 * @version: of the code, 1 to %SL_LAYOUT_VERSION_MAX
 *
 * Returns: (transfer none): the version's fixed patterns, made at the first call
 */
const SlLayout *
sl_layouts_get (SlLayouts *layouts, int version)
{
  g_return_val_if_fail (version >= 1 && version <= SL_LAYOUT_VERSION_MAX, NULL);

  if (layouts->versions[version] == NULL)
    layouts->versions[version] = sl_layout_new (version);
  return layouts->versions[version];
}

/* The homography of the unit square onto four points. */
static void
square_to_corners (const float c[4][2], float scale, float h[9])
{
  float x0 = c[0][0] * scale, y0 = c[0][1] * scale, x1 = c[1][0] * scale, y1 = c[1][1] * scale;
  float x2 = c[3][0] * scale, y2 = c[3][1] * scale, x3 = c[2][0] * scale, y3 = c[2][1] * scale;
  float dx1 = x1 - x2, dy1 = y1 - y2, dx2 = x3 - x2, dy2 = y3 - y2, sx = x0 - x1 + x2 - x3, sy = y0 - y1 + y2 - y3;
  float det = dx1 * dy2 - dx2 * dy1;
  float g = fabsf (det) > 1e-6f ? (sx * dy2 - dx2 * sy) / det : 0,
        k = fabsf (det) > 1e-6f ? (dx1 * sy - sx * dy1) / det : 0;

  h[0] = x1 - x0 + g * x1;
  h[1] = x3 - x0 + k * x3;
  h[2] = x0;
  h[3] = y1 - y0 + g * y1;
  h[4] = y3 - y0 + k * y3;
  h[5] = y0;
  h[6] = g;
  h[7] = k;
  h[8] = 1;
}

/**
 * sl_grid_map_init:
 * @map: (out caller-allocates): from modules to pixels
 * @grid: a grid in the original's pixels
 * @scale: pixels of the original a pixel of the level is wide
 */
void
sl_grid_map_init (SlGridMap *map, const SlGrid *grid, float scale)
{
  square_to_corners (grid->corners, 1 / scale, map->h);
  for (guint i = 0; i < G_N_ELEMENTS (map->bend); i++)
    map->bend[i] = 4 * grid->bend[i] / scale;
  map->origin = MIDDLE_MODULES;
  map->share = 1 / ((float) grid->side - 2 * MIDDLE_MODULES);
}

static inline void
map_point (const SlGridMap *map, float u, float v, float *out_x, float *out_y)
{
  float a = (u - map->origin) * map->share, b = (v - map->origin) * map->share;
  float w = map->h[6] * a + map->h[7] * b + map->h[8], rise_a = a * (1 - a), rise_b = b * (1 - b);

  *out_x = (map->h[0] * a + map->h[1] * b + map->h[2]) / w + map->bend[0] * rise_a + map->bend[2] * rise_b;
  *out_y = (map->h[3] * a + map->h[4] * b + map->h[5]) / w + map->bend[1] * rise_a + map->bend[3] * rise_b;
}

/**
 * sl_grid_map_point:
 * @map: from modules to pixels
 * @u: modules from the left edge
 * @v: modules from the upper edge
 * @out_x: (out): pixels
 * @out_y: (out): pixels
 */
void
sl_grid_map_point (const SlGridMap *map, float u, float v, float *out_x, float *out_y)
{
  map_point (map, u, v, out_x, out_y);
}

static inline float
sample (const SlPlane *plane, float x, float y, float outside)
{
  int left, top;
  const guint8 *at;
  float right_share, low_share, upper, lower;

  x -= 0.5f;
  y -= 0.5f;
  if (!(x >= 0 && y >= 0 && x < (float) (plane->width - 1) && y < (float) (plane->height - 1)))
    return outside;
  left = (int) x;
  top = (int) y;
  right_share = x - (float) left;
  low_share = y - (float) top;
  at = plane->data + (gsize) top * (gsize) plane->width + left;
  upper = at[0] + (float) (at[1] - at[0]) * right_share;
  lower = at[plane->width] + (float) (at[plane->width + 1] - at[plane->width]) * right_share;
  return upper + (lower - upper) * low_share;
}

/**
 * sl_plane_sample:
 * @plane: a plane
 * @x: pixels
 * @y: pixels
 * @outside: what lies beyond the plane's edge
 *
 * Returns: the brightness there, between the pixels around it
 */
float
sl_plane_sample (const SlPlane *plane, float x, float y, float outside)
{
  return sample (plane, x, y, outside);
}

/* How well the three finders alone lie, each by itself: the cheap question that throws most triples out. */
static float
score_finders (const Fit *fit, const SlGrid *grid)
{
  SlGridMap map;
  float worst = 9;

  sl_grid_map_init (&map, grid, fit->scale);
  for (int finder = 0; finder < 3; finder++)
    {
      float left = finder == 1 ? (float) grid->side - 7 : 0, top = finder == 2 ? (float) grid->side - 7 : 0, sum = 0;

      for (int row = 0; row < 7; row++)
        for (int column = 0; column < 7; column++)
          {
            int ring = MAX (abs (row - 3), abs (column - 3));
            float x, y;

            map_point (&map, left + (float) column + 0.5f, top + (float) row + 0.5f, &x, &y);
            sum += (ring == 2 ? 1.0f : -1.0f) * (sample (fit->plane, x, y, SL_SOFT_MIDDLE) - SL_SOFT_MIDDLE);
          }
      worst = MIN (worst, fit->sign * sum / (49 * SL_SOFT_UNIT));
    }
  return worst;
}

static float
score_points (const Fit *fit, const SlGrid *grid, guint count)
{
  SlGridMap map;
  float sum = 0;
  guint step = 1 + (count - 1) / POINTS_MAX;

  sl_grid_map_init (&map, grid, fit->scale);
  for (guint i = 0; i < count; i += step)
    {
      const SlLayoutPoint *point = &fit->layout->points[i];
      float x, y;

      map_point (&map, point->u, point->v, &x, &y);
      sum += point->sign * (sample (fit->plane, x, y, SL_SOFT_MIDDLE) - SL_SOFT_MIDDLE);
    }
  return fit->sign * sum / ((float) ((count + step - 1) / step) * SL_SOFT_UNIT);
}

static float
score (const Fit *fit, const SlGrid *grid)
{
  return score_points (fit, grid, fit->layout->count);
}

/* Half the width of a finder along a side of the code: what the scan along the axes made of it, turned. */
static float
half_width (const Fit *fit, const SlFinder *finder, float dx, float dy)
{
  return MIDDLE_MODULES * finder->module_px / fit->scale * MAX (fabsf (dx), fabsf (dy)) / hypotf (dx, dy);
}

static void
set_fourth (SlGrid *grid, float gain_a, float gain_b)
{
  float w = gain_a + gain_b - 1;

  for (int i = 0; i < 2; i++)
    grid->corners[3][i] =
        (gain_a * grid->corners[1][i] + gain_b * grid->corners[2][i] - grid->corners[0][i]) / MAX (w, 0.2f);
}

/* Looks for the fourth corner around where the sizes of the finders put it. */
static float
search_fourth (const Fit *fit, SlGrid *grid, int reach)
{
  float middle[2] = { grid->corners[3][0], grid->corners[3][1] }, best = -1,
        step = 1.0f / ((float) grid->side - 2 * MIDDLE_MODULES);
  float best_at[2] = { middle[0], middle[1] };
  /* The finders hardly move with the fourth corner; version 1 has little else. */
  guint count = fit->layout->version > 1 ? fit->layout->far_count : fit->layout->count;

  for (int i = -reach; i <= reach; i++)
    for (int k = -reach; k <= reach; k++)
      {
        float now;

        for (int c = 0; c < 2; c++)
          grid->corners[3][c] = middle[c]
                                + step
                                      * ((float) i * (grid->corners[1][c] - grid->corners[0][c])
                                         + (float) k * (grid->corners[2][c] - grid->corners[0][c]));
        now = score_points (fit, grid, count);
        if (now > best)
          {
            best = now;
            best_at[0] = grid->corners[3][0];
            best_at[1] = grid->corners[3][1];
          }
      }
  grid->corners[3][0] = best_at[0];
  grid->corners[3][1] = best_at[1];
  return score (fit, grid);
}

/* Moves corners and bend by ever smaller steps as long as the fixed patterns lie better. */
static float
refine (const Fit *fit, SlGrid *grid, float best)
{
  float *parameters[PARAMETERS] = {
    &grid->corners[3][0], &grid->corners[3][1], &grid->corners[0][0], &grid->corners[0][1],
    &grid->corners[1][0], &grid->corners[1][1], &grid->corners[2][0], &grid->corners[2][1],
    &grid->bend[0],       &grid->bend[1],       &grid->bend[2],       &grid->bend[3],
  };
  float last = STEP_LAST_MODULES * fit->module_px * fit->scale;

  for (float step = STEP_FIRST_MODULES * fit->module_px * fit->scale; step > last; step /= 2)
    for (gboolean better = TRUE; better;)
      {
        better = FALSE;
        for (int i = 0; i < PARAMETERS; i++)
          for (int way = -1; way <= 1; way += 2)
            {
              float before = *parameters[i], now;

              *parameters[i] += (float) way * step;
              now = score (fit, grid);
              if (now > best + 1e-4f)
                {
                  best = now;
                  better = TRUE;
                }
              else
                *parameters[i] = before;
            }
      }
  return best;
}

static const SlGridLevel *
choose_level (const SlGridLevel *levels, guint level_count, float module_px)
{
  const SlGridLevel *best = levels;

  for (guint i = 1; i < level_count; i++)
    if (fabsf (logf (module_px / levels[i].scale / MODULE_WANTED_PX))
        < fabsf (logf (module_px / best->scale / MODULE_WANTED_PX)))
      best = &levels[i];
  return best;
}

/* The grid that the finders alone suggest. Returns: the number of modules a side that fits them, or 0. */
static float
guess (const Fit *fit, const SlFinder *const finders[3], SlGrid *out_grid)
{
  float a[2] = { finders[1]->x - finders[0]->x, finders[1]->y - finders[0]->y };
  float b[2] = { finders[2]->x - finders[0]->x, finders[2]->y - finders[0]->y };
  float length_a = hypotf (a[0], a[1]) / fit->scale, length_b = hypotf (b[0], b[1]) / fit->scale;
  float a0 = half_width (fit, finders[0], a[0], a[1]), a1 = half_width (fit, finders[1], a[0], a[1]);
  float b0 = half_width (fit, finders[0], b[0], b[1]), b2 = half_width (fit, finders[2], b[0], b[1]), side_a, side_b;

  side_a = MIDDLE_MODULES * length_a / sqrtf (a0 * a1);
  side_b = MIDDLE_MODULES * length_b / sqrtf (b0 * b2);
  if (side_a > SIDE_RATIO_MAX * side_b || side_b > SIDE_RATIO_MAX * side_a)
    return 0;

  *out_grid = (SlGrid){ 0 };
  for (int i = 0; i < 3; i++)
    {
      out_grid->corners[i][0] = finders[i]->x;
      out_grid->corners[i][1] = finders[i]->y;
    }
  /* The scale of a projective line falls with the square of the depth. */
  set_fourth (out_grid, sqrtf (CLAMP (a0 / a1, 0.3f, 3)), sqrtf (CLAMP (b0 / b2, 0.3f, 3)));
  return (side_a + side_b) / 2 + 2 * MIDDLE_MODULES;
}

/* What the finders alone say: the fit's start, the versions that may be, and how well the finders stand in each. */
typedef struct {
  Fit fit;
  SlGrid start;
  int low, high;
  float scores[SL_LAYOUT_VERSION_MAX + 1], best;
} Glance;

static gboolean
glance (const SlGridLevel *levels, guint level_count, const SlFinder *const finders[3], Glance *out)
{
  float module_px = (finders[0]->module_px + finders[1]->module_px + finders[2]->module_px) / 3, side;
  const SlGridLevel *level = choose_level (levels, level_count, module_px);
  int version, reach;

  out->fit = (Fit){ level->plane, level->scale, NULL, module_px / level->scale, finders[0]->is_inverted ? -1 : 1 };
  out->best = 0;
  side = guess (&out->fit, finders, &out->start);
  if (side < SIDE_GUESS_MIN || side > SIDE_GUESS_MAX)
    return FALSE;
  version = (int) lroundf ((side - 17) / 4);
  reach = 1 + (int) (side / 30);
  out->low = MAX (version - reach, 1);
  out->high = MIN (version + reach, SL_LAYOUT_VERSION_MAX);
  for (int v = out->low; v <= out->high; v++)
    {
      out->start.side = 17 + 4 * v;
      out->scores[v] = score_finders (&out->fit, &out->start);
      out->best = MAX (out->best, out->scores[v]);
    }
  return out->low <= out->high;
}

/* Leaves the few versions in which the finders stand best. */
static void
drop_unlikely (Glance *look)
{
  float scores[SL_LAYOUT_VERSION_MAX + 1];

  memcpy (scores, look->scores, sizeof scores);
  for (int v = look->low; v <= look->high; v++)
    {
      int better = 0;

      for (int other = look->low; other <= look->high; other++)
        better += scores[other] > scores[v];
      if (better >= VERSIONS_FITTED || scores[v] < look->best - FINDERS_TIE)
        look->scores[v] = UNLIKELY;
    }
}

/**
 * sl_grid_glance:
 * @levels: soft pictures
 * @level_count: how many
 * @finders: upper left, upper right, lower left
 *
 * The cheap question before a fit: do three finders stand as those of one code do?
 *
 * Returns: how well the worst of them stands; below %SL_GRID_GLANCE_MIN a fit is not worth trying
 */
float
sl_grid_glance (const SlGridLevel *levels, guint level_count, const SlFinder *const finders[3])
{
  Glance look;

  return glance (levels, level_count, finders, &look) ? look.best : 0;
}

/**
 * sl_grid_fit:
 * @layouts: keeps the layouts that are needed
 * @levels: soft pictures
 * @level_count: how many
 * @finders: upper left, upper right, lower left
 * @out_grid: (out caller-allocates): the grid, in pixels of the original
 *
 * Lays the grid of modules over a picture: the version and the fourth corner by search, then all corners and the bend
 * by small steps, so that the patterns that every code of the version has lie as well as they can.
 *
 * Returns: how well they lie: 1 is as clear as the picture's contrast, 0 is chance
 */
float
sl_grid_fit (SlLayouts *layouts, const SlGridLevel *levels, guint level_count, const SlFinder *const finders[3],
             SlGrid *out_grid)
{
  Glance look;
  float best = -1, best_fourth = -1;
  float smallest = MIN (MIN (finders[0]->module_px, finders[1]->module_px), finders[2]->module_px);
  float largest = MAX (MAX (finders[0]->module_px, finders[1]->module_px), finders[2]->module_px);
  int reach = largest > TILTED_RATIO * smallest ? FOURTH_REACH_TILTED : FOURTH_REACH;
  SlGrid grids[SL_LAYOUT_VERSION_MAX + 1];

  if (!glance (levels, level_count, finders, &look) || look.best < SL_GRID_GLANCE_MIN)
    return 0;
  drop_unlikely (&look);
  for (int v = look.low; v <= look.high; v++)
    {
      grids[v] = look.start;
      grids[v].side = 17 + 4 * v;
      look.fit.layout = sl_layouts_get (layouts, v);
      if (look.scores[v] > UNLIKELY)
        look.scores[v] = search_fourth (&look.fit, &grids[v], reach);
      best_fourth = MAX (best_fourth, look.scores[v]);
    }
  if (best_fourth < SCORE_WORTH_REFINING)
    return 0;
  for (int v = look.low; v <= look.high; v++)
    {
      float now;

      if (look.scores[v] <= UNLIKELY || look.scores[v] < best_fourth * FOURTH_TIE)
        continue;
      look.fit.layout = sl_layouts_get (layouts, v);
      now = refine (&look.fit, &grids[v], look.scores[v]);
      if (now > best)
        {
          best = now;
          *out_grid = grids[v];
        }
    }
  /* Three finders can be had by chance, as in print; timing and alignment patterns in their places cannot. */
  look.fit.layout = sl_layouts_get (layouts, (out_grid->side - 17) / 4);
  return MIN (best, score_points (&look.fit, out_grid, look.fit.layout->far_count));
}
