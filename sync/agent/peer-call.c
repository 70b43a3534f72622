/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-peer-call"

#include <string.h>

#include "agent/peer-private.h"

/* Bodies of all requests together. One address has at most half of it, by its number of connections. */
#define BODIES_MAX_BYTES (2 * SL_PEER_CONNECTIONS_PER_ADDRESS_MAX * (gsize) SL_SYNC_BODY_MAX_BYTES)
#define BUSY_RETRY_S 2

static const struct {
  const char *path, *method;
} paths[] = { { "/v1/sync", "POST" }, { "/v1/rights", "POST" }, { "/v1/events", "GET" } };

/* A request, from its headers to its answer. Owned by the library's thread and, while it waits, by a source of the
 * context as well. */
struct _SlPeerCall {
  gatomicrefcount refs;
  SlPeerServer *server;
  struct MHD_Connection *connection;
  char *from;
  SlSyncRequest *request; /* without its body until that is here */
  GByteArray *body;
  gsize counted_bytes;    /* of the server's body_bytes */
  SlSyncCode refused;     /* by what is known while it comes in */
  SlId replica;
  gint64 since_us;        /* waiting */
  GSource *source;        /* while waiting */
  SlSyncAnswer *answer;
};

static void
call_unref (gpointer data)
{
  SlPeerCall *call = data;
  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  sl_sync_request_free (call->request);
  sl_sync_answer_free (call->answer);
  g_byte_array_unref (call->body);
  g_free (call->from);
  g_free (call);
}

static enum MHD_Result
add_header (void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  SlPeerCall *call = data;
  if (!sl_sync_headers_add (call->request->headers, name, value))
    call->refused = SL_SYNC_BAD_REQUEST;
  return MHD_YES;
}

