/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-application"

#include "kiosk/application.h"

#include "desk-fixture.h"
#include "trace-vfs.h"

#include "core/crypto.h"
#include "engine/call.h"
#include "engine/sale.h"
#include "kiosk/application-private.h"
#include "kiosk/desk-shell.h"
#include "language.h"
#include "scan/code-picture.h"
#include "widgets/sheet.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* The whole application in this process: real engine, real camera pipeline, real pages; its clock stands still at
 * MORNING, and its disk can be held up. */

typedef struct {
  SlTraceVfs *vfs;
  Desk desk;
  SlTempDir *camera;
  SlApplication *application;
  SlDoorWindow *window;
  /* the gate before the disk */
  GMutex lock;
  GCond cond;
  gboolean is_shut, is_waiting;
  gint synced; /* atomic */
} Kiosk;

/* Holds up each sync of the log while the gate is shut. */
static void
on_disk (SlTraceOp op, SlTraceFile file, gboolean after, gpointer user_data)
{
  Kiosk *kiosk = user_data;

  if (op != SL_TRACE_SYNC || file != SL_TRACE_WAL)
    return;
  if (after)
    {
      g_atomic_int_inc (&kiosk->synced);
      return;
    }
  g_mutex_lock (&kiosk->lock);
  kiosk->is_waiting = kiosk->is_shut;
  while (kiosk->is_shut)
    g_cond_wait (&kiosk->cond, &kiosk->lock);
  kiosk->is_waiting = FALSE;
  g_mutex_unlock (&kiosk->lock);
}

static void
set_gate (Kiosk *kiosk, gboolean is_shut)
{
  g_mutex_lock (&kiosk->lock);
  kiosk->is_shut = is_shut;
  g_cond_broadcast (&kiosk->cond);
  g_mutex_unlock (&kiosk->lock);
}

static gboolean
is_waiting_at_gate (Kiosk *kiosk)
{
  gboolean is_waiting;

  g_mutex_lock (&kiosk->lock);
  is_waiting = kiosk->is_waiting;
  g_mutex_unlock (&kiosk->lock);
  return is_waiting;
}

static GtkWidget *
find_class (GtkWidget *widget, const char *css_class)
{
  if (gtk_widget_has_css_class (widget, css_class))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_class (child, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static const char *
label_of (Kiosk *kiosk, const char *css_class)
{
  GtkWidget *label = find_class (GTK_WIDGET (kiosk->window), css_class);

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : "";
}

static void
wait_for_label (Kiosk *kiosk, const char *css_class, const char *text)
{
  while (!g_str_equal (label_of (kiosk, css_class), text))
    g_main_context_iteration (NULL, TRUE);
}

/* How the network is comes first, whatever else there is to say. */
static void
wait_for_network (Kiosk *kiosk, const char *text)
{
  while (!g_str_has_prefix (label_of (kiosk, "network-words"), text))
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_page (Kiosk *kiosk, SlDoorShows page)
{
  while (sl_door_window_get_shown (kiosk->window) != page)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Kiosk *kiosk, gconstpointer data)
{
  kiosk->vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  sl_trace_vfs_set_hook (kiosk->vfs, on_disk, kiosk);
  g_mutex_init (&kiosk->lock);
  g_cond_init (&kiosk->cond);
  kiosk->camera = sl_temp_dir_new ();
  desk_open (&kiosk->desk, NULL);
}

/* Starts the application on the desk's directory; its settings come from device.ini. */
static void
start (Kiosk *kiosk, const char *settings)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk.dir, "device.ini");
  g_autofree char *text = g_strdup_printf ("[camera]\nsource=%s\n[ui]\nsounds=false\n%s", kiosk->camera->path,
                                           settings);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("STUDIOLOOP_DATA", kiosk->desk.dir->path, TRUE);
  kiosk->application = sl_application_new (&kiosk->desk.world.base);
  g_assert_true (g_application_register (G_APPLICATION (kiosk->application), NULL, NULL));
  g_application_activate (G_APPLICATION (kiosk->application));
  kiosk->window = SL_DOOR_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (kiosk->application)));
  wait_for_label (kiosk, "studio", "Fynbos Fitness · Sea Point");
}

static void
tear_down (Kiosk *kiosk, gconstpointer data)
{
  set_gate (kiosk, FALSE);
  if (kiosk->application != NULL)
    {
      GApplication *application = G_APPLICATION (kiosk->application);

      G_APPLICATION_GET_CLASS (application)->shutdown (application);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_finalize_object (application);
    }
  desk_close (&kiosk->desk, NULL);
  sl_temp_dir_free (kiosk->camera);
  sl_trace_vfs_free (kiosk->vfs);
  g_cond_clear (&kiosk->cond);
  g_mutex_clear (&kiosk->lock);
}

