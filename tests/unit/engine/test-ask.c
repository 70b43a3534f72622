/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-ask"

#include "desk-fixture.h"

#include "engine/ask.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/schedule.h"
#include "expect.h"

#define START (MORNING + DAYS (2))

static SlId
id_of (Desk *desk)
{
  SlId id;

  sl_engine_get_replica (desk->engine, &id);
  return id;
}

static void
carry_both (Desk *one, Desk *other)
{
  desk_carry_log (one, other);
  desk_carry_log (other, one);
}

static void
second_desk (Desk *second, Desk *desk, const char *name)
{
  desk_join (second, desk, name);
  carry_both (second, desk);
}

/* What the holder gives, as the log of either says afterwards. */
static gint64
ask (Desk *holder, Desk *asker, SlAsk wanted)
{
  SlId id = id_of (asker);
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_ask_grant (holder->engine, &id, &wanted, 1, &failure));
  g_assert_no_error (failure);
  carry_both (holder, asker);
  return wanted.amount;
}

static gint64
free_at (Desk *desk, const SlId *session, Desk *of)
{
  SlId id = id_of (of);
  gint64 spots;

  g_assert_true (sl_rights_free (sl_engine_get_log (desk->engine), session, &id, &spots, NULL));
  return spots;
}

static SlAsk
wanted_by (const SlRefusal *refusal)
{
  SlAsk wanted;

  g_assert_true (sl_ask_from_refusal (refusal, &wanted));
  return wanted;
}

static void
brings_spots_that_a_booking_needs (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 5);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1 };
  g_auto (SlRefusal) refusal = { 0 };

  second_desk (&second, desk, "Second");
  g_assert_cmpstr (desk_try_request (&second, &second.owner, &request, &refusal), ==, "spots_elsewhere");
  SlAsk wanted = wanted_by (&refusal);
  g_assert_cmpint (wanted.kind, ==, SL_ASK_SPOTS);
  g_assert_cmpint (wanted.amount, ==, 1);
  g_assert_true (sl_id_equal (&wanted.id, &session));
  g_assert_cmpint (ask (desk, &second, wanted), ==, 1);
  g_assert_cmpint (free_at (desk, &session, desk), ==, 4);
  g_assert_cmpstr (desk_try_book (&second, &member, &session), ==, "ok");
  desk_close (&second, NULL);
}

static void
gives_no_more_spots_than_there_are (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId session = desk_free_class (desk, START, 5);

  second_desk (&second, desk, "Second");
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, session, 32 }), ==, 5);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, session, 1 }), ==, 0);
  g_assert_cmpint (free_at (desk, &session, &second), ==, 5);
  desk_close (&second, NULL);
}

static void
gives_no_spots_that_are_promised_to_the_queue (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId session = desk_free_class (desk, START, 2);
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), three = desk_member (desk, "Three");
  SlId booking = desk_book (desk, &one, &session);
  SlBookingRequest party = { .member_id = three, .session_id = session, .spots = 2, .join_waitlist = TRUE };
  const char *const guests[] = { "Guest", NULL };

  party.guests = guests;
  (void) desk_book (desk, &two, &session);
  g_auto (SlRefusal) refusal = { 0 };
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &party, &refusal), ==, "ok");
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  second_desk (&second, desk, "Second");
  /* One is free, too few for the party: it is anybody's. */
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, session, 2 }), ==, 1);
  desk_close (&second, NULL);
}

static void
gives_nothing_of_sessions_that_are_not_open (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId cancelled = desk_free_class (desk, START, 5), past = desk_free_class (desk, MORNING + HOURS (1), 5);

  desk_cancel_session (desk, &cancelled);
  second_desk (&second, desk, "Second");
  desk->world.now_ms = MORNING + HOURS (3);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, cancelled, 1 }), ==, 0);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, past, 1 }), ==, 0);
  desk_close (&second, NULL);
}

