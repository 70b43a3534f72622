/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-due-law"

#include <glib/gstdio.h>
#include <unistd.h>

#include "one-to-one.h"

#include "door-fixture.h"
#include "engine/credits.h"
#include "engine/member.h"
#include "engine/no-show.h"
#include "engine/rights.h"
#include "engine/waitlist.h"

/* The law of what falls due: however often it is run, late, twice, or by two at once, it comes to the same; and no
 * command waits for it. One studio with two desks is made, copied, and each copy lives through the same five days with
 * another habit of running what is due and with no other command in between. */

#define DAYS_OFF DAYS (5)
#define AFTERWARDS (MORNING + DAYS_OFF + HOURS (3)) /* all sessions are over */
#define MEMBERS 24
#define SESSIONS 24

typedef struct {
  Desk one, two;
  SlId service;
  GArray *members, *sessions, *bookings, *lots, *requests; /* (element-type SlId) */
  GRand *chance;
} Studio;

static SlId
pick (Studio *studio, GArray *ids)
{
  return g_array_index (ids, SlId, g_rand_int_range (studio->chance, 0, (gint) ids->len));
}

static void
note (GArray *ids, const SlId *id)
{
  g_array_append_val (ids, *id);
}

static void
exchange (Desk *one, Desk *two)
{
  desk_carry_log (one, two);
  desk_carry_log (two, one);
}

/* --- the studio --- */

static void
try_to_book (Studio *studio, Desk *desk, const SlId *member, const SlId *session)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_no_error (failure);
  if (refusal.code == SL_REFUSAL_NONE)
    note (studio->bookings, &result.booking_id);
}

static void
try_to_hold (Studio *studio, Desk *desk, const SlId *member, const SlId *session)
{
  SlId hold;

  if (g_str_equal (desk_try_hold (desk, member, session, &hold), "ok"))
    note (studio->bookings, &hold);
}

static void
pass_spots (Desk *from, Desk *to, const SlId *session, int spots)
{
  SlOplog *log = sl_engine_get_log (from->engine);

  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (
      sl_op_session_move (log, session, sl_oplog_get_replica (sl_engine_get_log (to->engine)), spots, NULL));
  g_assert_true (sl_oplog_commit (log, NULL));
}

static void
pass_credits (Desk *from, Desk *to, const SlId *lot, gint64 hundredths)
{
  SlOplog *log = sl_engine_get_log (from->engine);

  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, NULL));
  g_assert_true (
      sl_op_lot_move (log, lot, sl_oplog_get_replica (sl_engine_get_log (to->engine)), hundredths, NULL));
  g_assert_true (sl_oplog_commit (log, NULL));
}

/* Small classes by day and by night, the first one open for check-in already. */
static void
plan_sessions (Studio *studio)
{
  for (guint i = 0; i < SESSIONS; i++)
    {
      gint64 minute = g_rand_int_range (studio->chance, 40, 100);
      gint64 start_ms = MORNING + (i == 0 ? MINUTES (20) : i * HOURS (4) + MINUTES (minute));
      SlId session = desk_session (&studio->one, &studio->service, start_ms);

      note (studio->sessions, &session);
    }
}

static void
enrol_members (Studio *studio)
{
  for (guint i = 0; i < MEMBERS; i++)
    {
      SlId member = desk_member (&studio->one, "Member"), lot;

      note (studio->members, &member);
      lot = desk_credits (&studio->one, &member, 100 * g_rand_int_range (studio->chance, 1, 6), 1 + i % 6);
      note (studio->lots, &lot);
    }
}

/* Bookings, queues, holds, cancellations that free a spot for an offer, people who are in. */
static void
fill_sessions (Studio *studio)
{
  Desk *desk = &studio->one;

  for (guint i = 0; i < 150; i++)
    {
      SlId member = pick (studio, studio->members), session = pick (studio, studio->sessions);

      if (i % 10 == 9)
        try_to_hold (studio, desk, &member, &session);
      else
        try_to_book (studio, desk, &member, &session);
    }
  for (guint i = 0; i < studio->bookings->len; i++)
    {
      const SlId *booking = &g_array_index (studio->bookings, SlId, i);

      if (i % 5 == 0)
        desk_try_cancel (desk, &desk->owner, booking, NULL);
      else if (i % 2 == 0)
        desk_checkin_booking (desk, booking, NULL); /* those of the first session come in */
    }
}

