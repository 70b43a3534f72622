/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "door-words.h"
#include "door.h"

#include <gtk/gtk.h>

#include "widgets/camera-card.h"

/* The member's side of the screen beyond holding out a pass: without a code, choosing a class, one's own bookings. It
 * shows one page at a time, makes each anew, and forgets everything about a member when they are done or have gone.
 *
 * Signals: "shown": a page of it is there · "done": back to the check-in page · "answered" (SlTone, as int): an answer
 * is shown, to be heard too · "failed" (const GError *): nothing could be recorded, and the side is done · "called"
 * (SlRefusalCode, as int, const char *who or NULL, const SlId *member or none): they want reception, to be rung for. */
#define SL_TYPE_MEMBER_SIDE (sl_member_side_get_type ())
G_DECLARE_FINAL_TYPE (SlMemberSide, sl_member_side, SL, MEMBER_SIDE, GObject)

#define SL_MEMBER_SIDE_IDLE_S 30 /* untouched */

typedef enum {
  SL_MEMBER_START_NO_CODE,  /* come in by phone number */
  SL_MEMBER_START_BOOK,     /* choose a class */
  SL_MEMBER_START_BOOKINGS, /* one's own */
} SlMemberStart;

SlMemberSide *sl_member_side_new (SlDoor *door, SlWorld *world);
GtkWidget *sl_member_side_get_widget (SlMemberSide *self); /* (transfer none): an SlShapeBin */
void sl_member_side_start (SlMemberSide *self, SlMemberStart what);
/* The way on from an answer at the door: code is what was held out. */
void sl_member_side_follow (SlMemberSide *self, const char *code, const SlCheckinAnswer *answer, SlDoorAction action);
void sl_member_side_handle_code (SlMemberSide *self, const char *code);
void sl_member_side_reset (SlMemberSide *self);
void sl_member_side_set_camera (SlMemberSide *self, SlCameraShown shown);
void sl_member_side_set_state (SlMemberSide *self, const char *words, gboolean is_wrong);
void sl_member_side_set_picture (SlMemberSide *self, GdkTexture *texture, gboolean mirrored);
gboolean sl_member_side_is_watching (SlMemberSide *self);
