/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-finder"

#include "finder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "soft.h"

/* A line through the middle crosses the pattern's five stripes in 1 : 1 : 3 : 1 : 1, at any angle. */
#define STRIPES 5
#define PATTERN_MODULES 7.0f
#define MODULE_MIN_PX 0.9f
#define ARM_MODULES 9.0f /* how far a line is followed for its three edges: 3.5 modules, longer along a diagonal */
/* Widths may be off by a share of a module (blur moves edges) and by a part of a pixel. */
#define SLACK_SHARE 0.55f
#define SLACK_PX 0.4f
#define CORE_SLACK_SHARE 1.1f
/* A stripe that rises less above the middle than this is noise within another one. */
#define RISE_MIN 12
#define RISE_RUN_MAX_PX 16

typedef struct {
  const guint8 *data;
  int width, height;
} Soft;

static gboolean
are_stripes (const float widths[STRIPES])
{
  float module = (widths[0] + widths[1] + widths[2] + widths[3] + widths[4]) / PATTERN_MODULES;
  float slack = module * SLACK_SHARE + SLACK_PX, core_slack = module * CORE_SLACK_SHARE + SLACK_PX;

  return module >= MODULE_MIN_PX && fabsf (widths[0] - module) < slack && fabsf (widths[1] - module) < slack
         && fabsf (widths[2] - 3 * module) < core_slack && fabsf (widths[3] - module) < slack
         && fabsf (widths[4] - module) < slack;
}

/* Follows a line from a pixel outwards to the three edges of the pattern; distances in steps from the pixel's middle.
 */
static gboolean
follow (const Soft *soft, int x, int y, int dx, int dy, int steps_max, float edges[3])
{
  const guint8 *at = soft->data + (gsize) y * (gsize) soft->width + x;
  int step = dy * soft->width + dx, found = 0, before = *at - SL_SOFT_MIDDLE, rise = RISE_MIN;

  if (dx != 0)
    steps_max = MIN (steps_max, dx > 0 ? soft->width - 1 - x : x);
  if (dy != 0)
    steps_max = MIN (steps_max, dy > 0 ? soft->height - 1 - y : y);
  for (int i = 1; i <= steps_max; i++)
    {
      int now = *(at += step) - SL_SOFT_MIDDLE;

      if ((now < 0) != (before < 0))
        {
          gboolean has_risen = rise >= RISE_MIN;

          if (has_risen)
            edges[found++] = (float) i - (float) now / (float) (now - before);
          else
            found--;
          rise = has_risen ? 0 : RISE_MIN; /* a stripe that goes on has risen before */
        }
      rise = MAX (rise, abs (now));
      if (found == 3 && rise >= RISE_MIN)
        return TRUE;
      before = now;
    }
  return FALSE;
}

/* Follows a line both ways. Gives where the middle lies from the pixel's and the size of a module, in steps. */
static gboolean
cross (const Soft *soft, int x, int y, int dx, int dy, float module_px, float *out_offset, float *out_module)
{
  float ahead[3], behind[3], widths[STRIPES];
  int steps_max = (int) (module_px * ARM_MODULES) + 2;

  if (!follow (soft, x, y, dx, dy, steps_max, ahead) || !follow (soft, x, y, -dx, -dy, steps_max, behind))
    return FALSE;
  widths[0] = behind[2] - behind[1];
  widths[1] = behind[1] - behind[0];
  widths[2] = behind[0] + ahead[0];
  widths[3] = ahead[1] - ahead[0];
  widths[4] = ahead[2] - ahead[1];
  *out_offset = ((ahead[0] - behind[0]) + (ahead[1] - behind[1]) + (ahead[2] - behind[2])) / 6;
  *out_module = (ahead[2] + behind[2]) / PATTERN_MODULES;
  return are_stripes (widths);
}

static gboolean
has_core (const Soft *soft, int x, int y, gboolean is_inverted)
{
  return x >= 0 && y >= 0 && x < soft->width && y < soft->height
         && (soft->data[(gsize) y * (gsize) soft->width + x] >= SL_SOFT_MIDDLE) == is_inverted;
}

/* Whether a pattern stands around (x, y): looks at it along the axes and the diagonals, and finds its middle. */
static gboolean
examine (const Soft *soft, float x, float y, float module_px, gboolean is_inverted, SlFinder *out_finder)
{
  float offset_x = 0, offset_y = 0, module_x, module_y, ignored, diagonal[2] = { 0, 0 };
  int column = (int) x, row = (int) y;
  gboolean down, up;

  if (!has_core (soft, column, row, is_inverted) || !cross (soft, column, row, 0, 1, module_px, &offset_y, &module_y))
    return FALSE;
  row = (int) ((float) row + 0.5f + offset_y);
  if (!has_core (soft, column, row, is_inverted) || !cross (soft, column, row, 1, 0, module_px, &offset_x, &module_x))
    return FALSE;
  x = (float) column + 0.5f + offset_x;
  column = (int) x;
  if (!has_core (soft, column, row, is_inverted) || !cross (soft, column, row, 0, 1, module_px, &offset_y, &module_y))
    return FALSE;
  y = (float) row + 0.5f + offset_y;
  row = (int) y;
  if (module_x > 2.5f * module_y || module_y > 2.5f * module_x || !has_core (soft, column, row, is_inverted))
    return FALSE;
  down = cross (soft, column, row, 1, 1, MAX (module_x, module_y), &ignored, &diagonal[0]);
  up = cross (soft, column, row, 1, -1, MAX (module_x, module_y), &ignored, &diagonal[1]);
  if (!down && !up)
    return FALSE;
  *out_finder = (SlFinder){ x, y, (module_x + module_y) / 2, 1, is_inverted };
  return TRUE;
}

