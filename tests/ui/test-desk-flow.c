/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-flow"

#include "section-screen.h"

#include "core/datetime.h"
#include "engine/badge.h"
#include "engine/pass.h"
#include "engine/schedule.h"
#include "kiosk/desk-calls.h"
#include "kiosk/desk-members.h"
#include "kiosk/desk-sell.h"
#include "kiosk/desk-today.h"
#include "kiosk/desk-walk-in.h"
#include "kiosk/member-side.h"
#include "scan/code.h"

#include <string.h>

/* What runs through several sections of reception: codes that are held up, ways from one section into another, a full
 * class, and how many taps the everyday things take. */

#define TAPS_MAX 3 /* of everything that is done every day */
#define FIND "Name, phone number, or scan a pass"

/* The sections that a code can be held up in. */
static const struct {
  const char *name;
  GtkWidget *(*create) (SlDesk *desk);
  const char *there; /* what it shows once it is loaded */
} sections[] = {
  { "today", sl_desk_today_new, "Thandi Nkosi" },
  { "walk-in", sl_desk_walk_in_new, "1 · Who" },
  { "members", sl_desk_members_new, "Thandi Nkosi" },
  { "sell", sl_desk_sell_new, "Five rides" },
};

/* Thandi, who comes to Spin; her pass. */
static char *
thandi (Screen *screen, SlId *out_member, SlId *out_booking)
{
  SlId session = screen_spin (screen, 9);

  *out_member = desk_member (&screen->desk, "Thandi");
  desk_credits (&screen->desk, out_member, 1000, 30);
  *out_booking = desk_book (&screen->desk, out_member, &session);
  screen_five_rides (screen);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  return desk_pass (&screen->desk, out_member);
}

static void
show_section (Screen *screen, guint i)
{
  screen_show (screen, sections[i].create);
  screen_wait (screen, sections[i].there);
}

/* --- codes --- */

static void
test_walk_in_scan (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking), *code = NULL;

  code = desk_booking_code (&screen->desk, &booking, 0);
  show_section (screen, 1);
  sl_desk_scan (screen->reception, pass);
  screen_wait (screen, "No class, only buy something");
  g_assert_true (screen_shows (screen, "Thandi Nkosi"));

  /* A booking says as well who it is. */
  show_section (screen, 1);
  sl_desk_scan (screen->reception, code);
  screen_wait (screen, "No class, only buy something");
  g_assert_true (screen_shows (screen, "Thandi Nkosi"));
}

static void
test_sell_scan (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking);

  show_section (screen, 3);
  sl_desk_scan (screen->reception, pass);
  screen_wait (screen, "Thandi Nkosi");
  screen_tap (screen, "Five rides");
  screen_tap (screen, "Take R750.00");
  screen_wait (screen, "Sold");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 1400);
}

static void
test_members_scan (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking);

  show_section (screen, 2);
  sl_desk_scan (screen->reception, pass);
  screen_wait (screen, "All members");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  g_assert_true (sl_id_equal (&screen->opened, &member));
}

static void
test_today_scan (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking);

  screen->desk.world.now_ms = MORNING + MINUTES (40);
  show_section (screen, 0);
  sl_desk_scan (screen->reception, pass);
  screen_wait (screen, "Thandi N. is in");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "checked_in");
}

/* Each section says what they are, and neither writes nor goes anywhere. */
static void
all_refused_everywhere (Screen *screen, const char *const *codes, guint n_codes, const char *said)
{
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      show_section (screen, i);
      for (guint c = 0; c < n_codes; c++)
        {
          gint64 before = desk_operations (&screen->desk);

          g_clear_pointer (&screen->said, g_free);
          screen->place = SL_DESK_PLACE_LAST;
          sl_desk_scan (screen->reception, codes[c]);
          screen_wait_said (screen, said);
          g_assert_true (screen_shows (screen, sections[i].there));
          g_assert_cmpint (screen->place, ==, SL_DESK_PLACE_LAST);
          g_assert_cmpint (desk_operations (&screen->desk), ==, before);
        }
    }
}

static void
refused_everywhere (Screen *screen, const char *code, const char *said)
{
  all_refused_everywhere (screen, &code, 1, said);
}

