/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-today"

#include "page-look.h"
#include "section-screen.h"

#include "engine/note.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/waitlist.h"
#include "kiosk/desk-today.h"
#include "today-page.h"
#include "widget-search.h"

/* The page of the day on a real desk. The fixture's own engine is the other desk: it works on the same data. */

#define START (MORNING + MINUTES (20))

static void
wait_for_status (Screen *screen, const SlId *booking, const char *status)
{
  while (!g_str_equal (desk_status (&screen->desk, booking), status))
    g_main_context_iteration (NULL, TRUE);
}

static GtkEditable *
search_of (GtkWidget *widget)
{
  return GTK_EDITABLE (widget_search_type (widget, GTK_TYPE_SEARCH_ENTRY));
}

/* As a scanner does it: letters, then Enter. */
static void
scan (Screen *screen, const char *text)
{
  GtkEditable *search = search_of (screen->section);

  gtk_editable_set_text (search, text);
  g_signal_emit_by_name (search, "activate");
}

/* The page, with what there is of the day. */
static void
show_day (Screen *screen)
{
  screen_show (screen, sl_desk_today_new);
  while (sl_today_page_get_today (SL_TODAY_PAGE (screen->section)) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
start (Screen *screen)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  show_day (screen);
}

static SlId
booked (Screen *screen, const char *name, const SlId *session)
{
  SlId member = desk_member (&screen->desk, name);

  return desk_book (&screen->desk, &member, session);
}

/* Somebody new, who teaches it. */
static SlId
instructor_of (Screen *screen, const SlId *session)
{
  SlActor instructor;
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  desk_staff (&screen->desk, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.instructor = &instructor.id;
  g_assert_true (sl_session_edit (screen->desk.engine, &screen->desk.owner, session, &params, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return instructor.id;
}

/* --- the day --- */

static void
shows_the_day (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 2);
  SlId thandi = booked (screen, "Thandi", &session), musa;

  booked (screen, "Zola", &session);
  musa = desk_member (&screen->desk, "Musa");
  desk_free_class (&screen->desk, MORNING + DAYS (1), 9);
  start (screen);
  screen_wait (screen, "0 in · 2 booked · 2 places");
  g_assert_true (screen_shows (screen, "06:20"));
  g_assert_true (screen_shows (screen, "Today"));
  g_assert_true (screen_shows (screen, "Thandi Nkosi"));
  g_assert_nonnull (screen_button (screen, "Check in all 2 expected"));

  /* What another desk does is seen here, without a tap. */
  g_assert_cmpstr (desk_checkin_booking (&screen->desk, &thandi, NULL), ==, "ok");
  screen_wait (screen, "1 in · 2 booked · 2 places");
  g_assert_true (screen_shows (screen, "In since 06:00"));
  SlBookingRequest wait = { .member_id = musa, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &wait, &refusal), ==, "ok");
  screen_wait (screen, "1 waiting");
  screen_wait (screen, "Waiting, number 1");

  screen_tap (screen, "Later day");
  screen_wait (screen, "Tomorrow");
  screen_wait (screen, "0 in · 0 booked · 9 places");
  screen_tap (screen, "Back to today");
  screen_wait (screen, "Thandi Nkosi");
  screen_tap (screen, "Earlier day");
  screen_wait (screen, "No classes on this day.");
}

/* From Needs attention, a report: whatever day it is on. */
static void
goes_to_the_day_of_a_class (Screen *screen, gconstpointer data)
{
  SlId here = desk_free_class (&screen->desk, START, 2), first, later;

  booked (screen, "Thandi", &here);
  first = desk_free_class (&screen->desk, MORNING + DAYS (3), 4);
  booked (screen, "Zola", &first);
  later = desk_free_class (&screen->desk, MORNING + DAYS (3) + HOURS (5), 7);
  booked (screen, "Musa", &later);
  start (screen);
  screen_wait (screen, "Thandi Nkosi");

  sl_desk_open (screen->reception, SL_DESK_TODAY, &later);
  screen_wait (screen, "Musa Nkosi");
  g_assert_false (screen_shows (screen, "Thandi Nkosi"));
  g_assert_false (screen_shows (screen, "Zola Nkosi")); /* of the other class of that day */
  screen_tap (screen, "Back to today");
  screen_wait (screen, "Thandi Nkosi");

  sl_desk_open (screen->reception, SL_DESK_TODAY, &first);
  screen_wait (screen, "Zola Nkosi");
  screen_tap (screen, "Earlier day"); /* than that one */
  screen_wait (screen, "No classes on this day.");
  sl_desk_open (screen->reception, SL_DESK_TODAY, &here);
  screen_wait (screen, "Thandi Nkosi");
  g_assert_null (screen_button (screen, "Back to today"));
}

static void
marks_who_needs_attention (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9);
  SlServiceParams params;
  g_autoptr (SlSession) found = sl_session_get (screen->desk.engine, &session, NULL);
  g_auto (SlRefusal) refusal = { 0 };

  booked (screen, "Thandi", &session);
  booked (screen, "Zola", &session);
  sl_service_params_init (&params);
  params.needs_parq = 1;
  g_assert_true (sl_service_edit (screen->desk.engine, &screen->desk.owner, &found->service_id, &params, &refusal,
                                  NULL));
  start (screen);
  screen_wait (screen, "2 health forms missing");
  g_assert_true (screen_shows (screen, "Health form missing"));
  screen->desk.world.now_ms = START + MINUTES (1);
  desk_free_class (&screen->desk, START + HOURS (1), 9);
  screen_wait (screen, "2 not here yet");
}

/* --- coming in --- */

static void
one_tap_and_back (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), booking = booked (screen, "Thandi", &session);

  start (screen);
  screen_tap (screen, "Check in Thandi Nkosi");
  wait_for_status (screen, &booking, "checked_in");
  screen_wait (screen, "Thandi N. is in");
  screen_tap (screen, "Undo");
  wait_for_status (screen, &booking, "confirmed");
  screen_wait_said (screen, "Taken back.");
  screen_wait (screen, "Expected");
  g_assert_false (screen_shows (screen, "Undo"));
}

