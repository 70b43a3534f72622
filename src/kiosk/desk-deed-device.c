/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-deed-device"

#include "desk-deed-device.h"

#include "engine/device.h"

/**
 * sl_desk_deed_revoke:
 * @engine: the engine, on its thread
 * @actor: whose word it is
 * @device: to be taken away
 * @reason: why
 * @refusal: (out caller-allocates): those of sl_device_revoke()
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_desk_deed_revoke (SlEngine *engine, const SlActor *actor, const SlId *device, const char *reason,
                     SlRefusal *refusal, GError **error)
{
  SlDevice *revoked = NULL;

  if (!sl_device_revoke (engine, actor, device, reason, &revoked, refusal, error))
    return FALSE;
  sl_device_free (revoked);
  return TRUE;
}
