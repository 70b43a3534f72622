/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-placement"

#include "desk-fixture.h"

#include "engine/ask.h"
#include "engine/claim-queries.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/location.h"
#include "engine/placement.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "expect.h"

#define START (MORNING + DAYS (2))
#define CLASS_CAPACITY 8
#define RESERVE 3

/* The studio's first desk, a kiosk at its door, another desk, and a hub. */
typedef struct {
  Desk *desk, kiosk, second, hub;
  Desk *all[4];
  SlId ids[4];
} Studio;
enum { DESK, KIOSK, SECOND, HUB };

static void
exchange (Studio *studio)
{
  for (guint i = 0; i < HUB; i++)
    desk_carry_log (studio->all[i], &studio->hub);
  for (guint i = 0; i < HUB; i++)
    desk_carry_log (&studio->hub, studio->all[i]);
}

static void
set_clocks (Studio *studio, gint64 now_ms)
{
  for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
    studio->all[i]->world.now_ms = now_ms;
}

static void
studio_open (Studio *studio, Desk *desk)
{
  SlLocationParams params = { 0 };

  *studio = (Studio){ .desk = desk };
  studio->all[DESK] = desk;
  studio->all[KIOSK] = &studio->kiosk;
  studio->all[SECOND] = &studio->second;
  studio->all[HUB] = &studio->hub;
  desk_join (&studio->kiosk, desk, "Kiosk");
  desk_join (&studio->second, desk, "Second");
  desk_join (&studio->hub, desk, "Hub");
  for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
    sl_engine_get_replica (studio->all[i]->engine, &studio->ids[i]);
  exchange (studio);
  g_assert_true (sl_device_become_hub (studio->hub.engine, NULL));
  params.door_device = &studio->ids[KIOSK];
  done (sl_location_edit_params (desk->engine, &desk->owner, &desk->location, &params, &refusal, &failure));
  exchange (studio);
}

static void
studio_close (Studio *studio)
{
  for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
    {
      g_auto (SlVerifyResult) verified = { 0 };

      g_assert_true (sl_exchange_verify (studio->all[i]->engine, &verified, NULL));
      g_assert_cmpuint (verified.problems->len, ==, 0);
      if (i != DESK)
        desk_close (studio->all[i], NULL);
    }
}

static SlPlacementCounts
place (Studio *studio, guint which)
{
  SlPlacementCounts counts;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_placement_run (studio->all[which]->engine, &counts, &failure));
  g_assert_no_error (failure);
  return counts;
}

/* As agents do, each in its turn, until nobody writes anything; the rounds that it took. */
static guint
settle (Studio *studio)
{
  for (guint round = 0; round < 12; round++)
    {
      gint64 before = 0, after = 0;

      for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
        before += desk_operations (studio->all[i]);
      for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
        {
          (void) desk_run_due (studio->all[i]);
          (void) place (studio, i);
        }
      exchange (studio);
      for (guint i = 0; i < G_N_ELEMENTS (studio->all); i++)
        after += desk_operations (studio->all[i]);
      if (after == before)
        return round;
    }
  g_error ("devices pass rights to and fro");
}

static gint64
free_at (Studio *studio, const SlId *session, guint which)
{
  gint64 spots;

  g_assert_true (sl_rights_free (sl_engine_get_log (studio->hub.engine), session, &studio->ids[which], &spots, NULL));
  return spots;
}

static void
assert_free (Studio *studio, const SlId *session, gint64 desk, gint64 kiosk, gint64 second, gint64 hub)
{
  g_assert_cmpint (free_at (studio, session, DESK), ==, desk);
  g_assert_cmpint (free_at (studio, session, KIOSK), ==, kiosk);
  g_assert_cmpint (free_at (studio, session, SECOND), ==, second);
  g_assert_cmpint (free_at (studio, session, HUB), ==, hub);
}

