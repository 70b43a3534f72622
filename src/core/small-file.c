/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-small-file"

#include "core/small-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static char *
fail (const char *path, const char *why, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (path, -1);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the file '%s': %s", shown, why);
  return NULL;
}

/**
 * sl_small_file_read:
 * @path: a file's name, in the system's encoding
 * @max_bytes: the most that such a file may hold
 * @out_length: (out): how many bytes it holds
 * @error: return location
 *
 * Reads a whole file or pipe that people name. One that is longer, or has no end, such as /dev/zero, is given up after
 * @max_bytes. Any thread.
 *
 * Returns: (transfer full): its bytes and a NUL behind them; %NULL with %SL_ERROR_BAD_INPUT where it cannot be read or
 *   is too long
 */
char *
sl_small_file_read (const char *path, gsize max_bytes, gsize *out_length, GError **error)
{
  g_return_val_if_fail (path != NULL && max_bytes > 0 && max_bytes < G_MAXSSIZE && out_length != NULL, NULL);

  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail (path, g_strerror (errno), error);
  g_autofree char *text = g_malloc (max_bytes + 1);
  gsize length = 0;
  gssize got = 1;
  while (got != 0 && length <= max_bytes)
    {
      got = read (fd, text + length, max_bytes + 1 - length);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          int failure = errno;
          (void) close (fd);
          return fail (path, g_strerror (failure), error);
        }
      length += (gsize) got;
    }
  (void) close (fd);
  if (length > max_bytes)
    return fail (path, "is too long", error);
  text[length] = '\0';
  *out_length = length;
  return g_steal_pointer (&text);
}

/**
 * sl_line_read:
 * @file: a file that is read from its beginning to its end
 * @max_bytes: the most that a line may hold, with its line break
 * @out_line: (inout): what it held goes; the line. It may hold NULs
 *
 * Like getline(), but a line without an end does not fill the memory: its first @max_bytes + 1 bytes come, for the
 * caller to refuse. One thread at a time for a file.
 *
 * Returns: %FALSE at the end of the file, or where reading failed, which ferror() tells
 */
gboolean
sl_line_read (FILE *file, gsize max_bytes, GString *out_line)
{
  g_return_val_if_fail (file != NULL && max_bytes > 0 && out_line != NULL, FALSE);

  int byte = 0;
  g_string_truncate (out_line, 0);
  while (byte != '\n' && out_line->len <= max_bytes && (byte = getc_unlocked (file)) != EOF)
    g_string_append_c (out_line, (char) byte);
  return out_line->len > 0 && !ferror (file);
}
