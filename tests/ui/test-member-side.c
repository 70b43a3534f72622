/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-member-side"

#include "kiosk/member-side.h"

#include "desk-fixture.h"

#include "core/crypto.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/parq.h"
#include "engine/service.h"
#include "language.h"
#include "member-page.h"

#include <adwaita.h>
#include <string.h>

/* The member's side on a real engine: what a member taps, what they read, and what is recorded. Its clock is the
 * desk's, which stands still until a test moves it. */

#define PHONE "0825550331"
#define PIN "7351"
#define PATIENCE_S 30

typedef struct {
  Desk desk;
  SlDoor *door;
  SlMemberSide *side;
  GtkWidget *window;
  guint done, failed;
} Screen;

static void
on_done (SlMemberSide *side, Screen *screen)
{
  screen->done++;
}

static void
on_failed (SlMemberSide *side, const GError *error, Screen *screen)
{
  screen->failed++;
}

static void
set_up (Screen *screen, gconstpointer data)
{
  desk_open (&screen->desk, NULL);
  sl_language_use ("en");
  screen->door = sl_door_new (screen->desk.dir->path, &screen->desk.world.base);
  while (sl_door_get_state (screen->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  screen->side = sl_member_side_new (screen->door, &screen->desk.world.base);
  g_signal_connect (screen->side, "done", G_CALLBACK (on_done), screen);
  g_signal_connect (screen->side, "failed", G_CALLBACK (on_failed), screen);
  screen->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (screen->window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (screen->window), sl_member_side_get_widget (screen->side));
  gtk_window_present (GTK_WINDOW (screen->window));
}

static void
tear_down (Screen *screen, gconstpointer data)
{
  sl_member_side_reset (screen->side);
  gtk_window_destroy (GTK_WINDOW (screen->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (screen->side);
  sl_door_close (screen->door);
  g_assert_finalize_object (screen->door);
  desk_close (&screen->desk, NULL);
}

/* A button by what it says, or a row by what it says first; or a label with that text in it. */
static GtkWidget *
find (GtkWidget *widget, GType type, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (type == GTK_TYPE_BUTTON && GTK_IS_BUTTON (widget) && find (widget, GTK_TYPE_LABEL, text) != NULL)
    return widget;
  if (type == GTK_TYPE_LABEL && GTK_IS_LABEL (widget)
      && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What can be read now, for a test that waits in vain. */
static void
tell_labels (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_visible (widget))
    g_printerr ("  %s\n", gtk_label_get_label (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tell_labels (child);
}

static void
wait_for (Screen *screen, const char *text)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  while (find (screen->window, GTK_TYPE_LABEL, text) == NULL)
    {
      if (g_get_monotonic_time () > until_us)
        {
          tell_labels (screen->window);
          g_error ("nothing says: %s", text);
        }
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
tap (Screen *screen, const char *text)
{
  GtkWidget *button;

  wait_for (screen, text);
  while ((button = find (screen->window, GTK_TYPE_BUTTON, text)) == NULL || !gtk_widget_is_sensitive (button))
    g_main_context_iteration (NULL, TRUE);
  if (GTK_IS_TOGGLE_BUTTON (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  else
    g_signal_emit_by_name (button, "clicked");
}

/* On the number pad. */
static void
type (Screen *screen, const char *digits)
{
  for (; *digits != '\0'; digits++)
    {
      const char key[2] = { *digits, '\0' };

      tap (screen, key);
    }
}

static void
identify (Screen *screen, const char *pin)
{
  wait_for (screen, "Your phone number");
  type (screen, PHONE);
  tap (screen, "Next");
  type (screen, pin);
  tap (screen, "OK");
}

static SlId
member_with_pin (Screen *screen)
{
  SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .phone = PHONE, .pin = PIN,
                            .birth_date = "1990-04-27" };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  SlId id;

  g_assert_true (sl_member_add (screen->desk.engine, &screen->desk.owner, &params, FALSE, &id, &refusal, &error));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  return id;
}

static guint
bookings_of (Screen *screen, const SlId *member, SlBookingStatus status)
{
  g_autoptr (GPtrArray) views = sl_booking_list_of_member (screen->desk.engine, member, 20, NULL);
  guint n = 0;

  g_assert_nonnull (views);
  for (guint i = 0; i < views->len; i++)
    n += ((SlBookingView *) views->pdata[i])->status == status;
  return n;
}

static void
test_no_code (Screen *screen, gconstpointer data)
{
  SlId member = member_with_pin (screen), session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  identify (screen, PIN);
  wait_for (screen, "Welcome, Thandi N.");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
  while (screen->done == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "Thandi"));
}

static void
test_birth_date (Screen *screen, gconstpointer data)
{
  SlId member = member_with_pin (screen), session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);

  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
  wait_for (screen, "Your phone number");
  type (screen, PHONE);
  tap (screen, "Next");
  tap (screen, "use my birth date");
  type (screen, "31021990");
  tap (screen, "OK");
  wait_for (screen, "There is no such day");
  type (screen, "27041990");
  tap (screen, "OK");
  wait_for (screen, "Welcome, Thandi N.");
}

/* Whether the number is known is told to nobody: both are answered alike, and both lock. */
static void
test_guessing_locks (Screen *screen, gconstpointer data)
{
  GtkWidget *heading;

  for (guint known = 0; known < 2; known++)
    {
      if (known)
        member_with_pin (screen);
      sl_member_side_start (screen->side, SL_MEMBER_START_NO_CODE);
      wait_for (screen, "Your phone number");
      type (screen, known ? PHONE : "0835550000");
      tap (screen, "Next");
      for (guint i = 0; i < 4; i++)
        {
          type (screen, "9074");
          tap (screen, "OK");
          wait_for (screen, "That doesn't match. Please try again, or ask reception");
          while (find (screen->window, GTK_TYPE_LABEL, "●") != NULL)
            g_main_context_iteration (NULL, TRUE);
          heading = find (screen->window, GTK_TYPE_LABEL, "Your PIN");
          sl_member_page_say (SL_MEMBER_PAGE (gtk_widget_get_ancestor (heading, SL_TYPE_MEMBER_PAGE)), NULL);
        }
      type (screen, "9074");
      tap (screen, "OK");
      wait_for (screen, "Too many tries");
      wait_for (screen, "Please try again at 06:01");
      sl_member_side_reset (screen->side);
    }
}

static void
test_book_with_a_pass (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 8, 60);
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_session (&screen->desk, &service, MORNING + HOURS (3));
  desk_credits (&screen->desk, &member, 200, 30);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  tap (screen, "8 spots free");
  wait_for (screen, "1 credit");
  wait_for (screen, "Hold your pass here to book it.");
  sl_member_side_handle_code (screen->side, pass);
  wait_for (screen, "You are booked");
  wait_for (screen, "Today · 09:00");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 100);
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
}

static void
test_filters (Screen *screen, gconstpointer data)
{
  SlId full = desk_free_class (&screen->desk, MORNING + HOURS (2), 1), other = desk_member (&screen->desk, "Sipho");

  desk_free_class (&screen->desk, MORNING + HOURS (4), 6);
  desk_free_class (&screen->desk, MORNING + DAYS (1) + HOURS (4), 5);
  desk_book (&screen->desk, &other, &full);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  wait_for (screen, "6 spots free");
  g_assert_nonnull (find (screen->window, GTK_TYPE_LABEL, "Full"));
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "5 spots free"));
  tap (screen, "Only with free spots");
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "Full"));
  g_assert_nonnull (find (screen->window, GTK_TYPE_LABEL, "6 spots free"));
  tap (screen, "Tomorrow");
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "6 spots free"));
  g_assert_nonnull (find (screen->window, GTK_TYPE_LABEL, "5 spots free"));
}