/* Of a service that keeps spots for walk-ins. */
static SlId
add_session (Desk *desk, gint64 start_ms, gint64 capacity, gint64 reserve, gboolean draft)
{
  SlId service = desk_service (desk, 0, capacity, 60), session;
  SlServiceParams params;
  SlSessionParams wanted = { .service = &service, .start_ms = start_ms, .capacity = capacity, .draft = draft };

  sl_service_params_init (&params);
  params.reserve = reserve;
  done (sl_service_edit (desk->engine, &desk->owner, &service, &params, &refusal, &failure));
  done (sl_session_add (desk->engine, &desk->owner, &wanted, &session, &refusal, &failure));
  return session;
}

static SlId
keeper_of (Studio *studio, const SlId *booking)
{
  SlClaim claim;

  g_assert_true (sl_claim_get_booking (studio->hub.engine, booking, sl_engine_now_ms (studio->hub.engine), &claim,
                                       NULL));
  return claim.keeper;
}

static void
a_studio_alone_stays_as_it_is (Desk *desk, gconstpointer data)
{
  Desk kiosk;
  SlPlacementCounts counts;
  SlId member = desk_member (desk, "Thandi");
  gint64 operations;

  (void) add_session (desk, START, CLASS_CAPACITY, RESERVE, FALSE);
  (void) desk_credits (desk, &member, 1000, 30);
  desk_join (&kiosk, desk, "Kiosk");
  desk_carry_log (&kiosk, desk);
  operations = desk_operations (desk);
  g_assert_true (sl_placement_run (desk->engine, &counts, NULL));
  desk->world.now_ms = START - MINUTES (10);
  g_assert_true (sl_placement_run (desk->engine, &counts, NULL));
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk_close (&kiosk, NULL);
}

static void
spots_go_to_the_hub_and_the_reserve_to_the_door (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, CLASS_CAPACITY, RESERVE, FALSE);
  SlPlacementCounts counts = place (&studio, DESK);
  g_assert_cmpint (counts.spots_to_door, ==, RESERVE);
  g_assert_cmpint (counts.spots_to_hub, ==, CLASS_CAPACITY - RESERVE);
  g_assert_cmpuint (settle (&studio), <=, 1);
  assert_free (&studio, &session, 0, RESERVE, 0, CLASS_CAPACITY - RESERVE);
  studio_close (&studio);
}

static void
the_door_device_keeps_its_own_reserve (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId session = add_session (&studio.kiosk, START, CLASS_CAPACITY, RESERVE, FALSE);
  SlId none = add_session (&studio.kiosk, START + DAYS (1), CLASS_CAPACITY, 0, FALSE);
  (void) settle (&studio);
  assert_free (&studio, &session, 0, RESERVE, 0, CLASS_CAPACITY - RESERVE);
  assert_free (&studio, &none, 0, 0, 0, CLASS_CAPACITY);
  studio_close (&studio);
}

/* A reserve that was larger than the class; one that walk-ins have used up. */
static void
a_reserve_is_no_more_than_the_capacity_and_is_filled_once (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId small = add_session (desk, START, 2, RESERVE, FALSE), session = add_session (desk, START, 5, RESERVE, FALSE);
  (void) settle (&studio);
  assert_free (&studio, &small, 0, 2, 0, 0);
  for (guint i = 0; i < 2; i++)
    {
      SlId walk_in = desk_member (&studio.kiosk, "Walk-in");

      (void) desk_book (&studio.kiosk, &walk_in, &session);
    }
  exchange (&studio);
  (void) settle (&studio);
  assert_free (&studio, &session, 0, RESERVE - 2, 0, 2);
  studio_close (&studio);
}

static void
drafts_cancelled_past_and_distant_sessions_are_left_alone (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId draft = add_session (desk, START, 4, 1, TRUE), cancelled = add_session (desk, START, 4, 1, FALSE);
  SlId past = add_session (desk, MORNING + HOURS (1), 4, 1, FALSE);
  SlId distant = add_session (desk, MORNING + DAYS (60), 4, 1, FALSE);
  desk_cancel_session (desk, &cancelled);
  set_clocks (&studio, MORNING + HOURS (4));
  (void) settle (&studio);
  assert_free (&studio, &draft, 4, 0, 0, 0);
  assert_free (&studio, &cancelled, 4, 0, 0, 0);
  assert_free (&studio, &past, 4, 0, 0, 0);
  assert_free (&studio, &distant, 4, 0, 0, 0);
  set_clocks (&studio, MORNING + DAYS (50));
  (void) settle (&studio);
  assert_free (&studio, &distant, 0, 1, 0, 3);
  studio_close (&studio);
}

