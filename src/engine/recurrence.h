/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/schedule.h"

/* Sessions by a rule of RFC 5545, expanded in the location's zone: a 07:00 class stays at 07:00 across a clock change.
 * Each occurrence is a session of its own. */
#define SL_RECURRENCE_MAX 520   /* ten years of a weekly class; more is a slip of the pen */

/* until_ms: none after it; 0: the rule has an end of its own (COUNT or UNTIL), else BAD_INPUT. (element-type gint64):
 * starts, UTC ms */
GArray *sl_recurrence_expand (const char *rrule, gint64 start_ms, gint64 until_ms, GTimeZone *zone,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of them, or none: the first refusal is the answer. Refusals: those of sl_session_add(). Not inside a keyed
 * command.
 * out_ids: (element-type SlId) (transfer full), NULL when refused */
gboolean sl_session_add_by_rule (SlEngine *engine, const SlActor *actor, const SlSessionParams *params,
                                 const char *rrule,
                                 gint64 until_ms, GArray **out_ids, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
