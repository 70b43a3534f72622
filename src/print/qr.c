/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-qr"

#include "print/qr.h"

#include <math.h>

#include "scan/code-picture.h"

/**
 * sl_qr_new:
 * @text: what it says, not empty
 * @error: %SL_ERROR_BAD_INPUT when that does not fit into a code
 *
 * Returns: (transfer full) (nullable): the code of level M
 */
SlQr *
sl_qr_new (const char *text, GError **error)
{
  g_autoptr (GdkPixbuf) picture = sl_code_picture (text, 1, error);
  if (picture == NULL)
    return NULL;
  SlQr *qr = g_new0 (SlQr, 1);
  qr->side = gdk_pixbuf_get_width (picture);
  qr->dark = g_new (guint8, (gsize) qr->side * qr->side);
  const guint8 *pixels = gdk_pixbuf_read_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture), channels = gdk_pixbuf_get_n_channels (picture);
  for (int row = 0; row < qr->side; row++)
    for (int column = 0; column < qr->side; column++)
      qr->dark[row * qr->side + column] = pixels[(gsize) row * stride + (gsize) column * channels] == 0;
  return qr;
}

/**
 * sl_qr_free:
 * @qr: (transfer full): a code
 */
void
sl_qr_free (SlQr *qr)
{
  g_free (qr->dark);
  g_free (qr);
}

static double
module_width (const SlQr *qr, double max_width, double dot)
{
  double module = max_width / qr->side;
  return dot > 0 ? MAX (floor (module / dot), 1) * dot : module;
}

/**
 * sl_qr_width:
 * @qr: a code
 * @max_width: that there is room for
 * @dot: of the printer; 0: any length will do
 *
 * Returns: the width of the code when each module is as many whole dots as fit
 */
double
sl_qr_width (const SlQr *qr, double max_width, double dot)
{
  return module_width (qr, max_width, dot) * qr->side;
}

/**
 * sl_qr_draw:
 * @qr: a code
 * @flow: that draws
 * @x: from its left
 * @y: on the page
 * @max_width: that there is room for
 *
 * As one path, so that no seams show between modules.
 */
void
sl_qr_draw (const SlQr *qr, SlFlow *flow, double x, double y, double max_width)
{
  if (flow->cr == NULL)
    return;
  double module = module_width (qr, max_width, flow->dot);
  double left = flow->left + x, top = y;
  if (flow->dot > 0)
    {
      left = round (left / flow->dot) * flow->dot;
      top = round (top / flow->dot) * flow->dot;
    }
  for (int row = 0; row < qr->side; row++)
    for (int column = 0; column < qr->side; column++)
      {
        int length = 0;
        while (column + length < qr->side && qr->dark[row * qr->side + column + length])
          length++;
        if (length > 0)
          cairo_rectangle (flow->cr, left + column * module, top + row * module, length * module, module);
        column += length;
      }
  cairo_set_source_rgb (flow->cr, 0, 0, 0);
  cairo_save (flow->cr);
  cairo_set_antialias (flow->cr, CAIRO_ANTIALIAS_NONE);
  cairo_fill (flow->cr);
  cairo_restore (flow->cr);
}
