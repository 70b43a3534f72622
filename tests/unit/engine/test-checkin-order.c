/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-checkin-order"

#include "door-fixture.h"

#include <string.h>

#include "engine/badge.h"
#include "engine/schedule.h"
#include "engine/staff.h"
#include "scan/code.h"

/* Two things speak against somebody at once: which of them is said. One test for each pair of neighbours, in the order
 * of the checks. */

/* The last letters are the signature's. */
static char *
with_bad_signature (const char *code)
{
  char *changed = g_strdup (code);
  gsize at = strlen (changed) - 4;

  changed[at] = changed[at] == 'A' ? 'B' : 'A';
  return changed;
}

static void
with_other (Desk *desk, void (*check) (Desk *desk, const char *foreign))
{
  Desk other = { 0 };
  SlId member;
  g_autofree char *pass = NULL;

  desk_open_seeded (&other, 2);
  member = desk_member (&other, "Elsewhere");
  pass = desk_pass (&other, &member);
  check (desk, pass);
  desk_close (&other, NULL);
}

static void
check_alphabet (Desk *desk, const char *foreign)
{
  g_autofree char *changed = g_strdup (foreign);

  assert_result (desk_scan_result (desk, foreign), "foreign_code");
  changed[100] = '1';
  assert_result (desk_scan_result (desk, changed), "bad_code");
}

static void
bad_code_for_its_letters_before_foreign_code (Desk *desk, gconstpointer data)
{
  with_other (desk, check_alphabet);
}

static void
check_signature (Desk *desk, const char *foreign)
{
  g_autofree char *changed = with_bad_signature (foreign);

  assert_result (desk_scan_result (desk, changed), "foreign_code");
}

static void
foreign_code_before_bad_code_for_its_signature (Desk *desk, gconstpointer data)
{
  with_other (desk, check_signature);
}

static char *
badge_of (Desk *desk, const SlId *staff)
{
  char *code = NULL;
  gint64 expires_ms;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_badge_issue (desk->engine, &desk->owner, staff, &code, &expires_ms, &refusal, &failure));
  g_assert_no_error (failure);
  return code;
}

static void
bad_code_for_its_signature_before_wrong_code_kind (Desk *desk, gconstpointer data)
{
  SlActor staff;
  g_autofree char *badge = NULL, *changed = NULL;

  desk_staff (desk, SL_ROLE_RECEPTIONIST, &staff);
  badge = badge_of (desk, &staff.id);
  changed = with_bad_signature (badge);
  assert_result (desk_scan_result (desk, badge), "wrong_code_kind");
  assert_result (desk_scan_result (desk, changed), "bad_code");
}

static void
wrong_code_kind_before_expired_code (Desk *desk, gconstpointer data)
{
  SlActor staff;
  g_autofree char *badge = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL, later = NULL;

  desk_staff (desk, SL_ROLE_RECEPTIONIST, &staff);
  badge = badge_of (desk, &staff.id);
  answer = desk_scan (desk, badge);
  g_assert_true (sl_id_equal (&answer->staff_id, &staff.id));
  g_assert_cmpstr (answer->staff_name, ==, "Sipho");
  desk->world.now_ms += DAYS (366);
  later = desk_scan (desk, badge);
  assert_result (sl_refusal_name (later->result), "wrong_code_kind");
  g_assert_true (sl_id_is_none (&later->staff_id)); /* it picks nobody any more */
}

static void
revoked_code_before_expired_code (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  g_autofree char *old = desk_pass (desk, &member), *newer = NULL;

  desk->world.now_ms += MINUTES (1);
  newer = desk_pass (desk, &member);
  desk->world.now_ms += DAYS (400);
  assert_result (desk_scan_result (desk, newer), "expired_code");
  assert_result (desk_scan_result (desk, old), "revoked_code");
}

static void
expired_code_before_member_blocked (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  g_autofree char *pass = desk_pass (desk, &member);

  desk_block (desk, &member);
  assert_result (desk_scan_result (desk, pass), "member_blocked");
  desk->world.now_ms += DAYS (400);
  assert_result (desk_scan_result (desk, pass), "expired_code");
}

