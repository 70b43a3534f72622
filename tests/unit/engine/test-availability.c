/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/availability.h"

#include <string.h>

#include "engine/command.h"
#include "one-to-one.h"

#define NINE (9 * 60)
#define MONDAY 1
#define SATURDAY 6
#define SUNDAY 7
#define NINE_ON_MONDAY (MORNING + HOURS (3))

/* --- blocks --- */

static void
a_block_is_listed_until_it_is_removed (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 90);
  SlId id = add_block (desk, &params);
  g_autoptr (GPtrArray) before = sl_availability_list (desk->engine, &tutor.id, NULL, NULL);
  g_assert_cmpuint (before->len, ==, 1);
  const SlAvailability *block = before->pdata[0];
  g_assert_true (sl_id_equal (&block->id, &id) && sl_id_equal (&block->location_id, &desk->location));
  g_assert_cmpstr (block->staff_name, ==, "Sipho");
  g_assert_true (block->bookable);
  done (sl_availability_remove (desk->engine, &desk->owner, &id, &refusal, &failure));
  done (sl_availability_remove (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_autoptr (GPtrArray) after = sl_availability_list (desk->engine, NULL, NULL, NULL);
  g_assert_cmpuint (after->len, ==, 0);
  fails (SL_ERROR_NOT_FOUND,
         sl_availability_remove (desk->engine, &desk->owner, &tutor.id, &refusal, &failure));
}

static void
a_block_that_makes_no_sense_is_refused (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId id;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  const SlAvailabilityParams bad[] = {
    block_of (NULL, MONDAY, NINE, NINE + 60),         block_of (&tutor.id, 0, NINE, NINE + 60),
    block_of (&tutor.id, 8, NINE, NINE + 60),         block_of (&tutor.id, MONDAY, NINE, NINE),
    block_of (&tutor.id, MONDAY, 22 * 60, 2 * 60),    block_of (&tutor.id, MONDAY, -1, 60),
    block_of (&tutor.id, MONDAY, NINE, 24 * 60 + 1),
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    fails (SL_ERROR_BAD_INPUT,
           sl_availability_add (desk->engine, &desk->owner, &bad[i], &id, &refusal, &failure));
  SlAvailabilityParams dates = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  dates.from_day = day ("2026-04-01");
  dates.until_day = day ("2026-03-31");
  fails (SL_ERROR_BAD_INPUT, sl_availability_add (desk->engine, &desk->owner, &dates, &id, &refusal, &failure));
  dates.until_day = G_MAXINT64;
  fails (SL_ERROR_BAD_INPUT, sl_availability_add (desk->engine, &desk->owner, &dates, &id, &refusal, &failure));
}

static void
blocks_of_one_instructor_do_not_overlap (Desk *desk, gconstpointer data)
{
  SlActor tutor, other;
  SlId elsewhere = place (desk, "Observatory", HERE), id;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  SlAvailabilityParams first = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  first.until_day = day ("2026-03-31");
  add_block (desk, &first);
  SlAvailabilityParams over = block_of (&tutor.id, MONDAY, NINE + 59, NINE + 120);
  fails (SL_ERROR_BAD_INPUT, sl_availability_add (desk->engine, &desk->owner, &over, &id, &refusal, &failure));
  over.location = &elsewhere;
  fails (SL_ERROR_BAD_INPUT, sl_availability_add (desk->engine, &desk->owner, &over, &id, &refusal, &failure));
  over.from_day = day ("2026-04-01");
  add_block (desk, &over);
  SlAvailabilityParams next = block_of (&tutor.id, MONDAY, NINE + 60, NINE + 120);
  next.until_day = day ("2026-03-31");
  add_block (desk, &next);
  SlAvailabilityParams others = block_of (&other.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &others);
}

static void
instructors_say_when_they_are_there_themselves (Desk *desk, gconstpointer data)
{
  SlActor tutor, other, desk_hand, finance, member = { .role = SL_ROLE_MEMBER };
  SlId id;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &desk_hand);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  member.id = desk_member (desk, "Thandi");
  SlAvailabilityParams mine = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  const SlActor *barred[] = { &other, &finance, &member };
  for (guint i = 0; i < G_N_ELEMENTS (barred); i++)
    refused ("not_allowed", sl_availability_add (desk->engine, barred[i], &mine, &id, &refusal, &failure));
  done (sl_availability_add (desk->engine, &tutor, &mine, &id, &refusal, &failure));
  refused ("not_allowed", sl_availability_remove (desk->engine, &other, &id, &refusal, &failure));
  done (sl_availability_remove (desk->engine, &tutor, &id, &refusal, &failure));
  done (sl_availability_add (desk->engine, &desk_hand, &mine, &id, &refusal, &failure));
}

static void
nobody_who_has_left_is_offered (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId id, service = lesson (desk, "mixed", 60, 0);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  add_block (desk, &params);
  assert_slots (desk, &query, HERE, "09:00+02:00*");
  done (sl_staff_disable (desk->engine, &desk->owner, &tutor.id, &refusal, &failure));
  assert_slots (desk, &query, HERE, "");
  params.weekday = SUNDAY;
  refused ("staff_inactive", sl_availability_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
}

/* --- slots --- */

static void
a_block_is_cut_into_slots_that_the_service_fits (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId hour = lesson (desk, "mixed", 60, 0), long_one = lesson (desk, "mixed", 121, 0);
  SlId class = desk_service (desk, 0, 5, 60);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  SlSlotQuery query = { .service = &hour, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "09:00+02:00* 09:30+02:00* 10:00+02:00*");
  query.day = day ("2026-03-03");
  assert_slots (desk, &query, HERE, "");
  query = (SlSlotQuery){ .service = &long_one, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "");
  desk_policy (desk, "slot_minutes", "45");
  query.service = &hour;
  assert_slots (desk, &query, HERE, "09:00+02:00* 09:45+02:00*");
  query.service = &class;
  g_autoptr (GPtrArray) slots = NULL;
  fails (SL_ERROR_BAD_INPUT, sl_slot_list (desk->engine, &desk->owner, &query, &slots, &refusal, &failure));
}

static void
only_what_lies_ahead_and_is_open_for_booking_is_offered (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  desk->world.now_ms = NINE_ON_MONDAY;
  assert_slots (desk, &query, HERE, "09:30+02:00* 10:00+02:00*");
  query.day = day ("2026-03-09"); /* in 168 hours to the minute */
  assert_slots (desk, &query, HERE, "09:00+02:00*");
  desk->world.now_ms = NINE_ON_MONDAY - 1;
  assert_slots (desk, &query, HERE, "");
}

static void
a_block_holds_on_its_dates_only (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0);
  desk_policy (desk, "booking_opens_hours", "17568");
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, 2, NINE, NINE + 60);
  params.from_day = day ("2026-03-10");
  params.until_day = day ("2026-03-17");
  add_block (desk, &params);
  const struct { const char *date, *slots; } on[] = { { "2026-03-03", "" }, { "2026-03-10", "09:00+02:00*" },
                                                      { "2026-03-17", "09:00+02:00*" }, { "2026-03-24", "" } };
  for (guint i = 0; i < G_N_ELEMENTS (on); i++)
    {
      SlSlotQuery query = { .service = &service, .day = day (on[i].date) };
      assert_slots (desk, &query, HERE, on[i].slots);
    }
}

