/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define SL_SETTINGS_FILE "device.ini" /* of the data directory; data/device.ini describes it */
#define SL_SETTINGS_MAX_BYTES 65536   /* a hundred times what it can hold: anything larger is not it */
#define SL_SETTINGS_CAMERA "/dev/video0"
#define SL_SETTINGS_NONE "none"
#define SL_SETTINGS_LANGUAGE_S 60       /* somebody who looks at the board in their language has read it by then */
#define SL_SETTINGS_LANGUAGE_MAX_S 3600 /* of a class: longer is a choice of "language" */

#define SL_SETTINGS_TEXT_MIN_PERCENT 100
#define SL_SETTINGS_TEXT_MAX_PERCENT 150
#define SL_SETTINGS_DAY_PERCENT 100
#define SL_SETTINGS_NIGHT_PERCENT 60
#define SL_SETTINGS_DAY_FROM_MIN (6 * 60)
#define SL_SETTINGS_NIGHT_FROM_MIN (19 * 60)
#define SL_SETTINGS_LIGHT_MIN_PERCENT 20 /* darker, nobody finds the button that makes it lighter */

typedef enum { SL_THEME_LIGHT, SL_THEME_DARK, SL_THEME_AUTO } SlTheme;

/* How bright the screen is; minutes since midnight. */
typedef struct {
  gboolean is_managed;  /* else it is left as it is */
  int day_percent, night_percent;
  int day_from_min, night_from_min;
} SlLight;

/* What this device is told about itself. */
typedef struct {
  char *camera_source;  /* (nullable): no camera */
  gboolean is_mirrored;
  char *scanner_source; /* (nullable): no scanner */
  char *language;
  int language_s;       /* after the last touch or scan the door speaks its own language again */
  gboolean has_sounds;
  char *sound_sink;     /* (nullable): whatever is there */
  SlTheme theme;
  int text_percent;
  SlLight light;
} SlSettings;

/* What the command line says instead; NULL where it says nothing. */
typedef struct {
  const char *camera_source, *scanner_source, *language;
  GKeyFile *changes;    /* (nullable): what somebody has chosen since the start; goes before all else */
} SlSettingsOptions;

void sl_settings_load (const char *data_dir, const SlSettingsOptions *options, SlSettings *out_settings,
                       GPtrArray *out_complaints);
void sl_settings_clear (SlSettings *settings);
gboolean sl_settings_save (const char *data_dir, GKeyFile *changes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSettings, sl_settings_clear)
