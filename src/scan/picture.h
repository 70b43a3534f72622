/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "decoder.h"
#include "plane.h"

/* Picture files: what people send and what `studioloop scan` and `checkin --image` are given. */

#define SL_PICTURE_FILE_MAX_BYTES (32 * 1024 * 1024) /* a 50-megapixel photograph as JPEG has about 20 */
#define SL_PICTURE_PIXELS_MAX                                                                                          \
  (64 * 1024 * 1024) /* at 4 bytes each 256 MB while decoding; phones have up to 50 million */

GdkPixbuf *sl_picture_load_pixbuf (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_picture_load (const char *path, SlPlane *out_plane, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The one function behind `scan` and `checkin --image`. */
GPtrArray *sl_scan_file (SlDecoder *decoder, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
