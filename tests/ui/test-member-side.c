/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-member-side"

#include "member-screen.h"

#include "engine/parq.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"

#include <string.h>

/* The member's side on a real engine: what a member taps, what they read, and what is recorded. */

static guint
bookings_of (MemberScreen *screen, const SlId *member, SlBookingStatus status)
{
  g_autoptr (GPtrArray) views = sl_booking_list_of_member (screen->desk.engine, member, 20, NULL);
  guint n = 0;

  g_assert_nonnull (views);
  for (guint i = 0; i < views->len; i++)
    n += ((SlBookingView *) views->pdata[i])->status == status;
  return n;
}

static void
test_no_code (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  member_identify (screen, MEMBER_PIN);
  member_wait (screen, "Welcome, Thandi N.");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
  member_wait_done (screen);
  g_assert_false (member_shows (screen, "Thandi"));
}

static void
test_birth_date (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  member_wait (screen, "Your phone number");
  member_type (screen, MEMBER_PHONE);
  member_tap (screen, "Next");
  member_tap (screen, "use my birth date");
  member_type (screen, "31021990");
  member_tap (screen, "OK");
  member_wait (screen, "There is no such day");
  member_type (screen, "27041990");
  member_tap (screen, "OK");
  member_wait (screen, "Welcome, Thandi N.");
}

/* Whether the number is known is told to nobody: both are answered alike, and both lock. */
static void
test_guessing_locks (MemberScreen *screen, gconstpointer data)
{
  for (guint known = 0; known < 2; known++)
    {
      if (known)
        member_add (screen);
      sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
      member_wait (screen, "Your phone number");
      member_type (screen, known ? MEMBER_PHONE : "0835550000");
      member_tap (screen, "Next");
      for (guint i = 0; i < 4; i++)
        {
          member_type (screen, "9074");
          member_tap (screen, "OK");
          member_wait (screen, "That doesn't match. Please try again, or ask reception");
          member_wait_gone (screen, "●");
        }
      member_type (screen, "9074");
      member_tap (screen, "OK");
      member_wait (screen, "Too many tries");
      member_wait (screen, "Please try again at 06:01");
      sl_member_side_reset (screen->side);
    }
}

static void
test_book_with_a_pass (MemberScreen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 8, 60);
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_session (&screen->desk, &service, MORNING + HOURS (3));
  desk_credits (&screen->desk, &member, 200, 30);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_tap (screen, "8 spots free");
  member_wait (screen, "1 credit");
  member_wait (screen, "Hold your pass here to book it.");
  sl_member_side_handle_code (screen->side, pass);
  member_wait (screen, "You are booked");
  member_wait (screen, "Today · 09:00");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 100);
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
}

static void
test_filters (MemberScreen *screen, gconstpointer data)
{
  SlId full = desk_free_class (&screen->desk, MORNING + HOURS (2), 1), other = desk_member (&screen->desk, "Sipho");

  desk_free_class (&screen->desk, MORNING + HOURS (4), 6);
  desk_free_class (&screen->desk, MORNING + DAYS (1) + HOURS (4), 5);
  desk_book (&screen->desk, &other, &full);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, "6 spots free");
  g_assert_true (member_shows (screen, "Full"));
  g_assert_false (member_shows (screen, "5 spots free"));
  member_tap (screen, "Only with free spots");
  g_assert_false (member_shows (screen, "Full"));
  g_assert_true (member_shows (screen, "6 spots free"));
  member_tap (screen, "Tomorrow");
  g_assert_false (member_shows (screen, "6 spots free"));
  g_assert_true (member_shows (screen, "5 spots free"));
}

static void
test_waitlist_and_offer (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), other = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (30), 1);
  SlId booking = desk_book (&screen->desk, &other, &session);
  SlCancelResult cancelled;

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_tap (screen, "Full");
  member_tap (screen, "Join the waitlist");
  member_identify (screen, MEMBER_PIN);
  member_wait (screen, "You are number 1");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_WAITLISTED), ==, 1);

  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, &cancelled), ==, "ok");
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_tap (screen, "A spot is free for you until 06:30");
  member_tap (screen, "Take the spot");
  member_wait (screen, "You are booked");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
}

