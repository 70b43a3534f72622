/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-members"

#include "section-screen.h"

#include "engine/member.h"
#include "engine/membership.h"
#include "engine/note.h"
#include "engine/notification-send.h"
#include "engine/parq.h"
#include "engine/pass.h"
#include "engine/payment.h"
#include "engine/plan.h"
#include "engine/program.h"
#include "engine/schedule.h"
#include "engine/staff.h"
#include "kiosk/desk-members.h"
#include "widget-search.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Reception's section for members, as a receptionist uses it: what they read, what they tap, and what the engine has
 * recorded then. */

static SlId
thandi (Screen *screen)
{
  SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .phone = "082 123 4567" };
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_member_add (screen->desk.engine, &screen->desk.owner, &params, TRUE, &id, &refusal, &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

static SlMember *
read_member (Screen *screen, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  SlMember *member = sl_member_get (screen->desk.engine, id, &failure);

  g_assert_no_error (failure);
  return member;
}

static void
search_for (Screen *screen, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (widget_search_type (screen->section, GTK_TYPE_ENTRY)), text);
}

/* The page of a member, loaded. */
static void
open_member (Screen *screen, const SlId *id)
{
  screen_show (screen, sl_desk_members_new);
  sl_desk_open (screen->reception, SL_DESK_MEMBERS, id);
  screen_wait (screen, "Thandi Nkosi");
}

static void
test_search (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  desk_member (&screen->desk, "Sipho");
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  screen_wait (screen, "Thandi Nkosi");
  screen_wait (screen, "Sipho Nkosi");
  search_for (screen, "tha");
  screen_wait_gone (screen, "Sipho Nkosi");
  g_assert_nonnull (screen_find (screen, "Thandi Nkosi"));
  search_for (screen, "1234");
  screen_wait (screen, "+27821234567");
  search_for (screen, "zzz");
  screen_wait (screen, "Nobody by that name or number.");
  search_for (screen, "nkosi thandi");
  screen_wait (screen, "Thandi Nkosi");
  screen_tap (screen, "Thandi Nkosi");
  screen_wait (screen, "No booking ahead");
  g_assert_true (sl_id_equal (&screen->opened, &id));
}

static double
scrolled_to (Screen *screen)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (screen_button (screen, "Zola 20 Nkosi"), GTK_TYPE_SCROLLED_WINDOW);

  return gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)));
}

/* What another desk changes moves nothing under the finger, and leaves the focus where it is. */
static void
test_long_list (Screen *screen, gconstpointer data)
{
  SlId members[SL_DESK_MEMBERS_SHOWN + 1];
  GtkWidget *row;
  double scrolled;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *first = g_strdup_printf ("Zola %02u", i);

      members[i] = desk_member (&screen->desk, first);
    }
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  screen_wait (screen, "There are more.");
  g_assert_false (screen_shows (screen, "Zola 40 Nkosi"));
  row = screen_button (screen, "Zola 20 Nkosi");
  gtk_widget_grab_focus (row);
  while (scrolled_to (screen) == 0)
    g_main_context_iteration (NULL, TRUE);
  scrolled = scrolled_to (screen);

  desk_credits (&screen->desk, &members[3], 700, 30);
  screen_wait (screen, "7 credits");
  g_assert_true (screen_button (screen, "Zola 20 Nkosi") == row);
  g_assert_true (gtk_widget_has_focus (row));
  g_assert_cmpfloat (scrolled_to (screen), ==, scrolled);

  desk_credits (&screen->desk, &members[20], 900, 30);
  screen_wait (screen, "9 credits");
  g_assert_true (gtk_widget_has_focus (screen_button (screen, "Zola 20 Nkosi")));

  search_for (screen, "Zola 31");
  screen_wait_gone (screen, "Zola 20 Nkosi");
  g_assert_true (screen_shows (screen, "Zola 31 Nkosi"));
  search_for (screen, "");
  screen_wait (screen, "There are more.");
  row = gtk_widget_get_first_child (gtk_widget_get_parent (screen_button (screen, "Zola 31 Nkosi")));
  for (guint i = 0; i < SL_DESK_MEMBERS_SHOWN; i++, row = gtk_widget_get_next_sibling (row))
    {
      g_autofree char *name = g_strdup_printf ("Zola %02u Nkosi", i);

      g_assert_true (screen_button (screen, name) == row);
    }
}

