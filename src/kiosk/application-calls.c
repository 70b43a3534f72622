/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-calls"

#include "application-private.h"

#include "desk-calls.h"

/* Somebody has called at another process of this studio: who is at the desk here hears it. At the members' side the
 * bell would be for nobody. */
static void
on_calls_changed (SlDesk *desk, gboolean is_anew, SlApplication *self)
{
  if (is_anew && self->is_at_desk)
    sl_device_play (self->device, "bell");
}

/**
 * sl_application_add_calls:
 * @self: the application
 *
 * Listens for those who call elsewhere.
 */
void
sl_application_add_calls (SlApplication *self)
{
  g_signal_connect_object (self->desk, "calls-changed", G_CALLBACK (on_calls_changed), self, 0);
  sl_desk_calls_look (self->desk);
}

/**
 * sl_application_ring:
 * @self: the application
 * @why: what the door has said to them
 * @member: (nullable): who it is
 *
 * Somebody at the members' side wants reception: says so there, and rings.
 */
void
sl_application_ring (SlApplication *self, SlRefusalCode why, const SlId *member)
{
  sl_desk_call (self->desk, why, member);
  sl_device_play (self->device, "bell");
}
