/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-checkin"

#include "door-fixture.h"

#include "engine/member.h"
#include "engine/schedule.h"

static const char *
result_of (Desk *desk, const SlCheckinRequest *request)
{
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (desk, request);

  return sl_refusal_name (answer->result);
}

static void
a_pass_finds_the_booking_and_says_what_the_door_shows (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk->world.now_ms = START - MINUTES (5);
  answer = desk_scan (desk, booked.pass);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_null (answer->flag);
  g_assert_true (sl_id_equal (&answer->member_id, &booked.member));
  g_assert_true (sl_id_equal (&answer->booking_id, &booked.booking));
  g_assert_true (sl_id_equal (&answer->session_id, &booked.session));
  g_assert_false (sl_id_is_none (&answer->checkin_id));
  g_assert_cmpstr (answer->first_name, ==, "Thandi");
  g_assert_cmpstr (answer->short_name, ==, "Thandi N.");
  g_assert_cmpstr (answer->class_name, ==, "Vinyasa");
  g_assert_cmpint (answer->start_ms, ==, START);
  g_assert_cmpint (answer->at_ms, ==, START - MINUTES (5));
  g_assert_cmpint (answer->spots, ==, 1);
  g_assert_cmpint (answer->spots_left, ==, 8);
  g_assert_false (answer->late);
  assert_result (desk_status (desk, &booked.booking), "checked_in");
}

static void
member_blocked_before_anything_about_the_booking (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);

  assert_result (desk_scan_result (desk, booked.pass), "too_early");
  desk_block (desk, &booked.member);
  assert_result (desk_scan_result (desk, booked.pass), "member_blocked");
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "member_blocked");
  assert_result (desk_checkin_booking (desk, &booked.booking, "a friend"), "member_blocked");
  assert_result (desk_status (desk, &booked.booking), "confirmed");
}

static void
outside_access_hours_gives_the_hours (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk_policy (desk, "access_hours", "Mon-Sun 05:00-11:00");
  desk->world.now_ms = START; /* 11:00 at the studio */
  answer = desk_scan (desk, booked.pass);
  assert_result (sl_refusal_name (answer->result), "outside_access_hours");
  g_assert_cmpstr (answer->hours_text, ==, "Mon-Sun 05:00-11:00");
  g_assert_true (answer->hours_of_place);
  desk->world.now_ms = START - 1;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
}

static void
no_booking_offers_what_can_be_booked (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Other");
  g_autofree char *pass = desk_pass (desk, &member);
  SlId full = desk_free_class (desk, MORNING + HOURS (2), 1), room = desk_free_class (desk, MORNING + HOURS (3), 2);
  SlId tomorrow = desk_free_class (desk, MORNING + DAYS (1), 2),
       cancelled = desk_free_class (desk, MORNING + HOURS (4), 2);
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlId gone;

  desk_book (desk, &other, &full);
  desk_book (desk, &member, &tomorrow);
  gone = desk_book (desk, &member, &room);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &gone, NULL), ==, "ok");
  desk_cancel_session (desk, &cancelled);
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "no_booking");
  g_assert_cmpuint (answer->choices->len, ==, 1);
  g_assert_true (sl_id_equal (&((SlCheckinChoice *) answer->choices->pdata[0])->session_id, &room));
  g_assert_cmpint (((SlCheckinChoice *) answer->choices->pdata[0])->spots_left, ==, 2);
  assert_result (desk_checkin_booking (desk, &gone, NULL), "no_booking");
}

static void
a_hold_is_no_booking_at_the_door (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + MINUTES (10), 2), hold;
  g_autofree char *pass = desk_pass (desk, &member);

  g_assert_cmpstr (desk_try_hold (desk, &member, &session, &hold), ==, "ok");
  assert_result (desk_scan_result (desk, pass), "no_booking");
}

static void
session_cancelled_by_the_studio (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *code = desk_booking_code (desk, &booked.booking, 0);

  desk_cancel_session (desk, &booked.session);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "session_cancelled");
  assert_result (desk_scan_result (desk, code), "session_cancelled");
  assert_result (desk_checkin_booking (desk, &booked.booking, NULL), "session_cancelled");
  desk_run_due (desk);
  assert_result (desk_scan_result (desk, booked.pass), "session_cancelled");
}

