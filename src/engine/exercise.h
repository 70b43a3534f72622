/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/program.h"

/* Exercises as they are kept. Inside the engine room only. */
gboolean sl_exercise_append (const SlExercise *exercise, GString *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_exercises_read (const char *text); /* text (nullable) */
