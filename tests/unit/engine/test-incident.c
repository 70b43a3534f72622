/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/incident.h"

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "engine/note.h"
#include "expect.h"

/* Incidents, and notes on members and to sessions. */

static SlId
add (Desk *desk, const char *kind, const SlId *member)
{
  SlIncidentParams params = { .kind = kind, .text = "the rower broke", .member = member };
  SlId id;
  done (sl_incident_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlIncident *
show (Desk *desk, const SlId *id)
{
  SlIncident *incident = NULL;
  done (sl_incident_show (desk->engine, &desk->owner, id, &incident, &refusal, &failure));
  return incident;
}

static guint
count (Desk *desk, const SlActor *actor, gboolean open_only)
{
  SlIncidentFilter filter = { .open_only = open_only };
  g_autoptr (GPtrArray) list = NULL;
  done (sl_incident_list (desk->engine, actor, &filter, &list, &refusal, &failure));
  return list->len;
}

static void
open_until_somebody_says_what_was_done (Desk *desk, gconstpointer data)
{
  SlId id = add (desk, "equipment", NULL);
  g_autoptr (SlIncident) open = show (desk, &id);
  g_assert_cmpuint (open->closings->len, ==, 0);
  g_assert_cmpint (open->happened_ms, ==, MORNING);
  g_assert_cmpuint (count (desk, &desk->owner, TRUE), ==, 1);
  refused ("reason_required", sl_incident_close (desk->engine, &desk->owner, &id, " ", &refusal, &failure));
  refused ("reason_required", sl_incident_close (desk->engine, &desk->owner, &id, NULL, &refusal, &failure));
  desk->world.now_ms += HOURS (1);
  done (sl_incident_close (desk->engine, &desk->owner, &id, "mended", &refusal, &failure));
  g_autoptr (SlIncident) closed = show (desk, &id);
  const SlIncidentClosing *closing = closed->closings->pdata[0];
  g_assert_cmpstr (closing->resolution, ==, "mended");
  g_assert_cmpint (closing->at_ms, ==, MORNING + HOURS (1));
  g_assert_cmpuint (count (desk, &desk->owner, TRUE), ==, 0);
  g_assert_cmpuint (count (desk, &desk->owner, FALSE), ==, 1);
  refused ("wrong_state", sl_incident_close (desk->engine, &desk->owner, &id, "again", &refusal, &failure));
}

static void
closed_apart_on_two_devices_both_have_said_how (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId id = add (desk, "complaint", NULL);
  desk_join (&other, desk, "Other");
  done (sl_incident_close (desk->engine, &desk->owner, &id, "said sorry", &refusal, &failure));
  done (sl_incident_close (other.engine, &other.owner, &id, "gave a voucher", &refusal, &failure));
  desk_carry_log (desk, &other);
  desk_carry_log (&other, desk);
  g_autoptr (SlIncident) here = show (desk, &id), there = show (&other, &id);
  g_assert_cmpuint (here->closings->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (((SlIncidentClosing *) here->closings->pdata[i])->resolution, ==,
                     ((SlIncidentClosing *) there->closings->pdata[i])->resolution);
  desk_close (&other, NULL);
}

static void
instructors_see_what_is_theirs (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), about = add (desk, "injury", &member);
  g_auto (SlActor) instructor = { 0 };
  g_auto (SlActor) finance = { 0 };
  SlIncidentFilter filter = { 0 };
  SlIncident *incident = NULL;
  GPtrArray *list = NULL;
  (void) add (desk, "equipment", NULL);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &instructor);
  desk_staff (desk, SL_ROLE_FINANCE, &finance);
  g_assert_cmpuint (count (desk, &instructor, FALSE), ==, 1); /* about nobody */
  refused ("not_allowed", sl_incident_show (desk->engine, &instructor, &about, &incident, &refusal, &failure));
  refused ("not_allowed", sl_incident_close (desk->engine, &instructor, &about, "done", &refusal, &failure));
  refused ("not_allowed", sl_incident_list (desk->engine, &finance, &filter, &list, &refusal, &failure));
}

static void
notes_say_who_and_when (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), session = desk_free_class (desk, MORNING + HOURS (2), 5), id;
  g_autoptr (GPtrArray) on_member = NULL, to_session = NULL, on_both = NULL;
  g_auto (SlActor) desk_person = { 0 };
  desk_staff (desk, SL_ROLE_RECEPTIONIST, &desk_person);
  done (sl_note_add (desk->engine, &desk_person, &member, NULL, "prefers mornings", &id, &refusal, &failure));
  desk->world.now_ms += HOURS (1);
  done (sl_note_add (desk->engine, &desk->owner, &member, &session, "mind the knee", &id, &refusal, &failure));
  done (sl_note_add (desk->engine, &desk->owner, NULL, &session, "the hall was cold", &id, &refusal, &failure));
  done (sl_note_list (desk->engine, &desk->owner, &member, NULL, &on_member, &refusal, &failure));
  done (sl_note_list (desk->engine, &desk->owner, NULL, &session, &to_session, &refusal, &failure));
  done (sl_note_list (desk->engine, &desk->owner, &member, &session, &on_both, &refusal, &failure));
  g_assert_cmpuint (on_member->len, ==, 2);
  g_assert_cmpuint (to_session->len, ==, 2);
  g_assert_cmpuint (on_both->len, ==, 1);
  const SlNote *first = on_member->pdata[1];
  g_assert_cmpstr (first->text, ==, "prefers mornings");
  g_assert_cmpint (first->at_ms, ==, MORNING);
  g_assert_true (sl_id_equal (&first->actor, &desk_person.id));
}