static void
near_the_start_all_is_at_the_door (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, CLASS_CAPACITY, RESERVE, FALSE);
  SlId one = desk_member (desk, "One"), booked, held;
  SlId second_session = add_session (&studio.second, START + DAYS (1), 1, 0, FALSE);
  booked = desk_book (desk, &one, &session);
  exchange (&studio);
  (void) settle (&studio);
  held = keeper_of (&studio, &booked);
  g_assert_true (sl_id_equal (&studio.ids[DESK], &held));
  set_clocks (&studio, START - MINUTES (45));
  (void) settle (&studio);
  assert_free (&studio, &session, 0, RESERVE, 0, CLASS_CAPACITY - RESERVE - 1);
  set_clocks (&studio, START - MINUTES (30));
  (void) settle (&studio);
  assert_free (&studio, &session, 0, CLASS_CAPACITY - 1, 0, 0);
  held = keeper_of (&studio, &booked);
  g_assert_true (sl_id_equal (&studio.ids[KIOSK], &held));
  assert_free (&studio, &second_session, 0, 0, 0, 1);
  /* So what somebody gives back at any desk is there for the next at the door. */
  g_assert_cmpstr (desk_try_cancel (&studio.second, &studio.second.owner, &booked, NULL), ==, "ok");
  exchange (&studio);
  assert_free (&studio, &session, 0, CLASS_CAPACITY, 0, 0);
  studio_close (&studio);
}

static void
queues_and_offers_go_to_the_door_too (Desk *desk, gconstpointer data)
{
  Studio studio;
  g_auto (SlBookingResult) waiting = { 0 };

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, 1, 0, FALSE);
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), booked = desk_book (desk, &one, &session);
  SlBookingRequest request = { .member_id = two, .session_id = session, .spots = 1, .join_waitlist = TRUE };
  done (sl_booking_book (desk->engine, &desk->owner, &request, &waiting, &refusal, &failure));
  set_clocks (&studio, START - MINUTES (20));
  (void) settle (&studio);
  SlId keeper = keeper_of (&studio, &waiting.booking_id);
  g_assert_true (sl_id_equal (&keeper, &studio.ids[KIOSK]));
  g_assert_cmpstr (desk_try_cancel (&studio.kiosk, &studio.kiosk.owner, &booked, NULL), ==, "ok");
  set_clocks (&studio, START - MINUTES (19));
  (void) settle (&studio);
  g_assert_cmpstr (desk_status (desk, &waiting.booking_id), ==, "offered");
  g_auto (SlBookingResult) accepted = { 0 };
  done (sl_offer_accept (studio.kiosk.engine, &studio.kiosk.owner, &waiting.booking_id, NULL, &accepted, &refusal,
                         &failure));
  exchange (&studio);
  (void) settle (&studio);
  studio_close (&studio);
}

static gboolean
is_not_the_door (gpointer user_data, const SlId *device)
{
  Studio *studio = user_data;

  return !sl_id_equal (device, &studio->ids[KIOSK]);
}

static void
nothing_goes_to_a_door_device_that_is_off (Desk *desk, gconstpointer data)
{
  Studio studio;
  SlPlacementCounts counts;

  studio_open (&studio, desk);
  SlId session = add_session (&studio.hub, START, CLASS_CAPACITY, RESERVE, FALSE);
  g_assert_true (sl_placement_run_reaching (studio.hub.engine, is_not_the_door, &studio, &counts, NULL));
  assert_free (&studio, &session, 0, 0, 0, CLASS_CAPACITY);
  set_clocks (&studio, START - MINUTES (10));
  g_assert_true (sl_placement_run_reaching (studio.hub.engine, is_not_the_door, &studio, &counts, NULL));
  assert_free (&studio, &session, 0, 0, 0, CLASS_CAPACITY);
  (void) settle (&studio);
  assert_free (&studio, &session, 0, CLASS_CAPACITY, 0, 0);
  studio_close (&studio);
}