static void
test_new_member (Screen *screen, gconstpointer data)
{
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  screen_tap (screen, "New member");
  screen_type (screen, "First name", "Lerato");
  screen_tap (screen, "Save");
  screen_wait (screen, "First and last name are needed.");
  screen_type (screen, "Last name", "Mokoena");
  screen_type (screen, "Phone", "12");
  screen_tap (screen, "Save");
  screen_wait (screen, "That is no phone number.");
  screen_type (screen, "Phone", "083 555 0101");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The new member is written down.");
  screen_wait (screen, "No booking ahead");
  g_autoptr (SlMember) member = read_member (screen, &screen->opened);
  g_assert_cmpstr (member->first, ==, "Lerato");
  g_assert_cmpstr (member->last, ==, "Mokoena");
  g_assert_cmpstr (member->phone, ==, "+27835550101");
}

/* With the keys of the screen there are digits alone: they type at the cursor, one after another. */
static void
press (Screen *screen, const char *field, const char *keys)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (screen_field (screen, field)));

  gtk_editable_set_text (text, "");
  for (; *keys != '\0'; keys++)
    {
      int at = gtk_editable_get_position (text);

      if (*keys == '<')
        {
          gtk_editable_delete_text (text, at - 1, at);
          continue;
        }
      gtk_editable_insert_text (text, keys, 1, &at);
      gtk_editable_set_position (text, at);
    }
}

static void
test_birth_date (Screen *screen, gconstpointer data)
{
  static const struct { const char *keys, *shown, *wrong; } dates[] = {
    { "3105", "31/05", "A date of birth has eight digits" },
    { "05311990", "05/31/1990", "There is no month 31: the day comes first" },
    { "31021990", "31/02/1990", "There is no 31/02/1990." },
    { "31050090", "31/05/0090", "Nobody was born in 0090" },
    { "31052090", "31/05/2090", "This date of birth is still to come." },
  };

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  screen_tap (screen, "New member");
  screen_type (screen, "First name", "Lerato");
  screen_type (screen, "Last name", "Mokoena");
  screen_wait (screen, "The date of birth is not needed.");
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      press (screen, "Date of birth: day, month, year", dates[i].keys);
      g_assert_cmpstr (screen_typed (screen, "Date of birth: day, month, year"), ==, dates[i].shown);
      screen_tap (screen, "Save");
      screen_wait (screen, dates[i].wrong);
    }
  press (screen, "Date of birth: day, month, year", "319<059<1990");
  g_assert_cmpstr (screen_typed (screen, "Date of birth: day, month, year"), ==, "31/05/1990");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The new member is written down.");
  g_autoptr (SlMember) member = read_member (screen, &screen->opened);
  g_assert_cmpstr (member->birth_date, ==, "1990-05-31");
}

static void
test_possible_duplicate (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  screen_tap (screen, "New member");
  screen_type (screen, "First name", "Ayanda");
  screen_type (screen, "Last name", "Nkosi");
  screen_type (screen, "Phone", "+27 82 123 4567");
  screen_tap (screen, "Save");
  screen_wait (screen, "Another member has this phone number.");

  /* It may be the same person … */
  screen_tap (screen, "Open that member");
  screen_wait (screen, "No booking ahead");
  g_assert_true (sl_id_equal (&screen->opened, &id));

  /* … or mother and daughter. */
  screen_tap (screen, "All members");
  screen_tap (screen, "New member");
  screen_type (screen, "First name", "Ayanda");
  screen_type (screen, "Last name", "Nkosi");
  screen_type (screen, "Phone", "+27 82 123 4567");
  screen_tap (screen, "Save");
  screen_tap (screen, "Somebody else: save anyway");
  screen_wait_said (screen, "The new member is written down.");
  g_assert_false (sl_id_equal (&screen->opened, &id));
}