static gint64
words_left (Desk *desk)
{
  gint64 left;
  g_assert_true (sl_store_query_int (desk->engine->store, -1, &left, NULL,
                                     "SELECT (SELECT count (*) FROM incident WHERE text IS NOT NULL) "
                                     "+ (SELECT count (*) FROM incident_close WHERE resolution IS NOT NULL) "
                                     "+ (SELECT count (*) FROM note WHERE text IS NOT NULL)", ""));
  return left;
}

/* What is about nobody stays. */
static void
erasing_the_member_takes_what_is_about_them (Desk *desk, gconstpointer data)
{
  Desk other = { 0 };
  SlId member = desk_member (desk, "Thandi"), incident = add (desk, "injury", &member), id;
  SlIncidentParams late = { .kind = "injury", .text = "late", .member = &member };
  guint released;
  (void) add (desk, "equipment", NULL);
  done (sl_note_add (desk->engine, &desk->owner, &member, NULL, "prefers mornings", &id, &refusal, &failure));
  desk_join (&other, desk, "Other");
  done (sl_incident_close (other.engine, &other.owner, &incident, "a plaster", &refusal, &failure));
  done (sl_note_add (other.engine, &other.owner, &member, NULL, "was rude", &id, &refusal, &failure));
  done (sl_member_erase (desk->engine, &desk->owner, &member, NULL, &released, &refusal, &failure));
  desk_carry_log (&other, desk);
  desk_carry_log (desk, &other);
  g_assert_cmpint (words_left (desk), ==, 1);
  g_assert_cmpint (words_left (&other), ==, 1);
  g_autoptr (SlIncident) kept = show (desk, &incident);
  g_assert_cmpstr (kept->kind, ==, "injury"); /* that it happened, and was closed, stays */
  g_assert_null (kept->text);
  g_assert_cmpuint (kept->closings->len, ==, 1);
  refused ("member_erased", sl_incident_add (desk->engine, &desk->owner, &late, &id, &refusal, &failure));
  refused ("member_erased",
           sl_note_add (desk->engine, &desk->owner, &member, NULL, "late", &id, &refusal, &failure));
  desk_close (&other, NULL);
}

static void
bad_input_is_told (Desk *desk, gconstpointer data)
{
  SlId nobody = { { 1 } }, id;
  GPtrArray *notes = NULL;
  g_autofree char *long_text = g_strnfill (5000, 'x');
  SlIncidentParams kind = { .kind = "fire", .text = "x" }, empty = { .kind = "injury", .text = " " },
                   too_long = { .kind = "injury", .text = long_text },
                   ahead = { .kind = "injury", .text = "x", .happened_ms = MORNING + HOURS (1) },
                   who = { .kind = "injury", .text = "x", .member = &nobody },
                   where = { .kind = "injury", .text = "x", .location = &nobody };
  const SlIncidentParams *bad[] = { &kind, &empty, &too_long, &ahead };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    fails (SL_ERROR_BAD_INPUT, sl_incident_add (desk->engine, &desk->owner, bad[i], &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_incident_add (desk->engine, &desk->owner, &who, &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_incident_add (desk->engine, &desk->owner, &where, &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_incident_close (desk->engine, &desk->owner, &nobody, "x", &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_note_add (desk->engine, &desk->owner, NULL, NULL, "x", &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_note_add (desk->engine, &desk->owner, &nobody, NULL, "x", &id, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_note_add (desk->engine, &desk->owner, NULL, &nobody, "x", &id, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_note_list (desk->engine, &desk->owner, NULL, NULL, &notes, &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/incident/open-until-somebody-says-what-was-done", open_until_somebody_says_what_was_done);
  desk_test ("/sl/incident/closed-apart-on-two-devices-both-have-said-how",
             closed_apart_on_two_devices_both_have_said_how);
  desk_test ("/sl/incident/instructors-see-what-is-theirs", instructors_see_what_is_theirs);
  desk_test ("/sl/note/notes-say-who-and-when", notes_say_who_and_when);
  desk_test ("/sl/incident/erasing-the-member-takes-what-is-about-them", erasing_the_member_takes_what_is_about_them);
  desk_test ("/sl/incident/bad-input-is-told", bad_input_is_told);
  return g_test_run ();
}
