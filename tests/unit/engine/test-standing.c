/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/standing.h"

#include "engine/device.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "one-to-one.h"

#define MONDAY 1
#define NINE (9 * 60)
#define NINE_ON_MONDAY (MORNING + HOURS (3))
#define WEEKS(n) ((n) * DAYS (7))

static SlStandingParams
weekly (const SlId *member, const SlId *service, const char *until)
{
  return (SlStandingParams){ .member_id = *member, .service_id = *service, .weekday = MONDAY, .minute = NINE,
                             .spots = 1, .from_day = SL_NUMBER_NONE, .until_day = day (until) };
}

static SlId
add_standing (Desk *desk, const SlStandingParams *params)
{
  SlId id = sl_id_none;
  done (sl_standing_add (desk->engine, &desk->owner, params, &id, &refusal, &failure));
  return id;
}

static gint64
run (Desk *desk)
{
  return desk_run_due (desk).standing_booked;
}

/* What is said of the dates ahead: "booked", the booking's status, or the code of what is in the way. */
static char *
dates_of (Desk *desk, const SlId *member)
{
  g_autoptr (GPtrArray) list = NULL;
  GString *text = g_string_new (NULL);
  done (sl_standing_list (desk->engine, &desk->owner, member, FALSE, &list, &refusal, &failure));
  for (guint i = 0; i < list->len; i++)
    for (guint j = 0; j < ((const SlStanding *) list->pdata[i])->dates->len; j++)
      {
        const SlStandingDate *date =
            &g_array_index (((const SlStanding *) list->pdata[i])->dates, SlStandingDate, j);
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                                !sl_id_is_none (&date->booking_id) ? sl_booking_status_name (date->status)
                                : date->no_session                 ? "no_session"
                                                                   : sl_refusal_name (date->code));
      }
  return g_string_free (text, FALSE);
}
#define assert_dates(desk, member, wanted) \
  G_STMT_START \
  { \
    g_autofree char *got = dates_of (desk, member); \
    g_assert_cmpstr (got, ==, wanted); \
  } \
  G_STMT_END

static void
each_week_is_booked_once_some_days_ahead (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 5, 60), member = desk_member (desk, "Thandi"), sessions[4];
  desk_credits (desk, &member, 1000, 90);
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = desk_session (desk, &service, NINE_ON_MONDAY + WEEKS (i));
  SlStandingParams params = weekly (&member, &service, "2026-03-16");
  add_standing (desk, &params);
  assert_dates (desk, &member, "ok");
  g_assert_cmpint (run (desk), ==, 1);
  g_assert_cmpint (run (desk), ==, 0);
  assert_dates (desk, &member, "confirmed");
  g_assert_cmpint (desk_balance (desk, &member), ==, 900);
  desk->world.now_ms = NINE_ON_MONDAY - 1;
  g_assert_cmpint (run (desk), ==, 0);
  desk->world.now_ms = NINE_ON_MONDAY; /* seven days before the next */
  g_assert_cmpint (run (desk), ==, 1);
  desk->world.now_ms = NINE_ON_MONDAY + WEEKS (1) + DAYS (3); /* late: once, too */
  g_assert_cmpint (run (desk), ==, 1);
  g_assert_cmpint (desk_free_spots (desk, &sessions[2]), ==, 4);
  desk->world.now_ms = NINE_ON_MONDAY + WEEKS (3) - DAYS (1); /* the date is over */
  g_assert_cmpint (run (desk), ==, 0);
  g_assert_cmpint (desk_free_spots (desk, &sessions[3]), ==, 5);
}

static void
what_was_cancelled_is_not_made_again (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi"), hold;
  SlId session = desk_session (desk, &service, NINE_ON_MONDAY);
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  SlCancelResult cancelled;
  add_standing (desk, &params);
  g_assert_cmpstr (desk_try_hold (desk, &member, &session, &hold), ==, "ok");
  g_assert_cmpint (run (desk), ==, 0); /* somebody is at it */
  desk->world.now_ms += MINUTES (10);
  g_assert_cmpint (run (desk), ==, 1); /* and let it run out */
  g_autoptr (GPtrArray) list = NULL;
  done (sl_standing_list (desk->engine, &desk->owner, NULL, FALSE, &list, &refusal, &failure));
  const SlStanding *standing = list->pdata[0];
  const SlStandingDate *date = &g_array_index (standing->dates, SlStandingDate, 0);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &date->booking_id, &cancelled), ==, "ok");
  g_assert_cmpint (run (desk), ==, 0);
  assert_dates (desk, &member, "late_cancelled");
}

