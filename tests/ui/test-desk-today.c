/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-today"

#include "desk-fixture.h"

#include "engine/no-show.h"
#include "engine/parq.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/waitlist.h"
#include "kiosk/desk-today.h"
#include "kiosk/desk.h"
#include "language.h"
#include "today-page.h"
#include "widgets/sheet.h"

#include <adwaita.h>
#include <string.h>

/* The page of the day on a real desk. The fixture's own engine is the other desk: it works on the same data. */

#define PIN "482916" /* of everybody who desk_staff() takes on */
#define OWNER_PIN "739154"
#define START (MORNING + MINUTES (20))

typedef struct {
  Desk other;
  SlDoor *door;
  SlDesk *desk;
  SlActor receptionist;
  GtkWidget *page, *window;
  GString *said;
  SlDeskPlace opened;
  SlId opened_id;
  guint approvals;
} Hall;

/* --- finding and tapping --- */

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  char *problem = gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
                  ? gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name)
                  : g_strdup ("");
  gboolean named = problem == NULL;

  g_free (problem);
  return named;
}

static gboolean
says (GtkWidget *widget, const char *text)
{
  const char *label = GTK_IS_LABEL (widget) ? gtk_label_get_label (GTK_LABEL (widget)) : NULL;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (label != NULL && strstr (label, text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

/* The last one: what lies on top comes last. */
static GtkWidget *
find_button (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_BUTTON (widget) && gtk_widget_is_sensitive (widget) && (is_named (widget, text) || says (widget, text)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_last_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_prev_sibling (child))
    found = find_button (child, text);
  return found;
}

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
tap (Hall *hall, const char *text)
{
  GtkWidget *button;

  while ((button = find_button (hall->window, text)) == NULL)
    turn ();
  g_signal_emit_by_name (button, "clicked");
}

static void
wait_for (Hall *hall, const char *text)
{
  while (!says (hall->window, text))
    turn ();
}

static void
wait_until_gone (Hall *hall, const char *text)
{
  while (says (hall->window, text))
    turn ();
}

static void
wait_until_said (Hall *hall, const char *text)
{
  while (strstr (hall->said->str, text) == NULL)
    turn ();
}

static void
wait_for_status (Hall *hall, const SlId *booking, const char *status)
{
  while (!g_str_equal (desk_status (&hall->other, booking), status))
    turn ();
}

static GtkEditable *
search_of (GtkWidget *widget)
{
  GtkEditable *found = GTK_IS_SEARCH_ENTRY (widget) ? GTK_EDITABLE (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = search_of (child);
  return found;
}

/* As a scanner does it: letters, then Enter. */
static void
scan (Hall *hall, const char *text)
{
  GtkEditable *search = search_of (hall->page);

  gtk_editable_set_text (search, text);
  g_signal_emit_by_name (search, "activate");
}

/* --- the hall --- */

static void
on_said (SlDesk *desk, int tone, const char *text, Hall *hall)
{
  g_string_append_printf (hall->said, "%s\n", text);
}

static void
on_opened (SlDesk *desk, SlDeskPlace place, const SlId *id, Hall *hall)
{
  hall->opened = place;
  hall->opened_id = *id;
}

static void
on_approval_wanted (SlDesk *desk, const char *why, Hall *hall)
{
  hall->approvals++;
}

static void
on_pin_taken (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal->code), ==, "ok");
}

static void
set_up (Hall *hall, gconstpointer data)
{
  hall->said = g_string_new (NULL);
  desk_open (&hall->other, NULL);
  desk_staff (&hall->other, SL_ROLE_RECEPTIONIST, &hall->receptionist);
}

static void
open_page (Hall *hall, const SlId *staff)
{
  hall->door = sl_door_new (hall->other.dir->path, &hall->other.world.base);
  while (sl_door_get_state (hall->door) != SL_DOOR_OPEN)
    turn ();
  hall->desk = sl_desk_new (hall->door, &hall->other.world.base);
  g_signal_connect (hall->desk, "said", G_CALLBACK (on_said), hall);
  g_signal_connect (hall->desk, "opened", G_CALLBACK (on_opened), hall);
  g_signal_connect (hall->desk, "approval-wanted", G_CALLBACK (on_approval_wanted), hall);
  sl_desk_sign_in (hall->desk, staff, PIN, NULL, on_pin_taken);
  while (sl_desk_get_staff (hall->desk) == NULL)
    turn ();
  hall->page = sl_desk_today_new (hall->desk);
  hall->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (hall->window), 1120, 680);
  gtk_window_set_child (GTK_WINDOW (hall->window), sl_sheet_host_new (hall->page));
  gtk_window_present (GTK_WINDOW (hall->window));
  while (sl_today_page_get_today (SL_TODAY_PAGE (hall->page)) == NULL)
    turn ();
}

static void
start (Hall *hall)
{
  open_page (hall, &hall->receptionist.id);
}

static void
tear_down (Hall *hall, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (hall->window));
  sl_door_close (hall->door);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (hall->desk);
  g_object_unref (hall->door);
  g_string_free (hall->said, TRUE);
  sl_actor_clear (&hall->receptionist);
  desk_close (&hall->other, NULL);
}