static void
test_waitlist_and_offer (Screen *screen, gconstpointer data)
{
  SlId member = member_with_pin (screen), other = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (30), 1);
  SlId booking = desk_book (&screen->desk, &other, &session);
  SlCancelResult cancelled;

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOK);
  tap (screen, "Full");
  tap (screen, "Join the waitlist");
  identify (screen, PIN);
  wait_for (screen, "You are number 1");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_WAITLISTED), ==, 1);

  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, &cancelled), ==, "ok");
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  identify (screen, PIN);
  tap (screen, "A spot is free for you until 06:30");
  tap (screen, "Take the spot");
  wait_for (screen, "You are booked");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
}

static void
test_offer_lapsed (Screen *screen, gconstpointer data)
{
  SlId member = member_with_pin (screen), other = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (30), 1);
  SlId booking = desk_book (&screen->desk, &other, &session);
  SlBookingRequest wait = { .member_id = member, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  SlCancelResult cancelled;

  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &wait, NULL), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (&screen->desk, &screen->desk.owner, &booking, &cancelled), ==, "ok");
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  identify (screen, PIN);
  tap (screen, "A spot is free for you until 06:30");
  wait_for (screen, "Take the spot");
  /* The half hour ends while they read; the tap comes before the screen notices. */
  screen->desk.world.now_ms = MORNING + MINUTES (31);
  tap (screen, "Take the spot");
  wait_for (screen, "The offered spot is gone");
  g_assert_nonnull (find (screen->window, GTK_TYPE_BUTTON, "Choose another class"));
}

