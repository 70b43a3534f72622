/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

/* A grey picture that owns its pixels and keeps the memory for the next one: decoding video must not allocate per
 * frame. */
typedef struct {
  guint8 *data;
  int width, height; /* rows follow one another without padding */
  gsize size_bytes;  /* of data */
} SlPlane;

void sl_plane_clear (SlPlane *plane);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlPlane, sl_plane_clear)
void sl_plane_resize (SlPlane *plane, int width, int height);
SlFrame sl_plane_frame (const SlPlane *plane);

void sl_plane_copy (SlPlane *plane, const SlFrame *from);
void sl_plane_halve (SlPlane *plane, const SlFrame *from);
void sl_plane_double (SlPlane *plane, const SlFrame *from);
void sl_plane_sharpen (SlPlane *plane, const SlFrame *from);
