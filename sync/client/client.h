/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/ask.h"

/* Asks the agent of a data directory, over DIR/agent.sock, for what cannot wait. Blocks its thread, at most timeout_ms.
 * OFFLINE where no agent runs or nobody answered it in time. sync/README.md "The agent". */
#define SL_CLIENT_FETCH_MS 2000 /* a desk's command waits no longer for rights of others */
#define SL_CLIENT_ASKS_MAX 64

/* Fetches rights: *out_given when something came; it is applied here already. */
gboolean sl_client_fetch (const char *data_dir, const SlAsk *asks, guint n_asks, gint64 timeout_ms,
                          gboolean *out_given, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Exchanges with the hub now; counts of operations. HUB_REFUSED, CLOCK_SKEW: what it said. */
gboolean sl_client_sync_now (const char *data_dir, gint64 timeout_ms, guint64 *out_pushed, guint64 *out_pulled,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody listens on the socket. */
gboolean sl_client_agent_listens (const char *data_dir);

/* The two lines, for both ends: one asks, one answers. JSON, each in one line. */
typedef struct {
  gboolean sync;          /* else fetch */
  SlAsk asks[SL_CLIENT_ASKS_MAX];
  guint n_asks;
  gint64 timeout_ms;      /* how long the asker waits */
} SlClientRequest;
typedef struct {
  guint64 pushed, pulled;
  gboolean given;
  int error;              /* SlErrorCode; -1: none */
  char message[256];
} SlClientReply;
char *sl_client_request_write (const SlClientRequest *request); /* (transfer full), with its line break */
gboolean sl_client_request_read (const char *line, SlClientRequest *out);
char *sl_client_reply_write (const SlClientReply *reply);
gboolean sl_client_reply_read (const char *line, SlClientReply *out);
