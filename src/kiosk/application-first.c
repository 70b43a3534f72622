/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-first"

#include "application-private.h"

#include "desk-ask.h"
#include "desk-settings-jobs.h"

#include "core/error.h"
#include "engine/recovery.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What was chosen before there was a studio is written down with it. */
static void
save_choices (GTask *task, gpointer source, gpointer choices, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (!sl_settings_save (g_object_get_data (G_OBJECT (task), "data-dir"), choices, &error))
    g_warning ("What was chosen at the first start could not be written down: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
keep_choices (SlApplication *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, sl_device_dup_choices (self->device), (GDestroyNotify) g_key_file_unref);
  g_object_set_data_full (G_OBJECT (task), "data-dir", g_strdup (self->data_dir), g_free);
  g_task_run_in_thread (task, save_choices);
}

/* Pairing */

static void
show_pairing (SlApplication *self, SlPairShown shown, const char *detail)
{
  self->pair_shown = shown;
  if (self->window != NULL)
    sl_pair_page_set_shown (sl_door_window_get_pair (self->window), shown, detail);
}

static void
on_pairing_done (SlPairShown shown, const char *detail, gpointer user_data)
{
  if (shown == SL_PAIR_SHOWN_PAIRED)
    {
      g_message ("This device is paired"); /* and the door, which is tried again and again, opens */
      keep_choices (user_data);
    }
  else
    g_message ("This device could not be paired: %s", detail != NULL ? detail : "the invitation is not valid");
  show_pairing (user_data, shown, detail);
}

/* A code for a door that has no studio yet. One at a time; what is held out meanwhile can be held out again. */
static void
pair (SlApplication *self, const char *text)
{
  SlPairShown shown;

  if (sl_pairing_is_running (self->pairing) || self->pair_shown == SL_PAIR_SHOWN_PAIRED)
    return;
  shown = sl_pairing_begin (self->pairing, text);
  if (shown == SL_PAIR_SHOWN_PAIRING && self->window != NULL)
    sl_pair_page_set_text (sl_door_window_get_pair (self->window), text);
  show_pairing (self, shown, NULL);
  self->is_joining = TRUE;
  if (self->window != NULL)
    sl_application_show_rest (self);
}

static void
on_pair_text (SlPairPage *page, const char *text, SlApplication *self)
{
  pair (self, text);
}

static void
on_pair_stop (SlPairPage *page, SlApplication *self)
{
  sl_pairing_stop (self->pairing);
}

static void
on_pair_left (SlPairPage *page, SlApplication *self)
{
  self->is_joining = FALSE;
  sl_application_show_rest (self);
}

/* The first start */

static void
on_first_language (SlFirstStart *first, const char *code, SlApplication *self)
{
  sl_device_choose (self->device, "ui", "language", code);
}

static void
on_join_wanted (SlFirstStart *first, SlApplication *self)
{
  self->is_joining = TRUE;
  sl_application_show_rest (self);
}

static void
on_first_text (SlFirstStart *first, const char *text, SlApplication *self)
{
  pair (self, text);
}

static void
on_first_made (SlFirstStart *first, SlApplication *self)
{
  keep_choices (self);
}

/* Not before the door has found its studio: it looks once a second. */
static void
leave_first_start (SlApplication *self)
{
  if (!self->first_start_is_done || sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  self->first_start_is_done = FALSE;
  sl_first_start_reset (self->first_start);
  sl_application_show_rest (self);
}

static void
on_first_done (SlFirstStart *first, SlApplication *self)
{
  self->first_start_is_done = TRUE;
  leave_first_start (self);
}

/* The phrase of a studio that was just made, which may not be on paper: the power can fail while it is shown. */

typedef struct {
  SlApplication *application;
  char *pin;               /* (nullable) */
  char *phrase;            /* (nullable) */
  gboolean is_unconfirmed;
  SlRefusal refusal;
} Phrase;

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
phrase_free (gpointer data)
{
  Phrase *phrase = data;

  g_object_unref (phrase->application);
  wipe (phrase->pin);
  wipe (phrase->phrase);
  sl_refusal_clear (&phrase->refusal);
  g_free (phrase);
}

static void
run_on_phrase (SlApplication *self, SlDoorWork work, const char *pin, GAsyncReadyCallback done)
{
  Phrase *phrase = g_new0 (Phrase, 1);

  phrase->application = g_object_ref (self);
  phrase->pin = g_strdup (pin);
  sl_door_run_async (self->door, work, phrase, phrase_free, NULL, done, phrase);
}

static gboolean
read_phrase (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  return sl_recovery_is_unconfirmed (engine, &((Phrase *) data)->is_unconfirmed, error);
}

static gboolean
confirm_phrase (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  return sl_recovery_confirm (engine, error);
}

static gboolean
renew_phrase (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Phrase *phrase = data;

  return sl_recovery_renew_by_pin (engine, phrase->pin, &phrase->phrase, &phrase->refusal, error);
}

static void
on_phrase_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Phrase *phrase = user_data;
  SlApplication *self = phrase->application;
  g_autoptr (GError) error = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    g_warning ("Whether the recovery phrase is on paper could not be read: %s", error->message);
  /* It may be on the screen at this moment. */
  else if (phrase->is_unconfirmed && self->window != NULL && !sl_first_start_holds_screen (self->first_start))
    {
      sl_first_start_ask_phrase (self->first_start);
      if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_START)
        sl_application_show_rest (self);
    }
}

