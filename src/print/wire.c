/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-wire"

#include "print/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "print/problem.h"

#define RAW_PORT 9100          /* "JetDirect": what receipt printers listen on */
#define SLICE_MS 100           /* between two looks at what is still to be taken */
#define BLOCK_BYTES 4096       /* written at once: what is not yet written can still be held back */

static gboolean
say (char **out_problem, const char *problem)
{
  g_free (*out_problem);
  *out_problem = g_strdup (problem);
  return FALSE;
}

/* said: by the system */
static gboolean
say_away (char **out_problem, const char *problem, const char *said)
{
  g_free (*out_problem);
  *out_problem = sl_print_problem_new (problem, said);
  return FALSE;
}

static const char *
why_away (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return N_ ("nobody on the network has its name");
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
                 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
                 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
                 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
             ? N_ ("nobody answers at its address")
             : N_ ("it cannot be reached");
}

static gboolean
open_tcp (SlPrintWire *wire, const char *address, char **out_problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) place = g_network_address_parse (address, RAW_PORT, &error);
  g_socket_client_set_enable_proxy (client, FALSE);
  /* GSocketClient counts whole seconds. */
  g_socket_client_set_timeout (client, (guint) (wire->times.connect_ms + 999) / 1000);
  GSocketConnection *connection
    = place != NULL ? g_socket_client_connect (client, place, wire->times.stop, &error) : NULL;
  if (connection == NULL)
    return say_away (out_problem, why_away (error), error->message);
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_socket_set_blocking (socket, FALSE);
  wire->connection = G_OBJECT (connection);
  wire->fd = g_socket_get_fd (socket);
  wire->is_tcp = TRUE;
  return TRUE;
}

static gboolean
open_device (SlPrintWire *wire, const char *path, char **out_problem)
{
  struct stat about;
  const int flags = O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
  if (g_stat (path, &about) != 0)
    return errno == ENOENT ? say (out_problem, N_ ("it is not plugged in, or switched off"))
                           : say_away (out_problem, N_ ("it cannot be reached"), g_strerror (errno));
  if (!S_ISCHR (about.st_mode))
    return say (out_problem, N_ ("it is no device that prints"));
  wire->fd = g_open (path, O_RDWR | flags, 0);
  if (wire->fd < 0)
    wire->fd = g_open (path, O_WRONLY | flags, 0); /* those that cannot answer */
  if (wire->fd < 0)
    return say_away (out_problem, errno == EACCES ? N_ ("this device may not use it") : N_ ("it cannot be reached"),
                     g_strerror (errno));
  struct termios modes;
  wire->is_tty = tcgetattr (wire->fd, &modes) == 0;
  if (wire->is_tty)
    {
      cfmakeraw (&modes);
      (void) tcsetattr (wire->fd, TCSANOW, &modes);
    }
  return TRUE;
}

/**
 * sl_print_wire_open:
 * @wire: (out caller-allocates): a connection; close it also after a failure
 * @place: where the printer is: no directory
 * @out_problem: (out): why it cannot be reached
 *
 * Returns: whether somebody is there
 */
gboolean
sl_print_wire_open (SlPrintWire *wire, const SlPrinterPlace *place, char **out_problem)
{
  *wire = (SlPrintWire){ .fd = -1, .times = place->times };
  return g_str_has_prefix (place->target, "tcp:") ? open_tcp (wire, place->target + strlen ("tcp:"), out_problem)
                                                  : open_device (wire, place->target, out_problem);
}

/**
 * sl_print_wire_close:
 * @wire: a connection
 */
void
sl_print_wire_close (SlPrintWire *wire)
{
  if (wire->connection == NULL && wire->fd >= 0)
    (void) g_close (wire->fd, NULL);
  g_clear_object (&wire->connection);
  wire->fd = -1;
}

/* Waits for one of events, in slices in which nobody is told to stop. 1: it is there; 0: nothing; -1: the other end has
 * gone. */
