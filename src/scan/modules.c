/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-modules"

#include "modules.h"

#include <math.h>
#include <string.h>

#define SAMPLES 3 /* a side, within the middle half of a module */
#define SAMPLE_REACH 0.25f
#define FINE_MODULE_PX 4.0f    /* from here on a single sample is taken: nothing is to be averaged away */
#define SURROUNDINGS_MODULES 5 /* each way: what a module is compared with; more than any run of one colour */
#define DRAWN_MODULE_PX 4      /* zbar reads that without fail */
#define DRAWN_QUIET_MODULES 4
#define ROUNDS 4 /* of learning the filter and deciding again */
#define RADIUS_MAX 3
#define TAPS_MAX ((2 * RADIUS_MAX + 1) * (2 * RADIUS_MAX + 1) + 1)
#define LEARNT_MAX 2500 /* a filter of 50 taps needs no more examples than a version 7 code has */
#define RIDGE 0.01      /* noise that is always there, as a share of the samples */

static inline int
at (const SlModules *modules, int column, int row)
{
  return (row + SL_MODULES_MARGIN) * modules->width + column + SL_MODULES_MARGIN;
}

static SlLayoutModule
fixed_at (const SlLayout *layout, int column, int row)
{
  if (column < 0 || row < 0 || column >= layout->side || row >= layout->side)
    return SL_LAYOUT_LIGHT;
  return (SlLayoutModule) layout->modules[row * layout->side + column];
}

/* Sums over all rectangles from the upper left corner of the code, without its margin. */
static void
sum_up (const SlModules *modules, const float *values, double *sums)
{
  int side = modules->side;

  memset (sums, 0, sizeof *sums * (gsize) (side + 1));
  for (int row = 0; row < side; row++)
    {
      double *now = sums + (row + 1) * (side + 1), *above = now - (side + 1), sum = 0;

      now[0] = 0;
      for (int column = 0; column < side; column++)
        {
          sum += values[at (modules, column, row)];
          now[column + 1] = above[column + 1] + sum;
        }
    }
}

static float
local_mean (const double *sums, int side, int column, int row)
{
  int c = CLAMP (column, 0, side - 1), r = CLAMP (row, 0, side - 1);
  int top = MAX (r - SURROUNDINGS_MODULES, 0), bottom = MIN (r + SURROUNDINGS_MODULES + 1, side);
  int left = MAX (c - SURROUNDINGS_MODULES, 0), right = MIN (c + SURROUNDINGS_MODULES + 1, side);
  double sum = sums[bottom * (side + 1) + right] - sums[top * (side + 1) + right] - sums[bottom * (side + 1) + left]
               + sums[top * (side + 1) + left];

  return (float) (sum / ((bottom - top) * (right - left)));
}

/* Local mean and mean deviation on the grid of modules, as soft.c does for pixels. */
static void
take_light_out (SlModules *modules)
{
  int side = modules->side;
  g_autofree double *sums = g_new (double, (side + 1) * (side + 1));

  sum_up (modules, modules->light, sums);
  for (int row = -SL_MODULES_MARGIN; row < side + SL_MODULES_MARGIN; row++)
    for (int column = -SL_MODULES_MARGIN; column < side + SL_MODULES_MARGIN; column++)
      {
        int i = at (modules, column, row);

        modules->light[i] -= local_mean (sums, side, column, row);
        modules->value[i] = fabsf (modules->light[i]);
      }
  sum_up (modules, modules->value, sums);
  for (int row = -SL_MODULES_MARGIN; row < side + SL_MODULES_MARGIN; row++)
    for (int column = -SL_MODULES_MARGIN; column < side + SL_MODULES_MARGIN; column++)
      {
        int i = at (modules, column, row);

        modules->light[i] = CLAMP (modules->light[i] / MAX (local_mean (sums, side, column, row), 0.5f), -2.5f, 2.5f);
      }
}

