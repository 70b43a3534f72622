/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-trace-vfs"

#include "trace-vfs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define VFS_NAME "sl-trace"
#define SECTOR_BYTES 512 /* the least that a disk writes whole */

/* A write (data) or a truncation (no data, to offset) that was not synced. */
typedef struct {
  gint64 offset;
  GBytes *data;
} Change;

typedef struct {
  GByteArray *durable;
  GPtrArray *changes;
} Image;

struct _SlTraceVfs
{
  sqlite3_vfs base;
  sqlite3_vfs *real;
  SlTraceFlags flags;
  GMutex mutex; /* guards all below */
  guint counts[SL_TRACE_ANY_OP][SL_TRACE_ANY_FILE], sleeps;
  SlTraceFunc hook;
  gpointer hook_data;
  struct { gboolean armed, for_good; SlTraceOp op; SlTraceFile file; guint left; int code, system_errno; } failure;
  int system_errno; /* of the last injected failure; 0: ask the real disk */
  gboolean cut_armed, power_out;
  guint cut_left;
  GHashTable *images; /* path → Image */
};

typedef struct {
  sqlite3_file base;
  SlTraceVfs *vfs;
  SlTraceFile kind;
  char *path;
  int last_errno; /* of an injected failure */
  sqlite3_file *real; /* lies behind this struct */
} File;

static void
change_free (gpointer data)
{
  Change *change = data;
  g_clear_pointer (&change->data, g_bytes_unref);
  g_free (change);
}

static void
image_free (gpointer data)
{
  Image *image = data;
  g_byte_array_unref (image->durable);
  g_ptr_array_unref (image->changes);
  g_free (image);
}

/* ---- what was synced and what not ---- */

static void
image_write (Image *image, gint64 offset, const guint8 *data, gsize length)
{
  gsize end = (gsize) offset + length, old = image->durable->len;
  if (end > old)
    {
      g_byte_array_set_size (image->durable, (guint) end);
      memset (image->durable->data + old, 0, end - old);
    }
  memcpy (image->durable->data + offset, data, length);
}

static void
image_truncate (Image *image, gint64 size)
{
  if ((gint64) image->durable->len > size)
    g_byte_array_set_size (image->durable, (guint) size);
}

static void
image_apply (Image *image, const Change *change)
{
  gsize length;
  const guint8 *data = change->data != NULL ? g_bytes_get_data (change->data, &length) : NULL;
  if (data != NULL)
    image_write (image, change->offset, data, length);
  else
    image_truncate (image, change->offset);
}

/* Of a write each sector comes or not; of a truncation all or nothing. */
static void
image_apply_torn (Image *image, const Change *change, GRand *rand)
{
  if (change->data == NULL)
    {
      if (g_rand_boolean (rand))
        image_apply (image, change);
      return;
    }
  gsize length;
  const guint8 *data = g_bytes_get_data (change->data, &length);
  for (gsize at = 0; at < length;)
    {
      gsize to_boundary = SECTOR_BYTES - (gsize) (change->offset + (gint64) at) % SECTOR_BYTES;
      gsize part = MIN (to_boundary, length - at);
      if (g_rand_boolean (rand))
        image_write (image, change->offset + (gint64) at, data + at, part);
      at += part;
    }
}

static void
image_settle (Image *image, SlTraceLoss loss, GRand *rand)
{
  for (guint i = 0; i < image->changes->len; i++)
    {
      const Change *change = image->changes->pdata[i];
      if (loss == SL_TRACE_KEEP_UNSYNCED)
        image_apply (image, change);
      else if (loss == SL_TRACE_TEAR_UNSYNCED)
        image_apply_torn (image, change, rand);
    }
  g_ptr_array_set_size (image->changes, 0);
}