static SlId
booked (Hall *hall, const char *name, const SlId *session)
{
  SlId member = desk_member (&hall->other, name);

  return desk_book (&hall->other, &member, session);
}

/* --- the day --- */

static void
shows_the_day (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 2);
  SlId thandi = booked (hall, "Thandi", &session), musa;

  booked (hall, "Zola", &session);
  musa = desk_member (&hall->other, "Musa");
  desk_free_class (&hall->other, MORNING + DAYS (1), 9);
  start (hall);
  wait_for (hall, "0 in · 2 booked · 2 places");
  g_assert_true (says (hall->window, "06:20"));
  g_assert_true (says (hall->window, "Today"));
  g_assert_true (says (hall->window, "Thandi Nkosi"));
  g_assert_nonnull (find_button (hall->window, "Check in all 2 expected"));

  /* What another desk does is seen here, without a tap. */
  g_assert_cmpstr (desk_checkin_booking (&hall->other, &thandi, NULL), ==, "ok");
  wait_for (hall, "1 in · 2 booked · 2 places");
  g_assert_true (says (hall->window, "In since 06:00"));
  SlBookingRequest wait = { .member_id = musa, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_cmpstr (desk_try_request (&hall->other, &hall->other.owner, &wait, &refusal), ==, "ok");
  wait_for (hall, "1 waiting");
  wait_for (hall, "Waiting, number 1");

  tap (hall, "Later day");
  wait_for (hall, "Tomorrow");
  wait_for (hall, "0 in · 0 booked · 9 places");
  tap (hall, "Back to today");
  wait_for (hall, "Thandi Nkosi");
  tap (hall, "Earlier day");
  wait_for (hall, "No classes on this day.");
}

static void
marks_who_needs_attention (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9);
  SlServiceParams params;
  g_autoptr (SlSession) found = sl_session_get (hall->other.engine, &session, NULL);
  g_auto (SlRefusal) refusal = { 0 };

  booked (hall, "Thandi", &session);
  booked (hall, "Zola", &session);
  sl_service_params_init (&params);
  params.needs_parq = 1;
  g_assert_true (sl_service_edit (hall->other.engine, &hall->other.owner, &found->service_id, &params, &refusal,
                                  NULL));
  start (hall);
  wait_for (hall, "2 health forms missing");
  g_assert_true (says (hall->window, "Health form missing"));
  hall->other.world.now_ms = START + MINUTES (1);
  desk_free_class (&hall->other, START + HOURS (1), 9);
  wait_for (hall, "2 not here yet");
}

/* --- coming in --- */

static void
one_tap_and_back (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), booking = booked (hall, "Thandi", &session);

  start (hall);
  tap (hall, "Check in Thandi Nkosi");
  wait_for_status (hall, &booking, "checked_in");
  wait_for (hall, "Thandi N. is in");
  tap (hall, "Undo");
  wait_for_status (hall, &booking, "confirmed");
  wait_until_said (hall, "Taken back.");
  wait_for (hall, "Expected");
  g_assert_false (says (hall->window, "Undo"));
}

