/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/camera-card.h"
#include "widgets/shape-bin.h"

/* The member side while nobody has been read. Signals: "language-chosen" (const char *code) · "reception-wanted" ·
 * "no-code-wanted" · "booking-wanted": a class · "bookings-wanted": one's own */
#define SL_TYPE_CHECKIN_PAGE (sl_checkin_page_get_type ())
G_DECLARE_FINAL_TYPE (SlCheckinPage, sl_checkin_page, SL, CHECKIN_PAGE, SlShapeBin)

GtkWidget *sl_checkin_page_new (void);
void sl_checkin_page_set_place (SlCheckinPage *self, const char *studio, const char *location, gboolean has_hub);
void sl_checkin_page_set_network (SlCheckinPage *self, const char *words, gboolean is_wrong);
void sl_checkin_page_set_now (SlCheckinPage *self, gint64 now_ms, GTimeZone *zone);
void sl_checkin_page_set_board (SlCheckinPage *self, GPtrArray *sessions);
void sl_checkin_page_set_camera (SlCheckinPage *self, SlCameraShown shown);
void sl_checkin_page_set_picture (SlCheckinPage *self, GdkTexture *texture, gboolean mirrored);
