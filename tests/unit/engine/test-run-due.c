/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-run-due"

#include "desk-fixture.h"

static void
assert_nothing_due (Desk *desk)
{
  gint64 operations = desk_operations (desk);
  SlDueCounts counts = desk_run_due (desk);

  g_assert_cmpint (counts.holds_expired + counts.sessions_released + counts.no_shows + counts.lots_expired, ==, 0);
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

static void
expires_holds_at_their_end_and_once (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 2), one = desk_member (desk, "One"), hold;

  g_assert_cmpstr (desk_try_hold (desk, &one, &session, &hold), ==, "ok");
  desk->world.now_ms = MORNING + MINUTES (10) - 1;
  assert_nothing_due (desk);
  desk->world.now_ms++;
  g_assert_cmpint (desk_run_due (desk).holds_expired, ==, 1);
  g_assert_cmpstr (desk_status (desk, &hold), ==, "expired");
  assert_nothing_due (desk);
}

static void
marks_no_shows_when_the_door_has_closed (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 9, 60), session = desk_session (desk, &service, MORNING + HOURS (1));
  SlId came = desk_member (desk, "Came"), stayed = desk_member (desk, "Stayed"), in, out;

  desk_credits (desk, &came, 100, 30);
  desk_credits (desk, &stayed, 100, 30);
  in = desk_book (desk, &came, &session);
  out = desk_book (desk, &stayed, &session);
  desk->world.now_ms = MORNING + HOURS (1);
  g_assert_cmpstr (desk_checkin_booking (desk, &in, NULL), ==, "ok");
  desk->world.now_ms = MORNING + HOURS (1) + MINUTES (15);
  assert_nothing_due (desk);
  desk->world.now_ms++;
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  g_assert_cmpstr (desk_status (desk, &out), ==, "no_show");
  g_assert_cmpint (desk_balance (desk, &stayed), ==, 0);
  g_assert_cmpstr (desk_status (desk, &in), ==, "checked_in");
  assert_nothing_due (desk);
  desk->world.now_ms = MORNING + HOURS (2);
  g_assert_cmpstr (desk_status (desk, &in), ==, "completed");
  assert_nothing_due (desk);
}

static void
catches_up_after_a_long_time_off (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "One"), bookings[3];

  for (int i = 0; i < 3; i++)
    {
      SlId session = desk_free_class (desk, MORNING + DAYS (i) + HOURS (1), 9);

      bookings[i] = desk_book (desk, &one, &session);
    }
  desk->world.now_ms = MORNING + HOURS (5);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  desk->world.now_ms = MORNING + DAYS (200);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 2);
  g_assert_cmpstr (desk_status (desk, &bookings[2]), ==, "no_show");
  assert_nothing_due (desk);
}

static void
a_clock_that_was_ahead_for_once_hides_nothing (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "One"), session, booking;

  desk->world.now_ms = MORNING + 365 * DAYS (20);
  assert_nothing_due (desk);
  desk->world.now_ms = MORNING;
  session = desk_free_class (desk, MORNING + HOURS (1), 9);
  booking = desk_book (desk, &one, &session);
  desk_credits (desk, &one, 100, 1);
  desk->world.now_ms = MORNING + DAYS (2);
  {
    SlDueCounts counts = desk_run_due (desk);

    g_assert_cmpint (counts.no_shows, ==, 1);
    g_assert_cmpint (counts.lots_expired, ==, 1);
  }
  g_assert_cmpstr (desk_status (desk, &booking), ==, "no_show");
}

static void
works_in_batches (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 1000, 60), session = desk_session (desk, &service, MORNING + HOURS (1));

  for (int i = 0; i < SL_DUE_BATCH + 3; i++)
    {
      SlId member = desk_member (desk, "Member");

      desk_book (desk, &member, &session);
    }
  desk->world.now_ms = MORNING + HOURS (3);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, SL_DUE_BATCH + 3);
  assert_nothing_due (desk);
}

static void
expires_lots_and_what_comes_back_to_them_later (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 100, 9, 60), booking;
  SlId session = desk_session (desk, &service, MORNING + DAYS (5));
  SlId lot = desk_credits (desk, &member, 300, 2);
  gint64 left;

  booking = desk_book (desk, &member, &session);
  desk->world.now_ms = MORNING + DAYS (2) - 1;
  assert_nothing_due (desk);
  desk->world.now_ms = MORNING + DAYS (2);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpint (desk_run_due (desk).lots_expired, ==, 1);
  g_assert_true (sl_lot_left (sl_engine_get_log (desk->engine), &lot, &left, NULL));
  g_assert_cmpint (left, ==, 0);
  assert_nothing_due (desk);
  desk->world.now_ms = MORNING + DAYS (3);
  assert_nothing_due (desk);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  g_assert_cmpint (desk_refunded (desk, &booking), ==, 100);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpint (desk_run_due (desk).lots_expired, ==, 1);
  assert_nothing_due (desk);
}

