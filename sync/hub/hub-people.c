/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-people"

#include "hub/hub-private.h"

#include "core/error.h"

/* What people at the hub may do: accounts, and the devices of a studio. */

/**
 * sl_hub_add_tenant:
 * @hub: a hub
 * @name: of the account, for people at the hub
 * @out_id: (out): its id
 * @error: return location: BAD_INPUT
 *
 * Any thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_add_tenant (SlHub *hub, const char *name, SlId *out_id, GError **error)
{
  g_return_val_if_fail (hub != NULL && name != NULL && out_id != NULL, FALSE);
  return sl_log_store_add_tenant (hub->store, name, out_id, error);
}

/**
 * sl_hub_tenants:
 * @hub: a hub
 * @error: return location
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type SlTenant): all accounts, without seeds
 */
GPtrArray *
sl_hub_tenants (SlHub *hub, GError **error)
{
  g_return_val_if_fail (hub != NULL, NULL);
  GPtrArray *rows = sl_log_store_tenants (hub->store, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    explicit_bzero (((SlTenant *) rows->pdata[i])->seed, SL_SEED_BYTES);
  return rows;
}

static SlHubTenant *
find (SlHub *hub, const SlId *id, GError **error)
{
  SlHubTenant *tenant;
  if (!sl_hub_tenant_find (hub, id, &tenant, error))
    return NULL;
  if (tenant == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such organisation");
  return tenant;
}

static gboolean
list (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlActor) owner = { 0 };
  sl_actor_init_owner (&owner);
  return sl_device_list (tenant->engine, &owner, user_data, &refusal, error);
}

/**
 * sl_hub_devices:
 * @hub: a hub
 * @tenant: of an account or its organisation
 * @error: return location: NOT_FOUND, NO_STUDIO
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type SlDevice): every device that the studio's log names
 */
GPtrArray *
sl_hub_devices (SlHub *hub, const SlId *tenant, GError **error)
{
  g_return_val_if_fail (hub != NULL && tenant != NULL, NULL);
  GPtrArray *devices = NULL;
  SlHubTenant *found = find (hub, tenant, error);
  if (found == NULL)
    return NULL;
  g_mutex_lock (&found->replica_lock);
  gboolean done = sl_hub_replica_do (found, list, &devices, error);
  g_mutex_unlock (&found->replica_lock);
  return done ? devices : NULL;
}

typedef struct {
  const SlId *replica;
  const char *reason;
} Revoke;

static gboolean
revoke_device (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  const Revoke *self = user_data;
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlActor) owner = { 0 };
  SlDevice *device = NULL;
  sl_actor_init_owner (&owner);
  gboolean done = sl_device_revoke (tenant->engine, &owner, self->replica, self->reason, &device, &refusal, error);
  sl_device_free (device);
  if (!done || refusal.code == SL_REFUSAL_NONE)
    return done;
  g_set_error (error, SL_ERROR, SL_ERROR_HUB_REFUSED, "%s", sl_refusal_name (refusal.code));
  return FALSE;
}

/**
 * sl_hub_revoke:
 * @hub: a hub
 * @tenant: of an account or its organisation
 * @replica: one of its devices
 * @reason: why; nothing personal
 * @error: return location: NOT_FOUND, NO_STUDIO; HUB_REFUSED: its message is the name of the refusal
 *
 * Takes a device away for good, by an operation of the hub's own device: src/oplog/README.md "Fences". Any thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_revoke (SlHub *hub, const SlId *tenant, const SlId *replica, const char *reason, GError **error)
{
  g_return_val_if_fail (hub != NULL && tenant != NULL && replica != NULL, FALSE);
  Revoke how = { replica, reason };
  SlHubTenant *found = find (hub, tenant, error);
  if (found == NULL)
    return FALSE;
  g_mutex_lock (&found->replica_lock);
  gboolean done = sl_hub_replica_do (found, revoke_device, &how, error)
                  && sl_hub_replica_catch_up (found, error); /* from its next request on it is refused */
  g_mutex_unlock (&found->replica_lock);
  return done;
}