static void
remember_change (File *file, gint64 offset, const void *data, gsize length)
{
  Image *image = g_hash_table_lookup (file->vfs->images, file->path);
  if (image == NULL)
    return;
  Change *change = g_new0 (Change, 1);
  change->offset = offset;
  change->data = data != NULL ? g_bytes_new (data, length) : NULL;
  g_ptr_array_add (image->changes, change);
}

/* A file that is opened for the first time: as it lies there it is on the disk. */
static void
remember_file (SlTraceVfs *vfs, const char *path)
{
  if (!(vfs->flags & SL_TRACE_REMEMBER) || g_hash_table_contains (vfs->images, path))
    return;
  g_autofree char *contents = NULL;
  gsize length = 0;
  (void) g_file_get_contents (path, &contents, &length, NULL); /* not there: empty */
  Image *image = g_new0 (Image, 1);
  image->durable = g_byte_array_new ();
  g_byte_array_append (image->durable, (const guint8 *) contents, (guint) length);
  image->changes = g_ptr_array_new_with_free_func (change_free);
  g_hash_table_insert (vfs->images, g_strdup (path), image);
}

/* ---- the decision about each operation ---- */

static gboolean
failure_is_due (SlTraceVfs *vfs, SlTraceOp op, SlTraceFile kind)
{
  if (!vfs->failure.armed || (vfs->failure.op != op && vfs->failure.op != SL_TRACE_ANY_OP)
      || (vfs->failure.file != kind && vfs->failure.file != SL_TRACE_ANY_FILE))
    return FALSE;
  if (vfs->failure.left > 0)
    {
      vfs->failure.left--;
      return FALSE;
    }
  vfs->failure.armed = vfs->failure.for_good;
  return TRUE;
}

static int
power_failure_code (SlTraceOp op)
{
  return op == SL_TRACE_SYNC       ? SQLITE_IOERR_FSYNC
         : op == SL_TRACE_TRUNCATE ? SQLITE_IOERR_TRUNCATE
                                   : SQLITE_IOERR_WRITE;
}

/* Counts the operation and says how it ends: SQLITE_OK where the real disk shall decide. What is under way when the
 * power goes may come to the disk like all that was not synced; remembering it is the caller's. */
static int
judge (File *file, SlTraceOp op, gboolean *out_under_way)
{
  SlTraceVfs *vfs = file->vfs;
  vfs->counts[op][file->kind]++;
  vfs->system_errno = file->last_errno = 0;
  *out_under_way = FALSE;
  if (vfs->power_out)
    {
      vfs->system_errno = EIO;
      return power_failure_code (op);
    }
  if (vfs->cut_armed && vfs->cut_left-- == 0)
    {
      vfs->cut_armed = FALSE;
      vfs->power_out = TRUE;
      vfs->system_errno = EIO;
      *out_under_way = TRUE;
      return power_failure_code (op);
    }
  if (failure_is_due (vfs, op, file->kind))
    {
      vfs->system_errno = file->last_errno = vfs->failure.system_errno;
      return vfs->failure.code;
    }
  return SQLITE_OK;
}

static void
call_hook (File *file, SlTraceOp op, gboolean after)
{
  if (file->vfs->hook != NULL)
    file->vfs->hook (op, file->kind, after, file->vfs->hook_data);
}

/* ---- sqlite3_io_methods ---- */

static int
file_close (sqlite3_file *base)
{
  File *file = (File *) base;
  int rc = file->real->pMethods != NULL ? file->real->pMethods->xClose (file->real) : SQLITE_OK;
  g_clear_pointer (&file->path, g_free);
  return rc;
}

static int
file_read (sqlite3_file *base, void *buffer, int length, sqlite3_int64 offset)
{
  File *file = (File *) base;
  return file->real->pMethods->xRead (file->real, buffer, length, offset);
}

