/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-program"

#include "engine/program.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/around.h"
#include "engine/engine-private.h"
#include "engine/exercise.h"
#include "engine/member.h"
#include "engine/staff.h"
#include "oplog/around.h"

#define NAME_MAX_BYTES 120
#define COLUMNS \
  "SELECT id, member_id, instructor_id, name, exercises, notes, active, created_hlc FROM program p " \
  "WHERE created_hlc IS NOT NULL AND member_id IS NOT NULL "

#define OF_MEMBER "AND member_id IN " SL_SQL_SAME_MEMBER ("?1") " "
#define LATEST "AND (?2 OR coalesce (active, 1) <> 0) ORDER BY created_hlc DESC, id"

static void
progress_free (gpointer data)
{
  SlProgress *progress = data;
  sl_exercise_free (progress->done);
  g_free (progress);
}

/**
 * sl_program_free:
 * @program: (nullable) (transfer full): a program
 */
void
sl_program_free (SlProgram *program)
{
  if (program == NULL)
    return;
  g_free (program->name);
  g_free (program->notes);
  g_clear_pointer (&program->exercises, g_ptr_array_unref);
  g_clear_pointer (&program->progress, g_ptr_array_unref);
  g_free (program);
}

static char *
unseal (SlEngine *engine, const SlId *member, SlRows *rows, int column)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, column, &length);
  return sl_oplog_unseal_note (engine->log, member, sealed, length);
}

static SlProgram *
read_program (SlEngine *engine, SlRows *rows)
{
  SlProgram *program = g_new0 (SlProgram, 1);
  sl_rows_id (rows, 0, &program->id);
  sl_rows_id (rows, 1, &program->member_id);
  sl_rows_id (rows, 2, &program->instructor_id);
  program->name = unseal (engine, &program->member_id, rows, 3);
  g_autofree char *exercises = unseal (engine, &program->member_id, rows, 4);
  program->exercises = sl_exercises_read (exercises);
  program->notes = unseal (engine, &program->member_id, rows, 5);
  program->active = sl_rows_is_null (rows, 6) || sl_rows_int (rows, 6) != 0;
  program->created_ms = sl_hlc_to_ms (sl_rows_int (rows, 7));
  return program;
}

static SlProgram *
get_program (SlEngine *engine, const SlId *id, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "AND id = ?", "d", id);
  g_autoptr (SlProgram) program = sl_rows_next (rows) ? read_program (engine, rows) : NULL;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (program == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such program");
  return g_steal_pointer (&program);
}

static gboolean
set_exercises (SlFields *fields, const SlProgramParams *params, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (params->exercises == NULL)
    return TRUE;
  if (params->n_exercises > SL_EXERCISES_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a program has %d exercises at most", SL_EXERCISES_MAX);
      return FALSE;
    }
  for (guint i = 0; i < params->n_exercises; i++)
    if (!sl_exercise_append (params->exercises[i], text, error))
      return FALSE;
  if (text->len > SL_AROUND_TEXT_MAX_BYTES)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the program's exercises are too long, all together");
      return FALSE;
    }
  sl_fields_set_text (fields, "exercises", text->str);
  return TRUE;
}

static gboolean
fill (SlFields *fields, const SlProgramParams *params, GError **error)
{
  if (params->name != NULL)
    {
      g_autofree char *name = sl_around_text ("the program's name", params->name, NAME_MAX_BYTES, error);
      if (name == NULL)
        return FALSE;
      sl_fields_set_text (fields, "name", name);
    }
  if (params->notes != NULL)
    {
      g_autofree char *notes = sl_text_clean ("the program's notes", params->notes, SL_PROGRAM_NOTES_MAX_BYTES, error);
      if (notes == NULL)
        return FALSE;
      sl_fields_set_text (fields, "notes", *notes != '\0' ? notes : NULL);
    }
  if (params->instructor != NULL)
    sl_fields_set_id (fields, "instructor_id", params->instructor);
  if (params->active != 0)
    sl_fields_set_int (fields, "active", params->active > 0);
  return set_exercises (fields, params, error);
}

static gboolean
check_instructor (SlEngine *engine, const SlId *instructor, GError **error)
{
  if (instructor == NULL || sl_id_is_none (instructor))
    return TRUE;
  g_autoptr (SlStaff) staff = sl_staff_get (engine, instructor, error);
  return staff != NULL;
}