static void
test_cancel_says_what_comes_back (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlId service = desk_service (&screen->desk, 150, 8, 60);
  SlId later = desk_session (&screen->desk, &service, MORNING + HOURS (30));
  SlId soon = desk_session (&screen->desk, &service, MORNING + HOURS (13));
  SlId booking;

  desk_credits (&screen->desk, &id, 1000, 30);
  booking = desk_book (&screen->desk, &id, &later);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_wait (screen, "Next: Vinyasa, Tomorrow 12:00");
  screen_tap (screen, "Cancel it");
  screen_wait (screen, "Cancel Vinyasa, Tomorrow 12:00?");
  screen_wait (screen, "1.5 credits come back.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "confirmed");
  screen_tap (screen, "Cancel it");
  screen_wait_said (screen, "Cancelled. 1.5 credits back.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "cancelled");
  screen_wait (screen, "No booking ahead");

  /* Within a day it is half, and odd hundredths round up. */
  booking = desk_book (&screen->desk, &id, &soon);
  screen_wait (screen, "Next: Vinyasa, Today 19:00");
  screen_tap (screen, "Cancel it");
  screen_wait (screen, "0.75 credits come back.");
  screen_tap (screen, "Cancel it");
  screen_wait_said (screen, "Cancelled. 0.75 credits back.");
  g_assert_cmpint (desk_refunded (&screen->desk, &booking), ==, 75);
}

static void
test_move (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlId service = desk_service (&screen->desk, 100, 8, 60);
  SlId first = desk_session (&screen->desk, &service, MORNING + HOURS (30));
  SlId booking;

  desk_session (&screen->desk, &service, MORNING + HOURS (54));
  desk_credits (&screen->desk, &id, 1000, 30);
  booking = desk_book (&screen->desk, &id, &first);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Move");
  screen_wait (screen, "Move Vinyasa, Tomorrow 12:00 to?");
  screen_wait (screen, "1 credit comes back.");
  screen_tap (screen, "Wed 4 March 12:00");
  screen_wait_said (screen, "The booking was moved.");
  screen_wait (screen, "Next: Vinyasa, Wed 4 March 12:00");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "cancelled");
  g_assert_cmpint (desk_balance (&screen->desk, &id), ==, 900);
}

static void
test_check_in (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlId session = desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);
  SlId booking = desk_book (&screen->desk, &id, &session);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Check in");
  screen_wait_said (screen, "Checked in Thandi N. · Vinyasa · 06:10");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "checked_in");

  /* Taken back, with a reason. */
  screen_tap (screen, "Undo check-in");
  screen_wait (screen, "Undo the check-in?");
  screen_tap (screen, "Undo check-in");
  screen_wait (screen, "A reason is needed");
  screen_type (screen, "Reason", "Wrong person");
  screen_tap (screen, "Undo check-in");
  screen_wait_said (screen, "The check-in was taken back.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "confirmed");

  /* Too late for the door; not for the desk. */
  screen->desk.world.now_ms = MORNING + MINUTES (30);
  screen_tap (screen, "Check in");
  screen_wait (screen, "Let them in late?");
  screen_type (screen, "Reason", "Train was late");
  screen_tap (screen, "Let in");
  screen_wait_said (screen, "Checked in Thandi N.");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "checked_in");
}

static void
test_check_in_books_on_the_way (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  desk_free_class (&screen->desk, MORNING + MINUTES (10), 8);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Check in");
  screen_wait (screen, "No booking now. Book them into a class?");
  screen_tap (screen, "Vinyasa · 06:10");
  screen_wait_said (screen, "Checked in Thandi N. · Vinyasa · 06:10");
  screen_wait (screen, "Undo check-in");
}

/* What is behind the last button of a member's page. */
static void
choose_more (Screen *screen, const char *what)
{
  screen_tap (screen, "More …");
  screen_tap (screen, what);
}

static void
test_block (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  choose_more (screen, "Block");
  screen_wait (screen, "Block this member?");
  screen_type (screen, "Reason", "Rude to others");
  screen_tap (screen, "Block");
  screen_wait_said (screen, "Blocked.");
  screen_wait (screen, "Rude to others");
  g_autoptr (SlMember) blocked = read_member (screen, &id);
  g_assert_cmpstr (blocked->status, ==, "banned");
  choose_more (screen, "Unblock");
  screen_type (screen, "Reason", "Apologised");
  screen_tap (screen, "Unblock");
  screen_wait_said (screen, "No longer blocked.");
  g_autoptr (SlMember) free_again = read_member (screen, &id);
  g_assert_cmpstr (free_again->status, ==, "active");
}

static void
test_written_down_twice (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen), other = desk_member (&screen->desk, "Thandeka");

  screen_sign_in (screen, SL_ROLE_MANAGER);
  open_member (screen, &id);
  choose_more (screen, "Written down twice?");
  screen_wait (screen, "Which is the other record?");
  screen_type (screen, "Name or phone number", "Thandeka");
  screen_tap (screen, "Thandeka Nkosi");
  screen_wait (screen, "One person, or two?");
  screen_tap (screen, "Keep Thandi Nkosi");
  screen_wait_said (screen, "The two records are one member now.");
  g_autoptr (SlMember) one = read_member (screen, &other);
  g_assert_true (sl_id_equal (&one->id, &id));
}