/* A member with a pass, booked into a class that starts in ten minutes. */
static char *
booked_pass (Kiosk *kiosk)
{
  SlId member = desk_member (&kiosk->desk, "Thandi");
  SlId session = desk_free_class (&kiosk->desk, MORNING + MINUTES (10), 8);

  desk_book (&kiosk->desk, &member, &session);
  return desk_pass (&kiosk->desk, &member);
}

/* Puts a picture of a code before the camera, whole at once. */
static void
hold_out (Kiosk *kiosk, const char *code)
{
  g_autofree char *drawn = sl_temp_dir_file (kiosk->desk.dir, "pass.png");
  g_autofree char *shown = sl_temp_dir_file (kiosk->camera, "pass.png");

  g_assert_true (sl_code_picture_save_png (code, 8, drawn, NULL));
  g_assert_cmpint (g_rename (drawn, shown), ==, 0);
}

static void
count_frame (GdkFrameClock *clock, guint *frames)
{
  (*frames)++;
}

/* Lets the page draw itself this often: the main loop runs, whatever the engine does. */
static void
draw_frames (Kiosk *kiosk, guint n)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (kiosk->window));
  guint frames = 0;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (count_frame), &frames);

  for (guint before = 0; frames < n;)
    {
      gtk_widget_queue_draw (GTK_WIDGET (kiosk->window));
      for (before = frames; frames == before;)
        g_main_context_iteration (NULL, TRUE);
    }
  g_signal_handler_disconnect (clock, id);
}

static void
on_headline (GtkLabel *label, GParamSpec *pspec, Kiosk *kiosk)
{
  if (*gtk_label_get_label (label) != '\0')
    g_assert_cmpint (g_atomic_int_get (&kiosk->synced), >, 0);
}

static void
test_sync_before_answer (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (kiosk);
  gint64 before = desk_operations (&kiosk->desk);

  start (kiosk, "");
  set_gate (kiosk, TRUE);
  g_atomic_int_set (&kiosk->synced, 0);
  g_signal_connect (find_class (GTK_WIDGET (kiosk->window), "answer-headline"), "notify::label",
                    G_CALLBACK (on_headline), kiosk);
  hold_out (kiosk, pass);
  while (!is_waiting_at_gate (kiosk))
    g_main_context_iteration (NULL, TRUE);

  /* The check-in stands before the disk. The page lives, and says nothing yet. */
  draw_frames (kiosk, 30);
  g_assert_true (is_waiting_at_gate (kiosk));
  g_assert_cmpint (sl_door_window_get_shown (kiosk->window), ==, SL_DOOR_SHOWS_START);
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "");
  g_assert_cmpint (g_atomic_int_get (&kiosk->synced), ==, 0);

  set_gate (kiosk, FALSE);
  wait_for_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_assert_cmpint (g_atomic_int_get (&kiosk->synced), >, 0);
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "Welcome, Thandi N.");
  g_assert_cmpstr (label_of (kiosk, "answer-detail"), ==, "Vinyasa · 06:10");
  g_assert_nonnull (find_class (GTK_WIDGET (kiosk->window), "tone-in"));
  g_assert_cmpint (desk_operations (&kiosk->desk), >, before);
}

static void
test_disk_full (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (kiosk);

  start (kiosk, "");
  sl_trace_vfs_fail (kiosk->vfs, SL_TRACE_WRITE, SL_TRACE_WAL, 0, SQLITE_FULL, ENOSPC, TRUE);
  g_test_expect_message ("sl-application-answer", G_LOG_LEVEL_WARNING, "A check-in could not be recorded*");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "We can't record right now");
  g_assert_nonnull (find_class (GTK_WIDGET (kiosk->window), "tone-refused"));

  /* Somebody frees space: the next scan is recorded. */
  sl_trace_vfs_heal (kiosk->vfs);
  sl_application_handle_code (kiosk->application, pass);
  wait_for_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, 0);
}

static void
test_sync_fails (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (kiosk);

  start (kiosk, "");
  sl_trace_vfs_fail (kiosk->vfs, SL_TRACE_SYNC, SL_TRACE_WAL, 0, SQLITE_IOERR_FSYNC, EIO, FALSE);
  g_test_expect_message ("sl-application-answer", G_LOG_LEVEL_WARNING, "A check-in could not be recorded*");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "We can't record right now");
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, SL_APPLICATION_EXIT_STORAGE);

  /* Never tried again: a code that comes now is not asked for. */
  sl_application_handle_code (kiosk->application, pass);
  draw_frames (kiosk, 5);
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "We can't record right now");
}