static SlId
new_member (Studio *studio, Desk *desk, const char *name, gint64 hundredths, gint64 valid_days)
{
  SlId member = desk_member (desk, name), lot;

  note (studio->members, &member);
  if (hundredths > 0)
    {
      lot = desk_credits (desk, &member, hundredths, valid_days);
      note (studio->lots, &lot);
    }
  return member;
}

static SlId
new_session (Studio *studio, Desk *desk, gint64 start_ms)
{
  SlId session = desk_session (desk, &studio->service, start_ms);

  note (studio->sessions, &session);
  return session;
}

/* Visits on trust at the second desk, of credits that expire before the power is back: of one of them it holds the
 * credits by now, of the other it does not. */
static void
owe_credits (Studio *studio, const SlId *one, const SlId *other, const SlId *lot)
{
  SlId session = new_session (studio, &studio->two, MORNING + DAYS (3));

  try_to_book (studio, &studio->two, one, &session);
  try_to_book (studio, &studio->two, other, &session);
  pass_credits (&studio->one, &studio->two, lot, 100);
}

static void
erase (Desk *desk, const SlId *member)
{
  guint released;

  done (sl_member_erase (desk->engine, &desk->owner, member, NULL, &released, &refusal, &failure));
}

/* What each desk has done without having heard of the other: somebody erased here is booked, held for and waiting
 * there; a session called off here is booked there; one member is booked here and has a hold or waits there. */
static void
act_apart (Studio *studio, const SlId *gone, const SlId *twice)
{
  Desk *one = &studio->one, *two = &studio->two;
  SlId full = new_session (studio, one, MORNING + DAYS (2) + MINUTES (7)), members[3];
  SlId shared = new_session (studio, one, MORNING + DAYS (2) + HOURS (5));
  SlId off = new_session (studio, one, MORNING + DAYS (1));
  SlId free_class = desk_free_class (one, MORNING + DAYS (4), 5);

  note (studio->sessions, &free_class);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      members[i] = new_member (studio, one, "Third", 500, 30);
      try_to_book (studio, one, &members[i], &full);
    }
  pass_spots (one, two, &shared, 2);
  pass_spots (one, two, &off, 2);
  pass_spots (one, two, &free_class, 3);
  exchange (one, two);
  try_to_book (studio, one, gone, &full);   /* waits */
  try_to_book (studio, one, gone, &shared); /* is booked */
  try_to_hold (studio, one, gone, &off);
  erase (two, gone);
  try_to_hold (studio, one, twice, &free_class);
  try_to_book (studio, two, twice, &free_class);
  try_to_hold (studio, one, &members[0], &free_class);
  try_to_hold (studio, two, &members[0], &free_class);
  try_to_book (studio, one, &members[1], &off);
  try_to_hold (studio, one, &members[2], &off);
  desk_cancel_session (two, &off);
  exchange (one, two);
}

static void
ask_an_instructor (Studio *studio, const SlId *member)
{
  Desk *desk = &studio->one;
  SlId service = lesson (desk, "instructor", 60, 0), id = sl_id_none;
  gint64 times[] = { MORNING + DAYS (4) };
  SlActor tutor;
  SlRequestParams params = { .member_id = *member, .service_id = service, .times = times, .n_times = 1 };

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &tutor);
  params.instructor_id = tutor.id;
  done (sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  note (studio->requests, &id);
}

static void
lower_capacity (Desk *desk, const SlId *session)
{
  done (sl_session_set_capacity (desk->engine, &desk->owner, session, 1, &refusal, &failure));
}

