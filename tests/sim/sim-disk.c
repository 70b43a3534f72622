/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-disk"

#include "sim-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* One write, or with no bytes after it a truncation, that no sync has followed. */
typedef struct {
  gint64 offset;
  gint64 size_before; /* of the file */
  GBytes *before;     /* what lay there, as far as anything did; of a truncation the tail */
  GBytes *after;      /* (nullable): NULL: truncated at offset */
} Unsynced;

/* A database or its log. Several connections may have it open at once, of which one does something at a time. */
typedef struct {
  char *path;
  GArray *unsynced;  /* of Unsynced */
  GPtrArray *shared; /* of pages: of a database the index of its log, while anybody has it open */
  guint connections;
} Track;

struct _SimDisk
{
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  GHashTable *tracks; /* owned path → Track */
  char *aim;          /* (nullable): only what lies below it is cut or fails */
  guint operations;
  guint cut_at, fail_at; /* operation number; 0: never */
  gboolean out, failed, for_good;
  int fail_code;
  guint64 chance; /* for SQLite's own wishes */
};

typedef struct {
  sqlite3_file base;
  SimDisk *disk;
  Track *track; /* (nullable): not a database or its log */
  gboolean is_database;
  sqlite3_file *real;
} File;

static void
unsynced_clear (gpointer data)
{
  Unsynced *one = data;
  g_clear_pointer (&one->before, g_bytes_unref);
  g_clear_pointer (&one->after, g_bytes_unref);
}

static void
track_free (gpointer data)
{
  Track *track = data;
  g_array_unref (track->unsynced);
  g_ptr_array_unref (track->shared);
  g_free (track);
}

static Track *
find_track (SimDisk *disk, const char *path)
{
  Track *track = g_hash_table_lookup (disk->tracks, path);
  if (track != NULL)
    return track;
  track = g_new0 (Track, 1);
  track->path = g_strdup (path);
  track->unsynced = g_array_new (FALSE, FALSE, sizeof (Unsynced));
  g_array_set_clear_func (track->unsynced, unsynced_clear);
  track->shared = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (disk->tracks, track->path, track);
  return track;
}

static gboolean
lies_below (const char *path, const char *dir)
{
  gsize length = strlen (dir);
  return strncmp (path, dir, length) == 0 && path[length] == '/';
}

/* Every write and sync passes here: whether it may go on. A full disk is found out by writing. */
static int
pass (File *file, gboolean writes)
{
  SimDisk *disk = file->disk;
  if (file->track == NULL || (disk->aim != NULL && !lies_below (file->track->path, disk->aim)))
    return SQLITE_OK;
  if (disk->out)
    return SQLITE_IOERR;
  disk->operations++;
  if (disk->cut_at != 0 && disk->operations >= disk->cut_at)
    {
      disk->out = TRUE;
      return SQLITE_IOERR;
    }
  if (disk->fail_at != 0 && (writes || disk->fail_code != SQLITE_FULL)
      && (disk->for_good ? disk->operations >= disk->fail_at : disk->operations == disk->fail_at))
    {
      disk->failed = TRUE;
      return disk->fail_code;
    }
  return SQLITE_OK;
}

static GBytes *
read_before (File *file, gint64 offset, gint64 size, gint64 amount)
{
  gint64 length = CLAMP (size - offset, 0, amount);
  if (length == 0)
    return NULL;
  guint8 *data = g_malloc ((gsize) length);
  if (file->real->pMethods->xRead (file->real, data, (int) length, offset) != SQLITE_OK)
    g_error ("the simulated disk cannot read back %s", file->track->path);
  return g_bytes_new_take (data, (gsize) length);
}

static int
disk_close (sqlite3_file *base)
{
  File *file = (File *) base;
  int rc = file->real->pMethods != NULL ? file->real->pMethods->xClose (file->real) : SQLITE_OK;
  file->base.pMethods = NULL;
  if (file->is_database && --file->track->connections == 0)
    g_ptr_array_set_size (file->track->shared, 0);
  return rc;
}

static int
disk_read (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  File *file = (File *) base;
  return file->real->pMethods->xRead (file->real, buffer, amount, offset);
}

static int
disk_write (sqlite3_file *base, const void *buffer, int amount, sqlite3_int64 offset)
{
  File *file = (File *) base;
  int rc = pass (file, TRUE);
  if (rc != SQLITE_OK)
    return rc == SQLITE_IOERR ? SQLITE_IOERR_WRITE : rc;
  if (file->track != NULL)
    {
      Unsynced one = { .offset = offset, .after = g_bytes_new (buffer, (gsize) amount) };
      sqlite3_int64 size = 0;
      (void) file->real->pMethods->xFileSize (file->real, &size);
      one.size_before = size;
      one.before = read_before (file, offset, size, amount);
      g_array_append_val (file->track->unsynced, one);
    }
  return file->real->pMethods->xWrite (file->real, buffer, amount, offset);
}

