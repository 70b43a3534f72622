/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-engine"

#include "engine/engine.h"

#include "core/datetime.h"
#include "engine/device.h"
#include "engine/engine-private.h"
#include "engine/member-index.h"

static void
set_zone (SlEngine *self, const char *name)
{
  g_autoptr (GTimeZone) zone = name != NULL ? sl_time_zone_new (name, NULL) : NULL;
  if (zone == NULL) /* not known yet, or not to this system */
    zone = g_time_zone_new_utc ();
  if (self->zone != NULL && g_str_equal (g_time_zone_get_identifier (self->zone), g_time_zone_get_identifier (zone)))
    return;
  self->zone = zone;
  g_ptr_array_add (self->zones, g_steal_pointer (&zone));
}

/* Where this device stands, by its own row; else the oldest location, until somebody says. */
static gboolean
load_location (SlEngine *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
    self->store,
    "SELECT l.id, l.name, l.timezone FROM location l LEFT JOIN device d ON d.location_id = l.id AND d.id = ? "
    "ORDER BY d.id IS NULL, l.created_hlc IS NULL, l.created_hlc, l.id LIMIT 1",
    "d", sl_oplog_get_replica (self->log));
  gboolean found = sl_rows_next (rows);
  self->location = sl_id_none;
  if (found)
    sl_rows_id (rows, 0, &self->location);
  self->location_name = found ? g_intern_string (sl_rows_text (rows, 1)) : NULL;
  set_zone (self, found ? sl_rows_text (rows, 2) : NULL);
  return sl_rows_finish (rows, error);
}

static gboolean
load_studio (SlEngine *self, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (self->store, "SELECT name, currency FROM organisation WHERE id = ?", "d",
                                            sl_oplog_get_organisation (self->log));
  gboolean found = sl_rows_next (rows);
  self->studio_name = found ? g_intern_string (sl_rows_text (rows, 0)) : NULL;
  self->currency = found ? g_intern_string (sl_rows_text (rows, 1)) : NULL;
  return sl_rows_finish (rows, error) && load_location (self, error) && sl_device_find_hub (self, &self->hub, error);
}

/* The names are kept in memory; they are read again when anybody, this process too, has written. */
static gboolean
refresh (SlEngine *self, GError **error)
{
  SlEngineStamp stamp = sl_engine_stamp (self);
  if (sl_engine_stamp_equal (&stamp, &self->loaded))
    return TRUE;
  if (!load_studio (self, error))
    return FALSE;
  self->loaded = stamp;
  return TRUE;
}

/* For the getters, which cannot fail: what is in memory stays until it can be read again. */
static void
refresh_quietly (SlEngine *self)
{
  g_autoptr (GError) failure = NULL;
  if (self->depth == 0 && !sl_store_in_transaction (self->store) && !refresh (self, &failure))
    g_debug ("reading the studio's names: %s", failure->message);
}

/* sl_engine_stamp: changes with every commit of any process and every write of this one. */
SlEngineStamp
sl_engine_stamp (SlEngine *engine)
{
  return (SlEngineStamp) { sl_store_data_version (engine->store),
                           sqlite3_total_changes64 (sl_store_get_db (engine->store)) };
}

/* sl_engine_stamp_equal: whether nothing was written in between. A version that could not be read equals nothing. */
gboolean
sl_engine_stamp_equal (const SlEngineStamp *a, const SlEngineStamp *b)
{
  return a->data_version == b->data_version && a->own_changes == b->own_changes && a->data_version != -1;
}

/**
 * sl_engine_open:
 * @dir: the data directory
 * @world: (transfer none): clock and chance; must outlive the engine
 * @error: return location
 *
 * Opens a studio's data directory; nothing is made where there is none. Where the directory cannot be written, queries
 * work and commands fail with %SL_ERROR_READ_ONLY. One engine per thread; other threads and processes open their own.
 *
 * Returns: (transfer full): the engine; %NULL with %SL_ERROR_NO_STUDIO, %SL_ERROR_TOO_NEW, %SL_ERROR_CORRUPT or another
 * failure
 */
