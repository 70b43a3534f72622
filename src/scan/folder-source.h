/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

/* A folder of pictures as a camera: each is shown for a while, in the order of their names. */
#define SL_FOLDER_SHOW_MS 2000
#define SL_FOLDER_WIDTH_PX 1280
#define SL_FOLDER_HEIGHT_PX 720

GstElement *sl_folder_source_new (const char *path, gint64 show_ms, gboolean loop,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
