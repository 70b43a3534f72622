/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-entry"

#include "door-fixture.h"

#include "engine/badge.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/service.h"
#include "engine/staff.h"

/* The further ways in: a plan, a booking made on the way, several at once, after a cancellation, by a birth date. */

static const char *
result_of (Desk *desk, const SlCheckinRequest *request)
{
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (desk, request);

  return sl_refusal_name (answer->result);
}

static SlId
gym_member (Desk *desk, const char *kind, gboolean open_gym, const char *hours, char **out_pass)
{
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, kind, open_gym, hours);

  door_membership (desk, &member, &plan, "active", MORNING - DAYS (10), MORNING + DAYS (20));
  *out_pass = desk_pass (desk, &member);
  return member;
}

static void
a_plan_opens_the_gym_and_twice_is_already_checked_in (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL, *other = NULL;
  SlId member = gym_member (desk, "unlimited", TRUE, NULL, &pass);
  g_autoptr (SlCheckinAnswer) answer = desk_scan (desk, pass), again = NULL;
  gint64 operations = desk_operations (desk);

  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_cmpstr (answer->flag, ==, "open_gym");
  g_assert_true (sl_id_equal (&answer->member_id, &member));
  g_assert_true (sl_id_is_none (&answer->booking_id) && sl_id_is_none (&answer->session_id));
  g_assert_cmpstr (answer->short_name, ==, "Thandi N.");
  g_assert_cmpint (answer->spots, ==, 1);
  desk->world.now_ms = MORNING + MINUTES (119);
  again = desk_scan (desk, pass);
  assert_result (sl_refusal_name (again->result), "already_checked_in");
  g_assert_cmpint (again->at_ms, ==, MORNING);
  g_assert_nonnull (again->checked_in_at);
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk->world.now_ms = MORNING + MINUTES (120);
  assert_result (desk_scan_result (desk, pass), "ok");
  /* Without such a plan there is no entry. */
  gym_member (desk, "unlimited", FALSE, NULL, &other);
  assert_result (desk_scan_result (desk, other), "no_booking");
}

static void
a_booking_here_today_comes_before_the_open_gym (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;
  SlId member = gym_member (desk, "unlimited", TRUE, NULL, &pass), session = desk_free_class (desk, START, 9);
  SlId booking = desk_book (desk, &member, &session);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  assert_result (desk_scan_result (desk, pass), "too_early");
  desk->world.now_ms = OPENS;
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_null (answer->flag);
  g_assert_true (sl_id_equal (&answer->booking_id, &booking));
}

static void
membership_inactive_says_every_way_of_not_being_active (Desk *desk, gconstpointer data)
{
  static const struct {
    const char *status;
    gint64 from_ms, until_ms;
    const char *result;
  } cases[] = {
    { "active", MORNING, 0, "ok" },
    { "active", MORNING - 1, MORNING + 1, "ok" },
    { "active", MORNING - DAYS (30), MORNING, "membership_inactive" }, /* over by the clock */
    { "active", MORNING + 1, 0, "membership_inactive" },               /* not begun */
    { "frozen", MORNING - DAYS (30), 0, "membership_inactive" },
    { "cancelled", MORNING - DAYS (30), 0, "membership_inactive" },
    { "expired", MORNING - DAYS (30), MORNING - DAYS (1), "membership_inactive" },
    { "payment_due", MORNING - DAYS (30), 0, "payment_due" },
    { "expired", MORNING - DAYS (900), MORNING - DAYS (400), "no_booking" }, /* long ago: a stranger */
  };
  SlId plan = door_plan (desk, "unlimited", TRUE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SlId member = desk_member (desk, "Thandi");
      g_autofree char *pass = desk_pass (desk, &member);

      door_membership (desk, &member, &plan, cases[i].status, cases[i].from_ms, cases[i].until_ms);
      assert_result (desk_scan_result (desk, pass), cases[i].result);
    }
}

