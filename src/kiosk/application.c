/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application"

#include "application-private.h"

#include <glib-unix.h>
#include <signal.h>

#include "language.h"

/* Codes on their way to the engine. A check-in takes milliseconds; more than these at once is no queue of people. */
#define CODES_WAITING_MAX 4
#define TICK_S 1
#define NETWORK_TICKS 10 /* how soon it shows that the hub is out of reach, or back */

G_DEFINE_FINAL_TYPE (SlApplication, sl_application, ADW_TYPE_APPLICATION)

static void
on_code (SlIntake *intake, const char *code, SlApplication *self)
{
  sl_application_handle_code (self, code);
}

static gboolean
on_tick (gpointer user_data)
{
  SlApplication *self = user_data;

  if (self->world->now_ms (self->world) / (60 * 1000) != self->shown_minute)
    {
      sl_application_show_now (self);
      sl_application_load_board (self);
    }
  if (++self->network_ticks % NETWORK_TICKS == 0)
    sl_application_load_network (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Whatever still arrives then has nobody to be shown to. */
static void
on_window_destroyed (GtkWidget *window, SlApplication *self)
{
  self->window = NULL;
  g_signal_handlers_disconnect_by_data (self->door, self);
  g_signal_handlers_disconnect_by_data (self->intake, self);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->language_id, g_source_remove);
}

/* Somebody has chosen another setting. A new language of the door is spoken at once; reception stays where it is. */
static void
on_settings_changed (SlDevice *device, SlApplication *self)
{
  const SlSettings *settings = sl_device_get_settings (device);

  if (g_str_equal (settings->language, self->home_language))
    return;
  g_free (self->home_language);
  self->home_language = g_strdup (settings->language);
  if (self->window != NULL)
    sl_application_set_language (self, self->home_language);
}

static void
on_left (SlDevice *device, SlApplication *self)
{
  g_message ("Somebody has left the desk program");
  g_application_quit (G_APPLICATION (self));
}

static void
add_device (SlApplication *self)
{
  const SlSettingsOptions options = { self->camera_source, self->scanner_source, self->language, NULL };

  self->device = sl_device_new (self->data_dir, &options, "/");
  self->intake = g_object_ref (sl_device_get_intake (self->device));
  self->home_language = g_strdup (sl_device_get_settings (self->device)->language);
  g_signal_connect_object (self->device, "changed", G_CALLBACK (on_settings_changed), self, 0);
  g_signal_connect_object (self->device, "left", G_CALLBACK (on_left), self, 0);
  sl_language_use (self->home_language);
}

static void
sl_application_startup (GApplication *application)
{
  SlApplication *self = SL_APPLICATION (application);

  if (self->data_dir == NULL)
    self->data_dir = g_strdup (g_getenv ("STUDIOLOOP_DATA"));
  if (self->data_dir == NULL || *self->data_dir == '\0')
    {
      g_free (self->data_dir);
      self->data_dir = g_strdup (SL_APPLICATION_DATA_DIR);
    }
  /* GTK may change the environment while it starts, so threads come after; but first of all then: camera and engine
   * open while the pages are built. */
  G_APPLICATION_CLASS (sl_application_parent_class)->startup (application);
  self->door = sl_door_new (self->data_dir, self->world);
  add_device (self);
  sl_application_add_pairing (self);
  self->print_runner = sl_print_runner_new (self->door, self->world);
  self->terminate_id = g_unix_signal_add (SIGTERM, on_signal, self);
  self->interrupt_id = g_unix_signal_add (SIGINT, on_signal, self);
}

static void
sl_application_activate (GApplication *application)
{
  SlApplication *self = SL_APPLICATION (application);

  if (self->window == NULL)
    {
      self->window = SL_DOOR_WINDOW (sl_door_window_new (ADW_APPLICATION (self), !self->is_windowed));
      g_signal_connect_object (self->window, "destroy", G_CALLBACK (on_window_destroyed), self, 0);
      g_signal_connect_object (self->intake, "code", G_CALLBACK (on_code), self, 0);
      self->desk = sl_desk_new (self->door, self->world);
      sl_desk_set_device (self->desk, self->device);
      sl_application_add_screen (self);
      sl_application_add_start (self);
      sl_application_add_calls (self);
      sl_application_add_member_side (self);
      sl_application_add_first_start (self);
      sl_application_fill_pages (self);
      self->tick_id = g_timeout_add_seconds (TICK_S, on_tick, self);
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
sl_application_shutdown (GApplication *application)
{
  SlApplication *self = SL_APPLICATION (application);

  g_clear_handle_id (&self->terminate_id, g_source_remove);
  g_clear_handle_id (&self->interrupt_id, g_source_remove);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  sl_device_close (self->device);
  if (self->first_start != NULL)
    sl_first_start_close (self->first_start);
  g_clear_pointer (&self->pairing, sl_pairing_free);
  g_clear_pointer (&self->print_runner, sl_print_runner_free);
  sl_door_close (self->door);
  g_clear_object (&self->desk);
  g_clear_object (&self->member_side);
  g_clear_object (&self->first_start);
  G_APPLICATION_CLASS (sl_application_parent_class)->shutdown (application);
}

static int
sl_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("studioloop-kiosk %s\n", SL_VERSION);
  return 0;
}

static void
sl_application_finalize (GObject *object)
{
  SlApplication *self = SL_APPLICATION (object);

  g_clear_object (&self->intake);
  g_clear_object (&self->device);
  g_clear_object (&self->door);
  g_clear_pointer (&self->board, g_ptr_array_unref);
  sl_application_forget_asked (self);
  g_free (self->home_language);
  g_free (self->data_dir);
  g_free (self->camera_source);
  g_free (self->scanner_source);
  g_free (self->language);
  G_OBJECT_CLASS (sl_application_parent_class)->finalize (object);
}

static void
sl_application_class_init (SlApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sl_application_finalize;
  application_class->startup = sl_application_startup;
  application_class->activate = sl_application_activate;
  application_class->shutdown = sl_application_shutdown;
  application_class->handle_local_options = sl_application_handle_local_options;
}

/* Interned, for its options are never taken apart. */
static const char *
language_help (void)
{
  guint n;
  const SlLanguage *languages = sl_language_list (&n);
  g_autoptr (GString) help = g_string_new ("The language to start in: ");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (help, "%s%s", i == 0 ? "" : i < n - 1 ? ", " : " or ", languages[i].code);
  return g_intern_string (help->str);
}

static void
sl_application_init (SlApplication *self)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data_dir, "The studio's data directory", "DIR" },
    { "camera", 0, 0, G_OPTION_ARG_STRING, &self->camera_source,
      "A v4l2 device, a GStreamer URI, a folder of pictures, or none", "SOURCE" },
    { "scanner", 0, 0, G_OPTION_ARG_STRING, &self->scanner_source, "serial:DEVICE, evdev:DEVICE, or none", "SOURCE" },
    { "windowed", 0, 0, G_OPTION_ARG_NONE, &self->is_windowed, "In a window that can be closed, for trying it", NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &self->language, language_help (), "LANGUAGE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, "Print the version", NULL },
    { NULL },
  };

  self->created_us = g_get_monotonic_time ();
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

/**
 * sl_application_new:
 * @world: clock and random; must outlive the application
 *
 * Returns: (transfer full): an application for g_application_run()
 */
SlApplication *
sl_application_new (SlWorld *world)
{
  SlApplication *self;

  g_return_val_if_fail (world != NULL, NULL);
  self = g_object_new (SL_TYPE_APPLICATION, "application-id", "za.studioloop.Kiosk", "flags", G_APPLICATION_NON_UNIQUE,
                       "resource-base-path", "/za/studioloop/kiosk", NULL);
  self->world = world;
  return self;
}

/**
 * sl_application_handle_code:
 * @self: an application that runs
 * @code: what was read, whatever it is
 *
 * The one way in for a code, from the camera or a scanner: the engine decides, and the answer is shown once it is on
 * the disk. Where there is no studio yet it may be the code that pairs. Returns at once.
 */
void
sl_application_handle_code (SlApplication *self, const char *code)
{
  g_return_if_fail (SL_IS_APPLICATION (self));
  g_return_if_fail (code != NULL);
  if (self->codes_waiting >= CODES_WAITING_MAX || self->is_unusable)
    return;
  if (sl_application_first_handle_code (self, code))
    return;
  if (self->is_at_desk)
    sl_desk_scan (self->desk, code);
  else if (self->window != NULL && sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    sl_member_side_handle_code (self->member_side, code);
  else
    sl_application_ask (self, code, NULL);
}

/**
 * sl_application_get_exit_status:
 * @self: an application that has run
 *
 * Returns: %SL_APPLICATION_EXIT_STORAGE when it ended because the disk failed, else 0
 */
int
sl_application_get_exit_status (SlApplication *self)
{
  g_return_val_if_fail (SL_IS_APPLICATION (self), 0);
  return self->is_unusable ? SL_APPLICATION_EXIT_STORAGE : 0;
}