/* The side of a module where the code is farthest away. */
static float
smallest_module (const SlGrid *grid)
{
  SlGridMap map;
  float smallest = G_MAXFLOAT;

  sl_grid_map_init (&map, grid, 1);
  for (int corner = 0; corner < 4; corner++)
    {
      float u = corner % 2 == 0 ? 0 : (float) grid->side - 1, v = corner < 2 ? 0 : (float) grid->side - 1, x[3], y[3];

      sl_grid_map_point (&map, u, v, &x[0], &y[0]);
      sl_grid_map_point (&map, u + 1, v, &x[1], &y[1]);
      sl_grid_map_point (&map, u, v + 1, &x[2], &y[2]);
      smallest = MIN (smallest, MIN (hypotf (x[1] - x[0], y[1] - y[0]), hypotf (x[2] - x[0], y[2] - y[0])));
    }
  return MAX (smallest, 0.1f);
}

/**
 * sl_modules_sample:
 * @modules: gets the values
 * @grid: where the modules are
 * @levels: the picture, as it is (not soft) at several sizes
 * @level_count: how many
 * @module_px: how large a module should be in the size that is read: small ones average noise, large ones blur less
 * @is_inverted: light on dark
 *
 * Reads the brightness of each module and of some around the code.
 */
void
sl_modules_sample (SlModules *modules, const SlGrid *grid, const SlGridLevel *levels, guint level_count,
                   float module_px, gboolean is_inverted)
{
  float original_px = smallest_module (grid);
  const SlGridLevel *level = levels;
  int samples = module_px >= FINE_MODULE_PX ? 1 : SAMPLES;
  SlGridMap map;

  for (guint i = 1; i < level_count; i++)
    if (fabsf (logf (original_px / levels[i].scale / module_px))
        < fabsf (logf (original_px / level->scale / module_px)))
      level = &levels[i];
  sl_grid_map_init (&map, grid, level->scale);
  modules->side = grid->side;
  modules->width = grid->side + 2 * SL_MODULES_MARGIN;
  for (int row = -SL_MODULES_MARGIN; row < grid->side + SL_MODULES_MARGIN; row++)
    for (int column = -SL_MODULES_MARGIN; column < grid->side + SL_MODULES_MARGIN; column++)
      {
        float sum = 0;

        for (int i = 0; i < samples * samples; i++)
          {
            float x, y;

            sl_grid_map_point (&map, (float) column + 0.5f + SAMPLE_REACH * (float) (i % samples - samples / 2),
                               (float) row + 0.5f + SAMPLE_REACH * (float) (i / samples - samples / 2), &x, &y);
            sum += sl_plane_sample (level->plane, x, y, is_inverted ? 0 : 255);
          }
        modules->light[at (modules, column, row)] = (is_inverted ? -sum : sum) / (float) (samples * samples);
      }
  take_light_out (modules);
}

/* Takes each module for what a number says; the fixed ones are known. */
static void
take_for (SlModules *modules, const SlLayout *layout, int column, int row, float light)
{
  SlLayoutModule fixed = fixed_at (layout, column, row);

  modules->value[at (modules, column, row)] = fixed == SL_LAYOUT_DARK    ? -1
                                              : fixed == SL_LAYOUT_LIGHT ? 1
                                              : light < 0                ? -1
                                                                         : 1;
}

/**
 * sl_modules_guess:
 * @modules: sampled
 * @layout: of the code's version
 *
 * Takes each module for what it looks like.
 */
void
sl_modules_guess (SlModules *modules, const SlLayout *layout)
{
  for (int row = -SL_MODULES_MARGIN; row < modules->side + SL_MODULES_MARGIN; row++)
    for (int column = -SL_MODULES_MARGIN; column < modules->side + SL_MODULES_MARGIN; column++)
      take_for (modules, layout, column, row, modules->light[at (modules, column, row)]);
}

/* Solves a symmetric positive system in place (Cholesky). */
static gboolean
solve (double a[TAPS_MAX][TAPS_MAX], double b[TAPS_MAX], int n)
{
  for (int i = 0; i < n; i++)
    for (int k = 0; k <= i; k++)
      {
        double sum = a[i][k];

        for (int m = 0; m < k; m++)
          sum -= a[i][m] * a[k][m];
        if (i == k && sum <= 1e-9)
          return FALSE;
        a[i][k] = i == k ? sqrt (sum) : sum / a[k][k];
      }
  for (int i = 0; i < n; i++)
    {
      for (int m = 0; m < i; m++)
        b[i] -= a[i][m] * b[m];
      b[i] /= a[i][i];
    }
  for (int i = n - 1; i >= 0; i--)
    {
      for (int m = i + 1; m < n; m++)
        b[i] -= a[m][i] * b[m];
      b[i] /= a[i][i];
    }
  return TRUE;
}

