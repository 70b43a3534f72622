/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-agent-lock"

#include "agent/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/error.h"

/**
 * sl_agent_lock:
 * @data_dir: a data directory that exists
 * @out_fd: (out): the lock; close() gives it back. -1: another agent works there
 * @error: return location: %SL_ERROR_READ_ONLY, %SL_ERROR_STORAGE
 *
 * Two agents would do no harm, but each thing twice. Any thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_agent_lock (const char *data_dir, int *out_fd, GError **error)
{
  g_return_val_if_fail (data_dir != NULL && out_fd != NULL, FALSE);

  g_autofree char *file = g_build_filename (data_dir, SL_AGENT_LOCK_FILE, NULL);
  *out_fd = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (*out_fd < 0)
    {
      g_set_error (error, SL_ERROR, errno == EROFS || errno == EACCES ? SL_ERROR_READ_ONLY : SL_ERROR_STORAGE,
                   "%s: %s", file, g_strerror (errno));
      return FALSE;
    }
  if (flock (*out_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  gboolean taken = errno == EWOULDBLOCK;
  if (!taken)
    g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", file, g_strerror (errno));
  (void) close (*out_fd);
  *out_fd = -1;
  return taken;
}