static void
what_cannot_be_booked_is_listed_and_tried_again (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 1, 60), member = desk_member (desk, "Thandi"), other;
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  SlCancelResult cancelled;
  add_standing (desk, &params);
  assert_dates (desk, &member, "no_session");
  gint64 before = desk_operations (desk);
  g_assert_cmpint (run (desk), ==, 0);
  g_assert_cmpint (desk_operations (desk), ==, before);
  SlId session = desk_session (desk, &service, NINE_ON_MONDAY);
  assert_dates (desk, &member, "insufficient_credits");
  g_assert_cmpint (run (desk), ==, 0);
  desk_credits (desk, &member, 300, 90);
  other = desk_member (desk, "Bongani");
  desk_credits (desk, &other, 100, 90);
  SlId taken = desk_book (desk, &other, &session);
  assert_dates (desk, &member, "class_full");
  g_assert_cmpint (run (desk), ==, 0);
  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &taken, &cancelled), ==, "ok");
  g_assert_cmpint (run (desk), ==, 1);
  desk->world.now_ms = NINE_ON_MONDAY;
  SlId next = desk_session (desk, &service, NINE_ON_MONDAY + WEEKS (1));
  desk_cancel_session (desk, &next);
  assert_dates (desk, &member, "session_cancelled");
  desk_block (desk, &member);
  desk_session (desk, &service, NINE_ON_MONDAY + WEEKS (1));
  assert_dates (desk, &member, "member_blocked");
}

static void
it_keeps_its_hour_over_the_clock_change (Desk *desk, gconstpointer data)
{
  const struct { const char *zone, *now, *before, *after, *until; } places[] = {
    { "Europe/London", "2026-03-20T08:00:00Z", "2026-03-23T09:00:00Z", "2026-03-30T08:00:00Z", "2026-04-30" },
    { "America/New_York", "2026-10-24T08:00:00Z", "2026-10-26T13:00:00Z", "2026-11-02T14:00:00Z", "2026-12-31" },
    { "America/New_York", "2026-12-25T08:00:00Z", "2026-12-28T14:00:00Z", "2027-01-04T14:00:00Z", "2027-02-28" },
    { "Europe/London", "2028-02-19T08:00:00Z", "2028-02-21T09:00:00Z", "2028-02-28T09:00:00Z", "2028-02-29" },
  };
  desk_policy (desk, "standing_days_ahead", "14");
  desk_policy (desk, "booking_opens_hours", "336");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *name = g_strdup_printf ("Place %u", i);
      SlId location = place (desk, name, places[i].zone), service = desk_service (desk, 0, 5, 60);
      SlId member = desk_member (desk, "Thandi");
      SlStandingParams params = weekly (&member, &service, places[i].until);
      desk->world.now_ms = moment (places[i].now);
      for (guint j = 0; j < 2; j++)
        {
          SlSessionParams session;
          SlId id;
          sl_session_params_init (&session);
          session.service = &service;
          session.location = &location;
          session.start_ms = moment (j == 0 ? places[i].before : places[i].after);
          done (sl_session_add (desk->engine, &desk->owner, &session, &id, &refusal, &failure));
        }
      params.location_id = location;
      add_standing (desk, &params);
      g_assert_cmpint (run (desk), ==, 2);
      assert_dates (desk, &member, "confirmed confirmed");
    }
}

static void
guests_come_along (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi");
  SlId session = desk_session (desk, &service, NINE_ON_MONDAY);
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  params.spots = 3;
  add_standing (desk, &params);
  g_assert_cmpint (run (desk), ==, 1);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 2);
}

static void
only_the_device_that_took_it_makes_the_bookings (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi"), replica;
  SlId session = desk_session (desk, &service, NINE_ON_MONDAY + WEEKS (1));
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  desk_join (&second, desk, "Kiosk");
  desk_carry_log (&second, desk);
  desk_carry_log (desk, &second);
  sl_engine_get_replica (second.engine, &replica);
  add_standing (&second, &params);
  desk_carry_log (&second, desk);
  desk->world.now_ms = second.world.now_ms = NINE_ON_MONDAY;
  assert_dates (desk, &member, "ok");
  g_assert_cmpint (run (desk), ==, 0);
  assert_dates (&second, &member, "spots_elsewhere");
  g_assert_cmpint (run (&second), ==, 0);
  /* revoked, the other one goes on for it */
  SlDevice *revoked = NULL;
  done (sl_device_revoke (desk->engine, &desk->owner, &replica, "stolen", &revoked, &refusal, &failure));
  sl_device_free (revoked);
  desk_run_due (desk);
  assert_dates (desk, &member, "confirmed");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 4);
  desk_close (&second, NULL);
}