static void
frozen_days_are_judged_by_the_clock (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, "unlimited", TRUE, NULL);
  SlId membership = door_membership (desk, &member, &plan, "active", MORNING - DAYS (10), 0);
  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);

  pass = desk_pass (desk, &member);
  sl_fields_set_int (fields, "frozen_from_ms", MORNING);
  sl_fields_set_int (fields, "frozen_until_ms", MORNING + HOURS (1));
  door_edit (desk, fields, &membership);
  desk->world.now_ms = MORNING;
  assert_result (desk_scan_result (desk, pass), "membership_inactive");
  desk->world.now_ms = MORNING + HOURS (1);
  assert_result (desk_scan_result (desk, pass), "ok");
}

static void
the_best_of_several_memberships_counts (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, "unlimited", TRUE, NULL);
  SlId night = door_plan (desk, "unlimited", TRUE, "Mon-Sun 20:00-04:00");
  g_autofree char *pass = desk_pass (desk, &member);
  g_autoptr (SlCheckinAnswer) answer = NULL;

  door_membership (desk, &member, &plan, "cancelled", MORNING - DAYS (50), 0);
  assert_result (desk_scan_result (desk, pass), "membership_inactive");
  door_membership (desk, &member, &plan, "payment_due", MORNING - DAYS (40), 0);
  assert_result (desk_scan_result (desk, pass), "payment_due");
  door_membership (desk, &member, &night, "active", MORNING - DAYS (30), 0);
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "outside_access_hours");
  g_assert_cmpstr (answer->hours_text, ==, "Mon-Sun 20:00-04:00");
  g_assert_false (answer->hours_of_place);
  desk->world.now_ms = MORNING + HOURS (14); /* 20:00 at the studio */
  assert_result (desk_scan_result (desk, pass), "ok");
}

static void
a_booking_paid_by_a_plan_depends_on_it_and_one_paid_by_credits_does_not (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 9, 60), session = desk_session (desk, &service, START);
  SlId payer = desk_member (desk, "Payer"), plan = door_plan (desk, "unlimited", FALSE, NULL);
  g_autofree char *payer_pass = desk_pass (desk, &payer);
  SlId booking;

  desk_credits (desk, &payer, 100, 30);
  booking = desk_book (desk, &payer, &session);
  door_membership (desk, &payer, &plan, "frozen", MORNING - DAYS (10), 0);
  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, payer_pass), "ok");
  assert_result (desk_status (desk, &booking), "checked_in");

  /* As a plan pays: without credits, for a service that asks for some. */
  {
    SlId member, free_service, free_session, covered;
    g_autofree char *pass = NULL;
    SlFields *fields = sl_fields_new (SL_ENTITY_SERVICE);

    member = gym_member (desk, "unlimited", FALSE, NULL, &pass);
    free_service = desk_service (desk, 0, 9, 60);
    free_session = desk_session (desk, &free_service, START);
    covered = desk_book (desk, &member, &free_session);
    door_membership (desk, &member, &plan, "payment_due", MORNING - DAYS (10), 0);
    sl_fields_set_int (fields, "credits_hundredths", 100);
    door_edit (desk, fields, &free_service);
    desk->world.now_ms = OPENS;
    assert_result (desk_scan_result (desk, pass), "ok"); /* the other membership is good */
    assert_result (desk_status (desk, &covered), "checked_in");
  }
  {
    SlId member = desk_member (desk, "Due"), free_service = desk_service (desk, 0, 9, 60);
    SlId free_session = desk_session (desk, &free_service, START);
    g_autofree char *pass = desk_pass (desk, &member);
    SlFields *fields = sl_fields_new (SL_ENTITY_SERVICE);

    desk->world.now_ms = OPENS;
    desk_book (desk, &member, &free_session);
    door_membership (desk, &member, &plan, "payment_due", MORNING - DAYS (10), 0);
    sl_fields_set_int (fields, "credits_hundredths", 100);
    door_edit (desk, fields, &free_service);
    assert_result (desk_scan_result (desk, pass), "payment_due");
  }
}

