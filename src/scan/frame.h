/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A grey picture, 8 bits a pixel, owned by somebody else. */
typedef struct {
  const guint8 *data;
  int width, height, stride_bytes;
} SlFrame;

/* The largest side that is decoded: a 12-megapixel photograph is halved before, once or more. */
#define SL_FRAME_SIDE_MAX_PX 16384
