/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-application"

#include "application.h"

#include <glib-unix.h>
#include <signal.h>

#include "desk-calls.h"
#include "desk-shell.h"
#include "desk-status.h"
#include "desk.h"
#include "device.h"
#include "door-window.h"
#include "door.h"
#include "first-start.h"
#include "intake.h"
#include "member-side.h"
#include "language.h"
#include "pairing.h"
#include "print-runner.h"

#include "core/error.h"

/* Sessions asked for: more than the largest screen shows. */
#define BOARD_SESSIONS 12
/* Codes on their way to the engine. A check-in takes milliseconds; more than these at once is no queue of people. */
#define CODES_WAITING_MAX 4
#define TICK_S 1
#define NETWORK_TICKS 10 /* how soon it shows that the hub is out of reach, or back */

struct _SlApplication {
  AdwApplication parent_instance;

  SlWorld *world;
  gint64 created_us; /* monotonic */
  /* the command line */
  char *data_dir, *camera_source, *scanner_source, *language;
  gboolean is_windowed;

  SlDevice *device;       /* (nullable): not activated yet, as below */
  SlDoor *door;
  SlIntake *intake;       /* the device's */
  char *home_language;    /* to return to */
  SlPairing *pairing;
  SlPrintRunner *print_runner;
  SlPairShown pair_shown; /* how pairing goes, where there is no studio yet */
  gboolean is_joining;    /* and that is what is wanted there */
  SlFirstStart *first_start;
  gboolean first_start_is_done; /* all was answered; the door is about to open */
  SlDoorWindow *window;
  SlDesk *desk;
  gboolean is_at_desk;    /* the screen is reception's, until somebody gives it back */

  GPtrArray *board;       /* (nullable): not known */
  gboolean is_loading_board, is_board_stale;
  gint64 shown_minute;    /* since 1970 */
  SlDeskStatus network;   /* only what is of the connection */
  gboolean knows_network;
  guint network_ticks;
  guint codes_waiting;
  SlMemberSide *member_side;
  char *asked_code;       /* (nullable): of the question or the ways on that are shown, as below */
  SlCheckinAnswer *asked;
  gboolean is_unusable;   /* the disk failed in the middle of a commit */
  gboolean was_ready;
  guint tick_id, language_id, terminate_id, interrupt_id;
};

/* A code on its way. */
typedef struct {
  SlApplication *application;
  char *code;
} Asked;

G_DEFINE_FINAL_TYPE (SlApplication, sl_application, ADW_TYPE_APPLICATION)

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->application);
  g_free (asked->code);
  g_free (asked);
}

static SlCameraShown
camera_shown (SlApplication *self)
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

/* In the words of reception's own line. */
static void
show_network (SlApplication *self)
{
  g_autofree char *words = NULL;

  if (!self->knows_network)
    return;
  words = sl_desk_status_network (&self->network, self->world->now_ms (self->world));
  sl_checkin_page_set_network (sl_door_window_get_start (self->window), words,
                               sl_desk_status_network_is_wrong (&self->network));
}

static void
show_now (SlApplication *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);
  gint64 now_ms = self->world->now_ms (self->world);

  self->shown_minute = now_ms / (60 * 1000);
  show_network (self);
  tell_minute (self, now_ms);
  if (place != NULL)
    sl_checkin_page_set_now (sl_door_window_get_start (self->window), now_ms, place->zone);
}

static gboolean
has_no_studio (SlApplication *self)
{
  return g_error_matches (sl_door_get_error (self->door), SL_ERROR, SL_ERROR_NO_STUDIO);
}

static SlDoorShows
find_rest (SlApplication *self)
{
  if (sl_first_start_holds_screen (self->first_start))
    return SL_DOOR_SHOWS_FIRST;
  if (sl_door_get_error (self->door) == NULL)
    return self->is_at_desk ? SL_DOOR_SHOWS_DESK : SL_DOOR_SHOWS_START;
  if (!has_no_studio (self))
    return SL_DOOR_SHOWS_NOTICE;
  return self->is_joining ? SL_DOOR_SHOWS_PAIR : SL_DOOR_SHOWS_FIRST;
}

