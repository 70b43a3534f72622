/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-waitlist"

#include "desk-fixture.h"

#include "engine/exchange.h"
#include "engine/schedule.h"
#include "engine/waitlist.h"
#include "expect.h"

/* A class of one or two places, three days ahead. */
#define START (MORNING + DAYS (3))

static SlId
full_class (Desk *desk, SlId *out_booked, SlId *out_member)
{
  SlId session = desk_free_class (desk, START, 1);

  *out_member = desk_member (desk, "Ayanda");
  *out_booked = desk_book (desk, out_member, &session);
  return session;
}

static const char *
try_wait (Desk *desk, const SlId *member, const SlId *session, int spots, const char *const *guests,
          SlBookingResult *out)
{
  SlBookingRequest request = { .member_id = *member, .session_id = *session, .spots = spots, .guests = guests,
                               .join_waitlist = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_book (desk->engine, &desk->owner, &request, out, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static SlId
waits (Desk *desk, const SlId *member, const SlId *session, gint64 position)
{
  g_auto (SlBookingResult) result = { 0 };

  g_assert_cmpstr (try_wait (desk, member, session, 1, NULL, &result), ==, "ok");
  g_assert_cmpstr (sl_booking_status_name (result.status), ==, "waitlisted");
  g_assert_cmpint (result.position, ==, position);
  return result.booking_id;
}

static const char *
try_accept (Desk *desk, const SlId *booking)
{
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_offer_accept (desk->engine, &desk->owner, booking, NULL, &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static const char *
try_decline (Desk *desk, const SlId *booking)
{
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_offer_decline (desk->engine, &desk->owner, booking, &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static gint64
expires_ms (Desk *desk, const SlId *booking)
{
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, booking, NULL);

  g_assert_nonnull (view);
  return view->expires_ms;
}

static void
offers_a_freed_spot_to_the_first_in_line_at_once (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);
  SlSessionCounts counts;

  g_assert_cmpstr (try_accept (desk, &one), ==, "not_offered");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one), ==, "offered");
  g_assert_cmpstr (desk_status (desk, &two), ==, "waitlisted");
  g_assert_cmpint (expires_ms (desk, &one), ==, desk->world.now_ms + MINUTES (30));
  g_assert_true (sl_session_counts (desk->engine, &session, &counts, NULL));
  g_assert_cmpint (counts.held, ==, 1);
  g_assert_cmpint (counts.waitlisted, ==, 1);
  g_assert_cmpint (counts.free, ==, 0);
  g_assert_cmpstr (try_accept (desk, &one), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one), ==, "confirmed");
  g_assert_cmpstr (try_accept (desk, &one), ==, "wrong_state");
  g_assert_cmpstr (try_accept (desk, &two), ==, "not_offered");
}

static void
offers_for_a_shorter_time_near_the_start_and_never_beyond_it (Desk *desk, gconstpointer data)
{
  static const struct { gint64 before_ms, lasts_ms; } cases[] = {
    { HOURS (2) + 1, MINUTES (30) }, { HOURS (2), MINUTES (5) }, { MINUTES (5), MINUTES (5) },
    { MINUTES (3), MINUTES (3) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      desk->world.now_ms = MORNING;
      SlId session = desk_free_class (desk, START + HOURS (2 * (gint64) i), 1), member = desk_member (desk, "Ayanda");
      SlId waiting = desk_member (desk, "Thandi"), booked = desk_book (desk, &member, &session);
      SlId one = waits (desk, &waiting, &session, 1);

      desk->world.now_ms = START + HOURS (2 * (gint64) i) - cases[i].before_ms;
      g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
      g_assert_cmpint (expires_ms (desk, &one), ==, desk->world.now_ms + cases[i].lasts_ms);
    }
}

static void
passes_a_lapsed_offer_to_the_next_tidied_up_or_not (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), third = desk_member (desk, "Lwazi");
  SlId booked, member, session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);

  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  desk->world.now_ms += MINUTES (30) - 1;
  g_assert_cmpstr (desk_status (desk, &one), ==, "offered");
  desk->world.now_ms += 1;
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
  g_assert_cmpstr (try_accept (desk, &one), ==, "offer_lapsed");
  g_assert_cmpstr (desk_try_book (desk, &third, &session), ==, "class_full");
  g_assert_cmpstr (try_accept (desk, &two), ==, "ok");
  g_assert_cmpint (desk_run_due (desk).offered, ==, 0);
  g_assert_cmpstr (desk_status (desk, &two), ==, "confirmed");
}

static void
makes_due_offers_when_what_is_due_is_run (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);
  SlDueCounts due;

  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  desk->world.now_ms += HOURS (9);
  due = desk_run_due (desk);
  g_assert_cmpint (due.holds_expired, ==, 1);
  g_assert_cmpint (due.offered, ==, 1);
  g_assert_cmpint (desk_run_due (desk).offered, ==, 0);
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
  g_assert_cmpstr (desk_status (desk, &two), ==, "offered");
}