static void
test_edit_and_pin (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  choose_more (screen, "Edit details");
  screen_type (screen, "Date of birth: day, month, year", "1990-05-31"); /* as the engine has it, by a keyboard */
  screen_type (screen, "E-mail", "thandi@example.org");
  screen_type (screen, "Always to be known", "Left knee");
  screen_save (screen);
  g_autoptr (SlMember) member = read_member (screen, &id);
  g_assert_cmpstr (member->birth_date, ==, "1990-05-31");
  g_assert_cmpstr (member->email, ==, "thandi@example.org");
  choose_more (screen, "Edit details");
  g_assert_cmpstr (screen_typed (screen, "Date of birth: day, month, year"), ==, "31/05/1990");
  screen_tap (screen, "Not now");
  g_assert_cmpstr (member->notes, ==, "Left knee");

  choose_more (screen, "PIN for the door");
  screen_type (screen, "PIN", "1234");
  screen_tap (screen, "Save");
  screen_wait (screen, dgettext (NULL, sl_refusal_info (SL_REFUSAL_PIN_WEAK)->message));
  screen_type (screen, "PIN", "4829");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The PIN was set.");
  g_assert_true (sl_member_check_pin (screen->desk.engine, &id, "4829", &refusal, &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

/* --- passes --- */

static char *
code_of (Screen *screen, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlPass) pass = sl_pass_current (screen->desk.engine, id, &failure);

  g_assert_no_error (failure);
  return pass != NULL ? g_strdup (pass->code) : NULL;
}

static void
test_pass (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  g_autofree char *none = code_of (screen, &id), *first = NULL, *same = NULL, *kept = NULL, *second = NULL;

  g_assert_null (none);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Pass");
  screen_wait (screen, "It opens the door until 2 March 2027.");
  screen_wait_said (screen, "this one is new.");
  first = code_of (screen, &id);
  g_assert_nonnull (first);
  screen_tap (screen, "Done");
  screen_wait_gone (screen, "It opens the door until");

  /* Looked at again it is the one that she has. */
  screen_tap (screen, "Pass");
  screen_wait (screen, "It opens the door until");
  same = code_of (screen, &id);
  g_assert_cmpstr (same, ==, first);

  /* Her telephone is lost. */
  screen->desk.world.now_ms += MINUTES (1);
  screen_tap (screen, "Replace it");
  screen_wait (screen, "Replace the pass?");
  screen_tap (screen, "Not now");
  kept = code_of (screen, &id);
  g_assert_cmpstr (kept, ==, first);
  screen_tap (screen, "Pass");
  screen_tap (screen, "Replace it");
  screen_wait (screen, "Replace the pass?");
  screen_tap (screen, "Replace it");
  screen_wait (screen, "The one before opens no door any more.");
  second = code_of (screen, &id);
  g_assert_cmpstr (second, !=, first);
  g_assert_cmpstr (desk_scan_result (&screen->desk, first), ==, "revoked_code");
  g_assert_cmpstr (desk_scan_result (&screen->desk, second), !=, "revoked_code");
}

/* Somebody who is blocked gets none, and reception reads why. */
static void
test_no_pass (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  g_autofree char *none = NULL;

  desk_block (&screen->desk, &id);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Pass");
  screen_wait_said (screen, sl_refusal_info (SL_REFUSAL_MEMBER_BLOCKED)->message);
  none = code_of (screen, &id);
  g_assert_null (none);
  screen_sign_in (screen, SL_ROLE_FINANCE);
  while (gtk_widget_is_sensitive (screen_button (screen, "Pass")))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_note (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Notes");
  screen_tap (screen, "Write a note");
  screen_type (screen, "Note", "Forgot her mat");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The note is written down.");
  screen_wait (screen, "Forgot her mat");
  screen_wait (screen, "Sipho · Today 06:00");
}

static void
test_parq (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  g_autoptr (SlParq) parq = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Health");
  screen_wait (screen, "The health questions have not been answered.");
  screen_tap (screen, "Fill in the health form");
  screen_tap (screen, "Save");
  screen_wait (screen, "Please answer every question.");
  for (GtkWidget *button; GTK_IS_TOGGLE_BUTTON ((button = screen_button (screen, "No")));)
    {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
      gtk_widget_set_can_target (button, FALSE); /* this one is answered */
    }
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The health form is filled in.");
  screen_wait (screen, "The answers count until");
  g_assert_true (sl_parq_show (screen->desk.engine, &screen->desk.owner, &id, &parq, &refusal, &failure));
  g_assert_true (parq->valid);
  g_assert_nonnull (strstr (parq->answers, "\"heart\":\"no\""));
}

static SlId
payment_of (Screen *screen, const SlId *id, SlPaymentStatus *out_status)
{
  g_autoptr (GPtrArray) payments = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_payment_list (screen->desk.engine, &screen->desk.owner, id, &payments, &refusal, &failure));
  g_assert_cmpuint (payments->len, ==, 1);
  *out_status = ((SlPayment *) g_ptr_array_index (payments, 0))->status;
  return ((SlPayment *) g_ptr_array_index (payments, 0))->id;
}

static void
test_refund (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlPaymentStatus status;

  desk_credits (&screen->desk, &id, 1000, 30);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  open_member (screen, &id);
  screen_wait (screen, "10 credits");
  screen_tap (screen, "Credits and payments");
  screen_tap (screen, "Give back");
  screen_wait (screen, "Give R900.00 back?");
  screen_tap (screen, "Give back");
  screen_wait (screen, "A reason is needed");
  payment_of (screen, &id, &status);
  g_assert_cmpint (status, ==, SL_PAYMENT_PAID);
  screen_type (screen, "Reason", "Moved away");
  screen_tap (screen, "Give back");
  screen_wait_said (screen, "R900.00 given back.");
  payment_of (screen, &id, &status);
  g_assert_cmpint (status, ==, SL_PAYMENT_REFUNDED);
  g_assert_cmpint (desk_balance (&screen->desk, &id), ==, 0);
}

static void
test_refund_over_limit_wants_a_manager (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlPaymentStatus status;

  desk_credits (&screen->desk, &id, 1000, 30);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Credits and payments");
  screen_tap (screen, "Give back");
  screen_type (screen, "Reason", "Moved away");
  screen_tap (screen, "Give back");
  while (!screen->asked)
    g_main_context_iteration (NULL, TRUE);
  sl_desk_refuse_approval (screen->reception);

  /* Nobody came: what was filled in is still there. */
  screen_wait (screen, sl_refusal_info (SL_REFUSAL_REFUND_OVER_LIMIT)->message);
  const char *typed = screen_typed (screen, "Reason");
  g_assert_cmpstr (typed, ==, "Moved away");
  payment_of (screen, &id, &status);
  g_assert_cmpint (status, ==, SL_PAYMENT_PAID);
}

static SlId
membership_of (Screen *screen, const SlId *id)
{
  SlPlanParams params;
  SlMembershipParams terms = { .member_id = *id };
  SlId membership = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  sl_plan_params_init (&params);
  params.name = "Unlimited";
  params.kind = "unlimited";
  params.period = "monthly";
  params.price_cents = 90000;
  g_assert_true (sl_plan_add (screen->desk.engine, &screen->desk.owner, &params, &terms.plan_id, &refusal, &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  g_assert_true (sl_membership_start (screen->desk.engine, &screen->desk.owner, &terms, &membership, &refusal,
                                      &failure));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return membership;
}

static SlMembershipStatus
membership_status (Screen *screen, const SlId *membership)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlMembership) found = sl_membership_get (screen->desk.engine, membership, &failure);

  g_assert_no_error (failure);
  return sl_membership_judge (found, screen->desk.world.now_ms);
}

static void
test_freeze_and_end_plan (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlId membership = membership_of (screen, &id);

  screen_sign_in (screen, SL_ROLE_MANAGER);
  open_member (screen, &id);
  screen_tap (screen, "Credits and payments");
  screen_tap (screen, "Freeze");
  screen_wait (screen, "Freeze the plan?");
  screen_tap (screen, "Freeze");
  screen_wait_said (screen, "The plan is frozen.");
  screen_wait (screen, "Frozen");
  g_assert_cmpint (membership_status (screen, &membership), ==, SL_MEMBERSHIP_FROZEN);
  screen_tap (screen, "Unfreeze");
  screen_wait_said (screen, "The plan goes on.");
  g_assert_cmpint (membership_status (screen, &membership), ==, SL_MEMBERSHIP_ACTIVE);
  screen_tap (screen, "End it");
  screen_wait (screen, "End the plan?");
  screen_tap (screen, "End it");
  screen_wait_said (screen, "The plan ends with what is paid.");
  g_assert_cmpint (membership_status (screen, &membership), ==, SL_MEMBERSHIP_CANCELLED);
}

/* Where the money is taken as for anything that is sold: test-desk-sell.c. */
static void
test_plan_is_paid_where_things_are_sold (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen), membership;
  g_auto (SlRefusal) refusal = { 0 };

  membership = membership_of (screen, &id);
  g_assert_true (sl_membership_paid (screen->desk.engine, &screen->desk.owner, &membership, MORNING - DAYS (1),
                                     &refusal, NULL));
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Credits and payments");
  screen_tap (screen, "Take the payment");
  g_assert_cmpint (screen->place, ==, SL_DESK_SELL);
  g_assert_true (sl_id_equal (&screen->opened, &membership));
}

/* --- messages --- */

static void
test_messages (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen), session = desk_free_class (&screen->desk, MORNING + HOURS (48), 8);
  g_autoptr (GPtrArray) list = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  guint told = 0;

  desk_book (&screen->desk, &id, &session);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  choose_more (screen, "Messages");
  screen_wait (screen, "You are booked: Vinyasa");
  screen_wait (screen, "Welcome to");
  screen_wait (screen, "Not sent yet");
  screen_tap (screen, "I told them");
  screen_wait_said (screen, "Noted.");
  choose_more (screen, "Messages");
  screen_wait (screen, "Sent");
  g_assert_true (sl_notifications_list (screen->desk.engine, &screen->desk.owner, MORNING - HOURS (1),
                                        MORNING + HOURS (1), &id, &list, &refusal, NULL));
  for (guint i = 0; i < list->len; i++)
    told += ((const SlNotification *) list->pdata[i])->sent == SL_SENT_SENT;
  g_assert_cmpuint (told, ==, 1);
}

