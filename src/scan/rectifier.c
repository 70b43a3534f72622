/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rectifier"

#include "rectifier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "modules.h"
#include "soft.h"
#include "third.h"

#define LEVELS_MAX 5
#define LEVEL_SIDE_MIN_PX 40
#define SOFT_RADIUS_PX 10
#define TRIPLES_MAX 4000
#define TRIPLES_GUESSED 60
#define TRIPLES_TRIED 6
#define SCORE_WORTH_READING 0.25f
#define MODULE_RATIO_MAX 2.6f
#define COSINE_MAX 0.85f
#define QUALITY_MIN 0.35f
#define FINDERS_KEPT 48
#define PAIR_FINDERS 16
#define COARSE_MODULE_PX 3.0f
#define FINE_MODULE_PX 6.0f

typedef struct {
  guint8 finders[3];   /* upper left, upper right, lower left */
  float badness;
} Triple;

struct _SlRectifier {
  SlPlane planes[LEVELS_MAX];
  SlSoft softs[LEVELS_MAX];
  SlGridLevel raw_levels[LEVELS_MAX], soft_levels[LEVELS_MAX];
  guint level_count;
  SlFinder finders[SL_FINDERS_MAX];
  guint finder_count;
  Triple triples[TRIPLES_MAX];
  guint triple_count;
  SlLayouts layouts;
  SlModules modules;
  SlPlane drawn, sharp;
};

static void
build_levels (SlRectifier *rectifier, const SlFrame *frame, int first_level, gboolean is_sharp)
{
  SlFrame last = *frame;
  float scale = 1;
  guint n = 0;

  for (int level = 0; n < LEVELS_MAX && MIN (last.width, last.height) >= LEVEL_SIDE_MIN_PX; level++)
    {
      if (level == 0)
        sl_plane_copy (&rectifier->planes[0], frame);
      else
        {
          SlFrame from = sl_plane_frame (&rectifier->planes[level - 1]);

          if (MIN (from.width, from.height) < 2 * LEVEL_SIDE_MIN_PX || level >= LEVELS_MAX)
            break;
          sl_plane_halve (&rectifier->planes[level], &from);
        }
      last = sl_plane_frame (&rectifier->planes[level]);
      if (level >= first_level)
        {
          if (is_sharp)
            {
              sl_plane_sharpen (&rectifier->sharp, &last);
              last = sl_plane_frame (&rectifier->sharp);
            }
          sl_soft_compute (&rectifier->softs[level], &last, SOFT_RADIUS_PX);
          rectifier->raw_levels[n] = (SlGridLevel) { &rectifier->planes[level], scale };
          rectifier->soft_levels[n++] = (SlGridLevel) { &rectifier->softs[level].plane, scale };
        }
      scale *= 2;
    }
  rectifier->level_count = n;
}

static float
quality (const SlFinder *finder)
{
  return finder->rows_px / (3 * finder->module_px);
}

static int
compare_finders (const void *a, const void *b)
{
  float one = quality (a), other = quality (b);

  return one > other ? -1 : one < other;
}

static void
keep_good_finders (SlRectifier *rectifier)
{
  guint kept = 0;

  for (guint i = 0; i < rectifier->finder_count; i++)
    if (quality (&rectifier->finders[i]) >= QUALITY_MIN)
      rectifier->finders[kept++] = rectifier->finders[i];
  rectifier->finder_count = kept;
  qsort (rectifier->finders, kept, sizeof (SlFinder), compare_finders);
}