static gboolean
is_the_door (gpointer user_data, const SlId *device)
{
  return !is_not_the_door (user_data, device);
}

/* On the LAN alone: what is for the door goes there, what is for the hub stays. */
static void
nothing_goes_to_a_hub_that_is_gone (Desk *desk, gconstpointer data)
{
  Studio studio;
  SlPlacementCounts counts;

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, CLASS_CAPACITY, RESERVE, FALSE), member = desk_member (desk, "Thandi");
  (void) desk_credits (desk, &member, 1000, 30);
  g_assert_true (sl_placement_run_reaching (desk->engine, is_the_door, &studio, &counts, NULL));
  g_assert_cmpint (counts.spots_to_door, ==, RESERVE);
  g_assert_cmpint (counts.spots_to_hub, ==, 0);
  g_assert_cmpint (counts.credits_to_hub, ==, 0);
  exchange (&studio);
  assert_free (&studio, &session, CLASS_CAPACITY - RESERVE, RESERVE, 0, 0);
  studio_close (&studio);
}

static void
a_device_that_owes_is_paid_first (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, 4, 0, FALSE), member = desk_member (desk, "Thandi");
  SlSessionParams lower = { .start_ms = SL_NUMBER_NONE, .capacity = 3 };
  (void) settle (&studio);
  SlAsk wanted = { SL_ASK_SPOTS, session, 1 };
  g_assert_true (sl_ask_grant (studio.hub.engine, &studio.ids[DESK], &wanted, 1, NULL));
  exchange (&studio);
  (void) desk_book (desk, &member, &session);
  done (sl_session_edit (desk->engine, &desk->owner, &session, &lower, &refusal, &failure));
  exchange (&studio);
  g_assert_cmpint (free_at (&studio, &session, DESK), ==, -1);
  g_assert_cmpint (place (&studio, HUB).debts_paid, ==, 1);
  exchange (&studio);
  assert_free (&studio, &session, 0, 0, 0, 2);
  (void) settle (&studio);
  assert_free (&studio, &session, 0, 0, 0, 2);
  studio_close (&studio);
}

static void
credits_beyond_a_visit_go_to_the_hub (Desk *desk, gconstpointer data)
{
  Studio studio;
  gint64 held;

  studio_open (&studio, desk);
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 150, 5, 60);
  SlId lot = desk_credits (desk, &member, 1000, 30), small = desk_credits (desk, &member, 100, 30);
  SlId session = desk_session (desk, &service, START);
  (void) desk_member (desk, "Other");
  g_assert_cmpint (place (&studio, DESK).credits_to_hub, ==, 850);
  g_assert_cmpint (place (&studio, DESK).credits_to_hub, ==, 0);
  exchange (&studio);
  g_assert_true (sl_lot_free (sl_engine_get_log (desk->engine), &lot, &studio.ids[DESK], &held, NULL));
  g_assert_cmpint (held, ==, 150);
  g_assert_true (sl_lot_free (sl_engine_get_log (desk->engine), &small, &studio.ids[DESK], &held, NULL));
  g_assert_cmpint (held, ==, 100);
  (void) settle (&studio);
  /* Cut off, the desk that sold them still has a visit's worth. */
  SlAsk wanted = { SL_ASK_SPOTS, session, 1 };
  g_assert_true (sl_ask_grant (studio.hub.engine, &studio.ids[DESK], &wanted, 1, NULL));
  exchange (&studio);
  g_assert_cmpstr (desk_try_book (desk, &member, &session), ==, "ok");
  studio_close (&studio);
}

/* The desk at which the visit was trusted pays it before anything is passed on. */
static void
credits_that_are_owed_stay_until_they_are_paid (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  desk_policy (desk, "trust_visits", "1");
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 100, 5, 60);
  (void) desk_credits (desk, &member, 500, 30);
  exchange (&studio);
  SlId session = desk_session (&studio.second, &service, START);
  (void) desk_book (&studio.second, &member, &session);
  exchange (&studio);
  g_assert_cmpint (place (&studio, DESK).credits_to_hub, ==, 0);
  (void) settle (&studio);
  g_assert_cmpint (desk_balance (&studio.hub, &member), ==, 400);
  studio_close (&studio);
}