static void
ends_with_the_start (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1);
  g_auto (SlBookingResult) result = { 0 };
  SlDueCounts due;

  desk->world.now_ms = START;
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
  due = desk_run_due (desk);
  g_assert_cmpint (due.queue_expired, ==, 1);
  g_assert_cmpint (due.offered, ==, 0);
  g_assert_cmpint (desk_run_due (desk).queue_expired, ==, 0);
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
  g_assert_cmpstr (try_wait (desk, &second, &session, 1, NULL, &result), ==, "class_full");
}

static void
leaves_no_spot_to_others_that_is_owed_to_the_queue (Desk *desk, gconstpointer data)
{
  static const char *const guest[] = { "Guest", NULL };
  SlId pair = desk_member (desk, "Thandi"), single = desk_member (desk, "Sipho"), late = desk_member (desk, "Lwazi");
  SlId session = desk_free_class (desk, START, 2), members[2], bookings[2];
  g_auto (SlBookingResult) two = { 0 }, one = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      members[i] = desk_member (desk, i == 0 ? "Ayanda" : "Bongi");
      bookings[i] = desk_book (desk, &members[i], &session);
    }
  g_assert_cmpstr (try_wait (desk, &pair, &session, 2, guest, &two), ==, "ok");
  g_assert_cmpstr (try_wait (desk, &single, &session, 1, NULL, &one), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &bookings[0], NULL), ==, "ok");
  /* One spot is no use to two: who comes next is not kept waiting by them. */
  g_assert_cmpstr (desk_status (desk, &two.booking_id), ==, "waitlisted");
  g_assert_cmpstr (desk_status (desk, &one.booking_id), ==, "offered");
  g_assert_cmpstr (try_decline (desk, &one.booking_id), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one.booking_id), ==, "cancelled");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &bookings[1], NULL), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &two.booking_id), ==, "offered");
  g_assert_cmpstr (desk_try_book (desk, &late, &session), ==, "class_full");
  g_assert_cmpstr (try_accept (desk, &two.booking_id), ==, "ok");
  g_autoptr (SlBookingView) view = sl_booking_show (desk->engine, &two.booking_id, NULL);
  g_assert_cmpint (view->spots, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (view->guests, 0), ==, "Guest");
  g_assert_cmpuint (view->events->len, ==, 3);
  g_assert_cmpstr (((SlBookingEvent *) view->events->pdata[0])->kind, ==, "waitlisted");
}

static void
keeps_an_offer_standing_while_credits_are_missing (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), session = desk_session (desk, &service, START);
  SlId rich = desk_member (desk, "Ayanda"), poor = desk_member (desk, "Thandi");

  desk_credits (desk, &rich, 100, 60);
  SlId booked = desk_book (desk, &rich, &session), one = waits (desk, &poor, &session, 1);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpstr (try_accept (desk, &one), ==, "insufficient_credits");
  g_assert_cmpstr (desk_status (desk, &one), ==, "offered");
  desk_credits (desk, &poor, 100, 60);
  g_assert_cmpstr (try_accept (desk, &one), ==, "ok");
  g_assert_cmpint (desk_balance (desk, &poor), ==, 0);
}

static void
lets_go_of_places_and_offers (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);

  done (sl_waitlist_leave (desk->engine, &desk->owner, &one, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &one), ==, "cancelled");
  refused ("not_waitlisted", sl_waitlist_leave (desk->engine, &desk->owner, &one, &refusal, &failure));
  refused ("not_waitlisted", sl_waitlist_leave (desk->engine, &desk->owner, &booked, &refusal, &failure));
  one = waits (desk, &first, &session, 2);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  /* Cancelling an offer declines it: the next one is asked. */
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &two, NULL), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one), ==, "offered");
  g_assert_cmpstr (try_decline (desk, &two), ==, "wrong_state");
}

