/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-rectifier"

#include "rectifier.h"

#include <math.h>
#include <stdlib.h>

#include "grid.h"
#include "modules.h"
#include "soft.h"
#include "third.h"

#define LEVELS_MAX 5 /* from 1.5 to 24 pixels a module and more: a finder is seen at the size that fits it */
#define LEVEL_SIDE_MIN_PX 40
#define FINDER_QUALITY_MIN 0.35f /* rows that show it over rows of its core: turned by 45° few do */
#define FINDERS_KEPT 48
#define PAIR_FINDERS 16
#define PAIR_SIZE_RATIO_MAX 1.5f
#define TRIPLES_MAX 4000
#define TRIPLES_GLANCED 60
#define GLANCE_WEIGHT 2.0f
/* Fits and readings cost half a millisecond to some: these bound what a picture full of patterns can cost. */
#define TRIPLES_FITTED 8
#define PAIRS_FITTED 8
#define MODULES_READ_MAX 14000 /* seven codes of version 7 that cannot be read, or one of version 40 */
#define SEARCHES_MAX 32
#define SCORE_WORTH_READING                                                                                            \
  0.4f /* see sl_grid_fit(): of what was ever read 99 % lies above 0.5, of chance 50 % below 0.35 */
#define SIZE_RATIO_MAX 4.0f /* of the three finders' modules, along the picture's axes */
#define SIDE_RATIO_MAX 4.0f
#define SIDE_MIN_MODULES 6.0f /* between two finders: 14 in a version 1 code seen straight */
#define SIDE_MAX_MODULES 190.0f
#define COSINE_MAX 0.85f /* of the angle at the corner: 32° to 148° */
#define COARSE_MODULE_PX 3.0f
#define FINE_MODULE_PX 6.0f

typedef struct {
  guint8 finders[3]; /* upper left, upper right, lower left */
  float badness;     /* of their positions, then less how they stand */
  float glance;
} Triple;

struct _SlRectifier {
  SlPlane planes[LEVELS_MAX], sharp, drawn;
  SlSoft softs[LEVELS_MAX];
  SlGridLevel raw_levels[LEVELS_MAX], soft_levels[LEVELS_MAX];
  guint level_count;
  SlFinder finders[SL_FINDERS_MAX];
  guint finder_count;
  Triple triples[TRIPLES_MAX];
  guint triple_count;
  SlLayouts layouts;
  SlModules modules;
};

/* What one call works with and may still spend. */
typedef struct {
  SlReader *reader;
  GPtrArray *texts;
  guint fits_left, searches_left;
  int modules_left;
} Work;

static void
soften (SlRectifier *rectifier, guint level, int radius_px, gboolean sharpen)
{
  SlFrame frame = sl_plane_frame (&rectifier->planes[level]);

  if (sharpen)
    {
      sl_plane_sharpen (&rectifier->sharp, &frame);
      frame = sl_plane_frame (&rectifier->sharp);
    }
  sl_soft_compute (&rectifier->softs[level], &frame, radius_px);
}

