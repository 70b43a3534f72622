/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-nightly"

#include "engine/nightly.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "core/datetime.h"
#include "core/error.h"
#include "engine/engine-private.h"
#include "engine/exchange.h"
#include "oplog/oplog.h"

/* In local_meta, of this device only. */
#define TRIED_KEY "nightly_tried_ms"
#define VERIFIED_KEY "nightly_verified_ms"
#define PROBLEMS_KEY "nightly_problems"
#define BACKUP_KEY "nightly_backup_ms"
#define FAILED_KEY "nightly_backup_failed"
#define ERASED_KEY "nightly_erased" /* members whose data was erased, when the last backup was written */

/* Nobody is at a desk then, and the log has been folded, or is (fold.c). A device that is switched off at night does it
 * by day: late, so that one which is switched on early does not do it every morning before its guests. */
#define NIGHT_FROM_HOUR 2
#define NIGHT_TO_HOUR 5
#define AGAIN_MS (20 * SL_HOUR_MS)
#define LATEST_MS (44 * SL_HOUR_MS)
/* A backup is written beside a plain copy that it is made of, and a desk needs room to go on. */
#define ROOM_COPIES 2
#define ROOM_BYTES (G_GUINT64_CONSTANT (256) << 20)
#define NAME_PREFIX "studioloop-"
#define NAME_SUFFIX ".backup"

static gboolean
read_meta (SlEngine *engine, const char *key, gint64 *out, GError **error)
{
  return sl_store_query_int (engine->store, 0, out, error, "SELECT value FROM local_meta WHERE key = ?", "t", key);
}

/* Without a sync of its own: what a power cut takes is done once more. */
static gboolean
write_meta (SlEngine *engine, const char *key, gint64 value, GError **error)
{
  if (!sl_store_begin_relaxed (engine->store, error))
    return FALSE;
  if (sl_store_exec (engine->store, error,
                     "INSERT INTO local_meta (key, value) VALUES (?, ?) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     "ti", key, value)
      && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

/**
 * sl_nightly_read:
 * @engine: the engine
 * @out: (out caller-allocates): when this device was checked, and what lies by
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_nightly_read (SlEngine *engine, SlNightly *out, GError **error)
{
  gint64 failed;
  g_return_val_if_fail (engine != NULL && out != NULL, FALSE);

  *out = (SlNightly){ 0 };
  if (!read_meta (engine, VERIFIED_KEY, &out->verified_ms, error)
      || !read_meta (engine, PROBLEMS_KEY, &out->problems, error)
      || !read_meta (engine, BACKUP_KEY, &out->backup_ms, error) || !read_meta (engine, FAILED_KEY, &failed, error))
    return FALSE;
  out->backup_failed = failed != 0;
  return TRUE;
}

/* --- when --- */

static gboolean
is_night (SlEngine *engine, gint64 now_ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, sl_engine_time_zone (engine)) : NULL;
  int hour = local != NULL ? g_date_time_get_hour (local) : 0;
  return hour >= NIGHT_FROM_HOUR && hour < NIGHT_TO_HOUR;
}

/* A clock that was set does not count as time that has gone by: then it begins anew. */
static gboolean
is_due (SlEngine *engine, gint64 now_ms, gboolean *out, GError **error)
{
  gint64 tried_ms;
  *out = FALSE;
  if (!read_meta (engine, TRIED_KEY, &tried_ms, error))
    return FALSE;
  if (tried_ms == 0 || tried_ms > now_ms)
    {
      *out = is_night (engine, now_ms);
      return *out || write_meta (engine, TRIED_KEY, now_ms, error);
    }
  *out = now_ms - tried_ms >= LATEST_MS || (now_ms - tried_ms >= AGAIN_MS && is_night (engine, now_ms));
  return TRUE;
}

/* Backups hold the keys of members: those from before an erasure must not outlast it. */
static gboolean
is_outdated (SlEngine *engine, gint64 *out_erased, gboolean *out, GError **error)
{
  gint64 erased_then, backup_ms;
  *out = FALSE;
  if (!sl_store_query_int (engine->store, 0, out_erased, error, "SELECT count (*) FROM erased", "")
      || !read_meta (engine, ERASED_KEY, &erased_then, error) || !read_meta (engine, BACKUP_KEY, &backup_ms, error))
    return FALSE;
  *out = backup_ms != 0 && *out_erased != erased_then;
  return TRUE;
}

/* --- backups --- */

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Names of ours, the oldest first; nobody else's file is touched. */
static GPtrArray *
list_backups (const char *dir)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; open != NULL && (name = g_dir_read_name (open)) != NULL;)
    if (g_str_has_prefix (name, NAME_PREFIX) && g_str_has_suffix (name, NAME_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  return names;
}

static void
keep_latest (const char *dir, guint kept)
{
  g_autoptr (GPtrArray) names = list_backups (dir);
  for (guint i = 0; i + kept < names->len; i++)
    {
      g_autofree char *file = g_build_filename (dir, names->pdata[i], NULL);
      if (g_unlink (file) != 0)
        g_warning ("an old backup stays: %s", g_strerror (errno));
    }
}

/* What one left behind that was cut off: a plain copy among it. */
static void
sweep (const char *dir)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  for (const char *name; open != NULL && (name = g_dir_read_name (open)) != NULL;)
    if (g_str_has_prefix (name, NAME_PREFIX) && !g_str_has_suffix (name, NAME_SUFFIX))
      {
        g_autofree char *file = g_build_filename (dir, name, NULL);
        (void) g_unlink (file);
      }
}

/* Where that cannot be told, writing shows. */
static gboolean
has_room (SlEngine *engine)
{
  struct statvfs room;
  gint64 pages, page_bytes;
  if (statvfs (engine->dir, &room) != 0
      || !sl_store_query_int (engine->store, 0, &pages, NULL, "PRAGMA page_count", "")
      || !sl_store_query_int (engine->store, 0, &page_bytes, NULL, "PRAGMA page_size", ""))
    return TRUE;
  return (guint64) room.f_bavail * room.f_frsize >= ROOM_COPIES * (guint64) (pages * page_bytes) + ROOM_BYTES;
}

/* In the order of their names as of their times, to the second. */
static char *
name_of (gint64 now_ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autofree char *stamp = utc != NULL ? g_date_time_format (utc, "%Y%m%dT%H%M%SZ") : g_strdup ("0");
  return g_strconcat (NAME_PREFIX, stamp, NAME_SUFFIX, NULL);
}

static gboolean
write_file (SlEngine *engine, const char *dir, gint64 now_ms, GError **error)
{
  g_autofree char *name = name_of (now_ms), *file = g_build_filename (dir, name, NULL);
  if (g_mkdir (dir, 0700) != 0 && errno != EEXIST)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", SL_NIGHTLY_DIR, g_strerror (errno));
      return FALSE;
    }
  sweep (dir);
  if (!has_room (engine))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_DISK_FULL, "the disk has no room for one");
      return FALSE;
    }
  return sl_oplog_backup (engine->log, file, error);
}

