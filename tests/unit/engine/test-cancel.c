/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-cancel"

#include "desk-fixture.h"

#include "engine/schedule.h"

#define assert_refused(expression, code) g_assert_cmpstr (expression, ==, code)

/* A booking that cost so many credits, of a session that starts at START. */
#define START (MORNING + DAYS (3))

static SlId
booked_for (Desk *desk, gint64 credits_hundredths, SlId *out_member)
{
  SlId service = desk_service (desk, credits_hundredths, 9, 60), session = desk_session (desk, &service, START);

  *out_member = desk_member (desk, "Thandi");
  if (credits_hundredths > 0)
    desk_credits (desk, out_member, credits_hundredths, 60);
  return desk_book (desk, out_member, &session);
}

static void
gives_back_by_the_policy_to_the_millisecond (Desk *desk, gconstpointer data)
{
  static const struct {
    gint64 before_ms;
    const char *status;
    gint64 refunded;
  } cases[] = {
    { DAYS (1) + 1, "cancelled", 101 }, { DAYS (1), "cancelled", 101 },          { DAYS (1) - 1, "cancelled", 51 },
    { HOURS (12), "cancelled", 51 },    { HOURS (12) - 1, "late_cancelled", 0 }, { 1, "late_cancelled", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SlId member, booking;
      SlCancelResult result;

      desk->world.now_ms = MORNING;
      booking = booked_for (desk, 101, &member);
      desk->world.now_ms = START - cases[i].before_ms;
      assert_refused (desk_try_cancel (desk, &desk->owner, &booking, &result), "ok");
      g_assert_cmpstr (sl_booking_status_name (result.status), ==, cases[i].status);
      g_assert_cmpint (result.refunded_hundredths, ==, cases[i].refunded);
      g_assert_cmpint (desk_refunded (desk, &booking), ==, cases[i].refunded);
      g_assert_cmpint (desk_balance (desk, &member), ==, cases[i].refunded);
      g_assert_cmpstr (desk_status (desk, &booking), ==, cases[i].status);
    }
}

static void
gives_each_lot_its_part_back (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 9, 60);
  SlId session = desk_session (desk, &service, START), booking;
  SlId first = desk_credits (desk, &member, 33, 20), second = desk_credits (desk, &member, 67, 40);
  gint64 left;

  booking = desk_book (desk, &member, &session);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  desk->world.now_ms = START - HOURS (13);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "ok");
  g_assert_true (sl_lot_left (sl_engine_get_log (desk->engine), &first, &left, NULL));
  g_assert_cmpint (left, ==, 17);
  g_assert_true (sl_lot_left (sl_engine_get_log (desk->engine), &second, &left, NULL));
  g_assert_cmpint (left, ==, 33);
  g_assert_cmpint (desk_balance (desk, &member), ==, 50);
}

static void
follows_the_policy_that_the_studio_has_set (Desk *desk, gconstpointer data)
{
  SlId member, booking;
  SlCancelResult result;

  desk_policy (desk, "cancel_tiers", "2:100");
  booking = booked_for (desk, 100, &member);
  desk->world.now_ms = START - HOURS (2);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, &result), "ok");
  g_assert_cmpint (result.refunded_hundredths, ==, 100);
}

static void
cancel_closed_from_the_start_on (Desk *desk, gconstpointer data)
{
  SlId member, booking = booked_for (desk, 0, &member);

  desk->world.now_ms = START - 1;
  {
    SlId other, second = booked_for (desk, 0, &other);

    assert_refused (desk_try_cancel (desk, &desk->owner, &second, NULL), "ok");
  }
  desk->world.now_ms = START;
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "cancel_closed");
  desk->world.now_ms = START + HOURS (2);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "cancel_closed");
  desk_run_due (desk);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "cancel_closed");
}

static void
wrong_state_when_there_is_nothing_to_cancel (Desk *desk, gconstpointer data)
{
  SlId member, booking = booked_for (desk, 100, &member), other = booked_for (desk, 0, &member);
  gint64 operations;

  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "ok");
  operations = desk_operations (desk);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "wrong_state");
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk->world.now_ms = START - MINUTES (5);
  assert_refused (desk_checkin_booking (desk, &other, NULL), "ok");
  assert_refused (desk_try_cancel (desk, &desk->owner, &other, NULL), "wrong_state");
}

static void
a_hold_is_let_go (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 1), member = desk_member (desk, "Thandi"), hold;

  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  assert_refused (desk_try_cancel (desk, &desk->owner, &hold, NULL), "ok");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "cancelled");
  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  desk->world.now_ms += MINUTES (10);
  assert_refused (desk_try_cancel (desk, &desk->owner, &hold, NULL), "wrong_state");
}

