/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-data-dir"

#include "engine/data-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "store/store.h"

#define WORK_NAME "founding"
#define IDENTITY_NAME "identity"       /* src/oplog/README.md "Identity": what makes a directory a device's */
#define DIR_MODE 0700

static gboolean
fail (GError **error, int saved, const char *what, const char *path)
{
  SlErrorCode code = SL_ERROR_STORAGE;
  if (saved == ENOSPC || saved == EDQUOT)
    code = SL_ERROR_DISK_FULL;
  else if (saved == EROFS || saved == EACCES || saved == EPERM)
    code = SL_ERROR_READ_ONLY;
  else if (saved == ENOTDIR || saved == EEXIST || saved == ENAMETOOLONG || saved == ELOOP)
    code = SL_ERROR_BAD_INPUT;
  g_set_error (error, SL_ERROR, code, "%s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

static gboolean
sync_dir (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  if (fd >= 0)
    (void) close (fd);
  return synced;
}

static gboolean
holds (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Makes path and what is missing above it, and remembers what it made. */
static gboolean
make_dirs (SlDataDir *self, const char *path, GError **error)
{
  struct stat info;
  if (stat (path, &info) == 0)
    return S_ISDIR (info.st_mode) || fail (error, ENOTDIR, "using", path);
  if (errno != ENOENT)
    return fail (error, errno, "looking at", path);
  g_autofree char *parent = g_path_get_dirname (path);
  if (!g_str_equal (parent, path) && !make_dirs (self, parent, error))
    return FALSE;
  if (g_mkdir (path, DIR_MODE) == 0)
    {
      g_ptr_array_add (self->made, g_strdup (path));
      return TRUE;
    }
  return errno == EEXIST ? make_dirs (self, path, error) : fail (error, errno, "making", path);
}

static void
remove_file (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  (void) g_unlink (path);
}

/* The files of a studio that never became one. */
static void
remove_store (const char *dir)
{
  static const char *const names[] = { SL_STORE_FILE,
                                       SL_STORE_FILE "-wal",
                                       SL_STORE_FILE "-shm",
                                       SL_STORE_FILE "-journal",
                                       SL_STORE_LOCK_FILE,
                                       SL_STORE_RESERVE_FILE,
                                       "mark" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    remove_file (dir, names[i]);
}

/* The names in a directory; nothing in it is a directory. */
static GPtrArray *
list_files (const char *dir)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *open_dir = g_dir_open (dir, 0, NULL);
  const char *name;
  while (open_dir != NULL && (name = g_dir_read_name (open_dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_clear_pointer (&open_dir, g_dir_close);
  return names;
}

static void
empty_dir (const char *dir)
{
  g_autoptr (GPtrArray) names = list_files (dir);
  for (guint i = 0; i < names->len; i++)
    remove_file (dir, names->pdata[i]);
}

/* Takes the working directory, also one that a power cut left behind, but not one that another process works in. */
static gboolean
take_work (SlDataDir *self, const char *work, gboolean *out_left_behind, GError **error)
{
  *out_left_behind = g_mkdir (work, DIR_MODE) != 0;
  if (*out_left_behind && errno != EEXIST)
    return fail (error, errno, "making", work);
  self->lock_fd = open (work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->lock_fd < 0)
    return fail (error, errno, "opening", work);
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    {
      self->work = g_strdup (work);
      return TRUE;
    }
  g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "another process is making a studio in %s", self->dir);
  return FALSE;
}

/**
 * sl_data_dir_begin:
 * @dir: the data directory, existing or not; other files may lie in it
 * @out: (out caller-allocates): sl_data_dir_clear() it
 * @out_occupied: (out): it holds a studio already, or what is left of one: nothing was touched
 * @error: return location
 *
 * Prepares @dir for a new studio: makes it (mode 0700, with missing parents) and, in it, the directory to work in.
 *
 * Returns: %FALSE on failure; nothing stays behind
 */
gboolean
sl_data_dir_begin (const char *dir, SlDataDir *out, gboolean *out_occupied, GError **error)
{
  g_return_val_if_fail (dir != NULL && out != NULL && out_occupied != NULL, FALSE);

  gboolean left_behind;
  *out = (SlDataDir) { .dir = g_canonicalize_filename (dir, NULL), .lock_fd = -1,
                       .made = g_ptr_array_new_with_free_func (g_free) };
  gboolean unfinished = holds (out->dir, WORK_NAME) && !holds (out->dir, IDENTITY_NAME);
  *out_occupied = !unfinished && (holds (out->dir, SL_STORE_FILE) || holds (out->dir, IDENTITY_NAME));
  if (*out_occupied)
    return TRUE;
  g_autofree char *work = g_build_filename (out->dir, WORK_NAME, NULL);
  if (!make_dirs (out, out->dir, error) || !take_work (out, work, &left_behind, error))
    return FALSE;
  if (holds (out->dir, IDENTITY_NAME)) /* another process has just finished */
    {
      *out_occupied = TRUE;
      return TRUE;
    }
  if (left_behind)
    {
      empty_dir (work);
      remove_store (out->dir);
    }
  (void) g_chmod (out->dir, DIR_MODE); /* where it is not ours to change, it is for others to judge */
  return TRUE;
}

static gboolean
move_up (SlDataDir *self, const char *name, GError **error)
{
  g_autofree char *from = g_build_filename (self->work, name, NULL);
  g_autofree char *to = g_build_filename (self->dir, name, NULL);
  return g_rename (from, to) == 0 || fail (error, errno, "moving", from);
}

/**
 * sl_data_dir_finish:
 * @self: begun, with a whole studio in work, all of its files closed
 * @error: return location
 *
 * Moves everything to where it belongs, the identity last, and syncs: from then on the directory holds a studio.
 *
 * Returns: %FALSE on failure; sl_data_dir_clear() takes everything back
 */
gboolean
sl_data_dir_finish (SlDataDir *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->work != NULL, FALSE);

  g_autoptr (GPtrArray) names = list_files (self->work);
  for (guint i = 0; i < names->len; i++)
    if (!g_str_equal (names->pdata[i], IDENTITY_NAME) && !move_up (self, names->pdata[i], error))
      return FALSE;
  if (!sync_dir (self->dir))
    return fail (error, errno, "syncing", self->dir);
  if (!move_up (self, IDENTITY_NAME, error))
    return FALSE;
  (void) g_rmdir (self->work);
  if (!sync_dir (self->dir))
    {
      (void) fail (error, errno, "syncing", self->dir);
      remove_file (self->dir, IDENTITY_NAME); /* nobody was told of it: take it back with the rest */
      return FALSE;
    }
  for (guint i = 0; i < self->made->len; i++)
    {
      g_autofree char *parent = g_path_get_dirname (self->made->pdata[i]);
      (void) sync_dir (parent); /* a parent that cannot be opened for reading keeps its entry by itself */
    }
  g_clear_pointer (&self->work, g_free);
  return TRUE;
}

static void
take_back (SlDataDir *self)
{
  if (self->work != NULL)
    {
      empty_dir (self->work);
      if (!holds (self->dir, IDENTITY_NAME))
        remove_store (self->dir);
      (void) g_rmdir (self->work);
    }
  for (guint i = self->made->len; i > 0; i--)
    (void) g_rmdir (self->made->pdata[i - 1]); /* stays where there is something in it */
}

/**
 * sl_data_dir_clear:
 * @self: (nullable): begun or not, or finished
 *
 * Ends it; what was begun and not finished is removed.
 */
void
sl_data_dir_clear (SlDataDir *self)
{
  if (self == NULL || self->dir == NULL)
    return;
  take_back (self);
  if (self->lock_fd >= 0)
    (void) close (self->lock_fd);
  g_clear_pointer (&self->work, g_free);
  g_clear_pointer (&self->dir, g_free);
  g_clear_pointer (&self->made, g_ptr_array_unref);
}
