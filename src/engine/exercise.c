/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-exercise"

#include "engine/exercise.h"

#include <string.h>

#include "core/error.h"
#include "core/text.h"

/* One exercise, as people write it and as it is kept. */

/**
 * sl_exercise_free:
 * @exercise: (nullable) (transfer full): an exercise
 */
void
sl_exercise_free (SlExercise *exercise)
{
  if (exercise == NULL)
    return;
  g_free (exercise->name);
  g_free (exercise->load);
  g_free (exercise->note);
  g_free (exercise);
}

static SlExercise *
bad_exercise (const char *text, GError **error)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "“%s” is no exercise: “Squat: 3x10 @ 60 kg” is one", valid);
  return NULL;
}

static gboolean
read_count (const char *text, gint64 *out)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  return g_ascii_string_to_signed (trimmed, 10, 1, SL_EXERCISE_COUNT_MAX, out, NULL);
}

/* "3x10", "10" */
static gboolean
read_counts (SlExercise *exercise, const char *text)
{
  const char *times = strpbrk (text, "xX");
  if (times == NULL)
    return read_count (text, &exercise->reps);
  g_autofree char *sets = g_strndup (text, (gsize) (times - text));
  return read_count (sets, &exercise->sets) && read_count (times + 1, &exercise->reps);
}

/**
 * sl_exercise_parse:
 * @text: "NAME[: [SETSx]REPS [@ LOAD]]"
 * @error: return location
 *
 * Returns: (transfer full): the exercise; %NULL with %SL_ERROR_BAD_INPUT
 */
SlExercise *
sl_exercise_parse (const char *text, GError **error)
{
  g_autoptr (SlExercise) exercise = g_new0 (SlExercise, 1);
  g_auto (GStrv) parts = NULL;
  g_auto (GStrv) work = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  parts = g_strsplit (text, ":", 2);
  exercise->name = g_strstrip (g_strdup (parts[0] != NULL ? parts[0] : ""));
  if (*exercise->name == '\0')
    return bad_exercise (text, error);
  if (parts[1] == NULL)
    return g_steal_pointer (&exercise);
  if (*g_strstrip (parts[1]) == '\0')
    return bad_exercise (text, error);
  work = g_strsplit (parts[1], "@", 2);
  if (work[1] != NULL)
    exercise->load = g_strstrip (g_strdup (work[1]));
  if ((work[1] != NULL && *exercise->load == '\0')
      || ((work[1] == NULL || *g_strchug (work[0]) != '\0') && !read_counts (exercise, work[0])))
    return bad_exercise (text, error);
  return g_steal_pointer (&exercise);
}

static gboolean
append_text (GString *out, const char *field, const char *text, gsize max_bytes, gboolean needed, GError **error)
{
  g_autofree char *clean = sl_text_clean (field, text != NULL ? text : "", max_bytes, error);

  if (clean == NULL)
    return FALSE;
  if (needed && *clean == '\0')
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
      return FALSE;
    }
  g_string_append (out, clean); /* without tabs and ends of lines: they part the fields */
  return TRUE;
}

static gboolean
check_count (const char *what, gint64 count, GError **error)
{
  if (count >= 0 && count <= SL_EXERCISE_COUNT_MAX)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the exercise's %s are a number from 1 to %d", what,
               SL_EXERCISE_COUNT_MAX);
  return FALSE;
}

/* sl_exercise_append: a line of five fields with tabs between. BAD_INPUT */
gboolean
sl_exercise_append (const SlExercise *exercise, GString *out, GError **error)
{
  if (!check_count ("sets", exercise->sets, error) || !check_count ("repetitions", exercise->reps, error)
      || !append_text (out, "the exercise's name", exercise->name, SL_EXERCISE_NAME_MAX_BYTES, TRUE, error))
    return FALSE;
  g_string_append_printf (out, "\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t", exercise->sets, exercise->reps);
  if (!append_text (out, "the exercise's load", exercise->load, SL_EXERCISE_LOAD_MAX_BYTES, FALSE, error))
    return FALSE;
  g_string_append_c (out, '\t');
  if (!append_text (out, "the exercise's note", exercise->note, SL_EXERCISE_NOTE_MAX_BYTES, FALSE, error))
    return FALSE;
  g_string_append_c (out, '\n');
  return TRUE;
}

static char *
or_null (const char *text)
{
  return *text != '\0' ? g_strdup (text) : NULL;
}

/* sl_exercises_read: (transfer full) (element-type SlExercise): what sl_exercise_append() wrote; a line that is none,
 * of a later program, is passed over. */
GPtrArray *
sl_exercises_read (const char *text)
{
  GPtrArray *exercises = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_exercise_free);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", -1);
      if (g_strv_length (fields) < 5)
        continue;
      SlExercise *exercise = g_new0 (SlExercise, 1);
      exercise->name = g_strdup (fields[0]);
      exercise->sets = g_ascii_strtoll (fields[1], NULL, 10);
      exercise->reps = g_ascii_strtoll (fields[2], NULL, 10);
      exercise->load = or_null (fields[3]);
      exercise->note = or_null (fields[4]);
      g_ptr_array_add (exercises, exercise);
    }
  return exercises;
}
