/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-watch"

#include "agent/watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "store/store.h"

#define WAL_FILE SL_STORE_FILE "-wal"
#define MARK_FILE "mark" /* written when the device's own operations are on the disk: src/oplog/README.md "Identity" */
#define EVENTS_BYTES 4096

struct _SlWatch {
  GMainContext *context;
  SlWatchFunc changed;
  gpointer user_data;
  int fd;
  GSource *source;         /* of fd, or the poll */
  GSource *pending;        /* (nullable): somebody has written, and may go on */
  guint wait_ms;           /* of pending */
};

static void look_in (SlWatch *self, guint wait_ms);

/* The log is written before it is synced, and what is in it shows after that. */
static gboolean
on_settled (gpointer user_data)
{
  SlWatch *self = user_data;
  g_clear_pointer (&self->pending, g_source_unref);
  if (!self->changed (self->user_data) && self->wait_ms < SL_WATCH_LATE_MS)
    look_in (self, self->wait_ms * 2);
  return G_SOURCE_REMOVE;
}

static void
look_in (SlWatch *self, guint wait_ms)
{
  self->wait_ms = wait_ms;
  self->pending = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->pending, on_settled, self, NULL);
  g_source_attach (self->pending, self->context);
}

static void
note_change (SlWatch *self)
{
  if (self->pending != NULL && self->wait_ms == SL_WATCH_DEBOUNCE_MS)
    return;
  if (self->pending != NULL)
    {
      g_source_destroy (self->pending);
      g_clear_pointer (&self->pending, g_source_unref);
    }
  look_in (self, SL_WATCH_DEBOUNCE_MS);
}

static gboolean
is_ours (const struct inotify_event *event)
{
  return event->len > 0 && (strcmp (event->name, WAL_FILE) == 0 || strcmp (event->name, MARK_FILE) == 0);
}

/* TRUE: one of them is of these files, or there were too many to be kept. */
static gboolean
read_events (int fd)
{
  _Alignas (struct inotify_event) char buffer[EVENTS_BYTES];
  gboolean found = FALSE;
  for (;;)
    {
      gssize got = read (fd, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return found;
      for (const char *at = buffer; at < buffer + got;)
        {
          const struct inotify_event *event = (const struct inotify_event *) at;
          found |= (event->mask & IN_Q_OVERFLOW) != 0 || is_ours (event);
          at += sizeof *event + event->len;
        }
    }
}

static gboolean
on_events (int fd, GIOCondition condition, gpointer user_data)
{
  if (read_events (fd))
    note_change (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_poll (gpointer user_data)
{
  SlWatch *self = user_data;
  (void) self->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * sl_watch_new:
 * @data_dir: the data directory
 * @context: (nullable): where @changed is called
 * @changed: something may have been committed, by this process too
 * @user_data: for @changed
 *
 * Where the system has no inotify left it asks once a second.
 *
 * Returns: (transfer full): the watch, of the context's thread
 */
SlWatch *
sl_watch_new (const char *data_dir, GMainContext *context, SlWatchFunc changed, gpointer user_data)
{
  g_return_val_if_fail (data_dir != NULL && changed != NULL, NULL);

  SlWatch *self = g_new0 (SlWatch, 1);
  self->context = context;
  self->changed = changed;
  self->user_data = user_data;
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd >= 0 && inotify_add_watch (self->fd, data_dir, IN_MODIFY | IN_CREATE) >= 0)
    {
      self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
      g_source_set_callback (self->source, (GSourceFunc) (void (*) (void)) on_events, self, NULL);
    }
  else
    {
      self->source = g_timeout_source_new (SL_WATCH_POLL_MS);
      g_source_set_callback (self->source, on_poll, self, NULL);
    }
  g_source_attach (self->source, context);
  return self;
}

static void
end_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_source_unref (*source);
  *source = NULL;
}

/**
 * sl_watch_free:
 * @watch: (nullable) (transfer full): a watch, on its context's thread
 */
void
sl_watch_free (SlWatch *watch)
{
  if (watch == NULL)
    return;
  end_source (&watch->pending);
  end_source (&watch->source);
  if (watch->fd >= 0)
    (void) close (watch->fd);
  g_free (watch);
}
