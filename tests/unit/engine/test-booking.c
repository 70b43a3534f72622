/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-booking"

#include "desk-fixture.h"

#include "engine/member.h"
#include "engine/payment.h"
#include "engine/schedule.h"
#include "engine/service.h"

#define assert_refused(expression, code) g_assert_cmpstr (expression, ==, code)

static void
is_confirmed_at_once_with_a_code (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 4);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1 };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlBookingView) view = NULL;

  g_assert_true (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, NULL));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  g_assert_cmpint (result.status, ==, SL_BOOKING_CONFIRMED);
  g_assert_true (g_str_has_prefix (result.code, "SL1"));
  view = sl_booking_show (desk->engine, &result.booking_id, NULL);
  g_assert_cmpstr (sl_booking_status_name (view->status), ==, "confirmed");
  g_assert_cmpstr (view->member_name, ==, "Thandi Nkosi");
  g_assert_cmpuint (view->events->len, ==, 1);
  g_assert_cmpstr (((SlBookingEvent *) view->events->pdata[0])->kind, ==, "confirmed");
  g_assert_cmpint (((SlBookingEvent *) view->events->pdata[0])->at_ms, ==, MORNING);
  g_assert_cmpuint (view->attention->len, ==, 0);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 3);
}

static void
fails_for_what_does_not_exist (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 4);
  SlBookingRequest request = { .member_id = session, .session_id = member, .spots = 1 };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_false (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_clear_error (&failure);
  g_assert_null (sl_booking_show (desk->engine, &session, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_clear_error (&failure);
  request = (SlBookingRequest){ .member_id = member, .session_id = session, .spots = 0 };
  g_assert_false (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
}

static void
class_full_gives_the_position_in_the_queue (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1);
  SlId first = desk_member (desk, "One"), second = desk_member (desk, "Two");
  SlBookingRequest request = { .member_id = second, .session_id = session, .spots = 1 };
  g_auto (SlRefusal) refusal = { 0 };
  gint64 operations;

  desk_book (desk, &first, &session);
  operations = desk_operations (desk);
  assert_refused (desk_try_request (desk, &desk->owner, &request, &refusal), "class_full");
  g_assert_cmpint (sl_refusal_get_int (&refusal, "position", -1), ==, 1);
  g_assert_cmpint (sl_refusal_get_int (&refusal, "capacity", -1), ==, 1);
  g_assert_cmpint (desk_operations (desk), ==, operations);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 0);
}

static void
several_spots_count_as_so_many (Desk *desk, gconstpointer data)
{
  static const char *const two[] = { "Ann", "Ben", NULL };
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 4);
  SlId first = desk_member (desk, "One"), second = desk_member (desk, "Two");
  SlId booking = desk_book_spots (desk, &first, &session, two);
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, &booking, NULL);
  SlBookingRequest request = { .member_id = second, .session_id = session, .spots = 2, .guests = two + 1 };

  g_assert_cmpint (view->spots, ==, 3);
  g_assert_cmpuint (view->guests->len, ==, 2);
  g_assert_cmpstr (view->guests->pdata[1], ==, "Ben");
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "class_full");
  assert_refused (desk_try_book (desk, &second, &session), "ok");
}

static void
guest_names_needed_for_each_guest (Desk *desk, gconstpointer data)
{
  static const char *const one[] = { "Ann", NULL }, *const blank[] = { "Ann", "  ", NULL };
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (2), 9);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 3, .guests = one };

  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "guest_names_needed");
  request.guests = blank;
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "guest_names_needed");
  request.guests = NULL;
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "guest_names_needed");
  request.spots = 1;
  request.guests = one;
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "guest_names_needed");
}

static void
too_many_spots_for_one_booking (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (2), 100);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = SL_SPOTS_MAX + 1 };

  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "too_many_spots");
  desk_policy (desk, "booking_spots_max", "2");
  request.spots = 3;
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "too_many_spots");
}

