/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-power"

#include "power.h"

#define UPOWER_NAME "org.freedesktop.UPower"
#define UPOWER_DEVICE "/org/freedesktop/UPower/devices/DisplayDevice" /* all batteries as one */
#define UPOWER_DEVICE_INTERFACE "org.freedesktop.UPower.Device"
#define STATE_DISCHARGING 2                                           /* UPower's "State" */

struct _SlPower {
  GDBusProxy *proxy; /* (nullable): not there yet, or never */
  GCancellable *cancellable;
};

static void
on_proxy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_for_bus_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* whoever asked has gone */
  if (proxy == NULL)
    g_debug ("no word about the battery: %s", error->message);
  else
    ((SlPower *) user_data)->proxy = proxy;
}

/**
 * sl_power_new:
 * @bus: %G_BUS_TYPE_SYSTEM, where UPower is
 *
 * Returns: (transfer full): what is told of the battery from the moment that UPower answers
 */
SlPower *
sl_power_new (GBusType bus)
{
  SlPower *self = g_new0 (SlPower, 1);

  self->cancellable = g_cancellable_new ();
  g_dbus_proxy_new_for_bus (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL, UPOWER_NAME, UPOWER_DEVICE,
                            UPOWER_DEVICE_INTERFACE, self->cancellable, on_proxy, self);
  return self;
}

/**
 * sl_power_free:
 * @self: (nullable) (transfer full): it
 */
void
sl_power_free (SlPower *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_object (&self->proxy);
  g_free (self);
}

/**
 * sl_power_is_on_battery:
 * @self: it
 * @out_left_s: (out): how long that will last; 0: not known
 *
 * Returns: whether there is a battery, and it is being emptied
 */
gboolean
sl_power_is_on_battery (SlPower *self, gint64 *out_left_s)
{
  g_autoptr (GVariant) state = NULL, left = NULL;

  g_return_val_if_fail (self != NULL && out_left_s != NULL, FALSE);
  *out_left_s = 0;
  if (self->proxy == NULL)
    return FALSE;
  state = g_dbus_proxy_get_cached_property (self->proxy, "State");
  left = g_dbus_proxy_get_cached_property (self->proxy, "TimeToEmpty");
  if (left != NULL && g_variant_is_of_type (left, G_VARIANT_TYPE_INT64))
    *out_left_s = g_variant_get_int64 (left);
  return state != NULL && g_variant_is_of_type (state, G_VARIANT_TYPE_UINT32)
         && g_variant_get_uint32 (state) == STATE_DISCHARGING;
}
