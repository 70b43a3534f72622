/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-listeners"

#include "hub-listeners.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http-line.h"

#define CONNECTORS 8             /* threads that connect streams */
#define GIVE_UP_US (30 * G_USEC_PER_SEC)
#define TRY_AGAIN_US 50000       /* a device has just joined, and the hub's replica has not taken it yet */
#define DRAIN_MS 50
#define BYTE_US 100000           /* between two bytes of a slow client */

typedef struct {
  CrowdDevice *device;
  HttpLine *line;
  guint64 heard;
} Stream;

struct _Listeners {
  LoadServer *hub;
  GArray *streams;               /* of Stream */
  const CrowdStudio *expected;   /* (nullable) */
  gint next;                     /* atomic: which is to be connected */
  GThread *drain;                /* (nullable) */
  gint stopping;                 /* atomic */
};

void
listeners_join (Crowd *crowd, LoadServer *hub, guint n_devices)
{
  g_autoptr (HttpLine) line = http_line_new (hub->port);
  for (guint i = 0; i < crowd->studios->len; i++)
    {
      CrowdStudio *studio = crowd->studios->pdata[i];
      if (studio->devices->len >= n_devices)
        continue;
      g_autoptr (GBytes) body = crowd_write_joins (crowd, studio, n_devices - studio->devices->len);
      g_autoptr (GBytes) request = crowd_write_request (&studio->founder, "POST", "/v1/sync", body);
      g_autoptr (GBytes) answer = NULL;
      http_line_send (line, request);
      if (http_line_read (line, &answer) != 200 || !crowd_take_answer (&studio->founder, answer))
        g_error ("devices could not join");
    }
}

/* --- connecting --- */

static gboolean
connect_once (Listeners *self, Stream *stream)
{
  g_autoptr (GBytes) request = crowd_write_request (stream->device, "GET", "/v1/events", NULL);
  gsize length;
  stream->line = http_line_new (self->hub->port);
  http_line_send (stream->line, request);
  int status = http_line_read_head (stream->line, &length);
  if (status == 200)
    return TRUE;
  g_clear_pointer (&stream->line, http_line_free);
  if (status != 403)
    g_error ("a stream: %d", status);
  return FALSE;
}

static gpointer
connect_some (gpointer data)
{
  Listeners *self = data;
  gint64 end_us = g_get_monotonic_time () + GIVE_UP_US;
  for (guint i = (guint) g_atomic_int_add (&self->next, 1); i < self->streams->len;
       i = (guint) g_atomic_int_add (&self->next, 1))
    while (!connect_once (self, &g_array_index (self->streams, Stream, i)))
      {
        if (g_get_monotonic_time () > end_us)
          g_error ("a device that has joined is not known");
        g_usleep (TRY_AGAIN_US);
      }
  return NULL;
}

Listeners *
listeners_new (Crowd *crowd, LoadServer *hub, guint n_per_studio, guint n_per_device)
{
  Listeners *self = g_new0 (Listeners, 1);
  GThread *threads[CONNECTORS];
  self->hub = hub;
  self->streams = g_array_new (FALSE, TRUE, sizeof (Stream));
  for (guint i = 0; i < crowd->studios->len; i++)
    {
      const CrowdStudio *studio = crowd->studios->pdata[i];
      for (guint j = 0; j < n_per_studio; j++)
        {
          Stream stream = { .device = studio->devices->pdata[j / n_per_device] };
          g_array_append_val (self->streams, stream);
        }
    }
  for (guint i = 0; i < CONNECTORS; i++)
    threads[i] = g_thread_new ("connect", connect_some, self);
  for (guint i = 0; i < CONNECTORS; i++)
    (void) g_thread_join (threads[i]);
  return self;
}

void
listeners_free (Listeners *listeners)
{
  for (guint i = 0; i < listeners->streams->len; i++)
    http_line_free (g_array_index (listeners->streams, Stream, i).line);
  g_array_unref (listeners->streams);
  g_free (listeners);
}

guint
listeners_count (const Listeners *listeners)
{
  return listeners->streams->len;
}

/* --- news --- */

/* FALSE: the server has ended it. */
static gboolean
read_events (Stream *stream)
{
  char text[4096];
  ssize_t n;
  while ((n = recv (stream->line->fd, text, sizeof text, MSG_DONTWAIT)) > 0)
    g_byte_array_append (stream->line->rest, (const guint8 *) text, (guint) n);
  GByteArray *rest = stream->line->rest;
  const char *end;
  while ((end = memchr (rest->data, '\n', rest->len)) != NULL)
    {
      gsize length = (gsize) (end - (const char *) rest->data) + 1;
      if (length > 6 && memcmp (rest->data, "data: ", 6) == 0)
        stream->heard = MAX (stream->heard, g_ascii_strtoull ((const char *) rest->data + 6, NULL, 10));
      g_byte_array_remove_range (rest, 0, (guint) length);
    }
  return n != 0;
}

