/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/schedule.h"

#include "desk-fixture.h"
#include "engine/board.h"
#include "engine/location.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "expect.h"

#define START (MORNING + HOURS (3))

static const char *
state (Desk *desk, const SlId *id)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlSession) session = sl_session_get (desk->engine, id, &failure);
  g_assert_no_error (failure);
  return sl_session_state_name (session->state);
}

static SlSessionCounts
counts (Desk *desk, const SlId *id)
{
  SlSessionCounts out;
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_session_counts (desk->engine, id, &out, &failure));
  g_assert_no_error (failure);
  return out;
}

static SlSessionParams
params_of (const SlId *service, gint64 start_ms)
{
  SlSessionParams params;
  sl_session_params_init (&params);
  params.service = service;
  params.start_ms = start_ms;
  return params;
}

static void
the_state_follows_the_clock (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), id;
  SlSessionParams params = params_of (&service, START);
  params.draft = TRUE;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "draft");
  done (sl_session_publish (desk->engine, &desk->owner, &id, &refusal, &failure));
  done (sl_session_publish (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "published");
  desk->world.now_ms = START - 1;
  g_assert_cmpstr (state (desk, &id), ==, "published");
  desk->world.now_ms = START;
  g_assert_cmpstr (state (desk, &id), ==, "in_progress");
  desk->world.now_ms = START + HOURS (1) - 1;
  g_assert_cmpstr (state (desk, &id), ==, "in_progress");
  desk->world.now_ms = START + HOURS (1);
  g_assert_cmpstr (state (desk, &id), ==, "completed");
}

static void
completing_ends_it_now (Desk *desk, gconstpointer data)
{
  SlId id = desk_free_class (desk, START, 5);
  refused ("wrong_state", sl_session_complete (desk->engine, &desk->owner, &id, &refusal, &failure));
  desk->world.now_ms = START + MINUTES (40);
  done (sl_session_complete (desk->engine, &desk->owner, &id, &refusal, &failure));
  g_assert_cmpstr (state (desk, &id), ==, "completed");
  done (sl_session_complete (desk->engine, &desk->owner, &id, &refusal, &failure));
  refused ("wrong_state", sl_session_cancel (desk->engine, &desk->owner, &id, NULL, &(guint){ 0 }, &refusal, &failure));
  refused ("wrong_state", sl_session_set_capacity (desk->engine, &desk->owner, &id, 6, &refusal, &failure));
  SlSessionParams params = params_of (NULL, START + HOURS (5));
  refused ("wrong_state", sl_session_edit (desk->engine, &desk->owner, &id, &params, &refusal, &failure));
}

static void
a_draft_of_the_past_is_not_published (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), id;
  SlSessionParams params = params_of (&service, START);
  params.draft = TRUE;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  desk->world.now_ms = START + HOURS (1);
  refused ("wrong_state", sl_session_publish (desk->engine, &desk->owner, &id, &refusal, &failure));
  refused ("wrong_state", sl_session_complete (desk->engine, &desk->owner, &id, &refusal, &failure));
}

static void
cancelling_gives_everything_back_in_one_step (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 100, 5, 60), id = desk_session (desk, &service, START), hold;
  SlId one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  guint released;
  desk_credits (desk, &one, 100, 30);
  desk_credits (desk, &two, 100, 30);
  SlId booking = desk_book (desk, &one, &id);
  g_assert_cmpstr (desk_try_hold (desk, &two, &id, &hold), ==, "ok");
  desk->world.now_ms = START - MINUTES (1);
  done (sl_session_cancel (desk->engine, &desk->owner, &id, "the boiler", &released, &refusal, &failure));
  g_assert_cmpuint (released, ==, 2);
  g_assert_cmpstr (state (desk, &id), ==, "cancelled");
  g_assert_cmpint (desk_balance (desk, &one), ==, 100);
  g_assert_cmpstr (desk_status (desk, &booking), ==, "cancelled");
  SlSessionCounts after = counts (desk, &id);
  g_assert_cmpint (after.confirmed + after.held + after.due, ==, 0);
  refused ("session_cancelled",
           sl_session_cancel (desk->engine, &desk->owner, &id, NULL, &released, &refusal, &failure));
  refused ("session_cancelled", sl_session_publish (desk->engine, &desk->owner, &id, &refusal, &failure));
  refused ("session_cancelled", sl_session_complete (desk->engine, &desk->owner, &id, &refusal, &failure));
  refused ("session_cancelled", sl_session_set_capacity (desk->engine, &desk->owner, &id, 1, &refusal, &failure));
}