static void
studio_open (Studio *studio, guint32 seed)
{
  GArray **lists[] = { &studio->members, &studio->sessions, &studio->bookings, &studio->lots, &studio->requests };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    *lists[i] = g_array_new (FALSE, FALSE, sizeof (SlId));
  studio->chance = g_rand_new_with_seed (seed);
  desk_open_seeded (&studio->one, seed);
  desk_policy (&studio->one, "trust_visits", "2");
  studio->service = desk_service (&studio->one, 100, 3, 60);
  plan_sessions (studio);
  enrol_members (studio);
  fill_sessions (studio);

  SlId gone = new_member (studio, &studio->one, "Gone", 500, 30);
  SlId twice = new_member (studio, &studio->one, "Twice", 500, 30);
  SlId owing = new_member (studio, &studio->one, "Owing", 200, 1);
  SlId lot = g_array_index (studio->lots, SlId, studio->lots->len - 1);
  SlId trusted = new_member (studio, &studio->one, "Trusted", 200, 2);
  SlId blocked = g_array_index (studio->members, SlId, 3), erased = g_array_index (studio->members, SlId, 11);
  desk_join (&studio->two, &studio->one, "Second desk");
  exchange (&studio->one, &studio->two);
  owe_credits (studio, &owing, &trusted, &lot);
  act_apart (studio, &gone, &twice);
  desk_block (&studio->one, &blocked);
  erase (&studio->one, &erased);
  ask_an_instructor (studio, &trusted);
  for (guint i = 1; i < 4; i++)
    desk_cancel_session (&studio->one, &g_array_index (studio->sessions, SlId, i * 7));
  lower_capacity (&studio->one, &g_array_index (studio->sessions, SlId, 9));
  exchange (&studio->one, &studio->two);
}

static void
studio_close (Studio *studio)
{
  GArray *lists[] = { studio->members, studio->sessions, studio->bookings, studio->lots, studio->requests };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_array_unref (lists[i]);
  g_rand_free (studio->chance);
  desk_close (&studio->one, NULL);
  desk_close (&studio->two, NULL);
}

/* --- a copy of it --- */

static SlEngine *
open_at (Desk *desk)
{
  g_autoptr (GError) failure = NULL;
  SlEngine *engine = sl_engine_open (desk->dir->path, &desk->world.base, &failure);

  g_assert_no_error (failure);
  return engine;
}

/* The same device in another life, with another run of chance. A copy would become a device of its own: the identity is
 * one file under two names. */
static void
copy_desk (Desk *from, Desk *to, guint64 seed)
{
  g_autoptr (GError) failure = NULL;
  int status;

  *to = *from;
  to->dir = sl_temp_dir_new ();
  g_autofree char *source = g_strconcat (from->dir->path, "/.", NULL);
  g_autofree char *identity = sl_temp_dir_file (from->dir, "identity"), *same = sl_temp_dir_file (to->dir, "identity");
  const char *argv[] = { "cp", "-a", source, to->dir->path, NULL };
  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &failure));
  g_assert_no_error (failure);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (g_unlink (same), ==, 0);
  g_assert_cmpint (link (identity, same), ==, 0);
  sl_fake_world_init (&to->world, from->world.now_ms, seed);
  to->engine = open_at (to);
  g_assert_true (sl_id_equal (sl_oplog_get_replica (sl_engine_get_log (from->engine)),
                              sl_oplog_get_replica (sl_engine_get_log (to->engine))));
}

static void
assert_nothing_more (Desk *desk)
{
  gint64 operations = desk_operations (desk);

  desk_run_due (desk);
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

/* A run, and a second one at the same moment, which finds nothing to do. */
static void
run_and_again (Desk *desk, gint64 now_ms)
{
  desk->world.now_ms = now_ms;
  desk_run_due (desk);
  assert_nothing_more (desk);
}

static gpointer
run_beside (gpointer data)
{
  Desk *desk = data;

  return GINT_TO_POINTER (desk_run_due (desk).holds_expired >= 0);
}

/* Two programs at one directory. */
static void
run_twice_at_once (Desk *desk, gint64 now_ms)
{
  Desk other = *desk;
  GThread *beside;

  desk->world.now_ms = now_ms;
  sl_fake_world_init (&other.world, now_ms, 31);
  other.engine = open_at (&other);
  beside = g_thread_new ("beside", run_beside, &other);
  desk_run_due (desk);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (beside)));
  sl_engine_close (other.engine);
  assert_nothing_more (desk);
}

