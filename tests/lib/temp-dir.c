/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-temp-dir"

#include "temp-dir.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#define OPEN_DIRECTORIES_MAX 16

static int
open_up (const char *path, const struct stat *info, int type, struct FTW *position)
{
  if (type == FTW_D || type == FTW_DNR)
    (void) chmod (path, 0700); /* a test may have taken away the right to write */
  return 0;
}

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *position)
{
  return remove (path);
}

/**
 * sl_temp_dir_new:
 *
 * Returns: (transfer full): a new, empty directory
 */
SlTempDir *
sl_temp_dir_new (void)
{
  g_autoptr (GError) error = NULL;
  SlTempDir *dir = g_new0 (SlTempDir, 1);
  dir->path = g_dir_make_tmp ("sl-test-XXXXXX", &error);
  g_assert_no_error (error);
  return dir;
}

/**
 * sl_temp_dir_free:
 * @dir: (nullable) (transfer full): removed with all that is in it
 */
void
sl_temp_dir_free (SlTempDir *dir)
{
  if (dir == NULL)
    return;
  (void) nftw (dir->path, open_up, OPEN_DIRECTORIES_MAX, FTW_PHYS);
  (void) nftw (dir->path, remove_one, OPEN_DIRECTORIES_MAX, FTW_DEPTH | FTW_PHYS);
  g_free (dir->path);
  g_free (dir);
}

/**
 * sl_temp_dir_file:
 * @dir: a directory
 * @name: a name in it
 *
 * Returns: (transfer full): its path
 */
char *
sl_temp_dir_file (SlTempDir *dir, const char *name)
{
  return g_build_filename (dir->path, name, NULL);
}
