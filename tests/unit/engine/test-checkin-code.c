/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-checkin-code"

#include "door-fixture.h"

#include "engine/badge.h"
#include "engine/member-proof.h"
#include "engine/schedule.h"
#include "expect.h"
#include "scan/code.h"

static void
bad_code_gives_its_reason (Desk *desk, gconstpointer data)
{
  static const struct {
    const char *text, *reason;
  } cases[] = {
    { "", "shape" },       { "hello", "shape" },    { "https://example.org/", "shape" },
    { "SL1ABC", "shape" }, { "SL2ABC", "version" },
  };
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *long_text = g_strnfill (4096, 'A'), *changed = g_strdup (booked.pass);
  gint64 operations = desk_operations (desk);

  desk->world.now_ms = START;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SlCheckinAnswer) answer = desk_scan (desk, cases[i].text);

      assert_result (sl_refusal_name (answer->result), "bad_code");
      g_assert_cmpstr (answer->reason, ==, cases[i].reason);
    }
  assert_result (desk_scan_result (desk, long_text), "bad_code");
  changed[100] = '1';
  {
    g_autoptr (SlCheckinAnswer) answer = desk_scan (desk, changed);

    assert_result (sl_refusal_name (answer->result), "bad_code");
    g_assert_cmpstr (answer->reason, ==, "alphabet");
  }
  g_assert_cmpint (desk_operations (desk), ==, operations);
}

/* One letter after another changed: whatever it hits, nobody gets in. */
static void
bad_code_for_every_changed_letter (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  gboolean seen_signature = FALSE, seen_unknown_key = FALSE, seen_foreign = FALSE;

  desk->world.now_ms = START;
  for (gsize at = 3; booked.pass[at] != '\0'; at++)
    {
      g_autofree char *changed = g_strdup (booked.pass);
      g_autoptr (SlCheckinAnswer) answer = NULL;

      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      answer = desk_scan (desk, changed);
      g_assert_true (answer->result == SL_REFUSAL_BAD_CODE || answer->result == SL_REFUSAL_FOREIGN_CODE);
      seen_signature |= g_strcmp0 (answer->reason, "signature") == 0;
      seen_unknown_key |= g_strcmp0 (answer->reason, "unknown_key") == 0;
      seen_foreign |= answer->result == SL_REFUSAL_FOREIGN_CODE;
    }
  g_assert_true (seen_signature && seen_unknown_key && seen_foreign);
  assert_result (desk_status (desk, &booked.booking), "confirmed");
}

static void
foreign_code_of_another_studio (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  g_autofree char *pass = NULL;
  SlId member;

  desk_open_seeded (&other, 99); /* from the same chance it would be the same studio */
  member = desk_member (&other, "Stranger");
  pass = desk_pass (&other, &member);
  desk_close (&other, NULL);
  assert_result (desk_scan_result (desk, pass), "foreign_code");
}

static void
wrong_code_kind_for_what_lets_nobody_in (Desk *desk, gconstpointer data)
{
  SlActor reception;
  g_autofree char *badge = NULL, *pairing = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlSignKey) key = { 0 };
  SlCode code = { .kind = SL_CODE_DEVICE_PAIRING, .issued_ms = MORNING, .expires_ms = MORNING + MINUTES (10) };
  gint64 expires_ms;

  desk_staff (desk, SL_ROLE_RECEPTIONIST, &reception);
  g_assert_true (sl_badge_issue (desk->engine, &desk->owner, &reception.id, &badge, &expires_ms, &refusal, NULL));
  assert_result (desk_scan_result (desk, badge), "wrong_code_kind");
  g_assert_true (sl_oplog_issuing_key (sl_engine_get_log (desk->engine), &key, NULL));
  sl_code_set_organisation (&code, sl_oplog_get_organisation (sl_engine_get_log (desk->engine)));
  pairing = sl_code_encode (&code, &key);
  assert_result (desk_scan_result (desk, pairing), "wrong_code_kind");
}