static void
build_levels (SlRectifier *rectifier, const SlFrame *frame, guint first_level, int radius_px, gboolean sharpen)
{
  float scale = 1;

  rectifier->level_count = 0;
  for (guint level = 0; level < LEVELS_MAX; level++, scale *= 2)
    {
      if (level == 0)
        sl_plane_copy (&rectifier->planes[0], frame);
      else
        {
          SlFrame larger = sl_plane_frame (&rectifier->planes[level - 1]);

          if (MIN (larger.width, larger.height) < 2 * LEVEL_SIDE_MIN_PX)
            return;
          sl_plane_halve (&rectifier->planes[level], &larger);
        }
      if (level < first_level)
        continue;
      soften (rectifier, level, radius_px, sharpen);
      rectifier->raw_levels[rectifier->level_count] = (SlGridLevel){ &rectifier->planes[level], scale };
      rectifier->soft_levels[rectifier->level_count++] = (SlGridLevel){ &rectifier->softs[level].plane, scale };
    }
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
find_finders (SlRectifier *rectifier)
{
  rectifier->finder_count = 0;
  for (guint i = rectifier->level_count; i-- > 0;)
    {
      const SlGridLevel *level = &rectifier->soft_levels[i];
      guint found = sl_finder_scan (level->plane, level->scale, level->scale < 2 ? 2 : 1, rectifier->finders,
                                    rectifier->finder_count);

      rectifier->finder_count = 0;
      for (guint k = 0; k < found; k++)
        if (quality (&rectifier->finders[k]) >= FINDER_QUALITY_MIN)
          rectifier->finders[rectifier->finder_count++] = rectifier->finders[k];
      qsort (rectifier->finders, rectifier->finder_count, sizeof (SlFinder), compare_finders);
    }
  rectifier->finder_count = MIN (rectifier->finder_count, FINDERS_KEPT);
}

/* Adds three finders with one of them in the corner, if they may stand so. */
static void
consider (SlRectifier *rectifier, guint corner, guint one, guint other)
{
  const SlFinder *c = &rectifier->finders[corner], *p = &rectifier->finders[one], *q = &rectifier->finders[other];
  float ax = p->x - c->x, ay = p->y - c->y, bx = q->x - c->x, by = q->y - c->y, a = hypotf (ax, ay),
        b = hypotf (bx, by);
  float module_px = (c->module_px + p->module_px + q->module_px) / 3, cosine = fabsf (ax * bx + ay * by) / (a * b);
  gboolean is_clockwise = ax * by - ay * bx > 0;

  if (rectifier->triple_count == TRIPLES_MAX || MIN (a, b) < SIDE_MIN_MODULES * module_px
      || MAX (a, b) > SIDE_MAX_MODULES * module_px || MAX (a, b) > SIDE_RATIO_MAX * MIN (a, b) || cosine > COSINE_MAX)
    return;
  rectifier->triples[rectifier->triple_count++] = (Triple){
    { (guint8) corner, (guint8) (is_clockwise ? one : other), (guint8) (is_clockwise ? other : one) },
    cosine + fabsf (logf (a / b)) + fabsf (logf (c->module_px / p->module_px))
        + fabsf (logf (c->module_px / q->module_px)) + 0.3f / MIN (MIN (quality (c), quality (p)), quality (q)),
  };
}

static int
compare_triples (const void *a, const void *b)
{
  const Triple *one = a, *other = b;

  return one->badness < other->badness ? -1 : one->badness > other->badness;
}

static void
get_finders (const SlRectifier *rectifier, const Triple *triple, const SlFinder *out[3])
{
  for (int i = 0; i < 3; i++)
    out[i] = &rectifier->finders[triple->finders[i]];
}

/* Lists what may be the three finders of a code, the likeliest first: by their positions, then by a glance. */
static void
list_triples (SlRectifier *rectifier)
{
  const SlFinder *f = rectifier->finders;

  rectifier->triple_count = 0;
  for (guint i = 0; i < rectifier->finder_count; i++)
    for (guint k = i + 1; k < rectifier->finder_count; k++)
      for (guint m = k + 1; m < rectifier->finder_count; m++)
        {
          float smallest = MIN (MIN (f[i].module_px, f[k].module_px), f[m].module_px);
          float largest = MAX (MAX (f[i].module_px, f[k].module_px), f[m].module_px);

          if (f[i].is_inverted != f[k].is_inverted || f[i].is_inverted != f[m].is_inverted
              || largest > SIZE_RATIO_MAX * smallest)
            continue;
          consider (rectifier, i, k, m);
          consider (rectifier, k, i, m);
          consider (rectifier, m, i, k);
        }
  qsort (rectifier->triples, rectifier->triple_count, sizeof (Triple), compare_triples);
  rectifier->triple_count = MIN (rectifier->triple_count, TRIPLES_GLANCED);
  for (guint i = 0; i < rectifier->triple_count; i++)
    {
      const SlFinder *finders[3];

      get_finders (rectifier, &rectifier->triples[i], finders);
      rectifier->triples[i].glance = sl_grid_glance (rectifier->soft_levels, rectifier->level_count, finders);
      /* All finders of two codes stand alike: of such triples the squarest is the likeliest. */
      rectifier->triples[i].badness -= GLANCE_WEIGHT * rectifier->triples[i].glance;
    }
  qsort (rectifier->triples, rectifier->triple_count, sizeof (Triple), compare_triples);
}

static guint
read_drawing (SlRectifier *rectifier, const SlLayout *layout, Work *work)
{
  sl_modules_draw (&rectifier->modules, layout, &rectifier->drawn);
  return sl_reader_read (work->reader, &rectifier->drawn, FALSE, work->texts);
}

/* Reads the modules of a grid: as they look, then with the blur taken out, then the same from finer pixels. */
static guint
read_grid (SlRectifier *rectifier, const SlGrid *grid, gboolean is_inverted, Work *work)
{
  const SlLayout *layout = sl_layouts_get (&rectifier->layouts, (grid->side - 17) / 4);
  guint found;

  sl_modules_sample (&rectifier->modules, grid, rectifier->raw_levels, rectifier->level_count, COARSE_MODULE_PX,
                     is_inverted);
  sl_modules_guess (&rectifier->modules, layout);
  found = read_drawing (rectifier, layout, work);
  if (found > 0)
    return found;
  sl_modules_sharpen (&rectifier->modules, layout, 2);
  found = read_drawing (rectifier, layout, work);
  if (found > 0)
    return found;
  sl_modules_sample (&rectifier->modules, grid, rectifier->raw_levels, rectifier->level_count, FINE_MODULE_PX,
                     is_inverted);
  sl_modules_sharpen (&rectifier->modules, layout, 3);
  return read_drawing (rectifier, layout, work);
}

static guint
read_finders (SlRectifier *rectifier, const SlFinder *const finders[3], Work *work)
{
  SlGrid grid;

  if (work->fits_left == 0 || work->modules_left <= 0)
    return 0;
  work->fits_left--;
  if (sl_grid_fit (&rectifier->layouts, rectifier->soft_levels, rectifier->level_count, finders, &grid)
      < SCORE_WORTH_READING)
    return 0;
  work->modules_left -= grid.side * grid.side;
  return read_grid (rectifier, &grid, finders[0]->is_inverted, work);
}

static guint
read_triples (SlRectifier *rectifier, Work *work)
{
  gboolean used[SL_FINDERS_MAX] = { FALSE };
  guint found = 0;

  for (guint i = 0; i < rectifier->triple_count && work->fits_left > 0; i++)
    {
      const guint8 *t = rectifier->triples[i].finders;
      const SlFinder *finders[3];

      get_finders (rectifier, &rectifier->triples[i], finders);
      if (rectifier->triples[i].glance < SL_GRID_GLANCE_MIN || used[t[0]] || used[t[1]] || used[t[2]]
          || read_finders (rectifier, finders, work) == 0)
        continue;
      used[t[0]] = used[t[1]] = used[t[2]] = TRUE;
      work->fits_left = TRIPLES_FITTED; /* what was read is worth going on for */
      work->modules_left = MODULES_READ_MAX;
      found++;
    }
  return found;
}

/* One finder of three may be hidden: looks for it where two say that it is. */
static guint
read_pairs (SlRectifier *rectifier, Work *work)
{
  guint count = MIN (rectifier->finder_count, PAIR_FINDERS);

  for (guint i = 0; i < count; i++)
    for (guint k = i + 1; k < count; k++)
      {
        const SlFinder *one = &rectifier->finders[i], *other = &rectifier->finders[k];
        SlThird thirds[SL_THIRD_MAX];
        guint found;

        if (one->is_inverted != other->is_inverted || one->module_px > PAIR_SIZE_RATIO_MAX * other->module_px
            || other->module_px > PAIR_SIZE_RATIO_MAX * one->module_px)
          continue;
        found = sl_third_find (rectifier->soft_levels, rectifier->level_count, one, other,
                               &work->searches_left, thirds);
        for (guint n = 0; n < found; n++)
          {
            const SlFinder *finders[3] = { &thirds[n].finders[0], &thirds[n].finders[1], &thirds[n].finders[2] };

            if (read_finders (rectifier, finders, work) > 0)
              return 1;
          }
        if (work->fits_left == 0 || work->modules_left <= 0 || work->searches_left == 0)
          return 0;
      }
  return 0;
}

/**
 * sl_rectifier_new:
 *
 * Makes a rectifier. It keeps its buffers between frames and belongs to one thread at a time.
 *
 * Returns: (transfer full): a rectifier
 */
SlRectifier *
sl_rectifier_new (void)
{
  return g_new0 (SlRectifier, 1);
}

/**
 * sl_rectifier_free:
 * @rectifier: (nullable): a rectifier
 */
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
  sl_plane_clear (&rectifier->sharp);
  sl_plane_clear (&rectifier->drawn);
  sl_layouts_clear (&rectifier->layouts);
  g_free (rectifier);
}