static void
what_others_keep_is_left_to_them (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId id = desk_free_class (desk, START, 5), member = desk_member (desk, "One");
  guint released;
  desk_book (desk, &member, &id);
  desk_join (&second, desk, "Door");
  done (sl_session_cancel (second.engine, &second.owner, &id, NULL, &released, &refusal, &failure));
  g_assert_cmpuint (released, ==, 0);
  desk_carry_log (&second, desk);
  g_assert_cmpint (counts (desk, &id).due, ==, 1);
  g_assert_cmpint (desk_run_due (desk).sessions_released, ==, 1);
  g_assert_cmpint (counts (desk, &id).due, ==, 0);
  desk_close (&second, NULL);
}

static void
counts_go_by_the_clock (Desk *desk, gconstpointer data)
{
  SlId id = desk_free_class (desk, START, 5), one = desk_member (desk, "One"), two = desk_member (desk, "Two");
  desk_book (desk, &one, &id);
  g_assert_cmpstr (desk_try_hold (desk, &two, &id, NULL), ==, "ok");
  SlSessionCounts held = counts (desk, &id);
  g_assert_cmpint (held.capacity, ==, 5);
  g_assert_cmpint (held.confirmed, ==, 1);
  g_assert_cmpint (held.held, ==, 1);
  g_assert_cmpint (held.free, ==, 3);
  g_assert_cmpint (held.rights, ==, 3);
  g_assert_cmpint (held.due, ==, 0);
  desk->world.now_ms += MINUTES (10);
  SlSessionCounts lapsed = counts (desk, &id);
  g_assert_cmpint (lapsed.held, ==, 0);
  g_assert_cmpint (lapsed.free, ==, 4);
  g_assert_cmpint (lapsed.rights, ==, 4);
  g_assert_cmpint (lapsed.due, ==, 1);
  desk_run_due (desk);
  SlSessionCounts tidy = counts (desk, &id);
  g_assert_cmpint (tidy.rights, ==, 4);
  g_assert_cmpint (tidy.due, ==, 0);
}