static int
file_write (sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
  File *file = (File *) base;
  gboolean under_way;
  call_hook (file, SL_TRACE_WRITE, FALSE);
  g_mutex_lock (&file->vfs->mutex);
  int rc = judge (file, SL_TRACE_WRITE, &under_way);
  if (rc == SQLITE_OK)
    rc = file->real->pMethods->xWrite (file->real, data, length, offset);
  if (rc == SQLITE_OK || under_way)
    remember_change (file, offset, data, (gsize) length);
  g_mutex_unlock (&file->vfs->mutex);
  call_hook (file, SL_TRACE_WRITE, TRUE);
  return rc;
}

static int
file_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = (File *) base;
  gboolean under_way;
  call_hook (file, SL_TRACE_TRUNCATE, FALSE);
  g_mutex_lock (&file->vfs->mutex);
  int rc = judge (file, SL_TRACE_TRUNCATE, &under_way);
  if (rc == SQLITE_OK)
    rc = file->real->pMethods->xTruncate (file->real, size);
  if (rc == SQLITE_OK || under_way)
    remember_change (file, size, NULL, 0);
  g_mutex_unlock (&file->vfs->mutex);
  call_hook (file, SL_TRACE_TRUNCATE, TRUE);
  return rc;
}

static int
file_sync (sqlite3_file *base, int flags)
{
  File *file = (File *) base;
  gboolean under_way;
  call_hook (file, SL_TRACE_SYNC, FALSE);
  g_mutex_lock (&file->vfs->mutex);
  int rc = judge (file, SL_TRACE_SYNC, &under_way);
  if (rc == SQLITE_OK && !(file->vfs->flags & SL_TRACE_REMEMBER)) /* else the images are the disk */
    rc = file->real->pMethods->xSync (file->real, flags);
  Image *image = g_hash_table_lookup (file->vfs->images, file->path);
  if (rc == SQLITE_OK && image != NULL)
    image_settle (image, SL_TRACE_KEEP_UNSYNCED, NULL);
  g_mutex_unlock (&file->vfs->mutex);
  call_hook (file, SL_TRACE_SYNC, TRUE);
  return rc;
}

static int
file_size (sqlite3_file *base, sqlite3_int64 *out_size)
{
  File *file = (File *) base;
  return file->real->pMethods->xFileSize (file->real, out_size);
}

static int
file_lock (sqlite3_file *base, int level)
{
  File *file = (File *) base;
  return file->real->pMethods->xLock (file->real, level);
}

static int
file_unlock (sqlite3_file *base, int level)
{
  File *file = (File *) base;
  return file->real->pMethods->xUnlock (file->real, level);
}

static int
file_check_reserved_lock (sqlite3_file *base, int *out_reserved)
{
  File *file = (File *) base;
  return file->real->pMethods->xCheckReservedLock (file->real, out_reserved);
}

static int
file_control (sqlite3_file *base, int op, void *arg)
{
  File *file = (File *) base;
  if (op == SQLITE_FCNTL_LAST_ERRNO && file->last_errno != 0)
    {
      *(int *) arg = file->last_errno;
      return SQLITE_OK;
    }
  return file->real->pMethods->xFileControl (file->real, op, arg);
}

static int
file_sector_size (sqlite3_file *base)
{
  File *file = (File *) base;
  return file->real->pMethods->xSectorSize (file->real);
}

static int
file_device_characteristics (sqlite3_file *base)
{
  File *file = (File *) base;
  return file->real->pMethods->xDeviceCharacteristics (file->real);
}

static int
file_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
  File *file = (File *) base;
  return file->real->pMethods->xShmMap (file->real, region, size, extend, out);
}

static int
file_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  File *file = (File *) base;
  return file->real->pMethods->xShmLock (file->real, offset, n, flags);
}

static void
file_shm_barrier (sqlite3_file *base)
{
  File *file = (File *) base;
  file->real->pMethods->xShmBarrier (file->real);
}

static int
file_shm_unmap (sqlite3_file *base, int delete_file)
{
  File *file = (File *) base;
  return file->real->pMethods->xShmUnmap (file->real, delete_file);
}