/* Shows what fits the state of the door while nobody is being answered. */
static void
show_rest (SlApplication *self)
{
  SlDoorShows shows = find_rest (self);

  if (shows == SL_DOOR_SHOWS_NOTICE)
    sl_notice_page_set_error (sl_door_window_get_notice (self->window), sl_door_get_error (self->door), self->data_dir);
  sl_door_window_show (self->window, shows);
  sl_intake_set_watched (self->intake, shows != SL_DOOR_SHOWS_NOTICE);
}

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
    show_rest (self);
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
  show_rest (self);
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
  show_rest (self);
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
  show_rest (self);
}

static void
on_first_done (SlFirstStart *first, SlApplication *self)
{
  self->first_start_is_done = TRUE;
  leave_first_start (self);
}

static void
add_first_start (SlApplication *self)
{
  self->first_start = sl_first_start_new (self->data_dir, self->world);
  g_signal_connect_object (self->first_start, "language-chosen", G_CALLBACK (on_first_language), self, 0);
  g_signal_connect_object (self->first_start, "join-wanted", G_CALLBACK (on_join_wanted), self, 0);
  g_signal_connect_object (self->first_start, "text-entered", G_CALLBACK (on_first_text), self, 0);
  g_signal_connect_object (self->first_start, "made", G_CALLBACK (on_first_made), self, 0);
  g_signal_connect_object (self->first_start, "done", G_CALLBACK (on_first_done), self, 0);
  sl_door_window_set_first (self->window, sl_first_start_get_widget (self->first_start));
}

/* The board */

static void load_board (SlApplication *self);

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
    load_board (self);
}

static void
load_board (SlApplication *self)
{
  self->is_board_stale = self->is_loading_board;
  if (self->is_loading_board || sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  self->is_loading_board = TRUE;
  sl_door_load_board_async (self->door, BOARD_SESSIONS, NULL, on_board_loaded, g_object_ref (self));
}

static void
on_board_changed (SlDoor *door, SlApplication *self)
{
  load_board (self);
}

/* The network */

typedef struct {
  SlApplication *application;
  SlDeskStatus status;
} NetworkRead;

static gboolean
read_network (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  return sl_desk_status_read_network (engine, &((NetworkRead *) data)->status, error);
}

static void
on_network_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NetworkRead *read = user_data;
  SlApplication *self = read->application;
  g_autoptr (GError) error = NULL;

  if (!sl_door_run_finish (SL_DOOR (source), result, &error))
    g_debug ("The network's state could not be read: %s", error->message);
  else if (self->window != NULL)
    {
      self->network = read->status;
      self->knows_network = TRUE;
      show_network (self);
    }
  g_object_unref (self);
  g_free (read);
}

static void
load_network (SlApplication *self)
{
  NetworkRead *read;

  if (sl_door_get_state (self->door) != SL_DOOR_OPEN)
    return;
  read = g_new0 (NetworkRead, 1);
  read->application = g_object_ref (self);
  sl_door_run_async (self->door, read_network, read, NULL, NULL, on_network_read, read);
}

/* Answers */

