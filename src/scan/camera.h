/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A camera: frames in, texts and a preview out. All through one GStreamer pipeline with a thread of its own; every
 * callback runs in the main context that was the thread's default at sl_camera_new(). src/scan/README.md "Cameras".
 *
 * Sources: a device ("/dev/video0", "v4l2:/dev/video0"), any GStreamer URI ("rtsp://…", "file:///…"), a folder of
 * pictures ("/path", "folder:/path?show_ms=2000&loop=no"), or a piece of pipeline ("pipeline:videotestsrc
 * is-live=true"). */
typedef struct _SlCamera SlCamera;

typedef enum {
  SL_CAMERA_STARTING,
  SL_CAMERA_RUNNING, /* pictures arrive */
  SL_CAMERA_MISSING, /* none: unplugged, refused, ended; tried again for ever */
} SlCameraState;

typedef struct {
  /* reason: (nullable): for the log and for staff, with MISSING only */
  void (*state_changed) (SlCamera *camera, SlCameraState state, const char *reason, gpointer user_data);
  /* Each time a code is read, up to 30 times a second while it is held there: SlScanDebounce makes scans of it.
   * frame_us: monotonic time at which the frame arrived. */
  void (*code_read) (SlCamera *camera, const char *text, gint64 frame_us, gpointer user_data);
  /* (nullable) the newest picture, at most SL_CAMERA_PREVIEW_WIDTH_PX wide: BGRA, 8 bits each, opaque */
  void (*preview) (SlCamera *camera, GBytes *pixels, int width, int height, gsize stride_bytes, gpointer user_data);
} SlCameraCallbacks;

#define SL_CAMERA_PREVIEW_WIDTH_PX 640
#define SL_CAMERA_FRAMES_PER_S 15 /* what is asked for and shown; 67 ms between two looks */

SlCamera *sl_camera_new (const char *source, const SlCameraCallbacks *callbacks, gpointer user_data);
void sl_camera_set_preview (SlCamera *camera, gboolean shown);
void sl_camera_free (SlCamera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCamera, sl_camera_free)
