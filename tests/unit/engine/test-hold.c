/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-hold"

#include "desk-fixture.h"
#include "engine/policy.h"

#define assert_refused(expression, code) g_assert_cmpstr (expression, ==, code)

static const char *
try_release (Desk *desk, const SlId *hold)
{
  g_auto (SlBookingResult) result = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_booking_release (desk->engine, &desk->owner, hold, &result, &refusal, &failure));
  g_assert_no_error (failure);
  return sl_refusal_name (refusal.code);
}

static void
a_hold_takes_a_spot_until_its_end (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1), hold;
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two");

  assert_refused (desk_try_hold (desk, &one, &session, &hold), "ok");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "held");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 0);
  assert_refused (desk_try_book (desk, &two, &session), "class_full");

  desk->world.now_ms = MORNING + MINUTES (10) - 1;
  g_assert_cmpstr (desk_status (desk, &hold), ==, "held");
  assert_refused (desk_try_book (desk, &two, &session), "class_full");
  desk->world.now_ms = MORNING + MINUTES (10);
  g_assert_cmpstr (desk_status (desk, &hold), ==, "expired");
  assert_refused (desk_try_confirm (desk, &hold), "hold_expired");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 1);
  /* Nothing has tidied it up: the one who needs the spot does, in the same transaction. */
  assert_refused (desk_try_book (desk, &two, &session), "ok");
  g_assert_cmpint (desk_run_due (desk).holds_expired, ==, 0);
  assert_refused (desk_try_confirm (desk, &hold), "hold_expired");
  g_assert_cmpint (desk_free_spots (desk, &session), ==, 0);
}

static void
confirming_takes_the_credits_and_no_credits_leave_the_hold (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), service = desk_service (desk, 100, 1, 60), hold;
  SlId session = desk_session (desk, &service, MORNING + HOURS (2));

  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  assert_refused (desk_try_confirm (desk, &hold), "insufficient_credits");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "held");
  desk_credits (desk, &member, 100, 30);
  assert_refused (desk_try_confirm (desk, &hold), "ok");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "confirmed");
  g_assert_cmpint (desk_balance (desk, &member), ==, 0);
  desk->world.now_ms += HOURS (1);
  g_assert_cmpstr (desk_status (desk, &hold), ==, "confirmed");
  assert_refused (desk_try_confirm (desk, &hold), "wrong_state");
}

static void
a_blocked_member_confirms_nothing (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "One"), session = desk_free_class (desk, MORNING + HOURS (2), 1), hold;

  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  desk_block (desk, &member);
  assert_refused (desk_try_confirm (desk, &hold), "member_blocked");
}

static void
a_hold_let_go_frees_its_spot_at_once (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1), hold, booking;
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two");

  assert_refused (desk_try_hold (desk, &one, &session, &hold), "ok");
  assert_refused (try_release (desk, &hold), "ok");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "cancelled");
  assert_refused (try_release (desk, &hold), "wrong_state");
  assert_refused (desk_try_confirm (desk, &hold), "wrong_state");
  booking = desk_book (desk, &two, &session);
  assert_refused (try_release (desk, &booking), "wrong_state");
}

static void
rate_limited_after_five_holds_a_minute (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 9), hold;
  SlId member = desk_member (desk, "One"), other = desk_member (desk, "Two");

  for (int i = 0; i < 5; i++)
    {
      desk->world.now_ms = MORNING + i * 1000;
      assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
      assert_refused (try_release (desk, &hold), "ok");
    }
  assert_refused (desk_try_hold (desk, &member, &session, &hold), "rate_limited");
  assert_refused (desk_try_hold (desk, &other, &session, NULL), "ok");
  assert_refused (desk_try_book (desk, &member, &session), "ok");
  desk->world.now_ms = MORNING + MINUTES (1) - 1;
  assert_refused (desk_try_hold (desk, &other, &session, NULL), "already_booked");
  {
    SlId later = desk_free_class (desk, MORNING + HOURS (5), 9);

    assert_refused (desk_try_hold (desk, &member, &later, NULL), "rate_limited");
    desk->world.now_ms = MORNING + MINUTES (1);
    assert_refused (desk_try_hold (desk, &member, &later, NULL), "ok");
  }
}