/**
 * sl_rectifier_read:
 * @rectifier: a rectifier
 * @frame: a grey picture; not kept
 * @first_level: 0 looks at all of it; 1 from half its size on, at a quarter of the cost, and misses small codes
 * @radius_px: half the side of what a pixel is compared with, see sl_soft_compute(): narrow finds blurred codes, wide
 *   finds noisy ones
 * @sharpen: look for finders in a sharpened picture: finds blurred ones
 * @reader: reads the drawings
 * @texts: (element-type utf8): gets each new text
 *
 * Finds and reads the codes of a picture, dark on light and light on dark. What it can cost is bounded, whatever the
 * picture shows.
 *
 * Returns: how many codes were read
 */
guint
sl_rectifier_read (SlRectifier *rectifier, const SlFrame *frame, guint first_level, int radius_px, gboolean sharpen,
                   SlReader *reader, GPtrArray *texts)
{
  Work work = { reader, texts, TRIPLES_FITTED, SEARCHES_MAX, MODULES_READ_MAX };
  guint found;

  g_return_val_if_fail (rectifier != NULL && frame != NULL && reader != NULL && texts != NULL, 0);

  build_levels (rectifier, frame, first_level, radius_px, sharpen);
  find_finders (rectifier);
  list_triples (rectifier);
  found = read_triples (rectifier, &work);
  if (found > 0)
    return found;
  work.fits_left = PAIRS_FITTED;
  work.modules_left = MAX (work.modules_left, MODULES_READ_MAX / 2);
  return read_pairs (rectifier, &work);
}