static void
test_choice (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (&kiosk->desk, "Thandi");
  SlId first = desk_free_class (&kiosk->desk, MORNING + MINUTES (5), 8);
  SlId second = desk_free_class (&kiosk->desk, MORNING + MINUTES (5) + HOURS (1), 8);

  desk_policy (&kiosk->desk, "checkin_opens_minutes", "90");
  desk_book (&kiosk->desk, &member, &first);
  desk_book (&kiosk->desk, &member, &second);
  g_autofree char *pass = desk_pass (&kiosk->desk, &member);
  start (kiosk, "");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_label (kiosk, "answer-headline", "Which class today?");
  GtkWidget *button = find_class (GTK_WIDGET (kiosk->window), "choice");
  g_signal_emit_by_name (gtk_widget_get_next_sibling (button), "clicked");
  wait_for_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  g_assert_cmpstr (label_of (kiosk, "answer-detail"), ==, "Vinyasa · 07:05");
}

static void
test_refusals_follow_each_other (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (kiosk);

  start (kiosk, "");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_label (kiosk, "answer-headline", "We can't read this pass");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_label (kiosk, "answer-headline", "You're already in");
}

static void
test_returns_to_start (Kiosk *kiosk, gconstpointer data)
{
  start (kiosk, "");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  wait_for_page (kiosk, SL_DOOR_SHOWS_START);
  g_assert_cmpstr (label_of (kiosk, "answer-headline"), ==, "");
}

static void
test_language (Kiosk *kiosk, gconstpointer data)
{
  start (kiosk, "");
  hold_out (kiosk, "hello");
  wait_for_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  wait_for_page (kiosk, SL_DOOR_SHOWS_START);
  GtkWidget *english = gtk_widget_get_first_child (find_class (GTK_WIDGET (kiosk->window), "languages"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_next_sibling (english)), TRUE);
  wait_for_network (kiosk, "Selfstandig");
  g_assert_cmpstr (label_of (kiosk, "studio"), ==, "Fynbos Fitness · Sea Point");
  g_assert_cmpstr (label_of (kiosk, "day"), ==, "Ma 2 Maart");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_label (kiosk, "answer-headline", "Ons kan nie hierdie pas lees nie");
}

static void
test_language_lapses (Kiosk *kiosk, gconstpointer data)
{
  start (kiosk, "language_s=1\n");
  GtkWidget *english = gtk_widget_get_first_child (find_class (GTK_WIDGET (kiosk->window), "languages"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_next_sibling (english)), TRUE);
  wait_for_network (kiosk, "Selfstandig");
  wait_for_network (kiosk, "Stand-alone");
}

static void
test_clock_ticks (Kiosk *kiosk, gconstpointer data)
{
  desk_free_class (&kiosk->desk, MORNING + MINUTES (1), 8);
  start (kiosk, "");
  g_assert_cmpstr (label_of (kiosk, "clock"), ==, "06:00");
  wait_for_label (kiosk, "board-free", "8 free");
  kiosk->desk.world.now_ms += MINUTES (1);
  wait_for_label (kiosk, "clock", "06:01");
  g_assert_cmpstr (label_of (kiosk, "board-free"), ==, "has started");
}

static void
test_starts_in_its_language (Kiosk *kiosk, gconstpointer data)
{
  start (kiosk, "language=af\n");
  wait_for_network (kiosk, "Selfstandig");
}

/* In a process of its own, which help ends. */
static void
test_help (void)
{
  guint n;
  const SlLanguage *languages = sl_language_list (&n);

  if (g_test_subprocess ())
    {
      SlFakeWorld world = { 0 };
      char *words[] = { (char *) "studioloop-kiosk", (char *) "--help", NULL };
      g_autoptr (SlApplication) application = sl_application_new (&world.base);

      g_application_run (G_APPLICATION (application), 2, words);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *said = g_strdup_printf ("*--language=LANGUAGE*start in: *%s*--*", languages[i].code);

      g_test_trap_assert_stdout (said);
    }
}

