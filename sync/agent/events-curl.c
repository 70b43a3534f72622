/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-events-curl"

#include "agent/events-curl.h"

#include <curl/curl.h>
#include <string.h>

#define LINE_MAX_BYTES 1024 /* the longest of ours has some 30 */

struct _SlEvents {
  char *url, *ca_file, *pins;
  GMainContext *context;
  SlEventsFunc func;
  gpointer user_data;
  GThread *thread;
  GAsyncQueue *requests;   /* of SlSyncRequest; itself: the end */
  gint stopping;           /* atomic */
  SlEventsClock now_us;    /* (nullable) */
  gpointer clock_data;
  gint alive;              /* of references: the thread's notes may be on their way when it ends */
  /* the thread's */
  GString *line;
  SlEventLine state;
  gboolean open;
  gint64 heard_us;         /* when the last byte came */
  CURL *easy;
};

typedef struct {
  SlEvents *events;
  SlEventsKind kind;
  guint64 head;
} Note;

/* --- the stream: text/event-stream of the HTML standard, section 9.2, as far as hubs speak it --- */

/**
 * sl_event_line:
 * @state: (inout): all zero at first
 * @line: one line, without its break
 * @out_head: (out): how far the log has grown
 *
 * Returns: whether the line ended an event with news
 */
gboolean
sl_event_line (SlEventLine *state, const char *line, guint64 *out_head)
{
  if (*line == '\0')
    {
      gboolean news = state->is_news && state->has_head;
      *out_head = state->head;
      *state = (SlEventLine){ 0 };
      return news;
    }
  if (g_str_has_prefix (line, "event:"))
    state->is_news = strcmp (line + 6 + (line[6] == ' '), "news") == 0;
  else if (g_str_has_prefix (line, "data:"))
    state->has_head = g_ascii_string_to_unsigned (line + 5 + (line[5] == ' '), 10, 0, G_MAXINT64, &state->head, NULL);
  return FALSE;
}

static gboolean
on_note (gpointer user_data)
{
  Note *note = user_data;
  if (!g_atomic_int_get (&note->events->stopping))
    note->events->func (note->kind, note->head, note->events->user_data);
  return G_SOURCE_REMOVE;
}

static void
events_unref (SlEvents *self)
{
  if (!g_atomic_int_dec_and_test (&self->alive))
    return;
  g_async_queue_unref (self->requests);
  g_free (self->url);
  g_free (self->ca_file);
  g_free (self->pins);
  g_free (self);
}

static void
note_free (gpointer user_data)
{
  Note *note = user_data;
  events_unref (note->events);
  g_free (note);
}

static void
tell (SlEvents *self, SlEventsKind kind, guint64 head)
{
  Note *note = g_new (Note, 1);
  *note = (Note){ self, kind, head };
  g_atomic_int_inc (&self->alive);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, on_note, note, note_free);
}

static void
take_byte (SlEvents *self, char byte)
{
  guint64 head;
  if (byte == '\r')
    return;
  if (byte != '\n')
    {
      g_string_append_c (self->line, byte);
      return;
    }
  if (self->line->str[0] == ':') /* a comment */
    tell (self, SL_EVENTS_ALIVE, 0);
  else if (sl_event_line (&self->state, self->line->str, &head))
    tell (self, SL_EVENTS_NEWS, head);
  g_string_truncate (self->line, 0);
}

static gint64
clock_us (SlEvents *self)
{
  return self->now_us != NULL ? self->now_us (self->clock_data) : g_get_monotonic_time ();
}

static size_t
on_data (char *data, size_t size, size_t count, void *user_data)
{
  SlEvents *self = user_data;
  long status = 0;
  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200)
    return 0;
  self->heard_us = clock_us (self);
  if (!self->open)
    {
      self->open = TRUE;
      tell (self, SL_EVENTS_OPEN, 0);
    }
  for (gsize i = 0; i < size * count; i++)
    {
      take_byte (self, data[i]);
      if (self->line->len > LINE_MAX_BYTES)
        return 0;
    }
  return size * count;
}

