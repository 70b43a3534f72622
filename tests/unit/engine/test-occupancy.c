/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-occupancy"

#include "door-fixture.h"

#include "engine/occupancy.h"
#include "engine/schedule.h"

static int
people_at (Desk *desk, const SlId *location)
{
  g_autoptr (SlOccupancy) occupancy = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_occupancy_count (desk->engine, &desk->owner, location, &occupancy, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_nonnull (occupancy);
  return occupancy->people;
}

static int
people (Desk *desk)
{
  return people_at (desk, &sl_id_none);
}

static const char *
leave (Desk *desk, const SlActor *actor, const SlId *booking, const SlId *member, SlCheckinAnswer **out_answer)
{
  g_autoptr (SlCheckinAnswer) answer = NULL;
  g_autoptr (GError) failure = NULL;
  const char *code;

  g_assert_true (sl_checkin_leave (desk->engine, actor, booking != NULL ? booking : &sl_id_none,
                                   member != NULL ? member : &sl_id_none, &answer, &failure));
  g_assert_no_error (failure);
  code = sl_refusal_name (answer->result);
  if (out_answer != NULL)
    *out_answer = g_steal_pointer (&answer);
  return code;
}

static SlId
gym_member (Desk *desk, char **out_pass)
{
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, "unlimited", TRUE, NULL);

  door_membership (desk, &member, &plan, "active", MORNING - DAYS (10), 0);
  *out_pass = desk_pass (desk, &member);
  return member;
}

static void
counts_people_by_session_until_it_ends (Desk *desk, gconstpointer data)
{
  static const char *const guests[] = { "Ann", "Ben", NULL };
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), three = desk_member (desk, "Three");
  SlId early = desk_free_class (desk, START, 9), next = desk_free_class (desk, START + MINUTES (45), 9);
  SlId group = desk_book_spots (desk, &one, &early, guests), other = desk_book (desk, &two, &next);
  SlId absent = desk_book (desk, &three, &early);
  g_autofree char *guest = desk_booking_code (desk, &group, 1);
  g_autoptr (SlOccupancy) occupancy = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_cmpint (people (desk), ==, 0);
  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, guest), "ok");
  g_assert_cmpint (people (desk), ==, 1);
  assert_result (desk_checkin_booking (desk, &group, NULL), "ok");
  g_assert_cmpint (people (desk), ==, 3);
  desk->world.now_ms = START + MINUTES (20);
  assert_result (desk_checkin_booking (desk, &other, NULL), "ok");
  assert_result (desk_checkin_booking (desk, &absent, NULL), "too_late");
  g_assert_true (
      sl_occupancy_count (desk->engine, &desk->owner, &desk->location, &occupancy, &refusal, NULL));
  g_assert_cmpint (occupancy->people, ==, 4);
  g_assert_cmpstr (occupancy->location_name, ==, "Sea Point");
  g_assert_cmpuint (occupancy->sessions->len, ==, 2);
  {
    const SlOccupancySession *first = occupancy->sessions->pdata[0], *second = occupancy->sessions->pdata[1];

    g_assert_true (sl_id_equal (&first->session_id, &early));
    g_assert_cmpint (first->people, ==, 3);
    g_assert_cmpstr (first->class_name, ==, "Vinyasa");
    g_assert_cmpint (second->people, ==, 1);
  }
  desk->world.now_ms = START + HOURS (1) - 1;
  g_assert_cmpint (people (desk), ==, 4);
  desk->world.now_ms = START + HOURS (1);
  g_assert_cmpint (people (desk), ==, 1);
  desk->world.now_ms = START + HOURS (2);
  g_assert_cmpint (people (desk), ==, 0);
}

static void
a_session_over_midnight_counts_until_its_end (Desk *desk, gconstpointer data)
{
  gint64 midnight = MORNING + HOURS (18);
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, midnight - MINUTES (20), 9);
  SlId booking = desk_book (desk, &member, &session);

  desk->world.now_ms = midnight - MINUTES (20);
  assert_result (desk_checkin_booking (desk, &booking, NULL), "ok");
  desk->world.now_ms = midnight + MINUTES (39);
  g_assert_cmpint (people (desk), ==, 1);
  assert_result (leave (desk, &desk->owner, &booking, NULL, NULL), "ok");
  g_assert_cmpint (people (desk), ==, 0);
}

