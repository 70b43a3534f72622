/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intake.h"
#include "settings.h"

/* This device: what it is told about itself, and what it sees, sounds and shines with. A choice holds at once, and is
 * written down by whoever may wait: sl_settings_save(). Signals: "changed": settings are others · "left": the program
 * is to end. */
#define SL_TYPE_DEVICE (sl_device_get_type ())
G_DECLARE_FINAL_TYPE (SlDevice, sl_device, SL, DEVICE, GObject)

SlDevice *sl_device_new (const char *data_dir, const SlSettingsOptions *options, const char *root);
void sl_device_close (SlDevice *self);
const SlSettings *sl_device_get_settings (SlDevice *self); /* until "changed" */
SlIntake *sl_device_get_intake (SlDevice *self);           /* (transfer none) */
const char *sl_device_get_root (SlDevice *self);           /* "/", but for tests */

void sl_device_choose (SlDevice *self, const char *group, const char *key, const char *value);
GKeyFile *sl_device_dup_choices (SlDevice *self);          /* (transfer full): all since the start */

void sl_device_play (SlDevice *self, const char *name);
void sl_device_try_sound (SlDevice *self, const char *name);
void sl_device_set_minute (SlDevice *self, int minute);
#define SL_DEVICE_TRY_LIGHT_MS 3000
gboolean sl_device_try_light (SlDevice *self, gboolean by_night); /* FALSE: its problem says why */
gboolean sl_device_has_light (SlDevice *self);
const char *sl_device_get_light_problem (SlDevice *self);  /* (nullable): why it could not be set */
void sl_device_leave (SlDevice *self);