static void
consider (SlRectifier *rectifier, guint corner, guint one, guint other)
{
  const SlFinder *f = rectifier->finders, *c = &f[corner], *p = &f[one], *q = &f[other];
  float ax = p->x - c->x, ay = p->y - c->y, bx = q->x - c->x, by = q->y - c->y;
  float a = hypotf (ax, ay), b = hypotf (bx, by), cross = ax * by - ay * bx;
  float module_px = (c->module_px + p->module_px + q->module_px) / 3, cosine;
  Triple triple = { { (guint8) corner, (guint8) one, (guint8) other }, 0 };

  if (a < 10 * module_px * 0.6f || b < 10 * module_px * 0.6f || a > 190 * module_px || b > 190 * module_px)
    return;
  if (a > 4 * b || b > 4 * a)
    return;
  cosine = fabsf (ax * bx + ay * by) / (a * b);
  if (cosine > COSINE_MAX)
    return;
  if (cross < 0)
    {
      triple.finders[1] = (guint8) other;
      triple.finders[2] = (guint8) one;
    }
  triple.badness = cosine + fabsf (logf (a / b)) + fabsf (logf (c->module_px / p->module_px)) + fabsf (logf (c->module_px / q->module_px))
                   + 0.3f / MIN (MIN (quality (c), quality (p)), quality (q));
  if (rectifier->triple_count < TRIPLES_MAX)
    rectifier->triples[rectifier->triple_count++] = triple;
}

static int
compare_triples (const void *a, const void *b)
{
  const Triple *one = a, *other = b;

  return one->badness < other->badness ? -1 : one->badness > other->badness;
}

static void
list_triples (SlRectifier *rectifier)
{
  const SlFinder *f = rectifier->finders;

  rectifier->triple_count = 0;
  for (guint i = 0; i < rectifier->finder_count; i++)
    for (guint j = i + 1; j < rectifier->finder_count; j++)
      for (guint k = j + 1; k < rectifier->finder_count; k++)
        {
          float low = MIN (MIN (f[i].module_px, f[j].module_px), f[k].module_px);
          float high = MAX (MAX (f[i].module_px, f[j].module_px), f[k].module_px);

          if (f[i].is_inverted != f[j].is_inverted || f[i].is_inverted != f[k].is_inverted || high > MODULE_RATIO_MAX * low)
            continue;
          consider (rectifier, i, j, k);
          consider (rectifier, j, i, k);
          consider (rectifier, k, i, j);
        }
  qsort (rectifier->triples, rectifier->triple_count, sizeof (Triple), compare_triples);
}

typedef enum { LOOK_PLAIN, LOOK_SHARP, LOOK_SETTLED, LOOK_FINE, LOOK_FINE_SETTLED, LOOK_LAST } Look;

static guint
read_grid (SlRectifier *rectifier, const SlGrid *grid, gboolean is_inverted, SlReader *reader, GPtrArray *texts)
{
  const SlLayout *layout = sl_layouts_get (&rectifier->layouts, (grid->side - 17) / 4);
  SlModules *modules = &rectifier->modules;
  guint found;

  for (int look = 0; look < LOOK_LAST; look++)
    {
      switch (look)
        {
        case LOOK_PLAIN:
          sl_modules_sample (modules, grid, rectifier->raw_levels, rectifier->level_count, COARSE_MODULE_PX, is_inverted);
          sl_modules_guess (modules, layout);
          break;
        case LOOK_SHARP:
          sl_modules_sharpen (modules, layout, 2);
          break;
        case LOOK_FINE:
          sl_modules_sample (modules, grid, rectifier->raw_levels, rectifier->level_count, FINE_MODULE_PX, is_inverted);
          sl_modules_sharpen (modules, layout, 3);
          break;
        default:
          sl_modules_settle (modules, layout);
          break;
        }
      sl_modules_draw (modules, layout, &rectifier->drawn);
      found = sl_reader_read (reader, &rectifier->drawn, FALSE, texts);
      if (g_getenv ("SL_DBG")) g_printerr ("   look %d found %u\n", look, found);
      if (found > 0)
        return found;
    }
  return 0;
}

static guint
read_triple (SlRectifier *rectifier, const SlFinder *const finders[3], SlReader *reader, GPtrArray *texts, guint *tried)
{
  SlGrid grid;
  float score = sl_grid_fit (&rectifier->layouts, rectifier->soft_levels, rectifier->level_count, finders, &grid);

  if (score>0&&g_getenv ("SL_DBG")) g_printerr ("triple bad %.2f score %.3f side %d\n", 0.0, score, score > 0 ? grid.side : 0);
  if (score < SCORE_WORTH_READING)
    return 0;
  ++*tried;
  return read_grid (rectifier, &grid, finders[0]->is_inverted, reader, texts);
}

