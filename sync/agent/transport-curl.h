/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/agent.h"

/* Requests over HTTP/1.1 by libcurl: no redirects, one connection that stays open. Blocks its thread. */
typedef struct {
  const char *url;          /* as sl_curl_clean_url() gave it */
  const char *ca_file;      /* (nullable): the authorities that count, in place of the system's */
  const char *pins;         /* (nullable): the TLS keys that count; without ca_file nothing else is asked of them */
} SlCurlWhere;

#define SL_CURL_CONNECT_MS (10 * 1000)
#define SL_CURL_SILENCE_S 30            /* without a byte in either direction */
#define SL_CURL_REQUEST_MS (10 * 60 * 1000) /* of one with all that it pushes and pulls, on the worst line */

/* A hub's address as people type it: http or https, a host, perhaps a port and a path. Plain http only to this machine,
 * or where plain is set. (transfer full): without a slash at the end; NULL with BAD_INPUT */
char *sl_curl_clean_url (const char *text, gboolean plain, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_curl_pins_are_sound (const char *pins);

typedef struct _SlCurl SlCurl;
SlCurl *sl_curl_new (const SlCurlWhere *where); /* copied */
void sl_curl_free (SlCurl *curl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCurl, sl_curl_free)
SlTransport sl_curl_transport (SlCurl *curl);
/* Called about once a second while a request waits: FALSE gives it up, as OFFLINE. */
typedef gboolean (*SlCurlTickFunc) (gpointer user_data);
void sl_curl_set_tick (SlCurl *curl, SlCurlTickFunc tick, gpointer user_data);
void sl_curl_set_patience (SlCurl *curl, gint64 silence_s); /* in place of SL_CURL_SILENCE_S */
void sl_curl_set_connect (SlCurl *curl, gint64 connect_ms);    /* in place of SL_CURL_CONNECT_MS */
void sl_curl_set_limits (SlCurl *curl, gint64 request_ms, guint64 answer_max_bytes); /* of the requests that follow */
/* As the transport does, with the answer's body in a file instead of in memory. */
gboolean sl_curl_send_to_file (SlCurl *curl, const SlSyncRequest *request, const char *file, SlSyncAnswer **out_answer,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the other users of libcurl here: what every handle gets. */
void sl_curl_prepare (gpointer easy, const SlCurlWhere *where, const char *path);
gpointer sl_curl_header_list (const SlSyncRequest *request); /* (transfer full): a curl_slist */
/* One header line that came; FALSE: it breaks the rules of the protocol. */
gboolean sl_curl_take_header (GHashTable *headers, const char *data, gsize length);