/* Version 2: with shared memory for the WAL's index, without memory-mapped pages, which would pass by here. */
static const sqlite3_io_methods file_methods = {
  .iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock, .xCheckReservedLock = file_check_reserved_lock,
  .xFileControl = file_control, .xSectorSize = file_sector_size, .xDeviceCharacteristics = file_device_characteristics,
  .xShmMap = file_shm_map, .xShmLock = file_shm_lock, .xShmBarrier = file_shm_barrier, .xShmUnmap = file_shm_unmap,
};

/* ---- sqlite3_vfs ---- */

static int
vfs_open (sqlite3_vfs *base, const char *path, sqlite3_file *out, int flags, int *out_flags)
{
  SlTraceVfs *vfs = (SlTraceVfs *) base;
  File *file = (File *) out;
  memset (file, 0, sizeof *file);
  file->vfs = vfs;
  file->real = (sqlite3_file *) (file + 1);
  file->kind = flags & SQLITE_OPEN_MAIN_DB ? SL_TRACE_DB : flags & SQLITE_OPEN_WAL ? SL_TRACE_WAL : SL_TRACE_OTHER;
  file->path = g_strdup (path != NULL ? path : "");
  g_mutex_lock (&vfs->mutex);
  int rc = SQLITE_IOERR;
  if (!vfs->power_out)
    {
      if (path != NULL)
        remember_file (vfs, path);
      rc = vfs->real->xOpen (vfs->real, path, file->real, flags, out_flags);
    }
  g_mutex_unlock (&vfs->mutex);
  if (rc == SQLITE_OK)
    file->base.pMethods = &file_methods;
  else
    {
      if (file->real->pMethods != NULL)
        (void) file->real->pMethods->xClose (file->real);
      g_clear_pointer (&file->path, g_free);
    }
  return rc;
}

static int
vfs_delete (sqlite3_vfs *base, const char *path, int sync_dir)
{
  SlTraceVfs *vfs = (SlTraceVfs *) base;
  g_mutex_lock (&vfs->mutex);
  int rc = SQLITE_IOERR_DELETE;
  if (!vfs->power_out)
    {
      g_hash_table_remove (vfs->images, path);
      rc = vfs->real->xDelete (vfs->real, path, sync_dir);
    }
  g_mutex_unlock (&vfs->mutex);
  return rc;
}

static int
vfs_access (sqlite3_vfs *base, const char *path, int flags, int *out)
{
  sqlite3_vfs *real = ((SlTraceVfs *) base)->real;
  return real->xAccess (real, path, flags, out);
}

static int
vfs_full_pathname (sqlite3_vfs *base, const char *path, int length, char *out)
{
  sqlite3_vfs *real = ((SlTraceVfs *) base)->real;
  return real->xFullPathname (real, path, length, out);
}

static int
vfs_randomness (sqlite3_vfs *base, int length, char *out)
{
  sqlite3_vfs *real = ((SlTraceVfs *) base)->real;
  return real->xRandomness (real, length, out);
}

static int
vfs_sleep (sqlite3_vfs *base, int microseconds)
{
  SlTraceVfs *vfs = (SlTraceVfs *) base;
  g_mutex_lock (&vfs->mutex);
  vfs->sleeps++;
  g_mutex_unlock (&vfs->mutex);
  return vfs->real->xSleep (vfs->real, microseconds);
}

static int
vfs_current_time (sqlite3_vfs *base, double *out)
{
  sqlite3_vfs *real = ((SlTraceVfs *) base)->real;
  return real->xCurrentTime (real, out);
}

static int
vfs_current_time_int64 (sqlite3_vfs *base, sqlite3_int64 *out)
{
  sqlite3_vfs *real = ((SlTraceVfs *) base)->real;
  return real->xCurrentTimeInt64 (real, out);
}

