/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-store"

#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lock is flock() on one file, which belongs to an open file description: so two stores of one process exclude one
 * another, and a process that dies lets go. flock() alone has no order: who lets go and at once asks again mostly wins
 * against those that are being woken. So there is a queue before it, a lock of its own on the same descriptor (an open
 * file description lock, fcntl(2)): who waits for the flock() holds the queue, and whoever had the flock() last must
 * pass the queue to ask again. */
struct _SlStoreLock
{
  char *path;
  int fd; /* -1: not open */
  gboolean held;
};

/* Shared by a caller that waits and the thread that blocks for it on a descriptor of its own. */
typedef struct {
  gatomicrefcount refs;
  GMutex mutex;
  GCond cond;
  int fd;
  int failure; /* errno of the thread's call */
  gboolean done;
} Waiter;

static void
waiter_unref (Waiter *waiter)
{
  if (!g_atomic_ref_count_dec (&waiter->refs))
    return;
  if (waiter->fd >= 0)
    close (waiter->fd);
  g_mutex_clear (&waiter->mutex);
  g_cond_clear (&waiter->cond);
  g_free (waiter);
}

static int
open_lock_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    sl_store_set_errno_error (error, errno, "opening", path);
  return fd;
}

static int
call_queue (int fd, int command, short type)
{
  struct flock queue = { .l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
  int rc;
  do
    rc = fcntl (fd, command, &queue);
  while (rc != 0 && errno == EINTR);
  return rc == 0 ? 0 : errno;
}

static int
call_flock (int fd, int operation)
{
  int rc;
  do
    rc = flock (fd, operation);
  while (rc != 0 && errno == EINTR);
  return rc == 0 ? 0 : errno;
}

/* Takes queue and lock, blocking or not. 0, or an errno (EWOULDBLOCK, EAGAIN, EACCES: taken by somebody). */
static int
take (int fd, gboolean block)
{
  int failure = call_queue (fd, block ? F_OFD_SETLKW : F_OFD_SETLK, F_WRLCK);
  if (failure != 0)
    return failure;
  failure = call_flock (fd, block ? LOCK_EX : LOCK_EX | LOCK_NB);
  (void) call_queue (fd, F_OFD_SETLK, F_UNLCK); /* letting go of a lock that is held does not fail */
  return failure;
}

static gpointer
wait_for_lock (gpointer data)
{
  Waiter *waiter = data;
  int failure = take (waiter->fd, TRUE);
  g_mutex_lock (&waiter->mutex);
  waiter->failure = failure;
  waiter->done = TRUE;
  g_cond_signal (&waiter->cond);
  g_mutex_unlock (&waiter->mutex);
  waiter_unref (waiter); /* where nobody waits any more, this lets go of the lock that has just come */
  return NULL;
}

static gboolean
set_busy (GError **error, gint64 wait_ms)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BUSY,
               "another program held the writer lock for more than %" G_GINT64_FORMAT " ms", wait_ms);
  return FALSE;
}

/* Queues for the lock with a thread that may block. The descriptor that holds it replaces the lock's own. */
static gboolean
wait_in_queue (SlStoreLock *self, gint64 wait_ms, GError **error)
{
  if (wait_ms == 0)
    return set_busy (error, wait_ms);
  int fd = open_lock_file (self->path, error);
  if (fd < 0)
    return FALSE;
  Waiter *waiter = g_new0 (Waiter, 1);
  g_atomic_ref_count_init (&waiter->refs);
  g_atomic_ref_count_inc (&waiter->refs);
  g_mutex_init (&waiter->mutex);
  g_cond_init (&waiter->cond);
  waiter->fd = fd;
  g_thread_unref (g_thread_new ("writer-lock", wait_for_lock, waiter));

  /* GLib's timed wait also ends under a clock that is faked or stands still. */
  gint64 end_us = g_get_monotonic_time () + wait_ms * 1000;
  gboolean in_time = TRUE;
  g_mutex_lock (&waiter->mutex);
  while (!waiter->done && in_time)
    in_time = g_cond_wait_until (&waiter->cond, &waiter->mutex, end_us);
  gboolean taken = waiter->done && waiter->failure == 0;
  int failure = waiter->done ? waiter->failure : 0;
  if (taken)
    {
      close (self->fd);
      self->fd = waiter->fd;
      waiter->fd = -1;
    }
  g_mutex_unlock (&waiter->mutex);
  waiter_unref (waiter);

  if (taken)
    return TRUE;
  if (failure == 0)
    return set_busy (error, wait_ms);
  sl_store_set_errno_error (error, failure, "locking", self->path);
  return FALSE;
}

