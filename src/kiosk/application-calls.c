/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-calls"

#include "application-private.h"

#include "desk-calls.h"

/**
 * sl_application_ring:
 * @self: the application
 * @why: what the door has said to them
 * @who: (nullable): "Thandi N."
 * @member: (nullable): who it is
 *
 * Somebody at the members' side wants reception: says so there, and rings.
 */
void
sl_application_ring (SlApplication *self, SlRefusalCode why, const char *who, const SlId *member)
{
  sl_desk_call (self->desk, why, who, member);
  sl_device_play (self->device, "bell");
}