static void
all_at_once_and_back (Screen *screen, gconstpointer data)
{
  static const char *const names[] = { "Anna", "Ben", "Carl", "Dan" };
  SlId session = desk_free_class (&screen->desk, START, 9), bookings[4];

  for (guint i = 0; i < 4; i++)
    bookings[i] = booked (screen, names[i], &session);
  start (screen);
  screen_wait (screen, "Check in all 4 expected");
  /* Ben has come in at the other desk before the tap arrives. */
  g_assert_cmpstr (desk_checkin_booking (&screen->desk, &bookings[1], NULL), ==, "ok");
  screen_tap (screen, "Check in all");
  screen_wait (screen, "3 checked in");
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (desk_status (&screen->desk, &bookings[i]), ==, "checked_in");
  screen_wait (screen, "4 in · 4 booked");
  g_assert_null (screen_button (screen, "Check in all"));
  screen_tap (screen, "Undo");
  wait_for_status (screen, &bookings[3], "confirmed");
  g_assert_cmpstr (desk_status (&screen->desk, &bookings[0]), ==, "confirmed");
  g_assert_cmpstr (desk_status (&screen->desk, &bookings[1]), ==, "checked_in");
}

static void
batch_too_early (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (3), 9), booking = booked (screen, "Thandi", &session);

  start (screen);
  screen_tap (screen, "Check in the one expected");
  screen_wait_said (screen, "1 not checked in");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "confirmed");
  screen_tap (screen, "Check in Thandi Nkosi");
  screen_wait_said (screen, "Too early: check-in opens at 08:30.");
}

static void
too_late_with_a_reason (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), booking = booked (screen, "Thandi", &session);

  start (screen);
  screen_wait (screen, "Expected");
  screen->desk.world.now_ms = START + MINUTES (16);
  screen_tap (screen, "Check in Thandi Nkosi");
  screen_wait (screen, "Let Thandi N. in all the same?");
  g_assert_true (screen_shows (screen, "Check-in closed at 06:35."));
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "no_show");
  screen_tap (screen, "Was here in time");
  wait_for_status (screen, &booking, "checked_in");
}

