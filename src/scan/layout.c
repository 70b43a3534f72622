/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-layout"

#include "layout.h"

#include <stdlib.h>

#define ALIGNMENTS_MAX 7

static void
set (SlLayout *layout, int column, int row, gboolean dark)
{
  if (column >= 0 && row >= 0 && column < layout->side && row < layout->side)
    layout->modules[row * layout->side + column] = dark ? SL_LAYOUT_DARK : SL_LAYOUT_LIGHT;
}

/* Rings around a middle: how far a module is from it (by the larger coordinate) says whether it is dark. */
static void
set_rings (SlLayout *layout, int column, int row, int radius, guint dark_rings)
{
  for (int y = -radius; y <= radius; y++)
    for (int x = -radius; x <= radius; x++)
      set (layout, column + x, row + y, ((dark_rings >> MAX (abs (x), abs (y))) & 1) != 0);
}

/* Middles of the alignment patterns (ISO/IEC 18004 annex E): the last is 7 from the edge, the first 6, the rest stand
 * at equal even distances from the last, rounded up; version 32 is the table's one exception. */
static int
list_alignments (int version, int out[ALIGNMENTS_MAX])
{
  int count = version == 1 ? 0 : version / 7 + 2, last = 4 * version + 10;
  int step = version == 32 ? 26 : count < 2 ? 0 : ((last - 6) + 2 * (count - 1) - 1) / (2 * (count - 1)) * 2;

  for (int i = 0; i < count; i++)
    out[i] = i == 0 ? 6 : last - step * (count - 1 - i);
  return count;
}

static void
set_version_information (SlLayout *layout)
{
  guint32 remainder = (guint32) layout->version, bits;

  /* BCH (18, 6) with generator 0x1f25: ISO/IEC 18004 annex D. */
  for (int i = 0; i < 12; i++)
    remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1f25);
  bits = ((guint32) layout->version << 12) | remainder;
  for (int i = 0; i < 18; i++)
    {
      gboolean dark = ((bits >> i) & 1) != 0;

      set (layout, layout->side - 11 + i % 3, i / 3, dark);
      set (layout, i / 3, layout->side - 11 + i % 3, dark);
    }
}

static void
fill (SlLayout *layout)
{
  int middles[ALIGNMENTS_MAX], count = list_alignments (layout->version, middles), side = layout->side;
  const guint finder_rings = 0x0b, alignment_rings = 0x05; /* dark at 0, 1 and 3; at 0 and 2 */

  for (int i = 8; i < side - 8; i++)
    {
      set (layout, i, 6, i % 2 == 0);
      set (layout, 6, i, i % 2 == 0);
    }
  for (int i = 0; i < count; i++)
    for (int k = 0; k < count; k++)
      if (!(i == 0 && k == 0) && !(i == 0 && k == count - 1) && !(i == count - 1 && k == 0))
        set_rings (layout, middles[i], middles[k], 2, alignment_rings);
  set_rings (layout, 3, 3, 4, finder_rings);
  set_rings (layout, side - 4, 3, 4, finder_rings);
  set_rings (layout, 3, side - 4, 4, finder_rings);
  set (layout, 8, side - 8, TRUE);
  if (layout->version >= 7)
    set_version_information (layout);
}

static gboolean
is_in_finder (const SlLayout *layout, int column, int row)
{
  return (column < 8 && row < 8) || (column >= layout->side - 8 && row < 8) || (column < 8 && row >= layout->side - 8);
}

static void
add_points (SlLayout *layout, gboolean of_finders)
{
  for (int row = 0; row < layout->side; row++)
    for (int column = 0; column < layout->side; column++)
      {
        SlLayoutModule module = (SlLayoutModule) layout->modules[row * layout->side + column];

        if (module != SL_LAYOUT_DATA && is_in_finder (layout, column, row) == of_finders)
          layout->points[layout->count++] =
              (SlLayoutPoint){ (float) column + 0.5f, (float) row + 0.5f, module == SL_LAYOUT_LIGHT ? 1 : -1 };
      }
}

/**
 * sl_layout_new:
 * @version: 1 to %SL_LAYOUT_VERSION_MAX
 *
 * Makes the fixed part of a version's codes: finder, separator, timing and alignment patterns, version information.
 *
 * Returns: (transfer full): a layout
 */
SlLayout *
sl_layout_new (int version)
{
  SlLayout *layout = g_new0 (SlLayout, 1);

  g_return_val_if_fail (version >= 1 && version <= SL_LAYOUT_VERSION_MAX, layout);

  layout->version = version;
  layout->side = 17 + 4 * version;
  layout->modules = g_new0 (guint8, layout->side * layout->side);
  fill (layout);
  layout->points = g_new (SlLayoutPoint, layout->side * layout->side);
  add_points (layout, FALSE);
  layout->far_count = layout->count;
  add_points (layout, TRUE);
  return layout;
}

/**
 * sl_layout_free:
 * @layout: (nullable): a layout
 */
void
sl_layout_free (SlLayout *layout)
{
  if (layout == NULL)
    return;
  g_free (layout->modules);
  g_free (layout->points);
  g_free (layout);
}