static int
vfs_get_last_error (sqlite3_vfs *base, int length, char *out)
{
  SlTraceVfs *vfs = (SlTraceVfs *) base;
  g_mutex_lock (&vfs->mutex);
  int injected = vfs->system_errno;
  g_mutex_unlock (&vfs->mutex);
  return injected != 0 ? injected : vfs->real->xGetLastError (vfs->real, length, out);
}

/**
 * sl_trace_vfs_new:
 * @flags: whether power cuts are wanted
 *
 * Returns: (transfer full): the disk, now the default of this process
 */
SlTraceVfs *
sl_trace_vfs_new (SlTraceFlags flags)
{
  SlTraceVfs *vfs = g_new0 (SlTraceVfs, 1);
  vfs->real = sqlite3_vfs_find (NULL);
  g_assert (!g_str_equal (vfs->real->zName, VFS_NAME));
  vfs->flags = flags;
  g_mutex_init (&vfs->mutex);
  vfs->images = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, image_free);
  vfs->base = (sqlite3_vfs) {
    .iVersion = 2, .szOsFile = (int) sizeof (File) + vfs->real->szOsFile, .mxPathname = vfs->real->mxPathname,
    .zName = VFS_NAME,
    .xOpen = vfs_open, .xDelete = vfs_delete, .xAccess = vfs_access, .xFullPathname = vfs_full_pathname,
    .xRandomness = vfs_randomness, .xSleep = vfs_sleep, .xCurrentTime = vfs_current_time,
    .xGetLastError = vfs_get_last_error,
    .xCurrentTimeInt64 = vfs_current_time_int64,
  };
  int rc = sqlite3_vfs_register (&vfs->base, 1);
  g_assert (rc == SQLITE_OK);
  return vfs;
}

/**
 * sl_trace_vfs_free:
 * @vfs: (nullable) (transfer full): a disk on which no file is open; the real one is the default again
 */
void
sl_trace_vfs_free (SlTraceVfs *vfs)
{
  if (vfs == NULL)
    return;
  sqlite3_vfs_unregister (&vfs->base);
  sqlite3_vfs_register (vfs->real, 1);
  g_hash_table_unref (vfs->images);
  g_mutex_clear (&vfs->mutex);
  g_free (vfs);
}

/**
 * sl_trace_vfs_count:
 * @vfs: a disk
 * @op: an operation, or %SL_TRACE_ANY_OP
 * @file: a kind of file, or %SL_TRACE_ANY_FILE
 *
 * Returns: how often it was asked for
 */
guint
sl_trace_vfs_count (SlTraceVfs *vfs, SlTraceOp op, SlTraceFile file)
{
  guint sum = 0;
  g_mutex_lock (&vfs->mutex);
  for (guint i = 0; i < SL_TRACE_ANY_OP; i++)
    for (guint j = 0; j < SL_TRACE_ANY_FILE; j++)
      if ((op == SL_TRACE_ANY_OP || op == i) && (file == SL_TRACE_ANY_FILE || file == j))
        sum += vfs->counts[i][j];
  g_mutex_unlock (&vfs->mutex);
  return sum;
}

/**
 * sl_trace_vfs_reset_counts:
 * @vfs: a disk
 */
void
sl_trace_vfs_reset_counts (SlTraceVfs *vfs)
{
  g_mutex_lock (&vfs->mutex);
  memset (vfs->counts, 0, sizeof vfs->counts);
  vfs->sleeps = 0;
  g_mutex_unlock (&vfs->mutex);
}

/**
 * sl_trace_vfs_count_sleeps:
 * @vfs: a disk
 *
 * Returns: how often SQLite slept since the last reset
 */
guint
sl_trace_vfs_count_sleeps (SlTraceVfs *vfs)
{
  g_mutex_lock (&vfs->mutex);
  guint sleeps = vfs->sleeps;
  g_mutex_unlock (&vfs->mutex);
  return sleeps;
}