/* --- what it has come to --- */

static void
tell_booking (GString *told, Desk *desk, guint number, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, id, &failure);

  g_assert_no_error (failure);
  g_string_append_printf (told, "booking %u %s spent %d back %d owes %d\n", number,
                          sl_booking_status_name (view->status), (int) view->spent_hundredths,
                          (int) view->refunded_hundredths, (int) view->owed_hundredths);
}

static void
tell_session (GString *told, Desk *desk, guint number, const SlId *id)
{
  SlSessionCounts counts;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_session_counts (desk->engine, id, &counts, &failure));
  g_string_append_printf (told,
                          "session %u capacity %d confirmed %d held %d waiting %d beside %d in %d free %d due %d\n",
                          number, (int) counts.capacity, (int) counts.confirmed, (int) counts.held,
                          (int) counts.waitlisted, (int) counts.override_spots, (int) counts.in_without_spot,
                          (int) counts.free, (int) counts.due);
}

static void
tell_member (GString *told, Desk *desk, guint number, const SlId *id)
{
  gint64 absences;
  gboolean pattern;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_no_show_count (desk->engine, id, &absences, &pattern, &failure));
  g_string_append_printf (told, "member %u balance %d absent %d pattern %d\n", number, (int) desk_balance (desk, id),
                          (int) absences, pattern);
}

static char *
tell (Studio *studio, Desk *desk)
{
  GString *told = g_string_new (NULL);

  for (guint i = 0; i < studio->bookings->len; i++)
    tell_booking (told, desk, i, &g_array_index (studio->bookings, SlId, i));
  for (guint i = 0; i < studio->sessions->len; i++)
    tell_session (told, desk, i, &g_array_index (studio->sessions, SlId, i));
  for (guint i = 0; i < studio->members->len; i++)
    tell_member (told, desk, i, &g_array_index (studio->members, SlId, i));
  for (guint i = 0; i < studio->lots->len; i++)
    {
      const SlId *lot = &g_array_index (studio->lots, SlId, i);
      gint64 left;

      g_assert_true (sl_lot_left (sl_engine_get_log (desk->engine), lot, &left, NULL));
      g_string_append_printf (told, "lot %u left %" G_GINT64_FORMAT "\n", i, left);
    }
  for (guint i = 0; i < studio->requests->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      const SlId *id = &g_array_index (studio->requests, SlId, i);
      g_autoptr (SlRequest) request = sl_request_get (desk->engine, id, &failure);

      g_string_append_printf (told, "request %u %s\n", i, sl_request_state_name (request->state));
    }
  return g_string_free (told, FALSE);
}

/* Line by line, so that a difference shows what it is about. */
static void
assert_same (const char *a, const char *b)
{
  g_auto (GStrv) one = g_strsplit (a, "\n", -1), other = g_strsplit (b, "\n", -1);

  for (guint i = 0; one[i] != NULL && other[i] != NULL; i++)
    g_assert_cmpstr (one[i], ==, other[i]);
  g_assert_cmpstr (a, ==, b);
}

/* Both desks hear of each other once the days are over, and have nothing left to do. */
static char *
settle_and_tell (Studio *studio, Desk *one, Desk *two)
{
  g_autofree char *first = NULL, *second = NULL;

  for (guint i = 0; i < 3; i++)
    {
      exchange (one, two);
      run_and_again (one, AFTERWARDS);
      run_and_again (two, AFTERWARDS);
    }
  exchange (one, two);
  assert_nothing_more (one);
  assert_nothing_more (two);
  first = tell (studio, one);
  second = tell (studio, two);
  assert_same (first, second);
  return g_steal_pointer (&first);
}

