/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-client-socket"

#include "client/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/**
 * sl_client_address:
 * @data_dir: a data directory
 * @out: (out caller-allocates): the address of its agent's socket
 * @out_dir_fd: (out): to be closed when the address has been used
 *
 * By way of the open directory, since a name in a socket's address may have 107 bytes only.
 *
 * Returns: %FALSE where there is no such directory: errno
 */
gboolean
sl_client_address (const char *data_dir, struct sockaddr_un *out, int *out_dir_fd)
{
  *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
  *out_dir_fd = open (data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*out_dir_fd < 0)
    return FALSE;
  g_snprintf (out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", *out_dir_fd, SL_CLIENT_SOCKET);
  return TRUE;
}

static int
left_ms (gint64 until_us)
{
  gint64 left_us = until_us - g_get_monotonic_time ();
  return left_us <= 0 ? 0 : (int) MIN (left_us / 1000 + 1, G_MAXINT);
}

static gboolean
wait_for (int fd, short events, gint64 until_us)
{
  struct pollfd one = { .fd = fd, .events = events };
  int ready;
  do
    ready = poll (&one, 1, left_ms (until_us));
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

/**
 * sl_client_line_send:
 * @fd: a connected socket, blocking or not
 * @line: with its break
 * @until_us: when to give up
 *
 * Returns: whether all of it went
 */
gboolean
sl_client_line_send (int fd, const char *line, gint64 until_us)
{
  gsize length = strlen (line);
  for (gsize at = 0; at < length;)
    {
      gssize sent = send (fd, line + at, length - at, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0)
        at += (gsize) sent;
      else if ((errno != EAGAIN && errno != EINTR) || !wait_for (fd, POLLOUT, until_us))
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_client_line_receive:
 * @fd: a connected socket, blocking or not
 * @out: empty; the line, without its break
 * @until_us: when to give up
 *
 * What comes behind the line's break is lost: each end says one line.
 *
 * Returns: %FALSE where no whole line of at most %SL_CLIENT_LINE_MAX_BYTES came until then
 */
gboolean
sl_client_line_receive (int fd, GString *out, gint64 until_us)
{
  char chunk[1024];
  while (out->len <= SL_CLIENT_LINE_MAX_BYTES && wait_for (fd, POLLIN, until_us))
    {
      gssize got = recv (fd, chunk, sizeof chunk, MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      if (got <= 0)
        return FALSE;
      g_string_append_len (out, chunk, got);
      char *end = memchr (out->str, '\n', out->len);
      if (end == NULL)
        continue;
      g_string_truncate (out, (gsize) (end - out->str));
      return out->len <= SL_CLIENT_LINE_MAX_BYTES;
    }
  return FALSE;
}