static void
all_at_once_and_back (Hall *hall, gconstpointer data)
{
  static const char *const names[] = { "Anna", "Ben", "Carl", "Dan" };
  SlId session = desk_free_class (&hall->other, START, 9), bookings[4];

  for (guint i = 0; i < 4; i++)
    bookings[i] = booked (hall, names[i], &session);
  start (hall);
  wait_for (hall, "Check in all 4 expected");
  /* Ben has come in at the other desk before the tap arrives. */
  g_assert_cmpstr (desk_checkin_booking (&hall->other, &bookings[1], NULL), ==, "ok");
  tap (hall, "Check in all");
  wait_for (hall, "3 checked in");
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (desk_status (&hall->other, &bookings[i]), ==, "checked_in");
  wait_for (hall, "4 in · 4 booked");
  g_assert_null (find_button (hall->window, "Check in all"));
  tap (hall, "Undo");
  wait_for_status (hall, &bookings[3], "confirmed");
  g_assert_cmpstr (desk_status (&hall->other, &bookings[0]), ==, "confirmed");
  g_assert_cmpstr (desk_status (&hall->other, &bookings[1]), ==, "checked_in");
}

static void
batch_too_early (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, MORNING + HOURS (3), 9), booking = booked (hall, "Thandi", &session);

  start (hall);
  tap (hall, "Check in the one expected");
  wait_until_said (hall, "1 not checked in");
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "confirmed");
  tap (hall, "Check in Thandi Nkosi");
  wait_until_said (hall, "Too early: check-in opens at 08:30.");
}

static void
too_late_with_a_reason (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), booking = booked (hall, "Thandi", &session);

  start (hall);
  wait_for (hall, "Expected");
  hall->other.world.now_ms = START + MINUTES (16);
  tap (hall, "Check in Thandi Nkosi");
  wait_for (hall, "Let Thandi N. in all the same?");
  g_assert_true (says (hall->window, "Check-in closed at 06:35."));
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "no_show");
  tap (hall, "Was here in time");
  wait_for_status (hall, &booking, "checked_in");
}

static void
instructors_may_not_override (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), booking = booked (hall, "Thandi", &session);
  SlActor instructor;
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  desk_staff (&hall->other, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.instructor = &instructor.id;
  g_assert_true (sl_session_edit (hall->other.engine, &hall->other.owner, &session, &params, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  open_page (hall, &instructor.id);
  wait_for (hall, "Expected");
  hall->other.world.now_ms = START + MINUTES (16);
  tap (hall, "Check in Thandi Nkosi");
  tap (hall, "The instructor agrees");
  wait_until_said (hall, sl_refusal_info (SL_REFUSAL_NOT_ALLOWED)->message);
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "no_show");
}

static void
a_pass_checks_in (Hall *hall, gconstpointer data)
{
  SlId first = desk_free_class (&hall->other, MORNING - HOURS (2), 9);
  SlId session = desk_free_class (&hall->other, START, 9);
  SlId member = desk_member (&hall->other, "Thandi"), booking = desk_book (&hall->other, &member, &session);
  g_autofree char *pass = desk_pass (&hall->other, &member);

  start (hall);
  sl_today_page_select (SL_TODAY_PAGE (hall->page), &first);
  scan (hall, pass);
  wait_for_status (hall, &booking, "checked_in");
  wait_for (hall, "Thandi N. is in");
  g_assert_cmpstr (gtk_editable_get_text (search_of (hall->page)), ==, "");
  g_assert_true (sl_id_equal (&sl_today_page_get_selected (SL_TODAY_PAGE (hall->page))->id, &session));

  /* Once more, and by the camera: in already. */
  sl_desk_scan (hall->desk, pass);
  wait_until_said (hall, "Thandi N. is in since 06:00.");
  /* And whatever else a scanner may send. */
  scan (hall, "SL1<b>&\"'%s{name}");
  wait_until_said (hall, "This code cannot be read. Hold it nearer, or find them by name.");
}

static void
a_pass_without_booking_books (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), member = desk_member (&hall->other, "Thandi");
  g_autofree char *pass = desk_pass (&hall->other, &member);

  start (hall);
  scan (hall, pass);
  wait_for (hall, "Thandi N. has no booking now. Book a place?");
  tap (hall, "06:20 · Vinyasa");
  wait_for (hall, "Thandi N. is in");
  g_assert_cmpint (desk_free_spots (&hall->other, &session), ==, 8);
}