static void
test_camera_missing (Kiosk *kiosk, gconstpointer data)
{
  SlTempDir *camera = g_steal_pointer (&kiosk->camera);

  /* Unplugged before the start: words in its place, and the board goes on. */
  kiosk->camera = sl_temp_dir_new ();
  g_assert_cmpint (g_rmdir (kiosk->camera->path), ==, 0);
  start (kiosk, "");
  wait_for_label (kiosk, "camera-headline", "The camera is not there");
  wait_for_label (kiosk, "network-words", "Stand-alone · Camera missing");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (
                     find_class (GTK_WIDGET (sl_door_window_get_desk (kiosk->window)), "network-words"))), ==,
                   "Stand-alone · Camera missing"); /* also where staff sign in */
  desk_free_class (&kiosk->desk, MORNING + MINUTES (40), 8);
  wait_for_label (kiosk, "board-free", "8 free");
  g_assert_cmpint (sl_door_window_get_shown (kiosk->window), ==, SL_DOOR_SHOWS_START);

  /* Plugged in again: it is found by itself. */
  g_assert_cmpint (g_mkdir (kiosk->camera->path, 0700), ==, 0);
  hold_out (kiosk, "hello");
  wait_for_label (kiosk, "answer-headline", "We can't read this pass");
  sl_temp_dir_free (camera);
}

static void
test_board_counts_down (Kiosk *kiosk, gconstpointer data)
{
  SlId session = desk_free_class (&kiosk->desk, MORNING + MINUTES (40), 8);
  SlId member = desk_member (&kiosk->desk, "Thandi");

  start (kiosk, "");
  wait_for_label (kiosk, "board-free", "8 free");
  desk_book (&kiosk->desk, &member, &session);
  wait_for_label (kiosk, "board-free", "7 free");
}

static void
test_keys_do_nothing (Kiosk *kiosk, gconstpointer data)
{
  gboolean taken = FALSE;

  start (kiosk, "");
  /* What GTK makes of Ctrl+Shift+I and Ctrl+Shift+D, and of a window manager's request to close. */
  g_signal_emit_by_name (kiosk->window, "enable-debugging", FALSE, &taken);
  g_assert_true (taken);
  g_signal_emit_by_name (kiosk->window, "enable-debugging", TRUE, &taken);
  g_assert_true (taken);
  gtk_window_close (GTK_WINDOW (kiosk->window));
  draw_frames (kiosk, 3);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (kiosk->window)));
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 1);
}

static gboolean
asks_to_close (GtkWindow *window)
{
  gboolean stopped = FALSE;

  g_signal_emit_by_name (window, "close-request", &stopped);
  return !stopped;
}

/* On every page, and whatever asks for it: a window manager's Alt+F4, GTK's own actions, keys that programs end by. */
static void
test_no_way_out (Kiosk *kiosk, gconstpointer data)
{
  static const SlDoorShows pages[] = { SL_DOOR_SHOWS_START, SL_DOOR_SHOWS_ANSWER, SL_DOOR_SHOWS_PAIR,
                                       SL_DOOR_SHOWS_DESK, SL_DOOR_SHOWS_MEMBER };
  GtkWindow *window;

  start (kiosk, "");
  window = GTK_WINDOW (kiosk->window);
  while (!gtk_window_is_fullscreen (window))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      sl_door_window_show (kiosk->window, pages[i]);
      g_assert_false (asks_to_close (window));
      (void) gtk_widget_activate_action (GTK_WIDGET (window), "window.close", NULL);
      draw_frames (kiosk, 2);
      g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window)));
      g_assert_true (gtk_window_is_fullscreen (window));
    }
  /* No key ends the program: there is no action for one. */
  g_auto (GStrv) actions = g_action_group_list_actions (G_ACTION_GROUP (kiosk->application));
  g_assert_cmpuint (g_strv_length (actions), ==, 0);
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, 0);
}

/* --- what is heard --- */

#define WAVE_HEADER_BYTES 44

/* Where all that is played ends up. */
static void
start_with_sound (Kiosk *kiosk)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk.dir, "heard.raw");
  g_autofree char *settings = g_strdup_printf (
    "sounds=true\nsound_sink=audio/x-raw,format=S16LE ! filesink buffer-mode=unbuffered location=%s\n", path);

  start (kiosk, settings);
}

static gboolean
hears (Kiosk *kiosk, const char *sound)
{
  g_autofree char *path = sl_temp_dir_file (kiosk->desk.dir, "heard.raw"), *data = NULL;
  g_autofree char *name = g_strdup_printf ("/za/studioloop/kiosk/sounds/%s.wav", sound);
  g_autoptr (GBytes) wave = g_resources_lookup_data (name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length, wave_length;
  const char *played = g_bytes_get_data (wave, &wave_length);

  return g_file_get_contents (path, &data, &length, NULL) && length == wave_length - WAVE_HEADER_BYTES
         && memcmp (data, played + WAVE_HEADER_BYTES, length) == 0;
}

static void
wait_for_sound (Kiosk *kiosk, const char *sound)
{
  while (!hears (kiosk, sound))
    {
      (void) g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

/* Whether it stands anywhere in the window, in sight or not. */
static gboolean
says (GtkWidget *widget, const char *part)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, part))
      return TRUE;
  return FALSE;
}