/* One service may be less patient than the others. */
static void
rate_limited_as_the_service_says (Desk *desk, gconstpointer data)
{
  SlId strict = desk_service (desk, 0, 9, 60), session = desk_session (desk, &strict, MORNING + HOURS (2)), hold;
  SlId other = desk_free_class (desk, MORNING + HOURS (5), 9), member = desk_member (desk, "One");
  g_auto (SlRefusal) refusal = { 0 };

  g_assert_true (sl_policy_set (desk->engine, &desk->owner, &strict, SL_POLICY_HOLDS_PER_MINUTE, "1", &refusal, NULL));
  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  assert_refused (try_release (desk, &hold), "ok");
  assert_refused (desk_try_hold (desk, &member, &session, NULL), "rate_limited");
  assert_refused (desk_try_hold (desk, &member, &other, NULL), "ok");
}

static void
a_clock_set_back_refuses_no_holds (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 9), hold, member = desk_member (desk, "One");

  for (int i = 0; i < 5; i++)
    {
      assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
      assert_refused (try_release (desk, &hold), "ok");
    }
  assert_refused (desk_try_hold (desk, &member, &session, &hold), "rate_limited");
  desk->world.now_ms = MORNING - HOURS (5);
  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
}

static void
no_rights_to_confirm_what_another_device_keeps (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1), member = desk_member (desk, "One"), hold;

  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  assert_refused (desk_try_confirm (&second, &hold), "no_rights");
  assert_refused (try_release (&second, &hold), "ok");
  g_assert_cmpint (desk_free_spots (&second, &session), ==, 1);
  assert_refused (desk_try_book (&second, &member, &session), "spots_elsewhere");
  desk_carry_log (&second, desk);
  assert_refused (desk_try_book (desk, &member, &session), "ok");
  desk_close (&second, NULL);
}

static void
a_lapsed_hold_kept_elsewhere_gives_no_right_here (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId session = desk_free_class (desk, MORNING + HOURS (2), 1), member = desk_member (desk, "One"), hold;

  assert_refused (desk_try_hold (desk, &member, &session, &hold), "ok");
  desk_join (&second, desk, "Second desk");
  desk_carry_log (desk, &second);
  second.world.now_ms = MORNING + HOURS (1);
  assert_refused (desk_try_book (&second, &member, &session), "spots_elsewhere");
  desk_close (&second, NULL);
}

/* A clock that was in 2099, and one that begins in 1970 after a night without power: stamps only rise. */
static void
works_whatever_the_clock_has_been (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + DAYS (1), 2), early = desk_member (desk, "Thandi"), hold, late;

  desk->world.now_ms = G_GINT64_CONSTANT (4080000000000);
  late = desk_member (desk, "Sipho");
  desk->world.now_ms = MORNING;
  g_assert_cmpstr (desk_try_hold (desk, &early, &session, &hold), ==, "ok");
  g_assert_cmpstr (desk_status (desk, &hold), ==, "held");
  SlId booking = desk_book (desk, &late, &session);
  desk->world.now_ms = MORNING + DAYS (1);
  g_assert_cmpstr (desk_checkin_booking (desk, &booking, NULL), ==, "ok");
  desk->world.now_ms = 0;
  desk_credits (desk, &late, 100, 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/hold/a-hold-takes-a-spot-until-its-end", a_hold_takes_a_spot_until_its_end);
  desk_test ("/sl/hold/confirming-takes-the-credits-and-no-credits-leave-the-hold",
             confirming_takes_the_credits_and_no_credits_leave_the_hold);
  desk_test ("/sl/hold/a-blocked-member-confirms-nothing", a_blocked_member_confirms_nothing);
  desk_test ("/sl/hold/a-hold-let-go-frees-its-spot-at-once", a_hold_let_go_frees_its_spot_at_once);
  desk_test ("/sl/hold/rate-limited-as-the-service-says", rate_limited_as_the_service_says);
  desk_test ("/sl/hold/rate-limited-after-five-holds-a-minute", rate_limited_after_five_holds_a_minute);
  desk_test ("/sl/hold/a-clock-set-back-refuses-no-holds", a_clock_set_back_refuses_no_holds);
  desk_test ("/sl/hold/no-rights-to-confirm-what-another-device-keeps",
             no_rights_to_confirm_what_another_device_keeps);
  desk_test ("/sl/hold/a-lapsed-hold-kept-elsewhere-gives-no-right-here",
             a_lapsed_hold_kept_elsewhere_gives_no_right_here);
  desk_test ("/sl/hold/works-whatever-the-clock-has-been", works_whatever_the_clock_has_been);
  return g_test_run ();
}
