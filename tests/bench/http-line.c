/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-http-line"

#include "http-line.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 65536

HttpLine *
http_line_new (guint16 port)
{
  HttpLine *line = g_new0 (HttpLine, 1);
  const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int one = 1;
  line->rest = g_byte_array_new ();
  line->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (line->fd < 0 || connect (line->fd, (const struct sockaddr *) &address, sizeof address) != 0)
    g_error ("no connection to port %u", port);
  (void) setsockopt (line->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return line;
}

void
http_line_free (HttpLine *line)
{
  if (line == NULL)
    return;
  (void) close (line->fd);
  g_byte_array_unref (line->rest);
  g_free (line);
}

void
http_line_send (HttpLine *line, GBytes *request)
{
  gsize length, sent = 0;
  const guint8 *data = g_bytes_get_data (request, &length);
  while (sent < length)
    {
      ssize_t n = send (line->fd, data + sent, length - sent, MSG_NOSIGNAL);
      if (n <= 0)
        g_error ("the server went away");
      sent += (gsize) n;
    }
}

static void
read_more (HttpLine *line)
{
  guint at = line->rest->len;
  g_byte_array_set_size (line->rest, at + READ_BYTES);
  ssize_t n = recv (line->fd, line->rest->data + at, READ_BYTES, 0);
  if (n <= 0)
    g_error ("the server went away");
  g_byte_array_set_size (line->rest, at + (guint) n);
}

int
http_line_read_head (HttpLine *line, gsize *out_length)
{
  const char *end;
  while ((end = memmem (line->rest->data, line->rest->len, "\r\n\r\n", 4)) == NULL)
    read_more (line);
  gsize length = (gsize) (end - (const char *) line->rest->data) + 4;
  g_autofree char *head = g_strndup ((const char *) line->rest->data, length);
  const char *told = strcasestr (head, "\r\ncontent-length:");
  *out_length = told != NULL ? strtoul (told + strlen ("\r\ncontent-length:"), NULL, 10) : 0;
  g_byte_array_remove_range (line->rest, 0, (guint) length);
  return length > 12 ? atoi (head + strlen ("HTTP/1.1 ")) : 0;
}

int
http_line_read (HttpLine *line, GBytes **out_body)
{
  gsize length;
  int status = http_line_read_head (line, &length);
  while (line->rest->len < length)
    read_more (line);
  *out_body = g_bytes_new (line->rest->data, length);
  g_byte_array_remove_range (line->rest, 0, (guint) length);
  return status;
}
