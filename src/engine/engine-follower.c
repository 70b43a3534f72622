/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-engine-follower"

#include "engine/engine-follower.h"

#include <errno.h>

#include "core/crypto.h"
#include "core/error.h"
#include "engine/engine-private.h"

/**
 * sl_engine_open_follower:
 * @dir: the directory of a replica; made (0700) where it is missing
 * @world: (transfer none): clock and chance; must outlive the engine
 * @organisation: whose
 * @seed: of the device's key
 * @error: return location
 *
 * An engine over a log whose truth lies elsewhere (sl_oplog_open_follower()): a hub's. Where the directory is new it
 * knows nothing yet. Commands fail until the log's publish function is set and takes them.
 *
 * Returns: (transfer full): the engine; %NULL on failure
 */
SlEngine *
sl_engine_open_follower (const char *dir, SlWorld *world, const SlId *organisation, const guint8 seed[SL_SEED_BYTES],
                         GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && organisation != NULL, NULL);

  g_autoptr (SlEngine) self = g_new0 (SlEngine, 1);
  SlId location;
  if (!sl_crypto_init (error))
    return NULL;
  self->dir = g_strdup (dir);
  self->world = world;
  self->zones = g_ptr_array_new_with_free_func ((GDestroyNotify) g_time_zone_unref);
  self->zone = g_time_zone_new_utc (); /* until the first location has come */
  g_ptr_array_add (self->zones, self->zone);
  self->loaded.data_version = -1;
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "%s: %s", dir, g_strerror (errno));
      return NULL;
    }
  self->store = sl_store_open (dir, SL_STORE_CREATE, error);
  if (self->store == NULL)
    return NULL;
  self->log = sl_oplog_open_follower (self->store, world, organisation, seed, error);
  if (self->log == NULL)
    return NULL;
  sl_engine_get_location (self, &location); /* reads all names, as far as there are any */
  return g_steal_pointer (&self);
}