/* The square around a module, and 1 for the mean. Returns: how many numbers */
static int
gather (const SlModules *modules, const float *from, int column, int row, int radius, float out[TAPS_MAX])
{
  int width = 2 * radius + 1;

  for (int y = 0; y < width; y++)
    memcpy (out + y * width, from + at (modules, column - radius, row - radius + y), sizeof *out * (gsize) width);
  out[width * width] = 1;
  return width * width + 1;
}

/* Least squares: taps that make target out of the square around each module of source. fixed_only: learn from the
 * modules that are known for sure. */
static gboolean
learn (const SlModules *modules, const SlLayout *layout, const float *source, const float *target, int radius,
       gboolean fixed_only, float taps[TAPS_MAX])
{
  double a[TAPS_MAX][TAPS_MAX] = { { 0 } }, b[TAPS_MAX] = { 0 };
  int n = 0, samples = 0, row_step = 1 + modules->side * modules->side / LEARNT_MAX;

  for (int row = 0; row < modules->side; row += fixed_only ? 1 : row_step)
    for (int column = 0; column < modules->side; column++)
      {
        float around[TAPS_MAX], wanted = target[at (modules, column, row)];

        if (fixed_only && fixed_at (layout, column, row) == SL_LAYOUT_DATA)
          continue;
        n = gather (modules, source, column, row, radius, around);
        for (int i = 0; i < n; i++)
          {
            float x = around[i];

            b[i] += x * wanted;
            for (int k = 0; k <= i; k++)
              a[i][k] += x * around[k];
          }
        samples++;
      }
  for (int i = 0; i < n; i++)
    a[i][i] += RIDGE * samples;
  if (!solve (a, b, n))
    return FALSE;
  for (int i = 0; i < n; i++)
    taps[i] = (float) b[i];
  return TRUE;
}

/**
 * sl_modules_sharpen:
 * @modules: sampled; gets a better guess
 * @layout: of the code's version
 * @radius: how far blur spreads, in modules: 1 to 3
 *
 * Takes blur out, whatever its shape: learns from the modules that every code has in the same place by what filter the
 * code comes out of its picture, decides the others with it, and learns again from all.
 */
void
sl_modules_sharpen (SlModules *modules, const SlLayout *layout, int radius)
{
  float taps[TAPS_MAX];

  g_return_if_fail (radius >= 1 && radius <= RADIUS_MAX);

  sl_modules_guess (modules, layout);
  for (int round = 0; round < ROUNDS; round++)
    {
      if (!learn (modules, layout, modules->light, modules->value, round == 0 ? MIN (radius, 2) : radius, round == 0,
                  taps))
        return;
      for (int row = 0; row < modules->side; row++)
        for (int column = 0; column < modules->side; column++)
          {
            float around[TAPS_MAX], light = 0;
            int n = gather (modules, modules->light, column, row, round == 0 ? MIN (radius, 2) : radius, around);

            for (int i = 0; i < n; i++)
              light += taps[i] * around[i];
            take_for (modules, layout, column, row, light);
          }
    }
}

/**
 * sl_modules_draw:
 * @modules: guessed
 * @layout: of the code's version
 * @out_plane: gets the picture
 *
 * Draws the code as it should have looked, for zbar to read. Fixed patterns are drawn as they must be.
 */
void
sl_modules_draw (const SlModules *modules, const SlLayout *layout, SlPlane *out_plane)
{
  int side_px = (modules->side + 2 * DRAWN_QUIET_MODULES) * DRAWN_MODULE_PX;

  sl_plane_resize (out_plane, side_px, side_px);
  memset (out_plane->data, 255, (gsize) side_px * (gsize) side_px);
  for (int y = 0; y < modules->side * DRAWN_MODULE_PX; y++)
    for (int column = 0; column < modules->side; column++)
      if (modules->value[at (modules, column, y / DRAWN_MODULE_PX)] < 0)
        memset (out_plane->data + (gsize) (y + DRAWN_QUIET_MODULES * DRAWN_MODULE_PX) * (gsize) side_px
                    + (column + DRAWN_QUIET_MODULES) * DRAWN_MODULE_PX,
                0, DRAWN_MODULE_PX);
}
