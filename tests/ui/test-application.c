/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-application"

#include "kiosk/application.h"

#include "kiosk-screen.h"

#include "engine/engine-private.h"
#include "engine/sync-status.h"
#include "kiosk/application-private.h"
#include "language.h"
#include "stage.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

/* The door: what a member shows it and reads there, whatever its disk and its camera do. */

static void
on_headline (GtkLabel *label, GParamSpec *pspec, Kiosk *kiosk)
{
  if (*gtk_label_get_label (label) != '\0')
    g_assert_cmpint (g_atomic_int_get (&kiosk->disk.synced), >, 0);
}

static void
test_sync_before_answer (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = kiosk_booked_pass (kiosk);
  gint64 before = desk_operations (kiosk->desk);

  kiosk_start (kiosk, "");
  disk_gate_set (&kiosk->disk, TRUE);
  g_atomic_int_set (&kiosk->disk.synced, 0);
  g_signal_connect (kiosk_find_class (kiosk, "answer-headline"), "notify::label",
                    G_CALLBACK (on_headline), kiosk);
  camera_hold_out (kiosk->camera, kiosk->desk->dir, pass);
  while (!disk_gate_is_waiting (&kiosk->disk))
    g_main_context_iteration (NULL, TRUE);

  /* The check-in stands before the disk. The page lives, and says nothing yet. */
  kiosk_draw (kiosk, 30);
  g_assert_true (disk_gate_is_waiting (&kiosk->disk));
  g_assert_cmpint (sl_door_window_get_shown (kiosk->window), ==, SL_DOOR_SHOWS_START);
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "");
  g_assert_cmpint (g_atomic_int_get (&kiosk->disk.synced), ==, 0);

  disk_gate_set (&kiosk->disk, FALSE);
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_assert_cmpint (g_atomic_int_get (&kiosk->disk.synced), >, 0);
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "Welcome, Thandi N.");
  g_assert_cmpstr (kiosk_label (kiosk, "answer-detail"), ==, "Vinyasa · 06:10");
  g_assert_nonnull (kiosk_find_class (kiosk, "tone-in"));
  g_assert_cmpint (desk_operations (kiosk->desk), >, before);
}

static void
test_disk_full (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = kiosk_booked_pass (kiosk);

  kiosk_start (kiosk, "");
  sl_trace_vfs_fail (kiosk->disk.vfs, SL_TRACE_WRITE, SL_TRACE_WAL, 0, SQLITE_FULL, ENOSPC, TRUE);
  g_test_expect_message ("sl-application-answer", G_LOG_LEVEL_WARNING, "A check-in could not be recorded*");
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "We can't record right now");
  g_assert_nonnull (kiosk_find_class (kiosk, "tone-refused"));

  /* Somebody frees space: the next scan is recorded. */
  sl_trace_vfs_heal (kiosk->disk.vfs);
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, 0);
}

static void
test_sync_fails (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = kiosk_booked_pass (kiosk);

  kiosk_start (kiosk, "");
  sl_trace_vfs_fail (kiosk->disk.vfs, SL_TRACE_SYNC, SL_TRACE_WAL, 0, SQLITE_IOERR_FSYNC, EIO, FALSE);
  g_test_expect_message ("sl-application-answer", G_LOG_LEVEL_WARNING, "A check-in could not be recorded*");
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "We can't record right now");
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, SL_APPLICATION_EXIT_STORAGE);

  /* Never tried again: a code that comes now is not asked for. */
  sl_application_handle_code (kiosk->application, pass);
  kiosk_draw (kiosk, 5);
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "We can't record right now");
}

static void
test_choice (Kiosk *kiosk, gconstpointer data)
{
  SlId member = desk_member (kiosk->desk, "Thandi");
  SlId first = desk_free_class (kiosk->desk, MORNING + MINUTES (5), 8);
  SlId second = desk_free_class (kiosk->desk, MORNING + MINUTES (5) + HOURS (1), 8);

  desk_policy (kiosk->desk, "checkin_opens_minutes", "90");
  desk_book (kiosk->desk, &member, &first);
  desk_book (kiosk->desk, &member, &second);
  g_autofree char *pass = desk_pass (kiosk->desk, &member);
  kiosk_start (kiosk, "");
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_label (kiosk, "answer-headline", "Which class today?");
  GtkWidget *button = kiosk_find_class (kiosk, "choice");
  g_signal_emit_by_name (gtk_widget_get_next_sibling (button), "clicked");
  kiosk_wait_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  g_assert_cmpstr (kiosk_label (kiosk, "answer-detail"), ==, "Vinyasa · 07:05");
}

