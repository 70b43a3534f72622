/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-file"

#include "hub/log-file.h"

#include "core/error.h"
#include "hub-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIGRATIONS_PATH "/za/studioloop/hub/sqlite/"
#define READERS_MAX 8                              /* more would only wait for each other's pages */
#define CHECKPOINT_BYTES (4 * SL_STORE_CHECKPOINT_BYTES) /* each costs two syncs and a pause of the readers */
#define ERASE_TRIES 50                             /* another process's readers take milliseconds */
#define ERASE_PAUSE_US (20 * 1000)
/* Changes are seen by the news file; this is for a process that died before it could touch it, and for file systems
 * that tell nothing. */
#define WATCH_EVERY_MS 5000

struct _SlLogFile
{
  char *dir, *news_path;
  SlStore *writer; /* of the group's one lane */
  SlLogGroup *group;
  gint64 checkpoint_at_bytes; /* the lane's: a log beyond this is worth the next try */

  GMutex mutex;               /* of what follows */
  GCond cond;
  GPtrArray *readers;         /* owned SlStore, free to be lent */
  guint n_readers, n_lent;
  gboolean closed;            /* a checkpoint waits for the readers, or is at work */

  GThread *watcher;
  int stop_fd;
  SlLogFileWatchFunc watch;
  gpointer watch_data;
};

typedef struct {
  SlLogJob job;
  SlLogWriteFunc func;
  gpointer data;
  SlLogWriteFlags flags;
  GError *error;
} Write;

