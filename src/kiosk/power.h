/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Whether this device runs on its battery, as UPower tells on the bus. Without UPower, or without a battery, nothing is
 * said. For the thread that made it. */
typedef struct _SlPower SlPower;

SlPower *sl_power_new (GBusType bus);
void sl_power_free (SlPower *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPower, sl_power_free)
gboolean sl_power_is_on_battery (SlPower *self, gint64 *out_left_s);