static void
test_cancel (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), service = desk_service (&screen->desk, 100, 8, 60);
  SlId session = desk_session (&screen->desk, &service, MORNING + HOURS (13));
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_credits (&screen->desk, &member, 100, 30);
  desk_book (&screen->desk, &member, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  wait_for (screen, "Your phone number");
  sl_member_side_handle_code (screen->side, pass);
  wait_for (screen, "Hello, Thandi N.");
  tap (screen, "Booked");
  tap (screen, "Cancel the booking");
  wait_for (screen, "You get 0.5 credits back.");
  tap (screen, "Keep the booking");
  wait_for (screen, "Check in");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CONFIRMED), ==, 1);
  tap (screen, "Cancel the booking");
  wait_for (screen, "You get 0.5 credits back.");
  tap (screen, "Cancel the booking");
  wait_for (screen, "0.5 credits came back");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 50);
}

static void
test_book_on_the_way_in (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");
  g_autofree char *pass = desk_pass (&screen->desk, &member);

  desk_free_class (&screen->desk, MORNING + MINUTES (20), 8);
  SlCheckinRequest request = { .code = pass };
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (&screen->desk, &request);
  g_assert_cmpint (answer->result, ==, SL_REFUSAL_NO_BOOKING);
  sl_member_side_follow (screen->side, pass, answer, SL_DOOR_ACTION_BOOK);
  wait_for (screen, "Welcome, Thandi N.");
  g_assert_cmpuint (bookings_of (screen, &member, SL_BOOKING_CHECKED_IN), ==, 1);
}

static void
test_health_form (Screen *screen, gconstpointer data)
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
  tap (screen, "8 spots free");
  wait_for (screen, "Hold your pass here to book it.");
  sl_member_side_handle_code (screen->side, pass);
  wait_for (screen, "One health form first");
  tap (screen, "Fill in the health form");
  wait_for (screen, "Save the answers");
  GtkWidget *save = find (screen->window, GTK_TYPE_BUTTON, "Save the answers");
  g_assert_false (gtk_widget_is_sensitive (save));
  for (GtkWidget *row = gtk_widget_get_parent (gtk_widget_get_parent (find (screen->window, GTK_TYPE_BUTTON, "No")));
       row != NULL; row = NULL)
    for (GtkWidget *card = gtk_widget_get_first_child (row); card != NULL; card = gtk_widget_get_next_sibling (card))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (card, GTK_TYPE_BUTTON, "No")), TRUE);
  tap (screen, "Save the answers");
  wait_for (screen, "You are booked");
  g_autoptr (SlParq) parq = NULL;
  g_assert_true (sl_parq_show (screen->desk.engine, &screen->desk.owner, &member, &parq, &refusal, NULL));
  g_assert_true (parq->valid);
  g_assert_nonnull (strstr (parq->answers, "\"heart\":\"no\""));
}

