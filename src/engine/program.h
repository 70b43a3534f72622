/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What an instructor has worked out for a member, and what the member has done of it. All of its texts are the
 * member's: sealed with their key, gone with it. */

#define SL_EXERCISES_MAX 40      /* of one program: more than anybody does in an hour */
#define SL_EXERCISE_NAME_MAX_BYTES 80
#define SL_EXERCISE_LOAD_MAX_BYTES 40
#define SL_EXERCISE_NOTE_MAX_BYTES 400
#define SL_EXERCISE_COUNT_MAX 1000 /* sets, repetitions */
#define SL_PROGRAM_NOTES_MAX_BYTES 2000

typedef struct {
  char *name;
  gint64 sets, reps;  /* 0: not said */
  char *load;         /* (nullable): "60 kg", "red band" */
  char *note;         /* (nullable) */
} SlExercise;
void sl_exercise_free (SlExercise *exercise);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlExercise, sl_exercise_free)
/* "Squat: 3x10 @ 60 kg"; sets and load may be left out. BAD_INPUT */
SlExercise *sl_exercise_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  SlId id;
  gint64 at_ms;
  SlId actor;
  SlExercise *done;   /* (nullable): NULL where this device has no key */
} SlProgress;

typedef struct {
  SlId id, member_id, instructor_id;  /* instructor none: nobody's in particular */
  char *name, *notes;                 /* (nullable): NULL where this device has no key, or the member was erased */
  GPtrArray *exercises;               /* (element-type SlExercise) */
  gboolean active;
  gint64 created_ms;
  GPtrArray *progress;                /* (nullable) (element-type SlProgress): of sl_program_show(): the latest first */
} SlProgram;
void sl_program_free (SlProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlProgram, sl_program_free)

/* What to set; NULL: not named. add: member and name must be. */
typedef struct {
  const SlId *member;                 /* add only */
  const char *name, *notes;           /* notes "": none */
  const SlId *instructor;             /* none clears; add by an instructor: themselves */
  SlExercise *const *exercises;       /* (nullable): all of them, in their order */
  guint n_exercises;
  int active;                         /* 0: not named, 1: yes, -1: no */
} SlProgramParams;

/* Refusals: not_allowed, member_erased. */
gboolean sl_program_add (SlEngine *engine, const SlActor *actor, const SlProgramParams *params, SlId *out_id,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlProgramParams *params,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* done: one of the program's exercises, by name. */
gboolean sl_program_add_progress (SlEngine *engine, const SlActor *actor, const SlId *id, const SlExercise *done,
                                  SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlProgram **out,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* member (nullable): all that the actor may see. (element-type SlProgram), the latest first. */
gboolean sl_program_list (SlEngine *engine, const SlActor *actor, const SlId *member, gboolean with_inactive,
                          GPtrArray **out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