/* FALSE: refused, or failed where nothing is refused. */
static gboolean
check_writing (SlEngine *engine, const SlActor *actor, const SlMember *member, SlRefusal *out_refusal, GError **error)
{
  gboolean allowed;
  return sl_around_may (engine, actor, SL_ACTION_WRITE_PROGRAMS, &member->id, &engine->location, &allowed, out_refusal,
                        error)
         && allowed && !sl_member_refuse_erased (member, out_refusal);
}

/**
 * sl_program_add:
 * @engine: the engine
 * @actor: who; instructors: for their own members
 * @params: member and name have to be named
 * @out_id: (out): the new program
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND for a member or an instructor, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_program_add (SlEngine *engine, const SlActor *actor, const SlProgramParams *params, SlId *out_id,
                SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && params->member != NULL, FALSE);
  g_return_val_if_fail (out_id != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PROGRAM);
  SlProgramParams whole = *params;
  if (params->name == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a program needs a name");
      return FALSE;
    }
  if (params->instructor == NULL && actor->role == SL_ROLE_INSTRUCTOR)
    whole.instructor = &actor->id;
  whole.active = 1;
  if (!fill (fields, &whole, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, params->member, error);
  if (member == NULL || !check_instructor (engine, params->instructor, error))
    return sl_command_fail (engine);
  if (!check_writing (engine, actor, member, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE
               ? sl_command_refuse (engine, actor, "program add", out_refusal, error)
               : sl_command_fail (engine);
  sl_fields_set_about (fields, &member->id);
  if (!sl_op_program_create (engine->log, &member->id, fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_program_edit:
 * @engine: the engine
 * @actor: who; instructors: of their own members
 * @id: the program
 * @params: what is not named stays as it is; exercises are replaced as a whole
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_program_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlProgramParams *params,
                 SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PROGRAM);
  if (!fill (fields, params, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlProgram) program = get_program (engine, id, error);
  g_autoptr (SlMember) member = program != NULL ? sl_member_get (engine, &program->member_id, error) : NULL;
  if (member == NULL || !check_instructor (engine, params->instructor, error))
    return sl_command_fail (engine);
  if (!check_writing (engine, actor, member, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE
               ? sl_command_refuse (engine, actor, "program edit", out_refusal, error)
               : sl_command_fail (engine);
  sl_fields_set_about (fields, &program->member_id);
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* By its name without case and accents, so that "squat" is the program's Squat; told under the program's name. */
static const SlExercise *
find_exercise (const SlProgram *program, const char *name, GError **error)
{
  g_autofree char *wanted = sl_text_fold (name);
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < program->exercises->len; i++)
    {
      const SlExercise *one = program->exercises->pdata[i];
      g_autofree char *folded = sl_text_fold (one->name);
      if (g_str_equal (folded, wanted))
        return one;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", one->name);
    }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the program has no such exercise: it has %s",
               names->len > 0 ? names->str : "none");
  return NULL;
}

