/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-reschedule"

#include "desk-fixture.h"

#include "engine/no-show.h"
#include "engine/reschedule.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "expect.h"

#define START (MORNING + DAYS (3))

static const char *
try_reschedule (Desk *desk, const SlId *booking, const SlId *to, SlRescheduleResult *out)
{
  SlRescheduleResult result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (
      sl_booking_reschedule (desk->engine, &desk->owner, booking, to, NULL, &result, &refusal, &failure));
  g_assert_no_error (failure);
  sl_booking_result_clear (&result.made);
  if (out != NULL)
    *out = result;
  return sl_refusal_name (refusal.code);
}

static void
pays_with_what_the_old_booking_gives_back (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), from = desk_session (desk, &service, START);
  SlId to = desk_session (desk, &service, START + MINUTES (30)), member = desk_member (desk, "Thandi");
  SlRescheduleResult result;

  desk_credits (desk, &member, 100, 60);
  SlId old = desk_book (desk, &member, &from);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpstr (try_reschedule (desk, &old, &to, &result), ==, "ok");
  g_assert_cmpint (result.refunded_hundredths, ==, 100);
  g_assert_cmpstr (desk_status (desk, &old), ==, "cancelled");
  g_assert_cmpstr (desk_status (desk, &result.made.booking_id), ==, "confirmed");
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpint (desk_free_spots (desk, &from), ==, 1);
}

static void
does_neither_where_one_cannot_be_done (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), from = desk_session (desk, &service, START);
  SlId to = desk_session (desk, &service, START + HOURS (2)), member = desk_member (desk, "Thandi");
  SlId other = desk_member (desk, "Sipho"), old, full;
  gint64 before;

  desk_credits (desk, &member, 100, 60);
  desk_credits (desk, &other, 100, 60);
  old = desk_book (desk, &member, &from);
  full = desk_book (desk, &other, &to);
  before = desk_operations (desk);
  g_assert_cmpstr (try_reschedule (desk, &old, &to, NULL), ==, "class_full");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &full, NULL), ==, "ok");
  /* Half comes back: not enough to pay again. */
  desk->world.now_ms = START - HOURS (13);
  g_assert_cmpstr (try_reschedule (desk, &old, &to, NULL), ==, "insufficient_credits");
  g_assert_cmpstr (desk_status (desk, &old), ==, "confirmed");
  g_assert_cmpint (desk_operations (desk), ==, before + 1);
  desk->world.now_ms = START;
  g_assert_cmpstr (try_reschedule (desk, &old, &to, NULL), ==, "cancel_closed");
  g_assert_cmpstr (try_reschedule (desk, &full, &to, NULL), ==, "wrong_state");
}

static void
takes_the_policys_part (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 101, 1, 60), from = desk_session (desk, &service, START);
  SlId to = desk_session (desk, &service, START + DAYS (1)), member = desk_member (desk, "Thandi");
  SlRescheduleResult result;

  desk_credits (desk, &member, 300, 60);
  SlId old = desk_book (desk, &member, &from);
  desk->world.now_ms = START - HOURS (12);
  g_assert_cmpstr (try_reschedule (desk, &old, &to, &result), ==, "ok");
  g_assert_cmpint (result.percent, ==, 50);
  g_assert_cmpint (desk_balance (desk, &member), ==, 300 - 101 + 51 - 101);
}

static void
refuses_the_same_session (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 3), member = desk_member (desk, "Thandi");
  SlId old = desk_book (desk, &member, &session);

  g_assert_cmpstr (try_reschedule (desk, &old, &session, NULL), ==, "already_booked");
}

