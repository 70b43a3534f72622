/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/series.h"

#include "desk-fixture.h"
#include "engine/location.h"
#include "engine/recurrence.h"
#include "engine/service.h"
#include "expect.h"

/* Sessions of a rule, changed from one of them on: in London, where clocks go forward on 29 March 2026. */

typedef struct {
  SlId location, service;
  SlActor one, other; /* instructors */
  GTimeZone *zone;
  GArray *ids;        /* four Mondays from 16 March, 07:00 */
} Series;

static gint64
at (const Series *series, const char *text)
{
  gint64 ms;
  g_assert_true (sl_time_parse (text, series->zone, &ms, NULL));
  return ms;
}

static SlSessionParams
nothing (void)
{
  SlSessionParams params;
  sl_session_params_init (&params);
  return params;
}

static void
add_series (Desk *desk, Series *out)
{
  SlSessionParams params = nothing ();
  done (sl_location_add (desk->engine, &desk->owner, "Hackney", "Europe/London", NULL, &out->location, &refusal,
                         &failure));
  out->zone = sl_time_zone_new ("Europe/London", NULL);
  out->service = desk_service (desk, 0, 5, 60);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &out->one);
  desk_staff (desk, SL_ROLE_INSTRUCTOR, &out->other);
  params.service = &out->service;
  params.location = &out->location;
  params.instructor = &out->one.id;
  params.start_ms = at (out, "2026-03-16T07:00");
  done (sl_session_add_by_rule (desk->engine, &desk->owner, &params, "FREQ=WEEKLY;COUNT=4", 0, &out->ids, &refusal,
                                &failure));
}

static void
end_series (Series *series)
{
  sl_actor_clear (&series->one);
  sl_actor_clear (&series->other);
  g_time_zone_unref (series->zone);
  g_array_unref (series->ids);
}

static const SlId *
nth (const Series *series, guint n)
{
  return &g_array_index (series->ids, SlId, n);
}

