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