SlEngine *
sl_engine_open (const char *dir, SlWorld *world, GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL, NULL);

  g_autoptr (SlEngine) self = g_new0 (SlEngine, 1);
  g_autoptr (GError) failure = NULL;
  if (!sl_crypto_init (error))
    return NULL;
  self->dir = g_strdup (dir);
  self->world = world;
  self->zones = g_ptr_array_new_with_free_func ((GDestroyNotify) g_time_zone_unref);
  self->loaded.data_version = -1;
  self->store = sl_store_open (dir, SL_STORE_OPEN, &failure);
  if (self->store == NULL && g_error_matches (failure, SL_ERROR, SL_ERROR_READ_ONLY))
    {
      g_clear_error (&failure);
      self->store = sl_store_open (dir, SL_STORE_READ_ONLY, &failure);
    }
  if (self->store == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  self->log = sl_oplog_open (self->store, world, error);
  if (self->log == NULL || !refresh (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * sl_engine_close:
 * @engine: (nullable) (transfer full): the engine; what it has not committed is rolled back
 */
void
sl_engine_close (SlEngine *engine)
{
  if (engine == NULL)
    return;
  if (engine->log != NULL && engine->depth > 0)
    sl_oplog_rollback (engine->log);
  g_clear_pointer (&engine->member_index, sl_member_index_free);
  g_clear_pointer (&engine->log, sl_oplog_close);
  g_clear_pointer (&engine->store, sl_store_close);
  g_clear_pointer (&engine->zones, g_ptr_array_unref);
  g_clear_pointer (&engine->keyed_words, g_bytes_unref);
  g_clear_pointer (&engine->keyed_used, g_hash_table_unref);
  g_free (engine->dir);
  g_free (engine);
}

/**
 * sl_engine_now_ms:
 * @engine: the engine
 *
 * Returns: the clock of its world, UTC ms: what every rule is judged by
 */
gint64
sl_engine_now_ms (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, 0);

  return engine->world->now_ms (engine->world);
}

/**
 * sl_engine_data_version:
 * @engine: the engine
 *
 * Returns: a number that is another one when another process or engine has committed; -1 where it cannot be read
 */
gint64
sl_engine_data_version (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, -1);

  return sl_store_data_version (engine->store);
}

/* Whoever was erased, by anybody, is in nobody's memory a second later, though nobody asks for anything. */
static void
forget_erased (SlEngine *engine)
{
  SlEngineStamp stamp = sl_engine_stamp (engine);
  gint64 erased;
  if (sl_engine_stamp_equal (&stamp, &engine->settled) || !sl_oplog_count_erased (engine->log, &erased, NULL))
    return;
  if (erased != engine->erased)
    g_clear_pointer (&engine->member_index, sl_member_index_free);
  engine->erased = erased;
  engine->settled = stamp;
}

/**
 * sl_engine_settle:
 * @engine: the engine, not inside a command
 *
 * Puts the mark that stands beside the database on disk, which a commit does not wait for (src/oplog/README.md
 * "Identity"), and drops from memory whoever was erased.
 */
void
sl_engine_settle (SlEngine *engine)
{
  g_return_if_fail (engine != NULL);

  sl_oplog_sync_mark (engine->log);
  forget_erased (engine);
}

/**
 * sl_engine_idle:
 * @engine: the engine, not inside a command
 * @error: return location
 *
 * Upkeep for when nobody waits: old refusal notes go, and a write-ahead log that has grown is folded in. Takes the
 * writer lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_engine_idle (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0, FALSE);

  return sl_command_trim_notes (engine, error) && sl_oplog_scrub (engine->log, error)
         && sl_store_checkpoint_if_large (engine->store, error);
}

/**
 * sl_engine_warm:
 * @engine: the engine, not inside a command
 * @out_done: (out): whether that was all; else call again
 * @error: return location
 *
 * Opens some more of the members' names, which are sealed, for whoever will be the first to search: a few milliseconds.
 * Takes no lock. A program that ends after its one answer has no use for it.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_engine_warm (SlEngine *engine, gboolean *out_done, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0 && out_done != NULL, FALSE);

  return sl_member_index_warm (engine, out_done, error);
}

/**
 * sl_engine_studio_name:
 * @engine: the engine
 *
 * Returns: (transfer none): the organisation's name, "" where this device has not heard it yet; static
 */
const char *
sl_engine_studio_name (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, "");

  refresh_quietly (engine);
  return engine->studio_name != NULL ? engine->studio_name : "";
}

/**
 * sl_engine_location_name:
 * @engine: the engine
 *
 * Returns: (transfer none): the name of this device's location, "" where this device has not heard it yet; static
 */
const char *
sl_engine_location_name (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, "");

  refresh_quietly (engine);
  return engine->location_name != NULL ? engine->location_name : "";
}

/**
 * sl_engine_time_zone:
 * @engine: the engine
 *
 * Returns: (transfer none): the zone of this device's location, UTC where it is not known; lives as long as the engine
 */
GTimeZone *
sl_engine_time_zone (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, NULL);

  refresh_quietly (engine);
  return engine->zone;
}

/**
 * sl_engine_currency:
 * @engine: the engine
 *
 * Returns: (transfer none): ISO 4217 code of all of the studio's money; static
 */
const char *
sl_engine_currency (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, "");

  refresh_quietly (engine);
  return engine->currency != NULL ? engine->currency : SL_CURRENCY_DEFAULT;
}

/**
 * sl_engine_has_hub:
 * @engine: the engine
 *
 * Returns: whether the studio has a hub, as far as this device has heard; %FALSE: it stands alone, and its screens say
 * so
 */
gboolean
sl_engine_has_hub (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, FALSE);

  refresh_quietly (engine);
  return !sl_id_is_none (&engine->hub);
}

/**
 * sl_engine_get_location:
 * @engine: the engine
 * @out_location: (out): this device's location; none where none is known
 */
void
sl_engine_get_location (SlEngine *engine, SlId *out_location)
{
  g_return_if_fail (engine != NULL && out_location != NULL);

  refresh_quietly (engine);
  *out_location = engine->location;
}

/**
 * sl_engine_get_replica:
 * @engine: the engine
 * @out_replica: (out): this device
 */
void
sl_engine_get_replica (SlEngine *engine, SlId *out_replica)
{
  g_return_if_fail (engine != NULL && out_replica != NULL);

  *out_replica = *sl_oplog_get_replica (engine->log);
}

/**
 * sl_engine_get_organisation:
 * @engine: the engine
 * @out_organisation: (out): whose studio it is
 */
void
sl_engine_get_organisation (SlEngine *engine, SlId *out_organisation)
{
  g_return_if_fail (engine != NULL && out_organisation != NULL);

  *out_organisation = *sl_oplog_get_organisation (engine->log);
}

/**
 * sl_engine_get_log:
 * @engine: the engine
 *
 * For what works on the log itself: export and import, state hash, verify, backup. Commands are not written past the
 * engine.
 *
 * Returns: (transfer none): its log
 */
SlOplog *
sl_engine_get_log (SlEngine *engine)
{
  g_return_val_if_fail (engine != NULL, NULL);

  return engine->log;
}