static void
already_booked_while_the_booking_lives (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (30), 4);
  SlId booking = desk_book (desk, &member, &session), again;

  assert_refused (desk_try_book (desk, &member, &session), "already_booked");
  assert_refused (desk_try_hold (desk, &member, &session, NULL), "already_booked");
  assert_refused (desk_try_cancel (desk, &desk->owner, &booking, NULL), "ok");
  again = desk_book (desk, &member, &session);
  g_assert_false (sl_id_equal (&again, &booking));
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 3);
}

static void
member_busy_where_sessions_overlap_and_not_where_they_touch (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), elsewhere;
  SlId at = desk_free_class (desk, MORNING + HOURS (3), 4);
  SlId over_its_start = desk_free_class (desk, MORNING + HOURS (2) + 1, 4);
  SlId over_its_end = desk_free_class (desk, MORNING + HOURS (4) - 1, 4);
  SlId before = desk_free_class (desk, MORNING + HOURS (2), 4), after = desk_free_class (desk, MORNING + HOURS (4), 4);

  desk_book (desk, &member, &at);
  assert_refused (desk_try_book (desk, &member, &over_its_start), "member_busy");
  assert_refused (desk_try_book (desk, &member, &over_its_end), "member_busy");
  assert_refused (desk_try_book (desk, &member, &before), "ok");
  assert_refused (desk_try_book (desk, &member, &after), "ok");

  /* At another place of the studio, too. */
  {
    SlId location = desk_other_location (desk, "Woodstock"), service = desk_service (desk, 0, 4, 60);
    SlSessionParams params;
    g_auto (SlRefusal) refusal = { 0 };

    sl_session_params_init (&params);
    params.service = &service;
    params.location = &location;
    params.start_ms = MORNING + HOURS (3) + MINUTES (30);
    g_assert_true (sl_session_add (desk->engine, &desk->owner, &params, &elsewhere, &refusal, NULL));
  }
  assert_refused (desk_try_book (desk, &member, &elsewhere), "member_busy");
}

static void
booking_window_closed_until_it_opens (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + DAYS (10), 4);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1 };
  g_auto (SlRefusal) refusal = { 0 };
  gint64 opens_ms = MORNING + DAYS (10) - HOURS (168);

  desk->world.now_ms = opens_ms - 1;
  assert_refused (desk_try_request (desk, &desk->owner, &request, &refusal), "booking_window_closed");
  g_assert_cmpint (sl_refusal_get_int (&refusal, "opens_ms", 0), ==, opens_ms);
  desk->world.now_ms = opens_ms;
  assert_refused (desk_try_book (desk, &member, &session), "ok");
}

static void
session_not_open_once_started_but_for_walk_ins (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), three = desk_member (desk, "Three");
  SlId session = desk_free_class (desk, MORNING + HOURS (1), 9);
  SlBookingRequest request = { .member_id = two, .session_id = session, .spots = 1 };
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  desk->world.now_ms = MORNING + HOURS (1) - 1;
  request.member_id = one;
  assert_refused (desk_try_request (desk, &device, &request, NULL), "ok");
  desk->world.now_ms = MORNING + HOURS (1);
  request.member_id = two;
  assert_refused (desk_try_request (desk, &device, &request, NULL), "session_not_open");
  desk->world.now_ms = MORNING + HOURS (1) + MINUTES (15);
  assert_refused (desk_try_book (desk, &two, &session), "ok");
  desk->world.now_ms++;
  assert_refused (desk_try_book (desk, &three, &session), "session_not_open");
}

static void
session_cancelled_is_booked_by_nobody (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (2), 4);

  desk_cancel_session (desk, &session);
  assert_refused (desk_try_book (desk, &member, &session), "session_cancelled");
}

static void
service_inactive_is_booked_by_nobody (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 0, 4, 60);
  SlId session = desk_session (desk, &service, MORNING + HOURS (2));
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.active = -1;
  g_assert_true (sl_service_edit (desk->engine, &desk->owner, &service, &params, &refusal, NULL));
  assert_refused (desk_try_book (desk, &member, &session), "service_inactive");
}