/* A member of the open gym, without a booking. */
static SlId
gym_member (Desk *desk, const char *status, const char *hours, char **out_pass)
{
  SlId member = desk_member (desk, "Thandi"), plan = door_plan (desk, "unlimited", TRUE, hours);

  door_membership (desk, &member, &plan, status, MORNING - DAYS (10), MORNING + DAYS (20));
  *out_pass = desk_pass (desk, &member);
  return member;
}

static void
member_blocked_before_membership_inactive_and_payment_due (Desk *desk, gconstpointer data)
{
  static const char *const statuses[][2] = { { "cancelled", "membership_inactive" }, { "payment_due", "payment_due" } };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *pass = NULL;
      SlId member = gym_member (desk, statuses[i][0], NULL, &pass);

      assert_result (desk_scan_result (desk, pass), statuses[i][1]);
      desk_block (desk, &member);
      assert_result (desk_scan_result (desk, pass), "member_blocked");
    }
}

static void
membership_inactive_before_outside_access_hours (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;

  gym_member (desk, "frozen", NULL, &pass);
  desk_policy (desk, "access_hours", "never");
  assert_result (desk_scan_result (desk, pass), "membership_inactive");
}

static void
payment_due_before_outside_access_hours (Desk *desk, gconstpointer data)
{
  g_autofree char *pass = NULL;

  gym_member (desk, "payment_due", "Mon-Sun 20:00-21:00", &pass);
  desk_policy (desk, "access_hours", "never");
  assert_result (desk_scan_result (desk, pass), "payment_due");
}

static void
membership_inactive_before_no_booking (Desk *desk, gconstpointer data)
{
  SlId stranger = desk_member (desk, "Nobody");
  g_autofree char *pass = NULL, *other = desk_pass (desk, &stranger);

  gym_member (desk, "expired", NULL, &pass);
  assert_result (desk_scan_result (desk, pass), "membership_inactive");
  assert_result (desk_scan_result (desk, other), "no_booking");
}

static void
outside_access_hours_before_no_booking_and_session_cancelled (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlId stranger = desk_member (desk, "Nobody");
  g_autofree char *other = desk_pass (desk, &stranger);

  desk_cancel_session (desk, &booked.session);
  assert_result (desk_scan_result (desk, booked.pass), "session_cancelled");
  assert_result (desk_scan_result (desk, other), "no_booking");
  desk_policy (desk, "access_hours", "never");
  assert_result (desk_scan_result (desk, booked.pass), "outside_access_hours");
  assert_result (desk_scan_result (desk, other), "outside_access_hours");
  assert_result (desk_checkin_booking (desk, &booked.booking, NULL), "outside_access_hours");
}

/* The studio called it off with somebody inside already. */
static void
session_cancelled_before_already_checked_in (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);

  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  assert_result (desk_scan_result (desk, booked.pass), "already_checked_in");
  desk_cancel_session (desk, &booked.session);
  assert_result (desk_scan_result (desk, booked.pass), "session_cancelled");
  assert_result (desk_checkin_booking (desk, &booked.booking, NULL), "session_cancelled");
}

static void
no_booking_before_too_late (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *code = desk_booking_code (desk, &booked.booking, 0);

  assert_result (desk_try_cancel (desk, &desk->owner, &booked.booking, NULL), "ok");
  desk->world.now_ms = CLOSES + 1;
  assert_result (desk_scan_result (desk, code), "no_booking");
  assert_result (desk_scan_result (desk, booked.pass), "no_booking");
}

/* The door of the session opens later than when they came in: it was moved. */
static void
already_checked_in_before_too_early_and_too_late (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  desk->world.now_ms = OPENS;
  assert_result (desk_scan_result (desk, booked.pass), "ok");
  sl_session_params_init (&params);
  params.start_ms = START + HOURS (2);
  g_assert_true (sl_session_edit (desk->engine, &desk->owner, &booked.session, &params, &refusal, NULL));
  assert_result (desk_scan_result (desk, booked.pass), "already_checked_in");
  desk->world.now_ms = START + HOURS (2) + MINUTES (16);
  assert_result (desk_scan_result (desk, booked.pass), "already_checked_in");
}