static void
who_leaves_is_out_and_not_checked_in_a_second_time (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (SlCheckinAnswer) answer = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  gint64 operations;

  assert_result (leave (desk, &desk->owner, &booked.booking, NULL, NULL), "not_checked_in");
  assert_result (leave (desk, &desk->owner, NULL, &booked.member, NULL), "not_checked_in");
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  g_assert_cmpint (people (desk), ==, 1);
  desk->world.now_ms = START + MINUTES (30);
  assert_result (leave (desk, &desk->owner, NULL, &booked.member, &answer), "ok");
  g_assert_cmpint (answer->at_ms, ==, START + MINUTES (30));
  g_assert_true (sl_id_equal (&answer->booking_id, &booked.booking));
  g_assert_cmpstr (answer->first_name, ==, "Thandi");
  g_assert_cmpint (answer->spots, ==, 1);
  g_assert_cmpint (people (desk), ==, 0);
  operations = desk_operations (desk);
  assert_result (leave (desk, &desk->owner, &booked.booking, NULL, NULL), "not_checked_in");
  g_assert_cmpint (desk_operations (desk), ==, operations);
  /* What was attended stays. */
  assert_result (desk_status (desk, &booked.booking), "checked_in");
  assert_result (desk_scan_result (desk, booked.pass), "already_checked_in");
  g_assert_true (sl_roster_list (desk->engine, &desk->owner, &booked.session, FALSE, &items, &refusal, NULL));
  g_assert_cmpint (((SlRosterItem *) items->pdata[0])->spots_in, ==, 1);
}

static void
leaving_is_recorded_until_the_days_end_and_not_next_week (Desk *desk, gconstpointer data)
{
  g_auto (Booked) one = book_one (desk), two = book_one (desk);

  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, one.pass), "ok");
  assert_result (desk_scan_result (desk, two.pass), "ok");
  desk->world.now_ms = START + HOURS (3);
  g_assert_cmpint (people (desk), ==, 0);
  assert_result (leave (desk, &desk->owner, NULL, &one.member, NULL), "ok");
  desk->world.now_ms = START + DAYS (7);
  assert_result (leave (desk, &desk->owner, NULL, &two.member, NULL), "not_checked_in");
  assert_result (leave (desk, &desk->owner, &two.booking, NULL, NULL), "not_checked_in");
}

static void
where_leaving_is_asked_for_people_count_until_they_have_gone (Desk *desk, gconstpointer data)
{
  g_auto (Booked) one = book_one (desk), two = book_one (desk);
  gint64 midnight = MORNING + HOURS (18);

  desk_policy (desk, "record_leaving", "yes");
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, one.pass), "ok");
  assert_result (desk_scan_result (desk, two.pass), "ok");
  desk->world.now_ms = START + HOURS (3);
  g_assert_cmpint (people (desk), ==, 2);
  assert_result (leave (desk, &desk->owner, &one.booking, NULL, NULL), "ok");
  g_assert_cmpint (people (desk), ==, 1);
  desk->world.now_ms = midnight - 1;
  g_assert_cmpint (people (desk), ==, 1);
  desk->world.now_ms = midnight; /* forgotten, not locked in */
  g_assert_cmpint (people (desk), ==, 0);
}

static void
an_undone_check_in_is_nobody (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlBookingStatus status;
  g_auto (SlRefusal) refusal = { 0 };

  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  g_assert_true (sl_checkin_undo (desk->engine, &desk->owner, &booked.booking, "typo", &status, &refusal, NULL));
  g_assert_cmpint (people (desk), ==, 0);
  assert_result (leave (desk, &desk->owner, &booked.booking, NULL, NULL), "not_checked_in");
}

static void
the_open_gym_counts_for_its_minutes (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;
  SlId member = gym_member (desk, &pass);
  SlId elsewhere = desk_other_location (desk, "Woodstock");

  assert_result (desk_scan_result (desk, pass), "ok");
  g_assert_cmpint (people (desk), ==, 1);
  g_assert_cmpint (people_at (desk, &elsewhere), ==, 0);
  desk->world.now_ms = MORNING + HOURS (2) - 1;
  g_assert_cmpint (people (desk), ==, 1);
  desk->world.now_ms = MORNING + HOURS (2);
  g_assert_cmpint (people (desk), ==, 0);
  assert_result (desk_scan_result (desk, pass), "ok");
  g_assert_cmpint (people (desk), ==, 1);
  assert_result (leave (desk, &desk->owner, NULL, &member, NULL), "ok");
  g_assert_cmpint (people (desk), ==, 0);
  desk_policy (desk, "open_gym_minutes", "30");
  assert_result (desk_scan_result (desk, pass), "ok");
  desk->world.now_ms += MINUTES (30);
  g_assert_cmpint (people (desk), ==, 0);
}