/* The finder already known at a place, if any. */
static SlFinder *
known_at (SlFinder *finders, guint count, float x, float y, float module_px, gboolean is_inverted)
{
  for (guint i = 0; i < count; i++)
    {
      float dx = finders[i].x - x, dy = finders[i].y - y, reach = 2 * finders[i].module_px;

      if (finders[i].is_inverted == is_inverted && dx * dx + dy * dy < reach * reach
          && module_px < 2 * finders[i].module_px && finders[i].module_px < 2 * module_px)
        return &finders[i];
    }
  return NULL;
}

/* Adds a finder; of too many the one seen on the fewest rows goes. */
static guint
add (SlFinder *finders, guint count, const SlFinder *finder)
{
  guint weakest = 0;

  if (count < SL_FINDERS_MAX)
    {
      finders[count] = *finder;
      return count + 1;
    }
  for (guint i = 1; i < count; i++)
    if (finders[i].rows_px / finders[i].module_px < finders[weakest].rows_px / finders[weakest].module_px)
      weakest = i;
  if (finders[weakest].rows_px / finders[weakest].module_px <= finder->rows_px / finder->module_px)
    finders[weakest] = *finder;
  return count;
}

static gboolean
rises (const guint8 *row, int from, int to)
{
  if (to - from > RISE_RUN_MAX_PX)
    return TRUE;
  for (int x = from; x < to; x++)
    if (abs (row[x] - SL_SOFT_MIDDLE) >= RISE_MIN)
      return TRUE;
  return FALSE;
}

/* Where the row's brightness crosses the middle. Eight pixels without a crossing are passed in one step. */
static int
find_crossings (const guint8 *row, int width, float *crossings)
{
  const guint64 high_bits = G_GUINT64_CONSTANT (0x8080808080808080);
  int count = 0, last = 0;
  gboolean goes_on = FALSE;

  for (int x = 1; x < width; x++)
    {
      guint64 eight;

      if (x + 7 < width)
        {
          memcpy (&eight, row + x, sizeof eight);
          eight = (eight & high_bits) ^ (row[x - 1] >= SL_SOFT_MIDDLE ? high_bits : 0);
          if (eight == 0)
            {
              x += 7;
              continue;
            }
        }
      if ((row[x] ^ row[x - 1]) & 0x80)
        {
          float before = (float) row[x - 1] - SL_SOFT_MIDDLE, now = (float) row[x] - SL_SOFT_MIDDLE;

          gboolean has_risen = count == 0 || goes_on || rises (row, last, x);

          if (has_risen)
            crossings[count++] = (float) x + 0.5f - now / (now - before);
          else
            count--;
          goes_on = !has_risen; /* a stripe that goes on has risen before */
          last = x;
        }
    }
  return count;
}

/* Six crossings of a row: adds the finder that they belong to, if any. Returns: how many there are now */
static guint
look_at_stripes (const Soft *soft, const float *at, int y, float scale, float rows_px, SlFinder *finders, guint count)
{
  float widths[STRIPES], x = (at[2] + at[3]) / 2, module_px = (at[STRIPES] - at[0]) / PATTERN_MODULES;
  gboolean is_inverted;
  SlFinder found, *known;

  for (int k = 0; k < STRIPES; k++)
    widths[k] = at[k + 1] - at[k];
  if (!are_stripes (widths))
    return count;
  is_inverted = soft->data[(gsize) y * (gsize) soft->width + (int) x] >= SL_SOFT_MIDDLE;
  known = known_at (finders, count, x * scale, ((float) y + 0.5f) * scale, module_px * scale, is_inverted);
  if (known != NULL)
    known->rows_px += rows_px;
  else if (examine (soft, x, (float) y + 0.5f, module_px, is_inverted, &found))
    {
      found.x *= scale;
      found.y *= scale;
      found.module_px *= scale;
      found.rows_px = rows_px;
      count = add (finders, count, &found);
    }
  return count;
}

/**
 * sl_finder_scan:
 * @soft: a picture without its light, see soft.h
 * @scale: how many pixels of the original a pixel of @soft is wide
 * @row_step: look at each row, or at each second one: half the cost, and half the chance of a small pattern
 * @finders: what was found before, at other scales; new ones are added
 * @count: how many were found before
 *
 * Finds finder patterns, dark on light and light on dark, turned and tilted in any way. Coordinates are the original's.
 *
 * Returns: how many there are now
 */
guint
sl_finder_scan (const SlPlane *plane, float scale, int row_step, SlFinder finders[SL_FINDERS_MAX], guint count)
{
  Soft soft = { plane->data, plane->width, plane->height };
  g_autofree float *crossings = g_new (float, plane->width + 1);

  for (int y = 0; y < plane->height; y += row_step)
    {
      int crossed = find_crossings (plane->data + (gsize) y * (gsize) plane->width, plane->width, crossings);

      for (int i = 0; i + STRIPES < crossed; i++)
        {
          const float *at = crossings + i;

          /* Most stripes fail this: the core is wider than what is beside it. */
          if (at[3] - at[2] > at[2] - at[1] && at[3] - at[2] > at[4] - at[3])
            count = look_at_stripes (&soft, at, y, scale, (float) row_step * scale, finders, count);
        }
    }
  return count;
}