/**
 * sl_trace_vfs_set_hook:
 * @vfs: a disk on which nothing is under way
 * @func: (nullable): what to call around each operation
 * @user_data: for @func
 */
void
sl_trace_vfs_set_hook (SlTraceVfs *vfs, SlTraceFunc func, gpointer user_data)
{
  vfs->hook = func;
  vfs->hook_data = user_data;
}

/**
 * sl_trace_vfs_fail:
 * @vfs: a disk
 * @op: which operation
 * @file: on which kind of file
 * @after: how many of them go well before
 * @sqlite_code: what it ends with
 * @system_errno: the errno that goes with it
 * @for_good: whether those after it fail too
 */
void
sl_trace_vfs_fail (SlTraceVfs *vfs, SlTraceOp op, SlTraceFile file, guint after, int sqlite_code, int system_errno,
                   gboolean for_good)
{
  g_mutex_lock (&vfs->mutex);
  vfs->failure.armed = TRUE;
  vfs->failure.for_good = for_good;
  vfs->failure.op = op;
  vfs->failure.file = file;
  vfs->failure.left = after;
  vfs->failure.code = sqlite_code;
  vfs->failure.system_errno = system_errno;
  g_mutex_unlock (&vfs->mutex);
}

/**
 * sl_trace_vfs_heal:
 * @vfs: a disk; no failure is planned any more
 */
void
sl_trace_vfs_heal (SlTraceVfs *vfs)
{
  g_mutex_lock (&vfs->mutex);
  vfs->failure.armed = FALSE;
  g_mutex_unlock (&vfs->mutex);
}

/**
 * sl_trace_vfs_cut_power:
 * @vfs: a disk made with %SL_TRACE_REMEMBER
 * @after: how many operations of any kind still finish
 */
void
sl_trace_vfs_cut_power (SlTraceVfs *vfs, guint after)
{
  g_assert (vfs->flags & SL_TRACE_REMEMBER);
  g_mutex_lock (&vfs->mutex);
  vfs->cut_armed = TRUE;
  vfs->cut_left = after;
  g_mutex_unlock (&vfs->mutex);
}

/**
 * sl_trace_vfs_power_is_out:
 * @vfs: a disk
 *
 * Returns: whether the planned cut has come
 */
gboolean
sl_trace_vfs_power_is_out (SlTraceVfs *vfs)
{
  g_mutex_lock (&vfs->mutex);
  gboolean out = vfs->power_out;
  g_mutex_unlock (&vfs->mutex);
  return out;
}

/**
 * sl_trace_vfs_restore_power:
 * @vfs: a disk on which no file is open
 * @loss: what became of what was not synced
 * @rand: (nullable): the chance for %SL_TRACE_TEAR_UNSYNCED
 *
 * Writes each file as it may be found after the cut, and goes on from there; a cut that has not come is called off.
 */
void
sl_trace_vfs_restore_power (SlTraceVfs *vfs, SlTraceLoss loss, GRand *rand)
{
  g_assert (vfs->flags & SL_TRACE_REMEMBER);
  g_mutex_lock (&vfs->mutex);
  vfs->cut_armed = FALSE;
  vfs->power_out = FALSE;
  GHashTableIter iter;
  gpointer path, value;
  g_hash_table_iter_init (&iter, vfs->images);
  while (g_hash_table_iter_next (&iter, &path, &value))
    {
      Image *image = value;
      g_autoptr (GError) error = NULL;
      image_settle (image, loss, rand);
      (void) g_unlink (path); /* GLib 2.74 would not shorten it, and other flags would sync it */
      g_file_set_contents_full (path, (const char *) image->durable->data, image->durable->len,
                                G_FILE_SET_CONTENTS_NONE, 0600, &error);
      g_assert_no_error (error);
    }
  g_hash_table_remove_all (vfs->images);
  g_mutex_unlock (&vfs->mutex);
}
