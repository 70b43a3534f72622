/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-settings"

#include "settings.h"

#include <glib/gstdio.h>
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
read_number (GKeyFile *file, const char *group, const char *key, int fallback, int min, int max, GPtrArray *complaints)
{
  g_autofree char *text = read_text (file, group, key);
  gint64 value;

  if (text == NULL)
    return fallback;
  if (g_ascii_string_to_signed (text, 10, min, max, &value, NULL))
    return (int) value;
  g_ptr_array_add (complaints, g_strdup_printf (SL_SETTINGS_FILE ": [%s] %s=%s is not a number from %d to %d", group,
                                                key, text, min, max));
  return fallback;
}

/* "06:30", as minutes since midnight. */
static int
read_time (GKeyFile *file, const char *group, const char *key, int fallback, GPtrArray *complaints)
{
  g_autofree char *text = read_text (file, group, key);
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ":", -1);
  gint64 hour, minute;

  if (text == NULL)
    return fallback;
  if (g_strv_length (parts) == 2 && g_ascii_string_to_signed (parts[0], 10, 0, 23, &hour, NULL)
      && g_ascii_string_to_signed (parts[1], 10, 0, 59, &minute, NULL))
    return (int) (hour * 60 + minute);
  g_ptr_array_add (complaints, g_strdup_printf (SL_SETTINGS_FILE ": [%s] %s=%s is not a time from 00:00 to 23:59",
                                                group, key, text));
  return fallback;
}

static void
read_light (GKeyFile *file, SlLight *light, GPtrArray *complaints)
{
  light->is_managed = read_bool (file, "light", "managed", FALSE, complaints);
  light->day_percent = read_number (file, "light", "day", SL_SETTINGS_DAY_PERCENT, SL_SETTINGS_LIGHT_MIN_PERCENT, 100,
                                    complaints);
  light->night_percent = read_number (file, "light", "night", SL_SETTINGS_NIGHT_PERCENT, SL_SETTINGS_LIGHT_MIN_PERCENT,
                                      100, complaints);
  light->day_from_min = read_time (file, "light", "day_from", SL_SETTINGS_DAY_FROM_MIN, complaints);
  light->night_from_min = read_time (file, "light", "night_from", SL_SETTINGS_NIGHT_FROM_MIN, complaints);
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

/* FALSE with a file that is empty: it could not be understood. One that is not there is understood. */
static gboolean
load_file (const char *path, GKeyFile **out_file, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) failure = NULL;

  *out_file = g_key_file_new ();
  if (!g_file_get_contents (path, &text, &length, &failure))
    {
      if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)
          || g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (length > SL_SETTINGS_MAX_BYTES || memchr (text, '\0', length) != NULL)
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "%s is not a file of settings", path);
      return FALSE;
    }
  if (length == 0 || g_key_file_load_from_data (*out_file, text, length, G_KEY_FILE_KEEP_COMMENTS, &failure))
    return TRUE;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "%s: %s", path, failure->message);
  g_key_file_unref (*out_file);
  *out_file = g_key_file_new ();
  return FALSE;
}

/* Puts what was chosen over what the file says. */
static void
merge (GKeyFile *file, GKeyFile *changes)
{
  g_auto (GStrv) groups = g_key_file_get_groups (changes, NULL);

  for (guint g = 0; groups[g] != NULL; g++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (changes, groups[g], NULL, NULL);

      for (guint k = 0; keys != NULL && keys[k] != NULL; k++)
        {
          g_autofree char *value = g_key_file_get_value (changes, groups[g], keys[k], NULL);

          g_key_file_set_value (file, groups[g], keys[k], value);
        }
    }
}

/* The command line's word, where nobody has chosen anything else since. */
static const char *
option_of (const SlSettingsOptions *options, const char *option, const char *group, const char *key)
{
  return options->changes != NULL && g_key_file_has_key (options->changes, group, key, NULL) ? NULL : option;
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
  g_autofree char *path = NULL;
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (data_dir != NULL && options != NULL);
  g_return_if_fail (out_settings != NULL && out_complaints != NULL);
  path = g_build_filename (data_dir, SL_SETTINGS_FILE, NULL);
  if (!load_file (path, &file, &error))
    g_ptr_array_add (out_complaints, g_strdup (error->message));
  if (options->changes != NULL)
    merge (file, options->changes);
  out_settings->camera_source = read_source (file, "camera",
                                             option_of (options, options->camera_source, "camera", "source"),
                                             SL_SETTINGS_CAMERA);
  out_settings->scanner_source = read_source (file, "scanner",
                                              option_of (options, options->scanner_source, "scanner", "source"), NULL);
  out_settings->is_mirrored = read_bool (file, "camera", "mirror", looks_like_mirror (out_settings->camera_source),
                                         out_complaints);
  out_settings->language = read_language (file, option_of (options, options->language, "ui", "language"),
                                          out_complaints);
  out_settings->language_s = read_number (file, "ui", "language_s", SL_SETTINGS_LANGUAGE_S, 1,
                                          SL_SETTINGS_LANGUAGE_MAX_S, out_complaints);
  out_settings->has_sounds = read_bool (file, "ui", "sounds", TRUE, out_complaints);
  out_settings->sound_sink = read_text (file, "ui", "sound_sink");
  out_settings->theme = read_theme (file, out_complaints);
  out_settings->text_percent = read_number (file, "ui", "text_percent", SL_SETTINGS_TEXT_MIN_PERCENT,
                                            SL_SETTINGS_TEXT_MIN_PERCENT, SL_SETTINGS_TEXT_MAX_PERCENT, out_complaints);
  read_light (file, &out_settings->light, out_complaints);
}

/**
 * sl_settings_save:
 * @data_dir: the data directory
 * @changes: what somebody has chosen
 * @error: of the file; it is as it was then
 *
 * Writes DIR/device.ini anew, whole or not at all: with the changes, and with all else that it says. A file that could
 * not be understood is kept beside it. May take a while; any thread.
 *
 * Returns: whether it is on the disk
 */
gboolean
sl_settings_save (const char *data_dir, GKeyFile *changes, GError **error)
{
  g_autofree char *path = NULL, *kept = NULL, *text = NULL;
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) failure = NULL;
  gsize length;

  g_return_val_if_fail (data_dir != NULL && changes != NULL, FALSE);
  path = g_build_filename (data_dir, SL_SETTINGS_FILE, NULL);
  kept = g_strconcat (path, ".kept", NULL);
  if (!load_file (path, &file, &failure))
    {
      if (failure->domain != G_KEY_FILE_ERROR || g_rename (path, kept) != 0)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      g_message ("%s; it is kept as %s", failure->message, kept);
    }
  merge (file, changes);
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
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