static void
member_blocked_books_nothing (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (2), 4);

  desk_block (desk, &member);
  assert_refused (desk_try_book (desk, &member, &session), "member_blocked");
  assert_refused (desk_try_hold (desk, &member, &session, NULL), "member_blocked");
}

/* Each booking mode, each role, each permission: who may. */
static const char *
try_as (Desk *desk, const SlActor *actor, const char *mode, const char *permission)
{
  SlServiceParams params;
  SlMemberParams member_params = { .first = "A", .last = "B", .permission = permission };
  SlId service, session, member;
  SlBookingRequest request = { .spots = 1 };
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.name = "Reformer";
  params.kind = "class";
  params.type = "pilates";
  params.duration_min = 60;
  params.capacity = 4;
  params.credits_hundredths = 0;
  params.mode = mode;
  g_assert_true (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, NULL));
  g_assert_true (sl_member_add (desk->engine, &desk->owner, &member_params, TRUE, &member, &refusal, NULL));
  session = desk_session (desk, &service, MORNING + HOURS (2));
  request.member_id = member;
  request.session_id = session;
  return desk_try_request (desk, actor, &request, NULL);
}

static void
not_allowed_follows_mode_role_and_permission (Desk *desk, gconstpointer data)
{
  g_auto (SlActor) device = { 0 };
  SlActor instructor, reception, finance;

  sl_actor_init_device (&device);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  assert_refused (try_as (desk, &device, "self", "standard"), "ok");
  assert_refused (try_as (desk, &device, "mixed", "standard"), "ok");
  assert_refused (try_as (desk, &device, "staff", "standard"), "not_allowed");
  assert_refused (try_as (desk, &device, "instructor", "standard"), "not_allowed");
  assert_refused (try_as (desk, &device, "self", "restricted"), "not_allowed");
  assert_refused (try_as (desk, &device, "staff", "vip"), "ok");
  assert_refused (try_as (desk, &instructor, "instructor", "standard"), "ok");
  assert_refused (try_as (desk, &instructor, "mixed", "standard"), "ok");
  assert_refused (try_as (desk, &instructor, "self", "standard"), "not_allowed");
  assert_refused (try_as (desk, &instructor, "staff", "standard"), "not_allowed");
  assert_refused (try_as (desk, &reception, "staff", "standard"), "ok");
  assert_refused (try_as (desk, &reception, "instructor", "restricted"), "ok");
  assert_refused (try_as (desk, &finance, "mixed", "standard"), "not_allowed");
}

static void
a_member_books_nobody_else (Desk *desk, gconstpointer data)
{
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 4);
  SlActor self = { .id = one, .role = SL_ROLE_MEMBER };
  SlBookingRequest request = { .member_id = two, .session_id = session, .spots = 1 };

  /* The matrix lets every member book oneself; whoever is not oneself is refused. */
  assert_refused (desk_try_request (desk, &self, &request, NULL), "not_allowed");
  request.member_id = one;
  assert_refused (desk_try_request (desk, &self, &request, NULL), "ok");
}

static void
the_first_check_that_fails_is_the_answer (Desk *desk, gconstpointer data)
{
  SlId sitting = desk_member (desk, "Sitting"), member = desk_member (desk, "One");
  SlId service = desk_service (desk, 100, 1, 60), session = desk_session (desk, &service, MORNING + HOURS (2));
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1 };
  SlActor finance;

  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  assert_refused (desk_try_book (desk, &member, &session), "insufficient_credits");
  desk_credits (desk, &sitting, 100, 30);
  desk_book (desk, &sitting, &session);
  assert_refused (desk_try_book (desk, &member, &session), "class_full");
  desk_block (desk, &member);
  assert_refused (desk_try_book (desk, &member, &session), "member_blocked");
  desk->world.now_ms = MORNING - DAYS (10);
  assert_refused (desk_try_book (desk, &member, &session), "booking_window_closed");
  desk->world.now_ms = MORNING;
  desk_cancel_session (desk, &session);
  assert_refused (desk_try_book (desk, &member, &session), "session_cancelled");
  assert_refused (desk_try_request (desk, &finance, &request, NULL), "not_allowed");
}