static void
test_refusals_follow_each_other (Kiosk *kiosk, gconstpointer data)
{
  g_autofree char *pass = kiosk_booked_pass (kiosk);

  kiosk_start (kiosk, "");
  sl_application_handle_code (kiosk->application, "hello");
  kiosk_wait_label (kiosk, "answer-headline", "We can't read this pass");
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_label (kiosk, "answer-headline", "Welcome, Thandi N.");
  sl_application_handle_code (kiosk->application, pass);
  kiosk_wait_label (kiosk, "answer-headline", "You're already in");
}

static void
test_returns_to_start (Kiosk *kiosk, gconstpointer data)
{
  kiosk_start (kiosk, "");
  sl_application_handle_code (kiosk->application, "hello");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_START);
  g_assert_cmpstr (kiosk_label (kiosk, "answer-headline"), ==, "");
}

static void
test_language (Kiosk *kiosk, gconstpointer data)
{
  kiosk_start (kiosk, "");
  camera_hold_out (kiosk->camera, kiosk->desk->dir, "hello");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_ANSWER);
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_START);
  kiosk_use_afrikaans (kiosk);
  g_assert_cmpstr (kiosk_label (kiosk, "studio"), ==, "Fynbos Fitness · Sea Point");
  g_assert_cmpstr (kiosk_label (kiosk, "day"), ==, "Ma 2 Maart");
  sl_application_handle_code (kiosk->application, "hello");
  kiosk_wait_label (kiosk, "answer-headline", "Ons kan nie hierdie pas lees nie");
}

static void
test_language_lapses (Kiosk *kiosk, gconstpointer data)
{
  kiosk_start (kiosk, "language_s=1\n");
  kiosk_use_afrikaans (kiosk);
  kiosk_wait_network (kiosk, "Stand-alone");
}

static void
test_clock_ticks (Kiosk *kiosk, gconstpointer data)
{
  desk_free_class (kiosk->desk, MORNING + MINUTES (1), 8);
  kiosk_start (kiosk, "");
  g_assert_cmpstr (kiosk_label (kiosk, "clock"), ==, "06:00");
  kiosk_wait_label (kiosk, "board-free", "8 free");
  kiosk->desk->world.now_ms += MINUTES (1);
  kiosk_wait_label (kiosk, "clock", "06:01");
  g_assert_cmpstr (kiosk_label (kiosk, "board-free"), ==, "has started");
}

static void
test_starts_in_its_language (Kiosk *kiosk, gconstpointer data)
{
  kiosk_start (kiosk, "language=af\n");
  kiosk_wait_network (kiosk, "Selfstandig");
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
  kiosk_start (kiosk, "");
  kiosk_wait_label (kiosk, "camera-headline", "The camera is not there");
  kiosk_wait_label (kiosk, "network-words", "Stand-alone · Camera missing");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (
                     stage_find_class (GTK_WIDGET (sl_door_window_get_desk (kiosk->window)), "network-words"))), ==,
                   "Stand-alone · Camera missing"); /* also where staff sign in */
  desk_free_class (kiosk->desk, MORNING + MINUTES (40), 8);
  kiosk_wait_label (kiosk, "board-free", "8 free");
  g_assert_cmpint (sl_door_window_get_shown (kiosk->window), ==, SL_DOOR_SHOWS_START);

  /* Plugged in again: it is found by itself. */
  g_assert_cmpint (g_mkdir (kiosk->camera->path, 0700), ==, 0);
  camera_hold_out (kiosk->camera, kiosk->desk->dir, "hello");
  kiosk_wait_label (kiosk, "answer-headline", "We can't read this pass");
  sl_temp_dir_free (camera);
}

static void
run_sql (Kiosk *kiosk, const char *sql)
{
  SlStore *store = kiosk->desk->engine->store;

  g_assert_true (sl_store_begin (store, NULL));
  g_assert_true (sl_store_exec (store, NULL, sql, ""));
  g_assert_true (sl_store_commit (store, NULL));
}

/* The hub has answered now. */
static void
note_hub (Kiosk *kiosk)
{
  const SlSyncContact contact = { .answered = TRUE };

  g_assert_true (sl_sync_contact_note (kiosk->desk->engine, &contact, NULL));
}

