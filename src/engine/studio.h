/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* The beginning of a data directory. Both make the directory (0700) with its parents where it is missing, take an
 * existing empty one, and leave nothing behind when they fail or are refused. */
typedef struct {
  const char *name, *location_name, *timezone, *currency; /* currency NULL: ZAR */
  const char *owner_name, *owner_pin;
  gboolean confirms_phrase; /* somebody will be asked whether it is on paper: recovery.h */
} SlStudioParams;
typedef struct { SlId organisation_id, location_id, replica_id, owner_id; char *recovery_phrase; } SlStudioFounded;
void sl_studio_founded_clear (SlStudioFounded *founded);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlStudioFounded, sl_studio_founded_clear)

/* Refusals: already_initialised, pin_weak. */
gboolean sl_studio_init (const char *dir, SlWorld *world, const SlStudioParams *params, SlStudioFounded *out_founded,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* work: where the device is whole and not yet in its place. FALSE: it is not to be. */
typedef gboolean (*SlStudioJoinedFunc) (const char *work, gpointer user_data, GError **error);
/* Refusals: already_initialised, invitation_invalid. */
gboolean sl_studio_join (const char *dir, SlWorld *world, const char *invitation_file, const char *device_name,
                         SlId *out_organisation, SlId *out_replica, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_studio_join_with (const char *dir, SlWorld *world, const char *invitation_file, const char *device_name,
                              SlStudioJoinedFunc func, gpointer user_data, SlId *out_organisation, SlId *out_replica,
                              SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