static void
letters_find_people (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), later = desk_free_class (&hall->other, START + HOURS (3), 9);
  SlId booking = booked (hall, "Thandi", &session), member;

  booked (hall, "Zola", &session);
  booked (hall, "Zodwa", &later);
  member = desk_member (&hall->other, "Zoleka");
  start (hall);
  wait_for (hall, "Thandi Nkosi");
  gtk_editable_set_text (search_of (hall->page), "zo");
  wait_for (hall, "In other classes of this day");
  g_assert_true (says (hall->window, "Zola Nkosi"));
  g_assert_true (says (hall->window, "Zodwa Nkosi"));
  g_assert_false (says (hall->window, "Thandi Nkosi"));
  wait_for (hall, "Zoleka Nkosi");
  tap (hall, "Zoleka Nkosi");
  g_assert_cmpint (hall->opened, ==, SL_DESK_MEMBERS);
  g_assert_true (sl_id_equal (&hall->opened_id, &member));

  /* One name left, and Enter. */
  scan (hall, "tha");
  wait_for_status (hall, &booking, "checked_in");
}

/* --- one person --- */

static void
no_show_and_back (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), booking = booked (hall, "Thandi", &session);

  hall->other.world.now_ms = START + MINUTES (2);
  start (hall);
  tap (hall, "Thandi Nkosi, Not here yet");
  tap (hall, "Did not come");
  wait_for_status (hall, &booking, "no_show");
  wait_for (hall, "1 booked");
  tap (hall, "Thandi Nkosi came after all");
  tap (hall, "Was here in time");
  wait_for_status (hall, &booking, "checked_in");
  wait_for (hall, "In since 06:22");
  tap (hall, "Take back that Thandi Nkosi is in");
  tap (hall, "It was somebody else");
  wait_until_said (hall, "Noted of Thandi N.");
}

static void
cancel_says_what_comes_back (Hall *hall, gconstpointer data)
{
  SlId service = desk_service (&hall->other, 200, 9, 60), session = desk_session (&hall->other, &service,
                                                                                  MORNING + HOURS (14));
  SlId member = desk_member (&hall->other, "Thandi"), booking;

  desk_credits (&hall->other, &member, 1000, 30);
  booking = desk_book (&hall->other, &member, &session);
  start (hall);
  tap (hall, "Thandi Nkosi, Expected");
  tap (hall, "Cancel the booking");
  wait_for (hall, "Cancel Vinyasa, 20:00 for Thandi N.?");
  g_assert_true (says (hall->window, "of 2 credits, 50 % comes back."));
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "confirmed");
  tap (hall, "Cancel the booking");
  wait_until_said (hall, "Credits back: 1.");
  g_assert_cmpint (desk_balance (&hall->other, &member), ==, 900);
  wait_until_gone (hall, "Thandi Nkosi");
}

static void
more_back_takes_a_managers_pin (Hall *hall, gconstpointer data)
{
  SlId service = desk_service (&hall->other, 200, 9, 60), session = desk_session (&hall->other, &service, START);
  SlId member = desk_member (&hall->other, "Thandi"), booking;
  g_autoptr (GPtrArray) staff = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  desk_credits (&hall->other, &member, 1000, 30);
  booking = desk_book (&hall->other, &member, &session);
  start (hall);
  tap (hall, "Thandi Nkosi, Expected");
  tap (hall, "Cancel the booking");
  wait_for (hall, "nothing of 2 credits comes back");
  tap (hall, "Cancel, and give everything back");
  tap (hall, "They are ill");
  while (hall->approvals == 0)
    turn ();
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "confirmed");
  g_assert_true (sl_staff_list (hall->other.engine, &hall->other.owner, &staff, &refusal, NULL));
  for (guint i = 0; i < staff->len; i++)
    {
      const SlStaff *one = staff->pdata[i];

      if (one->role == SL_ROLE_OWNER)
        sl_desk_approve (hall->desk, &one->id, OWNER_PIN, G_OBJECT (hall->page), on_pin_taken);
    }
  wait_until_said (hall, "Credits back: 2.");
  g_assert_cmpint (desk_balance (&hall->other, &member), ==, 1000);
}

static void
moves_to_another_class (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, MORNING + HOURS (26), 9);
  SlId full = desk_free_class (&hall->other, MORNING + HOURS (30), 1), other;
  SlId booking = booked (hall, "Thandi", &session);

  booked (hall, "Zola", &full);
  other = desk_free_class (&hall->other, MORNING + HOURS (50), 9);
  start (hall);
  tap (hall, "Later day");
  tap (hall, "Thandi Nkosi, Expected");
  tap (hall, "Move to another class");
  wait_for (hall, "Where does Thandi N. move to?");
  g_assert_null (find_button (hall->window, "Vinyasa · 12:00, Tomorrow · full"));
  tap (hall, "Vinyasa · 08:00, Wed 4 March · 9 free");
  wait_until_said (hall, "Thandi N. has moved to the other class.");
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "cancelled");
  g_assert_cmpint (desk_free_spots (&hall->other, &other), ==, 8);
}

