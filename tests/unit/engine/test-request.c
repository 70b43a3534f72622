/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/request.h"

#include "engine/attention.h"
#include "engine/command.h"
#include "engine/member-merge.h"
#include "engine/member.h"
#include "one-to-one.h"

#define TOMORROW (MORNING + DAYS (1) + HOURS (3))

typedef struct {
  SlActor tutor;
  SlId service, member;
} Room;

static Room
room_of (Desk *desk)
{
  Room room = { .service = lesson (desk, "instructor", 60, 100), .member = desk_member (desk, "Thandi") };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &room.tutor);
  return room;
}

static SlRequestParams
params_of (const Room *room, const gint64 *times, guint n_times)
{
  return (SlRequestParams){ .member_id = room->member, .service_id = room->service,
                            .instructor_id = room->tutor.id, .times = times, .n_times = n_times };
}

static SlId
ask (Desk *desk, const Room *room, gint64 one_ms, gint64 other_ms)
{
  gint64 times[] = { one_ms, other_ms };
  SlRequestParams params = params_of (room, times, other_ms != 0 ? 2 : 1);
  SlActor kiosk;
  SlId id = sl_id_none;
  sl_actor_init_device (&kiosk);
  done (sl_request_add (desk->engine, &kiosk, &params, &id, &refusal, &failure));
  return id;
}

static const char *
state (Desk *desk, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlRequest) request = sl_request_get (desk->engine, id, &failure);
  g_assert_no_error (failure);
  return sl_request_state_name (request->state);
}

static guint
listed (Desk *desk, const SlActor *actor, SlRequestFilter filter)
{
  g_autoptr (GPtrArray) requests = NULL;
  done (sl_request_list (desk->engine, actor, &filter, &requests, &refusal, &failure));
  return requests->len;
}

static void
an_accepted_time_is_a_confirmed_booking (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, TOMORROW + HOURS (2));
  g_auto (SlBookingResult) result = { 0 };
  desk_credits (desk, &room.member, 100, 30);
  done (sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW + HOURS (2), NULL, NULL, &result, &refusal,
                           &failure));
  g_assert_cmpstr (desk_status (desk, &result.booking_id), ==, "confirmed");
  g_assert_cmpstr (state (desk, &id), ==, "accepted");
  g_assert_cmpint (desk_balance (desk, &room.member), ==, 0);
  g_autoptr (SlRequest) request = sl_request_get (desk->engine, &id, NULL);
  g_assert_true (sl_id_equal (&request->booking_id, &result.booking_id));
  g_autoptr (SlSession) session = sl_session_get (desk->engine, &request->session_id, NULL);
  g_assert_cmpint (session->start_ms, ==, TOMORROW + HOURS (2));
  refused ("request_closed", sl_request_decline (desk->engine, &room.tutor, &id, &refusal, &failure));
}

static void
a_refused_acceptance_leaves_the_request_open (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, TOMORROW + HOURS (2));
  SlBookingResult result;
  gint64 before = desk_operations (desk);
  refused ("insufficient_credits", sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result,
                                                      &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, before);
  g_assert_cmpstr (state (desk, &id), ==, "open");
  fails (SL_ERROR_BAD_INPUT, sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW + 1, NULL, NULL, &result,
                                                &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_request_accept (desk->engine, &room.tutor, &id, SL_NUMBER_NONE, NULL, NULL, &result,
                                                &refusal, &failure));
  desk_credits (desk, &room.member, 100, 30);
  desk_block (desk, &room.member);
  refused ("member_blocked", sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result,
                                                &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "open");
}