static void
on_phrase_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    g_warning ("That the recovery phrase is on paper could not be written down: %s", error->message);
}

static void
on_phrase_renewed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Phrase *phrase = user_data;
  SlApplication *self = phrase->application;
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    {
      g_warning ("A new recovery phrase could not be made: %s", error->message);
      problem = g_strdup (_("The PIN could not be looked at. Try again."));
    }
  else if (phrase->refusal.code != SL_REFUSAL_NONE)
    problem = sl_desk_pin_words (&phrase->refusal, place != NULL ? place->zone : NULL);
  if (self->first_start != NULL && self->window != NULL)
    sl_first_start_answer_phrase (self->first_start, phrase->phrase, problem);
}

static void
on_phrase_noted (SlFirstStart *first, SlApplication *self)
{
  run_on_phrase (self, confirm_phrase, NULL, on_phrase_confirmed);
}

static void
on_phrase_wanted (SlFirstStart *first, const char *pin, SlApplication *self)
{
  run_on_phrase (self, renew_phrase, pin, on_phrase_renewed);
}

/* The printer for receipts: who sets a studio up is its owner. */

typedef struct {
  SlApplication *application;
  SlPrinter *printer;      /* (nullable): none is wanted */
  SlRefusal refusal;
} Printing;

static void
printing_free (gpointer data)
{
  Printing *printing = data;

  g_object_unref (printing->application);
  g_clear_pointer (&printing->printer, sl_printer_free);
  sl_refusal_clear (&printing->refusal);
  g_free (printing);
}

static gboolean
try_printer (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Printing *printing = data;
  g_auto (SlActor) owner = { 0 };

  *out_wrote = TRUE;
  sl_actor_init_owner (&owner);
  if (printing->printer == NULL)
    return sl_settings_remove_printer (engine, &owner, NULL, NULL, &printing->refusal, error);
  return sl_settings_set_printer (engine, &owner, printing->printer, NULL, &printing->refusal, error)
         && (printing->refusal.code != SL_REFUSAL_NONE
             || sl_settings_test_printer (engine, &owner, NULL, NULL, &printing->refusal, error));
}

static void
on_printer_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Printing *printing = user_data;
  SlApplication *self = printing->application;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    {
      g_message ("No test page could be sent: %s", error->message);
      problem = g_strdup (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT)
                            ? _("That is no place of a printer: write tcp: and its address, a device, or dir: and a "
                                "folder.")
                            : _("The test page could not be sent. Try again."));
    }
  else if (printing->refusal.code != SL_REFUSAL_NONE)
    problem = sl_desk_ask_words (&printing->refusal, NULL);
  if (printing->printer != NULL && self->first_start != NULL && self->window != NULL)
    sl_first_start_answer_printer (self->first_start, problem);
}

static void
on_printer_wanted (SlFirstStart *first, const char *target, SlApplication *self)
{
  Printing *printing = g_new0 (Printing, 1);
  SlPrinter printer = { .name = (char *) "", .target = (char *) target, .paper = (char *) "80", .cut = TRUE };

  printing->application = g_object_ref (self);
  printing->printer = target != NULL ? sl_printer_copy (&printer) : NULL;
  sl_door_run_async (self->door, try_printer, printing, printing_free, NULL, on_printer_tried, printing);
}