static void
it_ends_when_somebody_ends_it (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi");
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  SlActor finance, stranger = { .id = desk_member (desk, "Bongani"), .role = SL_ROLE_MEMBER };
  g_autoptr (GPtrArray) list = NULL, all = NULL;
  desk_session (desk, &service, NINE_ON_MONDAY);
  SlId id = add_standing (desk, &params), other;
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  refused ("already_booked", sl_standing_add (desk->engine, &desk->owner, &params, &other, &refusal, &failure));
  refused ("not_allowed", sl_standing_end (desk->engine, &finance, &id, &refusal, &failure));
  refused ("not_allowed", sl_standing_end (desk->engine, &stranger, &id, &refusal, &failure));
  refused ("not_allowed", sl_standing_list (desk->engine, &stranger, &member, FALSE, &list, &refusal, &failure));
  done (sl_standing_end (desk->engine, &desk->owner, &id, &refusal, &failure));
  done (sl_standing_end (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpint (run (desk), ==, 0);
  done (sl_standing_list (desk->engine, &desk->owner, NULL, FALSE, &list, &refusal, &failure));
  g_assert_cmpuint (list->len, ==, 0);
  done (sl_standing_list (desk->engine, &desk->owner, NULL, TRUE, &all, &refusal, &failure));
  g_assert_cmpuint (all->len, ==, 1);
  add_standing (desk, &params);
  g_assert_cmpint (run (desk), ==, 1);
}

static void
what_makes_no_sense_is_refused (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi"), id;
  SlStandingParams good = weekly (&member, &service, "2026-06-29"), bad[6];
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = good;
  bad[0].weekday = 8;
  bad[1].minute = 24 * 60;
  bad[2].spots = 0;
  bad[3].until_day = day ("2026-03-01");
  bad[4].from_day = day ("2026-06-30");
  bad[5].until_day = G_MAXINT64;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    fails (SL_ERROR_BAD_INPUT, sl_standing_add (desk->engine, &desk->owner, &bad[i], &id, &refusal, &failure));
  desk_policy (desk, "booking_spots_max", "2");
  good.spots = 3;
  refused ("too_many_spots", sl_standing_add (desk->engine, &desk->owner, &good, &id, &refusal, &failure));
  good.spots = 1;
  desk_block (desk, &member);
  refused ("member_blocked", sl_standing_add (desk->engine, &desk->owner, &good, &id, &refusal, &failure));
}

static void
an_erased_member_is_booked_no_more (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), member = desk_member (desk, "Thandi");
  SlStandingParams params = weekly (&member, &service, "2026-06-29");
  guint released;
  desk_session (desk, &service, NINE_ON_MONDAY);
  add_standing (desk, &params);
  done (sl_member_erase (desk->engine, &desk->owner, &member, "asked for it", &released, &refusal, &failure));
  g_assert_cmpint (run (desk), ==, 0);
  assert_dates (desk, NULL, "");
}

static void
two_records_of_one_person_are_booked_once (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), one = desk_member (desk, "Thandi"), two = desk_member (desk, "Thandie");
  SlId session = desk_session (desk, &service, NINE_ON_MONDAY), survivor, id;
  SlStandingParams of_one = weekly (&one, &service, "2026-06-29"), of_two = weekly (&two, &service, "2026-06-29");
  add_standing (desk, &of_one);
  add_standing (desk, &of_two);
  done (sl_member_merge (desk->engine, &desk->owner, &two, &one, &survivor, &refusal, &failure));
  refused ("already_booked", sl_standing_add (desk->engine, &desk->owner, &of_two, &id, &refusal, &failure));
  g_assert_cmpint (run (desk), ==, 1);
  g_assert_cmpint (run (desk), ==, 0);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 4);
  assert_dates (desk, &one, "confirmed confirmed");
}

static void
many_are_made_in_several_transactions (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 200, 60), session = desk_session (desk, &service, NINE_ON_MONDAY);
  for (guint i = 0; i < 120; i++)
    {
      SlId member = desk_member (desk, "Thandi");
      SlStandingParams params = weekly (&member, &service, "2026-06-29");
      add_standing (desk, &params);
    }
  g_assert_cmpint (run (desk), ==, 120);
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 80);
  g_assert_cmpint (run (desk), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/standing/each-week-is-booked-once-some-days-ahead", each_week_is_booked_once_some_days_ahead);
  desk_test ("/sl/standing/what-was-cancelled-is-not-made-again", what_was_cancelled_is_not_made_again);
  desk_test ("/sl/standing/what-cannot-be-booked-is-listed-and-tried-again",
             what_cannot_be_booked_is_listed_and_tried_again);
  desk_test ("/sl/standing/it-keeps-its-hour-over-the-clock-change", it_keeps_its_hour_over_the_clock_change);
  desk_test ("/sl/standing/guests-come-along", guests_come_along);
  desk_test ("/sl/standing/only-the-device-that-took-it-makes-the-bookings",
             only_the_device_that_took_it_makes_the_bookings);
  desk_test ("/sl/standing/it-ends-when-somebody-ends-it", it_ends_when_somebody_ends_it);
  desk_test ("/sl/standing/what-makes-no-sense-is-refused", what_makes_no_sense_is_refused);
  desk_test ("/sl/standing/an-erased-member-is-booked-no-more", an_erased_member_is_booked_no_more);
  desk_test ("/sl/standing/two-records-of-one-person-are-booked-once", two_records_of_one_person_are_booked_once);
  desk_test ("/sl/standing/many-are-made-in-several-transactions", many_are_made_in_several_transactions);
  return g_test_run ();
}