/* What the check-in page says of the device stands on the member's page too, and follows. */
static void
test_state_on_members_page (Kiosk *kiosk, gconstpointer data)
{
  run_sql (kiosk, "INSERT INTO local_hub (one, url, replica, public_key, own_ca, plain) "
                  "VALUES (1, 'https://hub.example', zeroblob (16), zeroblob (32), 0, 0)");
  note_hub (kiosk);
  kiosk_start (kiosk, "");
  kiosk_wait_network (kiosk, "Online");
  screen_tap (&kiosk->screen, "My bookings");
  kiosk_wait_page (kiosk, SL_DOOR_SHOWS_MEMBER);
  screen_wait (&kiosk->screen, "Online");

  /* Not by the clock, which would end the page. */
  run_sql (kiosk, "UPDATE local_contact SET hub_ms = hub_ms - 2 * 60 * 60 * 1000");
  sl_application_load_network (kiosk->application); /* as now and then it does */
  screen_wait (&kiosk->screen, "Offline for 2 hours");
  note_hub (kiosk);
  sl_application_load_network (kiosk->application);
  screen_wait (&kiosk->screen, "Online");
  g_assert_cmpint (sl_door_window_get_shown (kiosk->window), ==, SL_DOOR_SHOWS_MEMBER);
}

static void
test_board_counts_down (Kiosk *kiosk, gconstpointer data)
{
  SlId session = desk_free_class (kiosk->desk, MORNING + MINUTES (40), 8);
  SlId member = desk_member (kiosk->desk, "Thandi");

  kiosk_start (kiosk, "");
  kiosk_wait_label (kiosk, "board-free", "8 free");
  desk_book (kiosk->desk, &member, &session);
  kiosk_wait_label (kiosk, "board-free", "7 free");
}

static void
test_keys_do_nothing (Kiosk *kiosk, gconstpointer data)
{
  gboolean taken = FALSE;

  kiosk_start (kiosk, "");
  /* What GTK makes of Ctrl+Shift+I and Ctrl+Shift+D, and of a window manager's request to close. */
  g_signal_emit_by_name (kiosk->window, "enable-debugging", FALSE, &taken);
  g_assert_true (taken);
  g_signal_emit_by_name (kiosk->window, "enable-debugging", TRUE, &taken);
  g_assert_true (taken);
  gtk_window_close (GTK_WINDOW (kiosk->window));
  kiosk_draw (kiosk, 3);
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

  kiosk_start (kiosk, "");
  window = GTK_WINDOW (kiosk->window);
  while (!gtk_window_is_fullscreen (window))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      sl_door_window_show (kiosk->window, pages[i]);
      g_assert_false (asks_to_close (window));
      (void) gtk_widget_activate_action (GTK_WIDGET (window), "window.close", NULL);
      kiosk_draw (kiosk, 2);
      g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window)));
      g_assert_true (gtk_window_is_fullscreen (window));
    }
  /* No key ends the program: there is no action for one. */
  g_auto (GStrv) actions = g_action_group_list_actions (G_ACTION_GROUP (kiosk->application));
  g_assert_cmpuint (g_strv_length (actions), ==, 0);
  g_assert_cmpint (sl_application_get_exit_status (kiosk->application), ==, 0);
}

int
main (int argc, char *argv[])
{
  kiosk_init (&argc, &argv);
  kiosk_test ("/sl/application/sync-returns-before-the-answer-shows", test_sync_before_answer);
  kiosk_test ("/sl/application/full-disk-is-said-and-got-over", test_disk_full);
  kiosk_test ("/sl/application/failed-sync-is-said-and-ends-the-program", test_sync_fails);
  kiosk_test ("/sl/application/tapped-session-is-checked-in", test_choice);
  kiosk_test ("/sl/application/next-scan-replaces-the-answer", test_refusals_follow_each_other);
  kiosk_test ("/sl/application/answer-returns-to-start", test_returns_to_start);
  kiosk_test ("/sl/application/language-switches-without-restart", test_language);
  kiosk_test ("/sl/application/language-returns-to-its-own", test_language_lapses);
  kiosk_test ("/sl/application/clock-ticks-and-the-board-with-it", test_clock_ticks);
  kiosk_test ("/sl/application/starts-in-its-language", test_starts_in_its_language);
  g_test_add_func ("/sl/application/help-names-every-language", test_help);
  kiosk_test ("/sl/application/missing-camera-is-said-while-the-rest-goes-on", test_camera_missing);
  kiosk_test ("/sl/application/members-page-says-when-the-hub-is-out-of-reach", test_state_on_members_page);
  kiosk_test ("/sl/application/board-follows-bookings", test_board_counts_down);
  kiosk_test ("/sl/application/cannot-be-closed-or-inspected", test_keys_do_nothing);
  kiosk_test ("/sl/application/full-screen-has-no-way-out", test_no_way_out);
  return g_test_run ();
}