static void
instructors_may_not_override (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), booking = booked (screen, "Thandi", &session);
  SlId instructor = instructor_of (screen, &session);

  screen_sign_in_as (screen, &instructor);
  show_day (screen);
  screen_wait (screen, "Expected");
  screen->desk.world.now_ms = START + MINUTES (16);
  screen_tap (screen, "Check in Thandi Nkosi");
  screen_tap (screen, "The instructor agrees");
  screen_wait_said (screen, sl_refusal_info (SL_REFUSAL_NOT_ALLOWED)->message);
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "no_show");
}

static void
a_pass_checks_in (Screen *screen, gconstpointer data)
{
  SlId first = desk_free_class (&screen->desk, MORNING - HOURS (2), 9);
  SlId session = desk_free_class (&screen->desk, START, 9);
  SlId member = desk_member (&screen->desk, "Thandi"), booking = desk_book (&screen->desk, &member, &session);
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  start (screen);
  sl_today_page_select (SL_TODAY_PAGE (screen->section), &first);
  scan (screen, pass);
  wait_for_status (screen, &booking, "checked_in");
  screen_wait (screen, "Thandi N. is in");
  g_assert_cmpstr (gtk_editable_get_text (search_of (screen->section)), ==, "");
  g_assert_true (sl_id_equal (&sl_today_page_get_selected (SL_TODAY_PAGE (screen->section))->id, &session));

  /* Once more, and by the camera: in already. */
  sl_desk_scan (screen->reception, pass);
  screen_wait_said (screen, "Thandi N. is in since 06:00.");
  /* And whatever else a scanner may send. */
  scan (screen, "SL1<b>&\"'%s{name}");
  screen_wait_said (screen, "This code cannot be read. Hold it nearer, or find them by name.");
}

static void
a_pass_without_booking_books (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), member = desk_member (&screen->desk, "Thandi");
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  start (screen);
  scan (screen, pass);
  screen_wait (screen, "Thandi N. has no booking now. Book a place?");
  screen_tap (screen, "06:20 · Vinyasa");
  screen_wait (screen, "Thandi N. is in");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 8);
}

static void
letters_find_people (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9);
  SlId later = desk_free_class (&screen->desk, START + HOURS (3), 9);
  SlId booking = booked (screen, "Thandi", &session), member;

  booked (screen, "Zola", &session);
  booked (screen, "Zodwa", &later);
  member = desk_member (&screen->desk, "Zoleka");
  start (screen);
  screen_wait (screen, "Thandi Nkosi");
  gtk_editable_set_text (search_of (screen->section), "zo");
  screen_wait (screen, "In other classes of this day");
  g_assert_true (screen_shows (screen, "Zola Nkosi"));
  g_assert_true (screen_shows (screen, "Zodwa Nkosi"));
  g_assert_false (screen_shows (screen, "Thandi Nkosi"));
  screen_wait (screen, "Zoleka Nkosi");
  screen_tap (screen, "Zoleka Nkosi");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  g_assert_true (sl_id_equal (&screen->opened, &member));

  /* One name left, and Enter. */
  scan (screen, "tha");
  wait_for_status (screen, &booking, "checked_in");
}

/* --- one person --- */

static void
no_show_and_back (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), booking = booked (screen, "Thandi", &session);

  screen->desk.world.now_ms = START + MINUTES (2);
  start (screen);
  screen_tap (screen, "Thandi Nkosi, Not here yet");
  screen_tap (screen, "Did not come");
  wait_for_status (screen, &booking, "no_show");
  screen_wait (screen, "1 booked");
  screen_tap (screen, "Thandi Nkosi came after all");
  screen_tap (screen, "Was here in time");
  wait_for_status (screen, &booking, "checked_in");
  screen_wait (screen, "In since 06:22");
  screen_tap (screen, "Take back that Thandi Nkosi is in");
  screen_tap (screen, "It was somebody else");
  screen_wait_said (screen, "Noted of Thandi N.");
}