static SlStore *
open_store (const char *dir, SlStoreFlags flags, GError **error)
{
  SlStoreSchema schema = { SL_LOG_FILE, SL_LOG_FILE_APPLICATION_ID, sl_hub_schema_get_resource (), MIGRATIONS_PATH };
  g_autoptr (GError) failure = NULL;
  SlStore *store = sl_store_open_schema (dir, flags, &schema, &failure);
  if (store != NULL)
    return store;
  if (failure->code == SL_ERROR_NO_STUDIO) /* the directory vanished */
    failure->code = SL_ERROR_STORAGE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* --- writing: on the thread whose turn it is --- */

static void
fail_all (SlLogJob **jobs, guint n_jobs, const GError *failure)
{
  for (guint i = 0; i < n_jobs; i++)
    {
      Write *write = (Write *) jobs[i];
      g_clear_error (&write->error);
      write->error = g_error_copy (failure);
    }
}

static gboolean
begin (SlLogFile *self, SlLogJob **jobs, guint n_jobs, GError **error)
{
  gboolean relaxed = TRUE;
  for (guint i = 0; i < n_jobs; i++)
    relaxed = relaxed && ((Write *) jobs[i])->flags & SL_LOG_WRITE_RELAXED;
  return relaxed ? sl_store_begin_relaxed (self->writer, error) : sl_store_begin (self->writer, error);
}

/* All in one transaction. FALSE with error: none of them happened. */
static gboolean
write_together (SlLogFile *self, SlLogJob **jobs, guint n_jobs, GError **error)
{
  if (!begin (self, jobs, n_jobs, error))
    return FALSE;
  for (guint i = 0; i < n_jobs; i++)
    {
      Write *write = (Write *) jobs[i];
      g_clear_error (&write->error);
      if (write->func (self->writer, write->data, &write->error)
          || g_error_matches (write->error, SL_ERROR, SL_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&write->error));
      sl_store_rollback (self->writer);
      return FALSE;
    }
  return sl_store_commit (self->writer, error);
}

static void
close_gate (SlLogFile *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  while (self->n_lent > 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
open_gate (SlLogFile *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Empties the log file. Readers would keep it from being begun anew, and it would grow for ever: they wait. */
static gboolean
checkpoint (SlLogFile *self, GError **error)
{
  close_gate (self);
  gboolean done = sl_store_checkpoint (self->writer, error);
  open_gate (self);
  self->checkpoint_at_bytes = sl_store_wal_bytes (self->writer) + CHECKPOINT_BYTES;
  return done;
}

static gboolean
erase_log (SlLogFile *self, GError **error)
{
  for (guint i = 0; i < ERASE_TRIES; i++)
    {
      if (!checkpoint (self, error))
        return FALSE;
      if (sl_store_wal_bytes (self->writer) == 0)
        return TRUE;
      g_usleep (ERASE_PAUSE_US);
    }
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BUSY, "a reader keeps old states of the log store");
  return FALSE;
}

static void
touch_news (SlLogFile *self)
{
  if (utimensat (AT_FDCWD, self->news_path, NULL, 0) != 0)
    g_debug ("%s: %s", self->news_path, g_strerror (errno)); /* others look by themselves too, later */
}

/* What follows the commit for whom it concerns. */
static void
follow_up (SlLogFile *self, SlLogJob **jobs, guint n_jobs)
{
  g_autoptr (GError) failure = NULL;
  gboolean erase = FALSE, news = FALSE;
  for (guint i = 0; i < n_jobs; i++)
    {
      Write *write = (Write *) jobs[i];
      erase = erase || (write->error == NULL && write->flags & SL_LOG_WRITE_ERASE);
      news = news || (write->error == NULL && write->flags & SL_LOG_WRITE_NEWS);
    }
  if (news)
    touch_news (self);
  if (erase && !erase_log (self, &failure))
    {
      for (guint i = 0; i < n_jobs; i++)
        if (((Write *) jobs[i])->flags & SL_LOG_WRITE_ERASE)
          fail_all (&jobs[i], 1, failure);
      return;
    }
  if (sl_store_wal_bytes (self->writer) > self->checkpoint_at_bytes && !checkpoint (self, &failure))
    g_message ("the log store was not tidied up: %s", failure->message); /* what was committed stands */
}

static void
take_turn (SlLogJob **jobs, guint n_jobs, gpointer user_data)
{
  SlLogFile *self = user_data;
  g_autoptr (GError) failure = NULL;
  if (!write_together (self, jobs, n_jobs, &failure))
    {
      fail_all (jobs, n_jobs, failure);
      /* One that cannot be written, or is too large for the disk, must not keep the others from it. */
      for (guint i = 0; n_jobs > 1 && failure->code != SL_ERROR_BUSY && i < n_jobs; i++)
        {
          g_autoptr (GError) own = NULL;
          if (!write_together (self, &jobs[i], 1, &own))
            fail_all (&jobs[i], 1, own);
        }
    }
  follow_up (self, jobs, n_jobs);
}

/**
 * sl_log_file_write:
 * @file: a file
 * @func: (scope call): what is to be written
 * @data: for @func
 * @flags: how
 * @bytes: of what it writes, roughly
 * @error: return location
 *
 * Has @func run in a write transaction, together with what other threads wait to write, and returns after its commit.
 *
 * Returns: %FALSE with the failure of @func or the commit; with %SL_LOG_WRITE_ERASE also %SL_ERROR_BUSY: it is
 *   committed, and the log file holds what was deleted
 */
gboolean
sl_log_file_write (SlLogFile *file, SlLogWriteFunc func, gpointer data, SlLogWriteFlags flags, gsize bytes,
                   GError **error)
{
  Write write = { .job = { .bytes = bytes }, .func = func, .data = data, .flags = flags };
  sl_log_group_run (file->group, &write.job);
  if (write.error == NULL)
    return TRUE;
  g_propagate_error (error, write.error);
  return FALSE;
}

/* --- reading --- */

static SlStore *
lend_reader (SlLogFile *self, GError **error)
{
  SlStore *store = NULL;
  g_mutex_lock (&self->mutex);
  while (self->closed || (self->readers->len == 0 && self->n_readers == READERS_MAX))
    g_cond_wait (&self->cond, &self->mutex);
  self->n_lent++;
  if (self->readers->len > 0)
    store = g_ptr_array_steal_index_fast (self->readers, self->readers->len - 1);
  else
    self->n_readers++;
  g_mutex_unlock (&self->mutex);
  return store != NULL ? store : open_store (self->dir, SL_STORE_READ_ONLY, error);
}

/* store: NULL: it could not be opened. */
static void
take_back (SlLogFile *self, SlStore *store)
{
  g_mutex_lock (&self->mutex);
  self->n_lent--;
  if (store != NULL)
    g_ptr_array_add (self->readers, store);
  else
    self->n_readers--;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/**
 * sl_log_file_begin_read:
 * @file: a file
 * @error: return location
 *
 * Waits while a checkpoint is at work, and while all readers are lent.
 *
 * Returns: (transfer none) (nullable): a store for queries of one state, to be given to sl_log_file_end_read()
 */
SlStore *
sl_log_file_begin_read (SlLogFile *file, GError **error)
{
  SlStore *store = lend_reader (file, error);
  if (store != NULL && sl_store_begin_read (store, error))
    return store;
  take_back (file, store);
  return NULL;
}

/**
 * sl_log_file_end_read:
 * @file: a file
 * @store: what sl_log_file_begin_read() gave
 */
void
sl_log_file_end_read (SlLogFile *file, SlStore *store)
{
  sl_store_end_read (store);
  take_back (file, store);
}

/* --- watching --- */

static void
drain (int fd)
{
  char events[4096];
  while (read (fd, events, sizeof events) > 0)
    ;
}

static gpointer
watch (gpointer data)
{
  SlLogFile *self = data;
  int fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC); /* -1: it looks now and then all the same */
  if (fd >= 0 && inotify_add_watch (fd, self->news_path, IN_ATTRIB) < 0)
    g_debug ("%s is not watched: %s", self->news_path, g_strerror (errno));
  struct pollfd polls[] = { { .fd = self->stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
  do
    {
      self->watch (self->watch_data);
      (void) poll (polls, G_N_ELEMENTS (polls), WATCH_EVERY_MS); /* EINTR: one look too many */
      if (fd >= 0)
        drain (fd);
    }
  while (polls[0].revents == 0);
  if (fd >= 0)
    close (fd);
  return NULL;
}

/**
 * sl_log_file_watch:
 * @file: a file that is not watched yet
 * @func: (scope notified): called once at the beginning, then when another process or this one has written with
 *   %SL_LOG_WRITE_NEWS, and now and then; on a thread of its own
 * @user_data: for @func
 */
void
sl_log_file_watch (SlLogFile *file, SlLogFileWatchFunc func, gpointer user_data)
{
  g_assert (file->watcher == NULL);
  file->watch = func;
  file->watch_data = user_data;
  file->watcher = g_thread_new ("log-file-news", watch, file);
}

static gboolean
set_up (SlLogFile *self, GError **error)
{
  if (g_mkdir_with_parents (self->dir, 0700) != 0)
    {
      g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "making %s: %s", self->dir,
                   g_strerror (errno));
      return FALSE;
    }
  self->writer = open_store (self->dir, SL_STORE_CREATE, error);
  if (self->writer == NULL)
    return FALSE;
  int fd = open (self->news_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "making %s: %s",
                   self->news_path, g_strerror (errno));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

/**
 * sl_log_file_open:
 * @dir: the directory; made where there is none
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the file, with its schema up to date; failures as sl_store_open()
 */
SlLogFile *
sl_log_file_open (const char *dir, GError **error)
{
  g_autoptr (SlLogFile) self = g_new0 (SlLogFile, 1);
  self->dir = g_canonicalize_filename (dir, NULL);
  self->news_path = g_build_filename (self->dir, SL_LOG_FILE_NEWS, NULL);
  self->group = sl_log_group_new (1, take_turn, self);
  self->checkpoint_at_bytes = CHECKPOINT_BYTES;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_store_close);
  self->stop_fd = eventfd (0, EFD_CLOEXEC);
  if (self->stop_fd < 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "eventfd: %s", g_strerror (errno));
      return NULL;
    }
  return set_up (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * sl_log_file_close:
 * @file: (nullable) (transfer full): a file that nobody uses any more
 *
 * Waits for the watching thread.
 */
void
sl_log_file_close (SlLogFile *file)
{
  if (file == NULL)
    return;
  if (file->watcher != NULL)
    {
      (void) eventfd_write (file->stop_fd, 1); /* cannot fail on a fresh counter */
      g_thread_join (file->watcher);
    }
  if (file->stop_fd >= 0)
    close (file->stop_fd);
  g_ptr_array_unref (file->readers);
  if (file->writer != NULL && sl_store_wal_bytes (file->writer) > SL_STORE_CHECKPOINT_BYTES)
    {
      g_autoptr (GError) failure = NULL;
      if (!sl_store_checkpoint (file->writer, &failure))
        g_message ("the log store was not tidied up: %s", failure->message);
    }
  sl_store_close (file->writer);
  sl_log_group_free (file->group);
  g_mutex_clear (&file->mutex);
  g_cond_clear (&file->cond);
  g_free (file->news_path);
  g_free (file->dir);
  g_free (file);
}
