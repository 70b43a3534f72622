/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/schedule.h"

/* A rule whose occurrences are being added: written with the first of them. */
typedef struct {
  const char *rrule;
  char *zone_name;
  GTimeZone *zone;
  gint64 start_ms, until_ms; /* of the rule; until 0: it ends by itself */
  SlId id;                   /* none: not written yet */
} SlSessionRule;

/* As sl_session_add(); rule (nullable): the session is its occurrence on that date. */
gboolean sl_session_add_one (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, SlSessionRule *rule,
                             SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What has to hold of a session as it is planned. Each gives FALSE on failure only; a refusal is in out_refusal, and
 * where there is one already they look no further. */
gboolean sl_plan_check_numbers (const SlSessionParams *params, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_plan_clean_notes (const char *notes, char **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_plan_check_room (SlEngine *engine, const SlId *room_id, const SlId *location,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_plan_check_instructor (SlEngine *engine, const SlId *instructor, SlRefusal *out_refusal,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Others with its instructor or room at its time, but for itself and, where a rule is given, that rule's from a date
 * on. */
gboolean sl_plan_check_overlaps (SlEngine *engine, const SlSession *planned, const SlId *but_rule, gint64 from_day,
                                 SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_plan_check_days (SlEngine *engine, const SlSession *session, SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Commands on sessions by the state in which they may be given: the table is in schedule-state.c. */
typedef enum {
  SL_SESSION_DO_EDIT,
  SL_SESSION_DO_EDIT_FOLLOWING,
  SL_SESSION_DO_PUBLISH,
  SL_SESSION_DO_CANCEL,
  SL_SESSION_DO_COMPLETE,
  SL_SESSION_DO_CAPACITY,
  SL_SESSION_DO_LAST
} SlSessionDeed;
const char *sl_session_deed_name (SlSessionDeed deed);
/* FALSE fills refusal with session_cancelled or wrong_state (state). */
gboolean sl_session_deed_fits (SlSessionDeed deed, SlSessionState state, SlRefusal *refusal);

/* Begins the command on a session: the writer lock, who may, and its state. NULL with *out_decided: refused, and noted;
 * NULL without: failed. */
SlSession *sl_session_begin_change (SlEngine *engine, const SlActor *actor, SlSessionDeed deed, const SlId *id,
                                    gboolean *out_decided, SlRefusal *out_refusal, GError **error);
/* Inside the command, after its last check. */
gboolean sl_session_write_capacity (SlEngine *engine, const SlId *id, gint64 capacity,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_session_write_cancel (SlEngine *engine, const SlId *id, const char *reason, guint *out_released,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