static void
reason_required_before_all_of_it (Desk *desk, gconstpointer data)
{
  SlCheckinRequest request = { .code = "hello", .override_reason = " ", .actor = &desk->owner };
  g_autoptr (SlCheckinAnswer) answer = desk_checkin (desk, &request);

  assert_result (sl_refusal_name (answer->result), "reason_required");
}

/* 2026-03-29, 01:00 in London is 02:00 at once; 2026-10-25, 02:00 is 01:00 again. The door counts minutes that pass,
 * not what the clock on the wall says. */
static void
the_window_is_as_long_in_the_nights_when_clocks_change (Desk *desk, gconstpointer data)
{
  static const gint64 changes_ms[] = { G_GINT64_CONSTANT (1774746000000), G_GINT64_CONSTANT (1792890000000) };

  for (guint i = 0; i < G_N_ELEMENTS (changes_ms); i++)
    {
      Desk london = { 0 };
      gint64 start_ms = changes_ms[i] + MINUTES (10);
      SlId member, session, late;
      g_autofree char *pass = NULL, *late_pass = NULL;

      desk_open_in (&london, "Europe/London", changes_ms[i] - DAYS (2));
      member = desk_member (&london, "Thandi");
      late = desk_member (&london, "Late");
      session = desk_free_class (&london, start_ms, 9);
      pass = desk_pass (&london, &member);
      late_pass = desk_pass (&london, &late);
      desk_book (&london, &member, &session);
      desk_book (&london, &late, &session);
      london.world.now_ms = start_ms - MINUTES (30) - 1;
      assert_result (desk_scan_result (&london, pass), "too_early");
      london.world.now_ms = start_ms - MINUTES (30);
      assert_result (desk_scan_result (&london, pass), "ok");
      london.world.now_ms = start_ms + MINUTES (15);
      assert_result (desk_scan_result (&london, late_pass), "ok");
      desk_close (&london, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/checkin-order/bad-code-for-its-letters-before-foreign-code",
             bad_code_for_its_letters_before_foreign_code);
  desk_test ("/sl/checkin-order/foreign-code-before-bad-code-for-its-signature",
             foreign_code_before_bad_code_for_its_signature);
  desk_test ("/sl/checkin-order/bad-code-for-its-signature-before-wrong-code-kind",
             bad_code_for_its_signature_before_wrong_code_kind);
  desk_test ("/sl/checkin-order/wrong-code-kind-before-expired-code", wrong_code_kind_before_expired_code);
  desk_test ("/sl/checkin-order/revoked-code-before-expired-code", revoked_code_before_expired_code);
  desk_test ("/sl/checkin-order/expired-code-before-member-blocked", expired_code_before_member_blocked);
  desk_test ("/sl/checkin-order/member-blocked-before-membership-inactive-and-payment-due",
             member_blocked_before_membership_inactive_and_payment_due);
  desk_test ("/sl/checkin-order/membership-inactive-before-outside-access-hours",
             membership_inactive_before_outside_access_hours);
  desk_test ("/sl/checkin-order/payment-due-before-outside-access-hours", payment_due_before_outside_access_hours);
  desk_test ("/sl/checkin-order/membership-inactive-before-no-booking", membership_inactive_before_no_booking);
  desk_test ("/sl/checkin-order/outside-access-hours-before-no-booking-and-session-cancelled",
             outside_access_hours_before_no_booking_and_session_cancelled);
  desk_test ("/sl/checkin-order/session-cancelled-before-already-checked-in",
             session_cancelled_before_already_checked_in);
  desk_test ("/sl/checkin-order/no-booking-before-too-late", no_booking_before_too_late);
  desk_test ("/sl/checkin-order/already-checked-in-before-too-early-and-too-late",
             already_checked_in_before_too_early_and_too_late);
  desk_test ("/sl/checkin-order/reason-required-before-all-of-it", reason_required_before_all_of_it);
  desk_test ("/sl/checkin-order/the-window-is-as-long-in-the-nights-when-clocks-change",
             the_window_is_as_long_in_the_nights_when_clocks_change);
  return g_test_run ();
}
