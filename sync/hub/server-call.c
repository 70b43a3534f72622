/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-server-call"

#include "hub/server-private.h"

#include <string.h>

#include "hub/body.h"
#include "hub/address.h"

#define HEADERS_MAX 64                      /* ours are ten; proxies add some */
#define DRAIN_MAX_BYTES (16 * 1024 * 1024)  /* of a refused body: who sends more does not wait for the answer */
#define ORG_DIGITS 8
#define BUSY_RETRY_S 5
#define SMALL_ANSWER_BYTES 1024

typedef enum { COLLECTING, WORKING, CHECKED, READY, ANSWERED } State;

/* What a worker has a call for. */
typedef enum {
  CHECK,  /* whether its body may come */
  FLUSH,  /* the body's bytes go on disk, and there is more to come */
  ANSWER,
} Errand;

/* One request, from its headers until its answer is sent. A worker has it while WORKING, else the connection's
 * thread. */
struct _SlCall {
  SlServer *server;
  SlConnection *connection;
  struct MHD_Connection *mhd;
  int references;                /* the connection's, and a worker's */
  GList link;                    /* in server->calls */
  const SlServerRoute *route;    /* (nullable): no such path */
  guint path;                    /* its place in the handler's routes */
  char *method, *url;
  GHashTable *headers;           /* those of the protocol */
  GInetAddress *asker;           /* (nullable) */
  char org[ORG_DIGITS + 1];      /* for logs: what the request claims; else empty */
  SlSyncCode refused;            /* before anybody looked at the body */
  const char *why;
  gboolean options;              /* only wants to know the methods */
  SlBody *body;                  /* (nullable): refused, or none */
  gint64 length_bytes;           /* as declared; -1: chunked */
  SlSyncAnswer *early;           /* (nullable): refused by its headers: the answer */
  gint64 received_bytes, start_us;
  gint64 answer_bytes;           /* counted in the server's, until the answer is sent */

  State state;                   /* under the server's mutex, as all below */
  Errand errand;
  gboolean abandoned;            /* the server stops and waits no longer: the worker's answer is nobody's */
  SlSyncAnswer *answer;          /* (nullable): a stream */
  SlId tenant, replica;
  guint64 head;
};

static void
call_unref (SlCall *call)
{
  if (!g_atomic_int_dec_and_test (&call->references))
    return;
  g_clear_pointer (&call->body, sl_body_free);
  g_clear_pointer (&call->answer, sl_sync_answer_free);
  g_clear_pointer (&call->early, sl_sync_answer_free);
  g_clear_object (&call->asker);
  g_hash_table_unref (call->headers);
  g_free (call->method);
  g_free (call->url);
  g_free (call);
}

static void
refuse (SlCall *call, SlSyncCode code, const char *why)
{
  if (call->refused != SL_SYNC_OK)
    return;
  call->refused = code;
  call->why = why;
}

static void
set_answered (SlCall *call)
{
  g_mutex_lock (&call->server->mutex);
  call->state = ANSWERED;
  g_mutex_unlock (&call->server->mutex);
}

/* --- headers --- */

typedef struct {
  SlCall *call;
  guint count, lengths, encodings, hosts, expects;
  GString *forwarded;
  const char *encoding;
} Headers;

