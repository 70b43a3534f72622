/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-door"

#include "kiosk/door.h"
#include "kiosk/upkeep.h"

#include "desk-fixture.h"
#include "engine/studio.h"
#include "trace-vfs.h"

#include "core/crypto.h"

#include <errno.h>
#include <sqlite3.h>

/* The door over a real data directory, with a clock that stands still at MORNING. */

static void
on_board_changed (SlDoor *door, guint *changes)
{
  (*changes)++;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out_result = user_data;

  *out_result = g_object_ref (result);
}

static void
wait_for_state (SlDoor *door, SlDoorState state)
{
  while (sl_door_get_state (door) != state)
    g_main_context_iteration (NULL, TRUE);
}

static SlDoor *
open_door (Desk *desk)
{
  SlDoor *door = sl_door_new (desk->dir->path, &desk->world.base);

  wait_for_state (door, SL_DOOR_OPEN);
  return door;
}

static SlCheckinAnswer *
check_in (SlDoor *door, const char *code, const SlId *session, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sl_door_check_in_async (door, code, session, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return sl_door_check_in_finish (door, result, error);
}

static GPtrArray *
load_board (SlDoor *door, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sl_door_load_board_async (door, limit, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  GPtrArray *sessions = sl_door_load_board_finish (door, result, &error);
  g_assert_no_error (error);
  return sessions;
}

/* A member with a pass, booked into a class that starts in ten minutes. */
static char *
booked_pass (Desk *desk, SlId *out_session)
{
  SlId member = desk_member (desk, "Thandi");
  SlId session = desk_free_class (desk, MORNING + MINUTES (10), 8);

  desk_book (desk, &member, &session);
  if (out_session != NULL)
    *out_session = session;
  return desk_pass (desk, &member);
}

static void
test_tells_place (Desk *desk, gconstpointer data)
{
  g_autoptr (SlDoor) door = open_door (desk);
  const SlDoorPlaceInfo *place = sl_door_get_place (door);

  g_assert_cmpstr (place->studio_name, ==, "Fynbos Fitness");
  g_assert_cmpstr (place->location_name, ==, "Sea Point");
  g_assert_cmpstr (g_time_zone_get_identifier (place->zone), ==, "Africa/Johannesburg");
  g_assert_false (place->has_hub);
  g_assert_null (sl_door_get_error (door));
}

static void
test_no_studio (void)
{
  g_autoptr (SlTempDir) dir = sl_temp_dir_new ();
  SlFakeWorld world;
  SlStudioParams params = { "Fynbos Fitness", "Sea Point", "Africa/Johannesburg", NULL, "Nomsa Dube", "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  sl_fake_world_init (&world, MORNING, 1);
  g_autofree char *inner = sl_temp_dir_file (dir, "studio");
  g_autoptr (SlDoor) door = sl_door_new (inner, &world.base);
  wait_for_state (door, SL_DOOR_SHUT);
  g_assert_error (sl_door_get_error (door), SL_ERROR, SL_ERROR_NO_STUDIO);
  g_assert_null (sl_door_get_place (door));

  g_autoptr (SlCheckinAnswer) answer = check_in (door, "SL1", NULL, &error);
  g_assert_error (error, SL_ERROR, SL_ERROR_NO_STUDIO);
  g_assert_null (answer);

  g_assert_true (sl_studio_init (inner, &world.base, &params, &founded, &refusal, NULL));
  wait_for_state (door, SL_DOOR_OPEN);
  g_assert_null (sl_door_get_error (door));
  g_assert_cmpstr (sl_door_get_place (door)->studio_name, ==, "Fynbos Fitness");
}

static void
test_records (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (desk, NULL);
  gint64 before = desk_operations (desk);
  g_autoptr (SlDoor) door = open_door (desk);
  g_autoptr (GError) error = NULL;
  g_autoptr (SlCheckinAnswer) answer = check_in (door, pass, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (answer->result), ==, "ok");
  g_assert_cmpstr (answer->first_name, ==, "Thandi");
  g_assert_cmpint (desk_operations (desk), >, before);

  g_autoptr (SlCheckinAnswer) again = check_in (door, pass, NULL, &error);
  g_assert_cmpstr (sl_refusal_name (again->result), ==, "already_checked_in");
}

static void
test_strange_codes (Desk *desk, gconstpointer data)
{
  g_autofree char *long_code = g_strnfill (4096, 'A');
  const char *const codes[] = { "", "hello", "https://example.com/", "SL1", long_code, "SL1\x01\x02", "{name}%s%n" };
  g_autoptr (SlDoor) door = open_door (desk);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SlCheckinAnswer) answer = check_in (door, codes[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (sl_refusal_name (answer->result), ==, "bad_code");
    }
}

static void
test_choice (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  SlId first = desk_free_class (desk, MORNING + MINUTES (5), 8);
  SlId second = desk_free_class (desk, MORNING + MINUTES (5) + HOURS (1), 8);
  g_autoptr (GError) error = NULL;

  /* Both are open for check-in: the second has begun to be while the first still is. */
  desk_policy (desk, "checkin_opens_minutes", "90");
  desk_book (desk, &member, &first);
  desk_book (desk, &member, &second);
  g_autofree char *pass = desk_pass (desk, &member);
  g_autoptr (SlDoor) door = open_door (desk);
  g_autoptr (SlCheckinAnswer) question = check_in (door, pass, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (question->result), ==, "choose_session");
  g_assert_cmpuint (question->choices->len, ==, 2);

  g_autoptr (SlCheckinAnswer) answer = check_in (door, pass, &second, &error);
  g_assert_cmpstr (sl_refusal_name (answer->result), ==, "ok");
  g_assert_true (sl_id_equal (&answer->session_id, &second));
}

static void
test_board (Desk *desk, gconstpointer data)
{
  desk_free_class (desk, MORNING + HOURS (2), 5);
  desk_free_class (desk, MORNING + HOURS (1), 8);
  g_autoptr (SlDoor) door = open_door (desk);
  g_autoptr (GPtrArray) sessions = load_board (door, 10);
  g_autoptr (GPtrArray) one = load_board (door, 1);
  const SlBoardSession *next = g_ptr_array_index (sessions, 0);

  g_assert_cmpuint (sessions->len, ==, 2);
  g_assert_cmpint (next->start_ms, ==, MORNING + HOURS (1));
  g_assert_cmpint (next->free, ==, 8);
  g_assert_cmpuint (one->len, ==, 1);
}

static void
test_board_follows_others (Desk *desk, gconstpointer data)
{
  g_autoptr (SlDoor) door = open_door (desk);
  guint changes = 0;

  g_signal_connect (door, "board-changed", G_CALLBACK (on_board_changed), &changes);
  desk_free_class (desk, MORNING + HOURS (1), 8);
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (GPtrArray) sessions = load_board (door, 10);
  g_assert_cmpuint (sessions->len, ==, 1);
}

static void
test_board_follows_check_in (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (desk, NULL);
  g_autoptr (SlDoor) door = open_door (desk);
  g_autoptr (GError) error = NULL;
  guint changes = 0;

  g_signal_connect (door, "board-changed", G_CALLBACK (on_board_changed), &changes);
  g_autoptr (SlCheckinAnswer) answer = check_in (door, pass, NULL, &error);
  g_assert_no_error (error);
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_close_finishes (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (desk, NULL);
  gint64 before = desk_operations (desk);
  SlDoor *door = open_door (desk);
  g_autoptr (GAsyncResult) result = NULL;

  sl_door_check_in_async (door, pass, NULL, NULL, on_result, &result);
  sl_door_close (door);
  g_assert_cmpint (desk_operations (desk), >, before);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (SlCheckinAnswer) answer = sl_door_check_in_finish (door, result, NULL);
  g_assert_cmpstr (sl_refusal_name (answer->result), ==, "ok");

  g_autoptr (GError) error = NULL;
  g_autoptr (SlCheckinAnswer) after = check_in (door, pass, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_null (after);
  g_object_unref (door);
}

static void
test_cancelled_is_not_recorded (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = booked_pass (desk, NULL);
  gint64 before = desk_operations (desk);
  g_autoptr (SlDoor) door = open_door (desk);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  sl_door_check_in_async (door, pass, NULL, cancellable, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (sl_door_check_in_finish (door, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (desk_operations (desk), ==, before);
}

/* The disk says no while a check-in is recorded. */
static void
check_disk_failure (int sqlite_code, int system_errno, SlTraceOp op, SlErrorCode expected)
{
  g_autoptr (SlTraceVfs) vfs = sl_trace_vfs_new (SL_TRACE_PLAIN);
  Desk desk = { 0 };
  g_autoptr (GError) error = NULL;

  desk_open (&desk, NULL);
  g_autofree char *pass = booked_pass (&desk, NULL);
  gint64 before = desk_operations (&desk);
  SlDoor *door = open_door (&desk);
  sl_trace_vfs_fail (vfs, op, SL_TRACE_WAL, 0, sqlite_code, system_errno, TRUE);
  g_autoptr (SlCheckinAnswer) answer = check_in (door, pass, NULL, &error);
  g_assert_error (error, SL_ERROR, (int) expected);
  g_assert_null (answer);
  sl_trace_vfs_heal (vfs);
  g_object_unref (door);
  if (expected == SL_ERROR_DISK_FULL)
    g_assert_cmpint (desk_operations (&desk), ==, before);
  desk_close (&desk, NULL);
}

static void
test_disk_full (void)
{
  check_disk_failure (SQLITE_FULL, ENOSPC, SL_TRACE_WRITE, SL_ERROR_DISK_FULL);
}

static void
test_sync_fails (void)
{
  check_disk_failure (SQLITE_IOERR_FSYNC, EIO, SL_TRACE_SYNC, SL_ERROR_STORAGE);
}

/* What is due is looked at once the door is quiet; and while somebody taps every second it does not wait for ever. */
static void
test_upkeep (void)
{
  SlUpkeepTimes times;
  guint due = 0, stored = 0;

  sl_upkeep_begin (&times, 0);
  g_assert_cmpint (sl_upkeep_next (&times, 4 * G_TIME_SPAN_SECOND), ==, SL_UPKEEP_NOTHING);
  g_assert_cmpint (sl_upkeep_next (&times, 5 * G_TIME_SPAN_SECOND), ==, SL_UPKEEP_DUE);
  g_assert_cmpint (sl_upkeep_next (&times, 6 * G_TIME_SPAN_SECOND), ==, SL_UPKEEP_STORE);
  g_assert_cmpint (sl_upkeep_next (&times, 7 * G_TIME_SPAN_SECOND), ==, SL_UPKEEP_NOTHING);
  for (gint64 second = 8; second < 368; second++)
    {
      SlUpkeep next;

      times.asked_us = second * G_TIME_SPAN_SECOND;
      next = sl_upkeep_next (&times, times.asked_us);
      due += next == SL_UPKEEP_DUE;
      stored += next == SL_UPKEEP_STORE;
    }
  g_assert_cmpuint (due, ==, 4);
  g_assert_cmpuint (stored, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  desk_test ("/sl/door/tells-whose-it-is", test_tells_place);
  g_test_add_func ("/sl/door/opens-as-soon-as-there-is-a-studio", test_no_studio);
  desk_test ("/sl/door/check-in-is-on-disk-when-answered", test_records);
  desk_test ("/sl/door/strange-codes-are-answers-not-errors", test_strange_codes);
  desk_test ("/sl/door/choice-checks-in-to-that-session", test_choice);
  desk_test ("/sl/door/board-is-soonest-first", test_board);
  desk_test ("/sl/door/board-follows-other-programs", test_board_follows_others);
  desk_test ("/sl/door/board-follows-its-own-check-ins", test_board_follows_check_in);
  desk_test ("/sl/door/closing-finishes-what-was-asked", test_close_finishes);
  desk_test ("/sl/door/cancelled-before-its-turn-is-not-recorded", test_cancelled_is_not_recorded);
  g_test_add_func ("/sl/door/full-disk-is-disk-full", test_disk_full);
  g_test_add_func ("/sl/door/failed-sync-is-storage", test_sync_fails);
  g_test_add_func ("/sl/door/keeps-up-while-somebody-is-there", test_upkeep);
  return g_test_run ();
}
