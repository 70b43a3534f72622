/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-intake"

#include "intake.h"

#include "scan/camera.h"
#include "scan/debounce.h"
#include "scan/scanner.h"

/* What stands for a line that the scanner read but that cannot be a code: the engine refuses it by its name. */
#define UNREADABLE_LINE ""

struct _SlIntake {
  GObject parent_instance;

  SlCamera *camera;   /* (nullable) */
  SlScanner *scanner; /* (nullable) */
  SlScanDebounce debounce;
  SlIntakeCamera camera_state;
  gboolean is_watched, is_scanner_missing;
};

enum { SIGNAL_CODE, SIGNAL_CAMERA_CHANGED, SIGNAL_PICTURE, SIGNAL_SEEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlIntake, sl_intake, G_TYPE_OBJECT)

static void
take_code (SlIntake *self, const char *text, gint64 seen_us)
{
  if (sl_scan_debounce_accept (&self->debounce, text, seen_us / 1000))
    g_signal_emit (self, signals[SIGNAL_CODE], 0, text);
}

static void
on_camera_state (SlCamera *camera, SlCameraState state, const char *reason, gpointer user_data)
{
  SlIntake *self = user_data;

  if (state == SL_CAMERA_MISSING)
    g_message ("The camera is missing: %s", reason != NULL ? reason : "no reason given");
  self->camera_state = state == SL_CAMERA_RUNNING ? SL_INTAKE_CAMERA_RUNNING
                       : state == SL_CAMERA_MISSING ? SL_INTAKE_CAMERA_MISSING : SL_INTAKE_CAMERA_STARTING;
  g_signal_emit (self, signals[SIGNAL_CAMERA_CHANGED], 0);
}

static void
on_camera_code (SlCamera *camera, const char *text, gint64 frame_us, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SEEN], 0, FALSE, text);
  take_code (user_data, text, frame_us);
}

static void
on_camera_preview (SlCamera *camera, GBytes *pixels, int width, int height, gsize stride_bytes, gpointer user_data)
{
  /* Opaque pixels, so their colours are premultiplied as they are. */
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, pixels,
                                                           stride_bytes);

  g_signal_emit (user_data, signals[SIGNAL_PICTURE], 0, texture);
}

static void
on_scanner_state (SlScanner *scanner, SlScannerState state, const char *reason, gpointer user_data)
{
  SlIntake *self = user_data;

  if (state == SL_SCANNER_MISSING)
    g_message ("The scanner is missing: %s", reason != NULL ? reason : "no reason given");
  self->is_scanner_missing = state == SL_SCANNER_MISSING;
  g_signal_emit (self, signals[SIGNAL_CAMERA_CHANGED], 0);
}

static void
on_scanner_line (SlScanner *scanner, const char *text, gint64 read_us, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SEEN], 0, TRUE, text != NULL ? text : UNREADABLE_LINE);
  take_code (user_data, text != NULL ? text : UNREADABLE_LINE, read_us);
}

static void
sl_intake_dispose (GObject *object)
{
  sl_intake_close (SL_INTAKE (object));
  G_OBJECT_CLASS (sl_intake_parent_class)->dispose (object);
}

static void
sl_intake_finalize (GObject *object)
{
  sl_scan_debounce_clear (&SL_INTAKE (object)->debounce);
  G_OBJECT_CLASS (sl_intake_parent_class)->finalize (object);
}