static enum MHD_Result
take_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  Headers *headers = user_data;
  SlCall *call = headers->call;
  value = value != NULL ? value : "";
  if (++headers->count > HEADERS_MAX)
    {
      refuse (call, SL_SYNC_BAD_REQUEST, "There are too many headers.");
      return MHD_NO;
    }
  headers->lengths += g_ascii_strcasecmp (name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
  headers->hosts += g_ascii_strcasecmp (name, MHD_HTTP_HEADER_HOST) == 0;
  headers->expects += g_ascii_strcasecmp (name, MHD_HTTP_HEADER_EXPECT) == 0;
  if (g_ascii_strcasecmp (name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
    {
      headers->encodings++;
      headers->encoding = value;
    }
  if (g_ascii_strcasecmp (name, "x-forwarded-for") == 0 && headers->forwarded->len < SL_ADDRESS_FORWARDED_MAX_BYTES)
    g_string_append_printf (headers->forwarded, "%s%s", headers->forwarded->len > 0 ? "," : "", value);
  if (!sl_sync_headers_add (call->headers, name, value))
    refuse (call, SL_SYNC_BAD_REQUEST, "A header is malformed, or there twice.");
  return MHD_YES;
}

static enum MHD_Result
note_argument (void *found, enum MHD_ValueKind kind, const char *name, const char *value)
{
  *(gboolean *) found = TRUE;
  return MHD_NO;
}

/* What a proxy before us might read otherwise than the library does is refused, not guessed: RFC 9112 section 6.3. */
static gboolean
read_headers (SlCall *call)
{
  g_autoptr (GString) forwarded = g_string_new (NULL);
  Headers headers = { .call = call, .forwarded = forwarded };
  (void) MHD_get_connection_values (call->mhd, MHD_HEADER_KIND, take_header, &headers);
  call->asker = sl_address_asker (sl_connection_peer (call->connection), forwarded->len > 0 ? forwarded->str : NULL,
                               call->server->config.proxies);
  SlId org;
  const char *claimed = g_hash_table_lookup (call->headers, "studioloop-org");
  if (claimed != NULL && sl_id_parse (claimed, &org))
    g_strlcpy (call->org, claimed, sizeof call->org);
  if (headers.lengths > 1 || headers.encodings > 1 || headers.hosts > 1 || headers.expects > 1 ||
      (headers.lengths > 0 && headers.encodings > 0) ||
      (headers.encoding != NULL && g_ascii_strcasecmp (headers.encoding, "chunked") != 0))
    {
      refuse (call, SL_SYNC_BAD_REQUEST, "It is not clear where the request ends.");
      return FALSE;
    }
  return TRUE;
}

static void
find_route (SlCall *call)
{
  const SlServerHandler *handler = &call->server->handler;
  for (call->path = 0; call->path < handler->n_routes; call->path++)
    if (g_str_equal (handler->routes[call->path].path, call->url))
      break;
  if (call->path == handler->n_routes)
    {
      refuse (call, SL_SYNC_NOT_FOUND, "There is no such path.");
      return;
    }
  call->route = &handler->routes[call->path];
  gboolean plain = call->route->kind == SL_ROUTE_HEALTH || call->route->kind == SL_ROUTE_METRICS;
  call->options = g_str_equal (call->method, MHD_HTTP_METHOD_OPTIONS);
  if (!call->options && !g_str_equal (call->method, call->route->method) &&
      !(plain && g_str_equal (call->method, MHD_HTTP_METHOD_HEAD)))
    refuse (call, SL_SYNC_WRONG_METHOD, "The path does not know this method.");
  gboolean query = FALSE;
  (void) MHD_get_connection_values (call->mhd, MHD_GET_ARGUMENT_KIND, note_argument, &query);
  if (query && !plain)
    refuse (call, SL_SYNC_BAD_REQUEST, "No path takes a query.");
}

/* -1: chunked, as long as it likes. */
static gint64
declared_length (SlCall *call)
{
  if (MHD_lookup_connection_value (call->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL)
    return -1;
  const char *text = MHD_lookup_connection_value (call->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 length = 0;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &length, NULL))
    refuse (call, SL_SYNC_BAD_REQUEST, "Content-Length is no length.");
  return length;
}

static void
prepare_body (SlCall *call, gint64 length)
{
  if (call->refused != SL_SYNC_OK || length == 0)
    return;
  if (call->route->body_max_bytes == 0 || call->options)
    refuse (call, SL_SYNC_BAD_REQUEST, "The path takes no body.");
  else if (length > call->route->body_max_bytes)
    refuse (call, SL_SYNC_TOO_LARGE, "The body is larger than the path takes.");
  else
    call->body = sl_body_new (call->server, call->route->to_file, call->route->body_max_bytes, MAX (length, 0),
                              &call->refused, &call->why);
}

/* --- answers --- */

static void
note_answer (SlCall *call, SlSyncCode code, int status, gsize bytes)
{
  SlServer *server = call->server;
  gint64 duration_us = g_get_monotonic_time () - call->start_us;
  sl_server_metrics_request (server->metrics, call->path, code, duration_us, call->received_bytes, bytes);
  /* Balancers and Prometheus ask all day long. */
  gboolean watching = call->route != NULL && (call->route->kind == SL_ROUTE_HEALTH ||
                                              call->route->kind == SL_ROUTE_METRICS);
  SlEventLevel level = status >= 500 ? SL_EVENT_WARNING : watching ? SL_EVENT_DEBUG : SL_EVENT_INFO;
  if (!sl_event_log_wants (server->log, level))
    return;
  json_t *fields = json_pack ("{ss,ss,si,sI,sI,sI}", "path", call->route != NULL ? call->route->path : "other", "code",
                              sl_sync_code_name (code), "status", status, "duration_us", (json_int_t) duration_us, "in",
                              (json_int_t) call->received_bytes, "out", (json_int_t) bytes);
  if (*call->org != '\0')
    json_object_set_new (fields, "org", json_string (call->org));
  sl_event_log_write (server->log, level, "request", fields);
}

/* FALSE: those that nobody reads take too much already. Answers of a few bytes always find room. */
static gboolean
count_answer (SlCall *call, gint64 bytes)
{
  SlServer *server = call->server;
  if (bytes <= SMALL_ANSWER_BYTES || call->route == NULL || *call->route->method != 'P')
    return TRUE;
  g_mutex_lock (&server->mutex);
  gboolean room = server->answer_bytes + bytes <= server->config.limits.answer_memory_bytes;
  if (room)
    {
      server->answer_bytes += bytes;
      call->answer_bytes = bytes;
    }
  g_mutex_unlock (&server->mutex);
  return room;
}

static enum MHD_Result
send_error (SlCall *call, SlSyncCode code, const char *why, gboolean last);

static enum MHD_Result
send_answer (SlCall *call, const SlSyncAnswer *answer, gboolean last)
{
  if (!count_answer (call, g_bytes_get_size (answer->body)))
    return send_error (call, SL_SYNC_BUSY, "Too many do not read what they asked for.", last);
  struct MHD_Response *response = sl_server_response_new (call->server, answer, call->route);
  if (response == NULL)
    return MHD_NO;
  if (last)
    (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
  gsize bytes = g_bytes_get_size (answer->body);
  sl_connection_enter (call->connection, SL_PHASE_ANSWER, bytes);
  set_answered (call);
  note_answer (call, answer->code, answer->status, bytes);
  enum MHD_Result queued = MHD_queue_response (call->mhd, answer->status, response);
  MHD_destroy_response (response);
  return queued;
}

static enum MHD_Result
send_error (SlCall *call, SlSyncCode code, const char *why, gboolean last)
{
  gboolean again = code == SL_SYNC_BUSY || code == SL_SYNC_TOO_MANY;
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new_error (code, why, again ? BUSY_RETRY_S : 0);
  return send_answer (call, answer, last);
}

static enum MHD_Result
send_options (SlCall *call)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (SlSyncAnswer) answer = sl_sync_answer_new ("text/plain", nothing);
  answer->status = MHD_HTTP_NO_CONTENT;
  return send_answer (call, answer, FALSE);
}

static enum MHD_Result
send_stream (SlCall *call)
{
  SlServer *server = call->server;
  g_mutex_lock (&server->mutex);
  gboolean stopping = server->stopping;
  g_mutex_unlock (&server->mutex);
  if (stopping || !sl_events_have_room (server->events))
    return send_error (call, SL_SYNC_BUSY, "As many devices listen as can.", FALSE);
  struct MHD_Response *response = sl_events_add (server->events, call->mhd, &call->tenant, &call->replica, call->head);
  if (response == NULL)
    return MHD_NO;
  (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
  (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  (void) MHD_add_response_header (response, "X-Accel-Buffering", "no");   /* nginx hands each event on at once */
  sl_connection_enter (call->connection, SL_PHASE_STREAM, 0);
  set_answered (call);
  note_answer (call, SL_SYNC_OK, MHD_HTTP_OK, 0);
  enum MHD_Result queued = MHD_queue_response (call->mhd, MHD_HTTP_OK, response);
  MHD_destroy_response (response);
  g_mutex_lock (&server->mutex);
  stopping = server->stopping;
  g_mutex_unlock (&server->mutex);
  if (stopping)   /* between the look and the listing all were told to end */
    sl_events_close_all (server->events);
  return queued;
}

/* --- workers --- */

static SlSyncRequest *
new_request (SlCall *call, GBytes *body)
{
  SlSyncRequest *request = sl_sync_request_new (call->method, call->url, body);
  g_hash_table_unref (request->headers);
  request->headers = g_hash_table_ref (call->headers);
  return request;
}

/* (nullable): NULL: its body may come. */
static SlSyncAnswer *
check_first (SlCall *call)
{
  const SlServerHandler *handler = &call->server->handler;
  g_autoptr (SlSyncRequest) request = new_request (call, NULL);
  g_autofree char *from = sl_address_key (call->asker);
  return handler->check_first (handler->user_data, request, from);
}

static SlSyncAnswer *
make_answer (SlCall *call)
{
  SlServer *server = call->server;
  const SlServerHandler *handler = &server->handler;
  if (call->route->kind == SL_ROUTE_HEALTH)
    return sl_server_answer_health (server);
  if (call->route->kind == SL_ROUTE_METRICS)
    return sl_server_answer_metrics (server, call->asker);
  SlSyncCode code = SL_SYNC_OK;
  const char *why = NULL;
  g_autoptr (GBytes) body = call->body != NULL ? sl_body_finish (call->body, &code, &why) : NULL;
  if (code != SL_SYNC_OK)
    return sl_sync_answer_new_error (code, why, 0);
  g_autoptr (SlSyncRequest) request = new_request (call, body);
  g_autofree char *from = sl_address_key (call->asker);
  if (call->route->kind == SL_ROUTE_EVENTS)
    return handler->check_events (handler->user_data, request, from, &call->tenant, &call->replica, &call->head);
  return handler->handle (handler->user_data, request, from);
}

/**
 * sl_server_run_call:
 * @pushed: (transfer full): a call whose connection sleeps
 * @user_data: the server
 *
 * On a worker: looks whether the body may come, puts a part of it on disk, or makes the answer, and wakes the
 * connection. What takes memory is given back before the answer is sent.
 */
void
sl_server_run_call (gpointer pushed, gpointer user_data)
{
  SlCall *call = pushed;
  SlServer *server = user_data;
  g_mutex_lock (&server->mutex);
  server->waiting--;
  server->running++;
  gboolean abandoned = call->abandoned;
  Errand errand = call->errand;
  g_mutex_unlock (&server->mutex);

  g_autoptr (SlSyncAnswer) answer = NULL;
  if (!abandoned && errand == FLUSH)
    sl_body_flush (call->body);
  else if (!abandoned && errand == CHECK)
    answer = check_first (call);
  else if (!abandoned)
    {
      answer = make_answer (call);
      g_clear_pointer (&call->body, sl_body_free);
    }
  g_mutex_lock (&server->mutex);
  server->running--;
  if (!call->abandoned)
    {
      *(errand == CHECK ? &call->early : &call->answer) = g_steal_pointer (&answer);
      call->state = errand == CHECK ? CHECKED : errand == FLUSH ? COLLECTING : READY;
      MHD_resume_connection (call->mhd);
    }
  g_mutex_unlock (&server->mutex);
  call_unref (call);
}

/**
 * sl_server_abandon_calls:
 *
 * With the server's mutex: connections that sleep for a worker get `busy` and are woken, so that they can end.
 */
void
sl_server_abandon_calls (SlServer *server)
{
  for (GList *at = server->calls.head; at != NULL; at = at->next)
    {
      SlCall *call = at->data;
      if (call->state != WORKING)
        continue;
      call->abandoned = TRUE;
      call->state = READY;
      call->errand = ANSWER;
      call->answer = sl_sync_answer_new_error (SL_SYNC_BUSY, "The hub stops.", BUSY_RETRY_S);
      MHD_resume_connection (call->mhd);
    }
}

/* FALSE: too many wait, or the server stops. The connection sleeps before a worker can wake it. */
static gboolean
hand_over (SlCall *call, Errand errand)
{
  SlServer *server = call->server;
  g_mutex_lock (&server->mutex);
  gboolean taken = server->waiting < server->config.limits.waiting && !server->stopping;
  if (taken)
    {
      server->waiting++;
      call->state = WORKING;
      call->errand = errand;
      g_atomic_int_inc (&call->references);
      MHD_suspend_connection (call->mhd);
    }
  g_mutex_unlock (&server->mutex);
  if (taken)
    (void) g_thread_pool_push (server->pool, call, NULL);
  return taken;
}

/* --- what the library calls --- */

static SlCall *
call_new (SlServer *server, struct MHD_Connection *mhd, const char *url, const char *method)
{
  SlCall *call = g_new0 (SlCall, 1);
  *call = (SlCall) { .server = server, .mhd = mhd, .references = 1, .method = g_strdup (method),
                     .url = g_strdup (url), .headers = sl_sync_headers_new (), .path = G_MAXUINT,
                     .start_us = g_get_monotonic_time () };
  call->connection = MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  call->link.data = call;
  g_mutex_lock (&server->mutex);
  g_queue_push_tail_link (&server->calls, &call->link);
  g_mutex_unlock (&server->mutex);
  return call;
}

static enum MHD_Result
send_refusal (SlCall *call, gboolean last)
{
  return call->early != NULL ? send_answer (call, call->early, last)
                             : send_error (call, call->refused, call->why, last);
}

/* The body may come, or is refused. */
static enum MHD_Result
expect_body (SlCall *call)
{
  gint64 length = call->length_bytes;
  prepare_body (call, length);
  if (length == 0)
    {
      sl_connection_enter (call->connection, SL_PHASE_WORK, 0);
      return MHD_YES;
    }
  gboolean asks_first = MHD_lookup_connection_value (call->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT) != NULL;
  if (call->refused != SL_SYNC_OK && (asks_first || length > DRAIN_MAX_BYTES))
    return send_refusal (call, TRUE);
  sl_connection_enter (call->connection, SL_PHASE_BODY, 0);
  return MHD_YES;
}

/* The headers are there. */
static enum MHD_Result
begin (SlCall *call)
{
  gboolean clear = read_headers (call);
  find_route (call);
  call->length_bytes = declared_length (call);
  if (!clear)
    return send_error (call, call->refused, call->why, TRUE);
  gboolean too_large = call->route != NULL && call->length_bytes > call->route->body_max_bytes;
  if (call->refused != SL_SYNC_OK || !call->route->checks_first || call->options || call->length_bytes == 0
      || too_large)
    return expect_body (call);
  sl_connection_enter (call->connection, SL_PHASE_WORK, 0);
  if (hand_over (call, CHECK))
    return MHD_YES;
  refuse (call, SL_SYNC_BUSY, "The hub is busy.");
  return expect_body (call);
}

/* A worker has looked at them. */
static enum MHD_Result
go_on (SlCall *call)
{
  g_mutex_lock (&call->server->mutex);
  call->state = COLLECTING;
  g_mutex_unlock (&call->server->mutex);
  if (call->early != NULL)
    refuse (call, call->early->code, "");
  return expect_body (call);
}

/* A part of the body. A refused one is read to its end and thrown away, so that whoever sends it comes to reading. */
static enum MHD_Result
take (SlCall *call, const char *data, gsize length)
{
  call->received_bytes += length;
  sl_connection_progress (call->connection, length);
  if (call->refused == SL_SYNC_OK && !sl_body_append (call->body, data, length, &call->refused, &call->why))
    g_clear_pointer (&call->body, sl_body_free);
  if (call->refused != SL_SYNC_OK && call->received_bytes > DRAIN_MAX_BYTES)
    {
      note_answer (call, call->refused, sl_sync_code_status (call->refused), 0);
      set_answered (call);
      sl_connection_break (call->connection, call->refused, call->why);
      return MHD_NO;
    }
  if (call->refused == SL_SYNC_OK && sl_body_wants_flush (call->body) && !hand_over (call, FLUSH))
    {
      refuse (call, SL_SYNC_BUSY, "The hub is busy.");
      g_clear_pointer (&call->body, sl_body_free);
    }
  return MHD_YES;
}

/* The whole request is there. */
static enum MHD_Result
finish (SlCall *call)
{
  if (call->refused != SL_SYNC_OK)
    return send_refusal (call, FALSE);
  if (call->options)
    return send_options (call);
  sl_connection_enter (call->connection, SL_PHASE_WORK, 0);
  return hand_over (call, ANSWER) ? MHD_YES : send_error (call, SL_SYNC_BUSY, "The hub is busy.", FALSE);
}

/**
 * sl_server_on_request:
 *
 * The library's access handler: first with the headers, then with each part of the body, at last with nothing; once
 * more after a worker has woken the connection. On the thread of the connection; never waits.
 *
 * Returns: %MHD_NO to end the connection
 */
enum MHD_Result
sl_server_on_request (void *user_data, struct MHD_Connection *connection, const char *url, const char *method,
                      const char *version, const char *upload_data, size_t *upload_size, void **call_data)
{
  SlServer *server = user_data;
  SlCall *call = *call_data;
  if (call == NULL)
    {
      *call_data = call = call_new (server, connection, url, method);
      return begin (call);
    }
  g_mutex_lock (&server->mutex);
  State state = call->state;
  g_mutex_unlock (&server->mutex);
  if (state == CHECKED) /* the library comes once more with the headers */
    return go_on (call);
  if (*upload_size > 0 && state == COLLECTING)
    {
      gsize length = *upload_size;
      *upload_size = 0;
      return take (call, upload_data, length);
    }
  switch (state)
    {
    case COLLECTING:
      return finish (call);
    case READY:
      if (*upload_size > 0)   /* given up in the middle of its body */
        return MHD_NO;
      return call->answer != NULL ? send_answer (call, call->answer, FALSE) : send_stream (call);
    case WORKING:
    case CHECKED:
    case ANSWERED:
      break;
    }
  return MHD_YES;
}

/**
 * sl_server_on_first_line:
 *
 * The library has read the first line of a request: from here on its headers have their own time.
 *
 * Returns: %NULL: there is no call yet
 */
void *
sl_server_on_first_line (void *user_data, const char *uri, struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  if (info != NULL && info->socket_context != NULL)
    sl_connection_enter_headers (info->socket_context);
  return NULL;
}

/**
 * sl_server_on_ended:
 *
 * The library is done with a request, however it ended.
 */
void
sl_server_on_ended (void *user_data, struct MHD_Connection *connection, void **call_data,
                    enum MHD_RequestTerminationCode how)
{
  SlServer *server = user_data;
  SlCall *call = *call_data;
  *call_data = NULL;
  if (call == NULL)
    return;
  if (call->state != ANSWERED && sl_connection_is_cut (call->connection))
    note_answer (call, SL_SYNC_TOO_SLOW, sl_sync_code_status (SL_SYNC_TOO_SLOW), 0);
  sl_connection_enter (call->connection, SL_PHASE_IDLE, 0);
  g_mutex_lock (&server->mutex);
  g_queue_unlink (&server->calls, &call->link);
  server->answer_bytes -= call->answer_bytes;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->mutex);
  call_unref (call);
}