/* What the path, the method and the announced length say already. */
static SlSyncCode
judge_head (struct MHD_Connection *connection, const char *path, const char *method)
{
  guint i = 0;
  while (i < G_N_ELEMENTS (paths) && strcmp (path, paths[i].path) != 0)
    i++;
  if (i == G_N_ELEMENTS (paths))
    return SL_SYNC_NOT_FOUND;
  if (strcmp (method, paths[i].method) != 0)
    return SL_SYNC_WRONG_METHOD;
  if (MHD_get_connection_values (connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0)
    return SL_SYNC_BAD_REQUEST; /* a query is not signed */
  const char *length = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 bytes = 0;
  if (length != NULL && !g_ascii_string_to_unsigned (length, 10, 0, G_MAXUINT64, &bytes, NULL))
    return SL_SYNC_BAD_REQUEST;
  return bytes > SL_SYNC_BODY_MAX_BYTES ? SL_SYNC_TOO_LARGE : SL_SYNC_OK;
}

static SlPeerCall *
call_new (SlPeerServer *server, struct MHD_Connection *connection, const char *path, const char *method)
{
  SlPeerVisit *visit = sl_peer_visit_of (connection);
  SlPeerCall *call = g_new0 (SlPeerCall, 1);
  g_atomic_ref_count_init (&call->refs);
  call->server = server;
  call->connection = connection;
  call->from = g_strdup (visit != NULL ? visit->from : "");
  call->request = sl_sync_request_new (method, path, NULL);
  call->body = g_byte_array_new ();
  call->refused = judge_head (connection, path, method);
  if (call->refused == SL_SYNC_OK)
    MHD_get_connection_values (connection, MHD_HEADER_KIND, add_header, call);
  gint64 retry_ms;
  if (call->refused == SL_SYNC_OK
      && !sl_rate_limit_take (server->rate, call->from, g_get_monotonic_time () / 1000, &retry_ms))
    {
      call->refused = SL_SYNC_TOO_MANY;
      call->answer = sl_sync_answer_new_error (SL_SYNC_TOO_MANY, "too many requests", (retry_ms + 999) / 1000);
    }
  return call;
}

/* Keeps a piece of the body, or counts the request as refused and keeps nothing. */
static void
take_piece (SlPeerCall *call, const char *data, gsize size)
{
  SlPeerServer *server = call->server;
  if (call->refused != SL_SYNC_OK)
    return;
  if (size > SL_SYNC_BODY_MAX_BYTES - call->body->len)
    {
      call->refused = SL_SYNC_TOO_LARGE;
      return;
    }
  g_mutex_lock (&server->mutex);
  gboolean fits = server->body_bytes + size <= BODIES_MAX_BYTES;
  if (fits)
    {
      server->body_bytes += size;
      call->counted_bytes += size;
    }
  g_mutex_unlock (&server->mutex);
  if (fits)
    g_byte_array_append (call->body, (const guint8 *) data, (guint) size);
  else
    call->refused = SL_SYNC_BUSY;
}

static enum MHD_Result
queue_response (struct MHD_Connection *connection, int status, struct MHD_Response *response)
{
  enum MHD_Result queued = response != NULL ? MHD_queue_response (connection, (unsigned int) status, response) : MHD_NO;
  if (response != NULL)
    MHD_destroy_response (response);
  return queued;
}

static void
unref_bytes (void *bytes)
{
  g_bytes_unref (bytes);
}

static void
put_headers (struct MHD_Response *response, const SlSyncAnswer *answer, gboolean is_stream)
{
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, answer->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!is_stream || strcmp (name, "content-type") != 0)
      (void) MHD_add_response_header (response, name, value); /* without one of ours the asker refuses it */
  if (is_stream)
    (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
  (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

static enum MHD_Result
queue_answer (SlPeerCall *call)
{
  SlPeerServer *server = call->server;
  SlSyncAnswer *answer = call->answer;
  gboolean is_stream = answer->code == SL_SYNC_OK && strcmp (call->request->path, "/v1/events") == 0;
  sl_peer_visit_set_deadline (server, sl_peer_visit_of (call->connection), is_stream ? 0 : server->limits.request_ms);
  if (is_stream)
    {
      struct MHD_Response *stream = sl_peer_stream_open (server, call->connection, &call->replica);
      if (stream != NULL)
        {
          put_headers (stream, answer, TRUE);
          return queue_response (call->connection, answer->status, stream);
        }
      sl_sync_answer_free (call->answer);
      call->answer = answer = sl_sync_answer_new_error (SL_SYNC_BUSY, "too many event streams", BUSY_RETRY_S);
    }
  gsize size;
  const void *data = g_bytes_get_data (answer->body, &size);
  struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls (
      size, (void *) (size > 0 ? data : ""), unref_bytes, g_bytes_ref (answer->body));
  if (response == NULL)
    {
      g_bytes_unref (answer->body);
      return MHD_NO;
    }
  put_headers (response, answer, FALSE);
  return queue_response (call->connection, answer->status, response);
}

static enum MHD_Result
refuse (SlPeerCall *call)
{
  if (call->answer == NULL)
    call->answer = sl_sync_answer_new_error (call->refused, sl_sync_code_name (call->refused),
                                             call->refused == SL_SYNC_BUSY ? BUSY_RETRY_S : 0);
  return queue_answer (call);
}

/* With the mutex held: the one who gives the answer lets the connection go on. FALSE: it has one already. */
static gboolean
settle (SlPeerCall *call, SlSyncAnswer *answer /* (transfer full) */)
{
  if (!g_hash_table_remove (call->server->waiting, call))
    {
      sl_sync_answer_free (answer);
      return FALSE;
    }
  call->answer = answer;
  MHD_resume_connection (call->connection);
  return TRUE;
}

/* On the context's thread. */
static gboolean
on_turn (gpointer data)
{
  SlPeerCall *call = data;
  SlPeerServer *server = call->server;
  g_mutex_lock (&server->mutex);
  gboolean waits = g_hash_table_contains (server->waiting, call);
  g_mutex_unlock (&server->mutex);
  if (!waits)
    return G_SOURCE_REMOVE;
  SlSyncAnswer *answer = server->answer (call->request, call->from, server->user_data);
  g_assert (answer != NULL);
  g_mutex_lock (&server->mutex);
  (void) settle (call, answer); /* too late: it was answered busy, and the asker asks again */
  g_mutex_unlock (&server->mutex);
  return G_SOURCE_REMOVE;
}

/* The whole request is here: the context's thread answers it while the connection sleeps. */
static enum MHD_Result
hand_over (SlPeerCall *call)
{
  SlPeerServer *server = call->server;
  SlSyncClaimed claimed;
  g_bytes_unref (call->request->body);
  call->request->body = g_byte_array_free_to_bytes (g_steal_pointer (&call->body));
  call->body = g_byte_array_new ();
  /* here, so that what is malformed costs the device's thread nothing */
  call->refused = sl_sync_request_read (call->request, &claimed);
  if (call->refused != SL_SYNC_OK)
    return refuse (call);
  call->replica = claimed.replica;
  sl_peer_visit_set_deadline (server, sl_peer_visit_of (call->connection), 0);
  g_mutex_lock (&server->mutex);
  gboolean stopping = server->stopping;
  if (!stopping)
    {
      call->since_us = g_get_monotonic_time ();
      g_atomic_ref_count_inc (&call->refs);
      call->source = g_idle_source_new ();
      g_source_set_priority (call->source, G_PRIORITY_DEFAULT);
      g_source_set_callback (call->source, on_turn, call, call_unref);
      g_hash_table_add (server->waiting, call);
      MHD_suspend_connection (call->connection);
      g_source_attach (call->source, server->context);
    }
  g_mutex_unlock (&server->mutex);
  if (!stopping)
    return MHD_YES;
  call->refused = SL_SYNC_BUSY;
  return refuse (call);
}

/**
 * sl_peer_call_handle:
 * @data: the server
 * @connection: the connection
 * @path: as it came: nothing is unescaped
 * @method: as it came
 * @version: of HTTP
 * @body: (nullable): a piece of the body
 * @body_size: (inout): its bytes; those left
 * @out_call: (inout): ours
 *
 * The library's callback: once with the headers, once with each piece of the body, once at its end and once more when
 * the answer is there.
 *
 * Returns: %MHD_NO: close the connection
 */
enum MHD_Result
sl_peer_call_handle (void *data, struct MHD_Connection *connection, const char *path, const char *method,
                     const char *version, const char *body, size_t *body_size, void **out_call)
{
  SlPeerServer *server = data;
  SlPeerCall *call = *out_call;
  if (call == NULL)
    {
      sl_peer_visit_set_deadline (server, sl_peer_visit_of (connection), server->limits.request_ms);
      *out_call = call = call_new (server, connection, path, method);
      /* before the body: the library closes the connection behind such an answer */
      return call->refused == SL_SYNC_OK ? MHD_YES : refuse (call);
    }
  if (*body_size > 0)
    {
      take_piece (call, body, *body_size);
      *body_size = 0;
      return MHD_YES;
    }
  if (call->answer != NULL)
    return queue_answer (call);
  return call->refused == SL_SYNC_OK ? hand_over (call) : refuse (call);
}

/**
 * sl_peer_call_completed:
 * @data: the server
 * @connection: the connection
 * @out_call: (inout): ours
 * @why: how it ended
 *
 * The library's callback: the request is over, or its connection is.
 */
void
sl_peer_call_completed (void *data, struct MHD_Connection *connection, void **out_call,
                        enum MHD_RequestTerminationCode why)
{
  SlPeerServer *server = data;
  SlPeerCall *call = *out_call;
  if (call == NULL)
    return;
  *out_call = NULL;
  g_mutex_lock (&server->mutex);
  server->body_bytes -= call->counted_bytes;
  g_hash_table_remove (server->waiting, call);
  GSource *source = g_steal_pointer (&call->source);
  g_mutex_unlock (&server->mutex);
  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
  sl_peer_visit_set_deadline (server, sl_peer_visit_of (connection), server->limits.request_ms);
  call_unref (call);
}

/**
 * sl_peer_calls_give_up:
 * @server: the server, its mutex held
 * @since_before_us: monotonic
 *
 * Answers busy where a request waits since before then: the device's thread has other work.
 */
void
sl_peer_calls_give_up (SlPeerServer *server, gint64 since_before_us)
{
  g_autoptr (GPtrArray) late = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, server->waiting);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((SlPeerCall *) key)->since_us < since_before_us)
      g_ptr_array_add (late, key);
  for (guint i = 0; i < late->len; i++)
    (void) settle (late->pdata[i], sl_sync_answer_new_error (SL_SYNC_BUSY, "this device is busy", BUSY_RETRY_S));
}
