/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sender"

#include "sender/sender.h"

#include <jansson.h>
#include <string.h>

#include "core/datetime.h"

static json_t *
id_to_json (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  return sl_id_is_none (id) ? json_null () : json_string (sl_id_format (id, text));
}

static json_t *
text_to_json (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  return valid != NULL ? json_string (valid) : json_null ();
}

static json_t *
time_to_json (gint64 ms, GTimeZone *zone)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *text = sl_time_format (ms, zone != NULL ? zone : utc);
  return json_string (text);
}

static json_t *
message_to_json (const SlSenderProgram *self, const SlMessage *message)
{
  return json_pack ("{s:o, s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o}", "organisation",
                    id_to_json (&self->organisation), "id", id_to_json (&message->id), "kind",
                    sl_notification_kind_name (message->kind), "member", id_to_json (&message->member_id), "channel",
                    message->channel, "language", message->language, "to", text_to_json (message->to), "subject",
                    text_to_json (message->subject), "text", text_to_json (message->text), "code",
                    text_to_json (message->code), "marketing", message->marketing, "due",
                    time_to_json (message->due_ms, self->zone));
}

typedef struct {
  GMainLoop *loop;
  GSubprocess *process;
  gboolean done, late;
} Talk;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Talk *talk = user_data;
  talk->done = g_subprocess_communicate_finish (G_SUBPROCESS (source), result, NULL, NULL, NULL);
  g_main_loop_quit (talk->loop);
}

static gboolean
on_late (gpointer user_data)
{
  Talk *talk = user_data;
  talk->late = TRUE;
  g_subprocess_force_exit (talk->process); /* which ends the conversation, too */
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  return on_late (user_data);
}

/* Its output is not ours: it may hold what is personal. */
static GSubprocess *
start (SlSenderProgram *self)
{
  const char *const words[] = { self->program, NULL };
  g_clear_error (&self->problem);
  return g_subprocess_newv (words,
                            G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                              | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                            &self->problem);
}

static GSource *
attach (GSource *source, GSourceFunc func, Talk *talk, GMainContext *context)
{
  g_source_set_callback (source, func, talk, NULL);
  g_source_attach (source, context);
  return source;
}

/* Until it has ended, time is up or somebody does not want to wait any more. */
static void
talk_to (Talk *talk, GBytes *line, GCancellable *cancellable, GMainContext *context)
{
  g_autoptr (GSource) late = attach (g_timeout_source_new (SL_SENDER_TIME_MAX_MS), on_late, talk, context);
  g_autoptr (GSource) cancelled = NULL;
  if (cancellable != NULL)
    cancelled = attach (g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_cancelled), talk, context);
  talk->loop = g_main_loop_new (context, FALSE);
  g_subprocess_communicate_async (talk->process, line, NULL, on_done, talk);
  g_main_loop_run (talk->loop);
  g_source_destroy (late);
  if (cancelled != NULL)
    g_source_destroy (cancelled);
  g_main_loop_unref (talk->loop);
}

/**
 * sl_sender_program:
 * @sender_program: (type SlSenderProgram): which program
 * @message: what to send
 *
 * Runs the program for one message and waits for it, %SL_SENDER_TIME_MAX_MS at most. Any thread.
 *
 * Returns: what became of it, by its exit status
 */
SlSenderAnswer
sl_sender_program (gpointer sender_program, const SlMessage *message)
{
  SlSenderProgram *self = sender_program;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSubprocess) process = NULL;
  Talk talk = { 0 };
  json_t *json = message_to_json (self, message);
  char *dumped = json_dumps (json, JSON_COMPACT);
  g_autoptr (GBytes) line = g_bytes_new (dumped, strlen (dumped));

  free (dumped);
  json_decref (json);
  g_main_context_push_thread_default (context);
  talk.process = process = start (self);
  if (process != NULL)
    talk_to (&talk, line, self->cancellable, context);
  g_main_context_pop_thread_default (context);
  /* One that takes the message without reading it has taken it all the same: a broken pipe decides nothing. One that
   * was ended is waited for, too: nothing of it outlives whoever asked. */
  if (process == NULL || !g_subprocess_wait (process, NULL, NULL) || talk.late || !g_subprocess_get_if_exited (process))
    return SL_SENDER_LATER;
  int status = g_subprocess_get_exit_status (process);
  return status == 0 ? SL_SENDER_TAKEN : status == SL_SENDER_NOBODY ? SL_SENDER_NOT_THERE : SL_SENDER_LATER;
}
