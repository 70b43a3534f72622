/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

/* Eyes and ears of the door: its camera and its scanner. Signals: "code" (const char *text): somebody holds out a code;
 * one code held there is told once · "camera-changed": or the scanner · "picture" (GdkTexture *) · "seen" (gboolean
 * by_scanner, const char *text): each reading, as often as there is one, for who tries them. */
#define SL_TYPE_INTAKE (sl_intake_get_type ())
G_DECLARE_FINAL_TYPE (SlIntake, sl_intake, SL, INTAKE, GObject)

typedef enum {
  SL_INTAKE_CAMERA_NONE, /* the door has none */
  SL_INTAKE_CAMERA_STARTING,
  SL_INTAKE_CAMERA_RUNNING,
  SL_INTAKE_CAMERA_MISSING,
} SlIntakeCamera;

SlIntake *sl_intake_new (const char *camera_source, const char *scanner_source);
void sl_intake_close (SlIntake *self);
void sl_intake_use_camera (SlIntake *self, const char *source);   /* (nullable) */
void sl_intake_use_scanner (SlIntake *self, const char *source);  /* (nullable) */
SlIntakeCamera sl_intake_get_camera (SlIntake *self);
gboolean sl_intake_is_scanner_missing (SlIntake *self);
void sl_intake_set_watched (SlIntake *self, gboolean watched);