/* The starts of all, "16 07:00 23 07:00 …". */
static char *
starts (Desk *desk, const Series *series)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < series->ids->len; i++)
    {
      g_autoptr (SlSession) session = sl_session_get (desk->engine, nth (series, i), NULL);
      g_autofree char *start = sl_time_format_local (session->start_ms, series->zone, "%d %H:%M");
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", start);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_starts (Desk *desk, const Series *series, const char *wanted)
{
  g_autofree char *got = starts (desk, series);
  g_assert_cmpstr (got, ==, wanted);
}

static guint
edit_following (Desk *desk, const SlId *id, const SlSessionParams *params)
{
  g_autoptr (GArray) ids = NULL;
  done (sl_session_edit_following (desk->engine, &desk->owner, id, params, &ids, &refusal, &failure));
  return ids->len;
}

static void
this_and_following_move_to_one_hour_of_the_day (Desk *desk, gconstpointer data)
{
  Series series;
  SlSessionParams params = nothing ();
  add_series (desk, &series);
  assert_starts (desk, &series, "16 07:00 23 07:00 30 07:00 06 07:00");
  params.start_ms = at (&series, "2026-03-24T07:30"); /* a day and half an hour later, over the change of clocks */
  g_assert_cmpuint (edit_following (desk, nth (&series, 1), &params), ==, 3);
  assert_starts (desk, &series, "16 07:00 24 07:30 31 07:30 07 07:30");
  g_autoptr (SlSession) last = sl_session_get (desk->engine, nth (&series, 3), NULL);
  g_assert_cmpint (last->end_ms - last->start_ms, ==, HOURS (1));
  g_assert_cmpint (edit_following (desk, nth (&series, 1), &params), ==, 0); /* it is so already */
  end_series (&series);
}

static void
what_was_edited_by_hand_stays (Desk *desk, gconstpointer data)
{
  Series series;
  SlSessionParams params = nothing ();
  add_series (desk, &series);
  params.start_ms = at (&series, "2026-03-30T09:00");
  done (sl_session_edit (desk->engine, &desk->owner, nth (&series, 2), &params, &refusal, &failure));
  params = nothing ();
  params.start_ms = at (&series, "2026-03-23T08:00");
  params.instructor = &series.other.id;
  params.notes = "bring a towel";
  params.capacity = 7;
  g_assert_cmpuint (edit_following (desk, nth (&series, 1), &params), ==, 3);
  assert_starts (desk, &series, "16 07:00 23 08:00 30 09:00 06 08:00");
  g_autoptr (SlSession) by_hand = sl_session_get (desk->engine, nth (&series, 2), NULL);
  SlSessionCounts counts;
  g_assert_true (sl_id_equal (&by_hand->instructor_id, &series.other.id)); /* only its hour was edited */
  g_assert_cmpstr (by_hand->notes, ==, "bring a towel");
  g_assert_true (sl_session_counts (desk->engine, nth (&series, 2), &counts, NULL));
  g_assert_cmpint (counts.capacity, ==, 7);
  /* From that one on: it goes with the others again. */
  params = nothing ();
  params.start_ms = at (&series, "2026-03-30T10:00");
  g_assert_cmpuint (edit_following (desk, nth (&series, 2), &params), ==, 2);
  params.start_ms = at (&series, "2026-03-23T06:00");
  g_assert_cmpuint (edit_following (desk, nth (&series, 1), &params), ==, 3);
  assert_starts (desk, &series, "16 07:00 23 06:00 30 06:00 06 06:00");
  end_series (&series);
}

static void
what_has_begun_does_not_change (Desk *desk, gconstpointer data)
{
  Series series;
  SlSessionParams params = nothing ();
  g_autoptr (GArray) ids = NULL;
  add_series (desk, &series);
  desk->world.now_ms = at (&series, "2026-03-23T07:30");
  params.notes = "x";
  refused ("wrong_state", sl_session_edit_following (desk->engine, &desk->owner, nth (&series, 0), &params, &ids,
                                                     &refusal, &failure));
  refused ("wrong_state", sl_session_edit_following (desk->engine, &desk->owner, nth (&series, 1), &params, &ids,
                                                     &refusal, &failure));
  g_assert_null (ids);
  g_assert_cmpuint (edit_following (desk, nth (&series, 2), &params), ==, 2);
  g_autoptr (SlSession) past = sl_session_get (desk->engine, nth (&series, 0), NULL);
  g_assert_null (past->notes);
  end_series (&series);
}

static void
instructor_busy_for_one_changes_none (Desk *desk, gconstpointer data)
{
  Series series;
  SlSessionParams params = nothing ();
  SlId alone;
  g_autoptr (GArray) ids = NULL;
  add_series (desk, &series);
  params.service = &series.service;
  params.location = &series.location;
  params.instructor = &series.one.id;
  params.start_ms = at (&series, "2026-04-06T09:00");
  done (sl_session_add (desk->engine, &desk->owner, &params, &alone, &refusal, &failure));
  gint64 before = desk_operations (desk);
  params = nothing ();
  params.start_ms = at (&series, "2026-03-23T09:30");
  refused ("instructor_busy", sl_session_edit_following (desk->engine, &desk->owner, nth (&series, 1), &params, &ids,
                                                         &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, before);
  assert_starts (desk, &series, "16 07:00 23 07:00 30 07:00 06 07:00");
  params.start_ms = at (&series, "2026-03-30T07:00"); /* each into the place of the next: in nobody's way */
  g_assert_cmpuint (edit_following (desk, nth (&series, 1), &params), ==, 3);
  assert_starts (desk, &series, "16 07:00 30 07:00 06 07:00 13 07:00");
  /* Onto one of them that keeps its own hour: the two would be at once. */
  params.start_ms = at (&series, "2026-04-06T12:00");
  done (sl_session_edit (desk->engine, &desk->owner, nth (&series, 2), &params, &refusal, &failure));
  params.start_ms = at (&series, "2026-04-06T12:30");
  refused ("instructor_busy", sl_session_edit_following (desk->engine, &desk->owner, nth (&series, 1), &params, &ids,
                                                         &refusal, &failure));
  end_series (&series);
}

static void
bad_input_and_not_allowed (Desk *desk, gconstpointer data)
{
  Series series;
  SlSessionParams params = nothing ();
  SlId alone, nowhere = { { 7 } };
  guint released;
  g_autoptr (GArray) ids = NULL;
  add_series (desk, &series);
  alone = desk_session (desk, &series.service, MORNING + HOURS (5));
  params.notes = "x";
  fails (SL_ERROR_BAD_INPUT,
         sl_session_edit_following (desk->engine, &desk->owner, &alone, &params, &ids, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_session_cancel_following (desk->engine, &desk->owner, &alone, NULL, &ids, &released,
                                                          &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_session_edit_following (desk->engine, &desk->owner, &nowhere, &params, &ids, &refusal, &failure));
  params.start_ms = SL_TIME_MAX_MS - HOURS (1); /* the last would lie behind the years that there are */
  fails (SL_ERROR_BAD_INPUT,
         sl_session_edit_following (desk->engine, &desk->owner, nth (&series, 0), &params, &ids, &refusal, &failure));
  params = nothing ();
  params.instructor = &series.other.id;
  done (sl_session_edit (desk->engine, &desk->owner, nth (&series, 3), &params, &refusal, &failure));
  params = nothing ();
  params.notes = "x"; /* the last one is no longer hers */
  refused ("not_allowed", sl_session_edit_following (desk->engine, &series.one, nth (&series, 1), &params, &ids,
                                                     &refusal, &failure));
  refused ("not_allowed", sl_session_cancel_following (desk->engine, &series.one, nth (&series, 1), NULL, &ids,
                                                       &released, &refusal, &failure));
  end_series (&series);
}

static void
cancelling_this_and_following_gives_everything_back (Desk *desk, gconstpointer data)
{
  Series series;
  SlId member = desk_member (desk, "Thandi"), service = desk_service (desk, 300, 5, 60);
  SlSessionParams params = nothing ();
  guint released;
  g_autoptr (GArray) ids = NULL, cancelled = NULL, again = NULL;
  desk_credits (desk, &member, 1000, 60);
  add_series (desk, &series);
  params.service = &service;
  params.start_ms = MORNING + DAYS (1);
  done (sl_session_add_by_rule (desk->engine, &desk->owner, &params, "FREQ=DAILY;COUNT=3", 0, &ids, &refusal,
                                &failure));
  for (guint i = 0; i < 3; i++)
    desk_book (desk, &member, &g_array_index (ids, SlId, i));
  g_assert_cmpint (desk_balance (desk, &member), ==, 100);
  done (sl_session_cancel_following (desk->engine, &desk->owner, &g_array_index (ids, SlId, 1), "burst pipe",
                                     &cancelled, &released, &refusal, &failure));
  g_assert_cmpuint (cancelled->len, ==, 2);
  g_assert_cmpuint (released, ==, 2);
  g_assert_cmpint (desk_balance (desk, &member), ==, 700);
  refused ("session_cancelled", sl_session_cancel_following (desk->engine, &desk->owner, &g_array_index (ids, SlId, 1),
                                                             NULL, &again, &released, &refusal, &failure));
  g_autoptr (SlSession) first = sl_session_get (desk->engine, &g_array_index (ids, SlId, 0), NULL);
  g_assert_false (first->cancelled);
  end_series (&series);
}

static void
a_moved_session_tells_who_is_elsewhere (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Sipho"), session = desk_free_class (desk, MORNING + HOURS (2), 5);
  SlId other = desk_free_class (desk, MORNING + HOURS (5), 5), booking = desk_book (desk, &member, &session);
  SlSessionParams params = nothing ();
  desk_book (desk, &member, &other);
  g_autoptr (GArray) none = sl_session_clashes (desk->engine, &session, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  params.start_ms = MORNING + HOURS (4); /* one may follow the other at once */
  done (sl_session_edit (desk->engine, &desk->owner, &session, &params, &refusal, &failure));
  g_autoptr (GArray) after = sl_session_clashes (desk->engine, &session, NULL);
  g_assert_cmpuint (after->len, ==, 0);
  params.start_ms += MINUTES (1);
  done (sl_session_edit (desk->engine, &desk->owner, &session, &params, &refusal, &failure));
  g_autoptr (GArray) clashes = sl_session_clashes (desk->engine, &session, NULL);
  g_assert_cmpuint (clashes->len, ==, 1);
  const SlSessionClash *clash = &g_array_index (clashes, SlSessionClash, 0);
  g_assert_true (sl_id_equal (&clash->booking_id, &booking));
  g_assert_true (sl_id_equal (&clash->other_session_id, &other));
}

static void
no_rights_where_another_device_plans_a_day (Desk *desk, gconstpointer data)
{
  Series series;
  Desk second = { 0 };
  SlSessionParams params = nothing ();
  g_autoptr (GArray) ids = NULL;
  add_series (desk, &series);
  desk_join (&second, desk, "Door");
  params.start_ms = at (&series, "2026-03-23T08:00");
  refused ("no_rights", sl_session_edit_following (second.engine, &second.owner, nth (&series, 1), &params, &ids,
                                                   &refusal, &failure));
  params = nothing ();
  params.notes = "x"; /* what plans nobody is done anywhere */
  done (sl_session_edit_following (second.engine, &second.owner, nth (&series, 1), &params, &ids, &refusal, &failure));
  desk_close (&second, NULL);
  end_series (&series);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/series/this-and-following-move-to-one-hour-of-the-day",
             this_and_following_move_to_one_hour_of_the_day);
  desk_test ("/sl/series/what-was-edited-by-hand-stays", what_was_edited_by_hand_stays);
  desk_test ("/sl/series/what-has-begun-does-not-change", what_has_begun_does_not_change);
  desk_test ("/sl/series/instructor-busy-for-one-changes-none", instructor_busy_for_one_changes_none);
  desk_test ("/sl/series/bad-input-and-not-allowed", bad_input_and_not_allowed);
  desk_test ("/sl/series/cancelling-this-and-following-gives-everything-back",
             cancelling_this_and_following_gives_everything_back);
  desk_test ("/sl/series/a-moved-session-tells-who-is-elsewhere", a_moved_session_tells_who_is_elsewhere);
  desk_test ("/sl/series/no-rights-where-another-device-plans-a-day", no_rights_where_another_device_plans_a_day);
  return g_test_run ();
}
