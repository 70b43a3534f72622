/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings.h"

/* The brightness of the screen by the time of day, through the kernel's backlight. */
#define SL_LIGHT_BACKLIGHTS "sys/class/backlight"

int sl_light_percent_at (const SlLight *light, int minute);
char *sl_light_find (const char *root);
gboolean sl_light_write (const char *backlight, int percent, GError **error) G_GNUC_WARN_UNUSED_RESULT;
