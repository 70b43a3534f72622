/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-third"

#include "third.h"

#include <math.h>
#include <stdlib.h>

#include "soft.h"

#define MODULE_WANTED_PX 3.0f
#define SEEN_MIN 0.3f      /* how clearly the two must stand in the pair's direction */
#define THIRD_MIN 0.3f     /* … and the third in its place */
#define REACH_MODULES 13   /* how far from its place it may be: perspective */
#define SIDE_MIN_MODULES 9 /* between the middles of two finders: 14 in a version 1 code, less when tilted */
#define SIDE_MAX_MODULES 180

typedef struct {
  const SlPlane *plane;
  float scale, sign;
} View;

typedef struct {
  float x, y;
} Vector;

/* How clearly a finder stands at a place of the plane, its sides along a and b (one module long each). */
static float
stand (const View *view, Vector at, Vector a, Vector b)
{
  float sum = 0;

  for (int row = -3; row <= 3; row++)
    for (int column = -3; column <= 3; column++)
      {
        float light = sl_plane_sample (view->plane, at.x + a.x * (float) column + b.x * (float) row,
                                       at.y + a.y * (float) column + b.y * (float) row, SL_SOFT_MIDDLE)
                      - SL_SOFT_MIDDLE;

        sum += MAX (abs (row), abs (column)) == 2 ? light : -light;
      }
  return view->sign * sum / (49 * SL_SOFT_UNIT);
}

/* The best place around one. */
static float
search (const View *view, Vector around, Vector a, Vector b, Vector *out_at)
{
  float best = -1, step = 1;
  Vector middle = around;

  for (int reach = REACH_MODULES; step > 0.2f; reach = 2, step /= 2)
    {
      Vector best_at = middle;

      for (int row = -reach; row <= reach; row++)
        for (int column = -reach; column <= reach; column++)
          {
            Vector at = { middle.x + step * (a.x * (float) column + b.x * (float) row),
                          middle.y + step * (a.y * (float) column + b.y * (float) row) };
            float now = stand (view, at, a, b);

            if (now > best)
              {
                best = now;
                best_at = at;
              }
          }
      middle = best_at;
    }
  *out_at = middle;
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

/* Puts three finders into their order: the corner first, then clockwise. */
static void
put (SlThird *third, const SlFinder *corner, const SlFinder *one, const SlFinder *other, float score)
{
  float cross = (one->x - corner->x) * (other->y - corner->y) - (one->y - corner->y) * (other->x - corner->x);

  third->finders[0] = *corner;
  third->finders[1] = cross > 0 ? *one : *other;
  third->finders[2] = cross > 0 ? *other : *one;
  third->score = score;
}

/**
 * sl_third_find:
 * @levels: soft pictures
 * @level_count: how many
 * @one: a finder
 * @other: another one of the same colour
 * @searches_left: (inout): how many places may still be searched, a fifth of a millisecond each
 * @out_thirds: (out caller-allocates): what the two may belong to
 *
 * The two are neighbours (then the third is to the left or right of either) or opposite each other (then it is on
 * either side of their middle).
 *
 * Returns: how many guesses stand up to a look at the picture
 */
guint
sl_third_find (const SlGridLevel *levels, guint level_count, const SlFinder *one, const SlFinder *other,
               guint *searches_left, SlThird out_thirds[SL_THIRD_MAX])
{
  float dx = other->x - one->x, dy = other->y - one->y, length = hypotf (dx, dy),
        axis = MAX (fabsf (dx), fabsf (dy)) / length;
  float module_px = (one->module_px + other->module_px) / 2;
  const SlGridLevel *level = choose_level (levels, level_count, module_px);
  View view = { level->plane, level->scale, one->is_inverted ? -1 : 1 };
  guint count = 0;

  if (length < SIDE_MIN_MODULES * module_px || length > SIDE_MAX_MODULES * module_px)
    return 0;
  for (int is_diagonal = 0; is_diagonal < 2; is_diagonal++)
    {
      /* A line along the axes crosses a turned finder on a longer way. The sides lie at 45° to a diagonal. */
      float side_axis = is_diagonal ? MAX (fabsf (dx + dy), fabsf (dx - dy)) / (length * (float) G_SQRT2) : axis;
      float module = module_px * side_axis / view.scale;
      Vector d = { dx / length, dy / length };
      Vector a = is_diagonal
                     ? (Vector){ (d.x - d.y) / (float) G_SQRT2 * module, (d.x + d.y) / (float) G_SQRT2 * module }
                     : (Vector){ d.x * module, d.y * module };
      Vector b = { -a.y, a.x };
      Vector first = { one->x / view.scale, one->y / view.scale },
             second = { other->x / view.scale, other->y / view.scale };
      Vector middle = { (first.x + second.x) / 2, (first.y + second.y) / 2 };
      Vector across = { (second.y - first.y), -(second.x - first.x) };

      if (MIN (stand (&view, first, a, b), stand (&view, second, a, b)) < SEEN_MIN)
        continue;
      for (int guess = 0; guess < (is_diagonal ? 2 : 4) && *searches_left > 0; guess++)
        {
          float way = guess % 2 == 0 ? 1 : -1;
          Vector from = is_diagonal ? middle : guess < 2 ? first : second, at;
          float share = is_diagonal ? 0.5f : 1;
          float score =
              search (&view, (Vector){ from.x + way * share * across.x, from.y + way * share * across.y }, a, b, &at);
          SlFinder third = *one;

          --*searches_left;
          if (score < THIRD_MIN)
            continue;
          third.x = at.x * view.scale;
          third.y = at.y * view.scale;
          third.module_px = module_px;
          if (is_diagonal)
            put (&out_thirds[count++], &third, one, other, score);
          else
            put (&out_thirds[count++], guess < 2 ? one : other, guess < 2 ? other : one, &third, score);
        }
    }
  return count;
}