static void
an_override_stands_beside_the_capacity (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (30), 1);
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), three = desk_member (desk, "Three");
  SlBookingRequest request = { .member_id = two, .session_id = session, .spots = 1, .override_reason = " " };
  SlActor reception, instructor;
  SlId first = desk_book (desk, &one, &session);

  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "reason_required");
  request.override_reason = "the teacher's sister";
  assert_refused (desk_try_request (desk, &reception, &request, NULL), "approval_required");
  assert_refused (desk_try_request (desk, &instructor, &request, NULL), "not_allowed");
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "ok");
  /* It took no right and gives none back: the one of the first booking goes to exactly one other. */
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 0);
  assert_refused (desk_try_cancel (desk, &desk->owner, &first, NULL), "ok");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 1);
  assert_refused (desk_try_book (desk, &three, &session), "ok");
  assert_refused (desk_try_book (desk, &one, &session), "class_full");
}

static void
an_override_with_room_is_an_ordinary_booking (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 2), member = desk_member (desk, "One");
  SlBookingRequest request
      = { .member_id = member, .session_id = session, .spots = 1, .override_reason = "to be sure" };

  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "ok");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 1);
}

static void
credits_are_taken_and_insufficient_credits_takes_none (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 150, 9, 60);
  SlId first = desk_session (desk, &service, MORNING + HOURS (2));
  SlId second = desk_session (desk, &service, MORNING + HOURS (4));
  SlBookingRequest request = { .member_id = member, .session_id = second, .spots = 1 };
  g_auto (SlRefusal) refusal = { 0 };

  desk_credits (desk, &member, 200, 30);
  desk_book (desk, &member, &first);
  g_assert_cmpint (desk_balance (desk, &member), ==, 50);
  assert_refused (desk_try_request (desk, &desk->owner, &request, &refusal), "insufficient_credits");
  g_assert_cmpint (sl_refusal_get_int (&refusal, "needed_hundredths", 0), ==, 150);
  g_assert_cmpint (sl_refusal_get_int (&refusal, "balance_hundredths", 0), ==, 50);
  g_assert_cmpint (desk_balance (desk, &member), ==, 50);
  g_assert_cmpint (desk_free_spots (desk, &second), ==, 9);
}

static void
a_drop_in_is_paid_by_money (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service, session;
  SlBookingRequest request = { .spots = 1, .payment_method = "cash" };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  SlServiceParams params;
  SlActor instructor;

  sl_service_params_init (&params);
  params.name = "Spin";
  params.kind = "class";
  params.type = "cycling";
  params.duration_min = 45;
  params.capacity = 9;
  params.credits_hundredths = 100;
  params.price_cents = 18000;
  params.mode = "mixed";
  g_assert_true (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, NULL));
  session = desk_session (desk, &service, MORNING + HOURS (2));
  request.member_id = member;
  request.session_id = session;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);

  assert_refused (desk_try_book (desk, &member, &session), "insufficient_credits");
  assert_refused (desk_try_request (desk, &instructor, &request, NULL), "not_allowed");
  request.payment_method = "shells";
  g_assert_false (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_BAD_INPUT);
  request.payment_method = "cash";
  g_assert_true (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, NULL));
  g_assert_cmpint (result.price_cents, ==, 18000);
  g_assert_false (sl_id_is_none (&result.payment_id));
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
}

static SlId
spin (Desk *desk, gint64 start_ms)
{
  SlServiceParams params;
  SlId service;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.name = "Spin";
  params.kind = "class";
  params.type = "cycling";
  params.duration_min = 45;
  params.capacity = 9;
  params.price_cents = 18000;
  g_assert_true (sl_service_add (desk->engine, &desk->owner, &params, &service, &refusal, NULL));
  return desk_session (desk, &service, start_ms);
}

