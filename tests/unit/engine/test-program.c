/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/program.h"

#include "desk-fixture.h"
#include "engine/engine-private.h"
#include "engine/member.h"
#include "expect.h"

/* Programs that instructors work out for members, and what members have done of them. */

static SlId
add (Desk *desk, const SlId *member, const char *name, const char *const *exercises)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_exercise_free);
  SlProgramParams params = { .member = member, .name = name };
  SlId id;
  for (guint i = 0; exercises != NULL && exercises[i] != NULL; i++)
    g_ptr_array_add (list, sl_exercise_parse (exercises[i], NULL));
  params.exercises = list->len > 0 ? (SlExercise *const *) list->pdata : NULL;
  params.n_exercises = list->len;
  done (sl_program_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlProgram *
show (Desk *desk, const SlId *id)
{
  SlProgram *program = NULL;
  done (sl_program_show (desk->engine, &desk->owner, id, &program, &refusal, &failure));
  return program;
}

static void
progress (Desk *desk, const SlId *id, const char *text)
{
  g_autoptr (SlExercise) did = sl_exercise_parse (text, NULL);
  SlId entry;
  done (sl_program_add_progress (desk->engine, &desk->owner, id, did, &entry, &refusal, &failure));
}

static void
exercises_are_read_as_people_write_them (void)
{
  static const struct {
    const char *text, *name, *load;
    gint64 sets, reps;
  } good[] = { { "Squat: 3x10 @ 60 kg", "Squat", "60 kg", 3, 10 },
               { "Plank", "Plank", NULL, 0, 0 },
               { "Press-up: 20", "Press-up", NULL, 0, 20 },
               { " Row :4X8", "Row", NULL, 4, 8 },
               { "Curl: @ red band", "Curl", "red band", 0, 0 } };
  static const char *const bad[] = { "", ": 3x10", "Squat:", "Squat: x10", "Squat: 3x", "Squat: 0x5", "Squat: 3x10 @",
                                     "Squat: many", "Squat: 3x2000" };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SlExercise) exercise = sl_exercise_parse (good[i].text, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (exercise->name, ==, good[i].name);
      g_assert_cmpstr (exercise->load, ==, good[i].load);
      g_assert_cmpint (exercise->sets, ==, good[i].sets);
      g_assert_cmpint (exercise->reps, ==, good[i].reps);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_exercise_parse (bad[i], &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
}

static void
a_program_holds_exercises_and_what_was_done_of_them (Desk *desk, gconstpointer data)
{
  static const char *const exercises[] = { "Squat: 3x10 @ 60 kg", "Plank", NULL };
  SlId member = desk_member (desk, "Thandi"), id = add (desk, &member, "Strong back", exercises);
  progress (desk, &id, "squat: 3x8 @ 65 kg");
  desk->world.now_ms += HOURS (24);
  progress (desk, &id, "Plank");
  g_autoptr (SlProgram) program = show (desk, &id);
  g_assert_cmpstr (program->name, ==, "Strong back");
  g_assert_cmpuint (program->exercises->len, ==, 2);
  g_assert_cmpuint (program->progress->len, ==, 2);
  const SlProgress *last = program->progress->pdata[0], *first = program->progress->pdata[1];
  g_assert_cmpstr (last->done->name, ==, "Plank");
  g_assert_cmpint (last->at_ms, ==, MORNING + HOURS (24));
  g_assert_cmpstr (first->done->name, ==, "Squat"); /* as the program calls it */
  g_assert_cmpstr (first->done->load, ==, "65 kg");
  g_assert_cmpint (first->done->reps, ==, 8);
}

static void
an_edit_leaves_what_it_does_not_name (Desk *desk, gconstpointer data)
{
  static const char *const exercises[] = { "Squat: 3x10", NULL };
  SlId member = desk_member (desk, "Thandi"), id = add (desk, &member, "Strong back", exercises);
  SlProgramParams rename = { .name = "Stronger back" }, over = { .active = -1 };
  g_autoptr (GPtrArray) list = NULL, all = NULL;
  done (sl_program_edit (desk->engine, &desk->owner, &id, &rename, &refusal, &failure));
  done (sl_program_edit (desk->engine, &desk->owner, &id, &over, &refusal, &failure));
  g_autoptr (SlProgram) program = show (desk, &id);
  g_assert_cmpstr (program->name, ==, "Stronger back");
  g_assert_cmpuint (program->exercises->len, ==, 1);
  g_assert_false (program->active);
  done (sl_program_list (desk->engine, &desk->owner, &member, FALSE, &list, &refusal, &failure));
  done (sl_program_list (desk->engine, &desk->owner, NULL, TRUE, &all, &refusal, &failure));
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_cmpuint (all->len, ==, 1);
}

/* Both devices add an entry and change the head, apart. */
static void
what_two_devices_write_apart_both_stands (Desk *desk, gconstpointer data)
{
  static const char *const exercises[] = { "Squat: 3x10", NULL };
  Desk other = { 0 };
  SlId member = desk_member (desk, "Thandi"), id = add (desk, &member, "Strong back", exercises);
  SlProgramParams rename = { .name = "Stronger back" }, notes = { .notes = "slowly" };
  desk_join (&other, desk, "Other");
  progress (desk, &id, "Squat: 3x8");
  progress (&other, &id, "Squat: 3x9");
  done (sl_program_edit (desk->engine, &desk->owner, &id, &rename, &refusal, &failure));
  done (sl_program_edit (other.engine, &other.owner, &id, &notes, &refusal, &failure));
  desk_carry_log (desk, &other);
  desk_carry_log (&other, desk);
  g_autoptr (SlProgram) here = show (desk, &id), there = show (&other, &id);
  g_assert_cmpuint (here->progress->len, ==, 2);
  g_assert_cmpuint (there->progress->len, ==, 2);
  g_assert_cmpstr (here->name, ==, "Stronger back");
  g_assert_cmpstr (here->notes, ==, "slowly");
  g_assert_cmpstr (there->name, ==, "Stronger back");
  desk_close (&other, NULL);
}

static gint64
words_left (Desk *desk)
{
  gint64 left;
  g_assert_true (sl_store_query_int (desk->engine->store, -1, &left, NULL,
                                     "SELECT (SELECT count (*) FROM program WHERE coalesce (name, exercises, notes) "
                                     "IS NOT NULL) + (SELECT count (*) FROM progress WHERE entry IS NOT NULL)", ""));
  return left;
}

/* Also what another device wrote before it heard of the erasing. */
static void
erasing_the_member_takes_all_of_it (Desk *desk, gconstpointer data)
{
  static const char *const exercises[] = { "Squat: 3x10", NULL };
  Desk other = { 0 };
  SlId member = desk_member (desk, "Thandi"), id = add (desk, &member, "Strong back", exercises);
  SlProgramParams rename = { .name = "Late words" };
  SlProgramParams more = { .member = &member, .name = "More" };
  SlId entry;
  guint released;
  g_autoptr (SlExercise) squat = sl_exercise_parse ("Squat", NULL);
  progress (desk, &id, "Squat: 3x8");
  g_assert_cmpint (words_left (desk), ==, 2);
  desk_join (&other, desk, "Other");
  progress (&other, &id, "Squat: 3x9");
  done (sl_program_edit (other.engine, &other.owner, &id, &rename, &refusal, &failure));
  done (sl_member_erase (desk->engine, &desk->owner, &member, NULL, &released, &refusal, &failure));
  g_assert_cmpint (words_left (desk), ==, 0);
  desk_carry_log (&other, desk);
  desk_carry_log (desk, &other);
  g_assert_cmpint (words_left (desk), ==, 0);
  g_assert_cmpint (words_left (&other), ==, 0);
  refused ("member_erased", sl_program_add (desk->engine, &desk->owner, &more, &entry, &refusal, &failure));
  refused ("member_erased", sl_program_edit (desk->engine, &desk->owner, &id, &rename, &refusal, &failure));
  refused ("member_erased",
           sl_program_add_progress (desk->engine, &desk->owner, &id, squat, &entry, &refusal, &failure));
  desk_close (&other, NULL);
}

static void
bad_input_is_told (Desk *desk, gconstpointer data)
{
  static const char *const exercises[] = { "Squat", NULL };
  SlId member = desk_member (desk, "Thandi"), id = add (desk, &member, "Strong back", exercises);
  SlId made, nobody = { { 1 } };
  g_autoptr (SlExercise) lunge = sl_exercise_parse ("Lunge", NULL);
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_exercise_free);
  SlProgramParams nameless = { .member = &member }, blank = { .member = &member, .name = " " },
                  of_nobody = { .member = &nobody, .name = "One" },
                  by_nobody = { .member = &member, .name = "One", .instructor = &nobody };
  for (guint i = 0; i <= SL_EXERCISES_MAX; i++)
    g_ptr_array_add (many, sl_exercise_parse ("Step", NULL));
  SlProgramParams too_many = { .exercises = (SlExercise *const *) many->pdata, .n_exercises = many->len };
  fails (SL_ERROR_BAD_INPUT, sl_program_add (desk->engine, &desk->owner, &nameless, &made, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_program_add (desk->engine, &desk->owner, &blank, &made, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_program_add (desk->engine, &desk->owner, &of_nobody, &made, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND, sl_program_add (desk->engine, &desk->owner, &by_nobody, &made, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT, sl_program_edit (desk->engine, &desk->owner, &id, &too_many, &refusal, &failure));
  fails (SL_ERROR_BAD_INPUT,
         sl_program_add_progress (desk->engine, &desk->owner, &id, lunge, &made, &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_program_add_progress (desk->engine, &desk->owner, &nobody, lunge, &made, &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/program/exercises-are-read-as-people-write-them", exercises_are_read_as_people_write_them);
  desk_test ("/sl/program/a-program-holds-exercises-and-what-was-done-of-them",
             a_program_holds_exercises_and_what_was_done_of_them);
  desk_test ("/sl/program/an-edit-leaves-what-it-does-not-name", an_edit_leaves_what_it_does_not_name);
  desk_test ("/sl/program/what-two-devices-write-apart-both-stands", what_two_devices_write_apart_both_stands);
  desk_test ("/sl/program/erasing-the-member-takes-all-of-it", erasing_the_member_takes_all_of_it);
  desk_test ("/sl/program/bad-input-is-told", bad_input_is_told);
  return g_test_run ();
}