static void
the_reserve_is_for_who_stands_at_the_door (Desk *desk, gconstpointer data)
{
  Studio studio;

  studio_open (&studio, desk);
  SlId session = add_session (desk, START, 4, RESERVE, FALSE);
  (void) settle (&studio);
  SlAsk wanted = { SL_ASK_SPOTS, session, 2 };
  g_assert_true (sl_ask_grant (studio.kiosk.engine, &studio.ids[HUB], &wanted, 1, NULL));
  g_assert_cmpint (wanted.amount, ==, 0);
  wanted.amount = 2;
  g_assert_true (sl_ask_grant (studio.kiosk.engine, &studio.ids[SECOND], &wanted, 1, NULL));
  g_assert_cmpint (wanted.amount, ==, 2);
  exchange (&studio);
  assert_free (&studio, &session, 0, 1, 2, 1);
  studio_close (&studio);
}

/* --- whatever they do --- */

#define WORLDS 4
#define STEPS 40

typedef struct {
  Studio studio;
  GRand *random;
  GArray *sessions, *members, *bookings; /* of SlId */
} World;

static guint
below (World *world, guint n)
{
  return (guint) g_rand_int_range (world->random, 0, (gint32) n);
}

static SlId
pick (World *world, GArray *ids)
{
  return g_array_index (ids, SlId, below (world, ids->len));
}

static void
act (World *world)
{
  Desk *desk = world->studio.all[below (world, 4)];
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  SlId id, session = pick (world, world->sessions), member = pick (world, world->members);
  SlBookingRequest request = { .member_id = member, .session_id = session, .spots = 1,
                               .join_waitlist = below (world, 2) == 0 };
  SlSessionParams edit = { .start_ms = SL_NUMBER_NONE, .capacity = 1 + below (world, 6) };

  switch (below (world, 12))
    {
    case 0:
      id = add_session (desk, desk->world.now_ms + MINUTES (15 + below (world, 60 * 24)), 1 + below (world, 5),
                        below (world, 3), FALSE);
      g_array_append_val (world->sessions, id);
      break;
    case 1:
      g_assert_true (sl_session_edit (desk->engine, &desk->owner, &session, &edit, &refusal, &failure)
                     || failure != NULL);
      break;
    case 2:
      set_clocks (&world->studio, desk->world.now_ms + MINUTES (5 + below (world, 40)));
      break;
    case 3:
    case 4:
      if (world->bookings->len > 0)
        {
          SlCancelResult cancelled;

          id = pick (world, world->bookings);
          g_assert_true (sl_booking_cancel (desk->engine, &desk->owner, &id, NULL, &cancelled, &refusal, &failure)
                         || failure != NULL);
        }
      break;
    case 5:
      exchange (&world->studio);
      break;
    case 6:
      (void) desk_run_due (desk);
      (void) place (&world->studio, below (world, 4));
      break;
    case 7:
      {
        SlAsk wanted = { SL_ASK_SPOTS, session, 1 + below (world, 3) };

        g_assert_true (sl_ask_grant (desk->engine, &world->studio.ids[below (world, 4)], &wanted, 1, NULL));
      }
      break;
    default:
      if (sl_booking_book (desk->engine, &desk->owner, &request, &result, &refusal, &failure)
          && refusal.code == SL_REFUSAL_NONE)
        g_array_append_val (world->bookings, result.booking_id);
    }
}

