/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/un.h>

/* DIR/agent.sock below what is said over it, for both of its ends. Times are of g_get_monotonic_time(). */
#define SL_CLIENT_SOCKET "agent.sock"
#define SL_CLIENT_LINE_MAX_BYTES 16384

/* A socket's address, however long the directory's name is. *out_dir_fd is to be kept open meanwhile. FALSE: errno */
gboolean sl_client_address (const char *data_dir, struct sockaddr_un *out, int *out_dir_fd);
gboolean sl_client_line_send (int fd, const char *line, gint64 until_us);
gboolean sl_client_line_receive (int fd, GString *out, gint64 until_us);
