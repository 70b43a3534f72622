/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-start"

#include "application-private.h"

/* Sessions asked for: more than the largest screen shows. */
#define BOARD_SESSIONS 12
#define POWER_KEY "sl-application-power"

/* The light follows the day at this place; before it is known, that of the machine. */
static void
tell_minute (SlApplication *self, gint64 now_ms)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) here = utc == NULL ? NULL : place != NULL ? g_date_time_to_timezone (utc, place->zone)
                                                                   : g_date_time_to_local (utc);

  if (here != NULL)
    sl_device_set_minute (self->device, g_date_time_get_hour (here) * 60 + g_date_time_get_minute (here));
}

/* (transfer none): asked for once, whatever pages there are */
static SlPower *
get_power (SlApplication *self)
{
  SlPower *power = g_object_get_data (G_OBJECT (self), POWER_KEY);

  if (power == NULL)
    {
      power = sl_power_new (G_BUS_TYPE_SYSTEM);
      g_object_set_data_full (G_OBJECT (self), POWER_KEY, power, (GDestroyNotify) sl_power_free);
    }
  return power;
}

/* In one line: to members, on whatever page they are, and to whoever is about to sign in. */
static void
show_status (SlApplication *self)
{
  g_autofree char *words = NULL;
  gboolean wrong;

  if (!self->knows_network || self->window == NULL)
    return;
  self->network.camera_missing = sl_intake_get_camera (self->intake) == SL_INTAKE_CAMERA_MISSING;
  words = sl_desk_status_line (&self->network, get_power (self), self->world->now_ms (self->world), &wrong);
  sl_checkin_page_set_network (sl_door_window_get_start (self->window), words, wrong);
  sl_pin_page_set_state (sl_desk_page_get_pin (sl_door_window_get_desk (self->window)), words, wrong);
  sl_member_side_set_state (self->member_side, words, wrong);
}

static void
on_board_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SlApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *sessions = sl_door_load_board_finish (SL_DOOR (source), result, &error);

  self->is_loading_board = FALSE;
  if (self->window == NULL)
    {
      g_clear_pointer (&sessions, g_ptr_array_unref);
      return;
    }
  if (sessions == NULL)
    g_warning ("The next sessions could not be read: %s", error->message);
  else
    {
      g_clear_pointer (&self->board, g_ptr_array_unref);
      self->board = sessions;
      sl_checkin_page_set_board (sl_door_window_get_start (self->window), sessions);
    }
  if (self->is_board_stale)
    sl_application_load_board (self);
}

static void
on_board_changed (SlDoor *door, SlApplication *self)
{
  sl_application_load_board (self);
}

static void
on_camera_changed (SlIntake *intake, SlApplication *self)
{
  show_status (self);
}

typedef struct {
  SlApplication *application;
  SlDeskStatus status;
} StatusRead;

static gboolean
read_status (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  StatusRead *read = data;

  return sl_desk_status_read_door (engine, read->application->data_dir, &read->status, error);
}

static void
on_status_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StatusRead *read = user_data;
  SlApplication *self = read->application;
  g_autoptr (GError) error = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    g_debug ("How things stand could not be read: %s", error->message);
  else if (self->window != NULL)
    {
      self->network = read->status;
      self->knows_network = TRUE;
      show_status (self);
    }
  g_object_unref (self);
  g_free (read);
}

/**
 * sl_application_add_start:
 * @self: the application
 */
void
sl_application_add_start (SlApplication *self)
{
  g_signal_connect_object (self->door, "board-changed", G_CALLBACK (on_board_changed), self, 0);
  g_signal_connect_object (self->intake, "camera-changed", G_CALLBACK (on_camera_changed), self, 0);
}

/**
 * sl_application_fill_start:
 * @self: the application
 */
void
sl_application_fill_start (SlApplication *self)
{
  SlCheckinPage *start = sl_door_window_get_start (self->window);
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);

  if (place != NULL)
    sl_checkin_page_set_place (start, place->studio_name, place->location_name, place->has_hub);
  sl_checkin_page_set_board (start, self->board);
  sl_application_show_now (self);
  sl_checkin_page_set_camera (start, sl_application_camera_shown (self));
}

/**
 * sl_application_show_now:
 * @self: the application
 *
 * Tells the check-in page the time, and how things stand; and the device the light of the day.
 */
void
sl_application_show_now (SlApplication *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);
  gint64 now_ms = self->world->now_ms (self->world);

  self->shown_minute = now_ms / (60 * 1000);
  show_status (self);
  tell_minute (self, now_ms);
  if (place != NULL)
    sl_checkin_page_set_now (sl_door_window_get_start (self->window), now_ms, place->zone);
}

/**
 * sl_application_load_board:
 * @self: the application
 *
 * Reads the next sessions, and shows them when they have come; once more afterwards where it is wanted meanwhile.
 */
void
sl_application_load_board (SlApplication *self)
{
  self->is_board_stale = self->is_loading_board;
  if (self->is_loading_board || sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  self->is_loading_board = TRUE;
  sl_door_load_board_async (self->door, BOARD_SESSIONS, NULL, on_board_loaded, g_object_ref (self));
}

/**
 * sl_application_load_network:
 * @self: the application
 *
 * Reads how things stand, and shows it when it is known.
 */
void
sl_application_load_network (SlApplication *self)
{
  StatusRead *read;

  if (sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  read = g_new0 (StatusRead, 1);
  read->application = g_object_ref (self);
  sl_door_run_async (self->door, read_status, read, NULL, NULL, on_status_read, read);
}