/* Rights of sessions ahead lie where the rules say, as far as nobody waits and nobody owes. */
static void
assert_placed (World *world)
{
  for (guint i = 0; i < world->sessions->len; i++)
    {
      const SlId *id = &g_array_index (world->sessions, SlId, i);
      g_autoptr (SlSession) session = sl_session_get (world->studio.hub.engine, id, NULL);
      gint64 until_start = session->start_ms - world->studio.hub.world.now_ms;
      SlSessionCounts counts;

      g_assert_true (sl_session_counts (world->studio.hub.engine, id, &counts, NULL));
      if (session->cancelled || until_start <= 0 || counts.waitlisted > 0
          || free_at (&world->studio, id, KIOSK) < 0)
        continue;
      if (until_start <= SL_PLACEMENT_DOOR_MS)
        assert_free (&world->studio, id, 0, free_at (&world->studio, id, KIOSK), 0, 0);
      else if (until_start > SL_PLACEMENT_DOOR_MS + SL_PLACEMENT_QUIET_MS)
        {
          g_assert_cmpint (free_at (&world->studio, id, DESK), <=, 0);
          g_assert_cmpint (free_at (&world->studio, id, SECOND), <=, 0);
          g_assert_cmpint (free_at (&world->studio, id, KIOSK), <=, RESERVE);
        }
    }
}

static void
devices_come_to_rest_whatever_was_done (Desk *unused, gconstpointer data)
{
  for (guint seed = 1; seed <= WORLDS; seed++)
    {
      Desk desk = { 0 };
      World world = { .random = g_rand_new_with_seed (seed) };

      desk_open_seeded (&desk, seed);
      studio_open (&world.studio, &desk);
      world.sessions = g_array_new (FALSE, FALSE, sizeof (SlId));
      world.members = g_array_new (FALSE, FALSE, sizeof (SlId));
      world.bookings = g_array_new (FALSE, FALSE, sizeof (SlId));
      for (guint i = 0; i < 6; i++)
        {
          SlId member = desk_member (&desk, "Member"),
               session = add_session (&desk, MORNING + MINUTES (20 + 45 * i), 1 + i, i % 3, FALSE);

          g_array_append_val (world.members, member);
          g_array_append_val (world.sessions, session);
        }
      exchange (&world.studio);
      for (guint i = 0; i < STEPS; i++)
        {
          exchange (&world.studio);
          for (guint j = 0; j < 3; j++)
            act (&world);
        }
      exchange (&world.studio);
      (void) settle (&world.studio);
      assert_placed (&world);
      studio_close (&world.studio);
      desk_close (&desk, NULL);
      g_array_unref (world.sessions);
      g_array_unref (world.members);
      g_array_unref (world.bookings);
      g_rand_free (world.random);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) desk_test ("/sl/placement/" name, func)
  ADD ("a-studio-alone-stays-as-it-is", a_studio_alone_stays_as_it_is);
  ADD ("spots-go-to-the-hub-and-the-reserve-to-the-door", spots_go_to_the_hub_and_the_reserve_to_the_door);
  ADD ("the-door-device-keeps-its-own-reserve", the_door_device_keeps_its_own_reserve);
  ADD ("a-reserve-is-no-more-than-the-capacity-and-is-filled-once",
       a_reserve_is_no_more_than_the_capacity_and_is_filled_once);
  ADD ("drafts-cancelled-past-and-distant-sessions-are-left-alone",
       drafts_cancelled_past_and_distant_sessions_are_left_alone);
  ADD ("near-the-start-all-is-at-the-door", near_the_start_all_is_at_the_door);
  ADD ("queues-and-offers-go-to-the-door-too", queues_and_offers_go_to_the_door_too);
  ADD ("nothing-goes-to-a-door-device-that-is-off", nothing_goes_to_a_door_device_that_is_off);
  ADD ("nothing-goes-to-a-hub-that-is-gone", nothing_goes_to_a_hub_that_is_gone);
  ADD ("a-device-that-owes-is-paid-first", a_device_that_owes_is_paid_first);
  ADD ("credits-beyond-a-visit-go-to-the-hub", credits_beyond_a_visit_go_to_the_hub);
  ADD ("credits-that-are-owed-stay-until-they-are-paid", credits_that_are_owed_stay_until_they_are_paid);
  ADD ("the-reserve-is-for-who-stands-at-the-door", the_reserve_is_for_who_stands_at_the_door);
  ADD ("devices-come-to-rest-whatever-was-done", devices_come_to_rest_whatever_was_done);
  return g_test_run ();
}
