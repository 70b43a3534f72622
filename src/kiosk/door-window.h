/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "answer-view.h"
#include "checkin-page.h"
#include "desk-page.h"
#include "notice-page.h"
#include "pair-page.h"

/* The one window, with its pages. Locked, it fills the screen and cannot be left: not closed, no keys but where there
 * is something to type into, no inspector. */
#define SL_TYPE_DOOR_WINDOW (sl_door_window_get_type ())
G_DECLARE_FINAL_TYPE (SlDoorWindow, sl_door_window, SL, DOOR_WINDOW, AdwApplicationWindow)

typedef enum {
  SL_DOOR_SHOWS_START,
  SL_DOOR_SHOWS_ANSWER,
  SL_DOOR_SHOWS_NOTICE,
  SL_DOOR_SHOWS_PAIR,
  SL_DOOR_SHOWS_DESK,
  SL_DOOR_SHOWS_MEMBER,
  SL_DOOR_SHOWS_FIRST,
} SlDoorShows;

GtkWidget *sl_door_window_new (AdwApplication *application, gboolean locked);
void sl_door_window_rebuild (SlDoorWindow *self);
void sl_door_window_show (SlDoorWindow *self, SlDoorShows page);
SlDoorShows sl_door_window_get_shown (SlDoorWindow *self);
SlCheckinPage *sl_door_window_get_start (SlDoorWindow *self);
SlAnswerView *sl_door_window_get_answer (SlDoorWindow *self);
SlNoticePage *sl_door_window_get_notice (SlDoorWindow *self);
SlPairPage *sl_door_window_get_pair (SlDoorWindow *self);
void sl_door_window_set_member (SlDoorWindow *self, GtkWidget *member);
void sl_door_window_set_first (SlDoorWindow *self, GtkWidget *first);
SlDeskPage *sl_door_window_get_desk (SlDoorWindow *self);
