/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pg-listener"

#include "hub/pg-listener.h"

#include "core/error.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS 5000
/* How long news can take that nobody told; and a connection on which nothing comes may be dead without a sign. */
#define ASK_EVERY_MS 30000

struct _SlPgListener
{
  char *uri, *channel, *missed;
  int wake_fd;
  GThread *thread;
  SlPgListenerFunc func;
  gpointer user_data;
  GMutex mutex;       /* of what follows */
  gboolean stop;
  GHashTable *unsaid; /* owned key → owned payload */
};

static void
wake (SlPgListener *self)
{
  (void) eventfd_write (self->wake_fd, 1); /* only a full counter fails, and that wakes too */
}

/* Waits for the socket (-1: for none), for something to say, or for the end: TRUE. */
static gboolean
wait_or_stop (SlPgListener *self, int socket, int wait_ms)
{
  eventfd_t woken;
  struct pollfd polls[] = { { .fd = self->wake_fd, .events = POLLIN }, { .fd = socket, .events = POLLIN } };
  if (poll (polls, G_N_ELEMENTS (polls), MAX (wait_ms, 0)) > 0 && polls[0].revents != 0)
    (void) eventfd_read (self->wake_fd, &woken);
  g_mutex_lock (&self->mutex);
  gboolean stop = self->stop;
  g_mutex_unlock (&self->mutex);
  return stop;
}

/* All that is unsaid, as statements; NULL: nothing. */
static char *
take_unsaid (SlPgListener *self)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  GHashTableIter iter;
  gpointer payload;
  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->unsaid);
  while (g_hash_table_iter_next (&iter, NULL, &payload))
    {
      g_string_append_printf (sql, "NOTIFY %s, '%s';", self->channel, (const char *) payload);
      g_hash_table_iter_remove (&iter);
    }
  g_mutex_unlock (&self->mutex);
  return sql->len > 0 ? g_string_free (g_steal_pointer (&sql), FALSE) : NULL;
}

/* One transaction for all of it. It writes nothing, so it waits for no disk. */
static gboolean
say_all (SlPgListener *self, SlPg *pg)
{
  g_autofree char *sql = take_unsaid (self);
  g_autoptr (PGresult) result = sql != NULL ? sl_pg_exec (pg, sql, NULL) : NULL;
  return sql == NULL || result != NULL; /* what was lost here the others ask for */
}

static void
tell_all (SlPgListener *self, PGconn *conn)
{
  for (PGnotify *notify = PQnotifies (conn); notify != NULL; notify = PQnotifies (conn))
    {
      self->func (notify->extra, self->user_data);
      PQfreemem (notify);
    }
}

static gboolean
ask_for_missed (SlPgListener *self, SlPg *pg)
{
  g_autoptr (PGresult) result = sl_pg_exec (pg, self->missed, NULL);
  for (int row = 0; row < PQntuples (result); row++)
    self->func (PQgetvalue (result, row, 0), self->user_data);
  return result != NULL;
}

/* Until the connection breaks (FALSE) or it is time to end. */
static gboolean
listen_on (SlPgListener *self, SlPg *pg)
{
  PGconn *conn = sl_pg_get_conn (pg);
  gint64 ask_at_us = g_get_monotonic_time () + ASK_EVERY_MS * G_GINT64_CONSTANT (1000);
  for (;;)
    {
      if (!say_all (self, pg))
        return FALSE;
      tell_all (self, conn);
      if (wait_or_stop (self, PQsocket (conn), (int) ((ask_at_us - g_get_monotonic_time ()) / 1000)))
        {
          (void) say_all (self, pg); /* the last words */
          return TRUE;
        }
      if (PQconsumeInput (conn) != 1)
        return FALSE;
      if (g_get_monotonic_time () < ask_at_us)
        continue;
      if (!ask_for_missed (self, pg))
        return FALSE;
      ask_at_us = g_get_monotonic_time () + ASK_EVERY_MS * G_GINT64_CONSTANT (1000);
    }
}

static SlPg *
connect_and_listen (SlPgListener *self)
{
  g_autoptr (SlPg) pg = sl_pg_connect (self->uri, SL_PG_STATEMENT_TIMEOUT_MS, NULL, 0, NULL);
  g_autofree char *listen = g_strdup_printf ("LISTEN %s", self->channel);
  g_autoptr (PGresult) listening = pg != NULL ? sl_pg_exec (pg, listen, NULL) : NULL;
  return listening != NULL ? g_steal_pointer (&pg) : NULL;
}

static gpointer
run (gpointer data)
{
  SlPgListener *self = data;
  int retry_ms = RETRY_FIRST_MS;
  do
    {
      g_autoptr (SlPg) pg = connect_and_listen (self);
      if (pg == NULL)
        {
          retry_ms = MIN (retry_ms * 2, RETRY_LAST_MS);
          continue;
        }
      retry_ms = RETRY_FIRST_MS;
      self->func (NULL, self->user_data); /* listening first, then telling: what comes in between comes twice */
      if (listen_on (self, pg))
        return NULL;
    }
  while (!wait_or_stop (self, -1, retry_ms));
  return NULL;
}

/**
 * sl_pg_listener_new:
 * @uri: libpq's connection URI
 * @channel: an SQL identifier
 * @missed: a query of one column with payloads, for what nobody told
 * @func: (scope notified): called on the listener's thread
 * @user_data: for @func
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a listener, which connects by and by; %NULL with %SL_ERROR_STORAGE where the
 *   process has no descriptors left
 */
SlPgListener *
sl_pg_listener_new (const char *uri, const char *channel, const char *missed, SlPgListenerFunc func, gpointer user_data,
                    GError **error)
{
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "eventfd: %s", g_strerror (errno));
      return NULL;
    }
  SlPgListener *self = g_new0 (SlPgListener, 1);
  self->uri = g_strdup (uri);
  self->channel = g_strdup (channel);
  self->missed = g_strdup (missed);
  self->wake_fd = fd;
  g_mutex_init (&self->mutex);
  self->unsaid = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->func = func;
  self->user_data = user_data;
  self->thread = g_thread_new ("pg-listener", run, self);
  return self;
}

/**
 * sl_pg_listener_free:
 * @listener: (nullable) (transfer full): a listener; waits for its thread, for seconds where it is just connecting to a
 *   server that does not answer
 */
void
sl_pg_listener_free (SlPgListener *listener)
{
  if (listener == NULL)
    return;
  g_mutex_lock (&listener->mutex);
  listener->stop = TRUE;
  g_mutex_unlock (&listener->mutex);
  wake (listener);
  g_thread_join (listener->thread);
  close (listener->wake_fd);
  g_hash_table_unref (listener->unsaid);
  g_mutex_clear (&listener->mutex);
  g_free (listener->channel);
  g_free (listener->missed);
  g_free (listener->uri);
  g_free (listener);
}

/**
 * sl_pg_listener_say:
 * @listener: a listener
 * @key: what it is about
 * @payload: what to say of it, without quotes; a payload of the same key that was not said yet is dropped
 *
 * Says it to all that listen, this one too, as soon as there is a connection. Any thread; does not block.
 */
void
sl_pg_listener_say (SlPgListener *listener, const char *key, const char *payload)
{
  g_mutex_lock (&listener->mutex);
  g_hash_table_replace (listener->unsaid, g_strdup (key), g_strdup (payload));
  g_mutex_unlock (&listener->mutex);
  wake (listener);
}
