/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-sheets"

#include "section-screen.h"

#include "engine/member.h"
#include "engine/program.h"
#include "engine/sale.h"
#include "kiosk/desk-calls.h"
#include "kiosk/desk-members.h"
#include "kiosk/desk-sell.h"
#include "kiosk/desk-till.h"
#include "kiosk/desk-today.h"
#include "kiosk/desk-walk-in.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What reception asks before it does something: each sheet in each look: nothing cut off, all that can be tapped
 * large enough and with a name. `--shots DIR` leaves pictures. */

#define TAPS_MAX 4

typedef struct {
  const char *name;
  GtkWidget *(*create) (SlDesk *desk);
  const char *taps[TAPS_MAX]; /* in English; "context|word" where a word has one */
  const char *shows;          /* so far it has come; in English */
} Way;

static const Way ways[] = {
  { "today-calls", sl_desk_today_new, { NULL }, "Seen to" },
  { "today-person", sl_desk_today_new, { "Thandi Nkosi" }, "Move to another class" },
  { "today-cancel", sl_desk_today_new, { "Thandi Nkosi", "Cancel the booking" }, "Keep the booking" },
  { "today-waive", sl_desk_today_new, { "Thandi Nkosi", "Cancel the booking", "Cancel, and give everything back" },
    "Goodwill" },
  { "today-move", sl_desk_today_new, { "Thandi Nkosi", "Move to another class" }, "Keep the booking" },
  { "today-note", sl_desk_today_new, { "Write a note" }, "Note" },
  { "today-class", sl_desk_today_new, { "Change class" }, "Change the places" },
  { "today-places", sl_desk_today_new, { "Change class", "Change the places" }, NULL },
  { "today-class-cancel", sl_desk_today_new, { "Change class", "Cancel the class" }, "The instructor is ill" },
  { "member-move", sl_desk_members_new, { "Thandi Nkosi", "booking|Move" }, NULL },
  { "member-note", sl_desk_members_new, { "Thandi Nkosi", "More …", "Write a note" }, NULL },
  { "member-edit", sl_desk_members_new, { "Thandi Nkosi", "More …", "Edit details" }, NULL },
  { "member-pin", sl_desk_members_new, { "Thandi Nkosi", "More …", "PIN for the door" }, NULL },
  { "member-block", sl_desk_members_new, { "Thandi Nkosi", "More …", "Block" }, "Block this member?" },
  { "member-progress", sl_desk_members_new, { "Thandi Nkosi", "Programs", "Write down" }, "Repetitions" },
  { "member-pass", sl_desk_members_new, { "Thandi Nkosi", "Pass" }, "Replace it" },
  { "member-pass-replace", sl_desk_members_new, { "Thandi Nkosi", "Pass", "Replace it" }, "Replace the pass?" },
  { "member-refund", sl_desk_members_new, { "Thandi Nkosi", "Credits and payments", "Give back" }, NULL },
  { "walk-in-over", sl_desk_walk_in_new, { "Spin", "Book over the places" }, "The instructor agrees" },
  { "till-open", sl_desk_till_new, { "Open the till" }, "Open it" },
  { "till-refund", sl_desk_till_new, { "Five rides" }, NULL },
};

static SlId thandi;
static const Way *way;

static const char *
in_words (const char *english)
{
  const char *bar = strchr (english, '|');
  g_autofree char *context = bar != NULL ? g_strndup (english, (gsize) (bar - english)) : NULL;

  return bar != NULL ? g_dpgettext2 (GETTEXT_PACKAGE, context, bar + 1) : dgettext (GETTEXT_PACKAGE, english);
}

static void
go (Screen *screen)
{
  if (way->create == sl_desk_walk_in_new)
    sl_desk_open (screen->reception, SL_DESK_WALK_IN, &thandi);
  for (guint i = 0; i < TAPS_MAX && way->taps[i] != NULL; i++)
    screen_tap (screen, in_words (way->taps[i]));
  if (way->shows != NULL)
    screen_wait (screen, in_words (way->shows));
}

static void
add_program (Screen *screen)
{
  static SlExercise squat = { .name = "Bulgarian split squat", .sets = 3, .reps = 10, .load = "60 kg" };
  SlExercise *const exercises[] = { &squat };
  const SlProgramParams params = { .member = &thandi, .name = "Legs", .exercises = exercises, .n_exercises = 1 };
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_program_add (screen->desk.engine, &screen->desk.owner, &params, &id, &refusal, NULL));
}

/* Thandi is booked by a package that she has bought; Spin is full. */
static void
fill_studio (Screen *screen)
{
  SlId service = desk_service (&screen->desk, 100, 8, 60), other = desk_member (&screen->desk, "Sibongile"), full;
  SlId soon = desk_session (&screen->desk, &service, MORNING + HOURS (1)), package;
  SlBookingRequest booked = { .member_id = other, .spots = 1, .payment_method = "cash" };
  SlMemberParams member = { .first = "Thandi", .last = "Nkosi", .phone = "082 123 4567" };
  SlSaleParams sale = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlSale) sold = { 0 };

  desk_session (&screen->desk, &service, MORNING + HOURS (26));
  full = screen_spin (screen, 1);
  g_assert_true (sl_member_add (screen->desk.engine, &screen->desk.owner, &member, TRUE, &thandi, &refusal, NULL));
  add_program (screen);
  package = screen_five_rides (screen);
  sale.member_id = thandi;
  sale.package_id = package;
  g_assert_true (sl_sale_package (screen->desk.engine, &screen->desk.owner, &sale, &sold, &refusal, NULL));
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
  desk_book (&screen->desk, &thandi, &soon);
  booked.session_id = full;
  g_assert_cmpstr (desk_try_request (&screen->desk, &screen->desk.owner, &booked, NULL), ==, "ok");
}

static void
test_looks (Screen *screen, gconstpointer data)
{
  fill_studio (screen);
  screen_sign_in (screen, SL_ROLE_MANAGER);
  sl_desk_call (screen->reception, SL_REFUSAL_TOO_LATE, &thandi);
  way = data;
  screen_check_looks (screen, way->name, way->create, go);
}

int
main (int argc, char *argv[])
{
  screen_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/desk-sheets/%s", ways[i].name);

      g_test_add (path, Screen, &ways[i], screen_open, test_looks, screen_close);
    }
  return g_test_run ();
}