static void
test_other_codes (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  gint64 expires_ms;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlPass) newer = NULL;
  g_autofree char *pass = thandi (screen, &member, &booking), *badge = NULL, *foreign = NULL;
  Desk other;

  g_assert_true (sl_badge_issue (screen->desk.engine, &screen->desk.owner, &sl_desk_get_staff (screen->reception)->id,
                                 &badge, &expires_ms, &refusal, NULL));
  refused_everywhere (screen, badge, "This is not a member's code.");

  screen->desk.world.now_ms += MINUTES (1);
  g_assert_true (sl_pass_issue (screen->desk.engine, &screen->desk.owner, &member, &newer, &refusal, NULL));
  g_assert_nonnull (newer);
  refused_everywhere (screen, pass, "This pass is out of date.");

  desk_open_seeded (&other, 77);
  member = desk_member (&other, "Sipho");
  foreign = desk_pass (&other, &member);
  refused_everywhere (screen, foreign, "This code belongs to another studio.");
  desk_close (&other, NULL);
}

/* Nobody has to have seen these codes before. */
static void
test_hostile_codes (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking), *longest = g_strnfill (2048, 'A'), *forged = NULL;
  const char *codes[] = {
    "", longest, "\x01\x02\x1b[2J\x7f", "SL1'; DROP TABLE member; --", "=HYPERLINK(\"http://x\",\"y\")",
    "\xe2\x80\xaeSL1\xe2\x80\xac", "\xff\xfe\xfd", "Thandi", NULL,
  };

  forged = g_strdup (pass);
  forged[strlen (forged) - 3] = forged[strlen (forged) - 3] == 'A' ? 'B' : 'A'; /* of the signature */
  codes[G_N_ELEMENTS (codes) - 1] = forged;
  all_refused_everywhere (screen, codes, G_N_ELEMENTS (codes),
                          "This code cannot be read. Hold it nearer, or find them by name.");
}

static void
test_scan_under_a_sheet (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking);

  show_section (screen, 2);
  screen_tap (screen, "New member");
  screen_type (screen, "First name", "Lerato");
  sl_desk_scan (screen->reception, pass);
  screen_wait_said (screen, "Answer what is asked first");
  g_assert_cmpstr (screen_typed (screen, "First name"), ==, "Lerato");
  g_assert_false (screen_shows (screen, "All members"));
}

/* --- from one section into another --- */

static void
test_walk_in_for_a_class (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 9), over = desk_free_class (&screen->desk, MORNING - HOURS (3), 9);

  desk_member (&screen->desk, "Thandi");
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  show_section (screen, 1);
  sl_desk_open (screen->reception, SL_DESK_WALK_IN_CLASS, &session);
  screen_wait (screen, "Spin · Today 07:00");
  screen_type (screen, FIND, "Thandi");
  screen_tap (screen, "Thandi Nkosi");
  screen_wait (screen, "Thandi Nkosi · Spin · Today 07:00");
  screen_wait (screen, "Take R180.00");

  /* Another one can still be chosen. */
  screen_tap (screen, "Back");
  screen_tap (screen, "Spin");
  screen_tap (screen, "Take R180.00");
  screen_wait (screen, "Thandi Nkosi is booked");

  sl_desk_open (screen->reception, SL_DESK_WALK_IN_CLASS, &over);
  screen_wait_said (screen, "This class can no longer be booked.");
  screen_type (screen, FIND, "Thandi");
  screen_tap (screen, "Thandi Nkosi");
  screen_wait (screen, "No class, only buy something");
}

/* --- a full class --- */

static SlId
full_class (Screen *screen)
{
  SlId session = screen_spin (screen, 1), other = desk_member (&screen->desk, "Sibongile");
  SlBookingRequest request = { .member_id = other, .session_id = session, .spots = 1, .payment_method = "cash" };

  desk_member (&screen->desk, "Thandi");
  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &request, NULL), ==, "ok");
  return session;
}

static void
choose_full_class (Screen *screen)
{
  show_section (screen, 1);
  screen_type (screen, FIND, "Thandi");
  screen_tap (screen, "Thandi Nkosi");
  screen_tap (screen, "Spin");
  screen_wait (screen, "The waitlist");
}