static void
a_drop_in_is_paid_by_a_slip_and_the_rest_in_cash (Desk *desk, gconstpointer data)
{
  SlPay pays[] = { { .method = "card", .amount_cents = 8000, .reference = "7741" },
                   { .method = "cash", .amount_cents = SL_NUMBER_NONE, .tendered_cents = 20000 } };
  SlSaleParams params = { .pays = pays, .n_pays = 2 };
  SlBookingRequest request = { .spots = 1, .pays = &params };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlPayment) card = NULL;
  g_autoptr (SlSaleRecord) sale = NULL;
  gint64 tendered = 0;

  request.member_id = desk_member (desk, "One");
  request.session_id = spin (desk, MORNING + HOURS (2));
  g_assert_true (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_no_error (failure);
  assert_refused (sl_refusal_name (refusal.code), "ok");
  card = sl_payment_get (desk->engine, &result.payment_id, NULL);
  g_assert_cmpstr (card->reference, ==, "7741");
  sale = sl_sale_get (desk->engine, &card->sale_id, NULL);
  g_assert_cmpint (sale->due_cents, ==, 0);
  g_assert_cmpuint (sale->payments->len, ==, 2);
  for (guint i = 0; i < sale->payments->len; i++)
    tendered += ((SlPayment *) sale->payments->pdata[i])->tendered_cents;
  g_assert_cmpint (tendered, ==, 20000);

  /* The same slip again: asked first, and nothing is booked until somebody says so. */
  request.member_id = desk_member (desk, "Two");
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "possible_duplicate");
  g_assert_cmpint (desk_free_spots (desk, &request.session_id), ==, 8);
  params.anyway = TRUE;
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "ok");
  pays[1].tendered_cents = 100;
  request.member_id = desk_member (desk, "Three");
  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "amount_mismatch");
}

static void
a_service_without_a_price_sells_no_drop_in (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 100, 9, 60);
  SlId session = desk_session (desk, &service, MORNING + HOURS (2));
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1, .payment_method = "card" };

  assert_refused (desk_try_request (desk, &desk->owner, &request, NULL), "insufficient_credits");
}

static void
spots_elsewhere_where_another_device_holds_them (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1), member = desk_member (desk, "One");

  desk_join (&second, desk, "Second desk");
  g_assert_cmpint (desk_free_spots (&second, &session), ==, 1);
  assert_refused (desk_try_book (&second, &member, &session), "spots_elsewhere");
  assert_refused (desk_try_book (desk, &member, &session), "ok");
  desk_carry_log (desk, &second);
  {
    SlId other = desk_member (&second, "Two");

    assert_refused (desk_try_book (&second, &other, &session), "class_full");
  }
  desk_close (&second, NULL);
}