static void
booking_and_check_in_in_one_step (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 1);
  SlId later = desk_free_class (desk, START + HOURS (3), 9), other = desk_member (desk, "Other");
  g_autofree char *pass = desk_pass (desk, &member), *other_pass = desk_pass (desk, &other);
  SlCheckinRequest request = { .code = pass, .book_session_id = session };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  gint64 operations;

  desk->world.now_ms = OPENS - 1;
  operations = desk_operations (desk);
  assert_result (result_of (desk, &request), "too_early"); /* and nothing is booked */
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk->world.now_ms = OPENS;
  answer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_true (answer->booked);
  g_assert_true (sl_id_equal (&answer->session_id, &session));
  g_assert_cmpint (answer->spots_left, ==, 0);
  assert_result (desk_status (desk, &answer->booking_id), "checked_in");
  assert_result (result_of (desk, &request), "already_checked_in");
  request.code = other_pass;
  operations = desk_operations (desk);
  g_autoptr (SlCheckinAnswer) full = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (full->result), "class_full");
  g_assert_cmpint (full->position, ==, 1);
  request.book_session_id = later;
  assert_result (result_of (desk, &request), "too_early");
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

static void
a_booking_that_exists_is_checked_in_and_not_booked_again (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlCheckinRequest request = { .code = booked.pass, .book_session_id = booked.session };
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk->world.now_ms = START;
  answer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_false (answer->booked);
  g_assert_true (sl_id_equal (&answer->booking_id, &booked.booking));
}

static void
at_the_kiosk_members_book_what_members_may_book (Desk *desk, gconstpointer data)
{
  SlServiceParams params;
  SlId service, session, member = desk_member (desk, "Thandi");
  g_autofree char *pass = desk_pass (desk, &member);
  g_auto (SlRefusal) refusal = { 0 };
  SlCheckinRequest request = { .code = pass };

  sl_service_params_init (&params);
  params.name = "Reformer";
  params.kind = "class";
  params.type = "pilates";
  params.mode = "staff";
  params.duration_min = 60;
  params.capacity = 4;
  params.credits_hundredths = 0;
  g_assert_true (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, NULL));
  session = desk_session (desk, &service, START);
  request.book_session_id = session;
  desk->world.now_ms = OPENS;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = &desk->owner;
  assert_result (result_of (desk, &request), "ok");
}

static void
walk_ins_by_staff_until_check_in_closes (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 4);
  SlCheckinRequest request = { .member_id = member, .actor = &desk->owner };
  g_autoptr (SlCheckinAnswer) offer = NULL, answer = NULL;

  desk->world.now_ms = CLOSES;
  offer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (offer->result), "no_booking");
  g_assert_cmpuint (offer->choices->len, ==, 1);
  request.book_session_id = session;
  desk->world.now_ms = CLOSES + 1;
  assert_result (result_of (desk, &request), "too_late");
  desk->world.now_ms = CLOSES;
  answer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_true (answer->late);
}