static void
cancel_says_what_comes_back (Screen *screen, gconstpointer data)
{
  SlId service = desk_service (&screen->desk, 200, 9, 60), session = desk_session (&screen->desk, &service,
                                                                                  MORNING + HOURS (14));
  SlId member = desk_member (&screen->desk, "Thandi"), booking;

  desk_credits (&screen->desk, &member, 1000, 30);
  booking = desk_book (&screen->desk, &member, &session);
  start (screen);
  screen_tap (screen, "Thandi Nkosi, Expected");
  screen_tap (screen, "Cancel the booking");
  screen_wait (screen, "Cancel Vinyasa, 20:00 for Thandi N.?");
  g_assert_true (screen_shows (screen, "of 2 credits, 50 % comes back."));
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "confirmed");
  screen_tap (screen, "Cancel the booking");
  screen_wait_said (screen, "Credits back: 1.");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 900);
  screen_wait_gone (screen, "Thandi Nkosi");
}

static void
more_back_takes_a_managers_pin (Screen *screen, gconstpointer data)
{
  SlId service = desk_service (&screen->desk, 200, 9, 60), session = desk_session (&screen->desk, &service, START);
  SlId member = desk_member (&screen->desk, "Thandi");

  desk_credits (&screen->desk, &member, 1000, 30);
  desk_book (&screen->desk, &member, &session);
  start (screen);
  screen_tap (screen, "Thandi Nkosi, Expected");
  screen_tap (screen, "Cancel the booking");
  screen_wait (screen, "nothing of 2 credits comes back");
  screen_tap (screen, "Cancel, and give everything back");
  screen_tap (screen, "They are ill");
  screen_approve (screen, SL_ROLE_MANAGER);
  screen_wait_said (screen, "Credits back: 2.");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 1000);
}

static void
moves_to_another_class (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (26), 9);
  SlId full = desk_free_class (&screen->desk, MORNING + HOURS (30), 1), other;
  SlId booking = booked (screen, "Thandi", &session);

  booked (screen, "Zola", &full);
  other = desk_free_class (&screen->desk, MORNING + HOURS (50), 9);
  start (screen);
  screen_tap (screen, "Later day");
  screen_tap (screen, "Thandi Nkosi, Expected");
  screen_tap (screen, "Move to another class");
  screen_wait (screen, "Where does Thandi N. move to?");
  g_assert_false (gtk_widget_is_sensitive (screen_button (screen, "Vinyasa · 12:00, Tomorrow · full")));
  screen_tap (screen, "Vinyasa · 08:00, Wed 4 March · 9 free");
  screen_wait_said (screen, "Thandi N. has moved to the other class.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "cancelled");
  g_assert_cmpint (desk_free_spots (&screen->desk, &other), ==, 8);
}

static void
the_other_desk_was_faster (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), booking = booked (screen, "Thandi", &session);

  start (screen);
  screen_tap (screen, "Thandi Nkosi, Expected");
  screen_tap (screen, "Cancel the booking");
  screen_wait (screen, "Cancel Vinyasa, 06:20 for Thandi N.?");
  /* She comes in at the other desk while the question stands here: the sheet stays, the page under it knows. */
  g_assert_cmpstr (desk_checkin_booking (&screen->desk, &booking, NULL), ==, "ok");
  screen_wait (screen, "In since 06:00");
  g_assert_true (screen_shows (screen, "Cancel Vinyasa, 06:20 for Thandi N.?"));
  screen_tap (screen, "Cancel the booking");
  screen_wait_said (screen, sl_refusal_info (SL_REFUSAL_WRONG_STATE)->message);
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "checked_in");
}

static SlId
waiting (Screen *screen, const char *name, const SlId *session)
{
  SlId member = desk_member (&screen->desk, name);
  SlBookingRequest request = { .member_id = member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_booking_book (screen->desk.engine, &screen->desk.owner, &request, &result, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return result.booking_id;
}

static void
the_queue_in_its_order (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (5), 1);
  SlId in = booked (screen, "Thandi", &session), zola = waiting (screen, "Zola", &session);
  SlId anna = waiting (screen, "Anna", &session), musa = waiting (screen, "Musa", &session);
  SlCancelResult cancelled;

  start (screen);
  screen_wait (screen, "3 waiting");
  g_assert_nonnull (screen_button (screen, "Zola Nkosi, Waiting, number 1"));
  g_assert_nonnull (screen_button (screen, "Anna Nkosi, Waiting, number 2"));
  screen_tap (screen, "Anna Nkosi, Waiting, number 2");
  screen_tap (screen, "Leave the waitlist");
  wait_for_status (screen, &anna, "cancelled");
  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &in, &cancelled), ==, "ok");
  screen_wait (screen, "Has been offered a place");
  screen_tap (screen, "Has been offered a place");
  screen_tap (screen, "Decline the place");
  wait_for_status (screen, &zola, "cancelled");
  screen_wait (screen, "Musa Nkosi");
  screen_tap (screen, "Accept the place for Musa Nkosi");
  wait_for_status (screen, &musa, "confirmed");
}