static void
waits_once_and_only_where_there_is_no_room (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), booked, member, session = full_class (desk, &booked, &member);
  SlId other = desk_free_class (desk, START + DAYS (1), 1);
  g_auto (SlBookingResult) again = { 0 }, roomy = { 0 };

  (void) waits (desk, &first, &session, 1);
  g_assert_cmpstr (try_wait (desk, &first, &session, 1, NULL, &again), ==, "already_booked");
  g_assert_cmpstr (try_wait (desk, &member, &session, 1, NULL, &again), ==, "already_booked");
  g_assert_cmpstr (try_wait (desk, &first, &other, 1, NULL, &roomy), ==, "ok");
  g_assert_cmpstr (sl_booking_status_name (roomy.status), ==, "confirmed");
}

static void
takes_as_many_as_the_studio_allows (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  g_auto (SlBookingResult) result = { 0 };

  desk_policy (desk, "waitlist_max", "1");
  (void) waits (desk, &first, &session, 1);
  g_assert_cmpstr (try_wait (desk, &second, &session, 1, NULL, &result), ==, "limit_reached");
}

static void
offers_what_a_larger_room_brings (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);

  done (sl_session_set_capacity (desk->engine, &desk->owner, &session, 3, &refusal, &failure));
  g_assert_cmpstr (desk_status (desk, &one), ==, "offered");
  g_assert_cmpstr (desk_status (desk, &two), ==, "offered");
}

static void
ends_with_the_session_that_is_cancelled (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), booked, member, session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1);

  desk_cancel_session (desk, &session);
  g_assert_cmpstr (desk_status (desk, &one), ==, "cancelled");
  g_assert_cmpint (desk_run_due (desk).sessions_released, ==, 0);
}

static void
ends_an_offer_with_a_start_that_was_moved (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), late = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member), one = waits (desk, &first, &session, 1);
  SlSessionParams earlier;

  desk->world.now_ms = START - MINUTES (70);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpint (expires_ms (desk, &one), ==, START - MINUTES (65));
  sl_session_params_init (&earlier);
  earlier.start_ms = START - MINUTES (68);
  done (sl_session_edit (desk->engine, &desk->owner, &session, &earlier, &refusal, &failure));
  desk->world.now_ms = START - MINUTES (68);
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
  g_assert_cmpstr (desk_try_book (desk, &late, &session), ==, "ok");
  g_assert_cmpint (desk_run_due (desk).holds_expired, ==, 0);
  g_assert_cmpstr (desk_status (desk, &one), ==, "expired");
}

static void
passes_over_whoever_is_blocked (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho"), booked, member;
  SlId session = full_class (desk, &booked, &member);
  SlId one = waits (desk, &first, &session, 1), two = waits (desk, &second, &session, 2);

  desk_block (desk, &first);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one), ==, "waitlisted");
  g_assert_cmpstr (desk_status (desk, &two), ==, "offered");
}

/* Who waits elsewhere gets right and turn: the device where they can accept. */
static void
passes_right_and_turn_to_the_device_where_people_wait (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), booked, member, session = full_class (desk, &booked, &member);
  Desk other;

  desk_join (&other, desk, "Second desk");
  SlId one = waits (&other, &first, &session, 1);
  desk_carry_log (&other, desk);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &one), ==, "waitlisted");
  g_assert_cmpint (desk_run_due (desk).offered, ==, 0);
  SlId walk_in = desk_member (desk, "Lwazi");
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "class_full");
  desk_carry_log (desk, &other);
  g_assert_cmpint (desk_run_due (&other).offered, ==, 1);
  g_assert_cmpstr (desk_status (&other, &one), ==, "offered");
  desk_carry_log (&other, desk);
  g_assert_cmpstr (try_accept (desk, &one), ==, "no_rights");
  g_assert_cmpstr (try_accept (&other, &one), ==, "ok");
  desk_close (&other, NULL);
}

static void
keeps_nothing_for_people_elsewhere_near_the_start (Desk *desk, gconstpointer data)
{
  SlId first = desk_member (desk, "Thandi"), booked, member, session = full_class (desk, &booked, &member);
  SlId walk_in = desk_member (desk, "Lwazi");
  Desk other;

  desk_join (&other, desk, "Second desk");
  (void) waits (&other, &first, &session, 1);
  desk_carry_log (&other, desk);
  desk->world.now_ms = START - HOURS (2);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booked, NULL), ==, "ok");
  g_assert_cmpstr (desk_try_book (desk, &walk_in, &session), ==, "ok");
  desk_close (&other, NULL);
}

static void
give_one (Desk *from, Desk *to, const SlId *session)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_exchange_move_rights (from->engine, &from->owner, session,
                                          sl_oplog_get_replica (sl_engine_get_log (to->engine)), 1, &refusal,
                                          &failure));
  g_assert_no_error (failure);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, "ok");
}