static void
revoked_code_once_a_newer_pass_is_issued (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *newer = NULL;

  desk->world.now_ms += 1000;
  newer = desk_pass (desk, &booked.member);
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, booked.pass), "revoked_code");
  assert_result (desk_scan_result (desk, newer), "ok");
}

static void
expired_code_from_its_last_moment_on (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi");
  g_autofree char *pass = desk_pass (desk, &member);
  SlCode code;

  g_assert_cmpint (sl_code_parse (pass, &code), ==, SL_CODE_OK);
  desk->world.now_ms = code.expires_ms - 1;
  assert_result (desk_scan_result (desk, pass), "no_booking");
  desk->world.now_ms = code.expires_ms;
  assert_result (desk_scan_result (desk, pass), "expired_code");
}

static void
a_booking_code_is_good_until_the_sessions_end_wherever_that_moves (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *code = desk_booking_code (desk, &booked.booking, 0);
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };

  desk->world.now_ms = START + HOURS (1) - 1;
  assert_result (desk_scan_result (desk, code), "too_late");
  desk->world.now_ms = START + HOURS (1);
  assert_result (desk_scan_result (desk, code), "expired_code");
  desk->world.now_ms = START - HOURS (1);
  sl_session_params_init (&params);
  params.start_ms = START + HOURS (2);
  g_assert_true (sl_session_edit (desk->engine, &desk->owner, &booked.session, &params, &refusal, NULL));
  g_assert_cmpint (refusal.code, ==, SL_REFUSAL_NONE);
  desk->world.now_ms = START + HOURS (2);
  assert_result (desk_scan_result (desk, code), "ok");
}

static void
a_booking_code_admits_all_a_guest_code_one (Desk *desk, gconstpointer data)
{
  static const char *const guests[] = { "Ann", "Ben", NULL };
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 9);
  SlId booking = desk_book_spots (desk, &member, &session, guests);
  g_autofree char *all = desk_booking_code (desk, &booking, 0), *ben = desk_booking_code (desk, &booking, 2);
  g_autoptr (SlCheckinAnswer) one = NULL, rest = NULL;

  desk->world.now_ms = START;
  one = desk_scan (desk, ben);
  assert_result (sl_refusal_name (one->result), "ok");
  g_assert_cmpint (one->spots, ==, 1);
  assert_result (desk_scan_result (desk, ben), "already_checked_in");
  rest = desk_scan (desk, all);
  assert_result (sl_refusal_name (rest->result), "ok");
  g_assert_cmpint (rest->spots, ==, 2);
  assert_result (desk_scan_result (desk, all), "already_checked_in");
  assert_result (desk_scan_result (desk, ben), "already_checked_in");
}

static void
unknown_member_is_let_in_flagged_and_once (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId member;
  g_autofree char *pass = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL;

  desk_join (&second, desk, "Second desk");
  member = desk_member (desk, "Thandi");
  pass = desk_pass (desk, &member);
  answer = desk_scan (&second, pass);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_cmpstr (answer->flag, ==, "unknown_member");
  g_assert_null (answer->first_name);
  g_assert_true (sl_id_equal (&answer->member_id, &member));
  assert_result (desk_scan_result (&second, pass), "already_checked_in");
  desk_close (&second, NULL);
}

