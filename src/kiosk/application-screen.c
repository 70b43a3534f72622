/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-screen"

#include "application-private.h"

#include "desk-shell.h"

/* Says once that the door stands open, for whoever measures its start. */
static void
tell_ready (SlApplication *self)
{
  SlIntakeCamera camera = sl_intake_get_camera (self->intake);
  gint64 after_ms = (g_get_monotonic_time () - self->created_us) / 1000;

  if (self->was_ready || sl_door_get_state (self->door) != SL_DOOR_OPEN
      || (camera != SL_INTAKE_CAMERA_RUNNING && camera != SL_INTAKE_CAMERA_NONE))
    return;
  self->was_ready = TRUE;
  g_autofree char *after = g_strdup_printf ("%" G_GINT64_FORMAT, after_ms);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE_ID", SL_EVENT_READY, "READY_AFTER_MS", after,
                    "MESSAGE", "Ready to scan after %s ms", after);
}

static SlDoorShows
find_rest (SlApplication *self)
{
  if (sl_first_start_holds_screen (self->first_start))
    return SL_DOOR_SHOWS_FIRST;
  if (sl_door_get_error (self->door) == NULL)
    return self->is_at_desk ? SL_DOOR_SHOWS_DESK : SL_DOOR_SHOWS_START;
  if (!sl_application_has_no_studio (self))
    return SL_DOOR_SHOWS_NOTICE;
  return self->is_joining ? SL_DOOR_SHOWS_PAIR : SL_DOOR_SHOWS_FIRST;
}

/* Reception */

static void
on_reception_wanted (SlCheckinPage *page, SlApplication *self)
{
  self->is_at_desk = TRUE;
  sl_desk_shell_enter (sl_door_window_get_desk (self->window));
  sl_application_show_rest (self);
}

static void
on_desk_left (gpointer user_data)
{
  SlApplication *self = user_data;

  self->is_at_desk = FALSE;
  sl_application_show_rest (self);
}

static void
on_desk_failed (SlDesk *desk, const GError *error, SlApplication *self)
{
  if (self->window != NULL)
    sl_application_show_failure (self, error);
}

/* The device */

static void
on_door_state (SlDoor *door, SlApplication *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (door);
  const GError *error = sl_door_get_error (door);

  if (error != NULL)
    g_message ("The door cannot be opened: %s", error->message);
  else
    sl_application_end_first (self);
  if (place != NULL)
    sl_checkin_page_set_place (sl_door_window_get_start (self->window), place->studio_name, place->location_name,
                               place->has_hub);
  sl_application_show_now (self);
  sl_application_load_board (self);
  sl_application_load_network (self);
  if (error != NULL && sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    sl_member_side_reset (self->member_side);
  if (sl_door_window_get_shown (self->window) != SL_DOOR_SHOWS_ANSWER
      && (error != NULL || sl_door_window_get_shown (self->window) != SL_DOOR_SHOWS_MEMBER))
    sl_application_show_rest (self);
  tell_ready (self);
}

static void
on_camera_changed (SlIntake *intake, SlApplication *self)
{
  sl_checkin_page_set_camera (sl_door_window_get_start (self->window), sl_application_camera_shown (self));
  sl_pair_page_set_camera (sl_door_window_get_pair (self->window), sl_application_camera_shown (self));
  sl_member_side_set_camera (self->member_side, sl_application_camera_shown (self));
  sl_first_start_set_camera (self->first_start, sl_application_camera_shown (self));
  sl_desk_shell_set_devices (sl_door_window_get_desk (self->window),
                             sl_intake_get_camera (self->intake) == SL_INTAKE_CAMERA_MISSING,
                             sl_intake_is_scanner_missing (self->intake));
  tell_ready (self);
}

static void
on_picture (SlIntake *intake, GdkTexture *texture, SlApplication *self)
{
  gboolean is_mirrored = sl_device_get_settings (self->device)->is_mirrored;

  if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_PAIR)
    sl_pair_page_set_picture (sl_door_window_get_pair (self->window), texture, is_mirrored);
  else if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_FIRST)
    sl_first_start_set_picture (self->first_start, texture, is_mirrored);
  else if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    sl_member_side_set_picture (self->member_side, texture, is_mirrored);
  else
    sl_checkin_page_set_picture (sl_door_window_get_start (self->window), texture, is_mirrored);
}

/**
 * sl_application_add_screen:
 * @self: the application
 */
void
sl_application_add_screen (SlApplication *self)
{
  g_signal_connect_object (self->door, "state-changed", G_CALLBACK (on_door_state), self, 0);
  g_signal_connect_object (self->intake, "camera-changed", G_CALLBACK (on_camera_changed), self, 0);
  g_signal_connect_object (self->intake, "picture", G_CALLBACK (on_picture), self, 0);
  g_signal_connect_object (self->desk, "failed", G_CALLBACK (on_desk_failed), self, 0);
}

/**
 * sl_application_camera_shown:
 * @self: the application
 *
 * Returns: how the camera is, as pages show it
 */
SlCameraShown
sl_application_camera_shown (SlApplication *self)
{
  switch (sl_intake_get_camera (self->intake))
    {
    case SL_INTAKE_CAMERA_STARTING:
      return SL_CAMERA_SHOWN_STARTING;
    case SL_INTAKE_CAMERA_RUNNING:
      return SL_CAMERA_SHOWN_LIVE;
    case SL_INTAKE_CAMERA_MISSING:
      return SL_CAMERA_SHOWN_MISSING;
    case SL_INTAKE_CAMERA_NONE:
    default:
      return SL_CAMERA_SHOWN_NONE;
    }
}

/**
 * sl_application_show_rest:
 * @self: the application
 *
 * Shows what fits the state of the door while nobody is being answered.
 */
void
sl_application_show_rest (SlApplication *self)
{
  SlDoorShows shows = find_rest (self);

  if (shows == SL_DOOR_SHOWS_NOTICE)
    sl_notice_page_set_error (sl_door_window_get_notice (self->window), sl_door_get_error (self->door), self->data_dir);
  sl_door_window_show (self->window, shows);
  sl_intake_set_watched (self->intake, shows != SL_DOOR_SHOWS_NOTICE);
}

/**
 * sl_application_fill_pages:
 * @self: the application
 *
 * Tells new pages all that is known, and listens to them.
 */
void
sl_application_fill_pages (SlApplication *self)
{
  g_signal_connect_object (sl_door_window_get_start (self->window), "reception-wanted",
                           G_CALLBACK (on_reception_wanted), self, 0);
  sl_desk_shell_attach (self->desk, sl_door_window_get_desk (self->window), on_desk_left, self);
  sl_application_fill_language (self);
  sl_application_fill_member_side (self);
  sl_application_fill_answer (self);
  sl_application_fill_start (self);
  sl_application_fill_first (self);
  sl_application_show_rest (self);
}