/* On its first page, and where a device is to join, a code may be the one that pairs. */
static gboolean
is_first_starts (SlApplication *self)
{
  return sl_first_start_holds_screen (self->first_start)
         || (sl_application_has_no_studio (self) && !self->is_joining
             && sl_first_start_get_step (self->first_start) != SL_FIRST_WELCOME);
}

/**
 * sl_application_add_pairing:
 * @self: the application
 *
 * Makes what pairs this device, before there is a window.
 */
void
sl_application_add_pairing (SlApplication *self)
{
  self->pairing = sl_pairing_new (self->data_dir, self->world, on_pairing_done, self);
}

/**
 * sl_application_add_first_start:
 * @self: the application
 *
 * Makes the pages of a device without a studio, a part of the window.
 */
void
sl_application_add_first_start (SlApplication *self)
{
  self->first_start = sl_first_start_new (self->data_dir, self->world);
  g_signal_connect_object (self->first_start, "language-chosen", G_CALLBACK (on_first_language), self, 0);
  g_signal_connect_object (self->first_start, "join-wanted", G_CALLBACK (on_join_wanted), self, 0);
  g_signal_connect_object (self->first_start, "text-entered", G_CALLBACK (on_first_text), self, 0);
  g_signal_connect_object (self->first_start, "made", G_CALLBACK (on_first_made), self, 0);
  g_signal_connect_object (self->first_start, "phrase-noted", G_CALLBACK (on_phrase_noted), self, 0);
  g_signal_connect_object (self->first_start, "phrase-wanted", G_CALLBACK (on_phrase_wanted), self, 0);
  g_signal_connect_object (self->first_start, "printer-wanted", G_CALLBACK (on_printer_wanted), self, 0);
  g_signal_connect_object (self->first_start, "done", G_CALLBACK (on_first_done), self, 0);
  sl_door_window_set_first (self->window, sl_first_start_get_widget (self->first_start));
}

/**
 * sl_application_fill_first:
 * @self: the application
 */
void
sl_application_fill_first (SlApplication *self)
{
  SlPairPage *page = sl_door_window_get_pair (self->window);
  SlCameraShown camera = sl_application_camera_shown (self);

  g_signal_connect_object (page, "text-entered", G_CALLBACK (on_pair_text), self, 0);
  g_signal_connect_object (page, "stop", G_CALLBACK (on_pair_stop), self, 0);
  g_signal_connect_object (page, "left", G_CALLBACK (on_pair_left), self, 0);
  sl_pair_page_set_data_dir (page, self->data_dir);
  sl_pair_page_set_camera (page, camera);
  sl_pair_page_set_shown (page, self->pair_shown, NULL);
  sl_first_start_set_camera (self->first_start, camera);
}

/**
 * sl_application_has_no_studio:
 * @self: the application
 *
 * Returns: whether the data directory holds no studio yet
 */
gboolean
sl_application_has_no_studio (SlApplication *self)
{
  return g_error_matches (sl_door_get_error (self->door), SL_ERROR, SL_ERROR_NO_STUDIO);
}

/**
 * sl_application_end_first:
 * @self: the application
 *
 * There is a studio now. Should its data go, this is a new device again.
 */
void
sl_application_end_first (SlApplication *self)
{
  show_pairing (self, SL_PAIR_SHOWN_WAITING, NULL);
  self->is_joining = FALSE;
  if (!sl_first_start_holds_screen (self->first_start))
    sl_first_start_reset (self->first_start);
  leave_first_start (self);
  if (!self->knows_phrase)
    run_on_phrase (self, read_phrase, NULL, on_phrase_read);
  self->knows_phrase = TRUE;
}

/**
 * sl_application_first_handle_code:
 * @self: the application
 * @code: what was read
 *
 * Returns: whether it was for the pages of a device without a studio: it may be the code that pairs
 */
gboolean
sl_application_first_handle_code (SlApplication *self, const char *code)
{
  if (self->first_start != NULL && is_first_starts (self))
    sl_first_start_handle_code (self->first_start, code);
  else if (sl_application_has_no_studio (self))
    pair (self, code);
  else
    return FALSE;
  return TRUE;
}
