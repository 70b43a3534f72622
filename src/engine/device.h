/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* The devices of the studio. Joining is in studio.h: a device that joins has no engine yet. */
typedef struct {
  SlId id, location_id;
  char *name, *location_name;
  char *role;                           /* (nullable): SL_DEVICE_ROLE_HUB; NULL: a desk or a kiosk */
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
#define SL_DEVICE_ROLE_HUB "hub"

gboolean sl_device_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_devices, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes an invitation file; location (nullable): where the new device will stand, else this device's. */
gboolean sl_device_invite (SlEngine *engine, const SlActor *actor, const char *file, const SlId *location,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a device away for good: lost, stolen, burnt. Done where it is revoked already. */
gboolean sl_device_revoke (SlEngine *engine, const SlActor *actor, const SlId *replica, const char *reason,
                           SlDevice **out_device, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which device is what: device-role.c. */
typedef struct {
  SlId id, location_id, predecessor;
  gint64 enrolled_hlc;
  gint64 order_hlc;    /* when it, or the first of those for which it goes on, was enrolled */
  gboolean is_hub;
  gboolean sound;      /* admitted and not revoked */
} SlEnrolled;
GArray *sl_device_enrolled (SlEngine *engine, GError **error); /* (transfer full) (element-type SlEnrolled) */
const SlEnrolled *sl_enrolled_hub (const GArray *enrolled);
const SlEnrolled *sl_enrolled_door (const GArray *enrolled, const SlId *location, const SlId *named);
/* none: there is none. */
gboolean sl_device_find_hub (SlEngine *engine, SlId *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_device_find_door (SlEngine *engine, const SlId *location, SlId *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_device_become_hub (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* this device */