/* Ten hundredths more than the desk needs, of the lot that ends first. */
static void
brings_credits_in_the_order_of_spending (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 5, 60);
  SlId session;
  g_auto (SlRefusal) refusal = { 0 };

  (void) desk_credits (desk, &member, 300, 60);
  (void) desk_credits (desk, &member, 50, 30);
  second_desk (&second, desk, "Second");
  session = desk_session (&second, &service, START);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1 };
  g_assert_cmpstr (desk_try_request (&second, &second.owner, &request, &refusal), ==, "credits_elsewhere");
  SlAsk wanted = wanted_by (&refusal);
  g_assert_cmpint (wanted.kind, ==, SL_ASK_CREDITS);
  g_assert_cmpint (wanted.amount, ==, 100);
  g_assert_cmpint (ask (desk, &second, wanted), ==, 100);
  g_assert_cmpstr (desk_try_book (&second, &member, &session), ==, "ok");
  g_assert_cmpint (desk_balance (&second, &member), ==, 250);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_CREDITS, member, 1000000 }), ==, 250);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_CREDITS, member, 1 }), ==, 0);
  desk_close (&second, NULL);
}

/* Made at the desk where they joined the queue, taken up at another. */
static void
an_offer_is_accepted_at_another_desk (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId session = desk_free_class (desk, START, 1);
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), booking = desk_book (desk, &one, &session);
  SlBookingRequest request = { .member_id = two, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  g_auto (SlBookingResult) waiting = { 0 }, accepted = { 0 }, again = { 0 };
  g_auto (SlRefusal) elsewhere = { 0 };

  done (sl_booking_book (desk->engine, &desk->owner, &request, &waiting, &refusal, &failure));
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  second_desk (&second, desk, "Second");
  g_assert_cmpstr (desk_status (&second, &waiting.booking_id), ==, "offered");
  g_assert_true (sl_offer_accept (second.engine, &second.owner, &waiting.booking_id, NULL, &accepted, &elsewhere,
                                  NULL));
  g_assert_cmpstr (sl_refusal_name (elsewhere.code), ==, "no_rights");
  SlAsk wanted = wanted_by (&elsewhere);
  g_assert_cmpint (wanted.kind, ==, SL_ASK_BOOKING);
  g_assert_true (sl_id_equal (&wanted.id, &waiting.booking_id));
  g_assert_cmpint (ask (desk, &second, wanted), ==, 1);
  done (sl_offer_accept (second.engine, &second.owner, &waiting.booking_id, NULL, &again, &refusal, &failure));
  carry_both (desk, &second);
  g_assert_cmpstr (desk_status (desk, &waiting.booking_id), ==, "confirmed");
  g_assert_cmpint (ask (desk, &second, wanted), ==, 0);
  desk_close (&second, NULL);
}

static void
a_booking_on_trust_stays_with_its_keeper (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 5, 60), session;

  desk_policy (desk, "trust_visits", "1");
  (void) desk_credits (desk, &member, 300, 60);
  second_desk (&second, desk, "Second");
  session = desk_session (&second, &service, START);
  SlId booking = desk_book (&second, &member, &session);
  carry_both (desk, &second);
  g_assert_cmpint (ask (&second, desk, (SlAsk){ SL_ASK_BOOKING, booking, 1 }), ==, 0);
  desk_close (&second, NULL);
}

