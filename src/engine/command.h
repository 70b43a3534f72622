/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Keyed commands: the same key of the same actor on this device within 24 h gives the first answer again, refusals too;
 * with other words it is key_reused. The answer is stored in the transaction of the command itself. */
#define SL_ANSWER_KEPT_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
typedef struct {
  int exit_status;
  GBytes *answer;
} SlAnswer; /* answer NULL: not answered before, the command runs now */
void sl_answer_clear (SlAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlAnswer, sl_answer_clear)

/* words: the command and its arguments in one canonical text. When out_answer is empty and not refused, the commands
 * that follow run inside one transaction until _finish or _abandon. */
gboolean sl_keyed_begin (SlEngine *engine, const SlActor *actor, const char *key, const char *words,
                         SlAnswer *out_answer, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_keyed_finish (SlEngine *engine, int exit_status, GBytes *answer,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* commits */
void sl_keyed_abandon (SlEngine *engine);   /* after a failure: nothing is kept */
/* Takes back what its commands have done and goes on inside it, to be finished with another answer. Of a batch, too. */
gboolean sl_keyed_restart (SlEngine *engine, const SlActor *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