static void
test_offer_lapsed (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), other = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (30), 1);
  SlId booking = desk_book (&screen->desk, &other, &session);
  SlBookingRequest wait = { .member_id = member, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  SlCancelResult cancelled;

  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &wait, NULL), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, &cancelled), ==, "ok");
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_tap (screen, "A spot is free for you until 06:30");
  member_wait (screen, "Take the spot");
  /* The half hour ends while they read; the tap comes before the screen notices. */
  screen->desk.world.now_ms = MORNING + MINUTES (31);
  member_tap (screen, "Take the spot");
  member_wait (screen, "The offered spot is gone");
  g_assert_nonnull (member_find (screen->window, GTK_TYPE_BUTTON, "Choose another class"));
}

static void
test_cancel (MemberScreen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 8, 60);
  SlId session = desk_session (&screen->desk, &service, MORNING + HOURS (13));
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_credits (&screen->desk, &member, 100, 30);
  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_wait (screen, "Your phone number");
  sl_member_side_handle_code (screen->side, pass);
  member_wait (screen, "Hello, Thandi N.");
  member_tap (screen, "Booked");
  member_tap (screen, "Cancel the booking");
  member_wait (screen, "You get 0.5 credits back.");
  member_tap (screen, "Keep the booking");
  member_wait (screen, "Check in");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
  member_tap (screen, "Cancel the booking");
  member_wait (screen, "You get 0.5 credits back.");
  member_tap (screen, "Cancel the booking");
  member_wait (screen, "0.5 credits came back");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 50);
}

static void
test_book_on_the_way_in (MemberScreen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_free_class (&screen->desk, MORNING + MINUTES (20), 8);
  SlCheckinRequest request = { .code = pass };
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (&screen->desk, &request);
  g_assert_cmpint (answer->result, ==, SL_REFUSAL_NO_BOOKING);
  sl_member_side_follow (screen->side, pass, answer, SL_DOOR_ACTION_BOOK);
  member_wait (screen, "Welcome, Thandi N.");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
}

/* Every question with No; or one of them with Yes. */
static void
answer_health (MemberScreen *screen, gboolean with_yes)
{
  GtkWidget *card = gtk_widget_get_parent (member_find (screen->window, GTK_TYPE_BUTTON, "Yes"));

  for (gboolean yes = with_yes; card != NULL; card = gtk_widget_get_next_sibling (card), yes = FALSE)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (member_find (card, GTK_TYPE_BUTTON, yes ? "Yes" : "No")), TRUE);
}

static void
test_health_form (MemberScreen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 0, 8, 60);
  g_autofree char *pass = desk_pass (&screen->desk, &member);
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.needs_parq = 1;
  g_assert_true (sl_service_edit (screen->desk.engine, &screen->desk.owner, &service, &params, &refusal, NULL));
  desk_session (&screen->desk, &service, MORNING + HOURS (3));
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_tap (screen, "8 spots free");
  member_wait (screen, "Hold your pass here to book it.");
  sl_member_side_handle_code (screen->side, pass);
  member_wait (screen, "One health form first");
  member_tap (screen, "Fill in the health form");
  member_wait (screen, "Save the answers");
  GtkWidget *save = member_find (screen->window, GTK_TYPE_BUTTON, "Save the answers");
  g_assert_false (gtk_widget_is_sensitive (save));
  answer_health (screen, FALSE);
  member_tap (screen, "Save the answers");
  member_wait (screen, "You are booked");
  g_autoptr (SlParq) parq = NULL;
  g_assert_true (sl_parq_show (screen->desk.engine, &screen->desk.owner, &member, &parq, &refusal, NULL));
  g_assert_true (parq->valid);
  g_assert_nonnull (strstr (parq->answers, "\"heart\":\"no\""));
}

static void
test_pass (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen);

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_tap (screen, "My pass");
  member_wait (screen, "You have no pass yet");
  member_tap (screen, "Back");
  g_autofree char *pass = desk_pass (&screen->desk, &member);
  member_tap (screen, "My pass");
  member_wait (screen, "Take a photo of it with your phone");
}

static void
test_idle (MemberScreen *screen, gconstpointer data)
{
  member_add (screen);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_wait (screen, "Hello, Thandi N.");
  member_wait (screen, "Closes in 30 s");
  screen->desk.world.now_ms += 21 * 1000;
  member_wait (screen, "Closes in 9 s");
  g_assert_cmpuint (screen->done, ==, 0);
  screen->desk.world.now_ms += 9 * 1000;
  member_wait_done (screen);
  g_assert_false (member_shows (screen, "Thandi"));
  g_assert_false (member_shows (screen, "Hello"));
}

