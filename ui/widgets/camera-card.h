/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

typedef enum {
  SL_CAMERA_SHOWN_STARTING, /* no picture yet, nothing wrong */
  SL_CAMERA_SHOWN_LIVE,
  SL_CAMERA_SHOWN_MISSING,
  SL_CAMERA_SHOWN_NONE,     /* this door has no camera: only a scanner */
} SlCameraShown;

/* What a page says where there is no picture, in the language of the moment. */
typedef struct {
  const char *missing_next; /* what to do without */
  const char *scanner;      /* what to hold to the scanner */
  const char *scanner_next; /* "": nothing else */
} SlCameraWords;

/* The place of the camera's picture: the picture, or words. */
#define SL_TYPE_CAMERA_CARD (sl_camera_card_get_type ())
G_DECLARE_FINAL_TYPE (SlCameraCard, sl_camera_card, SL, CAMERA_CARD, GtkBox)

void sl_camera_card_set_shown (SlCameraCard *self, SlCameraShown shown, const SlCameraWords *words);
void sl_camera_card_set_picture (SlCameraCard *self, GdkTexture *texture, gboolean mirrored);
