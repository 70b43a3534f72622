/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* One agent for a data directory: a file lock, held as long as its process lives. */
#define SL_AGENT_LOCK_FILE "agent.lock"

/* -1 in *out_fd: another process has it. The lock ends when the descriptor is closed. */
gboolean sl_agent_lock (const char *data_dir, int *out_fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