static void
test_next_one (MemberScreen *screen, gconstpointer data)
{
  SlId sipho = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + MINUTES (9), 8);
  g_autofree char *pass = desk_pass (&screen->desk, &sipho);

  member_add (screen);
  desk_book (&screen->desk, &sipho, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_wait (screen, "Hello, Thandi N.");
  sl_member_side_handle_code (screen->side, pass);
  member_wait (screen, "Welcome, Sipho N.");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (member_shows (screen, "Thandi"));
}

static void
test_hostile_code (MemberScreen *screen, gconstpointer data)
{
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_wait (screen, "Your phone number");
  sl_member_side_handle_code (screen->side, "'; DROP TABLE member; --\x01\xff <b>");
  member_wait (screen, "We can't read this pass");
  member_tap (screen, "Use my phone number");
  member_wait (screen, "Check in without a code");
}

/* --- what a day brings --- */

static void
require_health (MemberScreen *screen, const SlId *service)
{
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };

  sl_service_params_init (&params);
  params.needs_parq = 1;
  g_assert_true (sl_service_edit (screen->desk.engine, &screen->desk.owner, service, &params, &refusal, NULL));
}

/* At the door, with a class that begins in twenty minutes: the form, and then in, without another tap. */
static SlId
fill_in_at_the_door (MemberScreen *screen, gboolean with_yes)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 0, 8, 60);
  g_autofree char *pass = desk_pass (&screen->desk, &member);
  SlCheckinRequest request = { .code = pass };

  require_health (screen, &service);
  desk_session (&screen->desk, &service, MORNING + MINUTES (20));
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (&screen->desk, &request);
  g_assert_cmpint (answer->result, ==, SL_REFUSAL_NO_BOOKING);
  sl_member_side_follow (screen->side, pass, answer, SL_DOOR_ACTION_BOOK);
  member_wait (screen, "One health form first");
  member_tap (screen, "Fill in the health form");
  member_wait (screen, "Save the answers");
  answer_health (screen, with_yes);
  member_tap (screen, "Save the answers");
  member_wait (screen, "Welcome, Thandi N.");
  return member;
}

static void
test_health_form_at_the_door (MemberScreen *screen, gconstpointer data)
{
  SlId member = fill_in_at_the_door (screen, FALSE);

  g_assert_true (member_shows (screen, "You are in"));
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
}

static void
test_health_form_with_yes (MemberScreen *screen, gconstpointer data)
{
  SlId member = fill_in_at_the_door (screen, TRUE);

  g_assert_true (member_shows (screen, "Please tell your instructor before you start"));
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
}

/* Nothing that anybody could read, nor that a screen reader could: no name, no number, no class. */
static void
assert_nothing_left (MemberScreen *screen)
{
  static const char *const private[] = { "Thandi", "082", "555", "0331", "●", "Vinyasa", "Booked", "06:10" };

  member_wait_done (screen);
  for (guint i = 0; i < G_N_ELEMENTS (private); i++)
    g_assert_false (member_shows (screen, private[i]));
  g_assert_false (member_has_name_with (screen->window, "Vinyasa"));
  screen->done = 0;
}

static void
pass_idle_time (MemberScreen *screen)
{
  screen->desk.world.now_ms += SL_MEMBER_SIDE_IDLE_S * 1000;
  assert_nothing_left (screen);
}

static void
test_idle_everywhere (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  member_wait (screen, "Your phone number");
  member_type (screen, MEMBER_PHONE);
  g_assert_true (member_shows (screen, "082 555 0331"));
  pass_idle_time (screen);

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_wait (screen, "Hello, Thandi N.");
  g_assert_true (member_has_name_with (screen->window, "Vinyasa"));
  pass_idle_time (screen);

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_tap (screen, "My pass");
  member_wait (screen, "Take a photo of it with your phone");
  g_assert_true (member_has_name_with (screen->window, "Your pass"));
  pass_idle_time (screen);
  g_assert_false (member_has_name_with (screen->window, "Your pass"));
}