static void
no_booking_where_the_member_cancelled_before_the_studio_did (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);

  assert_result (desk_try_cancel (desk, &desk->owner, &booked.booking, NULL), "ok");
  desk_cancel_session (desk, &booked.session);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "no_booking");
}

static SlId
session_elsewhere (Desk *desk, gint64 start_ms)
{
  SlId place = desk_other_location (desk, "Woodstock"), service = desk_service (desk, 0, 9, 60), session;
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  sl_session_params_init (&params);
  params.service = &service;
  params.location = &place;
  params.start_ms = start_ms;
  g_assert_true (sl_session_add (desk->engine, &desk->owner, &params, &session, &refusal, NULL));
  return session;
}

static void
other_location_names_the_place (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = session_elsewhere (desk, START);
  SlId booking = desk_book (desk, &member, &session);
  g_autofree char *pass = desk_pass (desk, &member), *code = desk_booking_code (desk, &booking, 0);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk->world.now_ms = START;
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "other_location");
  g_assert_cmpstr (answer->location_name, ==, "Woodstock");
  assert_result (desk_scan_result (desk, code), "other_location");
  assert_result (desk_status (desk, &booking), "confirmed");
}

static void
already_checked_in_with_time_and_desk_and_no_second_record (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *code = desk_booking_code (desk, &booked.booking, 0);
  g_autoptr (SlCheckinAnswer) answer = NULL;
  gint64 operations;

  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  operations = desk_operations (desk);
  desk->world.now_ms = START + HOURS (3);
  answer = desk_scan (desk, booked.pass);
  assert_result (sl_refusal_name (answer->result), "already_checked_in");
  g_assert_cmpint (answer->at_ms, ==, OPENS);
  g_assert_nonnull (answer->checked_in_at);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, code), "already_checked_in");
  assert_result (desk_checkin_booking (desk, &booked.booking, "once more"), "already_checked_in");
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

static void
too_early_until_the_door_opens (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk->world.now_ms = OPENS - 1;
  answer = desk_scan (desk, booked.pass);
  assert_result (sl_refusal_name (answer->result), "too_early");
  g_assert_cmpint (answer->opens_ms, ==, OPENS);
  g_assert_cmpint (answer->closes_ms, ==, CLOSES);
  assert_result (desk_checkin_booking (desk, &booked.booking, "in a hurry"), "too_early");
  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
}

static void
late_after_the_start_and_too_late_after_the_close (Desk *desk, gconstpointer data)
{
  static const struct {
    gint64 at_ms;
    const char *result;
    gboolean late;
    int late_min;
  } cases[] = {
    { START, "ok", FALSE, 0 },  { START + 1, "ok", TRUE, 1 },         { START + MINUTES (7), "ok", TRUE, 7 },
    { CLOSES, "ok", TRUE, 15 }, { CLOSES + 1, "too_late", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Booked) booked = { 0 };
      g_autoptr (SlCheckinAnswer) answer = NULL;

      desk->world.now_ms = MORNING;
      booked = book_one (desk);
      desk->world.now_ms = cases[i].at_ms;
      answer = desk_scan (desk, booked.pass);
      assert_result (sl_refusal_name (answer->result), cases[i].result);
      g_assert_cmpint (answer->late, ==, cases[i].late);
      g_assert_cmpint (answer->late_min, ==, cases[i].late_min);
    }
}

static void
the_window_is_a_policy (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);

  desk_policy (desk, "checkin_opens_minutes", "60");
  desk->world.now_ms = START - MINUTES (60);
  assert_result (desk_scan_result (desk, booked.pass), "ok");
}

static void
staff_override_too_late_with_a_reason (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlActor instructor, reception;
  SlCheckinRequest request = { .code = booked.pass };
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk->world.now_ms = CLOSES + MINUTES (10);
  request.override_reason = " ";
  request.actor = &reception;
  assert_result (result_of (desk, &request), "reason_required");
  request.override_reason = "the bus";
  request.actor = &instructor;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = NULL;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = &reception;
  answer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_cmpstr (answer->flag, ==, "override");
  g_assert_true (answer->late);
  assert_result (desk_status (desk, &booked.booking), "checked_in");
}