/**
 * sl_program_add_progress:
 * @engine: the engine
 * @actor: who writes it down; instructors: of their own members
 * @id: the program
 * @done: what was done: an exercise of the program by its name, with the sets, repetitions and load that it was
 * @out_id: (out): the entry; what two devices write apart both stands
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_program_add_progress (SlEngine *engine, const SlActor *actor, const SlId *id, const SlExercise *done, SlId *out_id,
                         SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && done != NULL && done->name != NULL, FALSE);
  g_return_val_if_fail (out_id != NULL && out_refusal != NULL, FALSE);

  g_autoptr (GString) entry = g_string_new (NULL);
  if (!sl_exercise_append (done, entry, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlProgram) program = get_program (engine, id, error);
  g_autoptr (SlMember) member = program != NULL ? sl_member_get (engine, &program->member_id, error) : NULL;
  if (member == NULL)
    return sl_command_fail (engine);
  if (!check_writing (engine, actor, member, out_refusal, error))
    return out_refusal->code != SL_REFUSAL_NONE
               ? sl_command_refuse (engine, actor, "program progress", out_refusal, error)
               : sl_command_fail (engine);
  const SlExercise *of = find_exercise (program, done->name, error);
  if (of == NULL)
    return sl_command_fail (engine);
  SlExercise named = *done;
  named.name = of->name;
  g_string_truncate (entry, 0);
  if (!sl_exercise_append (&named, entry, error)
      || !sl_op_program_progress (engine->log, id, &program->member_id, entry->str, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

static gboolean
read_progress (SlEngine *engine, SlProgram *program, GError **error)
{
  program->progress = g_ptr_array_new_with_free_func (progress_free);
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT id, at_ms, actor, member_id, entry FROM progress WHERE program_id = ? "
                        "ORDER BY at_ms DESC, id", "d", &program->id);
  while (sl_rows_next (rows))
    {
      SlProgress *one = g_new0 (SlProgress, 1);
      SlId member;
      sl_rows_id (rows, 0, &one->id);
      one->at_ms = sl_rows_int (rows, 1);
      sl_rows_id (rows, 2, &one->actor);
      sl_rows_id (rows, 3, &member);
      g_autofree char *text = unseal (engine, &member, rows, 4);
      g_autoptr (GPtrArray) done = sl_exercises_read (text);
      if (done->len > 0)
        one->done = g_ptr_array_steal_index (done, 0);
      g_ptr_array_add (program->progress, one);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_program_show:
 * @engine: the engine
 * @actor: who wants to know; members: their own, instructors: of their own members
 * @id: the program
 * @out: (out) (transfer full): with its progress; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_program_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlProgram **out, SlRefusal *out_refusal,
                 GError **error)
{
  gboolean allowed;

  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  g_autoptr (SlProgram) program = get_program (engine, id, error);
  if (program == NULL
      || !sl_around_may (engine, actor, SL_ACTION_VIEW_PROGRAMS, &program->member_id, &engine->location, &allowed,
                         out_refusal, error))
    return FALSE;
  if (!allowed)
    return sl_query_refuse (engine, actor, "program show", out_refusal);
  if (!read_progress (engine, program, error))
    return FALSE;
  *out = g_steal_pointer (&program);
  return TRUE;
}

static gboolean
keep_allowed (SlEngine *engine, const SlActor *actor, GPtrArray *all, GPtrArray *out, GError **error)
{
  for (guint i = 0; i < all->len; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      const SlProgram *program = all->pdata[i];
      gboolean allowed;
      if (!sl_around_may (engine, actor, SL_ACTION_VIEW_PROGRAMS, &program->member_id, &engine->location, &allowed,
                          &refusal, error))
        return FALSE;
      if (allowed)
        g_ptr_array_add (out, g_steal_pointer (&all->pdata[i]));
    }
  return TRUE;
}

/**
 * sl_program_list:
 * @engine: the engine
 * @actor: who wants to know
 * @member: (nullable): whose, in all their records; %NULL: all that the actor may see
 * @with_inactive: also those that are over
 * @out: (out) (transfer full) (element-type SlProgram): the latest first, without their progress; %NULL when refused
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_program_list (SlEngine *engine, const SlActor *actor, const SlId *member, gboolean with_inactive, GPtrArray **out,
                 SlRefusal *out_refusal, GError **error)
{
  gboolean allowed = TRUE;

  g_return_val_if_fail (engine != NULL && actor != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = NULL;
  if (member != NULL)
    {
      g_autoptr (SlMember) found = sl_member_get (engine, member, error);
      if (found == NULL
          || !sl_around_may (engine, actor, SL_ACTION_VIEW_PROGRAMS, member, &engine->location, &allowed, out_refusal,
                             error))
        return FALSE;
    }
  else if (actor->role == SL_ROLE_MEMBER || sl_actor_scope (actor, SL_ACTION_VIEW_PROGRAMS) == SL_SCOPE_NONE)
    allowed = sl_actor_may (actor, SL_ACTION_VIEW_PROGRAMS, &engine->location, out_refusal);
  if (!allowed)
    return sl_query_refuse (engine, actor, "program list", out_refusal);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_program_free);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_program_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, member != NULL ? COLUMNS OF_MEMBER LATEST : COLUMNS LATEST,
                                            "di", member, (gint64) with_inactive);
  while (sl_rows_next (rows))
    g_ptr_array_add (all, read_program (engine, rows));
  if (!sl_rows_finish (rows, error) || !keep_allowed (engine, actor, all, kept, error))
    return FALSE;
  *out = g_steal_pointer (&kept);
  return TRUE;
}
