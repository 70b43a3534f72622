/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot"

#include "oplog/snapshot-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Snapshots as files: to read, check and load what others wrote. */

static void
set_file_error (const char *path, GError **error)
{
  if (error == NULL || *error != NULL)
    return;
  g_set_error (error, SL_ERROR,
               errno == ENOSPC                     ? SL_ERROR_DISK_FULL
               : errno == EROFS || errno == EACCES ? SL_ERROR_READ_ONLY
                                                   : SL_ERROR_STORAGE,
               "%s: %s", path, g_strerror (errno));
}

static gboolean
sync_parent (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  return synced;
}

/**
 * sl_oplog_snapshot:
 * @log: a log, no transaction open
 * @file: where to; replaced in one step
 * @out: (out caller-allocates): what it holds; clear with sl_snapshot_info_clear()
 * @error: return location; NOT_FOUND where nothing is acknowledged by everybody yet
 *
 * Writes a snapshot of what everybody has acknowledged, with the operations that came since, to a temporary file beside
 * @file, syncs, renames. It holds no keys: personal fields stay sealed.
 *
 * Returns: %FALSE on failure: @file is as it was
 */
gboolean
sl_oplog_snapshot (SlOplog *log, const char *file, SlSnapshotInfo *out, GError **error)
{
  g_autofree char *temporary = g_strconcat (file, ".new", NULL);
  *out = (SlSnapshotInfo){ 0 };
  if (!sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  if (!sl_chain_sign_head (log, error) || !sl_oplog_commit (log, error))
    {
      sl_oplog_rollback (log);
      return FALSE;
    }
  (void) g_unlink (temporary);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FILE *stream = fd >= 0 ? fdopen (fd, "w") : NULL;
  gboolean written = stream != NULL && sl_snapshot_make (log, 1, stream, out, error);
  if (written && out->chains == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "not every device has acknowledged any operation yet");
      written = FALSE;
    }
  written = written && fflush (stream) == 0 && fsync (fileno (stream)) == 0 && rename (temporary, file) == 0
            && sync_parent (file);
  if (!written)
    set_file_error (file, error);
  if (stream != NULL)
    (void) fclose (stream);
  if (!written)
    (void) g_unlink (temporary);
  return written;
}

static FILE *
open_file (const char *path, GError **error)
{
  FILE *file = fopen (path, "re");
  if (file == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %s", path, g_strerror (errno));
  return file;
}

/**
 * sl_oplog_load_snapshot:
 * @log: a log, no transaction open
 * @file: somebody's snapshot
 * @out_loaded: (out): whether it held what this log lacks
 * @error: return location: BAD_INPUT where it is damaged, does not fit or lies: nothing has changed, and what lies is
 *   remembered for sl_oplog_verify()
 *
 * Takes the snapshot in place of what is here and applies on top what this log has beyond it.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_load_snapshot (SlOplog *log, const char *file, gboolean *out_loaded, GError **error)
{
  FILE *stream = open_file (file, error);
  SlSnapshotFile source;
  SlId signer;
  *out_loaded = FALSE;
  if (stream == NULL)
    return FALSE;
  sl_snapshot_file_init (&source, stream);
  gboolean taken = sl_snapshot_take_alone (log, &source.base, FALSE, out_loaded, &signer, error);
  (void) fclose (stream);
  return taken;
}