static void
a_no_show_who_comes_after_all_is_recorded (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (SlBookingView) view = NULL;

  desk->world.now_ms = CLOSES + MINUTES (10);
  g_assert_cmpint (desk_run_due (desk).no_shows, ==, 1);
  assert_result (desk_scan_result (desk, booked.pass), "too_late");
  assert_result (desk_checkin_booking (desk, &booked.booking, "here after all"), "ok");
  assert_result (desk_status (desk, &booked.booking), "checked_in");
  view = sl_booking_show (desk->engine, &booked.booking, NULL);
  g_assert_cmpuint (view->events->len, ==, 3);
  g_assert_cmpuint (view->attention->len, ==, 0);
}

static void
choose_session_when_two_are_open (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 0, 9, 15);
  SlId one = desk_session (desk, &service, START), two = desk_session (desk, &service, START + MINUTES (15));
  SlId first = desk_book (desk, &member, &one), second = desk_book (desk, &member, &two);
  g_autofree char *pass = desk_pass (desk, &member), *code = desk_booking_code (desk, &second, 0);
  SlCheckinRequest request = { .code = pass, .session_id = two };
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk->world.now_ms = START - MINUTES (10);
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "choose_session");
  g_assert_cmpuint (answer->choices->len, ==, 2);
  g_assert_true (sl_id_equal (&((SlCheckinChoice *) answer->choices->pdata[1])->booking_id, &second));
  assert_result (desk_status (desk, &first), "confirmed");
  assert_result (result_of (desk, &request), "ok");
  assert_result (desk_status (desk, &second), "checked_in");
  assert_result (desk_scan_result (desk, code), "already_checked_in");
  assert_result (desk_scan_result (desk, pass), "ok");
  assert_result (desk_status (desk, &first), "checked_in");
  assert_result (desk_scan_result (desk, pass), "already_checked_in");
}

static void
the_nearest_decides_when_none_is_open (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), morning = desk_free_class (desk, MORNING + HOURS (3), 9);
  SlId noon = desk_free_class (desk, MORNING + HOURS (8), 9);
  g_autofree char *pass = desk_pass (desk, &member);

  desk_book (desk, &member, &morning);
  desk_book (desk, &member, &noon);
  desk->world.now_ms = MORNING + HOURS (1);
  assert_result (desk_scan_result (desk, pass), "too_early");
  desk->world.now_ms = MORNING + HOURS (3) + MINUTES (40);
  assert_result (desk_scan_result (desk, pass), "too_late");
  desk->world.now_ms = MORNING + HOURS (7);
  assert_result (desk_scan_result (desk, pass), "too_early");
}

/* The local day is Johannesburg's, two hours before UTC's; classes over midnight belong to both days. */
static void
today_is_the_local_day_and_nights_count (Desk *desk, gconstpointer data)
{
  gint64 midnight = MORNING + HOURS (18);
  SlId member = desk_member (desk, "Thandi"), tomorrow = desk_free_class (desk, midnight + HOURS (7), 9);
  SlId other = desk_member (desk, "Other"), over = desk_free_class (desk, midnight - MINUTES (10), 9);
  SlId third = desk_member (desk, "Third"), after = desk_free_class (desk, midnight + MINUTES (10), 9);
  g_autofree char *pass = desk_pass (desk, &member), *other_pass = desk_pass (desk, &other);
  g_autofree char *third_pass = desk_pass (desk, &third);

  desk_book (desk, &member, &tomorrow);
  desk_book (desk, &other, &over);
  desk_book (desk, &third, &after);
  desk->world.now_ms = midnight - 1;
  assert_result (desk_scan_result (desk, pass), "no_booking");
  assert_result (desk_scan_result (desk, third_pass), "ok");
  desk->world.now_ms = midnight;
  assert_result (desk_scan_result (desk, pass), "too_early");
  assert_result (desk_scan_result (desk, other_pass), "ok");
  /* Yesterday's is nobody's any more. */
  desk->world.now_ms = midnight + DAYS (1);
  assert_result (desk_scan_result (desk, pass), "no_booking");
}

