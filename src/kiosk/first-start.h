/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/clock.h"
#include "first-start-page.h"

/* The first start of a device without a studio: founds one, step by step, or leaves that to pairing. Nothing is written
 * before all has been answered; then the studio is made as a whole, on a thread of its own.
 *
 * Signals: "language-chosen" (const char *code) · "join-wanted" · "text-entered" (const char *text): by a scanner that
 * types, on the first page · "made": there is a studio; its phrase is shown now · "phrase-noted": it is on
 * paper · "phrase-wanted" (const char *pin): a new one, answered by sl_first_start_answer_phrase() · "printer-wanted"
 * (const char *target): a test page there, answered by sl_first_start_answer_printer(); NULL: no printer after all ·
 * "done": the door may be shown */
#define SL_TYPE_FIRST_START (sl_first_start_get_type ())
G_DECLARE_FINAL_TYPE (SlFirstStart, sl_first_start, SL, FIRST_START, GObject)

#define SL_FIRST_START_ZONE "Africa/Johannesburg"
#define SL_FIRST_START_ZONES_FILE "/usr/share/zoneinfo/zone.tab"
#define SL_FIRST_START_KEYS_MS 1000 /* a scanner that types does not wait for longer between two keys */

#define SL_FIRST_START_KEYS_MAX 1024 /* bytes: longer than any address with a code behind it */

SlFirstStart *sl_first_start_new (const char *data_dir, SlWorld *world);
void sl_first_start_close (SlFirstStart *self);
GtkWidget *sl_first_start_get_widget (SlFirstStart *self); /* (transfer none): an SlShapeBin */
SlFirstStep sl_first_start_get_step (SlFirstStart *self);
gboolean sl_first_start_holds_screen (SlFirstStart *self);
void sl_first_start_reset (SlFirstStart *self);
void sl_first_start_ask_phrase (SlFirstStart *self);
void sl_first_start_answer_phrase (SlFirstStart *self, const char *phrase, const char *problem);
void sl_first_start_answer_printer (SlFirstStart *self, const char *problem);
void sl_first_start_rebuild (SlFirstStart *self);
void sl_first_start_handle_code (SlFirstStart *self, const char *code);
void sl_first_start_set_camera (SlFirstStart *self, SlCameraShown shown);
void sl_first_start_set_picture (SlFirstStart *self, GdkTexture *texture, gboolean mirrored);