/* --- programs --- */

static SlId
add_program (Screen *screen, const SlId *member)
{
  static SlExercise squat = { .name = "Squat", .sets = 3, .reps = 10, .load = "60 kg" }, plank = { .name = "Plank" };
  SlExercise *const exercises[] = { &squat, &plank };
  const SlProgramParams params = { .member = member, .name = "Strong legs", .notes = "Slowly down",
                                   .exercises = exercises, .n_exercises = G_N_ELEMENTS (exercises) };
  SlId id = sl_id_none;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_program_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  return id;
}

static void
test_progress (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen), program = add_program (screen, &id);
  g_autoptr (SlProgram) written = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  screen_sign_in (screen, SL_ROLE_MANAGER);
  open_member (screen, &id);
  screen_tap (screen, "Programs");
  screen_wait (screen, "Strong legs");
  screen_wait (screen, "3 × 10 · 60 kg");
  screen_tap (screen, "Squat: Write down");
  g_assert_cmpstr (screen_typed (screen, "Sets"), ==, "3");
  screen_type (screen, "Repetitions", "ten");
  screen_tap (screen, "Save");
  screen_wait (screen, "Sets and repetitions are whole numbers, from 1 to 1000.");
  screen_type (screen, "Repetitions", "8");
  screen_type (screen, "Load", "So much that forty letters cannot say how much it was");
  screen_tap (screen, "Save");
  screen_wait (screen, "That is too long. Say it in fewer words.");
  screen_type (screen, "Load", "62.5 kg");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The progress is written down.");
  screen_wait (screen, "Squat · 3 × 8 · 62.5 kg");
  g_assert_true (sl_program_show (screen->desk.engine, &screen->desk.owner, &program, &written, &refusal, NULL));
  g_assert_cmpuint (written->progress->len, ==, 1);

  /* The next time begins where they were. */
  screen_tap (screen, "Squat: Write down");
  g_assert_cmpstr (screen_typed (screen, "Load"), ==, "62.5 kg");
  g_assert_cmpstr (screen_typed (screen, "Repetitions"), ==, "8");
}