/* A bouncing finger. */
static void
test_two_taps_book_once (MemberScreen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 8, 60);
  g_autofree char *pass = desk_pass (&screen->desk, &member);
  GtkWidget *book;

  desk_session (&screen->desk, &service, MORNING + HOURS (3));
  desk_credits (&screen->desk, &member, 300, 30);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_wait (screen, "Your phone number");
  sl_member_side_handle_code (screen->side, pass);
  member_tap (screen, "Book a class");
  member_tap (screen, "8 spots free");
  member_wait (screen, "Book it");
  book = member_find (screen->window, GTK_TYPE_BUTTON, "Book it");
  g_signal_emit_by_name (book, "clicked");
  g_signal_emit_by_name (book, "clicked");
  member_wait (screen, "You are booked");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (member_shows (screen, "You are booked"));
  g_assert_cmpuint (screen->answered, ==, 1);
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 200);
}

/* The desk calls the class off while somebody is about to book it, or to let go of it. */
static void
test_called_off_before_booking (MemberScreen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (3), 8);
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_tap (screen, "8 spots free");
  member_wait (screen, "Hold your pass here to book it.");
  desk_cancel_session (&screen->desk, &session);
  sl_member_side_handle_code (screen->side, pass);
  member_wait (screen, "Vinyasa is cancelled");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 0);
  member_tap (screen, "Choose another class");
  member_wait (screen, "No more classes are planned.");
}

static void
test_called_off_before_letting_go (MemberScreen *screen, gconstpointer data)
{
  SlId member = member_add (screen), session = desk_free_class (&screen->desk, MORNING + HOURS (30), 8);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  member_identify (screen, MEMBER_PIN);
  member_tap (screen, "Booked");
  member_tap (screen, "Cancel the booking");
  member_wait (screen, "Keep the booking");
  desk_cancel_session (&screen->desk, &session);
  member_tap (screen, "Cancel the booking");
  member_wait (screen, "Vinyasa is cancelled");
  g_assert_cmpuint (screen->failed, ==, 0);
}

static void
test_nothing_like_that (MemberScreen *screen, gconstpointer data)
{
  SlId full = desk_free_class (&screen->desk, MORNING + HOURS (2), 1), other = desk_member (&screen->desk, "Sipho");

  desk_book (&screen->desk, &other, &full);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_tap (screen, "Only with free spots");
  member_wait (screen, "No class like that on this day.");
  g_assert_false (member_shows (screen, "Full"));
  member_tap (screen, "Show all of this day");
  member_wait (screen, "Full");
  g_assert_false (member_shows (screen, "No class like that on this day."));
}

static SlId
session_of (MemberScreen *screen, const char *name, const char *type, const SlId *instructor)
{
  SlServiceParams service;
  SlSessionParams session;
  g_auto (SlRefusal) refusal = { 0 };
  SlId service_id, id;

  sl_service_params_init (&service);
  service.name = name;
  service.kind = "class";
  service.type = type;
  service.mode = "mixed";
  service.duration_min = 30;
  service.capacity = 8;
  g_assert_true (sl_service_add (screen->desk.engine, &screen->desk.owner, &service, &service_id, &refusal, NULL));
  sl_session_params_init (&session);
  session.service = &service_id;
  session.instructor = instructor;
  session.start_ms = MORNING + HOURS (3);
  g_assert_true (sl_session_add (screen->desk.engine, &screen->desk.owner, &session, &id, &refusal, NULL));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return id;
}

static void
test_filters_by_type_and_instructor (MemberScreen *screen, gconstpointer data)
{
  SlStaffParams params = { .name = "Lerato", .role = "instructor", .pin = "482916" };
  g_auto (SlRefusal) refusal = { 0 };
  SlId lerato, pieter;

  g_assert_true (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &lerato, &refusal, NULL));
  params.name = "Pieter";
  g_assert_true (sl_staff_add (screen->desk.engine, &screen->desk.owner, &params, &pieter, &refusal, NULL));
  session_of (screen, "Sunrise", "yoga", &lerato);
  session_of (screen, "Velodrome", "cycling", &pieter);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, "Sunrise");
  g_assert_true (member_shows (screen, "Velodrome"));
  member_tap (screen, "Cycling");
  g_assert_false (member_shows (screen, "Sunrise"));
  g_assert_true (member_shows (screen, "Velodrome"));
  member_tap (screen, "Lerato");
  g_assert_true (member_shows (screen, "No class like that on this day."));
  member_tap (screen, "All types");
  g_assert_true (member_shows (screen, "Sunrise"));
  g_assert_false (member_shows (screen, "Velodrome"));
  member_tap (screen, "Any instructor");
  g_assert_true (member_shows (screen, "Sunrise") && member_shows (screen, "Velodrome"));
}