static void
leap_day_and_new_year_have_their_slots (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0);
  desk_policy (desk, "booking_opens_hours", "17568"); /* two years */
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams late = block_of (&tutor.id, 4, 22 * 60 + 30, 24 * 60), leap = block_of (&tutor.id, 2, NINE, 600);
  SlAvailabilityParams early = block_of (&tutor.id, 5, 0, 60);
  add_block (desk, &late);
  add_block (desk, &early);
  add_block (desk, &leap);
  SlSlotQuery query = { .service = &service, .day = day ("2026-12-31") }; /* a Thursday */
  assert_slots (desk, &query, HERE, "22:30+02:00* 23:00+02:00*");
  query.day = day ("2027-01-01");
  assert_slots (desk, &query, HERE, "00:00+02:00*");
  desk->world.now_ms = moment ("2028-02-28T08:00:00+02:00");
  query.day = day ("2028-02-29"); /* a Tuesday */
  assert_slots (desk, &query, HERE, "09:00+02:00*");
}

static void
summer_time_takes_an_hour_and_winter_gives_one (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId london = place (desk, "Camden", "Europe/London"), york = place (desk, "Tribeca", "America/New_York");
  SlId service = lesson (desk, "mixed", 60, 0);
  desk_policy (desk, "booking_opens_hours", "17568");
  desk_policy (desk, "slot_minutes", "60");
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, SUNDAY, 0, 4 * 60);
  params.location = &london;
  add_block (desk, &params);
  SlSlotQuery query = { .service = &service, .location = &london, .day = day ("2026-03-29") };
  assert_slots (desk, &query, "Europe/London", "00:00+00:00* 02:00+01:00* 03:00+01:00*");
  query.day = day ("2026-10-25");
  assert_slots (desk, &query, "Europe/London", "00:00+01:00* 01:00+01:00* 01:00+00:00* 02:00+00:00* 03:00+00:00*");
  SlActor other;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  params.staff = &other.id;
  params.location = &york;
  add_block (desk, &params);
  query = (SlSlotQuery){ .service = &service, .location = &york, .day = day ("2026-03-08") };
  assert_slots (desk, &query, "America/New_York", "00:00-05:00* 01:00-05:00* 03:00-04:00*");
  query.day = day ("2026-11-01");
  assert_slots (desk, &query, "America/New_York",
                "00:00-04:00* 01:00-04:00* 01:00-05:00* 02:00-05:00* 03:00-05:00*");
}

