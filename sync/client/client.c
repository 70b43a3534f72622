/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-client"

#include "client/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include "client/socket.h"
#include "core/error.h"

static int
open_socket (const char *data_dir)
{
  struct sockaddr_un address;
  int dir_fd;
  if (!sl_client_address (data_dir, &address, &dir_fd))
    return -1;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  gboolean connected = fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
  (void) close (dir_fd);
  if (connected)
    return fd;
  if (fd >= 0)
    (void) close (fd);
  return -1;
}

static gboolean
talk (const char *data_dir, const SlClientRequest *request, SlClientReply *out, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + request->timeout_ms * 1000;
  g_autofree char *line = sl_client_request_write (request);
  g_autoptr (GString) reply = g_string_new (NULL);
  int fd = open_socket (data_dir);
  gboolean told = fd >= 0 && sl_client_line_send (fd, line, until_us)
                  && sl_client_line_receive (fd, reply, until_us);
  if (fd >= 0)
    (void) close (fd);
  if (!told || !sl_client_reply_read (reply->str, out))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE,
                           fd < 0 ? "no agent runs for this data directory" : "the agent did not answer in time");
      return FALSE;
    }
  if (out->error < 0)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, out->error, out->message);
  return FALSE;
}

/**
 * sl_client_agent_listens:
 * @data_dir: a data directory
 *
 * Returns: whether an agent listens on its socket. Any thread
 */
gboolean
sl_client_agent_listens (const char *data_dir)
{
  g_return_val_if_fail (data_dir != NULL, FALSE);

  int fd = open_socket (data_dir);
  if (fd >= 0)
    (void) close (fd);
  return fd >= 0;
}

/**
 * sl_client_fetch:
 * @data_dir: the data directory
 * @asks: (array length=n_asks): what is wanted; at most %SL_CLIENT_ASKS_MAX
 * @n_asks: how many
 * @timeout_ms: how long to wait
 * @out_given: (out): something came, and is applied here
 * @error: return location: %SL_ERROR_OFFLINE, or what the agent met
 *
 * Any thread that holds no transaction.
 *
 * Returns: %FALSE where nobody could be asked
 */
gboolean
sl_client_fetch (const char *data_dir, const SlAsk *asks, guint n_asks, gint64 timeout_ms, gboolean *out_given,
                 GError **error)
{
  g_return_val_if_fail (data_dir != NULL && (asks != NULL || n_asks == 0) && out_given != NULL, FALSE);
  g_return_val_if_fail (n_asks <= SL_CLIENT_ASKS_MAX, FALSE);

  SlClientRequest request = { .n_asks = n_asks, .timeout_ms = timeout_ms };
  SlClientReply reply;
  *out_given = FALSE;
  for (guint i = 0; i < n_asks; i++)
    request.asks[i] = asks[i];
  if (!talk (data_dir, &request, &reply, error))
    return FALSE;
  *out_given = reply.given;
  return TRUE;
}

/**
 * sl_client_sync_now:
 * @data_dir: the data directory
 * @timeout_ms: how long to wait
 * @out_pushed: (out): operations that the hub holds now and did not before
 * @out_pulled: (out): operations that are new here
 * @error: return location: %SL_ERROR_OFFLINE, %SL_ERROR_HUB_REFUSED, %SL_ERROR_CLOCK_SKEW, or what the agent met
 *
 * Any thread that holds no transaction.
 *
 * Returns: %FALSE where the hub was not reached or said no
 */
gboolean
sl_client_sync_now (const char *data_dir, gint64 timeout_ms, guint64 *out_pushed, guint64 *out_pulled, GError **error)
{
  g_return_val_if_fail (data_dir != NULL && out_pushed != NULL && out_pulled != NULL, FALSE);

  const SlClientRequest request = { .sync = TRUE, .timeout_ms = timeout_ms };
  SlClientReply reply;
  if (!talk (data_dir, &request, &reply, error))
    return FALSE;
  *out_pushed = reply.pushed;
  *out_pulled = reply.pulled;
  return TRUE;
}
