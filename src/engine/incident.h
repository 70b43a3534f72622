/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What went wrong: equipment, an injury, a complaint. Open until somebody has closed it and said what was done. */

typedef struct {
  gint64 at_ms;
  SlId actor;
  char *resolution;     /* (nullable): NULL where this device has no key, or the member was erased */
} SlIncidentClosing;

typedef struct {
  SlId id;
  char *kind;           /* equipment, injury, complaint */
  SlId location_id;
  SlId member_id;       /* none: about nobody */
  gint64 happened_ms, at_ms;
  SlId actor;           /* who wrote it down */
  char *text;           /* (nullable): as resolution */
  GPtrArray *closings;  /* (element-type SlIncidentClosing): the earliest first; none: it is open */
} SlIncident;
void sl_incident_free (SlIncident *incident);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlIncident, sl_incident_free)

typedef struct {
  const char *kind, *text;
  const SlId *member, *location; /* (nullable): about nobody; this device's */
  gint64 happened_ms;            /* 0: now */
} SlIncidentParams;

/* Refusals: not_allowed, member_erased. */
gboolean sl_incident_add (SlEngine *engine, const SlActor *actor, const SlIncidentParams *params, SlId *out_id,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, wrong_state (it is closed). resolution must not be empty: reason_required. */
gboolean sl_incident_close (SlEngine *engine, const SlActor *actor, const SlId *id, const char *resolution,
                            SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_incident_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlIncident **out,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define SL_INCIDENTS_MAX 1000 /* of one answer: who looks for older ones says until when */
typedef struct {
  gint64 from_ms, to_ms; /* when it happened; 0: without bounds */
  const SlId *member;    /* (nullable) */
  gboolean open_only;
} SlIncidentFilter;
/* (element-type SlIncident): the latest first, at most SL_INCIDENTS_MAX. */
gboolean sl_incident_list (SlEngine *engine, const SlActor *actor, const SlIncidentFilter *filter, GPtrArray **out,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