static void
what_can_be_asked_for_is_not_trusted_queued_or_overridden (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 5, 60);
  SlId there = desk_session (desk, &service, START), here;
  g_auto (SlRefusal) first = { 0 }, next = { 0 };

  desk_policy (desk, "trust_visits", "1");
  (void) desk_credits (desk, &member, 300, 60);
  second_desk (&second, desk, "Second");
  here = desk_session (&second, &service, START + DAYS (1));
  SlBookingRequest wait = { .member_id = member, .session_id = there, .spots = 1, .join_waitlist = TRUE };
  SlBookingRequest beside = { .member_id = member, .session_id = there, .spots = 1, .override_reason = "a friend" };
  sl_engine_set_can_ask (second.engine, TRUE);
  g_assert_cmpstr (desk_try_book (&second, &member, &here), ==, "credits_elsewhere");
  g_assert_cmpstr (desk_try_request (&second, &second.owner, &wait, &first), ==, "spots_elsewhere");
  g_assert_cmpstr (desk_try_request (&second, &second.owner, &beside, &next), ==, "spots_elsewhere");
  sl_engine_set_can_ask (second.engine, FALSE);
  g_assert_cmpstr (desk_try_book (&second, &member, &here), ==, "ok");
  desk_close (&second, NULL);
}

/* A desk that plans an instructor's day asks for it. */
static void
brings_the_day_of_an_instructor (Desk *desk, gconstpointer data)
{
  Desk second;
  SlActor instructor = { 0 };
  SlId service = desk_service (desk, 0, 5, 60), session;
  g_auto (SlRefusal) elsewhere = { 0 };

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  second_desk (&second, desk, "Second");
  SlSessionParams params = { .service = &service, .instructor = &instructor.id, .start_ms = START,
                             .capacity = SL_NUMBER_NONE };
  g_assert_true (sl_session_add (second.engine, &second.owner, &params, &session, &elsewhere, NULL));
  g_assert_cmpstr (sl_refusal_name (elsewhere.code), ==, "no_rights");
  SlAsk wanted = wanted_by (&elsewhere);
  g_assert_cmpint (wanted.kind, ==, SL_ASK_DAY);
  g_assert_true (sl_id_equal (&wanted.id, &instructor.id));
  g_assert_cmpint (ask (desk, &second, wanted), ==, wanted.amount);
  done (sl_session_add (second.engine, &second.owner, &params, &session, &refusal, &failure));
  g_assert_cmpint (ask (desk, &second, wanted), ==, 0);
  sl_actor_clear (&instructor);
  desk_close (&second, NULL);
}

static void
strangers_and_revoked_devices_get_nothing (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId session = desk_free_class (desk, START, 5), own = id_of (desk), gone;
  const SlId stranger = { { 7 } };
  SlAsk wanted = { SL_ASK_SPOTS, session, 1 };
  SlDevice *revoked = NULL;
  gint64 operations;

  second_desk (&second, desk, "Second");
  gone = id_of (&second);
  done (sl_device_revoke (desk->engine, &desk->owner, &gone, "stolen", &revoked, &refusal, &failure));
  sl_device_free (revoked);
  operations = desk_operations (desk);
  for (guint i = 0; i < 3; i++)
    {
      const SlId *asker = i == 0 ? &stranger : i == 1 ? &gone : &own;

      wanted.amount = 1;
      g_assert_true (sl_ask_grant (desk->engine, asker, &wanted, 1, NULL));
      g_assert_cmpint (wanted.amount, ==, 0);
    }
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk_close (&second, NULL);
}

static void
senseless_asks_get_nothing (Desk *desk, gconstpointer data)
{
  Desk second;
  SlId session = desk_free_class (desk, START, 5), asker;
  const SlId nobody = { { 3 } };
  SlAsk asks[SL_ASKS_MAX + 2];

  second_desk (&second, desk, "Second");
  asker = id_of (&second);
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    asks[i] = (SlAsk){ (SlAskKind) (i % 7), i % 2 == 0 ? nobody : sl_id_none, G_MAXINT64 };
  asks[1] = (SlAsk){ SL_ASK_SPOTS, session, G_MININT64 };
  asks[2] = (SlAsk){ SL_ASK_SPOTS, session, 0 };
  asks[3] = (SlAsk){ SL_ASK_BOOKING, session, 1 };
  asks[4] = (SlAsk){ SL_ASK_CREDITS, session, 1 };
  asks[5] = (SlAsk){ SL_ASK_DAY, session, 20000 };
  asks[SL_ASKS_MAX + 1] = (SlAsk){ SL_ASK_SPOTS, session, 1 };
  g_assert_true (sl_ask_grant (desk->engine, &asker, asks, G_N_ELEMENTS (asks), NULL));
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    g_assert_cmpint (asks[i].amount, ==, 0);
  desk_close (&second, NULL);
}