static void
keeps_the_money_or_takes_it_anew (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 3, 60), member = desk_member (desk, "Thandi");
  SlServiceParams price;
  SlRescheduleResult result = { 0 };
  g_auto (SlBookingResult) paid = { 0 };

  sl_service_params_init (&price);
  price.price_cents = 15000;
  done (sl_service_edit (desk->engine, &desk->owner, &service, &price, &refusal, &failure));
  SlId from = desk_session (desk, &service, START), to = desk_session (desk, &service, START + HOURS (3));
  SlId last = desk_session (desk, &service, START + HOURS (6));
  SlBookingRequest request = { .member_id = member, .session_id = from, .spots = 1, .payment_method = "cash" };
  done (sl_booking_book (desk->engine, &desk->owner, &request, &paid, &refusal, &failure));
  g_assert_cmpstr (try_reschedule (desk, &paid.booking_id, &to, &result), ==, "ok");
  SlId moved = result.made.booking_id;
  desk->world.now_ms = START - HOURS (10);
  g_assert_cmpstr (try_reschedule (desk, &moved, &last, NULL), ==, "amount_mismatch");
  desk->world.now_ms = START - HOURS (1);
  g_assert_cmpstr (try_reschedule (desk, &moved, &last, NULL), ==, "insufficient_credits");
  done (sl_booking_reschedule (desk->engine, &desk->owner, &moved, &last, "card", &result, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &moved), ==, "late_cancelled");
  g_assert_cmpint (result.made.price_cents, ==, 15000);
  sl_booking_result_clear (&result.made);
}

/* --- absences --- */

static const char *
try_mark (Desk *desk, const SlId *booking)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_no_show_mark (desk->engine, &desk->owner, booking, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
gives_the_place_of_who_has_not_come_to_a_walk_in (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), session = desk_session (desk, &service, START);
  SlId absent = desk_member (desk, "Thandi"), walk_in = desk_member (desk, "Sipho");

  desk_credits (desk, &absent, 100, 60);
  desk_credits (desk, &walk_in, 100, 60);
  SlId booking = desk_book (desk, &absent, &session);
  desk->world.now_ms = START - 1;
  g_assert_cmpstr (try_mark (desk, &booking), ==, "wrong_state");
  desk->world.now_ms = START;
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "class_full");
  g_assert_cmpstr (try_mark (desk, &booking), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &booking), ==, "no_show");
  g_assert_cmpstr (try_mark (desk, &booking), ==, "wrong_state");
  g_assert_cmpint (desk_balance (desk, &absent), ==, 0);
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "ok");
}

static void
records_that_people_came_after_all (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 1), member = desk_member (desk, "Thandi");
  SlId walk_in = desk_member (desk, "Sipho"), booking = desk_book (desk, &member, &session);
  SlBookingStatus status;
  SlSessionCounts counts;

  desk->world.now_ms = START + 1;
  refused ("not_undoable",
           sl_booking_undo (desk->engine, &desk->owner, &booking, "wrong person", &status, &refusal, &failure));
  g_assert_cmpstr (try_mark (desk, &booking), ==, "ok");
  refused ("reason_required",
           sl_booking_undo (desk->engine, &desk->owner, &booking, "", &status, &refusal, &failure));
  done (sl_booking_undo (desk->engine, &desk->owner, &booking, "was in the changing room", &status, &refusal,
                         &failure));
  g_assert_cmpstr (sl_booking_status_name (status), ==, "checked_in");
  g_assert_true (sl_session_counts (desk->engine, &session, &counts, NULL));
  g_assert_cmpint (counts.confirmed, ==, 1);
  g_assert_cmpint (counts.in_without_spot, ==, 0);
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "class_full");
}

static void
counts_people_beside_the_capacity_whose_place_is_gone (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 1), member = desk_member (desk, "Thandi");
  SlId walk_in = desk_member (desk, "Sipho"), booking = desk_book (desk, &member, &session);
  SlBookingStatus status;
  SlSessionCounts counts;

  desk->world.now_ms = START + 1;
  g_assert_cmpstr (try_mark (desk, &booking), ==, "ok");
  (void) desk_book (desk, &walk_in, &session);
  done (sl_booking_undo (desk->engine, &desk->owner, &booking, "late", &status, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &booking), ==, "checked_in");
  g_assert_true (sl_session_counts (desk->engine, &session, &counts, NULL));
  g_assert_cmpint (counts.confirmed, ==, 1);
  g_assert_cmpint (counts.in_without_spot, ==, 1);
}