static void
after_two_days_it_is_closed_by_the_clock_alone (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, MORNING + DAYS (3), 0);
  SlBookingResult result;
  desk_credits (desk, &room.member, 100, 30);
  desk->world.now_ms = MORNING + HOURS (48) - 1;
  g_assert_cmpstr (state (desk, &id), ==, "open");
  g_assert_cmpuint (listed (desk, &desk->owner, (SlRequestFilter){ .open = TRUE }), ==, 1);
  desk->world.now_ms = MORNING + HOURS (48);
  g_assert_cmpstr (state (desk, &id), ==, "expired");
  refused ("request_closed", sl_request_accept (desk->engine, &room.tutor, &id, MORNING + DAYS (3), NULL, NULL,
                                                &result, &refusal, &failure));
  refused ("request_closed", sl_request_decline (desk->engine, &room.tutor, &id, &refusal, &failure));
  refused ("request_closed", sl_request_withdraw (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpuint (listed (desk, &desk->owner, (SlRequestFilter){ .open = TRUE }), ==, 0);
  g_assert_cmpuint (listed (desk, &desk->owner, (SlRequestFilter){ .expired = TRUE }), ==, 1);
}

static void
it_ends_with_the_last_of_its_times (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, MORNING + HOURS (1), MORNING + HOURS (5));
  SlBookingResult result;
  desk_credits (desk, &room.member, 100, 30);
  desk->world.now_ms = MORNING + HOURS (1);
  refused ("session_not_open", sl_request_accept (desk->engine, &room.tutor, &id, MORNING + HOURS (1), NULL, NULL,
                                                  &result, &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "open");
  desk->world.now_ms = MORNING + HOURS (5);
  g_assert_cmpstr (state (desk, &id), ==, "expired");
}

static guint
attention (Desk *desk)
{
  guint count = 0;
  g_autoptr (GPtrArray) items = NULL;
  done (sl_attention_list (desk->engine, &desk->owner, &items, &refusal, &failure));
  for (guint i = 0; i < items->len; i++)
    count += ((const SlAttentionItem *) items->pdata[i])->kind == SL_ATTENTION_REQUEST_EXPIRED;
  return count;
}

static void
one_that_nobody_answered_needs_attention (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId left = ask (desk, &room, MORNING + DAYS (3), 0), answered = ask (desk, &room, MORNING + DAYS (4), 0);
  g_assert_cmpuint (attention (desk), ==, 0);
  done (sl_request_decline (desk->engine, &room.tutor, &answered, &refusal, &failure));
  g_assert_cmpstr (state (desk, &answered), ==, "declined");
  desk->world.now_ms = MORNING + HOURS (48);
  g_assert_cmpuint (attention (desk), ==, 1);
  desk_policy (desk, "request_hours", "72");
  g_assert_cmpuint (attention (desk), ==, 0);
  g_assert_cmpstr (state (desk, &left), ==, "open");
  desk->world.now_ms = MORNING + DAYS (100);
  g_assert_cmpuint (attention (desk), ==, 0);
}

static void
who_asks_and_who_answers (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlActor other, hand, finance, kiosk, stranger = { .role = SL_ROLE_MEMBER };
  SlBookingResult result;
  SlId id;
  const gint64 times[] = { TOMORROW };
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &hand);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  sl_actor_init_device (&kiosk);
  stranger.id = desk_member (desk, "Bongani");
  SlRequestParams params = params_of (&room, times, 1);
  refused ("not_allowed", sl_request_add (desk->engine, &finance, &params, &id, &refusal, &failure));
  refused ("not_allowed", sl_request_add (desk->engine, &stranger, &params, &id, &refusal, &failure));
  params.service_id = lesson (desk, "staff", 60, 0);
  refused ("not_allowed", sl_request_add (desk->engine, &kiosk, &params, &id, &refusal, &failure));
  done (sl_request_add (desk->engine, &hand, &params, &id, &refusal, &failure));
  params.service_id = room.service;
  done (sl_request_add (desk->engine, &kiosk, &params, &id, &refusal, &failure));
  refused ("not_allowed", sl_request_accept (desk->engine, &other, &id, TOMORROW, NULL, NULL, &result, &refusal,
                                             &failure));
  refused ("not_allowed", sl_request_accept (desk->engine, &kiosk, &id, TOMORROW, NULL, NULL, &result, &refusal,
                                             &failure));
  refused ("not_allowed", sl_request_decline (desk->engine, &other, &id, &refusal, &failure));
  refused ("not_allowed", sl_request_withdraw (desk->engine, &stranger, &id, &refusal, &failure));
  g_assert_cmpuint (listed (desk, &other, (SlRequestFilter){ .open = TRUE }), ==, 0);
  g_assert_cmpuint (listed (desk, &room.tutor, (SlRequestFilter){ .open = TRUE }), ==, 2);
  g_assert_cmpuint (listed (desk, &finance, (SlRequestFilter){ .open = TRUE }), ==, 2);
  g_autoptr (GPtrArray) none = NULL;
  SlRequestFilter everybody = { .open = TRUE };
  refused ("not_allowed", sl_request_list (desk->engine, &stranger, &everybody, &none, &refusal, &failure));
  g_assert_cmpuint (listed (desk, &kiosk, (SlRequestFilter){ .member = &room.member }), ==, 2);
  done (sl_request_withdraw (desk->engine, &kiosk, &id, &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "withdrawn");
}

static void
what_cannot_be_asked_for_is_refused (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id, class = desk_service (desk, 0, 5, 60);
  const gint64 past[] = { MORNING }, twice[] = { TOMORROW, TOMORROW }, far[] = { MORNING + DAYS (8) };
  const gint64 times[SL_REQUEST_TIMES_MAX + 1] = { TOMORROW };
  SlRequestParams params = params_of (&room, past, 1);
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, twice, 2);
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, times, SL_REQUEST_TIMES_MAX + 1);
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, times, 0);
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, times, 1);
  params.service_id = class;
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, times, 1);
  params.instructor_id = sl_id_none;
  fails (SL_ERROR_BAD_INPUT, sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&room, far, 1);
  refused ("booking_window_closed", sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  desk_block (desk, &room.member);
  params = params_of (&room, times, 1);
  refused ("member_blocked", sl_request_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
}

static void
an_erased_members_requests_are_gone (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, 0);
  SlBookingResult result;
  guint released;
  done (sl_member_erase (desk->engine, &desk->owner, &room.member, "asked for it", &released, &refusal, &failure));
  g_assert_cmpuint (listed (desk, &desk->owner, (SlRequestFilter){ 0 }), ==, 0);
  fails (SL_ERROR_NOT_FOUND, sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result,
                                                &refusal, &failure));
}