static void
test_camera_where_a_number_is_asked (MemberScreen *screen, gconstpointer data)
{
  sl_member_side_set_camera (screen->side, SL_CAMERA_SHOWN_LIVE);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  member_wait (screen, "Or hold your pass here.");
  g_assert_true (sl_member_side_is_watching (screen->side));
  g_assert_true (member_has_name_with (screen->window, "Live picture of the camera"));
  sl_member_side_set_camera (screen->side, SL_CAMERA_SHOWN_NONE);
  g_assert_true (member_shows (screen, "Or hold your pass to the scanner."));
  sl_member_side_set_camera (screen->side, SL_CAMERA_SHOWN_MISSING);
  g_assert_false (member_shows (screen, "hold your pass"));
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, "No more classes are planned.");
  g_assert_false (sl_member_side_is_watching (screen->side));
}

static void
test_state_on_every_page (MemberScreen *screen, gconstpointer data)
{
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  member_wait (screen, "Choose a class");
  sl_member_side_set_state (screen->side, "Stand-alone · Camera missing", TRUE);
  member_wait (screen, "Stand-alone · Camera missing");
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  member_wait (screen, "Your phone number");
  g_assert_true (member_shows (screen, "Stand-alone · Camera missing"));
  sl_member_side_set_state (screen->side, "Stand-alone", FALSE);
  g_assert_false (member_shows (screen, "Camera missing"));
}

int
main (int argc, char *argv[])
{
  member_screen_init (&argc, &argv);
  member_screen_test ("/sl/member-side/phone-and-pin-come-in-and-leave-nothing-behind", test_no_code);
  member_screen_test ("/sl/member-side/birth-date-comes-in-and-no-day-that-is-none", test_birth_date);
  member_screen_test ("/sl/member-side/guessing-locks-whether-the-number-is-known-or-not", test_guessing_locks);
  member_screen_test ("/sl/member-side/pass-books-the-chosen-class", test_book_with_a_pass);
  member_screen_test ("/sl/member-side/filters-leave-what-is-wanted", test_filters);
  member_screen_test ("/sl/member-side/waits-for-a-full-class-and-takes-the-spot", test_waitlist_and_offer);
  member_screen_test ("/sl/member-side/offer-lapsed-while-it-was-read-offers-another-way", test_offer_lapsed);
  member_screen_test ("/sl/member-side/cancelling-says-what-comes-back-and-asks-once", test_cancel);
  member_screen_test ("/sl/member-side/free-spot-is-booked-on-the-way-in", test_book_on_the_way_in);
  member_screen_test ("/sl/member-side/health-form-is-filled-in-and-the-class-booked", test_health_form);
  member_screen_test ("/sl/member-side/own-pass-is-shown-where-there-is-one", test_pass);
  member_screen_test ("/sl/member-side/untouched-it-counts-down-and-forgets", test_idle);
  member_screen_test ("/sl/member-side/next-one-checks-in-over-somebodys-page", test_next_one);
  member_screen_test ("/sl/member-side/hostile-code-is-refused-with-a-way-on", test_hostile_code);
  member_screen_test ("/sl/member-side/health-form-at-the-door-lets-in-at-once", test_health_form_at_the_door);
  member_screen_test ("/sl/member-side/health-form-with-a-yes-lets-in-and-says-so", test_health_form_with_yes);
  member_screen_test ("/sl/member-side/untouched-no-page-leaves-anything-private", test_idle_everywhere);
  member_screen_test ("/sl/member-side/two-taps-book-once", test_two_taps_book_once);
  member_screen_test ("/sl/member-side/class-called-off-while-it-is-booked-says-so", test_called_off_before_booking);
  member_screen_test ("/sl/member-side/class-called-off-while-it-is-let-go-says-so", test_called_off_before_letting_go);
  member_screen_test ("/sl/member-side/nothing-like-that-has-a-way-back", test_nothing_like_that);
  member_screen_test ("/sl/member-side/filters-by-type-and-instructor", test_filters_by_type_and_instructor);
  member_screen_test ("/sl/member-side/pass-is-seen-where-a-number-is-asked", test_camera_where_a_number_is_asked);
  member_screen_test ("/sl/member-side/every-page-says-how-things-stand", test_state_on_every_page);
  return g_test_run ();
}
