/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Two records of one person become one: src/engine/README.md "Members". Nothing is moved: whoever asks for a member's
 * bookings, credits, passes or memberships asks for those of all their records: SL_SQL_SAME_MEMBER in oplog/oplog.h. */

/* Refusals: not_allowed, member_erased, wrong_state (they are one already). */
gboolean sl_member_merge (SlEngine *engine, const SlActor *actor, const SlId *id, const SlId *into, SlId *out_survivor,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The record that a member goes by now; the member's own where nobody was merged. */
gboolean sl_member_root (SlEngine *engine, const SlId *id, SlId *out_root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All records of one person, the one they go by first. (element-type SlId) (transfer full) */
GArray *sl_member_same (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_is_same (SlEngine *engine, const SlId *a, const SlId *b, gboolean *out_same,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces ids by the records that they go by, each once, in their order. */
gboolean sl_member_fold_merged (SlEngine *engine, GArray *inout_ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Erases what was merged with somebody who has been erased. Inside no command. */
gboolean sl_member_merge_run_due (SlEngine *engine, const SlActor *actor, gint64 *inout_count,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