static void
forget_asked (SlApplication *self)
{
  g_clear_pointer (&self->asked_code, g_free);
  g_clear_pointer (&self->asked, sl_checkin_answer_free);
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

/* The bell takes the place of the answer's own sound. */
static void
ring_for_reception (SlApplication *self, SlRefusalCode why, const char *who, const SlId *member)
{
  sl_desk_call (self->desk, why, who, member);
  sl_device_play (self->device, "bell");
}

/* Takes answer. */
static void
show_answer (SlApplication *self, SlCheckinAnswer *answer, const char *code)
{
  const SlDoorPlaceInfo *info = sl_door_get_place (self->door);
  g_autoptr (GTimeZone) zone = info != NULL ? g_time_zone_ref (info->zone) : g_time_zone_new_utc ();
  SlDoorPlace place = { zone, info != NULL && info->has_hub };
  g_auto (SlDoorWords) words = { 0 };

  forget_asked (self);
  self->asked_code = g_strdup (code);
  self->asked = answer;
  sl_door_words_for_answer (answer, &place, &words);
  show_words (self, &words, answer->choices);
  if (sl_door_words_send_to_reception (answer->result))
    ring_for_reception (self, answer->result, answer->short_name, &answer->member_id);
}

static void
show_failure (SlApplication *self, const GError *error)
{
  g_auto (SlDoorWords) words = { 0 };

  g_warning ("A check-in could not be recorded: %s", error->message);
  forget_asked (self);
  /* A sync that failed is never tried again on the same pages: this process ends once the page has been read. */
  if (g_error_matches (error, SL_ERROR, SL_ERROR_STORAGE))
    self->is_unusable = TRUE;
  sl_door_words_for_failure (error->domain == SL_ERROR ? error->code : SL_ERROR_STORAGE, &words);
  show_words (self, &words, NULL);
}

static gboolean
on_language_lapsed (gpointer user_data)
{
  SlApplication *self = user_data;

  /* Whoever stands there is in the middle of something. */
  if (sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    return G_SOURCE_CONTINUE;
  self->language_id = 0;
  if (!g_str_equal (sl_language_current (), self->home_language))
    g_signal_emit_by_name (sl_door_window_get_start (self->window), "language-chosen", self->home_language);
  return G_SOURCE_REMOVE;
}

static void
keep_language (SlApplication *self)
{
  g_clear_handle_id (&self->language_id, g_source_remove);
  self->language_id = g_timeout_add_seconds (sl_device_get_settings (self->device)->language_s,
                                             on_language_lapsed, self);
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
        show_failure (self, error);
      keep_language (self);
    }
  asked_free (asked);
}

static void
ask (SlApplication *self, const char *code, const SlId *session_id)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->application = g_object_ref (self);
  asked->code = g_strdup (code);
  self->codes_waiting++;
  sl_door_check_in_async (self->door, code, session_id, NULL, on_checked_in, asked);
}

static void
on_session_chosen (SlAnswerView *view, const SlId *session_id, SlApplication *self)
{
  if (self->asked_code != NULL)
    ask (self, self->asked_code, session_id);
}

static void
on_answer_done (SlAnswerView *view, SlApplication *self)
{
  forget_asked (self);
  if (self->is_unusable)
    g_application_quit (G_APPLICATION (self));
  else
    show_rest (self);
}

/* The member's side */

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
on_way_chosen (SlAnswerView *view, int action, SlApplication *self)
{
  if (self->asked == NULL)
    return;
  sl_member_side_follow (self->member_side, self->asked_code, self->asked, action);
  forget_asked (self);
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
  keep_language (self);
  show_rest (self);
}

static void
on_member_answered (SlMemberSide *side, int tone, SlApplication *self)
{
  sl_device_play (self->device, sl_tone_get_look (tone)->sound);
}

static void
on_member_called (SlMemberSide *side, int why, const char *who, const SlId *member, SlApplication *self)
{
  ring_for_reception (self, why, who, member);
}

static void
on_member_failed (SlMemberSide *side, const GError *error, SlApplication *self)
{
  if (self->window != NULL)
    show_failure (self, error);
}

static void
add_member_side (SlApplication *self)
{
  self->member_side = sl_member_side_new (self->door, self->world);
  g_signal_connect_object (self->member_side, "shown", G_CALLBACK (on_member_shown), self, 0);
  g_signal_connect_object (self->member_side, "done", G_CALLBACK (on_member_done), self, 0);
  g_signal_connect_object (self->member_side, "answered", G_CALLBACK (on_member_answered), self, 0);
  g_signal_connect_object (self->member_side, "called", G_CALLBACK (on_member_called), self, 0);
  g_signal_connect_object (self->member_side, "failed", G_CALLBACK (on_member_failed), self, 0);
  sl_door_window_set_member (self->window, sl_member_side_get_widget (self->member_side));
  sl_member_side_set_camera (self->member_side, camera_shown (self));
}