static void
wait_for_words (Kiosk *kiosk, const char *part)
{
  while (!says (GTK_WIDGET (kiosk->window), part))
    g_main_context_iteration (NULL, TRUE);
}

static void
go_to_reception (Kiosk *kiosk)
{
  g_signal_emit_by_name (sl_door_window_get_start (kiosk->window), "reception-wanted");
  wait_for_page (kiosk, SL_DOOR_SHOWS_DESK);
}

static void
call_elsewhere (Kiosk *kiosk, const SlId *member)
{
  SlId id;

  g_assert_true (sl_call_add (kiosk->desk.engine, &kiosk->desk.owner, SL_REFUSAL_TOO_LATE, member, &id, NULL));
}

static void
test_bell (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (&kiosk->desk, "Thandi");

  start_with_sound (kiosk);
  g_signal_emit_by_name (kiosk->application->member_side, "called", SL_REFUSAL_TOO_LATE, "Thandi N.", &member);
  wait_for_sound (kiosk, "bell");

  /* Reception is locked: that somebody waits is for anybody to read, who it is is not. */
  go_to_reception (kiosk);
  wait_for_words (kiosk, "Somebody waits at the door");
  GtkWidget *desk = GTK_WIDGET (sl_door_window_get_desk (kiosk->window));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (sl_desk_page_get_pin (SL_DESK_PAGE (desk)))));
  g_assert_false (says (GTK_WIDGET (sl_desk_page_get_pin (SL_DESK_PAGE (desk))), "Thandi"));
}

static void
test_sent_to_reception (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (&kiosk->desk, "Sipho");
  g_autofree char *barred = desk_pass (&kiosk->desk, &member);
  desk_block (&kiosk->desk, &member);
  start (kiosk, "");
  sl_application_handle_code (kiosk->application, barred);
  wait_for_label (kiosk, "answer-headline", "Please see reception");
  wait_for_words (kiosk, "Somebody waits at the door");
  g_autoptr (GPtrArray) calls = sl_call_list (kiosk->desk.engine, NULL);
  g_assert_cmpuint (calls->len, ==, 1);
  g_assert_cmpstr (((const SlCall *) calls->pdata[0])->who, ==, "Sipho N.");
}

static void
test_bell_of_another_process (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *heard = sl_temp_dir_file (kiosk->desk.dir, "heard.raw");
  SlId thandi = desk_member (&kiosk->desk, "Thandi"), sipho = desk_member (&kiosk->desk, "Sipho");

  /* Nobody is at the desk here: it is written there, and no member hears a bell. */
  start_with_sound (kiosk);
  call_elsewhere (kiosk, &thandi);
  wait_for_words (kiosk, "Somebody waits at the door");
  g_assert_false (g_file_test (heard, G_FILE_TEST_EXISTS));

  go_to_reception (kiosk);
  call_elsewhere (kiosk, &sipho);
  wait_for_words (kiosk, "2 people wait at the door");
  wait_for_sound (kiosk, "bell");

  /* Half an hour later they have gone. */
  kiosk->desk.world.now_ms += MINUTES (SL_CALL_MINUTES + 1);
  while (says (GTK_WIDGET (kiosk->window), "people wait at the door"))
    g_main_context_iteration (NULL, TRUE);
}

/* --- who has the screen of reception --- */

#define PIN "482916" /* of all staff of the fixture */

static void
on_signed_in (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal->code), ==, "ok");
}