static void
test_pass (Screen *screen, gconstpointer data)
{
  SlId member = member_with_pin (screen);

  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  identify (screen, PIN);
  tap (screen, "My pass");
  wait_for (screen, "You have no pass yet");
  tap (screen, "Back");
  g_autofree char *pass = desk_pass (&screen->desk, &member);
  tap (screen, "My pass");
  wait_for (screen, "Take a photo of it with your phone");
}

static void
test_idle (Screen *screen, gconstpointer data)
{
  member_with_pin (screen);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  identify (screen, PIN);
  wait_for (screen, "Hello, Thandi N.");
  wait_for (screen, "Closes in 30 s");
  screen->desk.world.now_ms += 21 * 1000;
  wait_for (screen, "Closes in 9 s");
  g_assert_cmpuint (screen->done, ==, 0);
  screen->desk.world.now_ms += 9 * 1000;
  while (screen->done == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "Thandi"));
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "Hello"));
}

static void
test_next_one (Screen *screen, gconstpointer data)
{
  SlId sipho = desk_member (&screen->desk, "Sipho");
  SlId session = desk_free_class (&screen->desk, MORNING + MINUTES (9), 8);
  g_autofree char *pass = desk_pass (&screen->desk, &sipho);

  member_with_pin (screen);
  desk_book (&screen->desk, &sipho, &session);
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  identify (screen, PIN);
  wait_for (screen, "Hello, Thandi N.");
  sl_member_side_handle_code (screen->side, pass);
  wait_for (screen, "Welcome, Sipho N.");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (find (screen->window, GTK_TYPE_LABEL, "Thandi"));
}

static void
test_hostile_code (Screen *screen, gconstpointer data)
{
  sl_member_side_start (screen->side, SL_MEMBER_START_BOOKINGS);
  wait_for (screen, "Your phone number");
  sl_member_side_handle_code (screen->side, "'; DROP TABLE member; --\x01\xff <b>");
  wait_for (screen, "We can't read this pass");
  tap (screen, "Use my phone number");
  wait_for (screen, "Check in without a code");
}

int
main (int argc, char *argv[])
{
  g_assert_true (sl_crypto_init (NULL));
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  gtk_disable_setlocale ();
  gtk_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_autoptr (AdwApplication) application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE,
                                                         "resource-base-path", "/za/studioloop/kiosk", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
#define TEST(path, func) g_test_add (path, Screen, NULL, set_up, func, tear_down)
  TEST ("/sl/member-side/phone-and-pin-come-in-and-leave-nothing-behind", test_no_code);
  TEST ("/sl/member-side/birth-date-comes-in-and-no-day-that-is-none", test_birth_date);
  TEST ("/sl/member-side/guessing-locks-whether-the-number-is-known-or-not", test_guessing_locks);
  TEST ("/sl/member-side/pass-books-the-chosen-class", test_book_with_a_pass);
  TEST ("/sl/member-side/filters-leave-what-is-wanted", test_filters);
  TEST ("/sl/member-side/waits-for-a-full-class-and-takes-the-spot", test_waitlist_and_offer);
  TEST ("/sl/member-side/offer-lapsed-while-it-was-read-offers-another-way", test_offer_lapsed);
  TEST ("/sl/member-side/cancelling-says-what-comes-back-and-asks-once", test_cancel);
  TEST ("/sl/member-side/free-spot-is-booked-on-the-way-in", test_book_on_the_way_in);
  TEST ("/sl/member-side/health-form-is-filled-in-and-the-class-booked", test_health_form);
  TEST ("/sl/member-side/own-pass-is-shown-where-there-is-one", test_pass);
  TEST ("/sl/member-side/untouched-it-counts-down-and-forgets", test_idle);
  TEST ("/sl/member-side/next-one-checks-in-over-somebodys-page", test_next_one);
  TEST ("/sl/member-side/hostile-code-is-refused-with-a-way-on", test_hostile_code);
  return g_test_run ();
}
