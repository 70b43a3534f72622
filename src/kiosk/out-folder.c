/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-out-folder"

#include "out-folder.h"

#include "text-fill.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_MODE 0700 /* there are names in what it holds */
#define FILES_MAX 999    /* of one name: the last is replaced then */
#define STICK_LEVELS 2   /* /media/stick, /media/somebody/stick */
#define LISTED_MAX 40    /* as many as somebody looks through */

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static const char *const mounts[] = { "media", "run/media" };

/* (nullable): the first by name, at most so many levels down, that we may write to: what a stick is mounted at is its
 * owner's, what none is mounted at is not ours. */
static char *
find_stick (const char *path, int levels)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) below = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (below, g_build_filename (path, name, NULL));
  g_ptr_array_sort (below, compare);
  for (guint i = 0; i < below->len; i++)
    {
      char *found = NULL;

      if (!g_file_test (below->pdata[i], G_FILE_TEST_IS_DIR))
        continue;
      if (g_access (below->pdata[i], W_OK | X_OK) == 0)
        found = g_strdup (below->pdata[i]);
      else if (levels > 1)
        found = find_stick (below->pdata[i], levels - 1);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/**
 * sl_out_folder_find:
 * @root: (nullable): "/", but for tests; %NULL: no stick is looked for
 * @data_dir: the data directory
 * @out: (out caller-allocates): sl_out_folder_clear() it
 */
void
sl_out_folder_find (const char *root, const char *data_dir, SlOutFolder *out)
{
  g_return_if_fail (data_dir != NULL && out != NULL);
  *out = (SlOutFolder) { NULL, FALSE };
  for (guint i = 0; root != NULL && i < G_N_ELEMENTS (mounts) && out->path == NULL; i++)
    {
      g_autofree char *path = g_build_filename (root, mounts[i], NULL);

      out->path = find_stick (path, STICK_LEVELS);
    }
  out->is_stick = out->path != NULL;
  if (out->path == NULL)
    out->path = g_build_filename (data_dir, SL_OUT_FOLDER, NULL);
}

static void
list_files (const char *path, const char *ending, int levels, GPtrArray *out)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && out->len < LISTED_MAX && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      const char *dot = strrchr (name, '.');

      if (*name == '.' || !g_utf8_validate (file, -1, NULL))
        continue;
      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        {
          if (levels > 0)
            list_files (file, ending, levels - 1, out);
        }
      else if (dot != NULL && g_ascii_strcasecmp (dot + 1, ending) == 0 && g_file_test (file, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (out, g_steal_pointer (&file));
    }
}

/**
 * sl_out_folder_list:
 * @root: (nullable): "/", but for tests; %NULL: no stick is looked at
 * @data_dir: the data directory
 * @ending: "csv"; in any case
 *
 * Returns: (transfer full) (element-type filename): files on sticks and in this device's folder for them
 */
GPtrArray *
sl_out_folder_list (const char *root, const char *data_dir, const char *ending)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *own = NULL;

  g_return_val_if_fail (data_dir != NULL && ending != NULL, files);
  for (guint i = 0; root != NULL && i < G_N_ELEMENTS (mounts); i++)
    {
      g_autofree char *path = g_build_filename (root, mounts[i], NULL);

      list_files (path, ending, STICK_LEVELS, files);
    }
  own = g_build_filename (data_dir, SL_IN_FOLDER, NULL);
  list_files (own, ending, 0, files);
  g_ptr_array_sort (files, compare);
  return files;
}

/**
 * sl_out_folder_clear:
 * @folder: to be emptied; the struct itself is the caller's
 */
void
sl_out_folder_clear (SlOutFolder *folder)
{
  g_clear_pointer (&folder->path, g_free);
}

/**
 * sl_out_folder_new_file:
 * @folder: where to; it is made
 * @stem: what the file is called
 * @ending: "csv"
 * @error: %G_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): a path at which there is nothing yet
 */
char *
sl_out_folder_new_file (const SlOutFolder *folder, const char *stem, const char *ending, GError **error)
{
  g_return_val_if_fail (folder != NULL && stem != NULL && ending != NULL, NULL);

  if (g_mkdir_with_parents (folder->path, FOLDER_MODE) != 0)
    {
      int failed = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (failed), "%s: %s", folder->path, g_strerror (failed));
      return NULL;
    }
  for (guint i = 1;; i++)
    {
      g_autofree char *name = i == 1 ? g_strconcat (stem, ".", ending, NULL)
                                     : g_strdup_printf ("%s-%u.%s", stem, i, ending);
      g_autofree char *path = g_build_filename (folder->path, name, NULL);

      if (i == FILES_MAX || !g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

/**
 * sl_out_folder_saved_words:
 * @folder: where to
 * @file: what was written there
 *
 * Returns: (transfer full): says so
 */
char *
sl_out_folder_saved_words (const SlOutFolder *folder, const char *file)
{
  g_autofree char *name = g_path_get_basename (file);

  return folder->is_stick ? sl_text_fill (_("Saved on the USB stick: {file}"), "file", name, NULL)
                          : sl_text_fill (_("There is no USB stick. Saved on this device: {file}"), "file", file, NULL);
}

/**
 * sl_out_folder_problem_words:
 * @folder: where to
 * @error: why nothing could be written there
 *
 * Returns: (transfer full): says so
 */
char *
sl_out_folder_problem_words (const SlOutFolder *folder, const GError *error)
{
  gboolean is_full = g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

  if (is_full)
    return g_strdup (folder->is_stick ? _("There is no room left on the USB stick. Nothing was saved.")
                                      : _("There is no room left on this device. Nothing was saved."));
  if (folder->is_stick)
    return g_strdup (_("The USB stick cannot be written to. Nothing was saved."));
  return sl_text_fill (_("{folder} cannot be written to. Nothing was saved."), "folder", folder->path, NULL);
}