static SlId
session_of (Desk *desk, const SlId *service, const SlId *location, const SlId *instructor, const SlId *room,
            gint64 start_ms)
{
  SlSessionParams params;
  SlId id = sl_id_none;
  sl_session_params_init (&params);
  params.service = service;
  params.location = location;
  params.instructor = instructor;
  params.room = room;
  params.start_ms = start_ms;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static void
booked_time_is_left_out (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0), class = desk_service (desk, 0, 9, 60), studio = sl_id_none;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio", &studio, &refusal, &failure));
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 240);
  add_block (desk, &params);
  SlId given = session_of (desk, &class, NULL, &tutor.id, NULL, NINE_ON_MONDAY + HOURS (1));
  session_of (desk, &class, NULL, NULL, &studio, NINE_ON_MONDAY + HOURS (2));
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "09:00+02:00* 11:00+02:00* 11:30+02:00* 12:00+02:00*");
  query.room = &studio;
  assert_slots (desk, &query, HERE, "09:00+02:00* 12:00+02:00*");
  desk_cancel_session (desk, &given);
  assert_slots (desk, &query, HERE, "09:00+02:00* 09:30+02:00* 10:00+02:00* 12:00+02:00*");
}

static void
the_way_from_another_location_takes_its_time (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId there = place (desk, "Observatory", HERE), service = lesson (desk, "mixed", 60, 0);
  SlId class = desk_service (desk, 0, 9, 60);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 240);
  add_block (desk, &params);
  session_of (desk, &class, &there, &tutor.id, NULL, NINE_ON_MONDAY + MINUTES (90));
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "09:00+02:00* 09:30+02:00* 11:30+02:00* 12:00+02:00*");
  desk_policy (desk, "buffer_minutes", "30");
  assert_slots (desk, &query, HERE, "09:00+02:00* 12:00+02:00*");
  desk_policy (desk, "buffer_minutes", "31");
  assert_slots (desk, &query, HERE, "");
  SlSlotRequest request = { .member_id = desk_member (desk, "Thandi"), .service_id = service,
                            .instructor_id = tutor.id, .start_ms = NINE_ON_MONDAY };
  SlBookingResult result;
  refused ("instructor_busy", sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
}

static void
members_are_shown_what_they_may_book (Desk *desk, gconstpointer data)
{
  SlActor tutor, kiosk;
  SlId service = lesson (desk, "mixed", 60, 0);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  sl_actor_init_device (&kiosk);
  SlAvailabilityParams own = block_of (&tutor.id, MONDAY, NINE, NINE + 60), staff = own;
  staff.from_minute = NINE + 60;
  staff.to_minute = NINE + 120;
  staff.staff_only = TRUE;
  add_block (desk, &own);
  add_block (desk, &staff);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "09:00+02:00* 10:00+02:00");
  g_autofree char *shown = slots_in (desk, &kiosk, &query, HERE);
  g_assert_cmpstr (shown, ==, "09:00+02:00*");
  query.for_members = TRUE;
  assert_slots (desk, &query, HERE, "09:00+02:00*");
}