void
listeners_expect (Listeners *listeners, CrowdStudio *studio)
{
  listeners->expected = studio;
  for (guint i = 0; i < listeners->streams->len; i++)
    {
      Stream *stream = &g_array_index (listeners->streams, Stream, i);
      if (stream->device->studio == studio && !read_events (stream))
        g_error ("a stream has ended");
    }
}

gint64
listeners_wait (Listeners *listeners, guint64 head, guint *out_reached)
{
  g_autoptr (GArray) polled = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  gint64 end_us = g_get_monotonic_time () + GIVE_UP_US;
  for (guint i = 0; i < listeners->streams->len; i++)
    if (g_array_index (listeners->streams, Stream, i).device->studio == listeners->expected)
      g_ptr_array_add (waiting, &g_array_index (listeners->streams, Stream, i));
  *out_reached = waiting->len;
  while (waiting->len > 0)
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("news did not come to %u streams", waiting->len);
      g_array_set_size (polled, 0);
      for (guint i = waiting->len; i > 0; i--)
        {
          Stream *stream = waiting->pdata[i - 1];
          (void) read_events (stream);
          struct pollfd one = { .fd = stream->line->fd, .events = POLLIN };
          if (stream->heard >= head)
            g_ptr_array_remove_index_fast (waiting, i - 1);
          else
            g_array_append_val (polled, one);
        }
      if (waiting->len > 0)
        (void) poll ((struct pollfd *) polled->data, polled->len, 1000);
    }
  return g_get_monotonic_time ();
}

static gpointer
drain (gpointer data)
{
  Listeners *self = data;
  g_autoptr (GArray) polled = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  g_array_set_size (polled, self->streams->len);
  while (!g_atomic_int_get (&self->stopping))
    {
      for (guint i = 0; i < self->streams->len; i++)
        g_array_index (polled, struct pollfd, i)
            = (struct pollfd){ .fd = g_array_index (self->streams, Stream, i).line->fd, .events = POLLIN };
      if (poll ((struct pollfd *) polled->data, polled->len, DRAIN_MS) <= 0)
        continue;
      for (guint i = 0; i < self->streams->len; i++)
        if (g_array_index (polled, struct pollfd, i).revents != 0
            && !read_events (&g_array_index (self->streams, Stream, i)))
          g_error ("a stream has ended");
      g_usleep (DRAIN_MS * 1000 / 10); /* what reads must not take what the server needs */
    }
  return NULL;
}

void
listeners_drain (Listeners *listeners)
{
  listeners->drain = g_thread_new ("drain", drain, listeners);
}

void
listeners_stop (Listeners *listeners)
{
  g_atomic_int_set (&listeners->stopping, 1);
  g_clear_pointer (&listeners->drain, g_thread_join);
}

/* --- slow ones --- */

struct _SlowClients {
  LoadServer *server;
  GPtrArray *lines;              /* of HttpLine */
  GThread *thread;
  gint stopping;                 /* atomic */
};

static gpointer
be_slow (gpointer data)
{
  static const char words[] = "POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
  SlowClients *self = data;
  for (guint round = 0; !g_atomic_int_get (&self->stopping); round++)
    {
      char byte = round < strlen (words) ? words[round] : 'x';
      for (guint i = 0; i < self->lines->len; i++)
        {
          HttpLine *line = self->lines->pdata[i];
          if (send (line->fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
            continue;
          http_line_free (line);
          self->lines->pdata[i] = http_line_new (self->server->port);
        }
      g_usleep (BYTE_US);
    }
  return NULL;
}

SlowClients *
slow_clients_new (LoadServer *server, guint n_clients)
{
  SlowClients *self = g_new0 (SlowClients, 1);
  self->server = server;
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) http_line_free);
  for (guint i = 0; i < n_clients; i++)
    g_ptr_array_add (self->lines, http_line_new (server->port));
  self->thread = g_thread_new ("slow", be_slow, self);
  return self;
}

void
slow_clients_stop (SlowClients *clients)
{
  g_atomic_int_set (&clients->stopping, 1);
  g_clear_pointer (&clients->thread, g_thread_join);
}

void
slow_clients_free (SlowClients *clients)
{
  if (clients->thread != NULL)
    slow_clients_stop (clients);
  g_ptr_array_unref (clients->lines);
  g_free (clients);
}