static void
sign_in (Kiosk *kiosk, const SlId *staff)
{
  sl_desk_sign_in (kiosk->application->desk, staff, PIN, NULL, on_signed_in);
  while (sl_desk_get_staff (kiosk->application->desk) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Somebody new of that role is at the desk, with that section before them. */
static SlId
work_at_desk (Kiosk *kiosk, SlRole role, const char *section)
{
  SlActor actor;

  desk_staff (&kiosk->desk, role, &actor);
  go_to_reception (kiosk);
  sign_in (kiosk, &actor.id);
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", section);
  return actor.id;
}

static GtkWidget *
find_mapped (GtkWidget *widget, GType type, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && says (widget, text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_last_child (widget); child != NULL;
       child = gtk_widget_get_prev_sibling (child))
    {
      GtkWidget *found = find_mapped (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* A finger on the middle of it meets it, and nothing above it. */
static gboolean
can_be_touched (Kiosk *kiosk, GtkWidget *widget)
{
  GtkWidget *window = GTK_WIDGET (kiosk->window), *at;
  graphene_rect_t bounds;

  if (widget == NULL || !gtk_widget_compute_bounds (widget, window, &bounds))
    return FALSE;
  at = gtk_widget_pick (window, bounds.origin.x + bounds.size.width / 2, bounds.origin.y + bounds.size.height / 2,
                        GTK_PICK_DEFAULT);
  return at != NULL && (at == widget || gtk_widget_is_ancestor (at, widget));
}

static gboolean
can_touch_button (Kiosk *kiosk, const char *text)
{
  GtkWidget *button = find_mapped (GTK_WIDGET (kiosk->window), GTK_TYPE_BUTTON, text);

  return button != NULL && gtk_widget_is_sensitive (button) && can_be_touched (kiosk, button);
}

/* Once a finger can press it, one does. */
static void
press (Kiosk *kiosk, const char *text)
{
  while (!can_touch_button (kiosk, text))
    g_main_context_iteration (NULL, TRUE);
  g_signal_emit_by_name (find_mapped (GTK_WIDGET (kiosk->window), GTK_TYPE_BUTTON, text), "clicked");
}

/* The field under the label with that text. */
static GtkWidget *
field (Kiosk *kiosk, const char *label)
{
  GtkWidget *widget;

  while ((widget = find_mapped (GTK_WIDGET (kiosk->window), GTK_TYPE_LABEL, label)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gtk_widget_get_next_sibling (widget);
}

static void
type_into (Kiosk *kiosk, const char *label, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (field (kiosk, label)), text);
}

static GtkWidget *
pin_page (Kiosk *kiosk)
{
  return GTK_WIDGET (sl_desk_page_get_pin (sl_door_window_get_desk (kiosk->window)));
}

/* Its pad is there to be typed on. */
static void
wait_for_pad (Kiosk *kiosk)
{
  while (!gtk_widget_get_mapped (pin_page (kiosk))
         || !can_be_touched (kiosk, find_mapped (pin_page (kiosk), GTK_TYPE_BUTTON, "5")))
    g_main_context_iteration (NULL, TRUE);
}

/* In each section, whoever locks or leaves the desk leaves nothing open, and nothing that was written. */
static void
test_lock_closes_sheets (Kiosk *kiosk, gconstpointer data)
{
  static const struct { const char *section, *button, *field; } sheets[] = {
    { "members", "New member", "First name" },
    { "today", "Write a note", "Note" },
    { "till", "Open the till", "Cash in it now, the float" },
  };
  SlId receptionist;

  desk_free_class (&kiosk->desk, MORNING + MINUTES (10), 8);
  start (kiosk, "");
  receptionist = work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, sheets[0].section);
  for (guint i = 0; i < G_N_ELEMENTS (sheets); i++)
    {
      g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", sheets[i].section);
      press (kiosk, sheets[i].button);
      type_into (kiosk, sheets[i].field, "5");
      g_assert_false (can_touch_button (kiosk, sheets[i].button));
      sl_desk_sign_out (kiosk->application->desk);
      g_assert_null (find_class (GTK_WIDGET (kiosk->window), "sheet"));
      wait_for_pad (kiosk);
      sign_in (kiosk, &receptionist);
      press (kiosk, sheets[i].button);
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field (kiosk, sheets[i].field))), ==, "");
      sl_desk_sign_out (kiosk->application->desk);
      sign_in (kiosk, &receptionist);
    }
  sl_desk_sign_out (kiosk->application->desk);
  g_signal_emit_by_name (pin_page (kiosk), "left");
  wait_for_page (kiosk, SL_DOOR_SHOWS_START);
  g_assert_null (find_class (GTK_WIDGET (kiosk->window), "sheet"));
}

/* An answer that comes after the lock asks nobody anything. */
static void
test_late_sheet (Kiosk *kiosk, gconstpointer data)
{
  SlId receptionist;
  SlSheet *sheet;
  GtkWidget *focus;

  start (kiosk, "");
  sheet = sl_sheet_new ("Thandi Nkosi");
  sl_sheet_set_child (sheet, gtk_entry_new ());
  receptionist = work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  while (!can_touch_button (kiosk, "New member"))
    g_main_context_iteration (NULL, TRUE);
  sl_desk_sign_out (kiosk->application->desk);
  wait_for_pad (kiosk);
  sl_sheet_present (sheet, find_class (GTK_WIDGET (sl_door_window_get_desk (kiosk->window)), "desk-content"));
  draw_frames (kiosk, 2);
  g_assert_null (find_mapped (GTK_WIDGET (kiosk->window), GTK_TYPE_LABEL, "Thandi Nkosi"));
  focus = gtk_window_get_focus (GTK_WINDOW (kiosk->window));
  g_assert_true (focus == NULL || gtk_widget_get_mapped (focus));
  wait_for_pad (kiosk);
  sign_in (kiosk, &receptionist);
  g_assert_null (find_class (GTK_WIDGET (kiosk->window), "sheet"));
  while (!can_touch_button (kiosk, "New member"))
    g_main_context_iteration (NULL, TRUE);
}

/* A refund above the limit, in the sheet that asks how much. */
static void
ask_for_refund (Kiosk *kiosk)
{
  SlSaleParams params = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlSale) sale = { 0 };
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_sale_other (kiosk->desk.engine, &kiosk->desk.owner, &params, "Towel", 90000, 1, &sale, &refusal,
                                NULL));
  start (kiosk, "");
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "till");
  press (kiosk, "Towel");
  press (kiosk, "Card");
  type_into (kiosk, "Amount", "900");
  type_into (kiosk, "Why", "Bought twice");
  press (kiosk, "Give R900.00 back");
}