static const char *
undo_entry (Desk *desk, const SlActor *actor, const SlId *checkin, const char *reason)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_checkin_undo_entry (desk->engine, actor, checkin, reason, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
an_entry_without_a_booking_is_undone_by_its_own_id (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL, other = NULL;
  g_auto (Booked) booked = { 0 };
  SlActor instructor;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  gym_member (desk, &pass);
  booked = book_one (desk);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  answer = desk_scan (desk, pass);
  assert_result (undo_entry (desk, &instructor, &answer->checkin_id, "typo"), "not_allowed");
  assert_result (undo_entry (desk, &desk->owner, &answer->checkin_id, " "), "reason_required");
  assert_result (undo_entry (desk, &desk->owner, &answer->checkin_id, "typo"), "ok");
  g_assert_cmpint (people (desk), ==, 0);
  assert_result (undo_entry (desk, &desk->owner, &answer->checkin_id, "typo"), "not_undoable");
  g_clear_pointer (&answer, sl_checkin_answer_free);
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "ok");
  desk->world.now_ms += HOURS (2);
  assert_result (undo_entry (desk, &desk->owner, &answer->checkin_id, "typo"), "not_undoable");
  desk->world.now_ms = START;
  other = desk_scan (desk, booked.pass);
  assert_result (undo_entry (desk, &desk->owner, &other->checkin_id, "typo"), "not_undoable"); /* of a booking */
  g_assert_false (
      sl_checkin_undo_entry (desk->engine, &desk->owner, &booked.booking, "typo", &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
who_came_by_a_code_unknown_here_counts_once_its_record_has_come_too (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 9), booking;
  g_autofree char *code = NULL;

  desk_join (&second, desk, "Second desk");
  booking = desk_book (desk, &member, &session);
  code = desk_booking_code (desk, &booking, 0);
  second.world.now_ms = desk->world.now_ms = START;
  assert_result (desk_scan_result (&second, code), "ok");
  g_assert_cmpint (people (&second), ==, 1);
  desk_carry_log (desk, &second);
  second.world.now_ms = START;
  g_assert_cmpint (people (&second), ==, 1);
  second.world.now_ms = START + HOURS (1);
  g_assert_cmpint (people (&second), ==, 0);
  desk_close (&second, NULL);
}

static void
not_allowed_for_who_has_no_business_there (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_auto (SlActor) device = { 0 };
  g_autoptr (SlOccupancy) occupancy = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlActor finance;

  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  sl_actor_init_device (&device);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  assert_result (leave (desk, &device, &booked.booking, NULL, NULL), "not_allowed");
  assert_result (leave (desk, &finance, &booked.booking, NULL, NULL), "not_allowed");
  g_assert_true (sl_occupancy_count (desk->engine, &device, &sl_id_none, &occupancy, &refusal, NULL));
  g_assert_null (occupancy);
  assert_result (sl_refusal_name (refusal.code), "not_allowed");
  g_assert_cmpint (people (desk), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/occupancy/counts-people-by-session-until-it-ends", counts_people_by_session_until_it_ends);
  desk_test ("/sl/occupancy/a-session-over-midnight-counts-until-its-end",
             a_session_over_midnight_counts_until_its_end);
  desk_test ("/sl/occupancy/who-leaves-is-out-and-not-checked-in-a-second-time",
             who_leaves_is_out_and_not_checked_in_a_second_time);
  desk_test ("/sl/occupancy/leaving-is-recorded-until-the-days-end-and-not-next-week",
             leaving_is_recorded_until_the_days_end_and_not_next_week);
  desk_test ("/sl/occupancy/where-leaving-is-asked-for-people-count-until-they-have-gone",
             where_leaving_is_asked_for_people_count_until_they_have_gone);
  desk_test ("/sl/occupancy/an-undone-check-in-is-nobody", an_undone_check_in_is_nobody);
  desk_test ("/sl/occupancy/the-open-gym-counts-for-its-minutes", the_open_gym_counts_for_its_minutes);
  desk_test ("/sl/occupancy/an-entry-without-a-booking-is-undone-by-its-own-id",
             an_entry_without_a_booking_is_undone_by_its_own_id);
  desk_test ("/sl/occupancy/who-came-by-a-code-unknown-here-counts-once-its-record-has-come-too",
             who_came_by_a_code_unknown_here_counts_once_its_record_has_come_too);
  desk_test ("/sl/occupancy/not-allowed-for-who-has-no-business-there", not_allowed_for_who_has_no_business_there);
  return g_test_run ();
}
