/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The camera's picture, filling its place, with a frame to aim at. */
#define SL_TYPE_CAMERA_VIEW (sl_camera_view_get_type ())
G_DECLARE_FINAL_TYPE (SlCameraView, sl_camera_view, SL, CAMERA_VIEW, GtkWidget)

void sl_camera_view_set_texture (SlCameraView *self, GdkTexture *texture);
void sl_camera_view_set_mirrored (SlCameraView *self, gboolean mirrored);
