/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-light"

#include "light.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/**
 * sl_light_percent_at:
 * @light: what somebody has chosen
 * @minute: of the day, since midnight
 *
 * Returns: how bright it is to be then; a day that begins at the hour of the night has no night
 */
int
sl_light_percent_at (const SlLight *light, int minute)
{
  gboolean is_day;

  if (light->day_from_min <= light->night_from_min)
    is_day = light->day_from_min == light->night_from_min
             || (minute >= light->day_from_min && minute < light->night_from_min);
  else
    is_day = minute >= light->day_from_min || minute < light->night_from_min;
  return MAX (is_day ? light->day_percent : light->night_percent, SL_SETTINGS_LIGHT_MIN_PERCENT);
}

/**
 * sl_light_find:
 * @root: "/"
 *
 * Returns: (transfer full) (nullable): the directory of this screen's backlight; %NULL: the kernel knows of none
 */
char *
sl_light_find (const char *root)
{
  g_autofree char *path = g_build_filename (root, SL_LIGHT_BACKLIGHTS, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;

  return name != NULL ? g_build_filename (path, name, NULL) : NULL;
}

/* What the driver calls the brightest. */
static gboolean
read_most (const char *backlight, gint64 *out_most, GError **error)
{
  g_autofree char *path = g_build_filename (backlight, "max_brightness", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, error)
         && g_ascii_string_to_signed (g_strstrip (text), 10, 1, G_MAXINT32, out_most, error);
}

/**
 * sl_light_write:
 * @backlight: of sl_light_find()
 * @percent: how bright; below %SL_SETTINGS_LIGHT_MIN_PERCENT it is that
 * @error: who may not, or it has gone
 *
 * Returns: whether the screen is so now
 */
gboolean
sl_light_write (const char *backlight, int percent, GError **error)
{
  g_autofree char *path = g_build_filename (backlight, "brightness", NULL);
  g_autofree char *text = NULL;
  gint64 most;
  int fd, reason;
  gboolean done;

  if (!read_most (backlight, &most, error))
    return FALSE;
  percent = CLAMP (percent, SL_SETTINGS_LIGHT_MIN_PERCENT, 100);
  text = g_strdup_printf ("%" G_GINT64_FORMAT, MAX (most * percent / 100, 1));
  fd = g_open (path, O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
  done = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);
  reason = errno;
  if (fd >= 0)
    (void) g_close (fd, NULL);
  if (!done)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reason), "%s: %s", path, g_strerror (reason));
  return done;
}