static void
a_service_is_offered_where_it_says_and_by_its_own_instructor (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId there = place (desk, "Observatory", HERE), service = lesson (desk, "mixed", 60, 0), request_id, standing_id;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams block = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  add_block (desk, &block);
  SlSlotRequest request = { .member_id = desk_member (desk, "Thandi"), .service_id = service,
                            .start_ms = NINE_ON_MONDAY };
  g_auto (SlBookingResult) result = { 0 };
  fails (SL_ERROR_BAD_INPUT, sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_autoptr (GArray) only_there = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (only_there, there);
  SlServiceParams change;
  sl_service_params_init (&change);
  change.instructor = &tutor.id;
  change.locations = only_there;
  done (sl_service_edit (desk->engine, &desk->owner, &service, &change, &refusal, &failure));
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "");
  fails (SL_ERROR_BAD_INPUT, sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  const gint64 times[] = { NINE_ON_MONDAY };
  SlRequestParams asked = { .member_id = request.member_id, .service_id = service, .times = times, .n_times = 1 };
  fails (SL_ERROR_BAD_INPUT,
         sl_request_add (desk->engine, &desk->owner, &asked, &request_id, &refusal, &failure));
  SlStandingParams weekly = { .member_id = request.member_id, .service_id = service, .weekday = MONDAY, .minute = NINE,
                              .spots = 1, .from_day = SL_NUMBER_NONE, .until_day = day ("2026-06-29") };
  fails (SL_ERROR_BAD_INPUT,
         sl_standing_add (desk->engine, &desk->owner, &weekly, &standing_id, &refusal, &failure));
  g_array_append_val (only_there, desk->location);
  done (sl_service_edit (desk->engine, &desk->owner, &service, &change, &refusal, &failure));
  assert_slots (desk, &query, HERE, "09:00+02:00*");
  done (sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
}

/* --- booking one --- */

static void
a_slot_becomes_a_session_and_its_booking (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 100), member = desk_member (desk, "Thandi");
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  desk_credits (desk, &member, 100, 30);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  SlSlotRequest request = { .member_id = member, .service_id = service, .instructor_id = tutor.id,
                            .start_ms = NINE_ON_MONDAY };
  g_auto (SlBookingResult) result = { 0 };
  done (sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &result.booking_id), ==, "confirmed");
  g_assert_nonnull (result.code);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_autoptr (SlSession) session = sl_session_get (desk->engine, &result.session_id, NULL);
  g_assert_cmpint (session->state, ==, SL_SESSION_PUBLISHED);
  g_assert_true (sl_id_equal (&session->instructor_id, &tutor.id));
  g_assert_cmpint (session->end_ms - session->start_ms, ==, HOURS (1));
  g_assert_cmpint (desk_free_spots (desk, &result.session_id), ==, 0);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  assert_slots (desk, &query, HERE, "10:00+02:00*");
}

/* Refused: not an operation more than before. */
#define refused_whole(desk, name, call) \
  G_STMT_START \
  { \
    gint64 before = desk_operations (desk); \
    refused (name, call); \
    g_assert_cmpint (desk_operations (desk), ==, before); \
  } \
  G_STMT_END

