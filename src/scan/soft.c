/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-soft"

#include "soft.h"

#include <stdlib.h>
#include <string.h>

/* Column sums are 16 bits wide: 2 × 127 + 1 rows of 255 still fit. */
#define RADIUS_MAX_PX 127
/* Noise on a bare wall is not blown up to contrast: a mean deviation counts as at least this, and this much of the
 * noise. */
#define DEVIATION_MIN 1.5f
#define DEVIATION_NOISES 2.4f
#define NOISE_ROW_STEP 8
/* The median of |a - 2b + c| of normal noise, in standard deviations. */
#define SECOND_DIFFERENCE_MEDIAN 1.652f

static void
make_room (SlSoft *soft, int width, int height)
{
  gsize pixels = (gsize) width * (gsize) height;

  if (pixels > soft->pixels)
    {
      g_free (soft->difference);
      soft->difference = g_new (gint16, pixels);
      soft->pixels = pixels;
    }
  if ((gsize) width > soft->width)
    {
      g_free (soft->columns);
      g_free (soft->sums);
      soft->columns = g_new (guint16, width);
      soft->sums = g_new (guint32, width + 1);
      soft->width = (gsize) width;
    }
  sl_plane_resize (&soft->plane, width, height);
  sl_plane_resize (&soft->deviation, width, height);
}

static void
add_row (guint16 *restrict columns, const guint8 *restrict row, int width)
{
  for (int x = 0; x < width; x++)
    columns[x] = (guint16) (columns[x] + row[x]);
}

static void
remove_row (guint16 *restrict columns, const guint8 *restrict row, int width)
{
  for (int x = 0; x < width; x++)
    columns[x] = (guint16) (columns[x] - row[x]);
}

/* Moves the band of rows whose columns are summed to row y, and sums it up along the row. Returns: its height. */
static int
slide (SlSoft *soft, const guint8 *data, gsize stride, int width, int height, int radius, int y)
{
  guint32 sum = 0;

  if (y == 0)
    {
      memset (soft->columns, 0, sizeof *soft->columns * (gsize) width);
      for (int row = 0; row < MIN (radius, height); row++)
        add_row (soft->columns, data + (gsize) row * stride, width);
    }
  if (y + radius < height)
    add_row (soft->columns, data + (gsize) (y + radius) * stride, width);
  if (y - radius - 1 >= 0)
    remove_row (soft->columns, data + (gsize) (y - radius - 1) * stride, width);
  soft->sums[0] = 0;
  for (int x = 0; x < width; x++)
    {
      sum += soft->columns[x];
      soft->sums[x + 1] = sum;
    }
  return MIN (y + radius, height - 1) - MAX (y - radius, 0) + 1;
}

static inline float
mean_near_edge (const SlSoft *soft, int x, int width, int radius, int rows)
{
  int left = MAX (x - radius, 0), right = MIN (x + radius + 1, width);

  return (float) (soft->sums[right] - soft->sums[left]) / (float) ((right - left) * rows);
}

static inline void
store_difference (const guint8 *row, gint16 *difference, guint8 *deviation, int x, float mean)
{
  int d = row[x] - (int) (mean + 0.5f);

  difference[x] = (gint16) d;
  deviation[x] = (guint8) abs (d);
}

static void
subtract_means (const SlSoft *soft, const guint8 *restrict row, gint16 *restrict difference, guint8 *restrict deviation,
                int width, int radius, int rows)
{
  const guint32 *restrict sums = soft->sums;
  int inner = MIN (radius, width), outer = MAX (width - radius, inner);
  float share = 1.0f / (float) ((2 * radius + 1) * rows);

  for (int x = 0; x < inner; x++)
    store_difference (row, difference, deviation, x, mean_near_edge (soft, x, width, radius, rows));
  for (int x = inner; x < outer; x++)
    store_difference (row, difference, deviation, x, (float) (int) (sums[x + radius + 1] - sums[x - radius]) * share);
  for (int x = outer; x < width; x++)
    store_difference (row, difference, deviation, x, mean_near_edge (soft, x, width, radius, rows));
}

