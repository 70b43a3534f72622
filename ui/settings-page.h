/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "widgets/camera-card.h"
#include "widgets/shape-bin.h"

/* What this device is and does, a tab for each thing; each choice holds at once. Signals:
 * "chosen" (const char *group, const char *key, const char *value): as the file of settings has it
 * "printer-chosen" (const char *target, const char *paper, gboolean cut, gboolean drawer) · "printer-removed"
 * "pay-link-chosen" (const char *link): "" for none · "print-wanted": a test page · "sound-wanted" (const char *name)
 * "light-wanted" (gboolean by_night): for a few seconds · "sample-wanted": of the language that is chosen
 * "leave-wanted" · "tab-shown" (const char *name) */
#define SL_TYPE_SETTINGS_PAGE (sl_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (SlSettingsPage, sl_settings_page, SL, SETTINGS_PAGE, SlShapeBin)

/* One of several; its texts are whoever's shows it. */
typedef struct {
  const char *value, *label;
} SlSettingsItem;

/* All texts are the caller's, and copied. */
typedef struct {
  const SlSettingsItem *cameras, *scanners, *languages;
  guint n_cameras, n_scanners, n_languages;
  const char *camera, *scanner, *language; /* values */
  const char *theme;                       /* "light", "dark", "auto" */
  gboolean is_mirrored, has_sounds;
  int text_percent;
  gboolean has_light, is_light_managed;
  int day_percent, night_percent;
  int day_from_min, night_from_min;        /* since midnight */
  const char *light_problem;               /* (nullable) */
} SlSettingsShown;

typedef struct {
  const char *target;  /* (nullable): there is none */
  const char *paper;   /* "80", "58", "a4" */
  gboolean cut, drawer;
  guint waiting;
  const char *problem; /* (nullable): why what waits does not come out */
} SlSettingsPrinter;

GtkWidget *sl_settings_page_new (void);
void sl_settings_page_show_tab (SlSettingsPage *self, const char *name);
gboolean sl_settings_page_is_trying (SlSettingsPage *self, gboolean scanner);
void sl_settings_page_set_shown (SlSettingsPage *self, const SlSettingsShown *shown);
void sl_settings_page_set_printer (SlSettingsPage *self, const SlSettingsPrinter *printer);
void sl_settings_page_set_pay_link (SlSettingsPage *self, const char *link); /* (nullable): there is none */
/* What the door would say, and a day, a time and money under it. */
void sl_settings_page_set_sample (SlSettingsPage *self, const char *headline, const char *detail);
gboolean sl_settings_page_has_sample (SlSettingsPage *self);
void sl_settings_page_set_camera (SlSettingsPage *self, SlCameraShown shown);
void sl_settings_page_set_picture (SlSettingsPage *self, GdkTexture *texture, gboolean mirrored);
void sl_settings_page_set_scanner_missing (SlSettingsPage *self, gboolean missing);
void sl_settings_page_set_read (SlSettingsPage *self, gboolean by_scanner, const char *what);
