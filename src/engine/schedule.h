/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Sessions: dated occurrences of services. */
typedef enum {
  SL_SESSION_DRAFT,
  SL_SESSION_PUBLISHED,
  SL_SESSION_IN_PROGRESS,
  SL_SESSION_COMPLETED,
  SL_SESSION_CANCELLED,
  SL_SESSION_LAST
} SlSessionState;
const char *sl_session_state_name (SlSessionState state);

#define SL_CAPACITY_MAX 10000        /* ten times the members at once that a studio must bear */

typedef struct {
  SlId id, service_id, location_id, room_id, instructor_id; /* none where there is none */
  char *service_name, *location_name, *room_name, *instructor_name, *notes; /* (nullable) */
  gint64 start_ms, end_ms;
  gboolean published, cancelled;
  SlId rule_id;              /* the rule that it is an occurrence of; none: it was added alone */
  gint64 rule_day;           /* on which local date of it, since 1970 */
  gint64 by_hand;            /* bits of series.h: what was edited of it alone */
  SlSessionState state;      /* by the clock of the moment */
} SlSession;
void sl_session_free (SlSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSession, sl_session_free)

/* By the clock of the moment: a lapsed hold counts as gone. */
typedef struct {
  gint64 capacity;
  gint64 confirmed;          /* spots booked, also checked in */
  gint64 held;               /* spots of live holds and offers */
  gint64 waitlisted;         /* members in the queue */
  gint64 override_spots;     /* beside the capacity */
  gint64 in_without_spot;    /* people who are in without a claim that stands: beside the capacity too */
  gint64 free;               /* capacity less confirmed and held, over all devices; at least 0 */
  gint64 rights;             /* free rights held here; negative: a debt */
  gint64 due;                /* claims that run-due has still to tidy up: lapsed, or of a cancelled session */
} SlSessionCounts;

/* What to set; NULL and SL_NUMBER_NONE: not named. */
typedef struct {
  const SlId *service, *location /* NULL on add: this device's */, *instructor, *room; /* sl_id_none: cleared (edit) */
  gint64 start_ms, capacity;
  const char *notes;
  gboolean draft;
} SlSessionParams;
void sl_session_params_init (SlSessionParams *params);

/* Refusals: not_allowed, service_inactive, instructor_busy, room_busy (session: the other one's id). */
gboolean sl_session_add (SlEngine *engine, const SlActor *actor, const SlSessionParams *params, SlId *out_id,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_session_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlSessionParams *params,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals of the next four: not_allowed, session_cancelled, wrong_state. */
gboolean sl_session_publish (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Also lets go of every live claim that this device keeps, with everything back; out_released: how many. The others
 * follow at their keepers. */
gboolean sl_session_cancel (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                            guint *out_released, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_session_complete (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_session_set_capacity (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 capacity,
                                  SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

SlSession *sl_session_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
SlSession *sl_session_find (SlEngine *engine, const SlId *id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (nullable): NULL without error: not heard of */
gboolean sl_session_counts (SlEngine *engine, const SlId *id, SlSessionCounts *out_counts,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlSession): starting in [from, to), by start; location (nullable): all; cancelled and drafts too. */
GPtrArray *sl_session_list (SlEngine *engine, const SlId *location, gint64 from_ms, gint64 to_ms,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of one rule, by the dates of the rule; from_day: its first one. */
GPtrArray *sl_session_list_rule (SlEngine *engine, const SlId *rule, gint64 from_day,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