/* --- the session --- */

static void
cancelling_a_class_says_what_goes (Screen *screen, gconstpointer data)
{
  SlId service = desk_service (&screen->desk, 200, 9, 60), session = desk_session (&screen->desk, &service, START);
  SlId member = desk_member (&screen->desk, "Thandi"), booking;

  desk_credits (&screen->desk, &member, 1000, 30);
  booking = desk_book (&screen->desk, &member, &session);
  start (screen);
  screen_tap (screen, "Change class");
  screen_tap (screen, "Cancel the class");
  screen_wait (screen, "1 booking goes with it, and everything comes back.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "confirmed");
  screen_tap (screen, "The instructor is ill");
  screen_wait_said (screen, "Vinyasa, 06:20 is cancelled, and 1 booking with it.");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 1000);
  screen_wait (screen, "Cancelled");
}

static void
places_change (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9);

  start (screen);
  screen_tap (screen, "Change class");
  screen_tap (screen, "Change the places");
  screen_tap (screen, "One place more");
  screen_tap (screen, "One place more");
  screen_tap (screen, "One place fewer");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "Vinyasa, 06:20 has 10 places now.");
  screen_wait (screen, "0 booked · 10 places");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 10);
}

static void
walk_in_opens (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9);

  start (screen);
  screen_tap (screen, "Walk-in");
  g_assert_cmpint (screen->place, ==, SL_DESK_WALK_IN_CLASS);
  g_assert_true (sl_id_equal (&screen->opened, &session));
  screen_tap (screen, "Later day");
  screen_wait (screen, "No classes on this day.");
  screen_tap (screen, "Walk-in");
  g_assert_cmpint (screen->place, ==, SL_DESK_WALK_IN);
}

/* --- notes --- */

static void
write_note (Screen *screen, const char *text)
{
  screen_tap (screen, "Write a note");
  screen_type (screen, "Note", text);
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The note is written down.");
}

static gboolean
stands_above (Screen *screen, const char *upper, const char *lower)
{
  graphene_point_t one, other;

  look_settle (screen->window);
  return gtk_widget_compute_point (screen_find (screen, upper), screen->section, &GRAPHENE_POINT_INIT (0, 0), &one)
         && gtk_widget_compute_point (screen_find (screen, lower), screen->section, &GRAPHENE_POINT_INIT (0, 0), &other)
         && one.y < other.y;
}

static void
trainers_write_notes (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), instructor = instructor_of (screen, &session);
  g_autoptr (SlStaff) trainer = sl_staff_get (screen->desk.engine, &instructor, NULL);
  g_autofree char *signed_now = g_strdup_printf ("%s · Today 06:00", trainer->name);

  screen_sign_in_as (screen, &instructor);
  show_day (screen);
  screen_tap (screen, "Write a note");
  screen_wait (screen, "Vinyasa, 06:20");
  screen_tap (screen, "Save");
  screen_wait (screen, "Write something first.");
  screen_type (screen, "Note", "Mat 4 is torn");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The note is written down.");
  screen_wait (screen, "Mat 4 is torn");
  g_assert_nonnull (screen_find (screen, signed_now));

  /* After the class too; the later one comes first, and other people's stay as they are. */
  screen->desk.world.now_ms = START + HOURS (2);
  write_note (screen, "Everybody could do the headstand");
  screen_wait (screen, "Everybody could do the headstand");
  g_assert_true (stands_above (screen, "Everybody could do the headstand", "Mat 4 is torn"));
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_wait (screen, "Mat 4 is torn");
  g_assert_nonnull (screen_find (screen, signed_now));
}