static void
no_credits_books_nothing_on_the_way_in (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 9, 60), session = desk_session (desk, &service, START);
  SlId member = desk_member (desk, "Thandi");
  g_autofree char *pass = desk_pass (desk, &member);
  SlCheckinRequest request = { .code = pass, .book_session_id = session };

  desk->world.now_ms = OPENS;
  assert_result (result_of (desk, &request), "insufficient_credits");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 9);
  desk_credits (desk, &member, 100, 30);
  desk->world.now_ms = OPENS;
  assert_result (result_of (desk, &request), "ok");
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static void
several_from_the_roster_each_with_its_own_result (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 9), late = desk_free_class (desk, START - HOURS (1), 9);
  SlId a = desk_member (desk, "A"), b = desk_member (desk, "B"), c = desk_member (desk, "C");
  SlId ids[4] = { desk_book (desk, &a, &session), desk_book (desk, &b, &late), desk_book (desk, &c, &session) };
  static const char *const results[] = { "ok", "too_late", "ok", "already_checked_in" };
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GError) failure = NULL;
  gint64 operations;

  ids[3] = ids[0]; /* named twice */
  desk_block (desk, &a);
  desk->world.now_ms = START;
  g_assert_true (sl_checkin_batch (desk->engine, &desk->owner, ids, 1, NULL, &answers, &failure));
  assert_result (sl_refusal_name (((SlCheckinAnswer *) answers->pdata[0])->result), "member_blocked");
  g_clear_pointer (&answers, g_ptr_array_unref);
  {
    g_auto (SlRefusal) refusal = { 0 };

    g_assert_true (sl_member_unblock (desk->engine, &desk->owner, &a, "paid", &refusal, NULL));
  }
  desk->world.now_ms = START;
  operations = desk_operations (desk);
  g_assert_true (sl_checkin_batch (desk->engine, &desk->owner, ids, 4, NULL, &answers, &failure));
  g_assert_no_error (failure);
  g_assert_cmpuint (answers->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_result (sl_refusal_name (((SlCheckinAnswer *) answers->pdata[i])->result), results[i]);
  g_assert_cmpint (desk_operations (desk), ==, operations + 2);
  assert_result (desk_status (desk, &ids[0]), "checked_in");
  assert_result (desk_status (desk, &ids[1]), "no_show");
  g_clear_pointer (&answers, g_ptr_array_unref);
  /* One that does not exist keeps all of them out: the list is wrong. */
  ids[3] = session;
  g_assert_false (sl_checkin_batch (desk->engine, &desk->owner, ids + 1, 3, "the bus", &answers, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
  assert_result (desk_status (desk, &ids[1]), "no_show");
}

static void
staff_record_that_somebody_came_who_had_cancelled (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), session = desk_session (desk, &service, START);
  SlId member = desk_member (desk, "Thandi"), other = desk_member (desk, "Other"), booking;
  g_autofree char *pass = desk_pass (desk, &member);
  SlActor instructor;
  SlCheckinRequest request = { .override_reason = "came after all" };
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_credits (desk, &member, 100, 30);
  desk_credits (desk, &other, 100, 30);
  booking = desk_book (desk, &member, &session);
  desk->world.now_ms = START - MINUTES (60);
  assert_result (desk_try_cancel (desk, &desk->owner, &booking, NULL), "ok");
  assert_result (desk_status (desk, &booking), "late_cancelled");
  desk_book (desk, &other, &session); /* the spot is somebody else's */
  assert_result (desk_checkin_booking (desk, &booking, "too soon"), "too_early");
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, pass), "no_booking");
  assert_result (desk_checkin_booking (desk, &booking, NULL), "no_booking");
  request.booking_id = booking;
  request.actor = &instructor;
  assert_result (result_of (desk, &request), "not_allowed");
  request.actor = &desk->owner;
  answer = desk_checkin (desk, &request);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_cmpstr (answer->flag, ==, "override");
  g_assert_cmpint (answer->spots, ==, 1);
  assert_result (desk_status (desk, &booking), "checked_in");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 0); /* it took no spot back */
  assert_result (desk_checkin_booking (desk, &booking, "again"), "already_checked_in");
}

/* Cancelled and booked again: the visit is the new booking's. */
static void
no_visit_by_a_cancelled_booking_beside_another_one (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlId again;

  assert_result (desk_try_cancel (desk, &desk->owner, &booked.booking, NULL), "ok");
  again = desk_book (desk, &booked.member, &booked.session);
  desk->world.now_ms = START;
  assert_result (desk_checkin_booking (desk, &booked.booking, "came after all"), "no_booking");
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  assert_result (desk_status (desk, &again), "checked_in");
  assert_result (desk_checkin_booking (desk, &booked.booking, "came after all"), "no_booking");
}

static void
add_with_phone (Desk *desk, const char *first, const char *pin, const char *birth_date, SlId *out)
{
  SlMemberParams params = { .first = first, .last = "Nkosi", .phone = "082 555 0331", .pin = pin,
                            .birth_date = birth_date };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_member_add (desk->engine, &desk->owner, &params, TRUE, out, &refusal, &failure));
  g_assert_no_error (failure);
}

