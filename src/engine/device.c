/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device"

#include "engine/device.h"

#include "engine/engine-private.h"
#include "engine/location.h"
#include "oplog/fence.h"

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
  g_free (device->role);
  g_free (device);
}

static void
read_fence (SlDevice *device, GPtrArray *fences)
{
  for (guint i = 0; i < fences->len; i++)
    {
      const SlFenceInfo *fence = fences->pdata[i];
      if (!sl_id_equal (&fence->replica, &device->id))
        continue;
      device->revoked = TRUE;
      device->reborn = fence->reborn;
      device->taken_over = fence->final;
      device->successor = fence->successor;
      device->cut = fence->cut;
      device->waiting_for = fence->waiting_for->len;
    }
}

static SlDevice *
read_device (SlEngine *engine, const SlChainInfo *chain, GPtrArray *fences, GError **error)
{
  SlDevice *device = g_new0 (SlDevice, 1);
  device->id = chain->replica;
  device->own = chain->own;
  device->admitted = chain->admitted;
  device->head_seq = chain->head_seq;
  device->applied_seq = chain->applied_seq;
  read_fence (device, fences);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store,
    "SELECT d.name, d.location_id, l.name, d.role FROM device d LEFT JOIN location l ON l.id = d.location_id "
    "WHERE d.id = ?",
    "d", &chain->replica);
  if (sl_rows_next (rows))
    {
      device->name = sl_rows_dup_text (rows, 0);
      sl_rows_id (rows, 1, &device->location_id);
      device->location_name = sl_rows_dup_text (rows, 2);
      device->role = sl_rows_dup_text (rows, 3);
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
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "device list", out_refusal);
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_device_free);
  g_autoptr (GArray) chains = sl_oplog_chains (engine->log, error);
  g_autoptr (GPtrArray) fences = chains != NULL ? sl_fence_list (engine->log, error) : NULL;
  if (fences == NULL)
    return FALSE;
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->head_seq == 0)
        continue; /* others have named it; nothing of it has come */
      SlDevice *device = read_device (engine, chain, fences, error);
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

static gboolean
find_device (SlEngine *engine, const SlId *replica, SlDevice **out, GError **error)
{
  g_autoptr (GArray) chains = sl_oplog_chains (engine->log, error);
  g_autoptr (GPtrArray) fences = chains != NULL ? sl_fence_list (engine->log, error) : NULL;
  *out = NULL;
  for (guint i = 0; fences != NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (sl_id_equal (&chain->replica, replica))
        return (*out = read_device (engine, chain, fences, error)) != NULL;
    }
  if (fences != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no such device");
  return FALSE;
}

/* Revoked already, and somebody is there to take over: nothing more to say. */
static gboolean
is_settled (const SlDevice *device)
{
  return device->taken_over || (device->revoked && !sl_id_is_none (&device->successor));
}

static gboolean
revoke_in_command (SlEngine *engine, const SlId *replica, const char *reason, SlDevice **out_device, GError **error)
{
  SlFenceDone done;
  if (!find_device (engine, replica, out_device, error))
    return FALSE;
  if (!is_settled (*out_device) && !sl_op_device_revoke (engine->log, replica, FALSE, reason, error))
    return FALSE;
  g_clear_pointer (out_device, sl_device_free);
  return sl_fence_settle (engine->log, &done, error) && find_device (engine, replica, out_device, error);
}

/**
 * sl_device_revoke:
 * @engine: the engine
 * @actor: who
 * @replica: which device
 * @reason: why; for people, nothing personal
 * @out_device: (out) (transfer full): the device as it stands then; %NULL when refused
 * @out_refusal: (out): not_allowed (also for the device itself), reason_required
 * @error: return location
 *
 * What it did as far as anybody had heard of it stands; what comes later is kept for review. Its free spots, claims and
 * credits pass to the steward (or this device, where the steward is the one that goes) once every device has
 * acknowledged: src/oplog/README.md "Fences". Writes nothing where it is revoked already.
 *
 * Returns: %FALSE on failure: NOT_FOUND
 */
gboolean
sl_device_revoke (SlEngine *engine, const SlActor *actor, const SlId *replica, const char *reason,
                  SlDevice **out_device, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && replica != NULL && out_device != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);

  *out_device = NULL;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "device revoke", out_refusal);
  if (reason == NULL || *reason == '\0')
    sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED);
  else if (sl_id_equal (replica, sl_oplog_get_replica (engine->log)))
    {
      sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
      sl_refusal_set_text (out_refusal, "reason", "a device is taken away by another one: run this there");
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_query_refuse (engine, actor, "device revoke", out_refusal);
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!revoke_in_command (engine, replica, reason, out_device, error))
    {
      g_clear_pointer (out_device, sl_device_free);
      return sl_command_fail (engine);
    }
  if (sl_command_commit (engine, error))
    return TRUE;
  g_clear_pointer (out_device, sl_device_free);
  return FALSE;
}