/* A note on a member to this class says on whom. */
static void
notes_on_members_name_them (Screen *screen, gconstpointer data)
{
  SlId session = desk_free_class (&screen->desk, START, 9), member = desk_member (&screen->desk, "Thandi"), note;
  g_auto (SlRefusal) refusal = { 0 };

  desk_book (&screen->desk, &member, &session);
  g_assert_true (sl_note_add (screen->desk.engine, &screen->desk.owner, &member, &session, "Her left knee", &note,
                              &refusal, NULL));
  start (screen);
  screen_wait (screen, "Her left knee");
  screen_wait (screen, "Thandi Nkosi · ");
  /* Who looks for somebody sees who is found, and not what was written. */
  gtk_editable_set_text (search_of (screen->section), "tha");
  screen_wait_gone (screen, "Her left knee");
}

/* --- who sees what --- */

static void
instructors_see_their_own (Screen *screen, gconstpointer data)
{
  SlId mine = desk_free_class (&screen->desk, START, 9), theirs = desk_free_class (&screen->desk, START + HOURS (2), 7);
  SlId instructor = instructor_of (screen, &mine);

  booked (screen, "Thandi", &mine);
  booked (screen, "Zola", &theirs);
  start (screen);
  screen_wait (screen, "1 booked · 7 places");
  screen_sign_in_as (screen, &instructor);
  screen_wait (screen, "Your classes");
  screen_wait (screen, "Thandi Nkosi");
  g_assert_false (screen_shows (screen, "1 booked · 7 places"));
  screen_tap (screen, "Check in Thandi Nkosi");
  screen_wait_said (screen, "Thandi N. is in");
  g_assert_null (screen_button (screen, "Undo"));
}

static void
typing_goes_to_the_search (Screen *screen, gconstpointer data)
{
  GtkWidget *focus;

  desk_free_class (&screen->desk, START, 9);
  start (screen);
  focus = gtk_root_get_focus (GTK_ROOT (screen->window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (search_of (screen->section))));
  screen_tap (screen, "Change class");
  screen_wait (screen, "Cancel the class");
  screen_tap (screen, "Close");
  focus = gtk_root_get_focus (GTK_ROOT (screen->window));
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (search_of (screen->section))));
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add ("/sl/desk-today/" path, Screen, NULL, screen_open, func, screen_close)
  TEST ("shows-the-day-and-what-other-desks-do", shows_the_day);
  TEST ("goes-to-the-day-of-a-class-that-is-opened", goes_to_the_day_of_a_class);
  TEST ("marks-who-needs-attention", marks_who_needs_attention);
  TEST ("one-tap-checks-in-and-undo-takes-it-back", one_tap_and_back);
  TEST ("all-expected-at-once-and-undo-takes-them-back", all_at_once_and_back);
  TEST ("too_early-is-said-of-one-and-of-all", batch_too_early);
  TEST ("too_late-asks-for-a-reason", too_late_with_a_reason);
  TEST ("not_allowed-for-an-instructor-who-overrides", instructors_may_not_override);
  TEST ("a-scanned-pass-checks-in", a_pass_checks_in);
  TEST ("no_booking-offers-a-place-on-the-way-in", a_pass_without_booking_books);
  TEST ("letters-find-people-and-enter-checks-in", letters_find_people);
  TEST ("no-show-and-back", no_show_and_back);
  TEST ("cancelling-says-what-comes-back", cancel_says_what_comes_back);
  TEST ("approval_required-asks-for-a-managers-pin", more_back_takes_a_managers_pin);
  TEST ("moves-to-another-class", moves_to_another_class);
  TEST ("wrong_state-when-the-other-desk-was-faster", the_other_desk_was_faster);
  TEST ("the-queue-stands-in-its-order", the_queue_in_its_order);
  TEST ("cancelling-a-class-says-what-goes-with-it", cancelling_a_class_says_what_goes);
  TEST ("places-change", places_change);
  TEST ("walk-in-opens", walk_in_opens);
  TEST ("trainers-write-notes-and-the-desk-reads-them", trainers_write_notes);
  TEST ("notes-on-members-name-them", notes_on_members_name_them);
  TEST ("instructors-see-their-own-day", instructors_see_their_own);
  TEST ("typing-always-goes-to-the-search", typing_goes_to_the_search);
  return g_test_run ();
}