static void
phone_and_birth_date_come_in_and_pin_locked_after_guessing (Desk *desk, gconstpointer data)
{
  SlId member, session = desk_free_class (desk, START, 9);
  SlCheckinRequest request = { .phone = "+27825550331", .birth_date = "1990-12-31" };
  SlCheckinRequest by_pin = { .phone = "+27825550331", .member_pin = "7351" };
  SlCheckinAnswer *none = NULL;
  g_autoptr (GError) failure = NULL;

  add_with_phone (desk, "Thandi", "7351", "1990-12-31", &member);
  desk_book (desk, &member, &session);
  desk->world.now_ms = OPENS;
  assert_result (result_of (desk, &request), "ok");
  assert_result (result_of (desk, &request), "already_checked_in");
  request.birth_date = "31-12-1990";
  g_assert_false (sl_checkin (desk->engine, &request, &none, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
  request.birth_date = "1990-12-30";
  for (int i = 0; i < 4; i++)
    assert_result (result_of (desk, &request), "pin_wrong");
  assert_result (result_of (desk, &request), "pin_locked");
  request.birth_date = "1990-12-31";
  assert_result (result_of (desk, &request), "pin_locked");
  /* The PIN has its own count: who knows it was not the one who guessed. */
  assert_result (result_of (desk, &by_pin), "already_checked_in");
  desk->world.now_ms += MINUTES (1);
  assert_result (result_of (desk, &request), "already_checked_in");
}

/* Whatever is typed, the answers to a number that nobody has are those to a number that somebody has. */
static void
a_number_that_nobody_has_is_answered_alike (Desk *desk, gconstpointer data)
{
  SlCheckinRequest known[2] = { { .phone = "+27825550331", .birth_date = "1991-01-01" },
                                { .phone = "+27825550331", .member_pin = "1397" } };
  SlId member;

  add_with_phone (desk, "Thandi", NULL, NULL, &member);
  for (guint way = 0; way < 2; way++)
    {
      SlCheckinRequest unknown = known[way];

      unknown.phone = "+27825550999";
      for (guint i = 0; i < 6; i++)
        {
          g_autoptr (SlCheckinAnswer) one = desk_checkin (desk, &known[way]), other = desk_checkin (desk, &unknown);

          assert_result (sl_refusal_name (one->result), i < 4 ? "pin_wrong" : "pin_locked");
          assert_result (sl_refusal_name (other->result), sl_refusal_name (one->result));
          g_assert_cmpint (other->locked_until_ms, ==, one->locked_until_ms);
          g_assert_true (sl_id_is_none (&one->member_id) && sl_id_is_none (&other->member_id));
        }
    }
}

static void
a_number_that_two_share_locks_neither_of_them_out (Desk *desk, gconstpointer data)
{
  SlId mother, son, session = desk_free_class (desk, START, 9);
  SlCheckinRequest request = { .phone = "0825550331", .member_pin = "7351" };

  add_with_phone (desk, "Mother", "7351", "1970-05-06", &mother);
  add_with_phone (desk, "Son", "8264", "2001-07-08", &son);
  desk_book (desk, &mother, &session);
  desk_book (desk, &son, &session);
  desk->world.now_ms = OPENS;
  for (int i = 0; i < 7; i++)
    {
      request.member_pin = "8264";
      assert_result (result_of (desk, &request), i == 0 ? "ok" : "already_checked_in");
      request.member_pin = "7351";
      assert_result (result_of (desk, &request), i == 0 ? "ok" : "already_checked_in");
    }
}

/* Two records of one person: the pass of either finds the bookings and the plan of both. */
static void
two_records_of_one_person_are_one_at_the_door (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "Thandi"), other = desk_member (desk, "Tandi"), survivor;
  SlId plan = door_plan (desk, "unlimited", TRUE, NULL), session = desk_free_class (desk, START, 9);
  g_autofree char *pass = desk_pass (desk, &one);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  SlId booking;

  door_membership (desk, &other, &plan, "active", MORNING - DAYS (1), 0);
  assert_result (desk_scan_result (desk, pass), "no_booking");
  g_assert_true (sl_member_merge (desk->engine, &desk->owner, &one, &other, &survivor, &refusal, NULL));
  desk->world.now_ms = MORNING;
  answer = desk_scan (desk, pass);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_true (sl_id_equal (&answer->member_id, &survivor));
  assert_result (desk_scan_result (desk, pass), "already_checked_in");
  booking = desk_book (desk, &survivor, &session);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, pass), "ok");
  assert_result (desk_status (desk, &booking), "checked_in");
}