static int
wait_for (SlPrintWire *wire, short events, int timeout_ms)
{
  struct pollfd poll_fd = { .fd = wire->fd, .events = events };
  int ready;
  do
    {
      int slice_ms = CLAMP (timeout_ms, 0, SLICE_MS);
      ready = poll (&poll_fd, 1, slice_ms);
      timeout_ms -= slice_ms;
    }
  while ((ready < 0 && errno == EINTR)
         || (ready == 0 && timeout_ms > 0 && !g_cancellable_is_cancelled (wire->times.stop)));
  if (ready <= 0)
    return ready;
  if ((poll_fd.revents & events) != 0)
    return 1;
  return -1;
}

/**
 * sl_print_wire_write:
 * @wire: an open connection
 * @data: bytes
 * @length: their number
 * @out_problem: (out): why not all of them were taken
 *
 * Returns: whether all were
 */
gboolean
sl_print_wire_write (SlPrintWire *wire, const guint8 *data, gsize length, char **out_problem)
{
  while (length > 0)
    {
      int ready = wait_for (wire, POLLOUT, wire->times.stall_ms);
      if (ready == 0)
        return say (out_problem, N_ ("it takes nothing any more"));
      gsize block = MIN (length, BLOCK_BYTES);
      gssize written = wire->is_tcp ? send (wire->fd, data, block, MSG_NOSIGNAL) : write (wire->fd, data, block);
      if (written < 0 && (errno == EAGAIN || errno == EINTR) && ready > 0)
        continue;
      if (written <= 0 || ready < 0)
        return say (out_problem, N_ ("it hung up"));
      data += written;
      length -= (gsize) written;
    }
  return TRUE;
}

/**
 * sl_print_wire_read:
 * @wire: an open connection
 * @out: (out): a byte
 * @timeout_ms: to wait for it
 *
 * Returns: 1: a byte; 0: none; -1: the other end has gone
 */
int
sl_print_wire_read (SlPrintWire *wire, guint8 *out, int timeout_ms)
{
  int ready = wait_for (wire, POLLIN, timeout_ms);
  if (ready <= 0)
    return ready;
  gssize got = read (wire->fd, out, 1);
  if (got == 1)
    return 1;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* Bytes that the kernel has and the other end has not. */
static int
pending (SlPrintWire *wire)
{
  int bytes = 0;
  if (wire->is_tcp && ioctl (wire->fd, SIOCOUTQ, &bytes) == 0)
    return bytes;
  if (wire->is_tty && ioctl (wire->fd, TIOCOUTQ, &bytes) == 0)
    return bytes;
  return 0;
}

/**
 * sl_print_wire_drain:
 * @wire: an open connection to which all was written
 * @out_problem: (out): why not all of it was taken
 *
 * For printers that answer nothing. One on the network is told that nothing more comes; most hang up then.
 *
 * Returns: whether all was taken
 */
gboolean
sl_print_wire_drain (SlPrintWire *wire, char **out_problem)
{
  int before = pending (wire), still_ms = 0;
  if (wire->is_tcp)
    (void) shutdown (wire->fd, SHUT_WR);
  while (still_ms < wire->times.stall_ms && !g_cancellable_is_cancelled (wire->times.stop))
    {
      guint8 byte;
      errno = 0;
      int got = wire->is_tcp ? sl_print_wire_read (wire, &byte, SLICE_MS) : 0;
      gboolean broken = errno != 0 && errno != EAGAIN && errno != EINTR;
      int left = pending (wire);
      if (got < 0)
        return left == 0 && !broken ? TRUE : say (out_problem, N_ ("it hung up"));
      if (left == 0 && (!wire->is_tcp || still_ms >= wire->times.answer_ms))
        return TRUE;
      if (!wire->is_tcp)
        g_usleep (SLICE_MS * 1000);
      still_ms = left < before || got > 0 ? 0 : still_ms + SLICE_MS;
      before = left;
    }
  return say (out_problem, N_ ("it takes nothing any more"));
}