static void
the_other_desk_was_faster (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9), booking = booked (hall, "Thandi", &session);

  start (hall);
  tap (hall, "Thandi Nkosi, Expected");
  tap (hall, "Cancel the booking");
  wait_for (hall, "Cancel Vinyasa, 06:20 for Thandi N.?");
  /* She comes in at the other desk while the question stands here: the sheet stays, the page under it knows. */
  g_assert_cmpstr (desk_checkin_booking (&hall->other, &booking, NULL), ==, "ok");
  wait_for (hall, "In since 06:00");
  g_assert_true (says (hall->window, "Cancel Vinyasa, 06:20 for Thandi N.?"));
  tap (hall, "Cancel the booking");
  wait_until_said (hall, sl_refusal_info (SL_REFUSAL_WRONG_STATE)->message);
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "checked_in");
}

static SlId
waiting (Hall *hall, const char *name, const SlId *session)
{
  SlId member = desk_member (&hall->other, name);
  SlBookingRequest request = { .member_id = member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sl_booking_book (hall->other.engine, &hall->other.owner, &request, &result, &refusal, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return result.booking_id;
}

static void
the_queue_in_its_order (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, MORNING + HOURS (5), 1);
  SlId in = booked (hall, "Thandi", &session), zola = waiting (hall, "Zola", &session);
  SlId anna = waiting (hall, "Anna", &session), musa = waiting (hall, "Musa", &session);
  SlCancelResult cancelled;

  start (hall);
  wait_for (hall, "3 waiting");
  g_assert_nonnull (find_button (hall->window, "Zola Nkosi, Waiting, number 1"));
  g_assert_nonnull (find_button (hall->window, "Anna Nkosi, Waiting, number 2"));
  tap (hall, "Anna Nkosi, Waiting, number 2");
  tap (hall, "Leave the waitlist");
  wait_for_status (hall, &anna, "cancelled");
  g_assert_cmpstr (desk_try_cancel (&hall->other, &hall->other.owner, &in, &cancelled), ==, "ok");
  wait_for (hall, "Has been offered a place");
  tap (hall, "Has been offered a place");
  tap (hall, "Decline the place");
  wait_for_status (hall, &zola, "cancelled");
  wait_for (hall, "Musa Nkosi");
  tap (hall, "Accept the place for Musa Nkosi");
  wait_for_status (hall, &musa, "confirmed");
}

/* --- the session --- */

static void
cancelling_a_class_says_what_goes (Hall *hall, gconstpointer data)
{
  SlId service = desk_service (&hall->other, 200, 9, 60), session = desk_session (&hall->other, &service, START);
  SlId member = desk_member (&hall->other, "Thandi"), booking;

  desk_credits (&hall->other, &member, 1000, 30);
  booking = desk_book (&hall->other, &member, &session);
  start (hall);
  tap (hall, "Change class");
  tap (hall, "Cancel the class");
  wait_for (hall, "1 booking goes with it, and everything comes back.");
  g_assert_cmpstr (desk_status (&hall->other, &booking), ==, "confirmed");
  tap (hall, "The instructor is ill");
  wait_until_said (hall, "Vinyasa, 06:20 is cancelled, and 1 booking with it.");
  g_assert_cmpint (desk_balance (&hall->other, &member), ==, 1000);
  wait_for (hall, "Cancelled");
}

static void
places_change (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9);

  start (hall);
  tap (hall, "Change class");
  tap (hall, "Change the places");
  tap (hall, "One place more");
  tap (hall, "One place more");
  tap (hall, "One place fewer");
  tap (hall, "Save");
  wait_until_said (hall, "Vinyasa, 06:20 has 10 places now.");
  wait_for (hall, "0 booked · 10 places");
  g_assert_cmpint (desk_free_spots (&hall->other, &session), ==, 10);
}