/* Each device sees to what it keeps, and only to that. */
static gint64
left_of (Desk *desk, const SlId *lot)
{
  gint64 left;

  g_assert_true (sl_lot_left (sl_engine_get_log (desk->engine), lot, &left, NULL));
  return left;
}

static void
each_desk_ends_its_own_share_of_a_lot (Desk *desk, gconstpointer data)
{
  SlOplog *log = sl_engine_get_log (desk->engine);
  Desk second = { 0 };
  SlId member = desk_member (desk, "One"), lot = desk_credits (desk, &member, 300, 1);

  desk_join (&second, desk, "Second desk");
  desk_carry_log (&second, desk);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (sl_op_lot_move (log, &lot, sl_oplog_get_replica (sl_engine_get_log (second.engine)), 100, NULL));
  g_assert_true (sl_oplog_commit (log, NULL));
  desk_carry_log (desk, &second);
  desk->world.now_ms = second.world.now_ms = MORNING + DAYS (2);
  g_assert_cmpint (desk_run_due (&second).lots_expired, ==, 1);
  g_assert_cmpint (left_of (&second, &lot), ==, 200);
  g_assert_cmpint (desk_run_due (desk).lots_expired, ==, 1); /* before it hears of the other's */
  g_assert_cmpint (left_of (desk, &lot), ==, 100);
  desk_carry_log (desk, &second);
  desk_carry_log (&second, desk);
  g_assert_cmpint (left_of (desk, &lot), ==, 0);
  assert_nothing_due (desk);
  assert_nothing_due (&second);
  desk_close (&second, NULL);
}

static void
leaves_to_the_keeper_what_is_the_keepers (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId service = desk_service (desk, 100, 9, 60), session = desk_session (desk, &service, MORNING + HOURS (1));
  SlId cancelled = desk_session (desk, &service, MORNING + HOURS (3));
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), hold, booking, kept;

  desk_credits (desk, &one, 400, 1);
  booking = desk_book (desk, &one, &session);
  kept = desk_book (desk, &one, &cancelled);
  g_assert_cmpstr (desk_try_hold (desk, &two, &session, &hold), ==, "ok");
  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  desk_cancel_session (&second, &cancelled);
  second.world.now_ms = desk->world.now_ms = MORNING + DAYS (2);
  assert_nothing_due (&second);
  g_assert_cmpstr (desk_status (&second, &hold), ==, "expired");
  g_assert_cmpstr (desk_status (&second, &booking), ==, "no_show");
  g_assert_cmpstr (desk_status (&second, &kept), ==, "cancelled");

  desk_carry_log (&second, desk);
  {
    SlDueCounts counts = desk_run_due (desk);

    g_assert_cmpint (counts.holds_expired, ==, 1);
    g_assert_cmpint (counts.no_shows, ==, 1);
    g_assert_cmpint (counts.sessions_released, ==, 1);
    g_assert_cmpint (counts.lots_expired, ==, 1);
  }
  g_assert_cmpint (desk_refunded (desk, &kept), ==, 100);
  assert_nothing_due (desk);
  desk_carry_log (desk, &second);
  assert_nothing_due (&second);
  desk_close (&second, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/run-due/expires-holds-at-their-end-and-once", expires_holds_at_their_end_and_once);
  desk_test ("/sl/run-due/marks-no-shows-when-the-door-has-closed", marks_no_shows_when_the_door_has_closed);
  desk_test ("/sl/run-due/catches-up-after-a-long-time-off", catches_up_after_a_long_time_off);
  desk_test ("/sl/run-due/a-clock-that-was-ahead-for-once-hides-nothing",
             a_clock_that_was_ahead_for_once_hides_nothing);
  desk_test ("/sl/run-due/works-in-batches", works_in_batches);
  desk_test ("/sl/run-due/expires-lots-and-what-comes-back-to-them-later",
             expires_lots_and_what_comes_back_to_them_later);
  desk_test ("/sl/run-due/each-desk-ends-its-own-share-of-a-lot", each_desk_ends_its_own_share_of_a_lot);
  desk_test ("/sl/run-due/leaves-to-the-keeper-what-is-the-keepers", leaves_to_the_keeper_what_is_the_keepers);
  return g_test_run ();
}
