/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-modules"

#include "modules.h"

#include <math.h>
#include <string.h>

#define MODULE_WANTED_PX 3.0f
#define SAMPLES 3                 /* a side, within the middle half of a module */
#define SAMPLE_REACH 0.25f
#define SURROUNDINGS_MODULES 5    /* each way: what a module is compared with; more than any run of one colour */
#define DRAWN_MODULE_PX 4         /* zbar reads that without fail */
#define DRAWN_QUIET_MODULES 4
#define ROUNDS 4                  /* of estimating the blur and deciding again */
#define SWEEPS 3
#define RADIUS_MAX 2
#define TAPS_MAX ((2 * RADIUS_MAX + 1) * (2 * RADIUS_MAX + 1) + 1)
#define RIDGE 3.0                 /* pulls taps that the data say little of towards 0 */

/* Local mean and mean deviation on the grid of modules, as soft.c does for pixels. */
static void
take_light_out (SlModules *modules)
{
  int side = modules->side;
  g_autofree double *sums = g_new0 (double, (side + 1) * (side + 1));
  g_autofree float *difference = g_new (float, side * side);

  for (int round = 0; round < 2; round++)
    {
      for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
          {
            double value = round == 0 ? modules->light[row * side + column] : fabsf (difference[row * side + column]);

            sums[(row + 1) * (side + 1) + column + 1] = value + sums[row * (side + 1) + column + 1]
                                                        + sums[(row + 1) * (side + 1) + column] - sums[row * (side + 1) + column];
          }
      for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
          {
            int top = MAX (row - SURROUNDINGS_MODULES, 0), bottom = MIN (row + SURROUNDINGS_MODULES + 1, side);
            int left = MAX (column - SURROUNDINGS_MODULES, 0), right = MIN (column + SURROUNDINGS_MODULES + 1, side);
            double sum = sums[bottom * (side + 1) + right] - sums[top * (side + 1) + right] - sums[bottom * (side + 1) + left]
                         + sums[top * (side + 1) + left];
            float mean = (float) (sum / ((bottom - top) * (right - left)));

            if (round == 0)
              difference[row * side + column] = modules->light[row * side + column] - mean;
            else
              modules->light[row * side + column] = CLAMP (difference[row * side + column] / MAX (mean, 0.5f), -2.0f, 2.0f);
          }
    }
}

/**
 * sl_modules_sample:
 * @modules: gets the values
 * @grid: where the modules are
 * @levels: the picture, as it is (not soft) at several sizes
 * @level_count: how many
 * @is_inverted: light on dark
 *
 * Reads the brightness of each module, over its middle, from the size at which a module has about three pixels.
 */
void
sl_modules_sample (SlModules *modules, const SlGrid *grid, const SlGridLevel *levels, guint level_count, gboolean is_inverted)
{
  float width = hypotf (grid->corners[1][0] - grid->corners[0][0], grid->corners[1][1] - grid->corners[0][1]);
  float height = hypotf (grid->corners[2][0] - grid->corners[0][0], grid->corners[2][1] - grid->corners[0][1]);
  float module_px = MIN (width, height) / (float) (grid->side - 7);
  const SlGridLevel *level = levels;
  SlGridMap map;

  for (guint i = 1; i < level_count; i++)
    if (fabsf (logf (module_px / levels[i].scale / MODULE_WANTED_PX)) < fabsf (logf (module_px / level->scale / MODULE_WANTED_PX)))
      level = &levels[i];
  sl_grid_map_init (&map, grid, level->scale);
  modules->side = grid->side;
  for (int row = 0; row < grid->side; row++)
    for (int column = 0; column < grid->side; column++)
      {
        float sum = 0;

        for (int i = 0; i < SAMPLES * SAMPLES; i++)
          {
            float x, y;

            sl_grid_map_point (&map, (float) column + 0.5f + SAMPLE_REACH * (float) (i % SAMPLES - 1),
                               (float) row + 0.5f + SAMPLE_REACH * (float) (i / SAMPLES - 1), &x, &y);
            sum += sl_plane_sample (level->plane, x, y, 255);
          }
        modules->light[row * grid->side + column] = (is_inverted ? -sum : sum) / (SAMPLES * SAMPLES);
      }
  take_light_out (modules);
}

/**
 * sl_modules_guess:
 * @modules: sampled
 * @layout: of the code's version
 *
 * Takes each module for what it looks like; the fixed ones are known.
 */
void
sl_modules_guess (SlModules *modules, const SlLayout *layout)
{
  for (int i = 0; i < modules->side * modules->side; i++)
    modules->guess[i] = layout->modules[i] == SL_LAYOUT_DARK ? -1
                        : layout->modules[i] == SL_LAYOUT_LIGHT ? 1
                        : modules->light[i] < 0 ? -1 : 1;
}