static void
it_goes_with_the_record_that_the_member_was_merged_into (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, 0), into = desk_member (desk, "Thandie"), survivor;
  g_auto (SlBookingResult) result = { 0 };
  desk_credits (desk, &into, 100, 30);
  done (sl_member_merge (desk->engine, &desk->owner, &room.member, &into, &survivor, &refusal, &failure));
  g_assert_cmpuint (listed (desk, &desk->owner, (SlRequestFilter){ .member = &into }), ==, 1);
  done (sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result, &refusal, &failure));
  g_assert_cmpint (desk_balance (desk, &into), ==, 0);
}

static void
accepted_here_and_withdrawn_there_is_accepted (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, 0);
  g_auto (SlBookingResult) result = { 0 };
  desk_credits (desk, &room.member, 100, 30);
  desk_join (&second, desk, "Kiosk");
  desk_carry_log (desk, &second);
  done (sl_request_accept (desk->engine, &room.tutor, &id, SL_NUMBER_NONE, NULL, NULL, &result, &refusal, &failure));
  second.world.now_ms += MINUTES (10);
  done (sl_request_withdraw (second.engine, &second.owner, &id, &refusal, &failure));
  desk_carry_log (desk, &second);
  desk_carry_log (&second, desk);
  g_assert_cmpstr (state (desk, &id), ==, "accepted");
  g_assert_cmpstr (state (&second, &id), ==, "accepted");
  desk_close (&second, NULL);
}

static void
a_key_accepts_once_and_keeps_a_refusal_whole (Desk *desk, gconstpointer data)
{
  Room room = room_of (desk);
  SlId id = ask (desk, &room, TOMORROW, 0);
  g_auto (SlAnswer) before = { 0 };
  g_auto (SlBookingResult) result = { 0 };
  g_autoptr (GBytes) answer = g_bytes_new_static ("{}", 2);
  gint64 operations = desk_operations (desk);
  done (sl_keyed_begin (desk->engine, &room.tutor, "poor", "request accept", &before, &refusal, &failure));
  refused ("insufficient_credits", sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result,
                                                      &refusal, &failure));
  g_assert_true (sl_keyed_finish (desk->engine, 3, answer, NULL));
  g_assert_cmpint (desk_operations (desk), ==, operations);
  desk_credits (desk, &room.member, 100, 30);
  done (sl_keyed_begin (desk->engine, &room.tutor, "rich", "request accept", &before, &refusal, &failure));
  done (sl_request_accept (desk->engine, &room.tutor, &id, TOMORROW, NULL, NULL, &result, &refusal, &failure));
  g_assert_true (sl_keyed_finish (desk->engine, 0, answer, NULL));
  g_assert_cmpstr (state (desk, &id), ==, "accepted");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/request/an-accepted-time-is-a-confirmed-booking", an_accepted_time_is_a_confirmed_booking);
  desk_test ("/sl/request/a-refused-acceptance-leaves-the-request-open",
             a_refused_acceptance_leaves_the_request_open);
  desk_test ("/sl/request/after-two-days-it-is-closed-by-the-clock-alone",
             after_two_days_it_is_closed_by_the_clock_alone);
  desk_test ("/sl/request/it-ends-with-the-last-of-its-times", it_ends_with_the_last_of_its_times);
  desk_test ("/sl/request/one-that-nobody-answered-needs-attention", one_that_nobody_answered_needs_attention);
  desk_test ("/sl/request/who-asks-and-who-answers", who_asks_and_who_answers);
  desk_test ("/sl/request/what-cannot-be-asked-for-is-refused", what_cannot_be_asked_for_is_refused);
  desk_test ("/sl/request/an-erased-members-requests-are-gone", an_erased_members_requests_are_gone);
  desk_test ("/sl/request/it-goes-with-the-record-that-the-member-was-merged-into",
             it_goes_with_the_record_that_the_member_was_merged_into);
  desk_test ("/sl/request/accepted-here-and-withdrawn-there-is-accepted",
             accepted_here_and_withdrawn_there_is_accepted);
  desk_test ("/sl/request/a-key-accepts-once-and-keeps-a-refusal-whole",
             a_key_accepts_once_and_keeps_a_refusal_whole);
  return g_test_run ();
}
