/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "today-data.h"

/* One session of the day, to be picked. Signal: "picked" */
#define SL_TYPE_SESSION_CARD (sl_session_card_get_type ())
G_DECLARE_FINAL_TYPE (SlSessionCard, sl_session_card, SL, SESSION_CARD, GtkBox)

GtkWidget *sl_session_card_new (void);
void sl_session_card_set (SlSessionCard *self, const SlTodaySession *session, GTimeZone *zone);
void sl_session_card_set_selected (SlSessionCard *self, gboolean selected);
const SlId *sl_session_card_get_id (SlSessionCard *self);

/* "6 in · 9 booked · 12 places · 2 waiting"; (transfer full) */
char *sl_session_card_counts (const SlTodaySession *session);
