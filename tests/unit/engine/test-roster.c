/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-roster"

#include "desk-fixture.h"

#include "engine/parq.h"
#include "engine/schedule.h"
#include "engine/service.h"

#define START (MORNING + MINUTES (20))

static GPtrArray *
list (Desk *desk, const SlActor *actor, const SlId *session, gboolean with_gone, const char *code)
{
  GPtrArray *items = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_roster_list (desk->engine, actor, session, with_gone, &items, &refusal, &failure));
  g_assert_no_error (failure);
  g_assert_cmpstr (sl_refusal_name (refusal.code), ==, code);
  g_assert_cmpint (items != NULL, ==, g_str_equal (code, "ok"));
  return items;
}

static void
shows_who_is_expected_by_name_and_who_is_in (Desk *desk, gconstpointer data)
{
  static const char *const guests[] = { "Ann", NULL };
  SlId session = desk_free_class (desk, START, 9);
  SlId zola = desk_member (desk, "Zola"), ayanda = desk_member (desk, "ayanda"), musa = desk_member (desk, "Musa");
  SlId in = desk_book_spots (desk, &zola, &session, guests), out = desk_book (desk, &musa, &session), hold;
  g_autoptr (GPtrArray) items = NULL;
  SlRosterItem *item;

  desk->world.now_ms = START + MINUTES (2);
  g_assert_cmpstr (desk_try_hold (desk, &ayanda, &session, &hold), ==, "ok");
  g_assert_cmpstr (desk_checkin_booking (desk, &in, NULL), ==, "ok");
  items = list (desk, &desk->owner, &session, FALSE, "ok");
  g_assert_cmpuint (items->len, ==, 3);
  item = items->pdata[0];
  g_assert_cmpstr (item->member_name, ==, "ayanda Nkosi");
  g_assert_cmpstr (sl_booking_status_name (item->status), ==, "held");
  g_assert_cmpint (item->expires_ms, ==, START + MINUTES (12));
  item = items->pdata[1];
  g_assert_true (sl_id_equal (&item->booking_id, &out));
  g_assert_cmpint (item->spots_in, ==, 0);
  item = items->pdata[2];
  g_assert_cmpstr (sl_booking_status_name (item->status), ==, "checked_in");
  g_assert_true (item->late);
  g_assert_cmpint (item->spots, ==, 2);
  g_assert_cmpint (item->spots_in, ==, 2);
  g_assert_cmpint (item->checked_in_ms, ==, START + MINUTES (2));
  g_assert_cmpstr (item->guests->pdata[0], ==, "Ann");
}

static void
leaves_out_what_is_gone_unless_asked (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, MORNING + HOURS (30), 9);
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two"), hold;
  SlId booking = desk_book (desk, &one, &session);
  g_autoptr (GPtrArray) expected = NULL, all = NULL;

  g_assert_cmpstr (desk_try_cancel (desk, &desk->owner, &booking, NULL), ==, "ok");
  g_assert_cmpstr (desk_try_hold (desk, &two, &session, &hold), ==, "ok");
  desk->world.now_ms += MINUTES (10);
  expected = list (desk, &desk->owner, &session, FALSE, "ok");
  g_assert_cmpuint (expected->len, ==, 0);
  all = list (desk, &desk->owner, &session, TRUE, "ok");
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (sl_booking_status_name (((SlRosterItem *) all->pdata[0])->status), ==, "cancelled");
  g_assert_cmpstr (sl_booking_status_name (((SlRosterItem *) all->pdata[1])->status), ==, "expired");
}

static void
shows_who_did_not_come_before_anything_has_marked_it (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 9), one = desk_member (desk, "One");
  g_autoptr (GPtrArray) items = NULL;

  desk_book (desk, &one, &session);
  desk->world.now_ms = START + MINUTES (15) + 1;
  items = list (desk, &desk->owner, &session, FALSE, "ok");
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (sl_booking_status_name (((SlRosterItem *) items->pdata[0])->status), ==, "no_show");
}

static void
not_allowed_for_another_instructor (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 9, 60), session;
  SlSessionParams params;
  SlActor teaching, other;
  g_auto (SlActor) device = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) items = NULL;

  desk_staff (desk, SL_ROLE_INSTRUCTOR, &teaching);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  sl_actor_init_device (&device);
  sl_session_params_init (&params);
  params.service = &service;
  params.instructor = &teaching.id;
  params.start_ms = START;
  g_assert_true (sl_session_add (desk->engine, &desk->owner, &params, &session, &refusal, NULL));
  items = list (desk, &teaching, &session, FALSE, "ok");
  list (desk, &other, &session, FALSE, "not_allowed");
  list (desk, &device, &session, FALSE, "not_allowed");
}

static void
fails_for_a_session_that_does_not_exist (Desk *desk, gconstpointer data)
{
  GPtrArray *items;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_false (sl_roster_list (desk->engine, &desk->owner, &sl_actor_owner, FALSE, &items, &refusal, &failure));
  g_assert_error (failure, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
says_who_has_a_health_form_missing (Desk *desk, gconstpointer data)
{
  SlId session = desk_free_class (desk, START, 9);
  SlId zola = desk_member (desk, "Zola"), musa = desk_member (desk, "Musa");
  SlServiceParams params;
  g_autoptr (SlSession) found = sl_session_get (desk->engine, &session, NULL);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_auto (SlRefusal) refusal = { 0 };

  desk_book (desk, &musa, &session);
  desk_book (desk, &zola, &session);
  before = list (desk, &desk->owner, &session, FALSE, "ok");
  g_assert_false (((SlRosterItem *) before->pdata[1])->needs_parq);

  sl_service_params_init (&params);
  params.needs_parq = 1;
  g_assert_true (sl_service_edit (desk->engine, &desk->owner, &found->service_id, &params, &refusal, NULL));
  g_assert_true (sl_parq_answer (desk->engine, &desk->owner, &musa, "no to all", &refusal, NULL));
  after = list (desk, &desk->owner, &session, FALSE, "ok");
  g_assert_false (((SlRosterItem *) after->pdata[0])->needs_parq);
  g_assert_true (((SlRosterItem *) after->pdata[1])->needs_parq);
  g_assert_cmpint (((SlRosterItem *) after->pdata[1])->owed_hundredths, ==, 0);
  g_assert_false (((SlRosterItem *) after->pdata[1])->unknown);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/roster/shows-who-is-expected-by-name-and-who-is-in", shows_who_is_expected_by_name_and_who_is_in);
  desk_test ("/sl/roster/leaves-out-what-is-gone-unless-asked", leaves_out_what_is_gone_unless_asked);
  desk_test ("/sl/roster/shows-who-did-not-come-before-anything-has-marked-it",
             shows_who_did_not_come_before_anything_has_marked_it);
  desk_test ("/sl/roster/not-allowed-for-another-instructor", not_allowed_for_another_instructor);
  desk_test ("/sl/roster/fails-for-a-session-that-does-not-exist", fails_for_a_session_that_does_not_exist);
  desk_test ("/sl/roster/says-who-has-a-health-form-missing", says_who_has_a_health_form_missing);
  return g_test_run ();
}