static void
test_approval_over_a_sheet (Kiosk *kiosk, gconstpointer data)
{
  SlActor manager;

  desk_staff (&kiosk->desk, SL_ROLE_MANAGER, &manager);
  ask_for_refund (kiosk);
  wait_for_pad (kiosk);
  g_assert_true (says (pin_page (kiosk), "A manager's PIN"));

  /* Not now: all that was typed is there again. */
  press (kiosk, "Not now");
  while (!can_touch_button (kiosk, "Give R900.00 back"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field (kiosk, "Amount"))), ==, "900");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field (kiosk, "Why"))), ==, "Bought twice");

  press (kiosk, "Give R900.00 back");
  wait_for_pad (kiosk);
  g_signal_emit_by_name (pin_page (kiosk), "entered", &manager.id, PIN);
  wait_for_words (kiosk, "R900.00 was given back.");
  while (find_class (GTK_WIDGET (kiosk->window), "sheet") != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The real pointer, on its middle. */
static void
click (Kiosk *kiosk, GtkWidget *widget)
{
  graphene_rect_t bounds;
  g_autofree char *x = NULL, *y = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (kiosk->window), &bounds));
  x = g_strdup_printf ("%.0f", bounds.origin.x + bounds.size.width / 2);
  y = g_strdup_printf ("%.0f", bounds.origin.y + bounds.size.height / 2);
  char *words[] = { (char *) "xdotool", (char *) "mousemove", x, y, (char *) "click", (char *) "1", NULL };
  g_spawn_sync (NULL, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
click_is_noticed (Kiosk *kiosk, GtkWidget *widget)
{
  SlDeskPage *desk = sl_door_window_get_desk (kiosk->window);
  gint64 before_us = sl_desk_shell_get_touched_us (desk);

  click (kiosk, widget);
  while (sl_desk_shell_get_touched_us (desk) == before_us)
    g_main_context_iteration (NULL, TRUE);
}

/* Whoever writes in a sheet is there, on whatever they write. */
static void
test_sheets_and_keys_are_noticed (Kiosk *kiosk, gconstpointer data)
{
  GtkWidget *window, *key;

  start (kiosk, "");
  window = GTK_WIDGET (kiosk->window);
  while (!gtk_window_is_fullscreen (GTK_WINDOW (window)))
    g_main_context_iteration (NULL, TRUE);
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  press (kiosk, "New member");
  while (!can_be_touched (kiosk, field (kiosk, "First name")))
    g_main_context_iteration (NULL, TRUE);
  click_is_noticed (kiosk, field (kiosk, "First name"));
  while (!can_be_touched (kiosk, key = find_mapped (find_class (window, "keyboard"), GTK_TYPE_BUTTON, "Q")))
    g_main_context_iteration (NULL, TRUE);
  click_is_noticed (kiosk, key);
  while (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (field (kiosk, "First name"))), "Q"))
    g_main_context_iteration (NULL, TRUE);
}

/* Whoever holds up a code at reception hears what became of it, as at the door. */
static void
test_codes_are_heard_at_the_desk (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (kiosk);

  start_with_sound (kiosk);
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "ok");
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "walk-in");
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal");

  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "today");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "ok");
  press (kiosk, "Write a note");
  g_signal_emit_by_name (sl_door_window_get_desk (kiosk->window), "section-wanted", "members");
  sl_application_handle_code (kiosk->application, pass);
  wait_for_sound (kiosk, "attention"); /* what is asked comes first */

  sl_desk_sign_out (kiosk->application->desk);
  sl_application_handle_code (kiosk->application, "hello");
  wait_for_sound (kiosk, "refusal"); /* no badge */
}

