/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

/* A code as a picture: the code alone, black on white, level M, with its quiet zone. */

#define SL_CODE_PICTURE_QUIET_MODULES 4 /* ISO/IEC 18004 section 6.3.8 */
#define SL_CODE_PICTURE_MODULE_PX 8     /* a version 7 code becomes 424 pixels: crisp on a phone, fine in print */
#define SL_CODE_PICTURE_MODULE_MAX_PX 64

GdkPixbuf *sl_code_picture (const char *text, int min_module_px, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_code_picture_svg (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_code_picture_save_png (const char *text, int min_module_px, const char *path,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_code_picture_save_svg (const char *text, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