static guint
read_pairs (SlRectifier *rectifier, SlReader *reader, GPtrArray *texts)
{
  guint tried = 0, count = MIN (rectifier->finder_count, PAIR_FINDERS);

  for (guint i = 0; i < count; i++)
    for (guint k = i + 1; k < count; k++)
      {
        const SlFinder *one = &rectifier->finders[i], *other = &rectifier->finders[k];
        SlThird thirds[SL_THIRD_MAX];
        guint found;

        if (one->is_inverted != other->is_inverted || one->module_px > 1.5f * other->module_px || other->module_px > 1.5f * one->module_px)
          continue;
        found = sl_third_find (rectifier->soft_levels, rectifier->level_count, one, other, thirds);
        for (guint n = 0; n < found && tried < TRIPLES_TRIED; n++)
          {
            const SlFinder *finders[3] = { &thirds[n].finders[0], &thirds[n].finders[1], &thirds[n].finders[2] };

            if (g_getenv ("SL_DBG")) g_printerr ("pair %u %u third score %.2f at %.0f,%.0f %.0f,%.0f %.0f,%.0f\n", i, k, thirds[n].score, finders[0]->x, finders[0]->y, finders[1]->x, finders[1]->y, finders[2]->x, finders[2]->y);
            if (read_triple (rectifier, finders, reader, texts, &tried) > 0)
              return 1;
          }
      }
  return 0;
}

guint
sl_rectifier_read (SlRectifier *rectifier, const SlFrame *frame, int first_level, gboolean is_sharp, SlReader *reader,
                   GPtrArray *texts)
{
  gboolean used[SL_FINDERS_MAX] = { FALSE };
  guint found = 0, tried = 0;

  build_levels (rectifier, frame, first_level, is_sharp);
  rectifier->finder_count = 0;
  for (guint i = rectifier->level_count; i-- > 0;)
    {
      rectifier->finder_count = sl_finder_scan (rectifier->soft_levels[i].plane, rectifier->soft_levels[i].scale,
                                                rectifier->soft_levels[i].scale < 2 ? 2 : 1, rectifier->finders, rectifier->finder_count);
      keep_good_finders (rectifier);
    }
  if (rectifier->finder_count > FINDERS_KEPT)
    rectifier->finder_count = FINDERS_KEPT;
  list_triples (rectifier);
  if (g_getenv ("SL_DBG"))
    {
      for (guint i = 0; i < rectifier->finder_count; i++)
        g_printerr ("finder %u: %.1f %.1f m %.2f rows %.1f inv %d\n", i, rectifier->finders[i].x, rectifier->finders[i].y, rectifier->finders[i].module_px, rectifier->finders[i].rows_px, rectifier->finders[i].is_inverted);
      g_printerr ("triples %u\n", rectifier->triple_count);
    }
  for (guint i = 0; i < MIN (rectifier->triple_count, TRIPLES_GUESSED) && tried < TRIPLES_TRIED; i++)
    {
      const guint8 *t = rectifier->triples[i].finders;
      const SlFinder *finders[3] = { &rectifier->finders[t[0]], &rectifier->finders[t[1]], &rectifier->finders[t[2]] };

      if (used[t[0]] || used[t[1]] || used[t[2]])
        continue;
      if (read_triple (rectifier, finders, reader, texts, &tried) > 0)
        {
          found++;
          used[t[0]] = used[t[1]] = used[t[2]] = TRUE;
        }
    }
  if (found == 0)
    found = read_pairs (rectifier, reader, texts);
  return found;
}

SlRectifier *
sl_rectifier_new (void)
{
  return g_new0 (SlRectifier, 1);
}

void
sl_rectifier_free (SlRectifier *rectifier)
{
  if (rectifier == NULL)
    return;
  for (guint i = 0; i < LEVELS_MAX; i++)
    {
      sl_plane_clear (&rectifier->planes[i]);
      sl_soft_clear (&rectifier->softs[i]);
    }
  sl_plane_clear (&rectifier->drawn);
  sl_plane_clear (&rectifier->sharp);
  sl_layouts_clear (&rectifier->layouts);
  g_free (rectifier);
}