/* Its rights are here still, and yet the room is not: who sees another's debt sells nothing. */
static void
class_full_where_another_device_has_lowered_the_capacity (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 2), member = desk_member (desk, "One");
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  desk_join (&second, desk, "Second desk");
  g_assert_true (sl_session_set_capacity (second.engine, &second.owner, &session, 0, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  desk_carry_log (&second, desk);
  assert_refused (desk_try_book (desk, &member, &session), "class_full");
  desk_close (&second, NULL);
}

/* A tiny model of spots and credits beside the engine: whatever is asked for at random, the two agree. */
static void
random_commands_never_overbook_nor_lose_a_credit (Desk *desk, gconstpointer data)
{
  enum { MEMBERS = 5, SESSIONS = 4, STEPS = 400, CAPACITY = 2 };
  SlId members[MEMBERS], sessions[SESSIONS], bookings[MEMBERS][SESSIONS] = { 0 };
  gboolean live[MEMBERS][SESSIONS] = { 0 };
  gint64 balance[MEMBERS];
  int taken[SESSIONS] = { 0 };
  SlId service = desk_service (desk, 100, CAPACITY, 60);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260302);

  for (int m = 0; m < MEMBERS; m++)
    {
      members[m] = desk_member (desk, "Member");
      desk_credits (desk, &members[m], 300, 30);
      balance[m] = 300;
    }
  for (int s = 0; s < SESSIONS; s++)
    sessions[s] = desk_session (desk, &service, MORNING + HOURS (30 + 2 * s));

  for (int step = 0; step < STEPS; step++)
    {
      int m = g_rand_int_range (rand, 0, MEMBERS), s = g_rand_int_range (rand, 0, SESSIONS);
      SlCancelResult cancelled;

      if (g_rand_boolean (rand))
        {
          const char *wanted = live[m][s]             ? "already_booked"
                               : taken[s] >= CAPACITY ? "class_full"
                               : balance[m] < 100     ? "insufficient_credits"
                                                      : "ok";

          if (g_str_equal (wanted, "ok"))
            {
              bookings[m][s] = desk_book (desk, &members[m], &sessions[s]);
              live[m][s] = TRUE;
              taken[s]++;
              balance[m] -= 100;
            }
          else
            assert_refused (desk_try_book (desk, &members[m], &sessions[s]), wanted);
        }
      else if (!sl_id_is_none (&bookings[m][s]))
        {
          const char *wanted = live[m][s] ? "ok" : "wrong_state";

          assert_refused (desk_try_cancel (desk, &desk->owner, &bookings[m][s], &cancelled), wanted);
          if (live[m][s])
            {
              g_assert_cmpint (cancelled.refunded_hundredths, ==, 100);
              live[m][s] = FALSE;
              taken[s]--;
              balance[m] += 100;
            }
        }
      g_assert_cmpint (desk_free_spots (desk, &sessions[s]), ==, CAPACITY - taken[s]);
      g_assert_cmpint (desk_balance (desk, &members[m]), ==, balance[m]);
    }
}

static void
states_have_only_their_ways (void)
{
  g_assert_true (sl_booking_may_become (SL_BOOKING_HELD, SL_BOOKING_CONFIRMED));
  g_assert_true (sl_booking_may_become (SL_BOOKING_NO_SHOW, SL_BOOKING_CHECKED_IN));
  g_assert_true (sl_booking_may_become (SL_BOOKING_CHECKED_IN, SL_BOOKING_CONFIRMED));
  g_assert_false (sl_booking_may_become (SL_BOOKING_EXPIRED, SL_BOOKING_CONFIRMED));
  g_assert_false (sl_booking_may_become (SL_BOOKING_CHECKED_IN, SL_BOOKING_CANCELLED));
  g_assert_false (sl_booking_may_become (SL_BOOKING_COMPLETED, SL_BOOKING_CONFIRMED));
  g_assert_false (sl_booking_may_become (SL_BOOKING_CANCELLED, SL_BOOKING_CONFIRMED));
  for (int from = 0; from < SL_BOOKING_STATUS_LAST; from++)
    g_assert_false (sl_booking_may_become (from, from));
}