/* A trainer, of somebody who comes to them; and what is refused is said where it was asked. */
static void
test_progress_of_own_members (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen), session = desk_free_class (&screen->desk, MORNING + HOURS (1), 8);
  SlActor trainer;
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  add_program (screen, &id);
  desk_staff (&screen->desk, SL_ROLE_INSTRUCTOR, &trainer);
  sl_session_params_init (&params);
  params.instructor = &trainer.id;
  g_assert_true (sl_session_edit (screen->desk.engine, &screen->desk.owner, &session, &params, &refusal, NULL));
  desk_book (&screen->desk, &id, &session);
  screen_sign_in_as (screen, &trainer.id);
  open_member (screen, &id);
  screen_tap (screen, "Programs");
  screen_tap (screen, "Plank: Write down");
  g_assert_cmpstr (screen_typed (screen, "Sets"), ==, "");
  screen_type (screen, "Note", "A whole minute");
  screen_tap (screen, "Save");
  screen_wait_said (screen, "The progress is written down.");
  screen_wait (screen, "Plank · A whole minute");
  screen_tap (screen, "Squat: Write down");
  /* The session goes to somebody else meanwhile, and with it the member. */
  desk_staff (&screen->desk, SL_ROLE_INSTRUCTOR, &trainer);
  g_assert_true (sl_session_edit (screen->desk.engine, &screen->desk.owner, &session, &params, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  screen_tap (screen, "Save");
  screen_wait (screen, sl_refusal_info (SL_REFUSAL_NOT_ALLOWED)->message);
}

static void
test_roles (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);

  membership_of (screen, &id);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  screen_tap (screen, "Credits and payments");
  screen_wait (screen, "Unlimited");
  g_assert_null (screen_button (screen, "Freeze"));
  g_assert_null (screen_button (screen, "End it"));
  g_assert_null (screen_button (screen, "Programs"));

  /* Another person in the same place: the page shows what they may see. */
  screen_sign_in (screen, SL_ROLE_FINANCE);
  while (gtk_widget_is_sensitive (screen_button (screen, "Check in")))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gtk_widget_is_sensitive (screen_button (screen, "Sell")));
}

