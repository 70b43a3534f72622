/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-settings"

#include "settings.h"

#include <string.h>

#include "language.h"

/* A value of the file; NULL where there is none or it is empty. */
static char *
read_text (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *value = g_key_file_get_string (file, group, key, NULL);

  if (value == NULL || *g_strstrip (value) == '\0')
    return NULL;
  return g_steal_pointer (&value);
}

static gboolean
read_bool (GKeyFile *file, const char *group, const char *key, gboolean fallback, GPtrArray *complaints)
{
  g_autofree char *text = read_text (file, group, key);
  g_autoptr (GError) error = NULL;
  gboolean value;

  if (text == NULL)
    return fallback;
  value = g_key_file_get_boolean (file, group, key, &error);
  if (error == NULL)
    return value;
  g_ptr_array_add (complaints, g_strdup_printf (SL_SETTINGS_FILE ": [%s] %s=%s is neither true nor false",
                                                group, key, text));
  return fallback;
}

static int
read_seconds (GKeyFile *file, const char *group, const char *key, int fallback, int max, GPtrArray *complaints)
{
  g_autofree char *text = read_text (file, group, key);
  gint64 value;

  if (text == NULL)
    return fallback;
  if (g_ascii_string_to_signed (text, 10, 1, max, &value, NULL))
    return (int) value;
  g_ptr_array_add (complaints, g_strdup_printf (SL_SETTINGS_FILE ": [%s] %s=%s is not a number from 1 to %d", group,
                                                key, text, max));
  return fallback;
}

static SlTheme
read_theme (GKeyFile *file, GPtrArray *complaints)
{
  g_autofree char *text = read_text (file, "ui", "theme");

  if (text == NULL || g_str_equal (text, "light"))
    return SL_THEME_LIGHT;
  if (g_str_equal (text, "dark"))
    return SL_THEME_DARK;
  if (g_str_equal (text, "auto"))
    return SL_THEME_AUTO;
  g_ptr_array_add (complaints, g_strdup_printf (SL_SETTINGS_FILE ": [ui] theme=%s is not light, dark or auto", text));
  return SL_THEME_LIGHT;
}

static char *
read_language (GKeyFile *file, const char *option, GPtrArray *complaints)
{
  g_autofree char *text = option != NULL ? g_strdup (option) : read_text (file, "ui", "language");
  guint n;

  if (sl_language_is_known (text))
    return g_steal_pointer (&text);
  if (text != NULL)
    g_ptr_array_add (complaints, g_strdup_printf ("The language %s is not one of the screens'", text));
  return g_strdup (sl_language_list (&n)->code);
}

/* A source: the command line's, else the file's, else the fallback; NULL for "none". */
static char *
read_source (GKeyFile *file, const char *group, const char *option, const char *fallback)
{
  g_autofree char *source = option != NULL ? g_strdup (option) : read_text (file, group, "source");

  if (source == NULL)
    source = g_strdup (fallback);
  if (source == NULL || g_str_equal (source, SL_SETTINGS_NONE))
    return NULL;
  return g_steal_pointer (&source);
}

static GKeyFile *
load_file (const char *data_dir, GPtrArray *complaints)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (data_dir, SL_SETTINGS_FILE, NULL);
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, &length, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
          && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
        g_ptr_array_add (complaints, g_strdup (error->message));
    }
  else if (length > SL_SETTINGS_MAX_BYTES || memchr (text, '\0', length) != NULL)
    g_ptr_array_add (complaints, g_strdup_printf ("%s is not a file of settings", path));
  else if (length > 0 && !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &error))
    {
      g_ptr_array_add (complaints, g_strdup_printf ("%s: %s", path, error->message));
      g_key_file_unref (g_steal_pointer (&file));
      file = g_key_file_new ();
    }
  return g_steal_pointer (&file);
}

/* A camera of the device itself looks at whoever stands before the screen. */
static gboolean
looks_like_mirror (const char *camera_source)
{
  return camera_source != NULL
         && (g_str_has_prefix (camera_source, "/dev/") || g_str_has_prefix (camera_source, "v4l2:"));
}

/**
 * sl_settings_load:
 * @data_dir: the data directory; it need not exist
 * @options: what the command line says; it goes before the file
 * @out_settings: (out caller-allocates): to be cleared with sl_settings_clear()
 * @out_complaints: (element-type utf8): takes a sentence for each setting that could not be understood
 *
 * Reads DIR/device.ini. A door with a broken setting is still a door: what cannot be understood is left at its default
 * and complained about.
 */
void
sl_settings_load (const char *data_dir, const SlSettingsOptions *options, SlSettings *out_settings,
                  GPtrArray *out_complaints)
{
  g_autoptr (GKeyFile) file = NULL;

  g_return_if_fail (data_dir != NULL && options != NULL);
  g_return_if_fail (out_settings != NULL && out_complaints != NULL);
  file = load_file (data_dir, out_complaints);
  out_settings->camera_source = read_source (file, "camera", options->camera_source, SL_SETTINGS_CAMERA);
  out_settings->scanner_source = read_source (file, "scanner", options->scanner_source, NULL);
  out_settings->is_mirrored = read_bool (file, "camera", "mirror", looks_like_mirror (out_settings->camera_source),
                                         out_complaints);
  out_settings->language = read_language (file, options->language, out_complaints);
  out_settings->language_s = read_seconds (file, "ui", "language_s", SL_SETTINGS_LANGUAGE_S,
                                           SL_SETTINGS_LANGUAGE_MAX_S, out_complaints);
  out_settings->has_sounds = read_bool (file, "ui", "sounds", TRUE, out_complaints);
  out_settings->sound_sink = read_text (file, "ui", "sound_sink");
  out_settings->theme = read_theme (file, out_complaints);
}

/**
 * sl_settings_clear:
 * @settings: settings that were loaded, or all zero
 *
 * Frees what they hold.
 */
void
sl_settings_clear (SlSettings *settings)
{
  g_clear_pointer (&settings->camera_source, g_free);
  g_clear_pointer (&settings->scanner_source, g_free);
  g_clear_pointer (&settings->language, g_free);
  g_clear_pointer (&settings->sound_sink, g_free);
}