/* Two devices with a spot each and a couple that waits at either: each would give its spot to the other for ever. */
static void
brings_two_spots_together_where_the_first_couple_waits (Desk *desk, gconstpointer data)
{
  static const char *const guest[] = { "Guest", NULL };
  SlId first = desk_member (desk, "Thandi"), second = desk_member (desk, "Sipho");
  SlId session = desk_free_class (desk, START, 2);
  g_auto (SlBookingResult) here = { 0 }, there = { 0 };
  Desk other;

  desk_join (&other, desk, "Second desk");
  desk_carry_log (&other, desk);
  give_one (desk, &other, &session);
  desk_carry_log (desk, &other);
  g_assert_cmpstr (try_wait (desk, &first, &session, 2, guest, &here), ==, "ok");
  g_assert_cmpstr (try_wait (&other, &second, &session, 2, guest, &there), ==, "ok");
  g_assert_cmpstr (sl_booking_status_name (here.status), ==, "waitlisted");
  g_assert_cmpstr (sl_booking_status_name (there.status), ==, "waitlisted");
  desk_carry_log (desk, &other);
  desk_carry_log (&other, desk);
  (void) desk_run_due (desk);
  (void) desk_run_due (&other);
  desk_carry_log (desk, &other);
  desk_carry_log (&other, desk);
  (void) desk_run_due (desk);
  (void) desk_run_due (&other);
  g_assert_true (g_str_equal (desk_status (desk, &here.booking_id), "offered")
                 || g_str_equal (desk_status (&other, &there.booking_id), "offered"));
  desk_close (&other, NULL);
}

static void
waits_for_no_class_that_there_is_not (Desk *desk, gconstpointer data)
{
  SlBookingRequest request = { .member_id = desk_member (desk, "Thandi"), .session_id = { { 9 } }, .spots = 1,
                               .join_waitlist = TRUE };
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_false (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/waitlist/offers-a-freed-spot-to-the-first-in-line-at-once-and-not-offered-is-refused",
             offers_a_freed_spot_to_the_first_in_line_at_once);
  desk_test ("/sl/waitlist/offers-for-a-shorter-time-near-the-start-and-never-beyond-it",
             offers_for_a_shorter_time_near_the_start_and_never_beyond_it);
  desk_test ("/sl/waitlist/passes-a-lapsed-offer-to-the-next-with-offer-lapsed",
             passes_a_lapsed_offer_to_the_next_tidied_up_or_not);
  desk_test ("/sl/waitlist/makes-due-offers-when-what-is-due-is-run", makes_due_offers_when_what_is_due_is_run);
  desk_test ("/sl/waitlist/ends-with-the-start", ends_with_the_start);
  desk_test ("/sl/waitlist/leaves-no-spot-to-others-that-is-owed-to-the-queue",
             leaves_no_spot_to_others_that_is_owed_to_the_queue);
  desk_test ("/sl/waitlist/keeps-an-offer-standing-while-credits-are-missing",
             keeps_an_offer_standing_while_credits_are_missing);
  desk_test ("/sl/waitlist/lets-go-of-places-and-offers-and-else-is-not-waitlisted", lets_go_of_places_and_offers);
  desk_test ("/sl/waitlist/waits-once-and-only-where-there-is-no-room", waits_once_and_only_where_there_is_no_room);
  desk_test ("/sl/waitlist/takes-as-many-as-the-studio-allows-then-limit-reached",
             takes_as_many_as_the_studio_allows);
  desk_test ("/sl/waitlist/offers-what-a-larger-room-brings", offers_what_a_larger_room_brings);
  desk_test ("/sl/waitlist/ends-with-the-session-that-is-cancelled", ends_with_the_session_that_is_cancelled);
  desk_test ("/sl/waitlist/ends-an-offer-with-a-start-that-was-moved", ends_an_offer_with_a_start_that_was_moved);
  desk_test ("/sl/waitlist/passes-over-whoever-is-blocked", passes_over_whoever_is_blocked);
  desk_test ("/sl/waitlist/passes-right-and-turn-to-the-device-where-people-wait",
             passes_right_and_turn_to_the_device_where_people_wait);
  desk_test ("/sl/waitlist/keeps-nothing-for-people-elsewhere-near-the-start",
             keeps_nothing_for_people_elsewhere_near_the_start);
  desk_test ("/sl/waitlist/brings-two-spots-together-where-the-first-couple-waits",
             brings_two_spots_together_where_the_first_couple_waits);
  desk_test ("/sl/waitlist/waits-for-no-class-that-there-is-not", waits_for_no_class_that_there_is_not);
  return g_test_run ();
}
