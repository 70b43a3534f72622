/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device"

#include "device.h"

#include <adwaita.h>

#include "light.h"
#include "sounds.h"
#include "text-size.h"

struct _SlDevice {
  GObject parent_instance;

  char *data_dir, *root;
  char *camera_option, *scanner_option, *language_option; /* (nullable): the command line's */
  GKeyFile *choices;
  SlSettings settings;
  SlIntake *intake;
  SlSounds *sounds;
  char *backlight;     /* (nullable): this screen has none */
  char *light_problem; /* (nullable) */
  int minute;          /* of the day; -1: not known yet */
  int shown_percent;   /* of the light; 0: not set by us */
  guint try_light_id;  /* another brightness is shown until then */
};

enum { SIGNAL_CHANGED, SIGNAL_LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlDevice, sl_device, G_TYPE_OBJECT)

static void
sl_device_dispose (GObject *object)
{
  sl_device_close (SL_DEVICE (object));
  g_clear_object (&SL_DEVICE (object)->intake);
  G_OBJECT_CLASS (sl_device_parent_class)->dispose (object);
}

static void
sl_device_finalize (GObject *object)
{
  SlDevice *self = SL_DEVICE (object);

  sl_settings_clear (&self->settings);
  g_key_file_unref (self->choices);
  g_free (self->data_dir);
  g_free (self->root);
  g_free (self->camera_option);
  g_free (self->scanner_option);
  g_free (self->language_option);
  g_free (self->backlight);
  g_free (self->light_problem);
  G_OBJECT_CLASS (sl_device_parent_class)->finalize (object);
}

static void
sl_device_class_init (SlDeviceClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_device_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_device_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEFT] = g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sl_device_init (SlDevice *self)
{
  self->choices = g_key_file_new ();
  self->minute = -1;
}

static void
load (SlDevice *self)
{
  SlSettingsOptions options = { self->camera_option, self->scanner_option, self->language_option, self->choices };
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);

  sl_settings_clear (&self->settings);
  sl_settings_load (self->data_dir, &options, &self->settings, complaints);
  for (guint i = 0; i < complaints->len; i++)
    g_warning ("%s", (const char *) g_ptr_array_index (complaints, i));
}

static void
apply_looks (SlDevice *self)
{
  static const AdwColorScheme schemes[] = {
    [SL_THEME_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
    [SL_THEME_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
    [SL_THEME_AUTO] = ADW_COLOR_SCHEME_DEFAULT,
  };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[self->settings.theme]);
  sl_text_size_use (self->settings.text_percent);
}

static gboolean
write_light (SlDevice *self, int percent)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->light_problem, g_free);
  if (sl_light_write (self->backlight, percent, &error))
    return TRUE;
  g_message ("The brightness could not be set: %s", error->message);
  self->light_problem = g_strdup (error->message);
  return FALSE;
}

/* Only where it has to be another: somebody may have turned it by hand meanwhile. */
static void
apply_light (SlDevice *self)
{
  int percent;

  if (self->try_light_id != 0)
    return;
  if (!self->settings.light.is_managed || self->backlight == NULL || self->minute < 0)
    {
      self->shown_percent = 0;
      g_clear_pointer (&self->light_problem, g_free);
      return;
    }
  percent = sl_light_percent_at (&self->settings.light, self->minute);
  if (percent != self->shown_percent && write_light (self, percent))
    self->shown_percent = percent;
}

/* Back to that of the hour. */
static void
end_light_try (SlDevice *self)
{
  if (self->try_light_id == 0)
    return;
  g_clear_handle_id (&self->try_light_id, g_source_remove);
  apply_light (self);
}

static gboolean
on_light_tried (gpointer user_data)
{
  end_light_try (user_data);
  return G_SOURCE_CONTINUE; /* it is removed already */
}

/**
 * sl_device_new:
 * @data_dir: the data directory; it need not exist
 * @options: what the command line says; changes is %NULL
 * @root: "/": where the kernel's directories are
 *
 * Reads what is settled, and starts camera and scanner. GTK has been started.
 *
 * Returns: (transfer full): this device
 */
SlDevice *
sl_device_new (const char *data_dir, const SlSettingsOptions *options, const char *root)
{
  SlDevice *self;

  g_return_val_if_fail (data_dir != NULL && options != NULL && root != NULL, NULL);
  self = g_object_new (SL_TYPE_DEVICE, NULL);
  self->data_dir = g_strdup (data_dir);
  self->root = g_strdup (root);
  self->camera_option = g_strdup (options->camera_source);
  self->scanner_option = g_strdup (options->scanner_source);
  self->language_option = g_strdup (options->language);
  load (self);
  self->intake = sl_intake_new (self->settings.camera_source, self->settings.scanner_source);
  self->sounds = sl_sounds_new (self->settings.sound_sink);
  self->backlight = sl_light_find (root);
  apply_looks (self);
  return self;
}

/**
 * sl_device_close:
 * @self: a device
 *
 * Ends camera, scanner and sounds. Twice is fine.
 */
void
sl_device_close (SlDevice *self)
{
  g_return_if_fail (SL_IS_DEVICE (self));
  end_light_try (self);
  if (self->intake != NULL)
    sl_intake_close (self->intake);
  g_clear_pointer (&self->sounds, sl_sounds_free);
}

