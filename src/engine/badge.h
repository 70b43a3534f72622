/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/staff.h"
#include "scan/code.h"

/* Staff badges: a code that picks the person on the PIN pad; the PIN is still asked for, so a badge opens nothing by
 * itself. */
#define SL_BADGE_MONTHS 12

/* Refusals: not_allowed, staff_inactive. Writes nothing: a badge says who, the record of the staff member says what
 * they may do. */
gboolean sl_badge_issue (SlEngine *engine, const SlActor *actor, const SlId *staff, char **out_code,
                         gint64 *out_expires_ms,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whom a badge picks on a PIN pad. Refusals: bad_code (reason), foreign_code, wrong_code_kind (kind), expired_code,
 * staff_inactive. out_staff: (transfer full), NULL when refused. Failure NOT_FOUND: not heard of here. */
gboolean sl_badge_read (SlEngine *engine, const char *text, SlStaff **out_staff, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_badge_holder (SlEngine *engine, const SlCode *code, gint64 now_ms, SlStaff **out_staff,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