static int
disk_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = (File *) base;
  int rc = pass (file, TRUE);
  if (rc != SQLITE_OK)
    return rc == SQLITE_IOERR ? SQLITE_IOERR_TRUNCATE : rc;
  if (file->track != NULL)
    {
      Unsynced one = { .offset = size };
      sqlite3_int64 before = 0;
      (void) file->real->pMethods->xFileSize (file->real, &before);
      one.size_before = before;
      one.before = read_before (file, size, before, before);
      g_array_append_val (file->track->unsynced, one);
    }
  return file->real->pMethods->xTruncate (file->real, size);
}

static int
disk_sync (sqlite3_file *base, int flags)
{
  File *file = (File *) base;
  int rc = pass (file, FALSE);
  if (rc != SQLITE_OK)
    return rc == SQLITE_IOERR ? SQLITE_IOERR_FSYNC : rc;
  if (file->track != NULL)
    g_array_set_size (file->track->unsynced, 0);
  return SQLITE_OK; /* the directory is in memory: there is nothing to wait for */
}

static int
disk_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  File *file = (File *) base;
  return file->real->pMethods->xFileSize (file->real, size);
}

/* Nobody is at work beside another, so nobody contends for a lock but who wants the file alone: who closes it last. */
static int
disk_lock (sqlite3_file *base, int level)
{
  File *file = (File *) base;
  return level == SQLITE_LOCK_EXCLUSIVE && file->is_database && file->track->connections > 1 ? SQLITE_BUSY : SQLITE_OK;
}

static int
disk_unlock (sqlite3_file *base, int level)
{
  return SQLITE_OK;
}

static int
disk_check_reserved (sqlite3_file *base, int *out)
{
  *out = 0;
  return SQLITE_OK;
}

static int
disk_control (sqlite3_file *base, int op, void *arg)
{
  File *file = (File *) base;
  return file->real->pMethods->xFileControl (file->real, op, arg);
}

static int
disk_sector_size (sqlite3_file *base)
{
  File *file = (File *) base;
  return file->real->pMethods->xSectorSize (file->real);
}

/* Nothing is promised beyond what SQLite takes for any disk. */
static int
disk_characteristics (sqlite3_file *base)
{
  return 0;
}

/* The index of the write-ahead log lives as long as somebody has it open: the next one makes it anew from the log. */
static int
disk_shm_map (sqlite3_file *base, int page, int size, int extend, void volatile **out)
{
  GPtrArray *shared = ((File *) base)->track->shared;
  *out = NULL;
  while (extend && shared->len <= (guint) page)
    g_ptr_array_add (shared, g_malloc0 ((gsize) size));
  if ((guint) page < shared->len)
    *out = shared->pdata[page];
  return SQLITE_OK;
}

static int
disk_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  return SQLITE_OK;
}

static void
disk_shm_barrier (sqlite3_file *base)
{
}

static int
disk_shm_unmap (sqlite3_file *base, int delete_it)
{
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = disk_close,
  .xRead = disk_read,
  .xWrite = disk_write,
  .xTruncate = disk_truncate,
  .xSync = disk_sync,
  .xFileSize = disk_file_size,
  .xLock = disk_lock,
  .xUnlock = disk_unlock,
  .xCheckReservedLock = disk_check_reserved,
  .xFileControl = disk_control,
  .xSectorSize = disk_sector_size,
  .xDeviceCharacteristics = disk_characteristics,
  .xShmMap = disk_shm_map,
  .xShmLock = disk_shm_lock,
  .xShmBarrier = disk_shm_barrier,
  .xShmUnmap = disk_shm_unmap,
};

static int
disk_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  SimDisk *disk = vfs->pAppData;
  File *file = (File *) base;
  *file = (File) { .disk = disk, .real = (sqlite3_file *) (file + 1) };
  file->real->pMethods = NULL;
  int rc = disk->real->xOpen (disk->real, name, file->real, flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  if (name != NULL && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))
    file->track = find_track (disk, name);
  file->is_database = file->track != NULL && flags & SQLITE_OPEN_MAIN_DB;
  if (file->is_database)
    file->track->connections++;
  file->base.pMethods = &methods;
  return SQLITE_OK;
}

static int
disk_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  SimDisk *disk = vfs->pAppData;
  Track *track = g_hash_table_lookup (disk->tracks, name);
  if (track != NULL)
    g_array_set_size (track->unsynced, 0);
  return disk->real->xDelete (disk->real, name, 0);
}

static int
disk_access (sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
  SimDisk *disk = vfs->pAppData;
  return disk->real->xAccess (disk->real, name, flags, out);
}

static int
disk_full_path (sqlite3_vfs *vfs, const char *name, int size, char *out)
{
  SimDisk *disk = vfs->pAppData;
  return disk->real->xFullPathname (disk->real, name, size, out);
}

/* SplitMix64: SQLite's salts repeat with the seed, too. */
static int
disk_randomness (sqlite3_vfs *vfs, int length, char *out)
{
  SimDisk *disk = vfs->pAppData;
  for (int i = 0; i < length; i++)
    {
      guint64 z = disk->chance += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      out[i] = (char) (z >> 56);
    }
  return length;
}

static int
disk_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds; /* nobody else can hold a lock: waiting would be for ever */
}

