/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* The devices of the studio. Joining is in studio.h: a device that joins has no engine yet. */
typedef struct {
  SlId id, location_id;
  char *name, *location_name;
  gboolean own, admitted;
  gboolean revoked;                     /* no longer a device */
  gboolean reborn;                      /* it went on as another one by itself */
  gboolean taken_over;                  /* its rights have passed on */
  SlId successor;                       /* who takes over, or has */
  guint64 cut;                          /* revoked: its operations up to here count */
  guint waiting_for;                    /* revoked, not taken over: devices that have not acknowledged yet */
  guint64 head_seq, applied_seq;
} SlDevice;
void sl_device_free (SlDevice *device);

gboolean sl_device_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_devices, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes an invitation file; location (nullable): where the new device will stand, else this device's. */
gboolean sl_device_invite (SlEngine *engine, const SlActor *actor, const char *file, const SlId *location,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a device away for good: lost, stolen, burnt. Done where it is revoked already. */
gboolean sl_device_revoke (SlEngine *engine, const SlActor *actor, const SlId *replica, const char *reason,
                           SlDevice **out_device, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