static void
capacity_goes_up_and_down_and_into_debt (Desk *desk, gconstpointer data)
{
  SlId id = desk_free_class (desk, START, 2), one = desk_member (desk, "One"), two = desk_member (desk, "Two"),
       three = desk_member (desk, "3");
  desk_book (desk, &one, &id);
  desk_book (desk, &two, &id);
  done (sl_session_set_capacity (desk->engine, &desk->owner, &id, 1, &refusal, &failure));
  SlSessionCounts debt = counts (desk, &id);
  g_assert_cmpint (debt.capacity, ==, 1);
  g_assert_cmpint (debt.free, ==, 0);
  g_assert_cmpint (debt.rights, ==, -1);
  g_assert_cmpstr (desk_try_book (desk, &three, &id), ==, "class_full");
  gint64 operations = desk_operations (desk);
  done (sl_session_set_capacity (desk->engine, &desk->owner, &id, 1, &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, operations);
  done (sl_session_set_capacity (desk->engine, &desk->owner, &id, 3, &refusal, &failure));
  g_assert_cmpstr (desk_try_book (desk, &three, &id), ==, "ok");
  fails (SL_ERROR_BAD_INPUT, sl_session_set_capacity (desk->engine, &desk->owner, &id, -1, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_session_set_capacity (desk->engine, &desk->owner, &id, SL_CAPACITY_MAX + 1, &refusal, &failure));
}

static void
changes_of_capacity_made_apart_add_up (Desk *desk, gconstpointer data)
{
  Desk second = { 0 };
  SlId id = desk_free_class (desk, START, 10);
  desk_join (&second, desk, "Door");
  done (sl_session_set_capacity (desk->engine, &desk->owner, &id, 12, &refusal, &failure));
  done (sl_session_set_capacity (second.engine, &second.owner, &id, 7, &refusal, &failure));
  desk_carry_log (desk, &second);
  desk_carry_log (&second, desk);
  g_assert_cmpint (counts (desk, &id).capacity, ==, 9);
  g_assert_cmpint (counts (&second, &id).capacity, ==, 9);
  desk_close (&second, NULL);
}

typedef struct { SlActor instructor; SlId room, service, session; } Taught;

static void
add_taught (Desk *desk, Taught *out)
{
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &out->instructor);
  done (sl_room_add (desk->engine, &desk->owner, NULL, "Studio 1", &out->room, &refusal, &failure));
  out->service = desk_service (desk, 0, 5, 60);
  SlSessionParams params = params_of (&out->service, START);
  params.instructor = &out->instructor.id;
  params.room = &out->room;
  done (sl_session_add (desk->engine, &desk->owner, &params, &out->session, &refusal, &failure));
}

static void
instructor_busy_and_room_busy_when_they_overlap (Desk *desk, gconstpointer data)
{
  Taught taught;
  SlId id;
  char text[SL_ID_TEXT_BYTES];
  g_auto (SlRefusal) told = { 0 };
  add_taught (desk, &taught);
  SlSessionParams params = params_of (&taught.service, START + MINUTES (59));
  params.instructor = &taught.instructor.id;
  g_assert_true (sl_session_add (desk->engine, &desk->owner, &params, &id, &told, NULL));
  g_assert_cmpstr (sl_refusal_name (told.code), ==, "instructor_busy");
  g_assert_cmpstr (sl_refusal_get_text (&told, "session"), ==, sl_id_format (&taught.session, text));
  params.instructor = NULL;
  params.room = &taught.room;
  params.start_ms = START - MINUTES (59);
  refused ("room_busy", sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params.instructor = &taught.instructor.id;
  params.start_ms = START + MINUTES (60); /* one may follow the other at once */
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params.start_ms = START - MINUTES (60);
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  SlSessionParams later = params_of (NULL, START + MINUTES (30));
  refused ("instructor_busy", sl_session_edit (desk->engine, &desk->owner, &id, &later, &refusal, &failure));
  later.start_ms = START - MINUTES (90);
  done (sl_session_edit (desk->engine, &desk->owner, &id, &later, &refusal, &failure)); /* overlaps only itself */
  done (sl_session_cancel (desk->engine, &desk->owner, &taught.session, NULL, &(guint) { 0 }, &refusal, &failure));
  later.start_ms = START;
  done (sl_session_edit (desk->engine, &desk->owner, &id, &later, &refusal, &failure));
}

static void
instructors_change_their_own_sessions_only (Desk *desk, gconstpointer data)
{
  Taught taught;
  SlActor other, finance;
  SlId id;
  add_taught (desk, &taught);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &other);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  done (sl_session_set_capacity (desk->engine, &taught.instructor, &taught.session, 6, &refusal, &failure));
  refused ("not_allowed", sl_session_set_capacity (desk->engine, &other, &taught.session, 7, &refusal, &failure));
  refused ("not_allowed",
           sl_session_cancel (desk->engine, &finance, &taught.session, NULL, &(guint){ 0 }, &refusal, &failure));
  SlSessionParams params = params_of (&taught.service, START + HOURS (2));
  refused ("not_allowed", sl_session_add (desk->engine, &other, &params, &id, &refusal, &failure));
  params.instructor = &other.id;
  done (sl_session_add (desk->engine, &other, &params, &id, &refusal, &failure));
}

static void
service_inactive_and_staff_inactive (Desk *desk, gconstpointer data)
{
  Taught taught;
  SlServiceParams closed;
  SlId id;
  add_taught (desk, &taught);
  SlSessionParams params = params_of (&taught.service, START + HOURS (5));
  params.instructor = &taught.instructor.id;
  done (sl_staff_disable (desk->engine, &desk->owner, &taught.instructor.id, &refusal, &failure));
  refused ("staff_inactive", sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params.instructor = NULL;
  sl_service_params_init (&closed);
  closed.active = -1;
  done (sl_service_edit (desk->engine, &desk->owner, &taught.service, &closed, &refusal, &failure));
  refused ("service_inactive", sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
}

static void
bad_input_and_not_found (Desk *desk, gconstpointer data)
{
  Taught taught;
  SlId id, nowhere = { { 9 } }, other = desk_other_location (desk, "Rosebank");
  add_taught (desk, &taught);
  SlSessionParams params = params_of (NULL, START);
  fails (SL_ERROR_BAD_INPUT, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&taught.service, SL_NUMBER_NONE);
  fails (SL_ERROR_BAD_INPUT, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&taught.service, G_MAXINT64);
  fails (SL_ERROR_BAD_INPUT, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&nowhere, START);
  fails (SL_ERROR_NOT_FOUND, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&taught.service, START);
  params.instructor = &nowhere;
  fails (SL_ERROR_NOT_FOUND, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params.instructor = NULL;
  params.location = &other;
  params.room = &taught.room;
  fails (SL_ERROR_BAD_INPUT, sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  params = params_of (&taught.service, START);
  fails (SL_ERROR_BAD_INPUT,
         sl_session_edit (desk->engine, &desk->owner, &taught.session, &params, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_session_publish (desk->engine, &desk->owner, &nowhere, &refusal, &failure));
  g_assert_null (sl_session_find (desk->engine, &nowhere, NULL));
}

static void
an_edit_clears_and_keeps (Desk *desk, gconstpointer data)
{
  Taught taught;
  add_taught (desk, &taught);
  SlSessionParams params = params_of (NULL, START + HOURS (1));
  params.instructor = &sl_id_none;
  params.notes = "bring a mat";
  params.capacity = 8;
  done (sl_session_edit (desk->engine, &desk->owner, &taught.session, &params, &refusal, &failure));
  g_autoptr (SlSession) session = sl_session_get (desk->engine, &taught.session, NULL);
  g_assert_cmpint (session->start_ms, ==, START + HOURS (1));
  g_assert_cmpint (session->end_ms, ==, START + HOURS (2));
  g_assert_true (sl_id_is_none (&session->instructor_id));
  g_assert_null (session->instructor_name);
  g_assert_cmpstr (session->room_name, ==, "Studio 1");
  g_assert_cmpstr (session->notes, ==, "bring a mat");
  g_assert_cmpint (counts (desk, &taught.session).capacity, ==, 8);
}

static void
the_list_and_the_board_show_what_comes (Desk *desk, gconstpointer data)
{
  SlId first = desk_free_class (desk, START, 3), second = desk_free_class (desk, START + HOURS (2), 4),
       member = desk_member (desk, "One");
  SlId gone = desk_free_class (desk, START + HOURS (1), 5), service = desk_service (desk, 0, 5, 60),
       other = desk_other_location (desk, "R"), id;
  g_autoptr (GError) problem = NULL;
  SlSessionParams params = params_of (&service, START);
  params.location = &other;
  done (sl_session_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  desk_cancel_session (desk, &gone);
  desk_book (desk, &member, &first);
  g_autoptr (GPtrArray) all = sl_session_list (desk->engine, NULL, START, START + HOURS (2), &problem);
  g_assert_cmpuint (all->len, ==, 3);
  g_autoptr (GPtrArray) here = sl_session_list (desk->engine, &desk->location, START, START + HOURS (2) + 1, &problem);
  g_assert_cmpuint (here->len, ==, 3);
  g_assert_true (sl_id_equal (&((SlSession *) here->pdata[2])->id, &second));
  g_autoptr (GPtrArray) board = sl_board_next (desk->engine, 5, &problem);
  g_assert_cmpuint (board->len, ==, 2);
  SlBoardSession *line = board->pdata[0];
  g_assert_true (sl_id_equal (&line->session_id, &first));
  g_assert_cmpstr (line->class_name, ==, "Vinyasa");
  g_assert_cmpint (line->capacity, ==, 3);
  g_assert_cmpint (line->free, ==, 2);
  desk->world.now_ms = START + HOURS (1) - 1;
  g_autoptr (GPtrArray) still = sl_board_next (desk->engine, 1, &problem);
  g_assert_cmpuint (still->len, ==, 1);
  g_assert_true (sl_id_equal (&((SlBoardSession *) still->pdata[0])->session_id, &first));
  desk->world.now_ms = START + HOURS (1);
  g_autoptr (GPtrArray) over = sl_board_next (desk->engine, 5, &problem);
  g_assert_cmpuint (over->len, ==, 1);
  g_assert_no_error (problem);
}

static void
a_session_that_has_begun_keeps_its_start (Desk *desk, gconstpointer data)
{
  SlId id = desk_free_class (desk, START, 3);
  SlSessionParams later, notes;

  sl_session_params_init (&later);
  sl_session_params_init (&notes);
  later.start_ms = START + HOURS (1);
  notes.notes = "Bring a towel";
  desk->world.now_ms = START;
  refused ("wrong_state", sl_session_edit (desk->engine, &desk->owner, &id, &later, &refusal, &failure));
  done (sl_session_edit (desk->engine, &desk->owner, &id, &notes, &refusal, &failure));
  desk->world.now_ms = START - 1;
  done (sl_session_edit (desk->engine, &desk->owner, &id, &later, &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/schedule/the-state-follows-the-clock", the_state_follows_the_clock);
  desk_test ("/sl/schedule/completing-ends-it-now", completing_ends_it_now);
  desk_test ("/sl/schedule/a-draft-of-the-past-is-not-published", a_draft_of_the_past_is_not_published);
  desk_test ("/sl/schedule/cancelling-gives-everything-back-in-one-step", cancelling_gives_everything_back_in_one_step);
  desk_test ("/sl/schedule/what-others-keep-is-left-to-them", what_others_keep_is_left_to_them);
  desk_test ("/sl/schedule/counts-go-by-the-clock", counts_go_by_the_clock);
  desk_test ("/sl/schedule/capacity-goes-up-and-down-and-into-debt", capacity_goes_up_and_down_and_into_debt);
  desk_test ("/sl/schedule/changes-of-capacity-made-apart-add-up", changes_of_capacity_made_apart_add_up);
  desk_test ("/sl/schedule/instructor-busy-and-room-busy-when-they-overlap",
             instructor_busy_and_room_busy_when_they_overlap);
  desk_test ("/sl/schedule/instructors-change-their-own-sessions-only", instructors_change_their_own_sessions_only);
  desk_test ("/sl/schedule/service-inactive-and-staff-inactive", service_inactive_and_staff_inactive);
  desk_test ("/sl/schedule/bad-input-and-not-found", bad_input_and_not_found);
  desk_test ("/sl/schedule/an-edit-clears-and-keeps", an_edit_clears_and_keeps);
  desk_test ("/sl/schedule/a-session-that-has-begun-keeps-its-start", a_session_that_has_begun_keeps_its_start);
  desk_test ("/sl/board/the-list-and-the-board-show-what-comes", the_list_and_the_board_show_what_comes);
  return g_test_run ();
}