static void
sl_intake_class_init (SlIntakeClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sl_intake_dispose;
  object_class->finalize = sl_intake_finalize;
  signals[SIGNAL_CODE] = g_signal_new ("code", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CAMERA_CHANGED] = g_signal_new ("camera-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PICTURE] = g_signal_new ("picture", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, GDK_TYPE_TEXTURE);
  signals[SIGNAL_SEEN] = g_signal_new ("seen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
sl_intake_init (SlIntake *self)
{
  self->is_watched = TRUE;
}

/**
 * sl_intake_new:
 * @camera_source: (nullable): see src/scan/camera.h; %NULL: no camera
 * @scanner_source: (nullable): see src/scan/scanner.h; %NULL: no scanner
 *
 * Starts both. What is not there is waited for, for ever.
 *
 * Returns: (transfer full): an intake whose signals come in this thread's default main context
 */
SlIntake *
sl_intake_new (const char *camera_source, const char *scanner_source)
{
  SlIntake *self = g_object_new (SL_TYPE_INTAKE, NULL);

  sl_intake_use_camera (self, camera_source);
  sl_intake_use_scanner (self, scanner_source);
  return self;
}

/**
 * sl_intake_use_camera:
 * @self: an intake that is not closed
 * @source: (nullable): see src/scan/camera.h; %NULL: no camera
 *
 * Goes on with this one, in the place of the one before.
 */
void
sl_intake_use_camera (SlIntake *self, const char *source)
{
  static const SlCameraCallbacks callbacks = { on_camera_state, on_camera_code, on_camera_preview };

  g_return_if_fail (SL_IS_INTAKE (self));
  g_clear_pointer (&self->camera, sl_camera_free);
  self->camera_state = source != NULL ? SL_INTAKE_CAMERA_STARTING : SL_INTAKE_CAMERA_NONE;
  if (source != NULL)
    {
      self->camera = sl_camera_new (source, &callbacks, self);
      sl_camera_set_preview (self->camera, self->is_watched);
    }
  g_signal_emit (self, signals[SIGNAL_CAMERA_CHANGED], 0);
}

/**
 * sl_intake_use_scanner:
 * @self: an intake that is not closed
 * @source: (nullable): see src/scan/scanner.h; %NULL: no scanner
 *
 * Goes on with this one, in the place of the one before.
 */
void
sl_intake_use_scanner (SlIntake *self, const char *source)
{
  static const SlScannerCallbacks callbacks = { on_scanner_state, on_scanner_line };
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SL_IS_INTAKE (self));
  g_clear_pointer (&self->scanner, sl_scanner_free);
  self->is_scanner_missing = FALSE;
  if (source != NULL && (self->scanner = sl_scanner_new (source, &callbacks, self, &error)) == NULL)
    {
      g_warning ("The scanner %s cannot be used: %s", source, error->message);
      self->is_scanner_missing = TRUE;
    }
  g_signal_emit (self, signals[SIGNAL_CAMERA_CHANGED], 0);
}

/**
 * sl_intake_close:
 * @self: an intake
 *
 * Ends camera and scanner; no signal comes afterwards. Twice is fine.
 */
void
sl_intake_close (SlIntake *self)
{
  g_return_if_fail (SL_IS_INTAKE (self));
  g_clear_pointer (&self->camera, sl_camera_free);
  g_clear_pointer (&self->scanner, sl_scanner_free);
}

/**
 * sl_intake_get_camera:
 * @self: an intake
 *
 * Returns: how the camera is
 */
SlIntakeCamera
sl_intake_get_camera (SlIntake *self)
{
  g_return_val_if_fail (SL_IS_INTAKE (self), SL_INTAKE_CAMERA_NONE);
  return self->camera_state;
}

/**
 * sl_intake_is_scanner_missing:
 * @self: an intake
 *
 * Returns: whether there should be a scanner and is none
 */
gboolean
sl_intake_is_scanner_missing (SlIntake *self)
{
  g_return_val_if_fail (SL_IS_INTAKE (self), FALSE);
  return self->is_scanner_missing;
}

/**
 * sl_intake_set_watched:
 * @self: an intake
 * @watched: whether anybody sees the pictures
 *
 * Without a watcher no pictures are made; codes are read all the same.
 */
void
sl_intake_set_watched (SlIntake *self, gboolean watched)
{
  g_return_if_fail (SL_IS_INTAKE (self));
  self->is_watched = watched;
  if (self->camera != NULL)
    sl_camera_set_preview (self->camera, watched);
}