/* A lock file that somebody has removed locks out nobody: those who come later make a new one. */
static gboolean
file_is_removed (int fd)
{
  struct stat info;
  return fstat (fd, &info) == 0 && info.st_nlink == 0;
}

/**
 * sl_store_lock_new:
 * @path: the lock file; made where there is none
 * @error: return location
 *
 * Returns: (transfer full): the lock, not yet taken; %NULL with %SL_ERROR_READ_ONLY, %SL_ERROR_DISK_FULL,
 *   %SL_ERROR_NO_STUDIO (no such directory) or %SL_ERROR_STORAGE
 */
SlStoreLock *
sl_store_lock_new (const char *path, GError **error)
{
  int fd = open_lock_file (path, error);
  if (fd < 0)
    return NULL;
  SlStoreLock *self = g_new0 (SlStoreLock, 1);
  self->path = g_strdup (path);
  self->fd = fd;
  return self;
}

/**
 * sl_store_lock_free:
 * @lock: (nullable) (transfer full): a lock; let go of where it is held
 */
void
sl_store_lock_free (SlStoreLock *lock)
{
  if (lock == NULL)
    return;
  if (lock->held)
    sl_store_lock_release (lock);
  if (lock->fd >= 0)
    close (lock->fd);
  g_free (lock->path);
  g_free (lock);
}

/**
 * sl_store_lock_acquire:
 * @lock: a lock that is not held
 * @wait_ms: how long to queue for it at most; 0 not at all
 * @error: return location
 *
 * Takes the lock at once where it is free, else queues behind those who came before. Blocks the calling thread.
 *
 * Returns: %FALSE with %SL_ERROR_BUSY after @wait_ms; with %SL_ERROR_STORAGE and its like where the file cannot be
 *   locked
 */
gboolean
sl_store_lock_acquire (SlStoreLock *lock, gint64 wait_ms, GError **error)
{
  g_assert (!lock->held);
  for (;;)
    {
      int failure = take (lock->fd, FALSE);
      if (failure == EWOULDBLOCK || failure == EACCES)
        {
          if (!wait_in_queue (lock, wait_ms, error))
            return FALSE;
        }
      else if (failure != 0)
        {
          sl_store_set_errno_error (error, failure, "locking", lock->path);
          return FALSE;
        }
      if (!file_is_removed (lock->fd))
        break;
      int fd = open_lock_file (lock->path, error);
      if (fd < 0)
        return FALSE;
      close (lock->fd);
      lock->fd = fd;
    }
  lock->held = TRUE;
  return TRUE;
}

/**
 * sl_store_lock_release:
 * @lock: a lock that is held
 *
 * Let go by name, not by closing: a child process between fork and exec may still share the descriptor.
 */
void
sl_store_lock_release (SlStoreLock *lock)
{
  g_assert (lock->held);
  lock->held = FALSE;
  (void) call_flock (lock->fd, LOCK_UN); /* cannot fail on an open descriptor */
}

/**
 * sl_store_lock_is_awaited:
 * @lock: a lock that is held
 *
 * Returns: whether somebody queues for it at this moment
 */
gboolean
sl_store_lock_is_awaited (SlStoreLock *lock)
{
  struct flock queue = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
  g_assert (lock->held);
  return fcntl (lock->fd, F_OFD_GETLK, &queue) == 0 && queue.l_type != F_UNLCK;
}
