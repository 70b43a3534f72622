/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-member"

#include "application-private.h"

/* Its page is there. Until then the page before is: the answer that was tapped, or the start. */
static void
on_member_shown (SlMemberSide *side, SlApplication *self)
{
  if (self->window == NULL)
    return;
  sl_intake_set_watched (self->intake, sl_member_side_is_watching (side));
  if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    return;
  sl_answer_view_clear (sl_door_window_get_answer (self->window));
  sl_door_window_show (self->window, SL_DOOR_SHOWS_MEMBER);
}

static void
on_no_code_wanted (SlCheckinPage *page, SlApplication *self)
{
  sl_member_side_start (self->member_side, SL_MEMBER_START_NO_CODE);
}

static void
on_booking_wanted (SlCheckinPage *page, SlApplication *self)
{
  sl_member_side_start (self->member_side, SL_MEMBER_START_BOOK);
}

static void
on_bookings_wanted (SlCheckinPage *page, SlApplication *self)
{
  sl_member_side_start (self->member_side, SL_MEMBER_START_BOOKINGS);
}

static void
on_member_done (SlMemberSide *side, SlApplication *self)
{
  if (self->window == NULL)
    return;
  sl_application_keep_language (self);
  sl_application_show_rest (self);
}

static void
on_member_answered (SlMemberSide *side, int tone, SlApplication *self)
{
  sl_device_play (self->device, sl_tone_get_look (tone)->sound);
}

static void
on_member_called (SlMemberSide *side, int why, const char *who, const SlId *member, SlApplication *self)
{
  sl_application_ring (self, why, member);
}

static void
on_member_failed (SlMemberSide *side, const GError *error, SlApplication *self)
{
  if (self->window != NULL)
    sl_application_show_failure (self, error);
}

/**
 * sl_application_add_member_side:
 * @self: the application
 *
 * Makes the member's side, a part of the window.
 */
void
sl_application_add_member_side (SlApplication *self)
{
  self->member_side = sl_member_side_new (self->door, self->world);
  g_signal_connect_object (self->member_side, "shown", G_CALLBACK (on_member_shown), self, 0);
  g_signal_connect_object (self->member_side, "done", G_CALLBACK (on_member_done), self, 0);
  g_signal_connect_object (self->member_side, "answered", G_CALLBACK (on_member_answered), self, 0);
  g_signal_connect_object (self->member_side, "called", G_CALLBACK (on_member_called), self, 0);
  g_signal_connect_object (self->member_side, "failed", G_CALLBACK (on_member_failed), self, 0);
  sl_door_window_set_member (self->window, sl_member_side_get_widget (self->member_side));
  sl_member_side_set_camera (self->member_side, sl_application_camera_shown (self));
}

/**
 * sl_application_fill_member_side:
 * @self: the application
 */
void
sl_application_fill_member_side (SlApplication *self)
{
  SlCheckinPage *start = sl_door_window_get_start (self->window);

  g_signal_connect_object (start, "no-code-wanted", G_CALLBACK (on_no_code_wanted), self, 0);
  g_signal_connect_object (start, "booking-wanted", G_CALLBACK (on_booking_wanted), self, 0);
  g_signal_connect_object (start, "bookings-wanted", G_CALLBACK (on_bookings_wanted), self, 0);
}
