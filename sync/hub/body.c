/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-body"

#include "hub/body.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "hub/server-private.h"

#define PART_BYTES (1024 * 1024)         /* what is gathered before it goes to disk */
#define FIRST_BYTES (16 * 1024)          /* most bodies; nobody gets more memory by announcing more */
#define DISK_SPARE_BYTES (G_GINT64_CONSTANT (256) << 20) /* a body never takes the last of a disk that logs may be on */

struct _SlBody {
  SlServer *server;
  int fd;                /* -1: in memory */
  GByteArray *bytes;     /* all of it, or the part that is not on disk yet */
  gint64 max_bytes, length_bytes, counted_bytes;
  SlSyncCode failed;     /* the disk said no */
};

static const char too_large[] = "The body is larger than the path takes.";
static const char no_room[] = "There is no room for a body.";

/* FALSE: all bodies together would take more than they may. */
static gboolean
count_bytes (SlBody *body, gint64 bytes)
{
  SlServer *server = body->server;
  g_mutex_lock (&server->mutex);
  gboolean room = server->body_bytes + bytes <= server->config.limits.body_memory_bytes;
  if (room || bytes < 0)
    {
      server->body_bytes += bytes;
      body->counted_bytes += bytes;
    }
  g_mutex_unlock (&server->mutex);
  return room;
}

static gboolean
take_file (SlServer *server)
{
  g_mutex_lock (&server->mutex);
  gboolean taken = server->files < server->config.limits.files;
  server->files += taken;
  g_mutex_unlock (&server->mutex);
  return taken;
}

static void
give_file_back (SlServer *server)
{
  g_mutex_lock (&server->mutex);
  server->files--;
  g_mutex_unlock (&server->mutex);
}

static gboolean
disk_has_room (int fd, gint64 bytes)
{
  struct statvfs disk;
  return fstatvfs (fd, &disk) != 0 ||
         (guint64) disk.f_bavail >= (guint64) (bytes + DISK_SPARE_BYTES) / MAX (disk.f_frsize, 1);
}

static gboolean
open_file (SlBody *body, gint64 expected_bytes, SlSyncCode *out_code, const char **out_why)
{
  if (!take_file (body->server))
    {
      *out_code = SL_SYNC_BUSY;
      *out_why = "Others send as much at this moment.";
      return FALSE;
    }
  body->fd = open (body->server->config.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (body->fd >= 0 && disk_has_room (body->fd, expected_bytes))
    return TRUE;
  if (body->fd < 0)
    give_file_back (body->server);
  *out_code = SL_SYNC_STORAGE;
  *out_why = no_room;
  return FALSE;
}

/**
 * sl_body_new:
 * @server: whose limits count
 * @max_bytes: more is refused
 * @expected_bytes: what was announced; 0: nothing
 *
 * Returns: (transfer full) (nullable): or %NULL, refused
 */
SlBody *
sl_body_new (SlServer *server, gboolean to_file, gint64 max_bytes, gint64 expected_bytes, SlSyncCode *out_code,
             const char **out_why)
{
  SlBody *body = g_new0 (SlBody, 1);
  *body = (SlBody) { .server = server, .fd = -1, .max_bytes = max_bytes };
  body->bytes = g_byte_array_sized_new (CLAMP (expected_bytes, 0, FIRST_BYTES));
  if (!to_file || open_file (body, expected_bytes, out_code, out_why))
    return body;
  sl_body_free (body);
  return NULL;
}

/**
 * sl_body_free:
 * @body: (nullable):
 *
 * Gives back what the body took. A body that was finished lives on in its bytes.
 */
void
sl_body_free (SlBody *body)
{
  if (body == NULL)
    return;
  if (body->fd >= 0)
    {
      close (body->fd);
      give_file_back (body->server);
    }
  (void) count_bytes (body, -body->counted_bytes);
  g_clear_pointer (&body->bytes, g_byte_array_unref);
  g_free (body);
}

/**
 * sl_body_append:
 *
 * Takes the next bytes, in memory only: on the connection's thread.
 *
 * Returns: %FALSE when it becomes too large, all bodies take too much, or the disk has failed before
 */
gboolean
sl_body_append (SlBody *body, const char *data, gsize length, SlSyncCode *out_code, const char **out_why)
{
  *out_code = body->failed;
  *out_why = no_room;
  if (body->failed != SL_SYNC_OK)
    return FALSE;
  if (body->length_bytes + (gint64) length > body->max_bytes)
    {
      *out_code = SL_SYNC_TOO_LARGE;
      *out_why = too_large;
      return FALSE;
    }
  if (!count_bytes (body, length))
    {
      *out_code = SL_SYNC_BUSY;
      *out_why = "Others send as much at this moment.";
      return FALSE;
    }
  g_byte_array_append (body->bytes, (const guint8 *) data, length);
  body->length_bytes += length;
  return TRUE;
}

/**
 * sl_body_wants_flush:
 *
 * Returns: whether enough is gathered to go to disk
 */
gboolean
sl_body_wants_flush (const SlBody *body)
{
  return body->fd >= 0 && body->bytes->len >= PART_BYTES;
}

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          length -= n;
        }
    }
  return TRUE;
}

/**
 * sl_body_flush:
 *
 * Writes what is gathered to the file. On a worker: the disk may take its time. A failure is told by the next call.
 */
void
sl_body_flush (SlBody *body)
{
  if (body->fd < 0 || body->failed != SL_SYNC_OK)
    return;
  if (!disk_has_room (body->fd, body->bytes->len) || !write_all (body->fd, body->bytes->data, body->bytes->len))
    body->failed = SL_SYNC_STORAGE;
  (void) count_bytes (body, -body->counted_bytes);
  g_byte_array_set_size (body->bytes, 0);
}

/**
 * sl_body_finish:
 *
 * On a worker.
 *
 * Returns: (transfer full) (nullable): all bytes; those of a file are mapped, and the file goes with them
 */
GBytes *
sl_body_finish (SlBody *body, SlSyncCode *out_code, const char **out_why)
{
  *out_code = SL_SYNC_OK;
  if (body->fd < 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&body->bytes));
  sl_body_flush (body);
  g_autoptr (GMappedFile) file = body->failed == SL_SYNC_OK ? g_mapped_file_new_from_fd (body->fd, FALSE, NULL) : NULL;
  if (file != NULL)
    return g_mapped_file_get_bytes (file);
  *out_code = SL_SYNC_STORAGE;
  *out_why = no_room;
  return NULL;
}