/* Reception */

static void
on_reception_wanted (SlCheckinPage *page, SlApplication *self)
{
  self->is_at_desk = TRUE;
  sl_desk_shell_enter (sl_door_window_get_desk (self->window));
  show_rest (self);
}

static void
on_desk_left (gpointer user_data)
{
  SlApplication *self = user_data;

  self->is_at_desk = FALSE;
  show_rest (self);
}

static void
on_desk_failed (SlDesk *desk, const GError *error, SlApplication *self)
{
  if (self->window != NULL)
    show_failure (self, error);
}

/* The window */

static void on_language_chosen (SlCheckinPage *page, const char *code, SlApplication *self);

/* Tells new pages all that is known. */
static void
fill_pages (SlApplication *self)
{
  SlCheckinPage *start = sl_door_window_get_start (self->window);
  SlAnswerView *answer = sl_door_window_get_answer (self->window);
  SlPairPage *page = sl_door_window_get_pair (self->window);
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);

  g_signal_connect_object (start, "language-chosen", G_CALLBACK (on_language_chosen), self, 0);
  g_signal_connect_object (start, "reception-wanted", G_CALLBACK (on_reception_wanted), self, 0);
  g_signal_connect_object (start, "no-code-wanted", G_CALLBACK (on_no_code_wanted), self, 0);
  g_signal_connect_object (start, "booking-wanted", G_CALLBACK (on_booking_wanted), self, 0);
  g_signal_connect_object (start, "bookings-wanted", G_CALLBACK (on_bookings_wanted), self, 0);
  g_signal_connect_object (answer, "action-chosen", G_CALLBACK (on_way_chosen), self, 0);
  g_signal_connect_object (answer, "session-chosen", G_CALLBACK (on_session_chosen), self, 0);
  g_signal_connect_object (answer, "done", G_CALLBACK (on_answer_done), self, 0);
  g_signal_connect_object (page, "text-entered", G_CALLBACK (on_pair_text), self, 0);
  g_signal_connect_object (page, "stop", G_CALLBACK (on_pair_stop), self, 0);
  g_signal_connect_object (page, "left", G_CALLBACK (on_pair_left), self, 0);
  sl_desk_shell_attach (self->desk, sl_door_window_get_desk (self->window), on_desk_left, self);
  if (place != NULL)
    sl_checkin_page_set_place (start, place->studio_name, place->location_name, place->has_hub);
  sl_checkin_page_set_board (start, self->board);
  show_now (self);
  sl_checkin_page_set_camera (start, camera_shown (self));
  sl_pair_page_set_data_dir (page, self->data_dir);
  sl_pair_page_set_camera (page, camera_shown (self));
  sl_pair_page_set_shown (page, self->pair_shown, NULL);
  sl_first_start_set_camera (self->first_start, camera_shown (self));
  show_rest (self);
}