static void
staff_check_in_by_booking_or_member_and_a_member_by_neither (Desk *desk, gconstpointer data)
{
  g_auto (Booked) one = book_one (desk), two = book_one (desk);
  SlCheckinRequest request = { .member_id = one.member };
  SlActor finance;
  g_autoptr (GError) failure = NULL;
  SlCheckinAnswer *answer = NULL;

  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  desk->world.now_ms = START;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = &finance;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = &desk->owner;
  assert_result (result_of (desk, &request), "ok");
  assert_result (desk_checkin_booking (desk, &two.booking, NULL), "ok");
  request.member_id = one.session;
  g_assert_false (sl_checkin (desk->engine, &request, &answer, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_clear_error (&failure);
  request = (SlCheckinRequest){ .actor = &desk->owner };
  g_assert_false (sl_checkin (desk->engine, &request, &answer, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
phone_and_pin_come_in_and_pin_locked_after_guessing (Desk *desk, gconstpointer data)
{
  SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .phone = "082 555 0331", .pin = "7351" };
  SlId member, session = desk_free_class (desk, START, 9), other = desk_free_class (desk, START + HOURS (1), 9);
  g_auto (SlRefusal) refusal = { 0 };
  SlCheckinRequest request = { .phone = "+27825550331", .member_pin = "7352" };

  g_assert_true (sl_member_add (desk->engine, &desk->owner, &params, FALSE, &member, &refusal, NULL));
  desk_book (desk, &member, &session);
  desk_book (desk, &member, &other);
  desk->world.now_ms = START - MINUTES (20);
  assert_result (result_of (desk, &request), "pin_wrong");
  request.member_pin = NULL;
  assert_result (result_of (desk, &request), "pin_wrong");
  request.phone = "082 555 0000";
  request.member_pin = "7351";
  assert_result (result_of (desk, &request), "pin_wrong");
  request.phone = "0825550331";
  assert_result (result_of (desk, &request), "ok");
  assert_result (result_of (desk, &request), "already_checked_in");

  request.member_pin = "1111";
  for (int i = 0; i < 4; i++)
    assert_result (result_of (desk, &request), "pin_wrong");
  {
    g_autoptr (SlCheckinAnswer) answer = desk_checkin (desk, &request);

    assert_result (sl_refusal_name (answer->result), "pin_locked");
    g_assert_cmpint (answer->locked_until_ms, >, desk->world.now_ms);
    request.member_pin = "7351";
    assert_result (result_of (desk, &request), "pin_locked");
    desk->world.now_ms = answer->locked_until_ms;
    assert_result (result_of (desk, &request), "already_checked_in");
  }
}

static const char *
try_undo (Desk *desk, const SlActor *actor, const SlId *booking, const char *reason, SlBookingStatus *out_status)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_checkin_undo (desk->engine, actor, booking, reason, out_status, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
a_check_in_is_undone_with_a_reason (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlActor instructor;
  SlBookingStatus status;
  g_autoptr (SlBookingView) view = NULL;

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk->world.now_ms = START;
  assert_result (try_undo (desk, &desk->owner, &booked.booking, "typo", &status), "not_undoable");
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  assert_result (try_undo (desk, &instructor, &booked.booking, "typo", &status), "not_allowed");
  assert_result (try_undo (desk, &desk->owner, &booked.booking, " ", &status), "reason_required");
  assert_result (try_undo (desk, &desk->owner, &booked.booking, NULL, &status), "reason_required");
  assert_result (try_undo (desk, &desk->owner, &booked.booking, "the wrong Thandi", &status), "ok");
  g_assert_cmpint (status, ==, SL_BOOKING_CONFIRMED);
  view = sl_booking_show (desk->engine, &booked.booking, NULL);
  g_assert_cmpuint (view->events->len, ==, 3);
  g_assert_cmpstr (((SlBookingEvent *) view->events->pdata[2])->kind, ==, "checkin_undone");
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  desk->world.now_ms = START + HOURS (1);
  assert_result (try_undo (desk, &desk->owner, &booked.booking, "too late now", &status), "not_undoable");
}

static void
a_refusal_writes_no_operation_and_is_noted (Desk *desk, gconstpointer data)
{
  gint64 operations = desk_operations (desk), noted;

  assert_result (desk_scan_result (desk, "hello"), "bad_code");
  g_assert_cmpint (desk_operations (desk), ==, operations);
  g_assert_true (
      sl_store_query_int (sl_oplog_get_store (sl_engine_get_log (desk->engine)), 0, &noted, NULL,
                          "SELECT count (*) FROM local_refusal WHERE command = 'checkin' AND code = 'bad_code'", ""));
  g_assert_cmpint (noted, ==, 1);
}

static void
what_is_recorded_survives_a_new_start (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autoptr (GError) failure = NULL;
  SlVerifyResult verified = { 0 };

  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  g_clear_pointer (&desk->engine, sl_engine_close);
  desk->engine = sl_engine_open (desk->dir->path, &desk->world.base, &failure);
  g_assert_no_error (failure);
  assert_result (desk_status (desk, &booked.booking), "checked_in");
  g_assert_true (sl_oplog_verify (sl_engine_get_log (desk->engine), &verified, &failure));
  g_assert_cmpuint (verified.problems->len, ==, 0);
  sl_verify_result_clear (&verified);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/checkin/a-pass-finds-the-booking-and-says-what-the-door-shows",
             a_pass_finds_the_booking_and_says_what_the_door_shows);
  desk_test ("/sl/checkin/member-blocked-before-anything-about-the-booking",
             member_blocked_before_anything_about_the_booking);
  desk_test ("/sl/checkin/outside-access-hours-gives-the-hours", outside_access_hours_gives_the_hours);
  desk_test ("/sl/checkin/no-booking-offers-what-can-be-booked", no_booking_offers_what_can_be_booked);
  desk_test ("/sl/checkin/a-hold-is-no-booking-at-the-door", a_hold_is_no_booking_at_the_door);
  desk_test ("/sl/checkin/session-cancelled-by-the-studio", session_cancelled_by_the_studio);
  desk_test ("/sl/checkin/no-booking-where-the-member-cancelled-before-the-studio-did",
             no_booking_where_the_member_cancelled_before_the_studio_did);
  desk_test ("/sl/checkin/other-location-names-the-place", other_location_names_the_place);
  desk_test ("/sl/checkin/already-checked-in-with-time-and-desk-and-no-second-record",
             already_checked_in_with_time_and_desk_and_no_second_record);
  desk_test ("/sl/checkin/too-early-until-the-door-opens", too_early_until_the_door_opens);
  desk_test ("/sl/checkin/late-after-the-start-and-too-late-after-the-close",
             late_after_the_start_and_too_late_after_the_close);
  desk_test ("/sl/checkin/the-window-is-a-policy", the_window_is_a_policy);
  desk_test ("/sl/checkin/staff-override-too-late-with-a-reason", staff_override_too_late_with_a_reason);
  desk_test ("/sl/checkin/a-no-show-who-comes-after-all-is-recorded", a_no_show_who_comes_after_all_is_recorded);
  desk_test ("/sl/checkin/choose-session-when-two-are-open", choose_session_when_two_are_open);
  desk_test ("/sl/checkin/the-nearest-decides-when-none-is-open", the_nearest_decides_when_none_is_open);
  desk_test ("/sl/checkin/today-is-the-local-day-and-nights-count", today_is_the_local_day_and_nights_count);
  desk_test ("/sl/checkin/staff-check-in-by-booking-or-member-and-a-member-by-neither",
             staff_check_in_by_booking_or_member_and_a_member_by_neither);
  desk_test ("/sl/checkin/phone-and-pin-come-in-and-pin-locked-after-guessing",
             phone_and_pin_come_in_and_pin_locked_after_guessing);
  desk_test ("/sl/checkin/a-check-in-is-undone-with-a-reason-and-not-undoable-where-there-is-none",
             a_check_in_is_undone_with_a_reason);
  desk_test ("/sl/checkin/a-refusal-writes-no-operation-and-is-noted", a_refusal_writes_no_operation_and_is_noted);
  desk_test ("/sl/checkin/what-is-recorded-survives-a-new-start", what_is_recorded_survives_a_new_start);
  return g_test_run ();
}