/* Called about once a second, also while nothing comes. */
static int
on_progress (void *user_data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
  SlEvents *self = user_data;
  return g_atomic_int_get (&self->stopping) || clock_us (self) - self->heard_us > SL_EVENTS_SILENCE_S * G_USEC_PER_SEC;
}

static void
listen_once (SlEvents *self, const SlSyncRequest *request)
{
  const SlCurlWhere where = { self->url, self->ca_file, self->pins };
  char message[CURL_ERROR_SIZE] = "";
  curl_easy_reset (self->easy);
  sl_curl_prepare (self->easy, &where, request->path);
  struct curl_slist *headers = sl_curl_header_list (request);
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (self->easy, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt (self->easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (self->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt (self->easy, CURLOPT_XFERINFODATA, self);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, message);
  g_string_truncate (self->line, 0);
  self->state = (SlEventLine){ 0 };
  self->open = FALSE;
  self->heard_us = clock_us (self);
  CURLcode code = curl_easy_perform (self->easy);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, NULL);
  curl_slist_free_all (headers);
  g_debug ("the event stream ended: %s", *message != 0 ? message : curl_easy_strerror (code));
}

static gpointer
run (gpointer user_data)
{
  SlEvents *self = user_data;
  self->line = g_string_new (NULL);
  self->easy = curl_easy_init ();
  for (;;)
    {
      gpointer request = g_async_queue_pop (self->requests);
      if (request == self)
        break;
      listen_once (self, request);
      sl_sync_request_free (request);
      tell (self, SL_EVENTS_CLOSED, 0);
    }
  curl_easy_cleanup (self->easy);
  g_string_free (self->line, TRUE);
  return NULL;
}

/**
 * sl_events_new:
 * @where: the hub; copied
 * @context: (nullable): where @func is called
 * @func: hears of it
 * @user_data: for @func
 *
 * Returns: (transfer full): a listener that has not connected yet
 */
SlEvents *
sl_events_new (const SlCurlWhere *where, GMainContext *context, SlEventsFunc func, gpointer user_data)
{
  g_return_val_if_fail (where != NULL && where->url != NULL && func != NULL, NULL);

  SlEvents *self = g_new0 (SlEvents, 1);
  self->url = g_strdup (where->url);
  self->ca_file = g_strdup (where->ca_file);
  self->pins = g_strdup (where->pins);
  self->context = context;
  self->func = func;
  self->user_data = user_data;
  self->requests = g_async_queue_new ();
  self->alive = 1;
  self->thread = g_thread_new ("events", run, self);
  return self;
}

/**
 * sl_events_set_clock:
 * @events: a listener that has not been told to connect
 * @now_us: (nullable): by which silence is measured, called on the listener's own thread
 * @user_data: for @now_us
 */
void
sl_events_set_clock (SlEvents *events, SlEventsClock now_us, gpointer user_data)
{
  events->now_us = now_us;
  events->clock_data = user_data;
}

/**
 * sl_events_connect:
 * @events: a listener that is not connected
 * @request: (transfer full): GET /v1/events, signed
 *
 * Connects; %SL_EVENTS_CLOSED follows in any case, some time.
 */
void
sl_events_connect (SlEvents *events, SlSyncRequest *request)
{
  g_return_if_fail (events != NULL && request != NULL);

  g_async_queue_push (events->requests, request);
}

/**
 * sl_events_free:
 * @events: (nullable) (transfer full): a listener, on its context's thread: nothing is told afterwards
 */
void
sl_events_free (SlEvents *events)
{
  if (events == NULL)
    return;
  g_atomic_int_set (&events->stopping, 1);
  g_async_queue_push (events->requests, events);
  g_thread_join (events->thread);
  for (gpointer left; (left = g_async_queue_try_pop (events->requests)) != NULL;)
    if (left != events)
      sl_sync_request_free (left);
  events_unref (events);
}