static gboolean
on_rebuild (gpointer user_data)
{
  g_autoptr (SlApplication) self = user_data;

  if (self->window == NULL)
    return G_SOURCE_REMOVE;
  sl_door_window_rebuild (self->window);
  sl_first_start_rebuild (self->first_start);
  fill_pages (self);
  if (self->is_at_desk) /* it was chosen there */
    sl_desk_open (self->desk, SL_DESK_SETTINGS, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_language_chosen (SlCheckinPage *page, const char *code, SlApplication *self)
{
  sl_language_use (code);
  keep_language (self);
  /* Not from here: the page that asks is about to go. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_rebuild, g_object_ref (self), NULL);
}

static void
on_door_state (SlDoor *door, SlApplication *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (door);
  const GError *error = sl_door_get_error (door);

  if (error != NULL)
    g_message ("The door cannot be opened: %s", error->message);
  else
    {
      show_pairing (self, SL_PAIR_SHOWN_WAITING, NULL); /* should the data go, this is a new device again */
      self->is_joining = FALSE;
      if (!sl_first_start_holds_screen (self->first_start))
        sl_first_start_reset (self->first_start);
      leave_first_start (self);
    }
  if (place != NULL)
    sl_checkin_page_set_place (sl_door_window_get_start (self->window), place->studio_name, place->location_name,
                               place->has_hub);
  show_now (self);
  load_board (self);
  load_network (self);
  if (error != NULL && sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    sl_member_side_reset (self->member_side);
  if (sl_door_window_get_shown (self->window) != SL_DOOR_SHOWS_ANSWER
      && (error != NULL || sl_door_window_get_shown (self->window) != SL_DOOR_SHOWS_MEMBER))
    show_rest (self);
  tell_ready (self);
}

static void
on_code (SlIntake *intake, const char *code, SlApplication *self)
{
  sl_application_handle_code (self, code);
}

static void
on_camera_changed (SlIntake *intake, SlApplication *self)
{
  sl_checkin_page_set_camera (sl_door_window_get_start (self->window), camera_shown (self));
  sl_pair_page_set_camera (sl_door_window_get_pair (self->window), camera_shown (self));
  sl_member_side_set_camera (self->member_side, camera_shown (self));
  sl_first_start_set_camera (self->first_start, camera_shown (self));
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

static gboolean
on_tick (gpointer user_data)
{
  SlApplication *self = user_data;

  if (self->world->now_ms (self->world) / (60 * 1000) != self->shown_minute)
    {
      show_now (self);
      load_board (self);
    }
  if (++self->network_ticks % NETWORK_TICKS == 0)
    load_network (self);
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
    on_language_chosen (NULL, self->home_language, self);
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
  self->pairing = sl_pairing_new (self->data_dir, self->world, on_pairing_done, self);
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
      g_signal_connect_object (self->door, "state-changed", G_CALLBACK (on_door_state), self, 0);
      g_signal_connect_object (self->door, "board-changed", G_CALLBACK (on_board_changed), self, 0);
      g_signal_connect_object (self->intake, "code", G_CALLBACK (on_code), self, 0);
      g_signal_connect_object (self->intake, "camera-changed", G_CALLBACK (on_camera_changed), self, 0);
      g_signal_connect_object (self->intake, "picture", G_CALLBACK (on_picture), self, 0);
      self->desk = sl_desk_new (self->door, self->world);
      sl_desk_set_device (self->desk, self->device);
      g_signal_connect_object (self->desk, "failed", G_CALLBACK (on_desk_failed), self, 0);
      add_member_side (self);
      add_first_start (self);
      fill_pages (self);
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
  forget_asked (self);
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

static void
sl_application_init (SlApplication *self)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data_dir, "The studio's data directory", "DIR" },
    { "camera", 0, 0, G_OPTION_ARG_STRING, &self->camera_source,
      "A v4l2 device, a GStreamer URI, a folder of pictures, or none", "SOURCE" },
    { "scanner", 0, 0, G_OPTION_ARG_STRING, &self->scanner_source, "serial:DEVICE, evdev:DEVICE, or none", "SOURCE" },
    { "windowed", 0, 0, G_OPTION_ARG_NONE, &self->is_windowed, "In a window that can be closed, for trying it", NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &self->language, "The language to start in: en or af", "LANGUAGE" },
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

/* On its first page, and where a device is to join, a code may be the one that pairs. */
static gboolean
is_first_starts (SlApplication *self)
{
  return sl_first_start_holds_screen (self->first_start)
         || (has_no_studio (self) && !self->is_joining
             && sl_first_start_get_step (self->first_start) != SL_FIRST_WELCOME);
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
  if (self->first_start != NULL && is_first_starts (self))
    sl_first_start_handle_code (self->first_start, code);
  else if (has_no_studio (self))
    pair (self, code);
  else if (self->is_at_desk)
    sl_desk_scan (self->desk, code);
  else if (self->window != NULL && sl_door_window_get_shown (self->window) == SL_DOOR_SHOWS_MEMBER)
    sl_member_side_handle_code (self->member_side, code);
  else
    ask (self, code, NULL);
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