static int
disk_current_time (sqlite3_vfs *vfs, sqlite3_int64 *out)
{
  *out = G_GINT64_CONSTANT (213000000000000); /* any: nothing may depend on it */
  return SQLITE_OK;
}

static int
disk_last_error (sqlite3_vfs *vfs, int length, char *out)
{
  return 0;
}

/* sim_disk_new: becomes the default VFS. */
SimDisk *
sim_disk_new (void)
{
  SimDisk *disk = g_new0 (SimDisk, 1);
  disk->real = sqlite3_vfs_find (NULL);
  disk->tracks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, track_free);
  disk->vfs = (sqlite3_vfs) { .iVersion = 2,
                              .szOsFile = (int) sizeof (File) + disk->real->szOsFile,
                              .mxPathname = disk->real->mxPathname,
                              .zName = "sl-sim",
                              .pAppData = disk,
                              .xOpen = disk_open,
                              .xDelete = disk_delete,
                              .xAccess = disk_access,
                              .xFullPathname = disk_full_path,
                              .xRandomness = disk_randomness,
                              .xSleep = disk_sleep,
                              .xGetLastError = disk_last_error,
                              .xCurrentTimeInt64 = disk_current_time };
  int rc = sqlite3_vfs_register (&disk->vfs, 1);
  g_assert (rc == SQLITE_OK);
  return disk;
}

/* sim_disk_free: after the last database is closed. */
void
sim_disk_free (SimDisk *disk)
{
  if (disk == NULL)
    return;
  (void) sqlite3_vfs_unregister (&disk->vfs);
  (void) sqlite3_vfs_register (disk->real, 1);
  g_hash_table_unref (disk->tracks);
  g_free (disk->aim);
  g_free (disk);
}

/* sim_disk_settle: see the header. */
void
sim_disk_settle (SimDisk *disk, const char *dir)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, disk->tracks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (lies_below (((Track *) value)->path, dir))
      g_array_set_size (((Track *) value)->unsynced, 0);
}

static void
aim (SimDisk *disk, const char *dir)
{
  g_free (disk->aim);
  disk->aim = g_strdup (dir);
}

/* sim_disk_cut_power: see the header. */
void
sim_disk_cut_power (SimDisk *disk, const char *dir, guint after)
{
  aim (disk, dir);
  disk->cut_at = disk->operations + after + 1;
}

/* sim_disk_power_is_out: whether it has come to the cut. */
gboolean
sim_disk_power_is_out (SimDisk *disk)
{
  return disk->out;
}

static void
put (int fd, gint64 offset, GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  if (pwrite (fd, data, length, offset) != (gssize) length)
    g_error ("the simulated disk cannot write: %s", g_strerror (errno));
}

static void
set_size (int fd, gint64 size)
{
  if (ftruncate (fd, size) != 0)
    g_error ("the simulated disk cannot truncate: %s", g_strerror (errno));
}

/* Back to what was synced, then those writes again that happened to get there. */
static void
lose (Track *track, SimLoss loss, guint64 *chance)
{
  if (track->unsynced->len == 0 || loss == SIM_KEEP_UNSYNCED)
    return;
  int fd = open (track->path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return; /* deleted since */
  for (guint i = track->unsynced->len; i > 0; i--)
    {
      const Unsynced *one = &g_array_index (track->unsynced, Unsynced, i - 1);
      set_size (fd, one->size_before);
      if (one->before != NULL)
        put (fd, one->offset, one->before);
    }
  for (guint i = 0; loss == SIM_TEAR_UNSYNCED && i < track->unsynced->len; i++)
    {
      const Unsynced *one = &g_array_index (track->unsynced, Unsynced, i);
      *chance = *chance * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
      if (*chance >> 63 == 0)
        continue;
      if (one->after != NULL)
        put (fd, one->offset, one->after);
      else
        set_size (fd, one->offset);
    }
  close (fd);
}

/* sim_disk_restore_power: all databases below dir are closed. */
void
sim_disk_restore_power (SimDisk *disk, const char *dir, SimLoss loss, guint64 chance)
{
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (disk->tracks), (GCompareFunc) strcmp);
  for (GList *at = paths; at != NULL; at = at->next)
    {
      Track *track = g_hash_table_lookup (disk->tracks, at->data);
      if (!lies_below (track->path, dir))
        continue;
      lose (track, loss, &chance);
      g_array_set_size (track->unsynced, 0);
    }
  disk->out = FALSE;
  disk->cut_at = 0;
}

/* sim_disk_fail: see the header. */
void
sim_disk_fail (SimDisk *disk, const char *dir, guint after, int sqlite_code, gboolean for_good)
{
  aim (disk, dir);
  disk->fail_at = disk->operations + after + 1;
  disk->fail_code = sqlite_code;
  disk->for_good = for_good;
  disk->failed = FALSE;
}

/* sim_disk_has_failed: whether it has come to a failure. */
gboolean
sim_disk_has_failed (SimDisk *disk)
{
  return disk->failed;
}

/* sim_disk_heal: no more failures, and no cut to come. */
void
sim_disk_heal (SimDisk *disk)
{
  disk->fail_at = disk->cut_at = 0;
}