static SlSessionCounts
counts_of (Screen *screen, const SlId *session)
{
  SlSessionCounts counts;

  g_assert_true (sl_session_counts (screen->desk.engine, session, &counts, NULL));
  return counts;
}

static void
test_full_class_waits (Screen *screen, gconstpointer data)
{
  SlId session = full_class (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  choose_full_class (screen);
  screen_tap (screen, "Join the waitlist");
  screen_wait (screen, "is number 1 on the waitlist");
  g_assert_cmpint (counts_of (screen, &session).waitlisted, ==, 1);
}

static void
test_full_class_over (Screen *screen, gconstpointer data)
{
  SlId session = full_class (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  choose_full_class (screen);
  screen_tap (screen, "Book over the places");
  screen_wait (screen, "Its only place is taken: this books one more.");
  screen_tap (screen, "Not now");
  screen_wait_gone (screen, "Its only place is taken");
  screen_tap (screen, "Book over the places");
  screen_tap (screen, "The instructor agrees");
  screen_wait (screen, "Spin · Today 07:00 · over its places");
  screen_tap (screen, "Take R180.00");
  g_assert_cmpint (counts_of (screen, &session).override_spots, ==, 0);
  screen_approve (screen, SL_ROLE_MANAGER);
  screen_wait (screen, "Thandi Nkosi is booked");
  g_assert_cmpint (counts_of (screen, &session).override_spots, ==, 1);
  g_assert_cmpint (counts_of (screen, &session).waitlisted, ==, 0);
}

static void
test_full_class_not_approved (Screen *screen, gconstpointer data)
{
  SlId session = full_class (screen);

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  choose_full_class (screen);
  screen_tap (screen, "Book over the places");
  screen_tap (screen, "There is room for one more");
  screen_tap (screen, "Take R180.00");
  screen_wait_asked (screen);
  sl_desk_refuse_approval (screen->reception);
  screen_wait (screen, "Nothing was booked and nothing was paid.");
  g_assert_cmpint (counts_of (screen, &session).override_spots, ==, 0);
}

/* --- somebody at the members' side wants reception --- */

static void
on_called (SlMemberSide *side, int why, const char *who, const SlId *member, Screen *screen)
{
  sl_desk_call (screen->reception, why, member);
}

/* The members' side in the place of a section. */
static SlMemberSide *
members_side (Screen *screen)
{
  SlMemberSide *side = sl_member_side_new (screen->door, &screen->desk.world.base);

  screen_show (screen, sl_desk_today_new);
  gtk_window_set_child (GTK_WINDOW (screen->window), sl_member_side_get_widget (side));
  g_signal_connect (side, "called", G_CALLBACK (on_called), screen);
  return side;
}

static void
test_sent_to_reception (Screen *screen, gconstpointer data)
{
  SlId member, booking;
  g_autofree char *pass = thandi (screen, &member, &booking);
  g_autoptr (SlMemberSide) side = members_side (screen);

  desk_block (&screen->desk, &member);
  sl_member_side_handle_code (side, pass);
  screen_wait (screen, "Please see reception");
  g_assert_false (screen_shows (screen, "block")); /* nobody in the queue reads why */
  sl_member_side_handle_code (side, pass);         /* again: one person still */
  screen_wait (screen, "Please see reception");

  screen_show (screen, sl_desk_today_new);
  screen_wait (screen, "Thandi N. waits for reception");
  screen_wait (screen, "06:00 · The member is not active.");
  g_assert_cmpint (screen->place, !=, SL_DESK_MEMBERS);
  screen_tap (screen, "Open member");
  g_assert_cmpint (screen->place, ==, SL_DESK_MEMBERS);
  g_assert_true (sl_id_equal (&screen->opened, &member));
  screen_wait_gone (screen, "waits for reception");
}

static void
test_asks_for_reception (Screen *screen, gconstpointer data)
{
  g_autofree char *pass = NULL;
  SlId session = desk_free_class (&screen->desk, MORNING, 9), member = desk_member (&screen->desk, "Thandi");
  g_autoptr (SlMemberSide) side = NULL;

  desk_book (&screen->desk, &member, &session);
  pass = desk_pass (&screen->desk, &member);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  side = members_side (screen);
  screen->desk.world.now_ms = MORNING + MINUTES (16);
  sl_member_side_handle_code (side, pass);
  screen_wait (screen, "Vinyasa has started");
  screen_tap (screen, "Ask reception");
  screen_wait (screen, "We have rung for reception");
  sl_member_side_start (side, SL_MEMBER_START_NO_CODE);
  sl_member_side_handle_code (side, "no code");
  screen_wait (screen, "We can't read this pass");
  screen_tap (screen, "Ask reception");

  screen_show (screen, sl_desk_today_new);
  screen_wait (screen, "Somebody waits for reception");
  screen_wait (screen, "Thandi N. waits for reception");
  screen_tap (screen, "Seen to");
  screen_tap (screen, "Seen to");
  screen_wait_gone (screen, "waits for reception");

  /* Who was not seen to in half an hour has gone. */
  sl_desk_call (screen->reception, SL_REFUSAL_TOO_LATE, NULL);
  screen_wait (screen, "Somebody waits for reception");
  screen->desk.world.now_ms += MINUTES (31);
  screen_show (screen, sl_desk_today_new);
  screen_wait (screen, "0 in · 1 booked");
  g_assert_false (screen_shows (screen, "Somebody waits for reception"));
}

static guint
count_calls (Screen *screen)
{
  g_autoptr (GPtrArray) calls = sl_call_list (screen->desk.engine, NULL);

  g_assert_nonnull (calls);
  return calls->len;
}

/* Two doors on one data directory: the test's own engine is the other one. */
static void
test_called_elsewhere (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi"), id;

  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);
  screen_show (screen, sl_desk_today_new);
  g_assert_true (sl_call_add (screen->desk.engine, &screen->desk.owner, SL_REFUSAL_TOO_LATE, &member, &id, NULL));
  screen_wait (screen, "Thandi N. waits for reception");
  screen_tap (screen, "Seen to");
  screen_wait_gone (screen, "waits for reception");
  while (count_calls (screen) > 0)
    g_main_context_iteration (NULL, TRUE);

  /* And the other way: whoever is at the other desk sees to them. */
  sl_desk_call (screen->reception, SL_REFUSAL_TOO_LATE, &member);
  screen_wait (screen, "Thandi N. waits for reception");
  g_autoptr (GPtrArray) calls = sl_call_list (screen->desk.engine, NULL);
  g_assert_cmpuint (calls->len, ==, 1);
  const SlCall *call = calls->pdata[0];
  g_assert_true (sl_call_take (screen->desk.engine, &screen->desk.owner, &call->id, NULL));
  screen_wait_gone (screen, "waits for reception");
}

static void
test_instructor_is_not_told_why (Screen *screen, gconstpointer data)
{
  SlId member = desk_member (&screen->desk, "Thandi");

  screen_sign_in (screen, SL_ROLE_INSTRUCTOR);
  sl_desk_call (screen->reception, SL_REFUSAL_PAYMENT_DUE, &member);
  screen_show (screen, sl_desk_today_new);
  screen_wait (screen, "Thandi N. waits for reception");
  g_assert_nonnull (screen_find (screen, "06:00"));
  g_assert_null (screen_button (screen, "Open member"));
}

/* --- three taps --- */

typedef struct {
  Screen *screen;
  const char *what;
  guint taps;
} Counted;

static void
tap (Counted *counted, const char *text)
{
  screen_tap (counted->screen, text);
  if (++counted->taps > TAPS_MAX)
    g_error ("%s takes more than %d taps: %s", counted->what, TAPS_MAX, text);
}

static void
test_three_taps (Screen *screen, gconstpointer data)
{
  SlId session = screen_spin (screen, 9), member = desk_member (&screen->desk, "Thandi"), booking;
  Counted check_in = { screen, "checking in from the roster", 0 }, known = { screen, "booking who is known", 0 };
  Counted sent = { screen, "booking into the class that is open", 0 }, pack = { screen, "selling a pack", 0 };
  Counted fresh = { screen, "booking who is new", 0 };

  screen_five_rides (screen);
  desk_credits (&screen->desk, &member, 1000, 30);
  booking = desk_book (&screen->desk, &member, &session);
  desk_member (&screen->desk, "Sipho");
  desk_member (&screen->desk, "Zola");
  screen->desk.world.now_ms = MORNING + MINUTES (40);
  screen_sign_in (screen, SL_ROLE_RECEPTIONIST);

  show_section (screen, 0);
  tap (&check_in, "Check in Thandi Nkosi");
  screen_wait (screen, "Thandi N. is in");
  g_assert_cmpstr (desk_status (&screen->desk, &booking), ==, "checked_in");
  g_assert_cmpuint (check_in.taps, ==, 1);
  tap (&sent, "Walk-in");

  show_section (screen, 1);
  sl_desk_open (screen->reception, SL_DESK_WALK_IN_CLASS, &screen->opened);
  screen_type (screen, FIND, "Zola");
  tap (&sent, "Zola Nkosi");
  tap (&sent, "Take R180.00");
  screen_wait (screen, "Zola Nkosi is booked");

  show_section (screen, 1);
  screen_type (screen, FIND, "Sipho");
  tap (&known, "Sipho Nkosi");
  tap (&known, "Spin");
  tap (&known, "Take R180.00");
  screen_wait (screen, "Sipho Nkosi is booked");

  show_section (screen, 1);
  screen_type (screen, "First name", "Lerato");
  screen_type (screen, "Last name", "Mokoena");
  screen_type (screen, "Phone number", "082 555 0147");
  tap (&fresh, "New member, go on");
  tap (&fresh, "Spin");
  tap (&fresh, "Take R180.00");
  screen_wait (screen, "Lerato Mokoena is booked");
  screen_wait (screen, "Their pass");
  g_assert_cmpint (desk_free_spots (&screen->desk, &session), ==, 5);

  show_section (screen, 3);
  tap (&pack, "Five rides");
  screen_type (screen, FIND, "Thandi");
  tap (&pack, "Thandi Nkosi");
  tap (&pack, "Take R750.00");
  screen_wait (screen, "Sold");
  g_assert_cmpint (desk_balance (&screen->desk, &member), ==, 1400);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
#define TEST(path, func) g_test_add (path, Screen, NULL, screen_open, func, screen_close)
  TEST ("/sl/desk-flow/pass-in-walk-in-says-who-it-is", test_walk_in_scan);
  TEST ("/sl/desk-flow/pass-in-sell-says-who-buys", test_sell_scan);
  TEST ("/sl/desk-flow/pass-in-members-opens-their-page", test_members_scan);
  TEST ("/sl/desk-flow/pass-in-today-checks-in", test_today_scan);
  TEST ("/sl/desk-flow/other-codes-are-told-of-in-words", test_other_codes);
  TEST ("/sl/desk-flow/hostile-codes-do-nothing", test_hostile_codes);
  TEST ("/sl/desk-flow/scan-leaves-a-question-alone", test_scan_under_a_sheet);
  TEST ("/sl/desk-flow/walk-in-for-the-class-that-is-open", test_walk_in_for_a_class);
  TEST ("/sl/desk-flow/full-class-has-a-waitlist", test_full_class_waits);
  TEST ("/sl/desk-flow/full-class-takes-one-more-by-a-manager", test_full_class_over);
  TEST ("/sl/desk-flow/full-class-stays-full-without-a-manager", test_full_class_not_approved);
  TEST ("/sl/desk-flow/who-is-sent-to-reception-is-shown-there", test_sent_to_reception);
  TEST ("/sl/desk-flow/who-asks-for-reception-is-shown-there", test_asks_for_reception);
  TEST ("/sl/desk-flow/who-calls-at-another-process-is-shown-and-seen-to-for-all", test_called_elsewhere);
  TEST ("/sl/desk-flow/an-instructor-is-not-told-why", test_instructor_is_not_told_why);
  TEST ("/sl/desk-flow/everyday-things-take-three-taps", test_three_taps);
  return g_test_run ();
}
