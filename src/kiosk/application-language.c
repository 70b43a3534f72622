/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-language"

#include "application-private.h"

#include "language.h"

static gboolean
on_language_lapsed (gpointer user_data)
{
  SlApplication *self = user_data;

  /* Whoever stands there is in the middle of something: new pages would have nothing of it. */
  if (self->is_at_desk || sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    return G_SOURCE_CONTINUE;
  self->language_id = 0;
  if (!g_str_equal (sl_language_current (), self->home_language))
    g_signal_emit_by_name (sl_door_window_get_start (self->window), "language-chosen", self->home_language);
  return G_SOURCE_REMOVE;
}

static gboolean
on_rebuild (gpointer user_data)
{
  g_autoptr (SlApplication) self = user_data;

  if (self->window == NULL)
    return G_SOURCE_REMOVE;
  sl_door_window_rebuild (self->window);
  sl_first_start_rebuild (self->first_start);
  sl_application_fill_pages (self);
  if (self->is_at_desk) /* it was chosen there */
    sl_desk_open (self->desk, SL_DESK_SETTINGS, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_language_chosen (SlCheckinPage *page, const char *code, SlApplication *self)
{
  sl_application_set_language (self, code);
}

/**
 * sl_application_keep_language:
 * @self: the application
 *
 * The language of the moment stays for a while from now on, then the door's own comes back.
 */
void
sl_application_keep_language (SlApplication *self)
{
  g_clear_handle_id (&self->language_id, g_source_remove);
  self->language_id = g_timeout_add_seconds (sl_device_get_settings (self->device)->language_s,
                                             on_language_lapsed, self);
}

/**
 * sl_application_set_language:
 * @self: the application
 * @code: of the language
 *
 * Has all pages speak it, from the next moment on.
 */
void
sl_application_set_language (SlApplication *self, const char *code)
{
  sl_language_use (code);
  sl_application_keep_language (self);
  /* Not from here: the page that asks is about to go. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_rebuild, g_object_ref (self), NULL);
}

/**
 * sl_application_fill_language:
 * @self: the application
 */
void
sl_application_fill_language (SlApplication *self)
{
  g_signal_connect_object (sl_door_window_get_start (self->window), "language-chosen", G_CALLBACK (on_language_chosen),
                           self, 0);
}