static void
test_change_while_asking (Screen *screen, gconstpointer data)
{
  SlId id = thandi (screen);
  SlId session = desk_free_class (&screen->desk, MORNING + HOURS (3), 8);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  open_member (screen, &id);
  choose_more (screen, "Block");
  screen_type (screen, "Reason", "Half a sen");

  /* Another desk books her meanwhile: the page under the sheet follows, the sheet stays. */
  desk_book (&screen->desk, &id, &session);
  screen_wait (screen, "Next: Vinyasa, Today 09:00");
  const char *typed = screen_typed (screen, "Reason");
  g_assert_cmpstr (typed, ==, "Half a sen");
  screen_tap (screen, "Not now");
  screen_wait_gone (screen, "Block this member?");
  screen_wait (screen, "Vinyasa");
}

/* --- how it looks --- */

static SlId shown;

static void
fill_list (Screen *screen)
{
  screen_wait (screen, "Thandi Nkosi");
}

static void
fill_member (Screen *screen)
{
  sl_desk_open (screen->reception, SL_DESK_MEMBERS, &shown);
  screen_wait (screen, "Thandi Nkosi");
  screen_wait (screen, "Vinyasa");
}

static void
show_nth_tab (Screen *screen, const char *english)
{
  fill_member (screen);
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, english));
}

static void
fill_money (Screen *screen)
{
  show_nth_tab (screen, "Credits and payments");
}

static void
fill_health (Screen *screen)
{
  show_nth_tab (screen, "Health");
}

static void
fill_programs (Screen *screen)
{
  show_nth_tab (screen, "Programs");
  screen_wait (screen, "Plank");
}

static void
fill_more (Screen *screen)
{
  show_nth_tab (screen, "More …");
}

static void
fill_messages (Screen *screen)
{
  fill_more (screen);
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "Messages"));
  screen_wait (screen, dgettext (GETTEXT_PACKAGE, "Not sent yet"));
}

static void
fill_new (Screen *screen)
{
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "New member"));
}

static void
fill_cancel (Screen *screen)
{
  show_nth_tab (screen, "Cancel it");
  screen_wait (screen, "Vinyasa,");
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
fill_from_a_file (Screen *screen)
{
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "New member"));
  screen_tap (screen, dgettext (GETTEXT_PACKAGE, "Several, from a file"));
  screen_tap (screen, "members.csv");
  screen_wait (screen, "3");
}

/* Whom a file on a stick would take in, and why it does not. */
static void
look_at_a_file (Screen *screen)
{
  g_autoptr (SlTempDir) root = sl_temp_dir_new ();
  g_autofree char *stick = g_build_filename (root->path, "media", "stick", NULL);
  g_autoptr (SlDevice) device = sl_device_new (screen->desk.dir->path, &(SlSettingsOptions) { 0 }, root->path);

  write_file (stick, "members.csv", "first,last,phone\n,Nkosi,0825550147\nPieter,Botha,12\n,,\n");
  sl_desk_set_device (screen->reception, device);
  screen_check_looks (screen, "members-from-a-file", sl_desk_members_new, fill_from_a_file);
  sl_device_close (device);
}

static void
test_looks (Screen *screen, gconstpointer data)
{
  SlId service = desk_service (&screen->desk, 150, 8, 60);
  SlId soon = desk_session (&screen->desk, &service, MORNING + HOURS (13));
  SlId later = desk_session (&screen->desk, &service, MORNING + HOURS (30));

  shown = thandi (screen);
  desk_member (&screen->desk, "Sipho");
  desk_member (&screen->desk, "Nomathemba-Khanyisile");
  desk_credits (&screen->desk, &shown, 1000, 30);
  membership_of (screen, &shown);
  desk_book (&screen->desk, &shown, &soon);
  desk_book (&screen->desk, &shown, &later);
  add_program (screen, &shown);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  screen_check_looks (screen, "members", sl_desk_members_new, fill_list);
  screen_check_looks (screen, "members-new", sl_desk_members_new, fill_new);
  screen_check_looks (screen, "member", sl_desk_members_new, fill_member);
  screen_check_looks (screen, "member-money", sl_desk_members_new, fill_money);
  screen_check_looks (screen, "member-health", sl_desk_members_new, fill_health);
  screen_check_looks (screen, "member-programs", sl_desk_members_new, fill_programs);
  screen_check_looks (screen, "member-more", sl_desk_members_new, fill_more);
  screen_check_looks (screen, "member-messages", sl_desk_members_new, fill_messages);
  screen_check_looks (screen, "member-cancel", sl_desk_members_new, fill_cancel);
  look_at_a_file (screen);
}