/* The standard deviation of the sensor's noise: most pixels lie on no edge, so the median second difference knows it.
 */
static float
estimate_noise (const SlFrame *frame)
{
  guint histogram[4 * 256] = { 0 }, count = 0, seen = 0, median = 0;

  for (int y = NOISE_ROW_STEP / 2; y < frame->height; y += NOISE_ROW_STEP)
    {
      const guint8 *row = frame->data + (gsize) y * (gsize) frame->stride_bytes;

      for (int x = 1; x + 1 < frame->width; x += 2)
        {
          histogram[abs (row[x - 1] - 2 * row[x] + row[x + 1])]++;
          count++;
        }
    }
  while (median + 1 < G_N_ELEMENTS (histogram) && (seen += histogram[median]) * 2 < count)
    median++;
  return (float) median / SECOND_DIFFERENCE_MEDIAN;
}

static inline guint8
soften (int difference, float mean_deviation, float floor)
{
  float value = SL_SOFT_MIDDLE + SL_SOFT_UNIT * (float) difference / (mean_deviation > floor ? mean_deviation : floor);

  return (guint8) (value < 0 ? 0 : value > 255 ? 255 : value);
}

static void
divide_by_deviations (const SlSoft *soft, const gint16 *restrict difference, guint8 *restrict out, int width,
                      int radius, int rows, float floor)
{
  const guint32 *restrict sums = soft->sums;
  int inner = MIN (radius, width), outer = MAX (width - radius, inner);
  float share = 1.0f / (float) ((2 * radius + 1) * rows);

  for (int x = 0; x < inner; x++)
    out[x] = soften (difference[x], mean_near_edge (soft, x, width, radius, rows), floor);
  for (int x = inner; x < outer; x++)
    out[x] = soften (difference[x], (float) (int) (sums[x + radius + 1] - sums[x - radius]) * share, floor);
  for (int x = outer; x < width; x++)
    out[x] = soften (difference[x], mean_near_edge (soft, x, width, radius, rows), floor);
}

/**
 * sl_soft_clear:
 * @soft: zeroed, or in use
 *
 * Frees its memory. It can be used again.
 */
void
sl_soft_clear (SlSoft *soft)
{
  sl_plane_clear (&soft->plane);
  sl_plane_clear (&soft->deviation);
  g_free (soft->difference);
  g_free (soft->columns);
  g_free (soft->sums);
  *soft = (SlSoft){ 0 };
}

/**
 * sl_soft_compute:
 * @soft: gets the result in its plane; keeps its memory for the next frame
 * @frame: a grey picture
 * @radius_px: half the side of the surroundings; at least a finder pattern's (7 modules) side fits into them
 *
 * Takes the light out of a picture: subtracts the mean of a square around each pixel and divides by the mean deviation
 * in it. Costs the same for every radius.
 */
void
sl_soft_compute (SlSoft *soft, const SlFrame *frame, int radius_px)
{
  int width = frame->width, height = frame->height;
  float floor = MAX (DEVIATION_MIN, DEVIATION_NOISES * estimate_noise (frame));

  g_return_if_fail (radius_px > 0 && radius_px <= RADIUS_MAX_PX);

  make_room (soft, width, height);
  for (int y = 0; y < height; y++)
    {
      int rows = slide (soft, frame->data, (gsize) frame->stride_bytes, width, height, radius_px, y);

      subtract_means (soft, frame->data + (gsize) y * (gsize) frame->stride_bytes,
                      soft->difference + (gsize) y * (gsize) width, soft->deviation.data + (gsize) y * (gsize) width,
                      width, radius_px, rows);
    }
  for (int y = 0; y < height; y++)
    {
      int rows = slide (soft, soft->deviation.data, (gsize) width, width, height, radius_px, y);

      divide_by_deviations (soft, soft->difference + (gsize) y * (gsize) width,
                            soft->plane.data + (gsize) y * (gsize) width, width, radius_px, rows, floor);
    }
}