static void
not_allowed_to_cancel_what_is_anothers (Desk *desk, gconstpointer data)
{
  SlId member, booking = booked_for (desk, 0, &member), stranger = desk_member (desk, "Stranger");
  SlActor self = { .id = member, .role = SL_ROLE_MEMBER }, other = { .id = stranger, .role = SL_ROLE_MEMBER };
  SlActor instructor, finance;

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  assert_refused (desk_try_cancel (desk, &other, &booking, NULL), "not_allowed");
  assert_refused (desk_try_cancel (desk, &finance, &booking, NULL), "not_allowed");
  assert_refused (desk_try_cancel (desk, &instructor, &booking, NULL), "not_allowed");
  assert_refused (desk_try_cancel (desk, &self, &booking, NULL), "ok");
}

static void
an_instructor_cancels_in_their_own_session (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 9, 60), session, member = desk_member (desk, "Thandi"), booking;
  SlSessionParams params;
  SlActor instructor;
  g_auto (SlRefusal) refusal = { 0 };

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.service = &service;
  params.instructor = &instructor.id;
  params.start_ms = START;
  g_assert_true (sl_session_add (desk->engine, &desk->owner, &params, &session, &refusal, NULL));
  booking = desk_book (desk, &member, &session);
  assert_refused (desk_try_cancel (desk, &instructor, &booking, NULL), "ok");
}

static void
a_cancelled_session_gives_everything_back (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 9, 60);
  SlId session = desk_session (desk, &service, START), booking;

  desk_credits (desk, &member, 100, 60);
  booking = desk_book (desk, &member, &session);
  desk->world.now_ms = START - MINUTES (1);
  desk_cancel_session (desk, &session);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "cancelled");
  desk_run_due (desk);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "cancelled");
  g_assert_cmpint (desk_balance (desk, &member), ==, 100);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "wrong_state");
}

/* Released anywhere, for good; the right goes back to the keeper when the keeper learns of it, and to nobody else. */
static void
another_device_cancels_and_the_keeper_gets_the_right (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, START, 1), one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  SlId booking = desk_book (desk, &one, &session);

  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  assert_refused (desk_try_cancel (&second, &second.owner, &booking, NULL), "ok");
  assert_refused (desk_try_book (&second, &two, &session), "spots_elsewhere");
  assert_refused (desk_try_book (desk, &two, &session), "class_full");
  desk_carry_log (&second, desk);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "cancelled");
  assert_refused (desk_try_book (desk, &two, &session), "ok");
  desk_close (&second, NULL);
}

/* Both cancel apart, one in time and one late: what comes back is the higher percentage, once. */
static void
cancelled_twice_apart_gives_back_once (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId member, booking = booked_for (desk, 100, &member);

  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  second.world.now_ms = START - HOURS (24);
  assert_refused (desk_try_cancel (&second, &second.owner, &booking, NULL), "ok");
  desk->world.now_ms = START - HOURS (13);
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "ok");
  g_assert_cmpint (desk_balance (desk, &member), ==, 50);
  desk_carry_log (&second, desk);
  desk_carry_log (desk, &second);
  g_assert_cmpint (desk_balance (desk, &member), ==, 100);
  second.world.now_ms = desk->world.now_ms;
  g_assert_cmpint (desk_balance (&second, &member), ==, 100);
  g_assert_cmpint (desk_refunded (&second, &booking), ==, 100);
  desk_close (&second, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/cancel/gives-back-by-the-policy-to-the-millisecond", gives_back_by_the_policy_to_the_millisecond);
  desk_test ("/sl/cancel/gives-each-lot-its-part-back", gives_each_lot_its_part_back);
  desk_test ("/sl/cancel/follows-the-policy-that-the-studio-has-set", follows_the_policy_that_the_studio_has_set);
  desk_test ("/sl/cancel/cancel-closed-from-the-start-on", cancel_closed_from_the_start_on);
  desk_test ("/sl/cancel/wrong-state-when-there-is-nothing-to-cancel", wrong_state_when_there_is_nothing_to_cancel);
  desk_test ("/sl/cancel/a-hold-is-let-go", a_hold_is_let_go);
  desk_test ("/sl/cancel/not-allowed-to-cancel-what-is-anothers", not_allowed_to_cancel_what_is_anothers);
  desk_test ("/sl/cancel/an-instructor-cancels-in-their-own-session", an_instructor_cancels_in_their_own_session);
  desk_test ("/sl/cancel/a-cancelled-session-gives-everything-back", a_cancelled_session_gives_everything_back);
  desk_test ("/sl/cancel/another-device-cancels-and-the-keeper-gets-the-right",
             another_device_cancels_and_the_keeper_gets_the_right);
  desk_test ("/sl/cancel/cancelled-twice-apart-gives-back-once", cancelled_twice_apart_gives_back_once);
  return g_test_run ();
}
