/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-plane"

#include "plane.h"

#include <string.h>

/* How much of the difference from the 3 × 3 mean is added, in 1/16: 1.5 brings back what a lens slightly out of focus
 * takes from a module; 2.5 and more read less again on the seeded set, as noise grows with it. */
#define SHARPEN_16THS 24

/**
 * sl_plane_clear:
 * @plane: zeroed, or in use
 *
 * Frees the pixels. The plane can be used again.
 */
void
sl_plane_clear (SlPlane *plane)
{
  g_clear_pointer (&plane->data, g_free);
  *plane = (SlPlane){ 0 };
}

/**
 * sl_plane_resize:
 * @plane: zeroed, or in use
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 *
 * Gives the plane a size; what its pixels are is undefined. Memory only grows.
 */
void
sl_plane_resize (SlPlane *plane, int width, int height)
{
  gsize size_bytes = (gsize) width * (gsize) height;

  g_return_if_fail (width > 0 && height > 0);

  if (size_bytes > plane->size_bytes)
    {
      g_free (plane->data);
      plane->data = g_malloc (size_bytes);
      plane->size_bytes = size_bytes;
    }
  plane->width = width;
  plane->height = height;
}

/**
 * sl_plane_frame:
 * @plane: a plane with a size
 *
 * Returns: its pixels as a frame, valid until the plane is resized or cleared
 */
SlFrame
sl_plane_frame (const SlPlane *plane)
{
  return (SlFrame){ plane->data, plane->width, plane->height, plane->width };
}

/**
 * sl_plane_copy:
 * @plane: where to
 * @from: not @plane's own pixels
 *
 * Copies a frame, without its padding.
 */
void
sl_plane_copy (SlPlane *plane, const SlFrame *from)
{
  sl_plane_resize (plane, from->width, from->height);
  for (int y = 0; y < from->height; y++)
    memcpy (plane->data + (gsize) y * plane->width, from->data + (gsize) y * from->stride_bytes, from->width);
}

/**
 * sl_plane_halve:
 * @plane: where to
 * @from: not @plane's own pixels, at least 2 × 2
 *
 * Halves a frame; each pixel is the mean of four. An odd last row or column is left out.
 */
void
sl_plane_halve (SlPlane *plane, const SlFrame *from)
{
  int width = from->width / 2, height = from->height / 2;

  sl_plane_resize (plane, width, height);
  for (int y = 0; y < height; y++)
    {
      const guint8 *restrict upper = from->data + (gsize) (2 * y) * from->stride_bytes;
      const guint8 *restrict lower = upper + from->stride_bytes;
      guint8 *restrict out = plane->data + (gsize) y * width;

      for (int x = 0; x < width; x++)
        out[x] = (guint8) ((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
    }
}

/**
 * sl_plane_double:
 * @plane: where to
 * @from: not @plane's own pixels, at least 2 × 2
 *
 * Doubles a frame, with straight lines between the pixels.
 */
void
sl_plane_double (SlPlane *plane, const SlFrame *from)
{
  sl_plane_resize (plane, 2 * from->width, 2 * from->height);
  for (int y = 0; y < plane->height; y++)
    {
      /* A new pixel lies a quarter of an old one from its middle: 3/4 of the near one, 1/4 of the next. */
      int near_y = y / 2, far_y = CLAMP (near_y + (y % 2 == 0 ? -1 : 1), 0, from->height - 1);
      const guint8 *near_row = from->data + (gsize) near_y * (gsize) from->stride_bytes;
      const guint8 *far_row = from->data + (gsize) far_y * (gsize) from->stride_bytes;

      for (int x = 0; x < plane->width; x++)
        {
          int near_x = x / 2, far_x = CLAMP (near_x + (x % 2 == 0 ? -1 : 1), 0, from->width - 1);

          plane->data[(gsize) y * (gsize) plane->width + x] =
              (guint8) ((9 * near_row[near_x] + 3 * near_row[far_x] + 3 * far_row[near_x] + far_row[far_x] + 8) >> 4);
        }
    }
}

static void
sharpen_row (const guint8 *restrict above, const guint8 *restrict at, const guint8 *restrict below,
             guint8 *restrict out, int width)
{
  out[0] = at[0];
  out[width - 1] = at[width - 1];
  for (int x = 1; x < width - 1; x++)
    {
      int sum = above[x - 1] + above[x] + above[x + 1] + at[x - 1] + at[x] + at[x + 1] + below[x - 1] + below[x]
                + below[x + 1];
      int value = at[x] + (((9 * at[x] - sum) * SHARPEN_16THS / 9) >> 4);

      out[x] = (guint8) CLAMP (value, 0, 255);
    }
}

/**
 * sl_plane_sharpen:
 * @plane: where to
 * @from: not @plane's own pixels
 *
 * Unsharp mask over 3 × 3 pixels; the border is copied.
 */
void
sl_plane_sharpen (SlPlane *plane, const SlFrame *from)
{
  sl_plane_copy (plane, from);
  for (int y = 1; y < from->height - 1; y++)
    {
      const guint8 *at = from->data + (gsize) y * from->stride_bytes;

      sharpen_row (at - from->stride_bytes, at, at + from->stride_bytes, plane->data + (gsize) y * plane->width,
                   from->width);
    }
}