static void
state_follows_from_facts_and_clock (void)
{
  SlBookingFacts facts = { .confirmed = TRUE, .session_known = TRUE, .checkin_closes_ms = 100, .session_end_ms = 200 };

  g_assert_cmpint (sl_booking_status (&facts, 100), ==, SL_BOOKING_CONFIRMED);
  g_assert_cmpint (sl_booking_status (&facts, 101), ==, SL_BOOKING_NO_SHOW);
  facts.attended = TRUE;
  g_assert_cmpint (sl_booking_status (&facts, 199), ==, SL_BOOKING_CHECKED_IN);
  g_assert_cmpint (sl_booking_status (&facts, 200), ==, SL_BOOKING_COMPLETED);
  facts = (SlBookingFacts){ .released = TRUE, .release_why = SL_RELEASE_NO_SHOW | SL_RELEASE_CANCELLED };
  g_assert_cmpint (sl_booking_status (&facts, 0), ==, SL_BOOKING_CANCELLED);
  facts = (SlBookingFacts){ .confirmed = TRUE, .session_cancelled = TRUE };
  g_assert_cmpint (sl_booking_status (&facts, 0), ==, SL_BOOKING_CANCELLED);
  facts = (SlBookingFacts){ .is_offer = TRUE, .held_until_ms = 10 };
  g_assert_cmpint (sl_booking_status (&facts, 9), ==, SL_BOOKING_OFFERED);
  g_assert_cmpint (sl_booking_status (&facts, 10), ==, SL_BOOKING_EXPIRED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/booking/states-have-only-their-ways", states_have_only_their_ways);
  g_test_add_func ("/sl/booking/state-follows-from-facts-and-clock", state_follows_from_facts_and_clock);
  desk_test ("/sl/booking/is-confirmed-at-once-with-a-code", is_confirmed_at_once_with_a_code);
  desk_test ("/sl/booking/fails-for-what-does-not-exist", fails_for_what_does_not_exist);
  desk_test ("/sl/booking/class-full-gives-the-position-in-the-queue", class_full_gives_the_position_in_the_queue);
  desk_test ("/sl/booking/several-spots-count-as-so-many", several_spots_count_as_so_many);
  desk_test ("/sl/booking/guest-names-needed-for-each-guest", guest_names_needed_for_each_guest);
  desk_test ("/sl/booking/too-many-spots-for-one-booking", too_many_spots_for_one_booking);
  desk_test ("/sl/booking/already-booked-while-the-booking-lives", already_booked_while_the_booking_lives);
  desk_test ("/sl/booking/member-busy-where-sessions-overlap-and-not-where-they-touch",
             member_busy_where_sessions_overlap_and_not_where_they_touch);
  desk_test ("/sl/booking/booking-window-closed-until-it-opens", booking_window_closed_until_it_opens);
  desk_test ("/sl/booking/session-not-open-once-started-but-for-walk-ins",
             session_not_open_once_started_but_for_walk_ins);
  desk_test ("/sl/booking/session-cancelled-is-booked-by-nobody", session_cancelled_is_booked_by_nobody);
  desk_test ("/sl/booking/service-inactive-is-booked-by-nobody", service_inactive_is_booked_by_nobody);
  desk_test ("/sl/booking/member-blocked-books-nothing", member_blocked_books_nothing);
  desk_test ("/sl/booking/not-allowed-follows-mode-role-and-permission", not_allowed_follows_mode_role_and_permission);
  desk_test ("/sl/booking/a-member-books-nobody-else", a_member_books_nobody_else);
  desk_test ("/sl/booking/the-first-check-that-fails-is-the-answer", the_first_check_that_fails_is_the_answer);
  desk_test ("/sl/booking/an-override-stands-beside-the-capacity", an_override_stands_beside_the_capacity);
  desk_test ("/sl/booking/an-override-with-room-is-an-ordinary-booking", an_override_with_room_is_an_ordinary_booking);
  desk_test ("/sl/booking/credits-are-taken-and-insufficient-credits-takes-none",
             credits_are_taken_and_insufficient_credits_takes_none);
  desk_test ("/sl/booking/a-drop-in-is-paid-by-money", a_drop_in_is_paid_by_money);
  desk_test ("/sl/booking/a-drop-in-is-paid-by-a-slip-and-the-rest-in-cash",
             a_drop_in_is_paid_by_a_slip_and_the_rest_in_cash);
  desk_test ("/sl/booking/a-service-without-a-price-sells-no-drop-in", a_service_without_a_price_sells_no_drop_in);
  desk_test ("/sl/booking/spots-elsewhere-where-another-device-holds-them",
             spots_elsewhere_where_another_device_holds_them);
  desk_test ("/sl/booking/class-full-where-another-device-has-lowered-the-capacity",
             class_full_where_another_device_has_lowered_the_capacity);
  desk_test ("/sl/booking/random-commands-never-overbook-nor-lose-a-credit",
             random_commands_never_overbook_nor_lose_a_credit);
  return g_test_run ();
}
