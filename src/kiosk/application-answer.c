/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application-answer"

#include "application-private.h"

#include "core/error.h"

/* A code on its way. */
typedef struct {
  SlApplication *application;
  char *code;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->application);
  g_free (asked->code);
  g_free (asked);
}

static void
show_words (SlApplication *self, const SlDoorWords *words, GPtrArray *choices)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);
  g_autoptr (GTimeZone) zone = place != NULL ? g_time_zone_ref (place->zone) : g_time_zone_new_utc ();

  sl_answer_view_show (sl_door_window_get_answer (self->window), words, choices, zone);
  sl_door_window_show (self->window, SL_DOOR_SHOWS_ANSWER);
  sl_intake_set_watched (self->intake, FALSE);
  sl_device_play (self->device, sl_tone_get_look (words->tone)->sound);
}

/* Takes answer. */
static void
show_answer (SlApplication *self, SlCheckinAnswer *answer, const char *code)
{
  const SlDoorPlaceInfo *info = sl_door_get_place (self->door);
  g_autoptr (GTimeZone) zone = info != NULL ? g_time_zone_ref (info->zone) : g_time_zone_new_utc ();
  SlDoorPlace place = { zone, info != NULL && info->has_hub };
  g_auto (SlDoorWords) words = { 0 };

  sl_application_forget_asked (self);
  self->asked_code = g_strdup (code);
  self->asked = answer;
  sl_door_words_for_answer (answer, &place, &words);
  show_words (self, &words, answer->choices);
  if (sl_door_words_send_to_reception (answer->result))
    sl_application_ring (self, answer->result, &answer->member_id);
}

static void
on_checked_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  SlApplication *self = asked->application;
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCheckinAnswer) answer = sl_door_check_in_finish (SL_DOOR (source), result, &error);

  self->codes_waiting--;
  if (self->window != NULL)
    {
      if (answer != NULL)
        show_answer (self, g_steal_pointer (&answer), asked->code);
      else
        sl_application_show_failure (self, error);
      sl_application_keep_language (self);
    }
  asked_free (asked);
}

static void
on_session_chosen (SlAnswerView *view, const SlId *session_id, SlApplication *self)
{
  if (self->asked_code != NULL)
    sl_application_ask (self, self->asked_code, session_id);
}

static void
on_answer_done (SlAnswerView *view, SlApplication *self)
{
  sl_application_forget_asked (self);
  if (self->is_unusable)
    g_application_quit (G_APPLICATION (self));
  else
    sl_application_show_rest (self);
}

static void
on_way_chosen (SlAnswerView *view, int action, SlApplication *self)
{
  if (self->asked == NULL)
    return;
  sl_member_side_follow (self->member_side, self->asked_code, self->asked, action);
  sl_application_forget_asked (self);
}

/**
 * sl_application_forget_asked:
 * @self: the application
 *
 * The question that was shown, and whose it was, are nobody's any more.
 */
void
sl_application_forget_asked (SlApplication *self)
{
  g_clear_pointer (&self->asked_code, g_free);
  g_clear_pointer (&self->asked, sl_checkin_answer_free);
}

/**
 * sl_application_show_failure:
 * @self: the application
 * @error: why nothing was recorded
 *
 * Says that nothing could be recorded. Where the disk can not be trusted any more, the program ends once it has been
 * read.
 */
void
sl_application_show_failure (SlApplication *self, const GError *error)
{
  g_auto (SlDoorWords) words = { 0 };

  g_warning ("A check-in could not be recorded: %s", error->message);
  sl_application_forget_asked (self);
  /* A sync that failed is never tried again on the same pages: this process ends once the page has been read. */
  if (g_error_matches (error, SL_ERROR, SL_ERROR_STORAGE))
    self->is_unusable = TRUE;
  sl_door_words_for_failure (error->domain == SL_ERROR ? error->code : SL_ERROR_STORAGE, &words);
  show_words (self, &words, NULL);
}

/**
 * sl_application_ask:
 * @self: the application
 * @code: what was read
 * @session_id: (nullable): the choice among several sessions
 *
 * Lets the engine decide what a code is good for, and shows its answer.
 */
void
sl_application_ask (SlApplication *self, const char *code, const SlId *session_id)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->application = g_object_ref (self);
  asked->code = g_strdup (code);
  self->codes_waiting++;
  sl_door_check_in_async (self->door, code, session_id, NULL, on_checked_in, asked);
}

/**
 * sl_application_fill_answer:
 * @self: the application
 */
void
sl_application_fill_answer (SlApplication *self)
{
  SlAnswerView *answer = sl_door_window_get_answer (self->window);

  g_signal_connect_object (answer, "action-chosen", G_CALLBACK (on_way_chosen), self, 0);
  g_signal_connect_object (answer, "session-chosen", G_CALLBACK (on_session_chosen), self, 0);
  g_signal_connect_object (answer, "done", G_CALLBACK (on_answer_done), self, 0);
}