static void
a_slot_that_is_refused_leaves_nothing_behind (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 100), poor = desk_member (desk, "Thandi"), studio = sl_id_none;
  SlId class = desk_service (desk, 0, 9, 60);
  SlBookingResult result;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio", &studio, &refusal, &failure));
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  SlSlotRequest request = { .member_id = poor, .service_id = service, .instructor_id = tutor.id,
                            .start_ms = NINE_ON_MONDAY };
  refused_whole (desk, "insufficient_credits",
                 sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  desk_credits (desk, &poor, 500, 30);
  request.start_ms = NINE_ON_MONDAY + MINUTES (61);
  refused_whole (desk, "outside_availability",
                 sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  request.start_ms = NINE_ON_MONDAY;
  session_of (desk, &class, NULL, NULL, &studio, NINE_ON_MONDAY + MINUTES (30));
  request.room_id = studio;
  refused_whole (desk, "room_busy",
                 sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  request.room_id = sl_id_none;
  session_of (desk, &class, NULL, &tutor.id, NULL, NINE_ON_MONDAY + MINUTES (30));
  refused_whole (desk, "instructor_busy",
                 sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  desk->world.now_ms = NINE_ON_MONDAY;
  refused_whole (desk, "session_not_open",
                 sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  request.service_id = class;
  fails (SL_ERROR_BAD_INPUT, sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
}

static void
members_take_slots_and_staff_any_stretch (Desk *desk, gconstpointer data)
{
  SlActor tutor, kiosk, other;
  SlId service = lesson (desk, "mixed", 60, 0), led = lesson (desk, "instructor", 60, 0);
  SlBookingResult result;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  sl_actor_init_device (&kiosk);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  params = block_of (&tutor.id, MONDAY, NINE + 120, NINE + 240);
  params.staff_only = TRUE;
  add_block (desk, &params);
  SlSlotRequest request = { .member_id = desk_member (desk, "Thandi"), .service_id = service,
                            .instructor_id = tutor.id, .start_ms = NINE_ON_MONDAY + MINUTES (10) };
  refused ("outside_availability", sl_slot_book (desk->engine, &kiosk, &request, &result, &refusal, &failure));
  request.start_ms = NINE_ON_MONDAY + HOURS (2);
  refused ("not_allowed", sl_slot_book (desk->engine, &kiosk, &request, &result, &refusal, &failure));
  request.start_ms = NINE_ON_MONDAY;
  request.service_id = led;
  refused ("not_allowed", sl_slot_book (desk->engine, &kiosk, &request, &result, &refusal, &failure));
  refused ("not_allowed", sl_slot_book (desk->engine, &other, &request, &result, &refusal, &failure));
  request.service_id = service;
  g_auto (SlBookingResult) own = { 0 }, over = { 0 };
  done (sl_slot_book (desk->engine, &kiosk, &request, &own, &refusal, &failure));
  request.member_id = desk_member (desk, "Bongani");
  request.start_ms = NINE_ON_MONDAY + MINUTES (90); /* over the border of two blocks */
  done (sl_slot_book (desk->engine, &tutor, &request, &over, &refusal, &failure));
}

static void
time_that_was_cancelled_is_free_again (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0), member = desk_member (desk, "Thandi");
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 120);
  add_block (desk, &params);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  SlSlotRequest request = { .member_id = member, .service_id = service, .instructor_id = tutor.id,
                            .start_ms = NINE_ON_MONDAY + MINUTES (30) };
  g_auto (SlBookingResult) first = { 0 }, second = { 0 };
  SlCancelResult cancelled;
  done (sl_slot_book (desk->engine, &desk->owner, &request, &first, &refusal, &failure));
  assert_slots (desk, &query, HERE, "");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &first.booking_id, &cancelled), ==, "ok");
  assert_slots (desk, &query, HERE, "09:00+02:00* 09:30+02:00* 10:00+02:00*");
  request.start_ms = NINE_ON_MONDAY;
  done (sl_slot_book (desk->engine, &desk->owner, &request, &second, &refusal, &failure));
  g_autoptr (SlSession) left = sl_session_get (desk->engine, &first.session_id, NULL);
  g_assert_cmpint (left->state, ==, SL_SESSION_CANCELLED);
  /* one that nobody has booked yet is somebody's plan, and stays */
  SlId planned = session_of (desk, &service, NULL, &tutor.id, NULL, NINE_ON_MONDAY + HOURS (1));
  request.start_ms = NINE_ON_MONDAY + HOURS (1);
  request.member_id = desk_member (desk, "Bongani");
  refused ("instructor_busy", sl_slot_book (desk->engine, &desk->owner, &request, &first, &refusal, &failure));
  g_autoptr (SlSession) stays = sl_session_get (desk->engine, &planned, NULL);
  g_assert_cmpint (stays->state, ==, SL_SESSION_PUBLISHED);
}

static void
a_day_planned_elsewhere_is_booked_there (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 0), member = desk_member (desk, "Thandi");
  SlBookingResult result;
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  add_block (desk, &params);
  desk_join (&second, desk, "Kiosk");
  desk_carry_log (desk, &second);
  SlSlotQuery query = { .service = &service, .day = day ("2026-03-02") };
  g_autoptr (GPtrArray) slots = NULL;
  done (sl_slot_list (second.engine, &second.owner, &query, &slots, &refusal, &failure));
  g_assert_cmpuint (slots->len, ==, 1);
  g_assert_false (((const SlSlot *) slots->pdata[0])->planned_here);
  SlSlotRequest request = { .member_id = member, .service_id = service, .instructor_id = tutor.id,
                            .start_ms = NINE_ON_MONDAY };
  refused_whole (&second, "no_rights",
                 sl_slot_book (second.engine, &second.owner, &request, &result, &refusal, &failure));
  desk_close (&second, NULL);
}