static void
records_one_visit_once (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 2, 60), session = desk_session (desk, &service, START);
  SlId member = desk_member (desk, "Thandi");
  SlBookingStatus status;

  desk_credits (desk, &member, 200, 60);
  SlId booking = desk_book (desk, &member, &session);
  desk->world.now_ms = START + 1;
  g_assert_cmpstr (try_mark (desk, &booking), ==, "ok");
  SlId again = desk_book (desk, &member, &session);
  refused ("not_undoable", sl_booking_undo (desk->engine, &desk->owner, &booking, "came", &status, &refusal, &failure));
  g_assert_cmpstr (try_mark (desk, &again), ==, "ok");
  done (sl_booking_undo (desk->engine, &desk->owner, &booking, "came", &status, &refusal, &failure));
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, &booking, NULL);
  g_assert_cmpint (view->spent_hundredths, ==, 100);
}

static void
is_absent_when_the_session_is_completed (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 2), member = desk_member (desk, "Thandi");
  SlId booking = desk_book (desk, &member, &session);

  desk->world.now_ms = START + MINUTES (5);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "confirmed");
  done (sl_session_complete (desk->engine, &desk->owner, &session, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &booking), ==, "no_show");
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "no_show");
}

static void
tells_who_stays_away_often (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  gint64 count;
  gboolean pattern;

  for (guint i = 0; i < 3; i++)
    {
      SlId session = desk_free_class (desk, MORNING + DAYS (i + 1), 1);
      (void) desk_book (desk, &member, &session);
    }
  desk->world.now_ms = MORNING + DAYS (2) + HOURS (1);
  g_assert_true (sl_no_show_count (desk->engine, &member, &count, &pattern, NULL));
  g_assert_cmpint (count, ==, 2);
  g_assert_false (pattern);
  desk->world.now_ms = MORNING + DAYS (3) + HOURS (1);
  g_assert_true (sl_no_show_count (desk->engine, &member, &count, &pattern, NULL));
  g_assert_true (pattern);
  desk->world.now_ms = MORNING + DAYS (40);
  g_assert_true (sl_no_show_count (desk->engine, &member, &count, &pattern, NULL));
  g_assert_cmpint (count, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/reschedule/pays-with-what-the-old-booking-gives-back", pays_with_what_the_old_booking_gives_back);
  desk_test ("/sl/reschedule/does-neither-where-one-cannot-be-done", does_neither_where_one_cannot_be_done);
  desk_test ("/sl/reschedule/takes-the-policys-part", takes_the_policys_part);
  desk_test ("/sl/reschedule/keeps-the-money-or-takes-it-anew-else-amount-mismatch", keeps_the_money_or_takes_it_anew);
  desk_test ("/sl/reschedule/refuses-the-same-session", refuses_the_same_session);
  desk_test ("/sl/no-show/gives-the-place-of-who-has-not-come-to-a-walk-in",
             gives_the_place_of_who_has_not_come_to_a_walk_in);
  desk_test ("/sl/no-show/records-that-people-came-after-all", records_that_people_came_after_all);
  desk_test ("/sl/no-show/counts-people-beside-the-capacity-whose-place-is-gone",
             counts_people_beside_the_capacity_whose_place_is_gone);
  desk_test ("/sl/no-show/records-one-visit-once", records_one_visit_once);
  desk_test ("/sl/no-show/is-absent-when-the-session-is-completed", is_absent_when_the_session_is_completed);
  desk_test ("/sl/no-show/tells-who-stays-away-often", tells_who_stays_away_often);
  return g_test_run ();
}