typedef enum { EVERY_MINUTES, EVERY_HOUR, AFTER_DAYS, TWICE_AT_ONCE, HABITS } Habit;

static char *
live (Studio *studio, Habit habit)
{
  static const gint64 step_ms[HABITS] = { MINUTES (7), HOURS (1), DAYS_OFF, 0 };
  Desk one, two;
  char *told;

  copy_desk (&studio->one, &one, 100 + habit);
  copy_desk (&studio->two, &two, 200 + habit);
  if (habit == TWICE_AT_ONCE)
    {
      run_twice_at_once (&one, AFTERWARDS);
      desk_carry_log (&one, &two);
      run_twice_at_once (&two, AFTERWARDS);
    }
  else
    for (gint64 now_ms = MORNING + (habit == AFTER_DAYS ? DAYS_OFF : 0); now_ms < AFTERWARDS; now_ms += step_ms[habit])
      {
        run_and_again (&one, now_ms);
        run_and_again (&two, now_ms);
      }
  told = settle_and_tell (studio, &one, &two);
  desk_close (&one, NULL);
  desk_close (&two, NULL);
  return told;
}

static void
check_law (Habit habit)
{
  for (guint32 seed = 1; seed <= 2; seed++)
    {
      Studio studio = { 0 };
      g_autofree char *often = NULL, *other = NULL;

      studio_open (&studio, seed);
      often = live (&studio, EVERY_MINUTES);
      other = live (&studio, habit);
      g_assert_nonnull (strstr (often, "expired"));
      g_assert_nonnull (strstr (often, "no_show"));
      g_assert_nonnull (strstr (often, "cancelled"));
      g_assert_null (strstr (often, "confirmed spent"));
      g_assert_null (strstr (often, "due 1")); /* nothing is left to be tidied up */
      assert_same (often, other);
      studio_close (&studio);
    }
}

static void
an_hour_apart_it_comes_to_the_same_as_minutes_apart (void)
{
  check_law (EVERY_HOUR);
}

static void
once_after_five_days_without_power_it_comes_to_the_same (void)
{
  check_law (AFTER_DAYS);
}

static void
twice_at_once_and_on_two_devices_it_comes_to_the_same (void)
{
  check_law (TWICE_AT_ONCE);
}

/* --- and no command waits for it: in what follows nothing is ever run --- */

static SlId
waits (Desk *desk, const SlId *member, const SlId *session)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };

  done (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_cmpint (result.status, ==, SL_BOOKING_WAITLISTED);
  return result.booking_id;
}

static void
a_lapsed_hold_takes_no_place (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + DAYS (1), 1), one = desk_member (desk, "One"), hold;
  SlId other = desk_member (desk, "Other");

  g_assert_cmpstr (desk_try_hold (desk, &one, &session, &hold), ==, "ok");
  desk->world.now_ms = MORNING + MINUTES (10) - 1;
  g_assert_cmpstr (desk_try_book (desk, &other, &session), ==, "class_full");
  desk->world.now_ms++;
  g_assert_cmpstr (desk_try_confirm (desk, &hold), ==, "hold_expired");
  g_assert_cmpstr (desk_try_book (desk, &other, &session), ==, "ok");
}

static void
a_lapsed_offer_is_gone_and_the_next_one_is_asked (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + DAYS (1), 1), one = desk_member (desk, "One");
  SlId two = desk_member (desk, "Two"), three = desk_member (desk, "Three"), booking = desk_book (desk, &one, &session);
  SlId first = waits (desk, &two, &session), next = waits (desk, &three, &session);
  g_auto (SlBookingResult) result = { 0 };

  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  desk->world.now_ms += MINUTES (30);
  refused ("offer_lapsed",
           sl_offer_accept (desk->engine, &desk->owner, &first, NULL, &result, &refusal, &failure));
  done (sl_offer_accept (desk->engine, &desk->owner, &next, NULL, &result, &refusal, &failure));
}