/* Whoever has the desk when the door's language is due keeps all that is on it. */
static void
lapse (Kiosk *kiosk)
{
  GSource *source = g_main_context_find_source_by_id (NULL, kiosk->application->language_id);

  g_assert_nonnull (source);
  g_source_ref (source);
  g_source_set_ready_time (source, 0);
  while (!g_source_is_destroyed (source) && g_source_get_ready_time (source) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (source);
  draw_frames (kiosk, 2);
}

static void
test_language_waits_for_reception (Kiosk *kiosk, gconstpointer data)
{
  SlCheckinPage *before;
  GtkWidget *english, *desk;

  start (kiosk, "language_s=600\n");
  english = gtk_widget_get_first_child (find_class (GTK_WIDGET (kiosk->window), "languages"));
  before = sl_door_window_get_start (kiosk->window);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_next_sibling (english)), TRUE);
  /* The old page may say it already; whoever goes to reception has the new one before them. */
  while (sl_door_window_get_start (kiosk->window) == before)
    g_main_context_iteration (NULL, TRUE);
  wait_for_network (kiosk, "Selfstandig");
  work_at_desk (kiosk, SL_ROLE_RECEPTIONIST, "members");
  press (kiosk, "Nuwe lid");
  type_into (kiosk, "Voornaam", "Lerato");
  desk = GTK_WIDGET (sl_door_window_get_desk (kiosk->window));
  lapse (kiosk);
  g_assert_true (desk == GTK_WIDGET (sl_door_window_get_desk (kiosk->window)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field (kiosk, "Voornaam"))), ==, "Lerato");

  /* Nor at its PIN page, to which they come back. */
  sl_desk_sign_out (kiosk->application->desk);
  wait_for_pad (kiosk);
  lapse (kiosk);
  g_assert_true (desk == GTK_WIDGET (sl_door_window_get_desk (kiosk->window)));
  g_signal_emit_by_name (pin_page (kiosk), "left");
  wait_for_page (kiosk, SL_DOOR_SHOWS_START);
  lapse (kiosk);
  wait_for_network (kiosk, "Stand-alone");
}

int
main (int argc, char *argv[])
{
  g_assert_true (sl_crypto_init (NULL));
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
#define TEST(path, func) g_test_add (path, Kiosk, NULL, set_up, func, tear_down)
  TEST ("/sl/application/sync-returns-before-the-answer-shows", test_sync_before_answer);
  TEST ("/sl/application/full-disk-is-said-and-got-over", test_disk_full);
  TEST ("/sl/application/failed-sync-is-said-and-ends-the-program", test_sync_fails);
  TEST ("/sl/application/tapped-session-is-checked-in", test_choice);
  TEST ("/sl/application/next-scan-replaces-the-answer", test_refusals_follow_each_other);
  TEST ("/sl/application/answer-returns-to-start", test_returns_to_start);
  TEST ("/sl/application/language-switches-without-restart", test_language);
  TEST ("/sl/application/language-returns-to-its-own", test_language_lapses);
  TEST ("/sl/application/clock-ticks-and-the-board-with-it", test_clock_ticks);
  TEST ("/sl/application/starts-in-its-language", test_starts_in_its_language);
  g_test_add_func ("/sl/application/help-names-every-language", test_help);
  TEST ("/sl/application/missing-camera-is-said-while-the-rest-goes-on", test_camera_missing);
  TEST ("/sl/application/board-follows-bookings", test_board_counts_down);
  TEST ("/sl/application/cannot-be-closed-or-inspected", test_keys_do_nothing);
  TEST ("/sl/application/full-screen-has-no-way-out", test_no_way_out);
  TEST ("/sl/application/who-asks-for-reception-rings-and-the-locked-desk-says-so-without-a-name", test_bell);
  TEST ("/sl/application/who-is-sent-to-reception-is-told-there", test_sent_to_reception);
  TEST ("/sl/application/call-of-another-process-rings-where-reception-is", test_bell_of_another_process);
  TEST ("/sl/application/what-is-open-at-the-desk-goes-with-who-locks-it", test_lock_closes_sheets);
  TEST ("/sl/application/what-comes-late-is-not-seen-on-a-locked-desk", test_late_sheet);
  TEST ("/sl/application/managers-pin-is-asked-for-above-the-question-it-is-for", test_approval_over_a_sheet);
  TEST ("/sl/application/fingers-on-sheets-and-keys-keep-the-desk-open", test_sheets_and_keys_are_noticed);
  TEST ("/sl/application/codes-are-heard-at-the-desk-as-at-the-door", test_codes_are_heard_at_the_desk);
  TEST ("/sl/application/language-waits-until-reception-is-left", test_language_waits_for_reception);
  return g_test_run ();
}