/**
 * sl_device_get_settings:
 * @self: a device
 *
 * Returns: (transfer none): what holds now, until "changed"
 */
const SlSettings *
sl_device_get_settings (SlDevice *self)
{
  g_return_val_if_fail (SL_IS_DEVICE (self), NULL);
  return &self->settings;
}

/**
 * sl_device_get_intake:
 * @self: a device
 *
 * Returns: (transfer none): its camera and scanner
 */
SlIntake *
sl_device_get_intake (SlDevice *self)
{
  g_return_val_if_fail (SL_IS_DEVICE (self), NULL);
  return self->intake;
}

/**
 * sl_device_get_root:
 * @self: a device
 *
 * Returns: (transfer none): where the kernel's directories are
 */
const char *
sl_device_get_root (SlDevice *self)
{
  g_return_val_if_fail (SL_IS_DEVICE (self), "/");
  return self->root;
}

/**
 * sl_device_choose:
 * @self: a device
 * @group: of the file of settings
 * @key: in it
 * @value: what it says from now on
 *
 * Takes effect at once, whatever the command line or the file says, and until the end of the program also where it
 * cannot be written down.
 */
void
sl_device_choose (SlDevice *self, const char *group, const char *key, const char *value)
{
  g_autofree char *camera = NULL, *scanner = NULL;

  g_return_if_fail (SL_IS_DEVICE (self) && group != NULL && key != NULL && value != NULL);
  camera = g_strdup (self->settings.camera_source);
  scanner = g_strdup (self->settings.scanner_source);
  g_key_file_set_string (self->choices, group, key, value);
  load (self);
  if (g_strcmp0 (camera, self->settings.camera_source) != 0)
    sl_intake_use_camera (self->intake, self->settings.camera_source);
  if (g_strcmp0 (scanner, self->settings.scanner_source) != 0)
    sl_intake_use_scanner (self->intake, self->settings.scanner_source);
  apply_looks (self);
  end_light_try (self); /* somebody looks at what they have chosen now */
  apply_light (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * sl_device_dup_choices:
 * @self: a device
 *
 * Returns: (transfer full): all that was chosen since the start: for sl_settings_save() on another thread
 */
GKeyFile *
sl_device_dup_choices (SlDevice *self)
{
  GKeyFile *copy = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (SL_IS_DEVICE (self), copy);
  text = g_key_file_to_data (self->choices, &length, NULL);
  (void) g_key_file_load_from_data (copy, text, length, G_KEY_FILE_NONE, NULL);
  return copy;
}

/**
 * sl_device_play:
 * @self: a device
 * @name: of a sound
 *
 * Lets it be heard where sounds are wanted.
 */
void
sl_device_play (SlDevice *self, const char *name)
{
  g_return_if_fail (SL_IS_DEVICE (self));
  if (self->settings.has_sounds)
    sl_device_try_sound (self, name);
}

/**
 * sl_device_try_sound:
 * @self: a device
 * @name: of a sound
 *
 * Lets it be heard, also where sounds are not wanted.
 */
void
sl_device_try_sound (SlDevice *self, const char *name)
{
  g_return_if_fail (SL_IS_DEVICE (self));
  if (self->sounds != NULL)
    sl_sounds_play (self->sounds, name);
}

/**
 * sl_device_set_minute:
 * @self: a device
 * @minute: of the day at this place, since midnight
 *
 * The light follows the time of the day.
 */
void
sl_device_set_minute (SlDevice *self, int minute)
{
  g_return_if_fail (SL_IS_DEVICE (self));
  self->minute = minute;
  apply_light (self);
}

/**
 * sl_device_try_light:
 * @self: a device whose brightness follows the time of the day
 * @by_night: as by night; else as by day
 *
 * Shows it for %SL_DEVICE_TRY_LIGHT_MS, whatever the hour.
 *
 * Returns: whether it is so now
 */
gboolean
sl_device_try_light (SlDevice *self, gboolean by_night)
{
  const SlLight *light;

  g_return_val_if_fail (SL_IS_DEVICE (self) && self->backlight != NULL, FALSE);
  light = &self->settings.light;
  end_light_try (self);
  self->shown_percent = 0; /* what is shown now is not known, also where this fails */
  if (!write_light (self, by_night ? light->night_percent : light->day_percent))
    return FALSE;
  self->try_light_id = g_timeout_add (SL_DEVICE_TRY_LIGHT_MS, on_light_tried, self);
  return TRUE;
}

/**
 * sl_device_has_light:
 * @self: a device
 *
 * Returns: whether the brightness of this screen can be set from here
 */
gboolean
sl_device_has_light (SlDevice *self)
{
  g_return_val_if_fail (SL_IS_DEVICE (self), FALSE);
  return self->backlight != NULL;
}

/**
 * sl_device_get_light_problem:
 * @self: a device
 *
 * Returns: (transfer none) (nullable): why the brightness could not be set the last time
 */
const char *
sl_device_get_light_problem (SlDevice *self)
{
  g_return_val_if_fail (SL_IS_DEVICE (self), NULL);
  return self->light_problem;
}

/**
 * sl_device_leave:
 * @self: a device
 *
 * Somebody who may has asked for the end of the program.
 */
void
sl_device_leave (SlDevice *self)
{
  g_return_if_fail (SL_IS_DEVICE (self));
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}
