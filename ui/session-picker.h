/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "core/id.h"

/* A session that a member may book, or wait for. */
typedef struct {
  SlId session_id;
  char *class_name, *room_name, *instructor_name; /* room, instructor (nullable) */
  char *type;                                     /* a word of the service's: yoga, pilates … */
  gint64 start_ms, end_ms;
  gint64 free, waitlisted;
  gint64 credits_hundredths;                      /* that it takes; 0: nothing */
} SlSessionOffer;
void sl_session_offer_free (SlSessionOffer *offer);

/* Sessions of one day at a time, by instructor, type, and free places. Signal "chosen" (const SlId *session). */
#define SL_TYPE_SESSION_PICKER (sl_session_picker_get_type ())
G_DECLARE_FINAL_TYPE (SlSessionPicker, sl_session_picker, SL, SESSION_PICKER, GtkBox)

GtkWidget *sl_session_picker_new (GPtrArray *offers, gint64 now_ms, GTimeZone *zone);
char *sl_session_offer_free_words (const SlSessionOffer *offer);
char *sl_session_offer_cost_words (gint64 credits_hundredths);