static void
who_has_not_come_is_absent_once_the_door_has_closed (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (1), 5), member = desk_member (desk, "Thandi");
  SlId booking = desk_book (desk, &member, &session);

  desk->world.now_ms = MORNING + HOURS (1) + MINUTES (15) + 1;
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "cancel_closed");
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, NULL), ==, "too_late");
  g_assert_cmpstr (desk_status (desk, &booking), ==, "no_show");
}

static void
credits_that_have_expired_pay_for_nothing (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 5, 60), session = desk_session (desk, &service, MORNING + DAYS (2));
  SlId member = desk_member (desk, "Thandi");

  desk_credits (desk, &member, 100, 1);
  desk->world.now_ms = MORNING + DAYS (1);
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "insufficient_credits");
}

static void
a_request_past_its_time_cannot_be_accepted (Desk *desk, gconstpointer data)
{
  Studio studio = { .requests = g_array_new (FALSE, FALSE, sizeof (SlId)), .one = *desk };
  SlId member = desk_member (desk, "Thandi");
  g_auto (SlBookingResult) result = { 0 };

  ask_an_instructor (&studio, &member);
  SlId id = g_array_index (studio.requests, SlId, 0);
  desk->world.now_ms = MORNING + HOURS (48);
  refused ("request_closed", sl_request_accept (desk->engine, &desk->owner, &id, MORNING + DAYS (4), NULL, NULL,
                                                &result, &refusal, &failure));
  g_array_unref (studio.requests);
}

static void
nobody_waits_once_the_session_has_begun (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (1), 1), one = desk_member (desk, "One");
  SlId two = desk_member (desk, "Two"), walk_in = desk_member (desk, "Walk-in"), place;

  desk_book (desk, &one, &session);
  place = waits (desk, &two, &session);
  desk->world.now_ms = MORNING + HOURS (1);
  refused ("not_waitlisted", sl_waitlist_leave (desk->engine, &desk->owner, &place, &refusal, &failure));
  done (sl_session_set_capacity (desk->engine, &desk->owner, &session, 2, &refusal, &failure));
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "ok");
}

static void
a_membership_that_has_ended_opens_no_door (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, "unlimited", TRUE, NULL);
  g_autofree char *pass = desk_pass (desk, &member);

  door_membership (desk, &member, &plan, "active", MORNING - DAYS (30), MORNING + HOURS (6));
  g_assert_cmpstr (desk_scan_result (desk, pass), ==, "ok");
  desk->world.now_ms = MORNING + HOURS (6);
  g_assert_cmpstr (desk_scan_result (desk, pass), ==, "membership_inactive");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/due-law/an-hour-apart-it-comes-to-the-same-as-minutes-apart",
                   an_hour_apart_it_comes_to_the_same_as_minutes_apart);
  g_test_add_func ("/sl/due-law/once-after-five-days-without-power-it-comes-to-the-same",
                   once_after_five_days_without_power_it_comes_to_the_same);
  g_test_add_func ("/sl/due-law/twice-at-once-and-on-two-devices-it-comes-to-the-same",
                   twice_at_once_and_on_two_devices_it_comes_to_the_same);
  desk_test ("/sl/due-law/a-lapsed-hold-takes-no-place", a_lapsed_hold_takes_no_place);
  desk_test ("/sl/due-law/a-lapsed-offer-is-gone-and-the-next-one-is-asked",
             a_lapsed_offer_is_gone_and_the_next_one_is_asked);
  desk_test ("/sl/due-law/who-has-not-come-is-absent-once-the-door-has-closed",
             who_has_not_come_is_absent_once_the_door_has_closed);
  desk_test ("/sl/due-law/credits-that-have-expired-pay-for-nothing", credits_that_have_expired_pay_for_nothing);
  desk_test ("/sl/due-law/a-request-past-its-time-cannot-be-accepted", a_request_past_its_time_cannot_be_accepted);
  desk_test ("/sl/due-law/nobody-waits-once-the-session-has-begun", nobody_waits_once_the_session_has_begun);
  desk_test ("/sl/due-law/a-membership-that-has-ended-opens-no-door", a_membership_that_has_ended_opens_no_door);
  return g_test_run ();
}