static void
unknown_booking_is_let_in_flagged_and_finds_its_record (Desk *desk, gconstpointer data)
{
  static const char *const guests[] = { "Ann", NULL };
  Desk second = { 0 };
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, START, 9), booking;
  g_autofree char *code = NULL, *guest = NULL;
  g_autoptr (SlCheckinAnswer) answer = NULL;
  g_autoptr (SlBookingView) view = NULL;

  desk_join (&second, desk, "Second desk");
  booking = desk_book_spots (desk, &member, &session, guests);
  code = desk_booking_code (desk, &booking, 0);
  guest = desk_booking_code (desk, &booking, 1);
  second.world.now_ms = desk->world.now_ms = START;
  assert_result (desk_scan_result (&second, guest), "ok");
  assert_result (desk_scan_result (&second, guest), "already_checked_in");
  answer = desk_scan (&second, code);
  assert_result (sl_refusal_name (answer->result), "ok");
  g_assert_cmpstr (answer->flag, ==, "unknown_booking");
  assert_result (desk_scan_result (&second, code), "already_checked_in");
  desk_carry_log (&second, desk);
  view = sl_booking_show (desk->engine, &booking, NULL);
  g_assert_cmpstr (sl_booking_status_name (view->status), ==, "checked_in");
  g_assert_cmpstr (view->attention->pdata[0], ==, "unknown_booking");
  desk->world.now_ms = START;
  assert_result (desk_scan_result (desk, guest), "already_checked_in");
  assert_result (desk_scan_result (desk, code), "already_checked_in");
  second.world.now_ms = START + HOURS (1);
  assert_result (desk_scan_result (&second, code), "expired_code");
  desk_close (&second, NULL);
}

static void
a_pass_says_whose_it_is_and_lets_nobody_in (Desk *desk, gconstpointer data)
{
  g_auto (Booked) booked = book_one (desk);
  g_autofree char *code = desk_booking_code (desk, &booked.booking, 0);
  gint64 operations = desk_operations (desk);
  SlId id;

  done (sl_member_prove_pass (desk->engine, booked.pass, &id, &refusal, &failure));
  g_assert_true (sl_id_equal (&id, &booked.member));
  refused ("wrong_code_kind", sl_member_prove_pass (desk->engine, code, &id, &refusal, &failure));
  g_assert_true (sl_id_is_none (&id));
  refused ("bad_code", sl_member_prove_pass (desk->engine, "hello", &id, &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, operations);

  g_autofree char *newer = desk_pass (desk, &booked.member);
  refused ("revoked_code", sl_member_prove_pass (desk->engine, booked.pass, &id, &refusal, &failure));
  desk->world.now_ms += DAYS (3650);
  refused ("expired_code", sl_member_prove_pass (desk->engine, newer, &id, &refusal, &failure));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/checkin-code/bad-code-gives-its-reason", bad_code_gives_its_reason);
  desk_test ("/sl/checkin-code/bad-code-for-every-changed-letter", bad_code_for_every_changed_letter);
  desk_test ("/sl/checkin-code/foreign-code-of-another-studio", foreign_code_of_another_studio);
  desk_test ("/sl/checkin-code/wrong-code-kind-for-what-lets-nobody-in", wrong_code_kind_for_what_lets_nobody_in);
  desk_test ("/sl/checkin-code/revoked-code-once-a-newer-pass-is-issued", revoked_code_once_a_newer_pass_is_issued);
  desk_test ("/sl/checkin-code/expired-code-from-its-last-moment-on", expired_code_from_its_last_moment_on);
  desk_test ("/sl/checkin-code/a-booking-code-is-good-until-the-sessions-end-wherever-that-moves",
             a_booking_code_is_good_until_the_sessions_end_wherever_that_moves);
  desk_test ("/sl/checkin-code/a-booking-code-admits-all-a-guest-code-one", a_booking_code_admits_all_a_guest_code_one);
  desk_test ("/sl/checkin-code/unknown-member-is-let-in-flagged-and-once", unknown_member_is_let_in_flagged_and_once);
  desk_test ("/sl/checkin-code/unknown-booking-is-let-in-flagged-and-finds-its-record",
             unknown_booking_is_let_in_flagged_and_finds_its_record);
  desk_test ("/sl/checkin-code/a-pass-says-whose-it-is-and-lets-nobody-in", a_pass_says_whose_it_is_and_lets_nobody_in);
  return g_test_run ();
}