/* What lies around a module, by the guess: light outside the code. The last is 1, for the mean. */
static void
gather (const SlModules *modules, int column, int row, int radius, float *out)
{
  int side = modules->side;

  for (int y = row - radius; y <= row + radius; y++)
    for (int x = column - radius; x <= column + radius; x++)
      *out++ = x < 0 || y < 0 || x >= side || y >= side ? 1 : modules->guess[y * side + x];
  *out = 1;
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

/* How each module's brightness follows from the modules around it: least squares over the whole code. */
static gboolean
estimate_blur (const SlModules *modules, int radius, float taps[TAPS_MAX])
{
  int side = modules->side, n = (2 * radius + 1) * (2 * radius + 1) + 1;
  double a[TAPS_MAX][TAPS_MAX] = { { 0 } }, b[TAPS_MAX] = { 0 };

  for (int row = 0; row < side; row++)
    for (int column = 0; column < side; column++)
      {
        float around[TAPS_MAX], light = modules->light[row * side + column];

        gather (modules, column, row, radius, around);
        for (int i = 0; i < n; i++)
          {
            b[i] += around[i] * light;
            for (int k = 0; k <= i; k++)
              a[i][k] += around[i] * around[k];
          }
      }
  for (int i = 0; i < n; i++)
    a[i][i] += RIDGE;
  if (!solve (a, b, n))
    return FALSE;
  for (int i = 0; i < n; i++)
    taps[i] = (float) b[i];
  return TRUE;
}

/* How much worse the picture is explained when a module is turned over: its error sits in all modules around it. */
static float
cost_of_turning (const SlModules *modules, const float *errors, const float *taps, int column, int row, int radius)
{
  int side = modules->side, width = 2 * radius + 1;
  float change = -2 * (float) modules->guess[row * side + column], cost = 0;

  for (int y = MAX (row - radius, 0); y <= MIN (row + radius, side - 1); y++)
    for (int x = MAX (column - radius, 0); x <= MIN (column + radius, side - 1); x++)
      {
        float step = change * taps[(row - y + radius) * width + column - x + radius], error = errors[y * side + x];

        cost += (error - step) * (error - step) - error * error;
      }
  return cost;
}

static void
turn (SlModules *modules, float *errors, const float *taps, int column, int row, int radius)
{
  int side = modules->side, width = 2 * radius + 1;
  float change = -2 * (float) modules->guess[row * side + column];

  for (int y = MAX (row - radius, 0); y <= MIN (row + radius, side - 1); y++)
    for (int x = MAX (column - radius, 0); x <= MIN (column + radius, side - 1); x++)
      errors[y * side + x] -= change * taps[(row - y + radius) * width + column - x + radius];
  modules->guess[row * side + column] = (gint8) -modules->guess[row * side + column];
}

static void
decide (SlModules *modules, const SlLayout *layout, const float *taps, int radius)
{
  int side = modules->side, n = (2 * radius + 1) * (2 * radius + 1) + 1;
  g_autofree float *errors = g_new (float, side * side);

  for (int row = 0; row < side; row++)
    for (int column = 0; column < side; column++)
      {
        float around[TAPS_MAX], explained = 0;

        gather (modules, column, row, radius, around);
        for (int i = 0; i < n; i++)
          explained += taps[i] * around[i];
        errors[row * side + column] = modules->light[row * side + column] - explained;
      }
  for (int sweep = 0; sweep < SWEEPS; sweep++)
    for (int row = 0; row < side; row++)
      for (int column = 0; column < side; column++)
        if (layout->modules[row * side + column] == SL_LAYOUT_DATA
            && cost_of_turning (modules, errors, taps, column, row, radius) < 0)
          turn (modules, errors, taps, column, row, radius);
}

/**
 * sl_modules_equalise:
 * @modules: sampled and guessed; the guess becomes better
 * @layout: of the code's version
 * @radius: how far blur spreads, in modules: 1 or 2
 *
 * Takes blur out: estimates how much of its neighbours' light each module has, decides the modules by what explains
 * the picture best, and again.
 */
void
sl_modules_equalise (SlModules *modules, const SlLayout *layout, int radius)
{
  float taps[TAPS_MAX];

  g_return_if_fail (radius >= 1 && radius <= RADIUS_MAX);

  for (int round = 0; round < ROUNDS; round++)
    if (estimate_blur (modules, radius, taps))
      decide (modules, layout, taps, radius);
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
      {
        int i = y / DRAWN_MODULE_PX * modules->side + column;

        if (layout->modules[i] == SL_LAYOUT_DARK || (layout->modules[i] == SL_LAYOUT_DATA && modules->guess[i] < 0))
          memset (out_plane->data + (gsize) (y + DRAWN_QUIET_MODULES * DRAWN_MODULE_PX) * (gsize) side_px
                    + (column + DRAWN_QUIET_MODULES) * DRAWN_MODULE_PX,
                  0, DRAWN_MODULE_PX);
      }
}
