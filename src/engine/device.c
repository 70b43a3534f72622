/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device"

#include "engine/device.h"

#include "engine/engine-private.h"
#include "engine/location.h"

/**
 * sl_device_free:
 * @device: (nullable) (transfer full): a device
 */
void
sl_device_free (SlDevice *device)
{
  if (device == NULL)
    return;
  g_free (device->name);
  g_free (device->location_name);
  g_free (device);
}

static SlDevice *
read_device (SlEngine *engine, const SlChainInfo *chain, GError **error)
{
  SlDevice *device = g_new0 (SlDevice, 1);
  device->id = chain->replica;
  device->own = chain->own;
  device->admitted = chain->admitted;
  device->head_seq = chain->head_seq;
  device->applied_seq = chain->applied_seq;
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT d.name, d.location_id, l.name FROM device d LEFT JOIN location l ON l.id = d.location_id WHERE d.id = ?",
    "d", &chain->replica);
  if (sl_rows_next (rows))
    {
      device->name = sl_rows_dup_text (rows, 0);
      sl_rows_id (rows, 1, &device->location_id);
      device->location_name = sl_rows_dup_text (rows, 2);
    }
  if (sl_rows_finish (rows, error))
    return device;
  sl_device_free (device);
  return NULL;
}

/**
 * sl_device_list:
 * @engine: the engine
 * @actor: who wants to know
 * @out_devices: (out) (transfer full) (element-type SlDevice): every device that this one has heard of; %NULL when
 * refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_device_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_devices, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_devices != NULL && out_refusal != NULL, FALSE);

  *out_devices = NULL;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, NULL, out_refusal))
    return sl_query_refuse (engine, actor, "device list", out_refusal);
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_device_free);
  g_autoptr (GArray) chains = sl_oplog_chains (engine->log, error);
  if (chains == NULL)
    return FALSE;
  for (guint i = 0; i < chains->len; i++)
    {
      SlDevice *device = read_device (engine, &g_array_index (chains, SlChainInfo, i), error);
      if (device == NULL)
        return FALSE;
      g_ptr_array_add (devices, device);
    }
  *out_devices = g_steal_pointer (&devices);
  return TRUE;
}

/**
 * sl_device_invite:
 * @engine: the engine, not inside a command
 * @actor: who
 * @file: where to write the invitation; it must not exist. Whoever holds it can join once within 24 h
 * @location: (nullable): where the new device will stand; %NULL: this device's location
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND for the location
 */
gboolean
sl_device_invite (SlEngine *engine, const SlActor *actor, const char *file, const SlId *location,
                  SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out_refusal != NULL, FALSE);

  SlId where = location != NULL && !sl_id_is_none (location) ? *location : engine->location;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &where, out_refusal))
    return sl_query_refuse (engine, actor, "device invite", out_refusal);
  g_autoptr (SlLocation) found = sl_location_get (engine, &where, error);
  return found != NULL && sl_oplog_invite (engine->log, &actor->id, file, &where, error);
}