/* --- from a file --- */

static void
tap_from_a_file (Screen *screen)
{
  screen_tap (screen, "New member");
  screen_tap (screen, "Several, from a file");
}

/* Looked at first, and taken in as a whole or not at all. */
static void
test_from_a_file (Screen *screen, gconstpointer data)
{
  g_autoptr (SlTempDir) root = sl_temp_dir_new ();
  g_autofree char *stick = g_build_filename (root->path, "media", "stick", NULL);
  g_autoptr (SlDevice) device = sl_device_new (screen->desk.dir->path, &(SlSettingsOptions) { 0 }, root->path);

  sl_desk_set_device (screen->reception, device);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_members_new);
  tap_from_a_file (screen);
  screen_wait (screen, "There is no .csv file on a USB stick");
  screen_tap (screen, "Not now");
  write_file (stick, "wrong.csv", "first,last,phone\nZoë,Nkosi,12\nPieter,Botha,0825550148\n");
  write_file (stick, "things.CSV", "colour\nblue\n");
  write_file (stick, "members.csv", "first,last,phone\nZoë,Nkosi,0825550147\nPieter,Botha,0825550148\n");
  tap_from_a_file (screen);
  screen_tap (screen, "things.CSV");
  screen_wait (screen, "This is no file of members: ");
  screen_tap (screen, "Not now");
  tap_from_a_file (screen);
  screen_tap (screen, "wrong.csv");
  screen_wait (screen, "1 line is not right, so nobody would be taken in.");
  screen_wait (screen, "Line 2");
  g_assert_null (screen_button (screen, "Take them in"));
  screen_tap (screen, "Not now");
  tap_from_a_file (screen);
  screen_tap (screen, "members.csv");
  screen_wait (screen, "2 members would be taken in.");
  g_assert_false (screen_shows (screen, "Pieter Botha"));
  screen_tap (screen, "Take them in");
  screen_wait_said (screen, "2 members were taken in.");
  screen_wait (screen, "Pieter Botha");
  screen_wait (screen, "Zoë Nkosi");
  sl_device_close (device);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Screen, NULL, screen_open, func, screen_close)
  TEST ("/sl/desk-members/found-by-name-and-number", test_search);
  TEST ("/sl/desk-members/long-list-stays-where-it-is", test_long_list);
  TEST ("/sl/desk-members/somebody-new-is-written-down-and-opened", test_new_member);
  TEST ("/sl/desk-members/birth-date-is-eight-digits", test_birth_date);
  TEST ("/sl/desk-members/same-number-offers-the-other", test_possible_duplicate);
  TEST ("/sl/desk-members/cancelling-says-what-comes-back", test_cancel_says_what_comes_back);
  TEST ("/sl/desk-members/booking-moves-to-where-there-is-room", test_move);
  TEST ("/sl/desk-members/checks-in-late-and-back", test_check_in);
  TEST ("/sl/desk-members/checks-in-without-a-booking", test_check_in_books_on_the_way);
  TEST ("/sl/desk-members/blocks-with-a-reason", test_block);
  TEST ("/sl/desk-members/two-records-of-one-person-become-one", test_written_down_twice);
  TEST ("/sl/desk-members/edits-details-and-pin", test_edit_and_pin);
  TEST ("/sl/desk-members/pass-is-shown-made-and-replaced", test_pass);
  TEST ("/sl/desk-members/no-pass-for-who-is-blocked", test_no_pass);
  TEST ("/sl/desk-members/notes-say-who-wrote-them", test_note);
  TEST ("/sl/desk-members/health-form-is-filled-in-at-the-desk", test_parq);
  TEST ("/sl/desk-members/money-goes-back-with-a-reason", test_refund);
  TEST ("/sl/desk-members/much-money-wants-a-manager", test_refund_over_limit_wants_a_manager);
  TEST ("/sl/desk-members/plan-freezes-goes-on-and-ends", test_freeze_and_end_plan);
  TEST ("/sl/desk-members/plan-is-paid-where-things-are-sold", test_plan_is_paid_where_things_are_sold);
  TEST ("/sl/desk-members/messages-are-read-and-told", test_messages);
  TEST ("/sl/desk-members/progress-of-a-program-is-written-down", test_progress);
  TEST ("/sl/desk-members/trainers-write-progress-of-their-own", test_progress_of_own_members);
  TEST ("/sl/desk-members/each-role-sees-its-own", test_roles);
  TEST ("/sl/desk-members/change-elsewhere-leaves-a-question-alone", test_change_while_asking);
  TEST ("/sl/desk-members/from-a-file-all-or-none", test_from_a_file);
  TEST ("/sl/desk-members/fits-every-screen", test_looks);
  return g_test_run ();
}
