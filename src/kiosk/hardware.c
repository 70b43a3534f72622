/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hardware"

#include "hardware.h"

#include <string.h>

#define KEYBOARD "-event-kbd" /* how udev calls what types */

/**
 * sl_hardware_free:
 * @self: (transfer full): a thing
 */
void
sl_hardware_free (SlHardware *self)
{
  g_free (self->source);
  g_free (self->name);
  g_free (self);
}

static void
add (GPtrArray *found, char *source, char *name)
{
  SlHardware *one = g_new0 (SlHardware, 1);

  *one = (SlHardware) { .source = source, .name = name };
  g_ptr_array_add (found, one);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const SlHardware *const *) a)->source, (*(const SlHardware *const *) b)->source);
}

/* (transfer full) (nullable): the one line of a file of the kernel */
static char *
read_line (const char *dir, const char *name, const char *file)
{
  g_autofree char *path = g_build_filename (dir, name, file, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strstrip (text) : NULL;
}

/**
 * sl_hardware_cameras:
 * @root: "/"
 *
 * A camera has several devices, of which the first has its pictures.
 *
 * Returns: (transfer full) (element-type SlHardware): those that are plugged in
 */
GPtrArray *
sl_hardware_cameras (const char *root)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_hardware_free);
  g_autofree char *path = g_build_filename (root, "sys/class/video4linux", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *index = read_line (path, name, "index");
      g_autofree char *called = read_line (path, name, "name");

      if (g_str_has_prefix (name, "video") && (index == NULL || g_str_equal (index, "0")))
        add (found, g_build_filename ("/dev", name, NULL), g_strdup (called != NULL ? called : name));
    }
  g_ptr_array_sort (found, compare);
  return found;
}

static void
add_serial (GPtrArray *found, const char *root)
{
  g_autofree char *path = g_build_filename (root, "dev", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_prefix (name, "ttyACM") || g_str_has_prefix (name, "ttyUSB"))
      add (found, g_strconcat ("serial:/dev/", name, NULL), g_strconcat ("/dev/", name, NULL));
}

static void
add_typing (GPtrArray *found, const char *root)
{
  g_autofree char *path = g_build_filename (root, "dev/input/by-id", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_prefix (name, "usb-") && g_str_has_suffix (name, KEYBOARD))
      {
        char *called = g_strndup (name + strlen ("usb-"), strlen (name) - strlen ("usb-") - strlen (KEYBOARD));

        add (found, g_strconcat ("evdev:/dev/input/by-id/", name, NULL), g_strdelimit (called, "_", ' '));
      }
}

/**
 * sl_hardware_scanners:
 * @root: "/"
 *
 * Returns: (transfer full) (element-type SlHardware): serial ports and what types as a keyboard, by USB
 */
GPtrArray *
sl_hardware_scanners (const char *root)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_hardware_free);

  add_serial (found, root);
  add_typing (found, root);
  g_ptr_array_sort (found, compare);
  return found;
}