static const char *
read_badge (Desk *desk, const char *code, SlStaff **out_staff)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_badge_read (desk->engine, code, out_staff, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
a_staff_badge_picks_the_person_on_the_pin_pad (Desk *desk, gconstpointer data)
{
  SlActor staff;
  SlId member = desk_member (desk, "Thandi");
  g_autofree char *badge = NULL, *pass = desk_pass (desk, &member);
  g_autoptr (SlStaff) picked = NULL, nobody = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  gint64 expires_ms;

  desk_staff (desk, SL_ROLE_RECEPTIONIST, &staff);
  g_assert_true (sl_badge_issue (desk->engine, &desk->owner, &staff.id, &badge, &expires_ms, &refusal, NULL));
  assert_result (read_badge (desk, badge, &picked), "ok");
  g_assert_true (sl_id_equal (&picked->id, &staff.id));
  g_assert_cmpstr (picked->name, ==, "Sipho");
  assert_result (read_badge (desk, pass, &nobody), "wrong_code_kind");
  assert_result (read_badge (desk, "hello", &nobody), "bad_code");
  desk->world.now_ms = expires_ms;
  assert_result (read_badge (desk, badge, &nobody), "expired_code");
  desk->world.now_ms = MORNING + HOURS (1);
  g_assert_true (sl_staff_disable (desk->engine, &desk->owner, &staff.id, &refusal, NULL));
  assert_result (read_badge (desk, badge, &nobody), "staff_inactive");
  g_assert_null (nobody);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/entry/a-plan-opens-the-gym-and-twice-is-already-checked-in",
             a_plan_opens_the_gym_and_twice_is_already_checked_in);
  desk_test ("/sl/entry/a-booking-here-today-comes-before-the-open-gym",
             a_booking_here_today_comes_before_the_open_gym);
  desk_test ("/sl/entry/membership-inactive-says-every-way-of-not-being-active",
             membership_inactive_says_every_way_of_not_being_active);
  desk_test ("/sl/entry/frozen-days-are-judged-by-the-clock", frozen_days_are_judged_by_the_clock);
  desk_test ("/sl/entry/the-best-of-several-memberships-counts", the_best_of_several_memberships_counts);
  desk_test ("/sl/entry/a-booking-paid-by-a-plan-depends-on-it-and-one-paid-by-credits-does-not",
             a_booking_paid_by_a_plan_depends_on_it_and_one_paid_by_credits_does_not);
  desk_test ("/sl/entry/booking-and-check-in-in-one-step", booking_and_check_in_in_one_step);
  desk_test ("/sl/entry/a-booking-that-exists-is-checked-in-and-not-booked-again",
             a_booking_that_exists_is_checked_in_and_not_booked_again);
  desk_test ("/sl/entry/at-the-kiosk-members-book-what-members-may-book",
             at_the_kiosk_members_book_what_members_may_book);
  desk_test ("/sl/entry/walk-ins-by-staff-until-check-in-closes", walk_ins_by_staff_until_check_in_closes);
  desk_test ("/sl/entry/no-credits-books-nothing-on-the-way-in", no_credits_books_nothing_on_the_way_in);
  desk_test ("/sl/entry/several-from-the-roster-each-with-its-own-result",
             several_from_the_roster_each_with_its_own_result);
  desk_test ("/sl/entry/staff-record-that-somebody-came-who-had-cancelled",
             staff_record_that_somebody_came_who_had_cancelled);
  desk_test ("/sl/entry/no-visit-by-a-cancelled-booking-beside-another-one",
             no_visit_by_a_cancelled_booking_beside_another_one);
  desk_test ("/sl/entry/phone-and-birth-date-come-in-and-pin-locked-after-guessing",
             phone_and_birth_date_come_in_and_pin_locked_after_guessing);
  desk_test ("/sl/entry/a-number-that-nobody-has-is-answered-alike", a_number_that_nobody_has_is_answered_alike);
  desk_test ("/sl/entry/a-number-that-two-share-locks-neither-of-them-out",
             a_number_that_two_share_locks_neither_of_them_out);
  desk_test ("/sl/entry/two-records-of-one-person-are-one-at-the-door",
             two_records_of_one_person_are_one_at_the_door);
  desk_test ("/sl/entry/a-staff-badge-picks-the-person-on-the-pin-pad", a_staff_badge_picks_the_person_on_the_pin_pad);
  return g_test_run ();
}
