/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

/* The left end of the pipeline: an element whose "src" pad gives raw video, now or later ("pad-added"). */
GstElement *sl_camera_source_new (const char *source, gboolean *out_paced, GError **error) G_GNUC_WARN_UNUSED_RESULT;