static void
names_the_richest_holder_first (Desk *desk, gconstpointer data)
{
  Desk second, third;
  SlId session = desk_free_class (desk, START, 9), expected;

  second_desk (&second, desk, "Second");
  second_desk (&third, desk, "Third");
  carry_both (desk, &second);
  g_assert_cmpint (ask (desk, &second, (SlAsk){ SL_ASK_SPOTS, session, 6 }), ==, 6);
  carry_both (desk, &third);
  g_autoptr (GArray) holders
    = sl_ask_holders (third.engine, &(SlAsk){ SL_ASK_SPOTS, session, 1 }, NULL);
  g_assert_cmpuint (holders->len, ==, 2);
  expected = id_of (&second);
  g_assert_true (sl_id_equal (&g_array_index (holders, SlId, 0), &expected));
  expected = id_of (desk);
  g_assert_true (sl_id_equal (&g_array_index (holders, SlId, 1), &expected));
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_device_become_hub (second.engine, &failure));
  carry_both (&second, &third);
  g_autoptr (GArray) desks = sl_ask_holders (third.engine, &(SlAsk){ SL_ASK_SPOTS, session, 1 }, NULL);
  g_assert_cmpuint (desks->len, ==, 1);
  desk_close (&second, NULL);
  desk_close (&third, NULL);
}

static void
other_refusals_ask_for_nothing (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 1);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 2 };
  const char *const guests[] = { "Guest", NULL };
  g_auto (SlRefusal) refusal = { 0 };
  SlAsk wanted;

  request.guests = guests;
  g_assert_cmpstr (desk_try_request (desk, &desk->owner, &request, &refusal), ==, "class_full");
  g_assert_false (sl_ask_from_refusal (&refusal, &wanted));
  sl_refusal_clear (&refusal);
  sl_refuse (&refusal, SL_REFUSAL_NO_RIGHTS);
  sl_refusal_set_text (&refusal, "booking", "no id");
  g_assert_false (sl_ask_from_refusal (&refusal, &wanted));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/ask/" name, func)
  ADD ("brings-spots-that-a-booking-needs", brings_spots_that_a_booking_needs);
  ADD ("gives-no-more-spots-than-there-are", gives_no_more_spots_than_there_are);
  ADD ("gives-no-spots-that-are-promised-to-the-queue", gives_no_spots_that_are_promised_to_the_queue);
  ADD ("gives-nothing-of-sessions-that-are-not-open", gives_nothing_of_sessions_that_are_not_open);
  ADD ("brings-credits-in-the-order-of-spending", brings_credits_in_the_order_of_spending);
  ADD ("an-offer-is-accepted-at-another-desk", an_offer_is_accepted_at_another_desk);
  ADD ("a-booking-on-trust-stays-with-its-keeper", a_booking_on_trust_stays_with_its_keeper);
  ADD ("what-can-be-asked-for-is-not-trusted-queued-or-overridden",
       what_can_be_asked_for_is_not_trusted_queued_or_overridden);
  ADD ("brings-the-day-of-an-instructor", brings_the_day_of_an_instructor);
  ADD ("strangers-and-revoked-devices-get-nothing", strangers_and_revoked_devices_get_nothing);
  ADD ("senseless-asks-get-nothing", senseless_asks_get_nothing);
  ADD ("names-the-richest-holder-first", names_the_richest_holder_first);
  ADD ("other-refusals-ask-for-nothing", other_refusals_ask_for_nothing);
  return g_test_run ();
}