static void
a_key_gives_one_slot_once (Desk *desk, gconstpointer data)
{
  SlActor tutor;
  SlId service = lesson (desk, "mixed", 60, 100), member = desk_member (desk, "Thandi");
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  SlAvailabilityParams params = block_of (&tutor.id, MONDAY, NINE, NINE + 60);
  add_block (desk, &params);
  SlSlotRequest request = { .member_id = member, .service_id = service, .instructor_id = tutor.id,
                            .start_ms = NINE_ON_MONDAY };
  const char *keys[] = { "poor", "rich" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (SlAnswer) before = { 0 };
      g_auto (SlBookingResult) result = { 0 };
      g_autoptr (GBytes) answer = g_bytes_new_static ("{}", 2);
      gint64 operations = desk_operations (desk);
      done (sl_keyed_begin (desk->engine, &desk->owner, keys[i], "slot book", &before, &refusal, &failure));
      refused (i == 0 ? "insufficient_credits" : "ok",
               sl_slot_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
      g_assert_true (sl_keyed_finish (desk->engine, i == 0 ? 3 : 0, answer, NULL));
      if (i == 0)
        g_assert_cmpint (desk_operations (desk), ==, operations);
      else
        g_assert_cmpstr (desk_status (desk, &result.booking_id), ==, "confirmed");
      desk_credits (desk, &member, 100, 30);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/availability/a-block-is-listed-until-it-is-removed", a_block_is_listed_until_it_is_removed);
  desk_test ("/sl/availability/a-block-that-makes-no-sense-is-refused", a_block_that_makes_no_sense_is_refused);
  desk_test ("/sl/availability/blocks-of-one-instructor-do-not-overlap", blocks_of_one_instructor_do_not_overlap);
  desk_test ("/sl/availability/instructors-say-when-they-are-there-themselves",
             instructors_say_when_they_are_there_themselves);
  desk_test ("/sl/availability/nobody-who-has-left-is-offered", nobody_who_has_left_is_offered);
  desk_test ("/sl/slots/a-block-is-cut-into-slots-that-the-service-fits",
             a_block_is_cut_into_slots_that_the_service_fits);
  desk_test ("/sl/slots/only-what-lies-ahead-and-is-open-for-booking-is-offered",
             only_what_lies_ahead_and_is_open_for_booking_is_offered);
  desk_test ("/sl/slots/a-block-holds-on-its-dates-only", a_block_holds_on_its_dates_only);
  desk_test ("/sl/slots/leap-day-and-new-year-have-their-slots", leap_day_and_new_year_have_their_slots);
  desk_test ("/sl/slots/summer-time-takes-an-hour-and-winter-gives-one",
             summer_time_takes_an_hour_and_winter_gives_one);
  desk_test ("/sl/slots/booked-time-is-left-out", booked_time_is_left_out);
  desk_test ("/sl/slots/the-way-from-another-location-takes-its-time", the_way_from_another_location_takes_its_time);
  desk_test ("/sl/slots/members-are-shown-what-they-may-book", members_are_shown_what_they_may_book);
  desk_test ("/sl/slots/a-service-is-offered-where-it-says-and-by-its-own-instructor",
             a_service_is_offered_where_it_says_and_by_its_own_instructor);
  desk_test ("/sl/slots/a-slot-becomes-a-session-and-its-booking", a_slot_becomes_a_session_and_its_booking);
  desk_test ("/sl/slots/a-slot-that-is-refused-leaves-nothing-behind", a_slot_that_is_refused_leaves_nothing_behind);
  desk_test ("/sl/slots/members-take-slots-and-staff-any-stretch", members_take_slots_and_staff_any_stretch);
  desk_test ("/sl/slots/time-that-was-cancelled-is-free-again", time_that_was_cancelled_is_free_again);
  desk_test ("/sl/slots/a-day-planned-elsewhere-is-booked-there", a_day_planned_elsewhere_is_booked_there);
  desk_test ("/sl/slots/a-key-gives-one-slot-once", a_key_gives_one_slot_once);
  return g_test_run ();
}
