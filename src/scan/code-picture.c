/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-code-picture"

#include "code-picture.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "core/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

static gboolean
is_dark (const QRcode *qr, int column, int row)
{
  return (qr->data[row * qr->width + column] & 1) != 0;
}

static QRcode *
encode (const char *text, GError **error)
{
  QRcode *qr = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  int reason = errno;

  if (qr == NULL && reason == ERANGE)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%" G_GSIZE_FORMAT " bytes do not fit into a QR code",
                 strlen (text));
  else if (qr == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "text cannot become a QR code: %s", g_strerror (reason));
  return qr;
}

/* Length of the run of dark modules that begins at column. */
static int
dark_run (const QRcode *qr, int column, int row)
{
  int length = 0;

  while (column + length < qr->width && is_dark (qr, column + length, row))
    length++;
  return length;
}

static gboolean
save (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (GError) failed = NULL;

  if (g_file_set_contents (path, data, (gssize) length, &failed))
    return TRUE;
  g_set_error (error, SL_ERROR,
               g_error_matches (failed, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE,
               "cannot write %s: %s", path, failed->message);
  return FALSE;
}

/**
 * sl_code_picture:
 * @text: what the code says, not empty
 * @min_module_px: pixels a module at least, 1 to %SL_CODE_PICTURE_MODULE_MAX_PX; %SL_CODE_PICTURE_MODULE_PX is the
 * usual
 * @error: %SL_ERROR_BAD_INPUT when the text does not fit into a QR code
 *
 * Draws a QR code of level M with its quiet zone. Any thread.
 *
 * Returns: (transfer full) (nullable): RGB, 8 bit, black on white
 */
GdkPixbuf *
sl_code_picture (const char *text, int min_module_px, GError **error)
{
  g_autoptr (QRcode) qr = NULL;
  GdkPixbuf *picture;
  int side_px, stride;
  guint8 *pixels;

  g_return_val_if_fail (text != NULL && *text != '\0', NULL);
  g_return_val_if_fail (min_module_px >= 1 && min_module_px <= SL_CODE_PICTURE_MODULE_MAX_PX, NULL);

  qr = encode (text, error);
  if (qr == NULL)
    return NULL;
  side_px = (qr->width + 2 * SL_CODE_PICTURE_QUIET_MODULES) * min_module_px;
  picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side_px, side_px);
  gdk_pixbuf_fill (picture, 0xffffffff);
  stride = gdk_pixbuf_get_rowstride (picture);
  pixels = gdk_pixbuf_get_pixels (picture);
  for (int y = 0; y < qr->width * min_module_px; y++)
    for (int column = 0; column < qr->width; column++)
      if (is_dark (qr, column, y / min_module_px))
        memset (pixels + (gsize) (y + SL_CODE_PICTURE_QUIET_MODULES * min_module_px) * stride
                    + 3 * (gsize) (column + SL_CODE_PICTURE_QUIET_MODULES) * min_module_px,
                0, 3 * (gsize) min_module_px);
  return picture;
}

/**
 * sl_code_picture_svg:
 * @text: what the code says, not empty
 * @error: %SL_ERROR_BAD_INPUT when the text does not fit into a QR code
 *
 * Draws the same picture as SVG, one unit a module. Any thread.
 *
 * Returns: (transfer full) (nullable): the document
 */
char *
sl_code_picture_svg (const char *text, GError **error)
{
  g_autoptr (QRcode) qr = NULL;
  g_autoptr (GString) svg = NULL;
  int side;

  g_return_val_if_fail (text != NULL && *text != '\0', NULL);

  qr = encode (text, error);
  if (qr == NULL)
    return NULL;
  side = qr->width + 2 * SL_CODE_PICTURE_QUIET_MODULES;
  svg = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  g_string_append_printf (svg,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                          "shape-rendering=\"crispEdges\">\n"
                          "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"",
                          side * SL_CODE_PICTURE_MODULE_PX, side * SL_CODE_PICTURE_MODULE_PX, side, side, side, side);
  for (int row = 0; row < qr->width; row++)
    for (int column = 0; column < qr->width; column++)
      {
        int length = dark_run (qr, column, row);

        if (length == 0)
          continue;
        g_string_append_printf (svg, "M%d %dh%dv1h-%dz", column + SL_CODE_PICTURE_QUIET_MODULES,
                                row + SL_CODE_PICTURE_QUIET_MODULES, length, length);
        column += length;
      }
  g_string_append (svg, "\"/>\n</svg>\n");
  return g_string_free (g_steal_pointer (&svg), FALSE);
}

/**
 * sl_code_picture_save_png:
 * @text: what the code says, not empty
 * @min_module_px: as in sl_code_picture()
 * @path: file to write; an older one is replaced at once, or not at all
 * @error: %SL_ERROR_BAD_INPUT for the text, %SL_ERROR_STORAGE or %SL_ERROR_DISK_FULL for the file
 *
 * Returns: %TRUE when the file is there
 */
gboolean
sl_code_picture_save_png (const char *text, int min_module_px, const char *path, GError **error)
{
  g_autoptr (GdkPixbuf) picture = NULL;
  g_autoptr (GError) failed = NULL;
  g_autofree char *png = NULL;
  gsize length = 0;

  g_return_val_if_fail (path != NULL, FALSE);

  picture = sl_code_picture (text, min_module_px, error);
  if (picture == NULL)
    return FALSE;
  if (!gdk_pixbuf_save_to_buffer (picture, &png, &length, "png", &failed, NULL))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "cannot make %s: %s", path, failed->message);
      return FALSE;
    }
  return save (path, png, length, error);
}

/**
 * sl_code_picture_save_svg:
 * @text: what the code says, not empty
 * @path: file to write; an older one is replaced at once, or not at all
 * @error: %SL_ERROR_BAD_INPUT for the text, %SL_ERROR_STORAGE or %SL_ERROR_DISK_FULL for the file
 *
 * Returns: %TRUE when the file is there
 */
gboolean
sl_code_picture_save_svg (const char *text, const char *path, GError **error)
{
  g_autofree char *svg = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  svg = sl_code_picture_svg (text, error);
  return svg != NULL && save (path, svg, strlen (svg), error);
}