/* One that cannot be written is told and not the end of anything. Those that hold erased keys go also where there is no
 * room for another. */
static gboolean
back_up (SlEngine *engine, gint64 now_ms, gint64 erased, gboolean outdated, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *dir = g_build_filename (engine->dir, SL_NIGHTLY_DIR, NULL);
  gboolean written = write_file (engine, dir, now_ms, &failure);
  if (!written)
    g_warning ("the daily backup: %s", failure->message);
  if (written || outdated)
    keep_latest (dir, !outdated ? SL_NIGHTLY_KEPT : written ? 1 : 0);
  if (!write_meta (engine, FAILED_KEY, !written, error)
      || ((written || outdated) && !write_meta (engine, ERASED_KEY, erased, error)))
    return FALSE;
  return (!written && !outdated) || write_meta (engine, BACKUP_KEY, written ? now_ms : 0, error);
}

static gboolean
verify (SlEngine *engine, gboolean *out_sound, GError **error)
{
  g_auto (SlVerifyResult) result = { 0 };
  if (!sl_exchange_verify (engine, &result, error))
    return FALSE;
  if (result.problems->len > 0)
    g_warning ("what this device holds is not sound in %u places, the first: %s", result.problems->len,
               (char *) result.problems->pdata[0]);
  *out_sound = result.problems->len == 0;
  return write_meta (engine, PROBLEMS_KEY, (gint64) result.problems->len, error)
         && write_meta (engine, VERIFIED_KEY, sl_engine_now_ms (engine), error);
}

/**
 * sl_nightly_if_due:
 * @engine: the engine, not inside a command
 * @error: return location
 *
 * Checks everything that this device holds, between two and five at night by the location's time and once a night, or
 * at the latest after 44 hours; then writes a backup to %SL_NIGHTLY_DIR and keeps the last seven. Where something was
 * found to be wrong no backup is written, since it would push out a good one. After an erasure a new one takes the
 * place of all that hold the erased keys, at once. Backups are sealed to the recovery phrase and this device; they lie
 * on the same disk and are no help against its loss.
 *
 * Engine thread; takes minutes where the studio is large, and holds no writer lock meanwhile.
 *
 * Returns: %FALSE on failure of the check itself; a backup that could not be written is in sl_nightly_read()
 */
gboolean
sl_nightly_if_due (SlEngine *engine, GError **error)
{
  gint64 erased, now_ms;
  gboolean due, outdated, sound = TRUE;
  g_return_val_if_fail (engine != NULL && engine->depth == 0, FALSE);

  now_ms = sl_engine_now_ms (engine);
  if (!is_due (engine, now_ms, &due, error) || !is_outdated (engine, &erased, &outdated, error))
    return FALSE;
  if (due && (!write_meta (engine, TRIED_KEY, now_ms, error) || !verify (engine, &sound, error)))
    return FALSE;
  return !(outdated || (due && sound)) || back_up (engine, now_ms, erased, outdated, error);
}