static void
walk_in_opens (Hall *hall, gconstpointer data)
{
  SlId session = desk_free_class (&hall->other, START, 9);

  start (hall);
  tap (hall, "Walk-in");
  g_assert_cmpint (hall->opened, ==, SL_DESK_WALK_IN_CLASS);
  g_assert_true (sl_id_equal (&hall->opened_id, &session));
  tap (hall, "Later day");
  wait_for (hall, "No classes on this day.");
  tap (hall, "Walk-in");
  g_assert_cmpint (hall->opened, ==, SL_DESK_WALK_IN);
}

/* --- who sees what --- */

static void
instructors_see_their_own (Hall *hall, gconstpointer data)
{
  SlId mine = desk_free_class (&hall->other, START, 9), theirs = desk_free_class (&hall->other, START + HOURS (2), 7);
  SlActor instructor;
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  desk_staff (&hall->other, SL_ROLE_INSTRUCTOR, &instructor);
  sl_session_params_init (&params);
  params.instructor = &instructor.id;
  g_assert_true (sl_session_edit (hall->other.engine, &hall->other.owner, &mine, &params, &refusal, NULL));
  booked (hall, "Thandi", &mine);
  booked (hall, "Zola", &theirs);
  start (hall);
  wait_for (hall, "1 booked · 7 places");
  /* A question that is open goes with the person of whom it was asked. */
  tap (hall, "Thandi Nkosi, Expected");
  wait_for (hall, "Open their page");
  sl_desk_sign_in (hall->desk, &instructor.id, PIN, NULL, on_pin_taken);
  wait_for (hall, "Your classes");
  wait_for (hall, "Thandi Nkosi");
  g_assert_false (says (hall->window, "Open their page"));
  g_assert_false (says (hall->window, "1 booked · 7 places"));
  tap (hall, "Check in Thandi Nkosi");
  wait_until_said (hall, "Thandi N. is in");
  g_assert_null (find_button (hall->window, "Undo"));
}

static void
typing_goes_to_the_search (Hall *hall, gconstpointer data)
{
  GtkWidget *focus;

  desk_free_class (&hall->other, START, 9);
  start (hall);
  focus = gtk_root_get_focus (GTK_ROOT (hall->window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (search_of (hall->page))));
  tap (hall, "Change class");
  wait_for (hall, "Cancel the class");
  tap (hall, "Close");
  focus = gtk_root_get_focus (GTK_ROOT (hall->window));
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (search_of (hall->page))));
}

#define hall_test(path, func) g_test_add ("/sl/desk-today/" path, Hall, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  gtk_test_init (&argc, &argv, NULL);
  g_autoptr (AdwApplication) application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE,
                                                         "resource-base-path", "/za/studioloop/kiosk", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  sl_language_use ("en");

  hall_test ("shows-the-day-and-what-other-desks-do", shows_the_day);
  hall_test ("marks-who-needs-attention", marks_who_needs_attention);
  hall_test ("one-tap-checks-in-and-undo-takes-it-back", one_tap_and_back);
  hall_test ("all-expected-at-once-and-undo-takes-them-back", all_at_once_and_back);
  hall_test ("too_early-is-said-of-one-and-of-all", batch_too_early);
  hall_test ("too_late-asks-for-a-reason", too_late_with_a_reason);
  hall_test ("not_allowed-for-an-instructor-who-overrides", instructors_may_not_override);
  hall_test ("a-scanned-pass-checks-in", a_pass_checks_in);
  hall_test ("no_booking-offers-a-place-on-the-way-in", a_pass_without_booking_books);
  hall_test ("letters-find-people-and-enter-checks-in", letters_find_people);
  hall_test ("no-show-and-back", no_show_and_back);
  hall_test ("cancelling-says-what-comes-back", cancel_says_what_comes_back);
  hall_test ("approval_required-asks-for-a-managers-pin", more_back_takes_a_managers_pin);
  hall_test ("moves-to-another-class", moves_to_another_class);
  hall_test ("wrong_state-when-the-other-desk-was-faster", the_other_desk_was_faster);
  hall_test ("the-queue-stands-in-its-order", the_queue_in_its_order);
  hall_test ("cancelling-a-class-says-what-goes-with-it", cancelling_a_class_says_what_goes);
  hall_test ("places-change", places_change);
  hall_test ("walk-in-opens", walk_in_opens);
  hall_test ("instructors-see-their-own-day", instructors_see_their_own);
  hall_test ("typing-always-goes-to-the-search", typing_goes_to_the_search);
  return g_test_run ();
}
